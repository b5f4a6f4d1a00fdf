"""Phrases: what problem, method and claims say, cut from sentences."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest

from summarise.drafting import embedded_draft, name_of, unsure_of
from summarise.drafting.antecedents import points_back, resolved
from summarise.drafting.methods import method_of
from summarise.drafting.phrases import tells_deed
from summarise.drafting.problems import problem_of
from summarise.models import Document
from summarise.reading import PaperPart, PaperParts, Reading, parts_of
from summarise.schema import Draft

NIMBUS = (
    "However, current weather stations, which are costly to keep (e.g., in deserts), miss most "
    "storms. To address these challenges, we propose Nimbus, a novel balloon that measures storms "
    "from within. Extensive experiments on three coasts show that Nimbus raises the recall "
    "(of rare storms) to 84%, while the rate of false alarms falls by 12%. Experiments demonstrate "
    "the effectiveness of Nimbus."
)
LONG = "of the many storms that cross the wide and salty coast each year in the cold season"


def _reading(abstract: str) -> Reading:
    return Reading(Document(doc_id="d", title=None, abstract=abstract))


def _draft(abstract: str) -> dict[str, Any]:
    return embedded_draft(_reading(abstract))


def _as_if_told_by(
    numbers: tuple[int, ...], part: PaperPart, reading: Reading, name: str | None
) -> PaperParts:
    """The parts of a paper where the sentences of some numbers alone may tell one, likeliest first.

    So what is cut from a sentence is tested, and not the trained weights that choose it.
    """
    none = {one.number: 0.0 for one in reading.sentences}
    assert {*numbers} <= none.keys()
    shares = none | {number: 1 / (1 + turn) for turn, number in enumerate(numbers)}
    return replace(parts_of(reading, name), shares=dict.fromkeys(PaperPart, none) | {part: shares})


def _problem(abstract: str, *numbers: int) -> str | None:
    """What sentences of some numbers, the likeliest first, say of the problem; else the first."""
    reading = _reading(abstract)
    name = name_of(reading)
    parts = _as_if_told_by(numbers or (1,), PaperPart.PROBLEM, reading, name)
    return problem_of(parts, name, reading.sentences, None)[0]


def _method_told_by(abstract: str, *numbers: int) -> str | None:
    """What sentences of some numbers, the likeliest first, say of the method."""
    reading = _reading(abstract)
    name = name_of(reading)
    parts = _as_if_told_by(numbers, PaperPart.METHOD, reading, name)
    return method_of(parts, name, reading.title, reading.sentences)[0]


def _sure(part: str, abstract: str) -> str | None:
    """What a table shows of a problem or method without a warning, whichever sentence tells it."""
    reading = _reading(abstract)
    draft = embedded_draft(reading)
    doubted = {doubt.path for doubt in unsure_of(reading, Draft, draft)}
    told: str | None = draft[part]["text"]
    return None if f"{part}.text" in doubted else told


_PROPOSAL = "We propose Nimbus, a balloon that drifts."


def _method(sentence: str) -> str:
    return str(_method_told_by(f"Storms are hard to see. {sentence} It works well.", 2))


def _claims(sentence: str) -> list[str]:
    draft = _draft(f"Storms are hard to see. We propose Nimbus, a balloon that drifts. {sentence}")
    return [result["claim"] for result in draft["results"]]


def _shares(*amounts: float) -> dict[int, float]:
    return dict(enumerate(amounts, start=1))


def test_what_tells_the_result_rather_is_no_method() -> None:
    """Though no other sentence is likelier to be the method: it says what came out."""
    reading = _reading("We flew balloons over two hills. Balloons saw nine storms in ten.")
    parts = parts_of(reading, None)
    shares = dict(parts.shares) | {
        PaperPart.METHOD: _shares(0.1, 0.5),
        PaperPart.RESULTS: _shares(0.0, 0.6),
    }
    assert method_of(replace(parts, shares=shares), None, "", reading.sentences) == (None, None)
    shares |= {PaperPart.METHOD: _shares(0.3, 0.5)}
    told, of = method_of(replace(parts, shares=shares), None, "", reading.sentences)
    assert (told, of) == ("Flew balloons over two hills", reading.sentences[0])


def test_one_sentence_is_not_told_as_both_problem_and_method(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is hard is a problem, and not what was done."""
    hard = "Storms behind tall hills are hard to see with old radars."
    none = _shares(0.0, 0.0)
    told = {PaperPart.PROBLEM: _shares(0.9, 0.0), PaperPart.METHOD: _shares(0.9, 0.0)}

    def parts(reading: Reading, name: str | None) -> PaperParts:
        shares = dict.fromkeys(PaperPart, none) | told
        return replace(parts_of(reading, name), shares=shares)

    monkeypatch.setattr("summarise.drafting.parts_of", parts)
    draft = _draft(f"{hard} Hills are tall.")
    assert draft["problem"]["text"] == hard.removesuffix(".")
    assert draft["method"]["text"] is None


def test_a_page_in_phrases() -> None:
    """Connectives, frames, citations, articles and names go; what only announces is no result."""
    draft = _draft(NIMBUS)
    assert draft["problem"]["text"] == (
        "Current weather stations, which are costly to keep, miss most storms"
    )
    assert draft["method"]["text"] == "Balloon that measures storms from within"
    assert [(r["value"], r["claim"]) for r in draft["results"]] == [
        ("84%", "Nimbus raises the recall to 84%, while the rate of false alarms falls by 12%"),
        ("12%", "The rate of false alarms falls by 12%"),
    ]


@pytest.mark.parametrize(
    ("sentence", "phrase"),
    [
        (
            "In this open-label, controlled trial of kites, we assigned 40 towns to kites or none.",
            "Assigned 40 towns to kites or none",
        ),
        (
            "In this single-arm phase 2 study we flew kites over 40 towns with two cameras.",
            "Flew kites over 40 towns with two cameras",
        ),
        (
            "We build a set of 40 maps of storms and match it with the reports of pilots.",
            "Set of 40 maps of storms",
        ),
        (
            "We build a balloon that reads the winds and follows them to the coast.",
            "Balloon that reads the winds and follows them to the coast",
        ),
    ],
)
def test_a_method_begins_behind_its_design_and_ends_with_it(sentence: str, phrase: str) -> None:
    """The commas between the words of a design end no scene; what is done next is no part."""
    assert _method(sentence) == phrase


def test_no_phrase_ends_in_a_word_that_points_on() -> None:
    """Of "…, equivalent to a rise" nothing is left where that is cut."""
    long = "Balloons that compared the height of a storm with that of its neighbours reduced"
    long += " the losses of roofs by 4% in the first summer"
    assert _claims(f"{long}, equivalent to a rise of prices on all of the coasts.") == [long]


def test_a_formula_has_no_aside() -> None:
    """What stands between two minus signs is a term of it."""
    gap = "the gap is at least $d - 2c - o(1)$ on all coasts"
    assert _claims(f"We show that {gap} with high probability.") == [
        f"{gap[0].upper()}{gap[1:]} with high probability"
    ]


