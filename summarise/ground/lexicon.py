"""English words with a direction: pairs of opposites, their inflections, and what denies.

A scale is a line: words of one direction, a slash, words of the other. A verb is marked with a
star, so that its forms are made ("rise*" by rule; irregular ones are written out), an adjective
with a plus sign ("large+": larger, largest). A word may stand on several scales: what is said of it
agrees where one of them does.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SCALES = """
size: increase* rise* rose risen grow* grew grown growth raise* gain* elevate* climb* soar*
 expand* enlarge* amplify* double* triple* escalate* heighten* upward higher high highest large+
 great+ big bigger biggest more greater exceed* up surge* add* upwards jump* swell* widen*
 accumulate* rising / decrease* reduce* reduction reductions lower* lowest low fall* fell fallen
 drop* dropped dropping decline* shrink* shrank shrunk cut* cutting diminish* lessen* halve*
 downward small+ less least fewer fewest minimal down save* saving savings dwindle* plummet* lose*
 loss lost remove* weaken* downwards plunge* tumble* slump* recede* subtract* sink* sank ebb*
 collapse* falling
length: long+ lengthen* prolong* extend* / short+ shorten* curtail*
width: wide+ widen* broad+ broaden* thick+ / narrow+ narrow* thin+ thinner thinnest
quality: improve* improvement improvements enhance* boost* better best outperform* surpass*
 exceed* beat* beaten excel* excels excelled superior superiority strengthen* benefit* help*
 strong+ strongly good win* won robust advance* succeed* success successful successfully
 competitive top outstanding remarkable remarkably impressive promising exceptional decent
 state-of-the-art favourable favorable excellent flawless ahead recover* thrive* flourish*
 favourably / worsen* degrade* degradation degradations deteriorate* worse worst underperform*
 trail* lag* lagged lagging inferior inferiority weaken* weak+ weakly harm* hurt* poor+ bad badly
 lose* lost fail* fails undermine* impair* hinder* hamper* behind disappointing uncompetitive
 unsuccessful mediocre unsuccessfully ineffective ineffectively suffer* struggle* short flawed
 subpar unfavourable unfavorable lose relapse* falter* disappoint* collapse* stagnate*
manner: well nicely / poorly badly
harm: worsen* aggravate* exacerbate* intensify* increase* raise* amplify* deepen* widen* elevate*
 / mitigate* alleviate* reduce* lower* ease* relieve* resolve* solve* tackle* overcome* overcame
 eliminate* remove* prevent* avoid* decrease* diminish* lessen* bridge* cut* suppress* halve*
speed: fast+ quick+ quickly rapid rapidly swift speed* speedup accelerate* acceleration sooner /
 slow+ slowly slow* slowdown delay* decelerate*
cost: expensive costly prohibitive prohibitively / cheap+ cheaply inexpensive affordable
 economical
ease: easy easier easiest easily simple simpler simplest simply straightforward effortless / hard
 harder hardest difficult difficulty challenging complex complicated tricky laborious
plenty: many abundant plentiful ample rich+ numerous common frequent widespread extensive vast
 large massive considerable substantial wide most much sufficient enough unlimited / few rare
 scarce limited sparse infrequent uncommon insufficient little small slight marginal negligible
 modest scant inadequate lack* minimal
every: all every always entirely wholly fully completely everyone universally / none never neither
 partially sometimes occasionally seldom rarely some
order: before earlier early prior previously / after later late subsequently
age: new+ novel modern contemporary recent current / old+ outdated ancient historical traditional
 former
likeness: similar similarly same equal equally comparable match* identical equivalent alike
 consistent agree* resemble* / differ* different differently dissimilar unlike inconsistent
 diverge* disagree* distinct
stay: remain* stay* keep* kept maintain* preserve* retain* persist* / vanish* disappear* lose*
 lost destroy* forget* forgot forgotten abandon*
