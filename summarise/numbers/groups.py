"""The names of those whose a value is: the noun phrases beside a number."""

from __future__ import annotations

import re
from collections.abc import Sequence

from summarise.models import Span
from summarise.scan import one_of, words

_MOST_WORDS = 6
_LONGEST = 90
_LONGEST_NOUN = 16
_ARTICLES = re.compile(r"(?:(?:the|those|an?|their|our|its|all|other|these) ){0,2}", re.IGNORECASE)
_WORD = re.compile(r"\$?[\w’'/&+*.%^−·-]*[\w’'+*]\$?")
_LINKS = words("of with")
_STOPS = words(
    """and or but nor while whereas which that who whose was were is are be been being had has have
    having did does do can could may might will would should must in at on by for from to as into
    than vs versus compared relative after before during within when where if since because under
    over across between among against without through via per it they we he she our this these
    those there also both either neither not no respectively using including only even still then
    thus so such more most less fewer higher lower better worse greater larger smaller longer
    below above beyond far became become becomes
    shorter the a an its their respective followed up only about around showed show shows obtain
    obtains lost gain gained gains found finds needs needed takes took scored scores cut cuts fell
    falls outperform outperforms outperformed surpass surpasses exceed exceeds beat beats match
    matches rose rises kept keeps led leads made makes
    achieved achieve achieves reach solve solves
    solved win wins lose loses reported report reports received reached reaches yields yielded
    drop drops dropped increase increases increased decrease decreases decreased improves improved
    grows grew declines declined rise said say says felt thought knew saw wanted expressed
    remained obtained gave gives demonstrated exhibited performed perform suffered participated
    responded agreed belonged complained"""
)
_NO_NAMES = words(
    """it that this these those each any all ever before earlier previously expected usual average
    total both one two three others other either half most which what who whom them ours contrast
    general particular addition fact turn comparison summary practice case cases turn time times
    order respectively ones result results it previous period day week month year hour minute half
    third quarter range trend terms four five six seven eight nine ten"""
)
_VAGUE = words(
    "models methods approaches baselines techniques systems algorithms patients ones mean median"
)
# What is said of somebody, and names nobody.
_QUALITY = re.compile(
    r"(?:actual|high|higher|low|lower|long|longer|short|shorter|good|poor|better|worse|large|small"
    r"|significant|significance|predominance|similar|different|present|absent|evidence"
    r"|[a-z]+(?:ful|ous|istic|ally))"
)
_NUMBER_ON = re.compile(r"[,.]\d| aged\b")
_TIME = re.compile(r"[\d.,]+ (?:(?:hour|day|week|month|year|minute|second|point)s?|ms|min|s)\b")
_UNIT = re.compile(r"[A-Za-zµμ]{1,4}/[A-Za-z]{1,3}")
_INNER = words("a an the")
_PARTICIPLE = re.compile(r"[a-z]{2,}ed\Z")
_AFTER_PARTICIPLE = re.compile(r" (?:with|by|in|at|for|to|from|as|on|using)\b")
PEOPLE_WORDS = words(
    """patients participants adults children women men people individuals subjects students
    respondents infants adolescents caregivers users workers residents mice rats animals
    controls group groups arm cohort volunteers experts humans engineers clinicians annotators
    developers physicians nurses teachers parents cases carriers athletes households families
    carers drivers farmers voters firms employees smokers survivors responders visitors
    customers managers surgeons doctors pharmacists dentists mothers fathers owners consumers
    tourists fishers speakers listeners raters reviewers keepers scientists pupils learners
    readers players veterans neonates girls boys females males eyes pregnancies samples
    isolates runners"""
)
"""Nouns for those who are studied or compared."""
PEOPLE = re.compile(rf"\b{one_of(PEOPLE_WORDS)}\b")
_ENDS = ".,;:)(]["


