"""Elements and entities of HTML, JATS and MathML in a text, as what they print."""

from __future__ import annotations

import re
from collections.abc import Iterator

from summarise.characters.clean import RAISED
from summarise.characters.markup import APART, ENTITY, INSIDE, decoded

UNSEEN_STYLE = r"display\s*:\s*none|color\s*[:=]\s*[\"']?(?:white|#fff)"
"""Regular expression for what an element says that nobody sees."""
_NAMESPACE = r"(?:jats:|mml:|html:)?"
# Of these one that nothing closes may be what the text is about: "the <title> of a page".
_AMBIGUOUS = r"sec|title|div|list|label|abstract|tr|table|span|font|code|alternatives|math"
_TAG = re.compile(
    rf"<(?P<end>/?)(?P<space>(?:mml|jats|html):)?"
    rf"(?P<name>(?P<apart>{APART})|{INSIDE}|(?<=:)[\w-]{{1,30}})"
    r"(?P<more>\s[^<>]*?)?(?P<closed>/?)>",
    re.IGNORECASE,
)
_HEADING = re.compile(
    rf"<{_NAMESPACE}(?:title|label|h[1-6])(?:\s[^<>]*)?>([^<>]{{1,80}})"
    rf"</{_NAMESPACE}(?:title|label|h[1-6])>\s*(?:<{_NAMESPACE}p(?:\s[^<>]*)?>)?",
    re.IGNORECASE,
)
_ABSTRACT = re.compile(r"(?:abstract|summary)[.:]?", re.IGNORECASE)
# A formula twice, in TeX and in MathML: the first is text.
_TWICE = re.compile(
    rf"(</{_NAMESPACE}tex-math>\s*)<{_NAMESPACE}math\b[^<>]*>.{{0,5000}}?</{_NAMESPACE}math>"
    rf"|()<{_NAMESPACE}(annotation(?:-xml)?)\b[^<>]*>.{{0,5000}}?</{_NAMESPACE}\3>",
    re.IGNORECASE | re.DOTALL,
)
_SCRIPT = re.compile(rf"<(?P<end>/?){_NAMESPACE}(?P<name>sup|sub|inf)(?:\s[^<>]*)?/?>", re.I)
_RAISED = re.compile(
    rf"<{_NAMESPACE}sup(?:\s[^<>]*)?>\s*([-+−–]?\d+)(\.\d+)?\s*</{_NAMESPACE}sup>", re.IGNORECASE
)
_LEAF = (
    rf"<{_NAMESPACE}(?:mn|mi|mo|mtext)(?:\s[^<>]*)?>[^<>]{{0,40}}"
    rf"</{_NAMESPACE}(?:mn|mi|mo|mtext)>"
)
_ROW = rf"<{_NAMESPACE}mrow(?:\s[^<>]*)?>(?:\s*{_LEAF}){{1,9}}\s*</{_NAMESPACE}mrow>"
_SCRIPTED = re.compile(
    rf"<{_NAMESPACE}(?P<what>msup|msub|msubsup|mfrac)(?:\s[^<>]*)?>"
    rf"(?P<parts>(?:\s*(?:{_LEAF}|{_ROW})){{2,3}})\s*</{_NAMESPACE}(?P=what)>",
    re.IGNORECASE,
)
_PART = re.compile(rf"{_LEAF}|{_ROW}", re.IGNORECASE)
_ANY_TAG = re.compile(r"</?[^<>]*>|\s+")
# What a value may be above and below it: “58<sup>+12</sup><sub>−11</sub>”.
_ABOVE = rf"<{_NAMESPACE}sup(?:\s[^<>]*)?>\s*(?P<{{}}>\+\s?[\d.]+)\s*</{_NAMESPACE}sup>"
_BELOW = rf"<{_NAMESPACE}sub(?:\s[^<>]*)?>\s*(?P<{{}}>[-−–]\s?[\d.]+)\s*</{_NAMESPACE}sub>"
_ERRORS = re.compile(
    rf"{_ABOVE.format('above')}\s*{_BELOW.format('below')}"
    rf"|{_BELOW.format('first')}\s*{_ABOVE.format('last')}",
    re.IGNORECASE,
)
# Each round may lay bare what the next one reads (``&lt;b&gt;``). Real text needs two.
_MOST_ROUNDS = 6
_OPENS = re.compile(r"<+(?=[/A-Za-z])|&+(?=[#A-Za-z])")


