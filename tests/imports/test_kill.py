"""Work on the register is killed at every instant between two of its statements, and at random ones: the register is the old one or the
new one, the trail says the same, and doing it again leaves what doing it once leaves."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

import pytest
from sqlalchemy import make_url

from ebidadmin.domain.imports import ImportPlan
from tests.conftest import FreshDatabase
from tests.figures import Figure
from tests.imports.office import open_import_desk
from tests.imports.scenes import (
    PATIENCE,
    STAGING,
    Content,
    Work,
    content,
    correct,
    only_apply,
    run,
    settled,
    undo,
    whole_import,
)
from tests.postgres import PostgresServer
from tests.registers.generator import first_edition, step

SHORT = (3, 4)
"""Kills of each scene in an ordinary run: at named points, at random instants. With three scenes that import, 21 kills of an import for
each database."""

LONG_RANDOM = 40
"""Random ones of each scene in a long run, beside every named point."""

TRIES = 10
"""A work may be done before its random instant comes: that is no kill, and another try is made, at most so many for each kill."""


@dataclass(frozen=True)
class Scene:
    """A work, and how many batches the register has before it."""

    work: Work
    batches: int


SCENES = {
    "first import": Scene(whole_import, 0),
    "import": Scene(whole_import, 1),
    "apply": Scene(only_apply, 1),
    "undo": Scene(undo, 2),
    "correction": Scene(correct, 2),
}

Another = Callable[[str], str]
Dead = Callable[[str], object]


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


@dataclass(frozen=True)
class Prepared:
    """A scene on a database: what the work begins with, what it ends with, the points on the way, and how long it takes."""

    scene: Scene
    base: str
    path: Path
    plan: ImportPlan | None
    old: Content
    new: Content
    points: tuple[str, ...]
    seconds: float


def found(url: str) -> Content:
    desk = open_import_desk(url)
    try:
        return content(desk)
    finally:
        desk.engine.dispose()


def prepare(scene: Scene, base: str, another: Another, folder: Path) -> Prepared:
    first = first_edition(400)
    second = step(first, "20211215", seed=3, changed=90, added=40, vanished=30)
    files = [first.write(folder / "old.csv"), second.write(folder / "new.csv")]
    desk = open_import_desk(base)
    for path in files[: scene.batches]:
        desk.bring_in(path)
    path = files[min(scene.batches, 1)]
    plan = desk.preview(path) if scene.work is only_apply else None
    old = content(desk)
    desk.engine.dispose()
    url = another(base)
    done = run(url, scene.work, path, plan)
    new = found(url)
    assert not done.killed
    assert len(new["qualification_batches"]) == scene.batches + 1
    assert len(new["audit_events"]) == len(old["audit_events"]) + 1
    assert all(new[table] == [] for table in STAGING)
    assert len(done.points) > 10
    # The first run of a process pays for what later ones find warm: the second one tells how long the work takes.
    warm = run(another(base), scene.work, path, plan)
    return Prepared(scene, base, path, plan, old, new, done.points, warm.seconds)


def kill(
    ready: Prepared, url: str, dead: Dead, *, last: int | None = None, seconds: float = PATIENCE
) -> str | None:
    """Kill one, and see what is there: ``old`` or ``new``; ``None`` where the work was done before its instant came, so that nothing
    was killed. What is old is brought to the new as if nothing had happened."""
    scene = ready.scene
    done = run(url, scene.work, ready.path, ready.plan, last=last, seconds=seconds)
    at = "a random instant" if last is None else f"{ready.points[last]} ({last})"
    assert done.killed or last is None, f"{at} was never reached"
    dead(url)
    left = found(url)
    if left == ready.new:
        return "new" if done.killed else None
    assert settled(left) == settled(ready.old), f"killed at {at}: neither the old nor the new register"
    again = run(url, scene.work, ready.path, ready.plan)
    assert not again.killed
    dead(url)
    assert found(url) == ready.new, f"killed at {at}: another try does not end as one that was not killed"
    return "old"


def kills(ready: Prepared, another: Another, dead: Dead, named: list[int], random_ones: int) -> list[str]:
    """What each kill left: those at named points, then the random ones."""
    instants = random.Random(ready.scene.batches)
    outcomes = [kill(ready, another(ready.base), dead, last=last) for last in named]
    tried = (
        kill(ready, another(ready.base), dead, seconds=instants.uniform(0, ready.seconds))
        for _ in range(random_ones * TRIES)
    )
    outcomes += islice((outcome for outcome in tried if outcome is not None), random_ones)
    assert len(outcomes) == len(named) + random_ones, "the work is done before it can be killed"
    return [outcome for outcome in outcomes if outcome is not None]


@pytest.mark.parametrize("name", SCENES)
def test_what_is_killed_leaves_the_old_or_the_new_register(
    fresh_database: FreshDatabase, another: Another, dead: Dead, tmp_path: Path, kind: str, name: str
) -> None:
    ready = prepare(SCENES[name], fresh_database(kind), another, tmp_path)
    named, random_ones = SHORT
    last = len(ready.points) - 1
    assert ready.points[last] == "after COMMIT"
    # Right before and right after the commit that counts, and one on the way.
    chosen = [random.Random(name).randrange(last - 1), last - 1, last][:named]
    outcomes = kills(ready, another, dead, chosen, random_ones)
    assert outcomes[:named] == ["old", "old", "new"]


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENES)
def test_killed_at_every_point(
    fresh_database: FreshDatabase,
    another: Another,
    dead: Dead,
    tmp_path: Path,
    figure: Figure,
    kind: str,
    name: str,
) -> None:
    ready = prepare(SCENES[name], fresh_database(kind), another, tmp_path)
    outcomes = kills(ready, another, dead, list(range(len(ready.points))), LONG_RANDOM)
    figure(
        f"{kind}: {len(outcomes)} kills, {len(ready.points)} of them at named points: {outcomes.count('old')} left the old register, "
        f"{outcomes.count('new')} the new one, none another"
    )
