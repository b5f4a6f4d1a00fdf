"""Compute facts: the resources that the paper's own work uses or saves, and nothing else."""

from __future__ import annotations

import pytest

from summarise.drafting import embedded_draft
from summarise.models import Document
from summarise.reading import Reading

_ABOUT = "Language models forget. We propose Zeta, a neural network for text."
_CLINICAL = "We enrolled 120 patients in a randomized trial at two hospitals."


def _facts(text: str, about: str = _ABOUT) -> list[tuple[str, str]]:
    reading = Reading(Document(doc_id="d", title="A study", abstract=f"{about} {text}"))
    return [(fact["kind"], fact["value"]) for fact in embedded_draft(reading)["compute"]]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        (
            "Zeta trains in 3 months on 64 V100 GPUs.",
            [("time", "3 months"), ("hardware", "64 V100 GPUs")],
        ),
        ("It took 612 A100 GPU hours.", [("time", "612 A100 GPU hours")]),
        ("The index is built in 35 minutes.", [("time", "35 minutes")]),
        ("Zeta has 310M parameters.", [("model_size", "310M parameters")]),
        ("We release Zeta-VL-72B and Zeta-8B.", [("model_size", "72B"), ("model_size", "8B")]),
        ("Our 6B Zeta method is small.", [("model_size", "6B")]),
        ("Zeta wins with 4 NFEs.", [("other", "4 NFEs")]),
        (
            "Zeta comes in 120M, 600M and 2.4B parameters. Zeta 2.4B is best.",
            [("model_size", "120M"), ("model_size", "600M"), ("model_size", "2.4B parameters")],
        ),
        (
            "Zeta needs 500 times less data than before.",
            [("other", "500 times less data than before")],
        ),
        ("Zeta is 12 times faster than Eta.", [("speedup", "12 times faster than Eta")]),
        ("Zeta cuts the memory footprint by 40%.", [("other", "40%")]),
        ("Training used 24 V100 (32 GB) cards.", [("hardware", "24 V100 (32 GB)")]),
        (
            "The memory of the model falls from 9.4 to 2.7 GB.",
            [("other", "9.4 to 2.7 GB")],
        ),
        (
            "The model reads a letter 14 times faster than with a lens.",
            [("speedup", "14 times faster")],
        ),
        ("The latency is as low as 0.7 seconds.", [("time", "as low as 0.7 seconds")]),
        ("Zeta needs 12 ms per frame.", [("time", "12 ms")]),
        ("Sizes range from 2B to 7B parameters.", [("model_size", "2B to 7B parameters")]),
        ("The solver scales to 512 nodes.", [("hardware", "512 nodes")]),
        (
            "Zeta improves energy efficiency by more than 85%.",
            [("speedup", "more than 85%")],
        ),
    ],
)
def test_what_the_work_uses_or_saves(text: str, facts: list[tuple[str, str]]) -> None:
    """Hardware, time, sizes of models, also in their names, and savings."""
    assert _facts(text) == facts


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("Zeta is much faster than Eta on letters.", [("speedup", "much faster than Eta")]),
        (
            "Zeta is a hundred times faster than earlier readers.",
            [("speedup", "a hundred times faster than earlier readers")],
        ),
        (
            "Zeta has a speed-up of at least an order of magnitude.",
            [("speedup", "speed-up of at least an order of magnitude")],
        ),
        ("This accelerates training without loss.", [("speedup", "accelerates training")]),
        (
            "It wins without introducing additional inference cost.",
            [("other", "without introducing additional inference cost")],
        ),
        (
            "It wins without sacrificing computational efficiency.",
            [("other", "without sacrificing computational efficiency")],
        ),
        ("It incurs no retraining cost.", [("other", "incurs no retraining cost")]),
        ("It needs substantially less storage.", [("other", "substantially less storage")]),
        (
            "It has a better trade-off between accuracy and latency.",
            [("speedup", "better trade-off between accuracy and latency")],
        ),
        ("It wins while remaining memory-efficient.", [("speedup", "remaining memory-efficient")]),
        ("It converges faster than Eta.", [("speedup", "converges faster than Eta")]),
        (
            "It wins while reducing the overhead of tuned letters.",
            [("other", "reducing the overhead of tuned letters")],
        ),
        ("Zeta runs on a phone.", [("hardware", "a phone")]),
        ("It adds no extra parameters.", [("other", "adds no extra parameters")]),
        (
            "It wins while greatly reducing the memory footprint.",
            [("other", "greatly reducing the memory footprint")],
        ),
        (
            "Zeta learns with minimal computational overhead.",
            [("other", "minimal computational overhead")],
        ),
        ("It matches Eta at low cost.", [("other", "low cost")]),
        ("It is more memory-efficient.", [("speedup", "more memory-efficient")]),
        ("Letters are read in real time.", [("time", "in real time")]),
        ("Zeta helps readers to do their training in real time.", []),
        ("Zeta reads a letter in seconds.", [("time", "in seconds")]),
        (
            "We ran it on an old Orion II 800 MHz computer.",
            [("hardware", "Orion II 800 MHz computer")],
        ),
        (
            "Zeta runs on a laptop CPU and on an NVIDIA Jetson Xavier NX.",
            [("hardware", "laptop CPU"), ("hardware", "NVIDIA Jetson Xavier NX")],
        ),
    ],
)
def test_what_is_said_in_words(text: str, facts: list[tuple[str, str]]) -> None:
    """Speed, cost and memory that are compared or saved, and machines, without a number."""
    assert _facts(text) == facts


