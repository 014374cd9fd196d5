"""The typed parameters of a report: read from its notebook without running it, and checked before a kernel starts."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ebidadmin.errors import ConfigurationError, InputError, Problem

Value = str | int | float | bool

TAG = "parameters"
"""Of the one cell whose assignments are the parameters."""

RESERVED = ("as_of", "period")
"""Given by whoever runs the report, never by a person."""

_TYPES: Mapping[str, type[Value]] = {"str": str, "int": int, "float": float, "bool": bool}
_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_SECRET = re.compile(
    r"(?:^|_)(?:pass(?:word|wd|phrase|code)?|pw|pin|secret|token|otp|credential|key|code)s?(?:_|$)|password|passwd",
    re.IGNORECASE,
)
"""Names under which somebody might write a PIN, a password or a one-time code: parameters stay in the executed notebook."""

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; ``default`` is ``None`` where it has to be given."""

    name: str
    kind: type[Value]
    default: Value | None


def read_parameters(notebook: Path) -> tuple[Parameter, ...]:
    """Those of a notebook, in order.

    Raises ``ConfigurationError`` ``report-broken`` (``file``, ``reason``) for what is no notebook or has no such cell, has something else
    in it than ``name: type = value``, lacks the ones that are given by whoever runs it, or has one that is called like a secret.
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        tagged = [cell for cell in cells if TAG in cell.get("metadata", {}).get("tags", ())]
        (cell,) = tagged
        tree = ast.parse("".join(cell["source"]))
        found = tuple(_parameters(tree))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SyntaxError) as error:
        raise ConfigurationError("report-broken", file=str(notebook), reason=_reason(error)) from error
    names = [one.name for one in found]
    if missing := [name for name in RESERVED if name not in names]:
        raise ConfigurationError("report-broken", file=str(notebook), reason=f"no parameter {missing[0]}")
    if secret := [name for name in names if _SECRET.search(name)]:
        raise ConfigurationError("report-broken", file=str(notebook), reason=f"parameter {secret[0]}")
    return found


def typed(parameters: tuple[Parameter, ...], given: Mapping[str, str]) -> dict[str, Value]:
    """The values that were given as text, as what they are; those with a default may be left out.

    Raises ``InputError`` ``report-parameters`` with a problem for each that is unknown, missing, of another type or called like a secret;
    of a value no more is told than its parameter.
    """
    known = {one.name: one for one in parameters if one.name not in RESERVED}
    problems: list[Problem] = []
    values: dict[str, Value] = {}
    for name, text in given.items():
        if _SECRET.search(name):
            problems.append(Problem(name, "parameter-secret"))
        elif name not in known:
            problems.append(Problem(name, "parameter-unknown", {"known": tuple(known)}))
        elif (value := _value(known[name].kind, text)) is None:
            problems.append(Problem(name, "parameter-type", {"wanted": known[name].kind.__name__}))
        else:
            values[name] = value
    problems += [
        Problem(name, "parameter-missing")
        for name, one in known.items()
        if one.default is None and name not in given
    ]
    if problems:
        raise InputError("report-parameters", problems)
    return values


def _parameters(tree: ast.Module) -> Iterator[Parameter]:
    for node in tree.body:
        if not (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)):
            raise ValueError(f"line {node.lineno} of the parameters")
        kind = _TYPES[ast.unparse(node.annotation).removesuffix(" | None")]
        default: Any = None if node.value is None else ast.literal_eval(node.value)
        if default is not None and type(default) is not kind:
            raise ValueError(f"line {node.lineno} of the parameters")
        yield Parameter(node.target.id, kind, default)


def _value(kind: type[Value], text: str) -> Value | None:
    """``None`` for a text that is no such value."""
    if kind is bool:
        return _TRUTHS.get(text.strip().lower())
    if kind is int:
        return int(text) if _WHOLE.fullmatch(text.strip()) else None
    if kind is float:
        try:
            number = float(text)
        except ValueError:
            return None
        return number if abs(number) < float("inf") else None
    return text if len(text) <= _LONGEST and text.isprintable() else None


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"unknown type or missing part {error}"
    return str(getattr(error, "strerror", None) or str(error) or type(error).__name__)
