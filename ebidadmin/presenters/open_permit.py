"""State of the permit beside the list: what it says, the step that somebody is about to do, and the letter that was just made.

A step is done to the permit as it was seen when the step began; whoever was faster is told by the refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ebidadmin.clock import jst_date
from ebidadmin.domain.ids import DispatchId, PermitId
from ebidadmin.domain.layouts import DateWords
from ebidadmin.domain.permit_proposals import PermitAct, needs_second_person
from ebidadmin.domain.permits import Permit, PermitState
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import EbidError, InputError, StorageError
from ebidadmin.presenters.eligibility_line import day_asked
from ebidadmin.presenters.notices import Notice, Undo, done, refusal
from ebidadmin.presenters.permit_steps import ACTS, Doing, Step
from ebidadmin.presenters.permit_view import PermitView, company_lines, name_of, owner_notice, view_of
from ebidadmin.services import permit_case, permit_letters
from ebidadmin.services.permit_case import NumberOwner, PermitCase
from ebidadmin.services.permit_letters import LetterFacts
from ebidadmin.services.ports import Office
from ebidadmin.services.second_person import asks_another, asks_word, is_of_typing
from ebidadmin.text import formats, messages
from ebidadmin.text import permit_screen as words
from ebidadmin.text import queue as queue_words
from ebidadmin.text import undo as undo_words
from ebidadmin.text.typed_confirmation import at_field


@dataclass(frozen=True, slots=True)
class Paper:
    """Letters that were made: the PDF, a picture (PNG) of each page, and the digest of the template for each state of a permit."""

    pdf: bytes
    pages: tuple[bytes, ...]
    name: str = ""
    versions: Mapping[PermitState, str] = field(default_factory=dict)


Press = Callable[[Sequence[LetterFacts]], Paper]
"""Makes letters. Raises ``DocumentError``, ``ConfigurationError``."""


VOIDABLE = frozenset({words.RECORD, words.GRANT, words.REFUSE, words.CONFIRM})
"""Steps that an entry without effect can follow, where they were a mistake."""


class OpenPermit:
    """``view`` is the open permit, ``step`` what is about to be done, ``errors`` what is wrong in its form, ``owner`` whose number was
    typed, ``notice`` what there is to say, ``paper`` the letter that was just made."""

    def __init__(self, office: Office, *, staff: Staff, press: Press, dates: DateWords) -> None:
        self._office, self._staff, self._press = office, staff, press
        self._doing = Doing(office, staff=staff, dates=dates)
        self._case: PermitCase | None = None
        self._day: date | None = None
        self.view: PermitView | None = None
        self.step: Step | None = None
        self.errors: Mapping[str, str] = {}
        self.owner: NumberOwner | None = None
        self.notice: Notice | None = None
        self.paper: Paper | None = None

    @property
    def number(self) -> PermitId | None:
        """The number of the open permit."""
        return None if self._case is None else self._case.permit.id

    @property
    def may_change(self) -> bool:
        """Whether this person records and decides."""
        return self._staff.may(Permission.RECORD_PERMIT)

    @property
    def verbs(self) -> tuple[str, ...]:
        """What can be done with the open permit."""
        case = self._case
        if case is None:
            return ()
        listed = words.VERBS[case.permit.state] if self.may_change else ()
        if case.permit.document is None:
            listed = tuple(verb for verb in listed if verb not in (words.LETTER, words.DISPATCH))
        if case.proposal is None or not case.waits:
            return listed
        # While somebody is asked, nobody asks for anything else.
        others = tuple(verb for verb in listed if not self._asks(case.permit, verb))
        return (*self._second(own=case.proposal.own), *others)

    @property
    def register(self) -> tuple[tuple[str, str], ...]:
        """The register's record of whom the step concerns."""
        if self.step is not None and self.step.permit is None:
            return company_lines(None if self.owner is None else self.owner.record)
        return () if self._case is None else company_lines(self._case.record)

    @property
    def owner_notice(self) -> Notice:
        """Whose the typed number is."""
        return Notice("info", words.OWNER_WAITING) if self.owner is None else owner_notice(self.owner)

    @property
    def reason_choices(self) -> tuple[tuple[str, str], ...]:
        """The refusal reasons on offer: code and words, with what to look at before giving it."""
        catalogue = self._office.permit_reasons
        noted = () if self._case is None else tuple(one.value for one in self._case.remarks)
        return tuple(
            (code, queue_words.reason(catalogue.label(code), catalogue.hint(code), suggested=code in noted))
            for code in catalogue.codes()
        )

    def day_errors(self, values: Mapping[str, str]) -> Mapping[str, str]:
        """Which days in a form cannot be read, by field."""
        return self._doing.day_errors(values)

    def day_of(self, values: Mapping[str, str], key: str) -> date | None:
        """The day in a field. Raises ``ValueError`` for what is no date."""
        return self._doing.day_of(values, key)

    # One permit

    def open(self, number: str) -> None:
        """Open a permit; a step that stands open is left."""
        self.close()
        self._day = None
        self._load(PermitId(number))

    def show_day(self, text: str) -> None:
        """Tell who may take part in quotations on the day that somebody chose; nothing chosen is today."""
        try:
            day = day_asked(text)
        except InputError as error:
            self.notice = refusal(error)
            return
        self._day = day
        if self.number is not None:
            self._load(self.number)

    def close(self) -> None:
        """Close it."""
        self.leave()
        self._case = self.view = self.notice = self.paper = None

    def reload(self) -> None:
        """Read the open permit again, for the same day."""
        number = self.number
        if number is not None:
            self.close()
            self._load(number)

    # Steps

    def begin_record(self) -> None:
        """Ask for what stands on a paper."""
        self.close()
        if self.may_change:
            today = formats.day(jst_date(self._office.clock.now()))
            self.step = Step(
                verb=words.RECORD, question=words.QUESTIONS[words.RECORD], values={"received": today}
            )

    def begin(self, verb: str, row: str = "") -> None:
        """Ask for what a step of the open permit needs; ``row`` is the wrong row of the dispatch register."""
        self.leave()
        self.notice = self.paper = None
        case = self._case
        if case is None:
            return
        against = {shown.id for shown in (self.view.dispatches if self.view else ()) if shown.open}
        if verb in (words.CORRECT, words.CANCEL) and row in against and self.may_change:
            self.step = self._step(case, verb, DispatchId(row))
        elif verb in self.verbs and verb != words.LETTER:
            self.step = self._step(case, verb, None)

    def leave(self) -> None:
        """Do nothing."""
        self.step, self.errors, self.owner = None, {}, None

    def look_up(self, supplier_number: str) -> None:
        """Whose the number is that was typed into the form of a paper."""
        typed = supplier_number.strip()
        try:
            self.owner = (
                permit_case.owner(self._office, staff=self._staff, supplier_number=typed) if typed else None
            )
        except EbidError as error:
            self.owner, self.notice = None, refusal(error)

    def submit(self, values: Mapping[str, str]) -> bool:
        """Do the step; whether something was done. What is wrong in the form leaves it open."""
        step = self.step
        if step is None:
            return False
        self.notice, self.errors = None, self._doing.errors(step, values)
        if self.errors:
            return False
        try:
            after = self._doing.do(step, values)
        except InputError as error:
            self._refuse_fields(error)
            return False
        except StorageError as error:
            # What was entered stays, and the same button is the next try.
            self.notice = refusal(error)
            return False
        except EbidError as error:
            said = refusal(error)
            self.reload()
            self.notice = said
            return False
        before = self._open_rows()
        self.open(after.id)
        self.notice = done(self._said(step, after), undo=self._undo(step, self._open_rows() - before))
        return True

    def _open_rows(self) -> frozenset[str]:
        """Rows of the dispatch register against which something can be entered."""
        return frozenset(row.id for row in (self.view.dispatches if self.view else ()) if row.open)

    def _undo(self, step: Step, entered: frozenset[str]) -> Undo | None:
        """The step that takes back what was just done, as far as the open permit offers it; ``entered`` are new rows of its dispatch."""
        if words.TAKE_BACK in self.verbs and step.asks:
            return Undo("begin", words.TAKE_BACK, undo_words.PROPOSAL)
        if step.verb in (words.DISPATCH, words.CORRECT) and len(entered) == 1:
            return Undo(words.CANCEL, next(iter(entered)), undo_words.DISPATCH)
        if step.verb in VOIDABLE and words.VOID in self.verbs:
            return Undo("begin", words.VOID, undo_words.VOID)
        return None

    def _said(self, step: Step, after: Permit) -> str:
        """What was done, to whom."""
        asked = None if self._case is None else self._case.proposal
        if step.asks and asked is not None:
            return words.PROPOSED.format(case=self._title(after), proposal=asked.proposal.id)
        return words.DONE[step.verb].format(case=self._title(after), row=step.row or "")

    def letter(self) -> None:
        """Make the letter of the open permit."""
        self.leave()
        self.notice = self.paper = None
        case = self._case
        if case is None or words.LETTER not in self.verbs:
            return
        made = self.make_letters([case.permit.id])
        if made is None:
            said = self.notice
            self.reload()
            self.notice = said
            return
        self.paper = Paper(made.pdf, made.pages, words.letter_file(case.permit))
        self.notice = done(words.LETTER_DONE.format(case=self._title(case.permit)))

    def make_letters(self, numbers: Sequence[PermitId]) -> Paper | None:
        """Make the letters of these permits, all or none; ``None`` where it was refused, which the notice tells."""
        try:
            return permit_letters.make(
                self._office,
                staff=self._staff,
                permit_ids=numbers,
                typeset=self._press,
                version_of=lambda paper, state: paper.versions.get(state),
            )
        except EbidError as error:
            self.notice = refusal(error)
            return None

    # Inside

    def _asks(self, permit: Permit, verb: str) -> bool:
        """Whether the step waits for a second person."""
        return asks_another(self._office, self._guarded(permit, verb))

    def _guarded(self, permit: Permit, verb: str) -> bool:
        """Whether the office lets nobody do the step at one word."""
        act, wanted = ACTS.get(verb), self._office.settings.permit_second_person
        return act is not None and wanted and needs_second_person(act, permit)

    def _second(self, *, own: bool) -> tuple[str, ...]:
        """What this person can do about the proposal that waits."""
        if own:
            return (words.TAKE_BACK,) if self.may_change else ()
        return (words.CONFIRM, words.DECLINE) if self._staff.may(Permission.CONFIRM_PERMIT) else ()

    def _load(self, number: PermitId) -> None:
        try:
            self._case = permit_case.look(self._office, staff=self._staff, permit_id=number, day=self._day)
        except EbidError as error:
            self._case, self.view, self.notice = None, None, refusal(error)
            return
        self.view = view_of(self._case, self._office.permit_reasons, self._staff)

    def _step(self, case: PermitCase, verb: str, row: DispatchId | None) -> Step:
        listed = case.proposal if verb in (words.CONFIRM, words.DECLINE, words.TAKE_BACK) else None
        by = "" if listed is None else listed.proposal.requested_by
        question = words.QUESTIONS[verb].format(case=self._title(case.permit), row=row or "", by=by)
        grants = verb == words.GRANT or (
            verb == words.CONFIRM and listed is not None and listed.proposal.binding.act is PermitAct.GRANT
        )
        return Step(
            verb=verb,
            question=question,
            permit=case.permit,
            row=row,
            proposal=None if listed is None else listed.proposal.id,
            checked=grants and bool(case.remarks),
            asks=self._asks(case.permit, verb),
            types=asks_word(self._office, self._guarded(case.permit, verb)),
            values=self._beginnings(case, verb),
        )

    def _beginnings(self, case: PermitCase, verb: str) -> dict[str, str]:
        """What the form of a step begins with; nobody has to type what the office knows."""
        today = formats.day(jst_date(self._office.clock.now()))
        if verb == words.GRANT:
            end = None if case.record is None else case.record.valid_to
            return {"valid_from": today, "valid_to": "" if end is None else formats.day(end)}
        if verb == words.REFUSE:
            known = set(self._office.permit_reasons.codes())
            return {"reasons": ",".join(one.value for one in case.remarks if one.value in known)}
        if verb == words.WITHDRAW:
            return {"withdrawn_from": today}
        if verb in (words.DISPATCH, words.CORRECT):
            wished = case.permit.reply_channel
            return {"day": today, "channel": "" if wished is None else wished.value}
        return {}

    def _refuse_fields(self, error: InputError) -> None:
        """The sentence of the refusal, and what is wrong in single fields where they are."""
        if is_of_typing(error):
            self.errors = {"typed": at_field(error)}
            return
        self.errors = {one.where: messages.problem_sentence(one) for one in error.problems}
        # The form of a second person does not have the fields of whoever asked.
        beside = tuple(self.errors.values()) if self.step is not None and self.step.proposal else ()
        self.notice = Notice("error", messages.sentence(error), beside)

    def _title(self, permit: Permit) -> str:
        case = self._case
        name = name_of(case) if case is not None and case.permit.id == permit.id else permit.applicant
        return words.case_title(permit, name)
