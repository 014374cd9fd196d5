"""Paper permits by command: numbers, refusals, voiding, the dispatch register; exit codes and sentences in both languages."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ebidadmin.clock import SystemClock, fiscal_year, jst_date
from tests.acceptance.conftest import Ebid
from tests.cli.test_commands import SUPPLIER, everything

TODAY = jst_date(SystemClock().now())


@pytest.fixture
def permit(office: Path, ebid: Ebid) -> Any:
    """Run ``permit`` with these words on a desk that has granted one permit already, and give the JSON back."""

    def run(*words: object) -> Any:
        answer = ebid("permit", *words, "--json", "--desk", office)
        assert answer.code == 0, answer.err
        return answer.value

    return run


def recorded(permit: Any, *more: object) -> str:
    return str(permit("record", SUPPLIER, "--received", "2026-04-01", "--channel", "fax", *more)["number"])


def test_decisions_are_numbered_in_one_series_and_a_void_number_stays(
    permit: Any, office: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = recorded(permit, "--reply-channel", "post", "--applicant", "(株)テスト商会01")
    refused = permit("refuse", first, "--reason", "form-incomplete", "--note", "押印がない")
    assert refused["document"] == {"fiscal_year": fiscal_year(TODAY), "number": 2}
    assert (refused["reply_channel"], refused["refusal_reasons"], refused["reason"]) == (
        "post",
        ["form-incomplete"],
        "押印がない",
    )
    void = permit("void", first, "--reason", "別の業者だった")
    assert (void["state"], void["document"]["number"]) == ("voided", 2)
    assert void["voided"]["reason"] == "別の業者だった"
    assert permit("grant", recorded(permit), "--valid-to", "2099-03-31")["document"]["number"] == 3
    told = ebid("permit", "list", "--desk", office).out
    assert f"{fiscal_year(TODAY)}-2" in told
    assert "voided" in told
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    told = ebid("permit", "list", "--desk", office).out
    year = fiscal_year(TODAY) - 2018
    assert f"令和{year}年度第2号(欠番)\t{SUPPLIER}\t欠番・取消済" in told
    assert "別の業者だった" in told
    assert f"令和{year}年度第1号\t{SUPPLIER}\t許可" in told


def test_a_withdrawal_counts_from_its_day_on(permit: Any, office: Path, ebid: Ebid) -> None:
    last = TODAY + timedelta(days=3)
    gone = permit("withdraw", "P000001", "--reason", "申出", "--from", last)
    assert (gone["state"], gone["withdrawn_from"]) == ("withdrawn", last.isoformat())
    findings = ebid("application", "show", "A1", "--json", "--desk", office).value["findings"]
    assert "permit-missing" not in {one["code"] for one in findings}
    past = ebid("permit", "withdraw", recorded(permit), "--reason", "x", "--desk", office)
    assert past.code == 1


@pytest.mark.parametrize(
    ("words", "said", "japanese"),
    [
        (("refuse", "P000002", "--reason", "mood"), "Reason unknown", "一覧にない理由"),
        (("withdraw", "P000001", "--reason", "x", "--from", "2020-01-01"), "Date in past", "今日より前"),
        (
            ("withdraw", "P000001", "--reason", "x", "--from", "2150-01-01"),
            "Withdrawal after end",
            "終わって",
        ),
        (("void", "P000099", "--reason", "x"), "There is no such record", "見つかりません"),
        (("grant", "P000001"), "It was decided already", "決定しています"),
        (("dispatch", "P000002", "--channel", "post"), "Its life cycle has no such step", "できません"),
        (
            ("dispatch", "P000001", "--channel", "post", "--day", "2020-01-01"),
            "before decision",
            "決定より前",
        ),
        (("dispatch", "P000001", "--cancels", "D000009", "--note", "x"), "no such record", "発送簿の行"),
    ],
)
def test_a_refusal_is_one_sentence_with_what_to_do(
    permit: Any,
    office: Path,
    ebid: Ebid,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    said: str,
    japanese: str,
) -> None:
    recorded(permit)
    answer = ebid("permit", *words, "--desk", office)
    assert (answer.code, answer.out) == (1, "")
    assert said in answer.err
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    answer = ebid("permit", *words, "--desk", office)
    assert answer.code == 1
    assert japanese in answer.err


@pytest.mark.parametrize(
    "words",
    [
        ("refuse", "P000002"),
        ("withdraw", "P000001", "--reason", "x", "--from", "soon"),
        ("dispatch", "P000001"),
        ("dispatch", "P000001", "--channel", "pigeon"),
        ("dispatch", "P000001", "--cancels", "D000001", "--channel", "post"),
    ],
)
def test_misuse_is_exit_code_two(office: Path, ebid: Ebid, words: tuple[str, ...]) -> None:
    assert ebid("permit", *words, "--desk", office).code == 2


def test_the_dispatch_register_is_kept_listed_and_exported_without_formulas(
    permit: Any, office: Path, ebid: Ebid
) -> None:
    row = permit("dispatch", "P000001", "--channel", "counter", "--to", '=HYPERLINK("x")')
    assert (row["id"], row["day"], row["channel"]) == ("D000001", TODAY.isoformat(), "counter")
    right = permit(
        *("dispatch", "P000001", "--channel", "post", "--to", "(株)テスト商会01", "--corrects", "D000001"),
        *("--note", "-誤り"),
    )
    assert (right["kind"], right["corrects"]) == ("correction", "D000001")
    listed = permit("dispatches", "--from", TODAY, "--to", TODAY)
    assert [(one["id"], one["corrected_by"]) for one in listed] == [
        ("D000001", "D000002"),
        ("D000002", None),
    ]
    assert permit("dispatches", "--to", TODAY - timedelta(days=1)) == []
    target = office / "発送簿.csv"
    permit("dispatches", "--csv", target, "--dry-run")
    assert not target.exists()
    permit("dispatches", "--csv", target)
    assert target.read_bytes().startswith(b"\xef\xbb\xbf")
    with target.open(encoding="utf-8-sig", newline="") as opened:
        heading, first, second = csv.reader(opened)
    assert (heading[0], heading[6]) == ("番号", "あて先")
    assert (first[6], second[10]) == ('\'=HYPERLINK("x")', "'-誤り")
    trail = ebid("audit", "list", "--json", "--desk", office).value
    assert [one["tag"] for one in trail].count("permit:dispatches-exported") == 1
    wrong = ebid("permit", "dispatches", "--csv", office / "発送簿.xlsx", "--desk", office)
    assert wrong.code == 1


@pytest.mark.parametrize(
    "words",
    [
        ("grant", "P000002", "--valid-to", "2099-03-31"),
        ("refuse", "P000002", "--reason", "other"),
        ("void", "P000002", "--reason", "誤り"),
        ("dispatch", "P000001", "--channel", "post", "--to", "x"),
    ],
)
def test_a_dry_run_keeps_nothing_not_even_a_number(
    permit: Any, office: Path, ebid: Ebid, words: tuple[str, ...]
) -> None:
    recorded(permit)
    before = (everything(office, ebid), permit("dispatches"))
    permit(*words, "--dry-run")
    assert (everything(office, ebid), permit("dispatches")) == before
    assert permit("grant", "P000002", "--valid-to", "2099-03-31")["document"]["number"] == 2


def test_an_empty_list_says_so_in_the_language_of_the_person(
    desk: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words, english, japanese in (
        (("list",), "no permits\n", "利用申請書はありません。\n"),
        (("dispatches",), "no letters\n", "発送簿に該当する行はありません。\n"),
    ):
        monkeypatch.setenv("LC_ALL", "C.UTF-8")
        assert ebid("permit", *words, "--desk", desk).out == english
        monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
        assert ebid("permit", *words, "--desk", desk).out == japanese


def test_letters_are_made_for_one_or_many(permit: Any, office: Path, ebid: Ebid) -> None:
    other = recorded(permit)
    permit("refuse", other, "--reason", "other")
    target, folder = office / "letters.pdf", office / "letters"
    told = permit("letter", "P000001", other, "--to", target, "--dry-run")
    assert (told["letters"], target.exists()) == (2, False)
    assert permit("letter", "P000001", other, "--to", target) == {"files": [str(target)], "letters": 2}
    assert target.read_bytes().startswith(b"%PDF")
    again = ebid("permit", "letter", "P000001", "--to", target, "--desk", office)
    assert (again.code, "File exists" in again.err) == (1, True)
    permit("letter", "P000001", "--to", target, "--overwrite")
    files = permit("letter", "P000001", other, "--to", folder)["files"]
    year = fiscal_year(TODAY)
    assert [Path(file).name for file in files] == [
        f"{year}-00001_P000001.pdf",
        f"{year}-00002_{other}.pdf",
    ]
    assert sorted(path.name for path in folder.iterdir()) == [Path(file).name for file in files]
    trail = ebid("audit", "list", "--json", "--desk", office).value
    assert [one["tag"] for one in trail].count("permit:letter-made") == 5


def test_a_template_of_the_desk_is_used_and_its_mistakes_are_told(
    office: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = office / "data" / "reference" / "letters" / "permit_granted.txt"
    template.write_text("一行目\n{nothing}\n", encoding="utf-8")
    words = ("permit", "letter", "P000001", "--to", office / "x.pdf", "--desk", office)
    answer = ebid(*words)
    assert answer.code == 1
    for expected in (
        "Letter field unknown",
        str(template),
        "line 2",
        "field nothing",
        "correct the template",
    ):
        assert expected in answer.err
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    answer = ebid(*words)
    assert f"通知書のひな形「{template}」の2行目にある nothing は、ない項目です" in answer.err
    assert not (office / "x.pdf").exists()
    template.unlink()
    assert ebid(*words).code == 0, "the one that travels with the program"


def test_a_place_that_cannot_be_written_is_told(office: Path, ebid: Ebid) -> None:
    taken = office / "taken"
    taken.write_text("mine", encoding="utf-8")
    for words in (
        ("letter", "P000001", "--to", taken),
        ("letter", "P000001", "--to", taken / "x.pdf"),
        ("letter", "P000001", "--to", office / "none" / "x.pdf"),
        ("dispatches", "--csv", taken / "x.csv"),
    ):
        answer = ebid("permit", *words, "--desk", office)
        assert (answer.code, "unwritable" in answer.err) == (1, True), answer.err
    assert taken.read_text(encoding="utf-8") == "mine"
