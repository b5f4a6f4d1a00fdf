"""The datasets, benchmarks and samples that an abstract names or sizes, and what they are for."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from summarise.drafting.purposes import NEW_WORDS, is_learnt_from, purpose_of_name, purpose_of_sets
from summarise.drafting.samples import SETS, may_be_held, samples_of
from summarise.drafting.sizes import bounded
from summarise.models import Quantity, QuantityKind, Span
from summarise.reading import OWN, PaperParts, Reading, Sentence
from summarise.scan import COLLECTED, DATA_WORDS, DATASET_NOUN, Gated, Section, Stretches, words

_HOLDS = re.compile(
    r"\b(?:consist|contain|compris|gather|includ|cover|compos|featur|compil|span|collect|total"
    r"|with|of|has|have|across|provid|encompass|offer)\w*\b|: (?=\d)",
    re.IGNORECASE,
)
_INTRODUCED_SET = Gated(
    DATA_WORDS,
    r"\b(?:(?:introduc|construct|creat|build|releas|collect|curat|contribut|develop|propos|present"
    r"|provid|shar|assembl|compil)(?:e|es|ed|ing|s|t)?"
    r"|(?:evaluated|tested) on (?=an? (?:new|novel)\b))"
    r" (?:an?|the(?: first| largest)?|our) (?:(?:novel|new|first|large-scale"
    r"|high-quality|comprehensive)(?:,|,? and)? )*"
    r"(?P<name>(?:(?!(?:that|which|for|of|to|and|with|from|by)\b)[\w/-]+,? ){0,5}?"
    rf"{DATASET_NOUN}(?: (?:based|built) on (?:[\w-]+ ){{1,5}}?(?:data|corpus|images|texts?)\b)?)"
    r"(?=[.;:]|$|,(?! (?:\\\w+\{)?(?-i:[A-Z]))"
    r"| (?:for|of|that|which|with|to|from|in|on|and|using|where|by|as|consisting|containing"
    r"|comprising|featuring|spanning|covering|including)\b)"
    r"(?: and (?:an?|the) "
    r"(?P<second>(?:(?!(?:that|which|for|of|to|and|with|from|by)\b)[\w/-]+ ){1,5}?"
    rf"{DATASET_NOUN})(?=[.,;:]|$))?",
    re.IGNORECASE,
)
_DATA_NOUN = rf"(?:(?!features|functions|events|problems|data\b){COLLECTED}|dataset|corpus|corpora)"
_LEARNT_FROM = Gated(
    DATA_WORDS,
    r"\b(?:train(?:ed|ing)?(?: it)?|learn(?:ed|t)?|tuned|tested|evaluated|validated)"
    r" (?:on|from|using|with|over) (?:a |an |the |only )?"
    rf"(?P<name>(?!(?:an?|sparse|set|subset)\b)(?:[a-z]|\d+-[a-z])[\w/-]* "
    rf"(?:[A-Za-z][\w/-]* ){{0,5}}?{_DATA_NOUN}"
    rf"(?: and (?:[a-z][\w-]* ){{0,2}}{_DATA_NOUN})?|\d+-[a-z][\w-]* (?:[a-z][\w-]* ){{0,2}}data)"
    r"(?=[.,;:)]|$| (?:to|and|for|with|using|in|from|by|as|of|that|which|via|is|are|attains?"
    r"|achieves?|reach(?:es)?|outperforms?|shows?)\b)",
)
_NAMED_SET = Gated(
    DATA_WORDS,
    r"\b(?P<name>(?:training|pre-?training|evaluation) (?:dataset|data|set|corpus) of [A-Z][\w-]+)",
)
# "identified from a knee fracture database"
_DRAWN_FROM = re.compile(
    r"\b(?:from|in|using|of|through|within) (?:an?|the) (?P<name>(?:(?!(?:of|that|and|for|in|to|by"
    r"|with|from|the|on)\b)[\w/'’-]+ ){1,5}?(?:data ?base|registry|register|biobank))\b"
)
_ANY_BASE = re.compile(
    r"(?:(?:institutional|hospital|clinical|electronic|medical|large|single|prospective(?:ly)?"
    r"|maintained|comput\w+|departmental|local|administrative|patients?|same|existing|research"
    r"|online|public|this|our|whole|entire|study|central|internal|literature|new|relational|multi\w*"
    r"|own|clinic|[Uu]niversity|health|care|records?|bibliographic|trial|trials) )*\w+"
)
_VAGUE = re.compile(
    r"^(?:(?:the|our|these|this|such|its|their|large|large-scale|massive|limited|generated|more"
    r"|additional|various|multiple|several|many|existing|public|publicly|available|diverse"
    r"|different|same|synthetic|real|collected|only|real-world|all|unlabell?ed|labell?ed|web|human"
    r"|training|own|single|both|other|few|vast|amounts|popular|common|standard|widely|used|new"
    r"|novel|big|small|smaller|larger|relevant|historical|further|raw|perturbed|high-quality) )*"
    r"(?:data|data ?sets?|samples|examples|images|texts|records|benchmarks?|corpus|corpora|splits?"
    r"|collection|test ?sets?|test ?beds?|repository|archive|database)$|generated data$|^existing ",
    re.IGNORECASE,
)
_ANY_SETS = re.compile(
    r"(?:(?:public|publicly|available|different|diverse|distinct|standard|popular|common|widely|used"
    r"|challenging|large|large-scale|small|real|real-world|other|further|more|separate|independent"
    r"|benchmark|main|additional|various|new|open|open-source|existing|recent|major|well-known|data"
    r"|target|source|representative|common|typical|mainstream|established|test|external|synthetic)"
    r" )*(?:datasets?|data sets?|benchmarks?|corpora|corpus|test sets?|databases|cohorts)",
    re.IGNORECASE,
)
# "two data sets, Zeta and Eta"
_NAMED_AFTER = re.compile(r"(?:,|:| \(|,? namely|,? i\.e\.,?|,? including|,? such as) ?[A-Z]")
_FOR_TRAINING = re.compile(r"\b(?:(?:pre-?)?training|instruction(?:-| )tuning) (?:data|set|corpus)")
_PROPER = re.compile(r"\b[A-Z]\w*[A-Z0-9]")
_LEARNING_WORDS = words(
    """train trained training learn learned learnt tuned tested evaluated validated pre-trained
    fine-tuned pretrained"""
)
_MADE = NEW_WORDS | words("provide provides share shares compiled evaluated tested")
_BASES = words("database registry register biobank")
_TAKEN = words(
    """identified obtained extracted collected retrieved drawn selected data patients cases records
    derived analysed analyzed reviewed queried used using"""
)
_WERE = words("was were experiment")
_SAMPLED = words(
    """included enrolled recruited sampled surveyed interviewed analysed analyzed examined studied
    collected sequenced reviewed randomised randomized selected recorded measured tested assessed
    held conducted experiment"""
)
_SEARCHED = words("searched search")
_FURTHER = words("also moreover furthermore additionally another additional further second")
_CLOCK = re.compile(r"^(?:h|hr|hours?|min|minutes?)$")
_FOOTAGE = re.compile(
    r" of (?:[\w-]+ ){0,3}(?:videos?|audio|speech|recordings?|data|footage|podcasts|music)\b"
)
_SIZE_BEFORE = re.compile(r" (?:of|from|in|within) (?:the )?(?:(?!and\b)[a-z-]+ ){0,3}")
_SIZE_AFTER = re.compile(
    r"(?:, | \((?:\d[^()]*, |[Nn] ?= ?)?"
    r"|(?: (?:data ?set|corpus|benchmark|database|collection))?(?: \([^()]{1,60}\))?,? (?:which )?"
    r"(?:contain|compris|consist|includ|hold)"
    r"(?:e?s|ing)?(?: of)? |(?:,| is) (?:an?|our|the) (?:[\w-]+ ){1,5}?(?:of|with) )"
    r"(?:over |about |around |nearly |approximately |more than |a total of )?"
)
# What a set of the paper's own holds is no further set.
_CONTENT = re.compile(
    r"(?:(?:The|This|Our|It|Its|Each)\b(?: [\w-]+){0,3}? )?"
    r"(?:benchmark|data ?set|corpus|collection|resource|suite|database|It|[A-Z][\w-]+)"
    r"(?: (?:also|further|currently|now))?,? "
    r"(?:contain|compris|consist|includ|cover|span|hold|provid|featur|encompass|offer|totals?"
    r"|has|is)"
)
_GOES_ON = re.compile(r"-?\w| \d+[kKM]\b")
_SET_WITH = re.compile(
    r"\b(?:construct|creat|build|built|collect|curat|compil|annotat)\w* (?:an?|the) [^.;,]{0,60}?"
    r"\b(?:benchmark|data ?set|corpus|collection) (?:with|of|containing|comprising|consisting of) "
    r"(?=\d)"
)
_SIZES = (QuantityKind.COUNT, QuantityKind.TIME)
_MAX_SENTENCES = 3
_REACH = 200
_SEVERAL = 5


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
    own = _own(reading, parts)
    numbers = frozenset(s.number for s in own)
    found = [
        _named(reading, mention.span, mention.text, numbers)
        for mention in reading.mentions.datasets
        if not _says_nothing(reading.sentence_at(mention.span.start))
    ]
    counts = _Counts(_may_size(own, closed))
    taken = Stretches(material.name for material in found)
    found += _apart(_unnamed(own, found), taken)
    found = [_with_size(reading, material, counts) for material in found]
    _size_of_own_set(reading, own, found, counts)
    for size in counts.taken():
        taken.add(size)
    used = Stretches((*taken.spans(), *closed.spans()))
    outcomes = frozenset(s.number for s in parts.results)
    found += _apart(_counted(reading, own, outcomes, found, used), taken)
    return sorted(found, key=lambda m: m.name.start)


def _own(reading: Reading, parts: PaperParts) -> list[Sentence]:
    """The sentences about the paper's own work, those before it turns to it that tell of it too."""
    numbers = {sentence.number for sentence in parts.own}
    return [
        s
        for s in reading.sentences
        if not _says_nothing(s)
        and (s.number in numbers or (s.has(OWN) and s.works) or _is_sampling(s))
    ]


