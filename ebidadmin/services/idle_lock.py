"""Which people's screens stand locked because nobody touched them for a while.

Each screen runs in a process of its own, so that a lock is kept beside the places where the person stands: a screen that is opened anew
at an unattended desk stands locked as well. It is no record of the office.
"""

from __future__ import annotations

from ebidadmin.domain.staff import Staff
from ebidadmin.services.ports import Office
from ebidadmin.services.screen_places import KeptPlace, PlaceStore

SCREEN = "lock"


def locked(*, staff: Staff, store: PlaceStore) -> bool:
    """Whether the person's screens stand locked."""
    return store.get(staff.login, SCREEN) is not None


def lock(office: Office, *, staff: Staff, store: PlaceStore) -> None:
    """Screens that are opened from now on stand locked."""
    store.keep(staff.login, SCREEN, KeptPlace(SCREEN, office.clock.now()))


def unlock(*, staff: Staff, store: PlaceStore) -> None:
    """They do no more."""
    store.drop(staff.login, SCREEN)
