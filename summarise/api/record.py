"""A record as a program sees it: its fields as attributes, each with the sentences it rests on.

There is one record, and this is it with its document beside it: what an attribute gives is made of
the draft when it is asked for, by the schema of the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pydantic import BaseModel, PrivateAttr

from summarise import models
from summarise.errors import RunError
from summarise.models import Document, Doubt, LaidJudgement, Span
from summarise.schema import BUILT_INS, Draft, Node, schema_of, shape_of, to_plain, versions_of

_OWN = ("evidence", "doubts")


class _Part(NamedTuple):
    """A part of a schema, as the run has it and in the newest version of that schema."""

    node: Node
    newest: Node | None
    kinds: Mapping[str, type[RecordEntry]]
    """What its parts are shown as, by their paths; a ``RecordEntry`` where that isn't said."""

    @property
    def names(self) -> dict[str, None]:
        """The names of its fields."""
        known = (*self.node.inside, *(self.newest.inside if self.newest else ()))
        return dict.fromkeys(one.name for one in known)

    def below(self, name: str) -> _Part | None:
        """The part that is a field, or what a list holds; None where the run has none such."""
        found = _named(self.node, name)
        newest = _named(self.newest, name) if self.newest else None
        return _Part(found, newest, self.kinds) if found else None


def _named(node: Node, name: str) -> Node | None:
    return next((one for one in node.inside if one.name == name), None)


class EvidenceSentence(NamedTuple):
    """A sentence of an abstract.

    Attributes:
        number: Counted from 1, as in ``[2, 4]`` of a table; 0 is the title.
        span: In the abstract.
    """

    number: int
    text: str
    span: Span


class RecordEntry(Mapping[str, Any]):
    """An object of a draft, read only: what it holds by the names of its fields.

    A value that the abstract doesn't report is None; so is a field that the schema of an older run
    didn't have yet. As a mapping, by ``entry["name"]``, ``entry.items()`` or ``dict(entry)``, it
    gives values as they are stored.

    Attributes:
        evidence: The sentences that it rests on, none where the draft names none.
        doubts: What speaks against its values, and why.
    """

    __slots__ = ("_part", "_path", "_record", "_values")

    if TYPE_CHECKING:
        evidence: tuple[EvidenceSentence, ...]
        doubts: tuple[Doubt, ...]

    def __init__(self, record: Record, part: _Part, values: Mapping[str, Any], path: str) -> None:
        self._record = record
        self._part = part
        self._values = values
        self._path = path

    def __getitem__(self, name: str) -> Any:
        """A value as it is stored; KeyError where there is no such field."""
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        """The names of the fields that are stored."""
        return iter(self._values)

    def __len__(self) -> int:
        """How many fields are stored."""
        return len(self._values)

    if not TYPE_CHECKING:  # an editor is to know a misspelt name

        def __getattr__(self, name: str) -> Any:
            """A field; where the schema has none of that name, ``evidence`` and ``doubts``."""
            if name.startswith("_"):  # what copying and showing ask for; no field is called so
                raise AttributeError(name)
            numbers = self._part.node.evidence
            if name in _OWN and (name not in self._values or name == numbers):
                if name == "evidence":
                    return self._evidence(numbers)
                return tuple(d for d in self._record.doubts if d.path.startswith(self._path))
            return _value_of(self._record, self._part, self._values, name, self._path)

    def _evidence(self, name: str | None) -> tuple[EvidenceSentence, ...]:
        given = self._values.get(name or "")
        numbers = given if isinstance(given, list) else [] if given is None else [given]
        found = (_sentence_of(self._record, number) for number in numbers)
        return tuple(one for one in found if one is not None)

    def __hash__(self) -> int:
        """Of what it holds, in whatever order: what is equal, as mappings are, has the same."""
        return hash(_frozen(self._values))

    def __dir__(self) -> list[str]:
        """For completion."""
        return sorted({*object.__dir__(self), *self._part.names, *_OWN})

    def __repr__(self) -> str:
        """Its values as they are stored."""
        told = ", ".join(f"{name}={value!r}" for name, value in self._values.items())
        return f"{type(self).__name__}({told})"


