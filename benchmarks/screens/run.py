"""The screens in a real browser at a million applications: first paint from a cold kernel, and milliseconds from a click to the frame that
shows what came of it.

The office is that of ``office.py``, on SQLite: a register of half as many suppliers, registrations, permits, mails, and a trail with an
event for each application. The real server, a headless Chromium whose profile has loaded JupyterLab once. A first paint is from asking for
the address to the screen's content, with a kernel that is started for it and ended after it; beside it stands a notebook of one cell that
shows a full stop, which no screen can be faster than. Goals: 3 s for a first paint, 300 ms for a click. A search pauses 300 ms after the
last key; here it is sent by the Enter key, which does not wait.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks" / "import")]

import machine  # noqa: E402 - found only now: a script has no root of its own
import office  # noqa: E402 - as above
from cases import CASES  # noqa: E402 - as above
from clicks import SCREENS, Clicks  # noqa: E402 - as above
from playwright.sync_api import Browser, sync_playwright  # noqa: E402 - as above

from ebidadmin.cli.foundation import create_desk  # noqa: E402 - as above
from tests.browser.conftest import CHROMIUM_FLAGS, SERVE, ServedDesk, write_notebook  # noqa: E402 - as above

FLOOR = "floor"
FULL_STOP = """from IPython.display import HTML

HTML('<p data-testid="floor" data-ready="true">.</p>')"""
FIRST_PAINT_MS, CLICK_MS = 3_000, 300


def add_floor(folder: Path) -> None:
    """A notebook that shows as little as one can, and is run when it is opened as the screens are."""
    name = f"{FLOOR}.ipynb"
    write_notebook(folder / "notebooks" / name, FULL_STOP)
    config = folder / "var" / "jupyter" / "config"
    config.mkdir(parents=True, exist_ok=True)
    entry = {"name": name, "title": FLOOR, "caption": FLOOR, "code": FULL_STOP}
    listed = {"EbidadminLab": {"notebooks": [entry]}}
    (config / "jupyter_server_config.json").write_text(json.dumps(listed), encoding="utf-8")


@contextmanager
def served(folder: Path) -> Iterator[ServedDesk]:
    """The server of a desk."""
    command = [sys.executable, "-c", SERVE, str(folder), "8898"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        yield ServedDesk(folder, process.stdout.readline().removeprefix("ebidadmin: ").strip(), process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def first_paint(clicks: Clicks, notebook: str) -> float:
    """Milliseconds from the address to the content, with a new kernel."""
    clicks.end_kernels()
    start = time.perf_counter()
    clicks.asked(notebook)
    spent = 1000 * (time.perf_counter() - start)
    clicks.settled()
    return spent


def first_paints(clicks: Clicks, times: int) -> Iterator[str]:
    yield "| screen | p50 | most | to the floor |"
    yield "|---|---|---|---|"
    first_paint(clicks, FLOOR)
    spent: dict[str, list[float]] = {name: [] for name in (FLOOR, *SCREENS)}
    for _ in range(times):
        for name, found in spent.items():
            found.append(first_paint(clicks, name))
    floor = median(spent[FLOOR])
    for name, found in spent.items():
        over = "" if max(found) < FIRST_PAINT_MS else " (over 3 s)"
        yield f"| {name} | {median(found):.0f} | {max(found):.0f}{over} | {median(found) / floor:.2f} |"


def clicked(clicks: Clicks, times: int, wanted: str) -> Iterator[str]:
    yield "| screen | click | p50 | most |"
    yield "|---|---|---|---|"
    for notebook, cases in CASES.items():
        if wanted and wanted not in notebook:
            continue
        clicks.opened(notebook)
        for name, case in cases.items():
            spent = [case(clicks) for _ in range(times)]
            over = "" if max(spent) < CLICK_MS else " (over 300)"
            yield f"| {notebook} | {name} | {median(spent):.0f} | {max(spent):.0f}{over} |"


def measure(browser: Browser, folder: Path, asked: argparse.Namespace) -> None:
    with served(folder) as desk:
        context = browser.new_context(locale="ja-JP", viewport={"width": 1400, "height": 950})
        clicks = Clicks(context.new_page(), desk, asked.applications)
        if not asked.clicks_only:
            for line in first_paints(clicks, asked.paints):
                print(line, flush=True)
        for line in clicked(clicks, asked.times, asked.screen):
            print(line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applications", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=10, help="of each click")
    parser.add_argument("--paints", type=int, default=3, help="of each screen")
    parser.add_argument("--screen", default="", help="clicks of the notebooks alone whose name contains this")
    parser.add_argument("--clicks-only", action="store_true", help="no first paints")
    parser.add_argument(
        "--desk", type=Path, help="the office is kept here, and is not made again where it is"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = asked.desk or Path(place) / "desk"
        if not folder.exists():
            create_desk(folder, demo=False, progress=lambda step: None)
            office.fill(folder, asked.applications)
        add_floor(folder)
        before = machine.busy()
        path = shutil.which("chromium") or shutil.which("chromium-browser")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
            print(f"{asked.applications:,} applications, milliseconds", flush=True)
            measure(browser, folder, asked)
            browser.close()
        print(f"load before {before:.1f} and after {machine.busy():.1f}")


if __name__ == "__main__":
    main()
