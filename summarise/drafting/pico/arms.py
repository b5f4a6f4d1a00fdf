"""What a clinical study did to people, and what it compared that with.

The surest source comes first: to what people were assigned, what the title says, what each group
received, what the aim says; then whose association was studied.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

from summarise.drafting.clauses import Clauses
from summarise.drafting.pico.arm_names import (
    NONE_OF_IT,
    NOTHING_DONE,
    is_thing,
    noun_phrase,
    region,
)
from summarise.drafting.pico.arm_sources import (
    AGAINST,
    EFFECT,
    GETS,
    GROUP_ENDS,
    TRIAL,
    ArmPair,
    ArmText,
    added,
    assigned,
    compared,
    group_got,
    is_aim,
    is_other,
    linked,
    received,
    tested,
    trial_title,
    whether,
    with_effect,
)
from summarise.reading import Reading, Sentence

_MOST_WORDS = 15

# Who has it, what they think of it or what it comes from: nothing was done to them.
_DESCRIBES = re.compile(
    r"\b(?:prevalence|incidence|knowledge|attitudes?|perceptions?|perceived|views|experiences?"
    r"|qualitative|trends?|burden|epidemiology|determinants|predictors|correlates|causes"
    r"|(?:risk )?factors)\b",
    re.IGNORECASE,
)
# "risk factors of gout": gout is no exposure.
_CAUSED = re.compile(
    r"\b(?:factors|determinants|predictors|causes|prevalence|incidence|correlates)"
    r"(?: (?:associated|related))? (?:of|for|with|to|in) (?P<o>[a-z]+(?: [a-z]+)?)",
    re.IGNORECASE,
)
_DONE_INSTEAD = re.compile(
    rf"\b(?:controls?|comparison|comparator|(?-i:CG|COM|CON)){GROUP_ENDS} {GETS} ", re.IGNORECASE
)
_JOINED = re.compile(r",? (?:or|and|versus|vs\.?|compared (?:with|to)|with|to)(?: to)? ?\Z")
_REGIMEN = re.compile(
    r"\b\d[\d.,]*[- ]?(?:mg|g|µg|μg|mcg|ml|mL|IU|units?|kg|weeks?|months?|days?|years?|sessions?"
    r"|hours?|minutes?|min|cycles|times|doses)\b|\b(?:once|twice|daily|weekly|monthly)\b"
)
# What others than those exposed are called.
_UNEXPOSED = re.compile(
    r"(?:(?:the )?(?:non[- ]?[a-z]{4,}|un(?:exposed|vaccinated|treated|infected|affected)"
    r"|never[- ][a-z]+)|(?:those|women|men|children|people|patients|participants|individuals"
    r"|families|adults)(?: who)? (?:without|not|never|did not|had no))\b"
    r"(?: (?!(?:and|or|was|were|is|are|had|in|at|for|with|after|during)\b)[\w/-]+){0,5}",
    re.IGNORECASE,
)
_CONTROLS = re.compile(
    r"(?<!no )(?<!without )(?<!without a )(?<!lack of )(?<!lack of a )"
    r"\b(?:(?:healthy|matched|waiting[- ]list|wait[- ]?list|active) )?(?:control|comparison)"
    r" (?:group|arm|condition|school|cluster|area|participant|period|patient|communit|village)"
    r"[a-z]*|(?<=served as )controls?|(?<=served as the )controls?",
    re.IGNORECASE,
)
# "controls (n = 40)", "comparison primary schools (n = 12)"
_COUNTED_CONTROLS = re.compile(
    r"(?<!case )(?<!case-)\b(?:controls|(?:control|comparison) (?:[a-z-]+ ){0,2}[a-z]+)"
    r"(?=['’\"”]? ?\(n ?= ?\d)",
    re.IGNORECASE,
)
_INSIDE = re.compile(r" ?\((?:n ?= ?\d+[,;] ?)?", re.IGNORECASE)
_IS_HELD = re.compile(r"\b(?:was|were|is|are|will be) \Z", re.IGNORECASE)
# By what numbers were compared, not with what.
_BY_TEST = re.compile(
    r"\b(?:tests?|analys[ie]s|regressions?|models?|statistics|anova)\b", re.IGNORECASE
)
_CLAUSE_STOP = re.compile(r"[.,;:](?= |\Z)| \(")
_AS_USUAL = re.compile(r"(?:usual|standard|routine|regular|conventional) ", re.IGNORECASE)
_OR_NOTHING = re.compile(
    r"\b(?:random|assign|allocat|receiv|given)[^.;]{0,160}? (?:or|and)(?: to)?(?: an?| the)?"
    rf" (?P<c>{NONE_OF_IT}\b)",
    re.IGNORECASE,
)
_MATCHED = re.compile(r"(?<!case[- ])\b(?:(?:healthy|matched|\d+) )?controls\b", re.IGNORECASE)
_LONG_WORD = re.compile(r"\w{4,}")
# What an aim looks into is an exposure where the title has it, too.
_MEANT = (with_effect, whether, linked)


class NamedArm(NamedTuple):
    """A name and the sentence that it was found in; 0 is the title."""

    name: str
    sentence: int


def arms_of(sentences: Iterable[Sentence], title: str) -> tuple[NamedArm | None, NamedArm | None]:
    """What was done, and what it was compared with."""
    heading = ArmText(0, title, title.lower())
    body = [ArmText(s.number, s.body, s.body.lower()) for s in sentences]
    texts = [heading, *body]
    is_trial = any(TRIAL.search(one.text) for one in texts)
    done, instead = next(_told(heading, body, is_trial=is_trial), (None, None))
    if done is None:
        counted = ((one, _COUNTED_CONTROLS.search(one.text)) for one in body)
        return None, next((NamedArm(m.group(), one.number) for one, m in counted if m), None)
    if instead is None:
        instead = _instead(body, is_trial=is_trial, done=done.name)
    return _in_full(_cited(done, body), body), instead


def _told(
    heading: ArmText, body: list[ArmText], *, is_trial: bool
) -> Iterator[tuple[NamedArm, NamedArm | None]]:
    """What was done in the words of each source, the surest first."""
    title = frozenset(re.findall(r"\w+", heading.low))
    for source, where in _sources(heading, body, is_trial=is_trial):
        for one, pair in ((text, pair) for text in where for pair in source(text)):
            done, instead, is_sure = pair
            if not done or not is_thing(done) or NOTHING_DONE.fullmatch(done):
                continue
            if not is_sure:
                has_title = _is_of(done, title)
                if source in _MEANT and one.number and not (is_trial or has_title):
                    continue
                is_swapped = source is assigned and not has_title
                if instead and is_swapped and is_thing(instead) and _is_of(instead, title):
                    done, instead = instead, done
            yield NamedArm(done, one.number), NamedArm(instead, one.number) if instead else None


def _sources(
    heading: ArmText, body: list[ArmText], *, is_trial: bool
) -> Iterator[tuple[Callable[[ArmText], Iterator[ArmPair]], list[ArmText]]]:
    """Ways to tell what was done, and the texts to look for each in."""
    texts, in_order = [heading, *body], sorted(body)
    has_effect = EFFECT.search(heading.text) is not None
    is_described = not (is_trial or has_effect) and _DESCRIBES.search(heading.text) is not None
    yield assigned, texts
    if not is_described:
        yield from ((compared, texts), (added, texts), (with_effect, [heading]), (group_got, body))
        yield with_effect, in_order
    if is_trial:
        yield from ((trial_title, [heading]), (tested, body))
    if not is_described:
        yield from ((received, body), (whether, texts))
    caused = _CAUSED.search(heading.text)
    if caused:
        yield partial(linked, outcome=caused["o"].lower()), texts
    else:
        yield linked, texts


def _is_of(name: str, title: Collection[str]) -> bool:
    """Whether a name has a word of the title, or is short for what we can't tell."""
    return not title or name.isupper() or any(w in title for w in _LONG_WORD.findall(name.lower()))