proof: support* confirm* demonstrate* prove* validate* corroborate* / contradict* refute* reject*
 disprove* deny* denied oppose* challenge* dispute*
leave: allow* enable* permit* facilitate* promote* encourage* let / prevent* block* inhibit*
 hinder* prohibit* forbid* impede* suppress* discourage* preclude* obstruct*
act: activate* induce* stimulate* trigger* / inhibit* suppress* deactivate* silence* block*
need: require* need* demand* necessitate* / obviate* avoid* eliminate* omit* bypass*
hold: include* contain* comprise* incorporate* / exclude* omit* lack* miss* missing
place: above upper / below beneath
place2: top / bottom
count: multiple / single
use: adopt* accept* / discard* reject* abandon* ignore*
open: open public publicly open-source available / closed private privately proprietary withheld
life: survive* survival alive / die* died dying death deaths dead mortality
wealth: rich richer wealthy / poor poorer
truth: correct correctly right true / wrong wrongly false incorrect incorrectly erroneous mistaken
charge: positive positively / negative negatively inverse inversely
risk: safe+ safely harmless / dangerous unsafe harmful risky hazardous toxic
weight: heavy heavier heavily dense densely / light lighter lightly sparse sparsely
depth: deep+ deeply / shallow+
heat: warm+ hot hotter / cool+ cold+
sharp: sharp+ clear+ clean+ / blur* blurry vague noisy unclear
part: major majority / minor minority
gap: close+ near+ nearer nearby / far farther further distant
extreme: maximum maximal maximize* maximise* / minimum minimal minimize* minimise*
guess: overestimate* overstate* exaggerate* / underestimate* understate*
relation: associate* correlate* / unrelated uncorrelated
who: manual manually / automatic automatically automated
source: real real-world / synthetic artificial simulated
sure: certain certainly definitely / uncertain doubtful
presence: present presence exists exist / absent absence missing
start: start* begin* began begun / stop* end* cease*
ends: first initial initially / last final finally
wish: prefer* favour* favor* liked likes welcome* want* / dislike* reject* avoid* shun* resent*
memory: remember* retain* recall* / forget* forgot forgotten forgetting
finish: complete* finish* / abandon* quit interrupt*
natural: natural naturally / unnatural artificial robotic
essential: essential crucial vital necessary important useful relevant valuable indispensable /
 redundant superfluous irrelevant useless unimportant dispensable trivial unnecessary
draw: attract* draw* drew lure* / repel* deter*
find: find* found detect* locate* identify* discover* catch* notice* / miss* overlook* ignore*
cause: cause* produce* generate* create* trigger* provoke* / prevent* avoid* avert*
years: young+ youthful / old+ elderly aged
surface: smooth+ tight+ bright+ loud+ / rough+ loose+ dim dimmer quiet+
wet: wet moist / dry dried
health: healthy healthier well / sick ill unhealthy
sight: visible obvious evident apparent / hidden invisible obscure
waste: save* saving conserve* / waste* squander* spend* spent
blind: blind blinded double-blind / open-label unblinded
chance: random randomly randomized randomised / fixed systematic deterministic
strength: strong+ strongly strength robust robustly powerful / weak+ weakly weakness fragile
 brittle feeble
trend: rising growing increasing / falling shrinking decreasing declining
answer: respond* work* works function* functions / fail* ignore* break*
half: twice double doubles doubled thrice triple / half halves halved third
close: close closely near nearly almost / far
support: help* support* aid* assist* / hinder* hamper* harm* obstruct* thwart*
know: known understood established / unknown unclear unexplored
always: always consistently invariably reliably / sometimes never rarely inconsistently
 occasionally
