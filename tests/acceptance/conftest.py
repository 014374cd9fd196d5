"""The command line as a caller sees it, without a process for each call."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ebidadmin.cli import commands
from ebidadmin.cli.common import run_command_line
from tests.desks import copied_desk


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """Standard output as JSON: it must be nothing else."""
        return json.loads(self.out)


Ebid = Callable[..., Answer]


@pytest.fixture
def ebid(capsys: pytest.CaptureFixture[str]) -> Ebid:
    """Run ``ebidadmin`` with these arguments."""

    def run(*arguments: object) -> Answer:
        capsys.readouterr()
        code = run_command_line(commands, [str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return run


@pytest.fixture
def desk(empty_desk: Path, tmp_path: Path) -> Path:
    """An empty desk, as the administrator makes it."""
    return copied_desk(empty_desk, tmp_path / "desk")
