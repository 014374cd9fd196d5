"""Saved notebooks hold titles and code only, by whichever way they are saved."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tornado.web import HTTPError

from ebidadmin.lab.cleaning import clean_model
from ebidadmin.lab.serverext import clean_before_save

SECRET = "himitsu"


def notebook() -> dict[str, Any]:
    output = {"output_type": "stream", "name": "stdout", "text": SECRET}
    code = {
        "cell_type": "code",
        "execution_count": 3,
        "outputs": [output],
        "source": "x",
        "metadata": {"execution": {"t": SECRET}},
    }
    return {
        "nbformat": 4, "nbformat_minor": 5,
        "cells": [{"cell_type": "markdown", "source": "# t", "metadata": {}}, code],
        "metadata": {"widgets": {"state": SECRET}, "kernelspec": {"name": "python3"}},
    }  # fmt: skip


def as_model(way: str) -> dict[str, Any]:
    text = json.dumps(notebook())
    if way == "notebook":
        return {"type": "notebook", "format": "json", "content": notebook()}
    content = base64.b64encode(text.encode()).decode() if way == "base64" else text
    return {"type": "file", "format": way, "content": content}


@pytest.mark.parametrize("way", ["notebook", "text", "base64"])
def test_nothing_that_came_out_of_running_is_saved(way: str) -> None:
    model = as_model(way)
    clean_model(model, "00_home.ipynb")
    content = model["content"]
    if way == "base64":
        content = base64.b64decode(content).decode()
    saved = content if way == "notebook" else json.loads(content)
    assert SECRET not in json.dumps(saved)
    assert saved["cells"][1]["source"] == "x"
    assert saved["cells"][1]["execution_count"] is None
    assert saved["metadata"] == {"kernelspec": {"name": "python3"}}


@pytest.mark.parametrize(
    "model",
    [
        {"type": "file", "format": "text", "content": "{"},
        {"type": "file", "format": "text", "content": "[]"},
        {"type": "file", "format": "base64", "content": "***"},
        {"type": "file", "format": "text", "content": "{}", "chunk": 1},
        {"type": "notebook", "content": {"nbformat": 3, "worksheets": []}},
    ],
)
def test_what_cannot_be_cleaned_is_not_saved(model: dict[str, Any]) -> None:
    with pytest.raises(HTTPError) as caught:
        clean_before_save(model, "a.ipynb")
    assert caught.value.status_code == 400


def test_other_files_and_folders_are_left_alone() -> None:
    for model in ({"type": "file", "format": "text", "content": "{"}, {"type": "directory"}):
        before = dict(model)
        clean_before_save(model, "notes.txt")
        assert model == before


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_content_is_either_cleaned_or_refused_with_one_error(content: object) -> None:
    model: dict[str, Any] = {"type": "file", "format": "text", "content": json.dumps(content)}
    with pytest.raises(HTTPError):
        clean_before_save(model, "a.ipynb")
