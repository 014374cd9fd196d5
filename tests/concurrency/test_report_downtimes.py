"""Whatever was down and whoever was killed: two schedulers at the same moments on a shared database, each with connections of its own."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from time import perf_counter

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.mails import MailKind, MailState
from ebidadmin.domain.report_periods import PLANS, CatchUp, ReportName, import_period, periods_due
from ebidadmin.domain.report_runs import Failure, ReportRun, RunState
from ebidadmin.reference.calendar import build_calendar
from ebidadmin.services import mail_outbox, report_runs
from ebidadmin.services.ports import Office
from ebidadmin.services.report_ports import Made
from ebidadmin.services.report_standing import begin_of_day
from tests.builders import ADMINISTRATOR, qualification
from tests.conftest import FreshDatabase
from tests.fakes import office
from tests.makers import NothingLeft
from tests.postgres import ENGINES
from tests.sql_store import SqlStore

DAYS = 60
PAUSES = (1, 30, 300, 3_000, 20_000)
"""Minutes from one moment at which schedulers look to the next."""

KILLED = 0.2
"""How many of the runs are killed."""

PATIENCE = 60
"""Seconds that one scheduler waits for the other to begin."""


class KilledError(BaseException):
    """What a kill looks like from inside."""


@dataclass
class Dying(NothingLeft):
    """Makes nothing, and is killed over some runs, always over the same ones."""

    seed: int
    mortal: bool = True
    asked: list[str] = field(default_factory=list)
    killed: list[str] = field(default_factory=list)

    def names(self) -> tuple[ReportName, ...]:
        return tuple(ReportName)

    def make(self, run: ReportRun, parameters: object) -> Made:
        self.asked.append(run.id)
        if self.mortal and random.Random(f"{self.seed} {run.id}").random() < KILLED:
            self.killed.append(run.id)
            raise KilledError
        return Made(folder="made")


@dataclass
class Scheduler:
    """One of the two: its office, what it made, and how long after the begin of a pass dead runs were told and mailed (seconds)."""

    office: Office
    maker: Dying
    told: list[float] = field(default_factory=list)

    def look(self, start: Barrier) -> None:
        start.wait(PATIENCE)
        begun = perf_counter()

        def mailed(runs: Sequence[ReportRun]) -> None:
            mail_outbox.dispatch(self.office, staff=ADMINISTRATOR)
            self.told += [perf_counter() - begun for run in runs if run.failure is Failure.DEAD]

        try:
            report_runs.run_due(self.office, staff=ADMINISTRATOR, maker=self.maker, failed=mailed)
        except KilledError:
            # The rest of its pass is not made either; the next one sees to it.
            return


@dataclass
class Lived:
    """A stretch of time as it was lived: when a scheduler first looked, and when which imports were made."""

    clock: SettableClock
    schedulers: list[Scheduler]
    imports: dict[int, datetime]
    first: datetime


def live(url: str, seed: int) -> Lived:
    """Sixty days: at each moment both schedulers are up, one of them, or none; now and then something is imported."""
    rolled = random.Random(seed)
    begin = datetime(2027, rolled.randint(1, 12), rolled.randint(1, 28), rolled.randint(0, 23), tzinfo=UTC)
    clock = SettableClock(begin)
    stores = [SqlStore(url, clock) for _ in range(2)]
    schedulers = [Scheduler(told_office(store), Dying(seed)) for store in stores]
    imports: dict[int, datetime] = {}
    first = None
    while clock.now() < begin + timedelta(days=DAYS):
        if rolled.random() < 0.3:
            number = stores[0].import_register(qualification(92 + len(imports)), at=clock.now())
            imports[number] = clock.now()
        up = rolled.choice((schedulers, schedulers, schedulers[:1], schedulers[1:], []))
        together(up)
        if up and first is None:
            first = clock.now()
        clock.advance(timedelta(minutes=rolled.choice(PAUSES)))
    for one in schedulers:
        one.maker.mortal = False
    # The last of the leases is over, and then all is seen to.
    for _ in range(2):
        clock.advance(timedelta(hours=1))
        together(schedulers)
    return Lived(clock, schedulers, imports, first or clock.now() - timedelta(hours=1))


def told_office(store: SqlStore) -> Office:
    made = office(store, calendar=build_calendar())
    return replace(made, settings=replace(made.settings, report_alarm_to=("keiyaku@city.example.jp",)))


def together(up: Sequence[Scheduler]) -> None:
    if not up:
        return
    start = Barrier(len(up))
    with ThreadPoolExecutor(len(up)) as pool:
        for done in [pool.submit(one.look, start) for one in up]:
            done.result()


def check(lived: Lived) -> Counter[str]:
    """Every period once, none without a word; every killed one marked and mailed; what was counted."""
    one = lived.schedulers[0].office
    runs = report_runs.list_runs(one, staff=ADMINISTRATOR, limit=100_000)
    asked = [run for scheduler in lived.schedulers for run in scheduler.maker.asked]
    assert len(asked) == len(set(asked))
    assert set(asked) == {run.id for run in runs if run.state is not RunState.MISSED}
    since = begin_of_day(lived.first)
    for name in ReportName:
        periods = {run.period for run in runs if run.period.report is name}
        if name is ReportName.IMPORT_REPORT:
            wanted = {
                import_period(str(number), applied_at=at)
                for number, at in lived.imports.items()
                if at >= since
            }
        else:
            wanted = set(
                periods_due(PLANS[name], after=since, until=lived.clock.now(), calendar=one.calendar)
            )
        assert periods == wanted, name
    killed = {run for scheduler in lived.schedulers for run in scheduler.maker.killed}
    assert {run.id for run in runs if run.failure is Failure.DEAD} == killed
    assert {run.state for run in runs} <= {RunState.DONE, RunState.FAILED, RunState.MISSED}
    missed = [run for run in runs if run.state is RunState.MISSED]
    assert all(PLANS[run.period.report].catch_up is CatchUp.NEWEST for run in missed)
    with one.uow() as uow:
        mails = [mail for mail in uow.mails.list() if mail.draft.kind is MailKind.REPORT_FAILED]
    assert Counter(mail.about.id for mail in mails) == Counter(killed)
    assert {mail.state for mail in mails} <= {MailState.SENT}
    told = [seconds for scheduler in lived.schedulers for seconds in scheduler.told]
    assert len(told) == len(killed)
    return Counter(
        made=len(asked), missed=len(missed), killed=len(killed), imports=len(lived.imports), patterns=1
    )


def campaign(
    kind: str, seeds: Sequence[int], fresh_database: FreshDatabase
) -> tuple[Counter[str], list[float]]:
    counted: Counter[str] = Counter()
    told: list[float] = []
    for seed in seeds:
        lived = live(fresh_database(kind), seed)
        counted += check(lived)
        for one in lived.schedulers:
            told += one.told
            store = one.office.uow
            assert isinstance(store, SqlStore)
            store.engine.dispose()
    return counted, told


@pytest.mark.parametrize("kind", ENGINES)
def test_some_patterns_of_downtime(kind: str, fresh_database: FreshDatabase) -> None:
    counted, told = campaign(kind, range(2), fresh_database)
    assert min(counted[name] for name in ("made", "missed", "killed", "imports")) > 0
    assert len(told) == counted["killed"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ENGINES)
def test_two_hundred_patterns_of_downtime(
    kind: str, fresh_database: FreshDatabase, figure: Callable[[str], None]
) -> None:
    counted, told = campaign(kind, range(200), fresh_database)
    assert counted["patterns"] == 200
    assert max(told) < 60
    figure(
        f"{kind}: {counted['patterns']} patterns of downtime x 2 schedulers at once: {counted['made']} reports made"
        f" ({counted['imports']} imports), {counted['missed']} listed as missed, 0 twice, 0 without a word;"
        f" {counted['killed']} killed, each marked and mailed within {max(told):.2f} s of the begin of the next pass"
    )
