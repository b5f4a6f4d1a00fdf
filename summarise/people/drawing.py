"""A flow diagram as an SVG drawing: text as text, made by code, to be printed or edited."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from unicodedata import combining, east_asian_width

from summarise import __version__
from summarise.characters import counted, for_screen, has_right_to_left
from summarise.errors import SettingsError
from summarise.models import ScreeningState, SkipKind
from summarise.people.survey import FLOW_BEGINNING, FLOW_SOURCE, Flow, ScreeningSurvey, flow_of
from summarise.store import Run, refuse_overwriting, writing

BEGINNING = '<?xml version="1.0" encoding="utf-8"?><!-- A flow of records, by summarise. -->\n'
"""What tells such a drawing from another file."""
_WIDTH, _EDGE, _BAND, _GAP = 820, 12, 30, 30
_BOX = (_WIDTH - 2 * _EDGE - _BAND - _GAP - 14) / 2
_LEFT, _RIGHT = _EDGE + _BAND + 14, _EDGE + _BAND + 14 + _BOX + _GAP
_SIZE, _LINE, _PAD, _INDENT = 14, 19, 11, 12
_INPUTS, _REASONS, _LONGEST = 8, 12, 120
_UNKNOWN = "not known"
_REMOVED = {
    SkipKind.DUPLICATE: "Duplicates",
    SkipKind.NO_ABSTRACT: "Without an abstract",
    SkipKind.UNREADABLE: "Unreadable",
}
_BEGINNINGS = {".svg": BEGINNING, ".json": FLOW_BEGINNING}
# Widths of Helvetica in parts of its size, as far as they differ much from most.
_NARROW = frozenset("iljtfrI.,;:'|!()[]{}/\\ -·")
_WIDE = frozenset("mwMW@%—…")
_COUNT = re.compile(r"\(n = [^)]*\)$")
_NO_XML = re.compile("[\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class _FlowBox:
    """A box: what it counts, how many that is, what they are made up of."""

    title: str
    number: int | None
    parts: tuple[tuple[str, int | None], ...] = ()
    note: str = ""
    is_open: bool = False
    """Whether it is outside of what the run knows."""

    def lines(self) -> Iterator[tuple[str, bool]]:
        """Its lines as they fit, each with whether it is of the title."""
        title = self.title if self.is_open else f"{self.title} {_told(self.number)}"
        yield from ((one, True) for one in _fitted(title, is_strong=True))
        for label, number in self.parts:
            yield from ((one, False) for one in _fitted(f"{_isolated(label)} {_told(number)}"))
        yield from ((one, False) for one in (_fitted(self.note) if self.note else ()))

    @property
    def height(self) -> float:
        """In pixels."""
        return 2 * _PAD + _LINE * len(list(self.lines())) - 3

    def sentence(self) -> str:
        """The picture in words, for those who don't see it."""
        parts = "; ".join(f"{_isolated(label)}: {_number(n)}" for label, n in self.parts)
        told = self.title if self.is_open else f"{self.title}: {_number(self.number)}"
        return ". ".join(filter(None, (f"{told} ({parts})" if parts else told, self.note))) + "."


@dataclass(frozen=True, slots=True)
class _FlowStep:
    """A box of the middle, with those to which records leave it; and the phase that it is in."""

    phase: str
    box: _FlowBox
    leaving: tuple[_FlowBox, ...] = ()

    @property
    def height(self) -> float:
        """In pixels."""
        beside = sum(one.height for one in self.leaving) + _GAP / 2 * max(0, len(self.leaving) - 1)
        return max(self.box.height, beside)


def write_flow(run: Run, survey: ScreeningSurvey, targets: Sequence[Path]) -> None:
    """Write the flow diagram of a run: as a drawing, or as JSON, by how a file's name ends.

    Raises:
        SettingsError: A name ends otherwise.
        RunError: A file is another, or can't be written; or the flow doesn't balance.
    """
    for path in targets:
        if path.suffix.lower() not in _BEGINNINGS:
            hint = "Name a file that ends in .svg for a drawing, or in .json for its numbers."
            raise SettingsError(f"{path} is no name for a flow", where="--flow", hint=hint)
        beginning = _BEGINNINGS[path.suffix.lower()].encode()
        refuse_overwriting(path, (), [run.manifest], beginning=beginning)
    flow = flow_of(run, survey)
    for path in targets:
        is_drawing = path.suffix.lower() == ".svg"
        text = "".join(f"{line}\n" for line in drawn(flow)) if is_drawing else flow.to_json()
        with writing(path) as file:
            file.write(text.encode())


