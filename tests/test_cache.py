"""Tests of the answer cache: what it keeps, what it refuses, and that nothing breaks a run."""

from __future__ import annotations

import logging
import os
import pickle
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from summarise.store import AnswerCache, Misses, Origin, Parts
from summarise.store import cache as places
from summarise.store.cache import network_filesystem
from tests.caches import LARGE, OLD_NAMES, edit, key_of, make_old_cache, move_to_file, plant_pickle

WRITER = """
import sys
from pathlib import Path
from summarise.store import AnswerCache, Origin, Parts
asked = Origin(Parts.of({"model": sys.argv[2]}), "ab" * 16)
with AnswerCache(Path(sys.argv[1])) as cache:
    for number in range(300):
        cache.put(f"{sys.argv[2]}-{number}", f"text {number}", asked)
        cache.get(f"{sys.argv[3]}-{number}")
"""


PARTS = {"base_url": "http://127.0.0.1:9/v1", "model": "invented-1", "prompt": "v1"}
DOCUMENT = "0123456789abcdef" * 2
ORIGIN = Origin(Parts.of(PARTS), DOCUMENT)
OTHERS = "an answer is there by other settings: "


def asked(*, document: str = DOCUMENT, is_reask: bool = False, **parts: str) -> Origin:
    """The origin of these tests, with other parts."""
    return Origin(Parts.of(PARTS | parts), document, is_reask)


class Trap:
    """A value whose unpickling creates a file."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return os.makedirs, (str(self.mark),)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for a cache, not created yet."""
    return tmp_path / "deep" / "answers"


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
    """The last one put under a key counts, written or not; the file of an old one goes."""
    with AnswerCache(folder) as cache:
        cache.put("key", LARGE)
        cache.flush()
        file = move_to_file(folder, "key")
        assert cache.get("key") == LARGE
        cache.put("key", "new")
        assert cache.get("key") == "new"
    with AnswerCache(folder) as cache:
        assert cache.get("key") == "new"
    assert not file.exists()


def test_texts_are_written_64_at_a_time(folder: Path) -> None:
    """Before the 64th a text is found by its own run only; with it all are on disk."""
    with AnswerCache(folder) as writer, AnswerCache(folder) as reader:
        for number in range(63):
            writer.put(f"key-{number}", "text")
        assert writer.get("key-0") == "text"
        assert reader.get("key-0") is None
        writer.put("key-63", "text")
        assert all(reader.get(f"key-{number}") == "text" for number in range(64))


