"""The form of the card registration: the main contact and the contact of the department that uses the card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ebidadmin.domain.contacts import CONTACT_FIELDS, Contact
from ebidadmin.domain.fields import Checked, FormRules, check_contact

CARD_CONTACTS = ("main_contact", "card_contact")

CARD_FORM_KEYS: tuple[str, ...] = tuple(
    f"{prefix}.{name}" for prefix in CARD_CONTACTS for name in (*CONTACT_FIELDS, "email_again")
)
"""The flat keys of the form; nothing else that is sent along is kept."""


@dataclass(frozen=True, slots=True)
class CardForm:
    """What the supplier enters: where invitations go, and the department that uses the card."""

    main_contact: Contact
    card_contact: Contact


def check_card_form(raw: Mapping[str, object], *, rules: FormRules) -> Checked[CardForm]:
    """Check both contacts by the rules of every registration screen, each mail address entered twice; all problems at once."""
    main, card = (check_contact(raw, rules=rules, prefix=prefix) for prefix in CARD_CONTACTS)
    problems = (*main.problems, *card.problems)
    folded = {**main.folded, **card.folded}
    if main.value is None or card.value is None:
        return Checked(None, problems, folded)
    return Checked(CardForm(main.value, card.value), problems, folded)


def flat_card_form(form: CardForm) -> dict[str, str]:
    """The form by flat key, the repeated addresses included: what a further form begins with."""
    flat: dict[str, str] = {}
    for prefix, contact in zip(CARD_CONTACTS, (form.main_contact, form.card_contact), strict=True):
        flat |= {f"{prefix}.{name}": value for name, value in contact.as_map().items()}
        flat[f"{prefix}.email_again"] = contact.email
    return flat
