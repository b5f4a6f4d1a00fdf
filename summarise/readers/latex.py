r"""LaTeX, as BibTeX files hold it, into the text that it stands for.

Only a text with a backslash or a brace in it is LaTeX. Formulas stay as they are, but for a sign in
braces, as which Better BibTeX writes ``<`` and what isn't ASCII. Most commands are an accent, an
escape or a mark of type, and are replaced one by one, each converted once; what else there is goes
through pylatexenc, which takes milliseconds a text, takes a bare ``%`` for a comment
and ``&`` for the end of a cell, and drops every command that it doesn't know: here ``%``, ``&`` and
``#`` stand for themselves, and an unknown command stays as it is written.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import Any

from summarise.characters import RAISED

_LONGEST = 20_000
"""Characters of the longest text that is converted; no abstract has so many."""
# Marks of type inside of each other.
_DEEPEST = 20

# Noncharacters stand for what no step may touch: formulas, and characters that mean something to
# LaTeX but come from an escape.
_FORMULA = "\ufdd0"
_LITERAL = {"\\": "\ufdd1", "{": "\ufdd2", "}": "\ufdd3"}
_BARE = {"%": "\ufdd4", "&": "\ufdd5", "#": "\ufdd6", "$": "\ufdd7", "~": "\ufdd8"}
_HIDE = str.maketrans(_LITERAL)
_HIDE_BARE = str.maketrans(_BARE)
_SHOWN = {hidden: shown for shown, hidden in (_LITERAL | _BARE).items()}
_RESERVED = re.compile("[\ufdd0-\ufdd8]")

# DBLP's “5th” and “e²”, Zotero's “CO2” and “10⁻³”.
_SHIFTED = re.compile(
    r"(?:\\\(|\$)\s?(?:\{\})?([\^_])\{?\s?\\(?:mbox|text|textrm|mathrm|rm)\s?\{([^{}$\\]{1,80})\}"
    r"\s?\}?\s?(?:\\\)|\$)"
)
_SIGN = re.compile(r"(?<!\{)\{\$(?:([<>])|\\([A-Za-z]{2,20})) ?\$\}(?!\})")
_MATH = re.compile(
    r"(?<!\\)(?:\$\$[^$]+\$\$|\$(?:[^$\\]|\\.)+\$)|\\\((?:[^\\]|\\(?!\)).){0,400}\\\)"
    r"|\\\[(?:[^\\]|\\(?!\]).){0,400}\\\]"
    r"|\\begin\{(equation|align|eqnarray|displaymath|math)(\*?)\}.{0,400}?\\end\{\1\2\}",
    re.DOTALL,
)
_DOLLAR = re.compile(r"(?<!\\)\$")
_UNKNOWN = re.compile(r"\\([A-Za-z]+)(\*?(?:\{[^{}]*\})*)")
_ACCENTED = re.compile(
    r"\\(?:['`^\"~=.]|[Hcvudbrkt](?![A-Za-z]))\s*"
    r"(?:\{\s*+(?:\\[ij]|[^\W\d_]{0,2})\s*\}|\\[ij](?![A-Za-z])|[^\W\d_])"
)
# Behind what was an accent a backslash is one of an escape that was escaped.
_ESCAPED_TWICE = re.compile(r"(?<!\\)\\+(?=[^\W\d_a-zA-Z])")
_SYMBOL = re.compile(r"\\(?:([A-Za-z]+)(?:\{\}|\s+|(?![A-Za-z]))|([^A-Za-z]))", re.DOTALL)
_MARKED = re.compile(
    r"\\(emph|text(?:it|bf|sc|rm|sf|tt|sl|up|md|normal|superscript|subscript)?|[mh]box|underline"
    r"|enquote|mkbibquote|mkbibemph|uppercase|MakeUppercase|url|footnote|href\s*\{[^{}]*\}|cite[pt]?|(?:eq)?ref)"
    r"\s*\{([^{}\\]*)\}"
)
_SORTED_BY = re.compile(r"\\(?:noopsort|SortNoop|noop)\s*\{[^{}]*\}|\\vphantom\{\\[{}]\}")
_EXPONENT = re.compile(r"[-+−–]?[0-9]+")
_LIGATURES = (
    *(("---", "—"), ("--", "–"), ("``", "“"), ("''", "”"), ("~", " ")),
    *(("!`", "¡"), ("?`", "¿")),
)
_TIE = re.compile("(?<=[^\\W\\d_]|[.,:])~(?=[\\w\ufdd0-])")
_BRACED = re.compile(r"(\\(?:[A-Za-z]{1,40}\*?|[^A-Za-z])\s?(?:\{[^{}]*\}){0,3})?\{[^{}\\]*\}")
_MARKS = frozenset(
    re.findall(
        r"\w+",
        "emph textit textbf textsc textrm textsf texttt textsl textup textmd textnormal text mbox"
        " hbox textsuperscript textsubscript underline enquote mkbibquote mkbibemph uppercase"
        " MakeUppercase noopsort SortNoop noop url href footnote cite citep citet ref eqref begin"
        " end",
    )
)
_ACCENTS = frozenset("Hcvudbrkt")
_POINTERS = frozenset(("cite", "citep", "citet", "ref", "eqref"))
# What pylatexenc lacks. Switches of type stand for nothing.
_MORE = {
    "textbraceleft": "{",
    "textbraceright": "}",
    "textless": "<",
    "textgreater": ">",
    "textbar": "|",
    "textquotedbl": '"',
    "textasciicircum": "^",
    "textasciitilde": "~",
    "textasciigrave": "`",
    "textunderscore": "_",
    "textdollar": "$",
    "textperiodcentered": "·",
    "TeX": "TeX",
    "LaTeX": "LaTeX",
    "BibTeX": "BibTeX",
    "hyphen": "-",
    "S": "§",
    "P": "¶",
    "copyright": "©",
    "pounds": "£",
    "euro": "€",
    "slash": "/",
    "degree": "°",
    "micro": "µ",
    "newline": " ",
    "nobreakspace": " ",
    "par": "\n\n",
    "&": "&",
    "_": "_",
    "\\": " ",
    "\n": " ",
    "-": "",
    "/": "",
    "@": "",
    ",": " ",
    ";": " ",
    ":": " ",
    " ": " ",
    "!": "",
}
_MORE |= dict.fromkeys(
    re.findall(
        r"\w+",
        "em it bf rm sf tt sc sl bfseries itshape mdseries upshape scshape slshape rmfamily"
        " sffamily ttfamily normalfont tiny small large Large relax protect bibinfo",
    ),
    "",
)
_ALONE = {r"\~": "~", r"\^": "^"}


def latex_to_text(text: str) -> str:
    """The text that LaTeX stands for.

    One without a backslash and a brace is returned as it is, but for ``~`` between words.
    """
    if len(text) > _LONGEST:
        return text
    if not ("\\" in text or "{" in text or "}" in text):
        return _TIE.sub(" ", text) if "~" in text else text
    text = _SIGN.sub(_sign, text) if "{$" in text else text
    return _beside_formulas(text, lambda rest: _converted(rest, _LIGATURES))


def tex_to_text(text: str) -> str:
    r"""The text that a mixture stands for: prose of arXiv, in which some commands are TeX's.

    What is written with a backslash is converted, and ``~`` between words. Braces that belong to no
    command, ``--`` and a ``~`` that stands for “about” are text.
    """
    if len(text) > _LONGEST or not ("\\" in text or "~" in text):
        return text

    def converted(rest: str) -> str:
        rest = _TIE.sub(" ", rest)
        if "\\" not in rest:
            return rest
        return _converted(_BRACED.sub(_hidden, rest), ())

    return _beside_formulas(text, converted)


def _beside_formulas(text: str, convert: Callable[[str], str]) -> str:
    """A text of which all but its formulas is converted."""
    text = _RESERVED.sub("\ufffd", text) if _is_hiding(text) else text
    if "^" in text or "_" in text:
        text = _SHIFTED.sub(_shifted, text)
    formulas: list[str] = []

    def take(found: re.Match[str]) -> str:
        formulas.append(found[0])
        return _FORMULA

    if "$" in text or "\\" in text:
        # An odd dollar sign is money: nothing tells which ones would enclose a formula.
        text = text if len(_DOLLAR.findall(text)) % 2 else _MATH.sub(take, text)
    text = convert(text)
    for formula in formulas:
        text = text.replace(_FORMULA, formula, 1)
    return text


def unknown_commands(text: str) -> tuple[str, ...]:
    """The commands of a text that aren't known here, each once."""
    if "\\" not in text:
        return ()
    names = (found[1] for found in _UNKNOWN.finditer(_MATH.sub("", text)))
    return tuple(dict.fromkeys(f"\\{name}" for name in names if not _is_known(name)))


