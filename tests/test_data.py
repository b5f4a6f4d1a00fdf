"""What is data, what is none, and what it is for, in invented sentences of many fields."""

import pytest

from summarise.drafting import embedded_draft
from summarise.models import Document
from summarise.reading import Reading


def _data(abstract: str, title: str | None = None) -> list[tuple[str, str, str | None]]:
    reading = Reading(Document(doc_id="a", title=title, abstract=abstract))
    return [(d["name"], d["role"], d["size"]) for d in embedded_draft(reading)["data"]]


def _names(abstract: str) -> list[str]:
    return [name for name, _, _ in _data(abstract)]


@pytest.mark.parametrize(
    ("abstract", "name"),
    [
        ("METHODS: We enrolled 185 patients with gout in two wards.", "185 patients"),
        ("METHODS: In this trial, 74 adults received the drug or placebo.", "74 adults"),
        ("RESULTS: Our study included 101 dairy cows (50 in calf).", "101 dairy cows"),
        ("RESULTS: Of 1,038 adults, 94 (9.1%) had cirrhosis.", "1,038 adults"),
        (
            "In all, 57 clinical isolates from three hospitals were analyzed.",
            "57 clinical isolates",
        ),
        ("We report seven patients who were admitted with a torn spleen.", "seven patients"),
        ("We link 19,300 severance contracts to tax histories.", "19,300 severance contracts"),
        ("We surveyed newts by eDNA in 186 ponds of one valley.", "186 ponds"),
        ("Data came from 88,140 visits. Waits fell by 3 min.", "88,140 visits"),
        (
            "We study how 4,518 repositories test. We analyzed 4,518 repositories.",
            "4,518 repositories",
        ),
        ("We map what is known of fens from a sample of 136 publications.", "136 publications"),
        ("We collected 10,000 GitHub issues from 50 projects.", "10,000 GitHub issues"),
        ("Using stellar spectra, we measured the age of 312 red stars.", "312 red stars"),
    ],
)
def test_what_is_observed_is_studied(abstract: str, name: str) -> None:
    """People, animals, specimens, records, texts, stars: the noun phrase with its count."""
    assert _data(abstract) == [(name, "studied", name)]


def test_groups_without_a_total_are_one_entry_each() -> None:
    """Cases and controls are two samples; what a total consists of is none."""
    both = "METHODS: We measured telomeres in 386 cancer cases and 896 matched controls."
    assert _names(both) == ["386 cancer cases", "896 matched controls"]
    works = "We reviewed 81 primary studies, consisting of 26 articles and 55 reports."
    assert _names(works) == ["81 primary studies"]
    assert _names("METHODS: We pooled 17 trials with 1,263 participants.") == ["17 trials"]


def test_a_count_apart_from_its_noun() -> None:
    """Those who answered are the sample, not those who were asked."""
    abstract = "RESULTS: Of 140 (62%) eligible nurses, 71 completed the survey: 30 at one site."
    assert _data(abstract) == [("eligible nurses", "studied", "71")]
    abstract = "Undergraduate students (N = 312) filled in a survey at home."
    assert [size for _, _, size in _data(abstract)] == ["N = 312"]


