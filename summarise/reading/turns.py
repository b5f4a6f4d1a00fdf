"""Turns of phrase that tell what a sentence is for: its paper's aim, an outlook, a conclusion.

Each pattern is tried only on a sentence that has one of its words, which is looked up far faster,
and on the sentence in lower case: a pattern that needn't fold case takes half the time.
"""

from __future__ import annotations

import re

from summarise.scan import words

_PAPER = (
    r"(?:paper|study|work|article|review|survey|report|research|trial|project|thesis|chapter"
    r"|investigation|analysis|note|letter|manuscript|experiment)"
)
_THIS = rf"(?:this|the present|the current|our|present) (?:\w+[ -]){{0,3}}?{_PAPER}"
_TO_LEARN = (
    r"(?:determine|assess|evaluate|investigate|examine|compare|describe|explore|study|test"
    r"|establish|identify|estimate|quantify|analy[sz]e|characteri[sz]e|develop|validate|report"
    r"|review|summari[sz]e|measure|understand|clarify|update|provide|elucidate|verify|find out"
    r"|explain|document|delineate|ascertain|elaborate|discover|seek|gain|look|find|monitor"
    r"|present|propose|discuss|demonstrate|show|define|design|improve|map|model|predict|construct)"
)


class Turn:
    """Words of which a sentence must have one, and the pattern that decides.

    The pattern has one part or two: ``begins``, choices that each begin where a word does, and
    ``opens``, choices for the start of a sentence. That a word begins is asked once for all of
    them: at most places of a text that is all that is asked.
    """

    def __init__(self, hints: str, begins: str = "", *, opens: str = "") -> None:
        self.words = words(hints)
        anywhere = rf"\b(?:{begins})"
        if begins and opens:
            self.look = re.compile(rf"\A(?:{opens})|{anywhere}").search
        else:
            self.look = re.compile(anywhere).search if begins else re.compile(opens).match

    def find(self, text: str, found: frozenset[str]) -> re.Match[str] | None:
        """Where it first is in a text, in lower case, with these words."""
        return None if self.words.isdisjoint(found) else self.look(text)


def lowered(text: str) -> str:
    """A text in lower case, each character in its place: one that becomes two stays."""
    low = text.lower()
    return (
        low
        if len(low) == len(text)
        else "".join(c if len(c.lower()) > 1 else c.lower() for c in text)
    )


_PROPOSING = """propose proposes proposed present presents presented introduce introduces introduced
    introducing develop develops developed describe describes described design designs
    designed create creates created construct constructs constructed build builds built
    contribute contributes devise devises devised formulate formulates formulated leverage
    curate curated offer offers establish unveil establishes"""
_WITH = "address tackle solve overcome handle"
_SELF = (
    r"(?:we|this (?:paper|work|study|article|survey|report)|the (?:present )?(?:paper|study)"
    r"|our (?:approach|method|work|framework|model))"
)

PROPOSAL = Turn(
    f"{_PROPOSING} {_WITH}",
    # "validates the proposed rule" brings nothing new.
    rf"{_SELF}\b[^.;]{{0,90}}?(?<!\bthe )(?<!\bour )\b(?:{'|'.join(_PROPOSING.split())})\b"
    rf"|we (?:{'|'.join(_WITH.split())}) (?:this|these|the|it)\b[^,.;]{{0,60}} with\b"
    r"|we(?:['’]re| are) (?:releasing|introducing|launching|announcing)\b|to announce\b"
    r"|(?:is|are|was|were) (?:then |hereby )?(?:proposed|introduced|presented|developed)\b",
)
"""The sentence says that the paper brings something new."""

PASSIVE = Turn(
    "was were",
    r"(?:was|were) (?:\w+ly |then |also |all )?(?:recorded|measured|estimated|analy[sz]ed"
    r"|collected"
    r"|recruited|interviewed|reviewed|simulated|assessed|tested|conducted|performed|sequenced"
    r"|randomi[sz]ed|assigned|administered|selected|extracted|evaluated|employed|implemented|used"
    r"|surveyed|sampled|compared|calculated|computed|determined|obtained|examined|investigated"
    r"|searched|included|screened|synthesi[sz]ed|prepared|isolated|cultured|fitted|trained)\b",
)
"""The sentence says what was done, in the passive voice."""

