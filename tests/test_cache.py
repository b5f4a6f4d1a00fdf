"""Tests of ``summarise.cache``: what it keeps, what it refuses, and that nothing breaks a run."""

from __future__ import annotations

import logging
import os
import pickle
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import diskcache
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from summarise import cache as cache_module
from summarise.cache import AnswerCache, network_filesystem

LARGE = "n" * 50_000  # diskcache moves values from 32 KiB on into files of their own
WRITER = """
import sys
from pathlib import Path
from summarise.cache import AnswerCache
with AnswerCache(Path(sys.argv[1])) as cache:
    for number in range(300):
        cache.put(f"{sys.argv[2]}-{number}", f"text {number}")
        cache.get(f"{sys.argv[3]}-{number}")
"""


class Trap:
    """A value whose unpickling creates a file."""

    def __init__(self, mark: Path, padding: str = "") -> None:
        self.mark = mark
        self.padding = padding

    def __reduce__(self) -> tuple[object, ...]:
        return os.makedirs, (str(self.mark),), {"padding": self.padding}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for a cache, not created yet."""
    return tmp_path / "deep" / "answers"


def edit(folder: Path, sql: str, *values: object) -> None:
    """Change the database behind the cache's back."""
    with closing(sqlite3.connect(folder / "cache.db", isolation_level=None)) as database:
        database.execute(sql, values)


@pytest.mark.parametrize("text", ["", "plain", "naïve – 5 µm\n\0", LARGE], ids=len)
def test_a_text_is_found_by_the_next_run(folder: Path, text: str) -> None:
    """What one run puts, another gets, however long it is."""
    with AnswerCache(folder) as cache:
        cache.put("key", text)
    with AnswerCache(folder) as cache:
        assert cache.get("key") == text
        assert cache.get("other") is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(texts=st.dictionaries(st.text("0123456789abcdef", min_size=1), st.text(), max_size=80))
def test_any_text_comes_back_unchanged(tmp_path: Path, texts: dict[str, str]) -> None:
    """The cache is a mapping from text to text."""
    with AnswerCache(tmp_path / "any") as cache:
        for key, text in texts.items():
            cache.put(key, text)
        cache.flush()
        assert {key: cache.get(key) for key in texts} == texts


def test_a_later_text_replaces_an_earlier_one(folder: Path) -> None:
    """The last one put under a key counts, written or not."""
    with AnswerCache(folder) as cache:
        cache.put("key", LARGE)
        cache.flush()
        cache.put("key", "new")
        assert cache.get("key") == "new"
    with AnswerCache(folder) as cache:
        assert cache.get("key") == "new"
    assert not list(folder.rglob("*.val"))


def test_texts_are_written_64_at_a_time(folder: Path) -> None:
    """Before the 64th a text is found by its own run only; with it all are on disk."""
    with AnswerCache(folder) as writer, AnswerCache(folder) as reader:
        for number in range(63):
            writer.put(f"key-{number}", "text")
        assert writer.get("key-0") == "text"
        assert reader.get("key-0") is None
        writer.put("key-63", "text")
        assert all(reader.get(f"key-{number}") == "text" for number in range(64))


def test_nothing_is_evicted(folder: Path) -> None:
    """The settings say so, also where the folder was made with diskcache's own."""
    diskcache.Cache(str(folder)).close()
    with AnswerCache(folder) as cache:
        inner = cache._cache
        assert (inner.eviction_policy, inner.cull_limit) == ("none", 0)
        assert (inner.sqlite_mmap_size, inner.sqlite_synchronous) == (0, 1)


def test_the_folder_belongs_to_its_user(folder: Path) -> None:
    """Abstracts may be confidential: nobody else gets in."""
    with AnswerCache(folder):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("padding", ["", LARGE], ids=["row", "file"])
