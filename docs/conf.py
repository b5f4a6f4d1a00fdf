"""How the documentation is built: ``sphinx-build -W docs docs/_build``."""

from summarise.version import __version__

project = "summarise"
release = __version__
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"summarise {release}"
