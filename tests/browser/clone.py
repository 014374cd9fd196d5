"""The two first commands of a newcomer: clone the project, ``make lab``."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.conftest import ServedDesk
from tests.needs import ROOT

ANNOUNCED = "ebidadmin: http://127.0.0.1:"
SETUP_SECONDS = 600
"""For the slowest way, plain pip on a busy machine; from the installer's cache it is seconds."""

KEPT_OUT = ("VIRTUAL_ENV", "DISPLAY", "WAYLAND_DISPLAY", "EBIDADMIN_DESK", "COVERAGE_PROCESS_START")


@contextmanager
def made_from_clone(folder: Path) -> Iterator[ServedDesk]:
    """Clone what is committed into ``folder``, run ``make lab`` there, and give the desk that it serves."""
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    environment = {name: value for name, value in os.environ.items() if name not in KEPT_OUT}
    with (folder.parent / "make-lab.log").open("w+", encoding="utf-8") as log:
        process = subprocess.Popen(
            ["make", "lab"],
            cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
            text=True, start_new_session=True,
        )  # fmt: skip
        try:
            yield ServedDesk(folder / "var" / "demo", _address(process, log.name), process)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.communicate()


def _address(process: subprocess.Popen[str], log: str) -> str:
    """The address that the server prints once it answers; what was printed before says how far the set-up came."""
    assert process.stdout is not None
    impatience = threading.Timer(SETUP_SECONDS, os.killpg, (process.pid, signal.SIGKILL))
    impatience.start()
    said: list[str] = []
    try:
        for line in process.stdout:
            said.append(line)
            if line.startswith(ANNOUNCED):
                return line.removeprefix("ebidadmin: ").strip()
    finally:
        impatience.cancel()
    pytest.fail(f"make lab announced no address:\n{''.join(said)}\n{Path(log).read_text(encoding='utf-8')}")
