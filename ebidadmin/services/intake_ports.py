"""What the batch intake reads of many applications at once, as a protocol of the unit of work."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ebidadmin.domain.applications import ApplicationState, IdApplication
from ebidadmin.domain.ids import ApplicationNumber, BatchId, SupplierNumber, UserId


@dataclass(frozen=True, slots=True)
class SupplierStanding:
    """How a supplier stands with its applications: the one that is open with its state, if any, and the one that came in last."""

    open: tuple[ApplicationNumber, ApplicationState] | None
    latest: ApplicationNumber


@dataclass(frozen=True, slots=True)
class RegisterVersions:
    """The register's versions over a span of time: from ``moments[i]`` on the latest is ``versions[i]``, ``None`` before the first import.
    ``present`` is the version of now."""

    moments: tuple[datetime, ...]
    versions: tuple[BatchId | None, ...]
    present: BatchId | None

    def seen(self, moment: datetime) -> BatchId | None:
        """The version that an application of that moment met.

        Where it is older than the first import the present version stands in for it: nothing is known of the register of that day, and
        an office that begins with its applications already waiting must not read its own first import as a change.
        """
        met = self.versions[bisect_right(self.moments, moment) - 1]
        return self.present if met is None else met


class IntakeReads(Protocol):
    """Questions about all rows of a part of a batch, each answered with a few statements however many rows there are.

    Whoever asks has the turn to write from then on: what was read stays true until the unit of work ends.
    """

    def present(
        self, numbers: Collection[ApplicationNumber]
    ) -> Mapping[ApplicationNumber, IdApplication]: ...

    def standings(self, suppliers: Collection[SupplierNumber]) -> Mapping[SupplierNumber, SupplierStanding]:
        """Those that have an application at all."""
        ...

    def holders(self, user_ids: Collection[UserId]) -> Mapping[str, SupplierNumber]:
        """By user id in folded case, which supplier's open application or live registration reserves it."""
        ...

    def register_versions(self, first: datetime, last: datetime) -> RegisterVersions:
        """Those that counted at any moment of that span."""
        ...
