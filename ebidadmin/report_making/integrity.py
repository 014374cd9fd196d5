"""The parts of the daily report on the audit trail, as its notebook adds them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ebidadmin.bootstrap import key_in
from ebidadmin.clock import SystemClock, jst
from ebidadmin.domain.events import EventTag
from ebidadmin.errors import EbidError, StorageError
from ebidadmin.kept_anchors import named_anchors
from ebidadmin.report_making.writing import ReportDesk, Shown, before, rows_of
from ebidadmin.services.audit_tree import MOST_FINDINGS, UNREADABLE, examine
from ebidadmin.services.report_facts import NO_DAY, TrailDay
from ebidadmin.services.tree_ports import KeptAnchors
from ebidadmin.text import audit_tree as findings_text
from ebidadmin.text import report_tables as words
from ebidadmin.text import reports
from ebidadmin.text.labels import EVENTS
from ebidadmin.text.messages import sentence

if TYPE_CHECKING:
    from ebidadmin.reporting.integrity_frames import IntegrityFrames


def frames(desk: ReportDesk) -> IntegrityFrames:
    """What a verification of the whole trail finds now, by the anchors that the settings name, and what the trail has of the day before."""
    from ebidadmin.reporting.integrity_frames import integrity_frames

    first = desk.day - timedelta(days=1)
    signer = key_in(desk.folder)
    # Before the trail: an anchor that is made meanwhile would know more than was read of it.
    named, unread = _outside(desk)
    kept = named or KeptAnchors()
    found = examine(desk.tree, signer, SystemClock().now, anchors=kept.heads, outside=kept.findings)
    verified = replace(found, stamps=kept.stamps)
    desk.fact(words.VERIFIED, findings_text.summary(verified))
    # Of now, whatever day the report is for: it looks at everything that is there.
    desk.fact(words.VERIFIED_AT, reports.minute(jst(verified.at)))
    desk.fact(findings_text.ANCHORS, findings_text.anchors(named, unread=bool(unread)))
    if signer is None:
        desk.fact(words.SIGNED, words.NO_KEY)
    day = _day(desk, first)
    desk.fact(words.COVERED, words.UNCOUNTED if day is NO_DAY else reports.covers(first, first))
    return integrity_frames(verified, day, calendar=desk.calendar, unread=unread)


def _outside(desk: ReportDesk) -> tuple[KeptAnchors | None, str]:
    """What is kept outside, and why it cannot be looked at (empty: it can). A medium that is not there today keeps nobody from the rest of
    the report, which says so first of all."""
    try:
        return named_anchors(desk.config), ""
    except EbidError as error:
        return None, sentence(error)


def _day(desk: ReportDesk, first: date) -> TrailDay:
    """The day before; ``NO_DAY`` where somebody wrote into the trail what cannot be read: the verification says so, and is to be told."""
    try:
        return desk.reader.trail(after=before(first), until=before(desk.day))
    except StorageError as error:
        if error.code != UNREADABLE:
            raise
        return NO_DAY


def actions(desk: ReportDesk, frames: IntegrityFrames) -> Shown:
    """What an auditor has to look at today."""
    desk.figures(((words.FINDINGS, len(frames.findings)),))
    if not frames.tags.empty:
        desk.figures(
            (
                (words.UNUSUAL, int(frames.unusual["count"].sum())),
                (words.EVENTS, int(frames.tags["count"].sum())),
            )
        )
    refused = frames.tags[frames.tags["tag"] == EventTag.REFUSED_NOT_PERMITTED.value]
    return desk.actions(
        words.integrity_actions(
            findings=len(frames.findings),
            more=len(frames.findings) >= MOST_FINDINGS,
            around=len(frames.around),
            unread=frames.unread,
            unusual=int(frames.unusual["count"].sum()),
            refused=int(refused["count"].sum()),
        )
    )


def findings(desk: ReportDesk, frames: IntegrityFrames) -> Shown:
    """What the verification found, and what to do about it."""
    rows = tuple(
        (words.number(one.seq), findings_text.said(one), findings_text.advice(one))
        for one in frames.verification.findings
    )
    return desk.table(words.FINDINGS, words.FINDING_COLUMNS, rows)


def unusual(desk: ReportDesk, frames: IntegrityFrames) -> Shown:
    """Who worked on a day off, or outside the usual hours."""
    from ebidadmin.reporting.integrity_frames import CLOSES, OPENS

    rows = rows_of(
        frames.unusual, by=str, day=reports.day, count=int, first=reports.minute, last=reports.minute
    )
    note = words.UNUSUAL_NOTE.format(opens=f"{OPENS:%H:%M}", closes=f"{CLOSES:%H:%M}")
    return desk.table(words.UNUSUAL, words.UNUSUAL_COLUMNS, rows, note=note)


def counts(desk: ReportDesk, frames: IntegrityFrames) -> tuple[Shown, Shown]:
    """What was done, and by whom."""
    people = rows_of(frames.people, by=str, count=int, first=reports.minute, last=reports.minute)
    labels = {tag.value: label for tag, label in EVENTS.items()}
    tags = rows_of(frames.tags, tag=lambda tag: labels.get(tag, tag), count=int)
    return (
        desk.table(words.PEOPLE, words.PEOPLE_COLUMNS, people),
        desk.table(words.TAGS, words.TAG_COLUMNS, tags),
    )
