"""Heads as text: what is written is read, and nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain.tree_heads import Head, SignedHead, key_hash, key_text, read_note, read_notes

AT = datetime(2026, 11, 30, 0, 15, 2, tzinfo=UTC)
HEADS = st.builds(
    lambda size, root, signature, seconds: SignedHead(
        head=Head(origin="ebidadmin-0123456789ab", size=size, root=root, at=AT + timedelta(seconds=seconds)),
        key_hash=b"key!",
        signature=signature,
    ),
    st.integers(0, 10**9),
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=64, max_size=64),
    st.integers(0, 10**8),
)


@given(HEADS)
def test_what_is_written_is_read(head: SignedHead) -> None:
    assert read_note(head.note) == head


@given(st.lists(HEADS, max_size=4))
def test_a_file_of_heads_is_read_one_after_another(heads: list[SignedHead]) -> None:
    assert list(read_notes("".join(one.note for one in heads))) == heads


@given(HEADS, st.data())
def test_a_text_that_differs_by_one_sign_is_another_head_or_none(
    head: SignedHead, data: st.DataObject
) -> None:
    note = head.note
    place = data.draw(st.integers(0, len(note) - 1))
    other = data.draw(st.sampled_from([*"09AZaz+/= \n-—", ""]).filter(lambda sign: sign != note[place]))
    changed = note[:place] + other + note[place + 1 :]
    try:
        found = read_note(changed)
    except ValueError:
        return
    assert found != head
    assert found.note == changed


def test_the_line_of_a_file_that_is_no_head_is_named() -> None:
    good = SignedHead(
        head=Head(origin="o", size=1, root=b"r" * 32, at=AT), key_hash=b"key!", signature=b"s" * 64
    )
    with pytest.raises(ValueError, match="line 7: "):
        list(read_notes(good.note + "memo\n"))


def test_the_short_name_of_a_key_is_that_of_the_standard() -> None:
    # The worked example of golang.org/x/mod/sumdb/note, whose format this is.
    line = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    name, short, encoded = line.split("+", 2)
    import base64

    public = base64.b64decode(encoded)[1:]
    assert key_hash(name, public).hex() == short
    assert key_text(name, public) == line
