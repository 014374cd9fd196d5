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
from ebidadmin.domain.mails import MailDraft, MailKind, MailState, OutboxMail, quoted_fields
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import InputError
from tests.builders import NOON, SAMPLE_HASH, application_number, contact, flat, form, supplier_number


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

    @pytest.mark.parametrize("key", [key for key in flat(form()) if key not in {"trade_name", "branch"}])
    def test_every_entered_value_is_found_in_any_notation(self, key: str) -> None:
        entered = form(
            92,
            applicant_contact=contact(
                93, name="契約担当二課", address="山口県下関市豊前田町九番", person="契約花子一"
            ),
        )
        value = flat(entered)[key]
        wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in value)
        for text in (f"…{value}…", wide, value.upper(), " ".join(value)):
            assert key in quoted_fields(text, entered)

    @pytest.mark.parametrize(
        ("key", "text"),
        [
            ("company_phone", "電話は0832310092です"),
            ("company_phone", "電話は083(231)0092です"),
            ("company_phone", "083\u2212231\u22120092"),
            ("company_phone", "083ー231ー0092"),
            ("company_fax", "０８３・２３２・００９２"),
            ("main_contact.postcode", "〒7500006"),
            ("main_contact.address", "山口県下関市南部町92の1\u22121"),
            ("user_id", "shou\u200bkai0092"),
            ("user_id", "SHOU\u00ad-kai_0092"),
            ("main_contact.email", "acceptor92\u200d@example.co.jp"),
            ("applicant_contact.person", "林　太さんに"),
            ("main_contact.name", "㈱テスト商会92営業課に"),
        ],
    )
    def test_no_notation_slips_past(self, key: str, text: str) -> None:
        entered = form(
            92,
            main_contact=contact(92, address="山口県下関市南部町92の1-1", name="(株)テスト商会92 営業課"),
            applicant_contact=contact(93, person="林太"),
        )
        assert key in quoted_fields(text, entered)

    def test_a_part_of_the_trade_name_may_stand_in_the_trade_name_only(self) -> None:
        entered = form(92, main_contact=contact(92, name="テスト商会", person="商会"))
        assert quoted_fields("(株)テスト商会92 様の届出", entered) == ()
        assert quoted_fields("(株)テスト商会92 様、テスト商会 の届出", entered) == (
            "main_contact.name",
            "main_contact.person",
        )

    def test_a_short_name_is_not_read_across_a_full_stop(self) -> None:
        entered = form(92, main_contact=contact(92, person="林太"))
        assert quoted_fields("材料は杉林。太い線で記入", entered) == ()

    def test_the_trade_name_may_be_quoted_even_as_a_contact_name(self) -> None:
        entered = form(92, main_contact=contact(92, name="㈱テスト商会92"))
        assert quoted_fields("(株)テスト商会92 について", entered) == ()

    def test_short_values_match_by_chance_and_are_not_searched(self) -> None:
        assert quoted_fields("本店の届出", form(92, branch="本店")) == ()

    @given(st.text(alphabet="あいうえお", max_size=30))
    def test_a_text_without_entries_is_fine(self, text: str) -> None:
        assert quoted_fields(text, form(92)) == ()


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
