"""The end of a walk tells what became of its mail, in words, and promises nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ebidadmin.bootstrap import Desk
from ebidadmin.errors import MailError, MailPermanentError, MailServerError, MailTransientError
from tests import builders
from tests.fakes import ScriptedTransport
from tests.presenters import walkthrough_desk
from tests.presenters.walking import to_done, walk


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return walkthrough_desk.lay_out(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Desk]:
    opened = walkthrough_desk.desk(template, tmp_path)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("failures", "tone", "state"),
    [
        ([], "success", "送信済み"),
        ([MailTransientError("smtp-busy")], "warning", "再送待ち(メールサーバーがいまは受け取れない)"),
        ([MailServerError("smtp-timeout")], "warning", "再送待ち(メールサーバーが応答しない)"),
        (
            [MailPermanentError("smtp-recipients-refused")],
            "error",
            "送信断念(メールサーバーが宛先を受け付けない)",
        ),
        ([MailPermanentError("never-heard-of")], "error", "送信断念(理由コード never-heard-of)"),
    ],
)
def test_the_end_of_a_walk_tells_what_became_of_the_mail(
    desk: Desk, failures: list[MailError], tone: str, state: str
) -> None:
    office = replace(desk.office, transport=ScriptedTransport(failures=failures))
    walkthrough = to_done(walk(replace(desk, office=office)))
    told = [(one.tone, one.text) for one in walkthrough.view().notices if "通知メール" in one.text]
    address = builders.form().applicant_contact.email
    assert told == [(tone, f"通知メール「登録完了」({address}):{state}")]


def test_where_another_sends_the_mail_waits_and_nothing_is_handed_over(desk: Desk) -> None:
    transport = ScriptedTransport()
    settings = replace(desk.office.settings, send_at_once=False)
    office = replace(desk.office, transport=transport, settings=settings)
    walkthrough = to_done(walk(replace(desk, office=office)))
    told = [one.text for one in walkthrough.view().notices if "通知メール" in one.text]
    assert told == [f"通知メール「登録完了」({builders.form().applicant_contact.email}):送信待ち"]
    assert transport.delivered == []
