"""One transaction per unit: what is recorded is there whole, or not at all."""

from __future__ import annotations

import traceback
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from ebidadmin.clock import SettableClock
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import UserId
from ebidadmin.errors import RuleError, StorageError
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork, uow_factory
from ebidadmin.services.ports import UnitOfWork
from tests import builders
from tests.builders import NOON
from tests.databases import break_the_trail
from tests.persistence.office import (
    MAIL,
    OpenUow,
    approve_fully,
    registration,
    rejection,
    save,
    submission,
    submit,
)


def tables(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Every row of what a decision touches."""
    names = ("id_applications", "audit_events", "mail_outbox", "user_id_reservations", "registrations")
    with engine.begin() as connection:
        return {
            name: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {name}"))] for name in names
        }


def test_it_is_a_unit_of_work_of_the_ports(engine: Engine, clock: SettableClock) -> None:
    opened: UnitOfWork = uow_factory(engine, clock=clock)()
    assert isinstance(opened, SqlUnitOfWork)


def test_what_is_committed_is_there(uow: OpenUow) -> None:
    application = submit(uow)
    with uow() as unit:
        assert unit.applications.get(application.number) == application
        assert unit.applications.of_supplier(application.supplier_number) == (application,)


def test_leaving_without_commit_leaves_nothing(uow: OpenUow, engine: Engine) -> None:
    before = tables(engine)
    with uow() as unit:
        unit.record(submission(), mails=[MAIL])
    assert tables(engine) == before


def test_an_error_in_the_block_leaves_nothing(uow: OpenUow, engine: Engine) -> None:
    before = tables(engine)

    def break_off() -> None:
        with uow() as unit:
            unit.record(submission(), mails=[MAIL])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert tables(engine) == before


def test_a_dry_run_does_everything_but_keep_it(engine: Engine, clock: SettableClock) -> None:
    before = tables(engine)
    with SqlUnitOfWork(engine, clock=clock, dry_run=True) as unit:
        unit.record(submission(), mails=[MAIL])
        assert unit.applications.find(builders.application_number(92)) is not None
        unit.commit()
    assert tables(engine) == before


def test_a_decision_its_event_and_its_mail_come_together(uow: OpenUow, clock: SettableClock) -> None:
    application = submit(uow)
    clock.advance(timedelta(hours=1))
    decided = save(uow, rejection(application, at=clock.now()), MAIL)
    with uow() as unit:
        assert unit.applications.get(application.number) == decided
        last = unit.audit.last_of(Subject(SubjectKind.APPLICATION, application.number))
        (mail,) = unit.mails.list(about=Subject(SubjectKind.APPLICATION, application.number))
    assert last is not None
    assert last.event == rejection(application, at=clock.now()).events[0]
    assert last.software == "ebidadmin test"
    assert (mail.draft, mail.written_at, mail.not_before) == (MAIL, clock.now(), clock.now())
    assert mail.message_id.endswith("@ebidadmin.local>")


def test_a_failing_audit_insert_rolls_the_decision_back(uow: OpenUow, engine: Engine) -> None:
    application = submit(uow)
    break_the_trail(engine)
    before = tables(engine)
    with pytest.raises(StorageError) as caught:
        save(uow, rejection(application), MAIL)
    assert caught.value.code == "refused-by-database"
    assert tables(engine) == before


def test_nothing_of_a_failed_record_stays_even_when_the_unit_goes_on(uow: OpenUow, engine: Engine) -> None:
    """A service may catch the refusal, log it and commit: of what was refused nothing may be kept by that."""
    submit(uow, 1)
    refusal = Event(EventTag.REFUSED_BY_RULE, Subject(SubjectKind.DESK, "desk"), "tanaka", NOON)
    before = tables(engine)
    with uow() as unit:
        with pytest.raises(RuleError):
            unit.record(submission(2, user_id=builders.form(1).user_id), mails=[MAIL])
        unit.log(refusal)
        unit.commit()
    after = tables(engine)
    assert len(after["audit_events"]) == len(before["audit_events"]) + 1
    assert {**after, "audit_events": []} == {**before, "audit_events": []}


def test_no_entered_value_stands_in_the_trace_of_a_refusal(uow: OpenUow) -> None:
    """Traces reach logs; the driver's own error would quote every bound value, the password's hash among them."""
    submit(uow, 1)
    with pytest.raises(RuleError) as caught, uow() as unit:
        unit.record(submission(1, number="A000777", user_id=UserId("another99")))
    trace = "".join(traceback.format_exception(caught.value))
    assert "IntegrityError" in trace
    for value in (builders.SAMPLE_HASH, builders.form(1).trade_name, builders.contact(1).email):
        assert value not in trace


def test_a_second_open_application_is_told_of_the_first(uow: OpenUow) -> None:
    first = submit(uow, 1)
    with pytest.raises(RuleError) as caught, uow() as unit:
        unit.record(submission(1, number="A000777", user_id=UserId("another99")))
    assert caught.value.code == "open-application-exists"
    assert caught.value.facts["id"] == first.number
    assert caught.value.facts["supplier_number"] == first.supplier_number


def test_an_enterprise_id_belongs_to_one_supplier(uow: OpenUow) -> None:
    approve_fully(uow, submit(uow, 1), serial=7)
    with pytest.raises(RuleError) as caught, uow() as unit:
        unit.record(registration(submission(2).after, serial=7))
    assert caught.value.code == "enterprise-id-taken"
