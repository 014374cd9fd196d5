"""Batches of applications: every line is either an object or a reason, and a bad line does not stop the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from ebidadmin.errors import InputError
from ebidadmin.intake.jsonlines import MAX_LINE_BYTES, BatchLine, read_batch


def batch(folder: Path, data: bytes) -> list[BatchLine]:
    path = folder / "b.jsonl"
    path.write_bytes(data)
    return list(read_batch(path))


def test_objects_with_their_lines(tmp_path: Path) -> None:
    data = '\ufeff{"trade_name":"(株)テスト商会01"}\r\n\r\n{"main_contact":{"name":"営業部"}}'.encode()
    assert [(line.line, line.value) for line in batch(tmp_path, data)] == [
        (1, {"trade_name": "(株)テスト商会01"}),
        (3, {"main_contact": {"name": "営業部"}}),
    ]


@pytest.mark.parametrize(
    ("raw", "code", "facts"),
    [
        (b'{"a":', "json-invalid", {"column": "6"}),
        (b"[1]", "json-not-object", {}),
        (b'"a"', "json-not-object", {}),
        (b'{"a":1,"a":2}', "json-key-doubled", {"key": "a"}),
        (b'{"a":{"b":1,"b":1}}', "json-key-doubled", {"key": "b"}),
        (b'{"a":NaN}', "json-number-invalid", {"value": "NaN"}),
        (b'{"a":' + b"1" * 5000 + b"}", "json-number-invalid", {"value": ""}),
        (b'{"a":"\\ud83d"}', "json-character-invalid", {"value": "U+D83D"}),
        (b'{"a":"\x93\xfa"}', "undecodable", {"bytes": "93 FA 22 7D 0A"}),
        (b"[" * 200_000, "json-invalid", {"column": "1"}),
        (b'{"a":"' + b"x" * MAX_LINE_BYTES + b'"}', "line-too-long", {"limit": str(MAX_LINE_BYTES)}),
    ],
)
def test_a_bad_line_is_told_and_the_next_is_read(
    tmp_path: Path, raw: bytes, code: str, facts: dict[str, str]
) -> None:
    bad, good = batch(tmp_path, raw + b'\n{"a":1}\n')
    assert (bad.line, bad.value) == (1, None)
    assert bad.problem is not None
    assert (bad.problem.where, bad.problem.code, dict(bad.problem.facts)) == ("line 1", code, facts)
    assert (good.line, good.value) == (2, {"a": 1})


def test_no_file_and_nothing_in_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="file-empty"):
        batch(tmp_path, b"")
    with pytest.raises(InputError, match="file-missing"):
        list(read_batch(tmp_path / "none"))
    with pytest.raises(InputError, match="file-unreadable"):
        list(read_batch(tmp_path))
