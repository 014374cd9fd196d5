"""The kept heads of the trail, read alone."""

from __future__ import annotations

from datetime import datetime

from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.domain.tree_heads import read_note
from ebidadmin.services.audit_tree import TRAIL
from ebidadmin.services.ports import Office
from ebidadmin.services.refusals import refusals_logged
from ebidadmin.services.tree_ports import TrailTree


def signed_at(office: Office, *, staff: Staff, tree: TrailTree, size: int) -> datetime | None:
    """When the kept head of that size was signed; ``None`` where none of that size can be read. Raises ``NotPermittedError``."""
    with refusals_logged(office, staff=staff, subject=TRAIL, verb="verify"):
        staff.require(Permission.READ_AUDIT)
    with tree.snapshot() as seen:
        for kept in seen.heads():
            try:
                head = read_note(kept.note).head
            except ValueError:
                continue
            if head.size == size:
                return head.at
    return None
