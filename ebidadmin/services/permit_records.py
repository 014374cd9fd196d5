"""The stores of permits, of the dispatch register and of proposals about permits, as protocols of the unit of work."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Protocol

from ebidadmin.domain.dispatches import Dispatch
from ebidadmin.domain.ids import DispatchId, PermitId, ProposalId, SupplierNumber
from ebidadmin.domain.permit_proposals import PermitProposal
from ebidadmin.domain.permits import Permit


class Permits(Protocol):
    def get(self, permit_id: PermitId) -> Permit:
        """Raises ``NotFoundError``."""
        ...

    def get_all(self, permit_ids: Collection[PermitId]) -> Mapping[PermitId, Permit]:
        """Each of them. Raises ``NotFoundError``."""
        ...

    def of_supplier(self, supplier: SupplierNumber) -> tuple[Permit, ...]:
        """Newest first."""
        ...

    def of_suppliers(
        self, suppliers: Collection[SupplierNumber]
    ) -> Mapping[SupplierNumber, tuple[Permit, ...]]:
        """Of each its own, newest first; those without any are left out."""
        ...

    def of_applicant(self, applicant_folded: str, *, not_supplier: SupplierNumber) -> tuple[Permit, ...]:
        """Those recorded under another number whose applicant, folded by ``names.fold_name``, is that name."""
        ...

    def all(self) -> tuple[Permit, ...]:
        """Newest first."""
        ...


class Dispatches(Protocol):
    def get(self, dispatch_id: DispatchId) -> Dispatch:
        """Raises ``NotFoundError``."""
        ...

    def of_permit(self, permit: PermitId) -> tuple[Dispatch, ...]:
        """In the order in which they were entered."""
        ...

    def between(self, first: date | None, last: date | None) -> tuple[Dispatch, ...]:
        """Those of these days, both inclusive, an absent one open; by day, then as entered."""
        ...

    def corrections_of(self, rows: Iterable[DispatchId]) -> Mapping[DispatchId, DispatchId]:
        """By wrong row the row that stands against it."""
        ...


class Proposals(Protocol):
    """Proposals about permits that wait, or waited, for a second person."""

    def get(self, number: ProposalId) -> PermitProposal:
        """Raises ``NotFoundError``."""
        ...

    def open_of(self, permit: PermitId) -> PermitProposal | None:
        """The one that waits; also one of which nothing can come any more."""
        ...

    def open(self) -> tuple[PermitProposal, ...]:
        """Those that wait, newest first; also those of which nothing can come any more."""
        ...

    def all(self) -> tuple[PermitProposal, ...]:
        """Newest first."""
        ...
