"""Which sentences state the problem, the method and the results, on invented abstracts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from summarise import drafting
from summarise.drafting import embedded_draft, name_of
from summarise.models import Document
from summarise.reading import PaperPart, PaperParts, Reading
from summarise.reading.sentence import Sentence
from summarise.reading.statements import parts_of


def parts(*sentences: str) -> dict[str, list[int]]:
    """Numbers of the sentences of each part of an abstract."""
    reading = Reading(Document(doc_id="d", title=None, abstract=" ".join(sentences)))
    found = parts_of(reading, name_of(reading))

    def numbers(part: Iterable[Sentence]) -> list[int]:
        return [sentence.number for sentence in part]

    told = {"problem": found.problem, "method": found.method, "results": found.results}
    return {name: numbers(part) for name, part in told.items()}


def test_sections_rule() -> None:
    """What stands before the methods says why; an aim there is the problem, not the method."""
    assert parts(
        "Background: Gulls live in towns.",
        "We aimed to describe what they eat in winter.",
        "Methods: All pellets found on ten roofs were opened.",
        "They were sorted by hand.",
        "Results: Bread was found in 61% of pellets (95% CI 55-67).",
        "Fish was rare.",
    ) == {"problem": [2], "method": [3, 4], "results": [5, 6]}


def test_an_aim_makes_weak_words_of_difficulty_background() -> None:
    """ "Risk" or "without" names no gap where the aim is stated; "however" does."""
    assert parts(
        "Background: Gulls are a vital part of towns without being a risk to them.",
        "However, their diet is unknown.",
        "Our study aimed to describe it.",
        "Methods: Pellets were opened.",
    )["problem"] == [2, 3]


def test_who_took_part_is_method() -> None:
    """Also where it stands under results."""
    for sample in (
        "Of 140 (62%) eligible nurses, 71 completed the survey.",
        "Participants included 38 walkers with a median of 13 stiff joints.",
        "Our study included 84 patients (40 women and 44 men).",
        "A total of 412 letters were screened.",
        "The mean age was 54 years and 60% were women.",
    ):
        found = parts(
            "METHODS: Nurses kept diaries.", f"RESULTS: {sample}", "Sleep rose by 12% (P = 0.01)."
        )
        assert found == {"problem": [], "method": [1, 2], "results": [3]}


def test_what_happened_to_those_who_took_part_is_a_result() -> None:
    """A count of participants in whom something came out isn't set-up."""
    found = parts("METHODS: We asked.", "RESULTS: Of 116 patients, 45 (39%) had a relapse.")
    assert found["results"] == [2]


def test_a_rate_is_a_result_though_a_follow_up_stands_before_it() -> None:
    """What came out in per cent of a metric isn't who took part."""
    told = "RESULTS: Over a follow-up of some 41 weeks, nest survival rates were 82% and 88%."
    assert parts("METHODS: Two ways to mend nests were compared.", told)["results"] == [2]


def test_a_conclusion_that_repeats_adds_nothing() -> None:
    """It counts where it says something new, and where no result was told before."""
    told = (
        "METHODS: Nurses wore tinted lenses.",
        "RESULTS: Tinted lenses shortened the time to sleep by 9 min (P = 0.01).",
    )
    again = "CONCLUSIONS: Tinted lenses shortened the time to sleep."
    assert parts(*told, again)["results"] == [2]
    assert parts(*told, again, "Clear glass did better than any earlier remedy.")["results"] == [
        2,
        4,
    ]
    assert parts(told[0], again)["results"] == [2]


def test_interpretations_after_estimates_add_nothing() -> None:
    """Without labels too: "Our findings highlight …" in words that stood there."""
    assert parts(
        "We measured sleep and frailty in 900 nurses.",
        "Frailty was associated with short sleep (OR 1.8, 95% CI 1.4-2.4).",
        "Our findings highlight the association of frailty with short sleep.",
    ) == {"problem": [], "method": [1], "results": [2]}


