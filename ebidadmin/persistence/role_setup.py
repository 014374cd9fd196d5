"""Making the groups of an office on PostgreSQL, and granting them what they may: done by the owner of the tables, again and again with the
same outcome."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, text

from ebidadmin.domain.events import EventTag
from ebidadmin.domain.staff import Role
from ebidadmin.persistence.loading import KNOW_SIZES
from ebidadmin.persistence.role_grants import ROWS, grants
from ebidadmin.persistence.role_views import views
from ebidadmin.persistence.staff_roles import EVERYBODY, NUMBER, OPENED, OWNER, group
from ebidadmin.services.supplier_opening import OPEN_FOR

GIVE_ROLES = "public.ebid_give_roles"

GROUPS = (EVERYBODY, *Role)

COUNTED = ("qualifications", "import_stage", "import_recognised", "checked_rows", "source_keys")
"""Tables that an import fills, and lets the planner count."""


def set_up_roles(connection: Connection) -> None:
    """Groups, grants, rows, views, and the function that gives roles. Part of the caller's transaction."""
    number = connection.execute(text(f"SELECT {NUMBER}")).scalar_one()
    for statement in _statements(connection, number):
        # Signs of percent are the function's own.
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def _statements(connection: Connection, number: int) -> Iterator[str]:
    there = set(connection.scalars(text("SELECT rolname FROM pg_roles WHERE rolname LIKE 'ebid%'")))
    names = [group(number, one) for one in GROUPS]
    yield from (f"CREATE ROLE {name} NOLOGIN" for name in names if name not in there)
    yield from _nothing_for_others(connection, number)
    yield from _granted(number)
    yield from _rows(connection, number)
    # The views ask it.
    yield from _opening(number)
    yield from views(number)
    yield from _giving(number)
    yield from _counting(number)


def _nothing_for_others(connection: Connection, number: int) -> Iterator[str]:
    """What the server gives to everybody by itself, and what an earlier version of the program may have given."""
    everybody, base = ", ".join(group(number, one) for one in GROUPS), group(number, EVERYBODY)
    quote = connection.dialect.identifier_preparer.quote_identifier
    database = quote(connection.execute(text("SELECT current_database()")).scalar_one())
    yield f"REVOKE ALL ON DATABASE {database} FROM PUBLIC, {everybody}"
    yield f"GRANT CONNECT ON DATABASE {database} TO {base}"
    for kind in ("TABLES", "SEQUENCES", "FUNCTIONS"):
        yield f"REVOKE ALL ON ALL {kind} IN SCHEMA public FROM PUBLIC, {everybody}"
    yield f"REVOKE ALL ON SCHEMA public FROM PUBLIC, {everybody}"
    yield f"GRANT USAGE ON SCHEMA public TO {base}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {base}"


def _granted(number: int) -> Iterator[str]:
    for one in grants():
        columns = ", ".join(f'"{column}"' for column in one.columns)
        verb = f"{one.verb} ({columns})" if columns else one.verb
        yield f"GRANT {verb} ON public.{one.table} TO {group(number, one.group)}"


def _rows(connection: Connection, number: int) -> Iterator[str]:
    made = connection.execute(
        text("SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'")
    )
    quote = connection.dialect.identifier_preparer.quote_identifier
    for table, policy in made.all():
        if table in ROWS:
            yield f"DROP POLICY {quote(policy)} ON public.{table}"
    for table, conditions in ROWS.items():
        yield f"ALTER TABLE public.{table} ENABLE ROW LEVEL SECURITY"
        for who, condition in conditions.items():
            name = group(number, who)
            # Asked for once a statement. Not "TO" the group: a backup that names it could be restored on no other server.
            ours = f"(SELECT pg_has_role(session_user, '{name}', 'MEMBER')) AND ({condition})"
            # What is added to the trail is held to its writer by a trigger, which knows the automatic decisions.
            check = "" if table != "audit_events" else " WITH CHECK (true)"
            yield f"CREATE POLICY {name} ON public.{table} USING ({ours}){check}"


