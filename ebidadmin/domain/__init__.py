"""The rules of the office, as pure values and functions on the standard library alone."""
