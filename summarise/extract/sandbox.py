"""Jinja's sandbox with bounds: a template runs no code, and takes no time or memory without end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

# Far beyond what a prompt needs: a long abstract has some hundred sentences.
_MOST_CHARACTERS = 2_000_000
_MOST_STEPS = 100_000
_MOST_REPEATS = 10_000
# A width of five digits or more, or one that comes from elsewhere, in the two ways to format.
_WIDE = re.compile(r"\d{5}|%[^a-zA-Z%]*\*|:[^{}]*\{")


class _Counting(CodeGenerator):
    """Counts each time that a template goes through a block."""

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        self.writeline("environment.step()")
        super().blockvisit(nodes, frame)


class Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox of prompt templates: beyond its bounds is a ``TemplateRuntimeError``."""

    code_generator_class = _Counting
    intercepted_binops = frozenset(["+", "*", "**", "%"])

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._steps = 0
        self.filters = {name: _bounded_call(one) for name, one in self.filters.items()}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """What a template gets of a value."""
        # Checking it for every sentence took half the time of a prompt.
        if attribute == "index" and type(obj) is LoopContext:
            return obj.index
        return super().getattr(obj, attribute)

    def start(self) -> None:
        """Begin to count anew: a template is rendered."""
        self._steps = 0

    def step(self) -> None:
        """Count a block or a call."""
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise jinja2.TemplateRuntimeError(f"it goes on for more than {_MOST_STEPS:,} steps")

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        """Call what a template calls."""
        # Named as Jinja names them: a template's own arguments may have any name.
        __self.step()
        _refuse_repeats(*args, *kwargs.values())
        return _bounded(super().call(__context, __obj, *args, **kwargs))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Apply an operator that could make much of little."""
        if operator == "%" and isinstance(left, str) and _WIDE.search(left):
            raise _too_much()
        if operator in {"*", "**"}:
            _refuse_repeats(*(one for one in (left, right) if isinstance(one, int)))
            _refuse_long(_length(left) * max(right, 0) if isinstance(right, int) else 0)
            _refuse_long(_length(right) * max(left, 0) if isinstance(left, int) else 0)
        if operator == "**":
            _refuse_repeats(abs(right) * 100)
        return _bounded(super().call_binop(context, operator, left, right))

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """The method ``format`` of a text, as a template may have it."""
        wrapped = super().wrap_str_format(value)
        if wrapped is not None and _WIDE.search(value.__self__):
            raise _too_much()
        return wrapped

    @staticmethod
    def concat(parts: Iterable[str]) -> str:
        """Join what a template makes, as long as it isn't too much."""
        kept, length = [], 0
        for part in parts:
            length += len(part)
            if length > _MOST_CHARACTERS:  # at each of fifty parts a call would take as long
                raise _too_much()
            kept.append(part)
        return "".join(kept)

    def str_join(self, parts: Iterable[Any]) -> str:
        """Join the operands of ``~``."""
        return self.concat(map(str, parts))

    def _generate(self, *args: Any, **kwargs: Any) -> str:
        first, _, rest = super()._generate(*args, **kwargs).partition("\n")
        return f"{first}; str_join = environment.str_join\n{rest}"


def _too_much() -> jinja2.TemplateRuntimeError:
    return jinja2.TemplateRuntimeError("it makes more text than a prompt can hold")


def _bounded_call(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        _refuse_repeats(*args, *kwargs.values())
        return _bounded(function(*args, **kwargs))

    return call


def _bounded(value: Any) -> Any:
    _refuse_long(_length(value))
    return value


def _length(value: Any) -> int:
    return len(value) if isinstance(value, (str, bytes, list, tuple, dict)) else 0


def _refuse_long(length: int) -> None:
    if length > _MOST_CHARACTERS:
        raise _too_much()


def _refuse_repeats(*numbers: Any) -> None:
    """Refuse a number that could be how often something is repeated, or how wide it becomes."""
    if any(isinstance(number, int) and abs(number) > _MOST_REPEATS for number in numbers):
        raise _too_much()
