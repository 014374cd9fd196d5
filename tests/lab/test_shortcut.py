"""The entry in a desktop's menu starts this installation with that desk, whatever the folder is called."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.errors import ConfigurationError
from ebidadmin.lab.shortcut import applications, entry, exec_value, make_shortcut
from tests.acceptance.conftest import Ebid


def read(text: str) -> dict[str, str]:
    """The keys of an entry; the first line is its group."""
    group, *lines = text.splitlines()
    assert group == "[Desktop Entry]"
    return dict(line.split("=", 1) for line in lines)


def parts(value: str) -> list[str]:
    """What a desktop starts for a value of ``Exec``: first the escapes of a value, then quotes with their own, then ``%%``."""
    plain, signs = "", iter(value)
    for sign in signs:
        plain += {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}[next(signs)] if sign == "\\" else sign
    found: list[str] = []
    signs = iter(plain)
    for sign in signs:
        if sign == " ":
            continue
        assert sign == '"'
        part = ""
        for inner in signs:
            if inner == '"':
                break
            part += next(signs) if inner == "\\" else inner
        assert "%" not in part.replace("%%", "")
        found.append(part.replace("%%", "%"))
    return found


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=1))
def test_a_command_survives_its_quoting(command: list[str]) -> None:
    value = exec_value(command)
    assert "\n" not in value
    assert parts(value) == command


def test_the_entry_opens_the_desk(tmp_path: Path) -> None:
    desk = tmp_path / '登録 事務 100% "x" $HOME'
    keys = read(entry(desk))
    assert parts(keys["Exec"]) == [sys.executable, "-m", "ebidadmin", "lab", "--desk", str(desk)]
    assert (keys["Type"], keys["Terminal"]) == ("Application", "true")
    assert keys["Name"].startswith("電子入札 登録事務 (登録 事務")


def test_each_desk_has_its_own_and_one_is_replaced(tmp_path: Path) -> None:
    base = {"XDG_DATA_HOME": str(tmp_path / "data")}
    first = make_shortcut(tmp_path / "a", base)
    assert first.parent == tmp_path / "data" / "applications"
    assert stat.S_IMODE(first.stat().st_mode) == 0o755
    assert make_shortcut(tmp_path / "a", base) == first != make_shortcut(tmp_path / "b", base)
    assert len(list(first.parent.iterdir())) == 2


def test_a_variable_that_is_no_full_path_does_not_count() -> None:
    own = Path.home() / ".local" / "share" / "applications"
    assert applications({"XDG_DATA_HOME": "data"}) == applications({}) == own


def test_a_menu_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file", encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        make_shortcut(tmp_path, {"XDG_DATA_HOME": str(tmp_path / "data")})
    assert caught.value.code == "folder-not-writable"


def test_the_command_makes_it_and_serves_nothing(
    desk: Path, ebid: Ebid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    answer = ebid("lab", "--make-shortcut", "--desk", desk)
    (made,) = (tmp_path / "data" / "applications").iterdir()
    assert (answer.code, str(made) in answer.out) == (0, True)
    assert parts(read(made.read_text(encoding="utf-8"))["Exec"])[-1] == str(desk.resolve())
