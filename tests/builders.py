"""Made-up suppliers, forms, qualifications and permits, by number; the names are those of the manual's samples, counted on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from ebidadmin.clock import Calendar
from ebidadmin.domain import applications, permits
from ebidadmin.domain.applications import Channel, IdApplication, IdForm
from ebidadmin.domain.contacts import Contact
from ebidadmin.domain.ids import ApplicationNumber, BatchId, PermitId, SupplierNumber, UserId
from ebidadmin.domain.permits import DocumentNumber, PaperChannel, Permit
from ebidadmin.domain.qualifications import Grade, Qualification
from ebidadmin.domain.staff import ALL_ROLES, Role, Staff

NOON = datetime(2026, 10, 7, 3, 0, tzinfo=UTC)
"""Wednesday 2026-10-07, 12:00 in Japan: a working day in the middle of a working week."""

TODAY = date(2026, 10, 7)

SAMPLE_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b5dWRWJTmaaJObG4n4Sx1GoCcw"
)
"""A well-formed PHC string of a made-up password, no secret."""

TANAKA = Staff("tanaka", frozenset({Role.REVIEWER}))
SUZUKI = Staff("suzuki", frozenset({Role.REVIEWER}))
HELPER = Staff("yamada", frozenset({Role.HELP_DESK}))
AUDITOR = Staff("sato", frozenset({Role.AUDITOR}))
ADMINISTRATOR = Staff("kanri", frozenset({Role.ADMINISTRATOR}))
EVERYBODY = Staff("hitori", ALL_ROLES)


def calendar() -> Calendar:
    """2020 to 2030; the holidays of October 2026 to January 2027 and the closure at the turn of those years."""
    closed = {date(2026, 10, 12), date(2026, 11, 3), date(2026, 11, 23), date(2027, 1, 11)}
    closed |= {date(2026, 12, day) for day in (29, 30, 31)} | {date(2027, 1, day) for day in (1, 2, 3)}
    return Calendar(frozenset(closed), date(2020, 1, 1), date(2030, 12, 31))


def supplier_number(n: int = 92) -> SupplierNumber:
    return SupplierNumber(f"19{n:07d}")


def trade_name(n: int = 92) -> str:
    return f"(株)テスト商会{n:02d}"


def application_number(n: int = 1) -> ApplicationNumber:
    return ApplicationNumber(f"A{n:06d}")


def contact(n: int = 92, **changes: str) -> Contact:
    made = Contact(
        name=f"営業部第{n}課",
        postcode="750-0006",
        address=f"山口県下関市南部町{n}番1号",
        person=f"下関 太郎{n}",
        phone=f"083-231-{n % 10000:04d}",
        fax=f"083-232-{n % 10000:04d}",
        email=f"acceptor{n}@example.co.jp",
    )
    return replace(made, **changes)


def form(n: int = 92, **changes: Any) -> IdForm:
    """The form of the ``n``-th supplier. ``main_contact`` and ``applicant_contact`` may be changed as wholes."""
    made = IdForm(
        supplier_number=supplier_number(n),
        trade_name=trade_name(n),
        company_phone=f"083-231-{n % 10000:04d}",
        company_fax=f"083-232-{n % 10000:04d}",
        branch="本店",
        main_contact=contact(n),
        applicant_contact=contact(n),
        user_id=UserId(f"shoukai{n:04d}"),
    )
    return replace(made, **changes)


def raw_form(n: int = 92, *, again: bool = True, **changes: str) -> dict[str, str]:
    """What is typed on the form, by flat key; ``changes`` with ``__`` for the dot (``main_contact__email="…"``)."""
    made = flat(form(n))
    if again:
        for prefix in ("main_contact", "applicant_contact"):
            made[f"{prefix}.email_again"] = made[f"{prefix}.email"]
    for key, value in changes.items():
        made[key.replace("__", ".")] = value
    return made


def flat(entered: IdForm) -> dict[str, str]:
    """A form by flat key."""
    made: dict[str, str] = {
        "supplier_number": entered.supplier_number,
        "trade_name": entered.trade_name,
        "company_phone": entered.company_phone,
        "company_fax": entered.company_fax,
        "branch": entered.branch,
        "user_id": entered.user_id,
    }
    for prefix, one in (
        ("main_contact", entered.main_contact),
        ("applicant_contact", entered.applicant_contact),
    ):
        made |= {f"{prefix}.{name}": value for name, value in one.as_map().items()}
    return made


def search_form(n: int = 92, **changes: str) -> dict[str, str]:
    """What is typed at the search."""
    return {
        "supplier_number": supplier_number(n),
        "trade_name": trade_name(n),
        "user_id": "",
        "password": "",
        **changes,
    }


def intake_row(n: int = 92, *, number: str | None = None, **changes: object) -> dict[str, object]:
    """One row of a batch, nested, as the bidding front end sends it."""
    entered = form(n)
    row: dict[str, object] = {
        "application_number": number or application_number(n),
        "supplier_number": entered.supplier_number,
        "trade_name": entered.trade_name,
        "company_phone": entered.company_phone,
        "company_fax": entered.company_fax,
        "branch": entered.branch,
        "main_contact": entered.main_contact.as_map(),
        "applicant_contact": entered.applicant_contact.as_map(),
        "user_id": entered.user_id,
        "password_hash": SAMPLE_HASH,
        "applied_at": "2026-10-06T10:00:00+09:00",
    }
    return {**row, **changes}


def application(
    n: int = 92,
    *,
    number: ApplicationNumber | None = None,
    at: datetime = NOON,
    entered: IdForm | None = None,
    **changes: Any,
) -> IdApplication:
    """A pending application of the ``n``-th supplier."""
    made = applications.submit(
        number=number or application_number(n),
        form=entered or form(n),
        password_hash=SAMPLE_HASH,
        at=at,
        by="suppliers",
        channel=Channel.BATCH,
    ).after
    return replace(made, **changes)


def qualification(n: int = 92, **changes: Any) -> Qualification:
    """The register's record that agrees with ``form(n)``, in force for the fiscal years 2026 and 2027."""
    made = Qualification(
        supplier_number=supplier_number(n),
        trade_name=trade_name(n),
        corporate_number=f"{8_000_000_000_000 + n}",
        kana="テストショウカイ",
        postcode="750-0006",
        address=f"山口県下関市南部町{n}番1号",
        representative_title="代表取締役",
        representative_name=f"下関 太郎{n}",
        phone=f"083-231-{n % 10000:04d}",
        fax=f"083-232-{n % 10000:04d}",
        branch="本店",
        grade_sale=Grade.A,
        valid_from=date(2026, 4, 1),
        valid_to=date(2028, 3, 31),
    )
    return replace(made, **changes)


