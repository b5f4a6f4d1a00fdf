"""Grounding: every true value is found whatever its typography, and no other value ever is."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from summarise.characters import normalise
from summarise.ground import Grounded, SourceText, ground, unclaimed
from summarise.ground.grounding import claimed_spans
from summarise.ground.words import Number, statement_tokens
from summarise.models import GroundedValue, Grounding, Quantity, QuantityKind, Span, Unsupported
from summarise.scan import scan, sentence_spans
from summarise.scan.units import UNITS as UNIT_TABLE
from summarise.schema import Draft, Evidence, Part, SentenceRef, Statement, Verbatim
from tests.records import NOTHING, result_of


class Facts(Part):
    """Verbatim values with their evidence."""

    values: list[Verbatim]
    sentences: Evidence


class Claim(Part):
    """One statement with its evidence."""

    text: Statement | None
    sentences: Evidence


class Report(Part):
    """Parts with evidence, without any, and with a single sentence."""

    claims: list[Claim]
    title_word: Verbatim | None
    pick: Pick | None


class Pick(Part):
    """A value with one sentence number instead of a list."""

    value: Verbatim
    sentence: SentenceRef | None


Report.model_rebuild()


def make_source(abstract: str, title: str | None = None) -> SourceText:
    """A source whose sentences are split as everywhere else."""
    return SourceText(abstract, title, sentence_spans(abstract))


def find(value: str, abstract: str, title: str | None = None) -> GroundedValue:
    """Ground one value that cites every sentence."""
    source = make_source(abstract, title)
    cited = list(range(1, len(source.sentences) + 1))
    return ground(Facts, {"values": [value], "sentences": cited}, source).verbatims[0]


def is_found(value: str, text: str) -> bool:
    """Whether a value is found in a text."""
    return find(value, text).grounding is not Grounding.MISSING


def check(
    text: str, abstract: str, cited: list[int] | None = None, title: str | None = None
) -> tuple[str, ...]:
    """The unsupported tokens of one statement, which cites every sentence unless told."""
    source = make_source(abstract, title)
    if cited is None:
        cited = list(range(1, len(source.sentences) + 1))
    grounded = ground(Claim, {"text": text, "sentences": cited}, source)
    return grounded.unsupported[0].tokens if grounded.unsupported else ()


# Invented abstracts with the values that they hold.
PAIRS: list[tuple[str, list[str]]] = [
    (
        (
            "We present Marlin-VQ, a tokeniser with 350M parameters. It reaches 46.3% top-1"
            " accuracy on PondBench, up from 19.2%. Training takes 8 A100 GPUs for 5.7 days."
        ),
        ["Marlin-VQ", "350M parameters", "46.3%", "PondBench", "19.2%", "8 A100 GPUs", "5.7 days"],
    ),
    (
        (
            "Wetland birds decline. In 1,482 plots over 12 years, abundance fell by 31% (95%"
            " CI 0.71–0.89; p = 0.003). Grazing explained most of it."
        ),
        ["1,482 plots", "12 years", "31%", "0.71–0.89", "0.003"],
    ),
    (
        (
            "DriftNet needs 16 GB of memory and runs 6x faster than KelpFormer-L. Its cost is"
            " $26k, against $310,000 before."
        ),
        ["DriftNet", "16 GB", "6x", "KelpFormer-L", "$26k", "$310,000"],
    ),
    (
        (
            "A randomised trial (n = 208) compared 50 mg/day zelaprin with placebo. The"
            " hazard ratio was 0.62. Adverse events occurred in 7 and 9 patients."
        ),
        ["n = 208", "50 mg/day", "zelaprin", "0.62", "7", "9 patients"],
    ),
    (
        (
            "LoomCorpus holds 40K image–text pairs and 1.2 billion tokens. Models trained on"
            " it gain +0.8 mIoU on QuiltSeg."
        ),
        ["LoomCorpus", "40K image–text pairs", "1.2 billion tokens", "+0.8 mIoU", "QuiltSeg"],
    ),
    (
        "The rate constant is 3.1×10^5 per second at 300 K. Errors stay below 0.4 ± 0.1 kJ.",
        ["3.1×10^5", "300 K", "0.4 ± 0.1 kJ"],
    ),
    (
        (
            "Survey data from 22,000 households in Veldoria show a 14-point gap. Trust rose"
            " from 2.8 to 3.6 on a 5-point scale."
        ),
        ["22,000 households", "Veldoria", "14-point gap", "2.8", "3.6", "5-point scale"],
    ),
    (
        "Tern-7B, tuned with Re-Sift, scores 71.9 on HaikuEval and 64.4 BLEU on MossTrans.",
        ["Tern-7B", "Re-Sift", "71.9", "HaikuEval", "64.4 BLEU", "MossTrans"],
    ),
    (
        "Emissions drop by 90% CO2, i.e. 12.5 tonnes. Inference needs 45 ms on one RTX 5120 card.",
        ["90% CO2", "12.5 tonnes", "45 ms", "RTX 5120"],
    ),
    (
        "The “Fen” telescope saw 17 quasars at z > 6.5; the faintest has magnitude −26.7.",
        ["“Fen” telescope", "17 quasars", "6.5", "−26.7"],
    ),
    (
        "We introduce α-Sieve, an O(n log n) filter. Its F1 is 0.934 on Dunlin & Co data.",
        ["α-Sieve", "O(n log n)", "0.934", "Dunlin & Co"],
    ),
    (
        "Five-year survival was 58.2% versus 44.9% in the BRINE-2 cohort of 3173 adults.",
        ["58.2%", "44.9%", "BRINE-2", "3173 adults"],
    ),
    (
        "GullNet trains in 15,000 A100 GPU hours with batch size 32,768 and beats Skua v1.5.",
        ["GullNet", "15,000 A100 GPU hours", "batch size 32,768", "Skua v1.5"],
    ),
]
VALUES = [(abstract, value) for abstract, values in PAIRS for value in values]

UNITS = [
    *(("%", " points"), ("%", "‰"), ("M ", "B "), ("K ", "M "), ("GB", "MB"), ("hours", "days")),
    *(("days", "hours"), ("years", "months"), ("billion", "million"), ("mg/day", "mg/kg")),
    *(("ms", "s"), ("x", "%"), ("k", "M"), ("mg", "g"), ("tonnes", "kg"), ("$", "€")),
]


def digit_mutations(value: str) -> Iterator[str]:
    """The value with each digit changed, dropped and doubled in turn."""
    for index, character in enumerate(value):
        if character.isascii() and character.isdigit():
            before, after = value[:index], value[index + 1 :]
            yield from (f"{before}{(int(character) + step) % 10}{after}" for step in (1, 5, 9))
            if before[-1:].isdigit() or after[:1].isdigit():
                yield before + after
            yield before + character * 2 + after


def unit_mutations(value: str) -> Iterator[str]:
    """The value with its unit changed."""
    return (value.replace(old, new) for old, new in UNITS if old in value)


def letter_mutations(value: str) -> Iterator[str]:
    """The value with each letter replaced by another one and by its other case, in turn."""
    for index, character in enumerate(value):
        if character.isascii() and character.isalpha():
            other = "z" if character.lower() != "z" else "q"
            yield value[:index] + other + value[index + 1 :]
            yield value[:index] + character.swapcase() + value[index + 1 :]


def test_there_are_enough_invented_abstracts() -> None:
    """The sets below rest on at least a dozen abstracts."""
    assert len(PAIRS) >= 12


@pytest.mark.parametrize(("abstract", "value"), VALUES)
def test_a_copied_value_is_exact(abstract: str, value: str) -> None:
    """What is copied character for character is exact, and its span holds it."""
    found = find(value, abstract)
    assert found.grounding is Grounding.EXACT
    assert found.span is not None
    assert found.span.of(abstract) == value


def sign_mutations(value: str) -> Iterator[str]:
    """The value with a sign before its first digit, or without the one that it has."""
    at = next((i for i, character in enumerate(value) if character.isdigit()), 0)
    if value[at].isdigit():
        yield f"{value[:at]}-{value[at:]}"
        if value[at - 1 : at] in tuple("-−"):
            yield value[: at - 1] + value[at:]


def name_mutations(value: str) -> Iterator[str]:
    """The value with each of its names changed in what makes a name of it."""
    for name in re.findall(r"[A-Z][\w-]+", value):
        for other in (f"{name}-2", f"{name}X", f"Re{name}", name[::-1], name.lower(), name.upper()):
            yield value.replace(name, other)


@pytest.mark.parametrize(
    "mutations",
    [digit_mutations, unit_mutations, letter_mutations, sign_mutations, name_mutations],
)
def test_a_changed_value_is_missing(mutations: Callable[[str], Iterator[str]]) -> None:
    """Another digit, another unit or another letter is another value: none is ever found."""
    tried = [
        (abstract, changed)
        for abstract, value in VALUES
        for changed in mutations(value)
        if any(map(str.isalnum, changed)) and normalise(changed).text != normalise(value).text
        # A word may have a capital that the abstract lacks (rule 7).
        if not (changed[1:] == value[1:] and value[0].islower())
    ]
    assert len(tried) > 15
    assert [c for abstract, c in tried if is_found(c, abstract)] == []


def full_width(character: str) -> str:
    """The full-width form of an ASCII letter or digit."""
    is_plain = character.isascii() and character.isalnum()
    return chr(ord(character) + 0xFEE0) if is_plain else character


SPELLINGS: dict[str, Callable[[str], str]] = {
    "non-breaking hyphen": lambda v: v.replace("-", "\u2011"),
    "en dash": lambda v: v.replace("-", "–"),
    "minus": lambda v: v.replace("-", "−"),
    "ascii dash": lambda v: v.replace("–", "-").replace("−", "-"),
    "latex dash": lambda v: v.replace("–", "--"),
    "no-break space": lambda v: v.replace(" ", "\u00a0"),
    "thin space": lambda v: v.replace(" ", "\u2009"),
    "line break": lambda v: v.replace(" ", "\n "),
    "latex tie": lambda v: v.replace(" ", "~"),
    "straight quotes": lambda v: v.replace("“", '"').replace("”", '"'),
    "latex quotes": lambda v: v.replace("“", "``").replace("”", "''"),
    "ligatures": lambda v: v.replace("fi", "ﬁ").replace("fl", "ﬂ").replace("ff", "ﬀ"),
    "full width": lambda v: "".join(map(full_width, v)),
    "full-width percent": lambda v: v.replace("%", "％"),
    "spaced percent": lambda v: v.replace("%", "\u202f%"),
    "latex percent": lambda v: v.replace("%", r"\%"),
    "latex ampersand": lambda v: v.replace("&", r"\&"),
    "latex dollar": lambda v: v.replace("$", r"\$"),
    "lost dollar": lambda v: v.replace("$", "\\"),
    "latex comma": lambda v: v.replace(",", "{,}"),
    "thousands space": lambda v: v.replace(",", "\u202f"),
    "latex symbols": lambda v: v.replace("×", r"\times").replace("±", r"\pm"),
    "factor": lambda v: v.replace("6x", "6×"),
    "factor residue": lambda v: v.replace("6x", "6times"),
    "superscript": lambda v: v.replace("^5", "⁵"),
    "braced power": lambda v: v.replace("^5", "^{5}"),
    "greek": lambda v: v.replace("α", r"\alpha"),
    "greek in math": lambda v: v.replace("α", r"$\alpha$"),
    "subscript": lambda v: v.replace("CO2", "CO₂"),
    "html subscript": lambda v: v.replace("CO2", "CO<sub>2</sub>"),
    "math": lambda v: v if " " in v or "$" in v else f"${v}$",
    "bold": lambda v: rf"\textbf{{{v}}}",
    "html bold": lambda v: f"<b>{v}</b>",
    "braces": lambda v: f"{{{v}}}",
    "entities": lambda v: v.replace("&", "&amp;").replace(" ", "&nbsp;").replace("–", "&ndash;"),
    "soft hyphen": lambda v: v[:1] + "\u00ad" + v[1:],
    "zero width": lambda v: v[:-1] + "\u200b" + v[-1:],
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_typography_never_hides_a_true_value(spelling: str) -> None:
    """A value is found however it, or the abstract, is set."""
    rewrite = SPELLINGS[spelling]
    rejected = [
        (rewritten, text)
        for abstract, value in VALUES
        for rewritten, text in (
            (rewrite(value), abstract),
            (value, abstract.replace(value, rewrite(value))),
        )
        if not is_found(rewritten, text)
    ]
    assert rejected == []


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_span_reads_like_its_value(spelling: str) -> None:
    """The text behind a span has the value's normal form, and is exact only when equal to it."""
    rewrite = SPELLINGS[spelling]
    for abstract, value in VALUES:
        text = abstract.replace(value, rewrite(value))
        found = find(value, text)
        assert found.span is not None
        original = found.span.of(text)
        # Of "$α$-Sieve" the first delimiter stays outside.
        assert normalise(original).text.replace("α$", "α") == normalise(value).text
        assert (found.grounding is Grounding.EXACT) == (original == value)


