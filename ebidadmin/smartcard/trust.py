"""What certificates are checked against: trusted authorities, certificates between, kept lists, read from their folders.

Only what lies in the office's folder of trusted authorities is trusted, never the operating system's list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from ebidadmin.errors import ConfigurationError, InputError
from ebidadmin.services.certificate_ports import Taken
from ebidadmin.smartcard.authorities import Authorities
from ebidadmin.smartcard.certificates import FactsReader, certificate_bytes, certificates_in
from ebidadmin.smartcard.checker import Material
from ebidadmin.smartcard.crls import CrlStore
from ebidadmin.smartcard.revocation_lists import list_bytes

SUFFIXES = frozenset({".cer", ".crt", ".der", ".pem"})


def folder_certificates(folder: Path) -> tuple[bytes, ...]:
    """All certificates in the files of a folder, in DER.

    Raises ``ConfigurationError``: ``trust-folder-missing`` (fact ``folder``), ``trust-file-unreadable`` (``file``).
    """
    if not folder.is_dir():
        raise ConfigurationError("trust-folder-missing", folder=str(folder))
    files = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in SUFFIXES]
    return tuple(der for path in files for der in file_certificates(path))


def file_certificates(path: Path) -> tuple[bytes, ...]:
    """The certificates in one file. Raises ``ConfigurationError`` as ``folder_certificates`` does."""
    try:
        found = certificates_in(path.read_bytes())
        return tuple(certificate_bytes(one) for one in found)
    except (OSError, InputError) as error:
        raise ConfigurationError("trust-file-unreadable", file=str(path)) from error


def read_lists(paths: Iterable[Path]) -> tuple[bytes, ...]:
    """The lists in files, in DER; empty bytes for a file that holds none, so that the check knows of a list that it cannot use."""
    return tuple(_list(path) for path in paths)


def _list(path: Path) -> bytes:
    try:
        return list_bytes(path.read_bytes())
    except (OSError, InputError):
        return b""


class OfficeMaterial:
    """The material of a desk, read again when a file came, went or changed."""

    def __init__(self, trusted: Path, between: Path, store: CrlStore) -> None:
        self._trusted = trusted
        self._between = between
        self.store = store
        self._state: object = None
        self._material = Material(())

    def __call__(self, _at: datetime) -> Material:
        """Raises ``ConfigurationError`` as ``folder_certificates`` does."""
        state = tuple(
            (str(path), stat.st_mtime_ns, stat.st_size, stat.st_ino)
            for path in self._files()
            for stat in [path.stat()]
        )
        if state != self._state:
            self._material = Material(
                folder_certificates(self._trusted),
                folder_certificates(self._between) if self._between.is_dir() else (),
                read_lists(self.store.files()),
            )
            self._state = state
        return self._material

    def authorities(self) -> Sequence[bytes]:
        """The certificates whose lists are taken in."""
        between = folder_certificates(self._between) if self._between.is_dir() else ()
        return (*folder_certificates(self._trusted), *between)

    def take(self, file: bytes, *, now: datetime, keep: bool = True) -> Taken:
        """See ``services.certificate_ports.ListKeeper``: lists of the office's own authorities are kept."""
        return self.store.take(file, authorities=self.authorities(), now=now, keep=keep)

    def list_addresses(self, authorities: Authorities) -> tuple[str, ...]:
        """Where lists can be fetched: as the data of the authorities and the authorities' own certificates say."""
        reader = FactsReader(authorities)
        stated = [url for der in self.authorities() for url in reader.read(der).crl_urls]
        known = [url for one in authorities.all for url in one.crl_urls]
        return tuple(dict.fromkeys((*known, *stated)))

    def _files(self) -> list[Path]:
        folders = [folder for folder in (self._trusted, self._between) if folder.is_dir()]
        listed = [path for folder in folders for path in sorted(folder.iterdir()) if path.is_file()]
        return [*listed, *self.store.files()]


def office_material(folder: Path) -> OfficeMaterial:
    """The material of the desk in a folder: its own reference data, and the lists that it keeps."""
    reference = folder / "data" / "reference"
    return OfficeMaterial(reference / "trust", reference / "intermediates", CrlStore(folder / "var" / "crls"))


def simulated_material(folder: Path) -> OfficeMaterial:
    """The authority of the made-up cards beside it and its list, in the desk's folder ``simulated``, apart from what the office trusts."""
    own = folder / "simulated"
    return OfficeMaterial(own / "trust", own / "intermediates", CrlStore(own / "crls"))


def material_with_simulated(folder: Path) -> Callable[[datetime], Material]:
    """What the office trusts and, where there are made-up cards, their authority: for training, never for real cards."""
    office, simulated = office_material(folder), simulated_material(folder)

    def both(at: datetime) -> Material:
        base = office(at)
        if not (folder / "simulated" / "trust").is_dir():
            return base
        more = simulated(at)
        return Material(
            (*base.trusted, *more.trusted), (*base.others, *more.others), (*base.lists, *more.lists)
        )

    return both
