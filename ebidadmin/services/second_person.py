"""What services of a second person's confirmation share, and what stands in its place where one person works alone.

``wanted`` is what the office's setting says of one kind of act. Where several people work, another one is asked; where one person works
alone (``Settings.one_person``), nobody else is there, and the act itself needs a typed confirmation.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime

from ebidadmin.clock import jst_date, midnight_after
from ebidadmin.domain.events import JsonMap
from ebidadmin.errors import EbidError, InputError
from ebidadmin.services.ports import Office

TYPED_CONFIRMATION = "typed-confirmation"
"""The manner that the event of an act tells."""

OF_TYPING = frozenset({"typed-confirmation-missing", "typed-confirmation-wrong"})
"""Codes of what belongs beside the field for it."""


def end_of_life(office: Office, *, now: datetime, days: int) -> datetime:
    """The midnight in Japan that ends the last of ``days`` working days of a request made now."""
    last = office.calendar.add_working_days(jst_date(now), days)
    return midnight_after(last)


def asks_another(office: Office, wanted: bool) -> bool:
    """Whether an act waits for a second person."""
    return wanted and not office.settings.one_person


def asks_word(office: Office, wanted: bool) -> bool:
    """Whether an act needs a typed confirmation in place of a second person."""
    return wanted and office.settings.one_person


def typed_facts(office: Office, wanted: bool, *, word: str, typed: str | None) -> JsonMap:
    """What the event of an act tells of its typed confirmation; nothing where none is needed.

    ``word`` names what the act is about, ``typed`` is what the person typed again (full-width signs are the same). Raises ``InputError``
    (``typed-confirmation-missing``, ``typed-confirmation-wrong``), which repeats the word and never what was typed.
    """
    if not asks_word(office, wanted):
        return {}
    given = unicodedata.normalize("NFKC", typed or "").strip()
    if not given:
        raise InputError("typed-confirmation-missing", word=word)
    if given != word:
        raise InputError("typed-confirmation-wrong", word=word)
    return {"manner": TYPED_CONFIRMATION, "typed": word}


def is_of_typing(error: EbidError) -> bool:
    """Whether it is the typed confirmation that is missing or wrong."""
    return error.code in OF_TYPING
