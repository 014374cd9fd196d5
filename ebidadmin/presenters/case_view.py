"""How an open case reads: every value as the text that stands on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ebidadmin.domain.applications import ApplicationState, IdApplication
from ebidadmin.domain.findings import Finding, Severity
from ebidadmin.domain.names import MatchClass
from ebidadmin.presenters import ways
from ebidadmin.presenters.case import CasePresenter
from ebidadmin.presenters.eligibility_line import EligibilityLine, line_of
from ebidadmin.presenters.notices import Notice, Tone
from ebidadmin.presenters.record_lines import mail_lines, permit_lines, register_pairs
from ebidadmin.presenters.ways import Kind, Way
from ebidadmin.services.case_file import CaseFile, Comparison
from ebidadmin.text import formats, imports, labels, messages
from ebidadmin.text import queue as words

SEVERITY_TONES: Mapping[Severity, Tone] = {
    Severity.BLOCK: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "info",
}

STATE_TONES: Mapping[ApplicationState, Tone] = {
    ApplicationState.PENDING: "info",
    ApplicationState.INQUIRED: "warning",
    ApplicationState.APPROVED: "success",
    ApplicationState.REJECTED: "error",
    ApplicationState.WITHDRAWN: "neutral",
}

MATCH_TONES: Mapping[MatchClass, Tone] = {
    MatchClass.IDENTICAL: "success",
    MatchClass.WIDTH: "info",
    MatchClass.LEGAL_FORM: "warning",
    MatchClass.VARIANT: "info",
    MatchClass.PREFIX: "info",
    MatchClass.DIFFERENT: "warning",
}


@dataclass(frozen=True, slots=True)
class FindingLine:
    severity: str
    label: str
    sentence: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class CompareLine:
    label: str
    entered: str
    registered: str
    verdict: str
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """The case in words; ``overdue`` and the tones only choose how a word stands out."""

    number: str
    title: str
    ways: tuple[Way, ...]
    state: str
    state_tone: Tone
    overdue: bool
    facts: tuple[tuple[str, str], ...]
    holder: Notice | None
    findings: tuple[FindingLine, ...]
    comparisons: tuple[CompareLine, ...]
    register: tuple[tuple[str, str], ...]
    eligibility: EligibilityLine
    permits: tuple[tuple[str, ...], ...]
    history: tuple[tuple[str, ...], ...]
    earlier: tuple[tuple[str, ...], ...]
    shared: tuple[tuple[str, ...], ...]
    inquiries: tuple[tuple[str, str], ...]
    notes: tuple[tuple[str, str], ...]
    mails: tuple[tuple[str, ...], ...]
    decision: tuple[tuple[str, str], ...]


def view_of(case: CasePresenter) -> CaseView | None:
    """The open case in words; ``None`` when none is open."""
    file = case.file
    if file is None:
        return None
    application = file.application
    return CaseView(
        number=application.number,
        title=words.case_title(application.form.trade_name, application.number),
        ways=_ways(case, application),
        state=words.STATES[application.state],
        state_tone=STATE_TONES[application.state],
        overdue=file.timing.overdue,
        facts=_facts(case, file),
        holder=_holder(case, file),
        findings=tuple(_finding(one) for one in file.findings),
        comparisons=tuple(_comparison(one) for one in file.comparisons),
        register=register_pairs(file.dossier.register_now),
        eligibility=line_of(file.eligibility),
        permits=permit_lines(file.permits, case.permit_reasons),
        history=_history(file),
        earlier=tuple(_earlier(case, one) for one in file.earlier),
        shared=_shared(file),
        inquiries=_inquiries(application),
        notes=tuple((words.written(note.by, note.at), note.text) for note in file.notes),
        mails=mail_lines(file.mails),
        decision=_decision(case, application),
    )


def _ways(case: CasePresenter, application: IdApplication) -> tuple[Way, ...]:
    staff, supplier = case.staff, application.supplier_number
    return (
        *ways.supplier_page(staff, supplier),
        *ways.supplier_permits(staff, supplier),
        *ways.trail(staff, Kind.APPLICATION, application.number),
        *ways.life(staff, supplier),
    )


def _facts(case: CasePresenter, file: CaseFile) -> tuple[tuple[str, str], ...]:
    application = file.application
    holder = formats.ABSENT
    if case.held_by_me and file.claim is not None:
        holder = words.held_by_me(file.claim.until)
    elif case.held_by_other and file.claim is not None:
        holder = file.claim.holder or formats.ABSENT
    again = "" if application.previous is None else f"({words.FACT_PREVIOUS} {application.previous})"
    return (
        (words.FACT_NUMBER, application.number),
        (words.FACT_SUPPLIER, application.supplier_number),
        (words.COLUMN_KIND, (words.KIND_AGAIN if again else words.KIND_NEW) + again),
        (
            words.FACT_APPLIED,
            f"{formats.moment(application.applied_at)}({words.CHANNELS[application.channel]})",
        ),
        (
            words.FACT_ELAPSED,
            words.elapsed(file.timing.elapsed_days, case.target_days, file.timing.paused_days),
        ),
        (words.FACT_DUE, formats.day(file.timing.due)),
        (words.FACT_HOLDER, holder),
    )


def _holder(case: CasePresenter, file: CaseFile) -> Notice | None:
    claim = file.claim
    if claim is None or claim.holder is None or not case.held_by_other:
        return None
    return Notice("warning", words.held_by(claim.holder, claim.until))


def _finding(one: Finding) -> FindingLine:
    return FindingLine(
        messages.severity_label(one.severity),
        messages.finding_label(one.code),
        messages.finding_sentence(one),
        SEVERITY_TONES[one.severity],
    )


def _comparison(one: Comparison) -> CompareLine:
    label = labels.field_label(one.field)
    if one.registered is None:
        return CompareLine(label, one.entered, formats.ABSENT, "", "neutral")
    registered = one.registered or words.NOT_ENTERED
    if one.match is None:
        return CompareLine(label, one.entered, registered, "", "neutral")
    return CompareLine(
        label, one.entered, registered, messages.match_label(one.match), MATCH_TONES[one.match]
    )


def _history(file: CaseFile) -> tuple[tuple[str, ...], ...]:
    lines = []
    for batch, record in file.register_history:
        name, person, period = words.VANISHED, "", ""
        if record is not None:
            name, person = record.trade_name, record.representative_name
            period = formats.period(record.valid_from, record.valid_to)
        lines.append((imports.version(batch.id), formats.moment(batch.applied_at), name, person, period))
    return tuple(lines)


def _earlier(case: CasePresenter, one: IdApplication) -> tuple[str, ...]:
    result = ""
    if one.decision is not None:
        reasons = [case.reason_label(code) for code in one.decision.reasons]
        result = " ".join([words.decided(one.decision.by, one.decision.at), *reasons])
    return (one.number, formats.moment(one.applied_at), words.STATES[one.state], result)


def _shared(file: CaseFile) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            labels.field_label(one.field),
            one.value,
            one.supplier_number,
            words.SHARED_SOURCES.get(one.source, one.source),
        )
        for one in file.shared
    )


def _inquiries(application: IdApplication) -> tuple[tuple[str, str], ...]:
    lines: list[tuple[str, str]] = []
    for inquiry in application.inquiries:
        lines.append((words.asked(inquiry.asked_by, inquiry.asked_at), inquiry.text))
        answer = "" if inquiry.answer is None else inquiry.answer or words.NO_ANSWER
        lines.append((words.answered(inquiry.answered_at), answer))
    return tuple(lines)


def _decision(case: CasePresenter, application: IdApplication) -> tuple[tuple[str, str], ...]:
    decision = application.decision
    if decision is None:
        return ()
    pairs = [
        (words.FACT_DECIDED, f"{words.STATES[application.state]} {words.decided(decision.by, decision.at)}")
    ]
    pairs += [(words.FACT_REASONS, case.reason_label(code)) for code in decision.reasons]
    if decision.note:
        pairs.append((words.FACT_NOTE, decision.note))
    for code, word in (decision.accepted or {}).items():
        pairs.append((words.FACT_ACCEPTED, f"{messages.finding_label(code)}: {word}"))
    return tuple(pairs)
