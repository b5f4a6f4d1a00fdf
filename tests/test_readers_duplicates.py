"""Documents that come more than once."""

import tracemalloc
from collections import Counter
from collections.abc import Iterable, Iterator
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.models import Document, SkipKind, Skipped
from summarise.readers import unique
from summarise.readers.papers import Papers, alike
from summarise.store import digest


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


LONG = "Peat keeps carbon for centuries, yet drained fens give it back within a few years. "
LONG += "We followed nine drained and nine rewetted fens for six years and found 41% less loss."
ARTICLE = Document(
    doc_id="10.5555/fen.1",
    title="Rewetting drained fens keeps their carbon",
    abstract=LONG,
    reference={"doi": "10.5555/fen.1"},
    source="a.ris",
    line=3,
)


def another(**fields: Any) -> Document:
    return ARTICLE.model_copy(update={"source": "b.bib", "line": 7, **fields})


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"abstract": "Publisher's summary of another kind."}, "the same DOI as line 3 of a.ris"),
        (
            {"doc_id": "x", "reference": {}, "abstract": f"{LONG} (C) 2021 Fen Press."},
            "nearly the same title and abstract as line 3 of a.ris",
        ),
        (
            {
                "doc_id": "x",
                "reference": {"pmid": "9"},
                "title": "Rewetting drained fens keep carbon",
            },
            None,  # a title of its own, as far as letters tell
        ),
        (
            {"doc_id": "x", "reference": {}, "title": "Rewetting drained fens keeps their carbon."},
            "nearly the same title and abstract as line 3 of a.ris",
        ),
        # Whatever else is alike, two DOIs are two papers.
        ({"doc_id": "10.5555/fen.2", "reference": {"doi": "10.5555/fen.2"}}, None),
        # A preprint and its article, and two parts of a study.
        (
            {"doc_id": "x", "reference": {"arxiv": "2101.00001"}, "abstract": f"{LONG} Version 1."},
            None,
        ),
        ({"doc_id": "x", "reference": {}, "title": f"{ARTICLE.title} II"}, None),
    ],
)
def test_one_paper_of_two_sources(fields: dict[str, Any], reason: str | None) -> None:
    """By an id, or by nearly the same words; two ids of one kind are never one paper."""
    assert faults([ARTICLE, another(**fields)]) == ([(7, "duplicate", reason)] if reason else [])


def test_what_holds_several_papers_is_none_of_them() -> None:
    """Chapters that come with the DOI of their book are papers of their own, under other ids."""
    first, second = unique([ARTICLE, another(title="A field guide to mosses", abstract="Of peat.")])
    assert isinstance(first, Document)
    assert isinstance(second, Document)
    assert (first.doc_id, second.reference) == ("10.5555/fen.1", {"doi": "10.5555/fen.1"})
    assert second.doc_id == f"sha256:{second.content_hash[:16]}"


def test_a_paper_is_found_among_many() -> None:
    """Also when the titles before it have gone to disk."""
    many = [make(f"x{n}", f"Abstract number {n}.", n) for n in range(600)]
    titled = [one.model_copy(update={"title": f"A title of its own {one.line}"}) for one in many]
    (fault,) = faults([ARTICLE, *titled, another(doc_id="y", abstract=f"{LONG} Indeed.")])
    assert fault == (7, "duplicate", "the same DOI as line 3 of a.ris")


def test_duplicates_are_kept_when_wanted() -> None:
    """Each as often as it is there, and each id is there once."""
    taken = unique([ARTICLE, another(), another()], keep=True)
    ids = [entry.doc_id for entry in taken if isinstance(entry, Document)]
    assert ids == ["10.5555/fen.1", "10.5555/fen.1#2", "10.5555/fen.1#3"]