def _frozen(value: Any) -> Any:
    """A value as it is stored, without what can't be hashed; equal ones stay equal."""
    if isinstance(value, Mapping):
        return frozenset((name, _frozen(one)) for name, one in value.items())
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


class ProblemEntry(RecordEntry):
    """The gap or difficulty that the paper addresses."""

    __slots__ = ()
    text: str | None
    sentences: Sequence[int]


class MethodEntry(RecordEntry):
    """What is proposed and how it works; ``also`` has the names of further equal proposals."""

    __slots__ = ()
    name: str | None
    also: Sequence[str]
    text: str | None
    sentences: Sequence[int]


class DataEntry(RecordEntry):
    """A dataset, benchmark, corpus, registry or sample."""

    __slots__ = ()
    name: str
    role: Literal["introduced", "studied", "training", "evaluation", "unspecified"]
    size: str | None
    sentences: Sequence[int]


class ComputeEntry(RecordEntry):
    """A fact about the resources that the work uses or saves."""

    __slots__ = ()
    kind: Literal["hardware", "time", "cost", "model_size", "speedup", "other"]
    value: str
    sentences: Sequence[int]


class ResultEntry(RecordEntry):
    """One outcome of the paper's own work; ``kind`` is "change" where the value is a difference."""

    __slots__ = ()
    claim: str
    metric: str | None
    value: str | None
    kind: Literal["change"] | None
    uncertainty: str | None
    group: str | None
    baseline: str | None
    comparator: str | None
    dataset: str | None
    sentences: Sequence[int]


ENTRIES: Mapping[str, type[RecordEntry]] = {
    "problem": ProblemEntry,
    "method": MethodEntry,
    "data": DataEntry,
    "compute": ComputeEntry,
    "results": ResultEntry,
}
"""What the fields of the default schema hold."""


class Record(models.Record):
    """The grounded result for one document, as a run gives it.

    The fields of its schema are attributes, what isn't reported is None; ``record.draft`` has them
    as plain values. ``record["site"]`` is ``record.site``, for fields of your own, which type
    checkers don't know. What else a record holds, such as ``verbatims``, ``doubts``,
    ``quantities`` and ``provenance``, is as in ``records.jsonl``.

    >>> from summarise import summarise
    >>> record = summarise("page.txt").record("slow ink")
    >>> record.method.name, record.results[0].value, record.results[0].baseline
    ('SLOWINK', '41%', None)
    >>> [sentence.number for sentence in record.method.evidence]
    [2]

    Attributes:
        document: What it was made of, with the abstract.
    """

    _document: Document | None = PrivateAttr(default=None)
    _schema: type[BaseModel] = PrivateAttr(default=Draft)
    _judgements: tuple[LaidJudgement, ...] = PrivateAttr(default=())

    @property
    def judgements(self) -> tuple[LaidJudgement, ...]:
        """What people said of it, in the order in which they did: see ``summarise correct``."""
        return self._judgements

    if TYPE_CHECKING:

        @property
        def document(self) -> Document:
            """What it was made of."""

        @property
        def problem(self) -> ProblemEntry:
            """The gap or difficulty."""

        @property
        def method(self) -> MethodEntry:
            """What is proposed."""

        @property
        def data(self) -> Sequence[DataEntry]:
            """Datasets, benchmarks, samples."""

        @property
        def compute(self) -> Sequence[ComputeEntry]:
            """Resources used or saved."""

        @property
        def results(self) -> Sequence[ResultEntry]:
            """Outcomes of the paper's own work."""

    else:

        def __getattr__(self, name: str) -> Any:
            """A field of the draft; ``document``, unless a field is called so."""
            if name.startswith("_"):
                return super().__getattr__(name)
            if name == "document" and name not in self.draft:
                return _document_of(self)
            return _value_of(self, _part_of(self._schema), self.draft, name, "")

    def __getitem__(self, name: str) -> Any:
        """A field as its attribute gives it: of a schema of one's own no type checker knows those.

        Raises:
            KeyError: There is no such field.
        """
        try:
            return _value_of(self, _part_of(self._schema), self.draft, name, "")
        except AttributeError as error:
            raise KeyError(str(error)) from None

    def __getstate__(self) -> dict[Any, Any]:
        """For pickling: the schema as it is written down, since no module may have its class."""
        state = super().__getstate__()
        held = {**state["__pydantic_private__"], "_schema": _form_of(self._schema)}
        return {**state, "__pydantic_private__": held}

    def __setstate__(self, state: dict[Any, Any]) -> None:
        """As it was before it was pickled."""
        super().__setstate__(state)
        self._schema = schema_of(state["__pydantic_private__"]["_schema"], "a pickled record")

    def __dir__(self) -> list[str]:
        """For completion."""
        return sorted({*object.__dir__(self), *_part_of(self._schema).names, "document"})

    def __repr_args__(self) -> Iterator[tuple[str, Any]]:
        """What it is of, and its fields; all else is long."""
        yield from (("doc_id", self.doc_id), ("title", self.title), *self.draft.items())

    def _repr_html_(self) -> str | None:
        if self._document is None:
            return None
        from summarise.api.pages import record_page  # noqa: PLC0415 - who shows none pays for none

        return record_page(self._document, self, self._schema)


