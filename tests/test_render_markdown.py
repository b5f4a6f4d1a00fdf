"""Any text in any field: what markdown-it makes of the table is that text, and no more."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from summarise.characters import readable
from summarise.models import Row, Unsupported
from summarise.render import Style, render_table
from summarise.render.formats.markdown import escape, link
from summarise.render.table import web_address
from summarise.schema import Draft, Evidence, Part, Statement, Verbatim
from tests.records import make_document, make_failure, make_record, result_of

IN_TABLE = {"table", "thead", "tbody", "tr", "th", "td", "a", "br", "strong", "em"}
AROUND = {"h1", "h2", "p", "ul", "li", "strong", "a"}

TROUBLE = (
    "| \\ \\| ` `` ``` * ** _ __ ~ ~~ [ ] ]( ](javascript:a) ![ ! # $ $$ $x$ ^ [^1] < > <b> </td> "
    "<br> <!-- --> & &amp; &#60; &lt @user @u :100: :smile: 1. - + = == { } \\( \\) \" ' -- ... "
    "https://a.example/b_c*d www.a.example/b_c a@b.example <https://a.example> mailto:a@b.example "
    "javascript:alert(1) data:text/html,x --- |---| مرحبا שלום 漢字 𝒳 é"
)
ATOMS = TROUBLE.split()
INVISIBLE = [" ", "\n", "\r\n", "\t", "\v", "\f", "\x00", "\x1b[31m", "\x85", "\xa0", "\u200b"]
INVISIBLE += ["\u2028", "\u2029", "\u202e", "\u2066", "\u2069", "\u3000", "\u0301", "\U000e0041"]
hostile = st.lists(st.sampled_from(ATOMS + INVISIBLE) | st.text(max_size=4), max_size=10).map(
    "".join
)


class Bare(Part):
    """A schema whose cells hold one text each."""

    free: str | None
    statement: Statement | None
    verbatim: Verbatim
    listed: list[str]
    sentences: Evidence


@dataclass
class Seen:
    """What a reader finds in a page."""

    tables: int = 0
    rows: list[list[str]] = field(default_factory=list)
    inside: set[str] = field(default_factory=set)
    outside: set[str] = field(default_factory=set)
    addresses: list[str] = field(default_factory=list)


class Reader(HTMLParser):
    """Reads tables and elements off HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen = Seen()
        self._in_table = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.seen.tables += 1
            self._in_table = True
        elif tag == "tr":
            self.seen.rows.append([])
        elif tag in {"td", "th"}:
            self.seen.rows[-1].append("")
        elif tag == "br":
            self.handle_data("\n")
        (self.seen.inside if self._in_table else self.seen.outside).add(tag)
        self.seen.addresses += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_endtag(self, tag: str) -> None:
        self._in_table = self._in_table and tag != "table"

    def handle_data(self, data: str) -> None:
        if self._in_table and self.seen.rows and self.seen.rows[-1]:
            self.seen.rows[-1][-1] += data

    def handle_comment(self, data: str) -> None:
        self.seen.outside.add("comment")

    def handle_decl(self, decl: str) -> None:
        self.seen.outside.add("declaration")


def read(lines: str) -> Seen:
    """Render as GitHub would: tables, strikethrough and raw HTML on."""
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return Reader(markdown.render(lines)).seen


def visible(text: str) -> str:
    """What a reader sees of a text, said independently of the code: a line, controls dropped."""
    unseen = {
        "\u200b",
        "\ufeff",
        *map(chr, range(0x202A, 0x202F)),
        *map(chr, range(0x2066, 0x206A)),
    }
    kept = []
    for character in text:
        if character.isspace():
            kept.append(" ")
        elif unicodedata.category(character) == "Cc" or character in unseen:
            continue
        elif not 0xE0000 <= ord(character) < 0xE0080:
            kept.append(character)
    return " ".join("".join(kept).split())


def one_table(
    rows: list[Row], schema: type[Part] = Draft, style: Style = Style.FULL
) -> list[list[str]]:
    """The cells of the only table, after a check that nothing else came of the texts."""
    seen = read("\n".join(render_table(rows, schema, style)))
    columns = 2 + len([name for name in schema.model_fields if name != "sentences"])
    assert seen.tables == 1
    assert [len(cells) for cells in seen.rows] == [columns] * (1 + len(rows))
    assert seen.inside <= IN_TABLE
    assert seen.outside <= AROUND
    assert all(address.startswith(("http://", "https://")) for address in seen.addresses)
    return [[visible(cell) for cell in cells[1:]] for cells in seen.rows[1:]]


