"""What goes wrong with a card while its holder walks through the screens: wrong PINs until it locks, its PUK, and the card pulled at every
screen. Over the whole way: screens, PC/SC daemon, PIV card, OpenSC; the card itself counts the log-ins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from ebidadmin.bootstrap import Desk, open_desk
from ebidadmin.clock import SettableClock
from ebidadmin.config import load_config
from ebidadmin.demo.pki import make_crl
from ebidadmin.domain.card_sessions import CardMode, CardStep
from ebidadmin.domain.events import EventTag
from ebidadmin.errors import CardError
from ebidadmin.presenters.card_walkthrough import CardWalkthrough
from ebidadmin.services.card_checks import CardDesk
from ebidadmin.services.card_ports import fingerprint
from ebidadmin.smartcard.authorities import load_authorities
from ebidadmin.smartcard.certificates import FactsReader
from ebidadmin.smartcard.checker import Checker, Material
from ebidadmin.text.messages import sentence
from tests.acceptance.test_card_of_the_manual import FORM
from tests.builders import search_form
from tests.cards.builders import MORNING, manual_qualification
from tests.figures import Figure
from tests.pcsc import VirtualReaders
from tests.presenters.walkthrough_desk import lay_out
from tests.smartcard.benches import PIN, WRONG, PivBench, authority, keys, piv_bench
from tests.sql_store import SqlStore
from tests.waiting import wait_until

STEPS = (CardStep.PIN, CardStep.CLIENT, CardStep.SEARCH, CardStep.FORM, CardStep.CONFIRM)


@dataclass
class Counter:
    """A desk with the walkthrough, a card in a real reader path, and how often a person confirmed a PIN."""

    desk: Desk
    cards: CardDesk
    bench: PivBench
    confirmations: int = 0
    walk: CardWalkthrough = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """As a program that was started just now."""
        self.walk = CardWalkthrough(
            self.desk.office,
            self.desk.staff,
            desks=lambda _mode: self.cards,
            printer=lambda page, _moment: b"",
            record_printer=lambda page, _moment: b"",
            mode=CardMode.REGISTER,
        )

    def begin(self) -> None:
        self.walk.press("registration")
        self.choose()

    def choose(self) -> None:
        """The card's certificate with an RSA key. The other one's key wants the PIN a second time for each signature, so that one
        confirmation is two log-ins there by the standard."""
        wanted = fingerprint(keys(1)[0].certificate)
        assert wanted in {one.on_card.fingerprint for one in self.walk.now.offered}
        self.walk.press(f"choose:{wanted}")

    def give(self, pin: bytes) -> list[str]:
        """The codes' sentences that are told after the person confirmed this PIN; it is wiped."""
        self.confirmations += 1
        typed = bytearray(pin)
        self.walk.give_pin(typed)
        assert typed == bytearray(len(pin))
        return [notice.text for notice in self.walk.notices]

    def to(self, step: CardStep) -> None:
        """Walk on until that step, without a mistake."""
        while self.walk.step is not step:
            match self.walk.step:
                case None:
                    self.begin()
                case CardStep.PIN:
                    self.choose()
                    self.give(PIN)
                case CardStep.CLIENT:
                    self.walk.press("process")
                case CardStep.SEARCH:
                    self.walk.search(search_form(92, trade_name="(株)テスト商会01"))
                case CardStep.FORM:
                    self.walk.enter(FORM)
                case CardStep.CONFIRM:
                    self.walk.press("register")
                case other:
                    raise AssertionError(f"{other}: {self.walk.notices}")

    def pull(self) -> None:
        self.bench.pull()
        wait_until(lambda: not self.holding(), what="the reader is empty")

    def insert(self) -> None:
        self.bench.insert()
        wait_until(self.holding, what="the card shows in its reader")

    def holding(self) -> bool:
        return any(state.token is not None for state in self.cards.reader.readers())


