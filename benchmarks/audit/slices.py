"""What an auditor waits for at a million events: pages of slices, jumps, one supplier's life, a record as of a moment.

The trail is made from a fixed seed: ten years of working hours, a dozen people of whom one does a third of the work, 20,000 suppliers used
unevenly, applications with their claims, decisions and mails, now and then a refusal. Times are those of the services, on the wall; each
page opens the database anew, as a click does. Pages are those of 20 events with everything that is in them.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import Any

from sqlalchemy import insert

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from ebidadmin.clock import JST, as_utc
from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.persistence.audit_slices import SqlAuditReader
from ebidadmin.persistence.loading import know_sizes
from ebidadmin.persistence.migrate import upgrade
from ebidadmin.persistence.schema import AuditRow
from ebidadmin.services import audit_slices, audit_states
from ebidadmin.services.audit_slices import AuditQuery, AuditSlice
from ebidadmin.services.ports import Office
from tests.fakes import office as made_office
from tests.postgres import running_server
from tests.sql_store import SqlStore

SEED = 1
CHUNK = 10_000
PAGE = 20
FIRST = date(2016, 4, 1)
YEARS = 10
SUPPLIERS = 20_000
AUDITOR = Staff("auditor", frozenset({Role.AUDITOR}))
PEOPLE = (
    "tanaka",
    "sato",
    "suzuki",
    "takahashi",
    "ito",
    "yamamoto",
    "nakamura",
    "kobayashi",
    "kato",
    "yoshida",
)
WEIGHTS = (30, 12, 12, 10, 8, 6, 5, 4, 2, 1)
STEPS = (
    (EventTag.APPLICATION_SUBMITTED, SubjectKind.APPLICATION),
    (EventTag.APPLICATION_CLAIMED, SubjectKind.APPLICATION),
    (EventTag.APPLICATION_CLAIM_RENEWED, SubjectKind.APPLICATION),
    (EventTag.APPLICATION_APPROVED, SubjectKind.APPLICATION),
    (EventTag.REGISTRATION_CREATED, SubjectKind.REGISTRATION),
    (EventTag.MAIL_SENT, SubjectKind.MAIL),
    (EventTag.REGISTRATION_LOGIN_FAILED, SubjectKind.REGISTRATION),
    (EventTag.PERMIT_RECORDED, SubjectKind.PERMIT),
    (EventTag.PERMIT_GRANTED, SubjectKind.PERMIT),
    (EventTag.CARD_SESSION_STEPPED, SubjectKind.CARD_SESSION),
    (EventTag.REFUSED_BY_RULE, SubjectKind.APPLICATION),
)
CONTACT = {
    "name": "総務部",
    "postcode": "750-0006",
    "address": "山口県下関市南部町1-1",
    "person": "見本 太郎",
    "phone": "083-231-1111",
    "fax": "083-231-1112",
    "email": "somu@example.co.jp",
}
Case = Callable[[], object]


def rows(count: int) -> Iterator[dict[str, object]]:
    """Events as rows, in order of time."""
    random = Random(SEED)
    day = timedelta(days=365.25 * YEARS) / count
    at = as_utc(datetime(FIRST.year, FIRST.month, FIRST.day, 8, 30, tzinfo=JST))
    for n in range(count):
        at += day * random.random() * 2
        supplier = int(SUPPLIERS * random.random() ** 2)
        tag, kind = random.choice(STEPS)
        before = {**_values(supplier), "state": "pending", "version": 1}
        yield {
            "at": at,
            "by": "suppliers" if tag is STEPS[0][0] else random.choices(PEOPLE, WEIGHTS)[0],
            "tag": tag.value,
            "subject_kind": kind.value,
            "subject_id": f"A{supplier:08d}",
            "supplier_number": None if kind is SubjectKind.MAIL else f"{supplier:09d}",
            "before": None if n % 2 else before,
            "after": {**before, "state": "approved", "version": 2},
            "facts": {"findings": ["name-variant"], "rules": 2, "register": 7},
            "software": "ebidadmin benchmark",
        }


def _values(supplier: int) -> dict[str, object]:
    return {
        "supplier_number": f"{supplier:09d}",
        "trade_name": f"(株)テスト商会{supplier:05d}",
        "main_contact": CONTACT,
        "applicant_contact": CONTACT,
        "user_id": f"user{supplier:06d}",
    }


def fill(store: SqlStore, count: int) -> float:
    """Append them; the seconds that it took."""
    start = time.perf_counter()
    made = rows(count)
    while chunk := list(islice(made, CHUNK)):
        with store.engine.begin() as connection:
            connection.execute(insert(AuditRow), chunk)
    with store.engine.begin() as connection:
        know_sizes(connection, AuditRow.metadata.tables["audit_events"])
    return time.perf_counter() - start


class Asked:
    """What is measured; each call is another one of its kind."""

    def __init__(self, office: Office, reader: SqlAuditReader) -> None:
        self._given: dict[str, Any] = {"office": office, "staff": AUDITOR, "reader": reader}
        self._random = Random(SEED)

    def cases(self) -> dict[str, Case]:
        page, jumped, days = self.page, self.jumped, self.days
        group = frozenset(tag for tag in EventTag if tag.value.startswith("application:"))
        one = frozenset({EventTag.PERMIT_GRANTED})
        most = AuditSlice(by=PEOPLE[0])
        return {
            "first page": lambda: page(AuditSlice()),
            "last page": lambda: page(AuditSlice(), backward=True),
            "jump to a day": lambda: jumped(AuditSlice()),
            "one day": lambda: page(days(1)),
            "a year, last page": lambda: page(days(365), backward=True),
            "person (a third of all)": lambda: page(most),
            "person, jump to a day": lambda: jumped(most),
            "person with few events": lambda: page(AuditSlice(by=PEOPLE[-1])),
            "tag": lambda: jumped(AuditSlice(tags=one)),
            "group of 11 tags": lambda: jumped(AuditSlice(tags=group)),
            "person and group": lambda: jumped(AuditSlice(by=PEOPLE[0], tags=group)),
            "person and tag that never met": lambda: page(AuditSlice(by="suppliers", tags=one)),
            "supplier": lambda: page(AuditSlice(supplier=self.supplier())),
            "supplier, person and tag": lambda: page(
                AuditSlice(supplier=self.supplier(), by=PEOPLE[0], tags=one)
            ),
            "subject": lambda: page(AuditSlice(subject=self.subject(SubjectKind.PERMIT))),
            "supplier's life, 200 events": self.life,
            "record as of a moment": self.state,
            "more than 1,000?": lambda: audit_slices.count(wanted=most, most=1_001, **self._given),
            "everyone": lambda: audit_slices.people(**self._given),
        }

    def page(self, wanted: AuditSlice, *, cursor: str | None = None, backward: bool = False) -> object:
        query = AuditQuery(wanted=wanted, cursor=cursor, backward=backward, size=PAGE)
        return audit_slices.page(query=query, **self._given)

    def jumped(self, wanted: AuditSlice) -> object:
        return self.page(wanted, cursor=audit_slices.jump(self.day(), descending=True))

    def day(self) -> date:
        return FIRST + timedelta(days=self._random.randrange(int(365 * YEARS)))

    def days(self, length: int) -> AuditSlice:
        first = self.day()
        return AuditSlice(first=first, last=first + timedelta(days=length - 1))

    def supplier(self) -> SupplierNumber:
        return SupplierNumber(f"{self._one():09d}")

    def subject(self, kind: SubjectKind) -> Subject:
        return Subject(kind, f"A{self._one():08d}")

    def life(self) -> object:
        query = AuditQuery(wanted=AuditSlice(supplier=self.supplier()), descending=False, size=200)
        return audit_slices.page(query=query, **self._given)

    def state(self) -> object:
        moment = as_utc(datetime.combine(self.day(), datetime.min.time(), JST))
        subject = self.subject(SubjectKind.APPLICATION)
        return audit_states.state(subject=subject, moment=moment, **self._given)

    def _one(self) -> int:
        return int(SUPPLIERS * self._random.random() ** 2)


def timed(case: Case, times: int) -> list[float]:
    """Milliseconds of each call, after one that does not count."""
    case()
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        case()
        spent.append(1000 * (time.perf_counter() - start))
    return spent


def told(spent: Sequence[float]) -> str:
    """Half of them, nearly all of them, the slowest."""
    nearly_all = quantiles(spent, n=20, method="inclusive")[-1]
    return f"{median(spent):8.1f} | {nearly_all:8.1f} | {max(spent):8.1f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=50, help="of each case")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    asked = parser.parse_args()
    for engine in asked.engine or ("sqlite", "postgresql"):
        with ExitStack() as stack:
            if engine == "sqlite":
                folder = stack.enter_context(tempfile.TemporaryDirectory())
                url = f"sqlite:///{folder}/office.db"
                upgrade(url)
            else:
                url = stack.enter_context(running_server()).create()
            store = SqlStore(url)
            spent = fill(store, asked.events)
            print(
                f"{engine}, {asked.events} events, appended in {spent:.0f} s; ms: p50 | p95 | max", flush=True
            )
            for name, case in Asked(made_office(store), SqlAuditReader(store.engine)).cases().items():
                print(f"| {name:32} | {told(timed(case, asked.times))}", flush=True)
            store.engine.dispose()


if __name__ == "__main__":
    main()
