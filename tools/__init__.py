"""Helpers of whoever builds, tests or installs from a working copy; not part of the installed program."""
