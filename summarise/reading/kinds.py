"""What kind of text an abstract is, by its words: its language, and whether it is of medicine."""

from __future__ import annotations

import re
from string import ascii_lowercase

from summarise.characters import beyond_ascii
from summarise.scan import words

_ENGLISH = words(
    "the of and is are that with we to for this by from were been which have these our their has"
)
# Words of other languages that aren't words of English, nor names of things in English texts.
_SMALLEST = {
    "German": words(
        "der und das den dem ist sind eine einer eines nicht wurde wurden werden wird auf für mit"
        " von zu bei über sich oder auch zur zum im als durch nach wir diese dieser"
    ),
    "French": words(
        "le la les des du et est sont une dans pour par sur avec que qui cette ces nous été aux"
        " plus ont au leur ne pas être entre"
    ),
    "Spanish": words(
        "el los las del y es son una para por con que se su más fue fueron entre como esta este"
        " estos sobre lo sin también al"
    ),
    "Portuguese": words(
        "os do da dos das e é são uma para por com que se em mais foi foram entre como esta este"
        " sobre não ao pela pelo nos nas um"
    ),
    "Italian": words(
        "il gli della delle dei e è sono una per con che si più stato stati tra come questo questa"
        " nel nella alla di da le non dal sulla"
        " nei hanno dopo giorno giorni settimane mesi anni"
    ),
    "Dutch": words(
        "het een en van zijn niet met voor door dat bij werd werden deze worden naar uit ook tussen"
        " aan wij dit maar hebben beide na"
    ),
    "Swedish": words("och att det som är av för med den till inte har var från ett vi om mellan"),
    "Danish or Norwegian": words(
        "og at det som er af av for med den til ikke har fra et ble blev vi om mellom mellem på"
    ),
    "Polish": words(
        "i w z na do nie się jest są oraz przez dla od po za że jak było były tym trzech"
    ),
    "Czech": words("a v z na do se je jsou byl byla bylo pro že od po za s ve jako nebo při k"),
    "Turkish": words("ve bir bu ile için olarak olan da de daha çok gibi olduğu ise veya sonra"),
    "Indonesian": words("yang dan di dengan untuk pada dari ini dalam adalah oleh tidak atau"),
    "Finnish": words("ja on että ei oli ovat sekä myös kuin tai olivat joka joiden tämä"),
    "Hungarian": words("a az és hogy nem egy is volt volt voltak vagy mint meg ezek ez között"),
    "Romanian": words("și de la în pe cu care a au fost este sunt din pentru prin sau mai nu"),
}
# Of a few sentences each word counts. These are in no other list, but for those left out below.
_MORE_ENGLISH = _ENGLISH | words(
    """it its they them he she you your be been had can could may might should would does did not
    but if than when while where what which who whose how why all both each most more less many few
    some any after before into onto out up over under about only also then there here these those
    new use used using show shows shown two three one between during without within against across
    or"""
)
_LOANS = words("naïve café façade rôle coöperation protégé déjà à née piñata doppelgänger über")
_WORD = re.compile(r"[^\W\d_]+")
_ACCENTED = re.compile(r"[ß-öø-ɏ]")
# No words of a language: letters of an address, and a Latin phrase.
_NO_WORDS = re.compile(r"\bet al\b|\S*@\S+")
_ANY_SMALL = frozenset().union(*_SMALLEST.values())
_IN_ENGLISH = _MORE_ENGLISH | words(
    "a an as at do for in is it no of on me so was were has had van von de la el al en per con pro"
    " di alla die per plus i u v z s k com dos"
)
_SCRIPTS = (
    ("Japanese", re.compile(r"[\u3040-\u30ff]")),
    ("Chinese", re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")),
    ("Korean", re.compile(r"[\u1100-\u11ff\uac00-\ud7af]")),
    ("Cyrillic script", re.compile(r"[\u0400-\u04ff]")),
    ("Greek", re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")),
    ("Arabic script", re.compile(r"[\u0600-\u06ff\u0750-\u077f]")),
    ("Hebrew", re.compile(r"[\u0590-\u05ff]")),
    ("Devanagari script", re.compile(r"[\u0900-\u097f]")),
    ("Thai", re.compile(r"[\u0e00-\u0e7f]")),
)
_OTHER_LETTER = re.compile(r"[\u0370-\u1fff\u3040-\ud7af\uf900-\ufaff]")
_RUSSIAN = re.compile("[ыэ]")
_MOST = 1500
_SHARE = 0.25
_FEWEST = 5
_ENOUGH, _RARE = 30, 30
_FEW_WORDS = 80


def language_of(text: str) -> str | None:
    """The language that a text seems to be in, or its script, by its name in English.

    Returns:
        None where it is English, or where too little tells: a text in two languages is in the one
        of which more small words are found.
    """
    text = text[:_MOST]
    if not text.isascii() and (language := _by_script(text, beyond_ascii(text))):
        return language
    found = text.lower().split()
    english = sum(map(_ENGLISH.__contains__, found))
    if 12 * english > len(found):
        # Nothing else has so many of them, a text in two languages apart.
        return _strongest(found, english) if 6 * english < len(found) else None
    return _strongest(found, english) or (_of_few(text) if len(found) < _FEW_WORDS else None)


def _strongest(found: list[str], english: int) -> str | None:
    smallest = list(filter(_ANY_SMALL.__contains__, found))
    counts = {name: sum(map(small.__contains__, smallest)) for name, small in _SMALLEST.items()}
    name = max(counts, key=lambda one: counts[one])
    is_one_word = len(_SMALLEST[name].intersection(smallest)) < 2
    if not is_one_word and counts[name] >= max(_FEWEST, 2 * english, len(found) // 8):
        return name
    # Numbers, formulas and addresses are in no language.
    told = sum(len(one) > 1 and one.strip("()[].,;:").isalpha() for one in found)
    return "another language" if told > max(_ENOUGH, _RARE * english) else None


def _of_few(text: str) -> str | None:
    """The language of a few sentences, where two words and more are of others, and few English.

    What has a letter that English lacks counts as well, names and loan words apart.
    """
    found = _WORD.findall(_NO_WORDS.sub("", text))
    small = {word.lower() for word in found} & _ANY_SMALL - _IN_ENGLISH
    foreign = {word for word in found if word[0].islower() and _ACCENTED.search(word)} - _LOANS
    english = sum(word.lower() in _MORE_ENGLISH for word in found)
    if len(small | foreign) < max(2, 3 * english, len(found) // 12):
        return None
    counts = {name: len(words_ & small) for name, words_ in _SMALLEST.items()}
    name = max(counts, key=lambda one: counts[one])
    is_sure = counts[name] > 1 and [*counts.values()].count(counts[name]) == 1
    return name if is_sure else "another language"


def _by_script(text: str, others: str) -> str | None:
    """The language of a script that isn't Latin, where that is a good part of the letters.

    ``others`` are the characters of the text that aren't ASCII.
    """
    if len(_OTHER_LETTER.findall(others)) <= _SHARE * len(text) / 2:
        return None
    letters = sum(map(str.isalpha, text))
    counts = [(len(script.findall(others)), name) for name, script in _SCRIPTS]
    kana, han = counts[0][0], counts[1][0]
    if kana + han > _SHARE * letters:
        return "Japanese" if 10 * kana > han else "Chinese"
    count, name = max(counts)
    if count <= _SHARE * letters:
        return None
    return "Russian" if name == "Cyrillic script" and _RUSSIAN.search(others) else name


_CLINICAL = words(
    """patients patient participants randomized randomised placebo trial trials cohort mortality
    hazard odds outcome outcomes adverse follow-up hospital admitted incidence prevalence symptoms
    dose therapy treatment surgery intervention controls adults women men children disease clinical
    subjects cancer healthy diagnosed medical risk survival diagnosis physicians nurses care
    infection syndrome baseline ci pain"""
)
_STUDIED = words(
    """subjects nurses physicians volunteers patients participants adults women men children
    infants people cohort trials"""
)
_LEAST = 4
_PLAIN = re.compile(r"[a-z]+(?:-[a-z]+)?")
_LETTERS = bytes(code if chr(code) in ascii_lowercase else ord(" ") for code in range(256))
_CLINICAL_LETTERS = frozenset(word.encode() for word in _CLINICAL)


def is_clinical(text: str) -> bool:
    """Whether an abstract is that of a study of people's health."""
    low = text.lower()
    # Of most abstracts a first look tells that too few of the words can be there, one apart: that
    # has a hyphen.
    runs = low.encode("ascii", "replace").translate(_LETTERS).split()
    if len(_CLINICAL_LETTERS.intersection(runs)) < _LEAST - 1:
        return False
    found = _CLINICAL.intersection(_PLAIN.findall(low))
    return len(found) >= _LEAST and not found.isdisjoint(_STUDIED)
