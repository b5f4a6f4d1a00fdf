"""An answer of a model read as a draft, or as a fault, and the failure that comes of that.

What has another form than its schema's, and but one sense, is given that form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from functools import reduce
from operator import getitem
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json, to_json

from summarise.characters import for_screen
from summarise.errors import path_of
from summarise.models import Completion, Document, Failure, FailureKind, Provenance
from summarise.schema import LISTS, TEXTS, Draft, Kind, Node, leaves, shape_of

# White space, as it is or as JSON spells it inside a text, at the end of an answer.
_BLANKS = re.compile(r"(?:\s|\\[nrt]){80}\Z")
# Of what a model repeats for ever: the longest in characters, and how much is no coincidence.
_LONGEST_UNIT, _LOOP, _TIMES = 800, 400, 5


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an answer gives no draft, in one line, and what may help.

    ``details`` are to be corrected; without any there is no reask: a refusal or a filter would only
    be bought twice. A garbled answer isn't JSON at all, so that nothing in it can be corrected.
    """

    kind: FailureKind
    message: str
    details: tuple[str, ...] = ()
    lacks_room: bool = False
    is_garbled: bool = False


_WHOLE = "the whole answer"
# What small models write where null is due; none of it is copied from an abstract.
_NONE = (
    r"\s*(?:None|NONE|null|NULL|n/a|N/A|[Nn]ot (?:applicable|available|given|mentioned|provided"
    r"|reported|specified|stated))(?: in the abstract)?\.?\s*"
)
# Faults for which an answer may be given the form of its schema.
_MENDED = frozenset(("extra_forbidden", "list_type", "missing", "model_type", "string_type"))
_SAYS_NONE, _MAY_SAY_NONE = re.compile(_NONE), re.compile(f'"{_NONE}"')
NOTHING = Fault(FailureKind.EMPTY, "the model answered nothing")
_BLANK = Fault(
    FailureKind.EMPTY,
    "the model answered that nothing stands in the abstract",
    ("the whole answer: all of it is empty; give what the abstract says, its method at least",),
)
_LONG_ABSTRACT = 400


_FEW_ITEMS = 250
MOST_ITEMS, MOST_TEXT = 1_000, 100_000
"""Of an answer: the items of all its lists together, and its characters without white space. One
about an abstract has some dozens and some thousands; a model that repeats itself knows no end."""
_TOO_MUCH = (
    "the answer holds {} {}, and no more than {:,} are taken; "
    "give what the abstract reports, each fact once"
)
_MANY = _TOO_MUCH.format("too many", "characters", MOST_TEXT)
_OVERFULL, _CUT = Fault(FailureKind.INVALID, _MANY, (_MANY,)), "…"


def kept_part(completion: Completion) -> Completion:
    """An answer as it is kept: of too many characters none beyond the bound, but a mark."""
    told = {"text": completion.text or "", "refusal": completion.refusal or ""}
    cut = {name: f"{one[:MOST_TEXT]}{_CUT}" for name, one in told.items() if len(one) > MOST_TEXT}
    return completion.model_copy(update={**cut, "message": None}) if cut else completion


class Read(NamedTuple):
    """What an answer says."""

    draft: dict[str, Any]
    """As JSON values that are valid for the schema."""
    dropped: tuple[str, ...] = ()
    """What tells of some of the keys that the schema lacks."""
    missing: tuple[str, ...] = ()
    """The keys that the answer lacks, by path: null or an empty list stands there instead."""


def read_draft(
    completion: Completion, schema: type[BaseModel] = Draft, *, is_bounded: bool = True
) -> Read | Fault:
    """The draft in an answer, or what is wrong with it.

    Why the model stopped is read first: the text of a refusal, a filter or a truncation may be
    null, or may be half an answer that looks whole. What the schema lacks is left out. Earlier
    versions took any number of items.
    """
    if completion.refusal:
        return Fault(
            FailureKind.REFUSED,
            f"the model declined: {for_screen(completion.refusal, 200, reveal=True)}",
        )
    if completion.finish_reason == "content_filter":
        return Fault(FailureKind.FILTERED, "the endpoint's content filter withheld the answer")
    if completion.finish_reason == "length":
        return _truncated(completion.text or "")
    whole = completion.text or ""
    if not whole.strip() or whole[MOST_TEXT:] == _CUT:
        # Nothing of it is parsed: a hundred thousand keys take longer than others can wait.
        return _OVERFULL if whole.strip() else NOTHING
    try:
        model, dropped, missing = _validated(whole, schema)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        details = tuple(f"{path_of(one['loc']) or _WHOLE}: {one['msg']}" for one in faults)
        return Fault(
            FailureKind.INVALID,
            f"the answer doesn't fit the schema: {for_screen(details[0], 200, reveal=True)}",
            details,
            is_garbled=faults[0]["type"] == "json_invalid",
        )
    draft = model.model_dump(mode="json")
    if _MAY_SAY_NONE.search(whole):
        draft, told = _without_none(draft, schema)
        dropped += told
    # Lists have no more items than there are commas and brackets: most answers hold far too few.
    is_small = 2 * len(whole) < MOST_TEXT and whole.count(",") + whole.count("[") < _FEW_ITEMS
    excess = tuple(_excess(draft)) if is_bounded and not is_small else ()
    return (
        Fault(FailureKind.INVALID, excess[0], excess) if excess else Read(draft, dropped, missing)
    )


