"""What a command prints for machines is one JSON text, also where a list in it is written as it comes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ebidadmin.cli.common import Run

ABSENT: Any = None
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=PLAIN)
def test_any_value_is_one_line_of_json(capsys: pytest.CaptureFixture[str], value: Any) -> None:
    Run(ABSENT, as_json=True, dry_run=False).out(value, ())
    assert capsys.readouterr().out == json.dumps(value, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("length", [0, 1, 2, 999, 1_000, 2_500])
def test_an_iterator_is_written_as_the_list_of_what_it_gives(
    capsys: pytest.CaptureFixture[str], length: int
) -> None:
    problems = [{"line": number, "value": "㈱"} for number in range(length)]
    Run(ABSENT, as_json=True, dry_run=False).out(
        {"file": "a.csv", "problems": iter(problems), "applied": False}, ()
    )
    whole = {"file": "a.csv", "problems": problems, "applied": False}
    assert capsys.readouterr().out == json.dumps(whole, ensure_ascii=False) + "\n"


def test_lines_for_people_end_each_with_a_line_feed(capsys: pytest.CaptureFixture[str]) -> None:
    Run(ABSENT, as_json=False, dry_run=False).out({}, (str(number) for number in range(1_001)))
    assert capsys.readouterr().out == "".join(f"{number}\n" for number in range(1_001))
