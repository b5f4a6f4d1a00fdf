"""Where a sentence can be cut so that what is left says no less than a whole clause.

Nothing is rewritten: a phrase is a stretch of the sentence, or several in their order, without the
asides between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from propcache.api import cached_property

from summarise.drafting.openings import (
    ACHIEVING,
    ADJUNCT_OPENS,
    CONTRASTED,
    HANGING,
    INNER,
    JOINTS,
    LEANING,
    MAIN,
    PAIRED,
    PARTICIPLE_BEFORE,
    PARTICIPLE_OPENS,
    RESTRICTED_BEHIND,
    SPARED,
    SPARED_OF_NUMBER,
    STRONG,
    SUBORDINATING,
    TURNING,
    WEAK,
)
from summarise.models import Span
from summarise.reading import BETWEEN, FORMS, is_finite

CLAUSE = 25
"""Words; a clause of more is cut before an adjunct, too."""

_FEWEST_WORDS, _FEWEST_OF_MANY = 3, 8
# A clause of so many words stays whole where its last adjunct can't go.
_MOST_RESTRICTED = 35

_TOKEN = re.compile(r"[^\s()\[\],;:]+")
_BRACKETS = re.compile(r"\((?:[^()]|\([^()]*\))*\)(?!\^)|\[[^\[\]]*\]")
# "(1,1)", "(k + 1)"; but "(2, 3)" cites and "(a)" counts up.
_FORMULA = re.compile(r"\((?:\d+(?:,\d+)+|[\w.]+(?: ?[+*/^] ?| [-−] )[\w.]+)\)")
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|``.*?''|\$[^$]*\$")
_ENUMERATOR = re.compile(r"\(?(?:\d|[ivx]{1,4}|[a-e])\)(?= )")
# "can raise—and also lower—falls" is no aside.
_DASHED = re.compile(
    r" (?P<dash>--?|—|–) (?!(?:and|or|but) )[^;:]*? (?P=dash)(?= )"
    r"|—(?!(?:and|or|but) )[^—;:]*—(?=\w)"
)
_NAMED = re.compile(
    r",? (?:called|named|dubbed|termed|namely|denoted as) [^,;\"“”]{1,80},"
    r"(?= (?:that|which|to|for) )"
    r"|, (?:called|named|dubbed|termed|namely|denoted as) [^,;.\"“”]{1,80}(?=\.$)"
)
_INSTANCES = re.compile(
    r", (?:such as|including|for example|e\.g\.|i\.e\.|namely),? [^;:()]{3,90}?,"
    r"(?= (?:to|for|in|on|of|that|which|is|are|was|were|has|have|can|may|by|from|with) )"
)
_INSTANCING = (", such as ", ", including ", ", for example", ", e.g.", ", i.e.", ", namely")
_DASHES = ("--", "—", "–", " - ")
_QUOTES = ('"', "“", "``", "$")
_NAMING = (" called ", " named ", " dubbed ", " termed ", " namely ", " denoted as ")
_LEADS_IN = re.compile(r"\b(?:in|by|of|from|to|see|than|on|for) \Z")
_NUMBER_BEFORE = re.compile(r"[\s(][+-]?\d[\d.,]* ?(?:%|\\%)? \Z")
_QUALIFIER = re.compile(r"[(\[](?:95|90|99|[pP] ?[=<>≤]|CI|IQR|SD|SE|range|n ?=|e\.g|i\.e|see|Fig)")

# "coupling a lamp" (with a wick)
_JOINING = re.compile(
    r"\b(?:coupl|combin|integrat|replac|link)ing (?:(?!(?:with|and|by)\b)[^\s,;:]+ ){1,8}(?=with )"
)
_RELATIVE = re.compile(r"\b(?:that|which|who|whose|where)\b(?! of\b)")
_THAT = re.compile(r"\bthat (?!of\b)(?!\w+(?:s|ed)\b)(?!.*\bthat )")
# "show that kites": what of them?
_SAYS = re.compile(
    r"\b(?:show|demonstrat|f[io]u?nd|suggest|indicat|reveal|conclud|confirm|report|hypothesi[sz]"
    r"|argu|observ|highlight|emphasi[sz]|underscor|impl|stress)\w* \Z|\b(?:is|was) \Z"
)
_LONGEST = 1200
_LOOSE = re.compile(r", (?:equivalent|equal|corresponding|relative|compared|due|owing|thanks)\Z")


class Clauses:
    """A sentence, and where it can be cut.

    ``kept`` is a place in it, of a number, that no aside around it is dropped for.
    """

    def __init__(self, text: str, kept: Span | None = None) -> None:
        self.text = text
        self._kept = kept
        self._phrases: dict[tuple[int, int], str] = {}

    # What is left out.

    @cached_property
    def _asides(self) -> list[Span]:
        found: list[Span] = []
        if len(self.text) > _LONGEST:
            return found
        for start, end in self._bracketed:
            if start and self.text[start - 1] == " " and self._is_aside(start, end):
                found.append(Span(start - 1, end))
        whole = self._spans(_QUOTES, _QUOTED)  # "$d - 2c - o(1)$" has no aside
        for hints, pattern in ((_DASHES, _DASHED), (_NAMING, _NAMED), (_INSTANCING, _INSTANCES)):
            for span in self._spans(hints, pattern):
                overlaps = any(a.start < span.end and span.start < a.end for a in found)
                is_inside = any(q.start < span.start < q.end for q in whole)
                if not (overlaps or is_inside or self._holds_kept(span)):
                    found.append(span)
        return sorted(found)

    def _is_aside(self, start: int, end: int) -> bool:
        if self._holds_kept(Span(start, end)) or _ENUMERATOR.match(self.text, start):
            return False
        if _FORMULA.match(self.text, start) or self.text.startswith(" =", end):
            # "X (k + 1) = 3": a part of it
            return False
        before = self.text[max(0, start - 12) : start]
        if _LEADS_IN.search(before) and not self.text[end + 1 : end + 2].islower():
            # "as studied in [7]" is no whole without it.
            return False
        labels_number = _NUMBER_BEFORE.search(before)
        if self.text[end : end + 1].isalnum() or self.text.startswith(("(", "-"), end):
            return False
        return not labels_number or _QUALIFIER.match(self.text, start) is not None

    def _holds_kept(self, span: Span) -> bool:
        kept = self._kept
        return kept is not None and span.start <= kept.start < span.end

    @cached_property
    def _closed(self) -> list[Span]:
        """Brackets and quotes, in which nothing is cut."""
        return sorted((*self._bracketed, *self._spans(_QUOTES, _QUOTED)))

    @cached_property
    def _bracketed(self) -> list[Span]:
        return self._spans(("(", "["), _BRACKETS)

    def _spans(self, hints: tuple[str, ...], pattern: re.Pattern[str]) -> list[Span]:
        """Where a pattern is that can only be found where one of some hints stands."""
        text = self.text
        if not any(map(text.__contains__, hints)):
            return []
        return [Span(*match.span()) for match in pattern.finditer(text)]

    @cached_property
    def _uncut(self) -> list[Span]:
        return [*self._closed, *self._asides]

    def _is_within(self, at: int) -> bool:
        return any(start < at < end for start, end in self._uncut)

    def phrase(self, start: int, end: int) -> str:
        """A stretch without the asides in it, and without what parts it from what follows."""
        if (said := self._phrases.get((start, end))) is None:
            said, at = "", start
            for first, last in self._asides:
                if first >= start and last <= end:
                    # Of "ropes—of hemp—hold" no blank is left.
                    joint = " " * (self.text[first] == "—")
                    said += self.text[at:first] + joint
                    at = max(at, last)
            said = (said + self.text[at:end]).strip(" ,;:—–").removesuffix(" --")
            said = self._phrases[start, end] = _LOOSE.sub("", said.removesuffix(".").strip())
        return said

    def count(self, start: int, end: int) -> int:
        """How many words a phrase has."""
        return len(self.phrase(start, end).split())

    # Where it can be cut.

    def fitting(
        self, start: int, most: int, *, past: int = 0, bare: bool = False, whole: int | None = None
    ) -> int:
        """Where a phrase ends that begins at a place, within ``most`` words if that can be.

        ``whole`` is where it ends at the latest, and ``past`` what it must hold; ``bare`` says
        that it needs no verb.
        """
        whole = whole or len(self.text)
        if whole > _LONGEST or self.count(start, whole) <= most:
            return whole
        part = Span(start, whole)
        sized = [(self.count(start, m.start()), m) for m in self._places(STRONG, part, past)]
        short = [match for count, match in sized if _FEWEST_WORDS <= count <= most]
        if fitting := self._first_end(reversed(short), start, bare=bare):
            return fitting
        longer = (match for count, match in sized if count > most)
        end = self._first_end(longer, start, bare=bare) or whole
        if self.count(start, end) <= CLAUSE:
            return end
        weak = [
            match
            for match in reversed([*self._places(WEAK, part, past)])
            if _FEWEST_OF_MANY <= self.count(start, match.start()) <= CLAUSE
        ]
        if weak and self._is_restricted(weak[0]) and self.count(start, end) <= _MOST_RESTRICTED:
            return end
        return self._first_end(weak, start, bare=bare) or end

    def before_cut(self, start: int) -> int:
        """Where the last whole phrase ends of a text that is cut off; ``start`` where none does."""
        part = Span(start, len(self.text))
        found = [*self._places(STRONG, part, 0), *self._places(WEAK, part, 0)]
        # Where no verb is known, only an adjunct is sure to have none.
        is_adjunct = ADJUNCT_OPENS.match(self.text, start) is not None
        bare = not (is_adjunct or self._tells(start, len(self.text)))
        found = [match for match in found if not (bare and match.group() == "—")]
        ends = sorted(found, key=lambda match: match.start(), reverse=True)
        return self._first_end(ends, start, bare=bare) or start

    def past_needed(self, start: int, end: int, most: int, *, is_number: bool = False) -> int:
        """Where a phrase ends that tells the whole of what one would that ends at a place.

        That is before the next thing that it can do without, if that is within ``most`` words.
        """
        if len(self.text) > _LONGEST:
            return end
        loose = _LOOSE.search(self.text, start, end)
        begin = loose.start() if loose else end
        found = (SPARED_OF_NUMBER if is_number else SPARED).finditer(self.text, begin)
        ends = [*(m.start() for m in found if self._is_spared(start, m)), len(self.text)]
        ends = ends[: 1 + (TURNING.match(self.text, ends[0]) is not None)]
        return max((at for at in ends if self.count(start, at) <= most), default=end)

    def _is_spared(self, start: int, joint: re.Match[str]) -> bool:
        """Whether what a phrase can do without begins at a joint."""
        if self._is_within(joint.start()):
            return False
        if joint.group() == ", and ":
            return self._opens_clause(joint.end())
        return joint.group() == "; " or self._is_honest(start, joint.start())

    def of_number(self, start: int, at: Span, most: int) -> Span:
        """The clause that holds a number; with those before it, where it needs their words."""
        if len(self.text) > _LONGEST:
            return Span(start, len(self.text))
        begin, end = start, len(self.text)
        for here, after in self._joints(start):
            if not self.verb(begin, here):
                continue
            if here >= at.end:
                if self.verb(after, None, "and") and self._is_honest(begin, here):
                    end = here
                    break
            elif self.verb(after, at.end):
                leans = LEANING.match(self.text, after)
                begin = begin if leans and self.count(begin, at.end) <= most else after
        if (count := self.count(begin, at.end)) > most:
            begin = self._participle(begin, at.start, by_itself=count <= CLAUSE)
        return Span(begin, end)

    def inner(self, start: int) -> Iterator[Span]:
        """The clauses of a sentence behind its joints, and the one before the first of them."""
        if len(self.text) > _LONGEST:
            return
        found = INNER.finditer(self.text, start)
        joints = [Span(*match.span()) for match in found if not self._is_within(match.start())]
        ends = [joint.start for joint in joints] + [len(self.text)]
        for begin, end in zip([start, *(joint.end for joint in joints)], ends, strict=True):
            verb = self.verb(begin, end)
            if verb and verb.start > begin and self._is_honest(begin, end):
                yield Span(begin, end)

    def _joints(self, start: int) -> Iterator[Span]:
        """What parts two clauses of one rank."""
        for match in STRONG.finditer(self.text, start):
            joint = match.group().strip(" ,")
            is_list = joint == "and" and not self._opens_clause(match.end())
            if joint in JOINTS and not is_list and not self._is_within(match.start()):
                yield Span(*match.span())

    def _participle(self, start: int, end: int, *, by_itself: bool) -> int:
        """Where the last "achieving …" of a stretch begins; its start where there is none.

        ``by_itself`` asks that it tells enough without what leads to it, as "leading to" doesn't.
        """
        pattern = ACHIEVING if by_itself else PARTICIPLE_OPENS
        found = (m.start() + 2 for m in STRONG.finditer(self.text, start, end))
        # "keeping gulls (3%), and terns (4%)": the number is of the last of a list.
        places = [
            at for at in found if pattern.match(self.text, at) and "(" not in self.text[at:end]
        ]
        return places[-1] if places else start

    def _places(self, pattern: re.Pattern[str], part: Span, past: int) -> Iterator[re.Match[str]]:
        least = max(past, part.start + 1)
        for match in pattern.finditer(self.text, *part):
            if match.start() >= least and not self._is_within(match.start()):
                yield match

    def _first_end(self, matches: Iterable[re.Match[str]], start: int, *, bare: bool) -> int | None:
        """Where the first of some places is that a phrase can end at."""
        for match in matches:
            end = match.start()
            if match.group().startswith(", and") and not self._opens_clause(match.end()):
                continue
            if match.re is WEAK and (
                PARTICIPLE_BEFORE.search(self.text[max(0, end - 30) : end])
                or self._is_restricted(match)
            ):
                continue
            if (bare or self._tells(start, end)) and self._is_honest(start, end):
                return end
        return None

    def _is_restricted(self, adjunct: re.Match[str]) -> bool:
        """Whether what stands before an adjunct says something else without it."""
        start, end = adjunct.span()
        if CONTRASTED.match(self.text, end):
            return True
        return RESTRICTED_BEHIND.search(self.text[max(0, start - 160) : end]) is not None

    def _is_honest(self, start: int, end: int) -> bool:
        """Whether a stretch isn't half of something."""
        said = self.phrase(start, end)
        last = said.rfind(" ", 0, max(0, said.rfind(" ")))
        # No hanging end has more than two words, or a comma and two.
        if HANGING.search(said, max(0, last - 1)) or self._ends_in_verb(start, end):
            return False
        if ") " in said and _ENUMERATOR.search(said):
            return False
        for first, second in self._pairs:
            match = first.search(self.text, start, end)
            if match and not second.search(self.text, match.end(), end):
                return False
        joining = _JOINING.search(self.text, start) if "ing " in said else None
        if joining and joining.start() < end < joining.end():
            return False
        that = _THAT.search(said) if "that " in said else None
        rest = said[that.end() :] if that else ""
        is_short = rest.count(" ") < _FEWEST_WORDS or (that and _SAYS.search(said, 0, that.start()))
        if that and is_short and not Clauses(rest).verb(0, None, "that"):
            return False
        # Neither before nor amid what is counted up: "in three stages: a lamp on wet ropes, …"
        at = self.text.find(": ", start, end + 2)
        return at < 0 or end >= len(self.text) - 1 or not _ANNOUNCED.search(self.text, start, at)

    def _ends_in_verb(self, start: int, end: int) -> bool:
        """Whether a verb is last, whose object stands behind it: "the studies include"."""
        at = self.text.rfind(" ", start, end)
        if self.text[at + 1 : end] not in FORMS or end >= len(self.text) - 1 or at <= start:
            return False
        before = self.text[self.text.rfind(" ", start, at) + 1 : at]
        before = "they" if before.endswith("ly") or before in BETWEEN else before
        return self.verb(at + 1, end, before) is not None

    @cached_property
    def _pairs(self) -> list[tuple[re.Pattern[str], re.Pattern[str]]]:
        """What could be half of something here."""
        text = self.text.lower()
        return [(one, two) for hints, one, two in PAIRED if any(map(text.__contains__, hints))]

    def _opens_clause(self, at: int) -> bool:
        """Whether a clause, or a second verb, begins here, not one more thing of a list."""
        verb = self.verb(at, min(len(self.text), at + 90), "and")
        return verb is not None and "," not in self.text[at : verb.start]

    def _tells(self, start: int, end: int) -> bool:
        found = self.verb(start, end)
        if found and SUBORDINATING.match(self.text, start):
            # "When rain falls, rivers rise": the main clause is yet to come.
            main = MAIN.search(self.text, found.end, end)
            return main is not None and self.verb(main.end(), end) is not None
        while found and _RELATIVE.search(self.text[start : found.start]):
            # "a study that shows": the verb of the whole is yet to come.
            after = self.verb(found.end, end)
            start, found = found.end, after
        return found is not None

    # Verbs.

    def verb(self, start: int, end: int | None = None, before: str = "") -> Span | None:
        """The first finite verb of a stretch; ``before`` is the word before it."""
        closed = self._closed
        for match in _TOKEN.finditer(self.text, start, len(self.text) if end is None else end):
            at = match.start()
            if closed and any(begun <= at < ended for begun, ended in closed):
                continue
            word = match.group().rstrip(".")
            if word in FORMS:
                after = _TOKEN.match(self.text, match.end() + 1)
                if is_finite(before, word, after.group() if after else ""):
                    return Span(at, at + len(word))
            if not word.endswith("ly") and word not in BETWEEN:
                before = word
        return None


_ANNOUNCED = re.compile(
    r"\b(?:two|three|four|five|several|following|key|common|main|major|i\.e)\b", re.IGNORECASE
)
