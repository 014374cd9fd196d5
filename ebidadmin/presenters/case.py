"""State of the case beside the queue: what it shows, and the one action that stands before confirmation.

Opening another case closes the confirmation: nothing is ever decided on "the selected row".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import count

from ebidadmin.domain.findings import Finding, Severity
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import EbidError, HeldByOtherError, InputError, StalePlanError, StorageError
from ebidadmin.presenters import case_actions
from ebidadmin.presenters.case_actions import FROM_STATES, MAILED, Action, Finished, Pending, Stage
from ebidadmin.presenters.eligibility_line import day_asked
from ebidadmin.presenters.given_reasons import given_reason
from ebidadmin.presenters.notices import Notice, Undo, done, refusal
from ebidadmin.presenters.outgoing import send_waiting
from ebidadmin.services import application_review
from ebidadmin.services.case_file import CaseFile
from ebidadmin.services.ports import Office, Reasons
from ebidadmin.text import messages
from ebidadmin.text import queue as words
from ebidadmin.text import undo as undo_words


@dataclass(frozen=True, slots=True)
class ActionState:
    """A button of the case: offered in this state, and if it cannot be used, why."""

    action: Action
    enabled: bool
    why: str = ""


class CasePresenter:
    """The open case (``file``), what was begun on it (``pending``), and what there is to say (``notice``)."""

    def __init__(self, office: Office, *, staff: Staff) -> None:
        self._office, self._staff = office, staff
        self.file: CaseFile | None = None
        self.pending: Pending | None = None
        self.notice: Notice | None = None
        self._day: date | None = None
        self._confirmations = count(1)

    @property
    def number(self) -> ApplicationNumber | None:
        return None if self.file is None else self.file.application.number

    @property
    def staff(self) -> Staff:
        """Whoever acts."""
        return self._staff

    @property
    def reason_choices(self) -> tuple[tuple[str, str], ...]:
        """Rejection reasons, none chosen: code, and words for the supplier with the reviewer's hint. Those that belong to the findings
        come first and are marked."""
        suggested = () if self.file is None else self.file.suggested_reasons
        codes = sorted(self._office.reasons.codes(), key=lambda code: code not in suggested)
        return tuple((code, self._reason_words(code, code in suggested)) for code in codes)

    @property
    def target_days(self) -> int:
        """Working days within which an application is to be decided."""
        return self._office.settings.target_days

    @property
    def permit_reasons(self) -> Reasons:
        """The catalogue of refusals of permits."""
        return self._office.permit_reasons

    def reason_label(self, code: str) -> str:
        """The words of a given reason for the supplier."""
        return given_reason(self._office.reasons, code)

    def of_severity(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings of that severity."""
        return (
            () if self.file is None else tuple(one for one in self.file.findings if one.severity is severity)
        )

    def say(self, notice: Notice | None) -> None:
        """Show a notice in place of the present one."""
        self.notice = notice

    # Opening, reading, closing

    def open(self, number: ApplicationNumber) -> None:
        """Show that application and lease it; the one shown before is given back."""
        if number != self.number:
            self._release()
            self._day = None
        self.pending, self.notice = None, None
        self._load(number, claim=True)

    def there_is(self, number: ApplicationNumber) -> bool:
        """Whether that application can be shown; ``notice`` says why not, and the open case stays."""
        try:
            application_review.dossier(self._office, staff=self._staff, number=number)
        except EbidError as error:
            self.notice = refusal(error)
            return False
        return True

    def close(self) -> None:
        """Show nothing and give the case back."""
        self._release()
        self.file, self.pending, self.notice = None, None, None

    def reload(self) -> None:
        """Read the case again; what was begun is dropped."""
        if self.number is not None:
            self.open(self.number)

    def show_day(self, text: str) -> None:
        """Tell who may take part in quotations on the day that somebody chose (nothing chosen is today); what was begun stays."""
        if self.number is None:
            return
        try:
            self._day = day_asked(text)
        except InputError as error:
            self.notice = refusal(error)
            return
        self.notice = None
        self._load(self.number, claim=False)

    def take_over(self) -> None:
        """Take the lease from whoever holds it; what was begun stays."""
        if self.file is None:
            return
        application = self.file.application
        try:
            application_review.claim(
                self._office, staff=self._staff, number=application.number, take_over=True
            )
        except EbidError as error:
            self.notice = refusal(error)
            return
        self._load(application.number, claim=False)
        said = words.done("take-over", application.form.trade_name, application.number)
        self.notice = done(said, undo=Undo("close", "", undo_words.CLAIM))

    @property
    def held_by_other(self) -> bool:
        """Whether another person's lease lives."""
        claim = None if self.file is None else self.file.claim
        return claim is not None and claim.held_by_other(self._staff.login, self._office.clock.now())

    @property
    def held_by_me(self) -> bool:
        """Whether the lease is the acting person's."""
        claim = None if self.file is None else self.file.claim
        return (
            claim is not None and claim.holder == self._staff.login and self._office.clock.now() < claim.until
        )

    # The actions

    def actions(self) -> tuple[ActionState, ...]:
        """The buttons that the case offers in its state."""
        if self.file is None:
            return ()
        state = self.file.application.state
        offered = (action for action in Action if state in FROM_STATES[action])
        return tuple(self._action_state(action) for action in offered)

    def begin(self, action: Action) -> None:
        """Begin an action on the case as it is shown; its number and version are captured here."""
        state = next((one for one in self.actions() if one.action is action), None)
        if self.file is None or state is None:
            return
        self.notice = None
        if not state.enabled:
            self.notice = self._why_not(action, state)
            return
        application = self.file.application
        if action is not Action.NOTE and not self._renew(application.number):
            return
        self.pending = Pending(
            action=action,
            number=application.number,
            version=application.version,
            trade_name=application.form.trade_name,
            seen=self.file.seen,
        )
        if action is Action.APPROVE and not self.of_severity(Severity.WARNING):
            self.submit({})

    def submit(self, values: Mapping[str, str]) -> Finished | None:
        """Take what was entered; an action with a mail goes on to its preview, another is done at once."""
        if self.pending is None or self.pending.stage is not Stage.FORM:
            return None
        self.pending, self.notice = replace(self.pending, values=dict(values), errors={}), None
        if self.pending.action not in MAILED:
            return self.confirm()
        self._preview()
        return None

    def back(self) -> None:
        """From the preview back to what was entered."""
        if self.pending is None or (
            self.pending.action is Action.APPROVE and not self.of_severity(Severity.WARNING)
        ):
            self.cancel()
            return
        self.pending = replace(self.pending, stage=Stage.FORM, draft=None)

    def cancel(self) -> None:
        """Drop what was begun."""
        self.pending, self.notice = None, None

    def answers(self, asked: str) -> bool:
        """Whether a yes is that of the confirmation which stands open; that it is another's is told. After a decision a second press finds
        none open, and what was decided stays told."""
        pending = self.pending
        if pending is None or pending.asked == asked:
            return True
        self.notice = Notice("warning", words.OTHER_CONFIRMATION)
        return False

    def confirm(self) -> Finished | None:
        """Do what was begun, on the application and version that it named. ``None`` when it was refused: ``notice`` says why."""
        pending = self.pending
        if pending is None or (pending.action in MAILED and pending.stage is not Stage.CONFIRM):
            return None
        if pending.number != self.number:
            self.pending, self.notice = None, Notice("warning", words.STALE_SELECTION)
            return None
        try:
            case_actions.perform(self._office, staff=self._staff, pending=pending)
        except EbidError as error:
            self._refused(pending, error)
            return None
        return self._finish(pending)

    # Inside

    @property
    def _findings(self) -> tuple[Finding, ...]:
        return () if self.file is None else self.file.findings

    def _action_state(self, action: Action) -> ActionState:
        if not self._staff.may(Permission.REVIEW):
            return ActionState(action, enabled=False, why=words.NOT_REVIEWER)
        if action is not Action.NOTE and self.held_by_other:
            return ActionState(action, enabled=False, why=words.HELD_SHORT)
        if action is Action.APPROVE and self.of_severity(Severity.BLOCK):
            return ActionState(action, enabled=False, why=words.BLOCKED_TITLE)
        return ActionState(action, enabled=True)

    def _why_not(self, action: Action, state: ActionState) -> Notice:
        if action is Action.APPROVE and not self.held_by_other:
            sentences = tuple(messages.finding_sentence(one) for one in self.of_severity(Severity.BLOCK))
            return Notice("error", words.BLOCKED_LEAD if sentences else state.why, sentences)
        return Notice("warning", state.why)

    def _preview(self) -> None:
        """Ask for the mail exactly as it would be sent, and show it."""
        pending = self.pending
        if pending is None or pending.action not in MAILED:
            return
        try:
            draft = case_actions.preview(
                self._office, staff=self._staff, pending=pending, findings=self._findings
            )
        except EbidError as error:
            self._refused(pending, error)
        else:
            mailed = bool(self._office.settings.mailed(draft))
            self.pending = replace(
                pending,
                stage=Stage.CONFIRM,
                draft=draft,
                mailed=mailed,
                errors={},
                asked=str(next(self._confirmations)),
            )

    def _show_errors(self, error: InputError) -> None:
        """Back to the form, with a sentence for each thing that is wrong at its field: a text may quote several entries."""
        if self.pending is None:
            return
        pending = self.pending
        said: dict[str, dict[str, None]] = {}
        for problem in error.problems:
            at_field = said.setdefault(case_actions.field_of(pending, problem.where), {})
            at_field[case_actions.field_sentence(pending, problem)] = None
        errors = {key: "".join(sentences) for key, sentences in said.items()}
        self.pending = replace(pending, stage=Stage.FORM, draft=None, errors=errors)
        self.notice = refusal(error)

    def _refused(self, pending: Pending, error: EbidError) -> None:
        """What the refusal of an action, or of the look at its mail, means for what was begun."""
        if isinstance(error, InputError):
            self._show_errors(error)
        elif isinstance(error, StalePlanError):
            self._stale(pending, error)
        elif isinstance(error, StorageError):
            # Nothing is known to have changed: what was entered and read stays, and the same press is the next try.
            self.notice = refusal(error)
        elif isinstance(error, HeldByOtherError):
            # The lease ran out and another person has it: what was entered stays until it is taken over or given up, or was decided.
            self._load(pending.number, claim=False)
            if self.file is None or self.file.application.state not in FROM_STATES[pending.action]:
                self.pending = None
            self.notice = refusal(error)
        else:
            self._lost(pending, error)

    def _lost(self, pending: Pending, error: EbidError) -> None:
        """Refused for good: the case is read again, so that what is shown is true, and the sentence says what happened."""
        self.pending = None
        self._load(pending.number, claim=False)
        self.notice = refusal(error)

    def _stale(self, pending: Pending, error: StalePlanError) -> None:
        """A mail that is no longer the one shown is shown anew; what was said about findings that are gone cannot be kept."""
        if error.code == "findings-changed":
            self._lost(pending, error)
            return
        self._preview()
        self.notice = refusal(error)

    def _finish(self, pending: Pending) -> Finished:
        """Hand over the mail that came of it, read the case again, and tell what happened."""
        self.pending = None
        undelivered = send_waiting(self._office, self._staff) if pending.action in MAILED else ()
        self._load(pending.number, claim=False)
        said = words.done(pending.action.value, pending.trade_name, pending.number)
        self.notice = done(said, *self._mail_states(pending), *undelivered)
        return Finished(pending.action, self.notice)

    def _mail_states(self, pending: Pending) -> tuple[str, ...]:
        if self.file is None or pending.action not in MAILED:
            return ()
        if not pending.mailed:
            return (words.MAIL_OFF,)
        kind = MAILED[pending.action]
        newest = next((mail for mail in self.file.mails if mail.draft.kind is kind), None)
        if newest is None:
            return ()
        return (words.mail_state(newest),)

    def _load(self, number: ApplicationNumber, *, claim: bool) -> None:
        try:
            self.file = application_review.dossier(
                self._office, staff=self._staff, number=number, day=self._day
            )
        except EbidError as error:
            # A database that does not answer is no reason to put the case away; every step asks whether it is still as shown.
            if self.number != number or not isinstance(error, StorageError):
                self.file = None
            self.notice = refusal(error)
            return
        if (
            claim
            and self.file.application.is_open
            and self._staff.may(Permission.REVIEW)
            and not self.held_by_other
        ):
            self._renew(number)

    def _renew(self, number: ApplicationNumber) -> bool:
        """Lease the case, or prolong the lease; whether it is ours now."""
        try:
            claim = application_review.claim(self._office, staff=self._staff, number=number)
        except StorageError as error:
            self.notice = refusal(error)
            return False
        except EbidError as error:
            self._load(number, claim=False)
            self.notice = refusal(error)
            return False
        if self.file is not None:
            self.file = replace(self.file, claim=claim)
        return True

    def _release(self) -> None:
        if self.file is None or not self.file.application.is_open or not self.held_by_me:
            return
        try:
            application_review.release(self._office, staff=self._staff, number=self.file.application.number)
        except EbidError as error:
            # The lease ends by itself; that it could not be given back early is worth a word, not a stop.
            self.notice = refusal(error)

    def _reason_words(self, code: str, suggested: bool) -> str:
        return words.reason(
            self._office.reasons.label(code), self._office.reasons.hint(code), suggested=suggested
        )
