"""Deleting a supplier's rows, and its lines in what is computed from them. Part of the transaction of an erasing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import cast

from sqlalchemy import Connection, Table, and_, delete, func, select, update

from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.persistence import schema, schema_cards, schema_register, schema_views
from ebidadmin.persistence.among import among
from ebidadmin.persistence.bound_units import as_kept
from ebidadmin.persistence.bulk_numbers import GONE
from ebidadmin.persistence.erasure_reach import (
    APPLICATIONS,
    CARDS,
    CASES,
    CORRECTIONS,
    DESK_REQUESTS,
    DISPATCHES,
    FOLLOW_UPS,
    ID_CASES,
    KEYS,
    MAILS,
    PERMITS,
    PROPOSALS,
    REGISTRATIONS,
    SESSIONS,
    VERSIONS,
    Own,
)
from ebidadmin.persistence.erasure_values import saying
from ebidadmin.persistence.name_index import BLOCK_TABLE, BLOCKS, LINE, entries_of

NO_REASON = "—"
"""In place of a correction's reason: that there was one, and which batch it was, stays."""


def delete_rows(connection: Connection, supplier: SupplierNumber, own: Own, values: Collection[str]) -> None:
    """Delete every row of the supplier, children before their parents."""
    _delete_parts(connection, supplier, own)
    for table, column, keys in (
        (PROPOSALS, "id", own.proposals),
        (DISPATCHES, "id", own.dispatches),
        (PERMITS, "id", own.permits),
        (CASES, "session", own.cases),
        (SESSIONS, "id", own.sessions),
        (CARDS, "id", own.cards),
        (DESK_REQUESTS, "id", own.desk_requests),
        (REGISTRATIONS, "application", own.registrations),
        (APPLICATIONS, "number", own.applications),
        (ID_CASES, "id", own.id_cases),
        (FOLLOW_UPS, "id", own.follow_ups),
    ):
        _delete(connection, table, column, keys)
    for row in (schema_cards.MainContactRow, schema.EnterpriseIdRow):
        connection.execute(delete(row).where(row.supplier_number == supplier))
    if own.mails:
        connection.execute(delete(MAILS).where(MAILS.c.id.in_(own.mails)))
    _leave_register(connection, supplier)
    _forget_names(connection, supplier)
    _forget_places(connection, supplier, values)


def _delete(connection: Connection, table: Table, column: str, keys: Iterable[str]) -> None:
    connection.execute(delete(table).where(among(table.c[column], tuple(keys))))


def _delete_parts(connection: Connection, supplier: SupplierNumber, own: Own) -> None:
    for row in (schema.UserIdRow, schema.ContactPointRow):
        connection.execute(delete(row).where(row.supplier_number == supplier))
    for table in (schema.InquiryRow, schema.NoteRow, schema.ClaimRow):
        _delete(connection, cast("Table", table.__table__), "application", own.applications)
    _delete(connection, cast("Table", schema_cards.ExpiryNoticeRow.__table__), "card", own.cards)


def _leave_register(connection: Connection, supplier: SupplierNumber) -> None:
    """Versions go; what is staged goes whole: a file can be previewed again at any time."""
    checked, held = schema_register.CheckedSourceRow, VERSIONS.c
    of_supplier = select(held.id).where(held.supplier_number == supplier)
    connection.execute(delete(checked).where(checked.qualification.in_(of_supplier)))
    for staged in (schema_register.RecognisedRow, schema_register.StageRow, schema_register.ImportRunRow):
        connection.execute(delete(staged))
    connection.execute(delete(VERSIONS).where(held.supplier_number == supplier))
    of_key = KEYS.c.supplier_number == supplier
    connection.execute(delete(KEYS).where(of_key, KEYS.c.serial.is_(None)))
    connection.execute(update(KEYS).where(of_key).values(source_key=f"{GONE}{supplier}"))
    connection.execute(
        update(CORRECTIONS).where(CORRECTIONS.c.supplier_number == supplier).values(reason=NO_REASON)
    )


def _forget_names(connection: Connection, supplier: SupplierNumber) -> None:
    """The supplier keeps its place in the name index, which is one of order, and has no name there any more."""
    sign = func.strpos if connection.dialect.name == "postgresql" else func.instr
    blocks = select(BLOCKS.segment, BLOCKS.position, BLOCKS.numbers, BLOCKS.texts)
    for block in connection.execute(blocks.where(sign(BLOCKS.numbers, supplier) > 0)).all():
        entries = entries_of(block.numbers, block.texts)
        lines = LINE.join("" if number == supplier else line for number, line in entries)
        place = and_(BLOCKS.segment == block.segment, BLOCKS.position == block.position)
        connection.execute(update(BLOCK_TABLE).where(place).values(texts=lines))


def _forget_places(connection: Connection, supplier: SupplierNumber, values: Collection[str]) -> None:
    """Where somebody stands on a screen, or looked for the supplier: they begin anew there."""
    says = saying((*values, supplier))
    for table, keys, column in (
        (schema_views.QueueViewRow.__table__, ("person", "name"), "view"),
        (schema_views.ScreenPlaceRow.__table__, ("person", "screen"), "place"),
    ):
        kept = cast("Table", table)
        texts = select(*(kept.c[key] for key in keys), as_kept(kept.c[column]))
        for *place, said in connection.execute(texts).all():
            if says([said]):
                at = and_(*(kept.c[key] == value for key, value in zip(keys, place, strict=True)))
                connection.execute(delete(kept).where(at))