def test_outlooks_are_no_results() -> None:
    """What the work may lead to, what ought to be done, and what is discussed."""
    for outlook in (
        "These findings can serve as a guide for planners.",
        "Roofs should be cleaned in spring.",
        "Larger studies are needed.",
        "This opens new perspectives for gull research.",
        "Pellets may be useful for adjusting bins.",
        "We discuss the broader impacts of gulls.",
        "The approach is applicable to crows.",
    ):
        found = parts(
            "We opened 812 pellets.", "We found that bread was eaten by 61% of gulls.", outlook
        )
        assert found["results"] == [2], outlook


def test_a_result_may_be_hedged() -> None:
    """A number, or a section of results, says that it came out."""
    found = parts("METHODS: We looked.", "RESULTS: A wet roof may lead to softer pellets.")
    assert found["results"] == [2]


def test_the_last_words_of_the_background_are_no_problem() -> None:
    """Where nothing states a problem, none is made of what stands before the method."""
    found = parts("Ink is made of soot.", "Letters were collected from two towns and read.")
    assert found["problem"] == []


def test_what_stands_before_the_proposal_is_background() -> None:
    """Whatever is told there of others' methods; only a measurement is the paper's own."""
    assert parts(
        "Ink fades.",
        "Readers are trained on labelled letters with a network.",
        "Such networks lack labels for old hands.",
        "In this paper, we propose a reader that needs none.",
        "We train the reader on blots that were drawn by hand on the paper of old letters.",
    ) == {"problem": [3], "method": [4, 5], "results": []}


def test_earlier_work_is_background() -> None:
    """The authors' own as well as that of others."""
    found = parts(
        "Recent studies have measured ink with lamps.",
        "We and others have previously shown that ink fades in light.",
        "Here we describe a lamp that doesn't fade ink.",
    )
    assert found["method"] == [3]
    assert found["results"] == []


def test_questions_and_aims() -> None:
    """In all their forms, and in the first person or not."""
    for aim in (
        "The aim of this study was to weigh pellets.",
        "We sought to weigh pellets.",
        "Here we ask whether pellets weigh more in winter.",
        "The purpose of the present work is to weigh pellets.",
        "We hypothesized that pellets weigh more in winter.",
        "How much do pellets weigh?",
    ):
        found = parts("Gulls cast pellets.", aim, "We weighed 812 pellets on a scale.")
        assert found["problem"] == [2], aim
        assert found["method"] == [3], aim


def test_what_was_only_done_is_no_result() -> None:
    """ "We tested it" tells nothing that came out."""
    assert parts(
        "We propose a lamp for reading old ink.",
        "We tested it on letters of three archives.",
        "We estimate that 3% of letters fade.",
    ) == {"problem": [1], "method": [1, 2], "results": [3]}


def test_publishers_and_registries_say_nothing() -> None:
    """Copyright, registration, funding and addresses of code belong to no part."""
    found = parts(
        "METHODS: We opened 812 pellets.",
        "RESULTS: Bread was found in 61% of pellets.",
        "CONCLUSIONS: Gulls prefer bread to any other food in towns.",
        "TRIAL REGISTRATION: GULL-12.",
        "© The Authors 2018.",
        "All rights reserved.",
    )
    assert found["results"] == [2, 3]


@pytest.mark.parametrize(
    "sentence",
    [
        "Longer tuning, which may yield better results, is reserved for future study.",
        "This version of Gullnet was trained on 5M calls of gulls.",
        "Our preliminary work emphasizes the great potential of bread in larger towns.",
        "Through thorough ablation studies, we provide insightful assessments of pellets.",
        "Results from two further towns are awaited in the near future.",
        "[on GullFinder (R)]",
        "We also include a preliminary experiment on pellets.",
        "This is achieved using a sieve to sort what they hold.",
        "We illustrate our approach on a roof in winter.",
    ],
)
def test_what_only_tells_of_trying_is_no_outcome(sentence: str) -> None:
    """Set-up, procedure, outlook, interpretation and a publisher's mark report nothing."""
    text = (
        "Gulls live in towns. We propose Gullnet, a model of their calls. "
        f"Experiments show that Gullnet outperforms listeners by 12%. {sentence}"
    )
    draft = embedded_draft(Reading(Document(doc_id="d", title=None, abstract=text)))
    assert sorted(row["sentences"] for row in draft["results"]) == [[3]]


