"""Reading takes time in proportion to the text, whatever is repeated in it."""

import contextlib
import gc
import time
from collections.abc import Iterator

import pytest

from summarise.errors import InputError
from summarise.readers import FORMATS, Source, load_format, sniff
from summarise.readers.formats.html import nests_too_deep

_FLOOR = 0.006
"""Seconds below which the time of the large text says nothing."""

_TIMES = 16
_MOST = 64
"""Between what ``_TIMES`` the text takes where time grows with it, and with its square."""

SEEDS = {
    "brackets": "[a",
    "links": "[a](http://b) ",
    "open links": "[a](http://",
    "one line": "a\n",
    "short blocks": "a\n\n",
    "fences": "```\n",
    "fenced blocks": "```\na\n\n",
    "rules": "---\n",
    "blank lines": "\n",
    "spaces": " ",
    "backslashes": "\\",
    "headings": "# A\n\nabc\n\n",
    "underlines": "Abc\n---\n\n",
    "titles": "A Title\n\n",
    "pairs": "A Title of a Kind\n\nWe measure it, and it is faster than before.\n\n",
    "labels": "Title: x\nAbstract: y\n",
    "abstract": "Abstract\n\n",
    "sections": "Methods: We do.\n\n",
    "section names": "methods and ",
    "items": "- a\n",
    "numbered items": "1. a b\n\n",
    "dates": "Jan 2, 2024\n",
    "authors": "• 3 authors\n·\n",
    "submitted": "Submitted by\nx\n",
    "menu": "next\n",
    "digits": "1",
    "numbers": "1,",
    "lines of digits": "1\n\n",
    "URLs": "https://a.b/c ",
    "one URL": "https://a",
    "names": "Roe, A. and ",
    "stars": "*",
    "hashes": "#",
    "colons": "abstract:",
    "tags": "<p ",
    "div": "<div>",
    "formats": "<p><b class=1>",
    "articles": "<article><h3><a>T</a></h3><p>x</p>",
    "closed articles": "<article><h3><a>T</a></h3><p>x</p></article>",
    "pictures": "<svg><path/>",
    "headings of a page": "<h2>Abstract</h2>",
    "comments": "<!--",
    "XML": "<a>",
    "props": '<div data-props="{}"></div>',
    "objects": '{"a":1}\n',
    "arrays": "[",
    "open objects": '{"a":',
    "quotes": '"',
    "commas": "a,b,c\n",
    "tabs": "\t",
    "tabbed": "a\tb\n",
    "tagged": "TY  - J\n",
    "entries": "@a{b,\n",
    "keys": "key: value\n",
    "settings": "a = b\n",
    "clocks": "00:00:00 ",
    "remarks": "# a\n",
    "accounts": "a:b:c:d\n",
    "code": "a(b);\n",
    "math": "$a ",
    "bars": "a|b|c\n",
    "ruled": "|-",
    "rules with bars": "|---|\n",
    "quoted cells": 'a,"b","c"\n',
    "open quoted cells": '"a',
    "cells": "a\tb\tc\td\n",
    "cues": "00:00:01,000 --> 00:00:02,000\n",
    "lyrics": "[00:01.00]a\n",
    "statements": "INSERT INTO a VALUES (1);\n",
    "queries": "SELECT a\nFROM ",
    "scalars": "a: |\n",
    "commands": "\\section{a}\n",
    "escapes": '"\\u0041',
    "events": "data: {}\n",
    "arrays by line": '["a"]\n',
    "unspaced": "铜网",
    "records": "TY  - J\nER  - \n",
    "abstracts": "AB  - a\n",
    "spaced tags": "   TI",
    "MEDLINE": "PMID- 1\n",
    "blank MEDLINE": "PMID- 1\nTI  - a\n\n",
    "ISI": "PT J\nAU a\n",
    "EndNote": "%0 a\n",
    "EndNote below blanks": "%T a\n\n",
    "elements": "<entry>",
    "articles of PubMed": "<PubmedArticle></PubmedArticle>",
    "namespaces": " xmlns:a='",
    "entities": "&a;",
    "papers": '<paper id="1">',
    "numbered citations": "1. A. 2024;\n\nPMID: 1\n\n",
    "citations": "1. A. ",
    "dates of arXiv": "[Submitted on 1 Jan 2024",
    "items of arXiv": "[1] arXiv:2401.00123 [pdf",
    "brackets in brackets": "((a) ",
}
AROUND = {
    "nothing": ("", "", (None, *FORMATS)),
    "a heading": ("# ", "x\n\nabc.", ["text"]),
    "a title": ("Title: ", "\nAbstract: abc.", ["text"]),
    "lines of a title": ("Abstract: abc.\nTitle: t\n", "\nAbstract: abc.", ["text"]),
    "authors": ("Title: a\nAbstract: b\nAuthors: ", "", ["text"]),
    "the name of a section": ("Abstract", "x", ["text"]),
    "an article": ("<article><h3><a>x</a></h3><p>", "", ["html"]),
    "RIS": ("TY  - JOUR\nAB  - ", "", ["ris"]),
    "authors of RIS": ("TY  - JOUR\nAU  - ", "", ["ris"]),
    "EndNote": ("%0 Book\n%X ", "", ["endnote"]),
    "a note of RIS": ("TY  - JOUR\nN1  - PMID: a", "x", ["ris"]),
    "behind an entry": ("@a{b, title={T}, abstract={c}}", "\n@a{c, title={U}}", ["bibtex"]),
    "a key": ("@a{b, title={T}, crossref={d}}\n@a{", "x", ["bibtex"]),
    "authors of BibTeX": ("@a{b, author={Roe", "x}, title={T}, abstract={c}}", ["bibtex"]),
    "an escaped brace": ("@a{b, title={T\\{}, abstract={c}, d", "x}", ["bibtex"]),
    "LaTeX": ("@a{b, title={\\'{", "x}, abstract={c}}", ["bibtex"]),
    "a cell with tags": ('title,abstract,notes\nT,"<b>c</b> &lt;', 'x",y\n', ["csv"]),
    "a note in a cell": ('title,abstract,notes\nT,c,"PMID: a', 'x"\n', ["csv"]),
    "an entry of Atom": ("<feed><entry><summary>", "</summary></entry></feed>", ["atom"]),
    "a citation": ("1. A. 2024;\n\nA.\n\n", "\n\nPMID: 1\n", ["pubmed_text"]),
    "authors of a citation": (
        "1. A. 2024;\n\nT.\n\nRoe A, Doe B, ",
        "x\n\nA text.\n\nPMID: 1\n",
        ["pubmed_text"],
    ),
    "an abstract of arXiv": ("[Submitted on 1 Jan 2024]\nT\nAbstract: a", "x", ["arxiv_text"]),
    "a page of arXiv": ("[Submitted on 1 Jan 2024]\nA\n", "\n\nx", ["arxiv_text"]),
    "a copied page": ("A Title\n\nIt is a text.\n\n• ", " authors\n", ["hf"]),
}


