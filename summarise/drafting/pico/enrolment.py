"""How well what a sentence says around some people tells that they are whom the study looked at."""

from __future__ import annotations

import re
from typing import NamedTuple

from summarise.drafting.pico.people import People
from summarise.scan import words

_REACH = 160

_TAKING_PART = (
    r"(?:enrol+ed|recruited|included|randomi[sz]ed|randomly|assigned|allocated|surveyed|studied"
    r"|interviewed|selected|followed|sampled|participat(?:ed|ing)|involved|entered|recruiting"
    r"|enrol+ing)"
)
_LOOKED_AT = (
    r"(?:examined|analy[sz]ed|tested|assessed|evaluated|identified|observed|reviewed|registered"
    r"|monitored)"
)
# "nurses | at five clinics were interviewed"
_TOOK_PART = re.compile(
    r"\A(?: (?:at|in|from|for) [^,.;:]{0,50}?)?,? ?(?:who |that )?"
    r"(?:(?:were|was|will be|are|have been|had been|have|is) (?:[a-z]+ly |then |also |finally )*"
    rf"(?:{_TAKING_PART}|{_LOOKED_AT})\b"
    r"|(?:will )?(?:participated?|took part|take part|complet\w+|respond\w+|consented?|agreed to"
    rf"|answered|replied|returned|underwent|{_TAKING_PART}|{_LOOKED_AT})\b)"
)
_TOOK_PART_LATER = re.compile(
    r"\A[^.;:]{0,110}? (?:were|was|are|will be) (?:[a-z]+ly )?"
    r"(?:included|enrol+ed|recruited|randomi[sz]ed|interviewed|surveyed)\b"
)
# "a survey was conducted among | nurses"
_TAKEN_IN = re.compile(
    rf"(?:(?:(?<!the )(?<!sub-)\b(?:{_TAKING_PART}"
    r"|(?:will|to) (?:include|evaluate|examine|study|assess|test|follow)"
    r"|recruit|enrol+|survey(?:s|ed|ing)?|involv(?:ing|es)|includ(?:es|ing|e)|compris\w+"
    r"|consist(?:s|ed|ing) of|data (?:from|of|on|for)|sample (?:of|was|were)|cohorts? of"
    r"|(?:conducted|performed|carried out|undertaken|done) (?:in|among|amongst|with|on|at)"
    r"|(?:completed|answered|returned|filled(?: in| out)?) by"
    r"|(?:stud(?:y|ies)|surveys?|trials?|analysis|follow-up|review|registry|assessment|examination)"
    r" (?:of|in|among|amongst|with|on|from|to|were)"
    r"|administered to|distributed (?:to|among)"
    r"|(?:participants|subjects|patients|respondents|population|group|controls|cases)"
    r" (?:were|are|was|is|will be|included|comprised|consisted of|comprises)"
    r"|information (?:from|on)|collected (?:from|among|in)|obtained from"
    r"|(?:records|charts|files|registers) (?:of|from|for)|drawn from))(?: (?:up|in|from|with|on))?"
    rf"|(?<!the )\b{_LOOKED_AT})"
    r"(?: (?:a total of|the|all|over|about|approximately|around|nearly|almost|more than|at least"
    r"|an?|overall|our|total|of|from|in"
    r"|a (?:random |convenience |representative |national |nationally |large |probability "
    r"|purposive |stratified |cluster |final |consecutive |systematic )*"
    r"(?:sample|cohort|group|population|series) of))*\s*\Z",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"\b(?:a total(?: sample| number)?(?: of)?|in total,?|overall,?|finally,?|altogether,?)\s*\Z",
    re.IGNORECASE,
)
# "Participants Nurses at two clinics."
_LABEL = re.compile(
    r"(?:Study )?(?:[Pp]opulation|[Pp]articipants|[Pp]atients|[Ss]ubjects|[Ss]ample) "
)
_ASKED = re.compile(
    r"\A[^.;,]{0,40}? (?:were|was) (?:invited|approached|asked|screened|contacted"
    r"|assessed for (?:[a-z]+ )?(?:participation|eligibility|inclusion))\b"
)
_ASKED_BEFORE = re.compile(r"\b(?:screened|invited|approached|contacted|mailed)(?: a total of)? \Z")

