"""Ways through the walkthrough of the ID application, for its tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from ebidadmin.bootstrap import Desk
from ebidadmin.domain.applications import IdApplication
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import NotFoundError
from ebidadmin.presenters.id_walkthrough import IdWalkthrough, Mode, ScreenId
from ebidadmin.services.ports import Office
from ebidadmin.text.pages import Page
from tests import builders
from tests.builders import raw_form, search_form

PASSWORD = "Canary7Secret42"


class Printer:
    """Remembers what it was asked to print."""

    def __init__(self) -> None:
        self.pages: list[tuple[Page, datetime]] = []

    def __call__(self, page: Page, moment: datetime) -> bytes:
        self.pages.append((page, moment))
        return b"%PDF made"


def walk(
    desk: Desk, mode: Mode = Mode.REGISTER, *, staff: Staff | None = None, printer: Printer | None = None
) -> IdWalkthrough:
    return IdWalkthrough(desk.office, staff or desk.staff, mode, printer=printer or Printer())


def to_search(walkthrough: IdWalkthrough) -> IdWalkthrough:
    for key in ("bidding", "small", "id-registration", "process", "apply"):
        walkthrough.press(key)
    assert at(walkthrough) is ScreenId.SEARCH
    return walkthrough


def to_form(walkthrough: IdWalkthrough, n: int = 92) -> IdWalkthrough:
    to_search(walkthrough).search(search_form(n))
    assert at(walkthrough) is ScreenId.FORM
    return walkthrough


def enter(
    walkthrough: IdWalkthrough,
    n: int = 92,
    *,
    password: str = PASSWORD,
    again: str | None = None,
    **changes: str,
) -> None:
    walkthrough.enter(
        {**raw_form(n), **{key.replace("__", "."): value for key, value in changes.items()}},
        bytearray(password.encode()),
        bytearray((password if again is None else again).encode()),
    )


def to_confirm(walkthrough: IdWalkthrough, n: int = 92, **changes: str) -> IdWalkthrough:
    enter(to_form(walkthrough, n), n, **changes)
    assert at(walkthrough) is ScreenId.CONFIRM, walkthrough.view()
    return walkthrough


def to_done(walkthrough: IdWalkthrough, n: int = 92) -> IdWalkthrough:
    to_confirm(walkthrough, n).register()
    assert at(walkthrough) is ScreenId.DONE, walkthrough.view().notices
    return walkthrough


def said(walkthrough: IdWalkthrough) -> str:
    return "\n".join(line for notice in walkthrough.view().notices for line in (notice.text, *notice.items))


def stored(desk: Desk, n: int = 92) -> tuple[IdApplication, ...]:
    with desk.office.uow() as uow:
        return uow.applications.of_supplier(builders.supplier_number(n))


def rows(walkthrough: IdWalkthrough) -> dict[str, str]:
    return {row.key: row.value for section in walkthrough.view().sections for row in section.rows}


def at(walkthrough: IdWalkthrough) -> ScreenId:
    """The present screen."""
    return walkthrough.screen


class NoReasons:
    """A catalogue of reasons without any."""

    def codes(self) -> tuple[str, ...]:
        return ()

    def label(self, code: str) -> str:
        raise NotFoundError("not-found", kind="reason", id=code)

    def hint(self, code: str) -> str:
        raise NotFoundError("not-found", kind="reason", id=code)

    def suggested(self, findings: Sequence[str]) -> tuple[str, ...]:
        return ()


def without_reasons(desk: Desk) -> Office:
    """The desk's office with an empty catalogue of reasons."""
    return replace(desk.office, reasons=NoReasons())
