"""Who or what has, does or brings about what a number tells: the subject of its clause.

"Salt reduced rust by 40%", "The wet rope had a strength of 3 kN": it is taken where the verb has
the number in its object, and where it isn't the paper's own or what is measured.
"""

from __future__ import annotations

import re

from summarise.models import Span
from summarise.numbers.nouns import MEASURES
from summarise.numbers.sides import clause_start, is_anybody
from summarise.scan import SPELLED, bare_words, one_of, words

_CUT = re.compile(r"; (?:and )?|, (?:while|whereas|but|and|yet) |(?<! ): | (?:while|whereas) ")
_FRONT = re.compile(
    r"(?:(?:In|On|At|For|Among|After|During|With|Under|Across|By|When|Compared|Relative|Unlike"
    r"|Using|Over|From|Through|Within|Without|Despite|While|Although|Of)\b[^,;:.()]{2,90}, )?"
    r"(?:(?:Moreover|Furthermore|Additionally|However|Overall|Notably|Specifically), )?"
)
_WORD = (
    r"(?!(?i:is|are|was|were|be|been|being|has|have|had|do|does|did|can|could|may|might|will|would"
    r"|should|must|that|which|who|whom|whose|when|where|while|whereas|if|because|since|we|it|they"
    r"|he|she|this|these|those|there|not|no|nor|than|but|so|then|found|find|finds|used|uses|use"
    r"|reported|report|reports|however|although|though)\b)[^\s,;:()\[\]]+"
)
_OPEN = r"(?<! of)(?<! on)(?<! in)(?<! with)(?<! for)(?<! by)(?<! to)(?<! from)(?<! at)(?<! and)"
_NAME = rf"(?:(?:[Tt]he|[Aa]n?) )?+(?P<name>{_WORD}(?: {_WORD}){{0,9}}?){_OPEN}"
_ASIDE = r"(?:,[^,;:()]{3,60},| \([^()]{1,30}\))?"
_ADVERB = r"(?: (?:also|only|even|still|then|further|consistently|[a-z]+ly|can|could|may|might))*"
_HAD = (
    r"ha(?:d|s|ve)(?= (?:an?|the|only|about|over|[a-z]+ly [a-z]+|[a-z]+er|more|less|worse|at least"
    r"|\d[\d.]*)\b| \Z)(?! (?:an? )?(?:[a-z]+ ){0,3}(?:effects?|influences?|impacts?)\b)"
)
_SHOWS = (
    r"(?:(?:achieve|produce|demonstrate|provide)[sd]?"
    r"|(?:attain|obtain|deliver|show|exhibit|maintain)(?:s|ed)?|yield(?:ed|s)|gave"
    r"|account(?:s|ed)? for"
    rf"|{_HAD})(?![\w-])(?! (?:that|by|to|from|in|of|not|no|been|[a-z]+ed)\b)"
)
_CHANGES = (
    r"(?:(?:reduce|decrease|increase|improve|raise|enhance|double)[sd]?"
    r"|(?:lower|boost|shorten)(?:s|ed)?|cuts?|outperform(?:s|ed)?|surpass(?:es|ed)?)(?![\w-])"
    r"(?! (?:by|to|from|in|of|on|at|with|for|when|after|over|during|[a-z]+ly|and|or|was|were|is"
    r"|are|[a-z]+ed)\b|,|\.| [~$<>≥≤(]?\d| \()"
)
_BRINGS = (
    rf"(?:{_CHANGES}|explain(?:s|ed)?|led to|leads? to|result(?:s|ed)? in|cause[sd]"
    r"|(?:is|are|was|were) (?:[a-z]+ly )?(?:associated with|linked to)"
    r"|ha(?:s|d|ve) (?:an? )?(?:[a-z]+ ){0,3}(?:effects?|influences?|impacts?) on)(?![\w-])"
)
_SUBJECT = re.compile(
    rf"{_FRONT.pattern}{_NAME}{_ASIDE}{_ADVERB} (?:(?P<shows>{_SHOWS})|(?P<brings>{_BRINGS}))"
)
_VERB_FIRST = re.compile(rf"(?:[a-z]+ly |also |further )*(?:{_SHOWS}|{_BRINGS})")
_AND = ", and "
_LIST_ENDS = re.compile(r"(?:an? |the |up to |only )*(?:(?:[\w-]+ ){1,3}(?:of|by) )?")
_HINTS = words(
    """achieve achieves achieved attain attains attained obtain obtains obtained produce produces
    produced deliver delivers delivered show shows showed demonstrate demonstrates demonstrated
    exhibit exhibits exhibited provide provides provided gave maintain maintains maintained had has
    yield yields yielded account accounts accounted reduce reduces reduced decrease decreases
    decreased increase increases increased improve improves improved raise raises raised enhance
    enhances enhanced double doubles doubled lower lowers lowered boost boosts boosted shorten
    shortens shortened cut cuts explain explains explained outperform outperforms outperformed
    surpass surpasses surpassed led lead leads result results resulted cause caused associated
    linked have"""
)
# What the number is of, behind the verb, is somebody else's.
_OTHER = re.compile(
    r"\b(?:that|when|where|which|whom|who|followed by)\b"
    r"|, with (?:the |an? )?[^,;]{2,40} [a-z]+ing\b"
    r"|\b(?:compared (?:with|to)|than|versus|vs\.?|relative to|from|in contrast)\b[^;]{0,60}\Z"
    r"| and (?:the )?(?:[\w-]+ ){1,4}(?:is|are|was|were|had|has|have|rose|fell|increased|decreased"
    r"|dropped|improved|reached|remained|showed)\b"
)
# "salt explained 31% of the rust, sand 12%"
_ITEM = re.compile(
    r"\d[^;]*[,)] (?:and )?(?:(?!(?:and|of|by|to|at|from|was|were|is|are|in|on|with|for|over|about"
    r"|up|an?|approximately|nearly|only|another|the|reduced|increased"
    r"|(?:achiev|reach|attain|yield|obtain|reduc|improv|increas|lower|rais|exceed)ing)\b)"
    r"[\w-]+ ){1,6}(?:\([^()]*\) )?\Z"
)
_BEATS = re.compile(r"\b(?:outperform|surpass|exceed|beat)\w* [^;]*\([^()]*\Z")
_FROM = re.compile(r"\bfrom [$~]?\d[^;]{0,30} to [^;]{0,12}\Z")
_OWN = re.compile(
    rf"(?:\d[\d,]* [a-z]+ed|{one_of(SPELLED)}|none"
    r"|our|the|its|their|his|i|all|both|each|every|most|many|some|few|only|more|fewer|less|half"
    r"|another|other|such|several|here|neither|either|proposed|in|on|at|for|with|during|after|by|from|under|among|to|of|when|while|as"
    r"|proposed|present|final|resulting|developed|latter|former|top|best|nearly"
    r"|almost|about|around|over|up|current study|overall|total)\b(?! state-of)",
    re.IGNORECASE,
)
_SHARE = re.compile(r"\d[\d.,]*(?: ?\\?%)? (?:of|out)\b")
_PAPER = re.compile(
    r"(?:(?:[\w-]+ )*?(?:study|studies|analys[ei]s|meta-analysis|results?|experiments?|evaluations?"
    r"|findings?|papers?|work|surveys?|trials?|authors?|data|tests?|simulations?|comparisons?"
    r"|assessments?|estimates?|reviews?|interviews?|validations?|figures?|tables?)"
    r"(?: (?:of|on|in|with|for|across|from|over|between) .*)?"
    r"|(?:novel |new |optimi[sz]ed )?(?:models?|methods?|approach(?:es)?|frameworks?|systems?"
    r"|algorithms?|networks?|techniques?|strategy|tools?|solution|pipeline|architecture|design)"
    r"|people|population|sample|cohort|country|group)",
    re.IGNORECASE,
)
# "gulls, owls, and terns had": not that of the terns alone
_LISTED = re.compile(r", (?:[\w’'/-]+ ){0,4}[\w’'/-]+, and \Z")
# "was associated with age (OR 2), sex (OR 3)": those are what each ratio is of.
_TIED = re.compile(r"(?:associated with|linked to)\Z")
_RATIOS = re.compile(r"[(\[][^()\[\]]*\d[^;.]*[(\[][^()\[\]]*\d")
_SHARED = re.compile(r"\brespectively\b")
_LONGEST = 80
_FARTHEST = 240
_LONGEST_VERB = 16


