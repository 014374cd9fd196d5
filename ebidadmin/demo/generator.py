"""Made-up suppliers and ID applications from a fixed seed; each application is made to show one kind of finding, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial
from random import Random

from ebidadmin.clock import jst, jst_date
from ebidadmin.demo.words import Words
from ebidadmin.domain.findings import FindingCode
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.qualifications import Qualification

Row = dict[str, object]
"""One application as the batch intake reads it."""


FIRST_NUMBER = 1000
"""Made-up suppliers are numbered from here on, clear of the manual's samples."""


class Stage(StrEnum):
    """When a made-up application comes in, where its finding depends on what happens around it."""

    BEFORE_SECOND_IMPORT = "before-second-import"
    ORDINARY = "ordinary"
    AFTER_APPROVAL = "after-approval"


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitPlan:
    """A permit to record and grant for a made-up application."""

    supplier_number: SupplierNumber
    applicant: str
    received: date
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoApplication:
    """``shows`` is the finding that it is made for; ``None`` for a clean one."""

    row: Row
    shows: FindingCode | None
    stage: Stage
    permits: tuple[PermitPlan, ...]


def suppliers(words: Words, *, count: int, seed: int, period: tuple[date, date]) -> list[Qualification]:
    """``count`` made-up register records after the manual's samples; every fiftieth has lapsed a month before the period began."""
    random = Random(seed)
    start, end = period
    made = [_sample(sample, start, end) for sample in words.samples]
    for number in range(1, count + 1):
        town = random.choice(words.towns)
        lapsed = number % 50 == 0
        made.append(
            Qualification(
                supplier_number=SupplierNumber(f"19{FIRST_NUMBER + number:07d}"),
                trade_name=words.company(random, number),
                postcode=town.postcode,
                address=f"{town.address}{random.randint(1, 9)}-{random.randint(1, 30)}-{random.randint(1, 20)}",
                representative_title=random.choice(words.titles),
                representative_name=words.person(random),
                phone=_phone(number),
                fax=_phone(number),
                valid_from=start - timedelta(days=365) if lapsed else start,
                valid_to=start - timedelta(days=30) if lapsed else end,
            )
        )
    return made


def changed(
    records: Sequence[Qualification], words: Words, *, seed: int, share: float
) -> list[Qualification]:
    """The register as the next month's file has it: some representatives changed, everything else as it was."""
    random = Random(seed)
    return [
        replace(record, representative_name=words.person(random)) if random.random() < share else record
        for record in records
    ]


def applications(
    words: Words,
    records: Sequence[Qualification],
    *,
    count: int,
    seed: int,
    password_hash: str,
    now: datetime,
    lapsed: Sequence[Qualification] = (),
    changing: Sequence[Qualification] = (),
) -> list[DemoApplication]:
    """``count`` applications for different suppliers of ``records``, cycling through clean ones and every finding that the data allows.

    ``lapsed`` / ``changing`` are records whose period is over / that the next import changes; without them those findings are
    left out.
    """
    maker = _Maker(words, Random(seed), password_hash, now)
    plain = [record for record in records if record not in lapsed and record not in changing]
    sources: dict[FindingCode | None, list[Qualification]] = {
        FindingCode.REGISTER_LAPSED: list(lapsed),
        FindingCode.CHANGED_SINCE_APPLICATION: list(changing),
        FindingCode.NAME_VARIANT: [record for record in plain if maker.swap_variant(record.trade_name)],
        FindingCode.LEGAL_FORM_DIFFERS: [record for record in plain if maker.swap_form(record.trade_name)],
    }
    cycle: list[FindingCode | None] = [code for code in FindingCode if sources.get(code, plain)]
    cycle = [item for code in cycle for item in (code, None)] or [None]
    pool = iter(plain)
    used: set[SupplierNumber] = set()
    made: list[DemoApplication] = []
    while len(made) < count:
        code = cycle[len(made) % len(cycle)]
        record = _unused(sources.get(code), pool, used)
        made.append(maker.application(record, code, len(made) + 1))
    return made


def _unused(
    own: list[Qualification] | None, pool: Iterator[Qualification], used: set[SupplierNumber]
) -> Qualification:
    while own:
        record = own.pop(0)
        if record.supplier_number not in used:
            used.add(record.supplier_number)
            return record
    for record in pool:
        if record.supplier_number not in used:
            used.add(record.supplier_number)
            return record
    raise ValueError("not enough suppliers for that many applications")


def _sample(sample: Mapping[str, str], start: date, end: date) -> Qualification:
    return Qualification(
        supplier_number=SupplierNumber(sample["supplier_number"]),
        trade_name=sample["trade_name"],
        postcode=sample["postcode"],
        address=sample["address"],
        representative_title=sample["representative_title"],
        representative_name=sample["representative_name"],
        phone=sample["phone"],
        valid_from=start,
        valid_to=end,
    )


def _put(places: tuple[dict[str, str], ...], name: str, value: str) -> None:
    for place in places:
        place[name] = value


def _phone(number: int, exchange: str = "000") -> str:
    return f"0800-{exchange}-{number % 10000:04d}"


