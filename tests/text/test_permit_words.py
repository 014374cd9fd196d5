"""How permits are told: their numbers, and why they are as they are."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain import permits
from ebidadmin.domain.permits import DocumentNumber
from ebidadmin.errors import ConcurrentEditError
from ebidadmin.presenters.record_lines import permit_lines
from ebidadmin.text import messages
from ebidadmin.text.permits import document_number, meant_number, number_shown
from tests.builders import NOON, document, permit
from tests.fakes import ScriptedReasons


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (DocumentNumber(2026, 12), "令和8年度第12号"),
        (DocumentNumber(2020, 1), "令和2年度第1号"),
        (DocumentNumber(2027, 1234), "令和9年度第1234号"),
    ],
)
def test_a_number_is_written_with_its_fiscal_year(number: DocumentNumber, shown: str) -> None:
    assert document_number(number) == shown


def test_a_number_is_shown_with_what_became_of_it() -> None:
    void = permits.void(permit(), reason="誤り", by="t", at=NOON).after
    assert number_shown(permit()) == "令和8年度第92号"
    assert number_shown(void) == "令和8年度第92号(欠番)"
    assert number_shown(permit(granted=False)) == "決定前"
    assert number_shown(permit(document=None)) == "番号なし"


def test_a_row_says_since_when_and_why() -> None:
    asked = permit(granted=False)
    refused = permits.refuse(
        asked, document=document(3), reasons=("other",), note="押印が\nない", by="t", at=NOON
    ).after
    withdrawn = permits.withdraw(permit(), reason="申出", withdrawn_from=date(2026, 11, 1), by="t", at=NOON)
    void = permits.void(refused, reason="別の業者", by="t", at=NOON).after
    lines = permit_lines(
        [refused, withdrawn.after, void, permit(note="控えあり"), permit(granted=False)],
        ScriptedReasons({"other": ()}),
    )
    assert [(line[3], line[4], line[6]) for line in lines] == [
        ("不許可", "令和8年度第3号", "reason other 押印が ない"),
        ("取消", "令和8年度第92号", "2026/11/01から取消 申出"),
        ("欠番・取消済", "令和8年度第3号(欠番)", "reason other 別の業者"),
        ("許可", "令和8年度第92号", "控えあり"),
        ("申請受付", "決定前", ""),
    ]


def test_whoever_was_slower_is_told_the_state_in_the_words_of_permits() -> None:
    error = ConcurrentEditError(
        "changed-meanwhile",
        kind="permit",
        id="P000001",
        by="suzuki",
        at="2026-10-07T03:00:00+00:00",
        state="withdrawn",
    )
    assert messages.sentence(error).startswith(
        "P000001は、画面を開いた後にsuzukiさんが2026/10/07 12:00に「取消」にしました。"
    )


@pytest.mark.parametrize(
    ("search", "meant"),
    [
        ("12", (None, 12)),
        ("第１２号", (None, 12)),
        ("2026-12", (2026, 12)),
        ("2026年度第12号", (2026, 12)),
        (" 令和8年度 第12号 ", (2026, 12)),
        ("令和2年度第1号", (2020, 1)),
        ("令和99年度第1号", None),
        ("190000092", None),
        ("令和8年度", None),
        ("テスト商会12", None),
        ("", None),
    ],
)
def test_a_search_may_mean_a_document_number(search: str, meant: tuple[int | None, int] | None) -> None:
    assert meant_number(search) == meant


@given(st.integers(2020, 2098), st.integers(1, 9_999_999))
def test_a_number_as_it_is_shown_is_understood(year: int, number: int) -> None:
    assert meant_number(document_number(DocumentNumber(year, number))) == (year, number)
