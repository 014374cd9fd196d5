"""What somebody does to a copy of an office's database, behind the program's back: each kind of change by a function."""

from __future__ import annotations

from collections.abc import Callable

from tests.lives import mutations
from tests.lives.mutations import NoSuchChangeError
from tests.lives.rows import refs_of
from tests.persistence.hands import Hands, Statement
from tests.persistence.odd_changes import targets, write_oddly

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
    hours = hands.pick.randint(1, 9)
    earlier = (
        f"datetime(at, '-{hours} hours') || '.000000'" if hands.sqlite else f"at - interval '{hours} hours'"
    )
    hands.run(f"UPDATE audit_events SET at = {earlier} WHERE seq = {seq}")


def edit_hash(hands: Hands) -> None:
    column, seq = hands.pick.choice(("salt", "payload", "leaf")), hands.some()
    ((length,),) = hands.ask(f"SELECT length({column}) FROM audit_leaves WHERE seq = {seq}")
    hands.run(f"UPDATE audit_leaves SET {column} = {hands.bytes(length)} WHERE seq = {seq}")


def exchange_values(hands: Hands) -> None:
    """Two events say what the other said."""
    one, other = hands.two()
    ((first,), (second,)) = hands.ask(
        f"SELECT facts FROM audit_events WHERE seq IN ({one}, {other}) ORDER BY seq"
    )
    hands.run(
        ("UPDATE audit_events SET facts = ? WHERE seq = ?", (second, one)),
        ("UPDATE audit_events SET facts = ? WHERE seq = ?", (first, other)),
    )


def run_values_together(hands: Hands) -> None:
    """One column holds what two of them said; all of them one after the other read as before."""
    seq = hands.some(has="before")
    together = """after || ',"before":' || before"""
    hands.run(f"UPDATE audit_events SET after = {together}, before = NULL WHERE seq = {seq}")


def _node(hands: Hands) -> tuple[int, int]:
    level, place = hands.pick.choice(hands.ask("SELECT level, place FROM audit_nodes ORDER BY level, place"))
    return int(level), int(place)


def move_node(hands: Hands) -> None:
    level, place = _node(hands)
    hands.object = f"{level}/{place}"
    hands.run(f"UPDATE audit_nodes SET ends_at = ends_at + 1 WHERE level = {level} AND place = {place}")


def insert_node(hands: Hands) -> None:
    hands.object = "1/-5"
    hands.run(f"INSERT INTO audit_nodes (level, place, ends_at, hash) VALUES (1, -5, 0, {hands.bytes(32)})")


def insert_leaf(hands: Hands) -> None:
    """Before the first place, of an event that there is not."""
    hands.first = 99_999
    told = ", ".join(hands.bytes(length) for length in (16, 32, 32))
    hands.run(
        f"INSERT INTO audit_leaves (position, seq, salt, payload, leaf) VALUES (-1, {hands.first}, {told})"
    )


def edit_node(hands: Hands) -> None:
    level, place = _node(hands)
    hands.run(f"UPDATE audit_nodes SET hash = {hands.bytes(32)} WHERE level = {level} AND place = {place}")


def delete_node(hands: Hands) -> None:
    level, place = _node(hands)
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
    wanted = [
        f"DELETE FROM audit_events WHERE seq > {left}",
        f"DELETE FROM audit_leaves WHERE seq > {left}",
        f"DELETE FROM audit_rows WHERE seq > {left}",
        f"DELETE FROM audit_nodes WHERE ends_at > {left}",
        f"DELETE FROM audit_heads WHERE size > {left}",
    ]
    if hands.sqlite:
        wanted.append(f"UPDATE sqlite_sequence SET seq = {left} WHERE name = 'audit_events'")
    hands.run(*wanted, each=False)


def restore_older(hands: Hands) -> None:
    hands.of.copies.discard(hands.url)
    hands.url = hands.of.copies.copy(hands.of.older)


