"""How good a run is: against gold, against another run or model, against its own evidence.

**Gold** is a file of JSON lines, one hand-made summary of an abstract each:

    {"id": "a1", "title": "…", "abstract": "…", "sentence_spans": [[0, 71], [72, 140]],
     "gold": {"problem": {"sentences": [1]},
              "method": {"name": "…", "sentences": [2]},
              "data": [{"name": "…", "role": "evaluation", "size": null, "sentences": [2]}],
              "compute": [{"kind": "hardware", "value": "8 GPUs", "sentences": [2]}],
              "results": [{"value": "46%", "baseline": "19%", "sentences": [2]}],
              "links": ["https://…"]}}

Its fields are those of ``schema.Draft`` and mean the same; texts and claims may be there and aren't
scored. Sentence n is item n - 1 of ``sentence_spans``, half-open intervals of characters of the
abstract. ``id`` or ``title`` may be absent, not both.

A run that people have corrected is gold as well, for what they have judged: see ``gold``.

**Pairs.** A record and a gold summary belong together when their titles are the same, letter case
and punctuation apart, else when their ids are. Gold without a record counts as answered by
nothing; a record without gold doesn't count. Sentence numbers of the record are first put in terms
of the gold's sentences, by the characters that they share.

**Counts.** For each field precision, recall and F1 over the entries of all pairs together, and the
mean of all F1. Of two lists each entry is matched once, in order. What matches:

=====================  ==========================================================================
``*.sentences``        the same sentence number
``method.name``        one name holds the other, word for word, letter case and punctuation apart
``data.name``          likewise, or at least 0.6 of the words of both are shared (Dice)
``data.role``          likewise, and the role is the same
``compute.value``      one holds the other, or 0.5 is shared; and where both have numbers, one of
                       these is the same
``results.numbers``    the same number, thousands separators apart, in a value or a baseline
``row.value``          a result's value: the same numbers with sign and per cent
``row.whole``          likewise, and metric and dataset hold the other, share 0.5, or lack in both
``row.group``          likewise the value with its group; ``row.uncertainty``: with the numbers of
                       its interval. Rows don't count in the mean, and gold may lack these parts
``links``              the same address
=====================  ==========================================================================
"""

# mypy: implicit-reexport

from typing import TYPE_CHECKING

from summarise import lazily

if TYPE_CHECKING:
    from summarise.evaluate.diff import DiffCounts, diff_view, side_by_side
    from summarise.evaluate.gold import Gold, gold_of_run, load_gold
    from summarise.evaluate.methods import accuracy_page, methods_paragraph
    from summarise.evaluate.models import (
        CompareOptions,
        compare_models,
        comparison_lines,
        named_candidates,
    )
    from summarise.evaluate.scores_table import evaluation_lines
    from summarise.evaluate.scoring import Scores, against_gold, against_run
    from summarise.evaluate.signals import Signals, signals_of
    from summarise.evaluate.verify import Verification
else:
    __getattr__ = lazily(__name__)
