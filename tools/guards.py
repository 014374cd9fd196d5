"""Writes down which triggers a new database of each kind has: ``python -m tools.guards``, after a migration that made or dropped some."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from sqlalchemy import create_engine

from ebidadmin.persistence.migrate import upgrade
from ebidadmin.persistence.tree_guards import FILE, present
from tests.postgres import TEMPLATE, running_server


def of_url(url: str) -> dict[str, str]:
    """The triggers of that database, by name."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = dict(sorted(present(connection).items()))
    engine.dispose()
    return found


def main() -> None:
    """Make a database of each kind, and write what they have."""
    with tempfile.TemporaryDirectory() as folder, running_server() as server:
        file = Path(folder) / "office.sqlite"
        upgrade(f"sqlite:///{file}")
        found = {"postgresql": of_url(server.url(TEMPLATE)), "sqlite": of_url(f"sqlite:///{file}")}
    FILE.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