def phrase_behind(text: str, at: int, end: int) -> Span | None:
    """The noun phrase that begins at a place, without its article; None where none does."""
    end = min(end, at + _LONGEST)
    start = at = _skipped(text, at, end)
    last = at
    count = 0
    while count < _MOST_WORDS and (word := _WORD.match(text, at, end)) is not None:
        if word.end() == end and text[end : end + 1].isalnum():
            break  # a word that only begins within reach
        low = word.group().lower()
        is_link = low in _LINKS
        if low in _INNER and count and text[last : word.start()] != " ":
            at = word.end() + 1
            continue
        if text[last : word.start()].strip() == "with" and low[0].isdigit():
            # "outperforms the old rule with 41%"
            break
        if low in _STOPS or (is_link and not count) or text[word.end() : word.end() + 1] == "%":
            break
        is_verb = count and _PARTICIPLE.match(low)
        if is_verb and not _AFTER_PARTICIPLE.match(text, word.end()):
            break
        if not is_link:
            last = word.end()
        count += 1
        at = word.end()
        if text[at : at + 1] != " " or low == "alone":
            break
        at += 1
    told = _WHO.match(text, last, end)
    return _named(text, Span(start, told.end() if told else last))


# "patients who survived"
_WHO = re.compile(r" who (?:(?:were|was|had|did|have|are) (?:not )?)?[a-z-]+")


def _skipped(text: str, at: int, end: int) -> int:
    article = _ARTICLES.match(text, at, end)
    return article.end() if article else at


def phrase_before(text: str, start: int, end: int) -> Span | None:
    """The noun phrase that ends at a place and begins no earlier than ``start``."""
    end = start + len(text[start:end].rstrip())
    first = at = end
    for count in range(_MOST_WORDS):
        begin = max(start, text.rfind(" ", start, max(start, at - 1)) + 1)
        if begin >= at or at <= start:
            break
        word = text[begin:at].strip()
        low = word.lower()
        if low in _STOPS or (count and word[-1:] in _ENDS) or (low in _LINKS and not count):
            break
        is_verb = count and (_PARTICIPLE.match(low) or low.endswith("ing"))
        if is_verb and not (
            _AFTER_PARTICIPLE.match(text, begin + len(word)) or _describes(text, begin, at, end)
        ):
            break
        if low == "with" and not PEOPLE.search(text, max(start, begin - _LONGEST_NOUN), begin - 1):
            break
        if low not in _LINKS:
            first = begin
        at = begin - 1
        if begin == start:
            break
    return _named(text, Span(_skipped(text, first, end), end))


_DETERMINER = re.compile(r"\b(?:the|an?|in|of|for|with|among|than|and|to) \Z", re.IGNORECASE)


def _describes(text: str, begin: int, word_end: int, end: int) -> bool:
    """Whether a participle tells which people are meant: "in the treated group"."""
    if not _DETERMINER.search(text, max(0, begin - 8), begin):
        return False
    return PEOPLE.fullmatch(text, word_end + 1, end) is not None


def _named(text: str, span: Span) -> Span | None:
    """A stretch if it can be the name of a group: balanced, with letters, no pronoun."""
    start, end = span
    name = text[start:end].rstrip(_ENDS).removesuffix(" r").removesuffix(" n")
    end = start + len(name)
    if len(name) < 2 or any(name.count(a) != name.count(b) for a, b in ("()", "[]")):
        return None
    first = name.split(" ")[0].lower()
    if _TIME.match(name) or _UNIT.fullmatch(name) or _NUMBER_ON.match(text, end):
        return None
    if (
        _QUALITY.fullmatch(name)
        or first in _NO_NAMES
        or name in _VAGUE
        or not any(c.isalpha() for c in name)
    ):
        return None
    return Span(start, end)


_LIST_LIKE = re.compile(
    r"/|(?:\s?\([^()]{0,60}\)|[)\]])?[,;]? (?:and |or )?(?:of |[A-Za-z]{1,4}\d? ?= ?)?"
)
# "(46% NRH, 23% GH, 7% HC)": a name behind each number of a bracket.
_COUNT = r"(?:[\d.]+ ?%|\d[\d,]*(?: \([\d.]+ ?%\))?)"
_LABEL = (
    r"(?P<name>(?!(?:PPV|NPV|AUC|AUROC|CI|SD|SE|IQR|OR|HR|RR|ICC|CV|RMSE|MAE|F1)\b)[A-Z][\w-]*)"
)
_LABELLED = rf"{_COUNT} {_LABEL.replace('?P<name>', '?:')}"
_BRACKET_LIST = re.compile(rf"\({_LABELLED}(?:[,;] (?:and )?{_LABELLED})+\)")
_NAME = re.compile(rf" {_LABEL}(?=[,;)])")
RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)
_AND = re.compile(r",? and ")


