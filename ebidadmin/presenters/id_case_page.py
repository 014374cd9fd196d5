"""The help desk's record of a rehearsed ID application: the advice that is asked for, and the page that is printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from ebidadmin.domain.findings import ReferenceFacts
from ebidadmin.domain.id_case_records import IdCaseRecord
from ebidadmin.domain.staff import Staff
from ebidadmin.presenters.id_walkthrough_screens import label_of, remark_lines
from ebidadmin.presenters.id_walkthrough_state import ScreenId, Walk
from ebidadmin.presenters.notices import Notice, done
from ebidadmin.services import id_cases
from ebidadmin.services.ports import Office
from ebidadmin.text import card_walkthrough as words
from ebidadmin.text import pages
from ebidadmin.text.labels import SEARCH_LABELS
from ebidadmin.text.screens import ID_FORM
from ebidadmin.text.walkthrough import MODE_LABELS, NOT_HERE


def record_case(office: Office, staff: Staff, walk: Walk, advice: str) -> Notice:
    """Write the record of a rehearsal that is over; one for each walk. Raises as ``id_cases.record_case`` does."""
    if (
        walk.screen is not ScreenId.DONE
        or not walk.rehearsal
        or walk.found is None
        or walk.recorded is not None
    ):
        return Notice("warning", NOT_HERE)
    written = id_cases.record_case(
        office,
        staff=staff,
        supplier_number=walk.found.supplier_number,
        searched=walk.searched,
        typed=walk.typed,
        remarks=walk.remarks,
        advice=advice,
    )
    walk.recorded = case_page(written)
    return done(words.RECORDED)


def case_page(record: IdCaseRecord) -> pages.Page:
    """The page of a record."""
    content = cast("Mapping[str, Any]", record.content)
    facts = {
        "session": record.id,
        "flow": ID_FORM.title,
        "mode": MODE_LABELS["rehearsal"],
        "supplier_number": record.supplier_number,
        "written_at": pages.wareki_moment(record.written_at),
        "written_by": record.written_by,
    }
    remarks = ReferenceFacts(
        postcode_mismatch=tuple(content["remarks"]["postcode_mismatch"]),
        phone_unknown=tuple(content["remarks"]["phone_unknown"]),
        mail_unusual=tuple((key, domain) for key, domain in content["remarks"]["mail_unusual"]),
    )
    told = tuple(
        pages.PageRow(f"remark-{place}", words.CASE_REMARK, line)
        for place, line in enumerate(remark_lines(remarks))
    )
    sections = (
        pages.PageSection("inputs", words.CASE_INPUTS, tuple(_inputs(content))),
        pages.PageSection("findings", words.CASE_FINDINGS, told),
    )
    return pages.Page(
        title=words.CASE_TITLE,
        facts=tuple(pages.PageRow(key, words.CASE_ROWS[key], value) for key, value in facts.items()),
        sections=tuple(section for section in sections if section.rows),
        notes=(f"{words.ADVICE}: {record.advice}",) if record.advice else (),
    )


def _inputs(content: Mapping[str, Any]) -> Iterator[pages.PageRow]:
    for key, value in content["searched"].items():
        yield pages.PageRow(key, SEARCH_LABELS[key], value)
    for key, value in content["typed"].items():
        if not key.endswith("_again"):
            yield pages.PageRow(key, label_of(key), value)
