"""The last suppliers and applications that a person opened, so that they are one click away.

A convenience of one person and no record of the office: what was opened is told by the trail where the trail tells it. Kept are numbers
alone, beside the places where the person stands; names are read anew, for whoever may read them. Two screens that open something at the
same moment may keep one of the two.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from ebidadmin.domain.ids import ApplicationNumber, SupplierNumber
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import NotFoundError
from ebidadmin.services.ports import Office, UnitOfWork
from ebidadmin.services.screen_places import KeptPlace, PlaceStore

SCREEN = "recent"
MOST = 10
KEPT_FOR = timedelta(days=14)
"""Where nothing was opened for so long, nothing is shown any more."""

RecentKind = Literal["supplier", "application"]
KINDS: tuple[RecentKind, ...] = ("supplier", "application")


@dataclass(frozen=True, slots=True)
class Recent:
    """One of them: what it is, its number, and the company's name as the register or the application has it now."""

    kind: RecentKind
    number: str
    name: str


def opened(office: Office, *, staff: Staff, store: PlaceStore, kind: RecentKind, number: str) -> None:
    """The person has opened this one: it is the newest now."""
    this = (kind, number)
    others = [one for one in _kept(office, staff, store) if one != this]
    kept = json.dumps([this, *others][:MOST])
    store.keep(staff.login, SCREEN, KeptPlace(kept, office.clock.now()))


def listed(office: Office, *, staff: Staff, store: PlaceStore) -> tuple[Recent, ...]:
    """The newest first; nothing for whoever may not read personal data. What was erased since is left out."""
    if not staff.may(Permission.READ_PERSONAL):
        return ()
    kept = _kept(office, staff, store)
    if not kept:
        return ()
    with office.uow() as uow:
        named = [(kind, number, _name(uow, kind, number)) for kind, number in kept]
    return tuple(Recent(kind, number, name) for kind, number, name in named if name is not None)


def _name(uow: UnitOfWork, kind: RecentKind, number: str) -> str | None:
    if kind == "supplier":
        return uow.register.names_of({SupplierNumber(number)}).get(SupplierNumber(number), "")
    try:
        return uow.applications.get(ApplicationNumber(number)).form.trade_name
    except NotFoundError:
        return None


def _kept(office: Office, staff: Staff, store: PlaceStore) -> list[tuple[RecentKind, str]]:
    """What is kept; nothing of what another version kept in another way."""
    place = store.get(staff.login, SCREEN)
    if place is None or office.clock.now() - place.kept_at > KEPT_FOR:
        return []
    try:
        found = json.loads(place.place)
    except ValueError:
        return []
    pairs = (
        [one for one in found if isinstance(one, list) and len(one) == 2] if isinstance(found, list) else []
    )
    return [(kind, str(number)) for word, number in pairs for kind in KINDS if kind == word][:MOST]
