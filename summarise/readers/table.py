"""The columns of a table of papers: which one holds what, by their names or as the user says.

A name is compared without case, accents, spaces and punctuation. Where a name isn't that of a field
itself, which column was taken for what is told in the log.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from summarise.errors import InputError, SettingsError
from summarise.readers.entry import Entry, first_date, one_line, page_range, shortened, split_names
from summarise.readers.fields import cleaned, noted_ids

_LOG = logging.getLogger("summarise")
_TOLD = 60
"""Characters of a column's name that are compared, and told."""


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name[:_TOLD]).casefold()
    return "".join(filter(str.isalnum, letters))


_NAMES = {
    "title": (
        "title articletitle documenttitle papertitle primarytitle itemtitle ti titel"
        " titre titulo titolo titulo название заголовок заглавие 标题 題名 题名 篇名"
        " タイトル 論文名 제목 tytul nazev otsikko baslik judul rubrik cim titlu displayname"
    ),
    "abstract": (
        "abstract abstractnote abstracttext abstracts summary ab zusammenfassung"
        " kurzfassung resume resumen resumo riassunto sommario аннотация реферат 摘要"
        " 抄録 要旨 초록 streszczenie abstrakt samenvatting sammanfattning sammendrag"
        " tiivistelma ozet abstrak osszefoglalo rezumat"
    ),
    "authors": (
        "authors author authorfullnames authornames autor autoren autores autori auteur"
        " auteurs verfasser авторы автор 作者 著者 저자 autorzy auteursnaam forfattare"
        " tekijat yazarlar authorlist autorin autorinnen authorshipsauthordisplayname af au"
    ),
    "date": (
        "date publicationdate published publishedat pubdate coverdate datum fecha data"
        " дата 日期 発行日 dato"
    ),
    "year": (
        "year publicationyear publishedyear pubyear py jahr erscheinungsjahr annee ano anio anno"
        " rok ar vuosi yil tahun год 年 年份 出版年 연도 jaar"
    ),
    "doi": "doi di",
    "arxiv": "arxiv arxivid eprint",
    "pmid": "pmid pubmedid pm",
    "acl": "acl aclid anthologyid",
    "openalex": "openalex openalexid",
    "venue": (
        "venue journal journaltitle sourcetitle publicationtitle publicationname"
        " containertitle journalbook booktitle proceedingstitle conferencename"
        " conference zeitschrift revue revista rivista журнал 期刊 刊名 雑誌名 학술지"
        " tidskrift primarylocationsourcedisplayname so"
    ),
    "url": "url link paperurl address",
    "language": (
        "language languageoforiginaldocument lang sprache langue idioma lingua язык 语言 la"
    ),
    "volume": "volume vol vl jahrgang tomo",
    "issue": "issue issuenumber is heft",
    # Of an article with a number instead, that.
    "pages": "pages page pagerange artno articlenumber ar seiten paginas",
    "publisher": "publisher pu verlag editeur editore uitgever",
    "issn": "issn sn eissn",
    "citation_key": "citationkey citekey bibtexkey key",
    "id": "docid id paperid",
    "extra": "extra",
    "first_page": "pagestart startpage firstpage bp",
    "last_page": "pageend endpage lastpage ep",
}
FIELDS = tuple(name for name in _NAMES if name not in {"extra", "first_page", "last_page"})
"""What a column may be taken for."""
_BY_NAME = {_plain(name): field for field, names in _NAMES.items() for name in names.split()}
_PLAIN = frozenset(_NAMES) | {"abstractnote", "author"}
"""Names that say what they mean."""
# Of Zotero and Scopus, which part authors by semicolons alone.
_LISTS = frozenset(("itemtype", "eid"))
_OWN_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
# No year, even in words, has more.
_WORDS = 3

MOST_ABOVE = 3
"""Rows in which the names of the columns are looked for."""
Columns = Mapping[str, str]


class TableRow(NamedTuple):
    """A row of a table, with its place."""

    cells: Sequence[str]
    line: int
    repairs: tuple[str, ...] = ()


def parse_columns(values: Iterable[str], where: str) -> dict[str, str]:
    """Columns by field, as a user names them: ``title=Titel,abstract=Zusammenfassung``.

    Raises:
        SettingsError: One names no field.
    """
    columns: dict[str, str] = {}
    field = ""
    for piece in (piece for value in values for piece in value.split(",")):
        name, is_pair, column = piece.partition("=")
        if is_pair and name.strip() in FIELDS:
            field = name.strip()
            columns[field] = column.strip()
        elif field and not is_pair:  # a comma in the name of a column
            columns[field] += f",{piece}"
        else:
            raise SettingsError(
                f"“{piece}” names no field and its column",
                where=where,
                hint=f"Write FIELD=COLUMN; fields are {', '.join(FIELDS)}.",
            )
    return columns


def cell_text(cell: object) -> str:
    """A cell as it would be written: a whole number without a point, a day without an hour."""
    match cell:
        case bool():
            return str(cell).lower()
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
    return str(cell).strip()


