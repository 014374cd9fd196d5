"""The office's files that hold a supplier's data: mails, register files, exports, letters, reports. Implements ``OfficeCopies``.

What a supplier entered is looked for in every file of the desk folder, and of the folders that the settings name elsewhere; the mails of
the supplier are found by their names too. A report goes with its whole folder: of a page that is a picture nobody could tell what it says.
Which files are to go is kept in ``var/erasing/`` until they are gone.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from ebidadmin.config import CONFIG_NAME, Config
from ebidadmin.documents.pdf_text import pdf_texts
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.report_periods import ReportName
from ebidadmin.errors import InputError
from ebidadmin.intake.backups import BESIDE, is_backup
from ebidadmin.intake.said_in import SaidIn, UnreadableFileError
from ebidadmin.intake.whole_files import whole_file
from ebidadmin.mailing.folder import file_name, sync_folder
from ebidadmin.services.erasing_ports import Copies, Reach, Rest, Staying

STAYING = (CONFIG_NAME, "data", "notebooks", "reports", "audit-key.pem", "var/jupyter")
"""What makes the desk a desk: that one of these holds something of a supplier is told, and it stays."""

JOURNAL = "var/erasing"

_REPORT = re.compile(rf"\.?(?:{'|'.join(name.value for name in ReportName)})_.+")
"""The folder of a report, also of one that was not finished."""


def office_texts(config: Config) -> tuple[str, ...]:
    """What the office itself says in its settings, letters, mails and catalogues: words from there are no sign of a supplier."""
    places = (config.folder / CONFIG_NAME, *sorted((config.folder / "data" / "reference").rglob("*")))
    return tuple(
        path.read_text(encoding="utf-8", errors="replace")
        for path in places
        if path.is_file() and path.suffix in (".toml", ".txt", ".typ")
    )


@dataclass(frozen=True, slots=True)
class DeskCopies:
    """The files of one desk. With ``dry_run`` none is removed and nothing is remembered."""

    config: Config
    dry_run: bool = False
    backups: tuple[Path, ...] = ()
    """Backups of the office, wherever they were written to."""

    def holding(self, seen: Reach) -> Copies:
        search = SaidIn(seen.values, pdf=pdf_texts)
        letters = {file_name(one) for one in seen.letters}
        marks: dict[str, str] = {}
        left = {str(path) for path in self.backups if path.exists()}
        for path, inside in self._all(left):
            try:
                named = path.name in letters or any(value in inside for value in seen.values)
                if not named and not search.file(path):
                    continue
                if self._stays(path):
                    left.add(str(path))
                    continue
                whole = self._whole(path)
                marks[str(whole)] = _mark(whole)
            except (OSError, UnreadableFileError):
                left.add(str(path))
        return Copies(marks=marks, left=tuple(sorted(left)))

    def remember(self, supplier: SupplierNumber, rest: Rest) -> None:
        if self.dry_run:
            return
        place = self._journal(supplier)
        told = {**asdict(rest), "at": rest.at.isoformat()}
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with whole_file(place, personal=True, shown=str(place)) as stream:
                stream.write(json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogateescape"))
            for folder in (place.parent, place.parent.parent):
                sync_folder(folder)
        except OSError as error:
            raise InputError("file-unwritable", file=str(place)) from error

    def unfinished(self) -> Mapping[SupplierNumber, Rest]:
        found = {}
        for path in sorted((self.config.folder / JOURNAL).glob("*.json")):
            told = json.loads(path.read_bytes().decode("utf-8", "surrogateescape"))
            found[SupplierNumber(path.stem)] = Rest(
                at=datetime.fromisoformat(told["at"]),
                files=told["files"],
                left=tuple(told["left"]),
                quoted=tuple(told["quoted"]),
            )
        return found

    def remove(self, files: Mapping[str, str]) -> Staying:
        changed: list[str] = []
        stuck: list[str] = []
        for name, mark in sorted(files.items()) if not self.dry_run else ():
            path = Path(name)
            try:
                if not path.exists():
                    continue
                if _mark(path) != mark:
                    changed.append(name)
                elif path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
            except OSError:
                # Told with its name; the others go all the same.
                stuck.append(name)
        return Staying(changed=tuple(changed), stuck=tuple(stuck))

    def forget(self, supplier: SupplierNumber) -> None:
        if self.dry_run:
            return
        place = self._journal(supplier)
        for path in place.parent.glob("*"):
            if path == place or path.name.startswith(f".{place.name}."):
                path.unlink(missing_ok=True)

    def _journal(self, supplier: SupplierNumber) -> Path:
        return self.config.folder / JOURNAL / f"{supplier}.json"

    def _all(self, left: set[str]) -> Iterator[tuple[Path, str]]:
        """Every file of the office but the database, each once, and how it is called below its folder; links lead elsewhere and are not
        followed. Folders that cannot be listed come into ``left``."""
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
            for place, folders, names in os.walk(top, onerror=lambda error: left.add(str(error.filename))):
                folders.sort()
                for path in (Path(place, name) for name in sorted(names)):
                    if path.is_file() and not path.is_symlink() and not self._is_own(path):
                        yield path, str(path.relative_to(top))

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
        return any(path.is_relative_to(self.config.folder / one) for one in STAYING) or is_backup(path)

    def _whole(self, path: Path) -> Path:
        """What goes with a file: of a report its folder."""
        if not path.is_relative_to(self._reports):
            return path
        first = path.relative_to(self._reports).parts[0]
        folder = self._reports / first
        return folder if folder.is_dir() and _REPORT.fullmatch(first) else path


def _mark(path: Path) -> str:
    """Another for a file that was written again, and for a folder in which something was. Raises ``OSError``."""
    parts = sorted(path.rglob("*")) if path.is_dir() else [path]
    told = [(str(one), one.stat().st_size, one.stat().st_mtime_ns) for one in parts]
    return hashlib.sha256(repr(told).encode("utf-8", "surrogateescape")).hexdigest()