@pytest.mark.parametrize(
    "abstract",
    [
        "RESULTS: Twelve patients died and 20 patients (17%) had an ulcer.",
        "We compare 9 models on 8 GPUs and report 12 metrics for 5 tasks.",
        "After all selections, 3 events are observed, as expected.",
        "We show that a set of only 50 tests with 1000 samples can suffice.",
        "The interviews covered 14 research questions at 12 hospitals.",
        "Two reviewers extracted data from the papers independently.",
        "We found 19 reasons that keepers give for late hives.",
        "The drug binds the receptor-1 (PRD-1) protein in 4 cell lines.",
        "Code and the training dataset of Barley are available at https://example.org/x.",
        "Each formats its cases in specific formats (e.g., OpenRUTS) of benchmarks.",
        "Testing a database application is hard for most people.",
        "Kinetics were first order with a rate constant of 0.031 per minute.",
        "No test has focused on the BIGSIX which can evaluate moods.",
        "The net is trained on perturbed images and beats others.",
        "Our net is trained on LiDAR point clouds.",
        "Building on ZetaDINO, a detector without training, we tested ships.",
        "Our analysis covers 14 recent planners.",
        "We built OatDex, a frame engineered for data collection.",
        "We tested the second form of the Oat Worry Scale Version 3 (OWS3-K) at home.",
        "A low yield was one of less than 2 000,00 (181OTD) a year.",
        "How well oats keep depends less on MILD1 than on when it was sown.",
        "The harm of H3O3-induced rust was lower in the H3O3-induced dataset.",
        "The Delvian cohort was the larger one, and the North Delvian cohort the older.",
        "MethodsA registry of mills was kept in Delvia.MethodsSecondary data were read.",
        "The Delvian Geological Survey has drawn maps of all mills.",
        "We test the gait on an Oatree Walk2 robot, with and without training.",
        "It takes the form of a Barn Question Answering (VQA) dataset.",
        "Visits are paid by the National Harvest Insurance Scheme (NHIS).",
        "Rusty reports of the press were searched by hand.",
        "The grid was tested on the IEEE 24-bus grid.",
        "Oats were weighed before (T1) and after (T2) the cohorts rowed.",
        "Lines of C-13 databases were drawn by hand.",
        "The nets were tested on the Oat TaihuRow supercomputer.",
        "Its speedup over OATMAP is large, with an accuracy of 91%.",
        "Few keepers in the United Kingdom use databases.",
        "The oats meet the Delvian Oat Advisory Panel benchmark.",
    ],
)
def test_outcomes_tools_and_settings_are_no_data(abstract: str) -> None:
    """Counts that are outcomes, or of what data isn't made of."""
    assert _data(abstract) == []


@pytest.mark.parametrize(
    ("abstract", "entry"),
    [
        (
            "We present OatGen, a test generator. To evaluate it, we selected 142 Java classes.",
            ("142 Java classes", "evaluation", "142 Java classes"),
        ),
        (
            "For an independent test set of 1340 proteins the method has 82% accuracy.",
            ("1340 proteins", "evaluation", "1340 proteins"),
        ),
        (
            "The parser is fine-tuned on 5,600 annotated scans of plans.",
            ("5,600 annotated scans", "training", "5,600 annotated scans"),
        ),
        (
            "We obtained summary data from OatGen and PloughBio, and fitted a line.",
            ("OatGen", "studied", None),
        ),
        (
            "We used records of the Northern Plough Registry to follow farmers.",
            ("Northern Plough Registry", "studied", None),
        ),
        ("MedOats and CareOats were searched until 2020.", ("MedOats", "studied", None)),
    ],
)
def test_the_words_around_tell_what_it_is_for(
    abstract: str, entry: tuple[str, str, str | None]
) -> None:
    """Evaluated, trained on, drawn from a source, searched."""
    assert entry in _data(abstract)


def test_a_source_has_its_whole_name() -> None:
    """With the owner and the words that "and" joins, and not with another source."""
    assert "Nurses' Oat Study" in _names("We used data of women from the Nurses' Oat Study.")
    abstract = "Data from the National Oat and Barley Examination Survey were analysed."
    assert _names(abstract) == ["National Oat and Barley Examination Survey"]


def test_what_is_made_for_others_is_introduced() -> None:
    """By "our curated"; counts of what it doesn't hold are no size of it."""
    abstract = (
        "We propose OatNet, a reader, supported by our designed OatText and BranAlign datasets."
    )
    assert ("OatText", "introduced", None) in _data(abstract)
    for counted in ("19 leading models", "19 leading MLLMs", "four frontier VLMs"):
        abstract = f"We introduce OatBench, a benchmark for ploughs. We evaluate {counted} on it."
        assert _data(abstract) == [("OatBench", "introduced", None)]


def test_where_and_when_is_no_data() -> None:
    """Departments and months; a group's size in a bracket."""
    logs = (
        "METHODS: Logs from the Department of Weather in March and from the Tin Hospital in June "
        "were read. We read logs of 310 nurses."
    )
    assert _names(logs) == ["310 nurses"]
    groups = (
        "METHODS: Eighty-two nurses were given one of two kinds of lamps, which they were to carry "
        "for a whole winter at sea, whatever the weather (Group A - 43 nurses), or ashore (Group "
        "B - 39 nurses)."
    )
    assert _names(groups) == ["Eighty-two nurses"]


