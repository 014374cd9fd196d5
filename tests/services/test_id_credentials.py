"""Signing in, the one-time code and changes: at the same moment as others, and what is entered."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from ebidadmin.credentials.argon2 import OWASP_FIRST, RFC_9106_SECOND, Argon2Hasher
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.id_desk_work import CODE_TRIES
from ebidadmin.domain.ids import UserId
from ebidadmin.errors import (
    ConcurrentEditError,
    InputError,
    RuleError,
)
from ebidadmin.services import id_changes, id_desk
from ebidadmin.services.id_credentials import ProvenId
from ebidadmin.services.ports import Office
from tests.builders import application_number
from tests.services.id_helpers import (
    CLERK,
    OTHER,
    WRONG_CODE,
    change,
    issue,
    kept,
    lock,
    new,
    outcome,
    raw_contacts,
    reset,
    sign_in,
    tags,
)

TRIES = 10
WAIT = 60
"""Seconds; a try that never comes fails the test instead of stopping it."""


class Once(Argon2Hasher):
    """Looks at a password only after something else has happened, once."""

    def __init__(self, happens: Callable[[], object], profile: str = OWASP_FIRST) -> None:
        super().__init__(profile)
        self.happens: Callable[[], object] | None = happens

    def verify(self, stored: str, password: bytes | bytearray) -> bool:
        happens, self.happens = self.happens, None
        if happens is not None:
            happens()
        return super().verify(stored, password)


class Together(Argon2Hasher):
    """Goes on only when as many as were told have looked at what was entered."""

    def __init__(self, number: int) -> None:
        super().__init__(OWASP_FIRST)
        self.barrier = Barrier(number)

    def verify(self, stored: str, password: bytes | bytearray) -> bool:
        right = super().verify(stored, password)
        self.barrier.wait(WAIT)
        return right


def at_once(acts: list[Callable[[], object]]) -> list[str]:
    with ThreadPoolExecutor(len(acts)) as pool:
        return [one.result() for one in [pool.submit(outcome, act) for act in acts]]


# At the same moment


@pytest.mark.parametrize("profile", [OWASP_FIRST, RFC_9106_SECOND])
def test_a_password_that_was_changed_meanwhile_is_wrong_and_comes_back_by_no_renewal(
    office: Office, profile: str
) -> None:
    racing = replace(office, hasher=Once(lambda: change(office, sign_in(office), new=new()), profile))
    with pytest.raises(RuleError, match="credentials-wrong"):
        sign_in(racing)
    assert kept(office).failures == 1
    assert sign_in(office, OTHER).user_id == "shoukai0092"


def test_an_id_that_was_changed_meanwhile_is_wrong(office: Office) -> None:
    racing = replace(office, hasher=Once(lambda: change(office, sign_in(office), user_id="kaishi2026")))
    with pytest.raises(RuleError, match="credentials-wrong"):
        sign_in(racing)
    assert sign_in(office, user_id="kaishi2026").user_id == "kaishi2026"


def test_an_id_that_was_cancelled_meanwhile_is_wrong(office: Office) -> None:
    def cancelled() -> None:
        id_desk.cancel(office, staff=CLERK, application=application_number(92), version=1, reason="廃業")

    with pytest.raises(RuleError, match="credentials-wrong"):
        sign_in(replace(office, hasher=Once(cancelled)))


def test_the_right_password_is_let_in_twice_while_its_hash_is_renewed(office: Office) -> None:
    stronger = replace(office, hasher=Argon2Hasher(RFC_9106_SECOND))
    racing = replace(office, hasher=Once(lambda: sign_in(stronger), RFC_9106_SECOND))
    assert sign_in(racing).version == kept(office).version
    assert "m=65536,t=3,p=4" in kept(office).password_hash


def test_wrong_codes_at_the_same_moment_all_count_until_the_code_is_void(office: Office) -> None:
    code = issue(office)
    racing = replace(office, hasher=Together(TRIES))
    assert at_once([lambda: reset(racing, WRONG_CODE)] * TRIES) == ["code-wrong"] * TRIES
    assert kept(office).code is None
    assert tags(office).count(EventTag.REGISTRATION_CODE_FAILED) == CODE_TRIES
    with pytest.raises(RuleError, match="code-wrong"):
        reset(office, code)


def test_a_right_code_among_wrong_ones_has_one_outcome(office: Office) -> None:
    code = issue(office)
    racing = replace(office, hasher=Together(TRIES))
    acts: list[Callable[[], object]] = [lambda: reset(racing, WRONG_CODE)] * (TRIES - 1)
    right, *wrong = at_once([lambda: reset(racing, code), *acts])
    assert wrong == ["code-wrong"] * (TRIES - 1)
    after = kept(office)
    assert after.code is None
    failed = tags(office).count(EventTag.REGISTRATION_CODE_FAILED)
    if right == "done":
        assert (after.user_id, failed < CODE_TRIES) == ("shinki0001", True)
    else:
        assert (right, after.user_id, failed) == ("code-wrong", "shoukai0092", CODE_TRIES)


@pytest.mark.parametrize("before", [0, CODE_TRIES - 2, CODE_TRIES - 1])
def test_a_wrong_code_between_the_look_at_a_right_one_and_its_use(office: Office, before: int) -> None:
    code = issue(office)
    for _ in range(before):
        assert outcome(lambda: reset(office, WRONG_CODE)) == "code-wrong"
    racing = replace(office, hasher=Once(lambda: outcome(lambda: reset(office, WRONG_CODE))))
    void = before == CODE_TRIES - 1
    assert outcome(lambda: reset(racing, code)) == ("code-wrong" if void else "done")
    assert kept(office).user_id == ("shoukai0092" if void else "shinki0001")
    assert kept(office).code is None


def test_a_right_code_counts_once(office: Office) -> None:
    code = issue(office)
    racing = replace(office, hasher=Together(2))
    outcomes = at_once([lambda: reset(racing, code, "shinki0001"), lambda: reset(racing, code, "shinki0002")])
    assert sorted(outcomes) == ["code-wrong", "done"]
    assert kept(office).user_id == ("shinki0001", "shinki0002")[outcomes.index("done")]


def test_a_try_that_another_letter_overtook_is_looked_at_again(office: Office) -> None:
    first = issue(office)
    racing = replace(office, hasher=Once(lambda: issue(office)))
    assert outcome(lambda: reset(racing, first)) == "code-wrong"
    code = kept(office).code
    assert code is not None
    assert code.failures == 1


def test_an_id_that_was_locked_or_changed_meanwhile_is_not_changed(office: Office) -> None:
    proven = sign_in(office)
    change(office, proven, raw=raw_contacts(person="先 太郎"))
    with pytest.raises(ConcurrentEditError):
        change(office, proven, raw=raw_contacts(person="後 次郎"))
    checked = id_changes.check_change(
        office,
        staff=CLERK,
        proven=(again := sign_in(office)),
        user_id="kaishi2026",
        new=new(),
        raw=raw_contacts(),
    )
    lock(office)
    with pytest.raises(RuleError, match="id-locked"):
        id_changes.change(
            office,
            staff=CLERK,
            proven=again,
            user_id="kaishi2026",
            password_hash=checked.password_hash,
            raw=raw_contacts(),
        )
    assert (kept(office).user_id, kept(office).main_contact.person) == ("shoukai0092", "先 太郎")
    assert tags(office)[-1] is EventTag.REFUSED_BY_RULE


def test_two_who_want_the_same_new_id_at_the_same_moment_get_it_once(office: Office) -> None:
    first, second = sign_in(office), sign_in(office, user_id="shoukai0093")
    barrier = Barrier(2)

    def wanted(proven: ProvenId, n: int) -> None:
        barrier.wait(WAIT)
        id_changes.change(
            office, staff=CLERK, proven=proven, user_id="kaishi2026", password_hash=None, raw=raw_contacts(n)
        )

    outcomes = at_once([lambda: wanted(first, 92), lambda: wanted(second, 93)])
    assert outcomes.count("done") == 1
    assert set(outcomes) <= {"done", "id-change", "user-id-taken"}
    assert [kept(office, n).user_id for n in (92, 93)].count(UserId("kaishi2026")) == 1


# What is entered


def test_nothing_entered_is_told_at_the_fields_and_counts_for_nobody(office: Office) -> None:
    with pytest.raises(InputError) as caught:
        sign_in(office, b"", "　")
    assert [(one.where, one.code) for one in caught.value.problems] == [
        ("user_id", "required"),
        ("password", "required"),
    ]
    with pytest.raises(InputError):
        sign_in(office, b"")
    code = issue(office)
    with pytest.raises(InputError) as caught:
        reset(office, b" - ")
    assert [(one.where, one.code) for one in caught.value.problems] == [("code", "required")]
    assert reset(office, code).user_id == "shinki0001"
    assert EventTag.REGISTRATION_LOGIN_FAILED not in tags(office)


def test_full_width_letters_of_an_id_are_taken_as_they_are_meant(office: Office) -> None:
    assert sign_in(office, user_id="ｓｈｏｕｋａｉ００９２").user_id == "shoukai0092"


def test_an_empty_new_id_and_password_stay(office: Office) -> None:
    before = kept(office)
    change(office, sign_in(office), user_id="　", raw=raw_contacts(person="下関 花子"))
    after = kept(office)
    assert (after.user_id, after.password_hash) == (before.user_id, before.password_hash)
    assert after.applicant_contact.person == "下関 花子"


def test_a_check_says_what_will_change_and_keeps_nothing(office: Office) -> None:
    proven = sign_in(office)
    checked = id_changes.check_change(
        office,
        staff=CLERK,
        proven=proven,
        user_id="ｋａｉｓｈｉ2026",
        new=new(),
        raw=raw_contacts(phone="０８３－２３１－９９９９"),
    )
    assert checked.changed == ("main_contact.phone", "applicant_contact.phone", "user_id", "password")
    assert checked.values["user_id"] == "kaishi2026"
    assert set(checked.folded) == {"user_id", "main_contact.phone", "applicant_contact.phone"}
    assert kept(office).version == proven.version
    assert "Atarashii" not in repr(checked)
    assert "argon2" not in repr(checked)


def test_a_new_id_that_is_the_password_is_refused(office: Office) -> None:
    change(office, sign_in(office), new=new(b"kaishi2026"))
    with pytest.raises(InputError) as caught:
        change(office, sign_in(office, b"kaishi2026"), user_id="kaishi2026")
    assert [(one.where, one.code) for one in caught.value.problems] == [("user_id", "same-as-password")]
