"""Sentence roles: what the model tells, and how its weights are stored."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from summarise.models import Role
from summarise.scan import section_label, sections_of, sentence_roles, sentence_spans
from summarise.scan.roles import (
    LANES,
    ROLES,
    _decode,
    load_model,
    position_features,
    role_features,
    unpack_model,
)

_ABSTRACT = (
    "Reading old letters is important in many archives. However, existing readers fail on faded "
    "ink. We propose a reader that restores the ink before it reads. It consists of two networks "
    "that are trained jointly. Experiments show that it outperforms earlier readers by 12%."
)


def _roles(text: str) -> list[Role]:
    texts = [span.of(text) for span in sentence_spans(text)]
    sections = list(sections_of([section_label(one) for one in texts]))
    return [told.role for told in sentence_roles(texts, sections)]


def test_a_plain_abstract() -> None:
    """Background comes first, then the method, then the results."""
    assert _roles(_ABSTRACT) == [
        Role.BACKGROUND,
        Role.BACKGROUND,
        Role.METHOD,
        Role.METHOD,
        Role.RESULT,
    ]


def test_labels_rule() -> None:
    """A section label holds for its sentence and all that follow, up to the next label."""
    text = (
        "BACKGROUND: Ink fades. METHODS: We read 12 letters. They were old. "
        "RESULTS: All could be read. Conclusions: Reading works."
    )
    roles = _roles(text)
    assert roles[0] in (Role.BACKGROUND, Role.OBJECTIVE)
    assert roles[1:] == [Role.METHOD, Role.METHOD, Role.RESULT, Role.RESULT]


@given(st.lists(st.text(min_size=1), max_size=8))
def test_one_role_a_sentence(sentences: list[str]) -> None:
    """Any sentences get one role each, and the same ones every time."""
    sections = list(sections_of([section_label(sentence) for sentence in sentences]))
    roles = sentence_roles(sentences, sections)
    assert len(roles) == len(sentences)
    assert roles == sentence_roles(sentences, sections)


@given(st.lists(st.lists(st.integers(-600, 600), min_size=5, max_size=5), min_size=1, max_size=4))
def test_the_best_sequence_is_found(rows: list[list[int]]) -> None:
    """None of all scores more, whether one role leads by far or not."""
    moves = load_model().transitions

    def worth(path: Sequence[int]) -> int:
        own = sum(row[role] for row, role in zip(rows, path, strict=True))
        return own + sum(moves[one][other] for one, other in pairwise(path))

    assert worth(_decode(rows, moves)) == max(map(worth, product(range(5), repeat=len(rows))))


def test_features_hide_numbers() -> None:
    """Numbers are all the same word, so that no single one is learnt."""
    assert role_features("We read 12 letters.") == role_features("We read 4711 letters.")
    assert {"we", "0", "<s> we", "we read 0"} <= role_features("We read 12 letters.")


def test_positions() -> None:
    """A place is told from both ends."""
    assert position_features(0, 4) == ("#p0", "#i0", "#e3", "#n4")


def packed(
    words: dict[str, bytes], others: dict[str, bytes], transitions: list[list[int]]
) -> bytes:
    """Weights as they ship."""
    names = {"words": list(words), "others": list(others), "transitions": transitions}
    head = json.dumps(names).encode()
    body = b"".join((*words.values(), *others.values()))
    return zlib.compress(len(head).to_bytes(4, "little") + head + body)


weights = st.binary(min_size=len(ROLES), max_size=len(ROLES))


@given(weights, weights)
def test_packed_weights_add_up_in_each_lane(left: bytes, right: bytes) -> None:
    """The sum of two packed features holds the sum of their weights for every role."""
    model = unpack_model(packed({}, {"a": left, "b": right}, [[0] * 5] * 5))
    total = model.weights["a"] + model.weights["b"]
    lanes = [total >> 24 * lane & 0xFFFFFF for lane in range(len(ROLES))]
    assert lanes == [a + b for a, b in zip(left, right, strict=True)]


def test_weights_are_read_as_they_were_packed() -> None:
    """Words keep all their lanes, and transitions survive."""
    moves = [[row * 5 + column - 12 for column in range(5)] for row in range(5)]
    model = unpack_model(packed({"w": bytes(range(LANES))}, {"p q": bytes(5)}, moves))
    assert model.weights["w"] >> 24 * 14 == 14
    assert model.transitions == tuple(map(tuple, moves))


def test_shipped_model_is_compact() -> None:
    """The weights ship with the package and cover words and pairs of words."""
    model = load_model()
    assert len(model.weights) > 10_000
    assert "we propose" in model.weights
    assert len(model.transitions) == len(ROLES)
