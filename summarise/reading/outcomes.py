"""The outcomes that an abstract reports: which numbers are, of what, compared with what, where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from summarise.models import Quantity, QuantityKind, Span
from summarise.reading.reading import Reading
from summarise.reading.sentence import Sentence
from summarise.scan import Mention, Stretches, words

_Pair = tuple[Span, Span | None]
"""Where a value stands, and the number that it is compared with."""

_SET_UP = frozenset(
    {QuantityKind.YEAR, QuantityKind.HARDWARE, QuantityKind.COMPUTE_TIME, QuantityKind.BATCH_SIZE}
    | {QuantityKind.PARAMETERS, QuantityKind.MEMORY}
)
_QUALIFIERS = frozenset({QuantityKind.INTERVAL, QuantityKind.P_VALUE})
_EXTENTS = frozenset({QuantityKind.MEASURE, QuantityKind.TIME})
_ALIKE = frozenset({QuantityKind.NUMBER, QuantityKind.POINTS})
_JOIN = re.compile(r"[\s,;]*[(\[]?[\s,;]*(?:and )?(?:s\.?e\.?m?\.?|SE|SD)?[\s=]*")
_VERSUS = re.compile(
    r"(?:^|[\s(,])(?:vs\.?|versus|compared (?:to|with)|against|than|over|relative to|rather than"
    r"|instead of|from (?:an? )?(?:\w+ )?(?:base(?:line)?|level|initial))\s[^.;\d]{0,50}\Z"
)
_FROM = re.compile(r"\bfrom (?:(?:a|an|about|around|approximately) )?\Z", re.IGNORECASE)
_TO = re.compile(r" (?:[^\s.;]+ ){0,5}to ")
_BEFORE_AND = re.compile(r"[^.;\d]*\bbefore(?:,| and) (?:[a-z]+ ){0,2}")
_COMPARED_THINGS = re.compile(
    r"(?:models?|methods?|baselines|approaches|algorithms|datasets|data sets|benchmarks|corpora"
    r"|tasks?|languages|domains|settings|metrics|categories|tracks|aspects|dimensions|epochs)$"
)
_SETTING = re.compile(
    r"\b(?:of|on|across|among|with|for|in|from|over|the|these|all|using|at"
    r"|(?:more|less|fewer) than) \Z",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    r"\b(?:within|along|every|for|after|over|during|below|above|per|between|until|up to|older than"
    r"|links of|at (?:a )?(?:depth|distance|dose) of) \Z",
    re.IGNORECASE,
)
_FRACTION = re.compile(r"(?<![\w.,])\d[\d,]* (?:out )?of (?:the )?\Z")
_LEADING_DIGITS = re.compile(r"\d[\d,]*")
_CONTROL = re.compile(
    r"(?: \([\d.]+ ?%\))?[^.;\d]{0,12}"
    r"\b(?:with|in|for|on|under|among|of|from|given|receiving) (?:the )?"
    r"(?:[a-z-]+ ){0,2}?(?:usual care|controls?|placebo|standard|sham|comparison|comparators?"
    r"|baseline|conventional|waiting|untreated|other|others)\b"
)
_RIVAL = re.compile(
    r"; [^;]*?\b(?:baselines?|(?:best|strongest|previous|prior|earlier|existing|next[- ]best)"
    r" [^;]*?)\b"
)
_REACH = 80
_MOST = 40


def _outcome_numbers(abstract: str, sentence: Sentence, closed: Stretches) -> list[Quantity]:
    """Choose the numbers of a sentence that can be outcomes, no more than 40: more are a table.

    ``closed`` is what is a compute fact or a size of material.
    """
    numbers = _with_fractions(
        abstract,
        [q for q in sentence.quantities if _is_outcome(q) and not closed.overlap(q.span)][:_MOST],
    )
    told = [q for q in numbers if not _is_setting(abstract, sentence, q)]
    is_telling = any(q.kind is not QuantityKind.COUNT for q in told)
    is_telling = is_telling or any(" of " in q.text for q in told)
    return told if is_telling else numbers


def _is_outcome(quantity: Quantity) -> bool:
    """Whether a number can be an outcome: counts of compared things can't."""
    if quantity.kind is QuantityKind.COUNT:
        is_spelled = not any(character.isdigit() for character in quantity.text)
        return not is_spelled and not _COMPARED_THINGS.search(quantity.unit or "")
    return quantity.kind not in _SET_UP


def _with_fractions(abstract: str, numbers: list[Quantity]) -> list[Quantity]:
    """Make one number of "11 of 12 users"."""
    merged: list[Quantity] = []
    for quantity in numbers:
        fraction = _fraction(abstract, quantity)
        if fraction is not None and merged and merged[-1].span.start == fraction.span.start:
            merged.pop()
        merged.append(fraction or quantity)
    return merged


