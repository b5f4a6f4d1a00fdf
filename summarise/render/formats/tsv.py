"""A table as tab-separated values: as ``csv``, and each row is one line."""

from __future__ import annotations

from functools import partial

from summarise.render.format import text_format
from summarise.render.formats.csv import lines_of

FORMAT = text_format(partial(lines_of, delimiter="\t", stop="; "))
