"""Twins of many values at once are the twins of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.persistence.twins import all_digits, all_lowered, digits, lowered

SIGNS = st.text(st.sampled_from("AaßİΣſ@.０1 \u3000\n\r\x85\x1c\u0301\u0345ﬁ"), max_size=4) | st.text(
    max_size=4
)


@pytest.mark.parametrize(("together", "singly"), [(all_digits, digits), (all_lowered, lowered)])
def test_together_as_singly(
    together: Callable[[Sequence[str]], list[str]], singly: Callable[[str], str]
) -> None:
    @given(st.lists(SIGNS, min_size=1, max_size=5))
    def compare(values: list[str]) -> None:
        assert together(values) == list(map(singly, values))

    compare()
