"""Documents that come more than once."""

import tracemalloc
from collections.abc import Iterable, Iterator

from hypothesis import given
from hypothesis import strategies as st

from summarise.models import Document, SkipKind, Skipped
from summarise.readers import unique


def make(doc_id: str, abstract: str, line: int = 1, source: str = "a.txt") -> Document:
    return Document(doc_id=doc_id, title="T", abstract=abstract, line=line, source=source)


def faults(entries: Iterable[Document | Skipped]) -> list[tuple[int, str, str]]:
    return [(e.line, str(e.kind), e.reason) for e in unique(entries) if isinstance(e, Skipped)]


def test_same_document_twice() -> None:
    """The second one names the line of the first."""
    entries = [make("x", "One abstract."), make("x", "One abstract.", 9)]
    assert faults(entries) == [(9, "duplicate", "the same title and abstract as line 1")]


def test_same_text_under_two_ids() -> None:
    """White space and case make no other document."""
    entries = [make("x", "One abstract."), make("y", "ONE\n abstract.", 9)]
    assert faults(entries) == [(9, "duplicate", "the same title and abstract as line 1")]


def test_two_texts_under_one_id() -> None:
    """Neither is dropped in silence: the second one is unreadable, with both places named."""
    entries = [make("x", "One abstract."), make("x", "Another abstract.", 2, "b.txt")]
    reason = (
        "two different abstracts share the id 'x', which line 1 of a.txt has used first; "
        "give one of them another id"
    )
    assert faults(entries) == [(2, "unreadable", reason)]


def test_another_title_is_another_document() -> None:
    """The same abstract under two titles is two documents."""
    first = make("x", "One abstract.")
    second = first.model_copy(update={"doc_id": "y", "title": "U"})
    assert list(unique([first, second])) == [first, second]


def test_skipped_entries_pass() -> None:
    """What was skipped before stays in its place."""
    fault = Skipped(source="a", line=3, kind=SkipKind.UNREADABLE, reason="broken")
    assert list(unique([fault, make("x", "One."), fault])) == [fault, make("x", "One."), fault]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["One.", "one. ", "Two."]))))
def test_every_entry_is_accounted_for(drawn: list[tuple[str, str]]) -> None:
    """As many entries leave as come in, in order, and no id or text leaves twice."""
    entries = [make(doc_id, text, line) for line, (doc_id, text) in enumerate(drawn, 1)]
    left = list(unique(entries))
    assert [entry.line for entry in left] == [entry.line for entry in entries]
    kept = [entry for entry in left if isinstance(entry, Document)]
    assert len({entry.doc_id for entry in kept}) == len(kept)
    assert len({entry.abstract.strip().lower() for entry in kept}) == len(kept)


def test_memory_holds_digests_only() -> None:
    """A document costs a few hundred bytes, however long it is."""

    def documents() -> Iterator[Document]:
        for line in range(1_000):
            yield make(f"id-{line}", f"{line} " * 2_000, line)

    tracemalloc.start()
    count = sum(1 for _ in unique(documents()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 1_000
    assert peak < 1_000 * 500 + 100_000


def test_a_reason_quotes_an_id_in_part() -> None:
    """An id may be of any length; a line that names it may not."""
    [(_, _, reason)] = faults([make("x" * 9_000, "One abstract."), make("x" * 9_000, "Another.")])
    assert len(reason) < 250
