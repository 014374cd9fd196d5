"""The name match of the registration search (interface; see the tests for every class)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class NameRules:
    """``variants`` maps a variant kanji to the one it is compared as; data, with its source, under ``data/reference``."""

    variants: Mapping[str, str] = field(default_factory=dict)
