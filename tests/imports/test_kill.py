"""A process that imports is killed at many instants: the register is the old one or the new one, never a mix, and the next import
clears away what was left."""

from __future__ import annotations

import multiprocessing
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from multiprocessing.synchronize import Event
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import make_url, text

from ebidadmin.domain.imports import ImportPlan
from tests.conftest import FreshDatabase
from tests.imports.office import ImportDesk, open_import_desk
from tests.postgres import PostgresServer
from tests.registers.generator import first_edition, step

KILLS = 8
"""For each part of an import: fifteen and one in all."""

Work = Callable[..., None]
State = tuple[int, int, int, str]


def whole_import(started: Event, url: str, path: Path, _plan: ImportPlan) -> None:
    desk = open_import_desk(url)
    started.set()
    desk.bring_in(path)


def only_apply(started: Event, url: str, path: Path, plan: ImportPlan) -> None:
    desk = open_import_desk(url)
    started.set()
    desk.apply(path, plan)


def state(desk: ImportDesk) -> State:
    """Batches, audit events, issued numbers and the whole register of a desk."""
    with desk.engine.begin() as connection:
        batches, events, keys = (
            int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
            for table in ("qualification_batches", "audit_events", "source_keys")
        )
    return batches, events, keys, repr(desk.register())


def run(work: Work, url: str, path: Path, plan: ImportPlan, seconds: float) -> tuple[ImportDesk, float]:
    """Let a process work for so long, then kill it; its desk, and how long it lived after it had begun."""
    context: Any = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.imports.office"])
    started = context.Event()
    child = context.Process(target=work, args=(started, url, path, plan))
    child.start()
    assert started.wait(60)
    begin = monotonic()
    child.join(seconds)
    lived = monotonic() - begin
    child.kill()
    child.join()
    return open_import_desk(url), lived


@pytest.fixture
def another(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Gives a copy of a database to which nobody is connected (any more)."""
    names = count(1)
    if kind == "sqlite":
        yield (
            lambda url: (
                f"sqlite:///{shutil.copy(str(make_url(url).database), tmp_path / f'copy{next(names)}.db')}"
            )
        )
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    made: list[str] = []

    def copied(url: str) -> str:
        server.end_sessions(url)
        made.append(server.copy(url))
        return made[-1]

    yield copied
    for url in made:
        server.drop(url)


@pytest.fixture
def dead(request: pytest.FixtureRequest, kind: str) -> Callable[[str], object]:
    """Waits until the server, too, has done with a client that was killed."""
    if kind == "sqlite":
        return lambda url: None
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.end_sessions


@pytest.mark.parametrize("work", [whole_import, only_apply])
def test_killed_imports_leave_the_old_or_the_new_register(
    fresh_database: FreshDatabase,
    another: Callable[[str], str],
    dead: Callable[[str], object],
    tmp_path: Path,
    kind: str,
    work: Work,
) -> None:
    first = first_edition(400)
    path = step(first, "20211215", seed=3, changed=90, added=40, vanished=30).write(tmp_path / "new.csv")
    base = fresh_database(kind)
    prepared = open_import_desk(base)
    prepared.bring_in(first.write(tmp_path / "old.csv"))
    old, plan = state(prepared), prepared.preview(path)
    prepared.engine.dispose()
    desk, seconds = run(work, another(base), path, plan, 120)
    new = state(desk)
    assert new[:2] == (old[0] + 1, old[1] + 1)

    outcomes = set()
    for kill in range(KILLS):
        url = another(base)
        desk, _lived = run(work, url, path, plan, seconds * kill / KILLS)
        dead(url)
        found = state(desk)
        assert found in (old, new), f"kill {kill} left a mix"
        outcomes.add(found == new)
        next_import_works(desk, path, done=found == new, new=new)
        desk.engine.dispose()
    assert False in outcomes


def next_import_works(desk: ImportDesk, path: Path, *, done: bool, new: State) -> None:
    """It finds nothing of the killed one in its way, and leaves nothing of it behind."""
    plan = desk.preview(path)
    assert plan.changes_nothing is done
    with desk.engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM import_runs")).scalar_one() == 1
        both = "SELECT (SELECT count(*) FROM import_stage) + (SELECT count(*) FROM import_recognised)"
        rows = plan.added + plan.changed + plan.unchanged + plan.refused
        assert connection.execute(text(both)).scalar_one() == rows
    if not done:
        desk.apply(path, plan)
    assert state(desk)[:3] == new[:3]
    assert len(desk.register()) == plan.added + plan.changed + plan.unchanged
