"""What a server says is kept and shown without the key, and without what is left of one."""

from __future__ import annotations

import json
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from unicodedata import normalize
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from summarise.settings import masked

KEY = "sk-proj-1nVented_a7Qx-93ZkLmW05tRbYc8HuE2dGfJ4sV6pNiO"
LEAST = 8
KEYS = st.text("abcXYZ0149-_x", min_size=12, max_size=60).filter(lambda key: not is_of_words(key))
BESIDE = st.text(st.sampled_from('abcXYZ0149-_x \n"\\{}%&#;u\u200b\u2013\u00e9'), max_size=30)


def wide(text: str) -> str:
    """A text in full-width letters."""
    return "".join(chr(ord(c) + 0xFEE0) for c in text)


def bold(text: str) -> str:
    """A text whose capitals and small letters are bold by Unicode."""
    moved = ((c, 0x1D400 - 65 if c.isupper() else 0x1D41A - 97) for c in text)
    return "".join(chr(ord(c) + by) if c.isalpha() else c for c, by in moved)


SPELLED: dict[str, Callable[[str], str]] = {
    "plain": str,
    "without its beginning": lambda key: key[3:],
    "without its end": lambda key: key[:-1],
    "from its middle": lambda key: key[20:-20],
    "as an address": lambda key: "".join(f"%{ord(c):02X}" for c in key),
    "as an address in part": lambda key: quote(key).replace("-", "%2d").replace("_", "%5f"),
    "in HTML": lambda key: "".join(f"&#{ord(c)};" for c in key),
    "in HTML by sixteens": lambda key: "".join(f"&#x{ord(c):x};" for c in key),
    "in JSON": lambda key: "".join(f"\\u{ord(c):04x}" for c in key),
    "in Python": lambda key: "".join(f"\\x{ord(c):02x}" for c in key),
    "with line breaks": lambda key: "\n".join(key[at : at + 5] for at in range(0, len(key), 5)),
    "with line breaks in JSON": lambda key: json.dumps("\r\n".join(key)),
    "with blanks": " ".join,
    "with invisible characters": "\u200b".join,
    "with invisible characters in JSON": lambda key: json.dumps("\ufeff".join(key)),
    "in base64": lambda key: b64encode(key.encode()).decode(),
    "in base64 with its user": lambda key: b64encode(b"user:" + key.encode()).decode(),
    "in base64 of a header": lambda key: urlsafe_b64encode(f"Bearer {key}".encode()).decode(),
    "in base64, cut": lambda key: b64encode(key.encode()).decode()[5:-5],
    "in capitals": str.upper,
    "in small letters": str.lower,
    "with its case turned round": str.swapcase,
    "its middle with its case turned round": lambda key: key[20:-20].swapcase(),
    "in base64, in small letters": lambda key: b64encode(key.encode()).decode().lower(),
    "in full width": wide,
    "in full width and in capitals": lambda key: wide(key.upper()),
    "in full width in JSON": lambda key: json.dumps(wide(key)),
    "in full width in HTML": lambda key: "".join(f"&#{ord(c)};" for c in wide(key)),
    "in letters of mathematics": bold,
    "in letters of mathematics in JSON": lambda key: json.dumps(bold(key)),
    "in digits above the line in JSON": lambda key: json.dumps(
        key.translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    ),
}  # fmt: skip


CASES: list[Callable[[str], str]] = [str, str.upper, str.lower, str.swapcase]


WIDTHS: list[Callable[[str], str]] = [str, wide]


def bare(text: str) -> str:
    """A text without what stands between the characters of a key."""
    text = normalize("NFKC", text)
    for escape in ("\\n", "\\r", "\\u200b", "\\ufeff"):
        text = text.replace(escape, "")
    return "".join(c for c in text if "!" <= c <= "~" and c != "\\")


