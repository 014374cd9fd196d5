"""The auditor's frame: typed columns, filtered in the database, told in the trail."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ebidadmin import desk
from ebidadmin.bootstrap import open_desk
from ebidadmin.cli.foundation import create_desk
from ebidadmin.clock import jst_date
from ebidadmin.domain.events import EventTag
from ebidadmin.reporting.audit_frames import COLUMNS, audit_frame
from ebidadmin.services.ports import AuditEntry
from tests.persistence.trails import PEOPLE, TAGS, events, keep


@pytest.fixture
def trail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[AuditEntry]:
    """The desk of the environment, with a made-up trail."""
    folder = tmp_path / "desk"
    create_desk(folder, demo=False, progress=lambda step: None)
    monkeypatch.setenv("EBIDADMIN_DESK", str(folder))
    with closing(open_desk()) as opened:
        return keep(opened.engine, events(60))


def test_an_empty_frame_has_the_same_types_as_a_full_one(trail: list[AuditEntry]) -> None:
    empty, full = audit_frame([]), desk.audit_frame()
    assert list(empty.columns) == list(full.columns) == list(COLUMNS)
    assert list(empty.dtypes) == list(full.dtypes)
    assert full["seq"].dtype == "int64"
    assert str(full["at"].dtype) == "datetime64[us, UTC]"
    assert isinstance(full["tag"].dtype, pd.CategoricalDtype)
    assert full["supplier_number"].dropna().str.len().eq(9).all()


def test_it_holds_what_the_trail_has(trail: list[AuditEntry]) -> None:
    frame = desk.audit_frame()
    told = {entry.seq: entry.event for entry in trail}
    assert sorted(frame["seq"]) == sorted(told)
    assert frame["at"].is_monotonic_increasing
    rows: list[dict[str, Any]] = [dict(row) for _, row in frame.iterrows()]
    for row in rows:
        event = told[row["seq"]]
        assert (row["by"], row["tag"], row["subject_id"]) == (event.by, event.tag.value, event.subject.id)
        assert (row["at"], row["after"], row["facts"]) == (event.at, event.after, event.facts)
        assert row["before"] == event.before
        assert row["day"].date() == jst_date(event.at)


def test_it_is_filtered_and_told(trail: list[AuditEntry]) -> None:
    frame = desk.audit_frame(
        first=date(2026, 10, 8), by=PEOPLE[0], tags=("application:claimed", "permit"), subject=None
    )
    assert set(frame["by"]) == {PEOPLE[0]}
    assert set(frame["tag"]) <= {"application:claimed", TAGS[3].value}
    assert frame["day"].min() >= pd.Timestamp("2026-10-08")
    with closing(open_desk()) as opened, opened.office.uow() as uow:
        last = uow.audit.last()
    assert last is not None
    assert last.event.tag is EventTag.AUDIT_EXPORTED
    assert (last.event.facts["form"], last.event.facts["rows"]) == ("frame", len(frame))
    one = desk.audit_frame(subject=("application", "X1"), supplier="190000001")
    assert set(one["subject_id"]) == {"X1"}
    with pytest.raises(ValueError, match="nothing"):
        desk.audit_frame(tags=["nothing"])
    with pytest.raises(ValueError, match="nothing"):
        desk.audit_frame(subject=("nothing", "1"))
