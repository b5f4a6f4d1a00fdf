"""How an entry of a layout is written as a fact or a name: which of its fields stand where.

And which fact a cell that doesn't show all begins with.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from summarise.render.cells import BLANK, CLOSE, COMMA, SEMICOLON
from summarise.render.format import Line, Strength, Stretch
from summarise.render.layout import Details, Layout, is_fact
from summarise.schema import COMPARED, MEASURED, Kind

DATASET = "dataset"
ON = Stretch(" on ", Strength.STOP)
_VERSUS = Stretch(" (vs. ", Strength.STOP)
# A bracket could open a link, so it is text.
_WITHIN, _WITHOUT = Stretch("["), Stretch("]")
_ASIDE = ("group", "uncertainty")
_PLACED = frozenset((*MEASURED, *COMPARED, "value", "kind", DATASET))
_UNSAID = frozenset((*MEASURED, "claim", "kind", "role"))


class _Around(NamedTuple):
    """Fields that stand together behind the value of a fact."""

    opening: Line
    names: tuple[str, ...]
    stop: Stretch
    closing: Line


class FactPlan(NamedTuple):
    """How entries of a layout are written."""

    is_fact: bool
    kind: str | None
    """Name of the choice that they are grouped by."""
    details: Details
    """The others that a group tells."""
    tells: tuple[str, ...]
    """Names of those."""
    sized: tuple[str, ...]
    """Names of what takes room wherever it is there."""
    around: tuple[_Around, ...]
    """What stands behind the value of a fact."""
    measures: tuple[str, ...]
    """Those that say what was measured."""
    statements: tuple[str, ...]
    """Names of its statements."""


@cache
def plan_of(layout: Layout) -> FactPlan:
    """The plan of a layout, made once."""
    choices = [field for field, _ in layout.details if field.kind is Kind.CHOICE]
    is_named = layout.head is not None and not layout.statements
    kind = choices[0] if is_named and len(choices) == 1 else None
    details = tuple(one for one in layout.details if one[0] is not kind)
    names = [field.name for field, _ in layout.details]
    others = [name for name in names if name not in _PLACED and name not in _ASIDE]
    known = {field.name for field in layout.fields}
    around = (
        _Around([_VERSUS], COMPARED, COMMA, [CLOSE]),
        _Around([ON], (DATASET,), COMMA, []),
        _Around([BLANK, _WITHIN], (*_ASIDE, *others), SEMICOLON, [_WITHOUT]),
    )
    return FactPlan(
        is_fact(layout),
        kind.name if kind else None,
        details,
        tuple(field.name for field, _ in details),
        tuple(name for name in layout.leaves if name not in _UNSAID),
        tuple(one._replace(names=tuple(filter(known.__contains__, one.names))) for one in around),
        tuple(name for name in MEASURED if name in known),
        tuple(field.name for field in layout.statements),
    )


# What a title asks comes before set-up.

# "Zeta outperforms lamps", "errors of wicks were lower than those of lamps"
_COMPARES = re.compile(
    r"\b(?:outperform|surpass|exceed)(?:s|ed)?\b|\bstate-of-the-art\b|\bsuperior\b"
    r"|\b(?:better|worse|more accurate|(?:high|low|great|small|fast|slow|few)er)\b[^,;]* than\b"
    r"|\b(?:highest|lowest|best|worst) (?:with|in|for|among)\b"
)
# "Students were in year one or two (46%)", "The expression of the model was y = 2x - 3": set-up.
_WHO_THEY_ARE = re.compile(
    r"(?:(?:the|most|our|all|study) )*(?:students|participants|patients|respondents|subjects"
    r"|adults|children|women|men|people|households) (?:were|was|came|lived)\b",
    re.IGNORECASE,
)
_EQUATION = re.compile(
    r"\b(?:expression|equation|formula)s? (?:of|for)\b|[a-z)] = [-−]?[\d.]+\S* ?[-+−*]"
)
# What was there before, who answered, which studies there are and how good they are.
_STUDIES = r"(?:[a-z-]+ ){0,2}(?:studies|study|trials?|reviews|articles|RCTs?)"
_SPELLED = r"(?:one|two|three|four|five|six|seven|eight|nine|ten)"
_ALIKE = r"(?:similar|comparable|matched|(?:well )?balanced|no (?:[a-z]+ )?differences?|not differ)"
_BEHIND_ANSWERS = re.compile(
    r"at baseline\b"
    rf"|(?:[^,;.]{{3,60}}, )?(?:the |mean )*baseline (?:[\w-]+ ){{1,6}}(?:was|were) (?:\d|{_ALIKE})"
    rf"|(?:the )?baseline [^.;]{{3,80}}\b{_ALIKE}\b"
    r"|(?:before (?:the )?(?:treatment|intervention|training)|at (?:screening|enrol+ment|entry"
    rf"|inclusion|recruitment))\b[^.;]{{0,160}}\b{_ALIKE}\b"
    r"|(?:both|all|the (?:two|three|four)) groups (?:were|had) [^.;]{0,80}"
    r"\bat (?:baseline|onset|entry|enrol+ment|time (?:1|one)|the (?:start|outset))\b"
    # By itself a response is to a treatment.
    r"|(?:the )?(?:overall )?(?:(?:survey|questionnaire) response|participation) rate (?:was|of)\b"
    r"|[^.;]{3,80} (?:fulfilled|met|satisfied) (?:all |the )*(?:eligibility|inclusion) criteria\b"
    r"|[^.;]{3,80} (?:completed|returned) (?:the |their |all )?(?:questionnaire|survey)s?\b"
    r"|(?:the )?(?:mean|median|average) (?:age|(?:duration of |length of )?follow-up)\b"
    r"|[^.;]{0,60}\b(?:questionnaires|surveys) were (?:sent|distributed|returned|mailed)\b"
    r"|there (?:is|was|remains) (?:an? )?(?:lack|paucity|scarcity|shortage|dearth) of "
    r"(?:[a-z-]+ ){0,4}(?:evidence|research|studies|trials|data|literature|reviews)\b"
    rf"|only (?:{_SPELLED}|\d+) {_STUDIES} (?:was|were|met|included|exists?)\b"
    rf"|(?:{_SPELLED}|\d+) {_STUDIES} (?:were|(?:looked at|examined|investigated|focus+ed on)\b)"
    rf"|[^.;]{{0,90}}\b(?:in|by) only (?:{_SPELLED}|\d+) {_STUDIES}\Z"
    rf"|(?:the )?(?:majority|most) of (?:the )?{_STUDIES} (?:were|used)\b"
    rf"|all (?:of )?(?:the )?{_STUDIES} (?:included )?(?:were|used)\b"
    rf"|(?:the )?(?:(?:overall|methodological) )+quality of (?:the )?{_STUDIES}\b"
    r"|(?:the )?(?:trial|sample) sizes? (?:varied|ranged|was|were)\b"
    r"|(?:the )?(?:included )?interventions (?:included|consisted of|comprised)\b",
    re.IGNORECASE,
)
_STEM = 5
LAST = 3


def rank_of(claim: str, title: str) -> int:
    """How late a statement tells what a title asks, from 0: it compares; set-up comes behind."""
    if _EQUATION.search(claim) or _BEHIND_ANSWERS.match(claim):
        return LAST - 1
    if who := _WHO_THEY_ARE.match(claim):
        stems = {
            word[:_STEM] for word in claim[who.end() :].casefold().split() if word[_STEM - 1 :]
        }
        return 1 if any(map(title.casefold().__contains__, stems)) else LAST - 1
    return 0 if _COMPARES.search(claim) else 1
