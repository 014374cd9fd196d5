"""Asking for a second person, on the store in memory: what is large is reckoned from the register, whatever the plan says."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.clock import SettableClock
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.ids import BatchId, RequestId
from ebidadmin.domain.import_requests import RequestState
from ebidadmin.domain.imports import ImportPlan
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import EbidError, InputError, NotFoundError
from ebidadmin.services import import_requests
from ebidadmin.services.ports import Office
from ebidadmin.services.settings import Settings
from tests.builders import NOON, qualification
from tests.fakes import MemoryStore
from tests.fakes import office as made_office
from tests.imports.office import LAYOUTS
from tests.services.helpers import tags

ASKING = Staff("tanaka", frozenset({Role.IMPORTER}))
OTHER = Staff("suzuki", frozenset({Role.IMPORTER}))
LAYOUT = LAYOUTS["ebidadmin"]


@pytest.fixture
def guarded(desk: Office) -> Office:
    """The register has three records."""
    return replace(desk, settings=Settings(second_person=True))


def plan(**changes: Any) -> ImportPlan:
    """One of the three vanishes, one changes."""
    given: dict[str, Any] = {
        "file_name": "a.csv",
        "file_hash": "f" * 64,
        "layout": LAYOUT.name,
        "register_version": BatchId(1),
        "added": 0,
        "changed": 1,
        "unchanged": 1,
        "vanished": 1,
        "refused": 0,
        "problems": (),
    }
    return ImportPlan(**{**given, **changes})


def ask(office: Office, one: ImportPlan, staff: Staff = ASKING) -> RequestId:
    return import_requests.request(office, staff=staff, plan=one, layout=LAYOUT).id


def test_shares_are_those_of_the_register_not_of_the_plan(guarded: Office, store: MemoryStore) -> None:
    assert ask(guarded, plan(scale_warnings=())) == "R000001"
    kept = store.tables.import_requests[RequestId("R000001")]
    assert kept.scale_warnings == (("many-vanish", "0.3333"), ("many-change", "0.3333"))
    assert tags(store) == [EventTag.IMPORT_REQUEST_MADE]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"applicable": False}, "refused-rows"),
        ({"changed": 0, "vanished": 0, "unchanged": 3}, "nothing-to-apply"),
        ({"register_version": BatchId(7)}, "register-changed"),
        ({"register_version": None}, "register-changed"),
        (
            {"changed": 0, "vanished": 0, "added": 9, "scale_warnings": (("many-vanish", "0.9"),)},
            "request-not-needed",
        ),
    ],
)
def test_what_cannot_be_asked_for(
    guarded: Office, store: MemoryStore, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(EbidError) as caught:
        ask(guarded, plan(**changes))
    assert caught.value.code == code
    assert not store.tables.import_requests


def test_the_share_is_a_setting(guarded: Office) -> None:
    generous = replace(guarded, settings=Settings(second_person=True, scale_share=0.4))
    with pytest.raises(EbidError, match="request-not-needed"):
        ask(generous, plan())


def test_the_lifetime_is_a_setting(guarded: Office, store: MemoryStore, clock: SettableClock) -> None:
    short = replace(guarded, settings=Settings(second_person=True, request_days=1))
    number = ask(short, plan())
    one = store.tables.import_requests[number]
    # Wednesday noon: until the midnight that ends Thursday.
    assert one.expires_at - one.requested_at == timedelta(days=1, hours=12)
    clock.set(one.expires_at)
    with pytest.raises(EbidError) as caught:
        import_requests.confirm(short, staff=OTHER, number=number)
    assert (caught.value.code, caught.value.facts["state"]) == ("illegal-transition", "expired")
    assert store.tables.import_requests[number].state is RequestState.EXPIRED
    assert tags(store) == [
        EventTag.IMPORT_REQUEST_MADE,
        EventTag.IMPORT_REQUEST_EXPIRED,
        EventTag.REFUSED_BY_RULE,
    ]


def test_an_unknown_number_is_not_found(guarded: Office) -> None:
    with pytest.raises(NotFoundError):
        import_requests.confirm(guarded, staff=OTHER, number=RequestId("R000009"))


def test_waiting_counts_only_what_somebody_can_still_confirm(guarded: Office, store: MemoryStore) -> None:
    number = ask(guarded, plan())
    ask(guarded, plan(file_hash="0" * 64))
    assert import_requests.waiting(guarded) == 2
    import_requests.confirm(guarded, staff=OTHER, number=number)
    assert import_requests.waiting(guarded) == 1
    assert import_requests.standing(guarded, plan=plan(), layout=LAYOUT) is not None
    assert import_requests.standing(guarded, plan=plan(vanished=2), layout=LAYOUT) is None
    store.import_register()
    assert import_requests.waiting(guarded) == 0
    assert import_requests.standing(guarded, plan=plan(), layout=LAYOUT) is None


@given(
    changed=st.integers(0, 3),
    vanished=st.integers(0, 3),
    added=st.integers(0, 9),
    typed=st.none() | st.integers(0, 15).map(str) | st.text(max_size=3),
)
def test_who_works_alone_lets_nothing_large_through_but_by_its_rows(
    changed: int, vanished: int, added: int, typed: str | None
) -> None:
    store = MemoryStore(SettableClock(NOON))
    for n in (92, 93, 94):
        store.import_register(qualification(n))
    alone = made_office(store, settings=Settings(second_person=True, one_person=True, scale_share=0.4))
    with alone.uow() as uow:
        size, version = uow.register.size(), uow.register.version()
        one = plan(changed=changed, vanished=vanished, added=added, register_version=version)
        large = max(changed, vanished) / size > 0.4
        right = typed is not None and unicodedata.normalize("NFKC", typed).strip() == str(
            changed + vanished + added
        )
        if large and not right:
            with pytest.raises(InputError, match="typed-confirmation"):
                import_requests.let_through(alone, uow, plan=one, layout=LAYOUT, typed=typed)
            return
        passage = import_requests.let_through(alone, uow, plan=one, layout=LAYOUT, typed=typed)
    told = {"manner": "typed-confirmation", "typed": str(changed + vanished + added)}
    assert passage.facts == (told if large else {})
