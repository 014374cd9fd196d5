"""A text that holds the supplier's password is refused, though nobody at the office can know it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from ebidadmin.credentials.argon2 import OWASP_FIRST, Argon2Hasher
from ebidadmin.domain.mails import MailKind
from ebidadmin.domain.quotes import MOST_WORDS_TRIED, password_like
from ebidadmin.errors import InputError
from ebidadmin.mailing.composer import TemplateComposer
from ebidadmin.services.ports import PasswordHasher
from ebidadmin.text import labels
from ebidadmin.text.messages import problem_sentence
from tests.builders import NOON, application
from tests.mailing.test_quoting_mails import REASONS, SHIPPED
from tests.persistence.office import registration
from tests.quoting import OWN
from tests.spellings import RULES

PASSWORD = "Canary7Mado55"
HASHER = Argon2Hasher(OWASP_FIRST)
STORED = HASHER.hash(PASSWORD.encode())


@dataclass
class Counting:
    """Counts what is tried."""

    tried: list[str] = field(default_factory=list)

    def verify(self, stored: str, password: bytes | bytearray) -> bool:
        self.tried.append(password.decode())
        return False

    def hash(self, password: bytes | bytearray) -> str:
        raise AssertionError("nothing is hashed")

    def outdated(self, stored: str) -> bool:
        raise AssertionError("not asked")

    def acceptable(self, stored: str) -> bool:
        raise AssertionError("not asked")


def composer(hasher: PasswordHasher) -> TemplateComposer:
    return TemplateComposer(
        SHIPPED / "mails", reasons=REASONS, names=RULES, office_name=OWN[0], contact=OWN[2], hasher=hasher
    )


def attempts(hasher: PasswordHasher, text: str) -> list[Any]:
    """What each kind with free text makes of it."""
    one = application(92, password_hash=STORED)
    live = registration(one, password_hash=STORED).after
    made, asked = composer(hasher), {"reasons": ("other",), "note": text}
    return [
        lambda: made.compose(MailKind.ID_REJECTED, one, **asked),
        lambda: made.compose(MailKind.ID_INQUIRED, one, text=text),
        lambda: made.compose_id_desk(MailKind.ID_SUSPENDED, live, one, reason=text, at=NOON),
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"パスワードは{PASSWORD}ですか。",
        "".join(chr(ord(sign) + 0xFEE0) for sign in PASSWORD),
        " ".join(PASSWORD),
        f"{PASSWORD[:5]}\n{PASSWORD[5:]}",
        f"{PASSWORD[:5]}\u200b{PASSWORD[5:]} をお使いください",
    ],
    ids=["plain", "wide", "spaced", "broken", "invisible"],
)
def test_the_password_is_refused_naming_its_field_and_not_itself(text: str) -> None:
    for attempt in attempts(HASHER, text):
        with pytest.raises(InputError) as refused:
            attempt()
        (problem,) = refused.value.problems
        assert problem.facts["field"] == "password"
        assert labels.field_name("password") in problem_sentence(problem)
        assert PASSWORD not in repr(refused.value) + str(refused.value) + problem_sentence(problem)


@pytest.mark.parametrize(
    "text", ["canary7mado55", "Canary7Mado5", "Canary7Mado55x", "IDは英数字6文字以上です。"]
)
def test_what_is_not_the_password_passes(text: str) -> None:
    for attempt in attempts(HASHER, text):
        assert attempt()


def test_only_words_that_could_be_one_are_tried_and_never_many() -> None:
    counting = Counting()
    attempts(counting, "受付番号 A000092 の shoukai001 と 12345678 と abcdefgh")[1]()
    assert counting.tried == ["shoukai001"]
    many = " ".join(f"kotoba{n:04d}" for n in range(100))
    assert password_like(many) == tuple(f"kotoba{n:04d}" for n in range(MOST_WORDS_TRIED))


def test_an_application_without_a_hash_is_asked_for_nothing() -> None:
    counting = Counting()
    composer(counting).compose(MailKind.ID_INQUIRED, application(92, password_hash=None), text="kotoba0001")
    assert counting.tried == []


def test_what_the_preview_tried_is_not_tried_again_by_the_decision() -> None:
    counting = Counting()
    made, one = composer(counting), application(92, password_hash=STORED)
    text = "書類番号はAbcd1234です。"
    for _ in range(2):
        made.compose(MailKind.ID_INQUIRED, one, text=text)
    assert counting.tried == ["Abcd1234"]
    # What is not one supplier's password says nothing of another's.
    made.compose(MailKind.ID_INQUIRED, application(93, password_hash=HASHER.hash(b"other")), text=text)
    assert counting.tried == ["Abcd1234"] * 2
