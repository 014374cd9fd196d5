"""The walkthrough of the card screens: the supplier's screens one after the other, for real, as a rehearsal, or in training.

Where the walk stands is in the database; here is only what a program that was started just now may know: what lies in the readers, the
proofs of possession that it has seen itself, and what to say. A PIN is wiped before ``give_pin`` returns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from ebidadmin.domain.card_sessions import CardFlow, CardMode, CardSession, CardStep, SessionState
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import CardError, EbidError, InputError, RuleError
from ebidadmin.presenters.card_portal import CardPortal
from ebidadmin.presenters.card_sections import printed_page
from ebidadmin.presenters.card_walkthrough_state import Moment, Offered, usable_now
from ebidadmin.presenters.case_pages import case_page
from ebidadmin.presenters.notices import Notice, done, refusal
from ebidadmin.presenters.outgoing import send_about
from ebidadmin.services import card_registration, card_walk
from ebidadmin.services.card_checks import CardDesk, certificates
from ebidadmin.services.card_ports import CardToken, wipe
from ebidadmin.services.ports import Office
from ebidadmin.text import card_labels
from ebidadmin.text import card_walkthrough as words
from ebidadmin.text.messages import problem_sentence, sentence
from ebidadmin.text.pages import Page

PagePrinter = Callable[[Page, datetime], bytes]
"""Makes a PDF of a page printed at that moment. Raises ``DocumentError``."""

LAST_TRY = frozenset({"card-pin-last-try", "card-pin-wrong-last-try"})
MENU = {"registration": CardFlow.REGISTRATION, "change": CardFlow.CHANGE, "renewal": CardFlow.RENEWAL}
MASKED = "*"


class CardWalkthrough:
    """One person's walk. Every action leaves a state that ``card_walkthrough_screens.build`` shows; refusals become notices."""

    def __init__(
        self,
        office: Office,
        staff: Staff,
        *,
        desks: Callable[[CardMode], CardDesk],
        printer: PagePrinter,
        record_printer: PagePrinter,
        mode: CardMode = CardMode.REHEARSAL,
        portal: CardPortal | None = None,
    ) -> None:
        self.office, self.staff, self.mode, self.portal = office, staff, mode, portal
        self._desks = desks
        self._printer, self._record_printer = printer, record_printer
        self.session: CardSession | None = None
        self.now = Moment()
        self.notices: list[Notice] = []
        self.errors: dict[str, str] = {}
        self._resume()

    @property
    def step(self) -> CardStep | None:
        """Where the walk stands; ``None`` is the menu. While the PIN is asked for again it is the PIN's screen."""
        if self.session is None:
            return None
        return CardStep.PIN if self.now.pin_again else self.session.step

    @property
    def candidate(self) -> Offered | None:
        """The certificate whose PIN is asked for: the chosen one, or the only one that it can be."""
        chosen = [one for one in self.now.offered if one.on_card.fingerprint == self.now.chosen]
        usable = chosen or usable_now(self.session, self.now)
        return usable[0] if len(usable) == 1 or chosen else None

    # Buttons

    def press(self, key: str) -> None:
        """Press a button that brings no input. One that the present screen does not have only says so."""
        self._clear()
        if self.session is None and self.portal is not None and self._press_portal(self.portal, key):
            return
        if self.session is None and key in MENU:
            self._do(lambda: self._start(MENU[key]))
        elif self.session is None:
            self._tell(Notice("warning", words.NOT_HERE))
        elif key.startswith("choose:"):
            self.now.chosen = key.removeprefix("choose:")
        elif key in {"look", "cancel", "process", "register", "back", "restart", "pin-again"}:
            actions: Mapping[str, Callable[[], None]] = {
                "look": self.look,
                "cancel": self._cancel,
                "process": self._process,
                "register": self._register,
                "back": self.back,
                "restart": self._restart,
                "pin-again": self._ask_pin_again,
            }
            actions[key]()
        else:
            self._tell(Notice("warning", words.NOT_HERE))

    def _press_portal(self, portal: CardPortal, key: str) -> bool:
        """Whether the key was the portal's."""
        try:
            said = portal.press(key)
        except KeyError:
            return False
        if said is not None:
            self._tell(said)
        return True

    def start_in(self, mode: CardMode) -> None:
        """Change the mode: a walk that was not at its end is given up."""
        self._clear()
        if self.session is not None and self.session.step is not CardStep.DONE:
            self._do(self._abandon)
        self.mode, self.session, self.now = mode, None, Moment()

    def look(self) -> None:
        """See what lies in the readers."""
        desk = self._desks(self.mode)
        self.now.offered, self.now.readers = (), 0
        try:
            states = desk.reader.readers()
            self.now.readers = len(states)
            self.now.offered = tuple(
                Offered(state.token, one)
                for state in states
                if state.token is not None
                for one in certificates(self.office, cards=desk, token=state.token)
            )
        except EbidError as error:
            self._refuse(error)

    def give_pin(self, pin: bytearray | None) -> None:
        """Hand the PIN to the card (``None``: it is entered on the reader); it is wiped before this returns."""
        self._clear()
        try:
            candidate = self.candidate
            if self.session is None or candidate is None:
                self._tell(Notice("warning", words.NOT_HERE))
                return
            self._do(lambda: self._prove(candidate, pin))
        finally:
            wipe(pin)

    def search(self, raw: Mapping[str, str], password: bytes | bytearray = b"") -> None:
        """Look the supplier up. User id and password must be empty; neither is kept."""
        self._clear()
        asked = {
            **{key: str(raw.get(key, "")) for key in card_walk.SEARCH_KEYS},
            "user_id": MASKED if raw.get("user_id") else "",
            "password": MASKED if password else "",
        }

        def look_up() -> None:
            session = self._walk()
            self.session, _ = card_walk.search(
                self.office, staff=self.staff, session_id=session.id, raw=asked
            )
            self._arrive()

        self._do(look_up)

    def enter(self, raw: Mapping[str, str]) -> None:
        """Check the form and go on to the confirmation."""
        self._clear()

        def check() -> None:
            entered = card_walk.enter(self.office, staff=self.staff, session_id=self._walk().id, raw=raw)
            self.session = entered.session
            self.now.folded, self.now.remarks = entered.checked.folded, entered.remarks
            self._overview()

        self._do(check)

    def back(self, raw: Mapping[str, str] | None = None) -> None:
        """Go to the screen before; ``raw`` is what stands in the form, which is kept."""
        self._clear()
        if self.now.pin_again:
            self.now.pin_again = False
            return
        typed = raw if self.step is CardStep.FORM else None

        def go() -> None:
            self.session = card_walk.back(
                self.office, staff=self.staff, session_id=self._walk().id, typed=typed
            )
            self._arrive()

        self._do(go)

    def record_case(self, advice: str) -> None:
        """Write the help desk's record of a walk that registered nothing."""
        self._clear()

        def write() -> None:
            record = card_registration.record_case(
                self.office, staff=self.staff, session_id=self._walk().id, advice=advice
            )
            self.now.recorded = case_page(record)
            self._tell(done(words.RECORDED))

        self._do(write)

    def print_page(self) -> bytes | None:
        """The confirmation as a PDF, or ``None`` with a notice that says why not."""
        self._clear()
        seen, session = self.now.seen, self.session
        if session is None or session.step is not CardStep.DONE:
            self._tell(Notice("warning", words.NOTHING_TO_PRINT))
            return None
        if seen is None:
            self._tell(Notice("warning", words.PRINT_LOST))
            return None
        return self._printed(self._printer, printed_page(seen, session))

    def print_record(self) -> bytes | None:
        """The case record as a PDF, or ``None`` with a notice that says why not."""
        self._clear()
        if self.now.recorded is None:
            self._tell(Notice("warning", words.NOTHING_TO_PRINT))
            return None
        return self._printed(self._record_printer, self.now.recorded)

    # What the buttons do

    def _resume(self) -> None:
        """Go on where this person's walk was, if it is not over; proofs are made anew."""
        try:
            self.session = card_walk.unfinished(self.office, staff=self.staff)
        except EbidError as error:
            self._refuse(error)
        if self.session is not None:
            self.mode = self.session.mode
            if self.portal is not None:
                self.portal.skip()
            flow = card_labels.FLOWS[self.session.flow]
            self._tell(Notice("info", words.resumed(flow, self.session.started_at)))
            self._arrive()

    def _start(self, flow: CardFlow) -> None:
        self.now = Moment()
        self.session = card_walk.start(self.office, staff=self.staff, flow=flow, mode=self.mode)
        self._arrive()

    def _arrive(self) -> None:
        """What a screen needs when it is come to."""
        if self.step in {CardStep.PIN, CardStep.NEW_PIN}:
            self.look()
        elif self.step in {CardStep.FORM, CardStep.CONFIRM}:
            self._overview()

    def _overview(self) -> None:
        try:
            self.now.seen = card_registration.overview(
                self.office, staff=self.staff, session_id=self._walk().id
            )
        except EbidError as error:
            self._refuse(error)

    def _prove(self, candidate: Offered, pin: bytearray | None) -> None:
        insist, self.now.insist = self.now.insist, False
        session, ticket = card_walk.prove(
            self.office,
            staff=self.staff,
            session_id=self._walk().id,
            cards=self._desks(self.mode),
            token=candidate.token,
            fingerprint=candidate.on_card.fingerprint,
            pin=pin,
            insist_last_try=insist,
        )
        self.session = session
        self.now.tickets[ticket.fingerprint] = ticket
        self.now.chosen, self.now.pin_again = None, False
        self._arrive()

    def _process(self) -> None:
        def go() -> None:
            self.session = card_walk.client_ready(self.office, staff=self.staff, session_id=self._walk().id)
            self._arrive()

        self._do(go)

    def _register(self) -> None:
        def go() -> None:
            session = self._walk()
            desk = self._desks(self.mode)
            self._overview()
            self.session = card_registration.register(
                self.office,
                staff=self.staff,
                session_id=session.id,
                tickets=tuple(self.now.tickets.values()),
                desk=desk,
                token=self._token_of(desk, session),
            )
            if not session.rehearsal:
                about = Subject(SubjectKind.CARD_SESSION, session.id)
                self.notices += send_about(self.office, self.staff, about)

        self._do(go)

    def _token_of(self, desk: CardDesk, session: CardSession) -> CardToken:
        """The reader in which the walk's card lies now."""
        if session.card is None:
            raise RuleError("card-other")
        wanted, met = session.card.certificate.fingerprint, None
        for state in desk.reader.readers():
            if state.token is not None:
                met = state.token
                if any(one.fingerprint == wanted for one in desk.reader.read_certificates(met)):
                    return met
        if met is None:
            raise CardError("card-missing", step="find")
        return met

    def _ask_pin_again(self) -> None:
        self.now.pin_again, self.now.chosen = True, None
        self.look()

    def _cancel(self) -> None:
        if self.now.pin_again:
            self.now.pin_again = False
        else:
            self._do(self._abandon)

    def _abandon(self) -> None:
        card_walk.abandon(self.office, staff=self.staff, session_id=self._walk().id)
        self.session, self.now = None, Moment()

    def _restart(self) -> None:
        if self.session is not None and self.session.step is CardStep.DONE:
            self.session, self.now = None, Moment()
        else:
            self._tell(Notice("warning", words.NOT_HERE))

    def _printed(self, printer: PagePrinter, page: Page) -> bytes | None:
        try:
            made = printer(page, self.office.clock.now())
        except EbidError as error:
            self._refuse(error)
            return None
        self._tell(Notice("success", words.PRINT_READY))
        return made

    # What is told

    def _walk(self) -> CardSession:
        if self.session is None:
            raise RuleError("card-other")
        return self.session

    def _do(self, action: Callable[[], None]) -> None:
        try:
            action()
        except EbidError as error:
            self._refuse(error)
            self._see_again()

    def _see_again(self) -> None:
        """A refused step has left its trace: what was typed is kept, and others may have been here."""
        if self.session is None:
            return
        try:
            seen = card_walk.present(self.office, staff=self.staff, session_id=self.session.id)
            self.session = None if seen.state is SessionState.ABANDONED else seen
        except EbidError as error:
            self._refuse(error)

    def _clear(self) -> None:
        self.notices, self.errors = [], {}

    def _tell(self, notice: Notice) -> None:
        self.notices.append(notice)

    def _refuse(self, error: EbidError) -> None:
        if error.code in LAST_TRY:
            self.now.insist = True
        if error.code == "proof-missing":
            self._ask_pin_again()
        problems = error.problems if isinstance(error, InputError) else ()
        self.errors = {problem.where: problem_sentence(problem) for problem in problems}
        if self.errors:
            self._tell(Notice("error", sentence(error)))
        else:
            self._tell(refusal(error))
