"""What people do in the office, each with the permission that its service asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ebidadmin.bootstrap import Desk
from ebidadmin.cli.importing import apply_plan, preview_file
from ebidadmin.clock import jst_date
from ebidadmin.domain.card_sessions import CardFlow, CardMode
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.findings import ReferenceFacts
from ebidadmin.domain.id_desk_work import IdentityCheck, IdentityDocument, IdentityMeans
from ebidadmin.domain.ids import DeskRequestId, PermitId, ProposalId, RequestId, SupplierNumber
from ebidadmin.domain.permit_proposals import PermitAct
from ebidadmin.domain.permits import PaperChannel
from ebidadmin.domain.report_periods import ReportName
from ebidadmin.domain.staff import Permission, Role
from ebidadmin.domain.transition import Transition
from ebidadmin.persistence.audit_tree import SqlTrailTree
from ebidadmin.persistence.erasure_store import SqlErasureStore
from ebidadmin.persistence.registration_export import SqlRegistrationReader
from ebidadmin.services import (
    application_intake,
    application_review,
    audit_slices,
    audit_tree,
    card_walk,
    desk_requests,
    id_cases,
    id_credentials,
    id_desk,
    import_requests,
    import_touched,
    mail_outbox,
    permit_case,
    permit_dispatch,
    permit_list,
    permit_proposals,
    permits,
    qualification_import,
    queue,
    register_corrections,
    registration_export,
    report_runs,
    staff_members,
    supplier_erasure,
    supplier_opening,
    supplier_page,
)
from ebidadmin.services import (
    registered as registered_ids,
)
from ebidadmin.services.audit_slices import AuditQuery
from ebidadmin.services.permit_list import PermitQuery
from ebidadmin.services.queue import QueueQuery
from ebidadmin.services.registration_export import Wanted
from tests.builders import NOON, SAMPLE_HASH
from tests.cards.builders import registered
from tests.roles.bench import Found
from tests.roles.stand_ins import Maker, Rows

Act = Callable[[Desk, Found], Any]

SEEN = IdentityCheck(IdentityMeans.COUNTER, IdentityDocument.DRIVING_LICENCE)


@dataclass(frozen=True)
class Case:
    """``only_reads``: nothing is written; whoever may not then sees nothing personal, or nothing at all."""

    name: str
    permission: Permission
    act: Act
    only_reads: bool = False


def _two(desk: Desk) -> Any:
    """The office with the second person asked for."""
    asked: Any = dict.fromkeys(("second_person", "permit_second_person", "cancel_second_person"), True)
    return replace(
        desk.office, settings=replace(desk.office.settings, **asked, one_person=False, scale_share=0.0)
    )


def _import(desk: Desk, found: Found) -> object:
    source, layout, plan = preview_file(desk, found.file, "ebidadmin")
    import_touched.touched(desk.office, staff=desk.staff, store=desk.import_store, plan=plan)
    return apply_plan(desk, source, layout, plan, confirmed_scale=True)


def _request(desk: Desk, found: Found) -> object:
    _source, layout, plan = preview_file(desk, found.file, "ebidadmin")
    try:
        return import_requests.request(_two(desk), staff=desk.staff, plan=plan, layout=layout)
    finally:
        qualification_import.discard(desk.office, staff=desk.staff, store=desk.import_store, plan=plan)


def _exported(desk: Desk, _found: Found) -> object:
    target = Rows()
    reader = SqlRegistrationReader(desk.engine)
    registration_export.export(desk.office, staff=desk.staff, reader=reader, target=target, wanted=Wanted())
    return target.rows


def _card(desk: Desk, _found: Found) -> object:
    """As the walk does in the end."""
    desk.staff.require(Permission.REGISTER)
    card = registered(77)
    told = Event(EventTag.CARD_REGISTERED, Subject(SubjectKind.CARD, card.id), by=desk.staff.login, at=NOON)
    with desk.office.uow() as uow:
        uow.record(Transition(card, (told,)))
        uow.commit()
    return card


def _by_hand(desk: Desk, found: Found) -> object:
    """Not what is due: that is nothing in the small hours."""
    day, maker = jst_date(desk.office.clock.now()), Maker()
    office = found.keeping(desk)
    return report_runs.run_by_hand(
        office, staff=desk.staff, maker=maker, report=ReportName.DAILY_REVIEW, day=day
    )


R = Permission
CASES: tuple[Case, ...] = (
    Case("claim", R.REVIEW, lambda d, f: application_review.claim(d.office, staff=d.staff, number=f.pending)),
    Case(
        "note",
        R.REVIEW,
        lambda d, f: application_review.note(d.office, staff=d.staff, number=f.pending, text="x"),
    ),
    Case(
        "reject",
        R.REVIEW,
        lambda d, f: application_review.reject(
            d.office, staff=d.staff, number=f.pending, version=f.version, reasons=d.office.reasons.codes()[:1]
        ),
    ),
    Case(
        "inquire",
        R.REVIEW,
        lambda d, f: application_review.inquire(
            d.office, staff=d.staff, number=f.pending, version=f.version, text="教えてください"
        ),
    ),
    Case(
        "approve",
        R.REVIEW,
        lambda d, f: application_review.approve(
            d.office, staff=d.staff, number=f.approvable, version=f.approvable_version
        ),
    ),
    Case(
        "suspend",
        R.REVIEW,
        lambda d, f: id_desk.suspend(
            d.office, staff=d.staff, application=f.registered, version=f.registered_version, reason="x"
        ),
    ),
    Case(
        "issue-code",
        R.REVIEW,
        lambda d, f: id_desk.issue_code(
            d.office, staff=d.staff, application=f.registered, version=f.registered_version, identity=SEEN
        ),
    ),
    Case(
        "submit",
        R.REGISTER,
        lambda d, f: application_intake.submit(
            d.office,
            staff=d.staff,
            raw=f.form,
            password_hash=SAMPLE_HASH,
            rehearsal=False,
        ),
    ),
    Case("register-card", R.REGISTER, _card),
    Case(
        "intake",
        R.INTAKE,
        lambda d, f: application_intake.intake_batch(d.office, staff=d.staff, rows=[(1, f.row)]),
    ),
    Case(
        "sign-in",
        R.INTAKE,
        lambda d, f: id_credentials.report_failure(d.office, staff=d.staff, user_id=f.user_id),
    ),
    Case(
        "record-permit",
        R.RECORD_PERMIT,
        lambda d, f: permits.record(
            d.office,
            staff=d.staff,
            supplier_number=f.supplier,
            received=date(2026, 4, 1),
            channel=PaperChannel.COUNTER,
        ),
    ),
    Case(
        "grant",
        R.RECORD_PERMIT,
        lambda d, f: permits.grant(d.office, staff=d.staff, permit_id=PermitId(f.open_permit)),
    ),
    Case(
        "propose",
        R.RECORD_PERMIT,
        lambda d, f: permit_proposals.propose(
            _two(d), staff=d.staff, permit_id=PermitId(f.open_permit), act=PermitAct.GRANT
        ),
    ),
    Case(
        "dispatch",
        R.RECORD_PERMIT,
        lambda d, f: permit_dispatch.dispatch(
            d.office, staff=d.staff, permit_id=PermitId(f.letter), channel=PaperChannel.POST
        ),
    ),
    Case(
        "confirm-permit",
        R.CONFIRM_PERMIT,
        lambda d, f: permit_proposals.confirm(_two(d), staff=d.staff, number=ProposalId(f.proposal)),
    ),
    Case(
        "request-cancel",
        R.REVIEW,
        lambda d, f: desk_requests.request_cancel(
            _two(d), staff=d.staff, application=f.registered, version=f.registered_version, reason="x"
        ),
    ),
    Case(
        "confirm-desk",
        R.CONFIRM_DESK,
        lambda d, f: desk_requests.confirm(_two(d), staff=d.staff, number=DeskRequestId(f.desk_request)),
    ),
    Case(
        "desk-requests",
        R.READ_PERSONAL,
        lambda d, f: (
            desk_requests.list_all(d.office, staff=d.staff, open_only=False),
            desk_requests.shown(d.office, staff=d.staff, number=DeskRequestId(f.desk_request)),
        ),
        only_reads=True,
    ),
    Case("import", R.IMPORT_REGISTER, _import),
    Case("request-import", R.IMPORT_REGISTER, _request),
    Case("undo", R.IMPORT_REGISTER, lambda d, _f: register_corrections.undo(d.office, staff=d.staff)),
    Case(
        "correct",
        R.IMPORT_REGISTER,
        lambda d, f: register_corrections.correct(
            d.office,
            staff=d.staff,
            number=SupplierNumber(f.supplier),
            changes={"remarks": "訂正"},
            reason="x",
            layout=d.layouts["ebidadmin"],
        ),
    ),
    Case(
        "confirm-import",
        R.CONFIRM_IMPORT,
        lambda d, f: import_requests.confirm(_two(d), staff=d.staff, number=RequestId(f.request)),
    ),
    Case(
        "requests",
        R.READ_REQUESTS,
        lambda d, _f: import_requests.list_all(d.office, staff=d.staff, open_only=False),
        only_reads=True,
    ),
    Case(
        "send-mail",
        R.SEND_MAIL,
        lambda d, f: mail_outbox.dispatch(f.keeping(d), staff=d.staff, limit=1),
    ),
    Case(
        "queue",
        R.READ_PERSONAL,
        lambda d, _f: queue.page(d.office, staff=d.staff, query=QueueQuery(), reader=d.queue_reader),
        only_reads=True,
    ),
    Case(
        "dossier",
        R.READ_PERSONAL,
        lambda d, f: application_review.dossier(d.office, staff=d.staff, number=f.pending),
        only_reads=True,
    ),
    Case(
        "permit-case",
        R.READ_PERSONAL,
        lambda d, f: permit_case.look(d.office, staff=d.staff, permit_id=PermitId(f.open_permit)),
        only_reads=True,
    ),
    Case(
        "permit-list",
        R.READ_PERSONAL,
        lambda d, _f: permit_list.page(d.office, staff=d.staff, query=PermitQuery(), reader=d.permit_reader),
        only_reads=True,
    ),
    Case(
        "registered",
        R.READ_PERSONAL,
        lambda d, f: registered_ids.shown(d.office, staff=d.staff, supplier=SupplierNumber(f.supplier)),
        only_reads=True,
    ),
    Case(
        "supplier-page",
        R.READ_PERSONAL,
        lambda d, f: supplier_page.page(d.office, staff=d.staff, supplier=SupplierNumber(f.supplier)),
        only_reads=True,
    ),
    Case("export-registrations", R.READ_PERSONAL, _exported, only_reads=True),
    Case(
        "trail",
        R.READ_AUDIT,
        lambda d, _f: audit_slices.page(
            d.office, staff=d.staff, query=AuditQuery(size=500), reader=d.audit_reader
        ),
        only_reads=True,
    ),
    Case(
        "verify",
        R.VERIFY_AUDIT,
        lambda d, _f: audit_tree.verify(
            d.office, staff=d.staff, tree=SqlTrailTree(d.engine, dry_run=True), signer=None
        ),
        only_reads=True,
    ),
    Case(
        "list-staff",
        R.READ_AUDIT,
        lambda d, _f: staff_members.list_members(d.office, staff=d.staff, book=d.staff_book),
        only_reads=True,
    ),
    Case(
        "rehearse-card",
        R.REHEARSE,
        lambda d, _f: card_walk.start(
            d.office, staff=d.staff, flow=CardFlow.REGISTRATION, mode=CardMode.TRAINING
        ),
    ),
    Case(
        "rehearse-id",
        R.REHEARSE,
        lambda d, f: application_intake.search(d.office, staff=d.staff, raw=f.search_known, rehearsal=True),
        only_reads=True,
    ),
    Case(
        "record-case",
        R.REHEARSE,
        lambda d, f: id_cases.record_case(
            d.office,
            staff=d.staff,
            supplier_number=SupplierNumber(f.supplier),
            searched={},
            typed={},
            remarks=ReferenceFacts(),
            advice="x",
        ),
    ),
    Case(
        "disable-staff",
        R.SET_UP,
        lambda d, _f: staff_members.disable(d.office, staff=d.staff, book=d.staff_book, login="hoka"),
    ),
    Case(
        "add-staff",
        R.SET_UP,
        lambda d, _f: staff_members.add(
            d.office, staff=d.staff, book=d.staff_book, login="shinjin", roles=[Role.REVIEWER]
        ),
    ),
    Case(
        "open-supplier",
        R.OPEN_SUPPLIER,
        # Opening itself stays open: test_opening.
        lambda d, f: supplier_opening.check(d.office, staff=d.staff, number=f.supplier, name=f.trade_name),
        only_reads=True,
    ),
    Case("run-report", R.RUN_REPORTS, _by_hand),
    Case(
        "erasures-due",
        R.READ_ERASABLE,
        lambda d, _f: list(
            supplier_erasure.due(
                d.office,
                staff=d.staff,
                store=SqlErasureStore(d.engine, clock=d.office.clock, dry_run=True, office_texts=()),
                retention=d.config.retention.rules(),
            )
        ),
        only_reads=True,
    ),
)
