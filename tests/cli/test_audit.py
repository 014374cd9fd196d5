"""Slices of the trail on the command line: listed, and as files that people open."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest

from ebidadmin.bootstrap import open_desk
from ebidadmin.services.audit_slices import AuditSlice
from ebidadmin.text.audit import FILE_HEADINGS
from ebidadmin.text.audit_fields import flat, name_shown
from tests.acceptance.conftest import Ebid
from tests.cli.test_registration import furnish


def listed(ebid: Ebid, desk: Path, *options: object) -> list[int]:
    answer = ebid("audit", "list", *options, "--desk", desk, "--json")
    assert answer.code == 0, answer.err
    return [one["seq"] for one in answer.value]


def test_a_slice_is_listed_by_day_person_and_tag(desk: Path, ebid: Ebid) -> None:
    furnish(desk)
    everything = ebid("audit", "list", "--desk", desk, "--json").value
    assert listed(ebid, desk, "--from", "2026-10-07", "--to", "2026-10-07") == [
        one["seq"] for one in everything
    ]
    assert listed(ebid, desk, "--to", "2026-10-06") == []
    assert listed(ebid, desk, "--from", "2026-10-08") == []
    person = everything[0]["by"]
    assert listed(ebid, desk, "--by", person) == [one["seq"] for one in everything if one["by"] == person]
    tagged = [one["seq"] for one in everything if one["tag"].partition(":")[0] == "card"]
    assert tagged
    assert listed(ebid, desk, "--tag", "card") == tagged
    two = [one["seq"] for one in everything if one["tag"] in ("card:registered", "registration:created")]
    assert listed(ebid, desk, "--tag", "card:registered", "--tag", "registration:created") == two
    answer = ebid("audit", "list", "--by", "nobody", "--desk", desk)
    assert answer.out == "no events\n"


def test_a_word_that_is_no_tag_is_misuse(desk: Path, ebid: Ebid) -> None:
    answer = ebid("audit", "list", "--tag", "nothing", "--desk", desk)
    assert answer.code == 2
    assert "permit:granted" in answer.err


@pytest.mark.parametrize("end", ["csv", "xlsx"])
def test_a_file_for_people(desk: Path, ebid: Ebid, end: str) -> None:
    furnish(desk)
    target = desk / f"trail.{end}"
    count = len(listed(ebid, desk))
    dry = ebid("audit", "export", target, "--dry-run", "--desk", desk, "--json")
    assert (dry.code, dry.value["rows"], target.exists()) == (0, count, False)
    answer = ebid("audit", "export", target, "--desk", desk, "--json")
    assert (answer.code, answer.value["rows"]) == (0, count), answer.err
    assert answer.value["digest"] == hashlib.sha256(target.read_bytes()).hexdigest()
    if end == "csv":
        content = target.read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        assert answer.value["digest"] == dry.value["digest"]
    else:
        sheet = openpyxl.load_workbook(target).worksheets[0]
        rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert tuple(rows[0]) == FILE_HEADINGS
    assert [int(row[0]) for row in rows[1:]] == listed(ebid, desk)[:-1]
    told = ebid("audit", "list", "--tag", "audit", "--desk", desk, "--json").value
    assert [(one["tag"], one["facts"]["form"], one["facts"]["rows"]) for one in told] == [
        ("audit:exported", end, count)
    ]


def test_another_end_of_the_name_is_refused(desk: Path, ebid: Ebid) -> None:
    answer = ebid("audit", "export", desk / "trail.pdf", "--desk", desk)
    assert answer.code == 1
    assert not (desk / "trail.pdf").exists()


def test_everything_in_the_trail_of_a_demo_office_has_a_japanese_name(
    demo_desk: Callable[[str], Path],
) -> None:
    with closing(open_desk(demo_desk("names"))) as desk:
        entries = list(desk.audit_reader.stream(AuditSlice()))
    assert len({entry.event.tag for entry in entries}) > 5
    keys = {
        key
        for entry in entries
        for values in (entry.event.before, entry.event.after, entry.event.facts)
        for key in flat(entry.event.subject.kind, values)
    }
    assert sorted(key for key in keys if name_shown(key).isascii()) == []
