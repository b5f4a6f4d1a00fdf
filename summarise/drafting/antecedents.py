"""What a phrase points back to: "these methods", "their reliance", "to expand them"."""

from __future__ import annotations

import re
from functools import lru_cache

from summarise.drafting.clauses import Clauses
from summarise.drafting.openings import cased
from summarise.scan import BRACKETED, bare_words, words

_PAPER = r"(?:paper|study|work|article|review|survey|report|trial|thesis|project|research)\b"
# "two groups: those given lamps by day and …" says itself who is meant.
_THOSE = (
    r"those(?! (?:(?:who|that|of|with|in|from|whose|which|without)"
    r"|(?:[a-z]+ed|given|taking) (?:by|with|to|in|as|for|at|on|from|an?|the))\b)"
)
_HEAD = re.compile(
    rf"(?:the )?(?:these|{_THOSE}"
    r"|such(?! as\b)|they|their|its|them|he|she|his|her|both(?! [\w‐-]+ and\b)|neither"
    r"|all (?:two|three|four|of)\b|each of|doing so|the (?:former|latter|two|above|aforementioned)"
    rf"|the (?:details?|problem|issue|challenges?|question|gap|task) (?:is|are|was|were|remains?)"
    rf"|this(?! (?:[\w‐-]+ ){{0,3}}?{_PAPER})"
    r"|the (?:relationship|association|link|difference|mechanism|distinction)s? (?:is|are|was|were"
    r"|appears?|remains?|has|have|can|cannot)"
    r"|it(?! (?:is|was|remains|has been) (?:(?:[a-z]+ly|still|also|often|very|not) )*"
    r"(?:[a-z]+ (?:to|that|whether|how|what|why|which|if)|un|diffic|hard|challeng|import|cruc"
    r"|essent|necess|im|infeas)(?![a-z]*(?: [a-z]+)? due to))|do the|(?:first|second) of"
    # "Most are mended at sea": of whom?
    r"|(?:most|many|some|few|others|several|another)(?= (?:either|do|does|did|are|is|were|was|have"
    r"|has|can|may|will|also|still|even|lack|fail|rely|suffer)\b)"
    # "Reliance on it dulls the crew"
    r"|(?:\S+ ){1,2}(?:on|of|from|with|for|by|to) it(?= [a-z]+s? ))\b",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(
    r"(?:even )?(?:when|if|once|by|after|despite(?![^,]* (?:of|in|for|from|on|by) ))"
    r" [a-z][^,]{2,60}, ",
    re.IGNORECASE,
)
# "To determine if they help": who?
_ASKS_OF_IT = re.compile(
    r"(?:to [a-z]+ )?(?:if|whether|how|why|that) (?:they|them|these|those|it(?! (?:is|was) )) ?\b",
    re.IGNORECASE,
)
_NOTHING_NAMED = re.compile(r"(?:[a-z]+ly )?(?:how|to|why|whether|[a-z]+ing)\b", re.IGNORECASE)
_POINTER = re.compile(
    r"\b(?:(?P<noun>this|these|such(?! as\b| that\b| an?\b)"
    rf"|{_THOSE}"
    r"|all (?:two|three|four)|both of(?: the)?|both(?= (?:methods|approaches|techniques|models)\b)"
    r"|the (?:aforementioned|above|said))"
    r"|(?P<pronoun>their|its|them|themselves))\b(?! days\b)",
    re.IGNORECASE,
)
_POINTING = words(
    "this these such those all both aforementioned above said their its them themselves"
)
_JOINT = re.compile(
    r"[,;:—] |\b(?:and|but|yet|while|that|which|because|when|where|since|if|who|so|than|although)\b"
)
_CLAUSE = re.compile(r"[,;:—] |\b(?:and [a-z]+(?:e|ing)|but|that|which|because|when|where|who)\b")
_ACT_BEFORE = re.compile(
    r"(?:\bto (?:[a-z]+ly )?[a-z]+|\b[a-z]+ing|\bhow)(?: [a-z]+ly)?(?: (?:with|on|in|for|by"
    r"|about))? $",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z][\w‐-]*")
_OWN = re.compile(rf"this (?:[\w‐-]+ ){{0,3}}?{_PAPER}", re.IGNORECASE)
# "Few studies have tracked it": what? But: "built winches and tested them".
_DONE_TO_IT = re.compile(
    r"\b(?<!and )(?:tracked|studied|examined|addressed|investigated|tested|explored|assessed"
    r"|considered|combining|integrating) (?:it|them)\b"
)
# "to unlock their full potential": what something is for, in words of what stood before.
_ADJUNCT = re.compile(
    r",? (?:in order )?to (?:[a-z]+ly )?[a-z]+ (?:this|these|those|such|their|its|them|it)\b"
    r"(?: [\w‐-]+){0,4}"
)
# "struggle" to mend them, "allow keepers" to mend them
_IS_COMPLETED_BY_DEED = re.compile(
    r"\b(?:(?:allow|enable|help|cause|force|encourage|require|permit|lead|ask|urge|train)(?:s|ed|ing)?"
    r" [^,;:]{2,50}|(?:struggl|fail|tend|need|seek|sought|attempt|try|tri|strive|hop|want|refus"
    r"|learn|manag|begin|continu|(?:un)?able|likely|ability|inability|capacity|way|means"
    r"|opportunit|effort|failure|difficult|hard|easy|important|essential|crucial|necessary"
    r"|possible|impossible|used|designed|how|whether)(?:e|es|s|ed|ing|y|ies)?)\Z",
    re.IGNORECASE,
)
_FOR_WHAT_WAS_SAID = re.compile(
    r",? (?:in order )?to (?:address|tackle|overcome|solve|bridge|fill|resolve|mitigate|alleviate"
    r"|meet|handle|remedy) (?:this|these|those|such)(?: [a-z-]+){0,2}\Z"
)
# "These conventional kites tear" says itself which; "they eased this gap but tear", what is wrong.
THESE_USUAL = re.compile(
    r"(?:these|such) (?=(?:conventional|traditional|existing|current|standard|usual|classical) )",
    re.IGNORECASE,
)
_DID_BUT = re.compile(
    r" (?:has|have) [a-z]+ed (?:this|these|those|such) [a-z]+,? but"
    r" (?=(?!(?:it|they|we|the)\b)[a-z]+ )"
)
# "a simulation of this storm using four grids": by what it was done is told without it.
_OF_WHAT_WAS_SAID = re.compile(
    r" (?:of|for|in|during) (?:this|these|those) [a-z-]+(?= (?:using|by|with|based on|via) )"
)
_DEMONSTRATIVE = re.compile(r"(?:these|those|such|this) ((?:[\w‐-]+ ){0,3}?([\w‐-]+))\Z", re.I)
# Words that one author uses for one thing, in turn.
_WAYS = words(
    """methods approaches works techniques models strategies studies attempts efforts frameworks
    systems solutions algorithms architectures pipelines advancements advances researches"""
)
_MOST_WORDS = 9
_FEWEST = 4
_POINTED = re.compile(
    r"\b(?:(?:these|those|such) (?P<name>(?:[\w‐-]+ ){0,2}?[\w‐-]+(?<!ou|ss|us)(?<!i)s)"
    r"|this (?P<one>\w+))\b",
    re.IGNORECASE,
)
_MODIFIER = (
    r"(?!(?i:although|though|while|since|because|despite|when|if|unlike|however) )"
    r"(?!(?:the|an?|and|or|of|in|on|for|with|by|to|from|these|this|those|such|our|their|its|many"
    r"|several|some|various|different|other|most|all|more|new|novel|two|three|are|is|be|that|which"
    r"|using|use|as|at|into|onto|than|over|under|between|within|across|have|has|also|recent"
    r"|existing|[Ww]e|[a-z]+ing) )(?!\d)[\w‐-]+ "
)
_OTHER_WORDS = words("such as that a an of in on for with by to is are and or can may will have")
_SETTING = re.compile(
    r"(?:[A-Z][\w‐-]*,|(?:despite|while|although|building|based|given|in|with|recently|for|to)\b"
    r"[^,;]{1,160},) (?=\w)",
    re.IGNORECASE,
)


@lru_cache(maxsize=64)
def points_back(phrase: str) -> bool:
    """Whether it speaks of something by a word for what stood before it, and doesn't name it."""
    if _ASKS_OF_IT.match(phrase):
        return True
    if (" it" in phrase or " them" in phrase) and _DONE_TO_IT.search(phrase):
        return True
    opening = _SUBORDINATE.match(phrase)
    if _HEAD.match(phrase, opening.end() if opening else 0):
        return True
    if _POINTING.isdisjoint(bare_words(phrase.lower())):
        return False
    return any(_points(phrase, match) for match in _POINTER.finditer(phrase))


def _points(phrase: str, pointer: re.Match[str]) -> bool:
    before = phrase[: pointer.start()]
    if pointer["pronoun"]:
        # "Improving X and its use" names X; "Expanding them" names nothing.
        unnamed = _NOTHING_NAMED.match(phrase) and not _CLAUSE.search(before)
        return bool(unnamed and _ACT_BEFORE.search(before)) or before.count(" ") < 2
    if _OWN.match(phrase, pointer.start()):
        return False
    named = {word.lower()[:5] for word in _WORD.findall(before)}
    verb = Clauses(phrase).verb(0, pointer.start())
    if verb and pointer["noun"].lower() == "these" and " and " in phrase[: verb.start]:
        return False
    following = _WORD.findall(phrase[pointer.end() : pointer.end() + 60])[:3]
    if any(word.lower()[:5] in named for word in following if len(word) > 3):
        return False
    return not any(
        Clauses(phrase).verb(0, joint.start()) is not None for joint in _JOINT.finditer(before)
    )


def resolved(phrase: str, previous: str) -> str:
    """A phrase with the name of what it points back to, where that is sure.

    "These methods lack X" behind "Existing approaches use Y" comes to "Existing approaches lack
    X"; what something is for is left out where it alone points back.

    Args:
        phrase: A clause.
        previous: The sentence before the one that it is of.
    """
    phrase = _FOR_WHAT_WAS_SAID.sub("", phrase)
    if not points_back(phrase):
        return phrase
    if usual := THESE_USUAL.match(phrase):
        phrase = cased(phrase[usual.end() :])
    phrase = _DID_BUT.sub(" ", phrase)
    if not points_back(phrase):
        return phrase
    if named := _with_subject(phrase, previous) or _with_name(phrase, previous):
        return named
    rest = _OF_WHAT_WAS_SAID.sub("", phrase)
    if rest != phrase and rest.count(" ") > _FEWEST and not points_back(rest):
        return rest
    for adjunct in _ADJUNCT.finditer(phrase):
        verb = Clauses(phrase).verb(adjunct.start() + 4, adjunct.end())
        end = adjunct.end() if verb is None else verb.start - 1
        is_whole = verb or end == len(phrase) or phrase[end] == ","
        rest = phrase[: adjunct.start()] + phrase[end:]
        is_named = phrase.count(" ", 0, adjunct.start()) > 1
        if _IS_COMPLETED_BY_DEED.search(phrase, 0, adjunct.start()):
            continue
        if is_named and is_whole and rest.count(" ") > _FEWEST and not points_back(rest):
            return rest
    return phrase


def _with_subject(phrase: str, previous: str) -> str | None:
    """A phrase with the subject of the sentence before it in the place of "these methods", "it"."""
    clauses = Clauses(phrase)
    verb = clauses.verb(0, None, "they")
    if verb is None:
        return None
    adverb = re.search(r"(?: (?:often|still|also|[a-z]+ly))+ ?\Z", phrase[: verb.start])
    end = adverb.start() if adverb else verb.start - 1
    pointing = _DEMONSTRATIVE.match(phrase[: max(0, end)])
    pronoun = phrase[: max(0, end)].lower()
    if pointing is None and (pronoun not in _ARE_MANY or _NOTHING.match(phrase)):
        return None
    setting = _SETTING.match(previous)
    before = Clauses(previous)
    start = setting.end() if setting else 0
    told = before.verb(start, None, "they")
    subject = before.phrase(start, told.start) if told else ""
    subject = re.sub(r"(?: (?:often|still|also|typically|usually|[a-z]+ly))+\Z", "", subject)
    found = _WORD.findall(subject.lower())
    if pointing:
        *which, noun = pointing[1].lower().split()
        is_same = noun in found or (noun in _WAYS and not _WAYS.isdisjoint(found))
        # "Kites face winged rivals. These winged birds" are not the kites.
        others = set(_WORD.findall(previous.lower())).difference(found)
        is_same = is_same and others.isdisjoint(which)
    else:
        head = _HEAD_NOUN.match(subject)
        is_same = head is not None and bool(_IS_MANY.search(head[1])) == _ARE_MANY[pronoun]
    is_part = _SUBORDINATING.match(subject) or _RELATIVE_LAST.search(subject)
    if not is_same or is_part or len(found) > _MOST_WORDS or points_back(subject):
        return None
    whole = cased(subject) + phrase[end:]
    return None if points_back(whole) else whole


_RELATIVE_LAST = re.compile(r"\b(?:which|who|that|where)\Z")
_SUBORDINATING = re.compile(r"(?:since|while|although|when|if|as|because|despite|though) ", re.I)
# "Learning from maps is fast": what comes before "from" is one thing.
_HEAD_NOUN = re.compile(
    r"(?:(?!(?:of|in|for|from|with|on|to|and|or|that|which|by|via|using|as)\b)[\w‐-]+ )*?"
    r"([\w‐-]+)(?: (?:of|in|for|from|with|on|to|that|which|by|via|using|as)\b|\Z)"
)
# "It has not been shown whether kites fly": a word for nothing.
_NOTHING = re.compile(
    r"it (?:is|was|has|had|remains?|seems?|becomes?|became|appears?|takes"
    r"|(?:can|may|could|must|will) be)\b (?:[a-z-]+ ){0,5}?"
    r"(?:whether|that|how|why|if|(?<!due )to)\b",
    re.IGNORECASE,
)
_IS_MANY = re.compile(r"(?<!s)(?<!u)(?<!i)s\Z")
_ARE_MANY = {"it": False, "they": True}


_FIRST_OF_PAIR = re.compile(r"\b[A-Z][\w‐-]+ and \Z")


def _with_name(phrase: str, previous: str) -> str | None:
    """A phrase with what the sentence before it calls "these tests", or "this task"."""
    previous = BRACKETED.sub("", previous)
    for pointed in _POINTED.finditer(phrase):
        name = pointed["name"] or pointed["one"]
        *modifiers, noun = name.split()
        if not _OTHER_WORDS.isdisjoint(name.lower().split()):
            continue
        named = None
        if pointed["one"]:
            found = re.search(rf"\b{re.escape(noun)} of ([a-z]+ing [^,.;:]{{5,90}})", previous)
            named = found[1] if found else None
        elif len(modifiers) > 1 or (modifiers and name.lower() in previous.lower()):
            named = name
        elif not modifiers:
            # Neither within a number nor at the verb of "we study rare tests".
            start = r"(?<![\w,.])(?<!\b[Ww]e )"
            found = re.search(rf"{start}((?:{_MODIFIER}){{1,3}}){re.escape(noun)}\b", previous)
            named = found.group() if found else None
            if found and (first := _FIRST_OF_PAIR.search(previous, 0, found.start())):
                # "Dry and Wet Rope methods"
                named = first.group() + found.group() if found.group()[0].isupper() else named
        if named is not None:
            whole = cased(f"{phrase[: pointed.start()]}{named}{phrase[pointed.end() :]}")
            if not points_back(whole):
                return whole
    return None
