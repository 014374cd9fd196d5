"""State of the desk work on an ID: what somebody is about to do with which one, and doing exactly that."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ebidadmin.domain.desk_requests import DeskAct
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.id_desk_work import IdentityCheck, IdentityDocument, IdentityMeans
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.mails import MailDraft
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.registrations import OneTimeCode, Registration
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import EbidError, InputError, NotFoundError, StorageError
from ebidadmin.presenters.notices import Notice, Undo, done, refusal
from ebidadmin.presenters.outgoing import send_newest
from ebidadmin.presenters.request_list import Step as RequestStep
from ebidadmin.presenters.request_list import last_day
from ebidadmin.services import desk_requests, id_desk
from ebidadmin.services.card_ports import wipe
from ebidadmin.services.ports import Office
from ebidadmin.services.second_person import asks_another, asks_word, typed_facts
from ebidadmin.text import desk_request_screen as request_words
from ebidadmin.text import id_desk as words
from ebidadmin.text import messages
from ebidadmin.text import queue as queue_words
from ebidadmin.text import undo as undo_words
from ebidadmin.text.typed_confirmation import at_field

Letter = Callable[[Registration, Qualification, bytearray], bytes]
"""Makes the letter with the one-time code. Raises ``DocumentError``."""

DESK = "desk-"
"""Before the verb, in the action of a button that begins a step."""

WITH_REASON = frozenset({words.SUSPEND, words.RESUME, words.CANCEL})


@dataclass(frozen=True, slots=True)
class DeskStep:
    """What somebody is about to do, with the ID as it was seen; ``title`` names the company. ``mails`` are what is about to be sent,
    once the ``reason`` is entered. ``asks``: another person is asked to confirm it instead; ``types``: the supplier number is typed again,
    because nobody else is there, and ``typed`` is that."""

    verb: str
    registration: Registration
    record: Qualification | None
    title: str
    reason: str = ""
    mails: tuple[MailDraft, ...] | None = None
    asks: bool = False
    types: bool = False
    typed: str = ""

    @property
    def asks_reason(self) -> bool:
        return self.verb in WITH_REASON

    @property
    def asked(self) -> str:
        """Which question this is, with its mails: its yes names it, so that the yes of another one, pressed before the page had changed,
        does nothing."""
        mails = hashlib.sha256(repr(self.mails).encode()).hexdigest()[:16]
        return f"{self.verb}.{self.registration.application}.{self.registration.version}.{mails}"


class IdDesk:
    """``pending`` is what is about to be done, ``letter`` a letter that was just made and is given out once."""

    def __init__(self, office: Office, *, staff: Staff, letter: Letter) -> None:
        self._office, self._staff, self._make = office, staff, letter
        self.pending: DeskStep | None = None
        self.errors: Mapping[str, str] = {}
        self._letter: bytes | None = None

    @property
    def allowed(self) -> bool:
        """Whether this person does desk work."""
        return self._staff.may(Permission.REVIEW)

    def verbs(self, registration: Registration) -> tuple[str, ...]:
        """What can be done with it."""
        return words.VERBS[registration.state] if self.allowed else ()

    def mails(self, verb: str) -> bool:
        """Whether the step is told by mail."""
        return verb in id_desk.MAILED and id_desk.MAILED[verb] not in self._office.settings.unmailed

    def begin(self, verb: str, registration: Registration, record: Qualification | None) -> None:
        """Ask for what the step needs."""
        self.leave()
        if verb in self.verbs(registration):
            guarded = verb == words.CANCEL and self._office.settings.cancel_second_person
            asks, types = asks_another(self._office, guarded), asks_word(self._office, guarded)
            titles = request_words.ASK_CANCEL if asks else words.TITLES[verb]
            title = titles.format(**_named(registration, record))
            self.pending = DeskStep(verb, registration, record, title, asks=asks, types=types)

    def leave(self) -> None:
        """Do nothing."""
        self.pending, self.errors = None, {}

    def submit(self, values: Mapping[str, str]) -> Notice | None:
        """Do it as it was named, or show first what would be mailed; answers what came of it, ``None`` while there is more to do."""
        step = self.pending
        if step is None or step.mails is not None:
            return None
        self.errors = _missing(step, values)
        if self.errors:
            return None
        if step.types and not self._typed(step, values.get("typed", "")):
            return None
        if step.verb in id_desk.MAILED:
            return self._preview(replace(step, typed=values.get("typed", "")), values["reason"])
        return self._finish(step, values)

    def _typed(self, step: DeskStep, typed: str) -> bool:
        """Whether the supplier number stands there again; what is wrong with it is told at its field."""
        try:
            typed_facts(self._office, True, word=step.registration.supplier_number, typed=typed)
        except InputError as error:
            self.errors = {"typed": at_field(error)}
            return False
        return True

    def back(self) -> None:
        """From the mails back to the reason."""
        if self.pending is not None:
            self.pending = replace(self.pending, mails=None)

    def confirm(self) -> Notice | None:
        """Do it, with the mails that are shown."""
        step = self.pending
        return None if step is None or step.mails is None else self._finish(step, {"reason": step.reason})

    def take_letter(self) -> bytes | None:
        """The letter that was just made; nothing is left of it here."""
        letter, self._letter = self._letter, None
        return letter

    def _preview(self, step: DeskStep, reason: str) -> Notice | None:
        """Show the mails. A reason that no mail may hold is told at its field; where nothing is mailed the step is done at once."""
        number = step.registration.application
        try:
            mails = id_desk.preview_mails(
                self._office, staff=self._staff, application=number, verb=step.verb, reason=reason
            )
        except InputError as error:
            self.errors = {"reason": " ".join(map(messages.problem_sentence, error.problems))}
            return None
        except EbidError as error:
            self.leave()
            return refusal(error)
        self.pending = replace(step, reason=reason, mails=mails)
        return None if mails else self.confirm()

    def _finish(self, step: DeskStep, values: Mapping[str, str]) -> Notice:
        self.pending = None
        try:
            if step.asks:
                return self._ask(step, values["reason"])
            self._do(step, values)
        except StorageError as error:
            # What was entered stays, and the same button is the next try.
            self.pending = step
            return refusal(error)
        except EbidError as error:
            return refusal(error)
        said = words.DONE[step.verb].format(**_named(step.registration, step.record))
        return done(said, *self._sent(step), undo=_undo(step))

    def _ask(self, step: DeskStep, reason: str) -> Notice:
        made = desk_requests.request_cancel(
            self._office,
            staff=self._staff,
            application=step.registration.application,
            version=step.registration.version,
            reason=reason,
            previewed=step.mails,
        )
        return done(
            request_words.requested(made.id, last_day(made), DeskAct.CANCEL),
            undo=Undo(RequestStep.WITHDRAW, made.id, undo_words.REQUEST),
        )

    def _sent(self, step: DeskStep) -> tuple[str, ...]:
        """What became of the mails of the step: the newest about the ID, or that none is sent."""
        if step.verb not in id_desk.MAILED:
            return ()
        if not step.mails:
            return (queue_words.MAIL_OFF,)
        about = Subject(SubjectKind.REGISTRATION, step.registration.application)
        return send_newest(self._office, self._staff, about, len(step.mails))

    def _do(self, step: DeskStep, values: Mapping[str, str]) -> None:
        number, version = step.registration.application, step.registration.version
        if step.asks_reason:
            self._with_reason(step, values["reason"])
            return
        identity = IdentityCheck(
            IdentityMeans(values["means"]),
            IdentityDocument(values["document"]),
            values.get("note", "").strip(),
        )
        if step.verb == words.UNLOCK:
            id_desk.unlock(
                self._office, staff=self._staff, application=number, version=version, identity=identity
            )
        else:
            self._code(step, number, version, identity)

    def _with_reason(self, step: DeskStep, reason: str) -> None:
        number, version = step.registration.application, step.registration.version
        if step.verb == words.RESUME:
            id_desk.resume(
                self._office, staff=self._staff, application=number, version=version, reason=reason
            )
            return
        about: dict[str, Any] = {
            "staff": self._staff,
            "application": number,
            "version": version,
            "reason": reason,
            "previewed": step.mails,
        }
        if step.verb == words.SUSPEND:
            id_desk.suspend(self._office, **about)
        else:
            id_desk.cancel(self._office, **about, typed=step.typed)

    def _code(self, step: DeskStep, number: ApplicationNumber, version: int, identity: IdentityCheck) -> None:
        if step.record is None:
            # The letter goes to the address that the register has.
            raise NotFoundError("not-found", kind="qualification", id=step.registration.supplier_number)
        self._try_letter(step.registration, step.record)
        issued, code = id_desk.issue_code(
            self._office, staff=self._staff, application=number, version=version, identity=identity
        )
        try:
            self._letter = self._make(issued, step.record, code)
        finally:
            wipe(code)

    def _try_letter(self, registration: Registration, record: Qualification) -> None:
        """A letter that cannot be set is told before a code is given out. Raises ``DocumentError``."""
        shown = replace(registration, code=OneTimeCode("", self._office.clock.now()))
        self._make(shown, record, bytearray(b"A" * id_desk.CODE_LENGTH))


def _undo(step: DeskStep) -> Undo | None:
    """What takes the step back: a suspension and its end take back each other, nothing else can be."""
    back = {
        words.SUSPEND: (words.RESUME, undo_words.RESUME),
        words.RESUME: (words.SUSPEND, undo_words.SUSPEND),
    }
    if step.verb not in back:
        return None
    verb, label = back[step.verb]
    return Undo(f"{DESK}{verb}", step.registration.application, label)


def _named(registration: Registration, record: Qualification | None) -> dict[str, str]:
    name = "" if record is None else record.trade_name
    return {"name": name, "supplier": registration.supplier_number, "user_id": registration.user_id}


def _missing(step: DeskStep, values: Mapping[str, str]) -> dict[str, str]:
    if step.asks_reason:
        return {} if values.get("reason", "").strip() else {"reason": words.REASON_MISSING}
    needed = {"means": words.MEANS_MISSING, "document": words.DOCUMENT_MISSING}
    return {key: said for key, said in needed.items() if not values.get(key)}