def test_a_panel_of_people_is_no_sample() -> None:
    """It gave advice."""
    assert _names("METHODS: A panel of 14 endocrinologists formulated nine questions.") == []


def test_what_a_set_holds_is_no_further_set() -> None:
    """The contents of a benchmark size it, wherever they are told."""
    abstract = (
        "We introduce OatBench, a benchmark for parsing. The benchmark contains 28,033 questions,"
        " along with 50 expert-written ones."
    )
    assert _data(abstract) == [("OatBench", "introduced", "28,033 questions")]
    abstract = (
        "We curate a dataset (Oathacks) of problems. The dataset comprises 190,402 hacks for"
        " 3,120 problems."
    )
    assert _data(abstract)[0] == ("Oathacks", "introduced", "190,402 hacks")
    assert len(_data(abstract)) == 1


def test_a_name_inside_a_longer_one_is_another() -> None:
    """What is compared with is no evaluation, though a longer name holds its letters."""
    abstract = (
        "We train a reader. The SuperOatQA benchmark is harder than the older OatQA benchmark."
        " On SuperOatQA our model scores 91.3, and it leads the SuperOatQA leaderboard."
    )
    assert ("OatQA", "unspecified", None) in _data(abstract)


@pytest.mark.parametrize(
    ("sentence", "data"),
    [
        (
            "Zeta was trained in 3.4 days using just 48 V100 GPUs and 7M sound-text pairs.",
            ("7M sound-text pairs", "training", "7M sound-text pairs"),
        ),
        (
            "We curate the largest sound-language dataset to date.",
            ("sound-language dataset", "introduced", None),
        ),
        (
            "With 15 million pre-training image-text pairs, Zeta wins by 3%.",
            (
                "15 million pre-training image-text pairs",
                "training",
                "15 million pre-training image-text pairs",
            ),
        ),
        (
            "Zeta does well, particularly in tasks like ScienceQA, and improves by 3%.",
            ("ScienceQA", "evaluation", None),
        ),
    ],
)
def test_what_a_set_is_for_is_told_by_the_words_around_it(
    sentence: str, data: tuple[str, str, str | None]
) -> None:
    """Also where the time of training, or what was reached, stands beside it."""
    assert data in _data(f"Maps are hard to read. We propose Zeta, a model of them. {sentence}")


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("METHODS: This analysis includes 206 women (73% urban) who rowed.", "206 women"),
        ("METHODS: The study included 25 866 rowing women of the coast.", "25 866 rowing women"),
        ("METHODS: We saw a cohort of 611 asthmatics.", "611 asthmatics"),
        (
            "METHODS: Signs were compared between 1204 rural and 3310 urban nurses.",
            "1204 rural and 3310 urban nurses",
        ),
        (
            "METHODS: Nineteen persons (51.3+/-4.2 years) with gout were included.",
            "Nineteen persons",
        ),
        ("METHODS: Fifty-two tumours were scanned.", "Fifty-two tumours"),
        ("RESULTS: Seven old trials met the inclusion criteria.", "Seven old trials"),
        (
            "METHODS: Small studies were done in 75 patients (40 males and 35 females).",
            "75 patients",
        ),
    ],
)
def test_samples_in_other_words(sentence: str, name: str) -> None:
    """A share of their make-up is no result, and thousands may stand apart."""
    assert _names(f"Rowing is hard. {sentence}") == [name]


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        # Of those asked, screened or found, those taken in are told.
        ("METHODS: 410 nurses were screened and 58 were randomised.", ["nurses"]),
        ("RESULTS: We screened 410 charts, of which 58 were included.", ["charts"]),
        (
            "RESULTS: The search found 940 articles, of which 12 trials were analysed.",
            ["12 trials"],
        ),
        ("METHODS: The form was filled in by 58 of 410 nurses.", ["58 of 410 nurses"]),
        ("RESULTS: A search found 90 papers. Twelve were included.", []),
        ("METHODS: A search identified 90 papers that met all criteria.", ["90 papers"]),
        (
            "METHODS: The planned sample size was 90 divers. Eighty-four divers were enrolled.",
            ["Eighty-four divers"],
        ),
        ("METHODS: Healthy men and women (n = 69) ate oats.", ["men and women (n = 69)"]),
        # Groups stand side by side, or none of them is told.
        (
            "METHODS: 58 infants were allocated to the lamp and 61 infants to the rope.",
            ["58 infants", "61 infants"],
        ),
        (
            "METHODS: Three groups rowed: (i) 90 nurses with a lamp; (ii) 84 nurses without.",
            ["90 nurses", "84 nurses"],
        ),
        (
            "METHODS: We tested 90 girls who rowed before 11.5 years and 84 girls who hadn't.",
            ["90 girls", "84 girls"],
        ),
        ("METHODS: 30 nurses (9 of one ward), 84 pilots took part.", ["30 nurses", "84 pilots"]),
        (
            "METHODS: We enrolled 90 nurses with a lamp and 12 without lamps.",
            ["90 nurses with a lamp and 12 without lamps"],
        ),
        ("METHODS: We read 1,204 and 3,310 comments on kites.", ["1,204 and 3,310 comments"]),
        (
            "METHODS: Fifteen old and 21 new nurses were included.",
            ["Fifteen old and 21 new nurses"],
        ),
        (
            "METHODS: Pain was seen in four groups of ten patients.",
            ["four groups of ten patients"],
        ),
        ("METHODS: Nurses were seen before (n = 90) and after it (n = 84 nurses).", []),
        ("METHODS: The control group consisted of 56 nurses of the coast.", []),
        (
            "RESULTS: Gulls were seen by 70 of 90 nurses and 66 of 84 pilots.",
            ["90 nurses", "84 pilots"],
        ),
        # Neither groups' sizes, nor limits, nor results are samples.
        ("METHODS: Nurses were drawn in blocks with six nurses per block.", []),
        ("METHODS: A maximum of 84 households will be recruited.", []),
        ("RESULTS: Only 11 studies randomised 500 patients or more.", []),
        ("RESULTS: 9/20 women completed the study.", []),
        ("RESULTS: We identified 37 possible proteins of the oat.", []),
        ("The network involved 220 investigators of all coasts.", []),
        ("METHODS: The flood took the lives of two people in the valley.", []),
        ("METHODS: Two cases are analysed; in the first case the rope is dry.", []),
        ("Kites are costly for nearly 20 million students of the coast.", []),
    ],
)
def test_who_of_those_counted_is_the_sample(sentence: str, names: list[str]) -> None:
    """Not those who were only asked, nor one group of several."""
    assert _names(f"Rowing is hard. {sentence}") == names