def has_abstracts(header: Sequence[str]) -> bool:
    """Whether a row names the columns of papers with abstracts, and does nothing else."""
    fields = [_BY_NAME.get(_plain(cell)) for cell in header]
    return (
        len(header) > 1
        and "abstract" in fields
        and any(f not in {None, "abstract"} for f in fields)
    )


def find_header(rows: Sequence[TableRow]) -> int:
    """Which of the first rows of a table names its columns: one below lone cells, else the first.

    Databases may say above it what was exported, as Dimensions does.
    """
    for at, row in enumerate(rows):
        if has_abstracts(row.cells):
            return at
        if sum(bool(cell.strip()) for cell in row.cells) > 1:
            break
    return 0


class Table:
    """What the columns of one table hold; its ``width`` is their number."""

    def __init__(self, header: Sequence[str], wanted: Columns, name: str) -> None:
        self.name = name
        self.width = len(header)
        self._places = _places(header, wanted, name)
        self._has_lists = not _LISTS.isdisjoint(map(_plain, header))
        taken = {
            field: header[place[0]]
            for field, place in self._places.items()
            if field not in wanted and _plain(header[place[0]]) not in _PLAIN
        }
        if taken and "abstractnote" not in map(_plain, header):  # Zotero's are known
            told = ", ".join(
                f"{field}={one_line(column)[:_TOLD]}" for field, column in taken.items()
            )
            _LOG.info("%s: columns were taken by their names: %s; --map says otherwise", name, told)

    @cached_property
    def used(self) -> list[int]:
        """The places of the columns that hold something known."""
        return sorted({place for places in self._places.values() for place in places})

    def entry(self, row: TableRow) -> Entry:
        """The entry that a row is."""

        def text(field: str) -> str | None:
            places = (place for place in self._places.get(field, ()) if place < len(row.cells))
            return next((cell for place in places if (cell := row.cells[place].strip())), None)

        ids = noted_ids(text("extra"))
        date, year = text("date") or "", text("year") or ""
        # A day may have no year of its own.
        days = (date,) if _OWN_YEAR.search(date) else (f"{year} {date}", date)
        entry = Entry(
            self.name,
            row.line,
            title=text("title"),
            abstract=text("abstract"),
            given_id=text("id"),
            doi=text("doi") or ids.get("doi"),
            arxiv=text("arxiv") or ids.get("arxiv"),
            # pandas writes "38000001.0" where the column has gaps.
            pmid=(text("pmid") or "").removesuffix(".0") or ids.get("pmid"),
            acl=text("acl") or ids.get("acl"),
            openalex=text("openalex") or ids.get("openalex"),
            venue=text("venue"),
            volume=text("volume"),
            issue=text("issue"),
            pages=text("pages") or page_range(text("first_page"), text("last_page")),
            publisher=text("publisher"),
            issn=text("issn"),
            language=text("language"),
            # A program's own key, such as Zotero's, where the user has given none.
            citation_key=ids.get("citation_key") or text("citation_key"),
            authors=self._authors(text("authors") or ""),
            published=first_date((*days, year)),
            url=text("url"),
            repairs=(*row.repairs, *_doubts(text("year"))),
        )
        return cleaned(entry)

    def _authors(self, text: str) -> tuple[str, ...]:
        # OpenAlex parts them by bars.
        mark = "|" if "|" in text else ";" if self._has_lists else ""
        names = text.split(mark) if mark else split_names(text)
        return tuple(filter(None, map(one_line, names)))


def _doubts(year: str | None) -> Iterator[str]:
    """A sentence in place of a year tells that a cell before it was parted."""
    if year and not any(map(str.isdigit, year)) and len(year.split()) > _WORDS:
        yield f"“{shortened(year)}” is no year; put quotation marks around cells with a delimiter"


def _places(header: Sequence[str], wanted: Columns, name: str) -> dict[str, list[int]]:
    """Where each field stands; of several columns the first that isn't empty counts."""
    places: dict[str, list[int]] = {}
    for field, column in wanted.items():
        found = [i for i, cell in enumerate(header) if one_line(cell) == one_line(column)] or [
            i for i, cell in enumerate(header) if _plain(cell) == _plain(column)
        ]
        if not found:
            raise InputError(
                f"has no column “{column}”", where=name, hint=f"Its columns are {_listed(header)}."
            )
        places[field] = found
    named = {place for found in places.values() for place in found}
    for field, names in _NAMES.items():
        if field not in wanted:
            rank = {_plain(one): n for n, one in enumerate(names.split())}
            found = [i for i, cell in enumerate(header) if _plain(cell) in rank and i not in named]
            if found:
                places[field] = sorted(found, key=lambda i: rank[_plain(header[i])])
    if "abstract" not in places:
        raise InputError(
            "has no column that is known to hold abstracts",
            where=name,
            hint=f"Its columns are {_listed(header)}: name one with --map abstract=COLUMN,"
            " or export the list with abstracts.",
        )
    return places


def _listed(header: Sequence[str]) -> str:
    names = [one_line(cell)[:_TOLD] for cell in header if cell.strip()]
    return ", ".join(names[:20]) + (", …" if len(names) > 20 else "")
