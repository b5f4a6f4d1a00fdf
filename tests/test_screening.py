"""Screening by several people: what is merged, how far they agree, what stands, what is left."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarise import summarise as make_run
from summarise.errors import SettingsError
from summarise.models import (
    Document,
    Inclusion,
    Opinion,
    Reference,
    ScreeningDecision,
    ScreeningState,
)
from summarise.people import (
    Agreement,
    merge_decisions,
    merging_faults,
    survey_json,
    survey_lines,
    survey_screening,
    take_back,
)
from summarise.store import SCREENING, Run, pack_run, unpack_run
from tests.processes import run as summarise

HOSTILE = '=cmd()|<b onload="x">&\x1b[2J\u202e\U000e0041"\nnot one line'
METALS = ("Copper", "Tin", "Zinc", "Iron", "Lead", "Gold")
DOCUMENTS = tuple(
    Document(doc_id=name.lower(), title=f"{name} nets", abstract=f"Nets of {name} held {n} fish.")
    for n, name in enumerate(METALS, 1)
)

MakeFile = Callable[..., Path]


def line(document: Document, by: str, decision: str, minute: int = 0, **told: Any) -> str:
    """A decision as a page exports it, made at noon and so many minutes."""
    usual = {"reason": "", "note": "", "at": f"2026-11-27T12:{minute:02}:00.250Z"}
    about = {"doc_id": document.doc_id, "content_hash": document.content_hash}
    return json.dumps({**about, "decision": decision, "by": by, **usual, **told})


def lines_of(by: str, decisions: str, minute: int = 0, reason: str = "") -> list[str]:
    """Decisions of a person on the first documents: i, e, m for each, - for none."""
    names = {"i": "include", "e": "exclude", "m": "maybe", "u": "undecided"}
    told = zip(DOCUMENTS, decisions, strict=False)
    return [
        line(one, by, names[c], minute, reason=reason if c == "e" else "")
        for one, c in told
        if c != "-"
    ]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A run of six documents."""
    return Run(make_run(list(DOCUMENTS), output=tmp_path / "run").path)


@pytest.fixture
def file(tmp_path: Path) -> MakeFile:
    """Writes a person's file."""

    def write(name: str, lines: Iterable[str]) -> Path:
        path = tmp_path / name
        path.write_text("".join(f"{one}\n" for one in lines), "utf-8")
        return path

    return write


def test_two_people_are_merged_and_compared(run: Run, file: MakeFile) -> None:
    """What both say alike stands; what they differ on is a conflict; who hasn't said is told."""
    ann = file("ann.jsonl", lines_of("Ann", "iieemi", reason="wrong metal"))
    ben = file("ben.jsonl", lines_of("Ben", "ieeem", reason="no fish"))
    merging = merge_decisions(run, [ann, ben])
    assert (merging.new, merging.known, merging.refused) == (11, 0, [])
    survey = survey_screening(Run(run.path))
    assert survey.states == {
        ScreeningState.INCLUDE: 2,
        ScreeningState.EXCLUDE: 2,
        ScreeningState.MAYBE: 1,
        ScreeningState.CONFLICT: 1,
    }
    (conflict,) = survey.conflicts
    assert (conflict.number, conflict.title) == (2, "Tin nets")
    (pair,) = survey.pairs
    assert (pair.documents, pair.agreed, pair.has_maybe) == (5, 4, True)
    assert (survey.left, survey.by_people) == ({"Ben": 1}, {2: 5, 1: 1})
    assert survey.reasons == {"different reasons given": 2}
    told = " ".join(" ".join(survey_lines(survey)).split())
    assert "6 of 6 documents screened: 5 by 2, 1 by 1" in told
    assert "agree on 4 of 5 documents (80%); Cohen's kappa 0.69, with maybe as a category" in told


