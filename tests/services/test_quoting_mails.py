"""The services refuse what the preview refuses: nothing is decided and no mail is stored, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.mails import MailKind
from ebidadmin.errors import InputError
from ebidadmin.services import application_review
from ebidadmin.services.ports import Office
from tests.builders import TANAKA, flat, qualification
from tests.conftest import FreshDatabase
from tests.fakes import office as made_office
from tests.mailing.test_quoting_mails import COMPOSER, REASONS, by_field
from tests.persistence.office import submit
from tests.quoting import FIELDS, Probe, supplier
from tests.sql_store import SqlStore

NUMBER = ApplicationNumber("A000009")


@pytest.fixture
def office(fresh_database: FreshDatabase, kind: str, clock: SettableClock) -> Office:
    """An application of supplier 9 waits for a decision."""
    store = SqlStore(fresh_database(kind), clock)
    store.import_register(qualification(9))
    submit(store, 9, number=NUMBER, entered=supplier(9))
    return replace(made_office(store), clock=clock, composer=COMPOSER, reasons=REASONS)


def texts(key: str) -> list[Probe]:
    """Every fifth spelling of what supplier 9 entered there, and at least that as it was entered."""
    spelt = [one for one in by_field()[key] if one.form == supplier(9)][::5]
    return [*spelt, Probe(supplier(9), key, f"「{flat(supplier(9))[key]}」について", "as entered")]


def attempts(office: Office, text: str) -> Iterator[Callable[[], object]]:
    """The preview and the decision, of each kind that has free text."""
    common: dict[str, Any] = {"office": office, "staff": TANAKA, "number": NUMBER}
    told: dict[str, Any] = {"reasons": ("other",), "note": text}
    yield partial(application_review.preview_mail, kind=MailKind.ID_REJECTED, **common, **told)
    yield partial(application_review.preview_mail, kind=MailKind.ID_INQUIRED, **common, text=text)
    yield partial(application_review.reject, version=1, **common, **told)
    yield partial(application_review.inquire, version=1, **common, text=text)


@pytest.mark.parametrize("key", FIELDS)
def test_preview_rejection_and_inquiry_are_refused_naming_the_field(office: Office, key: str) -> None:
    for probe in texts(key):
        for attempt in attempts(office, probe.text):
            with pytest.raises(InputError) as refused:
                attempt()
            assert key in {problem.facts.get("field") for problem in refused.value.problems}
    with office.uow() as uow:
        assert uow.applications.get(NUMBER).state is ApplicationState.PENDING
        assert uow.mails.list() == ()


def test_the_trail_of_a_refusal_does_not_tell_the_value(office: Office) -> None:
    entered = supplier(9)
    for value in (entered.user_id, entered.company_phone, entered.main_contact.address):
        with pytest.raises(InputError):
            application_review.inquire(office, staff=TANAKA, number=NUMBER, version=1, text=f"{value} とは")
    with office.uow() as uow:
        refusals = [one for one in uow.audit.list() if one.event.tag is not EventTag.APPLICATION_SUBMITTED]
        assert not any(value in repr(refusals) for value in (entered.user_id, entered.company_phone))


def test_what_quotes_nothing_is_decided_and_mailed(office: Office) -> None:
    text = "登記簿の写しを、2026年10月14日までに下関市南部町1番1号 契約課(083-231-3178)へお送りください。"
    draft = application_review.preview_mail(
        office, staff=TANAKA, number=NUMBER, kind=MailKind.ID_INQUIRED, text=text
    )
    application_review.inquire(office, staff=TANAKA, number=NUMBER, version=1, text=text, previewed=draft)
    with office.uow() as uow:
        (mail,) = uow.mails.list()
    assert mail.draft == draft
    assert text in mail.draft.body
