"""The browser harness: a real server for a desk folder, a headless Chromium, and a list of what it asked from the network."""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from ebidadmin.bootstrap import Desk, open_desk
from tests.browser import guide
from tests.browser.accessibility import expect_no_barriers
from tests.needs import ROOT, require_component

START_SECONDS = 90
STOP_SECONDS = 20
SCREEN_MS = 60_000
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
)

# Playwright's own five seconds are too few for a page that loads while other tests keep the machine busy.
expect.set_options(timeout=SCREEN_MS)

SERVE = """
import sys
from pathlib import Path
from ebidadmin.lab.launch import serve
serve(Path(sys.argv[1]), port=int(sys.argv[2]), open_browser=False, extra=("--LabApp.expose_app_in_browser=True",))
"""


@dataclass(frozen=True, slots=True)
class ServedDesk:
    """A running JupyterLab of a desk folder."""

    folder: Path
    address: str
    process: subprocess.Popen[str]

    def notebook(self, name: str) -> str:
        """The address of a notebook of this desk, with the token."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}/lab/tree/{name}?{parts.query}"


@dataclass(slots=True)
class Network:
    """Every address that the browser asked for, and what its console called an error."""

    addresses: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def foreign(self) -> list[str]:
        """Addresses outside this machine."""
        local = {"127.0.0.1", "localhost", None, ""}
        return [address for address in self.addresses if urlsplit(address).hostname not in local]


def bare_desk(folder: Path, *screens: dict[str, str]) -> Path:
    """A desk folder with the shipped notebooks and further screens, which the server's configuration lists."""
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    config = folder / "var" / "jupyter" / "config"
    config.mkdir(parents=True)
    listed = {"EbidadminLab": {"notebooks": list(screens)}}
    (config / "jupyter_server_config.json").write_text(json.dumps(listed), encoding="utf-8")
    for screen in screens:
        write_notebook(folder / "notebooks" / screen["name"], screen["code"])
    return folder


def write_notebook(path: Path, code: str) -> None:
    """A notebook with one code cell."""
    cell: dict[str, object] = {
        "cell_type": "code",
        "id": "screen",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": code,
    }
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    notebook = {"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.fixture(scope="module")
def serve_desk() -> Iterator[Callable[[Path], ServedDesk]]:
    """Starts the real server for a desk folder and stops it when the module is done."""
    running: list[subprocess.Popen[str]] = []

    def start(folder: Path, port: int = 8890) -> ServedDesk:
        log = (folder / "server.log").open("w", encoding="utf-8")
        with log:
            process = subprocess.Popen(
                [sys.executable, "-c", SERVE, str(folder), str(port)],
                stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True, cwd=ROOT,
            )  # fmt: skip
        running.append(process)
        return ServedDesk(folder, _announced(process, folder / "server.log"), process)

    yield start
    for process in running:
        _stop(process)


@pytest.fixture(scope="module")
def served(serve_desk: Callable[[Path], ServedDesk], demo_desk: Callable[[str], Path]) -> ServedDesk:
    """A demo desk, one for each module; a module that needs another desk has a fixture of this name."""
    return serve_desk(demo_desk("served"))


@pytest.fixture
def desk(served: ServedDesk) -> Iterator[Desk]:
    """The same desk, read behind the screen's back."""
    with closing(open_desk(served.folder)) as opened:
        yield opened


def _announced(process: subprocess.Popen[str], log: Path) -> str:
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        ready = selector.select(START_SECONDS)
    line = process.stdout.readline() if ready else ""
    if not line.startswith("ebidadmin: http://127.0.0.1:"):
        pytest.fail(f"the server did not announce itself: {line!r}\n{log.read_text(encoding='utf-8')}")
    return line.removeprefix("ebidadmin: ").strip()


def _stop(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    require_component("chromium")
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def network() -> Network:
    """What the browser of this test asked for."""
    return Network()


@pytest.fixture
def context(chromium: Browser, network: Network) -> Iterator[BrowserContext]:
    """A fresh browser profile, in Japanese."""
    made = chromium.new_context(locale="ja-JP", viewport={"width": 1400, "height": 950})
    made.set_default_timeout(SCREEN_MS)

    def note(request: Request) -> None:
        network.addresses.append(request.url)

    made.on("request", note)
    made.on("console", lambda said: network.errors.append(said.text) if said.type == "error" else None)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, network: Network) -> Page:
    """One tab."""
    made = context.new_page()
    made.on("websocket", lambda socket: network.addresses.append(socket.url))
    return made


def wait_for_screen(page: Page, testid: str) -> None:
    """Until the part of a screen with that test id has its content."""
    page.wait_for_selector(f'[data-testid="{testid}"][data-ready="true"]')


def wait_for_kernel(page: Page) -> None:
    """Until the notebook in front is connected to its kernel."""
    page.wait_for_function(
        "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.connectionStatus === 'connected'"
    )


def wait_for_front(page: Page, name: str) -> None:
    """Until that notebook is in front and has shown its screen."""
    page.wait_for_function(
        """(name) => {
            const front = window.jupyterapp?.shell.currentWidget;
            return front?.context?.path === name && front.node.dataset.ebidadminRan === 'true';
        }""",
        arg=name,
    )


def save_notebook(page: Page) -> None:
    """Save the notebook in front, as the menu does."""
    page.evaluate("async () => { await window.jupyterapp.commands.execute('docmanager:save'); }")


@pytest.fixture
def shot(tmp_path: Path) -> Callable[[Page, str], Path]:
    """Takes a picture, and looks for barriers in what it shows; it is kept where EBIDADMIN_SCREENSHOTS points to, else with the test's
    files. One that the guide has fails where the guide's shows something else (``tests.browser.guide``)."""
    folder = Path(os.environ.get("EBIDADMIN_SCREENSHOTS") or tmp_path)

    def take(page: Page, name: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.png"
        guide.prepare(page, name)
        page.screenshot(path=path)
        guide.keep_or_compare(page, name, path)
        expect_no_barriers(page)
        return path

    return take