def test_merging_again_changes_nothing(run: Run, file: MakeFile) -> None:
    """The same file, or one that holds the same and more, adds what is new alone."""
    first, more = lines_of("Ann", "iiee"), lines_of("Ann", "----mi", 1)
    merge_decisions(run, [file("a.jsonl", first)])
    held = (run.path / SCREENING).read_bytes()
    again = merge_decisions(run, [file("a.jsonl", first), file("b.jsonl", first)])
    assert (again.new, again.known) == (0, 8)
    assert (run.path / SCREENING).read_bytes() == held
    merge_decisions(run, [file("a.jsonl", [*first, *more])])
    assert (run.path / SCREENING).read_bytes().startswith(held)
    assert survey_screening(Run(run.path)).screened == 6


def test_an_older_export_does_not_win_over_a_newer_one(run: Run, file: MakeFile) -> None:
    """Files may be taken in in any order: the later decision of a person counts."""
    merge_decisions(run, [file("new.jsonl", lines_of("Ann", "e", 5))])
    merge_decisions(run, [file("old.jsonl", lines_of("Ann", "i", 1))])
    assert Run(run.path).screening.of(DOCUMENTS[0]).state is ScreeningState.EXCLUDE


def test_what_does_not_fit_the_run_is_named(run: Run, file: MakeFile) -> None:
    """By file and line: what can't be read, what is of no document, what has changed."""
    stranger = Document(doc_id="silver", title="Silver nets", abstract="Nets of silver.")
    old = DOCUMENTS[1].model_copy(update={"title": "Tin net"})
    old = Document.model_validate(old.model_dump())
    told = [
        line(DOCUMENTS[0], "Ann", "include"),
        line(stranger, "Ann", "include"),
        "{}",
        line(old, "Ann", "include"),
    ]
    path = file("ann.jsonl", told)
    merging = merge_decisions(run, [path])
    assert [one.where for one in merging.refused] == [f"{path}:3", f"{path}:2"]
    assert merging.changed == [f"{path}:4"]
    assert merging.new == 2
    faults = list(merging_faults(merging))
    assert f"{path}:2: {run.path} has no document 'silver'; left out" in faults
    assert f"{path}:4: the document has changed since it was read" in faults[-1]
    survey = survey_screening(Run(run.path))
    assert (survey.changed, survey.screened) == (1, 1)


def test_decisions_need_a_name(run: Run, file: MakeFile) -> None:
    """``--by`` gives it to those without one; names are compared as they are seen."""
    lines = [line(DOCUMENTS[0], "", "include"), line(DOCUMENTS[1], " Ann\t", "maybe")]
    with pytest.raises(SettingsError, match=r"without a name\. --by NAME"):
        merge_decisions(run, [file("a.jsonl", lines)])
    merge_decisions(run, [file("a.jsonl", lines)], by="Ann")
    assert Run(run.path).screening.people == ("Ann",)


def test_a_name_in_other_letters_is_the_same_person(run: Run, file: MakeFile) -> None:
    """A phone writes “ann” with a capital: that is no third person, of whom kappas are made."""
    merge_decisions(
        run, [file("a.jsonl", lines_of("Ann", "ii")), file("b.jsonl", lines_of("b", "ie"))]
    )
    merging = merge_decisions(run, [file("c.jsonl", lines_of("ANN", "e", 1))])
    assert merging.read == {str(run.path.parent / "c.jsonl"): {"Ann": 1}}
    with (run.path / SCREENING).open("a") as held:  # as a version of before wrote it
        held.write(f"{line(DOCUMENTS[2], 'ann', 'include')}\n")
    survey = survey_screening(Run(run.path))
    assert (survey.people, survey.decided["Ann"].total()) == (("Ann", "b"), 3)
    merge_decisions(run, [file("d.jsonl", lines_of("Cleo", "-m"))], settling="cleo")
    assert survey_screening(Run(run.path)).settled == {"Cleo": 1}
    assert take_back(run, "aNN") == 3


def test_a_reason_in_other_letters_is_the_same_reason(run: Run, file: MakeFile) -> None:
    """Typed with a capital it is no other one, neither on a paper nor in the counts."""
    ann = file("a.jsonl", lines_of("Ann", "eee", reason="no fish"))
    merge_decisions(run, [ann, file("b.jsonl", lines_of("Ben", "e", reason="No fish"))])
    merge_decisions(run, [file("c.jsonl", lines_of("Cleo", "--e", reason="no nets"))])
    assert survey_screening(Run(run.path)).reasons == {"no fish": 2, "different reasons given": 1}


