"""Random commands of every kind: what changes is bound to an event of the command that changed it, and nothing else ever changes."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ebidadmin import services
from ebidadmin.domain.events import EventTag
from ebidadmin.persistence.audit_tree import SqlTrailTree
from ebidadmin.services import audit_tree
from tests.conftest import FreshDatabase
from tests.lives import of_applications, of_permits, of_register
from tests.lives.life import ALONE, COMMANDS, ONE, PLAIN, SECOND, SUPPLIERS, Command, Life, begin
from tests.lives.mutations import run_business_mutations
from tests.lives.of_register import bring_in, done
from tests.lives.rows import (
    UNDECIDED,
    Key,
    Row,
    bound_after,
    differences,
    events_after,
    last_seq,
    refs_of,
    snapshot,
    tags_after,
)
from tests.postgres import ENGINES

DECISIONS = {EventTag.PERMIT_GRANTED.value, EventTag.PERMIT_REFUSED.value, EventTag.PERMIT_WITHDRAWN.value}
INSIDE = {
    "desk_standing.expire_if_over": "part of every step of a request",
    "id_desk.cancel_as_asked": "part of carrying a request out",
    "follow_up.reconcile": "part of an import, a decision or a registration",
    "follow_up.reconcile_card": "part of a registration and of a change of a card",
    "follow_up.recompute_touched": "part of an import",
    "import_requests.applied": "part of an import",
    "import_requests.ask": "part of a request",
    "refusals.log_refusal": "part of every command",
    "refusals.refusals_logged": "part of every command",
    "review_work.past_lease": "part of every decision",
    "review_work.release_own": "part of every decision",
    "review_work.renew_own": "part of every decision",
}
"""What changes something within the unit of work of another service."""

OF_FILES = {
    "audit_export.export": "one event, about a file",
    "supplier_opening.open_supplier": "one event, that somebody looks; tests/services/test_supplier_opening",
    "layout_making.save": "one event, about a file",
    "office_files.change": "one event, about a file",
    "registration_export.export": "one event, about a file",
    "revocation_lists.take_in": "one event, about a file",
    "audit_tree.anchor": "one event, about a head for a file; tests/persistence/test_audit_tree",
    "audit_tree.prove": "one event, about a proof for a file; tests/persistence/test_audit_tree",
}
"""What changes no record."""

OF_ERASING = {"supplier_erasure.erase": "tests/erasing: a supplier whose time of keeping is over is needed"}
"""What takes records away; nothing of the lives here is as old."""

OF_STAFF = {
    "staff_members.add": "tests/roles: log-ins of a server are needed",
    "staff_members.change_roles": "tests/roles",
    "staff_members.disable": "tests/roles",
    "staff_members.hold_second_person": "tests/roles",
}
OF_BACKUPS = {
    "office_backups.back_up": "tests/backups: files beside the database are needed",
    "office_backups.tell": "tests/backups",
}
OF_REPORTS = {
    "report_runs.due": "tests/services/test_report_runs: its clockwork is needed",
    "report_runs.run_by_hand": "tests/services/test_report_runs: a notebook runs for it",
    "report_runs.run_due": "tests/services/test_report_runs: its clockwork is needed",
    "report_runs.run_again": "tests/services/test_report_standing: a notebook runs for it",
    "report_outputs.calculate": "one event; tests/services/test_report_outputs",
    "report_outputs.keep_notebooks": "part of a pass; tests/services/test_report_outputs",
    "report_outputs.recorded": "part of a pass",
    "report_outputs.remove_old": "part of a pass; tests/services/test_report_outputs",
    "report_outputs.take": "one event; tests/services/test_report_outputs",
}
"""What is not yet among the commands."""

TELLING = {
    *("permit:letter-made", "permit:dispatches-exported", "register:exported", "audit:verified"),
    *("registration:login-succeeded", "registration:code-failed", "registration:login-failed"),
}
"""Events of which some, or all, are about no change of a record."""

WITH_A_REFUSAL = {
    "import-request:expired": "who comes too late closes it",
    "permit-proposal:expired": "who comes too late closes it",
    "desk-request:expired": "who comes too late closes it",
    "registration:login-failed": "the failure is counted",
    "registration:locked": "the failure is counted",
    "registration:code-failed": "the failure is counted",
    "card-session:started": "a walk is begun for the step that is then refused",
    "card-session:proved": "whose card it is shows only then",
    "card-session:logged-in": "whose card it is shows only then",
    "card-session:stepped": "whose card it is shows only then",
}
"""Events that come with a refusal and stay."""

BUSY = (
    *(
        "application_intake.submit",
        "intake_chunks.take",
        "permits.record",
        "permits.grant",
        "application_review.approve",
    ),
    *("card_walk.prove", "card_walk.enter", "card_registration.register", "qualification_import.apply"),
)
"""What everything else needs something of."""

SAME_AGAIN = {"enterprise_ids"}
"""Records that are bound again with a registration although they stay what they are."""


def changing() -> set[str]:
    """Every public function of the services that writes through a unit of work, itself or by another of its module."""
    found: set[str] = set()
    for file in sorted(Path(services.__file__).parent.glob("*.py")):
        functions = {
            one.name: one
            for one in ast.parse(file.read_text(encoding="utf-8")).body
            if isinstance(one, ast.FunctionDef)
        }
        called = {name: set(_called(one)) for name, one in functions.items()}
        writing = {
            name for name, names in called.items() if names & {".record", ".record_new", ".log", ".take_away"}
        }
        while more := {name for name, names in called.items() if names & writing} - writing:
            writing |= more
        found |= {f"{file.stem}.{name}" for name in writing if not name.startswith("_")}
    return found


def _called(function: ast.FunctionDef) -> list[str]:
    names = []
    for one in ast.walk(function):
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute):
            names.append(f".{one.func.attr}")
        elif isinstance(one, ast.Call) and isinstance(one.func, ast.Name):
            names.append(one.func.id)
    return names


def test_every_service_that_changes_something_is_among_the_commands() -> None:
    elsewhere = INSIDE.keys() | OF_FILES.keys() | OF_ERASING.keys() | OF_REPORTS.keys()
    named = COMMANDS.keys() | elsewhere | OF_STAFF.keys() | OF_BACKUPS.keys()
    assert changing() - named == set()


def live(life: Life, commands: int) -> Counter[str]:
    """So many commands, each looked at; how they ended, by kind."""
    ended: Counter[str] = Counter()
    kinds = [*sorted(COMMANDS), *BUSY * 3]
    first: list[Command] = [bring_in]
    for n in SUPPLIERS[:3]:
        first += [partial(of_permits.record_and_grant, n=n), of_applications.intake, of_register.whole_walk]
    before = snapshot(life.store.engine)
    for number in range(commands):
        name = life.pick.choice(kinds)
        command = first[number] if number < len(first) else life.pick.choice(COMMANDS[name])
        dry_run = number >= len(first) and life.pick.random() < 0.05
        life.under(
            PLAIN if number < len(first) else life.pick.choice((PLAIN, PLAIN, SECOND, ALONE)), dry_run=dry_run
        )
        life.pass_time()
        seq = last_seq(life.store.engine)
        refused = done(command, life)
        after = snapshot(life.store.engine)
        where = f"command {number}: {name}, {'dry, ' if dry_run else ''}refused: {refused!r}"
        check(life, before, after, seq, dry_run=dry_run, refused=refused is not None, where=where)
        ended["dry" if dry_run else "refused" if refused else "done"] += 1
        before = after
    return ended


def check(
    life: Life,
    before: Mapping[Key, Row],
    after: Mapping[Key, Row],
    seq: int,
    *,
    dry_run: bool,
    refused: bool,
    where: str,
) -> None:
    engine = life.store.engine
    changed = differences(before, after)
    tags, bound = tags_after(engine, seq), list(bound_after(engine, seq))
    if dry_run:
        assert not changed, where
        assert not tags, where
        return
    refs = {ref for (table, _), (old, new) in changed.items() for ref in refs_of(table, old, new)}
    lone = [key for key, (old, new) in changed.items() if not refs_of(key[0], old, new)]
    assert all(table in UNDECIDED for table, _ in lone), (where, lone)
    told = {ref for ref, _ in bound}
    assert refs <= told, (where, refs - told)
    assert {ref for ref in told - refs if ref[0] not in SAME_AGAIN} == set(), where
    if life.office.settings.permit_second_person:
        confirmed_where_needed(engine, seq, where, alone=life.office.settings.one_person)
    changing_tags = [tag for tag in tags if not tag.startswith("refused:") and tag not in TELLING]
    assert bool(changing_tags) <= bool(refs), (where, tags)
    assert bool(refs) <= bool(tags), where
    if refused:
        beside = {tag for tag in tags if not tag.startswith("refused:")}
        assert beside <= WITH_A_REFUSAL.keys(), (where, tags)
        assert bool(refs) <= bool(beside), (where, refs, tags)


def confirmed_where_needed(engine: Engine, seq: int, where: str, *, alone: bool) -> None:
    """Two people have decided it, by what its event tells of them; or whoever works alone has typed again what the act is about."""
    for tag, before, facts in events_after(engine, seq):
        decides = tag in DECISIONS or (tag == EventTag.PERMIT_VOIDED.value and before["state"] != "requested")
        large = tag == EventTag.IMPORT_APPLIED.value and facts["scale_warnings"]
        cancels = tag == EventTag.REGISTRATION_CANCELLED.value or facts.get("manner") == "bulk"
        two = facts.keys() & {"proposal", "request", "desk_request"} and "confirmed_by" in facts
        assert not (decides or large or cancels) or two or (alone and "typed" in facts), (where, tag, facts)


def whole(life: Life) -> None:
    life.under(PLAIN)
    tree = SqlTrailTree(life.store.engine)
    assert audit_tree.verify(life.office, staff=ONE, tree=tree, signer=None).findings == ()


@pytest.mark.parametrize("kind", ENGINES)
def test_events_and_changes_agree(kind: str, fresh_database: FreshDatabase, tmp_path: Path) -> None:
    life = begin(fresh_database(kind), tmp_path, f"{kind}/1")
    ended = live(life, 100)
    assert all(ended[how] for how in ("done", "refused", "dry"))
    whole(life)
    run_business_mutations(life.store.engine, life.office, rounds=20, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ENGINES)
def test_ten_thousand_commands(
    kind: str, fresh_database: FreshDatabase, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    total: Counter[str] = Counter()
    changes = 0
    for number in range(10):
        folder = tmp_path / str(number)
        folder.mkdir()
        life = begin(fresh_database(kind), folder, f"{kind}/{number}/slow")
        total += live(life, 500)
        whole(life)
        changes += sum(
            run_business_mutations(life.store.engine, life.office, rounds=40, seed=number).values()
        )
    figure(
        f"{kind}: {sum(total.values())} commands ({', '.join(f'{count} {how}' for how, count in sorted(total.items()))}):"
        f" events and changes agree; {changes} changes by SQL, all told"
    )
