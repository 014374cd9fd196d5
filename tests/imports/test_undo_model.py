"""Imports, corrections and undoings in any order, against a model of dicts: an undoing leaves what was there before to the byte, in the
stored rows with their twins and digests, in what a search finds and in what an export writes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url

from ebidadmin.domain.ids import BatchId, SupplierNumber
from ebidadmin.domain.layouts import Layout
from ebidadmin.domain.qualification_rows import source_key
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.errors import StalePlanError
from ebidadmin.intake.csv import write_register
from ebidadmin.services import qualification_import, register_corrections
from tests.conftest import FreshDatabase
from tests.figures import Figure
from tests.imports.office import IMPORTER, LAYOUTS, ImportDesk, open_import_desk
from tests.imports.test_diff_property import REGISTERS, Register, written
from tests.imports.test_undo import content, undo
from tests.postgres import PostgresServer
from tests.registers.generator import Edition, corporate_number, first_edition, headings, step

OWN, BUREAU = LAYOUTS["ebidadmin"], LAYOUTS["mlit-construction"]
SEARCHES = ("", "テスト", "髙﨑", "高崎", "1900", "架空町", "K0000", "大", "%", "a\tb")
ADDRESSES = ("大阪府見本市架空町1", "㈱髙﨑ビル", " 前後 ", "=1+1", "")
FEW, MANY = 8, 100
SMALL, LARGE = 300, 20_000


@dataclass(frozen=True)
class Import:
    rows: Register | tuple[tuple[int, str, str], ...]
    """Records of the own layout, or companies of a bureau's register: counted name, representative, score."""

    full: bool


@dataclass(frozen=True)
class Correct:
    which: int
    address: str


@dataclass(frozen=True)
class Undo:
    back: int | None
    """``None``: the latest, else the batch so many before it."""


FIRMS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from(["試験　太郎", "試験 太郎", "後継　花子"]),
        st.sampled_from(["", "700"]),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda firm: firm[0],
).map(tuple)
STEPS = (
    st.builds(Import, REGISTERS | FIRMS, st.booleans())
    | st.builds(Correct, st.integers(0, 7), st.sampled_from(ADDRESSES))
    | st.builds(Undo, st.sampled_from([None, None, 0, 1, 2]))
)


@dataclass
class Model:
    """The register after each batch (that of batch 0 is empty), what undid what, and the numbers that were issued."""

    registers: list[Register] = field(default_factory=lambda: [{}])
    undone: dict[int, int] = field(default_factory=dict)
    issued: dict[str, str] = field(default_factory=dict)

    @property
    def latest(self) -> int:
        return len(self.registers) - 1

    @property
    def present(self) -> Register:
        return self.registers[-1]

    def after(self, one: Import) -> tuple[Register, dict[str, str]]:
        issued = dict(self.issued)
        records = one.rows if isinstance(one.rows, dict) else self._numbered(one.rows, issued)
        return records if one.full else {**self.present, **records}, issued

    @staticmethod
    def _numbered(firms: Iterable[tuple[int, str, str]], issued: dict[str, str]) -> Register:
        records = [company(*firm) for firm in firms]
        for record in records:
            issued.setdefault(record.source_key, f"K{len(issued) + 1:08d}")
        numbered = [replace(one, supplier_number=SupplierNumber(issued[one.source_key])) for one in records]
        return {record.supplier_number: record for record in numbered}

    def refusal(self, target: int) -> str | None:
        """Why that batch cannot be undone."""
        if not self.latest:
            return "nothing-to-undo"
        if target in self.undone:
            return "undo-done-already"
        if target in self.undone.values():
            return "undo-of-undo"
        return None if target == self.latest else "undo-superseded"


