"""Records of rehearsed ID applications: what goes in comes out, once, on every kind of store; only who may rehearse writes one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ebidadmin.domain import id_case_records
from ebidadmin.domain.findings import ReferenceFacts
from ebidadmin.domain.id_case_records import IdCaseRecord
from ebidadmin.domain.ids import IdCaseId
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import ConcurrentEditError, NotFoundError
from ebidadmin.services.ports import UnitOfWork
from tests.builders import NOON, supplier_number

OpenUow = Callable[[], UnitOfWork]


def written(n: int) -> Transition[IdCaseRecord]:
    return id_case_records.write(
        IdCaseId(f"C{n:08d}"),
        supplier_number=supplier_number(),
        searched={"supplier_number": supplier_number(), "trade_name": "㈱髙﨑"},
        typed={"branch": "本店"},
        remarks=ReferenceFacts(mail_unusual=(("main_contact.email", "x.jp"),)),
        advice="案内",
        by="tanaka",
        at=NOON,
    )


def test_a_record_is_written_once_and_the_newest_comes_first(uow: OpenUow) -> None:
    with uow() as unit:
        for n in (1, 2):
            unit.record(written(n))
        unit.commit()
    with uow() as unit:
        assert unit.id_cases.get(IdCaseId("C00000001")) == written(1).after
        assert unit.id_cases.latest() == (written(2).after, written(1).after)
        assert unit.id_cases.latest(limit=1) == (written(2).after,)
        with pytest.raises(NotFoundError):
            unit.id_cases.get(IdCaseId("C9"))
        with pytest.raises(ConcurrentEditError):
            unit.record(written(1))
