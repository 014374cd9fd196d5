"""Choosing a file: one of the inbox folder, or a place on this machine."""

from __future__ import annotations

from pathlib import Path

from ebidadmin.text import imports as words

SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xls"})


def inbox_files(inbox: Path) -> tuple[tuple[str, str], ...]:
    """Files of rows in the inbox folder: name and name with size, newest first."""
    if not inbox.is_dir():
        return ()
    found = [path for path in inbox.iterdir() if path.is_file() and path.suffix.lower() in SUFFIXES]
    found.sort(key=lambda path: (-path.stat().st_mtime, path.name))
    return tuple((path.name, words.file_with_size(path.name, path.stat().st_size)) for path in found)


def chosen_file(inbox: Path, file: str, path: str) -> tuple[Path | None, dict[str, str]]:
    """The file of the inbox by its name, or that of a place; else what to say at the fields ``file`` and ``path``."""
    if file and path:
        return None, {"path": words.FILE_AMBIGUOUS}
    if not file and not path:
        return None, {"file": words.FILE_REQUIRED}
    key = "file" if file else "path"
    # Only names of the list are looked up in the inbox, so that no name leads out of it.
    place = inbox / Path(file).name if file else Path(path).expanduser()
    if not place.is_absolute():
        place = inbox.parent / place
    if not place.is_file():
        return None, {key: words.FILE_MISSING.format(path=file or path)}
    if place.suffix.lower() not in SUFFIXES:
        return None, {key: words.FILE_NOT_CSV.format(path=file or path)}
    return place, {}
