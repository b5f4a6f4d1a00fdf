"""Names of datasets, benchmarks and corpora, found by the words around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from summarise.scan.mentions import Mention, MentionKind
from summarise.scan.names import Name

HEAD = (
    r"(?:(?:data ?|test ?|training ?|validation ?|evaluation ?)sets?|benchmark(?:ing)? ?(?:suite|dataset)?s?|corpus|corpora|test[ -]?beds?"
    r"|databases?|database|leaderboards?|challenges?|cohorts?|registry|registries|biobank|survey(?: data)?"
    r"|archive|repository|treebank|knowledge base|collection|test split|splits?)"
)
"""A noun that says "this name is a dataset"."""

_END_OF_PHRASE = (
    r"(?=[.,;:()]|$| (?:of|that|which|for|with|to|in|on|from|where|and|is|are|was|were|by|using|as"
    r"|\w+(?:ing|ed))\b)"
)
_HEAD_AFTER = re.compile(rf"(?: \([^()]{{1,60}}\))?(?: [a-z][\w-]*)?? {HEAD}\b(?! construction)", re.IGNORECASE)
_PLURAL_HEAD_AFTER = re.compile(r" (?:datasets|data sets|benchmarks|corpora|test sets|databases|challenges)\b")
_IS_HEAD = re.compile(
    rf"(?: \([^()]{{1,80}}\))?(?:,? (?:which )?is|,) (?:a|an|the|our)\b(?: [\w()'’/-]+,?){{0,8}}? {HEAD}{_END_OF_PHRASE}", re.IGNORECASE
)
_HEAD_BEFORE = re.compile(
    rf"(?:{HEAD}|tasks)(?:,? \([^()]{{1,40}}\))?(?:[^.;:()]{{0,60}}?[\s,](?:such as|including|like|namely|i\.e\.,?|e\.g\.,?)|:|,? (?:called|named|termed|dubbed)| (?=\())"
    r"[\s(]*(?:(?:e\.g\.|i\.e\.|namely|including),? )?(?:the )?\Z",
    re.IGNORECASE,
)
_ON_BEFORE = re.compile(
    r"\b(?:on|over|across) (?:the |both |all (?:\w+ of )?)?(?:[a-z][a-z-]* )?\Z"
)
_NUMBER_BEFORE = re.compile(r"\d[\d.]*%? \(\Z")
_TASK_BRACKET = re.compile(r"[a-z] \(\Z")
_FROM_BEFORE = re.compile(r"\b(?:from|using|in|of|with) (?:the )?\Z")
_DATA_AFTER = re.compile(r"(?:['’]s)? (?:data|records|dataset)\b")
_THING_AFTER = re.compile(
    r"(?:['’]s)?[ -](?:[a-z-]+ )?(?:models?|backbones?|GPUs?|TPUs?|architectures?|methods?|frameworks?|tasks?|encoders?"
    r"|decoders?|approach(?:es)?|algorithms?|networks?|modules?|scores?|metrics?|loss|based|layers?|objective|pipelines?)\b"
)
_TESTED = re.compile(
    r"\b(?:evaluat|experiment|benchmark|test(?:ed|s|ing)?\b|validat|achiev|outperform|perform|accurac|state-of-the-art|sota\b"
    r"|improv|surpass|exceed|competitive|results?\b|scores?\b|reach|obtain|train|fine-?tun|gain)",
    re.IGNORECASE,
)
_OWN_FORM = re.compile(
    r"(?:Bench|Benchmark|Dataset|Corpus|Eval|Treebank|Biobank|COCO|(?<=[a-z])QA|(?<=[a-z])QA-\w+)$|[A-Za-z]-?\d+(?:\.\d+)?[KM]$|^(?:COCO|MIMIC)-"
)
_PROPER_HEAD = re.compile(
    r" (?:Survey|Study|Registry|Biobank|Database|Cohort|Corpus|Dataset|Benchmark|Census|Panel|Archive|Atlas|Repository|Treebank|Collection|Challenge|Initiative|Project)s?$"
)
_KNOWN = re.compile(
    r"(?:(?:Tiny|mini-?)?ImageNet(?:-\w+)?|(?:MS-?|MS )?COCO|CIFAR-?\d+|(?:Fashion-?)?MNIST|SQuAD|(?:Super)?GLUE|KITTI|LAION\S*"
    r"|UK Biobank|MIMIC\S*|WikiText\S*|Wikipedia|PubMed\S*|MMLU\S*|GSM8K|HumanEval|Cityscapes|ADE20K|nuScenes|LibriSpeech"
    r"|AudioSet|Kinetics\S*|Visual Genome|Conceptual Captions|OpenWebText|Common ?Crawl|C4|SEER|NHANES|ADNI|TCGA|GenBank|Twitter|Reddit)"
)
_MODEL = re.compile(
    r"(?:gpt|chatgpt|o[134]\b|llama|llava|bert|roberta|clip|siglip|dino|vit\b|vit-|resnet|qwen|gemini|claude|mistral|mixtral"
    r"|t5\b|flan|palm\b|deepseek|gemma|stable.?diffusion|sdxl|dall|imagen|blip|flamingo|minigpt|vicuna|alpaca|yolo|u-?net|swin"
    r"|efficientnet|transformer|whisper|alphafold|internlm|internvl|midjourney|copilot|bard\b|lora\b|adam\b|python|pytorch|github)",
    re.IGNORECASE,
)
_MODEL_FORM = re.compile(
    r"(?:GPT|LM|LLM|VLM|LLMs|VLMs|BERT|CLIP|former|GAN|GANs|VAE|DPO|PPO|Diffusion|CNNs?|ViTs?|RNNs?)$|v\d\.\d|\d[bB]$|(?<!Image|Shape|Audio)(?<!Word)Net(?:v?\d+)?$"
)
_NOT_DATA = frozenset(
    """AI ML DL NLP CV LLM LLMs VLM VLMs LVLM LVLMs MLLM MLLMs LMM LMMs LM LMs GPU CPU TPU VQA QA OCR
    ASR TTS MT NMT RL RLHF CT MRI EEG ECG PET DNA RNA HIV COVID COVID-19 SARS-CoV-2 US UK EU USA WHO
    API CNN CNNs RNN LSTM GAN GANs MLP SVM PCA DPO PPO SOTA BMI ICU PCR IoT IQR HR OR CI SD T2I AUC
    FID BLEU F1 BEV NER SSL OOD CPUs GPUs Europe China Africa Asia India Japan Germany France Brazil
    America Canada Australia SQL HTML Java C++ Internet Web English Chinese German French Spanish
    Python Linux Android Bayesian Gaussian Monte Carlo Markov""".split()
)


def find_datasets(text: str, names: Sequence[Name]) -> tuple[Mention, ...]:
    """Find the names of datasets, benchmarks and corpora.

    Args:
        text: An abstract.
        names: Its name-like runs.

    Returns:
        One mention a name, at the first place where the context tells that it is a dataset.
    """
    defined = _defined_tasks(text, names)
    found: dict[str, Mention] = {}
    for _, members in groupby(names, key=lambda name: name.group):
        for name in _datasets_of(text, list(members), defined):
            found.setdefault(name.text.casefold(), Mention(name.text, name.span, MentionKind.DATASET))
    return tuple(sorted(found.values(), key=lambda mention: mention.span))


def _defined_tasks(text: str, names: Sequence[Name]) -> frozenset[str]:
    """Acronyms that the text defines as something else: "visual question answering (VQA)"."""
    return frozenset(
        n.text.removesuffix("s")
        for n in names
        if text[n.span.start - 1 : n.span.start] == "("
        and text[n.span.end : n.span.end + 1] == ")"
        and _TASK_BRACKET.search(text[: n.span.start][-12:])
        and not re.search(rf"{HEAD} \(\Z", text[: n.span.start][-20:], re.IGNORECASE)
    )


def _datasets_of(text: str, group: list[Name], defined: frozenset[str]) -> Iterator[Name]:
    first, last = group[0], group[-1]
    before = text[max(0, first.span.start - 110) : first.span.start]
    after = text[last.span.end : last.span.end + 160]
    told = bool(_HEAD_BEFORE.search(before))
    headed = _headed(group, before, after)
    tested = bool(_ON_BEFORE.search(before)) and bool(_TESTED.search(_sentence(text, first)))
    for name in group:
        if _is_excluded(name, defined if not headed else frozenset(), headed or told):
            continue
        if told or headed or _tells_itself(text, name):
            yield name
        elif tested and _is_tested(text, name):
            yield name


def _headed(group: list[Name], before: str, after: str) -> bool:
    """Whether "dataset" or the like follows the list: "MS-COCO and Flickr30k datasets"."""
    if not _HEAD_AFTER.match(after):
        return False
    only = len(group) == 1
    if only and group[0].is_acronym and _PLURAL_HEAD_AFTER.match(after):
        return before.endswith((" the ", "both "))
    return not (only and group[0].is_acronym and re.search(r"\ban? (?:[a-z-]+ )*\Z", before))


def _is_excluded(name: Name, defined: frozenset[str], is_told: bool) -> bool:
    text = name.text
    if text in _NOT_DATA or text.removesuffix("s") in defined:
        return True
    if _KNOWN.fullmatch(text):
        return False
    if _MODEL.match(text):
        return not is_told
    return bool(_MODEL_FORM.search(text)) and not is_told


def _tells_itself(text: str, name: Name) -> bool:
    """By its own form, by what is said of it, or because it is widely known."""
    after = text[name.span.end : name.span.end + 160]
    if _OWN_FORM.search(name.text) or _PROPER_HEAD.search(name.text):
        return True
    if _IS_HEAD.match(after):
        return True
    before = text[max(0, name.span.start - 30) : name.span.start]
    if _KNOWN.fullmatch(name.text):
        return not _THING_AFTER.match(after)
    if name.is_strong and _NUMBER_BEFORE.search(before) and after.startswith(")"):
        return True
    return bool(_FROM_BEFORE.search(before) and name.is_strong and _DATA_AFTER.match(after))


def _is_tested(text: str, name: Name) -> bool:
    after = text[name.span.end : name.span.end + 40]
    if _THING_AFTER.match(after) or after.startswith("-"):
        return False
    return name.is_strong or name.is_acronym


def _sentence(text: str, name: Name) -> str:
    start = text.rfind(". ", 0, name.span.start) + 1
    end = text.find(". ", name.span.end)
    return text[start : end if end >= 0 else len(text)]
