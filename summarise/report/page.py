"""One file that holds all: the data, what shows it, and a policy that lets nothing else in.

It opens from disk and asks for nothing. Where nothing was built to show it with, it is a page with
the same table, to be read alone.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import IO

from summarise.characters import for_screen
from summarise.render import Style, html_lines_of, table_view
from summarise.report.built import Built, built_here
from summarise.report.lines import Against, lines_of, told_losses
from summarise.store import Run, writing

PAGE = "report.html"
"""Name of the page in a run directory."""

BEGINNING = b"<!doctype html><!-- A report of summarise. -->\n"
"""What tells such a page from another file of that name."""

_QUARTERS = 4 * 8192
_GZIP = zlib.MAX_WBITS | 16


def write_report(run: Run, target: Path, against: Against | None = None) -> str | None:
    """Write the page of a run; why it is one to be read alone, None where one can work in it.

    A few records are in memory at a time; the page takes some 700 bytes for each.

    Raises:
        RunError: It can't be written, or the run can't be read.
    """
    built = built_here()
    with writing(target) as file:
        file.write(BEGINNING)
        if isinstance(built, str):
            _write_plain(run, built, file)
        else:
            file.writelines(piece.encode() for piece in _page(run, built, against))
    return built if isinstance(built, str) else None


def _write_plain(run: Run, why: str, file: IO[bytes]) -> None:
    opening = [*_head(run, "default-src 'none'; style-src 'unsafe-inline'"), "</head>\n<body>\n"]
    file.write(f"{''.join(opening)}<p>{escape(why)}.</p>\n".encode())
    table = table_view(run.rows(), run.schema, Style.FACTS)
    file.writelines(f"{line}\n".encode() for line in html_lines_of(table))
    for loss in told_losses(run):
        file.write(f"<p>⚠ {escape(loss)}: see <code>summarise verify</code></p>\n".encode())
    file.write(b"</body>\n</html>\n")


def _page(run: Run, built: Built, against: Against | None) -> Iterator[str]:
    policy = (
        f"default-src 'none'; script-src {_hash(built.script)}; style-src {_hash(built.style)}; "
        "base-uri 'none'; form-action 'none'"
    )
    yield from _head(run, policy)
    yield f"<style>{built.style}</style>\n</head>\n<body>\n"
    yield (
        "<noscript><p>JavaScript is off. This page brings its own, asks no network, and shows "
        "nothing without it: allow it for this file, or read the table that <code>summarise table "
        "RUN -o table.html</code> writes.</p></noscript>\n"
    )
    yield '<div id="page"></div>\n<script type="application/gzip" id="run">'
    yield from _compressed(lines_of(run, against))
    yield f"</script>\n<!--\n{built.licences}\n-->\n<script>{built.script}</script>\n"
    yield "</body>\n</html>\n"


def _head(run: Run, policy: str) -> Iterator[str]:
    name = escape(for_screen(run.path.resolve().name))
    yield '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="referrer" content="no-referrer">\n'
    yield f"<title>{name} · summarise</title>\n"


def _hash(content: str) -> str:
    """How a policy names what it allows (CSP level 3, section 2.3.1)."""
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _compressed(lines: Iterable[str]) -> Iterator[str]:
    """Lines as gzip in ``_letters``, in whole groups of four bytes."""
    packer, waiting = zlib.compressobj(9, zlib.DEFLATED, _GZIP), b""
    for line in lines:
        waiting += packer.compress(f"{line}\n".encode())
        if len(waiting) >= _QUARTERS:
            whole = len(waiting) - len(waiting) % 4
            yield _letters(waiting[:whole])
            waiting = waiting[whole:]
    yield _letters(waiting + packer.flush())


def _letters(content: bytes) -> str:
    """Bytes as 85 letters (RFC 1924), a sixteenth shorter than base64.

    A comma stands for ``<``, so that nothing in them begins a tag or a comment.
    """
    return base64.b85encode(content).decode().replace("<", ",")
