r"""The table in LaTeX: that any text is set as it reads, and that both engines set the file.

The engines and fonts are those of Debian's ``texlive-latex-recommended``, ``texlive-xetex``,
``texlive-fonts-recommended`` and ``lmodern``. Without them those tests are skipped; where
``LATEX_REQUIRED`` is set, as in CI, that is a failure.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from summarise.batch import RunOptions, read_batch, run
from summarise.models import Row
from summarise.render import Style, table_view
from summarise.render.format import Stretch, load_format, shares_of
from summarise.render.formats import latex
from summarise.settings import Settings
from summarise.store import Run
from tests.conftest import GOLD
from tests.format_goldens import LONG, hostile_rows, rows, written
from tests.records import NOTHING, make_document, make_record
from tests.test_render_formats_text import texts
from tests.test_render_markdown import visible

# All that a text may become: letters, escaped signs, commands with what they take, and the names
# of signs that a font may lack.
TOKEN = re.compile(
    r"[A-Za-z0-9 !'()*+,\-./:;=?@\[\]]"
    r"|\\[#$%&_{}]|\\(?:text[a-z]+|guil[a-z]+|quote[a-z]+|[A-Za-z]{1,3}|quad|enskip)\{\}"
    r"|\\ensuremath\{(?:\\[A-Za-z]+|\{?\\[a-z]+\{[A-Za-z\\]*\}\}?|[\w<>^+=()\-/]|\\[,;!|])*\}"
    r"|\\hspace\{[0-9.]+(?:pt|em)\}|\\[\"'`^~=.cHkruvdb]\{(?:[A-Za-z]|\\[ij])?\}|\\[,;]|~"
    r"|\\textbf\{\(!\)\}|\\textsuperscript\{[a-z]+\}|\\fbox\{~~\}|\{\}|\{\\small.*?\}\}"
    r"|\\summarisesign\{[^\x00-\x7f]+\}\{[\w ,+\-]*\}"
)
ASCII = {
    r"\textbackslash{}": "\\",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\textasciigrave{}": "`",
    r"\textquotedbl{}": '"',
    r"\textbar{}": "|",
    r"\ensuremath{<}": "<",
    r"\ensuremath{>}": ">",
    r"\hspace{0pt}": "",
    "{}": "",
}


def read_ascii(source: str) -> str:
    """What is set of a source that stands for ASCII, said independently of the code."""

    def read(token: re.Match[str]) -> str:
        return ASCII.get(token[0], token[0].removeprefix("\\"))

    known = "|".join(map(re.escape, ASCII))
    return re.sub(rf"{known}|\\[#$%&_{{}}]", read, source)


@given(text=st.text(st.characters(min_codepoint=32, max_codepoint=126)))
@example(text="--- '' ,, `` \\input{x} %")
@example(text="a" * 60)
def test_ascii_is_set_as_it_is(text: str) -> None:
    """Every sign stands for itself, and none joins with its neighbour."""
    source = latex.escape(text)
    assert read_ascii(source) == text
    assert not re.search("--|''|,,|``", source)


@given(text=texts)
def test_no_text_is_a_command(text: str) -> None:
    """What a text becomes is of a few forms, on one line."""
    source = latex.escape(visible(text))
    rest = TOKEN.sub("", source)
    assert rest == ""


@pytest.mark.parametrize(
    ("text", "set_as"),
    [
        ("naïve Ångström", r"na\"{i}ve \r{A}ngstr\"{o}m"),
        ("α ≤ 5×10⁻³", r"\ensuremath{\alpha} \ensuremath{\leq} 5\texttimes{}10"),
        ("ḿ 𝒳 ﬁ", r"\'{m} X fi"),
        ("漢字", r"\summarisesign{漢字}{2 CJK signs}"),
        ("😀", r"\summarisesign{😀}{grinning face}"),
        ("שלום", "[4 Hebrew signs]"),
        ("\ue000", "[U+E000]"),
        ("⚠", r"\textbf{(!)}"),
        ("1·04", r"1\ensuremath{\cdot}04"),
    ],
)
def test_signs_beyond_ascii(text: str, set_as: str) -> None:
    """By commands that every LaTeX has, else by what names the sign."""
    assert latex.escape(text).startswith(set_as)


def test_an_address_is_a_link() -> None:
    """What acts in LaTeX is escaped in it, too."""
    document = make_document(url="https://papers.example/a_b%20c?d=1&e=#f~g{h}\\")
    text = written("latex", iter([(document, make_record(document, NOTHING))])).decode()
    address = r"https://papers.example/a\_b\%20c?d=1\&e=\#f\~g\%7Bh\%7D\%5C"
    assert f"\\href{{{address}}}{{TERNLOOP" in text


def test_each_paper_can_be_cited_by_its_key_in_the_references() -> None:
    """Another one for each row, as in BibTeX; unless a document says how, nothing is cited."""
    papers = [
        make_document(doc_id="roe_2020"),
        make_document(reference={"citation_key": "roe_2020"}),
    ]
    made = [(one, make_record(one, NOTHING)) for one in papers]
    keys = re.findall(r"@\w+\{([^,]+),", written("bibtex", iter(made)).decode())
    text = written("latex", iter(made)).decode()
    assert keys == re.findall(r"\\summarisecite\{([^{}]+)\}", text) == ["roe_2020", "roe_2020-2"]
    assert r"\providecommand{\summarisecite}[1]{}" in text


def test_a_row_higher_than_a_page_goes_on_in_another() -> None:
    """No part of it has more letters in a column than fit on half a page."""
    document = make_document()
    answer = {**NOTHING, "problem": {"text": f"{LONG} {LONG}", "sentences": []}}
    text = written("latex", iter([(document, make_record(document, answer))]), Style.FULL).decode()
    table = text[text.index("\\endfoot") : text.index("\\end{longtable}")]
    lines = [line for line in table.splitlines() if line.endswith("\\\\")]
    assert len(lines) > 5
    assert {line.count(" & ") for line in lines} == {6}
    assert max(len(line.replace("\\hspace{0pt}", "")) for line in lines) < 2000


# The engines


@pytest.fixture(params=["pdflatex", "xelatex"])
def engine(request: pytest.FixtureRequest) -> str:
    """A program that sets LaTeX."""
    name = str(request.param)
    if shutil.which(name) is None:
        if os.environ.get("LATEX_REQUIRED"):
            pytest.fail(f"{name} isn't installed, and LATEX_REQUIRED is set")
        pytest.skip(f"{name} isn't installed: apt-get install texlive-xetex lmodern")
    return name


def pages(engine: str, path: Path) -> int:
    """How many pages a file has, after a check that all of it was set, and within its columns."""
    command = [engine, "-interaction=nonstopmode", "-no-shell-escape", "-halt-on-error", path.name]
    done = subprocess.run(
        command, cwd=path.parent, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    said = done.stdout.decode("utf-8", "replace").replace("\n", "")
    assert done.returncode == 0, said[-2000:]
    log = path.with_suffix(".log").read_text("utf-8", "replace")
    assert "Missing character" not in log
    assert "Overfull" not in log
    found = re.search(r"Output written on .*?\((\d+) pages?", said)
    assert found, said[-500:]
    return int(found[1])


def set_rows(engine: str, folder: Path, shown: Iterable[Row], style: Style) -> int:
    """The pages of a table."""
    path = folder / "table.tex"
    load_format("latex").write(table_view(shown, style=style), path)
    return pages(engine, path)


@pytest.fixture(scope="module")
def gold_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of 58 abstracts."""
    folder = tmp_path_factory.mktemp("gold") / "run"
    return Run(run(read_batch([str(GOLD)]), Settings(), RunOptions(output=folder))[0])


