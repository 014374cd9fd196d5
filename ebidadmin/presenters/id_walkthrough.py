"""The walkthrough of the ID application: the supplier's screens one after the other, for real or as a rehearsal.

Decisions are the services'; here is only where the walk stands and what was typed. A password is hashed while ``enter`` runs and
wiped before it returns; nothing of it stays but the hash, and that only until the application is taken or the form is
opened again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from ebidadmin.domain.applications import IdApplication
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import EbidError, InputError, Problem
from ebidadmin.presenters import id_walkthrough_screens as shown
from ebidadmin.presenters.id_case_page import record_case
from ebidadmin.presenters.id_change import IdChange
from ebidadmin.presenters.id_walkthrough_state import BEFORE, FORM_KEYS, Mode, ScreenId, Walk, prefilled
from ebidadmin.presenters.notices import Notice, refusal
from ebidadmin.presenters.outgoing import send_about
from ebidadmin.presenters.readiness import Readiness, office_readiness
from ebidadmin.presenters.walkthrough_view import ScreenView
from ebidadmin.services import application_intake, doors
from ebidadmin.services.application_intake import Standing
from ebidadmin.services.ports import Office
from ebidadmin.text import screens
from ebidadmin.text import walkthrough as words
from ebidadmin.text.messages import problem_sentence, sentence
from ebidadmin.text.pages import Page
from ebidadmin.text.walkthrough import ContactWords

__all__ = ["IdWalkthrough", "Mode", "PagePrinter", "Readiness", "ScreenId", "office_readiness"]

PagePrinter = Callable[[Page, datetime], bytes]
"""Makes a PDF of a page printed at that moment. Raises ``DocumentError``."""

ENTERED = "*"
"""Stands for whatever was typed into a field that must stay empty: its content is nobody's business."""


