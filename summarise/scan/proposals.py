"""The names that a paper gives to what it proposes, found by the words around them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from summarise.models import Span, without_notice
from summarise.scan.names import GENERIC, KNOWN_MODEL, Name
from summarise.scan.patterns import MIXED, words

_STEMS = words(
    """propos present introduc develop design devis describ releas creat construct build built
    contribut offer unveil formulat announc launch implement train"""
)
_ENDING = re.compile(r"\w*")
# Who proposes: "we", "this paper", "our team"; a thing that others made has no such subject.
_OWN_BEFORE = re.compile(
    r"\b(?:[Ww]e|I|[Oo]ur (?:[\w-]+ ){1,3}?|(?:[Tt]h(?:is|e)|[Oo]ur) (?:[a-z-]+ ){0,2}?"
    r"(?:paper|work|study|article|report|manuscript|thesis|chapter|note|research|team|group"
    r"|survey|contribution))(?:['’](?:re|ve))?\b(?:(?!\bwhich\b|\bthat\b)[^.;:]){0,90}\Z"
    r"|\b(?:proud|pleased|excited|happy|thrilled) to \Z"
)
_OWN_REACH = 140
# "the proposed rule", "two developed tools": no verb, unless such a word stands before.
_BEFORE_PAST = re.compile(
    r"\b(?:[Ww]e|I|paper|work|study|article|report|team|group|authors|have|has|and|also|then|thus"
    r"|therefore|further|first|here|hereby|in addition|\w+ly|['’]ve),? \Z"
)
# What may stand between the verb and the name: no preposition, no second clause.
_NO_PART = (
    r"(?:of|for|to|in|on|at|with|from|by|that|which|who|whose|using|via|based|as|into|than|how|and"
    r"|or|where|when|upon|built|between|under|is|are|was|were|through|(?:leverag|employ|utili[sz]"
    r"|exploit|integrat|combin|incorporat|harness|adapt|extend|enhanc|improv)ing)"
)
_WORD = rf"(?!{_NO_PART}\b)[\w'’/-]+"
_GAP = re.compile(
    rf"(?:,? (?:here|also|then|further|additionally|thus|therefore|first|instead),?)?"
    rf"(?: {_WORD}(?:,(?: and)?|(?<=[a-z]) and(?= [a-z]))?){{0,9}}? [`'\"‘“(]*"
)
_INDEFINITE = re.compile(r"\ban? (?:[^,.;]*)\Z")
_CALLED = (
    "called ", "termed ", "named ", "dubbed ", "namely ", "denoted ", "denoted as ", "we call ",
    "coined ", "referred to as ", "which we call ", "known as ", "call it ", "abbreviated as ",
    "called the ", "termed the ", "named the ", "termed as ", "named as ", "dubbed as ",
    "which we name ", "which we term ", "we term ", "we name ", "name it ", "we dub ", "called a ",
    "which we dub ", "coined as ", "called as ",
)  # fmt: skip
_SEVERAL = re.compile(r"\b(?:two|three|four|five|several|both|various|multiple)\b.*\bnamely,? \Z")
_IS_PROPOSED = re.compile(
    r"(?: \([^()]{1,40}\))?,? (?:is|are) (?:then |therefore |hereby |here )?"
    r"(?:proposed|presented|introduced|developed|described)\b(?! (?:by|in \[?\d|as)\b)"
)
_ARTICLE_AFTER = re.compile(r"(?: \([^()]{1,80}\))?(?:,| --| —| –| -) (?:an?|the|our|which)\b")
_ABBREVIATION_AFTER = re.compile(r"(?: [\w-]+){0,4}? \(([A-Za-z][\w+.^-]{1,24})\)")
_THING = (
    r"(?:methods?|approach|model|system|framework|algorithm|tool|scheme|procedure|technique"
    r"|benchmark|dataset|data set|corpus|toolkit|package|library|pipeline|platform|architecture"
    r"|network|module|strategy|protocol|software|language|adapter|decoder|encoder|suite|app"
    r"|application|implementation|infrastructure|technology|service|database|simulator|engine"
    r"|collection|family|transformer|agent|optimi[sz]er|solver|compiler|server|webserver)"
)
# What may follow a name: the end of the phrase, or what kind of thing it is.
_PHRASE_ENDS = re.compile(
    rf"[`'\"’”]*(?:$|[.,;:)(]| -|—| –| (?:\(|that|which|for|to|is|and|as|in|on|with|by|using|where"
    rf"|while|based on|built|,)|-?s? (?:[a-z-]+ )?{_THING}\b)",
    re.IGNORECASE,
)
_OF_AFTER = re.compile(r"(?: [a-z]+)? of\b|[ -]?(?:based|driven|like|style|powered|enhanced)\b")
_LOWER_NAME = r"(?:[a-z]++(?:-[a-z]++|(?<=[a-z][a-z])) ){0,3}[a-z]++(?:-[a-z]++|(?<=[a-z][a-z]))"
_LOWER_CALLED = re.compile(
    rf"(?<!so-)\b(?:called|termed|dubbed|named) ({_LOWER_NAME})"
    r"(?= and\b|[,.;]| that\b| which\b| for\b| to\b)"
)
# "we propose letter alignment, a training stage": lower case, no article, and told what it is.
_LOWER_OBJECT = re.compile(
    rf"\b(?:propose|introduce|present)s? (?!(?:an?|the|our|two|three|four|several|new|novel|to)\b)"
    rf"({_LOWER_NAME})(?=, an? (?:[\w-]+,? ){{0,5}}?{_THING}\b)"
)
# "Our decoding rule, Zeta, keeps …", "The method, Zeta, scores …", "The resulting code, Zeta".
_OWN_THING_BEFORE = re.compile(
    r"(?:\b[Oo]ur (?:[a-z][\w-]* ){0,3}[a-z][\w-]*"
    rf"|\b(?:[Tt]he|[Tt]his) (?:(?:new|proposed|resulting) (?:[a-z-]+ )?)?{_THING})"
    r", (?:dubbed |called |named |termed )?\Z"
)
_COMMA_AFTER = re.compile(r"(?: \([^()]{1,24}\))?,")
_OWN_LONG_BEFORE = re.compile(r"\b(?:[Oo]ur|[Tt]he (?:proposed|resulting)) (?:new |novel )?\Z")
_MODEL_IS = re.compile(
    rf"\b(?:[Oo]ur|[Tt]he proposed) (?:[a-z-]+ )?{_THING} is (?:an? |the )?"
    rf"(?:{_WORD} ){{0,8}}?\Z"
)
# "Zeta contains 40 maps", "Zeta replaces them with one network".
_SUBJECT_AFTER = re.compile(
    r" (?:is (?:an?|the) |(?:contain|compris|consist|includ|provid|combin|replac|learn|us|cover"
    r"|collect|offer|tak|turn|lets?|mak|join|stor|draw|writ|split|compress|feed|merg)(?:e?s)?\b)"
)
# What is so made is only new where the sentence says what it is: "we train Zeta, a model", "we
# build a model, Zeta,".
_APPOSED = re.compile(rf" an? (?:[\w-]+ ){{0,4}}?{_THING}, (?:called |named |dubbed )?[`'\"‘“]*")
_MADE = ("train", "implement", "build", "built")
_SIDE = re.compile(
    r"\b(?:[Aa]lso|[Ff]urther(?:more)?|[Aa]dditionally|[Mm]oreover|[Ii]n addition|[Ss]econd(?:ly)?"
    r"|[Bb]esides|by-?product|[Tt]hird(?:ly)?|[Ll]astly)\b"
)
# "we address this with Zeta, a rule"
_SOLVED_WITH = re.compile(
    r"\b[Ww]e (?:address|tackle|solve|overcome|handle) (?:this|these|the|it)\b[^,.;]{0,40} with \Z"
)
# "the SET SAIL trial": of two words
_TRIAL = re.compile(
    r"\b(?:[Tt]he )?((?:(?!(?:THE|OF|IN|ON|AND|FOR|AN|TO|A|FROM|WITH)\b)[A-Z]{2,} )?"
    r"[A-Z][A-Z\d-]{3,40}) "
    r"(?:(?:[Rr]andomi[sz]ed|[Cc]linical|[Cc]ontrolled|[Cc]luster)[ -])*[Tt]rial\b"
)
_TITLE_NAME = re.compile(r"\A([^:]{2,60}?)(?::| -- | — | – )\s?\S")
_REACH = 200
_NEAR = 60
_LATER = 24
_MAX_TITLE_WORDS = 4
_MAX_EXPANSION = 120
# "all tide-related chores (TRCs)": of what there are several is no one thing's name.
_KINDS = re.compile(r"[A-Z]{2,}s")
_SKIPPED = words("a an and for from in of on the to via with by using")


class Proposal(NamedTuple):
    """A name that the text introduces as its own.

    Attributes:
        clarity: How clearly it does, above 0.
        is_side: It is introduced as a further thing: "we also present Zeta".
        long: What an abbreviation stands for.
    """

    text: str
    span: Span
    clarity: float
    is_side: bool = False
    long: str = ""

    def is_in(self, title: str) -> bool:
        """Whether a title, in lower case, has it or what it stands for."""
        return self.text.casefold() in title or bool(self.long and self.long.casefold() in title)


def find_proposals(
    text: str, names: Sequence[Name], sentences: Sequence[Span]
) -> tuple[Proposal, ...]:
    """Find the names that a text introduces, each where it does.

    Those that are introduced most clearly and return most often come first.
    """
    counts = Counter(name.text for name in names)
    starts = {name.span.start: name for name in names}
    clauses = _Clauses(text, sentences)
    best: dict[str, Proposal] = {}
    listed = -1
    for name in names:
        clarity, verb = _introduction(text, name, clauses)
        if clarity <= 0 and name.group == listed and name.is_strong:
            clarity = 0.0 if KNOWN_MODEL.match(name.text) else 1.5
        if clarity <= 0:
            continue
        listed = name.group if verb >= 0 else -1
        short = _ABBREVIATION_AFTER.match(text, name.span.end)
        kept = starts.get(short.start(1), name) if short else name
        if kept.text in GENERIC or _is_no_thing(text, kept):
            continue
        begin = name.span.start
        if kept is name and text[begin - 1 : begin] == "(":
            begin = _expansion_start(text, begin - 1, name.text) or begin
        long = text[begin : kept.span.start].rstrip(" (")
        at = name.span.start if verb < 0 else verb
        is_side = bool(_SIDE.search(text, max(clauses.sentence_start(at), at - _NEAR), at + _LATER))
        total = clarity + min(counts[kept.text], 4) - kept.span.start / (4 * len(text))
        if kept.text not in best or best[kept.text].clarity < total:
            best[kept.text] = Proposal(kept.text, kept.span, total, is_side, long)
    found = sorted(best.values(), key=lambda one: -one.clarity)
    found += _in_lower_case(text, clauses)
    return tuple(found) or tuple(_subjects(text, names, counts))


def _is_no_thing(text: str, name: Name) -> bool:
    """Whether there are several of it, or it is somebody who is cited: "Drews (1994)"."""
    if text[name.span.start - 1 : name.span.start] == "(" and _KINDS.fullmatch(name.text):
        return True
    cited = f"{name.text} ("
    return cited in text and re.search(rf"{re.escape(cited)}(?:18|19|20)\d\d", text) is not None


# "those at risk of developing gout", "a plan for building homes": nobody proposes these.
_AT_RISK = ("of ", "for ", "without ", "from ", "after ", "before ", "when ", "while ")


class _Clauses:
    """Where the verbs of proposing stand whose subject is the paper or its authors."""

    def __init__(self, text: str, sentences: Sequence[Span]) -> None:
        self._starts = [span.start for span in sentences] or [0]
        self._text = text
        self.verbs: list[Span] = []
        for start, end in _verbs(text):
            if text[start:end].endswith(("ed", "built")) and not _BEFORE_PAST.search(
                text, max(0, start - 20), start
            ):
                continue
            if text.startswith("ing", end - 3) and text.endswith(_AT_RISK, 0, start):
                continue
            if _OWN_BEFORE.search(text, max(self.sentence_start(start), start - _OWN_REACH), start):
                self.verbs.append(Span(start, end))
        self._verb_starts = [verb.start for verb in self.verbs]

    def sentence_start(self, at: int) -> int:
        """Where the sentence of a character starts."""
        return self._starts[max(0, bisect_right(self._starts, at) - 1)]

    def verb_before(self, at: int) -> Span | None:
        """The last such verb before a place, in the same sentence."""
        index = bisect_left(self._verb_starts, at) - 1
        if index < 0 or self.verbs[index].start < self.sentence_start(at):
            return None
        return self.verbs[index]


def _verbs(text: str) -> list[Span]:
    """The words that begin with a stem; looking for each takes a tenth of one pattern's time."""
    found: list[Span] = []
    for stem in _STEMS:
        at = text.find(stem)
        while at >= 0:
            ending = _ENDING.match(text, at + len(stem))
            end = ending.end() if ending else at + len(stem)
            before = text[at - 1 : at]
            if not (before.isalnum() or before in ("_", "-")):
                found.append(Span(at, end))
            at = text.find(stem, end)
    return sorted(found)


