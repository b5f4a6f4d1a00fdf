"""One record or failure held against its document, its answers, and the manifest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, reduce
from operator import add
from typing import Any

from pydantic import BaseModel

from summarise import __version__
from summarise.characters import counted
from summarise.drafting import can_draft, read_abstract, unsure_of
from summarise.evaluate.differences import (
    Difference,
    DifferenceKind,
    compare_fields,
    compare_values,
    first_difference,
    letters_of,
    numbers_of,
    shown,
    sides,
    verbatims_of,
    where,
    wording_of,
)
from summarise.evaluate.run_files import LOOSE, RunFiles
from summarise.extract import Fault, Read, length_failure, read_answer, read_draft
from summarise.ground import Grounded
from summarise.models import (
    ASSISTED,
    DERIVED_FIELDS,
    EMBEDDED,
    REPEATED_FIELDS,
    Answer,
    Document,
    Failure,
    FailureKind,
    GroundedValue,
    Grounding,
    Identity,
    Provenance,
    Record,
    Spent,
    top_field,
)
from summarise.reading import Reading
from summarise.schema import Holder, Kind, leaves
from summarise.store import ANSWERS, FAILURES

_ANSWERED = frozenset(map(FailureKind, ("invalid", "truncated", "refused", "filtered", "empty")))
_SLACK = timedelta(hours=1)  # clocks are set now and then


@dataclass(frozen=True)
class RecordCheck:
    """One record and its document, read anew."""

    record: Record
    reading: Reading
    schema: type[BaseModel]

    @property
    def _kind(self) -> DifferenceKind:
        """What a difference in something derived says: the rules of another version may differ."""
        is_ours = self.record.provenance.version == __version__
        return DifferenceKind.ALTERED if is_ours else DifferenceKind.RULES

    def values(self) -> Iterator[Difference]:
        """Each verbatim value of the draft has an entry, and stands where that says."""
        stored = {value.path: value for value in self.record.verbatims}
        for leaf in leaves(self.schema, self.record.draft):
            if leaf.kind is not Kind.VERBATIM:
                continue
            value = stored.pop(leaf.path, None)
            if value is None or value.value != leaf.value:
                was = "not grounded" if value is None else f"“{value.value}” as grounded"
                yield Difference(leaf.path, was, f"“{leaf.value}” in the draft")
            else:
                yield from self._value(value, leaf.holder)
        for path, value in stored.items():
            yield Difference(path, f"“{value.value}” as grounded", "not in the draft")

    def _value(self, value: GroundedValue, holder: Holder) -> Iterator[Difference]:
        now = self._grounded(value, holder)
        if (now.grounding, now.span, now.source) == (value.grounding, value.span, value.source):
            return
        kind = self._kind if self._holds(value) else DifferenceKind.ALTERED
        yield Difference(value.path, where(value), where(now), kind)

    def _grounded(self, value: GroundedValue, holder: Holder) -> GroundedValue:
        """A value grounded again, best where it is said to stand, if its object cites that."""
        source = self.reading.source
        in_abstract = value.span is not None and value.source == "abstract"
        cited = source.sentence_numbers(value.span) if in_abstract and value.span else ()
        # A field of one number holds the last that was found, of several.
        is_list = isinstance(holder.values.get(holder.node.evidence or ""), list)
        if is_list and not set(cited) <= set(holder.numbers):
            cited = holder.numbers
        place, where = source.place(value.value, cited), "abstract"
        if place is None:
            place, where = source.title_place(value.value), "title"
        if place is None:
            return GroundedValue(path=value.path, value=value.value, grounding=Grounding.MISSING)
        grounding = Grounding.EXACT if place.is_exact else Grounding.NORMALISED
        update = {"grounding": grounding, "span": place.span, "source": where}
        return value.model_copy(update=update)

    def _holds(self, value: GroundedValue) -> bool:
        """Whether the text has the value where the record says, whatever else the rules ask."""
        if value.span is None:
            return value.grounding is Grounding.MISSING
        document = self.reading.document
        text = document.abstract if value.source == "abstract" else document.title or ""
        start, end = value.span
        if value.grounding is Grounding.MISSING or not 0 <= start < end <= len(text):
            return False
        stands = value.span.of(text)
        if value.grounding is Grounding.EXACT:
            return stands == value.value
        return letters_of(stands) == letters_of(value.value)

    def sentences(self) -> Iterator[Difference]:
        """The sentence spans lie in the abstract, and every number is that of a sentence."""
        abstract, spans = self.reading.document.abstract, self.record.sentence_spans
        ends = [0, *(position for span in spans for position in span)]
        if ends != sorted(ends) or ends[-1] > len(abstract):
            yield Difference("sentence_spans", shown(spans), shown(self.reading.source.sentences))
        for path, numbers in numbers_of(self.schema, self.record.draft).items():
            beyond = [number for number in numbers if not 1 <= number <= len(spans)]
            if beyond:
                yield Difference(path, shown(numbers), f"{len(spans)} sentences")

    def derived(self) -> Iterator[Difference]:
        """What code makes of the draft comes out the same."""
        now = self.reading.record(self._again, self.record.provenance)
        corrected = numbers_of(self.schema, now.draft)
        for path, numbers in numbers_of(self.schema, self.record.draft).items():
            yield from compare_values(path, numbers, corrected.get(path, ()), self._kind)
        names = (name for name in DERIVED_FIELDS if name != "doubts")
        yield from compare_fields(names, self.record, now, kind=self._kind)

    def doubts(self) -> Iterator[Difference]:
        """Its doubts are those of today, unless its version didn't write any down."""
        if self._kind is DifferenceKind.ALTERED or "doubts" in self.record.model_fields_set:
            now = self.reading.doubted(self._again).doubts
            if self.record.provenance.extractor == EMBEDDED:
                now += unsure_of(self.reading, self.schema, self.record.draft)
            yield from compare_values("doubts", self.record.doubts, now, self._kind)

    @cached_property
    def _again(self) -> Grounded:
        # A value may stand at several places of its evidence. Which one was taken depends on the
        # numbers that the draft gave first, and those aren't stored; ``values`` has checked it.
        again = self.reading.ground(self.schema, self.record.draft)
        return again.with_verbatims(self.record.verbatims)

    def answered(self, kept: Sequence[Answer]) -> Iterator[Difference]:
        """Each field of the draft is that of a kept answer, or what the abstract gives alone."""
        if not (made := list(self._made(kept))):
            yield Difference("answers.jsonl", "a draft", "no answer to make it of")
            return
        whole = [one for one in made if one.draft == self.record.draft]
        if self.record.provenance.reasks:
            yield from self._merging(made)
        elif whole:
            yield from self._grounding(whole)
        for name, stored in self.record.draft.items():
            if not any(one.draft.get(name) == stored for one in made):
                yield from self._unanswered(name, stored, [one.draft for one in made])
        yield from self._missing_keys(made)

    def _missing_keys(self, made: Sequence[Grounded]) -> Iterator[Difference]:
        """The keys that are said to be missing are those that an answer with the field lacked."""
        left = list(self.record.provenance.missing_keys)
        for name, stored in self.record.draft.items():
            mine = [path for path in left if top_field(path) == name]
            left = [path for path in left if path not in mine]
            lacked = [one.missing_in(name) for one in made if one.draft.get(name) == stored]
            if lacked and mine not in lacked:
                yield Difference("provenance.missing_keys", *sides(mine, lacked[0]), self._kind)
        if left:
            yield Difference("provenance.missing_keys", *sides(left, []), self._kind)

    def _grounding(self, made: Sequence[Grounded]) -> Iterator[Difference]:
        """What grounding did on the way from an answer to the draft."""
        for name in ("verbatims", "corrections"):
            stored = getattr(self.record, name)
            if all(getattr(one, name) != stored for one in made):
                yield Difference(name, *sides(stored, getattr(made[-1], name)), self._kind)

    def _merging(self, made: Sequence[Grounded]) -> Iterator[Difference]:
        """Each field is grounded as in an answer that gave it, or again when they were merged."""
        again = self.reading.ground(self.schema, self.record.draft)
        for name, field in self.record.draft.items():
            stored = verbatims_of(self.record, name)
            same = (one for one in made if one.draft.get(name) == field)
            grounded = [verbatims_of(one, name) for one in (again, *same)]
            if stored not in grounded:
                yield Difference("verbatims", *sides(stored, grounded[0]), self._kind)

    def _unanswered(
        self, name: str, stored: Any, made: list[dict[str, Any]]
    ) -> Iterator[Difference]:
        """What tells a field from all answers: its words, or only its sentence numbers."""
        path, was, now = first_difference(stored, made[-1].get(name), name)
        # Earlier versions left markup in their records.
        drafts = (self.record.draft, self._again.draft)
        given, words = (wording_of(self.schema, draft)[name] for draft in drafts)
        if all(wording_of(self.schema, draft).get(name) != words for draft in made):
            yield Difference(path, *sides(was, now))
        elif given != words or not self.record.provenance.reasks:
            # The numbers of a draft put together from two answers may be those of neither.
            yield Difference(path, *sides(was, now), self._kind)

    def _made(self, kept: Sequence[Answer]) -> Iterator[Grounded]:
        """What the draft may have been made of, grounded."""
        if self.record.provenance.extractor == EMBEDDED:
            yield from [read_abstract(self.reading, self.schema)] if can_draft(self.schema) else ()
            return
        for one in (read_draft(one.completion, self.schema, is_bounded=False) for one in kept):
            if not isinstance(one, Fault):
                made = self.reading.ground(self.schema, one.draft)
                yield replace(
                    made,
                    corrections=(*one.dropped, *made.corrections),
                    missing_keys=one.missing,
                )


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
        if len(self.kept) >= self._asked:
            return False
        if isinstance(self.outcome, Failure):
            # Lost answers are told with their file; the hash of its own says that it is as it was.
            return FAILURES not in self.files.altered
        return stored.cache_hit and not self.files.is_altered

    def differences(self) -> Iterator[Difference]:
        """What isn't as manifest, document and answers say."""
        yield from self._identity()
        yield from self._time()
        if isinstance(self.outcome, Record):
            # A later input may say something else.
            if self.files.is_first or (self.files.is_whole and self.files.is_altered):
                yield from compare_fields(REPEATED_FIELDS, self.outcome, self.document)
        else:
            yield from self._failed(self.outcome)
        if self._stored.extractor == EMBEDDED:
            yield from self._unasked()
        else:
            yield from self._accounts()

    def _identity(self) -> Iterator[Difference]:
        identity, files = self.files.manifest.identity, self.files
        is_loose = identity.extractor == "llm" and not (
            files.is_whole and (files.is_altered or files.is_first or files.manifest.hashes is None)
        )
        held = [name for name in Identity.model_fields if not (is_loose and name in LOOSE)]
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

    def _failed(self, failure: Failure) -> Iterator[Difference]:
        """A failure repeats its title and the last answer, and names a fault of it."""
        yield from compare_values("title", failure.title, self.document.title)
        is_ours = self._stored.version == __version__
        if is_ours:
            yield from self._unanswered(failure)
        if len(self.kept) < self._asked or not self.kept:
            return
        texts = [one.completion.text for one in self.kept]
        if self._asked and failure.raw_text not in texts:
            yield Difference("raw_text", *sides(failure.raw_text, texts[-1]))
        faults = [one for one in map(self._read, self.kept) if isinstance(one, Fault)]
        is_told = failure.kind in _ANSWERED and is_ours
        if is_told and (failure.kind, failure.message) not in {(f.kind, f.message) for f in faults}:
            last = faults[-1] if faults else Fault(failure.kind, "no fault")
            yield Difference("kind", *sides(failure.kind.value, last.kind.value))
            yield Difference("message", *sides(failure.message, last.message))

    def _unanswered(self, failure: Failure) -> Iterator[Difference]:
        """What it can't say without an answer; and the place of its answers is a line's end."""
        too_long = length_failure(self.document, self.files.manifest.identity)
        if too_long is not None or failure.kind is FailureKind.TOO_LONG:
            now = too_long.message if too_long else "not too long to be read"
            yield from compare_values("message", failure.message, now)
        if self._stored.extractor != "llm":
            return
        if not self._asked and (failure.raw_text is not None or failure.kind in _ANSWERED):
            yield Difference("kind", f"{failure.kind} “{failure.raw_text}”", "no answer")
        until = failure.answered_until
        is_held = self.files.manifest.hashes is not None and not self.is_unheld
        if is_held and not self.files.is_end_of_answers(until, self._asked):
            yield Difference("answered_until", f"{until:,}", "not where an answer ends")

    def _read(self, answer: Answer) -> Read | Fault:
        return read_answer(answer.completion, self.document, self.files.schema)

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
                yield Difference(ANSWERS, counted(asked, "answer"), f"{len(kept)} kept")
        elif asked:
            last = len(kept) - asked
            windows = (kept[start : start + asked] for start in range(last, -1, -1))
            yield from min((list(self._against(one)) for one in windows), key=len)

    @property
    def _is_settled(self) -> bool:
        """Whether no request was left without an answer: none was sent after the last one."""
        if isinstance(self.outcome, Record):
            return self.outcome.is_grounded
        return self.outcome.kind in _ANSWERED - {FailureKind.TRUNCATED}

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
            sent = sum(one.attempts for one in bought)
            update |= {
                "usage": spent.usage,
                "cost": spent.known_cost,
                "saved": saved,
                # Requests without an answer count too.
                "attempts": sent if self._is_settled else max(stored.attempts, sent),
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
        most = len(answers) - self._is_settled
        return min(max(stored, len(answers) - 1 - repeats), most)
