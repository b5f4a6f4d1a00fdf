"""The embedded extractor on clinical studies: ``--schema pico`` without a model."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from summarise.cli import main
from summarise.drafting import can_draft, confidence, embedded_draft, unsure_of
from summarise.drafting.pico.endpoint_names import names_measured
from summarise.drafting.pico.people import short_for_people
from summarise.drafting.pico.study import outcomes_of
from summarise.models import Document
from summarise.reading import Reading, is_clinical
from summarise.schema import Draft, Part, Pico
from tests.records import result_of

TRIAL = (
    "BACKGROUND: The efficacy of zelumab in gout is unknown. METHODS: In this double-blind trial, "
    "412 adults with recurrent gout were randomly assigned (1:1) to receive zelumab 40 mg once "
    "weekly for 12 weeks or matching placebo. The primary outcome was flares at 12 weeks; "
    "secondary outcomes were pain, urate level, and adverse events. RESULTS: Flares occurred in "
    "12% with zelumab versus 31% with placebo (P < .001). Adverse events were similar."
)
COHORT = (
    "OBJECTIVE: To examine the association between coffee intake and falls among older adults. "
    "METHODS: This cohort study included 8,214 adults aged 65 years or older from two registries, "
    "followed for 6 years. RESULTS: Fewer coffee drinkers fell (hazard ratio, 0.81; 95% CI, "
    "0.70-0.93)."
)
REVIEW = (
    "We searched three databases for randomised trials of statins versus placebo in adults over "
    "75 years. We included 14 trials with 20,118 participants. Mortality fell (RR 0.91)."
)
BATS = "We counted bats in 12 caves with a new lamp. Bats were rarer in lit caves (12 vs. 31)."


def _pico(abstract: str, title: str | None = None) -> dict[str, Any]:
    draft = embedded_draft(Reading(Document(doc_id="d", title=title, abstract=abstract)), Pico)
    Pico.model_validate(draft)
    return draft


def test_a_trial() -> None:
    """Arms, regimen, people and outcomes stand in the words of the abstract."""
    draft = _pico(TRIAL)
    assert draft["population"] == {
        "text": "412 adults with recurrent gout",
        "size": "412",
        "sentences": [2],
    }
    assert draft["intervention"] == {
        "name": "zelumab",
        "text": "zelumab 40 mg once weekly for 12 weeks",
        "sentences": [2],
    }
    assert draft["comparison"] == {"name": "matching placebo", "text": None, "sentences": [2]}
    assert [(one["name"], one["role"]) for one in draft["outcome"]] == [
        ("flares", "primary"),
        ("pain", "secondary"),
        ("urate level", "secondary"),
        ("adverse events", "harm"),
    ]
    assert draft["results"][0]["value"] == "12%"
    assert draft["results"][0]["claim"].startswith("Flares occurred in 12%")


def test_an_exposure() -> None:
    """A study without arms has its exposure, and no comparison is made up."""
    draft = _pico(COHORT)
    assert draft["intervention"]["name"] == "coffee intake"
    assert draft["comparison"] == {"name": None, "text": None, "sentences": []}
    assert draft["population"]["size"] == "8,214"
    assert "hazard ratio" not in [one["name"] for one in draft["outcome"]]


def test_a_review() -> None:
    """What a review pools is compared, not the trials; people come before studies."""
    draft = _pico(REVIEW)
    assert draft["intervention"]["name"] == "statins"
    assert draft["comparison"]["name"] == "placebo"
    assert draft["population"]["text"] == "adults over 75 years"
    assert draft["population"]["size"] == "20,118"


@pytest.mark.parametrize(
    ("sentence", "name", "rival"),
    [
        (
            "Patients were assigned (1:1) to rivanol 4.5 mg plus rest (n=30) or placebo plus rest.",
            "rivanol",
            "placebo",
        ),
        (
            "Each of 40 nurses received honey tablets (300 mg) and placebo.",
            "honey tablets",
            "placebo",
        ),
        (
            "We compared lavender oil with peppermint oil in 40 nurses.",
            "lavender oil",
            "peppermint oil",
        ),
        (
            "Twice-weekly swims versus daily walks were tried in 40 nurses.",
            "Twice-weekly swims",
            "walks",
        ),
    ],
)
def test_what_was_compared(sentence: str, name: str, rival: str) -> None:
    """Doses, counts in brackets and how often stand between the two."""
    draft = _pico(sentence)
    assert (draft["intervention"]["name"], draft["comparison"]["name"]) == (name, rival)
    told = draft["intervention"]["text"] or ""
    assert told.count("(") == told.count(")")


TRIED = "In this randomised trial, 60 nurses were followed for a year."


@pytest.mark.parametrize(
    ("title", "sentence", "name", "rival"),
    [
        # The title tells it, whole, and a sentence that has it is cited.
        ("Effect of lunchtime choir singing on sick leave: a trial", TRIED, "singing", None),
        ("Lunchtime choirs for tired nurses: a randomised trial", TRIED, "Lunchtime choirs", None),
        ("Can a singing course ease fatigue? A randomised trial", TRIED, "singing course", None),
        ("Reducing sick leave through desk lamps: a trial", TRIED, "desk lamps", None),
        ("A trial of choir singing to ease fatigue", TRIED, "choir singing", None),
        (
            "Costs of soft versus hard mats for nurses: a trial",
            TRIED,
            "soft versus hard mats",
            "hard",
        ),
        # What each arm got.
        (
            "",
            (
                "Nurses were randomised to an intervention group (choir singing, n = 30) or a "
                "control group (n = 30)."
            ),
            "choir singing",
            "control group",
        ),
        (
            "",
            (
                "Wards were randomised to: 1) a 6-week reading club or 2) a 6-week reading club "
                "plus choir singing."
            ),
            "6-week reading club plus choir singing",
            "6-week reading club",
        ),
        (
            "",
            "Nurses were randomised to a reading club (control), or to choir singing at noon.",
            "choir singing",
            "reading club",
        ),
        (
            "",
            (
                "Nurses in the intervention group (n = 30) received singing lessons from a tenor. "
                "The control wards (n = 4) followed their usual timetable."
            ),
            "singing lessons",
            "usual timetable",
        ),
        (
            "",
            (
                "We evaluated the effect of choir singing on sick leave among nurses as compared "
                "to usual care alone."
            ),
            "choir singing",
            "usual care",
        ),
        (
            "",
            "This trial compares the addition of choir singing to a reading club in 60 nurses.",
            "choir singing",
            "reading club",
        ),
        (
            "",
            "We tested the effect of care in night rooms on sleep of 60 nurses.",
            "night rooms",
            None,
        ),
        ("", "The trial tested a guided, web-based choir course in 60 nurses.", "course", None),
        # A bare word, people and what others should do name none.
        ("", "The trial tested the intervention in 60 nurses.", None, None),
        ("", "We assessed the effect of nurses on sick leave in 60 wards.", None, None),
        ("", "Future trials should evaluate the effect of choir singing on sleep.", None, None),
    ],
)
def test_what_a_trial_did(title: str, sentence: str, name: str | None, rival: str | None) -> None:
    """A name is a whole noun phrase of the title, of the aim or of what each group got."""
    draft = _pico(sentence, title)
    for part, words in (("intervention", name), ("comparison", rival)):
        found = draft[part]["name"]
        assert (found is None) == (words is None), (part, found)
        assert (words or "") in (found or "")


@pytest.mark.parametrize(
    ("title", "sentence", "name", "rival"),
    [
        # Of a list, its first; an adjective, a number or a name goes on behind it.
        (
            "",
            "Wards will be randomised to one of two arms: (1) choir singing, or (2) reading clubs.",
            "choir singing",
            "reading clubs",
        ),
        (
            "",
            "We tested the effect of a ward-based, self-guided choir course on 60 nurses.",
            "ward-based, self-guided choir course",
            None,
        ),
        ("", "We assessed the feasibility of Sing 4 Sleep in 60 nurses.", "Sing 4 Sleep", None),
        ("Efficacy of 0.5% menthol cream: a trial", TRIED, "0.5% menthol cream", None),
        ("Choir Singing (CS) versus reading clubs: a trial", TRIED, "Choir Singing", "reading"),
        # Nobody is assigned by being picked, and a count in brackets names nothing.
        (
            "Effect of choir singing on sleep: a randomised trial",
            "One ward was randomly selected to receive 6 visits with the choir and the tenor.",
            "choir singing",
            None,
        ),
        ("", "Wards were randomised to intervention (n=5) or control (n=5).", None, None),
        # What has no noun, is measured, or is for people of whom nothing else is said.
        ("The challenges of asking nurses: lessons from a trial", TRIED, None, None),
        ("Changes in sleep of nurses: results of a trial", TRIED, None, None),
        ("", "The trial tested an intervention for nurses.", None, None),
        ("", "We assessed the negative effects of tea in 60 nurses.", None, None),
        # "visits to A versus B" is what an association is with.
        (
            "Association between choir singing and visits to clinics versus wards",
            "We asked 60 nurses.",
            "choir singing",
            None,
        ),
        (
            "Safety of a New Singing Device for nurses",
            "We asked 60 nurses.",
            "Singing Device",
            None,
        ),
        (
            "Effect of choir singing on sleep: a trial",
            "The trial compares choir singing (intervention) to usual practice (control).",
            "choir singing",
            "usual practice",
        ),
        ("", "We compared wards in order to promote sleep in 60 nurses.", None, None),
        ("", "We assessed the effect of risk factors for headache on 60 nurses.", None, None),
        # What is no comparison: other than, younger than, and a lack.
        (
            "Safety of menthol in nurses younger than sixty years: a trial",
            "We enrolled nurses with wounds other than non-healing burns. We had no control group.",
            "menthol",
            None,
        ),
    ],
)
def test_names_of_arms_are_whole_or_none(
    title: str, sentence: str, name: str | None, rival: str | None
) -> None:
    """Each stands in the text as it is told, and what names nothing is left out."""
    draft = _pico(sentence, title)
    for part, words in (("intervention", name), ("comparison", rival)):
        found = draft[part]["name"]
        assert (found is None) == (words is None), (part, found)
        assert (words or "").casefold() in (found or "").casefold()


def test_a_name_of_the_title_is_cited_where_a_sentence_has_it() -> None:
    """In the letters of the sentence."""
    title = "Effect of Choir Singing on sick leave: a randomised trial"
    found = _pico("Nurses are tired. At noon, choir singing was tried in 60 nurses.", title)
    assert found["intervention"] == {"name": "choir singing", "text": None, "sentences": [2]}


@pytest.mark.parametrize(
    ("title", "sentence", "name", "rival"),
    [
        (
            "Reading and writing at night and headache: a cohort study",
            (
                "We examined the association between reading and writing at night and headache in "
                "90 nurses. Headache was commoner than in those without (31% vs 12%)."
            ),
            "reading and writing at night",
            "those without",
        ),
        (
            "Headache and night work: a case-control study",
            (
                "We investigated an association between the risk for headache and night work. It "
                "was commoner in cases than in 90 controls."
            ),
            "night work",
            "90 controls",
        ),
        (
            "Prevalence and risk factors of headache in nurses",
            "We investigated associations between headache and bedroom lamps in 90 nurses.",
            "bedroom lamps",
            None,
        ),
        # Nothing was done, or it is not what the paper is about.
        ("Prevalence of headache in nurses", "We saw the effects of tea on 90 nurses.", None, None),
        (
            "Night work and headache: a cohort study",
            "We tested the effect of house prices on answers of 90 nurses.",
            None,
            None,
        ),
        ("", "We assessed associations between risk factors and headache.", None, None),
        ("", "We assessed associations between headache and various factors.", None, None),
        ("", "We tested the association between uptake of tea and choirs.", None, None),
        ("", "Of 40 nurses, those who received tea or advice slept more (p = 0.02).", None, None),
    ],
)
def test_an_exposure_is_told_where_it_is_plain(
    title: str, sentence: str, name: str | None, rival: str | None
) -> None:
    """The other side of the outcome, and never what was measured or merely mentioned."""
    draft = _pico(sentence, title)
    assert (draft["intervention"]["name"], draft["comparison"]["name"]) == (name, rival)


def test_a_statistic_is_no_outcome() -> None:
    """A difference, a ratio or heterogeneity is told of an outcome."""
    found = _pico(
        "We studied 640 children. Pain fell (standardised mean difference -0.4, 95% CI -0.6 to -0.2"
        "; absolute risk reduction 4.1%; number needed to treat 24). Median sleep was 7.2 hours."
    )
    names = [one["name"] for one in found["outcome"]]
    assert not {"standardised mean difference", "absolute risk reduction"} & set(names)
    assert not [name for name in names if "needed" in name]


def test_a_rate_counts_nobody() -> None:
    """Those in whom it was are told elsewhere."""
    sentences = "Visits rose by 0.4 per 100 000 children per month. We studied 640 children."
    assert _pico(sentences)["population"]["size"] == "640"


@pytest.mark.parametrize(
    ("abstract", "text", "size"),
    [
        # Whole, with what is said behind an aside, up to the verb.
        (
            "In it, 46 porters with early (2 to 6 weeks) lasting pain will be assigned to a sling.",
            "46 porters with early lasting pain",
            "46",
        ),
        (
            "We enrolled 90 adults living with gout in Delvia, northern Orland, from 2011 to 2014.",
            "90 adults living with gout in Delvia, northern Orland",
            "90",
        ),
        (
            "We surveyed 212 nurses who work at night and live near a mill using a diary.",
            "212 nurses who work at night and live near a mill",
            "212",
        ),
        (
            "We included 64 women aged 40 years or over registered with two clinics in Delvia.",
            "64 women aged 40 years or over registered with two clinics in Delvia",
            "64",
        ),
        (
            "A survey was done among rural, unmarried men in a small, windy town in Orland.",
            "rural, unmarried men in a small, windy town in Orland",
            None,
        ),
        (
            "We recruited pupils of the music, art and dance schools in Delvia.",
            "pupils of the music, art and dance schools in Delvia",
            None,
        ),
        (
            "We interviewed men whose sight was poor or unclear during one winter.",
            "men whose sight was poor or unclear",
            None,
        ),
        # Several groups, and their sum where it is told.
        (
            "The study comprised 90 people (40 porters with gout and 50 nurses) of one clinic.",
            "40 porters with gout and 50 nurses",
            "90",
        ),
        (
            "We enrolled 40 cases and 1,120 matched controls.",
            "40 cases and 1,120 matched controls",
            None,
        ),
        # A number in brackets, or of an answer; neither a share nor the other group.
        ("Active porters (n = 160) will be randomized to slings.", "Active porters", "160"),
        (
            "Of 504 miners at two pits, 391 miners in deep shafts at the first visit took part.",
            "391 miners in deep shafts",
            "391",
        ),
        (
            "A total of 90 nurses of two wards were studied; 30% of nurses (n = 27) slept.",
            "90 nurses of two wards",
            "90",
        ),
        # Those who only give or tell what is studied are none.
        (
            "Trained teachers delivered the songs. The study included shy pupils in Delvia.",
            "shy pupils in Delvia",
            None,
        ),
        ("We aimed to engage singers with asthma.", "singers with asthma", None),
        # A word for people in a name, or before another noun.
        (
            "The Old Sailors Study tested lamps. It enrolled 30 divers with gout.",
            "30 divers with gout",
            "30",
        ),
        (
            "Human subjects research is dear. We enrolled 30 divers with gout.",
            "30 divers with gout",
            "30",
        ),
        # What hangs is left out, as is a second subject.
        (
            "We recruited 209 nurses at four mills representing both towns.",
            "209 nurses at four mills",
            "209",
        ),
        (
            "Cases were men who had undergone surgery and controls were men at home.",
            "men who had undergone surgery",
            None,
        ),
        (
            "We enrolled 22,628 junior and late night nurses.",
            "22,628 junior and late night nurses",
            "22,628",
        ),
        ("In all, 208 nurses from two towns agreed to swim.", "208 nurses from two towns", "208"),
        ("We enrolled 64 nurses with fever, who drank more.", "64 nurses with fever", "64"),
        ("We interviewed deaf women resident in Delvia.", "deaf women resident in Delvia", None),
        # A label, and a part behind a comma.
        ("Population Women aged over 60 with gout.", "Women aged over 60 with gout", None),
        (
            "A survey was conducted including 310 adults aged 25 years or above, including 40 men.",
            "310 adults aged 25 years or above",
            "310",
        ),
        # Short forms that the abstract brings in.
        ("Night workers (NWs) tire. We surveyed 80 NWs at two mills.", "80 NWs at two mills", "80"),
    ],
)
def test_who_was_studied(abstract: str, text: str, size: str | None) -> None:
    """The phrase is whole, and ends before what people did or what was done with them."""
    population = _pico(abstract)["population"]
    assert (population["text"], population["size"]) == (text, size)


@pytest.mark.parametrize(
    ("title", "abstract", "text", "size", "sentences"),
    [
        (
            None,
            "We aimed to study sleep in deaf pupils in Delvia. In all, 153 participants answered.",
            "deaf pupils in Delvia",
            "153",
            [1, 2],
        ),
        (
            None,
            "A survey was done on women who were attending a choir. A total of 61 women took part.",
            "women who were attending a choir",
            "61",
            [1, 2],
        ),
        (
            None,
            "We aimed to test honey in adults with gout. We screened 148 adults and selected 32.",
            "adults with gout",
            "32",
            [1, 2],
        ),
        (
            "Sleep in parents of children admitted for gout",
            "A survey was done. We enrolled 340 participants from 11 clinics.",
            "parents of children admitted for gout",
            "340",
            [2],
        ),
        (
            "Singing in adults with gout",
            "METHODS: The sample size is 70 in total. RESULTS: Pain fell in porters with gout.",
            "adults with gout",
            "70",
            [1],
        ),
    ],
)
def test_who_they_are_and_how_many_may_stand_apart(
    title: str | None, abstract: str, text: str, size: str, sentences: list[int]
) -> None:
    """Where a count only says that people took part, aim, method or title tell who they were."""
    population = _pico(abstract, title)["population"]
    assert population == {"text": text, "size": size, "sentences": sentences}


def test_arms_in_the_title() -> None:
    """Where the title alone compares two arms, no sentence is cited for them."""
    draft = _pico("We studied 88 patients who had back pain.", "Swimming versus usual care")
    assert draft["intervention"] == {"name": "Swimming", "text": None, "sentences": []}
    assert draft["comparison"]["name"] == "usual care"


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("126 nurses wore tinted or clear lenses for 4 weeks.", "tinted or clear lenses"),
        ("We assessed the effects of night work on sleep in 40 nurses.", "night work"),
        ("Survival was 10.6 months versus 7.8 months in 40 patients.", None),
        ("They or it helped 40 patients.", None),
    ],
)
def test_what_was_done(sentence: str, name: str | None) -> None:
    """Two adjectives of one noun are one thing; numbers and pronouns are none."""
    assert _pico(sentence)["intervention"]["name"] == name


def test_other_papers_are_left_empty() -> None:
    """Where nobody was studied and nothing given, nothing is filled in."""
    draft = _pico(BATS)
    assert not draft["population"]["text"]
    assert not draft["intervention"]["name"]


def test_which_schemas_code_fills_in() -> None:
    """The two that are built in, as they are today."""

    class Mine(Part):
        """Somebody's own."""

    assert (can_draft(Draft), can_draft(Pico), can_draft(Mine)) == (True, True, False)


