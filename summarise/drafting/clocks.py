"""Whether a machine, not a patient or a recording, is what takes a time."""

from __future__ import annotations

import re

from summarise.drafting.savings import COMPUTERS
from summarise.models import Quantity
from summarise.reading import Sentence
from summarise.scan import words

MACHINE = words(
    """gpu gpus tpu tpus cpu cpus train trained training trains inference wall-clock runtime
    fine-tuning finetuning fine-tuned pretraining pre-training pretrained compute computing
    rendering decoding real-time"""
)
_PEOPLE = words(
    """patients patient participants participant follow-up aged exercise cohort clinical therapy
    treatment trial nurses adults children students workers recovery surgery robot robots"""
)
_OF_MATERIAL = re.compile(
    r" of (?!(?:\w+[ -])?(?:training|fine-?tuning|pre-?training|inference|comput|[CGT]PU|machine))"
)
# "data ranging from 3 to 40 hours"
_DATA_BEFORE = re.compile(
    r"\b(?:data|speech|audio|recordings?|footage|corpus)"
    r"(?: (?:ranging|of|from|totall?ing|spanning|with|lasting|over|about))+"
    r"(?: [\d,.]+ (?:to|and))? \Z"
)
# "with 20 ms latency", "30 ms per frame"
_LATENCY_AFTER = re.compile(
    r" (?:(?:average|mean|inference|end-to-end|query|response) )?(?:latency|runtime)\b"
    r"| (?:per|for (?:each|an?|one)) (?:image|frame|sample|query|step|token|scan|iteration|volume"
    r"|instance|request|scene|example)\b|/(?:image|frame|sample|query|step|token)\b"
)
_PROCESSES = words(
    """built build builds run runs running takes took take trained computes computed processes
    processed generates generated transcribes maps mapped sorts solves solved converges renders
    rendered requires requiring needs executes completes completed simulates simulated
    compiles compiled scans scanned"""
)
_TAKING = re.compile(
    r"\b(?:in|takes?|took|within|under|requir(?:es|ing|ed)|needs?|needing)"
    r"(?: (?:only|just|about|under|less than))* \Z"
)
# "processing time is about 20 ms", "a latency as low as 0.7 s", "a latency below 5 ms"
_LATENCY_BEFORE = re.compile(
    r"\b(?:latency|latencies|run-?times?|(?:process\w+|response|inference|comput\w+"
    r"|execution|run(?:ning)?|training|search|query|render\w*|decod\w+|planning|solv\w+|update"
    r"|build|compil\w+|start-?up|CPU|GPU|wall-clock) times?|(?:time )?budget)(?: per [a-z]+)?"
    r"(?: (?:is|are|was|were|of|as low as|under|below|at|to|within|only|just|about|around|down"
    r"|approximately|less than|up to|averag\w+|from|typically|roughly|over)){1,4} [~<≈]?\Z",
    re.IGNORECASE,
)
_TRAINS = re.compile(r" (?:training|pre-?training|fine-?tuning|run|budget|inference)\b")
_SHORT_CLOCKS = words(
    """s sec secs second seconds min mins minute minutes h hr hrs hour hours ms millisecond
    milliseconds μs µs us microsecond microseconds ns nanosecond nanoseconds"""
)


def is_machine_time(abstract: str, sentence: Sentence, quantity: Quantity) -> bool:
    """Whether a machine, not a patient or a recording, is what takes the time."""
    start, end = quantity.span
    if sentence.has(_PEOPLE) or _OF_MATERIAL.match(abstract, end):
        return False
    if _DATA_BEFORE.search(abstract, max(0, start - 60), start):
        return False
    if "-" in quantity.text and not _TRAINS.match(abstract, end):
        return False
    is_short = (quantity.unit or "").lower() in _SHORT_CLOCKS
    since = max(sentence.span.start, start - 60)
    if is_short and (
        _LATENCY_BEFORE.search(abstract, since, start) or _LATENCY_AFTER.match(abstract, end)
    ):
        return True
    taking = _TAKING.search(abstract, max(sentence.span.start, start - 30), start)
    does = sentence.has(_PROCESSES) or sentence.has(COMPUTERS)
    return sentence.has(MACHINE) or bool(taking and is_short and does)