def _in_lower_case(text: str, clauses: _Clauses) -> Iterator[Proposal]:
    """A name without capitals: "a stage called letter alignment"."""
    for verb in clauses.verbs:
        following = text[verb.start : verb.end + _REACH].partition(". ")[0]
        match = _LOWER_OBJECT.match(following) or _LOWER_CALLED.search(following)
        if match is not None:
            start = verb.start + match.start(1)
            yield Proposal(match[1], Span(start, start + len(match[1])), 1.0)
            return


def _subjects(text: str, names: Sequence[Name], counts: Counter[str]) -> Iterator[Proposal]:
    """A name that is never introduced but opens a sentence and returns: "Zeta contains …"."""
    seen: set[str] = set()
    for name in names:
        start, end = name.span
        is_first = name.text not in seen and counts[name.text] > 1
        seen.add(name.text)
        if not is_first or not name.is_strong or KNOWN_MODEL.match(name.text):
            continue
        if text[max(0, start - 2) : start] in ("", ". ", ".\n") and _SUBJECT_AFTER.match(text, end):
            yield Proposal(name.text, name.span, 0.5)
            return


def _introduction(text: str, name: Name, clauses: _Clauses) -> tuple[float, int]:
    """How clearly the words around a name say that it is new here, and where their verb is."""
    start, end = name.span
    if name.text in GENERIC or name.text.removesuffix("s") in GENERIC:
        return 0.0, -1
    before = text[max(clauses.sentence_start(start), start - _NEAR) : start]
    is_renamed = _COMMA_AFTER.match(text, end) and _OWN_THING_BEFORE.search(before)
    is_used = before.endswith(" with ") and _SOLVED_WITH.search(before)
    is_used = is_used and _ARTICLE_AFTER.match(text, end)
    if is_renamed or is_used or _IS_PROPOSED.match(text, end):
        return (3.5 if is_renamed else 4.0), -1
    if before.endswith("("):
        return _as_abbreviation(text, name, clauses)
    verb = clauses.verb_before(start)
    if before.rstrip("`'\"‘“").endswith(_CALLED):
        return _as_called(text, name, verb, before)
    if verb is None or start - verb.end > _REACH:
        return 0.0, -1
    return _as_object(text, name, verb), verb.start


