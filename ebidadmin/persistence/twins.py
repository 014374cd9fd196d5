"""Comparison twins: what a value looks like to a search that does not mind notation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from ebidadmin.domain.applications import IdForm
from ebidadmin.domain.contacts import Contact

LIKE_ESCAPE = "\\"

_NO_DIGITS = re.compile(r"[^0-9\n]+")


def digits(text: str) -> str:
    """The digits of a telephone number, whatever stands between them; full-width ones count."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign in "0123456789")


def all_digits(numbers: Sequence[str]) -> list[str]:
    """``digits`` of each, in one go."""
    found = _NO_DIGITS.sub("", unicodedata.normalize("NFKC", "\n".join(numbers))).split("\n")
    # A number that runs over several lines would be taken for several.
    return found if len(found) == len(numbers) else [digits(number) for number in numbers]


def lowered(address: str) -> str:
    """A mail address as it is compared."""
    return unicodedata.normalize("NFKC", address).strip().casefold()


def all_lowered(addresses: Sequence[str]) -> list[str]:
    """``lowered`` of each, in one go."""
    found = unicodedata.normalize("NFKC", "\n".join(addresses)).casefold().split("\n")
    # As above. Folding case neither makes a space nor takes one away.
    return list(map(str.strip, found)) if len(found) == len(addresses) else list(map(lowered, addresses))


def user_id_folded(user_id: str) -> str:
    """A user id as it must be unique."""
    return user_id.casefold()


def contact_points(main: Contact, applicant: Contact) -> Iterator[tuple[str, str]]:
    """Field and twin of every mail address and telephone number of two contacts; empty ones are left out."""
    for prefix, contact in (("main_contact", main), ("applicant_contact", applicant)):
        points = ((f"{prefix}.phone", digits(contact.phone)), (f"{prefix}.email", lowered(contact.email)))
        yield from (point for point in points if point[1])


def form_points(form: IdForm) -> Iterator[tuple[str, str]]:
    """The same for a whole form."""
    if company := digits(form.company_phone):
        yield "company_phone", company
    yield from contact_points(form.main_contact, form.applicant_contact)


def joined(values: Iterator[str]) -> str:
    """Twins of several fields in one column, each set off by ``|`` so that no two run together."""
    return f"|{'|'.join(values)}|"


def containing(text: str) -> str:
    """A LIKE pattern (escape sign ``LIKE_ESCAPE``) for values that contain ``text`` as it stands."""
    escaped = (
        text.replace(LIKE_ESCAPE, LIKE_ESCAPE * 2)
        .replace("%", rf"{LIKE_ESCAPE}%")
        .replace("_", rf"{LIKE_ESCAPE}_")
    )
    return f"%{escaped}%"
