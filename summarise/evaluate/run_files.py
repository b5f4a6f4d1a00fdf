"""The files of a run held against its manifest: their hashes, their counts, what they took."""

from __future__ import annotations

import re
import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from hashlib import sha256

from pydantic import BaseModel

from summarise import __version__
from summarise.evaluate.differences import Difference, Verdict, compare_fields, compare_values
from summarise.extract import hashed
from summarise.models import (
    EMBEDDED,
    Decided,
    Document,
    Failure,
    FailureKind,
    Identity,
    Outcome,
    Record,
    SkipKind,
    Skipped,
    Spent,
)
from summarise.render import render_table
from summarise.schema import schema_fingerprint
from summarise.store import (
    ANSWERS,
    CHAINED,
    CORRECTIONS,
    DOCUMENTS,
    DUPLICATES,
    FAILURES,
    MANIFEST,
    READ,
    RECORDS,
    SKIPPED,
    TABLE,
    Chain,
    DigestTable,
    Hashes,
    KeptAnswers,
    Marks,
    Run,
    RunState,
    StoredRow,
    chained,
    contents_hash,
    digest,
    file_hash,
    manifest_hash,
    understood,
)

_BEGINNINGS = ("answers_from", "records_from", "failures_from", "shown_from")
_SHA256 = re.compile("[0-9a-f]{64}")
LOOSE = ("version", "prompt_version", "schema_name")


def maker_of(identity: Identity) -> tuple[str | None, ...]:
    """What a later run may change without making a record anew: it says nothing of the answer."""
    return tuple(getattr(identity, name) for name in LOOSE)


