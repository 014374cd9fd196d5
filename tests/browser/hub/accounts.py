"""Accounts of this machine that a test makes and removes again. Root only."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Accounts:
    """A group, another for some of its members, and accounts of them by what they are called in the test."""

    group: str
    readers: str
    members: dict[str, str]


@contextmanager
def accounts(homes: Path, *names: str) -> Iterator[Accounts]:
    """Accounts of a new group, their homes below ``homes``. Their names are drawn: several test runs share a machine."""
    mark = f"ebt{secrets.token_hex(3)}"
    with ExitStack() as stack:
        for group in (mark, f"{mark}r"):
            _run("groupadd", group)
            stack.callback(_run, "groupdel", group)
        members = {}
        for name in names:
            account = f"{mark}_{name}"
            home = ("--create-home", "--home-dir", str(homes / name))
            _run("useradd", "--gid", mark, "--no-user-group", *home, "--shell", "/usr/sbin/nologin", account)
            # Also where a kernel of that person's has not quite ended.
            stack.callback(_run, "userdel", "--force", account)
            members[name] = account
        yield Accounts(mark, f"{mark}r", members)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
