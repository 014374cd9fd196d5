"""What the batch intake reads of many applications at once, in memory: each row by itself, as if it were the only one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from ebidadmin.domain.applications import IdApplication
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.ids import ApplicationNumber, SupplierNumber, UserId
from ebidadmin.domain.registrations import LIVE_STATES
from ebidadmin.services.intake_ports import RegisterVersions, SupplierStanding
from tests.memory_outbox import MemoryAudit
from tests.memory_parts import MemoryApplications, MemoryRegister, Part


class MemoryIntakeReads(Part):
    def present(self, numbers: Collection[ApplicationNumber]) -> Mapping[ApplicationNumber, IdApplication]:
        known = self.tables.applications
        return {number: known[number] for number in numbers if number in known}

    def standings(self, suppliers: Collection[SupplierNumber]) -> Mapping[SupplierNumber, SupplierStanding]:
        found = {}
        for supplier in suppliers:
            if listed := MemoryApplications(self.uow).of_supplier(supplier):
                latest = max(listed, key=lambda one: (one.is_open, self._came_in(one)))
                opened = (latest.number, latest.state) if latest.is_open else None
                found[supplier] = SupplierStanding(opened, latest.number)
        return found

    def holders(self, user_ids: Collection[UserId]) -> Mapping[str, SupplierNumber]:
        opened = [one for one in self.tables.applications.values() if one.is_open]
        live = [one for one in self.tables.registrations.values() if one.state in LIVE_STATES]
        held = {one.form.user_id.casefold(): one.supplier_number for one in opened}
        held |= {one.user_id.casefold(): one.supplier_number for one in live}
        wanted = {user_id.casefold() for user_id in user_ids}
        return {folded: supplier for folded, supplier in held.items() if folded in wanted}

    def register_versions(self, first: datetime, last: datetime) -> RegisterVersions:
        register = MemoryRegister(self.uow)
        applied = sorted(batch.applied_at for batch, _ in self.tables.register)
        moments = (first, *(at for at in applied if first < at <= last))
        return RegisterVersions(
            moments=moments,
            versions=tuple(register.version_as_of(moment) for moment in moments),
            present=register.version(),
        )

    def _came_in(self, application: IdApplication) -> int:
        subject = Subject(SubjectKind.APPLICATION, application.number)
        return next((entry.seq for entry in MemoryAudit(self.uow).list(subject=subject, limit=1)), 0)