def _fraction(abstract: str, quantity: Quantity) -> Quantity | None:
    """A count together with the part of it that stands before: "11 of 12"."""
    start = quantity.span.start
    part = _FRACTION.search(abstract[max(0, start - 20) : start])
    digits = _LEADING_DIGITS.match(quantity.text)
    is_counted = quantity.kind in (QuantityKind.NUMBER, QuantityKind.COUNT)
    is_whole = is_counted and quantity.value is not None and quantity.value.is_integer()
    if part is None or digits is None or not is_whole:
        return None
    span = Span(start - len(part.group()), start + digits.end())
    text = span.of(abstract)
    return quantity.model_copy(update={"span": span, "text": text, "kind": QuantityKind.COUNT})


def _is_setting(abstract: str, sentence: Sentence, quantity: Quantity) -> bool:
    """Whether a number says where a measurement was made: "0.84 on 29 species", "within 50 m"."""
    start = quantity.span.start
    before = abstract[max(sentence.span.start, start - 24) : start]
    if quantity.kind in _EXTENTS:
        return _WITHIN.search(before) is not None
    if quantity.kind is not QuantityKind.COUNT or " of " in quantity.text:
        return False
    since = abstract[sentence.span.start : start]
    is_bracketed = since.count("(") > since.count(")")
    return is_bracketed or _SETTING.search(before) is not None


def _pairs_of(abstract: str, sentence: Sentence, numbers: Sequence[Quantity]) -> list[_Pair]:
    """Pair the outcomes of a sentence: each value with what it is compared with, in order."""
    found = list(_neighbours(abstract, numbers))
    kinds = {q.span.start: q.kind for q in numbers}
    rival = _RIVAL.search(sentence.text)
    clause = sentence.span.start + rival.start() if rival else sentence.span.end
    for at in range(len(found) - 1, 0, -1):
        other, against = found[at]
        if against is not None:
            continue
        if not (other.start > clause or _CONTROL.match(abstract, other.end, sentence.span.end)):
            continue
        partner = _partner(found[:at], kinds, other, clause)
        if partner is not None and not _CONTROL.match(abstract, found[partner][0].end):
            found[partner] = (found[partner][0], other)
            del found[at]
    return found


def _partner(
    found: Sequence[_Pair], kinds: dict[int, QuantityKind], other: Span, clause: int
) -> int | None:
    """The value that a number of a rival or a control group belongs to; the nearest for a group."""
    free = [
        index
        for index, (value, against) in enumerate(found)
        if against is None and kinds[value.start] is kinds[other.start]
    ]
    if other.start <= clause:
        return free[-1] if free and other.start - found[free[-1]][0].end <= 2 * _REACH else None
    free = [index for index in free if found[index][0].start < clause]
    return free[-1] if free else None


def _neighbours(abstract: str, numbers: Sequence[Quantity]) -> Iterator[_Pair]:
    at = 0
    while at < len(numbers):
        first = numbers[at]
        span, at = _with_qualifiers(abstract, numbers, at)
        order = _order(abstract, first, numbers[at]) if at < len(numbers) else None
        if order is None:
            yield span, None
            continue
        other, at = _with_qualifiers(abstract, numbers, at)
        yield (span, other) if order == "value first" else (other, span)


def _with_qualifiers(abstract: str, numbers: Sequence[Quantity], at: int) -> tuple[Span, int]:
    """A number with the interval and the p-value right behind it; and the index of the next."""
    start, end = numbers[at].span
    after = at + 1
    while after < len(numbers):
        following = numbers[after]
        gap = abstract[end : following.span.start]
        if following.kind not in _QUALIFIERS or not _JOIN.fullmatch(gap):
            break
        end = following.span.end
        after += 1
    end += _to_closing_bracket(abstract[start:end], abstract[end : end + _REACH])
    while after < len(numbers) and numbers[after].span.start < end:
        after += 1
    return Span(start, end), after


def _to_closing_bracket(text: str, rest: str) -> int:
    """How far a bracket that a value has opened is from its end; 0 where none is open."""
    for opener, closer in (("(", ")"), ("[", "]")):
        if text.count(opener) > text.count(closer):
            inner = rest.partition(closer)[0]
            return len(inner) + 1 if len(inner) < len(rest) and opener not in inner else 0
    return 0


