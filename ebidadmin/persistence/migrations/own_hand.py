"""What PostgreSQL refuses to log-ins other than the owner of the tables: to write in another's name, to begin a record in the middle of its
life, and to draw a number other than the next.

SQLite has no log-ins. The owner, who runs upgrades and restores, is not refused; without staff it is the owner who works.
"""

from __future__ import annotations

from collections.abc import Iterator

AUTOMATIC = "setting:review.auto_approve"
"""In whose name the setting for automatic approval decides."""


def own_hand(
    table: str, *, by: tuple[str, ...] = (), begins: tuple[str, ...] = (), automatic: bool = False
) -> Iterator[str]:
    """Statements after which log-ins of staff write nothing but themselves into the columns ``by`` of ``table``, and rows begin in one of
    the states ``begins`` (empty: any)."""
    others = f", '{AUTOMATIC}'" if automatic else ""
    named = [f'NEW."{one}" NOT IN (session_user::text{others})' for one in by]
    listed = ", ".join(f"'{state}'" for state in begins)
    started = [f"NEW.state NOT IN ({listed})"] if begins else []
    yield from _refusing(table, "own_insert", "INSERT", " OR ".join([*named, *started]))
    if by:
        # A value that goes away is a step of the record's own life.
        changed = [
            f'(NEW."{one}" IS DISTINCT FROM OLD."{one}" AND {rule})'
            for one, rule in zip(by, named, strict=True)
        ]
        yield from _refusing(table, "own_update", "UPDATE", " OR ".join(changed))


def second_person(table: str) -> Iterator[str]:
    """Statements after which whoever decides on permits only as a second person changes nothing but what another proposed, in the very
    unit in which they confirm it; and, where the office asks for a second person (``desk_meta``), neither does anybody else."""
    trigger = f"{table}_second_person"
    yield (
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ "  # noqa: S608 - the tables are our own
        "DECLARE reviewers text := 'ebid' || (SELECT oid FROM pg_database WHERE datname = current_database()) || '_reviewer'; "
        "BEGIN IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN RETURN NEW; END IF; "
        "IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = reviewers AND pg_has_role(session_user, oid, 'MEMBER')) AND ("
        "OLD.state = NEW.state OR (OLD.state = 'requested' AND NEW.state = 'voided') "
        "OR NOT EXISTS (SELECT 1 FROM public.desk_meta WHERE name = 'second-person:permits')) THEN RETURN NEW; END IF; "
        "IF EXISTS (SELECT 1 FROM public.permit_proposals AS p WHERE p.permit = NEW.id AND p.state = 'confirmed' "
        "AND p.confirmed_by = session_user AND lower(p.requested_by) <> lower(session_user) AND p.permit_version = OLD.version) "
        "THEN RETURN NEW; END IF; "
        f"RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = '{table} takes that from two people only'; END $$"
    )
    yield f"CREATE TRIGGER {trigger} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {trigger}()"


def cancelled_by_two(table: str) -> Iterator[str]:
    """Statements after which, where the office asks for a second person (``desk_meta``), log-ins of staff cancel an ID only as one of them
    asked and another confirmed, in the very version that was seen."""
    trigger = f"{table}_cancelled_by_two"
    yield (
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ "  # noqa: S608 - the tables are our own
        "BEGIN IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') "
        "OR NOT EXISTS (SELECT 1 FROM public.desk_meta WHERE name = 'second-person:cancelling') THEN RETURN NEW; END IF; "
        "IF EXISTS (SELECT 1 FROM public.desk_requests AS r WHERE r.act = 'cancel' AND r.application = OLD.application "
        "AND r.registration_version = OLD.version AND r.state = 'confirmed' AND lower(r.requested_by) <> lower(r.confirmed_by)) "
        "THEN RETURN NEW; END IF; "
        f"RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = '{table} takes that from two people only'; END $$"
    )
    yield (
        f"CREATE TRIGGER {trigger} BEFORE UPDATE ON {table} FOR EACH ROW "
        f"WHEN (NEW.state = 'cancelled' AND OLD.state <> 'cancelled') EXECUTE FUNCTION {trigger}()"
    )


def next_number_only(table: str) -> Iterator[str]:
    """Statements after which log-ins of staff let a counter of ``table`` begin with 1 and go on by 1."""
    yield from _refusing(table, "own_insert", "INSERT", "NEW.value <> 1")
    yield from _refusing(table, "own_update", "UPDATE", "NEW.name <> OLD.name OR NEW.value <> OLD.value + 1")


def _refusing(table: str, name: str, verb: str, when: str) -> Iterator[str]:
    trigger = f"{table}_{name}"
    # Whoever asks may have a schema before the program's: names are looked up in the server's own alone.
    yield (
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$ BEGIN "  # noqa: S608 - as above
        "IF pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN RETURN NEW; END IF; "
        "RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', "
        f"MESSAGE = '{table} takes that from nobody'; END $$"
    )
    yield (
        f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table} FOR EACH ROW WHEN ({when}) "
        f"EXECUTE FUNCTION {trigger}()"
    )
