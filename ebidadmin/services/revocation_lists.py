"""Taking in lists of revoked certificates: what came, from where, by whom, stands in the trail."""

from __future__ import annotations

from ebidadmin.domain.events import Event, EventTag, JsonValue, Subject, SubjectKind
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import InputError
from ebidadmin.services.certificate_ports import KeptList, ListKeeper, Taken
from ebidadmin.services.ports import Office
from ebidadmin.services.refusals import refusals_logged

LISTS = Subject(SubjectKind.DESK, "revocation-lists")


def take_in(
    office: Office, *, staff: Staff, keeper: ListKeeper, file: bytes, source: str, keep: bool = True
) -> Taken:
    """Keep a list that came from ``source`` (an address or a file's name); with ``keep`` false only look whether it can be.

    A list that is kept already changes nothing. Raises ``NotPermittedError`` for whoever neither reviews nor imports, and what
    ``ListKeeper.take`` raises: a list that was not taken in stands in the trail with the reason, because a forged one is worth knowing of.
    """
    with refusals_logged(office, staff=staff, subject=LISTS, verb="take-in"):
        staff.require(Permission.REVIEW if staff.may(Permission.REVIEW) else Permission.IMPORT_REGISTER)
    now = office.clock.now()
    try:
        seen = keeper.take(file, now=now, keep=False)
    except InputError as error:
        if keep:
            refused: dict[str, JsonValue] = {"source": source, "code": error.code}
            _log(office, staff, EventTag.REVOCATION_LIST_REFUSED, refused)
        raise
    if not (keep and seen.new):
        return seen
    with office.uow() as uow:
        facts = {"source": source, **_facts(seen.kept)}
        uow.log(Event(tag=EventTag.REVOCATION_LIST_TAKEN, subject=LISTS, by=staff.login, at=now, facts=facts))
        # Last, so that a trail that cannot be written keeps the list out.
        taken = keeper.take(file, now=now)
        uow.commit()
    return taken


def _log(office: Office, staff: Staff, tag: EventTag, facts: dict[str, JsonValue]) -> None:
    with office.uow() as uow:
        uow.log(Event(tag=tag, subject=LISTS, by=staff.login, at=office.clock.now(), facts=facts))
        uow.commit()


def _facts(kept: KeptList) -> dict[str, JsonValue]:
    return {
        "issuer": kept.issuer,
        "number": None if kept.number is None else str(kept.number),
        "this_update": kept.this_update.isoformat(),
        "next_update": None if kept.next_update is None else kept.next_update.isoformat(),
        "entries": kept.entries,
    }
