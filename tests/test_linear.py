"""Time: what reads an abstract takes a time that grows with its length, whatever it repeats."""

from __future__ import annotations

import asyncio
import functools
import gc
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest

from summarise.characters import readable_line
from summarise.drafting import embedded_draft
from summarise.endpoint.answer import read_completion
from summarise.extract import MOST_CHARACTERS, EmbeddedExtractor, Prompt, load_prompt, read_draft
from summarise.ground import SourceText, doubts_of, ground
from summarise.ground.source import Around, Place
from summarise.models import Document, Span
from summarise.reading import Reading
from summarise.render import render_record, render_table
from summarise.scan.hidden import hidden_spans
from summarise.schema import Draft
from summarise.settings import Mode
from tests.records import NOTHING, PROVENANCE, result_of

_Result = TypeVar("_Result")

SHORT, LONG = 150, 2_400
# Sixteen times the text takes 16 times as long where time grows with it, and 256 times where it
# grows with the square: a limit between the two leaves a busy machine a factor of two and a half.
MOST = 40.0
# Less than this for the long text is too little to measure: it's the time of nothing bad.
FLOOR = 0.004

SEEDS = {
    "tags": [
        *("<", ">", "<p ", "<p>", "<!--", "-->", "<!-- x -->", "<sup>2</sup>", "<i>", "<br/>"),
        *("<p style='display:none'>x</p>", "<p display:none", "<p display:none>", "<span style="),
        *('<font color="#fff">a', "<b a=1 ", "<b a='", "<jats:p>", "<p <!--"),
    ],
    "brackets": [
        *("(", ")", "[", "{", "}", "()", "(a", "[a", "[1, ", "[1,2", "(a) ", "(1) ", "1) "),
        *("((a))", "{a}{b}", "[1]", "(A", "(e.g., "),
    ],
    "math": [
        *("$", "$$", "$x", "$1", "$x$", "$ a", "x_1", "x^2", "_{", "^{2}", "\\(", "O(n", "O((n)) "),
        *("±", "+/-", "×10^", "1e-5 "),
    ],
    "urls": [
        *("https://a", "https://a.b ", "www.a", "http", "://", "https://a). ", "https://a("),
        *("https://a.b/c. A", "https://a,", "https://a.)", "doi.org/10"),
    ],
    "lists": [
        *("- ", "\n- a", "\n1. a", "\n(a) ", "• ", "1. ", "2) a", "i. ", "a; ", "a, ", "A, "),
        *("A, B and C ", ": ", ";", "\n", "a\n", "a\n\n", " \n"),
    ],
    "numbers": [
        *("1", "1 ", "1,", "1,000", "1.5 ", ".5", "1-"),
        *("1±2 ", "1x1", "2024 "),
    ],
    "numbers in words": [
        *("one ", "twenty-", "twenty-one ", "a million ", "hundred ", "n = 1 ", "p < 0.05 "),
        *("95% CI ", "95% CI 1-2 ", "(95% CI: 1, 2) ", "1 of 2 ", "2024-05-23 "),
    ],
    "comparisons": [
        *("improves from 1 to 2 ", "accuracy of 5 ", "1 vs. 2 ", "than 1 ", "compared with 1 "),
        *("reduced by 5% ", "; baseline 5 ", "accuracy 5, ", "was 5 in controls "),
        *("up to 5x faster ", "5% of training time ", "the accuracy of the accuracy "),
    ],
    "opposites": [
        *("not ", "no more ", "without a ", "rises and falls ", "more less ", "is surpassed by "),
        *(
            "increases from 1 to 2, decreases ",
            "un",
            "unstable ",
            "lower than ",
            "before and after ",
        ),
        *("not a, ", "isn't ", "free ", "a-free "),
    ],
    "edges": [
        *("less than 1 ", "less than ", "-$1 ", "1-1", "1 mg g-1 ", "1 per 1 ", "Aa 1 ", "Aa Aa "),
        *(
            "from 1 to ",
            "1 in controls ",
            "; best earlier ",
            ", the best baseline ",
            "CI 1-",
            "aged ",
        ),
        *("n = ", "threshold of ", "1 (", "the the ", "vs. ", "of 1 ", "than the a's "),
    ],
    "dashes": ["-", "--", "—", " - ", "a-", "A-", "A-B ", "A—", "_", "accuracy-"],
    "zero-width": [
        *("\u200b", "a\u200b", "\u200d", "\u00ad", "\u202e", "\U000e0041", " \u200b", "\ufe0f"),
        "\u200b\u200b\u200b\u200b\u200b\u200b\u200ba",
    ],
    "quotes": ['"', "'", "“", "''", "``", "a'", "'s ", '"a" ', "“A” ", "`"],
    "abbreviations": [
        *("e.g. ", "e.g.", "et al. ", "Fig. 1 ", "Dr. ", "vs. ", "U.S. ", "A. ", "A.B.", "a.b"),
        *(". ", "...", "!", "? ", "Is it? "),
    ],
    "units": [
        *("5 mg ", "5 mg/kg ", "5 mg g-1 ", "5 km/h ", "5 GB ", "5 days ", "5 GPU hours "),
        *("5 A100 GPUs ", "NVIDIA ", "\\5", "batch size of 5 "),
        *("5 patients ", "5 large red fast new ", "mg/"),
    ],
    "names": [
        *("A", "A ", "Aa", "aA", "FooNet ", "FooNet", "BERT-base ", "A1", "A+", "A/B", "A&B "),
        *("CLIP-based ", "GPT-4 ", "We ", "Foo (FB) ", "A’", "A-Aa", "the The "),
    ],
    "dataset words": [
        *("dataset ", "ImageNet ", "COCO, ", "on ImageNet ", "datasets such as ", "Foo dataset "),
        *("Foo contains 5 images ", "Foo, a dataset ", "trained on a b c ", "5 images of Foo "),
        *("introduce a new dataset ", "we propose Foo (FB) ", "we propose a ", "called a", "data "),
    ],
    "instructions": [
        *("ignore ", "ignore all ", "ignore previous instructions ", "give a positive review "),
        *("as an ai ", "you are a ", "in your response ", "write ", "do not ", "please "),
        *("how do you? ", ": add ", "reply; ", "!output"),
    ],
    "entities": ["&", "&amp;", "&amp", "&lt;", "&#12;", "&amp;amp;", "&a", "&alpha;"],
    "LaTeX": [
        *("\\", "\\a", "\\alpha", "\\textbf{", "\\textbf{a}", "\\frac{1}{2}", "\\frac{", "\\'e"),
        *("\\textcolor{white}{", "\\textcolor{white}{a}", "{\\color{white}", "{\\color{white} a}"),
        *("\\\\", "\\%", "a~b"),
    ],
    "marks": ["e\u0301", "\u0301", "\u1100\u1161", "\u1100", "\u0f71\u0f72", "ア\uff9e", "10²"],
    "scripts": ["我", "我们。", "データ", "한국어 ", "😀", "👨\u200d👩", "سلام ", "नमस्ते ", "½"],
    "words": [
        *("a", "a ", "the ", "we ", "However, ", "results show ", "mortality ", "BLEU ", "top-1 "),
        *("code is available ", "METHODS: a. ", "AAAA ", "we find a gap. ", "It is 5. "),
    ],
}


