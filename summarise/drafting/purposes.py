"""What data is for, by the words around it: training, evaluation, study, or others' use."""

from __future__ import annotations

import re

from summarise.models import Quantity, Span
from summarise.reading import OWN, Reading, Sentence
from summarise.scan import COLLECTED, words

NEW_WORDS = words(
    """introduce introduces introduced present presents propose proposes proposed construct
    constructs constructed constructing create creates created build builds built release releases
    released releasing collect collects collected curate curates curated contribute contributes
    develop develops developed annotate annotated compile compiled assemble assembled establish
    generate generated"""
)
"""What is done to a set that is made for others."""

# A verb of making whose object the name is: no preposition between them.
_NEW_BEFORE = re.compile(
    rf"\b(?:{'|'.join(sorted(NEW_WORDS))})\b"
    r"(?:(?!\b(?:of|for|to|on|in|from|with|by|that|which|using|over|than|via)\b)[^.;:]){0,80}\Z"
    r"|\b(?:called|named|termed|dubbed|namely) (?:the )?\Z"
    r"|\b(?:new|novel) [^.;:]{0,50}\b(?:data ?set|benchmark|corpus|suite) (?:that|which)"
    r" (?:includ|contain|compris|consist)\w*[^.;:]{0,80}\Z",
    re.IGNORECASE,
)
_TRAIN = re.compile(
    r"\b(?:(?:pre-?)?train(?:ed|ing)?|(?:fine-?|instruction[- ])tun(?:ed?|ing)|distill?ed"
    r"|learn(?:ed|t|s)? (?:from|on))\b(?:(?!models?\b|settings\b|outperform|surpass|exceed"
    r"|achiev|attain|state-of-the-art|evaluat)"
    r"(?:[^,;.]|\.(?=\d))){0,60}\Z"
    # "On the larger Zeta" is said of what was learnt from something smaller.
    r"|\boptimi[sz](?:e[sd]?|ing) the (?:[A-Za-z-]+ ){1,4}on \Z"
    r"|\b(?:scal\w+|train\w*|[Oo]n) (?:up |on |to )*the (?:much )?(?:larger|bigger)(?:-scale)? \Z",
    re.IGNORECASE,
)
_TRAIN_HINTS = ("train", "tun", "til", "learn", "larger", "bigger", "optimi")
# "trained to recognise 14 plants", "we trained 15 policies": no data.
_TO_DO = re.compile(r"\b(?:to [a-z]+|[Ww]e (?:pre-?|fine-?)?train(?:ed)?) (?:the |all )?\Z")
_FOR_TRAINING = re.compile(r"\b(?:(?:pre-?)?training|(?:fine-?|instruction[- ])tuning)\b")
_TRAINED_AFTER = re.compile(
    r"[^.;:]{0,60}\b(?:used|employed|served) (?:to|for|as) (?:pre-?|fine-?)?(?:train|tun|learn)"
)
_AS_NEW = words("new novel")
# "On long-text benchmarks (Zeta, Eta), …"
_BENCHMARKS_BEFORE = re.compile(r"\b(?:[Oo]n|[Aa]cross) [^.;:]{0,40}\bbenchmarks?\b[^.;:]{0,60}\Z")
# "ImageNet pre-training", "Zeta fine-tuning"
_TRAINS_AFTER = re.compile(r"(?: (?:dataset|data))?[ -](?:pre-?training|fine-?tuning)\b")
_TELLS_TEST = re.compile(
    r"\b(?:evaluat(?:e|es|ed|ing|ions?)|experiment|benchmark(?:ed|ing)|test(?:ed|ing|s)?\b|validat"
    r"|achiev|outperform|surpass|exceed|accurac|performance|results?\b|assess|reach|match|improv"
    r"|reduc|leaderboard|state-of-the-art)\w*",
    re.IGNORECASE,
)
_TEST_BEFORE = re.compile(
    r"\b(?:evaluat|test(?:ed|ing)?\b|test sets?\b|benchmark|validat(?:ed|ion)\b|held-out|experiment"
    r"|effective)\w*(?:(?!\b(?:we|that|and)\b)[^,;.]){0,60}\Z|\bto (?:evaluate|test|validate)\b",
    re.IGNORECASE,
)
_TESTED_ON = re.compile(
    r"\b(?:experiments?|evaluat(?:e|ed|ion)|tested|test set|validated) (?:\w+ )?(?:on|of) "
    r"(?:(?:a|the|our) (?:\w+ )?(?:dataset|set|benchmark|collection|corpus|sample) of )?\Z"
    r"|^On (?:a|the|our) (?:[\w-]+ ){0,2}(?:dataset|set|benchmark|collection|corpus|sample) of \Z",
    re.IGNORECASE,
)
_TEST_AFTER = re.compile(
    r"[^.;]{0,60}\b(?:to (?:evaluate|test|validate|assess)|for (?:evaluation|testing|validation))\b"
)
_MADE_BEFORE = re.compile(
    r"(?<!recently )\b(?:introduc|present|propos|construct|creat|build|built|releas|collect|curat"
    r"|contribut"
    r"|annotat|compil|assembl|gather|generat|synthesi[sz])\w*\b[^.;]{0,90}\Z",
    re.IGNORECASE,
)
COLLECTED_NOUN = re.compile(rf"(?:^|[ -])(?:{COLLECTED})$", re.IGNORECASE)
_SCORE_AFTER = re.compile(r" \([-+−]?\d+(?:\.\d+)?(?: ?%|\)| vs)")
_OUR_OWN = re.compile(
    r",? (?:our|an? (?:new|novel)) (?:own |new )?(?:[\w-]+,? ){0,5}?"
    r"(?:data ?set|corpus|benchmark|collection)\b"
)
# "our curated Zeta and Eta data sets"
_OURS_BEFORE = re.compile(
    r"\b[Oo]ur (?:own |new |newly )?(?:designed|proposed|constructed|curated|collected|created"
    r"|built|developed|introduced|annotated|compiled|released|own|new)"
    r" (?:[A-Z][\w-]* |and |, ){0,6}\Z"
)
_THAN_BEFORE = re.compile(
    r"(?<!tasks )(?<!benchmarks )(?<!datasets )(?<!sets )\b(?:than|unlike|like|similar to) "
    r"(?:the )?(?:[\w'’()-]+ ){0,8}\(?\Z"
)
# Where people or records come from: a registry, a survey, a cohort.
_SOURCE = (
    r"(?:[Ss]urvey|[Ss]tudy|[Rr]egistr(?:y|ies)|[Rr]egister|[Bb]iobank|[Cc]ohorts?|[Cc]ensus"
    r"|[Pp]anel|[Cc]onsorti(?:um|a)|[Ii]nitiative|[Tt]rial|[Aa]rchive|[Cc]laims|[Cc]atalogu?e?"
    r"|[Mm]ission|[Tt]elescope)"
)
_SOURCE_NAME = re.compile(rf"\b{_SOURCE}s?$|[a-z]Biobank$")
_SOURCE_AFTER = re.compile(rf"(?: \([^()]{{1,40}}\))?(?: [a-z-]+){{0,2}}? {_SOURCE}\b")
_DRAWN_BEFORE = re.compile(
    r"\b(?:data|records|participants|patients|cases|samples?|cohorts?|information|statistics"
    r"|observations|measurements|catalogu?es?|images|summary|adults|children|women|men|reports"
    r"|sequences|spectra|stars|galaxies|claims|subjects|individuals|enrol+ed|search(?:ed)?|drawn"
    r"|obtained|extracted|derived|using|used|from|linked|analy[sz]ed|quer(?:ied|y))\b"
    r"[^.;:]{0,100}\Z",
    re.IGNORECASE,
)
_OBSERVED = re.compile(r"(?:cohorts|databases|registries|surveys|biobanks)$", re.IGNORECASE)
_SEARCHED = words("searched")
_SEARCH = words("search searches")
_SEARCH_BEFORE = re.compile(r"\bsearch(?:es)? (?:[a-z]+ )?(?:of|in|through|across)\b[^.;]{0,90}\Z")
_REACH = 120
_FAR = 200
_MANY = 100_000