def test_clinical_abstracts() -> None:
    """People, and several words of the clinic; a network for images of the lung is none."""
    assert all(map(is_clinical, (TRIAL, COHORT, REVIEW)))
    network = "We propose a network for images of the lung. It beats the baseline on clinical data."
    assert not any(map(is_clinical, (BATS, network)))


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("One hundred and forty patients", "One hundred and forty"),
        ("Two hundred and twelve adults over 60 years", "Two hundred and twelve"),
        ("1.2 million children", "1.2 million"),
        ("2 400 women", "2 400"),
        ("Forty-two men", "Forty-two"),
    ],
)
def test_a_sample_is_never_cut(text: str, size: str) -> None:
    """The number of people is whole, in words or digits, and so is what it counts."""
    for start, end in (("", " were enrolled."), ("We enrolled ", " with gout in two trials.")):
        told = start + (text[0].lower() + text[1:] if start else text) + end
        population = _pico(f"{told} They took zelumab or placebo.")["population"]
        assert population["text"].casefold().startswith(text.casefold())
        assert population["size"].casefold() == size.casefold()


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ("Cures rose to 45.3% whereas patients with gout of grade 4 had none.", "population"),
        ("The groups of patients between treatment arms differed and may hold bias.", "population"),
        ("Lamps are of use to nurses and primary care physicians alike.", "population"),
        ("The effect of lesion counts on placebo was not seen.", "intervention"),
    ],
)
def test_what_names_no_people_and_no_treatment_is_left_out(told: str, field: str) -> None:
    """A share, arms, an aside or a measure fills no field of a study that it isn't of."""
    part = _pico(f"Gout hurts. {told}")[field]
    assert (part["text"], part.get("name")) == (None, None)