@pytest.mark.parametrize(
    ("sentence", "phrase"),
    [
        ("Yet, most stations miss storms at night.", "Most stations miss storms at night"),
        (
            "Although radars reach far, they struggle with low clouds.",
            "Radars struggle with low clouds",
        ),
        (
            "Radars have become common, yet they fail to see low clouds behind the first hill.",
            "Radars fail to see low clouds behind the first hill",
        ),
        ("While radars reach far, storms remain hard to see.", "Storms remain hard to see"),
        ("The aim of this study was to count storms.", "To count storms"),
        ("We ask whether storms can be counted.", "Whether storms can be counted"),
        ("We study the problem of counting hidden storms.", "Counting hidden storms"),
        (
            "However, this assumption can fail: the lamps of most ships are too dim for storms.",
            "The lamps of most ships are too dim for storms",
        ),
        (
            "Storms are common, but it is unclear whether lamps help.",
            "It is unclear whether lamps help",
        ),
        (
            "Most towns keep a radar on a hill, but few studies have asked what it misses.",
            "Few studies have asked what it misses",
        ),
        (
            "We examine the promise of kites, such as boxes or deltas, to measure storms.",
            "The promise of kites to measure storms",
        ),
        (
            "Radars face two limitations: (1) their beams miss low clouds; and (2) they are dear.",
            "Radars face two limitations: (1) their beams miss low clouds",
        ),
        (
            "Storms are lost in the gaps -- the valleys between two hills -- which is a challenge.",
            "Storms are lost in the gaps which is a challenge",
        ),
        (
            "Lamps were sold for years; nonetheless, they lack any shield from rain.",
            "Lamps lack any shield from rain",
        ),
        (
            "Sailing at night is vital for most towns, but it is hampered by the lack of lamps.",
            "Sailing at night is hampered by the lack of lamps",
        ),
        (
            "Lamps and sails are at the heart of ships, while current lamps are prone to fail.",
            "Current lamps are prone to fail",
        ),
        (
            "Lighting a ship remains a challenging task due to the swell and the scarcity of oil.",
            "Lighting a ship remains a challenging task due to the swell and the scarcity of oil",
        ),
        (
            "Since lamps fail in rain, we studied the link between oil and the length of a night.",
            "The link between oil and the length of a night",
        ),
        (
            "The lack of lamps has made it difficult to sail.",
            "The lack of lamps has made it difficult to sail",
        ),
        (
            "Yet, most lamps fail due to salt in the air of the coast.",
            "Most lamps fail due to salt in the air of the coast",
        ),
        (
            "Although oil is dear, our aim was to test whether lamps help at night.",
            "To test whether lamps help at night",
        ),
        (
            "The aim was to count the lamps of each ship.",
            "To count the lamps of each ship",
        ),
        (
            "We study how lamps fail in rain and find that the rate grows with the wind.",
            "How lamps fail in rain",
        ),
        ("We aimed to count lame keepers of lamps.", "To count lame keepers of lamps"),
        (
            "Unfortunately, these conventional tools may not be of use in gusts.",
            "Conventional tools may not be of use in gusts",
        ),
        (
            "Keeping kites aloft remains a major challenge, due to gusts.",
            "Keeping kites aloft remains a major challenge, due to gusts",
        ),
        (
            "Despite the signs that keepers hang on the quays, the habit persists.",
            "Despite the signs that keepers hang on the quays, the habit persists",
        ),
    ],
)
def test_problems(sentence: str, phrase: str) -> None:
    """A gap or an aim is told without what leads up to it, and with its subject."""
    assert _problem(f"{sentence} {_PROPOSAL}") == phrase


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            (
                "Keeping kites aloft remains a significant challenge. Traditional winches often "
                "struggle to hold kites in gusts."
            ),
            "Traditional winches often struggle to hold kites in gusts",
        ),
        (
            (
                "Calm days continue to be a challenge to keepers. Keepers use nets and ropes. "
                "Unfortunately, these conventional tools may not be of use in gusts."
            ),
            "Conventional tools may not be of use in gusts",
        ),
        (
            (
                "The coast has ever more storms that are a burden to keepers. Storms will be "
                "counted and kites will be followed for years."
            ),
            "The coast has ever more storms that are a burden to keepers",
        ),
    ],
)
def test_a_problem_says_what_is_wrong(text: str, problem: str) -> None:
    """Rather than that something is hard, what people may do, or what is planned."""
    assert _sure("problem", f"{text} {_PROPOSAL}") in (None, problem)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "This study examined what keepers of lamps do in fog and determined what helps them.",
            "What keepers of lamps do in fog",
        ),
        (
            "The objectives of our study were: (1) to describe what gulls fear; (2) to help them.",
            "To describe what gulls fear",
        ),
        (
            "No studies have asked what gulls fear in fog. This study attempts to fill that gap.",
            "No studies have asked what gulls fear in fog",
        ),
        (
            "The speed of gulls and the depth of fog are joined, yet poorly constrained.",
            "The speed of gulls and the depth of fog are joined, yet poorly constrained",
        ),
        (
            "While some lamps help gulls, they often suffer from issues such as smoke and rust.",
            "Some lamps often suffer from issues such as smoke and rust",
        ),
        (
            "Old lamps predominate because they have a bright flame but they suffer from soot.",
            "Old lamps predominate because they have a bright flame but they suffer from soot",
        ),
    ],
)
def test_a_problem_is_not_torn(text: str, problem: str | None) -> None:
    """A second deed lacks who did it, and what turns a clause round is told with it."""
    assert _problem(text) == problem


@pytest.mark.parametrize(
    "text",
    [
        "Counting lamps is crucial to understand the fears of gulls in bays.",
        "We report on keepers who hang up dry lamps to frighten gulls in bays.",
        "Some proposals to make the lamps dry are told.",
        # What a proposal is to do, or how it does it
        "We present Zeta, a kite. In step one, a winch lifts it; next it is let go.",
        "We present a kite. Rather than glue rods, our method ties them, hard as it is.",
        (
            "This paper describes a kite with lamps. The tool seeks to avoid failures in rain. "
            "It reaches a recall of 84%."
        ),
        (
            "In this paper, long storm lamps are proposed. These lamps suffer no losses on nights "
            "of rain. The recall was 84%."
        ),
        # What was known before, and what is fine
        "We have reported that old kites tear in rain. We present Zeta, a kite.",
        (
            "Balloons have achieved remarkable success in recent years. "
            "We propose Nimbus, a balloon that drifts. It finds 84% of storms."
        ),
        # Words such as "only" or "absence" name no gap.
        "The policy was to fly only on old kites. We counted 12 kites on two hills.",
        "In the absence of hail, ropes last long. Ropes were hung on two hills.",
        # What a survey finds, a rule decides, or a later step is for
        "By reading 259 logs, the survey identifies tools and challenges of balloons.",
        "We design a rule that determines whether a storm is near a given coast.",
        "We hung 12 ropes on hills. Ropes were weighed to see the wear of wet hemp.",
        # "If they fly" asks of something that another sentence names.
        "We surveyed twelve kites in May to determine if they fly. Ten did not fly.",
    ],
)
def test_what_only_seems_a_problem_is_not_told_for_sure(text: str) -> None:
    """Where nothing is said to be wrong, unknown or wanted, a table shows none, or doubts it."""
    assert _sure("problem", text) is None


@pytest.mark.parametrize(
    ("text", "method"),
    [
        (
            "In this paper, we present the iron frame of a small lamp and report primary results.",
            "Iron frame of a small lamp",
        ),
        ("In this study, we therefore count the gulls of two bays by lamps.", "Count the gulls"),
        ("[1] We use a tall mast and nine lamps to count gulls in fog.", "Use a tall mast"),
        ("METHODS: Letters were read with the help of 20 women living by the sea.", "Letters"),
    ],
)
def test_a_method_has_nothing_hanging_on_its_ends(text: str, method: str) -> None:
    """No second deed, no word that leads on, no number of a paragraph."""
    told = _draft(text)["method"]["text"]
    assert told.startswith(method)
    assert not told.endswith(("living", "results"))


