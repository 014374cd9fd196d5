"""An office on a database, and random commands to it through its services: right ones, wrong ones, ones that come too late."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from ebidadmin.clock import SettableClock, jst
from ebidadmin.domain.staff import ALL_ROLES, Staff
from ebidadmin.persistence.bulk import SqlImportStore
from ebidadmin.persistence.readmodels import SqlQueueReader
from ebidadmin.persistence.register import SqlRegisterReader
from ebidadmin.persistence.unit_of_work import uow_factory
from ebidadmin.services.ports import Office
from ebidadmin.services.settings import Settings
from tests.builders import HELPER, NOON
from tests.cards.office import Bench
from tests.fakes import office as made_office
from tests.imports.office import ImportDesk
from tests.sql_store import SqlStore

ONE, OTHER = Staff("ichiban", ALL_ROLES), Staff("niban", ALL_ROLES)
SUPPLIERS = range(90, 96)

PLAIN = Settings(auto_approve=True, retries=2)
SECOND = replace(
    PLAIN,
    second_person=True,
    permit_second_person=True,
    bulk_second_person=True,
    cancel_second_person=True,
)
ALONE = replace(SECOND, one_person=True)


@dataclass
class Life:
    """``tried`` counts commands by the name of the service; what cannot be read from the database is kept here."""

    store: SqlStore
    clock: SettableClock
    folder: Path
    pick: random.Random
    office: Office
    files: int = 0
    codes: dict[str, bytearray] = field(default_factory=dict)
    proven: list[Any] = field(default_factory=list)
    plans: list[tuple[Any, Path]] = field(default_factory=list)
    bench: Bench = field(init=False)

    def __post_init__(self) -> None:
        self.bench = Bench(self.office, staff=ONE)

    def staff(self) -> Staff:
        """Mostly one of two who may do everything."""
        return self.pick.choice((*(ONE, OTHER) * 7, HELPER))

    def supplier(self) -> int:
        return self.pick.choice(SUPPLIERS)

    def rows(self, query: str) -> list[Any]:
        with self.store.engine.connect() as connection:
            return list(connection.execute(text(query)).all())

    def one_of(self, query: str, otherwise: tuple[Any, ...]) -> Any:
        """One of the rows, or now and then what there is not."""
        found = self.rows(query)
        return self.pick.choice(found) if found and self.pick.random() < 0.97 else otherwise

    def version(self, right: int) -> int:
        """Now and then the version that somebody saw before another was faster."""
        return right - 1 if self.pick.random() < 0.08 else right

    def typed(self, right: object) -> str | None:
        """What somebody types again who works alone: mostly the right word, where it is asked for at all."""
        return self.pick.choice((str(right), str(right), str(right), "0", None))

    def imports(self) -> ImportDesk:
        engine = self.store.engine
        return ImportDesk(engine, self.office, SqlImportStore(engine), SqlRegisterReader(engine), self.clock)

    def queue(self) -> SqlQueueReader:
        return SqlQueueReader(self.store.engine, names=self.store.names)

    def file(self, suffix: str = "csv") -> Path:
        self.files += 1
        return self.folder / f"{self.files}.{suffix}"

    def under(self, settings: Settings, *, dry_run: bool = False) -> None:
        """Go on with those settings; with ``dry_run`` nothing is kept of what is done."""
        uow = uow_factory(
            self.store.engine, clock=self.clock, software="test", dry_run=dry_run, names=self.store.names
        )
        self.office = replace(self.office, settings=settings, uow=uow)
        self.bench.office = self.office

    def pass_time(self) -> None:
        """Mostly a moment; at the end of office hours, or on a holiday, until the next working day."""
        self.clock.advance(
            self.pick.choice((timedelta(seconds=1), timedelta(minutes=1), timedelta(minutes=20)))
        )
        now = jst(self.clock.now())
        day = now.date()
        if now.hour >= 16:
            day += timedelta(days=1)
        while not self.office.calendar.is_working_day(day):
            day += timedelta(days=1)
        if day != now.date():
            self.clock.set(datetime.combine(day, time(10), now.tzinfo))


def begin(url: str, folder: Path, seed: object) -> Life:
    clock = SettableClock(NOON)
    store = SqlStore(url, clock)
    return Life(store, clock, folder, random.Random(str(seed)), made_office(store, settings=PLAIN))


Command = Callable[[Life], object]
COMMANDS: dict[str, list[Command]] = {}
"""By the name of the service that each calls."""


def calls(*names: str) -> Callable[[Command], Command]:
    def registered(command: Command) -> Command:
        for name in names:
            COMMANDS.setdefault(name, []).append(command)
        return command

    return registered
