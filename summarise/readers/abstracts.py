"""An abstract as exports leave it: labels of its sections, and what publishers write below it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

_SECTIONS = (
    "abstract|aims?|background|introduction|context|objectives?|purpose|motivation|design|setting"
    "|participants|patients|interventions?|(?:materials and |patients and )?methods?|methodology"
    "|measurements?|main outcomes?(?: and measures)?|data sources?|findings|results?|discussion"
    "|interpretation|conclusions?|significance|relevance|limitations|funding"
    "|(?:(?:clinical )?trial )?registration|case presentation|(?:practice )?implications"
    "|recommendations"
)
_NAME = rf"((?:{_SECTIONS})(?:(?:/| and | & )(?:{_SECTIONS}))*)"
_SECTION = re.compile(rf"[#*_\s]*{_NAME}[*_]*(?:[:.][*_]*)?", re.IGNORECASE)
_LABELLED = re.compile(rf"[*_]*{_NAME}[*_]*\s?[:.—–-][*_]*\s+\S", re.IGNORECASE)
# "… of captains.ResultsOver half": Web of Science leaves out what parted them.
_GLUED = re.compile(
    r"(?P<before>[\0.?!)\]\"”’%])\s?"
    r"(?P<label>[A-Z][a-z]+(?:(?: |/| & )[A-Za-z][a-z]+){0,4})(?=[A-Z\d])"
)
_START = "\0"
# One of these stands in whatever has such labels.
_COMMON = ("Background", "Method", "Result", "Conclusion", "Introduction", "Objective")


def is_section_label(text: str) -> bool:
    """Whether a text is nothing but the name of a section, such as “Methods:”."""
    return _SECTION.fullmatch(text.strip()) is not None


def section_of(text: str) -> str | None:
    """The section of a structured abstract that a text opens, in lower case.

    “Methods: We …” and “**METHODS**” above a paragraph both give ``methods``.
    """
    found = _LABELLED.match(text) or _SECTION.fullmatch(text.partition("\n")[0].strip())
    return found[1].lower() if found else None


def _has_glued_labels(text: str) -> bool:
    """Whether labels of sections have grown together with the words behind them.

    One alone may be a name, such as ContextGen: two or more make each other sure.
    """
    if not any(map(text.__contains__, _COMMON)):
        return False
    labels = {found["label"] for found in _GLUED.finditer(_START + text)}
    return sum(map(is_section_label, labels)) > 1


def _labels_apart(text: str) -> str:
    """A text with such labels as other exports write them: “Results: Over half”, in paragraphs."""

    def apart(found: re.Match[str]) -> str:
        if not is_section_label(found["label"]):
            return found[0]
        return f"{found['before']}\n\n{found['label']}: "

    return _GLUED.sub(apart, _START + text).removeprefix(_START).lstrip("\n")


# Above the text, as registries have it, or before its first word: “ABSTRACT Gulls …”.
_HEADING = re.compile(
    r"\s*(?:(?:Abstract|ABSTRACT)[ \t]*(?:[:.—–]\s*|\n\s*)|ABSTRACT[ \t]+(?=[A-Z][a-z ]))(?=\S)"
)


def _has_heading(text: str) -> bool:
    """Whether an abstract begins by saying that it is one."""
    return _HEADING.match(text) is not None


def _without_heading(text: str) -> str:
    """An abstract without that."""
    return _HEADING.sub("", text, count=1)


# What a line of a publisher is made of: names, years, and few other words.
_WORD = (
    r"(?:[^\W\d_a-z]\S*|\d[\d–-]*[.,;]?|[&·|/]|\(?https?://\S+"
    r"|(?:and|of|the|for|in|by|on|behalf|de|la|et|und|all|rights|reserved|under|an?|is|open|access"
    r"|article|exclusive|licen[cs]e|licensee|to|with|permission|sciences?|published"
    r"|production|hosting)[.,;]?)"
)
_BEGINS = (
    r"(?:(?:Crown )?(?:Copyright\.?\s*)?(?:©|\([cC]\))\s*(?:Copyright\s*)?"
    r"(?:\d{4}\b[.,]?|The Author(?:s|\(s\))?|by\b)"
    r"|(?:Crown )?Copyright\s+(?:19|20)\d\d\b[.,]?"
    r"|(?:19|20)\d\d(?=(?:\s\S+){1,12}\s[Aa]ll rights reserved\.?\s*\Z)"
    r"|Published by(?= [A-Z]))"
)
_IMPRINT = re.compile(rf"(?:(?<=[\s.)])|\A)(?:{_BEGINS}(?:\s+{_WORD})+|©\s*\d{{4}}[.,]?)\s*\Z")
_OF_DATABASE = re.compile(
    r"(?:\(?(?:APA )?PsycINFO Database Record \(c\) \d{4}[\w ]{0,20} APA, all rights reserved\.?\)?"
    r"|Copyright of [^\n]{3,200}? is the property of [^\n]{3,300}? and its content may not be"
    r" copied\b.*"
    r"|[\[(]ABSTRACT FROM (?:AUTHOR|PUBLISHER)S?[\])]"
    r"|This article is protected by copyright\. All rights reserved\.?)\s*\Z",
    re.IGNORECASE | re.DOTALL,
)
_TAIL, _LONGEST_TAIL = 400, 1500
_SIGNS = (
    "©",
    "(c)",
    "(C)",
    "opyright",
    "ights reserved",
    "ublished by",
    "TRACT FROM A",
    "TRACT FROM P",
)


def _has_imprint(text: str) -> bool:
    """Whether an abstract ends with what its publisher, or a database, says of rights in it."""
    return any(map(text[-_TAIL:].__contains__, _SIGNS)) and _imprint(text) is not None


def _without_imprint(text: str) -> str:
    """An abstract without that."""
    while (found := _imprint(text)) is not None:
        text = text[: found.start()].rstrip()
    return text


def _imprint(text: str) -> re.Match[str] | None:
    at = len(text)
    short, long = max(0, at - _TAIL), max(0, at - _LONGEST_TAIL)
    return _IMPRINT.search(text, short) or _OF_DATABASE.search(text, long)


class Mend(NamedTuple):
    """What undoes one kind of damage.

    Attributes:
        is_needed: Whether a text has it; of all texts of an entry at once, whether one may have it.
        what: What was done, as it is told of a text.
        only: The one field that has it; empty where any may.
    """

    is_needed: Callable[[str], bool]
    mend: Callable[[str], str]
    what: str
    only: str = ""


_GROWN = "held labels grown together with words; they are parted"
_HEADED = "began with the word “Abstract”, which is left out"
_IMPRINTED = "ended with what a publisher says of its rights, which is left out"
OF_ABSTRACTS = (
    Mend(_has_glued_labels, _labels_apart, _GROWN),
    Mend(_has_heading, _without_heading, _HEADED, only="abstract"),
    Mend(_has_imprint, _without_imprint, _IMPRINTED, only="abstract"),
)
"""What exports do to abstracts; labels are grown together in titles, too."""
