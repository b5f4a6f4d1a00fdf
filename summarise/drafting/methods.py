"""Short phrases for what a paper proposes or does, cut from its own sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import islice, pairwise

from summarise.drafting.acts import asked_by, done_until, farther, found_by, is_outdone
from summarise.drafting.announcements import announces
from summarise.drafting.antecedents import points_back, resolved
from summarise.drafting.clauses import Clauses
from summarise.drafting.openings import ADVERBS, OWN_SUBJECT, cased, opened
from summarise.drafting.phrases import AIMS, AND_ACTS, FEWEST_WORDS, stripped
from summarise.reading import PaperPart, PaperParts, Sentence, likeliest
from summarise.scan import Gated, words

_PURPOSE = re.compile(rf"(?:in order )?to [a-z][^;:]{{3,160}}?, (?={OWN_SUBJECT}\b)", re.IGNORECASE)
_BRINGS = (
    r"(?:propos(?:e[sd]?|ing)|introduc(?:e[sd]?|ing)|present(?:s|ed|ing)?|develop(?:s|ed|ing)?"
    r"|describe[sd]?|design(?:s|ed)?|contribute[sd]?|devise[sd]?|create[sd]?|construct(?:s|ed)?"
    r"|build|built|conduct(?:s|ed)?|perform(?:s|ed)?|offers?|establish(?:es|ed)?|release[sd]?"
    r"|formulate[sd]?|unveil|report(?:s|ed)?|provide[sd]?|carried out|undertook|implement(?:s|ed)?)"
)
# "we formulate the planning problem for kites and propose a rule": the rule is the proposal.
_PROPOSAL_BEHIND = Gated(
    words(
        """propose proposes introduce introduces present presents develop develops devise
        devises"""
    ),
    rf"\b{OWN_SUBJECT} {ADVERBS}(?:(?! (?:that|which|where|who) )[^;:.]){{3,200}}?,? and "
    rf"{ADVERBS}(?:propose|introduce|present|develop|devise)s? (?=(?:an?|the) )",
    re.IGNORECASE,
)
# "presents the results of a simulation": the simulation was done
_RESULTS_OF = re.compile(r"(?:the )?(?:results|findings|outcomes) (?:of|from) (?=an? )")
# "This group was split into three", "They were treated with lamps": what was done to them
_DONE_TO_GROUP = re.compile(
    r"(?:(?:this|these|the) (?:groups?|samples?|cohort|participants|patients|subjects|animals)"
    r"|they) (?:was|were) (?=(?:[a-z]+ly |then |all )?(?:divided|split|assigned|allocated"
    r"|randomi[sz]ed|treated|exposed|followed)\b)",
    re.IGNORECASE,
)
_PROPOSAL = re.compile(
    rf"\b{OWN_SUBJECT}(?: have| has)? {ADVERBS}(?:[^,;:.]{{3,80}}?,? and )??{ADVERBS}{_BRINGS}"
    r"(?: |, (?=[a-z]+,? ))(?:(?:[a-z]+, )*(?:and|or) [a-z]+ )?(?!(?:that|to|whether|how|on|upon|as"
    r"|in|by|for|with)\b)(?=\S)"
    rf"|(?:{OWN_SUBJECT}|this|it) {ADVERBS}(?:is|was) (?=an? )",
    re.IGNORECASE,
)
_WE_DO = re.compile(
    rf"(?:we|i|the authors?)(?: have| had)? {ADVERBS}"
    r"(?!(?:are(?! the first to)|were|can|do|did|may|will|also|hope|believe|show|find|found)\b)"
    r"(?=[a-z]{3,})",
    re.IGNORECASE,
)
# "we systematically searched": how is told as well
_HOW_DONE = re.compile(
    r"(?:systematical|retrospective|prospective|random|experimental|theoretical|numerical"
    r"|qualitative|quantitative|critical|longitudinal)ly \Z"
)
# "Our proposed winch, Zeta, pulls the sail"
_OWN_THING = re.compile(
    r"(?:our|the) (?:[\w-]+ ){0,3}[\w-]+,(?P<name> [^,;:.]{2,40}), (?=[a-z]+s )", re.IGNORECASE
)
_NO_PROPOSAL = re.compile(r"(?:only|which|that|also|and|how|not|it|them|this|these|here)\b", re.I)
_ARTICLE = re.compile(
    r"(?:an?|the|our|its) (?:(?:novel|new|simple|innovative|simple yet effective|simple but"
    r" effective|simple and effective|effective|generic) (?!and\b|yet\b|but\b))?(?=\w)",
    re.IGNORECASE,
)
_APPOSITION = re.compile(
    r"(?:(?:(?! (?:by|using|via|through|that|which|where|with|leveraging|based) )"
    r"[^,;:]){1,90}?), (?:(?:i\.e\.|namely|that is),? )?(?=(?:an?"
    r"|the first|our|one of the) [A-Za-z-])(?!a[n]? [^,]{0,40}, an? )"
)
_WHICH = re.compile(r"(?:[^,;:]{1,70}?),? (?:which|that) (?=[a-z]+s )")


def method_of(
    parts: PaperParts, name: str | None, title: str, sentences: Sequence[Sentence]
) -> tuple[str | None, Sentence | None]:
    """What is proposed or done, and the sentence that says so best.

    Args:
        parts: The paper's sentences of each part.
        name: What the paper calls its proposal.
        title: What says nothing of it again.
        sentences: All of the abstract, in which what a phrase points back to can be named.
    """
    before = {after.number: sentence.body for sentence, after in pairwise(sentences)}

    def phrase_of(sentence: Sentence) -> str:
        if how := found_by(sentence.body):
            return cased(how)
        done = stripped(resolved(_done(sentence.body, name), before.get(sentence.number, "")))
        how = asked_by(sentence.body) if points_back(done) else None
        return cased(how) if how else done

    # What tells the main result as well isn't the method, if anything else is; what tells it
    # rather is none.
    results = parts.shares[PaperPart.RESULTS]
    shares = {
        number: share * (1 - results[number]) if share > results[number] else 0.0
        for number, share in parts.shares[PaperPart.METHOD].items()
    }
    # What introduces the name that stands beside it goes before how that works.
    named = {s.number for s in sentences if name is not None and s.proposes and name in s.body}
    shares = {**shares, **{number: _INTRODUCES * shares[number] for number in named}}
    tried = ((one, phrase_of(one)) for one in likeliest(shares, parts.usable, _LEAST))
    standing = _standing(tried, named)
    found = next(standing, None)
    if found is None:
        return None, None
    first, phrase = found
    for other, how in islice(standing, 1):
        if shares[first.number] <= _NEARLY * shares[other.number] and is_outdone(phrase, how):
            first, phrase = other, how
    if not _repeats(phrase, name, title):
        return phrase, first
    after = (s for s in parts.usable if first.number < s.number <= first.number + _REACH)
    for sentence in after:
        how = phrase_of(sentence)
        if not (
            announces(sentence)
            or points_back(how)
            or len(how.split()) < _FEWEST_TO_SAY_HOW
            or _repeats(how, name, title)
            or not (_SUBJECT.match(sentence.body) or _is_of(how, name, sentence.body))
        ):
            return how, first
    return phrase, first


def _standing(
    tried: Iterable[tuple[Sentence, str]], named: Set[int]
) -> Iterator[tuple[Sentence, str]]:
    """The sentences of which enough is told by itself, else the first of which little is.

    Of one that introduces the name, of which the numbers are ``named``, little is enough.
    """
    little, has_any = None, False
    for told in tried:
        length = 0 if points_back(told[1]) else told[1].count(" ") + 1
        if length + (told[0].number in named) >= FEWEST_WORDS:
            has_any = True
            yield told
        elif length + 1 == FEWEST_WORDS:
            little = little or told
    if little and not has_any:
        yield little


_LEAST = 0.12
"""What a sentence must at least weigh, by its share: of those of less half are wrong."""
_INTRODUCES = 6
"""What it counts for that a sentence introduces the name, which stands beside what it says."""
_NEARLY = 2
"""How many times as likely a sentence may be as one that tells what it leaves open."""
_REACH = 3
_TELLS_WORDS = 3
_KINDS = words(
    """approach framework method model system novel new simple efficient effective named termed
    called dubbed namely for of the and with that which from via based through using benchmark
    language large unified general"""
)


def _is_of(how: str, name: str | None, text: str) -> bool:
    """Whether a phrase is what the authors or their proposal do, the name as its subject."""
    return (name is not None and how.startswith(f"{name} ")) or _ALSO_WE.search(text) is not None


_ALSO_WE = re.compile(r"^[^.;]{3,160}, we ")


def _repeats(phrase: str, name: str | None, title: str) -> bool:
    """Whether it hardly says more than the title and the name do."""
    known = set(_LETTERS.findall(f"{title} {name or ''}".lower()))
    stems = {word[:6] for word in known}
    phrase = _NAMED.sub(" ", phrase)
    said = {w for w in _LETTERS.findall(phrase.lower()) if len(w) > 2 and w not in _KINDS}
    new = {w for w in said if w[:6] not in stems}
    return name is not None and len(new) < _TELLS_WORDS


_NAMED = re.compile(r"\b[A-Z][a-z]+(?:-[A-Z][a-z]+)*(?: [A-Z][\w-]+)+")
_LETTERS = re.compile(r"[^\W_]+")


_THIN = 7
_FEWEST_TO_SAY_HOW = 5


def _done(text: str, name: str | None) -> str:
    """What a sentence says that the authors did or made."""
    clauses = Clauses(text)
    label = _LABEL.match(text)
    start = label.end() if label else opened(text, len(text))
    if by := _ADDRESSES_BY.match(text, start):
        return cased(_proposed(clauses, by.end(), name))
    start = _past_setting(text, start, name)
    proposal = _PROPOSAL.search(text, start)
    if proposal is None or _FORMULATES.search(proposal.group()):
        proposal = _PROPOSAL_BEHIND.search(text, start) or proposal
    if proposal and not _NO_PROPOSAL.match(text, proposal.end()):
        done = _VERB_LAST.search(proposal.group())
        is_done = _FORMULATES.search(proposal.group()) and _DONE_TO.match(text, proposal.end())
        if done and (is_done or _SECOND_DEED.match(text, proposal.end())):
            # "we describe the core", "held 12 talks and watched": the verb tells.
            start = proposal.start() + done.start()
            return cased(clauses.phrase(start, done_until(clauses, start, bare=True)))
        return cased(_proposed(clauses, proposal.end(), name))
    does = AIMS.match(text, start) or _WE_DO.match(text, start)
    if does is None and name is not None:
        own = _OWN_THING.match(text, start)
        is_named = own is not None and own["name"].strip() == name
        does = own if is_named else None
    if does is not None:
        how = _HOW_DONE.search(does.group())
        start = does.start() + how.start() if how else does.end()
    for opening in (_IDLE, _DONE_TO_GROUP):
        if (idle := opening.match(text, start)) is not None:
            start = idle.end()
    end = done_until(clauses, start, bare=bool(does))
    if clauses.count(start, end) <= FEWEST_WORDS < clauses.count(start, len(text)):
        end = farther(clauses, start, end)
    return cased(clauses.phrase(start, end))


# "Materials and methods: Kites were flown", "<b>Design:</b> A trial", "2. Nets were cut"
_LABEL = re.compile(
    r"(?:<[a-z]+>)?(?:(?i:(?:(?:materials?|patients?|subjects?|participants|research design"
    r"|study design|design|settings?|methods?|methodology|approach|areas covered|content"
    r"|interventions?)(?:, and |,? and |, | ?[/&] ?)?){1,4})(?::| [-–—])|[1-9]\.)(?:</[a-z]+>)? ?"
    r"(?=[A-Z])"
)


def _past_setting(text: str, start: int, name: str | None) -> int:
    """Where it is told what is done, behind where, unlike what and what for."""
    if _DATA_ASKED.match(text, start) or asked_by(text):
        return start
    if asked := _ASKED_BY_WAY.match(text, start):
        return asked.end()
    if setting := _SETTING.match(text, start):
        # "In the first stage, we …", "Unlike kites, Zeta …"
        own = text.startswith(("we ", "it "), setting.end())
        if own or (name is not None and text.startswith(f"{name} ", setting.end())):
            start = setting.end()
    purpose = _PURPOSE.match(text, start)
    return purpose.end() if purpose else start


# "Using the logs of nine harbours, we examine how …": from what is the method.
_DATA_ASKED = re.compile(
    r"(?:using|based on|drawing on|with|exploiting|analy[sz]ing) [^;:]{3,140}?\b(?:data|records"
    r"|panel|surveys?|experiments?|interviews|reviews|filings|cases|logs|archives|samples?|trials?"
    r"|methods?|model|approach|design)\b[^;:,]{0,90}, "
    r"(?=(?:we|i|this (?:paper|study|article)) (?:[a-z]+ly )?(?:analy|compar|estimat|measur))",
    re.IGNORECASE,
)
# "The effects of lamps on gulls were investigated by …": how is the method
_ASKED_BY_WAY = re.compile(
    r"(?:the |an? )?(?:[a-z-]+ ){0,3}?(?:effects?|impacts?|influence|role|feasibility|efficacy"
    r"|effectiveness|associations?|relationships?) (?:of|between|on) [^,;:.]{3,160}? "
    r"(?:were|was|are|is) (?:[a-z]+ly )?(?:investigated|examined|studied|explored|assessed"
    r"|evaluated|analy[sz]ed) (?=(?:by|using|through|via) (?:[^\s,;:]+ ){4})",
    re.IGNORECASE,
)
_FORMULATES = re.compile(
    r"(?:formulat|describ|conduct|perform|report|provid|establish|implement|construct|buil)\w* \Z"
)


# "we instead tie ropes", "we propose to tie ropes", "we are the first to tie ropes"
_IDLE = re.compile(r"(?:instead|proposed? to|are the first to) (?=[a-z])")
_VERB_LAST = re.compile(r"[a-z]+ \Z")
# "we introduce nets and describe the knots": of two deeds each needs its verb.
_SECOND_DEED = re.compile(
    rf"(?:[^\s,;:.]+ ){{1,{FEWEST_WORDS}}}?and {ADVERBS}(?:illustrat|describ|stud(?:y|i)"
    r"|appl(?:y|i)|evaluat|compar|examin|explor|assess|discuss|test|use)(?:es|ed|e|s|d)? (?:the|an?"
    r"|its|their|our|how|whether|it|them|various|two|several)\b"
)
_DONE_TO = re.compile(r"(?:the|its|their|all|both) |[^,;:.]{3,60} and [a-z]+ed ")


# "This paper addresses the problem of calm days by proposing a kite that …", "by tying kites"
_ADDRESSES_BY = re.compile(
    rf"{OWN_SUBJECT} {ADVERBS}(?:proposes? to )?(?:address|tackle|overcome|solve|handle|attack"
    r"|answer|fill|bridge)(?:e?s|d|ed)? (?:[^,;:]{3,160}? by (?:(?:proposing|introducing|presenting"
    r"|developing|designing|building) (?=(?:an? |the |[A-Z]))|(?=[a-z]+ing ))"
    r"|(?:this|these|the|it)\b[^,.;]{0,60} with (?=(?:an? |[A-Z$])))",
    re.IGNORECASE,
)
_SETTING = re.compile(
    r"(?i:in|during|for|at|by|different from|unlike|compared (?:to|with)|based on|first|then|using"
    r"|with|second)\b[^;:]{0,160}?, (?=we |it |[A-Z])"
)
_SUBJECT = re.compile(r"(?:specifically, |concretely, )?(?:we|it|our)\b", re.IGNORECASE)
# "we build a kite and fly it by hand", not "a kite that reads winds and obeys them"
_AND_DOES = re.compile(r",? and (?:then )?[a-z]+(?<!s) (?:it|them)\b.*")
_SECOND_VERB = re.compile(r"(?<=, and )(?:present|propose|introduce|release|contribute|build) ")


def _proposed(clauses: Clauses, start: int, name: str | None) -> str:
    """What a proposal is or does, without its name where something else says it."""
    text = clauses.text
    if (match := _APPOSITION.match(text, start)) or (
        text[start].isupper() and (match := _WHICH.match(text, start))
    ):
        start = match.end()
    if results := _RESULTS_OF.match(text, start):
        start = results.end()
    if article := _ARTICLE.match(text, start):
        start = article.end()
    if known := _KNOWLEDGE.match(text, start):
        start = known.end()
    if named := _ONLY_NAMED.match(text, start):
        start = named.end()
    end = done_until(clauses, start, bare=True)
    if clauses.count(start, end) < _THIN:
        end = farther(clauses, start, end)
    if also := AND_ACTS.search(text, start, end):
        end = also.start() if clauses.count(start, also.start()) >= FEWEST_WORDS else end
    # "a rule, Zeta, and present Eta": both are brought.
    phrase = _AND_DOES.sub("", _SECOND_VERB.sub("", clauses.phrase(start, end)))
    return _without_name(phrase, name) if name else phrase


def _without_name(phrase: str, name: str) -> str:
    """A phrase without the name that stands beside it: "a rule, Zeta, which …"."""
    before, aside, after = phrase.partition(f", {name}, ")
    if aside and before and _GOES_ON.match(after):
        return f"{before} {after}"
    before, aside, after = phrase.partition(f" called {name} ")
    return f"{before} {after}" if aside and before and _GOES_ON.match(after) else phrase


_GOES_ON = re.compile(r"(?:which|that|to|for|based|built|with|where|using)\b")


# "an approach called Kite With Lamps (KWL), which …"
_ONLY_NAMED = re.compile(
    r"(?:method|approach|framework|model|system|technique|strategy),? (?:termed|named|called"
    r"|dubbed) [^,;:.]{2,80}, (?:which|that) (?=[a-z]+s )"
)
_KNOWLEDGE = re.compile(
    r"(?:[^,;:]{1,50}, )?to (?:the best of )?our knowledge, (?:the first |an? )?", re.IGNORECASE
)
