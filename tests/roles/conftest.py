"""The office is made once: what the tests do in it is taken back."""

from __future__ import annotations

import pytest

from ebidadmin.bootstrap import AUDIT_KEY
from ebidadmin.cli.foundation import create_desk
from ebidadmin.cli.furnish import furnish
from ebidadmin.config import CONFIG_NAME
from ebidadmin.credentials.tree_key import make_key
from tests.acceptance.conftest import ebid
from tests.postgres import PostgresServer
from tests.roles.bench import Bench, furnished

__all__ = ["ebid"]


@pytest.fixture(scope="session")
def bench(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    url = postgres_server.create()
    folder = tmp_path_factory.mktemp("roles") / "desk"
    create_desk(folder, demo=False, progress=lambda step: None)
    settings = folder / CONFIG_NAME
    plain = settings.read_text(encoding="utf-8").replace("always = false", "always = true")
    settings.write_text(plain.replace("sqlite:///ebidadmin.sqlite", url), encoding="utf-8")
    furnish(folder)
    make_key(folder / AUDIT_KEY)
    return furnished(folder, url)