def listed(text: str, within: Span, numbers: Sequence[Span]) -> dict[int, Span]:
    """Whose each number of a list is, by index: "A, B and C were 16%, 50% and 71%, respectively".

    A number's span is that of its value and of what tells how sure it is.
    """
    groups: dict[int, Span] = {}
    if len(numbers) < 2:
        return groups
    for bracket in _BRACKET_LIST.finditer(text, *within):
        for index, number in enumerate(numbers):
            if bracket.start() < number.start < bracket.end():
                named = _NAME.match(text, number.end, bracket.end())
                groups.update({index: Span(*named.span("name"))} if named else {})
    for word in RESPECTIVELY.finditer(text, *within):
        run = _run_before(text, numbers, word.start())
        if len(run) < 2:
            continue
        behind = Span(numbers[run[-1]].end, word.start())
        names = slashed(text, behind, len(run)) or _names(text, behind, len(run))
        if names is None:
            since = max((numbers[i].end for i in range(run[0])), default=within.start)
            names = _names(text, Span(since, numbers[run[0]].start), len(run))
        if names is not None:
            groups.update(zip(run, names, strict=True))
    return groups


_AMOUNT = r"\d[\d.,]*(?: ?%| [a-z]{1,8})?"
_FROM_TO = re.compile(
    rf" from {_AMOUNT} to {_AMOUNT},? and from {_AMOUNT} to {_AMOUNT},? respectively"
)
_MEAN = re.compile(r"(?:[Mm]edian|[Mm]ean|[Aa]verage) ")


