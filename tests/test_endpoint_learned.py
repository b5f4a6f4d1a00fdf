"""What is learned of a server is written down when it is new, and once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from summarise.endpoint.dialect import Dialect, Ladder, Memory
from summarise.settings import Settings
from tests.test_endpoint_dialect import FORMAT, SCHEMA, answer, rejected


class Counting(Memory):
    """A memory that counts how often it is written."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.kept: list[Dialect] = []

    def keep(self, key: str, dialect: Dialect) -> None:
        self.kept.append(dialect)
        super().keep(key, dialect)


def test_what_was_learned_is_written_once(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    """Not after every answer, which a run of thousands has; and anew when something is new."""
    memory = Counting(tmp_path)
    subject = Ladder(make_settings(), SCHEMA, memory)
    for _ in range(3):
        subject.answered(subject.dialect, answer())
    assert memory.kept == []
    for times in (1, 2):
        assert subject.refused(subject.dialect, rejected(FORMAT))
        for _ in range(5):
            subject.answered(subject.dialect, answer())
        assert len(memory.kept) == times
    assert memory.kept[-1] == subject.dialect
