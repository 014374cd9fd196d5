"""The part of a desk's settings that says how mails leave. A login is no setting: it comes from the environment only."""

from __future__ import annotations

from dataclasses import dataclass, fields

from ebidadmin.domain.mails import MailKind

TRANSPORTS = ("folder", "smtp")
SECURITIES = ("starttls", "tls", "none")

MOST_TRIES = 100

LONGEST_ANSWER = 60
"""Seconds. A mail takes up to ten answers, and all of them must fit into the ten minutes for which a sender has its mails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSection:
    """``timeout`` in seconds, for each answer of the server; ``ca_file`` replaces the authorities of the system."""

    host: str = ""
    port: int = 587
    security: str = "starttls"
    timeout: float = 20.0
    ca_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailKindsSection:
    """Whether mails of each kind are sent. What is absent is sent: desks made before a kind came need not name it."""

    id_submitted: bool = True
    id_approved: bool = True
    id_rejected: bool = True
    id_inquired: bool = True
    id_suspended: bool = True
    id_cancelled: bool = True
    card_registered: bool = True
    card_changed: bool = True
    card_renewed: bool = True
    card_expires: bool = True
    report_failed: bool = True


KIND_KEYS = {field.name: field.name.replace("_", "-") for field in fields(MailKindsSection)}
"""A kind is called in the settings as everywhere else; an attribute cannot be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSection:
    """What has a default may be absent: desks made before it came mean the same without it. Without ``send_at_once`` mails wait for
    whoever runs ``mail send``."""

    transport: str
    folder: str
    sender: str
    retries: int
    send_at_once: bool = True
    smtp: SmtpSection = SmtpSection()
    kinds: MailKindsSection = MailKindsSection()


def unmailed(section: MailKindsSection) -> frozenset[MailKind]:
    """The kinds that the office does not send."""
    return frozenset(MailKind(key) for name, key in KIND_KEYS.items() if not getattr(section, name))


def mail_checks(section: MailSection) -> tuple[tuple[bool, str, object], ...]:
    """Whether each value is one to work with, the setting, and the value. A server is needed only where mails go to one."""
    smtp = section.smtp
    named = bool(smtp.host) or section.transport != "smtp"
    plain = smtp.host.isascii() and smtp.host.isprintable() and not set(smtp.host) & set(" /@")
    return (
        (section.transport in TRANSPORTS, "mail.transport", section.transport),
        (1 <= section.retries <= MOST_TRIES, "mail.retries", section.retries),
        (named and plain, "mail.smtp.host", smtp.host),
        (1 <= smtp.port <= 65535, "mail.smtp.port", smtp.port),
        (smtp.security in SECURITIES, "mail.smtp.security", smtp.security),
        (1 <= smtp.timeout <= LONGEST_ANSWER, "mail.smtp.timeout", smtp.timeout),
    )
