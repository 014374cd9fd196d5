"""What all tests share: how long properties are tried, what is skipped, where real registers are."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Iterator
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import pytest
from hypothesis import settings
from sqlalchemy import Pool, event

from ebidadmin.cli.foundation import create_desk
from ebidadmin.persistence import engine
from ebidadmin.persistence.migrate import upgrade
from tests import figures, mail_watch
from tests.desks import KIND, ON_SQLITE, THEMSELVES, ServedDesks, demo_desks, desks_on
from tests.figures import figure, pytest_deselected
from tests.mail_watch import _every_mail_is_watched
from tests.needs import REAL_DATA_ABSENT, find_real_data, in_ci, require_component
from tests.pcsc import VirtualReaders, running_virtual_readers
from tests.postgres import PostgresServer, running_server

__all__ = ["_every_mail_is_watched", "figure", "pytest_deselected", "require_component"]

# Deadlines measure the machine, not the code. A checking machine tries the same examples each time.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if in_ci() else "default")


LONG = (
    *(
        "browser",
        "notebooks",
        "erasing",
        "report_making",
        "year",
        "concurrency",
        "acceptance",
        "benchmarks",
        "cli",
    ),
    *("imports", "lives", "smartcard", "backups", "persistence"),
)
"""Folders of which files take longest, and some are a single test: begun first, so that in the end no process waits for another."""

UNCOUNTED = frozenset(
    {
        *(
            "acceptance",
            "benchmarks",
            "browser",
            "cli",
            "concurrency",
            "house",
            "lab",
            "mailing",
            "notebooks",
        ),
        *("reference", "report_making", "roles", "screens", "smartcard", "year"),
    }
)
"""Folders whose tests do not answer for the coverage of rules and services. What runs a rule in passing does not count, and is not slowed
by counting."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The order of folders, which tests are counted, and what is left out where desks are on a server."""
    if KIND != "sqlite":
        left_out = [item for item in items if item.get_closest_marker(ON_SQLITE)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker(ON_SQLITE)]
    items.sort(key=lambda item: LONG.index(_folder(item)) if _folder(item) in LONG else len(LONG))
    for item in items:
        if _folder(item) in UNCOUNTED:
            item.add_marker(pytest.mark.no_cover)


def _folder(item: pytest.Item) -> str:
    """Below that of the tests; empty for a test from elsewhere."""
    here = Path(__file__).parent
    return item.path.relative_to(here).parts[0] if item.path.is_relative_to(here) else ""


@pytest.fixture(scope="session")
def real_data() -> Path | None:
    """The folder of real public registers, or ``None``."""
    return find_real_data()


@pytest.fixture(autouse=True)
def _no_desk_of_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests never see the desk of whoever runs them, nor a login to a mail server."""
    for name in ("EBIDADMIN_DESK", "EBIDADMIN_SMTP_USER", "EBIDADMIN_SMTP_PASSWORD"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database at the newest revision; to be copied, never used."""
    file = tmp_path_factory.mktemp("migrated") / "office.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session", autouse=True)
def _served_desks(request: pytest.FixtureRequest) -> Iterator[ServedDesks | None]:
    """In a run that asks for it every desk is on a server."""
    if KIND == "sqlite":
        yield None
        return
    with desks_on(request.getfixturevalue("postgres_server")) as desks:
        yield desks


@pytest.fixture(autouse=True)
def _served_while_tested(request: pytest.FixtureRequest, _served_desks: ServedDesks | None) -> Iterator[None]:
    """What a test made on the server is dropped after it."""
    if _served_desks is None or request.node.nodeid.startswith(THEMSELVES):
        # Whoever says it themselves keeps engines for many tests, whose connections must not be taken from them.
        yield
        return
    request.getfixturevalue("postgres")
    first = len(_served_desks.made)
    yield
    _served_desks.drop_from(first)


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite in this process does not wait for the disk: no test pulls the plug, and a killed process loses nothing."""
    set_up = engine._set_up

    def at_once(**given: bool) -> Callable[[Any, Any], None]:
        done = set_up(**given)

        def connected(connection: Any, entry: Any) -> None:
            done(connection, entry)
            connection.execute("PRAGMA synchronous = OFF")

        return connected

    monkeypatch.setattr(engine, "_set_up", at_once)


@pytest.fixture(scope="session")
def empty_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk at which nothing was done; to be copied, never used."""
    folder = tmp_path_factory.mktemp("empty") / "desk"
    create_desk(folder, demo=False, progress=lambda step: None)
    return folder


