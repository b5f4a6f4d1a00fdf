"""Names of metrics: what a number in an abstract measures.

A list is needed, since nothing in the form of "FID" or "accuracy" says that it is a metric; the
commonest of each field are here.
"""

from __future__ import annotations

import re

from summarise.models import Span
from summarise.scan.mentions import Mention, MentionKind
from summarise.scan.wordlists import either_case, one_of, words

_ACRONYMS = words(
    """F1 Dice DSC mIoU IoU mAP AP50 AP75 AP AUROC AU-ROC ROC-AUC AUPRC AUC BLEU-4 BLEU-1 BLEU
    sacreBLEU ROUGE-L ROUGE-1 ROUGE-2 ROUGE METEOR CIDEr SPICE chrF COMET BERTScore CLIPScore FID
    FVD KID LPIPS PSNR SSIM WER CER RMSE MAE MSE MAPE MRR NDCG nDCG EER MCC Elo R2 R² aHR HR aOR
    OR RR IRR ICER QALYs QALY SMD MD pass@1 Recall@1 R@1 R@5 Hits@1 Hits@10 P@1 EM"""
)
# "~" stands for a space or a hyphen.
_WORDS = words(
    """accuracy accuracies precision recall sensitivity specificity perplexity win~rates?
    success~rates? error~rates? error mortality survival incidence prevalence throughput latency
    F-scores? F-measure scores? correlations? agreement kappa hazard~ratios? odds~ratios?
    risk~ratios? rate~ratios? relative~risk effect~sizes? response~rates? hit~rates? attendance
    area~under~the~curve     abundance richness yield"""
)
_CORE = one_of([*map(re.escape, _ACRONYMS), *either_case(_WORDS)]).replace("~", "[ -]")
METRIC = rf"{_CORE}(?:[ -]scores?)?\b"
"""Pattern of a metric's name."""

METRIC_UNIT = re.compile(
    r" (?:mIoU|IoU|mAP|AP|BLEU|ROUGE(?:-[L12])?|METEOR|CIDEr|SPICE|F1|FID|AUC|AUROC|WER|PSNR"
    r"|points?|pts)\b(?: points?)?"
)
"""A metric that stands behind its number, as a unit does: ``+0.8 mIoU``."""

METRIC_BEFORE = re.compile(
    rf"\b{METRIC}(?: (?:value|score|coefficient)s?)?(?: [(\[][^()\[\]]{{1,20}}[)\]])?"
    r"(?:\s?[=:,(]\s?| (?:of|is|was|at|to|by|reached|around|about|approximately)"
    r" (?:about |\w+ )?| )?\Z"
)
"""A metric right before a number."""

_METRIC = re.compile(rf"(?<!\w){METRIC}")
# Words before a metric that belong to its name: "zero-shot accuracy", "top-1 error".
_MODIFIERS = re.compile(
    r"(?:\b(?:[\w-]+-[\w-]+|average|mean|overall|median|test|validation|balanced|classification"
    r"|diagnostic|prediction|predictive|linear|probing|hip|all-cause|macro|micro|human|preference"
    r"|recognition|detection|segmentation|retrieval|top|zero|relative|absolute|pooled|adjusted)"
    r"[ -]){1,3}\Z"
)


_LONGEST_WORD = 60


def find_metrics(text: str) -> tuple[Mention, ...]:
    """Find every name of a metric in a text, with the words that narrow it down."""
    found = []
    for match in _METRIC.finditer(text):
        start, end = match.span()
        if text[start - 1 : start] == "-":
            start = _word_start(text, start)
        narrow = _MODIFIERS.search(text[max(0, start - 40) : start])
        if narrow is not None:
            start -= narrow.end() - narrow.start()
        found.append(Mention(text[start:end], Span(start, end), MentionKind.METRIC))
    return tuple(found)


def _word_start(text: str, at: int) -> int:
    least = max(0, at - _LONGEST_WORD)
    while at > least and (text[at - 1].isalnum() or text[at - 1] == "-"):
        at -= 1
    return at