@pytest.mark.parametrize(
    "sentence",
    [
        "High accuracy is achieved using a sieve.",
        "We illustrate our approach on a roof and find that it outperforms listeners.",
        "Gullnet, trained on 5M calls, outperforms listeners.",
    ],
)
def test_what_came_of_trying_is_an_outcome(sentence: str) -> None:
    """Also where the sentence tells how it was tried."""
    text = (
        "Gulls live in towns. We propose Gullnet, a model of their calls. "
        f"Experiments show that Gullnet outperforms listeners by 12%. {sentence}"
    )
    draft = embedded_draft(Reading(Document(doc_id="d", title=None, abstract=text)))
    assert sorted(row["sentences"] for row in draft["results"]) == [[3], [4]]


def test_what_a_part_is_good_for_is_no_outcome_before_the_evidence() -> None:
    """Where the paper proposes something and says later what experiments showed."""
    sentences = (
        "Gulls live in towns.",
        "We propose Gullnet, a model of their calls.",
        "Its memory provides strong hearing, which significantly enhances recall.",
    )
    shown = "Experiments show that Gullnet outperforms listeners by 12%."
    assert parts(*sentences, shown)["results"] == [4]


def test_an_aim_without_a_verb_is_the_problem_alone() -> None:
    """Whatever stands around it, and behind a number of a list."""
    assert parts(
        "Gulls are seen in towns all year.",
        "(i) To determine what gulls eat in winter.",
        "Pellets were collected on ten roofs and sorted by hand.",
        "Bread was more common than fish.",
    ) == {"problem": [2], "method": [3], "results": [4]}


def test_how_things_compare_is_a_result_without_a_number() -> None:
    """Of what was seen, not of what was done."""
    found = parts(
        "We studied the diet of gulls in twelve towns over two winters.",
        "Pellets were collected on roofs and dried.",
        "Bread was positively related to the density of bakeries.",
        "The share of fish did not vary among towns.",
    )
    assert found["method"] == [1, 2]
    assert found["results"] == [3, 4]


def test_how_a_study_was_set_up_is_method_whatever_its_numbers() -> None:
    """Who was included, of what age, what was defined as what."""
    found = parts(
        "We aimed to compare two diets of gulls.",
        "Thirty gulls (mean weight 820+/-45 g) were randomly assigned to bread or fish.",
        "Loss of weight was defined as a fall below 90% of that at the start.",
        "Gulls on bread lost 12% of their weight (P = 0.02).",
    )
    assert found == {"problem": [1], "method": [2, 3], "results": [4]}


def test_what_a_publisher_puts_behind_the_abstract_is_no_part() -> None:
    """From the sign of copyright on."""
    found = parts(
        "We studied gulls in twelve towns.",
        "The results show that they ate more bread than fish.",
        "© 2031 The Authors.",
        "Journal of Gulls published by Harbour & Sons on behalf of the Gull Society.",
    )
    assert found["results"] == [2]


def test_without_a_gap_the_aim_of_the_method_is_the_problem() -> None:
    """Its sentence is cited for both; one that tells no purpose isn't."""
    assert parts(
        "We present a rule to estimate the age of ink from few letters.",
        "It uses the width of the strokes.",
        "The error is 4 years lower than before.",
    ) == {"problem": [1], "method": [1, 2], "results": [3]}
    assert parts("We sorted letters by hand.", "It took 4 days.")["problem"] == []