def test_what_eased_a_gap_is_left_out() -> None:
    """What is wrong is told of the same subject."""
    assert (
        resolved("Recent winches have eased this gap but pull on one side of a kite", "Kites tear.")
        == "Recent winches pull on one side of a kite"
    )


def test_a_problem_names_what_it_speaks_of() -> None:
    """A sentence whose subject stands in another is left for that one."""
    first = "However, low clouds are hard to see for the old radars of most small towns."
    problem = _problem(f"{first} These challenges are worse at night. {_PROPOSAL}", 2, 1)
    assert problem == "Low clouds are hard to see for the old radars of most small towns"


@pytest.mark.parametrize(
    ("number", "abstract", "problem"),
    [
        # What one author calls "methods" and "approaches" is one thing, and has its name.
        (
            2,
            "Existing approaches use a spring. However, these methods lack a scale for kites.",
            "Existing approaches lack a scale for kites",
        ),
        # A name of the sentence before, or the words beside the pointer, are name enough.
        (
            2,
            "Many paper kites have been sold. The choice among these paper kites remains hard.",
            "The choice among paper kites remains hard",
        ),
        (
            2,
            "We study the task of flying a kite (FK) indoors. However, this task is challenging.",
            "Flying a kite indoors is challenging",
        ),
        # Of a list, the first part that names what it is about.
        (
            1,
            "Kites face two limitations: (1) their tails tear; and (2) winds lack a forecast.",
            "Winds lack a forecast",
        ),
        # Without a name, what is conceded says it.
        (
            1,
            "Despite the success of kites, how to fly them at night remains unclear.",
            "Despite the success of kites, how to fly them at night remains unclear",
        ),
        (
            1,
            "Ballast helps, but its cost grows with each task.",
            "Ballast helps, but its cost grows with each task",
        ),
        (
            2,
            "Flight of kites is an art. Yet, it remains hard due to gusts. We present Zeta.",
            "Flight of kites remains hard due to gusts",
        ),
        (
            1,
            "Developing light and long tails to reach their full height remains hard.",
            "Developing light and long tails remains hard",
        ),
        # Where the first clause points back, another one may name what is wrong.
        (
            2,
            "Radars exist. Their worth is unknown, as existing lists neglect the hail of towns.",
            "Existing lists neglect the hail of towns",
        ),
        # "It" is what the sentence before speaks of, unless it stands for nothing.
        (
            2,
            "A radar on a hill can reach far. However, it often requires a costly road to the top.",
            "A radar on a hill often requires a costly road to the top",
        ),
        (
            2,
            "A radar on a hill can reach far. However, it is unclear whether hills help.",
            "It is unclear whether hills help",
        ),
    ],
)
def test_what_a_problem_points_back_to_is_named_in_it(
    number: int, abstract: str, problem: str
) -> None:
    """In the words of the sentence before, or of a clause beside."""
    assert _problem(abstract, number) == problem


@pytest.mark.parametrize(
    ("number", "abstract", "problem"),
    [
        (
            2,
            "Kites lift lamps. Current tests lack any measure of this ability.",
            "Current tests lack any measure of this ability",
        ),
        (
            2,
            "Kites lift lamps. When wet, these kites struggle to fly. We present Zeta.",
            "When wet, these kites struggle to fly",
        ),
        (
            1,
            "The link is unclear, and few works have studied it. We present Zeta.",
            "The link is unclear, and few works have studied it",
        ),
        (1, "Their use remains hard. We present Zeta, a kite.", "Their use remains hard"),
        (
            2,
            f"Radars are old. Even when mended at great cost, they still lack reach. {_PROPOSAL}",
            "Even when mended at great cost, they still lack reach",
        ),
        (
            2,
            "Kites rise. Despite great care, their use is still limited. We present Nimbus.",
            "Despite great care, their use is still limited",
        ),
    ],
)
def test_a_problem_that_points_to_what_isnt_shown_is_unsure(
    number: int, abstract: str, problem: str
) -> None:
    """It gives way to any other, and is doubted where there is none."""
    assert _problem(abstract, number) == problem
    assert _sure("problem", abstract) is None
    named = "Old lamps fail in the salt air of most coasts."
    last = abstract.count(". ") + 2
    assert _problem(f"{abstract} {named}", number, last) == named.removesuffix(".")


@pytest.mark.parametrize(
    ("abstract", "problem"),
    [
        (
            "We ask whether the new lamp of the harbour, which has two wicks, helps its keepers.",
            "Whether the new lamp of the harbour helps its keepers",
        ),
        (
            "Harbours are well lit, yet further light still relies on oil -- a fuel that is dear.",
            "Further light still relies on oil -- a fuel that is dear",
        ),
    ],
)
def test_a_problem_is_told_whole(abstract: str, problem: str) -> None:
    """With the verb of a question, and a fault behind a dash."""
    assert _problem(abstract) == problem


def test_a_pair_is_named_by_both_its_words() -> None:
    """What "these methods" are isn't halved at "and"."""
    named = resolved(
        "When gusts come, these methods rely on tape",
        "Existing Dry and Wet Rope methods assume calm days",
    )
    assert named == "When gusts come, Dry and Wet Rope methods rely on tape"


def test_what_only_announces_is_passed_over() -> None:
    """A sentence that counts what follows is no problem while another says what is wrong."""
    abstract = (
        "However, there are two major limitations of existing radars. Current radars fail to see "
        f"low clouds behind most hills. {_PROPOSAL}"
    )
    assert _problem(abstract, 1, 2) == "Current radars fail to see low clouds behind most hills"
    assert _problem(abstract, 1) is None
    abstract = "We propose two innovations. Specifically, we design a kite that holds a lamp."
    assert _method_told_by(abstract, 1, 2) == "Kite that holds a lamp"


@pytest.mark.parametrize(
    "sentence",
    [
        "The mean period of follow-up was nine months.",
        "Trials of many lamps uncover severe shortcomings and show aspects needing work.",
        "Nimbus has very different features compared to kites.",
        "These lamps yield good results on calm days.",
        "These balloons were used in a station powered by 3 V cells.",
        "Simulation results of the balloon are discussed.",
        "A warning is issued whenever a lamp fails.",
        "Nimbus monitors two key signs of storms: (i) wind and (ii) rain.",
        "Here, we present a lamp with a thick wick.",
        "On the hill, we adopt a slack tether to keep lamps aloft, achieving a calm ride.",
        "The drag of wet balloons in salt air is examined.",
        "It comprises trials on three hills.",
        "Five small trials met the inclusion criteria.",
        "Nimbus offers a promising path towards safer sailing.",
        "The drag of wet lamps is studied in this paper.",
        "We aim to find small lamps that outperform large ones.",
        "This work aims to light the way.",
        "Our second module lifts lamps to the mast.",
        "Nimbus employs a winch to lift lamps, greatly reducing smoke.",
        "Experiments on two hills demonstrate the universality of the lamp.",
        "We demonstrate the usefulness of our lamp on two hills.",
    ],
)
def test_no_result_tells_nothing(sentence: str) -> None:
    """Set-up, follow-up, praise without a what, and what is brought are no results."""
    assert _claims(sentence) == []
    assert _claims(f"{sentence} The recall rose by 12%.") == ["The recall rose by 12%"]