_PART_BEFORE = re.compile(
    r"(?:\A(?:of|among) (?:the|all)|\d\)? of (?:the|all)"
    r"|\b(?:of (?:whom|which|these|those)|among (?:these|them|those)"
    r"|(?:proportion|percent(?:age)?|majority|most|half|third|quarter|subset|subgroup|subsample"
    r"|number|prevalence|rate)s? (?:of|in|among)|such as|\d ?% (?:of|in|among)|than|only)"
    r"(?: the| all| these)?|, including|[=<>])\s*\Z",
    re.IGNORECASE,
)
_SHARE_ASIDE = re.compile(r" ?[(\[]\d[\d.]* ?%(?! ?[A-Za-z])")
# "41% of the | 90 nurses"
_WHOLE_BEFORE = re.compile(
    r"(?:%|\d\)?|\b(?:half|most|majority|all|third|quarter))"
    r" (?:of|in|among) (?:the|all|these)(?: the)?\s*\Z"
)
# "Of | 90 nurses"
_OF = ("Of", "Of the", "From", "Out of", "Among", "Among the", "From the")
_NARROWED = re.compile(r" (?:who|with|without) ")
_TOOK_FEWER = re.compile(
    r"\A[^.;]{0,60}?, \d[\d,]*+(?!\.\d| ?%)(?: [\w-]+){0,12}? (?:took part|participated"
    r"|(?:were|was) (?:included|enrol+ed|recruited|analy[sz]ed|examined|randomi[sz]ed|interviewed"
    r"|eligible)|completed|responded|consented|agreed|returned|met)\b"
)
_SOURCE_BEFORE = re.compile(r"\d [a-z]+ (?:from|of) the\s*\Z|\bout of(?: the)?\s*\Z")

_LEFT_OUT = re.compile(r"\b(?:exclud\w+|except|other than)\b[^.;]{0,40}\Z", re.IGNORECASE)
_ARE_LEFT_OUT = re.compile(r"\A[^.;,]{0,60}? (?:were|was) (?:then )?excluded\b")
# "31 per 100 000 children" counts nobody.
_RATE_BEFORE = re.compile(r"\bper (?:[\d ,]+ )?\Z")
_GOES_ON = re.compile(r"%[^.;,]{0,24}\Z|\b(?:to|help|helps|and|or)\s*\Z")
AMONG = re.compile(r"\b(?:in|among|amongst)(?: the| all)?\s*\Z", re.IGNORECASE)
OF_PEOPLE = (" of ", " of the ", " by ", " for ")
_POINTS_BACK = ("these ", "These ", "those ", "Those ")

# Who gives what is studied: "the nurses delivered", "by trained teachers", "of training teachers".
_ACTS = re.compile(
    r"\A (?:[a-z]+ly )?(?:will )?(?:implement|carr(?:y|ied) out|deliver|provid|conduct|perform"
    r"|administer|collect|train|diagnos|offer|led\b|play|us(?:e|ed) (?:the|an?)\b|visited|measured"
    r"|taught|interviewed|extracted|screened)"
)
_AGENT = re.compile(
    r"\b(?:(?<!completed )(?<!answered )(?<!returned )by|we|our)(?: the)?\s*\Z", re.IGNORECASE
)
_BEFORE_GERUND = (" by ", " of ", " for ", " from ", " through ")
_GERUND = re.compile(
    r"(?!(?:nursing|breast-?feeding|lactating|working|age?ing|living|teaching|training"
    r"|participating|practi[cs]ing|smoking|consenting|responding|attending|childbearing|visiting"
    r"|caring)\b)[a-z]+ing "
)
_FEW = re.compile(
    r"(?:[1-9]|two|three|four|five|six|seven|eight|nine|one) (?!hundred|thousand|million)",
    re.IGNORECASE,
)
_ROLES = words(
    """participants subjects respondents volunteers interviewees informants attendees members cases
    controls representatives recipients observers readers"""
)


