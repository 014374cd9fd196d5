"""``mail notices`` by a scheduler: each day, as often as it likes."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ebidadmin.bootstrap import open_desk
from ebidadmin.cli.foundation import create_desk
from ebidadmin.config import CONFIG_NAME
from ebidadmin.domain import cards
from tests.acceptance.conftest import Ebid
from tests.cards.builders import kept, registered


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A desk with two cards, of which one ends in a month."""
    folder = tmp_path / "desk"
    create_desk(folder, demo=False, progress=lambda step: None)
    with closing(open_desk(folder)) as desk, desk.office.uow() as uow:
        now = desk.office.clock.now()
        for n, days in ((1, 30), (2, 300)):
            one = registered(n, certificate=kept(n, not_after=now + timedelta(days=days)))
            made = cards.register(
                card_id=one.id,
                supplier_number=one.supplier_number,
                enterprise_id=one.enterprise_id,
                certificate=one.certificate,
                der=one.der,
                revocation=one.revocation,
                card_contact=replace(one.card_contact, email=f"card{n}@example.co.jp"),
                register_seen=None,
                by="tanaka",
                at=now,
            )
            uow.record(made)
        uow.commit()
    return folder


def test_each_card_is_told_once(office: Path, ebid: Ebid) -> None:
    dry = ebid("mail", "notices", "--desk", office, "--dry-run", "--json").value
    assert dry == {"told": ["K00000001"], "off": False}
    assert ebid("mail", "list", "--desk", office, "--json").value == []
    for told in (["K00000001"], []):
        assert ebid("mail", "notices", "--desk", office, "--json").value == {"told": told, "off": False}
    (mail,) = ebid("mail", "list", "--desk", office, "--json").value
    assert (mail["kind"], mail["state"], mail["to"]) == ("card-expires", "sent", ["card1@example.co.jp"])


def test_an_office_that_does_not_send_them_is_told_so(office: Path, ebid: Ebid) -> None:
    path = office / CONFIG_NAME
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("card-expires = true", "card-expires = false"), encoding="utf-8")
    done = ebid("mail", "notices", "--desk", office)
    assert (done.code, "mail.kinds.card-expires" in done.out) == (0, True)
    assert ebid("mail", "list", "--desk", office, "--json").value == []
