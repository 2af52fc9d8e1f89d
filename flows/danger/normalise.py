"""Letters: one plain spelling for what visitors type, and its parts: words and marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Sequence

#: A text is heard this far: twice what a visitor can send. A bound on work, not a rule.
MOST_CHARACTERS = 4000

_APOSTROPHES = "'`´‘’ʼʹ′\u02bb\uff07"
_SPACES = "-_/\u2010\u2011\u2012\u2013\u2014\\|*~"
_LETTERS = {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ß": "ss", "ى": "ي", "ة": "ه", "ک": "ك"}
_MARKS = {"،": ",", "؛": ";", "؟": "?", "。": ".", "¿": "", "¡": ""}
_CONTROLS = [*range(9), *range(14, 32), 127]
_PLAIN: dict[int, str | None] = {
    **dict.fromkeys(_CONTROLS),
    **{ord(sign): None for sign in _APOSTROPHES},
    **{ord(sign): " " for sign in _SPACES},
    **{ord(sign): put for sign, put in (*_LETTERS.items(), *_MARKS.items())},
}
#: Accents, vowel signs, joiners, directions, skin tones: they change no word.
_UNSEEN = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u00ad\u034f\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u20e3\u20d0-\u20dc"
    "\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]+"
)
_PARTS = re.compile(r"[\w@$€]+|[.!?;\n]+|[^\w\s]")
_LONG_RUN = re.compile(r"(.)\1\1")
_LONG_VOWELS = re.compile(r"([aeou])\1{2,}")
_LONG_RUNS = re.compile(r"(.)\1{2,}")
_RUNS = re.compile(r"(.)\1+")
_STOPS = frozenset(".!?;\n")

_LEET = str.maketrans("034578@$€", "oeastbase")
_LEET_SIGNS = frozenset("0134578@$€")


def split(text: str) -> list[str]:
    """The words of a text in plain small letters, and the marks between them, in order.

    Never raises, whatever the characters are; what lies behind `MOST_CHARACTERS` is not read.
    """
    text = text[:MOST_CHARACTERS].lower().translate(_PLAIN)
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)[:MOST_CHARACTERS]
        text = _UNSEEN.sub("", text).translate(_PLAIN)
    return _PARTS.findall(text)


def is_word(part: str) -> bool:
    """Whether a part is a word or a number, not a mark."""
    return part[0].isalnum() or part[0] in "@$€"


def is_stop(part: str) -> bool:
    """Whether a mark ends a sentence; other marks are pauses."""
    return part[0] in _STOPS


def is_mark(part: str) -> bool:
    """Whether a part is a mark of the keyboard: an emoji says more than that."""
    return part.isascii() and not is_word(part)


def ungreeted(parts: Sequence[str], greetings: Container[str]) -> Sequence[str]:
    """The parts behind a greeting, of one word or two; marks before and in it go too."""
    start = 0
    while start < len(parts):
        if " ".join(parts[start : start + 2]) in greetings:
            start += 2
        elif parts[start] in greetings or is_mark(parts[start]):
            start += 1
        else:
            break
    return parts[start:]


def stretched(word: str) -> bool:
    """Whether one letter stands three times or more in a row: `heeelp`."""
    return _LONG_RUN.search(word) is not None


def thinned(word: str) -> str:
    """The word with every run of one letter cut to one: `heeelp` and `help` become the same."""
    return _RUNS.sub(r"\1", word) if _RUNS.search(word) else word


def unstretched(word: str) -> tuple[str, ...]:
    """What a stretched word may be, likeliest first: `raaaam` is `raam`, and `heeelp` is `help`."""
    # Dutch writes two vowels more often than two consonants
    longer = _LONG_RUNS.sub(r"\1", _LONG_VOWELS.sub(r"\1\1", word))
    return longer, _LONG_RUNS.sub(r"\1", word), _LONG_RUNS.sub(r"\1\1", word), thinned(word)


def unmasked(word: str) -> tuple[str, ...]:
    """The words that letters may hide behind digits and signs: `v3rm00rd`, `k1ll`; often none."""
    if word.isalpha() or _LEET_SIGNS.isdisjoint(word):
        return ()
    if sum(map(str.isalpha, word)) < 2:
        return ()
    plain = word.translate(_LEET)
    return (plain.replace("1", "i"), plain.replace("1", "l")) if "1" in plain else (plain,)
