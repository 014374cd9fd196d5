"""``ebidadmin registration …``: who is registered, by ID and by card."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from ebidadmin.cli import id_desk, registration_export
from ebidadmin.cli.common import Run, desk_command, japanese, notice, state_word, word
from ebidadmin.cli.eligibility import ON, day_of, eligibility_lines, eligibility_view
from ebidadmin.domain.ids import SupplierNumber

if TYPE_CHECKING:
    from ebidadmin.domain.cards import CardRegistration
    from ebidadmin.domain.followups import FollowUp
    from ebidadmin.domain.registrations import Registration
    from ebidadmin.services.registered import Registered, SupplierRegistrations


@click.group()
def registration() -> None:
    """Registrations of suppliers, by ID and by IC card."""


for _command in (*id_desk.COMMANDS, registration_export.export):
    registration.add_command(_command)


@registration.command("list")
@click.option("--all", "ended", is_flag=True, help="Cancelled and replaced ones too.")
@desk_command()
def list_registrations(run: Run, *, ended: bool) -> None:
    """List registrations by supplier number."""
    from ebidadmin.services import registered

    found = registered.listed(run.desk.office, staff=run.desk.staff, live_only=not ended)
    run.out(
        [_registered_view(one) for one in found],
        [_line(one) for one in found] or [notice("no-registrations")],
    )


@registration.command("show")
@click.argument("number")
@ON
@desk_command()
def show(run: Run, *, number: str, on: datetime | None) -> None:
    """Show all registrations of supplier NUMBER, and whether it may take part in quotations (today unless told otherwise)."""
    from ebidadmin.services import registered

    found = registered.shown(
        run.desk.office, staff=run.desk.staff, supplier=SupplierNumber(number), day=day_of(on)
    )
    run.out(_supplier_view(found), _supplier_lines(found))


def _registered_view(one: Registered) -> dict[str, Any]:
    kept = one.registration
    return {
        "kind": one.about.kind.value,
        "number": one.about.key,
        "supplier_number": kept.supplier_number,
        "trade_name": one.trade_name,
        "enterprise_id": kept.enterprise_id,
        "state": kept.state.value,
        "registered_at": _since(kept),
        "not_after": _until(kept),
    }


def _line(one: Registered) -> str:
    kept = one.registration
    kind, state = _kind_word(one), state_word(kept.state.value)
    cells = (kind, one.about.key, kept.supplier_number, kept.enterprise_id, state)
    return "\t".join((*cells, _until(kept) or "", one.trade_name))


def _since(kept: Registration | CardRegistration) -> str:
    from ebidadmin.domain.cards import CardRegistration

    at = kept.registered_at if isinstance(kept, CardRegistration) else kept.created_at
    return at.isoformat()


def _until(kept: Registration | CardRegistration) -> str | None:
    """The last moment of a card's certificate; an ID has none."""
    from ebidadmin.domain.cards import CardRegistration

    return kept.certificate.not_after.isoformat() if isinstance(kept, CardRegistration) else None


def _supplier_view(found: SupplierRegistrations) -> dict[str, Any]:
    return {
        "supplier_number": found.supplier_number,
        "enterprise_id": found.enterprise_id,
        "trade_name": None if found.qualification is None else found.qualification.trade_name,
        "main_contact": None if found.main_contact is None else found.main_contact.contact.as_map(),
        "eligibility": eligibility_view(found.eligibility),
        "ids": [_id_view(one) for one in found.identified],
        "cards": [card_view(one) for one in found.cards],
        "follow_ups": [follow_up_view(item) for item in found.follow_ups],
    }


def _supplier_lines(found: SupplierRegistrations) -> list[str]:
    name = "" if found.qualification is None else found.qualification.trade_name
    lines = [f"{found.supplier_number} {name}", word("enterprise-id", enterprise_id=found.enterprise_id)]
    lines += eligibility_lines(found.eligibility)
    lines += [
        f"id\t{one.application}\t{state_word(one.state.value)}\t{word('version', version=one.version)}\t{one.user_id}"
        for one in found.identified
    ]
    for card in found.cards:
        certificate = card.certificate
        lines.append(
            f"card\t{card.id}\t{state_word(card.state.value)}\t{certificate.serial}\t{certificate.issuer}\t{_until(card)}"
        )
    lines += [_follow_up_line(item) for item in found.follow_ups]
    return lines


def _follow_up_line(item: FollowUp) -> str:
    state, what = item.state.value, item.code.value
    if japanese():
        from ebidadmin.text.follow_up_sentences import follow_up_label
        from ebidadmin.text.registrations import STATES

        state, what = STATES[item.state], follow_up_label(item.code)
    return f"{word('to-look-at')}\t{item.id}\t{state}\t{what}"


def _kind_word(one: Registered) -> str:
    if japanese():
        from ebidadmin.text.registrations import KINDS

        return KINDS[one.about.kind]
    return one.about.kind.value


def _id_view(one: Registration) -> dict[str, Any]:
    return {
        "application_number": one.application,
        "state": one.state.value,
        "version": one.version,
        "failures": one.failures,
        "reason": one.reason,
        "code_expires_at": None if one.code is None else one.code.expires_at.isoformat(),
        "user_id": one.user_id,
        "registered_at": one.created_at.isoformat(),
        "main_contact": one.main_contact.as_map(),
        "applicant_contact": one.applicant_contact.as_map(),
    }


def card_view(card: CardRegistration) -> dict[str, Any]:
    """The JSON of a registered card; where the holder lives is not kept."""
    certificate = card.certificate
    return {
        "number": card.id,
        "state": card.state.value,
        "version": card.version,
        "registered_at": card.registered_at.isoformat(),
        "serial": certificate.serial,
        "issuer": certificate.issuer,
        "fingerprint": certificate.fingerprint,
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
        "company_name": certificate.company_name or None,
        "holder_name": certificate.holder_name or None,
        "guessed": list(certificate.guessed),
        "revocation": card.revocation.value,
        "card_contact": card.card_contact.as_map(),
        "replaces": card.replaces,
        "replaced_by": card.replaced_by,
        "reason": card.reason,
    }


def follow_up_view(item: FollowUp) -> dict[str, Any]:
    """The JSON of an item of the follow-up list."""
    return {
        "number": item.id,
        "code": item.code.value,
        "about": {"kind": item.about.kind.value, "number": item.about.key},
        "state": item.state.value,
        "version": item.version,
        "facts": {name: list(v) if isinstance(v, tuple) else v for name, v in item.facts.items()},
        "opened_at": item.opened_at.isoformat(),
        "closed_at": None if item.closed_at is None else item.closed_at.isoformat(),
        "closed_by": item.closed_by,
        "note": item.note,
    }
