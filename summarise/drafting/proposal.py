"""The name of what a paper proposes, of its title and of the sentences that propose it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from summarise.reading import Reading, Sentence
from summarise.scan import Proposal, title_name

# "We propose a framework that …": something without a name is what the paper is about.
_UNNAMED = re.compile(
    r"\b(?:[Ww]e|[Tt]his (?:paper|work|study|article))\b[^.;:]{0,60}?"
    r"\b(?:propos|present|introduc|develop|design|devis)(?:e|es|ed|s)? (?:an?|the first|the) "
    r"(?:[\w-]+,? (?:and )?){0,6}?(?:method|approach|framework|model|algorithm|architecture|system"
    r"|technique|strategy|pipeline|procedure|network)\b"
)
_MIXED = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}|\d")


class Names(NamedTuple):
    """What the paper calls its main proposal, and further ones that it ranks beside it."""

    name: str | None
    also: tuple[str, ...] = ()


def names_of(reading: Reading) -> Names:
    """The name of the main proposal: the title's own, else the one that is introduced best."""
    candidates = _candidates(reading)
    name = _titled(reading) or _best(reading, candidates)
    if name is None:
        return Names(None)
    return Names(name, tuple(_beside(reading, name, candidates)))


def _titled(reading: Reading) -> str | None:
    """The name before the title's colon, where the abstract bears it out."""
    titled = title_name(reading.title)
    if titled is None:
        return None
    found = _as_in_abstract(titled, reading.mentions.proposals, reading.text)
    if any(one.text == found for one in reading.mentions.proposals):
        return found
    others = any(not one.is_side for one in reading.mentions.proposals)
    if " " not in titled and _MIXED.search(titled):
        return found if not others or found in reading.text else None
    return None if others or titled.casefold() not in reading.text.casefold() else found


def _as_in_abstract(titled: str, candidates: Sequence[Proposal], abstract: str) -> str:
    """The title's name, or the form of it that the abstract introduces."""
    at = abstract.find(f"{titled} (")
    if at >= 0:
        rest = abstract[at + len(titled) + 2 :]
        return next((c.text for c in candidates if rest.startswith(f"{c.text})")), titled)
    if titled not in abstract:
        start = titled[:5].casefold()
        return next((c.text for c in candidates if c.text.casefold().startswith(start)), titled)
    return titled


def _best(reading: Reading, candidates: Sequence[Proposal]) -> str | None:
    """The candidate that is introduced best; one that the title names goes before others."""
    title, datasets = reading.title.casefold(), reading.dataset_names
    ranked = sorted(
        enumerate(candidates),
        key=lambda item: (
            item[0]
            - 1.5 * item[1].is_in(title)
            + 1.5 * (item[1].text in datasets)
            + item[1].is_side
        ),
    )
    return ranked[0][1].text if ranked else None


def _candidates(reading: Reading) -> list[Proposal]:
    """All but by-products that follow the proposal of something without a name."""
    proposals = reading.mentions.proposals
    minor = [_is_by_product(reading, one) for one in proposals]
    unnamed = _UNNAMED.search(reading.text) if any(minor) else None
    if unnamed is None:
        return list(proposals)
    return [
        one
        for one, is_minor in zip(proposals, minor, strict=True)
        if not is_minor or reading.sentence_at(one.span.start).span.start < unnamed.end()
    ]


def _is_by_product(reading: Reading, one: Proposal) -> bool:
    """Whether it is a data set or a further thing, and not what the title names."""
    is_further = one.is_side or one.text in reading.dataset_names
    return is_further and not one.is_in(reading.title.casefold())


def is_by_product(reading: Reading, name: str) -> bool:
    """Whether a name is introduced beside the main thing, and is none of the title."""
    is_side = any(one.text == name and one.is_side for one in reading.mentions.proposals)
    return is_side and not is_titled(reading, name)


def name_in(reading: Reading, told: Sentence) -> str | None:
    """The main name that a sentence introduces, which speaks of what bears it."""
    start, end = told.span
    return next(
        (
            one.text
            for one in reading.mentions.proposals
            if start <= one.span.start < end and not _is_by_product(reading, one)
        ),
        None,
    )


def is_titled(reading: Reading, name: str) -> bool:
    """Whether the title holds a name, or spells it out."""
    title = reading.title.casefold()
    initials = "".join(word[0] for word in re.findall(r"\w+", title))
    return name.casefold() in title or name.casefold() in initials


def _beside(reading: Reading, name: str, candidates: Sequence[Proposal]) -> Sequence[str]:
    """The names in one list with the main one: "we present Zeta and Eta, two …"."""
    at = next((one.span for one in candidates if one.text == name), None)
    if at is None:
        return ()
    found = []
    for one in sorted(candidates, key=lambda one: one.span):
        gap = reading.text[at.end : one.span.start]
        if one.span.start >= at.end and re.fullmatch(r",? and (?:the )?|, (?:the )?|/", gap):
            found.append(one.text)
            at = one.span
    return found
