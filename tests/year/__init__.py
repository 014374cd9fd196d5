"""A year of an office, lived day by day, and what its reports must say of it."""
