r"""Documents as BibTeX, which BibLaTeX takes as well: UTF-8, signs of LaTeX escaped, formulas not.

BibTeX counts braces even where they are escaped, so the text itself has none: ``\textbraceleft{}``.
The record's row is in ``annote``, which no usual style prints.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

from summarise.render.format import text_format
from summarise.render.references import MONTHS, Publication, ReferenceView, references

_TYPES = {
    Publication.ARTICLE: ("article", "journal"),
    Publication.PAPER: ("inproceedings", "booktitle"),
    Publication.OTHER: ("misc", ""),
}
"""The type of an entry, and the field that its venue is in."""

_ESCAPES = str.maketrans(
    {
        **{sign: f"\\{sign}" for sign in "$&%#_"},
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
    }
)
# Two signs that LaTeX would set as one.
_LIGATURE = re.compile(r"(?<=-)-|(?<=[`?!])`|(?<=')'|(?<=<)<|(?<=>)>|(?<=,),")
_GREEK = (
    "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|phi|chi"
    "|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Phi|Psi|Omega"
)
_LETTERS = dict(zip("αβγδεζηθκλμνξπρστφχψωΓΔΘΛΞΠΣΦΨΩ", _GREEK.split("|"), strict=True))
_LETTER = re.compile(f"([{''.join(_LETTERS)}])(?=([A-Za-z])?)")
# One of letters, digits and signs alone can do nothing but be a formula. As pandoc has it, no blank
# stands inside of its dollar signs and no digit behind them: "$5 and $6" is money.
_FORMULA = re.compile(
    rf"\$(?!\s)(?:[A-Za-z0-9{''.join(_LETTERS)} +\-=<>()/.,|*]"
    r"|[_^](?:[A-Za-z0-9]|\{[A-Za-z0-9+\-]{1,20}\})"
    r"|\\(?:mathcal|mathbf|mathbb|mathrm|text)\{[A-Za-z0-9 ]{1,20}\}"
    rf"|\\(?:{_GREEK}|varepsilon|varphi|times|pm|leq?|geq?|approx|sim|to|infty|ell|log|cdot|in)"
    r"(?![A-Za-z])){1,80}(?<!\s)\$(?!\d)"
)
_RANGE = re.compile(r"(?<=\w)-(?=\w)")
_WORD = re.compile(r"[^\W_]+")
_UNQUOTED = re.compile(r"[{}\\\"\s]")
_AND = re.compile(r"\sand\s", re.IGNORECASE)
_GROUP = re.compile(
    r"\b(?:Group|Team|Network|Consortium|Collaborat(?:ion|ors)|Investigators|Initiative|Organi[sz]ation"
    r"|Committee|Commission|Council|Society|Association|Federation|Foundation|University|Institute"
    r"|Agency|Ministry|Department|Bureau|Cent(?:er|re))\b"
)
# What reads line by line, or mends what isn't closed, would take these for an entry or a field.
_ACTS = re.compile(r"^@|=(?=\s*[\"{])", re.MULTILINE)


def _latex(text: str, escaped: Callable[[str], str] | None = None, formula: str = "{}") -> str:
    """A text as LaTeX that stands for it; a plain formula stays one."""
    escaped = escaped or _escaped
    parts, position = [], 0
    for found in _FORMULA.finditer(text):
        shown = formula.format(_LETTER.sub(_command, found[0]))
        parts += [escaped(text[position : found.start()]), shown]
        position = found.end()
    return "".join((*parts, escaped(text[position:])))


def _command(letter: re.Match[str]) -> str:
    return f"\\{_LETTERS[letter[1]]}{' ' if letter[2] else ''}"


def _escaped(text: str) -> str:
    return _LIGATURE.sub(r"{}\g<0>", text.translate(_ESCAPES))


def _kept(found: re.Match[str]) -> str:
    """A word of a title, which styles are to leave as it is where it has capitals inside."""
    word = found[0]
    return f"{{{word}}}" if any(map(str.isupper, word[1:])) else word


def _name(name: str, *, has_families: bool) -> str:
    """A name; in braces where BibTeX would make several, or too many parts, of it.

    One of many words is a group's where other names tell families by a comma, and it doesn't.
    """
    is_odd = _AND.search(name) or name.count(",") > 2 or name.lower() == "others"
    is_group = "," not in name and (
        (has_families and name.count(" ") > 1) or (" " in name and _GROUP.search(name))
    )
    return f"{{{_escaped(name)}}}" if is_odd or is_group else _escaped(name)


def _verbatim(text: str) -> str:
    """An id or address, which styles print as it is written: what acts there is percent-encoded."""
    return _UNQUOTED.sub(lambda found: quote(found[0]), text)


def _fields(one: ReferenceView) -> Iterator[tuple[str, str]]:
    """Names and values, in order; a value may be empty."""
    has_families = any("," in name for name in one.authors)
    names = [_name(name, has_families=has_families) for name in one.authors]
    names += ["others"] if one.has_more_authors else []
    # A formula has two pairs of braces: in one, a single sign is read as that sign alone.
    yield "title", _latex(one.title, lambda part: _WORD.sub(_kept, _escaped(part)), "{{{{{}}}}}")
    yield "author", " and ".join(names)
    yield _TYPES[one.kind][1], _latex(one.venue)
    printed = {name: _latex(text) for name, text in one.printed.items()}
    yield "volume", printed["volume"]
    yield "number", printed["issue"]
    yield "pages", _RANGE.sub("--", printed["pages"])
    yield "publisher", printed["publisher"]
    yield "issn", printed["issn"]
    yield "year", one.published.year
    if month := one.published.month:
        yield from (("month", MONTHS[int(month) - 1].lower()), ("day", one.published.day))
    else:
        yield "date", _latex(one.published.text)
    yield "doi", _verbatim(one.doi)
    if arxiv := one.ids.get("arXiv"):
        yield from (("eprint", _verbatim(arxiv)), ("archiveprefix", "arXiv"))
    for name in ("PMID", "ACL", "OpenAlex"):
        yield name.lower(), _latex(one.ids.get(name, ""))
    yield "url", _verbatim(one.url)
    yield "language", _latex(one.language)
    yield "abstract", "\n\n".join(map(_latex, one.abstract))
    yield "annote", "\n\n".join(map(_latex, one.summary))


def _entry(one: ReferenceView) -> str:
    lines = [f"@{_TYPES[one.kind][0]}{{{one.key},"]
    for name, value in _fields(one):
        if name == "month":
            lines.append(f"  month = {value},")
        elif value:
            inert = _ACTS.sub(r"{\g<0>}", value)
            lines.append(f"  {name} = {{{inert}}},")
    return "\n".join((*lines, "}\n\n"))


FORMAT = text_format(lambda table: map(_entry, references(table)))
