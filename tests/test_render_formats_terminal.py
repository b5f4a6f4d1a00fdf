"""The table for a terminal: its width, its styles, and that texts stay texts."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from rich.cells import cell_len

from summarise.render import Style, output_format, table_view
from summarise.render.format import load_format
from tests.format_goldens import hostile_rows, rows, written
from tests.records import TERN_ANSWER, make_document, make_record
from tests.test_render_formats_text import row_of, texts
from tests.test_render_markdown import visible

STYLE = re.compile(r"\x1b\[[0-9;]*m")


class Screen(io.BytesIO):
    """Somebody looks at it."""

    def isatty(self) -> bool:
        return True


def shown(stream: io.BytesIO, style: Style = Style.FACTS) -> str:
    """What a terminal gets of the rows."""
    load_format("terminal").write(table_view(rows(), style=style), stream)
    return stream.getvalue().decode()


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 80 columns that knows colours."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_styles_are_for_whoever_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe, or ``NO_COLOR``, gets the same text plain."""
    plain, styled = shown(io.BytesIO()), shown(Screen())
    assert "\x1b" not in plain
    assert "\x1b[1m" in styled
    unstyled = (line.rstrip() for line in STYLE.sub("", styled).splitlines())
    assert list(unstyled) == plain.splitlines()
    monkeypatch.setenv("NO_COLOR", "1")
    assert shown(Screen()) == plain


def test_a_terminal_is_the_place_of_this_format() -> None:
    """Where nothing else is named and somebody looks; what is sent on is Markdown."""
    assert output_format(None, None, is_seen=True) is load_format("terminal")
    assert output_format(None, None) is load_format("markdown")
    assert output_format("csv", None, is_seen=True) is load_format("csv")


@pytest.mark.parametrize("width", [40, 80, 120, 200])
@pytest.mark.parametrize("style", Style)
def test_no_line_is_wider_than_the_terminal(
    width: int, style: Style, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the texts are: wide characters, words of any length."""
    monkeypatch.setenv("COLUMNS", str(width))
    stream = io.BytesIO()
    load_format("terminal").write(table_view(hostile_rows(), style=style), stream)
    assert max(map(cell_len, stream.getvalue().decode().splitlines())) <= width


def test_columns_stand_side_by_side_where_they_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else below each other, each with its title; nothing is left out either way."""
    narrow = shown(io.BytesIO(), Style.BRIEF)
    assert re.search(r"^ +Method +TERNLOOP", narrow, re.MULTILINE)
    monkeypatch.setenv("COLUMNS", "120")
    wide = shown(io.BytesIO(), Style.BRIEF)
    assert wide.splitlines()[0].split() == ["#", "Paper", "Method", "Data", "Results"]
    assert re.search(r"TERNLOOP: Counting.* TERNLOOP", wide)
    for text in (narrow, wide):
        assert "TERNLOOP raises" not in text
        assert {"67.2%", "KITENEST", "truncated"} <= set(re.findall(r"[\w.%]+", text))


@given(text=texts)
def test_a_text_reads_as_it_is(text: str) -> None:
    """Markup of rich, emoji codes and controls are text, or gone."""
    for tried in (text, f"[bold]{text}[/bold] :smile: [link=x]"):
        screen = written("terminal", iter([row_of(tried)])).decode()
        assert "\x1b" not in screen
        (wanted, got) = ("".join(visible(one).split()) for one in (tried, screen))
        assert wanted[:60] in got


def test_rows_are_drawn_as_they_come() -> None:
    """Of many rows no more than the first few hundred are held, to see how wide columns are."""
    document = make_document()
    drawn = 0

    def many() -> object:
        nonlocal drawn
        for _ in range(300):
            drawn += 1
            yield document, make_record(document, TERN_ANSWER)

    ahead = []

    class Stream(io.BytesIO):
        def write(self, content: object, /) -> int:
            ahead.append(drawn)
            return 0

    load_format("terminal").write(table_view(many()), Stream())  # type: ignore[arg-type]
    assert ahead[0] <= 232
    assert sorted(set(ahead))[-2:] == [288, 300]