@pytest.fixture(scope="session")
def demo_desk(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """As ``demo_desks``."""
    return demo_desks(tmp_path_factory)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the tests that ask for one."""
    require_component("postgres")
    with running_server(in_memory=True) as server:
        yield server


@pytest.fixture(scope="session")
def virtual_readers_daemon() -> Iterator[VirtualReaders]:
    """Two virtual readers for the tests that ask for them."""
    for component in ("pcscd", "virtual-reader", "opensc", "opensc-module"):
        require_component(component)
    with running_virtual_readers() as readers:
        yield readers


@pytest.fixture
def virtual_readers(
    virtual_readers_daemon: VirtualReaders, monkeypatch: pytest.MonkeyPatch
) -> VirtualReaders:
    """The same, found by whatever looks for readers, empty at the start of the test."""
    for name, value in virtual_readers_daemon.environment.items():
        monkeypatch.setenv(name, value)
    return virtual_readers_daemon


@pytest.fixture(scope="session")
def soft_token(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A software token with the keys of a card; to be copied, never used."""
    require_component("softhsm")
    require_component("opensc")
    from tests.smartcard.benches import make_soft_token

    return make_soft_token(tmp_path_factory.mktemp("soft-token"))


@pytest.fixture
def postgres(postgres_server: PostgresServer) -> Iterator[PostgresServer]:
    """The same, with every connection of this process given back after the test: engines keep some open."""
    opened: list[Any] = []

    def note(connection: Any, _entry: object) -> None:
        opened.append(connection)

    event.listen(Pool, "connect", note)
    yield postgres_server
    event.remove(Pool, "connect", note)
    for connection in opened:
        connection.close()


class FreshDatabase(Protocol):
    """Gives the address of a new database of a kind (``sqlite``, ``postgresql``): at the newest revision, or empty."""

    def __call__(self, kind: str, *, migrated: bool = True) -> str: ...


@pytest.fixture
def fresh_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FreshDatabase]:
    """Databases for one test."""
    copies = count(1)
    dropped_after: list[tuple[PostgresServer, str]] = []

    def fresh(kind: str, *, migrated: bool = True) -> str:
        if kind == "sqlite":
            file = tmp_path / f"office{next(copies)}.db"
            if migrated:
                shutil.copy(request.getfixturevalue("migrated"), file)
            return f"sqlite:///{file}"
        server: PostgresServer = request.getfixturevalue("postgres")
        dropped_after.append((server, server.create(migrated=migrated)))
        return dropped_after[-1][1]

    yield fresh
    for server, url in dropped_after:
        server.drop(url)


Fill = Callable[[str], Any]
"""Fills the migrated database at an address, and says with what."""

FilledDatabase = Callable[[str, Fill], tuple[str, Any]]
"""Gives the address of a new database of a kind, with what ``fill`` brings into it, and what ``fill`` said."""


@pytest.fixture(scope="session")
def _filled() -> dict[tuple[str, Fill], tuple[str, Any]]:
    """Databases that were filled once, by kind and by what filled them; to be copied, never used."""
    return {}


@pytest.fixture
def filled_database(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    _filled: dict[tuple[str, Fill], tuple[str, Any]],
) -> Iterator[FilledDatabase]:
    """Databases for one test whose content takes longer to make than to copy."""
    dropped_after: list[tuple[PostgresServer, str]] = []

    def filled(kind: str, fill: Fill) -> tuple[str, Any]:
        if kind == "sqlite":
            if (kind, fill) not in _filled:
                template = tmp_path_factory.mktemp("filled") / "office.db"
                shutil.copy(request.getfixturevalue("migrated"), template)
                _filled[kind, fill] = str(template), fill(f"sqlite:///{template}")
            file, said = _filled[kind, fill]
            return f"sqlite:///{shutil.copy(file, tmp_path / 'filled.db')}", said
        server: PostgresServer = request.getfixturevalue("postgres")
        if (kind, fill) not in _filled:
            url = server.create()
            _filled[kind, fill] = url, fill(url)
            server.end_sessions(url)
        url, said = _filled[kind, fill]
        dropped_after.append((server, server.copy(url)))
        return dropped_after[-1][1], said

    yield filled
    for server, url in dropped_after:
        server.drop(url)


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under CI nothing is skipped but what needs the real registers."""
    report = yield
    if (
        report.skipped
        and in_ci()
        and not hasattr(report, "wasxfail")
        and REAL_DATA_ABSENT not in _reason(report)
    ):
        reason = _reason(report)
        report.outcome = "failed"
        report.longrepr = f"skipped under CI: {reason}"
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Counts of a process go to the one that prints them."""
    figures.hand_over(session)
    mail_watch.hand_over(session)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A process of the run has ended."""
    output = getattr(node, "workeroutput", {})
    figures.take_over(output)
    mail_watch.take_over(output)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The permitted skip is named, with how many tests it concerns; so are the long counts, and how many
    mails were looked at."""
    figures.told(terminalreporter)
    mail_watch.told(terminalreporter)
    skipped = [
        report for report in terminalreporter.getreports("skipped") if REAL_DATA_ABSENT in _reason(report)
    ]
    if skipped:
        terminalreporter.write_sep("=", "real registers")
        terminalreporter.write_line(f"{len(skipped)} tests did not run. {REAL_DATA_ABSENT}")
