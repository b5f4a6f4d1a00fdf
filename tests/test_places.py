"""Where a result holds: the set of its own clause, or none, in invented sentences."""

import pytest

from summarise.drafting import embedded_draft
from summarise.drafting.places import SentencePlaces
from summarise.models import Document
from summarise.reading import Reading
from summarise.schema import BUILT_INS


def _rows(abstract: str) -> list[tuple[str | None, str | None]]:
    reading = Reading(Document(doc_id="a", title=None, abstract=abstract))
    return [(row["value"], row["dataset"]) for row in embedded_draft(reading)["results"]]


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        (
            "ZetaNet reaches an accuracy of 93.5% on FooBench and 81.2% on BarQA-2.",
            [("93.5%", "FooBench"), ("81.2%", "BarQA-2")],
        ),
        (
            "On the FooBench test set it has an accuracy of 93.5% and a recall of 81.2%.",
            [("93.5%", "FooBench"), ("81.2%", "FooBench")],
        ),
        (
            "It reaches 91.2% accuracy on FernNet (v7), 88% on FernNet-V2 and 64.7% on BarQA-2.",
            [("91.2%", "FernNet (v7)"), ("88%", "FernNet-V2"), ("64.7%", "BarQA-2")],
        ),
        (
            "It raises accuracy on FooBench from 31.4% to 77.9% and on BarQA-2 from 62.5% to 71%.",
            [("77.9%", "FooBench"), ("71%", "BarQA-2")],
        ),
        (
            "Mixing FooBench and BarQA-2 gives gains of 3.8 points on FooBench.",
            [("3.8 points", "FooBench")],
        ),
        (
            "On five sorting tasks it has a success rate of 82%.",
            [("82%", "five sorting tasks")],
        ),
        (
            "It reaches 78.5% in the MiniFarm simulator and 64% on real-world tasks.",
            [("78.5%", "MiniFarm simulator"), ("64%", "real-world tasks")],
        ),
        (
            "It matches full-precision training on FooBench (82.3% vs. 82.5% accuracy).",
            [("82.3%", "FooBench")],
        ),
        (
            "For an independent test set of 1340 enzymes it achieves 82% accuracy.",
            [("82%", "independent test set of 1340 enzymes")],
        ),
        (
            "It outperforms others on five plant benchmarks, with an average accuracy of 71.3%.",
            [("71.3%", "five plant benchmarks")],
        ),
        (
            "Trained on FooBench, ZetaNet has an accuracy of 77.1% on BarQA-2.",
            [("77.1%", "BarQA-2")],
        ),
        (
            "It has 87% precision, 64% recall, and a 73% F1 score on BarQA-2.",
            [("87%", "BarQA-2"), ("64%", "BarQA-2"), ("73%", "BarQA-2")],
        ),
        (
            "In our online A/B test, the accuracy rose by 5.1%.",
            [("5.1%", "online A/B test")],
        ),
        (
            "Across 340 letter pairs, its accuracy was 71.2%.",
            [("71.2%", "340 letter pairs")],
        ),
        (
            "Tests on a held-out test set gave an F1 score of 81.3%; slant had an accuracy of 64%.",
            [("81.3%", "held-out test set"), ("64%", "held-out test set")],
        ),
        (
            "It has a success rate of 61% on unseen geometries and 88% on the simple categories.",
            [("61%", "unseen geometries"), ("88%", "simple categories")],
        ),
    ],
)
def test_the_set_of_the_own_clause(
    sentence: str, rows: list[tuple[str | None, str | None]]
) -> None:
    """Behind the value, before it, or at the opening; what is learnt from is no place."""
    abstract = f"We propose ZetaNet, a network for letters. {sentence}"
    assert _rows(abstract) == rows


