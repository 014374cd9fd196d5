"""What the desk did to an ID is told to both contacts, as it was previewed, and never quotes what is registered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ebidadmin.bundled import bundled
from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.mails import MailKind, OutboxMail
from ebidadmin.domain.registrations import Registration
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import (
    ConcurrentEditError,
    IllegalTransitionError,
    InputError,
    NotPermittedError,
    StalePlanError,
)
from ebidadmin.mailing.composer import TemplateComposer
from ebidadmin.services import id_desk, mail_outbox
from ebidadmin.services.office_files import digest_of
from ebidadmin.services.ports import Office
from tests.builders import application_number, supplier_number
from tests.services.id_helpers import CLERK, kept


def told(office: Office, n: int = 92) -> list[OutboxMail]:
    """Mails about an ID, oldest first."""
    about = Subject(SubjectKind.REGISTRATION, application_number(n))
    with office.uow() as uow:
        return list(reversed(uow.mails.list(about=about)))


def with_templates(office: Office) -> Office:
    folder = bundled("data") / "reference" / "mails"
    composer = TemplateComposer(
        folder, reasons=office.reasons, names=office.names, office_name="下関市", contact="契約課"
    )
    return replace(office, composer=composer)


STEPS: dict[str, tuple[Callable[..., Registration], MailKind]] = {
    "suspend": (id_desk.suspend, MailKind.ID_SUSPENDED),
    "cancel": (id_desk.cancel, MailKind.ID_CANCELLED),
}


@pytest.mark.parametrize("verb", STEPS)
def test_a_suspension_and_a_cancellation_are_mailed_as_previewed(office: Office, verb: str) -> None:
    office = with_templates(office)
    step, kind = STEPS[verb]
    given: dict[str, Any] = {
        "staff": CLERK,
        "application": application_number(92),
        "reason": "指名停止のため",
    }
    seen = id_desk.preview_mails(office, verb=verb, **given)
    step(office, version=1, previewed=seen, **given)
    assert [mail.draft for mail in told(office)] == list(seen)
    template = bundled("data") / "reference" / "mails" / f"{kind.value}.toml"
    assert {draft.template for draft in seen} == {digest_of(template.read_bytes())}
    assert {mail.draft.kind for mail in told(office)} == {kind}
    assert "指名停止のため" in seen[0].body


def test_resuming_is_mailed_to_nobody(office: Office) -> None:
    given: dict[str, Any] = {
        "staff": CLERK,
        "application": application_number(92),
        "reason": "指名停止のため",
    }
    id_desk.suspend(office, version=1, **given)
    id_desk.resume(office, version=2, **given)
    assert [mail.draft.kind for mail in told(office)] == [MailKind.ID_SUSPENDED]


@pytest.mark.parametrize("verb", STEPS)
def test_what_is_refused_mails_nothing(office: Office, verb: str) -> None:
    office = with_templates(office)
    step = STEPS[verb][0]
    given: dict[str, Any] = {"staff": CLERK, "application": application_number(92)}
    seen = id_desk.preview_mails(office, verb=verb, reason="指名停止のため", **given)
    with pytest.raises(InputError, match="mail-quotes-entry"):
        step(office, version=1, reason="SHOUKAI0092 の誤用", **given)
    with pytest.raises(InputError, match="reason-missing"):
        step(office, version=1, reason=" ", **given)
    with pytest.raises(StalePlanError, match="mail-changed"):
        step(office, version=1, reason="ほかの理由", previewed=seen, **given)
    with pytest.raises(ConcurrentEditError):
        step(office, version=9, reason="指名停止のため", previewed=seen, **given)
    id_desk.cancel(office, version=1, reason="廃業", **given)
    count = len(told(office))
    with pytest.raises(IllegalTransitionError):
        step(office, version=2, reason="指名停止のため", **given)
    assert (kept(office).version, len(told(office))) == (2, count)


@pytest.mark.parametrize("verb", STEPS)
def test_an_office_that_does_not_mail_it_does_it_all_the_same(office: Office, verb: str) -> None:
    step, kind = STEPS[verb]
    office = with_templates(office)
    office = replace(office, settings=replace(office.settings, unmailed=frozenset({kind})))
    given: dict[str, Any] = {
        "staff": CLERK,
        "application": application_number(92),
        "reason": "内部の事情 shoukai0092",
    }
    assert id_desk.preview_mails(office, verb=verb, **given) == ()
    assert step(office, version=1, previewed=(), **given).version == 2
    assert told(office) == []


def test_a_preview_needs_the_role(office: Office) -> None:
    auditor = Staff("sato", frozenset({Role.AUDITOR}))
    with pytest.raises(NotPermittedError):
        id_desk.preview_mails(
            office, staff=auditor, application=application_number(92), verb="suspend", reason="x"
        )


def test_the_mail_that_left_stands_in_the_suppliers_trail(office: Office) -> None:
    id_desk.suspend(
        office, staff=CLERK, application=application_number(92), version=1, reason="指名停止のため"
    )
    mail_outbox.dispatch(office, staff=CLERK)
    with office.uow() as uow:
        found = [entry.event.tag for entry in uow.audit.list(supplier=supplier_number(92))]
    assert found[-2:] == [EventTag.REGISTRATION_SUSPENDED, EventTag.MAIL_SENT]
