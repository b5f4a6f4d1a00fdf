"""Whether a statement turns its sentences round: a denial too many or too few, an opposite word."""

from __future__ import annotations

import re
from itertools import compress, count, islice

from summarise.ground.effects import EFFECTS, leaves_no_effect
from summarise.ground.lexicon import (
    DEGREES,
    DENYING,
    FREE_TIMES,
    FUNCTION,
    KNOWN,
    LEXICON,
    NEGATORS,
    PAIRS,
    PASSIVES,
    SHORT_NEGATORS,
    Signs,
    small,
    stem,
)
from summarise.scan import words

_PARTED = small('()[]{}"/-!?\n\t')
_PARTING = re.compile(r"[()\[\]{}\"“”/!?–-]")
_STOPS = ",;:.—"
_ENDS_SCOPE = words(
    """but while although whereas because though to so until how whether what that which
    rose fell grew"""
)
_TO_GO_ON = frozenset(("need", "needing", "having", "able", "ability", *SHORT_NEGATORS))
_ENDS_PHRASE = frozenset(("in", "of", "on", "for", "between", "with", "among", "at", "by", "from"))
_NO_DENIAL = frozenset(("only", "just", "merely", "necessarily"))
_AND = frozenset(("and", "or"))
_BOUND, _LIFE = "bound", "life"
_FEW = frozenset(("few", "fewer", "little", "only", "rare", "rarely", "less", "hardly"))
_NO, _NON, _AGED = "no", ("non",), "aged"
_COMPARED = words("more less fewer better worse higher lower greater")
_SCOPE, _WIDE_SCOPE = 4, 6
# Words, those that say nothing included: no phrase is longer.
_FARTHEST = 60
_BEHIND, _REACHED, _FIRST = range(3)
_NEAR = 7
_AROUND, _FARTHEST_DENIAL = 3, 10
_MOST = 30
_LONGEST = 400
_ALIKE = 0.15
_BE = frozenset(("is", "are", "was", "were", "be", "been", "being", "gets", "got"))