share: shared share* sharing joint jointly / separate separately private
gender: women woman female girls / men man male boys
gain: gain* earn* win* won / lose* lost losing forfeit*
left: front / back rear
east: inside internal within indoor / outside external outdoor
escape: preventable avoidable / inevitable unavoidable unpreventable
register: formal / informal colloquial
light: lit / dark darker unlit
link: connect* link* attach* / isolate* disconnect* detach*
grave: serious severe / mild minor harmless
good: beneficial / adverse detrimental
rank: primary / secondary
mostly: mainly mostly largely chiefly primarily predominantly / hardly barely slightly partly
 marginally scarcely
bound: least / most
sense: sense meaningful coherent / nonsense meaningless incoherent
trust: trust* reliable dependable / distrust* unreliable
win: defeat* overtake* overtook / succumb* trail*
often: often frequently commonly usually regularly generally / rarely seldom infrequently hardly
 scarcely
degree: significantly considerably markedly dramatically strongly greatly substantially
 extensively widely / slightly marginally modestly barely minimally insignificantly weakly hardly
"""
# Roots and what makes the opposite of them.
_PREFIXED = {
    "un": """able available aware balanced biased certain changed clear common constrained
    controlled corrected covered equal explored expected fair familiar foreseen healthy
    important informed intended justified known labeled labelled likely limited matched
    necessary obtainable paired predictable published realistic regulated related reliable
    resolved restricted safe satisfactory seen solved specified stable structured
    successful suitable supervised supported tested trained treated trustworthy understood
    usable used usual validated verified willing interpretable affected altered explained
    stated noticed adjusted weighted suited ambiguous scalable attractive comfortable
    complicated convincing critical damaged decided defined desirable detected documented
    even evenly exceptional favorable favourable finished grounded guided harmed helpful
    identified impaired infected interrupted involved linked marked modified motivated
    natural naturally needed occupied official planned pleasant popular prepared protected
    proven ready reasonable recorded satisfied saturated selected sustainable systematic
    tractable typical wanted shielded lit coated avoidable""",
    "in": """accurate accurately active adequate appropriate capable coherent compatible complete
    consistent consistently correct correctly definite dependent direct directly effective
    effectively efficient efficiently efficiency equality expensive flexible frequent
    sensitive significant significantly stability sufficient sufficiently tolerant valid
    variable visible feasible secure comparable separable adequately applicable
    appropriately convenient decisive distinguishable effectiveness eligible experienced
    formal frequently substantial tangible sensitivity completeness curable""",
    "im": """balanced mature partial perfect possible practical precise proper plausible mobile
    pure patient permeable balance measurable""",
    "ir": "regular relevant replaceable reversible responsible",
    "il": "legal legible logical",
    "dis": """advantage advantages agree agreement agrees appear appears appeared connected
    continuous continue continued continues favor favour honest incentive parity
    proportionate similar able advantageous order ordered prove proves proved trust allow
    approve associated like liked organised organized satisfied use engaged trusted""",
    "non": "linear trivial existent parametric uniform invasive stationary zero significant",
    "mis": """aligned alignment classified leading match matched understood interpret interpreted
    predicted represent""",
    "de": "stabilize stabilizes stabilise stabilises stabilized stabilised",
}
_LESS = "harm use help meaning pain cost care power effort success fruit thought"

_CONTRACTED = "do does did is are was were has have had can could would should wo must need"
_DENYING_VERBS = (
    "not never cannot can't fail fails failed failing unable hardly scarcely barely seldom rarely"
)
SHORT_NEGATORS = frozenset(
    (*_DENYING_VERBS.split(), *(f"{word}n't" for word in _CONTRACTED.split()))
)
"""Words that deny the verb that follows."""
_DENYING = """
    no without neither nor none lack lacks lacked lacking nothing nobody absence absent non
    avoid avoids avoiding eliminates eliminating obviates"""
NEGATORS = SHORT_NEGATORS.union(_DENYING.split())
"""Words that deny what follows; contractions in "n't" do, too."""

IRREGULAR = {
    "met": "meet", "found": "find", "shown": "show", "made": "make", "took": "take",
    "taken": "take", "gave": "give", "given": "give", "held": "hold", "led": "lead",
    "known": "know", "knew": "know", "seen": "see", "saw": "see", "ran": "run", "built": "build",
    "differed": "differ", "different": "differ", "difference": "differ", "differences": "differ",
}  # fmt: skip

_FUNCTION = """
    a an the of to in on for with by at from as is are was were be been being has have had do
    does did that which this these those it its their they we our and or also than then there
    can could may might will would should shall such into between among while when where who
    whose what both how if so very up out about across through via per i he she his her them
    us you more most not no any only even just still yet however but although though because
    since during within"""
FUNCTION = frozenset(_FUNCTION.split()) - {"up"}
"""Words that say nothing of what a statement is about."""

_VOWELS = frozenset("aeiou")


def _verb_forms(verb: str) -> tuple[str, ...]:
    """A regular verb with its endings."""
    if verb.endswith("e"):
        return verb, f"{verb}s", f"{verb}d", f"{verb[:-1]}ing"
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"
    s = "es" if verb.endswith(("s", "sh", "ch", "x", "z")) else "s"
    return verb, verb + s, f"{verb}ed", f"{verb}ing"


def _forms(word: str) -> tuple[str, ...]:
    if word.endswith("*"):
        return _verb_forms(word[:-1])
    if not word.endswith("+"):
        return (word,)
    stem = word[:-1]
    root = stem[:-1] if stem.endswith(("e", "y")) else stem
    root += "i" if stem.endswith("y") else ""
    return stem, f"{root}er", f"{root}est"


Signs = dict[str, int]
"""Direction of a word, 1 or -1, by scale."""


def _lexicon() -> dict[str, Signs]:
    found: dict[str, Signs] = {}
    for scale, line in re.findall(r"^(\w+):((?:.|\n )*)", _SCALES, re.MULTILINE):
        for sign, side in zip((1, -1), line.split("/"), strict=True):
            for word in side.split():
                for form in _forms(word):
                    found.setdefault(form, {}).setdefault(scale, sign)
    for prefix, roots in _PREFIXED.items():
        for root in roots.split():
            found.setdefault(root, {})[f"-{root}"] = 1
            found.setdefault(prefix + root, {})[f"-{root}"] = -1
    for root in _LESS.split():
        found.setdefault(f"{root}ful", {})[f"-{root}"] = 1
        found.setdefault(f"{root}less", {})[f"-{root}"] = -1
    return found


LEXICON = _lexicon()
"""Words with a direction."""


def _opposites() -> dict[str, tuple[frozenset[str], ...]]:
    poles: dict[tuple[str, int], set[str]] = {}
    for word, signs in LEXICON.items():
        for pole in signs.items():
            poles.setdefault(pole, set()).add(word)
    ends = {pole: frozenset(there) for pole, there in poles.items()}
    none: frozenset[str] = frozenset()
    return {
        word: tuple(ends.get((scale, -sign), none) for scale, sign in signs.items())
        for word, signs in LEXICON.items()
    }


OPPOSITES = _opposites()
"""What stands at the other ends of a word's scales."""

_WORD = re.compile(r"[a-z]+")


def directions(text: str) -> set[int]:
    """Whether a text speaks of more (1) or less (-1), or of both."""
    found: set[int] = set()
    for word in _WORD.findall(text.lower().replace("at least", "").replace("at most", "")):
        if (signs := LEXICON.get(word)) and (sign := signs.get("size") or signs.get("length")):
            found.add(sign)
    return found


_ENDINGS = re.compile(r"(?:ations?|ingly|edly|ments?|ings?|ed|es|s|ly|e|ive|ity)\Z")


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """What the forms of a word have in common, roughly."""
    word = IRREGULAR.get(word, word).removesuffix("'s")
    if len(word) <= 3 or word[0].isdigit():
        return word
    cut = _ENDINGS.sub("", word, count=1)
    return (cut if len(cut) >= 3 else word)[:7]
