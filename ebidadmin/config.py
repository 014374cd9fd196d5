"""The settings of one desk, read from its ``ebidadmin.toml``; a misspelt or ill-typed setting is an error that names it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, time, timedelta
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, get_args, get_type_hints

from ebidadmin.config_audit import NO_WITNESS, AuditSection, audit_checks
from ebidadmin.config_mail import KIND_KEYS, MailSection, mail_checks, unmailed
from ebidadmin.config_reports import NO_SETTINGS, ReportsSection, report_checks
from ebidadmin.config_retention import USUAL, RetentionSection, retention_checks
from ebidadmin.config_sections import (
    NEVER_LOCKED,
    ONE_DECIDES,
    SIMULATED,
    SIMULATED_CARDS,
    CalendarSection,
    CardSection,
    ContactsSection,
    DatabaseSection,
    DeskSection,
    HoursSection,
    HoursTable,
    ImportSection,
    OfficeSection,
    PermitSection,
    RegistrationSection,
    ReviewSection,
)
from ebidadmin.domain.doors import Door, ServiceHours
from ebidadmin.domain.findings import FindingPolicy
from ebidadmin.domain.followups import FollowUpPolicy
from ebidadmin.errors import ConfigurationError
from ebidadmin.services.settings import CardSettings, Settings

CONFIG_NAME = "ebidadmin.toml"

HIDDEN = "*****"
"""In place of a value that an error must not repeat."""

V = TypeVar("V")

MOST_DAYS = 250
"""Working days of a year: a longer target is a slip of the keyboard."""

MOST_MINUTES = 24 * 60
"""A lease longer than a day would keep a case from everybody else."""

MOST_NOTICE = 3650
"""Days. No card lasts ten years."""

MOST_FAILURES = 20
LONGEST_CARD_OPERATION = 120
"""Seconds. Whoever waits longer than that in front of a reader takes it for broken."""

LONGEST_CLOSURE = 60
"""Days. An office that is closed longer has a mistake in its settings, and no next working day could be found."""

Closure = tuple[tuple[int, int], tuple[int, int]]
"""First and last day of a yearly closure, each (month, day); it may run over the turn of the year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All settings; ``folder`` is the desk folder that relative places start from."""

    folder: Path
    office: OfficeSection
    contacts: ContactsSection
    database: DatabaseSection
    mail: MailSection
    review: ReviewSection
    registration: RegistrationSection
    imports: ImportSection
    calendar: CalendarSection
    hours: HoursTable
    desk: DeskSection = NEVER_LOCKED
    card: CardSection = SIMULATED_CARDS
    permit: PermitSection = ONE_DECIDES
    reports: ReportsSection = NO_SETTINGS
    audit: AuditSection = NO_WITNESS
    retention: RetentionSection = USUAL

    @property
    def card_module(self) -> Path | None:
        """The card software to load; ``None`` where the cards are simulated."""
        return None if self.card.module == SIMULATED else self.folder / self.card.module

    @property
    def simulated_cards(self) -> Path:
        """The file of the made-up cards of this desk; it need not exist."""
        return self.folder / "simulated-cards.json"

    @property
    def database_url(self) -> str:
        """The URL with a relative SQLite place resolved against the desk folder."""
        prefix = "sqlite:///"
        if not self.database.url.startswith(prefix):
            return self.database.url
        return prefix + str((self.folder / self.database.url.removeprefix(prefix)).resolve())

    @property
    def mail_folder(self) -> Path:
        return self.folder / self.mail.folder

    @property
    def smtp_ca_file(self) -> Path | None:
        """The mail server's authorities; ``None`` where those of the system do."""
        return self.folder / self.mail.smtp.ca_file if self.mail.smtp.ca_file else None

    @property
    def inbox(self) -> Path:
        return self.folder / self.imports.inbox

    @property
    def data(self) -> Path:
        """The desk's own copy of the data files."""
        return self.folder / "data"

    @property
    def reference(self) -> Path:
        """The desk's own copy of the reference data."""
        return self.folder / "data" / "reference"

    @property
    def closures(self) -> tuple[Closure, ...]:
        return tuple(_closure(text) for text in self.calendar.closures)

    @property
    def extra_closed(self) -> tuple[date, ...]:
        return tuple(
            _parsed(text, date.fromisoformat, "calendar.extra_closed") for text in self.calendar.extra_closed
        )

    def settings(self) -> Settings:
        """What the rules depend on."""
        return Settings(
            target_days=self.review.target_days,
            enterprise_prefix=self.registration.enterprise_prefix,
            lease=timedelta(minutes=self.review.lease_minutes),
            hours={door: _hours(getattr(self.hours, door.value), door) for door in Door},
            findings=FindingPolicy(permit_blocks=self.review.permit_blocks),
            auto_approve=self.review.auto_approve,
            cards=_cards(self.registration),
            scale_share=self.imports.scale_share,
            second_person=self.imports.second_person,
            request_days=self.imports.request_days,
            permit_second_person=self.permit.second_person,
            permit_request_days=self.permit.request_days,
            one_person=self.database.alone,
            bulk_second_person=self.review.second_person,
            bulk_request_days=self.review.request_days,
            cancel_second_person=self.registration.second_person,
            cancel_request_days=self.registration.request_days,
            retries=self.mail.retries,
            send_at_once=self.mail.send_at_once,
            lock_after=self.registration.lock_after,
            code_days=self.registration.code_days,
            report_alarm_to=self.reports.alarm_to,
            report_keep=self.reports.keep,
            unmailed=unmailed(self.mail.kinds),
            idle_lock=timedelta(minutes=self.desk.idle_lock_minutes) or None,
        )


