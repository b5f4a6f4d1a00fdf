"""Section labels: what is one, what it announces, and how far it holds."""

from __future__ import annotations

import pytest

from summarise.scan import (
    Section,
    section_label,
    section_labels,
    sections_of,
    sentence_spans,
)

AIM, M, R, C = (
    Section.OBJECTIVE,
    Section.METHOD,
    Section.RESULT,
    Section.CONCLUSION,
)


@pytest.mark.parametrize(
    ("sentence", "section", "label"),
    [
        ("METHODS: We read.", M, "METHODS: "),
        ("Results—All was read.", R, "Results—"),
        ("Patients and methods - We read.", M, "Patients and methods - "),
        ("[Aim] To read.", AIM, "[Aim] "),
        ("(3) Findings: All was read.", R, "(3) Findings: "),
        ("**Results**: all was read.", R, "**Results**: "),
        ("objective: to read.", AIM, "objective: "),
        ("RESULTS 12 letters were read.", R, "RESULTS "),
        ("BACKGROUND AND AIMS To read is hard.", AIM, "BACKGROUND AND AIMS "),
        ("INTERPRETATION\nIt can be read.", C, "INTERPRETATION\n"),
        ("Conclusions.", C, "Conclusions."),
        ("SUMMARY: We read.", Section.WHOLE, "SUMMARY: "),
        ("Methods We read.", M, "Methods "),
        ("Study Design and Setting Two gulls read.", M, "Study Design and Setting "),
        ("Abstract Objectives The aim was to read.", AIM, "Abstract Objectives "),
        ("Results 12 letters were read.", R, "Results "),
        ("Results Median ink was 4 ml.", R, "Results "),
        ("Conclusions Gulls read.", C, "Conclusions "),
        ("Methods and results Data from 9 gulls were read.", Section.STUDY, "Methods and results "),
        ("Abstract Gulls read.", Section.WHOLE, "Abstract "),
        (
            "Abstract\n \n  Research Summary\n  We read gulls.",
            Section.WHOLE,
            "Abstract\n \n  Research Summary\n  ",
        ),
        ("Limitations: One gull.", Section.OTHER, "Limitations: "),
        ("Funding: The Ink Fund.", Section.OTHER, "Funding: "),
        ("Main results, Nine gulls read.", R, "Main results, "),
        ("Primary objective:, To read.", AIM, "Primary objective:, "),
        ("ResultsOver half (57%) of gulls read.", R, "Results"),
        ("Results61 of 90 gulls read.", R, "Results"),
        ("Methods/designWe read.", M, "Methods/design"),
        ("ConclusionGulls, too, read.", C, "Conclusion"),
        ("Trial registrationGULL77 on 3 May.", Section.OTHER, "Trial registration"),
    ],
)
def test_a_label_is_known_by_its_words_and_what_stands_around_them(
    sentence: str, section: Section, label: str
) -> None:
    """A colon, a dash, brackets, capitals or a line of its own; the space behind belongs to it."""
    assert section_label(sentence) == (section, len(label))


@pytest.mark.parametrize(
    ("label", "section"),
    [
        ("Background & Aims", AIM),
        ("Background/Objective", AIM),
        ("MATERIAL AND METHOD", M),
        ("Design, setting, and participants", M),
        ("Design/methodology/approach", M),
        ("Main Outcomes and Measures", M),
        ("Methods and Results", Section.STUDY),
        ("Results and discussion", R),
        ("Conclusions and Relevance", C),
        ("Authors’ conclusions", C),
        ("Availability and implementation", Section.OTHER),
    ],
)
def test_labels_may_name_several_things(label: str, section: Section) -> None:
    """Background with aims is about aims, methods with results about both."""
    found = section_label(f"{label}: Ink fades.")
    assert found is not None
    assert found.section is section


@pytest.mark.parametrize(
    "sentence",
    [
        "Our idea: read twice.",
        "Results were good.",
        "Results of the trial: all was read.",
        "Background noise is loud.",
        "Data Ink Ratios are high.",
        "Results Oriented gulls read.",
        "DATA ARE SCARCE We read.",
        "A: b",
        "BackgroundNet reads ink.",
        "ResultsDB holds letters.",
        "Methods and dreams: all was read.",
        "",
    ],
)
def test_other_words_are_no_label(sentence: str) -> None:
    """A sentence that begins with the same words goes on, or says more before its colon."""
    assert section_label(sentence) is None


def test_a_label_holds_up_to_the_next() -> None:
    """Sentences before the first label, and in a summary, stand in no section."""
    texts = ["Ink fades.", "METHODS: We read.", "It was old.", "Findings: Red.", "SUMMARY: Ink."]
    assert list(sections_of([section_label(text) for text in texts])) == [None, M, M, R, None]


def test_a_label_begins_a_sentence() -> None:
    """Also after what looks like an initial."""
    text = "We read ink in C. METHODS: Letters were old. RESULTS: All were read"
    assert [span.of(text) for span in sentence_spans(text)] == [
        "We read ink in C.",
        "METHODS: Letters were old.",
        "RESULTS: All were read",
    ]


def test_a_lone_label_of_the_aim_holds_for_its_sentence_alone() -> None:
    """Where nothing says that the methods begin, what follows is told by its words."""
    texts = ["Gulls read.", "AIM: To count them.", "We counted 12 gulls.", "They read well."]
    assert list(sections_of([section_label(text) for text in texts])) == [None, AIM, None, None]


def test_a_label_opens_a_sentence_behind_an_abbreviation() -> None:
    """ "of ARC.\nMethods: We" are two sentences."""
    text = "To read the ink of ARC.\nMethods: We read twice."
    assert [span.of(text) for span in sentence_spans(text)] == text.split("\n")


def test_labels_set_off_by_commas_or_by_nothing_open_sentences() -> None:
    """Old records of reviews have ".," before a label and a comma behind it; others no blank."""
    text = "Objectives, To read., Main results, Nine gulls read.METHODS: All flew."
    assert [span.of(text) for span in sentence_spans(text)] == [
        "Objectives, To read.,",
        "Main results, Nine gulls read.",
        "METHODS: All flew.",
    ]


@pytest.mark.parametrize(
    ("texts", "labels"),
    [
        (
            [
                "Background Gulls are loud.",
                "Methodology/Principal findings Nests were seen.",
                "Loud ones were few.",
                "Conclusions/ Significance Adapting nests is cheap.",
            ],
            ["Background ", "Methodology/Principal findings ", "", "Conclusions/ Significance "],
        ),
        (
            ["Aims: We hear gulls.", "Conclusion Adapting nests is cheap."],
            ["Aims: ", "Conclusion "],
        ),
        (["Background Gulls are loud.", "We heard them."], ["", ""]),
        (["Background Gulls are loud.", "Background Gulls are loud."], ["", ""]),
    ],
)
def test_labels_that_lost_their_signs_make_each_other_sure(
    texts: list[str], labels: list[str]
) -> None:
    """One alone before a word with a capital may be the first word of a sentence."""
    found = section_labels(texts)
    assert [text[: one.end if one else 0] for text, one in zip(texts, found, strict=True)] == labels
