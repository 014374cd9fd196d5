"""Reports made for real: a kernel runs the notebook, the files are opened, the figures are recomputed by other means."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import jpholiday
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from ebidadmin import desk as front
from ebidadmin.bootstrap import DESK_VARIABLE, Desk, open_desk
from ebidadmin.clock import jst, jst_date
from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.report_periods import ReportName
from ebidadmin.domain.report_runs import Failure, ReportRun, RunState
from ebidadmin.errors import StorageError
from ebidadmin.report_making.maker import NotebookMaker, sheet_data
from ebidadmin.report_making.writing import FOLDER_VARIABLE
from ebidadmin.reporting.parameters import read_parameters
from ebidadmin.reporting.sheet import Part, Sheet
from ebidadmin.services import report_runs
from ebidadmin.text.report_words import REPORTS
from tests.builders import ADMINISTRATOR
from tests.needs import ROOT
from tests.report_making.looked_at import look_at

DAILY = ReportName.DAILY_REVIEW
HEAD = 'as_of: str = ""\nperiod: str = ""\n'


@pytest.fixture(scope="module")
def folder(demo_desk: Callable[[str], Path]) -> Path:
    """A desk with a made-up office; reports change nothing in it but the list of runs."""
    return demo_desk("reports")


@pytest.fixture
def desk(folder: Path) -> Iterator[Desk]:
    with closing(open_desk(folder)) as opened:
        yield opened


def by_hand(
    desk: Desk, maker: NotebookMaker | None = None, report: ReportName = DAILY, **parameters: str
) -> ReportRun:
    return report_runs.run_by_hand(
        desk.office,
        staff=ADMINISTRATOR,
        maker=maker or NotebookMaker(desk),
        report=report,
        day=jst_date(desk.office.clock.now()),
        parameters=parameters,
    )


def outputs(desk: Desk, run: ReportRun) -> dict[str, bytes]:
    made = NotebookMaker(desk).folder / run.folder
    return {file.suffix: file.read_bytes() for file in made.iterdir()}


@pytest.fixture(scope="module")
def daily(folder: Path) -> ReportRun:
    """The daily report, made while a login to a mail server is set."""
    with pytest.MonkeyPatch.context() as patch, closing(open_desk(folder)) as opened:
        patch.setenv("EBIDADMIN_SMTP_PASSWORD", "himitsu-no-kotoba")
        patch.setenv("EBIDADMIN_SMTP_USER", "post")
        run = by_hand(opened, rows="7")
        with opened.office.uow() as uow:
            last = uow.audit.last()
    assert last is not None
    assert (last.event.tag.value, last.event.subject.id) == ("report:finished", run.id)
    return run


@pytest.mark.sqlite_only("counts past the program, from the file")
def test_the_daily_report_says_what_an_independent_count_says(desk: Desk, daily: ReportRun) -> None:
    run = daily
    assert (run.state, run.failure) == (RunState.DONE, None)
    made = outputs(desk, run)
    assert set(made) == {".html", ".pdf", ".xlsx", ".ipynb", ".json"}
    rows = load_workbook(BytesIO(made[".xlsx"]))["審査を待つ申請"].iter_rows(min_row=2, values_only=True)
    waiting = counted(desk, run.as_of)
    assert {row[0]: row[5] for row in rows} == waiting
    page = made[".html"].decode()
    first, *others = (one.extract_text() for one in PdfReader(BytesIO(made[".pdf"])).pages)
    overdue = sum(days > 5 for days in waiting.values())
    due = sum(days == 5 for days in waiting.values())
    assert overdue
    # The first page has what needs action.
    for count, sentence in ((overdue, f"過ぎた申請が{overdue}件"), (due, f"今日が期限の申請が{due}件")):
        assert (sentence in page) is (sentence in first) is bool(count)
    look_at(made)
    left = f"ほかに{len(waiting) - 7}件あります。"
    assert left in page
    assert left in first + "".join(others)


@pytest.mark.parametrize("report", [name for name in ReportName if name is not DAILY])
def test_every_report_is_made_whole(desk: Desk, report: ReportName) -> None:
    run = first_import(desk) if report is ReportName.IMPORT_REPORT else by_hand(desk, report=report)
    assert (run.state, run.failure, run.detail) == (RunState.DONE, None, "")
    made = outputs(desk, run)
    assert set(made) == {".html", ".pdf", ".xlsx", ".ipynb", ".json"}
    page = made[".html"].decode()
    reader = PdfReader(BytesIO(made[".pdf"]))
    printed = "".join(one.extract_text() for one in reader.pages)
    look_at(made)
    assert "対応が必要なもの" in page
    assert "対応が必要なもの" in reader.pages[0].extract_text()
    assert f"{REPORTS[report]}" in printed
    assert b"http" not in made[".html"].replace(b"http-equiv", b"")
    assert b"sqlite:" not in b"".join(made.values())
    sheets = load_workbook(BytesIO(made[".xlsx"]))
    for sheet in sheets.worksheets[1:]:
        assert sheet.title[:20] in page


def first_import(desk: Desk) -> ReportRun:
    """Any import is reported again by its number."""
    run = report_runs.run_again(
        desk.office,
        staff=ADMINISTRATOR,
        maker=NotebookMaker(desk),
        report=ReportName.IMPORT_REPORT,
        period="1",
        parameters={"rows": "5"},
    )
    assert dict(run.parameters) == {"rows": 5}
    assert run.place == NotebookMaker(desk).place()
    assert "第1号" in outputs(desk, run)[".html"].decode()
    return run


@pytest.mark.parametrize("report", list(ReportName))
def test_a_report_is_a_few_short_cells_without_output(report: ReportName) -> None:
    plain = json.loads((ROOT / "reports" / f"{report.value}.ipynb").read_text(encoding="utf-8"))
    assert len(plain["cells"]) <= 8
    for cell in plain["cells"]:
        assert len(cell["source"]) <= 8
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
    names = [one.name for one in read_parameters(ROOT / "reports" / f"{report.value}.ipynb")]
    assert names == ["as_of", "period", "rows"]


def counted(desk: Desk, as_of: datetime) -> dict[str, int]:
    """Working days that each open application had waited, past the program: a plain query, and days walked one by one."""
    moment = as_of.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    database = desk.config.database_url.removeprefix("sqlite:///")
    found: dict[str, int] = {}
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        open_then = (
            "SELECT number, applied_at FROM id_applications"
            " WHERE applied_at <= ? AND (decided_at IS NULL OR decided_at > ?)"
        )
        pauses = (
            "SELECT asked_at, answered_at FROM application_inquiries WHERE application = ? AND asked_at <= ?"
        )
        for number, applied in connection.execute(open_then, (moment, moment)).fetchall():
            days = walked(day_of(applied), jst(as_of).date())
            for start, end in connection.execute(pauses, (number, moment)):
                stop = jst(as_of).date() if end is None or end > moment else day_of(end)
                days -= walked(day_of(start), stop)
            found[number] = max(0, days)
    return found


def day_of(stored: str) -> date:
    return (datetime.fromisoformat(stored) + timedelta(hours=9)).date()


def walked(first: date, last: date) -> int:
    days = 0
    while first < last:
        first += timedelta(days=1)
        year_end = (first.month, first.day) >= (12, 29) or (first.month, first.day) <= (1, 3)
        days += first.weekday() < 5 and not jpholiday.is_holiday(first) and not year_end
    return days


def with_notebook(desk: Desk, source: str, limit: timedelta | None = None) -> NotebookMaker:
    """A maker whose daily report is another notebook."""
    place = desk.folder.parent / f"other{len(list(desk.folder.parent.iterdir()))}"
    place.mkdir()
    shipped = json.loads((desk.folder / "reports" / "daily_review.ipynb").read_text(encoding="utf-8"))
    parameters, cell = shipped["cells"][1], shipped["cells"][2]
    parameters["source"], cell["source"] = HEAD, source
    shipped["cells"] = [parameters, cell]
    (place / "daily_review.ipynb").write_text(json.dumps(shipped), encoding="utf-8")
    return NotebookMaker(desk, limit, place)


def test_nothing_of_the_settings_nor_any_secret_is_in_what_is_kept(
    desk: Desk, daily: ReportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EBIDADMIN_SMTP_PASSWORD", "himitsu-no-kotoba")
    monkeypatch.setenv("EBIDADMIN_SMTP_USER", "post")
    run = by_hand(desk, with_notebook(desk, "import os\nprint(dict(os.environ))"))
    # It writes no sheet, so it has no outputs.
    assert (run.failure, run.detail, set(outputs(desk, run))) == (
        Failure.OUTPUT,
        "FileNotFoundError",
        {".ipynb"},
    )
    told = outputs(desk, run)[".ipynb"]
    assert b"EBIDADMIN_REPORT_FOLDER" in told
    assert b"EBIDADMIN_SMTP" not in told
    assert b"himitsu-no-kotoba" not in told
    shipped = outputs(desk, daily)
    for content in shipped.values():
        assert b"sqlite:" not in content
        assert b"argon2id" not in content
        assert b"himitsu-no-kotoba" not in content
    assert b"http" not in shipped[".html"].replace(b"http-equiv", b"")


def test_a_notebook_that_fails_is_kept_and_nothing_else(desk: Desk) -> None:
    run = by_hand(desk, with_notebook(desk, "raise ValueError('about a supplier')"))
    assert (run.state, run.failure) == (RunState.FAILED, Failure.CELL)
    assert run.detail.startswith("cell ")
    assert run.detail.endswith(": ValueError")
    assert run.folder.endswith("_failed")
    made = outputs(desk, run)
    assert set(made) == {".ipynb"}
    assert b"about a supplier" in made[".ipynb"]


def test_a_report_that_hangs_is_stopped(desk: Desk) -> None:
    maker = with_notebook(desk, "import threading\nthreading.Event().wait()", timedelta(seconds=6))
    run = by_hand(desk, maker)
    assert (run.failure, run.detail) == (Failure.TIME_LIMIT, "after 6 s")
    assert not list(maker.folder.glob(".*"))


def test_whoever_calculates_with_the_numbers_is_told_of_and_a_report_is_not(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(DESK_VARIABLE, str(desk.folder))
    with desk.office.uow() as uow:
        before = len(uow.audit.list(subject=Subject(SubjectKind.REPORT, DAILY.value)))
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    as_report = front.report("daily_review", rows=5).frames()
    with desk.office.uow() as uow:
        assert len(uow.audit.list(subject=Subject(SubjectKind.REPORT, DAILY.value))) == before
    monkeypatch.delenv(FOLDER_VARIABLE)
    frames = front.report("daily_review", rows=5).frames()
    assert len(frames.waiting) == len(as_report.waiting) > 0
    with desk.office.uow() as uow:
        *_, told = uow.audit.list(subject=Subject(SubjectKind.REPORT, DAILY.value))
    assert told.event.tag is EventTag.REPORT_TAKEN


def test_a_report_cannot_write_into_the_database(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(DESK_VARIABLE, str(desk.folder))
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    report = front.report("daily_review", rows=5)
    with report.engine.connect() as connection, pytest.raises(StorageError):
        connection.exec_driver_sql("DELETE FROM id_applications")


@pytest.mark.parametrize("error", [RuntimeError, UnicodeEncodeError, KeyError])
def test_whatever_an_output_cannot_be_made_from_is_a_failure_that_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def broken(sheet: Sheet) -> bytes:
        raise error(*(("utf-8", "", 0, 1, "") if error is UnicodeEncodeError else ("about a supplier",)))

    monkeypatch.setattr("ebidadmin.report_making.maker.workbook", broken)
    monkeypatch.setattr("ebidadmin.report_making.maker._answer", written)
    run = by_hand(desk)
    assert (run.state, run.failure, run.detail) == (RunState.FAILED, Failure.OUTPUT, error.__name__)
    assert run.folder.endswith("_failed")
    assert set(outputs(desk, run)) == {".ipynb"}


def written(
    command: list[str], job: str, *, environment: Mapping[str, str], limit: float
) -> tuple[int, dict[str, str]]:
    """Stands for the process of a report: leaves a sheet and a notebook."""
    told = json.loads(job)
    Path(told["target"]).write_text("{}", encoding="utf-8")
    Sheet(title="x", subtitle="", facts=(), actions=(), actions_title="y", all_well="z", foot=()).write(
        Path(environment["EBIDADMIN_REPORT_FOLDER"])
    )
    return 0, {}


def test_what_lies_there_already_stays(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ebidadmin.report_making.maker._answer", written)
    maker = NotebookMaker(desk)
    run = by_hand(desk, maker)
    before = sorted(one.name for one in maker.folder.iterdir())
    made = maker.make(run, {})
    assert made.folder == f"{run.folder}-2"
    assert sorted(one.name for one in maker.folder.iterdir()) == sorted([*before, made.folder])


def parts_of(*parts: Part) -> Any:
    """What the page is told of the parts of a sheet."""
    sheet = Sheet(
        title="帳票",
        subtitle="",
        facts=(),
        actions=(),
        actions_title="",
        all_well="",
        foot=(),
        parts=parts,
    )
    return sheet_data(sheet)["parts"]


def test_columns_share_the_page_by_what_stands_in_them() -> None:
    long = "登録の後に資格審査情報の住所が変わりました。登録された内容が正しいか確かめてください。"
    part = Part(
        key="part1",
        title="確認事項",
        columns=("業者番号", "商号又は名称", "内容", "うち登録・申請のある業者の数"),
        rows=(("190000092", "(株)テスト商会01", long, 3), ("190000093", None, long * 3, 4)),
    )
    first, second = parts_of(part, Part(key="part2", title="なし", columns=("番号",)))
    assert first["widths"] == [0, 0, 90, 0]
    assert second["widths"] == [0]


def test_a_small_table_is_no_broader_than_what_stands_in_it() -> None:
    rows = (("証明書の期限が切れたICカードの登録", 3), ("有効なID", 12_000))
    part = Part(key="part1", title="年度末の状態", columns=("項目", "件数"), rows=rows)
    assert parts_of(part)[0]["widths"] == [0, 0]
