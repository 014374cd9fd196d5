"""Python looks seldom for circles while somebody asks for that, and as before afterwards."""

from __future__ import annotations

import gc

import pytest

from ebidadmin.services.collecting import SELDOM, collecting_seldom


def test_the_last_who_is_done_puts_back_what_was_before_the_first() -> None:
    before = gc.get_threshold()
    first, second = collecting_seldom(), collecting_seldom()
    first.__enter__()
    second.__enter__()
    assert gc.get_threshold() == SELDOM != before
    first.__exit__(None, None, None)
    assert gc.get_threshold() == SELDOM
    second.__exit__(None, None, None)
    assert gc.get_threshold() == before


def test_it_is_put_back_where_something_fails() -> None:
    before = gc.get_threshold()
    with pytest.raises(ValueError, match="x"), collecting_seldom():
        raise ValueError("x")
    assert gc.get_threshold() == before
