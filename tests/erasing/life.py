"""A supplier with a whole life at an office: everything that leaves its data anywhere, until all of it has ended."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ebidadmin.bootstrap import Desk, open_desk
from ebidadmin.clock import SettableClock
from ebidadmin.documents.pages import case_record_page
from ebidadmin.domain.card_sessions import CardMode, CardStep
from ebidadmin.domain.findings import ReferenceFacts
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.presenters.case_pages import case_page
from ebidadmin.services import application_review, card_registration, desk_requests, id_cases
from tests.acceptance.conftest import Answer, Ebid
from tests.builders import intake_row, supplier_number
from tests.cards.office import Bench, raw_card_form
from tests.imports.test_apply import file, record

N, OTHER = 92, 93
GONE = supplier_number(N)
HOUSE = "山口県下関市細江町三丁目1番4号"
"""An address that both suppliers have."""

DUE = datetime(2034, 4, 1, 3, tzinfo=UTC)
"""The card's certificate ends in the fiscal year 2028; five years after its end."""

NEAR_THE_END = datetime(2028, 8, 1, 3, tzinfo=UTC)
"""Of the certificates of both cards."""

MOVED, CORRECTED = "山口県下関市竹崎町四丁目4番8号", "山口県下関市唐戸町4番1号"
NOTED, ASKED, ANSWERED = "社長の下関様が来庁した", "委任状の押印について伺う", "押印して差し替えた"
REASON, ADVICE, SEARCHED = "移転届が窓口に出た", "商号を確かめるよう案内した", "(株)てすとしょうかい"


def records(n: int = OTHER, **changes: object) -> list[Qualification]:
    """The register without the supplier, but for the two at one address."""
    return [record(n, address=HOUSE, **changes), record(94), record(95)]


def live(office: Path, ebid: Ebid, clock: SettableClock) -> None:
    """From the first import to the one in which the supplier is no more."""

    def run(*words: object, code: int = 0) -> Answer:
        answer = ebid(*words, "--desk", office)
        assert answer.code == code, (words, answer)
        return answer

    for name in ("letters", "exports"):
        (office / name).mkdir()
    _register(office, run)
    _permits(office, run)
    _applications(office, run)
    with closing(open_desk(office, clock=clock)) as desk:
        _cards(desk)
    run("mail", "send")
    _files(office, run)
    _ends(office, run, clock)


def import_file(office: Path, run: object, name: str, found: list[Qualification]) -> None:
    assert callable(run)
    path = file(office / "inbox", found, name)
    run("qualification", "import", path, "--layout", "ebidadmin", "--yes")


def _register(office: Path, run: object) -> None:
    assert callable(run)
    import_file(
        office, run, "first.csv", [record(N, address=HOUSE, kana="アカマガセキショウカイ"), *records()]
    )
    import_file(
        office, run, "second.csv", [record(N, address=MOVED, kana="アカマガセキショウカイ"), *records()]
    )
    run("qualification", "correct", GONE, f"address={CORRECTED}", "--why", REASON)
    run("qualification", "undo")
    import_file(
        office,
        run,
        "third.csv",
        [record(N, kana="アカマガセキショウカイ", email="shoukai92@example.co.jp"), *records()],
    )


def _permits(office: Path, run: object) -> None:
    assert callable(run)
    for number in (N, N, N, OTHER):
        given = ("--channel", "counter", "--applicant", record(number).trade_name)
        run("permit", "record", supplier_number(number), "--received", "2026-10-01", *given)
    run("permit", "grant", "P000001", "--valid-to", "2028-03-31")
    run("permit", "refuse", "P000002", "--reason", "form-incomplete")
    run("permit", "void", "P000003", "--reason", "二重に記録した")
    run("permit", "grant", "P000004", "--valid-to", "2028-03-31")
    run("permit", "letter", "P000001", "--to", office / "letters" / "P000001.pdf")
    run("permit", "dispatch", "P000001", "--channel", "post")
    run("permit", "dispatch", "P000004", "--channel", "post")


