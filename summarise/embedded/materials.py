"""The datasets, benchmarks and samples that an abstract names or sizes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from summarise.embedded.reading import Reading, Sentence
from summarise.models import Quantity, QuantityKind, Span
from summarise.scan import HEAD

_SET = re.compile(r"(?:datasets?|data sets?|benchmarks?|corpora|corpus|test sets?|databases|cohorts)$", re.IGNORECASE)
_DATA_NOUN = (
    r"(?:pairs|images|videos|samples|examples|questions|prompts|tokens|documents|sentences|captions|descriptions|texts|articles|papers"
    r"|recordings|reports|records|scans|volumes|annotations|instances|dialogues|conversations|hours|features|objects|instructions|data|datasets?"
    r"|corpus|corpora|tweets|posts|reviews|queries|passages|clips|frames|words|sequences|genomes|structures|molecules|compounds|proteins|cells"
    r"|patients|participants|subjects|adults|children|individuals|respondents|volunteers|women|men|people|students|households|interviews"
    r"|trials|studies|cases|controls|infants|births|deaths|admissions|visits|hospitals|species|plots|sites|populations|specimens|galaxies|stars|events|trajectories|demonstrations|problems|tables|schools|countries|firms|users|workers|employees|teachers|nurses|physicians|mice|rats|trees|birds|fish|genes|isolates|surveys|observations|measurements|simulations)"
)
_SAMPLE_NOUN = re.compile(rf"\b{_DATA_NOUN}$", re.IGNORECASE)
_TRAIN = re.compile(r"\b(?:pre-?train|train|fine-?tun|instruction[- ]tun|learn\w* from|using)\w*\b", re.IGNORECASE)
_TEST = re.compile(r"\b(?:evaluat|experiment|benchmark|test|validat|achiev|outperform|accurac|performance|state-of-the-art|sota|improv|surpass|results?|zero-shot|assess)\w*\b", re.IGNORECASE)
_NEW = re.compile(r"\b(?:introduc|present|propos|construct|creat|build|built|releas|collect|curat|contribut|develop|annotat|compil|assembl|gather|provid|establish|generat|design)\w*\b", re.IGNORECASE)
_EXISTING = re.compile(r"\b(?:on|using|from|over|with)\b[^.;]{0,40}\Z")
_HOLDS = re.compile(r"\b(?:consist|contain|compris|gather|includ|cover|compos|featur|compil|span|collect|total|with|of|has|have|across|provid|encompass|offer)\w*\b", re.IGNORECASE)
_INTRODUCED_SET = re.compile(
    r"\b(?:introduc|construct|creat|build|releas|collect|curat|contribut|develop|propos|present)(?:e|es|ed|ing|t)?\b (?:a|an|the first|our|two|three)(?: (?:novel|new|first|large-scale|high-quality|comprehensive))*(?:,? )"
    rf"(?P<name>(?:(?!(?:that|which|for|of|to|and|with|from|by)\b)[\w/-]+,? ){{0,5}}?{HEAD}(?: (?:based|built) on (?:[\w-]+ ){{1,5}}?(?:data|corpus|images|texts?)\b)?)(?! (?:called|named|termed|construction)|\w|-| \()",
    re.IGNORECASE,
)
_LEARNT_FROM = re.compile(
    rf"\b(?:train(?:ed|ing)?(?: it)?|learn(?:ed|t)?|tuned|fine-?tuned|pre-?trained|tested|evaluated|validated) (?:on|from|using|with|over) (?:a |an |the |only )?"
    rf"(?P<name>(?:[a-z][\w/-]* ){{1,6}}?{_DATA_NOUN}(?: and (?:[a-z][\w-]* ){{0,2}}{_DATA_NOUN})?)(?= (?:to|and|for|with|using|in|from|by|as|of|that|which|via|is|are)\b|[.,;:)]|$)"
)
_VAGUE = re.compile(r"^(?:(?:the|our|these|this|such|its|their|large|large-scale|massive|limited|generated|more|additional|various|multiple|several|many|existing|public|diverse|different|same|synthetic|real|collected|only|real-world|all|same|unlabell?ed|labell?ed|training|own) )*(?:data|datasets?|tasks|samples|examples|images|texts)$|generated data$")
_TRAINING_SET = re.compile(r"\b(?P<name>training (?:dataset|data|set|corpus) of [A-Z][\w-]+)")
_AFTER_NAME = re.compile(r"(?: (?:extracted|collected|sampled|drawn|generated|annotated|obtained|curated) (?:by|from|with) (?:the )?[A-Z][\w-]*(?: [A-Z][\w-]*)*| with (?:[\w-]+ ){1,5}?(?:annotations|captions|labels|families covering [\w -]+?attributes)|(?: (?:in|from|across) \d[\d,]* (?:[\w-]+ )?(?:languages|countries|hospitals|sites|centers|centres)))")
_SHARE_OF_DATA = re.compile(r"\)?(?: of)?(?: the)? (?P<name>(?:[\w-]+ ){0,3}data)\b")


class Material(NamedTuple):
    """A dataset or a sample, and where it stands."""

    name: Span
    role: str
    size: Span | None
    sentences: tuple[int, ...]


def data_of(reading: Reading, closed: list[Span], background: frozenset[int]) -> list[Material]:
    """Find the datasets, benchmarks and samples.

    Args:
        reading: An abstract.
        closed: Spans that are facts about compute.
        background: Numbers of the sentences that speak of the work of others.

    Returns:
        The materials in the order of the text.
    """
    named = [
        _named(reading, mention.span, mention.text)
        for mention in reading.mentions.datasets
        if not reading.sentence_at(mention.span.start).is_instruction
    ]
    counts = [
        q
        for q in reading.mentions.quantities
        if q.kind in (QuantityKind.COUNT, QuantityKind.TIME)
        and not any(s.start <= q.span.start < s.end for s in closed)
        and reading.number_at(q.span.start) not in background
        and not reading.sentence_at(q.span.start).is_instruction
    ]
    materials, left = _sized(reading, named, counts)
    materials += _unnamed(reading, materials, background)
    materials += _counted(reading, materials, left)
    return sorted(materials, key=lambda m: m.name.start)


def _named(reading: Reading, span: Span, text: str) -> Material:
    sentence = reading.sentence_at(span.start)
    numbers = [sentence.number]
    for other in reading.sentences[sentence.number :]:
        if text in other.text and not other.is_instruction and not other.is_administrative and len(numbers) < 3:
            numbers.append(other.number)
    return Material(span, _role(reading, span, sentence, text), None, tuple(numbers))


def _role(reading: Reading, span: Span, sentence: Sentence, text: str) -> str:
    abstract = reading.document.abstract
    before = abstract[sentence.span.start : span.start]
    if any(m.text == text for m in reading.mentions.methods) or (
        sentence.proposes and _NEW.search(before) and not re.search(r"\b(?:on|from|over)\b[^,;]{0,30}\Z", before)
    ):
        return "introduced"
    test, train = _last(_TEST, before), _last(_TRAIN, before)
    if train > test:
        return "training" if re.search(r"train|tun", before[train : train + 14], re.IGNORECASE) else ("evaluation" if _TEST.search(sentence.text) else "unspecified")
    if test >= 0 or _TEST.search(abstract[span.end : sentence.span.end]):
        return "evaluation"
    return "unspecified"


def _last(pattern: re.Pattern[str], text: str) -> int:
    at = -1
    for match in pattern.finditer(text):
        at = match.start()
    return at


def _sized(
    reading: Reading, named: list[Material], counts: list[Quantity]
) -> tuple[list[Material], list[Quantity]]:
    """Give each introduced dataset its first size from its own sentences."""
    left = list(counts)
    out = []
    for material in named:
        size = None
        if material.role == "introduced":
            size = next((q for q in left if _is_size(reading, material, q)), None)
        if size is not None:
            left.remove(size)
            material = material._replace(size=size.span)
        out.append(material)
    return out, left


def _is_size(reading: Reading, material: Material, quantity: Quantity) -> bool:
    if reading.number_at(quantity.span.start) not in material.sentences or quantity.kind is not QuantityKind.COUNT:
        return False
    if not _SAMPLE_NOUN.search(quantity.unit or "") or quantity.span.start < material.name.start:
        return False
    between = reading.document.abstract[material.name.end : quantity.span.start]
    return len(between) > 300 or bool(_HOLDS.search(between))


def _unnamed(
    reading: Reading, materials: list[Material], background: frozenset[int]
) -> Iterator[Material]:
    abstract = reading.document.abstract
    for sentence in reading.sentences:
        if sentence.is_instruction or sentence.number in background:
            continue
        has_name = any(m.sentences[0] == sentence.number and m.role == "introduced" for m in materials)
        for pattern, role in ((_INTRODUCED_SET, "introduced"), (_LEARNT_FROM, "training"), (_TRAINING_SET, "training")):
            for match in pattern.finditer(sentence.text):
                name = match["name"]
                if _VAGUE.search(name) or (role == "introduced" and (has_name or re.search(r"\b[A-Z]\w*[A-Z0-9]", name))):
                    continue
                start = sentence.span.start + match.start("name")
                span = Span(start, start + len(name))
                if any(m.name.start < span.end and span.start < m.name.end for m in materials):
                    continue
                yield Material(span, role, None, (sentence.number,))


def _counted(
    reading: Reading, materials: list[Material], counts: list[Quantity]
) -> Iterator[Material]:
    """Sized but unnamed material: "12 benchmarks", "5M image-text pairs"."""
    abstract = reading.document.abstract
    for quantity in counts:
        sentence = reading.sentence_at(quantity.span.start)
        unit = quantity.unit or ""
        if any(m.name.start < quantity.span.end and quantity.span.start < m.name.end for m in materials):
            continue
        if quantity.kind is QuantityKind.TIME:
            match = re.match(r" of (?:[\w-]+ ){0,3}(?:videos?|audio|speech|recordings?|data|footage)\b", abstract[quantity.span.end :])
            if not match:
                continue
            yield Material(Span(quantity.span.start, quantity.span.end + match.end()), "unspecified", Span(*quantity.span), (sentence.number,))
            continue
        if _SET.search(unit):
            if not any(sentence.number in m.sentences for m in materials):
                yield Material(Span(*quantity.span), "evaluation", None, (sentence.number,))
        elif _SAMPLE_NOUN.search(unit):
            more = _AFTER_NAME.match(abstract, quantity.span.end)
            end = more.end() if more else quantity.span.end
            before = abstract[sentence.span.start : quantity.span.start]
            role = "training" if re.search(r"train|tun", before, re.IGNORECASE) else (
                "introduced" if _NEW.search(before) else "unspecified"
            )
            yield Material(Span(quantity.span.start, end), role, Span(*quantity.span), (sentence.number,))


def as_json(reading: Reading, material: Material) -> dict[str, Any]:
    """A material as the draft has it."""
    abstract = reading.document.abstract
    return {
        "name": material.name.of(abstract),
        "role": material.role,
        "size": material.size.of(abstract) if material.size else None,
        "sentences": list(material.sentences),
    }