def _order(abstract: str, left: Quantity, right: Quantity) -> str | None:
    """Which of two neighbours is the value; None where they are two outcomes."""
    gap = abstract[left.span.end : right.span.start]
    if len(gap) > 2 * _REACH:
        return None
    if _BEFORE_AND.fullmatch(gap) and abstract.startswith(" after", right.span.end):
        return "baseline first"
    if left.kind is not right.kind and not _ALIKE & {left.kind, right.kind}:
        return None
    before = abstract[max(0, left.span.start - 22) : left.span.start]
    if _TO.fullmatch(gap) and _FROM.search(before):
        return "baseline first"
    return "value first" if _VERSUS.search(gap) else None


_CLAUSE_END = re.compile(r"; |, (?:and|while|but) ")
# "Extensive experiments demonstrate that X …": the claim starts at X.
_FRAME = re.compile(
    r"^(?:[A-Z][\w-]*,? )?(?:[\w-]+ ){0,8}?(?:show(?:s|ed)?|demonstrate[sd]?|reveal(?:s|ed)?"
    r"|indicate[sd]?|suggest(?:s|ed)?|finds?|found|confirm(?:s|ed)?) that (?=[A-Z])"
)
_LONGEST = 400
_GAIN_BEFORE = re.compile(
    r"\b(?P<metric>(?:(?!(?:an?|the|by|and|with|of|to|in|on|achiev\w+|yield\w*|show\w*|impl\w+)\b)"
    r"[\w-]+ ){1,2}(?:gains?|improvements?|boosts?|reductions?|increases?|decreases?"
    r"|declines?|score|rate|ratio)) (?:of|by) "
    r"(?:(?:about|up to|around|approximately|over|nearly) )?\Z"
)
_METRIC_AFTER = re.compile(
    r" (?P<metric>(?:(?!(?:on|in|of|for|and|with|over|to|by|from|at|the|than|as|vs|compared|when"
    r"|while|or|using|across|respectively|is|are|was|were|improvement)\b)[\w-]+ ){0,3}?"
    r"(?:accuracy|precision|recall|reduction|improvement|increase|decrease|gain|error|score|rate"
    r"|success|performance|sensitivity|specificity|probing|classification))\b"
)
_WORD = r"(?!(?:on|in|for|at|by|from|to|with|after|among|and|that|which|we|it|than|of)\b)[\w’'-]+"
# "has a character error rate of 6.4%"
_OF_BEFORE = re.compile(
    rf"\b(?:an?|the) (?P<metric>{_WORD}(?: {_WORD}){{0,3}}) of"
    r"(?: (?:about|around|up to|over|only|nearly|approximately))? \Z"
)
_DIRECTLY = re.compile(r"[ (=:]{0,3}(?:of|was|is|at)?[ =]{0,3}")
# "lowers the word error rate from 3.8% to"
_OBJECT = re.compile(
    r"\b(?:increas|reduc|lower|rais|cut|improv|decreas|narrow|lift|boost|shorten|extend|halv|doubl"
    r"|enhanc|chang)(?:e|es|ed|ing|s|ts|ting)? (?:the |its |a |an |their |annual |reported )?"
    rf"(?P<metric>{_WORD}(?: {_WORD}){{0,3}}?)"
    r"(?= (?:on|in|for|at|of|by|from|to|with|after|among)\b)"
)
# "Falls at home fell from 11.3% to", "Mortality did not differ"
_SUBJECT = re.compile(
    rf"^(?:[Tt]he |[Aa]n? |[Ii]ts |that )?(?P<metric>{_WORD}(?: of)?(?: {_WORD}){{0,3}}?)"
    r"(?: (?:on|in|for|at|among|of|between|within) [^,;]{1,60}?)? "
    r"(?:fell|falls?|rose|rises?|drops?|dropped|increase[sd]?|decrease[sd]?|declin(?:e|es|ed)|grew"
    r"|grows?|was|is|are|were|improve[sd]?|reache[sd]|occurred|did not|stays?|stayed|change[sd]?"
    r"|differed|went|shrank|shrinks?|doubled)\b"
)
_METRIC_CLAUSE_END = re.compile(r"; |, (?:and|while|but|whereas) | and (?=that of )")
_NO_METRIC = words(
    """we it this that these those they which results result experiments findings participants
    patients there one two three both each all most more half study trial analysis"""
)
_NO_METRIC_ALONE = words("median mean total average maximum minimum level factor corridor")


def results_of(
    reading: Reading, sentences: tuple[Sentence, ...], closed: Stretches
) -> list[dict[str, Any]]:
    """Describe the outcomes of the sentences that report them, as the draft has them.

    ``closed`` is what is a compute fact or a size of material. There is one result for each
    number, or one for a sentence without any.
    """
    results: list[dict[str, Any]] = []
    for sentence in sentences:
        numbers = _outcome_numbers(reading.text, sentence, closed)
        pairs = _pairs_of(reading.text, sentence, numbers)
        results += [_result(reading, sentence, pair) for pair in pairs or (None,)]
    return results