_fillers = st.lists(
    st.sampled_from(
        ["we", "study", "large", "models", "of", "the", "sea", "and", "their", "depth"]
    ),
    min_size=1,
    max_size=8,
).map(" ".join)
_numbers = st.one_of(
    st.integers(0, 99999).map(str),
    st.integers(1000, 9999999).map("{:,}".format),
    st.decimals(0, 1000, places=2, allow_nan=False).map(str),
)
_values = st.one_of(
    st.tuples(
        _numbers, st.sampled_from(["", "%", "x", " GB", "M", "K pairs", " hours", " points"])
    ).map("".join),
    st.from_regex(r"[A-Z][a-z]{2,5}[A-Z][a-z]{1,4}(-[0-9]{1,2}[KMB]?)?", fullmatch=True),
)


@given(_fillers, _values, _fillers, st.sampled_from([" ", " (", " “", " ~", " <"]))
def test_any_value_is_found_between_words(left: str, value: str, right: str, joint: str) -> None:
    """A value among words is found where it stands, exactly."""
    abstract = f"{left}{joint}{value}, {right}."
    found = find(value, abstract)
    assert found.grounding is Grounding.EXACT
    assert found.span == Span(len(left + joint), len(left + joint + value))


@given(_fillers, _values, _fillers, st.data())
def test_no_changed_value_is_found_between_words(
    left: str, value: str, right: str, data: st.DataObject
) -> None:
    """Nor is one with a digit, unit or letter changed."""
    changed = data.draw(
        st.sampled_from(list(chain(digit_mutations(value), letter_mutations(value))) or [value])
    )
    assume(changed.strip() and normalise(changed).text != normalise(value).text)
    assume(any(map(str.isalnum, changed)))
    assert not is_found(changed, f"{left} {value}, {right}.")