@given(free=hostile, statement=hostile, verbatim=hostile, listed=hostile)
@example(free="\\|", statement="a\\", verbatim="**", listed="`|`")
@example(free="&#124;", statement="*a", verbatim="\\", listed="http://a.example/\\_|")
def test_a_cell_reads_as_its_text(free: str, statement: str, verbatim: str, listed: str) -> None:
    """The text of a cell is the text of the field, up to white space and controls."""
    document = make_document()
    answer: dict[str, Any] = {
        "free": free,
        "statement": statement,
        "verbatim": verbatim,
        "listed": [listed],
        "sentences": [],
    }
    record = make_record(document, answer, Bare, verbatims=())

    cells = one_table([(document, record)], Bare)[0][1:]

    texts = (free, statement, verbatim, listed)
    expected = [visible(readable(text)) for text in texts]
    empty = ['""', "–", '""', '""']
    assert cells == [text or instead for text, instead in zip(expected, empty, strict=True)]


@given(text=hostile, other=hostile)
def test_any_text_in_any_field(text: str, other: str) -> None:
    """With hostile text in each field of a document, record and failure, the table holds."""
    document = make_document(
        doc_id="x" + other,
        title=text,
        abstract=other,
        authors=(text, other, "C"),
        organisation=other,
        published=text,
        url="https://a.example/" + other,
    )
    part = {"name": text, "also": [other], "text": other, "sentences": [1, 2]}
    outcome = result_of(text, 3, metric=other, value=text, baseline=other, dataset=text)
    answer = {
        "problem": {"text": text, "sentences": []},
        "method": part,
        "data": [{"name": text, "role": "introduced", "size": other, "sentences": [1]}] * 6,
        "compute": [{"kind": "other", "value": other, "sentences": []}],
        "results": [outcome],
    }
    surplus = Unsupported(path="results[0].claim", tokens=(text, other))
    record = make_record(document, answer, unsupported=(surplus,))
    failure = make_failure(document, message=other)
    rows: list[Row] = [(document, record), (document, failure), (document, None)]

    for style in (Style.FULL, Style.FACTS, Style.EVIDENCE):
        cells = one_table(rows, style=style)
        seen = visible(readable(text))
        assert seen[:3] in cells[0][0]
        assert seen.rstrip(".")[:36] in cells[0][1]


@given(address=hostile | st.builds("https://a.example/{}".format, hostile))
@example(address="javascript:alert(1)")
@example(address="data:text/html,<script>")
@example(address="java\nscript:alert(1)")
@example(address="https://a.example/) [b](javascript:x")
@example(address="http://[")
@example(address="//a.example")
def test_only_web_addresses_link(address: str) -> None:
    """Any address gives a link to http or https, or none; it never ends the link early."""
    written = link("title", web_address(address))
    seen = read(written)

    assert seen.outside <= {"p", "a"}
    assert len(seen.addresses) == (1 if "](" in written else 0)
    assert all(one.startswith(("http://", "https://")) for one in seen.addresses)


def test_address_is_kept() -> None:
    """What a link leads to is the address given, encoded where Markdown needs it, no more."""
    assert link("t", "HTTPS://a.example/x?a=1&copy=%20%zz#é") == (
        "[t](HTTPS://a.example/x?a=1&amp;copy=%20%25zz#%C3%A9)"
    )


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("@user and @9", "@&#8203;user and @&#8203;9"),
        ("pass@1 of a@b.example", "pass@1 of a@b.example"),
        (":tada: at 10:30:45", ":&#8203;tada: at 10:&#8203;30:45"),
        ("see https://a.example, www.b.example", "see https&#58;//a.example, www&#46;b.example"),
    ],
)
def test_what_acts_on_the_finished_page(text: str, escaped: str) -> None:
    """Nobody is called, no emoji drawn and no bare address linked by a text on GitHub."""
    assert escape(text) == escaped


def test_dollars_make_no_math() -> None:
    """Each dollar is escaped, so that prices don't turn into formulas."""
    assert escape("from $5 to $10") == "from \\$5 to \\$10"


def test_no_superscripts() -> None:
    """Pandoc, which raises text between carets, reads them as carets too."""
    assert escape("x^2^") == "x\\^2\\^"


def test_right_to_left_text_is_isolated() -> None:
    """Right-to-left text stands in an isolate of its own; other text doesn't."""
    assert escape("שלום (1)") == "\u2068שלום (1)\u2069"
    assert escape("hello") == "hello"


def test_half_a_surrogate_pair() -> None:
    """What can't be written as UTF-8 becomes the replacement character."""
    assert escape("a\ud800b") == "a\ufffdb"
