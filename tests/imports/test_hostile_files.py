"""Files made to hurt, on the whole way from the command to the database, in a process whose memory is measured: one sentence, exit code
1, nothing left over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

from ebidadmin.config import load_config
from ebidadmin.text.command_notices import NOTICES
from tests.conftest import FreshDatabase
from tests.figures import Figure
from tests.imports import measured_cli
from tests.imports.real_desk import make_desk
from tests.intake.hostile import LONG, QUICK, REFUSED, TAKEN, Make, faulty
from tests.needs import ROOT

JSON = "--json"

BOUND = 500
"""Megabytes over the bare interpreter, of the command and what it starts together."""

SECONDS = 120
"""Generous: a machine that runs other things besides is slow; what never ends is what must not be."""


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str
    megabytes: int
    seconds: float


class Place:
    """A desk, and a folder for temporary files of its own."""

    def __init__(self, folder: Path, url: str | None) -> None:
        self.desk = make_desk(folder / "desk", url)
        self.files, self.temporary, self._result = (folder / name for name in ("files", "tmp", "memory.json"))
        self.files.mkdir()
        self.temporary.mkdir()
        self._engine = create_engine(load_config(self.desk).database_url)

    def bring_in(self, file: Path, *form: str) -> Answer:
        asked = ("qualification", "import", str(file), "--layout", "ebidadmin", "--yes", *form)
        own = {
            "LC_ALL": "ja_JP.UTF-8",
            "PYTHONUTF8": "1",
            "PYTHONPATH": str(ROOT),
            "TMPDIR": str(self.temporary),
        }
        began = monotonic()
        done = subprocess.run(
            [sys.executable, measured_cli.__file__, str(self._result), "--desk", str(self.desk), *asked],
            cwd=ROOT,
            env={**os.environ, **own},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=10 * SECONDS,
            check=False,
        )
        seconds = monotonic() - began
        memory = json.loads(self._result.read_text(encoding="ascii"))
        return Answer(done.returncode, done.stdout, done.stderr, memory["own"] + memory["started"], seconds)

    def everything(self) -> dict[str, Any]:
        """Every row of every table, and every file of the desk but the database."""
        with self._engine.begin() as connection:
            tables = sorted(inspect(connection).get_table_names())
            rows = {
                table: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{table}"')).all()))
                for table in tables
            }
        names = sorted(str(path) for path in self.desk.rglob("*") if "__pycache__" not in path.parts)
        return rows | {"files": names, "temporary": sorted(map(str, self.temporary.iterdir()))}

    def close(self) -> None:
        self._engine.dispose()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path, None)
    yield made
    made.close()


def bounded(answer: Answer, seconds: int = SECONDS) -> None:
    assert answer.megabytes < BOUND, f"{answer.megabytes} MB over the interpreter"
    assert answer.seconds < seconds
    assert "Traceback" not in answer.err


def refused(place: Place, make: Make, code: str) -> Answer:
    """Exit code 1, one sentence, nothing of it anywhere."""
    before = place.everything()
    file = make(place.files)
    answer = place.bring_in(file)
    file.unlink()
    assert answer.code == 1, answer
    assert answer.out == ""
    (sentence,) = answer.err.splitlines()
    assert sentence.startswith(f"「{file.name}」")
    assert sentence.endswith("。")
    assert "root:" not in sentence
    assert WORDS[code] in sentence, sentence
    assert place.everything() == before
    bounded(answer)
    return answer


WORDS = {
    "excel-too-large": "展開すると大きすぎます",
    "excel-unreadable": "Excelのファイルとして読めません",
    "too-many-columns": "(1000まで)",
    "line-too-long": "1行目が長すぎます",
    "cell-too-long": "長すぎる項目があります",
    "quoting-broken": "引用符の使い方",
    "heading-not-text": "文字ではありません",
    "undecodable": "読めないバイト",
}
"""What the sentence says besides the place."""


@pytest.mark.parametrize("name", QUICK)
def test_each_is_refused_with_one_sentence_and_leaves_nothing(place: Place, name: str) -> None:
    refused(place, *REFUSED[name])


@pytest.mark.slow
def test_all_are_refused_with_one_sentence_and_leave_nothing(place: Place, figure: Figure) -> None:
    answers = {name: refused(place, make, code) for name, (make, code) in (REFUSED | LONG).items()}
    most = max(answers, key=lambda name: answers[name].megabytes)
    longest = max(answers, key=lambda name: answers[name].seconds)
    figure(
        f"{len(answers)} files, each one sentence; at most {answers[most].megabytes} MB over the interpreter ({most}) "
        f"and {answers[longest].seconds:.1f} s ({longest})"
    )


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_odd_but_whole_is_taken_and_told(place: Place, name: str) -> None:
    make, code = TAKEN[name]
    answer = place.bring_in(make(place.files), JSON)
    told = json.loads(answer.out)
    assert code in {problem["code"] for problem in told["problems"]}
    assert all(problem["severity"] == "warning" for problem in told["problems"] if problem["code"] == code)
    bounded(answer)
    assert place.everything()["temporary"] == []
    if name == "formula cells":
        # Its number has no format of nine digits: a reason of its own to refuse the row.
        assert (answer.code, told["refused"]) == (1, 1)
    else:
        assert (answer.code, told["added"], told["applied"]) == (0, 1, True)


@pytest.mark.parametrize(
    ("kind", "problems", "form"),
    [
        ("sqlite", 50_000, (JSON,)),
        ("sqlite", 50_000, ()),
        pytest.param("sqlite", 500_000, (), marks=pytest.mark.slow),
        pytest.param("postgresql", 500_000, (), marks=pytest.mark.slow),
        pytest.param("sqlite", 500_000, (JSON,), marks=pytest.mark.slow),
        pytest.param("postgresql", 500_000, (JSON,), marks=pytest.mark.slow),
    ],
    ids=[
        "50,000-json",
        "50,000",
        "500,000",
        "500,000-postgresql",
        "500,000-json",
        "500,000-json-postgresql",
    ],
)
def test_very_many_problems_are_all_told_within_bounds(
    fresh_database: FreshDatabase,
    tmp_path: Path,
    figure: Figure,
    kind: str,
    problems: int,
    form: tuple[str, ...],
) -> None:
    place = Place(tmp_path, fresh_database(kind))
    try:
        before = place.everything()
        file = faulty(problems)(place.files)
        answer = place.bring_in(file, *form)
        file.unlink()
        assert answer.code == 1
        assert all(line.startswith("確認") for line in answer.err.splitlines()), answer.err
        if form:
            assert listed(answer) == (problems, problems // 2, False)
        else:
            assert listed_in_words(answer) == problems
        assert place.everything() == before
        bounded(answer)
    finally:
        place.close()
    figure(
        f"{problems:,} problems told in {answer.seconds:.1f} s with {answer.megabytes} MB over the interpreter"
    )


def listed(answer: Answer) -> tuple[int, int, bool]:
    told = json.loads(answer.out)
    return len(told["problems"]), told["refused"], told["applied"]


def listed_in_words(answer: Answer) -> int:
    lines = answer.out.splitlines()
    assert lines[-1] == NOTICES["not-applied"]
    return sum("行目 " in line for line in lines)
