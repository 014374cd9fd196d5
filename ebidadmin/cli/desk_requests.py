"""``ebidadmin request …``: the second person for bulk approvals and for cancelling an ID.

A list of applications is asked for where it is looked at, on the screen of the queue.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ebidadmin.cli.common import EXIT_REFUSED, Run, desk_command, dispatch_mails, japanese, sentence
from ebidadmin.clock import jst
from ebidadmin.domain.desk_requests import CancelBinding, DeskAct, DeskRequest
from ebidadmin.domain.ids import ApplicationNumber, DeskRequestId
from ebidadmin.domain.second_person import RequestState

if TYPE_CHECKING:
    from ebidadmin.services.bulk_approval import BulkOutcome
    from ebidadmin.services.desk_requests import Listed, ShownCase


def cancel_asked(run: Run, number: str, version: int, reason: str) -> bool:
    """Where the office wants a second person for cancelling an ID, ask for one instead of doing it; whether that was so."""
    from ebidadmin.services import desk_requests
    from ebidadmin.services.second_person import asks_another

    office = run.desk.office
    if not asks_another(office, office.settings.cancel_second_person):
        return False
    made = desk_requests.request_cancel(
        office, staff=run.desk.staff, application=ApplicationNumber(number), version=version, reason=reason
    )
    run.out(_view(made), [_line(made), _next(made)])
    return True


@click.group()
def request() -> None:
    """Bulk approvals and cancellings of IDs that wait for a second person."""


@request.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those that have ended.")
@click.option("--act", type=click.Choice([act.value for act in DeskAct]), default=None, help="Only those.")
@desk_command()
def list_requests(run: Run, *, everything: bool, act: str | None) -> None:
    """List what waits for a second person, and what was confirmed but is not carried out."""
    from ebidadmin.services import desk_requests

    found = desk_requests.list_all(
        run.desk.office,
        staff=run.desk.staff,
        open_only=not everything,
        act=None if act is None else DeskAct(act),
    )
    run.out([_listed_view(one) for one in found], [_listed(one) for one in found] or [_none()])


@request.command("show")
@click.argument("number")
@desk_command()
def show(run: Run, *, number: str) -> None:
    """Show request NUMBER with all that it is about, as it is now."""
    from ebidadmin.services import desk_requests

    shown = desk_requests.shown(run.desk.office, staff=run.desk.staff, number=DeskRequestId(number))
    value = {
        **_listed_view(shown.listed),
        "trade_name": shown.trade_name,
        "mailed": shown.mailed,
        "shown_cases": [_case_view(case) for case in shown.cases],
    }
    lines = [_listed(shown.listed), *([shown.trade_name] if shown.trade_name else [])]
    run.out(value, [*lines, *(_case_line(case) for case in shown.cases)])


@request.command("confirm")
@click.argument("number")
@desk_command(changing=True)
def confirm(run: Run, *, number: str) -> None:
    """Confirm another person's request NUMBER; look at it before (request show). It is carried out by whoever may review."""
    from ebidadmin.services import desk_requests

    done = desk_requests.confirm(run.desk.office, staff=run.desk.staff, number=DeskRequestId(number))
    run.out(_view(done), [_line(done), _next(done)])


@request.command("decline")
@click.argument("number")
@click.option("--why", "reason", required=True, help="The reason; it goes into the audit trail.")
@desk_command(changing=True)
def decline(run: Run, *, number: str, reason: str) -> None:
    """Decline another person's request NUMBER, also one that was confirmed but is not carried out."""
    from ebidadmin.services import desk_requests

    done = desk_requests.decline(
        run.desk.office, staff=run.desk.staff, number=DeskRequestId(number), reason=reason
    )
    run.out(_view(done), [_line(done)])


@request.command("take-back")
@click.argument("number")
@desk_command(changing=True)
def take_back(run: Run, *, number: str) -> None:
    """Take your own request NUMBER back."""
    from ebidadmin.services import desk_requests

    done = desk_requests.withdraw(run.desk.office, staff=run.desk.staff, number=DeskRequestId(number))
    run.out(_view(done), [_line(done)])


@request.command("carry-out")
@click.argument("number")
@desk_command(changing=True)
def carry_out(run: Run, *, number: str) -> None:
    """Do what request NUMBER asks, which another person confirmed; interrupted, it goes on when given again."""
    from ebidadmin.services import desk_requests

    done = desk_requests.carry_out(run.desk.office, staff=run.desk.staff, number=DeskRequestId(number))
    value = {**_view(done.request), "outcomes": [_outcome_view(one) for one in done.outcomes]}
    lines = [_line(done.request), *(_left(one) for one in done.outcomes if one.refused is not None)]
    if done.request.state is RequestState.CONFIRMED:
        lines.append(_stays(done.request))
    dispatch_mails(run)
    run.out(value, lines)
    if any(one.refused is not None for one in done.outcomes):
        run.exit_code = EXIT_REFUSED