@pytest.mark.parametrize(
    ("claim", "spared"),
    [
        ("Wet kites with tails fall more often than others, but only when they fly inland", ""),
        (
            "The share of wet kites fell by 4% in the first summer, whereas that of dry kites rose",
            ", and lamps were lit",
        ),
        (
            "Wet kites were lost more often in the first winters compared with the kites of crews",
            ", suggesting that tails hold salt for as long as they are wet",
        ),
        (
            "Wet kites are lost in every storm of the spring; but they are found later",
            "",
        ),
        ("Wet kites are lost in every storm of the spring", f"; dry kites {LONG} are kept"),
    ],
)
def test_a_claim_has_its_condition_and_its_other_side(claim: str, spared: str) -> None:
    """Without these it would be told of all; what is made of it goes, and what stands beside it."""
    (told, *_) = _claims(f"We find that {claim[0].lower()}{claim[1:]}{spared}.")
    assert told == claim


def test_a_claim_is_more_than_that_something_was_tried() -> None:
    """What was reached belongs to it."""
    tried = "Our lamp is evaluated on three coasts and on two hills at night"
    claim = f"{tried}, achieving the best recall of all lamps"
    assert _claims(f"{claim}.") == [claim]


def test_a_finding_is_told_without_its_announcement() -> None:
    """A claim begins behind the colon of what announces it, unless it points back there."""
    announced = "Tests of kites reveal a frequent flaw of rods"
    assert _claims(f"{announced}: wet rods bend in salt air.") == ["Wet rods bend in salt air"]
    assert _claims(f"{announced}: they bend in salt air.") == [announced]
    indicated = "This indicates that wet rods bend in salt air and break."
    assert _claims(indicated) == ["Wet rods bend in salt air and break"]


def test_a_question_is_told_whole() -> None:
    """However long it is before its verb."""
    assert _problem(
        "BACKGROUND: The aim was to examine whether the early loss of wicks and lamps in the many "
        "small harbours of the far north is caused by salt. METHODS: Logs were read. RESULTS: "
        "Recall was 84%."
    ) == (
        "To examine whether the early loss of wicks and lamps in the many small harbours of the "
        "far north is caused by salt"
    )


DARK = (
    "Randomised trial of lamps in two groups: those watched by guards and those locked in the dark"
)


@pytest.mark.parametrize(
    ("numbers", "abstract", "method"),
    [
        (
            (1,),
            f"DESIGN: {DARK}. SETTING: A harbour. RESULTS: Recall was 84%.",
            DARK,
        ),
        (
            (1,),
            (
                "This paper addresses the problem of calm days by proposing a kite that lifts "
                "lamps. It reaches a recall of 84%."
            ),
            "Kite that lifts lamps",
        ),
        (
            (2,),
            (
                "Storms are hard to see. We introduce a Kite With Lamps, termed KWL, which "
                "lifts lamps (of tin) into clouds. KWL reaches a recall of 84%."
            ),
            "Kite With Lamps which lifts lamps into clouds",
        ),
        (
            (2,),
            (
                "Storms are hard to see. We introduce an approach called Kite With Lamps "
                "(KWL), which lifts lamps into clouds to see storms early. KWL reaches a "
                "recall of 84%."
            ),
            "Lifts lamps into clouds to see storms early",
        ),
        # Who was looked at, in so few words that anything says more
        (
            (2, 3),
            (
                "Storms are hard to see. METHODS: We enrolled 40 sailors (9 old). Lamps were "
                "lit on each deck at dusk. RESULTS: Falls were fewer (P = 0.01)."
            ),
            "Lamps were lit on each deck at dusk",
        ),
        (
            (2, 3),
            (
                "Storms are hard to see. We propose Nimbus. Our new lamp, Nimbus, burns oil at "
                "night and gas by day."
            ),
            "Burns oil at night and gas by day",
        ),
    ],
)
def test_a_method_is_more_than_a_sample_or_a_name(
    numbers: tuple[int, ...], abstract: str, method: str
) -> None:
    """A count of who took part and a name spelled out give way to what was done."""
    assert _method_told_by(abstract, *numbers) == method


@pytest.mark.parametrize(
    ("abstract", "method"),
    [
        (
            (
                "SETTING: Teaching hospital, Level II centre. DESIGN: Randomised trial of "
                "lamps in 60 nurses. RESULTS: Recall was 84%."
            ),
            "Randomised trial of lamps in 60 nurses",
        ),
        (
            (
                "Storms are hard to see. METHODS: A randomised trial was conducted on 90 sailors. "
                "Sailors were divided into two groups. RESULTS: Falls were fewer (P = 0.01)."
            ),
            "A randomised trial was conducted on 90 sailors",
        ),
        (
            "Storms are hard to see. The second part looks at lamps. We lit lamps on each deck.",
            "Lit lamps on each deck",
        ),
        (
            (
                "Storms are hard to see. METHODS: The response rate was 77%. Lamps were lit on "
                "each deck. RESULTS: Falls were fewer (P = 0.01)."
            ),
            "Lamps were lit on each deck",
        ),
        (
            (
                "Moths harm young firs. Traps are usually hung from the lowest twigs. We compared "
                "traps with and without lamps in nine stands. Lamps doubled the catch."
            ),
            "Compared traps with and without lamps in nine stands",
        ),
        (
            (
                "Aims: We assessed the effects of lamps on gulls. Methods: We investigated the "
                "effects of lamps on gulls of the coast. In a controlled trial we hung lamps above "
                "eight nests in two towns."
            ),
            "In a controlled trial we hung lamps above eight nests in two towns",
        ),
        (
            (
                "Aims: To see gulls. Methods: A prospective study was performed among keepers of "
                "old lamps on the coast. Keepers of lamps were invited to participate by letter."
            ),
            "A prospective study was performed among keepers of old lamps on the coast",
        ),
        (
            (
                "Hail is hard to see. In this letter, we share what was learnt from ten years of "
                "ropes in the hail of the north. To test the ropes, we compared a short and a long "
                "one. We complement this with the logs of the crew."
            ),
            "Share what was learnt from ten years of ropes in the hail of the north",
        ),
        (
            "The study comprised 12 gulls of two coasts. Each gull was weighed at dawn.",
            "Each gull was weighed at dawn",
        ),
    ],
)
def test_no_place_topic_or_step_is_surely_the_method(abstract: str, method: str) -> None:
    """Where what was done isn't told instead, a table warns of it."""
    assert _sure("method", abstract) in (None, method)