@pytest.mark.parametrize(
    "sentence",
    [
        "ZetaNet has an accuracy of 93.5%, and rivals fail on FooBench.",
        "ZetaNet has an accuracy of 93.5% on various benchmarks.",
        "ZetaNet has an accuracy of 93.5% on downstream tasks.",
        "ZetaNet has an accuracy of 93.5% in complex real-world scenarios.",
        "ZetaNet has an accuracy of 93.5% across six runs.",
        "ZetaNet has an accuracy of 93.5% on Tesla V100 GPUs.",
        "ZetaNet has an accuracy of 93.5% while it is slow on FooBench.",
        "Trained on 900 sorting tasks, ZetaNet has an accuracy of 93.5%.",
        "ZetaNet has an accuracy of 93.5%, while others collapse on FooBench.",
    ],
)
def test_never_the_set_of_another_clause(sentence: str) -> None:
    """Nor a vague one: then no place is told."""
    assert _rows(f"We propose ZetaNet, a network for letters. {sentence}")[0] == ("93.5%", None)


def test_a_statement_in_words_holds_on_the_sets_side_by_side() -> None:
    """They are one stretch of the text."""
    abstract = (
        "We propose ZetaNet, a network. Our results show that it outperforms all rivals on FooBench"
        " and BarQA-2."
    )
    assert _rows(abstract) == [(None, "FooBench and BarQA-2")]


def test_own_rows_give_no_doubt_about_their_set() -> None:
    """A name within a longer one is not where the value holds."""
    abstract = (
        "We propose ZetaNet, a network. The OatQA benchmark is old. "
        "On the SuperOatQA benchmark, ZetaNet has an accuracy of 91.3%."
    )
    reading = Reading(Document(doc_id="a", title=None, abstract=abstract))
    draft = embedded_draft(reading)
    schema = BUILT_INS["default"]
    doubts = reading.doubted(reading.ground(schema, draft)).doubts
    assert [row["dataset"] for row in draft["results"]] == ["SuperOatQA"]
    assert not any(doubt.path.endswith("dataset") for doubt in doubts)


def test_what_a_sentence_is_about_is_no_place() -> None:
    """A set that is the subject isn't where the statement holds."""
    text = (
        "Moreover, OatBench reveals slow stirring. Bears improve on the OatBench benchmark by 3%."
    )
    reading = Reading(Document(doc_id="d", title=None, abstract=text))
    found = [SentencePlaces(reading, sentence).of_words() for sentence in reading.sentences]
    assert found == [None, "OatBench"]


def test_a_mean_over_two_sets_is_of_both() -> None:
    """What isn't told of one of the sets that stand side by side holds on all of them."""
    sentence = "Experiments on ImageNet and CIFAR-10 show a mean gain of 4.2% in accuracy."
    assert _rows(sentence) == [("4.2%", "ImageNet and CIFAR-10")]


def test_what_is_improved_over_is_no_set() -> None:
    """A gain over something is one over a rival."""
    sentence = "Zeta brings a 12-30% relative improvement over GMMs in accuracy."
    assert [dataset for _, dataset in _rows(sentence)] == [None]


