"""Who may do what with an ID and when, and the rehearsal of it, which leaves no trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.credentials.argon2 import OWASP_FIRST, Argon2Hasher
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.id_desk_work import CODE_TRIES
from ebidadmin.domain.registrations import Registration, RegistrationState
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import (
    DoorClosedError,
    NotPermittedError,
)
from ebidadmin.services import id_changes, id_credentials, id_desk
from ebidadmin.services.id_credentials import NewPassword, ProvenId
from ebidadmin.services.ports import Office
from ebidadmin.services.rehearsal_masks import MASK
from tests.builders import AUDITOR, HELPER, application_number, supplier_number
from tests.canary import holds
from tests.services.id_helpers import (
    CLERK,
    OTHER,
    PASSWORD,
    WRONG_CODE,
    change,
    issue,
    kept,
    lock,
    new,
    outcome,
    reset,
    sign_in,
    tags,
)

EVENING = timedelta(hours=9)
"""After ``NOON``: past the hours of the door."""


# Who, and when


def acts(office: Office, staff: Staff, *, rehearsal: bool) -> dict[str, Callable[[], object]]:
    """Everything that a supplier does with its ID, by somebody."""
    proven = sign_in(office)
    code = issue(office)
    proven = replace(proven, version=kept(office).version)
    return {
        "sign-in": lambda: sign_in(office, staff=staff, rehearsal=rehearsal),
        "change": lambda: change(office, proven, staff=staff, user_id="kaishi2026", rehearsal=rehearsal),
        "reset": lambda: reset(office, code, staff=staff, rehearsal=rehearsal),
    }


@pytest.mark.parametrize("act", ["sign-in", "change", "reset"])
def test_outside_the_hours_only_a_rehearsal_goes_on(office: Office, clock: SettableClock, act: str) -> None:
    real, shown = (acts(office, CLERK, rehearsal=rehearsal)[act] for rehearsal in (False, True))
    clock.advance(EVENING)
    before = kept(office)
    with pytest.raises(DoorClosedError) as caught:
        real()
    assert caught.value.facts["next_opening"] == "2026-10-08T08:30:00+09:00"
    assert tags(office)[-1] is not EventTag.REGISTRATION_CHANGED
    shown()
    assert kept(office) == before


@pytest.mark.parametrize("act", ["sign-in", "change", "reset"])
def test_the_help_desk_shows_it_and_does_not_do_it(office: Office, act: str) -> None:
    real, shown = (acts(office, HELPER, rehearsal=rehearsal)[act] for rehearsal in (False, True))
    before = kept(office)
    with pytest.raises(NotPermittedError):
        real()
    shown()
    assert kept(office) == before
    for rehearsal in (False, True):
        with pytest.raises(NotPermittedError):
            acts(office, AUDITOR, rehearsal=rehearsal)[act]()


def test_whoever_may_not_is_in_the_trail(office: Office) -> None:
    with pytest.raises(NotPermittedError):
        sign_in(office, staff=HELPER)
    with office.uow() as uow:
        event = uow.audit.list()[-1].event
    assert event.tag is EventTag.REFUSED_NOT_PERMITTED
    assert event.facts["verb"] == "sign-in"


# A rehearsal


def everything(office: Office) -> tuple[Registration, int]:
    with office.uow() as uow:
        return uow.registrations.get(application_number(92)), len(uow.audit.list(limit=1000))


def test_a_rehearsal_leaves_no_trace_whatever_is_entered(office: Office) -> None:
    issue(office)
    before = everything(office)
    for password in (PASSWORD, OTHER, b"", b"x"):
        assert sign_in(office, password, staff=HELPER, rehearsal=True).user_id == "shoukai0092"
    for _ in range(CODE_TRIES + 1):
        reset(office, WRONG_CODE, staff=HELPER, rehearsal=True)
    assert outcome(lambda: sign_in(office, user_id="daremo0000", rehearsal=True)) == "credentials-wrong"
    assert outcome(lambda: reset(office, WRONG_CODE, "shoukai0093", rehearsal=True)) == "id-change"
    proven = sign_in(office, staff=HELPER, rehearsal=True)
    masked = {**proven.contacts, **{f"{one}.email_again": MASK for one in id_credentials.CONTACTS}}
    change(office, proven, staff=HELPER, user_id="kaishi2026", new=new(), raw=masked, rehearsal=True)
    assert outcome(lambda: change(office, proven, raw=masked, rehearsal=True)) == "nothing-changed"
    assert everything(office) == before


def test_a_rehearsal_asks_no_hasher_about_a_password_or_a_code(office: Office) -> None:
    class Silent(Argon2Hasher):
        def verify(self, stored: str, password: bytes | bytearray) -> bool:
            raise AssertionError("a rehearsal looked at a password")

    issue(office)
    silent = replace(office, hasher=Silent(OWASP_FIRST))
    proven = sign_in(silent, staff=HELPER, rehearsal=True)
    change(silent, proven, staff=HELPER, user_id="kaishi2026", rehearsal=True)
    reset(silent, WRONG_CODE, staff=HELPER, rehearsal=True)


def test_a_rehearsal_checks_the_values_behind_its_masks_and_shows_none(office: Office) -> None:
    proven = sign_in(office, staff=HELPER, rehearsal=True)
    assert set(proven.contacts.values()) == {MASK}
    raw = {**proven.contacts, **{f"{one}.email_again": MASK for one in id_credentials.CONTACTS}}
    raw["main_contact.person"] = "下関　花子"
    raw["main_contact.phone"] = "０８３－２３１－９９９９"
    checked = id_changes.check_change(
        office,
        staff=HELPER,
        proven=proven,
        user_id="",
        new=NewPassword(bytearray(), bytearray()),
        raw=raw,
        rehearsal=True,
    )
    assert checked.changed == ("main_contact.person", "main_contact.phone")
    assert checked.values["main_contact.email"] == MASK
    assert checked.values["main_contact.phone"] == "083-231-9999"
    assert set(checked.folded) == {"main_contact.phone"}
    after = change(office, proven, staff=HELPER, raw=raw, rehearsal=True)
    for secret in ("南部町", "acceptor92@example.co.jp"):
        assert holds((proven, checked, after), secret) == []


@pytest.mark.parametrize(
    ("made", "expected"),
    [("locked", "id-locked"), ("suspended", "id-suspended"), ("cancelled", "credentials-wrong")],
)
def test_a_rehearsal_says_of_an_id_that_cannot_be_used_why(office: Office, made: str, expected: str) -> None:
    if made == "locked":
        lock(office)
    else:
        verb = id_desk.suspend if made == "suspended" else id_desk.cancel
        verb(office, staff=CLERK, application=application_number(92), version=1, reason="指名停止のため")
    assert outcome(lambda: sign_in(office, staff=HELPER, rehearsal=True)) == expected
    assert kept(office).state is RegistrationState(made)


def test_a_rehearsal_without_a_code_says_so(office: Office) -> None:
    assert outcome(lambda: reset(office, WRONG_CODE, rehearsal=True)) == "code-none"


def test_what_is_proved_holds_no_hash(office: Office) -> None:
    proven: ProvenId = sign_in(office)
    assert holds(proven, "argon2id") == []
    assert proven.supplier_number == supplier_number(92)