def test_a_protocol_has_those_that_it_will_take_in() -> None:
    """What else it will do counts others."""
    plan = "METHODS: We will enrol 36 old nurses. They will get soup of 7 healthy donors."
    assert _names(plan) == ["36 old nurses"]


def test_a_benchmark_behind_training_is_where_it_was_tested() -> None:
    """What lies between says that it is an outcome."""
    abstract = "Our net, trained on OatVL, surpasses others by 21% on the PloughBench benchmark."
    assert ("PloughBench", "evaluation", None) in _data(abstract)


def test_interviews_have_all_of_whom_they_were_held_with() -> None:
    """Those listed are told together; a year or an agency says nothing of the data."""
    abstract = "Interviews were held with keepers, lamp makers, and pilots in Delvia."
    assert _names(abstract) == ["keepers, lamp makers, and pilots"]
    assert _names("Oats are old. Tide data were collected from the Delvian Tide Agency.") == []
    assert _names("Oats are old. We measure tides using data from 2015 and the lamp method.") == []


def test_a_set_that_is_handed_over_in_the_same_breath_is_introduced() -> None:
    """That it can be had doesn't hide what is brought."""
    abstract = (
        "Clothes are hard to tell apart. We introduce a benchmark data set for the naming of coats "
        "that holds 63,500 images, which we make publicly available."
    )
    assert _data(abstract) == [("benchmark data set", "introduced", "63,500 images")]


def test_a_task_of_a_known_set_is_where_it_was_tried() -> None:
    """The task that is named after a set is tried on that set."""
    assert _names("We propose Zeta. On the ImageNet classification task, Zeta reaches 74.0%.") == [
        "ImageNet"
    ]


