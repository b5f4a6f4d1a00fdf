"""Where a sentence begins to tell: behind connectives, scenes, frames and marks of items.

And with what a clause opens that needs another, what it can't end in, and what parts two.
"""

from __future__ import annotations

import re
from functools import lru_cache

from summarise.drafting.announcements import FINDS
from summarise.scan import words

OWN_SUBJECT = (
    r"(?:we|i|the authors?|(?:this|our|the (?:present|current)) (?:[\w-]+ )?(?:paper|study"
)
OWN_SUBJECT += (
    r"|work|article|review|survey|report|analysis|trial|research|thesis|brief|letter|chapter|note"
    r"|manuscript|tutorial|contribution))"
)
ADVERBS = r"(?:(?:also|further|clearly|consistently|then|first|additionally|next|thus|[a-z]+ly) )*"
_CONNECTIVE = re.compile(
    r"(?:(?:however|moreover|furthermore|further|additionally|also|besides|specifically|concretely"
    r"|notably|importantly|interestingly|surprisingly|remarkably|crucially|unfortunately|meanwhile"
    r"|concurrently|consequently|therefore|thus|hence|accordingly|correspondingly|nevertheless"
    r"|nonetheless|conversely|similarly|likewise|instead|indeed|overall|finally|lastly|recently"
    r"|generally|first(?:ly)?|second(?:ly)?|third(?:ly)?|next|then|here|so far|to date|in summary"
    r"|in (?:particular|addition|contrast|conclusion|general|fact|short|turn|brief|practice"
    r"|this (?:context|sense|regard|way|light|case|respect)|comparison)"
    r"|as (?:a (?:result|consequence|whole)|such)"
    r"|on (?:the )?(?:other hand|contrary|one hand)|by contrast"
    r"|(?:in|over) (?:the )?(?:recent|past|last) (?:[a-z]+ )?(?:years?|decades?)"
    r"|for (?:example|instance|this reason)"
    r"|more (?:specifically|importantly|precisely)|at the same time|taken together|all in all"
    r"|to (?:this|that) end|to the best of our knowledge|despite (?:this|that)|of note|altogether"
    r"|building (?:up)?on this|based on this|motivated by this|inspired by this),\s+"
    r"|(?:furthermore|moreover|additionally|in addition|finally|also"
    r"|in this (?:[\w-]+,? ){0,6}?(?:work|paper|study|article|trial|analysis)) (?=we )"
    r"|(?:together|collectively), (?=\w)"
    r"|(?:but|yet),? (?=[a-z])|(?:and|so|thus|hence|therefore|here|also) (?=[a-z])"
    r"|however (?=(?:the|an?|this|these|it|they|we|there|in|most|such|few|no) ))",
    re.IGNORECASE,
)
# What sets the scene by pointing to what stood before, or at the paper itself.
_SCENE = re.compile(
    # "In this open-label, controlled trial of kites, "
    r"in this [\w-]+, (?:[\w-]+,? ){0,6}?(?:study|trial|cohort|analysis)\b[^,;:]{0,90}, (?=\w)|"
    r"(?:in|with(?:in)?|under|by|from|through|during|at|for|on|via|using|despite|given|based on"
    r"|building (?:up)?on|motivated by|inspired by|driven by|drawing inspiration from|throughout"
    r"|beyond|according to|to (?:[a-z]+ly |better |further )?[a-z]+)"
    r" (?:(?:all )?(?:this|these|that|those|our|such|the (?:present|current|above|latter|findings)"
    r"|it|them|their)\b)(?!(?: [\w-]+){0,3} (?:we|i) )[^,;:]{0,120}, (?=\w)"
    r"(?!(?:which|where|who|whose) )",
    re.IGNORECASE,
)
# "Extensive experiments on X demonstrate that", "It was found that", "We show that"
_FRAME = re.compile(
    r"(?:(?:through|in|based on|using|with|by|from|exploiting|leveraging|applying|employing"
    r"|analy[sz]ing|examining|combining|drawing on) [^;:]{3,140}, (?=(?:we|i) ))?"
    rf"(?:(?:we|i|the authors) {ADVERBS}(?:can |could )?{FINDS},?"
    r"|we (?!(?:do|did|can)\b)[^;:]{3,140}?,? and (?:we )?(?:(?:the )?(?:[a-z]+ )?results )?"
    rf"{FINDS}|we [^;:]{{3,200}}?(?:,| and) (?:thereby )?(?:finding|showing|demonstrating"
    rf"|revealing)"
    rf"|it (?:is|was|has been) {ADVERBS}{FINDS}|this {ADVERBS}{FINDS}"
    r"|(?:(?!(?:not|no|that|which|did|does|do|cannot|previous|prior|earlier|existing|recent)\b)"
    r"[\w’'()/.&-]+,? ){0,13}?"
    r"(?:experiments?|results?|evaluations?|stud(?:y|ies)|analys[ei]s|findings?|evidence|data"
    r"|observations?|ablations?|simulations?|comparisons?|assessments?|tests?|measurements?"
    r"|investigations?|models?|fieldwork|interviews?|surveys?|audits?)"
    r"(?: (?!(?:not|that|which|no)\b)[\w’'()/.&-]+,?){0,12}?"
    rf" {ADVERBS}{FINDS}(?: (?:in|for|on|with|across) [^,;]{{3,40}}?)?,?)"
    r" (?:that[,:]? (?:\((?:1|i|a)\) )?(?!(?:it|they)\b)"
    r"|how (?!(?:it|they|to|we|well|much|many)\b))(?=\S)",
    re.IGNORECASE,
)
_HEDGED = re.compile(r"\bsuggest\w*(?: \S+){0,3} that,? \Z", re.IGNORECASE)
_POSSIBLY = words("may might could can possibly perhaps potentially potential likely")


