"""Tests of ``summarise.scan.sentences``: where a sentence begins and ends."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from summarise.scan import sentence_spans

# What abstracts hold besides words, to be put together in any order.
PIECES = st.sampled_from(
    [
        "We count terns",
        "Terns",
        "a",
        ".",
        ". ",
        "? ",
        "!",
        ": ",
        "\n",
        "\n\n",
        "\r\n",
        "\t",
        " ",
        "\u00a0",
        "\u2028",
        "(",
        ")",
        "[",
        "]",
        "“",
        "”",
        '"',
        "1) ",
        "(ii) ",
        "2. ",
        "• ",
        "- ",
        "– ",
        "e.g. ",
        "et al.",
        "Fig.",
        " 3.5",
        "https://a.example/b.c?d=1.",
        "…",
        "...",
        "鳥が飛ぶ。",
        "😀",
        "e\u0301",
        "\x00",
    ]
)
TEXTS = st.text(st.characters(), max_size=60) | st.lists(PIECES, max_size=25).map("".join)


def split(text: str) -> list[str]:
    return [span.of(text) for span in sentence_spans(text)]


@given(text=TEXTS)
@example(text="\n1) Terns fly.")
@example(text=" \u2028 ")
@example(text="Terns \ud800 fly. \udc00.")
def test_spans_hold_every_visible_character(text: str) -> None:
    """In order, disjoint, trimmed, not empty; between them there is nothing but white space."""
    end = 0
    for span in sentence_spans(text):
        assert end <= span.start < span.end <= len(text)
        assert text[end : span.start].strip() == ""
        assert span.of(text) == span.of(text).strip()
        end = span.end
    assert text[end:].strip() == ""


@given(text=TEXTS)
def test_the_same_text_gives_the_same_sentences(text: str) -> None:
    """Sentence numbers that are stored still point at the same sentences later."""
    assert sentence_spans(text) == sentence_spans(text)


@pytest.mark.parametrize("text", ["", " ", "\n\n \t\r\n"])
def test_no_text_has_no_sentence(text: str) -> None:
    """White space alone is no sentence."""
    assert sentence_spans(text) == ()


@pytest.mark.parametrize(
    "sentences",
    [
        ["Terns fly.", "Gulls rest."],
        ["Do terns fly?", "They do!", "So they say."],
        ["Recall rises by 5.7 points.", "It was 41.5 before."],
        ["It costs $3.50 for 1,200.5 hours.", "That is little."],
        ["Code is at https://terns.example/v1.2/code.html?x=1.", "It is free."],
        ["See https://terns.example."],
        ["We use strips, e.g. those of kites, i.e. long ones.", "They are short."],
        ["This follows Marl et al. (2020).", "It differs."],
        ["Boats vs. kites is a fair match.", "Kites win."],
        ["Tablets contg. the salt swell.", "Dissoln. of it took long."],
        ["It holds for approx. 40 nests, cf. Fig. 3 and Eq. (2).", "Not for more."],
        ["Tab. 2 and Sec. IV give the rest, resp. No. 7.", "Nothing is hidden."],
        ["Dr. Fenn and Prof. Quay counted.", "Ms. Marl flew."],
        ["We present TERNLOOP v2.0.", "TERNLOOP v2.0 is fast."],
        ["It takes 5 ms.", "Then it rests."],
        ["A strip takes 40 secs.", "A cove takes more."],
        ["Is it a tern or no.", "We can't tell."],
        ["“Terns fly.”", "So they said."],
        ["E. coli and S. aureus were found in nests.", "They are rare."],
        ["Gulls carry Str. fuscus and Cx. marinus.", "Terns carry none."],
        ["Terns have odds of 0. 76 by day.", "Gulls have more."],
    ],
)
def test_sentences_end_where_a_reader_ends_them(sentences: list[str]) -> None:
    """Decimals, addresses, versions, initials and abbreviations end no sentence; units may."""
    assert split(" ".join(sentences)) == sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["(1) Kites are flown.", "(2) Boats are rowed."],
        ["1) Kites are flown.", "2) Boats are rowed.", "3) We rest."],
        ["1. Kites are flown.", "2. Boats are rowed."],
        ["i) Kites are flown.", "ii) Boats are rowed."],
        ["We use 1) kites, 2) boats and 3) feet.", "All work."],
        ["We use (i) kites and (ii) boats.", "Both work."],
    ],
)
def test_enumerations(sentences: list[str]) -> None:
    """A marker belongs to the sentence that it opens, and never stands alone."""
    assert split(" ".join(sentences)) == sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        (
            "We offer a framework: \n1) Firstly, we fly. \n2) Next, we count.",
            ["We offer a framework:", "1) Firstly, we fly.", "2) Next, we count."],
        ),
        (
            "We offer a framework\n1) Firstly, we fly\n2) Next, we count",
            ["We offer a framework", "1) Firstly, we fly", "2) Next, we count"],
        ),
        (
            "Our parts:\r\n(a) a kite,\r\n(b) a boat.",
            ["Our parts:", "(a) a kite,", "(b) a boat."],
        ),
        ("Our parts:\n  (iv) a kite", ["Our parts:", "(iv) a kite"]),
        ("Our parts:\n1. A kite\n2. A boat", ["Our parts:", "1. A kite", "2. A boat"]),
        ("Our parts:\n• a kite\n• a boat", ["Our parts:", "• a kite", "• a boat"]),
        ("Our parts:\n- a kite\n- a boat", ["Our parts:", "- a kite", "- a boat"]),
        ("Our parts:\n* a kite;\n* a boat", ["Our parts:", "* a kite;", "* a boat"]),
        ("Our parts:\n\n1) a kite\n\n2) a boat", ["Our parts:", "1) a kite", "2) a boat"]),
    ],
)
def test_a_marker_at_the_start_of_a_line_opens_a_sentence(text: str, sentences: list[str]) -> None:
    """A line break followed by a list marker ends the sentence before, complete or not."""
    assert split(text) == sentences


@pytest.mark.parametrize(
    "sentences",
    [
        ["Recall rises to\n67.2% on all coves.", "It was low."],
        ["Recall fell by\n-3.5 points.", "It was high."],
        ["It is shown in Fig.\n(3) and holds."],
        ["Recall rises to\n93.", "Then it falls."],
        ["A detector of nests\n– as seen from kites –\nis built.", "It works."],
        ["Terns fly over\nthe sea.", "They\nrest."],
    ],
)
def test_a_wrapped_line_goes_on(sentences: list[str]) -> None:
    """A line break alone, or before a number, a dash or a reference, ends nothing."""
    assert split(" ".join(sentences)) == sentences


def test_paragraphs_are_apart() -> None:
    """An empty line ends a sentence, whatever it ends in."""
    assert split("Background\n\nTerns fly, e.g.\n\nThey rest") == [
        "Background",
        "Terns fly, e.g.",
        "They rest",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "One ( is open. Terns fly. They rest.",
        "One ] is closed. Terns fly. They rest.",
        "One (so] is mixed. Terns fly. They rest.",
    ],
)
def test_a_lone_bracket_swallows_nothing(text: str) -> None:
    """A bracket without a partner doesn't make one sentence of the rest."""
    assert split(text)[1:] == ["Terns fly.", "They rest."]