class Said:
    """A text as far as its polarity goes: its words with a direction, and what it denies."""

    __slots__ = (
        "_near",
        "_poles",
        "_raw",
        "_stems",
        "denied",
        "is_negative",
        "signed",
        "text",
        "tokens",
    )

    def __init__(self, text: str) -> None:
        if text.isascii():
            low = text.encode().translate(_PARTED).decode()
        else:
            low = _PARTING.sub(" ", text.lower().replace("’", "'").replace("—", " — "))
        self.text = text
        self._raw = low.split()
        self.tokens = tokens = [token.rstrip(_STOPS) for token in self._raw]
        self.signed: list[tuple[int, Signs]] = []
        self._poles: dict[tuple[str, int], list[int]] | None = None
        self.denied: dict[int, int] = {}
        """How well a denial reaches a word, by place: as the first, as another, behind "of"."""
        self.is_negative = False
        self._stems: list[str | None] | None = None
        self._near: dict[int, frozenset[str]] = {}
        for at in compress(count(), map(KNOWN.__contains__, tokens)):
            token = tokens[at]
            if token in DENYING:
                self._read_denial(at, token, text)
            signs = LEXICON.get(token)
            if signs is None or (token == _AGED and self.is_number(at + 1)):
                continue
            if _BOUND in signs:
                is_bound = at > 0 and tokens[at - 1] == "at"
                signs = {s: sign for s, sign in signs.items() if (s == _BOUND) is is_bound}
            if token in PASSIVES and self._is_passive(at):
                signs = {scale: -sign for scale, sign in signs.items()}
            self.signed.append((at, signs))

    def is_number(self, at: int) -> bool:
        """Whether a number stands at a place."""
        return any(token[:1].isdigit() for token in self.tokens[at : at + 1])

    def _read_denial(self, at: int, token: str, text: str) -> None:
        if token in NEGATORS:
            self._deny(at, token)
        elif token in PAIRS:
            if self.tokens[at + 1 : at + 2] == [PAIRS[token]]:
                self._deny(at + 1, token)
        elif (
            at
            and f"{self.tokens[at - 1]}-free" in text.lower()
            and FREE_TIMES.isdisjoint(self.tokens[at + 1 : at + 2])
        ):
            self.denied[at - 1] = _FIRST
            self.is_negative = True

    def _deny(self, at: int, token: str) -> None:
        tokens = self.tokens
        if tokens[at + 1 : at + 2] and tokens[at + 1] in _NO_DENIAL:
            return
        if tokens[max(0, at - 2) : at] == ["whether", "or"]:
            return
        self.is_negative = True
        # "needs no labels" denies what "does not need labels" does.
        if at and token == _NO and tokens[at - 1] not in FUNCTION:
            self.denied.setdefault(at - 1, _REACHED)
        is_short = token in SHORT_NEGATORS
        reached = _REACHED
        # "No more than others", "non-smokers smoke": nothing behind that word is denied.
        is_narrow = token in _NON or (
            token == _NO and not _COMPARED.isdisjoint(tokens[at + 1 : at + 2])
        )
        left, heads = (_SCOPE, 1) if is_short else (1 if is_narrow else _WIDE_SCOPE, 2)
        for later in range(at + 1, min(len(tokens), at + _FARTHEST)):
            word = tokens[later]
            if (
                left == 0
                or self._raw[later - 1][-1] in _STOPS
                or (word in _ENDS_SCOPE and not (word == "to" and tokens[later - 1] in _TO_GO_ON))
            ):
                break
            if word in _ENDS_PHRASE:
                if left < (_SCOPE if is_short else _WIDE_SCOPE):
                    heads, reached = 0, _REACHED if is_short else _BEHIND
            elif word not in FUNCTION or word in LEXICON:
                if later in self.denied:
                    del self.denied[later]
                else:
                    self.denied[later] = _FIRST if heads > 0 else reached
                heads -= 1
                left -= 1

    def _is_passive(self, at: int) -> bool:
        """Whether "is (clearly) outperformed by" turns a word round."""
        if self.tokens[at + 1 : at + 2] != ["by"]:
            return False
        return not _BE.isdisjoint(self.tokens[max(0, at - 2) : at])

    @property
    def poles(self) -> dict[tuple[str, int], list[int]]:
        """Where it has words of a scale and a direction, denials counted in.

        What stands behind the "of" of something denied is taken as both.
        """
        if self._poles is None:
            self._poles = {}
            for at, signs in self.signed:
                reached = self.denied.get(at)
                turns = (1, -1) if reached == _BEHIND else (1,) if reached is None else (-1,)
                for scale, sign in signs.items():
                    for turn in turns:
                        self._poles.setdefault((scale, sign * turn), []).append(at)
        return self._poles

    @property
    def tells_of_less(self) -> bool:
        """Whether something falls or is lower: less death is more survival."""
        return ("size", -1) in self.poles

    @property
    def stems(self) -> list[str | None]:
        """What its words have in common with their other forms; None for those that say nothing."""
        if self._stems is None:
            self._stems = [None if t in FUNCTION or not t else stem(t) for t in self.tokens]
        return self._stems

    @property
    def told(self) -> frozenset[str]:
        """What its words have in common with their other forms, each once."""
        return frozenset(word for word in self.stems if word)

    def near(self, at: int) -> frozenset[str]:
        """What stands around a word."""
        found = self._near.get(at)
        if found is None:
            stems = self.stems
            around = stems[max(0, at - _NEAR) : at] + stems[at + 1 : at + _NEAR + 1]
            found = self._near[at] = frozenset(s for s in around if s)
        return found

    def beside(self, at: int, step: int) -> str | None:
        """The next word that says something, before it or behind."""
        stems = self.stems
        for later in (at + step, at + 2 * step, at + 3 * step):
            if 0 <= later < len(stems) and stems[later]:
                return stems[later]
        return None

    def phrase(self, at: int) -> str:
        """A word as the text has it, with what stands around it and what denies it."""
        first = max(0, at - _AROUND)
        if at in self.denied:
            denials = range(at, max(-1, at - _FARTHEST_DENIAL), -1)
            first = min(first, next((n for n in denials if self.tokens[n] in DENYING), first))
        low = self.text.lower().replace("’", "'")
        start = end = 0
        for n, word in enumerate(self._raw[: at + _AROUND]):
            begun = max(end, low.find(word, end))
            start, end = begun if n == first else start, begun + len(word)
        return self.text[start:end].rstrip(_STOPS)