_RENAMED = {"imports": "import", **KIND_KEYS}  # what no attribute can be called in Python


def load_config(folder: Path) -> Config:
    """Read and check the settings of the desk in ``folder``.

    Raises ``ConfigurationError``: ``desk-missing``, ``data-file-unreadable``, ``setting-not-toml`` (``-unknown``, ``-missing``, …).
    """
    path = folder / CONFIG_NAME
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ConfigurationError("desk-missing", folder=str(folder)) from error
    except OSError as error:
        told = str(error.strerror)
        raise ConfigurationError("data-file-unreadable", file=str(path), reason=told) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError("setting-not-toml", file=str(path), detail=str(error)) from error
    config: Config = _build(Config, raw, "", {"folder": folder.resolve()})
    _check_values(config)
    return config


def _build(kind: Any, raw: Mapping[str, Any], where: str, given: Mapping[str, Any]) -> Any:
    hints = get_type_hints(kind)
    optional = {field.name for field in fields(kind) if field.default is not MISSING}
    names = {
        field.name: _RENAMED.get(field.name, field.name) for field in fields(kind) if field.name not in given
    }
    unknown = sorted(set(raw) - set(names.values()))
    if unknown:
        known = tuple(sorted(names.values()))
        raise ConfigurationError("setting-unknown", setting=f"{where}{unknown[0]}", known=known)
    values = dict(given)
    for attribute, name in names.items():
        if name not in raw:
            if attribute in optional:
                continue
            raise ConfigurationError("setting-missing", setting=f"{where}{name}")
        values[attribute] = _value(hints[attribute], raw[name], f"{where}{name}")
    return kind(**values)


def _value(kind: Any, raw: Any, where: str) -> Any:
    if isinstance(kind, UnionType):
        # What may be absent; in the file there is no word for that.
        kind = get_args(kind)[0]
    if is_dataclass(kind):
        if not isinstance(raw, dict):
            raise ConfigurationError("setting-wrong-type", setting=where, wanted="table")
        return _build(kind, raw, f"{where}.", {})
    if kind == tuple[str, ...]:
        if not isinstance(raw, list) or not all(isinstance(item, str) for item in raw):
            raise ConfigurationError("setting-wrong-type", setting=where, wanted="list of texts")
        return tuple(raw)
    if kind is float and isinstance(raw, int) and not isinstance(raw, bool):
        return float(raw)
    if not isinstance(raw, kind) or (kind is int and isinstance(raw, bool)):
        raise ConfigurationError("setting-wrong-type", setting=where, wanted=kind.__name__)
    return raw


def _invalid(where: str, value: object) -> ConfigurationError:
    return ConfigurationError("setting-invalid", setting=where, value=str(value))


