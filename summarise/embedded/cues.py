"""Words that tell what a sentence does: name a gap, state an aim, propose, report, refer to code.

Sets of word forms rather than patterns: looking up the words of a sentence is many times faster
than searching it.
"""

from __future__ import annotations

import re

WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")

GAP = frozenset(
    """however but yet despite nevertheless nonetheless although though while whereas unfortunately conversely
    limit limits limited limiting limitation limitations lack lacks lacking challenge challenges challenging
    challenged difficult difficulty difficulties struggle struggles struggled fail fails failed failure failures
    suffer suffers suffering hinder hinders hindered hindering hamper hampers hampered impede impedes impeding
    expensive costly prohibitive prohibitively infeasible impractical remain remains remained unclear
    underexplored under-explored unexplored understudied unknown unresolved unsolved poorly gap gaps scarce
    scarcity insufficient inadequate neglect neglects neglecting neglected overlook overlooks overlooked
    overlooking ignore ignores ignored ignoring problem problems issue issues bottleneck bottlenecks inaccurate
    drawback drawbacks inefficient degrade degrades degradation shortage controversial uncertain uncertainty
    unable cannot error-prone time-consuming burden vulnerable susceptible susceptibility bias biases biased constrain
    constrains constrained prone hard restrict restricts restricted crucial critical mismatch misalignment
    misaligned crisis threat threats risk risks declining little few not debated disputed inconsistent
    conflicting missing absence without only never barely rarely hardly sparse poor poorer slow""".split()
)
AIM = frozenset(
    """aim aims aimed goal goals objective objectives purpose seek seeks sought hypothesize hypothesise hypothesized
    hypothesised hypothesis whether determine ask asks asked question questions examine examines examined
    investigate investigates investigated explore explores explored address addresses addressing study
    consider considers""".split()
)
CONTRAST = frozenset(
    "existing previous prior current conventional traditional recent earlier most many studies works however".split()
)
PROPOSING = frozenset(
    """propose proposes proposed present presents presented introduce introduces introduced introducing develop
    develops developed describe describes described design designs designed create creates created construct
    constructs constructed build builds built contribute contributes devise devises devised formulate
    formulates formulated leverage curate curated offer offers establish unveil establishes""".split()
)
_SELF = r"(?:we|this (?:paper|work|study|article|survey|report)|the (?:present )?(?:paper|study)|our (?:approach|method|work|framework|model))"
PROPOSES = re.compile(
    rf"\b{_SELF}\b[^.;]{{0,90}}?\b(?:{'|'.join(sorted(PROPOSING))})\b"
    r"|\b(?:is|are|was|were) (?:then |hereby )?(?:proposed|introduced|presented|developed)\b",
    re.IGNORECASE,
)
WORKS = frozenset(
    """survey surveyed record recorded measure measured measures estimate estimated estimates analyse analysed
    analyze analyzed use used uses using collect collected compare compared compares enrol enrolled recruit
    recruited interview interviewed review reviewed apply applied applies train trained fit fitted simulate
    simulated assess assessed model modelled modeled test tested combine combined combines conduct conducted
    perform performed report reports reported sequence sequenced randomise randomised randomize randomized assigned
    administered followed selected extracted evaluate evaluated employ employed implement implemented
    integrate extend extended investigate""".split()
)
OUTCOME = frozenset(
    """outperform outperforms outperformed outperforming achieve achieves achieved achieving surpass surpasses
    surpassed surpassing superior superiority exceed exceeds exceeded excel excels competitive state-of-the-art
    exhibit exhibits exhibited promising effectiveness yield yields yielded significantly substantially
    consistently markedly remarkably unlock unlocks pave paves paving compatible accessible
    generalize generalizes generalise generalises associated conclude concludes concluded""".split()
)
SHOWING = frozenset(
    """show shows showed shown showing demonstrate demonstrates demonstrated demonstrating indicate indicates
    indicated suggest suggests suggested reveal reveals revealed revealing confirm confirms confirmed verify
    verifies verified validate validates validated prove proves proved find finds found observe observed
    identify identified highlight highlights highlighted support supports provide provides implies imply
    illustrate illustrates""".split()
)
EVIDENCE = frozenset(
    """we experiment experiments experimental result results finding findings evaluation evaluations study studies
    analysis analyses simulation simulations ablation evidence data observation investigation""".split()
)
CHANGE = frozenset(
    """rose fell rise rises falls increase increases increased increasing decrease decreases decreased decline
    declines declined drop drops dropped reduce reduces reduced reducing improve improves improved improving
    raise raised raises lower lowered lowers higher shorter shortened longer fewer more less greater gain gains
    gained boost boosts boosted enhance enhances enhanced explained explains differed difference was were reach
    reaches reached attain attains attained agrees remove removes removed saves saving faster slower better worse degrade
    degrades grew grows accounted occurred reported scored scores ranged correlated had remained""".split()
)
_MATTER = r"(?:source code|codes?|data|datasets?|models?|weights|checkpoints?|implementation|demos?|benchmark|codebase|scripts?|software|toolkit)"
ADMINISTRATIVE_HINT = frozenset(
    """available release released releases open-source open-sourced public publicly accessible registration
    registered funding funded code codes website page link https http supplementary""".split()
)
ADMINISTRATIVE = re.compile(
    rf"https?://|\b{_MATTER}\b[^.]{{0,100}}?\b(?:available|released?|open[- ]sourced?|public(?:ly)?|accessible)\b"
    r"|^(?:project page|code|(?:clinical )?trial registration|funding|keywords?)\b"
    r"|\bwe (?:will )?(?:publicly )?(?:release|open-?source)\b|\bregistered (?:at|with|in|as)\b",
    re.IGNORECASE,
)
LABEL = re.compile(r"(?:[A-Z][A-Za-z,&/ -]{2,40}?)(?: ?[:：]\s+|\.?\s?[—–]\s?)(?=\S)")
