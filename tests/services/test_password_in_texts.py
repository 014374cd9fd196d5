"""A text that holds the supplier's password: tried before the unit of work that writes, refused, and on the trail without the word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pytest

from ebidadmin.bundled import bundled
from ebidadmin.credentials.argon2 import OWASP_FIRST, Argon2Hasher
from ebidadmin.domain.events import Event, EventTag
from ebidadmin.domain.mails import MailKind
from ebidadmin.errors import ConcurrentEditError, InputError
from ebidadmin.mailing.composer import TemplateComposer
from ebidadmin.services import application_review, id_changes, id_desk
from ebidadmin.services.ports import Office, PasswordHasher, UnitOfWork
from tests.builders import application_number, supplier_number
from tests.persistence.office import submission
from tests.services.id_helpers import CLERK, PASSWORD, kept, new, raw_contacts, sign_in

HELD = f"パスワード {PASSWORD.decode()} は使えません。"
CLEAN = "書類番号 Abcd1234 をお持ちください。"
WAITING = application_number(1094)


@dataclass
class Open:
    """Counts the units of work that are open."""

    make: Callable[[], UnitOfWork]
    number: int = 0

    @contextmanager
    def __call__(self) -> Iterator[UnitOfWork]:
        self.number += 1
        try:
            with self.make() as unit:
                yield unit
        finally:
            self.number -= 1


@dataclass
class Watching:
    """Hashes for real, and remembers what was tried and how many units of work were open then."""

    opened: Open
    inner: PasswordHasher = field(default_factory=lambda: Argon2Hasher(OWASP_FIRST))
    tried: list[tuple[str, int]] = field(default_factory=list)

    def verify(self, stored: str, password: bytes | bytearray) -> bool:
        self.tried.append((bytes(password).decode(), self.opened.number))
        return self.inner.verify(stored, password)

    def hash(self, password: bytes | bytearray) -> str:
        return self.inner.hash(password)

    def outdated(self, stored: str) -> bool:
        return self.inner.outdated(stored)

    def acceptable(self, stored: str) -> bool:
        return self.inner.acceptable(stored)


@pytest.fixture
def watched(office: Office) -> tuple[Office, Watching]:
    """Supplier 92 has an ID, supplier 94 waits for a decision; both chose the same password. Nothing was previewed."""
    opened = Open(office.uow)
    hasher = Watching(opened)
    composer = TemplateComposer(
        bundled("data") / "reference" / "mails",
        reasons=office.reasons,
        names=office.names,
        office_name="下関市",
        contact="契約課",
        hasher=hasher,
    )
    with office.uow() as uow:
        waiting = submission(94, number=WAITING)
        uow.record(replace(waiting, after=replace(waiting.after, password_hash=hasher.hash(PASSWORD))))
        uow.commit()
    changes: dict[str, Any] = {"uow": opened, "composer": composer}
    return replace(office, **changes), hasher


def acts(office: Office, text: str) -> dict[str, Callable[[], object]]:
    waits: dict[str, Any] = {"office": office, "staff": CLERK, "number": WAITING}
    live: dict[str, Any] = {"office": office, "staff": CLERK, "application": application_number(92)}
    told: dict[str, Any] = {"reasons": ("other",), "note": text}
    return {
        "preview-reject": partial(
            application_review.preview_mail, kind=MailKind.ID_REJECTED, **waits, **told
        ),
        "preview-inquire": partial(
            application_review.preview_mail, kind=MailKind.ID_INQUIRED, **waits, text=text
        ),
        "reject": partial(application_review.reject, version=1, **waits, **told),
        "inquire": partial(application_review.inquire, version=1, **waits, text=text),
        "preview-suspend": partial(id_desk.preview_mails, verb="suspend", reason=text, **live),
        "suspend": partial(id_desk.suspend, version=1, reason=text, **live),
        "cancel": partial(id_desk.cancel, version=1, reason=text, **live),
    }


ACTS = ("preview-reject", "preview-inquire", "reject", "inquire", "preview-suspend", "suspend", "cancel")


def refusals(office: Office) -> list[Event]:
    with office.uow() as uow:
        found = [entry.event for entry in uow.audit.list()]
    return [event for event in found if event.tag is EventTag.REFUSED_QUOTE]


@pytest.mark.parametrize("act", ACTS)
def test_words_are_tried_while_no_unit_of_work_is_open(watched: tuple[Office, Watching], act: str) -> None:
    office, hasher = watched
    acts(office, CLEAN)[act]()
    assert hasher.tried == [("Abcd1234", 0)]
    assert refusals(office) == []


@pytest.mark.parametrize("act", ACTS)
def test_a_text_with_the_password_leaves_a_trace_without_text_and_word(
    watched: tuple[Office, Watching], act: str
) -> None:
    office, _ = watched
    with pytest.raises(InputError, match="mail-quotes-entry"):
        acts(office, HELD)[act]()
    (event,) = refusals(office)
    about = 92 if "suspend" in act or act == "cancel" else 94
    assert (event.by, event.supplier_number) == (CLERK.login, supplier_number(about))
    assert event.facts == {"verb": act.partition("-")[0], "code": "mail-quotes-entry"}
    with office.uow() as uow:
        told = repr(uow.audit.list())
        assert uow.mails.list() == ()
    assert PASSWORD.decode() not in told
    assert "使えません" not in told


def test_a_text_that_quotes_something_else_is_wrong_input_and_leaves_none(
    watched: tuple[Office, Watching],
) -> None:
    office, _ = watched
    quoting = "acceptor92@example.co.jp acceptor94@example.co.jp"
    for act in acts(office, quoting).values():
        with pytest.raises(InputError, match="mail-quotes-entry"):
            act()
    assert refusals(office) == []


@pytest.mark.parametrize("verb", ["suspend", "cancel"])
def test_whoever_saw_another_version_is_told_so_and_nothing_is_tried(
    watched: tuple[Office, Watching], verb: str
) -> None:
    office, hasher = watched
    id_changes.change(
        office,
        staff=CLERK,
        proven=sign_in(office),
        user_id="",
        password_hash=hasher.hash(bytes(new().password)),
        raw=raw_contacts(),
    )
    with pytest.raises(ConcurrentEditError):
        acts(office, CLEAN)[verb]()
    with pytest.raises(ConcurrentEditError):
        acts(office, HELD)[verb]()
    assert hasher.tried == []
    assert kept(office).version == 2


def test_a_second_decider_is_told_who_was_faster_and_nothing_is_tried(
    watched: tuple[Office, Watching],
) -> None:
    office, hasher = watched
    acts(office, "確認のため")["inquire"]()
    for verb in ("reject", "inquire"):
        with pytest.raises(ConcurrentEditError):
            acts(office, HELD)[verb]()
    assert hasher.tried == []
