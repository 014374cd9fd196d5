"""The office's files that hold a supplier's data: mails, register files, exports, letters, reports. Implements ``OfficeCopies``.

What a supplier entered is looked for in every file of the desk folder, and of the folders that the settings name elsewhere; the mails of
the supplier are found by their names too. A report goes with its whole folder: of a page that is a picture nobody could tell what it says.
Which files are to go is kept in ``var/erasing/`` until they are gone.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ebidadmin.config import CONFIG_NAME, Config
from ebidadmin.documents.pdf_text import pdf_texts
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.errors import InputError
from ebidadmin.intake.said_in import SaidIn, UnreadableFileError
from ebidadmin.intake.whole_files import whole_file
from ebidadmin.mailing.folder import file_name
from ebidadmin.services.erasing_ports import Copies, Reach

STAYING = (CONFIG_NAME, "data", "notebooks", "reports", "audit-key.pem", "var/jupyter")
"""What makes the desk a desk: that one of these holds something of a supplier is told, and it stays."""

JOURNAL = "var/erasing"

BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite puts beside a database."""

DATABASE = b"SQLite format 3\0"
"""How such a file begins. A copy of the database is the office's backup of everybody: it is told of, and stays."""


@dataclass(frozen=True, slots=True)
class DeskCopies:
    """The files of one desk. With ``dry_run`` none is removed and nothing is remembered."""

    config: Config
    dry_run: bool = False

    def holding(self, seen: Reach) -> Copies:
        search = SaidIn(seen.values, pdf=pdf_texts)
        letters = {file_name(one) for one in seen.letters}
        files: set[str] = set()
        left: set[str] = set()
        for path in self._all():
            try:
                holds = path.name in letters or _named(path, seen.values) or search.file(path)
                stays = holds and self._stays(path)
            except (OSError, UnreadableFileError):
                left.add(str(path))
                continue
            if holds:
                (left if stays else files).add(str(self._whole(path)))
        return Copies(files=tuple(sorted(files)), left=tuple(sorted(left)))

    def remember(self, supplier: SupplierNumber, files: Collection[str]) -> None:
        if self.dry_run:
            return
        place = self._journal(supplier)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError("file-unwritable", file=str(place)) from error
        with whole_file(place, personal=True, shown=str(place)) as stream:
            stream.write(json.dumps(sorted(files), ensure_ascii=False).encode("utf-8", "surrogateescape"))

    def unfinished(self) -> Mapping[SupplierNumber, Sequence[str]]:
        found = sorted((self.config.folder / JOURNAL).glob("*.json"))
        return {
            SupplierNumber(path.stem): json.loads(path.read_bytes().decode("utf-8", "surrogateescape"))
            for path in found
        }

    def remove(self, files: Collection[str]) -> None:
        if self.dry_run:
            return
        for name in sorted(files):
            path = Path(name)
            try:
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
            except OSError as error:
                raise InputError("erasure-file-stays", file=name) from error

    def forget(self, supplier: SupplierNumber) -> None:
        if not self.dry_run:
            self._journal(supplier).unlink(missing_ok=True)

    def _journal(self, supplier: SupplierNumber) -> Path:
        return self.config.folder / JOURNAL / f"{supplier}.json"

    def _all(self) -> Iterator[Path]:
        """Every file of the office but the database, each once; links lead elsewhere and are not followed."""
        folder = self.config.folder
        roots = {
            folder,
            *(one.resolve() for one in (self.config.mail_folder, self.config.inbox, self._reports)),
        }
        tops = [
            one
            for one in sorted(roots)
            if not any(one != other and one.is_relative_to(other) for other in roots)
        ]
        for top in tops:
            for place, folders, names in os.walk(top):
                folders.sort()
                for path in (Path(place, name) for name in sorted(names)):
                    if path.is_file() and not path.is_symlink() and not self._is_own(path):
                        yield path

    def _is_own(self, path: Path) -> bool:
        """Whether it is the database, what lies beside it, or a list of files that are to go."""
        database = self.config.database_url.removeprefix("sqlite:///")
        return (
            str(path) in {f"{database}{end}" for end in ("", *BESIDE)}
            or path.parent == self.config.folder / JOURNAL
        )

    @property
    def _reports(self) -> Path:
        return (self.config.folder / self.config.reports.folder).resolve()

    def _stays(self, path: Path) -> bool:
        with path.open("rb") as stream:
            if stream.read(len(DATABASE)) == DATABASE:
                return True
        return any(path.is_relative_to(self.config.folder / one) for one in STAYING)

    def _whole(self, path: Path) -> Path:
        """What goes with a file: of a report its folder."""
        inside = path.is_relative_to(self._reports) and path.parent != self._reports
        return self._reports / path.relative_to(self._reports).parts[0] if inside else path


def _named(path: Path, values: Collection[str]) -> bool:
    return any(value in path.name for value in values)
