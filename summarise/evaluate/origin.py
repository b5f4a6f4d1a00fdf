"""Where an outcome says that it comes from, held against the manifest and the answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import add
from typing import Any

from summarise.evaluate.differences import Difference, compare_fields, compare_values, sides
from summarise.evaluate.run_files import RunFiles
from summarise.extract import Fault, read_draft
from summarise.models import (
    ASSISTED,
    EMBEDDED,
    REPEATED_FIELDS,
    Answer,
    Document,
    Failure,
    FailureKind,
    Identity,
    Provenance,
    Record,
    Spent,
)
from summarise.store import ANSWERS
from summarise.version import __version__

# What a later run may change without making the record anew: they say nothing of the answer.
_LOOSE = frozenset({"version", "prompt_version", "schema_name"})
_ANSWERED = frozenset(
    {
        *(FailureKind.INVALID, FailureKind.TRUNCATED, FailureKind.REFUSED),
        *(FailureKind.FILTERED, FailureKind.EMPTY),
    }
)
# Clocks are set now and then.
_SLACK = timedelta(hours=1)


@dataclass(frozen=True)
class OriginCheck:
    """An outcome, its document, and the answers about it that the run keeps."""

    outcome: Record | Failure
    document: Document
    kept: Sequence[Answer]
    files: RunFiles

    @property
    def _stored(self) -> Provenance:
        return self.outcome.provenance

    @property
    def _asked(self) -> int:
        """How many answers it was made of."""
        return self._stored.calls + self._stored.saved.calls

    @property
    def is_unheld(self) -> bool:
        """Whether the run lacks what it was made of, and may: then only the abstract is left."""
        stored = self._stored
        if stored.extractor == ASSISTED:
            return True
        if stored.extractor == EMBEDDED:
            return stored.version != __version__
        lacks = len(self.kept) < self._asked
        return lacks and stored.cache_hit and not self.files.is_altered

    def differences(self) -> Iterator[Difference]:
        """What isn't as manifest, document and answers say."""
        yield from self._identity()
        yield from self._time()
        if isinstance(self.outcome, Record):
            yield from self._repeated(self.outcome)
        else:
            yield from self._failed(self.outcome)
        if self._stored.extractor == EMBEDDED:
            yield from self._unasked()
        else:
            yield from self._accounts()

    def _identity(self) -> Iterator[Difference]:
        identity, files = self.files.manifest.identity, self.files
        is_loose = identity.extractor == "llm" and not (
            files.is_whole and (files.is_altered or files.manifest.hashes is None)
        )
        held = [name for name in Identity.model_fields if not (is_loose and name in _LOOSE)]
        yield from compare_fields(held, self._stored, identity, "provenance.")

    def _time(self) -> Iterator[Difference]:
        manifest = self.files.manifest
        try:
            made = datetime.fromisoformat(self._stored.created)
            first = datetime.fromisoformat(manifest.created) - _SLACK
            last = datetime.fromisoformat(manifest.updated) + _SLACK
            is_within = first <= made and (made <= last or not self.files.is_whole)
        except (ValueError, TypeError):
            is_within = False
        if not is_within:
            span = f"within {manifest.created} and {manifest.updated}"
            yield Difference("provenance.created", self._stored.created, span)

    def _repeated(self, record: Record) -> Iterator[Difference]:
        """What it repeats of its document, unless a later input may say something else."""
        is_first = self.files.manifest.counts.get("reused") == 0
        if self.files.is_whole and (is_first or self.files.is_altered):
            yield from compare_fields(REPEATED_FIELDS, record, self.document)

    def _failed(self, failure: Failure) -> Iterator[Difference]:
        """A failure repeats its title and the last answer, and names a fault of it."""
        yield from compare_values("title", failure.title, self.document.title)
        if len(self.kept) < self._asked or not self.kept:
            return
        texts = [one.completion.text for one in self.kept]
        if failure.raw_text not in texts and failure.raw_text is not None:
            yield Difference("raw_text", *sides(failure.raw_text, texts[-1]))
        faults = [one for one in map(self._read, self.kept) if isinstance(one, Fault)]
        is_told = failure.kind in _ANSWERED and self._stored.version == __version__
        if is_told and (failure.kind, failure.message) not in {(f.kind, f.message) for f in faults}:
            last = faults[-1] if faults else Fault(failure.kind, "no fault")
            yield Difference("kind", *sides(failure.kind.value, last.kind.value))
            yield Difference("message", *sides(failure.message, last.message))

    def _read(self, answer: Answer) -> dict[str, Any] | Fault:
        return read_draft(answer.completion, self.files.schema)

    def _unasked(self) -> Iterator[Difference]:
        """The embedded extractor asks nobody, and takes nothing."""
        stored = self._stored
        identity = {name: getattr(stored, name) for name in Identity.model_fields}
        # Of a document that was never attempted no cost is told.
        is_untold = isinstance(self.outcome, Failure) and stored.cost is None
        cost = None if is_untold else Spent().cost
        now = Provenance(**identity, cost=cost, created=stored.created)
        yield from compare_fields(Provenance.model_fields, stored, now, "provenance.")

    def _accounts(self) -> Iterator[Difference]:
        """What it took is what its answers took: so many of those kept, one after the other."""
        stored, asked, kept = self._stored, self._asked, self.kept
        if stored.cache_hit != (stored.saved.calls > 0):
            told = f"{stored.saved.calls} answers of the cache"
            yield Difference("provenance.cache_hit", str(stored.cache_hit), told)
        if not asked and isinstance(self.outcome, Record) and stored.extractor == "llm":
            yield Difference("provenance.calls", "0", "at least 1")
        elif len(kept) < asked:
            # Of a record, the check of its draft says so.
            is_told = not kept and stored.extractor == "llm" and isinstance(self.outcome, Record)
            if not self.is_unheld and not is_told:
                answers = f"{len(kept)} kept" if kept else "no answer to make it of"
                yield Difference(ANSWERS, f"{asked} answers" if kept else "a draft", answers)
        elif asked:
            last = len(kept) - asked
            windows = (kept[start : start + asked] for start in range(last, -1, -1))
            yield from min((list(self._against(one)) for one in windows), key=len)

    def _against(self, answers: Sequence[Answer]) -> Iterator[Difference]:
        stored, last = self._stored, answers[-1].completion
        bought = [one.completion for one in answers if not one.cached]
        saved = reduce(add, (Spent.of(one.completion) for one in answers if one.cached), Spent())
        spent = reduce(add, map(Spent.of, bought), Spent())
        update: dict[str, Any] = {
            "served_model": last.model,
            "mode": last.mode,
            "unsent": last.unsent,
            "input_was_cut": any(one.completion.input_was_cut for one in answers),
            "reasks": self._reasks(answers),
            "parts": stored.parts if stored.extractor == ASSISTED else {},
        }
        if stored.saved.calls == saved.calls:
            latency = round(sum(one.latency for one in bought), 4)
            update |= {
                "usage": spent.usage,
                "cost": spent.known_cost,
                "saved": saved,
                # Requests without an answer count too.
                "attempts": max(stored.attempts, sum(one.attempts for one in bought)),
                "latency": stored.latency if abs(stored.latency - latency) < 0.001 else latency,
            }
        elif (
            stored.usage + stored.saved.usage != (spent + saved).usage
            or stored.saved.calls < saved.calls
        ):
            # Answers that a run bought before it was cut off are saved ones to the next.
            update |= {"usage": spent.usage, "saved": saved}
        now = stored.model_copy(update=update)
        yield from compare_fields(Provenance.model_fields, stored, now, "provenance.")

    def _reasks(self, answers: Sequence[Answer]) -> int:
        """Corrections asked for; the last may have got no answer."""
        stored = self._stored.reasks
        if self._stored.extractor != "llm":
            return stored
        faults = [one for one in map(self._read, answers) if isinstance(one, Fault)]
        repeats = sum(one.lacks_room or one.is_garbled for one in faults)
        most = len(answers)
        return min(max(stored, most - 1 - repeats), most)
