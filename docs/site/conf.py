# SPDX-License-Identifier: Apache-2.0
"""How Sphinx makes the site of what stage.py laid out; build.sh says where things are."""

import os
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERSION = re.findall(r"define DSEG_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", (ROOT / "codec/include/dseg/version.h").read_text(encoding="utf-8"))

project = "dseg"
release = version = ".".join(VERSION)
language = "en"
html_title = f"dseg {release}"
html_theme = "furo"
html_static_path = [str(ROOT / "docs/site/static")]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
# Text that no language is named for is shown as it stands.
highlight_language = "none"

extensions = ["myst_parser", "breathe", "sphinx.ext.autodoc"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 6

breathe_projects = {"dseg": os.environ["DSEG_SITE_XML"]}
breathe_default_project = "dseg"
breathe_domain_by_extension = {"h": "c"}
breathe_show_include = False
breathe_order_parameters_first = True
