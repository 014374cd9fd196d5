"""Listing and showing what is registered."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ebidadmin.config import load_config
from ebidadmin.domain import cards
from tests.acceptance.conftest import Ebid
from tests.builders import NOON, SAMPLE_HASH, contact, qualification, supplier_number
from tests.cards.builders import kept
from tests.contracts.test_cards import made
from tests.persistence.office import registration, submission
from tests.sql_store import SqlStore


def furnish(desk: Path) -> None:
    """An ID and a card of one supplier, a replaced card and its follower of another."""
    with SqlStore(load_config(desk).database_url)() as uow:
        applied = submission(92)
        uow.record(applied)
        uow.record(registration(applied.after, serial=92))
        uow.record(made(92, certificate=kept(92, holder_address="山口県下関市上田中町1番")))
        uow.record(made(93))
        old, new = cards.renew(
            made(93).after,
            card_id=made(94).after.id,
            certificate=kept(94),
            der=b"new",
            revocation=made(93).after.revocation,
            register_seen=None,
            by="tanaka",
            at=NOON,
        )
        uow.record(old)
        uow.record(new)
        uow.commit()


def test_ids_and_cards_are_listed_the_ended_ones_on_request(desk: Path, ebid: Ebid) -> None:
    furnish(desk)
    answer = ebid("registration", "list", "--desk", desk, "--json")
    assert answer.code == 0, answer.err
    assert [(one["kind"], one["number"], one["state"]) for one in answer.value] == [
        ("id", "A000092", "active"),
        ("card", "K00000092", "active"),
        ("card", "K00000094", "active"),
    ]
    assert {one["enterprise_id"] for one in answer.value} == {"1352100000000092", "1352100000000093"}
    assert next(one["not_after"] for one in answer.value) is None
    every = ebid("registration", "list", "--all", "--desk", desk, "--json").value
    assert ("K00000093", "replaced") in {(one["number"], one["state"]) for one in every}
    plain = ebid("registration", "list", "--desk", desk)
    assert plain.out.count("\n") == 3


def test_one_supplier_is_shown_without_hash_certificate_or_home(desk: Path, ebid: Ebid) -> None:
    furnish(desk)
    answer = ebid("registration", "show", supplier_number(92), "--desk", desk, "--json")
    assert answer.code == 0, answer.err
    (card,) = answer.value["cards"]
    assert (card["serial"], card["company_name"]) == ("825831477", "(株)テスト商会92")
    assert card["card_contact"] == contact(92).as_map()
    assert [one["user_id"] for one in answer.value["ids"]] == ["shoukai0092"]
    assert SAMPLE_HASH not in answer.out
    assert "上田中町" not in answer.out
    assert ebid("registration", "show", supplier_number(92), "--desk", desk).out.startswith("190000092")


def test_a_supplier_without_registration_is_not_found(desk: Path, ebid: Ebid) -> None:
    answer = ebid("registration", "show", "190000001", "--desk", desk)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.count("\n") == 1
    assert ebid("registration", "list", "--desk", desk).out == "no registrations\n"


def test_any_day_is_asked_about_and_what_is_missing_is_told(
    desk: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(desk)
    store = SqlStore(load_config(desk).database_url)
    store.import_register(qualification(92, valid_to=date(2099, 3, 31)))
    show = ("registration", "show", supplier_number(92), "--desk", desk)
    told = ebid(*show, "--on", "2099-04-01", "--json").value["eligibility"]
    assert (told["day"], told["eligible"], told["basis"]) == ("2099-04-01", False, "later")
    assert [one["code"] for one in told["missing"]] == ["permit", "qualification-lapsed"]
    assert told["missing"][1] == {
        "code": "qualification-lapsed",
        "day": "2099-03-31",
        "at": None,
        "by": None,
        "reason": None,
    }
    assert ebid(*show, "--json").value["eligibility"]["basis"] == "now"
    record = ("qualification", "show", supplier_number(92), "--desk", desk)
    assert "eligibility" not in ebid(*record, "--json").value
    assert (
        ebid(*record, "--on", "2098-04-01", "--json").value["eligibility"]["missing"][0]["code"] == "permit"
    )
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert "missing: qualification-lapsed\t2099-03-31" in ebid(*show, "--on", "2099-04-01").out
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    assert "資格の有効期間が終わっています(2099/03/31まで)。" in ebid(*show, "--on", "2099-04-01").out
