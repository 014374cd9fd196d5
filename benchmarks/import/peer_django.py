"""django-import-export, in two ways: as it is when it is installed, and as its documentation advises for large files (in bulk, with a
cached loader, without the difference of each row as HTML).

A first import and a changed file are previewed (a dry run, as its admin pages do) and then imported; the same file is previewed.
Rows are validated by the model's fields and its ``clean``. It keeps no history, and nothing vanishes that the file does not name.
"""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Any

import django
import tablib
from corpus import GRADES, HEADINGS, NUMBER, Files
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import connection, models
from rules import DATE_FORMAT, DATES, RULES, SUSPECT, Rule
from sqlalchemy import make_url
from work import Facts, Place, Work, expect

APP = __name__
"""This module is the application that the model belongs to."""
NAMES = {heading: f"c{number}" for number, heading in enumerate(HEADINGS)}
SINCE, UNTIL = (NAMES[heading] for heading in DATES)


def _known(rule: Rule) -> Any:
    def known(value: str) -> None:
        if rule.known is not None and not rule.known(value):
            raise ValidationError("unknown", code="unknown")

    return known


def _field(heading: str) -> Any:
    if heading in DATES:
        return models.DateField(null=True, blank=True, verbose_name=heading)
    rule = RULES[heading]
    validators: list[Any] = [RegexValidator(SUSPECT, inverse_match=True)]
    if rule.pattern:
        validators.append(RegexValidator(f"^(?:{rule.pattern})\\Z"))
    if rule.known is not None:
        validators.append(_known(rule))
    choices = [(sign, sign) for sign in rule.choices] if heading in GRADES else None
    return models.CharField(
        verbose_name=heading,
        max_length=rule.limit,
        blank=not rule.required,
        primary_key=heading == NUMBER,
        # An index; that no corporate number comes twice is asked of the whole file below, not row by row of the database.
        db_index=rule.unique and heading != NUMBER,
        choices=choices,
        validators=validators,
    )


def _database(place: Place) -> dict[str, Any]:
    url = make_url(place.database)
    if place.engine == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(place.folder / "django.sqlite")}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.database,
        "USER": url.username,
        "HOST": str(url.query["host"]),
    }


def _clean(self: Any) -> None:
    since, until = getattr(self, SINCE), getattr(self, UNTIL)
    if since and until and until < since:
        raise ValidationError({UNTIL: "order"})


def _start(place: Place, *, bulk: bool) -> tuple[Any, Any]:
    """The model and its resource. Django is set up once in a process, and so are they."""
    settings.configure(
        DATABASES={"default": _database(place)},
        INSTALLED_APPS=["import_export", APP],
        USE_TZ=True,
        DEBUG=False,
    )
    django.setup()
    model = _model()
    return model, _resource(model, bulk=bulk)


def _model() -> Any:
    meta = type("Meta", (), {"app_label": APP, "db_table": "register"})
    columns = {NAMES[heading]: _field(heading) for heading in HEADINGS}
    return type(
        "Register", (models.Model,), {**columns, "clean": _clean, "__module__": __name__, "Meta": meta}
    )


def _resource(model: Any, *, bulk: bool) -> Any:
    from import_export import instance_loaders, resources

    class Loader(instance_loaders.ModelInstanceLoader):
        """Like the cached loader of the library, but without a list of all keys in its query, which has more values than SQLite takes."""

        def __init__(self, resource: Any, dataset: Any = None) -> None:
            super().__init__(resource, dataset)
            self.known = {instance.pk: instance for instance in self.get_queryset()}

        def get_instance(self, row: Any) -> Any:
            return self.known.get(row[NUMBER])

    class AsInstalled(resources.ModelResource):
        def before_import(self, dataset: Any, **_options: Any) -> None:
            _refuse_doubles(dataset)

        class Meta:
            import_id_fields = (NAMES[NUMBER],)
            skip_unchanged = True
            clean_model_instances = True

    class InBulk(AsInstalled):
        def validate_instance(
            self, instance: Any, import_validation_errors: Any = None, validate_unique: bool = True
        ) -> None:
            """Without asking the database for each row whether its key is taken: the loader has just looked."""
            super().validate_instance(instance, import_validation_errors, validate_unique=False)

        class Meta(AsInstalled.Meta):
            report_skipped = False
            skip_html_diff = True
            use_bulk = True
            instance_loader_class = Loader

    return _with_columns(InBulk if bulk else AsInstalled, model)


def _refuse_doubles(dataset: Any) -> None:
    """Keys and corporate numbers that come twice in the file."""
    for heading, rule in RULES.items():
        values = [value for value in dataset[heading] if value] if rule.unique else []
        if len(values) != len(set(values)):
            raise ValidationError(f"{heading}: twice")


def _with_columns(resource: Any, model: Any) -> Any:
    from import_export import fields, widgets

    resource._meta.model = model
    for heading, name in NAMES.items():
        widget = widgets.DateWidget(format=DATE_FORMAT) if heading in DATES else widgets.CharWidget()
        resource.fields[name] = fields.Field(attribute=name, column_name=heading, widget=widget)
    return resource()


def _read(path: Path) -> Any:
    with path.open(encoding="cp932", newline="") as file:
        return tablib.Dataset().load(file, format="csv")


def _work(place: Place, path: Path, *, bulk: bool, applied: bool, expected: dict[str, int]) -> Work:
    model, resource = _start(place, bulk=bulk)
    if model._meta.db_table not in connection.introspection.table_names():
        with connection.schema_editor() as editor:
            editor.create_model(model)

    def work() -> tuple[Any, dict[str, float]]:
        start = time.perf_counter()
        result = resource.import_data(_read(path), dry_run=True)
        parts = {"preview": time.perf_counter() - start}
        if applied:
            result = resource.import_data(_read(path), dry_run=False)
            parts["import"] = time.perf_counter() - start - parts["preview"]
        return result, parts

    def check(done: tuple[Any, dict[str, float]]) -> Facts:
        result, parts = done
        expect("errors", [str(error.error) for error in [*result.base_errors, *_row_errors(result)]], [])
        expect("invalid rows", [str(row.error) for row in result.invalid_rows[:3]], [])
        expect("rows", {name: count for name, count in result.totals.items() if count}, expected)
        return {"parts": parts}

    return Work(work, check)


def _row_errors(result: Any) -> list[Any]:
    return [error for _row, errors in result.row_errors()[:3] for error in errors]


def _first(place: Place, files: Files, bulk: bool) -> Work:
    return _work(place, files.first, bulk=bulk, applied=True, expected={"new": files.rows})


def _same(place: Place, files: Files, bulk: bool) -> Work:
    return _work(place, files.first, bulk=bulk, applied=False, expected={"skip": files.rows})


def _changed(place: Place, files: Files, bulk: bool) -> Work:
    counts = {"update": files.changed, "skip": files.rows - files.changed}
    return _work(place, files.second, bulk=bulk, applied=True, expected=counts)


first, same, changed = (partial(work, bulk=False) for work in (_first, _same, _changed))
bulk_first, bulk_same, bulk_changed = (partial(work, bulk=True) for work in (_first, _same, _changed))
