"""An ID that cannot be used: whoever signs in learns nothing of whether the password is right, the desk sees what is the matter."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from ebidadmin.credentials.argon2 import RFC_9106_SECOND, Argon2Hasher
from ebidadmin.domain.registrations import RegistrationState
from ebidadmin.services import id_credentials, id_desk
from ebidadmin.services.ports import Office
from tests.builders import application_number
from tests.services.id_helpers import CLERK, OTHER, PASSWORD, issue, kept, lock, outcome, reset, sign_in, tags


class Told(Argon2Hasher):
    """Tells what was computed: each of it takes its time."""

    def __init__(self, profile: str = RFC_9106_SECOND) -> None:
        super().__init__(profile)
        self.computed: list[str] = []

    def hash(self, password: bytes | bytearray) -> str:
        self.computed.append("hash")
        return super().hash(password)

    def verify(self, stored: str, password: bytes | bytearray) -> bool:
        self.computed.append("verify")
        return super().verify(stored, password)


class LockedMeanwhile(Told):
    """Somebody else locks the ID while a password is looked at."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office = office

    def verify(self, stored: str, password: bytes | bytearray) -> bool:
        right = super().verify(stored, password)
        lock(self.office)
        return right


def made(office: Office, state: RegistrationState) -> None:
    if state is RegistrationState.LOCKED:
        lock(office)
    else:
        verb = id_desk.suspend if state is RegistrationState.SUSPENDED else id_desk.cancel
        verb(office, staff=CLERK, application=application_number(92), version=1, reason="指名停止のため")


UNUSABLE = [RegistrationState.LOCKED, RegistrationState.SUSPENDED, RegistrationState.CANCELLED]


@pytest.mark.parametrize("state", UNUSABLE)
def test_right_and_wrong_passwords_are_answered_and_computed_alike(
    office: Office, state: RegistrationState
) -> None:
    made(office, state)
    before, trail = kept(office), tags(office)
    answers = set()
    # The stored hash has other parameters than the hasher: where a password is found right, it would be renewed.
    for password in (PASSWORD, OTHER):
        told = Told()
        answer = outcome(partial(sign_in, replace(office, hasher=told), password))
        answers.add((answer, *told.computed))
    assert len(answers) == 1
    assert {answer for answer, *_ in answers} == {"credentials-wrong"}
    assert len(answers.pop()) == 2
    assert (kept(office), tags(office)) == (before, trail)


def test_whoever_was_right_just_before_the_lock_is_answered_and_computed_alike(office: Office) -> None:
    told = LockedMeanwhile(office)
    assert outcome(lambda: sign_in(replace(office, hasher=told))) == "credentials-wrong"
    assert told.computed == ["verify"]
    assert (kept(office).state, kept(office).failures) == (RegistrationState.LOCKED, 3)


def test_the_desk_sees_the_state_and_the_letter_opens_the_lock(office: Office) -> None:
    lock(office)
    assert kept(office).state is RegistrationState.LOCKED
    assert outcome(lambda: sign_in(office, rehearsal=True)) == "id-locked"
    reset(office, issue(office))
    assert sign_in(office, OTHER, "shinki0001").application == application_number(92)


# What the front end reports


@pytest.mark.parametrize("user_id", ["ｓｈｏｕｋａｉ００９２", "　SHOUKAI0092　"])
def test_a_reported_failure_finds_the_id_as_signing_in_does(office: Office, user_id: str) -> None:
    id_credentials.report_failure(office, staff=CLERK, user_id=user_id)
    assert kept(office).failures == 1
    assert sign_in(office, user_id=user_id).application == application_number(92)


@pytest.mark.parametrize("user_id", ["", "　", "\x00", "shoukai\x000092", "\ud800", "ﬀ" * 200])
def test_what_is_no_user_id_counts_for_nobody(office: Office, user_id: str) -> None:
    id_credentials.report_failure(office, staff=CLERK, user_id=user_id)
    assert outcome(lambda: sign_in(office, user_id=user_id)) in {"credentials-wrong", "id-change"}
    assert kept(office).failures == kept(office, 93).failures == 0
