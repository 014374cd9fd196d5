"""The manual's own example from end to end, on a simulated card and on a PIV card behind the smart-card daemon."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from pypdf import PdfReader

from ebidadmin.bootstrap import Desk, open_desk
from ebidadmin.bundled import bundled
from ebidadmin.clock import SettableClock
from ebidadmin.config import load_config
from ebidadmin.demo.pki import (
    SAMPLE_SERIAL,
    SAMPLE_TO,
    MadeUpCa,
    PrivateKey,
    issue_card,
    make_ca,
    make_crl,
    sample_holder,
)
from ebidadmin.documents.pages import card_registration_page, case_record_page
from ebidadmin.domain.card_sessions import CardFlow, CardMode, CardSession, CardStep
from ebidadmin.errors import RuleError
from ebidadmin.presenters.card_sections import printed_page
from ebidadmin.presenters.card_walkthrough import CardWalkthrough
from ebidadmin.presenters.case_pages import case_page
from ebidadmin.services import card_registration, card_walk, follow_up, mail_outbox
from ebidadmin.services.card_checks import CardDesk, Ticket, certificates
from ebidadmin.services.card_ports import CardReader, CardToken
from ebidadmin.smartcard.authorities import load_authorities
from ebidadmin.smartcard.certificates import FactsReader
from ebidadmin.smartcard.checker import Checker, Material
from ebidadmin.smartcard.made_up import CardBox, MadeUpCard, MadeUpKey, make_card
from ebidadmin.smartcard.pkcs11 import Pkcs11CardReader
from ebidadmin.smartcard.simulated import SimulatedCardReader
from ebidadmin.text import card_labels
from tests.builders import NOON, search_form
from tests.cards.builders import ISSUER, MORNING, manual_qualification
from tests.pcsc import cards_in, opensc_module
from tests.presenters.walkthrough_desk import lay_out
from tests.sql_store import SqlStore
from tests.waiting import wait_until

PIN, PUK = b"482915", b"48291537"
FORM = {
    f"{prefix}.{name}": value
    for prefix in ("main_contact", "card_contact")
    for name, value in {
        "name": "(株)テスト商会01",
        "postcode": "123-4567",
        "address": "○○○○市××町△丁目1-1-1",
        "person": "代表 1太郎",
        "phone": "03-0000-0001",
        "fax": "03-0000-0001",
        "email": "acceptor1@example.co.jp",
        "email_again": "acceptor1@example.co.jp",
    }.items()
}


@dataclass
class Counter:
    """The desk, the card in the reader, and the clock that is driven."""

    desk: Desk
    cards: CardDesk
    clock: SettableClock

    @property
    def token(self) -> CardToken:
        return next(state.token for state in self.cards.reader.readers() if state.token is not None)

    def walk(self, mode: CardMode) -> tuple[CardSession, Ticket]:
        """Up to the confirmation."""
        office, staff = self.desk.office, self.desk.staff
        session = card_walk.start(office, staff=staff, flow=CardFlow.REGISTRATION, mode=mode)
        (on_card,) = certificates(office, cards=self.cards, token=self.token)
        session, ticket = card_walk.prove(
            office,
            staff=staff,
            session_id=session.id,
            cards=self.cards,
            token=self.token,
            fingerprint=on_card.fingerprint,
            pin=bytearray(PIN),
        )
        session = card_walk.client_ready(office, staff=staff, session_id=session.id)
        raw = search_form(92, trade_name="(株)テスト商会01")
        session, met = card_walk.search(office, staff=staff, session_id=session.id, raw=raw)
        assert met.match.value == "identical"
        return card_walk.enter(office, staff=staff, session_id=session.id, raw=FORM).session, ticket

    def register(self, session: CardSession, ticket: Ticket) -> CardSession:
        return card_registration.register(
            self.desk.office,
            staff=self.desk.staff,
            session_id=session.id,
            tickets=[ticket],
            desk=self.cards,
            token=self.token,
        )


MakeCounter = Callable[..., Counter]


@pytest.fixture
def counter(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[MakeCounter]:
    """Makes the counter with the manual's card, its holder's home address as told, behind a reader of a kind."""
    with ExitStack() as stack:

        def made(
            kind: str = "simulated",
            home: str | None = None,
            more: Callable[[MadeUpCa], Sequence[MadeUpCard]] = lambda ca: (),
        ) -> Counter:
            clock = SettableClock(MORNING)
            lay_out(tmp_path, register=False)
            SqlStore(load_config(tmp_path).database_url, clock).import_register(
                manual_qualification(), at=MORNING - timedelta(days=1)
            )
            desk = open_desk(tmp_path, clock=clock)
            stack.callback(desk.close)
            ca = make_ca()
            box = CardBox(tmp_path / "cards.json")
            box.put(_card(ca, home), *more(ca))
            checker = stack.enter_context(_checker(tmp_path, ca))
            return Counter(desk, CardDesk(_reader(kind, box, stack, request), checker), clock)

        yield made


def _card(ca: MadeUpCa, home: str | None) -> MadeUpCard:
    holder = replace(sample_holder(bundled("data") / "samples"), home_address=home)
    return _made_card("manual", *issue_card(ca, holder))


def _made_card(name: str, certificate: bytes, key: PrivateKey) -> MadeUpCard:
    stored = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return make_card(name, [MadeUpKey(certificate, stored)], pin=PIN, puk=PUK, reader=f"reader of {name}")


def _new_card(ca: MadeUpCa) -> list[MadeUpCard]:
    """The card that follows the manual's, for two more years."""
    holder = sample_holder(bundled("data") / "samples")
    until = SAMPLE_TO + timedelta(days=730)
    return [_made_card("new", *issue_card(ca, holder, serial=SAMPLE_SERIAL + 1, not_after=until))]


