"""Commands about applications, IDs, requests for a second person at the review desk, and mails."""

from __future__ import annotations

from typing import Any

from ebidadmin.domain.findings import ReferenceFacts
from ebidadmin.domain.ids import ApplicationNumber, DeskRequestId
from ebidadmin.errors import MailPermanentError, MailTransientError
from ebidadmin.services import (
    application_intake,
    application_review,
    auto_approval,
    bulk_approval,
    desk_requests,
    id_cases,
    id_changes,
    id_credentials,
    id_desk,
    mail_outbox,
)
from ebidadmin.services.id_credentials import NewPassword
from ebidadmin.services.queue import QueueQuery
from tests.builders import SAMPLE_HASH, application_number, intake_row, raw_form, supplier_number
from tests.lives.life import Life, calls
from tests.services.id_helpers import OTHER, PASSWORD, SEEN, raw_contacts

_NONE = (application_number(999), 1)
_OPEN = "SELECT number, version FROM id_applications WHERE state IN ('pending', 'inquired') ORDER BY number"
_ANY = "SELECT number, version FROM id_applications ORDER BY number"
_IDS = "SELECT application, version, user_id, supplier_number FROM registrations ORDER BY application"
_NO_ID = (application_number(999), 1, "nobody0001", supplier_number(999))


def case(life: Life) -> dict[str, Any]:
    number, version = life.one_of(_OPEN if life.pick.random() < 0.8 else _ANY, _NONE)
    return {"staff": life.staff(), "number": ApplicationNumber(number), "version": life.version(version)}


@calls("application_intake.submit")
def submit(life: Life) -> object:
    raw = raw_form(life.supplier())
    rehearsal = life.pick.random() < 0.2
    return application_intake.submit(
        life.office, staff=life.staff(), raw=raw, password_hash=SAMPLE_HASH, rehearsal=rehearsal
    )


@calls("intake_chunks.take", "intake_chunks.rehearse")
def intake(life: Life) -> object:
    known = len(life.rows("SELECT 1 FROM id_applications"))
    rows = []
    for line in range(1, life.pick.randint(2, 4)):
        number = application_number(known + life.pick.choice((line, line, 0)))
        row = intake_row(life.supplier(), number=number)
        rows.append((line, row if life.pick.random() < 0.9 else {**row, "trade_name": ""}))
    rehearsal = life.pick.random() < 0.3
    return application_intake.intake_batch(life.office, staff=life.staff(), rows=rows, rehearsal=rehearsal)


@calls("application_review.approve")
def approve(life: Life) -> object:
    given = case(life)
    seen = application_review.dossier(life.office, staff=given["staff"], number=given["number"])
    accepted = {one.code.value: "確認" for one in seen.findings if one.severity.value == "warning"}
    return application_review.approve(life.office, **given, accepted=accepted)


@calls("application_review.reject")
def reject(life: Life) -> object:
    return application_review.reject(life.office, **case(life), reasons=("other",), note="書類が足りない")


@calls("application_review.inquire")
def inquire(life: Life) -> object:
    return application_review.inquire(life.office, **case(life), text="書類をお送りください。")


@calls("application_review.answer")
def answer(life: Life) -> object:
    return application_review.answer(life.office, **case(life), text="送付しました。")


@calls("application_review.withdraw")
def withdraw(life: Life) -> object:
    return application_review.withdraw(life.office, **case(life))


@calls("application_review.note")
def note(life: Life) -> object:
    given = case(life)
    return application_review.note(
        life.office, staff=given["staff"], number=given["number"], text="電話で確認"
    )


@calls("application_review.claim")
def claim(life: Life) -> object:
    given = case(life)
    return application_review.claim(
        life.office, staff=given["staff"], number=given["number"], take_over=life.pick.random() < 0.5
    )


@calls("application_review.release")
def release(life: Life) -> object:
    given = case(life)
    return application_review.release(life.office, staff=given["staff"], number=given["number"])


@calls("auto_approval.approve_plain")
def approve_plain(life: Life) -> object:
    return auto_approval.approve_plain(life.office, staff=life.staff(), reader=life.queue())


@calls("bulk_approval.approve_all")
def approve_all(life: Life) -> object:
    staff = life.staff()
    found = bulk_approval.ready(life.office, staff=staff, query=QueueQuery(), reader=life.queue())
    typed = life.typed(len(found.cases))
    return bulk_approval.approve_all(life.office, staff=staff, cases=found.cases, typed=typed)


def an_id(life: Life) -> tuple[dict[str, Any], str]:
    application, version, user_id, _ = life.one_of(_IDS, _NO_ID)
    given = {"staff": life.staff(), "application": ApplicationNumber(application)}
    return {**given, "version": life.version(version)}, user_id


@calls("id_desk.suspend")
def suspend(life: Life) -> object:
    return id_desk.suspend(life.office, **an_id(life)[0], reason="申出による")


@calls("id_desk.resume")
def resume(life: Life) -> object:
    return id_desk.resume(life.office, **an_id(life)[0], reason="申出による")


