"""A register comes in, two hundred made-up suppliers of it apply, and the queue shows every kind of finding; all by command."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ebidadmin.bootstrap import Desk, open_desk
from ebidadmin.bundled import bundled
from ebidadmin.cli.furnish import record_permits
from ebidadmin.clock import SystemClock, jst
from ebidadmin.demo.generator import DemoApplication, Stage, applications
from ebidadmin.demo.words import load_words
from ebidadmin.domain.findings import FindingCode
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.intake.csv import CsvSource, write_register
from ebidadmin.services import qualification_import
from tests.acceptance.conftest import Ebid
from tests.builders import SAMPLE_HASH
from tests.imports.test_registers import made_up, real
from tests.registers.independent import Counts, compare, read

LAYOUT = "mlit-construction"
COUNT = 200


def import_counts(answer: Any) -> Counts:
    kept = (answer["added"], answer["changed"], answer["unchanged"])
    return Counts(sum(kept) + answer["refused"], *kept, answer["vanished"], answer["refused"])


def records_of(desk: Desk) -> list[Qualification]:
    reading = qualification_import.export_rows(desk.office, staff=desk.staff, reader=desk.register_reader)
    return list(reading)


def touched_by(desk: Desk, path: Path, kind: str) -> set[str]:
    """The supplier numbers whose records importing ``path`` would change, or let vanish."""
    layout = desk.layouts[LAYOUT]
    service: dict[str, Any] = {"staff": desk.staff, "store": desk.import_store}
    plan = qualification_import.preview(desk.office, source=CsvSource(path, layout), layout=layout, **service)
    found = qualification_import.changes(desk.office, plan=plan, kind=kind, limit=1000, **service)
    qualification_import.discard(desk.office, plan=plan, **service)
    return {change.supplier_number for change in found}


def let_lapse(desk_folder: Path, ebid: Ebid, records: Sequence[Qualification]) -> None:
    """A partial file of the office's own ends the qualification of ``records``."""
    layouts = desk_folder / "data" / "reference" / "layouts"
    own = (layouts / "ebidadmin.toml").read_text(encoding="utf-8")
    partial = own.replace('name = "ebidadmin"', 'name = "partial"').replace(
        'list = "full"', 'list = "partial"'
    )
    (layouts / "partial.toml").write_text(partial, encoding="utf-8")
    path = desk_folder / "inbox" / "lapsed.csv"
    with closing(open_desk(desk_folder)) as desk:
        further = sorted({heading for record in records for heading in record.extra})
        ended = [
            replace(record, valid_from=date(2020, 1, 1), valid_to=date(2021, 1, 1)) for record in records
        ]
        write_register(path, ended, desk.layouts["partial"], further)
    answer = ebid(
        "qualification", "import", path, "--layout", "partial", "--yes", "--json", "--desk", desk_folder
    )
    assert answer.code == 0, answer.err
    assert (answer.value["changed"], answer.value["vanished"]) == (len(records), 0)


