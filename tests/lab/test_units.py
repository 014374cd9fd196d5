"""Units of the services name commands that there are."""

from __future__ import annotations

import click
import pytest

from ebidadmin.cli import commands as root
from tests.needs import ROOT

UNITS = ROOT / "deploy" / "systemd"


def commands() -> list[tuple[str, list[str]]]:
    """Every command of ebidadmin that a unit starts."""
    lines = [(unit.name, line) for unit in UNITS.glob("*.service") for line in unit.read_text().splitlines()]
    wanted = [(name, line) for name, line in lines if line.startswith("ExecStart=@PREFIX@/bin/ebidadmin ")]
    return [(name, line.split()[1:]) for name, line in wanted]


@pytest.mark.parametrize(("unit", "words"), commands())
def test_a_unit_starts_a_command_that_there_is(unit: str, words: list[str]) -> None:
    found: click.Command = root
    for word in words:
        if word.startswith("--"):
            break
        assert isinstance(found, click.Group), unit
        step = found.get_command(click.Context(found), word)
        assert step is not None, f"{unit}: {word}"
        found = step
    assert not isinstance(found, click.Group)
