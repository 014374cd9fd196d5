"""The state of a mail on screens, with its reason where it has not left."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from ebidadmin.domain.mails import MailState
from ebidadmin.mailing.smtp import FAILURES
from ebidadmin.text.mail_sentences import REASONS, state
from tests.contracts.test_mail_transports import mail
from tests.text.codes import raised

JAPANESE = re.compile("[ぁ-ヿ一-鿿]")


@pytest.mark.parametrize(
    ("kept", "attempts", "error", "words"),
    [
        (MailState.WAITING, 0, "", "送信待ち"),
        (MailState.WAITING, 2, "smtp-timeout", "再送待ち(メールサーバーが応答しない)"),
        # A person has it tried again: what failed before is settled.
        (MailState.WAITING, 0, "smtp-recipients-refused", "送信待ち"),
        (MailState.GAVE_UP, 8, "mail-folder", "送信断念(送信フォルダーに書けない)"),
        (MailState.SENT, 3, "smtp-busy", "送信済み"),
        (MailState.GAVE_UP, 1, "of-another-version", "送信断念(理由コード of-another-version)"),
    ],
)
def test_each_state_in_words(kept: MailState, attempts: int, error: str, words: str) -> None:
    assert state(replace(mail(), state=kept, attempts=attempts, last_error=error)) == words


def test_whatever_can_be_kept_of_a_mail_has_its_reason() -> None:
    of_transports = {
        place.code
        for place in raised()
        if place.kind == "error" and place.code and "/mailing/" in place.where
    }
    kept = {code for code in of_transports if code.startswith("mail-") and code in REASONS} | set(FAILURES)
    assert kept == set(REASONS)
    assert all(JAPANESE.search(words) for words in REASONS.values())
