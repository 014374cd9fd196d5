"""The follow-up list: rows to items and back, the port that reads it, and which registrations an import touched."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from ebidadmin.domain.cards import LIVE_CARD_STATES
from ebidadmin.domain.followups import About, FollowUp, FollowUpCode, FollowUpState
from ebidadmin.domain.ids import BatchId, FollowUpId, SupplierNumber
from ebidadmin.domain.registrations import LIVE_STATES
from ebidadmin.errors import Facts, FactValue, NotFoundError
from ebidadmin.persistence.mapping import Values
from ebidadmin.persistence.repositories import fetch, fetch_one
from ebidadmin.persistence.schema import RegistrationRow
from ebidadmin.persistence.schema_cards import CardRow, FollowUpRow
from ebidadmin.persistence.schema_register import QualificationRow


def follow_up_values(item: FollowUp) -> Values:
    return {
        "id": item.id,
        "code": item.code.value,
        "about_kind": item.about.kind,
        "about_key": item.about.key,
        "supplier_number": item.supplier_number,
        "facts": {
            name: list(value) if isinstance(value, tuple) else value for name, value in item.facts.items()
        },
        "opened_at": item.opened_at,
        "state": item.state,
        "closed_at": item.closed_at,
        "closed_by": item.closed_by,
        "note": item.note,
        "version": item.version,
    }


def follow_up_from(row: FollowUpRow) -> FollowUp:
    return FollowUp(
        id=FollowUpId(row.id),
        code=FollowUpCode(row.code),
        about=About(row.about_kind, row.about_key),
        supplier_number=SupplierNumber(row.supplier_number),
        facts=facts_of(row.facts),
        opened_at=row.opened_at,
        state=row.state,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        note=row.note,
        version=row.version,
    )


def facts_of(plain: object) -> Facts:
    """The facts of an item as they were kept."""
    return {name: _fact(value) for name, value in cast("dict[str, Any]", plain).items()}


def _fact(value: Any) -> FactValue:
    return tuple(value) if isinstance(value, list) else value


class SqlFollowUps:
    """``card_records.FollowUps``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, follow_up: FollowUpId) -> FollowUp:
        row = fetch_one(self._session, select(FollowUpRow).where(FollowUpRow.id == follow_up))
        if row is None:
            raise NotFoundError("not-found", kind="follow-up", id=follow_up)
        return follow_up_from(row)

    def about(self, about: Iterable[About]) -> tuple[FollowUp, ...]:
        wanted = [(one.kind.value, one.key) for one in about]
        if not wanted:
            return ()
        found = tuple_(FollowUpRow.about_kind, FollowUpRow.about_key).in_(wanted)
        return self._load(select(FollowUpRow).where(found).order_by(FollowUpRow.id))

    def list(
        self,
        *,
        state: FollowUpState | None = None,
        supplier: str = "",
        after: str = "",
        before: str = "",
        limit: int = 200,
    ) -> tuple[FollowUp, ...]:
        chosen = select(FollowUpRow).where(FollowUpRow.id > after)
        if state is not None:
            chosen = chosen.where(FollowUpRow.state == state)
        if supplier:
            chosen = chosen.where(FollowUpRow.supplier_number.startswith(supplier, autoescape=True))
        if not before:
            return self._load(chosen.order_by(FollowUpRow.id).limit(limit))
        backward = chosen.where(FollowUpRow.id < before).order_by(FollowUpRow.id.desc()).limit(limit)
        return self._load(backward)[::-1]

    def count_open(self) -> int:
        counted = select(func.count()).where(FollowUpRow.state == FollowUpState.OPEN)
        return self._session.execute(counted).scalar_one()

    def registered_and_touched(
        self, batch: BatchId, *, after: str = "", limit: int = 500
    ) -> tuple[SupplierNumber, ...]:
        # A changed record ends with the batch and begins with it; one that vanished only ends, an added one only begins.
        return self._registered(
            after, limit, or_(QualificationRow.from_batch == batch, QualificationRow.to_batch == batch)
        )

    def registered(self, *, after: str = "", limit: int = 500) -> tuple[SupplierNumber, ...]:
        return self._registered(after, limit, None)

    def _registered(
        self, after: str, limit: int, touched: ColumnElement[bool] | None
    ) -> tuple[SupplierNumber, ...]:
        cards = select(CardRow.supplier_number).where(
            CardRow.state.in_(sorted(LIVE_CARD_STATES)), CardRow.supplier_number > after
        )
        ids = select(RegistrationRow.supplier_number).where(
            RegistrationRow.state.in_(sorted(LIVE_STATES)), RegistrationRow.supplier_number > after
        )
        if touched is not None:
            cards = cards.where(_record_of(CardRow.supplier_number, touched))
            ids = ids.where(_record_of(RegistrationRow.supplier_number, touched))
        both = union(cards, ids).subquery()
        page = select(both.c.supplier_number).order_by(both.c.supplier_number).limit(limit)
        return tuple(SupplierNumber(number) for number in self._session.execute(page).scalars())

    def _load(self, statement: Select[FollowUpRow]) -> tuple[FollowUp, ...]:
        return tuple(follow_up_from(row) for row in fetch(self._session, statement))


def _record_of(supplier: InstrumentedAttribute[str], which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the supplier has such a version of its record; asked for each registration, of which there are few."""
    version = select(QualificationRow.supplier_number).where(
        QualificationRow.supplier_number == supplier, which
    )
    return version.exists()
