"""What an abstract says of the resources that the work uses or saves.

Money, time, energy and shares are resources where a paper is about computing; elsewhere they are
what it studies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from summarise.models import Quantity, QuantityKind, Span
from summarise.reading import PaperParts, Reading, Sentence
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
    treatment trial nurses adults children students workers recovery surgery robot robots"""
)
# What papers about computing speak of; statistics and devices of other fields have some of it.
_COMPUTING = words(
    """gpu gpus tpu tpus cpu cpus neural transformer transformers llm llms pretrained pre-trained
    pre-training pretraining fine-tuning fine-tuned finetuning inference algorithm algorithms deep
    learning language network networks compute computing computation computational software compiler
    hardware fpga chip processor accelerator accelerators latency throughput benchmark benchmarks
    dataset datasets solver solvers code parameters embedding embeddings diffusion token tokens
    quantization quantisation runtime server servers cluster cache memory encoder decoder multimodal
    training reasoning robot robots policy simulation simulations simulator model models render
    rendering database databases query queries open-source"""
)
_STUDYING = words(
    """patients patient participants placebo trial trials randomized randomised cohort clinical
    hospital hospitals mortality nurses households surgery disease diseases symptoms therapy"""
)
_LEAST_COMPUTING = 2
_RESOURCE = (
    r"(?:comput\w*|emissions|memory|time|costs?|param\w*|FLOPs?|steps?|GPUs?|latency|energy"
    r"|storage|data|samples|examples|tokens|annotations|labels|bandwidth)"
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
    rf"|(?:reduc|sav|cut|lower|decreas)\w*[^.;,]{{0,50}}\b{_RESOURCE}(?: requirements| usage)?"
    r"|(?:training|inference|compute|computational|memory) (?:time|costs?|usage|budget|footprint)"
    r"[^.;,]{0,30})[^.;,\d]{0,25}\Z",
    re.IGNORECASE,
)
# One of them stands in all that the pattern finds.
_SAVING_HINTS = (
    *("speed", "accelerat", "faster", "reduc", "sav", "cut", "lower", "decreas", "training"),
    *("inference", "comput", "memory"),
)
_SAVED = re.compile(
    r"\b(?:sav|reduc|cut|lower|decreas)\w*(?: by)?(?: (?:nearly|about|over|up to|around|almost))? "
    r"\\?[$€£]?\Z"
)
# "reducing the search time by up to 93%"
_REDUCED = re.compile(
    rf"\b(?:reduc|sav|cut|lower|decreas)\w*[^.;,\d]{{0,50}}\b{_RESOURCE}(?: requirements| usage)?"
    r" by (?:(?:up to|over|about|around|nearly|almost|more than) )?\Z"
)
# "costs 1%": of what stands elsewhere.
_COSTS = re.compile(r" (?:is|are|was|were|remains?)(?: (?:only|merely|just|about))? \Z")
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
_QUICK = re.compile(r"fast|speed|accelerat|slow|time|latency|throughput|efficien", re.IGNORECASE)
_LARGER = re.compile(r" (?:more|larger|bigger|smaller|fewer)\b")
# "Zeta-VL-72B", "LLaMA 7B and 13B", "8B"; a collection may be called that, too.
_SIZED = re.compile(
    r"(?<![\w.])[A-Z][\w.]*(?:[- ][A-Z\d][\w.]*){0,3}[- ](?P<size>\d{1,4}(?:\.\d+)?[BM])\b"
    r"(?![-\w]| (?:tokens|pairs|images|samples|examples|parameters|params|frames|sentences))"
)
_SIZED_END = re.compile(r"\d[BM]\b")
_OTHERS_BEFORE = re.compile(
    r"\b(?:than|over|against|versus|vs\.?|outperform\w*|surpass\w*|beat\w*|exceed\w*|such as|like"
    r"|compared (?:to|with)|compar\w+ to|match\w*|rival\w*|baselines?|existing|previous|prior|last)"
    r" (?:[^.;,]{0,60}[ (])?\Z"
)
_CLASSICAL = re.compile(
    r"\b(?:from|instead of|than|over|whereas|while|existing|conventional|naive|na[iï]ve|standard"
    r"|typically|previous|prior|compared (?:to|with))\b[^.;]{0,160}\Z",
    re.IGNORECASE,
)
_CARD = re.compile(r" (?:graphics |consumer )?(?:GPUs?|cards?)\b")
_CARD_BEFORE = re.compile(r"\bsingle \Z")
_RECORDED = re.compile(r" (?:videos?|cameras?|footage|recordings?|streams?|clips?)\b")
_MODELS = re.compile(r"[- ](?:models?|variants?)\b")
_LEAST_PARAMETERS = 1000
_SIZE = re.compile(r"\d{1,4}(?:\.\d+)?B")
_SIZE_AFTER = re.compile(
    r"(?:,? (?:and|or) \d[\d.]*B)?[- ](?:[A-Z][\w.-]* )?"
    r"(?:model|method|LLM|LM|VLM|variant|version)s?\b"
)
_PROCESSES = words(
    """built build builds run runs running takes took take trained computes computed processes
    processed generates generated transcribes maps mapped sorts solves solved converges renders
    rendered executes completes completed simulates simulated compiles compiled scans scanned"""
)
_TAKING = re.compile(
    r"\b(?:in|takes?|took|within|under)(?: (?:only|just|about|under|less than))* \Z"
)
_TRAINS = re.compile(r" (?:training|pre-?training|fine-?tuning|run|budget|inference)\b")
_SHORT_CLOCKS = ("s", "second", "min", "minute", "h", "hour", "ms", "μs", "µs", "ns")
_COMPLEXITY = re.compile(
    r"\bO\((?:[^()]|\([^()]*\))*\)(?: (?:time |space |computational )*complexity)?"
)
_COST_WORDS = words(
    "complexity time memory cost costs linear quadratic compute computation space runtime"
)
_SHARES = frozenset({QuantityKind.FACTOR, QuantityKind.PERCENT})
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
    computes = _computes(reading)
    for sentence in parts.own:
        here: list[Resource] = []
        for quantity in sentence.quantities:
            kind = _kind(reading.text, sentence, quantity, computes=computes)
            if kind is None:
                continue
            span = _phrase(reading.text, sentence, quantity, kind)
            if not (here and here[-1].span.end > span.start):
                here.append(Resource(kind, span))
        if computes and _SIZED_END.search(reading.text, *sentence.span):
            closed = Stretches(resource.span for resource in here)
            here += [one for one in _sized(reading, sentence) if not closed.overlap(one.span)]
        found += here
        found += _complexities(sentence)
    found = _with_pairs(reading.text, sorted(found, key=lambda r: r.span))
    return list(_once(reading.text, found))


