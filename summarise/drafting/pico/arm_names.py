"""The names of what is done to people in a study: whole noun phrases, as they stand."""

from __future__ import annotations

import re
from enum import Enum, auto

from summarise.reading import FORMS, is_finite
from summarise.scan import one_of, words

_MOST_WORDS = 9

_SKIPPED = re.compile(
    r"(?:[(\[]?(?:\d|[a-c]|i{1,3})\)\s?|(?:to|the|an?|either|both|our|their|its|this|these|only|new|novel"
    r"|newly|one of) |(?:receiv(?:e[sd]?|ing)|undergo(?:ing)?|provid(?:e|ing)|be given|get"
    r"|use(?! of)|complete|take|wear|start|have|using|attend(?:ing)?|continue with|treatment with"
    r"|exposure to)(?: the| an?)? "
    r"|(?:[a-z-]+ )?(?:use|addition|administration|provision|implementation|introduction|delivery"
    r"|inclusion|including|effects?|(?:cost-)?effectiveness|efficacy|efficiency|impacts?"
    r"|benefits?|feasibility|acceptability|safety|trials?|stud(?:y|ies)|evaluation|presence|levels?)"
    r"(?:(?:,|,? and|/) ?[a-z-]+)* of )+",
    re.IGNORECASE,
)
NONE_OF_IT = (
    r"(?:(?:matching |matched )?placebo|sham(?: [a-z]+)?|usual (?:practice|(?:[a-z]+ )?care)"
    r"|standard (?:of )?care|standard (?:treatment|therapy)|routine care"
    r"|no (?:treatment|intervention|exposure|(?!longer|differen|significan|effect|evidence)[a-z]+)"
    r"|rest|(?:healthy |waiting[- ]list |wait[- ]?list |active |matched )?controls?"
    r"(?: (?:group|arm|condition|school|area|cluster|period|participant|patient)s?"
    r"|(?= (?:at|in|on|for|and|or|with|was|were|had|during|among)\b)|(?! ?[\w-]))"
    r"|waiting list|care as usual|treatment as usual)"
)
"""A comparison in which nothing, or nothing new, is done."""
NOTHING_DONE = re.compile(NONE_OF_IT + r"\b", re.IGNORECASE)

# "6-week course", "17B", "0.5% menthol cream"
_COUNTED = re.compile(r"\d+(?:-[a-z]|[A-Z])|\d[\d.]*% [a-z]+ [a-z]")
_BEHIND_HEAD = re.compile(r" (?:of|in|for) ")
_ASIDE_AT_END = re.compile(r" ?[(\[][^()\[\]]{0,80}[)\]]\Z")
_NOUNLESS = re.compile(
    r"-(?:based|led|delivered|related|specific|assisted|specialist|level|guided|cent(?:er|re)d)\Z"
)
_ADJECTIVE = re.compile(r"\A[a-z]+(?:-[a-z-]+|ed|ive|al|ic)\Z")
_NO_PHRASE = words(
    "was were is are had has have between those who which that than by we among over exposed order"
)
_TOKEN = re.compile(r"\S+")
_STOPS = words(
    """or versus vs for in at to was were is are be been from once twice between among on upon
    during over compared than after before who which that those every per until as within when while
    where alone group groups arm arms had has have by did do does can could may might will would
    should the a an we using through via up not into it they their this these with without against
    but both either if whether because due nor about under toward towards across around our its
    relative whereas"""
)
_PREPOSITIONS = words(
    "by on in to with at for using from into through as of within via during under according"
)
_JOINS = words("and of plus combined together alongside with")
# "treatment in hospital": a bare word takes what tells it from others.
_OF_WHAT = words("for in by through with into")
_DESCRIBING = words(
    """describing targeting including consisting using involving aiming comprising focusing
    delivering containing providing combining evaluating addressing promoting reducing improving
    comparing receiving assessing regarding concerning targeted aimed designed delivered
    performed"""
)
# What is said of a thing that names none.
_GENERIC = words(
    """intervention interventions program programs programme programmes treatment treatments study
    studies trial trials group groups arm arms control controls condition conditions experimental
    new novel active main of and different various several specific two three four multiple such
    pilot proposed developed newly effective approach approaches strategy strategies measures
    package packages exposure exposures factors factor risk associated public health clinical
    socio-demographic sociodemographic demographic socioeconomic socio-economic baseline patient
    characteristics variables determinants predictors potential individual environmental same other
    others change changes outcomes outcome results data information method methods model models
    system systems service services therapy therapies care component components first second one
    following additional available existing possible participation recruitment project cluster
    clusters brief innovative standard social policy policies covariates status common large small
    independent interaction relationship association original future early late long process
    management core weekly activities classes lessons sessions usual multimodal multicentre
    multicenter randomized randomised controlled randomly cross-sectional prospective comprehensive
    longitudinal retrospective key important practice practices levels hypothesis hypotheses planned
    own"""
)
_NO_THING = words(
    """awareness assumption it this they these those groups group participants patients study trial
    studies either one two three each both arm treating early new more less high low different
    evaluate assess determine investigate examine compare explore refer allocate test any all
    conducting following using changing short usual complete open identify how what why being having
    often never rarely always same median mean prevalence incidence outcomes whether there women men
    children adults people no female male outside optimal planned fulfilling meeting promote improve
    reduce increase prevent support provide"""
)
# What is measured was done to nobody: "lesion counts".
_MEASURED = words(
    """count counts score scores rate rates level levels severity mortality outcome outcomes
    incidence prevalence survival symptoms pain risk risks values reduction improvement satisfaction
    response responses quality findings protocols death deaths readmission challenges barriers
    experiences rationale need predictors participation association associations variables
    difference differences changes study trial project trials studies results costs cost analysis
    model models protocol retention adherence methods design data cohort int com epidemiology
    development implementation effects effect research evaluation efficiency characteristics
    considerations state overview perspectives"""
)
_PEOPLE = words(
    """patients participants people women men children adults adolescents individuals students
    infants workers physicians nurses schools clusters consumers users providers practices villages
    households families residents clinics countries subjects controls cases mothers parents groups
    arms conditions migrants smokers officers population populations subgroups subpopulations"""
)

