"""The command line: ``ebidadmin`` and ``python -m ebidadmin``.

Exit codes: 0 done, 1 refused or found wrong, 2 misuse. A refusal is one sentence per thing wrong on standard error, never a traceback.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ebidadmin import __version__
from ebidadmin.cli.application import application
from ebidadmin.cli.audit import audit
from ebidadmin.cli.audit_tree import TREE_COMMANDS
from ebidadmin.cli.auto_approval import auto_approve
from ebidadmin.cli.card import card
from ebidadmin.cli.card_reader import COMMANDS as READER_COMMANDS
from ebidadmin.cli.common import EXIT_REFUSED, run_command_line
from ebidadmin.cli.database import COMMANDS as DATABASE_COMMANDS
from ebidadmin.cli.desk_requests import request
from ebidadmin.cli.incidents import report_incident
from ebidadmin.cli.layout import layout
from ebidadmin.cli.office import config, db, doctor, init, lab
from ebidadmin.cli.office_files import reason, template
from ebidadmin.cli.permit import permit
from ebidadmin.cli.permit_papers import COMMANDS as PAPER_COMMANDS
from ebidadmin.cli.permit_proposals import COMMANDS as PROPOSAL_COMMANDS
from ebidadmin.cli.qualification import qualification
from ebidadmin.cli.register import correct, diff, undo
from ebidadmin.cli.registration import registration
from ebidadmin.cli.report import report, schedule
from ebidadmin.cli.requests import COMMANDS as REQUEST_COMMANDS
from ebidadmin.cli.staff import staff
from ebidadmin.cli.supplier import supplier
from ebidadmin.cli.trail import mail


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.option(
    "--desk",
    type=click.Path(path_type=Path),
    help="The desk folder (else EBIDADMIN_DESK, else the current folder).",
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
@click.version_option(__version__, prog_name="ebidadmin")
@click.pass_context
def commands(context: click.Context, desk: Path | None, as_json: bool) -> None:
    """Back office of the city's electronic bidding registrations."""
    context.obj = {"desk": desk, "json": as_json}


for _command in (
    init,
    lab,
    doctor,
    config,
    reason,
    template,
    db,
    qualification,
    layout,
    application,
    permit,
    registration,
    request,
    supplier,
    card,
    audit,
    mail,
    report,
    schedule,
    staff,
):
    commands.add_command(_command)
for _command in (undo, correct, diff, *REQUEST_COMMANDS):
    qualification.add_command(_command)
for _command in (*PAPER_COMMANDS, *PROPOSAL_COMMANDS):
    permit.add_command(_command)
application.add_command(auto_approve)
for _command in DATABASE_COMMANDS:
    db.add_command(_command)
for _command in READER_COMMANDS:
    card.add_command(_command)
for _command in TREE_COMMANDS:
    audit.add_command(_command)


def main() -> None:
    """Entry point of the console script."""
    try:
        code = run_command_line(commands)
    # The last edge: what nobody foresaw becomes an incident number, never a traceback.
    except Exception as error:
        click.echo(report_incident(error, _named_desk(sys.argv)), err=True)
        code = EXIT_REFUSED
    sys.exit(code)


def _named_desk(arguments: list[str]) -> Path | None:
    """The folder after ``--desk``, wherever it stands on the command line."""
    for place, word in enumerate(arguments):
        if word == "--desk" and place + 1 < len(arguments):
            return Path(arguments[place + 1])
        if word.startswith("--desk="):
            return Path(word.removeprefix("--desk="))
    return None
