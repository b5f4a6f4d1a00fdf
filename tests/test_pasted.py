"""Papers pasted below one another: how many there are, and what of each is its title."""

from __future__ import annotations

import logging
from collections.abc import Callable
from textwrap import fill

import pytest

from summarise.models import Document, Skipped
from summarise.readers import Source, read_documents
from summarise.readers.foreign import refuse_foreign

TITLES = (
    "Longer breaks and falls in older drivers",
    "Night work and meals of nurses: a survey",
    "How many bees visit orchards near lamps",
)
SHORT = (
    "Sleep was asked of 40 drivers over two years. Falls fell by 12% where breaks were longer.",
    "We asked 310 nurses about their meals. Most of them (71%) ate before dawn; few slept well.",
    "Bees were counted in 12 orchards near busy roads. Lamps made no difference. Noise did.",
)
_MORE = " The same was seen in a second season, in each of the places that were visited again." * 4
LONG = tuple(text + _MORE for text in SHORT)
WRAPPED = tuple(fill(text, 76) for text in LONG)
LENGTHENED = tuple(f"{title} in three regions over two years: a trial" for title in TITLES)
NAMES = ("Ann Roe, Jo van der Doe and Al Poe", "Bo Lee¹, Cy Ray²", "Fox, D., Oak, E. F., & Elm, G.")
PUBMED = ("Roe A(1), Doe J(2).", "Lee B(1).", "Fox D, Oak E, Elm F.")


def papers(layout: Callable[[int], str], gap: str = "\n\n") -> str:
    return gap.join(map(layout, range(3))) + "\n"


def read(text: str) -> list[Document | Skipped]:
    return list(read_documents(Source("pasted.txt", content=text.encode(), format="text")))


def titles(text: str) -> list[str | None]:
    return [one.title if isinstance(one, Document) else one.reason for one in read(text)]