_WANTING = frozenset(("ease", "plenty", "quality", "often"))
_DENYING_SCALES = words(
    """quality plenty often degree every likeness leave hold presence stay proof need know manner
    always essential find answer"""
)


def turned(said: Said, sentences: list[Said]) -> str | None:
    """What in a statement says the opposite of its sentences, in words."""
    is_borne_out = _finds_none(said) and any(leaves_no_effect(one.text) for one in sentences)
    for at, signs in said.signed:
        if said.denied.get(at) == _BEHIND or (is_borne_out and at in said.denied):
            continue
        if against := _opposite(said, at, signs, sentences):
            return against
    if against := _denied(said, sentences, is_borne_out=is_borne_out):
        return against
    if said.is_negative and not (is_borne_out or any(map(_is_negative, sentences))):
        return "the statement denies something, and the sentences that it cites deny nothing"
    return None


def _finds_none(said: Said) -> bool:
    """Whether a statement denies an effect: "no difference in falls", "falls were not reduced"."""
    signed = {at for at, _ in said.signed}
    return any(
        said.stems[at] in EFFECTS or (at in signed and reached == _FIRST)
        for at, reached in said.denied.items()
    )


def _is_negative(said: Said) -> bool:
    return said.is_negative or any(
        sign < 0 and (scale in _DENYING_SCALES or scale[0] == "-")
        for _, signs in said.signed
        for scale, sign in signs.items()
    )


def _opposite(said: Said, at: int, signs: Signs, sentences: list[Said]) -> str | None:
    """A word of the sentences that says the opposite of the same thing, if none says the same."""
    turn = -1 if at in said.denied else 1
    against = [(scale, -sign * turn) for scale, sign in signs.items()]
    for other in sentences:
        if not against or other.poles.keys().isdisjoint(against):
            continue
        against = [pole for pole in against if not _has_both(said, at, pole)]
        turned = [(o, p) for o in sentences for pole in against for p in o.poles.get(pole, ())]
        if _is_degree(said, at):
            turned = [(o, p) for o, p in turned if o.tokens[p] in DEGREES]
        if _LIFE in signs:
            turned = [(o, p) for o, p in turned if said.tells_of_less is o.tells_of_less]
        same = [
            (o, p) for o in sentences for scale, s in against for p in o.poles.get((scale, -s), ())
        ]
        return _best_opposite(said, at, turned[:_MOST], same[:_MOST]) if turned else None
    return None


def _is_degree(said: Said, at: int) -> bool:
    """Whether a word tells how far something rises or falls: "a greater reduction"."""
    if said.tokens[at] not in DEGREES or said.is_number(at + 2):  # "more than 5" is a bound
        return False
    return any(
        "size" in signs and said.tokens[place] not in DEGREES and abs(place - at) <= _SCOPE
        for place, signs in said.signed
    )


def _has_both(said: Said, at: int, pole: tuple[str, int]) -> bool:
    """Whether a statement has both ends of a scale side by side: "before and after"."""
    return any(
        abs(place - at) < 4 and not _AND.isdisjoint(said.tokens[min(place, at) : max(place, at)])
        for place in said.poles.get(pole, ())[:_MOST]
    )


