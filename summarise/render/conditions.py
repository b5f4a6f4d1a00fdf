"""What a row holds under a name, and what a condition picks: ``data ~ ImageNet and year > 2022``.

Names are those of fields and columns: ``results.value``, ``compute``, ``year``; a name of an inner
field alone is enough where one part has it. ``=`` and ``!=`` compare as text in any case, or as
quantities; ``<``, ``<=``, ``>`` and ``>=`` as quantities: in one unit, or by their bare numbers
where the condition has no unit. ``~`` asks for a part of the text. A name of no field before a
quantity is a metric: ``f1 > 80%``. A name by itself asks whether anything is reported. ``and``,
``or``, ``not`` and brackets join them. What ``and`` joins of one list is asked of one entry:
``metric = accuracy and value > 90``. Nothing is executed.
"""

from __future__ import annotations

import difflib
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, islice
from types import MappingProxyType
from typing import NamedTuple

from pydantic import BaseModel

from summarise.characters import clip, for_screen
from summarise.errors import SettingsError, check_choice, meant
from summarise.models import Document, Failure, FailureKind, JudgedAs, Record, Row, ScreeningState
from summarise.render.layout import Selector, layout_of
from summarise.render.references import year_of
from summarise.schema import MEASURED

_DEEPEST, _LONGEST, _MOST_UNITS = 50, 2_000, 6
_SLIP = 0.7  # "yaer" is a slip for "year", "auc" none for "acl"
_FLAG = "--where"
_TOKEN = re.compile(
    r"""\s*(?:(?P<quoted>"[^"]*"|'[^']*')|(?P<sign><=|>=|!=|=|<|>|~)|(?P<bracket>[()])"""
    r"""|(?P<word>[^\s()=!<>~"']+)|(?P<other>\S))"""
)
_JOINING = frozenset(("and", "or", "not"))
_ORDERS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
# Abstracts have them in capitals, and it is by these that "40 A100 days" is known for a time.
_DEVICE = re.compile(r"\b(?:[gtcn]pu(?=s?\b)|[abhlvpt]\d{1,4}\b)")
_REFERRED = ("citation_key", "doi", "arxiv", "pmid", "acl", "openalex", "venue", "language")


def _outcome_of(row: Row) -> list[str]:
    outcome = row[1]
    if isinstance(outcome, Failure):
        return ["failed", outcome.kind.value]
    return ["pending" if outcome is None else "record"]


def _referred(key: str) -> Callable[[Row], list[str]]:
    return lambda row: [str(row[0].reference[key])] if key in row[0].reference else []  # type: ignore[literal-required]


def _told(read: Callable[[Document], str | None]) -> Callable[[Row], list[str]]:
    return lambda row: [text] if (text := read(row[0])) else []


_ABOUT: Mapping[str, Callable[[Row], list[str]]] = {
    "title": _told(lambda one: one.title),
    "authors": lambda row: list(row[0].authors),
    "year": _told(year_of),
    "published": _told(lambda one: one.published),
    "organisation": _told(lambda one: one.organisation),
    "id": _told(lambda one: one.doc_id),
    "url": _told(lambda one: one.url),
    "abstract": _told(lambda one: one.abstract),
    "status": _outcome_of,
    "flagged": lambda row: ["yes"] if isinstance(row[1], Record) and row[1].is_flagged else [],
    "doubtful": lambda row: ["yes"] if isinstance(row[1], Record) and row[1].doubtful else [],
    "judged": lambda row: sorted({one.verdict for one in getattr(row[1], "judgements", ())}),
    **{key: _referred(key) for key in _REFERRED},
}
"""What a document says of itself, and what became of it."""
_OPTIONS: Mapping[str, Iterable[str]] = {
    "status": ("record", "pending", "failed", *FailureKind),
    "judged": [one for one in JudgedAs if one is not JudgedAs.UNDONE],
    "screening": [one for one in ScreeningState if one is not ScreeningState.OPEN],
}
"""What of that is one of a few words."""


