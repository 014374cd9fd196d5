"""Sets up what the benchmarks compare with: ``python3 -m tools.setup_bench``.

The packages go into a virtual environment of their own, so that those of the office and of the tests stay as they are.
"""

from __future__ import annotations

import sys

from tools import setup
from tools.components import missing

FOLDER = ".venv-bench"
PURPOSE = "bench"


def main() -> int:
    setup.VENV = setup.ROOT / FOLDER
    setup.REQUIREMENTS[PURPOSE] = f"requirements/{PURPOSE}.txt"
    try:
        setup.make_venv()
        setup.install_packages(PURPOSE)
        setup.install_project()
    except setup.SetupError as problem:
        print(f"[setup] Stopped: {problem}", file=sys.stderr)
        return 1
    if "postgres" in missing():
        setup.say("PostgreSQL is missing (Debian: apt install postgresql): only SQLite will be measured.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
