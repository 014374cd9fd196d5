"""What somebody does to a copy of an office's file, behind the program's back: each kind of change by a function."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ebidadmin.credentials.tree_key import TreeKey
from ebidadmin.domain.tree_heads import SignedHead

VALUES = (
    "before",
    "after",
    "facts",
    "by",
    "tag",
    "subject_kind",
    "subject_id",
    "supplier_number",
    "software",
)


@dataclass(frozen=True)
class Sealed:
    """An office's file, an older copy of it, the key, and the anchors that were kept elsewhere."""

    file: Path
    older: Path
    key: TreeKey
    anchors: tuple[SignedHead, ...]
    sealed: int


@dataclass
class Hands:
    """Somebody with a copy of the file in their hands. ``first`` is the smallest event number that is concerned, if one is."""

    copy: Path
    of: Sealed
    pick: random.Random
    first: int | None = None

    def run(self, *statements: str) -> None:
        """With the guards taken off before and put back afterwards as they were."""
        with closing(sqlite3.connect(self.copy)) as raw:
            guards = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in guards:
                raw.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                assert raw.execute(statement).rowcount != 0, statement
            for _, sql in guards:
                raw.execute(sql)
            raw.commit()

    def ask(self, query: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.copy)) as raw:
            return raw.execute(query).fetchall()

    def some(self, *, has: str = "seq") -> int:
        """A sealed event with a value in that column, which is concerned from now on."""
        there = self.ask(
            f"SELECT seq FROM audit_events WHERE seq <= {self.of.sealed} AND {has} IS NOT NULL ORDER BY seq"
        )
        chosen = int(str(self.pick.choice(there)[0]))
        self.first = chosen if self.first is None else min(self.first, chosen)
        return chosen

    def two(self) -> tuple[int, int]:
        one, other = sorted(self.pick.sample(range(1, self.of.sealed + 1), 2))
        self.first = one
        return one, other


def edit_value(hands: Hands) -> None:
    column, seq = hands.pick.choice(VALUES), hands.some()
    hands.run(
        f"UPDATE audit_events SET {column} = coalesce({column}, '') || '{hands.pick.choice(' xあ')}' WHERE seq = {seq}"
    )


def forget_value(hands: Hands) -> None:
    column = hands.pick.choice(("before", "after", "supplier_number"))
    seq = hands.some(has=column)
    hands.run(f"UPDATE audit_events SET {column} = NULL WHERE seq = {seq}")


def edit_time(hands: Hands) -> None:
    seq = hands.some()
    hands.run(
        f"UPDATE audit_events SET at = datetime(at, '-{hands.pick.randint(1, 9)} hours') || '.000000' WHERE seq = {seq}"
    )


def edit_hash(hands: Hands) -> None:
    column, seq = hands.pick.choice(("salt", "payload", "leaf")), hands.some()
    hands.run(f"UPDATE audit_leaves SET {column} = randomblob(length({column})) WHERE seq = {seq}")


def edit_node(hands: Hands) -> None:
    level, place = hands.pick.choice(hands.ask("SELECT level, place FROM audit_nodes"))
    hands.run(f"UPDATE audit_nodes SET hash = randomblob(32) WHERE level = {level} AND place = {place}")


def delete_node(hands: Hands) -> None:
    level, place = hands.pick.choice(hands.ask("SELECT level, place FROM audit_nodes"))
    hands.run(f"DELETE FROM audit_nodes WHERE level = {level} AND place = {place}")


def delete_event(hands: Hands) -> None:
    hands.run(f"DELETE FROM audit_events WHERE seq = {hands.some()}")


def delete_with_leaf(hands: Hands) -> None:
    seq = hands.some()
    hands.run(f"DELETE FROM audit_events WHERE seq = {seq}", f"DELETE FROM audit_leaves WHERE seq = {seq}")


def close_the_gap(hands: Hands) -> None:
    """An event is taken out, and all that came later move up, leaves as well."""
    seq = hands.pick.randint(1, hands.of.sealed - 1)
    hands.first = seq
    hands.run(
        f"DELETE FROM audit_events WHERE seq = {seq}",
        f"UPDATE audit_events SET seq = -seq WHERE seq > {seq}",
        "UPDATE audit_events SET seq = -seq - 1 WHERE seq < 0",
        "DELETE FROM audit_leaves WHERE seq = (SELECT max(seq) FROM audit_leaves)",
    )


def insert_event(hands: Hands) -> None:
    """An event is put in, and all that came later move down."""
    seq = hands.some()
    columns = "at, by, tag, subject_kind, subject_id, supplier_number, before, after, facts, software"
    columns_of_another = columns.replace("supplier_number", "supplier_number || '1'")
    hands.run(
        f"UPDATE audit_events SET seq = -seq WHERE seq >= {seq}",
        "UPDATE audit_events SET seq = -seq + 1 WHERE seq < 0",
        f"INSERT INTO audit_events (seq, {columns}) SELECT {seq}, {columns_of_another} FROM audit_events WHERE seq = {seq + 1}",
    )


def swap_events(hands: Hands) -> None:
    one, other = hands.two()
    hands.run(
        f"UPDATE audit_events SET seq = -1 WHERE seq = {one}",
        f"UPDATE audit_events SET seq = {one} WHERE seq = {other}",
        f"UPDATE audit_events SET seq = {other} WHERE seq = -1",
    )


def swap_leaves(hands: Hands) -> None:
    one, other = hands.two()
    hands.run(
        f"UPDATE audit_leaves SET seq = -1 WHERE seq = {one}",
        f"UPDATE audit_leaves SET seq = {one} WHERE seq = {other}",
        f"UPDATE audit_leaves SET seq = {other} WHERE seq = -1",
    )


