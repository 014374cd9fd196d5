"""Ways from one screen to another: what a link asks a screen to open, and which links a record offers a person.

A target is a code (``supplier:190000092``) that comes through a link or an address and is checked like anything that is typed. It opens
something and never decides; what it opens is read by the same services, with the same rights and the same trail, as by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.presenters.notices import Notice
from ebidadmin.text import notebooks
from ebidadmin.text import ways as words

_TARGET = re.compile(r"(?P<kind>[a-z-]{1,20}):(?P<value>[0-9A-Za-z][0-9A-Za-z_/-]{0,59})", re.ASCII)


class Kind(StrEnum):
    """What a target names. ``VIEW`` is a way in which a screen shows its lists."""

    SUPPLIER = "supplier"
    APPLICATION = "application"
    PERMIT = "permit"
    FOLLOW_UP = "follow-up"
    EVENT = "event"
    RUN = "run"
    VIEW = "view"


_KINDS = frozenset(kind.value for kind in Kind)


@dataclass(frozen=True, slots=True)
class Target:
    """What a screen is to open."""

    kind: Kind
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"

    @property
    def name(self) -> str:
        """What a sentence calls it."""
        return words.KINDS[self.kind].format(value=self.value)


def read(text: str) -> Target | None:
    """The target that a link or an address carries; ``None`` for anything else, which is not repeated anywhere."""
    found = _TARGET.fullmatch(text)
    if found is None or found["kind"] not in _KINDS:
        return None
    return Target(Kind(found["kind"]), found["value"])


@dataclass(frozen=True, slots=True)
class Way:
    """A link: the notebook, what it says, and what is to be opened there (``None``: the screen as it is)."""

    notebook: str
    label: str
    target: Target | None = None


class Arrivals:
    """What links ask a screen to open. ``notice`` says why one was not followed; ``waiting`` is one that came while something was under
    way, and can be followed after that."""

    def __init__(
        self,
        ways: Mapping[Kind, Callable[[str], None]],
        views: Mapping[str, Callable[[], None]] | None = None,
        *,
        busy: Callable[[], bool] = lambda: False,
    ) -> None:
        """``ways`` open a value of that kind, ``views`` show the lists in a way; ``busy`` says whether an entry or a question stands
        open that would be lost."""
        self._ways, self._views, self._busy = ways, views or {}, busy
        self.notice: Notice | None = None
        self.waiting: Target | None = None

    def arrive(self, text: str) -> None:
        """Open what the link names. The newest request wins: one that waits is forgotten."""
        self.dismiss()
        target = read(text)
        if target is None:
            self.notice = Notice("error", words.UNKNOWN)
        elif not self._opens(target):
            self.notice = Notice("error", words.NOT_HERE)
        elif self._busy():
            self.waiting = target
            self.notice = Notice("warning", words.UNDER_WAY.format(target=target.name))
        else:
            self._follow(target)

    def again(self) -> None:
        """Try the one that waits once more."""
        if self.waiting is not None:
            self.arrive(str(self.waiting))

    def dismiss(self) -> None:
        """Forget the one that waits, and what was said."""
        self.notice = self.waiting = None

    def _opens(self, target: Target) -> bool:
        return target.value in self._views if target.kind is Kind.VIEW else target.kind in self._ways

    def _follow(self, target: Target) -> None:
        if target.kind is Kind.VIEW:
            self._views[target.value]()
        else:
            self._ways[target.kind](target.value)


def supplier_page(staff: Staff, supplier: str) -> tuple[Way, ...]:
    """To the page of a supplier."""
    if not staff.may(Permission.READ_PERSONAL):
        return ()
    return (Way(notebooks.REGISTRATIONS.name, words.TO_SUPPLIER, Target(Kind.SUPPLIER, supplier)),)


def supplier_permits(staff: Staff, supplier: str) -> tuple[Way, ...]:
    """To the permits of a supplier, in the list of them."""
    if not staff.may(Permission.READ_PERSONAL):
        return ()
    return (Way(notebooks.PERMITS.name, words.TO_PERMITS, Target(Kind.SUPPLIER, supplier)),)


def permit(staff: Staff, number: str) -> tuple[Way, ...]:
    """To one permit."""
    if not staff.may(Permission.READ_PERSONAL):
        return ()
    label = words.TO_PERMIT.format(number=number)
    return (Way(notebooks.PERMITS.name, label, Target(Kind.PERMIT, number)),)


def application(staff: Staff, number: str) -> tuple[Way, ...]:
    """To an application in the review queue."""
    if not staff.may(Permission.READ_PERSONAL):
        return ()
    label = words.TO_APPLICATION.format(number=number)
    return (Way(notebooks.REVIEW_QUEUE.name, label, Target(Kind.APPLICATION, number)),)


def life(staff: Staff, supplier: str) -> tuple[Way, ...]:
    """To all that the trail tells of a supplier."""
    if not staff.may(Permission.READ_AUDIT):
        return ()
    return (Way(notebooks.AUDIT.name, words.TO_LIFE, Target(Kind.SUPPLIER, supplier)),)


def trail(staff: Staff, kind: Kind, number: str) -> tuple[Way, ...]:
    """To what the trail tells of one application or permit."""
    if not staff.may(Permission.READ_AUDIT):
        return ()
    return (Way(notebooks.AUDIT.name, words.TO_TRAIL, Target(kind, number)),)
