"""Callbacks that break are shown and logged without what was entered; building blocks escape and say kinds in words."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

import ipywidgets
import pytest

from ebidadmin.errors import InputError, Problem
from ebidadmin.screens.components import binding, look
from ebidadmin.screens.components.panel import ErrorCard, Panel
from ebidadmin.text import components as words
from tests.screens.conftest import sent_by


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "log" / "screens.log"
    binding.configure_log(path)
    yield path
    logger = logging.getLogger(binding.LOG_NAME)
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()


def test_click_that_breaks_shows_a_number_and_logs_frames_without_messages(
    log: Path, monkeypatch: pytest.MonkeyPatch, expected_failures: list[type[BaseException]]
) -> None:
    def broken() -> None:
        try:
            int("himitsu1")
        except ValueError as error:
            raise InputError(
                "bad-file", [Problem("x", "y", {"value": "himitsu2"})], value="himitsu3"
            ) from error

    button, card = ipywidgets.Button(), ErrorCard()
    sent = sent_by(card, monkeypatch)
    binding.on_click(button, broken, card)
    button.click()
    written = log.read_text(encoding="utf-8")
    number = written.partition("incident ")[2][:8]
    assert number in sent[0]["html"]
    assert "code=bad-file" in written
    assert "ValueError" in written
    assert "in broken" in written
    assert "himitsu2" not in written
    assert len(number) == 8
    expected_failures.append(InputError)


def test_log_is_written_once_per_path(log: Path) -> None:
    binding.configure_log(log)
    handlers = logging.getLogger(binding.LOG_NAME).handlers
    assert sum(isinstance(handler, RotatingFileHandler) for handler in handlers) == 1


def test_panel_shows_the_incident_above_its_content_until_the_next_content(
    monkeypatch: pytest.MonkeyPatch, expected_failures: list[type[BaseException]]
) -> None:
    panel = Panel(look.paragraph("内容"), on_action=lambda action, value: 1 // 0)  # type: ignore[arg-type]  # breaks on purpose
    sent = sent_by(panel, monkeypatch)
    panel.act("go")
    panel.show(look.paragraph("次"))
    assert words.INCIDENT_NUMBER in sent[0]["html"]
    assert sent[0]["html"].endswith("<p>内容</p>")
    assert sent[1]["html"] == "<p>次</p>"
    expected_failures.append(ZeroDivisionError)


def test_panel_hands_over_action_and_value_and_keeps_content_out_of_state() -> None:
    got: list[tuple[str, str]] = []
    panel = Panel(look.paragraph("山田"), on_action=lambda action, value: got.append((action, value)))
    panel.act("open", "000123")
    assert got == [("open", "000123")]
    assert "山田" not in str(panel.get_state())


def test_panel_refuses_text_that_was_not_escaped() -> None:
    with pytest.raises(TypeError):
        Panel().show("<b>")  # type: ignore[arg-type]  # the mistake under test


EVIL = "<script>alert('\"&')</script>"


@pytest.mark.parametrize(
    "made",
    [
        look.page_header(EVIL, EVIL, guide=EVIL, aside=EVIL),
        look.section(EVIL, EVIL),
        look.facts([(EVIL, EVIL)]),
        look.comparison([EVIL], [look.Compared(EVIL, EVIL, EVIL, EVIL)]),
        look.data_table([EVIL], [[EVIL]], EVIL),
        look.stepper([EVIL], 0),
        look.breadcrumb([EVIL]),
        look.notice(EVIL, title=EVIL, items=[EVIL]),
        look.badge(EVIL),
        look.progress(EVIL, 1, 2),
        look.empty_state(EVIL, EVIL),
        look.preformatted(EVIL),
        look.open_link(EVIL, EVIL),
        look.button(EVIL, EVIL, value=EVIL),
        look.asked_day(EVIL, EVIL, EVIL, EVIL),
        look.confirm(EVIL, EVIL, buttons=[EVIL]),
    ],
)
def test_every_block_escapes_text_and_attributes(made: look.Html) -> None:
    assert "<script" not in made
    assert "'\"" not in made


@pytest.mark.parametrize("tone", ["info", "success", "warning", "error"])
def test_notice_says_its_kind_in_a_word(tone: look.Tone) -> None:
    assert getattr(words.NOTICE, tone) in look.notice("x", tone=tone)


def test_stepper_marks_the_present_step_for_readers() -> None:
    made = look.stepper(["一", "二", "三"], 1)
    assert made.count('aria-current="step"') == 1
    assert [part.split('"')[0] for part in made.split('data-state="')[1:]] == ["done", "now", "later"]


def test_preformatted_text_is_kept_character_for_character() -> None:
    assert "a\n  b &lt;c&gt;" in look.preformatted("a\n  b <c>")
