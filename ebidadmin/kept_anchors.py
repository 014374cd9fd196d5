"""Heads that are kept outside the database, in a file on another medium, with stamps of a time-stamping authority beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ebidadmin.config import Config
from ebidadmin.domain.tree_findings import Fault, Finding
from ebidadmin.domain.tree_heads import SignedHead, read_notes
from ebidadmin.errors import InputError, RuleError
from ebidadmin.services.tree_ports import KeptAnchors

if TYPE_CHECKING:
    from ebidadmin.credentials.timestamps import TimestampTrust

STAMP_END = ".tsr"
DIGITS = 8
"""Of the digest of a head in the name of its stamp: enough to tell heads of the same size apart."""


def anchors_file(config: Config) -> Path | None:
    """Where the settings say that anchors are kept; ``None`` where they name no place."""
    return config.folder / config.audit.anchors if config.audit.anchors else None


def named_anchors(config: Config) -> KeptAnchors | None:
    """What is kept in the file that the settings name; ``None`` where they name none. Raises as ``kept_anchors``."""
    place = anchors_file(config)
    return None if place is None else kept_anchors(config, place)


def kept_anchors(config: Config, path: Path, *, trust: Path | None = None) -> KeptAnchors:
    """What is kept there. A head without a stamp was anchored without; a stamp without its head is a finding, for whoever takes a head out
    of the file forgets it there.

    Raises ``InputError`` (``file-unreadable``; ``audit-anchors-unreadable``, also for a file without any head), and as ``needed_trust``
    does where there are stamps.
    """
    heads = _read(path)
    try:
        stamps = sorted(
            one
            for one in path.parent.iterdir()
            if one.name.startswith(f"{path.name}.") and one.name.endswith(STAMP_END)
        )
    except OSError as error:
        raise InputError("file-unreadable", file=str(path)) from error
    if not stamps:
        return KeptAnchors(heads=heads)
    return KeptAnchors(
        heads=heads,
        stamps=len(stamps),
        findings=_stamp_findings(stamps, path, heads, needed_trust(config, trust)),
    )


def stamp_file(anchors: Path, head: SignedHead) -> Path:
    """Where the stamp of a head of that file lies."""
    digest = hashlib.sha256(head.note.encode()).hexdigest()[:DIGITS]
    return anchors.with_name(f"{anchors.name}.{head.head.size}-{digest}{STAMP_END}")


def needed_trust(config: Config, given: Path | None) -> TimestampTrust:
    """What stamps are checked by. Raises ``RuleError`` ``tsa-trust-missing``, ``ConfigurationError`` ``tsa-trust-unreadable``."""
    from ebidadmin.credentials.timestamps import load_trust

    if given is None and not config.audit.tsa_trust:
        raise RuleError("tsa-trust-missing")
    return load_trust(given or config.folder / config.audit.tsa_trust)


def _read(path: Path) -> tuple[SignedHead, ...]:
    try:
        heads = tuple(read_notes(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError("file-unreadable", file=str(path)) from error
    except ValueError as error:
        raise InputError("audit-anchors-unreadable", file=str(path), detail=str(error)) from error
    if not heads:
        # Compared with nothing, everything would be good.
        raise InputError("audit-anchors-unreadable", file=str(path), detail="empty")
    return heads


def _stamp_findings(
    stamps: Sequence[Path], anchors: Path, heads: Sequence[SignedHead], trust: TimestampTrust
) -> tuple[Finding, ...]:
    from ebidadmin.credentials.timestamps import WrongStampError

    expected = {stamp_file(anchors, head): head for head in heads}
    findings: list[Finding] = []
    for path in stamps:
        head = expected.get(path)
        if head is None:
            findings.append(Finding(fault=Fault.STAMP_ALONE, what=path.name))
            continue
        try:
            trust.checked(path.read_bytes(), head.note.encode())
        except OSError as error:
            raise InputError("file-unreadable", file=str(path)) from error
        except WrongStampError as error:
            findings.append(Finding(fault=error.fault, what=str(head.head.size)))
    return tuple(findings)
