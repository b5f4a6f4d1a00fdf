"""A clinical study by the embedded extractor: who took part, what was done, what came out.

``study`` makes the draft; ``population`` chooses who was studied, ``arms`` what was done and what
that was compared with, ``endpoints`` what was measured.
"""

from __future__ import annotations

from summarise.drafting.pico.study import pico_draft, unsure_findings

__all__ = ["pico_draft", "unsure_findings"]
