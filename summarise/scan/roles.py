"""The rhetorical role of each sentence: a linear model over words, with a sequence decoder.

A first-order linear-chain conditional random field (Lafferty, McCallum and Pereira 2001), trained
by ``training/train_roles.py`` on CSAbstruct (Cohan et al. 2019, arXiv 1909.04054) and on invented
abstracts of other fields. The weights are whole numbers. Those of one feature for all roles are
packed side by side into one integer, so that scoring a sentence is one sum.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Container, Iterable, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import compress, pairwise
from operator import add
from string import digits
from typing import NamedTuple

from summarise.models import Role
from summarise.scan.sections import Section

ROLES = (Role.BACKGROUND, Role.OBJECTIVE, Role.METHOD, Role.RESULT, Role.OTHER)
"""The order of the roles in the weights."""

LANE_BYTES = 3
"""Bytes of a packed integer that hold the sum for one role: room for 65,536 features."""

LANES = 3 * len(ROLES)
"""A word speaks for its own sentence, for the next one and for the previous one."""

_TOKEN = re.compile(r"[a-z]+(?:['’][a-z]+)?|\d+|[^\sa-z\d]")
# Of ASCII with each digit a "0", of which the last of a number stands for it.
_PLAIN_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|0(?!0)|[^\sa-z0]")
_ZEROS = bytes(ord("0") if chr(code) in digits else code for code in range(256))
_OWN = len(ROLES) * LANE_BYTES
_SHIFTS = tuple(8 * LANE_BYTES * lane for lane in range(len(ROLES)))
_LANE_MASK = (1 << 8 * LANE_BYTES) - 1
_OWN_MASK = (1 << 8 * _OWN) - 1

PRELUDE = frozenset({Role.BACKGROUND, Role.OBJECTIVE})
"""The roles of what comes before the work."""
_ALLOWED = {
    Section.BACKGROUND: PRELUDE,
    Section.OBJECTIVE: PRELUDE,
    Section.METHOD: frozenset({Role.METHOD}),
    Section.STUDY: frozenset({Role.METHOD, Role.RESULT}),
    Section.RESULT: frozenset({Role.RESULT}),
    Section.CONCLUSION: frozenset({Role.RESULT}),
    Section.OTHER: frozenset({Role.OTHER}),
}


class RoleModel(NamedTuple):
    """Packed weights of each feature, and ``transitions[a][b]`` for role b right after role a.

    ``triples`` is with which pairs of words the triples begin that have a weight.
    """

    weights: dict[str, int]
    transitions: tuple[tuple[int, ...], ...]
    triples: frozenset[str]


def role_features(sentence: str, begun: Container[str] | None = None) -> set[str]:
    """The words and signs of a sentence, its pairs and triples, in lower case; numbers are "0".

    ``begun`` is with which pairs the triples begin that are asked for; None asks for all.
    """
    words = _tokens(sentence.lower())
    framed = ["<s>", *words, "</s>"]
    pairs = list(map(" ".join, pairwise(framed)))
    found = {*words, *pairs, f"#l{min(len(words) // 8, 6)}"}
    triples: Iterable[tuple[str, str]] = zip(pairs, framed[2:], strict=False)
    if begun is not None:
        triples = compress(triples, map(begun.__contains__, pairs))
    found.update(map(" ".join, triples))
    return found


def _tokens(low: str) -> list[str]:
    """The words and signs of a text in lower case, a "0" for each number."""
    if low.isascii():
        return _PLAIN_TOKEN.findall(low.encode().translate(_ZEROS).decode())
    return ["0" if token[0].isdigit() else token for token in _TOKEN.findall(low)]


def position_features(index: int, count: int) -> tuple[str, ...]:
    """The features of a sentence's place among all sentences of its abstract."""
    return (
        f"#p{10 * index // count}",
        f"#i{min(index, 9)}",
        f"#e{min(count - 1 - index, 9)}",
        f"#n{min(count, 15)}",
    )


class SentenceRole(NamedTuple):
    """The role of a sentence, and how much its words speak for each of ``ROLES``, 0 on average."""

    role: Role
    leanings: tuple[int, ...]


