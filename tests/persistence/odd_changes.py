"""Values that the program never writes, put where it keeps its own: another kind, another spelling of the same, bytes that are no text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import BigInteger, Date, DateTime, Integer, LargeBinary

from ebidadmin.persistence.bound_units import FREE_TABLES
from ebidadmin.persistence.tables import all_tables
from tests.lives.mutations import UNBOUND, NoSuchChangeError
from tests.persistence.hands import Hands

SQLITE: Mapping[str, str] = {
    "nothing": "NULL",
    "as bytes": "CAST({c} AS BLOB)",
    "as text": "CAST({c} AS TEXT)",
    "half more": "{c} + 0.5",
    "one more": "coalesce({c}, 0) + 1",
    "negative": "-1",
    "huge": "9000000000000000000",
    "endless": "9e999",
    "a word": "'abc'",
    "empty": "''",
    "no bytes": "x''",
    "longer": "{c} || 'x'",
    "a blank more": "{c} || ' '",
    "a zero sign more": "{c} || char(0)",
    "more after a zero sign": "{c} || char(0) || 'x'",
    "no text": "CAST(x'80ff' AS TEXT)",
    "text and no text": "CAST(CAST({c} AS BLOB) || x'80' AS TEXT)",
    "half a pair": "CAST(x'eda080' AS TEXT)",
    "the moment with a T": "replace({c}, ' ', 'T')",
    "the moment with a zone": "{c} || '+00:00'",
    "the moment with another zone": "{c} || '+09:00'",
    "the moment without parts of seconds": "substr({c}, 1, 19)",
    "the day without dashes": "replace({c}, '-', '')",
    "another sign in the middle": "substr({c}, 1, 10) || '_' || substr({c}, 12)",
    "JSON with blanks": "replace({c}, ':', ': ')",
    "JSON of another shape": "'[1]'",
    "JSON that is none": "'{{\"a\":NaN}}'",
    "capitals": "upper({c})",
}
TEXTS = {
    name: SQLITE[name]
    for name in (
        *(
            "nothing",
            "a word",
            "empty",
            "longer",
            "a blank more",
            "JSON with blanks",
            "JSON of another shape",
        ),
        *("JSON that is none", "capitals"),
    )
}
NUMBERS = {
    "nothing": "NULL",
    "one more": "coalesce({c}, 0) + 1",
    "negative": "-1",
    "huge": "9000000000000000000",
}
BYTES = {
    "nothing": "NULL",
    "no bytes": "''::bytea",
    "longer": "{c} || '\\x00'::bytea",
    "a word": "'abc'::bytea",
}
MOMENTS = {
    "nothing": "NULL",
    "endless": "'infinity'",
    "without beginning": "'-infinity'",
    "before the year 1": "(to_char({c}, 'YYYY-MM-DD HH24:MI:SS.US') || ' BC')::timestamp",
    "far": "'20000-01-01'",
}


def targets(*, sqlite: bool) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Tables and columns that a verification answers for, with what can be written there."""
    for name, table in sorted(all_tables().tables.items()):
        if name in FREE_TABLES and not name.startswith("audit_"):
            continue
        for column in table.columns:
            if (name, column.name) in UNBOUND:
                continue
            kind = getattr(column.type, "impl_instance", column.type)
            if sqlite:
                yield name, column.name, SQLITE
            elif isinstance(kind, Integer | BigInteger):
                yield name, column.name, NUMBERS
            elif isinstance(kind, LargeBinary):
                yield name, column.name, BYTES
            else:
                yield name, column.name, MOMENTS if isinstance(kind, DateTime | Date) else TEXTS
    if sqlite:
        yield "sqlite_sequence", "seq", SQLITE
        yield "sqlite_sequence", "name", SQLITE


def write_oddly(hands: Hands, table: str, column: str, value: str) -> None:
    """Into one of the rows. Raises ``NoSuchChangeError`` where there is none, or where the database itself refuses."""
    row = "rowid" if hands.sqlite else "ctid"
    there = hands.ask(f'SELECT {row} FROM "{table}" WHERE "{column}" IS NOT NULL ORDER BY {row}')
    if not there:
        raise NoSuchChangeError(table)
    (chosen,) = hands.pick.choice(there)
    which = chosen if hands.sqlite else f"'{chosen}'::tid"
    said = value.format(c=f'"{column}"')
    hands.run(f'UPDATE "{table}" SET "{column}" = {said} WHERE {row} = {which}')
