"""Facts for reports, as of a moment, on SQL. Columns that no report may hold are not read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, or_, select

from ebidadmin.clock import jst_date
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.permits import PermitState
from ebidadmin.domain.report_runs import SCHEDULED
from ebidadmin.errors import StorageError
from ebidadmin.persistence.among import among
from ebidadmin.persistence.engine import reading
from ebidadmin.persistence.report_shared import live_ids, names_as_of, version_as_of
from ebidadmin.persistence.schema import (
    ApplicationRow,
    AuditRow,
    InquiryRow,
    MailRow,
    PermitRow,
)
from ebidadmin.services.case_file import Wait
from ebidadmin.services.report_facts import (
    ReportedApplication,
    ReportedId,
    ReportedMail,
    ReportedPermit,
    ReviewFacts,
    TrailDay,
)

_TIMED = frozenset(
    tag.value
    for tag in (
        *(EventTag.REPORT_SCHEDULED, EventTag.REPORT_MISSED, EventTag.REPORT_OUTPUTS_REMOVED),
        EventTag.AUDIT_ANCHORED,
    )
)
_TIMED_RUNS = frozenset(
    tag.value for tag in (EventTag.REPORT_STARTED, EventTag.REPORT_FINISHED, EventTag.REPORT_FAILED)
)

_APPLICATION = (
    ApplicationRow.number,
    ApplicationRow.supplier_number,
    ApplicationRow.trade_name,
    ApplicationRow.applied_at,
    ApplicationRow.state,
    ApplicationRow.decided_at,
    ApplicationRow.decided_by,
    ApplicationRow.decision_reasons,
)


class SqlReportReader:
    """``report_facts.ReportReader``. Each call sees one state of the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = reading(engine)

    def review(self, *, as_of: datetime, decided_after: datetime, decided_until: datetime) -> ReviewFacts:
        row = ApplicationRow
        undecided = (row.applied_at <= as_of, or_(row.decided_at.is_(None), row.decided_at > as_of))
        decided = (row.decided_at > decided_after, row.decided_at <= decided_until)
        with self._engine.connect() as connection:
            waiting = applications(connection, undecided, as_of)
            applied = frozenset(one.supplier_number for one in waiting)
            return ReviewFacts(
                open=waiting,
                decided=applications(connection, decided, as_of),
                mails=_given_up(connection, as_of),
                **_unmatched(connection, as_of, applied),
            )

    def trail(self, *, after: datetime, until: datetime) -> TrailDay:
        wanted = (AuditRow.at > after, AuditRow.at <= until)
        columns = (AuditRow.tag, AuditRow.by, AuditRow.at, AuditRow.subject_id)
        events = select(*columns).where(*wanted).order_by(AuditRow.seq)
        with self._engine.connect() as connection:
            try:
                rows = connection.execute(events).all()
            except ValueError as error:
                # A moment that is none: the driver hands over any text.
                raise StorageError("value-unreadable") from error
        return TrailDay(
            by_tag=Counter(row.tag for row in rows),
            by_person=Counter(row.by for row in rows),
            moments=tuple((row.by, row.at) for row in rows),
            by_timer=frozenset(place for place, row in enumerate(rows) if _by_timer(row.tag, row.subject_id)),
        )

    def register_version(self, as_of: datetime) -> int | None:
        with self._engine.connect() as connection:
            return version_as_of(connection, as_of)


def _by_timer(tag: str, subject: str) -> bool:
    """Whether a timer makes such events: of runs of reports those that are the schedule's, not those that somebody started by hand."""
    return tag in _TIMED or (tag in _TIMED_RUNS and subject.endswith(f"/{SCHEDULED}"))


