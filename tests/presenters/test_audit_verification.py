"""The verification of the trail as the auditor's screen tells it, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from ebidadmin.credentials.tree_key import TreeKey, make_key
from ebidadmin.domain.staff import Staff
from ebidadmin.domain.tree_findings import Fault, Finding, Verification
from ebidadmin.errors import ConfigurationError, InputError
from ebidadmin.persistence.audit_tree import SqlTrailTree
from ebidadmin.presenters.audit_verification import AuditVerification, VerificationView
from ebidadmin.services import audit_tree, tree_check
from ebidadmin.services.tree_ports import KeptAnchors
from ebidadmin.text import audit_tree as words
from tests.builders import AUDITOR, NOON
from tests.persistence.trees import behind, write
from tests.presenters.office import Place

COUNT = 25


def verification(
    place: Place, staff: Staff = AUDITOR, *, signer: Callable[[], TreeKey | None] = lambda: None
) -> AuditVerification:
    return AuditVerification(place.office, staff=staff, tree=SqlTrailTree(place.engine), signer=signer)


@pytest.fixture
def office(place: Place) -> Place:
    write(place.office, COUNT)
    return place


@pytest.fixture
def key(office: Place) -> TreeKey:
    return make_key(office.folder / "audit-key.pem")


def shown(state: AuditVerification, *, full: bool = True) -> VerificationView:
    assert state.begin()
    state.verify(full=full)
    assert not state.running
    assert state.view is not None, state.notice
    return state.view


def told(office: Place) -> list[str]:
    with office.office.uow() as uow:
        return [one.event.tag.value for one in uow.audit.list() if one.event.tag.value.startswith("audit:")]


def test_a_good_trail_is_told_with_how_many_from_where_and_the_root(office: Place, key: TreeKey) -> None:
    state = verification(office, signer=lambda: key)
    view = shown(state)
    facts = dict(view.facts)
    assert (view.said.tone, view.said.text, view.findings) == ("success", words.GOOD, ())
    assert facts[words.FACT_CHECKED] == f"{COUNT}件(全{COUNT}件)"
    assert facts[words.FACT_SINCE] == "最初の記録から"
    with SqlTrailTree(office.engine).snapshot() as seen:
        ((_, head, _),) = seen.heads()
    assert len(facts[words.FACT_ROOT].replace(" ", "")) == 64
    office.clock.advance(timedelta(hours=1))
    later = dict(shown(state, full=False).facts)
    assert later[words.FACT_CHECKED] == f"1件(全{COUNT + 1}件)"
    moment = head.splitlines()[3]
    assert moment.startswith(f"{NOON:%Y-%m-%dT%H}")
    assert later[words.FACT_SINCE] == f"2026/10/07 12:00:00の控え({COUNT}件のとき)の後から"
    assert told(office) == ["audit:verified", "audit:verified"]


def test_an_older_database_is_found_by_the_anchors_that_the_settings_name(
    office: Place, key: TreeKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = SqlTrailTree(office.engine)
    head = audit_tree.anchor(office.office, staff=AUDITOR, tree=tree, signer=key)
    later = replace(head, head=replace(head.head, size=head.head.size + 500))
    kept = [KeptAnchors(heads=(head,)), KeptAnchors(heads=(head, later), stamps=1)]
    state = AuditVerification(
        office.office, staff=AUDITOR, tree=tree, signer=lambda: key, outside=lambda: kept.pop(0)
    )
    good = shown(state)
    assert (good.findings, dict(good.facts)[words.ANCHORS][:8]) == ((), "1件と比べました")
    view = shown(state)
    ((_, said, _),) = view.findings
    assert "古いデータベースに戻された疑い" in said
    assert dict(view.facts)[words.ANCHORS].startswith("2件、タイムスタンプ1件と比べました")
    assert dict(shown(verification(office)).facts)[words.ANCHORS] == words.NO_ANCHORS_NAMED


def test_anchors_that_cannot_be_read_are_told_beside_the_rest(office: Place) -> None:
    def unread() -> KeptAnchors:
        raise InputError("file-unreadable", file="/mnt/witness/anchors.txt")

    tree = SqlTrailTree(office.engine)
    state = AuditVerification(office.office, staff=AUDITOR, tree=tree, signer=lambda: None, outside=unread)
    view = shown(state)
    assert view.said.text == words.GOOD
    assert dict(view.facts)[words.ANCHORS] == words.ANCHORS_UNREAD
    assert state.notice is not None
    assert "/mnt/witness/anchors.txt" in state.notice.text


def test_without_a_key_everything_is_read_each_time(office: Place) -> None:
    state = verification(office)
    shown(state)
    assert dict(shown(state, full=False).facts)[words.FACT_SINCE] == "最初の記録から"


def test_each_finding_has_its_number_its_words_and_what_to_do(office: Place, key: TreeKey) -> None:
    state = verification(office, signer=lambda: key)
    shown(state)
    behind(
        office.engine,
        "UPDATE audit_events SET by = 'x' WHERE seq = 7",
        "DELETE FROM audit_events WHERE seq = 9",
    )
    view = shown(state)
    assert (view.said.tone, view.said.text) == ("error", "監査記録に異常があります(2件)。")
    assert view.said.items == words.FIRST_STEPS
    assert view.findings == (
        ("7", "記録7番の内容が、封をしたときと違います。", words.LOOK_AT_EVENT),
        ("9", "記録9番がなくなっています。", words.COMPARE_BACKUP),
    )


def test_it_is_stopped_at_the_next_chunk_and_leaves_nothing(
    office: Place, key: TreeKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree_check, "CHUNK", 5)
    state = verification(office, signer=lambda: key)
    seen: list[tuple[int, int]] = []

    def watch(done: int, total: int) -> None:
        seen.append((done, total))
        if done == 10:
            state.stop()

    assert state.begin()
    state.verify(full=True, progress=watch)
    assert seen == [(5, COUNT), (10, COUNT)]
    assert (state.running, state.view) == (False, None)
    assert state.notice is not None
    assert state.notice.text == words.STOPPED
    assert told(office) == []
    # The next one is not stopped by the word that was meant for this one.
    assert shown(state).said.tone == "success"


def test_nobody_begins_a_second_one_or_closes_a_running_one(office: Place) -> None:
    state = verification(office)
    state.open()
    assert state.begin()
    assert not state.begin()
    state.close()
    assert state.opened
    state.verify(full=True)
    state.close()
    assert (state.opened, state.view) == (False, None)


def test_who_may_not_read_the_trail_is_refused(office: Place) -> None:
    state = verification(office, Staff("tanaka", frozenset()))
    assert state.begin()
    state.verify(full=True)
    assert state.notice is not None
    assert (state.notice.tone, state.view, state.running) == ("error", None, False)


def test_a_key_that_cannot_be_read_is_told(office: Place) -> None:
    def unreadable() -> TreeKey | None:
        raise ConfigurationError("audit-key-unreadable", file="audit-key.pem", reason="PermissionError")

    state = verification(office, signer=unreadable)
    assert state.begin()
    state.verify(full=True)
    assert state.notice is not None
    assert "audit-key.pem" in state.notice.text


def test_time_left_is_reckoned_from_the_beginning(office: Place) -> None:
    state = verification(office)
    assert state.begin()
    assert words.working(state.seconds_left(5, 10)) == words.WORKING
    office.clock.advance(timedelta(seconds=60))
    assert "60秒" in words.working(state.seconds_left(5, 10))
    office.clock.advance(timedelta(seconds=240))
    assert "5分" in words.working(state.seconds_left(5, 10))


@pytest.mark.parametrize("fault", Fault)
def test_there_is_something_to_do_about_every_fault(fault: Fault) -> None:
    assert words.advice(Finding(fault=fault, seq=4, what="x")).endswith("。")


def test_of_very_many_findings_the_first_are_said_to_be_shown() -> None:
    one = Finding(fault=Fault.EVENT_MISSING, seq=1)
    result = Verification(
        size=1,
        root=b"",
        last_seq=1,
        checked=1,
        since=0,
        heads=0,
        anchors=0,
        findings=(one,) * audit_tree.MOST_FINDINGS,
        at=NOON,
    )
    assert "100件まで" in words.bad(result)
