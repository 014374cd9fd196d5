"""Parameters of reports: typed by the notebook, and refused before anything runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ebidadmin.bundled import bundled
from ebidadmin.domain.report_periods import ReportName
from ebidadmin.errors import ConfigurationError, InputError
from ebidadmin.reporting.parameters import Parameter, read_parameters, typed
from ebidadmin.text.messages import problem_sentence

GIVEN = 'as_of: str = ""\nperiod: str = ""\n'


def notebook(folder: Path, source: str, tags: tuple[str, ...] = ("parameters",)) -> Path:
    cell = {"cell_type": "code", "metadata": {"tags": list(tags)}, "source": source.splitlines(keepends=True)}
    file = folder / "made_up.ipynb"
    file.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    return file


@pytest.fixture
def known(tmp_path: Path) -> tuple[Parameter, ...]:
    return read_parameters(
        notebook(
            tmp_path,
            f"{GIVEN}rows: int = 60\nshare: float = 0.5\nmasked: bool = True\nnote: str = ''\nneeded: int | None = None\n",
        )
    )


def test_parameters_are_read_without_running_anything(known: tuple[Parameter, ...]) -> None:
    assert [(one.name, one.kind, one.default) for one in known] == [
        ("as_of", str, ""),
        ("period", str, ""),
        ("rows", int, 60),
        ("share", float, 0.5),
        ("masked", bool, True),
        ("note", str, ""),
        ("needed", int, None),
    ]


def test_values_become_what_they_are(known: tuple[Parameter, ...]) -> None:
    given = {"rows": "5", "share": "1e-3", "masked": "False", "note": "山口", "needed": "-1"}
    assert typed(known, given) == {"rows": 5, "share": 0.001, "masked": False, "note": "山口", "needed": -1}
    assert typed(known, {"needed": "0"}) == {"needed": 0}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"needed": "1", "row": "5"}, "parameter-unknown"),
        ({"needed": "1", "as_of": "2026-04-01"}, "parameter-unknown"),
        ({"rows": "5"}, "parameter-missing"),
        ({"needed": "1.0"}, "parameter-type"),
        ({"needed": "1", "share": "nan"}, "parameter-type"),
        ({"needed": "1", "share": "inf"}, "parameter-type"),
        ({"needed": "1", "masked": "maybe"}, "parameter-type"),
        ({"needed": "1", "note": "a\nb"}, "parameter-type"),
        ({"needed": "1", "password": "hunter22"}, "parameter-secret"),
        ({"needed": "1", "card_pin": "123456"}, "parameter-secret"),
        ({"needed": "1", "PIN": "123456"}, "parameter-secret"),
        ({"needed": "1", "one_time_code": "A1B2"}, "parameter-secret"),
    ],
)
def test_what_will_not_do_is_named_and_its_value_never_told(
    known: tuple[Parameter, ...], given: dict[str, str], code: str
) -> None:
    with pytest.raises(InputError, match="report-parameters") as refused:
        typed(known, given)
    (problem,) = refused.value.problems
    assert problem.code == code
    said = problem_sentence(problem) + str(refused.value) + str(problem)
    assert problem.where in said
    assert not any(value in said for value in given.values() if len(value) > 3)


def test_all_problems_come_at_once(known: tuple[Parameter, ...]) -> None:
    with pytest.raises(InputError) as refused:
        typed(known, {"rows": "x", "pin": "1", "nothing": "1"})
    assert [one.code for one in refused.value.problems] == [
        "parameter-type",
        "parameter-secret",
        "parameter-unknown",
        "parameter-missing",
    ]


@pytest.mark.parametrize(
    "source",
    [
        f"{GIVEN}import os",
        f"{GIVEN}rows = 1",
        f"{GIVEN}rows: int = '1'",
        f"{GIVEN}rows: list = []",
        f"{GIVEN}rows: int = len('x')",
        f"{GIVEN}password: str = ''",
        f"{GIVEN}card_pin: str = ''",
        "rows: int = 1",
        f"{GIVEN}rows: int = (",
    ],
)
def test_a_notebook_that_says_it_otherwise_is_refused(tmp_path: Path, source: str) -> None:
    with pytest.raises(ConfigurationError, match="report-broken"):
        read_parameters(notebook(tmp_path, source))


def test_no_notebook_no_cell_and_two_of_them_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="report-broken"):
        read_parameters(tmp_path / "missing.ipynb")
    with pytest.raises(ConfigurationError, match="report-broken"):
        read_parameters(notebook(tmp_path, GIVEN, tags=()))
    (tmp_path / "made_up.ipynb").write_text("[]", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="report-broken"):
        read_parameters(tmp_path / "made_up.ipynb")


def test_every_shipped_report_is_sound_and_short() -> None:
    shipped = sorted(bundled("reports").glob("*.ipynb"))
    assert shipped
    for file in shipped:
        assert file.stem in {name.value for name in ReportName}
        assert read_parameters(file)
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        assert len(cells) <= 8
        assert all(len(cell["source"]) <= 10 for cell in cells)