def _giving(number: int) -> Iterator[str]:
    """The one way in which roles change hands: an administrator asks for it, and never for themselves."""
    administrators = group(number, Role.ADMINISTRATOR)
    listed = ", ".join(f"'{role.value.replace('-', '_')}'" for role in Role)
    yield f"""
CREATE OR REPLACE FUNCTION {GIVE_ROLES}(given text, wanted text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $give$
DECLARE one text; grp text; member boolean; wished boolean;
BEGIN
  IF NOT (pg_has_role(session_user, {OWNER}, 'MEMBER') OR pg_has_role(session_user, '{administrators}', 'MEMBER')) THEN
    RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = 'only an administrator gives roles';
  END IF;
  IF given = session_user THEN
    RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = 'nobody gives roles to themselves';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = given) THEN
    EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', given);
  ELSIF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = given AND (rolsuper OR rolcreaterole OR rolcreatedb
      OR rolreplication OR rolbypassrls OR NOT rolcanlogin OR pg_has_role(oid, {OWNER}, 'MEMBER'))) THEN
    RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = 'that log-in may do more than a member of staff';
  END IF;
  FOREACH one IN ARRAY ARRAY['{EVERYBODY}', {listed}] LOOP
    grp := 'ebid{number}_' || one;
    wished := one = ANY (wanted) OR (one = '{EVERYBODY}' AND cardinality(wanted) > 0);
    member := EXISTS (SELECT 1 FROM pg_auth_members AS m WHERE m.roleid = grp::regrole
      AND m.member = (SELECT oid FROM pg_roles WHERE rolname = given));
    IF wished AND NOT member THEN EXECUTE format('GRANT %I TO %I', grp, given); END IF;
    IF member AND NOT wished THEN EXECUTE format('REVOKE %I FROM %I', grp, given); END IF;
  END LOOP;
END $give$"""  # noqa: S608 - texts of this program; what is given is quoted by the server
    yield f"REVOKE ALL ON FUNCTION {GIVE_ROLES}(text, text[]) FROM PUBLIC"
    yield f"GRANT EXECUTE ON FUNCTION {GIVE_ROLES}(text, text[]) TO {administrators}"


def _opening(number: int) -> Iterator[str]:
    """Which suppliers a log-in of the help desk has opened by number and name, each told on the trail by an event in its own name, lately.

    A clock that runs ahead by less than a minute locks nobody out.
    """
    minutes = int(OPEN_FOR.total_seconds() // 60)
    yield f"""
CREATE OR REPLACE FUNCTION {OPENED}() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $opened$
SELECT CASE WHEN pg_has_role(session_user, '{group(number, Role.HELP_DESK)}', 'MEMBER') THEN ARRAY(
  SELECT DISTINCT e.supplier_number::text FROM public.audit_events AS e
  WHERE e."by" = session_user AND e.tag = '{EventTag.SUPPLIER_OPENED}' AND e.supplier_number IS NOT NULL
  AND e.at > statement_timestamp() - interval '{minutes} minutes' AND e.at <= statement_timestamp() + interval '1 minute'
) ELSE ARRAY[]::text[] END $opened$"""  # noqa: S608 - texts of this program
    readers = f"{group(number, Role.IMPORTER)}, {group(number, Role.HELP_DESK)}"
    yield f"REVOKE ALL ON FUNCTION {OPENED}() FROM PUBLIC"
    yield f"GRANT EXECUTE ON FUNCTION {OPENED}() TO {readers}"


def _counting(number: int) -> Iterator[str]:
    """Only the owner of a table may let the planner count it: an importer's log-in asks for it, table by table."""
    listed = ", ".join(f"'{table}'" for table in COUNTED)
    yield f"""
CREATE OR REPLACE FUNCTION {KNOW_SIZES}(given text, columns text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $know$
BEGIN
  IF given NOT IN ({listed}) THEN
    RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = 'no import fills that table';
  END IF;
  EXECUTE format('ANALYZE public.%I (%s)', given, (SELECT string_agg(quote_ident(one), ', ') FROM unnest(columns) AS one));
END $know$"""  # noqa: S608 - as above
    yield f"REVOKE ALL ON FUNCTION {KNOW_SIZES}(text, text[]) FROM PUBLIC"
    yield f"GRANT EXECUTE ON FUNCTION {KNOW_SIZES}(text, text[]) TO {group(number, Role.IMPORTER)}"
