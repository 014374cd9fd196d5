"""What ``ebidadmin doctor`` says of what was found, in English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ebidadmin.cli.common import japanese, sentence
from ebidadmin.clock import jst
from ebidadmin.errors import FactValue

if TYPE_CHECKING:
    from ebidadmin.domain.diagnosis import Found

SAID: Mapping[str, str] = {
    "unseen": "not looked at: {needs} comes first",
    "program-good": "ebidadmin {version}, Python {python}",
    "python-old": "Python {python} is too old: install 3.11 or newer",
    "components-good": "installed",
    "components-missing": "missing {missing}: install ebidadmin[lab]",
    "settings-good": "{folder}",
    "nobody-confirms": "no setting asks for one",
    "another-confirms": "another person confirms ({settings})",
    "typed-confirmation": "one person works alone and types again what it is about ({settings})",
    "typed-confirmation-unsaid": (
        "on SQLite one person is taken to work alone and types again what it is about ({settings});"
        " say database.one_person = false where several do, true where one does"
    ),
    "database-good": "{engine} and reference data good; register version {version}{library}",
    "register-empty": "{engine} and reference data good; no register yet: ebidadmin qualification import{library}",
    "clock-good": "{now}; compare it with a clock that is right",
    "clock-behind": "{now}, but the trail goes on to {last}: set the clock before anything is registered or decided",
    "door-open": "the bidding system is open",
    "door-closed-now": "the bidding system is closed until {next_opening}; rehearsals and training go on",
    "mail-good": "{waiting} waiting, none given up",
    "mails-gave-up": "{gave_up} given up: see ebidadmin mail list, then ebidadmin mail retry",
    "mails-lie": "{waiting} waiting, some for an hour without a try: see that ebidadmin mail send runs",
    "mails-deferred": "{waiting} waiting, some after a failed try: look at the mail server when they do not go",
    "mails-of-others": "not for your roles to see: ask a reviewer or the administrator",
    "mail-folder-unwritable": "cannot write into {folder}: see rights and room",
    "mail-server-none": "none: mails become files in {folder} (setting mail.transport)",
    "mail-server-answers": "{server} answers",
    "mail-server-encrypted": "{server}: encrypted, certificate verified",
    "mail-server-plain": "{server}: not encrypted (setting mail.smtp.security); mails can be read on their way",
    "mail-login-good": "{server} takes the login",
    "mail-login-none": "{server}: without login (EBIDADMIN_SMTP_USER is not set)",
    "erasings-good": "none was cut short",
    "erasings-unfinished": "cut short: {numbers}; end it with ebidadmin supplier erase",
    "office-files-good": "settings, reasons and templates: as the trail has them",
    "office-files-by-hand": "changed by hand, without a trace on the trail: {names}; look at them, then config|reason|template set",
    "templates-good": "none is older than this program's",
    "templates-older": (
        "not this program's, nor known to be changed by the office: {names};"
        " remove what it did not change, and the program's is used"
    ),
    "card-packages-missing": "missing {missing}: install ebidadmin[card]",
    "simulated-only": "simulated cards only (setting card.module)",
    "card-module-there": "{module}",
    "card-service-of-system": "the system itself speaks to readers",
    "card-service-silent": "pcscd does not answer at {address}; real readers need it: start pcscd",
    "card-service-answers": "pcscd answers at {address}",
    "simulated-cards-none": "no made-up cards yet: ebidadmin card simulate --make",
    "card-readers-good": "{count}: {names}",
    "card-none": "no card in any reader",
    "card-good": "{label}, {serial}",
    "card-tries-low": "{label}, {serial}: a wrong PIN was entered before",
    "card-last-try": "{label}, {serial}: the next wrong PIN may lock it",
    "certificate-none": "no certificate on the card: ask its issuer whether it is one for bidding",
    "certificate-good": "{serial_number} of {issuer}, until {last_day}",
    "certificate-ends-soon": "{serial_number} of {issuer} ends soon, on {last_day}: order a new card and renew in time",
    "certificate-expired": "{serial_number} of {issuer} ended on {last_day}: order a new card and register it",
    "certificate-not-yet-valid": "{serial_number} of {issuer} begins on {first_day}: check the clock, else wait",
    "checked": "{outcome} ({why})",
    "trust-none": "no trusted authority: put their certificates into data/reference/trust",
    "list-good": "of {issued} ({age_hours} h ago), {entries} entries, next {next_issue}",
    "list-stale": "of {issued}, next was due {next_issue}: ebidadmin card crl update",
    "list-none": "none kept: ebidadmin card crl update; without one revocation stays unchecked",
}
"""What was found, by code; a refusal has its own sentence."""

MARKS = {"good": "ok  ", "attention": "NOTE", "fault": "BAD ", "unseen": "--  "}

MOMENTS = frozenset({"now", "last", "issued", "next_issue", "next_opening"})
"""Facts that are moments."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. ``good`` is false only for a fault; ``detail`` tells what was found, or what is wrong and what to do; ``ask``
    whom to ask; ``line`` is all of it for people, in their language."""

    name: str
    good: bool
    verdict: str
    code: str
    detail: str
    ask: str
    line: str

    def as_map(self) -> dict[str, object]:
        """For machines: without the line that people read."""
        return {name: value for name, value in asdict(self).items() if name != "line"}


def examine(folder: Path) -> Iterator[Check]:
    """All checks on the installation and the desk in ``folder``, as they are made."""
    from ebidadmin.diagnosis import examine as look

    return (_check(found) for found in look(folder))


def _check(found: Found) -> Check:
    from ebidadmin.domain.diagnosis import Verdict

    detail = " ".join(sentence(found.error)) if found.error is not None else _said(found)
    detail = f"{found.place}: {detail}" if found.place else detail
    return Check(
        name=found.item.value,
        good=found.verdict is not Verdict.FAULT,
        verdict=found.verdict.value,
        code=found.code,
        detail=detail,
        ask=found.helper.value,
        line=_line(found, detail),
    )


def _line(found: Found, detail: str) -> str:
    if japanese():
        from ebidadmin.text import diagnosis

        return f"{diagnosis.VERDICTS[found.verdict]} {diagnosis.item(found)}: {diagnosis.sentence(found)}"
    return f"{MARKS[found.verdict.value]} {found.item.value}: {detail}"


def _said(found: Found) -> str:
    facts = {name: _word(name, value) for name, value in found.facts.items()}
    library = f"; library {facts['library']}, journal {facts['journal']}" if "library" in facts else ""
    return SAID[found.code].format_map({**facts, "library": library})


def _word(name: str, value: FactValue) -> FactValue:
    if name in MOMENTS and isinstance(value, str):
        return f"{jst(datetime.fromisoformat(value)):%Y-%m-%d %H:%M} JST"
    return ", ".join(value) if isinstance(value, tuple) else value
