"""The start of a text, as the signs of formats look at it, and tests of what its lines bear."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

from summarise.readers.entry import MIN_ABSTRACT

_FRONT_MATTER = re.compile(r"---\n.*?\n(?:---|\.\.\.)(?:\n|$)", re.DOTALL)
# Scripts that put no space between words.
_UNSPACED = re.compile(r"[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{4}")
_LATEX = re.compile(r"\$[^$]{1,200}\$|\\[A-Za-z]+")
_NO_WORD = re.compile(r"[\d=<>{}\\|/_+#@$%^&~*\[\]]")
_NUMBER = re.compile(r"[\W\d]+[^\W\d]?[\W_]?")
_RUN = 4


class Head:
    """The start of a text, by lines, without front matter and code fences."""

    def __init__(self, text: str) -> None:
        self.text = text.lstrip("\ufeff \t\n")
        front = _FRONT_MATTER.match(self.text)
        self.raw = _unfenced(self.text[front.end() if front else 0 :].split("\n"))

    @cached_property
    def lines(self) -> list[str]:
        """Lines that aren't blank, with their indent."""
        return [line.rstrip() for line in self.raw if line.strip()]

    @cached_property
    def opening(self) -> str:
        """The first line, or nothing."""
        return self.lines[0].lstrip("\ufeff \t") if self.lines else ""

    @cached_property
    def prose(self) -> float:
        """Share of the words that stand beside others; 1 where there is too little to tell."""
        if len(self.text.strip()) < MIN_ABSTRACT:
            return 1
        tokens = [_LATEX.sub(" ", line).split() for line in self.lines]
        words = sum(map(len, tokens))
        least = _RUN if words >= 2 * _RUN else 2
        return sum(_running(line, least) for line in tokens) / max(words, 1)

    def count(self, pattern: re.Pattern[str]) -> int:
        """On how many lines a pattern matches from the start."""
        return sum(pattern.match(line) is not None for line in self.lines)

    def mostly(self, pattern: re.Pattern[str], share: float, least: int = 3) -> bool:
        """Whether a pattern matches a share of the lines, and some number of them."""
        return self.count(pattern) >= max(least, share * len(self.lines))


def _unfenced(lines: list[str]) -> list[str]:
    """Lines without code fences, unless there is hardly anything else."""
    outside: list[str] = []
    inside: list[str] = []
    fenced = False
    for line in lines:
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        else:
            (inside if fenced else outside).append(line)
    is_prose = 4 * sum(map(len, outside)) >= sum(map(len, inside))
    return outside if is_prose else outside + inside


def _running(tokens: list[str], least: int) -> int:
    """How many tokens of a line stand in a run of words; a number is no word and ends no run."""
    total = run = 0
    for token in tokens:
        if _UNSPACED.search(token):
            total += 1
        elif _is_word(token.strip("*_()[]{}")):
            run += 1
            total += 1 if run > least else least if run == least else 0
        elif not _NUMBER.fullmatch(token):
            run = 0
    return total


def _is_word(token: str) -> bool:
    return _NO_WORD.search(token) is None and any(map(str.isalpha, token))


def opens(pattern: str) -> Callable[[Head], bool]:
    """A test of how the text opens."""
    compiled = re.compile(pattern)
    return lambda head: compiled.match(head.text) is not None


def opens_below_fences(pattern: str) -> Callable[[Head], bool]:
    """A test of the first line that isn't in a code fence."""
    compiled = re.compile(pattern)
    return lambda head: compiled.match(head.opening) is not None


def holds(*patterns: str, least: int = 1) -> Callable[[Head], bool]:
    """A test whether each of some patterns opens a line."""
    compiled = [re.compile(pattern) for pattern in patterns]
    return lambda head: all(head.count(pattern) >= least for pattern in compiled)


def mostly(pattern: str, share: float = 0.6, least: int = 3) -> Callable[[Head], bool]:
    """A test whether a pattern matches most lines from the start."""
    compiled = re.compile(pattern)
    return lambda head: head.mostly(compiled, share, least)


def contains(pattern: str) -> Callable[[Head], bool]:
    """A test whether a pattern stands anywhere."""
    compiled = re.compile(pattern)
    return lambda head: compiled.search(head.text) is not None


def one_of(*tests: Callable[[Head], bool]) -> Callable[[Head], bool]:
    """A test whether one of some tests succeeds."""
    return lambda head: any(test(head) for test in tests)


def all_of(*tests: Callable[[Head], bool]) -> Callable[[Head], bool]:
    """A test whether all of some tests succeed."""
    return lambda head: all(test(head) for test in tests)
