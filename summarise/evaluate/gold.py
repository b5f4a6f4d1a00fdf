"""Gold: a file of hand-made summaries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from summarise.errors import InputError
from summarise.evaluate.summary import Scored, Summary
from summarise.models import Span


@dataclass(frozen=True, slots=True)
class Gold:
    """The hand-made summaries of a file.

    Attributes:
        summaries: Those that can be used, in order.
        unusable: What is wrong with the other lines, each with file and line.
    """

    summaries: tuple[Scored, ...]
    unusable: tuple[str, ...] = ()


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: Annotated[str, BeforeValidator(lambda value: str(value) if value else "")] = ""
    title: str | None = None
    abstract: str
    sentence_spans: tuple[Span, ...]
    gold: Summary

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if not self.id and not self.title:
            raise ValueError("it has neither a title nor an id")
        ends = [0, *(end for span in self.sentence_spans for end in span)]
        if ends != sorted(ends) or ends[-1] > len(self.abstract):
            raise ValueError("its sentence_spans overlap, or leave the abstract")
        count = len(self.sentence_spans)
        beyond = [n for n in sorted(self.gold.sentence_numbers) if not 1 <= n <= count]
        if beyond:
            raise ValueError(f"it cites sentence {beyond[0]} of {count}")
        return self


def load_gold(path: Path) -> Gold:
    """Read a file of gold.

    Args:
        path: JSON lines, as ``summarise.evaluate`` describes them.

    Raises:
        InputError: It can't be read, or no line of it can be used.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise InputError(f"can't be read ({reason})", where=str(path)) from error
    lines = list(_lines(text, path))
    summaries = tuple(line for line in lines if isinstance(line, Scored))
    unusable = tuple(line for line in lines if isinstance(line, str))
    if not summaries:
        first = f" ({unusable[0]})" if unusable else ""
        raise InputError(
            f"holds no gold summary that can be used{first}",
            where=str(path),
            hint="One JSON object a line: title, abstract, sentence_spans, gold.",
        )
    return Gold(summaries, unusable)


def _lines(text: str, path: Path) -> Iterator[Scored | str]:
    """Each line as gold, or as what is wrong with it."""
    # Not splitlines: JSON may hold other line breaks in its texts.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            entry = _Line.model_validate_json(line)
        except ValidationError as error:
            yield f"{path.name}:{number}: {_reason(error)}"
        else:
            spans = entry.sentence_spans
            yield Scored(entry.id, entry.title, entry.abstract, spans, entry.gold)


def _reason(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(map(str, first["loc"]))
    what = first["msg"].removeprefix("Value error, ")
    return f"{place}: {what}" if place else what
