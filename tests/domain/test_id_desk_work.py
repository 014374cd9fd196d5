"""The life of an ID after its approval: whatever comes in which order, only legal steps happen, each told, and no secret shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain import id_desk_work
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.id_desk_work import CODE_TRIES, IdentityCheck, IdentityDocument, IdentityMeans
from ebidadmin.domain.ids import EnterpriseId, UserId
from ebidadmin.domain.registrations import LIVE_STATES, Registration, RegistrationState, create
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import EbidError, IllegalTransitionError, InputError, RuleError
from tests.builders import NOON, SAMPLE_HASH, application_number, contact, supplier_number

LIMIT = 3
SEEN = IdentityCheck(IdentityMeans.COUNTER, IdentityDocument.DRIVING_LICENCE)
CODE_HASH = "$argon2id$v=19$m=65536,t=3,p=4$Y29kZQ$Y29kZQ"
OTHER_HASH = "$argon2id$v=19$m=65536,t=3,p=4$b3RoZXI$b3RoZXI"
WEEK = timedelta(days=7)
ACTIVE, LOCKED = RegistrationState.ACTIVE, RegistrationState.LOCKED
SUSPENDED, CANCELLED = RegistrationState.SUSPENDED, RegistrationState.CANCELLED

LEGAL = {
    "fail": {ACTIVE: {ACTIVE, LOCKED}},
    "succeed": {ACTIVE: {ACTIVE}},
    "unlock": {LOCKED: {ACTIVE}},
    "suspend": {ACTIVE: {SUSPENDED}},
    "resume": {SUSPENDED: {ACTIVE}},
    "cancel": {state: {CANCELLED} for state in LIVE_STATES},
    "issue-code": {ACTIVE: {ACTIVE}, LOCKED: {LOCKED}},
    "use-code": {ACTIVE: {ACTIVE}, LOCKED: {ACTIVE}},
    "change": {ACTIVE: {ACTIVE}},
}
"""From which state a verb leads where."""


def fresh() -> Registration:
    return create(
        application=application_number(92),
        supplier_number=supplier_number(92),
        enterprise_id=EnterpriseId("1352100000000001"),
        user_id=UserId("shoukai0092"),
        password_hash=SAMPLE_HASH,
        main_contact=contact(92),
        applicant_contact=contact(92),
        by="tanaka",
        at=NOON,
    ).after


VERBS: Mapping[str, Callable[[Registration], Transition[Registration] | None]] = {
    "fail": lambda one: id_desk_work.failed(one, limit=LIMIT, by="tanaka", at=NOON),
    "succeed": lambda one: id_desk_work.succeeded(one, password_hash=None, by="tanaka", at=NOON),
    "unlock": lambda one: id_desk_work.unlock(one, identity=SEEN, by="tanaka", at=NOON),
    "suspend": lambda one: id_desk_work.suspend(one, reason="指名停止", by="tanaka", at=NOON),
    "resume": lambda one: id_desk_work.resume(one, reason="期間の終わり", by="tanaka", at=NOON),
    "cancel": lambda one: id_desk_work.cancel(one, reason="廃業", by="tanaka", at=NOON),
    "issue-code": lambda one: id_desk_work.issue_code(
        one, code_hash=CODE_HASH, expires_at=NOON + WEEK, identity=SEEN, by="tanaka", at=NOON
    ),
    "use-code": lambda one: id_desk_work.use_code(
        one, user_id=UserId("another99"), password_hash=OTHER_HASH, by="tanaka", at=NOON
    ),
    "change": lambda one: id_desk_work.change(
        one,
        user_id=UserId(f"changed{one.version:04d}"),
        password_hash=None,
        main_contact=one.main_contact,
        applicant_contact=one.applicant_contact,
        by="tanaka",
        at=NOON,
    ),
}


def do(one: Registration, verb: str) -> Transition[Registration] | None:
    return VERBS[verb](one)


def legal(one: Registration, verb: str) -> bool:
    return one.state in LEGAL[verb] and (verb != "use-code" or one.code is not None)


@given(st.lists(st.sampled_from(sorted(LEGAL)), max_size=30))
def test_only_legal_steps_happen_each_with_its_event_and_no_secret(verbs: list[str]) -> None:
    one = fresh()
    for verb in verbs:
        if not legal(one, verb):
            with pytest.raises(EbidError):
                do(one, verb)
            continue
        changed = do(one, verb)
        if changed is None:
            assert (verb, one.failures) == ("succeed", 0)
            continue
        after, (event,) = changed.after, changed.events
        assert after.state in LEGAL[verb][one.state]
        assert after.version == one.version + 1
        assert event.supplier_number == one.supplier_number
        for secret in (SAMPLE_HASH, OTHER_HASH, CODE_HASH):
            assert secret not in repr(event)
            assert secret not in repr(after)
        assert after.failures < LIMIT or after.state is LOCKED or after.state is CANCELLED
        assert after.code is None or after.state in {ACTIVE, LOCKED}
        one = after


def test_the_third_wrong_password_locks_and_a_right_one_between_forgets() -> None:
    one = fresh()
    for verb, failures, state in (
        ("fail", 1, ACTIVE),
        ("fail", 2, ACTIVE),
        ("succeed", 0, ACTIVE),
        ("fail", 1, ACTIVE),
        ("fail", 2, ACTIVE),
        ("fail", 3, LOCKED),
    ):
        changed = do(one, verb)
        assert changed is not None
        one, tag = changed.after, changed.events[0].tag
        assert (one.failures, one.state) == (failures, state)
        assert (tag is EventTag.REGISTRATION_LOCKED) == (state is LOCKED)


def test_a_locked_id_is_not_suspended_so_that_nobody_unlocks_it_by_resuming() -> None:
    one = fresh()
    for _ in range(LIMIT):
        one = id_desk_work.failed(one, limit=LIMIT, by="x", at=NOON).after
    with pytest.raises(IllegalTransitionError):
        id_desk_work.suspend(one, reason="指名停止", by="x", at=NOON)


@pytest.mark.parametrize("verb", [id_desk_work.suspend, id_desk_work.cancel])
def test_a_reason_is_needed(verb: object) -> None:
    assert callable(verb)
    with pytest.raises(InputError, match="reason-missing"):
        verb(fresh(), reason=" ", by="x", at=NOON)


def test_an_end_erases_the_password() -> None:
    assert id_desk_work.cancel(fresh(), reason="廃業", by="x", at=NOON).after.password_hash == ""


def test_a_code_is_void_after_its_tries_its_day_and_its_use() -> None:
    issued = do(fresh(), "issue-code")
    assert issued is not None
    one = issued.after
    assert id_desk_work.code_out(one, NOON + WEEK) is not None
    assert id_desk_work.code_out(one, NOON + WEEK + timedelta(seconds=1)) is None
    with pytest.raises(RuleError, match="code-none"):
        id_desk_work.use_code(one, user_id=one.user_id, password_hash=OTHER_HASH, by="x", at=NOON + 2 * WEEK)
    used = do(one, "use-code")
    assert used is not None
    assert (used.after.code, used.after.password_hash) == (None, OTHER_HASH)
    for left in range(CODE_TRIES - 1, -1, -1):
        one = id_desk_work.code_failed(one, by="x", at=NOON).after
        assert (one.code is None) == (left == 0)
    with pytest.raises(RuleError, match="code-none"):
        do(one, "use-code")


def test_a_change_that_changes_nothing_is_refused() -> None:
    one = fresh()
    with pytest.raises(RuleError, match="nothing-changed"):
        id_desk_work.change(
            one,
            user_id=one.user_id,
            password_hash=None,
            main_contact=one.main_contact,
            applicant_contact=one.applicant_contact,
            by="x",
            at=NOON,
        )


def test_who_was_looked_at_stands_in_the_event() -> None:
    one = fresh()
    for _ in range(LIMIT):
        one = id_desk_work.failed(one, limit=LIMIT, by="x", at=NOON).after
    (event,) = id_desk_work.unlock(one, identity=SEEN, by="x", at=NOON).events
    assert event.facts["identity"] == {"means": "counter", "document": "driving-licence", "note": ""}
