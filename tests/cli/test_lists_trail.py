"""The trail of lists of revoked certificates: each that was taken in, each that was not, nothing of one that is kept already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from ebidadmin.bootstrap import Desk, open_desk
from ebidadmin.cli.foundation import create_desk
from ebidadmin.clock import SettableClock
from ebidadmin.demo.pki import make_ca, make_crl
from ebidadmin.domain.events import Event, EventTag
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import InputError, NotPermittedError, StorageError
from ebidadmin.persistence import ledger
from ebidadmin.services.certificate_ports import Taken
from ebidadmin.services.revocation_lists import take_in
from ebidadmin.smartcard.trust import OfficeMaterial, office_material
from tests.smartcard.pki import AT, authority, good_list, key

SOURCE = "http://crl.example.jp/list.crl"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "desk"
    create_desk(folder, demo=False, progress=lambda step: None)
    (folder / "data" / "reference" / "trust" / "authority.der").write_bytes(authority().certificate)
    with closing(open_desk(folder, clock=SettableClock(AT))) as opened:
        yield opened


def take(desk: Desk, file: bytes, *, staff: Staff | None = None, keep: bool = True) -> Taken:
    return take_in(
        desk.office, staff=staff or desk.staff, keeper=keeper(desk), file=file, source=SOURCE, keep=keep
    )


def keeper(desk: Desk) -> OfficeMaterial:
    return office_material(desk.folder)


def trail(desk: Desk) -> list[Event]:
    with desk.office.uow() as uow:
        found = [entry.event for entry in uow.audit.list()]
    return [event for event in found if event.subject.id == "revocation-lists"]


def test_a_list_that_is_taken_in_stands_in_the_trail_with_its_source(desk: Desk) -> None:
    assert take(desk, good_list()).new
    (event,) = trail(desk)
    assert (event.tag, event.by) == (EventTag.REVOCATION_LIST_TAKEN, desk.staff.login)
    assert event.facts["source"] == SOURCE
    assert event.facts["issuer"] == keeper(desk).store.all()[0].issuer
    assert not take(desk, good_list()).new
    assert len(trail(desk)) == 1


def test_looking_whether_it_can_be_taken_in_changes_nothing(desk: Desk) -> None:
    assert take(desk, good_list(), keep=False).new
    assert (trail(desk), keeper(desk).store.files()) == ([], ())


def test_a_forged_list_stands_in_the_trail_as_refused(desk: Desk) -> None:
    forged = make_crl(make_ca(key=key(4)), this_update=AT, next_update=AT + timedelta(days=7))
    with pytest.raises(InputError, match="crl-signer-unknown"):
        take(desk, forged, keep=False)
    assert trail(desk) == []
    with pytest.raises(InputError, match="crl-signer-unknown"):
        take(desk, forged)
    (event,) = trail(desk)
    assert event.tag is EventTag.REVOCATION_LIST_REFUSED
    assert event.facts == {"source": SOURCE, "code": "crl-signer-unknown"}
    assert keeper(desk).store.files() == ()


def test_without_a_trail_there_is_no_list(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise StorageError("disk-full")

    monkeypatch.setattr(ledger, "append_events", broken)
    with pytest.raises(StorageError):
        take(desk, good_list())
    assert keeper(desk).store.files() == ()


def test_whoever_neither_reviews_nor_imports_takes_nothing_in(desk: Desk) -> None:
    auditor = Staff("yamada", frozenset({Role.AUDITOR}))
    with pytest.raises(NotPermittedError):
        take(desk, good_list(), staff=auditor)
    assert [event.tag for event in trail(desk)] == [EventTag.REFUSED_NOT_PERMITTED]
    assert take(desk, good_list(), staff=Staff("sato", frozenset({Role.IMPORTER}))).new
