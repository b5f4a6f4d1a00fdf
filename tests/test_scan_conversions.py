"""Quantities in one unit: what is converted, by which arithmetic, and what is left alone."""

from __future__ import annotations

import pytest

from summarise.scan import normalised, scan


@pytest.mark.parametrize(
    ("text", "value", "unit", "arithmetic"),
    [
        ("in 15,000 A100 GPU days", 360_000, "GPU-hours", "15,000 × 24 = 360,000 GPU-hours"),
        ("in 612 A100 GPU hours", 612, "GPU-hours", "612 A100 GPU hours = 612 GPU-hours"),
        ("in 3 TPUv4-days", 72, "TPU-hours", "3 × 24 = 72 TPU-hours"),
        ("250M parameters", 250e6, "parameters", "250M parameters = 250,000,000 parameters"),
        ("It costs $26k.", 26_000, "$", "$26k = 26,000 $"),
        ("saving \\300,000 in all", 300_000, "$", "\\300,000 = 300,000 $"),
        ("a 4.6× speed-up", 4.6, "×", "4.6× = 4.6 ×"),
    ],
)
def test_what_is_converted(text: str, value: float, unit: str, arithmetic: str) -> None:
    """Device time, parameters, money and factors come in one unit, with the arithmetic shown."""
    (found,) = filter(None, map(normalised, scan(text, ()).facts))
    assert (found.value, found.unit, found.arithmetic) == (value, unit, arithmetic)
    assert found.span.of(text) == found.text


@pytest.mark.parametrize("text", ["2 GPU-years", "5 hours", "40K images", "46.3% accuracy"])
def test_what_is_left_alone(text: str) -> None:
    """A unit without a fixed length, and what has no common unit, isn't converted."""
    assert not any(map(normalised, scan(f"It took {text} here.", ()).facts))
