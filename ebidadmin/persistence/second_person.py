"""The life that all requests for a second person have in common, as columns of their tables."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from ebidadmin.domain.second_person import Request, RequestState
from ebidadmin.persistence.schema_desk_requests import DeskRequestRow
from ebidadmin.persistence.schema_proposals import ProposalRow
from ebidadmin.persistence.schema_requests import ImportRequestRow


class Life(TypedDict):
    """What became of a request, by the names of both the fields and the columns."""

    requested_by: str
    requested_at: datetime
    expires_at: datetime
    state: RequestState
    version: int
    confirmed_by: str | None
    confirmed_at: datetime | None
    ended_by: str | None
    ended_at: datetime | None
    reason: str


def life_of(one: Request | ProposalRow | ImportRequestRow | DeskRequestRow) -> Life:
    """The life of a request, or the one that a row keeps."""
    return Life(
        requested_by=one.requested_by,
        requested_at=one.requested_at,
        expires_at=one.expires_at,
        state=one.state,
        version=one.version,
        confirmed_by=one.confirmed_by,
        confirmed_at=one.confirmed_at,
        ended_by=one.ended_by,
        ended_at=one.ended_at,
        reason=one.reason,
    )