def _result(reading: Reading, sentence: Sentence, pair: _Pair | None) -> dict[str, Any]:
    value, baseline = pair or (None, None)
    if value is None:
        metric = sentence.metrics[0].text if sentence.metrics else None
        dataset = _list_of_datasets(reading, sentence)
    else:
        whole = Span(min(value.start, baseline.start), value.end) if baseline else value
        metric = _metric_of(reading, sentence, whole)
        dataset = _dataset_of(reading, sentence, value)
    frame = _FRAME.match(sentence.body)
    return {
        "claim": sentence.body[frame.end() :] if frame else sentence.body,
        "metric": metric,
        "value": value.of(reading.text) if value else None,
        "kind": None,
        "uncertainty": None,
        "group": None,
        "baseline": baseline.of(reading.text) if baseline else None,
        "comparator": None,
        "dataset": dataset,
        "sentences": [sentence.number],
    }


def _dataset_of(reading: Reading, sentence: Sentence, at: Span) -> str | None:
    """The dataset right before a bracket with the number, the next one, or the one before."""
    abstract = reading.text
    names = reading.datasets_in(sentence)
    before = [m for m in names if m.span.end <= at.start]
    if before and abstract[before[-1].span.end : at.start] == " (":
        return before[-1].text
    after = next((m for m in names if m.span.start >= at.end), None)
    if after and not (before and _CLAUSE_END.search(abstract[at.end : after.span.start])):
        return after.text
    return before[-1].text if before else None


def _list_of_datasets(reading: Reading, sentence: Sentence) -> str | None:
    """The datasets of a sentence as one stretch of text, where they stand side by side."""
    places = reading.datasets_in(sentence)
    if not places:
        return None
    start, end = places[0].span
    abstract = reading.text
    for place in places[1:]:
        if len(abstract[end : place.span.start]) > 6:
            break
        end = place.span.end
    return abstract[start:end]


def _metric_of(reading: Reading, sentence: Sentence, at: Span) -> str | None:
    """Name what a number measures in words of its sentence, or None where they don't tell.

    ``at`` is where the number stands, the number that it is compared with included.
    """
    abstract = reading.text
    before = abstract[max(sentence.span.start, at.start - _REACH) : at.start]
    for pattern in (_GAIN_BEFORE, _OF_BEFORE):
        match = pattern.search(before)
        if match is not None and _is_metric(match["metric"], reading):
            return match["metric"]
    last = next((m for m in reversed(sentence.metrics) if m.span.end <= at.start), None)
    if last is not None and _DIRECTLY.fullmatch(abstract, last.span.end, at.start):
        return last.text
    if (match := _METRIC_AFTER.match(abstract, at.end, sentence.span.end)) is not None:
        return _without_datasets(match["metric"], reading)
    if (framed := _framed(reading, sentence, at.start)) is not None:
        return framed
    if last is not None and at.start - last.span.end <= _REACH:
        return last.text
    return _following(abstract, sentence, at)


def _framed(reading: Reading, sentence: Sentence, start: int) -> str | None:
    """What the clause before a number says that rises, falls or is."""
    body = sentence.span.start + sentence.label_length
    clause = _METRIC_CLAUSE_END.split(reading.text[max(body, start - _LONGEST) : start])[-1]
    for match in (*reversed(list(_OBJECT.finditer(clause))), _SUBJECT.match(clause)):
        if match is not None and _is_metric(match["metric"], reading):
            return match["metric"]
    return None


def _is_metric(phrase: str, reading: Reading) -> bool:
    """Whether a noun phrase can name what is measured: no pronoun, count or name of a thing."""
    if any(c.isdigit() for c in phrase) or not _NO_METRIC.isdisjoint(phrase.lower().split()[:1]):
        return False
    if phrase.lower() in _NO_METRIC_ALONE:
        return False
    return not reading.is_part_of_name(phrase)


def _without_datasets(metric: str, reading: Reading) -> str:
    """The words behind the names of datasets that a metric begins with."""
    words = metric.split(" ")
    at = 0
    for end in range(1, len(words)):
        if " ".join(words[at:end]) in reading.dataset_names:
            at = end
    return " ".join(words[at:])


def _following(abstract: str, sentence: Sentence, at: Span) -> str | None:
    """The first metric behind a number, if no other number stands between them."""
    first: Mention | None = next((m for m in sentence.metrics if m.span.start >= at.end), None)
    if first is None or first.span.start - at.end > _REACH:
        return None
    between = abstract[at.end : first.span.start]
    return None if any(c.isdigit() or c in ";" for c in between) else first.text