_MATTER = (
    r"(?:source code|codes?|data|datasets?|models?|weights|checkpoints?|implementation|demos?"
    r"|benchmark|codebase|scripts?|software|toolkit|corpus|harness|recipes?)"
)

ADMINISTRATIVE = Turn(
    """available release released releases open-source open-sourced public publicly accessible
    free deposited registration registered funding funded code codes website page link https http
    supplementary registry""",
    rf"{_MATTER}\b[^.]{{0,100}}?"
    r"\b(?:(?:is|are|be|made|publicly|freely|openly|now|also) (?:\w+ )?available|released?"
    r"|deposited|open[- ]sourced|public(?:ly)?|accessible"
    r"|free (?:for|to))\b"
    r"|available (?:at|from|on|under|via|for download|upon request)\b"
    r"|we (?:will )?(?:publicly )?(?:release|open-?source)\b|registered (?:at|with|in|as)\b",
    opens=r"\W{0,2}(?:project page|registry number|code|(?:clinical )?trial registration|funding"
    r"|keywords?)\b|(?s:.)*?https?://",
)
"""The sentence says where code or data can be had, or who registered and paid."""

AIM = Turn(
    """aim aims aimed goal goals objective objectives purpose purposes intent intents intention
    intentions seek seeks sought hypothesize hypothesise hypothesized hypothesised hypothesizes
    hypothesises hypothesis ask asks asked intend intends intended wish wished want wanted set
    attempt attempts attempted designed undertaken conducted performed carried initiated whether if
    how question questions""",
    rf"(?:aim|objective|purpose|goal|intent|intention|question)s? (?:of|in|behind|for) "
    rf"(?:this|the|our|these|present)\b(?:(?! \b(?:is|are|was|were)\b)[^.;]){{0,90}}"
    rf" \b(?:is|are|was|were)\b"
    r"|(?:our|main|primary|specific|overall) (?:\w+ )?(?:aim|objective|goal|purpose|hypothesis)s?"
    r" (?:is|are|was|were)\b"
    r"|(?:the|an?) (?:\w+ )?(?:aim|objective|goal|purpose)s? (?:is|are|was|were) to\b"
    rf"|(?:we|i|authors|{_THIS})(?:,? (?:therefore|thus|then|also|hence|here|first|further))?,? "
    r"(?:aim(?:s|ed)?|sought|seeks?|intend(?:s|ed)?|wish(?:ed)?|want(?:ed)?|set out"
    r"|hypothesi[sz]e[ds]?|ask(?:s|ed)?|attempt(?:s|ed)? to"
    r"|was (?:designed|undertaken|conducted|performed|carried out|initiated|aimed) (?:to|at))\b"
    rf"|^(?:(?:our|this|the|present)\b[^.;,]{{0,60}} )?aim(?:s|ed) (?:to|at)\b"
    r"|we (?:\w+ )?(?:investigate|examine|explore|test|stud(?:y|ie)|assesse?)[sd]? "
    r"(?:whether|how|if|the hypothesis)\b"
    rf"|(?:with the|whose) (?:aim|objective|goal|purpose) (?:of|is|was)\b",
)
"""The sentence says what the paper wants to know or to reach."""

INFINITIVE = Turn(
    "to",
    opens=rf"(?:\W?(?:[ivx]{{1,3}}|\d|[a-c])[).] )?to {_TO_LEARN}\b"
    r"(?:(?!\b(?:we|was|were|is|are|has|have|whether|how|which|what|who)\b).)*"
    r"(?:\b(?:whether|how|which|what|who)\b(?:(?!, (?:we|i|the authors?)\b).)*)?$",
)
"""The sentence is an aim alone: "To determine …"."""

TOPIC = Turn(
    """paper study work article review survey report research trial project thesis chapter
    investigation analysis note letter manuscript""",
    rf"{_THIS} (?:\w+ )?(?:examines?|examined|investigate[sd]?|analy[sz]e[sd]?|explore[sd]?"
    r"|evaluate[sd]?|assess(?:es|ed)|compare[sd]?|focus(?:es|ed)|addresse[sd]|discusse[sd]"
    r"|considers?|deals? with|looks at|reviews?|describe[sd]?|presents?|provides|surveys"
    r"|summari[sz]es|concerns|studies|reports|outlines|highlights|introduces|proposes)\b"
    rf"|this (?:was|is) an? (?:[\w-]+,? ){{0,6}}?{_PAPER}\b",
)
"""The sentence says what the paper is about."""

