"""What is told before a decision on a paper request, and that it is told only then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain.names import MatchClass
from ebidadmin.domain.permit_remarks import PermitRemark, permit_remarks
from ebidadmin.domain.permits import Permit, PermitState
from tests.builders import TODAY, permit, qualification

AGREES: dict[str, Any] = {
    "record": qualification(),
    "match": MatchClass.IDENTICAL,
    "others": (),
    "day": TODAY,
}
YESTERDAY = TODAY - timedelta(days=1)


def request(**changes: Any) -> Permit:
    return permit(granted=False, **changes)


def test_a_request_that_agrees_with_the_register_has_none() -> None:
    assert permit_remarks(request(), **AGREES) == ()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"record": None, "match": None}, PermitRemark.NOT_IN_REGISTER),
        ({"record": qualification(valid_to=YESTERDAY)}, PermitRemark.REGISTER_LAPSED),
        ({"record": qualification(suspended_from=TODAY)}, PermitRemark.SUSPENDED),
        ({"match": MatchClass.DIFFERENT}, PermitRemark.NAME_DIFFERS),
        ({"others": (permit(permit_id="P000001"),)}, PermitRemark.ALREADY_PERMITTED),
        ({"others": (permit(permit_id="P000001", granted=False),)}, PermitRemark.REQUESTED_AGAIN),
    ],
)
def test_each_is_told_for_its_own_cause(changes: dict[str, Any], expected: PermitRemark) -> None:
    assert permit_remarks(request(), **{**AGREES, **changes}) == (expected,)


def test_a_paper_without_a_name_cannot_be_compared() -> None:
    told = permit_remarks(request(applicant=""), **{**AGREES, "match": None})
    assert told == (PermitRemark.NO_APPLICANT,)


@pytest.mark.parametrize(
    "other",
    [permit(permit_id="P000001", valid_to=YESTERDAY), permit(permit_id="P000001", state=PermitState.REFUSED)],
)
def test_what_does_not_count_any_more_is_no_remark(other: Permit) -> None:
    assert permit_remarks(request(), **{**AGREES, "others": (other,)}) == ()


@given(
    state=st.sampled_from([state for state in PermitState if state is not PermitState.REQUESTED]),
    record=st.sampled_from([None, qualification(), qualification(valid_to=YESTERDAY)]),
    match=st.sampled_from([None, *MatchClass]),
)
def test_whatever_was_decided_has_none(state: PermitState, record: Any, match: MatchClass | None) -> None:
    one = permit(state=state)
    assert permit_remarks(one, record=record, match=match, others=(permit(),), day=TODAY) == ()
