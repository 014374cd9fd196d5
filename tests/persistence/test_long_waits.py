"""Long waits and lost lines on PostgreSQL: each ends, in the house's own words, and the next click works again."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, make_url, text

from ebidadmin.errors import StorageError
from ebidadmin.persistence import engine as engines
from ebidadmin.persistence.engine import make_engine, one_writer
from tests.conftest import FreshDatabase
from tests.postgres import PostgresServer

LIMITS = ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout")


@pytest.fixture
def url(fresh_database: FreshDatabase) -> str:
    return fresh_database("postgresql")


@contextmanager
def connected(url: str, **how: bool) -> Iterator[Connection]:
    made = make_engine(url, **how)
    try:
        with made.connect() as connection:
            yield connection
    finally:
        made.dispose()


def limits(connection: Connection) -> list[str]:
    return [str(connection.exec_driver_sql(f"SHOW {name}").scalar_one()) for name in LIMITS]


def test_no_statement_and_no_transaction_lasts_for_ever(url: str) -> None:
    for how in ({}, {"read_only": True}):
        with connected(url, **how) as connection:
            assert limits(connection) == ["15min", "5min", "10s"]


def test_a_migration_may_take_as_long_as_it_takes(url: str) -> None:
    with connected(url, create=True) as connection:
        assert limits(connection) == ["0", "0", "10s"]


def test_an_address_may_set_other_limits(url: str) -> None:
    said = make_url(url).update_query_dict({"options": "-c statement_timeout=7s -c lock_timeout=1s"})
    with connected(said.render_as_string(hide_password=False)) as connection:
        assert limits(connection) == ["7s", "5min", "10s"]


def test_a_statement_that_takes_too_long_ends_in_a_sentence(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "STATEMENT_SECONDS", 1)
    with connected(url) as connection, pytest.raises(StorageError) as caught:
        connection.execute(text("SELECT pg_sleep(60)"))
    assert caught.value.code == "database-slow"


def test_whoever_keeps_the_turn_without_working_loses_it(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a computer that is suspended in the middle of a decision does."""
    with connected(url) as waiting:
        monkeypatch.setattr(engines, "IDLE_SECONDS", 1)
        with connected(url) as suspended:
            one_writer(suspended)
            # Comes when the other one was ended, long before the wait itself is.
            one_writer(waiting)
            with pytest.raises(StorageError) as caught:
                suspended.execute(text("SELECT 1"))
    assert caught.value.code == "database-lost"


def test_after_a_lost_line_the_next_click_works(url: str, postgres_server: PostgresServer) -> None:
    engine = make_engine(url)

    def worked() -> None:
        with engine.begin() as connection:
            assert connection.scalar(text("SELECT 1")) == 1
            postgres_server.end_sessions(url)
            connection.execute(text("SELECT 1"))

    with pytest.raises(StorageError) as caught:
        worked()
    assert caught.value.code == "database-lost"
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT 2")) == 2
    engine.dispose()


def test_a_server_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the line and then says nothing, as a computer that hangs does."""
    monkeypatch.setattr(engines, "CONNECT_SECONDS", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/office"
        with pytest.raises(StorageError) as caught, connected(address):
            raise AssertionError("nothing answered")
    assert caught.value.code == "database-missing"


def test_a_dead_line_is_given_up(url: str) -> None:
    """What a connection was told; that the system does it cannot be shown on one computer."""
    said = make_url(url).update_query_dict({"keepalives_idle": "7"})
    for address, idle in ((url, "30"), (said.render_as_string(hide_password=False), "7")):
        with connected(address) as connection:
            told = connection.connection.driver_connection.info.get_parameters()  # type: ignore[union-attr]  # there is one
        assert {name: told.get(name) for name in engines.DEAD_LINE} == {
            "keepalives_idle": idle,
            "keepalives_interval": "10",
            "keepalives_count": "3",
            "tcp_user_timeout": "30000",
        }
