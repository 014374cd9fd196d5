"""``ebidadmin registration suspend`` and the other desk work on an ID."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from ebidadmin.cli.common import Run, desk_command, dispatch_mails, notice, state_word, word
from ebidadmin.cli.desk_requests import cancel_asked
from ebidadmin.domain.id_desk_work import IdentityCheck, IdentityDocument, IdentityMeans
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.registrations import OneTimeCode, Registration
from ebidadmin.errors import NotFoundError

if TYPE_CHECKING:
    from ebidadmin.domain.qualifications import Qualification

VERSION = click.option(
    "--version", type=int, required=True, help="The version that was seen (registration show)."
)
REASON = click.option("--reason", required=True, help="Why; kept in the trail.")
TOLD_REASON = click.option(
    "--reason", required=True, help="Why; kept in the trail and told to the supplier by mail."
)


def _identity(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--identity-note", default="", help="Who was spoken to. No number of a document."),
        click.option(
            "--document",
            type=click.Choice([one.value for one in IdentityDocument]),
            required=True,
            help="Which kind of document was looked at.",
        ),
        click.option(
            "--identity",
            type=click.Choice([one.value for one in IdentityMeans]),
            required=True,
            help="How it was made sure who asks.",
        ),
    ):
        command = option(command)
    return command


@click.command("suspend")
@click.argument("number")
@VERSION
@TOLD_REASON
@desk_command(changing=True)
def suspend(run: Run, *, number: str, version: int, reason: str) -> None:
    """Suspend the ID that came from application NUMBER."""
    from ebidadmin.services import id_desk

    _told(run, id_desk.suspend(**_about(run, number, version), reason=reason))
    dispatch_mails(run)


@click.command("resume")
@click.argument("number")
@VERSION
@REASON
@desk_command(changing=True)
def resume(run: Run, *, number: str, version: int, reason: str) -> None:
    """Let a suspended ID be used again."""
    from ebidadmin.services import id_desk

    _told(run, id_desk.resume(**_about(run, number, version), reason=reason))


@click.command("cancel")
@click.argument("number")
@VERSION
@TOLD_REASON
@click.option(
    "--typed",
    default=None,
    help="Its supplier number again, where the office wants it of whoever works alone.",
)
@desk_command(changing=True)
def cancel(run: Run, *, number: str, version: int, reason: str, typed: str | None) -> None:
    """End an ID for good; where the office wants a second person, ask for one."""
    from ebidadmin.services import id_desk

    if cancel_asked(run, number, version, reason):
        return
    _told(run, id_desk.cancel(**_about(run, number, version), reason=reason, typed=typed))
    dispatch_mails(run)


@click.command("unlock")
@click.argument("number")
@VERSION
@_identity
@desk_command(changing=True)
def unlock(run: Run, *, number: str, version: int, **checked: str) -> None:
    """Unlock an ID that wrong passwords have locked."""
    from ebidadmin.services import id_desk

    _told(run, id_desk.unlock(**_about(run, number, version), identity=_check(**checked)))


@click.command("reset-code")
@click.argument("number")
@VERSION
@_identity
@desk_command(changing=True)
def reset_code(run: Run, *, number: str, version: int, **checked: str) -> None:
    """Write the letter with a one-time code (PDF) to standard output, to be piped to a printer; it is kept nowhere."""
    from ebidadmin.services import id_desk
    from ebidadmin.services.card_ports import wipe

    if sys.stdout.isatty():
        raise click.UsageError(notice("letter-to-terminal"))
    seen, addressed = _addressee(run, ApplicationNumber(number))
    # A letter that cannot be set is told before a code is given out.
    _letter(
        run,
        replace(seen, code=OneTimeCode("", run.desk.office.clock.now())),
        addressed,
        bytearray(b"A" * id_desk.CODE_LENGTH),
    )
    issued, code = id_desk.issue_code(**_about(run, number, version), identity=_check(**checked))
    try:
        letter = _letter(run, issued, addressed, code)
    finally:
        wipe(code)
    if not run.dry_run:
        with click.open_file("-", "wb") as out:
            out.write(letter)


def _addressee(run: Run, number: ApplicationNumber) -> tuple[Registration, Qualification]:
    """The ID, and where its letter goes. Raises ``NotFoundError``, also for whoever the register does not have."""
    with run.desk.office.uow() as uow:
        seen = uow.registrations.get(number)
        record = uow.register.current(seen.supplier_number)
    if record is None:
        raise NotFoundError("not-found", kind="qualification", id=seen.supplier_number)
    return seen, record


def _letter(run: Run, issued: Registration, addressed: Qualification, code: bytearray) -> bytes:
    from ebidadmin.bootstrap import code_letters

    return code_letters(run.desk)(issued, addressed, code)


@click.command("login-failed")
@click.argument("user_id")
@desk_command(changing=True)
def login_failed(run: Run, *, user_id: str) -> None:
    """Count a wrong password for USER_ID that the bidding front end reports; an unknown one looks the same."""
    from ebidadmin.services import id_credentials

    id_credentials.report_failure(run.desk.office, staff=run.desk.staff, user_id=user_id)
    run.out({"counted": True}, [notice("counted")])


def _about(run: Run, number: str, version: int) -> dict[str, Any]:
    return {
        "office": run.desk.office,
        "staff": run.desk.staff,
        "application": ApplicationNumber(number),
        "version": version,
    }


def _check(*, identity: str, document: str, identity_note: str) -> IdentityCheck:
    return IdentityCheck(IdentityMeans(identity), IdentityDocument(document), identity_note.strip())


def _told(run: Run, one: Registration) -> None:
    view = {
        "application_number": one.application,
        "supplier_number": one.supplier_number,
        "state": one.state.value,
        "version": one.version,
        "reason": one.reason,
    }
    stands = f"{state_word(one.state.value)}\t{word('version', version=one.version)}"
    run.out(view, [f"{one.application}\t{one.supplier_number}\t{stands}"])


COMMANDS = (suspend, resume, cancel, unlock, reset_code, login_failed)
"""To be added to the group ``registration``."""
