"""Markup of pages in abstracts and answers: none in a record, and spans hold in the source."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from summarise import Document, summarise
from summarise.characters import unmarked
from summarise.evaluate import Verification
from summarise.models import Record
from summarise.reading import Reading
from summarise.schema import Draft
from summarise.store import Run
from tests.loopback import LoopbackServer, answer
from tests.records import NOTHING, PROVENANCE, result_of

REST = re.compile(
    r"</|<(?:jats|mml):|<(?:su[bp]|inf|em|strong|italic|bold|math|m(?:i|n|o|row|sup))\b|<br"
    r"|(?<![\w)\]])<[bipsu]>\S|&(?:amp|lt|gt|nbsp|#\d+|#x[\da-f]+);"
)
TAG = re.compile(r"<\s*/?(?:(?:jats|mml):\w+|[bi]|br|strong|em|su[bp])\s*/?>")
TITLE = "<i>Larus</i> &amp; H<sub>2</sub>O"
ABSTRACT = (
    "<jats:p>We present <b>GullNet</b>, a network for H<sub>2</sub>O maps of <i>Larus</i> nests. "
    "It is trained on MurreSet, 10<sup>5</sup> images, for 3 days on 8 GPUs. On <jats:italic>"
    "TernBench</jats:italic> it reaches an F<sub>1</sub> of 91.2% (p&lt;0.05 and k>4). Where x<b>y "
    "holds, the CO<sub>2</sub> error of GullNet falls to <mml:math><mml:mn>4.5</mml:mn></mml:math>"
    "%.</jats:p>"
)
XML = (
    "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>{}"
    "</ArticleTitle><Abstract><AbstractText>{}</AbstractText></Abstract></Article>"
    "</MedlineCitation></PubmedArticle></PubmedArticleSet>"
)
ESCAPED = ABSTRACT.replace("k>4", "k&gt;4").replace("x<b>y", "x&lt;b&gt;y")
CROSSREF = {"DOI": "10.5555/x", "title": [TITLE], "abstract": ABSTRACT}
FILES = {
    "a.xml": XML.format(TITLE, re.sub("jats:|mml:", "", ESCAPED)),
    "a.nbib": f"PMID- 1\nTI  - {TITLE}\nAB  - {ABSTRACT}\n",
    "a.ris": f"TY  - JOUR\nTI  - {TITLE}\nAB  - {ABSTRACT}\nER  - \n",
    "a.bib": f"@article{{x, title={{{TITLE}}}, abstract={{{ABSTRACT}}}}}",
    "a.csv": f'title,abstract\n"{TITLE}","{ABSTRACT}"\n',
    "a.jsonl": json.dumps({"title": TITLE, "abstract": ABSTRACT}),
    "crossref.json": json.dumps({"message-type": "work", "message": CROSSREF}),
    "a.txt": f"# {TITLE}\n\n{ABSTRACT.replace('<jats:p>', '')}\n",
}


def texts_of(value: Any) -> Iterator[str]:
    """Each text in a value of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts_of(one)


def letters(text: str) -> str:
    """What markup and typography leave alone."""
    for _ in range(4):
        text = html.unescape(TAG.sub("", text))
    return re.sub(r"\W|_", "", unicodedata.normalize("NFKC", text))


def check(record: Record, document: Document) -> None:
    """Nothing in a record is markup, and its spans hold the words of its values."""
    told = record.model_dump(mode="json", exclude={"provenance"})
    assert [text for text in texts_of(told) if REST.search(text)] == []
    for one in record.verbatims:
        if one.span is not None:
            text = document.title or "" if one.source == "title" else document.abstract
            assert letters(one.span.of(text)) == letters(one.value)


@pytest.mark.parametrize("name", FILES)
def test_no_format_leaves_markup_in_a_record(name: str, tmp_path: Path) -> None:
    """Nor does the embedded extractor; a comparison stays, and the run verifies."""
    (tmp_path / name).write_text(FILES[name], "utf-8")
    run = summarise(tmp_path / name, output=tmp_path / "run")
    [(document, record)] = list(Run(run.path).rows())
    assert isinstance(record, Record)
    check(record, document)
    told = unicodedata.normalize("NFKC", " ".join(texts_of(record.draft)).replace("⁵", "^5"))
    assert not {"91.2%", "F1", "CO2", "10^5", "TernBench"} - set(re.split(r"[\s(]", told))
    assert "x<b>y" in document.abstract
    assert [one for one in Verification(Run(run.path)).verdicts() if one.differences] == []


