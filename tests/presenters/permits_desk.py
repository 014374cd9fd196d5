"""A desk for paper permits: three suppliers in the register, and letters that are made without typesetting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from ebidadmin.domain.ids import PermitId
from ebidadmin.domain.layouts import DateWords, Era
from ebidadmin.domain.permits import PaperChannel, Permit
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import DocumentError
from ebidadmin.presenters.open_permit import Paper
from ebidadmin.presenters.permits import Permits
from ebidadmin.services import permits as service
from ebidadmin.services.permit_letters import LetterFacts
from tests import builders
from tests.presenters.office import Place

DATES = DateWords((Era(("令和", "R"), date(2019, 5, 1)),), ("元",), ("年", "月", "日"))
PICTURE = b"\x89PNG"


class Press:
    """Letters as the names on them; refuses the name ``外字``."""

    def __call__(self, letters: Sequence[LetterFacts]) -> Paper:
        names = [one.trade_name for one in letters]
        if "外字" in names:
            raise DocumentError("glyph-missing", character="x", codepoint="U+E000", field="trade_name")
        return Paper("\n".join(names).encode(), (PICTURE,))


def screen(place: Place, staff: Staff | None = None) -> Permits:
    acting = staff or place.staff
    return Permits(place.office, staff=acting, reader=place.permit_reader, press=Press(), dates=DATES)


def recorded(place: Place, n: int = 92, **changes: Any) -> Permit:
    given: dict[str, Any] = {
        "supplier_number": builders.supplier_number(n),
        "received": date(2026, 10, 5),
        "channel": PaperChannel.FAX,
        "applicant": builders.trade_name(n),
        "reply_channel": PaperChannel.POST,
    }
    return service.record(place.office, staff=place.staff, **(given | changes))


def granted(place: Place, n: int = 92, **changes: Any) -> Permit:
    asked = recorded(place, n, **changes)
    return service.grant(place.office, staff=place.staff, permit_id=asked.id, valid_to=date(2028, 3, 31))


def stored(place: Place, number: str) -> Permit:
    with place.office.uow() as uow:
        return uow.permits.get(PermitId(number))
