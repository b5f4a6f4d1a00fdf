"""Exports of bibliographies that tests share: where they are, and how one is read whole."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st

from summarise.errors import InputError
from summarise.models import Document, Skipped
from summarise.readers import load_format, load_source, read_documents
from summarise.readers.entry import Entry
from tests.conftest import ROOT

EXPORTS = ROOT / "fixtures" / "exports"
ABSTRACT = (
    "Copper nets are cheap to train, and yet nobody has measured what they cost to run. We train "
    "four of them on LoomSet and find that they need a third of the energy of iron nets."
)


def entries_of(content: str | bytes, name: str, format_: str | None = None) -> list[Entry]:
    """The entries of a file of some content; none of them may be unreadable."""
    found, faults = read_all(content, name, format_)
    assert faults == []
    return found


def read_all(
    content: str | bytes, name: str, format_: str | None = None
) -> tuple[list[Entry], list[Skipped]]:
    """The entries of a file of some content, and what was unreadable in it."""
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        source = load_source(path, format_)
        all_ = list(load_format(source.format).entries(source))
    found = [one for one in all_ if isinstance(one, Entry)]
    return found, [one for one in all_ if isinstance(one, Skipped)]


def documents_of(path: Path, format_: str | None = None) -> list[Document]:
    """The documents of a file."""
    all_ = read_documents(load_source(path, format_))
    return [one for one in all_ if isinstance(one, Document)]


def survives(content: bytes, name: str, format_: str) -> None:
    """Reading any bytes gives entries, each a document or a fault, or an error of one line."""
    error = ""
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        read: list[Document | Skipped] = []
        entries: list[object] = []
        try:
            source = load_source(path, format_)
            entries.extend(load_format(format_).entries(source))
            read.extend(read_documents(source))
        except InputError as fault:
            error = str(fault)
    assert "\n" not in error
    assert error or len(read) == len(entries)


_PUT = st.one_of(st.binary(max_size=4), st.sampled_from([b"\n", b"\n\n"]))


def mutants(content: bytes) -> st.SearchStrategy[bytes]:
    """A content with pieces cut out, doubled, moved, or replaced by any bytes."""
    place = st.integers(0, len(content))
    change = st.tuples(place, place, _PUT)

    def changed(changes: list[tuple[int, int, bytes]]) -> bytes:
        mutant = content
        for first, second, put in changes:
            start, end = sorted((first, second))
            end = min(end, start + 40)
            mutant = mutant[:start] + put + mutant[end:]
        return mutant

    return st.lists(change, min_size=1, max_size=5).map(changed)