@pytest.mark.parametrize(
    ("abstract", "names"),
    [
        (
            (
                "METHODS: It was a study of 18 adults with gout (study group) and 36 nurses "
                "with gout but without flares (control group)."
            ),
            ["18 adults", "36 nurses"],
        ),
        (
            (
                "METHODS: We enrolled 42 adults who had surgery. Data from 30 elderly "
                "patients were matched to 60 patients without surgery."
            ),
            ["42 adults", "60 patients"],
        ),
    ],
)
def test_a_second_group_is_an_entry(abstract: str, names: list[str]) -> None:
    """Whatever stands between the two."""
    assert _names(abstract) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "Using monthly data from harbours of the coast, we ask how gulls nest.",
            ["monthly data from harbours of the coast"],
        ),
        (
            "We estimate it based on transcripts of U.S. harbour courts between 1990 and 2004.",
            ["transcripts of U.S. harbour courts"],
        ),
        (
            "Data were also collected from logs, letters, and the archive of the port to date it.",
            ["logs, letters, and the archive of the port"],
        ),
        ("Using data from harbours, we surveyed 412 pilots.", ["412 pilots"]),
        ("We propose Zeta, a model of gulls. Using data from harbours, it counts them.", []),
    ],
)
def test_where_data_came_from_without_name_and_number(text: str, names: list[str]) -> None:
    """In its words, where no name and no number tells better, and nothing is proposed."""
    assert _names(f"Gulls are hard to study. {text}") == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            (
                "In all, 41 musicians (9 men; age: 32.1 years, SD = 5.6) and 77 trainees (12 men) "
                "took part in this study."
            ),
            ["41 musicians", "77 trainees"],
        ),
        ("A cohort of old people (n = 63) was recruited by a choir.", ["old people (n = 63)"]),
        ("Over half (57%) of respondents (n=49) had never sung.", ["respondents (n=49)"]),
        (
            (
                "From May to July, 168 throat isolates of E. coli sent to the Institute by choirs "
                "were analysed for 33 marks."
            ),
            ["168 throat isolates"],
        ),
        ("The study had a sample size of 305 choirs.", ["305 choirs"]),
        ("Singing was heard in a random sample of 58 rural clinics.", ["58 rural clinics"]),
        (
            (
                "The cohort will enroll 20,000 singers. In this pilot, 769 people were invited. In "
                "all, 517 tall men and women agreed to take part."
            ),
            ["517 tall men and women"],
        ),
        ("The trial will enroll 240 adults with a cough.", ["240 adults"]),
        (
            "The survey was sent to 163 nurses. A total of 91 nurses were interviewed.",
            ["91 nurses"],
        ),
        (
            "Our aim was to compare the carp of three shallow lakes over a year.",
            ["three shallow lakes"],
        ),
    ],
)
def test_who_took_part_and_not_who_was_asked(text: str, names: list[str]) -> None:
    """Each group that took part, by whatever count; not who is to, or was only invited."""
    assert _names(f"Choirs are hard to study. {text}") == names


@pytest.mark.parametrize(
    ("abstract", "names"),
    [
        ("METHODS: Charts were read. RESULTS: 263 tests were performed.", ["263 tests"]),
        (
            "METHODS: Charts were read. RESULTS: 47 laparotomies were performed in 41 patients.",
            ["47 laparotomies"],
        ),
        ("METHODS: Twelve frozen human knees were utilized.", ["Twelve frozen human knees"]),
        ("METHODS: A total of 116 cleaners were included.", ["116 cleaners"]),
        ("METHODS: Charts were read. RESULTS: Two cases of it were identified.", ["Two cases"]),
        (
            "METHODS: Charts were read. RESULTS: Of 8,412 calls, 71.8% were short.",
            ["8,412 calls"],
        ),
        ("METHODS: Charts were read. RESULTS: 87 of 139 teeth were broken.", ["139 teeth"]),
    ],
)
def test_where_a_sample_is_told_late(abstract: str, names: list[str]) -> None:
    """The first sentence that begins with a count of what was done, or counts parts of a whole."""
    assert _names(abstract) == names


