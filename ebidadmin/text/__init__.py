"""Everything that people read: the only package that holds Japanese."""