def test_two_files_of_one_name_are_told_of(run: Run, file: MakeFile) -> None:
    """Two people who both kept the name that a page proposes would be one."""
    paths = [file("a.jsonl", lines_of("Ann", "ii")), file("b.jsonl", lines_of("Ann", "ee", 1))]
    faults = list(merging_faults(merge_decisions(run, paths)))
    assert [one for one in faults if "are both by Ann" in one]


def test_a_third_person_settles_and_is_no_third_opinion(run: Run, file: MakeFile) -> None:
    """Kappa stays that of the two; what is settled stands above them, and is taken back by name."""
    people = [file("a.jsonl", lines_of("Ann", "iie")), file("b.jsonl", lines_of("Ben", "ieei"))]
    cleo = file("c.jsonl", lines_of("Cleo", "-e", 9, reason="wrong metal"))
    merge_decisions(run, people)
    before = survey_screening(Run(run.path))
    merge_decisions(run, [cleo], settling="Cleo")
    after = survey_screening(Run(run.path))
    assert (after.people, after.settled) == (("Ann", "Ben"), {"Cleo": 1})
    assert [pair.said for pair in after.pairs] == [pair.said for pair in before.pairs]
    assert (len(before.conflicts), after.conflicts) == (1, [])
    assert after.reasons == {"no reason given": 1, "wrong metal": 1}
    assert merge_decisions(run, [cleo], settling="Cleo").new == 0
    assert take_back(Run(run.path), "Cleo") == 1
    assert len(survey_screening(Run(run.path)).conflicts) == 1


def test_two_people_settle_by_talking(run: Run, file: MakeFile) -> None:
    """One of them exports again: only what is new of that settles; what was before stays theirs."""
    ann, ben = lines_of("Ann", "ie"), lines_of("Ben", "ii")
    merge_decisions(run, [file("a.jsonl", ann), file("b.jsonl", ben)])
    merge_decisions(run, [file("c.jsonl", [*ann, *lines_of("Ann", "-i", 30)])], settling="Ann")
    survey = survey_screening(Run(run.path))
    assert survey.states[ScreeningState.INCLUDE] == 2
    (pair,) = survey.pairs
    assert (pair.documents, pair.agreed) == (2, 1)


@pytest.mark.parametrize("key", [True, "yes", 1])
def test_a_line_does_not_settle_by_itself(run: Run, file: MakeFile, key: object) -> None:
    """Only ``--settle`` says whose decisions settle; what does is known when it comes again."""
    others = file("ab.jsonl", [*lines_of("Ann", "i"), *lines_of("Ben", "e")])
    cleo = file("cleo.jsonl", [line(DOCUMENTS[0], "Cleo", "include", 5, settles=key)])
    merging = merge_decisions(run, [others, cleo])
    told = "settles, which only --settle NAME allows"
    assert [(one.where, one.why) for one in merging.refused] == [(f"{cleo}:1", told)]
    merge_decisions(run, [cleo], settling="Cleo")
    assert Run(run.path).screening.of(DOCUMENTS[0]).state is ScreeningState.INCLUDE
    again = merge_decisions(run, [run.path / SCREENING])
    assert (again.new, again.known, again.refused) == (0, 3, [])


def test_a_decision_behind_a_later_one_is_told(run: Run, file: MakeFile) -> None:
    """It doesn't count, in whichever file the later one is; a time in the future is told, too."""
    last = "9999-12-31T00:00:00Z"
    lines = [line(DOCUMENTS[0], "Ann", "include", at=last), *lines_of("Ann", "em", 5)]
    ahead = file("ahead.jsonl", lines)
    merging = merge_decisions(run, [ahead])
    future, behind = merging_faults(merging)
    assert future.startswith(f"{ahead}:1: the time is in the future.")
    told = "exclude for copper of 2026-11-27T12:05:00.250Z doesn't count: Ann has decided later"
    assert behind == f"{told}, at {last}"
    assert json.loads(survey_json(survey_screening(run), merging))["merged"]["behind"]
    assert not merge_decisions(run, [ahead]).behind
    assert not merge_decisions(run, [file("more.jsonl", lines_of("Ann", "-ii", 6))]).behind


