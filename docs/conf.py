"""How the documentation is built: ``sphinx-build -W docs docs/_build``."""

from __future__ import annotations

from summarise import __version__

project = "summarise"
release = __version__
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
# Links to headings are spelled as GitHub spells them.
myst_heading_anchors = 3
highlight_language = "text"
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_title = f"summarise {release}"
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
html_use_index = False