def with_document(record: models.Record, document: Document, schema: type[BaseModel]) -> Record:
    """A record of a run as a program sees it."""
    fields = {name: getattr(record, name) for name in models.Record.model_fields}
    made = Record.model_construct(record.model_fields_set, **fields, **record.draft)
    made._document, made._schema = document, schema
    made._judgements = record.judgements
    return made


_form_of = cache(to_plain)


@cache
def _part_of(schema: type[BaseModel]) -> _Part:
    versions = (one for one in BUILT_INS.values() if schema in versions_of(one))
    newest = next(versions, schema)
    return _Part(shape_of(schema), shape_of(newest), ENTRIES if newest is Draft else {})


def _value_of(record: Record, part: _Part, values: Mapping[str, Any], name: str, path: str) -> Any:
    """What an object of a draft holds under a name; None where an older schema had no such field.

    Raises:
        AttributeError: Its schema has no such field either.
    """
    if name in values:
        return _seen(record, part.below(name), values[name], f"{path}{name}")
    if name in part.names:
        return None
    held = f"{path.rstrip('.')} of a record" if path else "a record"
    raise AttributeError(f"{held} has no {name!r}; its fields are {', '.join(part.names)}")


def _seen(record: Record, part: _Part | None, value: Any, path: str) -> Any:
    """A value as a program sees it: objects as entries, lists as tuples."""
    if isinstance(value, list):
        held = part.below("") if part else None
        return tuple(_seen(record, held, one, f"{path}[{at}]") for at, one in enumerate(value))
    if isinstance(value, dict) and part is not None:
        kind = part.kinds.get(part.node.path.removesuffix("[]"), RecordEntry)
        return kind(record, part, value, f"{path}.")
    return value


def _sentence_of(record: Record, number: int) -> EvidenceSentence | None:
    document = _document_of(record)
    if number == 0:
        title = document.title or ""
        return EvidenceSentence(0, title, Span(0, len(title))) if title else None
    if not 0 < number <= len(record.sentence_spans):
        return None
    span = record.sentence_spans[number - 1]
    return EvidenceSentence(number, span.of(document.abstract), span)


def _document_of(record: Record) -> Document:
    document = record._document
    if document is None:
        raise RunError(
            "was read without its document, so its sentences aren't known",
            where=f"record {record.doc_id}",
            hint="Take it from Run(folder).records().",
        )
    return document
