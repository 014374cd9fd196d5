"""The one way in which a click reaches Python: what goes wrong is shown, logged and counted, never lost.

ipywidgets sends an exception in a callback to a log console that nobody has open. Here the person sees a card with an
incident number, the log gets the frames of the traceback under the same number, and a test fixture finds it in ``failures``.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

from ebidadmin.errors import EbidError

if TYPE_CHECKING:
    from ipywidgets import Button

    from ebidadmin.screens.components.panel import ErrorCard

P = ParamSpec("P")

LOG_NAME = "ebidadmin.screens"
LOG_BYTES = 1_000_000
LOG_FILES = 5
_logger = logging.getLogger(LOG_NAME)
_logger.propagate = False  # the root handler of a kernel writes into the cell's output

failures: deque[BaseException] = deque(maxlen=50)
"""The latest exceptions of callbacks in this process, oldest first; the tests fail when one is left in it."""


@dataclass(frozen=True, slots=True)
class Incident:
    """What a person may be told about an unforeseen failure: its number, and the kind for the log."""

    number: str
    exception_type: str


def configure_log(path: Path) -> None:
    """Write incidents into ``path`` (rotated at 1 MB, five old files kept), once per path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    wanted = str(path.resolve())
    for handler in _logger.handlers:
        if isinstance(handler, RotatingFileHandler) and handler.baseFilename == wanted:
            return
    handler = RotatingFileHandler(
        wanted, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    _logger.addHandler(handler)


def describe(error: BaseException) -> str:
    """Types and frames of an exception and its causes, without messages.

    Messages of foreign exceptions quote what was entered (a driver names the bound parameters), so only the codes of our
    own errors are kept.
    """
    parts: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        name = f"{type(current).__module__}.{type(current).__qualname__}"
        code = f" code={current.code}" if isinstance(current, EbidError) else ""
        frames = "".join(traceback.format_tb(current.__traceback__))
        parts.append(f"{name}{code}\n{frames}")
        current = current.__cause__ or current.__context__
    return "caused by: ".join(parts)


def record(error: BaseException) -> Incident:
    """Count and log an unforeseen failure; returns what may be shown."""
    incident = Incident(secrets.token_hex(4).upper(), type(error).__qualname__)
    failures.append(error)
    _logger.error("incident %s %s", incident.number, describe(error))
    return incident


def guard(action: Callable[P, None], show: Callable[[Incident], None]) -> Callable[P, None]:
    """``action``, whose exceptions are recorded and shown by ``show`` instead of vanishing."""

    @wraps(action)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            action(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the named edge of the screens: nobody stands behind a click
            show(record(error))

    return guarded


def on_click(button: Button, action: Callable[[], None], card: ErrorCard) -> None:
    """Bind a click of an ipywidgets button; a failure appears in ``card``."""
    guarded = guard(action, card.show_incident)
    button.on_click(lambda _button: guarded())
