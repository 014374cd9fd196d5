"""How an open permit reads: every value as the text that stands on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ebidadmin.domain.names import MatchClass
from ebidadmin.domain.permits import Permit, PermitState, Voiding
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.staff import Staff
from ebidadmin.presenters import ways
from ebidadmin.presenters.case_view import MATCH_TONES, CompareLine
from ebidadmin.presenters.eligibility_line import EligibilityLine, line_of
from ebidadmin.presenters.given_reasons import given_reason
from ebidadmin.presenters.notices import Notice, Tone
from ebidadmin.presenters.record_lines import permit_lines, register_pairs
from ebidadmin.presenters.ways import Kind, Way
from ebidadmin.services.permit_case import NumberOwner, PermitCase
from ebidadmin.services.permit_dispatch import DispatchLine
from ebidadmin.services.permit_proposals import Listed
from ebidadmin.services.ports import Reasons
from ebidadmin.text import formats, imports, messages
from ebidadmin.text import permit_proposals as proposal_words
from ebidadmin.text import permit_screen as words
from ebidadmin.text import queue as queue_words
from ebidadmin.text.permits import DISPATCH_KINDS, number_shown

Rows = tuple[tuple[str, ...], ...]
Pairs = tuple[tuple[str, str], ...]

STATE_TONES: Mapping[PermitState, Tone] = {
    PermitState.REQUESTED: "warning",
    PermitState.GRANTED: "success",
    PermitState.REFUSED: "error",
    PermitState.WITHDRAWN: "neutral",
    PermitState.VOIDED: "neutral",
}


@dataclass(frozen=True, slots=True)
class DispatchShown:
    """A row of the dispatch register; ``open`` says whether something can still be entered against it."""

    id: str
    cells: tuple[str, ...]
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitView:
    """The permit in words. ``remarks`` is there only while it waits for its decision, ``proposal`` while one is open; ``waits`` says
    whether a second person can still act on it."""

    number: str
    ways: tuple[Way, ...]
    title: str
    state: str
    tone: Tone
    facts: Pairs
    remarks: Notice | None
    proposal: Notice | None
    waits: bool
    comparisons: tuple[CompareLine, ...]
    register: Pairs
    eligibility: EligibilityLine
    others: Rows
    dispatches: tuple[DispatchShown, ...]
    events: Rows


def name_of(case: PermitCase) -> str:
    """The company as the register names it, else as the paper does."""
    return case.permit.applicant if case.record is None else case.record.trade_name


def view_of(case: PermitCase, reasons: Reasons, staff: Staff) -> PermitView:
    """An open permit in words; ``reasons`` is the catalogue of refusals, ``staff`` whoever looks."""
    permit = case.permit
    return PermitView(
        number=permit.id,
        ways=(
            *ways.supplier_page(staff, permit.supplier_number),
            *ways.trail(staff, Kind.PERMIT, permit.id),
            *ways.life(staff, permit.supplier_number),
        ),
        title=words.case_title(permit, name_of(case)),
        state=queue_words.PERMIT_STATES[permit.state],
        tone=STATE_TONES[permit.state],
        facts=_facts(permit, reasons),
        remarks=_remarks(case) if permit.state is PermitState.REQUESTED else None,
        proposal=None if case.proposal is None else _proposal(case.proposal, reasons),
        waits=case.waits,
        comparisons=_comparisons(case),
        register=register_lines(case.record),
        eligibility=line_of(case.eligibility),
        others=permit_lines(case.others, reasons),
        dispatches=tuple(_dispatch(line) for line in case.dispatches),
        events=tuple(
            (formats.moment(event.at), event.by, messages.event_label(event.tag))
            for event in reversed(case.events)
        ),
    )


def register_lines(record: Qualification | None) -> Pairs:
    """What the register has of a supplier, the fields by which a company is known first."""
    if record is None:
        return ()
    known = (
        (imports.field_label(name), str(getattr(record, name)))
        for name in ("supplier_number", "trade_name", "address", "phone")
    )
    return (*(pair for pair in known if pair[1]), *register_pairs(record))


def company_lines(record: Qualification | None) -> Pairs:
    """That by which a person knows a company, and whether it is one of those that count; short enough to stand above a form."""
    if record is None:
        return ()
    names = ("supplier_number", "trade_name", "address", "phone", "representative_name", "delegate_name")
    wanted = {*map(imports.field_label, names), queue_words.FACT_QUALIFICATION, queue_words.FACT_SUSPENDED}
    return tuple(pair for pair in register_lines(record) if pair[0] in wanted)


def owner_notice(owner: NumberOwner) -> Notice:
    """Whose the number is that somebody typed."""
    if owner.record is None:
        return Notice("warning", words.OWNER_UNKNOWN.format(number=owner.number))
    said = words.OWNER_KNOWN.format(number=owner.number)
    if not owner.permits:
        return Notice("info", said)
    return Notice("warning", said, (words.OWNER_PERMITS.format(count=len(owner.permits)),))


def _facts(permit: Permit, reasons: Reasons) -> Pairs:
    channels = queue_words.PAPER_CHANNELS
    voiding = permit.voiding
    refusal = words.joined([*(given_reason(reasons, code) for code in permit.refusal_reasons), permit.reason])
    decided = words.decided_shown(formats.moment(permit.decided_at), permit.decided_by or "")
    withdrawn = words.withdrawn_shown(formats.day(permit.withdrawn_from), permit.reason)
    pairs = (
        (words.FACT_DOCUMENT, number_shown(permit)),
        (words.FACT_RECEIVED, words.sent_shown(formats.day(permit.received), channels[permit.channel])),
        (words.FACT_REPLY, "" if permit.reply_channel is None else channels[permit.reply_channel]),
        (words.FACT_DECIDED, decided if permit.decided_by else ""),
        (words.FACT_PERIOD, formats.period(permit.valid_from, permit.valid_to) if permit.valid_from else ""),
        (words.FACT_REASONS, refusal if permit.state is PermitState.REFUSED else ""),
        (words.FACT_WITHDRAWN, withdrawn if permit.state is PermitState.WITHDRAWN else ""),
        (words.FACT_VOIDED, "" if voiding is None else _voided(voiding)),
        (words.FACT_NOTE, permit.note),
    )
    return tuple(pair for pair in pairs if pair[1].strip())


def _voided(voiding: Voiding) -> str:
    return words.joined([words.decided_shown(formats.moment(voiding.at), voiding.by), voiding.reason])


def _remarks(case: PermitCase) -> Notice:
    if not case.remarks:
        return Notice("info", words.NO_REMARKS)
    return Notice("warning", words.SECTION_REMARKS, tuple(words.REMARKS[one] for one in case.remarks))


def _proposal(listed: Listed, reasons: Reasons) -> Notice:
    one = listed.proposal
    asked = proposal_words.asked(
        one.binding, {code: given_reason(reasons, code) for code in one.binding.reasons}
    )
    said = words.PROPOSAL.format(number=one.id, asked=asked)
    by = words.PROPOSAL_BY.format(by=one.requested_by, at=formats.moment(one.requested_at))
    if listed.over is not None:
        why = words.PROPOSAL_OVER.format(why=proposal_words.OVER[listed.over])
        return Notice("warning", said, (by, why))
    own = (words.PROPOSAL_OWN,) if listed.own else ()
    return Notice(
        "warning", said, (by, words.PROPOSAL_UNTIL.format(until=formats.moment(one.expires_at)), *own)
    )


def _comparisons(case: PermitCase) -> tuple[CompareLine, ...]:
    permit, record = case.permit, case.record
    number, name = permit.supplier_number, permit.applicant or words.NO_NAME
    if record is None:
        return (
            CompareLine(words.FIELD_SUPPLIER, number, formats.ABSENT, words.REGISTER_ABSENT, "error"),
            CompareLine(words.COLUMN_NAME, name, formats.ABSENT, words.MATCH_NONE, "warning"),
        )
    return (
        _compared(words.FIELD_SUPPLIER, number, record.supplier_number, MatchClass.IDENTICAL),
        _compared(words.COLUMN_NAME, name, record.trade_name, case.match),
    )


def _compared(label: str, left: str, right: str, match: MatchClass | None) -> CompareLine:
    if match is None:
        return CompareLine(label, left, right, words.MATCH_NONE, "warning")
    return CompareLine(label, left, right, messages.match_label(match), MATCH_TONES[match])


def _dispatch(line: DispatchLine) -> DispatchShown:
    row = line.row
    cells = (
        row.id,
        formats.day(row.day),
        queue_words.PAPER_CHANNELS[row.channel],
        row.recipient,
        DISPATCH_KINDS[row.kind],
        words.put_right(row.corrects or "", line.corrected_by or ""),
        row.note,
        words.decided_shown(formats.moment(row.at), row.by),
    )
    return DispatchShown(row.id, cells, line.corrected_by is None)
