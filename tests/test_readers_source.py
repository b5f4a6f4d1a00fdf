"""Sources: found, fingerprinted and proved to be text."""

import hashlib
import io
import os
import threading
import tracemalloc
from pathlib import Path

import pytest

from summarise.errors import InputError
from summarise.readers import Source, load_source, read_documents

TEXT = "Ein Maß für 12 µm – und mehr.\nZweite Zeile.\n"


def load(tmp_path: Path, content: bytes) -> Source:
    path = tmp_path / "input.txt"
    path.write_bytes(content)
    return load_source(path, "text")


def text_of(source: Source) -> str:
    return source.text()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_encodings(tmp_path: Path, encoding: str) -> None:
    """UTF-8 with and without a byte order mark, and UTF-16 with one, give the same text."""
    source = load(tmp_path, TEXT.encode(encoding))
    assert text_of(source) == TEXT
    assert source.digest == hashlib.sha256(TEXT.encode(encoding)).hexdigest()


def test_utf16_big_endian(tmp_path: Path) -> None:
    """The byte order mark decides on the order."""
    assert text_of(load(tmp_path, b"\xfe\xff" + TEXT.encode("utf-16-be"))) == TEXT


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_digest_is_of_all_of_it(tmp_path: Path, encoding: str) -> None:
    """Whether the source was read before, in part, or not at all; and text is read anew."""
    content = (TEXT * 20_000).encode(encoding)
    expected = hashlib.sha256(content).hexdigest()
    assert load(tmp_path, content).digest == expected
    source = load(tmp_path, content)
    assert next(source.lines()) == "Ein Maß für 12 µm – und mehr.\n"
    assert source.digest == expected
    assert source.text() == TEXT * 20_000
    assert source.digest == expected


def test_what_is_left_is_proved_to_be_text(tmp_path: Path) -> None:
    """A source that was read in part can still turn out not to be text, before it is taken."""
    source = load(tmp_path, b"words\n" * 100_000 + b"\xff")
    next(source.lines())
    with pytest.raises(InputError, match="isn't UTF-8"):
        source.digest  # noqa: B018 - it reads


def test_lines_are_whole_wherever_a_chunk_ends(tmp_path: Path) -> None:
    """Two that share a chunk, one that takes several, CRLF on the border, and none at the end."""
    lines = ["a\n", "b" * 65_532 + "\n", "c\n", "\n", "d" * 700_000 + "\n", "e\u2028f\n", "g"]
    source = load(tmp_path, "".join(lines).replace("\n", "\r\n").encode())
    assert list(source.lines()) == lines
    assert source.text() == "".join(lines)


