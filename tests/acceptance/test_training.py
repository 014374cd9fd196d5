"""Training at the help desk: the made-up cards are made and handled on the screen, and each does what it is for. Nothing is registered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ebidadmin.bootstrap import Desk, card_desks, open_desk
from ebidadmin.cli.foundation import create_desk
from ebidadmin.domain.card_sessions import CardMode, CardStep
from ebidadmin.presenters.training_cards import TrainingCards
from ebidadmin.screens.card_walkthrough import CardWalkthroughScreen
from ebidadmin.text import card_walkthrough as walk_words
from ebidadmin.text import training_cards as words
from ebidadmin.training import PIN, PLANS, DeskTrainingBox
from tests.acceptance.test_card_of_the_manual import FORM
from tests.builders import search_form

PIN_TEXT = PIN.decode()


@pytest.fixture(scope="module")
def folder(demo_desk: Callable[[str], Path]) -> Path:
    return demo_desk("training")


@pytest.fixture
def desk(folder: Path) -> Iterator[Desk]:
    with closing(open_desk(folder)) as opened:
        yield opened


@pytest.fixture
def screen(desk: Desk) -> CardWalkthroughScreen:
    training = TrainingCards(DeskTrainingBox(desk.folder, desk.config, desk.office.clock))
    shown = CardWalkthroughScreen(desk, card_desks(desk), training)
    shown.head.act("start", CardMode.TRAINING.value)
    for key in ("bidding", "goods", "card-registration"):
        shown.below.act(key)
    return shown


def put_in(screen: CardWalkthroughScreen, name: str) -> None:
    screen.cards.act("insert", name)
    assert words.INSERTED.format(card=words.CARDS[name]) in screen.cards.content


def give(screen: CardWalkthroughScreen, pin: str = PIN_TEXT) -> str:
    """What is told after the PIN was confirmed."""
    assert screen.form is not None
    message = {"type": "submit", "button": "ok", "values": {}, "secrets": ["pin"]}
    screen.form.receive(message, [bytearray(pin.encode())])
    return screen.above.content


def step(screen: CardWalkthroughScreen) -> CardStep | None:
    return screen.walkthrough.step


def begin(screen: CardWalkthroughScreen, name: str) -> None:
    put_in(screen, name)
    screen.below.act("registration")
    assert step(screen) is CardStep.PIN


def test_the_cards_are_there_in_training_alone(screen: CardWalkthroughScreen) -> None:
    assert screen.cards in screen.widget.children
    assert PIN_TEXT in screen.cards.content
    assert all(words.CARDS[plan.name] in screen.cards.content for plan in PLANS)
    screen.head.act("start", CardMode.REHEARSAL.value)
    assert screen.cards not in screen.widget.children
    screen.head.act("start", CardMode.REGISTER.value)
    assert screen.cards not in screen.widget.children


def test_a_desk_without_cards_makes_them_by_a_button(tmp_path: Path) -> None:
    place = tmp_path / "desk"
    create_desk(place, demo=False, progress=lambda step: None)
    with closing(open_desk(place)) as desk:
        training = TrainingCards(DeskTrainingBox(desk.folder, desk.config, desk.office.clock))
        shown = CardWalkthroughScreen(desk, card_desks(desk), training)
        shown.head.act("start", CardMode.TRAINING.value)
        assert words.NONE in shown.cards.content
        shown.cards.act("make")
        assert words.MADE in shown.cards.content
        shown.cards.act("make")
        assert "模擬カードはもうあります" in shown.cards.content


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("revoked", "失効"),
        ("not-yet-valid", "期限前"),
        ("unknown-authority", "信頼する認証局につながりません"),
        ("manual-expired", "期限切れ"),
        ("near-end", "有効"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_shown_and_the_walk_goes_on(
    screen: CardWalkthroughScreen, name: str, told: str
) -> None:
    begin(screen, name)
    assert told in " ".join(str(row) for row in rows(screen))
    give(screen)
    assert step(screen) is CardStep.CLIENT


def rows(screen: CardWalkthroughScreen) -> list[str]:
    """The values of read-only rows of the form."""
    assert screen.form is not None
    return list(screen.form.values.values())


def test_a_locked_card_is_told_and_opens_after_its_issuer_unlocked_it(screen: CardWalkthroughScreen) -> None:
    begin(screen, "locked")
    assert "ロックされていて使えません" in give(screen)
    screen.cards.act("unblock", "locked")
    give(screen)
    assert step(screen) is CardStep.CLIENT


def test_the_last_try_is_warned_of_and_locks(screen: CardWalkthroughScreen) -> None:
    begin(screen, "last-try")
    assert "PINは送っていません" in give(screen, "000000")
    assert walk_words.INSIST in screen.above.content
    assert "ロックされていて使えません" in give(screen, "000000")
    screen.cards.act("unblock", "last-try")


def test_a_card_that_comes_out_is_told_and_goes_on_when_it_is_back(screen: CardWalkthroughScreen) -> None:
    begin(screen, "pulled")
    assert "ICカードが抜けました" in give(screen)
    put_in(screen, "pulled")
    give(screen)
    assert step(screen) is CardStep.CLIENT


def test_another_holder_is_told_before_the_end_and_nothing_is_registered(
    screen: CardWalkthroughScreen, desk: Desk
) -> None:
    begin(screen, "other-holder")
    give(screen)
    walk = screen.walkthrough
    walk.press("process")
    walk.search(search_form(92, trade_name="(株)テスト商会01"))
    walk.enter(FORM)
    assert walk.now.seen is not None
    assert [cause.code.value for cause in walk.now.seen.findings] == ["holder-differs"]
    walk.press("register")
    assert step(screen) is CardStep.DONE
    with desk.office.uow() as uow:
        assert uow.cards.all() == ()


def test_a_file_of_cards_that_is_none_is_told(screen: CardWalkthroughScreen, desk: Desk) -> None:
    file = desk.config.simulated_cards
    kept = file.read_bytes()
    try:
        file.write_text("{", encoding="utf-8")
        screen.cards.act("insert", "good")
        assert "読めません" in screen.cards.content
    finally:
        file.write_bytes(kept)
