"""Earlier entries in a rehearsal: the help desk runs every check on them without getting to see them.

What is shown is the mask; what is checked is the value behind it, which never leaves the services.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ebidadmin.domain.applications import IdForm
from ebidadmin.domain.contacts import Contact
from ebidadmin.domain.fields import Checked
from ebidadmin.domain.findings import ReferenceFacts
from ebidadmin.errors import Problem
from ebidadmin.services.case_file import flat_form

MASK = "*****"
"""What a rehearsal shows instead of an earlier entry: of fixed length, so that it tells nothing."""

AGAIN = "_again"


@dataclass(frozen=True, slots=True)
class Unmasked:
    """A form with the values behind its masks: ``behind`` maps each key that was left masked to its value."""

    raw: Mapping[str, str]
    behind: Mapping[str, str] = field(default_factory=dict, repr=False)

    def shown(self, form: IdForm) -> IdForm:
        """The form as it may be shown: what was left masked is masked again."""
        plain = {key: MASK for key in self.behind if "." not in key and not key.endswith(AGAIN)}
        contacts = {prefix: self._contact(prefix, form) for prefix in ("main_contact", "applicant_contact")}
        changes: dict[str, Any] = {**plain, **contacts}
        return replace(form, **changes)

    def checked(self, checked: Checked[IdForm]) -> Checked[IdForm]:
        """The outcome of a check as it may be shown."""
        value = None if checked.value is None else self.shown(checked.value)
        folded = {key: pair for key, pair in checked.folded.items() if key not in self.behind}
        return Checked(value, self.problems(checked.problems), folded)

    def problems(self, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
        """Problems whose facts quote nothing that is masked."""
        return tuple(
            replace(one, facts=dict.fromkeys(one.facts, MASK)) if one.where in self.behind else one
            for one in problems
        )

    def remarks(self, remarks: ReferenceFacts) -> ReferenceFacts:
        """Remarks that name no masked mail domain."""
        unusual = tuple((key, MASK if key in self.behind else domain) for key, domain in remarks.mail_unusual)
        return replace(remarks, mail_unusual=unusual)

    def _contact(self, prefix: str, form: IdForm) -> Contact:
        contact: Contact = getattr(form, prefix)
        names = [key.partition(".")[2] for key in self.behind if key.startswith(f"{prefix}.")]
        return replace(contact, **{name: MASK for name in names if not name.endswith(AGAIN)})


def unmasked(raw: Mapping[str, str], earlier: IdForm) -> Unmasked:
    """Put the earlier values where ``raw`` was left masked; a repeated address stands for the address itself."""
    values = flat_form(earlier)
    behind = {
        key: values[key.removesuffix(AGAIN)]
        for key, value in raw.items()
        if value == MASK and key.removesuffix(AGAIN) in values
    }
    return Unmasked({**raw, **behind}, behind)
