"""The sentences of an abstract, as character spans into the original text."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

import sentencex

from summarise.characters import INVISIBLE, beyond_ascii
from summarise.models import Span
from summarise.scan.hidden import hidden_spans
from summarise.scan.sections import section_label
from summarise.scan.trusted import trimmed

# A segment that is nothing but a list marker belongs to the sentence that it opens.
_MARKER = re.compile(r"\(?(?:\d{1,2}|[ivx]{1,4}|[a-h])[.)]|[-•*–]", re.IGNORECASE)
# A line that begins with a list marker. One in brackets or a bullet always opens a sentence; what
# could also be a number or a dash of a wrapped line ("an accuracy of\n93. Then") does so only
# after a line that is complete.
_ITEM = re.compile(r"\n[ \t]*(?=(?:\(?(?:\d{1,2}|[ivx]{1,4}|[a-h])\)|•)[ \t])", re.IGNORECASE)
_LATER_ITEM = re.compile(
    r"\n[ \t]*(?=(?:(?:\d{1,2}|[ivx]{1,4}|[a-h])\.|[-*–])[ \t])", re.IGNORECASE
)
# An address at the end of a sentence is seldom followed by a full stop, which would spoil it.
_ADDRESS = re.compile(
    r"https?://[^\s()<>]*+(?P<after>(?<=[\w/])\s+(?=[\"“'‘]?[A-Z][A-Za-z]*[\s,:]))?"
)
# sentencex reads on after what looks like an initial: "in C. METHODS: ", "(ARC).\nAims: ".
_LABEL = re.compile(
    r"[.!?)]\s+(?=[A-Z][A-Za-z]{3}[A-Za-z ,&/]{0,40}:\s)|[.!?)](?=[A-Z]{3}[A-Z ,&/]{0,40}:\s)"
    # "in the trials., Main results, We": set off by commas
    r"|[.!?):]\s?,\s+(?=[A-Z][a-z]{3}[A-Za-z' ]{0,40}(?:, |:,))"
)
# Likewise after a letter that isn't an initial: "lacks vitamin D. Gulls", "in group B. The"; and
# after what may be short for another word: "beats the state of the art. It".
_LETTERED = re.compile(
    r"\.(?:(?<=itamin [A-K]\.)|(?<=patitis [A-G]\.)|(?<=roup [A-D]\.)|(?<=rm [A-D]\.)"
    r"|(?<=of the art\.)|(?<=of-the-art\.))\s+(?=[A-Z])"
)
# And after a unit: "at 29 K. Films were", "3.8 g/L. Medlar", but "In 1904 L. Quince showed". Some
# are held for short words: "in 5 min. We", "6 mm. We".
_LAST_LETTER = re.compile(
    r"\.(?:(?<=[\s/][A-DFJ-NS-Wdghmns]\.)|(?<=\s(?:Pa|m[MTm]|hr|pg|pp)\.)|(?<=\s(?:min|sec|cal|neV)\.))"
    r"\s+(?=[A-Z][\w-]*[\s,:])"
)
_UNIT_LAST = re.compile(
    r"(?<![\w.])[^\s\w]*(?!(?:1[6-9]|20)\d\d\W?\s[A-Z]\.)\d\S*\s?(?:[^\W\d_]{1,6}/)?[^\W\d_]{1,3}\.\Z"
)
_COMPLETE = frozenset(".!?:;")
_CLOSING = frozenset("\"'”’)]")
# The longest sentence of 2,000 abstracts has 753 characters.
_MOST_CHARACTERS = 2_000
_PIECE = 2 * _MOST_CHARACTERS
# After an abbreviation a sentence goes on: a name or an example follows. After a reference it goes
# on when a number follows, so that "no." and "5 sec." can end a sentence.
_SHORTENED = re.compile(
    r"\b(?:(?P<abbreviation>(?i:e\.g|i\.e|cf|vs|al|approx|resp|ca|viz|w\.r\.t|spp|subsp)"
    r"|[Dd]r|[Pp]rof|M(?:rs?|s))|(?i:figs?|eqs?|eqns?|secs?|refs?|tabs?|nos?))\.\Z"
)
# The last two characters before the full stop, which rule out most ends.
_SHORTENED_ENDS = frozenset(
    (
        *(".g", ".e", "cf", "vs", "al", "ox", "sp", "ca", "iz", ".t", "pp", "dr", "of", "mr", "rs"),
        *("ms", "ig", "gs", "eq", "qs", "qn", "ns", "ec", "cs", "ef", "fs", "ab", "bs", "no", "os"),
    )
)
# Those of Chemical Abstracts, which stand for words of any place in a sentence.
_CHEMICAL = re.compile(
    r"\b(?:contg|contd|dissoln|solns?|soly|prepns?|prepd|prepg|compds?|detns?|detd|concns?|concd"
    r"|temps?|approx|obsd|calcd|evapn|crystn|distn|oxidn|redn|substd|satd|mixts?|formn|addn|polymn"
    r"|reacn|sepn|sepd|purifn|addnl|av|avg|max|min|equiv|aq|dil|anhyd|std|mol|wt|vol|resp|insol"
    r"|sol|decompn|hydrolyzn|extn|extd|incl|esp|corresp|quant|vac|chem|phys|pharmacol)\.\Z",
    re.IGNORECASE,
)
# "Ae. aegypti", "Str. pyogenes": a genus, which its species follows.
_GENUS = re.compile(r"(?<![\w.-])[A-Z][a-z]{1,3}\.\Z")
_SPECIES = re.compile(r"[a-z]{4,}\b")
# "a ratio of 0. 76": a blank slipped in.
_TORN_NUMBER = re.compile(r"[\s=<>±(/-]0\.\Z")
_GOING_ON = re.compile(r"[a-z(\d]")
_NUMBER = re.compile(r"[#(\[]?[A-Z]?\.?\d|[ivx]+\b", re.IGNORECASE)
_CLOSERS = {"(": ")", "[": "]"}
_BRACKET = re.compile(r"[()\[\]]")
_MASK = "x"
_UNSEEN_AT_END = re.compile(rf"(?<=[.!?\s])[{INVISIBLE}]+")
# Half a surrogate pair, which some JSON holds, can't be given to sentencex at all.
_UNSEEN = re.compile(rf"[^\x00-\x7f](?<=[{INVISIBLE}\ud800-\udfff])")
# sentencex doesn't split after a sentence that opens with a bracket: "(2)" is read as "X2X". The
# pattern starts with a character, so that a search is fast; what stands before is looked at next.
_BRACKETED_MARKER = re.compile(r"\((?<!\S\()(\d{1,2}|[ivx]{1,4}|[a-h])\)(?=\s)")


def sentence_spans(text: str, hidden: Sequence[Span] | None = None) -> tuple[Span, ...]:
    """Split a text, of one or several paragraphs, into sentences.

    ``hidden`` is what readers don't see; None where nobody has looked yet.

    Returns:
        Spans in order, without surrounding white space. Together they cover every character that
        isn't white space. A comment or white text between two sentences is a sentence of its own.
        None has more than 2,000 characters: what goes on longer is cut, between words if it can be.
    """
    unseen = hidden_spans(text) if hidden is None else hidden
    whole = _whole_sentences(text, unseen)
    if all(end - start <= _MOST_CHARACTERS for start, end in whole):
        return tuple(whole)
    return tuple(part for span in whole for part in _cut(text, span))


def _cut(text: str, span: Span) -> Iterator[Span]:
    """The parts of a sentence that is too long to be one."""
    start, end = span
    while end - start > _MOST_CHARACTERS:
        blank = _LAST_BLANK.match(text, start, start + _MOST_CHARACTERS)
        cut = blank.end() if blank else start + _MOST_CHARACTERS
        yield trimmed(text, start, cut)
        start = cut
        while text[start].isspace():
            start += 1
    yield Span(start, end)


_LAST_BLANK = re.compile(r"\S(?s:.*)\s(?=\S)")


def _whole_sentences(text: str, hidden: Sequence[Span]) -> list[Span]:
    """What sentencex takes for sentences, cut where a list item begins, joined where one goes on.

    A break between paragraphs keeps apart what stands on both sides of it.
    """
    cuts = sorted((*_item_starts(text), *_hidden_edges(text, hidden)))
    spans: list[Span] = []
    joinable = False
    for start, end, is_break in _boundaries(_masked(text, hidden)):
        if is_break:
            joinable = False
            continue
        inner = cuts and cuts[bisect_right(cuts, start) : bisect_left(cuts, end)]
        for segment in pairwise((start, *inner, end)) if inner else ((start, end),):
            span = trimmed(text, *segment)
            if span.start >= span.end:
                continue
            if joinable and _goes_on(text, spans[-1], span):
                span = Span(spans.pop().start, span.end)
            spans.append(span)
            joinable = True
    return spans


def _boundaries(text: str) -> Iterator[tuple[int, int, bool]]:
    """What sentencex takes for sentences and for breaks between paragraphs.

    In a paragraph its time grows with the square of some characters, so it gets a piece at a time;
    the last sentence of a piece is the first of the next.
    """
    at = 0
    while at < len(text):
        piece = text[at : at + _PIECE]
        found = [
            (at + one["start_index"], at + one["end_index"], one["is_paragraph_break"])
            for one in sentencex.get_sentence_boundaries("en", piece)
        ]
        if at + len(piece) == len(text):
            yield from found
            return
        if len(found) > 1:
            at = found.pop()[0]
            yield from found
        else:
            blank = _LAST_BLANK.match(piece)
            end = at + (blank.end() if blank else len(piece))
            yield at, end, False
            at = end


def _item_starts(text: str) -> list[int]:
    """Where sentences begin that sentencex doesn't see: items, labels, and after an address."""
    found: list[re.Match[str]] = []
    # To look for the one character that each of them needs takes next to nothing.
    if "\n" in text:
        ends = ((m, _blank_start(text, 0, m.start())) for m in _LATER_ITEM.finditer(text))
        found += (m for m, end in ends if end > 0 and text[end - 1] in _COMPLETE)
        found += _ITEM.finditer(text)
    if "://" in text:
        found += (m for m in _ADDRESS.finditer(text) if m["after"])
    if ":" in text or "., " in text:
        labels = _LABEL.finditer(text)
        found += (m for m in labels if section_label(text[m.end() : m.end() + 60]))
    if (
        "itamin " in text
        or "patitis " in text
        or "roup " in text
        or "rm " in text
        or "art. " in text
    ):
        found += _LETTERED.finditer(text)
    for match in _LAST_LETTER.finditer(text):
        dot = match.start() + 1
        if _UNIT_LAST.search(text, max(0, dot - _FARTHEST_NUMBER), dot):
            found.append(match)
    return sorted(m.end() for m in found)


