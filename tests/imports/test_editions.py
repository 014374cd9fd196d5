"""Registers in the order in which they came, then the first again, then others under their own layout: every step counts as the
independent script counts it, and after all of them the register of each step can be had back, equal to its file to the last cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from ebidadmin.clock import jst
from ebidadmin.domain.ids import BatchId, SupplierNumber
from ebidadmin.domain.imports import ImportPlan
from ebidadmin.domain.qualification_rows import GRADES, field_texts
from ebidadmin.domain.qualifications import Grade, Qualification
from ebidadmin.errors import NotFoundError
from ebidadmin.persistence.register_history import SqlHistoryReader
from ebidadmin.services import qualification_import, register_history
from tests.builders import NOON
from tests.figures import Figure
from tests.imports.office import IMPORTER, ImportDesk
from tests.needs import REAL_DATA, find_real_data, require_component
from tests.registers.generator import (
    consulting_edition,
    consulting_headings,
    corporate_number,
    first_edition,
    step,
)
from tests.registers.independent import Counts, Key, Records, follow, read, squeezed

APART = timedelta(days=14)
COLUMNS = {
    "trade_name": "firm_name", "representative_name": "ceo_name", "address": "firm_address", "corporate_number": "firm_id",
}  # fmt: skip
PAGE = 1500
EVERY = 40
"""Of the suppliers, every so many is also asked for by itself, on each day."""


class Edition(NamedTuple):
    file: Path
    layout: str


@dataclass(frozen=True)
class Step:
    """What the register must hold once an edition was applied, and when that was."""

    name: str
    at: datetime
    version: int
    held: Records


def made_up(folder: Path) -> list[Edition]:
    editions = [first_edition(600)]
    for n, day in enumerate(("20211115", "20211201", "20211215")):
        editions.append(step(editions[-1], day, seed=n, changed=15, added=6, vanished=9))
    # In one edition a known supplier stands twice, a new one does, one has a wrong number, and one has lost its name.
    odd = editions[2].rows
    odd += [odd[20], odd[-1], odd[0] | {"firm_id": corporate_number(900_000)[:-1] + "x"}]
    odd[50] = odd[50] | {"firm_name": " "}
    files = [Edition(one.write(folder / f"{one.day}.csv"), "mlit-construction") for one in editions]
    others = [
        consulting_edition(day, count, seed=n)
        for n, (day, count) in enumerate([("20220101", 240), ("20220401", 260)])
    ]
    consulting = [
        Edition(one.write(folder / f"c{one.day}.csv", consulting_headings()), "mlit-consulting")
        for one in others
    ]
    return [*files, files[0], *consulting]


def of_bureau(folder: Path) -> list[Edition]:
    """All registers of a bureau's folder; the file names end with the day."""
    construction = [
        Edition(path, "mlit-construction") for path in sorted(folder.glob("*_construction_*.csv"))
    ]
    consulting = [Edition(path, "mlit-consulting") for path in sorted(folder.glob("*_consulting_*.csv"))]
    return [*construction, *construction[:1], *consulting]


def bureaus() -> list[Path | None]:
    data = find_real_data()
    found = {path.parent for path in data.rglob("*_construction_*.csv")} if data else set()
    return [*sorted(found)] or [None]


def by_name(folder: Path | None) -> str:
    return folder.name if folder else "real"


def test_made_up_editions(desk: ImportDesk, tmp_path: Path, figure: Figure) -> None:
    figure(followed_and_had_back(desk, made_up(tmp_path)))


@pytest.mark.slow
@pytest.mark.parametrize("bureau", bureaus(), ids=by_name)
def test_real_editions(desk: ImportDesk, figure: Figure, bureau: Path | None) -> None:
    require_component(REAL_DATA)
    assert bureau is not None
    figure(followed_and_had_back(desk, of_bureau(bureau)))


def followed_and_had_back(desk: ImportDesk, editions: Sequence[Edition]) -> str:
    steps = list(followed(desk, editions))
    numbers: dict[Key, str] = {}
    cells = sum(had_back(desk, steps, n, numbers) for n in range(len(steps)))
    for number in [*numbers.values()][::EVERY]:
        shown_by_day(desk, steps, numbers, SupplierNumber(number))
    changes = sum(
        differs(desk, steps[m], steps[n]) for n in range(len(steps)) for m in {0, n - 1} if 0 <= m < n
    )
    return (
        f"{len(steps)} editions, {cells:,} cells as of their steps as in their files, {changes:,} differences"
    )


