"""Sets up a working copy: ``python3 -m tools.setup lab`` or ``python3 -m tools.setup test``.

Needs Python 3.11 and pip, nothing else; asks nothing; a second run finds everything done and needs no network.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tools.components import missing

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
DEMO = ROOT / "var" / "demo"
OLDEST_PYTHON = (3, 11)
REQUIREMENTS = {"lab": "requirements/lab.txt", "test": "requirements/all.txt"}
NPM = {
    "proxy": (Path("deploy", "proxy"), "the proxy of JupyterHub"),
    "axe": (Path("tests", "browser", "axe"), "axe-core, which looks for barriers in screens"),
}
"""What npm installs into the environment: where its lock lies, and what it is."""

PROXY = Path("proxy", "node_modules", ".bin", "configurable-http-proxy")
AXE_CORE = Path("axe", "node_modules", "axe-core", "axe.min.js")
"""In the environment: what stands in front of JupyterHub, and what is run in pages."""

COPIED = ("labextension", "labextension-config")
COVERS = {"lab": ("test", "lab"), "test": ("test",)}
"""Which finished installations serve a purpose: the full one holds everything of the staff's."""


class SetupError(Exception):
    """A sentence for the person at the terminal."""


def say(text: str) -> None:
    print(f"[setup] {text}", flush=True)


def run(*command: str | Path, env: dict[str, str] | None = None) -> None:
    """Run to the end, output shown. Raises ``SetupError`` when it fails."""
    words = [str(word) for word in command]
    try:
        result = subprocess.run(words, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False)
    except OSError as error:
        raise SetupError(f"{words[0]} could not be started: {error.strerror}.") from error
    if result.returncode != 0:
        raise SetupError(f"'{' '.join(words[:6])} …' failed with exit code {result.returncode}.")


def venv_python() -> Path:
    return VENV / "bin" / "python"


