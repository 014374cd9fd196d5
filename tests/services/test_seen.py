"""A decision rests on the findings and the record that were seen; an import in between does not slip under it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ebidadmin.domain.applications import IdApplication
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.findings import FINDINGS_VERSION
from ebidadmin.errors import StalePlanError
from ebidadmin.services import application_review as review
from ebidadmin.services.ports import Office
from tests.builders import TANAKA, qualification
from tests.fakes import MemoryStore, office
from tests.services.helpers import put


def differing(store: MemoryStore) -> tuple[Office, IdApplication]:
    """An application whose name differs from the register's, where that is a warning."""
    desk = office(store)
    store.import_register(replace(qualification(92), trade_name="(株)別商会"), qualification(93))
    return desk, put(store)


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_what_was_said_about_a_finding_covers_only_the_facts_that_were_seen(
    store: MemoryStore, verb: str
) -> None:
    desk, one = differing(store)
    case = review.dossier(desk, staff=TANAKA, number=one.number)
    words = {finding.code.value: "電話で確認" for finding in case.findings}
    assert words
    decide: dict[str, Callable[[str], IdApplication]] = {
        "approve": lambda seen: review.approve(
            desk, staff=TANAKA, number=one.number, version=1, accepted=words, seen=seen
        ),
        "reject": lambda seen: review.reject(
            desk, staff=TANAKA, number=one.number, version=1, reasons=("name-differs",), seen=seen
        ),
    }
    store.import_register(replace(qualification(92), trade_name="(株)さらに別の商会"), qualification(93))
    with pytest.raises(StalePlanError) as stale:
        decide[verb](case.seen)
    assert stale.value.code == "findings-changed"
    assert store.tables.applications[one.number] == one
    assert not store.tables.mails
    again = review.dossier(desk, staff=TANAKA, number=one.number)
    assert again.seen != case.seen
    assert not decide[verb](again.seen).is_open


def test_a_changed_record_is_noticed_where_no_finding_tells_it(desk: Office, store: MemoryStore) -> None:
    one = put(store)
    case = review.dossier(desk, staff=TANAKA, number=one.number)
    store.import_register(replace(qualification(92), kana="ベツショウカイ"), qualification(93))
    with pytest.raises(StalePlanError):
        review.approve(desk, staff=TANAKA, number=one.number, version=1, seen=case.seen)


def test_an_import_that_leaves_the_supplier_alone_stops_nobody(desk: Office, store: MemoryStore) -> None:
    one = put(store)
    case = review.dossier(desk, staff=TANAKA, number=one.number)
    store.import_register(qualification(92), replace(qualification(93), kana="ベツショウカイ"))
    assert not review.approve(desk, staff=TANAKA, number=one.number, version=1, seen=case.seen).is_open


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_the_trail_tells_the_rules_and_the_register_of_a_decision(
    desk: Office, store: MemoryStore, verb: str
) -> None:
    one = put(store)
    newest = store.import_register(qualification(92), qualification(93))
    if verb == "approve":
        review.approve(desk, staff=TANAKA, number=one.number, version=1)
        tag = EventTag.APPLICATION_APPROVED
    else:
        review.reject(desk, staff=TANAKA, number=one.number, version=1, reasons=("other",))
        tag = EventTag.APPLICATION_REJECTED
    (entry,) = [entry for entry in store.tables.audit if entry.event.tag is tag]
    assert (entry.event.facts["rules"], entry.event.facts["register"]) == (FINDINGS_VERSION, newest)
    assert one.register_seen != newest
