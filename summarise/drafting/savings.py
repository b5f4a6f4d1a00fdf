"""What an abstract says in words of the resources that its own work saves or runs on.

"faster than Zeta", "without additional inference cost", "reduces the memory footprint", "in real
time", "on a mid-range phone". What a number with its unit says is ``compute``'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from summarise.models import Span
from summarise.reading import Sentence
from summarise.scan import DEVICE_MODEL, words

_OF_COST = (
    r"(?:(?:comput(?:ation(?:al)?|e|ing)|inference|training|(?:pre|fine)-?training|fine-tuning"
    r"|memory|param(?:eter)?s?|run-?time|sampling|storage|communication|energy|power|hardware|GPU"
    r"|CPU|annotation|label(?:l?ing)?|context|token|time|sample|search|rendering|decoding|execution"
    r"|processing|deployment|model|query|planning|simulation|resource)(?:,? (?:and|or) |, |/| ))"
)
_COST = (
    r"(?:overheads?|costs?|complexit(?:y|ies)|burden|requirements?|footprints?|usage|budgets?"
    r"|latency|demands?|load|consumption|times?|expenses?|size|steps|resources)"
)
# "computational overhead", "the memory and training cost", "latency".
_RESOURCE = (
    rf"(?:{_OF_COST}{{1,3}}{_COST}"
    r"|latency|(?:denoising|sampling|autoregressive|diffusion|optimi[sz]ation|inference) steps"
    r"|run-?time(?! performance)|computations?(?! redundancy)|parameters|FLOPs|MACs"
    r"|overheads?)\b"
)
_MODE = (
    r"(?:inference|training|convergence|sampling|generation|synthesis|decoding|rendering|search"
    r"|optimi[sz]ation|computation|execution|processing|running|rollout|simulation|reconstruction)"
)
_SMALL = (
    r"(?:minimal|negligible|low(?:er)?|little|small(?:er)?|modest|reduced|marginal|less|fewer"
    r"|shorter|zero|(?:the )?(?:lowest|fewest|least)|(?:sub-?|near-)?linear|constant|comparable"
    r"|similar|(?<=the )same)"
)
_THAN = (
    r"(?: than (?:(?:the|an?|our|all|other|existing|previous|prior|standard|its) ){0,3}"
    r"(?!\d)(?:[\w/.+-]*\w)(?: [\w/.+-]*\w){0,4}?(?=[,;.:()]|$| (?:on|in|for|with|while|and|by|at"
    r"|when|as|that|which|across|during|using|without|under|over|to)\b| \())"
)
# What only others do, or what is only wished for.
_NOT_OWN = re.compile(
    r"\b(?:existing|previous|prior|conventional|others?|instead of|although|despite|unlike|than)\b"
    r"[^.;,:]{0,60}\Z",
    re.IGNORECASE,
)
_WITH_LITTLE = re.compile(
    rf"(?<![\w-])(?<!\bto ){_SMALL} "
    r"(?:additional |extra |added |overall |total |average |end-to-end )?"
    rf"(?:{_RESOURCE}|costs?\b(?![\w-]| (?:to|of|in)\b)){_THAN}?"
    r"|(?<![\w-])(?:(?:far|much|substantially|significantly|considerably) )?(?:less|fewer)"
    r" (?:(?:GPU|training|label(?:l?ed)|annotated|total|manual) )?"
    r"(?:storage|memory|compute|energy|power|data|annotations?|labels|samples|examples|tokens"
    rf"|iterations|epochs|steps)\b{_THAN}?"
)
_WITHOUT = re.compile(
    r"\b(?:without (?:(?:introducing|incurring|adding|requiring|imposing|increasing|causing"
    r"|compromising|needing) )?|with no |adds? no |requir(?:es?|ing) no |incur(?:s|ring)? no |no )"
    r"(?:(?:any|an|additional|extra|added|further|significant|substantial|notable|heavy|much) )+"
    r"(?:(?:trainable|learnable|[a-z]+-time) )?"
    rf"(?:{_RESOURCE}|training\b(?! data)|fine-?tuning\b|tokens\b|costs?\b|inference\b|latency\b)"
    rf"|\bwithout increasing (?:the )?{_RESOURCE}"
    r"|\b(?:incur(?:s|ring)?|requir(?:es?|ing)|needs?) no (?:(?:[a-z-]+ )?(?:costs?|overheads?)"
    r"|(?:re-?)?training|fine-?tuning|labels|annotations?)\b"
    rf"|\bwithout (?:sacrificing|compromising) (?:the )?(?:{_MODE}|computational|memory|energy)"
    r" (?:efficiency|speed)\b"
)
_REDUCES = re.compile(
    r"\b(?:(?:significantly|substantially|greatly|drastically|dramatically|sharply|markedly"
    r"|considerably|effectively|further|also) )?"
    r"(?:reduc|cut|lower|decreas|minimi[sz]|shorten|sav)(?:e[sd]?|s|ing|ting|ed)?(?: down)? "
    rf"(?:the |both |its |overall |required |total |number of |inference-time ){{0,3}}{_RESOURCE}"
    r"(?: of (?:[\w-]+ ){0,3}[\w-]+(?=[,.;)]|$| (?:and|while|by|in|on|for|with)\b))?"
    r"(?! (?:by|from|to) (?:[a-z]+ ){0,3}\\?[\d$])"
)
_ORDERS = (
    r"(?:an?|one|two|three|four|several|multiple|many|some)[ -]orders?[ -]of[ -]magnitude"
    r"|(?:an? )?(?:hundred|thousand|dozens|hundreds|thousands)(?: of)? times"
    r"|(?:\d[\d.]*|two|three|four|five|ten) ?(?:x|×|times|\$\\times\$)"
)
_FASTER = re.compile(
    rf"(?<![\w-])(?:converg(?:es?|ing) )?"
    rf"(?:(?:{_ORDERS}|much|significantly|substantially|considerably|even) )?"
    rf"(?:faster|cheaper|slower|higher throughput|(?:lower|shorter) (?:latency|runtime)){_THAN}"
    rf"(?: by (?:{_ORDERS}))?"
    rf"|(?<![\w-])(?:{_ORDERS}) (?:faster|cheaper|(?:training |inference )?speed-?ups?"
    rf"|(?:reduction|decrease|savings?|improvement) in (?:{_RESOURCE}|(?:[a-z]+ )?efficiency))"
    rf"|\bspeed-?ups? of (?:(?:at least|up to|over|about|more than) )?(?:{_ORDERS})"
    rf"|(?<![\w-])faster (?:and [a-z -]{{3,30}} )?{_MODE}\b"
    rf"|\baccelerat(?:es|ing) (?:the |model |both )*{_MODE}\b(?! by [a-z ]*\d)"
    r"|\b(?:improv\w+|increas\w+|higher|greater|better|superior|boost\w*|high|faster|maintain\w*"
    rf"|preserv\w+) (?:the )?(?:{_MODE} (?:speeds?|throughput|efficiency)"
    r"|(?:computational|memory|energy|parameter) efficiency)\b(?! by (?:[a-z]+ )*\d)"
    r"|\b(?:better|good|favou?rable|superior|improved|optimal|strong|excellent|best) trade-?offs?"
    r" between [^.;,]{3,40} and (?:(?:computational|inference|training|memory|model) )?"
    r"(?:efficiency|latency|speed|costs?|complexity|size)\b"
    r"|(?<![\w-])(?:more|most|highly|very|is|are|remains?|remaining|being|both) "
    r"(?:comput\w+|parameter|memory|cost|energy|sample|data|label|resource)(?:ally)?[- ]"
    r"(?:efficient|cheap|inexpensive|light)\b(?! (?:RL|reinforcement))"
)
_REAL_TIME = re.compile(
    # "help divers train in real time": they do, no machine
    r"(?P<value>(?<!train )(?<!training )(?<!exercise )\bin (?:near[- ])?real[- ]time)"
    r"\b(?! [a-z]+(?:ing|ion)s?\b| to (?:derive|provide|monitor|inform|warn)\b)"
    r"|\b(?:achiev\w+|maintain\w*|deliver\w*|reach\w*|enabl\w+|allow\w*|support\w*|with|at|of|for)"
    r" (?:[a-z-]+ ){0,2}(?P<speed>real-time (?:performance|inference|speeds?|rendering|operation"
    r"|processing|execution|efficiency|frame rates?))\b"
    r"|\b(?P<soon>(?:with)?in (?:just |only |a few |mere |under a |less than a |a matter of )?"
    r"(?:milliseconds|seconds?|minutes))\b(?! of)"
)
# A noun alone has its article: "a phone".
_BARE = r"an? (?:phone|smartphone|computer|laptop|workstation|desktop|PC|notebook)"
# "on a mid-range phone", "on an Orion II 800 MHz computer", "on a single NVIDIA GPU".
_MACHINE = re.compile(
    rf"\bon (?P<bare>{_BARE})\b(?! (?:[CG]PUs?|computers?|vision|screen|app|video))"
    r"|\bon (?:an?|one) (?:old |new )?"
    r"(?P<value>(?:(?!(?:of|that|with|for|and|the|to|in)\b)[\w.-]+ ){0,4}?"
    r"(?:(?:NVIDIA|consumer|commodity|gaming|desktop|laptop|edge|mobile|embedded)"
    r" (?:GPU|CPU|device|phone)|phone|smartphone|computer|laptop|workstation|desktop|PC|notebook"
    r"|microcontroller|FPGA|processor|cloud server))\b(?![- ](?:vision|based|use|screen|app))"
)
# "on NVIDIA Jetson Orin", "with an RTX 4090"; how many, a quantity says.
_DEVICE = re.compile(
    r"\b(?:on|using|with|via|by|and) (?:an? |one |the )?"
    rf"(?P<value>(?:{DEVICE_MODEL}|Raspberry Pi|Arduino)"
    r"(?: (?:GPUs?|CPUs?|Nano|NX|AGX|Xavier|Orin|Super|[34]B?|5|Uno|Mega\d*|board|cards?))*)"
    r"(?![\w-])"
)
# "O(n log(n)) complexity"
_COMPLEXITY = re.compile(r"\bO\([^()]*(?:\([^()]*\)[^()]*)*\)(?: [a-z]+)? complexity")
# Words of which one stands in all that a pattern finds.
_WITHOUT_WORDS = words("without no")
_REDUCING_WORDS = words(
    """reduce reduces reduced reducing cut cuts cutting lower lowers lowered lowering decrease
    decreases decreased decreasing minimize minimizes minimized minimizing minimise minimises
    minimised minimising shorten shortens shortened shortening save saves saved saving"""
)
_LITTLE_WORDS = words(
    """minimal negligible low lower little small smaller modest reduced marginal less fewer shorter
    zero lowest fewest least linear sublinear sub-linear near-linear constant comparable similar
    same"""
)
_QUICK_WORDS = words(
    """faster cheaper slower throughput latency runtime speedup speed-up speedups speed-ups
    accelerates accelerating speed speeds efficiency reduction decrease saving savings improvement
    efficient cheap inexpensive light trade-off trade-offs tradeoff tradeoffs
    cost-efficient memory-efficient energy-efficient parameter-efficient compute-efficient
    sample-efficient data-efficient"""
)
_SOON_WORDS = words("real-time real near-real-time milliseconds second seconds minutes")
COMPUTERS = words(
    """phone smartphone computer laptop workstation desktop pc notebook device gpu cpu server
    microcontroller fpga processor"""
)
"""What programs run on."""
_DEVICES = words(
    """nvidia jetson raspberry arduino rtx gtx titan xeon intel amd tesla geforce a100 h100 v100
    t4 p100 h200 a6000 l4 a40 a10 core quadro"""
)


LESS_OF = re.compile(
    r" (?:reduction|decrease|savings?|increase|improvement)s? (?:in|of) (?:[\w-]+ ){0,3}?[\w-]+"
    r"(?=[,.;)]|$| (?:and|while|by|on|for|with|compared|over|than)\b)"
)
"""What stands behind a share: "40% reduction in costs"."""


class Saving(NamedTuple):
    """A fact in words: its kind, as in ``schema.Compute``, and where it stands."""

    kind: str
    span: Span


def savings_of(sentence: Sentence) -> Iterator[Saving]:
    """Find what a sentence about the paper's own work says of resources in words."""
    said = sentence.words & _SOME
    for kind, pattern, some in _PATTERNS if said else ():
        if not said.isdisjoint(some):
            yield from _found(sentence, kind, pattern)


_PATTERNS = (
    ("other", _WITHOUT, _WITHOUT_WORDS),
    ("other", _REDUCES, _REDUCING_WORDS),
    ("other", _WITH_LITTLE, _LITTLE_WORDS),
    ("speedup", _FASTER, _QUICK_WORDS),
    ("time", _REAL_TIME, _SOON_WORDS),
    ("hardware", _MACHINE, COMPUTERS),
    ("hardware", _DEVICE, _DEVICES),
    ("other", _COMPLEXITY, words("complexity")),
)
_SOME = frozenset().union(*(some for _, _, some in _PATTERNS))


def _found(sentence: Sentence, kind: str, pattern: re.Pattern[str]) -> Iterator[Saving]:
    for match in pattern.finditer(sentence.text):
        start, end = match.span(match.lastgroup or 0)
        is_sole = sentence.text.startswith("single ", start)
        if not is_sole and _NOT_OWN.search(sentence.text, 0, match.start()):
            continue
        at = sentence.span.start
        yield Saving(kind, Span(at + start, at + end))
