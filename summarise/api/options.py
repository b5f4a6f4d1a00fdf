"""The keywords of the Python API: those of a run, and each setting by its name.

What other modules say names flags, as on the command line; here it is told in keywords.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar, get_type_hints

from pydantic import BaseModel
from typing_extensions import TypedDict

from summarise.characters import clip, for_screen
from summarise.errors import SettingsError, SummariseError, meant
from summarise.settings import PRESETS

_Path = str | os.PathLike[str]
_Mode = Literal["json_schema", "json_schema_loose", "tools", "json_object", "prompted"]
_Sampling = Literal["temperature", "top_p", "seed", "reasoning_effort"]


class ReadOptions(TypedDict, total=False):
    """How inputs are read.

    Attributes:
        format: Of all of them; found out where it isn't said.
        map: Which column of a table, or key of a dict, holds what: ``{"title": "Titel"}``.
        keep_duplicates: Take a paper as often as it is there.
        known: Folders of runs whose papers are left out, or one.
        config: A settings file, trusted as one that is named; else ``summarise.toml`` here.
        offline: Open nothing but this machine's own servers.
        mailto: Where the services that papers are fetched from can reach you.
        sources: Other addresses of those services, by name.
    """

    format: str | None
    map: Mapping[str, str] | None
    keep_duplicates: bool | None
    known: _Path | Sequence[_Path] | None
    config: _Path | None
    cache: bool | None
    cache_dir: _Path | None
    offline: bool | None
    mailto: str | None
    sources: Mapping[str, str] | None


class Options(ReadOptions, total=False):
    """How a run is made: settings by the names that they have everywhere, and what it does.

    ``docs/settings.md`` and ``summarise run --help`` say what each is; None is as if it weren't
    there.

    Attributes:
        refresh: Make the records anew that are there; what was answered still serves.
        fresh_answers: Likewise, and ask for every answer anew.
        limit: Do the first so many documents.
        only: Do the documents with these ids.
        append: Add to the documents that the folder holds.
        schema: What to fill in: ``pico``, a file of fields, or a class.
    """

    refresh: bool | None
    fresh_answers: bool | None
    limit: int | None
    only: Sequence[str] | None
    append: bool | None
    # What a model is, where it is, and how it is asked.
    endpoint: str | None
    base_url: str | None
    api_key: str | None
    api_key_env: str | None
    mode: _Mode | None
    ladder: Sequence[_Mode] | None
    temperature: float | None
    top_p: float | None
    seed: int | None
    reasoning_effort: str | None
    omit: Sequence[_Sampling] | None
    token_parameter: Literal["max_tokens", "max_completion_tokens"] | None
    seed_parameter: Literal["seed", "random_seed"] | None
    prompt_cache: Literal["openai", "anthropic"] | None
    extra_headers: Mapping[str, str] | None
    extra_body: Mapping[str, Any] | None
    max_output_tokens: int | None
    context: int | None
    prompt_version: _Path | None
    schema: _Path | type[BaseModel] | None
    max_reasks: int | None
    # How fast, how long, and for how much.
    timeout: float | None
    deadline: float | None
    max_attempts: int | None
    concurrency: int | None
    processes: int | None
    rpm: float | None
    tpm: float | None
    max_cost: float | None
    max_tokens: int | None
    max_calls: int | None
    price_in: float | None
    price_out: float | None
    price_cached: float | None
    price_cache_written: float | None


OF_READING = frozenset(("format", "map", "keep_duplicates", "known"))
OF_RUN = frozenset(("refresh", "fresh_answers", "limit", "only", "append", "output", "progress"))
_NAMED = frozenset(("source", "model", "output", "progress"))
_SWITCHES = frozenset(
    ("refresh", "fresh_answers", "append", "keep_duplicates", "offline", "cache", "transpose")
)
# Of views, which say what is wrong with them by the flags of `summarise table`.
_OF_VIEWS = frozenset(
    ("style", "columns", "where", "sort", "group_by", "by", "rows", "transpose", "changes_since")
)


def _is_path(value: Any) -> bool:
    return isinstance(value, str | os.PathLike) and isinstance(os.fspath(value), str)


def _is_schema(value: Any) -> bool:
    return _is_path(value) or (isinstance(value, type) and issubclass(value, BaseModel))


def _are_texts(value: Any) -> bool:
    return isinstance(value, Collection) and all(isinstance(one, str) for one in value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_map(value: Any) -> bool:
    return isinstance(value, Mapping) and _are_texts(value) and _are_texts(value.values())


_KINDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    **dict.fromkeys(("config", "output", "path", "changes_since"), (_is_path, "a path")),
    **dict.fromkeys(("format", "where", "sort", "group_by", "rows", "model"), (_is_text, "text")),
    **dict.fromkeys(("endpoint", "base_url", "api_key", "api_key_env"), (_is_text, "text")),
    "schema": (_is_schema, "a name, the path of a file of fields, or a model class"),
    **dict.fromkeys((*_SWITCHES, "progress"), (lambda one: isinstance(one, bool), "True or False")),
    "columns": (_are_texts, "names of fields"),
    "only": (_are_texts, "ids of documents"),
    "known": (
        lambda one: _is_path(one) or (isinstance(one, Collection) and all(map(_is_path, one))),
        "folders of runs",
    ),
    "map": (_is_map, 'a dict such as {"title": "Titel"}'),
}
"""What each keyword takes that nothing else checks; most settings check themselves."""


_Function = TypeVar("_Function", bound=Callable[..., Any])


def shows(options: type) -> Callable[[_Function], _Function]:
    """Have ``help()`` and a notebook's completion show the keywords that a function takes.

    Type checkers know them by ``Unpack``, which nothing looks into that runs.
    """

    def shown(function: _Function) -> _Function:
        signature = inspect.signature(function)
        *own, _ = signature.parameters.values()
        keyword = inspect.Parameter.KEYWORD_ONLY
        more = [
            inspect.Parameter(name, keyword, default=None, annotation=hint)
            for name, hint in get_type_hints(options).items()
        ]
        function.__signature__ = signature.replace(parameters=[*own, *more])  # type: ignore[attr-defined]
        return function

    return shown


def names_of(options: type) -> tuple[str, ...]:
    """The keywords of ``summarise`` or ``read``, by the type of their options."""
    return tuple(get_type_hints(options))


def checked(options: Mapping[str, Any], kind: type, function: str) -> dict[str, Any]:
    """The keywords that were given, those that are None apart.

    Raises:
        SettingsError: There is none of that name.
    """
    known = names_of(kind)
    own = sorted(_NAMED) if kind is Options else ["source"]
    for name in options:
        if name not in known:
            told = f"{function}() has no keyword {name!r}"
            raise SettingsError(told, hint=meant(name, (*known, *own)))
    given = {name: value for name, value in options.items() if value is not None}
    check_kinds(given)
    return given


def check_kinds(options: Mapping[str, Any]) -> None:
    """Make sure that the values of keywords are such as they take; None is as if it weren't there.

    Raises:
        SettingsError: One isn't.
    """
    for name, value in options.items():
        is_one, told = _KINDS.get(name, (lambda _: True, ""))
        if value is not None and not is_one(value):
            is_secret = name == "api_key"
            shown = type(value).__name__ if is_secret else for_screen(clip(repr(value), 60))
            raise SettingsError(f"must be {told}, not {shown}", where=name)


def settings_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """What of the keywords are settings, as ``load_settings`` takes flags."""
    apart = OF_READING | OF_RUN | {"config"}
    return {
        name: os.fspath(value) if isinstance(value, os.PathLike) else value
        for name, value in options.items()
        if name not in apart
    }


def only_of(options: Mapping[str, Any]) -> frozenset[str]:
    """The ids of the documents that are to be done; none for all."""
    only = options.get("only", ())
    return frozenset([only] if isinstance(only, str) else only)


def config_of(options: Mapping[str, Any]) -> Path | None:
    """The settings file that is named."""
    return Path(options["config"]) if "config" in options else None


# A flag, and what stands behind it where that can only be its value: a name in capitals, an
# address, an id of a model, one of the words that are told as an example.
_VALUE = (
    rf"(?:embedded|pico|{'|'.join(PRESETS)}|text|csv|[\w-]+\.toml|[A-Z]{{2,}})\b"
    r"|[\w.-]*[=:/][^\s,;)]*|[\w.]+(?:-[\w.]+)+"
)
_FLAG = re.compile(
    rf"(?<![\w-])(?:--(?P<name>[a-z][a-z-]*)|(?P<short>-o)\b)(?: (?P<value>{_VALUE}))?"
)


def in_keywords(text: str, output: str = "output") -> str:
    """A text that names flags, with the keywords that stand for them, ``output`` for ``-o``."""
    return _FLAG.sub(lambda found: _keyword(found, output), text)


def _keyword(found: re.Match[str], output: str) -> str:
    name, value = (found["name"] or output).replace("-", "_"), found["value"]
    rest = f" {value}" if value else ""
    if name == "no_cache":
        return f"cache=False{rest}"
    if name not in {*names_of(Options), *_NAMED, *_OF_VIEWS, output}:
        return found[0]
    if name in _SWITCHES:
        return f"{name}=True{rest}"
    if name == "map" and value:
        field, _, column = value.partition("=")
        return f'map={{"{field}": "{column}"}}'
    if value is None:
        return name if found[0] == found.string else f"{name}="
    end = value[len(value.rstrip(".")) :]
    return f'{name}="{value.rstrip(".")}"{end}'


@contextlib.contextmanager
def told_in_keywords(output: str = "output") -> Iterator[None]:
    """Whatever stops what is done in here tells so in keywords."""
    try:
        yield
    except SummariseError as error:
        error.message = in_keywords(error.message, output)
        places = (error.where, error.hint)
        error.where, error.hint = (part and in_keywords(part, output) for part in places)
        raise