def test_a_lone_sentence_before_a_proposal_tells_its_problem() -> None:
    """Though no word of it says so; of a longer introduction none is taken."""
    told = "Reading a plan takes four models."
    assert parts(told, "We present Fenton, which is one model.")["problem"] == [1]
    before = ("Plans are old.", "Plans are drawn by hand.", told)
    assert parts(*before, "We present Fenton, which is one model.")["problem"] == []


def test_an_aim_inside_a_method_is_told_by_itself() -> None:
    """The problem's text is what the work is for, not the work."""
    draft = embedded_draft(
        Reading(
            Document(
                doc_id="d",
                title=None,
                abstract="We aged forty letters in ovens to estimate how old ink is. It was old.",
            )
        )
    )
    assert draft["problem"] == {"text": "To estimate how old ink is", "sentences": [1]}


def test_what_work_is_done_for_is_the_problem_where_no_gap_is_told() -> None:
    """Weak words in the background give way to it."""
    assert parts(
        "Gulls that eat bread have a high risk of losing weight.",
        "We conducted a survey to determine how often they do.",
        "Bread was found in 61% of pellets.",
    )["problem"] == [2]


def test_an_aim_alone_may_ask_whether_something_is_so() -> None:
    """It has a verb then, but none of its own."""
    assert parts(
        "To determine whether bread is bad for gulls.",
        "Gulls were randomly assigned to bread or fish.",
        "Gulls on bread lost 12% of their weight (P = 0.02).",
    ) == {"problem": [1], "method": [2], "results": [3]}


@pytest.mark.parametrize(
    "sentence",
    [
        "Thirteen focus groups were held with sailors of both coasts.",
        "Ropes should be considered for all crews.",
        "Harbours need to be lit to improve what crews see.",
        "There is an urgent need for dry ropes in harbours.",
        "It is vital to dry ropes to increase what they bear.",
        "Further drying of ropes is warranted.",
        "These results call for better lamps.",
        "Lamps will be crucial in reducing falls.",
        "Lighting harbours could reduce falls.",
        "This loss could be explained by the cold.",
        "Maps may be adopted by other crews.",
        "It is hoped that crews fall less.",
        "Maps have the potential to improve trade.",
        "A second winch is being developed.",
        "The overall goal is to learn how crews steer.",
        "The cause of the drift remains unknown.",
        "Study limitations include the few harbours.",
        "Advantages of the maps of both coasts are also discussed.",
        "Recommendations are made for other crews.",
        "In total, 14 ropes of hemp were tested for salt.",
        "There were 4 men and 5 women.",
        "To learn how crews steer, we investigated the state of ropes and of lamps.",
        "The article shows the procedure to tie a rope.",
        "Crews were classified by the lamps that they carry.",
        "The old map was subtracted from the new one to show changes.",
        "The maps allowed the evaluation of ropes.",
        "These findings lay the groundwork for better maps.",
        "It, thus, provides a valuable starting point for crews.",
        "Harbour authorities need to hang more lamps.",
        "In harbours where it is dark, crews should hang lamps.",
        "Such light is essential for a solution to a problem of all harbours.",
        "This requires an approach that joins crews and captains.",
        "Some crews may have to be paid for lamps.",
        "The use of lamps is needful in harbours.",
        "Such plans may include lamps and ropes.",
        "This bend is hypothesized to mirror the flow.",
        "Lamps open a bright path for crews.",
        "Planners could use these maps to hang lamps.",
        "Further tests are required to learn what ropes bear.",
        "There is, however, a pressing need for lamps.",
        "Brighter piers are expected to help crews.",
        "These findings will guide crews.",
        "Our findings reveal the pressing need for lamps.",
        "The storm provided an opportunity to compare lamps.",
        "This study has improved our understanding of ropes.",
        "Safe ropes are defined as those that hold for a year.",
        "The first results appear to be most promising.",
        "Ropes were used to hang lamps in both harbours.",
        "We recruited 90 sailors of both coasts.",
        "The rope database contained 51 ropes of hemp.",
        "An alternate explanation could be the cold.",
        "We also release these maps for other crews.",
        "We performed a systematic mapping of what crews use.",
        "The speed of Zeta is compared with that of older maps.",
        "The size of the test has been studied by simulations.",
    ],
)
def test_advice_deeds_and_what_was_held_are_no_outcomes(sentence: str) -> None:
    """What ought to be done, what was handed over, and who met is nothing that came out."""
    abstract = f"Maps are slow. We propose Zeta. Zeta raises the recall to 84%. {sentence}"
    draft = embedded_draft(Reading(Document(doc_id="d", title=None, abstract=abstract)))
    assert sorted(row["sentences"] for row in draft["results"]) == [[3]]


