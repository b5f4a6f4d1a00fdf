"""What an abstract says of the resources that the work uses or saves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from summarise.models import Quantity, QuantityKind, Span
from summarise.reading.reading import Reading
from summarise.reading.sentence import Sentence
from summarise.reading.statements import PaperParts
from summarise.scan import COMPUTING, Stretches, words

_ALWAYS = {
    QuantityKind.HARDWARE: "hardware",
    QuantityKind.COMPUTE_TIME: "time",
    QuantityKind.PARAMETERS: "model_size",
    QuantityKind.BATCH_SIZE: "other",
    QuantityKind.EMISSIONS: "other",
}
_MACHINE = words(
    """gpu gpus tpu tpus cpu cpus train trained training trains inference wall-clock runtime
    fine-tuning finetuning fine-tuned pretraining pre-training pretrained compute computing
    rendering decoding real-time"""
)
_PEOPLE = words(
    """patients patient participants participant follow-up aged exercise cohort clinical therapy
    treatment weeks months week trial nurses adults children students workers"""
)
_RESOURCE = (
    r"(?:comput\w*|emissions|memory|time|costs?|param\w*|FLOPs?|steps?|GPUs?|latency|energy"
    r"|storage)"
)
_SAVING_AFTER = re.compile(
    r" (?:as )?(?:\w+ ){0,2}?(?:fast|speed|accelerat|slow|cheap|efficien|throughput|smaller"
    rf"|(?:less|fewer|lower|reduced) (?:\w+ ){{0,2}}?{_RESOURCE}"
    r"|(?:reduction|decrease|savings?|increase) in (?:\w+ ){0,2}?"
    rf"(?:{_RESOURCE}|throughput|train))",
    re.IGNORECASE,
)
_SAVING_BEFORE = re.compile(
    r"\b(?:speed-?ups?|accelerat\w+|faster"
    rf"|(?:reduc|sav|cut|lower|decreas)\w*[^.;,]{{0,50}}\b{_RESOURCE}"
    r"|(?:training|inference|compute|computational|memory) (?:time|costs?|usage|budget|footprint)"
    r"[^.;,]{0,30})[^.;,\d]{0,25}\Z",
    re.IGNORECASE,
)
_SHARE_AFTER = re.compile(
    r" (?:of )?(?:[\w.'’-]+ ){0,5}?(?:training|inference|compute|computation(?:al)?|memory"
    r"|param(?:eter)?s?|GPU|FLOPs?|energy)"
    r"(?: (?:time|costs?|budget|resources|usage|footprint|memory|hours|consumption))?\b"
    r"| of (?:[\w'’-]+ ){1,3}(?:compute |training )?budget\b| to the (?:run ?time|latency)\b",
    re.IGNORECASE,
)
_PHRASE_AFTER = re.compile(
    r"(?:[ -](?!(?:and|on|in|with|while|for|to|by|when|using|at|over|or|but|without|across"
    r"|compared|during|which|that|is|are|was|as)\b)[\w'’/.-]*[\w])+"
)
_REACH = 120
_OF_TRAINING = re.compile(r" of (?:\w+[ -])?(?:training|fine-?tuning|pre-?training|inference)")
_OF_MATERIAL = re.compile(
    r" of (?!(?:\w+[ -])?(?:training|fine-?tuning|pre-?training|inference|comput))"
)
_UP_TO_BEFORE = re.compile(
    r"\b(?:up to|over|more than|nearly|about|only|at least|approximately|around) \Z"
)
_COMPLEXITY = re.compile(
    r"\bO\((?:[^()]|\([^()]*\))*\)(?: (?:time |space |computational )*complexity)?"
)
_COST_WORDS = words(
    "complexity time memory cost costs linear quadratic compute computation space runtime"
)
_TAILS = {
    QuantityKind.TIME: (_OF_TRAINING,),
    QuantityKind.COUNT: (re.compile(r" training\b"),),
    QuantityKind.PERCENT: (_SHARE_AFTER, _PHRASE_AFTER),
    QuantityKind.FACTOR: (_PHRASE_AFTER,),
}
_COMPUTE_UNIT = re.compile(
    rf"{COMPUTING}|epochs?$|iterations?$"
    r"|(?:training|gradient|denoising|sampling|optimi[sz]ation) steps?$"
)


class Resource(NamedTuple):
    """A fact about resources and where it stands."""

    kind: str
    span: Span


def compute_of(reading: Reading, parts: PaperParts) -> list[Resource]:
    """Find the facts about resources, in order; no two overlap."""
    found: list[Resource] = []
    for sentence in parts.own:
        for quantity in sentence.quantities:
            kind = _ALWAYS.get(quantity.kind) or _kind(reading.text, sentence, quantity)
            if kind is None:
                continue
            span = _phrase(reading.text, sentence, quantity, kind)
            if not (found and found[-1].span.end > span.start):
                found.append(Resource(kind, span))
        found += _complexities(sentence)
    return _with_pairs(reading.text, sorted(found, key=lambda r: r.span))


def _kind(abstract: str, sentence: Sentence, quantity: Quantity) -> str | None:
    """Kind of compute fact by unit and context, or None where it says something else."""
    unit = quantity.unit or ""
    match quantity.kind:
        case QuantityKind.TIME if _is_machine_time(abstract, sentence, quantity):
            return "time"
        case QuantityKind.MONEY if sentence.is_about_cost:
            return "cost"
        case QuantityKind.MEMORY if not _is_stored_data(abstract, sentence, quantity):
            return "other"
        case QuantityKind.COUNT | QuantityKind.MEASURE if _COMPUTE_UNIT.search(unit):
            return "other"
        case QuantityKind.FACTOR | QuantityKind.PERCENT:
            return _saving(abstract, sentence, quantity)
        case _:
            return None


def _is_stored_data(abstract: str, sentence: Sentence, quantity: Quantity) -> bool:
    """Whether what takes the space is data, not a program: "all images (212 GB) are archived"."""
    is_text = abstract.startswith(" of text", quantity.span.end)
    return is_text or sentence.is_administrative or "http" in sentence.text


def _is_machine_time(abstract: str, sentence: Sentence, quantity: Quantity) -> bool:
    """Whether a machine, not a patient or a recording, is what takes the time."""
    if not sentence.has(_MACHINE) or sentence.has(_PEOPLE):
        return False
    return _OF_MATERIAL.match(abstract, quantity.span.end) is None


def _saving(abstract: str, sentence: Sentence, quantity: Quantity) -> str | None:
    """A factor or a share of time, memory or cost."""
    start, end = quantity.span
    after = abstract[end : min(sentence.span.end, end + _REACH)]
    before = abstract[max(sentence.span.start, start - _REACH) : start]
    if quantity.kind is QuantityKind.PERCENT and _SHARE_AFTER.match(after):
        return "cost" if "cost" in after[:60] else "speedup"
    if _SAVING_AFTER.match(after) or _SAVING_BEFORE.search(before):
        return "cost" if "cost" in before[-40:] else "speedup"
    return None


def _phrase(abstract: str, sentence: Sentence, quantity: Quantity, kind: str) -> Span:
    """The shortest stretch that carries the whole fact."""
    start, end = quantity.span
    for pattern in _TAILS.get(quantity.kind, ()):
        if (more := pattern.match(abstract, end, sentence.span.end)) is not None:
            end = more.end()
            break
    if kind == "speedup" and (less := _UP_TO_BEFORE.search(abstract[max(0, start - 20) : start])):
        start -= less.end() - less.start()
    return Span(start, end)


def _complexities(sentence: Sentence) -> Iterator[Resource]:
    if "O(" not in sentence.text or not sentence.has(_COST_WORDS):
        return
    for match in _COMPLEXITY.finditer(sentence.text):
        start = sentence.span.start + match.start()
        yield Resource("other", Span(start, start + len(match.group())))


_VERSUS = re.compile(r" (?:vs\.?|versus) ")


def _with_pairs(abstract: str, found: list[Resource]) -> list[Resource]:
    """Make one fact of "12 vs. 480 GPU days"."""
    merged: list[Resource] = []
    for resource in found:
        if merged and merged[-1].kind == resource.kind:
            start, end = merged[-1].span
            if _VERSUS.fullmatch(abstract[end : resource.span.start]):
                merged[-1] = Resource(resource.kind, Span(start, resource.span.end))
                continue
        merged.append(resource)
    return merged


def only_resources(reading: Reading, closed: Stretches) -> frozenset[int]:
    """Numbers of the sentences that tell what the work needs and nothing else.

    ``closed`` is where the facts about resources stand.
    """
    return frozenset(
        s.number
        for s in reading.sentences
        if s.has(_NEEDING)
        and s.quantities
        and not (s.proposes or s.claims_outcome or s.tells_own_work)
        and all(closed.cover(q.span.start) for q in s.quantities)
    )


_NEEDING = words("takes took take needs needed need requires required require used uses costs cost")


def as_json(reading: Reading, resource: Resource) -> dict[str, Any]:
    """A fact as the draft has it."""
    return {
        "kind": resource.kind,
        "value": resource.span.of(reading.text),
        "sentences": [reading.sentence_at(resource.span.start).number],
    }
