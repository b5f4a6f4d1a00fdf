"""What is quick for ordinary text comes to the same as the long way."""

from __future__ import annotations

import importlib
import pkgutil
import re
import shutil
from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from summarise import drafting, numbers
from summarise.characters import (
    INVISIBLE,
    beyond_ascii,
    editors,
    for_screen,
    normal,
)
from summarise.characters.clean import _RIGHT_TO_LEFT
from summarise.characters.normal import rewritten
from summarise.drafting import antecedents, compute, openings, purposes
from summarise.errors import PromptError
from summarise.extract import load_prompt
from summarise.ground import SourceText, cuts
from summarise.ground.source import Around
from summarise.models import Span
from summarise.numbers import outcomes, values
from summarise.reading import is_clinical, kinds
from summarise.render import table, wording
from summarise.render.format import RowView, Stretch, quoted_address
from summarise.render.formats import markdown
from summarise.render.layout import all_columns, layout_of, page_columns
from summarise.scan import (
    Ended,
    Gated,
    bare_words,
    datasets,
    hidden,
    neighbours,
    proposals,
    quantities,
    roles,
    sentence_spans,
    sentences,
    trusted,
    units,
)
from summarise.scan.patterns import word_places
from summarise.schema import Draft

_PIECES = [
    *("10x", "10 x", "10 ×", "10 %", "10times", "10 times", "x", "  ", " ", "--", "''", "+-"),
    *("+/-", "+", "-", "$", "&", "~", "{", "<", "\\", "`", "\t", "\n", "www.", "a.b", "3", "é"),
    *("e\u0301", "\u2009", "10²", "CO₂", "–", "’", "한", "@", ":", "|", "*", "1\u00a0000"),
]
_ordinary = st.text(alphabet=[chr(code) for code in range(32, 127)], max_size=60)
_mixed = st.lists(st.sampled_from(_PIECES), max_size=12).map("".join)
_any = st.one_of(st.text(max_size=40), _ordinary, _mixed)


@given(_any)
@example("88.4% of 10 xylophones")
def test_no_editor_rewrites_what_counts_as_normal(text: str) -> None:
    """A text that is taken for normal at a glance is one that each editor leaves alone."""
    if normal._is_normal(text):
        assert all(rewritten(text, editor, []) == text for editor in editors.EDITORS)


@given(_any)
def test_characters_alone_and_in_company(text: str) -> None:
    """Where no character needs its neighbours, the short pattern finds what the long one does."""
    if not editors._IN_COMPANY.search(text):
        found = [match.span() for match in editors._CHARACTER.finditer(text)]
        assert found == [match.span() for match in editors._ALONE_CHARACTER.finditer(text)]


@given(_any)
def test_a_clean_text_is_folded(text: str) -> None:
    """White space of a printable text is folded, by the short way as by the long one."""
    if text.isprintable():
        assert for_screen(text) == " ".join(text.split())


@given(st.text(alphabet="()[]a\n", max_size=20))
def test_brackets_that_are_paired_are_left(text: str) -> None:
    """Where each is seen to have its partner at a glance, each has."""
    if sentences._are_paired(text.encode().translate(None, sentences._NO_BRACKETS)):
        assert sentences._mask_lone_brackets(f"{text})") == f"{text}x"


_clinical = st.sampled_from(sorted(kinds._CLINICAL))
_joined = st.sampled_from([" ", " ", "-", "\n", "2", "é", ". Its "])


@given(st.lists(st.tuples(_clinical, _joined), max_size=9))
@example([("follow-up", " "), ("patients", " "), ("trial", "."), ("risk", "")])
@example([("patients", "-"), ("risk", " "), ("trial", "-"), ("care", " "), ("women", "")])
def test_a_first_look_misses_no_clinical_abstract(words: list[tuple[str, str]]) -> None:
    """An abstract that is clinical by all its words is so where a first look comes before."""
    text = "".join(map("".join, words))
    found = kinds._CLINICAL.intersection(kinds._PLAIN.findall(text))
    whole = len(found) >= kinds._LEAST and not found.isdisjoint(kinds._STUDIED)
    assert is_clinical(text) is whole


