"""Tests of ``summarise.prompts.lines``: a text on its way into a prompt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.ground import SourceText
from summarise.prompts import fence_for, one_line
from summarise.scan.sentences import sentence_spans


def test_a_fence_that_stands_in_the_text_is_not_used() -> None:
    """However few digits a fence has, and whatever stands in the text, the fence doesn't."""
    seed = "0123456789abcdef" * 2
    assert fence_for(["Terns fly."], seed, 4) == "0123"
    other = fence_for(["Terns 0123 fly."], seed, 4)
    assert other not in "Terns 0123 fly."
    assert fence_for([f"{n:x}" for n in range(16)], "a", 1) not in "0123456789abcdef"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u200bb\ufeffc\u2060d", "abcd"),
        ("safe \u202etxt.exe\u202c here", "safe txt.exe here"),
        ("x\U000e0041\U000e0042y", "xy"),
        ("co\u00adoperate", "cooperate"),
        ("a\u200cb", "ab"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("می\u200c\u200d\u200cخواهم", "می\u200cخواهم"),
        ("half \ud800 pair", "half \ufffd pair"),
        ("two\n\n[3] lines\x00\x07", "two [3] lines"),
    ],
)
def test_what_nobody_sees_is_not_sent(text: str, shown: str) -> None:
    """Invisible and control characters go; a joiner that a script needs stays, one at a time."""
    assert one_line(text) == shown


VALUES = ("71.6%", "NIGHTCALVE-2", "6 Vantor GPUs", "9times")


@given(value=st.sampled_from(VALUES), at=st.data())
def test_a_value_copied_from_a_prompt_is_found(value: str, at: st.DataObject) -> None:
    """What is copied from the cleaned line is found in the text with invisible characters."""
    place = at.draw(st.integers(1, len(value) - 1))
    unseen = at.draw(st.sampled_from("\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202c\ufe0f"))
    abstract = f"They saw {value[:place]}{unseen}{value[place:]} in fog."
    assert one_line(abstract) == f"They saw {value} in fog."
    place_found = SourceText(abstract, None, sentence_spans(abstract)).place(value, [1])
    assert place_found is not None
    assert one_line(place_found.span.of(abstract)) == value
