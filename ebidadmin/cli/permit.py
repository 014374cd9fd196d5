"""``ebidadmin permit …``: paper permit requests and what became of them."""

from __future__ import annotations

from datetime import date, datetime

import click

from ebidadmin.cli.common import Run, desk_command
from ebidadmin.cli.views import permit_view
from ebidadmin.domain.ids import PermitId, SupplierNumber
from ebidadmin.domain.permits import PaperChannel, Permit

DAY = click.DateTime(["%Y-%m-%d"])


def _day(value: datetime | None) -> date | None:
    return None if value is None else value.date()


@click.group()
def permit() -> None:
    """Paper permits for the small-purchase ID."""


def _told(run: Run, changed: Permit) -> None:
    run.out(permit_view(changed), [f"{changed.id}: {changed.supplier_number} {changed.state.value}"])


@permit.command("record")
@click.argument("number")
@click.option("--received", type=DAY, required=True, help="Day of receipt, YYYY-MM-DD.")
@click.option("--channel", type=click.Choice([channel.value for channel in PaperChannel]), required=True)
@click.option("--applicant", default="", help="The name on the paper.")
@click.option("--note", default="")
@desk_command(changing=True)
def record(run: Run, *, number: str, received: datetime, channel: str, applicant: str, note: str) -> None:
    """Record the paper request of supplier NUMBER."""
    from ebidadmin.services import permits

    recorded = permits.record(
        run.desk.office,
        staff=run.desk.staff,
        supplier_number=SupplierNumber(number),
        received=received.date(),
        channel=PaperChannel(channel),
        applicant=applicant,
        note=note,
    )
    _told(run, recorded)


@permit.command("grant")
@click.argument("number")
@click.option("--valid-from", type=DAY, default=None, help="First day (default: today).")
@click.option("--valid-to", type=DAY, default=None, help="Last day (default: the end of the qualification).")
@desk_command(changing=True)
def grant(run: Run, *, number: str, valid_from: datetime | None, valid_to: datetime | None) -> None:
    """Grant permit NUMBER."""
    from ebidadmin.services import permits

    office, staff = run.desk.office, run.desk.staff
    _told(
        run,
        permits.grant(
            office,
            staff=staff,
            permit_id=PermitId(number),
            valid_from=_day(valid_from),
            valid_to=_day(valid_to),
        ),
    )


@permit.command("refuse")
@click.argument("number")
@click.option("--reason", required=True)
@desk_command(changing=True)
def refuse(run: Run, *, number: str, reason: str) -> None:
    """Refuse the request NUMBER."""
    from ebidadmin.services import permits

    _told(
        run, permits.refuse(run.desk.office, staff=run.desk.staff, permit_id=PermitId(number), reason=reason)
    )


@permit.command("withdraw")
@click.argument("number")
@click.option("--reason", required=True)
@desk_command(changing=True)
def withdraw(run: Run, *, number: str, reason: str) -> None:
    """Take the granted permit NUMBER back."""
    from ebidadmin.services import permits

    _told(
        run,
        permits.withdraw(run.desk.office, staff=run.desk.staff, permit_id=PermitId(number), reason=reason),
    )


@permit.command("list")
@desk_command()
def list_permits(run: Run) -> None:
    """List all permits, newest first."""
    from ebidadmin.services import permits

    found = permits.list_all(run.desk.office, staff=run.desk.staff)
    lines = [
        f"{one.id}\t{one.supplier_number}\t{one.state.value}\t{one.valid_from or ''}\t{one.valid_to or ''}\t{one.applicant}"
        for one in found
    ]
    run.out([permit_view(one) for one in found], lines or ["no permits"])