LAYOUTS = {
    "blank line": papers(lambda n: f"{TITLES[n]}\n\n{LONG[n]}"),
    "several paragraphs": papers(lambda n: f"{TITLES[n]}\n\n{LONG[n]}\n\n{SHORT[n]}"),
    "full stop": papers(lambda n: f"{TITLES[n]}.\n\n{LONG[n]}"),
    "full stop, short": papers(lambda n: f"{TITLES[n]}.\n\n{SHORT[n]}"),
    "full stop, tight": papers(lambda n: f"{TITLES[n]}.\n{SHORT[n]}"),
    "full stop, names": papers(lambda n: f"{TITLES[n]}.\n\n{PUBMED[n]}\n\n{LONG[n]}"),
    "full stop, names, places": papers(
        lambda n: f"{TITLES[n]}.\n\n{PUBMED[n]}\n\n(1)School of Looms, Fenton.\n\n{LONG[n]}"
    ),
    "tight": papers(lambda n: f"{TITLES[n]}\n{SHORT[n]}"),
    "tight, long": papers(lambda n: f"{TITLES[n]}\n{LONG[n]}"),
    "no blank line": papers(lambda n: f"{TITLES[n]}\n{SHORT[n]}", "\n"),
    "no blank line, long": papers(lambda n: f"{TITLES[n]}\n{LONG[n]}", "\n"),
    "one sentence": papers(lambda n: f"{TITLES[n]}\n{SHORT[n].split('. ')[0]}."),
    "number, names, tight": papers(lambda n: f"{n + 1}. {TITLES[n]}\n{NAMES[n]}\n{SHORT[n]}"),
    "number, tight": papers(lambda n: f"{n + 1}. {TITLES[n]}\n{SHORT[n]}", "\n"),
    "number": papers(lambda n: f"{n + 1}. {TITLES[n]}\n\n{LONG[n]}"),
    "number, full stop": papers(lambda n: f"{n + 1}) {TITLES[n]}.\n\n{SHORT[n]}"),
    "number in brackets": papers(lambda n: f"[{n + 7}] {TITLES[n]}\n{SHORT[n]}"),
    "bullet, tight": papers(lambda n: f"- {TITLES[n]}\n  {SHORT[n]}", "\n"),
    "bullet": papers(lambda n: f"* {TITLES[n]}\n\n  {LONG[n]}"),
    "bullet, labels": papers(lambda n: f"- {TITLES[n]}\n  Background: {SHORT[n]}", "\n"),
    "wrapped below a longer line": papers(lambda n: f"{LENGTHENED[n]}\n{WRAPPED[n]}"),
    "wrapped below a shorter line": papers(lambda n: f"{TITLES[n]}\n{WRAPPED[n]}"),
    "wrapped with its title": papers(lambda n: f"{fill(LENGTHENED[n], 60)}\n{WRAPPED[n]}"),
    "names": papers(lambda n: f"{TITLES[n]}\n\n{NAMES[n]}\n\n{LONG[n]}"),
    "names, tight": papers(lambda n: f"{TITLES[n]}\n{NAMES[n]}\n\n{LONG[n]}"),
    "names and places": papers(
        lambda n: f"{TITLES[n]}\n{NAMES[n]}\nUniversity of Looms, Fenton\n\n{SHORT[n]}"
    ),
    "one name": papers(
        lambda n: f"{TITLES[n]}\n\n{('Ann Roe', 'Jo Doe', 'Al Poe')[n]}\n\n{LONG[n]}"
    ),
    "names, label": papers(lambda n: f"{TITLES[n]}\n\n{NAMES[n]}\n\nAbstract\n\n{LONG[n]}"),
    "names, DOI": papers(lambda n: f"{TITLES[n]}\n{NAMES[n]}\nDOI: 10.1000/x{n}\n{LONG[n]}"),
    "sections on lines of their own": papers(
        lambda n: f"{TITLES[n]}.\n\nAIMS\n\n{SHORT[n]}\n\nRESULTS\n\n{SHORT[n]}"
    ),
    "sections": papers(
        lambda n: f"{TITLES[n]}.\n\nAims: {SHORT[0]}\n\nMethods: {SHORT[1]}\n\nResults: {SHORT[2]}"
    ),
    "copyright": papers(lambda n: f"{TITLES[n]}.\n\n{LONG[n]}\n\n© 2024 The Loom Society."),
    "funding": papers(lambda n: f"{TITLES[n]}.\n\n{LONG[n]}\n\n(Funded by the Loom Fund.)"),
    "journal": papers(
        lambda n: f"{TITLES[n]}\n{NAMES[n]}\nNets. 2020;12(3):45-51. doi: 10.1/x{n}\n\n{LONG[n]}"
    ),
    "header": "Reading list of May\n\n" + papers(lambda n: f"{n + 1}. {TITLES[n]}\n\n{LONG[n]}"),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """However three papers stand below one another, three are read, and no doubt is left."""
    expected = LENGTHENED if name.startswith("wrapped") and "short" not in name else TITLES
    found = read(LAYOUTS[name])
    assert [one.title for one in found if isinstance(one, Document)] == list(expected)
    for one, text in zip(found, SHORT, strict=True):
        assert isinstance(one, Document)
        if not name.startswith("sections"):
            assert text[:35] in one.abstract.split("\n\n")[0]
        assert not any(word in one.abstract for word in ("Roe", "Lee", "Fox", "Looms", "Nets"))
    assert not caplog.records


@pytest.mark.parametrize(
    "title",
    ["Naps in wards. A field trial", "Shifts at St. Ann hospital", "E. coli in nets of brass"],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_stop_within_a_title(title: str, gap: str) -> None:
    """A subtitle behind a full stop and an abbreviation make no sentence of a title."""
    gap = "\n\n" if "trial" in title else gap
    text = f"{TITLES[0]}{gap}{LONG[0]}\n\n{title}{gap}{LONG[1]}\n\n{TITLES[2]}{gap}{LONG[2]}"
    assert titles(text) == [TITLES[0], title, TITLES[2]]


def test_names_are_authors() -> None:
    """Without footnotes and places, whether initials stand before a name or behind it."""
    found = [one.authors for one in read(LAYOUTS["names"]) if isinstance(one, Document)]
    assert found == [
        ("Ann Roe", "Jo van der Doe", "Al Poe"),
        ("Bo Lee", "Cy Ray"),
        ("Fox D.", "Oak E. F.", "Elm G."),
    ]


A, B, C = LONG


@pytest.mark.parametrize(
    ("text", "expected", "line"),
    [
        (f"{TITLES[0]}\n\n{A}\n\n{TITLES[1]}.\n\n{B}", [TITLES[0]], 5),
        (f"{TITLES[0]}\n\n{A}\n\nNaps in wards. A field trial.\n\n{B}", [TITLES[0]], 5),
        (f"{A}\n\n{B}", [None], 3),
        (f"{SHORT[0]}\n\n{SHORT[1]}", [None], 3),
        (papers(lambda n: f"{n + 1}. {LONG[n]}"), [None], 3),
        ("\n\n".join([A, B, C] * 2), [None] * 6, 3),
        (papers(lambda n: f"{TITLES[n]}.\n\n{SHORT[n].split('. ')[0]}."), [None], 3),
    ],
)
def test_a_doubt_is_told(
    text: str, expected: list[str | None], line: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Where a text doesn't say whether a line begins a paper, one line says so."""
    with caplog.at_level(logging.WARNING):
        assert titles(text) == expected
    (told,) = caplog.messages
    papers = f"{len(expected)} paper{'s' * (len(expected) > 1)}"
    assert told == (
        f"pasted.txt: read as {papers}; whether line {line} begins one isn't sure. "
        "Put “# ” before each title to say it"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a list within an abstract
        (
            f"{TITLES[0]}\n\nThey ate and slept. So:\n- Naps help\n- Meals are late\n\n{A}",
            [0],
        ),
        (f"{TITLES[0]}\n\n{SHORT[0]} They are:\n\n1. Naps\n\n2. Meals\n\nAll were short.", [0]),
        # a line of the abstract that ends like one
        (f"{TITLES[0]}\n\n{A}\n\nWe give the code away.\n\n{TITLES[1]}\n\n{B}", [0, 1]),
        (f"{TITLES[0]}.\n\n{A}\n\nThis was registered.\n\n{TITLES[1]}.\n\n{B}", [0, 1]),
        # sentences on lines of their own
        (f"{TITLES[0]}\n\nIt was late.\nNurses ate in 12 wards.\n\n{TITLES[1]}\n\n{B}", [0, 1]),
    ],
)
def test_what_is_no_title(text: str, expected: list[int]) -> None:
    """A list's item, a sentence of the abstract and a line of it open no paper."""
    assert titles(text) == [TITLES[at] for at in expected]


def test_chinese() -> None:
    """A title needs no capital below it where a script has none."""
    first, second = "铜网与灯光的研究", "夜班护士的饮食"
    text = f"{first}\n我们研究了灯光对蜜蜂的影响。结果表明蜜蜂减少了。灯光没有作用。"
    assert titles(f"{text}\n\n{second}\n我们调查了三百名护士。她们多在黎明前进食。") == [
        first,
        second,
    ]


def test_a_title_like_names_is_one() -> None:
    """Names stand below a title alone, and below each or none; a header stands above the first."""
    nets = "Copper Nets and Iron Nets"
    assert titles(f"{TITLES[0]}\n\n{A}\n\n{nets}\n\n{B}") == [TITLES[0], nets]
    assert titles(f"{TITLES[0]}\n\n{A}\n\nAll was well.\n\n{nets}\n\n{B}") == [TITLES[0], nets]
    assert titles(f"A List of Papers of May\n\n{nets}\n\n{A}\n\n{TITLES[1]}\n\n{B}") == [
        nets,
        TITLES[1],
    ]


def test_a_list_of_papers_is_no_yaml() -> None:
    """A title with a colon behind a bullet, and a labelled abstract below, are prose."""
    text = f"- Naps: a survey\n  Aims: {SHORT[0]}\n- Lamps: a trial\n  Aims: {SHORT[1]}\n"
    refuse_foreign(text.encode(), "pasted.txt")
    assert titles(text) == ["Naps: a survey", "Lamps: a trial"]


@pytest.mark.parametrize("label", ["Keywords:", "Key words:", "Index Terms—", "KEYWORDS –"])
def test_keywords_end_an_abstract(label: str) -> None:
    """They are no sentence of it, on one line or on more, behind a blank line or not."""
    for gap in ("\n", "\n\n"):
        text = f"{TITLES[0]}\n\n{WRAPPED[0]}{gap}{label} lorries, naps,\nsafe roads\n\n"
        first, second = read(f"{text}{TITLES[1]}\n\n{WRAPPED[1]}\n")
        assert isinstance(first, Document)
        assert first.abstract == WRAPPED[0]
        assert isinstance(second, Document)
        assert second.title == TITLES[1]


def test_words_broken_by_the_lines_of_a_pdf_are_whole() -> None:
    """As they stand elsewhere; else joined, but for compounds, where many lines end in a hyphen."""
    body = "Nurses were fol-\nlowed by well-\nbeing at a weather-\nbased sta-\ntion. Stations help."
    body += " A bus-\ntram stop is for a bus and for a tram."
    [one] = read(f"Breaks\n\nAbstract\n{body}\n")
    assert isinstance(one, Document)
    told = "Nurses were followed by well-being at a weather-based station. Stations help."
    told += " A bus-tram stop is for a bus and for a tram."
    assert one.abstract == told


@pytest.mark.parametrize("above", ["", "## To read\n\n", "My notes\n\n"])
@pytest.mark.parametrize("item", ["- **{}** (Roe, 2021): {}", "* **{}.** {}", "+ **{}** – {}"])
def test_a_list_with_titles_in_bold_is_as_many_papers(above: str, item: str) -> None:
    """No item is mixed with the next, wrapped or not; a list of notes is none of papers."""
    items = [item.format(title, text) for title, text in zip(TITLES, WRAPPED, strict=True)]
    for gap in ("\n", "\n\n"):
        made = read(above + gap.join(items))
        assert [one.title for one in made if isinstance(one, Document)] == list(TITLES)
        assert [one.abstract for one in made if isinstance(one, Document)] == list(WRAPPED)
    notes = "".join(f"- **{word}**: so we said.\n" for word in ("Drivers", "Nurses"))
    assert len(read(f"{TITLES[0]}\n\n{LONG[0]}\n\n{notes}")) == 1
