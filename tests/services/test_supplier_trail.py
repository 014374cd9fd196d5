"""The trail of a supplier holds everything that was done or refused about it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.mails import MailKind
from ebidadmin.errors import NotEligibleError, NotPermittedError
from ebidadmin.services import application_review as review
from ebidadmin.services import audit, mail_outbox, permits
from ebidadmin.services.ports import Office
from tests.builders import AUDITOR, EVERYBODY, SUZUKI, TANAKA, permit, supplier_number
from tests.fakes import MemoryStore
from tests.services.helpers import put


def told(desk: Office, n: int) -> set[EventTag]:
    return {entry.event.tag for entry in audit.entries(desk, staff=EVERYBODY, supplier=supplier_number(n))}


def test_notes_leases_and_mails_are_found_by_supplier(
    desk: Office, store: MemoryStore, clock: SettableClock
) -> None:
    one = put(store)
    review.claim(desk, staff=SUZUKI, number=one.number)
    review.note(desk, staff=SUZUKI, number=one.number, text="電話した")
    review.claim(desk, staff=TANAKA, number=one.number, take_over=True)
    review.release(desk, staff=TANAKA, number=one.number)
    review.claim(desk, staff=TANAKA, number=one.number)
    clock.advance(timedelta(minutes=1))
    review.reject(desk, staff=TANAKA, number=one.number, version=1, reasons=("other",))
    mail_outbox.dispatch(desk, staff=EVERYBODY)
    assert told(desk, 92) >= {
        EventTag.APPLICATION_CLAIMED,
        EventTag.APPLICATION_CLAIM_RENEWED,
        EventTag.APPLICATION_CLAIM_TAKEN_OVER,
        EventTag.APPLICATION_CLAIM_RELEASED,
        EventTag.APPLICATION_NOTED,
        EventTag.APPLICATION_REJECTED,
        EventTag.MAIL_SENT,
    }
    assert told(desk, 93) == set()


def test_refusals_are_found_by_supplier(desk: Office, store: MemoryStore) -> None:
    one = put(store, 94)
    with pytest.raises(NotEligibleError):
        review.approve(desk, staff=TANAKA, number=one.number, version=1)
    assert EventTag.REFUSED_BY_RULE in told(desk, 94)
    with pytest.raises(NotPermittedError):
        permits.refuse(desk, staff=AUDITOR, permit_id=permit(92).id, reasons=("other",))
    assert told(desk, 92) == {EventTag.REFUSED_NOT_PERMITTED}


def test_a_refused_preview_is_in_the_trail(desk: Office, store: MemoryStore) -> None:
    one = put(store)
    with pytest.raises(NotPermittedError):
        review.preview_mail(desk, staff=AUDITOR, number=one.number, kind=MailKind.ID_APPROVED)
    assert EventTag.REFUSED_NOT_PERMITTED in told(desk, 92)
