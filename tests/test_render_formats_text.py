"""Formats that are text: the stored tables, and that any text stays the text it is."""

from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from summarise.characters import readable
from summarise.models import Row
from summarise.render import Style, table_view
from summarise.render.format import load_format
from tests import format_goldens
from tests.format_goldens import FOLDER, HOSTILE, LONG, TEXTS, hostile_rows, rows, written
from tests.records import NOTHING, make_document, make_failure, make_record
from tests.test_render_markdown import visible

ACTING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
texts = st.lists(
    st.sampled_from([*HOSTILE, "<", "&", '"', "'", "</td>", "\n", "\u202e", "\x1b["])
    | st.text(max_size=5),
    max_size=6,
).map("".join)


@pytest.mark.parametrize(
    ("name", "content"), [pytest.param(*one, id=one[0]) for one in format_goldens.stored()]
)
def test_the_stored_tables(name: str, content: bytes) -> None:
    """A reader gets these very bytes; ``python -m tests.format_goldens`` makes them anew."""
    assert content.decode() == (FOLDER / name).read_bytes().decode()


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("style", Style)
def test_nothing_in_a_table_acts_on_a_screen(name: str, style: Style) -> None:
    """No control or direction character gets through, and a word of 5,000 characters stays one."""
    document = make_document(title=LONG)
    answer = {**NOTHING, "problem": {"text": LONG, "sentences": []}}
    row = (document, make_record(document, answer))
    text = written(name, iter([*hostile_rows(), row]), style).decode()
    assert not ACTING.search(text.replace("\r\n", "\n"))
    whole = re.sub(r"\s+|\\hspace\{0pt\}", "", text)
    # In LaTeX it goes on in another row.
    assert style is not Style.FULL or name == "latex" or whole.count(LONG) >= 2


@pytest.mark.parametrize("name", [*TEXTS, "markdown"])
def test_what_failed_is_told(name: str) -> None:
    """The kind and the reason of a failure, and that a document wasn't attempted."""
    text = written(name, rows()).decode()
    assert "truncated" in text
    assert "The answer was cut" in " ".join(text.replace("\\", "").split())
    assert ("pending" if name.startswith("json") else "not attempted") in text


def row_of(text: str) -> Row:
    """A record that holds one text in every place."""
    document = make_document(title=text, abstract=text, authors=(text,), published=text, url=text)
    answer = {**NOTHING, "problem": {"text": text, "sentences": []}}
    return document, make_record(document, answer)


@given(text=texts)
def test_json_gives_back_the_very_text(text: str) -> None:
    """To the character, though none of it acts as it stands; lines and document say the same."""
    row = row_of(text)
    (line,) = written("jsonl", iter([row])).decode().removesuffix("\n").split("\n")
    assert not ACTING.search(line)
    told = json.loads(line)
    assert (told["title"], told["authors"], told["url"]) == (text, [text], text)
    assert told["fields"]["problem"]["text"] == text
    assert json.loads(written("json", iter([row])))["rows"] == [told]


def test_json_of_a_record() -> None:
    """The paper and its reference, fields, cited sentences, how values were found, and doubts."""
    told, failed, waiting = map(json.loads, written("jsonl", rows()).decode().splitlines())
    assert (told["number"], told["doc_id"], told["outcome"]) == (1, "tern-1", "record")
    assert told["reference"]["doi"] == "10.5555/tern.1"
    assert told["fields"]["results"][0]["value"] == "67.2%"
    assert list(told["evidence"]) == ["1", "2", "3", "4"]
    assert told["evidence"]["4"] == "On COVE-9, TERNLOOP raises nest recall from 41.5% to 67.2%."
    assert {one["grounding"] for one in told["verbatims"]} == {"exact"}
    assert told["doubts"][0]["kind"] == "order"
    assert told["provenance"]["model"] == "invented-1"
    assert failed["failure"]["kind"] == "truncated"
    assert "fields" not in failed
    assert waiting["outcome"] == "pending"
    counts = json.loads(written("json", rows()))["counts"]
    assert (counts["documents"], counts["failed"]) == (3, {"truncated": 1})