def changed(text: str, within: Span, numbers: Sequence[Span]) -> dict[int, Span]:
    """Whose each number of two changes is, by index: "A and B fell from 8 to 3 and …"."""
    found = _FROM_TO.search(text, *within)
    names = _names(text, Span(within.start, found.start()), 2) if found else None
    if found is None or names is None:
        return {}
    if mean := _MEAN.match(text, *names[0]):
        names[0] = Span(mean.end(), names[0].end)
    of = [at for at, one in enumerate(numbers) if found.start() < one.start < found.end()]
    return {index: names[at // 2] for at, index in enumerate(of)} if len(of) == 4 else {}


def is_label_behind(text: str, number: Span, name: Span) -> bool:
    """Whether a name is that of a number in a bracket of such: "(46% NRH, 7% HC)"."""
    if text[number.end : name.start] != " ":
        return False
    opened = text.rfind("(", max(0, number.start - _LONGEST), number.start)
    found = _BRACKET_LIST.match(text, opened) if opened >= 0 else None
    return found is not None and name.end < found.end()


def _run_before(text: str, numbers: Sequence[Span], at: int) -> list[int]:
    """The numbers that stand as a list, the last of them nearest before a place."""
    run = [index for index, span in enumerate(numbers) if span.end <= at][-1:]
    while run and run[0]:
        before, first = numbers[run[0] - 1], numbers[run[0]]
        if not _LIST_LIKE.fullmatch(text, before.end, first.start):
            break
        run.insert(0, run[0] - 1)
    return run


_WITH_SLASHES = re.compile(
    r"[^,;./]{0,40}?\b(?:with|for|on|in|using|by|at) (?:the )?(?P<all>[\w-]+(?:/[\w-]+)+)"
)


def slashed(text: str, part: Span, count: int) -> list[Span] | None:
    """The names of "with A/B/C", as many as there are values; None where no such list follows."""
    found = _WITH_SLASHES.match(text, *part)
    if found is None or found["all"].count("/") != count - 1:
        return None
    at = found.start("all")
    names = []
    for name in found["all"].split("/"):
        names.append(Span(at, at + len(name)))
        at += len(name) + 1
    return names


def _names(text: str, part: Span, count: int) -> list[Span] | None:
    """The last list of so many names in a part of a text."""
    for joint in reversed(list(_AND.finditer(text, *part))):
        last = phrase_behind(text, joint.end(), part.end)
        if last is None:
            continue
        pieces = _pieces(text, Span(part.start, joint.start()), count - 1, last)
        if pieces is not None:
            return [*pieces, last]
    return None


_OF_PEOPLE = re.compile(rf"(?:[\w-]+ ){{0,2}}?{PEOPLE.pattern} (?:with|of|in|on) (?=\w)")


_ASIDE = re.compile(r" \([^()\d<>=]+\)\Z")


def _pieces(text: str, part: Span, count: int, last: Span) -> list[Span] | None:
    """The names before the "and" of a list, apart by commas; ``last`` is the one behind it."""
    pieces: list[Span] = []
    end = part.end
    for left in range(count - 1, -1, -1):
        if (aside := _ASIDE.search(text, part.start, end)) is not None:
            # "plain (dry or damp), ..."
            end = aside.start()
        comma = text.rfind(", ", part.start, end) if left else -1
        if left and comma < 0:
            return None
        name = phrase_behind(text, comma + 2, end) if left else phrase_before(text, part.start, end)
        if name is None:
            return None
        if not left and (of := _OF_PEOPLE.match(text, *name)) and not PEOPLE.search(text, *last):
            # "patients with mild, moderate and severe pain"
            name = Span(of.end(), name.end)
        pieces.insert(0, name)
        end = comma
    return pieces


_BRACKET_LABEL = re.compile(
    r"[(\[;]\s?(?:and )?(?P<name>[A-Za-z][\w /+.-]{1,40}):\s?[^();:\d]{0,15}\Z"
)
_NUMBERED = re.compile(
    r"[(\[;:,] ?(?:and )?(?P<name>(?:group|arm|cohort|year|grade|stage|type|class|phase|day"
    r"|week|month"
    r"|quartile|tertile|quintile|site|level) [\dA-Z][\w]{0,4}),? \Z",
    re.IGNORECASE,
)
# "were as follows: dry, 3.6; wet, 0.7"
_FOLLOWING = re.compile(
    r"\bas follows: (?:[^:.]*(?:\.\d[^:.]*)*; (?:and )?)?(?P<name>[a-z][\w-]*(?: [\w-]+){0,3}), \Z"
)
# "(girls 21%; young boys 14%)"
_PEOPLE_LABEL = re.compile(
    rf"\((?:[^()]*[;,] )?(?P<name>(?:(?!and )[a-z-]+ ){{0,2}}{PEOPLE.pattern}),? \Z"
)
_STATISTIC = re.compile(r"[A-Z]{1,4}\d?|[a-z]|[Mm]edian|[Mm]ean|[Rr]ange|[Dd]ifference|[Tt]otal")


def label_before(text: str, start: int, at: int) -> Span | None:
    """The name that a list or a bracket gives a value: "(CLIP: 71", "group I, 1 [7%]".

    It begins no earlier than ``start``; the value begins at ``at``.
    """
    near = max(start, at - 70)
    found = _BRACKET_LABEL.search(text, near, at)
    if found is None:
        labelled = _NUMBERED.search(text, near, at) or _PEOPLE_LABEL.search(text, near, at)
        if labelled is None and text.find("as follows: ", start, at) >= 0:
            labelled = _FOLLOWING.search(text, start, at)
        return Span(*labelled.span("name")) if labelled else None
    is_direct = text[found.end("name") : at].strip(": ") == ""
    if is_direct and _STATISTIC.fullmatch(found["name"]):
        return None
    return Span(*found.span("name"))


_BESIDE = re.compile(r" [A-Z][\w-]*(?:(?: [a-z]+)?(?=,| and\b|\.)|(?= (?:had|have|were|did)\b))")


def beside_share(text: str, at: int, end: int) -> Span | None:
    """Whose a count with its share is that ends at a place: "29 (38%) AD, 5 (11%) AWE"."""
    if text[at - 1] != ")" or _BESIDE.match(text, at, end) is None:
        return None
    return phrase_behind(text, at + 1, end)
