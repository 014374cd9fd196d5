"""The pages that screens print."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from ebidadmin.bundled import reference_file
from ebidadmin.documents.engine import compile_page
from ebidadmin.text.pages import Page

ID_APPLICATION_TEMPLATE = "id_application.typ"
CARD_REGISTRATION_TEMPLATE = "card_registration.typ"
CASE_RECORD_TEMPLATE = "case_record.typ"


def template_path(name: str, folder: Path | None = None) -> Path:
    """The template of that name: the desk's own in ``folder``/data/reference/pages, else the one that travels with the program."""
    return reference_file(folder, "pages", name)


def id_application_page(page: Page, *, printed_at: datetime, folder: Path | None = None) -> bytes:
    """The confirmation screen of an ID application as a PDF. Raises ``DocumentError``, see ``engine.compile_page``."""
    return compile_page(template_path(ID_APPLICATION_TEMPLATE, folder), asdict(page), made_at=printed_at)


def card_registration_page(page: Page, *, printed_at: datetime, folder: Path | None = None) -> bytes:
    """The confirmation screen of a card registration as a PDF. Raises ``DocumentError``, see ``engine.compile_page``."""
    return compile_page(template_path(CARD_REGISTRATION_TEMPLATE, folder), asdict(page), made_at=printed_at)


def case_record_page(page: Page, *, printed_at: datetime, folder: Path | None = None) -> bytes:
    """The help desk's record of a walk as a PDF. Raises ``DocumentError``, see ``engine.compile_page``."""
    return compile_page(template_path(CASE_RECORD_TEMPLATE, folder), asdict(page), made_at=printed_at)