@lru_cache(maxsize=64)
def opened(text: str, before: int, *, claims: bool = False) -> int:
    """Where a sentence begins to tell, at or before a place: behind connectives and frames."""
    label = _CAPITALS.match(text)
    start = label.end() if label and label.end() <= before else 0
    has_frame = claims and any(map(text.lower().__contains__, (" that", " how ")))
    patterns = (_CONNECTIVE, _SCENE, _FRAME) if has_frame else (_CONNECTIVE, _SCENE)
    for _ in range(4):
        for pattern in patterns:
            match = pattern.match(text, start)
            if match is None or match.end() > before:
                continue
            is_hedge = pattern is _FRAME and _HEDGED.search(match.group())
            if not is_hedge or not _POSSIBLY.isdisjoint(text[match.end() :].lower().split()):
                start = match.end()
                break
        else:
            break
    return start


_CAPITALS = re.compile(
    r"(?:\((?:i|1|a)\) (?=[A-Z])|• (?:[A-Z][^:]{3,30}:)?|[A-Z][A-Z ,&/]{3,40}[:.]"
    r"|\[[A-Z][A-Za-z ]{3,20}\]:?|<b>[A-Z][A-Za-z ]{3,20}:?</b>:?) "
)


_MARK = re.compile(
    r"(?:[•►▪‣–-] )?(?:(?:and|or) )?(?:\(?(?:[a-h1-9]|i{1,3}|iv|v)\) )?", re.IGNORECASE
)


def past_mark(text: str, start: int) -> int:
    """Where what is told begins behind the mark of an item: "• ", "b) ", "and c) "."""
    mark = _MARK.match(text, start)
    return mark.end() if mark else start


# "Tests of kites reveal a frequent flaw of rods: wet rods bend"
_ANNOUNCED = re.compile(
    r"[^:;.]{0,90}\b(?:reveal|show|find|found|identif|uncover|expos|discover)\w* (?:an?|one)"
    r" (?:[\w-]+,? ){0,3}(?:defect|finding|trend|pattern|limitation|weakness|problem|trade-off"
    r"|bottleneck|phenomenon|gap|bias|issue|flaw|shortcoming)"
    r"(?: (?:of|in|among|for|with) [^:;.]{3,50})?: (?=\w)"
    r"(?!(?:they|it|these|this|those|their|its)\b)",
    re.IGNORECASE,
)


def past_announced(text: str, start: int) -> int:
    """Where the finding begins that a sentence first announces: "reveal a frequent flaw: "."""
    announced = _ANNOUNCED.match(text, start) if ": " in text else None
    return announced.end() if announced else start


def cased(phrase: str) -> str:
    """A phrase with a capital where an ordinary word begins it."""
    is_ordinary = _ORDINARY.match(phrase) is not None
    return phrase[:1].upper() + phrase[1:] if is_ordinary else phrase


_ORDINARY = re.compile(r"(?:a|[a-z]{2,}(?:-[a-z]+)*(?:['’]s?)?),?(?: |$)")