PURPOSE = Turn(
    "to for whether towards toward how why problem",
    rf"(?:in order |so as )?to (?:\w+ly )?(?:{_TO_LEARN[3:-1]}|address|tackle|overcome|solve"
    r"|reduce|enable|achieve|help|allow|make|mitigate|support|increase|answer|alleviate|enhance"
    r"|boost|bridge|fill|obtain|avoid|facilitate)\b"
    r"|for (?:\w+ ){0,2}(?:\w+ing|estimation|detection|analysis|prediction|recognition|testing"
    r"|computation|control|evaluation|assessment|simulation|classification)\b"
    r"|whether\b|problem of\b|focus(?:es|ed)? on\b|question of\b",
)
"""The sentence says, perhaps beside other things, what something is done for."""

OUTLOOK = Turn(
    """believe hope hopes future foster fosters avenue avenues paving pave paves should may might
    could can would will literature knowledge understanding debate questions attention further
    warrant warrants warranted needed open opens opened opening door doors
    opportunity opportunities implications discuss discussed recommend recommended recommends
    encourage encourages offer offers important applicable potential must needs promising roadmap
    guide informs inform ought required call calls shares share gives give provides provide
    discusses confident optimistic necessary concerns""",
    r"(?:believe|hope|hopes|(?:remain|are) (?:confident|optimistic)"
    r"|pav(?:e|es|ing) the way|(?:new|future|research) avenues?|ought to)\b"
    r"|(?:future|further|more|additional|larger) (?:\w+[ -]){0,2}?(?:research|stud(?:y|ies)|work"
    r"|trials?|investigations?|experiments|efforts|directions|developments?|applications?)\b"
    r"|(?:is|are) (?:(?:[a-z]+ly|all|also|still) )?(?:needed|warranted|required|recommended"
    r"|encouraged)\b"
    r"|(?:is|are) (?:(?:[a-z]+ly|all|also|still) )?necessary (?:to|in order to) (?:both |better )?"
    r"(?:prevent|improve|ensure|reduce|address|optimi[sz]e|promote|protect|avoid|inform)\b"
    r"|warrants?\b|we (?:recommend|encourage|advocate|call for|suggest that future)\b"
    r"|(?:should|must|needs? to|ought to) (?:(?:also|therefore|not|always|now|further|[a-z]+ly) )?"
    r"(?:be|consider|include|focus|take|use|aim|prioriti[sz]e|address|receive|remain|have|pay"
    r"|inform|guide|account for|expand|strengthen|target)\b"
    r"|(?:may|might|could|can|would) (?:also |thus |therefore |potentially |then )?"
    r"(?:help|serve|guide|inform|aid|contribute|assist|enable|facilitate|support|accelerate"
    r"|benefit|become|pave|open|foster|bring|lead to|be (?:\w+ly )?(?:useful|helpful|valuable"
    r"|beneficial|considered|used|applied|recommended|extended|adapted|of (?:use|value|interest)"
    r"|important|relevant|applicable|necessary|required|needed|a (?:useful|valuable|promising"
    r"|viable)))\b"
    r"|open(?:s|ed|ing)? (?:up )?(?:\w+ ){0,3}?"
    r"(?:perspectives|avenues?|opportunit(?:y|ies)|possibilit(?:y|ies)|ways?|doors?|paths?"
    r"|directions)\b"
    r"|contribut\w+ to (?:the |our |a )?(?:[\w-]+ ){0,3}?(?:literature|understanding|knowledge"
    r"|debate)\b"
    r"|rais(?:e|es|ed|ing) (?:[\w-]+ ){0,3}?(?:questions|concerns)\b|(?:draw|draws|drawing|call"
    r"|calls) attention to\b"
    r"|(?:is|are) applicable to\b|implications (?:for|of|in)\b|(?:provides?|offers?|shares?"
    r"|gives?) "
    r"(?:\w+ ){0,3}?(?:directions|implications|avenues|opportunit(?:y|ies)|roadmap|guidance"
    r"|insights? (?:for|into how|in))\b"
    r"|will (?:also )?(?:help|enable|allow|benefit|assist|inform|guide|facilitate|contribute|aid"
    r"|foster|require|provide)\b"
    r"|discuss(?:es|ed)? (?:\w+ ){0,3}?(?:impacts?|implications?|insights?|limitations|lessons)\b"
    r"|foster\w*\b",
)
"""The sentence says what the work may lead to, or what ought to be done."""