def test_settling_names_somebody_who_is_there(run: Run, file: MakeFile) -> None:
    """A name that is in no file settles nothing, silently or else."""
    with pytest.raises(SettingsError, match="no decision in the files is by 'Cleo', but by Ann"):
        merge_decisions(run, [file("a.jsonl", lines_of("Ann", "i"))], settling="Cleo")


def test_what_settles_is_no_opinion_when_it_is_taken_in_again(run: Run, file: MakeFile) -> None:
    """All files of a review may be named once more; an opinion settles when it was taken back."""
    paths = [file(f"{n}.jsonl", lines_of(n, t)) for n, t in (("Ann", "ie"), ("Ben", "ee"))]
    cleo = file("c.jsonl", lines_of("Cleo", "i", 9))
    merge_decisions(run, paths)
    merge_decisions(run, [cleo], settling="Cleo")
    merging = merge_decisions(run, [*paths, cleo])
    assert (merging.new, merging.known) == (0, 5)
    assert survey_screening(Run(run.path)).people == ("Ann", "Ben")
    with pytest.raises(
        SettingsError, match=r"as an opinion beside the others'\. Take it back with"
    ):
        merge_decisions(run, paths[:1], settling="Ann")
    take_back(run, "Ann")
    merge_decisions(run, paths[:1], settling="Ann")
    survey = survey_screening(Run(run.path))
    assert (survey.people, survey.settled.total()) == (("Ben",), 2)


def test_what_was_taken_back_stays_so_unless_it_is_asked_for(run: Run, file: MakeFile) -> None:
    """A file that is taken in again says how much of it that is; ``again`` makes it count."""
    path = file("a.jsonl", [*lines_of("Ann", "iem"), *lines_of("Ann", "u", 5)])
    merge_decisions(run, [path])
    take_back(run, "Ann")
    merging = merge_decisions(run, [path])
    assert (merging.new, merging.taken_back) == (0, 2)
    assert survey_screening(Run(run.path)).screened == 0
    assert merge_decisions(run, [path], again=True).new == 2
    assert survey_screening(Run(run.path)).screened == 2
    assert merge_decisions(run, [path], again=True).new == 0


def test_taking_back_is_heard_whatever_the_clocks_say(run: Run, file: MakeFile) -> None:
    """A decision that was made on a clock that is ahead is taken back as well; history is kept."""
    ahead = line(DOCUMENTS[0], "Ann", "include", at="2999-01-01T00:00:00Z")
    merge_decisions(run, [file("a.jsonl", [ahead, *lines_of("Ann", "-e")])])
    assert take_back(run, "Ann", [DOCUMENTS[0]]) == 1
    assert survey_screening(Run(run.path)).screened == 1
    assert take_back(run, "Ann") == 1
    assert len((run.path / SCREENING).read_bytes().splitlines()) == 4
    with pytest.raises(SettingsError, match="'Ann' has decided nothing"):
        take_back(run, "Ann")


def agreement(pairs: str) -> Agreement:
    """Of two letters for each document: ``ii ie mm``."""
    names = {one.value[0]: one for one in Inclusion}
    found = Agreement("Ann", "Ben")
    for pair in pairs.split():
        found.add(Opinion("Ann", names[pair[0]]), Opinion("Ben", names[pair[1]]))
    return found


def test_kappa_is_that_of_cohen() -> None:
    """Worked by hand: 20 both include, 15 both exclude, 5 and 10 apart; 0.7 by 0.5 of chance."""
    found = agreement(" ".join(20 * ["ii"] + 5 * ["ie"] + 10 * ["ei"] + 15 * ["ee"]))
    assert found.kappa == pytest.approx((0.7 - 0.5) / (1 - 0.5))
    assert agreement("ie ei").kappa == -1
    assert agreement("ii ee mm").kappa == 1
    # 3 of 6 alike; by chance (3·2 + 2·2 + 1·2) / 36 = 1/3.
    assert agreement("ii ii ie ee em mm").kappa == pytest.approx((4 / 6 - 12 / 36) / (1 - 12 / 36))