# How what isn't a clause of its own opens.
ADJUNCT_OPENS = re.compile(
    r"(?:even|as|in|on|at|for|by|with|after|before|during|despite|given|across|among|from|to"
    r"|[a-z]+ing)\b",
    re.IGNORECASE,
)
PARTICIPLE = (
    r"(?:[a-z]+ly )?(?:(?:achiev|result|lead|mak|enabl|allow|yield|surpass|outperform|provid|offer"
    r"|demonstrat|show|suggest|indicat|highlight|limit|hinder|caus|pos|ensur|cover|us|reveal"
    r"|establish|exceed|match|validat|excell|preserv|gather|requir|showcas|lack|struggl|fail"
    r"|neglect|overlook|ignor|restrict|constrain|hamper|imped|aim|reach|encompass)ing\b"
    r"|[a-z]{3,}ing (?:an?|the|its|their|our|up|that|more|both|all|it|them|us)\b)"
)
PARTICIPLE_OPENS = re.compile(PARTICIPLE)
ACHIEVING = re.compile(
    r"(?:[a-z]+ly )?(?:achiev|reach|attain|surpass|outperform|yield|obtain|exceed|improv)ing\b"
)
LEANING = re.compile(r"(?:its|their|it|they|this|these|those|that|both)\b")
SUBORDINATING = re.compile(
    r"(?:(?:even )?(?:when(?:ever)?|if|though)|because|since|once|unless|while|although|whereas) ",
    re.IGNORECASE,
)
# Where the main clause begins behind such an opening.
MAIN = re.compile(r", (?!(?:and|or|but|which|who|that|as|including|such as|e\.g\.) )")
# What no phrase can end in.
HANGING = re.compile(
    r"(?:^|[\s,])(?:an?|the|of|in|on|for|with|by|from|to|at|as|than|and|or|but|that|which|whose|is"
    r"|are|was|were|be|been|has|have|had|not|both|either|between|its|their|our|more|less|most|such"
    r"|can|could|may|might|will|would|should|must|also|only|very|e\.g\.|i\.e\.|respectively"
    r"|due|based|associated|correlated"
    r"|(?:depend|rely?|consist|lead|result|aim|tend|fail|need|refer|suffer|contribute|adapt)s?"
    r"|used|able|unable|likely|compared|combined|aligned|related|similar|according|attributed"
    r"|conditioned|applied|prior|up|when|while|where|if|whether|how|because|limited|subject"
    r"|vulnerable|robust|equal|lower|higher|better|worse|together|(?:which|who|where) [a-z]+"
    r"|for [a-z]+ing|ranging|along"
    r"|(?:is|are|was|were|be|been) [a-z]+ed|expected|designed|known|required|us"
    r"|(?:and|or|but|to|us\w+|[a-z]+s) (?:it|them)|crucial|critical|necessary|essential|difficult"
    r"|hard|accounting|in (?:particular|order|addition)|among others|notably|(?:main|primari|large"
    r"|particular|especial|principal|most|part|chief|sole|probab|possib"
    r"|minimal)ly|just|perhaps|(?:no|few) (?:stud(?:y|ies)|works?|research|data|evidence|methods))$"
    r"|, [\d.]+(?: ?%|°)?$|\w-$",
    re.IGNORECASE,
)
# What has two parts. Each with words of which the first has one: they are looked up far faster.
PAIRED = (
    (("not only",), re.compile(r"\bnot only\b", re.IGNORECASE), re.compile(r"\bbut\b")),
    (
        ("both", "between"),
        re.compile(r"\b(?:both|between)\b", re.IGNORECASE),
        re.compile(r"\b(?:and|&)\b"),
    ),
    (("either",), re.compile(r"\bn?either\b", re.IGNORECASE), re.compile(r"\bn?or\b")),
    (("from ",), re.compile(r"\bfrom [^,;]*?\d", re.IGNORECASE), re.compile(r"\bto\b")),
    (
        ("than",),
        re.compile(r"\b(?:more|less|fewer|[a-z]{3,}er)\b (?=.*\bthan\b)"),
        re.compile(r"\bthan\b"),
    ),
)
# With the preposition behind it, what isn't said without more: "people" with pain, "is highest" in
# May, "than ropes" in salt water, "A fell among men but rose" among women.
_PEOPLE = (
    r"(?:people|persons|patients|adults|children|women|men|individuals|participants|respondents"
    r"|users|those|adolescents|students|workers|employees|households|families|mothers|residents)"
)
_COMPARED = (
    r"(?:small|larg|great|strong|weak|high|low|fast|slow|long|short|old|young|earli|lat|eas|hard"
    r"|deep|wid|narrow|rich|poor|saf|heav|light|warm|cold|dri|wett|bigg|clos)(?:i?er|i?est)"
)
RESTRICTED_BEHIND = re.compile(
    rf"\b(?:{_PEOPLE} with(?:out)?|those [a-z]+|agrees? (?:in|on|with)|focus(?:s?es|s?ed)? on"
    r"|(?:is|are|was|were|be|been) (?:[a-z]+ly |not |more |most |less )*[a-z-]+ [a-z]+"
    rf"|(?:and|or|but|more|most|less|least) {_COMPARED} [a-z]+"
    r"|(?:partly|mostly|largely|mainly|in part) [a-z]+"
    r"|(?:viewed|seen|regarded|perceived|considered) by [a-z]+ (?:to|as)|[a-z]+ when"
    r"|(?:led|leads?|allow(?:s|ed)?|enable[sd]?|help(?:s|ed)?|cause[sd]?|force[sd]?|encourage[sd]?"
    r"|expose[sd]?|limit(?:s|ed)?) [^,;:]{2,40} to"
    r"|(?:than|compared (?:to|with)|versus|exceed(?:s|ed)?|when|if|unless) [^,;:]{2,50} "
    r"(?:with(?:out)?|in|among|at|during"
    r"|from|under|when|where)"
    r"|(?P<side>among|in|for|with) [^.;:]{3,90},? (?:but|whereas) [^.;:]{3,60} (?P=side))\Z"
)
# "… among crews of the north, but fell": without it, it would be so of all.
CONTRASTED = re.compile(r"[^.;:()]{3,120}\bbut\b(?! also\b)")
# "trained on": what such a word is of stands behind it.
PARTICIPLE_BEFORE = re.compile(
    r"(?:[a-z]{2,}(?:ed|wn|en|able)|\bfed|\band [a-z]+ing"
    r"|\b(?:cut|made|built|held|kept|sent|insights?|ability|capacity|capability|authority|need"
    r"|opportunity|attempts?|effort|efforts|willingness|potential|tendency|support|evidence"
    r"|basis|reason|demand|room|role|impacts?|effects?|influences?|emphasis|burden|reliance"
    r"|dependence|pressure|(?:in)?access(?:ibility)?|respect|responses?|exposure|resistance"
    r"|adherence|relative|sensitivity|susceptibility|vulnerability|attention|January"
    r"|February|March|April"
    r"|May|June|July|August|September|October|November|December"
    r"|relation|reductions?|increases?|decreases?|improvements?|changes?|differences?"
    r"|declines?|rise|growth|interest|variation|fluctuations?|shifts?"
    r"|views?|failures?|delays?|difficult(?:y|ies)"
    r"|success|intentions?|intent|plans?|(?:belong|result|lead|pertain|amount|contribut|adjust|look"
    r"|issu|allow|search|arriv)ing"
    r"|(?:allow|arriv|align|compl[yi]|cop|interact|stem|arise|put|coincident|linkage|disregard|contrary|happy"
    r"|relationship|association|correlation|agreement|pathway|route|approach|possibility|barrier|threat|contributor"
    r"|susceptible|sensitive|present|concerned|able|unable|reluctant|careful)(?:es|e|s)?))$"
)

