"""A warning is accepted on what was shown, not on its name alone."""

from __future__ import annotations

from pathlib import Path

from tests.acceptance.conftest import Ebid
from tests.cli.test_commands import REGISTER


def test_a_warning_is_accepted_on_what_was_seen(office: Path, ebid: Ebid) -> None:
    renamed = office / "inbox" / "renamed.csv"
    renamed.write_text(REGISTER.replace("代表　1太郎", "代表　2太郎"), encoding="utf-8")
    seen = ebid("application", "show", "A1", "--json", "--desk", office).value["seen"]
    words = ("application", "approve", "A1", "--version", "1", "--desk", office)
    blind = ebid(*words, "--accept", "changed-since-application=ok")
    assert blind.code == 2
    assert "--seen" in blind.err
    assert (
        ebid("qualification", "import", renamed, "--layout", "ebidadmin", "--yes", "--desk", office).code == 0
    )
    assert ebid(*words, "--accept", "changed-since-application=ok", "--seen", seen).code == 1
    seen = ebid("application", "show", "A1", "--json", "--desk", office).value["seen"]
    assert ebid(*words, "--accept", "changed-since-application=ok", "--seen", seen).code == 0
