"""A second server takes over from the first: nothing that was decided is lost, and the next click works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from ebidadmin.domain.applications import ApplicationState
from ebidadmin.errors import StorageError
from ebidadmin.services import application_review as review
from ebidadmin.services.ports import Office
from tests.builders import TANAKA, application_number
from tests.concurrency.workers import prepare
from tests.fakes import office as made_office
from tests.needs import require_component
from tests.postgres import PostgresServer, running_server
from tests.sql_store import SqlStore


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """One of its own, which dies."""
    require_component("postgres")
    with running_server(in_memory=True) as running:
        yield running


def rejected(office: Office, n: int) -> None:
    review.reject(office, staff=TANAKA, number=application_number(n), version=1, reasons=("other",))


def test_a_standby_takes_over_and_nothing_is_lost(server: PostgresServer, tmp_path: Path) -> None:
    url = server.create()
    first = SqlStore(url)
    prepare(first, range(1, 5))
    first.engine.dispose()
    with server.standby() as standby:
        place = str(make_url(standby.url("postgres")).query["host"])
        both = make_url(url).update_query_dict({"host": place}, append=True)
        store = SqlStore(both.render_as_string(hide_password=False))
        office = made_office(store)
        rejected(office, 1)
        server.crash()
        with pytest.raises(StorageError) as lost:
            rejected(office, 2)
        with pytest.raises(StorageError) as only_following:
            rejected(office, 2)
        standby.promote()
        rejected(office, 2)
        with store() as uow:
            states = [uow.applications.get(application_number(n)).state for n in range(1, 5)]
        with store.engine.begin() as connection:
            assert connection.scalar(text("SHOW unix_socket_directories")) == place
        store.engine.dispose()
    assert lost.value.code in {"database-lost", "database-missing"}
    assert only_following.value.code == "database-missing"
    assert states == [ApplicationState.REJECTED] * 2 + [ApplicationState.PENDING] * 2
