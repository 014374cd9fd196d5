"""The walkthrough of a change: ID and password, the form with what is registered, the confirmation; and the page of the one-time code.

Passwords and codes are wiped before ``submit`` returns; nothing of them stays but the hash of a new password, and that only from the
confirmed form to the change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from ebidadmin.domain.contacts import CONTACT_FIELDS
from ebidadmin.domain.fields import fold_half_width, trim
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import ConcurrentEditError, EbidError, InputError, NotFoundError, Problem, RuleError
from ebidadmin.presenters import id_change_screens as shown
from ebidadmin.presenters.id_change_state import ChangeScreen, ChangeWalk
from ebidadmin.presenters.id_walkthrough_state import Mode, ScreenId
from ebidadmin.presenters.notices import Notice, refusal
from ebidadmin.presenters.walkthrough_view import ScreenView
from ebidadmin.services import id_changes, id_credentials
from ebidadmin.services.card_ports import wipe
from ebidadmin.services.id_credentials import CONTACTS, NewPassword, ProvenId
from ebidadmin.services.ports import Office
from ebidadmin.text import id_change as words
from ebidadmin.text import walkthrough as walk_words
from ebidadmin.text.messages import filled, problem_sentence
from ebidadmin.text.walkthrough import ContactWords

FORM_KEYS = (
    *(f"{prefix}.{name}" for prefix in CONTACTS for name in (*CONTACT_FIELDS, "email_again")),
    "user_id",
)
KEPT: Mapping[ChangeScreen, tuple[str, ...]] = {
    ChangeScreen.SIGN_IN: ("user_id",),
    ChangeScreen.FORM: FORM_KEYS,
    ChangeScreen.RESET: ("supplier_number", "user_id"),
}
"""The plain fields of each form; nothing else that a browser sends is kept."""

PROOF_OVER = frozenset({"id-locked", "id-suspended"})

Secrets = Mapping[str, bytearray]


class IdChange:
    """One walk. Every action leaves a state that ``view`` shows; ``leave`` is told where it leads when it is over."""

    def __init__(
        self,
        office: Office,
        staff: Staff,
        mode: Mode,
        *,
        contacts: ContactWords,
        leave: Callable[[ScreenId], None],
    ) -> None:
        self._office, self._staff = office, staff
        self._contacts, self._leave = contacts, leave
        self._walk = ChangeWalk(mode)

    @property
    def screen(self) -> ChangeScreen:
        return self._walk.screen

    def view(self) -> ScreenView:
        """What the present screen shows."""
        return shown.build(self._walk, self._office, self._contacts)

    def press(self, key: str) -> None:
        """Press a button that brings no input. One that the present screen does not have (a late second click) only says so."""
        self._clear()
        screen = self._walk.screen
        if key == "register" and screen is ChangeScreen.CONFIRM:
            self._register()
        elif key == "restart" and screen in {ChangeScreen.DONE, ChangeScreen.RESET_DONE}:
            self._leave(ScreenId.PORTAL)
        elif key == "back":
            self.back()
        else:
            finished = screen is ChangeScreen.DONE and key == "register"
            self._tell(Notice("warning", words.ALREADY_DONE if finished else walk_words.NOT_HERE))

    def back(self, raw: Mapping[str, str] | None = None) -> None:
        """Go to the screen before. From the form to the sign-in: whoever goes on has to sign in again."""
        self._clear()
        match self._walk.screen:
            case ChangeScreen.SIGN_IN:
                self._leave(ScreenId.MENU)
            case ChangeScreen.RESET | ChangeScreen.FORM:
                self._to_sign_in()
            case ChangeScreen.CONFIRM:
                self._to_form()
            case _:
                self._tell(Notice("warning", walk_words.NOT_HERE))

    def submit(self, button: str, raw: Mapping[str, str], secrets: Secrets) -> None:
        """Press a button of a form. Whatever password or code came with it is wiped before this returns."""
        self._clear()
        acts: Mapping[tuple[ChangeScreen, str], Callable[[Secrets], None]] = {
            (ChangeScreen.SIGN_IN, "sign-in"): self._sign_in,
            (ChangeScreen.SIGN_IN, "forgotten"): self._forgotten,
            (ChangeScreen.FORM, "confirm"): self._check,
            (ChangeScreen.RESET, "set-new"): self._reset,
        }
        act = acts.get((self._walk.screen, button))
        try:
            if act is None:
                self._tell(Notice("warning", walk_words.NOT_HERE))
                return
            self._keep(raw)
            act(secrets)
        except EbidError as error:
            self._refuse(error)
        finally:
            for secret in secrets.values():
                wipe(secret)

    # What the buttons do

    def _sign_in(self, secrets: Secrets) -> None:
        walk = self._walk
        proven = id_credentials.sign_in(
            self._office,
            staff=self._staff,
            user_id=walk.typed["user_id"],
            password=_given(secrets, "password"),
            rehearsal=walk.rehearsal,
        )
        with self._office.uow() as uow:
            record = uow.register.current(proven.supplier_number)
        walk.trade_name = "" if record is None else record.trade_name
        walk.proven, walk.typed = proven, _prefilled(proven)
        walk.screen = ChangeScreen.FORM

    def _forgotten(self, _secrets: Secrets) -> None:
        self._walk.typed = {}
        self._walk.screen = ChangeScreen.RESET

    def _check(self, secrets: Secrets) -> None:
        walk = self._walk
        password, again = _given(secrets, "password"), _given(secrets, "password_again")
        if password or again:
            self._tell(Notice("info", walk_words.PASSWORD_AGAIN))
        walk.checked = id_changes.check_change(
            self._office,
            staff=self._staff,
            proven=self._proven(),
            user_id=walk.typed["user_id"],
            new=NewPassword(password, again),
            raw=walk.typed,
            rehearsal=walk.rehearsal,
        )
        self._clear()
        walk.screen = ChangeScreen.CONFIRM

    def _register(self) -> None:
        walk = self._walk
        if walk.checked is None:
            self._tell(Notice("warning", walk_words.NOT_HERE))
            return
        try:
            id_changes.change(
                self._office,
                staff=self._staff,
                proven=self._proven(),
                user_id=walk.typed["user_id"],
                password_hash=walk.checked.password_hash,
                raw=walk.typed,
                rehearsal=walk.rehearsal,
            )
        except EbidError as error:
            self._refuse(error)
            return
        walk.checked = replace(walk.checked, password_hash=None)
        walk.typed, walk.screen = {}, ChangeScreen.DONE

    def _reset(self, secrets: Secrets) -> None:
        walk = self._walk
        walk.proven = id_credentials.reset(
            self._office,
            staff=self._staff,
            supplier_number=walk.typed["supplier_number"],
            code=_given(secrets, "code"),
            user_id=walk.typed["user_id"],
            new=NewPassword(_given(secrets, "password"), _given(secrets, "password_again")),
            rehearsal=walk.rehearsal,
        )
        walk.new_user_id = fold_half_width(trim(walk.typed["user_id"]))
        walk.typed, walk.screen = {}, ChangeScreen.RESET_DONE

    # Where it stands

    def _proven(self) -> ProvenId:
        if self._walk.proven is None:
            raise RuleError("credentials-wrong")
        return self._walk.proven

    def _to_sign_in(self) -> None:
        """Nothing of the walk stays: neither the proof nor what was typed."""
        notices = self._walk.notices
        self._walk = ChangeWalk(self._walk.mode, notices=notices)

    def _to_form(self) -> None:
        """Open the form with what was typed; a new password must be typed again."""
        checked, self._walk.checked = self._walk.checked, None
        self._walk.screen = ChangeScreen.FORM
        if checked is not None and "password" in checked.changed:
            self._tell(Notice("info", walk_words.PASSWORD_AGAIN))

    def _keep(self, raw: Mapping[str, str]) -> None:
        self._walk.typed = {key: str(raw.get(key, "")) for key in KEPT[self._walk.screen]}

    # What is told

    def _clear(self) -> None:
        self._walk.notices, self._walk.errors = [], {}

    def _tell(self, notice: Notice) -> None:
        self._walk.notices.append(notice)

    def _refuse(self, error: EbidError) -> None:
        """What can be mended in a form leads back there; what was proved and is so no longer leads back to the sign-in."""
        mended = isinstance(error, InputError) or error.code in {"nothing-changed", "user-id-taken"}
        if self._walk.screen is ChangeScreen.CONFIRM and mended:
            self._to_form()
        over = isinstance(error, (ConcurrentEditError, NotFoundError)) or error.code in PROOF_OVER
        if over and self._walk.proven is not None:
            self._to_sign_in()
            self._tell(Notice("info", words.AGAIN))
        problems = error.problems if isinstance(error, InputError) else ()
        if error.code == "user-id-taken":
            # Somebody took it between the look and the change.
            problems = (Problem("user_id", "user-id-taken"),)
        elsewhere = self._mark(problems)
        if elsewhere or not problems:
            self._walk.notices.insert(0, _told(error))

    def _mark(self, problems: tuple[Problem, ...]) -> list[Problem]:
        """Put each problem at its field; returns those whose field this screen does not have."""
        here = {one.key for one in self.view().fields}
        for problem in problems:
            if problem.where in here:
                said = self._walk.errors.get(problem.where, "")
                self._walk.errors[problem.where] = said + problem_sentence(problem)
        return [problem for problem in problems if problem.where not in here]


def _given(secrets: Secrets, key: str) -> bytearray:
    return secrets.get(key, bytearray())


def _told(error: EbidError) -> Notice:
    if isinstance(error, ConcurrentEditError):
        return Notice("error", filled(words.OVERTAKEN, error.facts, translated={}))
    return refusal(error)


def _prefilled(proven: ProvenId) -> dict[str, str]:
    """The contacts by the keys of the form, the repeated addresses included."""
    filled = {key: proven.contacts.get(key.removesuffix("_again"), "") for key in FORM_KEYS}
    return {key: value for key, value in filled.items() if value}