def entries(text: str, format_: str | None) -> None:
    """Read a text; without a format, find out which it is in."""
    if format_ is None:
        head = text.encode()[: 1 << 16]
        if refuse := load_format(sniff(head, "")).refuse:
            refuse(head, "")
        return
    for _ in load_format(format_).entries(Source("n", content=text.encode())):
        pass


def seconds(text: str, format_: str | None, enough: float) -> float:
    """CPU time of the best of three, or of the first that is good enough."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        with contextlib.suppress(InputError):
            entries(text, format_)
        best = min(best, time.process_time() - start)
        if best <= enough:
            break
    return best


def assert_grows_with(small: str, large: str, format_: str | None) -> None:
    """The large text takes less than ``_MOST`` times as long as the small one.

    Only what seems to take longer than that, on a busy machine, is measured again.
    """
    took = seconds(large, format_, float("inf"))
    if took > _FLOOR:
        allowed = max(_MOST * seconds(small, format_, _FLOOR / _MOST), _FLOOR)
        assert took <= allowed or seconds(large, format_, allowed) <= allowed


@pytest.fixture(autouse=True)
def without_collection() -> Iterator[None]:
    """The collector's own time grows with all that other tests have left."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("seed", SEEDS.values(), ids=SEEDS)
def test_time_grows_with_the_text(seed: str) -> None:
    """More characters, also behind what leads to a pattern: no square of the time."""
    for before, after, formats in AROUND.values():
        for format_ in formats:
            small, large = (
                before + seed * (length // len(seed)) + seed[: len(seed) // 2] + after
                for length in (4_000 // _TIMES, 4_000)
            )
            assert_grows_with(small, large, format_)


@pytest.mark.parametrize("name", ["short blocks", "fenced blocks", "abstract", "articles", "div"])
def test_time_grows_with_the_entries(name: str) -> None:
    """More repetitions of what makes an entry: no square of the time."""
    for format_ in ("text", "html", "hf"):
        assert_grows_with(SEEDS[name] * (4_000 // _TIMES), SEEDS[name] * 4_000, format_)


def test_time_grows_with_the_namespaces() -> None:
    """More of them at the start of a file, and more entries that are parsed with them."""
    small, large = (
        "<feed"
        + "".join(f' xmlns:a{n}="u"' for n in range(count))
        + ">\n"
        + "<entry><title>t</title></entry>\n" * count
        for count in (3_200 // _TIMES, 3_200)
    )
    assert_grows_with(small, large, "atom")


def test_a_page_that_nests_too_deep_is_refused() -> None:
    """No parser can bear it, and nobody writes it."""
    page = "<div>" * 7_000 + "<article><h3><a>T</a></h3><p>" + "Some text. " * 9
    with pytest.raises(InputError, match="nests its elements too deep"):
        entries(page, "html")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<div>" * 5_000, False),
        ("<div></div>" * 9_000, False),
        ("<p>text<li>item<td>cell<a name=x>anchor" * 9_000, False),
        ("<svg>" + "<path d='M 0'/>" * 9_000 + "</svg>", False),
        ("<script>" + "'<div>'" * 9_000 + "</script>", False),
        ("<!-- " + "<div>" * 9_000 + " -->", False),
        ("<div></x>" * 9_000, True),
        ("<div/>" * 9_000, True),
        ("<svg><div><path/>" * 9_000, True),
        ("<a><div></a>" * 9_000, True),
        ("".join(f"<i class={n}>" for n in range(900)) + "<p>" * 9_000, True),
    ],
)
def test_what_a_parser_would_hold_open(text: str, expected: bool) -> None:
    """Counted as a parser does: by what stays open, and what it copies into each paragraph."""
    assert nests_too_deep(text) is expected