def _once(abstract: str, found: list[Resource]) -> Iterator[Resource]:
    """The facts, the size of a model at its first place alone."""
    sizes: set[str] = set()
    for resource in found:
        size = resource.kind == "model_size" and _SIZE.match(abstract, *resource.span)
        if size and size.group() in sizes:
            continue
        if size:
            sizes.add(size.group())
        yield resource


def _computes(reading: Reading) -> bool:
    """Whether a paper is about computing: it speaks more of that than of people who are studied."""
    told = set().union(*(s.words for s in reading.sentences), reading.title.lower().split())
    computing = len(told & _COMPUTING)
    return computing >= _LEAST_COMPUTING and computing > len(told & _STUDYING)


def _kind(abstract: str, sentence: Sentence, quantity: Quantity, *, computes: bool) -> str | None:
    """Kind of compute fact by unit and context, or None where it says something else."""
    match quantity.kind:
        case QuantityKind.HARDWARE if not computes and not sentence.has(_MACHINE):
            return None
        case QuantityKind.PARAMETERS:
            is_size = quantity.value is not None and quantity.value >= _LEAST_PARAMETERS
            return "model_size" if is_size else None
        case kind if kind in _ALWAYS:
            return _ALWAYS[kind] if computes or kind is not QuantityKind.EMISSIONS else None
        case QuantityKind.MEASURE if _is_of_computers(quantity):
            return _counted(abstract, quantity)
        case _:
            return _kind_in_computing(abstract, sentence, quantity) if computes else None


def _is_of_computers(quantity: Quantity) -> bool:
    """Whether only computers are measured so; energy is of anything."""
    unit = quantity.unit or ""
    return _COMPUTE_UNIT.search(unit) is not None and not unit.endswith("Wh")


def _kind_in_computing(abstract: str, sentence: Sentence, quantity: Quantity) -> str | None:
    match quantity.kind:
        case QuantityKind.TIME:
            return "time" if _is_machine_time(abstract, sentence, quantity) else None
        case QuantityKind.MONEY:
            return "cost" if sentence.is_about_cost else None
        case QuantityKind.MEMORY if not _is_stored_data(abstract, sentence, quantity):
            return "hardware" if _is_card(abstract, quantity) else "other"
        case QuantityKind.COUNT | QuantityKind.MEASURE:
            return _counted(abstract, quantity)
        case QuantityKind.FACTOR | QuantityKind.PERCENT:
            return _saving(abstract, sentence, quantity)
        case _:
            return None


def _counted(abstract: str, quantity: Quantity) -> str | None:
    """A size of a model that lacks its noun, or what only computers do."""
    if _SIZE.fullmatch(quantity.text):
        return "model_size" if _is_model_size(abstract, quantity.span) else None
    is_computing = _COMPUTE_UNIT.search(quantity.unit or "")
    return "other" if is_computing and not _RECORDED.match(abstract, quantity.span.end) else None


def _is_model_size(abstract: str, size: Span) -> bool:
    """Whether a number of billions is of parameters: "a parameter budget of 6B", "our 6B model"."""
    is_named = "param" in abstract[max(0, size.start - 40) : size.start]
    return is_named or _SIZE_AFTER.match(abstract, size.end) is not None


