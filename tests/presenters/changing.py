"""Ways through the change of an ID, for its tests: supplier 92 has an ID, and so has 93."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ebidadmin.bootstrap import Desk, open_desk
from ebidadmin.clock import SettableClock
from ebidadmin.credentials.argon2 import OWASP_FIRST, Argon2Hasher
from ebidadmin.domain import applications
from ebidadmin.domain.id_desk_work import IdentityCheck, IdentityDocument, IdentityMeans
from ebidadmin.domain.ids import EnterpriseId, UserId
from ebidadmin.domain.registrations import Registration, create
from ebidadmin.domain.staff import Staff
from ebidadmin.presenters.id_change import IdChange
from ebidadmin.presenters.id_walkthrough import IdWalkthrough, Mode
from ebidadmin.services import id_desk
from tests.builders import NOON, TANAKA, application_number, contact, supplier_number
from tests.persistence.office import submission
from tests.presenters import walkthrough_desk
from tests.presenters.walking import walk

OLD, NEW = "Kanarya7Mae42", "Kanarya8Ato43"
WAY = ("bidding", "small", "id-registration", "process", "change")
SEEN = IdentityCheck(IdentityMeans.CALL_BACK, IdentityDocument.NONE)


def lay_out(folder: Path) -> Path:
    """A desk folder whose suppliers 92 and 93 have an ID."""
    opened = open_desk(walkthrough_desk.lay_out(folder), clock=SettableClock(NOON))
    for n in (92, 93):
        register(opened, n)
    opened.close()
    return folder


def register(desk: Desk, n: int) -> None:
    """An ID of supplier ``n`` whose password is ``OLD``."""
    submitted = submission(n)
    withdrawn = applications.withdraw(submitted.after, by="tanaka", at=NOON)
    made = create(
        application=application_number(n),
        supplier_number=supplier_number(n),
        enterprise_id=EnterpriseId(f"13521000000000{n}"),
        user_id=UserId(f"shoukai{n:04d}"),
        password_hash=Argon2Hasher(OWASP_FIRST).hash(OLD.encode()),
        main_contact=contact(n),
        applicant_contact=contact(n),
        by="tanaka",
        at=NOON,
    )
    with desk.office.uow() as uow:
        for step in (submitted, withdrawn, made):
            uow.record(step)
        uow.commit()


def open_desk_of(template: Path, folder: Path, *, moment: datetime = NOON, staff: Staff = TANAKA) -> Desk:
    """A desk of its own whose hashes are made quickly."""
    opened = walkthrough_desk.desk(template, folder, moment=moment, staff=staff)
    return replace(opened, office=replace(opened.office, hasher=Argon2Hasher(OWASP_FIRST)))


def advance_to(desk: Desk, moment: datetime) -> None:
    assert isinstance(desk.office.clock, SettableClock)
    desk.office.clock.set(moment)


def to_change(desk: Desk, mode: Mode = Mode.REGISTER, *, staff: Staff | None = None) -> IdWalkthrough:
    """At the page that asks for ID and password."""
    walkthrough = walk(desk, mode, staff=staff)
    for key in WAY:
        walkthrough.press(key)
    return walkthrough


def change_of(walkthrough: IdWalkthrough) -> IdChange:
    assert walkthrough.change is not None
    return walkthrough.change


def submit(walkthrough: IdWalkthrough, button: str, raw: dict[str, str], **secrets: str) -> None:
    given = {key: bytearray(value.encode()) for key, value in secrets.items()}
    change_of(walkthrough).submit(button, raw, given)
    assert not any(any(value) for value in given.values()), "a password was not wiped"


def to_form(
    desk: Desk, mode: Mode = Mode.REGISTER, *, staff: Staff | None = None, n: int = 92
) -> IdWalkthrough:
    walkthrough = to_change(desk, mode, staff=staff)
    secrets = {"password": OLD} if mode is Mode.REGISTER else {}
    submit(walkthrough, "sign-in", {"user_id": f"shoukai{n:04d}"}, **secrets)
    assert walkthrough.view().id == "ID-C2", walkthrough.view()
    return walkthrough


def form_of(walkthrough: IdWalkthrough, **changes: str) -> dict[str, str]:
    """The form as it stands, with changes (``__`` for the dot)."""
    stands = {one.key: one.value for one in walkthrough.view().fields if one.kind == "text"}
    return {**stands, **{key.replace("__", "."): value for key, value in changes.items()}}


def to_confirm(walkthrough: IdWalkthrough, *, password: str = "", **changes: str) -> IdWalkthrough:
    submit(
        walkthrough, "confirm", form_of(walkthrough, **changes), password=password, password_again=password
    )
    assert walkthrough.view().id == "ID-C3", walkthrough.view()
    return walkthrough


def kept(desk: Desk, n: int = 92) -> Registration:
    with desk.office.uow() as uow:
        return uow.registrations.get(application_number(n))


def trail(desk: Desk) -> int:
    with desk.office.uow() as uow:
        return len(uow.audit.list(limit=1000))


def issue(desk: Desk) -> str:
    """A one-time code for supplier 92, as its letter has it."""
    _, code = id_desk.issue_code(
        desk.office,
        staff=TANAKA,
        application=application_number(92),
        version=kept(desk).version,
        identity=SEEN,
    )
    return code.decode()
