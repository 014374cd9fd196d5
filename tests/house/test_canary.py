"""The search for secrets finds them in every form, and does not take chance for one."""

from __future__ import annotations

import base64
import json
import random

import pytest

from tests.canary import forms, found_in

SECRET = "48291537"


@pytest.mark.parametrize("before", range(7))
@pytest.mark.parametrize("after", range(4))
def test_a_secret_in_base64_is_found_wherever_it_stands(before: int, after: int) -> None:
    around = random.Random(before * 10 + after)
    content = around.randbytes(before) + SECRET.encode() + around.randbytes(after)
    assert found_in(base64.b64encode(content), SECRET)
    assert found_in(base64.b64encode(content.replace(SECRET.encode(), SECRET.encode("utf-16-le"))), SECRET)


@pytest.mark.parametrize("word", ["\u7247\u8133\u6cb9 \u592a\u90ce", SECRET])
def test_other_forms_are_found(word: str) -> None:
    for content in (word.encode(), word.encode("utf-16-be"), json.dumps({"x": word}).encode()):
        assert found_in(content, word)
    assert not found_in(b"something else", word)


def test_no_form_is_so_short_that_chance_makes_it() -> None:
    assert min(len(form) for form in forms(SECRET)) >= 8
    noise = base64.b64encode(random.Random(1).randbytes(3_000_000))
    assert not found_in(noise, SECRET)