@pytest.fixture
def counter(virtual_readers: VirtualReaders, tmp_path: Path) -> Iterator[Counter]:
    lay_out(tmp_path, register=False)
    clock = SettableClock(MORNING)
    SqlStore(load_config(tmp_path).database_url, clock).import_register(
        manual_qualification(), at=MORNING - timedelta(days=1)
    )
    crl = make_crl(
        authority(), this_update=MORNING - timedelta(hours=4), next_update=MORNING + timedelta(days=7)
    )
    material = Material(trusted=(authority().certificate,), lists=(crl,))
    facts = FactsReader(load_authorities(tmp_path / "data" / "reference" / "cas"))
    with ExitStack() as stack:
        desk = open_desk(tmp_path, clock=clock)
        stack.callback(desk.close)
        bench = stack.enter_context(piv_bench(virtual_readers, tmp_path))
        checker = stack.enter_context(Checker(facts, lambda _at: material))
        yield Counter(desk, CardDesk(bench.reader, checker), bench)


def told(code: str) -> str:
    return sentence(CardError(code))


def test_wrong_pins_lock_the_card_and_the_puk_opens_it_for_the_same_walk(counter: Counter) -> None:
    counter.begin()
    assert told("card-pin-wrong") in counter.give(WRONG)
    assert told("card-pin-wrong-last-try") in counter.give(WRONG)
    assert counter.bench.log_ins() == 2
    counter.restart()
    counter.choose()
    # Whoever sits there now has not seen the warning: it is told before anything is sent.
    assert told("card-pin-last-try") in counter.give(WRONG)
    assert counter.bench.log_ins() == 2
    assert told("card-pin-locked") in counter.give(WRONG)
    assert counter.bench.log_ins() == 3
    assert told("card-pin-locked") in counter.give(PIN)
    assert (counter.bench.log_ins(), counter.walk.step) == (3, CardStep.PIN)
    counter.bench.unblock(PIN)
    before = counter.bench.log_ins()
    counter.walk.press("look")
    counter.give(PIN)
    assert counter.walk.step is CardStep.CLIENT, counter.walk.notices
    assert (counter.bench.log_ins() or 0) - (before or 0) == 1
    counter.to(CardStep.DONE)
    with counter.desk.office.uow() as uow:
        tags = [entry.event.tag for entry in uow.audit.list()]
    assert tags.count(EventTag.CARD_SESSION_LOGGED_IN) == counter.confirmations


def test_a_card_pulled_at_any_screen_is_told_and_the_walk_goes_on_when_it_is_back(counter: Counter) -> None:
    for step in STEPS:
        pulled_at(counter, step)
        counter.walk.press("cancel")
        assert counter.walk.session is None
    assert (counter.bench.log_ins() or 0) <= counter.confirmations


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_a_card_pulled_twenty_times_at_each_screen(counter: Counter, step: CardStep, figure: Figure) -> None:
    for _ in range(20):
        pulled_at(counter, step)
        counter.walk.press("cancel")
    log_ins = counter.bench.log_ins() or 0
    figure(
        f"20 pulls at {step.value}: all told, all went on; {log_ins} log-ins for {counter.confirmations} confirmations"
    )
    assert log_ins <= counter.confirmations


def pulled_at(counter: Counter, step: CardStep) -> None:
    """Walk there, pull, press on, see that it is told or needs no card, put it in again and come to the next screen."""
    counter.to(step)
    counter.pull()
    if step is CardStep.PIN:
        refused = counter.give(PIN)
        assert {told("card-removed"), told("card-changed"), told("card-missing")} & set(refused), refused
        assert counter.walk.step is CardStep.PIN
    elif step is CardStep.CONFIRM:
        counter.walk.press("register")
        assert [notice.text for notice in counter.walk.notices] == [told("card-missing")]
        assert counter.walk.step is CardStep.CONFIRM
    counter.insert()
    if step is CardStep.PIN:
        counter.walk.press("look")
    if step is not CardStep.CONFIRM:
        counter.to(STEPS[STEPS.index(step) + 1])
