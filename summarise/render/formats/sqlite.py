"""A run as an SQLite database, for SQL and Datasette: ``papers``, and a table for each field.

``papers`` has a row for each row of the table, with what it shows as text; with the abstracts it is
indexed for full-text search (``papers_fts``). A field's table (``results``, ``data``, ``compute``,
…) has a row for each entry, with the key of its ``paper``, its ``doubts`` and, as JSON, what is
nested in it. The key is the row's number, or where another row has that, as of another run or
group, one of its own. ``doubts`` has what speaks against values, ``judgements`` what people say of
them, ``about`` the counts, marks and failures. Texts are clean; as they stand in the abstract, to
the character, they are in JSON.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from typing import Any

from summarise.characters import for_screen, inert_json
from summarise.errors import RunError, SettingsError
from summarise.models import Failure, LaidJudgement, Record
from summarise.render.flags import entry_doubts
from summarise.render.format import OutputFormat, RowView, TableView, Target, made_file_of, reported
from summarise.schema import Node, shape_of

_MOST_COLUMNS = 2000  # limit of SQLite
_LARGEST = 2**63
_IDS = (
    *("doi", "arxiv", "pmid", "acl", "openalex", "venue", "language", "citation_key", "status"),
    "other_version",
)
_ABOUT_PAPER = (
    *("doc_id", "title", "authors", "author_count", "organisation", "published", "url"),
    *(*_IDS, "abstract", "outcome", "failure_kind", "failure_message", "notes", "is_flagged"),
)
_COUNTS = ("author_count", "is_flagged")
_PAPER = {
    "number": "INTEGER NOT NULL",
    **{name: "INTEGER" if name in _COUNTS else "TEXT" for name in _ABOUT_PAPER},
}
JUDGED = ("path", "verdict", "was", "value", "note", "by", "at")
"""What is told of a judgement, as ``told_judgement`` gives it."""
_KEY = "key"
_OWN = ("papers", "doubts", "judgements", "about", "papers_fts")


def paper_of(row: RowView) -> dict[str, Any]:
    """What is known of the paper of a row, and what became of it."""
    told: dict[str, Any] = {"number": row.number, "title": row.title, "url": row.url}
    told["notes"] = "; ".join(note.text for note in row.notes) or None
    if row.row is not None:
        document, outcome = row.row
        known = ("doc_id", "author_count", "organisation", "published", "abstract")
        told |= {name: getattr(document, name) for name in known}
        told |= {"title": row.whole_title, "authors": list(document.authors)}
        told |= document.reference
        told["outcome"] = "pending" if outcome is None else "record"
        if isinstance(outcome, Record):
            told["is_flagged"] = outcome.is_flagged
        elif isinstance(outcome, Failure):
            told["outcome"] = "failure"
            told |= {"failure_kind": outcome.kind.value, "failure_message": outcome.message}
    return {name: told.get(name) for name in _PAPER}


def told_judgement(one: LaidJudgement) -> tuple[str | None, ...]:
    """What a person says of a place: path, verdict, was, value, note, by, at; values as texts."""
    values = (None if v is None else str(_value(v)) for v in (one.was, one.value))
    said = (one.shown or one.path, one.verdict.value, *values)
    return (*said, *map(for_screen, (one.note, one.by, one.at)))


def free_name(name: str, taken: set[str]) -> str:
    """A name, told apart from those that are taken, in whatever case; it is then taken as well."""
    while name.lower() in taken:
        name += "_"
    taken.add(name.lower())
    return name


def _quoted(name: str) -> str:
    """A name that may hold anything, as SQL has it."""
    return '"' + for_screen(name).replace('"', '""') + '"'


def _value(value: Any) -> Any:
    """A value as SQLite holds it."""
    if isinstance(value, str):
        return for_screen(value)
    if isinstance(value, list | dict):
        return inert_json(json.dumps(value, ensure_ascii=False))
    if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
        return str(value)
    return value


class _Database:
    """The database of a table, while it is filled."""

    def __init__(self, connection: sqlite3.Connection, table: TableView) -> None:
        self._connection = connection
        self._table = table
        self._shape = shape_of(table.schema)
        names, columns = set(_OWN), {_KEY, *_PAPER}
        titles = table.columns[2:] if table.part is None else ()
        shown = (title.lower().replace(" ", "_") for title in titles)
        self._shown = [free_name(name, columns) for name in shown]
        self._tables = {field.name: free_name(field.name, names) for field in self._shape.fields}

    def fill(self) -> None:
        """Write all rows, then what they come to."""
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = ON"):
            self._connection.execute(f"PRAGMA {pragma}")
        columns = {**_PAPER, **dict.fromkeys(self._shown, "TEXT"), _KEY: "INTEGER PRIMARY KEY"}
        self._create("papers", columns)
        of_paper = {"paper": f"INTEGER NOT NULL REFERENCES papers({_KEY})"}
        for field in self._shape.fields:
            taken = {"paper", "entry"}  # two that differ in case alone are told apart
            own = {free_name(name, taken): "" for name in (*_names(field), "doubts")}
            entry = {**of_paper, "entry": "INTEGER NOT NULL", **own}
            self._create(self._tables[field.name], entry, key='PRIMARY KEY ("paper", "entry")')
        self._create("doubts", {**of_paper, "path": "TEXT", "kind": "TEXT", "words": "TEXT"})
        self._create("judgements", {**of_paper, **dict.fromkeys(JUDGED, "TEXT")})
        self._create("about", dict.fromkeys(("what", "which", "told", "link"), "TEXT"))
        for row in self._table.rows:
            self._add(row)
        for line in self._table.counts.accounts():
            self._insert("about", [(*line, *[None] * (4 - len(line)))])
        self._connection.execute('CREATE INDEX "doubts_paper" ON "doubts" ("paper")')
        self._index()
        self._connection.commit()

    def _create(self, name: str, columns: dict[str, str], key: str = "") -> None:
        parts = [f"{_quoted(one)} {kind}".strip() for one, kind in columns.items()]
        parts += [key] if key else []
        self._connection.execute(f"CREATE TABLE {_quoted(name)} ({', '.join(parts)})")

    def _insert(self, name: str, rows: Iterable[tuple[Any, ...]]) -> None:
        for row in rows:
            marks = ", ".join("?" * len(row))
            self._connection.execute(f"INSERT INTO {_quoted(name)} VALUES ({marks})", row)  # noqa: S608

    def _add(self, row: RowView) -> None:
        if row.entry:  # all entries stand in the table of their field already
            return
        paper = paper_of(row)
        paper["authors"] = "; ".join(paper["authors"] or ()) or None
        shown = row.cells if self._table.part is None else ()
        cells = ("\n".join(reported(cell)) or None for cell in shown)
        key = self._key(row.number)
        self._insert("papers", [(*map(_value, paper.values()), *cells, key)])
        outcome = row.row[1] if row.row else None
        if isinstance(outcome, Record):
            for field in self._shape.fields:
                entries = zip(_entries(field, outcome), entry_doubts(field, outcome), strict=True)
                numbered = ((key, at, *one, why) for at, (one, why) in enumerate(entries, 1))
                self._insert(self._tables[field.name], numbered)
            doubts = (
                (key, one.path, one.kind.value, for_screen(one.words)) for one in outcome.doubts
            )
            self._insert("doubts", doubts)
            judgements = ((key, *told_judgement(one)) for one in outcome.judgements)
            self._insert("judgements", judgements)

    def _key(self, number: int) -> int:
        """What the next row is called in other tables: its number, or the first one behind all."""
        ask = self._connection.execute
        is_taken = ask(f"SELECT 1 FROM papers WHERE {_KEY} = ?", (number,)).fetchone()  # noqa: S608
        return 1 + ask(f"SELECT max({_KEY}) FROM papers").fetchone()[0] if is_taken else number  # noqa: S608

    def _index(self) -> None:
        """Make the papers searchable, where this SQLite can."""
        columns = ", ".join(map(_quoted, ("title", "abstract", *self._shown)))
        with suppress(sqlite3.OperationalError):  # it was built without FTS5
            self._connection.execute(
                "CREATE VIRTUAL TABLE papers_fts USING fts5"
                # In these quotation marks Datasette takes it for the index of that table.
                f'({columns}, content="papers", content_rowid="{_KEY}")'
            )
            self._connection.execute("INSERT INTO papers_fts(papers_fts) VALUES ('rebuild')")


def _names(field: Node) -> tuple[str, ...]:
    """The values of an entry: the fields of an object, else the one that it is."""
    return tuple(dict.fromkeys(path[0] for path, _ in field.columns if path)) or ("value",)


def _entries(field: Node, record: Record) -> Iterator[tuple[Any, ...]]:
    """What a field of a record holds, an entry after the other."""
    names, is_parted = _names(field), field.columns[0][0]
    for one in field.entries(record.draft):
        yield tuple(_value(one.get(name)) for name in names) if is_parted else (_value(one),)


def _write(table: TableView, target: Target) -> None:
    if len(table.columns) + len(_PAPER) >= _MOST_COLUMNS:
        raise SettingsError(
            f"a table of SQLite has at most {_MOST_COLUMNS:,} columns",
            where="--format sqlite",
            hint="Choose another format, or show fewer papers.",
        )
    with made_file_of(target, "sqlite") as path:
        try:
            with closing(sqlite3.connect(path)) as connection:
                _Database(connection, table).fill()
        except sqlite3.Error as error:
            raise RunError(f"the database can't be made ({error})", where=str(target)) from error


FORMAT = OutputFormat(_write)
