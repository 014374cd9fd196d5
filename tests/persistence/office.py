"""Short ways to fill a database through the unit of work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from ebidadmin.domain import applications, registrations
from ebidadmin.domain.applications import Channel, IdApplication, IdForm
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import ApplicationNumber, EnterpriseId
from ebidadmin.domain.mails import MailDraft, MailKind
from ebidadmin.domain.names import NameRules
from ebidadmin.domain.permits import Permit
from ebidadmin.domain.registrations import Registration
from ebidadmin.domain.transition import Transition
from ebidadmin.services.ports import UnitOfWork
from tests import builders

RULES = NameRules(
    variants={"髙": "高"}, legal_forms={"㈱": "株式会社", "(株)": "株式会社", "株式会社": "株式会社"}
)
"""A handful of each kind; the real ones are data."""

OpenUow = Callable[[], UnitOfWork]

MAIL = MailDraft(MailKind.ID_REJECTED, ("a@example.co.jp",), "審査結果", "否認されました。\n")


def submission(
    n: int = 92,
    *,
    number: str | None = None,
    at: datetime = builders.NOON,
    entered: IdForm | None = None,
    **changes: Any,
) -> Transition[IdApplication]:
    return applications.submit(
        number=ApplicationNumber(number or builders.application_number(n)),
        form=entered or builders.form(n, **changes),
        password_hash=builders.SAMPLE_HASH,
        at=at,
        by="suppliers",
        channel=Channel.BATCH,
    )


def submit(uow: OpenUow, n: int = 92, **given: Any) -> IdApplication:
    """A pending application in the database."""
    made: IdApplication = save(uow, submission(n, **given))
    return made


def save(uow: OpenUow, transition: Transition[Any], *mails: MailDraft) -> Any:
    """Record and commit one transition; the aggregate afterwards."""
    with uow() as unit:
        unit.record(transition, mails=mails)
        unit.commit()
    return transition.after


def rejection(
    application: IdApplication, *, by: str = "tanaka", at: datetime = builders.NOON
) -> Transition[IdApplication]:
    return applications.reject(application, reasons=("R01",), note="", by=by, at=at)


def approval(
    application: IdApplication, *, by: str = "tanaka", at: datetime = builders.NOON
) -> Transition[IdApplication]:
    return applications.approve(application, by=by, at=at, accepted={"name-variant": "確認済み"})


def registration(application: IdApplication, *, serial: int = 1, **changes: Any) -> Transition[Registration]:
    given: dict[str, Any] = {
        "application": application.number,
        "supplier_number": application.supplier_number,
        "enterprise_id": EnterpriseId(f"13521{serial:011d}"),
        "user_id": application.form.user_id,
        "password_hash": builders.SAMPLE_HASH,
        "main_contact": application.form.main_contact,
        "applicant_contact": application.form.applicant_contact,
        "by": "tanaka",
        "at": builders.NOON,
    }
    return registrations.create(**{**given, **changes})


def approve_fully(uow: OpenUow, application: IdApplication, *, serial: int = 1) -> None:
    """Approval and registration in one unit, as the service does."""
    with uow() as unit:
        unit.record(approval(application))
        unit.record(registration(application, serial=serial))
        unit.commit()


def stored_permit(permit: Permit) -> Transition[Permit]:
    """A transition to exactly this permit as version 1, whatever its state: for filling tables."""
    event = Event(
        EventTag.PERMIT_RECORDED,
        Subject(SubjectKind.PERMIT, permit.id),
        "tanaka",
        builders.NOON,
        after={"state": permit.state.value},
    )
    return Transition(replace(permit, version=1), (event,))
