"""What the ladder of a run comes to at an endpoint, told by answers that are there already.

The ladder itself is asked: it is shown what came of each rung, in the order in which it tries them,
and what it has learned by the end is remembered for the next run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from summarise.doctor.findings import Held
from summarise.doctor.probes import SENTINEL, Probe
from summarise.endpoint.ladder import Ladder
from summarise.endpoint.memory import Memory
from summarise.endpoint.modes import Dialect
from summarise.errors import EndpointError
from summarise.models import Completion
from summarise.settings import Mode, Settings

# A habit, to the ladder, is more than once.
_TIMES = 3


class _Learning(Memory):
    """Recalls nothing, so that what is known is found out anew, and notes what for."""

    key = ""

    def recall(self, key: str) -> Dialect | None:
        self.key = key
        return None


def climb(
    settings: Settings, probes: Mapping[Mode, Probe], refusals: Sequence[EndpointError]
) -> Dialect:
    """The dialect that a run of these settings ends up with.

    It is remembered, where the settings keep a cache and it is one that works.

    Args:
        settings: Of the run.
        probes: What came of each mode.
        refusals: What the endpoint refused beside the modes.
    """
    memory = _Learning(settings.cache_dir) if settings.cache else None
    ladder = Ladder(settings, SENTINEL.schema, memory)
    for error in refusals:
        ladder.refused(ladder.dialect, error)
    # Each rung is shown once: the ladder never goes up.
    for _ in Mode:
        dialect = ladder.dialect
        _show(ladder, dialect, probes[dialect.mode])
        if ladder.dialect == dialect:
            break
    if memory is not None and is_usable(probes, ladder.dialect.mode):
        memory.keep(memory.key, ladder.dialect)
    return ladder.dialect


def is_usable(probes: Mapping[Mode, Probe], mode: Mode) -> bool:
    """Whether the answers that a mode gives have the shape of the schema.

    A JSON object alone says nothing of it: it is the prompt that has to be followed then.
    """
    held = probes[mode].rung.held
    if mode is Mode.JSON_OBJECT:
        is_taken = held in (Held.ENFORCED, Held.IGNORED)
        return is_taken and probes[Mode.PROMPTED].rung.held is Held.FOLLOWED
    return held in (Held.ENFORCED, Held.FOLLOWED)


def best(probes: Mapping[Mode, Probe]) -> Mode | None:
    """The strictest mode that works; None where none does."""
    return next((mode for mode in Mode if is_usable(probes, mode)), None)


def _show(ladder: Ladder, dialect: Dialect, probe: Probe) -> None:
    """Show the ladder what came of one rung."""
    if probe.error is not None:
        ladder.refused(dialect, probe.error)
        return
    # What isn't held to a schema is asked for one by the prompt of a run, and not by ours.
    watched = dialect.mode not in (Mode.JSON_OBJECT, Mode.PROMPTED)
    for _ in range(_TIMES if watched and probe.completion else 0):
        if ladder.dialect == dialect and isinstance(probe.completion, Completion):
            ladder.answered(dialect, probe.completion)