@given(_any)
def test_what_is_beyond_ascii_is_all_that_is_not(text: str) -> None:
    """In its order, halves of a pair of surrogates included."""
    assert beyond_ascii(f"{text}\ud800é") == "".join(c for c in f"{text}\ud800é" if ord(c) > 127)


def test_invisible_characters_are_those_that_a_look_at_ascii_leaves() -> None:
    """None of them is ASCII."""
    invisible = re.compile(f"[{INVISIBLE}]")
    for one in map(chr, range(0x110000)):
        assert (invisible.match(one) is None) is (hidden._INVISIBLE.match(one) is None)


@given(st.lists(st.sampled_from([*_PIECES, "accuracy", "F1", "score", "R2", "two", "one"])))
@example(["R", "2", " ", "score"])
def test_metrics_are_found_by_their_first_words(pieces: list[str]) -> None:
    """Each at the places where a search for all finds it."""
    text = "".join(pieces)
    found: list[int] = []
    for at in word_places(text, neighbours._METRICS_BEGIN):
        match = neighbours._METRIC.match(text, at)
        if match and at >= (found[-1] if found else 0):
            found.append(match.end())
    assert found == [match.end() for match in neighbours._METRIC.finditer(text)]


_ESCAPES = str.maketrans({one: put for one, put in markdown._ESCAPES.items() if len(one) == 1})
_ACTS_LATER = re.compile(r"(?<![^\W_])@(?=[A-Za-z0-9])|:(?=[a-z0-9+_-]+:)")


def _escaped_by_character(line: str) -> str:
    text = _ACTS_LATER.sub("\\g<0>\u200b", line).translate(_ESCAPES)
    text = text.replace("://", "&#58;//").replace("www.", "www&#46;")
    return f"\u2068{text}\u2069" if _RIGHT_TO_LEFT.search(text) else text


@given(st.lists(_any | st.sampled_from([":a:b:", "a@b @c", "\u05d0", "\u0878", "\ufb1d"])))
def test_texts_are_escaped_together_as_each_is_alone(texts: list[str]) -> None:
    """A sign at a time, and all texts of a row at once, comes to the same as by character."""
    lines = [for_screen(text) for text in texts]
    alone = [_escaped_by_character(line) for line in lines]
    assert [markdown.escape(text) for text in texts] == alone
    row = RowView(1, "", None, [], [], [[[Stretch(line)]] for line in lines], None)
    assert markdown._row(row) == f"| 1 | {' | '.join(['', *alone])} |"


@given(st.lists(st.sampled_from([*"abz. Z9)%”,", "al", "etc", "e.g", "vs"])).map("".join))
def test_a_full_stop_is_looked_for_at_the_end_alone(text: str) -> None:
    """As a search through the whole text would find it."""
    assert wording.as_phrase(text) == wording._FULL_STOP.sub("", text)


@given(st.lists(st.sampled_from([*"ab/.:-_%?[ ", "http://", "https://"])).map("".join))
def test_a_plain_address_is_one(text: str) -> None:
    """What is taken for one without being taken apart is one, and is linked as it stands."""
    if table._PLAIN_ADDRESS.fullmatch(text):
        assert urlsplit(text).hostname
        assert for_screen(text) == text == quoted_address(text)


@given(_any)
def test_a_plain_text_is_readable_as_it_stands(text: str) -> None:
    """A line in which nothing is seen to be left of LaTeX is what the long way makes of it."""
    assert normal.readable(text) == normal._read(text)
    assert normal.readable_line(text) == for_screen(normal._read(text))


@pytest.mark.parametrize("filled", [0, 20, 21, 39, 80, 81, 82, 150, 200])
@pytest.mark.parametrize("is_first", [True, False])
def test_no_more_lines_are_read_than_tell_the_columns(filled: int, is_first: bool) -> None:
    """The columns are those that all lines make, also where it is known how many there are."""
    layout = layout_of(Draft)
    empty = b'{"created":"","problem":{"text":"a"},"data":[],"compute":[],"results":[{}]}'
    full = empty.replace(b'"compute":[]', b'"compute":[{"value":"4 GPUs"}]')
    lines = [full] * filled + [empty] * (200 - filled)
    lines = lines if is_first else lines[::-1]
    columns = all_columns(layout)
    assert page_columns(columns, layout, lines) == page_columns(columns, layout, lines, len(lines))


