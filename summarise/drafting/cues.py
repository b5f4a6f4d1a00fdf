"""What the words around a count say: what bounds it, and whether what it counts was studied."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from summarise.drafting.purposes import COLLECTED_NOUN, is_learnt_from
from summarise.models import Quantity, Role, Span
from summarise.reading import OWN, Sentence
from summarise.scan import BRACKETED, Ended, Section, one_of, words

# Where something is a mean of many, or tells of them, "over" and "about" bound nothing.
_BOUND = Ended(
    (
        *("than", "least", "most", "to", "as", "over", "under", "nearly", "almost"),
        *("approximately", "about", "around", "roughly", "exceeding"),
    ),
    r"(?<!averaged )(?<!averaging )(?<!average )(?<!data )(?<!mean )(?<!gains )(?<!information )"
    r"\b(?P<bound>(?:less|more|fewer) than|at (?:least|most)|up to"
    r"|as (?:few|much|many|low|high|little) as|over|under|nearly|almost|approximately|about|around"
    r"|roughly|exceeding) \Z",
    re.IGNORECASE,
)
_BEINGS = words(
    """patients participants subjects adults children adolescents individuals respondents veterans
    volunteers women men people persons students pupils infants neonates newborns toddlers mothers
    fathers parents caregivers couples families twins siblings relatives users workers employees
    teachers nurses physicians doctors clinicians surgeons residents pharmacists practitioners
    professionals experts developers engineers managers farmers soldiers drivers athletes players
    runners cyclists girls boys teenagers youths seniors controls cases carriers donors recipients
    survivors smokers females males probands inmates prisoners migrants refugees immigrants voters
    citizens consumers customers investors traders investigators members outpatients inpatients
    attendees interviewees informants schoolchildren undergraduates graduates freshmen seafarers
    beneficiaries enrollees raters annotators speakers readers observers listeners officers leaders
    keepers visitors tourists dentists staff personnel trainees ambulators mice rats dogs cats pigs
    piglets horses cows cattle sheep goats rabbits monkeys macaques birds fish animals calves lambs
    chickens hens bees larvae alcoholics humans ewes rams mares sows boars bulls hamsters gerbils
    ferrets minipigs baboons marmosets frogs zebrafish psychologists therapists midwives consultants
    interns addicts drinkers offenders diabetics hypertensives centenarians nonagenarians
    octogenarians preschoolers tutors lecturers judges jurors bystanders lifeguards musicians
    singers gamers pilots sailors miners firefighters paramedics technicians radiologists
    pathologists dermatologists cardiologists psychiatrists oncologists anesthesiologists
    anaesthetists gynecologists gynaecologists urologists neurologists pediatricians
    paediatricians physiotherapists dietitians laypeople asthmatics epileptics schizophrenics
    paraplegics tetraplegics insomniacs haemophiliacs hemophiliacs normotensives nonsmokers
    non-smokers ex-smokers seekers youngsters babies providers employers villagers
    representatives dyads triads"""
)
_UNITS_OF_STUDY = words(
    """countries states cities districts regions
    households interviews births deliveries pregnancies admissions hospitalizations surgeries
    hospitalisations operations procedures visits consultations encounters transplants eyes knees
    hips teeth limbs lesions tumors tumours biopsies specimens isolates tissues samples swabs sera
    genomes exomes transcriptomes metagenomes sequences species plots pastures populations trees
    plants seedlings cultivars accessions islands lakes reefs ponds rivers streams sites transects
    quadrats nests colonies galaxies stars clusters quasars supernovae planets pulsars sources halos
    asteroids firms companies banks funds counties municipalities villages farms transactions
    contracts loans stocks elections surveys observations measurements spectra trials studies RCTs
    articles publications papers reviews records reports charts sessions journals guidelines
    meta-analyses cohorts registries projects repositories commits issues requests apps
    applications programs systems libraries packages files scripts classes methods functions tests
    bugs crashes posts tweets comments proteins genes peptides compounds molecules crystals alloys
    materials structures warnings workloads traces benchmarks images scans radiographs slides videos
    recordings documents texts sentences answers cells neurons lenses abstracts letters laws
    speeches essays novels websites webpages pages domains catchments buildings volcanoes storms
    earthquakes glaciers basins wells fossils skulls examinations marshes wetlands meadows forests
    orchards beaches caves nests cadavers bones referrals
    prescriptions preparations aspirates smears cultures sections autopsies necropsies
    echocardiograms mammograms electrocardiograms pictures photographs bodies skeletons embryos
    deaths oocytes placentas hearts livers kidneys lungs spines femurs"""
)
_INCLUDED = (
    r"(?:includ|enrol+|recruit|involv|compris|randomi[sz]|analy[sz]|studied|examin|survey|interview"
    r"|review|sequenc|sampl|collect|select|follow|evaluat|assess|retriev|pool|synthesi[sz]"
    r"|investigat"
    r"|inspect|audit|observ|monitor|genotyp|imag|scann|extract|gather|obtain|us|test|measur"
    r"|consider"
    r"|match|record|track|label|annotat|compar|contact|cover|catalogu|queri|polled"
    r"|inventori|tagg|digiti[sz]|biopsi|consisted|explor|contain|classif)"
)
_THINGS = r"(?:tests|samples|records|labels|measures|matches|images|tracks|users?|uses)"
_FOUND = re.compile(
    r"\b(?:screen|invit|approach|identif|consider|contact|eligib)\w*", re.IGNORECASE
)
_FILLER = (
    r"(?:a total of|of|in|on|from|with|for|by|among|across|over|data|records|samples?|information"
    r"|the|a|an|all|total|set|group|series|cohort|sample|only|up to|over|about|around|nearly"
    r"|more than|approximately|at least|collection|database|images|interviews|questionnaires"
    r"|additional|another|further|both|medical|clinical|retrospectively|prospectively|final|and"
    r"|serum|blood)"
)
# "we analysed data from", "participants included", "the study enrolled a total of".
_VERB_BEFORE = re.compile(
    rf"\b(?!{_THINGS}\b)(?P<verb>{_INCLUDED}\w*) (?:{_FILLER}[ ,]){{0,6}}\Z", re.IGNORECASE
)
# "we link", "this paper uses": any verb but those of finding and of proposing.
_DONE_BEFORE = re.compile(
    r"\b(?:we|I|study|paper|article|survey|review|trial|authors) "
    r"(?:have |then |first |also |\w+ly )?"
    r"(?!find|found|identif|detect|discover|report|show|propos|introduc|present|achiev|obtain|prove"
    r"|observ|defin|distinguish|divid|estimat|require|need|reveal|demonstrat|outperform|reach"
    r"|correct)[a-z]{3,}"
    rf" (?:{_FILLER} ){{0,5}}\Z",
    re.IGNORECASE,
)
_VERB_AFTER = re.compile(
    rf"(?:[^.;:)]{{0,160}}?(?:\.(?= [a-z])[^.;:)]{{0,160}}?)?)"
    r"\b(?:was|were|has been|have been|had been|are|being) "
    rf"(?:\w+ly |also |then |thus |finally |eligible and )?(?P<verb>{_INCLUDED}\w*)\b",
    re.IGNORECASE,
)
# "a set of 50 tests can suffice"
_SUPPOSED = re.compile(
    r"(?:(?!\bthat\b)[^.;:,]){0,60}?\b(?:can|could|would|should|may|might|suffice[sd]?)\b"
)
# "… and 90 divers took part" says so of those before them, too.
_TOOK_PART = re.compile(
    r"(?:[^.;:\d)]{0,60}?)(?:,? and \d[\d,]* [^.;:\d)]{0,60}?)?\b(?:participated|underwent"
    r"|responded|took part|answered|consented|contributed|attended|completed"
    r"|filled|enrolled|gave|provided|met the|met our|met inclusion"
    r"|fulfilled|performed|wore|rated|agreed|walked|visited|accepted)\b"
)
_SET_BEFORE = re.compile(
    r"\bdata for (?:the )?\Z"
    r"|\bdata (?:came|come|were (?:obtained|collected|drawn|available|extracted)|are) from "
    r"(?:the |a total of )?\Z"
    r"|\b(?:samples?|cohorts?|total|population|groups?|series|survey|trial|study|studies|sets?"
    r"|data ?sets?|databases?|registry|registries|corpus|subset|collection|analysis|review|audit"
    r"|meta-analysis|inventory|catalogue?|interviews|focus groups?|experiments?|case series"
    r"|evaluation|questionnaires?|records|data|charts|images|scans|samples|responses)"
    r"(?: size)?,? (?:of|from|with|on|in|among|comprising|consisting of|including|covering"
    r"|containing|involving) (?:(?:the|a|an|all|over|about|only|more than|up to|nearly|around"
    r"|approximately|a total of|data from|data on) )*\Z",
    re.IGNORECASE,
)
_IN_BEFORE = re.compile(
    r"\b(?:in|into|among|from|for|on|of|with|across|by|against|at) "
    r"(?:the |all |a total of |these |our )?\Z",
    re.IGNORECASE,
)
_STUDY_SUBJECT = re.compile(
    r"\b(?:study|trial|sample|cohort|population|participants|subjects|patients|analysis|review"
    r"|meta-analysis|survey|dataset|data ?set|investigation|registry|experiment|sampling)\b",
    re.IGNORECASE,
)
# "We analyze 410 lamp failures and show that …": whatever it counts
_TAKEN_BY_US = re.compile(
    r"\b(?:we|I|the authors?|this (?:paper|study|article)) (?:also |then |first |\w+ly )?"
    r"(?:analy[sz]e|recruit|survey|interview|sample|randomi[sz]e|collect)(?:e?d|s)?"
    r" (?:data (?:on|from|of) |a total of |the |all |over |about |nearly |more than )*\Z",
    re.IGNORECASE,
)
# "in a random sample of 58 clinics", "with a sample size of 305 victims": whatever it counts
_CALLED_SAMPLE = re.compile(
    r"\b(?:(?:random|purposive|convenience|representative|probability|stratified|final|total|study"
    r"|analytic|whole) sample|sample size) of (?:the |a total of |about |over |nearly )*\Z",
    re.IGNORECASE,
)
_EXPERIMENT = re.compile(r"\bIn (?:Experiment|Study|Trial) \d\w?,? (?:with |on |in )?\Z")
# "Of 1,038 adults, 94 had it"
_OF_BEFORE = re.compile(r"\b(?:Of|Among) (?:the |all |a total of )?\Z")
_REPORTED_BEFORE = re.compile(
    r"\b(?:we|I|paper|study|article) (?:here )?(?:report|describe|present)s?(?: on)?"
    r" (?:a series of |data from |the cases of |findings from )?\Z",
    re.IGNORECASE,
)
_BETTER_VERB = re.compile(
    r"(?:includ|enrol|recruit|randomi|analy|complet|respond|participat|agreed|consent|studied)",
    re.IGNORECASE,
)
NOUN = one_of(_BEINGS | _UNITS_OF_STUDY)
REACH = 120
_LATER = 170
_BRIEF = 24
_NEAR = 32
_SOME = 4
_MANY = 100_000
_MANY_OF = 500


# What is done to people or animals, each time to one of them: "laparotomies", "repairs".
_DONE_TO_ONE = re.compile(
    r"(?:tomies|plasties|scopies|pexies|graphies|deses|centeses|resections|transplantations"
    r"|implantations|repairs|injections|anastomoses|bypasses|arthrodeses|screenings)$"
)
# How a sentence may begin before the count of its subject.
_OPENING = re.compile(
    r"(?:(?:a total of|in (?:all|total)|overall|altogether|finally|the|our|final|data (?:on|from)"
    r"|during [^,.;\d]{3,50}|from \d{4} to \d{4}|between [^,.;]{3,40}|over \w+ years),? )*\Z",
    re.IGNORECASE,
)
_WERE_DONE = re.compile(
    r"(?: \(\d+[^()]{1,40}\))?(?:(?! (?:were|was|had|and|who|died)\b)[^.;:]){0,90}? "
    r"(?:were|was) (?:\w+ly )?(?P<verb>identified|performed|treated|operated|available|eligible"
    r"|reviewed|seen|referred|utili[sz]ed|used|assessed|evaluated|done|undertaken|admitted"
    r"|diagnosed|known|followed|scheduled|registered|studied|entered|implanted|obtained|processed"
    r"|harvested|dissected|analy[sz]ed|matched|retrieved|carried out|included|enrolled|recruited"
    r"|interviewed|surveyed|randomi[sz]ed)\b"
)


# What is done with something that is studied, whatever it is called.
_SURELY_DONE = words(
    """performed undertaken done harvested dissected obtained included enrolled recruited
    interviewed surveyed randomised randomized"""
)


def bounded(text: str, span: Span) -> Span:
    """A number with the words before it that bound it: "over 1,400 people", "up to 8 FPS"."""
    bound = _BOUND.search(text, max(0, span.start - _NEAR), span.start)
    return span if bound is None else Span(bound.start("bound"), span.end)


@lru_cache(maxsize=4096)
def noun_of(unit: str | None) -> str:
    """The last word of what is counted, its part behind a hyphen."""
    return (unit or "").rsplit(" ", 1)[-1].rsplit("-", 1)[-1].lower()


def is_being(unit: str | None) -> bool:
    """Whether people or animals are counted."""
    return noun_of(unit) in _BEINGS


def is_known(unit: str | None) -> bool:
    """Whether it is something that is studied in one field or another."""
    noun = noun_of(unit)
    if is_being(unit) or noun in _UNITS_OF_STUDY or COLLECTED_NOUN.search(unit or ""):
        return True
    return _DONE_TO_ONE.search(noun) is not None


def opens_study(text: str, sentence: Sentence, quantity: Quantity) -> bool:
    """Whether a sentence begins with a count of what was seen or done: "40 repairs were made".

    Where nothing was told before of who or what was studied, that is the sample.
    """
    start, end = quantity.span
    if not _OPENING.fullmatch(text, sentence.body_start, start):
        return False
    done = _WERE_DONE.match(text, end, sentence.span.end)
    return done is not None and (is_known(quantity.unit) or done["verb"] in _SURELY_DONE)


def is_studied(text: str, sentence: Sentence, quantity: Quantity) -> bool:
    """Whether the words around a count say that what it counts was studied."""
    is_report = sentence.section is Section.RESULT or (
        sentence.role is Role.RESULT and sentence.has_outcome
    )
    return (
        is_learnt_from(sentence, text, quantity.span.start)
        or is_called_sample(text, sentence, quantity)
        or _is_object(text, sentence, quantity, is_report=is_report)
        or _is_sure(text, sentence, quantity)
        or (is_known(quantity.unit) and _is_of_known(text, sentence, quantity, is_report=is_report))
    )


def is_called_sample(text: str, sentence: Sentence, quantity: Quantity) -> bool:
    """Whether it is what a sample is said to be of: "a random sample of 58 clinics"."""
    start = quantity.span.start
    since = max(sentence.span.start, start - _NEAR * 2)
    return _CALLED_SAMPLE.search(text, since, start) is not None


_TAKEN_IN = words(
    """included enrolled enroled recruited participated interviewed surveyed sampled randomised
    randomized responded respondents participants agreed consented analysed analyzed completed"""
)
_COUNTED_BY = re.compile(r"[Nn] ?= ?\d")
_CAME = re.compile(
    r"\bdata (?:were|was) [a-z ]{3,30} from\Z"
    r"|\b(?:interviews|focus groups)(?: [a-z ]{3,30})? with\Z"
)
_NO_ONE_NUMBER = re.compile(r"\d ?[-–] ?\d|\bof\b")


def is_surely_studied(entry: Mapping[str, Any], sentence: Sentence) -> bool:
    """Whether an entry of a draft is a sample of which its sentence plainly says so.

    These few words tell it in any field; what weights were trained on comes from some.
    """
    if entry.get("role") != "studied":
        return False
    name, size = entry["name"], entry["size"]
    if not size:
        return _CAME.search(sentence.lower.partition(f" {name.lower()}")[0]) is not None
    if _NO_ONE_NUMBER.search(size):
        return False
    if any(map(sentence.text.__contains__, (f"sample of {size}", f"sample size of {size}"))):
        return True
    is_taken = sentence.has(_TAKEN_IN) or sentence.states_aim or _COUNTED_BY.match(size)
    return bool(is_taken and is_known(name.partition(" (")[0]) and " will " not in sentence.lower)


def _is_of_known(text: str, sentence: Sentence, quantity: Quantity, *, is_report: bool) -> bool:
    """Whether a count of what is studied in some field is said to be studied here."""
    start, end = quantity.span
    following = BRACKETED.sub("", text[end : min(sentence.span.end, end + _LATER)])
    if (quantity.value or 0) >= _MANY and COLLECTED_NOUN.search(quantity.unit or ""):
        return True
    if (is_report or not is_being(quantity.unit)) and _SUPPOSED.match(following):
        return False
    return (
        _SET_BEFORE.search(text, max(sentence.span.start, start - REACH), start) is not None
        or _is_followed(following, is_report=is_report)
        or (not is_report and _is_method(text, sentence, quantity))
        or _TOOK_PART.match(following) is not None
        or (sentence.states_aim and is_being(quantity.unit) and _is_within(text, quantity))
        or _FOUND.search(text, max(sentence.span.start, start - _NEAR), start) is not None
        or _FOUND.match(following.lstrip()) is not None
    )


def _is_sure(text: str, sentence: Sentence, quantity: Quantity) -> bool:
    """Whether it is a sample whatever it counts, and wherever it stands."""
    start = quantity.span.start
    since = max(sentence.span.start, start - REACH)
    if not is_being(quantity.unit):
        # "Among 4,100 births, 90 nurses were called"
        is_many = is_known(quantity.unit) and (quantity.value or 0) >= _MANY_OF
        return is_many and _OF_BEFORE.search(text, since, start) is not None
    patterns = (_OF_BEFORE, _EXPERIMENT, _REPORTED_BEFORE)
    return any(pattern.search(text, since, start) for pattern in patterns)


def _is_object(text: str, sentence: Sentence, quantity: Quantity, *, is_report: bool) -> bool:
    """Whether a verb says that it was studied: "we analysed data from", "the study included"."""
    start = quantity.span.start
    since = max(sentence.span.start, start - REACH)
    known = is_known(quantity.unit)
    if _TAKEN_BY_US.search(text, since, start):
        return True
    if known and not is_report and _DONE_BEFORE.search(text, since, start):
        return True
    verb = _VERB_BEFORE.search(text, since, start)
    if verb is None or (is_report and verb["verb"] == "including"):
        return False
    if is_report and not (known and _BETTER_VERB.match(verb["verb"])):
        return False
    return sentence.has(OWN) or _STUDY_SUBJECT.search(text, since, start) is not None


def _is_followed(following: str, *, is_report: bool) -> bool:
    """Whether a verb behind it says that it was studied: "were enrolled"."""
    after = _VERB_AFTER.match(following)
    return after is not None and (not is_report or _BETTER_VERB.match(after["verb"]) is not None)


def _is_method(text: str, sentence: Sentence, quantity: Quantity) -> bool:
    """Whether a sentence about how the work was done counts people, or measures "in 12 ponds"."""
    if is_being(quantity.unit):
        return sentence.role is Role.METHOD and (quantity.value or 0) >= _SOME
    return sentence.works and _is_within(text, quantity)


def _is_within(text: str, quantity: Quantity) -> bool:
    start = quantity.span.start
    return _IN_BEFORE.search(text, max(0, start - _BRIEF), start) is not None
