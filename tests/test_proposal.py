"""The name of what a paper proposes, and what is none, in invented sentences of many fields."""

import pytest

from summarise.drafting import embedded_draft
from summarise.models import Document
from summarise.reading import Reading
from summarise.scan import title_name


def _name(abstract: str, title: str | None = None) -> str | None:
    reading = Reading(Document(doc_id="a", title=title, abstract=abstract))
    name: str | None = embedded_draft(reading)["method"]["name"]
    return name


@pytest.mark.parametrize(
    ("abstract", "name"),
    [
        ("Parsing is slow. We present OatParse, a parser that reads oats.", "OatParse"),
        ("We describe a newly developed method GRAIN3 that predicts yields.", "GRAIN3"),
        ("Our model is a lightly pruned radial oat network (LPRON), which joins both.", "LPRON"),
        ("We propose a Metric Toolkit for Reading Oats (METRO) framework to help.", "METRO"),
        ("This paper presents an automated tool called Furrow for ploughing.", "Furrow"),
        ("We build on older rules and propose a sampler, which we name SowZero.", "SowZero"),
        ("Reading is hard. Our approach, Thresher, generates short tests.", "Thresher"),
        ("Next, we introduce Slow Oat Reading (SOR), a cheap training scheme.", "SOR"),
        ("We train Barley-3, a language model with 7 billion parameters.", "Barley-3"),
        ("Our proposed method, Oat Tree Sampling (OTS), gives exact samples.", "OTS"),
        ("The team is proud to announce Oat Expanse, a family of models.", "Oat Expanse"),
        ("Oats are thin. We developed OatScale, a balance for single grains.", "OatScale"),
        ("We have built OatBook, a lexicon of 900 grains.", "OatBook"),
        ("We built a small tool, OatTrap, for counting grains at mills.", "OatTrap"),
        ("We propose a small, cheap oat reader for ink, OatPen, that works by hand.", "OatPen"),
    ],
)
def test_the_object_of_the_sentence_that_proposes(abstract: str, name: str) -> None:
    """The name is what the paper or its authors propose; an acronym goes for its long form."""
    assert _name(abstract) == name


@pytest.mark.parametrize(
    "abstract",
    [
        "We describe outcomes of patients with chronic oat allergy (COA) in two wards.",
        "We developed a nurse-led programme for adults with heart failure (HF) at home.",
        "Patients filled in the Oat Health Questionnaire (OHQ), introduced in 1998.",
        "The OATS1 gene, first described in barley, was sequenced in 40 families.",
        "We present a measurement of mixing angles, including the new result of OatLAND.",
        "We developed a build system to test snippets using fuzzers, OLEE and Valgrain.",
        "We designed modules to provide an abstraction of the OCOP and ASTROL databases.",
        "We propose several efficient rules - OATSO based and message passing based rules.",
        "We present an approach that employs Siamese oat networks (SONs) to infer models.",
        "Since OatGen is designed as a single-objective rule, we extend it by two algorithms.",
        "Fifteen operators have been designed for Oat Smart Contracts (OSC).",
        "We use the two established search algorithms, MOO and MOOSA.",
        "Sowdrug treatment gave a survival benefit; data were presented at the OATS Congress.",
        "We propose a dynamic CoT plan that reads oats.",
        "We assessed four farms at high risk of developing WIL: (1) dry, (2) wet.",
        "We propose a mill leveraging Multi-Stone Oat Grinders (MSOGs).",
        "We propose a hybrid Reinforcement Learning (RL) mill for oats.",
        "We propose joining slow mills with our previously-introduced grain sieve (GRASI) mill.",
        "We described all oat-related chores (OCs) of millers in one month.",
        "The campaign is over, and four Oat Sowing Periods (OSPs) are described.",
        "Building on the measure of Oatman (1994), we introduce the realised Oatman.",
        "The limit was proposed by Oatman and proven in this paper for all planar graphs.",
    ],
)
def test_what_others_made_or_what_is_studied_is_no_proposal(abstract: str) -> None:
    """Diseases, genes, questionnaires, meetings, tools and rules of others give no name."""
    assert _name(abstract) is None


@pytest.mark.parametrize(
    ("title", "abstract", "name"),
    [
        ("ChatGPT and Farming: Perils", "We ask how ChatGPT answers questions.", None),
        (
            "Fair Sowing: Testing Ploughs",
            "Our approach, Thresher, measures fair sowing.",
            "Thresher",
        ),
        ("Joining OAT and LLM: A Study", "We introduce OatLLM, an approach for tests.", "OatLLM"),
        ("Oat proteins: structure", "Oat proteins were crystallised at 4 K.", None),
        ("EXPRESS: Do Millers Save Oats?", "We ask whether millers save oats.", None),
        (
            "Oats at sea: the SET SAIL trial",
            "Oats rot. The SET SAIL trial is of wet oats.",
            "SET SAIL",
        ),
        ("Quick Oat Readers Work", "The resulting quick oat reader (QOR) is fast.", "QOR"),
    ],
)
def test_a_title_names_it_where_the_abstract_bears_it_out(
    title: str, abstract: str, name: str | None
) -> None:
    """A known model, a topic or a phrase before the colon is no name."""
    assert _name(abstract, title) == name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Kite Sailing: A Short Tutorial", None),
        ("Kite Sailing: a review of the evidence", None),
        ("Zephyr: A Survey Tool for Kites", "Zephyr"),
        ("KiteNet: A Survey", "KiteNet"),
    ],
)
def test_what_a_review_is_about_is_no_proposal(title: str, name: str | None) -> None:
    """Unless it looks like a name."""
    assert title_name(title) == name
