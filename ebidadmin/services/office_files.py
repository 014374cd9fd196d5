"""The settings, catalogues and templates of a desk, changed by its administrator: checked, on the trail, whole or not at all.

The order is one: the event, the comparison with what the person saw, the new file, the commit. The event is written first because it gives
the turn to write, so that of two who change the same file one comes after the other; the file last because it cannot be rolled back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import RuleError, StalePlanError
from ebidadmin.services.ports import Office, UnitOfWork
from ebidadmin.services.refusals import refusals_logged


class OfficeFiles(Protocol):
    """The files that the administrator changes, by name (``settings``, ``reasons/rejection``, ``mails/id-approved``, …)."""

    def names(self) -> tuple[str, ...]: ...

    def read(self, name: str) -> bytes:
        """What is in use: the desk's own, else what came with the program. Raises ``NotFoundError``, ``ConfigurationError``."""
        ...

    def check(self, name: str, draft: bytes, *, shown: str) -> None:
        """Raises ``ConfigurationError`` or ``DocumentError`` for a draft that could not take the file's place; they call it ``shown``."""
        ...

    def replace(self, name: str, draft: bytes) -> Callable[[], None]:
        """Put it in the file's place, whole or not at all; the answer puts back what was there. Raises ``InputError``
        (``file-unwritable``)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FileState:
    """A file as it is now. ``digest`` is the SHA-256 of its bytes as 64 hexadecimal digits, ``recorded`` that of the last change on the
    trail, by whom and when; all three ``None`` for one that was never changed this way."""

    name: str
    digest: str
    recorded: str | None = None
    changed_by: str | None = None
    changed_at: datetime | None = None

    @property
    def by_hand(self) -> bool:
        """Whether it was changed since, around the program, or by a run that was killed before its end."""
        return self.recorded is not None and self.recorded != self.digest


def digest_of(content: bytes) -> str:
    """By which one content of a file is told from another."""
    return hashlib.sha256(content).hexdigest()


def states(office: Office, *, staff: Staff, files: OfficeFiles) -> tuple[FileState, ...]:
    """All files as they are now. Raises ``NotPermittedError``."""
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.DESK, "office-files"), verb="list"):
        staff.require(Permission.READ_AUDIT)
    with office.uow() as uow:
        return tuple(state_of(uow, files, name) for name in files.names())


def state_of(uow: UnitOfWork, files: OfficeFiles, name: str) -> FileState:
    """One file as it is now. Raises ``NotFoundError``."""
    digest, last = digest_of(files.read(name)), _last_change(uow, name)
    if last is None:
        return FileState(name=name, digest=digest)
    return FileState(
        name=name, digest=digest, recorded=_recorded(last), changed_by=last.by, changed_at=last.at
    )


def change(
    office: Office, *, staff: Staff, files: OfficeFiles, name: str, draft: bytes, seen: str, shown: str
) -> FileState:
    """Put ``draft`` in the place of a file that was seen with the digest ``seen``; errors call the draft ``shown``.

    The same content again only tells the trail what is in use, where it does not know yet. Raises ``NotPermittedError``, ``NotFoundError``,
    ``StalePlanError`` (``office-file-changed``) when the file is not the one that was seen, ``RuleError`` (``office-file-same``), what
    ``OfficeFiles.check`` and ``OfficeFiles.replace`` raise, and ``StorageError``; the file is then as it was.
    """
    with refusals_logged(office, staff=staff, subject=_subject(name), verb="set"):
        staff.require(Permission.SET_UP)
        # Outside of a transaction: a look at every character takes its time.
        files.check(name, draft, shown=shown)
        with office.uow() as uow:
            earlier = _last_change(uow, name)
            uow.log(changed_event(name, seen, draft, staff, office.clock.now()))
            present = _as_seen(files.read(name), seen, name)
            if present == draft and earlier is not None and _recorded(earlier) == seen:
                raise RuleError("office-file-same", name=name)
            _commit(uow, files.replace(name, draft))
        with office.uow() as uow:
            return state_of(uow, files, name)


def _as_seen(present: bytes, seen: str, name: str) -> bytes:
    """The content, if it is the one that was seen. Raises ``StalePlanError``."""
    if digest_of(present) != seen:
        raise StalePlanError("office-file-changed", name=name)
    return present


def _commit(uow: UnitOfWork, put_back: Callable[[], None]) -> None:
    kept = False
    try:
        uow.commit()
        kept = True
    finally:
        if not kept:
            put_back()


def _last_change(uow: UnitOfWork, name: str) -> Event | None:
    """The newest change on the trail; refusals stand there under the same subject."""
    found, after = None, 0
    while page := uow.audit.list(subject=_subject(name), after_seq=after):
        after = page[-1].seq
        changes = [entry.event for entry in page if entry.event.tag is EventTag.OFFICE_FILE_CHANGED]
        found = changes[-1] if changes else found
    return found


def _recorded(event: Event) -> str:
    return str((event.after or {}).get("digest"))


def _subject(name: str) -> Subject:
    return Subject(SubjectKind.OFFICE_FILE, name)


def changed_event(name: str, seen: str, draft: bytes, staff: Staff, at: datetime) -> Event:
    """That the file with the digest ``seen`` became ``draft``."""
    return Event(
        tag=EventTag.OFFICE_FILE_CHANGED,
        subject=_subject(name),
        by=staff.login,
        at=at,
        before={"digest": seen},
        after={"digest": digest_of(draft)},
    )
