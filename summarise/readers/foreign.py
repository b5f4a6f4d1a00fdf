"""Formats that no reader takes yet, told from prose by their content, so that none is read as one.

A file's name settles the matter alone where its suffix is used for nothing else. A new format needs
a line in ``_FOREIGN``, and a sign that prose never bears: the tags of references are here, all
others in ``signs``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePath
from typing import NamedTuple

from summarise.errors import InputError
from summarise.readers import signs
from summarise.readers.signs import Head, all_of, contains, head_of, holds, mostly, one_of, opens

_CONVERT = (
    "Convert it to CSL JSON, which reference managers such as Zotero export, or write JSON lines"
    " with “title” and “abstract”."
)
_EXPORT = "Export it as RIS, which databases and reference managers offer, or as BibTeX or CSV."
_COLUMNS = "Write JSON lines with “title” and “abstract”, one object a row."
_TABLE = "Say which of its columns holds abstracts: --format csv --map abstract=COLUMN."
_TEXT_ALONE = "Copy titles and abstracts alone into a text, with a blank line between them."
_NO_PAPER = "Name a file of abstracts: a text, Markdown, JSON lines or a saved page."
_INSIST = "To read it as prose all the same: --format text."

_SAVE = "Save it as plain text."
_CODE = (
    ".py .pyi .c .h .cc .cpp .cxx .hpp .cs .java .js .mjs .ts .tsx .jsx .go .rs .rb .php .pl .pm"
    " .sh .bash .zsh .fish .r .lua .swift .kt .scala .jl .el .lisp .hs .vim .css .scss .awk"
    " .m4 .mk .cmake .tcl .bat .cmd .csh .ps1 .psm1 .ninja .pth .sed .ph"
    " .msg .dtd .asdl .proto .tmac .supp .spec"
)
_SETTINGS = (
    ".ini .toml .cfg .conf .properties .service .socket .timer .target .mount .desktop .env .rules"
)
_DATA = ".ics .ifb .vcf .ldif .srt .vtt .lrc .sql .ps .eps .diff .patch .po .pot .pdb .log"


class _Foreign(NamedTuple):
    name: str
    recognises: Callable[[Head], bool]
    advice: str
    suffixes: str = ""


def refuse_foreign(head: bytes, name: str) -> None:
    """Refuse a text in a format that no reader takes, by its beginning and its file name."""
    start = head_of(head)
    suffix = PurePath(name).suffix.lower()
    named = [kind for kind in _FOREIGN if suffix and suffix in kind.suffixes.split()]
    found = next((kind for kind in named or _FOREIGN if kind.recognises(start)), None)
    if found:
        raise _not_prose(name, f"is {found.name}", found)
    if named:
        raise _not_prose(name, f"is named as {named[-1].name} ({suffix})", named[-1])


def _xml(pattern: str) -> Callable[[Head], bool]:
    return all_of(signs.is_xml, contains(pattern))


def _not_prose(name: str, what: str, kind: _Foreign) -> InputError:
    return InputError(f"{what}, not prose", where=name, hint=f"{kind.advice} {_INSIST}")


_TAG = re.compile(
    r"(?=--[A-Z][A-Z0-9]--\s)(--..)|(TI|AU|AB|PY|SO|AD|DT|PT|KW|ST|RT|PU|YP|PE|PS)(?:--|\s?[-:~])(?:\s|$)"
)
_OVID = re.compile(
    r"<[0-9]{1,6}>$|(?:Authors?|Source|Title|Abstract|Accession Number|Publication Type"
    r"|Unique Identifier)$"
)


def _is_tagged(head: Head) -> bool:
    """Whether lines bear the tags of Ovid, ProQuest and the like."""
    if re.match(r"<[0-9]{1,6}>$", head.opening) and head.count(_OVID) > 3:
        return True
    if head.count(_OVID) > 3 and holds(r"(?:Author|Title)$", "Source$", r" {2}\S")(head):
        return True
    tags = {found[0] for line in head.lines if (found := _TAG.match(line))}
    return len(tags) > 1 and head.mostly(_TAG, 0.3)


_TABBED = one_of(signs.is_table("\t"), mostly(r"(?:[^\t]+\t){3}"))
# The heads of its rows and the line of counts below them.
_OWN_TABLE = (r"\| # \| \w", r"\*\*[0-9,]{1,12} documents?\*\*: [0-9,]{1,12} records?")
# The first one that recognises the text names it; those that fit much stand last.
_FOREIGN = (
    _Foreign(
        "a table that summarise wrote",
        one_of(holds(*_OWN_TABLE), opens(r"# (?:Paper|Metric|Dataset|Unit|Field)s\n\n\| # \| \w")),
        "Name the papers that it is of: documents.jsonl in its run directory has them.",
    ),
    _Foreign("Zotero's RDF", _xml(r"zotero\.org/namespaces/export"), _EXPORT, ".rdf"),
    _Foreign("an RSS feed", _xml(r"<(?:rss|rdf:RDF)\b"), _CONVERT, ".xml .rss"),
    _Foreign("MODS XML", _xml(r"<(?:mods:)?mods(?:Collection)?\b"), _CONVERT, ".xml .mods"),
    _Foreign("BibTeXML", _xml(r"bibtexml\.sf\.net"), _CONVERT, ".xml"),
    _Foreign("JATS XML", _xml(r"<article\b|<jats:"), _TEXT_ALONE, ".xml .nxml"),
    _Foreign("XML", signs.is_xml, _CONVERT, ".xml .xsd .xsl .xslt .svg .rdf .opml .tei .plist"),
    _Foreign("records with tags, as bibliographic databases export them", _is_tagged, _EXPORT),
    _Foreign(
        "a report of NEP copied as text", holds("By:\\s", "Keywords:\\s", "JEL:\\s"), _TEXT_ALONE
    ),
    _Foreign(
        "a page of Google Scholar copied as text",
        holds(r"(?:\S+ ){0,3}Cited by [0-9]+ (?:Related articles|All [0-9])", r".+…$"),
        "It has parts of abstracts alone: name the papers, as in `summarise run doi:…`, or export.",
    ),
    _Foreign(
        "MARC records",
        opens(r"(?:[0-9]{5}[a-z ]{2}.{2}[a ]22[0-9]{5}.{3}4500|[0-9]{5} {1,4}a22[0-9]{5})"),
        _CONVERT,
        ".mrc .marc",
    ),
    _Foreign("JSON", signs.is_json, _COLUMNS),
    _Foreign("LaTeX", signs.is_latex, _TEXT_ALONE, ".aux .bst .bbl .cls .sty .dtx"),
    _Foreign("RTF", opens(r"\{\\rtf"), _SAVE, ".rtf"),
    _Foreign("a key or certificate", opens("-----BEGIN "), _NO_PAPER, ".pem .crt .key .asc"),
    _Foreign("a mail or mailbox", signs.is_mail, _TEXT_ALONE, ".mbox .eml"),
    _Foreign("a table with commas (CSV)", signs.is_table(","), _TABLE),
    _Foreign("a table with tabs (TSV)", _TABBED, _TABLE),
    _Foreign("a table with semicolons (CSV)", signs.is_table(";"), _TABLE),
    _Foreign("a table with bars", one_of(signs.is_table("|"), signs.is_ruled), _TABLE),
    _Foreign("a table with cells in quotes (CSV)", signs.is_quoted_table, _TABLE),
    _Foreign("YAML", signs.is_yaml, _COLUMNS, ".yaml .yml .cff"),
    _Foreign("settings (INI, TOML)", signs.is_settings, _NO_PAPER, _SETTINGS),
    _Foreign("source code", signs.is_code, _NO_PAPER, _CODE),
    _Foreign("a list or data", lambda head: head.prose < 0.3, _NO_PAPER, _DATA),
)
