"""A batch that no file brought says what it is."""

from __future__ import annotations

import pytest

from ebidadmin.text.imports import batch_origin


@pytest.mark.parametrize(
    ("name", "undoes", "corrects", "shown"),
    [
        ("名簿.csv", None, None, "名簿.csv"),
        ("名簿.csv", 3, None, "第3版の取消"),
        ("", None, "190000092", "訂正(業者番号 190000092)"),
        ("", 4, "190000092", "第4版の取消"),
    ],
)
def test_where_a_batch_comes_from(name: str, undoes: int | None, corrects: str | None, shown: str) -> None:
    assert batch_origin(name, undoes=undoes, corrects=corrects) == shown
