"""Proposals about permits: rows to aggregates and back, and the port that reads them."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ebidadmin.domain.ids import PermitId, ProposalId, SupplierNumber
from ebidadmin.domain.permit_proposals import OPEN_PROPOSALS, PermitBinding, PermitProposal
from ebidadmin.errors import NotFoundError
from ebidadmin.persistence.mapping import Values
from ebidadmin.persistence.repositories import fetch, fetch_one
from ebidadmin.persistence.schema_proposals import ProposalRow
from ebidadmin.persistence.second_person import life_of


class SqlProposals:
    """``permit_records.Proposals``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, number: ProposalId) -> PermitProposal:
        row = fetch_one(self._session, select(ProposalRow).where(ProposalRow.id == number))
        if row is None:
            raise NotFoundError("not-found", kind="permit-proposal", id=number)
        return _from(row)

    def open_of(self, permit: PermitId) -> PermitProposal | None:
        wanted = select(ProposalRow).where(
            ProposalRow.permit == permit, ProposalRow.state.in_(OPEN_PROPOSALS)
        )
        row = fetch_one(self._session, wanted)
        return None if row is None else _from(row)

    def open(self) -> tuple[PermitProposal, ...]:
        return self._load(select(ProposalRow).where(ProposalRow.state.in_(OPEN_PROPOSALS)))

    def all(self) -> tuple[PermitProposal, ...]:
        return self._load(select(ProposalRow))

    def _load(self, statement: Select[ProposalRow]) -> tuple[PermitProposal, ...]:
        newest_first = statement.order_by(ProposalRow.requested_at.desc(), ProposalRow.id.desc())
        return tuple(_from(row) for row in fetch(self._session, newest_first))


def proposal_values(one: PermitProposal) -> Values:
    binding = one.binding
    return {
        "id": one.id,
        "permit": binding.permit,
        "supplier_number": one.supplier_number,
        "act": binding.act,
        "permit_version": binding.permit_version,
        "permit_digest": binding.permit_digest,
        "valid_from": binding.valid_from,
        "valid_to": binding.valid_to,
        "reasons": list(binding.reasons),
        "wording": binding.wording,
        "withdrawn_from": binding.withdrawn_from,
        **life_of(one),
    }


def _from(row: ProposalRow) -> PermitProposal:
    return PermitProposal(
        id=ProposalId(row.id),
        supplier_number=SupplierNumber(row.supplier_number),
        binding=PermitBinding(
            act=row.act,
            permit=PermitId(row.permit),
            permit_version=row.permit_version,
            permit_digest=row.permit_digest,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            reasons=tuple(cast("list[str]", row.reasons)),
            wording=row.wording,
            withdrawn_from=row.withdrawn_from,
        ),
        **life_of(row),
    )