def _sign(found: re.Match[str]) -> str:
    """The sign that a formula is, where it is one."""
    sign = found[1] or (_symbol(f"\\{found[2]}") if _is_symbol(found[2]) else "")
    return sign if found[1] or (len(sign) == 1 and not sign.isascii()) else found[0]


def _shifted(found: re.Match[str]) -> str:
    """What is raised or lowered, without being a formula; a number that is raised stays so."""
    raised = found[1] == "^" and _EXPONENT.fullmatch(found[2])
    return found[2].translate(RAISED) if raised else found[2]


def _hidden(found: re.Match[str]) -> str:
    """Braces behind no command, which aren't converted."""
    return found[0] if found[1] else found[0].translate(_HIDE)


def _converted(text: str, ligatures: Iterable[tuple[str, str]]) -> str:
    if "\\" in text:
        text = _ACCENTED.sub(lambda found: _symbol(found[0]), text)
        text = _ESCAPED_TWICE.sub("", text)
        text = _SORTED_BY.sub("", text)
        text = _UNKNOWN.sub(_kept, text)
        text = _SYMBOL.sub(_replaced, text)
    for _ in range(_DEEPEST):
        if "\\" not in text or (marked := _MARKED.sub(_unmarked, text)) == text:
            break
        text = marked
    for written, meant in ligatures:
        if written in text:
            text = text.replace(written, meant)
    if "\\" in text:
        text = _by_library(text.translate(_HIDE_BARE))
    text = text.replace("{", "").replace("}", "")
    return _RESERVED.sub(lambda one: _SHOWN.get(one[0], one[0]), text) if _is_hiding(text) else text


