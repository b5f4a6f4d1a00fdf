"""Two runs side by side, for a page: the fields of each paper in both, and in which they differ.

What differs, ``summarise diff`` says: whoever asks for a page brings what it found.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from summarise.characters import for_screen
from summarise.errors import RunError
from summarise.render import Contrast, PaperPair, layout_of
from summarise.report.opened import stretches_told
from summarise.store import Run


class Against(NamedTuple):
    """The run that another is held against, and what came of that."""

    run: Run
    pairs: Iterator[PaperPair]
    """The papers of the other run in their order, then those that ``run`` alone has."""


class ComparedRows:
    """Takes the pairs of a comparison along with the rows of its first run."""

    def __init__(self, run: Run, against: Against) -> None:
        self._against = against
        self._names: dict[str, int] = {}
        own, other = (
            {field.title for field in layout_of(one.schema).fields} for one in (run, against.run)
        )
        self._only = [sorted(own - other), sorted(other - own)]

    def of(self, number: int) -> dict[str, Any]:
        """What is told of the next row, with its number.

        ``other`` is its number in the other run, or null. ``compared`` has for each field its
        number, and the cells of both runs, or of both one where they are the same.

        Raises:
            RunError: The run has changed since they were compared.
        """
        pair = next(self._against.pairs, None)
        if pair is None or pair.left != number:
            raise RunError(
                "has changed while it was compared",
                where=str(self._against.run.path),
                hint="Again.",
            )
        return {"other": pair.right, "compared": list(map(self._field, pair.fields))}

    def _field(self, field: Contrast) -> list[Any]:
        number = self._names.setdefault(field.name, len(self._names))
        cells = [field.left, field.right] if field.differs else [field.left]
        return [number, *(list(map(stretches_told, cell)) for cell in cells)]

    def accounts(self) -> dict[str, Any]:
        """What is told at the end: the names of fields, and the papers of the other run alone."""
        identity = self._against.run.manifest.identity
        return {
            "name": for_screen(self._against.run.path.resolve().name),
            "madeBy": for_screen(identity.model or f"the {identity.extractor} extractor"),
            "alone": [
                {
                    "number": pair.right,
                    "title": pair.view.title,
                    "compared": list(map(self._field, pair.fields)),
                }
                for pair in self._against.pairs
            ],
            "fields": list(map(for_screen, self._names)),
            "only": self._only,
        }