@pytest.mark.parametrize("before", [0, 3, 65_532, 65_535, 600_000])
def test_wrong_encoding_names_the_place(tmp_path: Path, before: int) -> None:
    """The offset is that of the byte in the file, wherever a chunk happens to end."""
    content = b"ab\n" * (before // 3) + b"x" * (before % 3) + "Maß".encode("latin-1")
    with pytest.raises(InputError) as caught:
        text_of(load(tmp_path, content))
    line = content[: before + 2].count(b"\n") + 1
    assert caught.value.message == (f"isn't UTF-8: byte 0xdf at offset {before + 2}, line {line}")
    assert "from its own encoding, e.g. iconv -f WINDOWS-1252" in str(caught.value)
    assert str(caught.value).endswith("if it is Western European.")


@pytest.mark.parametrize("encoding", ["gb18030", "shift-jis", "euc-kr", "cp1251"])
def test_other_encodings_are_not_told_to_be_western(tmp_path: Path, encoding: str) -> None:
    """Nobody can tell an encoding from bytes: only its owner knows it."""
    texts = {"cp1251": "Медные сети", "euc-kr": "구리 망", "shift-jis": "銅の網"}
    with pytest.raises(InputError, match=r"isn't UTF-8: .* from its own encoding"):
        load(tmp_path, texts.get(encoding, "铜网").encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-32-be"])
def test_utf32_is_named(tmp_path: Path, encoding: str) -> None:
    """Its byte order mark begins as that of UTF-16 does."""
    with pytest.raises(InputError, match=r"is UTF-32, not UTF-8\. .*iconv -f UTF-32 -t UTF-8"):
        load(tmp_path, ("\ufeff" + TEXT).encode(encoding))


def test_character_cut_off_at_the_end(tmp_path: Path) -> None:
    """A file that ends inside a character is refused where that character starts."""
    with pytest.raises(InputError, match="byte 0xe2 at offset 3, line 1"):
        load(tmp_path, b"abc\xe2\x82")


def test_character_across_chunks(tmp_path: Path) -> None:
    """A character that two chunks share is no fault."""
    text = "a" * 65_535 + "€" + "b" * 10
    assert text_of(load(tmp_path, text.encode())) == text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"text\nand \0 more", "is binary (a NUL character on line 2)"),
        ("text".encode("utf-16-le"), "is binary (a NUL character on line 1)"),
        (b"\x01\x02\x03\x04\x05abc", "is binary (full of control characters)"),
        (b"%PDF-1.7 \xe2\xe3", "is a PDF"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is a picture (PNG)"),
        (b"\xca\xfe\xba\xbe\0\0", "is binary (a NUL character on line 1)"),
        (b"PK\x03\x04\x14\x00", "is a zip archive or an office file"),
        (b"\x1f\x8b\x08\x00", "is compressed with gzip"),
        (b"\xfd7zXZ\0", "is compressed with xz"),
        (b"a.ris" + bytes(252) + b"ustar", "is a tar archive"),
    ],
)
def test_what_is_not_text(tmp_path: Path, content: bytes, message: str) -> None:
    """Empty and binary files are refused in one line that says what they are."""
    with pytest.raises(InputError) as caught:
        load(tmp_path, content)
    assert caught.value.message.startswith(message)
    assert caught.value.where == "input.txt"


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("paper.pdf", b"%PDF-1.7 \xe2\xe3", "PDF"),
        ("saved.txt", b"%PDF-1.7 \xe2\xe3", "PDF"),
        ("paper.docx", b"PK\x03\x04\x14\x00", ".docx file"),
        ("paper.odt", b"PK\x03\x04\x14\x00", ".odt file"),
        ("book.epub", b"PK\x03\x04\x14\x00", ".epub file"),
        ("paper.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", ".doc file"),
    ],
)
def test_of_a_whole_paper_the_abstract_is_to_be_fetched(
    tmp_path: Path, name: str, content: bytes, what: str
) -> None:
    """A paper in a format that isn't text: the line says how to get its abstract."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_source(tmp_path / name)
    assert str(caught.value) == (
        f"{name}: is a {what}, and abstracts are needed. Fetch the abstract, e.g. "
        "`summarise fetch arxiv:ID` or `summarise fetch doi:DOI`, or export it as .ris or .bib "
        "from your reference manager."
    )


def test_stray_control_character_is_text(tmp_path: Path) -> None:
    """Text that was copied from a PDF may hold a form feed or the like."""
    text = "An abstract of several words.\x0c\x02 And more of it, long enough to be text.\n"
    assert text_of(load(tmp_path, text.encode())) == text


def test_absent_file(tmp_path: Path) -> None:
    """The message names the path."""
    with pytest.raises(InputError, match="no such file") as caught:
        load_source(tmp_path / "none.txt")
    assert caught.value.where == str(tmp_path / "none.txt")


def test_directory(tmp_path: Path) -> None:
    """A directory is named as such, with the next step."""
    with pytest.raises(InputError, match=r"is a directory.*Name the files"):
        load_source(tmp_path)


def test_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing permission is named as such (root may read all, so it's simulated)."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match=r"may not be read.*permissions"):
        load_source(tmp_path / "secret.txt")


def test_impossible_name() -> None:
    """A path with a NUL in it is an input error too."""
    with pytest.raises(InputError, match="isn't a file name"):
        load_source("a\0b")


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` reads standard input, once, and calls it stdin."""
    stream = io.TextIOWrapper(io.BytesIO(TEXT.encode()))
    monkeypatch.setattr("sys.stdin", stream)
    source = load_source("-")
    assert source.name == "stdin"
    assert source.digest == hashlib.sha256(TEXT.encode()).hexdigest()
    assert text_of(source) == text_of(source) == TEXT


