"""An erasing that is killed anywhere is ended by asking for it again, and until then it is told as unfinished."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import product
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from ebidadmin.bootstrap import open_desk
from ebidadmin.clock import SettableClock
from ebidadmin.office_copies import DeskCopies
from ebidadmin.persistence import erasure_scrub, erasure_store
from ebidadmin.persistence.erasure_store import SqlErasing, SqlErasureStore
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from tests.acceptance.conftest import Ebid
from tests.erasing import life
from tests.erasing.finding import everywhere
from tests.erasing.test_rules_of_erasing import run, small
from tests.postgres import ENGINES

KILLED = 9


def die(*_arguments: object, **_named: object) -> None:
    os._exit(KILLED)


def after(function: Callable[..., object]) -> Callable[..., None]:
    def dying(*arguments: object, **named: object) -> None:
        function(*arguments, **named)
        die()

    return dying


POINTS: dict[str, tuple[object, str, Callable[..., object]]] = {
    "before anything is remembered": (DeskCopies, "remember", die),
    "with everything deleted and nothing kept": (DeskCopies, "remember", after(DeskCopies.remember)),
    "once the database has it": (SqlErasing, "commit", after(SqlErasing.commit)),
    "with some files gone": (Path, "unlink", after(Path.unlink)),
    "before the database is written anew": (erasure_store, "scrub", die),
    "once it is written anew": (erasure_store, "scrub", after(erasure_scrub.scrub)),
    "before it is forgotten": (DeskCopies, "forget", die),
}


def in_a_process(act: Callable[[], object]) -> int:
    """Do it in a process of its own, as far as it comes."""
    child = os.fork()
    if child == 0:
        try:
            act()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def ready(ebid: Ebid, office: Path, clock: SettableClock) -> tuple[str, ...]:
    """The confirmed command that erases the supplier, which is due."""
    small(ebid, office)
    clock.set(life.DUE)
    shown = run(ebid, office, "supplier", "erase", life.GONE, "--json").value
    return ("supplier", "erase", life.GONE, "--confirm", shown["token"])


SERVED = ("with everything deleted and nothing kept", "before the database is written anew")
"""At these another database is another matter; the others are tried on both in the long run."""


def cases() -> Iterator[ParameterSet]:
    for kind, point in product(ENGINES, POINTS):
        often = kind == "sqlite" or point in SERVED
        yield pytest.param(kind, point, marks=() if often else pytest.mark.slow, id=f"{kind}-{point}")


@pytest.mark.parametrize(("office", "point"), list(cases()), indirect=["office"])
def test_a_killed_erasing_is_ended_by_asking_again(
    point: str, office: Path, ebid: Ebid, clock: SettableClock
) -> None:
    confirmed = ready(ebid, office, clock)
    place, name, dying = POINTS[point]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, name, dying)
        assert in_a_process(lambda: ebid(*confirmed, "--desk", office)) == KILLED
    with closing(open_desk(office)) as desk:
        gone = SqlErasureStore(desk.engine, clock=clock).reach(life.GONE).is_empty
    told = run(ebid, office, "supplier", "due", "--json").value
    assert told["unfinished"] == ([life.GONE] if gone else [])
    if gone:
        assert "cut short" in run(ebid, office, "supplier", "erase", life.GONE, code=1).err
    run(ebid, office, *confirmed)
    assert everywhere(office) == {}
    assert run(ebid, office, "supplier", "due", "--json").value == {"due": [], "unfinished": []}
    assert run(ebid, office, "audit", "verify", "--json").value["good"]


def test_an_error_right_before_the_end_keeps_everything(
    office: Path, ebid: Ebid, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed = ready(ebid, office, clock)
    before = everywhere(office)
    with monkeypatch.context() as patch:
        patch.setattr(SqlUnitOfWork, "commit", lambda _unit: (_ for _ in ()).throw(MemoryError))
        with pytest.raises(MemoryError):
            ebid(*confirmed, "--desk", office)
    kept = everywhere(office)
    assert {name: kept.get(name) for name in before} == before


def test_a_file_that_cannot_be_removed_is_told(
    office: Path, ebid: Ebid, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed = ready(ebid, office, clock)

    def refuse(*_arguments: object, **_named: object) -> None:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        told = run(ebid, office, *confirmed, code=1).err
    assert "cannot be removed" in told
    assert str(office / "inbox" / "first.csv") in told
    run(ebid, office, *confirmed)
    assert everywhere(office) == {}
