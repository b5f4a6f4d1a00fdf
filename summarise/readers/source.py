"""A source: a file or standard input that was found, fingerprinted and proved to be text."""

from __future__ import annotations

import codecs
import hashlib
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TextIO

from summarise.errors import InputError

STDIN = "-"
HELD = 256 << 20
"""Most bytes of standard input or of a pipe, or characters of a text, that are held in memory."""
_CHUNK = 1 << 18
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://|www\.\S+/")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF32 = ("is UTF-32, not UTF-8", "Convert it to UTF-8, e.g. iconv -f UTF-32 -t UTF-8 FILE.")
_BINARY = (
    (b"%PDF-", "is a PDF, not text", "Extract its text first, e.g. pdftotext paper.pdf paper.txt."),
    (b"PK\x03\x04", "is a zip archive or an office file, not text", "Unpack it, or save as text."),
    (b"\x1f\x8b", "is compressed with gzip", "Decompress it first, e.g. gunzip -c FILE | … -."),
    (b"\x28\xb5\x2f\xfd", "is compressed with zstd", "Decompress it first, e.g. zstd -dc."),
    (codecs.BOM_UTF32_LE, *_UTF32),
    (codecs.BOM_UTF32_BE, *_UTF32),
)
_CONTROL = bytes((*range(1, 9), *range(14, 27), *range(28, 32), 127))
# A stray control character comes with text copied from PDFs; text isn't full of them.
_CONTROL_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Source:
    """One input, known to be text.

    Attributes:
        name: Name of the file, or ``stdin``.
        digest: SHA-256 of the bytes, 64 hexadecimal digits.
        encoding: ``utf-8-sig`` (UTF-8 with or without a byte order mark) or ``utf-16``.
        path: Where it is read from, None when ``content`` holds the bytes.
        content: The bytes, where they can be read only once (standard input, a pipe).
    """

    name: str
    digest: str
    encoding: str = "utf-8-sig"
    path: Path | None = None
    content: bytes | None = field(default=None, repr=False)


def load_source(path: Path | str) -> Source:
    """Find an input, fingerprint it and prove that it is text, in constant memory for a file.

    Args:
        path: A file, or ``-`` for standard input.

    Raises:
        InputError: It is absent, a directory, not readable, empty, binary, in another encoding, or
            more than can be held of what can be read only once.
    """
    if str(path) == STDIN:
        return _from_bytes("stdin", _read_once(sys.stdin.buffer, "stdin"))
    given, path = str(path), Path(path)
    # A name that isn't UTF-8 can be opened, but neither stored nor printed.
    name = os.fsencode(path.name).decode(errors="replace")
    try:
        with path.open("rb") as stream:
            if not path.is_file():  # a pipe gives its bytes once
                return _from_bytes(name, _read_once(stream, name))
            digest, encoding = _inspect(stream, name)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        if _ADDRESS.match(given):
            hint = "Download it first, e.g. curl -L -o page.html ADDRESS, and name the file."
            raise InputError("is an address, not a file", where=given, hint=hint) from None
        raise _unopened(path, error) from None
    return Source(name, digest, encoding, path)


@contextmanager
def open_text(source: Source) -> Iterator[TextIO]:
    r"""Open a source as text with newlines as ``\n`` and without byte order mark; it can seek.

    Raises:
        InputError: The file has gone, or has changed into something that isn't text.
    """
    try:
        stream: BinaryIO = source.path.open("rb") if source.path else BytesIO(source.content or b"")
    except OSError as error:
        raise _unopened(Path(source.name), error) from None
    with TextIOWrapper(stream, encoding=source.encoding) as text:
        try:
            yield text
        except UnicodeDecodeError:
            raise InputError("has changed while it was read", where=source.name) from None


def read_whole(stream: TextIO, name: str) -> str:
    """The rest of a text, for a format that can't be read piece by piece.

    Raises:
        InputError: It is more than can be held.
    """
    return _held(stream.read(HELD + 1), name)


def read_lines(stream: TextIO, name: str) -> Iterator[str]:
    """The lines of a text.

    Raises:
        InputError: One is longer than can be held.
    """
    while line := stream.readline(HELD + 1):
        yield _held(line, name)


