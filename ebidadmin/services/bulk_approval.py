"""Approving several applications at one word, where nothing needs a word: neither a block nor a warning among the findings.

What is approved is a list that was shown case by case, with the mail of each. Each is decided by the same function as a single one, in
a transaction of its own, in the version and with the findings that were shown: whatever changed since is left alone and told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from ebidadmin.domain.applications import ApplicationState, IdApplication
from ebidadmin.domain.desk_requests import MOST_CASES
from ebidadmin.domain.events import JsonMap, Subject, SubjectKind
from ebidadmin.domain.findings import Finding, Severity, find
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.mails import MailDraft, MailKind
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import EbidError, RuleError, StorageError
from ebidadmin.services import application_review, case_file, queue
from ebidadmin.services.case_file import DossierParts
from ebidadmin.services.ports import Office
from ebidadmin.services.queue import QueueQuery, QueueReader, QueueRow
from ebidadmin.services.refusals import refusals_logged
from ebidadmin.services.second_person import asks_another, typed_facts

PLAIN = frozenset({Severity.NOTE})
"""Findings that need no word of anybody."""

OF_ONE_CASE = frozenset({"refused-by-database", "value-unreadable"})
"""Failures of the database that say nothing about the other cases of a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkCase:
    """One case of the list as it was shown: what it was found to be (``seen``), the mail of its approval, and whether the office sends
    it."""

    number: ApplicationNumber
    version: int
    supplier_number: str
    trade_name: str
    applied_at: datetime
    notes: tuple[Finding, ...]
    seen: str
    mail: MailDraft
    mailed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkList:
    """Cases in the order of the queue; ``more``: there are others that a further list will have."""

    cases: tuple[BulkCase, ...]
    more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkOutcome:
    """What became of a case: approved, or left as it is because of ``refused``."""

    number: ApplicationNumber
    trade_name: str
    refused: EbidError | None = None


def ready(office: Office, *, staff: Staff, query: QueueQuery, reader: QueueReader) -> BulkList:
    """The first waiting cases of the queue, as ``query`` filters and sorts it, that nothing stands against and nobody else holds.

    Changes nothing. Raises ``NotPermittedError`` without the permission to review.
    """
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.DESK, "queue"), verb="bulk-list"):
        staff.require(Permission.REVIEW)
    asked = replace(query, states=frozenset({ApplicationState.PENDING}))
    rows = queue.every(office, staff=staff, query=asked, reader=reader)
    plain = (row.number for row in rows if _plain(row) and row.holder in (None, staff.login))
    numbers = list(islice(plain, MOST_CASES + 1))
    shown = reader.dossiers(numbers[:MOST_CASES])
    cases = (_case(office, shown[number]) for number in numbers[:MOST_CASES] if number in shown)
    return BulkList(cases=tuple(case for case in cases if case is not None), more=len(numbers) > MOST_CASES)


def approve_all(
    office: Office, *, staff: Staff, cases: Sequence[BulkCase], typed: str | None = None
) -> tuple[BulkOutcome, ...]:
    """Approve each as it was shown, one transaction each; the trail says with each that it was one of so many.

    ``typed``: the number of cases, typed again where the office wants a second person and one person works alone. Raises before the first
    ``NotPermittedError``, ``RuleError`` ``bulk-needs-second-person`` (``services.desk_requests`` is the way), and as ``typed_facts``. A
    case that cannot be approved any more does not stop the others, but a database that cannot be used does; why is told with each.
    """
    wanted = office.settings.bulk_second_person
    with refusals_logged(
        office, staff=staff, subject=Subject(SubjectKind.DESK, "queue"), verb="bulk-approve"
    ):
        staff.require(Permission.REVIEW)
        if asks_another(office, wanted):
            raise RuleError("bulk-needs-second-person", cases=len(cases))
    confirmed = typed_facts(office, wanted, word=str(len(cases)), typed=typed)
    manner: JsonMap = {**confirmed, "manner": "bulk", "cases": len(cases)}
    outcomes: list[BulkOutcome] = []
    unusable: EbidError | None = None
    for case in cases:
        refused = unusable or _refused(office, staff, case, manner)
        if isinstance(refused, StorageError) and refused.code not in OF_ONE_CASE:
            # Each would wait for the database as long as the first one did.
            unusable = refused
        outcomes.append(BulkOutcome(number=case.number, trade_name=case.trade_name, refused=refused))
    return tuple(outcomes)


def _refused(office: Office, staff: Staff, case: BulkCase, manner: JsonMap) -> EbidError | None:
    """Approve it as it was shown; what keeps it from that."""
    try:
        application_review.approve(
            office,
            staff=staff,
            number=case.number,
            version=case.version,
            seen=case.seen,
            previewed=case.mail,
            manner=manner,
        )
    except EbidError as error:
        return error
    return None


def _plain(row: QueueRow) -> bool:
    return all(finding.severity in PLAIN for finding in row.findings)


def _case(office: Office, parts: DossierParts) -> BulkCase | None:
    """The case as it stands now; ``None`` where it came to stand otherwise since the queue was read."""
    application: IdApplication = parts.application
    dossier = case_file.dossier_of(office, parts, day=case_file.today(office))
    found = find(dossier, names=office.names, policy=office.settings.findings)
    if application.state is not ApplicationState.PENDING or any(one.severity not in PLAIN for one in found):
        return None
    mail = office.composer.compose(MailKind.ID_APPROVED, application)
    return BulkCase(
        number=application.number,
        version=application.version,
        supplier_number=application.supplier_number,
        trade_name=application.form.trade_name,
        applied_at=application.applied_at,
        notes=found,
        seen=case_file.seen_digest(found, dossier.register_now),
        mail=mail,
        mailed=bool(office.settings.mailed(mail)),
    )
