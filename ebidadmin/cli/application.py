"""``ebidadmin application …``: intake of batches, the queue as a list, and the verbs of the review."""

from __future__ import annotations

from typing import Any

import click

from ebidadmin.cli.batches import intake
from ebidadmin.cli.common import Run, desk_command, dispatch_mails, japanese, notice, state_word
from ebidadmin.cli.views import application_view, case_view, finding_view
from ebidadmin.domain.applications import ApplicationState, IdApplication
from ebidadmin.domain.findings import FindingCode
from ebidadmin.domain.ids import ApplicationNumber

STATES = [state.value for state in ApplicationState]


@click.group()
def application() -> None:
    """ID applications: intake, list, decide."""


application.add_command(intake)


@application.command("list")
@click.option("--state", type=click.Choice(STATES), default=None, help="Only applications in this state.")
@desk_command()
def list_applications(run: Run, *, state: str | None) -> None:
    """List applications, oldest first, with the findings of the open ones."""
    from ebidadmin.services.pages import LARGEST_PAGE
    from ebidadmin.services.queue import QueueQuery, QueueRow, page

    states = frozenset({ApplicationState(state)}) if state else frozenset(ApplicationState)
    rows: list[QueueRow] = []
    cursor: str | None = None
    while True:
        query = QueueQuery(states=states, cursor=cursor, size=LARGEST_PAGE)
        found = page(run.desk.office, staff=run.desk.staff, query=query, reader=run.desk.queue_reader)
        rows += found.rows
        cursor = found.next_cursor
        if cursor is None:
            break
    value = [
        {
            "application_number": row.number,
            "state": row.state.value,
            "version": row.version,
            "supplier_number": row.supplier_number,
            "trade_name": row.trade_name,
            "findings": [finding_view(finding) for finding in row.findings],
        }
        for row in rows
    ]
    lines = [
        f"{row.number}\t{state_word(row.state.value)}\tv{row.version}\t{row.supplier_number}\t{row.trade_name}\t"
        f"{','.join(_finding_word(finding.code) for finding in row.findings)}"
        for row in rows
    ]
    run.out(value, lines or [notice("no-applications")])


@application.command("show")
@click.argument("number")
@desk_command()
def show(run: Run, *, number: str) -> None:
    """Show one application with its findings, permits and history; never the password or its hash."""
    from ebidadmin.services import application_review

    case = application_review.dossier(run.desk.office, staff=run.desk.staff, number=ApplicationNumber(number))
    value = case_view(case)
    run.out(value, [f"{key}: {item}" for key, item in value.items()])


def _finding_word(code: FindingCode) -> str:
    if japanese():
        from ebidadmin.text.messages import finding_label

        return finding_label(code)
    return code.value


def _decided(run: Run, decided: IdApplication) -> None:
    dispatch_mails(run)
    value = application_view(decided)
    run.out(
        value,
        [
            notice(
                "decided",
                number=decided.number,
                state=state_word(decided.state.value),
                version=decided.version,
            )
        ],
    )


def _acting(run: Run, number: str, version: int) -> dict[str, Any]:
    return {"staff": run.desk.staff, "number": ApplicationNumber(number), "version": version}


version_option = click.option(
    "--version", "version", type=int, required=True, help="The version that you saw."
)
take_over_option = click.option(
    "--take-over", is_flag=True, help="Take the case over from the person who holds it."
)

seen_option = click.option(
    "--seen",
    default=None,
    metavar="DIGEST",
    help='The "seen" of "application show": refuse when findings or register changed since.',
)


@application.command("approve")
@click.argument("number")
@version_option
@click.option(
    "--accept",
    "accepted",
    multiple=True,
    metavar="CODE=WORD",
    help="Accept a warning, with a word of explanation.",
)
@seen_option
@take_over_option
@desk_command(changing=True)
def approve(
    run: Run, *, number: str, version: int, accepted: tuple[str, ...], seen: str | None, take_over: bool
) -> None:
    """Approve: the credential is created and the result mailed."""
    from ebidadmin.services import application_review

    words: dict[str, str] = {}
    for item in accepted:
        code, equals, word = item.partition("=")
        if not equals:
            raise click.UsageError(notice("accept-form", given=item))
        words[code] = word
    if words and seen is None:
        # A code alone does not say which facts were accepted; they may have changed since.
        raise click.UsageError(notice("accept-unseen"))
    decided = application_review.approve(
        run.desk.office, **_acting(run, number, version), accepted=words, seen=seen, take_over=take_over
    )
    _decided(run, decided)


@application.command("reject")
@click.argument("number")
@version_option
@click.option(
    "--reason", "reasons", multiple=True, required=True, help="A code of the catalogue; may be repeated."
)
@click.option("--note", default="", help="Free text for the supplier.")
@seen_option
@take_over_option
@desk_command(changing=True)
def reject(
    run: Run,
    *,
    number: str,
    version: int,
    reasons: tuple[str, ...],
    note: str,
    seen: str | None,
    take_over: bool,
) -> None:
    """Reject for coded reasons: final for this application; the result is mailed."""
    from ebidadmin.services import application_review

    acting = _acting(run, number, version)
    _decided(
        run,
        application_review.reject(
            run.desk.office, **acting, reasons=reasons, note=note, seen=seen, take_over=take_over
        ),
    )


@application.command("inquire")
@click.argument("number")
@version_option
@click.option("--text", required=True, help="What the supplier is asked.")
@take_over_option
@desk_command(changing=True)
def inquire(run: Run, *, number: str, version: int, text: str, take_over: bool) -> None:
    """Ask the supplier for information; the clock of the target stops."""
    from ebidadmin.services import application_review

    _decided(
        run,
        application_review.inquire(
            run.desk.office, **_acting(run, number, version), text=text, take_over=take_over
        ),
    )


@application.command("answer")
@click.argument("number")
@version_option
@click.option("--text", required=True, help='The answer; an empty text records "no answer".')
@take_over_option
@desk_command(changing=True)
def answer(run: Run, *, number: str, version: int, text: str, take_over: bool) -> None:
    """Record the supplier's answer; the review goes on."""
    from ebidadmin.services import application_review

    _decided(
        run,
        application_review.answer(
            run.desk.office, **_acting(run, number, version), text=text, take_over=take_over
        ),
    )


@application.command("withdraw")
@click.argument("number")
@version_option
@click.option("--note", default="", help="Why, for the record.")
@take_over_option
@desk_command(changing=True)
def withdraw(run: Run, *, number: str, version: int, note: str, take_over: bool) -> None:
    """Record that the supplier takes the application back."""
    from ebidadmin.services import application_review

    _decided(
        run,
        application_review.withdraw(
            run.desk.office, **_acting(run, number, version), note=note, take_over=take_over
        ),
    )


@application.command("note")
@click.argument("number")
@click.option("--text", required=True, help="An internal remark; never mailed.")
@desk_command(changing=True)
def note(run: Run, *, number: str, text: str) -> None:
    """Write an internal note on an application."""
    from ebidadmin.services import application_review

    application_review.note(
        run.desk.office, staff=run.desk.staff, number=ApplicationNumber(number), text=text
    )
    run.out({"application_number": number}, [notice("noted", number=number)])
