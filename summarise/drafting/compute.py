"""What an abstract says of the resources that the work uses or saves.

Money, time, energy and shares are resources where a paper is about computing; elsewhere they are
what it studies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from summarise.drafting.clocks import MACHINE, is_machine_time
from summarise.drafting.savings import LESS_OF, savings_of
from summarise.drafting.sizes import SIZE, bounded, has_sizes, is_model_size, sized, tells_size
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
    multi-threaded parallelism cryptographic optimizations optimisations end-to-end slam voxel rgb
    state-of-the-art"""
)
_STUDYING = words(
    """patients patient participants placebo trial trials randomized randomised cohort clinical
    hospital hospitals mortality nurses households surgery disease diseases symptoms therapy rats
    mice animals"""
)
_LEAST_COMPUTING = 2
_ONE_WORD = frozenset(("model", "models"))
_RESOURCE = (
    r"(?:comput\w*|emissions|memory|(?<!completion )(?<!recovery )(?<!reaction )time|costs?"
    r"|param\w*|FLOPs?|steps?|GPUs?|latency|energy"
    r"|storage|data|samples|examples|tokens|annotations|labels|bandwidth)"
)
_SAVING_AFTER = re.compile(
    r" (?:as )?(?:\w+ ){0,2}?(?:faster?(?! (?:[a-z]+ ){0,2}completion)\b|speed|accelerat|slow|cheap"
    r"|efficien|throughput|smaller"
    rf"|(?:less|fewer|lower|reduced|more|higher|extra) (?:\w+ ){{0,2}}?{_RESOURCE}"
    r"|(?:reduction|decrease|savings?|increase) in (?:\w+ ){0,2}?"
    rf"(?:{_RESOURCE}|throughput|train))",
    re.IGNORECASE,
)
# Of a text in lower case, in which one of the hints stands.
_SAVING_BEFORE = re.compile(
    r"\b(?:speed-?ups?|accelerat\w+|faster"
    r"|(?:reduc|sav|cut|lower|decreas)\w*[^.;,]{0,50}\b"
    rf"{_RESOURCE.lower()}(?: requirements| usage)?"
    r"|(?:training|inference|compute|computational|memory) (?:time|costs?|usage|budget|footprint)"
    r"[^.;,]{0,30}"
    r"|(?:comput\w+|training|inference|memory|energy|sampling|parameter|data|sample) efficiency)"
    r"[^.;,\d]{0,40}\Z",
)
_SAVING_HINTS = (
    *("speed", "accelerat", "faster", "efficiency", "training", "inference", "comput", "memory"),
    *("emission", "time", "cost", "param", "flop", "step", "gpu", "latency", "energy", "storage"),
    *("data", "sample", "example", "token", "annotation", "label", "bandwidth"),
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
    r" (?:of )?(?:(?!(?:are|is|was|were|in|for|and|to)\b)[\w.'’-]+ ){0,5}?"
    r"(?:training|inference|compute|computation(?:al)?|memory"
    r"|param(?:eter)?s?|GPU|FLOPs?|energy|model size)"
    r"(?: (?:time|costs?|budget|resources|usage|footprint|memory|hours|consumption))?\b(?! data)"
    r"| of (?:[\w'’-]+ ){1,3}(?:compute |training )?budget\b| to the (?:run ?time|latency)\b",
    re.IGNORECASE,
)
_PHRASE_AFTER = re.compile(
    r"(?:[ -](?!(?:and|on|in|with|while|for|to|by|when|using|at|over|or|but|without|across"
    r"|compared|relative|during|which|that|is|are|was|as)\b)[\w'’/.-]*[\w])+"
)
_REACH = 120
_OF_TRAINING = re.compile(r" of (?:\w+[ -])?(?:training|fine-?tuning|pre-?training|inference)")
_QUICK = re.compile(r"fast|speed|accelerat|slow|time|latency|throughput|efficien", re.IGNORECASE)
_CLASSICAL = re.compile(
    r"\b(?:from|instead of|than|over|whereas|while|existing|conventional|naive|na[iï]ve|standard"
    r"|typically|previous|prior|compared (?:to|with))\b[^.;]{0,160}\Z",
    re.IGNORECASE,
)
_CARD = re.compile(r" (?:graphics |consumer )?(?:GPUs?|cards?)\b")
_CARD_BEFORE = re.compile(r"\bsingle \Z")
_NAMED_BEFORE = re.compile(r"(?<=[a-z] )[A-Z]{2,} \Z")
_RECORDED = re.compile(r" (?:videos?|cameras?|footage|recordings?|streams?|clips?)\b")
_SAMPLED_BEFORE = re.compile(
    r"\b(?:videos?|frames|clips|footage|recordings?|sampled|recorded|captured|filmed) at \Z"
)
_RUN_AT = re.compile(
    r"\b(?:real[- ]time(?: [a-z]+){0,2}|runs?|running|inference|operat\w+|updat\w+|control)"
    r"(?: (?:speeds?|frequency|rates?))?(?: (?:at|of)| \()(?: ?(?:up to|about|around|over))? ?\Z"
)
_PRICE_BEFORE = re.compile(
    r"\b(?:for|costs?|costing|cost of)(?: (?:only|just|about|around|approximately|roughly|under"
    r"|less than|nearly|an? (?:average|total) of|as (?:little|low) as)){1,2} \Z"
)
_LEAST_PARAMETERS = 1000
_IN_WORDS = re.compile(r"real time|\A\D+\Z")
_ORDER = r"(?:\\mathcal\{?O\}?|\bO)\((?:[^()$]|\([^()$]*\))*\)"
_COMPLEXITY = re.compile(
    rf"(?:\${_ORDER}\$|{_ORDER})(?: (?:time |space |computational )*complexity)?"
)
_COST_WORDS = words(
    "complexity time memory cost costs linear quadratic compute computation space runtime"
)
_SHARES = frozenset({QuantityKind.FACTOR, QuantityKind.PERCENT})
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
        if computes:
            closed = Stretches(resource.span for resource in here)
            if has_sizes(reading.text, sentence.span):
                sizes = [span for span in sized(reading, sentence) if not closed.overlap(span)]
                here += [Resource("model_size", span) for span in sizes]
                closed = Stretches(resource.span for resource in here)
            for one in savings_of(sentence):
                if not closed.overlap(one.span):
                    closed.add(one.span)
                    here.append(Resource(one.kind, one.span))
        found += here
        found += _complexities(sentence)
    found = _with_pairs(reading.text, sorted(found, key=lambda r: r.span))
    told = [one for one in found if not _BARE.fullmatch(reading.text, *one.span)]
    return list(_once(reading.text, told))