def _among(found: Collection[str], *, lower: bool = False) -> Callable[[str], bool]:
    return lambda text: not bare_words(text.lower() if lower else text).isdisjoint(found)


def _holds(*hints: str, lower: bool = False) -> Callable[[str], bool]:
    return lambda text: any(map((text.lower() if lower else text).__contains__, hints))


def _ends(*ends: str) -> Callable[[str], bool]:
    return lambda text: text.endswith(ends)


def _is_said(ways: tuple[tuple[frozenset[str], ...], ...], text: str) -> bool:
    return trusted._is_said(ways, bare_words(text))


def _ends_in(one: Ended, text: str) -> bool:
    return one.search(text, 0, len(text)) is not None


def _gated() -> Iterator[tuple[str, re.Pattern[str], Callable[[str], bool]]]:
    """All patterns that are asked for a word or an end first, wherever they stand."""
    for package in (drafting, numbers):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for name, one in vars(importlib.import_module(found.name)).items():
                if isinstance(one, Gated):
                    yield f"{found.name}.{name}", one.pattern, one.may_be_in
                elif isinstance(one, Ended):
                    yield f"{found.name}.{name}", one.pattern, partial(_ends_in, one)


_GATES: dict[str, tuple[re.Pattern[str], Callable[[str], bool]]] = {
    **{name: (pattern, may_be) for name, pattern, may_be in _gated()},
    "metrics": (
        neighbours._METRIC,
        lambda text: any(
            neighbours._METRIC.match(text, at)
            for at in word_places(text, neighbours._METRICS_BEGIN)
        ),
    ),
    "metrics before": (neighbours._METRIC_BEFORE, _among(neighbours._METRICS_BEGIN, lower=True)),
    "names before": (
        quantities._NAME_BEFORE,
        lambda text: not text.rstrip().rpartition(" ")[2].islower(),
    ),
    "heads": (datasets._HEAD_RIGHT_BEFORE, _ends(*datasets._HEAD_ENDS)),
    "held": (datasets._HELD_BEFORE, _ends(*datasets._HELD_ENDS)),
    "announced": (openings._ANNOUNCED, _holds(": ")),
    "pointers": (antecedents._POINTER, _among(antecedents._POINTING, lower=True)),
    "spelled": (
        re.compile(rf"(?<![^\W_]){quantities._SPELLED.pattern}"),
        _among(quantities._SPELLED_WORDS, lower=True),
    ),
    "ordinals": (
        re.compile(rf"\A{quantities._ORDINAL.pattern}"),
        lambda text: text[:2] in quantities._ORDINAL_ENDS,
    ),
    "money": (quantities._MONEY_BEFORE, _ends(*quantities._MONEY_ENDINGS)),
    "fractions": (values._FRACTION_BEFORE, lambda text: text.rstrip()[-1:] in values._SHARE_ENDS),
    "counts": (values._COUNT_BEFORE, lambda text: text.rstrip()[-1:] in values._SHARE_ENDS),
    "low ends": (values._START_BEFORE, lambda text: text[-3:-1] == "to"),
    "parts": (values._PART_BEFORE, lambda text: "of" in text[-9:]),
    "changes": (outcomes._CHANGE_BEFORE, _among(outcomes._CHANGE_WORDS)),
    "shortened": (
        sentences._SHORTENED,
        lambda text: text[-3:-1].lower() in sentences._SHORTENED_ENDS,
    ),
    "labels": (neighbours._LABELLED, _among(neighbours._LABEL_WORDS, lower=True)),
    "cues": (neighbours._CUE, lambda text: text.removesuffix(" ").endswith(neighbours._CUE_ENDS)),
    "months": (neighbours._AFTER_MONTH, _among(neighbours._MONTHS, lower=True)),
    "dates": (neighbours._DATE_CUE, _among(neighbours._DATE_CUES, lower=True)),
    "spreads": (
        neighbours._SPREAD_BEFORE,
        lambda text: text.rstrip(" ([:=,;").endswith(neighbours._SPREAD_ENDS),
    ),
    "levels": (neighbours._LEVEL_BEFORE, lambda text: "I" in text[-3:]),
    "saved": (compute._SAVING_BEFORE, _holds(*compute._SAVING_HINTS)),
    "trained": (purposes._TRAIN, _holds(*purposes._TRAIN_HINTS, lower=True)),
    "solved": (proposals._SOLVED_WITH, _ends(" with ")),
    "requests": (trusted._REQUEST, _among(trusted._REQUESTS)),
    **{
        f"check {number}": (check.pattern, partial(_is_said, check.ways))
        for number, check in enumerate(trusted._CHECKS)
    },
}


