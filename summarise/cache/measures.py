"""Ages, sizes and days, as people write and read them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from summarise.errors import SettingsError

_AGES = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_SIZES = {"": 1, "B": 1}
_SIZES |= {f"{letter}B": 1000**power for power, letter in enumerate("KMGT", 1)}
_SIZES |= {f"{letter}IB": 1024**power for power, letter in enumerate("KMGT", 1)}


def parse_age(text: str) -> float:
    """Seconds in an age such as ``90d``.

    Raises:
        SettingsError: It isn't a number with ``m``, ``h``, ``d`` or ``w``.
    """
    match = re.fullmatch(r"\s*(\d{1,9}(?:\.\d+)?)\s*([mhdw])\s*", text.lower(), re.ASCII)
    if match is None:
        raise SettingsError(
            f"{text!r} isn't an age",
            where="--older-than",
            hint="Write 30m, 12h, 90d or 8w: minutes, hours, days or weeks.",
        )
    return float(match[1]) * _AGES[match[2]]


def parse_size(text: str) -> int:
    """Bytes in a size such as ``2GB`` (of 1000 MB) or ``2GiB`` (of 1024 MiB).

    Raises:
        SettingsError: It isn't a number with a unit of bytes, or none.
    """
    match = re.fullmatch(r"\s*(\d{1,18}(?:\.\d+)?)\s*([a-z]*)\s*", text.lower(), re.ASCII)
    unit = _SIZES.get(match[2].upper()) if match else None
    if match is None or unit is None:
        raise SettingsError(
            f"{text!r} isn't a size", where="--max-size", hint="Write 500MB, 2GB or 1GiB."
        )
    return int(float(match[1]) * unit)


def format_size(size: int) -> str:
    """A number of bytes in the largest unit that it fills."""
    if size < 1000:
        return f"{size} B"
    shown = float(size)
    for unit in ("kB", "MB", "GB"):
        shown /= 1000
        if shown < 999.95:
            return f"{shown:.1f} {unit}"
    return f"{shown / 1000:.1f} TB"


def format_answers(count: int) -> str:
    """A number of answers."""
    return f"{count:,} {'answer' if count == 1 else 'answers'}"


def format_moment(seconds: float) -> str:
    """A time since 1970, ISO 8601 in UTC, in whole seconds; ``unknown`` for one out of bounds."""
    try:
        moment = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return "unknown"
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def format_day(seconds: float) -> str:
    """The day of a time since 1970, in UTC."""
    return format_moment(seconds).split("T", maxsplit=1)[0]