def _as_called(text: str, name: Name, verb: Span | None, before: str) -> tuple[float, int]:
    """How clearly it is the authors who call something so."""
    start = name.span.start
    if verb is None:
        return (5.0 if "we " in before[-16:] else 0.0), -1
    if _SEVERAL.search(text, max(verb.end, start - _REACH), start):
        return 0.0, -1
    return 5.0, verb.start


def _as_abbreviation(text: str, name: Name, clauses: _Clauses) -> tuple[float, int]:
    """How clearly the long form before the bracket is new: "we propose a Quick Reader (QR)"."""
    start, end = name.span
    if text[end : end + 1] != ")":
        return 0.0, -1
    begin = _expansion_start(text, start - 1, name.text)
    at = start - 1 if begin is None else begin
    least = clauses.sentence_start(start)
    before = text[max(least, at - 60) : at]
    if begin is not None and _OWN_LONG_BEFORE.search(before):
        return (0.0 if text.startswith("previous", at) else 3.0), -1
    if begin is None and not name.is_strong:
        return 0.0, -1
    if _MODEL_IS.search(text, max(least, at - 120), at):
        return 3.0, -1
    verb = clauses.verb_before(at)
    if verb is not None and at - verb.end <= _REACH and _GAP.fullmatch(text, verb.end, at):
        return 3.5, verb.start
    return 0.0, -1


