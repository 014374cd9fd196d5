"""Heads that an earlier program kept, after an upgrade, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import MetaData, select
from sqlalchemy.exc import IntegrityError

from ebidadmin.persistence.migrate import upgrade
from tests.conftest import FreshDatabase
from tests.persistence.rows_of_revisions import AT
from tests.persistence.test_upgrade_steps import at_revision
from tests.postgres import ENGINES


@pytest.mark.parametrize("kind", ENGINES)
def test_signed_heads_are_kept_as_of_the_moment_that_they_say(
    kind: str, fresh_database: FreshDatabase
) -> None:
    url = fresh_database(kind, migrated=False)
    engine = at_revision(url, "0022")
    tables = MetaData()
    tables.reflect(engine)
    heads = tables.tables["audit_heads"]
    head = f"office\n1\nAAAA\n{AT:%Y-%m-%dT%H:%M:%SZ}\n\n\u2014 office AAAA\n"
    notes = (head, "no head", "a\nb\nc\nno moment\n")
    with engine.begin() as connection:
        for size, note in enumerate(notes, start=1):
            connection.execute(heads.insert().values(size=size, note=note, kept_at=AT.replace(minute=5)))
    upgrade(url)
    with engine.connect() as connection:
        kept = list(connection.scalars(select(heads.c.kept_at).order_by(heads.c.size)))
        assert [one.minute for one in kept] == [AT.minute, 5, 5]
        assert list(connection.scalars(select(heads.c.note).order_by(heads.c.size))) == list(notes)
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(heads.update().values(note="x"))
