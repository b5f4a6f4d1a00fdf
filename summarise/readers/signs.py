"""Signs of a format: what opens its texts, or what most of their lines bear.

Prose may quote any format: a tag, a colon, an entry in a code fence. So a sign counts where it
opens the text or where most lines bear it, and code fences are left out.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from itertools import islice

from summarise.characters import INVISIBLE
from summarise.readers.abstracts import section_of
from summarise.readers.entry import MIN_ABSTRACT
from summarise.readers.source import decoded

_ROWS = 50
# Share of words in prose below which a text may be code; items of a list end like lines of code.
_LISTED = 0.7
# Bytes; a head that has so many may be cut off.
_LONG = 60_000
ASIDE = 150
"""Characters that may stand beside what bears a sign."""

_BLANK = re.compile(rf"\A[\s{INVISIBLE}]+")
_QUOTED = re.compile("^> ?", re.MULTILINE)
FENCES = ("```", "~~~")
_FRONT_MATTER = re.compile(r"\A---\n.*?\n(?:---|\.\.\.)(?:\n|$)", re.DOTALL)
# Scripts that put no space between words.
_UNSPACED = re.compile(r"[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{4}")
_LATEX = re.compile(r"\$[^$]{1,200}\$|\\[A-Za-z]+")
_NO_WORD = re.compile(r"[\d=<>{}\\|/_+#@$%^&~*\[\]]")
_NUMBER = re.compile(r"[\W\d]+[^\W\d]?[\W_]?")
_RUN = 4


class Head:
    """The start of a text, by lines, without front matter and code fences."""

    def __init__(self, text: str) -> None:
        text = _BLANK.sub("", text)
        if all(line.startswith(">") for line in text.split("\n") if line.strip()):
            text = _QUOTED.sub("", text)
        if text.startswith(FENCES):
            inside, _, after = text.partition("\n")[2].partition(text[:3])
            text = text if after.strip() else inside
        self.text = text
        self.raw = _unfenced(_FRONT_MATTER.sub("", text).split("\n"))

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


@lru_cache(maxsize=2)
def head_of(head: bytes) -> Head:
    """The first bytes of an input, by lines; each format asks for those of the same one."""
    return Head(decoded(head))


def _unfenced(lines: list[str]) -> list[str]:
    """Lines without code fences, unless there is hardly anything else."""
    outside: list[str] = []
    inside: list[str] = []
    fenced = False
    for line in lines:
        if line.lstrip().startswith(FENCES):
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
        elif any(map(str.isalpha, token)) and not _NO_WORD.search(token.strip("*_()[]{}")):
            run += 1
            total += 1 if run > least else least if run == least else 0
        elif not _NUMBER.fullmatch(token):
            run = 0
    return total


def opens(pattern: str) -> Callable[[Head], bool]:
    """A test of how the text opens."""
    compiled = re.compile(pattern)
    return lambda head: compiled.match(head.text) is not None


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


_COMMENTS = re.compile(r"\A(?:<!--.*?-->\s*)+", re.DOTALL)
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]{0,60})(?:\s[^<>]*)?/?>")
# Marks of an abstract that was copied with its markup, or of Markdown's opening picture.
_INLINE = re.compile(
    r"(?:jats:)?(?:p|b|i|em|strong|su[bp]|span|a|br|img|picture|center|title|sec|italic|bold|q|u|h[1-6])"
)


def is_xml(head: Head) -> bool:
    """Whether it is XML, rather than an abstract with a little markup."""
    text = _COMMENTS.sub("", head.text).rstrip()
    if text[:9].lower().startswith(("<?xml", "<!doctype")):
        return True
    root = _ROOT.match(text)
    if root is None or _INLINE.fullmatch(root[1].lower()):
        return False
    return text.endswith(f"</{root[1]}>") or (text.endswith(">") and text.count("<") > 9)


_COLUMN = re.compile(
    r"(?:article|source|publication)?title|abstracts?|summary|authors?|(?:publication)?year|date|doi"
    r"|journal|pmid|id|key|keywords|url|link|(?:document|item|publication)type"
)
# A short cell and a cell in quotes, with no space after the comma.
_QUOTED_CELL = re.compile(r'(?:[^",;]{0,99}|"[^"]*")[,;]"')
_QUOTED_LINE = re.compile(r'".*"$')
_RULED = re.compile(r"(?=[\s:-]*[|+])(?=[\s|+:]*-)[\s|+:-]{3,}$")


def is_table(delimiter: str) -> Callable[[Head], bool]:
    """A test for rows with the same cells, or with columns of known names."""
    return lambda head: _has_columns(_rows(head, delimiter), delimiter)


def is_quoted_table(head: Head) -> bool:
    """Whether rows hold cells in quotes, with a head or without."""
    column = re.fullmatch(r'"?(?:abstract|title|summary)"?', head.opening, re.IGNORECASE)
    if column and "\n\n" not in head.text.rstrip():
        quoted = head.count(_QUOTED_LINE)
        return quoted > 1 and quoted >= len(head.lines) - 1
    return head.mostly(_QUOTED_CELL, 0.9, least=2)


def is_ruled(head: Head) -> bool:
    """Whether there is hardly more than a table with bars and a rule, as in Markdown."""
    beside = sum(len(line) for line in head.lines if "|" not in line and not _RULED.match(line))
    return any(map(_RULED.match, head.lines[:2])) and beside < ASIDE


def _rows(head: Head, delimiter: str) -> list[list[str]]:
    """The first rows, as far as the head holds them whole; a Markdown table has none."""
    if head.opening.startswith("|") or delimiter not in head.opening:
        return []
    try:
        quote = "'" if head.opening.startswith("'") else '"'
        rows = list(islice(csv.reader(head.raw, delimiter=delimiter, quotechar=quote), _ROWS))
    except csv.Error:
        return []
    return [row for row in rows if any(map(str.strip, row))]


def _has_columns(rows: list[list[str]], delimiter: str) -> bool:
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    header, *below = rows
    even = sum(len(row) == len(header) for row in below) / len(below)
    names = {re.sub(r"[^a-z]", "", cell.lower()) for cell in header if len(cell) < 40}
    if sum(_COLUMN.fullmatch(name) is not None for name in names) > 1 and even >= 0.5:
        return True
    if delimiter == "|":  # formulas hold them
        return False
    # After the comma of a sentence stands a space, after that of a table seldom.
    inner = [cell for row in rows for cell in row[1:]]
    prose = delimiter != "\t" and sum(cell.startswith(" ") for cell in inner) > 0.3 * len(inner)
    return len(header) > 2 and len(rows) > 3 and even >= 0.8 and not prose


_KEY = re.compile(r"\s*(?:- )?[\"']?[A-Za-z_$][\w .$/-]{0,40}[\"']?:(?:\s|$)")
_YAML_LINE = re.compile(rf"{_KEY.pattern}|\s*- |\s*#")
_SCALAR = re.compile(r"\s*(?:- )?[\"']?[A-Za-z_][\w-]{0,40}[\"']?:\s?[>|][+-]?[0-9]?$")
_INDENTED_KEY = re.compile(r" {2,}(?:- )?[\w-]{1,40}:(?:\s|$)")
_SECTION = re.compile(r"\s*\[[^\[\]]{1,80}\]$")
_SETTING = re.compile(r"\s*[\w.:/@*-]{1,60}(?: [\w.:/@*-]{1,40})?\s?=")
_MAIL = re.compile(r"(From|To|Subject|Date|Message-I[Dd]|Received|MIME-Version|Return-Path|Cc):\s")


def is_yaml(head: Head) -> bool:
    """Whether it is YAML with blocks or lists in it."""
    if any(line.startswith("cff-version:") for line in head.lines):
        return True
    # "- Naps: a survey", and "Aim: We …" below it, are a title and a section of an abstract.
    item = re.match(r"- [\w-]{1,40}:(?:\s.*)?\n {2}([\w-]{1,40}:\s.*)", head.text)
    if item and not section_of(item[1]):
        return True
    if head.count(_SCALAR) and (head.opening == "---" or _KEY.match(head.opening)):
        return True
    keys = (line for line in head.lines if _INDENTED_KEY.match(line))
    nested = sum(section_of(key.strip()) is None for key in keys)
    return nested > 1 and head.count(_KEY) > 3 and head.mostly(_YAML_LINE, 0.9)


def is_settings(head: Head) -> bool:
    """Whether most lines set a value."""
    lines = [line for line in head.lines if not line.lstrip().startswith(("#", ";"))]
    settings = sum(_SETTING.match(line) is not None for line in lines)
    sections = sum(_SECTION.match(line) is not None for line in lines)
    if sections:
        return settings >= max(1, 0.3 * len(lines)) and sections + settings >= 0.6 * len(lines)
    return settings >= max(3, 0.8 * len(lines))


def is_mail(head: Head) -> bool:
    """Whether it opens with the headers of a mail."""
    if re.match(r"From \S{1,80} .{0,60}[0-9]{2}:[0-9]{2}", head.opening):
        return True
    return len({found[1] for line in head.lines[:30] if (found := _MAIL.match(line))}) > 2


_CODE_LINE = re.compile(
    r".*(?:[{};]|\)\s?:|[\w\])\"']\s?\\|=>|->)$"
    r"|\s*(?:#\s?(?:include|define|endif|ifdef|ifndef|if)\b|import [\w.{*]+|from \S+ import\b"
    r"|(?:async )?def \w+\(|class \w+\s?[:({]|(?:if|elif|for|while|with|else|try|except)\b.*:$"
    r"|//|/\*|\*/|(?:fi|done|esac)$|(?:if|while) \[|(?:local|export|var|let|const) \w+\s?=|@\w+$)"
    r"|\s*[\w.\[\]\"'$>-]{1,60}\s?(?:[+*/|-]?=|:=)\s?\S|\s*[\w.:>-]{1,60}\([^()]*\)[;:,]?$"
    r"|\s*[)}\]]+[;,]?$"
)
_PYTHON = re.compile(r"import \w[\w.]*(?:$| as |,)|from [\w.]+ import \w|def \w+\(|class \w+[(:]")
_COMMENT = re.compile(r"#(?!#)|%(?!%)|;;|::")
_GOES_ON = re.compile(r"(?:#|%|;;|::) [a-z]")


def is_code(head: Head) -> bool:
    """Whether it opens as code does, or most lines are code."""
    if head.opening.startswith(("/*", "//", "#include", "<?php")):
        return True
    if head.text.startswith(('"""', "'''")) and head.count(_PYTHON) > 0:
        return True
    has_lines = head.prose < _LISTED and head.mostly(_CODE_LINE, 0.4)
    return has_lines or _is_commented(head.raw)


