"""Readers, cards, certificates and lists: what the help desk is told of each, and whom it is sent to."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.config import CONFIG_NAME, load_config
from ebidadmin.diagnosis import cards, look_at_cards
from ebidadmin.domain.diagnosis import Found, Helper, Item, Verdict
from ebidadmin.smartcard.made_up import CardBox, make_card
from ebidadmin.text import diagnosis as words
from ebidadmin.training import PIN, make_training_cards
from tests.builders import NOON
from tests.canary import holds
from tests.desks import copied_desk
from tests.diagnosis.conftest import set_up
from tests.needs import require_component
from tests.pcsc import opensc_module
from tests.smartcard.test_odd_modules import LIMIT, Place

READER = "Simulated reader A"


@pytest.fixture(scope="session")
def made_desk(sound_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with made-up cards, made at noon of the tests."""
    folder = copied_desk(sound_desk, tmp_path_factory.mktemp("cards") / "desk")
    make_training_cards(folder, load_config(folder), NOON)
    CardBox(folder / "simulated-cards.json").pull("good")
    return folder


@pytest.fixture
def made(made_desk: Path, tmp_path: Path) -> Path:
    return copied_desk(made_desk, tmp_path / "made")


def look(place: Path, *, days: int = 0) -> list[Found]:
    return list(look_at_cards(place, clock=SettableClock(NOON + timedelta(days=days))))


def of(found: list[Found], item: Item) -> list[tuple[str, str, str]]:
    return [(one.verdict.value, one.code, one.helper.value) for one in found if one.item is item]


def chain(found: list[Found]) -> list[tuple[str, object, str]]:
    return [
        (one.verdict.value, one.facts["why"], one.helper.value) for one in found if one.item is Item.CHAIN
    ]


def with_card(made: Path, name: str) -> Path:
    CardBox(made / "simulated-cards.json").insert(name)
    return made


def test_a_desk_without_cards_says_how_to_get_some(place: Path) -> None:
    found = look(place)
    assert of(found, Item.CARD_SOFTWARE) == [("good", "simulated-only", "nobody")]
    assert of(found, Item.CARD_READERS) == [("attention", "simulated-cards-none", "administrator")]
    assert of(found, Item.CHAIN) == [("unseen", "unseen", "nobody")]
    assert of(found, Item.REVOCATION_LISTS) == [("attention", "trust-none", "administrator")]


def test_empty_readers_are_no_fault(made: Path) -> None:
    found = look(made)
    assert of(found, Item.CARD) == [("attention", "card-none", "nobody")]
    assert of(found, Item.CERTIFICATE) == [("unseen", "unseen", "nobody")]


def test_a_good_card_is_good_all_the_way(made: Path) -> None:
    found = look(with_card(made, "good"))
    assert {one.verdict for one in found} == {Verdict.GOOD}
    assert [one.place for one in found if one.item is Item.CARD] == [READER]
    assert of(found, Item.REVOCATION_LISTS) == [("good", "list-good", "nobody")]


@pytest.mark.parametrize(
    ("card", "item", "told"),
    [
        ("locked", Item.CARD, ("fault", "card-pin-locked", "certification-authority")),
        ("last-try", Item.CARD, ("attention", "card-last-try", "certification-authority")),
        ("near-end", Item.CERTIFICATE, ("attention", "certificate-ends-soon", "certification-authority")),
        ("manual-expired", Item.CERTIFICATE, ("fault", "certificate-expired", "certification-authority")),
        (
            "not-yet-valid",
            Item.CERTIFICATE,
            ("fault", "certificate-not-yet-valid", "certification-authority"),
        ),
    ],
)
def test_what_is_wrong_with_a_card_is_told(
    made: Path, card: str, item: Item, told: tuple[str, str, str]
) -> None:
    assert of(look(with_card(made, card)), item) == [told]


def test_a_revoked_card_is_a_fault_of_the_check(made: Path) -> None:
    found = look(with_card(made, "revoked"))
    assert of(found, Item.CERTIFICATE) == [("good", "certificate-good", "nobody")]
    assert chain(found) == [("fault", "revoked", "certification-authority")]


def test_without_a_list_revocation_is_unchecked_and_no_fault(made: Path) -> None:
    for path in (made / "simulated" / "crls").iterdir():
        path.unlink()
    found = look(with_card(made, "good"))
    assert chain(found) == [("attention", "crl-missing", "administrator")]
    assert of(found, Item.REVOCATION_LISTS) == [("attention", "list-none", "administrator")]


