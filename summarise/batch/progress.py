r"""How far a run is, on one line of a terminal; and time, tokens and cost in words.

A terminal gets it from rich, with a bar, and whatever else is printed meanwhile stands above it.
Another stream that says it shows what is drawn, such as a notebook's, gets each line after
``\r\x1b[K``. Standard error that leads to a file or a pipe gets a line now and then, as a log
has it. Nobody who doesn't look at one loads rich.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, TextIO

from summarise.admission import format_usd
from summarise.characters import counted, for_screen
from summarise.models import Spent

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_REFRESH_INTERVAL = 0.1
_MODEL_SHOWN = 24
_BAR, _LEAST_BAR = 20, 8
_NAMED_KINDS = 2
# The rate is that of about the last so many seconds; what is left follows it by a share each
# second, so that it doesn't jump.
_MEMORY_SECONDS, _SHARE = 20.0, 0.1
_WAVE_SECONDS = 0.5
_LOG_EVERY, _LOG_PART, _LOG_LATEST, _LOG_WIDTH = 60.0, 0.1, 600.0, 200
"""Seconds and share of a run between lines of a log; seconds after which there is one anyway."""
_FEWEST, _SOONEST = 5, 2.0
"""Documents, and seconds since the first was done, from which on what is left can be told."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a run is.

    Attributes:
        total: Documents that had no record when it began.
        failed: By reason.
        cached: Documents that took no new answer.
    """

    done: int
    total: int
    failed: Mapping[str, int] = field(default_factory=dict)
    spent: Spent = field(default_factory=Spent)
    cached: int = 0
    model: str | None = None


class RunPace:
    """How quick a run is, and how long it will take: smoothed, and None before it means anything.

    What comes from the cache is done at once, and says nothing of the rest.
    """

    def __init__(self, now: float) -> None:
        self._last = self._began = now
        self._first: float | None = None
        self._worked = 0
        self._weight = self._rate = 0.0
        self._left: float | None = None

    def note(self, now: float, standing: Standing) -> None:
        """Take note of how far it is."""
        worked = max(standing.done - standing.cached, self._worked)
        if self._first is None:
            self._first, self._last = now if worked else None, now
            self._worked = min(worked, 1)
            return
        # Answers come in waves: what comes together is counted with the pause before the next.
        if (seconds := now - self._last) >= _WAVE_SECONDS:
            # A mean in which what is long ago counts less and less; its weight begins at 0.
            fade = math.exp(-seconds / _MEMORY_SECONDS)
            new = worked - self._worked
            self._rate = self._rate * fade + new * (1 - fade) / seconds
            self._weight = self._weight * fade + (1 - fade)
            self._follow(seconds, standing.total - standing.done)
            self._last, self._worked = now, worked

    def _follow(self, seconds: float, rest: int) -> None:
        if self.rate is None or not self.rate:
            return
        found = rest / self.rate
        if self._left is None:
            self._left = found if self.tells else None
            return
        expected = max(self._left - seconds, 0.0)
        self._left = expected + (found - expected) * (1 - (1 - _SHARE) ** seconds)

    @property
    def tells(self) -> bool:
        """Whether enough is done to say anything of the rest."""
        is_late = self._first is not None and self._last - self._first >= _SOONEST
        return is_late and self._worked >= _FEWEST

    @property
    def rate(self) -> float | None:
        """Documents a second, None before one was done."""
        return self._rate / self._weight if self._weight else None

    def left(self, now: float) -> float | None:
        """Seconds that the rest takes, None as long as that can't be told."""
        return None if self._left is None else max(self._left - (now - self._last), 0.0)

    def elapsed(self, now: float) -> float:
        """Seconds since it began."""
        return now - self._began


def progress_parts(standing: Standing, pace: RunPace, now: float) -> list[tuple[int, str]]:
    """What a line says, in its order, each with how soon it goes where there is no room."""
    one, spent = standing, standing.spent
    failed = sum(one.failed.values())
    kinds = Counter(one.failed).most_common(_NAMED_KINDS)
    told = ", ".join(f"{n:,} {kind}" for kind, n in kinds)
    usage = spent.usage
    tokens = (usage.input_tokens or 0) + (usage.output_tokens or 0)
    left = pace.left(now) if one.done < one.total else None
    rate = pace.rate if pace.tells else None
    waited = f"{pace.elapsed(now):.0f} s" if not one.done else ""
    parts = [
        (0, f"{one.done:,}/{one.total:,}"),
        (6, for_screen(one.model, _MODEL_SHOWN) if one.model else ""),
        (1, f"{failed:,} failed" if failed else ""),
        (5, f"({told})" if failed else ""),
        (2, f"{rate:.1f}/s" if rate else ""),
        (3, cost_of(spent) if spent.calls > spent.unpriced else ""),
        (7, f"{tokens_of(tokens)} tokens" if tokens else ""),
        (4, f"{one.cached:,} cached" if one.cached else ""),
        (1, f"about {rough(left)} left" if left is not None else waited),
    ]
    return [(rank, text) for rank, text in parts if text]


def fitted(parts: list[tuple[int, str]], width: int) -> str:
    """The parts as one line of a width, the least important ones left out."""
    kept = list(parts)
    while len(line := " · ".join(text for _, text in kept).replace(" · (", " (")) > width:
        if len(kept) == 1:
            return line[:width]
        kept.remove(max(kept, key=lambda part: part[0]))
    return line


