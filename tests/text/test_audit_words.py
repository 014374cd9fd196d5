"""Every tag has its group, every value that the program writes into an event has its name."""

from __future__ import annotations

import pytest

from ebidadmin.domain import applications, id_desk_work, permits, report_runs
from ebidadmin.domain.events import EventTag, JsonMap, SubjectKind
from ebidadmin.domain.report_periods import Period, ReportName
from ebidadmin.text import audit, labels
from ebidadmin.text.audit_fields import NAMES, compared, flat, name_shown, pairs
from tests import builders
from tests.persistence.office import registration, submission

PLACED = Period(report=ReportName.DAILY_REVIEW, key="2026-10-07", due=builders.NOON)
MAPS: dict[SubjectKind, JsonMap] = {
    SubjectKind.APPLICATION: applications.as_audit_map(submission().after),
    SubjectKind.PERMIT: permits.as_audit_map(builders.permit(92)),
    SubjectKind.REPORT: report_runs.as_audit_map(
        report_runs.start(
            PLACED, attempt=0, as_of=PLACED.due, lease_until=PLACED.due, by="cron", at=PLACED.due, place="x"
        ).after
    ),
    SubjectKind.REGISTRATION: id_desk_work.as_audit_map(registration(submission().after).after),
}


def test_every_group_of_tags_has_a_name() -> None:
    assert {audit.group_of(tag) for tag in EventTag} == set(audit.GROUPS)
    options = dict(audit.tag_options())
    assert len(options) == len(EventTag) + len(audit.GROUPS)
    assert len(set(options.values())) == len(options)
    for choice in options:
        assert audit.tags_of(choice)
        assert audit.chosen_label(choice)
    assert audit.tags_of("") == frozenset()
    with pytest.raises(ValueError, match="group"):
        audit.tags_of("nothing")


@pytest.mark.parametrize("kind", MAPS)
def test_every_value_of_a_record_has_a_japanese_name(kind: SubjectKind) -> None:
    for key in flat(kind, MAPS[kind]):
        assert not name_shown(key).isascii(), key


def test_problems_of_a_file_are_written_by_kind() -> None:
    values: JsonMap = {"problem_kinds": ["error:required:2:4 9:商号:正式", "*****"]}
    assert pairs(SubjectKind.IMPORT, values) == (
        ("問題の種類", "エラー 商号:正式 必須の項目が空 2件、*****"),
    )


def test_a_typed_confirmation_is_told_in_japanese() -> None:
    told: JsonMap = {"manner": "typed-confirmation", "typed": "190000092"}
    assert pairs(SubjectKind.PERMIT, told) == (
        ("確認の方法", "確認入力(一人で行う操作)"),
        ("確認入力の内容", "190000092"),
    )


def test_values_are_written_as_the_screens_write_them() -> None:
    values: JsonMap = {
        "state": "withdrawn",
        "document": [2026, 12],
        "valid_from": "2026-10-07",
        "decided_at": "2026-10-07T03:00:05+00:00",
        "refusal_reasons": [],
        "has_password": True,
        "note": "",
        "main_contact": {"person": "山田"},
        "day": "2026-99-99",
    }
    assert set(pairs(SubjectKind.PERMIT, values)) == {
        ("状態", labels.PERMIT_STATES["withdrawn"]),
        ("代表窓口連絡先情報 連絡先氏名", "山田"),
        ("発送日", "2026-99-99"),
        ("有効期間の初日", "2026/10/07"),
        ("補足", "—"),
        ("パスワードの登録", "はい"),
        ("文書番号", "令和8年度 第12号"),
        ("決定日時", "2026/10/07 12:00:05"),
        ("不許可の理由", "—"),
    }
    assert pairs(SubjectKind.PERMIT, values)[0] == ("状態", "取消")
    assert flat(SubjectKind.APPLICATION, {"state": "withdrawn"}) == {"state": "取下げ"}


def test_what_differs_comes_first() -> None:
    found = compared(SubjectKind.PERMIT, {"a": "1", "b": "1"}, {"a": "1", "b": "2", "c": "3"})
    assert [(line.label, line.before, line.after, line.differs) for line in found] == [
        ("b", "1", "2", True),
        ("c", "—", "3", True),
        ("a", "1", "1", False),
    ]
    assert NAMES["state"] == "状態"
