"""How Sphinx builds the documentation: ``make docs``."""

project = "ebidadmin"
author = "ebidadmin maintainers"
copyright = "ebidadmin maintainers, GPL-3.0-or-later"  # noqa: A001 -- Sphinx wants this name
extensions = ["myst_parser"]
myst_heading_anchors = 3
suppress_warnings = ["toc.empty_glob"]
html_theme = "alabaster"
language = "en"