def _applications(office: Path, run: object) -> None:
    assert callable(run)
    for number in ("A1", "A2", "A3"):
        apply_for(office, run, number, N)
        if number == "A1":
            run("application", "note", number, "--text", NOTED)
            run("application", "inquire", number, "--version", 1, "--text", ASKED)
            run("application", "answer", number, "--version", 2, "--text", ANSWERED)
            run("application", "reject", number, "--version", 3, "--reason", "other")
        elif number == "A2":
            run("application", "withdraw", number, "--version", 1)
    apply_for(office, run, "A4", OTHER)
    approve(office, "A3", run)
    approve(office, "A4", run)


def apply_for(office: Path, run: object, number: str, of: int) -> None:
    """An application of that supplier comes in."""
    assert callable(run)
    batch = office / "inbox" / f"{number}.jsonl"
    batch.write_text(json.dumps(intake_row(of, number=number)), encoding="utf-8")
    run("application", "intake", batch)


def approve(office: Path, number: str, run: object) -> None:
    assert callable(run)
    shown = run("application", "show", number, "--json").value
    warnings = [one["code"] for one in shown["findings"] if one["severity"] == "warning"]
    accepted = [word for code in warnings for word in ("--accept", f"{code}=確認した")]
    seen = ("--seen", shown["seen"]) if accepted else ()
    run("application", "approve", number, "--version", shown["version"], *accepted, *seen)


def _cards(desk: Desk) -> None:
    """One card registered; a walk that was given up before the supplier was known; a rehearsal with its record, kept as a page."""
    bench = Bench(desk.office, staff=desk.staff)
    bench.registered(N)
    bench.registered(OTHER)
    bench.insert(N)
    bench.prove(bench.start(mode=CardMode.REHEARSAL))
    walk = bench.to_confirmation(N, CardMode.REHEARSAL, card=N, form=raw_card_form(N))
    assert walk.step is CardStep.CONFIRM
    kept = card_registration.record_case(desk.office, staff=desk.staff, session_id=walk.id, advice=ADVICE)
    page = case_record_page(case_page(kept), printed_at=desk.office.clock.now(), folder=desk.folder)
    (desk.folder / "letters" / "case.pdf").write_bytes(page)
    id_cases.record_case(
        desk.office,
        staff=desk.staff,
        supplier_number=GONE,
        searched={"trade_name": SEARCHED},
        typed={"branch": "本店"},
        remarks=ReferenceFacts(),
        advice=ADVICE,
    )


def _asked_in_vain(desk: Desk, version: int) -> None:
    """A second person was asked to confirm the cancelling, for a reason that was the wrong one."""
    settings = replace(desk.office.settings, cancel_second_person=True, one_person=False)
    two = replace(desk.office, settings=settings)
    made = desk_requests.request_cancel(
        two, staff=desk.staff, application=ApplicationNumber("A3"), version=version, reason=REASON
    )
    desk_requests.withdraw(two, staff=desk.staff, number=made.id)


def _files(office: Path, run: object) -> None:
    """What the office keeps in its own folders."""
    assert callable(run)
    kept = office / "exports"

    run("qualification", "export", kept / "register.csv")
    run("qualification", "export", kept / "register.xlsx")
    run("registration", "export", kept / "registrations.csv")
    run("permit", "dispatches", "--csv", kept / "dispatches.csv")
    run("audit", "export", kept / "trail.csv")
    run("audit", "export", kept / "trail.xlsx")
    report = office / "report-outputs" / "daily_review_2026-10-07"
    report.mkdir(parents=True)
    (report / "report.html").write_text(f"<p>{record(N).trade_name}</p>", encoding="utf-8")
    (report / "report.pdf").write_bytes(b"a picture of the same page")
    (kept / "other.csv").write_text(record(OTHER).trade_name, encoding="utf-8")


def _ends(office: Path, run: object, clock: SettableClock) -> None:
    assert callable(run)
    with closing(open_desk(office, clock=clock)) as desk:
        application_review.note(desk.office, staff=desk.staff, number="A4", text="隣の業者とは別の会社")  # type: ignore[arg-type]  # a number as text
        with desk.office.uow() as uow:
            version = next(iter(uow.registrations.of_supplier(GONE))).version
        _asked_in_vain(desk, version)
    run("registration", "cancel", "A3", "--version", version, "--reason", "廃業")
    run("permit", "withdraw", "P000001", "--reason", "廃業")
    clock.set(NEAR_THE_END)
    run("mail", "notices")
    run("mail", "send")
    import_file(office, run, "fourth.csv", records())