def test_counts_in_brackets() -> None:
    """Groups with a size each, or the sexes, behind their noun."""
    abstract = (
        "METHODS: This was a study of children with gout (n=37) who were compared to sound "
        "children of their own age (n=61)."
    )
    assert _data(abstract) == [
        ("children", "studied", "n=37"),
        ("sound children", "studied", "n=61"),
    ]
    abstract = "METHODS: Data came from a sample of gout patients (9 females, 5 males; aged 17-39)."
    assert _data(abstract) == [("gout patients", "studied", "9 females, 5 males")]


@pytest.mark.parametrize(
    ("sentence", "data"),
    [
        ("We provide a novel night-time dataset of fruit.", [("night-time dataset", "introduced")]),
        ("On ImageNet pre-training, Zeta is 3% better.", [("ImageNet", "training")]),
        ("It is tested on Zeta-Maps, a new data set of maps.", [("Zeta-Maps", "introduced")]),
        (
            "On long-map benchmarks (Iota-Maps, EtaBench, Theta-QA), it keeps its quality.",
            [("Iota-Maps", "evaluation"), ("EtaBench", "evaluation"), ("Theta-QA", "evaluation")],
        ),
        (
            "We make a new map dataset that includes EtaBench (90 maps) and EtaMaps-2K (2K maps).",
            [("EtaBench", "introduced"), ("EtaMaps-2K", "introduced")],
        ),
        (
            "We introduce EtaMaps-2K, a set for three tasks: 2,000 maps, 300 plans and 40 tours.",
            [("EtaMaps-2K", "introduced")],
        ),
        ("It wins by 3% on three public datasets.", []),
        ("It wins by 3% on two data sets, namely many.", []),
        ("It wins by 3% on 12 benchmarks.", [("12 benchmarks", "evaluation")]),
        ("It beats readers trained on large-scale human data by 3%.", []),
        ("We train it to recognise 14 plant species.", []),
        ("We trained 15 distinct policies.", []),
    ],
)
def test_sets_that_are_made_or_meant(sentence: str, data: list[tuple[str, str]]) -> None:
    """Sets that are described and made; no counts of sets that say nothing, no models."""
    abstract = f"Maps are hard to read. We propose Zeta, a model of them. {sentence}"
    assert [(name, role) for name, role, _ in _data(abstract)] == data


def test_what_bounds_a_count_belongs_to_it() -> None:
    """In the name of a sample and in its size; a mean over many has no bound."""
    assert _data("METHODS: We enrolled over 400 students in a survey.") == [
        ("over 400 students", "studied", "over 400 students")
    ]
    made = "Maps are hard to read. We introduce EtaMaps, a dataset of more than 900 maps."
    assert _data(made) == [("EtaMaps", "introduced", "more than 900 maps")]


def test_what_wins_on_a_set_is_none() -> None:
    """Behind the comma of "On ZetaRead, Zeta wins" stands what was tried."""
    text = "We propose OatNet, a reader. On ZetaRead-C, OatNet consistently outperforms others."
    assert _names(text) == ["ZetaRead-C"]
    text = "We train OatNet, a reader. With tuning on ZetaA and ZetaB, OatNet achieves more."
    assert _names(text) == ["ZetaA", "ZetaB"]


@pytest.mark.parametrize(
    ("abstract", "data"),
    [
        (
            "METHODS: A form asked for keepers' (N = 1,204; mean age = 40 years) habits.",
            [("keepers", "studied", "N = 1,204")],
        ),
        (
            "METHODS: Purposive sampling recruited 28 lamp seekers from 9 harbours.",
            [("28 lamp seekers", "studied", "28 lamp seekers")],
        ),
        (
            "We analyze 410 lamp failures in Delvia and show that gulls raise bills by 12%.",
            [("410 lamp failures", "studied", "410 lamp failures")],
        ),
        (
            "METHODS: Two models were fitted to the weekly sales of lamps from 2010 to 2015.",
            [("weekly sales of lamps from 2010 to 2015", "studied", None)],
        ),
        (
            "METHODS: Interviews were held with old keepers and pilots in two towns.",
            [("old keepers and pilots", "studied", None)],
        ),
        (
            "We propose locks for harbours. We test our locks on a series of harbour radio logs.",
            [("harbour radio logs", "evaluation", None)],
        ),
        (
            "METHODS: Sonar and buoy measurements were combined to see waves. We bring an index.",
            [("Sonar and buoy measurements", "studied", None)],
        ),
        ("The storm took many lamps, killing 240 people and 90 gulls. We map its waves.", []),
    ],
)
def test_a_sample_is_told_in_many_ways(
    abstract: str, data: list[tuple[str, str, str | None]]
) -> None:
    """In brackets, by those who took it, with its period; whom a storm struck is none."""
    assert _data(abstract) == data