def _says_nothing(sentence: Sentence) -> bool:
    """Whether it is about where code can be had, who paid, or for a machine."""
    if sentence.section is Section.OTHER or sentence.is_instruction:
        return True
    if not sentence.is_administrative:
        return False
    # "We introduce a data set of 800 images, which we make available"
    return not (sentence.has(NEW_WORDS) and _INTRODUCED_SET.search(sentence.text))


def _is_sampling(sentence: Sentence) -> bool:
    """Whether it says what was studied and not who did it: "57 isolates were analysed"."""
    if not (sentence.has(_SAMPLED) and sentence.has(_WERE)):
        return False
    return any(q.kind is QuantityKind.COUNT for q in sentence.quantities)


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

    def taken(self) -> list[Span]:
        """Where those stand that size something."""
        return [self._all[at].span for at in sorted(self._taken)]


def _may_size(sentences: Sequence[Sentence], closed: Stretches) -> Iterator[Quantity]:
    for sentence in sentences:
        for quantity in sentence.quantities:
            if quantity.kind in _SIZES and not closed.cover(quantity.span.start):
                yield quantity


def _is_beside(abstract: str, name: Span, number: Span) -> bool:
    """Whether name and number stand side by side: "Zeta, 500 plans", "2M tokens of Zeta"."""
    if number.end <= name.start:
        return _SIZE_BEFORE.fullmatch(abstract, number.end, name.start) is not None
    return _SIZE_AFTER.fullmatch(abstract, name.end, number.start) is not None


