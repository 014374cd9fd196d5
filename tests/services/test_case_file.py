"""The case as a reviewer reads it: comparisons, reference data, working days."""

from __future__ import annotations

from datetime import date, timedelta

from ebidadmin.clock import SettableClock
from ebidadmin.services import application_review as review
from ebidadmin.services.ports import Office
from tests.builders import (
    TANAKA,
    contact,
    permit,
    qualification,
)
from tests.fakes import MemoryStore, office
from tests.services.helpers import put


class TestCaseFile:
    def test_it_holds_everything_about_the_case(self, desk: Office, store: MemoryStore) -> None:
        earlier = put(store, number=1)
        review.reject(desk, staff=TANAKA, number=earlier.number, version=1, reasons=("other",))
        one = put(
            store, trade_name="㈱テスト商会92", main_contact=contact(92, person="別人", fax="083-999-9999")
        )
        review.note(desk, staff=TANAKA, number=one.number, text="確認中")
        case = review.dossier(desk, staff=TANAKA, number=one.number)
        assert [other.number for other in case.earlier] == [earlier.number]
        assert [granted.id for granted in case.permits] == [permit(92).id]
        assert [note.text for note in case.notes] == ["確認中"]
        assert len(case.register_history) == 1
        assert case.mails == ()
        assert case.registration is None
        assert {finding.code.value for finding in case.findings} == {"representative-differs"}
        by_field = {row.field: row for row in case.comparisons}
        assert by_field["trade_name"].match is not None
        assert by_field["trade_name"].match.value == "legal-form"
        assert by_field["main_contact.person"].match is not None
        assert by_field["main_contact.person"].match.value == "different"
        assert by_field["main_contact.person"].registered == "下関 太郎92"
        assert by_field["main_contact.fax"].match is None
        assert by_field["main_contact.fax"].registered is None
        assert by_field["main_contact.email"].registered == ""
        assert by_field["main_contact.email"].match is None

    def test_without_a_record_there_is_nothing_to_compare(self, desk: Office, store: MemoryStore) -> None:
        one = put(store, 95)
        case = review.dossier(desk, staff=TANAKA, number=one.number)
        assert all(row.registered is None and row.match is None for row in case.comparisons)
        assert len(case.comparisons) == 20
        assert "permit-missing" in case.suggested_reasons

    def test_a_delegate_counts_as_well_as_the_representative(self, desk: Office, store: MemoryStore) -> None:
        store.import_register(
            qualification(92, delegate_name="受任 花子", delegate_address="山口県下関市豊前田町1-1")
        )
        one = put(store, main_contact=contact(92, person="受任花子"))
        case = review.dossier(desk, staff=TANAKA, number=one.number)
        by_field = {row.field: row for row in case.comparisons}
        assert by_field["main_contact.person"].registered == "受任 花子"
        assert by_field["main_contact.person"].match is not None
        assert by_field["main_contact.person"].match.value == "width"

    def test_reference_data_is_asked_about_the_entries(self, store: MemoryStore) -> None:
        from tests.fakes import ScriptedReference

        reference = ScriptedReference(
            unknown_phones=frozenset({"083-231-0092"}), unusual_domains=frozenset({"example.co.jp"})
        )
        desk = office(store, phones=reference, mail_domains=reference, postcodes=reference)
        one = put(
            store,
            main_contact=contact(92, address="下関市南部町92番1号"),
            applicant_contact=contact(92, postcode="999-9999"),
        )
        facts = review.dossier(desk, staff=TANAKA, number=one.number).dossier.reference
        assert facts.postcode_mismatch == ("applicant_contact.postcode",)
        assert facts.phone_unknown == ("company_phone", "main_contact.phone", "applicant_contact.phone")
        assert facts.mail_unusual == (
            ("main_contact.email", "example.co.jp"),
            ("applicant_contact.email", "example.co.jp"),
        )

    def test_the_clock_of_the_target_stops_during_an_inquiry(
        self, desk: Office, store: MemoryStore, clock: SettableClock
    ) -> None:
        one = put(store)  # Wednesday 2026-10-07
        timing = review.dossier(desk, staff=TANAKA, number=one.number).timing
        assert (timing.due, timing.elapsed_days, timing.overdue) == (date(2026, 10, 15), 0, False)
        clock.advance(timedelta(days=1))  # Thursday
        review.inquire(desk, staff=TANAKA, number=one.number, version=1, text="?")
        clock.advance(timedelta(days=5))  # Tuesday, after a weekend and the holiday on Monday
        case = review.dossier(desk, staff=TANAKA, number=one.number)
        assert (case.elapsed_days, case.timing.paused_days, case.due) == (1, 2, date(2026, 10, 19))
        review.answer(desk, staff=TANAKA, number=one.number, version=2, text="回答")
        clock.advance(timedelta(days=6))  # Monday 19th: the last day
        assert not review.dossier(desk, staff=TANAKA, number=one.number).timing.overdue
        clock.advance(timedelta(days=1))
        case = review.dossier(desk, staff=TANAKA, number=one.number)
        assert (case.elapsed_days, case.timing.overdue) == (6, True)
        review.withdraw(desk, staff=TANAKA, number=one.number, version=3)
        clock.advance(timedelta(days=30))
        case = review.dossier(desk, staff=TANAKA, number=one.number)
        assert (case.elapsed_days, case.timing.overdue) == (6, False)