class IdWalkthrough:
    """One walk. Every action leaves a state that ``view`` shows; refusals become notices and sentences at fields."""

    def __init__(
        self,
        office: Office,
        staff: Staff,
        mode: Mode,
        *,
        printer: PagePrinter,
        contacts: ContactWords | None = None,
        readiness: Readiness | None = None,
    ) -> None:
        self._office, self._staff = office, staff
        self._printer = printer
        self._contacts = contacts if contacts is not None else ContactWords()
        self._readiness = readiness if readiness is not None else lambda: office_readiness(office)
        self._busy = False
        self._walk = Walk(mode)
        self.change: IdChange | None = None
        """The way through a change, while it is walked."""

    @property
    def mode(self) -> Mode:
        return self._walk.mode

    @property
    def screen(self) -> ScreenId:
        return self._walk.screen

    def view(self) -> ScreenView:
        """What the present screen shows."""
        if self.change is not None:
            return self.change.view()
        return shown.build(self._walk, self._office, self._contacts)

    def press(self, key: str) -> None:
        """Press a button that brings no input. One that the present screen does not have (a late second click) only says so."""
        if self.change is not None:
            self.change.press(key)
            return
        self._clear()
        action = self._presses().get((self._walk.screen, key))
        if action is None:
            self._tell(Notice("warning", self._refusal_of(key)))
            return
        action()

    def back(self, raw: Mapping[str, str] | None = None) -> None:
        """Go to the screen before. ``raw`` is what stands in the form: it is kept. A password never is."""
        if self.change is not None:
            self.change.back(raw)
            return
        self._clear()
        if self._walk.screen is ScreenId.FORM and raw is not None:
            self._keep(raw)
        if self._walk.screen is ScreenId.SEARCH and raw is not None:
            self._keep_search(raw)
        if self._walk.screen is ScreenId.CONFIRM:
            self._to_form(Notice("info", words.PASSWORD_AGAIN))
            return
        before = BEFORE.get(self._walk.screen)
        if before is None:
            self._tell(Notice("warning", words.NOT_HERE))
            return
        self._walk.screen = before

    def search(self, raw: Mapping[str, str], password: bytes | bytearray = b"") -> None:
        """Look the supplier up (the search button). User id and password must be empty and are not kept."""
        self._clear()
        if self._walk.screen is not ScreenId.SEARCH:
            self._tell(Notice("warning", words.NOT_HERE))
            return
        self._keep_search(raw)
        asked = {
            **self._walk.searched,
            "user_id": ENTERED if raw.get("user_id") else "",
            "password": ENTERED if password else "",
        }
        try:
            found = application_intake.search(
                self._office, staff=self._staff, raw=asked, rehearsal=self._walk.rehearsal
            )
        except EbidError as error:
            self._refuse(error)
            return
        same = self._walk.found is not None and self._walk.found.supplier_number == found.supplier_number
        self._walk.found = found
        if not same:
            self._walk.typed = {}
        self._walk.screen = ScreenId.FORM if found.standing is Standing.FREE else ScreenId.STATE

    def enter(self, raw: Mapping[str, str], password: bytearray, again: bytearray) -> None:
        """Check the form and go on to the confirmation; both bytearrays are wiped before this returns."""
        try:
            self._clear()
            if self._walk.screen is ScreenId.FORM:
                self._keep(raw)
                self._check(password, again)
            else:
                self._tell(Notice("warning", words.NOT_HERE))
        finally:
            password[:], again[:] = bytes(len(password)), bytes(len(again))

    def register(self) -> None:
        """Take the application (in a rehearsal: show what would have happened). A second press is refused by the state."""
        self._clear()
        walk = self._walk
        if self._busy or walk.screen is not ScreenId.CONFIRM or walk.password_hash is None:
            self._tell(Notice("warning", words.BUSY if self._busy else self._refusal_of("register")))
            return
        self._busy = True
        try:
            walk.done = self._submit(walk.password_hash, rehearsal=walk.rehearsal)
        except EbidError as error:
            self._refuse_submit(error)
        else:
            walk.password_hash = None
            walk.screen = ScreenId.DONE
            self._send_mail(walk.done)
        finally:
            self._busy = False

    def _send_mail(self, done: IdApplication) -> None:
        if not self._walk.rehearsal:
            for said in send_about(self._office, self._staff, Subject(SubjectKind.APPLICATION, done.number)):
                self._tell(said)

    def page(self) -> Page | None:
        """What the print button prints; ``None`` before the end."""
        return shown.printed_page(self._walk, self._office)

    def print_page(self) -> bytes | None:
        """The PDF of the confirmation, or ``None`` with a notice that says why not."""
        return self._printed(self._printer, self.page())

    def record_case(self, advice: str) -> None:
        """Write the help desk's record of a rehearsal."""
        self._clear()
        try:
            self._tell(record_case(self._office, self._staff, self._walk, advice))
        except EbidError as error:
            self._refuse(error)

    def print_record(self, printer: PagePrinter) -> bytes | None:
        """The PDF of that record, or ``None`` with a notice that says why not."""
        return self._printed(printer, self._walk.recorded)

    def _printed(self, printer: PagePrinter, page: Page | None) -> bytes | None:
        self._clear()
        if page is None:
            self._tell(Notice("warning", words.NOTHING_TO_PRINT))
            return None
        try:
            made = printer(page, self._office.clock.now())
        except EbidError as error:
            self._refuse(error)
            return None
        self._tell(Notice("success", words.PRINT_READY))
        return made

    # Buttons

    def _presses(self) -> Mapping[tuple[ScreenId, str], Callable[[], None]]:
        """What each button of each screen does; those that bring input have methods of their own."""
        say = self._say
        elsewhere, construction = words.card_elsewhere(self._contacts), words.construction(self._contacts)
        outside = {
            (ScreenId.PORTAL, door.button.key): say(words.outside(door.button.label))
            for door in screens.DOORS[1:]
        }
        for screen, text in (
            (ScreenId.GOODS_MENU, screens.GOODS_MENU),
            (ScreenId.SMALL_MENU, screens.SMALL_MENU),
        ):
            outside |= {(screen, one.key): say(words.outside(one.label)) for one in text.buttons}
        backs = {(screen, "back"): self.back for screen in BEFORE}
        return {
            **outside,
            **backs,
            (ScreenId.PORTAL, "bidding"): self._to(ScreenId.CATEGORY),
            (ScreenId.CATEGORY, "construction"): say(construction),
            (ScreenId.CATEGORY, "goods"): self._to(ScreenId.GOODS_MENU),
            (ScreenId.CATEGORY, "small"): self._to(ScreenId.SMALL_MENU),
            (ScreenId.GOODS_MENU, "card-registration"): say(elsewhere),
            (ScreenId.SMALL_MENU, "id-registration"): self._to_client,
            (ScreenId.CLIENT, "recheck"): self._to_client,
            (ScreenId.CLIENT, "process"): self._process,
            (ScreenId.MENU, "apply"): self._apply,
            (ScreenId.MENU, "change"): self._to_change,
            (ScreenId.STATE, "apply-again"): self._apply_again,
            (ScreenId.CONFIRM, "register"): self.register,
            (ScreenId.DONE, "restart"): self._restart,
        }

    def _to(self, screen: ScreenId) -> Callable[[], None]:
        def go() -> None:
            self._walk.screen = screen

        return go

    def _say(self, text: str) -> Callable[[], None]:
        return lambda: self._tell(Notice("info", text))

    def _to_client(self) -> None:
        self._walk.screen = ScreenId.CLIENT
        self._walk.missing = self._readiness()

    def _process(self) -> None:
        """Checked again at the press: what was readable a while ago need not be now."""
        self._walk.missing = self._readiness()
        if not self._walk.missing:
            self._walk.screen = ScreenId.MENU

    def _apply(self) -> None:
        if self._admitted():
            self._walk.screen = ScreenId.SEARCH

    def _to_change(self) -> None:
        if self._admitted():
            self.change = IdChange(
                self._office,
                self._staff,
                self._walk.mode,
                contacts=self._contacts,
                leave=self._from_change,
            )

    def _from_change(self, screen: ScreenId) -> None:
        self.change = None
        self._clear()
        if screen is ScreenId.PORTAL:
            self._restart()

    def _admitted(self) -> bool:
        """What the services will ask for anyway, told before the supplier fills in a form."""
        try:
            doors.admit(self._office, self._staff, rehearsal=self._walk.rehearsal)
        except EbidError as error:
            self._refuse(error)
            return False
        return True

    def _apply_again(self) -> None:
        walk = self._walk
        found = walk.found
        if found is None or not found.may_apply:
            self._tell(Notice("warning", words.NOT_HERE))
            return
        if not walk.typed:
            walk.typed = prefilled(found.prefill)
        walk.screen = ScreenId.FORM

    def _restart(self) -> None:
        self._walk = Walk(self._walk.mode)

    # The form

    def _keep_search(self, raw: Mapping[str, str]) -> None:
        self._walk.searched = {key: str(raw.get(key, "")) for key in ("supplier_number", "trade_name")}

    def _keep(self, raw: Mapping[str, str]) -> None:
        self._walk.typed = {key: str(raw.get(key, "")) for key in FORM_KEYS}

    def _raw(self) -> dict[str, str]:
        """The form as the services take it."""
        return {**self._walk.typed, **self._walk.searched}

    def _check(self, password: bytearray, again: bytearray) -> None:
        walk = self._walk
        try:
            outcome = application_intake.check_form(
                self._office,
                staff=self._staff,
                raw=self._raw(),
                password=password,
                again=again,
                rehearsal=walk.rehearsal,
            )
        except EbidError as error:
            self._refuse(error)
            return
        checked = outcome.checked
        if checked.value is None:
            self._refuse_form(list(checked.problems), password_given=bool(password or again))
            return
        walk.checked, walk.folded = checked.value, dict(checked.folded)
        walk.password_hash = self._office.hasher.hash(password)
        try:
            # Everything that the registration will check, tried without keeping anything, while the form is still at hand.
            self._submit(walk.password_hash, rehearsal=True)
        except EbidError as error:
            self._refuse_submit(error)
            return
        walk.remarks = outcome.remarks
        walk.screen = ScreenId.CONFIRM

    def _submit(self, password_hash: str, *, rehearsal: bool) -> IdApplication:
        return application_intake.submit(
            self._office, staff=self._staff, raw=self._raw(), password_hash=password_hash, rehearsal=rehearsal
        )

    def _to_form(self, notice: Notice) -> None:
        """Open the form with what was typed; the password must be typed again."""
        self._walk.password_hash = None
        self._walk.checked = None
        self._walk.screen = ScreenId.FORM
        self._tell(notice)

    # What is told

    def _clear(self) -> None:
        self._walk.notices = []
        self._walk.errors = {}

    def _tell(self, notice: Notice) -> None:
        self._walk.notices.append(notice)

    def _refusal_of(self, key: str) -> str:
        finished = self._walk.screen is ScreenId.DONE and key == "register"
        return words.ALREADY_REGISTERED if finished else words.NOT_HERE

    def _refuse(self, error: EbidError) -> None:
        """A refusal: what concerns a field of this screen stands there, everything else above."""
        problems = error.problems if isinstance(error, InputError) else ()
        elsewhere = self._mark(problems)
        if not problems or elsewhere:
            # What stands at the fields is announced once, by the form itself.
            self._tell(refusal(error))

    def _refuse_form(self, problems: list[Problem], *, password_given: bool) -> None:
        elsewhere = tuple(problem_sentence(problem) for problem in self._mark(problems))
        if elsewhere:
            self._tell(Notice("error", words.CHECK_FIELDS, elsewhere))
        if password_given:
            self._tell(Notice("info", words.PASSWORD_AGAIN))

    def _refuse_submit(self, error: EbidError) -> None:
        """Refused by other records or by the office. What can be mended in the form leads back there."""
        at_form = error.code == "user-id-taken" or isinstance(error, InputError)
        if at_form or self._walk.screen is ScreenId.FORM:
            self._to_form(Notice("info", words.PASSWORD_AGAIN))
        if error.code == "user-id-taken":
            self._walk.errors["user_id"] = sentence(error)
            return
        self._refuse(error)

    def _mark(self, problems: tuple[Problem, ...] | list[Problem]) -> list[Problem]:
        """Put each problem at its field; returns those whose field this screen does not have."""
        here = {one.key for one in self.view().fields}
        for problem in problems:
            if problem.where in here:
                said = self._walk.errors.get(problem.where, "")
                self._walk.errors[problem.where] = said + problem_sentence(problem)
        return [problem for problem in problems if problem.where not in here]
