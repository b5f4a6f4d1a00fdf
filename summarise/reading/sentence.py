"""A sentence with its role and quantities, and the words that tell what it does.

It names a gap, states an aim, proposes, reports, refers to code. The cues are sets of word forms
rather than patterns: looking up the words of a sentence is many times faster than searching it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from string import ascii_lowercase

from propcache.api import cached_property

from summarise.models import Quantity, QuantityKind, Role, Span
from summarise.reading import lexicon, turns
from summarise.reading.lexicon import (
    AGE,
    AIM,
    AUTHORS,
    BEING,
    CHANGE,
    COMPARING,
    EVIDENCE,
    FINDING,
    GAP,
    OTHERS,
    OUTCOME,
    OWN,
    REACHED,
    REACHING,
    SAMPLING,
    SCORING,
    SUPPORTING,
    WEAK_GAP,
    WORKS,
)
from summarise.scan import (
    Mention,
    Mentions,
    Section,
    TrustedText,
    is_cut_off,
    section_labels,
    sections_of,
    sentence_roles,
    trusted_text,
    words,
)

_CUES = frozenset().union(
    *(known for known in vars(lexicon).values() if isinstance(known, frozenset)),
    *(turn.words for turn in vars(turns).values() if isinstance(turn, turns.Turn)),
)
"""All words that a sentence is asked for below."""

_LETTERS = bytes(code if chr(code) in f"{ascii_lowercase}-" else 32 for code in range(256))

_COST_CONTEXT = re.compile(
    r"\b(?:train\w*|GPUs?|TPUs?|compute|inference|annotat\w+|API|tokens?|cloud)\b", re.IGNORECASE
)
_HINTS = FINDING | EVIDENCE | CHANGE | REACHING | REACHED
_CLAIMING = turns.FINDING.words | turns.SHOWING.words | OUTCOME | REACHING | EVIDENCE | FINDING

_GOES_ON = re.compile(r"[,;] (?:and|which|thus|so|we)\b")
_OF_WHAT = (" that ", " which ")
_STEM = 5
# "not only X but also Y" names no gap.
_GAP_BUT_FOR_BUT = GAP - {"but"}
_COMMON_STEMS = words(
    """with that this these those from have been were which their they them there than then also
    more most other such betwe among when while where into over under after befor durin both each
    only some many much very using used concl study studi resul findi show shows showe sugge
    assoc"""
)
_OWN_OPENINGS = ("We ", "Our ", "Here we ", "Here, we ", "In this ")
# "Our daily life": not that of the authors alone.
_EVERYONES = re.compile(
    r"Our (?:[a-z]+ )?(?:li[fv]es?|world|societ(?:y|ies)|planet|brains?|bod(?:y|ies)|environment"
    r"|universe|cities|eyes|understanding|knowledge)\b"
)
_TELLING = frozenset({QuantityKind.INTERVAL, QuantityKind.P_VALUE})
_SCORED = frozenset(
    {QuantityKind.PERCENT, QuantityKind.POINTS, QuantityKind.NUMBER, QuantityKind.FACTOR}
)
_MEASURED = _SCORED | {QuantityKind.MEASURE, QuantityKind.TIME, QuantityKind.MONEY}


@dataclass(frozen=True, eq=False)
class Sentence:
    """A sentence of an abstract and what its words say of its part in the paper.

    Attributes:
        number: Counted from 1, in the whole abstract.
        span: Where it stands in the text that it is a sentence of.
        leanings: How much its words speak for each role, as ``scan.sentence_roles`` tells it.
        section: The section it stands in, where the abstract labels its sections.
        label_length: Length of the section label at its start, with the space behind it.
        words: In lower case, without the label.
        is_instruction: It addresses a model or a reviewer; never evidence.
        is_torn: The abstract was cut within it, as by a service that gives so many characters.
    """

    number: int
    span: Span
    text: str
    role: Role
    leanings: tuple[int, ...] = ()
    section: Section | None = None
    label_length: int = 0
    quantities: tuple[Quantity, ...] = ()
    metrics: tuple[Mention, ...] = ()
    words: frozenset[str] = field(default_factory=frozenset)
    is_instruction: bool = False
    is_torn: bool = False

    def has(self, words: frozenset[str]) -> bool:
        """Whether any of the words occurs."""
        return not self.words.isdisjoint(words)

    @cached_property
    def _cues(self) -> frozenset[str]:
        """Its words that may tell anything: a quarter of them, so that to ask takes a quarter."""
        return self.words & _CUES

    def _says(self, cue: frozenset[str]) -> bool:
        """Whether any word of a part of the lexicon occurs."""
        return not self._cues.isdisjoint(cue)

    @cached_property
    def is_about_cost(self) -> bool:
        """Whether it speaks of what machines or services cost; asked once for each quantity."""
        return _COST_CONTEXT.search(self.text) is not None

    @cached_property
    def body(self) -> str:
        """The text without a section label."""
        return self.text[self.label_length :]

    @property
    def body_start(self) -> int:
        """Where its body starts in the text that it is a sentence of."""
        return self.span.start + self.label_length

    @cached_property
    def lower(self) -> str:
        """The body in lower case, each character in its place."""
        return turns.lowered(self.body)

    @cached_property
    def has_clear_gap(self) -> bool:
        """Whether it names a difficulty, a lack or a contrast in words that seldom mean less."""
        has_gap = self._says(GAP if "but also" not in self.lower else _GAP_BUT_FOR_BUT)
        return has_gap or self.text.endswith("?") or self._is_cued(turns.GAP) or self.limits_others

    @cached_property
    def limits_others(self) -> bool:
        """Whether it says to what the work of others kept, and so what that left out."""
        return self._is_cued(turns.LIMITS_OTHERS)

    @cached_property
    def has_gap(self) -> bool:
        """Whether it may name a difficulty, a lack or a contrast."""
        return self.has_clear_gap or self._says(WEAK_GAP)

    def _is_cued(self, cue: turns.Turn) -> bool:
        # The sentence is seldom in lower case yet where none of its words is a hint.
        return not self._cues.isdisjoint(cue.words) and cue.look(self.lower) is not None

    @cached_property
    def states_aim(self) -> bool:
        """Whether it says what the paper wants to know or to reach."""
        return (self._is_cued(turns.AIM) and not self.is_about_earlier_work) or self.is_aim_alone

    @cached_property
    def is_aim_alone(self) -> bool:
        """Whether it is an aim without a verb: "To determine …"."""
        return self._is_cued(turns.INFINITIVE) and not self.is_about_earlier_work

    @cached_property
    def tells_relation(self) -> bool:
        """Whether it says in words how things compare, change or go together."""
        return self._is_cued(turns.RELATION)

    @cached_property
    def sets_up(self) -> bool:
        """Whether it says how a study was set up, and nothing that came out."""
        return self._is_cued(turns.SET_UP) and not (self.tells_relation or self._says(COMPARING))

    @cached_property
    def only_tells_doing(self) -> bool:
        """Whether it says what the authors did, and not what came of it."""
        return self._is_cued(turns.DOING) and not self.has_measurement

    @cached_property
    def tells_finding(self) -> bool:
        """Whether it says what the authors found: "Here we show that …"."""
        return self._is_cued(turns.FINDING) and not self.is_about_earlier_work

    @cached_property
    def tells_topic(self) -> bool:
        """Whether it says what the paper is about: "This study examines …"."""
        return self._is_cued(turns.TOPIC)

    @cached_property
    def has_aim(self) -> bool:
        """Whether it states an aim or a question, of the paper or of its field."""
        return self.text.endswith("?") or self._says(AIM) or self.states_aim

    @cached_property
    def has_purpose(self) -> bool:
        """Whether a part of it says what something is done for."""
        return self.has_aim or self.purpose is not None

    @cached_property
    def purpose(self) -> int | None:
        """Where in its body it begins to say what something is done for."""
        found = turns.PURPOSE.find(self.lower, self._cues)
        return found.start() if found else None

    @cached_property
    def is_concluding(self) -> bool:
        """Whether it draws a conclusion from what has been said."""
        return self.section is Section.CONCLUSION or self._is_cued(turns.CONCLUDING)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The beginnings of its longer words, to tell what it repeats."""
        return frozenset([w[:_STEM] for w in self.words if len(w) >= _STEM - 1]) - _COMMON_STEMS

    @cached_property
    def is_about_earlier_work(self) -> bool:
        """Whether it speaks of earlier work, the authors' own or that of others."""
        return self._is_cued(turns.EARLIER)

    @cached_property
    def proposes(self) -> bool:
        """Whether it says that the paper brings something new."""
        return self._is_cued(turns.PROPOSAL)

    @cached_property
    def works(self) -> bool:
        """Whether it says what the authors did."""
        if self.is_about_earlier_work:
            return False
        if self._says(SAMPLING) and any(q.kind is QuantityKind.COUNT for q in self.quantities):
            return True
        if not self._says(WORKS):
            return False
        return self._says(AUTHORS) or self.tells_topic or self._is_cued(turns.PASSIVE)

    @cached_property
    def tells_own_work(self) -> bool:
        """Whether the authors are its subject and it names no difficulty."""
        is_own = self.body.startswith(_OWN_OPENINGS) and not _EVERYONES.match(self.body)
        return is_own and not self.has_clear_gap

    @cached_property
    def claims_outcome(self) -> bool:
        """Whether it reports in words what came out."""
        if self._cues.isdisjoint(_CLAIMING):
            return False
        if (
            self.tells_finding
            or self._says(OUTCOME)
            or self._is_cued(turns.SHOWING)
            or (self._says(REACHING) and self._says(REACHED))
        ):
            return True
        if self._says(EVIDENCE):
            return self._says(FINDING) or self._says(SUPPORTING)
        return self._says(FINDING) and self._says(AUTHORS)

    @cached_property
    def has_outcome(self) -> bool:
        """Whether it reports what came out, in words or in numbers."""
        return self.claims_outcome or self.has_measurement

    @cached_property
    def hints_at_outcome(self) -> bool:
        """Whether any word or number in it speaks of what came out."""
        return self.has_outcome or self._says(_HINTS)

    @cached_property
    def is_outlook(self) -> bool:
        """Whether it only says what the work may lead to, or what ought to be done."""
        if self.section is Section.RESULT or self.has_measurement:
            return False
        found = turns.OUTLOOK.find(self.lower, self._cues)
        if found is None:
            return False
        # What came out may be followed by what is hoped for, or be of "ropes that can be used".
        at = found.start()
        is_told = self.body.endswith(_OF_WHAT, 0, at) or _GOES_ON.search(self.body, 0, at)
        return not (self.claims_outcome and is_told)

    @cached_property
    def is_about_others(self) -> bool:
        """Whether it opens with the work of others and doesn't come to the paper's own."""
        opening = self.body[:40].lower().split()[:3]
        opening = opening[1:] if opening and opening[0].endswith(",") else opening[:2]
        return not OTHERS.isdisjoint(opening) and self._cues.isdisjoint(OWN)

    @cached_property
    def has_estimate(self) -> bool:
        """Whether it gives a number with its uncertainty, the age of a sample apart."""
        if not self.quantities:
            return False
        if not self._kinds.isdisjoint(_TELLING):
            return True
        return self._cues.isdisjoint(AGE) and any("±" in q.text for q in self.quantities)

    @cached_property
    def _kinds(self) -> frozenset[QuantityKind]:
        return frozenset(quantity.kind for quantity in self.quantities)

    @cached_property
    def has_measurement(self) -> bool:
        """Whether it reports a number as an outcome."""
        if not self.quantities:
            return False
        if self.has_estimate:
            return True
        kinds = self._kinds
        if kinds & _MEASURED and (self._says(CHANGE) or self._says(BEING)):
            return True
        if kinds & _SCORED and (self.metrics or self._says(SCORING)):
            return True
        return QuantityKind.COUNT in kinds and self._says(CHANGE)

    @property
    def measures_change(self) -> bool:
        """Whether it speaks of a metric, or of how one thing differs from another."""
        return bool(self.metrics) or self._says(CHANGE) or self._says(COMPARING)

    @cached_property
    def only_tells_sample(self) -> bool:
        """Whether it only says who took part: "48 studies with 3,120 adults were included"."""
        is_rate = bool(self.metrics) and QuantityKind.PERCENT in self._kinds
        is_outcome = self.has_estimate and not self._says(AGE)
        if is_outcome or self._says(COMPARING) or is_rate:
            return False
        return self._is_cued(turns.SAMPLE)

    @cached_property
    def is_administrative(self) -> bool:
        """Whether it is a label alone, or says no more than where code or data can be had."""
        if self.section is Section.OTHER or not self.body or self._is_cued(turns.LEGAL):
            return True
        return self._is_cued(turns.ADMINISTRATIVE) and not self.claims_outcome