def _hidden_edges(text: str, hidden: Sequence[Span]) -> Iterator[int]:
    """Where hidden text begins and ends that stands between two sentences."""
    end = 0
    for span in hidden:
        before = _blank_start(text, end, span.start)
        is_first = before == end
        while before > end and text[before - 1] in _CLOSING:
            before -= 1
        if is_first or (before > end and text[before - 1] in _COMPLETE):
            yield from span
            end = span.end


def _blank_start(text: str, start: int, end: int) -> int:
    """Where the white space before an offset begins."""
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


_LONGEST_MARKER, _FARTHEST_NUMBER = 12, 30


def _goes_on(text: str, segment: Span, follower: Span) -> bool:
    start, end = segment
    if end - start <= _LONGEST_MARKER and _MARKER.fullmatch(text, start, end):
        return True
    if text[end - 1] != ".":
        return False
    last = text[max(start, end - _LONGEST_MARKER) : end]
    if _GOING_ON.match(text, follower.start) and _CHEMICAL.search(last):
        return True
    is_species = _SPECIES.match(text, follower.start) and _GENUS.search(last)
    if is_species or (text[follower.start].isdigit() and _TORN_NUMBER.search(last)):
        return True
    if last[-3:-1].lower() not in _SHORTENED_ENDS:
        return False
    shortened = _SHORTENED.search(last)
    return bool(shortened and (shortened["abbreviation"] or _NUMBER.match(text, *follower)))


