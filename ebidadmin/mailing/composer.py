"""Mails to suppliers, composed from templates that a clerk may edit.

A template may name fields of a short list. What a supplier entered is not on it (but for the trade name): user id, password, persons,
addresses and numbers never go into a mail, and a template that asks for them is refused when it is loaded.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from ebidadmin.clock import jst_date
from ebidadmin.domain.applications import IdApplication, IdForm
from ebidadmin.domain.cards import CardRegistration
from ebidadmin.domain.contacts import CONTACT_FIELDS, Contact
from ebidadmin.domain.mails import CARD_MAILS, ID_DESK_MAILS, MailDraft, MailKind
from ebidadmin.domain.names import NameRules
from ebidadmin.domain.quotes import QuoteCheck, password_like
from ebidadmin.domain.registrations import Registration
from ebidadmin.domain.report_runs import ReportRun
from ebidadmin.errors import ConfigurationError, InputError, Problem
from ebidadmin.mailing.reasons import read_data, toml_of
from ebidadmin.services.office_files import digest_of
from ebidadmin.services.ports import PasswordHasher, Reasons
from ebidadmin.text import mail as words
from ebidadmin.text.quote_words import WORDS
from ebidadmin.text.report_words import failure_said

FORMAT_VERSION = 1

COMMON_FIELDS = frozenset({"office", "contact", "trade_name", "application_number", "received_on"})
"""What every mail may say."""

SUBJECT_FIELDS = frozenset({"office", "application_number"})
"""A subject is read on many screens: it does not even name the supplier."""

CARD_FIELDS = frozenset({"office", "contact", "trade_name", "done_on"})
"""What a mail about a card may say; ``done_on`` is the day of what it tells."""

ID_DESK_FIELDS = frozenset({"office", "contact", "trade_name", "application_number", "done_on"})
"""What a mail about a live ID may say."""

EXPIRY_FIELDS = frozenset({"office", "contact", "trade_name"})
"""What a notice of a card's end may say."""

REPORT_FIELDS = frozenset({"office"})
"""What a mail to the office itself may say besides its own fields."""

OWN_FIELDS: Mapping[MailKind, frozenset[str]] = {
    MailKind.ID_SUBMITTED: frozenset(),
    MailKind.ID_APPROVED: frozenset(),
    MailKind.ID_REJECTED: frozenset({"reasons", "note"}),
    MailKind.ID_INQUIRED: frozenset({"text"}),
    **dict.fromkeys(CARD_MAILS, frozenset()),
    **dict.fromkeys(ID_DESK_MAILS, frozenset({"reason"})),
    MailKind.CARD_EXPIRES: frozenset({"expires_on"}),
    MailKind.REPORT_FAILED: frozenset({"report", "report_period", "failure"}),
}
"""What a kind must say besides."""

CODED_FIELDS = frozenset({"reasons"})
"""Own fields whose words come from a catalogue. All others are free text, and are searched for what the supplier entered."""

TRIED_KEPT = 1_024
"""Words of free texts, with the hash of whose password they are not, that are remembered at a time."""

NEVER_MAILED = (
    frozenset(IdForm.__dataclass_fields__)
    | frozenset(CONTACT_FIELDS)
    | {"password", "password_hash", "enterprise_id", "company_name", "postcode"}
) - COMMON_FIELDS
"""Fields that must never be mailed, by the city's manual: no mail holds what was registered."""


@dataclass(frozen=True, slots=True)
class Template:
    """One loaded template; every field it names is allowed for its kind. ``digest`` tells it from other versions."""

    kind: MailKind
    subject: str
    body: str
    digest: str