def test_an_old_list_is_told_with_its_age(made: Path) -> None:
    found = look(made, days=3651)
    assert of(found, Item.REVOCATION_LISTS) == [("attention", "list-stale", "administrator")]
    assert [one.facts["age_hours"] for one in found if one.item is Item.REVOCATION_LISTS] == [3651 * 24]


def test_an_unknown_authority_is_the_administrators(made: Path) -> None:
    shutil.rmtree(made / "simulated")
    found = look(with_card(made, "good"))
    assert chain(found) == [("fault", "trust-missing", "administrator")]


def test_a_damaged_file_of_authorities_is_told_and_ends_nothing(made: Path) -> None:
    trust = made / "data" / "reference" / "trust"
    trust.mkdir(exist_ok=True)
    (trust / "broken.cer").write_bytes(b"no certificate")
    found = look(with_card(made, "good"))
    assert of(found, Item.CHAIN) == [("fault", "trust-file-unreadable", "administrator")]
    assert of(found, Item.REVOCATION_LISTS) == [("fault", "trust-file-unreadable", "administrator")]


def test_a_card_without_a_certificate_is_told(made: Path) -> None:
    box = CardBox(made / "simulated-cards.json")
    box.put(make_card("blank", [], pin=PIN, puk=PIN, reader=READER))
    box.insert("blank")
    found = look(made)
    assert of(found, Item.CERTIFICATE) == [("fault", "certificate-none", "certification-authority")]


def test_a_damaged_file_of_made_up_cards_is_told(made: Path) -> None:
    (made / "simulated-cards.json").write_text("{", encoding="utf-8")
    assert of(look(made), Item.CARD_READERS) == [("fault", "simulated-cards-unreadable", "administrator")]


def test_missing_card_software_stops_there(place: Path) -> None:
    set_up(place, 'module = "simulated"', 'module = "/nowhere/none.so"')
    found = look(place)
    assert of(found, Item.CARD_SOFTWARE) == [("fault", "card-module-missing", "certification-authority")]
    assert of(found, Item.CARD_READERS) == [("unseen", "unseen", "nobody")]


def test_missing_packages_are_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "CARD_PACKAGES", ("no-such-package",))
    (found,) = [one for one in look(place) if one.item is Item.CARD_SOFTWARE]
    assert (found.verdict, found.facts["missing"]) == (Verdict.FAULT, "no-such-package")


def test_settings_that_cannot_be_read_leave_cards_unseen(place: Path) -> None:
    (place / CONFIG_NAME).write_text("office = [", encoding="utf-8")
    assert {one.verdict for one in look(place)} == {Verdict.UNSEEN}


def test_real_software_without_service_or_reader_is_told(
    place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    require_component("opensc-module")
    monkeypatch.setenv("PCSCLITE_CSOCK_NAME", str(tmp_path / "nothing"))
    set_up(place, 'module = "simulated"', f'module = "{opensc_module()}"')
    found = look(place)
    assert of(found, Item.CARD_SERVICE) == [("attention", "card-service-silent", "administrator")]
    assert of(found, Item.CARD_READERS) == [("fault", "card-reader-missing", "reader-seller")]


@pytest.mark.parametrize(
    ("fault", "at", "code"),
    [
        ("CRASH", "GetSlotList", "card-module-crashed"),
        ("HANG", "GetSlotList", "card-timeout"),
        ("HANG", "FindObjects", "card-timeout"),
    ],
)
def test_card_software_that_crashes_or_hangs_is_told_and_ends_nothing(
    place: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    soft_token: Path,
    fault: str,
    at: str,
    code: str,
) -> None:
    module = Place(tmp_path, monkeypatch, soft_token).built(fault, at=at)
    set_up(place, 'module = "simulated"', f'module = "{module}"')
    set_up(place, "time_limit = 15", f"time_limit = {LIMIT}")
    found = look(place)
    told = Item.CERTIFICATE if at == "FindObjects" else Item.CARD_READERS
    assert [(one.code, one.verdict) for one in found if one.item is told] == [(code, Verdict.FAULT)]
    assert found[-1].item is Item.REVOCATION_LISTS


def test_everything_that_is_found_has_its_sentence_and_no_persons(made: Path) -> None:
    box = CardBox(made / "simulated-cards.json")
    box.insert("good")
    told = "\n".join(words.sentence(one) for one in look(made))
    assert "(株)テスト商会01" in told
    assert not holds(told.encode(), PIN.decode())
    for word in ("太郎", "花子"):
        assert word not in told
    assert Helper.NOBODY in words.HELPERS