class Clock:
    """Calls functions; ``times`` tells how long each took, by name."""

    def __init__(self) -> None:
        self.times: dict[str, float] = {}

    def __call__(self, name: str, function: Callable[..., _Result], *given: Any) -> _Result:
        start = time.process_time()
        result = function(*given)
        self.times[name] = time.process_time() - start
        return result


def read_whole(document: Document, prompt: Prompt) -> dict[str, float]:
    """Read a document in every way there is, and tell how long each took."""
    timed = Clock()
    text = document.abstract
    timed("hidden spans", hidden_spans, text)
    # Sentences and instructions.
    reading = timed("reading", Reading, document)
    for kind in ("links", "quantities", "metrics", "datasets", "proposals"):
        timed(kind, getattr, reading.mentions, kind)
    # Roles, and what the extractor makes of all this.
    draft = timed("embedded draft", embedded_draft, reading)
    # The normal form, and the numbers and names of statements. What the extractor makes of a text
    # may grow in steps, so it is drafts of a few entries that are timed, and shown.
    grounded = reading.doubted(reading.ground(Draft, draft))
    timed("ground what is absent", ground, Draft, ABSENT, reading.source)
    told = timed("ground what is there", ground, Draft, present(text), reading.source)
    doubtful = ground(Draft, turned(text), reading.source)
    timed("doubts", doubts_of, doubtful, reading.source)
    timed("unclaimed", reading.unclaimed, reading.ground(Draft, dict(NOTHING)))
    timed("record", reading.record, grounded, PROVENANCE)
    record = reading.record(told, PROVENANCE)
    timed("table", lambda: list(render_table([(document, record)])))
    timed("show", render_record, (document, record), Draft)
    timed("prompt", prompt.user, document, reading.source.sentences)
    return timed.times