def document(n: int = 92) -> DocumentNumber:
    """The number of a letter decided at ``NOON``."""
    return DocumentNumber(2026, n)


def permit(
    n: int = 92,
    *,
    permit_id: str | None = None,
    granted: bool = True,
    valid_to: date | None = date(2028, 3, 31),
    **changes: Any,
) -> Permit:
    """The paper permit of the ``n``-th supplier, granted from 2026-04-01 unless told otherwise."""
    made = permits.record(
        permit_id=PermitId(permit_id or f"P{n:06d}"),
        supplier_number=supplier_number(n),
        received=date(2026, 9, 1),
        channel=PaperChannel.COUNTER,
        by=TANAKA.login,
        at=NOON,
        applicant=trade_name(n),
    ).after
    if granted:
        made = permits.grant(
            made,
            # Each id has a number of its own, also where a supplier has several permits.
            document=document(n if permit_id is None else int.from_bytes(permit_id.encode())),
            valid_from=date(2026, 4, 1),
            valid_to=valid_to,
            by=TANAKA.login,
            at=NOON,
        ).after
    return replace(made, **changes)


def batch_id(n: int) -> BatchId:
    return BatchId(n)


def by_supplier(records: Mapping[int, Qualification]) -> dict[SupplierNumber, Qualification]:
    """Qualifications keyed by their own supplier numbers."""
    return {record.supplier_number: record for record in records.values()}