def is_of_words(text: str) -> bool:
    """Whether each part of a text is letters alone, in the case of a word."""
    parts = "".join(c if c.isalnum() else " " for c in text).split()
    return all(p.isalpha() and (p.islower() or p.isupper() or p.istitle()) for p in parts)


@pytest.mark.parametrize("spelled", SPELLED)
def test_what_is_left_of_a_key_is_masked(spelled: str) -> None:
    """However a server cuts and spells it; what stands around stays."""
    echo = SPELLED[spelled](KEY)
    told = masked(f"Incorrect key: {echo}; see the docs.", KEY)
    assert "[key]" in told
    assert told.startswith("Incorrect key: ")
    assert told.endswith("; see the docs.")
    assert len(told) < 60


@given(data=st.data(), key=KEYS, before=BESIDE, after=BESIDE)
def test_no_fragment_gets_through(data: st.DataObject, key: str, before: str, after: str) -> None:
    """Of whatever substring of eight or more characters, no part of eight is left."""
    start = data.draw(st.integers(0, len(key) - LEAST))
    end = data.draw(st.integers(start + LEAST, len(key)))
    gap = data.draw(st.sampled_from(["", "\n", "\u200b", "\\n", " "]))
    cased, width = data.draw(st.sampled_from(CASES)), data.draw(st.sampled_from(WIDTHS))
    fragment = cased(key[start:end])
    assume(not is_of_words(fragment))
    told = masked(before + gap.join(width(fragment)) + after, key)
    for at in range(len(key) - LEAST + 1):
        window = cased(key)[at : at + LEAST]
        assert is_of_words(window) or window not in bare(told)
    assert masked(told, key) == told


@given(key=st.text("abcXYZ0149-_x", min_size=12, max_size=60), cut=st.integers(1, 5))
def test_a_cut_key_is_masked_whatever_it_is_made_of(key: str, cut: int) -> None:
    """More than half of it is left, so even one made of words helps."""
    half = max(12, len(key) - cut)
    assert masked(f"<{key[:half]}>", key) == masked(f"<{key[-half:]}>", key) == "<[key]>"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("EMPTY", "EMPTY"),
        ("ollama", "ollama"),
        ("sk-local", "a local server, sk-loca"),
        ("no-secret", "there is no secre"),
        ("sk-no-key-required", "no sample is required; the key-value cache is required"),
        ("sk-lab-inference-2", "inference, lab-2 and sk"),
        (KEY, "keys begin with sk-proj-, yours ends with NiO"),
        (KEY, "a \\u00d7 100% \\u2013 &amp; 5%20"),
    ],
)
def test_words_are_left_alone(key: str, text: str) -> None:
    """A key that pleases a server of this machine may share them with any text."""
    assert masked(text, key) == text


@pytest.mark.parametrize("unit", ["&#9999999;", "&#xffffff;", "\\ud835", "\\ud835\\udfff", "ﬁ⒈½"])
def test_what_spells_nothing_is_left_alone(unit: str) -> None:
    """Numbers beyond Unicode, halves of pairs, and letters that are several by NFKC."""
    assert masked(unit * 30, KEY) == unit * 30


def test_a_short_key_is_masked_as_a_whole() -> None:
    """However it is spelled."""
    assert masked("<sk-local> <sk\\u002dlocal>", "sk-local") == "<[key]> <[key]>"


@pytest.mark.parametrize(
    "unit",
    [
        "\\u002d",
        "%2d",
        KEY[:20],
        KEY[:7],
        "\\",
        "\u200b",
        "&#45;",
        "-",
        wide(KEY[:20]),
        "\u0301\u0316",
    ],
)
def test_a_key_is_looked_for_in_linear_time(unit: str) -> None:
    """Whatever a server sends hundreds of thousands of characters of."""

    def seconds(length: int) -> float:
        started = time.process_time()
        masked(unit * (length // len(unit)), KEY)
        return time.process_time() - started

    assert seconds(200_000) < 20 * max(seconds(20_000), 0.002)
