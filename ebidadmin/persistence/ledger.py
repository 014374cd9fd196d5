"""What one unit of work tells the trail: its events, and with its end the records that changed and the leaves of both."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from ebidadmin.domain.audit_leaves import BoundRow, TrailRow, moment_text
from ebidadmin.domain.erasures import Erased
from ebidadmin.domain.events import Event
from ebidadmin.errors import RuleError, StorageError
from ebidadmin.persistence.audit_tree import append_leaves
from ebidadmin.persistence.binding import Ref, bind, let_go
from ebidadmin.persistence.erasing import empty_salts, erase
from ebidadmin.persistence.failures import UNREADABLE
from ebidadmin.persistence.intake_batches import append_rows
from ebidadmin.persistence.mapping import audit_values
from ebidadmin.persistence.outbox import append_events
from ebidadmin.persistence.register import Executor
from ebidadmin.persistence.types import canonical_json

_LOG = logging.getLogger(__name__)


class Ledger:
    """The events of a unit of work, in order, and which records each of them changed."""

    def __init__(self, executor: Executor, *, software: str) -> None:
        self._executor, self._software = executor, software
        self._told: list[TrailRow] = []
        self._touched: dict[Ref, int] = {}
        self._drawn: set[Ref] = set()
        self._erased: dict[int, Collection[Erased]] = {}
        self._let_go: dict[int, Sequence[BoundRow]] = {}
        self._salted: dict[int, Collection[Ref]] = {}

    def tell(self, events: Sequence[Event]) -> int:
        """Append ``events`` to the trail; the number of the last one."""
        numbers = append_events(self._executor, events, software=self._software)
        self._keep(events, numbers)
        return numbers[-1]

    def tell_many(self, events: Sequence[Event]) -> Sequence[int]:
        """Append ``events`` to the trail with as few statements as there can be; their numbers."""
        numbers = append_rows(self._executor, [audit_values(event, self._software) for event in events])
        self._keep(events, numbers)
        return numbers

    def changed(self, refs: Iterable[Ref], *, seq: int) -> None:
        """That event changed those records."""
        self._touched |= dict.fromkeys(refs, seq)

    def drew(self, counter: str) -> None:
        """A number was drawn; whatever is told next, or was told last, answers for the counter."""
        self._drawn.add(("sequences", counter))

    def erases(self, erased: Collection[Erased], *, salts_of: Collection[Ref], seq: int) -> None:
        """That event erases those parts of the trail, and the salts of what those records were, also where an erasing before it named
        the event with which they became so."""
        self._erased[seq], self._salted[seq] = erased, salts_of

    def lets_go(self, refs: Collection[Ref], *, seq: int) -> None:
        """That erasing leaves nothing of those records. Bound at once: triggers of what is final ask for it when the rows are deleted."""
        self._let_go[seq] = let_go(_connection(self._executor), refs, seq=seq)

    def close(self) -> None:
        """Bind the records and seal the events. Part of the transaction that is about to be committed.

        A tree that somebody damaged does not grow, and keeps nobody from working: a verification tells what is wrong with it, and of these
        events that they have no leaves. But nothing is erased then: ``RuleError`` ``audit-tree-broken``. Where nothing is told nothing is
        bound: a counter that moved all the same is told by a verification.
        """
        if not self._told:
            return
        last = self._told[-1].seq
        touched = self._touched | dict.fromkeys(self._drawn, last)
        connection = _connection(self._executor)
        try:
            with self._executor.begin_nested():
                append_leaves(connection, self._told, self._bound(connection, touched))
                for seq, erased in self._erased.items():
                    erase(connection, erased, by_event=seq)
                    empty_salts(connection, self._salted[seq], by_event=seq)
        except (KeyError, IntegrityError, StorageError) as error:
            if isinstance(error, StorageError) and error.code != UNREADABLE:
                raise
            if self._erased:
                raise RuleError("audit-tree-broken") from error
            _LOG.exception("events %s to %s were not sealed: the tree is damaged", self._told[0].seq, last)

    def _bound(self, connection: Connection, touched: Mapping[Ref, int]) -> Mapping[int, Sequence[BoundRow]]:
        bound = bind(connection, touched)
        if not self._let_go:
            return bound
        return {
            seq: (*bound.get(seq, ()), *self._let_go.get(seq, ()))
            for seq in bound.keys() | self._let_go.keys()
        }

    def _keep(self, events: Sequence[Event], numbers: Sequence[int]) -> None:
        self._told += [_row(event, seq, self._software) for event, seq in zip(events, numbers, strict=True)]


def _connection(executor: Executor) -> Connection:
    return executor if isinstance(executor, Connection) else executor.connection()


def _row(event: Event, seq: int, software: str) -> TrailRow:
    """The event as the database holds it."""
    return TrailRow(
        seq=seq,
        at=moment_text(event.at),
        by=event.by,
        tag=event.tag.value,
        subject_kind=event.subject.kind.value,
        subject_id=event.subject.id,
        supplier_number=event.supplier_number,
        before=None if event.before is None else canonical_json(dict(event.before)),
        after=None if event.after is None else canonical_json(dict(event.after)),
        facts=canonical_json(dict(event.facts)),
        software=software,
    )