def test_json_of_a_row_that_is_no_documents() -> None:
    """Its cells are all there is, by the titles of their columns."""
    view = table_view(rows())
    shown = (row._replace(row=None) for row in view.rows)
    stream = io.BytesIO()
    load_format("jsonl").write(view._replace(rows=shown), stream)
    told = json.loads(stream.getvalue().splitlines()[0])
    assert list(told) == ["number", "title", "cells"]
    assert told["cells"]["Compute"] == ["4 Moor GPUs"]


class Fragment(HTMLParser):
    """What a browser would find in HTML."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.rows: list[list[str]] = []
        self._is_open = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(attrs)
        self._is_open = self._is_open or tag in {"td", "th"}
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.rows[-1].append("")
        elif tag == "br":
            self.handle_data("\n")

    def handle_endtag(self, tag: str) -> None:
        self._is_open = self._is_open and tag not in {"td", "th"}

    def handle_data(self, data: str) -> None:
        if self._is_open:
            self.rows[-1][-1] += data

    def handle_comment(self, data: str) -> None:
        self.tags.add("comment")

    def handle_decl(self, decl: str) -> None:
        self.tags.add("declaration")


OURS = {
    *("declaration", "html", "title", "h2", "span"),
    *("meta", "section", "style", "table", "thead", "tbody", "tr", "th", "td"),
    *("a", "br", "code", "em", "strong", "small", "bdi", "p", "ul", "li"),
}


OUR_ATTRIBUTES: set[tuple[str, str | None]] = {
    *(("charset", "utf-8"), ("lang", "en"), ("class", "summarise"), ("tabindex", "0")),
    *(("name", "viewport"), ("content", "width=device-width, initial-scale=1")),
    *(("aria-label", "Papers"), ("role", "img")),
    *(("aria-label", told) for told in ("nothing found", "doubtful", "not in the abstract")),
}


def check_fragment(shown: list[Row], **how: Any) -> list[list[str]]:
    """The rows of a fragment that has our tags and attributes alone."""
    page = Fragment(written("html", iter(shown), **how).decode())
    assert page.tags <= OURS
    assert len({len(row) for row in page.rows}) == 1
    assert len(page.rows) == 1 + len(shown)
    for name, value in page.attributes - OUR_ATTRIBUTES:
        is_scope = name == "scope" and value in {"col", "row"}
        assert is_scope or (name == "href" and value is not None)
        assert name != "href" or re.match("https?://", value or "")
    return page.rows[1:]


@given(text=texts)
@example(text='"><script>alert(1)</script>')
@example(text="' onmouseover='alert(1)")
@example(text="https://papers.example/\"onclick='x'")
def test_html_reads_as_the_text(text: str) -> None:
    """A cell is its text, whatever it holds; no tag, attribute or address comes of it."""
    (row,) = check_fragment([row_of(text)], style=Style.FULL)
    if shown := visible(readable(text)):
        assert visible(row[2]).startswith(shown)


def test_html_of_hostile_records() -> None:
    """Rows stay rows, each with its paper as head, and only addresses of the web are linked."""
    shown = list(hostile_rows())
    assert len(check_fragment(shown)) == len(shown)
    text = written("html", hostile_rows()).decode()
    assert text.count('</td><th scope="row">') == len(shown)
    assert "<script" not in text
    assert "javascript:alert(1)" not in re.findall('href="([^"]*)"', text)


def test_html_says_what_it_is_to_who_does_not_see_it() -> None:
    """By itself it is a page with a language and a title; its table has a name, its signs words."""
    text = written("html", rows()).decode()
    assert text.startswith('<!doctype html>\n<html lang="en">')
    assert "<title>Papers</title>" in text
    assert '<table aria-label="Papers">' in text
    document = make_document()
    empty = written("html", iter([(document, make_record(document, NOTHING))])).decode()
    assert '<td><span role="img" aria-label="nothing found">–</span></td>' in empty
    assert '<span role="img" aria-label="doubtful">(?)</span>' in text
    assert "<h2>Marks</h2>" in text


def test_many_failures_are_counted() -> None:
    """Those that aren't listed are counted."""
    failed = make_document()
    shown = [(failed, make_failure(failed))] * 60
    assert "and 10 more" in written("html", iter(shown)).decode()
