"""The life cycle of an application: every verb in every state, and long random lives against a small model of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ebidadmin.domain import applications
from ebidadmin.domain.applications import ApplicationState, Channel, IdApplication
from ebidadmin.domain.events import EventTag, SubjectKind
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import IllegalTransitionError, InputError
from tests.builders import NOON, SAMPLE_HASH, application, application_number, batch_id, form

Step = Callable[[IdApplication, str], Transition[IdApplication]]

STEPS: dict[str, Step] = {
    "approve": lambda one, by: applications.approve(one, by=by, at=NOON, accepted={}),
    "reject": lambda one, by: applications.reject(one, reasons=("other",), note="", by=by, at=NOON),
    "inquire": lambda one, by: applications.inquire(one, text="?", by=by, at=NOON),
    "answer": lambda one, by: applications.answer(one, text="", by=by, at=NOON),
    "withdraw": lambda one, by: applications.withdraw(one, by=by, at=NOON),
}

NEXT = {
    "pending": {
        "approve": "approved",
        "reject": "rejected",
        "inquire": "inquired",
        "withdraw": "withdrawn",
    },
    "inquired": {"answer": "pending", "withdraw": "withdrawn"},
    "approved": {},
    "rejected": {},
    "withdrawn": {},
}
"""The life cycle as the back office describes it; everything else is refused."""

TAGS = {
    "approve": EventTag.APPLICATION_APPROVED,
    "reject": EventTag.APPLICATION_REJECTED,
    "inquire": EventTag.APPLICATION_INQUIRED,
    "answer": EventTag.APPLICATION_ANSWERED,
    "withdraw": EventTag.APPLICATION_WITHDRAWN,
}


def in_state(state: str) -> IdApplication:
    path = {"inquired": "inquire", "approved": "approve", "rejected": "reject", "withdrawn": "withdraw"}
    one = application()
    return STEPS[path[state]](one, "tanaka").after if state in path else one


@pytest.mark.parametrize("verb", STEPS)
@pytest.mark.parametrize("state", list(ApplicationState))
def test_every_verb_in_every_state(state: ApplicationState, verb: str) -> None:
    one = in_state(state.value)
    wanted = NEXT[state.value].get(verb)
    if wanted is None:
        with pytest.raises(IllegalTransitionError) as refused:
            STEPS[verb](one, "tanaka")
        assert dict(refused.value.facts) == {"subject": one.number, "state": state.value, "verb": verb}
    else:
        moved = STEPS[verb](one, "tanaka")
        assert (moved.after.state.value, moved.after.version) == (wanted, one.version + 1)
        (event,) = moved.events
        assert (event.tag, event.by, event.subject.id) == (TAGS[verb], "tanaka", one.number)
        assert event.before is not None
        assert event.after is not None
        assert (event.before["state"], event.after["state"]) == (state.value, wanted)


class Life(RuleBasedStateMachine):
    """Two persons throw verbs at one application; a dictionary says what should come of it."""

    @initialize()
    def apply_for_an_id(self) -> None:
        self.one = application()
        self.state = "pending"
        self.version = 1
        self.open_inquiries = 0

    @rule(verb=st.sampled_from(sorted(STEPS)), by=st.sampled_from(["tanaka", "suzuki"]))
    def try_a_verb(self, verb: str, by: str) -> None:
        before = self.one
        wanted = NEXT[self.state].get(verb)
        if wanted is None:
            with pytest.raises(IllegalTransitionError):
                STEPS[verb](before, by)
            return
        self.one = STEPS[verb](before, by).after
        self.state, self.version = wanted, self.version + 1
        self.open_inquiries += verb == "inquire"
        self.open_inquiries -= verb == "answer"
        assert before.version == self.version - 1, "the one before stays as it was"

    @invariant()
    def it_is_as_the_model_says(self) -> None:
        assert (self.one.state.value, self.one.version) == (self.state, self.version)
        assert self.one.is_open == (self.state in {"pending", "inquired"})

    @invariant()
    def the_hash_is_there_exactly_while_it_may_be_needed(self) -> None:
        assert (self.one.password_hash is None) == (self.state in {"rejected", "withdrawn"})

    @invariant()
    def the_decision_is_there_exactly_at_the_end(self) -> None:
        assert (self.one.decision is None) == self.one.is_open

    @invariant()
    def at_most_the_last_inquiry_waits_for_its_answer(self) -> None:
        waiting = [inquiry.answered_at is None for inquiry in self.one.inquiries]
        assert sum(waiting) == self.open_inquiries <= 1
        assert not any(waiting[:-1])


TestLife = Life.TestCase


def test_a_new_one_is_in_review_at_once() -> None:
    made = applications.submit(
        number=application_number(1),
        form=form(92),
        password_hash=SAMPLE_HASH,
        at=NOON,
        by="suppliers",
        channel=Channel.BATCH,
        previous=application_number(7),
        register_seen=batch_id(3),
        received_at=NOON + timedelta(hours=1),
    )
    one = made.after
    assert (one.state, one.version, one.applied_at, one.previous) == (
        ApplicationState.PENDING,
        1,
        NOON,
        application_number(7),
    )
    (event,) = made.events
    assert (event.tag, event.at, event.before) == (
        EventTag.APPLICATION_SUBMITTED,
        NOON + timedelta(hours=1),
        None,
    )
    assert (event.subject.kind, event.supplier_number) == (SubjectKind.APPLICATION, one.supplier_number)


@pytest.mark.parametrize("verb", STEPS)
def test_no_event_holds_the_hash(verb: str) -> None:
    one = in_state("inquired") if verb == "answer" else application()
    assert SAMPLE_HASH not in repr(STEPS[verb](one, "tanaka").events)


@pytest.mark.parametrize("text", ["", " ", "\n", "　"])
def test_an_inquiry_says_something(text: str) -> None:
    with pytest.raises(InputError):
        applications.inquire(application(), text=text, by="tanaka", at=NOON)


def test_a_rejection_has_a_reason() -> None:
    with pytest.raises(InputError) as refused:
        applications.reject(application(), reasons=(), note="", by="tanaka", at=NOON)
    assert refused.value.code == "reason-missing"


def test_an_inquiry_keeps_question_and_answer() -> None:
    one = applications.inquire(application(), text=" いつ? ", by="tanaka", at=NOON).after
    one = applications.answer(one, text=" 昨日 ", by="suzuki", at=NOON + timedelta(days=1)).after
    one = applications.inquire(one, text="本当?", by="tanaka", at=NOON + timedelta(days=2)).after
    one = applications.answer(one, text="", by="suzuki", at=NOON + timedelta(days=3)).after
    first, second = one.inquiries
    assert (first.text, first.asked_by, first.answer, first.answered_at) == (
        "いつ?",
        "tanaka",
        "昨日",
        NOON + timedelta(days=1),
    )
    assert (second.text, second.answer) == ("本当?", "")


def test_a_decision_tells_by_whom_when_and_why() -> None:
    decided: dict[str, Any] = {
        "approve": applications.approve(
            application(),
            by="tanaka",
            at=NOON,
            accepted={"name-differs": "確認"},
            grounds={"findings": [{"code": "name-differs"}]},
        ),
        "reject": applications.reject(application(), reasons=("a", "b"), note=" 補足 ", by="tanaka", at=NOON),
        "withdraw": applications.withdraw(application(), by="tanaka", at=NOON, note=" 電話 "),
    }
    assert all((one.after.decision.at, one.after.decision.by) == (NOON, "tanaka") for one in decided.values())
    assert decided["approve"].after.decision.accepted == {"name-differs": "確認"}
    assert decided["approve"].events[0].facts["findings"] == [{"code": "name-differs"}]
    assert (decided["reject"].after.decision.reasons, decided["reject"].after.decision.note) == (
        ("a", "b"),
        "補足",
    )
    assert decided["reject"].events[0].facts["reasons"] == ["a", "b"]
    assert decided["withdraw"].after.decision.note == "電話"
