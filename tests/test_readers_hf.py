"""Hugging Face pages as text copied from a browser."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.models import Document, SkipKind, Skipped
from summarise.readers import Source, read_documents

DAILY = Path(__file__).parent.parent / "fixtures" / "daily_papers.txt"
A = "We present a method of some kind, and it takes 3 hours on 2 GPUs. It is better by 4.5%."
B = "Another abstract stands here, with as many words as it takes, and a score of 71.2."


def read(text: str) -> list[Document | Skipped]:
    source = Source("page", content=text.encode(), format="hf")
    return list(read_documents(source))


def pairs(text: str) -> list[tuple[str | None, str]]:
    """Title and abstract of each document; a skipped entry shows as its kind and reason."""
    return [
        (entry.title, entry.abstract)
        if isinstance(entry, Document)
        else (str(entry.kind), entry.reason)
        for entry in read(text)
    ]


def only(text: str) -> Document:
    [document] = read(text)
    assert isinstance(document, Document)
    return document


def test_daily_page() -> None:
    """Every entry of the page: line, start of the title, authors or organisation, date."""
    rows = [
        (entry.line, entry.title, entry.author_count, entry.organisation, entry.published)
        for entry in read(DAILY.read_text(encoding="utf-8"))
        if isinstance(entry, Document)
    ]
    assert [(line, (title or "")[:12], *rest) for line, title, *rest in rows] == [
        (13, "Larkspur-$β$", 11, None, "2023-09-30"),
        (21, "QuillBench-1", 6, None, "2024-12-23"),
        (29, "Sparse Routi", None, None, None),
        (33, "Planwright: ", None, "Bracken Lab", "XXXX-10-14"),
        (41, "Counting Tok", 4, None, "XXXX-06-03"),
        (49, "Do Code Mode", None, None, None),
        (53, "Anchored Rep", 3, None, "2023-07-16"),
        (67, "A Nurse-Led ", 17, None, "2024-03-12"),
        (81, "Night Lights", 5, None, "2024-05-22"),
        (89, "Clean or Lea", 8, None, "XXXX-10-01"),
        (97, "SoukSpeech: ", 9, None, "XXXX-01-01"),
        (105, "Less Is Enou", 2, None, "XXXX-02-18"),
        (117, "QuillBench-1", 6, None, "2024-12-23"),
        (125, "2.5 Minutes ", 7, None, "2024-11-28"),
        (133, "Federated Fi", None, None, None),
    ]


def test_daily_page_keeps_every_character() -> None:
    """LaTeX residue, tags, backticks, a foreign script and paragraphs stand as on the page."""
    abstracts = [e.abstract for e in read(DAILY.read_text("utf-8")) if isinstance(e, Document)]
    for text, index in [
        ("\\180,000 (31,700 vs. \\211,700)", 0),
        ("Larkspur-\\beta$ also", 0),
        ("10times faster", 3),
        ("\\url{https://example.org/plumbline}.", 4),
        ("protects.\n\nThe method", 6),
        ("7.9 points.\n\nhttps://example.org/anchored-replay.", 6),
        ("(−52%)", 8),
        ("148 | 87 | 41", 9),
        ("<b>1.7 points</b>", 9),
        ("`read_csv`", 9),
        ("سوق", 10),
        ("40\u00a0GB", 10),
        ("properties:\n- it needs", 11),
    ]:
        assert text in abstracts[index]
    assert abstracts[-1].endswith("Code: https://example.org/driblet")


@pytest.mark.parametrize(
    ("metadata", "authors", "published"),
    [
        ("  • 11 authors\n·\nSep 30, 2023 11", 11, "2023-09-30"),
        ("• 1 author\n·\nSep 18", 1, "XXXX-09-18"),
        ("·5 authors\n·\nMar 10 1", 5, "XXXX-03-10"),
        ("• 5 authors · Mar 10, 2024 · 12", 5, "2024-03-10"),
        ("•\u00a05\u00a0authors\n·\nMay\u00a022,\u00a02024", 5, "2024-05-22"),
        ("  • 1,204 authors\n·\nSeptember 3, 2024 2.1k", 1204, "2024-09-03"),
        ("·\nFeb 29 2023", None, "XXXX-02-29"),
        ("·\nFeb 29, 2023", None, None),
        ("• 3 authors", 3, None),
        ("12\n• 3 authors", 3, None),
    ],
)
def test_metadata(metadata: str, authors: int | None, published: str | None) -> None:
    """Authors and date are read from any layout; comments and votes never become either."""
    document = only(f"A Title\n\n{A}\n\n{metadata}\n")
    assert (document.author_count, document.published) == (authors, published)
    assert document.abstract == A


@pytest.mark.parametrize(
    ("line", "organisation"),
    [
        ("adobe Adobe", "Adobe"),
        ("deepseek-ai DeepSeek", "DeepSeek"),
        ("fen_lab-2 Fen Lab 2", "Fen Lab 2"),
        ("mossworks The Moss Institute", "The Moss Institute"),
        ("Moss University", "Moss University"),
        ("Moss", "Moss"),
    ],
)
def test_organisation(line: str, organisation: str) -> None:
    """The handle is dropped where the line has that shape, and only there."""
    document = only(f"A Title\n\n{A}\n\n{line}\n·\nOct 14 3\n")
    assert (document.organisation, document.abstract) == (organisation, A)


def test_missing_metadata_anywhere() -> None:
    """Without metadata, the shape of the next title ends an abstract."""
    text = f"First Title: a Study\n\n{A}\n\nIs the Second One a Title?\n\n{B}\n\nThird\n\n{A}"
    assert pairs(text) == [
        ("First Title: a Study", A),
        ("Is the Second One a Title?", B),
        ("Third", A),
    ]


@pytest.mark.parametrize("title", ["all is well.", "why not: a list,", "1) begin", "(iv) end", "a"])
def test_any_title_after_metadata(title: str) -> None:
    """Metadata closes an entry, so the next title may look like anything."""
    text = f"A Title\n\n{A}\n\n• 3 authors\n·\nMay 1\n\n{title}\n\n{B}\n\n• 3 authors\n·\nMay 1\n"
    assert pairs(text) == [("A Title", A), (title, B)]


@pytest.mark.parametrize(
    "paragraph",
    [
        "Code is available.",
        "https://example.org/code.",
        "• a first point of the list",
        "Our contributions are:",
        "Methods",
        "Conclusions: it works",
        "12 | 13 | 14 | 15",
        "3,141",
    ],
)
def test_short_paragraph_is_not_a_title(paragraph: str) -> None:
    """Short sentences, addresses, list items, labels and rows stay in the abstract."""
    abstract = f"{A}\n\n{paragraph}\n\n{B}"
    assert pairs(f"A Title\n\n{abstract}\n\n• 3 authors\n·\nMay 1\n") == [("A Title", abstract)]


def test_page_furniture() -> None:
    """Header, votes, submitters and footer belong to no entry."""
    header = "new\n\nSubscribe\n\nDaily Papers\n\nJan 3\n\nSubmitted by\n\nfen_fan\n\n42\n\n"
    middle = "• 3 authors\n·\nMay 1 7\n\nUpvote 12\n\nSubmitted by moss\n\n1.2k\n\n"
    footer = "Previous\nNext\n\nCompany\nTOS\n"
    text = f"{header}A Title\n\n{A}\n\n{middle}Models: a Study\n\n{B}\n\n{footer}"
    assert pairs(text) == [("A Title", A), ("Models: a Study", B)]


def test_two_pages_in_one_file() -> None:
    """A footer and a header in the middle end an entry without metadata."""
    text = f"A Title\n\n{A}\n\nTOS\n\nPrivacy\n\nnew\n\nDaily Papers\n\nJan 3\n\nB Title\n\n{B}\n"
    assert pairs(text) == [("A Title", A), ("B Title", B)]


def test_menu_word_inside_an_abstract() -> None:
    """A lone “Models” between two paragraphs isn't the site's menu."""
    abstract = f"{A}\n\nModels\n\n{B}"
    assert abstract in only(f"A Title\n\n{abstract}\n\n• 3 authors\n·\nMay 1\n").abstract


def test_page_without_blank_lines() -> None:
    """A browser that copies no blank lines gives the same entries."""
    long = f"{A} " * 4 + "The end."
    text = (
        f"First Title\n{long}\n  • 3 authors\n·\nMay 1\nSecond Title\n{long}\nThird Title\n{long}"
    )
    assert pairs(text) == [("First Title", long), ("Second Title", long), ("Third Title", long)]


def test_title_without_abstract() -> None:
    """An entry without an abstract is reported, and its neighbours are whole."""
    text = (
        f"A Title\n\n{A}\n\n• 3 authors\n\nLost Title\n\n• 2 authors\n·\nMay 1\n\nB Title\n\n{B}\n"
    )
    assert pairs(text) == [
        ("A Title", A),
        ("no_abstract", "“Lost Title” has no abstract"),
        ("B Title", B),
    ]


def test_metadata_above_the_abstract() -> None:
    """Some views show the authors between title and abstract."""
    document = only(f"A Title\n·\n5 authors\n·\nMay 1, 2024\n\n{A}\n")
    assert (document.title, document.abstract, document.author_count) == ("A Title", A, 5)


def test_listing_without_abstracts() -> None:
    """A page that shows titles alone gives each of them as one without abstract."""
    entries = read(f"A Title\n·\n5 authors\n\nB Title\n·\n7 authors\n\nC Title\n\n{A}\n")
    kinds = [entry.kind for entry in entries if isinstance(entry, Skipped)]
    assert (kinds, len(entries)) == ([SkipKind.NO_ABSTRACT] * 2, 3)


def test_wrapped_title_becomes_one_line() -> None:
    """A title over two lines is one title."""
    assert only(f"A Long Title That\nGoes on Here\n\n{A}\n").title == (
        "A Long Title That Goes on Here"
    )


_WORDS = st.lists(
    st.sampled_from(["Alder", "Birch", "Cedar-7", "Dune", "$γ$", "Elm:", "of", "&", "3D", "Fen"]),
    min_size=1,
    max_size=8,
)
_TITLES = st.builds(
    "Towards {} Fen{}".format, _WORDS.map(" ".join), st.sampled_from(["", "?", "."])
)
_SENTENCES = st.sampled_from(
    [
        "We train it on 5M pairs in 3 days.",
        "It saves \\300,000 and is 10times faster!",
        "See \\url{https://example.org/a}.",
        "The rates | of 4.5% | hold <i>well</i>.",
        "هذه جملة here too.",
    ]
)
_PARAGRAPHS = st.lists(_SENTENCES, min_size=5, max_size=9).map(" ".join)
_METADATA = st.sampled_from(
    [
        "  • 11 authors\n·\nSep 30, 2023 11",
        "fenlab Fen Lab\n·\nOct 14 3",
        "• 1 author\n·\nMay 2",
        None,
    ]
)
_ENTRIES = st.lists(
    st.tuples(_TITLES, st.lists(_PARAGRAPHS, min_size=1, max_size=3), _METADATA),
    min_size=1,
    max_size=5,
)


@given(entries=_ENTRIES, newline=st.sampled_from(["\n", "\r\n"]), header=st.booleans())
def test_page_reads_back(
    entries: list[tuple[str, list[str], str | None]], newline: str, header: bool
) -> None:
    """Any titles and paragraphs in the form of a page read back as they were."""
    blocks = ["new", "Subscribe", "Daily Papers", "Dec 26"] if header else []
    for title, paragraphs, metadata in entries:
        blocks += [title, *paragraphs, *([metadata] if metadata else [])]
    text = "\n\n".join(blocks).replace("\n", newline)
    assert pairs(text) == [(title, "\n\n".join(body)) for title, body, _ in entries]
