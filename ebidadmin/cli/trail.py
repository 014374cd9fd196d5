"""``ebidadmin mail …``: what was told to suppliers."""

from __future__ import annotations

import click

from ebidadmin.cli.common import EXIT_REFUSED, Run, desk_command, dispatch_mails, notice
from ebidadmin.cli.views import mail_line, mail_view
from ebidadmin.domain.mails import MailKind, MailState


@click.group()
def mail() -> None:
    """Mails to suppliers: the outbox."""


@mail.command("list")
@click.option("--state", type=click.Choice([state.value for state in MailState]), default=None)
@desk_command()
def list_mails(run: Run, *, state: str | None) -> None:
    """List mails, newest first."""
    from ebidadmin.services import mail_outbox

    found = mail_outbox.list_all(
        run.desk.office, staff=run.desk.staff, state=None if state is None else MailState(state)
    )
    run.out([mail_view(one) for one in found], [mail_line(one) for one in found] or [notice("no-mails")])


@mail.command("send")
@desk_command(changing=True)
def send(run: Run) -> None:
    """Hand the waiting mails over now, those whose next try is due; exit code 1 when some could not be."""
    from ebidadmin.services import mail_outbox

    if run.dry_run:
        waiting = mail_outbox.list_all(run.desk.office, staff=run.desk.staff, state=MailState.WAITING)
        run.out({"waiting": len(waiting)}, [notice("mails-waiting", count=len(waiting))])
        return
    sent = failed = left = 0
    while not left:
        report = mail_outbox.dispatch(run.desk.office, staff=run.desk.staff)
        sent, failed, left = sent + report.sent, failed + report.failed, report.left
        # Those that failed wait or are leased now, so each round has other mails.
        if not report.sent + report.failed:
            break
    counts = {"sent": sent, "failed": failed, "left": left}
    run.out(counts, [notice("mails-sent-some" if left else "mails-sent", **counts)])
    if failed or left:
        run.exit_code = EXIT_REFUSED


@mail.command("notices")
@desk_command(changing=True)
def notices(run: Run) -> None:
    """Tell card contacts that their certificate ends soon (once for a card and a period) and send what waits; to be run each day."""
    from ebidadmin.services import expiry_notices

    told = expiry_notices.write(run.desk.office, staff=run.desk.staff)
    off = MailKind.CARD_EXPIRES in run.desk.office.settings.unmailed
    line = notice("notices-off") if off else notice("notices-told", count=len(told))
    run.out({"told": list(told), "off": off}, [line])
    dispatch_mails(run)


@mail.command("retry")
@click.argument("number", type=int)
@desk_command(changing=True)
def retry(run: Run, *, number: int) -> None:
    """Have the given-up mail NUMBER tried again."""
    from ebidadmin.services import mail_outbox

    waiting = mail_outbox.retry(run.desk.office, staff=run.desk.staff, mail_id=number)
    run.out(mail_view(waiting), [notice("mail-again", number=waiting.id)])
