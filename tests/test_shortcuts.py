"""What is quick for ordinary text comes to the same as the long way."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from summarise.characters import for_screen, has_right_to_left
from summarise.errors import PromptError
from summarise.ground import SourceText
from summarise.prompts import load_prompt
from summarise.render.formats import markdown
from summarise.scan import sentence_spans
from summarise.typography import editors, normal
from summarise.typography.normal import rewritten

_PIECES = [
    *("10x", "10 x", "10 ×", "10 %", "10times", "10 times", "x", "  ", " ", "--", "''", "+-"),
    *("+/-", "+", "-", "$", "&", "~", "{", "<", "\\", "`", "\t", "\n", "www.", "a.b", "3", "é"),
    *("e\u0301", "\u2009", "10²", "CO₂", "–", "’", "한", "@", ":", "|", "*", "1\u00a0000"),
]
_ordinary = st.text(alphabet=[chr(code) for code in range(32, 127)], max_size=60)
_mixed = st.lists(st.sampled_from(_PIECES), max_size=12).map("".join)
_any = st.one_of(st.text(max_size=40), _ordinary, _mixed)


@given(_any)
@example("88.4% of 10 xylophones")
def test_no_editor_rewrites_what_counts_as_normal(text: str) -> None:
    """A text that is taken for normal at a glance is one that each editor leaves alone."""
    if normal._is_normal(text):
        assert all(rewritten(text, editor, []) == text for editor in editors.EDITORS)


@given(_any)
def test_characters_alone_and_in_company(text: str) -> None:
    """Where no character needs its neighbours, the short pattern finds what the long one does."""
    if not editors._IN_COMPANY.search(text):
        found = [match.span() for match in editors._CHARACTER.finditer(text)]
        assert found == [match.span() for match in editors._ALONE_CHARACTER.finditer(text)]


@given(_any)
def test_a_clean_text_is_folded(text: str) -> None:
    """White space of a printable text is folded, by the short way as by the long one."""
    if text.isprintable():
        assert for_screen(text) == " ".join(text.split())


@given(_any)
def test_what_may_act_is_all_that_is_escaped(text: str) -> None:
    """A text without what may act in Markdown holds nothing that the escapes rewrite."""
    line = for_screen(text)
    if not markdown._MAY_ACT.search(line) and "www." not in line:
        assert line.translate(markdown._ESCAPES) == line
        assert "://" not in line
        assert not markdown._ACTS_LATER.search(line)
        assert not has_right_to_left(line)
        assert markdown.escape(text) == line


def test_a_value_is_placed_in_each_source_by_itself() -> None:
    """What was learnt of a value in one abstract says nothing about another one."""
    first, second = "A tarn of 12 km. We map it.", "We map 12 km of shore. A tarn is near."
    for text in (first, second, first):
        source = SourceText(text, None, sentence_spans(text))
        found = source.place("12 km", [1])
        assert found is not None
        assert found.span == (text.index("12"), text.index("12") + 5)


@pytest.mark.parametrize("attribute", ["__class__", "_iterator", "index.__class__"])
def test_a_template_gets_no_more_of_a_loop_than_its_public_names(
    tmp_path: Path, attribute: str
) -> None:
    """The number of a sentence is at hand; what is private stays out of a template's reach."""
    own = tmp_path / "mine"
    shutil.copytree(Path(__file__).parents[1] / "prompts" / "v1", own)
    line = f"{{% for one in sentences %}}{{{{ loop.{attribute} }}}}{{{{ one }}}}{{% endfor %}}"
    (own / "user.md.jinja").write_text(line, encoding="utf-8")
    with pytest.raises(PromptError, match="a template is broken"):
        load_prompt(str(own))