@pytest.mark.parametrize("marked", [True, False])
def test_no_answer_leaves_markup_in_a_record(marked: bool, tmp_path: Path) -> None:
    """It quotes the markup of the abstract, or has its own; what it means is found and kept."""
    abstract = ABSTRACT if marked else unmarked(ABSTRACT).strip()
    result = result_of(
        "<b>GullNet</b> reaches an F<sub>1</sub> of 91.2% where x<b>y &amp; p&lt;0.05.",
        3,
        metric="F<sub>1</sub>",
        value="<strong>91.2%</strong>",
        dataset="<jats:italic>TernBench",
    )
    size = "10<sup>5</sup> images"
    data = {"name": "MurreSet", "size": size, "role": "training", "sentences": [2]}
    reply = {
        **NOTHING,
        "problem": {"text": "H<sub>2</sub>O maps of <em>Larus</em>", "sentences": [1]},
        "method": {"name": "<i>GullNet</i>", "also": [], "text": None, "sentences": [1]},
        "data": [data],
        "results": [result],
    }
    with LoopbackServer([answer(json.dumps(reply))]) as server:
        run = summarise(
            Document(doc_id="a", title=TITLE, abstract=abstract),
            model="m",
            base_url=server.base_url,
            output=tmp_path / "run",
            max_reasks=0,
        )
    [(document, record)] = list(Run(run.path).rows())
    assert isinstance(record, Record)
    check(record, document)
    assert document.abstract == abstract
    assert record.title == "Larus & H2O"
    assert {one.value for one in record.verbatims if one.span} == {
        *("GullNet", "MurreSet", "10⁵ images", "F1", "91.2%", "TernBench")
    }
    assert record.draft["problem"]["text"] == "H2O maps of Larus"
    assert record.draft["results"][0]["claim"] == (
        "GullNet reaches an F1 of 91.2% where x<b>y & p<0.05."
    )
    assert record.unsupported == ()
    assert [one for one in Verification(Run(run.path)).verdicts() if one.differences] == []


PIECES = st.sampled_from(
    [
        *("H<sub>2</sub>O", "10<sup>5</sup>", "<i>Larus</i>", "<b>4.5%</b>", "<jats:p>"),
        *("&amp;", "&lt;", "&gt;", "a<b", "c>d", "x<b>y", "p<0.05", "<sup>", "</i>", "<", ">", "&"),
        *("gull", "7", " ", "i>", "<mml:mn>9</mml:mn>", "&#60;", "amp;", "sub>", "<br/>", "ten"),
    ]
)
MARKED = st.lists(PIECES, min_size=1, max_size=12).map("".join)


@given(words=st.lists(MARKED, min_size=1, max_size=4))
@example(words=["<<<b>b>b>b>", "&amp;amp;lt;i&gt;x"])
def test_a_record_has_no_rest_of_a_tag(words: list[str]) -> None:
    """Whatever was nested, cut or escaped in an abstract; each value's words stand in its span."""
    document = Document(doc_id="a", title=None, abstract=f"Gulls fly. {' and '.join(words)}.")
    results = [result_of(one, 1, value=one) for one in words]
    reading = Reading(document)
    record = reading.record(reading.ground(Draft, {**NOTHING, "results": results}), PROVENANCE)
    check(record, document)
    again = reading.ground(Draft, record.draft)
    assert again.draft == record.draft


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("if x<b>y, f(x)<b>y, a<i and j>k", "if x<b>y, f(x)<b>y, a<i and j>k"),
        ("x<b>y in a <b>gull</b>", "x<b>y in a gull"),
        ("a<b and c>d of <b>Gull</b>", "a<b and c>d of Gull"),
        ("vector<a>, the <title> of a page", "vector<a>, the <title> of a page"),
        ("p&lt;0.05 &amp; AT&T, R&D;", "p<0.05 & AT&T, R&D;"),
        ("10<sup>5, 10<sup><i>6</i></sup>", "10^5, 10⁶"),
        ("10<sub>2</sub>1, Ca<sup>2+</sup>", "10_2 1, Ca2+"),
        ("H<sub>2, <i>cut", "H2, cut"),
        ("<math><mi>x</mi><mo>=</mo><mn>3</mn><annotation>x=3</annotation></math>", "x=3"),
        ("&amp;lt;b&amp;gt;Tin&lt;/b&gt;", "Tin"),
    ],
)
def test_what_is_markup(text: str, expected: str) -> None:
    """A comparison is none, and no raised number joins the one before it."""
    assert unmarked(text) == expected
