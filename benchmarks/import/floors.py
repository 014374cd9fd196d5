"""What no import can be faster than: decode, split, and one insert of every row; no checks, no comparison, no history."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from corpus import Files
from sqlalchemy import make_url
from work import Place, Work, expect


@contextmanager
def _records(path: Path) -> Iterator[tuple[list[str], Any]]:
    with path.open(encoding="cp932", newline="") as file:
        reader = csv.reader(file)
        yield next(reader), reader


def _columns(headings: list[str]) -> list[str]:
    return [f"c{number}" for number in range(len(headings))]


def on_sqlite(place: Place, files: Files) -> Work:
    """The csv module and one ``executemany``."""
    database = place.folder / "floor.sqlite"
    database.unlink(missing_ok=True)

    def load() -> None:
        with _records(files.first) as (headings, rows), closing(sqlite3.connect(database)) as connection:
            columns = _columns(headings)
            connection.execute(f"CREATE TABLE register ({', '.join(f'{name} TEXT' for name in columns)})")
            connection.executemany(f"INSERT INTO register VALUES ({', '.join('?' * len(columns))})", rows)
            connection.commit()

    def check(_done: object) -> dict[str, int]:
        with closing(sqlite3.connect(database)) as connection:
            (count,) = connection.execute("SELECT count(*) FROM register").fetchone()
        expect("rows", count, files.rows)
        return {"rows": count}

    return Work(load, check)


def on_postgresql(place: Place, files: Files) -> Work:
    """The csv module and COPY."""
    import psycopg

    address = make_url(place.database).set(drivername="postgresql").render_as_string(hide_password=False)

    def load() -> None:
        with _records(files.first) as (headings, rows), psycopg.connect(address) as connection:
            columns = _columns(headings)
            connection.execute(f"CREATE TABLE floor ({', '.join(f'{name} TEXT' for name in columns)})")
            with connection.cursor().copy("COPY floor FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)

    def check(_done: object) -> dict[str, int]:
        with psycopg.connect(address) as connection:
            found = connection.execute("SELECT count(*) FROM floor").fetchone()
        expect("rows", found, (files.rows,))
        return {"rows": files.rows}

    return Work(load, check)


def floor(place: Place, files: Files) -> Work:
    return on_sqlite(place, files) if place.engine == "sqlite" else on_postgresql(place, files)
