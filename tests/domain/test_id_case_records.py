"""The record of a rehearsed ID application: what goes in, and that nothing secret does."""

from __future__ import annotations

import pytest

from ebidadmin.domain import id_case_records
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.findings import ReferenceFacts
from ebidadmin.domain.ids import IdCaseId
from tests.builders import NOON, supplier_number

SEARCHED = {"supplier_number": "190000092", "trade_name": "(株)テスト商会92"}


def test_it_keeps_what_was_searched_typed_and_advised_and_the_trail_only_that_there_is_one() -> None:
    remarks = ReferenceFacts(phone_unknown=("company_phone",), mail_unusual=(("main_contact.email", "x.jp"),))
    typed = {"branch": "本店", "user_id": "abc12345"}
    made = id_case_records.write(
        IdCaseId("C00000001"),
        supplier_number=supplier_number(),
        searched=SEARCHED,
        typed=typed,
        remarks=remarks,
        advice=" 電話番号を確かめる \n",
        by="tanaka",
        at=NOON,
    )
    assert made.after.content == {
        "searched": SEARCHED,
        "typed": typed,
        "remarks": {
            "postcode_mismatch": [],
            "phone_unknown": ["company_phone"],
            "mail_unusual": [["main_contact.email", "x.jp"]],
        },
    }
    assert made.after.advice == "電話番号を確かめる"
    [event] = made.events
    assert event.tag is EventTag.CASE_RECORDED
    assert event.after == {"flow": "id-application", "mode": "rehearsal"}


@pytest.mark.parametrize("key", ["password", "password_again", "code"])
def test_a_field_that_holds_a_secret_is_a_defect(key: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        id_case_records.write(
            IdCaseId("C00000001"),
            supplier_number=supplier_number(),
            searched=SEARCHED,
            typed={key: "x"},
            remarks=ReferenceFacts(),
            advice="",
            by="tanaka",
            at=NOON,
        )
