"""Every command that changes something has a dry run, with the same checks, that leaves no trace; every answer is there as JSON; and what
people read is in their language."""

from __future__ import annotations

import ast
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ebidadmin.config import CONFIG_NAME
from ebidadmin.domain.permits import PaperChannel
from tests.acceptance.conftest import Ebid
from tests.cli.office_life import CHANGING_NOTHING, ELSEWHERE, leaves, life, named, state
from tests.conftest import FreshDatabase
from tests.databases import desk_on
from tests.needs import ROOT

JAPANESE = re.compile("[぀-ヿ一-鿿]")
PROSE = re.compile(r"(?<![\w/.「-])[a-z]{2,} [a-z]{2,}(?![\w/-])")
"""Two English words one after the other. Commands that a Japanese sentence quotes are taken out first."""

COMMAND = re.compile(r"「?ebidadmin [a-z -]+")
ANSWERS_NOTHING = {
    "audit check-proof": "its answer is one sentence and the exit code",
    "lab": "it prints the address of the server that it becomes",
}


def options(command: object) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts}  # type: ignore[attr-defined]  # of click


def test_every_command_that_changes_something_has_a_dry_run() -> None:
    tree = dict(leaves())
    assert set(tree) >= CHANGING_NOTHING, "a command is gone"
    without = [
        name for name in tree if name not in CHANGING_NOTHING and "--dry-run" not in options(tree[name])
    ]
    assert without == ["lab"]
    assert [name for name in CHANGING_NOTHING if "--dry-run" in options(tree[name])] == []


def test_every_command_answers_as_json() -> None:
    assert [name for name, one in leaves() if "--json" not in options(one)] == list(ANSWERS_NOTHING)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def office(request: pytest.FixtureRequest, desk: Path, fresh_database: FreshDatabase) -> Path:
    """An empty desk on each kind of database; what the services do on each is tried where they are."""
    return desk_on(request.param, desk, fresh_database)