@pytest.mark.parametrize(
    ("sentence", "phrase"),
    [
        (
            "In this paper, we present Nimbus, which measures storms from within.",
            "Measures storms from within",
        ),
        (
            "To see storms, we introduce a novel lamp, named Nimbus, that hangs low.",
            "Lamp that hangs low",
        ),
        (
            "We retrospectively analysed the logs of 40 ships.",
            "Retrospectively analysed the logs of 40 ships",
        ),
        (
            "This was a cross-sectional study of logs that 40 ships recorded.",
            "Cross-sectional study of logs that 40 ships recorded",
        ),
        (
            "We conducted a randomised trial of lamps on ships.",
            "Randomised trial of lamps on ships",
        ),
        ("We propose and test two kites that carry lamps.", "Two kites that carry lamps"),
        (
            "We formulate the task of hanging lamps on ships, and propose a winch that lifts them.",
            "Winch that lifts them",
        ),
        ("We describe the set of all lamps on ships.", "Describe the set of all lamps on ships"),
        ("We propose to tie lamps to the masts of ships.", "Tie lamps to the masts of ships"),
        ("In this work we build winches for ships.", "Winches for ships"),
        ("We design, build, and test a winch for ships.", "Winch for ships"),
        (
            "We present Liftwell, to the best of our knowledge, the first winch that lifts lamps.",
            "Winch that lifts lamps",
        ),
        (
            "We built 12 winches and tested them on ships.",
            "Built 12 winches and tested them on ships",
        ),
        (
            "This work introduces a winch that lifts lamps and then performs a slow turn.",
            "Winch that lifts lamps and then performs a slow turn",
        ),
        (
            "We present a light winch that uses Lum, a bright lamp for ships.",
            "Light winch that uses Lum, a bright lamp for ships",
        ),
        (
            "We propose a light winch, Liftwell, which lowers lamps onto ships.",
            "Light winch which lowers lamps onto ships",
        ),
        (
            "We present a light winch called Liftwell for lowering lamps onto ships.",
            "Light winch for lowering lamps onto ships",
        ),
    ],
)
def test_methods(sentence: str, phrase: str) -> None:
    """A method is what is proposed, or what was done, without "we" and without its name."""
    assert _method(sentence) == phrase


@pytest.mark.parametrize(
    ("abstract", "method"),
    [
        # A name spelled out says nothing: how it works stands in the clause or sentence behind it.
        (
            "We present a Rotary Wind Kite, termed Rowik, which lifts lamps over wide lakes.",
            "Rotary Wind Kite which lifts lamps over wide lakes",
        ),
        (
            "We present a Rotary Wind Kite (Rowik). Specifically, Rowik folds thin paper twice.",
            "Rowik folds thin paper twice",
        ),
        (
            "We present a Rotary Wind Kite, Rowik. First, unlike lamps, we cut old silk by hand.",
            "Cut old silk by hand",
        ),
        # What is for "these issues" is told without them, or by another sentence.
        (
            "We present Rowik, a kite of folded silk and paper seams to address these issues.",
            "Kite of folded silk and paper seams",
        ),
        # Two things that are brought share the verb.
        (
            "We introduce a folding plan, Rowik, and present Silka, a long list of silk seams.",
            "Folding plan, Rowik, and Silka, a long list of silk seams",
        ),
    ],
)
def test_a_method_says_how(abstract: str, method: str) -> None:
    """The text of the method adds to the name and the title."""
    assert _method_told_by(f"Storms are hard to see. {abstract}", 2) == method


@pytest.mark.parametrize(
    ("text", "method"),
    [
        (
            (
                "Gulls avoid lamps for reasons that are unknown. Using monthly data from nine "
                "harbours, we examine the effect of lamps on gulls."
            ),
            "Using monthly data from nine harbours, we examine the effect of lamps on gulls",
        ),
        (
            (
                "Lamps draw gulls, and why is unknown. The effects of lamps on the nests of gulls "
                "were investigated by coupling a model of light with a model of flight and rest."
            ),
            "By coupling a model of light with a model of flight and rest",
        ),
        (
            (
                "Lamps tear in storms. We address this limitation with $\\mathbf{Zeta}$, a net of "
                "ropes that uses a knot to hold the lamps of old harbours."
            ),
            "Net of ropes that uses a knot to hold the lamps of old harbours",
        ),
        (
            (
                "Lamps tear in storms. This paper introduces Zeta, i.e., the first net of ropes "
                "for lamps that hang in wet harbours."
            ),
            "First net of ropes for lamps that hang in wet harbours",
        ),
        (
            (
                "A storm hit the coast and took many lamps. This study presents the results of a "
                "numerical simulation of this storm using a model of waves and winds."
            ),
            "Numerical simulation using a model of waves and winds",
        ),
        (
            (
                "Lamps still go out in storms, and why isn't known. This paper draws on fieldwork "
                "carried out in the harbours of the coast to follow their keepers."
            ),
            (
                "This paper draws on fieldwork carried out in the harbours of the coast to follow "
                "their keepers"
            ),
        ),
        (
            (
                "Aims: To see gulls. Methods: Gulls were kept in dark rooms and divided into two "
                "groups (lamps and none), and were then shown blue lamps for a night."
            ),
            (
                "Gulls were kept in dark rooms and divided into two groups, and were then shown "
                "blue lamps for a night"
            ),
        ),
        (
            (
                "Studies of lamps and gulls are still scarce. The purpose of this study was to "
                "compare the nests of gulls in three bays over two years. Nests were larger in "
                "the bay with lamps."
            ),
            "To compare the nests of gulls in three bays over two years",
        ),
    ],
)
def test_what_a_method_is_cut_to(text: str, method: str) -> None:
    """Design, what was done to whom, and from what data, rather than what was asked or who did."""
    assert _method_told_by(text, 2) == method


@pytest.mark.parametrize(
    "text",
    [
        "We examine whether new lamps help keepers. We document significant changes in their work.",
        "Lamps draw gulls. Keepers have been invited to contribute an article on lamps of old.",
        "Lamps draw gulls. We demonstrate that wet lamps draw fewer gulls than dry ones do.",
        "Lamps draw gulls. This study investigates how sales of lamps by keepers move gulls.",
        "Lamps draw gulls. Trials on old gulls of five bays revealed various levels of fear.",
        "Lamps draw gulls. This paper deals with the harm of lamps to gulls in fog.",
        "Lamps draw gulls. Our work focuses on the fears, habits and nests of gulls at sea.",
        "Lamps draw gulls. This study highlights the need of dry lamps, models and methods.",
        "Lamps draw gulls. On wet rocks, our approach succeeds where ropes of old fail.",
        "Lamps draw gulls. Over the course of the night, fear genes were upregulated in gulls.",
        "Lamps draw gulls. We examine how gulls may differ in fear of lamps (red or model).",
        "Gulls of the coast are a new species. It shares some features with gulls of the lakes.",
        "Rust harms young firs. The suggested paths include wet bark and torn twigs.",
        "Kites drift in fog. This paper aims to establish what holds wet kites.",
    ],
)
def test_a_finding_an_aim_or_an_invitation_is_not_surely_the_method(text: str) -> None:
    """Nor is what others hold: a table shows none of it without a warning."""
    assert _sure("method", text) is None


def test_an_aim_that_tells_the_method_leaves_the_gap_to_be_the_problem() -> None:
    """One sentence doesn't stand for both, and the evidence of each is its own."""
    draft = _draft(
        "Studies of lamps and gulls are still scarce. The authors sought to retrospectively "
        "compare nests below red lamps with nests below blue lamps. Nests were larger below red "
        "lamps."
    )
    assert draft["problem"] == {
        "text": "Studies of lamps and gulls are still scarce",
        "sentences": [1],
    }
    assert draft["method"]["text"].startswith("To retrospectively compare nests below red lamps")
    assert draft["method"]["sentences"] == [2]


def test_a_side_product_is_not_the_method() -> None:
    """What comes "additionally" gives way to what the paper proposes first."""
    method = _method(
        "We propose a kite that holds a lamp. Moreover, we introduce a benchmark of storms."
    )
    assert method == "Kite that holds a lamp"