def test_standard_input_is_hashed_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its run folder is named by the digest, so that is asked for while the documents come."""
    line = b'{"abstract": "words and more of them"}\n'
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(line * 5_000)))
    source = load_source("-")
    entries = read_documents(source)
    next(entries)
    assert source.digest == hashlib.sha256(line * 5_000).hexdigest()
    assert len(list(entries)) == 4_999
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(line * 5_000 + b"\0")))
    with pytest.raises(InputError, match="is binary"):
        load_source("-")


def test_named_pipe(tmp_path: Path) -> None:
    """A pipe, such as a shell's `<(…)`, gives its bytes only once."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(TEXT.encode(),))
    writer.start()
    source = load_source(path)
    writer.join()
    assert text_of(source) == TEXT


def test_file_that_changes_after_the_check(tmp_path: Path) -> None:
    """A file that stops being text between check and reading is an input error."""
    source = load(tmp_path, b"good")
    (tmp_path / "input.txt").write_bytes(b"\xff\xfa\xff")
    with pytest.raises(InputError, match="isn't UTF-8"):
        text_of(source)


def test_file_that_goes_after_the_check(tmp_path: Path) -> None:
    """A file that is gone between check and reading is an input error."""
    source = load(tmp_path, b"good")
    (tmp_path / "input.txt").unlink()
    with pytest.raises(InputError, match="no such file"):
        text_of(source)


def test_reading_holds_no_file_in_memory(tmp_path: Path) -> None:
    """Reading by lines takes a few chunks of memory, not the file's size."""
    path = tmp_path / "big.jsonl"
    path.write_bytes(b"0123456789 abcdef\n" * 1_000_000)
    tracemalloc.start()
    assert sum(1 for _ in load_source(path).lines()) == 1_000_000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000


def test_a_name_that_is_not_utf8_can_be_stored(tmp_path: Path) -> None:
    """The file is read under its own name, and called by one that can be stored and printed."""
    path = Path(os.fsdecode(bytes(tmp_path) + b"/caf\xe9.txt"))
    path.write_text(TEXT, encoding="utf-8")
    source = load_source(path)
    assert source.name == "caf\ufffd.txt"
    assert text_of(source) == TEXT


@pytest.mark.parametrize(
    "address", ["https://example.org/a.html", "www.example.org/a", "ftp://a/b"]
)
def test_an_address_is_no_file(address: str) -> None:
    """Nothing is fetched: the message names the address as it was given, and what to do."""
    with pytest.raises(InputError, match=r"is an address, not a file. Download it first") as caught:
        load_source(address)
    assert caught.value.where == address


def test_a_pipe_that_gives_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """What can be read only once has to be held, so an endless pipe is an error and not a hang."""
    monkeypatch.setattr("summarise.readers.source.HELD", 3 << 20)
    endless = io.BytesIO(b"y\n" * (2 << 20))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(endless))
    with pytest.raises(InputError, match=r"gives more than 3 MB.*Save it to a file"):
        load_source("-")
    assert endless.tell() == (3 << 20) + 1


@pytest.mark.parametrize(
    ("name", "piece"),
    [
        ("a.txt", "words and words "),
        ("a.html", "<p>words"),
        ("a.jsonl", '{"title": "words", '),
        ("b.jsonl", '[{"title": "words"},\n'),
    ],
)
def test_a_text_that_is_too_large_to_be_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, piece: str
) -> None:
    """A format that needs the whole text says so; a line of JSON has the same limit."""
    monkeypatch.setattr("summarise.readers.source.HELD", 1 << 20)
    path = tmp_path / name
    path.write_text(piece * 140_000, encoding="utf-8")
    with pytest.raises(InputError, match=r"holds more than 1 MB in one piece. Split it"):
        list(read_documents(load_source(path)))


def test_json_lines_have_no_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are read one by one, however many there are."""
    monkeypatch.setattr("summarise.readers.source.HELD", 1 << 17)
    path = tmp_path / "a.jsonl"
    path.write_text('{"abstract": "words and more of them"}\n' * 5_000, encoding="utf-8")
    assert len(list(read_documents(load_source(path)))) == 5_000
