"""The flow of records: its boxes add up, what isn't known is said so, and nothing in it acts."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise import summarise as make_run
from summarise.batch import standing_of
from summarise.errors import RunError, SettingsError
from summarise.evaluate import methods_paragraph
from summarise.models import ScreeningState, SkipKind
from summarise.people import (
    Flow,
    ScreeningSurvey,
    drawn,
    flow_of,
    merge_decisions,
    survey_screening,
    write_flow,
)
from summarise.store import Run
from tests import people_files
from tests.conftest import ROOT
from tests.processes import run as summarise
from tests.test_people import decided

EXPORTS = ROOT / "fixtures" / "exports"
_SVG = "{http://www.w3.org/2000/svg}"
_MANY = st.integers(0, 30_000)


def survey_of(
    states: dict[ScreeningState, int], reasons: dict[str, int] | None = None, lost: int = 0
) -> ScreeningSurvey:
    """A survey of so many documents of each state, by two people; so many have no record."""
    documents = sum(states.values())
    is_open = states.get(ScreeningState.OPEN, 0)
    excluded = states.get(ScreeningState.EXCLUDE, 0)
    return ScreeningSurvey(
        Path("run"),
        ("Ann", "Ben"),
        documents=documents,
        states=Counter(states),
        by_people=Counter({0: is_open, 2: documents - is_open}),
        reasons=Counter({"no reason given": excluded} if reasons is None else reasons),
        records=documents - lost,
        failed=lost,
    )


def boxes(flow: Flow) -> list[str]:
    """The texts of a drawing, each box's lines together, as its description has them."""
    root = ET.fromstring("\n".join(drawn(flow)).encode())
    assert root.tag == f"{_SVG}svg"
    return [element.text or "" for element in root.iter(f"{_SVG}text")]


@given(
    st.dictionaries(st.sampled_from(list(ScreeningState)), _MANY, min_size=1),
    st.lists(_MANY, min_size=1, max_size=12),
    st.tuples(_MANY, _MANY, _MANY),
    st.data(),
)
def test_the_boxes_balance_whatever_the_numbers(
    states: dict[ScreeningState, int], shares: list[int], removed: Any, data: Any
) -> None:
    """What goes into a box is what leaves it: of the JSON, and so of the drawing."""
    excluded = states.get(ScreeningState.EXCLUDE, 0)
    cuts = sorted(min(one, excluded) for one in shares)
    parts = [b - a for a, b in zip([0, *cuts], [*cuts, excluded], strict=True)]
    reasons = {f"reason {n}": part for n, part in enumerate(parts) if part}
    documents = sum(states.values())
    lost = data.draw(st.integers(0, documents))
    survey = survey_of(states, reasons, lost)
    kinds = dict(zip(SkipKind, removed, strict=True))
    inputs = (("a.ris", documents), ("b.ris", sum(removed)))
    told = json.loads(Flow("run", inputs, kinds, "", survey).to_json())
    assert told["identified"] == sum(one["entries"] for one in told["inputs"])
    assert told["identified"] == sum(told["removed"].values()) + told["to_screen"]
    assert told["to_screen"] == told["records"] + told["extraction_failed"] + told["not_attempted"]
    assert told["to_screen"] == told["screened"] + told["not_screened"]
    if told["screened"]:
        ends = (told[name] for name in ("included", "excluded", "maybe", "conflicts"))
        assert told["screened"] == sum(ends)
        assert told["excluded"] == sum(told["reasons"].values())


@pytest.mark.parametrize("spoilt", ["states", "reasons", "records", "inputs"])
def test_numbers_that_do_not_add_up_are_an_error(spoilt: str) -> None:
    """Nothing is drawn of them: it is a bug, and told as one."""
    survey = survey_of({ScreeningState.INCLUDE: 2, ScreeningState.EXCLUDE: 1})
    entries = 3
    match spoilt:
        case "states":
            survey.states[ScreeningState.INCLUDE] += 1
        case "reasons":
            survey.reasons["no fish"] += 1
        case "records":
            survey.records -= 1
        case _:
            entries = 4
    with pytest.raises(RunError, match="the flow doesn't balance"):
        Flow("run", (("a.ris", entries),), dict.fromkeys(SkipKind, 0), "", survey)