def test_a_name_begins_where_its_first_word_stands() -> None:
    """Of a name with a preposition not only the end is told."""
    sentence = "Zeta has an accuracy of 91.2% on the Labeled Faces in the Wild (LFW) dataset."
    assert _rows(sentence) == [("91.2%", "Labeled Faces in the Wild")]
    assert _rows("It shows its use in tracing fine net tasks with a recall of 81%.") == [
        ("81%", None)
    ]


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        (
            "It has an accuracy of 81.3% and 64.2% on FooBench and BarQA-2, respectively.",
            [("81.3%", "FooBench"), ("64.2%", "BarQA-2")],
        ),
        (
            "Storms at shaded sites reduced cover by 42%.",
            [("42%", "shaded sites")],
        ),
        (
            "In the study population, the prevalence of gout was 4.5%.",
            [("4.5%", "study population")],
        ),
        (
            "Zeta shows good performance for kite drift (AUC = 0.83; recall = 71%).",
            [("0.83", "kite drift"), ("71%", "kite drift")],
        ),
        (
            "Zeta has a good performance in kite detection and sure tracing with a recall of 71%.",
            [("71%", "kite detection")],
        ),
        (
            "While net detection is easy with a score of 9%, tracking is hard with a score of 4%.",
            [("9%", "net detection"), ("4%", "tracking")],
        ),
        (
            "It raises success rates in kite-sorting tasks from 31% to 62%.",
            [("62%", "kite-sorting tasks")],
        ),
        (
            "It brings gains of recall on FooBench (4.2%) and BarQA-2 (5.1%).",
            [("4.2%", "FooBench"), ("5.1%", "BarQA-2")],
        ),
        (
            "Its recall is 4.2% higher at all sites and at the binding site.",
            [("4.2%", None)],
        ),
    ],
)
def test_sites_populations_and_what_was_done_well(
    sentence: str, rows: list[tuple[str | None, str | None]]
) -> None:
    """A site, a population, or the task that a performance is told of before its numbers."""
    assert _rows(sentence) == rows


def test_a_place_is_neither_a_group_nor_a_rival() -> None:
    """What is told as one is not told again as the other."""

    def told(sentence: str) -> list[tuple[str | None, str | None, str | None]]:
        reading = Reading(Document(doc_id="a", title=None, abstract=sentence))
        rows = embedded_draft(reading)["results"]
        return [(row["group"], row["comparator"], row["dataset"]) for row in rows]

    assert told("It has 78% vs. 65% recall on real-world tasks and 94% vs. 93% on FooBench.") == [
        (None, None, "real-world tasks"),
        (None, None, "FooBench"),
    ]
    assert told("Visits at 12 dry sites rose to 91% of those at wet sites.") == [(None, None, None)]
    assert told("Cover fell by 41% in the treatment cohort and grew by 4% in the dry cohort.") == [
        ("treatment cohort", None, None),
        ("dry cohort", None, None),
    ]


def _groups(abstract: str) -> list[tuple[str | None, str | None]]:
    reading = Reading(Document(doc_id="a", title=None, abstract=abstract))
    return [(row["value"], row["group"]) for row in embedded_draft(reading)["results"]]