_FOR_PEOPLE = re.compile(
    r"\A(?:intervention|program|treatment|strateg)[a-z]* (?:[a-z]+ )?for "
    rf"{one_of(_PEOPLE)}\b"
)


def without_opening(text: str, start: int) -> int:
    """Where the name begins behind articles, counts and “use of”."""
    skipped = _SKIPPED.match(text, start)
    return skipped.end() if skipped else start


class _Step(Enum):
    WORD = auto()
    JOINT = auto()
    END = auto()


def noun_phrase(text: str, start: int, end: int | None = None) -> str | None:
    """The noun phrase that begins at a place, without article; none where it has no end in sight.

    "of", "and", "plus" and "combined with" join; other prepositions, verbs, brackets and commas
    end it.
    """
    at = without_opening(text, start)
    nothing = NOTHING_DONE.match(text, at)
    if nothing and not nothing.group().lower().startswith("no "):
        return nothing.group()
    tokens = list(_TOKEN.finditer(text, at, len(text) if end is None else end))[: _MOST_WORDS + 3]
    cores = [token.group().rstrip(".,;:)]?”\"'") for token in tokens]
    lows = [core.lower() for core in cores]
    last = at
    for place, token in enumerate(tokens):
        step = _step(text, tokens, lows, place)
        if step is _Step.END:
            break
        if step is _Step.WORD:
            last = token.start() + len(cores[place])
            if token.end() > last and not _is_adjective(tokens, place):
                break
    name = text[at:last]
    return name if name and len(name.split()) <= _MOST_WORDS else None


def _is_adjective(tokens: list[re.Match[str]], place: int) -> bool:
    """Whether a word is an adjective before another one: "guided, web-based"."""
    word = tokens[place].group()
    behind = tokens[place + 1].group() if place + 1 < len(tokens) else ""
    is_first = not place or "-" in word
    return is_first and word.endswith(",") and _ADJECTIVE.search(behind.rstrip(",")) is not None


def _step(text: str, tokens: list[re.Match[str]], lows: list[str], place: int) -> _Step:
    """Whether a word is one of the phrase, joins it to others, or ends it."""
    low = lows[place]
    if not low or not low[0].isalnum() or "=" in low:
        return _Step.END
    if place and low.replace(".", "").isdigit() and not _is_in_name(tokens, place):
        return _Step.END
    if not place:
        return _Step.END if low in _STOPS else _Step.WORD
    following = lows[place + 1] if place + 1 < len(lows) else ""
    if low in _JOINS:
        is_end = not _joins(text, tokens, lows, place)
    elif low in _STOPS and not (low == "group" and _is_noun(following)):
        is_end = lows[place - 1] not in _JOINS and not _says_of_what(tokens, lows, place)
    else:
        is_end = _is_said_of_it(lows, place, following)
        return _Step.END if is_end else _Step.WORD
    return _Step.END if is_end else _Step.JOINT


