"""Files of the administrator: the trail and the file change together or not at all, and nobody writes over what he has not seen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.errors import ConfigurationError, NotPermittedError, RuleError, StalePlanError, StorageError
from ebidadmin.services import office_files
from ebidadmin.services.office_files import FileState, digest_of
from ebidadmin.services.ports import Office
from tests.builders import ADMINISTRATOR, TANAKA

NAME = "mails/id-approved"
OLD, NEW = b"old", b"new"


@dataclass
class Shelf:
    """Files in memory. ``refuses`` is a draft that the check refuses."""

    kept: dict[str, bytes] = field(default_factory=lambda: {NAME: OLD, "settings": b"s"})
    refuses: bytes = b"bad"

    def names(self) -> tuple[str, ...]:
        return tuple(self.kept)

    def read(self, name: str) -> bytes:
        return self.kept[name]

    def check(self, name: str, draft: bytes, *, shown: str) -> None:
        if draft == self.refuses:
            raise ConfigurationError("data-file-not-toml", file=shown, reason="x")

    def replace(self, name: str, draft: bytes) -> Callable[[], None]:
        before, self.kept[name] = self.kept[name], draft

        def put_back() -> None:
            self.kept[name] = before

        return put_back


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def change(office: Office, shelf: Shelf, draft: bytes = NEW, *, seen: bytes = OLD, **given: Any) -> FileState:
    return office_files.change(
        office,
        **{
            "staff": ADMINISTRATOR,
            "files": shelf,
            "name": NAME,
            "draft": draft,
            "seen": digest_of(seen),
            "shown": "draft.toml",
            **given,
        },
    )


def changes(office: Office) -> list[Event]:
    with office.uow() as uow:
        found = [entry.event for entry in uow.audit.list(subject=Subject(SubjectKind.OFFICE_FILE, NAME))]
    return [event for event in found if event.tag is EventTag.OFFICE_FILE_CHANGED]


def state(office: Office, shelf: Shelf) -> FileState:
    return next(
        one for one in office_files.states(office, staff=ADMINISTRATOR, files=shelf) if one.name == NAME
    )


def test_a_change_stands_on_the_trail_with_both_digests(office: Office, shelf: Shelf) -> None:
    assert state(office, shelf) == FileState(name=NAME, digest=digest_of(OLD))
    made = change(office, shelf)
    assert shelf.kept[NAME] == NEW
    (event,) = changes(office)
    assert (event.by, event.before, event.after) == (
        "kanri",
        {"digest": digest_of(OLD)},
        {"digest": digest_of(NEW)},
    )
    assert made == state(office, shelf)
    assert (made.recorded, made.changed_by, made.by_hand) == (digest_of(NEW), "kanri", False)


def test_only_the_administrator_changes_and_the_refusal_is_told(office: Office, shelf: Shelf) -> None:
    with pytest.raises(NotPermittedError):
        change(office, shelf, staff=TANAKA)
    assert (shelf.kept[NAME], changes(office)) == (OLD, [])
    with office.uow() as uow:
        last = uow.audit.last_of(Subject(SubjectKind.OFFICE_FILE, NAME))
    assert last is not None
    assert last.event.tag is EventTag.REFUSED_NOT_PERMITTED


def test_a_draft_that_is_wrong_is_refused_by_its_own_name(office: Office, shelf: Shelf) -> None:
    with pytest.raises(ConfigurationError) as refused:
        change(office, shelf, shelf.refuses)
    assert refused.value.facts["file"] == "draft.toml"
    assert (shelf.kept[NAME], changes(office)) == (OLD, [])


def test_who_saw_another_content_changes_nothing(office: Office, shelf: Shelf) -> None:
    change(office, shelf)
    with pytest.raises(StalePlanError, match="office-file-changed"):
        change(office, shelf, b"newer", seen=OLD)
    assert (shelf.kept[NAME], len(changes(office))) == (NEW, 1)


def test_the_same_content_is_taken_once_so_that_the_trail_knows_it(office: Office, shelf: Shelf) -> None:
    assert change(office, shelf, OLD).recorded == digest_of(OLD)
    with pytest.raises(RuleError, match="office-file-same"):
        change(office, shelf, OLD)
    assert len(changes(office)) == 1


def test_a_change_by_hand_is_noticed_and_can_be_taken_over(office: Office, shelf: Shelf) -> None:
    change(office, shelf)
    shelf.kept[NAME] = b"by hand"
    assert state(office, shelf).by_hand
    change(office, shelf, b"by hand", seen=b"by hand")
    assert not state(office, shelf).by_hand


def test_a_commit_that_fails_puts_the_file_back(office: Office, shelf: Shelf) -> None:
    def failing() -> Any:
        unit = office.uow()

        def commit() -> None:
            assert shelf.kept[NAME] == NEW
            raise StorageError("database-locked")

        unit.commit = commit  # type: ignore[method-assign]  # what a full disk does
        return unit

    with pytest.raises(StorageError):
        change(replace(office, uow=failing), shelf)
    assert (shelf.kept[NAME], changes(office)) == (OLD, [])


def test_a_place_that_cannot_be_written_leaves_no_event(office: Office, shelf: Shelf) -> None:
    def refuse(name: str, draft: bytes) -> Callable[[], None]:
        raise PermissionError

    shelf.replace = refuse  # type: ignore[method-assign]  # a read-only folder
    with pytest.raises(PermissionError):
        change(office, shelf)
    assert changes(office) == []


def test_of_two_at_once_one_changes_and_the_other_is_told(office: Office, shelf: Shelf) -> None:
    """Both have seen the same content and have had their drafts checked before either writes."""
    ready = threading.Barrier(2)
    outcomes: list[str] = []

    class Together(Shelf):
        def check(self, name: str, draft: bytes, *, shown: str) -> None:
            ready.wait(60)

    both = Together(shelf.kept)

    def run(draft: bytes) -> None:
        try:
            change(office, both, draft)
        except StalePlanError as error:
            outcomes.append(error.code)
        else:
            outcomes.append(draft.decode())

    threads = [threading.Thread(target=run, args=(draft,)) for draft in (b"one", b"two")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert "office-file-changed" in outcomes
    (event,) = changes(office)
    assert event.after == {"digest": digest_of(both.kept[NAME])}
    assert both.kept[NAME].decode() in outcomes
