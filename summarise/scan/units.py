"""The words that stand beside a number, as patterns: units, devices, counted things.

Symbols of units follow the SI Brochure (9th edition, 2019) and common use in abstracts; the list
is open-ended by nature, and a number with an unknown unit is still found, as a plain number.
"""

from __future__ import annotations

import re

from summarise.models import QuantityKind
from summarise.scan.wordlists import words

# Vendors, then models: letters with two to four digits ("A100", "MI300X", "RTX 4090"), or TPUs.
DEVICE_MODEL = (
    r"(?:(?:NVIDIA|Nvidia|nVidia|Google|Cloud|AMD|Intel|Apple|Tesla|GeForce|Quadro|Ascend|Cerebras"
    r"|Graphcore)[ -])*"
    r"(?:(?:RTX|GTX|TITAN|Titan|Xeon|EPYC|Ryzen|Core|Jetson|Instinct)"
    r"(?:[ -](?:\d{3,4}(?:[ -]?Ti|[ -]?SUPER)?|A?\d{4}|RTX|Xp?|V|Nano|Xavier|Orin|Gold|Platinum))?"
    r"|[ABHVPTL](?:4|10|16|30|40|80|100|200|300|800|4000|5000|6000)[GSX]?|GB200|MI\d{3}[AX]?"
    r"|TPU[ -]?[vV]\d\w{0,2}|M[1-4] (?:Pro|Max|Ultra)|IPU|WSE-\d)"
    r"(?:[ -](?:SXM\d?|PCIe))?(?:[ -]?\(?\d{2,3} ?GB?\)?)?"
)
DEVICE_NOUN = (
    r"(?:GPU|TPU|CPU|NPU|FPGA|graphics card|accelerator|CPU core|TPU core|core|node|chip|server"
    r"|workstation|machine)"
)
_ADJECTIVE = r"(?:(?:consumer(?:-grade)?|commodity|single|high-end|desktop|cloud|physical) )?"
DEVICE = (
    rf"{_ADJECTIVE}(?:{DEVICE_MODEL}(?: {DEVICE_NOUN}s?)?|(?:GPU|TPU|CPU|NPU|FPGA)s?(?: cores?)?)"
)

_CLOCK = (
    r"(?:milliseconds?|microseconds?|nanoseconds?|seconds?|minutes?|hours?|days?|weeks?|months?"
    r"|years?|decades?|secs?|mins?|hrs?|yrs?)"
)
_CLOCK_SYMBOL = r"(?:ms|[μµu]s|ns|s|h|min)"

# Rates first, then symbols, then single letters, which need a space before them.
_MEASURE = (
    r" ?(?:[GTPEM]?FLOP(?:s|S|/s)?(?:[/-]s?-?days)?|[kMG]Wh)\b"
    r"| ?(?:(?:mg|[μµu]g|ng|kg|g|m?mol|[μµ]mol|m?L|ml|dL|dl|[μµ]L|IU|kcal|cells|copies|tokens)"
    r" ?(?:/|per )(?: ?(?:kg|g|day|d|week|h|min|L|mL|ml|dL|dl|m2|m²|s|second|mm3|μL|[μµ]l))"
    r"(?:/(?:day|d|week|h|min))?)(?!\w)"
    r"|[ -]?(?:mmHg|mm Hg|mg|[μµ]g|ng|kg|mL|ml|dL|[μµ]L|mmol|[μµ]mol|[mnμµ]M|kcal|kJ|IU"
    r"|[nmcμµk]m[23²³]?|ha|km/h|m/s(?:[2²])?|[kMGT]?Hz|[kmMGT]?eV|[kMG]?Pa|[kMmG]?W|[mk]V"
    r"|[mμµn]?T|dB|px|pixels?|fps|FPS|[GMk]bps|bits?|°C|°F|℃|degrees?|ppm|ppb|[Mkgc]?pc|M☉|σ"
    r"|bpm|tokens/s|[kMGT]?bit/s|[KMGT]i?B(?:/s| per second)|meters?|metres?"
    r"|kilomet(?:er|re)s?|inches|feet|miles|hectares"
    r"|[afp]b(?:\^?\{?[-−]1\}?|⁻¹)?)(?![\w/])(?: ?(?:/|per )\w+)?"
    r"| (?:m|g|L|V|K|N|J)(?![\w'’-])"
)