def agent_of(text: str, start: int, at: int) -> Span | None:
    """The subject of the clause that tells the number at a place; None where it is no name.

    The sentence begins to tell at ``start``.
    """
    if _HINTS.isdisjoint(bare_words(text[start:at].lower())):
        return None
    begins = _clause_of(text, start, at)
    found = _SUBJECT.match(text, begins)
    if found is None or not found.end() <= at <= found.end() + _FARTHEST:
        return None
    if _LISTED.search(text, start, begins) or _is_anothers(text, found.end(), at):
        return None
    name = Span(*found.span("name"))
    told = name.of(text)
    is_measure = found["shows"] and told.split()[-1].lower() in MEASURES
    is_several = " and " in told and _SHARED.search(text, at, at + _FARTHEST)
    if is_measure or is_several or _is_nobody(told) or is_anybody(text, name):
        return None
    return name


def _clause_of(text: str, start: int, at: int) -> int:
    """Where the clause begins that has the subject of a place."""
    end = at
    while True:
        begins = clause_start(text, start, end, _CUT)
        goes_on = _VERB_FIRST.match(text, begins) or _LIST_ENDS.fullmatch(text, begins, at)
        if begins <= start or not goes_on or not text.endswith(_AND, start, begins):
            return begins
        # ", and reduced the time by 7%", ", and a 7% gain" have the subject of the clause before.
        end = begins - 1