def _named(reading: Reading, span: Span, name: str, own: frozenset[int]) -> Material:
    first = reading.sentence_at(span.start)
    later = [
        (sentence, place)
        for sentence, place in islice(reading.sentences_with(name, first.span.end), _MAX_SENTENCES)
        if not sentence.is_instruction
        and not sentence.is_administrative
        and not reading.text[place.start - 1 : place.start].isalnum()
        and not _GOES_ON.match(reading.text, place.end)
    ][: _MAX_SENTENCES - 1]
    roles = (
        purpose_of_name(reading, place, sentence, name)
        for sentence, place in ((first, span), *later)
        if sentence.number in own or sentence.proposes
    )
    role = next((role for role in roles if role != "unspecified"), "unspecified")
    return Material(span, role, None, (first, *(sentence for sentence, _ in later)))


def _with_size(reading: Reading, material: Material, counts: _Counts) -> Material:
    """Give a dataset the size beside its name, an introduced one what its sentences tell."""
    start, end = material.name
    size = counts.take(
        start - _REACH,
        end + _REACH,
        lambda quantity: (
            not (quantity.unit or "").endswith("tasks")
            and _is_beside(reading.text, material.name, quantity.span)
        ),
    )
    if size is None and material.role == "introduced":
        last = material.sentences[-1].span.end
        if (verb := _HOLDS.search(reading.text, end, last)) is not None:
            size = counts.take(verb.end(), last, partial(_is_size, reading, material))
    return material._replace(size=bounded(reading.text, size.span)) if size else material


def _is_size(reading: Reading, material: Material, quantity: Quantity) -> bool:
    if quantity.kind is not QuantityKind.COUNT or not may_be_held(quantity.unit):
        return False
    return reading.sentence_at(quantity.span.start) in material.sentences


def _size_of_own_set(
    reading: Reading, sentences: Sequence[Sentence], found: list[Material], counts: _Counts
) -> None:
    """Size the one set that the paper makes by "the data set comprises 900 plans"."""
    made = [at for at, one in enumerate(found) if one.role == "introduced"]
    if len(made) != 1 or found[made[0]].size is not None:
        return
    for sentence in sentences:
        match = _CONTENT.match(sentence.body) or _SET_WITH.search(sentence.body)
        if match is not None and sentence.span.start >= found[made[0]].name.start:
            start = sentence.body_start + match.end()
            size = counts.take(
                start,
                sentence.span.end,
                lambda q: q.kind is QuantityKind.COUNT and may_be_held(q.unit),
            )
            if size is not None:
                found[made[0]] = found[made[0]]._replace(size=bounded(reading.text, size.span))
                return


