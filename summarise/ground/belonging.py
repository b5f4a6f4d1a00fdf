"""Whether a part of a row belongs to another number of its sentence than to the row's own.

"12% with A and 19% with B", "A (12%) and B (19%)", "A was 12% and B was 19%": what is tied to one
number of a sentence isn't that of another, which is tied to something else in the same way. Nor is
an interval that of a number which has its own, or "A and B were 12% and 19%, respectively" the
other way round.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from summarise.ground.effects import spread_of_another
from summarise.ground.lexicon import RANKING
from summarise.ground.rows import Row
from summarise.ground.source import says
from summarise.models import Doubt, DoubtKind, Span
from summarise.scan import words
from summarise.schema import COMPARED, MEASURED

_PARTS = frozenset(("group", "dataset", "uncertainty", *MEASURED, *COMPARED))
_BY = words("with without in on for among at under after before of by from to during using given")
_ARTICLES = words("the those an a its their")
_LEADING = _BY | _ARTICLES
_JOINS = r"(?!(?:and|or|to|but|vs|than|as|while|versus)\b)"
_WORD = rf"{_JOINS}[^\s\d,;:()]{{1,15}}"
_UNIT = rf"(?:\\?%| ?{_WORD}(?: {_WORD})?)?(?: \([^()]{{0,60}}\))?"
_NUMBER = r"(?P<number>[-+~<>$€£]?(?:(?<!\d)\.)?\d[\d.,]*%?)"
_ANY_BY = f"(?:{'|'.join(sorted(_BY, reverse=True))})"
_NUMBER_BY = re.compile(
    rf"(?<![\w.]){_NUMBER}{_UNIT} (?P<by>{_ANY_BY})"
    rf" (?:(?:{'|'.join(sorted(_ARTICLES))}) )?\Z"
)
_GOES_ON = re.compile(r"%?\)?(?: \([^()]{0,60}\))?(?: of \d[\d,]*)?[^\d,;:()]{0,60}")
_ARTICLE = re.compile(r"\A(?:the|those|an?) ")
_SAME = words("same both all each it them this these that average total whole")
_LABEL = r" ?\((?P<label>(?:(?![nNpP] ?[=<>])[^\W\d_][\w /-]{0,20}[ ,=:]{1,3})?)"
_IN_BRACKET = re.compile(rf"{_LABEL}{_NUMBER}")
_BRACKET = re.compile(rf"(?P<name>[\w-]+){_LABEL}\Z")
_SAYS = re.compile(rf"(?P<gap>(?:'s)? (?:[a-z -]{{2,40}}?)??){_NUMBER}")
_PLAIN = frozenset((" ", " of ", " was ", " were ", " is ", " are "))
_IS = re.compile(r"([\w-]+) (?:of|was|were|is|are) \Z|\(([a-z][a-z -]{3,30}) \Z")
_BUT = re.compile(r" (?:while|whereas) ")
_OTHER_FORM = {" was ": " were ", " has ": " have ", " is ": " are "}
_OTHER_FORM |= {other: form for form, other in _OTHER_FORM.items()}
_FIRST = re.compile(_NUMBER)
_LAST_WORD = re.compile(r"[\w-]+\Z")
_SAYS_NOTHING = words(
    """and or but it which that this they there who these those he she we to by of in the a an than
    former latter one rest figure figures rate value number share proportion percentage ratio was
    were is are then also only while whereas where"""
)
_AMOUNT = (
    rf"[-+~<>$€£]?\d(?:[\d.,]*\d)?(?:\\?%| ?{_JOINS}(?!{_ANY_BY}\b)[^\s\d,;()/]{{1,8}})?"
    r"(?: \([^()]{0,40}\))?(?![\w/])"
)
_AMOUNTS = re.compile(rf"(?<![\w/]){_AMOUNT}(?:, {_AMOUNT}){{0,9}},? (?:and|or) {_AMOUNT}")
_SEPARATOR = re.compile(r",? (?:and|or) |, ")
_LAST_SEPARATOR = re.compile(r",? (?:and|or) ")
_RESPECTIVELY = "respectively"
_LABELLED = re.compile(r"(?:[;(] ?|: )(?P<name>[\w+/-]+(?: [\w+/-]+){0,4}):")
_TO = re.compile(rf"[^\d;]{{0,40}}? to {_NUMBER}")
_FROM_TO = re.compile(rf"from {_NUMBER}[^\d;]{{0,40}} to \Z")
_AND_NUMBER = re.compile(r" (?:and|or) [-+~<>$€£]?\d")
# "14, 18 and 19 in the first, second and third year"
_LIST_BY = re.compile(
    r"(?:%|\)| [a-z]{1,8})? (?:in|with|for|on|at|under|among|after) (?:the |those )?"
)
_NEAR, _LONGEST, _ITEM, _MOST = 60, 240, 50, 8


class _Number(NamedTuple):
    """A number of a row, its sentence, and the text that both stand in."""

    text: str
    span: Span
    home: Span

    def holds(self, at: int) -> bool:
        """Whether it goes over a place."""
        return self.span.start <= at < self.span.end

    @property
    def near(self) -> int:
        """Where to begin to look for what stands before it."""
        return max(self.home.start, self.span.start - _NEAR)

    @property
    def is_in_list(self) -> bool:
        """Whether "and" and another number stand near."""
        end = min(self.home.end, self.span.end + _NEAR)
        return _AND_NUMBER.search(self.text, self.near, end) is not None

    @property
    def is_percent(self) -> bool:
        """Whether it is a percentage."""
        first = _FIRST.search(self.text, self.span.start, self.span.end + 1)
        return first is not None and first["number"].endswith("%")


def misplaced(row: Row, text: str) -> list[Doubt]:
    """What says that parts of a row are those of another number of its sentence."""
    found: list[Doubt] = []
    parts, home = row.parts, row.home
    span = parts["value"].span
    if span is None or home is None:
        return found
    value = _Number(text, span, home)
    is_list = text.find(_RESPECTIVELY, home.start, home.end) >= 0 or value.is_in_list
    for name, part in parts.items():
        if name not in _PARTS or (span := part.span) is None:
            continue
        if not home.start <= span.start < home.end:
            continue
        if name == "uncertainty":
            spread = [span, *(place.span for place in row.stands(name).places)]
            said = spread_of_another(text, value.span, home, spread)
        elif name == row.compared:
            said = _in_other_place(span, value) if is_list else None
            said = said or _start_of_another(span, value)
        elif name == "comparator":
            compared = parts.get(row.compared)
            other = compared and compared.span
            said = _of_another(row, name, _Number(text, other, home), is_list) if other else None
        else:
            said = _of_another(row, name, value, is_list)
            if said is None and name == "group":
                said = _rivals_name(row, value)
        if said:
            found.append(Doubt(path=row.path + name, kind=DoubtKind.SWAPPED, words=said))
    return found


def _of_another(row: Row, name: str, number: _Number, is_list: bool) -> str | None:
    """What ties a part to another number, if no place of it is tied to this one."""
    span = row.parts[name].span
    is_name = name not in MEASURED
    said = _tie(span, number, is_list, is_name) if span else None
    if not said:
        return None
    home, places = number.home, row.stands(name).places
    if len(places) > _MOST:
        return None
    for place in places:
        if home.start <= place.span.start < home.end and (
            _tie(place.span, number, is_list, is_name) is None
        ):
            return None
    is_value = number.span == row.parts["value"].span
    return None if is_value and len(row.stands("value").places) > 1 else said


# "6% of places, compared with 1% in larger firms", "5 points lower in mills than in offices"
_RIVAL_BEFORE = re.compile(
    r"\b(?:than|compared (?:with|to)|against|versus|vs\.?|relative to)(?: (?:only|just|about))?"
    rf" (?:{_NUMBER}{_UNIT} )?(?:(?:in|for|among|with|of|by)(?: that of)? )?"
    rf"(?:(?:{'|'.join(sorted(_ARTICLES))})(?: (?:in|of|with|from))? )?\Z"
)


def _rivals_name(row: Row, value: _Number) -> str | None:
    """Whether a group is only told behind its number, as what that is compared with."""
    said = None
    for place in row.stands("group").places[:_MOST]:
        start, end = place.span
        if not value.home.start <= start < value.home.end:
            continue
        near = max(value.home.start, start - _NEAR)
        than = _RIVAL_BEFORE.search(value.text, near, start)
        if than is None or than.start() < value.span.end:
            return None
        said = said or says(value.text[than.start() : end])
    return said


def _tie(name: Span, number: _Number, is_list: bool, is_name: bool) -> str | None:
    """The words that tie a name to another number; "" if none do, None if it is tied to this."""
    if name.start < number.span.end and number.span.start < name.end:
        return None
    if is_list and (said := _tie_in_list(name, number)) != "":
        return said
    if _is_behind(number.text, name.start) and (said := _tie_before(name, number)) != "":
        return said
    behind = number.text[name.end : name.end + 1]
    if behind == ":" and is_name:
        return _tie_by_colon(name, number)
    return _tie_behind(name, number, is_name) if behind == " " else ""


def _is_behind(text: str, start: int) -> bool:
    """Whether a preposition stands before a name, with or without an article."""
    end = start - 1
    at = text.rfind(" ", 0, end)
    word = text[at + 1 : end]
    if word in _ARTICLES:
        word = text[text.rfind(" ", 0, at) + 1 : at]
    return word in _BY


def _tie_before(name: Span, number: _Number) -> str | None:
    """As ``_tie``, of "12% with A and 19% with B"."""
    text = number.text
    tied = _NUMBER_BY.search(text, max(number.home.start, name.start - _NEAR), name.start)
    if tied is None:
        return ""
    if number.holds(tied.start("number")) or text[name.end : number.span.start] == " (":
        return None
    on = _GOES_ON.match(text, number.span.end, number.home.end)
    at = on.group().find(" " + tied["by"].removesuffix("out")) if on else -1
    if at < 0:
        return ""
    told = text[name.start : name.end]
    at = text.find(" ", number.span.end + at + 1) + 1
    rest = text[at : at + len(told) + 12]
    is_same = rest.startswith(told) or f" {told}" in rest
    rest = _ARTICLE.sub("", rest)
    is_same = is_same or rest.split(" ", 1)[0].lower() in _SAME
    if is_same or rest[:1].isdigit() is not told[0].isdigit():
        return ""
    return says(text[tied.start("number") : name.end])


def _tie_behind(name: Span, number: _Number, is_name: bool) -> str | None:
    """As ``_tie``, of "A (12%) and B (19%)", "A was 12% and B was 19%".

    What is measured may be so in another unit; of names that are compared, all have percentages.
    """
    text, end = number.text, name.end
    is_bracket = text[end + 1 : end + 2] == "("
    tied = (_IN_BRACKET if is_bracket else _SAYS).match(text, end, number.home.end)
    if tied is None:
        return ""
    at = tied.start("number")
    if number.holds(at):
        return None
    if is_name and number.is_percent is not tied["number"].endswith("%"):
        return ""
    if is_bracket:
        own = _BRACKET.search(text, number.near, number.span.start)
        is_other = own is not None and own["label"] == tied["label"]
        is_other = is_other and not text.startswith("% C", tied.end() - 1)
        is_other = is_other and (is_name or not _is_ranked(number, name))
    elif text.startswith("from ", at - 5):
        first, second = sorted((tied.span("number"), number.span))
        is_other = _BUT.search(text, first[1], second[0]) is not None
    else:
        is_other = _is_said_of_another(text[name.start : end], tied["gap"], number, is_name)
    return says(text[name.start : tied.end()] + ")" * is_bracket) if is_other else ""


def _tie_by_colon(name: Span, number: _Number) -> str | None:
    """As ``_tie``, of "(A: difference 12%; B: 19%)"."""
    text = number.text
    labels = list(_LABELLED.finditer(text, number.home.start, number.span.start))
    if not labels or labels[-1].end() == name.end + 1:
        return None if labels else ""
    return says(text[labels[-1].start("name") : number.span.end])


def _is_said_of_another(name: str, gap: str, number: _Number, is_name: bool) -> bool:
    """Whether the same words stand between another name and a number."""
    text, start = number.text, number.span.start
    if not is_name and gap in _PLAIN:
        own = _IS.search(text, number.near, start)
        told = own.group(own.lastindex or 0).lower() if own else "and"
        if own and name.lower().endswith(f" {told}"):
            kind = _LAST_WORD.search(text, number.near, own.start() - 1)
            other = kind.group().lower() if kind else "the"
            return other not in _SAYS_NOTHING and f"{other} " not in name.lower()
        return told not in _SAYS_NOTHING and told not in name.lower()
    if _MOVES.fullmatch(gap):
        return _moves_apart(name, number)
    other = f"{gap[:-2]} " if gap.endswith("s ") else f"{gap[:-1]}s "
    for form in (gap, _OTHER_FORM.get(gap, other)):
        if text.endswith(form, number.near, start):
            before = start - len(form)
            word = _LAST_WORD.search(text, number.near, before)
            is_own = word is None or word.group().lower() in _SAYS_NOTHING
            return not (is_own or text.endswith(name, number.home.start, before))
    return False


def _is_ranked(number: _Number, name: Span) -> bool:
    """Whether several may be of a name: "the main prey (31%), followed by eels (12%)"."""
    near = max(number.home.start, name.start - _NEAR)
    return RANKING.search(number.text, near, name.start) is not None


# "Area grew by 4 ha, and income rose by 9%": what moves is named before its verb.
_MOVES = re.compile(
    r" (?:\w+ly )?(?:rose|rises?|risen|grew|grows?|fell|falls?|increase[sd]?|decrease[sd]?"
    r"|drop(?:s|ped)?|decline[sd]?|improve[sd]?|change[sd]?|shr[aiu]nk|gain(?:s|ed)?)"
    r"(?: \w+ly| only)? by "
)
_CLAUSE_START = re.compile(r"(?:[,;] )?(?<![^ ])(?:and|but|while|whereas)(?: |\Z)|[,;] ")
_MOVES_HERE = re.compile(rf"{_MOVES.pattern}\Z")
_SAME_SUBJECT = words("those that it they these this which both who then also in of for with")


def _moves_apart(name: str, number: _Number) -> bool:
    """Whether something else than a name stands before the verb of change before a number."""
    text, near = number.text, number.near
    own = _MOVES_HERE.search(text, near, number.span.start)
    if own is None:
        return False
    clause = _CLAUSE_START.split(text[near : own.start()])[-1]
    subject = clause.lower().split()
    return bool(subject) and _SAME_SUBJECT.isdisjoint(subject[:1]) and name not in clause


def _tie_in_list(name: Span, number: _Number) -> str | None:
    """As ``_tie``, of what "respectively" gives to a name."""
    text, home = number.text, number.home
    if (amounts := _list_with(number)) is None:
        return ""
    items, at = amounts
    first, last = items[0].start, items[-1].end
    if text.find(_RESPECTIVELY, home.start, home.end) < 0:
        by = _LIST_BY.match(text, last, home.end)
        if by is None or name.start < by.end():
            return ""
        first, last = by.end(), min(home.end, by.end() + _LONGEST)
    elif name.start < first:
        begin = max(home.start, first - _LONGEST)
        first, last = max(begin, text.rfind(_RESPECTIVELY, begin, first)), first
    else:
        first, last = last, text.find(_RESPECTIVELY, last, min(home.end, last + _LONGEST))
    named = _place_in_list(text, name, len(items), Span(first, last))
    if named is None:
        return ""
    told = items[named].of(text)
    name_ = text[name.start : name.end]
    return None if named == at else f"“respectively” gives “{told}” to “{name_}”"


def _list_with(number: _Number) -> tuple[list[Span], int] | None:
    """The items of the list of numbers that holds one, and which of them it is."""
    text, (start, end) = number.text, number.span
    for found in _AMOUNTS.finditer(text, number.near, min(number.home.end, end + _NEAR)):
        ends = [m.span() for m in _SEPARATOR.finditer(text, *found.span())]
        starts = [found.start(), *(end for _, end in ends)]
        items = list(map(Span, starts, [*(start for start, _ in ends), found.end()]))
        for at, item in enumerate(items):
            if item.start <= start < item.end:
                return items, at
    return None


def _place_in_list(text: str, name: Span, count: int, within: Span) -> int | None:
    """Which item of a list of so many names one is; None where there is no such list."""
    for last in _LAST_SEPARATOR.finditer(text, *within):
        ends = [last.span()]
        while len(ends) < count - 1:
            first = ends[0][0]
            comma = text.rfind(", ", max(within.start, first - _ITEM), first)
            if comma < 0:
                break
            ends.insert(0, (comma, comma + 2))
        if len(ends) < count - 1:
            continue
        if name.end == ends[0][0]:
            return 0
        for at, ((_, start), (end, _)) in enumerate(pairwise(ends), start=1):
            if start <= name.start and name.end <= end:
                return at
        start = ends[-1][1]
        if start <= name.start and _LEADING.issuperset(text[start : name.start].split()):
            return count - 1
    return None


def _in_other_place(compared: Span, value: _Number) -> str | None:
    """Whether a baseline has another place in its list than the value in its own, in words."""
    own, other = _list_with(value), _list_with(value._replace(span=compared))
    if not (own and other) or own[0] == other[0] or len(own[0]) != len(other[0]):
        return None
    if own[1] == other[1]:
        return None
    told = other[0][own[1]].of(value.text)
    return f"“respectively” gives “{told}” the place of “{value.span.of(value.text)}”"


def _start_of_another(compared: Span, value: _Number) -> str | None:
    """Whether "from" a baseline leads "to" another number, and "to" the value from another."""
    text, (first, last) = value.text, value.home
    if not text.startswith("from ", compared.start - 5):
        return None
    to = _TO.match(text, compared.end, last)
    if to is None or value.holds(to.start("number")):
        return None
    own = _FROM_TO.search(text, max(first, value.span.start - _NEAR), value.span.start)
    if own is None or own.start("number") == compared.start:
        return None
    return says(text[compared.start - 5 : to.end()])
