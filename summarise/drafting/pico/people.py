"""The noun phrases of a sentence that name people, from their number to what sets them apart.

What stands in brackets is left out, but a number of people there is theirs: "nurses (n = 40)".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from summarise.drafting.clauses import Clauses
from summarise.drafting.cues import is_being
from summarise.drafting.pico.complements import end_of_phrase, says_nothing
from summarise.reading import FORMS
from summarise.scan import DIGITS, SPELLED, one_of, words

_MOST_MODIFIERS = 8
_LONG = 4

_ALSO_PEOPLE = words(
    """households dyads graders births population populations elderly recruits youth
    grandparents spouses neighbours clients learners carers siblings offspring preschool-aged
    attenders non-users deaths dwellers inhabitants decedents earners fallers injectors goers
    pregnancies deliveries livebirths parturients primiparas multiparas caretakers
    vendors sellers shoppers passengers pedestrians travellers travelers
    staffs servants cleaners guards cooks divers dancers porters"""
)
# Of whom nothing is known yet.
_ANYBODY = words(
    """participants subjects respondents individuals people persons patients cases controls members
    users volunteers humans interviewees informants attendees population populations
    representatives providers deaths births recipients clients professionals staff personnel
    workers experts observers readers dyads"""
)
_EMPTY_WORDS = words(
    """eligible study enrolled total human selected included recruited consecutive all new several
    many other consenting invited potential individual more various such target different overall
    sampled sample our general whole entire identified remaining randomly further average"""
)
_NATIONS = ("icans", "eans", "ians")
_WORD = re.compile(r"[A-Za-z][\w’'-]*")
_ASIDE = re.compile(r" ?[(\[](?:[^()\[\]]|[(\[][^()\[\]]*[)\]])*[)\]]")
_SECOND_COUNT = re.compile(rf" (?:and|versus|vs\.?|with|or|to)(?: the)? {DIGITS} (?P<what>.*)")
_SEXES = words("men women males females boys girls")
_LISTS_PEOPLE = re.compile(rf" ?\({DIGITS} [a-z][^();]*\b(?:and|,) {DIGITS} [a-z]")
_N_IS = re.compile(rf"[(\[](?:total |overall )?[Nn] ?= ?(?P<n>{DIGITS})")
_SHORT = re.compile(r"[(\[](?P<short>[A-Z][A-Za-z-]*[A-Z]s?)[)\];,]")

_ENDS_ON_THE_LEFT = words(
    """in of among amongst the a an for with to and or from on were was we is are by at that this
    these those between than as who enrolled included recruited randomised randomized invited
    analysed analyzed studied examined followed compared total involving when whether where if
    which had have has having did do does can could may might would will should must our their its
    his her your my all any each every both either neither no not about against into within without
    per including excluding using comparing evaluating recruiting assessing investigating examining
    treating protecting helping reducing improving increasing preventing identifying providing
    supporting targeting affecting showing following studying surveying regarding concerning
    featuring measuring selecting asking inviting interviewing comprising covering containing giving
    allowing enabling making led recorded assessed asked interviewed surveyed identified contacted
    observed evaluated used while because since but so also only toward towards through during
    after before over under upon whose what how it they she he be been being there out up such
    help helps affect affects allow enable among: total: approximately nearly almost around
    received obtained collected comprised contained covered gave made matched versus vs many most
    some few other others several more less fewer like via throughout across whereas although
    nor then thus therefore however when: ensure provide support protect screen refer reach
    encourage engage empower track monitor follow treat recruit enrol enroll include involve"""
)
_MODIFIES = re.compile(
    r"(?:[a-z-]+(?:ed|ing|ant|ent|al|an|ic|ive|ary|ous|less|ful|ble|er)|male|female|young|old|overweight|obese|small|sick|poor|rich|single|junior|senior"
    r"|[A-Za-z]+-[a-z]+|rural|urban|public|private|black|white|[A-Z][a-z]+(?:an|ese|ish|ic))"
)
_TAKES_TO_PEOPLE = words(
    """compared exposure exposed due applied given administered distributed limited restricted
    related relevant attributed access offered provided similar according sent delivered care
    assigned allocated specific unique linked addressed tailored applicable available"""
)
_KIND_BEFORE = words("type grade stage class phase level group")
_NUMBER = re.compile(rf"{DIGITS}(?:\.\d+)?|(?:{one_of(SPELLED)})(?:-{one_of(SPELLED)})?", re.I)
_MULTIPLIER = words("hundred thousand million billion")
_FEW = words("one two three four five six seven eight nine zero")
_YEAR = re.compile(r"(?:19|20)\d\d")
_OPENS_COMPLEMENT = words(
    """with without aged in of from at on for under over above below who whose between within across
    after and or to than by during through via per following compared as when while versus vs were
    was is are will had have has not only eligible available present able unable responsible free
    naive willing likely newly living outside inside throughout around near before until since
    against among but using based that which can could may might would should did do does seen born
    resident older younger positive negative pregnant undergoing known because if whether where so
    then also both respectively taking"""
)
_AND_MORE = re.compile(
    r"(?:,? (?:and|or|and/or|&)|,)(?: their| the)?(?: \d[\d,]*)?(?P<words>(?: [A-Za-z][\w-]*){1,4})"
)
_OF_NUMBER = re.compile(r" of (?:about |over |approximately |some )?\d")
_STUDIED = re.compile(
    r" (?:studied|included|enrol+ed|recruited|surveyed|analy[sz]ed|evaluated|examined|interviewed)"
)


class People(NamedTuple):
    """Some people that a sentence names.

    Attributes:
        text: The noun phrase, without asides.
        size: How many, where a number stands before them or in brackets behind: verbatim.
        before: What the sentence says before, without asides, and ``after`` behind.
        asides: The brackets in and behind the phrase.
        is_specific: Whether it says who they are, not only that people took part.
        told: How much is said of them.
        noun: The word for people.
        is_complemented: Whether something stands behind the noun that tells of them.
        is_several: Whether several groups are counted, each by itself.
    """

    text: str
    size: str | None
    before: str
    after: str
    asides: tuple[str, ...]
    is_specific: bool
    told: int
    noun: str
    is_complemented: bool
    is_several: bool


def short_for_people(text: str) -> frozenset[str]:
    """The short forms that a text brings in for people: "nurses on nights (NNs)"."""
    found: set[str] = set()
    for match in _SHORT.finditer(text):
        before = [w.strip(",;:'’") for w in text[: match.start()].split()[-6:]]
        initial = match["short"][0].lower()
        for at, word in enumerate(before):
            is_last = at == len(before) - 1
            if is_people(word) and (is_last or word[0].lower() == initial):
                found.add(match["short"])
    return frozenset(found)


def is_people(word: str) -> bool:
    """Whether a word names people or animals, in the plural."""
    low = word.lower()
    is_known = is_being(low) or low.rpartition("-")[2] in _ALSO_PEOPLE
    return is_known or (word[:1].isupper() and word.endswith(_NATIONS))


def people_in(text: str, shorts: frozenset[str] = frozenset()) -> Iterator[People]:
    """The people that a sentence or a title names, in order, none within another."""
    plain, asides = _without_asides(text)
    for _, aside in asides:
        if _LISTS_PEOPLE.match(aside):
            # "82 people (40 nurses on nights and 42 porters)"
            listed = list(people_in(aside.strip(" ()[]"), shorts))
            yield from (one for one in listed if one.is_several and one.noun not in _SEXES)
    clauses = Clauses(plain)
    done = 0
    for match in _WORD.finditer(plain):
        word = match.group()
        if match.start() < done or not (word in shorts or is_people(word)):
            continue
        if not _is_head(plain, *match.span()) or _is_of_name(plain, match.start(), word, shorts):
            continue
        start, size = _left(plain, match.start())
        head = _past_more(plain, match.end(), shorts)
        end = end_of_phrase(clauses, start, head)
        done = end
        behind = tuple(
            aside
            for at, aside in asides
            if start < at <= end or (end < at and _STUDIED.fullmatch(plain, end, at))
        )
        own = plain[start:end]
        if size is None:
            size = next((n["n"] for n in map(_N_IS.match, map(str.strip, behind)) if n), None)
        lead = own[: match.start() - start].lower().split()
        rest = plain[head:end]
        complement = "" if says_nothing(rest) else rest
        tells = [w for w in lead if w not in _EMPTY_WORDS and not _NUMBER.match(w)]
        tells = [w for w in tells if w not in _MULTIPLIER and w != "and"]
        is_specific = bool(complement or tells)
        yield People(
            own.strip(" ,;:"),
            None if size and size.lower() in _FEW else size,
            plain[:start],
            plain[end:],
            behind,
            is_specific or word.lower() not in _ANYBODY,
            bool(complement) + bool(tells),
            word,
            bool(complement),
            _counts_several(own),
        )


def _counts_several(own: str) -> bool:
    """Whether a second number of people stands in a phrase: "80 nurses and 40 porters"."""
    second = _SECOND_COUNT.search(own)
    return second is not None and any(map(is_people, second["what"].split()[:4]))


def _without_asides(text: str) -> tuple[str, list[tuple[int, str]]]:
    """A text without what it has in brackets, and that, each with its place in the text left."""
    plain, at, asides = "", 0, []
    for match in _ASIDE.finditer(text):
        if match.start() == 0:
            continue
        plain += text[at : match.start()]
        asides.append((len(plain), match.group()))
        at = match.end()
        if text[at : at + 1].isalnum():
            plain += " "
    return plain + text[at:], asides


def _is_of_name(plain: str, start: int, word: str, shorts: frozenset[str]) -> bool:
    """Whether it is a word of a name: "the Boston Veterans Study", not of a title in capitals."""
    if not word[0].isupper() or word in shorts or word.endswith(_NATIONS):
        return False
    before = plain[max(0, start - 40) : start].rstrip()
    if not before or before[-1] in ".:;?!-–—":
        return False
    others = [w for w in _WORD.findall(plain) if len(w) >= _LONG]
    return sum(w[0].islower() for w in others) > len(others) // 2 and not (
        # "Participants Adults aged …": a label before it
        is_people(before.rpartition(" ")[2])
    )


def _is_head(plain: str, start: int, end: int) -> bool:
    """Whether a word for people is the noun itself: no "patients' views", no "children health"."""
    if plain.startswith(("'", "’", "-", "/"), end):
        return False
    after = _WORD.match(plain, end + 1)
    if not plain.startswith(" ", end) or after is None:
        return True
    word = after.group()
    if plain[start:end].lower() in ("population", "populations") and (
        word.endswith("s") or _OF_NUMBER.match(plain, end)
    ):
        return False
    return (
        not word.islower()
        or word in _OPENS_COMPLEMENT
        or word in FORMS
        or word.endswith(("ed", "ing", "ly", "wide"))
        or "-" in word
        or is_people(word)
    )


def _left(plain: str, start: int) -> tuple[int, str | None]:
    """Where the phrase begins whose noun begins at a place, and its number."""
    before = plain[:start].split(" ")[:-1]
    taken = 0
    while before and taken < _MOST_MODIFIERS:
        word, prior, earlier = (before[-n].lower() if len(before) >= n else "" for n in (1, 2, 3))
        if _counts(word) and prior not in _KIND_BEFORE:
            if _YEAR.fullmatch(word) and prior in ("in", "since", "of", "by", "and", "the"):
                break
            first = _first_of_number(before, start)
            return first, plain[first : start - 1]
        is_label = plain[start].isupper() and is_people(word) if word else True
        if is_label or not _goes_on(plain[start:], word, prior, earlier, is_first=not taken):
            break
        start -= len(before.pop()) + 1
        taken += 1
    if taken and before[-1:] == ["to"] and before[-2:-1] and before[-2] not in _TAKES_TO_PEOPLE:
        # "to engage nurses": a verb
        start = plain.index(" ", start) + 1
    return start, None


def _goes_on(behind: str, word: str, prior: str, earlier: str, *, is_first: bool) -> bool:
    """Whether a word is of the phrase, by the two before it and what follows."""
    if word in ("and", "or", "versus", "vs", "vs."):
        # "of young and middle-aged women"
        opens = earlier in _ENDS_ON_THE_LEFT or not earlier or _counts(earlier)
        is_pair = _MODIFIES.fullmatch(prior) or (_counts(earlier) and prior.isalpha())
        return opens and bool(is_pair) and prior not in _ENDS_ON_THE_LEFT
    if word.endswith(","):
        # "in rural, unmarried women"
        opens = prior in _ENDS_ON_THE_LEFT or _counts(prior)
        return not is_first and opens and _MODIFIES.fullmatch(word[:-1]) is not None
    if word == "at" and behind.startswith(("risk ", "high risk ", "high-risk ")):
        return True
    return _is_modifier(word, prior)


def _counts(word: str) -> bool:
    """Whether a word is a number or of one; "2017, 4424 people" has but one."""
    return word in _MULTIPLIER or (not word.endswith(",") and _NUMBER.fullmatch(word) is not None)


def _is_modifier(word: str, prior: str) -> bool:
    if not word or word[-1] in ';:.)%"“' or word in _ENDS_ON_THE_LEFT:
        return False
    return not (word in FORMS and word.endswith("s")) and prior not in ("we", "who", "which")


def _first_of_number(before: list[str], start: int) -> int:
    """Where a number begins whose words are the last of some, before a place."""
    while before:
        word = before[-1].lower()
        is_and = word == "and" and len(before) > 1 and before[-2].lower() in _MULTIPLIER
        if not (_counts(word) or is_and):
            break
        start -= len(before.pop()) + 1
    return start


def _past_more(plain: str, end: int, shorts: frozenset[str]) -> int:
    """Where the last of several nouns for people ends: "physicians and nurses"."""
    while more := _AND_MORE.match(plain, end):
        for word in _WORD.finditer(plain, *more.span("words")):
            if word.group() in shorts or is_people(word.group()):
                break
            if word.group() in _ENDS_ON_THE_LEFT and word.group() != "matched":
                return end
        else:
            return end
        if not _is_head(plain, *word.span()):
            return end
        end = word.end()
    return end
