"""The datasets, benchmarks and samples that an abstract names or sizes, and what they are for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from summarise.drafting.cues import bounded, noun_of
from summarise.drafting.purposes import NEW_WORDS, purpose_of_name, purpose_of_sets
from summarise.drafting.samples import SETS, may_be_held, samples_of
from summarise.models import Quantity, QuantityKind, Span
from summarise.reading import OWN, PaperParts, Reading, Sentence
from summarise.scan import COLLECTED, DATA_WORDS, DATASET_NOUN, Gated, Stretches, words

_HOLDS = re.compile(
    r"\b(?:consist|contain|compris|gather|includ|cover|compos|featur|compil|span|collect|total"
    r"|with|of|has|have|across|provid|encompass|offer)\w*\b|: (?=\d)",
    re.IGNORECASE,
)
_INTRODUCED_SET = Gated(
    DATA_WORDS,
    r"\b(?:introduc|construct|creat|build|releas|collect|curat|contribut|develop|propos|present"
    r"|provid|shar|assembl|compil)(?:e|es|ed|ing|s|t)?"
    r" (?:an?|the(?: first| largest)?|our) (?:(?:novel|new|first|large-scale"
    r"|high-quality|comprehensive)(?:,|,? and)? )*"
    r"(?P<name>(?:(?!(?:that|which|for|of|to|and|with|from|by)\b)[\w/-]+,? ){0,5}?"
    rf"{DATASET_NOUN}(?: (?:based|built) on (?:[\w-]+ ){{1,5}}?data\b)?)"
    r"(?=[.;:,]|$| (?:for|of|that|which|with|to|from|in|on|and|using|where|by|as|consisting"
    r"|containing|comprising|featuring|spanning|covering|including)\b)",
    re.IGNORECASE,
)
_DATA_NOUN = rf"(?:(?!features|functions|events|problems|data\b){COLLECTED}|dataset|corpus|corpora)"
_LEARNT_FROM = Gated(
    DATA_WORDS,
    r"\b(?:train(?:ed|ing)?(?: it)?|learn(?:ed|t)?|tuned|tested|evaluated|validated)"
    r" (?:on|from|using|with|over) (?:a |an |the |only )?"
    rf"(?P<name>(?:[a-z]|\d+-[a-z])[\w/-]* (?:[A-Za-z][\w/-]* ){{0,5}}?{_DATA_NOUN}"
    rf"(?: and (?:[a-z][\w-]* ){{0,2}}{_DATA_NOUN})?)"
    r"(?=[.,;:)]|$| (?:to|and|for|with|using|in|from|by|as|of|that|which|via|is|are|attains?"
    r"|achieves?|reach(?:es)?|outperforms?|shows?)\b)",
)
# "We test our locks on a series of harbour radio logs"
_TESTED_ON = Gated(
    words("series collection number"),
    r"\b(?i:evaluat|test|assess|validat|try|tried|replay)\w* [^.;:]{1,60}? (?:on|with|against|over)"
    r" an? (?:[a-z]+ )?(?:series|collection|number) of (?P<name>(?:[a-z][\w-]* ){1,4}?"
    rf"(?:logs|traces|signals|{COLLECTED}))(?=[.,;:)]|$| (?:from|of|by|in|to|that|which|and)\b)",
)
_VAGUE = re.compile(
    r"^(?:(?:the|our|these|this|such|its|their|large|large-scale|massive|limited|generated|more"
    r"|additional|various|multiple|several|many|existing|public|publicly|available|diverse"
    r"|different|same|synthetic|real|collected|only|real-world|all|unlabell?ed|labell?ed|web|human"
    r"|training|own|single|both|other|few|vast|amounts|popular|common|standard|widely|used|new"
    r"|novel|big|small|smaller|larger|relevant|historical|further|raw|perturbed|high-quality) )*"
    r"(?:data|data ?sets?|samples|examples|images|texts|records|benchmarks?|corpus|corpora|splits?"
    r"|collection|test ?sets?|test ?beds?|repository|archive|database)$",
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
_LEARNING_WORDS = words(
    """train trained training learn learned learnt tuned tested evaluated validated pre-trained
    fine-tuned pretrained"""
)
_FURTHER = words("also moreover furthermore additionally another additional further second")
_MADE = NEW_WORDS | words("provide provides share shares compiled evaluated tested")
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
    numbers = frozenset(s.number for s in parts.own)
    found = [
        _named(reading, mention.span, mention.text, numbers)
        for mention in reading.mentions.datasets
        if not _says_nothing(reading.sentence_at(mention.span.start))
    ]
    taken = Stretches(material.name for material in found)
    found += _apart(_unnamed(own, found), taken)
    sizes = [q for s in own for q in s.quantities if q.kind in _SIZES and may_be_held(q.unit)]
    found = [_with_size(reading, material, sizes) for material in found]
    _size_of_own_set(reading, own, found, sizes)
    for span in (*(material.size for material in found if material.size), *closed.spans()):
        taken.add(span)
    found += _apart(_counted(reading, own), taken)
    if not found:
        # Where nothing has a name or a number, it may be told where it came from.
        is_proposal = any(s.proposes for s in own)
        found = list(_drawn(own, is_proposal=is_proposal))[:1]
    return sorted(found, key=lambda m: m.name.start)


def _own(reading: Reading, parts: PaperParts) -> list[Sentence]:
    """The sentences about the paper's own work, and those before it turns to it that count."""
    numbers = {sentence.number for sentence in parts.own}
    return [
        s
        for s in reading.sentences
        if not _says_nothing(s)
        and (
            s.number in numbers
            or (s.has(OWN) and s.works)
            or s.states_aim
            or any(q.kind is QuantityKind.COUNT for q in s.quantities)
        )
    ]


