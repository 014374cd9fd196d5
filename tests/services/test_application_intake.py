"""How applications come in: the search's rule, the form at the counter, batches of the bidding front end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.applications import ApplicationState, Channel
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.mails import MailKind
from ebidadmin.domain.names import MatchClass
from ebidadmin.domain.registrations import RegistrationState
from ebidadmin.errors import DoorClosedError, InputError, NotPermittedError, RuleError
from ebidadmin.services import application_intake as intake
from ebidadmin.services import application_review as review
from ebidadmin.services.application_intake import Standing
from ebidadmin.services.ports import Office
from tests.builders import (
    AUDITOR,
    HELPER,
    NOON,
    SAMPLE_HASH,
    TANAKA,
    batch_id,
    form,
    intake_row,
    qualification,
    raw_form,
    search_form,
    trade_name,
)
from tests.fakes import MemoryStore, ScriptedComposer, office
from tests.services.helpers import put, tags


def problems_of(error: InputError) -> list[tuple[str, str]]:
    return [(problem.where, problem.code) for problem in error.problems]


class TestSearch:
    def test_number_and_name_find_the_record(self, desk: Office) -> None:
        found = intake.search(desk, staff=TANAKA, raw=search_form(92), rehearsal=False)
        assert found.qualification == qualification(92)
        assert (found.match, found.standing, found.may_apply) == (MatchClass.IDENTICAL, Standing.FREE, True)
        assert not found.prefill

    @pytest.mark.parametrize("name", ["㈱テスト商会92", "（株）テスト商会９２", "株式会社テスト商会92"])
    def test_the_name_may_be_written_otherwise(self, desk: Office, name: str) -> None:
        assert intake.search(
            desk, staff=TANAKA, raw=search_form(92, trade_name=name), rehearsal=False
        ).may_apply

    @pytest.mark.parametrize(
        ("name", "differs"),
        [
            ("(株)テスト照会92", "core"),
            ("(有)テスト商会92", "legal-form"),
            ("テスト商会92(株)", "legal-form-position"),
        ],
    )
    def test_another_name_tells_the_part_but_not_the_registered_name(
        self, desk: Office, name: str, differs: str
    ) -> None:
        with pytest.raises(InputError) as refused:
            intake.search(desk, staff=TANAKA, raw=search_form(92, trade_name=name), rehearsal=False)
        assert problems_of(refused.value) == [("trade_name", "name-mismatch")]
        assert refused.value.problems[0].facts == {"differs": differs}
        assert trade_name(92) not in repr(refused.value.problems)

    def test_an_unknown_number_says_so(self, desk: Office) -> None:
        with pytest.raises(InputError) as refused:
            intake.search(desk, staff=TANAKA, raw=search_form(1), rehearsal=False)
        assert problems_of(refused.value) == [("supplier_number", "supplier-unknown")]

    def test_id_and_password_must_stay_empty(self, desk: Office) -> None:
        raw = search_form(92, user_id="abc123", password="himitsu99")
        with pytest.raises(InputError) as refused:
            intake.search(desk, staff=TANAKA, raw=raw, rehearsal=False)
        assert problems_of(refused.value) == [("user_id", "must-be-empty"), ("password", "must-be-empty")]
        assert "himitsu99" not in repr((refused.value.problems, refused.value.facts))

    def test_a_lapsed_qualification_may_apply(self, desk: Office, store: MemoryStore) -> None:
        store.import_register(qualification(92, valid_to=NOON.date() - timedelta(days=1)))
        assert intake.search(desk, staff=TANAKA, raw=search_form(92), rehearsal=False).may_apply

    def test_the_door_stops_the_real_thing_only(
        self, desk: Office, clock: SettableClock, store: MemoryStore
    ) -> None:
        clock.set(NOON + timedelta(hours=8))  # 20:00 in Japan
        with pytest.raises(DoorClosedError) as closed:
            intake.search(desk, staff=TANAKA, raw=search_form(92), rehearsal=False)
        assert closed.value.facts["next_opening"] == "2026-10-08T08:30:00+09:00"
        assert tags(store) == [EventTag.REFUSED_BY_RULE]
        assert intake.search(desk, staff=HELPER, raw=search_form(92), rehearsal=True).may_apply

    def test_who_may(self, desk: Office) -> None:
        with pytest.raises(NotPermittedError):
            intake.search(desk, staff=HELPER, raw=search_form(92), rehearsal=False)
        with pytest.raises(NotPermittedError):
            intake.search(desk, staff=AUDITOR, raw=search_form(92), rehearsal=True)

    def test_an_open_application_leads_to_its_state(self, desk: Office, store: MemoryStore) -> None:
        one = put(store)
        found = intake.search(desk, staff=TANAKA, raw=search_form(92), rehearsal=False)
        assert found.earlier is not None
        assert (found.standing, found.may_apply, found.earlier.number) == (
            Standing.PENDING,
            False,
            one.number,
        )
        review.inquire(desk, staff=TANAKA, number=one.number, version=1, text="資料?")
        found = intake.search(desk, staff=TANAKA, raw=search_form(92), rehearsal=False)
        assert (found.standing, found.inquiry, found.may_apply) == (Standing.INQUIRED, "資料?", False)
        assert not found.prefill

    def test_an_approved_one_needs_no_second(self, desk: Office, store: MemoryStore) -> None:
        review.approve(desk, staff=TANAKA, number=put(store).number, version=1)
        found = intake.search(desk, staff=TANAKA, raw=search_form(92), rehearsal=False)
        assert (found.standing, found.may_apply) == (Standing.APPROVED, False)

    def test_a_cancelled_id_leaves_the_way_free(self, desk: Office, store: MemoryStore) -> None:
        one = put(store)
        review.approve(desk, staff=TANAKA, number=one.number, version=1)
        live = store.tables.registrations[one.number]
        store.tables.registrations[one.number] = replace(live, state=RegistrationState.CANCELLED)
        found = intake.search(desk, staff=TANAKA, raw=search_form(92), rehearsal=False)
        assert (found.standing, found.may_apply, dict(found.prefill)) == (Standing.FREE, True, {})

    def test_after_a_rejection_the_reasons_and_the_earlier_input_come_back(
        self, desk: Office, store: MemoryStore
    ) -> None:
        one = put(store)
        review.reject(desk, staff=TANAKA, number=one.number, version=1, reasons=("other",), note="補足")
        found = intake.search(desk, staff=TANAKA, raw=search_form(92), rehearsal=False)
        assert (found.standing, found.reasons, found.note, found.may_apply) == (
            Standing.REJECTED,
            ("other",),
            "補足",
            True,
        )
        assert found.prefill["main_contact.email"] == one.form.main_contact.email
        assert not any("password" in key for key in found.prefill)
        assert not found.masked

    def test_a_rehearsal_masks_the_earlier_input(self, desk: Office, store: MemoryStore) -> None:
        one = put(store)
        review.withdraw(desk, staff=TANAKA, number=one.number, version=1)
        found = intake.search(desk, staff=HELPER, raw=search_form(92), rehearsal=True)
        assert (found.standing, found.masked) == (Standing.WITHDRAWN, True)
        assert set(found.prefill.values()) == {"*****"}
        for value in (
            one.form.user_id,
            one.form.main_contact.email,
            SAMPLE_HASH,
        ):
            assert value not in repr(found)

    def test_what_is_masked_is_checked_but_comes_back_masked(self, desk: Office, store: MemoryStore) -> None:
        one = put(store)
        review.withdraw(desk, staff=TANAKA, number=one.number, version=1)
        found = intake.search(desk, staff=HELPER, raw=search_form(92), rehearsal=True)
        raw = {**dict.fromkeys(raw_form(92), "*****"), **search_form(92), "branch": "新支店"}
        raw = {key: value for key, value in raw.items() if key in raw_form(92)}
        raw["user_id"] = found.prefill["user_id"]
        word = bytearray(b"Abcd1234")
        outcome = intake.check_form(
            desk, staff=HELPER, raw=raw, password=word, again=bytearray(word), rehearsal=True
        )
        assert outcome.checked.problems == ()
        assert outcome.checked.value is not None
        assert (outcome.checked.value.branch, outcome.checked.value.user_id) == ("新支店", "*****")
        done = intake.submit(desk, staff=HELPER, raw=raw, password_hash=SAMPLE_HASH, rehearsal=True)
        for shown in (repr(outcome), repr(done.form)):
            for value in (one.form.user_id, one.form.main_contact.email, one.form.main_contact.person):
                assert value not in shown

    def test_the_mask_is_no_value_in_the_real_thing(self, desk: Office, store: MemoryStore) -> None:
        one = put(store)
        review.withdraw(desk, staff=TANAKA, number=one.number, version=1)
        raw = {**raw_form(92), "main_contact.email": "*****", "main_contact.email_again": "*****"}
        with pytest.raises(InputError):
            intake.submit(desk, staff=TANAKA, raw=raw, password_hash=SAMPLE_HASH, rehearsal=False)


def _dotted(changes: dict[str, str]) -> dict[str, str]:
    return {key.replace("__", "."): value for key, value in changes.items()}


def submit(desk: Office, n: int = 92, *, rehearsal: bool = False, **changes: str) -> Any:
    staff = HELPER if rehearsal else TANAKA
    return intake.submit(
        desk,
        staff=staff,
        raw={**raw_form(n), **_dotted(changes)},
        password_hash=SAMPLE_HASH,
        rehearsal=rehearsal,
    )


class TestSubmit:
    def test_it_is_in_review_at_once_and_confirmed_by_mail(self, desk: Office, store: MemoryStore) -> None:
        one = submit(desk)
        assert store.tables.applications == {one.number: one}
        assert (one.number, one.state, one.channel, one.register_seen) == (
            "W00000001",
            ApplicationState.PENDING,
            Channel.WALKTHROUGH,
            batch_id(1),
        )
        assert one.form == form(92)
        (mail,) = store.tables.mails.values()
        assert (mail.draft.kind, mail.draft.to) == (
            MailKind.ID_SUBMITTED,
            (one.form.applicant_contact.email,),
        )

    def test_a_number_that_a_batch_brought_is_passed_over(self, desk: Office, store: MemoryStore) -> None:
        intake.intake_batch(desk, staff=TANAKA, rows=[(1, intake_row(93, number="W00000001"))])
        assert submit(desk).number == "W00000002"

    def test_a_reapplication_is_linked_to_the_one_before(self, desk: Office, store: MemoryStore) -> None:
        first = submit(desk)
        review.withdraw(desk, staff=TANAKA, number=first.number, version=1)
        assert submit(desk).previous == first.number

    def test_a_rehearsal_checks_everything_and_keeps_nothing(
        self, desk: Office, store: MemoryStore, clock: SettableClock
    ) -> None:
        clock.set(NOON + timedelta(hours=9))
        before = store.tables
        one = submit(desk, rehearsal=True)
        assert one.form == form(92)
        assert store.tables is before
        assert not before.applications
        assert not before.mails
        with pytest.raises(InputError):
            submit(desk, rehearsal=True, main_contact__email_again="other@example.co.jp")
        put(store)
        with pytest.raises(RuleError) as refused:
            submit(desk, rehearsal=True)
        assert refused.value.code == "open-application-exists"

    def test_every_problem_of_the_form_at_once(self, desk: Office, store: MemoryStore) -> None:
        with pytest.raises(InputError) as refused:
            submit(desk, company_phone="1", branch="", user_id="abcdef")
        assert {problem.where for problem in refused.value.problems} == {"company_phone", "branch", "user_id"}
        assert not store.tables.applications

    def test_a_hash_that_is_none_is_refused_without_telling_it(self, desk: Office) -> None:
        with pytest.raises(InputError) as refused:
            intake.submit(desk, staff=TANAKA, raw=raw_form(92), password_hash="himitsu99", rehearsal=False)
        assert refused.value.code == "password-hash"
        assert "himitsu99" not in repr((refused.value.problems, refused.value.facts))

    def test_one_open_application_per_supplier(self, desk: Office, store: MemoryStore) -> None:
        first = submit(desk)
        with pytest.raises(RuleError) as refused:
            submit(desk)
        assert (refused.value.code, refused.value.facts["id"]) == ("open-application-exists", first.number)
        assert tags(store)[-1] is EventTag.REFUSED_BY_RULE

    def test_a_live_id_forbids_another(self, desk: Office, store: MemoryStore) -> None:
        first = submit(desk)
        review.approve(desk, staff=TANAKA, number=first.number, version=1)
        with pytest.raises(RuleError) as refused:
            submit(desk)
        assert refused.value.code == "live-registration-exists"

    def test_a_user_id_in_use_is_refused_ignoring_case(self, desk: Office) -> None:
        submit(desk, 93)
        with pytest.raises(RuleError) as refused:
            submit(desk, 92, user_id="SHOUKAI0093")
        assert refused.value.code == "user-id-taken"

    def test_a_rejected_ones_user_id_is_free_again(self, desk: Office) -> None:
        first = submit(desk, 93)
        review.reject(desk, staff=TANAKA, number=first.number, version=1, reasons=("other",))
        assert submit(desk, 92, user_id="shoukai0093").version == 1

    def test_a_supplier_that_vanished_since_the_search(self, desk: Office, store: MemoryStore) -> None:
        store.import_register(qualification(93))
        with pytest.raises(InputError) as refused:
            submit(desk)
        assert refused.value.code == "supplier-unknown"

    def test_the_door_and_the_permission(self, desk: Office, clock: SettableClock) -> None:
        with pytest.raises(NotPermittedError):
            intake.submit(desk, staff=HELPER, raw=raw_form(92), password_hash=SAMPLE_HASH, rehearsal=False)
        clock.set(NOON + timedelta(days=3))  # Saturday
        with pytest.raises(DoorClosedError):
            submit(desk)

    def test_a_mail_that_cannot_be_composed_keeps_the_application_out(self, store: MemoryStore) -> None:
        class Broken(ScriptedComposer):
            def compose(self, *_: object, **__: object) -> Any:
                raise InputError("mail-quotes-entry")

        with pytest.raises(InputError):
            submit(office(store, composer=Broken()))
        assert not store.tables.applications
