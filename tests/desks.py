"""Desks that are made once and then copied: making one takes longer than most tests."""

from __future__ import annotations

import shutil
from pathlib import Path


def copied_desk(template: Path, to: Path) -> Path:
    """A desk with the content of another, which nobody works at."""
    return Path(shutil.copytree(template, to, symlinks=True))