@pytest.mark.parametrize(
    ("pairs", "why"),
    [
        ("", "there is no document that both have decided on"),
        ("ee ee", "both say exclude of all, as they would by chance"),
    ],
)
def test_where_there_is_no_kappa_it_is_said_why(pairs: str, why: str) -> None:
    """It is undefined, which is neither 0 nor 1, and no number at all."""
    found = agreement(pairs)
    assert (found.kappa, found.undefined) == (None, why)


@given(st.lists(st.tuples(*2 * [st.sampled_from("iem")]).map("".join), max_size=40))
def test_kappa_is_a_number_between_bounds_or_undefined(pairs: list[str]) -> None:
    """Whoever is named first; and the share on which two agree is never less than it."""
    found = agreement(" ".join(pairs))
    assert (found.kappa is None) == (found.undefined is not None)
    if found.kappa is not None:
        assert -1 <= found.kappa <= 1
        assert found.kappa <= found.agreed / found.documents
        turned = agreement(" ".join(pair[::-1] for pair in pairs))
        assert turned.kappa == found.kappa


def test_of_many_people_those_who_decided_most_are_compared(run: Run, file: MakeFile) -> None:
    """3,000 names would be 4.5 million pairs; what is left out is told, and no list is endless."""
    many = [line(DOCUMENTS[0], f"P{n}", "include") for n in range(3_000)]
    merge_decisions(
        run, [file("many.jsonl", [*many, *lines_of("Ann", "ii"), *lines_of("Ben", "ie")])]
    )
    survey = survey_screening(Run(run.path))
    assert (len(survey.pairs), survey.uncompared) == (45, 3_002 * 3_001 // 2 - 45)
    assert any((pair.one, pair.other) == ("Ann", "Ben") for pair in survey.pairs)
    told = list(survey_lines(survey))
    assert "4,504,456 pairs of people are left out" in " ".join(" ".join(told).split())
    assert len(told) < 200


def test_three_people_are_compared_two_by_two(run: Run, file: MakeFile) -> None:
    """On the documents that both of them have decided on."""
    texts = {"Ann": "iiee", "Ben": "ieei", "Cleo": "--eeee"}
    merge_decisions(run, [file(f"{n}.jsonl", lines_of(n, t)) for n, t in texts.items()])
    survey = survey_screening(Run(run.path))
    found = {(one.one, one.other): (one.documents, one.agreed) for one in survey.pairs}
    assert found == {("Ann", "Ben"): (4, 2), ("Ann", "Cleo"): (2, 2), ("Ben", "Cleo"): (2, 1)}
    told = json.loads(survey_json(survey))
    assert [pair["kappa"] for pair in told["agreement"]] == [0, None, 0]


_SAID = st.text("iemu-", min_size=6, max_size=6)


@given(st.lists(_SAID, min_size=1, max_size=4), st.none() | _SAID)
def test_counts_add_up_whatever_people_say(said: list[str], settled: str | None) -> None:
    """Each document has one state; those excluded have one reason each."""
    from summarise.people import ScreeningSurvey
    from summarise.store import Screening

    texts = [(f"P{n}", text, False) for n, text in enumerate(said)]
    texts += [("Zoe", settled, True)] if settled else []
    decisions = [
        ScreeningDecision.model_validate_json(one).model_copy(update={"settles": settles})
        for by, text, settles in texts
        for one in lines_of(by, text, reason=by)
    ]
    screening = Screening(decisions)
    survey = ScreeningSurvey(Path("run"), screening.people)
    for document in DOCUMENTS:
        survey.add(document, screening.of(document))
    assert survey.states.total() == survey.documents == survey.by_people.total() == 6
    assert survey.reasons.total() == survey.states[ScreeningState.EXCLUDE]
    assert len(survey.conflicts) == survey.states[ScreeningState.CONFLICT]
    for pair in survey.pairs:
        assert pair.documents <= min(survey.decided[one].total() for one in (pair.one, pair.other))


def test_decisions_stay_whatever_becomes_of_the_run(
    run: Run, file: MakeFile, tmp_path: Path
) -> None:
    """Made again, made anew, grown, packed: they stay; a document that changed is open again."""
    path = run.path
    merge_decisions(run, [file("a.jsonl", lines_of("Ann", "iiiiii"))])
    held = (path / SCREENING).read_bytes()
    make_run(list(DOCUMENTS), output=path)
    make_run(list(DOCUMENTS), output=path, refresh=True)
    changed = DOCUMENTS[0].model_copy(update={"abstract": "Nets of copper held no fish."})
    new = Document(doc_id="silver", title="Silver nets", abstract="Nets of silver held 9 fish.")
    make_run([Document(**changed.model_dump()), *DOCUMENTS[2:], new], output=path)
    assert (path / SCREENING).read_bytes() == held
    survey = survey_screening(Run(path))
    assert (survey.documents, survey.screened, survey.changed) == (6, 4, 1)
    pack_run(path, tmp_path / "run.zip")
    unpack_run(tmp_path / "run.zip", tmp_path / "other", outputs=tmp_path)
    assert (tmp_path / "other" / SCREENING).read_bytes() == held
    make_run(list(DOCUMENTS), output=path)
    assert survey_screening(Run(path)).screened == 6


def test_decisions_stay_with_a_document_that_was_given_another_id(run: Run, file: MakeFile) -> None:
    """A DOI was added to an entry of the library; a file that was saved before counts as well."""
    path = run.path
    files = [file(f"{by}.jsonl", lines_of(by, "eiiiii", n)) for n, by in enumerate(("Ann", "Ben"))]
    merge_decisions(run, files[:1])
    named = DOCUMENTS[0].model_copy(update={"doc_id": "10.1000/copper"})
    make_run([Document(**named.model_dump()), *DOCUMENTS[1:]], output=path)
    assert survey_screening(Run(path)).screened == 6
    merging = merge_decisions(Run(path), files)
    assert (merging.new, merging.known, merging.refused) == (6, 6, [])
    assert survey_screening(Run(path)).by_people == {2: 6}
    merging = merge_decisions(Run(path), files)
    assert (merging.new, merging.known) == (0, 12)
    take_back(Run(path), "Ben")
    assert survey_screening(Run(path)).by_people == {1: 6}
    make_run(list(DOCUMENTS), output=path)
    assert survey_screening(Run(path)).by_people == {1: 6}


def test_decisions_stay_with_a_paper_that_is_read_from_another_input(
    tmp_path: Path, file: MakeFile
) -> None:
    """A second database that comes first has it in other words; who has read either has decided."""
    ours = [
        one.model_copy(update={"reference": Reference(pmid=str(n), doi=f"10.1000/{n}")})
        for n, one in enumerate(DOCUMENTS, 1)
    ]
    theirs = [
        Document(
            doc_id=one.doc_id if n < 4 else f"10.1000/{n}",
            title=f"{one.title}.",
            abstract=f"Aim: {one.abstract}",
            reference=Reference(doi=f"10.1000/{n}"),
        )
        for n, one in enumerate(DOCUMENTS, 1)
    ]
    path, ann = tmp_path / "run", file("a.jsonl", lines_of("Ann", "iemiie"))
    make_run(ours, output=path)
    merge_decisions(Run(path), [ann])
    before = survey_screening(Run(path))
    make_run([*theirs, *ours], output=path)
    after = survey_screening(Run(path))
    assert (after.states, after.changed, after.gone) == (before.states, 0, 0)
    again = merge_decisions(Run(path), [ann, file("b.jsonl", lines_of("Ben", "iiiiii", 1))])
    assert (again.new, again.known, again.refused, again.changed) == (6, 6, [], [])
    assert take_back(Run(path), "Ann", list(Run(path).documents())[:1]) == 1
    assert survey_screening(Run(path)).by_people == {1: 1, 2: 5}
    make_run(ours, output=path)
    assert survey_screening(Run(path)).decided["Ann"].total() == 5
    only = survey_screening(Run(make_run(theirs, output=path).path))
    assert (only.screened, only.changed, only.gone) == (0, 3, 3)


def test_what_was_decided_about_papers_that_left_is_told(run: Run, file: MakeFile) -> None:
    """A run of other papers doesn't take it away without a word; where they are back, it counts."""
    merge_decisions(run, [file("a.jsonl", lines_of("Ann", "iiiiii"))])
    papers = file("papers.jsonl", (one.model_dump_json() for one in DOCUMENTS[:2]))
    done = summarise("run", papers, "-o", run.path)
    told = "2 of 2 documents screened: 2 by 1; 2 include, 4 decided about that aren't there now"
    assert f"Kept of what people decided: {told}" in done.stderr.decode()
    survey = survey_screening(Run(run.path))
    assert (survey.gone, json.loads(survey_json(survey))["gone"]) == (4, 4)
    assert "4 documents that were decided about are not in this run now" in " ".join(
        survey_lines(survey)
    )
    make_run(list(DOCUMENTS), output=run.path)
    assert survey_screening(Run(run.path)).gone == 0


def test_a_table_holds_what_was_included(run: Run, file: MakeFile, tmp_path: Path) -> None:
    """As a condition, as a column, and in each format; nothing in a reason acts."""
    merge_decisions(run, [file("a.jsonl", lines_of("Ann", "ieemi", reason=HOSTILE))])
    api = make_run(list(DOCUMENTS), output=run.path)
    included = api.table(where="screening = include", columns="screening,screened_by")
    assert re.findall(r"^\| (\d) \|.*include \| Ann \|$", included, re.MULTILINE) == ["1", "5"]
    references = api.table(where="screening = include", format="bibtex")
    assert references.count("\n@") + references.startswith("@") == 2
    csv = api.table(where="screening = exclude", columns="screening_reason", format="csv")
    assert "\x1b" not in csv
    assert "\u202e" not in csv
    assert not re.search(r'(^|,)"?=cmd', csv, re.MULTILINE)
    said = api.table(where="screening = maybe", columns="screening_said")
    assert "| Ann: maybe |" in said
    left = api.table(where="not screening", columns="screening")
    assert "1 of 6 documents shown" in left


def test_the_command_merges_tells_and_takes_back(run: Run, file: MakeFile) -> None:
    """In lines of a screen's width, in which nothing acts; as JSON; with an exit code."""
    hostile = Document(doc_id="x", title=None, abstract="x")
    ann = file("ann.jsonl", lines_of("Ann", "iie", reason=HOSTILE))
    wrong = line(hostile, "Ben", "include").replace('"x"', json.dumps(HOSTILE))
    ben = file("ben.jsonl", [*lines_of("Ben \x1b[31m" + "B" * 60, "iei"), wrong])
    done = summarise("screen", run.path, ann, ben)
    told, errors = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == 1
    assert "ben.jsonl:4:" in errors
    assert all(one.isprintable() for one in (*told.splitlines(), *errors.splitlines()))
    assert all(len(one) <= 80 for one in told.splitlines() if "jsonl" not in one)
    assert "To decide: 2 conflicts" in told
    again = summarise("screen", run.path, "--json")
    found = json.loads(again.stdout)
    assert (again.returncode, found["conflict"], found["open"]) == (0, 2, 3)
    assert b"\x1b" not in again.stdout
    back = summarise("screen", run.path, "--undo", "Ann", "--only", "1", "--only", "Zinc")
    assert back.returncode == 0
    assert b"2 decisions of Ann taken back; Copper nets; Zinc nets" in back.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--settle", "Ann"),
        ("--by", "Ann"),
        ("--only", "1"),
        ("a.jsonl", "--undo", "Ann"),
        ("none.jsonl",),
    ],
)
def test_options_without_anything_to_work_on_are_refused(run: Run, arguments: Any) -> None:
    """In one line, and nothing is written."""
    done = summarise("screen", run.path, *arguments)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert not (run.path / SCREENING).exists()
