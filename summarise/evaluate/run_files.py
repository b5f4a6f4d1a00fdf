"""The files of a run held against its manifest: their hashes, their counts, what they took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from hashlib import sha256
from typing import Any

from pydantic import BaseModel

from summarise.digests import DigestTable, digest
from summarise.evaluate.differences import Difference, Verdict, compare_values
from summarise.models import Failure, Outcome, Record, SkipKind, Skipped, Spent
from summarise.render import render_table
from summarise.schema import schema_fingerprint
from summarise.store import (
    ANSWERS,
    DOCUMENTS,
    FAILURES,
    MANIFEST,
    RECORDS,
    SKIPPED,
    TABLE,
    Chain,
    Hashes,
    KeptAnswers,
    Marks,
    Run,
    RunState,
    StoredRow,
    chained,
    contents_hash,
    file_hash,
    manifest_hash,
    understood,
)
from summarise.version import __version__

_HASH_SHOWN = 12


class RunFiles:
    """The files of a run, and what they say together; ``altered`` names those that were changed."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.manifest = run.manifest
        self.altered: set[str] = set()
        # Counted on the way through the rows; what is flagged only who parses a record can tell.
        self.flagged = 0
        self._became: Counter[type[Outcome] | None] = Counter()
        self._ids = DigestTable()
        self._twice: list[str] = []

    @cached_property
    def schema(self) -> type[BaseModel]:
        """Of the drafts of the run."""
        return self._run.schema

    @cached_property
    def answers(self) -> KeptAnswers:
        """What the run was answered."""
        return self._run.answers()

    @property
    def is_whole(self) -> bool:
        """Whether the last run came to an end, so that all is as it left it."""
        return self.manifest.state is not RunState.RUNNING

    @property
    def is_altered(self) -> bool:
        """Whether the hashes say that documents, outcomes or answers were changed."""
        return not self.altered.isdisjoint((DOCUMENTS, RECORDS, FAILURES, ANSWERS))

    def rows(self) -> Iterator[StoredRow]:
        """The documents and what became of them, counted as they pass."""
        for row in self._run.stored_rows():
            self._became[row.became] += 1
            doc_id, held = row.document.doc_id, len(self._ids)
            self._ids.add(digest(doc_id))
            if len(self._ids) == held:
                self._twice.append(doc_id)
            yield row

    def check_hashes(self) -> Iterator[Verdict]:
        """Each file is what the run wrote, by its hash."""
        hashes, own = self.manifest.hashes, self.manifest.sha256
        if own is not None:
            now = manifest_hash((self._run.path / MANIFEST).read_bytes())
            yield from self._hash(MANIFEST, own, now)
        if hashes is None:
            if own is not None and self.is_whole:
                yield from self._file(MANIFEST, Difference("hashes", "nothing", "of each file"))
            return
        if own is None:
            yield from self._file(MANIFEST, Difference("sha256", "nothing", "of the manifest"))
        yield from self._written(hashes)
        for name in (ANSWERS, RECORDS, FAILURES):
            yield from self._appended(name, getattr(hashes, name.removesuffix(".jsonl")))

    def _written(self, hashes: Hashes) -> Iterator[Verdict]:
        """The files that a run writes whole; one that was cut off may be at work on them."""
        if not self.is_whole:
            return
        for name in (DOCUMENTS, SKIPPED, TABLE):
            stored = getattr(hashes, name.split(".")[0])
            if stored is not None or name != TABLE:
                yield from self._hash(name, stored, file_hash(self._run.path / name))

    def _appended(self, name: str, chain: Chain) -> Iterator[Verdict]:
        """A file that runs append to: what the last whole run left is its beginning."""
        path = self._run.path / name
        size = path.stat().st_size if path.exists() else 0
        if size < chain.until or (self.is_whole and size > chain.until):
            stored = f"{chain.until:,} bytes"
            yield from self._file(name, Difference("size", stored, f"{size:,} bytes"))
            return
        now = chained(path, Chain(), chain.until)
        yield from self._hash(name, chain.sha256, now.sha256)

    def _hash(self, name: str, stored: str | None, now: str | None) -> Iterator[Verdict]:
        if stored != now:
            was, is_now = (one and one[:_HASH_SHOWN] for one in (stored, now))
            difference = Difference("sha256", was or "none", is_now or "no such file")
            yield from self._file(name, difference)

    def _file(self, name: str, *differences: Difference) -> Iterator[Verdict]:
        self.altered.add(name)
        yield Verdict(None, None, differences, file=name)

    def check_manifest(self) -> Iterator[Verdict]:
        """The manifest says of the schema and of what was spent what the run holds."""
        found = [*self._schema(self.schema), *self._spent(self.answers)]
        if found:
            yield from self._file(MANIFEST, *found)

    def _schema(self, schema: type[BaseModel]) -> Iterator[Difference]:
        identity = self.manifest.identity
        if identity.version != __version__:
            return
        now = schema_fingerprint(schema)
        yield from compare_values("identity.schema_name", identity.schema_name, schema.__name__)
        yield from compare_values("identity.schema_fingerprint", identity.schema_fingerprint, now)

    def _spent(self, answers: KeptAnswers) -> Iterator[Difference]:
        if not self.is_whole:
            return
        settled = self.manifest.settled
        now = until = Spent()
        for end, answer in answers.all():
            now = now + answer.spent
            if end <= settled.answers_until:
                until = now
        yield from compare_values("spent", self.manifest.spent, now)
        yield from compare_values("settled.spent", settled.spent, until)

    def check_counts(self) -> Iterator[Verdict]:
        """The accounts of the last run are those of the files; and no document stands twice."""
        for doc_id in self._twice:
            yield from self._file(DOCUMENTS, Difference("doc_id", doc_id, "the same again"))
        if not self.is_whole:
            return
        stored, now = self.manifest.counts, self._counted()
        found = [
            Difference(f"counts.{name}", str(stored.get(name, "nothing")), str(value))
            for name, value in now.items()
            if stored.get(name) != value
        ]
        found += self._bounds(stored, now)
        if found:
            yield from self._file(MANIFEST, *found)

    def _counted(self) -> dict[str, int]:
        stored = self.manifest.counts
        kept = stored.get("kept", 0)
        documents = self._became.total() - kept
        path = self._run.path / SKIPPED
        skips = understood(path, Skipped.model_validate_json, self._run.damage)
        held = Counter(skip.kind for _, skip in skips)
        # With documents of earlier runs the file has their skips too.
        skipped: dict[str, int] = {
            k: min(stored.get(k, 0), held[k]) if kept else held[k] for k in SkipKind
        }
        entries = documents + sum(skipped.values())
        counted: dict[str, int] = {"entries": entries, "documents": documents, **skipped}
        if self.manifest.refresh is not None:
            return counted
        for name, outcome in (("records", Record), ("failures", Failure), ("pending", None)):
            counted[name] = self._became[outcome]
        # What is flagged is a matter of the rules of a version.
        is_ours = self.manifest.identity.version == __version__
        return {**counted, "flagged": self.flagged} if is_ours else counted

    def _bounds(self, stored: Mapping[str, int], now: Mapping[str, int]) -> Iterator[Difference]:
        """What no file tells exactly."""
        documents = now["documents"] + stored.get("kept", 0)
        bounds = {"reused": documents, "calls": self.manifest.spent.calls}
        for name, most in {**bounds, "cached": documents, "kept": documents}.items():
            value = stored.get(name, -1)
            if not 0 <= value <= most:
                yield Difference(f"counts.{name}", str(value), f"at most {most}")

    def check_damage(self) -> Iterator[Verdict]:
        """The lines that were met on the way and can't be understood."""
        for name, places in sorted(self._run.damage.places.items()):
            if places:
                found = f"{len(places)} that can't, the first at byte {min(places)}"
                yield from self._file(name, Difference("lines", "lines that can be read", found))

    def _is_current(self) -> bool:
        """Whether the manifest says that the table was made of these files, by this version."""
        path, manifest, ends = self._run.path, self.manifest, Marks.at_end(self._run.path)
        records = manifest.records_from, ends.records
        failures = manifest.failures_from, ends.failures
        return manifest.rendered == contents_hash(file_hash(path / DOCUMENTS), records, failures)

    def check_table(self) -> Iterator[Verdict]:
        """The table is what the rows give, whatever the manifest says that it was made of."""
        manifest, stored = self.manifest, file_hash(self._run.path / TABLE)
        is_ours = manifest.identity.version == __version__
        is_held = is_ours and (self.is_whole or self._is_current())
        if not is_held or TABLE in self.altered or self.is_altered:
            return
        if stored is manifest.rendered is None and manifest.state is not RunState.COMPLETE:
            return  # the disk had no room for one
        made: Any = sha256()
        for line in render_table(self._run.rows(), self.schema):
            made.update(f"{line}\n".encode())
        is_lost = manifest.rendered is None and manifest.state is not RunState.COMPLETE
        if is_lost and stored != made.hexdigest():
            told = "what the table was made of, so it can't be held: run again to make it anew"
            yield from self._file(MANIFEST, Difference("rendered", "nothing", told))
        else:
            yield from self._hash(TABLE, stored, made.hexdigest())
