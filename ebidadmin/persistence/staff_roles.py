"""Who the database says is acting, and which roles it lets them have.

Each role of the office is a group role of PostgreSQL, which nobody can log in as. Roles belong to the whole server; so that two offices on
one server do not share any, their names carry the number of the database. That one of them exists says that the office has staff.
"""

from __future__ import annotations

import re

from sqlalchemy import Connection, Engine, make_url, text

from ebidadmin.domain.staff import READERS_OF_HASHES, Role, Staff
from ebidadmin.persistence.engine import make_engine, reading

GROUP = re.compile("ebid[0-9]+_")
"""How the names of group roles begin."""

EVERYBODY = "staff"
"""The group of whoever has a role."""

NUMBER = "(SELECT oid FROM pg_database WHERE datname = current_database())"
"""Of this database, which no other on the server has."""

OWNER = "(SELECT relowner FROM pg_class WHERE oid = 'public.audit_events'::regclass)"
"""Who made the tables."""

_ASKED = text(
    "SELECT session_user::text AS login, d.oid AS number,"  # noqa: S608 - texts of this module
    f" pg_has_role(session_user, {OWNER}, 'MEMBER') AS owns,"
    " ARRAY(SELECT g.rolname::text FROM pg_auth_members AS m JOIN pg_roles AS g ON g.oid = m.roleid"
    " WHERE m.member = (SELECT oid FROM pg_roles WHERE rolname = session_user)) AS groups,"
    f" EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'ebid' || d.oid || '_{EVERYBODY}') AS staffed"
    " FROM pg_database AS d WHERE d.datname = current_database()"
)


HASHLESS, MASKED = "office_hashless", "office_masked"
"""Schemas of views (``role_views``) into which log-ins look first who do not read the tables themselves: all but hashes, and no personal
data either."""


OPENED = "public.ebid_opened_suppliers"
"""The function that says which suppliers are open to the help desk's log-in that asks (``role_setup``)."""


def views_for(roles: frozenset[Role]) -> str | None:
    """The schema into which a log-in with those roles looks first; ``None``: it reads the tables."""
    if not roles.isdisjoint(READERS_OF_HASHES):
        return None
    return HASHLESS if Role.APPROVER in roles else MASKED


def seen_by(staff: Staff, engine: Engine, url: str, *, read_only: bool = False) -> Engine:
    """The engine to go on with: that one, or in its place one that sees views where the person does not read tables."""
    schema = views_for(staff.roles)
    if schema is None:
        return engine
    engine.dispose()
    parsed = make_url(url)
    options = f"{parsed.query.get('options', '')} -c search_path={schema},public".strip()
    return make_engine(parsed.update_query_dict({"options": options}), read_only=read_only)


def group(number: int, role: Role | str) -> str:
    """The name of a group role of the office in the database of that number."""
    return f"ebid{number}_{role.replace('-', '_')}"


def session_staff(engine: Engine) -> Staff | None:
    """The log-in of the connection with its roles; ``None`` on SQLite and where the office has no staff: everybody then comes as the owner
    of the tables, whose log-in tells nobody apart.

    With staff each log-in has what it was given, and the owner is the administrator and nothing else.
    """
    if engine.dialect.name != "postgresql":
        return None
    with reading(engine).connect() as connection:
        told = connection.execute(_ASKED).one()
    if not told.staffed:
        return None
    if told.owns:
        return Staff(told.login, frozenset({Role.ADMINISTRATOR}))
    given = frozenset(role for role in Role if group(told.number, role) in told.groups)
    return Staff(told.login, given)


def is_staffed(connection: Connection) -> bool:
    """Whether the office has had staff."""
    return bool(connection.execute(_ASKED).one().staffed)