@pytest.mark.parametrize("name", _GATES)
def test_what_rules_out_a_pattern_holds_nowhere_where_it_is_found(name: str) -> None:
    """A look at words or at the last characters never keeps a pattern from what it would find."""
    pattern, may_be = _GATES[name]

    # Where it ends in letters that only other scripts know as small ones of ours ("ſ"), it doesn't.
    @settings(max_examples=20)
    @given(st.from_regex(pattern).filter(lambda text: not set("ſıİK") & set(text)))
    def may_be_where_it_is_found(text: str) -> None:
        assume(pattern.search(text))
        assert may_be(text)

    may_be_where_it_is_found()


@settings(max_examples=20)
@given(st.from_regex(cuts._QUALIFIER, alphabet=st.characters(max_codepoint=255)))
@example("a value—about ")
@example("—at least ")
@example("scaled up to ")
@example("a \\approx ")
@example(":almoSt ")
@example("“Over an ")
def test_a_qualifier_is_tried_by_its_last_word(before: str) -> None:
    """What qualifies a number is found whatever is glued to it, and "to" only in "up to"."""
    assume(cuts._QUALIFIER.search(before, max(0, len(before) - cuts._LONGEST_WORD)))
    at = Around(f"{before}5", Span(len(before), len(before) + 1), Span(0, len(before) + 1))
    assume(at.before == before)
    assert cuts._may_qualify(at)


@given(st.sampled_from(sorted(units.NO_UNIT)), _any)
def test_no_unit_begins_with_a_sign(sign: str, text: str) -> None:
    """Behind such a sign there is neither unit nor rate."""
    for pattern in (units.UNIT, units.PER, neighbours.METRIC_UNIT):
        assert not (sign and pattern.match(f"5{sign}{text}", 1))
        assert not pattern.match("5", 1)


@given(_any)
@example("We propose Zeta-Net, a model of 12 users' data; it's 3.5% better (p<0.01).")
def test_the_roles_of_sentences_are_scored_by_all_their_words(text: str) -> None:
    """Triples that have no weight aren't made, and words are told apart as a pattern does."""
    low = text.lower()
    told = ["0" if token[0].isdigit() else token for token in roles._TOKEN.findall(low)]
    assert roles._tokens(low) == told
    model = roles.load_model()
    known = roles.role_features(text) & model.weights.keys()
    assert roles.role_features(text, model.triples) & model.weights.keys() == known


def test_a_value_is_placed_in_each_source_by_itself() -> None:
    """What was learnt of a value in one abstract says nothing about another one."""
    first, second = "A tarn of 12 km. We map it.", "We map 12 km of shore. A tarn is near."
    for text in (first, second, first):
        source = SourceText(text, None, sentence_spans(text))
        found = source.place("12 km", [1])
        assert found is not None
        assert found.span == (text.index("12"), text.index("12") + 5)


@pytest.mark.parametrize("attribute", ["__class__", "_iterator", "index.__class__"])
def test_a_template_gets_no_more_of_a_loop_than_its_public_names(
    tmp_path: Path, attribute: str
) -> None:
    """The number of a sentence is at hand; what is private stays out of a template's reach."""
    own = tmp_path / "mine"
    shutil.copytree(Path(__file__).parents[1] / "prompts" / "v1", own)
    line = f"{{% for one in sentences %}}{{{{ loop.{attribute} }}}}{{{{ one }}}}{{% endfor %}}"
    (own / "user.md.jinja").write_text(line, encoding="utf-8")
    with pytest.raises(PromptError, match="a template is broken"):
        load_prompt(str(own))
