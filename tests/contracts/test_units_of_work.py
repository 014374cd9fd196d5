"""What every unit of work keeps, on a database or in memory: versions, unique rules, leases, the trail."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain import applications, claims, mails, notes
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.contacts import Contact
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import ApplicationNumber, SupplierNumber, UserId
from ebidadmin.domain.registrations import RegistrationState
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import ConcurrentEditError, NotFoundError, RuleError
from ebidadmin.services.ports import SequenceName
from tests import builders
from tests.builders import NOON
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


def test_a_closed_unit_refuses_any_use(uow: OpenUow) -> None:
    with uow() as unit:
        unit.commit()
        with pytest.raises(RuntimeError, match="closed"):
            unit.record(submission())
    with pytest.raises(RuntimeError, match="closed"):
        unit.commit()


def test_a_unit_cannot_be_opened_twice(uow: OpenUow) -> None:
    with uow() as unit, pytest.raises(RuntimeError, match="twice"):
        unit.__enter__()


def test_the_loser_learns_who_was_faster_when_and_what_it_is_now(uow: OpenUow) -> None:
    application = submit(uow)
    at = NOON + timedelta(minutes=3)
    save(uow, rejection(application, by="suzuki", at=at))
    with uow() as unit:
        unit.record(notes.note(application=application.number, text="後で", by="sato", at=at))
        unit.record(claims.claim(None, application=application.number, by="kato", at=at))
        unit.commit()
    with pytest.raises(ConcurrentEditError) as caught, uow() as unit:
        unit.record(rejection(application, by="tanaka"), mails=[MAIL])
    assert caught.value.facts == {
        "kind": "application",
        "id": application.number,
        "by": "suzuki",
        "at": at.isoformat(),
        "state": "rejected",
    }


def test_a_number_taken_meanwhile_is_a_concurrent_edit(uow: OpenUow) -> None:
    submit(uow, 1)
    with pytest.raises(ConcurrentEditError) as caught, uow() as unit:
        unit.record(submission(2, number=builders.application_number(1)))
    assert caught.value.facts["by"] == "suppliers"


def test_a_claim_taken_meanwhile_names_its_holder(uow: OpenUow) -> None:
    application = submit(uow)
    save(uow, claims.claim(None, application=application.number, by="suzuki", at=NOON))
    with pytest.raises(ConcurrentEditError) as caught, uow() as unit:
        unit.record(claims.claim(None, application=application.number, by="tanaka", at=NOON))
    assert (caught.value.facts["by"], caught.value.facts["state"]) == ("suzuki", "suzuki")


def test_one_open_application_per_supplier(uow: OpenUow) -> None:
    first = submit(uow, 1)
    with pytest.raises(RuleError) as caught, uow() as unit:
        unit.record(submission(1, number="A000777", user_id=UserId("another99")))
    assert caught.value.code == "open-application-exists"
    save(uow, rejection(first))
    submit(uow, 1, number="A000777")


class TestUserIds:
    """Unique ignoring case, over open applications and live registrations together."""

    ID = UserId("Shoukai01")

    def taken(self, uow: OpenUow, user_id: str, except_for: SupplierNumber | None = None) -> bool:
        with uow() as unit:
            return unit.applications.user_id_taken(UserId(user_id), except_for=except_for)

    def test_an_open_application_reserves_it(self, uow: OpenUow) -> None:
        application = submit(uow, 1, user_id=self.ID)
        assert self.taken(uow, "sHOUKAI01")
        assert not self.taken(uow, "sHOUKAI01", except_for=application.supplier_number)
        assert not self.taken(uow, "shoukai02")
        with pytest.raises(RuleError) as caught, uow() as unit:
            unit.record(submission(2, user_id=UserId("SHOUKAI01")))
        assert (caught.value.code, caught.value.facts["user_id"]) == ("user-id-taken", "SHOUKAI01")

    def test_a_rejection_frees_it(self, uow: OpenUow) -> None:
        save(uow, rejection(submit(uow, 1, user_id=self.ID)))
        assert not self.taken(uow, self.ID)
        submit(uow, 2, user_id=self.ID)

    def test_an_approval_hands_it_to_the_registration(self, uow: OpenUow) -> None:
        application = submit(uow, 1, user_id=self.ID)
        approve_fully(uow, application)
        assert self.taken(uow, self.ID)
        with pytest.raises(RuleError) as caught, uow() as unit:
            unit.record(submission(2, user_id=UserId("shoukai01")))
        assert caught.value.code == "user-id-taken"

    def test_the_same_supplier_may_apply_with_it_again(self, uow: OpenUow) -> None:
        approve_fully(uow, submit(uow, 1, user_id=self.ID))
        again = submit(uow, 1, number="A000777", user_id=self.ID)
        save(uow, applications.withdraw(again, by="tanaka", at=NOON))
        assert self.taken(uow, self.ID)

    def test_the_end_of_a_registration_frees_it(self, uow: OpenUow) -> None:
        application = submit(uow, 1, user_id=self.ID)
        approve_fully(uow, application)
        with uow() as unit:
            live = unit.registrations.live_of(application.supplier_number)
        assert live is not None
        ended = replace(live, state=RegistrationState.CANCELLED, version=2)
        save(uow, Transition(ended, registration(application).events))
        assert not self.taken(uow, self.ID)
        with uow() as unit:
            assert unit.registrations.live_of(application.supplier_number) is None
            assert unit.registrations.of_supplier(application.supplier_number) == (ended,)
            assert unit.registrations.of_supplier(builders.supplier_number(2)) == ()
            assert unit.registrations.enterprise_id_of(application.supplier_number) == live.enterprise_id


def test_one_live_registration_per_supplier(uow: OpenUow) -> None:
    approve_fully(uow, submit(uow, 1))
    second = submit(uow, 1, number="A000777")
    with pytest.raises(RuleError) as caught, uow() as unit:
        unit.record(registration(second))
    assert caught.value.code == "live-registration-exists"


def test_what_is_not_there_is_said(uow: OpenUow) -> None:
    with uow() as unit, pytest.raises(NotFoundError) as caught:
        unit.applications.get(ApplicationNumber("A9"))
    assert caught.value.facts == {"kind": "application", "id": "A9"}


def test_numbers_rise_from_one_and_each_counter_by_itself(uow: OpenUow) -> None:
    with uow() as unit:
        assert [unit.next_number(SequenceName.PERMIT) for _ in range(3)] == [1, 2, 3]
        unit.commit()
    with uow() as unit:
        assert unit.next_number(SequenceName.APPLICATION) == 1
        assert unit.next_number(SequenceName.PERMIT) == 4


class TestMails:
    @pytest.fixture
    def waiting(self, uow: OpenUow) -> mails.OutboxMail:
        save(uow, submission(), MAIL)
        with uow() as unit:
            (mail,) = unit.mails.list()
        return mail

    def lease(self, uow: OpenUow, clock: SettableClock) -> tuple[mails.OutboxMail, ...]:
        with uow() as unit:
            leased = unit.mails.lease(limit=10, at=clock.now(), until=clock.now() + timedelta(minutes=5))
            unit.commit()
        return leased

    def test_a_leased_mail_is_not_leased_again_before_it_runs_out(
        self, uow: OpenUow, clock: SettableClock, waiting: mails.OutboxMail
    ) -> None:
        (leased,) = self.lease(uow, clock)
        assert leased.message_id == waiting.message_id
        assert self.lease(uow, clock) == ()
        clock.advance(timedelta(minutes=5))
        assert [mail.id for mail in self.lease(uow, clock)] == [waiting.id]

    def test_mails_given_back_untried_are_due_at_once_and_no_longer_the_senders(
        self, uow: OpenUow, clock: SettableClock, waiting: mails.OutboxMail
    ) -> None:
        (first,) = self.lease(uow, clock)
        with uow() as unit:
            unit.mails.release((first,))
            unit.commit()
        (second,) = self.lease(uow, clock)
        assert (second.id, second.attempts, second.last_error) == (waiting.id, 0, "")
        with uow() as unit:
            unit.mails.release((first,))
            unit.commit()
        assert self.lease(uow, clock) == (), "who has given it back cannot give it back from another"
        with pytest.raises(ConcurrentEditError), uow() as unit:
            unit.record(mails.sent(first, by="mail", at=clock.now()))

    def test_a_clock_that_ran_ahead_keeps_no_mail_back(self, uow: OpenUow, clock: SettableClock) -> None:
        present = clock.now()
        clock.advance(timedelta(days=400))
        save(uow, submission(at=clock.now()), MAIL)
        clock.set(present)
        (written,) = self.lease(uow, clock)
        clock.advance(timedelta(days=400))
        (leased,) = self.lease(uow, clock)
        clock.set(present)
        assert [mail.id for mail in self.lease(uow, clock)] == [written.id] == [leased.id]

    def test_whoever_let_the_lease_run_out_cannot_record_any_more(
        self, uow: OpenUow, clock: SettableClock, waiting: mails.OutboxMail
    ) -> None:
        (slow,) = self.lease(uow, clock)
        clock.advance(timedelta(minutes=5))
        (fast,) = self.lease(uow, clock)
        save(uow, mails.sent(fast, by="mail", at=clock.now()))
        with pytest.raises(ConcurrentEditError) as caught, uow() as unit:
            unit.record(mails.sent(slow, by="mail", at=clock.now()))
        assert caught.value.facts["state"] == "sent"
        assert waiting.state is mails.MailState.WAITING

    def test_a_deferred_mail_waits_and_a_sent_one_is_over(
        self, uow: OpenUow, clock: SettableClock, waiting: mails.OutboxMail
    ) -> None:
        (leased,) = self.lease(uow, clock)
        wait = timedelta(minutes=10)
        save(uow, mails.deferred(leased, error="450", wait=wait, by="mail", at=clock.now()))
        assert self.lease(uow, clock) == ()
        clock.advance(wait)
        (again,) = self.lease(uow, clock)
        assert (again.attempts, again.last_error, again.message_id) == (1, "450", waiting.message_id)
        sent = save(uow, mails.sent(again, by="mail", at=clock.now()))
        with uow() as unit:
            assert unit.mails.get(waiting.id) == sent
            assert unit.mails.list(state=mails.MailState.WAITING) == ()
            assert unit.mails.list(state=mails.MailState.SENT) == (sent,)
            with pytest.raises(NotFoundError):
                unit.mails.get(99)


def test_the_trail_is_read_in_order_by_subject_supplier_and_place(uow: OpenUow) -> None:
    first, second = submit(uow, 1), submit(uow, 2)
    save(uow, rejection(first))
    subject = Subject(SubjectKind.APPLICATION, first.number)
    with uow() as unit:
        everything = unit.audit.list()
        assert [entry.seq for entry in everything] == [1, 2, 3]
        assert [entry.event.tag for entry in unit.audit.list(subject=subject)] == [
            EventTag.APPLICATION_SUBMITTED,
            EventTag.APPLICATION_REJECTED,
        ]
        assert [entry.seq for entry in unit.audit.list(supplier=second.supplier_number)] == [2]
        assert [entry.seq for entry in unit.audit.list(after_seq=1, limit=1)] == [2]
        assert unit.audit.last_of(Subject(SubjectKind.PERMIT, "P1")) is None
        assert unit.audit.last() == unit.audit.list()[-1]


def test_notes_come_oldest_first(uow: OpenUow) -> None:
    application = submit(uow)
    for n in range(3):
        save(
            uow,
            notes.note(
                application=application.number, text=f"メモ{n}", by="tanaka", at=NOON - timedelta(hours=n)
            ),
        )
    with uow() as unit:
        assert [note.text for note in unit.applications.notes(application.number)] == [
            "メモ0",
            "メモ1",
            "メモ2",
        ]


class TestSharedContacts:
    def found(self, uow: OpenUow, number: ApplicationNumber) -> set[tuple[str, str, str]]:
        with uow() as unit:
            found = unit.contacts.shared(unit.applications.get(number))
        return {(shared.field, shared.supplier_number, shared.source) for shared in found}

    def contact(self, **changes: str) -> Contact:
        return builders.contact(2, **changes)

    def test_another_notation_of_the_same_mail_or_number_is_shared(self, uow: OpenUow) -> None:
        submit(uow, 1)
        clerk = self.contact(email="ACCEPTOR1@example.co.jp", phone="0832310001")
        second = submit(uow, 2, main_contact=clerk)
        other = builders.supplier_number(1)
        assert self.found(uow, second.number) == {
            ("main_contact.email", other, "application"),
            ("main_contact.phone", other, "application"),
        }

    def test_a_registration_shares_too_and_its_own_supplier_never(self, uow: OpenUow) -> None:
        first = submit(uow, 1)
        approve_fully(uow, first)
        second = submit(uow, 2, applicant_contact=self.contact(email="acceptor1@example.co.jp"))
        assert ("applicant_contact.email", first.supplier_number, "registration") in self.found(
            uow, second.number
        )
        assert self.found(uow, first.number) == {
            ("main_contact.email", second.supplier_number, "application"),
            ("applicant_contact.email", second.supplier_number, "application"),
        }

    def test_different_ones_are_not(self, uow: OpenUow) -> None:
        submit(uow, 1)
        assert self.found(uow, submit(uow, 2).number) == set()


def test_an_unknown_aggregate_is_a_defect(uow: OpenUow) -> None:
    event = Event(EventTag.REFUSED_BY_RULE, Subject(SubjectKind.DESK, "desk"), "tanaka", NOON)
    with uow() as unit, pytest.raises(TypeError, match="no way to save a str"):
        unit.record(Transition("neither", (event,)))


def test_states_are_those_of_the_last_version(uow: OpenUow) -> None:
    application = submit(uow)
    asked = save(uow, applications.inquire(application, text="委任状は", by="tanaka", at=NOON))
    with uow() as unit:
        before = unit.applications.get(application.number)
        unit.record(applications.answer(asked, text="あり", by="tanaka", at=NOON))
        after = unit.applications.get(application.number)
    assert (before.state, after.state) == (ApplicationState.INQUIRED, ApplicationState.PENDING)
    assert after.inquiries[0].answer == "あり"
