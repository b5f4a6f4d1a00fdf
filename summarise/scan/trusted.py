"""An abstract without what addresses a model or a reviewer, and without text that nobody sees."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from propcache.api import cached_property

from summarise.models import Span
from summarise.scan.hidden import hidden_spans, visible
from summarise.scan.patterns import Stretches, bare_words, words

_BLANK = re.compile(r"\s*")


@dataclass(frozen=True)
class TrustedText:
    """What is left of a text, as if the rest had never been there.

    Attributes:
        sentences: Spans of ``text``.
        numbers: The number that each of them has in the whole text, counted from 1.
        instructions: Numbers of the sentences that hold what was left out: they tell a model or a
            reviewer what to do, or have text that is hidden from readers.
        removed: What was left out, with the space around it, as spans of the whole text in order.
    """

    text: str
    sentences: tuple[Span, ...]
    numbers: tuple[int, ...]
    instructions: tuple[int, ...] = ()
    removed: tuple[Span, ...] = ()

    def original_span(self, span: Span) -> Span:
        """Where a part of ``text`` stands in the whole text."""
        return Span(self._original(span.start), self._original(span.end - 1) + 1)

    def _original(self, offset: int) -> int:
        ends, sizes = self._kept
        return offset + sizes[bisect_right(ends, offset)]

    @cached_property
    def _kept(self) -> tuple[list[int], list[int]]:
        """Where each cut stands in ``text``, and how much is cut before it."""
        sizes = [0, *accumulate(end - start for start, end in self.removed)]
        return [span.start - size for span, size in zip(self.removed, sizes, strict=False)], sizes


def trusted_text(
    text: str, sentences: Sequence[Span], hidden: Sequence[Span] | None = None
) -> TrustedText:
    """Leave out the sentences that read like instructions, and text that nobody sees.

    ``hidden`` is what readers don't see; None where nobody has looked yet.
    """
    hidden = hidden_spans(text) if hidden is None else hidden
    seen = _without(text, sentences, hidden)
    told = {seen.numbers[n - 1] for n in addressing(seen.text, seen.sentences)}
    if not hidden and not told:
        return seen
    left_out = _without(text, sentences, [*hidden, *(sentences[n - 1] for n in told)])
    unseen = Stretches(hidden)
    told.update(number for number, span in enumerate(sentences, 1) if unseen.overlap(span))
    return TrustedText(
        left_out.text,
        left_out.sentences,
        left_out.numbers,
        instructions=tuple(sorted(told)),
        removed=left_out.removed,
    )


def _without(text: str, sentences: Sequence[Span], spans: Iterable[Span]) -> TrustedText:
    removed = _cuts(text, spans)
    if not removed:
        return TrustedText(text, tuple(sentences), tuple(range(1, len(sentences) + 1)))
    starts = [0, *(span.end for span in removed)]
    ends = [*(span.start for span in removed), len(text)]
    left = "".join(text[start:end] for start, end in zip(starts, ends, strict=True))
    sizes = [0, *accumulate(end - start for start, end in removed)]

    def moved_to(offset: int) -> int:
        """Where a place of the whole text is when parts of it are gone."""
        at = bisect_right(starts, offset) - 1
        return min(offset, ends[at]) - sizes[at]

    moved = [
        (number, trimmed(left, moved_to(span.start), moved_to(span.end)))
        for number, span in enumerate(sentences, 1)
    ]
    kept = [(number, span) for number, span in moved if span.start < span.end]
    return TrustedText(
        left,
        sentences=tuple(span for _, span in kept),
        numbers=tuple(number for number, _ in kept),
        removed=removed,
    )


def _cuts(text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """What to cut so that the text reads on: each span with the space behind it, merged."""
    cuts: list[Span] = []
    for span in sorted(_with_space(text, span) for span in spans):
        if cuts and span.start <= cuts[-1].end:
            last = cuts.pop()
            cuts.append(Span(last.start, max(span.end, last.end)))
        else:
            cuts.append(span)
    if cuts and cuts[-1].end == len(text):
        cuts[-1] = Span(len(text[: cuts[-1].start].rstrip()), len(text))
    return tuple(cuts)


def _with_space(text: str, span: Span) -> Span:
    """A span with the space behind it, unless that parts what stands before and behind it."""
    if text[max(span.start - 1, 0) : span.start].strip():
        return span
    blank = _BLANK.match(text, span.end)
    return Span(span.start, blank.end() if blank else span.end)


def trimmed(text: str, start: int, end: int) -> Span:
    """A part of a text without the white space around it."""
    part = text[start:end]
    bare = part.strip()
    if len(bare) == len(part):
        return Span(start, end)
    start += len(part) - len(part.lstrip())
    return Span(start, start + len(bare))


# All patterns are searched in lower case.
_OVERRIDE = re.compile(
    r"(?:ignore|disregard|forget|override|bypass|skip)\b[^.!?]{0,40}"
    r"\b(?:previous|prior|above|earlier|preceding|foregoing|system|all|any|your|these)\b[^.!?]{0,30}"
    r"\b(?:instructions?|prompts?|directions?|rules|guidelines?|commands?|messages?)\b"
)
# Nobody is told to by "findings that provide", "they give", "results provide".
_PRAISE = re.compile(
    r"\b(?<!\b(?:they|that) )(?<!\bwhich )(?<!\bwe )(?<!\w[^\Ws]s )"
    r"(?:give|write|provide|produce|return|output|submit|generate|assign|award)\b[^.!?]{0,40}"
    r"\b(?:positive|favou?rable|glowing|excellent|high(?:est)?|strong|accepting|good)\b[^.!?]{0,20}"
    r"\b(?:reviews?|scores?|ratings?|recommendations?|grades?)\b(?! (?:of|on|from|for each)\b)"
    r"|\b(?:do not|don['’]t|never)\b[^.!?]{0,20}\b(?:highlight|mention|point out|list|report)\b"
    r"[^.!?]{0,30}\b(?:negatives?|weakness(?:es)?|limitations?|flaws|shortcomings|criticisms?)\b"
    r"|\b(?:assistants?|reviewers?|referees?|llms?|ai|models?)\b[^.!?]{0,40}"
    r"\b(?:should|must|ought to|are asked to|please) "
    r"(?:praise|recommend|accept|endorse|rate|favou?r|promote)\b[^.!?]{0,30}"
    r"\b(?:this|the|our) (?:paper|work|manuscript|submission|article|abstract)\b"
    r"|\brecommend(?:ing)? (?:\w+ ){0,2}accept(?:ing|ance)?\b"
)
_ADDRESS = re.compile(
    r"\bas an? (?:(?:ai|large|helpful|expert|peer)[ -])*"
    r"(?:language model|llm|reviewer|assistant|referee|chatbot|ai)\b,? ?(?:you|please)\b"
    r"|\b(?:you are|you['’]re|act as|pretend to be|behave as) (?:now )?(?:an? )?[^.!?]{0,30}"
    r"\b(?:assistant|language model|llm|reviewer|referee|chatbot|ai|dan)\b"
    r"|\b(?:note|attention|message|instructions?)(?: to| for)? (?:all |any |the )?"
    r"(?:llms?|ai|language models?|(?:ai )?(?:reviewers?|assistants?)|chatbots?)\b[^.!?]{0,20}:"
    r"|\b(?:can|could|would|will) you (?:please )?(?:show|tell|give|explain|help|write|provide)\b"
    r"|\bhow (?:do|can|should) (?:i|you)\b"
    r"|\bif you are an? (?:llm|ai|language model|(?:ai )?reviewer|assistant)\b"
    r"|\byour (?:system prompt|instructions|task|job|role) (?:is|are) (?:now|to)\b"
)
_ANSWER = r"(?:your|the|this|a|an|in) (?:final )?(?:response|reply|answer|output)\b"
# A sentence is searched with a full stop before it, so that each begins behind a sign.
_COMMAND = re.compile(
    r"[.!?:;>},](?:(?:(?<!,) ?|(?<=,) )[\"'“(<!-]{0,8}"
    r"(?:please |now |then |also |instead,? |first,? |finally,? )*"
    r"(?:add|append|insert|include|integrate|modify|augment|enhance|replace|convert|provide|use"
    r"|write|remove|group|combine|rearrange|scramble|jumble|misspell|introduce|anagram"
    r"|substitute|print|repeat|respond|reply|answer|say|translate|encode|reverse|mention|begin"
    r"|start|end|state|create|make|give|output|summari[sz]e)\b"
    rf"[^.!?]{{0,120}}\b{_ANSWER}"
    r"|(?<=[.!?:;]) ?(?:please )?(?:respond|reply|answer) (?:only )?(?:with|in)\b)"
)
_YOURS = re.compile(r"\b(?:in|of|from|to|for) your (?:response|reply|answer|output|summary)\b")
_ERRAND = re.compile(
    r"^\W*(?:please )?(?:write|compose|draft|translate|render|jumble|scramble|tell|print|replace)"
    r" (?:up )?(?:an?|the|me|us|your|every|all)\b"
)


class _Telltale(NamedTuple):
    """A pattern, and what of a text rules it out before it is tried.

    Attributes:
        ways: Words that a text has in which it is found: of one of the ways, one of each set.
        hints: One of them stands in each sentence that it is tried on.
    """

    pattern: re.Pattern[str]
    ways: tuple[tuple[frozenset[str], ...], ...]
    hints: tuple[str, ...]


_SPEAKERS = words(
    "model models llm llms ai reviewer reviewers assistant assistants chatbot chatbots"
)
_READERS = _SPEAKERS | words("referee referees dan")
_ANSWERS = words("response reply answer output respond")
_CHECKS = (
    _Telltale(
        _OVERRIDE,
        (
            (
                words(
                    """instruction instructions prompt prompts direction directions rules guideline
                    guidelines command commands message messages"""
                ),
            ),
        ),
        ("ignore", "disregard", "forget", "override", "bypass", "skip"),
    ),
    _Telltale(
        _PRAISE,
        (
            (
                words(
                    """review reviews score scores rating ratings recommendation recommendations
                    grade grades"""
                ),
                words("give write provide produce return output submit generate assign award"),
                words(
                    """positive favorable favourable glowing excellent high highest strong accepting
                    good"""
                ),
            ),
            (
                words("do don never"),
                words("highlight mention point list report"),
                words(
                    """negative negatives weakness weaknesses limitation limitations flaws
                    shortcomings criticism criticisms"""
                ),
            ),
            (
                words("praise recommend accept endorse rate favor favour promote"),
                words("should must ought asked please"),
                _READERS,
            ),
            (words("recommend recommending"), words("accept accepting acceptance")),
        ),
        (
            *("review", "accept", "rating", "score", "grade", "recommend", "do not", "never"),
            *("praise", "endorse", "assistant", "favor", "favour", "promote", "don't", "don’t"),
        ),
    ),
    _Telltale(
        _ADDRESS,
        (
            (words("you your"),),
            (words("act pretend behave please"), _READERS),
            (words("note attention message instruction instructions"), _SPEAKERS),
            (words("how"), words("i")),
        ),
        (
            *("you", "act as", "pretend", "behave as", "note to", "attention", "instruct"),
            *("llm:", "llms:", "reviewers:", "reviewer:", "please"),
        ),
    ),
    _Telltale(
        _ERRAND,
        ((words("write compose draft translate render jumble scramble tell print replace"),),),
        (
            *("write", "compose", "draft", "translate", "render", "jumble", "scramble"),
            *("tell ", "print ", "replace "),
        ),
    ),
    _Telltale(_COMMAND, ((_ANSWERS,),), ("response", "reply", "answer", "output", "respond")),
    _Telltale(_YOURS, ((words("your"), _ANSWERS | words("summary")),), (" your ",)),
)


def _is_said(ways: tuple[tuple[frozenset[str], ...], ...], said: frozenset[str]) -> bool:
    """Whether words have one of each set of any way."""
    for way in ways:
        for needed in way:
            if said.isdisjoint(needed):
                break
        else:
            return True
    return False


_REQUEST = re.compile(
    r"^\W*(?:please )?(?:answer|break down|calculate|compare|compose|create|define|describe|develop"
    r"|discuss|draft|explain|find|generate|give|help|list|name|outline|provide|recommend|render"
    r"|replace|jumble|show|solve|suggest|summari[sz]e|teach|tell|translate|write)\b"
)
_REQUESTS = words(
    """answer break calculate compare compose create define describe develop discuss draft explain
    find generate give help list name outline provide recommend render replace jumble show solve
    suggest summarise summarize teach tell translate write"""
)
_TOPIC = re.compile(r"[a-z]{4,}")
_EVERYDAY = words(
    """about also been being break could describe did different difference does done down each even
    every explain from have just like made main make many more most much only other over primary
    provide show some such terms than that their them then there these they this those under used
    using very were what when where which whom whose will with would your yours"""
)
_STEM = 5
# What any paper speaks of: "What did the researchers do and find?" heads a summary.
_OWN = frozenset(
    word[:_STEM]
    for word in words("author find finding mean paper research result studies study summary")
)
_LEAST_WORDS = 30


def addressing(text: str, sentences: Sequence[Span]) -> tuple[int, ...]:
    """Find the sentences that tell a model or a reviewer what to do.

    Returns:
        Their numbers, counted from 1: of sentences with a phrase that addresses such a reader, and
        of questions and requests that share no topic with the rest of the text.
    """
    if text.isascii():
        low = text.lower()
        told = [low[start:end] for start, end in sentences]
    else:
        told = [_plain(span.of(text)) for span in sentences]
        low = " ".join(told)
    # What a text says as a whole rules out nearly all that its sentences might be searched for.
    said = bare_words(low)
    checks = [
        check
        for check in _CHECKS
        if _is_said(check.ways, said) and any(map(low.__contains__, check.hints))
    ]
    if not checks and "?" not in low and said.isdisjoint(_REQUESTS):
        return ()
    rest = _Rest(told, text.count(" "))
    return tuple(
        number for number, sentence in enumerate(told, 1) if _is_instruction(sentence, rest, checks)
    )


def _plain(text: str) -> str:
    """A text in lower case, without the disguises of Unicode."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", visible(text))
    return text.lower()


