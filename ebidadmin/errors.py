"""The error tree: every refusal of ebidadmin is one of these, with a code and facts, never with wording.

The wording (Japanese, and English for the terminal) is made in ``ebidadmin.text.messages`` from code and facts.
Facts must never hold a PIN, a password or a one-time code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

FactValue = str | int | float | bool | None | tuple[str, ...]
Facts = Mapping[str, FactValue]


class EbidError(Exception):
    """Root of all refusals.

    ``code`` is a stable kebab-case word; ``facts`` are the values that a sentence about it needs.
    """

    def __init__(self, code: str, **facts: FactValue) -> None:
        super().__init__(code)
        self.code = code
        self.facts: Facts = MappingProxyType(dict(facts))

    def __str__(self) -> str:
        if not self.facts:
            return self.code
        listed = ", ".join(f"{name}={value!r}" for name, value in sorted(self.facts.items()))
        return f"{self.code} ({listed})"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what was entered or sent.

    ``where`` names the field, column or setting; ``code`` says what is wrong; ``facts`` fill the sentence.
    """

    where: str
    code: str
    facts: Facts = field(default_factory=dict)


class ConfigurationError(EbidError):
    """The settings, the desk folder or the installation do not allow to go on."""


class InputError(EbidError):
    """What was entered or sent breaks rules; ``problems`` lists all of them at once."""

    def __init__(self, code: str, problems: Iterable[Problem] = (), **facts: FactValue) -> None:
        super().__init__(code, **facts)
        self.problems: tuple[Problem, ...] = tuple(problems)

    def __str__(self) -> str:
        # Values are left out on purpose: they may be personal data, and this text reaches logs.
        listed = ", ".join(f"{problem.where}: {problem.code}" for problem in self.problems)
        return f"{super().__str__()} [{listed}]" if listed else super().__str__()


class RuleError(EbidError):
    """A rule of the office forbids it."""


class IllegalTransitionError(RuleError):
    """The life cycle has no such step from the present state. Facts: ``subject``, ``state``, ``verb``."""


class NotPermittedError(RuleError):
    """The acting person's roles do not include it. Facts: ``staff``, ``permission``."""


class NotEligibleError(RuleError):
    """Findings that block stand against it. Facts: ``findings`` (their codes)."""


class StalePlanError(RuleError):
    """What was previewed is no longer what would happen. Facts say which part changed."""


class DoorClosedError(RuleError):
    """Outside the service hours of a door. Facts: ``door``, ``next_opening`` (ISO time, JST)."""


class HeldByOtherError(RuleError):
    """Another person works on it just now. Facts: ``holder``, ``until`` (ISO time, UTC)."""


class NotFoundError(EbidError):
    """There is no such record. Facts: ``kind``, ``id``."""


class ConcurrentEditError(EbidError):
    """Somebody else changed it first. Facts: ``kind``, ``id``, ``by``, ``at`` (ISO time, UTC), ``state``."""


class StorageError(EbidError):
    """The database cannot be used: locked, read-only, full, of another revision."""


class SchemaError(StorageError):
    """The database has another revision than this program. Facts: ``found``, ``wanted``."""


class CardError(EbidError):
    """A card, its reader or its software does not do what is asked. Fact ``step``: ``load``, ``find``, ``read``, ``log-in`` or ``sign``."""


class MailError(EbidError):
    """A mail could not be handed over."""


class MailTransientError(MailError):
    """Trying again later may help."""


class MailServerError(MailTransientError):
    """The mail server serves nobody just now: the other mails of a round need not try either. Facts: ``server``, ``step``, ``reply``."""


class MailPermanentError(MailError):
    """Trying again will not help."""


class DocumentError(EbidError):
    """A page or letter could not be made, e.g. ``glyph-missing`` with ``character``, ``codepoint`` and ``field``."""
