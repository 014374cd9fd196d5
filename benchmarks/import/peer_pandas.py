"""pandas: ``read_csv``, checks on whole columns, ``to_sql``. No comparison with what is there, no history; the table is written anew.

``to_sql`` gets what its documentation names as the quickest: SQLite's own driver, and COPY on PostgreSQL.
"""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
from corpus import CORPORATE, NUMBER, Files
from rules import DATE_FORMAT, DATES, RULES, SUSPECT, Rule
from sqlalchemy import Connection, create_engine, text
from work import Facts, Place, Work, expect

CHUNK = 10_000
TABLE = "register"


def read(path: Path) -> pd.DataFrame:
    """Every value as the text it is: no number, no missing value is made of it."""
    return pd.read_csv(path, encoding="cp932", dtype=str, keep_default_na=False)


def problems(frame: pd.DataFrame) -> pd.DataFrame:
    """Line, column, reason and value of everything that is wrong."""
    found: list[pd.DataFrame] = []

    def say(heading: str, reason: str, bad: Any) -> None:
        if bad.any():
            lines = frame.index[bad] + 2
            found.append(
                pd.DataFrame(
                    {"line": lines, "column": heading, "reason": reason, "value": frame.loc[bad, heading]}
                )
            )

    for heading in RULES:
        for reason, bad in _bad(frame[heading], RULES[heading]):
            say(heading, reason, bad)
    first, last = (pd.to_datetime(frame[heading], format=DATE_FORMAT, errors="coerce") for heading in DATES)
    for heading, days in zip(DATES, (first, last), strict=True):
        say(heading, "date", days.isna() & (frame[heading] != ""))
    say(DATES[1], "order", last < first)
    return pd.concat(found) if found else pd.DataFrame(columns=["line", "column", "reason", "value"])


def _bad(values: Any, rule: Rule) -> Iterator[tuple[str, Any]]:
    filled = values != ""
    yield "characters", values.str.contains(SUSPECT, regex=True)
    yield "length", values.str.len() > rule.limit
    if rule.required:
        yield "required", values.str.strip() == ""
    if rule.unique:
        yield "twice", filled & values.duplicated(keep=False)
    if rule.pattern:
        yield "form", filled & ~values.str.normalize("NFKC").str.fullmatch(rule.pattern)
    if rule.choices:
        yield "choice", filled & ~values.isin(rule.choices)
    if rule.known is not None:
        known = {value: rule.known(value) for value in values.unique() if value}
        yield "unknown", filled & ~values.map(known).fillna(False).astype(bool)


def load(place: Place, files: Files) -> Work:
    save = _on_sqlite if place.engine == "sqlite" else _on_postgresql

    def work() -> pd.DataFrame:
        frame = read(files.first)
        wrong = problems(frame)
        save(frame, place)
        return wrong

    def check(wrong: pd.DataFrame) -> Facts:
        expect("problems", len(wrong), 0)
        expect("rows", _count(place), files.rows)
        return {"rows": files.rows}

    return Work(work, check)


def _on_sqlite(frame: pd.DataFrame, place: Place) -> None:
    with closing(sqlite3.connect(place.folder / "plain.sqlite")) as connection:
        frame.to_sql(TABLE, connection, if_exists="replace", index=False, chunksize=CHUNK)
        connection.executescript(
            f'CREATE UNIQUE INDEX by_number ON {TABLE} ("{NUMBER}"); CREATE INDEX by_corporate ON {TABLE} ("{CORPORATE}")'
        )
        connection.commit()


def _on_postgresql(frame: pd.DataFrame, place: Place) -> None:
    engine = create_engine(place.database)
    with engine.begin() as connection:
        frame.to_sql(TABLE, connection, if_exists="replace", index=False, chunksize=CHUNK, method=_copy)
        connection.execute(text(f'CREATE UNIQUE INDEX by_number ON {TABLE} ("{NUMBER}")'))
        connection.execute(text(f'CREATE INDEX by_corporate ON {TABLE} ("{CORPORATE}")'))
    engine.dispose()


def _copy(table: Any, connection: Connection, keys: list[str], rows: Iterable[tuple[str, ...]]) -> None:
    """The way that the documentation of ``to_sql`` shows for its parameter ``method``."""
    lines = io.StringIO()
    csv.writer(lines).writerows(rows)
    columns = ", ".join(f'"{key}"' for key in keys)
    cursor: Any = connection.connection.cursor()
    with cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN WITH (FORMAT csv)') as copy:
        copy.write(lines.getvalue())


def _count(place: Place) -> int:
    engine = create_engine(place.database)
    with engine.connect() as connection:
        count = connection.execute(text(f"SELECT count(*) FROM {TABLE}")).scalar_one()
    engine.dispose()
    return int(count)
