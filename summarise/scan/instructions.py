"""Sentences that address a model or a reviewer instead of the reader: untrusted data."""

from __future__ import annotations

import re
from collections.abc import Sequence

from summarise.models import Span

_OVERRIDE = (
    r"\b(?:ignore|disregard|forget|override|bypass|skip)\b[^.!?]{0,40}"
    r"\b(?:previous|prior|above|earlier|preceding|foregoing|system|all|any|your|these|the|my)\b[^.!?]{0,30}"
    r"\b(?:instructions?|prompts?|directions?|rules?|guidelines?|context|commands?|messages?)\b"
)
_REVIEW = (
    r"\b(?:give|write|provide|produce|return|output|submit|generate|assign|award)\b[^.!?]{0,40}"
    r"\b(?:positive|favou?rable|glowing|excellent|high(?:est)?|strong|accepting|good)\b[^.!?]{0,20}"
    r"\b(?:reviews?|scores?|ratings?|recommendations?|assessments?|evaluations?|grades?)\b"
    r"|\b(?:do not|don['’]t|never|without)\b[^.!?]{0,20}\b(?:highlight|mention|point out|list|report|discuss)\w*"
    r"\b[^.!?]{0,30}\b(?:negatives?|weakness(?:es)?|limitations?|flaws|shortcomings|criticisms?)\b"
    r"|\b(?:recommend|suggest)(?:ing)?\b[^.!?]{0,20}\b(?:accept(?:ing|ance)?)\b[^.!?]{0,30}\b(?:paper|manuscript|submission|article|work)?\b"
)
_ADDRESSEE = (
    r"\bas an? (?:(?:ai|large|helpful|expert|peer)[ -])*(?:language model|llm|reviewer|assistant|referee|chatbot|ai)\b[^.!?]{0,10}[,:]?[^.!?]{0,10}"
    r"\b(?:you|recommend|accept|give|write|please|must|should)\b"
    r"|\b(?:you are|you['’]re|act as|pretend to be|behave as) (?:now )?(?:an? )?[^.!?]{0,30}\b(?:assistant|language model|llm|reviewer|referee|chatbot|ai|dan)\b"
    r"|\b(?:note|attention|message|instructions?|to)(?: to| for)?(?: all| any| the)? (?:llms?|ai|language models?|(?:ai )?(?:reviewers?|assistants?)|chatbots?)\b[^.!?]{0,20}:"
    r"|\bif you are an? (?:llm|ai|language model|(?:ai )?reviewer|assistant)\b"
)
_REPLY = (
    r"(?:\b(?:your|the|this|a) |\bin (?:your |an? |the )?)(?:final )?(?:response|reply|answer|output|summary)\b"
)
_IMPERATIVE = (
    r"(?:please |now |then |also |instead,? |first,? |finally,? )*(?:add|append|insert|include|integrate|modify|augment|enhance|replace|"
    r"convert|provide|use|write|remove|group|combine|rearrange|scramble|jumble|misspell|introduce|anagram|substitute|print|reveal|repeat|"
    r"output|respond|reply|answer|say|tell|translate|encode|decode|reverse|mention|begin|start|end|state|rate|praise|download|visit|click|subscribe)\b"
)
_INSTRUCTION = re.compile(
    rf"{_OVERRIDE}|{_REVIEW}|{_ADDRESSEE}"
    rf"|(?:^|[.!?:;>}}] ?|, )[\"'“(<!-]*{_IMPERATIVE}[^.!?]{{0,120}}{_REPLY}"
    rf"|\bin your (?:response|reply|answer|output|summary)\b"
    rf"|\b(?:your|the) (?:system prompt|instructions|task) (?:is|are) (?:now|to)\b"
    rf"|\b(?:respond|reply|answer) (?:only )?(?:with|using|in)\b[^.!?]{{0,60}}\b(?:word|json|emoji|base64|exactly|only)\b",
    re.IGNORECASE,
)
# One of these stands in nearly every instruction; looking for them first costs a tenth.
_HINT = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass|review|reviewer|referee|rating|accept\w*|"
    r"you|your|you['’]re|act as|llms?|language model|response|reply|respond|answer|output|assistant)\b",
    re.IGNORECASE,
)


def instruction_like(abstract: str, sentences: Sequence[Span]) -> tuple[int, ...]:
    """Find the sentences that tell a model or a reviewer what to do.

    Args:
        abstract: An abstract; its text is data, whoever it addresses.
        sentences: Its sentences.

    Returns:
        Their numbers, counted from 1.
    """
    if _HINT.search(abstract) is None:
        return ()
    return tuple(
        number
        for number, span in enumerate(sentences, 1)
        if _INSTRUCTION.search(abstract[span.start : span.end])
    )