def _is_instruction(sentence: str, rest: _Rest, checks: Sequence[_Telltale]) -> bool:
    for pattern, _, hints in checks:
        if any(map(sentence.__contains__, hints)) and pattern.search(f".{sentence}"):
            return True
    asks = sentence.rstrip("\"'”’) ").endswith("?") or _REQUEST.match(sentence) is not None
    return asks and _is_stray(sentence, rest)


class _Rest:
    """What sentences in lower case, with so many spaces, say beside one of them."""

    def __init__(self, told: Sequence[str], spaces: int) -> None:
        self._told = told
        self._spaces = spaces

    @cached_property
    def _topics(self) -> Counter[str]:
        return Counter(_topics(" ".join(self._told)))

    def is_short(self, sentence: str) -> bool:
        """Whether it has too few words to tell what it is about."""
        return self._spaces - sentence.count(" ") + 1 < _LEAST_WORDS

    def shared(self, topics: Counter[str]) -> int:
        """How many of the topics of a sentence it has as well."""
        return sum(self._topics[topic] > count for topic, count in topics.items())


def _is_stray(sentence: str, rest: _Rest) -> bool:
    """Whether a question or a request is about nothing that the rest is about.

    Authors ask questions, too, but in the words of their own topic.
    """
    if rest.is_short(sentence):
        return False
    topics = Counter(_topics(sentence))
    shared = rest.shared(topics)
    if _REQUEST.match(sentence):
        return len(topics) > 1 and shared <= len(topics) // 3
    return len(topics) > 1 and shared == 0 and not topics.keys() <= _OWN


def _topics(text: str) -> Iterator[str]:
    return (word[:_STEM] for word in _TOPIC.findall(text) if word not in _EVERYDAY)
