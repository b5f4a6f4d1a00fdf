"""A run against gold, or against another run: who belongs to whom, the scores, what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic_core import to_json

from summarise.errors import InputError
from summarise.evaluate.gold import Gold
from summarise.evaluate.markdown import named, quoted, table, wrapped
from summarise.evaluate.scoring import FIELDS, Match, Tally, agreement, macro_f1, matches
from summarise.evaluate.summary import Scored, scored_row
from summarise.models import Row

_SHOWN = 10
_SHOWN_CHARACTERS = 60

Pair = tuple[Scored, Scored]


@dataclass(frozen=True, slots=True)
class Compared:
    """One abstract in both.

    Attributes:
        left: What the run says.
        right: What the gold or the other run says.
        fields: The match of each field.
    """

    left: Scored
    right: Scored
    fields: dict[str, Match]

    @property
    def differing(self) -> dict[str, Match]:
        """The fields that don't match entirely."""
        return {name: one for name, one in self.fields.items() if one.extra or one.missed}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run against gold, or against another run.

    Attributes:
        left: Name of the run.
        right: Name of the gold, or of the other run.
        symmetric: Whether the other side is a run, so that neither is the measure.
        compared: Each abstract that is in both.
        left_only: Documents of the run that the other side lacks.
        right_only: What the run lacks.
        unusable: Lines of the gold that can't be used, with the reason.
    """

    left: str
    right: str
    symmetric: bool
    compared: tuple[Compared, ...]
    left_only: tuple[Scored, ...]
    right_only: tuple[Scored, ...]
    unusable: tuple[str, ...] = ()

    @property
    def tallies(self) -> dict[str, Tally]:
        """The counts of each field. Gold that the run lacks counts, too."""
        fields = [one.fields for one in self.compared]
        if not self.symmetric:
            fields += [matches(None, one.summary) for one in self.right_only]
        return {name: sum((one[name].tally for one in fields), Tally()) for name in FIELDS}

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the fields."""
        return macro_f1(self.tallies.values())

    @property
    def without_summary(self) -> tuple[str, ...]:
        """Names of the abstracts in both of which one side has no record."""
        pairs = [(one.left, one.right) for one in self.compared]
        return tuple(left.name for left, right in pairs if not (left.summary and right.summary))

    @property
    def other_text(self) -> tuple[str, ...]:
        """Names of the abstracts in both whose text isn't the same."""
        pairs = [(one.left, one.right) for one in self.compared]
        return tuple(left.name for left, right in pairs if not left.is_same_text(right))

    def to_json(self) -> str:
        """All of it as JSON."""
        return to_json(
            {
                "left": self.left,
                "right": self.right,
                "symmetric": self.symmetric,
                "macro_f1": self.macro_f1,
                "fields": {name: _scores(tally) for name, tally in self.tallies.items()},
                "paired": len(self.compared),
                "left_only": [_identity(one) for one in self.left_only],
                "right_only": [_identity(one) for one in self.right_only],
                "without_summary": self.without_summary,
                "other_text": self.other_text,
                "unusable": self.unusable,
                "differences": [
                    {
                        **_identity(one.left),
                        "fields": {
                            name: {"left_only": match.extra, "right_only": match.missed}
                            for name, match in one.differing.items()
                        },
                    }
                    for one in self.compared
                    if one.differing
                ],
            },
            indent=2,
        ).decode()

    def lines(self, *, full: bool = False) -> Iterator[str]:
        """All of it as Markdown.

        Args:
            full: Every document and entry that differs, instead of the first documents.
        """
        against = "and" if self.symmetric else "against"
        yield f"# {quoted(self.left)} {against} {quoted(self.right)}"
        yield ""
        yield from self._accounts(None if full else _SHOWN)
        yield ""
        yield from self._agreement() if self.symmetric else self._scores()
        differing = [one for one in self.compared if one.differing]
        if differing:
            yield from ("", "## What differs", "")
            shown = differing if full else differing[:_SHOWN]
            for one in shown:
                yield from self._differences(one) if full else _differing(one)
            if len(shown) < len(differing):
                yield from ("", f"And {len(differing) - len(shown)} more; --full has all.")

    def _accounts(self, limit: int | None) -> Iterator[str]:
        paired, other = len(self.compared), "documents" if self.symmetric else "gold summaries"
        total = paired + len(self.right_only)
        yield from wrapped(f"{paired} of {total} {other} of {quoted(self.right)} are in the run.")
        notes = {
            "Only in the run": [one.name for one in self.left_only],
            f"Only in {quoted(self.right)}": [one.name for one in self.right_only],
            "Without a record": self.without_summary,
            "With another text, so that sentences may be off": self.other_text,
            "Unusable": self.unusable,
        }
        for label, names in notes.items():
            yield from named(label, names, limit)

    def _scores(self) -> Iterator[str]:
        rows = [
            (name, _number(t.precision), _number(t.recall), _number(t.f1), *_counts(t))
            for name, t in self.tallies.items()
        ]
        rows.append(("**macro mean**", "", "", _number(self.macro_f1), "", "", ""))
        yield from table(("field", "precision", "recall", "F1", "right", "run", "gold"), rows)

    def _agreement(self) -> Iterator[str]:
        rows = [(name, _number(t.f1), *_counts(t)) for name, t in self.tallies.items()]
        rows.append(("**macro mean**", _number(self.macro_f1), "", "", ""))
        yield from table(("field", "agreement (F1)", "both", "first", "second"), rows)

    def _differences(self, one: Compared) -> Iterator[str]:
        yield f"- {_title(one)}"
        second = "second" if self.symmetric else "gold"
        first = "first" if self.symmetric else "run"
        for name, match in one.differing.items():
            sides = {first: match.extra, second: match.missed}
            words = "; ".join(
                f"only {side}: {', '.join(map(quoted, entries))}"
                for side, entries in sides.items()
                if entries
            )
            yield from wrapped(f"{name}: {words}", "  - ")


