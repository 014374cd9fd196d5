"""What became of the year, read from its database afterwards by plain queries: changes with their moments, imports, ends of months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, text

from tests.year.looks import day_of, moment_of

TOUCHING = ("trade_name", "representative_name", "address")
PERSONS = ("representative_name", "delegate_name")


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody took somebody's place."""

    what: str
    supplier: str
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Item:
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Import:
    """Suppliers whose record an import concerned, and of them those that somebody has to look at, with the reasons."""

    concerned: frozenset[str]
    touched: dict[str, frozenset[str]]


class Past:
    """The database at the end of the time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.cards = [
            (number, supplier, moment_of(at), moment_of(end), replaces, holder)
            for number, supplier, at, end, replaces, holder in self._rows(
                "SELECT id, supplier_number, registered_at, not_after, replaces, holder_name FROM card_registrations"
            )
        ]
        self.ids = [
            (supplier, moment_of(at))
            for supplier, at in self._rows("SELECT supplier_number, created_at FROM registrations")
        ]
        self.applied = {
            number: moment_of(at)
            for number, at in self._rows("SELECT id, applied_at FROM qualification_batches")
        }

    def _rows(self, query: str, **values: Any) -> list[Any]:
        with self._engine.connect() as connection:
            return list(connection.execute(text(query), values).all())

    def changes(self) -> list[Change]:
        """Holders of cards that took the place of others, and representatives."""
        held = {number: holder for number, *_, holder in self.cards}
        found = [
            Change("holder", supplier, number, at)
            for number, supplier, at, _, replaces, holder in self.cards
            if replaces is not None and held[replaces] != holder
        ]
        for supplier, batch, *names in self._rows(
            "SELECT n.supplier_number, n.from_batch, o.representative_name, n.representative_name, o.delegate_name,"
            " n.delegate_name FROM qualifications n JOIN qualifications o ON o.supplier_number = n.supplier_number"
            " AND o.to_batch = n.from_batch"
        ):
            found += [
                Change(what, supplier, str(batch), self.applied[batch])
                for place, what in enumerate(PERSONS)
                if names[2 * place] != names[2 * place + 1]
            ]
        return found

    def items(self) -> list[Item]:
        """Items of the follow-up list."""
        return [
            Item(moment_of(opened), None if closed is None else moment_of(closed))
            for opened, closed in self._rows("SELECT opened_at, closed_at FROM follow_ups")
        ]

    def imported(self, number: int) -> Import:
        """Whom that import concerned."""
        at = self.applied[number]
        day = day_of(at)
        there = {supplier for _, supplier, since, *_ in self.cards if since <= at}
        there |= {supplier for supplier, since in self.ids if since <= at}
        there |= {
            supplier
            for supplier, since, until in self._rows(
                "SELECT supplier_number, applied_at, decided_at FROM id_applications"
            )
            if moment_of(since) <= at and (until is None or moment_of(until) > at)
        }
        columns = ", ".join(("supplier_number", *TOUCHING, "valid_to"))
        opened, closed = (
            {
                row[0]: row[1:]
                for row in self._rows(f"SELECT {columns} FROM qualifications WHERE {side} = :n", n=number)
            }
            for side in ("from_batch", "to_batch")
        )
        touched = {}
        for supplier in there & closed.keys():
            *old, old_end = closed[supplier]
            if supplier not in opened:
                touched[supplier] = frozenset({"vanished"})
                continue
            *new, new_end = opened[supplier]
            reasons = {name for name, one, other in zip(TOUCHING, old, new, strict=True) if one != other}
            if _over(new_end, day) and not _over(old_end, day):
                reasons.add("lapsed")
            if reasons:
                touched[supplier] = frozenset(reasons)
        return Import(frozenset(there & (opened.keys() | closed.keys())), touched)

    def standing(self, moment: datetime) -> dict[str, int]:
        """How many cards and IDs there were, and suppliers in the register. Nobody was suspended in that year."""
        replaced = {replaces for _, _, at, _, replaces, _ in self.cards if at <= moment}
        ends = [end for number, _, at, end, *_ in self.cards if at <= moment and number not in replaced]
        version = max((number for number, at in self.applied.items() if at <= moment), default=0)
        query = "SELECT count(*) FROM qualifications WHERE from_batch <= :v AND (to_batch IS NULL OR to_batch > :v)"
        return {
            "cards": sum(end >= moment for end in ends),
            "expired": sum(end < moment for end in ends),
            "ids": sum(at <= moment for _, at in self.ids),
            "suppliers": self._rows(query, v=version)[0][0],
        }


def _over(end: Any, day: date) -> bool:
    return end is not None and date.fromisoformat(str(end)) < day
