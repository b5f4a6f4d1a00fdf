"""Who a clinical study looked at, and how many, in the words of its abstract."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from summarise.drafting.pico.enrolment import (
    AMONG,
    OF_PEOPLE,
    Enrolment,
    enrolment_of,
    has_role_only,
)
from summarise.drafting.pico.people import People, is_people, people_in, short_for_people
from summarise.reading import PaperParts, Reading, Sentence
from summarise.scan import DIGITS, SPELLED, Section, one_of, words

_LEAST = 2.5
_FAR_BETTER = 1.9
_SURE = 3.5
# How well a sentence can tell who was studied, by its part in the paper.
_IN_AIM, _IN_METHOD, _IN_TITLE, _IN_RESULTS, _ELSEWHERE, _IN_CONCLUSION, _IN_BACKGROUND = (
    *(2.0, 1.5, 0.4, -0.5),
    *(-1.0, -1.5, -2.0),
)

_OF_WHOM = re.compile(
    r"\b(?:in|among|amongst|against|of|for|by|on|with|from|between)(?: the| all)?\s*\Z"
)
_SPELLED = rf"{one_of(SPELLED)}(?:-{one_of(SPELLED)})?"
_NUMBER = re.compile(
    rf"(?:{DIGITS}(?:\.\d+)?|\b{_SPELLED}\b)"
    rf"(?: (?:hundred|thousand|million)\b(?:(?: and)? {_SPELLED}\b)?)*",
    re.IGNORECASE,
)
_DIGITS = re.compile(DIGITS)
_WORD = re.compile(r"[A-Za-z-]+")
# "90 nurses were asked, and 60 were examined"
_ANSWERED = re.compile(
    rf"[,;] (?:and |of (?:whom|which) )?(?P<n>{DIGITS}) (?:\([^()]*\) )?"
    r"(?:were (?:examined|included|enrol+ed|analy[sz]ed|recruited|interviewed|randomi[sz]ed)"
    r"|(?:completed|participated|responded|consented|agreed|returned|took part))\b"
    rf"| and (?:selected|enrol+ed|included|recruited|randomi[sz]ed) (?P<m>{DIGITS})(?=[ ,.])"
)
_NEAR = 14
_SIZE_TOLD = re.compile(
    r"\b(?:sample size|target(?:ed)? (?:recruitment|enrol\w+|sample)|recruitment (?:number|target)"
    r"|total sample|study sample|final sample)\b(?:(?! (?:mean|age))[^.;\d]){0,60}?"
    rf"(?P<n>{DIGITS})(?! ?(?:%|years|months|weeks))",
    re.IGNORECASE,
)
_TELLS_SIZE = words("sample target targeted recruitment")
_N_IS = re.compile(rf"[(\[,] ?(?:total )?[Nn] ?= ?(?P<n>{DIGITS})")
_SAMPLING = words("sample samples participants respondents subjects survey cohort questionnaire")


class _Candidate(NamedTuple):
    who: People
    number: int  # of the sentence; 0 is the title
    worth: float
    is_taken: bool
    is_part: bool


_Size = tuple[str, int]


def population_of(
    reading: Reading, parts: PaperParts, data: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The people of a study as the draft has them; ``data`` is what the paper is taken to use."""
    told = sorted(_told(reading, parts), key=lambda one: -one.worth)
    best = _best(told)
    if best is None:
        return {"text": None, "size": None, "sentences": []}
    best = _fuller(told, best)
    size, of_size = _size(reading, told, best, data) or (None, 0)
    numbers = sorted({number for number in (best.number, of_size) if number})
    return {"text": best.who.text, "size": size, "sentences": numbers}


def _told(reading: Reading, parts: PaperParts) -> Iterator[_Candidate]:
    """The people that the title and the sentences name, with how well each says who was studied."""
    title = reading.title or ""
    usable = [s for s in reading.sentences if not s.is_instruction]
    shorts = short_for_people(" ".join((title, *(s.body for s in usable))))
    for who in people_in(title, shorts):
        base = _IN_TITLE + bool(_OF_WHOM.search(who.before)) + who.before.endswith(OF_PEOPLE)
        if found := enrolment_of(who, base, is_result=False):
            yield _Candidate(who, 0, found.worth, is_taken=False, is_part=found.is_part)
    method, results = ({s.number for s in part} for part in (parts.method, parts.results))
    for sentence in usable:
        base = _base(sentence, method, results)
        for who in people_in(sentence.body, shorts):
            if found := enrolment_of(who, base, is_result=base == _IN_RESULTS):
                # Of two alike the first.
                yield _at(sentence, who, found)


def _at(sentence: Sentence, who: People, found: Enrolment) -> _Candidate:
    return _Candidate(
        who, sentence.number, found.worth - sentence.number / 100, found.is_taken, found.is_part
    )


def _base(sentence: Sentence, method: set[int], results: set[int]) -> float:
    if sentence.section is Section.CONCLUSION or sentence.is_concluding:
        return _IN_CONCLUSION
    if sentence.states_aim or sentence.tells_topic:
        return _IN_AIM
    if sentence.section is Section.BACKGROUND:
        return _IN_BACKGROUND
    if sentence.number in results:
        return _IN_RESULTS
    return _IN_METHOD if sentence.number in method else _ELSEWHERE


