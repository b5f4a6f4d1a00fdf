"""Quantities: what becomes one, with which kind, value and unit, and what never does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise.models import Quantity, QuantityKind
from summarise.scan import scan, sentence_spans
from tests.conftest import ROOT

_PIECES = [
    *"0123456789 .,-–%×/()[]$\\±~·<>=:;xKMB",
    *(" 6.3 days", " 48 V100 GPUs", " 3–5", " 95% CI 0.7–0.9", " p < 0.05", " GPT-4", " [3, 4]"),
    *(" from 19% to 46%", " n = 12", " twelve datasets", " 10^{-5}", " 1.2 × 10⁶", " COCO", " é"),
]
_texts = st.one_of(st.text(), st.lists(st.sampled_from(_PIECES), max_size=20).map("".join))


def _quantities(text: str) -> tuple[Quantity, ...]:
    return scan(text, sentence_spans(text)).quantities


def _kinds(text: str) -> list[tuple[str, str]]:
    return [(q.text, str(q.kind)) for q in _quantities(text)]


@given(_texts)
def test_spans_are_exact(text: str) -> None:
    """Each quantity's text is what its span covers, in order and without overlap."""
    found = _quantities(text)
    assert all(q.span.of(text) == q.text != "" for q in found)
    assert all(left.span.end <= right.span.start for left, right in pairwise(found))


@given(_texts)
def test_quantities_can_be_stored(text: str) -> None:
    """A quantity passes the validation of the model it is stored in."""
    for quantity in _quantities(text):
        assert Quantity.model_validate_json(quantity.model_dump_json()) == quantity


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("It ran on 48 V100 GPUs.", [("48 V100 GPUs", "hardware")]),
        ("We used 8xA100 and 2 RTX 4090.", [("8xA100", "hardware"), ("2 RTX 4090", "hardware")]),
        ("A single A100 GPU is enough.", [("single A100 GPU", "hardware")]),
        ("This took 9,000 A100 GPU days.", [("9,000 A100 GPU days", "compute_time")]),
        ("in 1.5 TPU-hours", [("1.5 TPU-hours", "compute_time")]),
        ("with 350M parameters", [("350M parameters", "parameters")]),
        ("a 7B model", [("7B", "parameters")]),
        ("an error of a 7B model", [("7B", "parameters")]),
        ("ZetaNet (770M) has more parameters", [("770M", "parameters")]),
        ("reads faster than 5 GB/s", [("5 GB/s", "measure")]),
        ("needs 1.9 MB of upload", [("1.9 MB", "memory")]),
        ("a batch size up to 4,096", [("batch size up to 4,096", "batch_size")]),
        ("needs 16 GB of memory", [("16 GB of memory", "memory")]),
        ("saves 80% CO2 emissions", [("80% CO2 emissions", "emissions")]),
        ("costs $31k", [("$31k", "money")]),
        (r"costs \450,000", [(r"\450,000", "money")]),
        ("is 6x faster", [("6x", "factor")]),
        ("with 10times less compute", [("10times", "factor")]),
        ("a two-fold rise", [("two-fold", "factor")]),
        ("by a factor of 1.9", [("factor of 1.9", "factor")]),
        ("gains +0.8 mIoU", [("+0.8 mIoU", "points")]),
        ("by 6.3 percentage points", [("6.3 percentage points", "points")]),
        ("by 31 basis points", [("31 basis points", "points")]),
        ("by 31 bps in all", [("31 bps", "points")]),
        ("by 4.4 log points", [("4.4 log points", "points")]),
        ("were 0.31 SD higher", [("0.31 SD", "points")]),
        ("by 0.31 standard deviations", [("0.31 standard deviations", "points")]),
        ("ten percent", [("ten percent", "percent")]),
        ("a dose of 50 mg/day", [("50 mg/day", "measure")]),
        ("at 13 TeV", [("13 TeV", "measure")]),
        ("images of 512x512", [("512x512", "measure")]),
        ("6.3 days", [("6.3 days", "time")]),
        ("a 12-week course", [("12-week", "time")]),
        ("(n = 120)", [("n = 120", "count")]),
        ("(p < 0.001)", [("p < 0.001", "p_value")]),
        ("P=.03", [("P=.03", "p_value")]),
        ("0.82; 95% CI, 0.74-0.91", [("0.82", "number"), ("95% CI, 0.74-0.91", "interval")]),
        ("on twelve datasets", [("twelve datasets", "count")]),
        ("four million map tiles", [("four million map tiles", "count")]),
        (
            "Six thousand, two hundred and forty-five gulls nest.",
            [("Six thousand, two hundred and forty-five gulls", "count")],
        ),
        ("Two thousand and fifty gulls nest.", [("Two thousand and fifty gulls", "count")]),
        ("18 type 2 diabetic patients", [("18 type 2 diabetic patients", "count")]),
        ("a reliability of .931.709 lamps were lit", []),
        ("over 7,800 news audiences", [("7,800 news audiences", "count")]),
        ("30K letter pairs", [("30K letter pairs", "count")]),
        ("in 2019", [("2019", "year")]),
        ("the 1990s", [("1990s", "year")]),
        ("written between 1640 and 1890", [("1640", "year"), ("1890", "year")]),
        ("letters from 1640 to 1925", [("1640", "year"), ("1925", "year")]),
        ("the wars (1756–1763) in", [("1756–1763", "year")]),
        ("It was built in 1640.", [("1640", "year")]),
        ("on 1,640 images", [("1,640 images", "count")]),
        ("on 1640 images", [("1640 images", "count")]),
        ("in 1640 images", [("1640 images", "count")]),
        ("between 1500 and 1800 samples", [("1500", "count"), ("1800 samples", "count")]),
        ("between 1200 and 1500 m", [("1200", "measure"), ("1500 m", "measure")]),
        ("a score between 1200 and 1500.", [("1200", "number"), ("1500", "number")]),
        ("rose from 1200 to 1500.", [("1200", "number"), ("1500", "number")]),
        ("rose on average from 1200 to 1500.", [("1200", "number"), ("1500", "number")]),
        ("cut from letters between 1640 and 1890", [("1640", "year"), ("1890", "year")]),
        ("seen in 1640 of 1890", [("1640", "number"), ("1890", "number")]),
        ("resulting in 1640 (82%)", [("1640", "number"), ("82%", "percent")]),
        ("1500", [("1500", "number")]),
        ("a score of 9 (10%) out of 87", [("9", "number"), ("10%", "percent"), ("87", "number")]),
        ("in 5 to 38 percent", [("5 to 38 percent", "percent")]),
        ("reached 8.5±1.2", [("8.5±1.2", "number")]),
        (
            "a factor of 2.3 and a power factor of 0.7",
            [("factor of 2.3", "factor"), ("0.7", "number")],
        ),
        ("an R-factor of 0.21", [("0.21", "number")]),
        ("a fill factor of 84.1%", [("84.1%", "percent")]),
    ],
)
def test_kinds(text: str, kinds: list[tuple[str, str]]) -> None:
    """Unit and neighbours tell the kind, and the text holds number and unit."""
    assert _kinds(text) == kinds


