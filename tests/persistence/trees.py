"""A trail with its hash tree, verified, and changed behind the program's back."""

from __future__ import annotations

import secrets

from sqlalchemy import Engine, text

from ebidadmin.credentials.tree_key import TreeKey
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.staff import ALL_ROLES, Staff
from ebidadmin.domain.tree_findings import Verification
from ebidadmin.domain.tree_heads import SignedHead
from ebidadmin.persistence.audit_tree import SqlTrailTree
from ebidadmin.persistence.migrations.erasing_triggers import trail_guards
from ebidadmin.persistence.migrations.triggers import dropped
from ebidadmin.services import audit_tree
from ebidadmin.services.ports import Office

AUDITOR = Staff("kansa", ALL_ROLES)
COUNT = 21
TABLES = ("audit_events", "audit_leaves", "audit_nodes", "audit_heads", "audit_rows", "audit_erased")


def write(office: Office, count: int) -> None:
    """That many events, each of its own."""
    with office.uow() as uow:
        for number in range(count):
            subject = Subject(SubjectKind.APPLICATION, f"A{number}")
            facts = {"note": f"㈱髙﨑 {secrets.token_hex(4)}"}
            event = Event(
                tag=EventTag.APPLICATION_NOTED,
                subject=subject,
                by="佐藤",
                at=office.clock.now(),
                facts=facts,
                before={"state": "pending"},
                after={"state": "inquired", "number": number},
                supplier_number="190000001",
            )
            uow.log(event)
        uow.commit()


def verified(
    office: Office, tree: SqlTrailTree, key: TreeKey | None, *anchors: SignedHead, full: bool = True
) -> Verification:
    return audit_tree.verify(office, staff=AUDITOR, tree=tree, signer=key, full=full, anchors=anchors)


def behind(engine: Engine, *statements: str) -> None:
    """As somebody with the database in their hands: the triggers are taken off, and put back as they were."""
    dialect = engine.dialect.name
    with engine.begin() as connection:
        for table in TABLES:
            names = ("no_update", "no_delete", *(("no_replace",) if dialect == "sqlite" else ()))
            for line in dropped(dialect, table, *names):
                connection.execute(text(line))
        for statement in statements:
            connection.execute(text(statement))
        for table in TABLES:
            for line in trail_guards(dialect, table):
                connection.exec_driver_sql(line)