def read_answer(
    completion: Completion, document: Document, schema: type[BaseModel] = Draft
) -> Read | Fault:
    """As ``read_draft``, and whether it says anything of a document.

    An abstract of some length holds a problem or a method at least; fields of the user's own may
    well be in none.
    """
    read = read_draft(completion, schema)
    if isinstance(read, Fault) or schema is not Draft or len(document.abstract) < _LONG_ABSTRACT:
        return read
    return read if next(leaves(schema, read.draft), None) else _BLANK


def _validated(
    text: str, schema: type[BaseModel]
) -> tuple[BaseModel, tuple[str, ...], tuple[str, ...]]:
    """An answer in the form of its schema, messages about what was changed, and missing keys.

    Keys that the schema lacks are dropped. A missing key becomes null or an empty list, where the
    schema allows that. What else has another form, and but one sense, is given that of the schema.
    """
    try:
        return schema.model_validate_json(text), (), ()
    except ValidationError as error:
        faults = error.errors(include_url=False)
        if _MENDED.isdisjoint(one["type"] for one in faults):
            raise
    answer, told, missing = from_json(text), list[str](), list[str]()
    for *way, key in (one["loc"] for one in faults if one["type"] == "extra_forbidden"):
        with suppress(LookupError, TypeError):
            del reduce(getitem, way, answer)[key]
        name = for_screen(str(key), 60)
        told.append(
            f"{path_of(way) or _WHOLE}: the answer's key “{name}” isn't in the schema; dropped"
        )
    if isinstance(answer, dict):
        put = list[tuple[str, str]]()
        _form(shape_of(schema), answer, "", put, missing)
        told += [f"{path}: the answer's {was} is read in the schema's form" for path, was in put]
    return schema.model_validate_json(to_json(answer)), tuple(told[:20]), tuple(missing)


