"""An office on a full file system: ``python -m tests.screens.small_disk FOLDER DATABASE``, both file systems mounted by the caller.

Its database lies in FOLDER, its mails in a file system of their own below it.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from ebidadmin.clock import SettableClock
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.persistence.engine import make_engine
from ebidadmin.services import mail_outbox
from ebidadmin.text.error_sentences import ERRORS
from tests.builders import NOON
from tests.presenters.office import Place
from tests.screens.conftest import press_button
from tests.screens.test_review_queue import select
from tests.screens.test_troubles import press_value, refused_and_then_done, rejecting

BALLAST = "ballast"


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Within it not a byte more goes in."""
    ballast = folder / BALLAST
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            # A short write is followed by the one that fails.
            file.write(bytes(4096))
    yield
    ballast.unlink()


def database_and_mails(folder: Path, template: Path) -> None:
    """First the one has no room, then the other."""
    url = f"sqlite:///{shutil.copy(template, folder / 'office.sqlite')}"
    engine = make_engine(url)
    place = Place(engine, folder, SettableClock(NOON))
    shown = rejecting(place, 1, 2)
    refused_and_then_done(place, shown, ERRORS["disk-full"], lambda: full(folder))
    select(shown, "A000002")
    press_value(shown, "approve")
    with full(place.mails):
        press_button(shown.case.question, "confirm-yes")
        assert place.application(2).state is ApplicationState.APPROVED
        assert "再送待ち(送信フォルダーに書けない)" in shown.case.head.content
        assert {path.name for path in place.mails.iterdir()} == {BALLAST, place.letters()[0].name}
    place.clock.advance(timedelta(days=1))
    mail_outbox.dispatch(place.office, staff=place.staff)
    mail_outbox.dispatch(place.office, staff=place.staff)
    assert len(place.letters()) == 2
    engine.dispose()


if __name__ == "__main__":
    database_and_mails(Path(sys.argv[1]), Path(sys.argv[2]))
