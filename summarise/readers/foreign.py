"""Formats that no reader takes yet, told from prose by their content, so that none is read as one.

Prose may quote any of them: a tag, a colon, an entry in a code fence. So a sign counts where it
opens the text or where most lines bear it, and code fences are left out. A file's name settles the
matter alone where its suffix is used for nothing else. A new format needs a line in ``_FOREIGN``.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import islice
from pathlib import PurePath
from typing import NamedTuple

from summarise.errors import InputError
from summarise.readers.blocks import section_of
from summarise.readers.entry import MIN_ABSTRACT

_CONVERT = (
    "Convert it to CSL JSON, which reference managers such as Zotero export, or write JSON lines"
    " with “title” and “abstract”."
)
_COLUMNS = "Write JSON lines with “title” and “abstract”, one object a row."
_TEXT_ALONE = "Copy titles and abstracts alone into a text, with a blank line between them."
_NO_PAPER = "Name a file of abstracts: a text, Markdown, JSON lines or a saved page."
_INSIST = "To read it as prose all the same: --format text."

_SAVE = "Save it as plain text."
_PUBMED = f"Save it in the format PubMed. {_CONVERT}"
_OPENALEX = (
    "Write JSON lines with “title” and “abstract”; its inverted index tells where each word stands."
)
_CODE = (
    ".py .pyi .c .h .cc .cpp .cxx .hpp .cs .java .js .mjs .ts .tsx .jsx .go .rs .rb .php .pl .pm"
    " .sh .bash .zsh .fish .sql .r .lua .swift .kt .scala .jl .el .lisp .hs .vim .css .scss .awk"
    " .m4 .mk .cmake .tcl .bat .cmd .csh .ps1 .psm1 .ninja .pth .sed .ph"
    " .msg .dtd .asdl .proto .tmac .supp .spec"
)
_SETTINGS = (
    ".ini .toml .cfg .conf .properties .service .socket .timer .target .mount .desktop .env .rules"
)
_ROWS = 50
_LONG = 60_000


_FRONT_MATTER = re.compile(r"---\n.*?\n(?:---|\.\.\.)(?:\n|$)", re.DOTALL)


class _Head:
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


class _Foreign(NamedTuple):
    name: str
    recognises: Callable[[_Head], bool]
    advice: str
    suffixes: str = ""


def refuse_foreign(head: str, name: str) -> None:
    """Refuse a text that is no prose.

    Args:
        head: The start of it.
        name: Its file name.

    Raises:
        InputError: It is in a format that no reader takes.
    """
    start = _Head(head)
    suffix = PurePath(name).suffix.lower()
    named = [kind for kind in _FOREIGN if suffix and suffix in kind.suffixes.split()]
    found = next((kind for kind in named or _FOREIGN if kind.recognises(start)), None)
    if found:
        raise _not_prose(name, f"is {found.name}", found)
    if named:
        raise _not_prose(name, f"is named as {named[-1].name} ({suffix})", named[-1])


def refuse_foreign_json(head: str, name: str) -> None:
    """Refuse JSON that is known to hold its abstracts in another way than ours.

    Raises:
        InputError: It does, and none in ours beside it.
    """
    if re.search(r'"(?:abstract|summary)"\s{0,9}:', head):
        return
    for kind in _FOREIGN_JSON:
        if kind.recognises(_Head(head)):
            raise InputError(f"is {kind.name}, which isn't read yet", where=name, hint=kind.advice)


def _not_prose(name: str, what: str, kind: _Foreign) -> InputError:
    return InputError(f"{what}, not prose", where=name, hint=f"{kind.advice} {_INSIST}")


def _opens(pattern: str, flags: int = 0) -> Callable[[_Head], bool]:
    """A test of how the text opens."""
    compiled = re.compile(pattern, flags)
    return lambda head: compiled.match(head.text) is not None


def _holds(*patterns: str, least: int = 1) -> Callable[[_Head], bool]:
    """A test whether each of some patterns opens a line."""
    compiled = [re.compile(pattern) for pattern in patterns]
    return lambda head: all(head.count(pattern) >= least for pattern in compiled)


def _contains(text: str) -> Callable[[_Head], bool]:
    return lambda head: text in head.text


_COMMENTS = re.compile(r"(?:<!--.*?-->\s*)+", re.DOTALL)
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]{0,60})(?:\s[^<>]*)?/?>")
# Marks of an abstract that was copied with its markup, or of Markdown's opening picture.
_INLINE = re.compile(
    r"(?:jats:)?(?:p|b|i|em|strong|su[bp]|span|a|br|img|picture|center|title|sec|italic|bold|q|u|h[1-6])"
)


def _is_xml(head: _Head) -> bool:
    comments = _COMMENTS.match(head.text)
    text = head.text[comments.end() if comments else 0 :].rstrip()
    if text.startswith(("<?xml", "<!DOCTYPE", "<!doctype")):
        return True
    root = _ROOT.match(text)
    if root is None or _INLINE.fullmatch(root[1].lower()):
        return False
    return text.endswith(f"</{root[1]}>") or (text.endswith(">") and text.count("<") > 9)


def _xml(pattern: str) -> Callable[[_Head], bool]:
    """A test for XML that holds a certain element."""
    element = re.compile(pattern)
    return lambda head: _is_xml(head) and element.search(head.text) is not None


_BIBTEX = re.compile(
    r"\s*@(?:(?:comment|preamble|string)\s{0,9}[{(]|\w{2,30}\s{0,9}[{(]\s{0,9}[^\s{}(),]*\s{0,9}(?:,|$))",
    re.IGNORECASE,
)
_RIS = re.compile(r"\s?[A-Z][A-Z0-9]\s{0,3}-(?:\s|$)")
_MEDLINE = re.compile(r"[A-Z]{2,4} {0,2}-")
_TAG = re.compile(
    r"(?=--[A-Z][A-Z0-9]--\s)(--..)|(TI|AU|AB|PY|SO|AD|DT|PT|KW|ST|RT|PU|YP|PE|PS)(?:--|\s?[-:~])(?:\s|$)"
)
_OVID = re.compile(
    r"<[0-9]{1,6}>$|(?:Author|Source|Title|Abstract|Accession Number|Publication Type)$"
)


def _is_bibtex(head: _Head) -> bool:
    lines = (line for line in head.lines if not line.lstrip("\ufeff ").startswith("%"))
    first = next(lines, "").lstrip("\ufeff")
    if first.startswith(("This file was created with JabRef", "Encoding:")):
        return head.count(_BIBTEX) > 0
    return _BIBTEX.match(first) is not None


def _is_ris(head: _Head) -> bool:
    typed = any(re.match(r"\s?TY\s{0,3}-(?:\s|$)", line) for line in head.lines)
    return head.count(_RIS) >= 3 if typed else head.mostly(_RIS, 0.5, least=4)


def _is_medline(head: _Head) -> bool:
    if re.match(r"PMID ?- ?[0-9]+$", head.opening):
        return True
    long_tag = re.compile(r"(?:PMID|PMCR?|OWN|STAT|FAU|DCOM|LID|AID|EDAT|MHDA|CRDT) {0,2}-")
    return head.count(long_tag) > 1 and head.mostly(_MEDLINE, 0.4)


def _is_isi(head: _Head) -> bool:
    if re.match(r"FN (?:ISI|Clarivate|Thomson|Web of)", head.opening):
        return True
    return _holds(r"PT [A-Z]$", r"(?:AU|TI) \S", r"ER$")(head)


def _is_endnote(head: _Head) -> bool:
    return head.opening.startswith("%0") or head.mostly(
        re.compile(r"%[0-9A-Z@!?] \S"), 0.5, least=2
    )


def _is_tagged(head: _Head) -> bool:
    if head.count(_OVID) > 3 and _holds(r"(?:Author|Title)$", "Source$", r" {2}\S")(head):
        return True
    tags = {found[0] for line in head.lines if (found := _TAG.match(line))}
    return len(tags) > 1 and head.mostly(_TAG, 0.3)


_COLUMN = re.compile(
    r"(?:article|source|publication)?title|abstracts?|summary|authors?|(?:publication)?year|date|doi"
    r"|journal|pmid|id|key|keywords|url|link|(?:document|item|publication)type"
)
_ACCOUNT = re.compile(r"[^:\s]{1,64}(?::[^:]*){3,}$")


def _is_table(delimiter: str) -> Callable[[_Head], bool]:
    return lambda head: _has_columns(_rows(head, delimiter), spaced=delimiter != "\t")


def _rows(head: _Head, delimiter: str) -> list[list[str]]:
    """The first rows, as far as the head holds them whole; a Markdown table has none."""
    if head.opening.startswith("|") or delimiter not in head.opening:
        return []
    try:
        rows = list(islice(csv.reader(head.raw, delimiter=delimiter), _ROWS))
    except csv.Error:
        return []
    return [row for row in rows if any(map(str.strip, row))]


def _has_columns(rows: list[list[str]], *, spaced: bool) -> bool:
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    header, *below = rows
    even = sum(len(row) == len(header) for row in below) / len(below)
    names = {re.sub(r"[^a-z]", "", cell.lower()) for cell in header if len(cell) < 40}
    if sum(_COLUMN.fullmatch(name) is not None for name in names) > 1 and even >= 0.5:
        return True
    # After the comma of a sentence stands a space, after that of a table seldom.
    inner = [cell for row in rows for cell in row[1:]]
    prose = spaced and sum(cell.startswith(" ") for cell in inner) > 0.3 * len(inner)
    return len(header) > 2 and len(rows) > 3 and even >= 0.8 and not prose


_KEY = re.compile(r"\s*(?:- )?[\"']?[A-Za-z_$][\w .$/-]{0,40}[\"']?:(?:\s|$)")
_YAML_LINE = re.compile(rf"{_KEY.pattern}|\s*- |\s*#")
_INDENTED_KEY = re.compile(r" {2,}(?:- )?[\w-]{1,40}:(?:\s|$)")
_HEADER = re.compile(r"([A-Z][A-Za-z0-9-]{1,40}):(?:\s|$)")
_LABEL = re.compile(r"[#>*_\s]*(?:title|abstract)[*_]*\s?:", re.IGNORECASE)
_SECTION = re.compile(r"\s*\[[^\[\]]{1,80}\]$")
_SETTING = re.compile(r"\s*[\w.:/@*-]{1,60}(?: [\w.:/@*-]{1,40})?\s?=")
_CLOCK = re.compile(r".{0,60}?[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?![0-9:])")
_MAIL = re.compile(r"(From|To|Subject|Date|Message-I[Dd]|Received|MIME-Version|Return-Path|Cc):\s")


def _is_yaml(head: _Head) -> bool:
    if any(line.startswith("cff-version:") for line in head.lines):
        return True
    if re.match(r"- [\w-]{1,40}:(?:\s.*)?\n {2}[\w-]{1,40}:\s", head.text):
        return True
    nested = head.count(_INDENTED_KEY)
    return nested > 1 and head.count(_KEY) > 3 and head.mostly(_YAML_LINE, 0.9)


def _is_settings(head: _Head) -> bool:
    lines = [line for line in head.lines if not line.lstrip().startswith(("#", ";"))]
    settings = sum(_SETTING.match(line) is not None for line in lines)
    sections = sum(_SECTION.match(line) is not None for line in lines)
    if sections:
        return settings >= max(1, 0.3 * len(lines)) and sections + settings >= 0.6 * len(lines)
    return settings >= max(3, 0.8 * len(lines))


def _is_log(head: _Head) -> bool:
    return head.mostly(_CLOCK, 0.6)


def _is_accounts(head: _Head) -> bool:
    return head.mostly(_ACCOUNT, 0.9, least=2)


def _is_headers(head: _Head) -> bool:
    """Whether most lines are a key and a short value: a package's description, say."""
    found = [line for line in head.lines if _HEADER.match(line) and not section_of(line)]
    if any(_LABEL.match(line) for line in head.lines):
        return False
    keys = {line.partition(":")[0] for line in found}
    length = sum(map(len, found))
    return len(keys) > 3 and length < 70 * len(found) and length > 0.6 * sum(map(len, head.lines))