def _once(abstract: str, found: list[Resource]) -> Iterator[Resource]:
    """The facts, the size of a model and what is said in words at their first place alone."""
    told: set[str] = set()
    for resource in found:
        value = resource.span.of(abstract)
        pattern = SIZE if resource.kind == "model_size" else _IN_WORDS
        same = pattern.findall(value.lower().replace("-", " ") if pattern is _IN_WORDS else value)
        if same and told.issuperset(same):
            continue
        told.update(same)
        yield resource


def _computes(reading: Reading) -> bool:
    """Whether a paper is about computing: it speaks more of that than of people who are studied."""
    told = set().union(*(s.words for s in reading.sentences), reading.title.lower().split())
    computing = len(told & _COMPUTING) - (told >= _ONE_WORD)
    return computing >= _LEAST_COMPUTING and computing > len(told & _STUDYING)


def _kind(abstract: str, sentence: Sentence, quantity: Quantity, *, computes: bool) -> str | None:
    """Kind of compute fact by unit and context, or None where it says something else."""
    match quantity.kind:
        case QuantityKind.HARDWARE if not (computes or sentence.has(MACHINE)) or _is_of_name(
            abstract, quantity
        ):
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


def _is_recorded(abstract: str, span: Span) -> bool:
    """Whether it is how often something is recorded: "30 fps videos", "sampled at 2 FPS"."""
    before = _SAMPLED_BEFORE.search(abstract, max(0, span.start - 40), span.start)
    return before is not None or _RECORDED.match(abstract, span.end) is not None


def _is_of_name(abstract: str, quantity: Quantity) -> bool:
    """Whether the number belongs to the name before it: "the middleware ZETA 2 nodes"."""
    start = quantity.span.start
    return _NAMED_BEFORE.search(abstract, max(0, start - 20), start) is not None


def _is_run_at(abstract: str, quantity: Quantity) -> bool:
    """Whether it is how often a program runs: "real-time performance (around 5 Hz)"."""
    start = quantity.span.start
    is_often = (quantity.unit or "").split(" ")[0] == "Hz"
    return is_often and _RUN_AT.search(abstract, max(0, start - 60), start) is not None


def _is_of_computers(quantity: Quantity) -> bool:
    """Whether only computers are measured so; energy is of anything."""
    unit = quantity.unit or ""
    return _COMPUTE_UNIT.search(unit) is not None and not unit.endswith("Wh")


