"""The second person for cancelling an ID and for lists, by command: two people at one desk, each by their own log-in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ebidadmin.bootstrap import open_desk
from ebidadmin.domain.registrations import Registration, RegistrationState
from ebidadmin.services import bulk_approval, desk_requests
from ebidadmin.services.queue import QueueQuery
from tests.acceptance.conftest import Ebid
from tests.cli.office_life import set_setting
from tests.desks import several_work_at

As = Callable[[str], None]


@pytest.fixture
def acting(monkeypatch: pytest.MonkeyPatch) -> As:
    """Lets somebody else sit down."""
    return lambda login: monkeypatch.setenv("JUPYTERHUB_USER", login)


@pytest.fixture
def lone(demo_desk: Callable[[str], Path], acting: As) -> Path:
    """A desk whose office wants a second person for cancelling and for lists."""
    acting("tanaka")
    folder = demo_desk("desk-requests")
    for section in ("review", "registration"):
        set_setting(folder, section, "second_person = false", "second_person = true")
    return folder


@pytest.fixture
def office(lone: Path) -> Path:
    several_work_at(lone)
    return lone


def live(folder: Path) -> Registration:
    with closing(open_desk(folder)) as desk, desk.office.uow() as uow:
        return next(one for one in uow.registrations.all() if one.state is RegistrationState.ACTIVE)


def again(folder: Path, one: Registration) -> Registration:
    with closing(open_desk(folder)) as desk, desk.office.uow() as uow:
        return uow.registrations.get(one.application)


def words(one: Registration, folder: Path) -> tuple[object, ...]:
    given = ("--version", one.version, "--reason", "廃業", "--desk", folder)
    return ("registration", "cancel", one.application, *given)


def test_a_cancelling_is_asked_confirmed_and_carried_out(
    office: Path, ebid: Ebid, acting: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, at = live(office), ("--desk", office)
    asked = ebid(*words(one, office), "--json").value
    assert (asked["number"], asked["act"], asked["application"]) == ("C000001", "cancel", one.application)
    assert again(office, one).state is RegistrationState.ACTIVE
    own = ebid("request", "confirm", "C000001", *at)
    assert (own.code, "Nobody confirms" in own.err) == (1, True)
    acting("suzuki")
    (listed,) = ebid("request", "list", *at, "--json").value
    assert (listed["number"], listed["own"], listed["over"]) == ("C000001", False, None)
    assert f"cancel {one.application} (廃業)\tasked by tanaka" in ebid("request", "list", *at).out
    assert ebid("request", "list", "--act", "bulk-approve", *at).out == "no requests\n"
    shown = ebid("request", "show", "C000001", *at, "--json").value
    assert (shown["supplier_number"], shown["mailed"], bool(shown["trade_name"])) == (
        one.supplier_number,
        True,
        True,
    )
    early = ebid("request", "carry-out", "C000001", *at)
    assert (early.code, "no such step" in early.err) == (1, True)
    told = ebid("request", "confirm", "C000001", *at)
    assert (told.code, "ebidadmin request carry-out C000001" in told.out) == (0, True)
    dry = ebid("request", "carry-out", "C000001", "--dry-run", *at, "--json")
    assert (dry.code, dry.value["state"]) == (0, "applied")
    assert again(office, one).state is RegistrationState.ACTIVE
    done = ebid("request", "carry-out", "C000001", *at, "--json").value
    assert (done["state"], done["confirmed_by"], done["outcomes"]) == ("applied", "suzuki", [])
    assert again(office, one).state is RegistrationState.CANCELLED
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    late = ebid("request", "decline", "C000001", "--why", "x", *at)
    assert (late.code, "suzukiさんが" in late.err) == (1, True)
    line = ebid("request", "list", "--all", *at).out
    assert f"実施済み\t{one.supplier_number}\t{one.application}のIDの取消(廃業)" in line
    assert ebid("request", "list", *at).out == "確認を待つ依頼はありません\n"


def test_the_other_ends_and_their_words(
    office: Path, ebid: Ebid, acting: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, at = live(office), ("--desk", office)
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    assert "ebidadmin request confirm C000001" in ebid(*words(one, office)).out
    twice = ebid(*words(one, office))
    assert (twice.code, "取消の確認を待つ依頼C000001" in twice.err) == (1, True)
    assert "取下げ" in ebid("request", "take-back", "C000001", *at).out
    ebid(*words(one, office))
    acting("suzuki")
    other = ebid("request", "take-back", "C000002", *at)
    assert (other.code, "差戻しを使って" in other.err) == (1, True)
    assert "差戻し" in ebid("request", "decline", "C000002", "--why", "別の業者", *at).out
    assert (
        "確認済み" in ebid("request", "list", "--all", *at).out
        or "別の業者" in ebid("request", "list", "--all", *at).out
    )
    missing = ebid("request", "show", "C000009", *at)
    assert (missing.code, missing.out) == (1, "")


def test_a_list_is_shown_and_carried_out_case_by_case(
    office: Path, ebid: Ebid, acting: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = ("--desk", office)
    with closing(open_desk(office)) as desk:
        found = bulk_approval.ready(
            desk.office, staff=desk.staff, query=QueueQuery(), reader=desk.queue_reader
        ).cases[:2]
        made = desk_requests.request_bulk(desk.office, staff=desk.staff, cases=found)
    acting("suzuki")
    assert f"{found[0].number}\t{found[0].supplier_number}" in ebid("request", "show", made.id, *at).out
    rejected = ("application", "reject", found[0].number, "--version", found[0].version, "--reason", "other")
    assert ebid(*rejected, *at).code == 0
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    shown = ebid("request", "show", made.id, *at).out
    assert ("依頼の後に変更あり" in shown, "依頼の時のまま" in shown) == (True, True)
    assert ebid("request", "confirm", made.id, *at).code == 0
    done = ebid("request", "carry-out", made.id, *at, "--json")
    assert (done.code, done.value["state"]) == (1, "applied")
    assert [one["refused"] for one in done.value["outcomes"]] == ["changed-meanwhile", None]
    assert "承認済み" in ebid("request", "show", made.id, *at).out


@pytest.mark.sqlite_only("one person works alone on SQLite only")
def test_one_person_alone_types_the_supplier_number(lone: Path, ebid: Ebid) -> None:
    one = live(lone)
    bare = ebid(*words(one, lone))
    assert (bare.code, one.supplier_number in bare.err, "--typed" in bare.err) == (1, True, True)
    assert ebid(*words(one, lone), "--typed", "190000000").code == 1
    assert again(lone, one).state is RegistrationState.ACTIVE
    assert ebid(*words(one, lone), "--typed", one.supplier_number).code == 0
    assert again(lone, one).state is RegistrationState.CANCELLED
    assert ebid("request", "list", "--all", "--desk", lone).out == "no requests\n"