def against_gold(rows: Iterable[Row], gold: Gold, *, run: str, name: str) -> Comparison:
    """Score a run.

    Args:
        rows: The documents of the run, with what became of them.
        gold: The measure.
        run: What to call the run.
        name: What to call the gold.

    Raises:
        InputError: They have no abstract in common, or the run isn't by the default schema.
    """
    lefts = [scored_row(row) for row in rows]
    pairs = _paired_or_refused(lefts, gold.summaries, run, name)
    compared = [
        Compared(left, right, matches(left.numbered_as(right), right.summary))
        for left, right in pairs
    ]
    return Comparison(
        run, name, False, tuple(compared), *_alone(lefts, gold.summaries, pairs), gold.unusable
    )


def against_run(rows: Iterable[Row], others: Iterable[Row], *, run: str, other: str) -> Comparison:
    """Hold two runs against each other; either order gives the same agreement.

    Args:
        rows: The documents of one run, with what became of them.
        others: Those of the other run.
        run: What to call the one.
        other: What to call the other.

    Raises:
        InputError: They have no abstract in common, or one isn't by the default schema.
    """
    lefts, rights = [scored_row(row) for row in rows], [scored_row(row) for row in others]
    pairs = _paired_or_refused(lefts, rights, run, other)
    compared = []
    for left, right in pairs:
        finer = max(left, right, key=lambda one: (len(one.sentences), one.sentences))
        fields = agreement(left.numbered_as(finer), right.numbered_as(finer))
        compared.append(Compared(left, right, fields))
    return Comparison(run, other, True, tuple(compared), *_alone(lefts, rights, pairs))


def _paired_or_refused(
    lefts: Sequence[Scored], rights: Sequence[Scored], left: str, right: str
) -> list[Pair]:
    pairs = _paired(lefts, rights)
    if not pairs:
        raise InputError(
            f"has no abstract in common with {left}",
            where=right,
            hint="They are paired by title, else by id.",
        )
    return pairs


def _alone(
    lefts: Iterable[Scored], rights: Iterable[Scored], pairs: Iterable[Pair]
) -> tuple[tuple[Scored, ...], tuple[Scored, ...]]:
    """Those of either side that the other one lacks."""
    known = {id(one) for pair in pairs for one in pair}
    left, right = (tuple(one for one in side if id(one) not in known) for side in (lefts, rights))
    return left, right


def _paired(lefts: Sequence[Scored], rights: Sequence[Scored]) -> list[Pair]:
    """The abstracts of both, in the order of the first: by title where it is the only one."""
    titled = _by_title(rights)
    partners = {id(one): titled[key] for key, one in _by_title(lefts).items() if key in titled}
    taken = {id(one) for one in partners.values()}
    free = {one.doc_id: one for one in rights if one.doc_id and id(one) not in taken}
    for left in lefts:
        if id(left) not in partners and left.doc_id in free:
            partners[id(left)] = free.pop(left.doc_id)
    return [(left, partners[id(left)]) for left in lefts if id(left) in partners]


def _by_title(scored: Iterable[Scored]) -> dict[str, Scored]:
    """Those with a title of their own, letter case and punctuation apart."""
    keyed = [(_title_key(one.title or ""), one) for one in scored]
    counts = Counter(key for key, _ in keyed)
    return {key: one for key, one in keyed if key and counts[key] == 1}


def _title_key(title: str) -> str:
    return "".join(character for character in title.casefold() if character.isalnum())


def _scores(tally: Tally) -> dict[str, float]:
    return {
        "precision": tally.precision,
        "recall": tally.recall,
        "f1": tally.f1,
        "matched": tally.matched,
        "predicted": tally.predicted,
        "expected": tally.expected,
    }


def _identity(scored: Scored) -> dict[str, str | None]:
    return {"doc_id": scored.doc_id, "title": scored.title}


def _counts(tally: Tally) -> tuple[str, str, str]:
    return str(tally.matched), str(tally.predicted), str(tally.expected)


def _number(value: float) -> str:
    return f"{value:.3f}"


def _title(one: Compared) -> str:
    return quoted(one.left.name, _SHOWN_CHARACTERS)


def _differing(one: Compared) -> list[str]:
    return wrapped(f"{_title(one)}: {', '.join(one.differing)}", "- ")