def _best(told: Sequence[_Candidate]) -> _Candidate | None:
    """Those of whom it is told best that they were studied, and who they are."""
    best = next((one for one in told if not has_role_only(one.who) and one.worth > _LEAST), None)
    counted = next((one for one in told if one.who.size and one.is_taken), None)
    # "in adults with asthma" surely tells whom.
    margin = _FAR_BETTER + (3 if best and AMONG.search(best.who.before) else 0)
    if best is None or (counted and counted.worth > best.worth + margin):
        best = counted or best
    return best if best and best.worth > 0 else None


def _fuller(told: Sequence[_Candidate], best: _Candidate) -> _Candidate:
    """The same people where more is said of them: not "90 nurses" but "nurses on night shifts"."""
    if best.who.is_complemented:
        return best
    known = _words(best.who)
    for one in told:
        who = one.who
        is_fuller = who.is_complemented or who.told > best.who.told == 0
        is_same = who.noun == best.who.noun and who.size in (None, best.who.size)
        is_sure = not one.is_part and (one.is_taken or one.worth > _SURE)
        if is_fuller and is_same and is_sure and known <= _words(who):
            return one
    return best


def _words(who: People) -> set[str]:
    return {word for word in who.text.lower().split() if word[0].isalpha()}


# How many.


def _size(
    reading: Reading,
    told: Sequence[_Candidate],
    best: _Candidate,
    data: Sequence[Mapping[str, Any]],
) -> _Size | None:
    """How many took part, and the sentence that says so: from what says it best to what least."""
    counted = [one for one in told if one.who.size and one.is_taken and not one.is_part]
    several = [one for one in told if one.who.is_several and one.worth > 0]
    first = best if best.who.size or best.who.is_several else next(iter(counted or several), best)
    if first.who.is_several:
        return _sum_of(first, told)
    if first.who.size and not first.is_part:
        return first.who.size, first.number
    sentences = [s for s in reading.sentences if not s.is_instruction]
    named = {one.number for one in told if one.worth > 0}
    here = [s for s in sentences if s.number == best.number and best.is_taken]
    near = [s for s in sentences if s.number in named or s.has(_SAMPLING)]
    return (
        _first(here, _n_of)
        or _first(sentences, _answered)
        or _of_data(data, {s.number: s.body for s in sentences if s.number in named})
        or _first(sentences, _aimed_at)
        or _first(near, _n_of)
    )


def _sum_of(several: _Candidate, told: Sequence[_Candidate]) -> _Size | None:
    """Where all are counted of whom the groups are counted."""
    total = sum(_value(found.group()) for found in _DIGITS.finditer(several.who.text))
    sizes = ((one.who.size, one.number) for one in told if one.who.size)
    return next(((size, number) for size, number in sizes if _value(size) == total), None)


def _value(size: str) -> int:
    digits = re.sub(r"[,\s]", "", size)
    return int(digits) if digits.isdecimal() else 0


def _first(
    sentences: Sequence[Sentence], look: Callable[[Sentence], re.Match[str] | None]
) -> _Size | None:
    for sentence in sentences:
        if match := look(sentence):
            return match[match.lastgroup or 0].rstrip(","), sentence.number
    return None


def _n_of(sentence: Sentence) -> re.Match[str] | None:
    """The one "n = 90" of a sentence."""
    found = list(_N_IS.finditer(sentence.body)) if "=" in sentence.text else []
    return found[0] if len(found) == 1 and not _is_share(sentence.body, found[0]["n"]) else None


def _answered(sentence: Sentence) -> re.Match[str] | None:
    match = _ANSWERED.search(sentence.body)
    named = _WORD.findall(sentence.body[: match.start()])[-_NEAR:] if match else []
    return match if any(map(is_people, named)) else None


def _aimed_at(sentence: Sentence) -> re.Match[str] | None:
    return _SIZE_TOLD.search(sentence.body) if sentence.has(_TELLS_SIZE) else None


def _of_data(data: Sequence[Mapping[str, Any]], bodies: Mapping[int, str]) -> _Size | None:
    """The size of what is studied, where it is people and its sentence, of some, names them."""
    for entry in data:
        number = next(iter(entry["sentences"]), 0)
        if entry["role"] != "studied" or not entry["size"] or number not in bodies:
            continue
        size = _NUMBER.search(entry["size"])
        is_of_people = any(map(is_people, _WORD.findall(entry["name"])))
        if size and is_of_people and not _is_share(bodies[number], size.group()):
            return size.group(), number
    return None


def _is_share(text: str, number: str) -> bool:
    """Whether a number counts those of a share, or of each of several groups."""
    at = re.escape(number)
    share = rf"%[^,.;]{{0,40}}[(\[][Nn] ?= ?{at}|{at} [a-z-]+ (?:each|per)\b"
    return re.search(share, text) is not None
