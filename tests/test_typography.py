"""Normalisation: what becomes equal, what stays different, and the way back."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from summarise.characters import normal_form, normalise, readable
from summarise.models import Span

_FRAGMENTS = [
    *"0123456789 xXaK.,-–—_^{}$\\~%±×·⋅²₂½'`\"<>&;()[]é",
    *("\u00a0", "\u2009", "\n", "\t", "\u200b", "\u0301", "\u00ad", "ﬁ", "①", "⑴", "\ud800"),
    *(
        "\\textbf{",
        "\\url{",
        "\\alpha",
        "\\times",
        "times",
        "\\frac{1}{2}",
        "\\'e",
        "\\,",
        "\\pm",
        "\\sqrt",
        "_{\\rm stat}",
    ),
    *("&lt;", "&amp;", "&#39;", "<sup>", "</sup>", "<sub>", "</sub>", "<b>", "<p>", "+/-", "--"),
]
_texts = st.one_of(st.text(), st.lists(st.sampled_from(_FRAGMENTS), max_size=25).map("".join))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("co‐design, co‑design, 3–5, −2, a—b", "co-design, co-design, 3-5, -2, a-b"),
        ("3--5 and a---b", "3-5 and a-b"),
        ("“a” ‘b’ «c» ``d'' it’s", '"a" \'b\' "c" "d" it\'s'),
        ("a\u00a0b\u2009c\n  d\te", "a b c d e"),
        ("so\u00adft ze\u200bro \ufeffmark™", "soft zero mark"),
        ("ﬁne ﬂow Ａ１％ ℃", "fine flow A1% °C"),
        ("e\u0301 \u1112\u1161\u11ab ｶﾞ", "é 한 ガ"),
        ("模型，精度。", "模型,精度。"),
    ],
    ids=[
        "dashes",
        "ascii dashes",
        "quotes",
        "spaces",
        "invisible",
        "compatibility",
        "accents",
        "cjk",
    ],
)
def test_typography_becomes_plain(text: str, expected: str) -> None:
    """Characters that differ in typography alone get one spelling."""
    assert normalise(text).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10² 10^{2} $10^2$ 10<sup>2</sup>", "10^2 10^2 10^2 10^2"),
        ("10⁻³ $10^{-3}$ 10<sup>−3</sup>", "10^-3 10^-3 10^-3"),
        ("10^{2}5 10<sup>2</sup>5", "10^2 5 10^2 5"),
        ("5 ㎡, 5 m²", "5 m^2, 5 m^2"),
        ("CO₂ CO$_2$ CO$_{2}$ CO<sub>2</sub>", "CO2 CO2 CO2 CO2"),
        ("10₂ 10_{2} 10<sub>2</sub>1", "10_2 10_2 10_2 1"),
        ("½ 5½ \\frac{1}{2}", "1/2 5 1/2 1/2"),
        ("$5^{+2}_{-1}$, 5$_{-1}^{+2}$", "5 +2/-1, 5 +2/-1"),
        ("5 +2/−1, 5 (+2, −1), 5 +2 −1", "5 +2/-1, 5 +2/-1, 5 +2/-1"),
        ("5① ①", "5① ①"),
    ],
)
def test_raised_and_lowered_digits_never_join_a_number(text: str, expected: str) -> None:
    """A superscript, a subscript or a fraction never makes another number of the one before it."""
    assert normalise(text).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "22\u2009000 22\u202f000 22\\,000 22{,}000 1\u00a0000\u00a0000",
            "22,000 " * 4 + "1,000,000",
        ),
        ("2020\u2009300 and 2020 300", "2020 300 and 2020 300"),
        ("1.207\\,507\\,86(27), 2.718\u2009281\u20098", "1.20750786(27), 2.7182818"),
        ("0·71 and 2·10⁴ and 3 \\cdot 10^5", "0.71 and 2×10^4 and 3×10^5"),
        ("10x 10× 10 ×, 10\\times 10times 10$\\times$,", "10× 10× 10×, 10× 10× 10×,"),
        ("3 x 3, 4x4, 5xyz, 7 times", "3×3, 4×4, 5xyz, 7 times"),
        ("3 ± 1, 3\\pm1, 3 +/- 1", "3±1, 3±1, 3±1"),
        ("46.3 % and 46.3\\%", "46.3% and 46.3%"),
    ],
)
def test_number_forms(text: str, expected: str) -> None:
    """Thousands, decimal points, factors, spreads and percentages are each written in one way."""
    assert normalise(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        *("412 per 100 000 person-years", "2 574 200 adults", "€12 450 per head", "USD 12 450"),
        *("In 12 450 people", "12 450 mg daily", "(12 450)", "800–1 200 m", "12 450.5 kg"),
        *("3 000 m hurdles", "in 2020 12 450 people"),
    ],
)
def test_a_plain_space_groups_thousands(text: str) -> None:
    """A number that spaces group is one number, as if thin spaces did."""
    thin = re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "\u2009", text)
    assert normal_form(text) == normal_form(thin)
    assert normal_form(text).count(",") == thin.count("\u2009") > 0


@pytest.mark.parametrize(
    "text",
    [
        *("in 2020 100 people", "0.5 100 mg", "p = 0.012 450 cases", "100 200 300", "12 450 2 300"),
        *("on day 28 120 people", "types 1 and 2 120 people", "COVID 19 100 cases", "IL-6 120 pg"),
        *("ResNet 50 256 images", "12 450 mg doses", "10 500-bed hospitals", "v2 100 items"),
        *("in April 12 450 people", "sizes 7 1234", "3 100% of it", "2 100x"),
    ],
)
def test_numbers_side_by_side_stay_apart(text: str) -> None:
    """A name's number, a list, a decimal, and how many of what size are no groups of thousands."""
    assert "," not in normal_form(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ba$_{0.6}$K$_{0.4}$", "Ba0.6K0.4"),
        (r"$\Omega_k$CDM, $\Lambda$CDM", "ΩkCDM, ΛCDM"),
        (r"$\tau_n = 4 \pm 1_{\rm stat}$ s", "τn = 4 ± 1 (stat) s"),
        ("the set {1, 2}", "the set {1, 2}"),
        (r"$3\times10^{-4}$ km s$^{-1}$, $^{87}$Rb", "3×10⁻⁴ km s⁻¹, ⁸⁷Rb"),
        (r"$x^{n}$, $10^{7.1}$", "x^n, 10^7.1"),
    ],
)
def test_what_is_shown_of_latex(text: str, expected: str) -> None:
    """A reader sees powers, but neither commands nor braces of a formula, and those of a set."""
    assert readable(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"$\alpha$-Net, \alpha-Net", "α-Net, α-Net"),
        (r"\textbf{A \emph{B}} {BERT} \url{http://x.org/~u}", "A B BERT http://x.org/~u"),
        (r"{\bf bold} R\&D \_ \# 5\,ms", "bold R&D _ # 5 ms"),
        (r"caf\'e, \"{o}, \c{c}, \O", "café, ö, ç, Ø"),
        (r"saving \300,000 or \$300,000", "saving $300,000 or $300,000"),
        ("$5 and $6; $300 in fees (US$)", "$5 and $6; $300 in fees (US$)"),
        (r"Fig.~2, 10~GB but ~5", "Fig. 2, 10 GB but ~5"),
        (r"\unknown stays", r"\unknown stays"),
        (r"90^\circ, $x_i$", "90°, xi"),
        (r"$\Omega_m$, $\Omega_{\rm m}$, $v_{\mu N}$", "Ωm, Ωm, vμ N"),
        (r"$\sqrt{s}$, $\lesssim 4$, 3 M$_\odot$, $\log_{10} x$", "√s, ≲ 4, 3 M⊙, log10 x"),
        (r"$\tau^{0\nu}$, $\frac{\alpha_s}{2\pi}$", "τ^0ν, αs/2π"),
        (r"$3.1 \pm 0.2_{\rm stat} \pm 0.4_{\mathrm{syst}}$", "3.1±0.2 (stat)±0.4 (syst)"),
        (r"$(3 \pm 1)\times 10^{-4}$, (3 ± 1) × 10⁻⁴", "(3±1)×10^-4, (3±1)×10^-4"),
        (r"$3\times 10^{-4}$, 3× 10⁻⁴, 3 × 10⁻⁴", "3×10^-4, 3×10^-4, 3×10^-4"),
    ],
)
def test_latex_residue(text: str, expected: str) -> None:
    """LaTeX leaves what it would print, and money stays money."""
    assert normalise(text).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("&lt;5&#37; R&amp;D &nbsp;x &unknown;", "<5% R&D x &unknown;"),
        ("<b>x</b><i class='a'>y</i><jats:p>z</jats:p>", "xy z "),
        ("a<b and c>d, p<0.05", "a<b and c>d, p<0.05"),
    ],
)
def test_html_residue(text: str, expected: str) -> None:
    """Entities are decoded and tags dropped; comparisons are no tags."""
    assert normalise(text).text == expected


