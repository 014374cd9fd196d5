"""frictionless: the file is read and checked, all problems in one pass; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import attrs
import frictionless as fl
from corpus import HEADINGS, NUMBER, Files
from rules import DATE_FORMAT, DATES, RULES, SUSPECT
from work import Facts, Place, Work, expect


def _field(heading: str) -> dict[str, Any]:
    if heading in DATES:
        return {"name": heading, "type": "date", "format": DATE_FORMAT}
    rule = RULES[heading]
    constraints: dict[str, Any] = {"maxLength": rule.limit}
    # The pattern of a column without another one keeps unusable characters out.
    constraints["pattern"] = rule.pattern or f"[^{SUSPECT[1:-1]}]*"
    if rule.required:
        constraints["required"] = True
    if rule.unique and heading != NUMBER:
        constraints["unique"] = True
    if rule.choices:
        constraints = {"enum": list(rule.choices)}
    return {"name": heading, "type": "string", "constraints": constraints}


@attrs.define(kw_only=True, repr=False)
class Register(fl.Check):
    """What no constraint of a field can say: numbers and addresses that exist, dates in order."""

    type = "register"
    Errors: ClassVar = [fl.errors.RowError]

    def validate_row(self, row: fl.Row) -> Iterable[fl.Error]:
        for heading, rule in RULES.items():
            value = row[heading]
            if rule.known is not None and value and not rule.known(value):
                yield fl.errors.RowError.from_row(row, note=f"{heading}: {value}")
        first, last = (row[heading] for heading in DATES)
        if first and last and last < first:
            yield fl.errors.RowError.from_row(row, note=f"{DATES[1]}: {last}")


def validate(_place: Place, files: Files) -> Work:
    schema = fl.Schema.from_descriptor(
        {"fields": [_field(heading) for heading in HEADINGS], "primaryKey": [NUMBER]}
    )

    def work() -> Any:
        resource = fl.Resource(
            path=files.first.name,
            basepath=str(files.first.parent),
            format="csv",
            encoding="cp932",
            schema=schema,
        )
        return resource.validate(fl.Checklist(checks=[Register()]), limit_errors=1_000_000)

    def check(report: Any) -> Facts:
        expect("problems", report.flatten(["rowNumber", "fieldName", "note"]), [])
        expect("rows", report.tasks[0].stats["rows"], files.rows)
        return {"rows": files.rows}

    return Work(work, check)