_Place = tuple[Said, int]


def _best_opposite(said: Said, at: int, turned: list[_Place], same: list[_Place]) -> str | None:
    near = said.near(at)
    own = said.stems[at]
    most, (other, place) = max(
        ((_likeness(said, at, *one), one) for one in turned), key=lambda found: found[0]
    )
    if most < max(2, _ALIKE * len(near)) or _is_said(said, at, other, place, most):
        return None
    for one in same:
        is_same_word = own is not None and own == one[0].stems[one[1]]
        if most <= _likeness(said, at, *one) + (5 if is_same_word else 1):
            return None
    told = f"the statement says “{said.phrase(at)}”"
    return f"{told}, and the abstract the opposite, “{other.phrase(place)}”"


def _denied_in(denying: tuple[str, Said, int], other: tuple[str, Said, int]) -> str:
    (one, said, at), (another, affirming, place) = denying, other
    told = f"“{said.tokens[at]}” is denied in the {one} (“{said.phrase(at)}”)"
    return f"{told}, not in the {another} (“{affirming.phrase(place)}”)"


def _is_said(said: Said, at: int, other: Said, place: int, likeness: int) -> bool:
    """Whether the statement has this word of its sentences, too, in its own place."""
    poles = [pole for pole, places in other.poles.items() if place in places]
    return any(
        _likeness(said, own, other, place) >= likeness
        for pole in poles
        for own in said.poles.get(pole, ())[:_MOST]
        if own != at and said.stems[own] == other.stems[place]
    )


def _likeness(said: Said, at: int, other: Said, place: int) -> int:
    """How much two words have around them in common; the words right beside them count most."""
    behind, before = said.beside(at, 1), said.beside(at, -1)
    score = 2 * len(said.near(at) & other.near(place))
    score += 6 * (behind is not None and behind == other.beside(place, 1))
    return score + 2 * (before is not None and before == other.beside(place, -1))


def _denied(said: Said, sentences: list[Said], *, is_borne_out: bool) -> str | None:
    """A word that is denied in a statement and not in its sentences, or the other way round.

    ``is_borne_out`` says that numbers of the sentences show what the statement denies.
    """
    signed = {at for at, _ in said.signed}
    for at, reached in () if is_borne_out else said.denied.items():
        word = said.stems[at]
        if reached == _FIRST and word and not word[0].isdigit() and at not in signed:
            places = _places(word, sentences)
            if places and not any(p in o.denied or _is_wanting(o, p) for o, p in places):
                other, place = places[0]
                return _denied_in(("statement", said, at), ("abstract", other, place))
    for other in sentences:
        for place, reached in other.denied.items():
            word = other.stems[place]
            if not (reached == _FIRST and word and not word[0].isdigit()) or word not in said.stems:
                continue
            at = said.stems.index(word)
            if at in said.denied or _is_hedged(said, at):
                continue
            if all(p in o.denied for o, p in _places(word, sentences)):
                return _denied_in(("abstract", other, place), ("statement", said, at))
    return None


def _is_wanting(said: Said, at: int) -> bool:
    """Whether something is said to be hard, poor or rare: as good as denied."""
    return any(
        abs(place - at) <= _NEAR and sign < 0 and scale in _WANTING
        for place, signs in said.signed
        for scale, sign in signs.items()
    )


def _places(word: str, sentences: list[Said]) -> list[tuple[Said, int]]:
    """Where sentences have a word; of a long one its first 400 words."""
    return [
        (said, at)
        for said in sentences
        if word in said.stems
        for at, other in islice(enumerate(said.stems), _LONGEST)
        if other == word
    ]


def _is_hedged(said: Said, at: int) -> bool:
    """Whether "few" or the like comes before a word, or the statement denies all the same."""
    return ("presence", -1) in said.poles or not _FEW.isdisjoint(said.tokens[max(0, at - 3) : at])
