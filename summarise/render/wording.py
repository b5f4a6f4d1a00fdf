"""What a table says in fewer words: statements cut between words, titles by their names, trends.

And whether it has said a value already.
"""

from __future__ import annotations

import re

from summarise.characters import clip
from summarise.models import without_notice

_NAMED = 3
# What asks for the words that were left out.
_LOOSE_END = re.compile(
    r"(?: (?:a|an|and|as|at|by|for|from|in|into|is|of|on|or|the|to|via|with))+(?=…\Z)"
)

# A row is made of phrases. A stop of an abbreviation stays.
_FULL_STOP = re.compile(r"(?<=[a-z0-9)\]%”])(?<!\bal)(?<!\betc)(?<!\bvs)(?<!\be\.g)(?<!\bi\.e)\.\Z")


# "It also sinks", "A similar trend was seen", "The latter rose": of what, another sentence says.
_THIS = (
    r"th(?:is|ese|ose)\b"
    r"(?! (?:paper|study|work|article|review|survey|report|trial|thesis|who|with)\b)"
)
_LEANS = re.compile(
    rf"(?:{_THIS}"
    r"|(?:it|they|he|she|its|their|such|similarly|likewise|another)\b"
    # "Both of them fell", "neither did"; but "both salt and sand fell", "neither lamp was lit"
    r"|both\b(?! (?:\S+ ){1,6}and )"
    r"|neither (?:of (?:these|those|them|the)|was|were|is|are|has|had|did)\b"
    r"|the (?:former|latter|differences?|others?|same|remaining|rest)\b"
    r"|(?:an?|the) (?:similar|same|opposite|reverse)\b|similar [a-z]+ (?:was|were)\b|none\b"
    r"|(?:one|two|most|all|some|each|none) of (?:these|those|them)\b)",
    re.IGNORECASE,
)


def leans(text: str) -> bool:
    """Whether a statement opens or ends with a word for what another sentence names."""
    return _LEANS.match(text) is not None or text.endswith((" them", " it"))


# "Zeta does this by two rules", "the balance of these parts"
_POINTS = re.compile(rf"\b{_THIS}", re.IGNORECASE)


def points(text: str) -> bool:
    """Whether a statement speaks within it of what another sentence names."""
    return _POINTS.search(text) is not None


def as_phrase(text: str) -> str:
    """A sentence without its full stop."""
    # Looked for where it can be alone: a search goes through all of the text.
    return text[:-1] if text.endswith(".") and _FULL_STOP.match(text, len(text) - 1) else text


def shortened(text: str, limit: int) -> str:
    """A text, cut between words where it is more than a fifth longer than a limit."""
    return _LOOSE_END.sub("", clip(text, limit + limit // 5))


# What a paper is doesn't tell it from the next.
_KIND = re.compile(
    r"\A(?:(?:study|trial|review) )?(?:protocol|review|letter|reply|comment|case (?:report|series)"
    r"|original (?:article|research)|brief report|short communication)s?: ",
    re.IGNORECASE,
)
_TRANSLATED = re.compile(r"\A\[([^\[\]]+)\]")


def short_title(title: str, limit: int) -> str:
    """A title that fits into a row: the name before its colon, else as many words as do."""
    title = as_phrase(title)
    if len(title) <= limit:
        return title
    # PubMed has a title that was translated in brackets, of which a part would have one.
    title = _TRANSLATED.sub(r"\1", title)
    title = _KIND.sub("", without_notice(title))
    if len(title) <= limit:
        return title
    name, colon, _ = title.partition(": ")
    if colon and _NAMED <= len(name) <= limit:
        return name
    return _LOOSE_END.sub("", clip(title, limit))


def trend_of(claim: str, metric: str, value: str) -> int:
    """1 where the words around a value without a sign say alone that it rose, -1 that it fell.

    Words of its metric ("weight loss") and of how something is ("high") say nothing of that. In
    "more rain cut yields by 3% and raised costs by 2%" each has the verb beside its metric.
    """
    at = claim.find(value)
    if at < 0 or not metric or value.startswith(_SIGNS) or " +" in value:
        return 0
    # It takes as long to import as the rest of a table, and few have a difference without a sign.
    from summarise.ground import directions  # noqa: PLC0415

    name, said = metric.lower(), claim[: at + len(value) + _REACH].lower()
    beside = re.search(_BESIDE.format(re.escape(name)), said[:at])
    told = directions(" ".join(filter(None, beside.groups()))) if beside else set()
    told = told or directions(_STATES.sub(" ", said.replace(name, " ")))
    return told.pop() if len(told) == 1 else 0


_SIGNS = ("+", "-", "−")
_REACH = 30
_BESIDE = r"(?:(\w+) (?:(?:the|its|mean|average) ){{0,2}})?{0}(?: (\w+))? by (?:\w+ ){{0,2}}\Z"
_STATES = re.compile(
    r"\b(?:high(?:est)?|low(?:est)?|large|big|great|small|few|minimal|more|less|least|long|short"
    r"|up|down|double|triple|loss|lost)\b"
)


def is_news(text: str, said: str) -> bool:
    """Whether a value isn't said yet by some words."""
    # A sentence capitalises the word that it begins with.
    return not _holds(said, text) and not _holds(said, text[:1].upper() + text[1:])


def _holds(text: str, value: str) -> bool:
    """Whether a text holds a value as a whole: "5" is in "5%", but not in "15" nor in "5.7"."""
    at = text.find(value)
    while at >= 0:
        end = at + len(value)
        if not _runs_on(text[max(0, at - 2) : at][::-1]) and not _runs_on(text[end : end + 2]):
            return True
        at = text.find(value, at + 1)
    return False


def _runs_on(outside: str) -> bool:
    """Whether what stands outside an end of a value, read away from it, goes on with a word."""
    nearest, next_one = outside[:1], outside[1:]
    if nearest in {"-", "_"}:
        return next_one.isalnum()
    return nearest.isalnum() or (nearest in {".", ","} and next_one.isdigit())
