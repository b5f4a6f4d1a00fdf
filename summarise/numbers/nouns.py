"""Nouns by what they tell of a number: what is measured, what changed, who was studied."""

from __future__ import annotations

from summarise.scan import words

MEASURES = words(
    """accuracy accuracies precision recall sensitivity specificity perplexity rate rates ratio
    ratios score scores error errors risk risks incidence prevalence frequency frequencies
    mortality survival morbidity probability probabilities likelihood proportion proportions
    percentage percentages fraction fractions share number numbers count counts level levels
    concentration concentrations density densities length duration time times latency
    throughput speed velocity cost costs price prices income incomes earnings wage wages
    efficiency efficiencies capacity conductivity resistance strength temperature pressure
    power energy energies gap bandgap width depth height weight mass volume area thickness
    distance coefficient coefficients correlation correlations agreement variance variation
    deviation bias index indices change changes difference differences gain gains improvement
    improvements reduction reductions increase increases decrease decreases decline loss losses
    coverage consumption emissions usage overhead fidelity resolution utilization utilisation
    adherence compliance attendance retention uptake satisfaction severity symptoms pain
    intensity amplitude lifetime half-life stay requirements returns elasticity growth
    employment unemployment output productivity inflation expenditure spending revenue sales
    demand volatility abundance richness biomass diversity activity titer titers titre titres
    expression affinity potency selectivity susceptibility stability odds hazard burden
    admissions deaths events infections complications relapse recurrence response responses
    remission success failure throughputs speedup performance turnout kappa values value
    estimates estimate boost speeds occupancy colonisation colonization size sizes yields lag
    delay delays conversion conversions lengths citations degradation"""
)
"""Nouns for what is measured."""
CHANGES = words(
    """gain gains improvement improvements reduction reductions increase increases decrease
    decreases boost change changes decline"""
)
"""Nouns for how it changed."""
SHARES = MEASURES & words(
    """accuracy accuracies precision recall sensitivity specificity score scores probability
    probabilities likelihood proportion proportions percentage percentages fraction fractions share
    odds correlation correlations agreement kappa"""
)
"""Nouns that measure without any unit but per cent and points."""
EMPTY = words(
    """performance value values level levels number numbers result results effect effects rate
    increase decrease change changes improvement improvements reduction average mean median
    total maximum minimum factor estimate estimates size sizes response responses activity
    output times time events yield yields loss range success scores"""
)
"""Nouns that tell nothing alone."""
PEOPLE_WORDS = words(
    """patients participants adults children women men people individuals subjects students
    respondents infants adolescents caregivers users workers residents mice rats animals
    controls group groups arm cohort volunteers experts humans engineers clinicians annotators
    developers physicians nurses teachers parents cases carriers athletes households families
    carers drivers farmers voters firms employees smokers survivors responders visitors
    customers managers surgeons doctors pharmacists dentists mothers fathers owners consumers
    tourists fishers speakers listeners raters reviewers keepers scientists pupils learners
    readers players veterans neonates girls boys females males eyes pregnancies samples
    isolates runners"""
)
"""Nouns for those who are studied or compared."""
