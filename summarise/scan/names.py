"""Name-like words of an abstract: runs of capitalised, mixed-case or numbered words, and lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from summarise.models import Span

_TOKEN = r"(?:[A-Z][\w]*|[a-z]{1,6}[A-Z][\w]*|\d+[A-Z][A-Za-z]\w*)(?:(?:[-+/.&]|['’](?!s\b)|- (?=\d))\w+)*(?:\^\w+|\+\+?)?"
_RUN = re.compile(rf"(?<![\w$\\./@-]){_TOKEN}(?: {_TOKEN}){{0,5}}")
_SEPARATOR = re.compile(r",? (?:and|or|&) (?:the )?|, (?:the )?|/")
_INNER_CAPITAL = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2,}[a-z](?!\b)|[A-Z][A-Z-]+\d|[A-Za-z]\d|\d[A-Za-z]|[A-Z]\w*-\w*[A-Z]\w*[A-Z]|[A-Z]{2,}-[A-Z]|[A-Z]{2,}-\d")
_ACRONYM = re.compile(r"[A-Z]{2,}s?")

# Capitalised only because a sentence starts with them.
OPENERS = frozenset(
    """A An The This These Those That It Its We Our Us They Their There Here He She In On At By For
    From To Of With Without Within While Although Though Despite However Moreover Furthermore
    Additionally Also Further Thus Hence Therefore Then First Firstly Second Secondly Third Finally
    Next Last Lastly Recently Recent Existing Current Previous Prior Most Many Some Several Various
    Both Each All Any Using Based Given Since Because As When Where Whereas If Unlike Like Compared
    Extensive Experimental Experiments Results Empirical Evaluations Evaluation Comprehensive Code
    Codes Data Project Source Background Objective Objectives Method Methods Result Conclusion
    Conclusions Introduction Purpose Aim Aims Importance Design Setting Participants Findings
    Specifically Notably Importantly Overall Together Particularly Especially Besides Meanwhile
    Similarly Conversely Instead Consequently Accordingly Nevertheless Nonetheless Yet But And Or
    So Not No Such More Less Only Even Just Through Via During After Before Among Between Across
    Over Under Until Motivated Inspired Building Leveraging Trained Training Tested Key Main
    Traditional Conventional Typical Typically Standard Deep Machine Large Large-scale Vision
    Language Image Text Learning Natural Neural Artificial Multimodal Multi-modal Generative
    Diffusion Reinforcement Federated Graph Patients Adults Children Women Men How What Why Which
    Who Can Is Are Do Does Could Enhanced Aided Addressing Evaluating Understanding Systematic
    Quantitative Qualitative Ablation Benchmark Dataset Datasets Models Model Approach Approaches
    Two Three Four Five Six Seven Eight Nine Ten""".split()
)


class Name(NamedTuple):
    """A run of name-like words.

    Attributes:
        text: Verbatim.
        span: Where it stands.
        group: Number of the list it belongs to; names of one list share it.
    """

    text: str
    span: Span
    group: int

    @property
    def is_strong(self) -> bool:
        """Whether its form alone says that it is a name: "Flickr30k", "CoBSAT", "MS-COCO"."""
        return bool(_INNER_CAPITAL.search(self.text))

    @property
    def is_acronym(self) -> bool:
        """Whether it is one word of capitals."""
        return bool(_ACRONYM.fullmatch(self.text))


def find_names(text: str, masked: Sequence[Span] = ()) -> tuple[Name, ...]:
    """Find the name-like runs of a text, numbered by the list ("A, B and C") they stand in."""
    names: list[Name] = []
    for match in _RUN.finditer(text):
        start, end = match.span()
        if any(s.start <= start < s.end for s in masked):
            continue
        start = _without_opener(text, start, end)
        if start >= end or end - start < 2:
            continue
        group = 0
        if names:
            gap = text[names[-1].span.end : start]
            group = names[-1].group + (0 if _SEPARATOR.fullmatch(gap) else 1)
        names.append(Name(text[start:end], Span(start, end), group))
    return tuple(names)


def _without_opener(text: str, start: int, end: int) -> int:
    while start < end:
        word = text[start:end].split(" ", 1)[0]
        if word not in OPENERS:
            break
        start += len(word) + 1
    return min(start, end)