class FieldNames:
    """The names that a condition, an order or a list of columns may use.

    Besides those of a schema and a document there may be ``more``, each with what tells its texts.
    """

    def __init__(
        self,
        schema: type[BaseModel],
        more: Mapping[str, Callable[[Row], list[str]]] = MappingProxyType({}),
    ) -> None:
        layout = layout_of(schema)
        known = {
            name: Selector(name, name.replace("_", " ").capitalize(), about)
            for name, about in {**_ABOUT, **more}.items()
        }
        alone: dict[str, list[Selector]] = {}
        for field in layout.fields:
            whole = Selector(field.name, field.title, field=field, layout=layout)
            known[field.name] = whole
            inner = {one.name: one.label for one in field.part.fields} if field.part else {}
            if field.part and (numbers := field.part.sentences_key):
                inner[numbers] = numbers.replace("_", " ")
            for name, label in inner.items():
                title = f"{field.title}: {label}"
                one = Selector(f"{field.name}.{name}", title, None, field, name, layout)
                known[one.name] = one
                alone.setdefault(name, []).append(one)
        self._metrics = [
            (known[name], known[f"{field.name}.value"])
            for field in layout.fields
            for name in (f"{field.name}.{one}" for one in MEASURED)
            if name in known and f"{field.name}.value" in known
        ]
        self._shared = {name: ones for name, ones in alone.items() if len(ones) > 1}
        unique = {name: ones[0] for name, ones in alone.items() if len(ones) == 1}
        self._known = {**known, **unique, **known}

    def metric(self, name: str) -> tuple[Selector, Selector] | None:
        """Metric and value of the field that has metrics, for a name that is like no field's."""
        wanted = re.sub(r"[\s-]+", "_", name.strip()).casefold()
        known = [*self._known, *self._shared]
        is_field = "." in wanted or difflib.get_close_matches(wanted, known, 1, _SLIP)
        return None if is_field else next(iter(self._metrics), None)

    def selector(self, name: str, where: str, place: str = "") -> Selector:
        """What a name stands for, however it is written: ``Study design`` is ``study_design``.

        Raises:
            SettingsError: Nothing, or one of several.
        """
        wanted = re.sub(r"[\s-]+", "_", name.strip()).casefold()
        found = self._known.get(wanted)
        if found is not None:
            return found
        told = repr(clip(name, 60))
        if wanted in self._shared:
            several = " or ".join(one.name for one in self._shared[wanted])
            raise SettingsError(
                f"{told}{place} may be {several}", where=where, hint="Name it in full."
            )
        hint = meant(wanted, [*self._known, *self._shared])
        first = re.split(r"[\s:]", name.strip(), maxsplit=1)[0]
        if where in _FORMS and first.casefold() in self._known:  # "title contains net"
            hint = f"Write {_FORMS[where].format(first)}."
        raise SettingsError(f"{told}{place} is the name of no field", where=where, hint=hint)


_FORMS = {"--where": "{0} ~ net, {0} = net or {0} > 3", "--sort": "{0}:asc or {0}:desc"}


