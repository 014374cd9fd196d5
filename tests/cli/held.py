"""The command line, held within one step of an import until its starter lets it go on: ``held STEP FD ARGUMENT …``."""

from __future__ import annotations

import os
import signal
import sys

from ebidadmin.cli import main
from ebidadmin.persistence.bulk import SqlImportStore

HELD = "held here"


def hold(step: str, goes_on: int) -> None:
    """Let the import store's method ``step`` wait until the other end of the pipe ``goes_on`` is closed."""
    real = getattr(SqlImportStore, step)

    def held(*arguments: object, **options: object) -> object:
        sys.stderr.write(f"{HELD}\n")
        sys.stderr.flush()
        os.read(goes_on, 1)
        return real(*arguments, **options)

    setattr(SqlImportStore, step, held)


if __name__ == "__main__":
    # A test run that was started in the background has its children ignore the signal.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    hold(sys.argv[1], int(sys.argv[2]))
    sys.argv[1:3] = []
    main()
