"""pandera on pandas: the file is read and checked, all problems in one pass (``lazy``); nothing is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pandera.pandas as pa
from corpus import Files
from peer_pandas import read
from rules import DATE_FORMAT, DATES, RULES, SUSPECT, Rule
from work import Facts, Place, Work, expect


def _known(rule: Rule) -> Callable[[Any], Any]:
    """Asked once for each different value."""

    def known(values: Any) -> Any:
        answers = {value: not value or rule.known is None or rule.known(value) for value in values.unique()}
        return values.map(answers)

    return known


def _column(rule: Rule) -> pa.Column:
    checks = [
        pa.Check.str_length(max_value=rule.limit),
        pa.Check(lambda values: ~values.str.contains(SUSPECT, regex=True), name="characters"),
    ]
    if rule.required:
        checks.append(pa.Check(lambda values: values.str.strip() != "", name="required"))
    if rule.unique:
        checks.append(pa.Check(lambda values: (values == "") | ~values.duplicated(keep=False), name="twice"))
    if rule.pattern:
        checks.append(
            pa.Check(
                lambda values: values.str.normalize("NFKC").str.fullmatch(f"({rule.pattern})?"), name="form"
            )
        )
    if rule.choices:
        checks.append(pa.Check.isin([*rule.choices, ""]))
    if rule.known is not None:
        checks.append(pa.Check(_known(rule), name="unknown"))
    return pa.Column(str, checks)


def _days(values: Any) -> Any:
    return pd.to_datetime(values, format=DATE_FORMAT, errors="coerce")


def _schema() -> pa.DataFrameSchema:
    date = pa.Column(str, pa.Check(lambda values: (values == "") | _days(values).notna(), name="date"))
    first, last = DATES
    ordered = pa.Check(lambda frame: ~(_days(frame[last]) < _days(frame[first])), name="order")
    columns = {heading: _column(rule) for heading, rule in RULES.items()} | dict.fromkeys(DATES, date)
    return pa.DataFrameSchema(columns, checks=ordered, strict=True)


def validate(_place: Place, files: Files) -> Work:
    schema = _schema()

    def work() -> int:
        # Raises SchemaErrors, which lists everything, where something is wrong.
        return len(schema.validate(read(files.first), lazy=True))

    def check(rows: int) -> Facts:
        expect("rows", rows, files.rows)
        return {"rows": rows}

    return Work(work, check)
