"""The letter with a one-time code. The code is in the bytes of the PDF, whose holder prints them once, and nowhere else."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from ebidadmin.documents.engine import compile_page
from ebidadmin.documents.pages import template_path
from ebidadmin.text.code_letter import CodeLetter

TEMPLATE = "code_letter.typ"
GROUP = 4


def code_letter(
    letter: CodeLetter, code: bytes | bytearray, *, made_at: datetime, folder: Path | None = None
) -> bytes:
    """The PDF, the code in groups of four. Raises ``DocumentError``, see ``engine.compile_page``."""
    groups = [code[at : at + GROUP].decode("ascii") for at in range(0, len(code), GROUP)]
    data = {**asdict(letter), "code": "-".join(groups)}
    return compile_page(template_path(TEMPLATE, folder), data, made_at=made_at)