@pytest.fixture
def review(tmp_path: Path) -> Run:
    """A run of two exports that hold entries of each kind."""
    page = (ROOT / "fixtures" / "daily_papers.txt").read_bytes()
    (tmp_path / "page.txt").write_bytes(page)
    shutil.copy(EXPORTS / "bands.nbib", tmp_path / "search.nbib")
    inputs = [str(tmp_path / "page.txt"), str(tmp_path / "search.nbib")]
    return Run(make_run(inputs, output=tmp_path / "review").path)


def test_the_accounts_of_a_run_are_those_of_its_flow(review: Run) -> None:
    """Entries by input, duplicates and entries without an abstract are those that were read."""
    flow = flow_of(review, survey_screening(review))
    assert flow.unknown == ""
    assert [(Path(name).name, n) for name, n in flow.inputs or ()] == [
        ("page.txt", 15),
        ("search.nbib", 3),
    ]
    assert flow.removed == {
        SkipKind.DUPLICATE: 1,
        SkipKind.NO_ABSTRACT: 1,
        SkipKind.UNREADABLE: 0,
    }
    assert (flow.identified, flow.survey.documents) == (18, 16)


def test_what_is_not_known_is_no_number(review: Run, tmp_path: Path) -> None:
    """Where a run took a part of its input, or read it in several states, it says so."""
    page = str(tmp_path / "page.txt")
    part = Run(make_run(page, output=tmp_path / "part", limit=3).path)
    flow = flow_of(part, survey_screening(part))
    assert (flow.identified, flow.removed) == (None, None)
    told = json.loads(flow.to_json())
    assert told["unknown"] == "the run took a part of its input"
    assert [told[name] for name in ("identified", "inputs", "removed", "included")] == 4 * [None]
    assert told["to_screen"] == 3
    shown = " ".join(boxes(flow))
    assert "Records identified (n = not known)" in shown
    assert "Records included so far, by title and abstract (n = not known)" in shown
    whole = Run(make_run(page, output=tmp_path / "part").path)
    assert flow_of(whole, survey_screening(whole)).identified == 15
    more = Run(make_run(str(tmp_path / "search.nbib"), output=whole.path, append=True).path)
    grown = flow_of(more, survey_screening(more))
    assert (grown.identified, len(grown.inputs or ())) == (18, 2)
    uncounted = tuple(one.model_copy(update={"entries": None}) for one in more.manifest.inputs)
    manifest = more.manifest.model_copy(update={"inputs": uncounted})
    old = flow_of(Run(more.path, manifest), survey_screening(more))
    assert old.unknown == "the entries of its inputs weren't counted"
    again = more.manifest.model_copy(update={"inputs": more.manifest.inputs[:1]})
    several = flow_of(Run(more.path, again), survey_screening(more))
    assert several.unknown.startswith("its inputs were read at several times")


def test_failures_stand_in_the_flow() -> None:
    """A document without a record can be screened all the same, and the drawing tells of it."""
    survey = survey_of({ScreeningState.INCLUDE: 4, ScreeningState.EXCLUDE: 3}, lost=2)
    survey.unread = 1
    flow = Flow("run", (("a.ris", 7),), dict.fromkeys(SkipKind, 0), "", survey)
    shown = " ".join(boxes(flow))
    assert "Extraction failed (n = 2)" in shown
    assert "1 by title and abstract alone, without extracted values" in " ".join(shown.split())


def test_a_drawing_is_text_that_can_be_read_and_found() -> None:
    """It has a title and a description; its texts are texts; it asks for nothing from elsewhere."""
    states = {one: n for n, one in enumerate(ScreeningState, 1)}
    flow = Flow("run", None, None, "why", survey_of(states))
    text = "\n".join(drawn(flow))
    root = ET.fromstring(text.encode())
    by = root.attrib["aria-labelledby"].split()
    found = {one.attrib["id"]: one.text or "" for one in root.iter() if "id" in one.attrib}
    assert [name in found for name in by] == [True, True]
    assert "Records screened: 10" in found["flow-text"]
    assert "not known" in found["flow-text"]
    assert "10.1136/bmj.n71" in text
    assert "Records excluded (n = 2)" in boxes(flow)
    assert not {"href", "style", "class"} & {name for one in root.iter() for name in one.attrib}
    tags = {"svg", "title", "desc", "rect", "text", "path"}
    assert {one.tag.removeprefix(_SVG) for one in root.iter()} == tags