CONCLUDING = Turn(
    "conclude conclusion conclusions summary findings results data study observations taken",
    opens=r"(?:in (?:conclusion|summary)\b|to conclude\b|(?:we|i) (?:therefore |thus )?conclude\b"
    r"|taken together\b|collectively\b|(?:overall, |thus, |therefore, |together, )?"
    r"(?:our|these|this|the|present|the present) (?:\w+ )?(?:findings?|results|data|study"
    r"|observations) (?:\w+ly )?(?:suggests?|highlights?|supports?|underlines?|underscores?"
    r"|emphasi[sz]es?|provides?|indicates?|confirms?|impl(?:y|ies))\b)",
)
"""The sentence draws a conclusion from what has been said."""

GAP = Turn(
    """only not no little few less lack need needs while although though despite whereas""",
    r"^(?:while|although|though|despite)\b|(?:has|have) only been\b"
    r"|not (?:yet|been|fully|well|clear|known|entirely|completely|sufficiently)\b"
    r"|no (?:\w+ )?(?:stud(?:y|ies)|work|consensus|data|evidence|method|approach|tool|guidelines?"
    r"|information|systematic|effective|standard)\b"
    r"|(?:little|less|not much) (?:\w+ ){0,2}?(?:is|are|was|known|understood|attention|evidence"
    r"|research|work)\b"
    r"|few (?:\w+ )?(?:stud(?:y|ies)|data|works|methods|reports|papers|attempts|trials)\b"
    r"|needs? (?:for|to be)\b",
)
"""The sentence names a gap in words that mean it only together."""

LIMITS_OTHERS = Turn(
    """treats treat assumes assume largely mostly mainly primarily typically generally solely
    ignores ignore neglects neglect overlooks overlook""",
    opens=r"(?:(?:most|much) (?:of the )?)?(?:prior|previous|existing|earlier|past|extant)"
    r" (?:[\w’'-]+ ){1,9}?(?:treats?|assumes?|ignores?|neglects?|overlooks?"
    r"|(?:has|have) (?:largely|mostly|mainly|primarily|typically|generally) [a-z]+ed"
    r"|focus(?:es|ed)? (?:largely|mostly|mainly|primarily|solely) on)\b",
)
"""The sentence says to what others kept: "Most prior research treats kites as birds"."""

DOING = Turn(
    "we i",
    opens=r"(?:[^,.;]{1,90}, ){0,2}(?:here |then )?(?:we|i) "
    r"(?:\w+ly |also |then |further |next |first |thus |therefore |hence )*"
    r"(?:have |has )?(?:perform|conduct|carry out|carried out|comput|use|used|appl|evaluat"
    r"|analy[sz]|compar"
    r"|collect"
    r"|measur|test|train|explor|consider|simulat|assess|investigat|examin|select|recruit|interview"
    r"|survey|estimat(?!\w* (?:[\w-]+ ){1,6}?(?:of|at|to be|between) [~≈]?\d)|review|implement"
    r"|calculat|discuss|stud(?:y|ied)|extend|adapt|combin|employ"
    r"|generaliz|generalis|include|validat|deriv|characteri[sz]|instantiat)\w*\b(?! that\b)"
    r"(?![^.]{0,200}\b(?:find|found|finding|show|showing|showed|demonstrat\w+|reveal\w*|observ\w+"
    r"|outperform\w*|achiev\w+|improv\w+|reduc\w+|result\w* in|confirm\w*|identif\w+)\b)",
)
"""The sentence says what the authors did, and no more."""