def _is_nobody(told: str) -> bool:
    """Whether a subject is the paper's own, a share, or too long for a name."""
    if _OWN.match(told) or _SHARE.match(told) or _PAPER.fullmatch(told):
        return True
    return len(told) > _LONGEST or not any(map(str.isalpha, told))


def _begin_of(text: str, start: int, at: int) -> int:
    """Where the clause begins that has the subject of a place."""
    end = at
    while True:
        begins = clause_start(text, start, end, _CUT)
        goes_on = _VERB_FIRST.match(text, begins) or _LIST_ENDS.fullmatch(text, begins, at)
        if begins <= start or not goes_on or not text.endswith(_AND, start, begins):
            return begins
        # ", and reduced the time by 7%", ", and a 7% gain" have the subject of the clause before.
        end = begins - 1


_SIZE = r"(?:[Bb]ase|[Ll]arge|[Ss]mall|[Tt]iny|[Mm]edium|[Hh]uge|[Gg]iant|[Nn]ano|[Mm]ini)"
_MODEL = r"[A-Z][\w.+/-]*(?: (?:v?\d[\w.]*|[A-Z][\w.-]*))?"
_SIZED = (
    rf"{_SIZE}(?:[- ](?:size|sized|scale))? {_MODEL}(?: models?)?"
    rf"|{_MODEL}[- ](?:{_SIZE}|X{{0,2}}[SL]|[BHMT]|\d+(?:\.\d+)?[BM])(?: models?)?"
    rf"|{_MODEL}(?: models?)? (?:with|of) (?:about |only |just )?\d[^,;:()]{{0,24}}"
    r"(?:parameters|params|layers|blocks|experts)"
    rf"|{_MODEL}(?: models?)? with (?:a )?comparable size to [A-Z][\w-]*"
)
# "The base-size Zeta achieves", "our Zeta model with 3M parameters reaches", "Zeta-S is 3% better"
_VARIANT = re.compile(
    rf"(?:[A-Z][^;:]{{1,90}}, )?(?:(?:[Tt]he|[Oo]ur|[Aa]n?) )?(?P<name>{_SIZED})"
    rf"(?: \([^()]{{1,40}}\))?{_ADVERB} (?:{_SHOWS}|{_CHANGES}|(?:reach|match)(?:es|ed)"
    r"|(?:score|exceed|get|gain)s|scored|(?:is|was)(?= (?:about |up to |only )?(?:\d|\Z)))"
)


