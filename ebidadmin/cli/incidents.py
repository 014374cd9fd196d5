"""What becomes of an error that nobody foresaw: a number for the person, and the place in the program for the maintainer.

The text of a foreign exception may hold what was entered, so only its type and the places are kept.
"""

from __future__ import annotations

import secrets
import traceback
from pathlib import Path

from ebidadmin.cli.common import notice


def report_incident(error: BaseException, folder: Path | None = None) -> str:
    """Keep the places of ``error`` in the log of the desk (``folder``, else where ``desk_folder`` finds one), if there is one.

    The answer is a sentence that names the incident.
    """
    # The parts of a desk take a while to load, and this is seldom needed.
    from ebidadmin.bootstrap import desk_folder

    number = secrets.token_hex(4)
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    report = "\n".join(
        [f"incident {number}: {type(error).__module__}.{type(error).__qualname__}", *places, ""]
    )
    place = _keep(report, desk_folder(folder))
    return notice("incident", number=number, kind=type(error).__name__, place=place)


def _keep(report: str, folder: Path) -> str:
    from ebidadmin.config import CONFIG_NAME

    if not (folder / CONFIG_NAME).is_file():
        return report
    path = folder / "var" / "log" / "ebidadmin.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as log:
            log.write(report)
    except OSError:
        # The log cannot be written (full or read-only disk): the report then goes where the person can copy it.
        return report
    return str(Path(path))