def is_learnt_from(sentence: Sentence, text: str, at: int) -> bool:
    """Whether something is trained on what stands at a place."""
    since = max(sentence.span.start, at - _REACH)
    if not any(map(text[since:at].lower().__contains__, _TRAIN_HINTS)):
        return False
    return _TRAIN.search(text, since, at) is not None and not _TO_DO.search(text, since, at)


def purpose_of_name(reading: Reading, span: Span, sentence: Sentence, name: str) -> str:
    """The role, as in ``schema.Data``, that a sentence gives to a data set that it names."""
    before = reading.text[max(sentence.span.start, span.start - _FAR) : span.start]
    is_made = sentence.has(NEW_WORDS) or sentence.has(_AS_NEW)
    is_new = is_made and sentence.has(OWN) and _NEW_BEFORE.search(before)
    is_ours = _OUR_OWN.match(reading.text, span.end) or _OURS_BEFORE.search(before)
    is_part = any(name.startswith((f"{own} ", f"{own}-")) for own in reading.method_names)
    if name in reading.method_names or is_ours or is_new or is_part:
        return "introduced"
    if _SCORE_AFTER.match(reading.text, span.end):
        return "evaluation"
    is_learnt = "evaluat" not in before and _TRAIN.search(before)
    is_learnt = is_learnt or _TRAINS_AFTER.match(reading.text, span.end)
    if is_learnt or _TRAINED_AFTER.match(reading.text, span.end, sentence.span.end):
        return "training"
    if _THAN_BEFORE.search(before):
        return "unspecified"
    is_source = _SOURCE_NAME.search(name) or _SOURCE_AFTER.match(reading.text, span.end)
    is_tested = _TELLS_TEST.search(sentence.text) is not None
    is_searched = sentence.has(_SEARCHED) or (
        sentence.has(_SEARCH) and not reading.method_names and _SEARCH_BEFORE.search(before)
    )
    is_material = not reading.method_names and not is_tested and _DRAWN_BEFORE.search(before)
    if is_source or is_searched or is_material:
        return "studied"
    is_tested = is_tested or _BENCHMARKS_BEFORE.search(before) is not None
    return "evaluation" if is_tested or sentence.has_measurement else "unspecified"


