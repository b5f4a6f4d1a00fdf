"""A run as a program has it: its rows, as tables in every format, as a data frame, as a page."""

from __future__ import annotations

import io
import os
import weakref
from collections.abc import Callable, Iterator, Sequence
from operator import index
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, SupportsIndex, overload

from typing_extensions import TypedDict, Unpack

from summarise import models, store
from summarise.api.options import check_kinds, checked, shows, told_in_keywords
from summarise.api.record import Record, with_document
from summarise.characters import counted
from summarise.errors import RunError
from summarise.models import Document, Failure, Skipped
from summarise.render import View, output_format, view_of
from summarise.store import SKIPPED, Manifest, refuse_overwriting, understood

if TYPE_CHECKING:
    from summarise.api.frames import Engine

_Style = Literal["facts", "brief", "evidence", "full"]


class _TableOptions(TypedDict, total=False):
    style: _Style
    columns: str | Sequence[str]
    where: str | None
    sort: str | None
    group_by: str | None
    by: Literal["dataset", "metric", "compute"] | None
    limit: int | None
    rows: str | None
    transpose: bool
    changes_since: str | os.PathLike[str] | None
    format: str | None


class Run(store.Run):
    """A run, read only: what ``summarise`` gives, or the folder of one that was made before.

    >>> from summarise import Run, summarise
    >>> summarise("page.txt", output="kites").path.name
    'kites'
    >>> run = Run("kites")
    >>> [record.title for record in run.records() if record.results]
    ['TERNLOOP: Counting Seabirds from Kites', 'Slow Ink']

    In a notebook it is shown as its first rows. ``records()``, ``failures()`` and ``documents()``
    are in input order, as is ``rows()``: each document with its record or its failure, None where
    it was not attempted.

    Raises:
        RunError: It isn't a run directory, or one of a later version.
    """

    def __init__(self, path: str | os.PathLike[str], manifest: Manifest | None = None) -> None:
        check_kinds({"path": path})
        super().__init__(Path(path), manifest)
        self._is_passing = False

    def _passes_with(self, close: Callable[[], None]) -> None:
        """Have its folder removed, by ``close``, when this object goes."""
        self._is_passing = True
        weakref.finalize(self, close)

    def rows(self) -> Iterator[tuple[Document, Record | Failure | None]]:
        """Each document in input order with its record or failure, None if it has neither yet."""
        for document, outcome in super().rows():
            yield document, self._seen(document, outcome)

    def extracted_rows(self) -> Iterator[tuple[Document, Record | Failure | None]]:
        """As ``rows``, without what people said of the records: as they were made."""
        for document, outcome in super().extracted_rows():
            yield document, self._seen(document, outcome)

    def records(self) -> Iterator[Record]:
        """The records in input order."""
        return (outcome for _, outcome in self.rows() if isinstance(outcome, Record))

    def skipped(self) -> Iterator[Skipped]:
        """The entries of the input that gave no document, and why."""
        for _, one in understood(self.path / SKIPPED, Skipped.model_validate_json, self.damage):
            yield one

    def record(self, wanted: int | str) -> Record:
        """The record of a row: its number in the table, from 1; an id; or words of the title.

        An ``int`` is only ever a number.

        Raises:
            RunError: There is none, or more than one; or the document has no record, and why.
        """
        document, outcome = self.find(wanted if isinstance(wanted, str) else index(wanted))
        seen = self._seen(document, outcome)
        if isinstance(seen, Record):
            return seen
        told = f"failed: {seen.kind}: {seen.message}" if seen else "wasn't attempted yet"
        raise RunError(f"document {document.doc_id} {told}", where=str(self.path))

    def _seen(self, document: Document, outcome: models.Outcome | None) -> Record | Failure | None:
        if isinstance(outcome, models.Record):
            return with_document(outcome, document, self.schema)
        return outcome

    @overload
    def table(self, *, path: None = None, **options: Unpack[_TableOptions]) -> str: ...

    @overload
    def table(self, *, path: str | os.PathLike[str], **options: Unpack[_TableOptions]) -> None: ...

    @shows(_TableOptions)
    def table(
        self, *, path: str | os.PathLike[str] | None = None, **options: Unpack[_TableOptions]
    ) -> str | None:
        """The comparison table, as ``summarise table`` prints or writes it.

        >>> from summarise import summarise
        >>> run = summarise("page.txt")
        >>> table = run.table(columns="method.name,results.value", where="results.value > 50%")
        >>> print(table.splitlines()[4])
        | 1 | TERNLOOP: Counting Seabirds from Kites | TERNLOOP | 67.2% | – |
        >>> run.table(path="kites.xlsx")

        Args:
            style: How much of each record: ``facts``, ``brief``, ``evidence`` (with the numbers of
                sentences) or ``full``.
            columns: Names of fields, also ``results.value`` and ``year``.
            where: A condition: ``data ~ ImageNet and year > 2022``.
            sort: A field, then ``:desc`` for the largest first.
            group_by: A field; rows of one value stand together.
            by: A row for each dataset, metric or compute, of all papers.
            limit: Rows at most.
            rows: A field that holds a list, such as ``results``: a row for each of its entries.
            transpose: Fields down, papers across.
            changes_since: What is new, changed and gone since an older run, its archive, or a day,
                ``2026-01-31``.
            format: Of the table; by the name of the file, else Markdown.
            path: Write it there instead.

        Raises:
            SummariseError: A name or a condition isn't one, or the file can't be written.
        """
        with told_in_keywords("path"):
            given = checked(options, _TableOptions, "table")
            check_kinds({"path": path})
            file = None if path is None else Path(path)
            chosen = output_format(given.pop("format", None), file)
            if isinstance(names := given.get("columns"), str):
                given["columns"] = [names]
            if "changes_since" in given:
                given["changes_since"] = os.fspath(given["changes_since"])
            asked = View(is_transposed=given.pop("transpose", False), **given)
            view = view_of([self], asked, is_page=chosen.is_page)
            if file is not None:
                refuse_overwriting(file, (), [self.manifest])
                chosen.write(view, file)
                return None
            text = _TextStream()
            chosen.write(view, text)
            return text.getvalue().decode()

    def to_dataframe(self, engine: Engine | None = None, *, explode: str | None = None) -> Any:
        """The records as a data frame: what is known of each paper, and each field as a column.

        Texts are clean; to the character they are in the records. A list is a list: entry i of
        ``results.metric``, ``results.value`` and ``results.doubts`` is entry i of the results, with
        None for what isn't reported. Documents without a record are in ``failures()``.

        >>> from summarise import summarise
        >>> frame = summarise("page.txt").to_dataframe("polars", explode="results")
        >>> frame.select("number", "results.metric", "results.value").rows()[0]
        (1, 'nest recall', '67.2%')

        Args:
            engine: ``pandas`` or ``polars``; None takes the one that is in use, or installed.
            explode: A field that holds a list, such as ``results``: a row for each of its entries,
                with a column for each of their values, the sentences that they rest on and their
                doubts. A record without any keeps a row.

        Raises:
            SettingsError: The library isn't installed, or there is no such list.
        """
        from summarise.api.frames import to_frame  # noqa: PLC0415 - who makes none pays for none

        return to_frame(self.rows(), self.schema, engine, explode)

    def __reduce_ex__(self, _: SupportsIndex) -> tuple[type[Run], tuple[Path, Manifest]]:
        """How it is pickled and copied: as its folder, which has to stay.

        Raises:
            RunError: It was made without ``output``, so that its folder goes with this object.
        """
        if self._is_passing:
            raise RunError(
                "can't be pickled or copied: its folder goes when the result of summarise() goes",
                where=str(self.path),
                hint="Make it with output=, and it stays.",
            )
        return type(self), (self.path, self.manifest)

    def __repr__(self) -> str:
        """What it has come to; what is at work, or was cut off, has no accounts yet."""
        told = self.manifest.counts
        if not told:
            return f"Run in {str(self.path)!r} that isn't done: records() has what is made so far"
        made, failed, left = (told.get(name, 0) for name in ("records", "failures", "pending"))
        parts = [counted(made, "record"), counted(failed, "failure")]
        parts += [f"{left:,} not attempted"] if left else []
        return f"Run of {counted(made + failed + left, 'document')}: {', '.join(parts)}"

    def _repr_html_(self) -> str:
        from summarise.api.pages import run_page  # noqa: PLC0415 - who shows none pays for none

        return run_page(self)


class _TextStream(io.BytesIO):
    """Where a table goes that is to be a text: no screen, and no place for several files."""

    def isatty(self) -> bool:
        """What can't be read on a screen is no text either."""
        return True
