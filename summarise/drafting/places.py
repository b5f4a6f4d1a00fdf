"""Where a result holds: the set, the task or the site that its own clause names."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from propcache.api import cached_property

from summarise.drafting.purposes import is_learnt_from
from summarise.models import Span
from summarise.numbers import ARCHITECTURE
from summarise.reading import Reading, Sentence
from summarise.scan import COLLECTED, DEVICE_MODEL, SPELLED, Stretches, one_of

# "87% precision, 64% recall, and a 73% F1 score on Zeta" is one clause.
_CLAUSE_END = re.compile(
    r"; | (?:but|while) |, (?:and(?! (?:an? )?[-+]?\d)|while|but|whereas|which|yet|outperform\w*"
    r"|exceed\w*|surpass\w*) "
    r"|\band (?:[a-z]+ly )?(?:ris|fall|drop|increas|decreas|improv|reduc|reach|achiev|rose|fell"
    r"|lower|rais|outperform|exceed|surpass|cuts?|finds?|match|generaliz|generalis|transfer)\w* "
)
# A set without a name: "five plant benchmarks", "an independent test set of 1,200 proteins".
_UNNAMED = re.compile(
    r"\b(?:[Oo]n|[Ff]or|[Aa]cross|[Oo]ver|[Ii]n|[Aa]mong) (?:the |an? |our |all )?"
    r"(?P<name>(?:(?!(?:of|and|or|in|on|with|the|that|to|for)\b)[\w-]+ ){0,4}"
    r"(?:test sets?|validation sets?|test suites?|data ?sets?|benchmarks?|corpus|corpora|cohorts?"
    r"|leaderboards?|hold-?out sets?|set(?= of \d)|sample(?= of \d)|collection)"
    rf"(?: of \d[\d,]* (?:[\w-]+ ){{0,3}}?(?:{COLLECTED}|\w+s)\b)?)"
)
_SET_NOUNS = ("set", "suite", "benchmark", "corp", "cohort", "leaderboard", "sample", "collection")
# "In real-world experiments", "on five grasping tasks"
_TRIED = re.compile(
    r"\b(?:[Oo]n|[Aa]cross|[Ii]n|[Oo]ver) (?:the |an? |our |all )?"
    r"(?P<name>(?:(?!(?:of|and|or|in|on|with|the|that|to|for|our|this|these|its|their)\b)"
    r"[\w/-]+ ){1,4}(?:tasks?|simulators?|simulations?|experiments|games|tests(?! of)|geometries"
    r"|scenes|scenarios?|environments|categories|apps|subsets?|splits?))\b"
    r"(?! (?:in|of|from|on) (?:the )?[A-Z])"
)
# "In our offline tests, clicks rose", "In a reader study"
_HELD_STUDY = re.compile(
    r"\b[Ii]n (?:the |an? |our )?(?P<name>(?:[\w-]+ )?(?:A/B tests?|(?:reader|user) stud(?:y|ies)"
    r"|(?:on|off)line (?:evaluation|analysis|experiments?|tests?)))\b"
)
# "Across 120 recordings, accuracy was", "88% across six crops"
_ACROSS = re.compile(
    rf"\b[Aa]cross (?:all |the )?(?P<name>(?:\d[\d,]*|{one_of(SPELLED)}) (?:[a-z][\w/-]+ ){{0,2}}?"
    r"(?!(?:times?|points?|years?|days?|weeks?|months?|runs|seeds|metrics|measures|models|methods"
    r"|groups|folds|trials|visits|steps|layers|architectures|settings|regimes|shows|gives)\b)"
    r"[a-z][\w-]+s)\b"
)
# "at shaded sites", "In the study population", not "91% of the level at dark sites"
_SITE = re.compile(
    r"(?<!that )(?<!those )(?<!than )(?<!level )(?<!levels )(?<!value )(?<!values )"
    r"\b(?:[Aa]t|[Ii]n|[Aa]cross) (?:the |an? |all |our )?"
    r"(?P<name>(?!(?:all|active|binding|surgical|injection|catalytic|recording|web|same|such|some|any"
    r"|each|this|these|that|those|its|their|other|both|entire)\b)"
    r"(?:(?!(?:of|and|or|in|on|with|the|that|to|for|at|by|from)\b)[\w-]+ ){1,3}"
    r"(?:sites|site(?! of)|population(?! (?:of|growth|size|density|dynamics))))\b"
)
_SITES = (" site", " population")
_WORD = r"(?!(?:of|and|or|in|on|with|the|that|to|for|an?|our|this|its|their)\b)[\w/-]+"
# "strong performance in crack detection with a recall of 91%": of what follows alone.
_DONE = re.compile(
    r"\b(?:performance|accuracy|results|robustness) (?:for|in|on) (?:the )?"
    rf"(?P<name>(?:{_WORD} ){{0,3}}{_WORD})"
    r"(?= \([A-Za-z][\w -]*(?:[=:] ?| )\d|(?: and [a-z][\w -]{2,40})?,? with an? )"
)
_DONE_WORDS = ("performance ", "accuracy ", "results ", "robustness ")
# "while crack detection is easy, with a recall of 91%, ..."
_EASY = re.compile(
    r"(?:\A(?:While )?|[,;:] (?:while |but |and )?|that |while )(?:[Tt]he )?"
    rf"(?P<name>(?!While )(?:{_WORD} ){{0,3}}"
    r"(?:detection|segmentation|classification|recognition|prediction|estimation|retrieval"
    r"|locali[sz]ation|identification|tracking|forecasting|reconstruction|translation))"
    r"(?= (?:is|was|remain(?:s|ed)|proved) [^;,.\d]{3,50},? with an? )"
)
_EASY_WORDS = (" is ", " was ", " remain", " proved ")
_HELD_NOUNS = ("A/B test", "reader stud", "user stud", "nline ", "ffline ")
_ACROSS_WORDS = ("cross ",)
# "a gain of 4% over FoxNet": that is a rival, and no set
_GAINED_OVER = re.compile(
    r"\b(?:improve\w*|gains?|increases?|reductions?|advantages?|better|boosts?|margins?)"
    r"(?: of [^;,]{1,20})? over (?:the )?\Z"
)
_LEARNING = re.compile(r"\b(?:[Tt]rain|[Ff]ine-?tun|[Ll]earn)")
_TRIED_NOUNS = (
    *("task", "simulat", "experiment", "games", "tests", "geometries", "scene", "environment"),
    *("categories", "apps", "subset", "split"),
)
# "91.2% accuracy on FernNet-V2": no list knows the name, but what stands there is one.
_SCORED_ON = re.compile(
    r"\d[^\s;,()]*(?: [^\s;,()]+){0,3}? on (?:the )?"
    r"(?P<name>[A-Z][\w/+-]*(?:[ -][A-Z\d][\w/+-]*){0,3}(?: \(\w{1,6}\))?)(?=\W|\Z)"
    r"(?! performance)"
)
_NO_SET = re.compile(rf"{DEVICE_MODEL}|{ARCHITECTURE}")
_NAME_LIKE = re.compile(r"[A-Z][\w+-]*[A-Z\d]")
_ANY = (
    r"(?:(?:the|our|these|this|such|its|their|various|multiple|several|many|existing|public"
    r"|publicly|available|diverse|different|same|real|all|both|other|few|popular|common|standard"
    r"|widely|used|new|large|small|challenging|extensive|entire|first|second|own|main|two|three"
    r"|each|any|some|most|additional|more|certain|current|previous|real-world) )*"
)
_VAGUE = re.compile(
    rf"{_ANY}(?:test sets?|validation sets?|test suites?|data ?sets?|benchmarks?|corpus|corpora"
    r"|cohorts?|leaderboards?|hold-?out sets?|collection)"
    rf"|(?!real-world){_ANY}(?:(?:comprehensive|downstream|comparative|numerical|evaluated|further"
    r"|typical|specific|complex|computational|related|wide|individual|practical|single|one|new"
    r"|everyday|usual|synthetic) )*"
    r"(?:tasks?|simulat\w+|experiments?|games|tests|subsets?|splits?|categories|apps)"
    r"|(?:[a-z-]+ )?(?:real-world|complex|dynamic|interactive|challenging|diverse|practical|urban"
    r"|everyday|unstructured|various|clinical) (?:[a-z]+ )?(?:scenarios?|environments|scenes)"
)
_HELD_BEFORE = re.compile(
    r"\b(?:[Oo]n|[Ff]or|[Aa]cross|[Oo]ver|[Ii]n|[Aa]mong|[Ww]ithin|[Aa]top|at)"
    r" (?:[\w'’,()/.-]+ ){0,6}?(?:and )?\(?\Z"
)
_VALUE_AFTER = re.compile(r" ?\([-+−]?\d")
_NEXT = re.compile(r" ?\([-+−]?\d[^();]{0,30}\),? and ")
# "91% on a set that nobody knows, 88% on Zeta", "to 91% and on Zeta"
_OTHER_PLACE = re.compile(
    r"\band (?:on|in|for|to)\b"
    r"|\b(?:on|across|over) (?!average\b|par\b)[^;]*?[,(] ?(?:and )?[-+]?\d"
    r"|\b(?:on|across|over) (?!average\b|par\b)[^;,]*? and [-+]?\d"
)
_LIST_GAP = re.compile(r"(?:,| and|, and|/| or|, as well as)(?: the| on)? ?|\s?\(")
_SIDE_BY_SIDE = re.compile(r",? and (?:the |on )?|, (?:the )?")
_FRONT = re.compile(
    r"(?:[A-Z][a-z]+(?:ly)?, )?(?:(?:On|In|For|Across|Over|Among)\b"
    r"|(?:[A-Z][a-z]+ )?(?:[Ee]valuations?|[Ee]xperiments|[Vv]alidations?|[Tt]est(?:s|ing)"
    r"|[Ee]xperimental results|[Rr]esults|(?:[Ww]e|and) (?:evaluated?|tested?) [\w ]{2,40}?)"
    r" (?:conducted |performed )?(?:on|across|over)\b)"
)
# "kite detection (recall = 91%; precision = "
_IN_BRACKET = re.compile(r" \((?:[A-Za-z][^()]*)?")
_REACH = 60
# What a sentence begins with is its subject, not where it holds.
_SUBJECT = re.compile(r"(?:\w+, )?(?:[Tt]he |[Oo]ur )?")


_DESCRIBED = (
    (_SET_NOUNS, _UNNAMED),
    (_TRIED_NOUNS, _TRIED),
    (_HELD_NOUNS, _HELD_STUDY),
    (_SITES, _SITE),
    (_DONE_WORDS, _DONE),
    (_EASY_WORDS, _EASY),
    (_ACROSS_WORDS, _ACROSS),
)
"""Sets that have no name, with words of which each has one: those are looked up far faster."""


class _Place(NamedTuple):
    text: str
    span: Span
    only_behind: bool = False
    """Whether it is where what stands behind it holds, and nothing before."""


class SentencePlaces:
    """The sets that a sentence names or describes, but those that are learnt from."""

    def __init__(self, reading: Reading, sentence: Sentence, values: Sequence[Span] = ()) -> None:
        self._reading, self._sentence, self._values = reading, sentence, values
        self._text = reading.text

    @cached_property
    def _all(self) -> Sequence[_Place]:
        """In order."""
        reading, sentence, text = self._reading, self._sentence, self._text
        named = [
            _whole_name(text, sentence, mention.span)
            for mention in reading.datasets_in(sentence)
            if (mention.text not in reading.method_names or _is_held(text, mention.span))
            and _NO_SET.fullmatch(mention.text) is None
        ]
        found = [*named, *_unnamed(sentence, named)]
        found += _scored_on(reading, sentence, found)
        told = [
            one
            for one in found
            if _VALUE_AFTER.match(text, one.span.end)
            or not (
                is_learnt_from(sentence, text, one.span.start)
                or _GAINED_OVER.search(text, max(0, one.span.start - _REACH), one.span.start)
            )
        ]
        return sorted(told, key=lambda one: one.span.start)

    def of_value(self, at: Span) -> str | None:
        """Where the value at a place of the text holds, None where its clause doesn't tell.

        It is the set right before a bracket with the value, the next of its clause, the one before
        it there, or the one that opens the sentence.
        """
        if at in self._in_turn:
            return self._in_turn[at]
        text, places = self._text, self._all
        index = bisect_right(places, at.start, key=lambda place: place.span.start)
        before, after = places[:index][-1:], places[index:][:1]
        if before and _IN_BRACKET.fullmatch(text, before[0].span.end, at.start):
            return before[0].text
        if after and not after[0].only_behind and _is_next(text, at, after[0]):
            return self._with_listed(index)
        if before and not _CLAUSE_END.search(text, before[0].span.end, at.start):
            return self._with_listed(index - 1)
        return self._with_listed(0) if _is_opening(text, self._sentence, places, at) else None

    @cached_property
    def _in_turn(self) -> dict[Span, str]:
        """Where each value holds: "3 and 5 on FooBench and BarQA, respectively"."""
        values, text = self._values, self._text
        if len(values) < 2 or "respectively" not in self._sentence.text:
            return {}
        runs: list[list[_Place]] = []
        for place in self._all:
            end = runs[-1][-1].span.end if runs else 0
            if runs and _SIDE_BY_SIDE.fullmatch(text, end, place.span.start):
                runs[-1].append(place)
            else:
                runs.append([place])
        run = next((one for one in runs if len(one) == len(values)), [])
        return {value: one.text for value, one in zip(values, run, strict=False)}

    def _with_listed(self, index: int) -> str:
        """A set with those that stand side by side with it, unless each has a value of its own."""
        text, places = self._text, self._all
        start, end = places[index].span
        if "respectively" in self._sentence.text:
            return text[start:end]
        for place in reversed(places[:index]):
            if not _SIDE_BY_SIDE.fullmatch(text, place.span.end, start):
                break
            start = place.span.start
        for place in places[index + 1 :]:
            if not _SIDE_BY_SIDE.fullmatch(text, end, place.span.start):
                break
            end = place.span.end
        return text[start:end]

    def is_listed(self, name: Span) -> bool:
        """Whether a name in a list of sets with their values is a set: "A (91%) and B (87%)"."""
        text, places = self._text, self._all
        if not _VALUE_AFTER.match(text, name.end) or not name.of(text)[0].isupper():
            return False
        before = [one for one in places if one.span.end <= name.start][-1:]
        return bool(before) and bool(_NEXT.fullmatch(text, before[0].span.end, name.start))

    def task_of(self, at: Span) -> str | None:
        """The task of a list that a bracket with a value follows: "tasks such as sorting (+3%)"."""
        start = max(self._sentence.body_start, at.start - _LIST_REACH)
        if self._text.find("tasks", start, at.start) < 0:
            return None
        found = _TASK.search(self._text, start, at.start)
        return found["name"] if found else None

    def of_words(self) -> str | None:
        """Where a statement in words holds: the sets that stand side by side, as they stand."""
        text, body = self._text, self._sentence.body_start
        places = [one for one in self._all if not _SUBJECT.fullmatch(text, body, one.span.start)]
        if not places:
            return None
        start, end = places[0].span
        for place in places[1:]:
            if not _LIST_GAP.fullmatch(text, end, place.span.start):
                break
            end = place.span.end
        return text[start:end]


_LIST_REACH = 200
_TASK = re.compile(
    r"\btasks,? (?:such as|including|like|e\.g\.,?|namely) (?:(?:[^;:.]|\.\d)*\)(?:,|,? and) )?"
    r"(?P<name>[A-Za-z][\w/-]*(?: [\w/-]+){0,4}) \([-+]?\Z"
)
# "Marsh Plants in the Rain"
_NAME_BEGINS = re.compile(r"(?:[A-Z][a-z]+ ){1,4}(?:in|of|from) (?:the )?\Z")


def _whole_name(text: str, sentence: Sentence, span: Span) -> _Place:
    """A set with what its name begins with, where only its end was found."""
    begins = _NAME_BEGINS.search(text, max(sentence.body_start, span.start - _REACH), span.start)
    if begins and text[span.start].isupper() and begins.start() != sentence.body_start:
        span = Span(begins.start(), span.end)
    return _Place(span.of(text), span)


def _unnamed(sentence: Sentence, named: Sequence[_Place]) -> list[_Place]:
    found: list[_Place] = []
    for nouns, pattern in _DESCRIBED:
        is_further = pattern is _ACROSS and (named or found)
        if is_further or not any(map(sentence.text.__contains__, nouns)):
            continue
        for match in pattern.finditer(sentence.text):
            start = sentence.span.start + match.start("name")
            span = Span(start, start + len(match["name"]))
            is_told = any(
                one.span.start <= span.end + 1 and span.start < one.span.end for one in named
            )
            is_learnt = pattern is _TRIED and _LEARNING.search(sentence.text, 0, match.start())
            leads = pattern in (_DONE, _EASY)
            # "in sorting tasks" tells what was done, "in letter-sorting tasks" where.
            first = match["name"].split()[0]
            is_done = not leads and first.endswith("ing") and "-" not in first
            if not (is_told or is_learnt or is_done or _VAGUE.fullmatch(match["name"])):
                found.append(_Place(match["name"], span, leads))
    return found


def _scored_on(reading: Reading, sentence: Sentence, known: Sequence[_Place]) -> Iterator[_Place]:
    """Names behind "91% on" that are of nothing else, and not on what the sentence names first."""
    if " on " not in sentence.text:
        return
    taken = Stretches([*(one.span for one in known), *(one.span for one in sentence.metrics)])
    for match in _SCORED_ON.finditer(reading.text, *sentence.span):
        span = Span(*match.span("name"))
        name = span.of(reading.text)
        is_other = taken.overlap(span) or name in reading.method_names or _NO_SET.search(name)
        before = [one.span.end for one in known if one.span.end < match.start()]
        # "on FooBench) and in walks (61% recall on BarQA)"
        is_within = before and reading.text.find("(", max(before), match.start() + 1) < 0
        is_within = is_within and name not in reading.dataset_names
        if _NAME_LIKE.search(name) and not (is_other or is_within):
            yield _Place(name, span)


def _is_held(text: str, span: Span) -> bool:
    """Whether "on" or the like stands before a name."""
    return _HELD_BEFORE.search(text, max(0, span.start - _REACH), span.start) is not None


def _is_next(text: str, at: Span, place: _Place) -> bool:
    """Whether a set behind a value is where it holds: in its clause, and no other place between."""
    between = (at.end, place.span.start)
    return not (_CLAUSE_END.search(text, *between) or _OTHER_PLACE.search(text, *between))


def _is_opening(text: str, sentence: Sentence, places: Sequence[_Place], at: Span) -> bool:
    """Whether a set opens the sentence before a value, which holds for all that follows."""
    if not places or places[0].span.end > at.start:
        return False
    start = sentence.body_start
    return bool(_FRONT.match(text, start)) and places[0].span.start - start <= _REACH
