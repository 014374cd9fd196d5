"""Requests for a second person: who may do what in which state, and that whoever asked never confirms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain import import_requests as requests
from ebidadmin.domain.events import EventTag, SubjectKind
from ebidadmin.domain.ids import BatchId, RequestId
from ebidadmin.domain.import_requests import Binding, ImportRequest, Over, RequestState, Undertaking
from ebidadmin.domain.imports import ImportPlan
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import EbidError, IllegalTransitionError, InputError, RuleError, StalePlanError
from tests.builders import NOON
from tests.imports.office import LAYOUTS

DEADLINE = NOON + timedelta(days=7)
VERSION = BatchId(3)
BINDING = Binding(
    undertaking=Undertaking.IMPORT,
    file_name="a.csv",
    file_hash="f" * 64,
    layout="ebidadmin",
    layout_digest="d" * 64,
    register_version=VERSION,
    added=1,
    changed=20,
    unchanged=30,
    vanished=50,
    refused=0,
)
WARNINGS = (("many-vanish", "0.5000"),)


def asked(by: str = "tanaka", **changes: Any) -> Transition[ImportRequest]:
    given: dict[str, Any] = {
        "number": RequestId("R000001"),
        "binding": BINDING,
        "scale_warnings": WARNINGS,
        "note": " 年度替わり ",
        "expires_at": DEADLINE,
        "by": by,
        "at": NOON,
    }
    return requests.request(**{**given, **changes})


STEPS: dict[str, Callable[[ImportRequest], Transition[ImportRequest]]] = {
    "confirm": lambda one: requests.confirm(one, register_version=VERSION, by="suzuki", at=NOON),
    "decline": lambda one: requests.decline(one, reason="件数が違う", by="suzuki", at=NOON),
    "withdraw": lambda one: requests.withdraw(one, by="Tanaka", at=NOON),
    "apply": lambda one: requests.apply(one, binding=BINDING, batch=BatchId(4), by="tanaka", at=NOON),
    "expire": lambda one: requests.expire(one, register_version=VERSION, by="sato", at=DEADLINE),
}
NEXT = {
    ("requested", "confirm"): "confirmed",
    ("requested", "decline"): "declined",
    ("requested", "withdraw"): "withdrawn",
    ("requested", "expire"): "expired",
    ("confirmed", "decline"): "declined",
    ("confirmed", "withdraw"): "withdrawn",
    ("confirmed", "expire"): "expired",
    ("confirmed", "apply"): "applied",
}
PATHS = {
    "requested": (),
    "confirmed": ("confirm",),
    "declined": ("decline",),
    "withdrawn": ("withdraw",),
    "expired": ("expire",),
    "applied": ("confirm", "apply"),
}


def in_state(state: str) -> ImportRequest:
    one = asked().after
    for verb in PATHS[state]:
        one = STEPS[verb](one).after
    return one


@pytest.mark.parametrize("verb", STEPS)
@pytest.mark.parametrize("state", list(RequestState))
def test_every_verb_in_every_state(state: RequestState, verb: str) -> None:
    one = in_state(state.value)
    wanted = NEXT.get((state.value, verb))
    if wanted is None:
        with pytest.raises(IllegalTransitionError) as refused:
            STEPS[verb](one)
        assert dict(refused.value.facts) == {"subject": one.id, "state": state.value, "verb": verb}
        return
    moved = STEPS[verb](one)
    assert (moved.after.state.value, moved.after.version) == (wanted, one.version + 1)
    assert moved.after.is_open == (moved.after.ended_at is None)
    (event,) = moved.events
    assert event.subject.kind is SubjectKind.IMPORT_REQUEST
    assert event.before is not None
    assert event.after is not None
    assert (event.before["state"], event.after["state"]) == (state.value, wanted)


def test_a_request_says_what_is_asked_by_whom_and_until_when() -> None:
    made = asked()
    one = made.after
    assert (one.state, one.note, one.requested_by, one.expires_at) == (
        RequestState.REQUESTED,
        "年度替わり",
        "tanaka",
        DEADLINE,
    )
    (event,) = made.events
    assert event.tag is EventTag.IMPORT_REQUEST_MADE
    assert event.after is not None
    assert event.after["vanished"] == 50
    assert event.after["scale_warnings"] == ["many-vanish:0.5000"]


def test_what_is_not_large_needs_nobody() -> None:
    with pytest.raises(RuleError, match="request-not-needed"):
        asked(scale_warnings=())


@pytest.mark.parametrize("login", ["tanaka", "TANAKA", "Tanaka ", " tanaka"])
def test_nobody_confirms_or_declines_their_own(login: str) -> None:
    one = asked().after
    with pytest.raises(RuleError, match="own-request"):
        requests.confirm(one, register_version=VERSION, by=login, at=NOON)
    with pytest.raises(RuleError, match="own-request"):
        requests.decline(one, reason="x", by=login, at=NOON)


def test_only_whoever_asked_takes_it_back() -> None:
    with pytest.raises(RuleError, match="request-of-other"):
        requests.withdraw(asked().after, by="suzuki", at=NOON)


def test_declining_wants_a_reason() -> None:
    with pytest.raises(InputError, match="reason-missing"):
        requests.decline(asked().after, reason="  ", by="suzuki", at=NOON)


@pytest.mark.parametrize("state", ["requested", "confirmed"])
def test_after_its_time_or_once_the_register_moved_on_nothing_comes_of_it(state: str) -> None:
    one = in_state(state)
    late, moved = DEADLINE, BatchId(4)
    assert one.over(at=NOON, register_version=VERSION) is None
    assert one.over(at=late, register_version=VERSION) is Over.LIFETIME
    assert one.over(at=NOON, register_version=moved) is Over.REGISTER_MOVED_ON
    verb = "confirm" if state == "requested" else "apply"
    with pytest.raises(IllegalTransitionError, match="expired"):
        attempt(one, verb, "suzuki", late, VERSION)
    with pytest.raises(StalePlanError, match="request-stale"):
        attempt(one, verb, "suzuki", NOON, moved)
    gone = requests.expire(one, register_version=moved, by="sato", at=NOON).after
    assert (gone.state, gone.reason) == (RequestState.EXPIRED, "register-moved-on")


def test_what_can_still_be_confirmed_does_not_expire() -> None:
    with pytest.raises(IllegalTransitionError):
        requests.expire(
            asked().after, register_version=VERSION, by="sato", at=DEADLINE - timedelta(seconds=1)
        )


@pytest.mark.parametrize(
    "changes",
    [
        {"file_hash": "0" * 64},
        {"layout": "other"},
        {"layout_digest": "0" * 64},
        {"added": 2},
        {"changed": 21},
        {"unchanged": 29},
        {"vanished": 51},
        {"refused": 1},
        {"undertaking": Undertaking.UNDO},
    ],
)
def test_only_what_was_confirmed_is_applied(changes: dict[str, Any]) -> None:
    one = in_state("confirmed")
    with pytest.raises(StalePlanError, match="request-stale"):
        requests.apply(one, binding=replace(BINDING, **changes), batch=BatchId(4), by="tanaka", at=NOON)


def test_the_name_of_the_file_does_not_matter() -> None:
    renamed = replace(BINDING, file_name="b.csv")
    done = requests.apply(in_state("confirmed"), binding=renamed, batch=BatchId(4), by="tanaka", at=NOON)
    assert (done.after.batch, done.after.confirmed_by) == (4, "suzuki")


def test_a_plan_is_bound_by_everything_its_layout_says() -> None:
    own = LAYOUTS["ebidadmin"]
    plan = ImportPlan(
        file_name="a.csv",
        file_hash="f" * 64,
        layout="ebidadmin",
        register_version=VERSION,
        added=1,
        changed=2,
        unchanged=3,
        vanished=4,
        refused=5,
        problems=(),
    )
    bound = requests.binding_of_plan(plan, own)
    assert bound is not None
    assert (bound.added, bound.changed, bound.unchanged, bound.vanished, bound.refused) == (1, 2, 3, 4, 5)
    reordered = replace(own, fields=dict(reversed(list(own.fields.items()))))
    assert requests.binding_of_plan(plan, reordered) == bound
    for other in (replace(own, full=not own.full), replace(own, constants={"remarks": "x"})):
        assert requests.binding_of_plan(plan, other) != bound
    assert requests.binding_of_plan(replace(plan, register_version=None), own) is None


@pytest.mark.parametrize("name", sorted(LAYOUTS))
def test_every_shipped_layout_has_a_digest_of_its_own(name: str) -> None:
    others = {requests.layout_digest(layout) for other, layout in LAYOUTS.items() if other != name}
    assert requests.layout_digest(LAYOUTS[name]) not in others
    assert requests.layout_digest(replace(LAYOUTS[name])) == requests.layout_digest(LAYOUTS[name])


PEOPLE = st.sampled_from(["tanaka", "TANAKA", "suzuki", "sato"])
MOMENTS = st.sampled_from([NOON, NOON + timedelta(days=1), DEADLINE, DEADLINE + timedelta(days=1)])
VERSIONS = st.sampled_from([VERSION, VERSION, BatchId(4)])
VERBS = st.sampled_from(sorted(STEPS))


def attempt(one: ImportRequest, verb: str, by: str, at: datetime, version: BatchId) -> ImportRequest:
    match verb:
        case "confirm":
            return requests.confirm(one, register_version=version, by=by, at=at).after
        case "decline":
            return requests.decline(one, reason="x", by=by, at=at).after
        case "withdraw":
            return requests.withdraw(one, by=by, at=at).after
        case "expire":
            return requests.expire(one, register_version=version, by=by, at=at).after
        case _:
            binding = replace(BINDING, register_version=version)
            return requests.apply(one, binding=binding, batch=BatchId(version + 1), by=by, at=at).after


@given(asker=PEOPLE, tries=st.lists(st.tuples(VERBS, PEOPLE, MOMENTS, VERSIONS), max_size=12))
def test_nothing_is_applied_that_no_second_person_confirmed_in_time(
    asker: str, tries: list[tuple[str, str, datetime, BatchId]]
) -> None:
    one = asked(asker).after
    for verb, by, at, version in tries:
        before = one
        try:
            one = attempt(one, verb, by, at, version)
        except EbidError:
            continue
        assert before.is_open
        assert one.version == before.version + 1
        assert one.requested_by == asker
    if one.confirmed_by is not None:
        assert one.confirmed_by.casefold() != asker.casefold()
        assert one.confirmed_at is not None
        assert one.confirmed_at < DEADLINE
    if one.state is RequestState.APPLIED:
        assert one.confirmed_by is not None
        assert one.batch == VERSION + 1
    assert one.is_open == (one.ended_at is None) == (one.ended_by is None)
