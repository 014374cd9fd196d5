"""Card software, the service between it and the readers, the readers, the cards in them, and what they are checked against."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ebidadmin.bootstrap import card_reader
from ebidadmin.clock import Clock, jst_date
from ebidadmin.config import Config, load_config
from ebidadmin.diagnosis.installation import installed
from ebidadmin.domain.certificates import CertificateCheck, CertificateFacts, CheckOutcome, CheckReason
from ebidadmin.domain.diagnosis import (
    REASON_HELPERS,
    Found,
    FoundCode,
    Helper,
    Item,
    Verdict,
    refused,
    unseen,
)
from ebidadmin.errors import CardError, EbidError, FactValue
from ebidadmin.services.card_ports import CardReader, CardToken, PinStanding, ReaderState
from ebidadmin.services.certificate_ports import KeptList
from ebidadmin.smartcard.authorities import Authorities, load_authorities
from ebidadmin.smartcard.certificates import FactsReader
from ebidadmin.smartcard.checker import Checker
from ebidadmin.smartcard.trust import (
    OfficeMaterial,
    material_with_simulated,
    office_material,
    simulated_material,
)

CARD_PACKAGES = ("asn1crypto", "cryptography", "pyhanko-certvalidator")
PCSCD_SOCKET = "/run/pcscd/pcscd.comm"

LIST_REASONS = frozenset({CheckReason.CRL_MISSING, CheckReason.CRL_STALE, CheckReason.CRL_UNUSABLE})
STANDINGS = {
    PinStanding.LAST_TRY: (Verdict.ATTENTION, FoundCode.CARD_LAST_TRY, Helper.AUTHORITY),
    PinStanding.LOW: (Verdict.ATTENTION, FoundCode.CARD_TRIES_LOW, Helper.AUTHORITY),
    PinStanding.UNKNOWN: (Verdict.GOOD, FoundCode.CARD_GOOD, Helper.NOBODY),
}


def look_at_cards(folder: Path, *, clock: Clock) -> Iterator[Found]:
    """Reads what lies in the readers, without a PIN. Personal names and addresses are left out."""
    try:
        config = load_config(folder)
        authorities = load_authorities(config.reference / "cas")
    except EbidError:
        # Told already by those who look at the settings.
        yield from _without(Item.SETTINGS, Item.CARD_SOFTWARE)
        return
    software = _software(config)
    yield software
    if software.verdict is Verdict.FAULT:
        yield from _without(Item.CARD_SOFTWARE, Item.CARD_SERVICE)
    else:
        if config.card_module is not None:
            yield _service()
        with closing(_Desk.of(config, authorities)) as desk:
            yield from _readers(desk, clock.now(), config.registration.notice_days)
    yield from _kept_lists(config, authorities, clock.now())


@dataclass(frozen=True, slots=True)
class _Desk:
    """What cards are read with and checked against."""

    reader: CardReader
    facts: FactsReader
    checker: Checker
    simulated: bool

    @classmethod
    def of(cls, config: Config, authorities: Authorities) -> _Desk:
        facts = FactsReader(authorities)
        simulated = config.card_module is None
        material = material_with_simulated(config.folder) if simulated else office_material(config.folder)
        return cls(card_reader(config), facts, Checker(facts, material), simulated)

    def close(self) -> None:
        self.checker.close()


def _without(missing: Item, first: Item) -> Iterator[Found]:
    order = (
        Item.CARD_SOFTWARE,
        Item.CARD_SERVICE,
        Item.CARD_READERS,
        Item.CARD,
        Item.CERTIFICATE,
        Item.CHAIN,
    )
    yield from (unseen(item, missing) for item in order[order.index(first) :])


def _software(config: Config) -> Found:
    module = config.card_module
    needed = CARD_PACKAGES if module is None else (*CARD_PACKAGES, "PyKCS11")
    missing = tuple(name for name in needed if not installed(name))
    if missing:
        facts = {"missing": ", ".join(missing)}
        return _found(
            Item.CARD_SOFTWARE, Verdict.FAULT, FoundCode.CARD_PACKAGES_MISSING, Helper.ADMINISTRATOR, **facts
        )
    if module is None:
        return _found(Item.CARD_SOFTWARE, Verdict.GOOD, FoundCode.SIMULATED_ONLY)
    if not module.is_file():
        return refused(Item.CARD_SOFTWARE, CardError("card-module-missing", step="load", module=str(module)))
    return _found(Item.CARD_SOFTWARE, Verdict.GOOD, FoundCode.CARD_MODULE_THERE, module=str(module))


def _service() -> Found:
    """pcscd, which real readers need. A card in software needs none, so that its absence alone is no fault."""
    if not hasattr(socket, "AF_UNIX"):
        return _found(Item.CARD_SERVICE, Verdict.GOOD, FoundCode.CARD_SERVICE_OF_SYSTEM)
    address = os.environ.get("PCSCLITE_CSOCK_NAME", PCSCD_SOCKET)
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(address)
    except OSError:
        return _found(
            Item.CARD_SERVICE,
            Verdict.ATTENTION,
            FoundCode.CARD_SERVICE_SILENT,
            Helper.ADMINISTRATOR,
            address=address,
        )
    return _found(Item.CARD_SERVICE, Verdict.GOOD, FoundCode.CARD_SERVICE_ANSWERS, address=address)


def _readers(desk: _Desk, now: datetime, notice_days: int) -> Iterator[Found]:
    try:
        states = desk.reader.readers()
        if not states and not desk.simulated:
            raise CardError("card-reader-missing", step="find")
    except EbidError as error:
        yield refused(Item.CARD_READERS, error)
        yield from _without(Item.CARD_READERS, Item.CARD)
        return
    if not states:
        yield _found(
            Item.CARD_READERS, Verdict.ATTENTION, FoundCode.SIMULATED_CARDS_NONE, Helper.ADMINISTRATOR
        )
        yield from _without(Item.CARD_READERS, Item.CARD)
        return
    names = tuple(state.name for state in states)
    yield _found(Item.CARD_READERS, Verdict.GOOD, FoundCode.CARD_READERS_GOOD, count=len(states), names=names)
    held = [state for state in states if state.token is not None or state.unreadable]
    if not held:
        yield _found(Item.CARD, Verdict.ATTENTION, FoundCode.CARD_NONE)
        yield from _without(Item.CARD, Item.CERTIFICATE)
    for state in held:
        yield from _card(desk, state, now, notice_days)


def _card(desk: _Desk, state: ReaderState, now: datetime, notice_days: int) -> Iterator[Found]:
    if state.token is None:
        yield refused(Item.CARD, CardError("card-unreadable", step="find"), place=state.name)
        yield from _without(Item.CARD, Item.CERTIFICATE)
        return
    yield _standing(state.token)
    try:
        certificates = desk.reader.read_certificates(state.token)
    except EbidError as error:
        yield refused(Item.CERTIFICATE, error, place=state.name)
        yield from _without(Item.CERTIFICATE, Item.CHAIN)
        return
    if not certificates:
        yield _found(
            Item.CERTIFICATE, Verdict.FAULT, FoundCode.CERTIFICATE_NONE, Helper.AUTHORITY, place=state.name
        )
        yield from _without(Item.CERTIFICATE, Item.CHAIN)
    for one in certificates:
        yield from _certificate(desk, one.der, state.name, now, notice_days)


def _standing(token: CardToken) -> Found:
    if token.standing is PinStanding.LOCKED:
        return refused(Item.CARD, CardError("card-pin-locked", step="find"), place=token.reader)
    verdict, code, helper = STANDINGS[token.standing]
    facts = {"label": token.label, "serial": token.serial}
    return _found(Item.CARD, verdict, code, helper, place=token.reader, **facts)


def _certificate(desk: _Desk, der: bytes, place: str, now: datetime, notice_days: int) -> Iterator[Found]:
    try:
        facts = desk.facts.read(der)
    except EbidError as error:
        yield refused(Item.CERTIFICATE, error, place=place)
        yield from _without(Item.CERTIFICATE, Item.CHAIN)
        return
    yield _period(facts, place, now, notice_days)
    try:
        yield _chain(desk.checker.check(der, at=now), place)
    except EbidError as error:
        # The office's own files of authorities cannot be read; checks raise nothing about a certificate.
        yield refused(Item.CHAIN, error, place=place)


def _period(facts: CertificateFacts, place: str, now: datetime, notice_days: int) -> Found:
    told: dict[str, FactValue] = {
        "serial_number": facts.serial,
        "issuer": facts.issuer,
        "company": facts.company_name,
        "last_day": jst_date(facts.not_after).isoformat(),
        "first_day": jst_date(facts.not_before).isoformat(),
    }
    verdict, code = _standing_in_time(facts, now, notice_days)
    helper = Helper.NOBODY if verdict is Verdict.GOOD else Helper.AUTHORITY
    return Found(item=Item.CERTIFICATE, verdict=verdict, code=code, helper=helper, place=place, facts=told)


def _standing_in_time(facts: CertificateFacts, now: datetime, notice_days: int) -> tuple[Verdict, str]:
    period = facts.period(now)
    if period is CheckOutcome.EXPIRED:
        return Verdict.FAULT, FoundCode.CERTIFICATE_EXPIRED
    if period is CheckOutcome.NOT_YET_VALID:
        return Verdict.FAULT, FoundCode.CERTIFICATE_NOT_YET_VALID
    if facts.not_after < now + timedelta(days=notice_days):
        return Verdict.ATTENTION, FoundCode.CERTIFICATE_ENDS_SOON
    return Verdict.GOOD, FoundCode.CERTIFICATE_GOOD


def _chain(check: CertificateCheck, place: str) -> Found:
    """Only a good check is good; one that lacks a list says so without calling the card bad."""
    good = check.outcome is CheckOutcome.GOOD
    lacking = check.reason in LIST_REASONS
    helper = Helper.NOBODY if good else REASON_HELPERS.get(check.reason, Helper.AUTHORITY)
    verdict = Verdict.GOOD if good else Verdict.ATTENTION if lacking else Verdict.FAULT
    facts = {"why": check.reason.value, "outcome": check.outcome.value, "chain": " → ".join(check.chain)}
    return _found(Item.CHAIN, verdict, FoundCode.CHECKED, helper, place=place, **facts)


def _kept_lists(config: Config, authorities: Authorities, now: datetime) -> Iterator[Found]:
    """For each trusted authority the newest list that is kept of it."""
    materials = [office_material(config.folder)]
    if config.card_module is None and (config.folder / "simulated" / "trust").is_dir():
        materials.append(simulated_material(config.folder))
    facts = FactsReader(authorities)
    try:
        known = [(material, _issuers(material, facts)) for material in materials]
    except EbidError as error:
        yield refused(Item.REVOCATION_LISTS, error)
        return
    if not any(issuers for _, issuers in known):
        yield _found(Item.REVOCATION_LISTS, Verdict.ATTENTION, FoundCode.TRUST_NONE, Helper.ADMINISTRATOR)
    for material, issuers in known:
        kept = material.store.all()
        yield from (_list_of(issuer, kept, now) for issuer in issuers)


def _issuers(material: OfficeMaterial, facts: FactsReader) -> tuple[str, ...]:
    return tuple(dict.fromkeys(facts.read(der).subject for der in material.authorities()))


def _list_of(issuer: str, kept: Sequence[KeptList], now: datetime) -> Found:
    own = [one for one in kept if one.issuer == issuer]
    if not own:
        return _found(
            Item.REVOCATION_LISTS, Verdict.ATTENTION, FoundCode.LIST_NONE, Helper.ADMINISTRATOR, place=issuer
        )
    newest = max(own, key=lambda one: one.this_update)
    told: dict[str, FactValue] = {
        "issued": newest.this_update.isoformat(),
        "next_issue": None if newest.next_update is None else newest.next_update.isoformat(),
        "age_hours": int((now - newest.this_update) / timedelta(hours=1)),
        "entries": newest.entries,
    }
    good = newest.in_force(now)
    return Found(
        item=Item.REVOCATION_LISTS,
        verdict=Verdict.GOOD if good else Verdict.ATTENTION,
        code=FoundCode.LIST_GOOD if good else FoundCode.LIST_STALE,
        helper=Helper.NOBODY if good else Helper.ADMINISTRATOR,
        place=issuer,
        facts=told,
    )


def _found(
    item: Item,
    verdict: Verdict,
    code: str,
    helper: Helper = Helper.NOBODY,
    *,
    place: str = "",
    **facts: FactValue,
) -> Found:
    return Found(item=item, verdict=verdict, code=code, helper=helper, place=place, facts=facts)