def _kind_in_computing(abstract: str, sentence: Sentence, quantity: Quantity) -> str | None:
    match quantity.kind:
        case QuantityKind.TIME:
            return "time" if is_machine_time(abstract, sentence, quantity) else None
        case QuantityKind.MONEY:
            return "cost" if sentence.is_about_cost or _is_price(abstract, quantity) else None
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
    if SIZE.fullmatch(quantity.text):
        return "model_size" if is_model_size(abstract, quantity.span) else None
    if _is_run_at(abstract, quantity):
        return "speedup"
    is_computing = _COMPUTE_UNIT.search(quantity.unit or "")
    return "other" if is_computing and not _is_recorded(abstract, quantity.span) else None


def _is_price(abstract: str, quantity: Quantity) -> bool:
    """Whether something was got for that sum: "we label 40k scenes for about $300"."""
    start = quantity.span.start
    return _PRICE_BEFORE.search(abstract, max(0, start - 40), start) is not None


def _is_card(abstract: str, quantity: Quantity) -> bool:
    """Whether the memory tells which device: "a single 24 GB card"."""
    start, end = quantity.span
    is_single = _CARD_BEFORE.search(abstract, max(0, start - 8), start)
    return bool(is_single and _CARD.match(abstract, end))


def _is_stored_data(abstract: str, sentence: Sentence, quantity: Quantity) -> bool:
    """Whether what takes the space is data, not a program: "all images (212 GB) are archived"."""
    is_text = abstract.startswith(" of text", quantity.span.end)
    return is_text or sentence.is_administrative or "http" in sentence.text


def _saving(abstract: str, sentence: Sentence, quantity: Quantity) -> str | None:
    """A factor or a share of time, memory or cost."""
    start, end = quantity.span
    after = abstract[end : min(sentence.span.end, end + _REACH)]
    before = abstract[max(sentence.span.start, start - _REACH) : start]
    if quantity.kind is QuantityKind.PERCENT and _SHARE_AFTER.match(after):
        return "cost" if "cost" in after[:60] or "budget" in after[:60] else "speedup"
    if quantity.kind is QuantityKind.FACTOR and tells_size(sentence, quantity):
        return "model_size"
    if saved := _SAVING_AFTER.match(after):
        return "speedup" if _QUICK.search(saved.group()) else "other"
    if quantity.kind is QuantityKind.PERCENT and _COSTS.search(before):
        return None
    low = before.lower()
    if any(map(low.__contains__, _SAVING_HINTS)) and (saved := _SAVING_BEFORE.search(low)):
        return "speedup" if _QUICK.search(saved.group()) else "other"
    return None


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
    if quantity.kind in _SHARES and abstract.endswith("only ", 0, start):
        return Span(start - len("only "), end)
    return bounded(abstract, _rounded_off(abstract, Span(start, end)))


def _rounded_off(abstract: str, span: Span) -> Span:
    """Without a "than" whose object isn't there, and with the end of a bracket."""
    start, end = span
    if abstract.endswith(" than", start, end):
        end -= len(" than")
    if abstract.startswith(")", end) and "(" in abstract[start:end].rpartition(")")[2]:
        end += 1
    return Span(start, end)


def _complexities(sentence: Sentence) -> Iterator[Resource]:
    if not ("O(" in sentence.text or "O}(" in sentence.text) or not sentence.has(_COST_WORDS):
        return
    for match in _COMPLEXITY.finditer(sentence.text):
        if _CLASSICAL.search(sentence.text, max(0, match.start() - 2 * _REACH), match.start()):
            continue
        start = sentence.span.start + match.start()
        yield Resource("other", Span(start, start + len(match.group())))


_VERSUS = re.compile(r" (?:vs\.?|versus) ")
# "from 2B to 7B parameters"
_RANGE = re.compile(r" (?:to|and|or) ")
# A number whose unit stands behind the next: "from 11 to 3 kWh".
_BARE = re.compile(r"\d[\d.,]*")


def _with_pairs(abstract: str, found: list[Resource]) -> list[Resource]:
    """Make one fact of "12 vs. 480 GPU days", and of a range."""
    merged: list[Resource] = []
    for resource in found:
        if merged and merged[-1].kind == resource.kind:
            start, end = merged[-1].span
            between = abstract[end : resource.span.start]
            is_size = resource.kind == "model_size" and SIZE.fullmatch(abstract, start, end)
            is_range = is_size or _BARE.fullmatch(abstract, start, end)
            if _VERSUS.fullmatch(between) or (is_range and _RANGE.fullmatch(between)):
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
