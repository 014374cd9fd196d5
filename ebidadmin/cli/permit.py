"""``ebidadmin permit …``: paper permit requests and what became of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from ebidadmin.cli.common import Run, desk_command, japanese
from ebidadmin.cli.permit_proposals import permit_line, proposed
from ebidadmin.cli.views import permit_view
from ebidadmin.domain.ids import PermitId, SupplierNumber
from ebidadmin.domain.permit_proposals import PermitAct
from ebidadmin.domain.permits import PaperChannel, Permit

if TYPE_CHECKING:
    from ebidadmin.domain.staff import Staff
    from ebidadmin.services.ports import Office

DAY = click.DateTime(["%Y-%m-%d"])
CHANNEL = click.Choice([channel.value for channel in PaperChannel])


TYPED = click.option(
    "--typed",
    default=None,
    help="The supplier number again, where the office wants it of whoever works alone.",
)


def day_of(value: datetime | None) -> date | None:
    """The day that an option names."""
    return None if value is None else value.date()


def _no_permits() -> str:
    if japanese():
        from ebidadmin.text.permits import NO_PERMITS

        return NO_PERMITS
    return "no permits"


def _told(run: Run, changed: Permit) -> None:
    run.out(permit_view(changed), [permit_line(changed, run.desk.office.permit_reasons)])


def _on_desk(run: Run) -> tuple[Office, Staff]:
    return run.desk.office, run.desk.staff


@click.group()
def permit() -> None:
    """Paper permits for the small-purchase ID."""


@permit.command("record")
@click.argument("number")
@click.option("--received", type=DAY, required=True, help="Day of receipt, YYYY-MM-DD.")
@click.option("--channel", type=CHANNEL, required=True, help="How it came in.")
@click.option("--reply-channel", type=CHANNEL, default=None, help="How the answer is wished for.")
@click.option("--applicant", default="", help="The name on the paper.")
@click.option("--note", default="")
@desk_command(changing=True)
def record(
    run: Run,
    *,
    number: str,
    received: datetime,
    channel: str,
    reply_channel: str | None,
    applicant: str,
    note: str,
) -> None:
    """Record the paper request of supplier NUMBER."""
    from ebidadmin.services import permits

    office, staff = _on_desk(run)
    recorded = permits.record(
        office,
        staff=staff,
        supplier_number=SupplierNumber(number),
        received=received.date(),
        channel=PaperChannel(channel),
        applicant=applicant,
        note=note,
        reply_channel=None if reply_channel is None else PaperChannel(reply_channel),
    )
    _told(run, recorded)


@permit.command("grant")
@click.argument("number")
@click.option("--valid-from", type=DAY, default=None, help="First day (default: today).")
@click.option("--valid-to", type=DAY, default=None, help="Last day (default: the end of the qualification).")
@TYPED
@desk_command(changing=True)
def grant(
    run: Run, *, number: str, valid_from: datetime | None, valid_to: datetime | None, typed: str | None
) -> None:
    """Grant permit NUMBER under the next document number of the fiscal year."""
    from ebidadmin.services import permits

    office, staff = _on_desk(run)
    first, last = day_of(valid_from), day_of(valid_to)
    if proposed(run, number, PermitAct.GRANT, valid_from=first, valid_to=last):
        return
    _told(
        run,
        permits.grant(
            office, staff=staff, permit_id=PermitId(number), valid_from=first, valid_to=last, typed=typed
        ),
    )


@permit.command("refuse")
@click.argument("number")
@click.option(
    "--reason", "reasons", multiple=True, required=True, help="A code of the catalogue; repeatable."
)
@click.option("--note", default="", help="Free text beside the reasons.")
@TYPED
@desk_command(changing=True)
def refuse(run: Run, *, number: str, reasons: tuple[str, ...], note: str, typed: str | None) -> None:
    """Refuse the request NUMBER under the next document number of the fiscal year."""
    from ebidadmin.services import permits

    office, staff = _on_desk(run)
    if proposed(run, number, PermitAct.REFUSE, reasons=reasons, wording=note):
        return
    _told(
        run,
        permits.refuse(
            office, staff=staff, permit_id=PermitId(number), reasons=reasons, note=note, typed=typed
        ),
    )


@permit.command("withdraw")
@click.argument("number")
@click.option("--reason", required=True)
@click.option("--from", "first", type=DAY, default=None, help="First day without it (default: today).")
@TYPED
@desk_command(changing=True)
def withdraw(run: Run, *, number: str, reason: str, first: datetime | None, typed: str | None) -> None:
    """Take the granted permit NUMBER back from a day on; until then it counts as it did."""
    from ebidadmin.services import permits

    office, staff = _on_desk(run)
    given = day_of(first)
    if proposed(run, number, PermitAct.WITHDRAW, wording=reason, withdrawn_from=given):
        return
    _told(
        run,
        permits.withdraw(
            office,
            staff=staff,
            permit_id=PermitId(number),
            reason=reason,
            withdrawn_from=given,
            typed=typed,
        ),
    )


@permit.command("void")
@click.argument("number")
@click.option("--reason", required=True, help="What the mistake was.")
@TYPED
@desk_command(changing=True)
def void(run: Run, *, number: str, reason: str, typed: str | None) -> None:
    """Say that permit NUMBER was recorded or decided by mistake; its document number stays used."""
    from ebidadmin.services import permits

    office, staff = _on_desk(run)
    if proposed(run, number, PermitAct.VOID, wording=reason):
        return
    _told(run, permits.void(office, staff=staff, permit_id=PermitId(number), reason=reason, typed=typed))


@permit.command("list")
@desk_command()
def list_permits(run: Run) -> None:
    """List all permits, newest first."""
    from ebidadmin.services import permits

    office, staff = _on_desk(run)
    found = permits.list_all(office, staff=staff)
    lines = [permit_line(one, office.permit_reasons) for one in found]
    run.out([permit_view(one) for one in found], lines or [_no_permits()])