def make_anew(hands: Hands) -> None:
    """A value is changed and the tree taken off around it; only who signs knows better."""
    seq = hands.some()
    hands.first = None
    hands.run(
        f"UPDATE audit_events SET by = by || 'x' WHERE seq = {seq}",
        "DELETE FROM audit_nodes",
        "DELETE FROM audit_leaves",
    )


def _head(hands: Hands) -> int:
    ((size,),) = hands.pick.sample(hands.ask("SELECT size FROM audit_heads ORDER BY size"), 1)
    return int(size)


def edit_head(hands: Hands) -> None:
    line = "char(10)" if hands.sqlite else "chr(10)"
    said, other = (f"{line} || CAST({size} AS TEXT) || {line}" for size in ("size", "(size - 1)"))
    hands.run(f"UPDATE audit_heads SET note = replace(note, {said}, {other})")


def move_head(hands: Hands) -> None:
    size = _head(hands)
    hands.object = str(size)
    hands.run(f"UPDATE audit_heads SET size = size + 1 WHERE size = {size}")


def edit_head_time(hands: Hands) -> None:
    size = _head(hands)
    hands.object = str(size)
    later = "replace(kept_at, '.000000', '.000001')" if hands.sqlite else "kept_at + interval '1 microsecond'"
    hands.run(f"UPDATE audit_heads SET kept_at = {later} WHERE size = {size}")


def delete_head(hands: Hands) -> None:
    """Found at the event that tells of it."""
    size = _head(hands)
    ((hands.first,),) = hands.ask(
        f"SELECT seq FROM audit_events WHERE tag = 'audit:anchored' AND facts LIKE '%\"size\":{size}}}'"
    )
    hands.run(f"DELETE FROM audit_heads WHERE size = {size}")


def _binding(hands: Hands, *, taken_away: bool = False) -> str:
    """The newest that a record was bound to, which is concerned from now on; once it is taken away, so is the one before."""
    (kind, key), seq = hands.pick.choice(sorted(hands.last_events().items()))
    hands.first = seq
    if taken_away:
        before = f"SELECT max(seq) FROM audit_rows WHERE kind = '{kind}' AND key = '{key}' AND seq < {seq}"
        hands.first = hands.ask(before)[0][0] or seq
    return f"kind = '{kind}' AND key = '{key}' AND seq = {seq}"


def edit_binding(hands: Hands) -> None:
    column = hands.pick.choice(("salt", "digest"))
    hands.run(f"UPDATE audit_rows SET {column} = {hands.bytes(16)} WHERE {_binding(hands)}")


def bind_to_another(hands: Hands) -> None:
    hands.run(f"UPDATE audit_rows SET key = key || 'x' WHERE {_binding(hands, taken_away=True)}")


def delete_binding(hands: Hands) -> None:
    hands.run(f"DELETE FROM audit_rows WHERE {_binding(hands, taken_away=True)}")


def insert_binding(hands: Hands) -> None:
    """A record is said to have become something else with an event."""
    seq = hands.some()
    hands.run(
        "INSERT INTO audit_rows (kind, key, seq, salt, digest)"
        f" SELECT kind, key || 'x', {seq}, {hands.bytes(16)}, {hands.bytes(32)} FROM audit_rows LIMIT 1"
    )


def unlist_an_erasing(hands: Hands) -> None:
    ((seq, part),) = hands.pick.sample(hands.ask("SELECT seq, part FROM audit_erased ORDER BY seq, part"), 1)
    hands.run(f"DELETE FROM audit_erased WHERE seq = {seq} AND part = '{part}'")


def unlist_all_erasings(hands: Hands) -> None:
    hands.run("DELETE FROM audit_erased")


def list_an_erasing(hands: Hands) -> None:
    hands.run(
        f"INSERT INTO audit_erased (seq, part, by_event) SELECT {hands.pick.randint(10, 30)}, part, by_event"
        " FROM audit_erased LIMIT 1"
    )