def _unnamed(sentences: Sequence[Sentence], named: Sequence[Material]) -> Iterator[Material]:
    """Material that is described but has no name: "a two-reader dataset"."""
    has_own_set = any(material.role == "introduced" for material in named)
    for sentence in sentences:
        is_other = not has_own_set or sentence.has(_FURTHER)
        if sentence.has(_MADE) and is_other:
            yield from _matches(sentence, _INTRODUCED_SET, "introduced")
        if sentence.has(_BASES) and sentence.has(_TAKEN):
            for material in _matches(sentence, _DRAWN_FROM, "studied"):
                at = Span(*(place - sentence.span.start for place in material.name))
                if not _ANY_BASE.fullmatch(at.of(sentence.text)):
                    yield material
        if sentence.has(_LEARNING_WORDS):
            yield from _matches(sentence, _LEARNT_FROM, "training")
            yield from _matches(sentence, _NAMED_SET, "training")


def _matches(sentence: Sentence, pattern: re.Pattern[str] | Gated, role: str) -> Iterator[Material]:
    for match in pattern.finditer(sentence.text):
        for group in ("name", "second") if "second" in match.re.groupindex else ("name",):
            name = match[group]
            if not name or _VAGUE.search(name) or (role == "introduced" and _PROPER.search(name)):
                continue
            start = sentence.span.start + match.start(group)
            given = "training" if _FOR_TRAINING.search(name) else role
            yield Material(Span(start, start + len(name)), given, None, (sentence,))


def _counted(
    reading: Reading,
    own: Sequence[Sentence],
    outcomes: frozenset[int],
    named: Sequence[Material],
    closed: Stretches,
) -> Iterator[Material]:
    """What is only counted: "12 benchmarks", "185 patients", "40 hours of speech"."""
    told = {sentence for material in named for sentence in material.sentences}
    for sentence in own:
        for quantity in () if sentence in told else sentence.quantities:
            is_count = quantity.kind is QuantityKind.COUNT and not sentence.has(_SEARCHED)
            is_set = is_count and _tells_sets(reading.text, quantity)
            if is_set and not closed.cover(quantity.span.start):
                role = purpose_of_sets(reading, sentence, quantity)
                yield Material(quantity.span, role, None, (sentence,))
    has_own_set = any(material.role == "introduced" for material in named)
    sizes = {material.size.of(reading.text) for material in named if material.size}
    is_proposal = bool(reading.method_names) or any(s.proposes for s in own)
    for sample in samples_of(reading.text, own, closed, is_proposal=is_proposal):
        is_told = sample.size.of(reading.text) in sizes or _is_held(sample.name, named)
        if not is_told and not (has_own_set and _CONTENT.match(sample.sentence.body)):
            yield Material(sample.name, sample.role, sample.size, (sample.sentence,))
    for sentence in own:
        for quantity in () if sentence.number in outcomes else sentence.quantities:
            is_time = quantity.kind in _SIZES and _CLOCK.search(quantity.unit or "")
            is_open = is_time and not closed.cover(quantity.span.start)
            footage = _FOOTAGE.match(reading.text, quantity.span.end) if is_open else None
            if footage is not None:
                span = Span(quantity.span.start, footage.end())
                is_learnt = is_learnt_from(sentence, reading.text, quantity.span.start)
                role = "training" if is_learnt else "unspecified"
                yield Material(span, role, quantity.span, (sentence,))


def _is_held(counted: Span, named: Sequence[Material]) -> bool:
    """Whether it stands behind the size of a set of the paper's own, in the same sentence."""
    return any(
        one.role == "introduced"
        and one.size is not None
        and one.name.end <= one.size.start < counted.start < one.sentences[0].span.end
        for one in named
    )


def _tells_sets(abstract: str, quantity: Quantity) -> bool:
    """Whether it counts sets and says which, unlike "three datasets" and those named behind it."""
    unit = quantity.unit or ""
    is_vague = (quantity.value or 0) < _SEVERAL and _ANY_SETS.fullmatch(unit) is not None
    is_told = SETS.search(unit) is not None and not is_vague
    return is_told and not _NAMED_AFTER.match(abstract, quantity.span.end)


def as_json(reading: Reading, material: Material) -> dict[str, Any]:
    """A material as the draft has it."""
    abstract = reading.text
    return {
        "name": material.name.of(abstract),
        "role": material.role,
        "size": material.size.of(abstract) if material.size else None,
        "sentences": [sentence.number for sentence in material.sentences],
    }
