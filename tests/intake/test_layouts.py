"""Layout files: what they may say, and that a mistake in one is found at the start, by file and key."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ebidadmin.domain.imports import ProblemSeverity
from ebidadmin.domain.layouts import FIELDS, NumberRule, RowPolicy
from ebidadmin.errors import ConfigurationError
from ebidadmin.intake.layouts import load_layouts, load_severities
from tests.needs import ROOT

REFERENCE = ROOT / "data" / "reference"

PLAIN = """
name = "x"
title = "X"
[fields.supplier_number]
headings = ["N"]
required = true
[fields.trade_name]
headings = ["T"]
required = true
"""


def folder(tmp_path: Path, layout: str) -> Path:
    tmp_path.mkdir(exist_ok=True)
    for name in ("problem_severity.toml", "eras.toml"):
        shutil.copy(REFERENCE / name, tmp_path / name)
    (tmp_path / "layouts").mkdir()
    (tmp_path / "layouts" / "x.toml").write_text(layout, encoding="utf-8")
    return tmp_path / "layouts"


def test_the_shipped_layouts() -> None:
    layouts = load_layouts(REFERENCE / "layouts")
    own, construction = layouts["ebidadmin"], layouts["mlit-construction"]
    assert set(own.fields) == set(FIELDS)
    assert (own.full, own.rows, own.supplier_number) == (True, RowPolicy.REFUSE_FILE, NumberRule.GIVEN)
    assert (construction.rows, construction.supplier_number) == (RowPolicy.TAKE_GOOD, NumberRule.ISSUE)
    assert construction.ignore == {"", "date"}
    assert construction.fields["corporate_number"].heading_required
    assert not construction.fields["corporate_number"].required


def test_a_plain_layout_and_its_defaults(tmp_path: Path) -> None:
    layout = load_layouts(folder(tmp_path, PLAIN))["x"]
    assert layout.encodings == ("utf-8", "cp932", "utf-16")
    assert (layout.delimiter, layout.heading_row, layout.columns) == (None, 1, ())
    assert (layout.full, layout.rows) == (True, RowPolicy.REFUSE_FILE)
    assert layout.problem(3, "T", "maybe-cut").severity is ProblemSeverity.WARNING


def test_the_heading_row_may_be_looked_for_or_absent(tmp_path: Path) -> None:
    found = load_layouts(folder(tmp_path / "a", PLAIN.replace('"X"', '"X"\nheading_row = "find"')))["x"]
    assert (found.heading_row, found.columns) == (0, ())
    named = PLAIN.replace('"X"', '"X"\nheading_row = "none"\ncolumns = ["N", "T"]')
    absent = load_layouts(folder(tmp_path / "b", named))["x"]
    assert (absent.heading_row, absent.columns) == (0, ("N", "T"))


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (("title", "Title"), "Title"),
        (('name = "x"', "name = 3"), "name"),
        (('title = "X"', 'title = "X"\nencodings = ["shift_jis"]'), "encodings"),
        (('title = "X"', 'title = "X"\ndelimiter = ";"'), "delimiter"),
        (('title = "X"', 'title = "X"\nheading_row = 0'), "heading_row"),
        (('title = "X"', 'title = "X"\nheading_row = "search"'), "heading_row"),
        (('title = "X"', 'title = "X"\nheading_row = "none"'), "columns"),
        (('title = "X"', 'title = "X"\nheading_row = 2\ncolumns = ["N", "T"]'), "columns"),
        (('title = "X"', 'title = "X"\nheading_row = "none"\ncolumns = ["N", "N"]'), "columns"),
        (('title = "X"', 'title = "X"\ndefused = 1'), "defused"),
        (('title = "X"', 'title = "X"\nlist = "half"'), "list"),
        (('title = "X"', 'title = "X"\nrows = "maybe"'), "rows"),
        (('title = "X"', 'title = "X"\nignore = "date"'), "ignore"),
        (('title = "X"', 'title = "X"\nsupplier_number = "issue"'), "supplier_number"),
        (('title = "X"', 'title = "X"\nconstants = { trade_name = "X" }'), "constants"),
        (('title = "X"', 'title = "X"\nconstants = { trade_names = "X" }'), "constants"),
        (("fields.trade_name", "fields.trade_names"), "fields.trade_names"),
        (('headings = ["T"]', "headings = []"), "fields.trade_name"),
        (('headings = ["T"]', 'headings = "T"'), "fields.trade_name.headings"),
        (('headings = ["T"]', 'headings = ["N"]'), "fields"),
        (('headings = ["T"]', 'headings = ["T"]\ncut = 0'), "fields.trade_name.cut"),
        (('headings = ["T"]', 'headings = ["T"]\nvalues = { a = 1 }'), "fields.trade_name.values"),
        (('["T"]\nrequired = true', '["T"]\nrequired = "often"'), "fields.trade_name"),
        (('["T"]\nrequired = true', '["T"]'), "fields.trade_name"),
        (('["N"]\nrequired = true', '["N"]'), "supplier_number"),
    ],
)
def test_a_mistake_is_named_by_file_and_key(tmp_path: Path, change: tuple[str, str], key: str) -> None:
    text = PLAIN.replace(*change)
    assert text != PLAIN
    with pytest.raises(ConfigurationError) as caught:
        load_layouts(folder(tmp_path, text))
    assert (caught.value.code, dict(caught.value.facts)) == ("layout-invalid", {"file": "x.toml", "key": key})


def test_broken_toml_doubled_names_and_an_empty_folder(tmp_path: Path) -> None:
    layouts = folder(tmp_path, PLAIN)
    (layouts / "y.toml").write_text(PLAIN, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="layout-doubled"):
        load_layouts(layouts)
    (layouts / "y.toml").write_text("name = ", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="toml-invalid"):
        load_layouts(layouts)
    for path in layouts.iterdir():
        path.unlink()
    with pytest.raises(ConfigurationError, match="layouts-missing"):
        load_layouts(layouts)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (('too-long = "error"\n', ""), "severity-missing"),
        (('too-long = "error"', 'too-long = "fatal"'), "layout-invalid"),
        (('too-long = "error"', 'too-long = "error"\ntoo-short = "error"'), "layout-invalid"),
        (('required = "error"', 'required = "warning"'), "layout-invalid"),
    ],
)
def test_severities_are_complete_and_known(tmp_path: Path, change: tuple[str, str], code: str) -> None:
    text = (REFERENCE / "problem_severity.toml").read_text(encoding="utf-8").replace(*change)
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=code):
        load_severities(path)
