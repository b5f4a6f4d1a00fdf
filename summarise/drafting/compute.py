"""What an abstract says of the resources that the work uses or saves.

Money, time, energy and shares are resources where a paper is about computing; elsewhere they are
what it studies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from summarise.drafting.cues import bounded
from summarise.drafting.savings import LESS_OF, savings_of
from summarise.models import Quantity, QuantityKind, Span
from summarise.reading import PaperParts, Reading, Sentence
from summarise.scan import COMPUTING, Stretches, words

_ALWAYS = {
    QuantityKind.HARDWARE: "hardware",
    QuantityKind.COMPUTE_TIME: "time",
    QuantityKind.BATCH_SIZE: "other",
    QuantityKind.EMISSIONS: "other",
    QuantityKind.MEMORY: "other",
}
# What papers about computing speak of; statistics and devices of other fields have some of it.
_COMPUTING = words(
    """gpu gpus tpu tpus cpu cpus neural transformer transformers llm llms pretrained pre-trained
    pre-training pretraining fine-tuning fine-tuned finetuning inference algorithm algorithms deep
    learning language network networks compute computing computation computational software compiler
    hardware fpga chip processor accelerator accelerators latency throughput benchmark benchmarks
    dataset datasets solver solvers code parameters embedding embeddings diffusion token tokens
    quantization quantisation runtime server servers cluster cache memory encoder decoder multimodal
    training reasoning robot robots policy simulation simulations simulator model models render
    rendering database databases query queries open-source computer computers real-time
    fps frames multi-threaded parallelism cryptographic optimizations optimisations end-to-end slam
    voxel rgb state-of-the-art flops gflops macs"""
)
_LEAST_COMPUTING = 2
# What has nodes that no machine is.
_GRAPHS = words("graph graphs network networks tree trees mesh edges vertices lattice lymph sensor")
_RESOURCE = (
    r"(?:comput\w*|emissions|memory|(?<!completion )(?<!recovery )(?<!reaction )time|costs?"
    r"|param\w*|FLOPs?|steps?|GPUs?|latency|energy"
    r"|storage|data|samples|examples|tokens|annotations|labels|bandwidth)"
)
# Both of a text in lower case.
_SAVING_AFTER = re.compile(
    r" (?:as )?(?:\w+ ){0,2}?(?:faster?(?! (?:[a-z]+ ){0,2}completion)\b|speed|accelerat|slow|cheap"
    r"|efficien|throughput|smaller"
    rf"|(?:less|fewer|lower|reduced|more|higher|extra) (?:\w+ ){{0,2}}?{_RESOURCE.lower()}"
    r"|(?:reduction|decrease|savings?|increase) in (?:\w+ ){0,2}?"
    rf"(?:{_RESOURCE.lower()}|throughput|train))"
)
_SAVING_BEFORE = re.compile(
    r"\b(?:speed-?ups?|accelerat\w+|faster"
    r"|(?:reduc|sav|cut|lower|decreas)\w*[^.;,]{0,50}\b"
    rf"{_RESOURCE.lower()}(?: requirements| usage)?"
    r"|(?:training|inference|compute|computational|memory) (?:time|costs?|usage|budget|footprint)"
    r"[^.;,]{0,30}"
    r"|(?:comput\w+|training|inference|memory|energy|sampling|parameter|data|sample) efficiency)"
    r"[^.;,\d]{0,40}\Z"
)
# One of them stands in all that the pattern before finds.
_SAVING_HINTS = (
    *("speed", "accelerat", "faster", "reduc", "sav", "cut", "lower", "decreas", " time"),
    *(" cost", " usage", " budget", " footprint", "efficiency"),
)
# "saving nearly $300", "reducing 90% CO2", "reducing the search time by up to 93%"
_SAVED = re.compile(
    r"\b(?:reduc|sav|cut|lower|decreas)\w*"
    rf"(?:[^.;,\d]{{0,50}}\b{_RESOURCE}(?: requirements| usage)?)?"
    r"(?: by)?(?: (?:up to|nearly|about|over|around|almost|more than))? \\?[$€£]?\Z"
)
_SHARE_AFTER = re.compile(
    r" (?:of )?(?:(?!(?:are|is|was|were|in|for|and|to|reported|received|had|attended)\b)"
    r"[\w.'’-]+ ){0,5}?(?:training|inference|compute|computation(?:al)?|memory"
    r"|param(?:eter)?s?|GPU|FLOPs?|energy|model size)"
    r"(?: (?:time|costs?|budget|resources|usage|footprint|memory|hours|consumption))?\b(?! data)"
    r"| of (?:[\w'’-]+ ){1,3}(?:compute |training )?budget\b| to the (?:run ?time|latency)\b",
    re.IGNORECASE,
)
_PHRASE_AFTER = re.compile(
    r"(?:[ -](?!(?:and|on|in|with|while|for|to|by|when|using|at|over|or|but|without|across"
    r"|compared|relative|during|which|that|is|are|was|as)\b)[\w'’/.-]*[\w]\b)+(?<! than)"
)
# What a machine does, and what takes its time.
_MACHINE = words(
    """gpu gpus tpu tpus cpu cpus train trained training trains inference wall-clock runtime
    fine-tuning finetuning fine-tuned pretraining pre-training pretrained compute computing
    rendering decoding real-time latency"""
)
_PROCESSES = words(
    """built build builds run runs running takes took take computes computed processes
    processed generates generated transcribes maps mapped sorts solves solved converges renders
    rendered requires requiring needs executes completes completed simulates simulated
    compiles compiled scans scanned"""
)
_TAKING = re.compile(
    r"\b(?:in|takes?|took|within|under|requir(?:es|ing|ed)|needs?|needing)"
    r"(?: (?:only|just|about|under|less than))* \Z"
)
# "Zeta-VL-72B", "LLaMA 7B and 13B", "8B"; a collection may be called that, too.
_SIZED = re.compile(
    r"(?<![\w.])[A-Z][\w.]*(?:[- ][A-Z\d][\w.]*){0,3}[- ](?P<size>\d{1,4}(?:\.\d+)?[BM])\b"
    r"(?![-\w]| (?:tokens|pairs|images|samples|examples|parameters|params|frames|sentences))"
)
_SIZE_END = re.compile(r"\d[BM]\b")
# "beats both ZetaVL-7B and OatVL baselines"
_RIVALS = re.compile(r"(?:,? (?:and|or) [\w.-]+)? (?:baselines?|counterparts?)\b")
_MODELS = re.compile(r"[- ](?:models?|variants?)\b")
_SIZE = re.compile(r"\d{1,4}(?:\.\d+)?B")
_REACH = 120
_OF_TRAINING = re.compile(r" of (?:\w+[ -])?(?:training|fine-?tuning|pre-?training|inference)")
_QUICK = re.compile(r"fast|speed|accelerat|slow|time|latency|throughput|efficien", re.IGNORECASE)
_LEAST_PARAMETERS = 1000
_BETWEEN = (" to ", " vs. ", " versus ")
_SAVED_OF = {QuantityKind.PERCENT, QuantityKind.MONEY, QuantityKind.EMISSIONS, QuantityKind.MEMORY}
_TAILS = {
    QuantityKind.TIME: (_OF_TRAINING,),
    QuantityKind.COUNT: (re.compile(r" training\b"),),
    QuantityKind.PERCENT: (_SHARE_AFTER, LESS_OF, _PHRASE_AFTER),
    QuantityKind.FACTOR: (_PHRASE_AFTER,),
}
_COMPUTE_UNIT = re.compile(
    rf"{COMPUTING}|G?MACs$|NFEs?$|function evaluations$|(?:forward|backward) passes$|epochs?$"
    r"|iterations?$"
    r"|(?:training|gradient|denoising|sampling|optimi[sz]ation) steps?$"
)


class Resource(NamedTuple):
    """A fact about resources and where it stands."""

    kind: str
    span: Span


def compute_of(reading: Reading, parts: PaperParts) -> list[Resource]:
    """Find the facts about resources, in order; no two overlap.

    A paper that isn't about computing has hours of devices alone.
    """
    found: list[Resource] = []
    computes = _computes(reading)
    for sentence in parts.own:
        closed = Stretches(())
        told = (
            (*_measured(reading.text, sentence), *_said(reading, sentence))
            if computes
            else _hours_of_devices(sentence)
        )
        for resource in told:
            if not closed.overlap(resource.span):
                closed.add(resource.span)
                found.append(resource)
    return list(_once(reading.text, _joined(reading.text, found)))


def _joined(text: str, found: list[Resource]) -> list[Resource]:
    """In order, two that stand on either side of "to" or "vs." as one: "11 to 3 kWh"."""
    joined: list[Resource] = []
    for one in sorted(found, key=lambda r: r.span):
        start, end = one.span
        if joined and text[joined[-1].span.end : start] in _BETWEEN and one.kind == joined[-1].kind:
            joined[-1] = Resource(one.kind, Span(joined[-1].span.start, end))
        else:
            joined.append(one)
    return joined


def _computes(reading: Reading) -> bool:
    """Whether a paper is about computing."""
    told = _COMPUTING.intersection(reading.title.lower().split())
    for sentence in reading.sentences:
        if len(told) >= _LEAST_COMPUTING:
            return True
        told |= _COMPUTING & sentence.words
    return len(told) >= _LEAST_COMPUTING


# "needs 31 GPU hours, against 410 hours for tuning on everything": what others took.
_AGAINST = re.compile(
    r"[ ,(](?:against|compared (?:to|with)|instead of|rather than|down from)"
    r"(?: (?:the|an?|about|over|some|roughly|more than|up to))* \Z"
)
# "compared to models of 300M parameters"
_OF_OTHERS = re.compile(
    r"\b(?:compared (?:to|with)|than|against|unlike|to match) (?:the |other |larger )?(?:[\w-]+ )?"
    r"(?:models?|networks?|baselines?|ones|those) (?:of|with) [~≈]?\Z"
)
# "5-h lag time", "a three years (2006-2008) period": how long nature or a campaign takes
_NO_RUN = re.compile(
    r"(?: to \d+ [a-z]+)?(?: \([^()]{1,20}\))?\)? (?:(?:study |observation )?period|lag"
    r"|response|concentration|lead|horizon|forecasts?|forecasting|ahead|time[ -]steps?|intervals?"
    r"|estimates?|of observation)\b"
)


def _measured(text: str, sentence: Sentence) -> Iterator[Resource]:
    kinds: set[str] = set()
    for quantity in sentence.quantities:
        if (kind := _kind(text, sentence, quantity)) is not None:
            start = quantity.span.start
            if _OF_OTHERS.search(text, max(sentence.span.start, start - 60), start):
                continue
            if kind not in kinds or not _AGAINST.search(text, max(0, start - 40), start):
                yield Resource(kind, _phrase(text, sentence, quantity))
            kinds.add(kind)


def _hours_of_devices(sentence: Sentence) -> Iterator[Resource]:
    for quantity in sentence.quantities:
        if quantity.kind is QuantityKind.COMPUTE_TIME:
            yield Resource(_ALWAYS[quantity.kind], quantity.span)


def _said(reading: Reading, sentence: Sentence) -> Iterator[Resource]:
    """Sizes in names, and what is said in words."""
    said = sentence.text
    is_sized = ("B" in said or "M" in said) and _SIZE_END.search(said)
    for match in _SIZED.finditer(reading.text, *sentence.span) if is_sized else ():
        if _RIVALS.match(reading.text, match.end()):
            continue
        if match["size"].endswith("B") or _MODELS.match(reading.text, match.end()):
            yield Resource("model_size", Span(*match.span("size")))
    yield from (Resource(one.kind, one.span) for one in savings_of(sentence))


def _once(text: str, found: list[Resource]) -> Iterator[Resource]:
    """The facts, what is said twice at its first place alone."""
    told: set[str] = set()
    for resource in found:
        value = resource.span.of(text)
        same = (_SIZE.findall(value) if resource.kind == "model_size" else None) or [value.lower()]
        if not told.issuperset(same):
            told.update(same)
            yield resource


def _kind(text: str, sentence: Sentence, quantity: Quantity) -> str | None:
    """Kind of compute fact by unit and context, or None where it says something else."""
    match quantity.kind:
        case QuantityKind.PARAMETERS if (quantity.value or 0) >= _LEAST_PARAMETERS:
            return "model_size"
        case QuantityKind.TIME:
            return "time" if _is_of_machine(text, sentence, quantity) else None
        case QuantityKind.MONEY:
            return "cost" if sentence.is_about_cost else None
        case QuantityKind.COUNT | QuantityKind.MEASURE:
            return _counted(quantity)
        case QuantityKind.FACTOR | QuantityKind.PERCENT:
            return _saving(text, sentence, quantity)
        case kind:
            has_nodes = quantity.unit == "nodes" and bool(sentence.words & _GRAPHS)
            return None if has_nodes else _ALWAYS.get(kind)


def _counted(quantity: Quantity) -> str | None:
    """A size of a model that lacks its noun, or what only computers do."""
    if _SIZE.fullmatch(quantity.text):
        return "model_size"
    return "other" if _COMPUTE_UNIT.search(quantity.unit or "") else None


def _is_of_machine(text: str, sentence: Sentence, quantity: Quantity) -> bool:
    """Whether a machine is what takes the time."""
    start, end = quantity.span
    if _NO_RUN.match(text, end):
        return False
    if text.startswith(" of ", end) and not _OF_TRAINING.match(text, end):
        # "40 hours of speech"
        return False
    if sentence.has(_MACHINE):
        return True
    taking = _TAKING.search(text, max(sentence.span.start, start - 30), start)
    return taking is not None and sentence.has(_PROCESSES)


def _saving(text: str, sentence: Sentence, quantity: Quantity) -> str | None:
    """A factor or a share of time, memory or cost."""
    start, end = quantity.span
    limit = min(sentence.span.end, end + _REACH)
    if quantity.kind is QuantityKind.PERCENT and (of := _SHARE_AFTER.match(text, end, limit)):
        return "cost" if "cost" in of.group() or "budget" in of.group() else "speedup"
    before = text[max(sentence.span.start, start - _REACH) : start].lower()
    if text.startswith((" more than", " fewer than"), end) and "parameters, " in before:
        # "7B parameters, 10 times fewer than Zeta"
        return "model_size"
    saved = _SAVING_AFTER.match(text[end:limit].lower())
    if saved is None and any(map(before.__contains__, _SAVING_HINTS)):
        saved = _SAVING_BEFORE.search(before)
    return saved and ("speedup" if _QUICK.search(saved.group()) else "other")


def _phrase(text: str, sentence: Sentence, quantity: Quantity) -> Span:
    """The shortest stretch that carries the whole fact."""
    start, end = quantity.span
    for pattern in _TAILS.get(quantity.kind, ()):
        if (more := pattern.match(text, end, sentence.span.end)) is not None:
            end = more.end()
            break
    if text.startswith(")", end) and "(" in text[start:end]:
        end += 1
    if quantity.kind in _SAVED_OF and end == quantity.span.end:
        saved = _SAVED.search(text, max(sentence.span.start, start - _REACH), start)
        if saved is not None:
            return Span(saved.start(), end)
    return bounded(text, Span(start, end))


def only_resources(reading: Reading, closed: Stretches) -> frozenset[int]:
    """Numbers of the sentences that tell what the work needs and nothing else.

    ``closed`` is where the facts about resources stand.
    """
    return frozenset(
        s.number
        for s in reading.sentences
        if s.quantities
        and s.has(_NEEDING)
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