@pytest.mark.parametrize("against", ["against", ", compared with", "rather than the", "instead of"])
def test_what_others_took_is_not_its_own(against: str) -> None:
    """Of two times of which one stands behind "against", the first is the paper's."""
    text = f"Zeta trains in 31 GPU hours {against} 410 GPU hours for Eta."
    assert _facts(text.replace(" ,", ",")) == [("time", "31 GPU hours")]


def test_operations_tell_of_computing() -> None:
    """However little else does."""
    text = "FLOPs and latency fall by half on a single V100."
    assert ("hardware", "single V100") in _facts(text, "We propose Zeta.")


def test_what_is_said_twice_is_told_once() -> None:
    """A size, or a saving in the same words, at its first place alone."""
    text = "Zeta reads in real time. It keeps its real-time performance at low cost, at low cost."
    assert _facts(text) == [("time", "in real time"), ("other", "low cost")]


def test_hours_of_devices_in_a_paper_of_another_field() -> None:
    """Where the paper isn't about computing they are told, and nothing else is."""
    about = "Fullerenes stick to silicon. We study them by diffraction at 30 K for 5 h."
    told = r"The sums took $4\times10^5$ core hours, and the film 3 GB."
    assert _facts(told, about) == [("time", r"$4\times10^5$ core hours")]


@pytest.mark.parametrize(
    "text",
    [
        "Unlike earlier readers with a low memory footprint, it keeps a copy.",
        "Existing readers reduce computational cost by guessing.",
        "Readers must lower costs of paper.",
        "It learns from speech data ranging from 3 to 40 hours.",
        "Its users had a 22% faster average page completion, and completion time fell by 25%.",
        "Unlike earlier methods, which typically need a search of complexity O(n^2), it is simple.",
        "The collection Foo-400M dataset was used.",
        "The model has 5 parameters.",
        "The solver colours graphs with up to 10^5 nodes.",
        "A lattice of 400 nodes is enough for the simulation.",
        "The reader is less cost-effective than Eta for small letters.",
        "It has competitive results compared to models of ~300M parameters.",
        "It reads trained tides of a short bay (5-h lag time).",
        "We trained the staff for a three years (2006-2008) period.",
        "In all, 66% reported receiving training in ink.",
        "The depth is used in real-time to derive tides for the model.",
        "We discuss the trade-off between size and latency of readers.",
        "The net forecasts floods in one run from 1 hour to 6 hours ahead.",
        "Zeta beats both OatVL-7B and Eta baselines.",
    ],
)
def test_what_is_no_resource_of_its_own(text: str) -> None:
    """What others need, datasets, recordings and variables."""
    assert _facts(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "The cost fell by 30% to $83 per patient.",
        "Recovery took 3 months, and follow-up 2 years.",
        "Surgery was 40% faster with the new model.",
        "Twelve nodes were found, and 5 parameters were measured.",
        "CO2 emissions of travel fell by 12%.",
    ],
)
def test_no_compute_where_people_are_studied(text: str) -> None:
    """In a clinical paper money, time and shares are outcomes."""
    assert _facts(text, _CLINICAL) == []


def test_a_saving_is_no_cost() -> None:
    """A share that is saved isn't what was paid; a share of another's budget is."""
    assert _facts("Zeta reduces training costs by 40%.") == [
        ("other", "reduces training costs by 40%")
    ]
    assert _facts("Zeta cost $31k to train.") == [("cost", "$31k")]
    assert _facts("It needs 14.9% of Eta's compute budget.") == [
        ("cost", "14.9% of Eta's compute budget"),
    ]


def test_a_saving_is_shown_as_one() -> None:
    """With its verb."""
    text = "Zeta trains on 8 GPUs, saving nearly $300,000 and reducing 90% CO2 emissions."
    assert _facts(text) == [
        ("hardware", "8 GPUs"),
        ("cost", "saving nearly $300,000"),
        ("other", "reducing 90% CO2 emissions"),
    ]


def test_a_share_that_is_saved_says_of_what() -> None:
    """From the verb on, where the resource stands before the share."""
    assert _facts("Zeta wins while reducing the required search time by up to 93.2%.") == [
        ("speedup", "reducing the required search time by up to 93.2%")
    ]