def _cited(named: NamedArm, body: list[ArmText]) -> NamedArm:
    """A name of the title with a sentence that has it, too."""
    if named.sentence:
        return named
    low = named.name.lower()
    for one in body:
        at = one.low.find(low)
        if at >= 0 and len(one.low) == len(one.text):
            return NamedArm(one.text[at : at + len(low)], one.number)
    return named


_LARGE_WORD = re.compile(r"\b(?!(?:and|at|by|for|in|of|on|the|to|with)\b)[^\W_]+")


def _in_full(named: NamedArm, body: list[ArmText]) -> NamedArm:
    """An acronym by the words that stand before it in brackets, where its letters are theirs."""
    letters = named.name.lower()
    if not named.name.isupper() or not named.name.isalpha():
        return named
    for one in body:
        at = one.text.find(f" ({named.name})")
        words = list(_LARGE_WORD.finditer(one.text, 0, max(at, 0)))[-len(letters) :]
        if len(words) == len(letters) and [w[0][0].lower() for w in words] == list(letters):
            return NamedArm(one.text[words[0].start() : at], one.number)
    return named


def _instead(body: list[ArmText], *, is_trial: bool, done: str) -> NamedArm | None:
    """What the others got, or who they are."""
    known = done.lower()
    held = partial(_held_against, done=done)
    for source in (_others_got, _or_nothing, held, _against, _controls):
        for one in body:
            for told in source(one, is_trial=is_trial):
                if told.lower() != known:
                    return NamedArm(told, one.number)
    return None