FINDING = Turn(
    """we i paper study work article review survey report research trial analysis identified showed
    found revealed indicated estimated calculated computed determined reveals""",
    r"(?:we|i) (?:\w+ )?(?:show|find|found|demonstrate|demonstrated|showed|observe|observed|prove"
    r"|proved|discover|discovered|estimate|estimated|conclude|concluded|argue|report"
    r"|reported) that\b"
    rf"|{_THIS} (?:\w+ly )?(?:shows|showed|finds|found|demonstrates|demonstrated|reveals"
    r"|revealed)\b"
    # "Reading 900 logs, it reveals that", "we estimate a drag of 3 N", "was estimated to be 3 N"
    r"|(?<=, )(?:it|the (?:study|paper|analysis)) (?:\w+ly )?(?:reveals|finds|shows) that\b"
    r"|we estimate[ds]? (?:[\w-]+ ){1,6}?(?:of|at|to be|between) [~≈]?\d"
    r"|(?<!sample size )(?:was|were|is|are) (?:\w+ly )?(?:estimated|calculated|computed"
    r"|determined) (?:to be|at) (?:[a-z]+ ){0,3}?[~≈]?\d",
    opens=r"(?:the|our|these) (?:[\w-]+ ){1,4}?(?:identified|showed|found|revealed|indicated) "
    r"that\b",
)
"""The sentence says what the authors found."""

SHOWING = Turn(
    "showing demonstrating achieving yielding reaching attaining exhibiting",
    r"(?:showing|demonstrating|achieving|yielding|reaching|attaining|exhibiting) "
    r"(?:[\w-]+ ){0,2}?(?:higher|lower|better|enhanced|improved|stronger|superior|faster|greater"
    r"|fewer|reduced|comparable)\b",
)
"""The sentence ends in what came out: "…, showing higher recall on boats"."""

SAMPLE = Turn(
    """participants patients participated recruited enrolled enroled randomised randomized sampled
    respondents included eligible completed responded analysed analyzed subjects studies articles
    screened identified comprised consisted invited age mean median agreed records sample cases
    followed follow-up characteristics participant adults children people women men volunteers
    trials reviewed responses questionnaires met interviewed surveyed survey questionnaire took
    males females male female rural urban""",
    r"^(?:of|among|from|out of) (?:the |all |these )?(?:\d[\d, ]*|\w+[- ]\w+ )[^.;]{0,90}?"
    r"\b(?:completed|responded|were (?:\w+ly )?(?:included|enrolled|eligible|randomi[sz]ed"
    r"|recruited"
    r"|selected|analy[sz]ed|assigned|reviewed|invited|available)|met|participated|agreed"
    r"|consented)\b(?![^.;]{0,80}\b(?:had|showed|died|developed|experienced|reported)\b)"
    r"|^(?:a total of |in total,? |overall,? |in all,? |altogether,? )?(?:\d[\d, ]*"
    r"|[a-z]+(?:-[a-z]+)?)"
    r" (?:\([^)]{0,40}\) )?(?:[\w-]+ ){0,10}?(?:were|was) (?:\w+ly |finally )?(?:included|enrolled"
    r"|eligible|randomi[sz]ed|recruited|selected|assigned|invited|screened|identified|allocated"
    r"|reviewed|interviewed|surveyed)\b(?!,? (?:as|with (?:an? )?(?:increas|higher|lower)))"
    # "85% were rural gulls", "62 were males"
    r"|^(?:[\w ]{3,30} (?:showed|found|revealed) that )?[\d.]+ ?%? (?:of [\w -]{3,40} )?were "
    r"(?:males?|females?|men|women|boys|girls|married|rural|urban)\b"
    r"|^(?:the |our )?(?:survey|questionnaire|invitation)s? (?:was|were) (?:sent|distributed|mailed"
    r"|emailed|administered)\b"
    r"|(?:participated|took part) in (?:this|the|our) (?:study|survey|trial)\.?$"
    r"|^(?:participants|patients|subjects|respondents) (?:included|were \d)"
    r"|^(?:we|our (?:study|sample|cohort|review|analysis)|the (?:final |study |total )?(?:study"
    r"|sample|cohort|review|analysis|trial|population)|this (?:study|review|analysis)) (?:\w+ )?"
    r"(?:included|enrolled|recruited|comprised|consisted|identified|screened|involved"
    r"|randomi[sz]ed)"
    r" [^.;]{0,40}?\d"
    r"|(?:mean|median|average) age\b|(?:baseline|demographic|patient) characteristics\b"
    r"|(?:mean|median) follow-up (?:\w+ ){0,3}(?:was|of)\b",
)
"""The sentence says who took part, or how many of what were looked at."""

