"""What a clerk pastes or does at the wrong moment ends in one of the house's own errors or is done, on both kinds of databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest

from ebidadmin.domain.ids import ApplicationNumber, PermitId, SupplierNumber
from ebidadmin.domain.mails import MailKind
from ebidadmin.domain.permits import PaperChannel
from ebidadmin.services import (
    application_intake,
    application_review,
    id_credentials,
    id_desk,
    permit_case,
    permit_dispatch,
    permits,
    supplier_page,
)
from ebidadmin.services.ports import Office
from tests.builders import SAMPLE_HASH, application_number, raw_form, supplier_number
from tests.persistence.office import submission
from tests.services.id_helpers import CLERK, new, outcome

ODD = ["\x00", "a\x00b", "\ud800", "\uffff", "\u202e", "'; DROP TABLE x; --", "%_\\", "あ" * 100_000]
NAMES = ["nul", "nul-inside", "surrogate", "noncharacter", "override", "quote", "wildcards", "long"]
WAITING = application_number(1094)


@pytest.fixture
def busy(office: Office) -> Office:
    """An application waits, a permit is recorded."""
    with office.uow() as uow:
        uow.record(submission(94, number=WAITING))
        uow.commit()
    permits.record(
        office,
        staff=CLERK,
        supplier_number=supplier_number(94),
        received=date(2026, 10, 1),
        channel=PaperChannel.COUNTER,
    )
    return office


def reviewed(office: Office, odd: str) -> dict[str, Callable[[], object]]:
    waits: dict[str, Any] = {"office": office, "staff": CLERK, "number": WAITING}
    return {
        "note": partial(application_review.note, text=odd, **waits),
        "inquire": partial(application_review.inquire, version=1, text=odd, **waits),
        "answer": partial(application_review.answer, version=1, text=odd, **waits),
        "answer-2": partial(application_review.answer, version=2, text=odd, **waits),
        "preview": partial(application_review.preview_mail, kind=MailKind.ID_INQUIRED, text=odd, **waits),
        "reject": partial(application_review.reject, version=3, reasons=("other",), note=odd, **waits),
        "reject-for": partial(application_review.reject, version=3, reasons=(odd,), **waits),
        "withdraw": partial(application_review.withdraw, version=3, note=odd, **waits),
        "no-one": partial(application_review.claim, office, staff=CLERK, number=ApplicationNumber(odd)),
    }


def live(office: Office, odd: str) -> dict[str, Callable[[], object]]:
    own: dict[str, Any] = {"office": office, "staff": CLERK}
    one: dict[str, Any] = {**own, "application": application_number(92)}
    secret = odd.encode("utf-8", "surrogatepass")
    code: dict[str, Any] = {"code": bytearray(secret), "new": new(), **own}
    unknown = ApplicationNumber(odd)
    number = supplier_number(92)
    return {
        "no-registration": partial(id_desk.suspend, application=unknown, version=1, reason="x", **own),
        "sign-in": partial(id_credentials.sign_in, user_id=odd, password=bytearray(secret), **own),
        "report": partial(id_credentials.report_failure, user_id=odd, **own),
        "reset": partial(id_credentials.reset, supplier_number=odd, user_id="shinki0001", **code),
        "reset-id": partial(id_credentials.reset, supplier_number=number, user_id=odd, **code),
        "page": partial(supplier_page.page, supplier=SupplierNumber(odd), **own),
        "suspend": partial(id_desk.suspend, version=1, reason=odd, **one),
        "cancel": partial(id_desk.cancel, version=2, reason=odd, **one),
    }


def papers(office: Office, odd: str) -> dict[str, Callable[[], object]]:
    own: dict[str, Any] = {"office": office, "staff": CLERK}
    paper: dict[str, Any] = {**own, "permit_id": PermitId("P000001")}
    posted: dict[str, Any] = {**own, "received": date(2026, 10, 1), "channel": PaperChannel.POST}
    number = supplier_number(95)
    form = {**raw_form(96), "branch": odd, "trade_name": odd, "supplier_number": odd}
    return {
        "record": partial(permits.record, supplier_number=odd, **posted),
        "record-name": partial(permits.record, supplier_number=number, applicant=odd, note=odd, **posted),
        "owner": partial(permit_case.owner, supplier_number=odd, **own),
        "no-permit": partial(permits.void, permit_id=PermitId(odd), reason="x", **own),
        "refuse": partial(permits.refuse, reasons=("other",), note=odd, **paper),
        "dispatch": partial(
            permit_dispatch.dispatch, channel=PaperChannel.POST, recipient=odd, note=odd, **paper
        ),
        "void": partial(permits.void, reason=odd, **paper),
        "submit": partial(
            application_intake.submit, raw=form, password_hash=SAMPLE_HASH, rehearsal=False, **own
        ),
    }


def acts(office: Office, odd: str) -> dict[str, Callable[[], object]]:
    """Each with the odd text where a text is taken."""
    return {**reviewed(office, odd), **live(office, odd), **papers(office, odd)}


@pytest.mark.parametrize("odd", ODD, ids=NAMES)
def test_odd_text_is_taken_or_refused_in_words(busy: Office, odd: str) -> None:
    # An error that is none of the house's own comes through and fails the test.
    found = {name: outcome(act) for name, act in acts(busy, odd).items()}
    assert {name: code for name, code in found.items() if "database" in code} == {}
    assert "done" in found.values()
