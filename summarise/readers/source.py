"""A source: a file, standard input or what is packed in one, hashed while it is read.

Text is proved to be text on the way. What unpacks to far more than it is isn't read on.
"""

from __future__ import annotations

import codecs
import contextlib
import hashlib
import os
import re
import sys
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BytesIO, IncrementalNewlineDecoder, StringIO
from lzma import LZMAError
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple
from zipfile import BadZipFile

from summarise.errors import InputError
from summarise.readers import load_format, sniff

STDIN = "-"
HELD = 256 << 20
"""Most bytes of standard input or of a pipe, or characters of a text, that are held in memory."""
HEAD = 1 << 16
"""Bytes of a source that tell its format; more are read in pieces of this size."""
_MOST_TIMES = 200  # larger than it is packed something may be; text never is
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://|www\.\S+/")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html ("ustar Interchange Format")
_TAR, _TAR_AT = b"ustar", 257
_UTF32 = ("is UTF-32, not UTF-8", "Convert it to UTF-8, e.g. iconv -f UTF-32 -t UTF-8 FILE.")
_PICTURE = "Have its text recognised first, e.g. tesseract picture.png page."
_PICTURES = (
    *((b"\x89PNG\r\n", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF")),
    *((b"II*\0", "TIFF"), (b"MM\0*", "TIFF")),
)
_PAPER = re.compile(r"\.(docx?|odt|epub)", re.IGNORECASE)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .doc and other files of old office programs
GET_ABSTRACTS = (
    "Fetch the abstract, e.g. `summarise fetch arxiv:ID` or `summarise fetch doi:DOI`, "
    "or export it as .ris or .bib from your reference manager."
)
_BINARY = (
    (b"%PDF-", "is a PDF, and abstracts are needed", GET_ABSTRACTS),
    (_OLE, "is an office file, not text", "Save it as text."),
    (b"PK\x03\x04", "is a zip archive or an office file, not text", "Unpack it, or save as text."),
    (b"\x1f\x8b", "is compressed with gzip inside of an archive", "Unpack that, name its folder."),
    (b"\x28\xb5\x2f\xfd", "is compressed with zstd", "Decompress it first, e.g. zstd -dc."),
    (b"\xfd7zXZ\0", "is compressed with xz", "Decompress it first, e.g. xz -dc FILE."),
    (b"BZh91AY&SY", "is compressed with bzip2", "Decompress it first, e.g. bzip2 -dc FILE."),
    (b"7z\xbc\xaf\x27\x1c", "is a 7-Zip archive", "Unpack it, and name the folder."),
    (b"Rar!\x1a\x07", "is a RAR archive", "Unpack it, and name the folder."),
    *((sign, f"is a picture ({name}), not text", _PICTURE) for sign, name in _PICTURES),
    (_TAR, "is a tar archive", "Unpack it, and name the folder, e.g. tar -xf FILE."),
    *((bom, *_UTF32) for bom in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)),
)
_CONTROL = bytes((*range(1, 9), *range(14, 27), *range(28, 32), 127))
_CONTROL_SHARE = 0.05  # a stray one comes with text copied from PDFs; text isn't full of them
_TOLD = 80  # characters of what a library says
DAMAGED = (EOFError, RuntimeError, ValueError, LZMAError, zlib.error, BadZipFile)
"""What unpacking raises of what is damaged; bzip2 an ``OSError`` without a number."""


class Packed(NamedTuple):
    """What is packed in a file: how it is unpacked, from its beginning, and its packed size."""

    open: Callable[[], IO[bytes]]
    size: int


class Source:
    """One input. Each of ``text``, ``lines``, ``pieces`` and ``open`` reads it from the beginning.

    All of them, and ``digest``, raise ``InputError`` where the file has gone, isn't text, or can't
    be held. ``content`` is what can be read only once: standard input, a pipe; what is ``packed``
    in a file or in a content is read in their place. Where ``is_binary``, it may hold anything but
    text. ``columns`` says which column of a table holds a field, where it isn't the one named so.
    """

    def __init__(
        self,
        name: str,
        *,
        path: Path | None = None,
        content: bytes | None = None,
        packed: Packed | None = None,
        format: str = "text",  # noqa: A002 - the name of the flag
        columns: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.columns = columns or {}
        self.path = path
        self.format = format
        self.is_binary = False
        self._content = content
        self.packed = packed
        self._reading: Iterator[object] | None = None
        self._is_over = False
        self._digest: str | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of its bytes, 64 hexadecimal digits; what is left of a file is read now."""
        if self._content is not None and self.packed is None:
            return hashlib.sha256(self._content).hexdigest()
        for _ in self._reading or (self._chunks() if self.is_binary else self._decoded()):
            self._is_over = True
        return str(self._digest)

    def hashed(self) -> str:
        """As ``digest``, by a pass of its own: whatever is being read of it can be read on."""
        deque(self._chunks(), maxlen=0)
        return str(self._digest)

    def open(self) -> BinaryIO:
        """Its bytes, for a format that isn't text; the stream can seek."""
        if self.packed:
            return BytesIO(b"".join(self._held()))
        return self.open_as_it_is()

    def open_as_it_is(self) -> BinaryIO:
        """The bytes of its file, whatever is packed in it."""
        try:
            return self.path.open("rb") if self.path else BytesIO(self._content or b"")
        except (OSError, ValueError) as error:  # ValueError: a NUL in the name
            raise _unopened(Path(self.name), error) from None

    def head(self) -> bytes:
        """Its first 64 KB."""
        return next(self._chunks(), b"")

    def check(self, head: bytes) -> None:
        """Refuse one that doesn't begin as text does, or, where it is held, isn't text at all."""
        for magic, message, hint in _BINARY:
            if head.startswith(magic, _TAR_AT if magic == _TAR else 0):
                if is_paper(self.name):
                    told = f"is a {Path(self.name).suffix} file, and abstracts are needed"
                    raise InputError(told, where=self.name, hint=GET_ABSTRACTS)
                raise InputError(message, where=self.name, hint=hint)
        if self._content is not None and self.packed is None:
            deque(self._decoded(), maxlen=0)
        else:
            _Decoder(self.name, head, load_format(self.format).errors).feed(
                head, final=len(head) < HEAD
            )

    def pieces(self) -> Iterator[str]:
        """Its text in pieces of any length, as ``text`` has it."""
        self._reading, self._is_over = self._decoded(), False
        for piece in self._reading:  # noqa: UP028 - `yield from` would end it, where this ends early
            yield piece
        if self._is_over:
            raise RuntimeError("a source is read on whose digest was asked for")

    def opening(self) -> str:
        """Its first piece that isn't blank, from its first letter on; empty where there is none."""
        return next((text for piece in self.pieces() if (text := piece.lstrip())), "")

    def text(self) -> str:
        r"""All of its text, with newlines as ``\n`` and without byte order mark."""
        return joined(self.pieces(), self.name)

    def lines(self) -> Iterator[str]:
        """Its lines, each with its newline; only one at a time has to be held."""
        parts, held = [""], 0
        for piece in self.pieces():
            end = piece.rfind("\n") + 1
            if end:
                yield from StringIO("".join((*parts, piece[:end])))
                parts, held = [], 0
            parts.append(piece[end:])
            held += len(parts[-1])
            if held > HELD:
                raise _too_large(self.name)
        if held:
            yield "".join(parts)

    def _chunks(self) -> Iterator[bytes]:
        digest, passed = hashlib.sha256(), 0
        with self._opened() as stream:
            while chunk := self._read(stream):
                passed += len(chunk)
                if self.packed and passed > HELD:
                    check_unpacked(passed, self.packed.size, self.name)
                digest.update(chunk)
                yield chunk
        self._digest = digest.hexdigest()

    def _opened(self) -> IO[bytes]:
        with self._telling():
            return self.packed.open() if self.packed else self.open()

    def _read(self, stream: IO[bytes]) -> bytes:
        with self._telling():
            chunk = stream.read(HEAD)
            # Of what is packed a piece may be short, and formats are told by the first.
            while self.packed and len(chunk) < HEAD and (more := stream.read(HEAD - len(chunk))):
                chunk += more
        return chunk

    @contextlib.contextmanager
    def _telling(self) -> Iterator[None]:
        """Tell by an InputError what goes wrong on the way from the disk, or from the archive."""
        try:
            yield
        except (OSError, *DAMAGED) as error:
            told = " ".join(str(error).split())[:_TOLD]
            hint = "Unpack it, and name the files." if self.packed else "Check the disk."
            raise InputError(f"can't be read on ({told})", where=self.name, hint=hint) from None

    def _held(self) -> Iterator[bytes]:
        held = 0
        for chunk in self._chunks():
            held += len(chunk)
            if held > HELD:
                raise _too_large(self.name)
            yield chunk

    def _decoded(self) -> Iterator[str]:
        decoder: _Decoder | None = None
        for chunk in self._chunks():
            decoder = decoder or _Decoder(self.name, chunk, load_format(self.format).errors)
            yield decoder.feed(chunk)
        if decoder:
            yield decoder.feed(b"", final=True)


def load_source(path: Path | str, format: str | None = None) -> Source:  # noqa: A002
    """Find an input, a file or ``-`` for standard input, and its format where that isn't named.

    Raises:
        InputError: It is absent, a directory, not readable, empty, or more than can be held of what
            can be read only once; or binary, in another encoding, or in a format that no reader
            takes.
    """
    source, head = find_source(path)
    recognise(source, head, format)
    return source


def recognise(source: Source, head: bytes, format: str | None) -> None:  # noqa: A002
    """Find the format of a source by its first 64 KB, where it isn't named.

    Raises:
        InputError: As ``load_source``.
    """
    if not head:
        raise InputError("is empty", where=source.name)
    source.format = format or sniff(head, source.name.removesuffix(".gz"))
    kind = load_format(source.format)
    source.is_binary = kind.is_binary
    if not kind.is_binary:
        source.check(head)
    if format is None and kind.refuse is not None:
        kind.refuse(head, source.name)


def find_source(path: Path | str) -> tuple[Source, bytes]:
    """An input, whatever is in it, and its first 64 KB.

    Raises:
        InputError: It is absent, a directory, not readable, or more than can be held.
    """
    if str(path) == STDIN:
        return _held("stdin", sys.stdin.buffer)
    given, path = str(path), Path(path)
    name = printable(path.name)
    try:
        with path.open("rb") as stream:
            if not path.is_file():  # a pipe gives its bytes once
                return _held(name, stream)
            return Source(name, path=path), stream.read(HEAD)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        if _ADDRESS.match(given):
            hint = "Download it first, e.g. curl -L -o page.html ADDRESS, and name the file."
            raise InputError("is an address, not a file", where=given, hint=hint) from None
        raise _unopened(path, error) from None


def is_paper(name: str) -> bool:
    """Whether a file is called as what a paper as a whole is written in."""
    return _PAPER.fullmatch(Path(name).suffix) is not None


def printable(name: str) -> str:
    """A name that can be stored; one that isn't UTF-8 can be opened, but neither that nor told."""
    return os.fsencode(name).decode(errors="replace")


def _held(name: str, stream: BinaryIO) -> tuple[Source, bytes]:
    content = stream.read(HELD + 1)
    if len(content) > HELD:
        raise InputError(
            f"gives more than {HELD >> 20} MB, and what is piped in has to be held",
            where=name,
            hint="Save it to a file and name that.",
        )
    return Source(name, content=content), content[:HEAD]


def check_unpacked(unpacked: int, size: int, name: str) -> None:
    """Refuse, by an ``InputError``, what unpacks to so many bytes that it can't be text."""
    if unpacked > _MOST_TIMES * size:
        told = f"unpacks to more than {_MOST_TIMES} times its size, as no text does"
        raise InputError(told, where=name, hint="Unpack it, and look at it.")


def decoded(head: bytes) -> str:
    """The beginning of a source as text, as far as it is text."""
    bom, encoding = _encoding_of(head)
    return head[len(bom) :].decode(encoding, "replace").replace("\r\n", "\n").replace("\r", "\n")


def joined(pieces: Iterable[str], name: str) -> str:
    """Pieces of a text as one; raises ``InputError`` where it is more than can be held."""
    parts: list[str] = []
    held = 0
    for piece in pieces:
        parts.append(piece)
        held += len(piece)
        if held > HELD:
            raise _too_large(name)
    return "".join(parts)


def _too_large(name: str) -> InputError:
    return InputError(
        f"holds more than {HELD >> 20} MB in one piece",
        where=name,
        hint="Split it: an entry, or a line, is held whole, and none of a paper is so long.",
    )


def _unopened(path: Path, error: OSError | ValueError) -> InputError:
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return InputError("no such file", where=str(path), hint="Check the path.")
        case IsADirectoryError():
            hint = "Name the files in it, e.g. DIRECTORY/*.txt."
            return InputError("is a directory", where=str(path), hint=hint)
        case PermissionError():
            hint = f"Check its permissions with ls -l {path}."
            return InputError("may not be read", where=str(path), hint=hint)
        case OSError():
            told = f"can't be read ({error.strerror})"
            return InputError(told, where=str(path), hint="Check the path.")
    return InputError(f"isn't a file name ({error})", where=repr(str(path)))


def _encoding_of(head: bytes) -> tuple[bytes, str]:
    return next((b for b in _BOMS if head.startswith(b[0])), (b"", "utf-8"))


class _Decoder:
    """Decodes a stream chunk by chunk and says where it stops being text."""

    def __init__(self, name: str, head: bytes, errors: str) -> None:
        bom, self._encoding = _encoding_of(head)
        self._name = name
        errors = errors if self._encoding == "utf-8" else "strict"
        decoder = codecs.getincrementaldecoder(self._encoding)(errors)
        self._text = IncrementalNewlineDecoder(decoder, translate=True)
        self._mark = len(bom)
        self._offset = 0
        self._line = 1

    def feed(self, chunk: bytes, *, final: bool = False) -> str:
        """Check and decode the next bytes; raises where they aren't text in this encoding."""
        if self._mark:
            chunk, self._offset, self._mark = chunk[self._mark :], self._mark, 0
        try:
            text = self._text.decode(chunk, final)
        except UnicodeDecodeError as error:
            if b"\0" in chunk and self._encoding == "utf-8":
                raise self._binary(chunk.decode("latin-1")) from None
            raise self._wrong_encoding(error, len(chunk)) from None
        if "\0" in text:
            raise self._binary(text)
        plain = chunk if self._encoding == "utf-8" else text.encode()
        controls = len(plain) - len(plain.translate(None, _CONTROL))
        if controls > _CONTROL_SHARE * len(text):
            raise InputError("is binary (full of control characters), not text", where=self._name)
        self._offset += len(chunk)
        self._line += text.count("\n")
        return text

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
