"""A process of its own that has the turn to write in a database until its input ends: ``python -m tests.lock_holder URL``."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from ebidadmin.persistence.engine import make_engine, one_writer
from tests.needs import ROOT


def hold(url: str) -> None:
    """Take the turn, say so, keep it."""
    with make_engine(url).begin() as connection:
        one_writer(connection)
        connection.execute(text("SELECT count(*) FROM id_applications"))
        print("held", flush=True)  # noqa: T201 - the sign for the test that waits
        sys.stdin.read()


@contextmanager
def held(url: str) -> Iterator[None]:
    """Within it another process has the turn to write."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.lock_holder", url],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield
        finally:
            process.communicate()


if __name__ == "__main__":
    hold(sys.argv[1])