def test_a_planted_pickle_is_never_loaded(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, padding: str
) -> None:
    """A pickle in the cache is a miss and one warning, in a row as in a file."""
    mark = tmp_path / "trap-sprung"
    with closing(diskcache.Cache(str(folder))) as planted:
        for key in ("a", "b"):
            planted.set(key, Trap(mark, padding))
    with AnswerCache(folder) as cache:
        assert cache.get("a") is None
        assert cache.get("b") is None
        cache.put("a", "ours")
    assert not mark.exists()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert str(folder) in caplog.text
    with AnswerCache(folder) as cache:
        assert cache.get("a") == "ours"


def test_the_trap_of_these_tests_works(tmp_path: Path) -> None:
    """Unpickling it does create the file."""
    trap = pickle.dumps(Trap(tmp_path / "sprung"))
    with pytest.raises(AttributeError):
        pickle.loads(trap)
    assert (tmp_path / "sprung").exists()


def test_a_file_outside_of_the_folder_is_neither_read_nor_deleted(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A row that names another file is a miss, and replacing the row leaves that file alone."""
    secret = tmp_path / "secret.txt"
    secret.write_text("private")
    with AnswerCache(folder) as cache:
        cache.put("key", LARGE)
    edit(folder, "UPDATE Cache SET filename = ?", "../../secret.txt")
    with AnswerCache(folder) as cache:
        assert cache.get("key") is None
        cache.put("key", "ours")
    assert secret.read_text() == "private"
    assert "outside" in caplog.text


@pytest.mark.parametrize("value", [5, 2.5, None])
def test_a_value_that_is_no_text_is_refused(
    folder: Path, caplog: pytest.LogCaptureFixture, value: object
) -> None:
    """Numbers and nulls in the table aren't ours."""
    with AnswerCache(folder) as cache:
        cache.put("key", "text")
    edit(folder, "UPDATE Cache SET value = ?", value)
    with AnswerCache(folder) as cache:
        assert cache.get("key") is None
    assert "isn't text" in caplog.text


def test_the_disk_refuses_to_pickle(folder: Path) -> None:
    """Nothing but text is stored, as key or as value, and no pickled key is read."""
    with AnswerCache(folder) as cache:
        disk = cache._cache.disk
        for refused in (5, ("a",), None):
            with pytest.raises(TypeError):
                disk.put(refused)
            with pytest.raises(TypeError):
                disk.store(refused, False)
        with pytest.raises(cache_module._Refused):
            disk.get(pickle.dumps("key"), False)


def test_a_lost_file_is_a_miss(folder: Path) -> None:
    """A value whose file is gone isn't there."""
    with AnswerCache(folder) as cache:
        cache.put("key", LARGE)
    next(folder.rglob("*.val")).unlink()
    with AnswerCache(folder) as cache:
        assert cache.get("key") is None


def use(folder: Path) -> None:
    """What a run does with its cache."""
    with AnswerCache(folder) as cache:
        for number in range(200):
            assert cache.get(f"key-{number}") is None
            cache.put(f"key-{number}", "text")
        cache.flush()


def one_warning(caplog: pytest.LogCaptureFixture, folder: Path) -> str:
    """The only warning: one line with the folder and the way out."""
    (record,) = caplog.records
    message = record.getMessage()
    assert record.name == "summarise"
    assert record.levelno == logging.WARNING
    assert "\n" not in message
    assert str(folder) in message
    assert "--no-cache" in message
    return message


def test_a_broken_database_is_skipped(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A file that is no database: one warning, and the run goes on."""
    folder.mkdir(parents=True)
    (folder / "cache.db").write_bytes(b"not a database" * 1000)
    use(folder)
    assert "not a database" in one_warning(caplog, folder)


def test_a_folder_that_cannot_be_made_is_skipped(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A file in the way: one warning, and the run goes on."""
    (tmp_path / "file").write_text("in the way")
    use(tmp_path / "file" / "answers")
    one_warning(caplog, tmp_path / "file" / "answers")


def test_a_read_only_database_is_skipped(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing can be written: one warning, and the run goes on."""
    with AnswerCache(folder):
        pass
    connect = sqlite3.connect

    def read_only(path: Path, *args: object, **kwargs: object) -> sqlite3.Connection:
        return connect(f"file:{path}?mode=ro", uri=True)  # root writes through any file mode

    monkeypatch.setattr(sqlite3, "connect", read_only)
    use(folder)
    assert "readonly" in one_warning(caplog, folder)


def test_a_locked_database_is_skipped(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Locked from the start: one warning after a short wait, and the run goes on."""
    monkeypatch.setattr(cache_module, "_LOCK_WAIT", 0.05)
    with AnswerCache(folder):
        pass
    with closing(sqlite3.connect(folder / "cache.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        use(folder)
    assert "locked" in one_warning(caplog, folder)


def test_a_database_locked_later_is_skipped(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Locked in the middle of a run: one warning, and the run goes on."""
    monkeypatch.setattr(cache_module, "_LOCK_WAIT", 0.05)
    with (
        AnswerCache(folder) as cache,
        closing(sqlite3.connect(folder / "cache.db", isolation_level=None)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        cache.put("key", "text")
        cache.flush()
        cache.put("key", "text")
        cache.flush()
        assert cache.get("key") is None
    assert "another process keeps it locked" in one_warning(caplog, folder)


def test_a_table_broken_later_is_skipped(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A table that vanishes under a run: one warning, and the run goes on."""
    with AnswerCache(folder) as cache:
        edit(folder, "DROP TABLE Cache")
        assert cache.get("key") is None
        cache.put("key", "text")
        assert cache.get("key") is None
    assert "no such table" in one_warning(caplog, folder)


def test_a_closed_cache_finds_and_keeps_nothing(folder: Path) -> None:
    """Closing twice is fine; after it everything is a miss."""
    cache = AnswerCache(folder)
    cache.put("key", "text")
    cache.close()
    cache.close()
    cache.put("other", "text")
    assert cache.get("key") is None
    assert cache.get("other") is None


def test_two_processes_share_a_folder(folder: Path) -> None:
    """Both write and read at once; nothing is lost, nothing is warned of."""
    pairs = (("left", "right"), ("right", "left"))
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder), *pair], stderr=subprocess.PIPE, text=True
        )
        for pair in pairs
    ]
    assert [writer.communicate()[1] for writer in writers] == ["", ""]
    with AnswerCache(folder) as cache:
        for side, _ in pairs:
            assert all(cache.get(f"{side}-{n}") == f"text {n}" for n in range(300))


MOUNTS = r"""
/dev/sda1 / ext4 rw 0 0
server:/home /home nfs4 rw,vers=4.2 0 0
//nas/lab /mnt/lab\040share cifs rw 0 0
tmpfs /home/ada/tmp tmpfs rw 0 0
""".lstrip()


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/cache", None),
        ("/home/ada/.cache", "nfs4"),
        ("/home/ada/tmp/cache", None),
        ("/homes", None),
        ("/mnt/lab share/cache", "cifs"),
    ],
)
def test_a_network_file_system_is_recognised(tmp_path: Path, folder: str, kind: str | None) -> None:
    """The nearest mount point above the folder decides."""
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)
    assert network_filesystem(Path(folder), mounts) == kind


def test_where_mounts_are_unknown_nothing_is_claimed(tmp_path: Path) -> None:
    """Without the kernel's list no file system is called a network one."""
    assert network_filesystem(tmp_path, tmp_path / "absent") is None


def test_a_network_file_system_is_warned_of_once(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cache is used there all the same."""
    monkeypatch.setattr(cache_module, "network_filesystem", lambda _: "nfs4")
    with AnswerCache(folder) as cache:
        cache.put("key", "text")
        cache.flush()
        assert cache.get("key") == "text"
    (record,) = caplog.records
    assert "nfs4" in record.getMessage()
    assert str(folder) in record.getMessage()