def _is_hiding(text: str) -> bool:
    return not text.isascii() and any(map(text.__contains__, _SHOWN))


def _kept(found: re.Match[str]) -> str:
    """A command that isn't known, with what stands in braces behind it, as it is written."""
    return found[0] if _is_known(found[1]) else found[0].translate(_HIDE)


def _replaced(found: re.Match[str]) -> str:
    r"""What a command without arguments stands for; ``\textless 5`` is ``<5``, as in LaTeX."""
    name = found[1] or found[2]
    if name in _MORE:
        return _MORE[name].translate(_HIDE).translate(_HIDE_BARE)
    if name in _MARKS or (found[1] and not _is_symbol(name)):
        return found[0]
    return _symbol(f"\\{name}")


def _unmarked(found: re.Match[str]) -> str:
    name, inner = found[1], found[2]
    if name == "footnote":
        return f" [{inner}]"
    if name in _POINTERS:
        return f"[{inner}]"
    if name == "textsuperscript" and _EXPONENT.fullmatch(inner):
        return inner.translate(RAISED)
    return f"“{inner}”" if name in {"enquote", "mkbibquote"} else inner


@lru_cache(maxsize=4096)
def _symbol(text: str) -> str:
    alone = _ALONE.get(re.sub(r"[\s{}]", "", text))
    return (alone or _by_library(text).strip(" ")).translate(_HIDE).translate(_HIDE_BARE)


@cache
def _is_known(name: str) -> bool:
    is_own = name in _MORE or name in _MARKS or name in _ACCENTS
    return is_own or bool(_library()[1].get_macro_spec(name))


@cache
def _is_symbol(name: str) -> bool:
    """Whether a command takes no arguments and stands for some characters."""
    walked, told = _library()[0].get_macro_spec(name), _library()[1].get_macro_spec(name)
    return not walked and bool(told) and isinstance(told.simplify_repl, str)


@cache
def _library() -> tuple[Any, Any, Any]:
    """What pylatexenc knows of commands, as a parser and as text, and what makes text."""
    from pylatexenc import latex2text, latexwalker  # noqa: PLC0415 - BibTeX alone needs it

    logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)  # it warns of each foreign fault
    texts = latex2text.get_default_latex_context_db()
    maker = latex2text.LatexNodes2Text(latex_context=texts, math_mode="verbatim")
    return latexwalker.get_default_latex_context_db(), texts, maker


def _by_library(text: str) -> str:
    from pylatexenc.latexwalker import LatexWalker  # noqa: PLC0415 - see above

    walks, _, maker = _library()
    try:
        nodes = LatexWalker(text, latex_context=walks, tolerant_parsing=True).get_latex_nodes()[0]
        return str(maker.nodelist_to_text(nodes))
    except Exception:  # noqa: BLE001 - it raises whatever it stumbles on; the text stays as it is
        return text.translate(_HIDE)