@pytest.mark.parametrize(
    ("sentence", "claims"),
    [
        ("We find that Nimbus outperforms radars.", ["Nimbus outperforms radars"]),
        (
            f"Built on a lamp and tuned {LONG}, Nimbus improves recall by 4% at sea.",
            ["Nimbus improves recall by 4% at sea"],
        ),
        (
            f"As a result, Nimbus outperforms radars, which were built {LONG}.",
            ["Nimbus outperforms radars"],
        ),
        (
            "Our results suggest that Nimbus outperforms radars.",
            ["Our results suggest that Nimbus outperforms radars"],
        ),
        (
            f"Nimbus improves the count {LONG}, achieving a gain of 4.2% over radars.",
            ["Achieving a gain of 4.2% over radars"],
        ),
        (
            "Nimbus reduces errors by 12% (coast), 9% (hills), and 7% (plains).",
            ["Nimbus reduces errors by 12% (coast), 9% (hills), and 7% (plains)"] * 3,
        ),
        (
            "Nimbus not only improves recall by 4% at sea and near the poles but costs less.",
            ["Nimbus not only improves recall by 4% at sea and near the poles but costs less"],
        ),
        (
            "Recall rose from 40% to 60%, and Nimbus outperforms radars.",
            ["Recall rose from 40% to 60%"],
        ),
        (
            "We watch ships for a year and find that: (1) Nimbus outperforms radars.",
            ["Nimbus outperforms radars"],
        ),
    ],
)
def test_claims(sentence: str, claims: list[str]) -> None:
    """A claim is the clause that holds its number, whole; a hedge stays."""
    assert _claims(sentence) == claims


def test_nothing_is_cut_before_the_verb() -> None:
    """A long sentence keeps its verb, and isn't cut within brackets or quotes."""
    subject = (
        "The balloon (with its lamp, which hangs low, and its kite) called “wind, which sings”"
    )
    (claim,) = _claims(f"{subject} outperforms the radars {LONG}, and so on.")
    assert claim.startswith("The balloon called “wind, which sings” outperforms the radars")


def test_a_verb_of_a_relative_clause_is_none_of_the_whole() -> None:
    """ "A study that shows …" has yet to come to its verb; nor is it cut behind "trained"."""
    sentence = f"A study that shows how storms form in the harbours {LONG} is hard to find."
    assert str(_problem(sentence)).endswith("is hard to find")
    sentence = f"Storms remain hard to see for all of the many networks of radars trained {LONG}."
    assert not str(_problem(sentence)).endswith("trained")


@pytest.mark.parametrize(
    "sentence",
    [
        "Copyright 2019 The Storm Society outperforms.",
        "All rights reserved.",
        "Results will be published and outperform others.",
        "Extensive evaluations have been conducted, showing significantly.",
        "Experiments demonstrate the effectiveness and efficiency of the proposed Nimbus.",
    ],
)
def test_no_fact(sentence: str) -> None:
    """Imprints, plans, and trials of which nothing is told, are no results."""
    assert _claims(sentence) == []


@pytest.mark.parametrize("piece", ["(a, which ", "While it is, ", "we show, and ", "one ", "(1) "])
def test_phrases_are_linear(piece: str) -> None:
    """Sixteen times the text takes at most 64 times as long."""

    def seconds(times: int) -> float:
        text = f"We propose Nimbus, {piece * times} improves recall by 4%."
        begun = time.process_time()
        _draft(text)
        return time.process_time() - begun

    seconds(10)
    assert seconds(8000) < 64 * max(0.02, seconds(500))


@pytest.mark.parametrize(
    ("sentence", "phrase"),
    [
        (
            "Kites have become a tool of many towns, but have rarely carried a radar.",
            "Kites have rarely carried a radar",
        ),
        (
            (
                "While there are reports on kites, in terms of height and cost, there are no "
                "reports on their radars."
            ),
            "There are no reports on their radars",
        ),
        ("We used lamps and kites to study how storms turn.", "To study how storms turn"),
    ],
)
def test_a_problem_without_what_is_fine(sentence: str, phrase: str) -> None:
    """What is conceded goes, and what was done, where it says what for."""
    assert _problem(f"{sentence} Storms were seen on 12 days.") == phrase


def test_the_sentence_of_the_method_tells_no_problem_but_its_purpose() -> None:
    """What was done isn't said twice; what it was for may be said of the same sentence."""
    for sentence, problem in (
        ("We surveyed 90 keepers by post.", None),
        ("We used lamps and kites to study how storms turn.", "To study how storms turn"),
    ):
        reading = _reading(sentence)
        parts = _as_if_told_by((1,), PaperPart.PROBLEM, reading, None)
        done = reading.sentences[0]
        assert problem_of(parts, None, reading.sentences, done)[0] == problem


def test_a_sentence_that_proposes_is_no_setting() -> None:
    """ "In this note we present X, which …" tells X."""
    told = _method("In this note we present a way of counting storms, which allow for few kites.")
    assert told.startswith("Way of counting storms")


@pytest.mark.parametrize("who", ["we", "I"])
@pytest.mark.parametrize("how", ["Exploiting a rule on hail", "Using new maps", "From 40 logs"])
def test_a_finding_begins_behind_who_finds_it(who: str, how: str) -> None:
    """One author says so as several do."""
    told = _claims(f"RESULTS: {how}, {who} find that disclosure shortens the longest storms.")
    assert told == ["Disclosure shortens the longest storms"]


def test_the_kind_of_a_study_goes_before_its_steps() -> None:
    """Design, people and material; not who counted and what was computed with."""
    draft = _draft(
        "We aimed to describe storms. A retrospective cohort of 40 storms was studied on two "
        "coasts. Two reviewers noted the hail. Statistical analysis was performed with a t-test. "
        "The hail was larger at night."
    )
    assert draft["method"]["text"].startswith("A retrospective cohort of 40 storms")


@pytest.mark.parametrize(
    "sentence",
    [
        "Implications for kites are discussed.",
        "The kite has various advantages.",
        "CRD42.",
        "This review explores why more kites fall in wet winters.",
        "The curves of all ropes and their values are given.",
        "The usefulness of wet ropes is demonstrated on two boats.",
        "To our knowledge, this is the first trial of salt on kites.",
        "We will review the harm of salt to wet kites.",
        "The drag of kites will be measured after 12 weeks.",
        "[Extracted from the article] Copyright of Kites Monthly is the property of Gull Press.",
        "The trial was prospectively registered with a number of 1204.",
        "Wet kites;ropes;salt;lamps of 1900.",
    ],
)
def test_a_claim_says_what_came_out(sentence: str) -> None:
    """What only praises, advises or registers is no claim."""
    assert _claims(f"RESULTS: {sentence}") == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Nimbus sorts hail for sea, land, ice, and mixed coasts or raises the recall of maps.",
        (
            "When good maps are at hand and the crew is trained in their use on all the decks, the "
            "recall of rare storms falls far less."
        ),
        (
            "A scan was made for 45 crews who sail in cold, leading to changes in course for 17% "
            "of the crews."
        ),
        "The recall is higher than in the case of ellipses studied in [Gale 2024].",
        (
            "Reports on the lamps differed widely with half of all captains wanting more of them "
            "before the next winter and two-thirds of people with poor sight asking that none hang."
        ),
        (
            "Bright lamps were closely linked with fewer falls among the old crews of the north "
            "and those of the islands but with many more falls among crews of the south."
        ),
        (
            "Falls were far more common in all harbours that had hung lamps of the old kind before "
            "winter when crews shared a pier with other crews of the north."
        ),
        (
            "Without a second crew that had never seen the lamps of the harbour before the first "
            "winter of the study, it is impossible to tell what made them fall less."
        ),
        (
            "Because lamps can warm the crews of the north, and the share of crews that slip on "
            "old piers is higher in most winters on the long pier, we found that crews with lamps "
            "fell significantly less."
        ),
        (
            "These results highlight that the early parting of ropes, rather than their length or "
            "the weight of the lamps which hang from them, is what keeps kites aloft."
        ),
    ],
)
def test_no_claim_is_half_of_one(sentence: str) -> None:
    """A list keeps its last part, a condition what holds then, a result what led to it."""
    assert _claims(sentence) == [sentence.removesuffix(".")]


