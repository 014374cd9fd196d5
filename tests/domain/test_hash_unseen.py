"""A password hash is in no representation that a traceback or a log could carry away."""

from __future__ import annotations

from ebidadmin.domain import registrations
from ebidadmin.domain.ids import EnterpriseId
from ebidadmin.services.intake_rows import IntakeRow
from tests.builders import NOON, SAMPLE_HASH, application, form


def test_no_representation_holds_the_hash() -> None:
    one = application()
    registration = registrations.create(
        application=one.number,
        supplier_number=one.supplier_number,
        enterprise_id=EnterpriseId("1352100000000001"),
        user_id=one.form.user_id,
        password_hash=SAMPLE_HASH,
        main_contact=one.form.main_contact,
        applicant_contact=one.form.applicant_contact,
        by="tanaka",
        at=NOON,
    )
    row = IntakeRow(line=1, number=one.number, form=form(), password_hash=SAMPLE_HASH, applied_at=NOON)
    for holder in (one, registration, registration.after, row):
        assert SAMPLE_HASH not in repr(holder)