RELATION = Turn(
    """associated association correlated correlation related linked affected influenced differ
    differed differs vary varied varies difference differences effect effects observed detected
    seen identified common frequent evident obvious likely higher lower greater larger smaller
    shorter longer better worse similar comparable significant decreased increased declined rose
    fell improved recovered emerged predictors predictor predicted become becomes became""",
    r"(?:was|were|is|are|been)(?: (?:not|also|only|still|all|both|even|[a-z]+ly|more|less|most|as"
    r"|much|far))* (?:associated|correlated|related|linked|affected|influenced|observed|detected"
    r"|seen|common|frequent|evident|obvious|likely|higher|lower|greater|larger|smaller|shorter"
    r"|longer|better|worse|similar|comparable|significant|different)\b"
    r"|(?:did|does|do)(?: not)? (?:\w+ly )?(?:differ|vary|change|affect|influence|increase"
    r"|decrease"
    r"|improve|reduce|correlate|predict|show)\b"
    r"|no (?:\w+ ){0,3}(?:differences?|associations?|correlations?|effects?|predictors?|change)\b"
    r"|(?:differed|varied|decreased|increased|declined|rose|fell|improved|recovered|emerged"
    r"|correlated|predicted)\b"
    r"|bec(?:omes?|ame) (?:\w+ly )?(?:(?:more|less) [a-z]+|[a-z]{2,}er)\b"
    r"|(?:themes?|predictors?|factors?|barriers?|patterns?) (?:\w+ ){0,4}(?:were"
    r"|was) identified\b"
    r"|(?:positive|negative|strong|weak|significant|inverse|linear|mixed) (?:\w+ )?(?:association"
    r"|correlation|relationship|effect|response)s?\b",
)
"""The sentence says in words how things compare, change or go together."""

SET_UP = Turn(
    """studied included enrolled recruited randomised randomized allocated assigned defined asked
    consisted comprised inclusion criteria endpoint endpoints end outcome outcomes performed
    underwent administered received treated""",
    r"(?:was|were) (?:\w+ly )?(?:studied|included|enrolled|recruited|randomi[sz]ed|allocated"
    r"|assigned|divided|defined|asked|administered|treated with|invited"
    r"|exposed)\b"
    r"|(?:group|sample|cohort|population|arm)s? (?:\w+ )?(?:consisted|comprised|received"
    r"|underwent)\b"
    r"|(?:inclusion|exclusion|eligibility) criteria\b|(?:primary|secondary|main) (?:\w+ )?"
    r"(?:end ?-?points?|outcomes?)(?: measures?)? (?:was|were)\b"
    r"|^(?:we|i) (?:\w+ly )?(?:studied|included|enrolled|recruited|randomi[sz]ed|asked)\b",
)
"""The sentence says how a study was set up, whatever its numbers."""

EARLIER = Turn(
    "previously previous earlier recent recently others prior have has",
    r"previously (?:shown|reported|described|demonstrated|proposed|found|published|developed)\b"
    r"|in (?:(?:a|our|an) )?(?:previous|earlier|prior|companion) (?:paper|work|study|studies"
    r"|article)\b"
    r"|we and others\b|^(?:[a-z]+, )?(?:recent|previous|prior|earlier|past|many|several|some"
    r"|numerous|most"
    r"|few)"
    r" (?:\w+ ){0,3}(?:stud(?:y|ies)|works?|research|trials?|approaches|methods|efforts|papers"
    r"|reports|advances|progress|evidence)\b",
)
"""The sentence speaks of earlier work, the authors' own or that of others."""

LEGAL = Turn(
    """copyright rights published permission author authors elsevier references licence license
    permitted ltd inc sons press society publishing springer""",
    opens=r"\d{4},? [^.]{0,60}\b(?:ltd|inc|sons|press|publishing|authors?|society|elsevier"
    r"|springer)\b[^ ]*$|(?:©|\(c\)|copyright\b|all rights reserved|published by\b|for permission\b"
    r"|no commercial use\b|\[?references?: \d)",
)
"""The sentence is a publisher's."""
