"""What commands say beside their answers is there in both languages."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from ebidadmin.cli.common import notice
from ebidadmin.cli.english_notices import NOTICES as ENGLISH
from ebidadmin.cli.english_notices import WORDS as ENGLISH_WORDS
from ebidadmin.text.command_notices import NOTICES, WORDS
from tests.acceptance.conftest import Ebid
from tests.needs import ROOT


def names_in(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_both_languages_say_the_same_things() -> None:
    assert set(ENGLISH) == set(NOTICES)
    assert set(ENGLISH_WORDS) == set(WORDS)
    assert all(names_in(words) == names_in(ENGLISH_WORDS[code]) for code, words in WORDS.items())
    for code, words in NOTICES.items():
        assert re.search("[ぁ-ヿ]", words)
        assert words.endswith("。")
        assert names_in(words) == names_in(ENGLISH[code])


def test_long_work_is_called_by_a_word() -> None:
    """A label without one would end the work with the first line that tells how far it is."""
    sources = sorted((ROOT / "ebidadmin" / "cli").glob("*.py"))
    labels = {
        name
        for path in sources
        for name in re.findall(r'RowsDone\([^()]*, "(\w+)"\)', path.read_text("utf-8"))
    }
    assert labels >= {"verify", "copying"}
    assert labels <= set(WORDS)


@pytest.mark.parametrize(("locale", "said"), [("ja_JP.UTF-8", "1通のメール"), ("C.UTF-8", "1 mail(s)")])
def test_the_locale_decides(monkeypatch: pytest.MonkeyPatch, locale: str, said: str) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    assert said in notice("mails-left", count=1)


@pytest.mark.parametrize(("locale", "said"), [("ja_JP.UTF-8", "--seen も"), ("C.UTF-8", "--seen too")])
def test_misuse_is_told_in_the_persons_language(
    desk: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch, locale: str, said: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    given = ("--version", 1, "--accept", "name-variant=x", "--desk", desk)
    answer = ebid("application", "approve", "A1", *given)
    assert answer.code == 2
    assert said in answer.err