@given(_fillers, _values, _fillers, st.sampled_from(sorted(SPELLINGS)))
def test_any_value_is_found_in_any_typography(
    left: str, value: str, right: str, spelling: str
) -> None:
    """A value set in another way is found, and its span reads like it."""
    abstract = f"{left} {SPELLINGS[spelling](value)}; {right}."
    found = find(value, abstract)
    assert found.span is not None
    assert normalise(found.span.of(abstract)).text == normalise(value).text


_loose = st.text(
    st.sampled_from("0125 .,-–^²×%$€KMB/:±+'Aa\n") | st.characters(codec="utf-8"), max_size=40
)


@given(_loose, _loose, st.none() | _loose)
def test_no_text_makes_grounding_fail(abstract: str, value: str, title: str | None) -> None:
    """Any abstract, any value and any statement can be grounded."""
    source = make_source(abstract, title)
    draft = {"values": [value], "sentences": [1]}
    found = ground(Facts, draft, source).verbatims[0]
    if found.span is not None:
        text = abstract if found.source == "abstract" else title or ""
        assert (found.grounding is Grounding.EXACT) == (found.span.of(text) == value)
    ground(Claim, {"text": value, "sentences": [1]}, source)


# --- rules of the package, by number --------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("5", "in 15 cases"),
        ("5", "in 51 cases"),
        ("AD", "we READ it"),
        ("5", "5M images"),
        ("M", "5M images"),
        ("net", "snake_net"),
        ("score", "the scorer"),
        ("Adam", "by Adams"),
        ("Adams", "by Adam"),
        ("5 ms", "5 m long"),
        ("5 m", "5 ms long"),
        ("5 kbps", "5 kbp long"),
        ("US", "tell us"),
        ("Us", "the US"),
        ("IT", "tell it"),
        ("It", "the IT"),
        ("Ions", "the lions"),
    ],
)
def test_rule_1_words_are_whole(value: str, text: str) -> None:
    """A word character at an edge never touches another one."""
    assert not is_found(value, text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("5", "rose to 5.7 units"),
        ("5", "rose to .5 units"),
        ("7", "rose to 5.7 units"),
        ("1", "in 1,500 plots"),
        ("500", "in 1,500 plots"),
        ("5.", "rose to 5.7 units"),
        (".7", "rose to 5.7 units"),
        ("5", "about 5^2 cells"),
        ("5", "about 10^5 cells"),
        ("10", "about 10^5 cells"),
        ("10", "about 10⁵ cells"),
        ("5", "about 5×10^3 cells"),
        ("10^3", "about 5×10^3 cells"),
        ("5", "some 5 million cells"),
        ("5", "some 5-million-cell sheets"),
        ("5", "some 5 M cells"),
        ("5", "some 5 000 cells"),
        ("000", "some 5 000 cells"),
        ("5", "some 5\u202f000 cells"),
        ("5", "some 5{,}000 cells"),
        ("5", "in 5/8 of cases"),
        ("8", "in 5/8 of cases"),
        ("1", "mixed 1:5 by mass"),
        ("5", "mixed 1:5 by mass"),
        ("05", "on 2024-05-23"),
        ("0.5", "a shift of -0.5 units"),
        ("0.5", "a shift of −0.5 units"),
        ("0.5", "a shift (−0.5)"),
        ("-5", "after 3-5 weeks"),
        ("3×", "a 3×3 grid"),
    ],
)
def test_rule_2_numbers_are_whole(value: str, text: str) -> None:
    """A part of a number, or a number without its sign, is another number."""
    assert not is_found(value, text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *(("0.2", "within 0.2-0.5 mm"), ("0.5", "within 0.2-0.5 mm"), ("0.5", "within 0.2–0.5 mm")),
        *(("10%", "a 5-10% gain"), ("10%", "a 5%-10% gain"), ("2.3", "it is 2.3±0.4")),
        *(("92.1", "gets 92.1/88.3 on both"), ("88.3", "gets 92.1/88.3 on both")),
        *(("46.3", "gets 46.3%"), ("46.3", "gets 46.3 % now"), ("46.3", "took 46.3 ms")),
        *(("10", "is 10× faster"), ("40", "a 40-layer net"), ("0.05", "p<0.05"), ("7", "(7)")),
        *(("0.8", "gains +0.8 mIoU"), ("+0.8", "gains +0.8 mIoU"), ("-0.5", "moves −0.5 units")),
        *(("5", "we see 5. Then more"), ("5", "5, 6 and 7"), ("300", "costs $300 now")),
        *((r"\300", r"costs \300 now"), ("$300,000", r"costs \300,000"), ("300,000", r"\300,000")),
        *(("46.3%", "accuracy—46.3%—rose"), ("2024", "on 2024-05-23"), ("1024", "1024×768 px")),
        *(("100", "over 100+ languages"), ("10 to 20%", "by 10 to 20%"), ("A100 500", "A100 500")),
    ],
)
def test_rule_3_units_ranges_and_signs_beside_a_number(value: str, text: str) -> None:
    """What doesn't change a number may stand beside it."""
    assert is_found(value, text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *(("BERT", "we use VL-BERT"), ("BERT", "we use Distil-BERT"), ("BERT", "use BERT-large")),
        *(("EvalMoss", "on EvalMoss-40K"), ("5", "like GPT-5"), ("5", "like GPT–5 here")),
        *(("50", "a ResNet-50 trunk"), ("GPT-4", "like GPT-4-turbo"), ("GPT-4", "like GPT-4V")),
        *(
            ("3D-VQA", "on LLaVA-3D-VQA"),
            ("image pairs", "from text-image pairs"),
            ("3", "a 3-D map"),
        ),
        *(("7B", "with -7B"), ("CIFAR-10", "on CIFAR-100"), ("100", "on CIFAR-10-100")),
    ],
)
def test_rule_4_a_hyphen_makes_another_name(value: str, text: str) -> None:
    """A name within a hyphenated name is another name."""
    assert not is_found(value, text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *(
            ("CLIP", "a CLIP-based model"),
            ("ELLA", "an ELLA-style prompt"),
            ("GPT-4", "GPT-4-generated"),
        ),
        *(
            ("BERT", "a non-BERT model"),
            ("7B", "use LLaMA-7B here"),
            ("7B", "a 7B-parameter model"),
        ),
        *(
            ("7B", "use LLaMA-2-7B"),
            ("BERT", "one model—BERT—wins"),
            ("text", "text- or image-only"),
        ),
        *(("ImageNet", "on ImageNet's classes"), ("BERT", "BERT, RoBERTa"), ("BERT", "BERT/CLIP")),
    ],
)
def test_rule_4_what_leaves_a_name_alone(value: str, text: str) -> None:
    """A describing suffix or prefix, a dash between phrases and a size in a name don't hide it."""
    assert is_found(value, text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *(("F1", "F1@10 rises"), ("10", "F1@10 rises"), ("AT", "from AT&T"), ("T", "from AT&T")),
        *(
            ("BRINE-", "in BRINE-2"),
            ("-2", "in BRINE-2"),
            ("Node", "in Node.js"),
            ("js", "in Node.js"),
            ("HumanEval", "on HumanEval+ now"),
        ),
        *(("C", "written in C++"), ("R", "an R^2 of"), ("Skua v1", "beats Skua v1.5")),
    ],
)
def test_rule_5_other_joints_make_another_name(value: str, text: str) -> None:
    """A name joined to another by @, &, a point, + or a power is another name."""
    assert not is_found(value, text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *(
            ("50 mg", "gave 50 mg/kg daily"),
            ("8 GPU", "took 8 GPU-hours"),
            ("5 m", "is 5 m² large"),
        ),
        *(("50 mg", "gave 50 mg-equivalents"), ("16 GB", "moves 16 GB/s")),
    ],
)
def test_rule_6_units_are_whole(value: str, text: str) -> None:
    """A unit that goes on is another unit."""
    assert not is_found(value, text)


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("accuracy gains", "Accuracy gains are small.", True),
        ("accuracy gains", "All is well. Accuracy gains are small.", True),
        ("accuracy gains", "Results: Accuracy gains are small.", True),
        ("accuracy gains", "We name it Accuracy gains here.", False),
        ("Accuracy gains", "We see accuracy gains.", True),
        ("Top-level scores", "We see top-level scores.", True),
        ("Accuracy", "We see inaccuracy.", False),
        ("bert", "BERT wins.", False),
        ("Bert", "BERT wins.", False),
        ("pondNet", "PondNet wins.", False),
        ("tern-7B", "Tern-7B wins.", False),
        ("marlin", "Marlin wins. We like Marlin.", False),
    ],
)
def test_rule_7_case_counts(value: str, text: str, expected: bool) -> None:
    """Only an ordinary word that begins a sentence may have a capital that the value lacks."""
    assert is_found(value, text) is expected


