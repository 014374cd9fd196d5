"""How a person looks at the queue: where they stand, so that a reload comes back there, and the views that they keep under a name.

These are conveniences of one person and no records of the office: nothing of it is in the audit trail, and losing it costs a few clicks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import InputError, Problem, RuleError
from ebidadmin.services.ports import Office
from ebidadmin.services.refusals import refusals_logged

PLACE = ""
"""The name under which the place is kept where the person stands."""

MOST_VIEWS = 20
LONGEST_NAME = 40
"""Characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """Order, search and filters by the words of the screen; of a place also the page (``cursor``, ``backward`` as in ``QueueQuery``) and
    the number of the open case, empty for none."""

    sort: str
    descending: bool = False
    search: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    cursor: str | None = None
    backward: bool = False
    opened: str = ""


class ViewStore(Protocol):
    """What is kept of a person's views; another person's are never touched."""

    def all(self, person: str) -> Mapping[str, QueueView]:
        """By name, in the order of the names; the place among them, if there is one."""
        ...

    def keep(self, person: str, name: str, view: QueueView, *, at: datetime) -> None:
        """Under that name, in place of what was there."""
        ...

    def drop(self, person: str, name: str) -> None:
        """Forget it; one that is not there is forgotten already."""
        ...


def place(office: Office, *, staff: Staff, store: ViewStore) -> QueueView | None:
    """Where the person stood when they last looked; the open case only while their lease on it lives: another day is another day."""
    view = store.all(staff.login).get(PLACE)
    if view is None or not view.opened:
        return view
    with office.uow() as uow:
        claim = uow.applications.claim(ApplicationNumber(view.opened))
    held = claim is not None and claim.holder == staff.login and office.clock.now() < claim.until
    return view if held else replace(view, opened="")


def remember(office: Office, *, staff: Staff, store: ViewStore, view: QueueView) -> None:
    """The person stands there now."""
    store.keep(staff.login, PLACE, view, at=office.clock.now())


def saved(office: Office, *, staff: Staff, store: ViewStore) -> Mapping[str, QueueView]:
    """The person's views by name; ``office`` is taken as by every service."""
    del office
    return {name: view for name, view in store.all(staff.login).items() if name != PLACE}


def save(office: Office, *, staff: Staff, store: ViewStore, name: str, view: QueueView) -> str:
    """Keep order, search and filters under a name, in place of what was there; the name as it was kept.

    Raises ``NotPermittedError`` for whoever may not read the queue, ``InputError`` (``view-name``, where: ``view_name``) for no name and
    for one over 40 characters, ``RuleError`` (``views-full``) beyond 20 views.
    """
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.DESK, "queue"), verb="save-view"):
        staff.require(Permission.READ_PERSONAL)
    kept = " ".join(name.split())
    if not kept:
        raise InputError("view-name", [Problem("view_name", "required")])
    if len(kept) > LONGEST_NAME:
        facts = {"limit": LONGEST_NAME, "length": len(kept)}
        raise InputError("view-name", [Problem("view_name", "too-long", facts)])
    present = saved(office, staff=staff, store=store)
    if kept not in present and len(present) >= MOST_VIEWS:
        raise RuleError("views-full", limit=MOST_VIEWS)
    anywhere = replace(view, cursor=None, backward=False, opened="")
    store.keep(staff.login, kept, anywhere, at=office.clock.now())
    return kept


def drop(office: Office, *, staff: Staff, store: ViewStore, name: str) -> None:
    """Forget a view; the place is no view. ``office`` is taken as by every service."""
    del office
    if name != PLACE:
        store.drop(staff.login, name)
