"""The source files that the house rules look at."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "ebidadmin"
PYTHON_FOLDERS = (PACKAGE, "tests", "tools", "benchmarks")


@dataclass(frozen=True)
class Source:
    """One file; ``path`` is relative to the root, with forward slashes."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @property
    def in_package(self) -> bool:
        return self.path.startswith(f"{PACKAGE}/")


def tracked(root: Path = ROOT) -> list[Path]:
    """The files of the project: what git knows or would take in. Outside a working copy: every file but the usual leftovers."""
    asked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=False,
    )
    if asked.returncode == 0:
        names = [name for name in asked.stdout.decode().split("\0") if name]
        return sorted(root / name for name in names if (root / name).is_file())
    leftovers = {".venv", "var", "build", "dist", "__pycache__", "node_modules"}
    return sorted(
        path
        for path in root.rglob("*")
        if path.is_file() and not leftovers & set(path.relative_to(root).parts)
    )


def python_sources(root: Path = ROOT) -> list[Source]:
    """Every Python file of the project, read."""
    return [
        Source(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
        for path in tracked(root)
        if path.suffix == ".py" and path.relative_to(root).parts[0] in PYTHON_FOLDERS
    ]
