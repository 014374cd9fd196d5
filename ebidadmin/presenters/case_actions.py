"""What can be done with a case: the actions, what one that was begun holds, and the service calls behind them.

A begun action captures number, version and what the case showed when it is opened; whatever is decided is decided with these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.findings import Finding
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.mails import MailDraft, MailKind
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import Problem
from ebidadmin.presenters.notices import Notice
from ebidadmin.services import application_review
from ebidadmin.services.ports import Office
from ebidadmin.services.review_work import accepted_words
from ebidadmin.text import messages
from ebidadmin.text import queue as words

ACCEPT = "accept."
"""Form keys of the words that accept warnings are ``accept.<finding code>``."""


class Action(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    INQUIRE = "inquire"
    ANSWER = "answer"
    WITHDRAW = "withdraw"
    NOTE = "note"


class Stage(StrEnum):
    """``FORM``: something is to be entered; ``CONFIRM``: the mail is shown and the yes is awaited."""

    FORM = "form"
    CONFIRM = "confirm"


MAILED: Mapping[Action, MailKind] = {
    Action.APPROVE: MailKind.ID_APPROVED,
    Action.REJECT: MailKind.ID_REJECTED,
    Action.INQUIRE: MailKind.ID_INQUIRED,
}
"""Actions that send a mail, which is shown before they are confirmed."""

NOTE_FIELD = frozenset({Action.REJECT, Action.WITHDRAW})
"""Actions whose free text is the form's ``note``; that of the others is ``text``."""

FROM_STATES: Mapping[Action, frozenset[ApplicationState]] = {
    Action.APPROVE: frozenset({ApplicationState.PENDING}),
    Action.REJECT: frozenset({ApplicationState.PENDING}),
    Action.INQUIRE: frozenset({ApplicationState.PENDING}),
    Action.ANSWER: frozenset({ApplicationState.INQUIRED}),
    Action.WITHDRAW: frozenset({ApplicationState.PENDING, ApplicationState.INQUIRED}),
    Action.NOTE: frozenset(ApplicationState),
}
"""In which states a button is offered; whether it is allowed is the life cycle's business."""

ENDS_WORK = frozenset({Action.APPROVE, Action.REJECT, Action.INQUIRE, Action.WITHDRAW})
"""Actions after which the next waiting case opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """An action that was begun: on which application, in which version, seen how (``CaseFile.seen``), with what was entered so far."""

    action: Action
    number: ApplicationNumber
    version: int
    trade_name: str
    seen: str
    stage: Stage = Stage.FORM
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    draft: MailDraft | None = None
    mailed: bool = True
    """Whether the office sends mails of that kind."""
    asked: str = ""
    """Which confirmation this is: its yes names it, so that the yes of another one, pressed before the page had changed, does nothing."""

    @property
    def question(self) -> str:
        return words.question(self.action.value, self.trade_name, self.number)

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(code for code in self.values.get("reasons", "").split(",") if code)

    @property
    def accepted(self) -> dict[str, str]:
        return {key.removeprefix(ACCEPT): word for key, word in self.values.items() if key.startswith(ACCEPT)}


@dataclass(frozen=True, slots=True)
class Finished:
    """An action that was done."""

    action: Action
    notice: Notice

    @property
    def ends_work(self) -> bool:
        return self.action in ENDS_WORK


def preview(office: Office, *, staff: Staff, pending: Pending, findings: tuple[Finding, ...]) -> MailDraft:
    """The mail exactly as the action would send it. Raises ``InputError`` when what was entered does not do."""
    if pending.action is Action.APPROVE:
        accepted_words(findings, pending.accepted)
    return application_review.preview_mail(
        office,
        staff=staff,
        number=pending.number,
        kind=MAILED[pending.action],
        reasons=pending.reasons,
        note=pending.values.get("note", ""),
        text=pending.values.get("text", ""),
    )


def field_of(pending: Pending, where: str) -> str:
    """The field of the action's form at which a problem is shown: a warning's code belongs to its own line, an entered value that
    was quoted to the text that quotes it."""
    if pending.action is Action.APPROVE:
        return ACCEPT + where
    return where if where == "reasons" else "note" if pending.action in NOTE_FIELD else "text"


def field_sentence(pending: Pending, problem: Problem) -> str:
    """What stands at that field; an empty one is told in the words of the action."""
    if problem.code == "required" and pending.action.value in words.MISSING:
        return words.MISSING[pending.action.value]
    return messages.problem_sentence(problem)


def perform(office: Office, *, staff: Staff, pending: Pending) -> None:
    """Do it, on the application and in the version that the action captured."""
    number, version, action = pending.number, pending.version, pending.action
    note, text = pending.values.get("note", ""), pending.values.get("text", "")
    review = application_review
    if action is Action.APPROVE:
        review.approve(
            office,
            staff=staff,
            number=number,
            version=version,
            accepted=pending.accepted,
            seen=pending.seen,
            previewed=pending.draft,
        )
    elif action is Action.REJECT:
        review.reject(
            office,
            staff=staff,
            number=number,
            version=version,
            reasons=pending.reasons,
            note=note,
            seen=pending.seen,
            previewed=pending.draft,
        )
    elif action is Action.INQUIRE:
        review.inquire(
            office, staff=staff, number=number, version=version, text=text, previewed=pending.draft
        )
    elif action is Action.ANSWER:
        review.answer(office, staff=staff, number=number, version=version, text=text)
    elif action is Action.WITHDRAW:
        review.withdraw(office, staff=staff, number=number, version=version, note=note)
    else:
        review.note(office, staff=staff, number=number, text=text)
