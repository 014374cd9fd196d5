"""The made-up office: recognisably made up, the same for the same seed, and every kind of finding in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ebidadmin.bundled import bundled
from ebidadmin.demo.generator import DemoApplication, Stage, applications, changed, suppliers
from ebidadmin.demo.words import Words, load_words
from ebidadmin.domain.fields import FormRules, check_id_form
from ebidadmin.domain.findings import FindingCode
from tests.builders import NOON, SAMPLE_HASH, TODAY

PERIOD = (date(2025, 1, 1), date(2027, 12, 31))


@pytest.fixture(scope="module")
def words() -> Words:
    return load_words(bundled("data") / "samples" / "words.toml")


def made(words: Words, count: int = 200, seed: int = 7) -> list[DemoApplication]:
    first = suppliers(words, count=600, seed=3, period=PERIOD)
    second = changed(first, words, seed=4, share=0.05)
    return applications(
        words,
        second[len(words.samples) :],
        count=count,
        seed=seed,
        password_hash=SAMPLE_HASH,
        now=NOON,
        lapsed=[record for record in second if record.valid_to is not None and record.valid_to < TODAY],
        changing=[new for old, new in zip(first, second, strict=True) if old != new],
    )


def test_every_company_is_recognisably_made_up(words: Words) -> None:
    records = suppliers(words, count=300, seed=1, period=PERIOD)
    assert len({record.supplier_number for record in records}) == len(records)
    assert len({record.trade_name for record in records}) == len(records)
    for record in records:
        assert any(marker in record.trade_name for marker in words.markers)


def test_the_same_seed_makes_the_same_office(words: Words) -> None:
    assert made(words) == made(words)
    assert made(words, seed=8) != made(words, seed=9)


def test_the_next_register_differs_in_representatives_alone(words: Words) -> None:
    first = suppliers(words, count=300, seed=1, period=PERIOD)
    second = changed(first, words, seed=2, share=0.1)
    assert 10 < sum(old != new for old, new in zip(first, second, strict=True)) < 60
    for old, new in zip(first, second, strict=True):
        assert replace(new, representative_name=old.representative_name) == old


def test_every_finding_is_shown_and_half_are_clean(words: Words) -> None:
    shown = [one.shows for one in made(words)]
    assert set(shown) == {None, *FindingCode}
    assert shown.count(None) == len(shown) // 2


def test_every_row_obeys_the_form_rules(words: Words) -> None:
    rules = FormRules(mail_ok=lambda address: "@" in address)
    for one in made(words):
        row = one.row
        flat = {key: value for key, value in row.items() if isinstance(value, str)}
        for contact in ("main_contact", "applicant_contact"):
            values = row[contact]
            assert isinstance(values, dict)
            flat |= {f"{contact}.{name}": value for name, value in values.items()}
        checked = check_id_form(flat, rules=rules, need_email_again=False)
        assert checked.problems == (), (one.shows, checked.problems)


def test_findings_that_depend_on_time_have_their_stage(words: Words) -> None:
    stages = {one.shows: one.stage for one in made(words)}
    assert stages[FindingCode.CHANGED_SINCE_APPLICATION] is Stage.BEFORE_SECOND_IMPORT
    assert stages[FindingCode.ALREADY_APPROVED] is Stage.AFTER_APPROVAL
    assert stages[FindingCode.NAME_DIFFERS] is Stage.ORDINARY


def test_permits_are_made_for_all_but_the_missing(words: Words) -> None:
    for one in made(words):
        assert bool(one.permits) is (one.shows is not FindingCode.PERMIT_MISSING)


def test_too_few_suppliers_are_an_error(words: Words) -> None:
    with pytest.raises(ValueError, match="not enough suppliers"):
        applications(words, [], count=1, seed=1, password_hash=SAMPLE_HASH, now=NOON)
