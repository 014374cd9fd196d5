"""``ebidadmin card list``, ``show`` and ``simulate``: what lies in the readers, and made-up cards for training."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from ebidadmin.cli.common import Run, desk_command, notice, word
from ebidadmin.errors import CardError, InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ebidadmin.domain.certificates import CertificateFacts
    from ebidadmin.services.card_ports import CardCertificate, CardReader, CardToken, ReaderState
    from ebidadmin.smartcard.certificates import FactsReader
    from ebidadmin.smartcard.made_up import CardBox, MadeUpCard

FIRST_PORT = 35963
"""Where the virtual reader of Debian's package listens."""


@click.command("list")
@desk_command()
def list_readers(run: Run) -> None:
    """List the readers and the cards in them."""
    states = _reader(run).readers()
    run.out(
        [_reader_view(state) for state in states],
        [_reader_line(state) for state in states] or [notice("no-readers")],
    )


@click.command("show")
@click.option("--token", "label", help="Label or serial of the card, where there are several.")
@desk_command()
def show(run: Run, *, label: str | None) -> None:
    """Show a card and the certificates on it; needs no PIN. Personal addresses are left out."""
    from ebidadmin.smartcard.authorities import load_authorities
    from ebidadmin.smartcard.certificates import FactsReader

    reader = _reader(run)
    token = _chosen(reader.readers(), label)
    facts = FactsReader(load_authorities(run.desk.config.reference / "cas"))
    found = [(one, _facts(facts, one)) for one in reader.read_certificates(token)]
    value = {**_token_view(token), "certificates": [_certificate_view(*one) for one in found]}
    lines = [_token_line(token), *(_certificate_line(*one) for one in found)]
    run.out(value, lines)


@click.command("simulate")
@click.option("--make", is_flag=True, help="Make the desk's made-up cards.")
@click.option("--insert", metavar="NAME", help="Put a made-up card into its simulated reader.")
@click.option("--pull", metavar="NAME", help="Pull a made-up card.")
@click.option("--unblock", metavar="NAME", help="Give a made-up card its first PIN and all its tries back.")
@click.option(
    "--piv",
    metavar="NAME",
    help="Be a PIV card in a virtual reader (vpcd), obeying lines: insert, pull, quit.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where the virtual reader is.")
@click.option("--port", type=click.IntRange(1, 65535), default=FIRST_PORT, show_default=True)
@desk_command(changing=True)
def simulate(run: Run, *, piv: str | None, host: str, port: int, **asked: Any) -> None:
    """Made-up cards for training: make them, put them in, pull them; without options list them."""
    from ebidadmin.smartcard.made_up import CardBox

    box = CardBox(run.desk.config.simulated_cards)
    if piv is not None:
        _be_a_card(run, box, piv, (host, port))
        return
    _arrange(run, box, **asked)
    cards = box.cards()
    run.out(
        [_made_up_view(one) for one in cards],
        [_made_up_line(one) for one in cards] or [notice("no-made-up-cards")],
    )


def _arrange(
    run: Run, box: CardBox, *, make: bool, insert: str | None, pull: str | None, unblock: str | None
) -> None:
    for name in filter(None, (insert, pull, unblock)):
        box.card(name)
    if run.dry_run:
        return
    if make:
        from ebidadmin.training import make_training_cards

        make_training_cards(run.desk.folder, run.desk.config, run.desk.office.clock.now())
    if insert is not None:
        box.insert(insert)
    if pull is not None:
        box.pull(pull)
    if unblock is not None:
        from ebidadmin.training import DeskTrainingBox

        DeskTrainingBox(run.desk.folder, run.desk.config, run.desk.office.clock).unblock(unblock)


def _be_a_card(run: Run, box: CardBox, name: str, place: tuple[str, int]) -> None:
    """Until the lines on standard input end."""
    from ebidadmin.smartcard.piv_card import SimulatedPivCard

    box.card(name)
    if run.dry_run:
        return
    click.echo(notice("piv-card", name=name, host=place[0], port=place[1]), err=True)
    SimulatedPivCard(box, name, place, click.echo).run(sys.stdin.fileno())


def _reader(run: Run) -> CardReader:
    from ebidadmin.bootstrap import card_reader

    return card_reader(run.desk.config)


def _chosen(states: Sequence[ReaderState], label: str | None) -> CardToken:
    """The card that was named, or the only one. Raises ``CardError``."""
    if not states:
        raise CardError("card-reader-missing", step="find")
    there = [state.token for state in states if state.token is not None]
    named = [token for token in there if label is None or label in {token.label, token.serial}]
    if not named:
        if any(state.unreadable for state in states):
            raise CardError("card-unreadable", step="find")
        raise CardError("card-missing", step="find")
    if len(named) > 1:
        raise CardError("card-several", step="find", count=len(named))
    return named[0]


def _facts(reader: FactsReader, one: CardCertificate) -> CertificateFacts | None:
    """What a certificate says; ``None`` where it cannot be read, which is shown and stops nothing."""
    try:
        return reader.read(one.der)
    except InputError:
        return None


def _reader_view(state: ReaderState) -> dict[str, Any]:
    token = None if state.token is None else _token_view(state.token)
    return {"reader": state.name, "unreadable": state.unreadable, "token": token}


def _token_view(token: CardToken) -> dict[str, Any]:
    return {
        "reader": token.reader,
        "slot": token.slot,
        "label": token.label,
        "serial": token.serial,
        "model": token.model,
        "manufacturer": token.manufacturer,
        "pin_pad": token.pin_pad,
        "pin_standing": token.standing.value,
    }


def _reader_line(state: ReaderState) -> str:
    if state.token is not None:
        return _token_line(state.token)
    return f"{state.name}\t{word('card-unreadable' if state.unreadable else 'reader-empty')}"


def _token_line(token: CardToken) -> str:
    pad = f"\t{word('pin-pad')}" if token.pin_pad else ""
    return f"{token.reader}\t{token.label}\t{token.serial}\t{token.model}\tPIN {token.standing.value}{pad}"


def _certificate_view(one: CardCertificate, facts: CertificateFacts | None) -> dict[str, Any]:
    on_card = {"fingerprint": one.fingerprint, "key_id": one.key_id, "label": one.label}
    if facts is None:
        return {**on_card, "readable": False}
    return {
        **on_card,
        "readable": True,
        "serial": facts.serial,
        "issuer": facts.issuer,
        "subject": facts.subject,
        "not_before": facts.not_before.isoformat(),
        "not_after": facts.not_after.isoformat(),
    }


def _certificate_line(one: CardCertificate, facts: CertificateFacts | None) -> str:
    if facts is None:
        return f"  {word('certificate-unreadable')}\t{one.fingerprint}"
    until = word("until", moment=facts.not_after.isoformat())
    return f"  {facts.serial}\t{facts.issuer}\t{until}\t{one.fingerprint}"


def _made_up_view(one: MadeUpCard) -> dict[str, Any]:
    return {
        "name": one.name,
        "reader": one.reader,
        "inserted": one.inserted,
        "serial": one.serial,
        "pin_standing": one.standing.value,
    }


def _made_up_line(one: MadeUpCard) -> str:
    return f"{one.name}\t{one.reader}\t{word('card-in' if one.inserted else 'card-out')}\tPIN {one.standing.value}"


COMMANDS = (list_readers, show, simulate)
"""To be added to the group ``card``."""