def applications(
    connection: Connection, wanted: Sequence[Any], as_of: datetime
) -> tuple[ReportedApplication, ...]:
    """Applications as they were at the moment, by the moment of applying."""
    order = (ApplicationRow.applied_at, ApplicationRow.number)
    rows = connection.execute(select(*_APPLICATION).where(*wanted).order_by(*order)).all()
    inquiries = select(InquiryRow.application, InquiryRow.asked_at, InquiryRow.answered_at).where(
        among(InquiryRow.application, [row.number for row in rows]), InquiryRow.asked_at <= as_of
    )
    pauses: defaultdict[str, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for number, asked, answered in connection.execute(inquiries.order_by(InquiryRow.asked_at)):
        pauses[number].append((asked, answered if answered is not None and answered <= as_of else None))
    return tuple(_application(row, pauses[row.number], as_of) for row in rows)


def _application(
    row: Any, pauses: Sequence[tuple[datetime, datetime | None]], as_of: datetime
) -> ReportedApplication:
    decided = row.decided_at is not None and row.decided_at <= as_of
    asked = any(answered is None for _, answered in pauses)
    undecided = ApplicationState.INQUIRED if asked else ApplicationState.PENDING
    return ReportedApplication(
        number=row.number,
        supplier_number=row.supplier_number,
        trade_name=row.trade_name,
        state=row.state if decided else undecided,
        wait=Wait(row.applied_at, tuple(pauses)),
        decided_at=row.decided_at if decided else None,
        decided_by=row.decided_by if decided else None,
        reasons=tuple(row.decision_reasons or ()) if decided else (),
    )


def _given_up(connection: Connection, as_of: datetime) -> tuple[ReportedMail, ...]:
    """Whose last event of giving up or trying again was to give up."""
    tags = (EventTag.MAIL_GAVE_UP.value, EventTag.MAIL_RETRIED.value)
    told = select(AuditRow.subject_id, AuditRow.tag, AuditRow.after).where(
        AuditRow.tag.in_(tags), AuditRow.at <= as_of
    )
    last: dict[int, str] = {}
    for mail, tag, after in connection.execute(told.order_by(AuditRow.seq)):
        last.pop(int(mail), None)
        if tag == EventTag.MAIL_GAVE_UP.value:
            last[int(mail)] = str(after.get("error", "")) if isinstance(after, dict) else ""
    columns = (MailRow.id, MailRow.kind, MailRow.about_id, MailRow.written_at)
    mails = select(*columns).where(MailRow.id.in_(sorted(last))).order_by(MailRow.id)
    return tuple(
        ReportedMail(
            id=row.id,
            kind=row.kind.value,
            about=row.about_id,
            written_at=row.written_at,
            error=last[row.id],
        )
        for row in connection.execute(mails)
    )


def _unmatched(connection: Connection, as_of: datetime, applied: Collection[str]) -> dict[str, Any]:
    """Permits in force whose supplier has no live ID, and live IDs whose supplier has no permit in force."""
    permits, ids = _permits(connection, as_of), live_ids(connection, as_of)
    permitted = {row.supplier_number for row in permits}
    registered = {row.supplier_number for row in ids}
    alone = [row for row in permits if row.supplier_number not in registered]
    unpermitted = [row for row in ids if row.supplier_number not in permitted]
    names = names_as_of(connection, as_of, {row.supplier_number for row in (*alone, *unpermitted)})
    return {
        "permits": tuple(
            ReportedPermit(
                id=row.id,
                supplier_number=row.supplier_number,
                trade_name=names.get(row.supplier_number, row.applicant),
                valid_from=row.valid_from,
                valid_to=row.valid_to,
                applied=row.supplier_number in applied,
            )
            for row in alone
        ),
        "ids": tuple(
            ReportedId(
                application=row.application,
                supplier_number=row.supplier_number,
                trade_name=names.get(row.supplier_number, row.trade_name),
                created_at=row.created_at,
            )
            for row in unpermitted
        ),
    }


def _permits(connection: Connection, as_of: datetime) -> list[Any]:
    """In force on the day, by what was decided until the moment; one that was made void later still counted."""
    row, day = PermitRow, jst_date(as_of)
    columns = (row.id, row.supplier_number, row.applicant, row.valid_from, row.valid_to)
    counts = or_(
        row.state == PermitState.GRANTED,
        (row.state == PermitState.WITHDRAWN) & (row.withdrawn_from > day),
        (row.state == PermitState.VOIDED) & (row.voided_at > as_of),
    )
    wanted = select(*columns).where(
        counts,
        row.valid_from <= day,
        or_(row.valid_to.is_(None), row.valid_to >= day),
        or_(row.decided_at.is_(None), row.decided_at <= as_of),
    )
    return list(connection.execute(wanted.order_by(row.valid_from, row.id)))