def _is_mail(head: _Head) -> bool:
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
_COMMENT = re.compile(r"#(?!#)|%(?!%)|;;|::")
_GOES_ON = re.compile(r"(?:#|%|;;|::) [a-z]")


def _is_code(head: _Head) -> bool:
    if head.opening.startswith(("/*", "//", "#!/", "#! /", "#include", "<?php")):
        return True
    is_code = head.prose < _LISTED and head.mostly(_CODE_LINE, 0.4)
    return is_code or _is_commented(head.raw)


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


def _is_latex(head: _Head) -> bool:
    opens = re.match(
        r"\\(?:relax|documentclass|documentstyle|citation|begin\{document\})", head.text
    )
    return bool(opens) or head.count(re.compile(r"\s*\\(?:documentclass|begin\{document\})")) > 0


def _is_patch(head: _Head) -> bool:
    changed = _holds(r"--- \S", r"\+\+\+ \S", "@@ -[0-9]")
    return head.opening.startswith("diff --git ") or changed(head)


_ARXIV_ITEM = re.compile(
    r"(?:\[[0-9]+\]\s*)?arXiv:\S{9,20}\s.{0,80}?\[[^\]]{0,60}\b(?:pdf|ps|other)\b"
)


def _is_arxiv_page(head: _Head) -> bool:
    return _holds(r"\s*\[Submitted on [0-9]")(head) and _holds(r"\s*(?:Subjects|Cite as):")(head)


