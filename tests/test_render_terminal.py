"""One record for the terminal: what is shown of it, and that nothing in it can act."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.characters import clip
from summarise.models import (
    Document,
    GroundedValue,
    Grounding,
    NormalisedQuantity,
    Quantity,
    QuantityKind,
    Record,
    Span,
    Unsupported,
    Usage,
)
from summarise.render import render_record
from summarise.render.page import columns
from summarise.render.terminal import _COLOURS
from summarise.scan import sentence_spans
from summarise.schema import Draft
from tests.records import NOTHING, PROVENANCE, TERN_ANSWER, make_document, make_failure, make_record
from tests.test_render import TRIAL, Trial, trial_row

GOLDEN = Path(__file__).parent.parent / "fixtures" / "golden"
SGR = re.compile(r"\x1b\[[\d;]*m")


EVENTFUL = PROVENANCE.model_copy(
    update={
        "served_model": "invented-1-mini",
        "usage": Usage(input_tokens=1234, output_tokens=None),
        "calls": 2,
        "reasks": 1,
        "latency": 1.25,
        "cache_hit": True,
    }
)


def tern_record(**overrides: Any) -> tuple[Document, Record]:
    document = make_document()
    return document, make_record(document, TERN_ANSWER, **overrides)


def flagged_record() -> tuple[Document, Record]:
    """A record with one of everything that deserves a second look."""
    plain = make_document()
    document = make_document(abstract=plain.abstract.replace("COVE-9", "COVE–9"))
    method = {**TERN_ANSWER["method"], "name": "TERNLOOP-2"}
    record = make_record(
        document,
        {**TERN_ANSWER, "method": method},
        unsupported=(Unsupported(path="problem.text", tokens=("GULLS", "46.3%")),),
        unclaimed=(quantity(document, "most", QuantityKind.P_VALUE),),
        corrections=("data[0].size: a line break dropped",),
        provenance=EVENTFUL,
    )
    at = document.abstract.index("COVE–9")
    found: dict[str, Any] = {"grounding": Grounding.NORMALISED, "span": Span(at, at + 6)}
    changed = {"data[1].name": {**found, "cited": (1, 2)}, "results[0].dataset": found}
    verbatims = tuple(v.model_copy(update=changed.get(v.path)) for v in record.verbatims)
    return document, record.model_copy(update={"verbatims": verbatims})


def quantity(document: Document, text: str, kind: QuantityKind) -> Quantity:
    at = document.abstract.index(text)
    return Quantity(text=text, span=Span(at, at + len(text)), kind=kind)


def test_whole_record_in_plain_text() -> None:
    """A reader gets the stored page: abstract with marks, fields with grounding, flags."""
    shown = render_record(flagged_record(), Draft, width=72)

    assert shown == (GOLDEN / "show.txt").read_text(encoding="utf-8")


def test_colour_marks_what_brackets_mark() -> None:
    """In colour, the words that stand between brackets in plain text are styled instead."""
    plain = render_record(tern_record(), Draft, width=500)
    styled = render_record(tern_record(), Draft, width=500, color=True)
    abstracts = [text[text.index("[1]") : text.index("Problem")] for text in (plain, styled)]

    marked = re.findall("«(.+?)»", abstracts[0])[:-1]
    assert marked == re.findall(r"\x1b\[1;4;[\d;]+m(.+?)\x1b", abstracts[1])[: len(marked)]
    assert marked[:2] == ["TERNLOOP", "KITENEST"]
    assert "«" not in styled


def test_each_field_has_its_colour() -> None:
    """A value is in the colour of its field's heading."""
    styled = render_record(tern_record(), Draft, color=True)

    for value, heading in (("KITENEST", "Data"), ("4 Moor GPUs", "Compute")):
        colour = re.search(rf"\x1b\[1;4;([\d;]+)m{value}\x1b", styled)
        assert colour is not None
        assert f"\x1b[1;{colour[1]}m{heading}\x1b[0m" in styled


