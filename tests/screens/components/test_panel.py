"""A panel whose content comes by message: what it is told before anybody sees it is not lost."""

from __future__ import annotations

import pytest

from ebidadmin.screens.components import look
from ebidadmin.screens.components.panel import Panel
from tests.screens.conftest import sent_by


def test_the_keyboard_goes_to_a_panel_that_is_not_shown_yet_once_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    panel = Panel()
    sent = sent_by(panel, monkeypatch)
    panel.show(look.preformatted("mail", testid="mail-body"))
    panel.focus("pre")
    panel.receive({"type": "ready"})
    assert [message["type"] for message in sent] == ["content", "focus", "content", "focus"]
    panel.receive({"type": "focused"})
    panel.receive({"type": "ready"})
    assert [message["type"] for message in sent[4:]] == ["content"], "a reload moves nothing"


def test_new_content_forgets_where_the_keyboard_was_to_go(monkeypatch: pytest.MonkeyPatch) -> None:
    panel = Panel()
    panel.focus("pre")
    panel.show(look.paragraph("other"))
    sent = sent_by(panel, monkeypatch)
    panel.receive({"type": "ready"})
    assert [message["type"] for message in sent] == ["content"]
