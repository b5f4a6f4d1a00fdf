"""Tests of the journals of ``summarise.store.files``: a torn line, a full disk."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.errors import RunError
from summarise.store import files
from summarise.store.files import Journal, read_journal

LINES = [
    b'{"n":1}',
    '{"n":2,"text":"caf\u00e9 \\n \u2028"}'.encode(),
    b'{"n":3,"inner":{"a":[1,2]}}',
]
OBJECTS = st.lists(
    st.dictionaries(st.text(max_size=4), st.text(max_size=8) | st.integers(), max_size=3).map(
        lambda value: json.dumps(value, ensure_ascii=False).encode()
    ),
    max_size=6,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.jsonl"


def write(path: Path, *lines: bytes) -> list[int]:
    with Journal(path) as file:
        return [file.append(line) for line in lines]


def lines_of(path: Path) -> list[bytes]:
    return [line for _, line in read_journal(path)]


def test_lines_come_back_in_order(path: Path) -> None:
    """What is appended is read, over several openings."""
    write(path, *LINES[:2])
    write(path, LINES[2])
    assert lines_of(path) == LINES
    assert path.read_bytes() == b"".join(line + b"\n" for line in LINES)


def test_offsets(path: Path) -> None:
    """Appending tells where the line starts; reading can start there, and tells the same."""
    with Journal(path) as file:
        offsets = [file.append(line) for line in LINES]
        assert file.size == path.stat().st_size
    assert list(read_journal(path)) == list(zip(offsets, LINES, strict=True))
    for index, offset in enumerate(offsets):
        assert list(read_journal(path, offset)) == list(zip(offsets, LINES, strict=True))[index:]
    assert list(read_journal(path, file.size)) == []


def test_a_line_is_there_at_once(path: Path) -> None:
    """Nothing waits in the process: another one reads a line as soon as it was appended."""
    with Journal(path) as file:
        for count, line in enumerate(LINES, 1):
            file.append(line)
            assert lines_of(path) == LINES[:count]


def test_a_file_that_is_not_there(path: Path) -> None:
    """It has no lines; opening it for appending makes it."""
    assert list(read_journal(path)) == []
    assert not path.exists()
    write(path)
    assert path.read_bytes() == b""


# Torn tails


@pytest.mark.parametrize("cut", range(sum(len(line) + 1 for line in LINES) + 1))
def test_a_cut_at_every_byte(path: Path, cut: int) -> None:
    """Whole lines before a cut survive, the torn one goes, and appending goes on after them."""
    whole = b"".join(line + b"\n" for line in LINES)
    path.write_bytes(whole[:cut])
    ends = [sum(len(line) + 1 for line in LINES[:n]) for n in range(1, len(LINES) + 1)]
    # A line that lacks nothing but its break is whole once the file was opened for appending.
    survivors = sum(end - 1 <= cut for end in ends)
    assert lines_of(path) == LINES[: sum(end <= cut for end in ends)]
    write(path, b'{"new":true}')
    assert lines_of(path) == [*LINES[:survivors], b'{"new":true}']


@given(lines=OBJECTS, more=OBJECTS, at=st.floats(0, 1))
def test_any_lines_cut_anywhere(lines: list[bytes], more: list[bytes], at: float) -> None:
    """For any objects and any cut: what survives is a beginning of what was there."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.jsonl"
        write(path, *lines)
        cut = round(at * path.stat().st_size)
        os.truncate(path, cut)
        seen = lines_of(path)
        write(path, *more)
        kept = lines_of(path)[: len(lines_of(path)) - len(more)]
        assert lines_of(path) == kept + more
        assert kept == lines[: len(kept)]
        assert seen == kept[: len(seen)]
        assert len(kept) - len(seen) <= 1


@pytest.mark.parametrize("tail", [b"\x00" * 100, b'{"text": "' + b"x" * 200_000, b"\xff\xfe"])
def test_rubbish_at_the_end(path: Path, tail: bytes) -> None:
    """Zeros after a power cut, a torn line longer than a block, and bytes that are no text go."""
    write(path, *LINES)
    with path.open("ab") as file:
        file.write(tail)
    assert lines_of(path) == LINES
    write(path)
    assert path.read_bytes() == b"".join(line + b"\n" for line in LINES)


def test_a_long_last_line_is_found_whole(path: Path) -> None:
    """A line longer than a block that lacks its break is kept."""
    long = json.dumps({"text": "x" * 200_000}).encode()
    path.write_bytes(LINES[0] + b"\n" + long)
    write(path, LINES[1])
    assert lines_of(path) == [LINES[0], long, LINES[1]]


# Full and failing disks


