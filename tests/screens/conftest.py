"""What the tests of screens share: nothing a callback raised may go unnoticed."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest

from ebidadmin.screens.components import binding
from ebidadmin.screens.components.base import MessageWidget
from ebidadmin.screens.components.panel import Panel
from tests.presenters.conftest import place, url

__all__ = ["place", "url"]


@pytest.fixture
def expected_failures() -> list[type[BaseException]]:
    """A test that breaks a callback on purpose puts the exception's type here."""
    return []


@pytest.fixture(autouse=True)
def no_callback_failures(expected_failures: list[type[BaseException]]) -> Iterator[None]:
    """Fails a test whose callbacks raised what it did not expect."""
    binding.failures.clear()
    yield
    seen = [type(error) for error in binding.failures]
    binding.failures.clear()
    assert seen == expected_failures


def press_button(panel: Panel, action: str) -> None:
    """Press the button of that action as the browser does: with what the button says now."""
    found = re.search(f'data-ebid-action="{action}" data-ebid-value="([^"]*)"', panel.content)
    assert found is not None, f"no button {action} is shown"
    panel.act(action, html.unescape(found[1]))


def sent_by(widget: MessageWidget, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """A list that grows with every message that the widget sends to the browser."""
    messages: list[dict[str, Any]] = []
    monkeypatch.setattr(widget, "send", lambda content, buffers=None: messages.append(content))
    return messages
