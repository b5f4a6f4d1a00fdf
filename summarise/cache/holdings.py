"""What a cache holds, by model and endpoint."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from summarise.cache.folder import DATABASE, bytes_on_disk, network_filesystem
from summarise.cache.measures import format_answers, format_day, format_moment, format_size
from summarise.cache.origin import UNKNOWN, shown
from summarise.cache.rows import ANSWERS, BYTES, FINGERPRINT, OURS, STORED, Rows, opened, told

_HEADS = ("answers", "size", "oldest", "newest", "model", "endpoint")
_NUMBERS = 2


@dataclass(frozen=True, slots=True)
class Group:
    """The answers of one model at one endpoint.

    Attributes:
        model: As requested; ``unknown`` where it wasn't kept.
        host: Of the base URL; ``unknown`` where it wasn't kept.
        answers: How many.
        size: Of their texts, in bytes.
        oldest: When the first was stored, seconds since 1970.
        newest: When the last was stored, seconds since 1970.
    """

    model: str
    host: str
    answers: int
    size: int
    oldest: float
    newest: float

    def joined(self, other: Group) -> Group:
        """Both together, under the name of this one."""
        return Group(
            model=self.model,
            host=self.host,
            answers=self.answers + other.answers,
            size=self.size + other.size,
            oldest=min(self.oldest, other.oldest),
            newest=max(self.newest, other.newest),
        )

    def cells(self) -> tuple[str, ...]:
        """A row of the table."""
        days = format_day(self.oldest), format_day(self.newest)
        names = shown(self.model), shown(self.host)
        return f"{self.answers:,}", format_size(self.size), *days, *names

    def values(self) -> dict[str, str | int]:
        """JSON values."""
        return {
            "model": self.model,
            "endpoint": self.host,
            "answers": self.answers,
            "bytes": self.size,
            "oldest": format_moment(self.oldest),
            "newest": format_moment(self.newest),
        }


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is in a folder.

    Attributes:
        folder: Which.
        groups: By model and endpoint, the largest first.
        foreign: Rows that aren't ours.
        size: Of all files, in bytes.
        network: Type of the network file system that the folder is on, None where it's local or
            unknown.
    """

    folder: Path
    groups: tuple[Group, ...]
    foreign: int
    size: int
    network: str | None

    @property
    def answers(self) -> int:
        """All answers."""
        return sum(group.answers for group in self.groups)

    def lines(self) -> list[str]:
        """What to show: a table of the groups."""
        lines = [str(self.folder)]
        if self.network:
            lines.append(f"on a network file system ({self.network}), where SQLite isn't safe")
        if self.groups:
            whole = f"{format_answers(self.answers)}, {format_size(self.size)} on disk"
            lines += [whole, "", *_table([_HEADS, *(group.cells() for group in self.groups)])]
        else:
            lines.append("no answers")
        if self.foreign:
            lines += [
                "",
                f"Entries that aren't ours: {self.foreign:,}; see `summarise cache verify`.",
            ]
        return lines

    def to_json(self) -> str:
        """All of it as JSON."""
        about = {
            "folder": str(self.folder),
            "network_file_system": self.network,
            "answers": self.answers,
            "bytes": self.size,
            "foreign": self.foreign,
            "groups": [group.values() for group in self.groups],
        }
        return json.dumps(about, ensure_ascii=False, indent=2)


def holdings(folder: Path) -> Holdings:
    """Count what a folder holds; nothing, where there is no cache.

    Raises:
        CacheError: The cache can't be read.
    """
    network = network_filesystem(folder.absolute())
    with told(folder):
        is_there = (folder / DATABASE).is_file()
    if not is_there:
        return Holdings(folder, (), 0, 0, network)
    with opened(folder) as rows:
        groups: dict[tuple[str, str], Group] = {}
        for group in _by_fingerprint(rows):
            name = group.model, group.host
            groups[name] = group.joined(groups[name]) if name in groups else group
        ordered = sorted(groups.values(), key=lambda one: (-one.answers, one.model, one.host))
        (foreign,) = rows.execute(
            f"SELECT COUNT(*) FROM Cache WHERE NOT {OURS}"  # noqa: S608 - no value of a user
        ).fetchone()
        return Holdings(folder, tuple(ordered), foreign, bytes_on_disk(folder), network)


def _by_fingerprint(rows: Rows) -> list[Group]:
    found = rows.execute(
        f"SELECT {FINGERPRINT}, COUNT(*), SUM({BYTES}), MIN({STORED}), MAX({STORED}) "  # noqa: S608
        f"FROM Cache WHERE {ANSWERS} GROUP BY 1"
    ).fetchall()
    return [
        Group(*model_and_host(rows, fingerprint), count, size, oldest, newest)
        for fingerprint, count, size, oldest, newest in found
    ]


def model_and_host(rows: Rows, fingerprint: str) -> tuple[str, str]:
    """Model and host of the answers whose parts have this fingerprint."""
    parts = rows.parts(fingerprint)
    return (parts.model, parts.host) if parts else (UNKNOWN, UNKNOWN)


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if column < _NUMBERS else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
