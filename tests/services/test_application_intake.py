"""How applications come in: the search's rule, the form at the counter, batches of the bidding front end."""

from __future__ import annotations

import json
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
from ebidadmin.errors import ConcurrentEditError, DoorClosedError, InputError, NotPermittedError, RuleError
from ebidadmin.services import application_intake as intake
from ebidadmin.services import application_review as review
from ebidadmin.services.application_intake import Standing
from ebidadmin.services.ports import Office
from tests.builders import (
    AUDITOR,
    HELPER,
    NOON,
    SAMPLE_HASH,
    SUZUKI,
    TANAKA,
    application_number,
    batch_id,
    form,
    intake_row,
    qualification,
    raw_form,
    search_form,
    supplier_number,
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
        assert (found.standing, found.may_apply, found.earlier) == (Standing.PENDING, False, one)
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


def take(desk: Office, *rows: dict[str, object]) -> intake.IntakeReport:
    return intake.intake_batch(desk, staff=TANAKA, rows=list(enumerate(rows, start=1)))


class TestBatch:
    def test_rows_come_in_nested_or_dotted_and_are_not_mailed(self, desk: Office, store: MemoryStore) -> None:
        dotted: dict[str, object] = {
            key: value for key, value in raw_form(93, again=False).items() if not key.endswith("again")
        }
        dotted |= {
            "application_number": "B-1",
            "password_hash": SAMPLE_HASH,
            "applied_at": "2026-10-06T01:00:00Z",
        }
        report = take(desk, intake_row(92), dotted)
        assert report.accepted == (application_number(92), "B-1")
        assert report.problems == ()
        nested, flat = store.tables.applications.values()
        assert nested.applied_at == flat.applied_at
        assert (nested.form, flat.form) == (form(92), form(93))
        assert nested.channel is Channel.BATCH
        assert not store.tables.mails
        assert store.tables.audit[0].event.at == NOON

    def test_the_same_batch_again_changes_nothing(self, desk: Office, store: MemoryStore) -> None:
        take(desk, intake_row(92), intake_row(93))
        before = store.tables
        report = take(desk, intake_row(92), intake_row(93))
        assert (report.accepted, report.already_there) == (
            (),
            (application_number(92), application_number(93)),
        )
        assert store.tables is before

    def test_it_is_idempotent_after_a_rejection_as_well(self, desk: Office, store: MemoryStore) -> None:
        take(desk, intake_row(92))
        review.reject(desk, staff=TANAKA, number=application_number(92), version=1, reasons=("other",))
        assert take(desk, intake_row(92)).already_there == (application_number(92),)

    def test_a_number_with_another_content_is_refused(self, desk: Office) -> None:
        take(desk, intake_row(92))
        for changed in (
            intake_row(92, branch="支店"),
            intake_row(92, applied_at="2026-10-06T10:00:01+09:00"),
            intake_row(92, password_hash=SAMPLE_HASH + "x"),
        ):
            report = take(desk, changed)
            assert [(one.field, one.code, one.number) for one in report.problems] == [
                ("application_number", "number-reused", application_number(92))
            ]

    def test_a_bad_row_keeps_no_other_out(self, desk: Office, store: MemoryStore) -> None:
        report = take(desk, intake_row(92, company_phone="x"), intake_row(93))
        assert report.accepted == (application_number(93),)
        assert report.refused_lines == (1,)
        assert [(one.line, one.field) for one in report.problems] == [(1, "company_phone")]

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"application_number": ""}, ("application_number", "required")),
            ({"application_number": "A 1"}, ("application_number", "number-form")),
            ({"application_number": 12}, ("application_number", "number-form")),
            ({"application_number": "x" * 31}, ("application_number", "number-form")),
            ({"password_hash": ""}, ("password_hash", "required")),
            ({"password_hash": None}, ("password_hash", "required")),
            ({"password_hash": "$2b$12$abc"}, ("password_hash", "password-hash")),
            ({"applied_at": ""}, ("applied_at", "required")),
            ({"applied_at": "2026-10-06T10:00:00"}, ("applied_at", "moment-form")),
            ({"applied_at": "yesterday"}, ("applied_at", "moment-form")),
            ({"applied_at": "0001-01-01T00:00:00+09:00"}, ("applied_at", "moment-form")),
            ({"applied_at": "2026-10-07T12:00:01+09:00"}, ("applied_at", "moment-in-future")),
            ({"applied_at": "2019-12-31T23:59:59+09:00"}, ("applied_at", "moment-too-early")),
            ({"password": "himitsu99"}, ("password", "unknown-field")),
            ({"main_contact.name": "二重"}, ("main_contact.name", "given-twice")),
            ({"user_id": "abcdef"}, ("user_id", "letter-and-digit-needed")),
            ({"supplier_number": 190000092}, ("supplier_number", "not-text")),
            ({"main_contact": "x"}, ("main_contact", "unknown-field")),
        ],
    )
    def test_what_is_wrong_with_a_row_is_named(
        self, desk: Office, store: MemoryStore, changes: dict[str, object], expected: tuple[str, str]
    ) -> None:
        report = take(desk, {**intake_row(92), **changes})
        assert expected in [(one.field, one.code) for one in report.problems]
        assert "himitsu99" not in repr(report)
        assert not store.tables.applications

    def test_open_applications_and_user_ids_in_use_are_row_errors(self, desk: Office) -> None:
        take(desk, intake_row(92))
        report = take(desk, intake_row(92, number="B1"), intake_row(93, number="B2", user_id="Shoukai0092"))
        assert [(one.line, one.field, one.code) for one in report.problems] == [
            (1, "supplier_number", "open-application-exists"),
            (2, "user_id", "user-id-taken"),
        ]

    def test_register_and_permit_are_findings_never_refusals(self, desk: Office, store: MemoryStore) -> None:
        first = take(desk, intake_row(92), intake_row(500))
        assert len(first.accepted) == 2
        review.approve(
            desk,
            staff=TANAKA,
            number=application_number(92),
            version=1,
            accepted={"changed-since-application": "x"},
        )
        again = take(desk, intake_row(92, number="B1", user_id="shoukai0092"))
        assert again.accepted == ("B1",)
        case = review.dossier(desk, staff=TANAKA, number=again.accepted[0])
        assert "already-approved" in {finding.code.value for finding in case.findings}
        assert store.tables.applications[again.accepted[0]].previous == application_number(92)

    def test_the_register_seen_is_that_of_the_day_of_application(
        self, store: MemoryStore, clock: SettableClock
    ) -> None:
        first, records = store.tables.register[0]
        store.tables.register[0] = (replace(first, applied_at=NOON - timedelta(days=30)), records)
        store.import_register(qualification(92, address="山口県下関市豊前田町1-1"), at=NOON)
        clock.set(NOON + timedelta(days=1))
        desk = office(store)
        take(desk, intake_row(92), intake_row(93, applied_at="2026-08-01T10:00:00+09:00"))
        seen = {one.supplier_number: one.register_seen for one in store.tables.applications.values()}
        assert seen[supplier_number(92)] == batch_id(1)
        # Before the first import nothing is known: the present register stands in.
        assert seen[supplier_number(93)] == batch_id(2)
        case = review.dossier(desk, staff=TANAKA, number=application_number(92))
        assert "changed-since-application" in {finding.code.value for finding in case.findings}

    def test_only_who_may_take_batches_in(self, desk: Office, store: MemoryStore) -> None:
        with pytest.raises(NotPermittedError):
            intake.intake_batch(desk, staff=AUDITOR, rows=[(1, intake_row(92))])
        assert tags(store) == [EventTag.REFUSED_NOT_PERMITTED]

    def test_two_batches_at_once_bring_a_number_once(self, desk: Office, store: MemoryStore) -> None:
        def other_batch_was_faster() -> None:
            store.before_commit = None
            take(office(store), intake_row(92))
            raise ConcurrentEditError("concurrent-edit")

        store.before_commit = other_batch_was_faster
        report = take(desk, intake_row(92))
        assert report.already_there == (application_number(92),)
        assert len(store.tables.applications) == 1

    def test_no_trace_of_the_hash_in_trail_or_mail(self, desk: Office, store: MemoryStore) -> None:
        take(desk, intake_row(92))
        review.reject(desk, staff=SUZUKI, number=application_number(92), version=1, reasons=("other",))
        kept = json.dumps([repr(entry) for entry in store.tables.audit]) + repr(store.tables.mails)
        assert "argon2id" not in kept