# Each alternative is tried right after a number; the order matters, longest facts first.
_EMISSIONS = (
    r" ?(?:%|percent) (?:of )?(?:the )?(?:CO2|CO₂|carbon)(?:[- ]?(?:emissions?|footprint))?"
    r"|(?: ?(?:kg|g|lbs?|t)| (?:metric )?(?:tons?|tonnes?|pounds|kilograms))"
    r"[ -]?(?:of )?(?:CO2|CO₂|carbon)(?:[ -]?eq?(?:uivalents?)?\b)?(?: emissions?)?"
)
_COMPUTE_TIME = (
    rf" ?(?:{DEVICE_MODEL}|[GTC]PU|core|node)(?:[ -][GTC]PU)?[ -]"
    r"(?:hours?|days?|weeks?|years?|hrs?|h)\b"
)
_FACTOR = (
    r" ?(?:\\times|×|x)(?![\w×])|times\b|[ -]?folds?\b(?![ -](?:cross|CV|valid))"
    r"| times(?= (?:\w+er|more|less|as|the)\b)| orders? of magnitude"
)
_PARAMETERS = (
    r"[ -]?(?:(?:trainable|learnable|tunable|model|active|total|additional|extra) )?"
    r"(?:param(?:eter)?s?|weights)\b"
)
_POINTS = r" ?% ?-?points?|[ -]?(?:percentage|percent|absolute) points?| ?pp(?:ts?)?\b"
_MEMORY = (
    r" ?[KMGTP]i?B\b(?!/| per second)"
    r"(?:(?: of)?(?: GPU)? (?:memory|RAM|VRAM|storage|video memory))?"
)
_MONEY = r" ?(?:USD|EUR|GBP|CNY|dollars?|euros?|pounds sterling|cents|€|£)(?!\w)"

# Each is tried right after a number; the order matters, longest facts first.
_PATTERNS = {
    QuantityKind.EMISSIONS: _EMISSIONS,
    QuantityKind.POINTS: _POINTS,
    QuantityKind.PERCENT: r" ?\\?%| ?(?:percent|per cent)\b",
    QuantityKind.COMPUTE_TIME: _COMPUTE_TIME,
    QuantityKind.HARDWARE: rf"(?: ?[x×] ?| )(?:{DEVICE}|(?:compute |GPU )?(?:nodes|cores))\b",
    QuantityKind.FACTOR: _FACTOR,
    QuantityKind.PARAMETERS: _PARAMETERS,
    QuantityKind.MEMORY: _MEMORY,
    QuantityKind.TIME: rf"[ -]?{_CLOCK}\b(?:[- ]old)?|[ -]?{_CLOCK_SYMBOL}\b(?![-/−⁻])",
    QuantityKind.MONEY: _MONEY,
    QuantityKind.MEASURE: _MEASURE,
}

UNIT = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items()))
"""A unit right behind a number; the name of the group that matched is its kind."""

SCALES = {
    "k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "b": 1e9, "billion": 1e9,
    "bn": 1e9, "t": 1e12, "trillion": 1e12, "hundred": 1e2,
}  # fmt: skip

SPELLED = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90, "dozen": 12,
}  # fmt: skip

# Nouns that make a spelled number a fact about material ("twelve datasets", not "two findings").
MATERIAL = re.compile(
    r"(?:datasets?|data ?sets?|benchmarks?|corpora|corpus|test ?beds?|collections|databases"
    r"|languages|countries|cities|hospitals|centers|centres|cohorts|trials|studies|sites|species"
    r"|participants|patients|subjects|volunteers|adults|children|individuals|respondents"
    r"|interviews|households|schools|users|annotators|images|videos|samples|hours|epochs?"
    r"|genomes|cells|mice|rats|animals)$"
)

# Words that end a counted noun phrase: it never reaches across them.
STOPS = words(
    """a an and are as at be been but by can could did do does each either for from had has have he
    her his how if in into is it its may might more most much of off on onto or our out over own
    per she should since so such than that the their them then there these they this those through
    thus to under until up via was we were what when where which while who whose will with within
    without would compared respectively including using versus vs less times plus across among
    between during after before against about based consisting spanning covering totaling
    totalling having showing does"""
)
IRREGULAR_PLURALS = words(
    """people children women men mice participants data corpora criteria phenomena genera taxa
    bacteria larvae species series loci nuclei alleles respondents personnel staff feet teeth
    geese cattle fish sheep"""
)
SINGULAR_S = re.compile(r"(?:ss|us|is|ous|ics|less|ness|betes)$")

COLLECTED = (
    r"(?:pairs|images|photographs|photos|videos|samples|examples|questions|prompts|tokens|documents"
    r"|sentences|captions|descriptions|texts|articles|papers|recordings|reports|records|scans"
    r"|volumes|annotations|instances|dialogues|conversations|hours|features|objects|lines"
    r"|instructions|data|tweets|posts|reviews|queries|passages|clips|frames|words|sequences"
    r"|structures|molecules|compounds|trajectories|demonstrations|tables|listings|abstracts"
    r"|utterances|pages|files|programs|functions|events|scripts|plans|maps|spectra|stories|songs"
    r"|problems|puzzles|emails|repositories|commits)"
)
"""Nouns for what a collection holds."""
