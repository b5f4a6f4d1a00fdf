"""Names of datasets, benchmarks and corpora, found by the words around them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from operator import attrgetter

from summarise.models import Span
from summarise.scan.forms import Form, form_of, whole_of
from summarise.scan.names import GENERIC, Mention, Name
from summarise.scan.patterns import words
from summarise.scan.units import COLLECTED

DATASET_NOUN = (
    r"(?:(?:data ?|test ?|training ?|validation ?|evaluation ?)sets?"
    r"|benchmark(?:ing)? ?(?:suite|dataset)?s?|corpus|corpora|test[ -]?beds?|databases?"
    r"|leaderboards?|cohorts?|registry|registries|biobank|archive|repository|treebank"
    r"|knowledge base|(?<!data )collection|test split|splits?)"
)
"""A noun that says "this name is a dataset"."""

DATA_WORDS = words(
    """set sets dataset datasets testset testsets trainingset trainingsets validationset
    validationsets evaluationset evaluationsets benchmark benchmarks benchmarking benchmarkings
    benchmarksuite benchmarksuites benchmarkdataset benchmarkdatasets benchmarkingsuite
    benchmarkingsuites benchmarkingdataset benchmarkingdatasets suite suites corpus corpora testbed
    testbeds bed beds database databases leaderboard leaderboards cohort cohorts registry
    registries biobank archive repository treebank base collection split splits"""
).union(COLLECTED.removeprefix("(?:").removesuffix(")").split("|"))
"""Words of which one is in each ``DATASET_NOUN``, and what a collection holds."""

_END_OF_PHRASE = (
    r"(?=[.,;:()]|$| (?:of|that|which|for|with|to|in|on|from|where|and|is|are|was|were|by|using"
    r"|as|\w+(?:ing|ed))\b)"
)
_SMALL = r"(?:an?|the|this|these|our|its|of|in|on|for|and|or|with|to|is|are|as|by|from|using|that)"
_HEAD_AFTER = re.compile(
    rf"(?: \([^()]{{1,60}}\))?(?: \d)?(?: (?!{_SMALL}\b)[a-z][\w-]*)?? {DATASET_NOUN}\b"
    r"(?! (?:construction|creation|curation|design|application|management|system"
    r"|numbers?|identifiers?|id)\b)",
    re.IGNORECASE,
)
# "ZetaTrap contains 1,860 tasks", "ZetaRead, 12,400 hours of …", "ZetaSet (20 tasks, 500 images)".
_HOLDS_AFTER = re.compile(
    r"(?:(?: \([^()]{1,60}\))?,? (?:which )?(?:contain|compris|consist|includ|gather|hold|cover)"
    r"(?:e?s|ing)?(?: of)?|,|,? an? (?:set|collection|suite|series) of| \()"
    r" ?(?:over |about |around |nearly |approximately |more than |a total of )?"
    r"\d[\d,.]*[KMBk]?(?: (?:thousand|million|billion))?"
    rf"(?: [a-z][\w-]*){{0,4}}? (?:{COLLECTED}|tasks|cases|subjects)\b"
)
# "2M tokens of the corpus Zeta", "the 1.5M examples of ZetaSet".
_HELD_BEFORE = re.compile(
    rf"\d[\d,.]*[KMBk]?(?: [a-z][\w-]*){{0,4}}? {COLLECTED} (?:of|from|in) (?:the )?\Z"
)
# "the calibration corpus Zeta", "the modern set Zeta".
_HEAD_RIGHT_BEFORE = re.compile(rf"\b(?:{DATASET_NOUN}|[a-z]+ (?:set|suite|stream)) \Z")
# What they end in: to look at the end of a text takes less than a search for it.
_HEAD_ENDS = tuple(
    f"{word} "
    for word in (
        *("set", "sets", "benchmark", "benchmarking", "suite", "suites", "dataset"),
        *("datasets", "corpus", "corpora", "bed", "beds", "database", "databases", "leaderboard"),
        *("leaderboards", "cohort", "cohorts", "registry", "registries", "biobank", "archive"),
        *("repository", "treebank", "base", "collection", "split", "splits", "stream"),
        *(f"{noun}{end}" for noun in ("benchmark", "benchmarking") for end in (" ", "s", " s")),
    )
)
_HELD_ENDS = ("of ", "from ", "in ", "the ")
_SHORT_AFTER = re.compile(r" \(([A-Z]\w+)\)")
_SEVERAL_BEFORE = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|\d+|several|multiple|various|many) "
    r"(?:[a-z-]+ ){0,3}\Z"
)
_PLURAL_AFTER = re.compile(
    r"(?: [a-z-]+)? (?:training datasets|registries|datasets|data sets|benchmarks"
    r"|corpora|test sets|databases)\b"
)
_IS_HEAD = re.compile(
    r"(?: \([^()]{1,80}\))?(?:,? (?:which )?is|,) (?:an?|the|our)\b"
    rf"(?: [\w()'’/-]+,?){{0,8}}? {DATASET_NOUN}{_END_OF_PHRASE}",
    re.IGNORECASE,
)
_INTRODUCERS = (
    "such as ", "including ", "like ", "namely ", "namely, ", "i.e., ", "i.e. ", "e.g., ", "e.g. ",
    ": ", "called ", "named ", "termed ", "dubbed ", "the ", "including, ",
)  # fmt: skip
_HEAD_BEFORE = re.compile(
    rf"\b(?:{DATASET_NOUN}|tasks)(?:,? \([^()]{{1,40}}\))?"
    r"(?:[^.;:()]{0,60}?[\s,(](?:such as|including|like|namely|i\.e\.|e\.g\.),?"
    r"|:|,? (?:called|named|termed|dubbed))[\s(]*(?:the )?\Z",
    re.IGNORECASE,
)
_HEAD_BRACKET = re.compile(rf"{DATASET_NOUN},? \(\Z", re.IGNORECASE)
_LIST_OF_OTHERS = re.compile(
    r"(?:models|LMs|methods|networks|encoders|baselines|backbones|approaches|algorithms"
    r"|formats|tools"
    r"|techniques|metrics|languages|platforms|simulators|libraries|frameworks|architectures|systems"
    r"|standards|variables|factors|attributes|modules|scales|questionnaires|instruments|services)"
    r"(?: \((?:e\.g\.|i\.e\.|namely|including),?|,? (?:such as|including|like|namely),?) \Z"
)
_LISTING = tuple(
    f"{word}{comma} "
    for word in ("such as", "including", "like", "namely", "e.g.", "i.e.")
    for comma in ("", ",")
)
_ON_BEFORE = re.compile(
    r"\b(?=[OoAa])(?<!focus )(?<!focuses )(?<!focused )(?<!based )(?<!building )(?<!Building )"
    r"(?<!builds )(?<!built )(?<!rely )(?<!relies )(?<!speedup )(?<!speed-up )(?<!improvement )"
    r"(?<!improvements )(?<!gain )(?<!gains )(?:[Oo]n|[Oo]ver|[Aa]cross) "
    r"(?:the |both |all (?:\w+ of )?)?"
    r"(?:(?!distilling|training|tuning|fine-tuning|adapting|applying|pruning|compressing|quanti)"
    r"[a-z][a-z-]* )?\Z"
)
_SAYS = re.compile(r" (?:[a-z]+ly )?(?!its\b|datasets\b|benchmarks\b|sets\b)[a-z]{3,}(?:s|ed)\b")
_NUMBER_BEFORE = re.compile(r"(?<![\w.,-])(?P<number>\d+(?:\.\d+)?)%? \(\Z")
_INDEFINITE = re.compile(r"\ban? (?:[a-z-]+ )*\Z")
_FROM_BEFORE = re.compile(r"\b(?:from|using|in|of|with) (?:the )?\Z")
# "summary data from Zeta, the Eta Consortium (EC) and "
_SOURCED_BEFORE = re.compile(
    r"\b(?:data|records|statistics|participants|patients|samples|cohorts?|catalogu?es?|sequences"
    r"|observations|measurements|spectra|images)(?: [a-z-]+){0,3} (?:from|of|in|by) (?:the )?"
    r"(?:[A-Z][\w-]*,? |\([A-Z][\w-]*\),? |and |the |of |for ){0,12}\Z"
)
_SEARCH_BEFORE = re.compile(
    r"\b[Ss]earch(?:ed|es|ing)?(?: (?:of|in|on|the|across|databases?|using|through))*[ :(]*"
    r"(?:the )?\Z"
)
_SEARCHED_AFTER = re.compile(r"[^.;:]{0,60} (?:was|were) (?:[a-z]+ )?searched\b")
_DATA_AFTER = re.compile(r"(?:['’]s)? (?:data|records|dataset)\b")
_THING_AFTER = re.compile(
    r"(?:['’]s)?[ -](?:[a-z-]+ )?(?:models?|backbones?|GPUs?|TPUs?|architectures?|methods?"
    r"|frameworks?|tasks?|encoders?|decoders?|approach(?:es)?|algorithms?|networks?|modules?"
    r"|scores?|metrics?|loss|based|layers?|objective|pipelines?|implementations?|computers?"
    r"|processors?|machines?|supercomputers?|boards?|chips?|phones?|devices?|toolbox|software|robots?|humanoids?"
    r"|quadrupeds?|drones?|robotic)\b"
)
_TASK_AFTER = re.compile(r" (?:[a-z-]+ ){0,2}tasks?\b")
_TESTED = re.compile(
    r"\b(?:evaluat|experiment|benchmark|test(?:ed|s|ing)?\b|validat|achiev|outperform|perform"
    r"|accurac|state-of-the-art|improv|surpass|exceed|competitive|results?\b|scores?\b|reach"
    r"|obtain|train|fine-?tun|gain|reduc|perplexit|error|precision|recall)",
    re.IGNORECASE,
)
# What is spoken of where something is tested "on Zeta"; elsewhere one depends or acts on it.
_OF_MACHINES = re.compile(
    r"\b(?:[Dd]ata ?sets?|[Bb]enchmark|[Cc]orp(?:us|ora)\b|[Aa]ccurac|[Pp]erplexit|[Tt]okens"
    r"|[Tt]rain(?:s|ed|ing)?\b|[Ff]ine-?tun|[Ss]tate-of-the-art|[Nn]eural\b|[Oo]utperform|[Aa]lgorithm)"
)
# "Faculty of Physics Department", "between June 2001 and"
_PLACE_BEFORE = re.compile(
    r"\b(?:Department|Faculty|School|Division|College|Ministry) of (?:[A-Z]\w+ |and )*\Z"
)


# "the Oat Seed Scheme (OSS)" isn't what is known by the same letters.
_SCHEMES = tuple(f"{one} (" for one in ("Scheme", "Service", "Services", "Agency", "Act", "Fund"))


def find_datasets(
    text: str, names: Sequence[Name], sentences: Sequence[Span]
) -> tuple[Mention, ...]:
    """Find the names of datasets, benchmarks and corpora.

    Returns:
        One mention a name, at the first place where the context tells that it is a dataset.
    """
    defined = _defined_as_other(text, names)
    of_machines = _OF_MACHINES.search(text) is not None
    found: dict[str, Mention] = {}
    starts = [span.start for span in sentences]
    for _, members in groupby(names, key=attrgetter("group")):
        group = list(members)
        at = bisect_right(starts, group[0].span.start) - 1
        sentence = sentences[at].of(text) if at >= 0 else text
        # Where no machine is tested, no sentence tells of tests.
        for name in _datasets_of(text, group, sentence if of_machines else "", defined):
            whole = whole_of(text, name)
            found.setdefault(whole.text.casefold(), whole)
    mentions = sorted(found.values(), key=lambda mention: mention.span)
    return tuple(_one_form_each(text, list(_longest(mentions))))


def _longest(mentions: list[Mention]) -> Iterator[Mention]:
    """Those that are no part of a longer name."""
    end = -1
    for one in sorted(mentions, key=lambda m: (m.span.start, -m.span.end)):
        if one.span.end > end:
            yield one
            end = one.span.end


def _one_form_each(text: str, mentions: list[Mention]) -> Iterator[Mention]:
    """Of "Long Form Benchmark (LFB)" keep the form that looks like a name."""
    starts = {m.span.start: m for m in mentions}
    dropped: set[Mention] = set()
    for mention in mentions:
        short = starts.get(mention.span.end + 2)
        if short is not None and text.startswith(" (", mention.span.end):
            is_name = any(c.islower() for c in short.text) or "-" in short.text
            dropped.add(mention if is_name else short)
    return (m for m in mentions if m not in dropped)


def _defined_as_other(text: str, names: Sequence[Name]) -> frozenset[str]:
    """Acronyms that the text defines as something else: "visual question answering (VQA)"."""
    found = set()
    for name in names:
        start, end = name.span
        if text[start - 1 : start] != "(" or text[end : end + 1] != ")":
            continue
        before = text[max(0, start - 24) : start]
        if before[-3:-2].isalpha() and not _HEAD_BRACKET.search(before):
            found.add(name.text.removesuffix("s"))
    return frozenset(found)


def _datasets_of(
    text: str, group: list[Name], sentence: str, defined: frozenset[str]
) -> Iterator[Name]:
    start, end = group[0].span.start, group[-1].span.end
    before = text[max(0, start - 110) : start]
    if len(group) > 1 and text[group[-2].span.end : group[-1].span.start] == ", ":
        # "On ZetaRead, Zeta wins", "on ZetaA and ZetaB, Zeta wins": the last is the subject.
        is_listed = before.endswith("On ") or " and " in text[start : group[-2].span.end]
        group = group[:-1] if is_listed and _SAYS.match(text, end) else group
        end = group[-1].span.end
    if _is_expansion(text, group) or (" of " in before and _PLACE_BEFORE.search(before)):
        return
    headed = _is_headed(text, group, before, end)
    told = headed or _is_told(before) or _is_searched(text, group, before, end)
    tested = None
    among_known = len(group) > 1 and any(form_of(name.text).is_known for name in group)
    for name in group:
        form = form_of(name.text)
        is_told = told or form.is_data or _is_apposed(text, name) or _has_own_number(text, name)
        is_told = is_told or (not form.is_other and _is_filled(text, name))
        if form.is_never or (form.is_other and not is_told):
            continue
        if name.text.removesuffix("s") in defined and not (headed or form.is_known):
            continue
        if form.is_known and text.endswith(_SCHEMES, 0, name.span.start):
            continue
        if is_told or (among_known and name.is_strong) or _stands_for_data(text, name, form):
            yield name
            continue
        if tested is None:
            tested = _is_on(before) and _is_about_tests(sentence)
        if tested and (name.is_strong or name.is_acronym) and not _is_thing(text, name):
            yield name


@lru_cache(maxsize=64)
def _is_about_tests(sentence: str) -> bool:
    return _TESTED.search(sentence) is not None


def _is_expansion(text: str, group: list[Name]) -> bool:
    """Whether it stands in brackets behind a name that it spells out: "PB (Proper Bench)"."""
    start = group[0].span.start
    if text[start - 1 : start] != "(" or (len(group) == 1 and " " not in group[0].text):
        return False
    word = text[max(0, start - 40) : start - 1].rstrip().rsplit(" ", 1)[-1]
    return word[:1].isupper() and not _HEAD_BRACKET.search(f"{word} (")


def _is_headed(text: str, group: list[Name], before: str, end: int) -> bool:
    """Whether "dataset" or the like follows the list: "ABCD and Foo30k datasets"."""
    if text[end : end + 1] != " " or not _HEAD_AFTER.match(text, end):
        return False
    if len(group) == 1 and (
        _is_plain_opener(text, group[0]) or _is_kind(text, group[0], before, end)
    ):
        return False
    if len(group) > 1 or not group[0].is_acronym:
        return True
    if _PLURAL_AFTER.match(text, end):
        return before.endswith((" the ", "both "))
    return not _INDEFINITE.search(before[-40:])


def _is_kind(text: str, name: Name, before: str, end: int) -> bool:
    """Whether it says of what kind some sets are: "three real GateQ datasets"."""
    short = _SHORT_AFTER.match(text, end)
    if short is not None and short[1] in GENERIC:
        return True
    is_several = _PLURAL_AFTER.match(text, end) and _SEVERAL_BEFORE.search(before[-60:])
    return is_several is not None and not form_of(name.text).is_known


def _is_searched(text: str, group: list[Name], before: str, end: int) -> bool:
    """Whether a review searched the list: "we searched Zeta and Eta", "Zeta was searched"."""
    if len(group) == 1 and _is_plain_opener(text, group[0]):
        return False
    if "search" in before[-60:] and _SEARCH_BEFORE.search(before):
        return True
    return "searched" in text[end : end + 90] and bool(_SEARCHED_AFTER.match(text, end))


def _is_plain_opener(text: str, name: Name) -> bool:
    """Whether it is one word, capitalised perhaps only since a sentence starts with it."""
    is_plain = name.text[1:].islower() and name.text.isalpha()
    return is_plain and text[max(0, name.span.start - 2) : name.span.start].strip() in (
        "",
        ".",
        ":",
    )


def _is_told(before: str) -> bool:
    """Whether "datasets such as" or the like comes before."""
    if before.endswith("("):
        return bool(_HEAD_BRACKET.search(before[-24:]))
    if before.endswith(_LISTING) and _LIST_OF_OTHERS.search(before[-40:]):
        return False
    return before.endswith(_INTRODUCERS) and bool(_HEAD_BEFORE.search(before))


def _is_apposed(text: str, name: Name) -> bool:
    """Whether "X, a new dataset" or "X is a corpus" follows."""
    follows = text[name.span.end : name.span.end + 3]
    return follows.startswith((", ", " is", " (")) and bool(_IS_HEAD.match(text, name.span.end))


def _is_filled(text: str, name: Name) -> bool:
    """Whether the words beside it count what it holds, or call it a set."""
    start, end = name.span
    if text[end : end + 1] in " ," and _HOLDS_AFTER.match(text, end):
        return name.is_strong or name.is_acronym or "-" in name.text
    if not (name.is_strong or "-" in name.text):
        return False
    before = text[max(0, start - 60) : start]
    if before.endswith(_HEAD_ENDS) and _HEAD_RIGHT_BEFORE.search(before[-30:]):
        return True
    return before.endswith(_HELD_ENDS) and _HELD_BEFORE.search(before) is not None


def _stands_for_data(text: str, name: Name, form: Form) -> bool:
    """Because it is widely known, or by "data from" before it, or by "data" behind it."""
    if form.is_known:
        # "on the ImageNet classification task"
        is_held_on = _TASK_AFTER.match(text, name.span.end) is not None
        return is_held_on or not _is_thing(text, name)
    if not name.is_strong:
        return False
    before = text[max(0, name.span.start - 120) : name.span.start]
    if _DATA_AFTER.match(text, name.span.end) and _FROM_BEFORE.search(before[-16:]):
        return True
    return "from " in before and _SOURCED_BEFORE.search(before) is not None


def _has_own_number(text: str, name: Name) -> bool:
    """Whether it stands in brackets behind a number: "8.5% (FooCXR)"."""
    start, end = name.span
    if text[start - 1 : start] != "(" or text[end : end + 1] != ")" or not name.is_strong:
        return False
    before = _NUMBER_BEFORE.search(text[max(0, start - 12) : start])
    # "Lamp Scale Version 3 (LS3-J)": the number is a part of what is abbreviated.
    return before is not None and before["number"].removeprefix("20") not in name.text


def _is_on(before: str) -> bool:
    """Whether the list stands behind "on" or the like."""
    near = before[-40:]
    if not ("n " in near or "over " in near or "cross " in near):
        return False
    return _ON_BEFORE.search(near) is not None


def _is_thing(text: str, name: Name) -> bool:
    """Whether a word follows that makes it a model, a device or a method."""
    return text[name.span.end : name.span.end + 1] in " -'’" and bool(
        _THING_AFTER.match(text, name.span.end)
    )
