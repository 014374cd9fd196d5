"""The part of a desk's settings that says how mails leave. A login is no setting: it comes from the environment only."""

from __future__ import annotations

from dataclasses import dataclass

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
class MailSection:
    """``smtp`` may be absent: desks made before it came mean the same without it."""

    transport: str
    folder: str
    sender: str
    retries: int
    smtp: SmtpSection = SmtpSection()


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
