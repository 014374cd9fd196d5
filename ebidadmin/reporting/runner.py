"""Runs one notebook in this process and its kernel; started by ``report_making.maker`` as a process of its own.

The job comes as JSON on standard input (``source``, ``target``, ``parameters``, ``folder``); what became of it is the exit code, and for a
cell that raised one line of JSON on standard output: which cell, and the name of the exception, never its words.
"""

from __future__ import annotations

import json
import sys
from typing import Any

DONE, BROKEN, CELL_RAISED = 0, 1, 3


def run(job: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Execute; the notebook is written to ``target`` cell by cell, whole or not."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    try:
        papermill.execute_notebook(
            job["source"],
            job["target"],
            parameters=job["parameters"],
            cwd=job["folder"],
            kernel_name="python3",
            progress_bar=False,
            log_output=False,
            store_widget_state=False,
        )
    except PapermillExecutionError as error:
        return CELL_RAISED, {"cell": error.cell_index, "error": error.ename}
    return DONE, {}


def main() -> int:
    """The exit code."""
    code, told = run(json.load(sys.stdin))
    sys.stdout.write(json.dumps(told) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