def change_by_sql(hands: Hands) -> None:
    """A row of a record is changed, taken away, put in, or gives a value to another."""
    engine = hands.engine()
    rows = hands.rows()
    told: list[Statement] = []
    change = hands.pick.choice(mutations.CHANGES)
    change(engine, hands.pick, rows, lambda line, values: told.append((line, values)))
    hands.run(*told)
    now = hands.rows()
    known = hands.last_events()
    for key in rows.keys() | now.keys():
        if rows.get(key) != now.get(key):
            refs = refs_of(key[0], rows.get(key), now.get(key))
            hands.refs |= {ref: known[ref] for ref in refs if ref in known}


def set_back(hands: Hands) -> None:
    """A record is what it was at an earlier time, or is not there where it was not yet."""
    now = hands.rows()
    earlier = hands.pick.choice(hands.of.earlier)
    changed = sorted((key for key in now if earlier.get(key) != now[key]), key=repr)
    if not changed:
        raise NoSuchChangeError("nothing was another")
    key = hands.pick.choice(changed)
    where = " AND ".join(f'"{name}" = ?' for name in mutations.key_names(key))
    was = earlier.get(key)
    if was is None:
        hands.run((f'DELETE FROM "{key[0]}" WHERE {where}', key[1]))
    else:
        told = ", ".join(f'"{name}" = ?' for name in was)
        hands.run((f'UPDATE "{key[0]}" SET {told} WHERE {where}', (*was.values(), *key[1])))
    known = hands.last_events()
    hands.refs = {ref: known[ref] for ref in refs_of(key[0], now[key], was) if ref in known}


def write_what_is_never_written(hands: Hands) -> None:
    table, column, values = hands.pick.choice([*targets(sqlite=hands.sqlite)])
    write_oddly(hands, table, column, values[hands.pick.choice(sorted(values))])


def put_in_a_guard(hands: Hands) -> None:
    """A trigger of somebody's own, that changes what will be written."""
    hands.object = "mine"
    with hands.raw() as execute:
        if hands.sqlite:
            execute("CREATE TRIGGER mine AFTER INSERT ON permits BEGIN UPDATE permits SET note = 'x'; END")
        else:
            execute(
                "CREATE FUNCTION mine() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note = 'x'; RETURN NEW; END $$"
            )
            execute("CREATE TRIGGER mine BEFORE INSERT ON permits FOR EACH ROW EXECUTE FUNCTION mine()")


def soften_guard(hands: Hands) -> None:
    """A trigger in the place of another, which lets everything through."""
    name, _, line = hands.pick.choice([one for one in hands.guards() if not one[0].endswith("no_truncate")])
    hands.object = name
    with hands.raw() as execute:
        if hands.sqlite:
            execute(f"DROP TRIGGER {name}")
            execute(line.replace("RAISE(ABORT", "RAISE(IGNORE) --\n", 1).partition("--")[0] + "; END")
        else:
            execute(
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
            )


def switch_a_guard_off(hands: Hands) -> None:
    """Only servers have that; a file has the counter, which is lowered."""
    if hands.sqlite:
        hands.object = "sqlite_sequence"
        hands.run("UPDATE sqlite_sequence SET seq = seq - 1 WHERE name = 'audit_events'")
        return
    hands.object, table, _ = hands.pick.choice(hands.guards())
    with hands.raw() as execute:
        execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{hands.object}"')


def drop_guard(hands: Hands) -> None:
    hands.leave_out()


def edit_without_guard(hands: Hands) -> None:
    edit_value(hands)
    hands.leave_out()


MUTATIONS: tuple[Callable[[Hands], None], ...] = (
    edit_value,
    forget_value,
    exchange_values,
    run_values_together,
    edit_time,
    edit_hash,
    edit_node,
    move_node,
    delete_node,
    insert_node,
    insert_leaf,
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
    move_head,
    edit_head_time,
    delete_head,
    unlist_an_erasing,
    unlist_all_erasings,
    list_an_erasing,
    drop_guard,
    edit_without_guard,
    put_in_a_guard,
    soften_guard,
    switch_a_guard_off,
    edit_binding,
    bind_to_another,
    delete_binding,
    insert_binding,
    change_by_sql,
    set_back,
    write_what_is_never_written,
)
