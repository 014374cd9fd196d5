"""Every screen × every role: it opens, and says what the role does not include in the words of roles, never in those of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from ipywidgets import Widget

from ebidadmin import bootstrap
from ebidadmin.bootstrap import Desk
from ebidadmin.domain.staff import Role
from ebidadmin.errors import StorageError
from ebidadmin.screens.components import binding
from ebidadmin.text import messages
from tests.roles.bench import Bench, login
from tests.screens.test_desk import CALLS, panels

WALL = messages.sentence(StorageError("database-not-allowed"))


@contextmanager
def opened_by(bench: Bench, role: Role, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with bench.desk(login(role)) as opened:
        monkeypatch.setattr(bootstrap, "open_desk", lambda: opened)
        binding.failures.clear()
        yield opened
        assert list(binding.failures) == []


def told(widget: Widget) -> str:
    return "".join(str(panel.content) for panel in panels(widget))


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
@pytest.mark.parametrize("role", list(Role))
def test_a_screen_opens_for_every_role(
    bench: Bench, role: Role, call: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(call)
    with opened_by(bench, role, monkeypatch):
        shown = call()
    assert panels(shown)
    assert not any(panel.testid == "refused" for panel in panels(shown))
    assert WALL not in told(shown)
