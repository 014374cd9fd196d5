"""How Sphinx builds the documentation: ``make docs``."""

project = "ebidadmin"
author = "ebidadmin maintainers"
copyright = "ebidadmin maintainers, GPL-3.0-or-later"  # noqa: A001 -- Sphinx wants this name
extensions = ["myst_parser"]
myst_heading_anchors = 3
# The guide for staff is opened from its own first page.
suppress_warnings = ["toc.not_included"]
html_theme = "alabaster"
language = "en"
