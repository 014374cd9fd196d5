"""House rules that neither a linter nor the import contracts can see: each takes a file and yields what breaks the rule."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from tests.house.source import Source

Rule = Callable[[Source], Iterator[str]]

LONGEST_FILE = 400
LONGEST_FUNCTION = 40

# Kana, kanji, the ideographic space and punctuation, full-width and half-width forms.
JAPANESE = re.compile(
    "[\u3000-\u30ff\u3220-\u33ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
# Written with escapes, signs, ranges and classes of characters are a rule about characters; two letters in a row are wording.
JAPANESE_WORDING = re.compile("[\\u3041-\\u30fa\\u3400-\\u9fff\\uff66-\\uff6f\\uff71-\\uff9d]{2}")
CHARACTER_CLASS = re.compile(r"\[[^\]]*\]")

CLOCK_FUNCTIONS = {"time", "time_ns", "localtime", "gmtime", "ctime"}
CLOCK_METHODS = {"now", "utcnow", "today"}
CLOCK_OWNERS = {"datetime", "date", "Timestamp", "func"}

BROAD = {"Exception", "BaseException"}
EDGES = {
    # Where an unforeseen error must become a sentence or an entry in the log, because nobody stands behind to catch it.
    "ebidadmin/cli/__init__.py:main",
    "ebidadmin/screens/components/binding.py:guard",
    "ebidadmin/lab/serverext.py:clean_before_save",
    "ebidadmin/report_making/maker.py:_or_failed",
}

SKIPS = {"skip", "skipif", "xfail", "importorskip"}


def at(source: Source, node: ast.AST, text: str) -> str:
    """A finding with its place."""
    return f"{source.path}:{getattr(node, 'lineno', 1)}: {text}"


def dotted(node: ast.AST) -> str:
    """``a.b.c`` of a name or attribute; the empty text for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def imported_names(tree: ast.Module) -> dict[str, str]:
    """Local name → full name, of every import in the file."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update({alias.asname or alias.name: alias.name for alias in node.names})
        elif isinstance(node, ast.ImportFrom):
            names.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
    return names


def full_name(node: ast.AST, names: dict[str, str]) -> str:
    """The dotted name with its first part replaced by what was imported under it."""
    first, dot, rest = dotted(node).partition(".")
    return f"{names.get(first, first)}{dot}{rest}"


def no_japanese(source: Source) -> Iterator[str]:
    """Japanese lives in ``ebidadmin/text/`` and in the data files."""
    if not source.in_package or source.path.startswith("ebidadmin/text/"):
        return
    for number, line in enumerate(source.text.splitlines(), 1):
        if JAPANESE.search(line):
            yield f"{source.path}:{number}: Japanese outside ebidadmin/text/"
    if source.path.endswith(".py"):
        for node in ast.walk(source.tree):
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if JAPANESE_WORDING.search(CHARACTER_CLASS.sub("", text)):
                yield at(source, node, "Japanese wording outside ebidadmin/text/")


def no_clock_read(source: Source) -> Iterator[str]:
    """The present moment comes from the clock that is passed in."""
    if not source.in_package or source.path == "ebidadmin/clock.py":
        return
    names = imported_names(source.tree)
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Attribute | ast.Name):
            continue
        owner, _, name = full_name(node, names).rpartition(".")
        of_time = owner == "time" and name in CLOCK_FUNCTIONS
        of_datetime = name in CLOCK_METHODS and owner.rpartition(".")[2] in CLOCK_OWNERS
        if of_time or of_datetime:
            yield at(source, node, f"{owner}.{name} reads a clock outside clock.py")


def no_commit(source: Source) -> Iterator[str]:
    """Only the unit of work commits: a service ends its own with ``uow.commit()``, nobody touches a session or connection."""
    if not source.in_package or source.path == "ebidadmin/persistence/unit_of_work.py":
        return
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Attribute) or node.attr != "commit":
            continue
        if not (source.path.startswith("ebidadmin/services/") and dotted(node) == "uow.commit"):
            yield at(source, node, "a commit outside the unit of work")


def no_print(source: Source) -> Iterator[str]:
    """A program that others build on does not write on their terminal."""
    if not source.in_package:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and dotted(node.func) in {"print", "builtins.print"}:
            yield at(source, node, "print")


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    def inside(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{prefix}{child.name}", child
            named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            yield from inside(child, f"{prefix}{getattr(child, 'name', '')}." if named else prefix)

    yield from inside(tree, "")


def _is_broad(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or dotted(kind).rpartition(".")[2] in BROAD for kind in kinds)


def no_broad_except(source: Source) -> Iterator[str]:
    """What is not understood goes on to one of the named edges."""
    if not source.in_package:
        return
    excused = {
        handler
        for name, function in _functions(source.tree)
        if f"{source.path}:{name}" in EDGES
        for handler in ast.walk(function)
        if isinstance(handler, ast.ExceptHandler)
    }
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler) and _is_broad(node) and node not in excused:
            yield at(source, node, "a broad except outside the named edges")


def no_long_file(source: Source) -> Iterator[str]:
    """A file is read in one sitting."""
    length = len(source.text.splitlines())
    if length > LONGEST_FILE:
        yield f"{source.path}: {length} lines, at most {LONGEST_FILE}"


def no_long_function(source: Source) -> Iterator[str]:
    """A function fits on a screen. Its docstring does not count."""
    for name, function in _functions(source.tree):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        first = function.body[0]
        if ast.get_docstring(function, clean=False) is not None:
            lines -= (first.end_lineno or first.lineno) - first.lineno + 1
        if lines > LONGEST_FUNCTION:
            yield at(source, function, f"{name} has {lines} lines, at most {LONGEST_FUNCTION}")


def no_sleep_in_tests(source: Source) -> Iterator[str]:
    """A test waits for what it expects, never for time to pass."""
    if not source.path.startswith("tests/"):
        return
    names = imported_names(source.tree)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and full_name(node.func, names) in {"time.sleep", "asyncio.sleep"}:
            yield at(source, node, "a sleep in a test")


def no_quiet_skip(source: Source) -> Iterator[str]:
    """A test is left out through ``require_component`` only, which knows when that is a failure."""
    if not source.path.startswith("tests/") or source.path == "tests/needs.py":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in SKIPS and dotted(node).startswith("pytest."):
            yield at(source, node, f"{dotted(node)}: use require_component")


def reasons_for_exceptions(source: Source) -> Iterator[str]:
    """Whoever switches a check off says why, on the same line."""
    for number, line in enumerate(source.text.splitlines(), 1):
        found = re.search(r"#\s*(noqa|type:\s*ignore)(:\s*[A-Z0-9, ]+|\[[\w,\- ]+\])?(.*)", line)
        if found and not re.search(r"\w{3}", found.group(3)):
            yield f"{source.path}:{number}: a check is switched off without a reason"


RULES: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        no_japanese,
        no_clock_read,
        no_commit,
        no_print,
        no_broad_except,
        no_long_file,
        no_long_function,
        no_sleep_in_tests,
        no_quiet_skip,
        reasons_for_exceptions,
    )
}
