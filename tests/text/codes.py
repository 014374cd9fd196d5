"""Reads from the source which error and problem codes the program raises, and with which facts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ebidadmin import errors
from tests.needs import ROOT

FAMILIES = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.EbidError)
}


@dataclass(frozen=True)
class Raised:
    """One place that makes an error or a problem. ``code`` is ``None`` where it is computed; ``facts`` where they are."""

    kind: Literal["error", "problem"]
    where: str
    module: str
    code: str | None
    facts: frozenset[str] | None


def raised() -> tuple[Raised, ...]:
    """Every such place of the package."""
    found: list[Raised] = []
    for path in sorted((ROOT / "ebidadmin").rglob("*.py")):
        module = path.relative_to(ROOT).as_posix()
        found += _of_module(module, ast.parse(path.read_text(encoding="utf-8")))
    return tuple(found)


def literals(module: str) -> frozenset[str]:
    """Every text constant of a module."""
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    return frozenset(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _of_module(module: str, tree: ast.AST) -> Iterator[Raised]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        where = f"{module}:{node.lineno}"
        if name in FAMILIES and node.args:
            keywords = {keyword.arg for keyword in node.keywords}
            facts = None if None in keywords else frozenset(str(keyword) for keyword in keywords)
            yield Raised("error", where, module, _constant(node.args[0]), facts)
        elif name == "Problem" and len(node.args) > 1:
            yield Raised("problem", where, module, _constant(node.args[1]), _keys(node))


def _constant(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _keys(call: ast.Call) -> frozenset[str] | None:
    given = call.args[2] if len(call.args) > 2 else None
    if given is None:
        return frozenset()
    if isinstance(given, ast.Dict) and all(isinstance(key, ast.Constant) for key in given.keys):
        return frozenset(str(key.value) for key in given.keys if isinstance(key, ast.Constant))
    return None