# A month and a year are as long as on average, so that times can be compared at all.
_SECONDS = {"min": 60, "h": 3_600, "day": 86_400, "week": 604_800, "month": 2_628_000}
_SECONDS |= {"year": 31_536_000, "decade": 315_360_000}
_PREFIXES = {"p": 1e-12, "n": 1e-9, "μ": 1e-6, "m": 1e-3, "c": 1e-2, "d": 1e-1}
_PREFIXES |= {"k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18}
_PERCENT = {"": 100, "%": 1}
_PREFIXED = re.compile(
    r"([pnμmcdkMGTPE])((?<!d)B|[sgLmMWVTAJN]|mol|Hz|eV|Pa|IU|Gy|Sv|Bq|Da|bar|bp|cal|pc|FLOP|Wh)"
)


class Measure(NamedTuple):
    """A quantity, in the package's unit where it has one for comparison."""

    value: float
    unit: str
    """By one name for all its spellings; empty for a bare number."""

    def in_base(self) -> Measure:
        """The same in a unit without prefixes: ms and minutes in s, mg/dL in g/L."""
        factor, names = 1.0, []
        for at, name in enumerate(self.unit.split("/")):
            prefixed = _PREFIXED.fullmatch(name)
            size = _PREFIXES[prefixed[1]] if prefixed else _SECONDS.get(name, 1)
            factor *= 1 / size if at else size
            names.append(prefixed[2] if prefixed else "s" if name in _SECONDS else name)
        # Without the last digits, in which 0.04 s and 40 ms differ.
        return Measure(float(f"{self.value * factor:.12g}"), "/".join(names))

    def beside(self, wanted: Measure) -> tuple[float, float] | None:
        """The two as numbers of one unit; None where they have none in common.

        A bare number from 0 to 1 is a share: 0.81 is 81%. Any other stands for the unit beside it.
        """
        bare = self if wanted.unit else wanted
        if {self.unit, wanted.unit} == {"", "%"} and 0 <= bare.value <= 1:
            return self.value * _PERCENT[self.unit], wanted.value * _PERCENT[wanted.unit]
        if not wanted.unit:
            return self.value, wanted.value
        own, other = self.in_base(), wanted.in_base()
        return (own.value, other.value) if own.unit == other.unit else None


@lru_cache(maxsize=4096)
def measures_of(text: str) -> tuple[Measure, ...]:
    """The quantities of a text that have one value."""
    # It takes as long to import as the rest of a table, and most ask for no amount.
    from summarise.scan import normalised, scan, unit_behind  # noqa: PLC0415

    found = []
    for quantity in scan(text, ()).quantities:
        unit = quantity.unit or ""
        name, _ = (unit and unit_behind(f"1 {unit}", 1)) or (unit.casefold(), 0)
        # "8 A100 days" are days of a GPU, by the name of their unit.
        named = quantity.model_copy(update={"unit": name})
        if (one := normalised(quantity) or normalised(named)) is not None:
            found.append(Measure(one.value, one.unit))
        elif quantity.value is not None:
            found.append(Measure(quantity.value, name))
    return tuple(found)


_AGAINST = r"\s(?:vs\.?|versus|against|compared (?:to|with)|rather than|instead of)\s"
# "2 vs. 400 GPU days", "2 GPU days vs. 400": the second isn't the entry's own.
_PAIR = re.compile(rf"(\d[\d,.]*){_AGAINST}\d[\d,.]*(?=\s*[^\W\d])", re.IGNORECASE)
_RIVAL = re.compile(rf"{_AGAINST}.*", re.IGNORECASE | re.DOTALL)


class FieldCondition(NamedTuple):
    """A name, a sign and what is on its right; without a sign it asks whether anything is there."""

    selector: Selector
    sign: str
    text: str
    measure: Measure | None
    metric: str
    """What the user calls the values by, where that is a metric rather than a field."""
    units: dict[str, bool]
    """The units of the values so far, and whether they can be compared."""

    def holds(self, row: Row) -> bool:
        """Whether it is so of any entry; ``!=`` of none that is equal."""
        if self.sign == "!=":
            return not self._replace(sign="=").holds(row)
        return any(map(self.holds_of, self.selector.entries(row)))

    def holds_of(self, texts: Sequence[str]) -> bool:
        """Whether the condition holds of one entry, by its texts."""
        if not self.sign:
            return bool(texts)
        if self.sign == "!=":
            return not self._replace(sign="=").holds_of(texts)
        if self.sign == "~":
            return any(self.text in text.casefold() for text in texts)
        if self.sign == "=" and any(self.text == text.casefold() for text in texts):
            return True
        wanted = self.measure
        if wanted is None:
            return False
        found = [
            (one.unit, one.beside(wanted))
            for text in texts
            for one in measures_of(_RIVAL.sub("", _PAIR.sub(r"\1", text)))
        ]
        self.units.update((unit, pair is not None) for unit, pair in found)
        return any(_ORDERS[self.sign](*pair) for _, pair in found if pair is not None)


class Every(NamedTuple):
    """Conditions that all hold; those about entries of one list, of one entry together."""

    parts: tuple[Condition, ...]

    def holds(self, row: Row) -> bool:
        """Whether they do."""
        together: dict[str, list[FieldCondition]] = {}
        for part in self.parts:
            field = part.selector.field if isinstance(part, FieldCondition) else None
            if isinstance(part, FieldCondition) and field is not None and field.part is not None:
                together.setdefault(field.name, []).append(part)
            elif not part.holds(row):
                return False
        return all(_hold_together(ones, row) for ones in together.values())


def _hold_together(ones: Sequence[FieldCondition], row: Row) -> bool:
    if len(ones) == 1:
        return ones[0].holds(row)
    entries = zip(*(one.selector.entries(row) for one in ones), strict=True)
    return any(
        all(one.holds_of(texts) for one, texts in zip(ones, entry, strict=True))
        for entry in entries
    )


class Either(NamedTuple):
    """Conditions of which one holds."""

    parts: tuple[Condition, ...]

    def holds(self, row: Row) -> bool:
        """Whether one does."""
        return any(part.holds(row) for part in self.parts)


class Not(NamedTuple):
    """A condition that doesn't hold."""

    part: Condition

    def holds(self, row: Row) -> bool:
        """Whether it doesn't."""
        return not self.part.holds(row)


Condition = FieldCondition | Every | Either | Not


def remarks_on(condition: Condition) -> Iterator[str]:
    """What is to be said once all rows were asked: that no value could be compared."""
    if not isinstance(condition, FieldCondition):
        inside = [condition.part] if isinstance(condition, Not) else condition.parts
        yield from chain.from_iterable(map(remarks_on, inside))
        return
    named = f" with the metric “{condition.metric}”" if condition.metric else ""
    told = f"No value of {condition.selector.name}{named}"
    if condition.units and not any(condition.units.values()):
        units = ", ".join(unit or "none" for unit in islice(condition.units, _MOST_UNITS))
        yield f"{told} can be compared with {condition.text}. Units found: {units}."
    elif condition.metric and not condition.units:
        yield f"{told} was found."


def parse_condition(text: str, names: FieldNames) -> Condition:
    """A condition as a user writes it.

    Raises:
        SettingsError: It is none; the message says which word is wrong, and at which character.
    """
    return _ConditionParser(text, names).parsed()


class _ConditionParser:
    """Goes through a condition once, word by word."""

    def __init__(self, text: str, names: FieldNames) -> None:
        self._names, self._depth = names, 0
        if len(text) > _LONGEST:
            raise SettingsError(f"has more than {_LONGEST:,} characters", where=_FLAG)
        self._tokens = list(_TOKEN.finditer(text.rstrip()))
        self._at = 0

    def parsed(self) -> Condition:
        found = self._either()
        if self._at < len(self._tokens):
            raise self._wrong("isn't expected", "Join conditions by and, or or not.")
        return found

    def _either(self) -> Condition:
        parts = [self._every()]
        while self._takes("or"):
            parts.append(self._every())
        return Either(tuple(parts)) if len(parts) > 1 else parts[0]

    def _every(self) -> Condition:
        parts = [self._one()]
        while self._takes("and"):
            parts.append(self._one())
        return Every(tuple(parts)) if len(parts) > 1 else parts[0]

    def _one(self) -> Condition:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._wrong("is nested too deep", f"At most {_DEEPEST} brackets.")
        if self._takes("not"):
            found: Condition = Not(self._one())
        elif self._takes("("):
            found = self._either()
            if not self._takes(")"):
                raise self._wrong("isn't expected", "A bracket is open.")
        else:
            found = self._comparison()
        self._depth -= 1
        return found

    def _comparison(self) -> FieldCondition | Every:
        first = self._tokens[self._at] if self._more() else None
        name = self._words("a field")
        start = first.end() - len(first[0].lstrip()) + 1 if first else 1
        place = f" at character {start}"
        sign = self._tokens[self._at]["sign"] if self._more() else None
        metric = self._names.metric(name) if sign in _ORDERS else None
        selector = metric[1] if metric else self._names.selector(name, _FLAG, place)
        if sign is None:
            return FieldCondition(selector, "", "", None, "", {})
        self._at += 1
        text = self._words(f"what {selector.name} is held against")
        found = measures_of(_DEVICE.sub(lambda device: device[0].upper(), text))
        measure = found[0] if len(found) == 1 else _bare(text)
        if sign in _ORDERS and sign != "=" and (why := _why_no_amount(text, measure)):
            self._at -= 1
            hint = f"{sign} compares numbers, such as 90, 46.3% or 100 GPU hours; use = or ~."
            raise self._wrong(why, hint)
        options = _OPTIONS.get(selector.name) or selector.options
        if options and sign in {"=", "!="}:
            # No paper would have it, and "0 papers" reads as if it had been looked for.
            check_choice(selector.name, text.casefold(), options, _FLAG)
        called = name if metric else ""
        condition = FieldCondition(selector, sign, text.casefold(), measure, called, {})
        if metric is None:
            return condition
        return Every((FieldCondition(metric[0], "~", name.casefold(), None, "", {}), condition))

    def _words(self, what: str) -> str:
        """The words up to the next sign, bracket or joining word."""
        found = []
        while self._more():
            token = self._tokens[self._at]
            if token["quoted"]:
                found.append(token["quoted"][1:-1])
            elif token["word"] and token["word"].lower() not in _JOINING:
                found.append(token["word"])
            else:
                break
            self._at += 1
        if not found:
            raise self._wrong("isn't expected", f"Here belongs {what}.")
        return " ".join(found)

    def _more(self) -> bool:
        return self._at < len(self._tokens)

    def _takes(self, wanted: str) -> bool:
        token = self._tokens[self._at] if self._more() else None
        is_there = token is not None and wanted in {(token["word"] or "").lower(), token["bracket"]}
        self._at += is_there
        return is_there

    def _wrong(self, why: str, hint: str) -> SettingsError:
        if not self._more():
            return SettingsError("ends too early", where=_FLAG, hint=hint)
        token = self._tokens[self._at]
        word, start = token[0].strip(), token.end() - len(token[0].strip()) + 1
        told = f"{for_screen(word, 60)!r} at character {start} {why}"
        return SettingsError(told, where=_FLAG, hint=hint)


def _why_no_amount(text: str, measure: Measure | None) -> str | None:
    """What is wrong with what a number is held against; a word that is no unit isn't ignored."""
    from summarise.scan import scan  # noqa: PLC0415 - see measures_of

    if measure is None:
        return "is no quantity"
    is_whole = measure.unit or _bare(text) or scan(text, ()).quantities[0].text == text
    return None if is_whole else "is no unit that is known"


def _bare(text: str) -> Measure | None:
    try:
        return Measure(float(text.replace(",", "")), "")
    except ValueError:
        return None