def test_whose_a_number_is_in_other_forms() -> None:
    """Who is compared, of whom a share is, and what an effect is on, which is no group."""
    assert _groups("Girls had a higher prevalence of gout than boys (61% vs. 14%).") == [
        ("61%", "Girls")
    ]
    assert _groups("Of these smokers, 71.5% had never rested, and 61.1% reported rust.") == [
        ("71.5%", "smokers"),
        ("61.1%", "smokers"),
    ]
    assert _groups("Shade has an effect on keepers' calm (=0.83) and on their sleep (=0.47).") == [
        ("0.83", "Shade"),
        ("0.47", "Shade"),
    ]
    ranked = (
        "Gulls were the main guests (51%), followed by old terns (31%), owls (12%), and rats (6%)."
    )
    assert [group for _, group in _groups(ranked)] == ["Gulls", "old terns", "owls", "rats"]
    ranked = (
        "The most common guest was the gull (51%), followed by old terns (31%), while owls slept."
    )
    assert [group for _, group in _groups(ranked)] == ["gull", "old terns"]
    assert _groups("42.3% of the keepers suffered from rust and 9% were calm.")[0] == (
        "42.3%",
        "keepers",
    )


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        (
            "The wet rope sorter achieved 83% precision, 61% recall, and a 72% F1 score.",
            [("83%", "wet rope sorter"), ("61%", "wet rope sorter"), ("72%", "wet rope sorter")],
        ),
        (
            "A 7 mo frost reduced moss richness by 83%, and lowered cover by 21%.",
            [("83%", "7 mo frost"), ("21%", "7 mo frost")],
        ),
        (
            "We found that shade is associated with a 14% lower yield of figs.",
            [("14%", "shade")],
        ),
        (
            "Regular humming has a clear positive effect on calm (β = 0.41, p = 0.01).",
            [("0.41", "Regular humming")],
        ),
        ("Larger kites accounted for 36% of the losses.", [("36%", "Larger kites")]),
        ("Old keepers had a mean score of 14.5.", [("14.5", "Old keepers")]),
        (
            "Shade was associated with rust (OR 2.3, 95% CI 1.2-3.4) and mould (OR 1.4, 1.1-1.9).",
            [("2.3", None), ("1.4", "mould")],
        ),
        (
            "Wet ropes and dry ropes had a lower strength (31% and 27%, respectively).",
            [("31%", "Wet ropes"), ("27%", "dry ropes")],
        ),
        ("Wet gulls, owls, and terns accounted for 5%.", [("5%", None)]),
        ("The proposed model achieved 83% precision.", [("83%", None)]),
        ("Our rope sorter achieved 83% precision.", [("83%", None)]),
        ("This sorter achieved 83% precision.", [("83%", None)]),
        ("Experiments on ropes show a gain of 4.3% in recall.", [("4.3%", None)]),
        ("Rope breaks increased by 16%.", [("16%", None)]),
        ("Rope breaks increased 4-fold.", [("4-fold", None)]),
        ("Mean strength had a maximum of 16%.", [("16%", None)]),
        ("60% of keepers had a kite, 31% at least one rope.", [("60%", "keepers"), ("31%", None)]),
        ("Although shade reduced losses, mortality was 16%.", [("16%", None)]),
        (
            "Shade explained 38.5% of the losses (95% CI 31 to 42), wet sand 23.5% (95% CI 19-28).",
            [("38.5%", "Shade"), ("23.5%", None)],
        ),
    ],
)
def test_who_brings_about_what_a_number_tells(
    sentence: str, rows: list[tuple[str | None, str | None]]
) -> None:
    """The subject of its clause, unless it is the paper's own, a share, or what is measured."""
    assert _groups(sentence) == rows


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        (
            "On FooBench (96 size), the base-size Zeta v2 achieves 71.5% recall, and 64% on BarQA.",
            [("71.5%", "base-size Zeta v2"), ("64%", "base-size Zeta v2")],
        ),
        (
            "Further, our Zeta model with 2.9M parameters reaches 61.4% accuracy on FooBench.",
            [("61.4%", "Zeta model with 2.9M parameters")],
        ),
        ("Zeta-Large is 5.3% more accurate on FooBench.", [("5.3%", "Zeta-Large")]),
        (
            "We propose Zeta. Zeta reaches 61.7% with MViT-S on FooBench and 38.1 mAP on BarQA.",
            [("61.7%", "MViT-S"), ("38.1 mAP", None)],
        ),
        (
            "We propose Zeta. Zeta has a top-1 accuracy of 61.7% on ViT-S/8 and 63% on ResNet-34.",
            [("61.7%", "ViT-S/8"), ("63%", "ResNet-34")],
        ),
        (
            "Tests are done. Notably, our Zeta with the plain ViT can achieve 61% on FooBench.",
            [("61%", "ViT")],
        ),
        (
            "When applied to a smaller model (e.g., ViT-S), our method gains 2.3% on FooBench.",
            [("2.3%", "ViT-S")],
        ),
        ("With an OakNet encoder, Zeta reaches 61% recall.", [("61%", "OakNet encoder")]),
        ("We propose Zeta-7B. Zeta-7B reaches 61% recall.", [("61%", None)]),
    ],
)
def test_a_variant_and_the_model_that_a_method_is_tried_on_are_groups(
    sentence: str, rows: list[tuple[str | None, str | None]]
) -> None:
    """Not the only model that is proposed."""
    assert _groups(sentence) == rows


