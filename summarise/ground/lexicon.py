"""English words with a direction: pairs of opposites, their inflections, and what denies.

A scale is a line of ``scales.txt``: words of one direction, a slash, words of the other; the last
lines there are of prefixes that make the opposite of a root. A verb is marked with a star, so that
its forms are made ("rise*" by rule; irregular ones are written out), an adjective with a plus sign
("large+": larger, largest). A word may stand on several scales: what is said of it agrees where one
of them does.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from summarise.scan import words

_SCALES = files("summarise.ground").joinpath("scales.txt").read_text("ascii")
_LESS = "harm use help meaning pain cost care power effort success fruit thought"

_CONTRACTED = "do does did is are was were has have had can could would should wo must need"
_DENYING_VERBS = (
    "not never cannot can't fail fails failed failing unable hardly scarcely barely seldom rarely"
)
RANKING = re.compile(
    r"\bthe (?:main|leading|predominant|commonest|top|primary|major|preferred"
    r"|most (?:common|frequent|prevalent|important|popular)(?:ly \w+)?) \Z"
)
"""What ranks the noun behind it."""
SHORT_NEGATORS = frozenset(
    (*_DENYING_VERBS.split(), *(f"{word}n't" for word in _CONTRACTED.split()))
)
"""Words that deny the verb that follows."""
_DENYING = """
    no without neither nor none lack lacks lacked lacking nothing nobody absence absent non
    avoid avoids avoiding eliminates eliminating obviates"""
NEGATORS = SHORT_NEGATORS.union(_DENYING.split())
"""Words that deny what follows; contractions in "n't" do, too."""

IRREGULAR = {
    "fell": "fall", "fallen": "fall", "rose": "rise", "risen": "rise", "grew": "grow",
    "grown": "grow", "met": "meet",
    "found": "find", "shown": "show", "made": "make", "took": "take",
    "taken": "take", "gave": "give", "given": "give", "held": "hold", "led": "lead",
    "known": "know", "knew": "know", "seen": "see", "saw": "see", "ran": "run", "built": "build",
    "differed": "differ", "different": "differ", "difference": "differ", "differences": "differ",
}  # fmt: skip

_FUNCTION = """
    a an the of to in on for with by at from as is are was were be been being has have had do
    does did that which this these those it its their they we our and or also than then there
    can could may might will would should shall such into between among while when where who
    whose what both how if so very up out about across through via per i he she his her them
    us you more most not no any only even just still yet however but although though because
    since during within"""
FUNCTION = frozenset(_FUNCTION.split()) - {"up"}
"""Words that say nothing of what a statement is about."""

_VOWELS = frozenset("aeiou")


def _verb_forms(verb: str) -> tuple[str, ...]:
    """A regular verb with its endings."""
    if verb.endswith("e"):
        return verb, f"{verb}s", f"{verb}d", f"{verb[:-1]}ing"
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"
    s = "es" if verb.endswith(("s", "sh", "ch", "x", "z")) else "s"
    return verb, verb + s, f"{verb}ed", f"{verb}ing"


def _forms(word: str) -> tuple[str, ...]:
    if word.endswith("*"):
        return _verb_forms(word[:-1])
    if not word.endswith("+"):
        return (word,)
    stem = word[:-1]
    root = stem[:-1] if stem.endswith(("e", "y")) else stem
    root += "i" if stem.endswith("y") else ""
    return stem, f"{root}er", f"{root}est"


Signs = dict[str, int]
"""Direction of a word, 1 or -1, by scale."""


def _lexicon() -> dict[str, Signs]:
    found: dict[str, Signs] = {}
    for scale, line in re.findall(r"^([\w-]+):((?:.|\n )*)", _SCALES, re.MULTILINE):
        if scale.endswith("-"):
            for root in line.split():
                found.setdefault(root, {})[f"-{root}"] = 1
                found.setdefault(scale[:-1] + root, {})[f"-{root}"] = -1
            continue
        for sign, side in zip((1, -1), line.split("/"), strict=True):
            for word in side.split():
                for form in _forms(word):
                    found.setdefault(form, {}).setdefault(scale, sign)
    for root in _LESS.split():
        found.setdefault(f"{root}ful", {})[f"-{root}"] = 1
        found.setdefault(f"{root}less", {})[f"-{root}"] = -1
    return found


LEXICON = _lexicon()
"""Words with a direction."""


def _opposites() -> dict[str, tuple[frozenset[str], ...]]:
    poles: dict[tuple[str, int], set[str]] = {}
    for word, signs in LEXICON.items():
        for pole in signs.items():
            poles.setdefault(pole, set()).add(word)
    ends = {pole: frozenset(there) for pole, there in poles.items()}
    none: frozenset[str] = frozenset()
    return {
        word: tuple(ends.get((scale, -sign), none) for scale, sign in signs.items())
        for word, signs in LEXICON.items()
    }


OPPOSITES = _opposites()
"""What stands at the other ends of a word's scales."""

