"""Who may take part in quotations, and what is missing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ebidadmin.domain.eligibility import Lack, eligible
from ebidadmin.domain.ids import EnterpriseId
from ebidadmin.domain.permits import PermitState
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


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, ()),
        ({"registration": None}, (Lack.ID,)),
        ({"registration": registration(state=RegistrationState.SUSPENDED)}, (Lack.ID_SUSPENDED,)),
        ({"registration": registration(state=RegistrationState.LOCKED)}, (Lack.ID_LOCKED,)),
        ({"registration": registration(state=RegistrationState.CANCELLED)}, (Lack.ID_CANCELLED,)),
        ({"permits": ()}, (Lack.PERMIT,)),
        ({"permits": (permit(state=PermitState.WITHDRAWN),)}, (Lack.PERMIT,)),
        ({"permits": (permit(state=PermitState.VOIDED),)}, (Lack.PERMIT,)),
        ({"permits": (permit(state=PermitState.WITHDRAWN, withdrawn_from=date(2026, 10, 8)),)}, ()),
        ({"permits": (permit(state=PermitState.WITHDRAWN, withdrawn_from=TODAY),)}, (Lack.PERMIT,)),
        ({"permits": (permit(valid_to=date(2026, 10, 6)), permit(permit_id="P2"))}, ()),
        ({"permits": (permit(valid_to=date(2026, 10, 6)),)}, (Lack.PERMIT,)),
        ({"qualification": None}, (Lack.QUALIFICATION,)),
        ({"qualification": qualification(valid_to=date(2026, 10, 6))}, (Lack.QUALIFICATION,)),
        (
            {"qualification": qualification(suspended_from=TODAY, suspended_to=TODAY)},
            (Lack.SUPPLIER_SUSPENDED,),
        ),
        ({"qualification": qualification(suspended_from=date(2026, 10, 8))}, ()),
        ({"qualification": qualification(suspended_from=date(2026, 9, 1))}, (Lack.SUPPLIER_SUSPENDED,)),
        ({"qualification": qualification(suspended_to=TODAY)}, (Lack.SUPPLIER_SUSPENDED,)),
        ({"qualification": qualification(suspended_to=date(2026, 10, 6))}, ()),
        (
            {"registration": None, "permits": (), "qualification": None},
            (Lack.ID, Lack.PERMIT, Lack.QUALIFICATION),
        ),
    ],
)
def test_what_is_missing_is_listed(changes: dict[str, Any], missing: tuple[Lack, ...]) -> None:
    facts: dict[str, Any] = {
        "registration": registration(),
        "permits": (permit(),),
        "qualification": qualification(),
    }
    answer = eligible(**(facts | changes), day=TODAY)
    assert answer.missing == missing
    assert answer.eligible == (not missing)
    assert answer.day == TODAY


def test_any_day_is_answered_by_what_is_known_of_the_permit_now() -> None:
    """A withdrawal changes nothing before its day, a mistake counts on no day."""
    facts: dict[str, Any] = {"registration": registration(), "qualification": qualification()}
    withdrawn = permit(state=PermitState.WITHDRAWN, withdrawn_from=TODAY)
    voided = permit(state=PermitState.VOIDED)
    for day, lacking in ((date(2026, 4, 1), ()), (date(2026, 10, 6), ()), (TODAY, (Lack.PERMIT,))):
        assert eligible(**facts, permits=(withdrawn,), day=day).missing == lacking
        assert eligible(**facts, permits=(voided,), day=day).missing == (Lack.PERMIT,)
