"""How the site is built: `make docs`. Nothing on it is fetched from elsewhere, neither when it is built nor when it is read."""

from __future__ import annotations

from importlib.metadata import version as installed_version

project = "Countersign"
author = "The Countersign authors"
version = release = installed_version("countersign")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["pictures"]
html_theme = "furo"
html_title = f"Countersign {release}"
html_logo = "../assets/mark.svg"
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"light_css_variables": {"color-brand-primary": "#1d5b7d", "color-brand-content": "#1d5b7d"}}
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_preserve_defaults = True
napoleon_google_docstring = True
