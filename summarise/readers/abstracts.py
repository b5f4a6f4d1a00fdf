"""An abstract as exports leave it: how its sections are named, and what became of their labels."""

from __future__ import annotations

import re

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


def has_glued_labels(text: str) -> bool:
    """Whether labels of sections have grown together with the words behind them.

    One alone may be a name, such as ContextGen: two or more make each other sure.
    """
    if not any(map(text.__contains__, _COMMON)):
        return False
    labels = {found["label"] for found in _GLUED.finditer(_START + text)}
    return sum(map(is_section_label, labels)) > 1


def labels_apart(text: str) -> str:
    """A text with such labels as other exports write them: “Results: Over half”, in paragraphs."""

    def apart(found: re.Match[str]) -> str:
        if not is_section_label(found["label"]):
            return found[0]
        return f"{found['before']}\n\n{found['label']}: "

    return _GLUED.sub(apart, _START + text).removeprefix(_START).lstrip("\n")
