"""Sentences that address a model or a reviewer instead of the reader: untrusted data."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property

from summarise.hidden import visible
from summarise.models import Span
from summarise.scan.wordlists import words

# All patterns are searched in lower case.
_OVERRIDE = re.compile(
    r"(?:ignore|disregard|forget|override|bypass|skip)\b[^.!?]{0,40}"
    r"\b(?:previous|prior|above|earlier|preceding|foregoing|system|all|any|your|these)\b[^.!?]{0,30}"
    r"\b(?:instructions?|prompts?|directions?|rules|guidelines?|commands?|messages?)\b"
)
_PRAISE = re.compile(
    r"\b(?:give|write|provide|produce|return|output|submit|generate|assign|award)\b[^.!?]{0,40}"
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
_COMMAND = re.compile(
    r"(?:^|[.!?:;>}] ?|, )[\"'“(<!-]{0,8}"
    r"(?:please |now |then |also |instead,? |first,? |finally,? )*"
    r"(?:add|append|insert|include|integrate|modify|augment|enhance|replace|convert|provide|use"
    r"|write|remove|group|combine|rearrange|scramble|jumble|misspell|introduce|anagram"
    r"|substitute|print|repeat|respond|reply|answer|say|translate|encode|reverse|mention|begin"
    r"|start|end|state|create|make|give|output|summari[sz]e)\b"
    rf"[^.!?]{{0,120}}\b{_ANSWER}"
    r"|\b(?:in|of|from|to|for) your (?:response|reply|answer|output|summary)\b"
    r"|(?:^|[.!?:;] ?)(?:please )?(?:respond|reply|answer) (?:only )?(?:with|in)\b"
)
_ERRAND = re.compile(
    r"^\W*(?:please )?(?:write|compose|draft|translate|render|jumble|scramble|tell|print|replace)"
    r" (?:up )?(?:an?|the|me|us|your|every|all)\b"
)
# A pattern is tried where one of its hints stands: looking for a word costs next to nothing.
_CHECKS = (
    (("ignore", "disregard", "forget", "override", "bypass", "skip"), _OVERRIDE),
    (("review", "accept", "rating", "score", "grade", "recommend", "do not", "never"), _PRAISE),
    (("praise", "endorse", "assistant", "favor", "favour", "promote"), _PRAISE),
    (("don't", "don’t"), _PRAISE),
    (("you", "act as", "pretend", "behave as", "note to", "attention", "instruct"), _ADDRESS),
    (("llm:", "llms:", "reviewers:", "reviewer:", "please"), _ADDRESS),
    (("write", "compose", "draft", "translate", "render", "jumble", "scramble"), _ERRAND),
    (("tell ", "print ", "replace "), _ERRAND),
    (("response", "reply", "answer", "output", "respond", "your summary"), _COMMAND),
)


_REQUEST = re.compile(
    r"^\W*(?:please )?(?:answer|break down|calculate|compare|compose|create|define|describe|develop"
    r"|discuss|draft|explain|find|generate|give|help|list|name|outline|provide|recommend|render"
    r"|replace|jumble|show|solve|suggest|summari[sz]e|teach|tell|translate|write)\b"
)
_TOPIC = re.compile(r"[a-z]{4,}")
_EVERYDAY = words(
    """about also been being break could describe did different difference does done down each even
    every explain from have just like made main make many more most much only other over primary
    provide show some such terms than that their them then there these they this those under used
    using very were what when where which whom whose will with would your yours"""
)
_STEM = 5
_LEAST_WORDS = 30


def addressing(text: str, sentences: Sequence[Span]) -> tuple[int, ...]:
    """Find the sentences that tell a model or a reviewer what to do.

    Args:
        text: A text that readers see.
        sentences: Its sentences.

    Returns:
        Their numbers, counted from 1: of sentences with a phrase that addresses such a reader, and
        of questions and requests that share no topic with the rest of the text.
    """
    told = [_plain(span.of(text)) for span in sentences]
    plain = " ".join(told)
    checks = [(hints, p) for hints, p in _CHECKS if any(hint in plain for hint in hints)]
    rest = _Rest(plain, text.count(" "))
    return tuple(
        number for number, sentence in enumerate(told, 1) if _is_instruction(sentence, rest, checks)
    )


def _plain(text: str) -> str:
    """A text in lower case, without the disguises of Unicode."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", visible(text))
    return text.lower()


def _is_instruction(
    sentence: str, rest: _Rest, checks: Sequence[tuple[tuple[str, ...], re.Pattern[str]]]
) -> bool:
    addressed = any(
        pattern.search(sentence) is not None
        for hints, pattern in checks
        if any(hint in sentence for hint in hints)
    )
    return addressed or (_asks(sentence) and _is_stray(sentence, rest))


def _asks(sentence: str) -> bool:
    return sentence.rstrip("\"'”’) ").endswith("?") or _REQUEST.match(sentence) is not None


class _Rest:
    """What a text says beside one of its sentences.

    Args:
        text: The text, in lower case.
        spaces: How many spaces it has.
    """

    def __init__(self, text: str, spaces: int) -> None:
        self._text = text
        self._spaces = spaces

    @cached_property
    def _topics(self) -> Counter[str]:
        return Counter(_topics(self._text))

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
    return len(topics) > 1 and shared == 0


def _topics(text: str) -> Iterator[str]:
    return (word[:_STEM] for word in _TOPIC.findall(text) if word not in _EVERYDAY)
