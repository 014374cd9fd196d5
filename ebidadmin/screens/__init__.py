"""The screens: widgets, no rules."""