def make_venv() -> None:
    """The virtual environment, made anew when its Python is gone or too old."""
    usable = venv_python().exists() and (
        subprocess.run(
            [str(venv_python()), "-c", f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"],
            check=False,
        ).returncode
        == 0
    )
    if usable:
        return
    say(f"Making the virtual environment {VENV.name} with Python {sys.version.split()[0]} …")
    if VENV.exists():
        shutil.rmtree(VENV)
    # Debian's own Python comes without ensurepip unless python3-venv is installed; its pip can serve from outside.
    own_pip = importlib.util.find_spec("ensurepip") is not None
    run(sys.executable, "-m", "venv", *([] if own_pip else ["--without-pip"]), VENV)


def pip() -> list[str]:
    """The pip that installs into the environment: its own, else the one that runs this script."""
    if list(VENV.glob("lib/python3*/site-packages/pip/__init__.py")):
        return [str(venv_python()), "-m", "pip"]
    if importlib.util.find_spec("pip") is None:
        raise SetupError("pip is missing. Install it (Debian: apt install python3-pip) and try again.")
    return [sys.executable, "-m", "pip", "--python", str(venv_python())]


def find_uv() -> Path | None:
    """The fast installer inside the environment, installed by pip; None where it cannot be had."""
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        say("Installing uv, the installer …")
        try:
            run(*pip(), "install", "--quiet", "--no-input", "--require-hashes", "-r", "requirements/uv.txt")
        except SetupError as problem:
            say(f"{problem} Going on with plain pip, which takes longer.")
            return None
    return uv if uv.exists() else None


def installer_environment() -> dict[str, str]:
    """uv does not read pip's configuration: an office's package mirror is handed over."""
    env = dict(os.environ)
    asked = subprocess.run(
        [*pip(), "config", "get", "global.index-url"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    mirror = env.get("PIP_INDEX_URL") or (asked.stdout.strip() if asked.returncode == 0 else "")
    if mirror:
        env.setdefault("UV_DEFAULT_INDEX", mirror)
    return env


def depends_on(what: str) -> list[Path]:
    """The files whose change makes an installation of ``what`` stale."""
    if what in REQUIREMENTS:
        return [ROOT / REQUIREMENTS[what]]
    if what in NPM:
        return [ROOT / NPM[what][0] / "package-lock.json"]
    # These are copied into the environment, unlike the Python code, which is read where it lies.
    copied = [path for folder in COPIED for path in sorted((ROOT / folder).rglob("*")) if path.is_file()]
    return [ROOT / "pyproject.toml", *copied]


def fingerprint(what: str) -> str:
    """A hash over what an installation depends on, this place and the environment's Python included."""
    digest = hashlib.sha256(f"{ROOT}\n{(VENV / 'pyvenv.cfg').read_text()}".encode())
    for path in depends_on(what):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def stamp(what: str) -> Path:
    return VENV / f"installed-{what}"


def is_installed(what: str) -> bool:
    covered_by = COVERS.get(what, (what,))
    return any(stamp(name).exists() and stamp(name).read_text() == fingerprint(name) for name in covered_by)


def pip_install(*arguments: str) -> None:
    """Install into the environment by uv, and by plain pip where uv is missing or fails."""
    uv = find_uv()
    if uv is not None:
        try:
            into = ["--python", str(venv_python()), "--compile-bytecode"]
            run(uv, "pip", "install", *into, *arguments, env=installer_environment())
            return
        except SetupError as problem:
            say(f"{problem} Trying plain pip.")
    run(*pip(), "install", "--no-input", "--compile", "--progress-bar", "off", *arguments)


def install_packages(purpose: str) -> None:
    """The locked packages, each checked against its hashes."""
    if is_installed(purpose):
        say("The packages are installed and up to date.")
        return
    stamp(purpose).unlink(missing_ok=True)
    lock = REQUIREMENTS[purpose]
    say(f"Installing the packages of {lock} (the first time some minutes) …")
    started = time.monotonic()
    pip_install("--require-hashes", "-r", lock)
    stamp(purpose).write_text(fingerprint(purpose))
    say(f"Packages installed in {time.monotonic() - started:.0f} s.")


def install_project() -> None:
    """The project itself, editable, with the files that JupyterLab wants to find in the environment.

    The build back end is among the locked packages, so that nothing is fetched for it.
    """
    if is_installed("project"):
        return
    stamp("project").unlink(missing_ok=True)
    say("Installing ebidadmin itself …")
    pip_install("--quiet", "--no-deps", "--no-build-isolation", "--editable", ".")
    stamp("project").write_text(fingerprint("project"))


def install_components() -> None:
    """What tests need from the operating system, where it may be installed without being asked anything."""
    absent = missing()
    if not absent:
        say("Browser, fonts, PDF tools, LibreOffice, PostgreSQL and card software are there.")
        return
    listed = ", ".join(component.package for component in absent.values())
    root = os.geteuid() == 0
    sudo = shutil.which("sudo") is not None and (
        subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    )
    if shutil.which("apt-get") is None or not (root or sudo):
        say(
            f"Not installed, and this account may not install: {listed}. Tests that need them will be skipped."
        )
        return
    say(f"Installing from Debian: {listed} …")
    prefix = [] if root else ["sudo", "-n"]
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    try:
        run(*prefix, *quiet, "update")
        packages = [component.package for component in absent.values()]
        run(*prefix, *quiet, "install", "--yes", "--no-install-recommends", *packages)
    except SetupError as problem:
        say(f"{problem} Tests that need {', '.join(sorted(missing()))} will be skipped.")


def install_from_npm(what: str) -> None:
    """The packages of ``NPM`` of that name, in the locked versions, where npm is."""
    source, told = NPM[what]
    if shutil.which("npm") is None:
        say(f"npm is not there: {told} was not installed, and tests that need it will be skipped.")
        return
    if is_installed(what):
        return
    stamp(what).unlink(missing_ok=True)
    say(f"Installing {told} …")
    place = VENV / what
    place.mkdir(exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(ROOT / source / name, place / name)
    try:
        run("npm", "ci", "--prefix", place, "--silent", "--ignore-scripts", "--no-audit", "--no-fund")
    except SetupError as problem:
        say(f"{problem} Tests of {told} will be skipped.")
        return
    stamp(what).write_text(fingerprint(what))


def make_demo_office() -> None:
    """A desk with made-up data in var/demo, unless there is one."""
    if (DEMO / "ebidadmin.toml").exists():
        say("The demo office in var/demo is there.")
        return
    say("Making a demo office with made-up data in var/demo …")
    DEMO.parent.mkdir(exist_ok=True)
    run(VENV / "bin" / "ebidadmin", "init", DEMO, "--demo")


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in REQUIREMENTS:
        print("Usage: python3 -m tools.setup lab|test", file=sys.stderr)
        return 2
    purpose = arguments[0]
    try:
        if sys.version_info < OLDEST_PYTHON:
            raise SetupError(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
        make_venv()
        install_packages(purpose)
        install_project()
        if purpose == "test":
            install_components()
            for what in NPM:
                install_from_npm(what)
        else:
            make_demo_office()
    except SetupError as problem:
        print(f"[setup] Stopped: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