@given(st.lists(st.text(min_size=1, max_size=300), max_size=20, unique=True), st.text())
def test_nothing_in_a_reason_or_a_name_acts(reasons: list[str], name: str) -> None:
    """Whatever it holds, the drawing is well-formed and has the same elements, inside its edges."""
    survey = survey_of(
        {ScreeningState.EXCLUDE: len(reasons), ScreeningState.INCLUDE: 1},
        dict.fromkeys(reasons, 1),
    )
    flow = Flow(name, ((name, len(reasons) + 1),), dict.fromkeys(SkipKind, 0), "", survey)
    root = ET.fromstring("\n".join(drawn(flow)).encode())
    assert {one.tag.removeprefix(_SVG) for one in root.iter()} <= {
        *("svg", "title", "desc", "rect", "text", "path")
    }
    height = float(root.attrib["height"])
    assert all(0 < float(one.attrib["y"]) < height for one in root.iter(f"{_SVG}text"))
    told = json.loads(flow.to_json())
    assert told["reasons"] == dict.fromkeys(reasons, 1)


def test_a_flow_is_written_by_how_its_file_is_called(review: Run, tmp_path: Path) -> None:
    """And written anew; never over a file that is something else."""
    survey = survey_screening(review)
    targets = [tmp_path / "flow.svg", tmp_path / "flow.json"]
    for _ in range(2):
        write_flow(review, survey, targets)
    assert json.loads(targets[1].read_bytes())["format"] == "summarise flow 1"
    ET.parse(targets[0])
    with pytest.raises(SettingsError, match=r"no name for a flow\. Name a file that ends in \.svg"):
        write_flow(review, survey, [tmp_path / "flow.png"])
    own = tmp_path / "mine.svg"
    own.write_text("<svg/>", "utf-8")
    with pytest.raises(RunError, match="is another file"):
        write_flow(review, survey, [own])
    link = tmp_path / "input.json"
    link.symlink_to(tmp_path / "page.txt")
    with pytest.raises(RunError, match="is an input"):
        write_flow(review, survey, [link])


def test_status_and_methods_tell_of_screening(review: Run, tmp_path: Path) -> None:
    """How far it has come, and how far people agree."""
    documents = list(review.documents())
    file = tmp_path / "both.jsonl"
    said = [decided(one, "include") for one in documents[:4]]
    said += [decided(one, "exclude", by="Ben") for one in documents[:2]]
    said += [decided(one, by="Ben") for one in documents[2:4]]
    file.write_text("".join(f"{one.model_dump_json()}\n" for one in said), "utf-8")
    assert standing_of(review.path).screening is None
    assert "screened" not in methods_paragraph(review)
    merge_decisions(review, [file])
    run = Run(review.path)
    standing = standing_of(run.path)
    told = " ".join(" ".join(standing.lines()).split())
    assert "screening 4 of 16 documents screened: 4 by 2; 2 include, 2 conflicts" in told
    assert json.loads(standing.to_json())["screening"]["screened"] == 4
    paragraph = methods_paragraph(run)
    assert "4 of 16 documents were screened by title and abstract, by 2 people" in paragraph
    assert "They agreed on 2 of 4 (50%), Cohen's kappa 0.00 (unweighted; Cohen 1960" in paragraph
    assert "2 included, 0 excluded, 2 in conflict, 12 not screened." in paragraph


def test_the_command_writes_the_flow(review: Run, tmp_path: Path) -> None:
    """Of whatever has been decided so far, nothing included; the file's name is printed."""
    done = summarise("screen", review.path, "--flow", "flow.svg", cwd=tmp_path)
    assert done.returncode == 0
    told = done.stdout.decode().splitlines()
    assert told[0] == "0 of 16 documents screened"
    assert told[2:] == [f"summarise screen {review.path} screening.jsonl", "flow.svg"]
    assert b"not known" in (tmp_path / "flow.svg").read_bytes()


def test_what_the_docs_show_is_of_today() -> None:
    """People's files name documents as they are read now; ``python -m tests.golden`` makes them."""
    held = {path.name: path.read_text("utf-8") for path in people_files.FILES.iterdir()}
    assert held == people_files.files()
    assert people_files.FLOW.read_text("utf-8") == people_files.flow()
