"""Card registrations, walks through the card screens, case records and the follow-up list; kinds of mail are no closed set any more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ebidadmin.persistence.migrations.columns import moments, numbers, texts
from ebidadmin.persistence.migrations.triggers import append_only, final, life_cycle

revision = "0005"
down_revision = "0004"

_CARD_STEPS = (
    ("active", "suspended"),
    ("active", "replaced"),
    ("active", "cancelled"),
    ("suspended", "active"),
    ("suspended", "cancelled"),
)
_SESSION_STEPS = (("open", "done"), ("open", "abandoned"))
_FOLLOW_UP_STEPS = (("open", "done"), ("open", "settled"))
_MAIL_STEPS = (("waiting", "sent"), ("waiting", "gave-up"), ("gave-up", "waiting"))
_LIVE = sa.text("state IN ('active', 'suspended')")
_OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    _card_registrations()
    _card_main_contacts()
    _card_sessions()
    _case_records()
    _follow_ups()
    _triggers()
    if op.get_context().dialect.name == "sqlite":
        _mail_outbox_anew()
    else:
        op.drop_constraint("ck_mail_outbox_kind", "mail_outbox")


def _card_registrations() -> None:
    table = "card_registrations"
    op.create_table(
        table,
        *texts("id", "supplier_number", "enterprise_id", "fingerprint", "serial", "issuer"),
        *moments("not_before", "not_after"),
        *texts("company_name", "company_address", "holder_name", "guessed", "der"),
        *texts("revocation", "card_contact"),
        *moments("registered_at"),
        *numbers("register_seen", nullable=True),
        *texts("state"),
        *texts("replaces", "replaced_by", nullable=True),
        *texts("reason"),
        *numbers("version"),
        *_checks(
            table,
            state="state IN ('active', 'suspended', 'replaced', 'cancelled')",
            revocation="revocation IN ('checked', 'unchecked', 'revoked')",
            version="version >= 1",
            fingerprint="length(fingerprint) = 64",
            replaced="(state = 'replaced') = (replaced_by IS NOT NULL)",
        ),
        sa.ForeignKeyConstraint(
            ["supplier_number", "enterprise_id"],
            ["enterprise_ids.supplier_number", "enterprise_ids.enterprise_id"],
            name=op.f("fk_card_registrations_supplier_number_enterprise_id"),
        ),
        sa.ForeignKeyConstraint(
            ["replaces"], ["card_registrations.id"], name=op.f("fk_card_registrations_replaces")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_registrations")),
        sa.UniqueConstraint("replaces", name=op.f("uq_card_registrations_replaces")),
    )
    _indexes_of_card_registrations(table)


def _indexes_of_card_registrations(table: str) -> None:
    op.create_index("ix_card_registrations_supplier_number", table, ["supplier_number"])
    op.create_index("ix_card_registrations_issuer_serial", table, ["issuer", "serial"])
    op.create_index("ix_card_registrations_fingerprint", table, ["fingerprint"])
    for name, columns in (
        ("uq_card_registrations_live_certificate", ["issuer", "serial"]),
        ("uq_card_registrations_live_fingerprint", ["fingerprint"]),
    ):
        op.create_index(name, table, columns, unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE)


def _card_main_contacts() -> None:
    table = "card_main_contacts"
    op.create_table(
        table,
        *texts("supplier_number", "contact"),
        *numbers("version"),
        *_checks(table, version="version >= 1"),
        sa.PrimaryKeyConstraint("supplier_number", name=op.f("pk_card_main_contacts")),
    )


def _card_sessions() -> None:
    table = "card_sessions"
    op.create_table(
        table,
        *texts("id", "flow", "mode", "person"),
        *moments("started_at"),
        *texts("step", "state"),
        *texts("card", "old", "supplier_number", nullable=True),
        *numbers("register_seen", nullable=True),
        *texts("searched", "typed"),
        *texts("registration", "enterprise_id", nullable=True),
        *texts("trail"),
        *numbers("version"),
        *_checks(
            table,
            flow="flow IN ('registration', 'change', 'renewal')",
            mode="mode IN ('register', 'rehearsal', 'training')",
            step="step IN ('pin', 'new-pin', 'client', 'search', 'form', 'confirm', 'done')",
            state="state IN ('open', 'done', 'abandoned')",
            version="version >= 1",
        ),
        sa.ForeignKeyConstraint(
            ["registration"], ["card_registrations.id"], name=op.f("fk_card_sessions_registration")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_sessions")),
    )
    op.create_index("ix_card_sessions_person_state", table, ["person", "state"])


def _case_records() -> None:
    table = "case_records"
    op.create_table(
        table,
        *texts("session", "flow", "mode"),
        *texts("supplier_number", nullable=True),
        *moments("started_at", "written_at"),
        *texts("written_by", "content", "advice"),
        *numbers("version"),
        *_checks(table, version="version = 1"),
        sa.ForeignKeyConstraint(["session"], ["card_sessions.id"], name=op.f("fk_case_records_session")),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_case_records")),
    )
    op.create_index("ix_case_records_written_at_session", table, ["written_at", "session"])


def _follow_ups() -> None:
    table = "follow_ups"
    op.create_table(
        table,
        *texts("id", "code", "about_kind", "about_key", "supplier_number", "facts"),
        *moments("opened_at"),
        *texts("state"),
        *moments("closed_at", nullable=True),
        *texts("closed_by", nullable=True),
        *texts("note"),
        *numbers("version"),
        *_checks(
            table,
            about_kind="about_kind IN ('card', 'id')",
            state="state IN ('open', 'done', 'settled')",
            version="version >= 1",
            closed="(state = 'open') = (closed_at IS NULL)",
            closed_by_whom="(closed_at IS NULL) = (closed_by IS NULL)",
            done_with_a_word="state <> 'done' OR length(note) > 0",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
    )
    op.create_index("ix_follow_ups_about_kind_about_key", table, ["about_kind", "about_key"])
    op.create_index("ix_follow_ups_state_id", table, ["state", "id"])
    op.create_index("ix_follow_ups_supplier_number", table, ["supplier_number"])
    op.create_index(
        "uq_follow_ups_open",
        table,
        ["about_kind", "about_key", "code"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def _triggers() -> None:
    dialect = op.get_context().dialect.name
    for statement in (
        *life_cycle(dialect, "card_registrations", _CARD_STEPS),
        *final(dialect, "card_registrations", ("replaced", "cancelled")),
        *life_cycle(dialect, "card_sessions", _SESSION_STEPS),
        *final(dialect, "card_sessions", ("done", "abandoned")),
        *life_cycle(dialect, "follow_ups", _FOLLOW_UP_STEPS),
        *final(dialect, "follow_ups", ("done", "settled")),
        *append_only(dialect, "case_records"),
    ):
        op.execute(statement)


def _checks(table: str, **rules: str) -> tuple[sa.CheckConstraint, ...]:
    return tuple(sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items())


def _mail_outbox_anew() -> None:
    """SQLite cannot take a CHECK off a table: the mails move into one without it, with their numbers and the number drawn last."""
    listed = (
        'id, message_id, kind, "to", subject, body, about_kind, about_id, written_at, state, '
        "attempts, not_before, lease_until, sent_at, last_error, version"
    )
    op.create_table(
        "mail_outbox_anew",
        *numbers("id"),
        *texts("message_id", "kind", "to", "subject", "body", "about_kind", "about_id"),
        *moments("written_at"),
        *texts("state"),
        *numbers("attempts"),
        *moments("not_before"),
        *moments("lease_until", "sent_at", nullable=True),
        *texts("last_error"),
        *numbers("version"),
        *_checks(
            "mail_outbox",
            sent="(state = 'sent') = (sent_at IS NOT NULL)",
            state="state IN ('waiting', 'sent', 'gave-up')",
            version="version >= 1",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_outbox")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_outbox_message_id")),
        sqlite_autoincrement=True,
    )
    op.execute(f"INSERT INTO mail_outbox_anew ({listed}) SELECT {listed} FROM mail_outbox")  # noqa: S608 - columns are our own
    op.execute("DELETE FROM sqlite_sequence WHERE name = 'mail_outbox_anew'")
    op.execute(
        "INSERT INTO sqlite_sequence (name, seq) "
        "SELECT 'mail_outbox_anew', seq FROM sqlite_sequence WHERE name = 'mail_outbox'"
    )
    op.drop_table("mail_outbox")
    op.rename_table("mail_outbox_anew", "mail_outbox")
    _mail_rules_anew()


def _mail_rules_anew() -> None:
    op.create_index("ix_mail_outbox_about_kind_about_id", "mail_outbox", ["about_kind", "about_id"])
    op.create_index("ix_mail_outbox_state_not_before", "mail_outbox", ["state", "not_before"])
    for statement in (
        *life_cycle("sqlite", "mail_outbox", _MAIL_STEPS),
        *final("sqlite", "mail_outbox", ("sent",)),
    ):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back but a backup: a step down would throw records away."""
    raise NotImplementedError