def light_of(colour: str) -> float:
    """The luminance (WCAG 2.2) of one of the 216 colours that all terminals mix alike."""
    number = int(colour.removeprefix("38;5;")) - 16
    levels = [(0, 95, 135, 175, 215, 255)[number // by % 6] / 255 for by in (36, 6, 1)]
    parts = [((level + 0.055) / 1.055) ** 2.4 if level else 0.0 for level in levels]
    return sum(part * share for part, share in zip(parts, (0.2126, 0.7152, 0.0722), strict=True))


@pytest.mark.parametrize("colour", _COLOURS)
def test_a_colour_is_read_on_white_and_on_black(colour: str) -> None:
    """3:1 is enough for what is bold, underlined or not."""
    assert 1.05 / (light_of(colour) + 0.05) >= 3
    assert (light_of(colour) + 0.05) / 0.05 >= 3


def test_an_entry_has_the_path_that_flags_name() -> None:
    """Field paths count from 0 everywhere; a number of its own would be another one."""
    shown = render_record(tern_record(), Draft)
    assert "  data[0] name: KITENEST" in shown
    assert "1. " not in shown


def test_the_inner_of_two_values_shows() -> None:
    """Where one value stands inside another, the shorter one keeps its own colour."""
    results = [{**TERN_ANSWER["results"][0], "value": None, "baseline": None, "dataset": None}]
    compute = [{"kind": "other", "value": "raises nest recall from", "sentences": [4]}]
    answer = {**NOTHING, "results": results, "compute": compute}
    document = make_document()
    styled = render_record((document, make_record(document, answer)), Draft, width=200, color=True)

    inner = r"\x1b\[0m\x1b\[1;4;38;5;28mnest recall\x1b\[0m\x1b\[1;4;38;5;162m"
    assert re.search(f";162mraises {inner} fr", styled)


def test_value_in_the_title() -> None:
    """A value that was found in the title is marked there, and its note says so."""
    document = make_document(title="ALBATROS counts", abstract="We count birds.")
    method: dict[str, Any] = {"name": "ALBATROS", "text": None, "sentences": []}
    record = make_record(document, {**NOTHING, "method": method})
    shown = render_record((document, record), Draft)

    assert shown.startswith("«ALBATROS» counts\n")
    assert "  name: ALBATROS (in the title)\n" in shown


def test_changed_abstract_is_not_marked() -> None:
    """Spans of another version of the abstract mark nothing; a line says why."""
    _, record = tern_record()
    newer = make_document(abstract="New words stand here. And there.")
    shown = render_record((newer, record), Draft)

    assert "⚠ The abstract has changed" in shown
    assert "[2] And there." in shown
    assert "«" not in shown


def test_failure() -> None:
    """A failure shows its kind, its message, and the beginning of what was answered."""
    document = make_document()
    failure = make_failure(document, raw_text='{"problem": ' * 100)
    shown = render_record((document, failure), Draft)

    assert "[1] Seabird counts" in shown
    assert "Failed: truncated\n  The answer was cut." in shown
    assert "What was answered\n  {" in shown
    assert shown.endswith("…\n  (1,199 characters in all)\n")


def test_failure_without_an_answer() -> None:
    """Where nothing was answered, nothing is said of an answer."""
    document = make_document()

    assert "answered" not in render_record((document, make_failure(document)), Draft)


def test_not_attempted() -> None:
    """A document that wasn't attempted shows its abstract and says so."""
    shown = render_record((make_document(), None), Draft)

    assert "[4] On COVE-9" in shown
    assert shown.endswith("\nNot attempted yet.\n")


def test_own_schema() -> None:
    """Fields of any schema are listed: choices in words, lists item by item, nested parts."""
    shown = render_record(trial_row(), Trial)

    assert "Study design\n  randomised trial\n  evidence: [1]\n" in shown
    assert "Countries\n  Norway\n  Peru\n" in shown
    assert "          doses · drug: somnol\n          doses · amount: 5 mg\n" in shown
    assert "Note\n  –\n" in shown


def test_nested_part_without_entries() -> None:
    """A nested list that is empty shows a dash."""
    arms = [{**TRIAL["arms"][0], "doses": []}]

    assert "  doses: –\n" in render_record(trial_row(arms=arms), Trial)


def test_absent_key_is_not_called_not_reported() -> None:
    """A field that the record has no key for is "not extracted"; a dash would claim more."""
    document = make_document()

    assert "Arms\n  not extracted\n" in render_record(
        (document, make_record(document, NOTHING)), Trial
    )


def test_record_without_flags() -> None:
    """A clean record says that it has no flags."""
    assert render_record(tern_record(), Draft).endswith("Flags\n  none\n")


CONTROLS = [" ", "\n", "\x1b[2J", "\x1b]0;x\x07", "\x9b31m", "\x00", "\r", "\u2028"]
REORDERING = ["\u202e", "\u2066", "\U000e0041"]
SHAPES = ["漢字", "e\u0301", "👩\u200d🔬", "word", "«", "a" * 40, ". The"]
hostile = st.lists(
    st.sampled_from([*CONTROLS, *REORDERING, *SHAPES]) | st.text(max_size=5),
    min_size=1,
    max_size=20,
).map("".join)


@given(text=hostile, other=hostile, width=st.integers(20, 90), color=st.booleans())
def test_nothing_acts_and_lines_fit(text: str, other: str, width: int, color: bool) -> None:
    """For any text in any field: no control but our own styles, and no line over the width."""
    document = make_document(
        title=other, abstract=text, authors=(other,), organisation=text, published=other, url=text
    )
    method = {"name": text[:3], "text": other, "sentences": [1]}
    record = make_record(
        document,
        {**NOTHING, "method": method},
        unsupported=(Unsupported(path="method.text", tokens=(other,)),),
        corrections=(text,),
    )
    failure = make_failure(document, message=text, raw_text=other)
    for outcome in (record, failure, None):
        shown = render_record((document, outcome), Draft, width=width, color=color)
        bare = SGR.sub("", shown) if color else shown
        assert not [c for c in bare if c != "\n" and unicodedata.category(c) in {"Cc", "Cs"}]
        assert not re.search("[\u2028\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]", bare)
        assert max(columns(line) for line in bare.splitlines()) <= width


@given(text=hostile, width=st.integers(20, 90))
def test_the_whole_abstract_is_shown(text: str, width: int) -> None:
    """Wrapping drops no visible character of the abstract, and no sentence."""
    document = make_document(abstract=text, title="T", authors=(), published=None, url=None)
    shown = render_record((document, None), Draft, width=width)
    body = shown.removeprefix("T\nid tern-1\n\n").removesuffix("\nNot attempted yet.\n")
    margin = len(f"[{len(sentence_spans(text))}] ")

    assert "".join("".join(line[margin:].split()) for line in body.splitlines()) == visible(text)


def visible(text: str) -> str:
    """The characters of a text that print, said independently of the code."""
    revealed = [*range(0x20), *range(0x7F, 0xA0), *range(0xE0000, 0xE0080)]
    revealed += [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
    printing = [c for c in text if not (c.isspace() or c in {"\u200b", "\ufeff"})]
    return "".join(f"‹U+{ord(c):04X}›" if ord(c) in revealed else c for c in printing)


@pytest.mark.parametrize(
    ("text", "wide"),
    [("abc", 3), ("漢字", 4), ("e\u0301", 1), ("👩\u200d🔬", 4), ("…«»–", 4), ("", 0)],
)
def test_columns(text: str, wide: int) -> None:
    """Wide East Asian characters take two columns, marks and joiners none."""
    assert columns(text) == wide


@pytest.mark.parametrize(
    ("text", "limit", "clipped"),
    [
        ("two words", 9, "two words"),
        ("two words", None, "two words"),
        ("two words", 5, "two…"),
        ("two, words", 5, "two…"),
        ("unbroken", 4, "unbr…"),
        ("漢字漢字漢", 3, "漢字漢…"),
        ("cafe\u0301e\u0301", 4, "caf…"),
        ("\u0301" * 9, 5, "\u0301" * 5 + "…"),
    ],
)
def test_clip(text: str, limit: int | None, clipped: str) -> None:
    """A clip ends between words, else between characters with their marks."""
    assert clip(text, limit) == clipped


def test_grounding_of_an_unlisted_value() -> None:
    """A value that the record holds no grounding for is called "not grounded"."""
    shown = render_record(tern_record(verbatims=()), Draft)

    assert "  name: TERNLOOP (not grounded)\n" in shown


def test_span_outside_the_text_marks_nothing() -> None:
    """A span that points beyond the abstract doesn't break the page."""
    stray = GroundedValue(
        path="method.name", value="x", grounding=Grounding.EXACT, span=Span(9000, 9001)
    )

    assert "[4] On COVE-9" in render_record(tern_record(verbatims=(stray,)), Draft)


def test_quantities_in_one_unit_show_their_arithmetic() -> None:
    """What was brought to one unit is shown with the arithmetic, unless that says nothing new."""
    document = make_document()
    record = make_record(document, TERN_ANSWER)
    assert "In one unit" not in render_record((document, record), Draft)
    quantity = NormalisedQuantity(
        text="3 GPU days",
        span=Span(0, 10),
        value=72,
        unit="GPU-hours",
        arithmetic="3 × 24 = 72 GPU-hours",
    )
    same = quantity.model_copy(update={"text": "3×", "arithmetic": "3× = 3 ×"})
    record = record.model_copy(update={"quantities": (same, quantity)})
    shown = render_record((document, record), Draft).splitlines()
    assert shown[shown.index("In one unit") + 1] == "  3 × 24 = 72 GPU-hours"
    record = record.model_copy(update={"quantities": (same,)})
    assert "In one unit" not in render_record((document, record), Draft)
