"""A desk that every test may spoil."""

from __future__ import annotations

from pathlib import Path

import pytest

from ebidadmin.cli.foundation import create_desk
from ebidadmin.config import CONFIG_NAME
from tests.desks import copied_desk


@pytest.fixture(scope="session")
def sound_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("diagnosis") / "desk"
    create_desk(folder, demo=False, progress=lambda step: None)
    return folder


@pytest.fixture
def place(sound_desk: Path, tmp_path: Path) -> Path:
    return copied_desk(sound_desk, tmp_path / "desk")


def set_up(place: Path, old: str, new: str) -> None:
    """Change the settings of a desk."""
    file = place / CONFIG_NAME
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
