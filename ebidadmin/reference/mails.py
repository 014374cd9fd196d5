"""Mail addresses: their form, from ``email_validator``, and domains to look at twice, from a data file. No network is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from ebidadmin.reference.files import entry_invalid, read_reference, texts

DOMAINS_FILE = "mail_domains.toml"

SHORTEST_COMPARED = 7
"""Shorter well-known domains are not compared by distance: too many honest short domains lie one letter beside them."""

_LABEL = "(?!..--)[0-9a-z](?:[0-9a-z-]{0,61}[0-9a-z])?"
_PLAIN = re.compile(
    rf"(?=.{{3,100}}\Z)(?=[^@]{{1,64}}@)[0-9a-z_+-]+(?:\.[0-9a-z_+-]+)*@(?:{_LABEL}\.)+[a-z]{{2,63}}",
    re.ASCII | re.IGNORECASE,
)
"""Addresses that the library takes for certain. It asks much of every character, and a register has a hundred thousand of them."""

_SPECIAL_ENDS = frozenset(name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES)


class MailDomainsLibrary:
    """Knows throw-away domains, well-known domains, and how the latter are often mistyped."""

    def __init__(
        self, *, throw_away: Iterable[str] = (), well_known: Iterable[str] = (), mistyped: Iterable[str] = ()
    ) -> None:
        self._throw_away = frozenset(domain.lower() for domain in throw_away)
        self._well_known = frozenset(domain.lower() for domain in well_known)
        self._mistyped = frozenset(domain.lower() for domain in mistyped)
        self._compared = tuple(
            sorted(domain for domain in self._well_known if len(domain) >= SHORTEST_COMPARED)
        )

    def valid(self, address: str) -> bool:
        """Whether it has the form of an address that can be reached over the internet; whether it exists is not asked."""
        if _PLAIN.fullmatch(address) and address.rpartition(".")[2].lower() not in _SPECIAL_ENDS:
            return True
        try:
            validate_email(address, check_deliverability=False)
        except EmailNotValidError:
            return False
        return True

    def unusual(self, address: str) -> str | None:
        """The domain (lower case) when it or a parent of it is a throw-away one, or when it is one typing slip beside a well-known
        one; else ``None``."""
        domain = address.rpartition("@")[2].strip().rstrip(".").lower()
        if not domain or domain in self._well_known:
            return None
        labels = domain.split(".")
        parents = {".".join(labels[start:]) for start in range(len(labels))}
        if not self._throw_away.isdisjoint(parents) or domain in self._mistyped:
            return domain
        return domain if any(one_slip_apart(domain, known) for known in self._compared) else None


def load_mail_domains(data_dir: Path) -> MailDomainsLibrary:
    """The lists of ``reference/mail_domains.toml`` under the data folder. Raises ``ConfigurationError`` for a broken file."""
    data = read_reference(data_dir, DOMAINS_FILE)
    lists: dict[str, tuple[str, ...]] = {}
    for name in ("throw_away", "well_known", "mistyped"):
        domains = texts(data.get(name))
        if domains is None:
            raise entry_invalid(data_dir, DOMAINS_FILE, name, "list-of-texts")
        lists[name] = domains
    return MailDomainsLibrary(**lists)


def one_slip_apart(one: str, other: str) -> bool:
    """Whether one letter more, one less, one other, or two neighbours exchanged make ``other`` of ``one``."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, other_rest = one[start:], other[start:]
    if len(rest) < len(other_rest):
        return rest == other_rest[1:]
    if len(rest) > len(other_rest):
        return rest[1:] == other_rest
    exchanged = rest[1::-1] == other_rest[:2] and rest[2:] == other_rest[2:]
    return rest[1:] == other_rest[1:] or exchanged
