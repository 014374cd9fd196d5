"""Where a desk may be laid out, and which files of a desk folder are as an older program laid them out: templates and reports, in place of
which the program's own would be used if they were not there."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path

from ebidadmin.bundled import bundled
from ebidadmin.config import CONFIG_NAME
from ebidadmin.errors import ConfigurationError
from ebidadmin.services.office_files import digest_of

NOTE = "laid-out.json"
"""What was laid out in a desk, in its ``data``: the digest of each file by its place below the desk folder."""

_KINDS = (
    ("reports", "*.ipynb"),
    ("data/reference/pages", "*.typ"),
    ("data/reference/letters", "*.txt"),
    ("data/reference/mails", "*.toml"),
)


def check_place(folder: Path) -> None:
    """Raises ``ConfigurationError`` (``desk-exists``, ``folder-not-empty``, ``not-a-folder``) where no desk can be made."""
    if (folder / CONFIG_NAME).exists():
        raise ConfigurationError("desk-exists", folder=str(folder))
    if folder.exists() and not folder.is_dir():
        raise ConfigurationError("not-a-folder", folder=str(folder))
    if folder.is_dir() and any(folder.iterdir()):
        raise ConfigurationError("folder-not-empty", folder=str(folder))


def note_laid_out(folder: Path) -> None:
    """Write down what was laid out just now."""
    digests = {name: digest_of(folder.joinpath(name).read_bytes()) for name, _ in _both(folder)}
    folder.joinpath("data", NOTE).write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")


def older_files(folder: Path, *, changed: Collection[str] = ()) -> tuple[str, ...]:
    """Files of the desk that the office did not change, as far as is known, and that the program has in another form now. Of a desk of
    before this was noted every file counts that is not as the program has it, but those that are known to be ``changed``."""
    laid = _noted(folder)
    differing = (
        (name, digest_of(folder.joinpath(name).read_bytes()))
        for name, shipped in _both(folder)
        if folder.joinpath(name).read_bytes() != shipped.read_bytes()
    )
    return tuple(
        name for name, digest in differing if name not in changed and laid.get(name, digest) == digest
    )


def _both(folder: Path) -> Iterator[tuple[str, Path]]:
    """Files that desk and program have: the place in the desk, and the program's own."""
    for place, pattern in _KINDS:
        first, _, below = place.partition("/")
        shipped = bundled("reports") if first == "reports" else bundled("data") / below
        for file in sorted(shipped.glob(pattern)):
            name = f"{place}/{file.name}"
            if folder.joinpath(name).is_file():
                yield name, file


def _noted(folder: Path) -> dict[str, str]:
    file = folder / "data" / NOTE
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
