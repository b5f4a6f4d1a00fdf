"""What the form of a name says by itself: that it is data, a model, a place, or no name at all.

And how long it is, where it is that of a survey or another source.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from summarise.models import Span
from summarise.scan.names import GENERIC, KNOWN_MODEL, Mention, Name
from summarise.scan.neighbours import METRIC
from summarise.scan.units import DEVICE

_OWN_FORM = re.compile(
    r"(?:Bench|Benchmark|Dataset|Corpus|Eval|Treebank|Biobank|COCO|(?<=[a-z])QA|(?<=[a-z])QA-\w+)$"
    r"|[A-Za-z]-?\d+(?:\.\d+)?[KM]$|^(?:COCO|MIMIC)-"
    r"| (?:Survey|Study|Registry|Biobank|Database|Cohort|Corpus|Dataset|Benchmark|Census|Panel"
    r"|Archive|Atlas|Repository|Treebank|Collection|Initiative|Consortium|Register)s?$"
    r"|[a-z]Biobank$"
)
# Widely known names: a weak cue, used where nothing else speaks for or against.
_KNOWN = re.compile(
    r"(?:Tiny|mini-?)?ImageNet(?:-\w+)?|(?:MS-?|MS )?COCO|CIFAR-?\d+|(?:Fashion[- ]?)?MNIST|SQuAD"
    r"|(?:Super)?GLUE|KITTI|LAION\S*|UK Biobank|MIMIC\S*|WikiText\S*|Wikipedia|PubMed\S*|MMLU\S*"
    r"|GSM8K|HumanEval|Cityscapes|ADE20K|nuScenes|LibriSpeech|AudioSet|Kinetics-?\d+|Visual Genome"
    r"|Conceptual Captions|OpenWebText|Common ?Crawl|C4|SEER|NHANES|ADNI|TCGA|GenBank|WordNet"
    r"|ShapeNet\S*|MoleculeNet|PhysioNet|MarketScan|FAERS|BRFSS|NHIS|ERA5|SDSS|Web of Science"
    r"|Cochrane Library|PsycINFO|Scopus|Embase|MEDLINE|CINAHL"
)
_METRIC = re.compile(METRIC)
_DEVICE = re.compile(DEVICE)
_MODEL_FORM = re.compile(
    r"(?:GPT|LM|LLM|VLM|LLMs|VLMs|BERT|CLIP|former|GAN|GANs|VAE|DPO|PPO|Diffusion|CNNs?|ViTs?|RNNs?"
    r"|Net(?:v?\d+)?|[a-z]Sim)$|v\d\.\d|\d[bB]$"
)


# Of what kind or of which people something is: "HBX-induced", "Chilean".
_ADJECTIVE = re.compile(
    r"-(?:induced|derived|based|related|infected|exposed|treated|associated|specific|positive"
    r"|negative|dependent|like|mediated|test|level|style|driven|trained|enhanced"
    r"|selected|generated|augmented|tuned|guided)$"
    r"|^(?:[A-Z][a-z]+ )?[A-Z][a-z]+(?:[ie]an|[rx]ican|ese|ish)$"
)
# "Delvia.MethodsSurvey", "BackgroundA": a heading that lost its space
_TORN = re.compile(
    r"(?:^|\.)(?:Backgrounds?|Introduction|Objectives?|Purpose|Aims?|Methods?|Design|Setting|Results?"
    r"|Findings|Conclusions?|Discussion)(?=[A-Z])"
)
# A body, a time of a study, a molecule or an isotope: "T2", "H2O", "C-13"
_NO_SET = re.compile(
    r"(?:IEEE|EPA|FDA|GitHub|T\d|[A-Z][a-z]?-\d{1,2}|H2O2?|CO2|NO2|SO2|CH4|NH3|O3"
    r"|[A-Z ]*(?:METHODS|DESIGN)[A-Z ]*)"
)
# Who surveys a country: "the Delvian Geological Survey".
_AGENCY = re.compile(
    r"\b(?:Geologic(?:al)?|Geodetic|Hydrographic|Ordnance|Antarctic|Oceanographic) Survey$"
)
_PLACE_OR_TIME = re.compile(
    r"\b(?:Department|Faculty|University|Hospital|Clinic|Agency|Ministry|National Library"
    r"|Advisory Panel)$|^United (?:Kingdom|States)$"
    r"|^(?:January|February|March|April|May|June|July|August|September|October|November|December)$"
)


class Form(NamedTuple):
    """What the form of a name says by itself, or that it is widely known."""

    is_data: bool
    is_known: bool
    is_other: bool
    is_never: bool


@lru_cache(maxsize=4096)
def form_of(name: str) -> Form:
    """What a name says by itself of what it is the name of."""
    is_known = _KNOWN.fullmatch(name) is not None
    is_data = _OWN_FORM.search(name) is not None
    is_other = not is_known and bool(
        KNOWN_MODEL.match(name)
        or _MODEL_FORM.search(name)
        or _DEVICE.fullmatch(name)
        or _METRIC.fullmatch(name)
    )
    is_never = (
        name in GENERIC
        or (not is_known and bool(_NO_SET.fullmatch(name)))
        or any(pattern.search(name) for pattern in (_PLACE_OR_TIME, _ADJECTIVE, _TORN))
    )
    is_data = is_data and not (KNOWN_MODEL.match(name) or _AGENCY.search(name))
    return Form(is_data, is_known, is_other, is_never)


_SOURCE_FORM = re.compile(
    r"(?:^| )(?:Surveys?|Study|Registry|Cohort|Census|Consortium|Initiative)$"
)
_LEFT = re.compile(
    r"(?:(?!(?:The|This|These|In|Using|Data|From|We|Our|For|With|An?|And|Both|Among|Of|Background"
    r"|Methods?|Results?|Objectives?|Conclusions?)\b)[A-Z][\w-]+(?:['’]s?)?"
    r"(?:, and|,? and|,| of)? )+\Z"
)
# "Survey on Lamps and Related Lights", "Study of Oil, Wicks and Glass"
_RIGHT = re.compile(
    r" (?:on|of|for) (?:the )?[A-Z][\w'’-]+"
    r"(?:(?: (?:and )?|, (?:and )?(?=[^.;()]{2,40} and [A-Z]))[A-Z][\w'’-]+){0,5}"
)
_OTHER_SOURCE = re.compile(
    r"\b(?:Survey|Study|Registry|Cohort|Census|Consortium|Initiative|Biobank|Database)\b"
    r"|\b[A-Z]{2,}\b|[a-z][A-Z]"
)


def whole_of(text: str, name: Name) -> Mention:
    """A name, that of a source with the words around it: "Nurses' Health Study"."""
    start, end = name.span
    if _SOURCE_FORM.search(name.text):
        before = _LEFT.search(text, max(0, start - 60), start)
        if before is not None and not _OTHER_SOURCE.search(before.group()):
            start = before.start()
        after = _RIGHT.match(text, end)
        if after is not None and not _OTHER_SOURCE.search(after.group()):
            end = after.end()
    return Mention(text[start:end], Span(start, end))
