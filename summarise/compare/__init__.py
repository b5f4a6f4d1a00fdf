"""Several models on the same documents: one run each, and one table of how they did.

The embedded extractor is run beside them: it is free, and the same every time. Each run has a
directory of its own, which ``summarise run`` could have made, so that comparing again asks for
nothing twice. What is compared needs no gold: values that stand nowhere in the abstract, statements
that say more than their evidence, quantities that nobody claims, how far the records of two runs
agree; and what the answers took. With gold there is F1 as well.
"""

from summarise.compare.candidates import EMBEDDED_NAME, Candidate, named_candidates
from summarise.compare.comparison import compare_models
from summarise.compare.figures import Counts, Figures, ModelComparison, Pair, Speed
from summarise.compare.runs import CompareOptions
from summarise.compare.table import comparison_lines

__all__ = [
    "EMBEDDED_NAME",
    "Candidate",
    "CompareOptions",
    "Counts",
    "Figures",
    "ModelComparison",
    "Pair",
    "Speed",
    "compare_models",
    "comparison_lines",
    "named_candidates",
]
