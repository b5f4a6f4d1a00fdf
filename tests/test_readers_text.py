"""Plain text and Markdown."""

from pathlib import Path

import pytest

from summarise.models import Document, Skipped
from summarise.readers import Source, read_documents

PAGES = Path(__file__).parent.parent / "fixtures" / "pages"
A = "We present a method of some kind, and it takes 3 hours on 2 GPUs. It is better by 4.5%."
B = "Another abstract stands here, with as many words as it takes, and a score of 71.2."
LONG = f"{A} " * 8 + "The end."
# As ScienceDirect exports it.
CITED = "Ann Roe,\nKites in wind: sails,\nJournal of Kites,\n2019,\nISSN 1234-567X,\nAbstract: "


def read(text: str) -> list[Document | Skipped]:
    return list(read_documents(Source("input", content=text.encode(), format="text")))


def pairs(text: str) -> list[tuple[str | None, str]]:
    """Title and abstract of each document; a skipped entry shows as its kind and reason."""
    return [
        (entry.title, entry.abstract)
        if isinstance(entry, Document)
        else (str(entry.kind), entry.reason)
        for entry in read(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (A, [(None, A)]),
        (f"A Title\n\n{A}\n", [("A Title", A)]),
        (f"A Title\n\n{A}\n\n{B}\n", [("A Title", f"{A}\n\n{B}")]),
        (f"A Title\n\n{A}\n\nB Title\n\n{B}\n", [("A Title", A), ("B Title", B)]),
        (f"A Title\n{LONG}\n\nB Title\n{LONG}\n", [("A Title", LONG), ("B Title", LONG)]),
        (f"A Title\n\nAbstract\n\n{A}\n", [("A Title", A)]),
        (f"A Title\n\nAbstract—{A}\n", [("A Title", A)]),
        (f"A Title\n\nAbstract. {A}\n\nB Title\n\nABSTRACT\n{B}", [("A Title", A), ("B Title", B)]),
        (f"{A}\n\nB Title\n\n{B}\n", [(None, A), ("B Title", B)]),
        (f"{CITED}{A}\nKeywords: kite\n\n{CITED}{B}\n", [(None, A), (None, B)]),
        ("Abstract syntax trees are counted.", [(None, "Abstract syntax trees are counted.")]),
    ],
)
def test_titles_by_shape(text: str, expected: list[tuple[str | None, str]]) -> None:
    """A short line that isn't a sentence, straight above a paragraph, is a title."""
    assert pairs(text) == expected


def test_wrapped_lines() -> None:
    """A line that was ended on purpose above a wrapped paragraph is a title."""
    body = (
        "We present a method of some kind, and it takes\n"
        "3 hours on 2 GPUs, as we show below; it is\nbetter by 4.5% than before."
    )
    assert pairs(f"A Title\n{body}") == [("A Title", body)]
    assert pairs(body) == [(None, body)]


@pytest.mark.parametrize("rule", ["---", "***", "* * *", "=====", "___"])
def test_rules_separate(rule: str) -> None:
    """What stands between two rules is one abstract, in several paragraphs or not."""
    text = f"{A}\n\n{B}\n\n{rule}\n\n{B}\n\n{rule}\n"
    assert pairs(text) == [(None, f"{A}\n\n{B}"), (None, B)]


def test_wide_gaps_separate() -> None:
    """Two blank lines separate where one blank line is in use too."""
    assert pairs(f"{A}\n\n{B}\n\n\n{B}\n") == [(None, f"{A}\n\n{B}"), (None, B)]
    assert pairs(f"A Title\n\n\n{A}\n\n\n\n{B}\n\n{B}") == [("A Title", A), (None, f"{B}\n\n{B}")]


def test_wide_gaps_everywhere_mean_nothing() -> None:
    """Where every gap is wide, it's the file's way to end a paragraph."""
    assert pairs(f"A Title\n\n\n{A}\n\n\n{B}\n") == [("A Title", f"{A}\n\n\n{B}")]


def test_paragraphs_alone() -> None:
    """Paragraphs without titles are one abstract as long as they could be one."""
    assert pairs(f"{A}\n\n{B}\n\n{A}") == [(None, f"{A}\n\n{B}\n\n{A}")]
    assert pairs(f"{LONG}\n\n{LONG}\n\nCode: https://example.org/x") == [
        (None, LONG),
        (None, f"{LONG}\n\nCode: https://example.org/x"),
    ]


def test_section_labels_hold_together() -> None:
    """Labelled sections are one abstract, however long they are."""
    text = f"Background: {LONG}\n\nMethods: {LONG}\n\nRESULTS: {LONG}\n\nConclusions: {A}"
    assert pairs(text) == [(None, text)]


def test_pile_of_structured_abstracts() -> None:
    """Abstracts that each start with a label, or one of them that does, are still a pile."""
    first, second = f"Objective: {LONG}", f"Objective: {LONG} {B}"
    assert pairs(f"{first}\n\n{second}") == [(None, first), (None, second)]
    assert pairs(f"{first}\n\n{LONG}\n\n{LONG} {B}") == [
        (None, first),
        (None, LONG),
        (None, f"{LONG} {B}"),
    ]


