"""Names and links of an abstract, found by their form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from summarise.models import Span
from summarise.scan.patterns import Stretches, either_case, one_of, words

_REST = r"\w*(?:(?:[-+/.&]|['’](?!s\b)|- (?=\d))\w+)*(?:\^\w+|\+\+?)?"
_TOKEN = rf"(?:[A-Z]|[a-z]{{1,6}}[A-Z]|\d+[A-Z][A-Za-z]|\d+[kKM](?!\w)){_REST}"
# It starts at a capital, so that a search is fast; the letters before it are added afterwards.
# The one whose name holds a small word is searched in any field.
_RUN = re.compile(rf"Web of Science|[A-Z]{_REST}(?: {_TOKEN}){{0,5}}")
_GLUED = frozenset("$\\./@-_^")
_MAX_LEAD = 6
_SEPARATOR = re.compile(r",? (?:and|or|&) (?:the )?|, (?:the )?|/")
_INNER_CAPITAL = re.compile(
    r"[a-z0-9][A-Z]|[A-Z]{2}[a-z](?!\b)|[A-Z]-+\d|[A-Za-z]\d|\d[A-Za-z]|[A-Z]{2}-[A-Z]"
    r"|[A-Z]\w{0,30}-\w{0,30}[A-Z]\w{0,30}[A-Z]"
)
_SENTENCE_ENDS = frozenset({"", ".", "!", "?", ":"})
_ACRONYM = re.compile(r"[A-Z]{2,}s?")

# Never the first word of a name.
_FUNCTION_WORDS = words(
    """A An The This These Those That It Its We Our Us They Their There Here He She In On At By For
    From To Of With Without Within While Although Though Despite However Moreover Furthermore
    Additionally Also Further Thus Hence Therefore Then First Firstly Second Secondly Third
    Finally Next Last Lastly Recently Most Many Some Several Various Both Each All Any Using Based
    Given Since Because As When Where Whereas If Unlike Like Compared Specifically Notably
    Importantly Overall Together Particularly Especially Besides Meanwhile Similarly Conversely
    Instead Consequently Accordingly Nevertheless Nonetheless Yet But And Or So Not No Such More
    Less Only Even Just Through Via During After Before Among Between Across Over Under Until How
    What Why Which Who Can Is Are Do Does Could Two Three Four Five Six Seven Eight Nine Ten
    Background Objective Objectives Method Methods Results Result Conclusion Conclusions
    Introduction Purpose Aim Aims Importance Setting Participants Findings Interpretation"""
)
# Capitalised only because a sentence starts with them.
_SENTENCE_OPENERS = words(
    """Recent Existing Current Previous Prior Extensive Experimental Experiments Empirical
    Evaluations Evaluation Comprehensive Code Codes Data Project Source Design Motivated Inspired
    Building Leveraging Trained Training Tested Key Main Traditional Conventional Typical
    Typically Standard Deep Machine Large Large-scale Vision Language Image Text Learning Natural
    Neural Artificial Multimodal Multi-modal Generative Diffusion Reinforcement Federated Graph
    Patients Adults Children Women Men Enhanced Aided Addressing Evaluating Understanding
    Systematic Quantitative Qualitative Ablation Benchmark Dataset Datasets Models Model Approach
    Approaches"""
)


# Kinds of things, known by their abbreviation: never the name of one thing.
GENERIC = words(
    """AI ML DL NLP CV LLM LLMs VLM VLMs LVLM LVLMs MLLM MLLMs LMM LMMs LM LMs GPU GPUs CPU CPUs TPU
    VQA QA OCR ASR TTS MT NMT RL RLHF CT MRI EEG ECG PET DNA RNA HIV COVID COVID-19 SARS-CoV-2 US
    UK EU USA WHO API CNN CNNs RNN LSTM GAN GANs MLP SVM PCA SOTA BMI ICU PCR IoT IQR HR OR CI SD
    T2I AUC FID BLEU F1 BEV NER SSL OOD Europe China Africa Asia India Japan Germany France Brazil
    America Canada Australia SQL HTML Java Internet Web English Chinese German French Spanish
    Linux Android Bayesian Gaussian RCT RCTs LiDAR LIDAR Lidar RGB RGB-D IMU GPS SAR UAV UAVs
    CoT SFT DPO PPO GRPO HIV-1 HIV-2 HBV HCV HPV HSV CMV EBV RSV TB AIDS STI STIs NCD NCDs COPD"""
)

KNOWN_MODEL = re.compile(
    r"(?:gpt|chatgpt|o[134]\b|llama|llava|bert|roberta|clip|siglip|dino|vit\b|vit-|resnet|qwen|gemini"
    r"|claude|mistral|mixtral|t5\b|flan|palm\b|deepseek|gemma|stable.?diffusion|sdxl|dall|imagen|blip"
    r"|flamingo|minigpt|vicuna|alpaca|yolo|u-?net|swin|efficientnet|transformer|whisper|alphafold"
    r"|internlm|internvl|midjourney|copilot|bard\b|lora\b|adam\b|python|pytorch|github)",
    re.IGNORECASE,
)
"""Start of the name of a widely known model or tool: neither data nor what a paper proposes."""


class Name(NamedTuple):
    """A run of name-like words; those of one list ("A, B and C") share their ``group``."""

    text: str
    span: Span
    group: int

    @property
    def is_strong(self) -> bool:
        """Whether its form alone says that it is a name: "Foo30k", "QuxQA", "AB-BARS"."""
        return _has_inner_capital(self.text)

    @property
    def is_acronym(self) -> bool:
        """Whether it is one word of capitals."""
        return bool(_ACRONYM.fullmatch(self.text))


@lru_cache(maxsize=1024)
def _has_inner_capital(name: str) -> bool:
    return _INNER_CAPITAL.search(name) is not None


def find_names(text: str, masked: Sequence[Span] = ()) -> tuple[Name, ...]:
    """Find the name-like runs of a text, numbered by the list ("A, B and C") they stand in."""
    names: list[Name] = []
    closed = Stretches(masked) if masked else None
    for match in _RUN.finditer(text):
        start, end = _token_start(text, match.start()), match.end()
        if start < 0 or (closed and closed.cover(start)):
            continue
        start = _without_opener(text, start, end)
        if start >= end or end - start < 2:
            continue
        group = 0
        if names:
            gap = text[names[-1].span.end : start]
            group = names[-1].group + (0 if _SEPARATOR.fullmatch(gap) else 1)
        names.append(Name(text[start:end], Span(start, end), group))
    return tuple(names)


def _token_start(text: str, at: int) -> int:
    """Where the word around a capital starts ("iNaturalist"); -1 inside a compound or a path."""
    start = at
    while start and text[start - 1].isalnum():
        start -= 1
    if at - start > _MAX_LEAD or text[start - 1 : start] in _GLUED:
        return -1
    if text[start].isdigit() and not text[at + 1 : at + 2].isalpha():
        return -1
    return start


def _without_opener(text: str, start: int, end: int) -> int:
    while start < end:
        word = text[start:end].partition(" ")[0]
        if word not in _FUNCTION_WORDS and not (
            word in _SENTENCE_OPENERS
            and text[max(0, start - 3) : start].rstrip()[-1:] in _SENTENCE_ENDS
        ):
            break
        start += len(word) + 1
    return min(start, end)


class Mention(NamedTuple):
    """A name or a link: ``text`` is verbatim what its span covers."""

    text: str
    span: Span


# A scheme, "www.", or one of the hosts that abstracts name without a scheme.
_STARTS = (
    "https?://", "ftp://", r"www\.(?=\w)", r"github\.com/", r"gitlab\.com/", r"huggingface\.co/",
    r"zenodo\.org/", r"osf\.io/", r"doi\.org/", r"arxiv\.org/",
)  # fmt: skip
_URL = re.compile(one_of(either_case(_STARTS)) + r"[^\s<>\"{}|\\^`\u201c\u201d\u3002\uff0c\uff09]+")
_SIGNS = ("://", "www.", ".com/", ".org/", ".io/", ".co/")
_TRAILING = ".,;:!?'*\u2019\u00b7"
_PAIRS = {")": "(", "]": "["}


def find_links(text: str) -> tuple[Mention, ...]:
    r"""Find every URL of a text, in order.

    Trailing punctuation and closing brackets without a partner inside the URL are left out;
    ``\url{…}`` and braces are unwrapped.
    """
    if not any(map(text.__contains__, _SIGNS)):
        return ()
    found = []
    for match in _URL.finditer(text):
        if text[match.start() - 1 : match.start()].isalnum() and match.start():
            continue
        url = _trimmed(match.group())
        span = Span(match.start(), match.start() + len(url))
        found.append(Mention(url, span))
    return tuple(found)


def _trimmed(url: str) -> str:
    surplus = {closer: url.count(closer) - url.count(opener) for closer, opener in _PAIRS.items()}
    end = len(url)
    while end and (url[end - 1] in _TRAILING or surplus.get(url[end - 1], 0) > 0):
        end -= 1
        if url[end] in surplus:
            surplus[url[end]] -= 1
    return url[:end]
