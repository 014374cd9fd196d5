"""A year of an office, day by day: every report came once and on its day, and says what was so at its moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ebidadmin.clock import jst_date
from ebidadmin.config import CONFIG_NAME
from ebidadmin.domain.report_periods import ReportName
from ebidadmin.domain.report_runs import ReportRun
from ebidadmin.services import report_runs
from ebidadmin.services.report_ports import Made, ParameterValue
from tests.builders import ADMINISTRATOR
from tests.conftest import FreshDatabase
from tests.desks import KIND
from tests.makers import NothingLeft
from tests.needs import ROOT
from tests.postgres import ENGINES
from tests.year.checks import Lived, check_year
from tests.year.looks import look, planned
from tests.year.office import Size, YearOffice
from tests.year.past import Past

if TYPE_CHECKING:
    pass


@dataclass
class Noted(NothingLeft):
    """A maker that only notes what is to be made: which notebooks there are, and what they say, is tested elsewhere."""

    asked: list[ReportRun] = field(default_factory=list)

    def names(self) -> tuple[ReportName, ...]:
        return tuple(ReportName)

    def make(self, run: ReportRun, parameters: Mapping[str, ParameterValue]) -> Made:
        self.asked.append(run)
        return Made(folder=run.id)


def lived(office: YearOffice, *, every: int) -> Lived:
    """Live it to the end, with a pass at each moment and a look at the first of every so many days, and of those of some reports."""
    maker, looks = Noted(), {}
    wanted = planned(office.first, office.last)
    days = {*wanted["weekly_follow_up"].values(), *wanted["qualification_cliff"].values()}
    for moment in office.live():
        report_runs.run_due(office.office, staff=ADMINISTRATOR, maker=maker)
        day = jst_date(moment)
        if day not in looks and ((day - office.first).days % every == 0 or day in days):
            looks[day] = look(office.engine)
    return Lived(office, looks, tuple(maker.asked), desk_on(office), Past(office.engine))


def desk_on(office: YearOffice) -> Path:
    """A desk with the settings that come with the program, on the office's database."""
    folder = office.folder / "desk"
    folder.mkdir()
    settings = (ROOT / "data" / "desk" / CONFIG_NAME).read_text(encoding="utf-8")
    place = 'url = "sqlite:///ebidadmin.sqlite"'
    assert place in settings
    folder.joinpath(CONFIG_NAME).write_text(
        settings.replace(place, f'url = "{office.url}"'), encoding="utf-8"
    )
    return folder


IN_WEEKS = frozenset(
    {
        *(
            "waiting",
            "decided",
            "mails given up",
            "permits without ID",
            "new items",
            "items",
            "persons",
            "lapsing",
            "renewed",
        ),
        *(
            "cards near their end",
            "outliving",
            "underliving",
            "registrations",
            "days to a decision",
            "categories",
        ),
        *(
            "changes",
            "concerned",
            "at the end: cards",
            "at the end: ids",
            "at the end: suppliers",
            "of the year",
            "events",
        ),
    }
)
IN_A_YEAR = IN_WEEKS | {
    *(
        "IDs without permit",
        "holders",
        "of them told",
        "lapsed",
        "missing",
        "reasons",
        "ungraded",
        "at the end: expired",
    ),
    *("concerned: representative_name", "concerned: address", "concerned: lapsed", "concerned: vanished"),
}
"""What there must have been to compare: nothing passes by being empty."""


def test_the_last_weeks_of_a_fiscal_year(fresh_database: FreshDatabase, tmp_path: Path) -> None:
    """With the 29 February, a turn of months and of the fiscal year."""
    office = YearOffice(fresh_database(KIND), tmp_path, date(2028, 2, 21), date(2028, 4, 5), Size(60, 30, 16))
    done = lived(office, every=5)
    check_year(done)
    assert not {name for name in IN_WEEKS if not done.compared[name]}


@pytest.mark.slow
@pytest.mark.parametrize("size", [Size(60, 40, 24), Size(3_000, 1_200, 400)], ids=["small", "large"])
@pytest.mark.parametrize("kind", ENGINES)
def test_a_whole_year(
    kind: str, size: Size, fresh_database: FreshDatabase, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    office = YearOffice(fresh_database(kind), tmp_path, date(2027, 4, 1), date(2028, 4, 5), size)
    done = lived(office, every=7)
    check_year(done)
    ran = Counter(run.period.report.value for run in done.runs)
    assert office.told.done.total() > 2 * size.applications
    figure(
        f"{kind}: {len(done.runs)} reports of {(office.last - office.first).days + 1} days, each once and on its day"
        f" ({', '.join(f'{name} {count}' for name, count in sorted(ran.items()))});"
        f" compared: {', '.join(f'{name} {count}' for name, count in sorted(done.compared.items()))}"
    )
    assert not {name for name in IN_A_YEAR if not done.compared[name]}
