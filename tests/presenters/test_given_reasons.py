"""A reason that somebody took out of the catalogue after it was given: what was decided can still be looked at."""

from __future__ import annotations

from dataclasses import replace

from ebidadmin.domain.permits import PermitState
from ebidadmin.presenters.case import CasePresenter
from ebidadmin.presenters.case_view import view_of
from ebidadmin.presenters.record_lines import permit_lines
from tests import builders
from tests.persistence import office as filling
from tests.presenters import permits_desk
from tests.presenters.office import Place

LOST = "R01"


def test_cases_open_and_show_the_code(place: Place) -> None:
    place.register(1)
    filling.save(place.office.uow, filling.rejection(place.submit(1)))
    place.submit(2, entered=builders.form(1))
    for number in (builders.application_number(1), builders.application_number(2)):
        case = CasePresenter(place.office, staff=place.staff)
        case.open(number)
        view = view_of(case)
        assert view is not None
        assert LOST in str(view)


def test_permits_open_and_show_the_code(place: Place) -> None:
    place.register(1)
    permit = builders.permit(1, granted=False)
    refused = replace(
        permit,
        state=PermitState.REFUSED,
        refusal_reasons=(LOST,),
        document=builders.document(1),
        decided_at=builders.NOON,
        decided_by="tanaka",
    )
    filling.save(place.office.uow, filling.stored_permit(refused))
    screen = permits_desk.screen(place)
    screen.one.open(permit.id)
    assert screen.one.view is not None
    assert LOST in str(screen.one.view)
    assert LOST in str(permit_lines([refused], place.office.permit_reasons))