def _expansion_start(text: str, bracket: int, short: str) -> int | None:
    """Where the words start that an abbreviation stands for: "Swift Map of Ink (SMI)"."""
    letters = [c.lower() for c in short if c.isalpha()]
    piece = text[max(0, bracket - _MAX_EXPANSION) : bracket]
    for match in reversed(list(re.finditer(r"[\w'’/-]+", piece))):
        word = match.group().lower()
        if not letters or word[0] != letters[0] or word in _SKIPPED:
            continue
        rest = iter(piece[match.start() :].lower())
        if all(letter in rest for letter in letters):
            return bracket - len(piece) + match.start()
    return None


def _as_object(text: str, name: Name, verb: Span) -> float:
    """How clearly a name is what "we propose"."""
    start, end = name.span
    if not _GAP.fullmatch(text, verb.end, start) and not _is_apposed(text, name, verb):
        return 0.0
    is_told = _ARTICLE_AFTER.match(text, end) is not None
    if is_told and text[verb.end : start].strip(" `'\"") in ("", "the", "our"):
        return 4.0
    is_told = is_told or (name.is_strong and _APPOSED.fullmatch(text, verb.end, start) is not None)
    if not is_told and (text.startswith(_MADE, verb.start) or KNOWN_MODEL.match(name.text)):
        return 0.0
    short = _ABBREVIATION_AFTER.match(text, end)
    if not (short or is_told) and (
        _OF_AFTER.match(text, end)
        or not _PHRASE_ENDS.match(text, end)
        or (_INDEFINITE.search(text, verb.end, start) and not name.is_strong)
    ):
        return 0.0
    if is_told:
        return 4.0
    return 3.0 if name.is_strong or name.is_acronym or short else 2.5


