"""State of the lock of an idle screen: when somebody touched it last, and whether it is locked."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from ebidadmin.domain.staff import Staff
from ebidadmin.errors import EbidError
from ebidadmin.services import idle_lock
from ebidadmin.services.ports import Office
from ebidadmin.services.screen_places import PlaceStore


class IdleLock:
    """Locks by itself when the time of the settings is over without a key or a click; only ``unlock`` opens it."""

    def __init__(self, office: Office, *, staff: Staff, store: PlaceStore) -> None:
        """Locked from the beginning where another screen of the person is."""
        self._office, self._staff, self._store = office, staff, store
        self._touched = office.clock.now()
        self._locked = False
        if self.enabled:
            with suppress(EbidError):
                self._locked = idle_lock.locked(staff=staff, store=store)

    @property
    def after(self) -> timedelta | None:
        """The time of the settings; ``None``: screens are never locked."""
        return self._office.settings.idle_lock

    @property
    def enabled(self) -> bool:
        return self.after is not None

    @property
    def locked(self) -> bool:
        """Whether it is locked now: once the time is over it stays so."""
        if not self._locked and self.left <= timedelta(0):
            self.lock()
        return self._locked

    @property
    def left(self) -> timedelta:
        """Until it locks, if nobody touches it."""
        if self.after is None:
            return timedelta.max
        return self._touched + self.after - self._office.clock.now()

    def touch(self) -> None:
        """Somebody is there. Too late for a time that is over already."""
        if not self.locked:
            self._touched = self._office.clock.now()

    def lock(self) -> None:
        """Lock now."""
        if not self.enabled:
            return
        self._locked = True
        # This screen is locked all the same; it is the others, opened later, that would not know of it.
        with suppress(EbidError):
            idle_lock.lock(self._office, staff=self._staff, store=self._store)

    def unlock(self) -> None:
        """The person goes on."""
        self._locked, self._touched = False, self._office.clock.now()
        with suppress(EbidError):
            idle_lock.unlock(staff=self._staff, store=self._store)
