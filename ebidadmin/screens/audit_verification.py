"""The part of the auditor's screen that verifies the trail: long work beside the kernel's main thread, so that the rest of the screen goes
on."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

from ebidadmin.presenters.audit_verification import AuditVerification, VerificationView
from ebidadmin.screens.components import look
from ebidadmin.screens.components.binding import guard
from ebidadmin.screens.components.look import EMPTY, Html
from ebidadmin.screens.components.panel import Panel
from ebidadmin.screens.notices import notice
from ebidadmin.text import audit_tree as words

Runner = Callable[[Callable[[], None]], None]

TITLE = '[data-testid="verification-title"]'


def in_thread(work: Callable[[], None]) -> None:
    """Run ``work`` beside the main thread."""
    Thread(target=work, name="ebidadmin-verify", daemon=True).start()


class VerificationSection:
    """``widgets`` are its panels. The bar is one of its own: it is drawn anew all the time, and a button in it would be gone between the
    press and the release of a mouse."""

    def __init__(self, state: AuditVerification, *, run: Runner, on_close: Callable[[], None]) -> None:
        self._state, self._run, self._on_close = state, run, on_close
        self.panel = Panel(on_action=self._act, testid="audit-verification")
        self.bar = Panel(testid="audit-verification-bar")
        self.widgets = (self.panel, self.bar)

    def open(self) -> None:
        """Show it, with the keyboard on its heading."""
        self._state.open()
        self._show()
        self.panel.focus(TITLE)

    def _act(self, action: str, _value: str) -> None:
        if action == "close-verification":
            self._state.close()
            self._show()
            if not self._state.opened:
                self._on_close()
        elif action == "stop":
            self._state.stop()
        elif self._state.begin():
            self._start(full=action == "verify-all")

    def _start(self, *, full: bool) -> None:
        self._show()
        self._tell(0, None)
        self._run(guard(lambda: self._job(full=full), self.panel.show_incident))

    def _job(self, *, full: bool) -> None:
        try:
            self._state.verify(full=full, progress=self._tell)
        finally:
            self._show()

    def _tell(self, done: int, total: int | None) -> None:
        label = words.working(self._state.seconds_left(done, total))
        self.bar.show(look.progress(label, done, total))

    def _show(self) -> None:
        if not self._state.running:
            self.bar.show(EMPTY)
        self.panel.show(_section(self._state) if self._state.opened else EMPTY)


def _section(state: AuditVerification) -> Html:
    title = look.element("h2", words.TITLE, tabindex="-1", data_testid="verification-title")
    if state.running:
        stop = look.button("stop", words.BUTTON_STOP, key="c")
        return look.join(title, look.paragraph(words.GOES_ON), look.actions(stop))
    buttons = look.actions(
        look.button("verify-new", words.BUTTON_NEW, tone="primary"),
        look.button("verify-all", words.BUTTON_ALL),
        look.button("close-verification", words.BUTTON_CLOSE),
    )
    result = EMPTY if state.view is None else _result(state.view)
    return look.join(
        title, look.paragraph(words.LEAD), notice(state.notice, "verification-said"), result, buttons
    )


def _result(view: VerificationView) -> Html:
    parts = [notice(view.said, "verification-said"), look.facts(view.facts)]
    if view.findings:
        parts.append(look.data_table(words.FINDING_HEADINGS, view.findings, words.FINDINGS_CAPTION))
    return look.join(*parts)
