"""What the tests of IDs do after the approval: sign in, lock, give out a code, use it, change."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ebidadmin.domain.events import EventTag
from ebidadmin.domain.id_desk_work import IdentityCheck, IdentityDocument, IdentityMeans
from ebidadmin.domain.registrations import Registration
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import EbidError, RuleError
from ebidadmin.services import id_changes, id_credentials, id_desk
from ebidadmin.services.id_credentials import NewPassword, ProvenId
from ebidadmin.services.ports import Office
from tests.builders import application_number, contact, supplier_number

PASSWORD, OTHER = b"Himitsu2026", b"Atarashii77"
WRONG_CODE = b"ABCDEFGHJKLMNPQR"
SEEN = IdentityCheck(IdentityMeans.CALL_BACK, IdentityDocument.NONE)
CLERK = Staff("tanaka", frozenset({Role.REVIEWER}))


def kept(office: Office, n: int = 92) -> Registration:
    with office.uow() as uow:
        return uow.registrations.get(application_number(n))


def tags(office: Office) -> list[EventTag]:
    with office.uow() as uow:
        found = [entry.event.tag for entry in uow.audit.list(supplier=supplier_number(92))]
    return [tag for tag in found if tag.value.startswith(("registration", "refused"))][1:]


def sign_in(
    office: Office,
    password: bytes = PASSWORD,
    user_id: str = "shoukai0092",
    *,
    staff: Staff = CLERK,
    rehearsal: bool = False,
) -> ProvenId:
    return id_credentials.sign_in(
        office, staff=staff, user_id=user_id, password=bytearray(password), rehearsal=rehearsal
    )


def lock(office: Office) -> None:
    for _ in range(3):
        with pytest.raises(RuleError, match="credentials-wrong"):
            sign_in(office, OTHER)


def new(password: bytes = OTHER, again: bytes | None = None) -> NewPassword:
    return NewPassword(bytearray(password), bytearray(password if again is None else again))


def reset(
    office: Office,
    code: bytes | bytearray,
    user_id: str = "shinki0001",
    *,
    staff: Staff = CLERK,
    rehearsal: bool = False,
) -> ProvenId:
    return id_credentials.reset(
        office,
        staff=staff,
        supplier_number=supplier_number(92),
        code=bytearray(code),
        user_id=user_id,
        new=new(),
        rehearsal=rehearsal,
    )


def issue(office: Office) -> bytearray:
    return id_desk.issue_code(
        office,
        staff=CLERK,
        application=application_number(92),
        version=kept(office).version,
        identity=SEEN,
    )[1]


def raw_contacts(n: int = 92, **changes: str) -> dict[str, str]:
    entered = {**contact(n).as_map(), **changes}
    both = {f"{prefix}.{k}": v for prefix in id_credentials.CONTACTS for k, v in entered.items()}
    return {**both, **{f"{prefix}.email_again": entered["email"] for prefix in id_credentials.CONTACTS}}


def change(
    office: Office,
    proven: ProvenId,
    *,
    user_id: str = "",
    new: NewPassword | None = None,
    raw: dict[str, str] | None = None,
    staff: Staff = CLERK,
    rehearsal: bool = False,
) -> ProvenId:
    """Check and change, as a person does it who confirms at once."""
    entered = raw or raw_contacts()
    checked = id_changes.check_change(
        office,
        staff=staff,
        proven=proven,
        user_id=user_id,
        new=new or NewPassword(bytearray(), bytearray()),
        raw=entered,
        rehearsal=rehearsal,
    )
    return id_changes.change(
        office,
        staff=staff,
        proven=proven,
        user_id=user_id,
        password_hash=checked.password_hash,
        raw=entered,
        rehearsal=rehearsal,
    )


def outcome(act: Callable[[], object]) -> str:
    """The code of the refusal, or that it was done."""
    try:
        act()
    except EbidError as error:
        return error.code
    return "done"
