"""``ebidadmin supplier open``: what the help desk sees of the one supplier whose number and name it was told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from ebidadmin.cli.common import Run, desk_command, notice, state_word
from ebidadmin.cli.eligibility import eligibility_lines, eligibility_view
from ebidadmin.clock import jst

if TYPE_CHECKING:
    from ebidadmin.domain.applications import IdApplication
    from ebidadmin.domain.cards import CardRegistration
    from ebidadmin.domain.contacts import Contact
    from ebidadmin.domain.registrations import Registration
    from ebidadmin.services.supplier_opening import OpenedSupplier


@click.command("open")
@click.argument("number")
@click.option("--name", required=True, help="The supplier's name, as it was told.")
@desk_command(changing=True)
def open_supplier(run: Run, *, number: str, name: str) -> None:
    """Show everything that was entered about supplier NUMBER, where the register has that name for it; the trail tells of it."""
    from ebidadmin.services import supplier_opening

    office, staff = run.desk.office, run.desk.staff
    if run.dry_run:
        supplier = supplier_opening.check(office, staff=staff, number=number, name=name)
        run.out(
            {"supplier_number": supplier, "opened": False}, [notice("supplier-would-open", number=supplier)]
        )
        return
    found = supplier_opening.open_supplier(office, staff=staff, number=number, name=name)
    run.out(_view(found), _lines(found))


def _view(found: OpenedSupplier) -> dict[str, Any]:
    record = found.qualification
    return {
        "supplier_number": record.supplier_number,
        "opened": True,
        "until": found.until.isoformat(),
        "trade_name": record.trade_name,
        "eligibility": eligibility_view(found.eligibility),
        "applications": list(map(_application, found.applications)),
        "ids": list(map(_identified, found.identified)),
        "permits": [
            {"number": one.id, "state": one.state.value, "applicant": one.applicant, "note": one.note}
            for one in found.permits
        ],
        "cards": list(map(_card, found.cards)),
        "main_contact": None if found.main_contact is None else found.main_contact.contact.as_map(),
    }


def _application(one: IdApplication) -> dict[str, Any]:
    form = one.form
    return {
        "number": one.number,
        "state": one.state.value,
        "company_phone": form.company_phone,
        "company_fax": form.company_fax,
        "branch": form.branch,
        "user_id": form.user_id,
        "main_contact": form.main_contact.as_map(),
        "applicant_contact": form.applicant_contact.as_map(),
    }


def _identified(one: Registration) -> dict[str, Any]:
    return {
        "application": one.application,
        "state": one.state.value,
        "user_id": one.user_id,
        "main_contact": one.main_contact.as_map(),
        "applicant_contact": one.applicant_contact.as_map(),
    }


def _card(one: CardRegistration) -> dict[str, Any]:
    return {
        "number": one.id,
        "state": one.state.value,
        "company_name": one.certificate.company_name,
        "company_address": one.certificate.company_address,
        "holder_name": one.certificate.holder_name,
        "card_contact": one.card_contact.as_map(),
    }


def _lines(found: OpenedSupplier) -> Iterator[str]:
    record = found.qualification
    yield f"{record.supplier_number}\t{record.trade_name}"
    yield notice("supplier-open", until=f"{jst(found.until):%H:%M}")
    yield from eligibility_lines(found.eligibility)
    for application in found.applications:
        form = application.form
        yield _line(application.number, application.state.value, form.user_id, form.main_contact)
        yield _line(application.number, application.state.value, form.user_id, form.applicant_contact)
    for one in found.identified:
        yield _line(one.application, one.state.value, one.user_id, one.main_contact)
        yield _line(one.application, one.state.value, one.user_id, one.applicant_contact)
    for permit in found.permits:
        yield f"{permit.id}\t{state_word(permit.state.value)}\t{permit.applicant}\t{permit.note}"
    for card in found.cards:
        yield _line(card.id, card.state.value, card.certificate.holder_name, card.card_contact)
    if found.main_contact is not None:
        yield "\t".join(found.main_contact.contact.as_map().values())


def _line(number: str, state: str, known_as: str, contact: Contact) -> str:
    return "\t".join((number, state_word(state), known_as, *contact.as_map().values()))