class FullDisk:
    """A file that takes so many bytes and then refuses, the way a full disk does."""

    def __init__(self, file: Any, room: int, step: int = 1 << 30) -> None:
        self._file = file
        self._room = room
        self._step = step

    def write(self, content: bytes) -> int:
        if self._room == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken: int = self._file.write(content[: min(self._room, self._step)])
        self._room -= taken
        return taken

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@pytest.mark.parametrize("room", range(len(LINES[1]) + 1))
def test_a_full_disk_keeps_what_was_there(
    path: Path, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever in a line the room ends: the line goes, those before stay, the error is one line."""
    with Journal(path) as file:
        file.append(LINES[0])
        with monkeypatch.context() as patch:
            patch.setattr(file, "_file", FullDisk(file._file, room))
            with pytest.raises(RunError) as caught:
                file.append(LINES[1])
        assert path.read_bytes() == LINES[0] + b"\n"
        # Room was made.
        assert file.append(LINES[2]) == len(LINES[0]) + 1
    assert lines_of(path) == [LINES[0], LINES[2]]
    message = str(caught.value)
    assert message.startswith(f"{path}: can't be written (No space left on device). ")
    assert "run the same command again" in message
    assert "\n" not in message


def test_short_writes_are_continued(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that takes a line in pieces gets all of them."""
    with Journal(path) as file:
        monkeypatch.setattr(file, "_file", FullDisk(file._file, room=1 << 20, step=3))
        for line in LINES:
            file.append(line)
    assert lines_of(path) == LINES


def test_a_write_that_takes_nothing_is_an_error(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No progress and no error: told, not tried for ever."""
    with Journal(path) as file:
        monkeypatch.setattr(file, "_file", FullDisk(file._file, room=9, step=0))
        with pytest.raises(RunError, match="can't be written"):
            file.append(LINES[0])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is full")
def test_a_device_that_is_full() -> None:
    """The system's own refusal is told the same way."""
    with (
        Journal(Path("/dev/full")) as file,
        pytest.raises(RunError, match="No space left on device"),
    ):
        file.append(LINES[0])


def test_a_failing_sync_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails only when it is told to keep is told as well, and the file is closed."""

    def fail(number: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    file = Journal(path)
    file.append(LINES[0])
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(RunError, match="Input/output error"):
        file.close()
    assert file._file.closed


def test_what_is_no_file(tmp_path: Path) -> None:
    """A folder in the place of the file, or a missing folder around it, is told in one line."""
    for path in (tmp_path, tmp_path / "absent" / "records.jsonl"):
        with pytest.raises(RunError, match="can't be written") as caught:
            Journal(path)
        assert caught.value.where == str(path)
    with pytest.raises(RunError, match="can't be read"):
        list(read_journal(tmp_path))


@pytest.mark.parametrize("content", [b"", b'{"torn', b'{"n": 1}', b"mine\n"])
def test_a_file_of_two_names_is_left_alone(path: Path, tmp_path: Path, content: bytes) -> None:
    """What is appended, or cut off, would be changed under the other name too."""
    other = tmp_path / "input.jsonl"
    other.write_bytes(content)
    path.hardlink_to(other)
    with pytest.raises(RunError, match=r"records\.jsonl: has another name") as told:
        Journal(path)
    assert f"cp {path} " in str(told.value.hint)
    assert other.read_bytes() == content
    path.unlink()
    write(path, LINES[0])


def test_a_failing_repair_closes_the_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is left open when it can't be put in order."""
    opened = []

    def fail(file: Any) -> int:
        opened.append(file)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(files, "_repair_tail", fail)
    with pytest.raises(RunError):
        Journal(path)
    assert opened[0].closed


# Syncing


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The calls of fsync so far."""
    calls: list[int] = []
    monkeypatch.setattr(os, "fsync", calls.append)
    return calls


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the time that the journal sees, in seconds."""
    now = [100.0]
    monkeypatch.setattr("summarise.store.files.time.monotonic", lambda: now[0])

    def set_time(seconds: float) -> None:
        now[0] = seconds

    return set_time


def test_synced_at_most_once_a_second(
    path: Path, synced: list[int], clock: Callable[[float], None]
) -> None:
    """Lines reach the disk within a second while more follow, and at the latest on closing."""
    with Journal(path) as file:
        for _ in range(50):
            file.append(LINES[0])
        assert synced == []
        clock(101.0)
        file.append(LINES[0])
        assert len(synced) == 1
        file.append(LINES[0])
        assert len(synced) == 1
    assert len(synced) == 2


def test_nothing_new_is_not_synced(path: Path, synced: list[int]) -> None:
    """Opening and closing alone waits for no disk."""
    write(path)
    assert synced == []
