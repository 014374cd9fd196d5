"""Makes a desk folder: whole or not at all.

Everything is laid out in a folder beside the wished one, which is renamed into place at the end; what a killed attempt left there is
cleared by the next.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from ebidadmin.bootstrap import open_desk
from ebidadmin.bundled import bundled
from ebidadmin.clock import SystemClock
from ebidadmin.config import CONFIG_NAME, load_config
from ebidadmin.errors import StorageError
from ebidadmin.laid_out import check_place, note_laid_out
from ebidadmin.persistence import migrate

Progress = Callable[[str], None]
"""Is told the code of each step (``english_notices.WORDS``)."""

_ALWAYS = ("always = false", "always = true")


def create_desk(folder: Path, *, demo: bool, progress: Progress) -> None:
    """Make a desk in ``folder``, with a made-up office where ``demo``.

    Raises ``ConfigurationError`` (see ``check_place``) or ``StorageError`` (``folder-not-writable``).
    """
    target = folder.absolute()
    check_place(target)
    building = target.with_name(f".{target.name}.unfinished")
    try:
        if building.exists():
            shutil.rmtree(building)
        target.parent.mkdir(parents=True, exist_ok=True)
        # Personal data and password hashes will lie below: for this user's eyes alone.
        building.mkdir(mode=0o700)
        _fill(building, demo=demo, progress=progress)
        building.rename(target)
    except OSError as error:
        raise StorageError("folder-not-writable", folder=str(target), detail=error.strerror) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _fill(building: Path, *, demo: bool, progress: Progress) -> None:
    progress("step-settings")
    data = bundled("data")
    settings = (data / "desk" / CONFIG_NAME).read_text(encoding="utf-8")
    (building / CONFIG_NAME).write_text(settings.replace(*_ALWAYS) if demo else settings, encoding="utf-8")
    shutil.copytree(data / "reference", building / "data" / "reference")
    shutil.copytree(data / "samples", building / "data" / "samples")
    ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    shutil.copytree(bundled("notebooks"), building / "notebooks", ignore=ignored)
    shutil.copytree(bundled("reports"), building / "reports", ignore=ignored)
    note_laid_out(building)
    config = load_config(building)
    for place in (config.inbox, config.mail_folder, building / "var"):
        place.mkdir(parents=True, exist_ok=True)
    progress("step-database")
    migrate.upgrade(config.database_url)
    if demo:
        from ebidadmin.cli.furnish import furnish
        from ebidadmin.training import make_training_cards

        progress("step-office")
        furnish(building)
        progress("step-cards")
        make_training_cards(building, config, SystemClock().now())
    with closing(open_desk(building)):
        progress("step-checked")