_WHERE = re.compile(r"^(?:\S+ )?[A-Za-z-]+ (?:from|in|at|of (?:the|this|our)|recruited|enrol+ed) ")


class Enrolment(NamedTuple):
    """What is said of some people's part in a study.

    Attributes:
        worth: How well it tells that they are whom the study looked at.
        is_taken: Whether it says that they took part, or what share of them did what.
        is_part: Whether they are some of those who took part, or those of whom some did.
    """

    worth: float
    is_taken: bool
    is_part: bool


def has_role_only(who: People) -> bool:
    """Whether all that is told is that people took part: "healthy volunteers"."""
    is_placed = who.is_complemented and not _WHERE.search(who.text)
    return not who.is_specific or (not is_placed and who.noun.lower() in _ROLES)


def enrolment_of(who: People, base: float, *, is_result: bool) -> Enrolment | None:
    """What the words around some people say of their part; none where they were left out.

    Args:
        who: The people.
        base: What is known of the sentence: how well it can tell who was studied.
        is_result: Whether it reports what came out.
    """
    before, after = who.before[-_REACH:], who.after
    if _RATE_BEFORE.search(before) or _LEFT_OUT.search(before) or _ARE_LEFT_OUT.match(after):
        return None
    is_whole, is_part = _whole_or_part(who, before, after)
    is_asked = bool(_ASKED.match(after) or _ASKED_BEFORE.search(before))
    is_taken = not is_part and not is_asked and _is_taken(who, before, after)
    worth = base + who.told + who.is_specific + 2 * (who.size is not None)
    worth += 4 * is_taken + 2 * (is_whole and not is_taken) - 5 * is_part - 3 * is_asked
    worth += AMONG.search(before) is not None
    if not (is_taken or who.size):
        worth -= before.endswith(OF_PEOPLE)
        worth -= 2 * (is_result and not is_whole)
    if is_whole and not is_taken:
        worth -= who.told
    if not who.size:
        worth -= _GOES_ON.search(before) is not None
    if who.noun.lower() in _ROLES:
        worth -= 2 * has_role_only(who)
    return Enrolment(worth - _misled(who, before, after), is_taken or is_whole, is_part)


def _misled(who: People, before: str, after: str) -> float:
    """How much speaks against people: they point back, are very few, or give what is studied."""
    is_done_to = before.endswith(_BEFORE_GERUND) and _GERUND.match(who.text)
    acts = bool(is_done_to or _ACTS.match(after) or _AGENT.search(before))
    # "in 149 cases": not of people
    is_case = who.noun == "cases" and before.endswith(" in ")
    points = 3 * (before.endswith(_POINTS_BACK) or is_case)
    return points + 4 * acts + 6 * bool(_FEW.match(who.text))


def _is_taken(who: People, before: str, after: str) -> bool:
    """Whether it is said that people took part."""
    if _LABEL.fullmatch(who.before):
        return True
    at_first = not who.before and (after in ("", ".") or _TOOK_PART_LATER.match(after))
    found = at_first or _TOOK_PART.match(after) or _TAKEN_IN.search(before)
    return bool(found or _TOTAL.search(before))


def _whole_or_part(who: People, before: str, after: str) -> tuple[bool, bool]:
    """Whether people are the whole that shares are told of, and whether they are a part of it."""
    if who.size and _SOURCE_BEFORE.search(before):
        return False, True
    if who.size and before.rstrip().endswith(_OF):
        is_source = _TOOK_FEWER.match(after) or _NARROWED.search(who.text)
        return not is_source, bool(is_source)
    if who.size and _WHOLE_BEFORE.search(before):
        return True, False
    is_part = _PART_BEFORE.search(before) or any(map(_SHARE_ASIDE.match, who.asides))
    return False, bool(is_part)
