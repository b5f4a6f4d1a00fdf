"""Papers from the services that have them, by identifier. Nothing here runs before it is asked for.

A service is a module that makes a ``Service``; which ones are asked about what stands in
``fetching``. Their answers are read by the formats of ``readers``.
"""

# mypy: implicit-reexport

from typing import TYPE_CHECKING

from summarise import lazily
from summarise.sources.identifiers import SCHEMES, Identifier, find_identifier, parse_identifier

if TYPE_CHECKING:
    from summarise.sources.fetching import fetch_entries
else:
    # It needs an HTTP client.
    __getattr__ = lazily(__name__)