def test_dry_runs_leave_no_trace_and_answers_are_in_the_persons_language(
    office: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step is tried in English and only then taken, in Japanese."""
    done: set[str] = set()
    for step in life(office):
        monkeypatch.setenv("JUPYTERHUB_USER", step.by)
        before = state(office)
        monkeypatch.setenv("LC_ALL", "C.UTF-8")
        tried = ebid(*step.words, "--dry-run", "--desk", office)
        assert (tried.code, tried.err) == (step.code, "dry run: nothing was changed\n"), step
        assert_language(tried.out, japanese=False)
        assert state(office) == before, step
        monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
        taken = ebid(*step.words, "--desk", office)
        assert (taken.code, taken.err) == (step.code, ""), step
        assert_language(taken.out, japanese=True)
        assert (state(office) != before) is step.changes, step
        done.add(named(step.words))
    assert done | set(ELSEWHERE) == {name for name, _ in leaves()} - CHANGING_NOTHING


def test_lists_of_an_empty_office_are_in_the_persons_language(
    desk: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(desk)
    for words in looking(desk):
        for locale in ("ja_JP.UTF-8", "C.UTF-8"):
            monkeypatch.setenv("LC_ALL", locale)
            answer = ebid(*words, "--desk", desk)
            assert answer.code in {0, 1}, (words, answer)
            assert_language(answer.out + answer.err, japanese=locale.startswith("ja"))
        assert isinstance(json.loads(ebid(*words, "--json", "--desk", desk).out or "[]"), list | dict)
    assert state(desk) == before


def looking(desk: Path) -> Iterator[tuple[object, ...]]:
    """Commands that only look, at an office where there is nothing."""
    needing = {
        "application show": ("A1",),
        "card check": (desk / CONFIG_NAME,),
        "layout check": (desk / CONFIG_NAME,),
        "request show": ("C000001",),
        "qualification diff": ("--from", "2026-04-01", "--to", "2026-04-02"),
        "qualification show": ("190000092",),
        "reason check": ("rejection", desk / CONFIG_NAME),
        "registration show": ("190000092",),
        "template check": ("mails/id-approved", desk / CONFIG_NAME),
    }
    # Catalogues, templates and trails are data: in the language of the office.
    for name in sorted(
        CHANGING_NOTHING - {"audit check-proof", "reason show", "template show", "layout list", "doctor"}
    ):
        yield (*name.split(), *needing.get(name, ()))


MISUSES: tuple[Callable[[Path], tuple[object, ...]], ...] = (
    lambda _desk: ("permit", "dispatch", "P000001"),
    lambda _desk: ("permit", "dispatch", "P000001", "--cancels", "D1", "--channel", PaperChannel.FAX.value),
    lambda _desk: ("audit", "list", "--subject", "nothing:1"),
    lambda _desk: ("qualification", "correct", "190000092", "address", "--why", "x"),
    lambda _desk: ("application", "approve", "A1", "--version", 1, "--accept", "x"),
    lambda desk: ("config", "set", big(desk), "--seen", "0"),
    lambda desk: ("reason", "check", "rejection", big(desk)),
    lambda desk: ("card", "check", desk / CONFIG_NAME, "--at", "noon"),
)


def big(desk: Path) -> Path:
    file = desk / "big.toml"
    file.write_bytes(b"#" * 1_000_001)
    return file


@pytest.mark.parametrize("misuse", MISUSES)
def test_misuse_is_told_in_the_persons_language(
    desk: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch, misuse: Callable[[Path], tuple[object, ...]]
) -> None:
    for locale in ("ja_JP.UTF-8", "C.UTF-8"):
        monkeypatch.setenv("LC_ALL", locale)
        answer = ebid(*misuse(desk), "--desk", desk)
        assert (answer.code, answer.out) == (2, "")
        (told,) = [line for line in answer.err.splitlines() if line.startswith("Error: ")]
        # The words before it are those of the library that reads command lines.
        assert_language(
            told.removeprefix("Error: ").partition("'--at': ")[2] or told[7:], japanese=locale[:2] == "ja"
        )


def assert_language(told: str, *, japanese: bool) -> None:
    """In Japanese no line is in English, data excepted; in English no sentence is in Japanese."""
    for line in told.splitlines():
        if japanese:
            assert JAPANESE.search(line) or is_data(line), line
            assert not PROSE.search(COMMAND.sub("", line)), line
        else:
            assert "。" not in line, line


def is_data(line: str) -> bool:
    """Columns, numbers, places: nothing in it is two words of English."""
    return (
        "\t" in line
        or line.startswith("{")
        or not re.search("[A-Za-z]{3,}", line.replace("ebidadmin", ""))
        or "/" in line
    )


def test_no_command_says_english_words_past_the_tables() -> None:
    """What is written out by these calls comes from the tables of both languages."""
    found = [
        f"{path.name}:{node.lineno}: {words}"
        for path in sorted((ROOT / "ebidadmin" / "cli").glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for words in said_by(node)
    ]
    assert found == []


SAYING = {"echo": 0, "UsageError": 0, "BadParameter": 0, "confirm": 0, "out": 1, "fail": 0}


def said_by(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name in SAYING and len(call.args) > SAYING[name]:
        yield from literals(call.args[SAYING[name]])


def literals(node: ast.AST) -> Iterator[str]:
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search("[A-Za-z]{3,}", node.value)
    ):
        yield node.value
    # What stands within a call or in brackets is a code or a key.
    if not isinstance(node, ast.Call | ast.Subscript):
        for child in ast.iter_child_nodes(node):
            yield from literals(child)


def test_a_dry_run_makes_the_checks_of_the_real_run(office: Path, ebid: Ebid, tmp_path: Path) -> None:
    """Places that cannot be written and names that are taken are refused, not tried."""
    missing = tmp_path / "missing" / "out.csv"
    layout = office / "data" / "reference" / "layouts" / "ebidadmin.toml"
    example = office / "inbox" / "a.csv"
    example.write_text("業者番号,商号又は名称\n", encoding="utf-8")
    shutil.copy(layout, layout.with_name("taken.toml"))
    for words in (
        ("qualification", "export", missing),
        ("registration", "export", missing),
        ("permit", "dispatches", "--csv", missing),
        ("layout", "make", example, "--name", "taken"),
    ):
        tried = ebid(*words, "--dry-run", "--desk", office)
        taken = ebid(*words, "--desk", office)
        assert (tried.code, tried.out, tried.err) == (taken.code, taken.out, taken.err) == (1, "", taken.err)