def test_rule_7_case_counts_in_a_title() -> None:
    """The first word of a title may be a name: its capital counts."""
    assert find("marlin", "We present a model.", "Marlin: a model").grounding is Grounding.MISSING


@pytest.mark.parametrize(("value", "text"), [("16GB", "has 16 GB now"), ("16 GB", "has 16GB now")])
def test_rule_8_the_space_before_a_unit_is_free(value: str, text: str) -> None:
    """A number and its short unit may stand together or apart."""
    assert is_found(value, text)
    assert find(value, text).grounding is Grounding.NORMALISED


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *(("0.48±0.02", r"is 0.48$\pm$0.02 now"), ("-2.5", r"is $-$2.5 now")),
        *(("~30", r"is $\sim$30 now"), ("30", r"is $\sim$30 now"), (">90%", r"is $>$90\% now")),
        *(("8 mg g-1", "8 mg g⁻¹ of"), ("8 mg g⁻¹", "8 mg g-1 of"), ("25 kg/m2", "25 kg/m²")),
        *(
            ("8 mg g-1", "8 mg g$^{-1}$ of"),
            ("8 mg g$^{-1}$", "8 mg g-1"),
            ("8 mg g^{-1}", "8 mg g–1"),
        ),
        *(("8 GPUs", r"on $8\text{ GPUs}$ now"), ("5 μm", r"at 5 $\mu$m now")),
        *(
            ("37 °C", r"at 37 $^\circ$C now"),
            ("37°C", r"at 37$^{\circ}$C now"),
            ("37°C", "at 37 ºC"),
        ),
        *(("12,345", "in 12 345 rows"), ("12345", "in 12,345 rows"), ("12 345", "in 12,345 rows")),
        *(("12 345 mg", "by 12 345 mg pills"), ("345 mg", "by 12 345 mg pills")),
        *(
            ("12,345 rows", "in 12345 rows"),
            ("1,234,567", "in 1234567 rows"),
            ("25.4%", "8%vs.25.4%"),
        ),
        *(
            ("5.5 years", "for 5½ years"),
            ("5½", "for 5.5 years"),
            ("0.5", "is ½ now"),
            ("½", "is 0.5"),
        ),
        *((".85", "is 0.85 now"), ("0.85", "is .85 now"), ("± 622 m", "is 6712 ± 622 m now")),
        *(
            ("46.3 percent", "is 46.3% now"),
            ("46.3%", "is 46.3 per cent"),
            ("46.3 per cent", "is 46.3%"),
        ),
        *(
            ("46.3 percent.", "is 46.3% now"),
            ("BERT.", "use BERT now"),
            ("Scores.", "the score is"),
        ),
        *(("A100 GPU", "on 8 A100 GPUs"), ("scores", "the score is"), ("AIs", "an AI wins")),
        *(("8-GPU", "on 8 GPU now"), ("8-GPU", "on 8 GPUs now"), ("8 GPUs", "an 8-GPU box")),
        *(
            ("31 km/s/Mpc", r"is $31$ km s$^{-1}$ Mpc$^{-1}$ now"),
            ("3 W m⁻² K⁻¹", "is 3 W/m²/K now"),
            ("8 mg/g", "of 8 mg g-1 now"),
            ("< 4 ng/L", "is <4 ng L⁻¹ now"),
        ),
        *(
            ("5 s", "is 5 ± 1 (stat) ± 2 (syst) s now"),
            ("5 g/L", r"is $5^{+2}_{-1}$ g L$^{-1}$ now"),
            ("5%", "is 5 ± 1% now"),
        ),
        *(("87Rb", "of $^{87}$Rb atoms"), ("18O2", "with <sup>18</sup>O2 now")),
        *(("H_0", "the $H_0$ now"), ("M_ej", r"the $M_{\rm ej}$ now")),
    ],
)
def test_rule_9_what_reads_the_same_is_found(value: str, text: str) -> None:
    """One number, unit or word in another dress is found, though not exactly."""
    found = find(value, text)
    assert found.grounding is (Grounding.EXACT if value in text else Grounding.NORMALISED)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *(
            ("0.85", "is -.85 now"),
            (".85", "is 1.85 now"),
            ("5.5", "is 5¼ now"),
            ("5.5", "is 15½ now"),
        ),
        *(
            ("½", "is 1.5 now"),
            ("5", "is 5½ now"),
            ("2.5", r"is $-$2.5 now"),
            ("0.5", r"is $-$0.5"),
        ),
        *(("12,345", "in 12 346 rows"), ("12345", "in 112,345 rows"), ("12", "in 12 345 rows")),
        *(
            ("12345", "in 12,345,678 rows"),
            ("46.3 percent", "is 46.3 points"),
            ("1.5", "is v1.5 now"),
        ),
        *(("8 mg g-1", "8 mg g-2 of"), ("8 mg g-1", "8 mg g1 of"), ("37 °C", "at 37 °F now")),
        *(("8-GPU", "on 8 CPUs now"), ("8-GPU", "on 18 GPU now"), ("3 K", "a 3-K model")),
        *(("31 km/s", "is 31 km s⁻² now"), ("3 W", "is 3 W⁻² now"), ("8 Mpc", "8 Mpc⁻¹")),
        *(("5 ms", "is 5 ± 1 s now"), ("1 s", "is 5 ± 1 m now"), ("5 m", "5 ± 1 m⁻¹")),
        *(("±2.19", "is 92.25±2.18 now"), ("$5", "and $-$5 now"), ("25.4", "in Ref.25.4 now")),
    ],
)
def test_rule_9_what_reads_otherwise_is_missing(value: str, text: str) -> None:
    """Another number, sign or unit is none in any dress."""
    assert not is_found(value, text)


@pytest.mark.parametrize("value", ["", " ", "%", "–", "\u200b"])
def test_a_value_without_letter_or_digit_is_missing(value: str) -> None:
    """Nothing to find is nothing found."""
    assert not is_found(value, "From 3 – 5 % of it.")