class ProgressLine:
    """One line on a terminal, by default standard error, that shows how far a run is.

    Where standard error is no terminal, a line stands there each tenth part of the work, if that
    takes a minute or more. Another stream has to be one; and when it is quiet, it is silent.
    """

    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self._stream = stream or sys.stderr
        self._shows = self._stream.isatty() and not quiet
        self._is_log = stream is None and not self._shows and not quiet
        self._shown = -math.inf
        self._pace = RunPace(time.monotonic())
        self._standing = self._logged = Standing(0, 0)
        self._log_time = time.monotonic()
        self._bar: _Bar | None = None

    def update(self, standing: Standing) -> None:
        """Show how far the run is; at most ten times a second."""
        now = time.monotonic()
        self._pace.note(now, standing)
        self._standing = standing
        is_last = standing.done >= standing.total
        if self._is_log and not is_last:
            self._log(now, standing)
        if not self._shows or (now - self._shown < _REFRESH_INTERVAL and not is_last):
            return
        self._shown = now
        if self._bar is None and _is_terminal(self._stream):
            self._bar = _Bar(self, standing.total)
        if self._bar is not None:
            self._bar.show(standing)
        else:
            self._write(f"\r\x1b[K{self.text(80)}")

    def _log(self, now: float, standing: Standing) -> None:
        waited, done = now - self._log_time, standing.done - self._logged.done
        is_due = waited >= _LOG_EVERY and done >= standing.total * _LOG_PART
        if is_due or waited >= _LOG_LATEST:
            self._log_time, self._logged = now, standing
            self._write(f"summarise: {self.text(_LOG_WIDTH)}\n")

    def text(self, width: int) -> str:
        """The line as of now."""
        now = time.monotonic()
        return fitted(progress_parts(self._standing, self._pace, now), width)

    def clear(self) -> None:
        """Take the line away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
        elif self._shows:
            self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # nobody looks any more, which is no reason to stop
            self._shows = self._is_log = False


def _is_terminal(stream: TextIO) -> bool:
    """Whether a stream leads to a device that rich can draw on."""
    try:
        return os.isatty(stream.fileno()) and os.environ.get("TERM") != "dumb"
    except (AttributeError, OSError, ValueError):
        return False


class _Bar:
    """The line as rich draws it: again and again, also while nothing is done."""

    def __init__(self, line: ProgressLine, total: int) -> None:
        # Only who looks at a terminal waits for these.
        from rich.console import Console  # noqa: PLC0415
        from rich.progress import BarColumn, Progress, ProgressColumn  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        class LineColumn(ProgressColumn):
            def render(self, _: Any) -> Text:
                width = get_terminal_size((80, 24)).columns - _BAR - 2
                return Text(line.text(max(width, 1)), no_wrap=True)

        is_narrow = get_terminal_size((80, 24)).columns < 4 * _BAR
        length = _LEAST_BAR if is_narrow else _BAR
        # Colours of the terminal's own theme, none of which says that something failed: rich's
        # are a red, and a grey that is darker on a light screen than what is done.
        bar = BarColumn(length, "bright_black", complete_style="green", finished_style="green")
        # stderr=True: it is looked up at each write, as whoever prints beside it does.
        self._progress: Progress = Progress(
            bar, LineColumn(), console=Console(stderr=True), transient=True, refresh_per_second=4
        )
        self._task: TaskID = self._progress.add_task("", total=total)
        self._progress.start()

    def show(self, standing: Standing) -> None:
        self._progress.update(self._task, completed=standing.done, total=standing.total)

    def stop(self) -> None:
        """Take it away, and give the terminal back."""
        self._progress.stop()


def rough(seconds: float) -> str:
    """A time that isn't known better: ``25 s``, ``4 min``, ``2 h 10 min``."""
    if seconds < 10:
        return f"{max(math.ceil(seconds), 1)} s"
    if seconds < 120:
        return f"{5 * math.ceil(seconds / 5)} s"
    minutes = math.ceil(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(5 * math.ceil(minutes / 5), 60)
    return f"{hours} h {minutes:02} min"


def tokens_of(number: int) -> str:
    """A number of tokens: ``950``, ``12k``, ``1.4M``."""
    if number < 1_000:
        return f"{number}"
    return f"{number / 1e3:.0f}k" if number < 1e6 else f"{number / 1e6:.1f}M"


def taken(spent: Spent) -> str:
    """Tokens and cost of some calls, as far as they are known."""
    usage = spent.usage
    if usage.input_tokens is None or usage.output_tokens is None:
        tokens = "tokens unknown: the endpoint doesn't tell"
    else:
        # Runs of earlier versions may hold what a server made up.
        cached, written = (
            f"{min(count / usage.input_tokens, 1):.0%} {what}"
            if count and usage.input_tokens
            else ""
            for count, what in (
                (usage.cached_tokens, "cached"),
                (usage.cache_written_tokens, "written to the cache"),
            )
        )
        of_cache = f" ({', '.join(filter(None, (cached, written)))})" if cached or written else ""
        tokens = f"{usage.input_tokens:,} tokens in{of_cache}, {usage.output_tokens:,} out"
    return f"{tokens}, {cost_of(spent)}"


def cost_of(spent: Spent) -> str:
    """What some calls cost, as far as that is known."""
    if spent.unpriced == spent.calls:
        return "cost unknown"
    known = format_usd(spent.cost)
    rest = f" and {counted(spent.unpriced, 'call')} of unknown cost" if spent.unpriced else ""
    return known + rest


def duration(seconds: float) -> str:
    """A time in words: ``4.2 s``, ``3 min 05 s``, ``2 h 07 min``."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"