@pytest.mark.parametrize(
    "sentence",
    [
        "These show the great potential of balloons for hail.",
        "In order to show its use, we also report the results from a balloon without a rope.",
        "We demonstrate its efficiency by implementing two ropes for it.",
        "The rope is validated by pulling at it from both ends.",
    ],
)
def test_promise_and_proof_to_come_are_no_facts(sentence: str) -> None:
    """That something is promising, useful to others or was tried is no outcome."""
    assert _claims(f"Nimbus raises the recall to 84%. {sentence}") == [
        "Nimbus raises the recall to 84%"
    ]


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        # An adverb of what is conceded goes with it.
        (
            "Existing radars primarily rely on hills, yet they often overlook low clouds.",
            "Existing radars often overlook low clouds",
        ),
        (
            (
                "Seeing hail remains a challenge, particularly due to the poor state of most "
                "old radars and the many hills between them and the places where it comes down."
            ),
            (
                "Seeing hail remains a challenge, particularly due to the poor state of most "
                "old radars and the many hills between them and the places where it comes down"
            ),
        ),
    ],
)
def test_what_a_problem_is_cut_to(sentence: str, problem: str) -> None:
    """A clause that says what is wrong, whole and by itself."""
    assert _problem(f"{sentence} {_PROPOSAL}") == problem


def test_however_needs_no_comma() -> None:
    """A connective is dropped where its comma is missing."""
    sentence = "However the cost of ropes is too high for most crews."
    assert _problem(f"{sentence} {_PROPOSAL}") == "The cost of ropes is too high for most crews"


def test_how_something_is_may_be_what_was_shown() -> None:
    """What a frame leads to by "how" is told, and not that it was shown."""
    sentence = "We try Nimbus on two coasts and demonstrate how rare storms are seen 12% earlier."
    assert _claims(sentence) == ["Rare storms are seen 12% earlier"]


@pytest.mark.parametrize(
    ("abstract", "problem"),
    [
        # A question isn't cut before its verb.
        (
            "We asked whether use of ropes, nets, lamps, and other gear is tied to hail. We fly.",
            "Whether use of ropes, nets, lamps, and other gear is tied to hail",
        ),
        # What turns a clause round is told with it; of a list behind "while" no part is the whole.
        (
            "Ropes serve crews in towns, although their worth is poor. We present Nimbus.",
            "Ropes serve crews in towns, although their worth is poor",
        ),
        (
            (
                "In recent years, while kites, nets, and lamps have shown their use, radars lack "
                "reach. We present Nimbus."
            ),
            "Radars lack reach",
        ),
        (
            "To assess the wear of wet hemp ropes, we hung 12 ropes on hills.",
            "To assess the wear of wet hemp ropes",
        ),
        (
            (
                "There are two key problems in old balloons - a) ropes are hard to mend; and "
                "b) logs are lost. We present Nimbus, a balloon that drifts."
            ),
            "Ropes are hard to mend",
        ),
    ],
)
def test_a_problem_begins_and_ends_where_it_is_told(abstract: str, problem: str) -> None:
    """A question with its verb, an aim without the work, of a list behind a dash the first part."""
    assert _problem(abstract) == problem


@pytest.mark.parametrize(
    "sentence",
    [
        "The findings provide a detailed overview of what crews want.",
        "Special attention was given to the crews of the north.",
        "Our key contributions include a rope and a log.",
        "This analysis allowed us to identify strengths and limits of ropes.",
        "Data from 540 balloons were considered for analysis.",
        "We then applied these ropes to twenty balloons.",
    ],
)
def test_what_says_nothing_of_what_came_out_is_no_fact(sentence: str) -> None:
    """Insight that is promised, parts that are counted up and steps taken are no outcomes."""
    assert _claims(f"Nimbus raises the recall to 84%. {sentence}") == [
        "Nimbus raises the recall to 84%"
    ]


@pytest.mark.parametrize(
    ("sentence", "method"),
    [
        (
            "In this work, we propose to address these limits by training a net on balloons.",
            "Training a net on balloons",
        ),
        ("We solve this by presenting Nimbus, a balloon that drifts.", "Balloon that drifts"),
        (
            "METHODS: To test this idea, two ropes were hung using hooks.",
            "Two ropes were hung using hooks",
        ),
        ("METHODS: This was hung using hooks.", None),
    ],
)
def test_a_method_stands_by_itself_or_is_left_out(sentence: str, method: str | None) -> None:
    """What points back is cut off where code can, else nothing is told."""
    assert _method_told_by(f"Ropes are weak. {sentence}", 2) == method


@pytest.mark.parametrize(
    "sentence",
    [
        "Tests show the worth and the effectiveness of two ropes made of hemp.",
        "The state of ropes has been examined in terms of wear and of cost.",
        "From these results further conclusions are summarised.",
        "The ropes are compared with those of the crews of the north.",
        "We demonstrate the practicality of ropes.",
        "Our winch is called Eta.",
        "We comprehensively outline the ropes.",
    ],
)
def test_praise_and_plans_are_no_outcomes(sentence: str) -> None:
    """That something was examined, or that it is good for something, isn't what came out."""
    assert _claims(f"Nimbus raises the recall to 84%. {sentence}") == [
        "Nimbus raises the recall to 84%"
    ]


def test_no_claim_ends_in_its_verb() -> None:
    """A phrase isn't cut behind a verb, nor before that of what is shown."""
    sentence = (
        "Once these ropes hang, we show that the wet ropes of hemp which we tied to balloons in "
        "the north and in the south of two coasts last longer."
    )
    claim = _claims(f"We hang ropes. {sentence}")[0]
    assert claim.endswith("last longer")


def test_a_claim_has_no_dash_of_a_list() -> None:
    """What a list of Markdown begins an item with is no part of what is found."""
    abstract = "We present LampBench, a test of lamps. We find that it is fair:\n"
    abstract += "- it is bright: it lights 88% of a deck;\n- it is old."
    reading = Reading(Document(doc_id="-", title="Lamps", abstract=abstract))
    claims = [one["claim"] for one in embedded_draft(reading)["results"]]
    assert claims
    assert not [claim for claim in claims if claim.startswith("-")]