@calls("id_desk.cancel")
def cancel(life: Life) -> object:
    if life.pick.random() < 0.6:
        return suspend(life)
    given = an_id(life)[0]
    found = life.rows(
        f"SELECT supplier_number FROM registrations WHERE application = '{given['application']}'"
    )
    typed = life.typed(found[0][0] if found else "")
    return id_desk.cancel(life.office, **given, reason="廃業", typed=typed)


@calls("id_desk.unlock")
def unlock(life: Life) -> object:
    return id_desk.unlock(life.office, **an_id(life)[0], identity=SEEN)


@calls("id_desk.issue_code")
def issue_code(life: Life) -> object:
    given, _ = an_id(life)
    issued, code = id_desk.issue_code(life.office, **given, identity=SEEN)
    life.codes[issued.supplier_number] = code
    return issued


@calls("id_credentials.sign_in")
def sign_in(life: Life) -> object:
    _, user_id = an_id(life)
    proven = id_credentials.sign_in(
        life.office,
        staff=life.staff(),
        user_id=user_id,
        password=bytearray(life.pick.choice((PASSWORD, OTHER + b"x"))),
        rehearsal=life.pick.random() < 0.1,
    )
    life.proven.append(proven)
    return proven


@calls("id_credentials.report_failure")
def report_failure(life: Life) -> object:
    id_credentials.report_failure(life.office, staff=life.staff(), user_id=an_id(life)[1])
    return None


@calls("id_credentials.reset")
def reset(life: Life) -> object:
    supplier = life.pick.choice(sorted(life.codes) or [supplier_number(90)])
    code = life.codes.get(supplier, bytearray(b"ABCDEFGHJKLMNPQR"))
    return id_credentials.reset(
        life.office,
        staff=life.staff(),
        supplier_number=supplier,
        code=bytearray(code if life.pick.random() < 0.8 else b"ABCDEFGHJKLMNPQR"),
        user_id=f"shinki{life.pick.randint(0, 50):04d}",
        new=NewPassword(bytearray(PASSWORD), bytearray(PASSWORD)),
        rehearsal=life.pick.random() < 0.1,
    )


@calls("id_changes.change", "id_changes.check_change")
def change(life: Life) -> object:
    if not life.proven:
        return sign_in(life)
    raw = raw_contacts(life.supplier())
    staff, proven, user_id = life.staff(), life.pick.choice(life.proven), f"kae{life.pick.randint(0, 50):05d}"
    rehearsal = life.pick.random() < 0.1
    checked = id_changes.check_change(
        life.office,
        staff=staff,
        proven=proven,
        user_id=user_id,
        new=NewPassword(bytearray(), bytearray()),
        raw=raw,
        rehearsal=rehearsal,
    )
    return id_changes.change(
        life.office,
        staff=staff,
        proven=proven,
        user_id=user_id,
        password_hash=checked.password_hash,
        raw=raw,
        rehearsal=rehearsal,
    )


@calls("id_cases.record_case")
def record_id_case(life: Life) -> object:
    return id_cases.record_case(
        life.office,
        staff=life.staff(),
        supplier_number=supplier_number(life.supplier()),
        searched={"trade_name": "(株)テスト商会"},
        typed={"branch": "本店"},
        remarks=ReferenceFacts(),
        advice="登録できることを案内",
    )


@calls("mail_outbox.dispatch")
def dispatch(life: Life) -> object:
    transport: Any = life.office.transport
    if life.pick.random() < 0.4:
        transport.failures.append(
            life.pick.choice((MailPermanentError("mail-refused"), MailTransientError("mail-deferred")))
        )
    return mail_outbox.dispatch(life.office, staff=life.staff(), limit=3)


@calls("mail_outbox.retry")
def retry(life: Life) -> object:
    (mail,) = life.one_of("SELECT id FROM mail_outbox WHERE state <> 'sent' ORDER BY id", (10**6,))
    return mail_outbox.retry(life.office, staff=life.staff(), mail_id=mail)


@calls("desk_requests.request_cancel")
def request_cancel(life: Life) -> object:
    return desk_requests.request_cancel(life.office, **an_id(life)[0], reason="廃業")


@calls("desk_requests.request_bulk")
def request_bulk(life: Life) -> object:
    staff = life.staff()
    found = bulk_approval.ready(life.office, staff=staff, query=QueueQuery(), reader=life.queue())
    return desk_requests.request_bulk(life.office, staff=staff, cases=found.cases)


def a_request(life: Life, state: str = "requested") -> dict[str, Any]:
    open_ones = f"SELECT id FROM desk_requests WHERE state = '{state}' ORDER BY id"
    return {"staff": life.staff(), "number": DeskRequestId(life.one_of(open_ones, ("B999999",))[0])}


@calls("desk_requests.confirm")
def confirm_request(life: Life) -> object:
    return desk_requests.confirm(life.office, **a_request(life))


@calls("desk_requests.decline")
def decline_request(life: Life) -> object:
    return desk_requests.decline(life.office, **a_request(life), reason="別の業者")


@calls("desk_requests.withdraw")
def take_request_back(life: Life) -> object:
    return desk_requests.withdraw(life.office, **a_request(life))


@calls("desk_carrying_out.carry_out")
def carry_out(life: Life) -> object:
    return desk_requests.carry_out(life.office, **a_request(life, "confirmed"))