@pytest.mark.parametrize(
    "metric",
    [
        "showed to",
        "no difference",
        "baseline grade",
        "agreed the lamp was gentler",
        "Forty-one",
        "defined",
        "positive",
        "aOR",
        "adjusted odds ratio",
        "at higher risk of gout",
        "linked to gout care within a month",
        "took a lamp for their gout",
        "night nurses",
        "reduced rate",
        "number of participants",
        "general: falls",
        "associated factors",
    ],
)
def test_what_is_no_outcome_is_none(metric: str) -> None:
    """Verbs, numbers, statistics, people and a state before name nothing measured."""
    row = result_of(f"In all, {metric} (12%)", 1, metric=metric, value="12%")
    assert list(outcomes_of([], [row], ())) == []
    assert not names_measured(metric)


@pytest.mark.parametrize(
    ("claim", "metric", "outcome"),
    [
        ("Sleep loss at 6 weeks was 12%", "Sleep loss at 6 weeks", "Sleep loss"),
        ("12% reported a fear of falls", "reported a fear of falls", "fear of falls"),
        ("Most were given lamps (12%)", "given lamps", None),
    ],
)
def test_a_finding_is_of_what_a_noun_names(claim: str, metric: str, outcome: str | None) -> None:
    """When it was measured and who told it go; what was done to people is no outcome."""
    found = list(outcomes_of([], [result_of(claim, 1, metric=metric, value="12%")], ()))
    assert [one["name"] for one in found] == ([outcome] if outcome else [])


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        (
            "The main outcome was change from baseline in knee pain, defined as a grade.",
            ["change from baseline in knee pain"],
        ),
        (
            (
                "Secondary outcomes included (1) grip strength at 6 weeks, incidence and severity"
                " of falls (per year), and proportion of nurses with gout."
            ),
            ["grip strength", "incidence and severity of falls", "proportion of nurses with gout"],
        ),
        (
            (
                "As secondary outcomes; the lamp use at 3rd and 6th months, number of reported"
                " falls and time to sleep were recorded."
            ),
            ["lamp use", "number of reported falls", "time to sleep"],
        ),
        ("Falls within a year were the primary outcome.", ["Falls"]),
        (
            "Secondary outcomes were knee pain (KP) score (0 to 9), naps (NP) and wakes.",
            ["knee pain (KP) score", "naps", "wakes"],
        ),
        (
            "We aimed to assess the effect of lamps on sleep and pain in Delvia and Morland.",
            ["sleep", "pain"],
        ),
        (
            (
                "We aimed to assess the association between night work and weak grip and gout among"
                " nurses."
            ),
            ["gout"],
        ),
        (
            "The aim was to assess the yearly incidence of falls and to find their causes.",
            ["yearly incidence of falls"],
        ),
        (
            "This study aimed to assess the prevalence and factors associated with gout.",
            ["gout"],
        ),
        (
            "We aimed to find whether lamps reduce falls among nurses at high risk of gout.",
            ["falls"],
        ),
        ("Wakes and naps were measured with a clock in the randomised arms.", ["Wakes", "naps"]),
    ],
)
def test_what_is_measured(sentence: str, names: list[str]) -> None:
    """Outcomes are told as such, by an aim, or by how they were measured; each by its noun."""
    draft = _pico(f"We studied 88 nurses. {sentence}")
    assert [one["name"] for one in draft["outcome"]] == names