class TemplateComposer:
    """Implements ``mail_ports.MailComposer`` with the templates of a folder, one file ``KIND.toml`` for each kind of mail."""

    def __init__(
        self,
        folder: Path,
        *,
        reasons: Reasons,
        names: NameRules,
        office_name: str,
        contact: str,
        card_contact: str = "",
        own: Iterable[str] = (),
        shipped: Path | None = None,
        hasher: PasswordHasher | None = None,
    ) -> None:
        """Load and check all templates. Raises ``ConfigurationError`` that names the file and what is wrong with it.

        ``card_contact`` is whom mails about cards name, else ``contact``. These, the office's name and ``own`` are the office's own
        words, which free text may always say. By ``names`` free text is compared with names that were entered. ``shipped``
        is the folder for kinds that ``folder`` lacks: a desk that is older than a kind goes on working. With ``hasher`` words of a
        free text are tried as the supplier's password.
        """
        self._templates = {kind: load_template(_place(kind, folder, shipped), kind) for kind in MailKind}
        self._reasons = reasons
        self._office_name = " ".join(office_name.split())
        self._contact = contact.strip()
        self._card_contact = card_contact.strip() or self._contact
        known = (self._office_name, self._contact, self._card_contact, *own)
        self._quotes, self._hasher = QuoteCheck(WORDS, names=names, own=known), hasher
        self._tried: dict[tuple[str, str], None] = {}
        self._turn = Lock()

    def compose(self, kind: MailKind, application: IdApplication, **facts: object) -> MailDraft:
        """The mail of that kind to the applicant contact. See ``mail_ports.MailComposer``."""
        unknown = facts.keys() - OWN_FIELDS[kind]
        if unknown:
            raise TypeError(f"a mail {kind.value} takes no {', '.join(sorted(unknown))}")
        form = application.form
        said = {name: _plain(facts.get(name, "")) for name in OWN_FIELDS[kind] - CODED_FIELDS}
        _refuse(
            {
                name: self._quotes.fields(text, form)
                + self._password(text, application.password_hash, (form.user_id, application.number))
                for name, text in sorted(said.items())
            }
        )
        values = {
            **said,
            "office": self._office_name,
            "contact": self._contact,
            "trade_name": application.form.trade_name,
            "application_number": application.number,
            "received_on": words.received_on(jst_date(application.applied_at)),
            "reasons": words.reason_list(
                [self._reasons.label(code) for code in _codes(facts.get("reasons", ()))]
            ),
            "note": words.note_block(said.get("note", "")),
        }
        template = self._templates[kind]
        return MailDraft(
            kind=kind,
            to=(application.form.applicant_contact.email,),
            subject=template.subject.format_map(values),
            body=_plain(template.body.format_map(values)) + "\n",
            template=template.digest,
        )

    def compose_card(
        self, kind: MailKind, card: CardRegistration, *, main_contact: Contact, trade_name: str, at: datetime
    ) -> tuple[MailDraft, ...]:
        """See ``mail_ports.MailComposer``."""
        if kind not in CARD_MAILS:
            raise TypeError(f"a mail {kind.value} is not about a card")
        values = {
            "office": self._office_name,
            "contact": self._card_contact,
            "trade_name": trade_name,
            "done_on": words.received_on(jst_date(at)),
        }
        return self._to_each(kind, values, card.card_contact, main_contact)

    def compose_id_desk(
        self,
        kind: MailKind,
        registration: Registration,
        application: IdApplication,
        *,
        reason: str,
        at: datetime,
    ) -> tuple[MailDraft, ...]:
        """See ``mail_ports.MailComposer``."""
        if kind not in ID_DESK_MAILS:
            raise TypeError(f"a mail {kind.value} is not about a live ID")
        text = _plain(reason)
        known = (registration.user_id, application.number)
        quoted = self._quotes.id_fields(text, registration, application.form)
        _refuse({"reason": quoted + self._password(text, registration.password_hash, known)})
        values = {
            "office": self._office_name,
            "contact": self._contact,
            "trade_name": application.form.trade_name,
            "application_number": application.number,
            "done_on": words.received_on(jst_date(at)),
            "reason": text,
        }
        return self._to_each(kind, values, registration.main_contact, registration.applicant_contact)

    def compose_expiry(self, card: CardRegistration, *, trade_name: str) -> MailDraft:
        """See ``mail_ports.MailComposer``."""
        values = {
            "office": self._office_name,
            "contact": self._card_contact,
            "trade_name": trade_name or words.UNNAMED,
            "expires_on": words.received_on(jst_date(card.certificate.not_after)),
        }
        (draft,) = self._to_each(MailKind.CARD_EXPIRES, values, card.card_contact)
        return draft

    def compose_report_failure(self, run: ReportRun, *, to: tuple[str, ...]) -> MailDraft:
        """See ``mail_ports.MailComposer``."""
        template = self._templates[MailKind.REPORT_FAILED]
        values = {"office": self._office_name, **failure_said(run)}
        return MailDraft(
            kind=MailKind.REPORT_FAILED,
            to=to,
            subject=template.subject.format_map(values),
            body=_plain(template.body.format_map(values)) + "\n",
            template=template.digest,
        )

    def _password(self, text: str, stored: str | None, known: Iterable[str]) -> tuple[str, ...]:
        """The field of the password, if a word of the text is it.

        Words that were tried and are not are remembered, the latest of them: services compose before their unit of work, so that the one
        that they write in tries nothing while it holds the database.
        """
        if stored is None or self._hasher is None:
            return ()
        for word in password_like(text, known=known):
            if (stored, word) in self._tried:
                continue
            if self._hasher.verify(stored, word.encode()):
                return ("password",)
            self._remember(stored, word)
        return ()

    def _remember(self, stored: str, word: str) -> None:
        with self._turn:
            self._tried[stored, word] = None
            if len(self._tried) > TRIED_KEPT:
                del self._tried[next(iter(self._tried))]

    def _to_each(
        self, kind: MailKind, values: Mapping[str, str], *contacts: Contact
    ) -> tuple[MailDraft, ...]:
        """One mail for each address, so that nobody learns another's; one where they are equal."""
        template = self._templates[kind]
        subject = template.subject.format_map(values)
        body = _plain(template.body.format_map(values)) + "\n"
        addresses = {one.email.casefold(): one.email for one in contacts}
        return tuple(
            MailDraft(kind=kind, to=(to,), subject=subject, body=body, template=template.digest)
            for to in addresses.values()
        )