def company(n: int, representative: str, score: str) -> Qualification:
    name, address = f"（株）テスト高崎{n}", f"架空町{n}"
    number = corporate_number(n) if n % 3 else ""
    key = source_key(
        corporate_number=number, trade_name=name, representative_name=representative, address=address
    )
    return Qualification(
        supplier_number=SupplierNumber(""),
        trade_name=name,
        representative_name=representative,
        address=address,
        corporate_number=number,
        source_key=key,
        extra={"bridge_total_score": score} if score else {},
    )


def bureau_file(folder: Path, firms: Iterable[tuple[int, str, str]]) -> Path:
    rows = []
    for record in (company(*firm) for firm in firms):
        row = dict.fromkeys(headings(), "") | dict(record.extra)
        row |= {"firm_name": record.trade_name, "ceo_name": record.representative_name}
        rows.append(row | {"firm_address": record.address, "firm_id": record.corporate_number or "JV"})
    return Edition("20261001", rows).write(folder / "bureau.csv")


def dump(desk: ImportDesk) -> bytes:
    """Everything that the present register says, wherever it can be read."""
    lists = [
        qualification_import.list_page(
            desk.office, staff=IMPORTER, reader=desk.reader, search=search, limit=10**6
        )
        for search in SEARCHES
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.csv"
        rows = qualification_import.export_rows(desk.office, staff=IMPORTER, reader=desk.reader)
        further = qualification_import.extra_headings(desk.office, staff=IMPORTER, reader=desk.reader)
        write_register(path, rows, OWN, further)
        exported = path.read_bytes()
    stored = repr([sorted(row.items()) for row in content(desk)]).encode()
    return b"\x1e".join([stored, repr(lists).encode(), exported])


def do(desk: ImportDesk, model: Model, one: Import | Correct | Undo, folder: Path) -> bool:
    """Do it to both; whether it made a batch."""
    match one:
        case Import():
            return bring_in(desk, model, one, folder)
        case Correct() if model.present:
            return correct(desk, model, one)
        case Undo():
            target = model.latest - (one.back or 0)
            return take_back(desk, model, None if one.back is None else max(1, target))
        case _:
            return False


def bring_in(desk: ImportDesk, model: Model, one: Import, folder: Path) -> bool:
    own = isinstance(one.rows, dict)
    layout: Layout = replace(OWN if own else BUREAU, full=one.full)
    path = (
        written(folder, "own.csv", one.rows) if isinstance(one.rows, dict) else bureau_file(folder, one.rows)
    )
    expected, issued = model.after(one)
    plan = desk.preview(path, layout)
    assert plan.changes_nothing == (expected == model.present)
    if plan.changes_nothing:
        return False
    desk.apply(path, plan, layout)
    model.registers.append(expected)
    model.issued = issued
    return True


def correct(desk: ImportDesk, model: Model, one: Correct) -> bool:
    number = sorted(model.present)[one.which % len(model.present)]
    before = model.present[number]

    def ask() -> None:
        register_corrections.correct(
            desk.office,
            staff=IMPORTER,
            number=SupplierNumber(number),
            changes={"address": one.address},
            reason="届出",
            layout=OWN,
        )

    if before.address == one.address:
        with pytest.raises(StalePlanError, match="nothing-to-correct"):
            ask()
        return False
    ask()
    model.registers.append({**model.present, number: replace(before, address=one.address)})
    return True


def take_back(desk: ImportDesk, model: Model, number: int | None) -> bool:
    target = model.latest if number is None else number
    code = model.refusal(target)
    if code is not None:
        with pytest.raises(StalePlanError) as refused:
            undo(desk, None if not model.latest else number)
        assert refused.value.code == code
        assert len(desk.reader.batches()) == model.latest
        return False
    batch = undo(desk, number)
    assert (batch.id, batch.undoes) == (target + 1, target)
    model.registers.append(model.registers[target - 1])
    model.undone[target] = batch.id
    return True


def in_any_order(url: str, steps: list[Import | Correct | Undo]) -> tuple[int, int]:
    """How many batches there were, and how many of them were undone."""
    desk, model = open_import_desk(url), Model()
    dumps = [dump(desk)]
    with tempfile.TemporaryDirectory() as name:
        for one in steps:
            desk.clock.advance(timedelta(days=1))
            made = do(desk, model, one, Path(name))
            found = dump(desk)
            if not made:
                assert found == dumps[-1]
                continue
            assert desk.register() == model.present
            dumps.append(found)
            undid = [target for target, batch in model.undone.items() if batch == model.latest]
            assert all(found == dumps[target - 1] for target in undid), "not back to the byte"
    for version, register in enumerate(model.registers):
        assert held(desk, version) == register
    desk.engine.dispose()
    return model.latest, len(model.undone)


def held(desk: ImportDesk, version: int) -> Register:
    if not version:
        return {}
    page = qualification_import.list_page(
        desk.office, staff=IMPORTER, reader=desk.reader, version=BatchId(version), limit=10**6
    )
    return {record.supplier_number: record for record in page}


ONE, TWO = (((0, name, ""), (1, "試験 太郎", "700")) for name in ("試験 太郎", "後継　花子"))

SEQUENCES = st.lists(STEPS, min_size=2, max_size=7)


@pytest.fixture
def another(request: pytest.FixtureRequest, kind: str) -> Callable[[], AbstractContextManager[str]]:
    """Gives databases that are gone before the next is made: many examples would fill a disk."""

    @contextmanager
    def made() -> Iterator[str]:
        fresh: FreshDatabase = request.getfixturevalue("fresh_database")
        if kind == "sqlite":
            url = fresh(kind)
            yield url
            Path(make_url(url).database or "").unlink()
            return
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.create()
        yield url
        server.drop(url)

    return made


@pytest.mark.parametrize("examples", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def test_any_order_of_imports_corrections_and_undoings(
    another: Callable[[], AbstractContextManager[str]], figure: Figure, examples: int
) -> None:
    done: list[tuple[int, int]] = []

    # Few random ones may all have nothing to undo.
    @example([Import(ONE, True), Import(TWO, True), Undo(None)])
    @settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow])
    @given(SEQUENCES)
    def tried(steps: list[Any]) -> None:
        with another() as url:
            done.append(in_any_order(url, steps))

    tried()
    batches, undone = (sum(column) for column in zip(*done, strict=True))
    assert undone > 0
    figure(f"{len(done)} sequences, {batches} batches, {undone} undone to the byte")