def _is_commented(lines: Iterable[str]) -> bool:
    """Whether lines in a row are a comment: four, or a sentence that goes on in the next one.

    Markdown's headings stand apart.
    """
    run = 0
    for line in lines:
        run = run + 1 if _COMMENT.match(line) else 0
        if run > 3 or (run > 1 and _GOES_ON.match(line)):
            return True
    return False


_LATEX_OPENS = re.compile(
    r"\\(?:relax|documentclass|documentstyle|citation|begin\{document\}|usepackage|usetheme|newcommand"
    r"|bibitem|input\b|include\b|label|begin\{(?:frame|itemize|enumerate|table|figure|tikzpicture)"
    r"|(?:chapter|(?:sub)*section)\*?\{(?!abstract))",
    re.IGNORECASE,
)


def is_latex(head: Head) -> bool:
    """Whether it opens with a command that no abstract opens with."""
    first = next((line for line in head.lines if not line.lstrip().startswith("%")), "")
    opens = _LATEX_OPENS.match(first.lstrip())
    return bool(opens) or head.count(re.compile(r"\s*\\(?:documentclass|begin\{document\})")) > 0


# Escapes of JSON; LaTeX has commands that begin with n.
_ESCAPED = re.compile(r"\\u[0-9a-fA-F]{4}|\\n(?![a-z])")
_SINGLE_QUOTED = re.compile(r"\[?\s{0,9}\{\s{0,9}'[\w ]{1,40}'\s?:")


def is_json(head: Head) -> bool:
    """Whether it is JSON; a text in quotes, and nothing else, is a quoted text."""
    text = head.text
    if not text.startswith(("[", "{", '"')):
        return False
    if _SINGLE_QUOTED.match(text):
        return True
    try:
        value = json.loads(text)
    except RecursionError:
        return True
    except ValueError:
        is_cut = len(text.encode()) > _LONG and text.startswith(("[[", '["', "[{"))
        return is_cut or _is_json_lines(head.lines[:_ROWS])
    return not isinstance(value, str) or _ESCAPED.search(text) is not None


def _is_json_lines(lines: list[str]) -> bool:
    """Whether each line but one that was cut is an array."""
    whole = lines[:-1] or lines
    if len(lines) < 2 or not all(re.match(r'\[\s{0,9}["\[{\d]', line) for line in whole):
        return False
    try:
        return any('"' in line for line in whole) and all(map(json.loads, whole))
    except (ValueError, RecursionError):
        return False