def _is_apposed(text: str, name: Name, verb: Span) -> bool:
    """Whether it renames the object: "we propose a new reader for ink, Zeta, that …"."""
    start, end = name.span
    if text[start - 2 : start] != ", " or text[end : end + 1] not in (",", ".", " ", ";"):
        return False
    if text[verb.end : start].count(",") > 2 or text.startswith((" and ", ", and "), end):
        return False
    is_name = name.is_strong or name.is_acronym or _ABBREVIATION_AFTER.match(text, end)
    return bool(is_name and re.match(r" (?:an?|the|our)\b", text[verb.end : start]))


_REVIEWS = re.compile(  # "Kite Sailing: A Tutorial" is about kites.
    r"(?i)\s*: (?:an? |the )?(?:[\w-]+ ){0,3}?(?:tutorial|survey|review|overview|primer"
    r"|perspective|roadmap)(?= (?:of|on|for|in|from|to|and)\b|[,:.]|\Z)"
)


def title_name(title: str | None) -> str | None:
    """The name before the colon of a title ("X: A Benchmark for Y"), or that of a trial.

    Returns:
        The name, verbatim, or None where the title has none. Of two names ("X & Y: …") the first.
    """
    title = without_notice(title or "")
    trial = _TRIAL.search(title)
    if trial is not None:
        first, _, second = trial[1].rpartition(" ")
        name = second if first in GENERIC else trial[1]
        if name not in GENERIC:
            return name
    match = _TITLE_NAME.match(title)
    if match is None:
        return None
    name, *rest = re.split(r" (?:&|and) ", match[1].strip())
    if any(" " in other or not MIXED.search(other) for other in rest):
        return None
    if name in GENERIC or KNOWN_MODEL.fullmatch(name):
        return None
    parts = name.split()
    opening = all(one[0].isupper() or one[0].isdigit() or MIXED.search(one) for one in parts)
    if len(parts) > _MAX_TITLE_WORDS or not opening:
        return None
    is_thing = len(parts) <= 2 and not _REVIEWS.match(title, match.end(1))
    return name if is_thing or MIXED.search(name) else None