def followed(desk: ImportDesk, editions: Sequence[Edition]) -> Iterator[Step]:
    """Bring them in one after the other, counting along."""
    held: Records = {}
    version = 0
    for edition in editions:
        expected, held = follow(held, read(edition.file))
        plan = desk.preview(edition.file, edition.layout)
        assert counts(plan) == expected, edition.file.name
        if not plan.changes_nothing:
            version = desk.apply(edition.file, plan, edition.layout).id
        yield Step(edition.file.name, desk.clock.now(), version, held)
        desk.clock.advance(APART)
    assert version > len(editions) // 2
    assert desk.preview(editions[-1].file, editions[-1].layout).changes_nothing


def counts(plan: ImportPlan) -> Counts:
    rows = plan.added + plan.changed + plan.unchanged + plan.refused
    return Counts(rows, plan.added, plan.changed, plan.unchanged, plan.vanished, plan.refused)


def had_back(desk: ImportDesk, steps: Sequence[Step], n: int, numbers: dict[Key, str]) -> int:
    """The register of a step, at its very moment and just before the next, is its file; how many cells were compared."""
    one = steps[n]
    tick = timedelta(microseconds=1)
    with desk.office.uow() as uow:
        version = uow.register.version_as_of(one.at)
        assert uow.register.version_as_of(one.at + APART - tick) == version == one.version
        assert uow.register.version_as_of(one.at - tick) == (steps[n - 1].version if n else None)
    assert version is not None
    records = list(every(desk, version))
    found = {key(record): as_file(record) for record in records}
    assert len(found) == len(records)
    assert found == one.held, one.name
    for record in records:
        known = key(record)
        assert numbers.setdefault(known, record.supplier_number) == record.supplier_number
        assert record.source_key == known or (
            isinstance(known, tuple) and record.source_key.startswith("text1:")
        )
    return sum(len(cells) for cells in found.values())


def every(desk: ImportDesk, version: BatchId) -> Iterator[Qualification]:
    after = ""
    while page := qualification_import.list_page(
        desk.office, staff=IMPORTER, reader=desk.reader, after=after, limit=PAGE, version=version
    ):
        yield from page
        after = page[-1].supplier_number


def as_file(record: Qualification) -> dict[str, str]:
    """A record under the headings of its file, without what says nothing; a field that the layout does not map would stand out."""
    texts = field_texts(record)
    assert all(texts.pop(name) == Grade.NONE for name in GRADES)
    own = {"supplier_number", "source_key"}
    return {
        COLUMNS.get(name, name.removeprefix("extra.")): text
        for name, text in texts.items()
        if text and name not in own
    }


def key(record: Qualification) -> Key:
    named = (record.trade_name, record.representative_name, record.address)
    return record.corporate_number or tuple(squeezed(text) for text in named)


def shown_by_day(
    desk: ImportDesk, steps: Sequence[Step], numbers: Mapping[Key, str], supplier: SupplierNumber
) -> None:
    """One supplier at the end of the days of each step: of its own, and of the last before the next."""
    known = next(one for one, number in numbers.items() if number == supplier)
    for one in steps:
        for moment in (one.at, one.at + APART - timedelta(days=1)):
            assert shown(desk, supplier, jst(moment).date()) == one.held.get(known), (one.name, known)
    assert shown(desk, supplier, jst(NOON).date() - timedelta(days=1)) is None


def shown(desk: ImportDesk, supplier: SupplierNumber, day: date) -> dict[str, str] | None:
    try:
        return as_file(qualification_import.show(desk.office, staff=IMPORTER, number=supplier, as_of=day))
    except NotFoundError:
        return None


def differs(desk: ImportDesk, first: Step, last: Step) -> int:
    """The difference of two days is that of the two files, cell by cell."""
    reader = SqlHistoryReader(desk.engine)
    found = register_history.difference(
        desk.office, staff=IMPORTER, reader=reader, first=jst(first.at).date(), last=jst(last.at).date()
    )
    both = first.held.keys() & last.held.keys()
    cells = {known: changed_cells(first.held[known], last.held[known]) for known in both}
    changed = [cell for cell in cells.values() if cell]
    assert (found.added, found.changed, found.vanished) == (
        len(last.held.keys() - both),
        len(changed),
        len(first.held.keys() - both),
    )
    told = [
        sorted(
            (COLUMNS.get(cell.field, cell.field.removeprefix("extra.")), cell.old, cell.new)
            for cell in change.fields
        )
        for change in register_history.every_change(
            desk.office, staff=IMPORTER, reader=reader, difference=found
        )
        if change.kind == "changed"
    ]
    assert sorted(told) == sorted(changed)
    return found.added + found.changed + found.vanished


def changed_cells(old: Mapping[str, str], new: Mapping[str, str]) -> list[tuple[str, str, str]]:
    names = old.keys() | new.keys()
    return sorted(
        (name, old.get(name, ""), new.get(name, ""))
        for name in names
        if old.get(name, "") != new.get(name, "")
    )
