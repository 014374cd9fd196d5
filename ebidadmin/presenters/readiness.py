"""Whether what a walkthrough needs can be read."""

from __future__ import annotations

from collections.abc import Callable

from ebidadmin.errors import EbidError
from ebidadmin.services.ports import Office
from ebidadmin.text import walkthrough as words
from ebidadmin.text.messages import sentence

Readiness = Callable[[], tuple[str, ...]]
"""What the client cannot read, as sentences; empty when everything is there."""


def office_readiness(office: Office) -> tuple[str, ...]:
    """Whether the database answers, the register holds something and the reasons are there; what is not, in a sentence each."""
    missing: list[str] = []
    try:
        with office.uow() as uow:
            if uow.register.version() is None:
                missing.append(words.REGISTER_EMPTY)
    except EbidError as error:
        missing.append(sentence(error))
    if not office.reasons.codes():
        missing.append(words.REASONS_EMPTY)
    return tuple(missing)