def test_white_space_around_a_value_is_not_exact() -> None:
    """A padded value is found, but its span doesn't equal it."""
    found = find(" 46.3% ", "It reaches 46.3%.")
    assert found.grounding is Grounding.NORMALISED
    assert found.span == Span(11, 16)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("$α$-Sieve", "We call it $α$-Sieve now."),
        (r"\textbf{46.3\%}", r"It reaches \textbf{46.3\%} now."),
        ("“Fen”", "The “Fen” set."),
    ],
)
def test_markup_that_is_copied_is_exact(value: str, text: str) -> None:
    """A value that was copied with the LaTeX around it is exact, LaTeX and all."""
    found = find(value, text)
    assert found.grounding is Grounding.EXACT
    assert found.span is not None
    assert found.span.of(text) == value


# --- places and sentence numbers ------------------------------------------------------------------

THREE = "We reach 46.3% first. Then nothing happens. We reach 46.3% again with 46.3\u2009% recall."


def facts(abstract: str, value: str, cited: list[int], title: str | None = None) -> Grounded:
    """Ground one value with the given evidence."""
    return ground(Facts, {"values": [value], "sentences": cited}, make_source(abstract, title))


def test_cited_sentences_come_first() -> None:
    """Of several places, one in a cited sentence wins, and an exact one among those."""
    grounded = facts(THREE, "46.3%", [3])
    assert grounded.verbatims[0].span == Span(53, 58)
    assert grounded.corrections == ()


def test_an_exact_place_wins_over_an_earlier_one() -> None:
    """Among uncited places an exact one wins; else the first."""
    abstract = "It reaches 46.3\u2009% first. Then 46.3% again."
    assert facts(abstract, "46.3%", []).verbatims[0].span == Span(30, 35)
    assert facts(abstract, "46.3 %", []).verbatims[0].span == Span(11, 17)


def test_a_value_in_another_sentence_corrects_the_list() -> None:
    """The sentence is added, the correction told, and what was given kept."""
    grounded = facts("We try. It fails. We reach 7.5% now.", "7.5%", [1, 2])
    assert grounded.draft["sentences"] == [1, 2, 3]
    assert grounded.verbatims[0].cited == (1, 2)
    assert grounded.corrections == ("values[0]: found in sentence 3, not in 1 and 2",)


def test_an_uncited_value_gets_its_sentence() -> None:
    """An empty list is filled from where the value stands."""
    grounded = facts("We try. We reach 7.5% now.", "7.5%", [])
    assert grounded.draft["sentences"] == [2]
    assert grounded.corrections == ("values[0]: found in sentence 2, none was cited",)


def test_a_value_across_two_sentences_needs_both() -> None:
    """A span over a boundary lies in both sentences."""
    grounded = facts("We train on Moss. Fern follows.", "Moss. Fern", [1])
    assert grounded.draft["sentences"] == [1, 2]
    assert grounded.corrections == ("values[0]: found in sentences 1 and 2, not in 1",)


def test_the_title_is_the_last_resort() -> None:
    """A value of the title alone points into the title and corrects no sentence."""
    title = "Marlin: a 40K set"
    grounded = facts("We present a set.", "40K", [1], title)
    found = grounded.verbatims[0]
    assert (found.source, found.span, found.grounding) == ("title", Span(10, 13), Grounding.EXACT)
    assert grounded.draft["sentences"] == [1]
    assert grounded.corrections == ()


def test_impossible_sentence_numbers_are_removed() -> None:
    """Numbers out of range and repeated ones go, and the corrections say so."""
    grounded = facts("We reach 7.5%. It holds.", "7.5%", [2, 9, 0, 1, 2])
    assert grounded.draft["sentences"] == [2, 1]
    assert grounded.corrections == (
        "sentences: 9 isn't a sentence of this abstract (it has 2)",
        "sentences: 0 isn't a sentence of this abstract (it has 2)",
        "sentences: 2 was given twice",
    )


def test_a_part_without_values_is_checked_too() -> None:
    """Sentence numbers are put right even where every other field is null."""
    grounded = ground(Claim, {"text": None, "sentences": [4]}, make_source("One. Two."))
    assert grounded.draft == {"text": None, "sentences": []}


def test_nested_parts_single_numbers_and_parts_without_evidence() -> None:
    """Lists of parts, a single sentence number and values without evidence are all grounded."""
    draft: dict[str, Any] = {
        "claims": [{"text": "It gains 7.5%.", "sentences": [1]}],
        "title_word": "Marlin",
        "pick": {"value": "7.5%", "sentence": 1},
    }
    source = make_source("We try. Marlin gains 7.5% now.")
    grounded = ground(Report, draft, source)
    assert grounded.draft["claims"][0]["sentences"] == [1, 2]
    assert grounded.draft["pick"]["sentence"] == 2
    assert [value.path for value in grounded.verbatims] == ["title_word", "pick.value"]
    assert grounded.corrections == (
        "pick.value: found in sentence 2, not in 1",
        "claims[0].text: “7.5%” stands in sentence 2, not in 1",
    )


def test_the_draft_is_left_as_it_is() -> None:
    """Grounding corrects a copy."""
    draft = {"values": ["7.5%"], "sentences": [9, 1]}
    before = copy.deepcopy(draft)
    ground(Facts, draft, make_source("We try. We reach 7.5% now."))
    assert draft == before


def test_the_built_in_schema_is_grounded() -> None:
    """A whole draft: every value exact, every statement supported, still valid."""
    abstract = PAIRS[0][0]
    draft: dict[str, Any] = {
        "problem": {"text": None, "sentences": []},
        "method": {
            "name": "Marlin-VQ",
            "also": [],
            "text": "Marlin-VQ is a tokeniser.",
            "sentences": [1],
        },
        "data": [{"name": "PondBench", "role": "evaluation", "size": None, "sentences": [2]}],
        "compute": [{"kind": "time", "value": "5.7 days", "sentences": [3]}],
        "results": [
            result_of(
                "Accuracy on PondBench rises from 19.2% to 46.3%.",
                2,
                metric="top-1 accuracy",
                value="46.3%",
                baseline="19.2%",
                dataset="PondBench",
            )
        ],
    }
    grounded = ground(Draft, draft, make_source(abstract))
    assert grounded.draft == draft
    assert {value.grounding for value in grounded.verbatims} == {Grounding.EXACT}
    assert [value.path for value in grounded.verbatims][:2] == ["method.name", "data[0].name"]
    assert (grounded.unsupported, grounded.corrections) == ((), ())
    Draft.model_validate(grounded.draft)