def test_58_papers_on_few_pages(engine: str, gold_run: Run, tmp_path: Path) -> None:
    """Of A4, at 8 points: the size that ``article`` calls so."""
    style, most = {"pdflatex": (Style.FACTS, 10), "xelatex": (Style.BRIEF, 5)}[engine]
    assert set_rows(engine, tmp_path, gold_run.rows(), style) <= most
    text = (tmp_path / "table.tex").read_text("utf-8")
    assert "\\documentclass{article}" in text
    assert "\n\\footnotesize\n" in text


def test_hostile_texts_are_set(engine: str, tmp_path: Path) -> None:
    """Nothing in them stops an engine, ends the document, or reads a file."""
    document = make_document(title=LONG)
    answer = {**NOTHING, "problem": {"text": LONG, "sentences": []}}
    last = (document, make_record(document, answer))
    style = {"pdflatex": Style.FACTS, "xelatex": Style.FULL}[engine]
    set_rows(engine, tmp_path, [*hostile_rows(), last, *rows()], style)


def characters() -> Iterator[str]:
    """All that is set by a command, but for space."""
    for code in range(128, 0x20000):
        one = chr(code)
        if one.isprintable() and not 0xD800 <= code < 0xE000 and latex._command(one):
            yield one


def test_every_sign_that_is_set_by_a_command(engine: str, tmp_path: Path) -> None:
    """The command is one that the file has."""
    found = list(characters())
    assert len(found) > 2000
    texts_ = [" ".join(found[at : at + 80]) for at in range(0, len(found), 80)]
    table = written("latex", iter([])).decode()
    opening, closing = table.split("\\begingroup\n")
    lines = "\\par\n".join(map(latex.escape, texts_))
    (tmp_path / "signs.tex").write_text(f"{opening}\\sloppy {lines}\\begingroup\n{closing}")
    assert pages(engine, tmp_path / "signs.tex")


def test_a_table_in_a_document_of_two_columns(engine: str, tmp_path: Path) -> None:
    """It takes both, and the columns go on behind it."""
    (tmp_path / "table.tex").write_bytes(written("latex", rows()))
    (tmp_path / "paper.tex").write_text(
        "\\documentclass[twocolumn]{article}\n\\usepackage{array,booktabs,longtable,amssymb}\n"
        "\\newcommand{\\summarisecite}[1]{~\\cite{#1}}\n"
        "\\begin{document}Before.\\input{table}\\input{table}After.\\end{document}\n"
    )
    assert pages(engine, tmp_path / "paper.tex") == 4


def test_a_column_of_digits_is_no_wider_than_they_are() -> None:
    """A year has no need of the width that words have; what is long keeps its bounds."""
    table = table_view(rows())
    cells = [[[Stretch("2024")]], *([[[Stretch("kites " * 40)]]] * 4)]
    shown = iter([row._replace(cells=cells) for row in table.rows])
    shares, _ = shares_of(table._replace(columns=["#", "Paper", "Year", *"abcd"], rows=shown))
    assert shares[1] == pytest.approx(min(shares))
    assert shares[1] < shares[2] / 3
