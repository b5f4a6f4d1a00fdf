"""Inputs into documents: what a source is, which format it is in, one stream of entries.

A format is a module in ``formats`` that makes an ``InputFormat``, and a name in ``FORMATS``.
"""

# mypy: implicit-reexport

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple, cast

from summarise import lazily
from summarise.errors import check_choice
from summarise.readers.formats import FORMATS as FORMATS

if TYPE_CHECKING:
    from summarise.models import Skipped
    from summarise.readers.duplicates import unique
    from summarise.readers.entry import (
        ACL_ID,
        Entry,
        acl_of,
        checked,
        normalise_arxiv,
        normalise_doi,
        read_documents,
        skipped,
        to_document,
    )
    from summarise.readers.fields import SUMMARY_BEGINS
    from summarise.readers.source import (
        DAMAGED,
        Packed,
        Source,
        check_unpacked,
        find_source,
        is_paper,
        load_source,
        printable,
        recognise,
    )
    from summarise.readers.table import Table, TableRow, cell_text, parse_columns
else:
    __getattr__ = lazily(__name__)


ID_NAMES = {
    "doi": "DOI",
    "arxiv": "arXiv id",
    "pmid": "PMID",
    "acl": "ACL id",
    "openalex": "OpenAlex id",
}
"""Whose ids tell papers apart, the one that counts most first, and what they are called."""


class InputFormat(NamedTuple):
    """One way that abstracts are written down: text or binary, one file or an archive."""

    about: str
    """What it looks for, for the message when there is none."""
    recognises: Callable[[bytes], bool]
    """From the first 64 KB; text is in UTF-8."""
    entries: Callable[[Source], Iterator[Entry | Skipped]]
    """Raises `InputError` where the whole can't be read."""
    refuse: Callable[[bytes, str], None] | None = None
    """Raises `InputError` where something is only taken for the format that no reader takes."""
    is_binary: bool = False
    """Whether it isn't text, so that any bytes may stand there."""
    errors: str = "strict"
    """As in ``bytes.decode``, for UTF-8: whether bytes that aren't refuse the whole input."""


@cache
def load_format(name: str) -> InputFormat:
    """The format of a name that is one of ``FORMATS``."""
    return cast("InputFormat", import_module(f"{__name__}.formats.{name}").FORMAT)


def check_format(name: str | None, where: str) -> str | None:
    """A format as a user names it, None where none is named.

    Raises:
        SettingsError: There is none of that name.
    """
    if name is not None:
        check_choice("format", name, sorted(FORMATS), where)
    return name


def file_suffixes() -> frozenset[str]:
    """What the names of files in any format may end with."""
    return frozenset(" ".join(signs.suffixes for signs in FORMATS.values()).split())


def sniff(head: bytes, name: str) -> str:
    """The format of an input, by its first 64 KB, among those that its file name leaves open.

    A file name such as ``a.bib`` leaves one, unless the content is known to be in another format.
    Those are asked in UTF-8, whatever the input is in.
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head.decode("utf-16", "replace").encode()
    suffix = PurePath(name).suffix.lower()
    named = [one for one, signs in FORMATS.items() if suffix and suffix in signs.suffixes.split()]
    *others, last = FORMATS
    for one in dict.fromkeys((*named, *others)):
        if re.search(FORMATS[one].holds, head) and load_format(one).recognises(head):
            return one
    return named[-1] if named else last
