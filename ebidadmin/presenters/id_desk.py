"""State of the desk work on an ID: what somebody is about to do with which one, and doing exactly that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.id_desk_work import IdentityCheck, IdentityDocument, IdentityMeans
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.mails import MailDraft
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.registrations import OneTimeCode, Registration
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import EbidError, InputError, NotFoundError
from ebidadmin.presenters.notices import Notice, done, refusal
from ebidadmin.presenters.outgoing import send_newest
from ebidadmin.services import id_desk
from ebidadmin.services.card_ports import wipe
from ebidadmin.services.ports import Office
from ebidadmin.text import id_desk as words
from ebidadmin.text import messages
from ebidadmin.text import queue as queue_words

Letter = Callable[[Registration, Qualification, bytearray], bytes]
"""Makes the letter with the one-time code. Raises ``DocumentError``."""

WITH_REASON = frozenset({words.SUSPEND, words.RESUME, words.CANCEL})


@dataclass(frozen=True, slots=True)
class DeskStep:
    """What somebody is about to do, with the ID as it was seen; ``title`` names the company. ``mails`` are what is about to be sent,
    once the ``reason`` is entered."""

    verb: str
    registration: Registration
    record: Qualification | None
    title: str
    reason: str = ""
    mails: tuple[MailDraft, ...] | None = None

    @property
    def asks_reason(self) -> bool:
        return self.verb in WITH_REASON


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
            title = words.TITLES[verb].format(**_named(registration, record))
            self.pending = DeskStep(verb, registration, record, title)

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
        if step.verb in id_desk.MAILED:
            return self._preview(step, values["reason"])
        return self._finish(step, values)

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
            self._do(step, values)
        except EbidError as error:
            return refusal(error)
        said = words.DONE[step.verb].format(**_named(step.registration, step.record))
        return done(said, *self._sent(step))

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
        verb = {words.SUSPEND: id_desk.suspend, words.CANCEL: id_desk.cancel}[step.verb]
        verb(
            self._office,
            staff=self._staff,
            application=number,
            version=version,
            reason=reason,
            previewed=step.mails,
        )

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


def _named(registration: Registration, record: Qualification | None) -> dict[str, str]:
    name = "" if record is None else record.trade_name
    return {"name": name, "supplier": registration.supplier_number, "user_id": registration.user_id}


def _missing(step: DeskStep, values: Mapping[str, str]) -> dict[str, str]:
    if step.asks_reason:
        return {} if values.get("reason", "").strip() else {"reason": words.REASON_MISSING}
    needed = {"means": words.MEANS_MISSING, "document": words.DOCUMENT_MISSING}
    return {key: said for key, said in needed.items() if not values.get(key)}
