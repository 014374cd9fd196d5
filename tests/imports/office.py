"""A desk of the import alone: the real database, store and layouts; ports that no import touches are absent on purpose."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from ebidadmin.clock import SettableClock
from ebidadmin.domain.fields import FormRules
from ebidadmin.domain.imports import ImportBatch, ImportPlan
from ebidadmin.domain.layouts import Layout
from ebidadmin.domain.names import NameRules
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.intake.csv import CsvSource
from ebidadmin.intake.layouts import load_layouts
from ebidadmin.persistence.bulk import SqlImportStore
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.register import SqlRegisterReader
from ebidadmin.persistence.unit_of_work import uow_factory
from ebidadmin.services import qualification_import
from ebidadmin.services.ports import Office
from ebidadmin.services.settings import Settings
from tests.builders import NOON
from tests.needs import ROOT

IMPORTER = Staff("yunyuu", frozenset({Role.IMPORTER}))
LAYOUTS = load_layouts(ROOT / "data" / "reference" / "layouts")
ABSENT: Any = None

HEADINGS = {name: rule.column for name, rule in LAYOUTS["ebidadmin"].fields.items()}
"""The own layout's heading of each field."""


class Postcodes:
    """Every postcode exists but those that begin with 000."""

    def places(self, postcode: str) -> tuple[str, ...]:
        return () if postcode.startswith("000") else ("here",)


@dataclass
class ImportDesk:
    engine: Engine
    office: Office
    store: SqlImportStore
    reader: SqlRegisterReader
    clock: SettableClock

    def preview(self, path: Path, layout: str | Layout = "mlit-construction") -> ImportPlan:
        chosen = self.layout(layout)
        return qualification_import.preview(
            self.office, staff=IMPORTER, store=self.store, source=CsvSource(path, chosen), layout=chosen
        )

    def apply(
        self,
        path: Path,
        plan: ImportPlan,
        layout: str | Layout = "mlit-construction",
        *,
        confirmed: bool = True,
    ) -> ImportBatch:
        chosen = self.layout(layout)
        return qualification_import.apply(
            self.office,
            staff=IMPORTER,
            store=self.store,
            source=CsvSource(path, chosen),
            layout=chosen,
            plan=plan,
            confirmed_scale=confirmed,
        )

    def bring_in(self, path: Path, layout: str | Layout = "mlit-construction") -> ImportPlan:
        """Preview and apply, every warning confirmed."""
        plan = self.preview(path, layout)
        self.apply(path, plan, layout)
        return plan

    def register(self) -> dict[str, Qualification]:
        return {record.supplier_number: record for record in self.reader.every()}

    @staticmethod
    def layout(layout: str | Layout) -> Layout:
        return LAYOUTS[layout] if isinstance(layout, str) else layout


def open_import_desk(url: str) -> ImportDesk:
    engine, clock = make_engine(url), SettableClock(NOON)
    office = Office(
        uow=uow_factory(engine, clock=clock),
        clock=clock,
        calendar=ABSENT,
        settings=Settings(),
        forms=FormRules(mail_ok=lambda address: address.count("@") == 1),
        names=NameRules(),
        reasons=ABSENT,
        permit_reasons=ABSENT,
        composer=ABSENT,
        transport=ABSENT,
        hasher=ABSENT,
        postcodes=Postcodes(),
        phones=ABSENT,
        mail_domains=ABSENT,
    )
    return ImportDesk(engine, office, SqlImportStore(engine), SqlRegisterReader(engine), clock)
