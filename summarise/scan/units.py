"""The words that stand beside a number, as patterns: units, devices, counted things.

Symbols of units follow the SI Brochure (9th edition, 2019) and common use in abstracts; the list
is open-ended by nature, and a number with an unknown unit is still found, as a plain number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from summarise.models import QuantityKind
from summarise.scan.patterns import one_of, words

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

_PREFIXES = {
    "p": "pico", "n": "nano", "μ": "micro", "m": "milli", "c": "centi", "d": "deci",
    "k": "kilo", "M": "mega", "G": "giga", "T": "tera", "P": "peta",
}  # fmt: skip
_Units = dict[str, tuple[str, ...]]


def _prefixed(prefixes: str, symbol: str, *words: str) -> _Units:
    """A unit with each of its prefixes, "-" for none: "km", with "kilometre" and its plural."""
    units = {}
    for prefix in prefixes.replace("-", " "):
        micro = (f"µ{symbol}",) if prefix == "μ" else ()
        spelled = (f"{_PREFIXES.get(prefix, '')}{word}" for word in words)
        plurals = tuple(form for word in spelled for form in (word, f"{word}s"))
        units[f"{prefix}{symbol}".strip()] = micro + plurals
    return units


# Each unit by one name, with its other spellings: scanning finds all of them behind a number, and
# to grounding two units are the same where their names are.
_CLOCKS: _Units = {
    "ns": ("nanosecond", "nanoseconds"),
    "μs": ("µs", "us", "microsecond", "microseconds"),
    "ms": ("millisecond", "milliseconds"),
    "s": ("sec", "secs", "second", "seconds"),
    "min": ("mins", "minute", "minutes"),
    "h": ("hr", "hrs", "hour", "hours"),
    "day": ("days",),
    "week": ("weeks",),
    "month": ("months",),
    "year": ("years", "yr", "yrs"),
    "decade": ("decades",),
    "century": ("centuries",),
}
_MONEYS: _Units = {
    "$": ("USD", "dollar", "dollars"),
    "€": ("EUR", "euro", "euros"),
    "£": ("GBP", "pounds sterling"),
    "¥": ("CNY", "yuan"),
    "JPY": ("yen",),
    "INR": ("rupee", "rupees"),
    "¢": ("cents",),
}
_STORES: _Units = {
    **_prefixed("MGTP", "B", "byte"),
    "kB": ("KB", "kilobyte", "kilobytes"),
    **{f"{prefix}iB": () for prefix in "KMGTP"},
}
_LENGTHS = _prefixed("nmcμk", "m", "meter", "metre")
_MEASURES: _Units = {
    **_prefixed("mnk", "g", "gram"),
    "μg": ("µg", "ug", "microgram", "micrograms"),
    **_prefixed("d", "L", "liter", "litre"),
    "mL": ("ml", "milliliter", "milliliters", "millilitre", "millilitres"),
    "μL": ("µL", "μl", "µl", "microliter", "microliters", "microlitre", "microlitres"),
    **_prefixed("-mμnp", "mol", "mole"),
    **_prefixed("mnμ", "M"),
    **_prefixed("-kMGT", "Hz", "hertz"),
    **_prefixed("-kmMGT", "eV"),
    **_prefixed("-kMG", "Pa"),
    **_prefixed("-kMmG", "W", "watt"),
    **_prefixed("mk", "V", "volt"),
    **_prefixed("-mμn", "T"),
    **_prefixed("mμn", "A", "ampere"),
    **_prefixed("pf", "g"),
    **_prefixed("-mk", "U"),
    **_prefixed("-mk", "IU"),
    **_prefixed("-mμnk", "Gy", "gray"),
    **_prefixed("-mμ", "Sv", "sievert"),
    **_prefixed("-kMG", "Bq"),
    **_prefixed("-kM", "Da"),
    **_prefixed("-mμ", "Jy"),
    **_prefixed("-m", "bar"),
    **_prefixed("-k", "bp"),
    **_prefixed("kMG", "b"),
    **_prefixed("-kM", "cal"),
    **_prefixed("mkM", "J", "joule"),
    **_prefixed("mμk", "N", "newton"),
    **_prefixed("mc", "Torr"),
    **_prefixed("-T", "bit/s"),
    **{f"{prefix}bit/s": (f"{prefix}bps",) for prefix in "kMG"},
    **_prefixed("-MkG", "pc", "parsec"),
    **{f"{store}/s": (f"{store} per second",) for store in _STORES},
    "mmHg": ("mm Hg",), "ha": ("hectares",), "dB": (), "dBm": (), "Å": (), "atm": (), "rpm": (),
    "km/h": (), "m/s": (), "m/s2": ("m/s²", "m/s^2"), "px": ("pixel", "pixels"), "bpm": (),
    "°C": ("℃",), "°F": (), "degree": ("degrees", "deg", "°"), "ppm": (), "ppb": (),
    "bit": ("bits",), "inch": ("inches",), "foot": ("feet",), "yard": ("yards",),
    "mile": ("miles",), "gallon": ("gallons",), "light-year": ("light-years",), "knot": ("knots",),
    **_prefixed("-mμkMG", "Ω", "ohm"), "acre": ("acres",), "lb": ("lbs", "pound", "pounds"),
    "ounce": ("ounces", "oz"), "ton": ("tons", "tonne", "tonnes"),
    **{f"{of}⊙": (f"{of}☉",) for of in "MRL"}, "M⊕": (), "R⊕": (), "σ": (),
    "wt%": ("wt.%", "wt %"), "mol%": ("mol %",),
    "vol%": ("vol.%", "vol %"), "at%": ("at.%", "at %"),
    "mas": (), "arcsec": ("arcseconds",), "arcmin": ("arcminutes",), "mag": ("magnitudes",),
}  # fmt: skip
_SPEEDS: _Units = {
    "fps": ("FPS", "frames per second", "frames/s"),
    "tokens/s": ("tokens per second",),
    "words/s": ("words per second",),
}
_BARNS: _Units = {"fb": (), "pb": (), "ab": ()}
# The letter alone is a unit only behind a space.
_LETTERS: _Units = {
    "m": ("meter", "meters", "metre", "metres"),
    "g": ("gram", "grams"),
    "L": ("liter", "liters", "litre", "litres"),
    "V": ("volt", "volts"),
    "K": (),
    "N": ("newton", "newtons"),
    "J": ("joule", "joules"),
}


def _any_of(*tables: _Units) -> str:
    """Pattern of the names and the other spellings of units."""
    return one_of(map(re.escape, {*chain(*tables), *_words_of(*tables)}))


def _words_of(*tables: _Units) -> Iterator[str]:
    return chain.from_iterable(chain.from_iterable(table.values()) for table in tables)


_CLOCK_SYMBOLS = frozenset(("ns", "μs", "µs", "us", "ms", "s", "min", "h"))
_CLOCK_SYMBOL = one_of(_CLOCK_SYMBOLS)
_CLOCK = one_of({"min", *_CLOCKS, *_words_of(_CLOCKS)} - _CLOCK_SYMBOLS)
_STORE = one_of({*_STORES, "KB"})
_STORE_WORD = one_of({form for form in _words_of(_STORES) if "byte" in form})

# What a unit may go on with, in a text in its normal form: "/dL", "·kg-1 min-1", " per 100,000";
# a raised number may stand in brackets: "kg/m(2)", "mm year(-1)".
_SYMBOL = (
    r"(?:[kcdmμnMG]?(?:g|m|s|L|l|mol|J|W|Pa|V|eV|M|T|Hz|pc|A|bar|sr)|dex|erg|Å|h|hr|d|days?"
    r"|weeks?|months?|years?|yr?|min|sec|ha|K|atom|cell|person|cycle)"
)
_INVERSE = rf"(?: ?[·⋅*] ?| )?(?:{_SYMBOL}|century)(?:\^-[1-4]| ?-[1-4]|\(-[1-4]\))(?!\w|\.\d)"
_POPULATION = (
    r"(?:(?:person|patient|woman|child)[- ](?:years?|months?|days?)|population|people|persons|women"
    r"|men|inhabitants|individuals|residents|capita|(?:live )?births|children|adults|patients"
    r"|admissions|pregnancies|visits|years?|days|hours|cells|words|tokens|images|deliveries)\b"
)
_SHARED_OUT = (
    rf"(?: per \d[\d,]*|/ ?10*(?:,000)*)(?<=0)(?!\w|[.,]\d)(?:[ -]{_POPULATION})?"
    r"|(?: per |/)(?:(?:person|patient|woman)[ -])?(?:year|yr|annum|month|week|day|hour|decade)\b"
)
_DIVISOR = r" ?/ ?(?:\d[\d,]* ?)?[A-Za-zμ°][\w²³]*(?:\^-?\d|\([23]\))?(?![\w-])"
_RATE = rf"(?:{_SHARED_OUT}|{_DIVISOR}|{_INVERSE}| per (?!cent\b)[A-Za-z]\w*(?:\^[23]\b)?)"
PER = re.compile(
    rf"(?:{_SHARED_OUT}|(?:{_INVERSE}){{1,2}}| per (?!cent\b)[a-z]\w*(?:\^[23]\b)?"
    r"|/(?:[mμd]?[Ll]|[cm]m\^?[23]|kg|mg|min|day|week|month|year)\b)"
)
"""What a number without a unit is counted on: "3.3 per year", "12 per 100,000", "0.2 s^-1"."""

# Rates first, then symbols, then single letters, which need a space before them.
_MEASURE = (
    r" ?(?:[GTPEM]?FLOP(?:s|S|/s)?(?:[/-]s?-?days)?|[GTPM]OPS|[kMG]Wh)\b(?:/(?:W|mm\^?2)(?![\w^]))?"
    rf"|(?:[ -]?(?:{_any_of(_MEASURES, _SPEEDS)}(?:\^[23])?"
    rf"|{_any_of(_LENGTHS)}(?:\^?[23]|\([23]\))?"
    r"|(?:cells|copies|tokens)(?= ?/| per )"
    rf"|{one_of(_words_of(_LETTERS))}|{_any_of(_BARNS)})(?=\^-|[^\w/]|/[^\W\d]|/ ?\d|\Z)"
    rf"| (?:{one_of(_LETTERS)})(?:\^?[23](?!\d))?(?![\w'⊙⊕-])|(?<=\d)[gmLK](?=[/·⋅]\w)"
    rf"| (?:t|{_SYMBOL})(?={_INVERSE}))(?:\^?-1(?!\w|\.\d))?(?:{_RATE}){{0,3}}"
)

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
    r"×(?![\w×])|[ -]?folds?\b(?![ -](?:cross|CV|valid))"
    r"| times(?= (?:\w+er|more|less|as|the)\b)| orders? of magnitude"
)
_PARAMETERS = (
    r"[ -]?(?:(?:trainable|learnable|tunable|model|active|total|additional|extra) )?"
    r"(?:param(?:eter)?s?|weights)\b"
)
# "5.2 SD 1.1" and "5.2 (SD 1.1)" are a mean and its spread, "0.2 SD (95% CI" isn't.
_ITS_SPREAD = r" ?(?:[=:]|of|was)? ?[(±]?(?!\d\d(?:\.\d)? ?% ?-?(?:C|[Cc]onf|[Cc]red))\d"
_POINTS = (
    r"% ?-?points?|[ -]?(?:percentage|percent|absolute|basis|log) points?| ?pp(?:ts?)?\b"
    r"| ?p\.p\.(?!\w)| ?bps\b"
    rf"|[ -](?:SDs?|[Ss]tandard[ -]deviations?)\b(?!{_ITS_SPREAD})"
)
_MEMORY = (
    rf"(?: ?{_STORE}|[ -]{_STORE_WORD})\b(?!/| per second)"
    r"(?:(?: of)?(?: GPU)? (?:memory|RAM|VRAM|storage|video memory))?"
)
_MONEY = rf" ?{one_of({'€', '£', *_words_of(_MONEYS)})}(?!\w)"

# Each is tried right after a number; the order matters, longest facts first.
_PATTERNS = {
    QuantityKind.EMISSIONS: _EMISSIONS,
    QuantityKind.POINTS: _POINTS,
    QuantityKind.PERCENT: rf"(?: ?%| ?(?:percent|per cent)\b)(?:{_SHARED_OUT})?",
    QuantityKind.COMPUTE_TIME: _COMPUTE_TIME,
    QuantityKind.HARDWARE: rf"(?: ?[x×] ?|[ -])(?:{DEVICE}|(?:compute |GPU )?(?:nodes|cores))\b",
    QuantityKind.FACTOR: _FACTOR,
    QuantityKind.PARAMETERS: _PARAMETERS,
    QuantityKind.MEMORY: _MEMORY,
    QuantityKind.TIME: rf"[ -]?{_CLOCK}\b(?!-\d|\^)(?:[- ]old)?"
    rf"|[ -]?{_CLOCK_SYMBOL}\b(?![-/^]| -\d|\(-\d)",
    QuantityKind.MONEY: _MONEY,
    QuantityKind.MEASURE: _MEASURE,
}

UNIT = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS.items()))
"""A unit right behind a number; the name of the group that matched is its kind."""

_SHARES: _Units = {
    "%": ("percent", "per cent"),
    "point": (
        *("points", "pts", "pp", "p.p.", "ppt", "ppts", "% point", "% points"),
        *(f"{of} point{s}" for of in ("percentage", "percent", "absolute") for s in ("", "s")),
    ),
    "basis point": ("basis points", "bps"),
    "log point": ("log points",),
    "SD": ("SDs", "standard deviation", "standard deviations", "standard-deviation"),
    "×": ("x", "times", "fold", "folds"),
    "order of magnitude": ("orders of magnitude",),
}
_WORK: _Units = {
    f"{prefix}FLOP": tuple(f"{prefix}FLOP{end}" for end in ("s", "S", "/s"))
    for prefix in ("", *"MGTPE")
} | {f"{prefix}Wh": () for prefix in "kMG"}
_UNCOUNTED = (_SHARES, _CLOCKS, _MONEYS)
_COUNTED = (_STORES, _MEASURES, _SPEEDS, _LENGTHS, _LETTERS, _BARNS, _WORK)

COMPUTING = "|".join(
    ("FLOP", r"Wh\b", *(form for name in _SPEEDS for form in (name, name.upper())))
)
"""Pattern, to search for, of the units in which computers are measured."""

UNITS: dict[str, frozenset[str]] = {
    name: frozenset((name, *others))
    for table in (*_UNCOUNTED, *_COUNTED)
    for name, others in table.items()
}
"""Every unit by its name, with all its spellings."""

_NAMES = {form: name for name, forms in UNITS.items() for form in forms}
_IN_RATES = frozenset(chain(*_COUNTED))
_POWER = r"(?:\^?-?[1-3])?"
_BEHIND = re.compile(
    rf"(?: (?P<letter>{one_of(_LETTERS)}){_POWER}(?![\w'⊙⊕-])"
    rf"|[ -]?(?P<unit>{one_of(map(re.escape, _NAMES.keys() - {'$', *_LETTERS}))}){_POWER}"
    r"(?:(?<=[%×])|(?!\w)))"
)
_PER = re.compile(
    r"(?: ?/ ?| per )(?P<unit>[^\W\d_]{1,9}(?:\^?[23])?)(?![\w^])"
    r"| ?(?P<inverse>[^\W\d_]{1,3})\^?-(?P<power>[1-4])(?!\w)"
    r"| (?:once )?(?P<often>daily|weekly|a day|a week)\b"
)
_OFTEN = {
    **dict.fromkeys(("d", "daily", "a day"), "day"),
    **dict.fromkeys(("wk", "weekly", "a week"), "week"),
}
_SPREAD_ON = re.compile(_ITS_SPREAD)
_MOST_RATES = 2
_DEVICE_TIME = re.compile(_COMPUTE_TIME)
_DEVICE_KIND = re.compile(r"[GTC]PU|core|node")
NO_UNIT = frozenset(("", *".,;:!?()[]'\"<=>"))
"""What no unit begins with, and no rate; most numbers end in one of them."""


def unit_behind(text: str, at: int) -> tuple[str, int] | None:
    """The unit right behind a number, in a text in its normal form; None where no unit stands.

    Returns:
        Its name, the same for all its spellings, and where it ends.
    """
    if text[at : at + 1] in NO_UNIT:
        return None
    if (match := _DEVICE_TIME.match(text, at)) is not None:
        device = _DEVICE_KIND.search(match.group())
        clock = re.split(r"[ -]", match.group())[-1]
        return f"{device.group() if device else 'GPU'}-{_NAMES[clock]}", match.end()
    match = _BEHIND.match(text, at)
    if match is None or (match.group() == "s" and text[at - 4 : at].isdigit()):
        return None
    form = match["letter"] or match["unit"]
    name, end = _NAMES[form], match.end()
    if name == "SD" and _SPREAD_ON.match(text, end):
        return None
    if name not in _IN_RATES:
        return name, end
    name += text[match.end(match.lastgroup or 0) : end].replace("^", "")
    for _ in range(_MOST_RATES):
        if (per := _PER.match(text, end)) and (of := _divisor(per)):
            name, end = f"{name}/{of}", per.end()
    return name, end


def _divisor(per: re.Match[str]) -> str | None:
    form = (per["unit"] or per["inverse"] or per["often"]).replace("^", "")
    form += (per["power"] or "").strip("1")
    letters = form.rstrip("234")
    name = _OFTEN.get(letters) or _NAMES.get(letters)
    return name and name + form[len(letters) :]


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
    r"|participants|patients|subjects|volunteers|adults|children|individuals|respondents|persons"
    r"|neonates|newborns"
    r"|interviews|households|schools|users|annotators|images|videos|samples|hours|epochs?"
    r"|genomes|cells|mice|rats|animals|cases|women|men|people|humans|infants|boys|girls|students"
    r"|physicians|nurses|dogs|pigs|rabbits|sheep|ewes|knees|eyes|specimens"
    r"|hearts|kidneys|livers|lungs)$"
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
    geese cattle fish sheep clinics critics"""
)
SINGULAR_ENDS = tuple(
    words("ss us is news istics betes phics nics lytics etrics amics ysics etics")
)

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
