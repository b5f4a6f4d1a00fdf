"""What a number is worth, and quantities in units in which abstracts can be compared."""

from __future__ import annotations

import re

from summarise.models import NormalisedQuantity, Quantity, QuantityKind
from summarise.scan.units import SCALES, SPELLED

# Months and years have no fixed length, so they are left as they stand.
_HOURS = {"hour": 1, "hr": 1, "h": 1, "day": 24, "week": 168}
_DEVICE_TIME_UNIT = re.compile(
    r"(?P<device>GPU|TPU|CPU|core).*?[\s-](?P<time>hour|hr|h|day|week)s?\Z", re.IGNORECASE
)
_DEVICES = {"gpu": "GPU-hours", "tpu": "TPU-hours", "cpu": "CPU-hours", "core": "core-hours"}
# A dollar sign that LaTeX lost leaves its backslash.
_CURRENCIES = {"$": "$", "\\": "$", "€": "€", "£": "£", "¥": "¥"}


def normalised(quantity: Quantity) -> NormalisedQuantity | None:
    """A quantity in GPU-hours, parameters, one currency or ×, None where that isn't safe."""
    if quantity.value is None:
        return None
    if quantity.kind is QuantityKind.COMPUTE_TIME:
        return _device_time(quantity, quantity.value)
    if quantity.kind is QuantityKind.PARAMETERS:
        return _plain(quantity, quantity.value, "parameters")
    if quantity.kind is QuantityKind.FACTOR:
        return _plain(quantity, quantity.value, "×")
    if quantity.kind is QuantityKind.MONEY:
        # An amount that borrows its currency from a neighbour isn't sure to share it.
        signs = [_CURRENCIES[sign] for sign in quantity.text if sign in _CURRENCIES]
        return _plain(quantity, quantity.value, signs[0]) if signs else None
    return None


def _device_time(quantity: Quantity, value: float) -> NormalisedQuantity | None:
    found = _DEVICE_TIME_UNIT.search(quantity.unit or "")
    if found is None:
        return None
    hours = _HOURS[found["time"].lower()]
    unit = _DEVICES[found["device"].lower()]
    if hours == 1:
        return _plain(quantity, value, unit)
    product = round(value * hours, 6)
    arithmetic = f"{_number(value)} × {hours} = {_number(product)} {unit}"
    return _made(quantity, product, unit, arithmetic)


def _plain(quantity: Quantity, value: float, unit: str) -> NormalisedQuantity:
    return _made(quantity, value, unit, f"{quantity.text} = {_number(value)} {unit}")


def _made(quantity: Quantity, value: float, unit: str, arithmetic: str) -> NormalisedQuantity:
    return NormalisedQuantity(
        text=quantity.text, span=quantity.span, value=value, unit=unit, arithmetic=arithmetic
    )


def _number(value: float) -> str:
    return f"{value:,.6f}".rstrip("0").rstrip(".")


def spelled_value(match: re.Match[str]) -> float:
    """The number that words spell: "six thousand, two hundred and forty-five"."""
    value = float(SPELLED[match["word"].lower()] + SPELLED.get((match["ones"] or "").lower(), 0))
    value *= SCALES[match["scale"][1:].lower()] if match["scale"] else 1.0
    value += 100 * SPELLED.get(match["hundreds"] or "", 0)
    return value + sum(SPELLED[found] for found in match.group("rest", "unit") if found)


def value_of(match: re.Match[str]) -> float | None:
    """The number with its power of ten and its scale; None for a size such as 512x512."""
    try:
        value = float(match["digits"].replace(",", ""))
    except ValueError:
        return None
    if value == float("inf"):
        return None
    if match["power"]:
        value *= _power(match["power"])
    if match["scale"]:
        value *= SCALES[match["scale"].strip(" -").lower()]
    return value


_EXPONENT = re.compile(r"(?:10|[eE]|\A)\^?[{(]?([-+]?\d+(?:\.\d+)?)[})]?\Z")
_OWN_BASE = re.compile(r" ?\D*10|[eE]")
_MAX_EXPONENT = 300


def _power(text: str) -> float:
    """Factor of "× 10^-5", "e-5", or of the exponent alone that follows a 10."""
    match = _EXPONENT.search(text)
    exponent = float(match[1]) if match and len(match[1].partition(".")[0]) < 5 else 0.0
    if not _OWN_BASE.match(text):
        exponent -= 1
    return float(10.0 ** max(-_MAX_EXPONENT, min(_MAX_EXPONENT, exponent)))