def test_markdown() -> None:
    """Headings are titles; groups, front matter, sections and code fences aren't entries."""
    rows = [
        (entry.line, entry.title, entry.abstract)
        if isinstance(entry, Document)
        else (entry.line, str(entry.kind), entry.reason)
        for entry in read((PAGES / "reading_list.md").read_text(encoding="utf-8"))
    ]
    assert rows == [
        (
            10,
            "Copper Nets",
            "\n\n".join(
                [
                    "Copper nets cut training time by 40% on LoomSet.",
                    "They need `3 GB` of memory. | a | b |",
                    "### Results",
                    "The error falls from 5.1% to 3.2%.",
                ]
            ),
        ),
        (23, "Brass Nets", "Brass nets have 3M parameters and need 2 GPU hours."),
        (
            27,
            "Iron Nets",
            "Iron nets reach 91.2% accuracy on LoomSet-2.\n\n```\n# a comment, not a heading\n```",
        ),
        (38, "no_abstract", "“Tin Nets” has no abstract"),
        (40, "no_abstract", "“Zinc Nets” has too short an abstract: “Nothing.”"),
    ]


def test_markdown_metadata() -> None:
    """Labels and the link of a heading give authors, date and identity."""
    document = read((PAGES / "reading_list.md").read_text(encoding="utf-8"))[0]
    assert isinstance(document, Document)
    assert document.authors == ("Ann Roe", "Jo Doe", "Al Poe")
    assert (document.published, document.doc_id) == ("2024-01-02", "arXiv:2401.00123")
    assert document.url == "https://arxiv.org/abs/2401.00123v2"


def test_text_before_the_first_heading() -> None:
    """A paragraph there is an entry, a line of introduction isn't."""
    assert pairs(f"My list.\n\n# A Title\n\n{A}") == [("A Title", A)]
    assert pairs(f"{LONG}\n\n# A Title\n\n{A}") == [(None, LONG), ("A Title", A)]


def test_labels() -> None:
    """`Title:` and `Abstract:` open fields that end at the next label, not at a blank line."""
    first, second, third = read((PAGES / "labelled.txt").read_text(encoding="utf-8"))
    assert first == Document(
        doc_id="10.5555/copper",
        title="Copper Nets for Long Looms",
        abstract="Copper nets cut training time by 40% on LoomSet.\n\n"
        "Results: the error falls from 5.1% to 3.2%.",
        authors=("Roe, Ann", "Doe, Jo"),
        author_count=2,
        published="2023",
        url="https://doi.org/10.5555/copper",
        reference={"doi": "10.5555/copper"},
        source="input",
        line=1,
    )
    assert isinstance(second, Document)
    assert second.abstract == "Brass nets have 3M parameters\nand need 2 GPU hours."
    assert isinstance(third, Skipped)
    assert (third.line, third.reason) == (16, "“Tin Nets” has no abstract")


@pytest.mark.parametrize(
    "front",
    [
        "Ann Roe, Jo Doe (University of Nets)",
        "Ann Roe and Jo Doe",
        "Ann Roe¹, Jo van der Doe²\n\nUniversity of Nets",
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_authors_between_title_and_abstract(front: str, gap: str) -> None:
    """Above a heading “Abstract”, the first lines of a paper are no paper of their own."""
    text = (
        f"Copper Nets and Their Cost\n\n{front}\n\nAbstract{gap}{LONG}\n\nKeywords: copper, nets\n"
    )
    assert [title for title, _ in pairs(text)] == ["Copper Nets and Their Cost"]
    assert pairs(text)[0][1].startswith(LONG)


@pytest.mark.parametrize(
    "text",
    [
        f"My List\n\nCopper Nets and Iron Nets\n\nAbstract\n{LONG}",
        f"My List of Nets of 2024\n\nCopper Nets (Longer Version)\n\nAbstract\n{LONG}",
        f"My List of Nets of 2024\n\nCopper and Iron\n\nAbstract\n{LONG}",
        f"My List of Nets of 2024\n\nCopper Nets of all Kinds\n\nAbstract\n{LONG}",
        f"My List of Nets of 2024\n\nTin and Iron\n\nAbstract\n{A}\n\nIron Nets\n\nAbstract\n{B}",
    ],
)
def test_a_title_below_another_line_stays_one(text: str) -> None:
    """Only names make a line of authors, and only in a text of one paper."""
    assert not any("My List" in (title or "") for title, _ in pairs(text))


def test_labels_in_any_order() -> None:
    """The label that comes first opens each entry; so does a second abstract."""
    first = f"Authors: Ann Roe\nTitle: T1\nAbstract: {A}"
    second = f"Authors: Jo Doe\nTitle: T2\nAbstract: {B}"
    assert pairs(f"{first}\n\n{second}\nAbstract: {A}") == [("T1", A), ("T2", B), (None, A)]


def test_label_of_a_title_alone() -> None:
    """`Title:` above a paragraph without a label of its own isn't part of the title."""
    assert pairs(f"Title: Copper Nets\n\n{A}") == [("Copper Nets", A)]


@pytest.mark.parametrize("label", ["DOI: 10.1000/Nets.1.", "URL: https://papers.example/1"])
def test_an_abstract_behind_an_address(label: str) -> None:
    """On the line of a DOI or of an address the abstract may go on."""
    (found,) = read(f"A Title\n\n{label} {A}\n\n{B}\n")
    assert isinstance(found, Document)
    assert (found.title, found.abstract) == ("A Title", f"{A}\n\n{B}")
    assert found.url in {"https://doi.org/10.1000/nets.1", "https://papers.example/1"}
    assert pairs(f"DOI: 10.1/x. {A}") == [(None, A)]


def test_a_line_separator_is_a_space() -> None:
    """U+2028 stands where text was copied from; it parts no abstracts."""
    assert pairs("\u2028".join([A, B])) == [(None, f"{A}\u2028{B}")]
