"""``ebidadmin audit verify`` ends with exit code 1 for each kind of change behind the program's back, and says where it is."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from ebidadmin.credentials.tree_key import make_key
from ebidadmin.persistence.engine import make_engine
from tests.acceptance.conftest import Ebid
from tests.lives.rows import snapshot
from tests.persistence import tree_changes
from tests.persistence.hands import CopiedFiles, Hands, Sealed, changed

KINDS = (
    tree_changes.edit_value,
    tree_changes.edit_hash,
    tree_changes.edit_time,
    tree_changes.delete_event,
    tree_changes.insert_event,
    tree_changes.swap_events,
    tree_changes.swap_leaves,
    tree_changes.cut_the_tail,
    tree_changes.restore_older,
    tree_changes.change_by_sql,
    tree_changes.set_back,
    tree_changes.edit_without_guard,
    tree_changes.drop_guard,
    tree_changes.write_what_is_never_written,
)


@pytest.mark.sqlite_only("the file is changed by hand; tests/persistence does so on both")
def test_every_kind_of_change_ends_with_exit_code_1(desk: Path, ebid: Ebid, tmp_path: Path) -> None:
    file, copies = desk / "ebidadmin.sqlite", CopiedFiles(tmp_path)

    def recorded(*numbers: str) -> None:
        for number in numbers:
            permit = ("permit", "record", number, "--received", "2026-10-01", "--channel", "fax")
            assert ebid(*permit, "--desk", desk).code == 0

    recorded("190000092", "190000093")
    url = f"sqlite:///{file}"
    older, earlier = copies.copy(url), snapshot(make_engine(url))
    recorded("190000094", "190000095")
    assert ebid("audit", "key", "--make", "--desk", desk).code == 0
    anchors = tmp_path / "anchors.txt"
    anchor = ebid("audit", "anchor", "--to", anchors, "--desk", desk, "--json")
    assert anchor.code == 0
    key = make_key(desk / "audit-key.pem")
    size = int(anchors.read_text(encoding="utf-8").splitlines()[1])
    sealed = Sealed(copies.copy(url), older, key, (), size, copies, (earlier,))
    sealed.content.update(Hands(sealed.url, sealed, random.Random(0)).content())
    verify = ("audit", "verify", "--anchors", anchors, "--desk", desk, "--json")
    assert ebid(*verify).code == 0
    for kind in KINDS:
        hands = changed(kind, sealed, "0")
        shutil.copy(hands.url.removeprefix("sqlite:///"), file)
        found = ebid(*verify)
        told = (kind.__name__, found.out)
        assert found.code == 1, told
        named = [one["seq"] or one["what"] for one in found.value["findings"]]
        assert named, told
        assert all(named), told
        if hands.first is not None:
            assert found.value["first_bad"] == hands.first, told