@pytest.mark.parametrize(
    "text",
    [
        "GPT-4 and ViT-B/32 and model v1.5",
        "3D scenes and 2D images",
        "as shown before [12, 13]",
        "(1) a first, 2) a second",
        "see Figures 1 and 2, Table 3, Section 4.2",
        "the 19th participant, a 4-class problem, 5-shot prompts",
        "with 10-fold cross-validation",
        "two findings and a two-stage design",
        "Type 2 diabetes in Phase 3",
        "Stable Widget 3 and Python 3.11 users",
        "CO2, PM2.5, COVID-19, CIFAR-10, UCF- 101",
        "on 12 March",
        "an O(1/n) rate",
        "95% confidence intervals",
        "at 90% confidence, with 95% CIs, at the 90% and 95% confidence level",
        "the limit at 95% C.L.",
        "on KOS'14 and KOS’15, in the ’90s",
        "Zeta 3.5 Verse outperformed all other models",
        r"$\tilde{O}(\varepsilon^{-20})$ and $x^{+1.39}_{-0.59}$",
    ],
)
def test_labels_are_no_quantities(text: str) -> None:
    """Digits that only name, number, cite or point are left out."""
    assert _kinds(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("32,000 hours", 32_000.0),
        ("32\u2009000 hours", 32_000.0),
        ("1 200 000 images", 1.2e6),
        ("€12 450", 12_450.0),
        ("1.2 billion tokens", 1.2e9),
        ("5M pairs", 5e6),
        ("3 × 10^8 m/s", 3e8),
        ("10^21 FLOPs", 1e21),
        ("10^{0.5} grains", 10**0.5),
        ("1e-5 m", 1e-5),
        ("0·71 points", 0.71),
        ("−0.5 points", -0.5),
        ("3.2 ± 0.4 kg", 3.2),
        ("twenty-four patients", 24.0),
    ],
)
def test_values(text: str, value: float) -> None:
    """Separators, powers, scales and signs are in the value."""
    (quantity,) = _quantities(text)
    assert quantity.value == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Intake fell from 1,2 to 3,4 g in 30 people.", ["30 people"]),
        ("It took 1,250 kg, 0,5 kg or 12 kg.", ["12 kg"]),
        ("It took 1,250 kg or 0.5 kg in 1,5 h.", ["1,250 kg", "0.5 kg", "5 h"]),
        ("As said [1,2], 1,250 people came.", ["1,250 people"]),
    ],
)
def test_a_decimal_comma_is_never_cut(text: str, found: list[str]) -> None:
    """Where a text writes decimal commas alone, its numbers with a comma are left out."""
    assert [quantity.text for quantity in _quantities(text)] == found