def load_template(path: Path, kind: MailKind) -> Template:
    """Read and check one template.

    Raises ``ConfigurationError``: ``mail-field-forbidden`` for a field that must never be mailed, ``mail-field-unknown``,
    ``mail-field-missing`` for one that the kind needs, ``data-entry-invalid``, ``data-version`` and those of unreadable files.
    """
    content = read_data(path)
    tables = toml_of(path, content)
    if tables.get("version") != FORMAT_VERSION:
        raise ConfigurationError("data-version", file=str(path), expected=FORMAT_VERSION)
    for name in sorted(tables.keys() - {"version", "kind", "subject", "body"}):
        raise ConfigurationError("data-entry-invalid", file=str(path), key=name, reason="unknown-field")
    if tables.get("kind") != kind.value:
        raise ConfigurationError("data-entry-invalid", file=str(path), key="kind", reason="other-kind")
    subject, body = (_text(path, tables, name) for name in ("subject", "body"))
    if "\n" in subject:
        raise ConfigurationError(
            "data-entry-invalid", file=str(path), key="subject", reason="one-line-wanted"
        )
    common = _common_fields(kind)
    needed = {"application_number", "contact"} & common
    _check_fields(path, "subject", subject, allowed=SUBJECT_FIELDS & common)
    named = _check_fields(path, "body", body, allowed=common | OWN_FIELDS[kind])
    for name in sorted((OWN_FIELDS[kind] | needed) - named):
        raise ConfigurationError("mail-field-missing", file=str(path), key="body", field=name)
    return Template(kind, subject, body, digest_of(content))


def _common_fields(kind: MailKind) -> frozenset[str]:
    if kind in CARD_MAILS:
        return CARD_FIELDS
    if kind in ID_DESK_MAILS:
        return ID_DESK_FIELDS
    others = {MailKind.CARD_EXPIRES: EXPIRY_FIELDS, MailKind.REPORT_FAILED: REPORT_FIELDS}
    return others.get(kind, COMMON_FIELDS)


def _place(kind: MailKind, folder: Path, shipped: Path | None) -> Path:
    own = folder / f"{kind.value}.toml"
    return own if shipped is None or own.is_file() else shipped / own.name


def _check_fields(path: Path, key: str, text: str, *, allowed: frozenset[str]) -> frozenset[str]:
    """The fields that a text names. Raises ``ConfigurationError`` for one that it may not."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise ConfigurationError("data-entry-invalid", file=str(path), key=key, reason="braces") from error
    named: set[str] = set()
    for _, name, layout, conversion in parts:
        if name is None:
            continue
        if name.rpartition(".")[2] in NEVER_MAILED:
            raise ConfigurationError("mail-field-forbidden", file=str(path), key=key, field=name)
        if name not in allowed or layout or conversion:
            raise ConfigurationError("mail-field-unknown", file=str(path), key=key, field=name)
        named.add(name)
    return frozenset(named)


def _text(path: Path, tables: Mapping[str, object], name: str) -> str:
    value = tables.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ConfigurationError("data-entry-invalid", file=str(path), key=name, reason="str-wanted")
    return value.strip()


def _plain(value: object) -> str:
    """A text with line feeds alone, without outer white space: what is previewed is what a mail can carry unchanged."""
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()


def _codes(value: object) -> Iterable[str]:
    if not isinstance(value, (tuple, list)):
        raise TypeError("reasons are a sequence of codes")
    return [str(code) for code in value]


def _refuse(quoted: Mapping[str, tuple[str, ...]]) -> None:
    """Raises ``InputError`` where a text, named by its place, quotes entered values of these fields."""
    problems = [
        Problem(where, "mail-quotes-entry", {"field": name})
        for where, names in quoted.items()
        for name in names
    ]
    if problems:
        raise InputError("mail-quotes-entry", problems)
