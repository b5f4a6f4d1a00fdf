"""The phrases beside the outcomes of a sentence, and which of them can be somebody's names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from summarise.models import QuantityKind, Span
from summarise.numbers.groups import PEOPLE, beside_share, phrase_before, phrase_behind
from summarise.numbers.outcomes import Figure
from summarise.numbers.sides import is_anybody
from summarise.numbers.values import SentenceNumbers
from summarise.scan import Stretches

_BRACKET = re.compile(r"[(\[](?P<label>[^()\[\]\d;]{0,25})\Z")
WHOSE = re.compile(
    rf"(?:%?[)\]])?(?: (?:[a-z]+ )?per [a-z]+| units?| points?)?(?: {PEOPLE.pattern})?"
    r"(?: (?:higher|lower|more|less|greater|longer|shorter))?"
    r"(?: (?:at|after|by) (?:(?:day|week|month|year) \d+|\d+ (?:day|week|month|year)s|follow-up))?"
    r",? ?"
    r"(?:of (?:(?:the|all|those) )?(?:[a-z]+ )?)?"
    r"(?P<how>in|with|for|under|among|by|assigned to|receiving"
    r"|randomi[sz]ed to|treated with|given|achieved by|obtained by|as(?! well| compared| an? ))"
    r" (?:those (?:with|in|on|receiving) )?"
    rf"(?:(?:those|{PEOPLE.pattern}) "
    r"(?:(?:that|who) )?(?:had )?(?:received|receiving|underwent|undergoing|(?:were )?given"
    r"|(?:were )?treated with|took|taking) (?:the )?)?"
    r"(?:(?:the|those|all) (?:[a-z]+ )?(?:done|performed|conducted|treated|seen|living|born"
    r"|admitted"
    r"|cared for) (?:in|with|at|on|by|under) (?:the )?)?"
)
# "while women with gout", "mainly gulls"
_LEAD = re.compile(
    r"(?:while|whereas|but|mainly|mostly|primarily|chiefly|especially|particularly|predominantly) "
)
_PREPOSITION = re.compile(r"(?:in|at|on|for|by|with) ")
_FAR = 90
_LONGEST_LINK = 14
_ADJUSTED = re.compile(
    r"\b(?:adjust|control|account|correct)\w* for (?:the )?"
    r"(?:[\w -]{1,40}(?:, [\w -]{1,30}){0,4},? and )?\Z"
)
_TAIL = re.compile(
    r"\b(?:about|during|since|until|towards?|within|regarding|against|through|(?P<is>is)) "
    r"(?:the |an? |its |their )?\Z"
)
_FRONTED = re.compile(
    r"(?:^|[;,.] (?:and |while |whereas |but )?)(?:[A-Z]+: )?(?:Among|among|In|in|For|for|With|Of) "
)
# "Among 31 young owls"
_COUNT_FIRST = re.compile(r"\d[\d,]* (?=[a-z])")
# "by adulthood (93% in those of 20 years)"
_OWN_PEOPLE = re.compile(rf" in (?:those|[\d-]+[ -]year|(?:[\w-]+ ){{0,2}}{PEOPLE.pattern})\b")
_OPENS = re.compile(r"[(\[][^()\[\]\d]{0,40}\Z")
COPULA = re.compile(r"\b(?:is|was|are|were) (?:an? |the )?\Z")
_OUT_OF = re.compile(r"[)\]]?,? ?(?:(?:out )?of (?:the )?(?:\d[\d,]* )?)?(?=[a-z])")
SHARE_OF = re.compile(r" of (?:the |all )?(?=[a-z])")
_VERB = re.compile(r"[a-z]+ed ")
_LIST_LIKE = re.compile(r",? (?:and |or )?")
_CLAUSE_END = re.compile(r"; |, (?:and|while|but|whereas) ")


# "Adults were the main visitors (51%), followed by teens (31%) and toddlers (6%)"
_FOLLOWED = re.compile(r",? followed by ")
_NEXT_ITEM = re.compile(
    r"(?:\)?,? (?:and )?(?:then )?)?(?:by )?(?:the |an? )?"
    r"(?P<name>(?!(?:with|at|in|of|by|while|whereas|but)\b)[\"“‘A-Za-z]"
    r"(?:(?! (?:was|were|is|are) )[^,;:()]){1,60}?)(?: \(| at |, )"
)
_FIRST_ITEM = re.compile(
    r"(?:.*[.:;,] (?:and )?)?(?:(?:[Tt]he|[Aa]n?) )?+"
    r"(?:(?P<name>(?!(?:most|main|leading|commonest|major)\b)[^,;:()]{2,60}?)"
    r" (?:was|were|is|are) (?:by far )?the [^,;:()]*"
    r"|[^,;:()]*\b(?:most|main|leading|commonest|major|predominant)\b[^,;:()]*?"
    r" (?:was|were|is|are) (?:the )?(?P<said>[^,;:()]{2,60})) \("
)


def followed(text: str, within: Span, numbers: Sequence[Span]) -> dict[int, Span]:
    """Whose each number of a ranking is, by index: "A was the commonest (51%), followed by B (4%)".

    A number's span is that of its value and of what tells how sure it is.
    """
    found: dict[int, Span] = {}
    mark = _FOLLOWED.search(text, *within) if len(numbers) > 1 else None
    if mark is None:
        return found
    end = mark.end()
    for index, number in enumerate(numbers):
        if number.start < mark.start():
            continue
        item = _NEXT_ITEM.fullmatch(text, end, max(end, number.start))
        if item is None:
            break
        found[index] = Span(*item.span("name"))
        end = number.end
    first = min(found, default=0) - 1
    if first >= 0 and text[numbers[first].end : mark.start()] in ("", ")"):
        subject = _FIRST_ITEM.fullmatch(text, within.start, numbers[first].start)
        name = subject and ("name" if subject["name"] else "said")
        found.update({first: Span(*subject.span(name))} if subject and name else {})
    return found


class Beside:
    """The phrases right before and right behind the outcomes of a sentence."""

    def __init__(
        self, text: str, sentence: SentenceNumbers, outcomes: Sequence[Figure], named: Stretches
    ) -> None:
        self._text = text
        self._start = sentence.body_start
        self._end = sentence.span.end
        self._outcomes = outcomes
        self._named = named

    def apart(self, name: Span | None) -> Span | None:
        """A name if it can be somebody's: one of people or a thing, that nothing else has."""
        if name is None or not self.is_free(name):
            return None
        if (lead := _LEAD.match(self._text, *name)) is not None:
            name = Span(lead.end(), name.end)
        is_open = _PREPOSITION.match(self._text, *name) or self._is_adjusted_for(name)
        return None if is_open else name

    def is_free(self, name: Span) -> bool:
        """Whether neither a metric nor a dataset stands in a name."""
        return not self._named.overlap(name)

    def _last_end(self, index: int) -> int:
        return self._outcomes[index - 1].whole.end if index else self._start

    def _next_start(self, index: int) -> int:
        following = self._outcomes[index + 1 : index + 2]
        return following[0].span.start if following else self._end

    def _clause_end(self, at: int) -> int:
        found = _CLAUSE_END.search(self._text, at, self._end)
        return found.start() if found else self._end

    def _bracketed(self, outcome: Figure) -> Span | None:
        """The phrase before the bracket that a value opens: "than in controls (2.6%)"."""
        start = max(self._start, outcome.span.start - 30)
        found = _BRACKET.search(self._text, start, outcome.span.start)
        name = phrase_before(self._text, self._start, found.start()) if found else None
        if _OWN_PEOPLE.match(self._text, outcome.whole.end, self._end):
            return None
        # "(aged 20 to 30) women (3%": of which women is told before.
        is_torn = name is not None and self._text.startswith(") ", name.start - 2)
        return None if name is None or is_torn else self._with_noun(name)

    def _is_adjusted_for(self, name: Span) -> bool:
        """Whether it was only taken into account: "after adjusting for smoking (4.1 vs 3.2"."""
        start = max(self._start, name.start - _FAR)
        return _ADJUSTED.search(self._text, start, name.start) is not None

    def _with_noun(self, name: Span) -> Span | None:
        """A name with the noun whose end it is: "time since dusk", not "dusk" alone."""
        start = max(self._start, name.start - _LONGEST_LINK)
        link = _TAIL.search(self._text, start, name.start)
        if link is None:
            return name
        noun = None if link["is"] else phrase_before(self._text, self._start, link.start())
        return Span(noun.start, name.end) if noun else None

    def _opens(self, outcome: Figure) -> bool:
        """Whether a value is the first number in a bracket."""
        return _OPENS.search(self._text, self._start, outcome.span.start) is not None

    def _named_behind(self, index: int) -> tuple[Span | None, str]:
        end = self._next_start(index)
        found = WHOSE.match(self._text, self._outcomes[index].whole.end, end)
        if found is None:
            return beside_share(self._text, self._outcomes[index].span.end, end), "beside"
        return phrase_behind(self._text, found.end(), end), found["how"]

    def _counted(self, index: int) -> Span | None:
        """Of whom a value is a share: "9 (10%) of 87 patients with gout", "27% of carers"."""
        outcome = self._outcomes[index]
        if index and _LIST_LIKE.fullmatch(self._text, self._last_end(index), outcome.span.start):
            return None
        if outcome.is_change or outcome.kind not in (QuantityKind.PERCENT, QuantityKind.COUNT):
            return None
        end = self._next_start(index)
        for pattern in (SHARE_OF, _OUT_OF):
            found = pattern.match(self._text, outcome.span.end, end)
            name = phrase_behind(self._text, found.end(), end) if found else None
            if found and name is not None and PEOPLE.search(self._text, *name):
                # "31 (34%) involved patients": they did, and are not.
                is_verb = found.group()[:1] in ")]" and _VERB.match(self._text, *name)
                return None if is_verb or is_anybody(self._text, name) else name
        return None

    @cached_property
    def _shares_of(self) -> list[Span | None]:
        """Of what each outcome is a share, where it says so right behind."""
        found = []
        for index, one in enumerate(self._outcomes):
            end = self._next_start(index)
            is_share = one.kind is QuantityKind.PERCENT and not one.is_change
            of = SHARE_OF.match(self._text, one.span.end, end) if is_share else None
            found.append(phrase_behind(self._text, of.end(), end) if of else None)
        return found

    def _of_list(self, index: int) -> Span | None:
        """Of what it is a share in a list of three or more: "4% of owls, 9% of gulls and …"."""
        names = self._shares_of
        run = [index] if names[index] else []
        while run and run[0] and self._is_next(run[0] - 1):
            run.insert(0, run[0] - 1)
        while run and self._is_next(run[-1]):
            run.append(run[-1] + 1)
        return names[index] if len(run) > 2 else None

    def _is_next(self, index: int) -> bool:
        """Whether the share behind one is the next of a list."""
        name = self._shares_of[index]
        if name is None or not any(self._shares_of[index + 1 : index + 2]):
            return False
        return _LIST_LIKE.fullmatch(self._text, name.end, self._next_start(index)) is not None

    def _fronted(self, outcome: Figure) -> Span | None:
        """The group that a clause begins with: "Among the carers, 27% …"."""
        clause = self._text[self._start : outcome.span.start]
        opening = max((m.end() for m in _FRONTED.finditer(clause)), default=None)
        if opening is None:
            return None
        name = phrase_behind(self._text, self._start + opening, outcome.span.start)
        is_closed = name is not None and self._text.startswith(",", name.end)
        if name and (count := _COUNT_FIRST.match(self._text, *name)):
            name = Span(count.end(), name.end)
        if name and (self._text[name.start].isdigit() or is_anybody(self._text, name)):
            return None
        return name if is_closed and name and PEOPLE.search(self._text, *name) else None

    def _is_somebody(self, name: Span) -> bool:
        """Whether a phrase before a bracket can be whose the number in it is."""
        if self._is_predicate(name, COPULA):
            return False
        text = name.of(self._text)
        return any(c.isupper() or c.isdigit() for c in text) or PEOPLE.search(text) is not None

    def _is_predicate(self, name: Span, verb: re.Pattern[str]) -> bool:
        """Whether it says what something is: "Zeta was the best guide (r = 0.9)"."""
        return verb.search(self._text, max(self._start, name.start - 12), name.start) is not None
