"""Where the notebooks, reports, data files and the staff guide of this installation are.

In an installed wheel they lie inside the package; in a working copy (an editable install) they are folders at its root, the guide one
among its documents.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from ebidadmin.errors import ConfigurationError

BundledName = Literal["notebooks", "reports", "data", "guide"]

_IN_WORKING_COPY = {"guide": Path("docs", "guide")}

_PACKAGE = Path(__file__).resolve().parent


def bundled(name: BundledName, *, package: Path = _PACKAGE) -> Path:
    """The folder of that name which travels with the program; it is read, never written.

    ``package`` is the folder of the installed package. Raises ``ConfigurationError`` with code ``bundled-files-missing`` and the
    facts ``name`` and ``looked_in`` when the installation is incomplete.
    """
    candidates = (package / "_bundled" / name, package.parent / _IN_WORKING_COPY.get(name, Path(name)))
    # A folder called "data" may stand beside the package by chance (site-packages holds anything): only a working copy, known by
    # its project file, counts.
    in_working_copy = (package.parent / "pyproject.toml").is_file()
    for folder in candidates if in_working_copy else candidates[:1]:
        if folder.is_dir():
            return folder
    raise ConfigurationError(
        "bundled-files-missing", name=name, looked_in=tuple(str(folder) for folder in candidates)
    )


def reference_file(folder: Path | None, *names: str) -> Path:
    """A file of the reference data: the desk's own where ``folder`` (the desk folder) has one, else the one that travels with the program,
    so that a desk made before the file came works as well."""
    if folder is not None:
        own = folder.joinpath("data", "reference", *names)
        if own.is_file():
            return own
    return bundled("data").joinpath("reference", *names)
