"""Starts JupyterLab for one desk folder: local, quiet, in Japanese, and apart from the person's own Jupyter.

The process becomes the server (exec), so that whoever started it can also stop it; the server extension prints the address.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import secrets
import stat
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from ebidadmin.errors import ConfigurationError
from ebidadmin.lab.serverext import ANNOUNCE
from ebidadmin.text.notebooks import HOME

DEFAULT_PORT = 8888
PORT_RETRIES = 50
MAX_MESSAGE = 64 * 1024 * 1024
"""Bytes that one message of the browser may have. Tornado's 10 MiB drops a larger upload without a word."""

SOCKET_PATH_LIMIT = 107
"""Bytes of a Unix socket's path on Linux (sun_path, without its closing zero)."""

SOCKET_NAME = "kernel-00000000-0000-0000-0000-000000000000-ipc-5"
"""As long as the longest socket name of a kernel inside the runtime folder."""

QUIET = (
    "--Application.log_level=WARN",
    "--ServerApp.terminals_enabled=False",
    f"--ServerApp.tornado_settings={{'websocket_max_message_size': {MAX_MESSAGE}}}",
    "--LabApp.extension_manager=readonly",
    "--LabApp.news_url=None",
    "--KernelManager.transport=ipc",
    "--MappingKernelManager.buffer_offline_messages=False",
)
"""What every server of the staff's is started with."""

_FOREIGN = ("JUPYTER_", "JUPYTERLAB_", "IPYTHON", "VOILA_")
_KEPT = frozenset({"JUPYTERHUB_USER"})


def notebooks_folder(desk: Path) -> Path:
    """Where the staff notebooks of a desk are. Raises ``ConfigurationError`` where there are none."""
    folder = desk / "notebooks"
    if not (folder / HOME.name).is_file():
        raise ConfigurationError("desk-without-notebooks", folder=str(folder), file=HOME.name)
    return folder


def runtime_folder(desk: Path) -> Path:
    """A private folder for connection files and sockets of the kernels.

    Inside the desk where the path is short enough for a Unix socket, else below the system's folder for temporary files.
    Raises ``ConfigurationError`` when that folder belongs to somebody else or is open to others.
    """
    folder = desk / "var" / "jupyter" / "runtime"
    if len(os.fsencode(folder / SOCKET_NAME)) > SOCKET_PATH_LIMIT:
        base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
        mark = hashlib.sha256(os.fsencode(desk)).hexdigest()[:12]
        folder = Path(base) / f"ebidadmin-{os.getuid()}-{mark}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise ConfigurationError("runtime-folder-not-ours", folder=str(folder))
    folder.chmod(0o700)
    return folder


def environment(desk: Path, token: str, base: Mapping[str, str]) -> dict[str, str]:
    """The server's environment: the person's own Jupyter and IPython settings stay outside.

    The token goes here and not onto the command line, which every user of the machine can read.
    """
    kept = {key: value for key, value in base.items() if not key.startswith(_FOREIGN) or key in _KEPT}
    own = desk / "var" / "jupyter"
    return kept | {
        "EBIDADMIN_DESK": str(desk),
        ANNOUNCE: "1",
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "JUPYTER_DATA_DIR": str(own / "data"),
        "JUPYTER_RUNTIME_DIR": str(runtime_folder(desk)),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTER_PLATFORM_DIRS": "0",
        "IPYTHONDIR": str(own / "ipython"),
        "JUPYTER_TOKEN": token,
        "PYTHONNOUSERSITE": "1",
        "PYTHONUNBUFFERED": "1",
    }


def arguments(
    folder: Path, *, port: int | None, open_browser: bool, extra: tuple[str, ...] = ()
) -> list[str]:
    """The command that serves ``folder``; a taken ``port`` is replaced by the next free one."""
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={folder}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={DEFAULT_PORT if port is None else port}",
        f"--ServerApp.port_retries={PORT_RETRIES}",
        f"--ServerApp.open_browser={open_browser}",
        "--ServerApp.answer_yes=True",
        # The city's machine decides who runs it; the server is for this machine alone either way.
        f"--ServerApp.allow_root={os.geteuid() == 0}",
        f"--LabApp.default_url=/lab/tree/{HOME.name}",
        *QUIET,
        *extra,
    ]


def prepare(env: Mapping[str, str]) -> None:
    """Make the folders that an ``environment`` names."""
    for key in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR"):
        Path(env[key]).mkdir(mode=0o700, parents=True, exist_ok=True)
    _keep_no_history(Path(env["IPYTHONDIR"]))


def _keep_no_history(ipython: Path) -> None:
    """Kernels would keep the source of every cell that ran, and what a person typed into one, in a database."""
    profile = ipython / "profile_default"
    profile.mkdir(mode=0o700, exist_ok=True)
    settings = json.dumps({"HistoryManager": {"enabled": False}})
    (profile / "ipython_kernel_config.json").write_text(settings, encoding="utf-8")


def has_display(base: Mapping[str, str] = os.environ) -> bool:
    """Whether a browser can be shown here."""
    return sys.platform == "darwin" or bool(base.get("DISPLAY") or base.get("WAYLAND_DISPLAY"))


def serve(
    desk: Path,
    *,
    port: int | None = None,
    open_browser: bool | None = None,
    token: str | None = None,
    extra: tuple[str, ...] = (),
) -> NoReturn:
    """Become the JupyterLab server of ``desk``; prints ``ebidadmin: http://…?token=…`` as soon as it answers.

    ``open_browser`` None opens one where there is a display; ``token`` None draws a new one; ``extra`` are further
    arguments of JupyterLab. Listens on 127.0.0.1 only. Raises ``ConfigurationError`` for a folder that is no desk.
    """
    desk = desk.resolve()
    folder = notebooks_folder(desk)
    env = environment(desk, token or secrets.token_hex(24), os.environ)
    prepare(env)
    shown = has_display() if open_browser is None else open_browser
    # A core dump of a kernel would hold what was typed.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    command = arguments(folder, port=port, open_browser=shown, extra=extra)
    os.execve(command[0], command, env)  # noqa: S606 - no shell is wanted: this process becomes the server
