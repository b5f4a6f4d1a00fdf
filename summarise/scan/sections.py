"""The sections of an abstract that labels them: "METHODS: ", "Results—", "Methods We read".

A label is known by its words and by what stands around them. It holds for its sentence and all
that follow, up to the next label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple


class Section(StrEnum):
    """What a section of an abstract is about."""

    BACKGROUND = "background"
    OBJECTIVE = "objective"
    METHOD = "method"
    STUDY = "study"  # methods and results in one
    RESULT = "result"
    CONCLUSION = "conclusion"
    OTHER = "other"
    WHOLE = "whole"  # "SUMMARY: " says nothing of what follows


METHOD_SECTIONS = frozenset({Section.METHOD, Section.STUDY})
"""Those that tell what was done."""
PRELUDES = frozenset({Section.BACKGROUND, Section.OBJECTIVE})
"""Those that come before the work."""


class Label(NamedTuple):
    """A label at the start of a sentence.

    Attributes:
        section: What it announces.
        end: Its length, with the white space behind it.
    """

    section: Section
    end: int


_PHRASES = {
    Section.BACKGROUND: """background|backgrounds|context|importance|introduction|motivation
        |rationale|problem|clinical problem|problem statement|state of the art|recent findings
        |study rationale|what is known""",
    Section.OBJECTIVE: """objective|objectives|aim|aims|purpose|purposes|goal|goals|question
        |questions|study question|study questions|research question|research questions|hypothesis
        |hypotheses|study objective|study objectives|primary objective|study aim|aim of the study
        |aims of the study|purpose of the study|purpose of this study|objective of the study
        |purpose of review|purpose of the review""",
    Section.METHOD: """method|methods|material|materials|methodology|methodologies|patients|subjects
        |participants|population|study population|sample|animals|specimens|design|study design
        |research design|trial design|experimental design|design of study|type of study|setting
        |settings|study setting|data|data source|data sources|data collection|data extraction
        |data extraction and synthesis|data analysis|intervention|interventions|exposure|exposures
        |measurement|measurements|measures|main measures|main outcome|main outcomes
        |main outcome measure|main outcome measures|outcome measure|outcome measures
        |primary outcome|primary outcomes|primary outcome measure|primary outcome measures
        |primary and secondary outcome measures|statistical analysis|statistical analyses
        |analysis|analyses|approach|procedure|procedures|search strategy|search methods
        |selection criteria|eligibility criteria|study selection|study eligibility criteria
        |review methods|methods of study selection|study appraisal|synthesis methods
        |case presentation|case report|case description|case series|experimental|experiments
        |experimental approach|principal methods""",
    Section.RESULT: """result|results|main result|main results|key results|principal results
        |primary results|finding|findings|main finding|main findings|key findings
        |principal findings|principal finding|principle findings|major findings|primary findings
        |data synthesis""",
    Section.CONCLUSION: """conclusion|conclusions|main conclusions|concluding remarks|interpretation
        |interpretations|discussion|implication|implications|relevance|clinical relevance
        |clinical significance|clinical implications|practice implications|practical implications
        |social implications|policy implications|perspective
        |perspectives|significance|impact|impact of the study|originality|value
        |relevance to clinical practice|implications for practice|take home message
        |authors' conclusions|author's conclusions|recommendation|recommendations|summary statement
        |what this study adds|translational perspective|clinical impact|advances in knowledge""",
    Section.OTHER: """limitations|limitation|study limitations|research limitations
        |strengths and limitations|trial registration|clinical trial registration
        |trial registration number
        |clinical trial registration number|registration|registration number|study registration
        |systematic review registration|prospero registration|trial number|funding|funding source
        |funding sources|keyword|keywords|key words|availability|implementation|contact
        |code availability|data availability|supplementary information|supplementary material
        |level of evidence|evidence level|copyright|conflict of interest|conflicts of interest
        |disclosure|disclosures|disclaimer|ethics|ethics approval|study type""",
    Section.WHOLE: """summary|abstract|overview|executive summary|research summary
        |managerial summary|lay summary|plain language summary""",
}
_SECTION_OF = {
    " ".join(phrase.split()): section
    for section, phrases in _PHRASES.items()
    for phrase in phrases.split("|")
}
_TOGETHER = {
    frozenset({Section.BACKGROUND, Section.OBJECTIVE}): Section.OBJECTIVE,
    frozenset({Section.OBJECTIVE, Section.METHOD}): Section.METHOD,
    frozenset({Section.METHOD, Section.RESULT}): Section.STUDY,
    frozenset({Section.RESULT, Section.CONCLUSION}): Section.RESULT,
}
# Most sentences begin with a word that no label does, and are done with by a look at it.
_FIRST_WORD = re.compile(r"[\d\s.(\[*)]{0,6}([^\W\d_]+)")
_FIRST_WORDS = frozenset(re.split("[ ']", phrase)[0] for phrase in _SECTION_OF)
# "[1] We read gulls", as some journals number paragraphs
_PARAGRAPH = re.compile(r"\[\d\] (?=[A-Z][\w-]* )")
_JOINT = re.compile(r" ?[/&+,] ?(?:and )?| and ")
_MOST_PARTS = 4
_OPENING = re.compile(r"(?:\(?\d{1,2}[.)]\s+)?([\[(*]{1,2})?")
_END = re.compile(r"[:：—–\n\])*.;]|\s-|\Z")
_MOST_CHARACTERS = 60
_CLOSING = re.compile(r"[:.]?[\])*]{1,2}[:.]?\s*")
_COLON = re.compile(r"[:：](?:,(?=\s))?\s*")
_BARE = re.compile(r"\.?\s?[—–]\s?(?=\S)|\s-{1,2}\s(?=\S)|\.?\Z|\.?[ \t]*\n\s*")
# "Results Nine letters": what lost its sign when it was copied goes on with a small word.
_GOES_ON = (
    r"(?:The|This|These|Those|There|That|An?|We|Our|It|Its|They|I|In|Of|On|At|For|From|To|By|With"
    r"|Within|Among|Amongst|Between|Both|Across|After|Before|During|Over|Under|Upon|As|Although"
    r"|Despite|While|When|Whether|If|How|What|Since|Because|Using|Based|Compared|Here|However|Most"
    r"|Many|More|Several|Some|Few|Fewer|All|Each|Every|Either|No|None|Not|One|Two|Three|Four|Five"
    r"|Six|Seven|Eight|Nine|Ten|Eleven|Twelve|Thirteen|Fourteen|Fifteen|Sixteen|Seventeen|Eighteen"
    r"|Nineteen|(?:Twenty|Thirty|Forty|Fifty|Sixty|Seventy|Eighty|Ninety)(?:-[a-z]+)?|Hundred"
    r"|Patients|Participants|Women|Men|Children|Adults|Subjects|Studies|Overall|Only|Little|Such)"
)
_RUN_ON = re.compile(
    r"(?:(?:Abstract|Summary|ABSTRACT|SUMMARY)[:.]?\s+)?"
    r"(?P<words>[A-Z][a-z]+(?:,? (?:[A-Za-z][a-z]*|&)){0,5}?)\s+"
    rf"(?={_GOES_ON}\b(?!:)|\d)"
)
# "Results Median stays", "Conclusions Lime": what a sentence seldom begins with but as a label.
_SURE = re.compile(
    r"(?P<words>Results|Findings|Conclusions?(?: and [Rr]elevance)?"
    r"|(?:(?:Patients|Materials?) and )?[Mm]ethods(?: and [Rr]esults)?"
    r"|Main [Oo]utcomes?(?: and)? [Mm]easures?)\s+(?=[A-Z€$£][\w-]*(?<!ed)(?<!en)(?<!ing)[ ,])"
)
# The same before any word with a capital, where the abstract has other labels.
_NAME = (
    r"(?:Backgrounds?|Introduction|Context|Objectives?|Aims?|Purpose|Methods?|Methodology|Design"
    r"|(?:Principal |Principle |Main )?[Ff]indings?|Results?|Discussion|Interpretation|Conclusions?"
    r"|Significance|Limitations)"
)
_BARE_LABEL = re.compile(
    rf"(?P<words>(?:(?:Patients|Materials?) and )?{_NAME}"
    rf"(?:(?:/ ?| and | & )(?i:{_NAME}))?)\s+(?=[A-Z])"
)
_ENOUGH = 2
# "Main results, Nine trials were found., Discussion, It …"
_SET_OFF = re.compile(r"(?P<words>[A-Z][a-z][a-z' ]{2,40}),\s+(?=[A-Z\d(\[])")
# "ResultsNine gulls read": what lost its line break when it was copied. A name may begin so, too.
_GLUED = re.compile(
    r"(?P<words>(?:(?:Materials?|Patients|Participants|Subjects) and methods|Methods?/designs?"
    r"|Backgrounds?|Introduction|Objectives?|Aims?|Methods|Results|Findings|Discussion|Conclusions?"
    r"|Trial registration(?: number)?))(?=[A-Z][\w’'-]*[\s,:]|(?<=Results)\d)"
    r"(?!\w*?(?:Net|Bench|Bank|Base|Former|Map|Bot|GAN|DB|LM|BERT|GPT|Hub)\b)"
)
_ABSTRACT = re.compile(r"(?:Abstract|ABSTRACT)[:.]?\s+(?=[A-Z])")
_CAPITALS = re.compile(r"(?P<words>[A-Z]{3,}(?:[ ,&/]+[A-Z]+){0,5})\s+(?=[A-Z(][a-z]|[A-Z] |\d)")


def section_label(sentence: str) -> Label | None:
    """The label of a section at the start of a sentence, or None.

    One that says nothing of what follows may have another behind it: "Abstract", "Aims".
    """
    label = _first_label(sentence)
    if label is None or label.section is not Section.WHOLE:
        return label
    inner = _first_label(sentence[label.end :])
    return Label(inner.section, label.end + inner.end) if inner else label


def _first_label(sentence: str) -> Label | None:
    if numbered := _PARAGRAPH.match(sentence):
        return Label(Section.WHOLE, numbered.end())
    word = _FIRST_WORD.match(sentence)
    if word is None:
        return None
    if not word[1][1:].islower() and (glued := _glued_label(sentence)):
        return glued
    if word[1].casefold() not in _FIRST_WORDS:
        return None
    capitals = _CAPITALS.match(sentence) if word[1].isupper() else None
    if capitals and (section := _section_of(capitals["words"])):
        return Label(section, capitals.end())
    return (
        _ended_label(sentence)
        or _run_on_label(sentence)
        or _set_off_label(sentence)
        or _glued_label(sentence)
    )


def _glued_label(sentence: str) -> Label | None:
    """A label with nothing behind it, not even a blank."""
    found = _GLUED.match(sentence)
    section = _section_of(found["words"]) if found else None
    return Label(section, found.end()) if found and section else None


def _set_off_label(sentence: str) -> Label | None:
    """A label with a comma behind it, as old records of reviews have them."""
    found = _SET_OFF.match(sentence)
    section = _section_of(found["words"]) if found else None
    return Label(section, found.end()) if found and section else None


def _run_on_label(sentence: str) -> Label | None:
    """A label without a sign behind it, perhaps behind the word "Abstract"."""
    for pattern in (_RUN_ON, _SURE):
        found = pattern.match(sentence)
        section = _section_of(found["words"]) if found else None
        if found and section:
            return Label(section, found.end())
    whole = _ABSTRACT.match(sentence)
    return Label(Section.WHOLE, whole.end()) if whole else None


def _ended_label(sentence: str) -> Label | None:
    """A label by the sign behind it; only before a colon it may begin with a small letter."""
    opening = _OPENING.match(sentence)
    start = opening.end() if opening else 0
    end = _END.search(sentence, start, start + _MOST_CHARACTERS)
    section = _section_of(sentence[start : end.start()].rstrip()) if end else None
    if end is None or section is None:
        return None
    signs = (_CLOSING,) if opening and opening[1] else (_COLON, _BARE)
    if sentence[start].islower() and not (opening and opening[1]):
        signs = (_COLON,)
    behind = next(filter(None, (sign.match(sentence, end.start()) for sign in signs)), None)
    return Label(section, behind.end()) if behind else None


def _section_of(words: str) -> Section | None:
    """What the words of a label announce: "background & aims", "design, setting, participants"."""
    phrase = words.casefold().replace("’", "'")
    if phrase in _SECTION_OF:
        return _SECTION_OF[phrase]
    parts = _JOINT.split(phrase)
    if not 1 < len(parts) <= _MOST_PARTS:
        return None
    found = [_SECTION_OF.get(part) for part in parts]
    first = found[0]
    if first is None or None in found:
        return None
    together = frozenset(section for section in found if section)
    return _TOGETHER.get(together, first)


def section_labels(sentences: Sequence[str]) -> list[Label | None]:
    """The label at the start of each sentence of an abstract, where there is one.

    Labels may have lost the sign behind them ("Background Gulls are loud."). Several make each
    other sure; one alone may be the first word of a sentence.
    """
    sure = [section_label(sentence) for sentence in sentences]
    labels = [known or _bare_label(one) for known, one in zip(sure, sentences, strict=True)]
    told = {one[: label.end] for label, one in zip(labels, sentences, strict=True) if label}
    return labels if len(told) >= _ENOUGH else sure


def _bare_label(sentence: str) -> Label | None:
    found = _BARE_LABEL.match(sentence)
    section = _section_of(found["words"]) if found else None
    return Label(section, found.end()) if found and section else None


def sections_of(labels: Sequence[Label | None]) -> Iterator[Section | None]:
    """The section that each sentence stands in, by the label at its start if it has one.

    Where no label tells of methods or of what follows them, each holds for its sentence alone.
    """
    told = {label.section for label in labels if label}
    if told and told <= _ALONE:
        yield from (
            None if label is None or label.section is Section.WHOLE else label.section
            for label in labels
        )
        return
    current: Section | None = None
    for label in labels:
        if label:
            current = None if label.section is Section.WHOLE else label.section
        yield current


_ALONE = frozenset({Section.BACKGROUND, Section.OBJECTIVE, Section.WHOLE, Section.OTHER})