def drawn(flow: Flow) -> Iterator[str]:
    """The lines of the drawing, without their ends."""
    steps = list(_steps(flow))
    caption = f"Boxes after {FLOW_SOURCE}. Counted by summarise {__version__}."
    height = 2 * _EDGE + sum(step.height for step in steps) + _GAP * (len(steps) - 1) + 22
    boxes = [box for step in steps for box in (step.box, *step.leaving)]
    yield BEGINNING.rstrip("\n")
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height:g}" '
        f'viewBox="0 0 {_WIDTH} {height:g}" role="img" aria-labelledby="flow-title flow-text" '
        f'font-family="Helvetica, Arial, \'Liberation Sans\', sans-serif" font-size="{_SIZE}">'
    )
    title = f"Flow of the records of {_isolated(flow.name)}"
    yield f'<title id="flow-title">{_escaped(title)}</title>'
    told = " ".join(box.sentence() for box in boxes)
    yield f'<desc id="flow-text">{_escaped(f"{told} {caption}")}</desc>'
    yield f'<rect width="{_WIDTH}" height="{height:g}" fill="#fff"/>'
    yield from _columns(steps)
    yield (
        f'<text x="{_LEFT:g}" y="{height - _EDGE + 2:g}" font-size="11" fill="#555">'
        f"{_escaped(caption)}</text>"
    )
    yield "</svg>"


def _steps(flow: Flow) -> Iterator[_FlowStep]:
    survey, states = flow.survey, flow.decided
    removed = flow.removed or {}
    lost = tuple((told, removed.get(kind)) for kind, told in _REMOVED.items())
    number = sum(removed.values()) if removed else None
    inputs = _first(flow.inputs or (), _INPUTS, "more inputs")
    unknown = f"{_capital(flow.unknown)}." if flow.unknown else ""
    yield _FlowStep(
        "Identification",
        _FlowBox("Records identified", flow.identified, inputs, unknown),
        (_FlowBox("Records removed before screening", number, lost),),
    )
    is_open = survey.states[ScreeningState.OPEN]
    unmade = (("Extraction failed", survey.failed), ("Extraction not attempted", survey.pending))
    without = tuple(one for one in unmade if one[1])
    if is_open or without:
        made = (("Values extracted", survey.records),) if without else ()
        left = _FlowBox("Not screened yet", is_open)
        box = _FlowBox("Records to screen", survey.documents, (*made, *without))
        yield _FlowStep("Screening", box, (left,) if is_open else ())
    undecided = states[ScreeningState.MAYBE] + states[ScreeningState.CONFLICT]
    excluded = states[ScreeningState.EXCLUDE] if survey.screened else None
    reasons = [(_capital(reason), n) for reason, n in survey.reasons.most_common()]
    why = _first(reasons, _REASONS, "other reasons")
    leaving = [_FlowBox("Records excluded", excluded, why)]
    if undecided:
        kinds = (("Maybe", ScreeningState.MAYBE), ("People differ", ScreeningState.CONFLICT))
        parts = tuple((label, states[kind]) for label, kind in kinds)
        leaving.append(_FlowBox("Records not decided yet", undecided, parts))
    box = _FlowBox("Records screened", survey.screened, _screened_by(survey), _of_these(survey))
    yield _FlowStep("Screening", box, tuple(leaving))
    rest = "Reports sought, assessed and included by their full texts: not known to this run"
    included = states[ScreeningState.INCLUDE] if survey.screened else None
    so_far = "" if flow.is_done else " so far"
    box = _FlowBox(f"Records included{so_far}, by title and abstract", included)
    yield _FlowStep("Included", box, (_FlowBox(rest, None, is_open=True),))


def _first(
    counts: Sequence[tuple[str, int]], most: int, rest: str
) -> tuple[tuple[str, int | None], ...]:
    """The first of some counts, the others together."""
    if len(counts) <= most:
        return tuple(counts)
    others = counts[most - 1 :]
    return (*counts[: most - 1], (f"{len(others):,} {rest}", sum(n for _, n in others)))


def _screened_by(survey: ScreeningSurvey) -> tuple[tuple[str, int | None], ...]:
    """By how many people; what was settled without an opinion beside it is apart."""
    told = [(f"By {counted(n, 'person', 'people')}", docs) for n, docs in survey.screeners]
    if survey.settled_alone:
        told.append(("By whoever settles alone", survey.settled_alone))
    return tuple(told)


def _of_these(survey: ScreeningSurvey) -> str:
    settled, unread = survey.settled.total(), survey.unread
    whom = counted(len(survey.settled), "person", "people")
    told = [f"{settled:,} settled by {whom}"] if settled else []
    told += [f"{unread:,} by title and abstract alone, without extracted values"] if unread else []
    return f"Of these, {'; '.join(told)}" if told else ""


def _capital(text: str) -> str:
    first = text.partition(" ")[0]
    return f"{text[:1].upper()}{text[1:]}" if first.isalpha() else text


def _number(number: int | None) -> str:
    return _UNKNOWN if number is None else f"{number:,}"


def _told(number: int | None) -> str:
    return f"(n = {_number(number)})"


