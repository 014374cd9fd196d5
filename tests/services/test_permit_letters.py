"""Letters as a service: for which permits, from what, all or none, and told to the trail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.ids import PermitId
from ebidadmin.domain.permits import PaperChannel
from ebidadmin.errors import (
    DocumentError,
    EbidError,
    IllegalTransitionError,
    NotFoundError,
    NotPermittedError,
    RuleError,
    StalePlanError,
)
from ebidadmin.services import permit_letters, permits
from ebidadmin.services.permit_letters import LetterFacts
from ebidadmin.services.ports import Office
from tests.builders import AUDITOR, NOON, TANAKA, TODAY, permit, qualification
from tests.fakes import MemoryStore
from tests.services.helpers import tags


def granted(desk: Office, number: str = "190000094", applicant: str = "(株)テスト商会94") -> PermitId:
    asked = permits.record(
        desk,
        staff=TANAKA,
        supplier_number=number,
        received=TODAY,
        channel=PaperChannel.FAX,
        applicant=applicant,
    )
    return permits.grant(desk, staff=TANAKA, permit_id=asked.id, valid_to=date(2028, 3, 31)).id


def make(desk: Office, *ids: PermitId) -> Sequence[LetterFacts]:
    return permit_letters.make(desk, staff=TANAKA, permit_ids=ids, typeset=lambda letters: letters)


def test_each_is_made_once_and_the_trail_is_told(desk: Office, store: MemoryStore) -> None:
    one, other = granted(desk), granted(desk)
    made = make(desk, other, one, other)
    assert [facts.permit.id for facts in made] == [other, one]
    assert tags(store)[-2:] == [EventTag.PERMIT_LETTER_MADE] * 2
    assert store.tables.audit[-1].event.facts["document"] == [2026, 1]


def test_the_trail_says_by_which_text_a_letter_was_made(desk: Office, store: MemoryStore) -> None:
    one = granted(desk)
    permit_letters.make(
        desk,
        staff=TANAKA,
        permit_ids=[one],
        typeset=lambda letters: {letters[0].permit.state: "0" * 64},
        version_of=lambda made, state: made[state],
    )
    assert store.tables.audit[-1].event.facts["template"] == "0" * 64


def test_a_letter_says_what_the_register_said_when_the_decision_fell(
    desk: Office, store: MemoryStore
) -> None:
    one = granted(desk)
    assert isinstance(store.clock, SettableClock)
    store.clock.set(NOON + timedelta(days=9))
    store.import_register(qualification(94, trade_name="(株)改名94"), at=NOON + timedelta(days=5))
    (facts,) = make(desk, one)
    assert facts.trade_name == "(株)テスト商会94"
    assert facts.made_at == store.clock.now()


def test_a_name_that_is_only_on_the_paper_is_taken_from_there(desk: Office) -> None:
    (facts,) = make(desk, granted(desk, "000000001", "(株)テスト商会01"))
    assert (facts.trade_name, facts.record) == ("(株)テスト商会01", None)
    with pytest.raises(RuleError) as refused:
        make(desk, granted(desk, "000000002", ""))
    assert refused.value.code == "letter-without-name"


def test_only_what_counts_gets_a_letter(desk: Office, store: MemoryStore) -> None:
    good, gone, void = granted(desk), granted(desk), granted(desk)
    permits.withdraw(desk, staff=TANAKA, permit_id=gone, reason="申出")
    permits.void(desk, staff=TANAKA, permit_id=void, reason="誤り")
    old = permit(n=94, permit_id="P000777", document=None, decided_at=None, decided_by=None)
    store.tables.permits[old.id] = old
    before = len(store.tables.audit)
    for bad, error in (
        (gone, IllegalTransitionError),
        (void, IllegalTransitionError),
        (old.id, RuleError),
        (PermitId("P999999"), NotFoundError),
    ):
        with pytest.raises(error):
            make(desk, good, bad)
    assert set(tags(store)[before:]) == {EventTag.REFUSED_BY_RULE}


def test_who_may(desk: Office, store: MemoryStore) -> None:
    one = granted(desk)
    with pytest.raises(NotPermittedError):
        permit_letters.make(desk, staff=AUDITOR, permit_ids=[one], typeset=lambda letters: letters)
    assert tags(store)[-1] is EventTag.REFUSED_NOT_PERMITTED


def test_what_cannot_be_set_leaves_no_trace(desk: Office, store: MemoryStore) -> None:
    one = granted(desk)
    before = tags(store)

    def fail(_letters: Sequence[LetterFacts]) -> None:
        raise DocumentError("glyph-missing", character="x", codepoint="U+0078", field="trade_name")

    with pytest.raises(EbidError):
        permit_letters.make(desk, staff=TANAKA, permit_ids=[one], typeset=fail)
    assert tags(store) == before


def test_a_permit_that_changes_meanwhile_gets_no_letter(desk: Office, store: MemoryStore) -> None:
    one = granted(desk)
    with pytest.raises(StalePlanError) as refused:
        permit_letters.make(
            desk,
            staff=TANAKA,
            permit_ids=[one],
            typeset=lambda _: permits.void(desk, staff=TANAKA, permit_id=one, reason="誤り"),
        )
    assert refused.value.code == "letter-changed"
    assert EventTag.PERMIT_LETTER_MADE not in tags(store)
