"""What to tell whoever's run isn't done: why, what helps, and the command that goes on with it."""

from __future__ import annotations

import os
import re
import shlex
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from summarise.characters import counted, for_screen
from summarise.errors import EndpointUnusable
from summarise.models import Document, Failure, FailureKind, Identity, Made, MadeRecord
from summarise.schema import Draft
from summarise.settings import CAPS, PRESETS, Settings, is_loopback
from summarise.store import Manifest

_TITLE_SHOWN, _MESSAGE_SHOWN = 60, 200
_ADVICE: Mapping[FailureKind, str] = {
    FailureKind.INVALID: "Another model, or --max-reasks 2, may do better.",
    FailureKind.TRUNCATED: "A changed setting goes with --refresh.",
    FailureKind.REFUSED: "Another model may answer.",
    FailureKind.FILTERED: "Another endpoint may let it through.",
    FailureKind.EMPTY: "Try another --mode, or another model.",
    FailureKind.REJECTED: "`summarise doctor` finds out what the server takes.",
    FailureKind.TIMEOUT: "--timeout and --deadline allow more.",
    FailureKind.UNAVAILABLE: "Run the same command again later.",
    FailureKind.TOO_LONG: "Is it one abstract? Cut it, or leave it out.",
    FailureKind.INTERNAL: "--debug shows where; please report it.",
}
_LARGER = (
    "Have the server keep more: OLLAMA_CONTEXT_LENGTH for Ollama, --ctx-size for llama.cpp, "
    "--max-model-len for vLLM; or lower max_output_tokens in summarise.toml."
)
# Of these the document is the cause, not the server or the model.
_OWN = frozenset((FailureKind.TOO_LONG, FailureKind.REFUSED, FailureKind.FILTERED))
_FEW = 5
_VARYING = re.compile(r"“[^”]*”|'[^']*'|\d+")


@dataclass(frozen=True, slots=True)
class CommonFailure:
    """A reason for which documents failed, and one of them.

    Attributes:
        count: How many failed so, of ``total`` that failed at all.
        place: File and line of the example.
    """

    kind: FailureKind
    message: str
    title: str
    place: str
    count: int = 1
    total: int = 1

    @classmethod
    def of(cls, document: Document, failure: Failure) -> Self:
        """One failure as the example of its kind."""
        place = f"{document.source}:{document.line}" if document.line else document.source
        return cls(failure.kind, failure.message, document.title or document.doc_id, place or "")

    def among(self, count: int, total: int) -> Self:
        """This example with how often its kind came, of so many failures."""
        return replace(self, count=count, total=total)

    @property
    def advice(self) -> str:
        """What may help."""
        return _advice(self.kind, self.message)

    def line(self) -> str:
        """Which is the commonest, an example, and the next step."""
        often = f"most often: {self.kind}, {self.count:,} of {self.total:,}"
        lead = self.kind.value if self.total == 1 else often
        place = f" ({for_screen(self.place)})" if self.place else ""
        message = for_screen(self.message, _MESSAGE_SHOWN).rstrip(".")
        title = for_screen(self.title, _TITLE_SHOWN)
        return f"{lead}; e.g. “{title}”{place}: {message}. {self.advice}"


def told_outcomes(
    made: str, failures: Counter[FailureKind], awaited: int, pending: int
) -> list[str]:
    """What documents have come to, in words: records, failures by kind, and what is left."""
    failed = counted(failures.total(), "failure")
    kinds = ", ".join(f"{n:,} {kind}" for kind, n in failures.most_common())
    told = [made, f"{failed} ({kinds})" if kinds else failed]
    told += [f"{awaited:,} in batches"] if awaited else []
    left = pending - awaited
    return [*told, f"{left:,} not attempted"] if left > 0 else told


def commonest(
    failures: Counter[FailureKind], examples: Mapping[FailureKind, CommonFailure]
) -> CommonFailure | None:
    """The commonest of some failures; None where there is none, or no example of it."""
    for kind, count in failures.most_common(1):
        if kind in examples:
            return examples[kind].among(count, failures.total())
    return None


def _advice(kind: FailureKind, message: str) -> str:
    """What may help against a kind of failure, or against what a server says."""
    if kind is FailureKind.REJECTED:
        from summarise.endpoint import is_too_long  # noqa: PLC0415 - as below

        if is_too_long(message):
            return _LARGER
    # Some servers break, where others refuse, at a parameter that they don't know.
    if kind is FailureKind.UNAVAILABLE and "(HTTP 500)" in message:
        return f"{_ADVICE[kind]} {_ADVICE[FailureKind.REJECTED]}"
    return _ADVICE[kind]