def test_many_papers_may_have_one_id(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes the next number; the ones before aren't tried again."""
    looked_up: Counter[int] = Counter()
    first = Papers.first

    def counted(papers: Papers, key: int) -> int | None:
        looked_up[key] += 1
        return first(papers, key)

    monkeypatch.setattr(Papers, "first", counted)
    *_, last = unique([make("x", f"Abstract number {n}.", n) for n in range(300)], keep=True)
    assert isinstance(last, Document)
    assert last.doc_id == "x#300"
    assert looked_up.total() < 300 * 5


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


def decisions(*entries: Document, keep: bool = False) -> list[tuple[str, str, str, str]]:
    """Decision, reason and both ids of all that was decided."""
    return [
        (str(one.decision), one.reason, one.doc_id, one.of)
        for entry in unique(entries, keep=keep)
        for one in entry.decided
    ]


SAME = "the same title and abstract as line 3 of a.ris"
PREPRINT = {"doc_id": "arXiv:2101.00001", "reference": {"arxiv": "2101.00001"}}


@pytest.mark.parametrize(
    ("fields", "decision", "reason"),
    [
        ({}, "duplicate", SAME),
        (
            PREPRINT,
            "group",
            f"{SAME}; one is a preprint, one an article",
        ),
        (
            {
                "doc_id": "10.1101/2020.01.02.3",
                "reference": {"doi": "10.1101/2020.01.02.3"},
                "abstract": f"{LONG} Version 1.",
            },
            "group",
            f"nearly {SAME}; one is a preprint, one an article",
        ),
        (
            {"doc_id": "10.5555/fen.2", "reference": {"doi": "10.5555/fen.2"}},
            "apart",
            f"{SAME}, but another DOI",
        ),
        (
            {"doc_id": "x", "reference": {}, "title": f"{ARTICLE.title} II"},
            "apart",
            f"nearly {SAME}, but another number in the title",
        ),
        (
            {"title": "A field guide to mosses", "abstract": "Of peat."},
            "apart",
            "the same DOI as line 3 of a.ris, but another title: it is the id of what holds both",
        ),
    ],
)
def test_every_decision_has_a_reason(fields: dict[str, Any], decision: str, reason: str) -> None:
    """Whatever is made of an entry that is like an earlier one, it is told with both ids."""
    later = another(**fields)
    [(decided, why, doc_id, of)] = decisions(ARTICLE, later)
    assert (decided, why, of) == (decision, reason, ARTICLE.doc_id)
    kept = [one.doc_id for one in unique([ARTICLE, later]) if isinstance(one, Document)]
    assert doc_id in ({later.doc_id} if decision == "duplicate" else kept)


def test_a_preprint_tells_of_its_article() -> None:
    """Both are kept; the later one names the earlier, in whatever order they come."""
    preprint = another(**PREPRINT)
    for first, second in ((ARTICLE, preprint), (preprint, ARTICLE)):
        _, later = unique([first, second])
        assert isinstance(later, Document)
        assert later.version_of == first.doc_id
    # One entry that has both ids is either of them.
    both = another(reference={**ARTICLE.reference, "arxiv": "2101.00001"})
    assert [one[0] for one in decisions(preprint, both)] == ["duplicate"]
    assert [one[0] for one in decisions(preprint, ARTICLE, both)] == ["group", "duplicate"]


def test_a_preprint_with_another_title_is_named_by_its_article() -> None:
    """Whichever comes first; a source that says so outweighs every letter."""
    preprint = Document(
        doc_id="10.1101/2020.1",
        title="Peat and its carbon",
        abstract="An early account of what fens do with carbon.",
        reference={"doi": "10.1101/2020.1", "other_version": "10.5555/fen.1"},
        source="c.json",
        line=5,
    )
    for pair in ([preprint, ARTICLE], [ARTICLE, preprint]):
        first, second = unique(pair)
        assert isinstance(first, Document)
        assert isinstance(second, Document)
        assert second.version_of == first.doc_id == pair[0].doc_id
        [decided] = second.decided
        place = f"line {first.line} of {first.source}"
        told = f"the same work as {place}; one names the other as another version of it"
        assert (decided.decision, decided.reason) == ("group", told)
    many = [make(f"x{n}", f"Abstract number {n}.", n) for n in range(600)]
    *_, last = unique([preprint, *many, ARTICLE])
    assert isinstance(last, Document)
    assert last.version_of == preprint.doc_id


def test_another_doi_outweighs_an_id_in_common() -> None:
    """Two DOIs veto, also where an arXiv id is shared."""
    ids = {"arxiv": "2101.00001"}
    one = another(reference={"doi": "10.48550/arxiv.2101.00001", **ids}, doc_id="x")
    other = another(reference={**ARTICLE.reference, **ids}, abstract="Of another kind, this text.")
    assert [one[0] for one in decisions(one, other)] == ["group"]


def test_what_is_kept_all_the_same_is_told() -> None:
    """With --keep-duplicates as well: under the id that it has then."""
    [(decision, reason, doc_id, of)] = decisions(ARTICLE, another(), keep=True)
    assert (decision, doc_id, of) == ("kept", "10.5555/fen.1#2", "10.5555/fen.1")
    assert reason == "the same title and abstract as line 3 of a.ris"


def test_a_retracted_paper_is_still_the_same() -> None:
    """What stands before the title is left out; where only the duplicate says so, that is told."""
    status = {**ARTICLE.reference, "status": "retracted"}
    later = another(title=f"RETRACTED: {ARTICLE.title}", reference=status)
    [(decision, reason, *_)] = decisions(ARTICLE, later)
    assert decision == "duplicate"
    assert reason == "the same DOI as line 3 of a.ris; here it is marked: retracted"


def test_many_papers_with_one_id_are_told_of_in_part() -> None:
    """A book with many chapters doesn't grow by its square."""
    titles = ("Mosses", "Of ferns and fens", "Why birds count", "Zinc", "Rain in autumn", "Lakes")
    chapters = [another(title=one, doc_id=one) for one in titles]
    counts = [len(entry.decided) for entry in unique(chapters)]
    assert counts[:3] == [0, 1, 2]
    assert max(counts) == 3


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
    fixed = 3 << 20  # bits that tell what isn't there
    assert peak < 1_000 * 500 + fixed


def test_a_reason_quotes_an_id_in_part() -> None:
    """An id may be of any length; a line that names it may not."""
    [(_, _, reason)] = faults([make("x" * 9_000, "One abstract."), make("x" * 9_000, "Another.")])
    assert len(reason) < 250


def test_a_paper_is_found_among_many_that_begin_or_end_like_it() -> None:
    """What half of a pile has in its title hides none of its papers."""
    begin, end = "The effects of bands that are of", "a systematic review and meta-analysis"
    subjects = [f"{digest(f'{n}'):064b} {digest(f'b{n}'):064b}" for n in range(120)]
    words = [one.translate(str.maketrans("01", "ox")) for one in subjects]
    reviews = [
        Document(doc_id=f"x{n}", title=f"{begin} {one}: {end}", abstract=one, source="a", line=n)
        for n, one in enumerate(words, 1)
    ]
    last = reviews[99]
    for number, one in ((200, f"{last.title} of trials"), (201, str(last.title)[1:])):
        again = last.model_copy(update={"doc_id": "y", "line": number, "title": one})
        reason = "nearly the same title and abstract as line 100"
        assert faults([*reviews, again]) == [(number, "duplicate", reason)]


def in_common(one: str, other: str) -> int:
    """Letters of the longest sequence that two texts have in common, by the textbook's table."""
    above = [0] * (len(other) + 1)
    for letter in one:
        row = [0]
        for at, its in enumerate(other):
            row.append(above[at] + 1 if its == letter else max(row[-1], above[at + 1]))
        above = row
    return above[-1]


WORDS = st.text("abcé ", max_size=90)


@given(WORDS, st.lists(WORDS, max_size=4), st.sampled_from([75, 85, 92]))
def test_share_of_letters(text: str, others: list[str], least: float) -> None:
    """Two texts are alike by the letters that they have in common, in the same order."""
    others = [*others, text, text[::2], f"{text[3:]}é{text[:3]}"]
    shares = [200 * in_common(text, one) / (len(text) + len(one) or 1) for one in others]
    told = [at for at, one in enumerate(others) if shares[at] >= least or not (text or one)]
    assert alike(text, others, least) == told


def test_long_title_is_soon_compared() -> None:
    """What is far longer than a title takes no longer to tell apart than one."""
    titles = (f"{'seepage of tanks ' * 2_000}{n}" for n in range(60))
    made = [
        make(str(n), f"{n} {LONG}").model_copy(update={"title": t}) for n, t in enumerate(titles)
    ]
    started = process_time()
    assert sum(isinstance(entry, Document) for entry in unique(made)) == 1
    assert process_time() - started < 2