def test_a_model_is_no_metric() -> None:
    """It is whose the value is."""
    sentence = "Tests are done. Notably, our Zeta with the plain ViT can achieve 61% on FooBench."
    reading = Reading(Document(doc_id="a", title=None, abstract=sentence))
    assert [row["metric"] for row in embedded_draft(reading)["results"]] == [None]


def _of_what(abstract: str) -> list[tuple[str | None, ...]]:
    reading = Reading(Document(doc_id="a", title=None, abstract=f"We propose Zeta. {abstract}"))
    parts = ("value", "metric", "dataset", "group")
    return [tuple(row[part] for part in parts) for row in embedded_draft(reading)["results"]]


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        (
            "Zeta has a recall of 71% on FooBench, surpassing the previous state of the art by 2%.",
            [("71%", "recall", "FooBench", None), ("2%", "recall", "FooBench", None)],
        ),
        (
            "Zeta-S has 71% recall on FooBench, beating Eta with an absolute gain of 3.7%.",
            [("71%", "recall", "FooBench", "Zeta-S"), ("3.7%", "recall", "FooBench", "Zeta-S")],
        ),
        (
            "Zeta has 71% recall on FooBench, outperforming Eta by 2.9% on BarQA.",
            [("71%", "recall", "FooBench", None), ("2.9%", "recall", "BarQA", None)],
        ),
        (
            "Zeta has 71% recall on FooBench, outperforming Eta by 2.9% in precision.",
            [("71%", "recall", "FooBench", None), ("2.9%", "precision", "FooBench", None)],
        ),
        (
            "It beats others by a clear margin of +1.7 box AP and +2.4 mask AP on FooBench.",
            [("+1.7", "box AP", "FooBench", None), ("+2.4", "mask AP", "FooBench", None)],
        ),
        (
            "It leads in tasks such as knot sorting (+1.7% in recall@3) and tying (+6.2% in F1).",
            [("+1.7%", "recall@3", "knot sorting", None), ("+6.2%", "F1", "tying", None)],
        ),
        (
            "It is good in knots (61.2 mAP on FooBench) and in ropes (47.9 mAP on Oak-Oak).",
            [("61.2 mAP", "mAP", "FooBench", None), ("47.9 mAP", "mAP", "Oak-Oak", None)],
        ),
    ],
)
def test_a_margin_is_of_what_the_value_before_it_is(
    sentence: str, rows: list[tuple[str | None, ...]]
) -> None:
    """Unless it says of what or where; and each of a list has its own set, task and metric."""
    assert _of_what(sentence) == rows


def test_a_set_may_have_the_name_of_a_model_in_its_own() -> None:
    """A model is no set: "on CLIP", but "on FooCLIP Test"."""
    assert _of_what("It has 71% recall on FooCLIP Test.")[0][2:] == ("FooCLIP Test", None)
    assert _of_what("It has 71% recall on CLIP.")[0][2:] == (None, "CLIP")


def test_of_two_margins_each_has_its_own_rival() -> None:
    """The first comes first: "3% and 6% more accurate than Eta and Theta"."""
    sentence = "Zeta is 2.7% and 5.8% more accurate on FooBench than Eta (old) and Theta (new)."
    reading = Reading(Document(doc_id="a", title=None, abstract=f"We propose Zeta. {sentence}"))
    rows = embedded_draft(reading)["results"]
    assert [(row["value"], row["comparator"]) for row in rows] == [
        ("2.7%", "Eta"),
        ("5.8%", "Theta"),
    ]


def test_a_masking_ratio_is_no_result_and_what_stays_the_same_no_metric() -> None:
    """The one is a setting; the other isn't what differs."""
    assert _of_what("We find that it is best at high masking ratios (e.g., 70% to 80%).") == [
        (None, None, None, None)
    ]
    same = "Zeta sorting is 31% faster at roughly the same accuracy as Eta on FooBench."
    assert _of_what(same) == [("31%", None, "FooBench", None)]
