"""Folders, patterns and archives as inputs: what is read of them, and what is refused."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.batch import InputOptions, Inspection, RunOptions, members, piles, read_batch, run
from summarise.errors import InputError
from summarise.evaluate import Verification
from summarise.models import Document, Skipped
from summarise.settings import Settings
from summarise.store import Run


def line(word: str, **fields: object) -> str:
    abstract = f"{word} nets cut training time by 40% on LoomSet, and cost nothing."
    return json.dumps({"title": word, "abstract": abstract, **fields})


@pytest.mark.skipif(sys.platform == "win32", reason="no folder goes while it is worked in")
def test_a_working_folder_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has a whole path is read and written all the same."""
    here, pile = tmp_path / "here", tmp_path / "pile.jsonl"
    pile.write_text(line("Tin"))
    here.mkdir()
    monkeypatch.chdir(here)
    here.rmdir()
    path, report = run(
        read_batch([str(pile)], InputOptions()), Settings(), RunOptions(output=tmp_path / "run")
    )
    assert (report.records, Run(path).manifest.inputs[0].path) == (1, pile.as_posix())
    monkeypatch.chdir(tmp_path)


def zipped(path: Path, contents: dict[str, bytes | str]) -> str:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return str(path)


def folder(path: Path, contents: dict[str, bytes | str]) -> str:
    for name, content in contents.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


def accounts(*names: str, options: InputOptions | None = None) -> list[str]:
    """The lines of all inputs; the code is in front."""
    inspection = Inspection(names, options or InputOptions())
    for _ in inspection.entries():
        pass
    return [account.line() for account in inspection.accounts]


def faults(*names: str) -> list[str]:
    entries = Inspection(names).entries()
    return [f"{one.source}: {one.reason}" for one in entries if isinstance(one, Skipped)]


CONTENTS: dict[str, bytes | str] = {
    "a10.jsonl": line("Tin"),
    "a2.jsonl": line("Copper"),
    "sub/b.jsonl": line("Zinc"),
}