def _held(text: str, name: str) -> str:
    if len(text) > HELD:
        raise InputError(
            f"holds more than {HELD >> 20} MB in one piece",
            where=name,
            hint="Split it into several files, or write JSON lines, which are read one by one.",
        )
    return text


def _read_once(stream: BinaryIO, name: str) -> bytes:
    content = stream.read(HELD + 1)
    if len(content) > HELD:
        raise InputError(
            f"gives more than {HELD >> 20} MB, and what is piped in has to be held",
            where=name,
            hint="Save it to a file and name that.",
        )
    return content


def _from_bytes(name: str, content: bytes) -> Source:
    digest, encoding = _inspect(BytesIO(content), name)
    return Source(name, digest, encoding, content=content)


def _unopened(path: Path, error: OSError | ValueError) -> InputError:
    match error:
        case FileNotFoundError():
            return InputError("no such file", where=str(path), hint="Check the path.")
        case IsADirectoryError():
            hint = "Name the files in it, e.g. DIRECTORY/*.txt."
            return InputError("is a directory", where=str(path), hint=hint)
        case PermissionError():
            hint = f"Check its permissions with ls -l {path}."
            return InputError("may not be read", where=str(path), hint=hint)
        case OSError():
            return InputError(f"can't be read ({error.strerror})", where=str(path))
    return InputError(f"isn't a file name ({error})", where=repr(str(path)))


def _inspect(stream: BinaryIO, name: str) -> tuple[str, str]:
    """Digest and encoding of a stream that holds text."""
    chunk = stream.read(_CHUNK)
    if not chunk:
        raise InputError("is empty", where=name)
    _refuse_binary(chunk, name)
    bom, encoding = next((b for b in _BOMS if chunk.startswith(b[0])), (b"", "utf-8"))
    digest = hashlib.sha256(chunk)
    check = _TextCheck(name, encoding, len(bom))
    check.feed(chunk[len(bom) :])
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
        check.feed(chunk)
    check.feed(b"", final=True)
    return digest.hexdigest(), "utf-16" if encoding.startswith("utf-16") else "utf-8-sig"


def _refuse_binary(head: bytes, name: str) -> None:
    for magic, message, hint in _BINARY:
        if head.startswith(magic):
            raise InputError(message, where=name, hint=hint)


class _TextCheck:
    """Decodes a stream chunk by chunk and says where it stops being text."""

    def __init__(self, name: str, encoding: str, offset: int) -> None:
        self._name = name
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._offset = offset
        self._line = 1

    def feed(self, chunk: bytes, *, final: bool = False) -> None:
        """Check the next bytes.

        Raises:
            InputError: They aren't text in this encoding.
        """
        try:
            text = self._decoder.decode(chunk, final)
        except UnicodeDecodeError as error:
            raise self._wrong_encoding(error, len(chunk)) from None
        if "\0" in text:
            raise self._binary(text)
        plain = text.encode()
        controls = len(plain) - len(plain.translate(None, _CONTROL))
        if controls > _CONTROL_SHARE * len(text):
            raise InputError("is binary (full of control characters), not text", where=self._name)
        self._offset += len(chunk)
        self._line += text.count("\n")

    def _binary(self, text: str) -> InputError:
        line = self._line + text.count("\n", 0, text.index("\0"))
        return InputError(
            f"is binary (a NUL character on line {line}), not text in {self._encoding.upper()}",
            where=self._name,
            hint="If it is UTF-16 or UTF-32, convert it to UTF-8, e.g. iconv -f UTF-16LE -t UTF-8.",
        )

    def _wrong_encoding(self, error: UnicodeDecodeError, length: int) -> InputError:
        pending = len(error.object) - length
        offset = self._offset - pending + error.start
        before = error.object[: error.start].decode(self._encoding, "replace")
        byte = error.object[error.start]
        return InputError(
            f"isn't {self._encoding.upper()}: byte 0x{byte:02x} at offset {offset}, "
            f"line {self._line + before.count(chr(10))}",
            where=self._name,
            hint="Convert it to UTF-8 from its own encoding, e.g. iconv -f WINDOWS-1252 -t UTF-8"
            " FILE if it is Western European.",
        )
