"""No mail is made from a text that quotes an entry: in whatever spelling, of every kind that has free text."""

from __future__ import annotations

from functools import cache

import pytest

from ebidadmin.bundled import bundled
from ebidadmin.domain.applications import IdForm
from ebidadmin.domain.mails import ID_DESK_MAILS, MailDraft, MailKind
from ebidadmin.errors import InputError
from ebidadmin.mailing.composer import CODED_FIELDS, OWN_FIELDS, TemplateComposer
from ebidadmin.mailing.reasons import load_reasons
from ebidadmin.text import labels
from ebidadmin.text.messages import problem_sentence
from tests.builders import NOON, application
from tests.harmless import harmless
from tests.persistence.office import registration
from tests.quoting import FIELDS, OWN, Probe, probes
from tests.spellings import RULES

SHIPPED = bundled("data") / "reference"
REASONS = load_reasons(SHIPPED / "reasons.toml")
COMPOSER = TemplateComposer(
    SHIPPED / "mails", reasons=REASONS, names=RULES, office_name=OWN[0], contact=OWN[2], own=OWN
)
FREE_TEXTS = [
    (kind, name)
    for kind in MailKind
    if kind is not MailKind.REPORT_FAILED  # to the office itself, in the program's own words
    for name in sorted(OWN_FIELDS.get(kind, frozenset()) - CODED_FIELDS - {"expires_on"})
]
"""The kinds with words that a person writes, and the field that takes them."""


@cache
def by_field() -> dict[str, list[Probe]]:
    """Every spelling of each entry. Made when it is asked for: others import this module, and each process of a run collects it."""
    found: dict[str, list[Probe]] = {key: [] for key in FIELDS}
    for one in probes():
        found[one.field].append(one)
    return found


def composed(kind: MailKind, entered: IdForm, text: str) -> tuple[MailDraft, ...]:
    """The mails of that kind, with the text, to a supplier who entered that."""
    one = application(entered=entered)
    if kind in ID_DESK_MAILS:
        live = registration(one).after
        return COMPOSER.compose_id_desk(kind, live, one, reason=text, at=NOON)
    facts = {"reasons": ("other",), "note": text} if kind is MailKind.ID_REJECTED else {"text": text}
    return (COMPOSER.compose(kind, one, **facts),)


def test_the_kinds_with_free_text() -> None:
    assert FREE_TEXTS == [
        (MailKind.ID_REJECTED, "note"),
        (MailKind.ID_INQUIRED, "text"),
        (MailKind.ID_SUSPENDED, "reason"),
        (MailKind.ID_CANCELLED, "reason"),
    ]


@pytest.mark.parametrize("key", FIELDS)
@pytest.mark.parametrize(("kind", "name"), FREE_TEXTS)
def test_each_spelling_is_refused_naming_the_field(kind: MailKind, name: str, key: str) -> None:
    for probe in by_field()[key][::4]:
        with pytest.raises(InputError) as refused:
            composed(kind, probe.form, probe.text)
        assert refused.value.code == "mail-quotes-entry"
        named = {problem.facts["field"]: problem for problem in refused.value.problems}
        assert named[key].where == name
        sentence = problem_sentence(named[key])
        assert labels.field_name(key) in sentence
        assert labels.field_name(name) in sentence


@pytest.mark.parametrize(("kind", "name"), FREE_TEXTS)
def test_what_quotes_nothing_is_mailed_as_written(kind: MailKind, name: str) -> None:
    for entered, text in list(harmless())[::7]:
        for draft in composed(kind, entered, text):
            assert text.strip() in draft.body
