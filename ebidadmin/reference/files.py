"""Reading the reference data files: TOML that a person at the office may edit, so every mistake is named with its file."""

from __future__ import annotations

import tomllib
from pathlib import Path

from ebidadmin.errors import ConfigurationError


def read_reference(data_dir: Path, name: str) -> dict[str, object]:
    """The tables of ``reference/NAME`` under the data folder.

    Raises ``ConfigurationError``: ``data-file-missing`` (fact ``file``), ``data-file-unreadable`` or ``data-file-not-toml`` (also
    ``reason``).
    """
    path = data_dir / "reference" / name
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigurationError("data-file-missing", file=str(path)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            "data-file-unreadable", file=str(path), reason=type(error).__name__
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError("data-file-not-toml", file=str(path), reason=str(error)) from error


def entry_invalid(data_dir: Path, name: str, key: str, reason: str) -> ConfigurationError:
    """The error for one entry that cannot be used; ``reason`` is a code."""
    return ConfigurationError(
        "data-entry-invalid", file=str(data_dir / "reference" / name), key=key, reason=reason
    )


def texts(value: object) -> tuple[str, ...] | None:
    """A list of texts as TOML gives it, or ``None`` when it is something else."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    return None