def purpose_of_sets(reading: Reading, sentence: Sentence, quantity: Quantity) -> str:
    """The role of sets that are counted and not named: "12 benchmarks", "five cohorts"."""
    if is_learnt_from(sentence, reading.text, quantity.span.start):
        return "training"
    return "studied" if _OBSERVED.search(quantity.unit or "") else "evaluation"


def purpose_of_count(
    text: str, sentence: Sentence, quantity: Quantity, *, is_people: bool, is_proposal: bool
) -> str:
    """The role of what a sentence counts.

    Args:
        text: What the sentence is part of.
        sentence: Where the count stands.
        quantity: The count.
        is_people: Whether it counts people or animals, who are studied.
        is_proposal: Whether the paper proposes something, which then is evaluated.
    """
    start, end = quantity.span
    if is_learnt_from(sentence, text, start) or _FOR_TRAINING.search(text, *quantity.span):
        return "training"
    if is_people:
        return "studied"
    since = max(sentence.span.start, start - _REACH)
    is_test = _TESTED_ON.search(text, since, start) is not None
    if is_proposal and not is_test:
        is_test = bool(
            _TEST_BEFORE.search(text, since, start)
            or _TEST_AFTER.match(text, end, sentence.span.end)
        )
    if is_test:
        return "evaluation"
    is_held = COLLECTED_NOUN.search(quantity.unit or "")
    is_made = is_proposal and is_held and _MADE_BEFORE.search(text, since, start)
    is_told = not is_proposal or sentence.works or (quantity.value or 0) < _MANY
    return "introduced" if is_made else "studied" if is_told else "unspecified"