def _is_in_name(tokens: list[re.Match[str]], place: int) -> bool:
    """Whether a number stands between two words of a name: "Sing 4 Sleep"."""
    around = tokens[place - 1 : place + 2]
    return len(around) == 3 and all(one.group()[0].isupper() for one in around[::2])


def _says_of_what(tokens: list[re.Match[str]], lows: list[str], place: int) -> bool:
    """Whether a preposition tells a bare word from others: "treatment in clinics"; no place."""
    following = lows[place + 1] if place + 1 < len(lows) else ""
    if lows[place] not in _OF_WHAT or not following or following in _STOPS:
        return False
    is_place = lows[place] == "in" and tokens[place + 1].group()[0].isupper()
    is_bare = all(one in _GENERIC for one in lows[:place])
    return is_bare and not is_place and not following.endswith("ing")


def _is_noun(low: str) -> bool:
    plain = low.isalpha() and low not in _STOPS and low not in FORMS
    return plain and not low.endswith("ed") and low not in _PREPOSITIONS and low != "and"


def _joins(text: str, tokens: list[re.Match[str]], lows: list[str], place: int) -> bool:
    low, following = lows[place], lows[place + 1] if place + 1 < len(lows) else ""
    if low == "with" and lows[place - 1] not in ("combined", "together"):
        return False
    if low in ("combined", "together"):
        return following == "with"
    if low == "and" and (_opens_other(text, tokens, place) or "and" in lows[:place]):
        return False
    return bool(following) and (following not in _STOPS or following in ("a", "an", "the"))


def _opens_other(text: str, tokens: list[re.Match[str]], place: int) -> bool:
    """Whether what stands behind an "and" is another thing or clause."""
    if place + 1 >= len(tokens):
        return True
    behind = tokens[place + 1]
    word = behind.group().lower()
    return (
        word in _STOPS
        or word in FORMS
        or word.endswith("ed")
        or NOTHING_DONE.match(text, behind.start()) is not None
    )


def _is_said_of_it(lows: list[str], place: int, following: str) -> bool:
    low = lows[place]
    return (
        low in _DESCRIBING
        or (low.endswith("ly") and low != "family" and (not following or following in _STOPS))
        or (low.endswith("ed") and (following in _PREPOSITIONS or not following))
        or (low in FORMS and is_finite(lows[place - 1], low, following))
    )


def region(text: str, start: int, end: int) -> str | None:
    """What stands between two places, if it is a noun phrase with what belongs to it."""
    at = without_opening(text, start)
    name = _ASIDE_AT_END.sub("", text[at:end]).rstrip(" ,")
    name = re.sub(r" (?:based|delivered|aimed)\Z", "", name)
    parts = name.lower().split()
    if not 0 < len(parts) <= _MOST_WORDS or re.search(r"[.;:,()](?: |\Z)", name):
        return None
    if parts[-1] in _STOPS | _JOINS or not _NO_PHRASE.isdisjoint(parts):
        return None
    return name


def phrase_before(text: str, end: int) -> str | None:
    """The noun phrase that ends at a place."""
    end = len(_ASIDE_AT_END.sub("", text[:end]))
    name = ""
    for token in reversed(list(_TOKEN.finditer(text, max(0, end - 90), end))):
        word = token.group()
        low = word.lower()
        if low in _STOPS or low == "of" or word[-1] in ".,;:" or "(" in word:
            break
        name = text[token.start() : end]
    return name if 0 < len(name.split()) < _MOST_WORDS else None


def is_thing(name: str | None) -> bool:
    """Whether a name tells what was done."""
    # "multicentre, randomized"
    parts = (name or "").lower().replace(",", "").split()
    if not name or not parts or parts[0] in _NO_THING or len(name) < 3:
        return False
    if parts[0][0].isdigit() and not _COUNTED.match(name):
        return False
    if _NOUNLESS.search(name) or _FOR_PEOPLE.search(name.lower()):
        return False
    heads = _BEHIND_HEAD.split(name.lower(), maxsplit=1)[0].split()
    if not heads or {heads[-1], parts[-1]} & (_MEASURED | _PEOPLE):
        return False
    # "risk factors for gout", "usefully": what are they?
    told = heads if heads[-1] == "factors" else parts
    is_bare = all(part in _GENERIC for part in told)
    return not (is_bare or (len(parts) == 1 and parts[0].endswith("ly")))
