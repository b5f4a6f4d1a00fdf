"""What a table says in fewer words: whole clauses, titles by their names, trends.

And whether it has said a value already.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from summarise.characters import ELLIPSIS, clip
from summarise.models import without_notice

_LONGEST = 240
"""Characters of a text in which no clause ends; longer ones are cut between words."""
_SHORTEST = 48
"""Characters of a clause that says enough by itself."""

_NAMED = 3
# What asks for the words that were left out.
_LOOSE_END = re.compile(
    r"(?: (?:a|an|and|as|at|by|for|from|in|into|is|of|on|or|the|to|via|with))+(?=…\Z)"
)

# Where what follows only adds to what is said: at stops, before relative clauses, participles and
# means. Never before what turns it round or bounds it: "but", "while", "unless", "if", "in".
# A comma of a list is none: "grounding, and".
_CLAUSE_END = re.compile(
    r"""
      ;[ ] | :[ ] | [ ][–—][ ]
    | ,[ ](?=
        (?:which|who|whose|whom|where|because|since|thus|thereby|hence|therefore|especially
          |particularly|including|such[ ]as|followed[ ]by|by|via|using|to|leaving|allowing
          |rather[ ]than|instead[ ]of|(?:in|for|of|with|through)[ ]which)[ ]
        |and[ ](?:then|thus|thereby|hence|therefore|also|is|are|was|were|has|have|it|they|we|its
          |their|our|does|do)[ ]
        |(?:[a-z]+ly[ ])?(?!(?:demonstrat|show|achiev|reveal|outperform|surpass|yield|reach)ing\b)
           [a-z]{3,}ing[ ](?!and\b|or\b|that\b|tasks?\b)
           (?![^,;]{0,40},[ ](?:and|or)[ ])
      )
    | [ ](?=(?:which|whose|because|in[ ]order[ ]to|so[ ]that|thereby)[ ]
        |(?:by|via)[ ](?:[a-z]+ly[ ])?[a-z]{3,}ing[ ]|using[ ]|via[ ])
    """,
    re.VERBOSE,
)
_LISTS = re.compile(
    r"[^:;]*\b(?:specifically|namely|identified|emerged|found|reported|mentioned|named|as follows)"
    r"[,:] (?=[^.;:]*, )(?<=: )"
)
# What opens with these is no sentence yet where its first clause ends.
_OPENS = re.compile(
    r"(?:even |only |just )?"
    r"(?:in|on|at|for|from|with|without|by|to|under|during|despite|given|when|while|if|although"
    r"|though|unlike|as|since|because|after|before|compared"
    r"|[a-z]+ed (?:by|on|with)"
    r"|(?!(?:exist|grow|lead|increas|promis|emerg|understand)ing\b)[a-z]+ing)\b",
    re.IGNORECASE,
)


# Where a phrase that tells what something is goes on to say with what, for what, on what; unless a
# word before asks for that.
_PHRASE_END = re.compile(
    r"\s(?=(?:with|for|from|in|on|at|by|through|across|under|during|within|against|among|that"
    r"|to\s[a-z]+|without|while|when)\s)"
)
# A participle without what belongs to it: "data designed", but not "data were designed".
_HANGING = re.compile(
    r"(?<!\bis)(?<!\bare)(?<!\bwas)(?<!\bwere)(?<!\bbeen)(?<!\bbe)(?<!\band)(?<!ly),?"
    r"\s(?:[a-z-]+ed|built|found|given|shown|[a-z]+able|operate)\Z"
)
_HANGS = ("ed", "built", "found", "given", "shown", "able", "operate")
_ASKED = """
    based focus focuses focused focusing relies rely relying tends tend needs need fails fail
    failed aims aim aimed leads lead due able unable used set order consists consist suffer suffers
    compared such adapted applied along together relation regard shift unclear unknown uncertain
    constrained hampered hindered caused driven dominated
    depends limited according and or the a an by with in for on to at via using of from between
    than others as not up out"""
_ASKING = frozenset(_ASKED.split())


# A row is made of phrases. A stop of an abbreviation stays.
_FULL_STOP = re.compile(r"(?<=[a-z0-9)\]%”])(?<!\bal)(?<!\betc)(?<!\bvs)(?<!\be\.g)(?<!\bi\.e)\.\Z")


# "It also sinks", "A similar trend was seen", "The latter rose": of what, another sentence says.
_THIS = (
    r"th(?:is|ese|ose)\b"
    r"(?! (?:paper|study|work|article|review|survey|report|trial|thesis|who|with)\b)"
)
_LEANS = re.compile(
    rf"(?:{_THIS}"
    r"|(?:it|they|he|she|its|their|such|similarly|likewise|another)\b"
    # "Both of them fell", "neither did"; but "both salt and sand fell", "neither lamp was lit"
    r"|both\b(?! (?:\S+ ){1,6}and )"
    r"|neither (?:of (?:these|those|them|the)|was|were|is|are|has|had|did)\b"
    r"|the (?:former|latter|differences?|others?|same|remaining|rest)\b"
    r"|(?:an?|the) (?:similar|same|opposite|reverse)\b|similar [a-z]+ (?:was|were)\b|none\b"
    r"|(?:one|two|most|all|some|each|none) of (?:these|those|them)\b)",
    re.IGNORECASE,
)


def leans(text: str) -> bool:
    """Whether a statement opens or ends with a word for what another sentence names."""
    return _LEANS.match(text) is not None or text.endswith((" them", " it"))


# "Zeta does this by two rules", "the balance of these parts"
_POINTS = re.compile(rf"\b{_THIS}", re.IGNORECASE)


def points(text: str) -> bool:
    """Whether a statement speaks within it of what another sentence names."""
    return _POINTS.search(text) is not None


def as_phrase(text: str) -> str:
    """A sentence without its full stop."""
    # Looked for where it can be alone: a search goes through all of the text.
    return text[:-1] if text.endswith(".") and _FULL_STOP.match(text, len(text) - 1) else text


def is_about(text: str, limit: int) -> bool:
    """Whether a text is about as short as a limit: what is a fifth longer isn't worth a cut."""
    return len(text) <= limit + limit // 5