# What parts two clauses of a sentence, and adjuncts from a clause.
STRONG = re.compile(
    r"; | (?:--|—|–) |: |—(?=\w)"
    r"|, (?:which|who|whose|where|in which|whereas|while|when|although|though|but|yet|so|thus"
    r"|thereby|hence|therefore|because|since|such as|including|e\.g\.|i\.e\.|especially"
    r"|particularly|notably|followed by|with|without|compared|despite|in contrast|rather|unlike"
    r"|even|namely|as(?! well)|by [a-z]+ing|for (?:example|instance)|among|let alone|suggesting"
    rf"|and (?:thus|thereby|hence)|{PARTICIPLE})(?!\w)"
    r"|, and (?=\w)"
    r"| (?:while|whereas|although|though|because|thereby|thus(?! far)|so that|in order to|such as"
    r"|including|resulting in|leading to|due to)(?!\w)"
)
WEAK = re.compile(
    r" (?:in|on|for|with|from|across|using|through|via|by|under|during|among|within|at|to|when"
    r"|where|compared|over|into)(?!\w)"
)
INNER = re.compile(
    r"; (?:and |but |however, )?|, (?:and|but|yet|as(?! well)|since|because|while|whereas|so|where"
    r"|although|though|thus) | (?:because|since|while|whereas|and how|but) "
)
JOINTS = frozenset((";", "and", "while", "whereas", "but", "yet", "although", "though", "when"))
# What is made of a finding, instances of it, and a finding beside it: "…, suggesting that kites
# tire", "…, which is new", "…; lamps smoke".
_SPARED_BEHIND = (
    r"; |: | (?:--|—|–) |—(?=\w)"
    r"|, (?:which|who|whose|where|in which|thus|thereby|hence|therefore|because|since"
    r"|such as|including|e\.g\.|i\.e\.|suggesting|namely|for (?:example|instance)|let alone"
    r"|(?:equivalent|corresponding) to"
    rf"|and (?:thus|thereby|hence|therefore)|{PARTICIPLE})(?!\w)"
    r"| (?:thereby|thus|resulting in|leading to|such as|including)(?!\w)"
)
SPARED = re.compile(_SPARED_BEHIND)
SPARED_OF_NUMBER = re.compile(rf"{_SPARED_BEHIND}|, and (?=\w)")
# But not what takes a finding back: "…; however, not at sea".
TURNING = re.compile(r"; (?:but|however|yet|whereas|while|although|though|only)\b")