def _others_got(one: ArmText, *, is_trial: bool) -> Iterator[str]:
    """“The control group received Y”."""
    if not is_trial or not one.has("control", "compar", "cg", "com", "con"):
        return
    for match in _DONE_INSTEAD.finditer(one.text):
        told = noun_phrase(one.text, match.end())
        if told and (is_thing(told) or NOTHING_DONE.match(told) or _AS_USUAL.match(told)):
            yield told


def _or_nothing(one: ArmText, *, is_trial: bool) -> Iterator[str]:
    """“received X or placebo”."""
    found = _OR_NOTHING.search(one.text) if is_trial else None
    if found:
        yield noun_phrase(one.text, found.start("c")) or found["c"]


def _against(one: ArmText, *, is_trial: bool) -> Iterator[str]:
    """Nothing, those without it, or, in the aim of a trial, whatever it is compared with."""
    for match in AGAINST.finditer(one.text):
        if one.low.endswith("other", 0, match.start() - 1):
            continue
        unexposed = _UNEXPOSED.match(one.text, match.end())
        told = unexposed.group() if unexposed else noun_phrase(one.text, match.end())
        if not told:
            continue
        is_aimed_at = is_trial and is_other(match, told) and is_aim(one.text[: match.start()])
        if unexposed or is_aimed_at or NOTHING_DONE.match(told):
            yield told


def _held_against(one: ArmText, *, is_trial: bool, done: str) -> Iterator[str]:
    """“Walks led by nurses were compared with rest at home or in a clinic”, in a trial of walks."""
    if not is_trial or not one.has("compared with", "compared to"):
        return
    for match in AGAINST.finditer(one.text):
        before = one.low[: match.start()]
        if not _IS_HELD.search(before) or not any(
            map(before.count, _LONG_WORD.findall(done.lower()))
        ):
            continue
        told = noun_phrase(one.text, match.end())
        if not told or not is_other(match, told) or _BY_TEST.search(told):
            continue
        stop = _CLAUSE_STOP.search(one.text, match.end())
        whole = region(one.text, match.end(), stop.start() if stop else len(one.text))
        yield whole if whole and whole.startswith(f"{told} or ") else told


def _controls(one: ArmText, *, is_trial: bool) -> Iterator[str]:
    """The group itself, unless brackets tell what it got."""
    found = (_CONTROLS if is_trial else _MATCHED).search(one.text)
    found = found or _COUNTED_CONTROLS.search(one.text)
    if found:
        inside = _INSIDE.match(one.text, found.end())
        nothing = NOTHING_DONE.match(one.text, inside.end()) if inside else None
        yield nothing.group() if nothing else found.group()


# As the draft has it.


def arm_as_json(named: NamedArm | None, text: str | None = None) -> dict[str, Any]:
    """An arm as the draft has it, with nothing where none is named."""
    cited = [named.sentence] if named and named.sentence else []
    return {"name": named.name if named else None, "text": text, "sentences": cited}


def intervention_as_json(
    reading: Reading, named: NamedArm | None, against: NamedArm | None
) -> dict[str, Any]:
    """With dose, schedule or duration, where the clause of its name goes on with them."""
    sentence = next((s for s in reading.sentences if named and s.number == named.sentence), None)
    if named is None or sentence is None:
        return arm_as_json(named)
    start = sentence.body.find(named.name)
    clauses = Clauses(sentence.body)
    stop = re.compile(r"[,;:.](?= |$)|\)").search(sentence.body, start + len(named.name))
    end = stop.start() if stop else len(sentence.body)
    other = sentence.body.find(against.name, start + len(named.name), end) if against else -1
    if other >= 0:
        end = len(_JOINED.sub("", sentence.body[:other]))
    regimen = _REGIMEN.search(sentence.body, start, end)
    if regimen is None:
        return arm_as_json(named)
    fitting = clauses.fitting(start, _MOST_WORDS, past=regimen.end(), bare=True, whole=end)
    told = clauses.phrase(start, fitting)
    return arm_as_json(named, told + ")" * (told.count("(") - told.count(")")))