@pytest.mark.parametrize(
    "first",
    [
        "Terns weigh p < 0.05 less.",
        "All were<or = 32 days old.",
        "We took x>3 of y<2 for them.",
        "They lack vitamin D.",
        "Some had hepatitis B.",
        "Most were of group A.",
        "Eggs were kept at 29 K.",
        "Ponds held 3.8 g/L.",
        "Nests of (3 ± 2) m were seen for 5 h.",
        "A pipe bore ≥ 0.4 Pa.",
        "Nests are up to 14 mm.",
        "Eggs hatch within 5 min.",
        "Rays have 2 TeV/n.",
        "This nest beats the state of the art.",
    ],
)
def test_signs_and_letters_swallow_nothing(first: str) -> None:
    """A sign of comparison is no bracket, and a letter that names something no initial."""
    assert split(f"{first} They fly (far). They rest.") == [first, "They fly (far).", "They rest."]


@pytest.mark.parametrize(
    "text",
    [
        "In 1904 (and 2004) L. Quince saw terns.",
        "Of 3 K. pneumoniae strains one grew.",
        "They are at K. Quince, see Fig. 3 A. thaliana.",
        "Of 14 B. Sc. students one came.",
    ],
)
def test_an_initial_behind_a_number_ends_no_sentence(text: str) -> None:
    """A year comes before a name, a small letter behind that of a species."""
    assert split(text) == [text]


def test_long_texts_are_split_quickly() -> None:
    """Many items and many lone brackets: the work grows with the length, not with its square."""
    text = "Our parts:\n" + "1. A kite ( is flown.\n" * 2_000
    assert len(split(text)) == 2_001


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Code: https://tern.example/code We thank the birds.", 2),
        ("Code: https://tern.example/code and https://gull.example are open.", 1),
        ("See (https://tern.example/code) They fly.", 1),
    ],
)
def test_a_sentence_ends_with_an_address(text: str, count: int) -> None:
    """After an address a capital opens a sentence, since a full stop would spoil the address."""
    assert len(sentence_spans(text)) == count