def cut_the_tail(hands: Hands) -> None:
    """Events, leaves, hashes and heads, and the counter too: as if nothing more had ever come."""
    left = hands.pick.randint(1, hands.of.sealed - 1)
    with closing(sqlite3.connect(hands.copy)) as raw:
        guards = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute(f"DELETE FROM audit_events WHERE seq > {left}")
        raw.execute(f"DELETE FROM audit_leaves WHERE seq > {left}")
        raw.execute(f"DELETE FROM audit_rows WHERE seq > {left}")
        raw.execute(f"DELETE FROM audit_nodes WHERE ends_at > {left}")
        raw.execute(f"DELETE FROM audit_heads WHERE size > {left}")
        raw.execute(f"UPDATE sqlite_sequence SET seq = {left} WHERE name = 'audit_events'")
        for _, sql in guards:
            raw.execute(sql)
        raw.commit()


def restore_older(hands: Hands) -> None:
    shutil.copy(hands.of.older, hands.copy)


def make_anew(hands: Hands) -> None:
    """A value is changed and the tree made anew around it; only who signs knows better."""
    seq = hands.some()
    hands.first = None
    hands.run(
        f"UPDATE audit_events SET by = by || 'x' WHERE seq = {seq}",
        "DELETE FROM audit_nodes",
        "DELETE FROM audit_leaves",
    )


def edit_head(hands: Hands) -> None:
    hands.run(
        "UPDATE audit_heads SET note = replace(note, char(10) || size || char(10), char(10) || (size - 1) || char(10))"
    )


def _binding(hands: Hands, *, taken_away: bool = False) -> str:
    """The newest that a record was bound to, which is concerned from now on; once it is taken away, so is the one before."""
    newest = "SELECT kind, key, max(seq) FROM audit_rows GROUP BY kind, key"
    kind, key, seq = hands.pick.choice(sorted(hands.ask(newest)))
    hands.first = int(str(seq))
    if taken_away:
        before = f"SELECT max(seq) FROM audit_rows WHERE kind = '{kind}' AND key = '{key}' AND seq < {seq}"
        hands.first = int(str(hands.ask(before)[0][0] or seq))
    return f"kind = '{kind}' AND key = '{key}' AND seq = {seq}"


def edit_binding(hands: Hands) -> None:
    column = hands.pick.choice(("salt", "digest"))
    hands.run(f"UPDATE audit_rows SET {column} = randomblob(16) WHERE {_binding(hands)}")


def bind_to_another(hands: Hands) -> None:
    hands.run(f"UPDATE audit_rows SET key = key || 'x' WHERE {_binding(hands, taken_away=True)}")


def delete_binding(hands: Hands) -> None:
    hands.run(f"DELETE FROM audit_rows WHERE {_binding(hands, taken_away=True)}")


def insert_binding(hands: Hands) -> None:
    """A record is said to have become something else with an event."""
    seq = hands.some()
    hands.run(
        "INSERT INTO audit_rows (kind, key, seq, salt, digest)"
        f" SELECT kind, key || 'x', {seq}, randomblob(16), randomblob(32) FROM audit_rows LIMIT 1"
    )


def edit_record(hands: Hands) -> None:
    """An approved application, which a trigger keeps as it is."""
    key, seq = hands.pick.choice(
        sorted(hands.ask("SELECT key, max(seq) FROM audit_rows WHERE kind = 'id_applications' GROUP BY key"))
    )
    hands.first = int(str(seq))
    column = hands.pick.choice(("trade_name", "decided_by", "user_id", "main_contact"))
    hands.run(f"UPDATE id_applications SET {column} = coalesce({column}, '') || 'x' WHERE number = '{key}'")


def put_in_a_guard(hands: Hands) -> None:
    """A trigger of somebody's own, that changes what will be written."""
    line = "CREATE TRIGGER mine AFTER INSERT ON permits BEGIN UPDATE permits SET note = 'x'; END"
    with closing(sqlite3.connect(hands.copy)) as raw:
        raw.execute(line)
        raw.commit()


def soften_guard(hands: Hands) -> None:
    """A trigger in the place of another, which lets everything through."""
    name, sql = hands.pick.choice(
        hands.ask("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
    )
    with closing(sqlite3.connect(hands.copy)) as raw:
        raw.execute(f"DROP TRIGGER {name}")
        raw.execute(str(sql).replace("RAISE(ABORT", "RAISE(IGNORE) --\n", 1).partition("--")[0] + "; END")
        raw.commit()


def lower_the_counter(hands: Hands) -> None:
    hands.run("UPDATE sqlite_sequence SET seq = seq - 1 WHERE name = 'audit_events'")


def drop_guard(hands: Hands) -> None:
    _leave_out(hands)


def edit_without_guard(hands: Hands) -> None:
    edit_value(hands)
    _leave_out(hands)


def _leave_out(hands: Hands) -> None:
    (name,) = hands.pick.choice(hands.ask("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    with closing(sqlite3.connect(hands.copy)) as raw:
        raw.execute(f"DROP TRIGGER {name}")
        raw.commit()


MUTATIONS: tuple[Callable[[Hands], None], ...] = (
    edit_value,
    forget_value,
    edit_time,
    edit_hash,
    edit_node,
    delete_node,
    delete_event,
    delete_with_leaf,
    close_the_gap,
    insert_event,
    swap_events,
    swap_leaves,
    cut_the_tail,
    restore_older,
    make_anew,
    edit_head,
    drop_guard,
    edit_without_guard,
    edit_binding,
    bind_to_another,
    delete_binding,
    insert_binding,
    edit_record,
    put_in_a_guard,
    soften_guard,
    lower_the_counter,
)
