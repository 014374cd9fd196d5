"""The Japanese telephone plan, from ``phonenumbers``."""

from __future__ import annotations

import phonenumbers


class PhonePlanLibrary:
    """Answers from the numbering plan that the library carries; nothing is dialled or asked for over a network."""

    def exists(self, number: str) -> bool:
        """Whether a number (domestic, with or without hyphens) is possible and assigned to a kind of service in Japan."""
        try:
            parsed = phonenumbers.parse(number, "JP")
        except phonenumbers.NumberParseException:
            return False
        return phonenumbers.is_possible_number(parsed) and phonenumbers.is_valid_number_for_region(
            parsed, "JP"
        )
