"""ID applications, permits, registrations, the trail and the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ebidadmin.persistence.migrations.columns import BIG, days, moments, numbers, texts
from ebidadmin.persistence.migrations.triggers import append_only, final, life_cycle

revision = "0001"
down_revision = None

_APPLICATION_STEPS = (
    ("pending", "inquired"),
    ("inquired", "pending"),
    ("pending", "approved"),
    ("pending", "rejected"),
    ("pending", "withdrawn"),
    ("inquired", "withdrawn"),
)
_PERMIT_STEPS = (("requested", "granted"), ("requested", "refused"), ("granted", "withdrawn"))
_REGISTRATION_STEPS = (
    ("active", "suspended"),
    ("active", "locked"),
    ("active", "cancelled"),
    ("suspended", "active"),
    ("suspended", "cancelled"),
    ("locked", "active"),
    ("locked", "cancelled"),
)
_MAIL_STEPS = (("waiting", "sent"), ("waiting", "gave-up"), ("gave-up", "waiting"))


def upgrade() -> None:
    _audit_events()
    _contact_points()
    _desk_meta()
    _enterprise_ids()
    _id_applications()
    _indexes_of_id_applications()
    _mail_outbox()
    _permits()
    _sequences()
    _application_claims()
    _application_inquiries()
    _application_notes()
    _registrations()
    _user_id_reservations()
    _triggers()


def _audit_events() -> None:
    op.create_table(
        "audit_events",
        *numbers("seq"),
        *moments("at"),
        *texts("by", "tag", "subject_kind", "subject_id"),
        *texts("supplier_number", "before", "after", nullable=True),
        *texts("facts", "software"),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_audit_events_subject_kind_subject_id_seq", "audit_events", ["subject_kind", "subject_id", "seq"]
    )
    op.create_index("ix_audit_events_supplier_number", "audit_events", ["supplier_number"])


def _contact_points() -> None:
    op.create_table(
        "contact_points",
        *texts("source", "key", "field", "value", "supplier_number"),
        sa.CheckConstraint(
            "source IN ('application', 'registration')", name=op.f("ck_contact_points_source")
        ),
        sa.PrimaryKeyConstraint("source", "key", "field", name=op.f("pk_contact_points")),
    )
    op.create_index("ix_contact_points_value_supplier_number", "contact_points", ["value", "supplier_number"])


def _desk_meta() -> None:
    op.create_table(
        "desk_meta", *texts("name", "value"), sa.PrimaryKeyConstraint("name", name=op.f("pk_desk_meta"))
    )


def _enterprise_ids() -> None:
    op.create_table(
        "enterprise_ids",
        *texts("supplier_number", "enterprise_id"),
        sa.CheckConstraint("length(enterprise_id) = 16", name=op.f("ck_enterprise_ids_sixteen_digits")),
        sa.PrimaryKeyConstraint("supplier_number", name=op.f("pk_enterprise_ids")),
        sa.UniqueConstraint("enterprise_id", name=op.f("uq_enterprise_ids_enterprise_id")),
        sa.UniqueConstraint(
            "supplier_number", "enterprise_id", name=op.f("uq_enterprise_ids_supplier_number_enterprise_id")
        ),
    )


def _id_applications() -> None:
    op.create_table(
        "id_applications",
        *texts("number", "supplier_number", "trade_name", "company_phone", "company_fax"),
        *texts("branch", "main_contact", "applicant_contact", "user_id"),
        *texts("password_hash", nullable=True),
        *moments("applied_at"),
        *texts("channel", "state"),
        *numbers("version"),
        *texts("previous", nullable=True),
        *numbers("register_seen", nullable=True),
        *moments("decided_at", nullable=True),
        *texts("decided_by", "decision_reasons", "decision_note", "decision_accepted", nullable=True),
        *texts("trade_name_folded", "user_id_folded", "phones_folded", "mails_folded"),
        sa.CheckConstraint(
            "(state IN ('pending', 'inquired')) = (decided_at IS NULL)",
            name=op.f("ck_id_applications_decided"),
        ),
        sa.CheckConstraint(
            "(state IN ('rejected', 'withdrawn')) = (password_hash IS NULL)",
            name=op.f("ck_id_applications_password_hash_erased"),
        ),
        sa.CheckConstraint("channel IN ('walkthrough', 'batch')", name=op.f("ck_id_applications_channel")),
        sa.CheckConstraint(
            "state IN ('pending', 'inquired', 'approved', 'rejected', 'withdrawn')",
            name=op.f("ck_id_applications_state"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)", name=op.f("ck_id_applications_decided_by_whom")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_id_applications_version")),
        sa.ForeignKeyConstraint(
            ["previous"], ["id_applications.number"], name=op.f("fk_id_applications_previous")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_id_applications")),
    )


def _indexes_of_id_applications() -> None:
    op.create_index("ix_id_applications_applied_at_number", "id_applications", ["applied_at", "number"])
    op.create_index(
        "ix_id_applications_state_applied_at_number", "id_applications", ["state", "applied_at", "number"]
    )
    op.create_index(
        "ix_id_applications_supplier_number_number", "id_applications", ["supplier_number", "number"]
    )
    op.create_index(
        "ix_id_applications_trade_name_folded_number", "id_applications", ["trade_name_folded", "number"]
    )
    op.create_index(
        "uq_id_applications_open_of_supplier",
        "id_applications",
        ["supplier_number"],
        unique=True,
        sqlite_where=sa.text("state IN ('pending', 'inquired')"),
        postgresql_where=sa.text("state IN ('pending', 'inquired')"),
    )


def _mail_outbox() -> None:
    op.create_table(
        "mail_outbox",
        *numbers("id"),
        *texts("message_id", "kind", "to", "subject", "body", "about_kind", "about_id"),
        *moments("written_at"),
        *texts("state"),
        *numbers("attempts"),
        *moments("not_before"),
        *moments("lease_until", "sent_at", nullable=True),
        *texts("last_error"),
        *numbers("version"),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_mail_outbox_sent")),
        sa.CheckConstraint(
            "kind IN ('id-submitted', 'id-approved', 'id-rejected', 'id-inquired')",
            name=op.f("ck_mail_outbox_kind"),
        ),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'gave-up')", name=op.f("ck_mail_outbox_state")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_mail_outbox_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_outbox")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_outbox_message_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_mail_outbox_about_kind_about_id", "mail_outbox", ["about_kind", "about_id"])
    op.create_index("ix_mail_outbox_state_not_before", "mail_outbox", ["state", "not_before"])


def _permits() -> None:
    op.create_table(
        "permits",
        *texts("id", "supplier_number"),
        *days("received"),
        *texts("channel", "applicant", "note", "state"),
        *numbers("version"),
        *days("valid_from", "valid_to", nullable=True),
        *texts("reason", "applicant_folded"),
        sa.CheckConstraint("channel IN ('counter', 'fax', 'mail', 'post')", name=op.f("ck_permits_channel")),
        sa.CheckConstraint(
            "state IN ('requested', 'granted', 'refused', 'withdrawn')", name=op.f("ck_permits_state")
        ),
        sa.CheckConstraint(
            "state IN ('requested', 'refused') OR valid_from IS NOT NULL",
            name=op.f("ck_permits_granted_from"),
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from <= valid_to", name=op.f("ck_permits_dates_in_order")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_permits_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permits")),
    )
    op.create_index("ix_permits_applicant_folded", "permits", ["applicant_folded"])
    op.create_index("ix_permits_supplier_number", "permits", ["supplier_number"])


def _sequences() -> None:
    op.create_table(
        "sequences",
        *texts("name"),
        *numbers("value"),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sequences")),
    )


def _application_claims() -> None:
    op.create_table(
        "application_claims",
        *texts("application"),
        *texts("holder", nullable=True),
        *moments("until"),
        *numbers("version"),
        sa.ForeignKeyConstraint(
            ["application"], ["id_applications.number"], name=op.f("fk_application_claims_application")
        ),
        sa.PrimaryKeyConstraint("application", name=op.f("pk_application_claims")),
    )
    op.create_index("ix_application_claims_holder", "application_claims", ["holder"])


def _application_inquiries() -> None:
    op.create_table(
        "application_inquiries",
        *texts("application"),
        sa.Column("position", BIG, autoincrement=False, nullable=False),
        *texts("text"),
        *moments("asked_at"),
        *texts("asked_by"),
        *texts("answer", nullable=True),
        *moments("answered_at", nullable=True),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_application_inquiries_answered")
        ),
        sa.ForeignKeyConstraint(
            ["application"], ["id_applications.number"], name=op.f("fk_application_inquiries_application")
        ),
        sa.PrimaryKeyConstraint("application", "position", name=op.f("pk_application_inquiries")),
    )


def _application_notes() -> None:
    op.create_table(
        "application_notes",
        *numbers("id"),
        *texts("application", "text", "by"),
        *moments("at"),
        sa.ForeignKeyConstraint(
            ["application"], ["id_applications.number"], name=op.f("fk_application_notes_application")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_notes")),
    )
    op.create_index("ix_application_notes_application", "application_notes", ["application"])


def _registrations() -> None:
    op.create_table(
        "registrations",
        *texts("application", "supplier_number", "enterprise_id", "user_id", "password_hash"),
        *texts("main_contact", "applicant_contact"),
        *moments("created_at"),
        *texts("state"),
        *numbers("version"),
        sa.CheckConstraint(
            "state IN ('active', 'suspended', 'locked', 'cancelled')", name=op.f("ck_registrations_state")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_registrations_version")),
        sa.ForeignKeyConstraint(
            ["application"], ["id_applications.number"], name=op.f("fk_registrations_application")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_number", "enterprise_id"],
            ["enterprise_ids.supplier_number", "enterprise_ids.enterprise_id"],
            name=op.f("fk_registrations_supplier_number_enterprise_id"),
        ),
        sa.PrimaryKeyConstraint("application", name=op.f("pk_registrations")),
    )
    op.create_index("ix_registrations_supplier_number", "registrations", ["supplier_number"])
    op.create_index(
        "uq_registrations_live_of_supplier",
        "registrations",
        ["supplier_number"],
        unique=True,
        sqlite_where=sa.text("state IN ('active', 'suspended', 'locked')"),
        postgresql_where=sa.text("state IN ('active', 'suspended', 'locked')"),
    )


def _user_id_reservations() -> None:
    op.create_table(
        "user_id_reservations",
        *texts("user_id_folded", "supplier_number"),
        *texts("application", "registration", nullable=True),
        sa.CheckConstraint(
            "application IS NOT NULL OR registration IS NOT NULL", name=op.f("ck_user_id_reservations_held")
        ),
        sa.ForeignKeyConstraint(
            ["application"], ["id_applications.number"], name=op.f("fk_user_id_reservations_application")
        ),
        sa.ForeignKeyConstraint(
            ["registration"], ["registrations.application"], name=op.f("fk_user_id_reservations_registration")
        ),
        sa.PrimaryKeyConstraint("user_id_folded", name=op.f("pk_user_id_reservations")),
        sa.UniqueConstraint("application", name=op.f("uq_user_id_reservations_application")),
        sa.UniqueConstraint("registration", name=op.f("uq_user_id_reservations_registration")),
    )


def _triggers() -> None:
    dialect = op.get_context().dialect.name
    for statement in (
        *append_only(dialect, "audit_events"),
        *append_only(dialect, "application_notes"),
        *life_cycle(dialect, "id_applications", _APPLICATION_STEPS),
        *final(dialect, "id_applications", ("approved", "rejected", "withdrawn")),
        *life_cycle(dialect, "permits", _PERMIT_STEPS),
        *final(dialect, "permits", ("refused", "withdrawn")),
        *life_cycle(dialect, "registrations", _REGISTRATION_STEPS),
        *life_cycle(dialect, "mail_outbox", _MAIL_STEPS),
        *final(dialect, "mail_outbox", ("sent",)),
    ):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back but a backup: a step down would throw records away."""
    raise NotImplementedError
