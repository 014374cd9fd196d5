"""A migrated SQLite database as a store for services, with the same short ways to fill it as the store in memory."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, insert, select, update

from ebidadmin.clock import Clock, SettableClock
from ebidadmin.domain.ids import BatchId
from ebidadmin.domain.names import NameRules, fold_name
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.schema_register import BatchRow, QualificationRow
from ebidadmin.persistence.twins import digits, lowered
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from tests.builders import NOON
from tests.memory_parts import RULES


class SqlStore:
    """``office(SqlStore(url))`` is an office on that database."""

    def __init__(self, url: str, clock: Clock | None = None, names: NameRules = RULES) -> None:
        self.engine = make_engine(url)
        self.clock = clock or SettableClock(NOON)
        self.names = names

    def __call__(self) -> SqlUnitOfWork:
        return SqlUnitOfWork(self.engine, clock=self.clock, software="ebidadmin test", names=self.names)

    def import_register(self, *records: Qualification, at: datetime | None = None) -> BatchId:
        """Apply a batch that leaves exactly ``records`` in the register, past the import's own way: only its outcome counts here."""
        with self.engine.begin() as connection:
            latest = connection.scalar(select(func.max(BatchRow.id)))
            number = BatchId((latest or 0) + 1)
            batch = {
                "id": number,
                "file_name": "made-up.csv",
                "file_hash": "0" * 64,
                "layout": "ebidadmin",
                "headings": [],
                **dict.fromkeys(("changed", "unchanged", "vanished", "refused"), 0),
                "added": len(records),
                "applied_by": "importer",
                "applied_at": at or NOON,
                "version": 1,
            }
            connection.execute(insert(BatchRow).values(batch))
            present = {
                row.supplier_number: row.digest
                for row in connection.execute(
                    select(QualificationRow.supplier_number, QualificationRow.digest).where(
                        QualificationRow.to_batch.is_(None)
                    )
                )
            }
            wanted = {record.supplier_number: repr(record) for record in records}
            ended = [supplier for supplier, digest in present.items() if wanted.get(supplier) != digest]
            connection.execute(
                update(QualificationRow)
                .where(QualificationRow.supplier_number.in_(ended), QualificationRow.to_batch.is_(None))
                .values(to_batch=number)
            )
            new = [record for record in records if present.get(record.supplier_number) != repr(record)]
            if new:
                connection.execute(insert(QualificationRow), [self._values(record, number) for record in new])
        return number

    def _values(self, record: Qualification, number: BatchId) -> dict[str, object]:
        return {
            **record.as_map(),
            "from_batch": number,
            "to_batch": None,
            "digest": repr(record),
            "name_folded": fold_name(record.trade_name, self.names),
            "phone_folded": digits(record.phone),
            "email_folded": lowered(record.email),
        }
