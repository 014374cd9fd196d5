"""``python -m tests.cli.file_killer DESK POINT NAME FILE``: change a file of a desk and die at a point, as a machine would."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ebidadmin.bootstrap import open_desk
from ebidadmin.office_files import DeskFiles
from ebidadmin.services import office_files
from ebidadmin.services.office_files import digest_of

KILLED = 9


class Dying(DeskFiles):
    """Dies before or after the new file takes its place."""

    point = ""

    def replace(self, name: str, draft: bytes) -> Callable[[], None]:
        if self.point == "before-file":
            os._exit(KILLED)
        put_back = super().replace(name, draft)
        if self.point == "before-commit":
            os._exit(KILLED)
        return put_back


def main(folder: Path, point: str, name: str, file: Path) -> None:
    desk = open_desk(folder)
    Dying.point = point

    def opened() -> Any:
        unit = desk.office.uow()
        commit = unit.commit

        def then_die() -> None:
            commit()
            if point == "after-commit":
                os._exit(KILLED)

        unit.commit = then_die  # type: ignore[method-assign]  # the point after the commit
        return unit

    files = Dying(folder)
    office_files.change(
        replace(desk.office, uow=opened),
        staff=desk.staff,
        files=files,
        name=name,
        draft=file.read_bytes(),
        seen=digest_of(files.read(name)),
        shown=str(file),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], Path(sys.argv[4]))
