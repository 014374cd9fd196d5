"""What the person who decides on a paper request should know first: pure remarks on the paper, the register and other permits.

They stop nothing: whether a request is granted in spite of one is for the person to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from ebidadmin.domain.eligibility import nomination_suspended
from ebidadmin.domain.names import MatchClass
from ebidadmin.domain.permits import Permit, PermitState
from ebidadmin.domain.qualifications import Qualification


class PermitRemark(StrEnum):
    """In the order in which they are told. The values are codes of the catalogue of refusals where it has a reason for the remark."""

    NOT_IN_REGISTER = "not-in-register"
    REGISTER_LAPSED = "register-lapsed"
    SUSPENDED = "suspended"
    NAME_DIFFERS = "name-differs"
    NO_APPLICANT = "no-applicant"
    ALREADY_PERMITTED = "already-permitted"
    REQUESTED_AGAIN = "requested-again"


def permit_remarks(
    permit: Permit,
    *,
    record: Qualification | None,
    match: MatchClass | None,
    others: Iterable[Permit],
    day: date,
) -> tuple[PermitRemark, ...]:
    """The remarks on a request that waits for its decision; none on any other.

    ``record`` is the supplier in the register on ``day``, ``match`` how the applicant's name compares with it (``None``: one of them is
    missing), ``others`` are the further permits of the same supplier number.
    """
    if permit.state is not PermitState.REQUESTED:
        return ()
    further = tuple(others)
    found = {
        PermitRemark.NOT_IN_REGISTER: record is None,
        PermitRemark.REGISTER_LAPSED: record is not None and not record.in_force(day),
        PermitRemark.SUSPENDED: record is not None and nomination_suspended(record, day),
        PermitRemark.NAME_DIFFERS: match is MatchClass.DIFFERENT,
        PermitRemark.NO_APPLICANT: not permit.applicant,
        PermitRemark.ALREADY_PERMITTED: any(one.in_force(day) for one in further),
        PermitRemark.REQUESTED_AGAIN: any(one.state is PermitState.REQUESTED for one in further),
    }
    return tuple(remark for remark in PermitRemark if found[remark])
