"""The command line: a command parses, calls one library function, and prints.

Results go to standard output; progress, warnings and the closing lines go to standard error. What
needs a library is imported inside the command, so that ``--help`` is quick.
"""

from __future__ import annotations

import _thread
import contextlib
import errno
import logging
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from summarise import __version__
from summarise.cli import checks, delegated, inputs, kept, people, run, setup
from summarise.cli.options import Command, Commands, logged, names_input, spaced_input
from summarise.cli.output import (
    LOG,
    as_told,
    echo,
    flush_output,
    prepare_streams,
    print_error,
    print_traceback,
    unwritten,
)
from summarise.errors import SummariseError

_INTERRUPTED = 130
_TABLE = "`summarise table RUN -o FILE.csv` writes a table"
_RUN = "`summarise run FILE` makes a table of abstracts"
# What other tools call a command, and what does that here.
_COMMANDS = {
    **dict.fromkeys(("export", "csv", "excel", "convert"), _TABLE),
    **dict.fromkeys(("extract", "summarize", "summarise", "process"), _RUN),
    "compare": "`summarise diff RUN OTHER` compares runs; `summarise compare-models`, models",
    **dict.fromkeys(("resume", "continue", "retry"), "The same `summarise run` command resumes"),
    **dict.fromkeys(("list", "ls"), "`summarise runs` lists the runs"),
    **dict.fromkeys(("delete", "rm"), "`summarise remove RUN` removes a run"),
    "download": "`summarise fetch ID` fetches abstracts",
}
# Likewise of a flag: one of ours, named where the command has it, or a sentence.
_FLAGS = {
    **dict.fromkeys(("--resume", "--continue"), "The same command resumes a run without a flag"),
    "-m": "--model",
    **dict.fromkeys(("--out", "--output-dir", "--outdir", "--output-file"), "--output"),
    **dict.fromkeys(("--api-key", "--key"), "--api-key-env"),
    **dict.fromkeys(("--api-base", "--url"), "--base-url"),
    "--provider": "--endpoint",
    **dict.fromkeys(("--force", "--overwrite"), "--refresh"),
    **dict.fromkeys(("-j", "--jobs", "--threads"), "--concurrency"),
    "-n": "--limit",
    **dict.fromkeys(("-v", "--verbose"), "--debug"),
    "--filter": "--where",
    "--dry-run": "`summarise estimate` sends no abstract and tells the cost",
    **dict.fromkeys(("--csv", "--xlsx"), _TABLE),
}
_AGAIN = 0.01
"""Seconds after which a finalizer will have come to its end."""


class _Commands(Commands):
    """The commands, and what else a hand writes in their place; what Ctrl-C interrupts is told."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take an input for ``run`` of it, and ``help`` and ``version`` for the flags."""
        word = args[0] if args else ""
        if word == "help":
            args = [*args[1:], "--help"]
        elif word == "version":
            args = ["--version"]
        elif word not in self.commands and (names_input(word) or spaced_input(args)):
            # Of a name that the shell has split, run says how to write it.
            args = ["run", *args]
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find a command; of what other tools call one, say what does it here."""
        if args[0] not in self.commands and (told := _COMMANDS.get(args[0])):
            ctx.fail(f"no such command '{args[0]}'. {told}.")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            print_error(
                "summarise: interrupted; what was saved is kept. Run the same command again."
            )
            raise typer.Exit(_INTERRUPTED) from None


app = typer.Typer(
    name="summarise",
    cls=_Commands,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _add(*commands: Callable[..., None], name: str | None = None) -> None:
    for command in commands:
        app.command(name, cls=Command)(logged(command))


_add(run.run, inputs.fetch, inputs.inspect, run.estimate, checks.compare_models, run.table)
_add(run.report, run.show, people.correct, people.screen, checks.diff, checks.methods)
_add(checks.verify, kept.status, kept.runs, delegated.shard, delegated.merge, kept.pack)
_add(kept.unpack, kept.remove)
_add(checks.evaluate, name="eval")
_add(setup.schema, setup.serve, setup.mcp)
app.command(cls=Command)(setup.skill)  # there is nothing to log
_add(setup.models, setup.doctor)
app.add_typer(setup.prompts_app, name="prompts")
app.add_typer(delegated.app, name="batch")
app.add_typer(kept.cache_app, name="cache")


def main() -> None:
    """Run the command line. The only place that turns an exception into a message and a code."""
    prepare_streams()
    with _interrupted_at_once():
        code = _exit_code()
    sys.exit(code)


def _exit_code() -> int:
    """Run a command, and tell what went wrong in one line; in full with ``--debug``."""
    try:
        code = app(standalone_mode=False, prog_name="summarise")
        flush_output()
    except typer.Exit as left:
        return left.exit_code
    except typer.Abort:
        print_error("summarise: nothing was done")
        return 1
    except TyperException as error:
        print_error(f"summarise: {_usage_fault(error)}")
        return getattr(error, "exit_code", SummariseError.exit_code)
    except Exception as error:
        if LOG.isEnabledFor(logging.DEBUG) or "--debug" in sys.argv:
            sys.excepthook = print_traceback
            raise
        return _told(error)
    return code if isinstance(code, int) else 0


def _usage_fault(error: TyperException) -> str:
    """What is wrong with a command line, and how to see what it takes; in one line."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "summarise"
    message = error.format_message().strip().removesuffix(".")
    if hasattr(error, "possibilities") and (named := getattr(error, "option_name", None)):
        from difflib import get_close_matches

        takes = [name for one in context.command.params for name in one.opts] if context else []
        known = _FLAGS.get(named, "")
        near = (
            [known]
            if known in takes
            else get_close_matches(named, error.possibilities or (), 3, 0.75)
        )
        message = f"no such option: {named}"
        if known and not known.startswith("-"):
            message += f". {known}"
        elif near:
            message += f". Did you mean {' or '.join(near)}?"
    end = "" if message.endswith("?") else "."
    return f"{message[:1].lower()}{message[1:]}{end} `{path} --help` has all it takes."