@pytest.mark.parametrize("make", [zipped, folder])
def test_members_are_inputs_of_their_own(
    make: Callable[[Path, dict[str, bytes | str]], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In natural order, each with its account, under a name that tells where it is."""
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "pile", CONTENTS)
    names = ["a2.jsonl", "a10.jsonl", "sub/b.jsonl"]
    assert accounts("pile") == [f"pile/{name} (jsonl): 1 entry = 1 document" for name in names]
    sources = [entry.source for entry in read_batch(["pile"]).entries]
    assert sources == [f"pile/{name}" for name in names]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("refs/*.jsonl", ["a2.jsonl", "a10.jsonl"]),
        ("refs/**/*.jsonl", ["a2.jsonl", "a10.jsonl", "sub/b.jsonl"]),
        ("*/a?.jsonl", ["refs/a2.jsonl"]),
    ],
)
def test_a_pattern_is_what_a_shell_makes_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, names: list[str]
) -> None:
    """Also in quotes, and where the shell knows no ``**``; a file called so is that file."""
    monkeypatch.chdir(tmp_path)
    folder(tmp_path / "refs", CONTENTS)
    assert [entry.source for entry in read_batch([pattern]).entries] == names
    Path("a[1].jsonl").write_text(line("Lead"))
    assert [entry.source for entry in read_batch(["a[1].jsonl"]).entries] == ["a[1].jsonl"]


@pytest.mark.parametrize("pattern", ["refs/*.ris", "none/**", "**x/a"])
def test_a_pattern_that_fits_nothing(tmp_path: Path, pattern: str) -> None:
    """It is told as such."""
    folder(tmp_path / "refs", CONTENTS)
    with pytest.raises(InputError, match=r"fits no file|is no pattern"):
        read_batch([str(tmp_path / pattern)])


def test_what_is_compressed_is_read_as_it_was(tmp_path: Path) -> None:
    """One file in gzip, known by its content and by its name below ``.gz``; piped in, too."""
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(f"title,abstract\nTin,{line('Tin')[20:60]}\n".encode()))
    (told,) = accounts(str(path))
    assert told.endswith("a.csv.gz (csv): 1 entry = 1 document")
    assert read_batch([str(path)]).name == "a"


@pytest.mark.parametrize("packed", ["gzip", "zip"])
def test_what_is_piped_in_may_be_packed(
    packed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe has no name, and its content tells what it is."""
    path = tmp_path / "pile"
    zipped(path, {"a.jsonl": line("Tin")})
    content = path.read_bytes() if packed == "zip" else gzip.compress(line("Tin").encode())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    batch = read_batch(["-"])
    assert len(list(batch.entries)) == 1
    assert batch.name.startswith("stdin-")


def test_what_is_no_member_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Hidden files, what systems put there, notes about the rest, links, pipes, runs, blanks."""
    caplog.set_level("INFO", "summarise")
    path = tmp_path / "refs"
    folder(path, {**CONTENTS, ".git/x": "y", ".DS_Store": "x", "README.md": "About", "blank": ""})
    folder(path, {"out/manifest.json": "{}", "out/documents.jsonl": line("Gold")})
    (path / "link.jsonl").symlink_to("a2.jsonl")
    (path / "around").symlink_to(".")
    os.mkfifo(path / "pipe")
    assert len(accounts(str(path))) == 3
    (told,) = [record.getMessage() for record in caplog.records]
    kinds = "hidden folder", "2 links", "run directory", "pipe or device", "empty file"
    assert all(kind in told for kind in (*kinds, "1 readme file", "1 hidden file"))


def test_of_an_archive_likewise(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Also a link, which is a small file there."""
    caplog.set_level("INFO", "summarise")
    path = tmp_path / "pile.zip"
    zipped(path, {**CONTENTS, "__MACOSX/._a2.jsonl": "x", "sub/.hidden": "x"})
    link = zipfile.ZipInfo("link.jsonl")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    assert len(accounts(str(path))) == 3
    assert "left out: 2 hidden files, 1 link (" in caplog.text


def test_a_run_directory_is_no_input(tmp_path: Path) -> None:
    """Its files tell of each other; its documents can be named."""
    path = folder(tmp_path / "run", {"manifest.json": "{}", "documents.jsonl": line("Tin")})
    with pytest.raises(InputError, match=r"is a run directory.*documents\.jsonl"):
        read_batch([path])


def test_a_member_that_cannot_be_read_costs_itself_alone(
    make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    """It is one unreadable entry, with its reason, in accounts, manifest and exit code."""
    contents: dict[str, bytes | str] = {
        **CONTENTS,
        "c.pdf": b"%PDF-1.7 ",
        "d.zip": zipfile_of({"x": "y"}),
        "e.jsonl.gz": gzip.compress(b"{}"),
        "f.jsonl": line("Lead").encode() + b"\n\xff\0" + line("Gold").encode(),
        "../g.jsonl": line("Iron"),
    }
    name = zipped(tmp_path / "pile.zip", contents)
    folder_, report = run(
        read_batch([name]), make_settings(model=None), RunOptions(output=tmp_path / "run")
    )
    assert (report.exit_code, report.documents) == (1, 3)
    skipped = (folder_ / "skipped.jsonl").read_text().splitlines()
    reasons = {one["source"]: one["reason"] for one in map(json.loads, skipped)}
    told = "the file is a PDF, and abstracts are needed. "
    assert reasons["pile.zip/c.pdf"].startswith(told)
    assert reasons["pile.zip/d.zip"].startswith("the file is a zip archive")
    assert reasons["pile.zip/e.jsonl.gz"].startswith("the file is compressed with gzip inside")
    assert reasons["pile.zip/f.jsonl"].startswith("the file is binary")
    assert reasons["pile.zip/../g.jsonl"].startswith("the file has a path that leads out")
    inputs = Run(folder_).manifest.inputs
    assert sum(sum((one.entries or {}).values()) for one in inputs) == report.entries == 8
    assert {one.name for one in inputs if one.sha256 is None} == set(reasons)
    verification = Verification(Run(folder_))
    assert [verdict.differences for verdict in verification.verdicts()] == [()] * 3


def test_of_an_office_file_whatever_wrote_it_the_abstract_is_to_be_fetched(tmp_path: Path) -> None:
    """Its members aren't read as those of an archive, whichever comes first."""
    name = zipped(tmp_path / "paper.docx", {"word/document.xml": "<w:document/>"})
    with pytest.raises(
        InputError, match=r"^paper\.docx: is a \.docx file, and abstracts are needed"
    ):
        read_batch([name])


def test_a_table_without_abstracts_is_told_with_its_columns(tmp_path: Path) -> None:
    """So that one line says what to do, also where others of the pile are read."""
    contents: dict[str, bytes | str] = {"a.jsonl": line("Tin"), "b.csv": "title,year\nTin,2020\n"}
    (told,) = faults(folder(tmp_path / "refs", contents))
    reason, _, hint = told.partition(". ")
    assert reason == "refs/b.csv: the file has no column that is known to hold abstracts"
    assert hint.startswith("Its columns are title, year: name one with --map abstract=COLUMN")


def zipfile_of(contents: dict[str, bytes | str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_a_member_that_breaks_off_gives_what_is_before(tmp_path: Path) -> None:
    """A byte that is no text far into a file, or a checksum that is wrong."""
    many = "\n".join(line(f"Tin {n}") for n in range(2_000)).encode()
    name = folder(tmp_path / "refs", {"a.txt": many.replace(b"Tin 1500", b"Tin 1\0", 1)})
    told = faults(name)
    assert len(told) == 1
    assert "the file is binary" in told[0]
    assert "nothing below this line was read. If it is UTF-16" in told[0]
    content = zipfile_of({"a.jsonl": many})
    (tmp_path / "pile.zip").write_bytes(content.replace(b"Tin 1999", b"Tin 2999", 1))
    (told_,) = faults(str(tmp_path / "pile.zip"))
    assert "Bad CRC-32" in told_


def test_an_encrypted_member(tmp_path: Path) -> None:
    """It is told as such."""
    content = bytearray(zipfile_of({"a.jsonl": line("Tin")}))
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    (tmp_path / "pile.zip").write_bytes(content)
    told = "pile.zip/a.jsonl: the file is encrypted. Unpack it, and name the folder"
    assert faults(str(tmp_path / "pile.zip")) == [told]
    with pytest.raises(InputError, match=r"holds pile.zip/a.jsonl, which is encrypted"):
        list(read_batch([str(tmp_path / "pile.zip")]).entries)


def test_a_bomb_is_not_read_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What unpacks to far more than it is; an archive by what it says, and by what it gives."""
    monkeypatch.setattr("summarise.readers.source.HELD", 1 << 20)
    monkeypatch.setattr(piles, "_MOST_UNPACKED", 3 << 20)
    spaces = b" \n" * (1 << 20)
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"A text of words.\n" + spaces))
    with pytest.raises(InputError, match="unpacks to more than 200 times its size"):
        list(read_batch([str(tmp_path / "a.txt.gz")]).entries)
    (told,) = faults(zipped(tmp_path / "b.zip", {"a.txt": spaces}))
    assert "unpacks to more than 200 times its size" in told
    name = zipped(tmp_path / "c.zip", {f"{n}.txt": spaces for n in range(2)})
    with pytest.raises(InputError, match="unpacks to more than 200 times its size"):
        read_batch([name])


@pytest.mark.parametrize("make", [zipped, folder])
def test_too_many_members(
    make: Callable[[Path, dict[str, bytes | str]], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are counted before one is read."""
    monkeypatch.setattr(members, "MOST_MEMBERS", 2)
    with pytest.raises(InputError, match="holds more than 2 files"):
        read_batch([make(tmp_path / "pile", CONTENTS)])


@pytest.mark.parametrize("cut", [10, 60, 100, -4])
def test_a_damaged_archive(tmp_path: Path, cut: int) -> None:
    """One line says so; nothing else is raised."""
    (tmp_path / "pile.zip").write_bytes(zipfile_of(dict(CONTENTS))[:cut])
    with pytest.raises(InputError, match="zip archive"):
        read_batch([str(tmp_path / "pile.zip")])


def test_a_long_list_of_members_is_not_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An archive is refused before its list is read."""
    monkeypatch.setattr(piles, "_LARGEST_LIST", 100)
    with pytest.raises(InputError, match="it lists too many members"):
        read_batch([zipped(tmp_path / "pile.zip", CONTENTS)])


@pytest.mark.parametrize(
    ("name", "stem"),
    [("refs", "refs"), ("refs/", "refs"), ("refs/*.jsonl", "refs"), ("pile.v2.zip", "pile.v2")],
)
def test_a_run_is_called_after_its_pile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, stem: str
) -> None:
    """Not after the first member; the working folder has the name that it has elsewhere."""
    monkeypatch.chdir(tmp_path)
    folder(tmp_path / "refs", CONTENTS)
    zipped(tmp_path / "pile.v2.zip", CONTENTS)
    assert read_batch([name]).name == stem
    assert read_batch([name, "refs/a2.jsonl"]).name == f"{stem}-and-1-more"
    monkeypatch.chdir(tmp_path / "refs")
    assert read_batch(["."]).name == read_batch(["*.jsonl"]).name == "refs"


@pytest.mark.parametrize("name", ["refs", "refs/**/*.jsonl", "."])
def test_a_pile_may_grow(
    make_settings: Callable[..., Settings],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    """With another file in the folder the same command goes on in the same run directory."""
    monkeypatch.chdir(tmp_path)
    folder(tmp_path / "refs", CONTENTS)
    monkeypatch.chdir(tmp_path / "refs" if name == "." else tmp_path)
    first, _ = run(read_batch([name]), make_settings(model=None), RunOptions())
    folder(tmp_path / "refs", {"c.jsonl": line("Lead")})
    again, report = run(read_batch([name]), make_settings(model=None), RunOptions())
    assert again == first
    assert (report.records, report.reused) == (4, 3)
    assert not any(one.differences for one in Verification(Run(again)).verdicts())


@given(
    st.dictionaries(
        st.sampled_from(["a.jsonl", "b/a.jsonl", "a 2.txt", "c.ris", "d.pdf", ".x", "../e.jsonl"]),
        st.lists(st.sampled_from(["Tin", "Zinc", "nonsense", "bare"]), min_size=1, max_size=4),
        min_size=1,
    ),
    st.booleans(),
)
def test_accounts_of_a_pile_balance(
    tmp_path_factory: pytest.TempPathFactory, drawn: dict[str, list[str]], keep: bool
) -> None:
    """Every entry is a document, a duplicate, without an abstract or unreadable, where it is."""
    words = {"nonsense": "{nonsense", "bare": '{"title": "Bare"}'}
    contents: dict[str, bytes | str] = {
        name: "\n".join(words.get(word) or line(word) for word in lines)
        for name, lines in drawn.items()
    }
    name = zipped(tmp_path_factory.mktemp("pile") / "pile.zip", contents)
    try:
        inspection = Inspection([name], InputOptions(keep_duplicates=keep))
    except InputError:
        return
    entries = list(inspection.entries())
    assert sum(one.counts.total() for one in inspection.accounts) == len(entries)
    for one in inspection.accounts:
        own = [entry for entry in entries if entry.source == one.place.name]
        assert one.counts.total() == len(own)
        assert one.counts["document"] == sum(isinstance(entry, Document) for entry in own)