def _masked(text: str, hidden: Sequence[Span]) -> str:
    """The text as sentencex should see it: other characters, same places."""
    if hidden:
        ends = [0, *(span.end for span in hidden)]
        masks = (_MASK.upper().ljust(end - start, _MASK) for start, end in hidden)
        seen = [text[end : span.start] for end, span in zip(ends, hidden, strict=False)]
        text = "".join(chain.from_iterable(zip(seen, masks, strict=True))) + text[ends[-1] :]
    if not text.isascii() and _UNSEEN.search(beyond_ascii(text)):
        text = _UNSEEN_AT_END.sub(lambda match: " " * len(match[0]), text)
        text = _UNSEEN.sub(_MASK, text)
    # "<32 weeks" is read as a bracket that goes on to the next ")".
    text = _mask_lone_brackets(text.translate(_UNANGLED) if "<" in text else text)
    # A search takes a fifth of what it takes to put nothing in the place of nothing.
    has_marker = "(" in text and _BRACKETED_MARKER.search(text)
    return _BRACKETED_MARKER.sub(r"X\1X", text) if has_marker else text


_UNANGLED = str.maketrans("<>", "==")
_MOST_DEPTH = 3
_NO_BRACKETS = bytes(set(range(256)) - set(b"()[]"))


def _are_paired(brackets: bytes) -> bool:
    """Whether each bracket surely has its partner: of those that are deep in others nobody asks."""
    for _ in range(_MOST_DEPTH):
        brackets = brackets.replace(b"()", b"").replace(b"[]", b"")
    return not brackets


def _mask_lone_brackets(text: str) -> str:
    """Replace brackets without a partner: sentencex reads on to the end of the text after one."""
    if _are_paired(text.encode("ascii", "replace").translate(None, _NO_BRACKETS)):
        return text
    opened: list[int] = []
    lone: list[int] = []
    for match in _BRACKET.finditer(text):
        index, character = match.start(), match.group()
        if character in _CLOSERS:
            opened.append(index)
        elif opened and _CLOSERS[text[opened[-1]]] == character:
            opened.pop()
        else:
            lone.append(index)
    if not lone and not opened:
        return text
    characters = list(text)
    for index in (*lone, *opened):
        characters[index] = _MASK
    return "".join(characters)


_FEWEST_BEFORE_A_CUT, _SHORTEST_CUT = 2, 400


def is_cut_off(texts: Sequence[str]) -> bool:
    """Whether only the last of some sentences, of a long abstract, ends in a letter."""
    if len(texts) <= _FEWEST_BEFORE_A_CUT or not texts[-1][-1:].isalpha():
        return False
    is_long = sum(map(len, texts)) >= _SHORTEST_CUT and "://" not in texts[-1]
    return is_long and all(text[-1:] in _ENDING for text in texts[-3:-1])


_ENDING = frozenset('.!?)]"”’')
