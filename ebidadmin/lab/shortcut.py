"""A desktop entry that opens a desk's screens, for staff who use no terminal (Desktop Entry Specification of freedesktop.org)."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from ebidadmin.errors import ConfigurationError
from ebidadmin.text.notebooks import LAUNCHER_CATEGORY, SHORTCUT_COMMENT

_IN_QUOTES = str.maketrans({sign: f"\\{sign}" for sign in '"`$\\'})
_IN_VALUE = str.maketrans({"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"})


def exec_value(command: Iterable[str]) -> str:
    """A command as the value of ``Exec``: each part in quotes, no sign of it a field code, then escaped as any value is."""
    quoted = (f'"{part.translate(_IN_QUOTES)}"'.replace("%", "%%") for part in command)
    return " ".join(quoted).translate(_IN_VALUE)


def entry(desk: Path) -> str:
    """The text of the entry. It has a terminal of its own: closing it ends the server, and a refusal can be read there."""
    command = (sys.executable, "-m", "ebidadmin", "lab", "--desk", str(desk))
    lines = {
        "Type": "Application",
        "Version": "1.5",
        "Name": f"{LAUNCHER_CATEGORY} ({desk.name})".translate(_IN_VALUE),
        "Comment": SHORTCUT_COMMENT,
        "Exec": exec_value(command),
        "Icon": "x-office-address-book",
        "Terminal": "true",
        "Categories": "Office;",
    }
    return "\n".join(["[Desktop Entry]", *(f"{key}={value}" for key, value in lines.items()), ""])


def applications(base: Mapping[str, str]) -> Path:
    """Where a person's menu finds entries."""
    data = base.get("XDG_DATA_HOME", "")
    return (Path(data) if Path(data).is_absolute() else Path.home() / ".local" / "share") / "applications"


def make_shortcut(desk: Path, base: Mapping[str, str] = os.environ) -> Path:
    """Write the entry of ``desk`` into the person's menu and give its path; one of before is replaced. Raises ``ConfigurationError``."""
    desk = desk.resolve()
    mark = hashlib.sha256(os.fsencode(desk)).hexdigest()[:8]
    path = applications(base) / f"ebidadmin-{mark}.desktop"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(entry(desk), encoding="utf-8")
        path.chmod(0o755)
    except OSError as error:
        raise ConfigurationError("folder-not-writable", folder=str(path.parent)) from error
    return path
