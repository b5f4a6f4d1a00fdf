"""Words that tell what a sentence of an abstract does: name a gap, state an aim, report."""

from __future__ import annotations

from summarise.scan import words

GAP = words(
    """however but yet hard despite nevertheless nonetheless although unfortunately limit limits
    limited limiting limitation limitations lack lacks lacking challenge challenges
    challenging challenged difficult difficulty difficulties struggle struggles struggled
    fail fails failed suffer suffers suffering hinder hinders hindered hindering hamper
    hampers hampered impede impedes impeding expensive costly prohibitive prohibitively
    infeasible impractical remain remains remained unclear underexplored under-explored
    unexplored understudied unknown unresolved unsolved poorly disrupt disrupts degrade
    degrades degrading weakening gap gaps scarce scarcity insufficient prone brittle
    inadequate neglect neglects neglecting neglected overlook overlooks overlooked
    overlooking bottleneck bottlenecks inaccurate drawback drawbacks inefficient shortage
    controversial uncertain unable cannot error-prone time-consuming constrain constrains
    constrained mismatch misalignment misaligned crisis debated disputed inconsistent
    conflicting incurs impossible unsatisfactory unanswered ambiguous barrier barriers
    underutilized shortcoming shortcomings weakness weaknesses contradictory elusive
    obstacle obstacles unavailable unreliable labor-intensive laborious tedious cumbersome
    misses missed impasse subpar suboptimal"""
)
WEAK_GAP = words(
    """while whereas though crucial critical threat threats risk risks declining little few not
    without only never barely rarely hardly sparse poor poorer slow problem problems
    issue issues bias biases biased restrict restricts restricted failure failures uncertainty
    burden degradation missing absence prone vulnerable susceptible susceptibility conversely
    ignore ignores ignored ignoring degrade degrades"""
)
DIFFICULTY = GAP - words("however but yet despite nevertheless nonetheless although")
"""Words that name a difficulty by themselves, and don't only contrast one thing with another."""
AIM = words(
    """aim aims aimed purpose seek seeks sought hypothesize hypothesise hypothesized hypothesised
    whether determine ask asks asked question questions examine examines examined investigate
    investigates investigated explore explores explored address addresses addressing consider
    considers"""
)
OTHERS = words("""existing previous prior current conventional traditional earlier""")
OWN = words("we our ours us here i my")
AUTHORS = words("we i")
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
REACHED_OUTCOME = words(
    """outperform outperforms outperformed outperforming achieves achieved achieve surpass surpasses
    surpassed surpassing superior superiority exceed exceeds exceeded excels competitive
    state-of-the-art we our benchmark benchmarks dataset datasets than compared comparable match
    matches"""
)
"""Words for what came out, or where, not for what something is good for."""
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
COMPARING = words("than versus vs compared increased decreased rose fell reduced improved")
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
AGE = words("age aged ages")