def _check_values(config: Config) -> None:
    """Refuse values that no rule could work with, at the start rather than in the middle of a day."""
    review, branch_limit = config.review, config.registration.branch_limit
    idle = config.desk.idle_lock_minutes
    checks: list[tuple[bool, str, object]] = [
        (1 <= review.target_days <= MOST_DAYS, "review.target_days", review.target_days),
        (1 <= review.lease_minutes <= MOST_MINUTES, "review.lease_minutes", review.lease_minutes),
        ("://" in config.database.url, "database.url", _without_password(config.database.url)),
        *mail_checks(config.mail),
        (0 <= idle <= MOST_MINUTES, "desk.idle_lock_minutes", idle),
        (branch_limit >= 1, "registration.branch_limit", branch_limit),
        (
            _is_prefix(config.registration.enterprise_prefix),
            "registration.enterprise_prefix",
            config.registration.enterprise_prefix,
        ),
        *_card_checks(config.registration),
        (0 <= config.imports.scale_share <= 1, "import.scale_share", config.imports.scale_share),
        *_request_days(
            {
                "import": config.imports.request_days,
                "permit": config.permit.request_days,
                "review": review.request_days,
                "registration": config.registration.request_days,
            }
        ),
        *audit_checks(config.audit),
        *report_checks(config.reports),
        *retention_checks(config.retention),
        (bool(config.card.module.strip()), "card.module", config.card.module),
        (1 <= config.card.time_limit <= LONGEST_CARD_OPERATION, "card.time_limit", config.card.time_limit),
    ]
    for good, where, value in checks:
        if not good:
            raise _invalid(where, value)
    check_people(config.database)
    for text, closure in zip(config.calendar.closures, config.closures, strict=True):
        if _length(closure) > LONGEST_CLOSURE:
            raise _invalid("calendar.closures", text)
    _ = config.extra_closed, config.settings()


def check_people(section: DatabaseSection) -> None:
    """Raises ``ConfigurationError`` ``one-person-on-server``."""
    if section.alone_on_server:
        raise ConfigurationError("one-person-on-server", setting="database.one_person")


def _request_days(days: Mapping[str, int]) -> tuple[tuple[bool, str, object], ...]:
    """By section, for how many working days its requests for a second person live."""
    return tuple(
        (1 <= count <= MOST_DAYS, f"{section}.request_days", count) for section, count in days.items()
    )


def _without_password(url: str) -> str:
    """An address of a database as an error may name it: one with these signs may hold a password, wherever it is misspelt."""
    return HIDDEN if {":", "@"} & set(url) else url


def _length(closure: Closure) -> int:
    first, last = (date(2024, month, day) for month, day in closure)
    return (last - first).days + 1 + (366 if last < first else 0)


def _is_prefix(text: str) -> bool:
    return text.isascii() and text.isdigit() and 1 <= len(text) <= 10


def _card_checks(section: RegistrationSection) -> tuple[tuple[bool, str, object], ...]:
    return (
        (1 <= section.proof_minutes <= MOST_MINUTES, "registration.proof_minutes", section.proof_minutes),
        (section.most_cards >= 0, "registration.most_cards", section.most_cards),
        (0 <= section.notice_days <= MOST_NOTICE, "registration.notice_days", section.notice_days),
        (1 <= section.lock_after <= MOST_FAILURES, "registration.lock_after", section.lock_after),
        (1 <= section.code_days <= MOST_NOTICE, "registration.code_days", section.code_days),
    )


def _cards(section: RegistrationSection) -> CardSettings:
    return CardSettings(
        proof=timedelta(minutes=section.proof_minutes),
        unchecked_registers=section.unchecked_registers,
        most_cards=section.most_cards,
        follow_up=FollowUpPolicy(
            notice=timedelta(days=section.notice_days), check_holder=section.check_holder
        ),
    )


def _hours(section: HoursSection, door: Door) -> ServiceHours:
    opens = _parsed(section.opens, time.fromisoformat, f"hours.{door.value}.opens")
    closes = _parsed(section.closes, time.fromisoformat, f"hours.{door.value}.closes")
    if opens.tzinfo is not None or closes.tzinfo is not None:
        raise _invalid(f"hours.{door.value}", f"{section.opens}-{section.closes}")
    if opens >= closes:
        raise _invalid(f"hours.{door.value}.closes", section.closes)
    return ServiceHours(opens, closes, always=section.always)


def _closure(text: str) -> Closure:
    first, slash, last = text.partition("/")
    if not slash:
        raise _invalid("calendar.closures", text)
    return _month_day(first, text), _month_day(last, text)


def _month_day(text: str, whole: str) -> tuple[int, int]:
    # Checked in a leap year, so that a closure may begin or end on 29 February.
    day = _parsed(f"2024-{text}", date.fromisoformat, "calendar.closures", shown=whole)
    return day.month, day.day


def _parsed(text: str, parse: Callable[[str], V], where: str, shown: str | None = None) -> V:
    try:
        return parse(text)
    except ValueError as error:
        raise _invalid(where, shown or text) from error