@pytest.mark.parametrize(
    "sentence",
    [
        "Crews agreed that harbours need to be lit.",
        "These results suggest that lamps may be adopted for their low cost.",
        "We found that drift could be explained by the cold.",
        "Lamps should glow for 40% longer.",
        "The evidence suggests that planners could use maps at lower costs.",
        "We recruited 90 sailors, of whom only 12 fell.",
        "We investigated ropes and found that salt rots them.",
        "Crews were classified by their lamps, and fewer fell with bright ones.",
    ],
)
def test_what_was_found_of_needs_and_chances_is_an_outcome(sentence: str) -> None:
    """What somebody asked says, and what evidence suggests, is found, whatever words tell it."""
    abstract = f"Maps are slow. We propose Zeta. Zeta raises the recall to 84%. {sentence}"
    draft = embedded_draft(Reading(Document(doc_id="d", title=None, abstract=abstract)))
    assert sorted(row["sentences"] for row in draft["results"]) == [[3], [4]]


def test_what_a_conclusion_calls_essential_is_urged() -> None:
    """Elsewhere it may be what was found: a protein can be essential for growth."""

    def told(label: str) -> list[list[int]]:
        abstract = (
            "METHODS: We counted falls in harbours. RESULTS: Falls rose by 12% in the dark. "
            f"{label}Bright lamps are essential for safe harbours."
        )
        draft = embedded_draft(Reading(Document(doc_id="d", title=None, abstract=abstract)))
        return sorted(row["sentences"] for row in draft["results"])

    assert told("") == [[2], [3]]
    assert told("CONCLUSION: ") == [[2]]


def test_what_opens_a_summary_for_lay_readers_is_no_outcome() -> None:
    """It begins anew with what is known, and comes to what was found with what the authors did."""
    abstract = (
        "Bread harms gulls. We counted gulls on both coasts. Gulls on bread lost 12% of their "
        "weight. Author summary Gulls live on all coasts, and 40 million eat bread each year. "
        "Bread reduces the strength of bones. We found that gulls on bread lost much of it."
    )
    draft = embedded_draft(Reading(Document(doc_id="d", title=None, abstract=abstract)))
    assert sorted(row["sentences"] for row in draft["results"]) == [[3], [6]]


@pytest.mark.parametrize("main", [2, 3, 4])
def test_the_main_result_goes_first(main: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Results begin with those of the sentence that tells them best; the rest keep their order."""

    def told(reading: Reading, name: str | None) -> PaperParts:
        shares = {one.number: float(one.number == main) for one in reading.sentences}
        found = parts_of(reading, name)
        return replace(found, shares={**found.shares, PaperPart.RESULTS: shares})

    monkeypatch.setattr(drafting, "parts_of", told)
    abstract = (
        "We counted falls in harbours. RESULTS: Falls rose by 12% in the dark. Lamps cut falls by "
        "9%. Crews slept 31 minutes longer."
    )
    draft = embedded_draft(Reading(Document(doc_id="d", title=None, abstract=abstract)))
    order = [row["sentences"] for row in draft["results"]]
    assert order == [[main], *([number] for number in (2, 3, 4) if number != main)]
