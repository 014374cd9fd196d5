"""Commands about the register, cards, what follows from both, and the trail itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from ebidadmin.domain.card_sessions import CardFlow, CardMode, CardSession, CardStep
from ebidadmin.domain.ids import BatchId, FollowUpId, RequestId, SupplierNumber
from ebidadmin.domain.imports import rows_changed
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.errors import EbidError
from ebidadmin.intake.csv import CsvSource
from ebidadmin.persistence.audit_tree import SqlTrailTree
from ebidadmin.services import (
    audit_tree,
    card_registration,
    card_walk,
    expiry_notices,
    follow_up,
    import_requests,
    qualification_import,
    register_admission,
    register_corrections,
)
from tests.builders import supplier_number
from tests.cards.office import raw_card_form
from tests.imports.test_apply import OWN, file, record
from tests.lives.life import OTHER, SUPPLIERS, Life, calls


def edition(life: Life) -> Path:
    """A register in which some suppliers have moved, and now and then some are not."""
    records: list[Qualification] = []
    for n in SUPPLIERS:
        if not life.files or life.pick.random() < 0.9:
            moved = f"山口県下関市南部町{life.pick.randint(1, 4)}番1号"
            records.append(record(n, address=moved) if life.pick.random() < 0.3 else record(n))
    return file(life.folder, records, life.file().name)


def preview(life: Life) -> tuple[Any, Path]:
    """A plan of now, or one that somebody made before."""
    if life.plans and life.pick.random() < 0.3:
        return life.pick.choice(life.plans)
    path = edition(life)
    desk = life.imports()
    source = CsvSource(path, OWN)
    plan = qualification_import.preview(
        life.office, staff=life.staff(), store=desk.store, source=source, layout=OWN
    )
    life.plans.append((plan, path))
    return plan, path


@calls("qualification_import.apply")
def bring_in(life: Life) -> object:
    staff, (plan, path), store = life.staff(), preview(life), life.imports().store
    return qualification_import.apply(
        life.office,
        staff=staff,
        store=store,
        source=CsvSource(path, OWN),
        layout=OWN,
        plan=plan,
        confirmed_scale=life.pick.random() < 0.9,
        typed=life.typed(rows_changed(plan)),
    )


@calls("import_requests.request")
def request(life: Life) -> object:
    staff, (plan, _) = life.staff(), preview(life)
    return import_requests.request(life.office, staff=staff, plan=plan, layout=OWN, note="年度替わり")


@calls("register_corrections.request_undo")
def request_undo(life: Life) -> object:
    return register_corrections.request_undo(life.office, staff=life.staff())


def a_request(life: Life) -> dict[str, Any]:
    open_ones = "SELECT id FROM import_requests WHERE state = 'requested' ORDER BY id"
    return {"staff": life.staff(), "number": RequestId(life.one_of(open_ones, ("R999999",))[0])}


@calls("import_requests.confirm")
def confirm(life: Life) -> object:
    return import_requests.confirm(life.office, **a_request(life))


@calls("import_requests.decline")
def decline(life: Life) -> object:
    return import_requests.decline(life.office, **a_request(life), reason="件数が違う")


@calls("import_requests.withdraw")
def withdraw(life: Life) -> object:
    return import_requests.withdraw(life.office, **a_request(life))


@calls("register_corrections.correct")
def correct(life: Life) -> object:
    seen = life.rows("SELECT max(id) FROM qualification_batches")[0][0]
    return register_corrections.correct(
        life.office,
        staff=life.staff(),
        number=SupplierNumber(supplier_number(life.supplier())),
        changes={"address": f"山口県下関市竹崎町{life.pick.randint(1, 9)}番"},
        reason="転居",
        layout=OWN,
        version=BatchId(life.version(seen)) if seen else None,
    )


@calls("register_corrections.undo")
def undo(life: Life) -> object:
    latest = "SELECT added + changed + vanished FROM qualification_batches ORDER BY id DESC LIMIT 1"
    rows = life.rows(latest)
    return register_corrections.undo(
        life.office, staff=life.staff(), typed=life.typed(rows[0][0] if rows else 0)
    )


@calls("register_admission.log_export")
def exported(life: Life) -> object:
    register_admission.log_export(life.office, life.staff(), len(SUPPLIERS))
    return None


@calls("follow_up.recompute")
def recompute(life: Life) -> object:
    return follow_up.recompute(life.office, staff=life.staff())


@calls("follow_up.recheck")
def recheck(life: Life) -> object:
    """Now and then one of the cards was withdrawn by its authority."""
    from ebidadmin.domain.certificates import CheckOutcome, CheckReason

    if life.pick.random() < 0.3:
        life.bench.come_out(life.supplier(), CheckOutcome.REVOKED, CheckReason.REVOKED)
    return follow_up.recheck(life.office, staff=life.staff(), checker=life.bench.checker)


@calls("follow_up.resolve")
def resolve(life: Life) -> object:
    query = "SELECT id, version FROM follow_ups WHERE state = 'open' ORDER BY id"
    number, version = life.one_of(query, ("F999999", 1))
    return follow_up.resolve(
        life.office,
        staff=life.staff(),
        follow_up=FollowUpId(number),
        version=life.version(version),
        note="電話で確認",
    )


@calls("expiry_notices.write")
def notices(life: Life) -> object:
    """With a clock that is near the end of some card, for that moment."""
    now = life.clock.now()
    life.clock.set(now + timedelta(days=life.pick.choice((0, 640, 680))))
    try:
        return expiry_notices.write(life.office, staff=life.staff())
    finally:
        life.clock.set(now)


def walk(life: Life) -> CardSession:
    """The walk that somebody has begun, or one that begins now."""
    life.bench.staff = life.staff()
    found = card_walk.unfinished(life.office, staff=life.bench.staff)
    return found or begun(life)


@calls("card_walk.start")
def begin_walk(life: Life) -> object:
    life.bench.staff = life.staff()
    return begun(life)


def begun(life: Life) -> CardSession:
    mode = life.pick.choice((CardMode.REGISTER, CardMode.REGISTER, CardMode.REHEARSAL))
    registered = life.rows("SELECT 1 FROM card_registrations")
    others = (CardFlow.CHANGE, CardFlow.RENEWAL) if registered or life.pick.random() < 0.1 else ()
    flow = life.pick.choice((CardFlow.REGISTRATION, CardFlow.REGISTRATION, *others))
    return life.bench.start(flow, mode)


@calls(
    "card_walk.prove",
    "card_walk.client_ready",
    "card_walk.search",
    "card_walk.enter",
    "card_registration.register",
)
def next_step(life: Life) -> object:
    """What the walk is at, mostly done well."""
    session = walk(life)
    n = life.supplier()
    if life.bench.reader.inserted is None or life.pick.random() < 0.3:
        life.bench.insert(n)
    inserted = life.bench.reader.inserted
    n = int(inserted.split()[1]) if inserted and life.pick.random() < 0.9 else n
    step = session.step if life.pick.random() < 0.92 else life.pick.choice(tuple(CardStep))
    if step in (CardStep.PIN, CardStep.NEW_PIN):
        return life.bench.prove(session, *((b"0000",) if life.pick.random() < 0.1 else ()))
    if step is CardStep.CLIENT:
        return life.bench.ready(session)
    if step is CardStep.SEARCH:
        return life.bench.search(session, n)
    if step is CardStep.FORM:
        return life.bench.enter(session, raw_card_form(n))
    return life.bench.register(session)


def whole_walk(life: Life) -> object:
    """Somebody's card registered from beginning to end."""
    life.bench.staff = OTHER
    return life.bench.registered(life.supplier())


@calls("card_walk.back")
def back(life: Life) -> object:
    session = walk(life)
    return card_walk.back(life.office, staff=life.bench.staff, session_id=session.id)


@calls("card_walk.abandon")
def abandon(life: Life) -> object:
    session = walk(life)
    if life.pick.random() < 0.7:
        return next_step(life)
    return card_walk.abandon(life.office, staff=life.bench.staff, session_id=session.id)


@calls("card_registration.record_case")
def record_case(life: Life) -> object:
    query = "SELECT id FROM card_sessions WHERE mode = 'rehearsal' ORDER BY id"
    (number,) = life.one_of(query, ("C999999",))
    return card_registration.record_case(
        life.office, staff=life.staff(), session_id=number, advice="登録できることを案内"
    )


@calls("audit_tree.verify")
def verify(life: Life) -> object:
    tree = SqlTrailTree(life.store.engine)
    found = audit_tree.verify(life.office, staff=life.staff(), tree=tree, signer=None, full=True)
    if not found.good:
        raise AssertionError(found.findings)
    return found


def done(command: Any, life: Life) -> EbidError | None:
    """Give a command; the refusal that came, if one came."""
    try:
        command(life)
    except EbidError as error:
        return error
    return None
