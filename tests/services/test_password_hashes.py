"""Whatever sets a password takes the same hashes: Argon2id within the limits."""

from __future__ import annotations

import pytest

from ebidadmin.errors import InputError
from ebidadmin.services import id_changes
from ebidadmin.services.ports import Office
from tests.services.id_helpers import CLERK, kept, raw_contacts, sign_in, tags

UNACCEPTABLE = [
    "",
    "Himitsu2026",
    "$2b$12$abcdefghijklmnopqrstuv",
    "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
    "$argon2id$v=19$m=99999999,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
    "$argon2i$v=19$m=47104,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
]


@pytest.mark.parametrize("rehearsal", [False, True])
@pytest.mark.parametrize("password_hash", UNACCEPTABLE)
def test_a_change_takes_no_other_hash(office: Office, password_hash: str, *, rehearsal: bool) -> None:
    before, trail = kept(office), tags(office)
    with pytest.raises(InputError, match="password-hash") as refused:
        id_changes.change(
            office,
            staff=CLERK,
            proven=sign_in(office, rehearsal=rehearsal),
            user_id="",
            password_hash=password_hash,
            raw=raw_contacts(person="下関 花子"),
            rehearsal=rehearsal,
        )
    assert [(one.where, one.code) for one in refused.value.problems] == [("password_hash", "password-hash")]
    assert password_hash == "" or password_hash not in repr(refused.value)
    assert (kept(office), tags(office)) == (before, trail)
