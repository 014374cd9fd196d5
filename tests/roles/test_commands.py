"""Every role and every command, over that role's own log-in: who may gets through, who may not is told so in one sentence, leaves nothing
but that on the trail, and the office as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree

import pytest
from sqlalchemy import Connection, text

from ebidadmin import bootstrap
from ebidadmin.bootstrap import Desk
from ebidadmin.config import CONFIG_NAME
from ebidadmin.domain.staff import Role
from ebidadmin.persistence.tables import all_tables
from tests.acceptance.conftest import Ebid
from tests.cli.office_life import CHANGING_NOTHING, leaves
from tests.roles.bench import Bench, login
from tests.roles.commands import COMMANDS, LETTERS, Asked

TRAIL = ("audit_events", "audit_leaves", "audit_nodes", "audit_rows")
"""Grow by a refusal."""

REFUSED = "Your roles do not include this"

INQUIRED = "SELECT number, '--version', version FROM id_applications WHERE state = 'inquired' ORDER BY number LIMIT 1"


def test_every_command_is_in_the_table() -> None:
    assert set(COMMANDS) == {name for name, _ in leaves()}


@dataclass(frozen=True)
class Seat:
    """One person's own desk folder at the office's database, opened twice: of what is done the one keeps everything, the other nothing."""

    role: Role
    asked: Asked
    keeping: Desk
    trying: Desk
    owner: Connection

    def everything(self) -> dict[str, str]:
        """A digest of the rows of each table but those of the trail."""
        told = {
            name: self.owner.scalar(
                text(f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} AS t")
            )
            for name in all_tables().tables
            if name not in TRAIL
        }
        self.owner.rollback()
        return told

    def said(self, after: int) -> list[tuple[str, str]]:
        """The trail from there on: by whom, what."""
        asked = text('SELECT "by", tag FROM audit_events WHERE seq > :after ORDER BY seq')
        found = [tuple(one) for one in self.owner.execute(asked, {"after": after})]
        self.owner.rollback()
        return found

    def last(self) -> int:
        found = self.owner.scalar(text("SELECT max(seq) FROM audit_events"))
        self.owner.rollback()
        assert found is not None
        return int(found)


@pytest.fixture(scope="module", params=list(Role), ids=str)
def seat(
    bench: Bench, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Seat]:
    who = login(request.param)
    folder = Path(copytree(bench.folder, tmp_path_factory.mktemp("seats") / who, symlinks=True))
    settings = folder / CONFIG_NAME
    settings.write_text(
        settings.read_text(encoding="utf-8").replace(bench.url, bench.address(who)), encoding="utf-8"
    )
    own = replace(bench, folder=folder, url=bench.address(who))
    with ExitStack() as stack:
        owner = stack.enter_context(stack.enter_context(bench.raw("ebidadmin")).connect())
        trying = stack.enter_context(own.desk(who))
        keeping = replace(trying, office=bench.found.keeping(trying))
        inquired = tuple(owner.execute(text(INQUIRED)).one())
        asked = Asked(folder, bench.found, inquired)
        yield Seat(request.param, asked, keeping, trying, owner)


@pytest.mark.parametrize("name", [name for name, one in COMMANDS.items() if not one.elsewhere])
def test_a_command_does_what_the_table_says(
    seat: Seat, ebid: Ebid, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    command = COMMANDS[name]
    may = seat.role in map(LETTERS.__getitem__, command.roles)
    # Opened once for all commands: that takes longer than they do. Whoever may does it all, and the database takes it back.
    desk = seat.trying if may else seat.keeping
    monkeypatch.setattr(bootstrap, "open_desk", lambda *_given, **_options: desk)
    monkeypatch.setattr(Desk, "close", lambda other: None if other is desk else other.engine.dispose())
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    before, last = seat.everything(), seat.last()
    tried = ["--dry-run"] if may and name not in CHANGING_NOTHING else []
    place = [] if command.anywhere else ["--desk", seat.asked.folder]
    answer = ebid(*name.split(), *command.words(seat.asked), *tried, *place)
    if may:
        assert answer.code == command.code, answer.err
        assert REFUSED not in answer.err
        assert command.said in answer.err
        return
    assert (answer.code, answer.out) == (1, "")
    (sentence,) = answer.err.splitlines()
    assert sentence.startswith(REFUSED)
    assert seat.said(last) == [(login(seat.role), "refused:not-permitted")]
    assert seat.everything() == before
