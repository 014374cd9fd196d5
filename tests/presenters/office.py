"""A whole office on a database of its own, for presenters and screens: real persistence, mails and reasons; facts made up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from ebidadmin.bundled import bundled
from ebidadmin.clock import SettableClock
from ebidadmin.domain import applications
from ebidadmin.domain.applications import Channel, IdApplication, IdForm
from ebidadmin.domain.fields import FormRules
from ebidadmin.domain.staff import ALL_ROLES, Staff
from ebidadmin.intake.csv import CsvSource, write_register
from ebidadmin.intake.layouts import load_layouts
from ebidadmin.mailing.composer import TemplateComposer
from ebidadmin.mailing.folder import FolderTransport
from ebidadmin.mailing.reasons import load_reasons
from ebidadmin.persistence.bulk import SqlImportStore
from ebidadmin.persistence.permit_list import SqlPermitListReader
from ebidadmin.persistence.queue_views import SqlViewStore
from ebidadmin.persistence.readmodels import SqlQueueReader
from ebidadmin.persistence.register import SqlRegisterReader
from ebidadmin.persistence.register_history import SqlHistoryReader
from ebidadmin.persistence.screen_places import SqlPlaceStore
from ebidadmin.persistence.undoing_touched import SqlUndoingReader
from ebidadmin.persistence.unit_of_work import uow_factory
from ebidadmin.reference.names import load_name_rules
from ebidadmin.services import application_review, qualification_import
from ebidadmin.services.ports import Office
from ebidadmin.services.settings import Settings
from tests import builders
from tests.persistence import office as filling

DATA = bundled("data") / "reference"


@dataclass
class KnownFacts:
    """Reference data that finds nothing to remark."""

    @staticmethod
    def places(postcode: str) -> tuple[str, ...]:
        return ("山口県下関市",)

    @staticmethod
    def exists(number: str) -> bool:
        return True

    @staticmethod
    def valid(address: str) -> bool:
        return "@" in address

    @staticmethod
    def unusual(address: str) -> str | None:
        return None


class NoHasher:
    """Decisions never hash."""

    def hash(self, password: bytes | bytearray) -> str:
        raise NotImplementedError

    def verify(self, stored: str, password: bytes | bytearray) -> bool:
        raise NotImplementedError

    def outdated(self, stored: str) -> bool:
        raise NotImplementedError

    def acceptable(self, stored: str) -> bool:
        return True


@dataclass
class Place:
    """The office and what tests look at behind it."""

    engine: Engine
    folder: Path
    clock: SettableClock
    staff: Staff = field(default_factory=lambda: Staff("tanaka", ALL_ROLES))
    office: Office = field(init=False)

    def __post_init__(self) -> None:
        reasons = load_reasons(DATA / "reasons.toml")
        facts = KnownFacts()
        names = load_name_rules(DATA.parent)
        self.mails = self.folder / "mail"
        self.layouts = load_layouts(DATA / "layouts")
        self.office = Office(
            uow=uow_factory(self.engine, clock=self.clock, software="ebidadmin test", names=names),
            clock=self.clock,
            calendar=builders.calendar(),
            settings=Settings(),
            forms=FormRules(mail_ok=facts.valid),
            names=names,
            reasons=reasons,
            permit_reasons=load_reasons(DATA / "permit_reasons.toml"),
            composer=TemplateComposer(
                DATA / "mails", reasons=reasons, names=names, office_name="下関市", contact="契約課"
            ),
            transport=FolderTransport(self.mails, sender="office@example.lg.jp"),
            hasher=NoHasher(),
            postcodes=facts,
            phones=facts,
            mail_domains=facts,
        )
        self.queue_reader = SqlQueueReader(self.engine, names=names)
        self.queue_views = SqlViewStore(self.engine)
        self.permit_reader = SqlPermitListReader(self.engine, names=names)
        self.register_reader = SqlRegisterReader(self.engine)
        self.history_reader = SqlHistoryReader(self.engine)
        self.undoing_reader = SqlUndoingReader(self.engine)
        self.screen_places = SqlPlaceStore(self.engine)
        self.store = SqlImportStore(self.engine)

    def submit(self, n: int, *, at: datetime = builders.NOON, entered: IdForm | None = None) -> IdApplication:
        """An application of the ``n``-th supplier that has seen the register as it is."""
        with self.office.uow() as uow:
            transition = applications.submit(
                number=builders.application_number(n),
                form=entered or builders.form(n),
                password_hash=builders.SAMPLE_HASH,
                at=at,
                by="suppliers",
                channel=Channel.BATCH,
                register_seen=uow.register.version(),
            )
            uow.record(transition)
            uow.commit()
        return transition.after

    def permit(self, *numbers: int) -> None:
        for n in numbers:
            with self.office.uow() as uow:
                uow.record(filling.stored_permit(builders.permit(n)))
                uow.commit()

    def register(self, *numbers: int) -> None:
        """Import the register records of these suppliers."""
        path = self.folder / "register.csv"
        layout = self.layouts["ebidadmin"]
        write_register(path, [builders.qualification(n, corporate_number="") for n in numbers], layout, ())
        source = CsvSource(path, layout)
        plan = qualification_import.preview(
            self.office, staff=self.staff, store=self.store, source=source, layout=layout
        )
        assert plan.applicable, plan.problems
        qualification_import.apply(
            self.office,
            staff=self.staff,
            store=self.store,
            source=source,
            layout=layout,
            plan=plan,
            confirmed_scale=True,
        )

    def application(self, n: int) -> IdApplication:
        return application_review.dossier(
            self.office, staff=self.staff, number=builders.application_number(n)
        ).application

    def letters(self) -> list[Path]:
        return sorted(self.mails.rglob("*.eml")) if self.mails.exists() else []


MakePlace = Callable[..., Place]
