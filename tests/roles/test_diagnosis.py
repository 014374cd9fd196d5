"""Everybody can have their own computer looked at, whatever their roles let them see."""

from __future__ import annotations

import pytest

from ebidadmin.diagnosis import installation
from ebidadmin.domain.diagnosis import Item, Verdict
from ebidadmin.domain.staff import Role
from tests.roles.bench import Bench, login


@pytest.mark.parametrize("role", list(Role))
def test_nothing_is_taken_for_broken_because_a_role_does_not_see_it(bench: Bench, role: Role) -> None:
    with bench.desk(login(role)) as desk:
        found = {one.item: one for one in installation.look_at_opened(desk)}
    broken = [one.code for one in found.values() if one.verdict is Verdict.FAULT]
    assert broken == []
    hidden = role in (Role.HELP_DESK, Role.IMPORTER)
    assert (found[Item.MAIL].code == "mails-of-others") is hidden