def write_lines(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def take_in(desk_folder: Path, ebid: Ebid, rows: Sequence[dict[str, Any]]) -> None:
    now = jst(SystemClock().now()).isoformat(timespec="seconds")
    path = write_lines(
        desk_folder / "inbox" / "applications.jsonl", [{**row, "applied_at": now} for row in rows]
    )
    answer = ebid("application", "intake", path, "--json", "--desk", desk_folder)
    assert (answer.code, answer.value["accepted"]) == (0, len(rows)), answer.out
    again = ebid("application", "intake", path, "--json", "--desk", desk_folder)
    assert (again.code, again.value["accepted"], again.value["already_there"]) == (0, 0, len(rows))


def approve_first(desk_folder: Path, ebid: Ebid, made: Sequence[DemoApplication]) -> int:
    """For a live ID: an earlier application of the same supplier, approved by command."""
    late = [one for one in made if one.stage is Stage.AFTER_APPROVAL]
    rows = [
        {**one.row, "application_number": f"A{n:08d}", "user_id": f"first{n:03d}"}
        for n, one in enumerate(late)
    ]
    take_in(desk_folder, ebid, rows)
    for row in rows:
        number = row["application_number"]
        answer = ebid("application", "approve", number, "--version", 1, "--json", "--desk", desk_folder)
        assert (answer.code, answer.value["state"]) == (0, "approved"), answer.err
    take_in(desk_folder, ebid, [one.row for one in late])
    return len(rows)


def expect_queue(desk: Path, ebid: Ebid, made: Sequence[DemoApplication], approved: int) -> None:
    listed = {
        row["application_number"]: row for row in ebid("application", "list", "--json", "--desk", desk).value
    }
    assert len(listed) == COUNT + approved
    pending = ebid("application", "list", "--state", "pending", "--json", "--desk", desk).value
    assert [row["state"] for row in pending] == ["pending"] * COUNT
    seen = {finding["code"] for row in listed.values() for finding in row["findings"]}
    assert seen == {code.value for code in FindingCode}
    for one in made:
        codes = {finding["code"] for finding in listed[str(one.row["application_number"])]["findings"]}
        if one.shows is None:
            # A made-up contact of a real address has a made-up postcode.
            assert codes <= {FindingCode.POSTCODE_ADDRESS.value}, one.row["trade_name"]
        else:
            assert one.shows.value in codes, (one.shows, codes)


def expect_records(desk: Path, ebid: Ebid, approved: int) -> None:
    sent = ebid("mail", "list", "--json", "--desk", desk).value
    assert len(sent) == approved == len(list((desk / "mail").glob("*.eml")))
    trail = ebid("audit", "list", "--json", "--desk", desk).value
    assert [entry["seq"] for entry in trail] == sorted(entry["seq"] for entry in trail)
    assert sum(entry["tag"] == "application:submitted" for entry in trail) == COUNT + approved
    assert sum(entry["tag"] == "application:approved" for entry in trail) == approved


def invent(desk: Path, second: Path) -> tuple[list[DemoApplication], list[Qualification]]:
    """Applications, with their permits recorded, and the suppliers whose qualification is to lapse."""
    words = load_words(bundled("data") / "samples" / "words.toml")
    with closing(open_desk(desk)) as opened:
        gone, touched = (touched_by(opened, second, kind) for kind in ("vanished", "changed"))
        records = [record for record in records_of(opened) if record.supplier_number not in gone]
        changing = [record for record in records if record.supplier_number in touched]
        lapsed = [record for record in records if record not in changing][-12:]
        made = applications(
            words,
            records,
            count=COUNT,
            seed=11,
            password_hash=SAMPLE_HASH,
            now=opened.office.clock.now(),
            lapsed=lapsed,
            changing=changing,
        )
        record_permits(opened, made)
    return made, lapsed


def of_bureau(folder: Path) -> tuple[Path, Path]:
    del folder
    return real()


@pytest.mark.parametrize("editions", [made_up, of_bureau], ids=["made-up", "real"])
def test_the_queue_shows_every_finding_of_a_real_office(
    desk: Path, ebid: Ebid, tmp_path: Path, editions: Any
) -> None:
    first, second = editions(tmp_path)
    answer = ebid("qualification", "import", first, "--layout", LAYOUT, "--yes", "--json", "--desk", desk)
    assert (answer.code, answer.value["applied"]) == (0, True)
    assert import_counts(answer.value) == compare(None, read(first))

    made, lapsed = invent(desk, second)
    by_stage = {stage: [one for one in made if one.stage is stage] for stage in Stage}
    take_in(desk, ebid, [one.row for one in by_stage[Stage.BEFORE_SECOND_IMPORT]])

    answer = ebid("qualification", "import", second, "--layout", LAYOUT, "--yes", "--json", "--desk", desk)
    assert (answer.code, answer.value["applied"]) == (0, True)
    assert import_counts(answer.value) == compare(read(first), read(second))
    answer = ebid("qualification", "import", second, "--layout", LAYOUT, "--yes", "--json", "--desk", desk)
    found = answer.value
    assert (answer.code, found["applied"]) == (0, False)
    assert (found["added"], found["changed"], found["vanished"]) == (0, 0, 0)

    let_lapse(desk, ebid, lapsed)
    take_in(desk, ebid, [one.row for one in by_stage[Stage.ORDINARY]])
    approved = approve_first(desk, ebid, made)

    expect_queue(desk, ebid, made, approved)
    expect_records(desk, ebid, approved)
