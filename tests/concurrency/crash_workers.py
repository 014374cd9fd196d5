"""Processes that go on working although the server is killed under them: each tells what it was told, waits until it may go on, looks, and
does what is still to be done, as a clerk would."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import StorageError
from ebidadmin.services import application_review as review
from ebidadmin.services import mail_outbox
from ebidadmin.services.ports import Office
from tests.builders import application_number, qualification
from tests.concurrency.workers import sending_office
from tests.imports.office import ImportDesk, open_import_desk
from tests.presenters.walkthrough_desk import HEADINGS

DONE, LOST, OVER = "done", "lost", "over"


def edition(folder: Path, number: int, suppliers: int) -> Path:
    """The file of a register of which every record says which edition it is."""
    path = folder / f"register{number}.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADINGS)
        for n in range(1, suppliers + 1):
            record = replace(qualification(n), representative_title=title(number))
            writer.writerow([value(record) for value in HEADINGS.values()])
    return path


def title(number: int) -> str:
    """What the representatives of an edition are called."""
    return f"代表取締役{number}"


def decide(told: Connection, url: str, folder: Path, life: int, numbers: list[int]) -> None:
    """Decide and send, one after the other."""
    desk = sending_office(url, folder, life)
    staff = Staff(f"clerk{life}", frozenset({Role.REVIEWER}))
    for n in numbers:
        _patiently(told, partial(_decide, desk, staff, n))
        _patiently(told, partial(mail_outbox.dispatch, desk, staff=staff))
        told.send((DONE, n))
    told.send((OVER, ""))


def _decide(desk: Office, staff: Staff, n: int) -> None:
    """Unless an answer that got lost said that it was decided."""
    number = application_number(n)
    with desk.uow() as uow:
        if not uow.applications.get(number).is_open:
            return
    if n % 3:
        review.reject(desk, staff=staff, number=number, version=1, reasons=("other",))
    else:
        accepted = {"changed-since-application": "確認した"}
        review.approve(desk, staff=staff, number=number, version=1, accepted=accepted)


def bring_in(told: Connection, url: str, files: list[Path]) -> None:
    """Import edition after edition."""
    desk = open_import_desk(url)
    for number, path in enumerate(files, start=2):
        _patiently(told, partial(_bring_in, desk, number, path))
        told.send((DONE, number))
    told.send((OVER, ""))


def _bring_in(desk: ImportDesk, number: int, path: Path) -> None:
    """Unless an answer that got lost said that it was applied."""
    with desk.office.uow() as uow:
        if uow.register.version() == number:
            return
    desk.bring_in(path, "ebidadmin")


def _patiently(told: Connection, act: Callable[[], object]) -> None:
    while True:
        try:
            act()
        except StorageError as error:
            told.send((LOST, error.code))
            told.recv()
        else:
            return
