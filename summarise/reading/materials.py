"""The datasets, benchmarks and samples that an abstract names or sizes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from summarise.models import Quantity, QuantityKind, Span
from summarise.reading.reading import Reading
from summarise.reading.sentence import Sentence
from summarise.reading.statements import PaperParts
from summarise.scan import COLLECTED, DATASET_NOUN, Stretches, words

_SETS = re.compile(
    r"(?:datasets?|data sets?|benchmarks?|corpora|corpus|test sets?|databases|cohorts)$",
    re.IGNORECASE,
)
_STUDIED = (
    r"patients|participants|subjects|adults|children|adolescents|individuals|respondents"
    r"|volunteers|women|men|people|students|pupils|households|interviews|trials|studies"
    r"|infants|births|admissions|species|plots|pastures|populations|specimens|galaxies|stars"
    r"|firms|users|workers|employees|teachers|nurses|physicians|mice|rats|trees|birds|genes"
    r"|genomes|isolates|observations|measurements|cases|tissues|islands|lakes|reefs|surveys"
)
_COLLECTED_NOUN = re.compile(rf"(?:^|[ -])(?:{COLLECTED})$", re.IGNORECASE)
_STUDIED_NOUN = re.compile(rf"(?:^|[ -])(?:{_STUDIED})$", re.IGNORECASE)

_NEW_WORDS = words(
    """introduce introduces introduced present presents propose proposes proposed construct
    constructs constructed constructing create creates created build builds built release releases
    released collect collects collected curate curates curated contribute contributes develop
    develops developed annotate annotated compile compiled assemble assembled gather gathered
    gathering establish generate generated contain contains consists"""
)
_NEW = re.compile(rf"\b(?:{'|'.join(sorted(_NEW_WORDS))})\b", re.IGNORECASE)
_ON_OTHERS = re.compile(r"\b(?:on|from|over|with|using|than)\b[^,;]{0,30}\Z")
_TEST = re.compile(
    r"\b(?:evaluat|experiment|benchmark(?:ed|ing)|test(?:ed|ing|s)?\b|validat|achiev|outperform"
    r"|surpass|exceed|accurac|performance|results?\b|assess|reach|match|improv|reduc)\w*",
    re.IGNORECASE,
)
_TRAIN = re.compile(
    r"\b(?:(?:pre-?)?train(?:ed|ing)?|(?:fine-?|instruction[- ])tun(?:ed|ing)|distill?ed"
    r"|learn(?:ed|t|s)?)\b"
    r"(?:(?!models?\b|settings\b)[^,;.]){0,45}\Z",
    re.IGNORECASE,
)
_HOLDS = re.compile(
    r"\b(?:consist|contain|compris|gather|includ|cover|compos|featur|compil|span|collect|total"
    r"|with|of|has|have|across|provid|encompass|offer)\w*\b",
    re.IGNORECASE,
)
_INTRODUCED_SET = re.compile(
    r"\b(?:introduc|construct|creat|build|releas|collect|curat|contribut|develop|propos|present)"
    r"(?:e|es|ed|ing|s|t)? (?:an?|the first|our) (?:(?:novel|new|first|large-scale|high-quality"
    r"|comprehensive)(?:,|,? and)? )*"
    r"(?P<name>(?:(?!(?:that|which|for|of|to|and|with|from|by)\b)[\w/-]+,? ){0,5}?"
    rf"{DATASET_NOUN}(?: (?:based|built) on (?:[\w-]+ ){{1,5}}?(?:data|corpus|images|texts?)\b)?)"
    r"(?=[.,;:]|$| (?:for|of|that|which|with|to|from|in|on|and|using|where|by|as)\b)",
    re.IGNORECASE,
)
_DATA_NOUN = rf"(?:{COLLECTED}|{_STUDIED}|datasets?|corpus|corpora)"
_LEARNT_FROM = re.compile(
    r"\b(?:train(?:ed|ing)?(?: it)?|learn(?:ed|t)?|tuned|tested|evaluated|validated)"
    r" (?:on|from|using|with|over) (?:a |an |the |only )?"
    rf"(?P<name>(?:[a-z][\w/-]* ){{1,6}}?{_DATA_NOUN}(?: and (?:[a-z][\w-]* ){{0,2}}{_DATA_NOUN})?)"
    r"(?=[.,;:)]|$| (?:to|and|for|with|using|in|from|by|as|of|that|which|via|is|are)\b)"
)
_NAMED_SET = re.compile(
    r"\b(?P<name>(?:training|pre-?training|evaluation) (?:dataset|data|set|corpus) of [A-Z][\w-]+)"
)
_VAGUE = re.compile(
    r"^(?:(?:the|our|these|this|such|its|their|large|large-scale|massive|limited|generated|more"
    r"|additional|various|multiple|several|many|existing|public|publicly|available|diverse"
    r"|different|same|synthetic|real|collected|only|real-world|all|unlabell?ed|labell?ed"
    r"|training|own|single|both|other|few|vast|amounts) )*(?:data|datasets?|samples|examples"
    r"|images|texts|records|benchmarks?)$|generated data$",
    re.IGNORECASE,
)
_PROPER = re.compile(r"\b[A-Z]\w*[A-Z0-9]")
_AFTER_COUNT = re.compile(
    r" (?:extracted|collected|sampled|drawn|generated|annotated|obtained|curated)"
    r" (?:by|from|with) (?:the )?[A-Z][\w-]*(?: [A-Z][\w-]*)*"
    r"| with (?:[\w-]+ ){1,5}?(?:annotations|captions|labels)"
    r"| (?:of|in|from|across) (?:\d[\d,]*|two|three|four|five|six|seven|eight|nine|ten) "
    r"(?:[\w-]+ )?(?:languages|countries|species|hospitals|sites|centers|centres)"
)
_TRAINED = re.compile(r"\b(?:pre-?)?(?:train|tun)(?:ed|ing)\b", re.IGNORECASE)
_FOOTAGE = re.compile(
    r" of (?:[\w-]+ ){0,3}(?:videos?|audio|speech|recordings?|data|footage|podcasts|music)\b"
)
_SCORE_AFTER = re.compile(r" \([-+−]?\d+(?:\.\d+)?(?: ?%|\)| vs)")
_OUR_OWN = re.compile(
    r", our (?:own |new )?(?:[\w-]+ ){0,2}?(?:data ?set|corpus|benchmark|collection)\b"
)
_SIZE_BEFORE = re.compile(r" (?:of|from) (?:the )?(?:(?!and\b)[a-z-]+ ){0,3}")
_SIZE_AFTER = re.compile(
    r"(?:, | \((?:\d[^()]*, )?"
    r"|(?: \([^()]{1,60}\))?,? (?:which )?(?:contain|compris|consist|includ|hold)"
    r"(?:e?s|ing)?(?: of)? |(?:,| is) (?:an?|our|the) (?:[\w-]+ ){1,5}?(?:of|with) )"
    r"(?:over |about |around |nearly |approximately |more than |a total of )?"
)
_STUDYING = re.compile(
    r"\b(?:we|study|trial) (?:[a-z]+ ){0,2}?(?:audit|analy[sz]|survey|collect|record|review"
    r"|interview|sequenc|sampl|enrol|recruit|examin|follow|annotat)\w* (?:all )?\Z"
    r"|\b(?:(?:pre-?)?train|tun|test|evaluat|validat|check)(?:ed|ing)?(?: [\w-]+){0,3}? on"
    r" (?:all |only )?\Z"
    r"|^(?:records|logs|data) of \Z",
    re.IGNORECASE,
)
_NO_MATERIAL = re.compile(
    r"(?:models?|LLMs|GPUs|TPUs|cores|nodes|cards|devices|epochs|steps|iterations|methods|baselines"
    r"|benchmarks|settings|languages|domains|recogni[sz]ers|tools|systems)$"
)
_MAX_SENTENCES = 3
_REACH = 200


class Material(NamedTuple):
    """A dataset or a sample: where its name and its size stand, and which sentences speak of it.

    Its role is as in ``schema.Data``.
    """

    name: Span
    role: str
    size: Span | None
    sentences: tuple[Sentence, ...]


def data_of(reading: Reading, closed: Stretches, parts: PaperParts) -> list[Material]:
    """Find the datasets, benchmarks and samples, in order; no two names overlap.

    ``closed`` is what is a fact about compute.
    """
    found = [
        _named(reading, mention.span, mention.text)
        for mention in reading.mentions.datasets
        if not reading.sentence_at(mention.span.start).is_instruction
    ]
    counts = _Counts(_candidates(reading, closed, parts))
    taken = Stretches(material.name for material in found)
    found += _apart(_unnamed(parts), taken)
    found = [_with_size(reading, material, counts) for material in found]
    found += _apart(_counted(reading, found, counts.left()), taken)
    return sorted(found, key=lambda m: m.name.start)


def _apart(materials: Iterable[Material], taken: Stretches) -> Iterator[Material]:
    """Those whose names overlap no other, which are taken then."""
    for material in materials:
        if not taken.overlap(material.name):
            taken.add(material.name)
            yield material


class _Counts:
    """Quantities that may size some material, in order; each sizes one."""

    def __init__(self, quantities: Iterable[Quantity]) -> None:
        self._all = list(quantities)
        self._starts = [quantity.span.start for quantity in self._all]
        self._taken: set[int] = set()

    def take(self, start: int, end: int, fits: Callable[[Quantity], bool]) -> Quantity | None:
        """The first that begins between two places and fits; it is taken then."""
        for at in range(bisect_left(self._starts, start), bisect_left(self._starts, end)):
            if at not in self._taken and fits(self._all[at]):
                self._taken.add(at)
                return self._all[at]
        return None

    def left(self) -> list[Quantity]:
        """Those that size nothing."""
        return [quantity for at, quantity in enumerate(self._all) if at not in self._taken]


def _candidates(reading: Reading, closed: Stretches, parts: PaperParts) -> Iterator[Quantity]:
    """Quantities that may size some material."""
    outcomes = {s.number for s in parts.results}
    for sentence in parts.own:
        for quantity in sentence.quantities:
            if closed.cover(quantity.span.start):
                continue
            in_outcome = sentence.number in outcomes
            if _sizes_material(quantity, in_outcome=in_outcome) or _is_studied(
                reading, sentence, quantity
            ):
                yield quantity


def _is_studied(reading: Reading, sentence: Sentence, quantity: Quantity) -> bool:
    """Whether a count is what the authors studied or trained on, or stands beside a dataset."""
    if quantity.kind is not QuantityKind.COUNT:
        return False
    if not quantity.unit or _NO_MATERIAL.search(quantity.unit):
        return False
    start, end = quantity.span
    if _STUDYING.search(reading.text[sentence.span.start : start]):
        return True
    near = reading.datasets_near(Span(start - _REACH, end + _REACH))
    return any(_is_beside(reading.text, mention.span, quantity.span) for mention in near)


def _is_beside(abstract: str, name: Span, number: Span) -> bool:
    """Whether name and number stand side by side: "Zeta, 500 plans", "2M tokens of Zeta"."""
    if number.end <= name.start:
        return _SIZE_BEFORE.fullmatch(abstract, number.end, name.start) is not None
    return _SIZE_AFTER.fullmatch(abstract, name.end, number.start) is not None


def _sizes_material(quantity: Quantity, *, in_outcome: bool) -> bool:
    unit = quantity.unit or ""
    if quantity.kind is QuantityKind.TIME:
        return not in_outcome
    if quantity.kind is not QuantityKind.COUNT:
        return False
    if _SETS.search(unit):
        return True
    if in_outcome:
        return (quantity.value or 0) >= 100_000 and _COLLECTED_NOUN.search(unit) is not None
    return (_COLLECTED_NOUN.search(unit) or _STUDIED_NOUN.search(unit)) is not None


def _named(reading: Reading, span: Span, name: str) -> Material:
    first = reading.sentence_at(span.start)
    later = (
        s
        for s, _ in reading.sentences_with(name, first.span.end)
        if not s.is_instruction and not s.is_administrative
    )
    sentences = (first, *islice(later, _MAX_SENTENCES - 1))
    return Material(span, _role(reading, span, first, name), None, sentences)


def _role(reading: Reading, span: Span, sentence: Sentence, name: str) -> str:
    before = reading.text[sentence.span.start : span.start]
    is_new = sentence.proposes and _NEW.search(before) and not _ON_OTHERS.search(before)
    if name in reading.method_names or _OUR_OWN.match(reading.text, span.end) or is_new:
        return "introduced"
    if _SCORE_AFTER.match(reading.text, span.end):
        return "evaluation"
    if "evaluat" not in before and _TRAIN.search(before):
        return "training"
    is_tested = _TEST.search(sentence.text) or sentence.has_measurement
    return "evaluation" if is_tested else "unspecified"


def _with_size(reading: Reading, material: Material, counts: _Counts) -> Material:
    """Give a dataset the size beside its name, an introduced one what its sentences tell."""
    start, end = material.name
    size = counts.take(
        start - _REACH,
        end + _REACH,
        lambda quantity: (
            not _SETS.search(quantity.unit or "")
            and _is_beside(reading.text, material.name, quantity.span)
        ),
    )
    if size is None and material.role == "introduced":
        last = material.sentences[-1].span.end
        if (verb := _HOLDS.search(reading.text, end, last)) is not None:
            size = counts.take(verb.end(), last, partial(_is_size, reading, material))
    return material._replace(size=size.span) if size else material


def _is_size(reading: Reading, material: Material, quantity: Quantity) -> bool:
    if quantity.kind is not QuantityKind.COUNT or _SETS.search(quantity.unit or ""):
        return False
    return reading.sentence_at(quantity.span.start) in material.sentences


def _unnamed(parts: PaperParts) -> Iterator[Material]:
    """Material that is described but has no name: "a two-reader dataset"."""
    for sentence in parts.own:
        if sentence.has(_NEW_WORDS):
            yield from _matches(sentence, _INTRODUCED_SET, "introduced")
        if sentence.has(_LEARNING_WORDS):
            yield from _matches(sentence, _LEARNT_FROM, "training")
            yield from _matches(sentence, _NAMED_SET, "training")


_LEARNING_WORDS = words(
    """train trained training learn learned learnt tuned tested evaluated validated pre-trained
    fine-tuned pretrained"""
)


def _matches(sentence: Sentence, pattern: re.Pattern[str], role: str) -> Iterator[Material]:
    for match in pattern.finditer(sentence.text):
        name = match["name"]
        if _VAGUE.search(name) or (role == "introduced" and _PROPER.search(name)):
            continue
        start = sentence.span.start + match.start("name")
        yield Material(Span(start, start + len(name)), role, None, (sentence,))


def _counted(reading: Reading, named: list[Material], counts: list[Quantity]) -> Iterator[Material]:
    """Material that is only counted: "12 benchmarks", "5M image-text pairs"."""
    abstract = reading.text
    occupied = {sentence for material in named for sentence in material.sentences}
    for quantity in counts:
        sentence = reading.sentence_at(quantity.span.start)
        start, end = quantity.span
        if quantity.kind is QuantityKind.TIME:
            footage = _FOOTAGE.match(abstract, end)
            if footage is not None:
                span = Span(start, footage.end())
                yield Material(span, "unspecified", quantity.span, (sentence,))
        elif _SETS.search(quantity.unit or ""):
            if sentence not in occupied:
                yield Material(quantity.span, "evaluation", None, (sentence,))
        else:
            more = _AFTER_COUNT.match(abstract, end)
            span = Span(start, more.end() if more else end)
            before = abstract[sentence.span.start : end]
            told = "introduced" if _NEW.search(before) else "unspecified"
            role = "training" if _TRAINED.search(before) else told
            yield Material(span, role, quantity.span, (sentence,))


def as_json(reading: Reading, material: Material) -> dict[str, Any]:
    """A material as the draft has it."""
    abstract = reading.text
    return {
        "name": material.name.of(abstract),
        "role": material.role,
        "size": material.size.of(abstract) if material.size else None,
        "sentences": [sentence.number for sentence in material.sentences],
    }