@pytest.mark.parametrize(
    ("claim", "metric"),
    [
        ("Income was associated with falls", "Income"),
        ("Night nurses were more likely to harbour gout", "harbour gout"),
    ],
)
def test_what_goes_with_an_outcome_is_none(claim: str, metric: str) -> None:
    """What a p-value ties to an outcome, and what people are likely to do, was not measured."""
    row = result_of(claim, 1, metric=metric, value=None)
    assert list(outcomes_of([], [row], ())) == []


def test_outcomes_in_the_title() -> None:
    """A title names them, too; the sentence that has them as well is cited."""
    told = _pico("We studied 88 nurses. Sleep loss was noted.", "Effect of lamps on sleep loss")
    assert told["outcome"] == [{"name": "Sleep loss", "role": "unspecified", "sentences": [2]}]
    told = _pico("We studied 88 nurses.", "A lamp to reduce falls: a trial")
    assert told["outcome"] == [{"name": "falls", "role": "unspecified", "sentences": []}]


def test_findings_are_doubted_as_results_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the extractor isn't sure of, it says of a clinical study, too, by the field's name."""
    reading = Reading(Document(doc_id="d", title=None, abstract=TRIAL))
    draft = embedded_draft(reading, Pico)
    monkeypatch.setattr(confidence, "MOST_RISK", dict.fromkeys(confidence.EntryPart, -99.0))
    doubts = unsure_of(reading, Pico, draft)
    parts = {"claim", "value", "outcome", "group", "comparator"}
    assert doubts
    assert all(one.path.startswith("results[") for one in doubts)
    assert {one.path.rpartition(".")[2] for one in doubts} <= parts


def test_a_clinical_page_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """After a run of mostly clinical studies one line names pico, which has a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def told(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["summarise", *arguments])
        with pytest.raises(SystemExit) as stop:
            main()
        assert not stop.value.code
        return capsys.readouterr().err

    lines = [json.dumps({"title": f"T{n}", "abstract": a}) for n, a in enumerate((TRIAL, COHORT))]
    Path("page.jsonl").write_text("\n".join([*lines, json.dumps({"abstract": BATS})]))
    hint = "2 of 3 records are of clinical studies; --schema pico tells"
    assert hint in told("run", "page.jsonl")
    assert hint in told("run", "page.jsonl")
    assert "--schema" not in told("run", "page.jsonl", "--schema", "pico")
    assert "zelumab" in Path("outputs/page.Pico/table.md").read_text()
    assert "Method" in Path("outputs/page/table.md").read_text()
    told("verify", "outputs/page.Pico")
    Path("bats.jsonl").write_text(json.dumps({"abstract": BATS}))
    assert "pico" not in told("run", "bats.jsonl")


