"""Words that a hyphen ties to a name without making another name of it."""

from __future__ import annotations

import re

SUFFIX = re.compile(
    r"-(?:[a-z]{2,}ed|driven|built|led|like|style|free|level|aware|specific|only|wide|type|related"
    r"|positive|negative|dependent|independent|compatible|agnostic|centric|friendly|using)(?!\w)"
)
"""What may follow a name: participles in "-ed", and adjectives that say how something relates."""

PREFIX = re.compile(r"(?<!\w)(?:[Nn]on|[Pp]re|[Pp]ost|[Pp]er)-\Z")
"""What may come before a name."""

TIME_UNIT = re.compile(r"-(?:hours?|days?|weeks?|months?|years?|minutes?|seconds?|equivalents?)\b")
"""What makes another unit of a unit: GPU-hours, mg-equivalent."""