def _says_nothing(sentence: Sentence) -> bool:
    """Whether it is for a machine, or about where something can be had that isn't new."""
    # "We introduce a data set of 800 images, which we make available"
    return sentence.is_instruction or (sentence.is_administrative and not sentence.has(NEW_WORDS))


def _apart(materials: Iterable[Material], taken: Stretches) -> Iterator[Material]:
    """Those whose names overlap no other, which are taken then."""
    for material in materials:
        if not taken.overlap(material.name):
            taken.add(material.name)
            yield material


def _named(reading: Reading, span: Span, name: str, own: frozenset[int]) -> Material:
    first = reading.sentence_at(span.start)
    later = [
        (sentence, place)
        for sentence, place in islice(reading.sentences_with(name, first.span.end), _MAX_SENTENCES)
        if not sentence.is_administrative
        and not reading.text[place.start - 1 : place.start].isalnum()
        and not _GOES_ON.match(reading.text, place.end)
    ][: _MAX_SENTENCES - 1]
    roles = (
        purpose_of_name(reading, place, sentence, name)
        for sentence, place in ((first, span), *later)
        if sentence.number in own
    )
    role = next((role for role in roles if role != "unspecified"), "unspecified")
    return Material(span, role, None, (first, *(sentence for sentence, _ in later)))


def _with_size(reading: Reading, material: Material, sizes: Sequence[Quantity]) -> Material:
    """Give a dataset the size beside its name, an introduced one what its sentences tell."""
    start, end = material.name
    near = (
        q.span
        for q in sizes
        if start - _REACH < q.span.start < end + _REACH and noun_of(q.unit) != "tasks"
    )
    size = next((span for span in near if _is_beside(reading.text, material.name, span)), None)
    if size is None and material.role == "introduced":
        last = material.sentences[-1].span.end
        if (verb := _HOLDS.search(reading.text, end, last)) is not None:
            size = _first_count(sizes, verb.end(), last)
    return material._replace(size=bounded(reading.text, size)) if size else material


def _is_beside(text: str, name: Span, number: Span) -> bool:
    """Whether name and number stand side by side: "Zeta, 500 plans", "2M tokens of Zeta"."""
    if number.end <= name.start:
        return _SIZE_BEFORE.fullmatch(text, number.end, name.start) is not None
    return _SIZE_AFTER.fullmatch(text, name.end, number.start) is not None


def _first_count(quantities: Sequence[Quantity], start: int, end: int) -> Span | None:
    counts = (q.span for q in quantities if q.kind is QuantityKind.COUNT)
    return next((span for span in counts if start <= span.start < end), None)


def _size_of_own_set(
    reading: Reading,
    sentences: Sequence[Sentence],
    found: list[Material],
    sizes: Sequence[Quantity],
) -> None:
    """Size the one set that the paper makes by "the data set comprises 900 plans"."""
    made = [at for at, one in enumerate(found) if one.role == "introduced"]
    if len(made) != 1 or found[made[0]].size is not None:
        return
    for sentence in sentences:
        if (match := _CONTENT.match(sentence.body)) is not None:
            start = sentence.body_start + match.end()
            if size := _first_count(sizes, start, sentence.span.end):
                found[made[0]] = found[made[0]]._replace(size=bounded(reading.text, size))
                return


def _unnamed(sentences: Sequence[Sentence], named: Sequence[Material]) -> Iterator[Material]:
    """Material that is described but has no name: "a two-reader dataset"."""
    has_own_set = any(material.role == "introduced" for material in named)
    for sentence in sentences:
        if sentence.has(_MADE) and (not has_own_set or sentence.has(_FURTHER)):
            yield from _matches(sentence, _INTRODUCED_SET, "introduced")
        if sentence.has(_LEARNING_WORDS):
            yield from _matches(sentence, _LEARNT_FROM, "training")
        yield from _matches(sentence, _TESTED_ON, "evaluation")


