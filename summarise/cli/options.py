"""What commands share: their flags, those of the settings above all."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from summarise.cli.output import LOG, configure_log, print_error
from summarise.errors import RunError, SettingsError
from summarise.render import FORMATS as TABLE_FORMATS

if TYPE_CHECKING:
    from summarise.settings import Settings

# What a name ends with that is meant to be a file, besides those of our formats; a folder may be
# called page.v2 or page.qwen2.5.
_FILE = re.compile(r"\.(pdf|xls|ods|odt|docx|xml|ya?ml|toml|zip|gz|log)")
# Of a name that the shell has split.
_MOST_WORDS = 12
# What is heeded without a model, or has come to nothing else then.
_WITHOUT_MODEL = frozenset(("model", "schema", "cache", "offline"))
# What a value is, where no name says it: Typer tells the type that Python has for it.
_TYPE = re.compile(r" <(?:list\[)?(\w+)(?: range)?\]?>")
_TYPES = {"str": "TEXT", "int": "N", "float": "NUMBER", "path": "PATH"}

# Headings of --help. Typer gives them to rich alone, which takes 140 ms to start.
_MODEL, _PACE, _RECORDS = "Model", "Pace and cost", "Records and answers"
record_option = partial(typer.Option, rich_help_panel=_RECORDS)


class Command(TyperCommand):
    """A command whose options stand below plain headings in ``--help``, without Python's types."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """What it takes, without the braces that Typer puts around what has to be given."""
        return [re.sub(r"[{}]", "", piece) for piece in super().collect_usage_pieces(ctx)]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse; an option that lacks its value is told to be this command's."""
        try:
            return super().parse_args(ctx, args)
        except TyperException as error:
            vars(error)["ctx"] = ctx
            raise

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options; those without a heading first."""
        sections: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for parameter in self.get_params(ctx):
            line = parameter.get_help_record(ctx)
            if line is not None:
                is_option = parameter.param_type_name == "option"
                told = _TYPE.search(line[0]) if is_option else None
                value = f" {_TYPES.get(told[1].lower(), told[1].upper())}" if told else ""
                name = _TYPE.sub(value, line[0])
                usual = "Options" if is_option else "Arguments"
                named = getattr(parameter, "rich_help_panel", None) or usual
                sections.setdefault(named, []).append((name, line[1]))
        for heading, lines in sections.items():
            if lines:
                with formatter.section(heading):
                    formatter.write_dl(lines)


class Commands(TyperGroup):
    """Commands; by themselves they tell what there is, as with ``--help``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take no word for ``--help``."""
        return super().parse_args(ctx, args or ["--help"])


Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no closing lines.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON; null is unknown.")]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="A run directory.")]
NewestRun = Annotated[
    Path | None,
    typer.Argument(metavar="RUN", help="A run directory; default: the newest in outputs."),
]
Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT", help="Files of abstracts, folders, archives, arxiv:ID, doi:…; - is stdin."
    ),
]
Limit = Annotated[int | None, typer.Option(min=1, help="Do the first so many documents.")]
_ABOUT_OFFLINE = "Open nothing but this machine's own servers."
Offline = Annotated[bool, typer.Option("--offline", help=_ABOUT_OFFLINE)]
Output = Annotated[
    Path | None,
    typer.Option(
        "-o", "--output", help="Run directory; default outputs/NAME, or outputs/NAME.MODEL."
    ),
]
Refresh = Annotated[
    bool, record_option("--refresh", help="Make records anew; what was answered still serves.")
]
FreshAnswers = Annotated[
    bool, record_option("--fresh-answers", help="Make records anew, and ask for every answer anew.")
]
_ABOUT_CONFIG = "Settings file; default ./summarise.toml, trusted less."
Config = Annotated[Path | None, typer.Option(help=_ABOUT_CONFIG)]
TableFormat = Annotated[
    str | None,
    typer.Option("--format", help=f"{', '.join(TABLE_FORMATS)}; default: by the suffix of -o."),
]
OutputFile = Annotated[
    Path | None, typer.Option("-o", "--output", help="A file; default standard output.")
]


@dataclass(frozen=True, slots=True)
class Flags:
    """The settings that were given on the command line."""

    given: dict[str, Any]
    """By the name of the setting; None where it wasn't given."""
    config: Path | None
    """The file that ``--config`` names."""

    def spelled(self) -> list[str]:
        """These flags as they are written, for another process."""
        told = ["--config", str(self.config)] if self.config else []
        for name, value in self.given.items():
            flag = f"--{name.replace('_', '-')}"
            if value is True or value is False:
                told.append(flag if value else f"--no-{flag[2:]}")
            elif value is not None:
                told += [flag, str(value)]
        return told

    def settings(self, **more: object) -> Settings:
        """The settings, with those of the environment, of ``summarise.toml`` and of the command.

        Raises:
            SettingsError: One can't be used.
        """
        from summarise.settings import load_settings

        return load_settings({**self.given, **more}, os.environ, self.config)

    def settings_of_run(self, **more: object) -> Settings:
        """The settings of a run; an endpoint without a model is asked for the only one that it has.

        Raises:
            SettingsError: One can't be used, or the endpoint has several models.
            EndpointError: It can't be asked.
        """
        settings = self.settings(**more)
        if not settings.lacks_model:
            return settings
        from summarise.servers import only_model

        only = only_model(settings, "Name one with --model; --model embedded asks none.")
        return only.settings(partial(self.settings, **more))

    def warn_of_unused(self, settings: Settings, **own: object) -> None:
        """Say which of these flags, and of the command's own, do nothing without a model."""
        if settings.model is not None:
            return
        given = {**self.given, **own}
        set_ = [name for name, value in given.items() if value is not None and value is not False]
        if unused := [f"--{name.replace('_', '-')}" for name in set_ if name not in _WITHOUT_MODEL]:
            told = "no model is asked, so without effect: %s; name one with --model"
            LOG.warning(told, ", ".join(unused))


