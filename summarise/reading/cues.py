"""Words that tell what a sentence does: name a gap, state an aim, propose, report, refer to code.

Sets of word forms rather than patterns: looking up the words of a sentence is many times faster
than searching it.
"""

from __future__ import annotations

import re

from summarise.scan import words

WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")

GAP = words(
    """however but yet despite nevertheless nonetheless although though while whereas
    unfortunately conversely limit limits limited limiting limitation limitations lack lacks
    lacking challenge challenges challenging challenged difficult difficulty difficulties
    struggle struggles struggled fail fails failed failure failures suffer suffers suffering
    hinder hinders hindered hindering hamper hampers hampered impede impedes impeding
    expensive costly prohibitive prohibitively infeasible impractical remain remains remained
    unclear underexplored under-explored unexplored understudied unknown unresolved unsolved
    poorly gap gaps scarce scarcity insufficient inadequate neglect neglects neglecting
    neglected overlook overlooks overlooked overlooking ignore ignores ignored ignoring
    problem problems issue issues bottleneck bottlenecks inaccurate drawback drawbacks
    inefficient degrade degrades degradation shortage controversial uncertain uncertainty
    unable cannot error-prone time-consuming burden vulnerable susceptible susceptibility
    bias biases biased constrain constrains constrained prone hard restrict restricts
    restricted crucial critical mismatch misalignment misaligned crisis threat threats risk
    risks declining little few not debated disputed inconsistent conflicting missing absence
    without only never barely rarely hardly sparse poor poorer slow"""
)
AIM = words(
    """aim aims aimed goal goals objective objectives purpose seek seeks sought hypothesize
    hypothesise hypothesized hypothesised hypothesis whether determine ask asks asked
    question questions examine examines examined investigate investigates investigated
    explore explores explored address addresses addressing study consider considers"""
)
OTHERS = words("""existing previous prior current conventional traditional earlier""")
OWN = words("we our ours us here i my")
OUTLOOK = words("believe hope future foster avenues paving pave paves discussed")
PROPOSING = words(
    """propose proposes proposed present presents presented introduce introduces introduced
    introducing develop develops developed describe describes described design designs
    designed create creates created construct constructs constructed build builds built
    contribute contributes devise devises devised formulate formulates formulated leverage
    curate curated offer offers establish unveil establishes"""
)
_SELF = (
    r"(?:we|this (?:paper|work|study|article|survey|report)|the (?:present )?(?:paper|study)"
    r"|our (?:approach|method|work|framework|model))"
)
PROPOSES = re.compile(
    rf"\b{_SELF}\b[^.;]{{0,90}}?\b(?:{'|'.join(sorted(PROPOSING))})\b"
    r"|\b(?:is|are|was|were) (?:then |hereby )?(?:proposed|introduced|presented|developed)\b",
    re.IGNORECASE,
)
WORKS = words(
    """survey surveyed record recorded measure measured measures estimate estimated estimates
    analyse analysed analyze analyzed use used uses using collect collected compare compared
    compares enrol enrolled recruit recruited interview interviewed review reviewed apply
    applied applies train trained fit fitted simulate simulated assess assessed model
    modelled modeled test tested combine combined combines conduct conducted perform
    performed report reports reported sequence sequenced randomise randomised randomize
    randomized assigned administered followed selected extracted evaluate evaluated employ
    employed implement implemented integrate extend extended investigate"""
)
SAMPLING = words(
    """participants participated recruited enrolled enroled randomised randomized sampled
    respondents included eligible"""
)
OUTCOME = words(
    """outperform outperforms outperformed outperforming achieves achieved surpass surpasses
    surpassed surpassing superior superiority exceed exceeds exceeded excel excels
    competitive exhibits outstanding remarkable superb impressive exhibited promising
    significantly substantially consistently markedly remarkably unlock unlocks concludes
    concluded"""
)
REACHING = words(
    "achieve achieving attain attaining yield yields yielding obtain obtains demonstrates"
)
REACHED = words(
    """performance results accuracy improvement improvements gains capability capabilities
    quality generalization generalisation state-of-the-art"""
)
FINDING = words(
    """show shows showed shown showing demonstrate demonstrates demonstrated demonstrating
    reveal reveals revealed revealing find finds found finding observe observed confirm
    confirms confirmed indicate indicates indicated suggest suggests suggested prove proves
    proved discover discovered"""
)
SUPPORTING = words(
    """verify verifies verified validate validates validated highlight highlights highlighted
    support supports supported provide provides imply implies illustrate illustrates identify
    identifies identified"""
)
EVIDENCE = words(
    """experiment experiments experimental result results findings evaluation evaluations
    ablation analysis analyses simulation simulations evidence observation observations"""
)
SCORING = words(
    """has have solves solved wins won finds found scores score versus vs compared against than
    generates stays stayed attributes attributed share shares keeps matches matched recovered
    before after correct best strongest brings brought gives predicted preferred prefer"""
)
BEING = words("was were had remained")
CHANGE = words(
    """rose fell rise rises falls increase increases increased increasing decrease decreases
    decreased decline declines declined drop drops dropped reduce reduces reduced reducing
    improve improves improved improving raise raised raises lower lowered lowers higher
    shorter shortened longer fewer more less greater gain gains gained boost boosts boosted
    enhance enhances enhanced explained explains differed difference reach reaches reached
    attain attains attained agrees remove removes removed saves saving faster slower better
    worse degrade degrades grew grows accounted occurred reported scored scores ranged
    correlated"""
)
COST_CONTEXT = re.compile(
    r"\b(?:train\w*|GPUs?|TPUs?|compute|inference|annotat\w+|API|tokens?|cloud)\b", re.IGNORECASE
)
HINTS = FINDING | EVIDENCE | CHANGE | REACHING | REACHED
_MATTER = (
    r"(?:source code|codes?|data|datasets?|models?|weights|checkpoints?|implementation|demos?"
    r"|benchmark|codebase|scripts?|software|toolkit|corpus|harness|recipes?)"
)
ADMINISTRATIVE_HINT = words(
    """available release released releases open-source open-sourced public publicly accessible
    free deposited registration registered funding funded code codes website page link https http
    supplementary"""
)
ADMINISTRATIVE = re.compile(
    rf"https?://|\b{_MATTER}\b[^.]{{0,100}}?"
    r"\b(?:available|released?|deposited|open[- ]sourced?|public(?:ly)?|accessible"
    r"|free (?:for|to))\b"
    r"|^(?:project page|code|(?:clinical )?trial registration|funding|keywords?)\b"
    r"|\bwe (?:will )?(?:publicly )?(?:release|open-?source)\b|\bregistered (?:at|with|in|as)\b",
    re.IGNORECASE,
)