@pytest.mark.parametrize(
    ("title", "told", "name", "rival"),
    [
        ("Practical considerations in gout clinics: a randomized trial", "Of 40.", None, None),
        ("Current state of gout care: a randomized trial", "Gout hurts.", None, None),
        (
            "Salt baths for the easing of gout: study protocol of a multicentre, randomized trial",
            "Gout hurts.",
            "Salt baths",
            None,
        ),
        # An acronym in its words, which may pass over small ones.
        (
            "A randomized trial in nurses",
            "Hum and Rest at Night (HRN) is new. Nurses were randomized to HRN or no humming.",
            "Hum and Rest at Night",
            "no humming",
        ),
        # "compared with" what, where that is what was done; not by which test.
        (
            "Effect of salt baths on gout: a randomized trial",
            "Salt baths at work were compared with mud packs or home-based rest.",
            "Salt baths",
            "mud packs or home-based rest",
        ),
        (
            "Effect of salt baths on gout: a randomized trial",
            "Hours of salt baths were compared with rank tests.",
            "salt baths",
            None,
        ),
        (
            "Effect of salt baths on gout: a randomized trial",
            "Nurses came to baths or to a control group (usual care).",
            "salt baths",
            "usual care",
        ),
        # Who was counted beside cases, though no exposure is named.
        ("Who has gout?", "Cases (n = 30) and controls (n = 60) were asked.", None, "controls"),
    ],
)
def test_arms_in_full(title: str, told: str, name: str | None, rival: str | None) -> None:
    """No opening of a title or design is an arm; acronyms and brackets are told in words."""
    draft = _pico(told, title)
    assert (draft["intervention"]["name"], draft["comparison"]["name"]) == (name, rival)


@pytest.mark.parametrize(
    ("told", "names"),
    [
        ("time spent in salt baths and pain", ["time spent in salt baths", "pain"]),
        ("prior engagement in night work", ["prior engagement in night work"]),
        (
            "nurses' knowledge of and attitudes towards gout, and perceived pain",
            ["nurses' knowledge of and attitudes towards gout", "perceived pain"],
        ),
    ],
)
def test_an_outcome_has_the_word_that_gives_it_meaning(told: str, names: list[str]) -> None:
    """“Time spent” is told with on what."""
    draft = _pico(f"Adults took salt baths. The secondary outcomes were {told}.")
    assert [one["name"] for one in draft["outcome"]] == names


def test_a_mark_alone_before_a_short_form_is_no_people() -> None:
    """Nor does it end the reading of the abstract."""
    assert short_for_people("We saw nurses on nights ; (NN) and keepers (KK)") == {"NN", "KK"}
