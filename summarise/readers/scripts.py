"""What is raised or lowered in HTML, JATS and MathML, as characters: 10<sup>7</sup> isn't 107."""

from __future__ import annotations

import re

from summarise.characters import RAISED

NAMESPACE = r"(?:jats:|mml:|html:)?"
"""Pattern of what may stand before the name of an element."""
_RAISED_TAG = re.compile(
    rf"<{NAMESPACE}sup(?:\s[^<>]*)?>\s*([-+−–]?\d+)(\.\d+)?\s*</{NAMESPACE}sup>", re.IGNORECASE
)
_LEAF = (
    rf"<{NAMESPACE}(?:mn|mi|mo|mtext)(?:\s[^<>]*)?>[^<>]{{0,40}}"
    rf"</{NAMESPACE}(?:mn|mi|mo|mtext)>"
)
_ROW = rf"<{NAMESPACE}mrow(?:\s[^<>]*)?>(?:\s*{_LEAF}){{1,9}}\s*</{NAMESPACE}mrow>"
_SCRIPTED = re.compile(
    rf"<{NAMESPACE}(?P<what>msup|msub|msubsup|mfrac)(?:\s[^<>]*)?>"
    rf"(?P<parts>(?:\s*(?:{_LEAF}|{_ROW})){{2,3}})\s*</{NAMESPACE}(?P=what)>",
    re.IGNORECASE,
)
_PART = re.compile(rf"{_LEAF}|{_ROW}", re.IGNORECASE)
_ANY_TAG = re.compile(r"</?[^<>]*>|\s+")
# What a value may be above and below it: “58<sup>+12</sup><sub>−11</sub>”.
_ABOVE = rf"<{NAMESPACE}sup(?:\s[^<>]*)?>\s*(?P<{{}}>\+\s?[\d.]+)\s*</{NAMESPACE}sup>"
_BELOW = rf"<{NAMESPACE}sub(?:\s[^<>]*)?>\s*(?P<{{}}>[-−–]\s?[\d.]+)\s*</{NAMESPACE}sub>"
_ERRORS = re.compile(
    rf"{_ABOVE.format('above')}\s*{_BELOW.format('below')}"
    rf"|{_BELOW.format('first')}\s*{_ABOVE.format('last')}",
    re.IGNORECASE,
)


def with_scripts(text: str) -> str:
    """A text in which numbers that are raised stay so, without the elements that raise them.

    Errors above and below a value are “ +12/−11”, and a fraction has a slash.
    """
    if "msu" in text or "mfrac" in text:
        text = _SCRIPTED.sub(_of_parts, text)
    return _RAISED_TAG.sub(_raised, _ERRORS.sub(_both_errors, text))


def _raised(found: re.Match[str]) -> str:
    return f"^{found[1]}{found[2]}" if found[2] else found[1].translate(RAISED)


def _both_errors(found: re.Match[str]) -> str:
    return f" {found['above'] or found['last']}/{found['below'] or found['first']}"


def _of_parts(found: re.Match[str]) -> str:
    """An element of MathML on one line: its scripts as HTML has them, a fraction with a slash."""
    base, *others = (_ANY_TAG.sub("", part[0]) for part in _PART.finditer(found["parts"]))
    if found["what"].lower() == "mfrac":
        return f"{base}/{''.join(others)}"
    names = {"msup": ("sup",), "msub": ("sub",)}.get(found["what"].lower(), ("sub", "sup"))
    scripts = zip(names, others, strict=False)
    return base + "".join(f"<{name}>{script}</{name}>" for name, script in scripts)