def _without_none(
    draft: dict[str, Any], schema: type[BaseModel]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A draft with null for what says in words that there is none, and what tells of that."""
    less = deepcopy(draft)
    gone = _emptied(schema, less, lambda text: _SAYS_NONE.fullmatch(text) is not None)
    try:
        schema.model_validate_json(to_json(less))
    except ValidationError:
        # A schema of the user's may ask for so many items.
        return draft, ()
    return less, tuple(f"{at}: the answer's “{text.strip()}” is read as null" for at, text in gone)


def _form(
    node: Node, value: Any, path: str, found: list[tuple[str, str]], missing: list[str]
) -> Any:
    """What stands for a value in the form of its field, where it has but one sense.

    That is null for an empty list, or for an object without anything; one item for a list of it,
    and a list of one text for the text. ``found`` takes where, and what was there. ``missing``
    takes the keys that were filled in; an answer without any key of its schema gets none.
    """
    is_list, is_object = node.kind in LISTS, node.kind is Kind.OBJECT
    can_be_empty = is_object and all(f.is_nullable or f.kind in LISTS for f in node.inside)
    if value is None and not node.is_nullable and (is_list or can_be_empty):
        found.append((path, "null"))
        return [] if is_list else {f.name: [] if f.kind in LISTS else None for f in node.inside}
    if node.kind in TEXTS:
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
            found.append((path, "list of one"))
            return value[0]
    elif (
        is_list
        and value is not None
        and not isinstance(value, list)
        and isinstance(value, dict) is (node.inside[0].kind is Kind.OBJECT)
    ):
        found.append((path, "one without a list"))
        value = [value]
    if isinstance(value, list) and node.kind is Kind.LIST:
        value[:] = [
            _form(node.inside[0], one, f"{path}[{n}]", found, missing)
            for n, one in enumerate(value)
        ]
    elif isinstance(value, dict) and node.kind is Kind.OBJECT:
        has_any = path or any(field.name in value for field in node.inside)
        for field in node.inside:
            at = f"{path}.{field.name}" if path else field.name
            if field.name in value:
                value[field.name] = _form(field, value[field.name], at, found, missing)
            elif has_any and (field.is_nullable or field.kind in LISTS):
                value[field.name] = None if field.is_nullable else []
                missing.append(at)
    return value


def _emptied(
    schema: type[BaseModel], draft: dict[str, Any], is_nothing: Callable[[str], bool]
) -> list[tuple[str, str]]:
    """Take out of a draft, in place, each text that only says that there is none; path and text.

    A field becomes null, where it may. From a list the item goes: the text, or the object that has
    it where null can't stand.
    """
    found: list[tuple[str, str]] = []
    _empty(shape_of(schema), draft, "", is_nothing, found)
    return found


def _empty(
    node: Node,
    value: Any,
    path: str,
    is_nothing: Callable[[str], bool],
    found: list[tuple[str, str]],
) -> str | None:
    """As ``_emptied``; returns the text for which a value has to go from its list, if it has to."""
    if isinstance(value, str) and node.kind in TEXTS:
        return value if is_nothing(value) else None
    gone: str | None = None
    if isinstance(value, dict):
        for field in node.inside:
            at = f"{path}.{field.name}" if path else field.name
            text = _empty(field, value[field.name], at, is_nothing, found)
            if text is not None and field.is_nullable:
                value[field.name] = None
                found.append((at, text))
            elif text is not None:
                gone = text
    elif isinstance(value, list) and node.kind is Kind.LIST:
        texts = [
            _empty(node.inside[0], item, f"{path}[{index}]", is_nothing, found)
            for index, item in enumerate(value)
        ]
        found += [(f"{path}[{index}]", text) for index, text in enumerate(texts) if text]
        value[:] = [item for item, text in zip(value, texts, strict=True) if text is None]
    return gone


def _excess(draft: dict[str, Any]) -> Iterator[str]:
    """What a draft holds more of than any about an abstract."""
    items, left = 0, list[Any]([draft])
    for one in left:
        items += len(one) if isinstance(one, list) else 0
        left += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
    size = len(to_json(draft).decode())
    for held, most, what in ((items, MOST_ITEMS, "items"), (size, MOST_TEXT, "characters")):
        if held > most:
            yield _TOO_MUCH.format(f"{held:,}", what, most)


def failure(document: Document, fault: Fault, text: str | None, provenance: Provenance) -> Failure:
    """A document without a record; ``text`` is what the endpoint answered, if it did."""
    return Failure(
        doc_id=document.doc_id,
        content_hash=document.content_hash,
        title=document.title,
        kind=fault.kind,
        message=fault.message,
        raw_text=text,
        provenance=provenance,
    )


def _truncated(text: str) -> Fault:
    written = text.removesuffix(_CUT)
    # Models that are held to a grammar can write blanks for ever, where the grammar allows them:
    # https://platform.openai.com/docs/guides/structured-outputs warns of it.
    if _BLANKS.search(written[-160:]):
        return Fault(
            FailureKind.TRUNCATED,
            "the model wrote white space up to the token limit; another --mode or model may not",
        )
    unit = _repeated(written)
    did = f"repeated “{for_screen(unit.strip(), 40, reveal=True)}”" if unit else None
    if not _has_begun(written):
        told = (
            f"the model {did or 'began no answer'} up to the token limit; switch its thinking off, "
            "or raise max_output_tokens in summarise.toml"
        )
    elif did:
        told = f"the model {did} up to the token limit; a larger one, or another --mode, may not"
    else:
        told = "the answer was cut off at its limit; raise max_output_tokens in summarise.toml"
    # Twice the room would be filled with more of the same, which takes a laptop minutes.
    return Fault(FailureKind.TRUNCATED, told, lacks_room=unit is None)


def _has_begun(text: str) -> bool:
    """Whether an answer came, behind what a model thinks or says first."""
    _, end, spoken = text.rpartition("</think>")
    return "{" in spoken and (bool(end) or not spoken.lstrip().startswith("<think>"))


def _repeated(text: str) -> str | None:
    """What a text repeats at its end and doesn't get out of, None where it is nothing."""
    for size in range(1, min(_LONGEST_UNIT, len(text) // _TIMES) + 1):
        unit = text[-size:]
        if text.endswith(unit * max(_TIMES, -(-_LOOP // size))):
            return unit
    return None