_WHEN = (
    r"(?:(?:19|20)\d\d|January|February|March|April|May|June|July|August|September|October|November"
    r"|December)\b"
)
# "Using monthly data from harbours of the coast, we …", "data were collected from logs and charts"
_DRAWN = Gated(
    words(
        """data records filings reviews transcripts archives patents reports interviews groups
        hourly daily weekly monthly quarterly annual yearly measurements observations"""
    ),
    # "the weekly sales of lamps in Delvia from May 2010 to June 2015": a series with its period
    r"(?:(?i:\b(?P<series>(?:hourly|daily|weekly|monthly|quarterly|annual|yearly) (?!to\b)"
    r"(?:[^\s,;:().]+ ){1,12}?from (?:[A-Z][a-z]+ )?(?:1[89]|20)\d\d"
    r" (?:to|until|through) (?:[A-Z][a-z]+ )?(?:1[89]|20)\d\d)\b)"
    # "interviews were held with keepers of lamps", "focus groups with pilots"
    r"|\b(?i:interviews|focus groups)(?: (?:were|was) (?:[a-z]+ly )?(?:conducted|held|carried out"
    r"|undertaken|done|performed))? with (?P<people>(?:(?!(?:the|a|an)\b)[^\s,;:().\d]+ ){0,8}?"
    r"[^\s,;:().\d]+s(?:(?:, (?!and )(?:[a-z-]+ ){0,3}?[a-z-]+s){1,5},? and"
    r" (?:[a-z-]+ ){0,3}?[a-z-]+s)?)(?=[.;:)]|,(?! [a-z -]{2,60},? and )|$"
    r"| (?:to|in|at|from|about|on|who|that|across|using|were|was|between|during)\b)"
    # "Sonar and buoy measurements were combined to …"
    r"|(?:^|: )(?P<joined>[A-Z][a-z]+ (?:[a-z-]+ ){0,6}?(?:data|records|measurements|observations))"
    r" (?:are|were) (?:combined|merged|linked|pooled)\b"
    r"|\b(?i:using|used?|based on|drawing (?:up)?on|draws on|analy[sz](?:ing|ed?)|linking"
    r"|exploiting|combining) (?P<name>"
    r"(?:(?!(?:the|our|these|this|based|on|of|and|for|with|in|to)\b)[\w-]+ ){0,4}?"
    r"(?:data|records|filings|reviews|transcripts|archives|patents|reports)"
    rf" (?:from|on|of|for|about) (?:the )?(?!{_WHEN})"
    r"(?:[^\s,;:().]+ |[A-Z]\.[A-Z]\. ){0,7}?[^\s,;:().]+(?<! large)(?<! small)(?<! new))"
    r"(?=[,;:)]|\.?$| (?:to|that|which|who|we|were|was|is|are|and we|between|during|since|over|by"
    r"|as|covering|spanning|collected|with)\b)"
    r"|\b[Dd]ata (?:were|was) (?:also |mainly |then )?(?:collected|obtained|drawn|extracted|taken"
    r"|derived|gathered) from (?P<source>(?:[^\s;:().]+ ){1,14}?[^\s,;:().]+"
    r"(?<!Agency)(?<!Office)(?<!Bureau)(?<!Ministry)(?<!Department)(?<!Institute))"
    r"(?=\.?$|; | (?:to|using|between|during|by|over|for|in|as)\b))",
)


def _drawn(sentences: Sequence[Sentence], *, is_proposal: bool) -> Iterator[Material]:
    """What the work says that its data are from, neither by a name nor by a number.

    What a proposal uses may be what it does with data, not where those are from.
    """
    for sentence in sentences:
        for match in _DRAWN.finditer(sentence.text):
            if is_proposal and match.lastgroup == "name":
                continue
            start, end = match.span(match.lastgroup or 0)
            name = Span(sentence.span.start + start, sentence.span.start + end)
            yield Material(name, "studied", None, (sentence,))


def _matches(sentence: Sentence, pattern: Gated, role: str) -> Iterator[Material]:
    for match in pattern.finditer(sentence.text):
        if not _VAGUE.search(match["name"]):
            start = sentence.span.start + match.start("name")
            yield Material(Span(start, start + len(match["name"])), role, None, (sentence,))


def _counted(reading: Reading, own: Sequence[Sentence]) -> Iterator[Material]:
    """What is only counted: "12 benchmarks", "185 patients"."""
    for sentence in own:
        for quantity in sentence.quantities:
            unit = quantity.unit or ""
            is_vague = (quantity.value or 0) < _SEVERAL and _ANY_SETS.fullmatch(unit)
            is_told = SETS.search(unit) and not is_vague
            if is_told and quantity.kind is QuantityKind.COUNT:
                role = purpose_of_sets(reading, sentence, quantity)
                yield Material(quantity.span, role, None, (sentence,))
    is_proposal = any(s.proposes for s in own)
    for sample in samples_of(reading.text, own, is_proposal=is_proposal):
        yield Material(sample.name, sample.role, sample.size, (sample.sentence,))


def as_json(reading: Reading, material: Material) -> dict[str, Any]:
    """A material as the draft has it."""
    abstract = reading.text
    return {
        "name": material.name.of(abstract),
        "role": material.role,
        "size": material.size.of(abstract) if material.size else None,
        "sentences": [sentence.number for sentence in material.sentences],
    }
