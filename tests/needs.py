"""What a test needs from outside Python, and the one way to go without it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.components import COMPONENTS
from tools.setup import AXE_CORE, PROXY

ROOT = Path(__file__).resolve().parent.parent

REAL_DATA = "real-data"
REAL_DATA_ABSENT = "real-data: no real registers found (EBIDADMIN_REAL_DATA names their folder)"
"""The one reason for which a test may be skipped on a machine that checks changes (CI=true)."""


def in_ci() -> bool:
    """Whether a missing component is a failure: the machine is there to run every test."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def find_real_data() -> Path | None:
    """The folder of real public registers: the one that EBIDADMIN_REAL_DATA names, else ``../shared/data``, else none."""
    named = os.environ.get("EBIDADMIN_REAL_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if folder.is_dir() and any(folder.rglob("*.csv*")):
        return folder
    return None


AXE = ROOT / ".venv" / AXE_CORE


def _may_mount() -> bool:
    """Whether a process may have file systems of its own."""
    unshare = shutil.which("unshare")
    return unshare is not None and subprocess.run([unshare, "-Urm", "true"], check=False).returncode == 0


PROBES: dict[str, Callable[[], bool]] = {
    **{name: component.present for name, component in COMPONENTS.items()},
    "hub-proxy": (ROOT / ".venv" / PROXY).exists,
    "axe": AXE.exists,
    "small-disk": _may_mount,
    "root": lambda: os.geteuid() == 0,
    "node": lambda: shutil.which("node") is not None,
    REAL_DATA: lambda: find_real_data() is not None,
}


def require_component(name: str) -> None:
    """Skip the test when ``name`` is missing, saying so; fail it instead under CI, real data excepted.

    Raises ``KeyError`` for a name that is not among ``PROBES``.
    """
    if PROBES[name]():
        return
    if name == REAL_DATA:
        pytest.skip(REAL_DATA_ABSENT)
    sentence = f"{name} is not installed (make test installs it where it may)"
    if in_ci():
        pytest.fail(sentence)
    pytest.skip(sentence)
