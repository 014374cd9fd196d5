"""Rows of a batch of ID applications: read, checked, compared with what is there, reported."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ebidadmin.clock import as_utc, jst_date
from ebidadmin.domain.applications import IdApplication, IdForm
from ebidadmin.domain.contacts import CONTACT_FIELDS
from ebidadmin.domain.fields import check_id_form
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.errors import Facts, Problem, RuleError
from ebidadmin.services.password_hashes import hash_problems
from ebidadmin.services.ports import Office

CONTACTS = ("main_contact", "applicant_contact")

PLAIN_KEYS = (
    "application_number",
    "supplier_number",
    "trade_name",
    "company_phone",
    "company_fax",
    "branch",
    "user_id",
    "password_hash",
    "applied_at",
)

KEYS = frozenset(PLAIN_KEYS) | {f"{contact}.{name}" for contact in CONTACTS for name in CONTACT_FIELDS}
"""The flat keys of a row; nothing else is taken, a plain password least of all."""

NUMBER_FORM = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,29}")

WHERE_RULE_BROKE = {
    "open-application-exists": "supplier_number",
    "user-id-taken": "user_id",
}
"""Which field a rule about other records speaks of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRow:
    """A row that keeps the form rules."""

    line: int
    number: ApplicationNumber
    form: IdForm
    password_hash: str = field(repr=False)
    applied_at: datetime


@dataclass(frozen=True, slots=True)
class IntakeProblem:
    """One thing wrong with a row. ``field`` is the flat key; ``number`` is the application number that stands there, possibly none.
    ``facts`` never hold what was sent in an unknown field or as a password hash."""

    line: int
    number: str
    field: str
    code: str
    facts: Facts = dataclasses.field(default_factory=dict)

    def of_field(self) -> Problem:
        """The same without its row."""
        return Problem(self.field, self.code, self.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeReport:
    """What became of a batch: numbers taken in now, numbers that were there already with the same content, and every problem of
    the rows that were refused."""

    accepted: tuple[ApplicationNumber, ...]
    already_there: tuple[ApplicationNumber, ...]
    problems: tuple[IntakeProblem, ...]

    @property
    def refused_lines(self) -> tuple[int, ...]:
        """The lines of the refused rows, each once."""
        return tuple(dict.fromkeys(problem.line for problem in self.problems))


@dataclass(slots=True)
class Outcome:
    """The report while it is being made."""

    accepted: list[ApplicationNumber] = dataclasses.field(default_factory=list)
    already_there: list[ApplicationNumber] = dataclasses.field(default_factory=list)
    problems: list[IntakeProblem] = dataclasses.field(default_factory=list)

    def known(self, row: IntakeRow, present: IdApplication) -> None:
        """The number is in use: by the same application, or by another one."""
        if _same(row, present):
            self.already_there.append(row.number)
        else:
            facts: Facts = {"value": row.number}
            self.problems.append(
                IntakeProblem(row.line, row.number, "application_number", "number-reused", facts)
            )

    def refuse(self, row: IntakeRow, error: RuleError) -> None:
        """A rule about other records forbids the row."""
        where = WHERE_RULE_BROKE.get(error.code, "application_number")
        self.problems.append(IntakeProblem(row.line, row.number, where, error.code, error.facts))

    def report(self) -> IntakeReport:
        return IntakeReport(
            accepted=tuple(self.accepted),
            already_there=tuple(self.already_there),
            problems=tuple(self.problems),
        )


def read(
    line: int, mapping: Mapping[str, object], *, office: Office
) -> IntakeRow | tuple[IntakeProblem, ...]:
    """Check one row: form rules, application number, password hash, moment of application; all problems at once.

    Contacts may be nested or given by dotted keys. ``applied_at`` is ISO 8601 with a zone: without one it would be a guess by
    nine hours; it lies neither in the future nor before the calendar.
    """
    flat, problems = _flatten(mapping)
    number = flat.get("application_number")
    if not isinstance(number, str) or not NUMBER_FORM.fullmatch(number):
        problems.append(Problem("application_number", "number-form" if number else "required"))
    checked = check_id_form(flat, rules=office.forms, need_email_again=False)
    problems += checked.problems
    password_hash = flat.get("password_hash")
    if not isinstance(password_hash, str) or not password_hash:
        problems.append(Problem("password_hash", "required"))
    else:
        problems += hash_problems(office.hasher, password_hash)
    applied_at = _moment(flat.get("applied_at"), problems, office)
    if problems or checked.value is None or applied_at is None:
        named = number if isinstance(number, str) else ""
        return tuple(IntakeProblem(line, named, one.where, one.code, one.facts) for one in problems)
    return IntakeRow(
        line=line,
        number=ApplicationNumber(str(number)),
        form=checked.value,
        password_hash=str(password_hash),
        applied_at=applied_at,
    )


def _flatten(mapping: Mapping[str, object]) -> tuple[dict[str, object], list[Problem]]:
    flat: dict[str, object] = {}
    problems: list[Problem] = []
    for key, value in mapping.items():
        if key in CONTACTS and isinstance(value, Mapping):
            nested = {f"{key}.{name}": entry for name, entry in value.items()}
        else:
            nested = {key: value}
        for name, entry in nested.items():
            if name not in KEYS:
                # Only the name is told: the value may be a secret that should never have been sent.
                problems.append(Problem(str(name), "unknown-field"))
            elif name in flat:
                problems.append(Problem(name, "given-twice"))
            flat[name] = entry
    return flat, problems


def _moment(value: object, problems: list[Problem], office: Office) -> datetime | None:
    if not isinstance(value, str) or not value:
        problems.append(Problem("applied_at", "required"))
        return None
    try:
        moment = as_utc(datetime.fromisoformat(value))
        day = jst_date(moment)
    except (ValueError, OverflowError):
        problems.append(Problem("applied_at", "moment-form", {"value": value}))
        return None
    if moment > office.clock.now():
        problems.append(Problem("applied_at", "moment-in-future", {"value": value}))
    elif day < office.calendar.first:
        problems.append(
            Problem(
                "applied_at", "moment-too-early", {"value": value, "first": office.calendar.first.isoformat()}
            )
        )
    return moment


def _same(row: IntakeRow, present: IdApplication) -> bool:
    """Whether the row says what is stored. An erased hash can no longer differ."""
    same_hash = present.password_hash in (None, row.password_hash)
    return present.form == row.form and present.applied_at == row.applied_at and same_hash
