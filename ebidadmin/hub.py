"""Starts a person's JupyterLab under JupyterHub: the office's desk, seen through a folder of the person's own.

JupyterHub runs this as that person (``deploy/jupyterhub_config.py``). Settings, reference data, notebooks and what all share are links to
the office's folder, which the person cannot write; what a running program keeps for itself is the person's own.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from ebidadmin.bootstrap import DESK_VARIABLE
from ebidadmin.config import CONFIG_NAME, load_config
from ebidadmin.errors import ConfigurationError
from ebidadmin.lab import launch
from ebidadmin.text.notebooks import HOME

OFFICE_VARIABLE = "EBIDADMIN_OFFICE"
"""Environment variable that names the office's desk folder; the hub sets it."""

OWN_FOLDER = ".ebidadmin"
"""Below the person's home: short, because sockets of kernels lie in it."""

SHARED = (CONFIG_NAME, "data", "notebooks", "reports", "inbox", "mail", "var/crls")
"""What all have in common, as far as it is there. All else of the office's folder (keys, database files, logs) is nobody's of the staff."""

HUB = "JUPYTERHUB_"

PREPARE = "--prepare"
"""Only make the person's desk folder, and print where it is."""


def own_desk(office: Path, home: Path) -> Path:
    """The person's desk folder, made or brought up to date: links to the office's, and places of the person's own.

    Raises ``ConfigurationError`` for an office without settings or notebooks, and where something else stands in a link's place.
    """
    config = load_config(office)
    launch.notebooks_folder(office)
    desk = home / OWN_FOLDER
    # For that person's eyes alone, whatever the umask: the mode given to mkdir does not count for folders made on the way.
    for own in (desk, desk / "var", desk / "var" / "log"):
        own.mkdir(mode=0o700, exist_ok=True)
    shared = {*SHARED, *(_inside(office, one) for one in (config.mail.folder, config.imports.inbox))}
    for name in sorted(shared | {_inside(office, config.reports.folder)}):
        _link(desk / name, office / name)
    return desk


def _inside(office: Path, place: str) -> str:
    """A place of the settings as a name below the office; one outside needs no link, and gives the settings' own name."""
    return CONFIG_NAME if Path(place).is_absolute() or ".." in Path(place).parts else Path(place).as_posix()


def _link(link: Path, target: Path) -> None:
    if link.is_symlink():
        if link.readlink() == target and target.exists():
            return
        link.unlink()
    if not target.exists():
        return
    if link.exists():
        raise ConfigurationError("own-desk-occupied", file=str(link), office=str(target.parent))
    link.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    link.symlink_to(target)


def environment(desk: Path, base: Mapping[str, str]) -> dict[str, str]:
    """The server's: what the hub tells it, and otherwise as at one's own desk. The hub's way in takes the place of a token."""
    told = {key: value for key, value in base.items() if key.startswith(HUB)}
    own = launch.environment(desk, "", base)
    del own["JUPYTER_TOKEN"], own["EBIDADMIN_ANNOUNCE"]
    return own | told


def arguments(folder: Path, extra: Sequence[str] = ()) -> list[str]:
    """The command that serves ``folder`` to the hub, which says where to listen. ``extra``: the hub's own (``Spawner.args``)."""
    return [
        sys.executable,
        "-m",
        "jupyterhub.singleuser",
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url=/lab/tree/{HOME.name}",
        *launch.QUIET,
        *extra,
    ]


def serve(office: Path, home: Path) -> NoReturn:
    """Become the person's server. Raises ``ConfigurationError`` as ``own_desk`` does."""
    os.umask(0o077)
    desk = own_desk(office, home)
    env = environment(desk, os.environ) | {DESK_VARIABLE: str(desk)}
    launch.prepare(env)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    command = arguments(desk / "notebooks", sys.argv[1:])
    os.execve(command[0], command, env)  # noqa: S606 - no shell is wanted: this process becomes the server


def main() -> int:
    """What the hub starts, and services before their work (``--prepare``). What is wrong goes to the log in one line, by code."""
    try:
        if sys.argv[1:] == [PREPARE]:
            os.umask(0o077)
            sys.stdout.write(f"{own_desk(Path(os.environ[OFFICE_VARIABLE]), Path.home())}\n")
            return 0
        serve(Path(os.environ[OFFICE_VARIABLE]), Path.home())
    except ConfigurationError as error:
        sys.stderr.write(f"ebidadmin: {error.code} {error.facts}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