def _isolated(label: str) -> str:
    """A text from outside; one from right to left reorders nothing beside it."""
    clean = for_screen(label, _LONGEST)
    return f"\u2068{clean}\u2069\u200e" if has_right_to_left(clean) else clean


def _escaped(text: str) -> str:
    return escape(_NO_XML.sub("\ufffd", text))


def _columns(steps: Sequence[_FlowStep]) -> Iterator[str]:
    """The boxes with their arrows, and the phases beside them."""
    top = float(_EDGE)
    phases: dict[str, tuple[float, float]] = {}
    for at, step in enumerate(steps):
        bottom = top + step.height
        phases[step.phase] = (phases.get(step.phase, (top, 0.0))[0], bottom)
        yield from _box(step.box, _LEFT, top, step.height)
        place = top
        for one in step.leaving:
            height = step.height if len(step.leaving) == 1 else one.height
            yield from _box(one, _RIGHT, place, height)
            if not one.is_open:
                middle = place + height / 2
                yield from _arrow(_LEFT + _BOX, middle, _RIGHT, middle)
            place += height + _GAP / 2
        if at + 1 < len(steps):
            centre = _LEFT + _BOX / 2
            yield from _arrow(centre, bottom, centre, bottom + _GAP)
        top = bottom + _GAP
    for name, (start, end) in phases.items():
        yield from _phase(name, start, end)


def _phase(name: str, top: float, bottom: float) -> Iterator[str]:
    x, y = _EDGE + _BAND / 2 + 5, (top + bottom) / 2
    size = min(13.0, 0.8 * (bottom - top) / _text_width(name, 1.07))
    yield (
        f'<rect x="{_EDGE}" y="{top:g}" width="{_BAND}" height="{bottom - top:g}" rx="6" '
        'fill="#dbe7f3"/>'
    )
    yield (
        f'<text x="{x:g}" y="{y:g}" transform="rotate(-90 {x:g} {y:g})" text-anchor="middle" '
        f'font-weight="bold" font-size="{size:.3g}" fill="#1d3b59">{name}</text>'
    )


def _box(box: _FlowBox, x: float, y: float, height: float) -> Iterator[str]:
    dashes = ' stroke-dasharray="5 4"' if box.is_open else ""
    stroke, ink = ("#777", "#555") if box.is_open else ("#333", "#111")
    yield (
        f'<rect x="{x:g}" y="{y:g}" width="{_BOX:g}" height="{height:g}" rx="3" fill="#fff" '
        f'stroke="{stroke}"{dashes}/>'
    )
    lines = list(box.lines())
    start = y + (height - _LINE * len(lines)) / 2 + _SIZE
    for number, (line, is_title) in enumerate(lines):
        weight = ' font-weight="bold"' if is_title and not box.is_open else ""
        indent = 0 if is_title else _INDENT
        yield (
            f'<text x="{x + _PAD + indent:g}" y="{start + number * _LINE:g}" fill="{ink}"{weight}>'
            f"{_escaped(line)}</text>"
        )


def _arrow(x: float, y: float, to_x: float, to_y: float) -> Iterator[str]:
    yield f'<path d="M{x:g} {y:g}L{to_x:g} {to_y:g}" stroke="#333" fill="none"/>'
    head = "l-8 -4v8z" if x != to_x else "l-4 -8h8z"
    yield f'<path d="M{to_x:g} {to_y:g}{head}" fill="#333"/>'


def _fitted(text: str, *, is_strong: bool = False) -> list[str]:
    """A text as lines that are as wide as a box at most, cut in a word where that is too long."""
    room = (_BOX - 2 * _PAD - (0 if is_strong else _INDENT)) / _SIZE
    factor = 1.07 if is_strong else 1.0
    lines = [""]
    for word in _words(text, room, factor):
        wider = f"{lines[-1]} {word}" if lines[-1] else word
        if _text_width(wider, factor) <= room:
            lines[-1] = wider
        else:
            lines.append(word)
    return [line.replace("\u00a0", " ") for line in lines]


def _words(text: str, room: float, factor: float) -> Iterable[str]:
    # What is counted stays on one line with its number.
    whole = _COUNT.sub(lambda found: found[0].replace(" ", "\u00a0"), text)
    for word in whole.split(" "):
        part = ""
        for one in word:
            if _text_width(part + one, factor) > room and not combining(one):
                yield part
                part = ""
            part += one
        yield part


def _text_width(text: str, factor: float = 1.0) -> float:
    """About how wide a text is in Helvetica, in parts of its size."""
    return factor * sum(map(_width, text))


def _width(one: str) -> float:
    if one in _NARROW:
        return 0.33
    if one in _WIDE:
        return 0.95
    if east_asian_width(one) in "WF":
        return 1.0
    return 0.7 if one.isupper() else 0.56
