"""One spelling for what differs in typography alone, and the way back to the text as it stands."""

from __future__ import annotations

from summarise.typography.normal import Normalised, normal_form, normalise, readable, readable_line

__all__ = ["Normalised", "normal_form", "normalise", "readable", "readable_line"]
