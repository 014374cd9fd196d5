"""Every shipped staff notebook runs on a demo desk in a real kernel; an error inside a cell would fail it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path


def test_the_staff_notebooks_run_on_a_demo_desk(demo_desk: Callable[[str], Path], tmp_path: Path) -> None:
    desk = demo_desk("notebooks")
    notebooks = sorted((desk / "notebooks").glob("*.ipynb"))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-p", "no:cacheprovider", *notebooks],
        cwd=desk,
        env={**os.environ, "EBIDADMIN_DESK": str(desk), "IPYTHONDIR": str(tmp_path / "ipython")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(notebooks)} passed" in done.stdout
