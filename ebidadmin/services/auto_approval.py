"""Automatic approval (``auto_approve``, off unless the office turns it on): applications without any finding, not even a note, are
approved without anybody looking.

The decision is the setting's, not a person's: it has an actor of its own, by which it is counted apart, and the trail says who let it run,
under which version of the rules and of the data it was found to be without findings.
"""

from __future__ import annotations

from dataclasses import replace

from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.events import JsonValue, Subject, SubjectKind
from ebidadmin.domain.findings import find
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.staff import Permission, Role, Staff
from ebidadmin.errors import EbidError, RuleError
from ebidadmin.services import application_review, case_file, queue
from ebidadmin.services.bulk_approval import BulkOutcome
from ebidadmin.services.pages import LARGEST_PAGE
from ebidadmin.services.ports import Office
from ebidadmin.services.queue import QueueQuery, QueueReader, QueueRow
from ebidadmin.services.refusals import refusals_logged

ACTOR = Staff("setting:review.auto_approve", frozenset({Role.REVIEWER}))
"""Who decided. No login can have a colon in it."""


def approve_plain(office: Office, *, staff: Staff, reader: QueueReader) -> tuple[BulkOutcome, ...]:
    """Approve every waiting application without any finding that nobody holds, one transaction each.

    Raises ``NotPermittedError`` without the permission to review, and ``RuleError`` (``auto-approval-off``) unless the office's
    setting allows it. A case that changed meanwhile is left alone; why is told with it.
    """
    subject = Subject(SubjectKind.DESK, "queue")
    with refusals_logged(office, staff=staff, subject=subject, verb="auto-approve"):
        staff.require(Permission.REVIEW)
        if not office.settings.auto_approve:
            raise RuleError("auto-approval-off")
    query = QueueQuery(states=frozenset({ApplicationState.PENDING}), size=LARGEST_PAGE)
    manner: dict[str, JsonValue] = {
        "manner": "automatic",
        "started_by": staff.login,
        "checked_with": office.facts_version,
    }
    outcomes: list[BulkOutcome] = []
    while True:
        page = queue.page(office, staff=staff, query=query, reader=reader)
        plain = [row for row in page.rows if not row.findings and row.holder is None]
        seen = _seen(office, reader, plain)
        outcomes += [_approve(office, row, seen[row.number], manner) for row in plain if row.number in seen]
        if page.next_cursor is None:
            return tuple(outcomes)
        query = replace(query, cursor=page.next_cursor)


def _seen(office: Office, reader: QueueReader, rows: list[QueueRow]) -> dict[ApplicationNumber, str]:
    """What each is found to be now; without those against which something stands by now."""
    found: dict[ApplicationNumber, str] = {}
    for number, parts in reader.dossiers([row.number for row in rows]).items():
        dossier = case_file.dossier_of(office, parts, day=case_file.today(office))
        if not find(dossier, names=office.names, policy=office.settings.findings):
            found[number] = case_file.seen_digest((), dossier.register_now)
    return found


def _approve(office: Office, row: QueueRow, seen: str, manner: dict[str, JsonValue]) -> BulkOutcome:
    refused: EbidError | None = None
    try:
        application_review.approve(
            office, staff=ACTOR, number=row.number, version=row.version, seen=seen, manner=manner
        )
    except EbidError as error:
        refused = error
    return BulkOutcome(number=row.number, trade_name=row.trade_name, refused=refused)
