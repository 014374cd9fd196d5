"""The portal before the card screens: the manual's way in, the ways out, and back."""

from __future__ import annotations

import pytest

from ebidadmin.presenters.card_portal import CardPortal, PortalStep
from ebidadmin.text import screens
from ebidadmin.text import walkthrough as words
from ebidadmin.text.walkthrough import ContactWords

WAY_IN = ("bidding", "goods", "card-registration")


@pytest.fixture
def portal() -> CardPortal:
    return CardPortal(ContactWords())


def test_the_way_in_leads_to_the_menu_and_back_again(portal: CardPortal) -> None:
    steps = [portal.step]
    for key in WAY_IN:
        assert portal.press(key) is None
        steps.append(portal.step)
    assert steps == [PortalStep.PORTAL, PortalStep.CATEGORY, PortalStep.GOODS, None]
    for step in reversed(steps[:-1]):
        portal.press("back")
        assert portal.step is step


@pytest.mark.parametrize(
    ("way", "key", "told"),
    [
        (0, "publication", "入札情報公開システム"),
        (0, "qualification", "入札参加資格申請受付システム"),
        (1, "construction", "工事、コンサル"),
        (1, "small", "41_id_walkthrough"),
        (2, "bid", "電子入札システム"),
    ],
)
def test_ways_out_are_told_and_lead_nowhere(portal: CardPortal, way: int, key: str, told: str) -> None:
    for step in WAY_IN[:way]:
        portal.press(step)
    before = portal.step
    said = portal.press(key)
    assert said is not None
    assert told in said.text
    assert portal.step is before


@pytest.mark.parametrize("key", ["registration", "register", "back"])
def test_buttons_that_the_portal_does_not_have_are_not_its_own(portal: CardPortal, key: str) -> None:
    with pytest.raises(KeyError):
        portal.press(key)


def test_every_button_of_its_screens_does_something(portal: CardPortal) -> None:
    buttons = {
        PortalStep.PORTAL: [door.button.key for door in screens.DOORS],
        PortalStep.CATEGORY: [one.key for one in screens.CATEGORY.buttons],
        PortalStep.GOODS: [one.key for one in screens.GOODS_MENU.buttons],
    }
    for step, keys in buttons.items():
        for key in keys:
            portal.step = step
            said = portal.press(key)
            assert said is not None or portal.step is not step
    assert words.ID_ELSEWHERE