def result(claim: str, value: str) -> dict[str, Any]:
    """One result of a draft, which cites the first sentence."""
    named = dict.fromkeys(("metric", "value", "dataset"), value)
    return result_of(claim, 1, **named)


ABSENT = {
    **NOTHING,
    "problem": {"text": "Nothing Here is 77 or accuracy of 5.", "sentences": [1]},
    "results": [result("Zeta-Net gains 12 mmol from 1 to 2 A.", "zeta 9"), result("one A", "77")],
}


def present(text: str) -> dict[str, Any]:
    """A draft in words of a text."""
    told = [part for part in (text[:1], text[:7], text[:40], text[-12:]) if part.strip()]
    return {
        **NOTHING,
        "problem": {"text": text[:1000], "sentences": [1]},
        "results": [result(part, part) for part in told],
    }


def turned(text: str) -> dict[str, Any]:
    """A draft in other words than those of a text, with two numbers in each row."""
    told = present(text)
    said = f"It does not {text[:2000]} rise less"
    rows = [{**row, "claim": said, "baseline": text[-7:]} for row in told["results"]]
    return {**told, "problem": {"text": said, "sentences": [1]}, "results": rows}


def document_of(seed: str, size: int) -> Document:
    """A document whose abstract and title repeat a text."""
    text = (seed * (size // len(seed) + 1))[:size]
    return Document(doc_id="d", title=text[:500], abstract=text)


@pytest.fixture(scope="module")
def prompt() -> Prompt:
    """The default prompt, which is the same for all documents."""
    return load_prompt("v2")


@pytest.fixture(autouse=True)
def _no_collection() -> Iterator[None]:
    """What is collected in between would count as the time of whoever is measured."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("kind", SEEDS)
def test_time_grows_with_the_text_alone(kind: str, prompt: Prompt) -> None:
    """Sixteen times the text takes far less than its square, in each step by itself."""

    def slow_of(seed: str) -> dict[str, float]:
        return slow(lambda size: read_whole(document_of(seed, size), prompt), SHORT, LONG)

    assert {seed: steps for seed in SEEDS[kind] if (steps := slow_of(seed))} == {}


@pytest.mark.parametrize(
    "seed",
    [
        *("40K pairs of ", "2M tokens and ", "more than 5 ", "5% ", "5, 6, "),
        *("4 A100 GPU hours on 8 H100 for 3 days ", "outperforms A by 5% over B on C "),
    ],
)
def test_the_longest_text_takes_little_more_than_an_ordinary_one(seed: str) -> None:
    """Whatever values return in each sentence, so that each stands in many places.

    Functions are called up to 19 times as often, whatever the machine has to do, and what takes
    long within one of them is seen as the text grows.
    """
    assert calls_for_the_longest(seed) < 24 * ordinary_calls()
    # Four times the text, sixteen times as long where time grows with the square. What a short text
    # of the seed doesn't have yet, such as rows, would count as growth.
    short, long = document_of(seed, 8_000), document_of(seed, 32_000)
    allowed = 10 * min(seconds_for(short), seconds_for(short))
    assert seconds_for(long) < allowed or seconds_for(long) < allowed


@functools.cache
def ordinary_calls() -> int:
    """Calls of functions that the longest text of ordinary sentences takes."""
    return calls_for_the_longest("Zeta-Net gains 5% on Foo, 3 points more than Bar. ")


def calls_for_the_longest(seed: str) -> int:
    """How many functions are called, of Python and of C, for the longest text of a seed."""
    document = document_of(seed, MOST_CHARACTERS - 500)
    extract(document_of(seed, 500))  # what is made once, such as a table, isn't counted
    called = 0

    def count(_frame: object, event: str, _function: object) -> None:
        nonlocal called
        called += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        extract(document)
    finally:
        sys.setprofile(None)
    return called


def seconds_for(document: Document) -> float:
    """CPU time of the embedded extractor for a document."""
    start = time.process_time()
    extract(document)
    return time.process_time() - start


def extract(document: Document) -> None:
    """Read a document without a model."""
    asyncio.run(EmbeddedExtractor().extract(document))


def test_each_place_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """By all rows together, however many have the same value."""
    looked: Counter[Span] = Counter()
    at = Around.at

    def count(place: Place, source: SourceText) -> Around:
        looked[place.span] += 1
        return at(place, source)

    monkeypatch.setattr(Around, "at", count)
    reading = Reading(document_of("trained on ~2M tokens and ", 6_000))
    draft = embedded_draft(reading)
    assert len(draft["data"]) > 60
    reading.doubted(reading.ground(Draft, draft))
    assert len(looked) > 60
    # For the sentence as it is cited, and for the place of a name anywhere.
    assert max(looked.values()) <= 2


def slow(measure: Callable[[int], dict[str, float]], small: int, large: int) -> dict[str, float]:
    """The steps that take far longer for 16 times the size than 16 times as long."""
    ratios = growth(measure, small, large)
    return {step: ratio for step, ratio in ratios.items() if ratio > MOST}


def growth(measure: Callable[[int], dict[str, float]], small: int, large: int) -> dict[str, float]:
    """How many times longer each step takes for the large size; the best of three attempts.

    A suspicion is confirmed by sizes twice as large: what grows in steps levels off there, and what
    grows with the square doesn't.
    """
    ratios: dict[str, float] = {}
    for times in (1, 2, 4):
        long = measure(times * large)
        if max(long.values()) < FLOOR:
            return {}
        short = measure(times * small)
        for step, took in long.items():
            ratio = 1.0 if took < FLOOR else took / max(short[step], FLOOR / MOST)
            ratios[step] = min(ratio, ratios.get(step, ratio))
        if max(ratios.values()) <= MOST:
            break
    return ratios


def read_entries(number: int) -> dict[str, float]:
    """Read a draft of so many results that aren't in the text, and tell how long each step took."""
    document = document_of("Zeta-Net gains 5 % on Foo. ", SHORT)
    results = [result(f"Eta-{at} gains {at} A.", f"eta {at}") for at in range(number)]
    draft = {**NOTHING, "results": results}
    timed, reading = Clock(), Reading(document)
    grounded = timed("ground", reading.ground, Draft, draft)
    record = timed("record", reading.record, grounded, PROVENANCE)
    timed("table", lambda: list(render_table([(document, record)])))
    return timed.times


def read_answer(text: str, finish_reason: str) -> dict[str, float]:
    """Find and read the draft in what a server sent, and tell how long each step took."""
    timed = Clock()
    choice = {"message": {"content": text}, "finish_reason": finish_reason}
    content = json.dumps({"choices": [choice]}).encode()
    completion = timed("find", read_completion, content, Mode.JSON_SCHEMA, "draft")
    timed("read", read_draft, completion)
    return timed.times


def test_time_grows_with_the_entries_alone() -> None:
    """Sixteen times the entries of a record, none of which is in the text: likewise."""
    assert slow(read_entries, 250, 4_000) == {}


@pytest.mark.parametrize(
    ("piece", "finish_reason"),
    [
        *(("```{ ", "stop"), ("```{}``` ", "stop"), ("</think>", "stop"), ("{}", "stop")),
        *((" ", "length"), ("\\n", "length"), ("{", "stop"), ('{"a":', "stop"), (" ", "stop")),
    ],
)
@pytest.mark.parametrize("end", ["", "x"])
def test_time_grows_with_the_answer_alone(piece: str, finish_reason: str, end: str) -> None:
    """Sixteen times what a server sends, whatever it repeats: likewise."""

    def measure(size: int) -> dict[str, float]:
        return read_answer(piece * (size // len(piece)) + end, finish_reason)

    assert slow(measure, 10_000, 160_000) == {}


@pytest.mark.parametrize("seed", ["<i>", "<br/>", "{", "a~", "{}", "&amp;", "$a"])
def test_time_grows_with_the_title_alone(seed: str) -> None:
    """Which may be of any length, since a failure has one, too: likewise."""

    def measure(size: int) -> dict[str, float]:
        timed = Clock()
        timed("shown", readable_line, seed * (size // len(seed)))
        return timed.times

    assert slow(measure, 4_000, 64_000) == {}


def test_there_are_many_seeds() -> None:
    """The list is long enough to mean something."""
    assert sum(map(len, SEEDS.values())) >= 260
