"""What all commands share: finding the desk, options, output, and the one place where an error becomes a sentence and an exit code."""

from __future__ import annotations

import functools
import json
import locale
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ebidadmin.cli import english
from ebidadmin.cli.english_notices import NOTICES, WORDS
from ebidadmin.errors import EbidError, InputError

if TYPE_CHECKING:
    from ebidadmin.bootstrap import Desk

EXIT_DONE = 0
EXIT_REFUSED = 1
EXIT_MISUSE = 2

log = logging.getLogger("ebidadmin.cli")

Command = Callable[..., Any]

_AT_ONCE = 1_000
"""Pieces of output that are written together: each writing by itself reaches the terminal at once, and takes its time."""


@dataclass
class Run:
    """One run of a command on one opened desk."""

    desk: Desk
    as_json: bool
    dry_run: bool
    exit_code: int = EXIT_DONE

    def out(self, value: Any, lines: Iterable[str]) -> None:
        """Print ``value`` as JSON for machines, or ``lines`` for people.

        An iterator, or one in ``value``, itself an object, is a list that is written as it comes: it may be longer than memory would like.
        """
        pieces = iter(_json_pieces(value) if self.as_json else (f"{line}\n" for line in lines))
        while together := "".join(islice(pieces, _AT_ONCE)):
            click.echo(together, nl=False)


def _json_pieces(value: Any) -> Iterator[str]:
    """The text of ``value`` and the end of its line, in pieces."""
    if isinstance(value, Iterator):
        yield from _json_list(value)
        yield "\n"
        return
    if not isinstance(value, dict):
        yield _json(value) + "\n"
        return
    before = "{"
    for key, item in value.items():
        yield f"{before}{_json(key)}: "
        before = ", "
        if isinstance(item, Iterator):
            yield from _json_list(item)
        else:
            yield _json(item)
    yield "}\n" if value else "{}\n"


def _json_list(items: Iterator[Any]) -> Iterator[str]:
    yield "["
    for place, one in enumerate(items):
        yield f"{', ' if place else ''}{_json(one)}"
    yield "]"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=None, default=str)


def japanese() -> bool:
    """Whether sentences for people are to be Japanese: by the locale of the messages."""
    chosen = (
        os.environ.get("LC_ALL")
        or os.environ.get("LC_MESSAGES")
        or os.environ.get("LANG")
        or (locale.getlocale()[0] or "")
    )
    return chosen.startswith(("ja", "Japanese"))


def notice(code: str, **facts: object) -> str:
    """What a command says beside its answer, or how it was misused: the words of that code, in the person's language."""
    if japanese():
        from ebidadmin.text.command_notices import NOTICES as IN_JAPANESE

        return IN_JAPANESE[code].format(**facts)
    return NOTICES[code].format(**facts)


def word(code: str, **facts: object) -> str:
    """Words within a line, by their code, in the person's language."""
    if japanese():
        from ebidadmin.text.command_notices import WORDS as IN_JAPANESE

        return IN_JAPANESE[code].format(**facts)
    return WORDS[code].format(**facts)


def state_word(state: str) -> str:
    """How something stands: the code, or in a Japanese locale what the screens call it."""
    if japanese():
        from ebidadmin.text.messages import state_label

        return state_label(state)
    return state


def sentence(error: EbidError) -> list[str]:
    """The sentences of an error in the person's language, all problems included."""
    if japanese():
        from ebidadmin.text.messages import problem_sentence
        from ebidadmin.text.messages import sentence as japanese_sentence

        lines = [japanese_sentence(error)]
        if isinstance(error, InputError):
            lines += [problem_sentence(problem) for problem in error.problems]
        return lines
    lines = [english.sentence(error)]
    if isinstance(error, InputError):
        lines += [english.problem_sentence(problem) for problem in error.problems]
    return lines


def desk_command(*, changing: bool = False) -> Callable[[Command], Command]:
    """Give a command ``--desk`` and ``--json`` (``--dry-run`` when it changes something) and an opened desk as first argument."""

    def decorate(function: Command) -> Command:
        @functools.wraps(function)
        @click.pass_context
        def run(
            context: click.Context, /, desk: Path | None, as_json: bool, dry_run: bool = False, **options: Any
        ) -> None:
            from ebidadmin.bootstrap import open_desk

            inherited: dict[str, Any] = context.find_root().obj or {}
            folder = desk or inherited.get("desk")
            with closing(open_desk(folder, dry_run=dry_run)) as opened:
                outcome = Run(opened, as_json or bool(inherited.get("json")), dry_run)
                function(outcome, **options)
            if dry_run and not outcome.as_json:
                click.echo(notice("dry-run"), err=True)
            if outcome.exit_code:
                context.exit(outcome.exit_code)

        wrapped: Command = run
        if changing:
            wrapped = click.option("--dry-run", is_flag=True, help="Do everything but keep nothing.")(wrapped)
        wrapped = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")(wrapped)
        return click.option(
            "--desk",
            type=click.Path(path_type=Path),
            help="The desk folder (else EBIDADMIN_DESK, else here).",
        )(wrapped)

    return decorate


def run_command_line(group: click.Group, arguments: Sequence[str] | None = None) -> int:
    """Run a command and answer the exit code: 0 done, 1 refused or found wrong, 2 misuse."""
    try:
        outcome = group.main(
            args=None if arguments is None else list(arguments), prog_name="ebidadmin", standalone_mode=False
        )
        return outcome if isinstance(outcome, int) else EXIT_DONE
    except click.ClickException as error:
        error.show()
        return EXIT_MISUSE
    except click.Abort:
        click.echo(notice("stopped"), err=True)
        return EXIT_REFUSED
    except EbidError as error:
        for line in sentence(error):
            click.echo(line, err=True)
        return EXIT_REFUSED
    except BrokenPipeError:
        # The reader of our output left (a pager closed early); nothing is wrong with the work itself.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_REFUSED


def dispatch_mails(run: Run) -> None:
    """Hand waiting mails to the transport after a change, where that is the office's way, unless it is a dry run.

    What caused the mail is done and stays done: that a mail could not leave is told, and is no failure of the command.
    """
    if run.dry_run or not run.desk.office.settings.send_at_once:
        return
    from ebidadmin.services import mail_outbox

    try:
        report = mail_outbox.dispatch(run.desk.office, staff=run.desk.staff)
    except EbidError as error:
        for line in sentence(error):
            click.echo(line, err=True)
        return
    if unsent := report.failed + report.left:
        click.echo(notice("mails-left", count=unsent), err=True)
