"""``python -m tests.backups.killer before|after MODULE:NAME ARGUMENT …``: the command line, dead at that function as a machine would be."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

from ebidadmin.cli import commands
from ebidadmin.cli.common import run_command_line

KILLED = 9


def main(when: str, place: str, arguments: list[str]) -> int:
    module_name, _, path = place.partition(":")
    owner: Any = import_module(module_name)
    *owners, name = path.split(".")
    for one in owners:
        owner = getattr(owner, one)
    real = getattr(owner, name)

    def dying(*given: Any, **options: Any) -> None:
        if when == "after":
            real(*given, **options)
        os._exit(KILLED)

    setattr(owner, name, dying)
    return run_command_line(commands, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