def unmarked(text: str, *, keeps_unseen: bool = False) -> str:
    """A text without the tags and entities of HTML, JATS and MathML.

    The title of a section becomes its label (``Methods: …``), and that of the whole abstract goes.
    A number that is raised stays so, and errors above and below a value are “ +12/−11”. A
    comparison stays as it is (``x<b>y``): a letter in angle brackets is a tag where another tag
    closes it, or where no word touches it. ``keeps_unseen`` keeps the elements that no reader of
    the page sees, so that they can be told. Doing it again changes nothing.
    """
    if "<" not in text and "&" not in text:
        return text
    for _ in range(_MOST_ROUNDS):
        before = text
        if "<" in text:
            text = _without_tags(text, keeps_unseen=keeps_unseen)
        if "&" in text:
            text = ENTITY.sub(lambda found: decoded(found["name"]), text)
        if text == before:
            return text
    # Nested by someone who wants it to be left.
    return _OPENS.sub("", text)


def _without_tags(text: str, *, keeps_unseen: bool) -> str:
    if "</" in text:
        text = _HEADING.sub(_label, _TWICE.sub(lambda found: found[1] or "", text))
        if "msu" in text or "mfrac" in text:
            text = _SCRIPTED.sub(_of_parts, text)
    pieces, at = list[str](), 0
    for found in _tags_in(text, keeps_unseen=keeps_unseen):
        # What is raised is known when no other tag parts it from its neighbours.
        put = "\n\n" if found["apart"] else found[0] if _SCRIPT.fullmatch(found[0]) else ""
        pieces += (text[at : found.start()], put)
        at = found.end()
    text = "".join([*pieces, text[at:]])
    return _without_scripts(_RAISED.sub(_raised, _ERRORS.sub(_both_errors, text)))


def _tags_in(text: str, *, keeps_unseen: bool) -> Iterator[re.Match[str]]:
    """The tags of a text, in order."""
    all_, open_, closing = [*_TAG.finditer(text)], dict[str, list[int]](), dict[int, int]()
    for number, found in enumerate(all_):
        begun = open_.setdefault(found["name"].lower(), [])
        if not found["end"]:
            begun.append(number)
        elif begun:
            closing[begun.pop()] = number
    kept = set[int]()
    for number, found in enumerate(all_):
        end = closing.get(number)
        if keeps_unseen and end is not None and re.search(UNSEEN_STYLE, found["more"] or "", re.I):
            kept |= {number, end}
        if number not in kept and (end is not None or _is_tag(found, text)):
            yield found


def _is_tag(found: re.Match[str], text: str) -> bool:
    """Whether what looks like a tag is one, though none closes it."""
    if found["end"] or found["space"] or found["closed"] or "=" in (found["more"] or ""):
        return True
    name = found["name"].lower()
    if (found["more"] or "").strip() or re.fullmatch(_AMBIGUOUS, name):
        return False
    at, end = found.span()
    before, after = text[max(0, at - 1) : at], text[end : end + 1]
    return len(name) > 1 or not (before.isalnum() or before in (*")]_",) or after == " ")


def _without_scripts(text: str) -> str:
    """A text without the tags of what else is raised or lowered; it joins no number before it."""
    pieces, at, last = list[str](), 0, ""
    for found in _SCRIPT.finditer(text):
        pieces.append(text[at : found.start()])
        at, last = found.end(), pieces[-1][-1:] or last
        if last.isdigit() and text[at : at + 1] in tuple("0123456789+-−–"):
            name = found["name"].lower()
            pieces.append(" " if found["end"] else "^" if name == "sup" else "_")
            last = ""
    return "".join([*pieces, text[at:]])


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


def _label(found: re.Match[str]) -> str:
    heading = " ".join(found[1].split())
    return "" if _ABSTRACT.fullmatch(heading) else f"\n\n{heading.rstrip(':.')}: "
