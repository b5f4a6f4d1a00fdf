"""The commands ``summarise cache …``: what they list, share and remove, and what they leave."""

from __future__ import annotations

import io
import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from summarise import cli
from summarise.errors import SettingsError
from summarise.models import Completion, Usage
from summarise.store import (
    AnswerCache,
    export_answers,
    import_answers,
    parse_age,
    parse_size,
)
from summarise.store import cache as places
from summarise.store.cache_upkeep import format_size
from tests.caches import (
    LARGE,
    OLD_NAMES,
    age,
    answer,
    edit,
    fill,
    held,
    key_of,
    make_old_cache,
    move_to_file,
    origin,
    store_at,
)
from tests.processes import ends


class Result(NamedTuple):
    """How a command left, and what it printed."""

    code: int
    out: str
    err: str


Command = Callable[..., Result]


class Input(io.TextIOWrapper):
    """Standard input, with somebody at a terminal or without."""

    is_terminal = False

    def isatty(self) -> bool:
        return self.is_terminal


@pytest.fixture
def cache(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path
) -> Command:
    """Runs ``summarise cache …`` in this process; the folder is named by the environment."""
    monkeypatch.setenv("SUMMARISE_CACHE_DIR", str(folder))

    def call(*arguments: object, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "argv", ["summarise", "cache", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", Input(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as stop:
            cli.main()
        code = stop.value.code
        return Result(code if isinstance(code, int) else 0, *capsys.readouterr())

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for a cache, not created yet."""
    return tmp_path / "answers"


def spoil(folder: Path) -> None:
    """Overwrite a page in the middle of the database's answers."""
    size = (folder / "cache.db").stat().st_size
    with (folder / "cache.db").open("r+b") as file:
        file.seek(size // 2 // 4096 * 4096)
        file.write(random.Random(7).randbytes(4096))


def is_one_line(err: str) -> bool:
    return err.startswith("summarise: ") and err.count("\n") == 1


class TestInfo:
    """What is held, by model and endpoint."""

    def test_no_cache_is_no_error(self, cache: Command, folder: Path) -> None:
        """A folder that isn't there holds no answers, and isn't made by asking."""
        assert cache("info") == Result(0, f"{folder}\nno answers\n", "")
        assert not folder.exists()

    def test_answers_are_counted_by_model_and_host(self, cache: Command, folder: Path) -> None:
        """One row each, the largest first; what isn't known is unknown, what isn't ours is left."""
        fill(folder, "a", "b", "c")
        fill(folder, "d", model="invented-2", host="API.example.org")
        age(folder, "a", 400)
        with AnswerCache(folder) as unnamed:
            unnamed.put(key_of("e"), answer())
            unnamed.put("not a key of ours", answer())
        result = cache("info")
        first, total, _, *table = result.out.splitlines()
        assert (result.code, first) == (0, str(folder))
        assert total.startswith("5 answers, ")
        assert [line.split()[0] for line in table] == ["answers", "3", "1", "1"]
        assert table[1].endswith("  invented-1  127.0.0.1:9")
        assert table[2].endswith("  invented-2  api.example.org")
        assert table[3].endswith("  unknown     unknown")
        oldest, newest = table[1].split()[3:5]
        assert oldest[:4] < newest[:4]

    def test_json(self, cache: Command, folder: Path) -> None:
        """The same numbers for a program; the size on disk is that of the files."""
        fill(folder, "a", "b")
        with AnswerCache(folder) as long:
            long.put(key_of("long"), LARGE, origin("long"))
        move_to_file(folder, key_of("long"))
        told = json.loads(cache("info", "--json").out)
        (group,) = told["groups"]
        assert (told["answers"], group["answers"], group["model"]) == (3, 3, "invented-1")
        assert told["bytes"] == sum(p.stat().st_size for p in folder.rglob("*.*"))
        assert group["bytes"] == 50_000 + len(answer("Of a.")) + len(answer("Of b."))

    def test_the_flag_goes_over_the_settings(self, cache: Command, tmp_path: Path) -> None:
        """--cache-dir over SUMMARISE_CACHE_DIR over summarise.toml."""
        (tmp_path / "summarise.toml").write_text('cache_dir = "from-file"\n')
        assert str(tmp_path / "flag") in cache("info", "--cache-dir", tmp_path / "flag").out
        assert str(tmp_path / "answers") in cache("info").out
        os.environ.pop("SUMMARISE_CACHE_DIR")
        assert "from-file" in cache("info").out

    def test_a_damaged_cache_is_one_line(self, cache: Command, folder: Path) -> None:
        """What can't be read is said, with the way out; exit 2."""
        folder.mkdir()
        (folder / "cache.db").write_bytes(b"not a database" * 1000)
        result = cache("info")
        assert result.code == 2
        assert is_one_line(result.err)
        assert "cache clear" in result.err


class TestPrune:
    """Removing some answers, and saying what went."""

    def test_by_age(self, cache: Command, folder: Path) -> None:
        """What was stored longer ago goes, and no other."""
        fill(folder, "old", "young")
        age(folder, "old", 91)
        age(folder, "young", 89)
        result = cache("prune", "--older-than", "90d")
        assert result.out.startswith(f"{folder}: 1 answer removed, ")
        assert "1 answer left" in result.out
        assert held(folder, "old", "young") == ["young"]

    def test_by_model_and_endpoint(self, cache: Command, folder: Path) -> None:
        """All given options have to hold; a host counts with and without its port."""
        fill(folder, "a")
        fill(folder, "b", model="invented-2")
        fill(folder, "c", model="invented-2", host="api.example.org")
        assert "0 answers removed" in cache("prune", "--model", "invented").out
        assert (
            "1 answer removed"
            in cache("prune", "--model", "invented-2", "--endpoint", "API.example.org").out
        )
        assert held(folder, "a", "b", "c") == ["a", "b"]
        assert "2 answers removed" in cache("prune", "--endpoint", "127.0.0.1").out

    def test_by_size(self, cache: Command, folder: Path) -> None:
        """The oldest go until the rest fits, and the disk has the space."""
        names = [f"n{number}" for number in range(400)]
        fill(folder, *names)
        for number in range(0, 400, 3):
            store_at(folder, names[number], f"@{number + 1}.000000")
        before = (folder / "cache.db").stat().st_size
        limit = before // 2
        assert "removed" in cache("prune", "--max-size", limit).out
        left = held(folder, *names)
        assert 100 < len(left) < 300
        assert sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) <= limit
        assert not {name for name in left if int(name[1:]) % 3 == 0}
        assert "0 answers removed" in cache("prune", "--max-size", "1GB").out

    def test_a_file_goes_with_its_answer(self, cache: Command, folder: Path) -> None:
        """An old long answer has one."""
        fill(folder, "a")
        with AnswerCache(folder) as long:
            long.put(key_of("long"), LARGE, origin("long", model="invented-2"))
        file = move_to_file(folder, key_of("long"))
        cache("prune", "--model", "invented-2")
        assert not file.exists()

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ((), "--older-than"),
            (("--older-than", "90"), "90d"),
            (("--older-than", "-1d"), "--older-than"),
            (("--max-size", "2 boxes"), "2GB"),
        ],
    )
    def test_what_is_not_understood_removes_nothing(
        self, cache: Command, folder: Path, arguments: tuple[str, ...], words: str
    ) -> None:
        """No limit, or one that can't be read, is an error of one line."""
        fill(folder, "a")
        result = cache("prune", *arguments)
        assert result.code == 2
        assert words in result.err
        assert held(folder, "a") == ["a"]


