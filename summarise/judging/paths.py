"""Paths in a draft, such as ``results[0].value``: what they are made of, and what stands there."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from summarise.errors import SettingsError
from summarise.models import ADDING
from summarise.schema import Kind, Node

Steps = tuple[str | int, ...]
"""Names of fields and numbers in lists, from the draft on."""

_STEP = re.compile(r"\[([0-9]+)\]|\.?([^\s.\[\]]+)")


def steps_of(path: str) -> Steps:
    """The steps of a path; ``results[]`` leads to its list."""
    found = _STEP.finditer(path.removesuffix(ADDING))
    return tuple(int(one[1]) if one[1] else one[2] for one in found)


def path_of(steps: Sequence[str | int]) -> str:
    """The path that some steps make."""
    told = (f"[{one}]" if isinstance(one, int) else f".{one}" for one in steps)
    return "".join(told).removeprefix(".")


def held_at(draft: Any, steps: Sequence[str | int]) -> Any:
    """What a draft holds at a place; None as well where something on the way isn't there."""
    for step in steps:
        if isinstance(step, int):
            draft = draft[step] if isinstance(draft, list) and step < len(draft) else None
        else:
            draft = draft.get(step) if isinstance(draft, Mapping) else None
    return draft


def put_at(draft: dict[str, Any], steps: Sequence[str | int], value: Any) -> None:
    """Put a value at a place, which is there; LookupError or TypeError where it isn't."""
    *way, last = steps
    held: Any = draft
    for step in way:
        held = held[step]
    held[last]  # no field is added, nor an entry
    held[last] = value


def node_at(root: Node, steps: Sequence[str | int]) -> Node | None:
    """The field of a schema that some steps lead to, None where there is none."""
    node: Node | None = root
    for step in steps:
        if node is None:
            return None
        if isinstance(step, int):
            is_list = node.kind in {Kind.LIST, Kind.SENTENCES}
            node = node.inside[0] if is_list else None
        elif node.kind is Kind.OBJECT:
            node = next((one for one in node.inside if one.name == step), None)
        else:
            node = None
    return node


def check_path(root: Node, path: str, where: str) -> Node:
    """The field of a schema that a path leads to; of ``results[]`` what its list holds.

    Raises:
        SettingsError: There is none; the nearest is named.
    """
    found = node_at(root, steps_of(path))
    if path.endswith(ADDING) and found is not None:
        found = found.inside[0] if found.kind is Kind.LIST else None
    if found is not None:
        return found
    known = list(_paths(root))
    plain = re.sub(r"\[[0-9]*\]", "[0]", path)
    near = difflib.get_close_matches(plain, known, n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(known)}."
    raise SettingsError(f"leads to no field of a record: {path}", where=where, hint=hint)


def _paths(node: Node, path: str = "") -> list[str]:
    """All paths below a field, the first entry standing for all."""
    found = []
    for one in node.fields if node.kind is Kind.OBJECT else ():
        at = f"{path}.{one.name}" if path else one.name
        found.append(at)
        held = one
        while held.kind is Kind.LIST:
            held, at = held.inside[0], f"{at}[0]"
            found.append(at)
        found += _paths(held, at)
    return found


def leaves_of(node: Node, value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """What can be judged of a draft, by its paths: values, null ones too, and lists without any."""
    if isinstance(value, Mapping):
        for field in node.fields:
            at = f"{path}.{field.name}" if path else field.name
            yield from leaves_of(field, value.get(field.name), at)
    elif isinstance(value, list) and value and node.kind is Kind.LIST:
        for number, one in enumerate(value):
            yield from leaves_of(node.inside[0], one, f"{path}[{number}]")
    else:
        yield path, value


def bare(node: Node, value: Any) -> Any:
    """A value without its sentence numbers, which say nothing of what it is."""
    if isinstance(value, list) and node.inside:
        return [bare(node.inside[0], one) for one in value]
    if isinstance(value, Mapping):
        fields = (one for one in node.fields if one.name in value)
        return {one.name: bare(one, value[one.name]) for one in fields}
    return value


def stands_as(node: Node, held: Any, was: Any) -> bool:
    """Whether two values of a field say the same."""
    return bool(bare(node, held) == bare(node, was))


def misfit_of(schema: type[BaseModel], draft: Mapping[str, Any]) -> str | None:
    """What of a draft its schema doesn't take, in words; None where it takes all."""
    try:
        schema.model_validate_json(to_json(draft), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = path_of([one for one in first["loc"] if isinstance(one, str | int)])
        return f"{place}: {first['msg']}"
    return None