# --- statements -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "abstract"),
    [
        ("It has two stages.", "We use a 2-stage design."),
        ("It has 2 stages.", "We use a two-stage design."),
        ("It uses twelve sets.", "We use 12 sets."),
        ("It uses twenty-five sets.", "We use 25 sets."),
        ("It uses 2 million rows.", "We use two million rows."),
        ("It uses 1,000,000 rows.", "We use a million rows."),
        ("It uses 200 rows.", "We use two hundred rows."),
        ("It uses 1000 rows.", "We use 1,000 rows."),
        ("It uses 40,000 rows.", "We use 40K rows."),
        ("It uses 40 thousand rows.", "We use 40K rows."),
        ("It uses 5M rows.", "We use 5 million rows."),
        ("It gains 46.3 percent.", "It gains 46.3%."),
        ("It gains 46.3%.", "It gains 46.3 percent."),
        ("It gains 46.30%.", "It gains 46.3 %."),
        ("It gains 5.", "It gains 5%."),
        ("It is 10x faster.", "It is 10 times faster."),
        ("It is 10× faster.", "It is 10-fold faster."),
        ("It takes 5 to 8 days.", "It takes 5-8 days."),
        ("It gains 5% to 8%.", "It gains 5-8%."),
        ("It gains 5% or 8%.", "It gains 5 to 8%."),
        ("It uses 5 million rows.", "It uses 5 to 8 million rows."),
        ("It needs 16GB.", "It needs 16 GB."),
        ("It needs $26,000 more.", "It costs 26,000 vs. $310,000."),
        ("It is 10^5 large.", "It is 100,000 large."),
        ("It is 3×10^5 large.", "It is 300,000 large."),
        ("It has 2^5 or 3^2 to 5 million cells.", "It has 2^5 or 3^2 to 5 million cells."),
        ("It gains 3 points.", "It gains +3 mIoU."),
        ("It takes 12 mmol.", "It takes 12 millimoles."),
        ("It takes 40 micrograms.", "It takes 40 µg."),
        ("It is 100 nm wide.", "It is 100nm wide."),
        ("It runs at 30 frames per second.", "It runs at 30 FPS."),
        ("It needs 16 gigabytes.", "It needs a 16-GB card."),
        ("It takes 384 GPU hours.", "It takes 384 A100 GPU-hours."),
        ("It costs 5 euros.", "It costs €5."),
        ("It costs $5.", "It costs US$5 (4 in all) or USD 6."),
        ("It costs $6.", "It costs US$5 or USD 6."),
        ("It weighs 25 kg/m2.", "It weighs 25 kg/m²."),
        ("It holds 8 mg per gram.", "It holds 8 mg g⁻¹."),
        ("They took 50 mg daily.", "They took 50 mg/day."),
        ("They took 50 mg.", "They took 50 mg/day."),
        ("They took 10 mg or 20 mg.", "They took 10, 20, or 40 mg."),
        ("They gain 5%, 10% or 20%.", "They gain 5, 10 and 20%."),
        ("They gain 5% and 10%.", "They gain 5, 10, or 20 %."),
        ("They gain 5%.", "They gain 5 and 10%, 95% CI 2 to 12."),
        ("It takes 12 mg.", "It takes 12 (range 3-20) mg."),
        ("It takes 3.2 kg.", "It takes 3.2 ± 0.4 kg."),
        ("It was the 1990s.", "In the 1990s it was."),
        ("The second stage is last.", "The 2nd stage is last."),
        ("The 3rd stage is last.", "The third stage is last."),
        ("The third stage is last.", "There are three stages."),
        ("Traffic doubled.", "Traffic rose two-fold."),
        ("Traffic doubled.", "There was twice the traffic."),
        ("It takes double the time.", "It takes 2x the time."),
        ("It is 2x slower.", "It doubles the time."),
        ("It is threefold slower.", "It triples the time."),
        ("It quadrupled.", "It rose by a factor of four."),
        ("It halved the time.", "It cut the time by 50%."),
        ("Half of them left.", "A half left."),
        ("A quarter of them left.", "25 % left."),
        ("One third left.", "A third left."),
        ("About two thirds left.", "69 (67%) left."),
        ("About a quarter left.", "In all 27.5% left."),
        ("It was first, at 30 frames per second.", "It was best, at 30 fps."),
        ("It takes one second.", "It takes 1 s."),
        ("It takes a 5-second clip.", "It takes 5 s of it."),
        ("It flies 6-DOF kites.", "It flies 6-DOF kites."),
        ("It weighs 3 g/cm³.", "It weighs $3$ g cm$^{-3}$."),
        ("It is 5 (+2/−1) km/s/Mpc.", r"It is $5^{+2}_{-1}$ km s$^{-1}$ Mpc$^{-1}$."),
        ("Masses of 10^7.1–10^9.4 g.", "Masses are $10^{7.1}$--$10^{9.4}$ g."),
        ("It holds ⁸⁷Rb atoms.", "It holds $^{87}$Rb atoms."),
        ("Ω_q is 3.", r"$\Omega_q = 3$"),
        ("A Two-Rope kite.", "It is a Two-Rope kite."),
    ],
)
def test_equal_numbers_support_a_statement(statement: str, abstract: str) -> None:
    """Spelling, separators, multipliers and ranges don't change a number's value."""
    assert check(statement, abstract) == ()


@pytest.mark.parametrize(
    ("statement", "abstract", "tokens"),
    [
        ("It gains 46.4%.", "It gains 46.3%.", ("46.4%",)),
        ("It gains 5%.", "We study 5 lakes.", ("5%",)),
        ("It gains 5%.", "It gains 5 points.", ("5%",)),
        ("The HR was 0.71%.", "The HR was 0.71, 95% CI 0.55 to 0.92.", ("0.71%",)),
        ("The HR was 0.71%.", "The HR was 0.71 and 95% confidence limits rose.", ("0.71%",)),
        ("The HR was 0.71%.", "The HR was 0.71 (0.71, 95 % CrI 0.5-0.9).", ("0.71%",)),
        ("The HR was 0.71%.", "The HR was 0.71, 20% less than before.", ("0.71%",)),
        ("It is 10x faster.", "We study 10 lakes.", ("10×",)),
        ("It costs $5.", "We study 5 lakes.", ("$5",)),
        ("It takes 5 hours.", "It takes 5 days.", ("5 hours",)),
        ("It needs 16 GB.", "It needs 16 MB.", ("16 GB",)),
        ("It has three stages.", "It has two stages.", ("three",)),
        ("It uses 40M rows.", "It uses 40K rows.", ("40M",)),
        ("It shifts by 0.5.", "It shifts by −0.5.", ("0.5",)),
        ("It uses 5 rows.", "It uses 5 million rows.", ("5",)),
        ("It uses 5 and 6 rows.", "It uses 7 rows.", ("5", "6")),
        ("It is 10^5 large.", "It is 10^6 large.", ("10^5",)),
        ("It has 2^5 cells.", "It has 2^6 cells, 5 of 2.", ("2^5",)),
        ("The fourth stage is last.", "The second stage is last.", ("fourth",)),
        ("The 4th stage is last.", "The second stage is last.", ("4th",)),
        ("It has two stages.", "The second stage is last.", ("two",)),
        ("Traffic tripled.", "Traffic doubled.", ("tripled",)),
        ("Traffic doubled.", "Traffic tripled and then halved.", ("doubled",)),
        ("It is 3x slower.", "It doubles the time.", ("3×",)),
        ("Traffic doubled.", "Traffic rose by 2%.", ("doubled",)),
        ("Half of them left.", "A quarter of them left, and 5 %.", ("Half",)),
        ("Twice as many left.", "Many left per second.", ("Twice",)),
        ("The second left.", "Many left per second.", ("second",)),
        ("One third left.", "One half left.", ("third",)),
        ("It takes 12 mol.", "It takes 12 mmol.", ("12 mol",)),
        ("It takes 40 ng.", "It takes 40 µg.", ("40 ng",)),
        ("It is 5 miles long.", "It is 5 km long.", ("5 miles",)),
        ("It costs 40 euros.", "It costs 40 dollars.", ("40 euros",)),
        ("It needs 16 gigabytes.", "It needs 16 megabytes.", ("16 gigabytes",)),
        ("It runs at 30 fps.", "It runs at 30 Hz.", ("30 fps",)),
        ("It weighs 5 mg.", "It weighs 5 g.", ("5 mg",)),
        ("It holds 5 gallons.", "It holds 5 litres.", ("5 gallons",)),
        ("It costs 5 yen.", "It costs 5 dollars.", ("5 yen",)),
        ("It took 5 centuries.", "It took 5 years.", ("5 centuries",)),
        (
            "It writes 19 words per second.",
            "It writes 19 tokens per second.",
            ("19 words per second",),
        ),
        ("It takes 8 mg.", "It takes 8 mg g-1.", ("8 mg",)),
        ("It runs at 5 km.", "It runs at 5 km per hour.", ("5 km",)),
        ("It takes 384 hours.", "It takes 384 GPU hours.", ("384 hours",)),
        ("It is 3 orders of magnitude faster.", "It is 3x faster.", ("3 orders of magnitude",)),
    ],
)
def test_another_number_is_unsupported(
    statement: str, abstract: str, tokens: tuple[str, ...]
) -> None:
    """Another value, unit, multiplier or sign is named as unsupported."""
    assert check(statement, abstract) == tokens