@pytest.mark.parametrize("count", [SMALL, pytest.param(LARGE, marks=pytest.mark.slow)])
def test_every_kind_of_batch_undone_on_a_wide_register(
    desk: ImportDesk, tmp_path: Path, figure: Figure, count: int
) -> None:
    first = first_edition(count)
    second = step(first, "20211201", seed=5, changed=count // 20, added=count // 25, vanished=count // 30)
    files = {one.day: one.write(tmp_path / f"{one.day}.csv") for one in (first, second)}
    desk.bring_in(files[first.day])
    before = dump(desk)
    further = min(desk.register()["K00000007"].extra)
    part = Edition("20211220", second.rows[-count // 10 :]).write(tmp_path / "part.csv")

    def corrected() -> None:
        register_corrections.correct(
            desk.office,
            staff=IMPORTER,
            number=SupplierNumber("K00000007"),
            changes={"trade_name": "㈱新名称", f"extra.{further}": "改"},
            reason="届出",
            layout=OWN,
        )

    for make in (
        lambda: desk.bring_in(files[second.day]),
        lambda: desk.bring_in(part, replace(BUREAU, full=False)),
        corrected,
    ):
        make()
        assert dump(desk) != before
        with pytest.raises(StalePlanError, match="undo-"):
            undo(desk, 1)
        undo(desk)
        assert dump(desk) == before
    figure(
        f"{count:,} records of 138 columns: {len(before):,} bytes back after each of 3 undoings, sha256 {sha256(before).hexdigest()[:8]}"
    )