class TestClear:
    """Removing all, and nothing that isn't ours."""

    def test_all_answers_go(self, cache: Command, folder: Path) -> None:
        """The cache is empty and small after it, and can be used again."""
        fill(folder, *map(str, range(300)))
        result = cache("clear", "--yes")
        assert result.out.startswith(f"{folder}: 300 answers removed, ")
        assert "0 answers left" in result.out
        assert (folder / "cache.db").stat().st_size < 60_000
        fill(folder, "a")
        assert held(folder, "a") == ["a"]

    def test_it_asks(self, cache: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without --yes it needs a yes, and somebody who could say it."""
        fill(folder, "a")
        refused = cache("clear")
        assert refused.code == 2
        assert "--yes" in refused.err
        monkeypatch.setattr(Input, "is_terminal", True)
        assert cache("clear", stdin=b"n\n").code == 1
        assert held(folder, "a") == ["a"]
        asked = cache("clear", stdin=b"y\n")
        assert asked.code == 0
        assert str(folder) in asked.err
        assert held(folder, "a") == []

    def test_what_is_not_ours_stays(self, cache: Command, folder: Path) -> None:
        """Other files, and the entries of another program, are left alone."""
        fill(folder, "a")
        (folder / "thesis.txt").write_text("four years")
        row = "INSERT INTO Cache (key, raw, mode, value) VALUES (?, 1, 1, ?)"
        edit(folder, row, "theirs", "value")
        edit(folder, row, 5, "number")
        assert "1 answer removed" in cache("clear", "--yes").out
        assert (folder / "thesis.txt").read_text() == "four years"
        with closing(sqlite3.connect(folder / "cache.db")) as database:
            kept = database.execute("SELECT key, value FROM Cache").fetchall()
        assert kept == [("theirs", "value"), (5, "number")]

    def test_a_folder_that_is_no_cache_is_refused(self, cache: Command, folder: Path) -> None:
        """No cache.db, or that of another program: one line, nothing is removed."""
        folder.mkdir()
        (folder / "thesis.txt").write_text("four years")
        assert is_one_line(cache("clear", "--yes").err)
        with closing(sqlite3.connect(folder / "cache.db")) as theirs:
            theirs.execute("CREATE TABLE Theirs (value)")
        before = (folder / "cache.db").read_bytes()
        result = cache("clear", "--yes")
        assert result.code == 2
        assert "isn't an answer cache" in result.err
        assert (folder / "cache.db").read_bytes() == before

    def test_a_damaged_database_goes_as_a_file(self, cache: Command, folder: Path) -> None:
        """It is removed where the folder holds nothing else, so that a run can start anew."""
        fill(folder, "a")
        (folder / "cache.db").write_bytes(b"not a database" * 1000)
        (folder / "notes.txt").write_text("mine")
        result = cache("clear", "--yes")
        assert result.code == 2
        assert "notes.txt" in result.err
        (folder / "notes.txt").unlink()
        assert cache("clear", "--yes").code == 0
        fill(folder, "b")
        assert held(folder, "b") == ["b"]

    def test_one_with_a_damaged_page_goes_too(self, cache: Command, folder: Path) -> None:
        """Damage inside of the file is met on the way."""
        fill(folder, *map(str, range(300)))
        spoil(folder)
        assert cache("clear", "--yes").code == 0
        fill(folder, "b")
        assert cache("verify").code == 0


LOSE_FILE = (
    "UPDATE Cache SET mode = 3, filename = '12/34/' || substr(key, 37) || '.val' WHERE key = ?"
)


class TestVerify:
    """Whether each answer can be read and is one."""

    FAULTS = (
        ("UPDATE Cache SET value = 5 WHERE key = ?", "isn't text"),
        ("UPDATE Cache SET value = '{}' WHERE key = ?", "no answer of ours"),
        ("UPDATE Cache SET value = CAST(x'74ff' AS TEXT) WHERE key = ?", "UTF-8"),
        ("UPDATE Cache SET mode = 4 WHERE key = ?", "pickled"),
        ("UPDATE Cache SET filename = '../x' WHERE key = ?", "outside"),
        (LOSE_FILE, "is lost"),
        ("UPDATE Cache SET expire_time = 1 WHERE key = ?", "is lost"),
    )

    def test_a_sound_cache(self, cache: Command, folder: Path) -> None:
        """Nothing is wrong: one line with the count, exit 0."""
        fill(folder, "a", "b")
        with AnswerCache(folder) as unnamed:
            unnamed.put(key_of("c"), answer())
        result = cache("verify")
        assert result.code == 0
        assert result.out == "3 answers sound, 0 at fault\n"
        assert result.err == ""

    @pytest.mark.parametrize(("sql", "words"), FAULTS, ids=[words for _, words in FAULTS])
    def test_a_faulty_row_is_named_and_removed(
        self, cache: Command, folder: Path, sql: str, words: str
    ) -> None:
        """It is listed with exit 1; --repair removes it and no other."""
        fill(folder, "a", "bad", "c")
        edit(folder, sql, key_of("bad"))
        result = cache("verify")
        assert result.code == 1
        assert words in result.out
        assert "2 answers sound, 1 at fault" in result.out
        assert "--repair" in result.err
        assert cache("verify", "--repair").code == 0
        assert cache("verify").out == "2 answers sound, 0 at fault\n"
        assert held(folder, "a", "bad", "c") == ["a", "c"]

    @pytest.mark.parametrize(
        "changes",
        [{"finish_reason": "length"}, {"refusal": "No."}, {"text": "[1]"}, {"text": None}],
    )
    def test_an_answer_that_no_run_would_have_kept(
        self, cache: Command, folder: Path, changes: dict[str, str | None]
    ) -> None:
        """Cut off, declined, or no JSON object: at fault."""
        text = json.dumps(json.loads(answer()) | changes)
        with AnswerCache(folder) as written:
            written.put(key_of("a"), text, origin("a"))
        assert cache("verify").code == 1

    @pytest.mark.parametrize("is_whole_file", [True, False])
    def test_a_damaged_database(self, cache: Command, folder: Path, is_whole_file: bool) -> None:
        """SQLite's own check is told, with the way out; --repair can't mend it."""
        fill(folder, *map(str, range(300)))
        if is_whole_file:
            (folder / "cache.db").write_bytes(b"not a database" * 1000)
        else:
            spoil(folder)
        for arguments in ((), ("--repair",)):
            result = cache("verify", *arguments)
            assert result.code == 1
            assert "cache.db is damaged: " in result.out
            assert "export" in result.err


OWN_TRIGGER = (
    "CREATE TRIGGER Evil AFTER INSERT ON Cache FOR EACH ROW BEGIN UPDATE Settings SET value = value"
)


class TestPlanted:
    """What only SQLite can put into a database."""

    @pytest.mark.parametrize("raw", [0, 1, None])
    def test_a_row_without_a_key_hides_nothing(
        self, cache: Command, folder: Path, tmp_path: Path, raw: int | None
    ) -> None:
        """All commands see what stands behind it, and leave it alone."""
        fill(folder, "a", "b")
        fill(folder, "c", model="invented-2")
        edit(folder, "INSERT INTO Cache (key, raw, mode, value) VALUES (NULL, ?, 1, '5')", raw)
        assert json.loads(cache("info", "--json").out)["answers"] == 3
        assert cache("export", tmp_path / "out").err.startswith("3 answers written")
        assert "1 answer removed" in cache("prune", "--model", "invented-2").out
        assert cache("verify").out == "2 answers sound, 0 at fault\n"
        assert held(folder, "a", "b") == ["a", "b"]
        assert "2 answers removed" in cache("clear", "--yes").out

    @pytest.mark.parametrize(
        "sql",
        [
            "CREATE TRIGGER Evil AFTER INSERT ON Settings BEGIN DELETE FROM Cache; END",
            f"{OWN_TRIGGER} + 1 WHERE key = 'cull_limit'; END",
            f'{OWN_TRIGGER} + 1 WHERE key = "count"; DELETE FROM Cache; END',
            "CREATE VIEW Evil AS SELECT * FROM Cache",
            'CREATE TRIGGER "Evil\x1b[31m""; --" AFTER UPDATE ON Settings BEGIN SELECT 1; END',
        ],
    )
    def test_what_acts_by_itself_never_does(
        self, cache: Command, folder: Path, caplog: pytest.LogCaptureFixture, sql: str
    ) -> None:
        """It is named, a run goes on without the cache, and clear starts anew."""
        fill(folder, "a", "b")
        edit(folder, sql)
        assert held(folder, "a") == []
        assert "isn't diskcache's" in caplog.text
        found = cache("verify", "--repair")
        assert (found.code, "Evil" in found.out, "\x1b" in found.out) == (1, True, False)
        for arguments in (("prune", "--max-size", "0"), ("import", "-"), ("export", "-")):
            assert "cache verify" in cache(*arguments).err
        assert cache("clear", "--yes").code == 0
        fill(folder, "a")
        assert held(folder, "a", "b") == ["a"]


class TestOldCache:
    """What diskcache kept is looked after like what is kept now."""

    def test_it_is_listed_verified_and_pruned(self, cache: Command, folder: Path) -> None:
        """By model; the file of a long answer goes with it."""
        make_old_cache(folder)
        assert [line.split()[0] for line in cache("info").out.splitlines()[3:]] == [
            *("answers", "2", "1")
        ]
        assert cache("verify").out == "3 answers sound, 0 at fault\n"
        assert "2 answers removed" in cache("prune", "--model", "invented-2").out
        assert held(folder, *OLD_NAMES) == ["bees"]
        assert not list(folder.rglob("*.val"))
        age(folder, "bees", 91)
        assert "1 answer removed" in cache("prune", "--older-than", "90d").out
        assert "0 answers removed" in cache("clear", "--yes").out

    def test_it_is_shared(self, cache: Command, folder: Path, tmp_path: Path) -> None:
        """A new cache gets all that an old one has."""
        make_old_cache(folder)
        cache("export", tmp_path / "out.jsonl")
        cache("import", tmp_path / "out.jsonl", "--cache-dir", tmp_path / "new")
        assert held(tmp_path / "new", *OLD_NAMES) == list(OLD_NAMES)
        cache("export", tmp_path / "again.jsonl", "--cache-dir", tmp_path / "new")
        assert (tmp_path / "again.jsonl").read_bytes() == (tmp_path / "out.jsonl").read_bytes()


class TestSharing:
    """Answers as lines: out, in, and nothing of ours overwritten."""

    def test_there_and_back(self, cache: Command, folder: Path, tmp_path: Path) -> None:
        """Another cache gets all: texts, times and settings; its own export is the same bytes."""
        fill(folder, "a", "b")
        fill(folder, "c", model="invented-2")
        with AnswerCache(folder) as more:
            more.put(key_of("long"), answer(LARGE), origin("long"))
            more.put(key_of("unnamed"), answer())
        age(folder, "a", 50)
        out, again = tmp_path / "out.jsonl", tmp_path / "again.jsonl"
        assert "5 answers written" in cache("export", out).err
        result = cache("import", out, "--cache-dir", tmp_path / "other")
        assert (result.code, result.err) == (0, "")
        assert "5 answers added, 0 here already" in result.out
        cache("export", again, "--cache-dir", tmp_path / "other")
        assert again.read_bytes() == out.read_bytes()
        keys = [json.loads(line)["key"] for line in out.read_text().splitlines()]
        assert keys == sorted(keys)
        with AnswerCache(folder) as ours, AnswerCache(tmp_path / "other") as theirs:
            assert all(theirs.get(key) == ours.get(key) is not None for key in keys)
            other = origin("a", model="invented-9")
            assert "model invented-1 → invented-9" in theirs.explain("x", other)
        table = cache("info", "--cache-dir", tmp_path / "other").out
        assert "invented-2" in table
        assert cache("verify", "--cache-dir", tmp_path / "other").code == 0

    def test_by_pipes(self, cache: Command, folder: Path, tmp_path: Path) -> None:
        """- is standard output and input."""
        fill(folder, "a")
        lines = cache("export", "-").out
        result = cache("import", "-", "--cache-dir", tmp_path / "other", stdin=lines.encode())
        assert "1 answer added" in result.out

    def test_ours_stay(self, cache: Command, folder: Path, tmp_path: Path) -> None:
        """An answer that is here already isn't overwritten, nor is it by a different one."""
        fill(folder, "a", "b")
        other = tmp_path / "other"
        with AnswerCache(other) as theirs:
            theirs.put(key_of("a"), answer("Of a.", latency=9.0), origin("a"))
            theirs.put(key_of("b"), answer("Quite another."), origin("b"))
            theirs.put(key_of("c"), answer("Of c."), origin("c"))
        cache("export", tmp_path / "x.jsonl", "--cache-dir", other)
        result = cache("import", tmp_path / "x.jsonl")
        assert result.code == 0
        assert "1 answer added, 2 here already" in result.out
        with AnswerCache(folder) as ours:
            assert ours.get(key_of("b")) == answer("Of b.")

    def test_one_of_ours_that_cannot_be_read_is_replaced(
        self, cache: Command, folder: Path, tmp_path: Path
    ) -> None:
        """What is no answer isn't kept against one."""
        fill(folder, "a")
        cache("export", tmp_path / "x.jsonl")
        edit(folder, "UPDATE Cache SET value = 'spoilt' WHERE key = ?", key_of("a"))
        assert "1 answer added" in cache("import", tmp_path / "x.jsonl").out
        assert cache("verify").code == 0

    def test_an_absurd_number_is_not_told(
        self, cache: Command, folder: Path, tmp_path: Path
    ) -> None:
        """Counts, costs and seconds that can't be are left out of an answer that is taken."""
        fill(folder, "a")
        line = cache("export", "-").out
        counts = ["1" + "0" * 400, "-1", "1e309", '"NaN"', "2.5"]
        other = tmp_path / "other"
        for number, count in enumerate(counts):
            bad = json.loads(line) | {"key": key_of(str(number))}
            usage = {"input_tokens": "@", "output_tokens": "@", "cached_tokens": "@"}
            bad["completion"] |= {"usage": usage, "cost": "1E+999999", "latency": "1E+309"}
            text = json.dumps(bad).replace('"@"', count).replace('"1E+309"', "1E+309")
            (tmp_path / "x.jsonl").write_text(text)
            result = cache("import", tmp_path / "x.jsonl", "--cache-dir", other)
            assert "1 answer added" in result.out, (result.out, result.err)
            with AnswerCache(other) as theirs:
                kept = Completion.model_validate_json(theirs.get(key_of(str(number))) or "")
            assert (kept.usage, kept.cost, kept.latency) == (Usage(), None, 0.0)

    def test_a_line_that_is_not_ours_is_refused(
        self, cache: Command, folder: Path, tmp_path: Path
    ) -> None:
        """Each is named with file and line and costs itself only; the others are taken."""
        fill(folder, "a", "z")
        first, last = (json.loads(line) for line in cache("export", "-").out.splitlines())
        bad: list[object] = [
            {"hello": "world"},
            first | {"key": "../../etc"},
            first | {"format": "summarise answer 2"},
            first | {"more": 1},
            first | {"stored": "yesterday"},
            first | {"completion": first["completion"] | {"text": "no JSON"}},
            first | {"completion": first["completion"] | {"finish_reason": "length"}},
            first | {"completion": first["completion"] | {"text": "{}"}},
            [first],
        ]
        lines = [json.dumps(one) for one in (first, *bad, last)]
        lines[5:5] = ["", "not json", "[" * 100_000]
        (tmp_path / "x.jsonl").write_text("\n".join(lines))
        other = tmp_path / "other"
        result = cache("import", tmp_path / "x.jsonl", "--cache-dir", other)
        assert result.code == 1
        assert "2 answers added, 0 here already, 11 refused" in result.out
        numbers = [int(line.split(".jsonl:")[1].split(":")[0]) for line in result.err.splitlines()]
        assert numbers == [2, 3, 4, 5, *range(7, 14)]
        assert held(other, "a", "z") == ["a", "z"]

    def test_a_time_to_come_is_now(self, cache: Command, folder: Path) -> None:
        """No answer can be made to stay for ever."""
        fill(folder, "a")
        line = json.loads(cache("export", "-").out) | {"stored": "9999-01-01T00:00:00Z"}
        cache("clear", "--yes")
        cache("import", "-", stdin=json.dumps(line).encode())
        kept = json.loads(cache("export", "-").out)["stored"]
        passed = time.time() - datetime.fromisoformat(kept).timestamp()
        assert 0 <= passed < 60

    def test_a_clock_that_ran_ahead_costs_no_answer(self, cache: Command, folder: Path) -> None:
        """An answer of tomorrow is shared with its time, and isn't old."""
        fill(folder, "a")
        age(folder, "a", -1)
        assert json.loads(cache("export", "-").out)["stored"] > time.strftime("%Y-%m-%d")
        assert "0 answers removed" in cache("prune", "--older-than", "90d").out

    @pytest.mark.parametrize(
        "stored", ["@soon", "@-5", "@999999999999.000000", "@5", "@", "", None]
    )
    def test_a_time_that_cannot_be_is_unknown(
        self, cache: Command, folder: Path, stored: str | None
    ) -> None:
        """It stops neither the list nor the export, and nobody knows that the answer is old."""
        fill(folder, "a")
        store_at(folder, "a", stored)
        assert " unknown " in cache("info").out
        assert json.loads(cache("export", "-").out)["stored"] == "1970-01-01T00:00:00Z"
        assert "0 answers removed" in cache("prune", "--older-than", "1m").out

    def test_what_a_damaged_database_still_holds_is_saved(
        self, cache: Command, folder: Path, tmp_path: Path
    ) -> None:
        """Export, clear and import bring back most of what was paid for, with a warning."""
        names = [str(number) for number in range(300)]
        fill(folder, *names)
        spoil(folder)
        result = cache("export", tmp_path / "saved.jsonl")
        assert result.code == 0
        assert "damaged" in result.err
        cache("clear", "--yes")
        assert cache("import", tmp_path / "saved.jsonl").code == 0
        assert len(held(folder, *names)) >= 280

    def test_a_file_that_is_not_there(self, cache: Command, tmp_path: Path) -> None:
        """One line, exit 2."""
        result = cache("import", tmp_path / "none.jsonl")
        assert result.code == 2
        assert is_one_line(result.err)
        assert "none.jsonl" in result.err

    def test_a_line_beyond_measure(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is refused piece by piece, without being held in memory; the next one is read."""
        fill(folder, "a")
        lines = b"".join(export_answers(folder))
        monkeypatch.setattr("summarise.store.cache_upkeep._LONGEST", len(lines))
        imported = import_answers(folder, io.BytesIO(b"x" * 5 * len(lines) + b"\n" + lines))
        assert (imported.present, imported.added, len(imported.refused)) == (1, 0, 5)

    @hypothesis_settings(
        suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30
    )
    @given(junk=st.lists(st.binary(max_size=60), max_size=8))
    def test_no_junk_gets_in(self, tmp_path: Path, junk: list[bytes]) -> None:
        """Whatever a file holds, lines that aren't ours are refused and nothing is raised."""
        folder = tmp_path / "junk"
        content = b"\n".join(junk)
        imported = import_answers(folder, io.BytesIO(content))
        written = [line for line in content.split(b"\n") if line.strip()]
        assert len(imported.refused) == len(written)
        assert imported.added == 0


RUN = """
import sys, time
from pathlib import Path
from tests.caches import answer, key_of, origin
from summarise.store import AnswerCache
with AnswerCache(Path(sys.argv[1])) as cache:
    Path(sys.argv[2]).touch()
    while not Path(sys.argv[3]).exists():
        time.sleep(0.01)
    for number in range(150):
        cache.put(key_of(f"{sys.argv[2]}-{number}"), answer(), origin(str(number)))
        cache.get(key_of(f"{sys.argv[3]}-{number}"))
"""


def test_pruning_while_two_runs_write_loses_nothing(cache: Command, folder: Path) -> None:
    """Old answers go, what the runs put stays, and nobody is warned."""
    fill(folder, *(f"old-{n}" for n in range(200)))
    edit(folder, "UPDATE Cache SET tag = substr(tag, 1, instr(tag, '@')) || '5.000000'")
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", RUN, str(folder), *pair], stderr=subprocess.PIPE, text=True
        )
        for pair in (("left", "right"), ("right", "left"))
    ]
    # Until both have imported what they need, nothing is written.
    assert ends(lambda: Path("left").exists() and Path("right").exists())
    removed = 0
    while any(run.poll() is None for run in runs):
        line = cache("prune", "--older-than", "1d").out
        removed += int(line.split(": ")[1].split()[0])
    assert [run.communicate()[1] for run in runs] == ["", ""]
    assert removed == 200
    kept = [f"{side}-{n}" for side in ("left", "right") for n in range(150)]
    assert held(folder, *kept) == kept
    assert "300 answers sound, 0 at fault" in cache("verify").out


