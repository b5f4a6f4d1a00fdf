"""What an abstract says of the resources that the work uses or saves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from summarise.embedded.reading import Reading, Sentence
from summarise.models import Quantity, QuantityKind, Span

_ALWAYS = {
    QuantityKind.HARDWARE: "hardware",
    QuantityKind.COMPUTE_TIME: "time",
    QuantityKind.PARAMETERS: "model_size",
    QuantityKind.BATCH_SIZE: "other",
    QuantityKind.EMISSIONS: "other",
}
_MACHINE = re.compile(
    r"\b(?:GPUs?|TPUs?|CPUs?|train(?:ed|s|ing)?|inference|latency|wall[- ]clock|run(?:s|ning)?[ -]?time|fine-?tun\w+|pre-?train\w*"
    r"|comput(?:e|ing|ation\w*)|per (?:image|frame|query|sample|step|iteration|token)|render\w*|decod\w+|real[- ]time)\b"
)
_PEOPLE = re.compile(r"\b(?:patients?|participants?|follow-?up|aged|exercise|cohort|clinical|therapy|treatment|weeks?|months?)\b", re.IGNORECASE)
_SAVING_AFTER = re.compile(
    r"(?: (?:as )?(?:\w+ ){0,2}?)(?:fast|speed|accelerat|slow|cheap|efficien|(?:less|fewer|lower|smaller|reduced) (?:\w+ ){0,2}?(?:comput|memory|time|cost|param|FLOP|step|GPU|latency|energy|storage)"
    r"|(?:reduction|decrease|savings?|increase) in (?:\w+ ){0,2}?(?:comput|memory|time|cost|param|FLOP|latency|energy|storage|throughput|training)|throughput|smaller)\w*",
    re.IGNORECASE,
)
_SAVING_BEFORE = re.compile(
    r"\b(?:speed-?ups?|accelerat\w+|faster|efficien\w+|(?:reduc\w+|sav\w+|cut\w*|lower\w*|decreas\w+)[^.;,]{0,50}\b(?:comput\w+|memory|time|costs?|param\w+|FLOPs?|latency|energy|storage)"
    r"|(?:training|inference|compute|computational|memory) (?:time|costs?|usage|budget|footprint)[^.;,]{0,30})[^.;,\d]{0,25}\Z",
    re.IGNORECASE,
)
_SHARE_AFTER = re.compile(
    r" (?:of )?(?:[\w.'’-]+ ){0,5}?(?:training|inference|compute|computation(?:al)?|memory|param(?:eter)?s?|GPU|FLOPs?|energy)(?: (?:time|costs?|budget|resources|usage|footprint|memory|hours|consumption))?\b",
    re.IGNORECASE,
)
_PHRASE_AFTER = re.compile(
    r"(?:[ -](?!(?:and|on|in|with|while|for|to|by|when|using|at|over|or|but|without|across|compared|during|which|that|is|are|was|as)\b)[\w'’/.-]*[\w])+"
)
_OF_TRAINING = re.compile(r" of (?:\w+[ -])?(?:training|fine-?tuning|pre-?training|inference)")
_UP_TO_BEFORE = re.compile(r"\b(?:up to|over|more than|nearly|about|only|at least|approximately|around) \Z")
_COMPLEXITY = re.compile(r"\bO\((?:[^()]|\([^()]*\))*\)(?: (?:time |space |computational )*complexity)?")
_COST_CONTEXT = re.compile(r"\b(?:train\w*|GPUs?|TPUs?|compute|inference|annotat\w+|API|tokens?|cloud)\b", re.IGNORECASE)
_STEPS = re.compile(r"(?:epochs?|(?:training|gradient|denoising|sampling|optimi[sz]ation) steps?|iterations?)$", re.IGNORECASE)
_COMPUTE_UNIT = re.compile(r"FLOP|Wh\b|fps|FPS|tokens/s")


class Resource(NamedTuple):
    """A fact about resources and where it stands."""

    kind: str
    span: Span


def compute_of(reading: Reading, background: frozenset[int]) -> list[Resource]:
    """Find the facts about resources.

    Args:
        reading: An abstract.
        background: Numbers of the sentences that speak of the work of others.

    Returns:
        The facts in order; no two overlap.
    """
    found: list[Resource] = []
    for sentence in reading.sentences:
        if sentence.number in background or sentence.is_instruction:
            continue
        for quantity in reading.quantities_in(sentence):
            resource = _resource(reading.document.abstract, sentence, quantity)
            if resource is None:
                continue
            if found and found[-1].span.end > resource.span.start:
                continue
            found.append(resource)
        found += _complexities(sentence)
    return _with_pairs(reading.document.abstract, sorted(found, key=lambda r: r.span))


def _resource(abstract: str, sentence: Sentence, quantity: Quantity) -> Resource | None:
    kind = _kind(abstract, sentence, quantity)
    if kind is None:
        return None
    return Resource(kind, _phrase(abstract, sentence, quantity, kind))


def _kind(abstract: str, sentence: Sentence, quantity: Quantity) -> str | None:
    """Kind of compute fact, or None where the quantity says something else."""
    if quantity.kind in _ALWAYS:
        return _ALWAYS[quantity.kind]
    if quantity.kind is QuantityKind.TIME:
        return "time" if _is_machine_time(sentence) else None
    if quantity.kind is QuantityKind.MONEY:
        return "cost" if _COST_CONTEXT.search(sentence.text) else None
    if quantity.kind is QuantityKind.MEMORY:
        return "other" if not abstract.startswith(" of text", quantity.span.end) else None
    unit = quantity.unit or ""
    if quantity.kind is QuantityKind.COUNT:
        return "other" if _STEPS.search(unit) else None
    if quantity.kind is QuantityKind.MEASURE:
        return "other" if _COMPUTE_UNIT.search(unit) else None
    return _saving(abstract, sentence, quantity)


def _is_machine_time(sentence: Sentence) -> bool:
    return bool(_MACHINE.search(sentence.text)) and not _PEOPLE.search(sentence.text)


def _saving(abstract: str, sentence: Sentence, quantity: Quantity) -> str | None:
    """A factor or a share of time, memory or cost."""
    if quantity.kind not in (QuantityKind.FACTOR, QuantityKind.PERCENT):
        return None
    after = abstract[quantity.span.end : sentence.span.end]
    before = abstract[sentence.span.start : quantity.span.start]
    if quantity.kind is QuantityKind.PERCENT and _SHARE_AFTER.match(after):
        return "cost" if "cost" in after[:60] else "speedup"
    if _SAVING_AFTER.match(after) or _SAVING_BEFORE.search(before):
        return "cost" if "cost" in before[-40:] else "speedup"
    return None


def _phrase(abstract: str, sentence: Sentence, quantity: Quantity, kind: str) -> Span:
    start, end = quantity.span
    after = abstract[end : sentence.span.end]
    if kind == "time" and (more := _OF_TRAINING.match(after)):
        end += more.end()
    elif quantity.kind is QuantityKind.COUNT and (more := re.match(r" training\b", after)):
        end += more.end()
    elif quantity.kind is QuantityKind.PERCENT and (more := _SHARE_AFTER.match(after)):
        end += more.end()
    elif quantity.kind in (QuantityKind.FACTOR, QuantityKind.PERCENT) and (
        more := _PHRASE_AFTER.match(after)
    ):
        end += more.end()
    if kind == "speedup" and (less := _UP_TO_BEFORE.search(abstract[max(0, start - 20) : start])):
        start -= less.end() - less.start()
    return Span(start, end)


def _complexities(sentence: Sentence) -> Iterator[Resource]:
    if "O(" not in sentence.text:
        return
    for match in _COMPLEXITY.finditer(sentence.text):
        start = sentence.span.start + match.start()
        yield Resource("other", Span(start, start + len(match.group())))


_VERSUS = re.compile(r" (?:vs\.?|versus) ")


def _with_pairs(abstract: str, found: list[Resource]) -> list[Resource]:
    """Make one fact of "675 vs. 6,250 A100 GPU days"."""
    merged: list[Resource] = []
    for resource in found:
        if merged and merged[-1].kind == resource.kind:
            left = merged[-1]
            if _VERSUS.fullmatch(abstract[left.span.end : resource.span.start]):
                merged[-1] = Resource(left.kind, Span(left.span.start, resource.span.end))
                continue
        merged.append(resource)
    return merged


def as_json(reading: Reading, resource: Resource) -> dict[str, Any]:
    """A fact as the draft has it."""
    return {
        "kind": resource.kind,
        "value": resource.span.of(reading.document.abstract),
        "sentences": [reading.number_at(resource.span.start)],
    }