def test_ranges_are_one_quantity_without_value() -> None:
    """A range is one quantity; its value would be a guess."""
    (quantity,) = _quantities("It lasts 3–5 days.")
    assert (quantity.text, quantity.value, quantity.unit) == ("3–5 days", None, "days")
    assert _kinds("drops by 10 to 20 percent") == [("10 to 20 percent", "percent")]
    assert _kinds("by 9.1%/8.2%/7.3%") == [("9.1%/8.2%/7.3%", "percent")]


def test_a_change_is_two_quantities() -> None:
    """ "From A to B" is a baseline and a value, not a range."""
    assert _kinds("from 21.5% to 38.4%") == [("21.5%", "percent"), ("38.4%", "percent")]


@pytest.mark.parametrize(
    "text",
    [
        *("P\u2009<\u20090.0001", "P\u00a0=\u00a0.03", "p &lt; 0.05", "P values of 0.03"),
        *("p trend =0.048", "P for interaction = 0.2", "p-value < 1 × 10⁻⁵"),
    ],
)
def test_a_p_value_is_no_number(text: str) -> None:
    """Whatever is typed between the letter and the number."""
    assert _kinds(f"It rose ({text}) at last.") == [(text, "p_value")]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "95% CI: 1.2-3.4",
            "95%CI=1.2–3.4",
            "CI, 1.2 to 3.4",
            "CI: 0.3, 0.5",
            "95% CI [0.1, 0.2]",
        ),
        *(
            "CI 95%: 1.2 - 3.4",
            "95% CI 5.1–7.3 months",
            "95% confidence interval [CI], -0.5 to 0.3",
        ),
        *("IQR 3-7", "range 0.9-80 %", "SD 3.2", "90% credible interval of 2 to 3 kg"),
    ],
)
def test_a_spread_is_one_interval(text: str) -> None:
    """From its name to its last number, with or without a level."""
    assert _kinds(f"It was 4.5 ({text}).") == [("4.5", "number"), (text, "interval")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("-$83", -83.0), ("−$1,200", -1200.0), ("$-83", -83.0), ("$\\sim$30", 30.0)),
        *(("β = - 0.34", -0.34), ("r=−0.3", -0.3), ("1.3 x 10(7)", 1.3e7), ("$0.25$", 0.25)),
        ("accuracy—93%", 93.0),
    ],
)
def test_signs(text: str, value: float) -> None:
    """A sign may stand before a currency or apart; a dash between words and ``$`` are none."""
    (quantity,) = _quantities(f"It was {text}.")
    assert quantity.value == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        *("81%-87%", "0.48 to 0.71", "3–5 fold", "3- to 5-fold", "$100-$200", "-5% to -3%"),
        *("40-80\\%", "14/116", "2–4 mg/L"),
    ],
)
def test_a_range_is_never_torn(text: str) -> None:
    """Its dash is no sign, and both of its ends may have the unit."""
    (quantity,) = _quantities(f"a rate of {text}.")
    assert (quantity.text, quantity.value) == (text, None)