@pytest.mark.parametrize("command", [("prune", "--older-than", "1d"), ("clear", "--yes")])
def test_a_locked_cache_is_one_line(
    cache: Command, folder: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """Another process in the way: exit 2, what to do, nothing removed."""
    monkeypatch.setattr(places, "LOCK_WAIT", 0.05)
    fill(folder, "a")
    age(folder, "a", 5)
    with closing(sqlite3.connect(folder / "cache.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        result = cache(*command)
    assert result.code == 2
    assert is_one_line(result.err)
    assert "locked" in result.err
    assert held(folder, "a") == ["a"]


@pytest.mark.parametrize(
    "command", ["prune --model m", "clear --yes", "verify", "export -", "export out.jsonl"]
)
def test_where_there_is_no_cache_it_is_said(
    cache: Command, folder: Path, tmp_path: Path, command: str
) -> None:
    """One line, exit 2, and nothing is made."""
    result = cache(*command.split())
    assert result.code == 2
    assert is_one_line(result.err)
    assert str(folder) in result.err
    assert not folder.exists()
    assert not (tmp_path / "out.jsonl").exists()


@pytest.mark.parametrize("command", ["info", "clear --yes", "verify", "import x.jsonl"])
def test_a_folder_that_cannot_be_entered_is_one_line(
    cache: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """What the file system says, exit 2, no traceback."""
    (tmp_path / "x.jsonl").touch()
    (tmp_path / "settings.toml").touch()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_file", refuse)
    monkeypatch.setattr(Path, "mkdir", refuse)
    result = cache(*command.split(), "--config", tmp_path / "settings.toml")
    assert result.code == 2
    assert is_one_line(result.err)
    assert "Permission denied" in result.err


@pytest.mark.parametrize("command", ["", "info", "prune", "clear", "verify", "export", "import"])
def test_every_command_helps_with_an_example(cache: Command, command: str) -> None:
    """--help shows how each is called."""
    result = cache(*command.split(), "--help")
    assert result.code == 0
    assert "Example: summarise cache " in result.out


def test_the_help_says_what_importing_means(cache: Command) -> None:
    """It is a decision of trust, and no way around grounding."""
    help_ = " ".join(cache("import", "--help").out.split())
    assert "trust" in help_
    assert "grounded" in help_


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        *((parse_age, "30m", 1800), (parse_age, "12h", 43_200), (parse_age, "90d", 7_776_000)),
        *((parse_age, "1.5 W", 907_200), (parse_size, "0", 0), (parse_size, "512", 512)),
        *((parse_size, "2GB", 2 * 10**9), (parse_size, "1.5 mb", 1_500_000)),
        (parse_size, "1GiB", 2**30),
    ],
)
def test_ages_and_sizes(parse: Callable[[str], float], text: str, value: float) -> None:
    """A number and a unit; units of bytes are of 1000 and of 1024."""
    assert parse(text) == value


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        *((parse_age, text) for text in ("", "d", "90", "1y", "-1d", "1e3d", "٣d", "1d 2h")),
        *((parse_size, text) for text in ("", "GB", "-1GB", "2 GBs", "1XB", "1e9")),
    ],
)
def test_what_is_no_age_or_size(parse: Callable[[str], float], text: str) -> None:
    """It is refused with an example."""
    with pytest.raises(SettingsError, match=r"90d|2GB"):
        parse(text)


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_960, "1.0 MB"), (3 * 10**12, "3.0 TB")],
)
def test_sizes_are_shown_in_the_largest_unit(size: int, text: str) -> None:
    """One digit after the point, never a thousand of a unit."""
    assert format_size(size) == text
