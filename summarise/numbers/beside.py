"""The phrases beside the outcomes of a sentence, and which of them can be somebody's names."""

from __future__ import annotations

import re
from collections.abc import Sequence

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
    r"|randomi[sz]ed to|treated with|given|achieved by|obtained by)"
    r" (?:those (?:with|in|on|receiving) )?"
    rf"(?:(?:those|{PEOPLE.pattern}) "
    r"(?:(?:that|who) )?(?:had )?(?:received|receiving|underwent|undergoing|(?:were )?given"
    r"|(?:were )?treated with|took|taking) (?:the )?)?"
    r"(?:(?:the|those|all) (?:[a-z]+ )?(?:done|performed|conducted|treated|seen|living|born"
    r"|admitted"
    r"|cared for) (?:in|with|at|on|by|under) (?:the )?)?"
)
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
        """A name unless a metric or a dataset stands in it."""
        return None if name is None or self._named.overlap(name) else name

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
        # "(aged 20 to 30) women (3%": of which women is told before.
        is_torn = name is not None and self._text.startswith(") ", name.start - 2)
        return None if is_torn else name

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

    def _is_somebody(self, name: Span) -> bool:
        """Whether a phrase before a bracket can be whose the number in it is."""
        if self._is_predicate(name, COPULA):
            return False
        text = name.of(self._text)
        return any(c.isupper() or c.isdigit() for c in text) or PEOPLE.search(text) is not None

    def _is_predicate(self, name: Span, verb: re.Pattern[str]) -> bool:
        """Whether it says what something is: "Zeta was the best guide (r = 0.9)"."""
        return verb.search(self._text, max(self._start, name.start - 12), name.start) is not None
