"""The help desk's record of a walk as a page: what happened, what was entered, what the card said, what was found and advised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, cast

from ebidadmin.domain.case_records import CaseRecord
from ebidadmin.domain.certificates import CheckOutcome
from ebidadmin.domain.followups import FollowUpCode
from ebidadmin.services.card_checks import day
from ebidadmin.text import card_labels
from ebidadmin.text import card_walkthrough as words
from ebidadmin.text.certificate_sentences import OUTCOMES
from ebidadmin.text.error_sentences import ERRORS
from ebidadmin.text.follow_up_sentences import follow_up_label, follow_up_sentence
from ebidadmin.text.formats import moment
from ebidadmin.text.labels import CONTACT_GROUPS, CONTACT_LABELS, SEARCH_LABELS
from ebidadmin.text.messages import code_sentence
from ebidadmin.text.pages import Page, PageRow, PageSection, wareki_moment


def case_page(record: CaseRecord) -> Page:
    """The page of a record."""
    content = cast("Mapping[str, Any]", record.content)
    facts = {
        "session": record.session,
        "flow": card_labels.FLOWS[record.flow],
        "mode": card_labels.MODES[record.mode],
        "supplier_number": record.supplier_number or words.CASE_NONE,
        "started_at": wareki_moment(record.started_at),
        "written_at": wareki_moment(record.written_at),
        "written_by": record.written_by,
    }
    sections = (
        PageSection("steps", words.CASE_STEPS, tuple(_steps(content["steps"]))),
        PageSection("inputs", words.CASE_INPUTS, tuple(_inputs(content))),
        *(
            PageSection(name, words.CASE_CARD[name], tuple(_card(card)))
            for name, card in content["cards"].items()
        ),
        PageSection("findings", words.CASE_FINDINGS, tuple(_findings(content["findings"]))),
    )
    return Page(
        title=words.CASE_TITLE,
        facts=tuple(PageRow(key, words.CASE_ROWS[key], value) for key, value in facts.items()),
        sections=tuple(section for section in sections if section.rows),
        notes=(f"{words.ADVICE}: {record.advice}",) if record.advice else (),
    )


def _steps(steps: list[Mapping[str, Any]]) -> Iterator[PageRow]:
    for place, step in enumerate(steps):
        yield PageRow(f"step-{place}", moment(datetime.fromisoformat(step["at"])), _what(step))


def _what(step: Mapping[str, Any]) -> str:
    known = words.WHAT.get(step["what"])
    refused = step["facts"].get("code")
    if known is not None:
        return f"{known}: {code_sentence(refused)}" if refused in ERRORS else known
    return code_sentence(step["what"])


def _inputs(content: Mapping[str, Any]) -> Iterator[PageRow]:
    for key, value in content["searched"].items():
        yield PageRow(key, SEARCH_LABELS[key], value)
    for key, value in content["typed"].items():
        group, _, name = key.rpartition(".")
        if name != "email_again":
            yield PageRow(key, f"{CONTACT_GROUPS[group]} {CONTACT_LABELS[name]}", value)


def _card(card: Mapping[str, Any]) -> Iterator[PageRow]:
    for key, label in words.CARD_PARTS.items():
        value = str(card[key])
        if key == "outcome":
            value = OUTCOMES[CheckOutcome(value)]
        if key == "not_after":
            value = day(datetime.fromisoformat(value))
        yield PageRow(key, label, value or card_labels.NOT_IN_CERTIFICATE)


def _findings(findings: list[Mapping[str, Any]]) -> Iterator[PageRow]:
    for finding in findings:
        code = FollowUpCode(finding["code"])
        facts = {name: tuple(v) if isinstance(v, list) else v for name, v in finding["facts"].items()}
        yield PageRow(code.value, follow_up_label(code), follow_up_sentence(code, facts))
