"""Names of metrics: what a number in an abstract measures.

Acronyms are matched as written, words in any case. A list is needed, since nothing in the form of
"FID" or "accuracy" says that it is a metric; the commonest of each field are here.
"""

from __future__ import annotations

import re

from summarise.models import Span
from summarise.scan.mentions import Mention, MentionKind

_ACRONYMS = (
    r"(?:macro-|micro-|weighted )?F1|F-?[12]|Dice|DSC|mIoU|IoU|mAP|AP(?:50|75)?|AU-?ROC|AU-?PRC|AUC"
    r"|BLEU(?:-\d)?|sacreBLEU|ROUGE(?:-[12L])?|METEOR|CIDEr|SPICE|chrF|COMET|BERTScore|CLIPScore|FID"
    r"|FVD|IS|KID|LPIPS|PSNR|SSIM|WER|CER|RMSE|MAE|MSE|MAPE|MRR|NDCG|nDCG|EER|MCC|Elo|R2|R²"
    r"|(?:pass|Recall|R|P|Hits|Precision|recall|precision|hits|Acc)@\d+|[ac]?HR|a?OR|RR|IRR|ICER|QALYs?"
)
_WORDS = (
    r"(?:[\w-]+[ -])?(?:accurac(?:y|ies)|precision|recall|sensitivity|specificity|perplexity|win[ -]rates?"
    r"|success rates?|error rates?|error|error reduction|response rates?|hit rates?|mortality"
    r"|survival|incidence|prevalence|throughput|latency|F1[ -]scores?|F-scores?|F-measure"
    r"|scores?|correlations?|agreement|kappa)"
    r"|(?:[\w-]+ )?(?:hazard|odds|risk|rate|likelihood|incidence rate) ratios?|relative risk|effect size"
    r"|area under the (?:\w+ )*curve|dice (?:score|coefficient|similarity coefficient)"
    r"|(?:Pearson|Spearman)(?:['’]s)?(?: rank)?(?: correlation)?(?: coefficient)?|Cohen['’]s (?:d|kappa|κ)"
)
METRIC = rf"(?:\b(?:{_ACRONYMS})\b(?:[ -]scores?\b)?|\b(?i:{_WORDS})\b)"
"""Pattern of a metric's name."""

METRIC_UNIT = re.compile(
    r" (?:mIoU|IoU|mAP|AP|BLEU|ROUGE(?:-[L12])?|METEOR|CIDEr|SPICE|F1|FID|AUC|AUROC|WER|PSNR"
    r"|points?|pts)\b(?: points?)?"
)
"""A metric that stands behind its number, as a unit does: ``+0.8 mIoU``."""

METRIC_BEFORE = re.compile(
    rf"{METRIC}(?: (?:value|score|coefficient)s?)?(?: \([^()]{{1,20}}\))?"
    r"(?:\s?[=:,(]\s?| (?:of|is|was|at|to|by|reached|up to|around|about|approximately) (?:about |\w+ )?| )?\Z"
)
"""A metric right before a number."""

_METRIC = re.compile(METRIC)


def find_metrics(text: str) -> tuple[Mention, ...]:
    """Find every name of a metric in a text."""
    return tuple(
        Mention(m.group(), Span(*m.span()), MentionKind.METRIC) for m in _METRIC.finditer(text)
    )