def test_an_old_cache_is_read_and_written_to(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What diskcache kept is found, long answers too; what is put is found beside it."""
    make_old_cache(folder)
    with AnswerCache(folder) as cache:
        kept = [cache.get(key_of(name)) or "" for name in OLD_NAMES]
        assert [f"Of {name}." in text for name, text in zip(OLD_NAMES, kept, strict=True)]
        assert "prompt v2 → v3" in cache.explain(
            "x", asked(document=key_of("bees")[:32], prompt="v3")
        )
        cache.put("key", "ours")
    with AnswerCache(folder) as cache:
        assert cache.get("key") == "ours"
    assert not caplog.records


def test_readers_do_not_wait_for_a_writer(folder: Path) -> None:
    """While one process writes, another finds what was there; removed pages go back to the disk."""
    with (
        AnswerCache(folder) as cache,
        closing(sqlite3.connect(folder / "cache.db", isolation_level=None)) as writer,
    ):
        cache.put("key", "text")
        cache.flush()
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM Cache")
        assert cache.get("key") == "text"
        writer.execute("ROLLBACK")
        assert writer.execute("PRAGMA auto_vacuum").fetchone() == (1,)


def test_the_folder_belongs_to_its_user(folder: Path) -> None:
    """Abstracts may be confidential: nobody else gets in."""
    with AnswerCache(folder):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["cache.db", "cache.db-wal", "3f"])
def test_a_link_in_the_folder_is_not_followed(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    """A folder that came with one makes and changes nothing elsewhere, and the run goes on."""
    folder.mkdir(parents=True)
    (folder / name).symlink_to(tmp_path / "elsewhere")
    with AnswerCache(folder) as cache:
        cache.put("key", "text")
    assert not (tmp_path / "elsewhere").exists()
    assert f"{name} in it is a link" in caplog.text


@pytest.mark.parametrize("in_file", [False, True], ids=["row", "file"])
def test_a_planted_pickle_is_never_loaded(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, in_file: bool
) -> None:
    """A pickle in the cache is a miss and one warning, in a row as in a file."""
    mark = tmp_path / "trap-sprung"
    with AnswerCache(folder):
        pass
    for key in ("a", "b"):
        plant_pickle(folder, key, Trap(mark), in_file=in_file)
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
    pickle.loads(pickle.dumps(Trap(tmp_path / "sprung")))
    assert (tmp_path / "sprung").exists()


def test_a_file_outside_of_the_folder_is_neither_read_nor_deleted(
    folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A row that names another file is a miss, and replacing the row leaves that file alone."""
    secret = tmp_path / "secret.txt"
    secret.write_text("private")
    with AnswerCache(folder) as cache:
        cache.put("key", LARGE)
    move_to_file(folder, "key")
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


@pytest.mark.parametrize("is_folder", [False, True])
def test_a_file_that_cannot_be_read_is_a_miss(
    folder: Path, caplog: pytest.LogCaptureFixture, is_folder: bool
) -> None:
    """A value whose file is gone, or is none, isn't there; the others are."""
    with AnswerCache(folder) as cache:
        cache.put("key", LARGE)
        cache.put("other", "text")
    file = move_to_file(folder, "key")
    file.unlink()
    if is_folder:
        file.mkdir()
    with AnswerCache(folder) as cache:
        assert (cache.get("key"), cache.get("other")) == (None, "text")
    assert not caplog.records


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
    assert "SUMMARISE_CACHE_DIR" in message
    assert "--cache-dir" not in message
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


@pytest.fixture
def written_to_once(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """A cache with one answer that can't be written to any more."""
    with AnswerCache(folder) as cache:
        cache.put("kept", "text", ORIGIN)
        cache.put("long", LARGE)
    move_to_file(folder, "long")
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def read_only(database: Any, *args: Any, **kwargs: Any) -> sqlite3.Connection:
        if str(folder) not in str(database):
            return connect(database, *args, **kwargs)
        uri = f"file:{database}" if "file:" not in str(database) else str(database)
        # Root writes through any file mode.
        uri = uri.partition("?")[0] + "?mode=ro"
        opened: sqlite3.Connection = connect(uri, *args, **kwargs | {"uri": True})
        return opened

    monkeypatch.setattr(sqlite3, "connect", read_only)
    return folder


def test_a_read_only_cache_is_read(written_to_once: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing can be written: one warning; what is there is found and explained."""
    with AnswerCache(written_to_once) as cache:
        assert cache.get("kept") == "text"
        assert cache.get("long") == LARGE
        next(written_to_once.rglob("*.val")).unlink()
        assert cache.get("long") is None
        cache.put("new", "text")
        cache.flush()
        assert cache.get("new") is None
        assert cache.explain("new", asked(prompt="v2")).endswith("prompt v1 → v2")
    assert "can't be written to" in one_warning(caplog, written_to_once)
    assert "readonly" in caplog.text


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes all")
def test_a_folder_without_write_permission_is_read(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A cache that an administrator has put there for all: its answers are used."""
    with AnswerCache(folder) as cache:
        cache.put("kept", "text")
    (folder / "cache.db").chmod(0o444)
    folder.chmod(0o555)
    try:
        with AnswerCache(folder) as cache:
            assert cache.get("kept") == "text"
            cache.put("new", "text")
    finally:
        folder.chmod(0o755)
    one_warning(caplog, folder)


@pytest.mark.parametrize(
    "refusal", ["unable to open database file", "attempt to write a readonly database"]
)
def test_a_cache_without_room_for_shared_memory_is_read(
    written_to_once: Path, monkeypatch: pytest.MonkeyPatch, refusal: str
) -> None:
    """Where SQLite can't make its own files, it is told that nothing changes."""
    connect = sqlite3.connect

    def refuse_files(database: Any, *args: Any, **kwargs: Any) -> sqlite3.Connection:
        if str(written_to_once) in str(database) and "immutable" not in str(database):
            raise sqlite3.OperationalError(refusal)
        opened: sqlite3.Connection = connect(database, *args, **kwargs)
        return opened

    monkeypatch.setattr(sqlite3, "connect", refuse_files)
    with AnswerCache(written_to_once) as cache:
        assert cache.get("kept") == "text"


def test_a_text_that_is_not_utf8_costs_itself(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A damaged text is a miss with a warning; the others are found, and it can be put anew."""
    with AnswerCache(folder) as cache:
        cache.put("row", "text")
        cache.put("file", LARGE)
        cache.put("sound", "text")
    edit(folder, "UPDATE Cache SET value = CAST(x'74ff' AS TEXT) WHERE key = 'row'")
    move_to_file(folder, "file").write_bytes(b"\xff" * 40_000)
    with AnswerCache(folder) as cache:
        assert cache.get("row") is None
        assert cache.get("file") is None
        assert cache.get("sound") == "text"
        cache.put("row", "anew")
        cache.flush()
        assert cache.get("row") == "anew"
    assert len(caplog.records) == 1
    assert "UTF-8" in caplog.text


def test_a_locked_database_is_skipped(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Locked from the start: one warning after a short wait, and the run goes on."""
    monkeypatch.setattr(places, "LOCK_WAIT", 0.05)
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
    monkeypatch.setattr(places, "LOCK_WAIT", 0.05)
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


KILLED = """
import os, sys
from pathlib import Path
from summarise.store import AnswerCache
cache = AnswerCache(Path(sys.argv[1]))
for number in range(100):
    cache.put(f"key-{number}", "text")
os._exit(9)
"""


def test_a_kill_costs_what_was_not_flushed(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A process that ends without closing leaves a cache that is whole."""
    killed = subprocess.run([sys.executable, "-c", KILLED, str(folder)], check=False)
    assert killed.returncode == 9
    with AnswerCache(folder) as cache:
        assert [cache.get(f"key-{n}") for n in range(100)] == ["text"] * 64 + [None] * 36
    assert not caplog.records


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
    monkeypatch.setattr("summarise.store.cache.network_filesystem", lambda _: "nfs4")
    with AnswerCache(folder) as cache:
        cache.put("key", "text")
        cache.flush()
        assert cache.get("key") == "text"
    (record,) = caplog.records
    assert "nfs4" in record.getMessage()
    assert str(folder) in record.getMessage()


class TestExplaining:
    """Why a record missed: which part of its request is new."""

    @pytest.fixture
    def cache(self, folder: Path) -> Iterator[AnswerCache]:
        """A cache with an answer by version 1 of a prompt."""
        with AnswerCache(folder) as cache:
            cache.put("key", "text", ORIGIN)
            cache.flush()
            yield cache

    @pytest.mark.parametrize(
        ("origin", "reason"),
        [
            (asked(document="ab" * 16), "no answer about this document yet"),
            (asked(document=DOCUMENT[:-1]), "no answer about this document yet"),
            (asked(is_reask=True), "no corrected answer about this document yet"),
            (asked(prompt="v2"), f"{OTHERS}prompt v1 → v2"),
            (
                asked(temperature="0", model="invented-2"),
                f"{OTHERS}model invented-1 → invented-2, temperature none → 0",
            ),
            (
                asked(),
                "an answer is there to a message that is worded differently, by the same settings",
            ),
        ],
    )
    def test_the_part_that_changed_is_named(
        self, cache: AnswerCache, origin: Origin, reason: str
    ) -> None:
        """A new document, other settings, and another wording are told apart."""
        assert cache.explain("other", origin) == reason

    def test_the_nearest_settings_are_compared(self, cache: AnswerCache) -> None:
        """The answer by the most similar settings counts; of equals, the newest."""
        cache.put("far", "text", asked(prompt="v9", model="invented-9"))
        cache.put("near", "text", asked(prompt="v2", temperature="0"))
        cache.flush()
        assert cache.explain("other", asked(prompt="v2")).endswith("temperature 0 → none")
        reason = cache.explain("other", asked(prompt="v2", temperature="1"))
        assert reason.endswith("settings: temperature 0 → 1")

    def test_settings_that_were_lost_are_unknown(self, cache: AnswerCache, folder: Path) -> None:
        """Without its parts an answer is by unknown settings, and nothing is made up."""
        edit(folder, "DELETE FROM Cache WHERE key LIKE 'parts:%'")
        assert "aren't known" in cache.explain("other", asked(prompt="v2"))

    def test_an_answer_that_cannot_be_read_is_named(self, cache: AnswerCache, folder: Path) -> None:
        """A row that is there but refused isn't called a new document."""
        edit(folder, "UPDATE Cache SET value = 5 WHERE key = 'key'")
        assert "can't be read" in cache.explain("key", ORIGIN)

    def test_a_cache_that_is_broken_explains_nothing(self, tmp_path: Path) -> None:
        """Explaining never stops a run."""
        (tmp_path / "file").write_text("in the way")
        with AnswerCache(tmp_path / "file" / "answers") as cache:
            assert cache.explain("key", ORIGIN) == "the cache can't be used"

    def test_a_table_that_is_gone_explains_nothing(
        self, cache: AnswerCache, folder: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A database that breaks meanwhile is warned of once."""
        edit(folder, "DROP TABLE Cache")
        assert {cache.explain("other", ORIGIN) for _ in range(2)} == {"the cache can't be used"}
        assert "no such table" in one_warning(caplog, folder)

    def test_settings_are_kept_again_after_another_process_cleared(
        self, cache: AnswerCache, folder: Path
    ) -> None:
        """What answers were asked with doesn't depend on what was written before."""
        edit(folder, "DELETE FROM Cache")
        cache.put("new", "text", ORIGIN)
        cache.flush()
        assert cache.explain("other", asked(prompt="v2")).endswith("prompt v1 → v2")

    def test_a_stored_value_cannot_break_a_line(self, cache: AnswerCache) -> None:
        """Control characters of imported settings don't reach the terminal; long ones are cut."""
        reason = cache.explain("other", asked(prompt="\x1b[31m\n" + "x" * 99))
        assert reason.isprintable()
        assert len(reason) < 110

    @pytest.mark.parametrize("value", ["spoilt", "[]", '{"model": 5}', '{"model": "other"}'])
    def test_settings_that_were_changed_are_unknown(
        self, cache: AnswerCache, folder: Path, value: str
    ) -> None:
        """Parts that don't have the hash that they are kept under aren't believed."""
        edit(folder, "UPDATE Cache SET value = ? WHERE key LIKE 'parts:%'", value)
        assert "aren't known" in cache.explain("other", asked(prompt="v2"))

    @given(
        before=st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=5),
        now=st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=5),
    )
    def test_equal_parts_and_no_others_share_a_fingerprint(
        self, before: dict[str, str], now: dict[str, str]
    ) -> None:
        """Fingerprints differ exactly where a value does, whatever the order."""
        one, other = Parts.of(before), Parts.of(now)
        assert (one.fingerprint == other.fingerprint) == (before == now)
        assert Parts.of(dict(reversed(before.items()))).fingerprint == one.fingerprint
        names = {*before, *now}
        differing = [name for name in names if before.get(name, "none") != now.get(name, "none")]
        assert len(list(one.changes(other))) == len(differing)


def test_misses_are_listed_and_then_counted() -> None:
    """The first have a line each, all are counted by reason, the most frequent reason first."""
    misses = Misses(listed=2)
    lines = [misses.add(f"doc-{n}", "new" if n % 3 else "prompt v1 → v2") for n in range(1, 7)]
    assert lines == [
        "doc-1: not in the cache: new",
        "doc-2: not in the cache: new",
        *[None] * 4,
    ]
    assert list(misses.closing_lines()) == [
        "6 requests not in the cache",
        "  4: new",
        "  2: prompt v1 → v2",
    ]


@pytest.mark.parametrize(
    ("values", "model", "host"),
    [
        (PARTS, "invented-1", "127.0.0.1:9"),
        ({"base_url": "https://API.example.org/v1"}, "unknown", "api.example.org"),
        ({"base_url": "http://[broken", "model": "m"}, "m", "unknown"),
        ({"base_url": "no address"}, "unknown", "unknown"),
    ],
)
def test_model_and_host_of_parts(values: dict[str, str], model: str, host: str) -> None:
    """What isn't among the parts is unknown, never made up."""
    parts = Parts.of(values)
    assert (parts.model, parts.host) == (model, host)


def test_a_cache_that_another_process_is_making_is_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Its first table alone is there for a moment; anybody else's database is refused."""
    for name, table in (("ours", "Settings"), ("theirs", "Other")):
        (tmp_path / name).mkdir()
        with closing(sqlite3.connect(tmp_path / name / "cache.db")) as database:
            database.execute(f"CREATE TABLE {table} (key TEXT NOT NULL UNIQUE, value)")
    with AnswerCache(tmp_path / "ours") as cache:
        cache.put("key", "text")
    with AnswerCache(tmp_path / "ours") as cache:
        assert cache.get("key") == "text"
    with AnswerCache(tmp_path / "theirs"):
        assert "no such table" in one_warning(caplog, tmp_path / "theirs")
