"""Where an abstract tells what was done to people, and instead of what.

Each source is a way to say it, and finds pairs of names in a title or a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from summarise.drafting.pico.arm_names import (
    NONE_OF_IT,
    NOTHING_DONE,
    is_thing,
    noun_phrase,
    phrase_before,
    region,
    without_opening,
)

TRIAL = re.compile(
    r"randomi[sz]|\btrials?\b|quasi-?experiment|stepped[- ]wedge|\bintervention (?:group|arm|study)"
    r"|\bcontrol (?:group|arm)|\bcontrolled (?:trial|stud|before)|\bplacebo",
    re.IGNORECASE,
)
_STATISTIC = re.compile(r"\bp ?[<=>]|\bCI\b|\d ?%|[<=>] ?\d|\bratio\b", re.IGNORECASE)
_AIM = re.compile(
    r"\b(?:aim|objective|purpose|goal|sought|evaluat|assess|examin|investigat|determin|tests?\b"
    r"|tested|testing|estimat|explor|compar|quantif|measur|studied\b|studying\b|analy[sz]e"
    r"|hypothes)",
    re.IGNORECASE,
)
_BY_OTHERS = re.compile(
    r"\b(?:previous|prior|earlier|other|most|few|many|some|no|several|future|further) (?:[a-z]+ )?"
    r"(?:stud(?:y|ies)|trials?|research|reviews?|evidence)\b|\bha(?:s|ve) (?:been|not)\b|\blittle\b"
    r"|\b(?:un|not )(?:known|clear)\b|\bneeded\b|\bshould\b|\b(?:not |un)able\b"
    r"|\bc(?:ould|an) ?not\b|\blimit",
    re.IGNORECASE,
)

_ASSIGNED = re.compile(
    r"\b(?:randomi[sz](?:ed|ing)(?! (?:[a-z-]+ )?(?:controlled|clinical|trial|stud|community))"
    r"|randomly (?:to|into|divided)|assigned|allocated)[^.;]{0,100}?"
    r"\b(?:to|into|between)(?: either| one of [a-z]+ [a-z]+)?:? ",
    re.IGNORECASE,
)
_FIRST_OF_LIST = re.compile(r"[(\[]?\b(?:1|a|i)\) ")
_ARMS_PART = re.compile(
    r",? (?:or|versus|vs\.?)(?: to)?:? |,? and (?=(?:to |an? |the |[(\[]?(?:2|b|ii)\) "
    rf"|{NONE_OF_IT}\b))|[;,] (?=an? |the |[(\[]?[2b]\))",
    re.IGNORECASE,
)
_ENDS_ARMS = re.compile(
    r"[.;](?: |$)|, (?:and|with) (?=[a-z]+ were)| (?:in a \d|with an? allocation)"
)
_IS_CONTROL = re.compile(r"\((?:the |an? )?(?:[a-z]+ )?controls?\b", re.IGNORECASE)
_GROUP = re.compile(
    r"(?:(?:to|the|an?|receive|either|[(\[]?[1-3a-c]\)) )*"
    r"(?:(?:intervention|experimental|treatment|study|active|control|comparison|group)s?[- ]?)+"
    r"(?:group|arm|condition)?s?\b ?(?:[A-Z0-9]\b ?)?",
    re.IGNORECASE,
)
GETS = (
    r"(?:receiv(?:e[sd]?|ing)|underwent|undergoing|(?:were |was |be )given|(?:were |was |be )"
    r"offered|offered|got|took|used|followed|following|attend(?:ed|ing)?|implemented|carried out"
    r"|participated in|participating in|exposed to|continu(?:e[ds]?|ing)(?: with)?"
    r"|consist(?:ed|s) of|(?:were |was |be )provided with|were taught)"
)
GROUP_ENDS = (
    r"(?:[- ]?(?:group|arm|condition|school|area|cluster|communit(?:y|ie)|village|clinic|site"
    r"|participant|patient|practice)s?)?(?: [A-Z0-9]\b)?(?: ?[(\[][^()\[\]]{0,60}[)\]])?"
    r"(?:(?!\b(?:controls?|intervention|compar|between|than|did)\b)[^.;]){0,60}?"
)
_DONE_TO = re.compile(
    r"\b(?:(?:intervention|experimental|treatment|exposed)(?=[- ](?:group|arm|condition|school"
    rf"|area|cluster|communit|village|participant))|(?-i:INT|IG|EG)){GROUP_ENDS} {GETS} ",
    re.IGNORECASE,
)
_INTERVENTION_IS = re.compile(
    r"\bintervention (?:consist(?:ed|s) of|compris(?:ed|es)|will consist of) ",
    re.IGNORECASE,
)
_RECEIVED = re.compile(
    rf"\b(?:received|receive|underwent|took|given|wore|used) (?!to )(?=[^.;]{{3,90}}? (?:or|and) "
    rf"|[^.;]{{3,60}}? (?:or|and) {NONE_OF_IT})",
    re.IGNORECASE,
)
_VERSUS = re.compile(r" (?:versus|vs\.?|v\.) (?:(?:once |twice )?(?:daily|weekly) )?", re.I)
_COMPARES = re.compile(
    r"\b(?:(?:to|we|study|trial|and) compar(?:e[ds]?|ing)|comparing|compares|comparison of) ",
    re.IGNORECASE,
)
_ADDS = re.compile(r"\b(?:addition of|adding) (?P<i>[^.;,]{3,70}?) to ", re.IGNORECASE)
_WITH = re.compile(r"(?: ?[(\[][^()\[\]]*[)\]])?,? (?:with|to|versus|vs\.?|against) ")
AGAINST = re.compile(
    r"\b(?:compared?(?: (?:with|to))|in comparison (?:with|to)|comparison (?:with|to)|versus|vs\.?"
    r"|relative to|than(?: (?:in|among|with|for))?|compar(?:ing|es) .{3,60}? (?:with|to)) ",
    re.IGNORECASE,
)
_EFFECTS = (
    r"(?:effects?|efficacy|(?:cost-)?effectiveness|impacts?|benefits?|influence|safety|tolerability"
    r"|acceptability|feasibility|evaluation|costs?|cost-utility|adherence|implementation|outcomes?)"
)
EFFECT = re.compile(
    r"(?<!side )(?<!random )(?<!fixed )(?<!adverse )(?<!perceived )(?<!late )(?<!beneficial )"
    r"(?<!negative )(?<!harmful )"
    r"\b(?:effects?|efficacy|(?:cost-)?effectiveness|impacts?|benefits?|influence|safety"
    r"|acceptability|feasibility|evaluation|cost-utility)"
    rf"(?:(?:,|,? and|,? or|,? &|/) ?{_EFFECTS})* of ",
    re.IGNORECASE,
)
_ON = re.compile(r" (?:up)?on ")
_LINK = re.compile(
    r"\b(?:associations?|relationships?|links?|correlations?) (?P<how>between|of) ", re.IGNORECASE
)
_OCCURRENCE = re.compile(r"(?:risks?(?! factors)|odds|prevalence|incidence|rates?)\b")
_UPTAKE = re.compile(r"(?:[a-z'’-]+ )?(?:uptake|delays?)\b")
_VAGUE = re.compile(r"\b(?:factors|variables|determinants|characteristics)\Z", re.IGNORECASE)
_WHETHER = re.compile(r"\bwhether ", re.IGNORECASE)
_ACTS = re.compile(
    r" (?:[a-z]+ly )?(?:is associated|are associated|was associated|were associated|reduce[sd]?"
    r"|improve[sd]?|increase[sd]?|prevent(?:s|ed)?|lower(?:s|ed)?|ease[sd]?|affect(?:s|ed)?"
    r"|help(?:s|ed)?|decrease[sd]?|makes?|made|(?:is|are) (?:as )?effective"
    r"|(?:will|would|can|could|may) (?:reduce|improve|increase|prevent"
    r"|lower|affect|decrease))\b",
    re.IGNORECASE,
)
_TESTS = re.compile(
    r"\b(?:to|we|study|trial|paper|article|and) (?:test(?:ed|s)?|evaluate[ds]?|assess(?:ed|es)?"
    r"|pilot(?:ed|s)?|implement(?:ed|s)?|investigate[ds]?|examine[ds]?|introduced|delivered) ",
    re.IGNORECASE,
)
_KIND = re.compile(
    r"(?:intervention|program(?:me)?|training|therapy|treatment|app(?:lication)?|strateg(?:y|ie)"
    r"|education|exercise|supplementation|vaccine|vaccination|campaign|package|curriculum|course"
    r"|seminar|workshop|counsel?ling|polic(?:y|ie)|subsid(?:y|ie)|screening|incentive|message"
    r"|reminder|transfer|tool|website|device|kit|rehabilitation|prophylaxis|module|initiative"
    r"|coaching|visit|diet|drug|tablet|regimen)s?\Z",
    re.IGNORECASE,
)
_TRIAL_OF = re.compile(
    r"\b(?:trial|study|evaluation|protocol)(?: protocol)? (?:of|on|for|evaluating|testing"
    r"|to (?:evaluate|test|assess|examine|determine)|evaluates)(?: the)? ",
    re.IGNORECASE,
)
_THROUGH = re.compile(r" (?:through|via|by|using|with) (?:using )?", re.IGNORECASE)
_SAYS_WHAT_FOR = re.compile(
    r"(?:improv|reduc|promot|prevent|increas|enhanc|tackl|address|encourag|support)ing ", re.I
)
_ASKS = re.compile(r"(?:can|does|do|is|are|will) ", re.IGNORECASE)
_OPENS_TITLE = re.compile(r"(?:(?:using|utili[sz]ing|testing|evaluating|assessing) )?", re.I)
_RISK = re.compile(
    r"\A(?P<i>[^:;?]{3,80}?),? and (?:the |its |their )?(?:[a-z-]+ )?"
    r"(?:risks?|odds|associations?|relationships?|effects?|impacts?) (?:of|for|with|on|to) ",
    re.IGNORECASE,
)


class ArmPair(NamedTuple):
    """What was done and what was done instead, where both are named.

    ``is_sure`` where the text says which of the two is the comparison.
    """

    done: str | None
    instead: str | None
    is_sure: bool = False


class ArmText(NamedTuple):
    """A sentence and its number, or the title, of number 0; ``low`` has it in small letters."""

    number: int
    text: str
    low: str

    def has(self, *hints: str) -> bool:
        """Whether one of the hints is in it: that is looked up far faster than a pattern."""
        return any(hint in self.low for hint in hints)


def assigned(one: ArmText) -> Iterator[ArmPair]:
    """To what people were assigned at random, in their order or the other way round."""
    if not one.has("random", "assigned", "allocated"):
        return
    for match in _ASSIGNED.finditer(one.text):
        listed = _FIRST_OF_LIST.search(one.text, match.end(), match.end() + 120)
        begin = listed.start() if listed else match.end()
        stop = _ENDS_ARMS.search(one.text, begin)
        end = min(begin + 260, stop.start() if stop else len(one.text))
        joints = list(_ARMS_PART.finditer(one.text, begin, end))
        if not joints:
            group = _GROUP.match(one.text, begin)
            if group:
                yield ArmPair(_in_group(one.text, begin), None)
            continue
        starts = [begin, *(joint.end() for joint in joints)]
        names = [_in_group(one.text, start) for start in starts]
        for start, stop_, name in zip(starts, [*starts[1:], end], names, strict=True):
            if name and _IS_CONTROL.search(one.text, start, stop_):
                yield from (
                    ArmPair(other, name, is_sure=True) for other in names if other and other != name
                )
        yield from _ordered(names, joints[0])


def _in_group(text: str, start: int) -> str | None:
    """What an arm gets: its name, or what is said of “an intervention group (…)”."""
    nothing = NOTHING_DONE.match(text, without_opening(text, start))
    if nothing:
        return noun_phrase(text, nothing.start())
    group = _GROUP.match(text, start)
    if group is None:
        return noun_phrase(text, start)
    inner = re.compile(rf"(?:{GETS}|that {GETS}|[(\[:]|to) ?").match(text, group.end())
    return noun_phrase(text, inner.end()) if inner else None


def _ordered(names: list[str | None], joint: re.Match[str]) -> Iterator[ArmPair]:
    told = [name for name in names if name]
    nothing = next((name for name in told if NOTHING_DONE.match(name)), None)
    things = [name for name in told if is_thing(name) and not NOTHING_DONE.match(name)]
    if not things:
        return
    first = things[0]
    second = nothing or next((name for name in things[1:] if name != first), None)
    if nothing is None and second and second == names[1] and names[0] == first:
        both = f"{first} or {second}"
        if both in joint.string and " " not in first and " " in second and first.islower():
            # "tinted or clear lenses": the first has no noun of its own.
            yield ArmPair(both, None)
            return
        if first.lower() in second.lower():
            first, second = second, first
    yield ArmPair(first, second)


def compared(one: ArmText) -> Iterator[ArmPair]:
    """“X versus Y”, “comparing X with Y”; not the numbers of two groups."""
    if one.number and _STATISTIC.search(one.text):
        return
    for match in _VERSUS.finditer(one.text) if one.has(" versus ", " vs", " v. ") else ():
        if one.text.count("(", 0, match.start()) > one.text.count(")", 0, match.start()):
            continue
        if _LINK.search(one.text, 0, match.start()):  # of what with "visits to A versus B"?
            continue
        first = phrase_before(one.text, match.start())
        second = noun_phrase(one.text, match.end())
        if first and second and (is_thing(second) or NOTHING_DONE.match(second)):
            if " " not in first and first.islower() and " " in second:
                first = one.text[match.start() - len(first) : match.end() + len(second)]
            yield ArmPair(first, second)
    for match in _COMPARES.finditer(one.text) if one.has("compar") else ():
        joint = _WITH.search(one.text, match.end(), match.end() + 110)
        if joint is None:
            continue
        first = region(one.text, match.end(), joint.start())
        second = noun_phrase(one.text, joint.end())
        if first and (is_thing(second) or (second and NOTHING_DONE.match(second))):
            yield ArmPair(first, second)


def added(one: ArmText) -> Iterator[ArmPair]:
    """“the addition of X to Y”."""
    for match in _ADDS.finditer(one.text) if one.has("addition of ", "adding ") else ():
        yield ArmPair(region(one.text, *match.span("i")), noun_phrase(one.text, match.end()))


def group_got(one: ArmText) -> Iterator[ArmPair]:
    """What the group of the intervention received."""
    if not one.has("intervention", "experimental", "treatment", "exposed", "int", "ig", "eg"):
        return
    for pattern in (_DONE_TO, _INTERVENTION_IS):
        for match in pattern.finditer(one.text):
            yield ArmPair(noun_phrase(one.text, match.end()), None)


def with_effect(one: ArmText) -> Iterator[ArmPair]:
    """Whose effect the title or the aim names."""
    if not one.has(" of "):
        return
    for match in EFFECT.finditer(one.text):
        if one.number and not is_aim(one.text[: match.start()]):
            continue
        done = _bounded(one.text, match.end())
        if done and done.endswith("factors"):
            continue
        yield ArmPair(done, _rival(one.text, match.end()) if done else None)


def _bounded(text: str, start: int) -> str | None:
    """What has an effect, up to “on” where all before that is one phrase."""
    phrase = noun_phrase(text, start)
    on = _ON.search(text, start, start + 90)
    whole = region(text, start, on.start()) if on else None
    return whole if whole and phrase and whole.startswith(phrase) else phrase


def is_aim(before: str) -> bool:
    """Whether what stands before says what the study, and no other, looks at."""
    aims = _AIM.search(before) is not None
    return aims and not _BY_OTHERS.search(before) and not _STATISTIC.search(before)


def _rival(text: str, start: int) -> str | None:
    """What an aim goes on to compare with."""
    for match in AGAINST.finditer(text, start):
        told = noun_phrase(text, match.end())
        if told and (NOTHING_DONE.match(told) or is_other(match, told)):
            return told
    return None


def is_other(against: re.Match[str], told: str) -> bool:
    """Whether another thing is compared with; "younger than six months" compares none."""
    return not against.group().lower().startswith("than") and is_thing(told)


def trial_title(one: ArmText) -> Iterator[ArmPair]:
    """What the title of a trial is about."""
    for match in _TRIAL_OF.finditer(one.text):
        yield ArmPair(noun_phrase(one.text, match.end()), None)
    head = re.split(r"[:;?.](?: |\Z)", one.text, maxsplit=1)[0]
    if head == one.text or TRIAL.search(head):
        return
    if _SAYS_WHAT_FOR.match(head):
        through = _THROUGH.search(head)
        yield ArmPair(noun_phrase(head, through.end()) if through else None, None)
        return
    asks = _ASKS.match(head)
    opens = asks or _OPENS_TITLE.match(head)
    start = opens.end() if opens else 0
    acts = _ACTS.search(f"{head} ", start)
    if acts:
        yield ArmPair(noun_phrase(head, start, acts.start()), None)
    elif not asks:
        yield ArmPair(noun_phrase(head, start), None)


def tested(one: ArmText) -> Iterator[ArmPair]:
    """A kind of intervention that the paper says it tests."""
    for match in _TESTS.finditer(one.text):
        done = noun_phrase(one.text, match.end())
        if done and _KIND.search(done) and not _BY_OTHERS.search(one.text[: match.start()]):
            yield ArmPair(done, _rival(one.text, match.end()))


def received(one: ArmText) -> Iterator[ArmPair]:
    """“received X or Y”."""
    if one.number and _STATISTIC.search(one.text):
        return
    for match in _RECEIVED.finditer(one.text):
        joint = re.compile(r"(?: ?[(\[][^()\[\]]*[)\]])? (?:or|and) ").search(one.text, match.end())
        if joint is None:
            continue
        first, second = noun_phrase(one.text, match.end()), noun_phrase(one.text, joint.end())
        if first and second and (" or " in joint.group() or NOTHING_DONE.match(second)):
            yield from _ordered([first, second], joint)


def whether(one: ArmText) -> Iterator[ArmPair]:
    """“whether X reduces …”."""
    for match in _WHETHER.finditer(one.text) if one.has("whether ") else ():
        acts = _ACTS.search(one.text, match.end(), match.end() + 90)
        if acts:
            yield ArmPair(region(one.text, match.end(), acts.start()), None)


def linked(one: ArmText, outcome: str = "") -> Iterator[ArmPair]:
    """The exposure of an association that the title or the aim names."""
    if not one.number:
        risk = _RISK.match(one.text)
        yield ArmPair(region(one.text, *risk.span("i")) if risk else None, None)
    for match in _LINK.finditer(one.text) if one.has("associa", "relation", "link", "corr") else ():
        if one.number and not is_aim(one.text[: match.start()]):
            continue
        word = " and " if match["how"].lower() == "between" else " (?:with|on|and|to) "
        joint = re.compile(word).search(one.text, match.end(), match.end() + 90)
        if joint is None:
            continue
        first = region(one.text, match.end(), joint.start())
        if first and " " not in first and (more := joint.re.search(one.text, joint.end())):
            # "reading and writing problems and health"
            both = region(one.text, match.end(), more.start())
            first, joint = (both, more) if both else (first, joint)
        low = (first or "").lower()
        second = noun_phrase(one.text, joint.end())
        if _UPTAKE.match(low) or (second and _VAGUE.search(second) and not is_thing(second)):
            continue  # the outcome comes first
        is_outcome = bool(low and outcome) and (outcome.startswith(low) or low.startswith(outcome))
        if is_outcome or _OCCURRENCE.match(low):
            yield ArmPair(second, None, is_sure=is_outcome)
        elif not (outcome and one.number):
            yield ArmPair(first, None)
