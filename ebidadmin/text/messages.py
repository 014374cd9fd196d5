"""Sentences for people, made from codes and facts: what, where, what to do.

A code without a sentence (from newer data or another program) gets a general sentence that names the code; nothing here raises
because of what an error holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.findings import FindingCode, Severity
from ebidadmin.domain.imports import RowProblem
from ebidadmin.domain.names import MatchClass
from ebidadmin.errors import EbidError, Facts, FactValue, Problem
from ebidadmin.text import labels
from ebidadmin.text.certificate_sentences import FILES, PARTS
from ebidadmin.text.certificate_sentences import REASONS as CHECK_REASONS
from ebidadmin.text.erasing import KEPT
from ebidadmin.text.error_sentences import ERRORS, UNKNOWN_ERROR
from ebidadmin.text.finding_sentences import finding_sentence
from ebidadmin.text.formats import moment, moment_with_weekday
from ebidadmin.text.problem_sentences import (
    INSTEAD_NAMED,
    INSTEAD_OTHER,
    PROBLEMS,
    ROW_PROBLEMS,
    UNKNOWN_PROBLEM,
    UNKNOWN_ROW_PROBLEM,
)
from ebidadmin.text.staff_words import PERMISSIONS

__all__ = [
    "code_sentence",
    "event_label",
    "filled",
    "finding_label",
    "finding_sentence",
    "match_label",
    "problem_sentence",
    "row_problem_sentence",
    "sentence",
    "severity_label",
    "state_label",
    "written_moment",
]

UNKNOWN_FACT = "(不明)"
YES, NO = "はい", "いいえ"


def sentence(error: EbidError) -> str:
    """The sentence of a refusal; the problems of an ``InputError`` have their own (``problem_sentence``)."""
    own = {"state": labels.PERMIT_STATES.get(str(error.facts.get("state")), UNKNOWN_FACT)}
    # A permit is taken back by the office, an application by the supplier: the state has one name in the code and two for people.
    given = own if error.facts.get("kind") == "permit" and error.facts.get("state") else {}
    return _fill(ERRORS.get(error.code, UNKNOWN_ERROR), error.facts, code=error.code, **given)


def code_sentence(code: str, **facts: FactValue) -> str:
    """The sentence of a refusal that is known by its code and what facts are left, as a trail tells it."""
    return _fill(ERRORS.get(code, UNKNOWN_ERROR), facts, code=code)


def problem_sentence(problem: Problem) -> str:
    """The sentence of one thing wrong with what was entered or sent."""
    instead = str(problem.facts.get("instead") or "")
    return _fill(
        PROBLEMS.get(problem.code, UNKNOWN_PROBLEM),
        problem.facts,
        code=problem.code,
        field=labels.field_name(problem.where),
        search_field=f"「{labels.SEARCH_LABELS.get(problem.where, problem.where)}」",
        quoted=labels.field_name(str(problem.facts.get("field") or "")),
        instead=INSTEAD_NAMED.format(instead=instead) if instead else INSTEAD_OTHER,
        character=f"「{character}」" if (character := problem.facts.get("character")) else "",
    )


def row_problem_sentence(problem: RowProblem) -> str:
    """The sentence of one thing wrong with a cell of an imported file; line and value are shown beside it."""
    template = ROW_PROBLEMS.get(problem.code, UNKNOWN_ROW_PROBLEM)
    return _fill(template, dict(problem.facts), code=problem.code, column=problem.column)


def state_label(state: str | ApplicationState) -> str:
    """The word for a state of an application, a permit or a registration."""
    return labels.STATES.get(state, str(state))


def match_label(match: MatchClass) -> str:
    return labels.MATCHES[match]


def severity_label(severity: Severity) -> str:
    return labels.SEVERITIES[severity]


def finding_label(code: FindingCode | str) -> str:
    """The short name of a finding."""
    return labels.FINDINGS.get(code, str(code))


def event_label(tag: EventTag) -> str:
    """What an event of the audit trail is called."""
    return labels.EVENTS[tag]


class _Words(dict[str, str]):
    """Facts as words; one that is missing does not spoil the sentence."""

    def __missing__(self, name: str) -> str:
        return UNKNOWN_FACT


def filled(template: str, facts: Facts, *, translated: Mapping[str, Callable[[str], str]]) -> str:
    """A sentence of another table, its facts as words; ``translated`` says how the facts are written that are its own."""
    own = {
        name: translated[name](str(value))
        for name, value in facts.items()
        if name in translated and value not in (None, "")
    }
    return _fill(template, facts, **own)


def written_moment(value: str) -> str:
    """A moment that came as ISO 8601, as the screens write it."""
    return _moment(value)


def _fill(template: str, facts: Facts, **given: str) -> str:
    words = {name: _word(name, value) for name, value in facts.items()}
    return template.format_map(_Words(words | given))


def _word(name: str, value: FactValue) -> str:
    if value is None or value == "":
        return UNKNOWN_FACT
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, tuple):
        return "、".join(_word(name, item) for item in value)
    translate = _TRANSLATED.get(name)
    return translate(str(value)) if translate else str(value)


def _of(table: Mapping[str, str]) -> Callable[[str], str]:
    return lambda value: table.get(value, value)


def _opening(value: str) -> str:
    try:
        return moment_with_weekday(datetime.fromisoformat(value))
    except ValueError:
        return value


def _moment(value: str) -> str:
    try:
        return moment(datetime.fromisoformat(value))
    except ValueError:
        return value


_TRANSLATED: Mapping[str, Callable[[str], str]] = {
    "state": state_label,
    "verb": _of(labels.VERBS),
    "kind": _of(labels.KINDS),
    "permission": _of(PERMISSIONS),
    "kept": _of(KEPT),
    "door": _of(labels.DOORS),
    "differs": _of(labels.DIFFERENCES),
    "findings": finding_label,
    "encoding": labels.encoding_label,
    "finding": finding_label,
    "why": _of({reason.value: text for reason, text in CHECK_REASONS.items()}),
    "part": _of(PARTS),
    "found": _of(FILES),
    "next_opening": _opening,
    "at": _moment,
    "until": _moment,
}
