"""Words of abstracts: those that tell what a sentence does, and which of all are finite verbs."""

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
    ablation analysis analyses simulation simulations evidence observation observations
    computation computations calculation calculations"""
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


# Verbs of abstracts. Those that are nouns as well count where what stands beside them says so.
_VERBS = """account achieve act adapt address affect aim align allow analyse analyze appear apply
    argue arise assume attain attempt beat become begin bring capture cause combine
    come compare comprise confirm consider consist constrain contain contribute
    correlate decline degrade demand depend depict derive describe detect develop
    differ diminish drive emerge employ enable encounter enhance enroll ensure entail
    evaluate examine exceed excel exhibit exist experience explain explore extend
    extract face fail find focus form generalise generalize generate get give go
    grapple hallucinate hamper help hinder hold identify ignore illustrate imply
    improve include incur indicate inherit integrate introduce investigate involve
    keep know lack lead learn leverage limit maintain make mean measure miss mitigate
    need neglect obtain occur offer operate outperform overlook participate perform
    pose predict present preserve prevent produce propose prove provide raise rank
    reach read receive recover reduce rely remain remove report represent require
    restrict result retain reveal sacrifice save say score see seek seem serve show
    shrink solve struggle suffer suggest support surpass tackle take tell tend think
    train treat try turn undergo use utilise utilize vary verify want win write yield"""
_PRESENT = """assess conclude correspond decide decompose define deliver demonstrate determine
    discuss distinguish eliminate establish expand exploit follow highlight incorporate inhibit
    maximise maximize minimise minimize permit play possess proceed promote quantify suppress
    underscore unify validate"""
"""Whose past is more often a participle: "validated on", "unified"."""
_INTRANSITIVE = words(
    """lowers stays increased decreased improved declined dropped occurred remained ranged resulted
    differed varied correlated became rose fell grew took showed found gave led had did
    went came began held made chose drew wrote ran got saw won lost kept met set wore
    drank ate underwent achieved exhibited demonstrated"""
)
_AUXILIARY = words(
    """is are was were has have had do does did can cannot could may might must should will would
    isn't aren't wasn't weren't doesn't don't didn't can't couldn't"""
)
_NOUNS_TOO = words(
    """aims forms limits measures uses results reports ranks scores benefits presents faces
    increases decreases supports helps shows costs tests models studies estimates challenges falls
    rises drops gains cuts runs reads turns experiences accounts acts"""
)


def _third_person(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ies"
    return f"{verb}es" if verb.endswith(("s", "x", "ch", "sh")) else f"{verb}s"


def _past(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ied"
    return f"{verb}d" if verb.endswith("e") else f"{verb}ed"


_BASE = words(_VERBS) | words(_PRESENT) | {"increase", "decrease"}
_THIRD = frozenset(map(_third_person, _BASE)) | _NOUNS_TOO
_PAST = frozenset(map(_past, _BASE - words(_PRESENT)))
FORMS = _AUXILIARY | _INTRANSITIVE | _THIRD | _PAST | _BASE
"""All that may be one."""
_PLURAL_BEFORE = words("we they who which that and data people")
BETWEEN = words("often still also usually always never rarely then not both")
"""What may stand between a subject and its verb."""
_PREPOSITIONS = words(
    "by with on in from to for using as at via of under during between among through over into"
)
_OBJECTS = words("a an the its their our no both more all any that how to up by from")


def is_finite(before: str, word: str, after: str) -> bool:
    """Whether a word of ``FORMS`` is a finite verb between two others."""
    if word in _AUXILIARY or word in _INTRANSITIVE:
        return True
    if word in _THIRD:
        return word not in _NOUNS_TOO or after in _OBJECTS
    if word in _PAST:
        return after not in _PREPOSITIONS
    if word in _BASE:
        low = before.lower()
        return low in _PLURAL_BEFORE or (low.endswith("s") and not low.endswith("ss"))
    return False