def whole_clauses(text: str, limit: int | None, *, is_phrase: bool = False) -> str:
    """A text as far as its clauses end within about a limit, with an ellipsis where more follows.

    No clause is cut in the middle: where none ends there, the first that does is the last that is
    shown. The last end at a stop or comma comes before those that none marks. A phrase that tells
    what something is ends before what it is with, for or on as well.
    """
    if limit is None or is_about(text, limit):
        return text
    if (members := _LISTS.match(text)) and members.end() < limit:
        # "Nine themes were found, namely: oil, wicks, …"
        end = text.rfind(", ", members.end(), limit + limit // 12)
        if end > 0 and not _is_bracketed(text, end):
            return text[:end] + ELLIPSIS
    shown = 0 if _is_opening(text) else _clause_end(text, limit)
    if is_phrase and not 0 < shown <= limit:
        shown = min(filter(None, (_phrase_end(text, limit), shown)), default=0)
    if shown and (needed := _late_verb(text, shown) or _untold(text, shown)):
        shown = _end_behind(text, needed)
        if not shown and len(text) <= _LONGEST:
            return text
    if not shown and len(text) > _LONGEST:
        shown = _phrase_end(text, _LONGEST)
    return text[:shown].rstrip(" ,;:–—") + ELLIPSIS if shown else clip(text, _LONGEST)


# "All kites of one maker from spring to fall were weighed": without its verb it says nothing.
_VERB = re.compile(
    r"\b(?<!\bto )(?:is|are|was|were|has|have|had|can|may|will|remains?|underwent|received)\b"
)
_SUBORDINATE = re.compile(r"\b(?:that|which|who|whose|whom|where|when|if|how|whether|as)\b")


def _is_opening(text: str) -> bool:
    """Whether a text opens with what is no sentence yet; "Mending a kite is hard" is one."""
    opening = _OPENS.match(text)
    if opening is None or not opening[0].endswith("ing"):
        return opening is not None
    verb = _VERB.search(text)
    before = text[: verb.start()] if verb else text
    return verb is None or "," in before or _SUBORDINATE.search(before) is not None


# "Lamps are promising for halls, but often smoke", "wicks bring a decrease in the oil used"
_TURNS = re.compile(r"[,;] (?:but|yet|however)\b| but (?!also\b|rather\b|not\b)")
_OF_WHAT = re.compile(
    r"\b(?:(?:de|in)crease|reduction|rise|drop|decline|improvement|to (?:develop|propose|introduce"
    r"|provide|present|establish)|bridging|addressing)\Z"
)
# "We tried lamps in halls using oil and found that they smoke": what came of it is the result.
_TRIES = re.compile(
    r"(?:we|this (?:study|paper|work)) (?:first |also )?(?:evaluat|compar|test|appl|analy[sz]"
    r"|investigat|stud|examin|assess|use|us)[a-z]* ",
    re.IGNORECASE,
)
_COMES_OUT = re.compile(
    r",? and (?:we )?(?:find|found|show(?:ed)?|observe[ds]?|see|saw|demonstrate[ds]?) "
    r"|, (?:finding|showing|revealing|demonstrating) "
)


def _untold(text: str, shown: int) -> int:
    """Where what a shortened text turns to, or speaks of, begins, if that is behind it; else 0."""
    turn = _TURNS.search(text, shown, _LONGEST)
    if turn is None and _TRIES.match(text):
        turn = _COMES_OUT.search(text, shown, _LONGEST)
    if turn:
        return turn.end()
    return shown + 1 if _OF_WHAT.search(text[:shown].rstrip(" ,;:–—")) else 0


def _late_verb(text: str, shown: int) -> int:
    """Where the verb of the main clause ends, if that is behind a place; else 0."""
    at = 0
    for verb in _VERB.finditer(text):
        if _SUBORDINATE.search(text, at, verb.start()) is None:
            # What another one is joined to has a verb: "kites lean on winds, and are lost inland".
            is_late = verb.start() >= shown and text[shown : verb.start()] != ", and "
            return verb.end() if is_late else 0
        # "All kites that were weighed on hills …": the verb of the whole is yet to come.
        at = verb.end()
    return 0


def _end_behind(text: str, at: int) -> int:
    """The first place behind another at which a clause or a phrase ends; 0 for none."""
    found = (
        end.start()
        for pattern in (_CLAUSE_END, _PHRASE_END)
        for end in pattern.finditer(text, at + 1, _LONGEST)
    )
    whole = (one for one in found if _is_whole(text, one) and _unhung(text, one) == one)
    return min(whole, default=0)


def _clause_end(text: str, limit: int) -> int:
    """The last place within a limit at which a clause ends, else the first; 0 for none."""
    shown, is_marked = 0, False
    for end in _CLAUSE_END.finditer(text, _SHORTEST, _LONGEST + 40):
        at = end.start()
        if at > _LONGEST or (shown and at > limit):
            break
        marks = text[at] != " " or text[at + 1] in "–—"
        is_whole = not _is_bracketed(text, at) if marks else _is_whole(text, at)
        if is_whole and text[at] == ":" and _COUNTS.search(text, 0, at):
            continue
        if is_whole and (marks or not is_marked):
            shown, is_marked = at, marks
    return shown


# "two kinds of kites: …", "some themes emerged: …": which, is told behind.
_COUNTS = re.compile(
    r"\b(?:two|three|four|five|six|several|some|many|following"
    r"|(?:theme|factor|barrier|variable|characteristic|dimension|predictor|reason|categor)\w*)\b",
    re.IGNORECASE,
)


def _phrase_end(text: str, limit: int) -> int:
    """The last place within a limit at which a phrase ends, else the first; 0 for none."""
    found = _PHRASE_END.finditer(text, _SHORTEST, _LONGEST)
    ends = [_unhung(text, end.start()) for end in found]
    within = bisect_right(ends, limit)
    return next((at for at in [*ends[:within][::-1], *ends[within:]] if _is_whole(text, at)), 0)


def _unhung(text: str, at: int) -> int:
    """A place, before the participle that would hang there."""
    # It is the last word that may, and few end like one that does.
    if text.endswith(_HANGS, 0, at):
        hanging = _HANGING.search(text, max(text.rfind(" ", 0, at) - 1, 0), at)
        return hanging.start() if hanging else at
    return at


def _is_whole(text: str, at: int) -> bool:
    before = text[text.rfind(" ", 0, at) + 1 : at].lower()
    if before in _ASKING or _is_bracketed(text, at) or not _tells(text, at):
        return False
    # Of what is counted up, all is shown or none: "in three stages: …"
    colon = text.find(": ", 0, at)
    return colon < 0 or _COUNTS.search(text, 0, colon) is None


# "a tool that turns sails", "a rule to steer the kite": how, by which, for what isn't said.
_BARELY = re.compile(
    r"\b(?:that(?! of\b)|which|to) (?:[a-z]+ly )?[a-z]+ "
    r"(?:(?:an?|the|its|their|our|all|both) )?[\w-]+\Z"
)


def _tells(text: str, at: int) -> bool:
    """Whether what opens last before a place comes to more than a verb and one word."""
    return _BARELY.search(text, max(0, at - 60), at) is None


def _is_bracketed(text: str, at: int) -> bool:
    return text.count("(", 0, at) != text.count(")", 0, at)


# What a paper is doesn't tell it from the next.
_KIND = re.compile(
    r"\A(?:(?:study|trial|review) )?(?:protocol|review|letter|reply|comment|case (?:report|series)"
    r"|original (?:article|research)|brief report|short communication)s?: ",
    re.IGNORECASE,
)
_TRANSLATED = re.compile(r"\A\[([^\[\]]+)\]")


def short_title(title: str, limit: int) -> str:
    """A title that fits into a row: the name before its colon, else as many words as do."""
    title = as_phrase(title)
    if len(title) <= limit:
        return title
    # PubMed has a title that was translated in brackets, of which a part would have one.
    title = _TRANSLATED.sub(r"\1", title)
    title = _KIND.sub("", without_notice(title))
    if len(title) <= limit:
        return title
    name, colon, _ = title.partition(": ")
    if colon and _NAMED <= len(name) <= limit:
        return name
    return _LOOSE_END.sub("", clip(title, limit))


def trend_of(claim: str, metric: str, value: str) -> int:
    """1 where the words around a value without a sign say alone that it rose, -1 that it fell.

    Words of its metric ("weight loss") and of how something is ("high") say nothing of that. In
    "more rain cut yields by 3% and raised costs by 2%" each has the verb beside its metric.
    """
    at = claim.find(value)
    if at < 0 or not metric or value.startswith(_SIGNS) or " +" in value:
        return 0
    # It takes as long to import as the rest of a table, and few have a difference without a sign.
    from summarise.ground import directions  # noqa: PLC0415

    name, said = metric.lower(), claim[: at + len(value) + _REACH].lower()
    beside = re.search(_BESIDE.format(re.escape(name)), said[:at])
    told = directions(" ".join(filter(None, beside.groups()))) if beside else set()
    told = told or directions(_STATES.sub(" ", said.replace(name, " ")))
    return told.pop() if len(told) == 1 else 0


_SIGNS = ("+", "-", "−")
_REACH = 30
_BESIDE = r"(?:(\w+) (?:(?:the|its|mean|average) ){{0,2}})?{0}(?: (\w+))? by (?:\w+ ){{0,2}}\Z"
_STATES = re.compile(
    r"\b(?:high(?:est)?|low(?:est)?|large|big|great|small|few|minimal|more|less|least|long|short"
    r"|up|down|double|triple|loss|lost)\b"
)


def is_news(text: str, said: str) -> bool:
    """Whether a value isn't said yet by some words."""
    # A sentence capitalises the word that it begins with.
    return not _holds(said, text) and not _holds(said, text[:1].upper() + text[1:])


def _holds(text: str, value: str) -> bool:
    """Whether a text holds a value as a whole: "5" is in "5%", but not in "15" nor in "5.7"."""
    at = text.find(value)
    while at >= 0:
        end = at + len(value)
        if not _runs_on(text[max(0, at - 2) : at][::-1]) and not _runs_on(text[end : end + 2]):
            return True
        at = text.find(value, at + 1)
    return False


def _runs_on(outside: str) -> bool:
    """Whether what stands outside an end of a value, read away from it, goes on with a word."""
    nearest, next_one = outside[:1], outside[1:]
    if nearest in {"-", "_"}:
        return next_one.isalnum()
    return nearest.isalnum() or (nearest in {".", ","} and next_one.isdigit())
