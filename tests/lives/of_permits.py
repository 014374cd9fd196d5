"""Commands about paper permits: recorded, decided by one or by two, written, handed out."""

from __future__ import annotations

from datetime import date
from typing import Any

from ebidadmin.clock import jst_date
from ebidadmin.domain.ids import DispatchId, PermitId, ProposalId
from ebidadmin.domain.permit_proposals import PermitAct
from ebidadmin.domain.permits import PaperChannel
from ebidadmin.services import permit_dispatch, permit_letters, permit_proposals, permits
from tests.builders import supplier_number, trade_name
from tests.lives.life import ONE, Life, calls

_ALL = "SELECT id, version FROM permits ORDER BY id"
_ASKED = "SELECT id, version FROM permits WHERE state = 'requested' ORDER BY id"
_DECIDED = "SELECT id, version FROM permits WHERE document_number IS NOT NULL ORDER BY id"
_NONE = ("P999999", 1)


def a_permit(life: Life, query: str = _ALL) -> dict[str, Any]:
    number, version = life.one_of(query if life.pick.random() < 0.8 else _ALL, _NONE)
    return {"staff": life.staff(), "permit_id": PermitId(number), "version": life.version(version)}


def typed(life: Life, permit_id: str) -> str | None:
    """The supplier number of that permit, or another word."""
    found = life.rows(f"SELECT supplier_number FROM permits WHERE id = '{permit_id}'")
    return life.typed(found[0][0] if found else "")


def decided(life: Life, query: str) -> dict[str, Any]:
    given = a_permit(life, query)
    return {**given, "typed": typed(life, given["permit_id"])}


def _to(life: Life) -> date:
    return date(jst_date(life.clock.now()).year + 1, 3, 31)


@calls("permits.record")
def record(life: Life) -> object:
    n = life.supplier()
    return permits.record(
        life.office,
        staff=life.staff(),
        supplier_number=life.pick.choice((supplier_number(n), supplier_number(n), "12")),
        received=jst_date(life.clock.now()),
        channel=life.pick.choice(tuple(PaperChannel)),
        applicant=trade_name(n),
    )


def record_and_grant(life: Life, n: int) -> object:
    """What an application of that supplier needs."""
    asked = permits.record(
        life.office,
        staff=ONE,
        supplier_number=supplier_number(n),
        received=jst_date(life.clock.now()),
        channel=PaperChannel.COUNTER,
        applicant=trade_name(n),
    )
    return permits.grant(life.office, staff=ONE, permit_id=asked.id, valid_to=_to(life))


@calls("permits.grant")
def grant(life: Life) -> object:
    return permits.grant(life.office, **decided(life, _ASKED), valid_to=_to(life))


@calls("permits.refuse")
def refuse(life: Life) -> object:
    return permits.refuse(life.office, **decided(life, _ASKED), reasons=("form-incomplete",))


@calls("permits.withdraw")
def withdraw(life: Life) -> object:
    return permits.withdraw(life.office, **decided(life, _DECIDED), reason="廃業")


@calls("permits.void")
def void(life: Life) -> object:
    return permits.void(life.office, **decided(life, _ALL), reason="二重に記録した")


@calls("permit_letters.make")
def letter(life: Life) -> object:
    ids = [PermitId(life.one_of(_DECIDED, _NONE)[0]) for _ in range(life.pick.randint(1, 2))]
    return permit_letters.make(
        life.office, staff=life.staff(), permit_ids=ids, typeset=lambda letters: letters
    )


@calls("permit_dispatch.dispatch")
def hand_out(life: Life) -> object:
    given = a_permit(life, _DECIDED)
    return permit_dispatch.dispatch(
        life.office,
        staff=given["staff"],
        permit_id=given["permit_id"],
        channel=PaperChannel.FAX,
        recipient="受付",
    )


@calls("permit_dispatch.dispatch_all")
def hand_all_out(life: Life) -> object:
    letters = [(PermitId(life.one_of(_DECIDED, _NONE)[0]), PaperChannel.FAX) for _ in range(2)]
    return permit_dispatch.dispatch_all(life.office, staff=life.staff(), letters=letters)


@calls("permit_dispatch.cancel")
def cancel(life: Life) -> object:
    wrong, permit = life.one_of(
        "SELECT id, permit FROM permit_dispatches ORDER BY id", ("D999999", "P999999")
    )
    return permit_dispatch.cancel(
        life.office, staff=life.staff(), permit_id=PermitId(permit), wrong=DispatchId(wrong), note="誤り"
    )


@calls("permit_dispatch.export")
def export(life: Life) -> object:
    return permit_dispatch.export(life.office, staff=life.staff())


@calls("permit_proposals.propose")
def propose(life: Life) -> object:
    return permit_proposals.propose(
        life.office, **a_permit(life, _ASKED), act=PermitAct.GRANT, valid_to=_to(life)
    )


def a_proposal(life: Life) -> dict[str, Any]:
    open_ones = "SELECT id FROM permit_proposals WHERE state = 'requested' ORDER BY id"
    return {"staff": life.staff(), "number": ProposalId(life.one_of(open_ones, ("Q999999",))[0])}


@calls("permit_proposals.confirm")
def confirm(life: Life) -> object:
    return permit_proposals.confirm(life.office, **a_proposal(life))


@calls("permit_proposals.decline")
def decline(life: Life) -> object:
    return permit_proposals.decline(life.office, **a_proposal(life), reason="書類が足りない")


@calls("permit_proposals.withdraw")
def take_back(life: Life) -> object:
    return permit_proposals.withdraw(life.office, **a_proposal(life))