class RunFiles:
    """The files of a run, and what they say together; ``altered`` names those that were changed."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.manifest = run.manifest
        self.altered: set[str] = set()
        # Counted on the way through the rows; what is flagged only who parses a record can tell.
        self.flagged = self.doubtful = 0
        self._became: Counter[type[Outcome] | None] = Counter()
        self._ids = DigestTable()
        self._twice: list[str] = []
        self._unplaced: list[tuple[str, Difference]] = []
        self._lines: dict[str, int] = {}
        # Of the records where their lines start, how many calls they took, and whether one of the
        # cache; of the failures the sums.
        self._made = array("Q"), array("Q"), array("B")
        self._failed = [0, 0]
        self._makers: set[tuple[str | None, ...]] = set()
        self._has_bugs, self._hidden, self._decided = False, False, 0

    @cached_property
    def schema(self) -> type[BaseModel]:
        """The schema that the drafts of the run were made with."""
        return self._run.schema

    @cached_property
    def answers(self) -> KeptAnswers:
        """What the run was answered."""
        return self._run.answers()

    @cached_property
    def _names(self) -> Counter[str]:
        """What sources may be called, and of how many inputs."""
        inputs = self.manifest.inputs
        return Counter(name for one in inputs for name in one.holds or (one.name,))

    @property
    def is_whole(self) -> bool:
        """Whether the last run came to an end, so that all is as it left it."""
        return self.manifest.state is not RunState.RUNNING

    @property
    def is_altered(self) -> bool:
        """Whether the hashes say that documents, outcomes or answers were changed."""
        return not self.altered.isdisjoint((DOCUMENTS, RECORDS, FAILURES, ANSWERS))

    @property
    def is_first(self) -> bool:
        """Whether all records are of the last run."""
        return self.is_whole and self.manifest.counts.get("reused") == 0

    @property
    def is_of_one_run(self) -> bool:
        """Whether all documents are of the last run, too."""
        return self.is_whole and self.manifest.counts.get("kept") == 0

    def rows(self) -> Iterator[StoredRow]:
        """The documents and what became of them, counted as they pass."""
        for row in self._run.stored_rows():
            self._became[row.became] += 1
            self._hidden |= row.kind is Record and row.became is Failure
            doc_id, held = row.document.doc_id, len(self._ids)
            self._ids.add(digest(doc_id))
            if len(self._ids) == held:
                self._twice.append(doc_id)
            self._place(DOCUMENTS, doc_id, row.document)
            self._decide(row.document.decided)
            yield row

    def _decide(self, decided: Iterable[Decided], sign: int = 1) -> None:
        """Add up what was made of duplicates; taken away again, nothing is left."""
        for one in decided:
            self._decided += sign * digest(one.model_dump_json())

    def add(self, outcome: Outcome, row: StoredRow) -> None:
        """Take what became of a document into account."""
        made = outcome.provenance
        self._makers.add(maker_of(made))
        if isinstance(outcome, Record):
            self.flagged += outcome.is_flagged
            self.doubtful += bool(outcome.doubtful)
            for column, value in zip(self._made, (row.at, made.calls, made.cache_hit), strict=True):
                column.append(value)
        else:
            self._failed[0] += made.calls
            self._failed[1] += made.cache_hit
            self._has_bugs |= outcome.kind is FailureKind.INTERNAL

    def is_end_of_answers(self, offset: int, is_asked: int) -> bool:
        """Whether an answer ends at a byte offset; or no byte is there, where none was asked."""
        path = self._run.path / ANSWERS
        if not offset or ANSWERS in self.altered or not path.exists():
            return not (is_asked and path.exists()) or ANSWERS in self.altered
        with path.open("rb") as file:
            file.seek(offset - 1)
            return file.read(1) == b"\n"

    def _place(self, file: str, what: str, one: Document | Skipped) -> None:
        """Hold where an entry stood against the names of the inputs, and the entry before it."""
        names = self._names
        if not self.is_of_one_run or not names or [*names] == ["documents"]:
            return
        if isinstance(one, Document) and (one.author_count or 0) < len(one.authors):
            told = f"at least {len(one.authors)}, as named"
            self._unplaced.append(
                (file, Difference(f"{what}: author_count", str(one.author_count), told))
            )
        line, key = one.line or 0, f"{file} {one.source}"
        if one.source not in names:
            told = f"an input: {', '.join(names)}"
            self._unplaced.append((file, Difference(f"{what}: source", one.source, told)))
        elif self.is_first and names[one.source] == 1 and line < self._lines.get(key, 0):
            told = f"at least {self._lines[key]}, as before it"
            self._unplaced.append((file, Difference(f"{what}: line", str(line), told)))
        self._lines[key] = line

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
        for field, name in CHAINED.items():
            if chain := getattr(hashes, field):
                yield from self._appended(name, chain)

    def _written(self, hashes: Hashes) -> Iterator[Verdict]:
        """The files that a run writes whole; one that was cut off may be at work on them."""
        if not self.is_whole:
            return
        for name in (*READ, TABLE):
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
            difference = Difference("sha256", stored or "none", now or "no such file")
            yield from self._file(name, difference)

    def _file(self, name: str, *differences: Difference) -> Iterator[Verdict]:
        self.altered.add(name)
        yield Verdict(None, None, differences, file=name)

    def check_manifest(self) -> Iterator[Verdict]:
        """The manifest says of the schema and of what was spent what the run holds."""
        found = [*self._schema(self.schema), *self._spent(self.answers), *self._inputs()]
        if self.is_whole:  # one that was cut off may have lost the end of a file
            within = self.manifest.within(Marks.at_end(self._run.path))
            found += compare_fields(_BEGINNINGS, self.manifest, within)
        if found:
            yield from self._file(MANIFEST, *found)

    def _inputs(self) -> Iterator[Difference]:
        if not self.manifest.inputs and self.is_whole and self.manifest.hashes is not None:
            yield Difference("inputs", "nothing", "at least one")
        for one in self.manifest.inputs:
            if one.sha256 is not None and not _SHA256.fullmatch(one.sha256):
                yield Difference("inputs", one.sha256, f"a SHA-256 of {one.name}")
            # A name that isn't UTF-8 stands otherwise in a path.
            place = f"{one.path or one.name}/{one.member}" if one.member else one.path or one.name
            # The name of an earlier input, where another has that name now, ends in its hash.
            name = one.name.removesuffix(f" ({(one.sha256 or '')[:8]})")
            is_end = f"/{place}".endswith((f"/{one.name}", f"/{name}"))
            if not is_end and "\ufffd" not in one.name and "\\" not in place:
                yield Difference("inputs", one.name, f"the end of {place}")

    def _schema(self, schema: type[BaseModel]) -> Iterator[Difference]:
        identity = self.manifest.identity
        if identity.extractor == EMBEDDED:
            made = hashed(EMBEDDED, identity.version, identity.schema_fingerprint)
            yield from compare_values("identity.fingerprint", identity.fingerprint, made)
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
            if not _SHA256.fullmatch(answer.key):
                yield Difference(f"key of an answer at byte {end:,}", answer.key, "a SHA-256")
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
        yield from self._duplicates()
        for name, one in self._unplaced:
            yield from self._file(name, one)
        found = [
            Difference(f"counts.{name}", str(stored.get(name, "nothing")), str(value))
            for name, value in now.items()
            if stored.get(name) != value
        ]
        found += [*self._bounds(stored, now), *self._state(), *self._last_run(stored)]
        if found:
            yield from self._file(MANIFEST, *found)

    def _counted(self) -> dict[str, int]:
        stored = self.manifest.counts
        kept = stored.get("kept", 0)
        documents = self._became.total() - kept
        parse, path = Skipped.model_validate_json, self._run.path / SKIPPED
        held: Counter[SkipKind] = Counter()
        for offset, skip in understood(path, parse, self._run.damage):
            held[skip.kind] += 1
            self._place(SKIPPED, f"byte {offset}", skip)
            self._decide(skip.decided)
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
        # What is flagged or doubted is a matter of the rules of a version.
        if self.manifest.identity.version == __version__:
            counted |= {"flagged": self.flagged, "doubtful": self.doubtful}
        return counted

    def _duplicates(self) -> Iterator[Verdict]:
        """What stands there of duplicates is what documents and skipped entries say."""
        parse, path = Decided.model_validate_json, self._run.path / DUPLICATES
        self._decide((one for _, one in understood(path, parse, self._run.damage)), -1)
        if self._decided:
            told = Difference("decided", "something else", "what documents and skips say")
            yield from self._file(DUPLICATES, told)

    def _bounds(self, stored: Mapping[str, int], now: Mapping[str, int]) -> Iterator[Difference]:
        """What no file tells exactly."""
        documents = now["documents"] + stored.get("kept", 0)
        bounds = {"reused": documents, "calls": self.manifest.spent.calls}
        for name, most in {**bounds, "cached": documents, "kept": documents}.items():
            value = stored.get(name, -1)
            if not 0 <= value <= most:
                yield Difference(f"counts.{name}", str(value), f"at most {most}")

    def _state(self) -> Iterator[Difference]:
        """A run is stopped before all is done; unless by a full disk, which takes no table."""
        manifest, is_done = self.manifest, self._became.keys() == {Record}
        is_stopped = manifest.state is RunState.STOPPED and manifest.rendered is not None
        if is_stopped and is_done and not manifest.refresh:
            yield Difference("state", "stopped", "a record of each document")

    def _last_run(self, stored: Mapping[str, int]) -> Iterator[Difference]:
        """What the last run made are the last records, as many as weren't there before it."""
        new = self._became[Record] - stored.get("reused", 0)
        # Of a failure behind a record that is to be made anew nothing is known.
        is_seen = len(self._made[0]) == self._became[Record] and not self._hidden
        if self.manifest.refresh is not None or new < 0 or not is_seen:
            return
        start = sorted(self._made[0])[-new] if new else sys.maxsize
        if new:
            lines = understood(self._run.path / RECORDS, len, self._run.damage, start)
            yield from compare_values("counts.reused", new, sum(1 for _ in lines))
            made = maker_of(self.manifest.identity)
            if self.manifest.hashes is not None and made not in self._makers:
                yield Difference("identity", str(made), "what made no record")
        last = [made for made in zip(*self._made, strict=True) if made[0] >= start]
        is_complete = self.manifest.state is RunState.COMPLETE
        for at, name in enumerate(("calls", "cached"), 1):
            made_last, failed = sum(one[at] for one in last), self._failed[at - 1]
            # Of the failures some may be of an earlier run.
            least = made_last + failed * (is_complete and self.is_of_one_run)
            value = stored.get(name, 0)
            # A run that was stopped may have bought what nothing was made of, and so does a bug;
            # and of merged shards all answers were, those of a lost record or failure too.
            is_bought = self.is_first and value == self.manifest.spent.calls
            is_most = name == "cached" or (is_complete and not (self._has_bugs or is_bought))
            if value < least or (is_most and value > made_last + failed):
                yield Difference(f"counts.{name}", str(value), f"{least} by what was made")

    def check_damage(self) -> Iterator[Verdict]:
        """Lines that can't be understood."""
        for name, places in sorted(self._run.damage.places.items()):
            if places:
                found = f"{len(places)} that can't, the first at byte {min(places)}"
                yield from self._file(name, Difference("lines", "lines that can be read", found))

    def check_table(self) -> Iterator[Verdict]:
        """The table is what the rows give, whatever the manifest says that it was made of."""
        run, manifest, made = self._run, self.manifest, sha256()
        stored = file_hash(run.path / TABLE)
        if manifest.identity.version != __version__ or TABLE in self.altered or self.is_altered:
            return
        if not self.is_whole:
            now = contents_hash(run.path, manifest, file_hash(run.path / DOCUMENTS))
            if manifest.rendered != now:
                return
        is_due = manifest.state is RunState.COMPLETE and not (run.path / CORRECTIONS).exists()
        if stored is manifest.rendered is None and not is_due:
            return  # the disk had no room for one, or a corrected cell waits for no long one
        for line in render_table(run.rows(), self.schema, lines=run.shown_lines()):
            made.update(f"{line}\n".encode())
        if manifest.rendered is None and not is_due and stored != made.hexdigest():
            told = "what the table was made of, so it can't be held: run again to make it anew"
            yield from self._file(MANIFEST, Difference("rendered", "nothing", told))
        else:
            yield from self._hash(TABLE, stored, made.hexdigest())