def _is_pubmed_text(head: _Head) -> bool:
    cited = r"[0-9]+\. [^.]{2,120}\. [12][0-9]{3}\b[^;]{0,30}[;.:]"
    return _holds(r"PMID: ?[0-9]{1,9}\b", cited)(head)


# Scripts that put no space between words.
_UNSPACED = re.compile(r"[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]{4}")
_LATEX = re.compile(r"\$[^$]{1,200}\$|\\[A-Za-z]+")
_NO_WORD = re.compile(r"[\d=<>{}\\|/_+#@$%^&~*\[\]]")
_NUMBER = re.compile(r"[\W\d]+[^\W\d]?[\W_]?")
_RUN = 4
_PROSE = 0.3
# Items of a list end like lines of code.
_LISTED = 0.7


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


def _is_json(head: _Head) -> bool:
    if not head.text.startswith(("[", "{")):
        return False
    try:
        json.loads(head.text)
    except RecursionError:
        return True
    except ValueError:
        return len(head.text) > _LONG and head.text.startswith(("[[", '["', "[{"))
    return True


# The first one that recognises the text names it; those that fit much stand last.
_FOREIGN = (
    _Foreign("an Atom feed", _xml(r"<(?:\w+:)?feed\b"), _CONVERT, ".xml .atom"),
    _Foreign("an RSS feed", _xml(r"<(?:rss|rdf:RDF)\b"), _CONVERT, ".xml .rss"),
    _Foreign("PubMed XML", _xml(r"<Pubmed(?:Book)?Article(?:Set)?\b"), _CONVERT, ".xml"),
    _Foreign("EndNote XML", _xml(r"<xml>\s*<records>|<ref-type\b"), _CONVERT, ".xml"),
    _Foreign("MODS XML", _xml(r"<(?:mods:)?mods(?:Collection)?\b"), _CONVERT, ".xml .mods"),
    _Foreign("BibTeXML", _xml(r"bibtexml\.sf\.net"), _CONVERT, ".xml"),
    _Foreign("ACL Anthology XML", _xml(r"<collection id=|<volume id="), _CONVERT, ".xml"),
    _Foreign("JATS XML", _xml(r"<article\b|<jats:"), _TEXT_ALONE, ".xml .nxml"),
    _Foreign("XML", _is_xml, _CONVERT, ".xml .xsd .xsl .xslt .svg .rdf .opml .tei .plist"),
    _Foreign("BibTeX", _is_bibtex, _CONVERT, ".bib .bibtex"),
    _Foreign("Web of Science (ISI) records", _is_isi, _CONVERT, ".isi .ciw .ris"),
    _Foreign("MEDLINE (PubMed format)", _is_medline, _CONVERT, ".nbib .medline"),
    _Foreign("RIS", _is_ris, _CONVERT, ".ris"),
    _Foreign("EndNote tags (Refer)", _is_endnote, _CONVERT, ".enw"),
    _Foreign("records with tags, as bibliographic databases export them", _is_tagged, _CONVERT),
    _Foreign("PubMed's “Abstract (text)”", _is_pubmed_text, _PUBMED),
    _Foreign("an arXiv page copied as text", _is_arxiv_page, _TEXT_ALONE),
    _Foreign("an arXiv listing copied as text", _holds(_ARXIV_ITEM.pattern), _TEXT_ALONE),
    _Foreign(
        "a report of NEP copied as text", _holds("By:\\s", "Keywords:\\s", "JEL:\\s"), _TEXT_ALONE
    ),
    _Foreign("JSON", _is_json, _COLUMNS),
    _Foreign("LaTeX", _is_latex, _TEXT_ALONE, ".aux .bst .bbl .cls .sty .dtx"),
    _Foreign("PostScript", _opens("%!PS"), _NO_PAPER, ".ps .eps"),
    _Foreign("RTF", _opens(r"\{\\rtf"), _SAVE, ".rtf"),
    _Foreign("a manual page's source", _opens(r"""\.\\"|'\\"|\.(?:TH|Dd|so) """), _NO_PAPER),
    _Foreign("a patch", _is_patch, _NO_PAPER, ".diff .patch"),
    _Foreign("a key or certificate", _opens("-----BEGIN "), _NO_PAPER, ".pem .crt .key .asc"),
    _Foreign("a catalogue of translations", _holds('msgid "', "msgstr"), _NO_PAPER, ".po .pot"),
    _Foreign("a mail or mailbox", _is_mail, _TEXT_ALONE, ".mbox .eml"),
    _Foreign("a log", _is_log, _NO_PAPER, ".log"),
    _Foreign("a table of accounts, parted by colons", _is_accounts, _NO_PAPER),
    _Foreign("a table with commas (CSV)", _is_table(","), _COLUMNS, ".csv"),
    _Foreign("a table with tabs (TSV)", _is_table("\t"), _COLUMNS, ".tsv .tab"),
    _Foreign("a table with semicolons (CSV)", _is_table(";"), _COLUMNS, ".csv"),
    _Foreign("YAML", _is_yaml, _COLUMNS, ".yaml .yml .cff"),
    _Foreign("settings (INI, TOML)", _is_settings, _NO_PAPER, _SETTINGS),
    _Foreign("source code", _is_code, _NO_PAPER, _CODE),
    _Foreign("a list of keys and values", _is_headers, _NO_PAPER),
    _Foreign("a list or data", lambda head: head.prose < _PROSE, _NO_PAPER),
)
_FOREIGN_JSON = (
    _Foreign("OpenAlex JSON", _contains('"abstract_inverted_index"'), _OPENALEX),
    _Foreign("JSON around an Atom feed", _contains("http://www.w3.org/2005/Atom"), _COLUMNS),
)
