"""An office that lives from day to day with a driven clock: a register that changes, papers, applications, decisions, cards.

Everything follows from a seed. What the office did is told in ``Told``, by the generator itself, for reports to be compared with.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from ebidadmin.clock import JST, SettableClock, as_utc
from ebidadmin.domain import mails
from ebidadmin.domain.card_sessions import CardFlow
from ebidadmin.domain.followups import FollowUpState
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.permits import PaperChannel
from ebidadmin.domain.qualifications import Grade, Qualification
from ebidadmin.domain.staff import ALL_ROLES, Staff
from ebidadmin.intake.csv import CsvSource
from ebidadmin.persistence.bulk import SqlImportStore
from ebidadmin.persistence.register import SqlRegisterReader
from ebidadmin.reference.calendar import build_calendar
from ebidadmin.services import (
    application_intake,
    application_review,
    expiry_notices,
    follow_up,
    permits,
    qualification_import,
)
from ebidadmin.services.settings import Settings
from tests.builders import application_number, intake_row, supplier_number, trade_name
from tests.cards.office import Bench
from tests.fakes import office as made_office
from tests.imports.office import ImportDesk
from tests.imports.test_apply import OWN, file, record
from tests.sql_store import SqlStore

CLERKS = (Staff("tanaka", ALL_ROLES), Staff("suzuki", ALL_ROLES))
FIRST_END, NEXT_END = date(2028, 3, 31), date(2030, 3, 31)
"""Every qualification ends on the first until it is renewed, or is over early."""

REASONS = ("name-differs", "permit-missing", "other")


def grades_of(n: int) -> tuple[str, ...]:
    """For what the register grades the ``n``-th supplier: one in four for nothing, one in four for two kinds of contract."""
    return ((), ("grade_sale",), ("grade_service",), ("grade_sale", "grade_service"))[n % 4]


@dataclass
class Told:
    """What the generator did: by month (its first day) and kind; days to a decision by month; fields that imports changed."""

    done: Counter[tuple[date, str]] = field(default_factory=Counter)
    reasons: Counter[tuple[date, str]] = field(default_factory=Counter)
    days: defaultdict[date, list[int]] = field(default_factory=lambda: defaultdict(list))
    imports: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    """Suppliers that each added, changed and let vanish."""
    touched: dict[int, int] = field(default_factory=dict)
    """Suppliers that each said somebody has to look at."""
    decided: dict[str, tuple[date, str]] = field(default_factory=dict)
    """By number of the application on which day it was decided, and how."""
    registered: list[tuple[date, str, int]] = field(default_factory=list)
    """Day, method and number of the supplier."""
    vanished: dict[int, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Size:
    suppliers: int
    applications: int
    cards: int


@dataclass
class YearOffice:
    """``live`` yields every moment at which something may look at the office: twice a day, and after imports."""

    url: str
    folder: Path
    first: date
    last: date
    size: Size
    seed: int = 7

    def __post_init__(self) -> None:
        self.pick = random.Random(self.seed)
        self.clock = SettableClock(self._at(self.first, time(5)))
        store = SqlStore(self.url, self.clock)
        self.engine = store.engine
        calendar = build_calendar()
        self.calendar = calendar
        self.office = made_office(store, settings=Settings(retries=2), calendar=calendar)
        self.bench = Bench(self.office, staff=CLERKS[0])
        self.imports = ImportDesk(
            self.engine,
            self.office,
            SqlImportStore(self.engine),
            SqlRegisterReader(self.engine),
            self.clock,
        )
        self.told = Told()
        self.register = {n: self._record(n) for n in range(1, self.size.suppliers + 1)}
        self.working = [day for day in self._days() if calendar.is_working_day(day)]
        self._applying = self._spread(self.size.applications)
        self._registering = self._spread(self.size.cards)
        self._decisions: defaultdict[date, list[tuple[ApplicationNumber, date]]] = defaultdict(list)
        self._applicants = iter(self.pick.sample(sorted(self.register), self.size.applications))
        self._holders = iter(self.pick.sample(sorted(self.register), self.size.suppliers))
        self._held: list[tuple[int, datetime]] = []
        self._number = 0
        self._numbers: dict[str, int] = {}
        self._cards = 100_000

    def live(self) -> Iterator[datetime]:
        for day in self._days():
            yield self._stand(day, time(6, 5))
            yield self._stand(day, time(8, 5))
            if day not in self.working:
                continue
            if self._imports_on(day):
                self._stand(day, time(9, 30))
                self._import(day)
                yield self._stand(day, time(9, 45))
            self._work(day)

    @property
    def staff(self) -> Staff:
        return self.pick.choice(CLERKS)

    def _days(self) -> Iterator[date]:
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=number)

    @staticmethod
    def _at(day: date, moment: time) -> datetime:
        return as_utc(datetime.combine(day, moment, JST))

    def _stand(self, day: date, moment: time) -> datetime:
        self.clock.set(self._at(day, moment))
        return self.clock.now()

    def _spread(self, count: int) -> Counter[date]:
        # Everything is decided before the last days.
        return Counter(self.pick.choice(self.working[:-12]) for _ in range(count))

    def _record(self, n: int) -> Qualification:
        grades = dict.fromkeys(grades_of(n), Grade.A)
        return record(n, trade_name=trade_name(n), valid_to=FIRST_END, **{"grade_sale": Grade.NONE, **grades})

    def _imports_on(self, day: date) -> bool:
        before = [one for one in self.working if (one.year, one.month) == (day.year, day.month)]
        return day == before[0] or (day.month == 2 and len(before) > 5 and day == before[5])

    def _import(self, day: date) -> None:
        """The register of the month: some moved, some have another representative, from winter on some are qualified anew."""
        added, changed, vanished = (0, 0, 0)
        if not self.told.imports:
            added = len(self.register)
        else:
            if self.pick.random() < 0.5:
                # In a large office so many that registered ones are among them.
                vanished = max(1, len(self.register) // 150)
                for _ in range(vanished):
                    gone = self.pick.choice(sorted(self.register))
                    self.register.pop(gone)
                    self.told.vanished[gone] = day
            for n, held in sorted(self.register.items()):
                new = self._edited(held, day)
                changed += new != held
                self.register[n] = new
            if not changed and not vanished:
                # An import that changes nothing is refused.
                n = self.pick.choice(sorted(self.register))
                self.register[n] = replace(self.register[n], address=f"山口県下関市長府町{day:%m%d}番3号")
                changed = 1
        path = file(self.folder, list(self.register.values()), f"{day}.csv")
        store = self.imports.store
        source = CsvSource(path, OWN)
        plan = qualification_import.preview(
            self.office, staff=CLERKS[0], store=store, source=source, layout=OWN
        )
        batch = qualification_import.apply(
            self.office,
            staff=CLERKS[0],
            store=store,
            source=source,
            layout=OWN,
            plan=plan,
            confirmed_scale=True,
        )
        path.unlink()
        self.told.imports[batch.id] = (added, changed, vanished)
        self.told.touched[batch.id] = plan.touched
        self._count(day, "imports")

    def _edited(self, held: Qualification, day: date) -> Qualification:
        chance = self.pick.random()
        if chance < 0.06:
            return replace(held, representative_name=f"後継 花子{self.pick.randint(1, 999)}")
        if chance < 0.08:
            return replace(held, address=f"山口県下関市竹崎町{self.pick.randint(1, 99)}番2号")
        renewing = day.month in (12, 1, 2, 3) and held.valid_to is not None and held.valid_to < NEXT_END
        if chance < 0.09:
            return replace(held, valid_to=min(held.valid_to or day, day - timedelta(days=1)))
        if chance < 0.45 and renewing:
            return replace(held, valid_to=NEXT_END)
        return held

    def _work(self, day: date) -> None:
        self._stand(day, time(10))
        for _ in range(self._applying[day]):
            self._apply(day)
        for number, applied in self._decisions.pop(day, []):
            self._tick()
            self._decide(day, number, applied)
        for _ in range(self._registering[day]):
            self._tick()
            self._register_card(day)
        expiry_notices.write(self.office, staff=CLERKS[0])
        self._give_up_a_mail()
        if self.pick.random() < 0.4:
            self._resolve(day)

    def _tick(self) -> None:
        self.clock.advance(timedelta(seconds=self.pick.randint(20, 90)))

    def _count(self, day: date, what: str) -> None:
        self.told.done[day.replace(day=1), what] += 1

    def _apply(self, day: date) -> None:
        n = next(self._applicants)
        self._tick()
        if self.pick.random() < 0.9:
            paper = permits.record(
                self.office,
                staff=self.staff,
                supplier_number=supplier_number(n),
                received=day,
                channel=PaperChannel.MAIL,
                applicant=trade_name(n),
            )
            self._tick()
            permits.grant(
                self.office, staff=self.staff, permit_id=paper.id, valid_to=date(day.year + 1, 3, 31)
            )
            self._count(day, "permits_granted")
        self._number += 1
        self._numbers[application_number(self._number)] = n
        self._tick()
        moment = self.clock.now().astimezone(JST)
        row = intake_row(
            n,
            number=application_number(self._number),
            trade_name=trade_name(n),
            user_id=f"shoukai{n:05d}",
            applied_at=moment.isoformat(timespec="seconds"),
        )
        application_intake.intake_batch(self.office, staff=self.staff, rows=[(1, row)])
        self._count(day, "applications")
        later = self.working[self.working.index(day) + self.pick.choice((0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 8))]
        self._decisions[later].append((application_number(self._number), day))

    def _decide(self, day: date, number: ApplicationNumber, applied: date) -> None:
        given: dict[str, Any] = {"staff": self.staff, "number": number}
        seen = application_review.dossier(self.office, **given)
        waited = self.working.index(day) - self.working.index(applied)
        chance = self.pick.random()
        blocked = any(one.severity.value == "block" for one in seen.findings)
        if blocked or chance < 0.12:
            reason = self.pick.choice(REASONS)
            application_review.reject(self.office, **given, reasons=(reason,), note="確認できない", version=1)
            self.told.reasons[day.replace(day=1), reason] += 1
            self._count(day, "rejected")
        elif chance < 0.15:
            application_review.withdraw(self.office, **given, version=1)
            self._count(day, "withdrawn")
        else:
            accepted = {one.code.value: "確認" for one in seen.findings if one.severity.value == "warning"}
            application_review.approve(self.office, **given, version=1, accepted=accepted)
            self._count(day, "approved")
        self._told_decided(day, number, waited)

    def _told_decided(self, day: date, number: ApplicationNumber, waited: int) -> None:
        with self.office.uow() as uow:
            outcome = uow.applications.get(number).state.value
        self.told.decided[number] = (day, outcome)
        if outcome != "withdrawn":
            self.told.days[day.replace(day=1)].append(waited)
        if outcome == "approved":
            self.told.registered.append((day, "id", self._numbers[number]))

    def _register_card(self, day: date) -> None:
        """A first card, or now and then a new one in place of one that is registered."""
        self.bench.staff = self.staff
        self._cards += 1
        ends = self._at(day, time(23, 59, 59)) + timedelta(days=self.pick.choice((40, 200, 400, 800)))
        terms: dict[str, Any] = {"not_before": datetime(2026, 4, 1, tzinfo=UTC), "not_after": ends}
        usable = [one for one in self._held if one[1] > self.clock.now() and self._qualified(one[0], day)]
        if usable and self.pick.random() < 0.15:
            self._held.remove(chosen := self.pick.choice(usable))
            old = chosen[0]
            self.bench.insert(old)
            walk = self.bench.prove(self.bench.start(CardFlow.RENEWAL))
            name = f"後任 次郎{self._cards}" if self.pick.random() < 0.5 else f"下関 太郎{old}"
            self.bench.insert(self._cards, company_name=trade_name(old), holder_name=name, **terms)
            ended = self.bench.ready(self.bench.prove(walk))
            self.bench.register(ended)
            self._count(day, "cards_renewed")
            self.told.registered.append((day, "renewal", old))
            return
        n = next(self._holders)
        while not self._qualified(n, day):
            n = next(self._holders)
        self.bench.insert(n, **terms)
        self.bench.registered(n)
        self._held.append((n, ends))
        self._count(day, "cards_registered")
        self.told.registered.append((day, "card", n))

    def _qualified(self, n: int, day: date) -> bool:
        held = self.register.get(n)
        return held is not None and held.valid_to is not None and held.valid_to >= day

    def _give_up_a_mail(self) -> None:
        """Now and then a mail cannot be sent; half of those are tried again some day."""
        if self.pick.random() > 0.3:
            return
        waiting = self.pick.random() < 0.66
        state = "waiting" if waiting else "gave-up"
        with self.engine.connect() as connection:
            query = text("SELECT min(id) FROM mail_outbox WHERE state = :state")
            number = connection.execute(query, {"state": state}).scalar()
        if number is None:
            return
        with self.office.uow() as uow:
            mail, now = uow.mails.get(number), self.clock.now()
            uow.record(
                mails.gave_up(mail, error="smtp-refused", by=self.staff.login, at=now)
                if waiting
                else mails.retried(mail, by=self.staff.login, at=now)
            )
            uow.commit()

    def _resolve(self, day: date) -> None:
        with self.office.uow() as uow:
            waiting = uow.follow_ups.list(state=FollowUpState.OPEN, limit=1)
        if waiting:
            item = waiting[0]
            follow_up.resolve(
                self.office,
                staff=self.staff,
                follow_up=item.id,
                version=item.version,
                note="電話で確認",
            )
            self._count(day, "resolved")
