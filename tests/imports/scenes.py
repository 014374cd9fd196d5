"""Works on a register that can be cut short: what each does, and the process in which it does it."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import inspect, text

from ebidadmin.domain.ids import BatchId, SupplierNumber
from ebidadmin.domain.imports import ImportPlan
from ebidadmin.services import register_corrections
from tests.imports.fault_points import FaultPoints
from tests.imports.office import IMPORTER, LAYOUTS, ImportDesk, open_import_desk

PATIENCE = 120
"""Seconds in which any of these works is done."""

CHANCE: dict[str, frozenset[str]] = {
    "qualifications": frozenset({"id"}),
    "audit_events": frozenset({"seq"}),
    "checked_rows": frozenset({"qualification"}),
    "audit_leaves": frozenset({"seq", "salt", "payload", "leaf"}),
    "audit_nodes": frozenset({"hash"}),
    "audit_rows": frozenset({"seq", "salt", "digest"}),
}
"""Numbers drawn from a sequence, which a try that failed uses up on PostgreSQL; salts, and what is hashed with them."""

STAGING = ("import_runs", "import_stage", "import_recognised")
"""What a work that was cut short may leave until the next one clears it away."""

Work = Callable[[ImportDesk, Path, "ImportPlan | None"], object]
Content = dict[str, list[str]]


def whole_import(desk: ImportDesk, path: Path, _plan: ImportPlan | None) -> None:
    desk.bring_in(path)


def only_apply(desk: ImportDesk, path: Path, plan: ImportPlan | None) -> None:
    assert plan is not None
    desk.apply(path, plan)


def undo(desk: ImportDesk, _path: Path, _plan: ImportPlan | None) -> None:
    register_corrections.undo(desk.office, staff=IMPORTER, number=BatchId(2))


def correct(desk: ImportDesk, _path: Path, _plan: ImportPlan | None) -> None:
    record = next(iter(desk.register().values()))
    register_corrections.correct(
        desk.office,
        staff=IMPORTER,
        layout=LAYOUTS["ebidadmin"],
        number=SupplierNumber(record.supplier_number),
        changes={"address": "下関市南部町1-1"},
        reason="電話で確認",
        version=BatchId(2),
    )


def perform(
    started: Event,
    told: Connection,
    url: str,
    work: Work,
    path: Path,
    plan: ImportPlan | None,
    last: int | None,
) -> None:
    """In a process of its own: do the work, ending at the fault point numbered ``last``, and tell which points were passed."""
    desk, names = open_import_desk(url), list[str]()
    FaultPoints(last, names.append).watch(desk.engine)
    started.set()
    work(desk, path, plan)
    told.send(names)


@dataclass(frozen=True)
class Done:
    """How a process ended: killed or not, after how many seconds, and which points it passed where it came to the end."""

    killed: bool
    seconds: float
    points: tuple[str, ...]


def run(
    url: str,
    work: Work,
    path: Path,
    plan: ImportPlan | None,
    *,
    last: int | None = None,
    seconds: float = PATIENCE,
) -> Done:
    """Let a process work until it is done, or until the point or the time that ends it."""
    context: Any = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.imports.scenes"])
    started = context.Event()
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=perform, args=(started, theirs, url, work, path, plan, last))
    child.start()
    theirs.close()
    assert started.wait(PATIENCE)
    begin = monotonic()
    # The pipe is ready when the names are there, and when the process is gone.
    finished = ours.poll(seconds)
    lived = monotonic() - begin
    try:
        points = tuple(ours.recv()) if finished else ()
    except EOFError:
        points = ()
    if not points:
        child.kill()
    child.join()
    ours.close()
    assert child.exitcode in (0, -signal.SIGKILL), f"the work ended with {child.exitcode}"
    return Done(child.exitcode != 0, lived, points)


def content(desk: ImportDesk) -> Content:
    """Every row of every table, without what chance puts in."""
    with desk.engine.begin() as connection:
        tables = {
            table: [column["name"] for column in inspect(connection).get_columns(table)]
            for table in inspect(connection).get_table_names()
        }
        found: Content = {}
        for table, columns in tables.items():
            kept = ", ".join(f'"{name}"' for name in columns if name not in CHANCE.get(table, ()))
            rows = connection.execute(text(f'SELECT {kept} FROM "{table}"')).all()
            found[table] = sorted(map(repr, rows))
    return found


def settled(content: Content) -> Content:
    """The same without what the next work clears away."""
    return {table: rows for table, rows in content.items() if table not in STAGING}
