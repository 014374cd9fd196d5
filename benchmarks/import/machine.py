"""What the figures were taken with: the machine, the programs and the versions of the libraries."""

from __future__ import annotations

import os
import platform
import sqlite3
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from ebidadmin.clock import SystemClock, jst
from ebidadmin.persistence.engine import journal_mode, library_version

OWN = ("ebidadmin", "SQLAlchemy", "psycopg", "pyarrow")
PEERS = {
    "pandas": "pandas",
    "pandera": "pandera",
    "frictionless": "frictionless",
    "django": "django-import-export",
}
"""What each peer is called as a package."""


def installed(package: str) -> str:
    """Its version; empty where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def facts(server_version: str) -> dict[str, str]:
    """Name → value, in the order in which they are told."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    packages = [*OWN, *PEERS.values(), "django"]
    known = {name: found for name in packages if (found := installed(name))}
    return {
        "month": f"{jst(SystemClock().now()):%B %Y}",
        "processor": f"{os.cpu_count()} cores, {_processor()}",
        "memory": f"{memory:.0f} GB",
        "system": _system(),
        "Python": platform.python_version(),
        "SQLite": f"{sqlite3.sqlite_version}, journal {journal_mode(library_version())}, synchronous FULL",
        "PostgreSQL": f"{server_version}, settings as shipped, by a socket on the same machine",
        "packages": ", ".join(f"{name} {found}" for name, found in known.items()),
    } | ({} if server_version else {"PostgreSQL": "not measured"})


def busy() -> float:
    """Processes that wanted a core in the last minute; more than there are cores makes seconds longer."""
    return os.getloadavg()[0]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown"
    )


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.platform()
