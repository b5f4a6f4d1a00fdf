"""The shorter wordings of a sentence that code can vouch for: each only leaves something out.

A wording is the sentence without an opening ("However,", "To close this gap,"), an insertion
between commas, dashes or brackets, or a last clause of a kind that only adds; or, for what a paper
names, its apposition made a sentence ("We present Zeta, a parser that …": "Zeta is a parser that
…"). Where a cut could change what is said there is none: a main clause, a condition, a contrast,
an item of a list, and what a pronoun points to, stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from summarise.embedded import cues
from summarise.models import Span
from summarise.scan import one_of, words

_FEWEST_WORDS = 8
_CONNECTIVE = (
    "however|but|yet|nevertheless|nonetheless|unfortunately|moreover|furthermore|additionally"
    "|in addition|also|thus|therefore|hence|consequently|accordingly|as a result|next|then|finally"
    "|further|here|first|firstly|second|secondly|specifically|in particular|concretely|notably"
    "|recently|currently|to (?:this|that) end|for this purpose"
    "|in (?:this|the present) (?:paper|work|study|article|report|letter)"
)
_PURPOSE = (
    r"(?:to (?:address|close|bridge|overcome|tackle|fill|solve|mitigate|alleviate|resolve|remedy)"
    r"|despite|in spite of|motivated by|inspired by)\b[^,;:()]*"
)
_LEAD = re.compile(rf"(?:{_CONNECTIVE}|{_PURPOSE}), (?=\S)", re.IGNORECASE)
_BRACKET = re.compile(r" \([^()\d]+ [^()\d]+ [^()\d]+\)(?=[ ,.;:])")
# Behind the subject, never further on: there the second comma may belong to something else.
_INSERTION = re.compile(
    r"(?:[^\s,;:()]+ ){0,7}[^\s,;:()]+"
    r"(?P<cut>, (?:which|who|whose|such as|including) [^,;:()]*,) (?!and\b|or\b|\w+ing\b)[a-z]"
)
_DASHED = re.compile(r"(?P<cut> (?:--|—|–) [^;:()—–]*? (?:--|—|–)) [a-z]")
_ADDING = words(
    """which where whose resulting leading making including especially particularly hindering
    limiting hampering restricting enabling allowing causing encompassing effectively ultimately"""
)
_ADDS = rf"(?:thus |thereby |hence )?(?:such as|{one_of(_ADDING)}) "
_TAIL = re.compile(rf"(?:,|;| --| —| –) {_ADDS}[^,;:]*(?=\.\Z)")
_ADDITION = re.compile(rf", (?:that |{_ADDS})")
_TELLS_HOW = re.compile(r", (?:which|where|whose) ")
_JOINT = re.compile(r"[,;:—–]| -- ")
_POINTING = words("this these those such they it them their its he she his her former latter")
_SUBORDINATE = words(
    """although though while whereas since because when as if given with by for during after before
    unlike without despite to in on using based"""
)
_ACTS = cues.PROPOSING | cues.FINDING | cues.WORKS | words("release evaluate outperform apply")
_SECOND_ACT = re.compile(r"\band (?:we |then |further |also )?([a-z]+)")
# "To reduce noise, slow drift and loss, we …": its first comma doesn't end the opening.
_LIST_GOES_ON = re.compile(r"[^,]*,? (?:and|or) [^,]*, (?:we|this|our|the|here|in)\b")
_ENCLOSED = re.compile(r"\([^()]*\)")


def shorter(sentence: str) -> tuple[str, ...]:
    """The sentence with one or more parts left out, the fewest first.

    Args:
        sentence: On one line. Without a full stop at its end nothing is left out of it.

    Returns:
        Whole sentences of at least eight words; empty where nothing can go.
    """
    if not sentence.endswith("."):
        return ()
    sites = _sites(sentence)
    found: dict[str, None] = {}
    for count in range(1, len(sites) + 1):
        for cuts in combinations(sites, count):
            if all(left.end <= right.start for left, right in pairwise(cuts)):
                found.update(dict.fromkeys(_reduced(sentence, cuts)))
    return tuple(found)


def _sites(sentence: str) -> list[Span]:
    """What may go, in order."""
    sites = []
    lead = _LEAD.match(sentence)
    start = lead.end() if lead else 0
    if lead:
        sites.append(Span(*lead.span()))
    if bracket := _BRACKET.search(sentence):
        sites.append(Span(*bracket.span()))
    inside = (_insertion(sentence, start), _DASHED.search(sentence))
    sites += [Span(*found.span("cut")) for found in inside if found]
    tail = _TAIL.search(sentence)
    if tail and _may_end(sentence, start, tail.start()):
        sites.append(Span(*tail.span()))
    return sorted(sites)


def _insertion(sentence: str, start: int) -> re.Match[str] | None:
    """An insertion behind the subject; behind a subordinate clause its second comma is needed."""
    if sentence[start:].split(" ", 1)[0].lower() in _SUBORDINATE:
        return None
    return _INSERTION.match(sentence, start)


def _may_end(sentence: str, start: int, end: int) -> bool:
    """Whether a sentence may end early: not where "we propose a parser, which …" tells how."""
    if _TELLS_HOW.match(sentence, end) and cues.PROPOSES.search(sentence):
        return False
    return _holds_main_clause(sentence[start:end])


def _holds_main_clause(head: str) -> bool:
    """Whether a beginning says something by itself: after "While …," the main clause has begun."""
    if head.count("(") != head.count(")"):
        return False
    if head.split(" ", 1)[0].lower() not in _SUBORDINATE:
        return True
    _, comma, main = head.partition(", ")
    return bool(comma) and len(main.split()) >= _FEWEST_WORDS


def _reduced(sentence: str, cuts: Sequence[Span]) -> Iterator[str]:
    """The sentence without some parts, if what is left stands by itself."""
    bounds = [0, *(edge for cut in cuts for edge in cut), len(sentence)]
    rest = "".join(sentence[a:b] for a, b in zip(bounds[::2], bounds[1::2], strict=True))
    lead = cuts[0] if cuts[0].start == 0 else None
    if lead:
        rest = _capitalised(rest)
    if len(rest.split()) >= _FEWEST_WORDS and not (lead and _points_back(lead.of(sentence), rest)):
        yield rest


def _points_back(lead: str, rest: str) -> bool:
    """Whether a list or a pronoun may belong to what stood in an opening."""
    if _LIST_GOES_ON.match(rest):
        return True
    return len(lead.split()) > 4 and not _POINTING.isdisjoint(cues.WORD.findall(rest.lower()))


def _capitalised(text: str) -> str:
    word = text.split(" ", 1)[0]
    return text[0].upper() + text[1:] if word == word.lower() else text


def defining(sentence: str, name: str) -> str | None:
    """What a sentence says that a named thing is, as a sentence about it.

    Args:
        sentence: On one line.
        name: As the sentence has it.

    Returns:
        "Zeta is a parser that …" of "we present Zeta, a parser that …" or of "… a parser called
        Zeta that …"; "Zeta parses …" of "we present Zeta, which parses …"; None where the sentence
        doesn't say it in one of these ways, or goes on to something else.
    """
    if not sentence.endswith("."):
        return None
    for form in (_apposed, _called, _relative):
        if found := form(sentence, name):
            return found
    return None


def _apposed(sentence: str, name: str) -> str | None:
    found = re.search(rf"{_named(name)}(?: \([^()]*\))?, (an?|the) (.+)\Z", sentence)
    if found is None or not _introduced(sentence[: found.start()]) or not _is_one_phrase(found[2]):
        return None
    return f"{name} is {found[1]} {found[2]}"


def _called(sentence: str, name: str) -> str | None:
    found = re.search(
        r"\b([Aa]n?|[Tt]he|[Oo]ur) ((?:(?! and | or | an? | the )[^,;:()])*?),? "
        r"(?:called|named|termed|dubbed) "
        rf"(?:[^,;:()]* \()?{_named(name)}(?:\.\Z|,? (?:that|which) (.+)\Z)",
        sentence,
    )
    if found is None or (found[3] and not _is_one_phrase(found[3])):
        return None
    article = found[1].lower().replace("our", "a")
    return f"{name} is {article} {found[2]}{f' that {found[3]}' if found[3] else '.'}"


def _relative(sentence: str, name: str) -> str | None:
    found = re.search(
        rf"{_named(name)}(?: \([^()]*\))?, which ((?:\w+ly )?(\w+s|can) .+)\Z", sentence
    )
    if found is None or found[2] in cues.FINDING | cues.OUTCOME | cues.CHANGE:
        return None  # "which shows" may speak of the whole clause
    if not _introduced(sentence[: found.start()]) or not _is_one_phrase(found[1]):
        return None
    return f"{name} {found[1]}"


def _named(name: str) -> str:
    """A pattern for the name, alone or in the brackets behind its long form."""
    return rf"(?<![\w-]){re.escape(name)}\)?"


def _introduced(before: str) -> bool:
    """Whether the clause in front of a name says that the authors bring it."""
    clause = re.split(r"[,;:]", before)[-1]
    return cues.PROPOSES.search(clause) is not None


def _is_one_phrase(rest: str) -> bool:
    """Whether all that follows belongs to the thing: no list, no next clause, no second act."""
    outside = _ENCLOSED.sub("", rest)
    if "(" in outside or ")" in outside:
        return False
    if any(not _ADDITION.match(outside, joint.start()) for joint in _JOINT.finditer(outside)):
        return False
    return all(act[1] not in _ACTS for act in _SECOND_ACT.finditer(outside))