def _told(error: Exception) -> int:
    """Tell in one line what stopped a command; gives its exit code."""
    streams = (errno.EBADF, errno.ENOSPC)
    if isinstance(error, OSError) and error.filename is None and error.errno in streams:
        error = unwritten(error)  # help is printed past ``output``
    line, code = as_told(error)
    print_error(f"summarise: {line}")
    return code


@contextlib.contextmanager
def _interrupted_at_once() -> Iterator[None]:
    """Let Ctrl-C, SIGTERM (of a queue) and SIGHUP (of a terminal that goes) interrupt what goes on.

    An event loop would put its own handler in the place of Python's, and note the wish only when
    what is going on comes to its end: a large input being read, for one.
    """
    defaults = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
    defaults[getattr(signal, "SIGHUP", signal.SIGTERM)] = signal.SIG_DFL  # Windows has none
    # What is ignored stays so: Ctrl-C is by what a script starts in the background.
    before = {one: was for one, was in defaults.items() if signal.getsignal(one) == was}
    ours = _Interrupts(tell=sys.unraisablehook)
    for one in before:
        signal.signal(one, ours.interrupt)
    sys.unraisablehook = ours.deliver_again
    try:
        yield
    finally:
        for one, was in before.items():
            signal.signal(one, was)
        sys.unraisablehook = ours.tell


@dataclass(slots=True)
class _Interrupts:
    """An interrupt once more where it was lost; what else nobody could be told by raising is told.

    What is raised in a finalizer or in the callback of a weak reference, of which every import runs
    one, is dropped by Python; so is what is raised while it says so.
    """

    tell: Callable[[Any], object]
    _is_telling: bool = False

    def interrupt(self, *_: object) -> None:
        if not self._is_telling:
            raise KeyboardInterrupt
        _interrupt_later()

    def deliver_again(self, lost: Any) -> None:
        self._is_telling = True
        try:
            if issubclass(lost.exc_type, KeyboardInterrupt):
                _interrupt_later()
            else:
                self.tell(lost)
        finally:
            self._is_telling = False


def _interrupt_later() -> None:
    """Send Ctrl-C in a moment; takes no lock, as what it interrupts may hold it."""

    def wait_and_interrupt() -> None:
        time.sleep(_AGAIN)
        if (main_thread := threading.main_thread().ident) and hasattr(signal, "pthread_kill"):
            signal.pthread_kill(main_thread, signal.SIGINT)  # that wakes it as well
        else:
            _thread.interrupt_main()

    _thread.start_new_thread(wait_and_interrupt, ())


def _show_version(wanted: bool) -> None:
    if wanted:
        echo(f"summarise {__version__}")
        raise typer.Exit


@app.callback()
def _about(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Abstracts in, comparison tables you can trust out.

    Example: summarise run page.txt
    """
