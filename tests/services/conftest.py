"""An office in memory whose register knows suppliers 92 and 93, both with a permit in force; one on a database, where both have an ID."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.credentials.argon2 import OWASP_FIRST, Argon2Hasher
from ebidadmin.domain import applications
from ebidadmin.domain.ids import EnterpriseId, UserId
from ebidadmin.domain.registrations import create
from ebidadmin.services.ports import Office
from tests.builders import NOON, application_number, contact, permit, qualification, supplier_number
from tests.conftest import FreshDatabase
from tests.fakes import MemoryStore
from tests.fakes import office as made_office
from tests.persistence.office import submission
from tests.services.id_helpers import PASSWORD
from tests.sql_store import SqlStore


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOON)


@pytest.fixture
def store(clock: SettableClock) -> MemoryStore:
    made = MemoryStore(clock)
    made.import_register(*(qualification(n) for n in (92, 93, 94)))
    for n in (92, 93):
        granted = permit(n)
        made.tables.permits[granted.id] = granted
    return made


@pytest.fixture
def desk(store: MemoryStore) -> Office:
    return made_office(store)


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both kinds of databases."""
    return str(request.param)


@cache
def hash_of_password() -> str:
    """Made once: a hash is made to take long, and says nothing of the moment at which it was made."""
    return Argon2Hasher(OWASP_FIRST).hash(PASSWORD)


@pytest.fixture
def office(fresh_database: FreshDatabase, kind: str, clock: SettableClock) -> Office:
    """Suppliers 92 and 93 with an ID each, on a real database and with real hashes."""
    store = SqlStore(fresh_database(kind), clock)
    made = replace(made_office(store), clock=clock, hasher=Argon2Hasher(OWASP_FIRST))
    for n in (92, 93):
        with made.uow() as uow:
            submitted = submission(n)
            uow.record(submitted)
            # Decided, so that the registration alone holds the user id.
            uow.record(applications.withdraw(submitted.after, by="tanaka", at=NOON))
            uow.record(
                create(
                    application=application_number(n),
                    supplier_number=supplier_number(n),
                    enterprise_id=EnterpriseId(f"13521000000000{n}"),
                    user_id=UserId(f"shoukai{n:04d}"),
                    password_hash=hash_of_password(),
                    main_contact=contact(n),
                    applicant_contact=contact(n),
                    by="tanaka",
                    at=NOON,
                )
            )
            uow.commit()
    return made
