"""Fills a new desk with a made-up office, through the same services as the real work, on a clock that runs through the last weeks."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from ebidadmin.bootstrap import Desk, open_desk
from ebidadmin.cli.importing import import_file
from ebidadmin.clock import SettableClock, SystemClock, jst, jst_date
from ebidadmin.demo.generator import DemoApplication, Row, Stage, applications, changed, suppliers
from ebidadmin.demo.words import Words, load_words
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.permits import PaperChannel
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.intake.csv import write_register
from ebidadmin.services import application_intake, application_review, mail_outbox, permits

SEED = 20260401
SUPPLIERS = 300
APPLICATIONS = 60
LAYOUT = "ebidadmin"


@dataclass(frozen=True)
class _Story:
    """What happens in the made-up weeks."""

    first: Sequence[Qualification]
    second: Sequence[Qualification]
    applications: Sequence[DemoApplication]


def furnish(folder: Path) -> None:
    """Fill the empty desk in ``folder``: two monthly registers, permits, and applications of every kind of finding."""
    now = SystemClock().now()
    clock = SettableClock(now - timedelta(days=40))
    with closing(open_desk(folder, clock=clock)) as desk:
        words = load_words(folder / "data" / "samples" / "words.toml")
        story = _story(desk, words, now)
        _import(desk, story.first, "register-1.csv")
        clock.set(now - timedelta(days=8))
        _take_in(desk, story.applications, Stage.BEFORE_SECOND_IMPORT, at=clock.now())
        clock.set(now - timedelta(days=7))
        _import(desk, story.second, "register-2.csv")
        clock.set(now)
        record_permits(desk, story.applications)
        _take_in(desk, story.applications, Stage.ORDINARY)
        _approve_before(desk, story.applications)
        _take_in(desk, story.applications, Stage.AFTER_APPROVAL)
        mail_outbox.dispatch(desk.office, staff=desk.staff)


def _story(desk: Desk, words: Words, now: datetime) -> _Story:
    today = jst_date(now)
    period = (date(today.year - 1, 1, 1), date(today.year + 1, 12, 31))
    first = suppliers(words, count=SUPPLIERS, seed=SEED, period=period)
    second = changed(first, words, seed=SEED + 1, share=0.03)
    made = applications(
        words,
        second[len(words.samples) :],
        count=APPLICATIONS,
        seed=SEED + 2,
        # The password of the made-up applications is drawn here, hashed and forgotten: nobody can log in with it.
        password_hash=desk.office.hasher.hash(secrets.token_hex(8).encode()),
        now=now,
        lapsed=[record for record in second if record.valid_to is not None and record.valid_to < today],
        changing=[new for old, new in zip(first, second, strict=True) if old != new],
    )
    return _Story(first, second, made)


def _import(desk: Desk, records: Sequence[Qualification], name: str) -> None:
    path = desk.config.inbox / name
    write_register(path, records, desk.layouts[LAYOUT], ())
    import_file(desk, path, LAYOUT, confirmed_scale=True)


def _take_in(desk: Desk, made: Sequence[DemoApplication], stage: Stage, at: datetime | None = None) -> None:
    rows: list[tuple[int, Row]] = []
    for line, one in enumerate((one for one in made if one.stage is stage), start=1):
        # Those that are to have come in before a change of the register must also say so themselves.
        row = one.row if at is None else {**one.row, "applied_at": jst(at).isoformat(timespec="seconds")}
        rows.append((line, row))
    _intake(desk, rows)


def _intake(desk: Desk, rows: Sequence[tuple[int, Row]]) -> None:
    report = application_intake.intake_batch(desk.office, staff=desk.staff, rows=rows)
    if report.problems:
        first = report.problems[0]
        raise ValueError(f"made-up application refused: line {first.line}, {first.field}: {first.code}")


def record_permits(desk: Desk, made: Sequence[DemoApplication]) -> None:
    """Record and grant the permits that made-up applications need."""
    for plan in (plan for one in made for plan in one.permits):
        recorded = permits.record(
            desk.office,
            staff=desk.staff,
            supplier_number=plan.supplier_number,
            received=plan.received,
            channel=PaperChannel.COUNTER,
            applicant=plan.applicant,
        )
        permits.grant(
            desk.office,
            staff=desk.staff,
            permit_id=recorded.id,
            valid_from=plan.valid_from,
            valid_to=plan.valid_to,
        )


def _approve_before(desk: Desk, made: Sequence[DemoApplication]) -> None:
    """For the finding of an ID that exists already: the supplier's first application, approved."""
    for number, one in enumerate((one for one in made if one.stage is Stage.AFTER_APPROVAL), start=1):
        earlier: Row = {**one.row, "application_number": f"A{number:08d}", "user_id": f"first{number:03d}"}
        _intake(desk, [(1, earlier)])
        case = application_review.dossier(
            desk.office, staff=desk.staff, number=ApplicationNumber(str(earlier["application_number"]))
        )
        accepted = {
            finding.code.value: "demo" for finding in case.findings if finding.severity.value == "warning"
        }
        application_review.approve(
            desk.office,
            staff=desk.staff,
            number=case.application.number,
            version=case.application.version,
            accepted=accepted,
        )