def test_a_fall_may_leave_its_minus_out() -> None:
    """ "Fell by 72%" says what "(-72%)" does; a rise doesn't."""
    abstract = "Kelp covered 48.2 km2 and then 13.7 km2 (−72%)."
    assert check("Cover fell by 72%.", abstract) == ()
    assert check("Cover rose by 72%.", abstract) == ("72%",)


def stated(form: str) -> Number:
    """The one number of a statement that gives twelve of a unit."""
    (number,) = statement_tokens(normalise(f"it takes 12 {form} in all").text)[0]
    return number


# As multipliers these come first: "12 K" is 12,000.
SPELLED_UNITS = [
    (name, stated(form))
    for name, forms in UNIT_TABLE.items()
    for form in sorted(forms)
    if form not in ("K", "T", "$")
]


def test_a_unit_supports_its_own_spellings_alone() -> None:
    """Of all spellings of all units, those of the same unit support a number, and no others."""
    for name, number in SPELLED_UNITS:
        supporting = [other for other, found in SPELLED_UNITS if found.supports(number)]
        own = [other for other, _ in SPELLED_UNITS if other == name]
        assert supporting == own, (name, number)


@pytest.mark.parametrize(
    ("statement", "abstract"),
    [
        ("The model beats CLIP.", "We beat CLIP."),
        ("The CLIP-based model wins.", "We build on CLIP."),
        ("It has the best top-1 score.", "Top-1 scores rise."),
        ("The LLMs win.", "An LLM wins."),
        ("The LLM wins.", "Our LLMs win."),
        ("A Diffusion Transformer is used.", "We use a diffusion transformer."),
        ("A vision-language model (VLM) is used.", "Vision-Language models (VLMs) are used."),
        ("Training is fast.", "It is fast."),
        ("It works; Training is fast.", "It works and is fast."),
        ("One of the models wins first.", "A model wins."),
        ("Top-1 scores rise.", "The top-1 score rises."),
        ("Short-CoT models win.", "We try short-CoT models."),
        ("It fails: Top-k sampling wins.", "It fails, and top-k sampling wins."),
        ("Pain fell.", "Less pain was felt."),
        ("Repairs help.", "They repaired it."),
        ("The rest is as before.", "All else stays."),
        ("Conditioning was hard.", "It took long."),
        ("Marlin wins.", "Marlin is our model, and wins."),
        ("It gains. Marlin wins.", "MARLIN is new, and marlin wins."),
        ("It costs O(N+T) time.", "It takes O(N+T) time."),
        ("Marlin wins — a first.", "We show that Marlin wins, a first."),
        ("It runs on A100 cards in the U.S. too.", "On A100 cards in the U.S. it runs too."),
    ],
)
def test_known_names_support_a_statement(statement: str, abstract: str) -> None:
    """Plurals, describing suffixes and capitals that only begin words make no other name."""
    assert check(statement, abstract) == ()


@pytest.mark.parametrize(
    ("statement", "abstract", "tokens"),
    [
        ("The model beats BLIP.", "We beat CLIP.", ("BLIP",)),
        ("The model beats BERT.", "We beat VL-BERT.", ("BERT",)),
        ("It uses EvalMoss-40K.", "We use EvalMoss and 40K rows.", ("EvalMoss-40K",)),
        ("It uses BERT-base.", "We use BERT-large.", ("BERT-base",)),
        ("It runs on H100 cards.", "It runs on A100 cards.", ("H100",)),
        ("It was tested in Veldoria.", "It was tested abroad.", ("Veldoria",)),
        ("PondNet wins.", "KelpNet wins.", ("PondNet",)),
        ("It beats yolov8.", "It beats yolov7.", ("yolov8",)),
        ("It costs O(N+T) here.", "It costs O(N+M).", ("T",)),
        ("It treats hepatitis C now.", "It treats hepatitis B now.", ("C",)),
        ("Marlin wins.", "Our model wins.", ("Marlin",)),
        ("Veldoria's lakes shrink.", "The lakes shrink.", ("Veldoria",)),
        ("It works: Marlin wins.", "It works, and our model wins.", ("Marlin",)),
        ("Top-1 scores rise.", "The top-5 score rises.", ("Top-1",)),
        ("US rates rise.", "They told us of rates.", ("US",)),
        ("IT rose.", "We saw that it rose.", ("IT",)),
    ],
)
def test_another_name_is_unsupported(
    statement: str, abstract: str, tokens: tuple[str, ...]
) -> None:
    """Acronyms, CamelCase, capitalised words and words with digits must stand in the evidence."""
    assert check(statement, abstract) == tokens


def test_the_title_supports_a_statement() -> None:
    """Numbers and names of the title need no evidence."""
    assert check("It is PondNet with 40K rows.", "We present it.", [1], "PondNet: 40K rows") == ()


def test_a_token_in_another_sentence_adds_it_to_the_evidence() -> None:
    """What the abstract says elsewhere is added and told; only the rest is unsupported."""
    source = make_source("We try PondNet. It fails. It gains 7.5% now.")
    grounded = ground(Claim, {"text": "PondNet gains 7.5%, not 8%.", "sentences": [2]}, source)
    assert grounded.draft["sentences"] == [1, 2, 3]
    assert grounded.unsupported == (Unsupported(path="text", tokens=("8%",)),)
    assert grounded.corrections == (
        "text: “7.5%” stands in sentence 3, not in 2",
        "text: “PondNet” stands in sentence 1, not in 2 and 3",
    )


INVENTED = (
    *("Kestrel", "Brenvik", "Velaprin", "Gallowtone", "Larkspur", "Thessaly-3", "Orrin", "Yarrow"),
    *("Skerrymoor", "Pellinore", "Dunvane", "Ostrava", "Quillon", "Umbriel", "Tamsin", "Corvane"),
    *("Belisar", "Haldane", "Miravel", "Stennick"),
)


@pytest.mark.parametrize("name", INVENTED)
def test_no_invented_name_begins_a_statement(name: str) -> None:
    """A plain name that stands nowhere is told where it begins a statement, too."""
    assert [
        abstract for abstract, _ in PAIRS if check(f"{name} wins here.", abstract) != (name,)
    ] == []


@pytest.mark.parametrize("verb", ["Compares", "Measures", "Examines", "Summarises"])
def test_a_verb_that_opens_a_statement_is_no_name(verb: str) -> None:
    """What a study does is told in words of one's own."""
    assert check(f"{verb} pruning.", "We look at pruning.") == ()


