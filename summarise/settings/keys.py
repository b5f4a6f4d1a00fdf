"""Whom a key is for: it goes to the address that it was set for, and is withheld from others.

Nor is it shown: ``masked`` is what keeps it out of whatever is kept, logged or told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from summarise.errors import SettingsError
from summarise.settings.layers import Layer

# Spelled like this, a value is the name of a variable; any other could be a key put in its place.
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,63}")

_MASK = "[key]"
# Shorter ones please a server of this machine (none, ollama), and may stand in any text.
_SHORTEST_SECRET = 8
_QUOTED = re.compile(r'["\\]')
# A character that a key may have, as no usual writer of JSON spells it but in a few places.
_SPELLED = re.compile(r"\\(?:u00[2-7]|/)")


def masked(text: str, key: str) -> str:
    """A text with ``[key]`` in the place of a key, be it plain or as JSON may spell it."""
    if len(key) < _SHORTEST_SECRET:
        return text
    text = text.replace(key, _MASK)
    # Few texts have these marks, and the pattern is slow beside a plain search.
    has_spellings = _SPELLED.search(text) or (_QUOTED.search(key) and "\\" in text)
    return _spellings(key).sub(_MASK, text) if has_spellings else text


@lru_cache(maxsize=4)
def _spellings(key: str) -> re.Pattern[str]:
    """A key in JSON, and in JSON that is itself a text in JSON."""

    def digits(character: str) -> str:
        return "".join(f"[{digit}{digit.upper()}]" for digit in f"{ord(character):02x}")

    characters = (rf"(?:\\{{0,4}}{re.escape(c)}|\\{{1,4}}u00{digits(c)})" for c in key)
    return re.compile("".join(characters))


def is_variable(name: str) -> bool:
    """Whether a name is spelled as that of a variable, so that it can't be a key."""
    return _VARIABLE.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """A layer that may name a key, and whether that is for a base URL.

    Attributes:
        vet: Refuses a variable for a base URL, where not everything that the layer says is trusted.
    """

    layer: Layer
    serves: Callable[[str], bool]
    vet: Callable[[str, str], None] = lambda *_: None


@dataclass(frozen=True, slots=True)
class Key:
    """What came of the search for a key.

    Attributes:
        variable: The one that a layer named for it, None where the key was given itself.
        withheld: Without a key, the name of a variable whose key was set for another address.
    """

    value: str | None = None
    variable: str | None = None
    withheld: str | None = None


def find_key(base_url: str, holders: Sequence[KeyHolder], environ: Mapping[str, str]) -> Key:
    """The key that was set for an address, in the first layer that has one.

    Raises:
        SettingsError: The variable that is named for it isn't set or isn't to be trusted, or no
            header could hold the key.
    """
    withheld = None
    for holder in holders:
        layer = holder.layer
        given, variable = layer.values.get("api_key", "").strip(), layer.values.get("api_key_env")
        keys = [(layer.spell("api_key"), given, None)] if given else []
        if variable:
            keys.append((variable, environ.get(variable, "").strip(), variable))
        for name, key, named in keys:
            if holder.serves(base_url):
                holder.vet(name, base_url)
                return Key(_usable(name, key, layer), named)
            withheld = withheld or (name if key else None)
    return Key(withheld=withheld)


def _usable(name: str, key: str, layer: Layer) -> str:
    """The key itself.

    Raises:
        SettingsError: It is empty, or could never be sent in a header.
    """
    if not key:
        # Who puts the key itself there shouldn't see it on the screen.
        what = f"the variable {name}, which" if is_variable(name) else "a variable that"
        raise SettingsError(
            f"names {what} isn't set",
            where=layer.spell("api_key_env"),
            hint="Export it; the setting takes the name of a variable, not the key.",
        )
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise SettingsError(
            "the key holds a blank or another character that no key has",
            where=name,
            hint="Copy it again.",
        )
    return key