@pytest.mark.parametrize(
    "text",
    [
        *("174 mg g-1", "3.2 mol–1", "5 t ha−1 yr−1", "8 mg g⁻¹", "9 mg $g^{-1}$", "0.47 km·h -1"),
        *(
            "15 mL·min-1·kg-1",
            "0.3 yr−1",
            "12 per 100,000",
            "3.3 per year",
            "5 per 1000 person-years",
            "412 per 100 000 person-years",
        ),
        *("45 deaths per 100,000 population", "3/100,000", "140 mg/dL", "120 mmHg", "27.5 kg/m2"),
        *("37 °C", "19°", "45 U/L", "400 IU", "4.5 mIU/L", "5 μg", "150 ×10^9/L", "15 meV/atom"),
        *(
            "61.3 TOPS/W",
            "2.9 TOPS/mm²",
            "43.9 GFLOPS/W",
            "0.18 mΩ",
            "3.1 crabs per m²",
            "5 deg²",
            "30 km s⁻¹ Mpc⁻¹",
            "2 +3/−1 m s⁻¹",
            "(2 ± 1)×10⁻³ dex kpc⁻¹",
        ),
        *("5 GPa", "3 dB", "10 kDa", "2.4 × 10^{-3} s^{-1}", "27.5 kg/m$^2$", "3.4 kcal mol-1"),
    ],
)
def test_a_unit_is_whole(text: str) -> None:
    """With what it is divided by, however that is written, at the end of a sentence, too."""
    assert _kinds(f"It was {text}, and fell.") == [(text, "measure")]
    assert _kinds(f"It was {text}.") == [(text, "measure")]


def test_a_count_keeps_its_kind_beside_its_percentage() -> None:
    """ "14/116" isn't per cent since "12%" stands behind it."""
    assert _kinds("(14/116, 12%)") == [("14/116", "number"), ("12%", "percent")]


def test_neighbours_share_their_unit() -> None:
    """A bare number takes the kind of the number it is compared or listed with."""
    assert _kinds("12 vs. 4,800 A100 GPU days") == [
        ("12", "compute_time"),
        ("4,800 A100 GPU days", "compute_time"),
    ]
    assert [kind for _, kind in _kinds("10, 20 and 30 mg")] == ["measure"] * 3


def test_numbers_in_links_are_left_out() -> None:
    """A URL holds no quantities."""
    assert _kinds("Code: https://example.org/x/12 months") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"It takes $\sim 3$ days, or $4$ h.", [r"$\sim 3$ days", "$4$ h"]),
        (
            r"It fell ($p<0.001$). Training costs $1,200 on $8\times$A100, and $\approx 3$ days.",
            ["p<0.001", "$1,200", r"$8\times$A100", r"$\approx 3$ days"],
        ),
        ("It costs $5 and US$6 in 3 days.", ["$5", "US$6", "3 days"]),
    ],
)
def test_a_formula_is_never_cut(text: str, found: list[str]) -> None:
    """A quantity has both dollar signs of its formula, whatever stands before the number."""
    assert [quantity.text for quantity in _quantities(text)] == found


def test_facts_leave_out_years() -> None:
    """A year is a quantity, but no fact that a record must hold."""
    found = scan("In 2019 it cost $5.", ())
    assert [q.kind for q in found.quantities] == [QuantityKind.YEAR, QuantityKind.MONEY]
    assert [q.text for q in found.facts] == ["$5"]


NEW_UNIT = """
from summarise.models import Document
from summarise.drafting import embedded_draft
from summarise.reading import Reading
from summarise.scan import scan, unit_behind
text = "Zeta runs on a GPU. Our decoder decodes 40 blip/s. Others manage 25 blips per second."
print(*((str(q.kind), q.unit) for q in scan(text, ()).quantities))
print(unit_behind("40 blip/s", 2), unit_behind("40 blips per second", 2))
reading = Reading(Document(doc_id="d", title="Zeta", abstract=text))
print([fact["value"] for fact in embedded_draft(reading)["compute"]])
"""


def test_a_new_unit_is_one_row(tmp_path: Path) -> None:
    """A row of the table is known to the scan, to grounding, and to what tells of computing."""
    others = shutil.ignore_patterns("__pycache__", "node_modules")
    shutil.copytree(ROOT / "summarise", tmp_path / "summarise", ignore=others)
    table = tmp_path / "summarise" / "scan" / "units.py"
    rows = table.read_text("utf-8").split("_SPEEDS: _Units = {\n")
    row = '_SPEEDS: _Units = {\n    "blip/s": ("blips per second",),\n'
    table.write_text(row.join(rows), "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", NEW_UNIT],
        env=os.environ | {"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.splitlines() == [
        "('measure', 'blip/s') ('measure', 'blips per second')",
        "('blip/s', 9) ('blip/s', 19)",
        "['40 blip/s']",
    ]
