"""A batch that ends half-way says how many rows came in, and that the same file completes it; where its refused rows could not be
written, nothing comes in at all."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ebidadmin.cli import batches
from ebidadmin.cli.progress import RowsDone
from ebidadmin.errors import StorageError
from ebidadmin.services import intake_chunks
from tests.acceptance.conftest import Ebid
from tests.cli.test_batches import in_columns, three
from tests.cli.test_commands import application, everything

TOLD = {"C.UTF-8": "stopped: {} row(s) came in", "ja_JP.UTF-8": "今回{}件を受け付け"}


@pytest.fixture
def batch(office: Path) -> Path:
    rows = [
        application(f"B{number}", supplier_number=f"1900000{number}", user_id=f"other{number}")
        for number in range(70, 75)
    ]
    file = office / "batch.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return file


@pytest.fixture(autouse=True)
def _python_interrupts() -> Iterator[None]:
    """A test run that was started in the background ignores the signal."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def press(monkeypatch: pytest.MonkeyPatch, times: int, *, at_row: int) -> None:
    """Somebody presses Ctrl+C so often when that row was taken."""
    monkeypatch.setattr(batches, "TOLD_EVERY", 1)

    def pressed(_self: RowsDone, done: int, _total: int | None) -> None:
        if done == at_row:
            for _ in range(times):
                signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(RowsDone, "__call__", pressed)


def row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake_chunks, "take", partial(intake_chunks.take, chunk=1))


@pytest.mark.parametrize("locale", TOLD)
@pytest.mark.parametrize("times", [1, 2])
def test_control_c_says_what_came_in_and_the_file_completes_it(
    office: Path,
    batch: Path,
    ebid: Ebid,
    monkeypatch: pytest.MonkeyPatch,
    locale: str,
    times: int,
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    with monkeypatch.context() as pressing:
        row_by_row(pressing)
        press(pressing, times, at_row=3)
        stopped = ebid(
            "application", "intake", batch, "--problems-to", office / "back.jsonl", "--desk", office
        )
    assert stopped.code == 1
    assert TOLD[locale].format(3) in stopped.err
    assert not (office / "back.jsonl").exists()
    listed = ebid("application", "list", "--json", "--desk", office).value
    assert len([one for one in listed if one["application_number"].startswith("B")]) == 3
    again = ebid("application", "intake", batch, "--json", "--desk", office)
    assert (again.code, again.value["accepted"], again.value["already_there"]) == (0, 2, 3)
    assert again.value["stopped"] is False


def test_control_c_after_the_last_row_stops_nothing(
    office: Path, batch: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(monkeypatch, 1, at_row=5)
    answer = ebid("application", "intake", batch, "--json", "--desk", office)
    assert (answer.code, answer.value["accepted"], answer.value["stopped"]) == (0, 5, False)


@pytest.mark.parametrize("times", [1, 2])
def test_a_rehearsal_that_is_stopped_kept_nothing_and_says_so(
    office: Path, batch: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    before = everything(office, ebid)
    with monkeypatch.context() as pressing:
        press(pressing, times, at_row=3)
        stopped = ebid("application", "intake", batch, "--dry-run", "--desk", office)
    assert (stopped.code, "the rest of the file was not looked at" in stopped.err) == (1, True)
    assert everything(office, ebid) == before


def test_a_failure_half_way_is_told_with_what_came_in(
    office: Path, batch: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch
) -> None:
    row_by_row(monkeypatch)
    real, calls = intake_chunks._taken, iter(range(9))

    def failing(*arguments: Any) -> Any:
        if next(calls) == 2:
            raise StorageError("database-locked")
        return real(*arguments)

    monkeypatch.setattr(intake_chunks, "_taken", failing)
    answer = ebid("application", "intake", batch, "--desk", office)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("stopped: 2 row(s) came in")
    assert "holds the database" in answer.err


@pytest.mark.parametrize("place", ["missing/back.jsonl", "batch.jsonl", "pipe"])
@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_nothing_comes_in_where_its_refused_rows_could_not_be_written(
    office: Path, ebid: Ebid, place: str, dry: tuple[str, ...]
) -> None:
    before = everything(office, ebid)
    os.mkfifo(office / "pipe")
    file = office / "batch.jsonl"
    file.write_text("\n".join(map(json.dumps, three())), encoding="utf-8")
    there = sorted(office.iterdir())
    answer = ebid("application", "intake", file, "--problems-to", office / place, *dry, "--desk", office)
    assert (answer.code, answer.out) == (1, "")
    assert Path(place).name in answer.err
    assert everything(office, ebid) == before
    assert sorted(office.iterdir()) == there


def test_no_file_is_left_where_the_batch_is_refused_or_only_tried(office: Path, ebid: Ebid) -> None:
    back, bad = office / "back.csv", office / "bad.csv"
    bad.write_bytes(b"a,b\r\n1,2\r\n")
    assert ebid("application", "intake", bad, "--problems-to", back, "--desk", office).code == 1
    assert not back.exists()
    batch = in_columns(office / "batch.csv", *three())
    tried = ebid(
        "application", "intake", batch, "--problems-to", back, "--dry-run", "--json", "--desk", office
    )
    assert (tried.code, tried.value["refused"], back.exists()) == (1, 2, False)