def _is_card(abstract: str, quantity: Quantity) -> bool:
    """Whether the memory tells which device: "a single 24 GB card"."""
    start, end = quantity.span
    is_single = _CARD_BEFORE.search(abstract, max(0, start - 8), start)
    return bool(is_single and _CARD.match(abstract, end))


def _sized(reading: Reading, sentence: Sentence) -> Iterator[Resource]:
    """Sizes that stand in the names of the paper's own models."""
    start, end = sentence.span
    for match in _SIZED.finditer(reading.text, start, end):
        before = reading.text[max(start, match.start() - _REACH) : match.start()]
        name = match.group()
        is_material = any(name in dataset or dataset in name for dataset in reading.dataset_names)
        if is_material or _OTHERS_BEFORE.search(before):
            continue
        if match["size"].endswith("B") or _MODELS.match(reading.text, match.end(), end):
            yield Resource("model_size", Span(*match.span("size")))


def _is_stored_data(abstract: str, sentence: Sentence, quantity: Quantity) -> bool:
    """Whether what takes the space is data, not a program: "all images (212 GB) are archived"."""
    is_text = abstract.startswith(" of text", quantity.span.end)
    return is_text or sentence.is_administrative or "http" in sentence.text


def _is_machine_time(abstract: str, sentence: Sentence, quantity: Quantity) -> bool:
    """Whether a machine, not a patient or a recording, is what takes the time."""
    if sentence.has(_PEOPLE) or _OF_MATERIAL.match(abstract, quantity.span.end):
        return False
    is_adjective = "-" in quantity.text and not _TRAINS.match(abstract, quantity.span.end)
    if is_adjective:
        return False
    start = quantity.span.start
    taking = _TAKING.search(abstract, max(sentence.span.start, start - 30), start)
    is_short = (quantity.unit or "").rstrip("s").lower() in _SHORT_CLOCKS
    return sentence.has(_MACHINE) or bool(taking and is_short and sentence.has(_PROCESSES))


def _saving(abstract: str, sentence: Sentence, quantity: Quantity) -> str | None:
    """A factor or a share of time, memory or cost."""
    start, end = quantity.span
    after = abstract[end : min(sentence.span.end, end + _REACH)]
    before = abstract[max(sentence.span.start, start - _REACH) : start]
    if quantity.kind is QuantityKind.PERCENT and _SHARE_AFTER.match(after):
        return "cost" if "cost" in after[:60] or "budget" in after[:60] else "speedup"
    if quantity.kind is QuantityKind.FACTOR and _LARGER.match(after) and _sizes(sentence, start):
        return "model_size"
    if saved := _SAVING_AFTER.match(after):
        return "speedup" if _QUICK.search(saved.group()) else "other"
    if quantity.kind is QuantityKind.PERCENT and _COSTS.search(before):
        return None
    may_save = any(map(before.lower().__contains__, _SAVING_HINTS))
    if may_save and (saved := _SAVING_BEFORE.search(before)):
        return "speedup" if _QUICK.search(saved.group()) else "other"
    return None


def _sizes(sentence: Sentence, start: int) -> bool:
    """Whether the quantity before a place is a number of parameters."""
    before = [q for q in sentence.quantities if q.span.end <= start]
    return bool(before) and before[-1].kind is QuantityKind.PARAMETERS


def _phrase(abstract: str, sentence: Sentence, quantity: Quantity, kind: str) -> Span:
    """The shortest stretch that carries the whole fact."""
    start, end = quantity.span
    for pattern in _TAILS.get(quantity.kind, ()):
        if (more := pattern.match(abstract, end, sentence.span.end)) is not None:
            end = more.end()
            break
    if quantity.kind is QuantityKind.MEMORY and kind == "hardware":
        card = _CARD.match(abstract, end)
        return Span(start - len("single "), card.end() if card else end)
    if quantity.kind is QuantityKind.MONEY or kind == "other":
        saved = _SAVED.search(abstract, max(sentence.span.start, start - 40), start)
        if saved is not None:
            return Span(saved.start(), end)
    if quantity.kind is QuantityKind.PERCENT and end == quantity.span.end:
        saved = _REDUCED.search(abstract, max(sentence.span.start, start - _REACH), start)
        if saved is not None:
            return Span(saved.start(), end)
    if quantity.kind in _SHARES and (
        less := _UP_TO_BEFORE.search(abstract[max(0, start - 20) : start])
    ):
        start -= less.end() - less.start()
    return Span(start, end)


def _complexities(sentence: Sentence) -> Iterator[Resource]:
    if "O(" not in sentence.text or not sentence.has(_COST_WORDS):
        return
    for match in _COMPLEXITY.finditer(sentence.text):
        if _CLASSICAL.search(sentence.text, max(0, match.start() - 2 * _REACH), match.start()):
            continue
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