def takes_settings(
    *without: str, only: Collection[str] = ()
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the flags of all settings, or of some ``only``, as ``flags``.

    It has its own of those that it is to be ``without``.
    """
    wanted = [flag for flag in _SETTINGS if flag.name in only or not only]
    shared = {flag.name: flag for flag in wanted if flag.name not in without}
    # What is asked for every day stands first in --help, then the settings, then the rest.
    daily = {"output", *without}

    def with_settings(command: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(command, eval_str=True)
        own = [p for name, p in signature.parameters.items() if name != "flags"]
        first = [p for p in own if p.default is inspect.Parameter.empty or p.name in daily]
        rest = [p for p in own if p not in first]

        @wraps(command)
        def with_flags(**values: Any) -> None:
            given = {name: values.pop(name) for name in shared}
            config = given.pop("config")
            command(flags=Flags(given, config), **values)

        return with_parameters(with_flags, [*first, *shared.values(), *rest])

    return with_settings


def with_parameters(
    command: Callable[..., None], parameters: Iterable[inspect.Parameter]
) -> Callable[..., None]:
    """Have a command that takes whatever it is given say by which names, and of what kinds."""
    named = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in parameters]
    command.__signature__ = inspect.Signature(named)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in named}
    return command


_CAPS = ("max_cost", "max_tokens", "max_calls", "max_reasks")
_PACED = ("concurrency", "processes", "rpm", "tpm", *_CAPS)
_HEADINGS: dict[str, str | None] = {
    **dict.fromkeys(("model", "schema")),  # asked for every day: without a heading
    **dict.fromkeys((*_PACED, "price_in", "price_out"), _PACE),
    "cache": _RECORDS,
}
"""What a setting's flag stands below in ``--help``, where that isn't the model."""


def _flag(
    name: str, kind: type, about: str, *written: str, metavar: str | None = None
) -> inspect.Parameter:
    panel = _HEADINGS.get(name, _MODEL)
    option = typer.Option(None, *written, metavar=metavar, help=about, rich_help_panel=panel)
    keyword = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, keyword, default=option, annotation=kind | None)


_SETTINGS = (
    _flag("model", str, "Model id; without one, or with embedded, none is asked."),
    _flag("endpoint", str, "A preset (ollama, groq, …) or one of summarise.toml.", metavar="NAME"),
    _flag("base_url", str, "OpenAI-compatible API, such as http://localhost:11434/v1."),
    _flag("api_key_env", str, "Variable that holds the key for it.", metavar="NAME"),
    _flag("mode", str, "How the schema is enforced; default: what works there."),
    _flag("temperature", float, "Sent only when set."),
    _flag("timeout", float, "Seconds for one request."),
    _flag("deadline", float, "Seconds for one document, with all its requests."),
    _flag("concurrency", int, "Requests in flight; default: as many as help."),
    _flag(
        "processes",
        int,
        "Further ones that read and check; default: one a free core, where it pays.",
    ),
    _flag("rpm", float, "Requests a minute at most."),
    _flag("tpm", float, "Tokens a minute at most."),
    _flag(
        "max_cost", float, "Stop before the run costs more, its restarts together.", metavar="USD"
    ),
    _flag("max_tokens", int, "Likewise tokens, in and out."),
    _flag("max_calls", int, "Likewise calls that are answered; faults of a server don't count."),
    _flag("price_in", float, "Price of a million tokens in.", metavar="USD"),
    _flag("price_out", float, "Price of a million tokens out.", metavar="USD"),
    _flag("max_reasks", int, "Corrected requests for an answer with faults."),
    _flag("prompt_version", str, "A version of `summarise prompts list`, or a folder's path."),
    _flag(
        "schema", str, "What to fill in: pico, .toml or .yaml file, module:Class.", metavar="SPEC"
    ),
    _flag("cache", bool, "Keep answers for other runs.", "--cache/--no-cache"),
    _flag("offline", bool, _ABOUT_OFFLINE, "--offline"),
    _flag("config", Path, _ABOUT_CONFIG),
)
"""The flags that stand for settings."""


def logged(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the flag ``--debug``; the log heeds it, and a ``--quiet`` of its own."""

    @wraps(command)
    def with_log(*, debug: bool, **values: Any) -> None:
        configure_log(debug=debug, quiet=values.get("quiet", False))
        command(**values)

    own = inspect.signature(command, eval_str=True).parameters.values()
    option = typer.Option(False, "--debug", help="Show tracebacks and details.")
    keyword = inspect.Parameter.KEYWORD_ONLY
    flag = inspect.Parameter("debug", keyword, default=option, annotation=bool)
    return with_parameters(with_log, [*own, flag])


def names_input(word: str) -> bool:
    """Whether the first word of a command line is an input rather than a command.

    What isn't there counts, where only a path is written so: then it is what can't be read.
    """
    if word.startswith("-"):
        return word == "-"
    path = Path(word)
    if "://" in word:  # run says what to do with it
        return True
    if ":" in word and not path.suffix:
        from summarise.sources import SCHEMES

        if word.partition(":")[0].lower() in SCHEMES:
            return True  # anything else may be a path with a drive
    return bool(path.suffix) or len(path.parts) > 1 or (bool(word) and path.exists())


def spaced_input(words: list[str]) -> bool:
    """Whether the first words of a command line are the name of a file with spaces in it."""
    joined = (" ".join(words[:end]) for end in range(2, min(len(words), _MOST_WORDS) + 1))
    return any(map(os.path.isfile, joined))


def newest_run() -> Path:
    """The run of ``outputs`` that was written last; raises ``RunError`` where there is none."""
    from summarise.batch import listed_runs
    from summarise.store import OUTPUTS

    found = listed_runs(OUTPUTS) if OUTPUTS.is_dir() else ()
    if newest := next((one.path for one in found if one.manifest is not None), None):
        print_error(f"{newest}, the newest run:")
        return newest
    hint = "Make one with `summarise run FILE`, or name the folder of a run."
    raise RunError("there is no run in it", where=str(OUTPUTS), hint=hint)


def named_folder(path: Path | None) -> Path | None:
    """The folder that ``-o`` names.

    Raises:
        SettingsError: It is named like a file, so a file is what is wanted.
    """
    if path is None or not path.suffix or path.is_dir():
        return path
    from summarise import readers, render

    suffix = path.suffix.lower()
    if _FILE.fullmatch(suffix) or suffix in {*readers.file_suffixes(), *render.file_suffixes()}:
        raise SettingsError(
            f"{path} is named like a file, and a run is a folder",
            where="-o",
            hint="Name a folder; `summarise table RUN -o FILE.md` writes its table to a file.",
        )
    return path