@pytest.mark.parametrize(
    ("abstract", "name"),
    [
        (
            "We used data from the National Milling Survey on Oats and Related Grains of 2010.",
            "National Milling Survey on Oats and Related Grains",
        ),
        (
            "Data from the Delvian Oat and Mill Surveys (DOMS) were analysed.",
            "Delvian Oat and Mill Surveys",
        ),
        (
            "We used the Global Burden of Rust, Mildew and Blight Study to count mills.",
            "Global Burden of Rust, Mildew and Blight Study",
        ),
        (
            "The Delvian National Oat and Barley Sowing Survey database was used for this.",
            "Delvian National Oat and Barley Sowing Survey",
        ),
    ],
)
def test_a_name_is_whole(abstract: str, name: str) -> None:
    """What stands on either side of "and", "of" or "on" belongs to the name of a survey."""
    assert _names(abstract) == [name]


def test_a_search_has_its_sources() -> None:
    """What was searched is studied, whatever its sentence says of tests, and has its whole name."""
    text = "We did a search of Embase and Web of Science for reports that evaluate oats."
    assert _data(text) == [("Embase", "studied", None), ("Web of Science", "studied", None)]


def test_sets_of_a_kind_are_counted() -> None:
    """Several sets of a kind have no name; what a part is optimised on, it learns from."""
    text = "We propose OatNet. On three real-world OatSAR datasets it does better than others."
    assert _names(text) == ["three real-world OatSAR datasets"]
    text = "We propose OatNet, and optimize the Husk Reader on Sheaf-9K by one reward."
    assert _data(text) == [("Sheaf-9K", "training", None)]


@pytest.mark.parametrize(
    ("abstract", "data"),
    [
        (
            "RESULTS: We screened 900 nurses and enrolled 310 participants.",
            [("310 participants", "310 participants")],
        ),
        ("Of 640 babies screened, 210 were enrolled.", [("babies", "210")]),
        (
            "RESULTS: 812 papers were retrieved, and 16 studies were eligible and included.",
            [("16 studies", "16 studies")],
        ),
        (
            "The form was piloted in 30 divers. METHODS: We interviewed 210 divers at sea.",
            [("210 divers", "210 divers")],
        ),
        (
            "METHODS: Answers of 219 pupils at mills were compared with data from 4024 pupils.",
            [("219 pupils", "219 pupils"), ("4024 pupils", "4024 pupils")],
        ),
        (
            "METHODS: Thirty farmers were interviewed, as well as 17 representatives of mills.",
            [("Thirty farmers", "Thirty farmers"), ("17 representatives", "17 representatives")],
        ),
        (
            "METHODS: We surveyed 289 women aged 20 to 64 years from 12 villages.",
            [("289 women", "289 women")],
        ),
        (
            "METHODS: We studied older keepers (n = 301). Of the 105 keepers with gout, 12 ran.",
            [("older keepers (n = 301)", "n = 301")],
        ),
        (
            "METHODS: We included older nurses (n = 301). RESULTS: Rust rose by 20.1% (76 cases).",
            [("older nurses (n = 301)", "n = 301")],
        ),
        (
            "METHODS: We visited 50 rural study and 51 control villages.",
            [("50 rural study and 51 control villages", "50 rural study and 51 control villages")],
        ),
        (
            "RESULTS: We found that the pond held many newts, including 22 species of the hills.",
            [],
        ),
    ],
)
def test_the_sample_is_who_took_part(abstract: str, data: list[tuple[str, str]]) -> None:
    """Not who was screened, found or asked first, nor where they live; of two groups both."""
    assert [(name, size) for name, _, size in _data(abstract)] == data