def test_a_first_word_is_a_name_where_the_abstract_says_so() -> None:
    """A plain capitalised word that opens a statement counts only if it's a name elsewhere."""
    source = make_source("It wins. We call it Marlin here.")
    grounded = ground(Claim, {"text": "Marlin wins.", "sentences": [1]}, source)
    assert grounded.draft["sentences"] == [1, 2]


# --- what is claimed ------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["0.38", "95%CI = 0.15-0.98", "95%CI"])
def test_a_comma_may_stand_between_an_estimate_and_its_interval(value: str) -> None:
    """It parts the two there, though digits stand on both sides of it."""
    assert is_found(value, "lower among hill wells (OR = 0.38,95%CI = 0.15-0.98) than others")


@pytest.mark.parametrize(
    "words",
    [
        "a 200-hPa trough",
        "costs of euro10,077 +/- euro165",
        "streams of Kaua'i",
        "after the 1930s/mid-1940s",
        "between RM4,000 and RM7,999",
        "the ketone 6-methyl-5-octen-2-one",
        "a level of 3.0g/dL",
        "~2J/cm(2)/day",
        "cultivar RK 6752-B-14-1-3-2",
    ],
)
def test_words_as_they_stand_bear_themselves_out(words: str) -> None:
    """Whatever is a number or a name in it: what is quoted whole says no more than its source."""
    assert check(f"They saw {words}", f"In spring they saw {words}, and left.") == ()
    assert check(f"They saw {words}", "In spring they saw nothing, and left.") != ()


@pytest.mark.parametrize(
    ("statement", "abstract", "token"),
    [
        ("A level of 3.0g was seen", "A level of 3.0g/dL was seen.", "3.0g"),
        ("They paid euro10", "They paid euro10,077.", "euro10"),
        ("A dose of 12 mg", "A dose of 12 km.", "12 mg"),
        ("They counted 5", "They counted 5 million rows.", "5"),
        ("5 rows", "They counted 5 million rows.", "5"),
        ("A trough of Xhpa-20", "A trough of hpa-20.", "Xhpa-20"),
    ],
)
def test_words_that_go_on_bear_nothing_out(statement: str, abstract: str, token: str) -> None:
    """What stands is another word, or a number with another unit."""
    assert check(statement, abstract) == (token,)


_RUNS = st.text(st.sampled_from("ab AZ0159.,-/±(%)'$"), min_size=1, max_size=40)


@given(st.lists(_RUNS.filter(str.strip), min_size=1, max_size=5), st.data())
def test_no_words_in_a_row_say_more_than_their_source(runs: list[str], data: st.DataObject) -> None:
    """A statement that is whole words of its abstract in a row is supported."""
    words = " ".join(runs).split()
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    assert check(" ".join(words[first:last]), " ".join(words)) == ()


def make_quantity(abstract: str, text: str, start: int = 0) -> Quantity:
    """A quantity at the first place of its text."""
    at = abstract.index(text, start)
    return Quantity(text=text, span=Span(at, at + len(text)), kind=QuantityKind.NUMBER)


LAKES = "We sample 12 lakes. Oxygen falls by 31% and 4.5 mg. It takes 8 days and 8 boats."


def test_values_and_stated_numbers_are_claimed() -> None:
    """A quantity is claimed by an overlapping value, or by a statement that cites its sentence."""
    source = make_source(LAKES)
    draft = {
        "claims": [{"text": "Oxygen falls by 31% in twelve lakes.", "sentences": [1, 2]}],
        "title_word": "4.5",
        "pick": None,
    }
    grounded = ground(Report, draft, source)
    quantities = [make_quantity(LAKES, text) for text in ("12 lakes", "31%", "4.5 mg", "8 days")]
    assert [q.text for q in unclaimed(quantities, grounded, source)] == ["8 days"]
    assert [span.of(LAKES) for span in claimed_spans(grounded)] == ["12", "31%", "4.5"]


def test_a_number_stated_of_another_sentence_is_not_claimed() -> None:
    """The same number in a sentence that isn't evidence is another quantity."""
    abstract = "We sample 12 lakes. We also use 12 boats."
    source = make_source(abstract)
    grounded = ground(Claim, {"text": "It samples 12 lakes.", "sentences": [1]}, source)
    boats = make_quantity(abstract, "12 boats")
    assert unclaimed([boats], grounded, source) == (boats,)


def test_two_results_may_share_one_number() -> None:
    """A quantity that reads like a value found in its sentence is claimed, too."""
    abstract = "It gains 5% on Moss and 5% on Fern. Later it gains 5% more."
    source = make_source(abstract)
    grounded = ground(Facts, {"values": ["5%"], "sentences": [1]}, source)
    quantities = [make_quantity(abstract, "5%", start) for start in (0, 20, 40)]
    assert unclaimed(quantities, grounded, source) == (quantities[2],)


def test_a_value_of_the_title_claims_nothing_of_the_abstract() -> None:
    """Spans into the title aren't spans into the abstract."""
    source = make_source("We sample much.", "We sample 12 lakes")
    grounded = ground(Facts, {"values": ["12 lakes"], "sentences": [1]}, source)
    assert claimed_spans(grounded) == ()


@pytest.mark.parametrize(
    ("text", "claim", "left"),
    [
        ("We use 5M letter pairs.", "5M", False),
        ("We use 5M letter pairs.", "letter pairs", True),
        ("It took 3–5 days.", "3–5 days", False),
        ("It ran on twelve datasets.", "twelve datasets", False),
    ],
)
def test_a_quantity_is_claimed_by_its_numbers(text: str, claim: str, left: bool) -> None:
    """A quantity is claimed when each number in it is covered; its unit alone claims nothing."""
    source = SourceText(text, None, sentence_spans(text))
    quantities = scan(text, source.sentences).quantities
    draft = {**NOTHING, "compute": [{"kind": "other", "value": claim, "sentences": [1]}]}
    assert bool(unclaimed(quantities, ground(Draft, draft, source), source)) is left
    assert quantities


@pytest.mark.parametrize(
    ("statement", "tokens"),
    [
        ("GPS tracked the gulls.", ()),
        ("GPR tracked the gulls.", ("GPR",)),
        ("Seven S. minor nests were found.", ()),
        ("How four K. gulls nest.", ()),
        ("Four K gulls nest.", ("Four K",)),
    ],
)
def test_acronyms_and_genera_in_statements(statement: str, tokens: tuple[str, ...]) -> None:
    """An acronym stands where its words do; an initial behind a number is no thousand."""
    abstract = (
        "A global positioning system tracked gulls. We found seven S. minor nests and four gulls "
        "of K. minor."
    )
    grounded = ground(
        Draft,
        {**NOTHING, "problem": {"text": statement, "sentences": [1, 2]}},
        make_source(abstract),
    )
    assert tuple(token for one in grounded.unsupported for token in one.tokens) == tokens


@pytest.mark.parametrize(
    ("statement", "tokens"),
    [
        ("Storms drove gulls off (HR 0.71).", ()),
        ("Storms drove gulls off (OR 0.71).", ("OR",)),
        ("Fewer gulls (GG 0.71).", ("GG",)),
    ],
)
def test_a_ratio_may_be_shortened(statement: str, tokens: tuple[str, ...]) -> None:
    """By the two letters that all use for it, and no others."""
    abstract = "Grey gulls left in storms (hazard ratio 0.71)."
    problem = {"text": statement, "sentences": [1]}
    grounded = ground(Draft, {**NOTHING, "problem": problem}, make_source(abstract))
    assert tuple(token for one in grounded.unsupported for token in one.tokens) == tokens
