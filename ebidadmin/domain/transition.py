"""The only carrier of change: an aggregate as it is afterwards, and the events that say what happened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from ebidadmin.domain.events import Event, JsonMap
from ebidadmin.domain.ids import SupplierNumber

A = TypeVar("A", covariant=True)


@dataclass(frozen=True, slots=True)
class Transition(Generic[A]):
    """What a verb of an aggregate returns.

    ``after`` carries the version that it will have once it is stored; one without an event cannot be built, so that no change
    can go unrecorded.
    """

    after: A
    events: tuple[Event, ...]

    def __post_init__(self) -> None:
        if not self.events:
            raise ValueError("a transition needs at least one event")

    def concerning(self, supplier: SupplierNumber) -> Transition[A]:
        """The same change, its events told of that supplier too: a lease or a note knows only its application."""
        events = tuple(replace(event, supplier_number=supplier) for event in self.events)
        return Transition(self.after, events)

    def telling(self, facts: JsonMap) -> Transition[A]:
        """The same change, its events telling ``facts`` too: what the rest of the house knows about it."""
        events = tuple(replace(event, facts={**event.facts, **facts}) for event in self.events)
        return Transition(self.after, events)
