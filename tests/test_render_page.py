"""Tests of ``summarise.render.page``: what is shown instead of obeyed, and where lines end."""

from __future__ import annotations

import pytest

from summarise.render import render_record
from summarise.render.page import Page, glyphs_of
from summarise.schema import Draft
from tests.records import make_document, make_failure

BIDI = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]


@pytest.mark.parametrize("code", BIDI, ids=[f"U+{code:04X}" for code in BIDI])
def test_a_bidirectional_control_is_shown(code: int) -> None:
    """It is neither obeyed nor dropped: who reads the line sees that it was there."""
    text = f"12{chr(code)}34"
    shown = f"12‹U+{code:04X}›34"
    assert list(Page(80, color=False).text(text)) == [shown]
    document = make_document(title=text, url=f"https://papers.example/{text}")
    failure = make_failure(document, message=text)
    screen = render_record((document, failure), Draft)
    assert chr(code) not in screen
    # Title, address and message.
    assert screen.count(f"‹U+{code:04X}›") == 3


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("gull 鴎鴎鴎鴎", ["gull 鴎鴎", "鴎鴎"]),
        ("gull 鴎鴎 tern", ["gull 鴎鴎", "tern"]),
        ("鴎鴎鴎鴎鴎", ["鴎鴎鴎鴎", "鴎"]),
        ("gull terns", ["gull", "terns"]),
    ],
)
def test_a_line_may_end_after_a_wide_character(text: str, lines: list[str]) -> None:
    """Chinese and Japanese have no spaces: a line is filled with their characters."""
    assert list(Page(9, color=False).lines(glyphs_of(text))) == lines