def _checker(folder: Path, ca: MadeUpCa) -> Checker:
    """Trusts the made-up authority, whose list of 20 August 2014 holds for a week."""
    crl = make_crl(ca, this_update=MORNING - timedelta(hours=4), next_update=MORNING + timedelta(days=7))
    material = Material(trusted=(ca.certificate,), lists=(crl,))
    reader = FactsReader(load_authorities(folder / "data" / "reference" / "cas"))
    return Checker(reader, lambda _at: material)


def _reader(kind: str, box: CardBox, stack: ExitStack, request: pytest.FixtureRequest) -> CardReader:
    if kind == "simulated":
        return SimulatedCardReader(box.path)
    readers = request.getfixturevalue("virtual_readers")
    (card,) = stack.enter_context(cards_in(readers, box, "manual"))
    reader = Pkcs11CardReader(opensc_module())
    card.do("insert")
    wait_until(lambda: any(state.token for state in reader.readers()), what="the card shows in its reader")
    stack.callback(
        wait_until,
        lambda: not any(state.token for state in reader.readers()),
        what="the reader is empty again",
    )
    stack.callback(card.do, "pull")
    return reader


@pytest.mark.parametrize("kind", ["simulated", "piv"])
def test_the_manuals_card_is_registered(counter: MakeCounter, kind: str) -> None:
    at = counter(kind)
    session, ticket = at.walk(CardMode.REGISTER)
    office, staff = at.desk.office, at.desk.staff
    seen = card_registration.overview(office, staff=staff, session_id=session.id)
    assert session.card is not None
    certificate = session.card.certificate
    assert (certificate.serial, certificate.issuer) == ("825831477", ISSUER)
    assert (certificate.company_name, certificate.holder_name) == ("テスト用団体", "関西局入札担当官1")
    assert session.card.outcome == "good"
    assert seen.company_match == "different"
    ended = at.register(session, ticket)
    assert (ended.step, ended.enterprise_id) == (CardStep.DONE, "1352100000000001")
    items = follow_up.listed(office, staff=staff)
    assert [item.code.value for item in items] == ["company-differs", "holder-differs", "card-expires-first"]
    mail_outbox.dispatch(office, staff=staff)
    (mail,) = (at.desk.config.mail_folder).glob("*.eml")
    assert "acceptor1@example.co.jp" in mail.read_text(encoding="utf-8")
    printed = _text(card_registration_page(printed_page(seen, ended), printed_at=MORNING))
    for expected in (
        "登録内容確認",
        "1352100000000001",
        "(株)テスト商会01",
        "テスト用団体",
        "関西県",
        "関西局入札担当官1",
        card_labels.NOT_IN_CERTIFICATE,
        "825831477",
        ISSUER,
        "2015/08/19",
        "acceptor1@example.co.jp",
    ):
        assert expected in printed, expected
    assert "null" not in printed
    assert PIN.decode() not in printed
    assert printed.count("acceptor1@example.co.jp") == 2


