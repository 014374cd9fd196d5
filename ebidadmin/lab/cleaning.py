"""What a saved notebook may hold: titles and code, nothing that came out of running it."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

JsonObject = dict[str, Any]

_WIDGET_STATE = "widgets"
_CELL_TIMES = ("execution", "ExecuteTime")


def clean_notebook(notebook: JsonObject) -> JsonObject:
    """The notebook (format 4) without outputs, execution counts, run times, attachments of outputs and widget state.

    Works in place and returns its argument. Raises ``ValueError`` where it is not a notebook of format 4.
    """
    if notebook.get("nbformat") != 4 or not isinstance(notebook.get("cells"), list):
        raise ValueError("not a notebook of format 4")
    notebook.setdefault("metadata", {}).pop(_WIDGET_STATE, None)
    for cell in notebook["cells"]:
        for key in _CELL_TIMES:
            cell.get("metadata", {}).pop(key, None)
        if cell.get("cell_type") == "code":
            cell["outputs"] = []
            cell["execution_count"] = None
    return notebook


def clean_model(model: JsonObject, path: str) -> None:
    """Clean the contents model of a save, whatever kind of file the browser says it is.

    A notebook may also arrive as a plain file (text or base64), for instance from the text editor or as an upload. Raises
    ``ValueError`` for a notebook that cannot be read: it could hold anything.
    """
    content = model.get("content")
    if content is None or model.get("type") == "directory":
        return
    if model.get("type") == "notebook":
        clean_notebook(content)
    elif path.lower().endswith(".ipynb"):
        if model.get("chunk"):
            raise ValueError("a notebook cannot be saved in pieces")
        model["content"] = _clean_text(content, str(model.get("format")))


def _clean_text(content: str, kind: str) -> str:
    try:
        text = base64.b64decode(content, validate=True).decode() if kind == "base64" else content
        cleaned = json.dumps(clean_notebook(json.loads(text)), ensure_ascii=False, indent=1) + "\n"
    except (binascii.Error, UnicodeDecodeError, json.JSONDecodeError, AttributeError) as error:
        raise ValueError("not a readable notebook") from error
    return base64.b64encode(cleaned.encode()).decode() if kind == "base64" else cleaned
