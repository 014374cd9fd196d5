"""The walkthrough of the card screens: what each shows, where buttons lead, and that the PIN is gone when a press is over."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.card_sessions import CardMode
from ebidadmin.domain.certificates import CheckOutcome, CheckReason
from ebidadmin.errors import CardError
from ebidadmin.presenters import card_walkthrough_screens as views
from ebidadmin.presenters.card_walkthrough import CardWalkthrough
from ebidadmin.presenters.walkthrough_view import ScreenView
from ebidadmin.text import card_labels, card_screens
from ebidadmin.text import card_walkthrough as words
from ebidadmin.text.pages import Page
from ebidadmin.text.walkthrough import ContactWords
from tests.builders import HELPER, NOON, contact, qualification, search_form
from tests.cards.office import PIN, Bench, raw_card_form
from tests.fakes import MemoryStore, office


@pytest.fixture
def bench() -> Bench:
    store = MemoryStore(SettableClock(NOON))
    store.import_register(*(qualification(n) for n in (92, 93)))
    return Bench(office(store))


class Walker:
    """A person at the screens; ``printed`` are the pages that were asked for."""

    def __init__(self, bench: Bench, mode: CardMode = CardMode.REGISTER) -> None:
        self.bench, self.printed = bench, list[Page]()
        self.walk = self.opened(mode)

    def opened(self, mode: CardMode = CardMode.REHEARSAL) -> CardWalkthrough:
        """The screens as a program that was started just now shows them."""
        walk = CardWalkthrough(
            self.bench.office,
            self.bench.staff,
            desks=lambda _mode: self.bench.desk,
            printer=self._print,
            record_printer=self._print,
            mode=mode,
        )
        self.walk = walk
        return walk

    @property
    def view(self) -> ScreenView:
        return views.build(self.walk, ContactWords())

    def give_pin(self, pin: bytes = PIN) -> bytearray:
        typed = bytearray(pin)
        self.walk.give_pin(typed)
        return typed

    def to_confirmation(self, key: str = "registration") -> None:
        self.walk.press(key)
        self.give_pin()
        self.walk.press("process")
        self.walk.search(search_form(92))
        self.walk.enter(raw_card_form())
        assert stands(self) == "confirm", self.walk.notices

    def _print(self, page: Page, at: datetime) -> bytes:
        self.printed.append(page)
        return b"%PDF"


def stands(walker: Walker) -> str:
    """The id of the step that is shown."""
    return "menu" if walker.walk.step is None else walker.walk.step.value


def keys(walker: Walker) -> list[str]:
    """The fields that are to be filled in."""
    return [field.key for field in walker.view.fields]


def texts(view: ScreenView) -> str:
    parts = [view.title, *view.lead, *view.notes]
    parts += [part for said in view.notices for part in (said.text, *said.items)]
    parts += [f"{row.label}: {row.value}" for section in view.sections for row in section.rows]
    return "\n".join(parts)


def test_the_whole_way_shows_the_manuals_screens_in_order(bench: Bench) -> None:
    bench.insert()
    walker = Walker(bench)
    seen = [walker.view.id]
    walker.walk.press("registration")
    seen.append(walker.view.id)
    assert keys(walker) == ["pin"]
    assert "証明書の確認: 有効" in texts(walker.view)
    typed = walker.give_pin()
    assert typed == bytearray(len(PIN))
    seen.append(walker.view.id)
    walker.walk.press("process")
    seen.append(walker.view.id)
    walker.walk.search(search_form(92))
    seen.append(walker.view.id)
    assert f"ICカード取得者住所: {card_labels.NOT_IN_CERTIFICATE}" in texts(walker.view)
    walker.walk.enter(raw_card_form())
    seen.append(walker.view.id)
    shown = texts(walker.view)
    assert "企業情報の企業名称: (株)テスト商会92" in shown
    assert "一致の区分: 一致" in shown
    assert "証明書シリアル番号: 825831477" in shown
    assert "証明書有効期限: 2028/08/31" in shown
    walker.walk.press("register")
    seen.append(walker.view.id)
    assert seen == ["IC-1", "IC-2", "IC-3", "IC-4", "IC-5", "IC-6", "IC-7"]
    assert card_screens.issued("1352100000000001") in texts(walker.view)
    mails = [one.text for one in walker.view.notices if "通知メール" in one.text]
    assert mails == [f"通知メール「登録完了(ICカード)」({contact().email}):送信済み"]
    assert walker.walk.print_page() == b"%PDF"
    (page,) = walker.printed
    assert page.facts[0].value == "1352100000000001"
    walker.walk.press("restart")
    assert walker.view.id == "IC-1"


def test_a_restarted_program_goes_on_and_asks_for_the_pin_before_registering(bench: Bench) -> None:
    bench.insert()
    walker = Walker(bench)
    walker.to_confirmation()
    again = walker.opened()
    assert stands(walker) == "confirm"
    assert again.mode is CardMode.REGISTER
    assert "手順の続き" in texts(walker.view)
    again.press("register")
    assert walker.view.id == "IC-2"
    assert "もう一度入力" in texts(walker.view)
    walker.give_pin()
    assert walker.view.id == "IC-6"
    again.press("register")
    assert stands(walker) == "done"
    assert bench.reader.log_ins == 2


def test_a_wrong_pin_is_told_and_asked_for_again(bench: Bench) -> None:
    bench.insert()
    walker = Walker(bench)
    walker.walk.press("registration")
    typed = walker.give_pin(b"0000")
    assert typed == bytearray(4)
    assert stands(walker) == "pin"
    assert "PINが違います" in texts(walker.view)
    walker.give_pin()
    assert stands(walker) == "client"
    assert bench.reader.log_ins == 2


def test_the_last_try_is_sent_only_when_the_person_insists(bench: Bench) -> None:
    bench.insert()
    walker = Walker(bench)
    walker.walk.press("registration")
    bench.reader.fails["log-in"] = CardError("card-pin-last-try", step="log-in")
    walker.give_pin()
    assert bench.reader.log_ins == 0
    assert words.INSIST in texts(walker.view)
    walker.give_pin()
    assert (bench.reader.log_ins, stands(walker)) == (1, "client")


def test_without_a_card_there_is_nothing_to_type_a_pin_for(bench: Bench) -> None:
    walker = Walker(bench)
    walker.walk.press("registration")
    assert keys(walker) == []
    assert words.NO_CARD in texts(walker.view)
    assert [one.key for one in walker.view.buttons if not one.enabled] == ["ok"]
    walker.give_pin()
    assert words.NOT_HERE in texts(walker.view)
    bench.insert()
    walker.walk.press("look")
    assert keys(walker) == ["pin"]


def test_a_card_that_may_not_be_registered_is_refused_with_the_reason(bench: Bench) -> None:
    bench.insert()
    bench.come_out(92, CheckOutcome.REVOKED, CheckReason.REVOKED)
    walker = Walker(bench)
    walker.walk.press("registration")
    walker.give_pin()
    assert "失効しています" in texts(walker.view)
    assert (stands(walker), bench.reader.log_ins) == ("pin", 0)


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(bench: Bench) -> None:
    bench.insert()
    walker = Walker(bench)
    walker.walk.press("registration")
    walker.give_pin()
    walker.walk.press("process")
    walker.walk.search(search_form(92, trade_name="(株)別の商会"))
    assert set(walker.view.errors) == {"trade_name"}
    walker.walk.search(search_form(92), bytearray(b"secret"))
    assert set(walker.view.errors) == {"password"}
    walker.walk.search(search_form(92))
    walker.walk.enter(raw_card_form(card_contact__phone="1"))
    assert set(walker.view.errors) == {"card_contact.phone"}
    values = {field.key: field.value for field in walker.view.fields}
    assert values["card_contact.phone"] == "1"
    assert values["main_contact.email"] == contact().email
    walker.walk.back(raw_card_form(main_contact__name="総務"))
    assert walker.view.id == "IC-4"
    walker.walk.search(search_form(92))
    assert {field.key: field.value for field in walker.view.fields}["main_contact.name"] == "総務"


def test_a_rehearsal_ends_with_what_would_have_happened_and_a_case_record(bench: Bench) -> None:
    bench.staff = HELPER
    bench.insert(not_after=NOON - timedelta(days=1), company_name="テスト用団体")
    walker = Walker(bench, CardMode.REHEARSAL)
    walker.to_confirmation()
    assert "期限切れ" in texts(walker.view)
    assert "「テスト用団体」" in texts(walker.view)
    assert "職員用: 少額物品・少額役務の見積参加は、見積参加不可" in texts(walker.view)
    walker.walk.press("register")
    assert words.WOULD_REFUSE in texts(walker.view)
    assert "証明書の期限が切れています" in texts(walker.view)
    walker.walk.record_case("新しいICカードの取得を案内")
    assert words.RECORDED in texts(walker.view)
    assert walker.walk.print_record() == b"%PDF"
    (page,) = walker.printed
    rows = {row.label: row.value for section in page.sections for row in section.rows}
    assert rows["証明書の確認"] == "期限切れ"
    assert "新しいICカードの取得を案内" in page.notes[0]
    assert "代表窓口連絡先情報 連絡先名称(部署名等)" in rows
    with bench.office.uow() as uow:
        assert uow.cards.all() == ()


def test_changing_the_mode_gives_the_walk_up(bench: Bench) -> None:
    bench.insert()
    walker = Walker(bench)
    walker.to_confirmation()
    assert "職員用" not in texts(walker.view), "here the supplier itself is at the screen"
    walker.walk.start_in(CardMode.TRAINING)
    assert (walker.view.id, walker.view.mode) == ("IC-1", "training")
    assert walker.opened().session is None


def test_giving_up_leads_to_the_menu(bench: Bench) -> None:
    bench.insert()
    walker = Walker(bench)
    walker.walk.press("change")
    walker.give_pin()
    assert "登録されていません" in texts(walker.view)
    walker.walk.press("cancel")
    assert walker.view.id == "IC-1"
    walker.walk.press("register")
    assert words.NOT_HERE in texts(walker.view)


def test_a_renewal_asks_for_both_cards(bench: Bench) -> None:
    bench.insert()
    walker = Walker(bench)
    walker.to_confirmation()
    walker.walk.press("register")
    walker.walk.press("restart")
    walker.walk.press("renewal")
    assert words.PIN_OF_OLD in texts(walker.view)
    walker.give_pin()
    assert words.PIN_OF_NEW in texts(walker.view)
    bench.insert(192, company_name="(株)テスト商会92", holder_name="下関 太郎92")
    walker.walk.press("look")
    walker.give_pin()
    walker.walk.press("process")
    shown = texts(walker.view)
    assert walker.view.id == "IC-6"
    assert words.CARRIED_OVER in shown
    walker.walk.press("register")
    assert words.DONE_RENEWAL in texts(walker.view)


def test_a_change_begins_with_what_is_registered(bench: Bench) -> None:
    bench.insert()
    walker = Walker(bench)
    walker.to_confirmation()
    walker.walk.press("register")
    walker.walk.press("restart")
    walker.walk.press("change")
    walker.give_pin()
    walker.walk.press("process")
    assert words.PREFILLED in texts(walker.view)
    walker.walk.enter(raw_card_form())
    assert "変わったところがありません" in texts(walker.view)
    walker.walk.enter(raw_card_form(main_contact__person="長府 花子"))
    walker.walk.press("register")
    assert words.DONE_CHANGE in texts(walker.view)
