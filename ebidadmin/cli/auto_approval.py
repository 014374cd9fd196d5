"""``ebidadmin application auto-approve``: what has no finding at all is approved, for a timer."""

from __future__ import annotations

import click

from ebidadmin.cli.common import EXIT_REFUSED, Run, desk_command, dispatch_mails, japanese, sentence


@click.command("auto-approve")
@desk_command(changing=True)
def auto_approve(run: Run) -> None:
    """Approve what has no finding at all, where the setting review.auto_approve is on."""
    from ebidadmin.services.auto_approval import approve_plain

    desk = run.desk
    outcomes = approve_plain(desk.office, staff=desk.staff, reader=desk.queue_reader)
    dispatch_mails(run)
    approved = [one.number for one in outcomes if one.refused is None]
    left = [(one.number, one.refused) for one in outcomes if one.refused is not None]
    value = {
        "approved": approved,
        "left": [{"application_number": number, "code": error.code} for number, error in left],
    }
    told = (f"{number}: {' '.join(sentence(error))}" for number, error in left)
    run.out(value, [_summary(len(approved), len(left)), *told])
    if left:
        run.exit_code = EXIT_REFUSED


def _summary(approved: int, left: int) -> str:
    if japanese():
        from ebidadmin.text.bulk_approval import done

        return done(approved, left)
    return f"approved {approved}" + (f", left as it is {left}" if left else "")