PAIRS = {"rather": "than", "instead": "of"}
"""Words that deny together with the next."""
FREE = "free"
FREE_TIMES = words("survival interval intervals period time days rate rates probability")
"""What is measured and denies nothing: "relapse-free survival"."""
DEGREES = words("more most less least greater greatest larger largest smaller smallest bigger")
"""How far: "a greater reduction", "fell less"."""
PASSIVES = frozenset(("outperformed", "surpassed", "exceeded", "beaten", "excelled"))
"""Words that "is ... by" turns round."""
DENYING = NEGATORS | {FREE, *PAIRS}
KNOWN = frozenset(LEXICON) | DENYING
# What can turn a text round though it shares no scale with another.
_TURNING = DENYING | PASSIVES


def small(spaces: str) -> bytes:
    """A table that makes capitals small, and spaces of some characters."""
    return bytes(ord(" ") if chr(c) in spaces else ord(chr(c).lower()) for c in range(128)) + (
        bytes(range(128, 256))
    )


_LETTERS = small("".join(c for c in map(chr, range(128)) if not c.isalpha() and c != "'"))
_ANY_WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?")


def known_words(text: str) -> frozenset[str]:
    """The words of a text that have a direction, or may deny."""
    if text.isascii():
        return KNOWN.intersection(text.encode().translate(_LETTERS).decode().split())
    return KNOWN.intersection(_ANY_WORD.findall(text.lower().replace("’", "'")))


def may_differ(said: frozenset[str], told: frozenset[str]) -> bool:
    """Whether a statement may turn its sentences round, by the known words of both."""
    if not (_TURNING.isdisjoint(said) and _TURNING.isdisjoint(told)):
        return True
    for word in said:
        for opposite in OPPOSITES.get(word, ()):
            if not opposite.isdisjoint(told):
                return True
    return False


_WORD = re.compile(r"[a-z]+")
# Of people: "falls per person-year rose".
_FALLS = re.compile(r"\b(?:(?:of|had|fewer|more|no) falls|falls (?:per|were|was|among))\b")


def directions(text: str) -> set[int]:
    """Whether a text speaks of more (1) or less (-1), or of both."""
    found: set[int] = set()
    low = text.lower().replace("at least", "").replace("at most", "")
    for word in _WORD.findall(_FALLS.sub("", low) if "falls" in low else low):
        if (signs := LEXICON.get(word)) and (sign := signs.get("size") or signs.get("length")):
            found.add(sign)
    return found


_ENDINGS = re.compile(r"(?:ations?|ingly|edly|ments?|ings?|ed|es|s|ly|e|ive|ity)\Z")


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """What the forms of a word have in common, roughly."""
    word = IRREGULAR.get(word, word).removesuffix("'s")
    if len(word) <= 3 or word[0].isdigit():
        return word
    cut = _ENDINGS.sub("", word, count=1)
    return (cut if len(cut) >= 3 else word)[:7]