def _is_own(failure: Failure) -> bool:
    """Whether the document is the cause of a failure, and another may do well."""
    if failure.kind is FailureKind.REJECTED:
        # It is loaded where anything was sent; other runs have no use for it.
        from summarise.endpoint import is_about_input  # noqa: PLC0415

        return is_about_input(failure.message)
    return failure.kind in _OWN


class AllAlike:
    """Notices that every document fails, for one reason that isn't its own.

    Args:
        failed_before: How many had failed when the run began. They come first again, so that many
            more have to fail: a pile whose first documents are bad isn't stopped at them for ever.
    """

    def __init__(self, failed_before: int = 0) -> None:
        self._most = _FEW + failed_before
        self._reason: tuple[FailureKind, str] | None = None
        self._count = 0
        self._is_over = False

    def take(self, outcome: Made, left: int) -> EndpointUnusable | None:
        """Take note of an outcome, with so many documents left; what stops the run, if anything."""
        if isinstance(outcome, MadeRecord):
            self._is_over = True
        if isinstance(outcome, MadeRecord) or self._is_over or _is_own(outcome):
            return None
        reason = outcome.kind, _VARYING.sub("", outcome.message)
        self._is_over = self._reason not in {None, reason}
        self._reason = reason
        self._count += 1
        # Where few are left, to stop saves nothing.
        if self._is_over or self._count < self._most or left < self._count:
            return None
        self._is_over = True
        return EndpointUnusable(
            f"the first {self._count} documents failed alike, and none has a record: "
            f"{outcome.message}",
            hint=_advice(outcome.kind, outcome.message),
        )


BOUNDS = (*CAPS, "price_in", "price_out", "rpm", "tpm", "max_reasks", "cache")
"""The settings that bound what a run takes; who goes on with it would not want to lose one."""
MOST_NAMED = 5
"""Inputs that are named where a reader looks for what was read, one by one."""


def run_command(path: Path, held: Manifest, verb: tuple[str, ...] = ("run",)) -> str:
    """The command that goes on with a run, as far as its directory tells it."""
    words = ["summarise", *verb, *(_inputs(held) or ["INPUT"])]
    return shlex.join([*words, *flags_of(held.identity, held.settings), "-o", str(path)])


def flags_of(
    identity: Identity, bounds: Mapping[str, Any], base_url: str | None = None
) -> list[str]:
    """The flags by which records are made as they were, as far as that is told.

    ``bounds`` are settings that bound what it takes, as a manifest has them; where no base URL is
    known, it is that of the host.
    """
    words = []
    if identity.is_paid:
        words += ["--model", identity.model or "MODEL", *_endpoint(identity, base_url)]
    if identity.schema_name != Draft.__name__:
        words += ["--schema", "pico" if identity.schema_name == "Pico" else "SPEC"]
    if identity.prompt_version not in {None, Settings.model_fields["prompt_version"].default}:
        words += ["--prompt-version", identity.prompt_version or ""]
    if "temperature" in identity.sampling:
        words += ["--temperature", str(identity.sampling["temperature"])]
    if identity.is_paid:
        for name, value in bounds.items():
            flag = name.replace("_", "-")
            words += [f"--no-{flag}"] if value is False else [f"--{flag}", str(value)]
    return words


def _inputs(held: Manifest) -> list[str]:
    """What was read, as a user names it; nothing where that is more than a line holds."""
    files = [one.path or ("-" if one.name == "stdin" else "") for one in held.inputs]
    above = {os.path.dirname(one) for one in files if one}  # noqa: PTH120 - "" for none
    if len(files) > MOST_NAMED and len(above) == 1 and all(above):
        return list(above)
    known = list(dict.fromkeys(files))
    return known if all(known) and len(known) <= MOST_NAMED else []


def _endpoint(identity: Identity, base_url: str | None) -> list[str]:
    host = identity.endpoint_host or ""
    name = urlsplit(f"//{host}").hostname or ""
    if host == "localhost":  # a model's own file
        return []
    for preset, one in PRESETS.items():
        url = str(one.values.get("base_url", ""))
        if urlsplit(url).netloc == host and base_url in {None, url}:
            return [] if preset == "openai" else ["--endpoint", preset]
    if base_url is not None:
        return ["--base-url", base_url]
    return ["--base-url", f"{'http' if is_loopback(name) else 'https'}://{host}/v1"]
