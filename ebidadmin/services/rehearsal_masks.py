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
        contacts = {
            prefix: self.contact(prefix, getattr(form, prefix))
            for prefix in ("main_contact", "applicant_contact")
        }
        changes: dict[str, Any] = {**plain, **contacts}
        return replace(form, **changes)

    def checked(self, checked: Checked[IdForm]) -> Checked[IdForm]:
        """The outcome of a check as it may be shown."""
        value = None if checked.value is None else self.shown(checked.value)
        return Checked(value, self.problems(checked.problems), self.folded(checked.folded))

    def folded(self, folded: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
        """What was folded of the values that were typed."""
        return {key: pair for key, pair in folded.items() if key not in self.behind}

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

    def contact(self, prefix: str, contact: Contact) -> Contact:
        """One contact as it may be shown."""
        names = [key.partition(".")[2] for key in self.behind if key.startswith(f"{prefix}.")]
        return replace(contact, **{name: MASK for name in names if not name.endswith(AGAIN)})


def unmasked(raw: Mapping[str, str], values: Mapping[str, str]) -> Unmasked:
    """Put the earlier ``values`` (by flat key) where ``raw`` was left masked; a repeated address stands for the address itself."""
    behind = {
        key: values[key.removesuffix(AGAIN)]
        for key, value in raw.items()
        if value == MASK and key.removesuffix(AGAIN) in values
    }
    return Unmasked({**raw, **behind}, behind)
