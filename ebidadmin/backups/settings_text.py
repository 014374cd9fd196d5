"""The address of the database in the text of a desk's settings, changed: everything else stays as its administrator wrote it."""

from __future__ import annotations

import json
import re
import tomllib

from ebidadmin.errors import ConfigurationError

_SECTION = re.compile(r"^\[database\][ \t]*(?:#.*)?\r?$", re.MULTILINE)
_NEXT = re.compile(r"^\[", re.MULTILINE)
_URL = re.compile(r"""^([ \t]*url[ \t]*=[ \t]*)(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*')""", re.MULTILINE)


def with_address(text: str, url: str) -> str:
    """The settings with another ``database.url``. Raises ``ConfigurationError`` ``setting-url-form`` where it stands in a form that is not
    found again."""
    section = _SECTION.search(text)
    start = section.end() if section else len(text)
    following = _NEXT.search(text, start)
    end = following.start() if following else len(text)
    found = _URL.search(text, start, end)
    if found is None:
        raise ConfigurationError("setting-url-form", setting="database.url")
    changed = (
        f"{text[: found.start()]}{found.group(1)}{json.dumps(url, ensure_ascii=False)}{text[found.end() :]}"
    )
    wanted = tomllib.loads(text)
    wanted["database"]["url"] = url
    if tomllib.loads(changed) != wanted:
        raise ConfigurationError("setting-url-form", setting="database.url")
    return changed
