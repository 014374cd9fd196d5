"""Batches of the bidding front end: row by row, idempotent, refused on form rules and uniqueness only."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.applications import Channel
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.errors import ConcurrentEditError, NotPermittedError
from ebidadmin.services import application_intake as intake
from ebidadmin.services import application_review as review
from ebidadmin.services.ports import Office
from tests.builders import (
    AUDITOR,
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
)
from tests.fakes import MemoryStore, office
from tests.services.helpers import put, tags


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

    def test_a_row_that_a_rule_refuses_stands_in_the_trail(self, desk: Office, store: MemoryStore) -> None:
        take(desk, intake_row(92))
        second = intake_row(92, application_number="B-2", user_id="other123")
        assert [one.code for one in take(desk, second).problems] == ["open-application-exists"]
        said = store.tables.audit[-1].event
        assert (said.tag, said.subject.id) == (EventTag.REFUSED_BY_RULE, "B-2")
        assert (said.facts["code"], said.supplier_number) == ("open-application-exists", supplier_number(92))

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

    @pytest.mark.parametrize("ended", [False, True])
    def test_the_latest_application_is_the_last_that_came_in_whatever_its_moment(
        self, desk: Office, store: MemoryStore, ended: bool
    ) -> None:
        first = put(store)
        review.reject(desk, staff=TANAKA, number=first.number, version=1, reasons=("other",))
        older = intake_row(92, number="B1", applied_at="2026-10-01T10:00:00+09:00")
        assert take(desk, older).accepted == ("B1",)
        if ended:
            review.withdraw(desk, staff=TANAKA, number=ApplicationNumber("B1"), version=1)
        found = intake.search(desk, staff=TANAKA, raw=search_form(92), rehearsal=False)
        assert found.earlier is not None
        assert found.earlier.number == "B1"
        assert (found.standing, found.may_apply) == (
            (intake.Standing.WITHDRAWN, True) if ended else (intake.Standing.PENDING, False)
        )

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
