"""Runs one notebook in this process and its kernel; started by ``report_making.maker`` as a process of its own.

The job comes as JSON on standard input (``source``, ``target``, ``parameters``, ``folder``); what became of it is the exit code, and for a
cell that raised one line of JSON on standard output: which cell, and the name of the exception, never its words.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from typing import Any

DONE, BROKEN, CELL_RAISED = 0, 1, 3

LISTENS_VARIABLE = "EBIDADMIN_REPORT_LISTENS"
"""The number of a pipe's end that says nothing and closes when whoever started this process is gone."""


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


def end_with_starter() -> None:
    """Be killed when whoever started this process is: nobody is left to stop it after its time. The kernel looks for this process."""
    end = os.environ.pop(LISTENS_VARIABLE, "")
    if end:
        threading.Thread(target=_listen, args=(int(end),), daemon=True).start()


def _listen(end: int) -> None:
    os.read(end, 1)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def main() -> int:
    """The exit code."""
    end_with_starter()
    code, told = run(json.load(sys.stdin))
    sys.stdout.write(json.dumps(told) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
