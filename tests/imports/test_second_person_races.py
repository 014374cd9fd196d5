"""Two at one request: whoever comes second, between look and commit of the other, is told by whom it was and what to do, in one sentence.

On PostgreSQL, where two transactions read at once; on SQLite the second waits for the first (``test_second_person_undo``). The other
person acts on a connection of their own at the exact place, so nothing depends on speed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ebidadmin.cli import english
from ebidadmin.domain import import_requests as requests
from ebidadmin.domain.import_requests import ImportRequest, RequestState
from ebidadmin.errors import ConcurrentEditError, EbidError, RuleError, StalePlanError
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from ebidadmin.services import import_requests
from ebidadmin.text.messages import sentence
from tests.imports.office import IMPORTER, ImportDesk
from tests.imports.test_apply import OWN, file, hundred
from tests.imports.test_second_person import OTHER, THIRD, ask, confirm, with_second_person

pytestmark = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)

Meanwhile = Callable[[str, Callable[[], object]], None]


@pytest.fixture
def guarded(desk: ImportDesk, tmp_path: Path) -> ImportDesk:
    desk.bring_in(file(tmp_path, hundred()), OWN)
    return with_second_person(desk)


@pytest.fixture
def half(tmp_path: Path) -> Path:
    return file(tmp_path, hundred()[:50], "half.csv")


@pytest.fixture
def one(guarded: ImportDesk, half: Path) -> ImportRequest:
    return ask(guarded, half)


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Lets another person act once, when that verb has looked at the database and before it writes."""

    def arrange(verb: str, act: Callable[[], object]) -> None:
        real = getattr(requests, verb)
        waiting = [act]

        def late(*arguments: Any, **options: Any) -> Any:
            decided = real(*arguments, **options)
            if waiting:
                waiting.pop()()
            return decided

        monkeypatch.setattr(requests, verb, late)

    return arrange


def told(error: EbidError) -> tuple[str, str]:
    return english.sentence(error), sentence(error)


def test_of_two_who_confirm_the_second_is_told_of_the_first(
    guarded: ImportDesk, one: ImportRequest, meanwhile: Meanwhile
) -> None:
    meanwhile("confirm", lambda: confirm(guarded, one, THIRD))
    with pytest.raises(ConcurrentEditError) as caught:
        confirm(guarded, one, OTHER)
    english_words, japanese_words = told(caught.value)
    assert english_words.startswith("Somebody else changed it first")
    assert "by daisan" in english_words
    assert "nothing of yours was done" in english_words
    assert "daisanさん" in japanese_words
    assert "操作は行われていません" in japanese_words
    (listed,) = import_requests.list_all(guarded.office, staff=IMPORTER)
    assert (listed.request.state, listed.request.confirmed_by) == (RequestState.CONFIRMED, "daisan")


@pytest.mark.parametrize("verb", ["withdraw", "decline"])
def test_whoever_confirms_what_was_ended_meanwhile_is_told_so(
    guarded: ImportDesk, one: ImportRequest, meanwhile: Meanwhile, verb: str
) -> None:
    def end() -> None:
        if verb == "withdraw":
            import_requests.withdraw(guarded.office, staff=IMPORTER, number=one.id)
        else:
            import_requests.decline(guarded.office, staff=THIRD, number=one.id, reason="件数が違う")

    meanwhile("confirm", end)
    with pytest.raises(ConcurrentEditError) as caught:
        confirm(guarded, one)
    assert caught.value.facts["by"] == (IMPORTER.login if verb == "withdraw" else THIRD.login)
    assert import_requests.list_all(guarded.office, staff=IMPORTER) == ()


def test_whoever_confirms_when_the_register_has_just_moved_on_is_told_so(
    guarded: ImportDesk, one: ImportRequest, meanwhile: Meanwhile, tmp_path: Path
) -> None:
    """Without the last look it was confirmed, and the person told so, although nothing could come of it."""
    renamed = [replace(record, representative_name="代表　2太郎") for record in hundred()[:1]]
    changed = file(tmp_path, [*renamed, *hundred()[1:]], "changed.csv")
    meanwhile("confirm", lambda: guarded.bring_in(changed, OWN))
    with pytest.raises(StalePlanError, match="request-stale") as caught:
        confirm(guarded, one)
    assert all(one.id in words for words in told(caught.value))
    (kept,) = import_requests.list_all(guarded.office, staff=IMPORTER, open_only=False)
    assert (kept.request.state, kept.request.confirmed_by) == (RequestState.REQUESTED, None)


def test_of_two_who_ask_for_the_same_the_second_is_told_which_request_there_is(
    guarded: ImportDesk, half: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both plans are there; the first asks while the second is about to draw a number."""
    plan, same = guarded.preview(half, OWN), guarded.preview(half, OWN)
    real, first = SqlUnitOfWork.next_number, list[ImportRequest]()

    def drawn(unit: SqlUnitOfWork, *arguments: Any, **options: Any) -> int:
        monkeypatch.setattr(SqlUnitOfWork, "next_number", real)
        first.append(import_requests.request(guarded.office, staff=THIRD, plan=same, layout=OWN))
        return real(unit, *arguments, **options)

    monkeypatch.setattr(SqlUnitOfWork, "next_number", drawn)
    with pytest.raises(RuleError, match="request-open") as caught:
        import_requests.request(guarded.office, staff=IMPORTER, plan=plan, layout=OWN)
    assert (caught.value.facts["id"], caught.value.facts["by"]) == (first[0].id, THIRD.login)
    assert all(THIRD.login in words for words in told(caught.value))