def sentences_of(trusted: TrustedText, mentions: Mentions) -> tuple[Sentence, ...]:
    """The sentences of a text, with what a scan found in each."""
    spans = trusted.sentences
    starts = [span.start for span in spans]
    quantities: list[list[Quantity]] = [[] for _ in spans]
    for quantity in mentions.quantities:
        quantities[max(0, bisect_right(starts, quantity.span.start) - 1)].append(quantity)
    metrics: list[list[Mention]] = [[] for _ in spans]
    for metric in mentions.metrics:
        metrics[max(0, bisect_right(starts, metric.span.start) - 1)].append(metric)
    # Only where some are gone can others read like instructions that didn't before.
    told = trusted_text(trusted.text, spans).instructions if trusted.removed else ()
    texts = [span.of(trusted.text) for span in spans]
    labels = section_labels(texts)
    sections = list(sections_of(labels))
    roles = sentence_roles(texts, sections)
    last = len(texts) - 1 if is_cut_off(texts) else None
    return tuple(
        Sentence(
            number=trusted.numbers[index],
            span=spans[index],
            text=text,
            role=told_role.role,
            leanings=told_role.leanings,
            section=section,
            label_length=label.end if label else 0,
            quantities=tuple(quantities[index]),
            metrics=tuple(metrics[index]),
            words=_words_of(text[label.end :] if label else text),
            is_instruction=index + 1 in told,
            is_torn=index == last,
        )
        for index, (text, label, told_role, section) in enumerate(
            zip(texts, labels, roles, sections, strict=True)
        )
    )


def _words_of(text: str) -> frozenset[str]:
    """What ``[a-z]+(?:-[a-z]+)*`` finds in a text in lower case, in a tenth of the time."""
    letters = text.lower().encode("ascii", "replace").translate(_LETTERS).decode("ascii")
    if "-" in letters:
        # What is left stands between two letters.
        letters = f" {letters} ".replace("--", " ").replace(" -", " ").replace("- ", " ")
    return frozenset(letters.split())
