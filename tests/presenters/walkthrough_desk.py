"""A desk on disk for the walkthrough: the program's own settings and reference data, a migrated database, a small register."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from ebidadmin.bootstrap import Desk, open_desk
from ebidadmin.bundled import bundled
from ebidadmin.clock import SettableClock
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.staff import Staff
from ebidadmin.intake.csv import CsvSource
from ebidadmin.services import qualification_import
from tests import builders
from tests.builders import EVERYBODY, NOON, TANAKA
from tests.desks import copied_desk, give_database

SUPPLIERS = range(91, 96)
HEADINGS: dict[str, Callable[[Qualification], str]] = {
    "業者番号": lambda q: q.supplier_number,
    "商号又は名称": lambda q: q.trade_name,
    "郵便番号": lambda q: q.postcode,
    "住所": lambda q: q.address,
    "代表者役職": lambda q: q.representative_title,
    "代表者氏名": lambda q: q.representative_name,
    "電話番号": lambda q: q.phone,
    "FAX番号": lambda q: q.fax,
}


def lay_out(folder: Path, *, register: bool = True) -> Path:
    """A desk folder, with the suppliers of ``SUPPLIERS`` in its register."""
    shutil.copytree(bundled("data") / "reference", folder / "data" / "reference")
    shutil.copy(bundled("data") / "desk" / "ebidadmin.toml", folder / "ebidadmin.toml")
    give_database(folder)
    if register:
        _import(folder)
    return folder


def desk(template: Path, folder: Path, *, moment: datetime = NOON, staff: Staff = TANAKA) -> Desk:
    """A desk of its own, copied from a laid-out folder, on a clock that stands still."""
    copied_desk(template, folder)
    return replace(open_desk(folder, clock=SettableClock(moment)), staff=staff)


def _import(folder: Path) -> None:
    file = folder / "register.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADINGS)
        for n in SUPPLIERS:
            record = builders.qualification(n)
            writer.writerow([value(record) for value in HEADINGS.values()])
    opened = open_desk(folder, clock=SettableClock(NOON))
    layout = opened.layouts["ebidadmin"]
    source, store = CsvSource(file, layout), opened.import_store
    plan = qualification_import.preview(
        opened.office, staff=EVERYBODY, store=store, source=source, layout=layout
    )
    qualification_import.apply(
        opened.office,
        staff=EVERYBODY,
        store=store,
        source=source,
        layout=layout,
        plan=plan,
        confirmed_scale=True,
    )
    opened.close()