@pytest.mark.parametrize(
    ("sentence", "claim"),
    [
        (
            "Lamps gave more light and more heat to ships than candles, but no change mattered.",
            "Lamps gave more light and more heat to ships than candles, but no change mattered",
        ),
        (
            "Old ships with few lamps suffer most on long nights from a lack of access to any oil.",
            "Old ships with few lamps suffer most on long nights from a lack of access to any oil",
        ),
    ],
)
def test_a_claim_goes_on_to_what_takes_it_back(sentence: str, claim: str) -> None:
    """No cut is made before a denial, nor between a noun and what "to" leads to."""
    reading = Reading(Document(doc_id="-", title="Lamps", abstract=f"RESULTS: {sentence}"))
    assert [one["claim"] for one in embedded_draft(reading)["results"]] == [claim]


@pytest.mark.parametrize(
    "previous",
    ["Of 13,264 flaky failures, 17.4% hid a fault.", "We study flaky failures of 812 kites."],
)
def test_what_such_things_are_is_no_part_of_a_number_or_a_verb(previous: str) -> None:
    """ "Such failures" are those that the sentence before speaks of, and nothing more."""
    named = resolved("Zeta predicts such failures within a day", previous)
    assert named == "Zeta predicts flaky failures within a day"


def test_a_formula_keeps_its_brackets() -> None:
    """What is raised to a power is no aside."""
    rows = _draft(r"Kites fly. We find that the lift is $a (b/3)^{0.5} = 4.2$ (in June).")[
        "results"
    ]
    assert [row["claim"] for row in rows] == [r"The lift is $a (b/3)^{0.5} = 4.2$"]


@pytest.mark.parametrize(
    ("sentence", "claim"),
    [
        (
            "The crews say that more lamps make winter—the dark season—safe for sailors.",
            "The crews say that more lamps make winter safe for sailors",
        ),
        (
            "We find that lamps can raise—and also lower—the share of falls.",
            "Lamps can raise—and also lower—the share of falls",
        ),
        (
            "Lack of lamps was mostly due to high costs, dark winters, or crews that fall.",
            "Lack of lamps was mostly due to high costs, dark winters, or crews that fall",
        ),
    ],
)
def test_a_claim_without_its_asides_is_still_said(sentence: str, claim: str) -> None:
    """A blank parts what stands around an aside, and "and also lower" is none."""
    assert _claims(f"RESULTS: {sentence}") == [claim]


def test_a_claim_of_a_torn_sentence_is_more_than_its_adjunct() -> None:
    """Of what an abstract was cut off in, nothing is told before its verb."""
    text = (
        f"{'Falls on dark piers are common in all harbours. ' * 4}We hang lamps on the piers of "
        "two harbours, with crews who report each fall. Nimbus raises the recall to 84%. "
        "Drawing on lamps of both harbours, including those of the islands (Study 1) and of the "
        "long pier in the south (Study 2), the aut"
    )
    assert [result["claim"] for result in _draft(text)["results"]] == [
        "Nimbus raises the recall to 84%"
    ]


def test_a_word_with_a_printed_hyphen_is_one_word() -> None:
    """What “these wages” are is told whole."""
    abstract = (
        "This paper explores the influence of two plans, time\u2010based and output\u2010based "
        "wages, on the speed of divers. We examine how these wages affect the time of each dive."
    )
    problem = _problem(abstract, 2)
    assert problem == "How output\u2010based wages affect the time of each dive"


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        (
            (
                "Old ropes have either been light, giving way in gusts, or strong, which "
                "makes them hard to lift for small crews."
            ),
            (
                "Old ropes have either been light, giving way in gusts, or strong, which "
                "makes them hard to lift for small crews"
            ),
        ),
        (
            (
                "Lamps are common, but there is no way to tell in good time and from the "
                "shore which of the many lamps of a long coast will fail in the next storm of "
                "the season, nor who of all the keepers of the coast should mend them first "
                "at night."
            ),
            (
                "There is no way to tell in good time and from the shore which of the many "
                "lamps of a long coast will fail in the next storm of the season, nor who of "
                "all the keepers of the coast should mend them first at night"
            ),
        ),
        (
            (
                "If keepers hoard oil, but lack wicks, they will not light their lamps in "
                "hard times."
            ),
            ("If keepers hoard oil, but lack wicks, they will not light their lamps in hard times"),
        ),
        (
            (
                "Despite tests showing that the wick, a thin one, is not harmful, several "
                "keepers remain unconvinced of its worth."
            ),
            "Several keepers remain unconvinced of its worth",
        ),
        (
            (
                "For the good of all crews, the purpose of this paper is to weigh the ropes "
                "of a port."
            ),
            "To weigh the ropes of a port",
        ),
        (
            (
                "This systematic review and meta-analysis aimed to examine: the wear of ropes "
                "at sea."
            ),
            "To examine the wear of ropes at sea",
        ),
        (
            (
                "The aim of this blinded trial (RCT) was (1) to weigh the ropes of a port, "
                "and (2) to mend the nets of all of the crews that leave it in spring and "
                "come back to it in fall with torn nets."
            ),
            "To weigh the ropes of a port",
        ),
        (
            (
                "This study used small scales and sought to: i) weigh the ropes of a port; "
                "and ii) count the nets of all of the crews that leave it in spring and come "
                "back to it in fall with torn nets."
            ),
            "To weigh the ropes of a port",
        ),
        (
            ("To address this gap, we examined whether wet ropes wear out the hands of crews."),
            "Whether wet ropes wear out the hands of crews",
        ),
        (
            "We used nets and lamps to study the sleep of gulls on lit quays.",
            "To study the sleep of gulls on lit quays",
        ),
        (
            "While storms grow in number, existing methods are limited.",
            "While storms grow in number, existing methods are limited",
        ),
    ],
)
def test_a_problem_is_told_with_its_gap_or_aim(sentence: str, problem: str) -> None:
    """With the gap or the aim that its sentence comes to, and without what leads to it."""
    assert _problem(sentence) == problem


@pytest.mark.parametrize(
    "sentence",
    [
        "A new winch for wet ropes is described.",
        "The ropes were recorded with two lamps.",
        "A winch has been constructed with two drums.",
        "We integrate ropes, lamps and nets into one winch.",
    ],
)
def test_a_deed_is_no_problem(sentence: str) -> None:
    """What was made or done, of which the sentence doesn't say what for."""
    assert tells_deed(sentence.removesuffix("."))
    assert _problem(sentence) is None


@pytest.mark.parametrize(
    "phrase",
    [
        "The lack of nets is described as a bar to crews",
        "We conducted a meta-analysis of trials of lamps",
        "To see whether a winch is applied",
        "Ropes are wet",
    ],
)
def test_what_may_be_a_problem_is_no_deed(phrase: str) -> None:
    """A difficulty, a review that is told by its topic, an aim."""
    assert not tells_deed(phrase)


@pytest.mark.parametrize(
    ("phrase", "points"),
    [
        ("Reliance on it dulls the crews", True),
        ("Most are mended at sea", True),
        ("Most ropes are mended at sea", False),
        ("Reliance on kites dulls the crews", False),
    ],
)
def test_what_points_back_without_a_noun(phrase: str, points: bool) -> None:
    """ "It" and "most" of something that isn't told."""
    assert points_back(phrase) is points


def test_what_is_named_is_what_was_meant() -> None:
    """Not another thing of the sentence before; and no deed is lost from within."""
    phrase = "These winged methods fail in gusts"
    assert resolved(phrase, "Old approaches compete with winged kites of silk.") == phrase
    phrase = "Ships struggle to mend their ropes to reach ports"
    assert "struggle to mend" in resolved(phrase, "Ropes tear.")
