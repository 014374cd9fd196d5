"""State of a list of what waits for a second person: whose it is, the question that stands open, and confirming, declining, taking back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from ebidadmin.clock import jst_date
from ebidadmin.domain.second_person import Request
from ebidadmin.errors import EbidError, StorageError
from ebidadmin.presenters.notices import Notice, done, refusal
from ebidadmin.text import formats
from ebidadmin.text import import_requests as words
from ebidadmin.text.queue import OTHER_CONFIRMATION


class Step(StrEnum):
    """What somebody can do about a request; the values are the actions of the buttons."""

    CONFIRM = "confirm-request"
    DECLINE = "decline-request"
    WITHDRAW = "withdraw-request"
    CARRY_OUT = "carry-out-request"


class Line(Protocol):
    """A request as a list shows it, with what the person at the keyboard can do about it."""

    @property
    def number(self) -> str: ...
    @property
    def steps(self) -> tuple[Step, ...]: ...


L = TypeVar("L", bound=Line)


class RequestList(ABC, Generic[L]):
    """Reads the requests anew at every ``lines``. ``chosen`` is what a question stands open about."""

    def __init__(self) -> None:
        self.notice: Notice | None = None
        self.chosen: tuple[Step, L] | None = None
        self.errors: Mapping[str, str] = {}

    @property
    @abstractmethod
    def enabled(self) -> bool:
        """Whether the office wants a second person."""

    @abstractmethod
    def lines(self) -> tuple[L, ...]:
        """The requests of which something can still come or that nobody has put away, newest first."""

    def choose(self, step: str, number: str) -> None:
        """A button of the list: open the question about that request; taking one's own back needs none."""
        self.notice, self.errors, self.chosen = None, {}, None
        if step == Step.WITHDRAW:
            self._do(lambda: done(self._withdraw(number)))
            return
        line = next((one for one in self.lines() if one.number == number), None)
        if line is not None and step in line.steps:
            self.chosen = Step(step), line

    @property
    def asked(self) -> str:
        """Which question stands open: its yes names it, so that the yes of another one, pressed before the page had changed, does
        nothing."""
        return "" if self.chosen is None else f"{self.chosen[0]}.{self.chosen[1].number}"

    def answers(self, asked: str) -> bool:
        """Whether a yes is that of the open question; that it is another's is told."""
        if self.chosen is None or self.asked == asked:
            return True
        self.notice = Notice("warning", OTHER_CONFIRMATION)
        return False

    def leave(self) -> None:
        """Close the question; nothing was done."""
        self.chosen, self.errors = None, {}

    def confirm(self) -> None:
        """Confirm what the question is about."""
        if self.chosen is not None:
            number = self.chosen[1].number
            self._do(lambda: done(self._confirm(number)))

    def decline(self, why: str) -> None:
        """Decline what the question is about, for a reason."""
        if self.chosen is None:
            return
        if not why.strip():
            self.errors = {"why": words.WHY_MISSING}
            return
        number = self.chosen[1].number
        self._do(lambda: done(self._decline(number, why)))

    def _do(self, work: Callable[[], Notice]) -> None:
        try:
            self.notice = work()
        except StorageError as error:
            # The question stays open with what was entered, and the same button is the next try.
            self.notice = refusal(error)
            return
        except EbidError as error:
            self.notice = refusal(error)
        self.leave()

    @abstractmethod
    def _confirm(self, number: str) -> str:
        """Confirm it; what there is to say."""

    @abstractmethod
    def _decline(self, number: str, why: str) -> str:
        """Decline it; what there is to say."""

    @abstractmethod
    def _withdraw(self, number: str) -> str:
        """Take it back; what there is to say."""


def last_day(one: Request) -> str:
    """A request lives until the midnight that ends a working day: people read that as the day."""
    return formats.day(jst_date(one.expires_at - timedelta(microseconds=1)))