def variant_of(text: str, start: int, at: int) -> Span | None:
    """The model of a certain size that the clause of a place is about; None where it is of none."""
    found = _VARIANT.match(text, _begin_of(text, start, at), at)
    if found is None or _is_anothers(text, found.end(), at):
        return None
    return Span(*found.span("name"))


ARCHITECTURE = (
    r"(?<![\w-])(?:(?:M|Mobile)?ViT(?:v\d)?-?(?:[A-Z][a-z]{0,4}\b)?(?:[-/]\d+)*|DeiT(?:-[A-Z]\b)?"
    r"|Swin(?:V2)?(?:-[A-Z]\b)?|(?:Wide)?ResNe[Xx]?t-?\d+[\w-]*|ConvNe[Xx]t(?:-[A-Z]\b)?"
    r"|EfficientNet(?:-?[BV]\d[\w-]*)?|MobileNet(?:-?[vV]\d)?|DenseNet-?\d*|VGG-?\d*"
    r"|(?:(?:Distil|Ro|De)?BERTa?|T5)(?:-[a-zA-Z]+)?|CLIP|SigLIP|DINO(?:v\d)?|GPT-\d[\w.-]*"
    r"|(?:L[lL]a[mM]a|LLaMA|LLaVA|Qwen|Mistral|Mixtral|Gemma|Gemini|Claude|InternLM|InternVL"
    r"|Vicuna|DeepSeek|Phi|PaLM|OPT|Pythia)[- ]?[\w.-]*\d[\w.-]*(?: \d[\w.]*)?)"
    r"(?<!\.)(?![\w/])(?!-\w)"
)
"""Models that others have built, on which a method is tried: where a value has one, it is its."""
_NAMED_MODEL = (
    rf"(?:(?:an?|the|recent|vanilla|plain|frozen|larger|smaller) )*(?P<name>{ARCHITECTURE}"
    r"(?: (?:backbone|encoder|model)\b)?|[A-Z][\w/-]* (?:backbone|encoder)\b)"
)
_MODEL_BEHIND = re.compile(
    rf"[^;,()\d]{{0,60}}? ?\b(?:with|using|on|for|by) {_NAMED_MODEL}"
    r"(?! and (?!(?:up to )?\d)[^;,.]{0,40}respectively)"
)
_MODEL_FRONT = re.compile(
    r"(?:[A-Z][a-z]+, )?(?:[Ww]ith|[Uu]sing|[Oo]n|(?:[Ww]hen )?[Aa]pplied to(?: an? [a-z -]{3,24}"
    rf" \(e\.g\.,)?|[Bb]ased on|[Bb]uilt on) {_NAMED_MODEL}\)?, "
)
_MODEL_OF_OURS = re.compile(
    rf"(?:[A-Z][^;:]{{1,60}}, )?(?:(?:[Tt]he|[Oo]ur) )?[A-Z][\w-]* with {_NAMED_MODEL}{_ADVERB}"
    rf" (?:{_SHOWS}|{_CHANGES}|reaches)"
)


def model_of(text: str, start: int, value: Span, end: int) -> Span | None:
    """The model that a value was had with: "91% with ViT-B/16", "Zeta with BERT reaches 91%".

    The sentence goes from ``start`` to ``end``; the next value begins there at the latest.
    """
    found = _MODEL_BEHIND.match(text, value.end, end)
    if found is None:
        begins = _begin_of(text, start, value.start)
        found = _MODEL_OF_OURS.match(text, begins, value.start)
        found = found or _MODEL_FRONT.match(text, begins, value.start)
        found = None if found and _is_anothers(text, found.end(), value.start) else found
    return Span(*found.span("name")) if found else None


def _is_anothers(text: str, verb: int, at: int) -> bool:
    """Whether what stands between a verb and a number makes that somebody else's."""
    gap = text[verb:at]
    if _BEATS.search(text, verb - _LONGEST_VERB, at) or _ITEM.search(gap):
        return True
    if _TIED.search(text, verb - _LONGEST_VERB, verb) and "(" in gap:
        behind = text.find(". ", at)
        if _RATIOS.search(text, verb, behind if behind >= 0 else at + _FARTHEST):
            return True
    if _FROM.search(gap):
        gap = gap[: gap.rindex("from ")]
    return _OTHER.search(gap) is not None
