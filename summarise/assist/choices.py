"""What a small model may choose from: names and wordings that code has found and vouches for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from summarise.assist.cuts import defining, shorter
from summarise.ground import Grounded
from summarise.prompts import one_line
from summarise.reading import DocumentReading
from summarise.scan import GENERIC, KNOWN_MODEL, section_label, title_name
from summarise.schema import Draft

_MOST_CHOICES = 8
_COMPOUND = re.compile(r"-(?:based|like|style|free|driven)\b")


@dataclass(frozen=True, slots=True)
class TextChoices:
    """The wordings of one text of the record.

    Attributes:
        wordings: The first is code's own.
        source: The sentences that they are made of.
    """

    wordings: tuple[str, ...]
    source: str


def name_choices(reading: DocumentReading, draft: dict[str, Any]) -> tuple[str, ...]:
    """The names that the proposal may have, code's own first.

    Empty where there is nothing to ask: no name was found, only one can be it, or the title says
    it. What code reads as data doesn't displace what it doesn't read so; a known model, a unit or,
    where code's own name is one word, a phrase displaces nothing.
    """
    own = draft["method"]["name"]
    if own is None or _title_says(reading, own):
        return ()
    shown = " ".join(method_sentences(reading, draft))
    others = (mention.text for mention in reading.mentions.methods if mention.text in shown)
    plausible = (name for name in others if _may_displace(reading, own, name))
    found = tuple(dict.fromkeys((own, *plausible)))[:_MOST_CHOICES]
    return found if len(found) > 1 else ()


def _title_says(reading: DocumentReading, name: str) -> bool:
    """Whether the title holds the name, or a name of its own that code took or matched to it."""
    title = reading.trusted_title.text if reading.trusted_title else ""
    titled = title_name(title)
    if titled is not None and titled.casefold()[:5] == name.casefold()[:5]:
        return True
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", title) is not None


def _may_displace(reading: DocumentReading, own: str, name: str) -> bool:
    if name in GENERIC or KNOWN_MODEL.match(name) or _COMPOUND.search(name):
        return False
    if " " in name and " " not in own:
        return False
    data = {mention.text for mention in reading.mentions.datasets}
    if name in data and own not in data:
        return False
    return not any(name in quantity.text.split() for quantity in reading.mentions.quantities)


def problem_choices(reading: DocumentReading, draft: dict[str, Any]) -> TextChoices | None:
    """The wordings of the problem; None where there is no other than code's own."""
    own = draft["problem"]["text"]
    if own is None:
        return None
    line = one_line(own)
    return _vouched(reading, draft, "problem", TextChoices((line, *shorter(line)), line))


def method_choices(reading: DocumentReading, draft: dict[str, Any]) -> TextChoices | None:
    """The wordings of the method, what its name stands for among them; None where there are none.

    Args:
        reading: The document.
        draft: With the name that was settled on.
    """
    own, name = draft["method"]["text"], draft["method"]["name"]
    if own is None:
        return None
    line = source = one_line(own)
    definition = None
    for sentence in method_sentences(reading, draft) if name else ():
        if definition := defining(sentence, name):
            source = line if sentence == line else f"{line} {sentence}"
            break
    defined = (definition, *shorter(definition)) if definition else ()
    return _vouched(reading, draft, "method", TextChoices((line, *defined, *shorter(line)), source))


def method_sentences(reading: DocumentReading, draft: dict[str, Any]) -> Iterator[str]:
    """The sentences that the method of a draft rests on, each on a line, without section labels."""
    for number in draft["method"]["sentences"]:
        text = reading.source.sentences[number - 1].of(reading.source.abstract)
        label = section_label(text)
        yield one_line(text[label[1] if label else 0 :])


def _vouched(
    reading: DocumentReading, draft: dict[str, Any], part: str, choices: TextChoices
) -> TextChoices | None:
    """Those wordings that leave the rest of the record as it is; None where only code's own does.

    The same check as for any record: no number and no name without evidence, no sentence number
    changed, and no quantity of the abstract dropped that the draft had claimed.
    """
    own, *others = choices.wordings
    before = _traces(reading, draft, part, draft[part]["text"])
    kept = [text for text in others if _traces(reading, draft, part, text) == before]
    wordings = tuple(dict.fromkeys((own, *kept)))[:_MOST_CHOICES]
    return TextChoices(wordings, choices.source) if len(wordings) > 1 else None


def _traces(
    reading: DocumentReading, draft: dict[str, Any], part: str, text: str
) -> tuple[object, ...]:
    """What grounding says of a draft with this text, the words of the text apart."""
    worded = {**draft, part: {**draft[part], "text": text}}
    grounded: Grounded = reading.ground(Draft, worded)
    numbers = {name: _numbers(value) for name, value in grounded.draft.items()}
    return grounded.unsupported, numbers, reading.unclaimed(grounded)


def _numbers(value: Any) -> Any:
    if isinstance(value, list):
        return [item["sentences"] for item in value]
    return value["sentences"]
