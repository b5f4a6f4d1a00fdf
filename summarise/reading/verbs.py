"""Which words of an abstract are finite verbs, by their form and what stands beside them."""

from __future__ import annotations

from summarise.scan import words

# Verbs of abstracts. Those that are nouns as well count where what stands beside them says so.
_VERBS = """account achieve act adapt address affect aim align allow analyse analyze appear apply
    argue arise assume attain attempt beat become begin bring capture cause combine
    come compare comprise confirm consider consist constrain contain contribute
    correlate decline degrade demand depend depict derive describe detect develop
    differ diminish drive emerge employ enable encounter enhance enroll ensure entail
    evaluate examine exceed excel exhibit exist experience explain explore extend
    extract face fail find focus form generalise generalize generate get give go
    grapple hallucinate hamper help hinder hold identify ignore illustrate imply
    improve include incur indicate inherit integrate introduce investigate involve
    keep know lack lead learn leverage limit maintain make mean measure miss mitigate
    need neglect obtain occur offer operate outperform overlook participate perform
    pose predict present preserve prevent produce propose prove provide raise rank
    reach read receive recover reduce rely remain remove report represent require
    restrict result retain reveal sacrifice save say score see seek seem serve show
    shrink solve struggle suffer suggest support surpass tackle take tell tend think
    train treat try turn undergo use utilise utilize vary verify want win write yield"""
_PRESENT = """assess conclude correspond decide decompose define deliver demonstrate determine
    discuss distinguish eliminate establish expand exploit follow highlight incorporate inhibit
    maximise maximize minimise minimize permit play possess proceed promote quantify suppress
    underscore unify validate"""
"""Whose past is more often a participle: "validated on", "unified"."""
_INTRANSITIVE = words(
    """lowers stays increased decreased improved declined dropped occurred remained ranged resulted
    differed varied correlated became rose fell grew took showed found gave led had did
    went came began held made chose drew wrote ran got saw won lost kept met set wore
    drank ate underwent achieved exhibited demonstrated"""
)
_AUXILIARY = words(
    """is are was were has have had do does did can cannot could may might must should will would
    isn't aren't wasn't weren't doesn't don't didn't can't couldn't"""
)
_NOUNS_TOO = words(
    """aims forms limits measures uses results reports ranks scores benefits presents faces
    increases decreases supports helps shows costs tests models studies estimates challenges falls
    rises drops gains cuts runs reads turns experiences accounts acts"""
)


def _third_person(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(("s", "x", "ch", "sh")) else f"{verb}s"


def _past(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ied"
    return f"{verb}d" if verb.endswith("e") else f"{verb}ed"


_BASE = words(_VERBS) | words(_PRESENT) | {"increase", "decrease"}
_THIRD = frozenset(map(_third_person, _BASE)) | _NOUNS_TOO
_PAST = frozenset(map(_past, _BASE - words(_PRESENT)))
FORMS = _AUXILIARY | _INTRANSITIVE | _THIRD | _PAST | _BASE
"""All that may be one."""
_PLURAL_BEFORE = words("we they who which that and data people")
BETWEEN = words("often still also usually always never rarely then not both")
"""What may stand between a subject and its verb."""
_PREPOSITIONS = words(
    "by with on in from to for using as at via of under during between among through over into"
)
_OBJECTS = words("a an the its their our no both more all any that how to up by from")


def is_finite(before: str, word: str, after: str) -> bool:
    """Whether a word of ``FORMS`` is a finite verb between two others."""
    if word in _AUXILIARY or word in _INTRANSITIVE:
        return True
    if word in _THIRD:
        return word not in _NOUNS_TOO or after in _OBJECTS
    if word in _PAST:
        return after not in _PREPOSITIONS
    if word in _BASE:
        low = before.lower()
        return low in _PLURAL_BEFORE or (low.endswith("s") and not low.endswith("ss"))
    return False