def test_the_same_card_today_is_refused_and_shown_in_a_rehearsal(counter: MakeCounter) -> None:
    at = counter(home="Kansai Area")
    at.clock.set(NOON)
    with pytest.raises(RuleError) as caught:
        at.walk(CardMode.REGISTER)
    assert (caught.value.code, dict(caught.value.facts)) == (
        "certificate-expired",
        {"not_after": "2015/08/19"},
    )
    session, ticket = at.walk(CardMode.REHEARSAL)
    assert session.card is not None
    assert session.card.outcome == "expired"
    seen = card_registration.overview(at.desk.office, staff=at.desk.staff, session_id=session.id)
    assert [cause.code.value for cause in seen.findings] == [
        "company-differs",
        "holder-differs",
        "card-expired",
        "card-expires-first",
        "register-over",
    ]
    ended = at.register(session, ticket)
    assert [step.facts for step in ended.trail if step.what == "would-refuse"] == [
        {"code": "certificate-expired"}
    ]
    printed = _text(card_registration_page(printed_page(seen, ended), printed_at=NOON))
    assert "Kansai Area" in printed
    assert "再現モードの印刷です" in printed
    record = card_registration.record_case(
        at.desk.office, staff=at.desk.staff, session_id=ended.id, advice="新しいICカードの取得を案内"
    )
    case = _text(case_record_page(case_page(record), printed_at=NOON))
    for expected in ("対応記録", "期限切れ", "テスト用団体", "企業名称の相違", "新しいICカードの取得を案内"):
        assert expected in case, expected
    assert "Kansai Area" not in case
    with at.desk.office.uow() as uow:
        assert uow.cards.all() == ()
        assert uow.mails.list() == ()


def test_old_and_new_card_in_two_readers_are_renewed(counter: MakeCounter) -> None:
    at = counter(more=_new_card)
    office, staff = at.desk.office, at.desk.staff
    registered = at.register(*at.walk(CardMode.REGISTER))
    screens = CardWalkthrough(
        office,
        staff,
        desks=lambda _mode: at.cards,
        printer=lambda page, _moment: b"",
        record_printer=lambda page, _moment: b"",
        mode=CardMode.REGISTER,
    )
    screens.press("renewal")
    assert [one.token.label for one in screens.now.offered] == ["manual", "new"]
    old = next(one for one in screens.now.offered if one.token.label == "manual")
    screens.press(f"choose:{old.on_card.fingerprint}")
    screens.give_pin(bytearray(PIN))
    assert screens.candidate is not None
    assert screens.candidate.token.label == "new"
    screens.give_pin(bytearray(PIN))
    screens.press("process")
    screens.press("register")
    ended = screens.session
    assert ended is not None, screens.notices
    assert (ended.step, ended.enterprise_id) == (CardStep.DONE, registered.enterprise_id)
    with office.uow() as uow:
        new, before = uow.cards.of_supplier(manual_qualification().supplier_number)
    assert (new.replaces, before.replaced_by) == (before.id, new.id)
    assert new.certificate.serial == str(SAMPLE_SERIAL + 1)
    assert [item.code.value for item in follow_up.listed(office, staff=staff)] == [
        "company-differs",
        "holder-differs",
    ]


def test_no_pin_is_left_anywhere_in_the_desk(counter: MakeCounter, tmp_path: Path) -> None:
    at = counter()
    at.register(*at.walk(CardMode.REGISTER))
    at.desk.close()
    found = [path for path in tmp_path.rglob("*") if path.is_file() and PIN in path.read_bytes()]
    assert found == []


def _text(pdf: bytes) -> str:
    return "".join("".join(part.extract_text().split("\n")) for part in PdfReader(io.BytesIO(pdf)).pages)