@pytest.mark.parametrize(
    ("text", "word", "original"),
    [
        (r"we use \textbf{Marlin} here", "Marlin", "Marlin"),
        ("rises to 46.3\u2009% now", "46.3%", "46.3\u2009%"),
        ("the ﬁnal ef\u00adfect", "effect", "ef\u00adfect"),
        ("a ﬁnal", "in", "ﬁn"),
        (r"costs \300,000", "$300,000", r"\300,000"),
        (r"costs \300,000", "300,000", "300,000"),
        ("x &amp;lt; y", "<", "&amp;lt;"),
    ],
)
def test_original_span_covers_what_was_written(text: str, word: str, original: str) -> None:
    """A span leads back to exactly the characters behind it, and to whole edits."""
    normal = normalise(text)
    start = normal.text.index(word)
    assert Span(*normal.original_span(start, start + len(word))).of(text) == original


@given(_texts)
@example("&amp;lt;b&amp;gt;")
def test_any_text_is_normalised_once_and_for_all(text: str) -> None:
    """Nothing raises, and normalising a normal form changes nothing."""
    normal = normalise(text).text
    assert normalise(normal).text == normal


@given(_texts)
def test_offsets_are_monotone_and_within_the_original(text: str) -> None:
    """Every character has a source, and sources come in order."""
    normal = normalise(text)
    spans = [Span(*normal.original_span(i, i + 1)) for i in range(len(normal.text))]
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(a.start <= b.start and a.end <= b.end for a, b in pairwise(spans))


@given(_texts, st.data())
def test_an_interval_covers_its_characters(text: str, data: st.DataObject) -> None:
    """The span of an interval reaches from its first character's source to its last one's."""
    normal = normalise(text)
    end = data.draw(st.integers(0, len(normal.text)))
    start = data.draw(st.integers(0, end))
    span = Span(*normal.original_span(start, end))
    if start == end:
        assert span.start == span.end
    else:
        assert span.start == normal.original_span(start, start + 1)[0]
        assert span.end == normal.original_span(end - 1, end)[1]


@given(st.text(alphabet="abc XYZ,.", max_size=40).filter(lambda text: "  " not in text))
def test_letters_and_single_spaces_are_untouched(text: str) -> None:
    """Plain words come back as they are, with the same offsets."""
    normal = normalise(text)
    assert normal.text == text
    assert normal.original_span(0, len(text)) == Span(0, len(text))