class _Maker:
    def __init__(self, words: Words, random: Random, password_hash: str, now: datetime) -> None:
        self.words = words
        self.random = random
        self.password_hash = password_hash
        self.now = now

    def swap_form(self, name: str) -> str:
        return self._swap(name, self.words.legal_form_swaps)

    def swap_variant(self, name: str) -> str:
        return self._swap(name, self.words.variant_swaps)

    @staticmethod
    def _swap(name: str, pairs: Sequence[tuple[str, str]]) -> str:
        """The name with the first pair that applies exchanged, else an empty text."""
        return next((name.replace(one, other) for one, other in pairs if one in name), "")

    def application(self, record: Qualification, code: FindingCode | None, number: int) -> DemoApplication:
        contact = self._contact(record, number)
        applicant = dict(contact)
        row = self._row(record, number, contact, applicant)
        edit = self._edits(row, record, contact, applicant).get(code) if code else None
        if edit is not None:
            edit()
        return DemoApplication(
            row=row, shows=code, stage=_stage(code), permits=self._permits(record, row, code)
        )

    def _contact(self, record: Qualification, number: int) -> dict[str, str]:
        town = next(
            (town for town in self.words.towns if record.address.startswith(town.address)),
            self.words.towns[0],
        )
        return {
            "name": self.random.choice(self.words.departments),
            "postcode": town.postcode,
            "address": record.address or f"{town.address}1-1-1",
            "person": record.representative_name or self.words.person(self.random),
            "phone": record.phone or _phone(number, "001"),
            "fax": record.fax or _phone(number, "001"),
            "email": f"contact{number:04d}@example.jp",
        }

    def _row(
        self, record: Qualification, number: int, contact: dict[str, str], applicant: dict[str, str]
    ) -> Row:
        applied = self.now - timedelta(hours=self.random.randint(1, 24 * 12), minutes=number)
        return {
            "application_number": f"B{number:08d}",
            "supplier_number": record.supplier_number,
            "trade_name": record.trade_name,
            "company_phone": contact["phone"],
            "company_fax": contact["fax"],
            "branch": self.words.branches[0],
            "main_contact": contact,
            "applicant_contact": applicant,
            "user_id": f"user{number:04d}",
            "password_hash": self.password_hash,
            "applied_at": jst(applied).isoformat(timespec="seconds"),
        }

    def _edits(
        self, row: Row, record: Qualification, contact: dict[str, str], applicant: dict[str, str]
    ) -> dict[FindingCode, Callable[[], None]]:
        """What to change in a clean row so that it shows the finding; findings that need no change of the row are absent."""

        def put(name: str, value: str) -> Callable[[], None]:
            return partial(_put, (contact, applicant), name, value)

        mistyped = applicant["email"].replace("example.jp", self.words.mistyped_domain)
        return {
            FindingCode.REGISTER_MISSING: lambda: row.update(
                supplier_number=f"99{self.random.randint(0, 9999999):07d}"
            ),
            FindingCode.NAME_DIFFERS: lambda: row.update(
                trade_name=f"{record.trade_name}{self.words.other_core}"
            ),
            FindingCode.NAME_VARIANT: lambda: row.update(trade_name=self.swap_variant(record.trade_name)),
            FindingCode.LEGAL_FORM_DIFFERS: lambda: row.update(trade_name=self.swap_form(record.trade_name)),
            FindingCode.REPRESENTATIVE_DIFFERS: put("person", self.words.other_person),
            FindingCode.ADDRESS_DIFFERS: put("address", self.words.other_address),
            FindingCode.TWO_ADDRESSES: lambda: applicant.update(email=f"other-{applicant['email']}"),
            FindingCode.SHARED_CONTACT: put("email", "shared@example.jp"),
            FindingCode.POSTCODE_ADDRESS: put("postcode", "100-0001"),
            FindingCode.PHONE_UNKNOWN: put("phone", "03-0000-0001"),
            FindingCode.MAIL_DOMAIN_UNUSUAL: put("email", mistyped),
        }

    def _permits(self, record: Qualification, row: Row, code: FindingCode | None) -> tuple[PermitPlan, ...]:
        today = jst_date(self.now)
        plan = PermitPlan(
            supplier_number=SupplierNumber(str(row["supplier_number"])),
            applicant=record.trade_name,
            received=today - timedelta(days=30),
            valid_from=today - timedelta(days=20),
            valid_to=today + timedelta(days=365),
        )
        if code is FindingCode.PERMIT_MISSING:
            return ()
        if code is FindingCode.PERMIT_EXPIRED:
            return (replace(plan, valid_from=today - timedelta(days=20), valid_to=today - timedelta(days=1)),)
        if code is FindingCode.PERMIT_OTHER_SUPPLIER:
            return (replace(plan, supplier_number=SupplierNumber("980000001")),)
        return (plan,)


def _stage(code: FindingCode | None) -> Stage:
    if code is FindingCode.CHANGED_SINCE_APPLICATION:
        return Stage.BEFORE_SECOND_IMPORT
    if code is FindingCode.ALREADY_APPROVED:
        return Stage.AFTER_APPROVAL
    return Stage.ORDINARY
