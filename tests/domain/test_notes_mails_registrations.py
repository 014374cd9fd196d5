"""Notes, mails and registrations as values."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain import mails, notes, registrations
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import EnterpriseId
from ebidadmin.domain.mails import MailDraft, MailKind, MailState, OutboxMail
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import InputError
from tests.builders import NOON, SAMPLE_HASH, application_number, form, supplier_number


def test_a_note_says_something() -> None:
    written = notes.note(application=application_number(1), text=" 電話した ", by="tanaka", at=NOON)
    assert (written.after.text, written.events[0].tag) == ("電話した", EventTag.APPLICATION_NOTED)
    with pytest.raises(InputError):
        notes.note(application=application_number(1), text="　", by="tanaka", at=NOON)


class TestMails:
    def mail(self) -> OutboxMail:
        return OutboxMail(
            id=3,
            message_id="<3@x>",
            draft=MailDraft(MailKind.ID_APPROVED, ("a@example.co.jp",), "件名", "本文\n"),
            about=Subject(SubjectKind.APPLICATION, "A000001"),
            written_at=NOON,
            not_before=NOON,
            lease_until=NOON + timedelta(minutes=10),
        )

    def test_what_becomes_of_it(self) -> None:
        sent = mails.sent(self.mail(), by="t", at=NOON)
        later = mails.deferred(self.mail(), error="busy", wait=timedelta(minutes=5), by="t", at=NOON)
        never = mails.gave_up(self.mail(), error="no such user", by="t", at=NOON)
        assert (sent.after.state, sent.after.sent_at) == (MailState.SENT, NOON)
        assert (later.after.state, later.after.not_before, later.after.last_error) == (
            MailState.WAITING,
            NOON + timedelta(minutes=5),
            "busy",
        )
        assert (never.after.state, never.after.last_error) == (MailState.GAVE_UP, "no such user")
        for moved, tag in (
            (sent, EventTag.MAIL_SENT),
            (later, EventTag.MAIL_DEFERRED),
            (never, EventTag.MAIL_GAVE_UP),
        ):
            assert (moved.after.version, moved.after.attempts, moved.after.lease_until) == (2, 1, None)
            (event,) = moved.events
            assert (event.tag, event.facts) == (tag, {"kind": "id-approved", "about": "A000001"})

    def test_the_trail_holds_neither_address_nor_body(self) -> None:
        event = mails.sent(self.mail(), by="t", at=NOON).events[0]
        assert "a@example.co.jp" not in repr(event)
        assert "本文" not in repr(event)


class TestRegistrations:
    def test_it_is_active_and_its_event_tells_no_hash(self) -> None:
        entered = form(92)
        made = registrations.create(
            application=application_number(1),
            supplier_number=supplier_number(),
            enterprise_id=EnterpriseId("1352100000000003"),
            user_id=entered.user_id,
            password_hash=SAMPLE_HASH,
            main_contact=entered.main_contact,
            applicant_contact=entered.applicant_contact,
            by="tanaka",
            at=NOON,
        )
        assert (made.after.state, made.after.version) == (registrations.RegistrationState.ACTIVE, 1)
        assert SAMPLE_HASH not in repr(made.events)

    @given(st.integers(1, 99_999_999_999))
    def test_enterprise_ids_have_16_digits_and_never_meet(self, serial: int) -> None:
        made = registrations.enterprise_id("13521", serial)
        assert (len(made), made[:5], int(made[5:])) == (16, "13521", serial)

    def test_the_manuals_sample(self) -> None:
        assert registrations.enterprise_id("13521", 3) == "1352100000000003"

    @pytest.mark.parametrize(
        ("prefix", "serial"), [("13521", 0), ("13521", 10**11), ("1352x", 1), ("１３５２１", 1), ("", 0)]
    )
    def test_what_does_not_fit_is_refused(self, prefix: str, serial: int) -> None:
        with pytest.raises(ValueError, match="16 digits"):
            registrations.enterprise_id(prefix, serial)


class TestTransitions:
    def test_a_change_without_an_event_cannot_be_built(self) -> None:
        with pytest.raises(ValueError, match="event"):
            Transition("after", ())

    def test_an_event_needs_a_moment_that_is_one(self) -> None:
        subject = Subject(SubjectKind.DESK, "x")
        with pytest.raises(ValueError, match="aware"):
            Event(EventTag.MAIL_SENT, subject, "t", datetime(2026, 10, 7))  # noqa: DTZ001 -- the naive moment is the point
        event = Event(EventTag.MAIL_SENT, subject, "t", NOON)
        with pytest.raises(AttributeError):
            event.by = "other"  # type: ignore[misc]  # that it cannot be assigned is the point
        assert replace(event, by="other").by == "other"