def sentence_roles(
    texts: Sequence[str], sections: Sequence[Section | None]
) -> tuple[SentenceRole, ...]:
    """Tell the rhetorical role of each sentence of an abstract.

    The section that a sentence stands in, where the abstract labels any, restricts what it can be,
    and not how it leans.
    """
    if not texts:
        return ()
    model = load_model()
    scores = _scores(model, texts)
    leanings = [_leaning(row) for row in scores]
    for row, section in zip(scores, sections, strict=True):
        if section is not None:
            allowed = _ALLOWED[section]
            for index, role in enumerate(ROLES):
                row[index] -= 0 if role in allowed else 1 << 40
    found = _decode(scores, model.transitions)
    return tuple(
        SentenceRole(ROLES[i], leaning) for i, leaning in zip(found, leanings, strict=True)
    )


def _leaning(row: Sequence[int]) -> tuple[int, ...]:
    mean = sum(row) // len(row)
    return tuple([one - mean for one in row])


def _scores(model: RoleModel, texts: Sequence[str]) -> list[list[int]]:
    get = model.weights.get
    totals = [sum(filter(None, map(get, role_features(text, model.triples)))) for text in texts]
    count = len(texts)
    rows = []
    for index, total in enumerate(totals):
        own = (total & _OWN_MASK) + _position_weight(index, count)
        before = totals[index - 1] >> 8 * _OWN if index else get("#first", 0)
        after = totals[index + 1] >> 16 * _OWN if index + 1 < count else get("#last", 0)
        packed = own + (before & _OWN_MASK) + after
        rows.append([packed >> shift & _LANE_MASK for shift in _SHIFTS])
    return rows


@lru_cache(maxsize=1024)
def _position_weight(index: int, count: int) -> int:
    return sum(filter(None, map(load_model().weights.get, position_features(index, count))))


def _decode(scores: Sequence[Sequence[int]], transitions: Sequence[Sequence[int]]) -> list[int]:
    """The best sequence of roles (Viterbi)."""
    best = list(scores[0])
    pointers: list[list[int]] = []
    columns = tuple(zip(*transitions, strict=True))
    most = max(max(column) - min(column) for column in columns)
    for row in scores[1:]:
        *_, second, first = sorted(best)
        if first - second > most:
            # It leads by more than any transition makes up for.
            leader = best.index(first)
            pointers.append([leader] * len(best))
            best = [first + move + own for move, own in zip(transitions[leader], row, strict=True)]
            continue
        pointer, reached = [], []
        for column, own in zip(columns, row, strict=True):
            options = list(map(add, best, column))
            top = max(options)
            pointer.append(options.index(top))
            reached.append(top + own)
        pointers.append(pointer)
        best = reached
    path = [best.index(max(best))]
    for pointer in reversed(pointers):
        path.append(pointer[path[-1]])
    return path[::-1]


@cache
def load_model() -> RoleModel:
    """Read the weights that ship with the package, once."""
    return unpack_model(files("summarise.scan").joinpath("roles.bin").read_bytes())


def unpack_model(packed: bytes) -> RoleModel:
    """Read weights as they ship: zlib over a JSON head, behind its size in four bytes, and a body.

    The head names the features and holds the transitions. The body has one byte a weight, which is
    the weight plus 128; the offset is the same for every role and so changes no decision. Features
    that are words also speak for the neighbours: ``LANES`` bytes each (own, next and previous
    sentence). The others have one byte a role.
    """
    raw = zlib.decompress(packed)
    head_size = int.from_bytes(raw[:4], "little")
    head = json.loads(raw[4 : 4 + head_size])
    features = head["words"] + head["others"]
    weights: dict[str, int] = {}
    at = 4 + head_size
    for index, feature in enumerate(features):
        size = LANES if index < len(head["words"]) else len(ROLES)
        weights[feature] = _packed(raw[at : at + size])
        at += size
    triples = frozenset(
        feature.rpartition(" ")[0] for feature in features if feature.count(" ") > 1
    )
    return RoleModel(weights, tuple(tuple(row) for row in head["transitions"]), triples)


def _packed(lanes: bytes) -> int:
    """Put one byte a lane into an integer with ``LANE_BYTES`` bytes a lane."""
    spread = bytearray(len(lanes) * LANE_BYTES)
    spread[::LANE_BYTES] = lanes
    return int.from_bytes(spread, "little")
