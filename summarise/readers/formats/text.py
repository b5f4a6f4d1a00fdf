"""Plain text and Markdown: one abstract, or a pile of them.

What separates the abstracts of a pile is decided once for a file, by the strongest sign in it:

1. Titles in bold that begin bullets; else Markdown headings (``# Title``, or a title underlined
   with ``===`` or ``---``), names of sections apart. A heading with little text of its own above
   a deeper one names a group, not a document.
2. Labels at line starts: ``Title:``, ``Abstract:``, ``Authors:``, ``DOI:``, …
3. Rules (``---``, ``***``) or, where single blank lines are in use too, gaps of two blank lines.
   What stands between two of them is one abstract, unless it holds titles.
4. Titles, by their shape and place, as ``pasted`` has it.
5. Citations, each with “Abstract:” and its text below it.
6. Else paragraphs alone. They are one abstract where most of them start with section labels
   (“Methods:”), no two the same, or as long as they could be one: together within arXiv's 1,920
   characters, and one of them below 600. Otherwise each is an abstract. Two papers taken for one
   would mix their facts unseen; one paper taken for two shows in the count.

YAML front matter is skipped. Labels of metadata below a title are read in every layout. Where 4 and
6 leave open whether a line begins a paper, a warning says so.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from summarise.characters import counted
from summarise.readers import InputFormat
from summarise.readers.abstracts import is_section_label, section_of
from summarise.readers.blocks import (
    ABSTRACT,
    LONG_LINE,
    TITLE,
    Block,
    EntryLines,
    Line,
    blocks_of,
    label_of,
    lines_of,
    looks_like_title,
    to_entry,
)
from summarise.readers.entry import Entry
from summarise.readers.foreign import refuse_foreign
from summarise.readers.pasted import ASIDE, Pasted, is_body, papers_of
from summarise.readers.signs import FENCES
from summarise.readers.source import Source

_LOG = logging.getLogger("summarise")

# https://info.arxiv.org/help/prep.html#abstracts
_ARXIV_LIMIT = 1920
_PILED = 600

_HEADING = re.compile(r"(#{1,6})\s+")
_UNDERLINE = re.compile(r"={3,}|-{3,}")
# "- **Tin Nets** (2021): We …"; one that holds less is a note.
_ITEM = re.compile(
    r"[-*+•] \*\*(?P<title>[^*]{3,250}?)[:.]?\*\*(?: \([^()]{1,80}\))?[:.,]?(?: [–—-])? "
)
_ITEM_HOLDS = 60
_RULE = re.compile(r"(?:[-*_=~]\s?){3,}")


@dataclass(frozen=True, slots=True)
class _Heading:
    index: int
    """Of its line."""
    height: int
    """Number of lines: 2 with an underline."""
    level: int
    title: str


def _entries(source: Source) -> Iterator[Entry]:
    text = source.text()
    parts, doubt = _parts(_without_front_matter(list(lines_of(text))))
    if doubt is not None:
        told = f"read as {counted(len(parts), 'paper')}; whether line {doubt} begins one isn't sure"
        _LOG.warning("%s: %s. Put “# ” before each title to say it", source.name, told)
    for part in parts:
        yield to_entry(part, text, source.name)


def _without_front_matter(lines: list[Line]) -> list[Line]:
    """Drop ``key: value`` lines between two ``---`` at the very start."""
    if not lines or lines[0].number != 1 or lines[0].text != "---":
        return lines
    for index, line in enumerate(lines[1:], 1):
        if line.text in {"---", "..."}:
            return lines[index + 1 :]
        if not re.match(r"[\w-]+:|[-#]", line.text):
            break
    return lines


def _parts(lines: list[Line]) -> Pasted:
    if items := _items(lines):
        return Pasted(items, None)
    if headings := _headings(lines):
        return Pasted(list(_by_headings(lines, headings)), None)
    if {TITLE, ABSTRACT} <= {label_of(line) for line in lines}:
        return Pasted(list(_by_labels(lines)), None)
    separated = _by_separators(lines)
    found = [_by_titles(part, alone=len(separated) == 1) for part in separated]
    papers = [paper for part in found for paper in part.papers]
    return Pasted(papers, next((part.doubt for part in found if part.doubt is not None), None))


def _items(lines: list[Line]) -> list[EntryLines]:
    """A list of papers, each a bullet with its title in bold, alone or below short lines."""
    found: list[EntryLines] = []
    for line in lines:
        if item := _ITEM.match(line.text):
            rest = replace(line, start=line.start + item.end(), text=line.text[item.end() :])
            found.append(EntryLines([rest], item["title"], line.number))
        elif found and not (line.after_blank or _HEADING.match(line.text)):
            found[-1].lines.append(line)
        elif len(line.text) > _ITEM_HOLDS:
            return []
    are_whole = all(_length(one.lines) > _ITEM_HOLDS for one in found)
    return found if are_whole and len(found) > 1 else []


def _headings(lines: list[Line]) -> list[_Heading]:
    headings: list[_Heading] = []
    fenced = False
    for index, line in enumerate(lines):
        if line.text.startswith(FENCES):
            fenced = not fenced
        elif not fenced and (heading := _heading(lines, index)):
            headings.append(heading)
    return headings


def _heading(lines: list[Line], index: int) -> _Heading | None:
    line = lines[index]
    if found := _HEADING.match(line.text):
        title = line.text[found.end() :].rstrip("# \t")
        if not title or is_section_label(title):
            return None
        return _Heading(index, 1, len(found[1]), title)
    below = lines[index + 1] if index + 1 < len(lines) else None
    if below is None or below.after_blank or not _UNDERLINE.fullmatch(below.text):
        return None
    if not line.after_blank or not looks_like_title(Block((line,))):
        return None
    return _Heading(index, 2, 1 if below.text[0] == "=" else 2, line.text)


def _by_headings(lines: list[Line], headings: list[_Heading]) -> Iterator[EntryLines]:
    before = lines[: headings[0].index]
    if _length(before) >= ASIDE:
        yield EntryLines(before, None, before[0].number)
    ends = [*(heading.index for heading in headings[1:]), len(lines)]
    deeper = [*(low.level > high.level for high, low in pairwise(headings)), False]
    for heading, end, names_group in zip(headings, ends, deeper, strict=True):
        body = lines[heading.index + heading.height : end]
        if not names_group or _length(body) >= LONG_LINE:
            yield EntryLines(_trimmed(body), heading.title, lines[heading.index].number)


def _length(lines: list[Line]) -> int:
    return sum(len(line.text) for line in lines)


def _trimmed(lines: list[Line]) -> list[Line]:
    """Lines without the rules that close them."""
    end = len(lines)
    while end and _RULE.fullmatch(lines[end - 1].text):
        end -= 1
    return lines[:end]


def _by_labels(lines: list[Line]) -> Iterator[EntryLines]:
    """The label that comes first in the file opens each entry; so does a second abstract."""
    labels = [label_of(line) for line in lines]
    opener = next(filter(None, labels))
    starts, had_abstract = [0], False
    for index, label in enumerate(labels):
        if (label == opener and any(labels[starts[-1] : index])) or (
            label == ABSTRACT and had_abstract
        ):
            starts.append(index)
            had_abstract = False
        had_abstract = had_abstract or label == ABSTRACT
    for start, end in pairwise([*starts, len(lines)]):
        yield EntryLines(_trimmed(lines[start:end]), None, lines[start].number, labelled=True)


def _by_separators(lines: list[Line]) -> list[list[Line]]:
    """Cut at rules and at wide gaps; a title that a gap cut off goes with what follows."""
    gaps = {low.number - high.number for high, low in pairwise(lines)}
    wide = 3 if 2 in gaps else None
    parts: list[list[Line]] = [[]]
    previous = 0
    for line in lines:
        is_wide = wide is not None and line.number - previous >= wide
        if _RULE.fullmatch(line.text) or (is_wide and not _is_title_alone(parts[-1])):
            parts.append([])
        if not _RULE.fullmatch(line.text):
            parts[-1].append(line)
        previous = line.number
    return [part for part in parts if part]


def _is_title_alone(lines: list[Line]) -> bool:
    return bool(lines) and len(blocks_of(lines)) == 1 and looks_like_title(blocks_of(lines)[0])


def _by_titles(lines: list[Line], *, alone: bool) -> Pasted:
    """What stands between two separators, or ``alone`` the whole file, cut at titles.

    Where there is none, it is one abstract, or a pile of them.
    """
    if found := papers_of(lines):
        return found
    blocks = blocks_of(lines)
    if len(cited := _cited(blocks)) > 1:
        return Pasted(list(map(_part, cited)), None)
    groups = _untitled(blocks) if alone else [blocks]
    bodies = [block for block in blocks if is_body(block.text)]
    is_known = not alone or len(bodies) < 2 or _is_structured(blocks)
    doubt = None if is_known else bodies[1].lines[0].number
    return Pasted([_part(group) for group in groups], doubt)


def _part(body: list[Block]) -> EntryLines:
    lines = [line for block in body for line in block.lines]
    return EntryLines(lines, None, lines[0].number)


def _cited(blocks: list[Block]) -> list[list[Block]]:
    """Papers each of which has its abstract, behind a label, in the block of its citation."""
    groups: list[list[Block]] = []
    for block in blocks:
        if any(label_of(line) == ABSTRACT for line in block.lines[1:]):
            groups.append([block])
        elif groups:
            groups[-1].append(block)
    return groups


def _untitled(blocks: list[Block]) -> list[list[Block]]:
    """Paragraphs without titles, as one abstract or as several."""
    groups: list[list[Block]] = []
    for block in blocks:
        if groups and len(block.text) < ASIDE:
            groups[-1].append(block)
        else:
            groups.append([block])
    lengths = [sum(len(block.text) for block in group) for group in groups]
    is_pile = min(lengths, default=0) >= _PILED or sum(lengths) > _ARXIV_LIMIT
    if is_pile and not _is_structured(blocks):
        return groups
    return [blocks] if blocks else []


def _is_structured(blocks: list[Block]) -> bool:
    """Whether paragraphs are the sections of one abstract: most have a label, no two the same."""
    labels = list(filter(None, (section_of(block.text) for block in blocks)))
    return len(labels) > 1 and len(labels) == len(set(labels)) and 2 * len(labels) >= len(blocks)


FORMAT = InputFormat(
    about="paragraphs, with or without titles",
    recognises=lambda _: True,
    entries=_entries,
    refuse=refuse_foreign,
)
