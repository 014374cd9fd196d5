"""Who may take part in quotations, and what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from ebidadmin.domain import id_desk_work
from ebidadmin.domain.eligibility import IdStanding, Lack, Missing, eligible, id_standing
from ebidadmin.domain.ids import EnterpriseId, PermitId
from ebidadmin.domain.permits import PermitState, Voiding
from ebidadmin.domain.registrations import Registration, RegistrationState
from tests.builders import (
    NOON,
    SAMPLE_HASH,
    TODAY,
    application_number,
    contact,
    form,
    permit,
    qualification,
    supplier_number,
)


def registration(**changes: Any) -> Registration:
    values: dict[str, Any] = {
        "application": application_number(),
        "supplier_number": supplier_number(),
        "enterprise_id": EnterpriseId("1352100000000003"),
        "user_id": form().user_id,
        "password_hash": SAMPLE_HASH,
        "main_contact": contact(),
        "applicant_contact": contact(),
        "created_at": NOON,
    }
    return Registration(**(values | changes))


def standing(state: RegistrationState = RegistrationState.ACTIVE, **facts: Any) -> IdStanding:
    return IdStanding(state=state, **facts)


SUSPENDED, LOCKED = standing(RegistrationState.SUSPENDED), standing(RegistrationState.LOCKED)
CANCELLED = standing(RegistrationState.CANCELLED)
VOID = permit(state=PermitState.VOIDED, voiding=Voiding(NOON, "sato", "別の業者の申請"))


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, ()),
        ({"ids": ()}, (Lack.ID,)),
        ({"ids": (CANCELLED, standing())}, ()),
        ({"ids": (LOCKED, CANCELLED)}, (Lack.ID_LOCKED,)),
        ({"ids": (SUSPENDED,)}, (Lack.ID_SUSPENDED,)),
        ({"ids": (LOCKED,)}, (Lack.ID_LOCKED,)),
        ({"ids": (CANCELLED,)}, (Lack.ID_CANCELLED,)),
        ({"permits": ()}, (Lack.PERMIT,)),
        ({"permits": (permit(state=PermitState.WITHDRAWN),)}, (Lack.PERMIT_WITHDRAWN,)),
        ({"permits": (VOID,)}, (Lack.PERMIT_VOID,)),
        ({"permits": (permit(granted=False),)}, (Lack.PERMIT_UNDECIDED,)),
        ({"permits": (permit(granted=False, state=PermitState.REFUSED),)}, (Lack.PERMIT_REFUSED,)),
        ({"permits": (permit(valid_from=date(2026, 10, 8)),)}, (Lack.PERMIT_NOT_YET,)),
        ({"permits": (permit(state=PermitState.WITHDRAWN, withdrawn_from=date(2026, 10, 8)),)}, ()),
        ({"permits": (permit(state=PermitState.WITHDRAWN, withdrawn_from=TODAY),)}, (Lack.PERMIT_WITHDRAWN,)),
        ({"permits": (permit(valid_to=date(2026, 10, 6)), permit(permit_id="P2"))}, ()),
        ({"permits": (permit(valid_to=date(2026, 10, 6)),)}, (Lack.PERMIT_EXPIRED,)),
        ({"qualification": None}, (Lack.QUALIFICATION,)),
        ({"qualification": qualification(valid_to=date(2026, 10, 6))}, (Lack.QUALIFICATION_LAPSED,)),
        ({"qualification": qualification(valid_from=date(2026, 10, 8))}, (Lack.QUALIFICATION_NOT_YET,)),
        (
            {"qualification": qualification(suspended_from=TODAY, suspended_to=TODAY)},
            (Lack.SUPPLIER_SUSPENDED,),
        ),
        ({"qualification": qualification(suspended_from=date(2026, 10, 8))}, ()),
        ({"qualification": qualification(suspended_from=date(2026, 9, 1))}, (Lack.SUPPLIER_SUSPENDED,)),
        ({"qualification": qualification(suspended_to=TODAY)}, (Lack.SUPPLIER_SUSPENDED,)),
        ({"qualification": qualification(suspended_to=date(2026, 10, 6))}, ()),
        (
            {"ids": (), "permits": (), "qualification": None},
            (Lack.ID, Lack.PERMIT, Lack.QUALIFICATION),
        ),
    ],
)
def test_what_is_missing_is_listed(changes: dict[str, Any], missing: tuple[Lack, ...]) -> None:
    facts: dict[str, Any] = {
        "ids": (standing(),),
        "permits": (permit(),),
        "qualification": qualification(),
    }
    answer = eligible(**(facts | changes), day=TODAY)
    assert answer.lacks == missing
    assert answer.eligible == (not missing)
    assert answer.day == TODAY


def test_any_day_is_answered_by_what_is_known_of_the_permit_now() -> None:
    """A withdrawal changes nothing before its day, a mistake counts on no day."""
    facts: dict[str, Any] = {"ids": (standing(),), "qualification": qualification()}
    withdrawn = permit(state=PermitState.WITHDRAWN, withdrawn_from=TODAY)
    voided = VOID
    for day, lacking in ((date(2026, 4, 1), ()), (date(2026, 10, 6), ()), (TODAY, (Lack.PERMIT_WITHDRAWN,))):
        assert eligible(**facts, permits=(withdrawn,), day=day).lacks == lacking
        assert eligible(**facts, permits=(voided,), day=day).lacks == (Lack.PERMIT_VOID,)


def test_what_is_missing_comes_with_what_is_known_of_it() -> None:
    facts: dict[str, Any] = {"ids": (standing(),), "permits": (permit(),), "qualification": qualification()}

    def told(**changes: Any) -> tuple[Missing, ...]:
        return eligible(**(facts | changes), day=TODAY).missing

    cancelled = standing(RegistrationState.CANCELLED, at=NOON, by="tanaka", reason="廃業")
    assert told(ids=(cancelled,)) == (Missing(lack=Lack.ID_CANCELLED, at=NOON, by="tanaka", reason="廃業"),)
    assert told(permits=(VOID,)) == (
        Missing(lack=Lack.PERMIT_VOID, at=NOON, by="sato", reason="別の業者の申請"),
    )
    withdrawn = permit(state=PermitState.WITHDRAWN, withdrawn_from=TODAY, reason="申出による")
    assert told(permits=(withdrawn,)) == (
        Missing(lack=Lack.PERMIT_WITHDRAWN, day=TODAY, reason="申出による"),
    )
    ended = date(2026, 10, 6)
    assert told(qualification=qualification(valid_to=ended)) == (
        Missing(lack=Lack.QUALIFICATION_LAPSED, day=ended),
    )


def test_of_several_permits_the_newest_that_is_not_void_tells_why() -> None:
    old = permit(valid_to=date(2026, 10, 6))
    void = replace(VOID, id=PermitId("P2"))
    waiting = permit(permit_id="P3", granted=False, received=date(2026, 10, 7))
    facts: dict[str, Any] = {"ids": (standing(),), "qualification": qualification()}
    assert eligible(**facts, permits=(void, old), day=TODAY).lacks == (Lack.PERMIT_EXPIRED,)
    assert eligible(**facts, permits=(waiting, void, old), day=TODAY).lacks == (Lack.PERMIT_UNDECIDED,)
    # On a day before it came in, a request says nothing.
    before = date(2026, 3, 31)
    assert eligible(**facts, permits=(waiting, replace(old, received=before)), day=before).lacks[0] == (
        Lack.PERMIT_NOT_YET
    )


def test_a_trail_that_was_cut_short_is_not_believed() -> None:
    """It says locked, the record says cancelled: what is recorded now is told, as such."""
    one = registration(created_at=NOON - timedelta(days=3))
    locked = id_desk_work.failed(one, limit=1, by="suzuki", at=NOON)
    kept = replace(locked.after, state=RegistrationState.CANCELLED, reason="廃業")
    yesterday = NOON - timedelta(days=1)
    for events in ((), locked.events):
        found = id_standing(kept, events, yesterday)
        assert found == IdStanding(state=RegistrationState.CANCELLED, reason="廃業", recorded=False)
    assert id_standing(kept, (), NOON - timedelta(days=4)) is None
