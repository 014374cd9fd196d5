"""The files of a desk folder that its administrator changes, with the loader that checks each of them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ebidadmin.bundled import reference_file
from ebidadmin.config import CONFIG_NAME, load_config
from ebidadmin.documents.letters import TEMPLATES, checked_letter
from ebidadmin.domain.mails import MailKind
from ebidadmin.domain.permits import PermitState
from ebidadmin.errors import ConfigurationError, InputError, NotFoundError
from ebidadmin.intake.whole_files import whole_file
from ebidadmin.mailing.composer import load_template
from ebidadmin.mailing.reasons import load_reasons

SETTINGS = "settings"
REASONS: Mapping[str, str] = {
    "reasons/rejection": "reasons.toml",
    "reasons/permit-refusal": "permit_reasons.toml",
}
"""The catalogues of reasons, by what they give reasons for."""

MAILS: Mapping[str, MailKind] = {f"mails/{kind.value}": kind for kind in MailKind}
LETTERS: Mapping[str, PermitState] = {
    f"letters/{Path(file).stem}": state for state, file in TEMPLATES.items()
}


@dataclass(frozen=True, slots=True)
class DeskFiles:
    """Implements ``services.office_files.OfficeFiles`` on a desk folder. With ``dry_run`` nothing is put anywhere."""

    folder: Path
    dry_run: bool = False

    def names(self) -> tuple[str, ...]:
        return (SETTINGS, *REASONS, *MAILS, *LETTERS)

    def read(self, name: str) -> bytes:
        path = self._in_use(name)
        with _readable(path):
            return path.read_bytes()

    def check(self, name: str, draft: bytes, *, shown: str) -> None:
        """The draft is read by the loader that reads the file itself, from a place of its own."""
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / self._in_use(name).name
            with _writable(path):
                path.write_bytes(draft)
            try:
                self._load(name, path)
            except ConfigurationError as error:
                if error.facts.get("file") != str(path):
                    # About the file in use, with which the draft is compared.
                    raise
                raise type(error)(error.code, **{**error.facts, "file": shown}) from error

    def replace(self, name: str, draft: bytes) -> Callable[[], None]:
        with _readable(self._own(name)):
            own = self._own(name).resolve()
            before = own.read_bytes() if own.is_file() else None
        if self.dry_run:
            return lambda: None
        write_bytes_whole(own, draft)

        def put_back() -> None:
            if before is not None:
                write_bytes_whole(own, before)
                return
            with _writable(own):
                own.unlink(missing_ok=True)

        return put_back

    def place(self, name: str) -> str:
        """Where the desk's own file of that name is or would be, below the desk folder. Raises ``NotFoundError``."""
        return self._own(name).relative_to(self.folder).as_posix()

    def _load(self, name: str, path: Path) -> None:
        if name == SETTINGS:
            self._check_settings(path)
        elif name in REASONS:
            self._check_reasons(name, path)
        elif name in MAILS:
            load_template(path, MAILS[name])
        else:
            checked_letter(path, LETTERS[name])

    def _check_settings(self, path: Path) -> None:
        """Another database has a trail of its own, which would not know of the change."""
        if load_config(path.parent).database.url != load_config(self.folder).database.url:
            raise ConfigurationError("setting-database-kept", setting="database.url")

    def _check_reasons(self, name: str, path: Path) -> None:
        """A code never goes away: decisions rest on it, and a screen that is open may give it at this moment. It is retired."""
        kept = {reason.code for reason in load_reasons(path).reasons}
        for reason in load_reasons(self._in_use(name)).reasons:
            if reason.code not in kept:
                raise ConfigurationError("reason-code-gone", file=str(path), reason_code=reason.code)

    def _in_use(self, name: str) -> Path:
        return self._own(name) if name == SETTINGS else reference_file(self.folder, *_parts(name))

    def _own(self, name: str) -> Path:
        if name == SETTINGS:
            return self.folder / CONFIG_NAME
        return self.folder.joinpath("data", "reference", *_parts(name))


def write_bytes_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and on the disk before it takes the place; who may read it stays as it was. Raises ``InputError``
    ``file-unwritable``."""
    with _writable(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path, shown=str(path)) as stream:
        stream.write(content)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = type(error).__name__
        raise ConfigurationError("data-file-unreadable", file=str(path), reason=reason) from error


@contextmanager
def _writable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError("file-unwritable", file=str(path)) from error


def _parts(name: str) -> tuple[str, ...]:
    """Where a file lies below the reference data. Raises ``NotFoundError``."""
    if name in REASONS:
        return (REASONS[name],)
    if name in MAILS:
        return ("mails", f"{MAILS[name].value}.toml")
    if name in LETTERS:
        return ("letters", TEMPLATES[LETTERS[name]])
    raise NotFoundError("not-found", kind="office-file", id=name)
