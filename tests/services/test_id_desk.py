"""ID and password after the approval: with real hashes, on a real database, and never a secret in what is kept."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.credentials.argon2 import OWASP_FIRST, RFC_9106_SECOND, Argon2Hasher
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.ids import UserId
from ebidadmin.domain.registrations import Registration, RegistrationState
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import ConcurrentEditError, InputError, NotPermittedError, RuleError
from ebidadmin.services import id_credentials, id_desk
from ebidadmin.services.ports import Office
from tests.builders import application_number, supplier_number
from tests.services.id_helpers import (
    CLERK,
    OTHER,
    PASSWORD,
    SEEN,
    change,
    issue,
    kept,
    lock,
    new,
    raw_contacts,
    reset,
    sign_in,
    tags,
)


def test_the_right_password_is_right_whatever_the_case_of_the_id(office: Office) -> None:
    assert sign_in(office, user_id=" SHOUKAI0092 ").application == application_number(92)
    assert tags(office) == []


def test_three_wrong_ones_lock_and_the_right_one_is_then_as_wrong(office: Office) -> None:
    lock(office)
    assert kept(office).state is RegistrationState.LOCKED
    assert tags(office)[-1] is EventTag.REGISTRATION_LOCKED
    for password in (PASSWORD, OTHER):
        with pytest.raises(RuleError, match="credentials-wrong"):
            sign_in(office, password)
    assert kept(office).failures == 3


def test_an_unknown_id_looks_the_same_and_counts_for_nobody(office: Office) -> None:
    for user_id in ("daremo0000", "x" * 300):
        with pytest.raises(RuleError, match="credentials-wrong"):
            sign_in(office, user_id=user_id)
        id_credentials.report_failure(office, staff=CLERK, user_id=user_id)
    assert kept(office).failures == 0


def test_what_the_front_end_reports_counts_too(office: Office) -> None:
    for _ in range(4):
        id_credentials.report_failure(office, staff=CLERK, user_id="Shoukai0092")
    assert (kept(office).failures, kept(office).state) == (3, RegistrationState.LOCKED)
    assert kept(office, 93).failures == 0


def test_a_report_of_somebody_without_the_permission_is_on_the_trail(office: Office) -> None:
    with pytest.raises(NotPermittedError):
        id_credentials.report_failure(
            office, staff=Staff("kansa", frozenset({Role.AUDITOR})), user_id="shoukai0092"
        )
    with office.uow() as uow:
        last = uow.audit.last()
    assert last is not None
    assert (last.event.tag, last.event.by) == (EventTag.REFUSED_NOT_PERMITTED, "kansa")


class Meanwhile(Argon2Hasher):
    """Looks at a password only after something else has happened."""

    def __init__(self, happens: Callable[[], object]) -> None:
        super().__init__(OWASP_FIRST)
        self.happens = happens

    def verify(self, stored: str, password: bytes | bytearray) -> bool:
        self.happens()
        return super().verify(stored, password)


def test_guesses_at_the_same_moment_all_count_and_none_gets_in_after_the_lock(office: Office) -> None:
    def guessed_elsewhere() -> None:
        id_credentials.report_failure(office, staff=CLERK, user_id="shoukai0092")

    racing = replace(office, hasher=Meanwhile(guessed_elsewhere))
    with pytest.raises(RuleError, match="credentials-wrong"):
        sign_in(racing, OTHER)
    assert kept(office).failures == 2
    with pytest.raises(RuleError, match="credentials-wrong"):
        sign_in(racing)
    assert (kept(office).failures, kept(office).state) == (3, RegistrationState.LOCKED)


def test_many_reports_at_once_lock_once_and_lose_no_count(office: Office) -> None:
    office = replace(office, settings=replace(office.settings, lock_after=6))
    with ThreadPoolExecutor(8) as pool:
        report = partial(id_credentials.report_failure, office, staff=CLERK, user_id="shoukai0092")
        for done in [pool.submit(report) for _ in range(8)]:
            done.result()
    assert (kept(office).failures, kept(office).state) == (6, RegistrationState.LOCKED)
    assert tags(office) == [EventTag.REGISTRATION_LOGIN_FAILED] * 5 + [EventTag.REGISTRATION_LOCKED]


def test_unlocking_names_who_was_looked_at(office: Office) -> None:
    lock(office)
    id_desk.unlock(
        office,
        staff=CLERK,
        application=application_number(92),
        version=kept(office).version,
        identity=SEEN,
    )
    sign_in(office)
    assert kept(office).failures == 0
    with office.uow() as uow:
        event = uow.audit.list(supplier=supplier_number(92))[-1].event
    assert event.tag is EventTag.REGISTRATION_UNLOCKED
    assert event.facts["identity"] == SEEN.as_map()


def test_a_hash_of_other_parameters_is_renewed_by_the_next_right_password(office: Office) -> None:
    stronger = replace(office, hasher=Argon2Hasher(RFC_9106_SECOND))
    with pytest.raises(RuleError):
        sign_in(stronger, OTHER)
    before = kept(office).password_hash
    assert "m=47104,t=1,p=1" in before
    sign_in(stronger)
    assert "m=65536,t=3,p=4" in kept(office).password_hash
    assert kept(office).failures == 0
    assert sign_in(stronger).version == kept(office).version
    assert sign_in(office).application == application_number(92)


def test_a_code_sets_a_new_id_and_password_and_unlocks(office: Office) -> None:
    lock(office)
    code = issue(office)
    assert len(code) == 16
    typed = b" ".join((bytes(code[:4]).lower(), bytes(code[4:8]) + b"-" + bytes(code[8:])))
    reset(office, typed)
    after = kept(office)
    assert (after.user_id, after.state, after.code) == ("shinki0001", RegistrationState.ACTIVE, None)
    assert sign_in(office, OTHER, "shinki0001").version == after.version
    with pytest.raises(RuleError, match="credentials-wrong"):
        sign_in(office, PASSWORD, "shoukai0092")
    with pytest.raises(RuleError, match="code-wrong"):
        reset(office, code, "shinki0002")


def test_a_wrong_old_or_used_up_code_is_one_sentence(office: Office, clock: SettableClock) -> None:
    with pytest.raises(RuleError, match="code-wrong"):
        reset(office, b"ABCDEFGHJKLMNPQR")
    code = issue(office)
    for _ in range(5):
        with pytest.raises(RuleError, match="code-wrong"):
            reset(office, b"ABCDEFGHJKLMNPQR")
    with pytest.raises(RuleError, match="code-wrong"):
        reset(office, code)
    code = issue(office)
    clock.advance(timedelta(days=15))
    with pytest.raises(RuleError, match="code-wrong"):
        reset(office, code)
    assert sign_in(office).user_id == "shoukai0092"


def test_a_bad_new_password_does_not_touch_the_code(office: Office) -> None:
    code = issue(office)
    with pytest.raises(InputError) as caught:
        id_credentials.reset(
            office,
            staff=CLERK,
            supplier_number=supplier_number(92),
            code=bytearray(code),
            user_id="x",
            new=new(b"short", b"other"),
        )
    assert {problem.where for problem in caught.value.problems} == {"user_id", "password", "password_again"}
    with pytest.raises(InputError):
        reset(office, code, "shoukai0093")
    assert reset(office, code).user_id == "shinki0001"


def test_id_password_and_contacts_are_changed_and_the_old_id_is_free(office: Office) -> None:
    proven = sign_in(office)
    change(office, proven, user_id="kaishi2026", new=new(), raw=raw_contacts(person="下関 花子"))
    after = kept(office)
    assert (after.user_id, after.main_contact.person) == ("kaishi2026", "下関 花子")
    assert sign_in(office, OTHER, "kaishi2026").version == after.version
    with office.uow() as uow:
        assert not uow.applications.user_id_taken(UserId("shoukai0092"))
        assert uow.applications.user_id_taken(UserId("KAISHI2026"))
    other = sign_in(office, PASSWORD, "shoukai0093")
    taken = change(office, other, user_id="shoukai0092", raw=raw_contacts(93))
    assert taken.user_id == "shoukai0092"


def test_a_taken_id_and_all_other_problems_are_told_at_their_fields(office: Office) -> None:
    proven = sign_in(office)
    with pytest.raises(InputError) as caught:
        change(office, proven, user_id="SHOUKAI0093")
    assert [(one.where, one.code) for one in caught.value.problems] == [("user_id", "user-id-taken")]
    with pytest.raises(InputError) as caught:
        change(office, proven, new=new(b"x", b"y"), raw=raw_contacts(phone="1"))
    assert {one.where for one in caught.value.problems} >= {"password", "main_contact.phone"}
    with pytest.raises(RuleError, match="nothing-changed"):
        change(office, proven)


def test_who_changes_what_somebody_else_changed_meanwhile_is_told(office: Office) -> None:
    proven = sign_in(office)
    change(office, proven, raw=raw_contacts(person="先 太郎"))
    with pytest.raises(ConcurrentEditError):
        change(office, proven, raw=raw_contacts(person="後 次郎"))


@pytest.mark.parametrize("verb", [id_desk.suspend, id_desk.resume, id_desk.cancel])
def test_desk_work_needs_the_version_that_was_seen_and_the_role(
    office: Office, verb: Callable[..., Registration]
) -> None:
    number, reason = application_number(92), "指名停止のため"
    given = {"application": number, "reason": reason}
    if verb is id_desk.resume:
        id_desk.suspend(office, staff=CLERK, version=1, application=number, reason=reason)
    version = kept(office).version
    with pytest.raises(NotPermittedError):
        verb(office, staff=Staff("sato", frozenset({Role.AUDITOR})), version=version, **given)
    with pytest.raises(ConcurrentEditError):
        verb(office, staff=CLERK, version=version + 7, **given)
    after = verb(office, staff=CLERK, version=version, **given)
    assert (after.version, after.reason) == (version + 1, "指名停止のため")
    assert EventTag.REFUSED_NOT_PERMITTED in tags(office)
    assert EventTag.REFUSED_CONCURRENT in tags(office)


def test_an_id_that_is_not_in_use_tells_nobody_why(office: Office) -> None:
    id_desk.suspend(
        office, staff=CLERK, application=application_number(92), version=1, reason="指名停止のため"
    )
    with pytest.raises(RuleError, match="credentials-wrong"):
        sign_in(office)
    with pytest.raises(RuleError, match="credentials-wrong"):
        sign_in(office, OTHER)
    id_desk.cancel(office, staff=CLERK, application=application_number(92), version=2, reason="廃業")
    with pytest.raises(RuleError, match="credentials-wrong"):
        sign_in(office)
    with office.uow() as uow:
        assert not uow.applications.user_id_taken(UserId("shoukai0092"))