def _view(one: DeskRequest) -> dict[str, Any]:
    """The JSON of a request."""
    binding = one.binding
    if isinstance(binding, CancelBinding):
        asked: dict[str, Any] = {
            "application": binding.application,
            "supplier_number": binding.supplier_number,
            "registration_version": binding.registration_version,
            "wording": binding.wording,
        }
    else:
        asked = {"cases": list(binding.numbers)}
    return {
        "number": one.id,
        "act": one.act.value,
        **asked,
        "state": one.state.value,
        "requested_by": one.requested_by,
        "requested_at": one.requested_at.isoformat(),
        "expires_at": one.expires_at.isoformat(),
        "confirmed_by": one.confirmed_by,
        "confirmed_at": None if one.confirmed_at is None else one.confirmed_at.isoformat(),
        "ended_by": one.ended_by,
        "ended_at": None if one.ended_at is None else one.ended_at.isoformat(),
        "reason": one.reason,
    }


def _listed_view(listed: Listed) -> dict[str, Any]:
    over = None if listed.over is None else listed.over.value
    return {**_view(listed.request), "over": over, "own": listed.own}


def _case_view(case: ShownCase) -> dict[str, Any]:
    return {
        "number": case.number,
        "supplier_number": case.supplier_number,
        "trade_name": case.trade_name,
        "state": None if case.state is None else case.state.value,
        "findings": [finding.code.value for finding in case.notes],
        "mailed": case.mailed,
        "as_asked": case.as_asked,
        "approved": case.approved,
    }


def _outcome_view(one: BulkOutcome) -> dict[str, Any]:
    return {"number": one.number, "refused": None if one.refused is None else one.refused.code}


def _line(one: DeskRequest) -> str:
    if japanese():
        from ebidadmin.text.desk_requests import request_line

        return request_line(one)
    binding = one.binding
    what = (
        f"cancel {binding.application} ({' '.join(binding.wording.split())})"
        if isinstance(binding, CancelBinding)
        else f"approve {len(binding.cases)} applications"
    )
    people = f"asked by {one.requested_by}"
    if one.confirmed_by is not None:
        people += f", confirmed by {one.confirmed_by}"
    if one.ended_by is not None:
        people += f", {one.state.value} by {one.ended_by}"
    end = f"until {jst(one.expires_at):%Y-%m-%d %H:%M} JST" if one.is_open else " ".join(one.reason.split())
    shown = [one.id, one.state.value, one.supplier_number or "", what, people, end]
    return "\t".join(word for word in shown if word)


def _listed(listed: Listed) -> str:
    from ebidadmin.text.desk_requests import OVER, OWN

    line, over = _line(listed.request), listed.over
    if over is not None:
        line += f"\t{OVER[over] if japanese() else f'over: {over.value}'}"
    if listed.own:
        line += f"\t{OWN if japanese() else 'yours'}"
    return line


def _case_line(case: ShownCase) -> str:
    from ebidadmin.text.desk_requests import APPROVED, AS_ASKED, CHANGED, ERASED
    from ebidadmin.text.labels import FINDINGS

    if case.state is None:
        standing = ERASED if japanese() else "erased"
    elif case.approved:
        standing = APPROVED if japanese() else "approved"
    elif case.as_asked:
        standing = AS_ASKED if japanese() else "as asked"
    else:
        standing = CHANGED if japanese() else "changed since"
    found = [FINDINGS[one.code.value] if japanese() else one.code.value for one in case.notes]
    return "\t".join([case.number, case.supplier_number, case.trade_name, standing, ", ".join(found)]).strip()


def _next(one: DeskRequest) -> str:
    confirmed = one.state is RequestState.CONFIRMED
    if japanese():
        from ebidadmin.text.desk_requests import how_to_carry_out, how_to_confirm

        return how_to_carry_out(one.id) if confirmed else how_to_confirm(one.id)
    carry = f"ebidadmin request carry-out {one.id}"
    if confirmed:
        return f"nothing has changed yet; whoever may review does it by: {carry}"
    return f"nothing has changed yet; another person confirms by: ebidadmin request confirm {one.id}, then: {carry}"


def _left(one: BulkOutcome) -> str:
    return "" if one.refused is None else f"{one.number}: {' '.join(sentence(one.refused))}"


def _stays(one: DeskRequest) -> str:
    from ebidadmin.text.desk_requests import STAYS

    if japanese():
        return STAYS.format(number=one.id)
    return f"nothing could be approved; {one.id} stays confirmed: give the command again once nothing stands against it"


def _none() -> str:
    from ebidadmin.text.desk_requests import NONE

    return NONE if japanese() else "no requests"
