"""Where each person stands on a screen, in the database; see ``services.screen_places``."""

from __future__ import annotations

from sqlalchemy import Engine, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from ebidadmin.persistence.engine import reading
from ebidadmin.persistence.schema_views import ScreenPlaceRow
from ebidadmin.services.screen_places import KeptPlace


class SqlPlaceStore:
    """``screen_places.PlaceStore``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, person: str, screen: str) -> KeptPlace | None:
        wanted = select(ScreenPlaceRow.place, ScreenPlaceRow.kept_at).where(
            ScreenPlaceRow.person == person, ScreenPlaceRow.screen == screen
        )
        with reading(self._engine).begin() as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else KeptPlace(row.place, row.kept_at)

    def keep(self, person: str, screen: str, kept: KeptPlace) -> None:
        values = {"person": person, "screen": screen, "place": kept.place, "kept_at": kept.kept_at}
        # One statement: two tabs of one person may keep at the same moment, and the later one counts.
        insert = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        statement = insert(ScreenPlaceRow).values(values)
        again = {"place": statement.excluded.place, "kept_at": statement.excluded.kept_at}
        with self._engine.begin() as connection:
            connection.execute(
                statement.on_conflict_do_update(index_elements=["person", "screen"], set_=again)
            )

    def drop(self, person: str, screen: str) -> None:
        gone = delete(ScreenPlaceRow).where(ScreenPlaceRow.person == person, ScreenPlaceRow.screen == screen)
        with self._engine.begin() as connection:
            connection.execute(gone)
