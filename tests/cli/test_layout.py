"""Layouts from the command line: listed, checked, and drafted from an example file."""

from __future__ import annotations

import tempfile
import tomllib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain.layouts import bind
from ebidadmin.intake.layout_drafts import draft, write_draft
from ebidadmin.intake.layouts import load_layout
from tests.acceptance.conftest import Ebid
from tests.imports.office import LAYOUTS
from tests.needs import ROOT

REFERENCE = ROOT / "data" / "reference"


def test_the_layouts_are_listed_and_sound(desk: Path, ebid: Ebid) -> None:
    listed = ebid("layout", "list", "--desk", desk, "--json").value
    assert {"ebidadmin", "mlit-construction"} <= {one["name"] for one in listed}
    for file in (desk / "data" / "reference" / "layouts").glob("*.toml"):
        assert ebid("layout", "check", file, "--desk", desk).code == 0


def test_a_drafted_layout_reads_its_example(desk: Path, ebid: Ebid) -> None:
    example = desk / "inbox" / "市の名簿.csv"
    example.write_text(
        "名簿 令和8年4月\n,業者番号,商号又は名称,代表者氏名,物品の販売,社員数\n1,190000092,甲,乙,B,12\n",
        encoding="cp932",
    )
    make = ("layout", "make", example, "--name", "city", "--desk", desk, "--json")
    dry = ebid(*make, "--dry-run")
    assert (dry.code, dry.value["file"]) == (0, None)
    made = ebid(*make)
    assert made.code == 0, made.err
    assert made.value["mapped"]["商号又は名称"] == "trade_name"
    assert (made.value["extra"], made.value["missing"]) == (["社員数"], None)
    assert ebid("layout", "check", made.value["file"], "--desk", desk).code == 0
    answer = ebid("qualification", "import", example, "--layout", "city", "--yes", "--desk", desk, "--json")
    assert (answer.code, answer.value["added"], answer.value["problems"]) == (0, 1, []), answer
    shown = ebid("qualification", "show", "190000092", "--desk", desk, "--json").value
    assert (shown["grade_sale"], shown["extra"]) == ("B", {"社員数": "12"})
    again = ebid(*make)
    assert again.code == 1
    assert ebid(*make[:3], "--name", "City!", "--desk", desk).code == 1


def test_a_draft_without_a_name_column_never_stops_the_program(desk: Path, ebid: Ebid) -> None:
    example = desk / "inbox" / "x.csv"
    example.write_text("番号,社名のようなもの\n1,甲\n", encoding="utf-8")
    made = ebid("layout", "make", example, "--name", "odd", "--desk", desk, "--json")
    assert (made.code, made.value["missing"]) == (0, "trade_name")
    assert made.value["file"].endswith("odd.toml.draft")
    assert ebid("layout", "check", made.value["file"], "--desk", desk).code == 1
    assert ebid("layout", "list", "--desk", desk).code == 0


@given(
    st.lists(
        st.text(
            st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from('*?[]"\\\x7f'), max_size=8
        ).map(str.strip),
        unique=True,
        max_size=6,
    )
)
def test_any_headings_make_a_sound_layout_that_expects_them(headings: list[str]) -> None:
    names = ["商号又は名称", *(heading for heading in headings if heading != "商号又は名称")]
    made = draft(names, name="any", layouts=LAYOUTS.values())
    assert tomllib.loads(made.text)["name"] == "any"
    with tempfile.TemporaryDirectory() as folder:
        layout = load_layout(write_draft(Path(folder), "any", made), REFERENCE)
    binding, problems = bind(names, layout, line=1)
    assert binding is not None
    assert problems == ()
