"""The part of a desk's settings that says who else bears witness to the audit trail."""

from __future__ import annotations

import re
from dataclasses import dataclass

TSA_ADDRESS = re.compile(r"https?://[!-?A-~]{1,2000}")
"""No ``@``: whatever logs in by its address would stand in messages and on the command line of a process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSection:
    """``anchors`` is the file outside in which heads of the trail are kept, ``tsa`` the address of a time-stamping authority (RFC 3161),
    ``tsa_trust`` a file of the certificates (PEM) by which what it stamps is checked. Each may be absent, and the whole section: nothing
    is compared or stamped then."""

    anchors: str = ""
    tsa: str = ""
    tsa_trust: str = ""


NO_WITNESS = AuditSection()


def audit_checks(section: AuditSection) -> tuple[tuple[bool, str, object], ...]:
    """Whether each setting makes sense, its name, and the value that an error tells."""
    return (
        (not section.tsa or TSA_ADDRESS.fullmatch(section.tsa) is not None, "audit.tsa", section.tsa),
        (not section.tsa or bool(section.tsa_trust), "audit.tsa_trust", section.tsa_trust),
    )
