"""``ebidadmin permit proposals|confirm|decline|take-back``: the second person for decisions on permits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ebidadmin.cli.common import Run, desk_command, japanese
from ebidadmin.cli.views import permit_view, proposal_line, proposal_view
from ebidadmin.domain.ids import PermitId, ProposalId
from ebidadmin.domain.permit_proposals import PermitAct, PermitProposal
from ebidadmin.domain.permits import Permit, PermitState

if TYPE_CHECKING:
    from ebidadmin.services.permit_proposals import Listed
    from ebidadmin.services.ports import Reasons


def permit_line(one: Permit, reasons: Reasons) -> str:
    """A permit for people, in their language: what it is, its letter's number, its days, and why it is as it is."""
    if japanese():
        from ebidadmin.text.permits import permit_line as japanese_line

        return japanese_line(one, [reasons.label(code) for code in one.refusal_reasons])
    document = "no number" if one.document is None else f"{one.document.fiscal_year}-{one.document.number}"
    shown = [one.id, document, one.supplier_number, one.state.value]
    if one.state in (PermitState.GRANTED, PermitState.WITHDRAWN):
        shown.append(f"{one.valid_from} to {one.valid_to or 'open'}")
    if one.withdrawn_from is not None:
        shown.append(f"withdrawn from {one.withdrawn_from}")
    why = one.voiding.reason if one.voiding is not None else one.reason
    return "\t".join(
        [*shown, one.applicant, *(" ".join(word.split()) for word in (*one.refusal_reasons, why) if word)]
    )


def proposed(run: Run, number: str, act: PermitAct, **asked: Any) -> bool:
    """Where the office wants a second person for that act, ask for one instead of doing it; whether that was so."""
    from ebidadmin.services import permit_proposals

    office, permit = run.desk.office, PermitId(number)
    if not permit_proposals.needed(office, permit_id=permit, act=act):
        return False
    made = permit_proposals.propose(office, staff=run.desk.staff, permit_id=permit, act=act, **asked)
    lines = [_line(made, office.permit_reasons)]
    if japanese():
        from ebidadmin.text.permit_proposals import how_to_confirm

        lines.append(how_to_confirm(made.id))
    else:
        lines.append(f"nothing is decided yet; another person decides by: ebidadmin permit confirm {made.id}")
    run.out(proposal_view(made), lines)
    return True


@click.command("proposals")
@click.option("--all", "everything", is_flag=True, help="Also those that have ended.")
@desk_command()
def proposals(run: Run, *, everything: bool) -> None:
    """List what waits for a second person."""
    from ebidadmin.services import permit_proposals

    office = run.desk.office
    found = permit_proposals.list_all(office, staff=run.desk.staff, open_only=not everything)
    value = [
        {
            **proposal_view(one.proposal),
            "over": None if one.over is None else one.over.value,
            "own": one.own,
        }
        for one in found
    ]
    run.out(value, [_listed(one, office.permit_reasons) for one in found] or [_none()])


@click.command("confirm")
@click.argument("number")
@desk_command(changing=True)
def confirm(run: Run, *, number: str) -> None:
    """Confirm another person's proposal NUMBER: exactly what was asked is done, now and under your name."""
    from ebidadmin.services import permit_proposals

    office = run.desk.office
    one, permit = permit_proposals.confirm(office, staff=run.desk.staff, number=ProposalId(number))
    run.out(
        {"proposal": proposal_view(one), "permit": permit_view(permit)},
        [_line(one, office.permit_reasons), permit_line(permit, office.permit_reasons)],
    )


@click.command("decline")
@click.argument("number")
@click.option("--why", "reason", required=True, help="The reason; it goes into the audit trail.")
@desk_command(changing=True)
def decline(run: Run, *, number: str, reason: str) -> None:
    """Decline another person's proposal NUMBER; the permit stays as it is."""
    from ebidadmin.services import permit_proposals

    office = run.desk.office
    done = permit_proposals.decline(office, staff=run.desk.staff, number=ProposalId(number), reason=reason)
    run.out(proposal_view(done), [_line(done, office.permit_reasons)])


@click.command("take-back")
@click.argument("number")
@desk_command(changing=True)
def take_back(run: Run, *, number: str) -> None:
    """Take your own proposal NUMBER back."""
    from ebidadmin.services import permit_proposals

    office = run.desk.office
    done = permit_proposals.withdraw(office, staff=run.desk.staff, number=ProposalId(number))
    run.out(proposal_view(done), [_line(done, office.permit_reasons)])


COMMANDS = (proposals, confirm, decline, take_back)
"""What ``permit`` has for a second person."""


def _line(one: PermitProposal, reasons: Reasons) -> str:
    if japanese():
        from ebidadmin.text.permit_proposals import proposal_line as japanese_line

        return japanese_line(one, {code: reasons.label(code) for code in one.binding.reasons})
    return proposal_line(one)


def _listed(listed: Listed, reasons: Reasons) -> str:
    from ebidadmin.text.permit_proposals import OVER, OWN

    line, over = _line(listed.proposal, reasons), listed.over
    if over is not None:
        line += f"\t{OVER[over] if japanese() else f'over: {over.value}'}"
    if listed.own:
        line += f"\t{OWN if japanese() else 'yours'}"
    return line


def _none() -> str:
    from ebidadmin.text.permit_proposals import NONE

    return NONE if japanese() else "no proposals"
