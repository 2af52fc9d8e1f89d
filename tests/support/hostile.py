"""Texts of 2,000 characters that are as much work to hear as we could think of, by kind."""

from __future__ import annotations

import random

from flows.danger import Ears

#: As much as a visitor can send.
LONGEST = 2_000


def hostile(ears: Ears) -> dict[str, str]:
    """The texts; the words in them are those that these ears know."""
    known = ears._tables.vocabulary.exact
    # an order that is the same each time; a text holds some two hundred of the words
    words = [word for word in known if len(word) > 5 and word.isalpha()]
    random.Random(1).shuffle(words)
    raising = sorted(known, key=lambda word: (-len(known[word].raises), word))
    return {
        "unknown words near known ones": _text([word[:-1] + "q" for word in words]),
        "known words, letters swapped": _text([_swapped(word) for word in words]),
        "known words, each stretched": _text([w[:2] + w[2] * 4 + w[3:] for w in words]),
        "known words, digits for letters": _text(
            [word.replace("e", "3").replace("o", "0") for word in words]
        ),
        "words that raise, no others": _text(raising),
        "one word that raises": "mes " * 500,
        "one letter": "a" * LONGEST,
        "one letter, apart": "a " * 1_000,
        "marks, no words": "!?.,;:()\"'" * 200,
        "a sentence per letter": "m." * 1_000,
        "a cry per sentence": "help nu! " * 222,
        "scripts in turns": "hijهوвін" * 250,
        "scripts in turns, apart": "hij هو він " * 181,
        "one word glued to the next": _text(["وبال" + word for word in words]),
        "accents on one letter": "a" + "\u0301" * 1_999,
        "letters that grow": "\ufdfa" * LONGEST,
        "signs": "🔪" * LONGEST,
        "denied and taken back": "hij slaat mij niet grapje " * 76,
    }


def _text(words: list[str]) -> str:
    return " ".join(words)[:LONGEST]


def _swapped(word: str) -> str:
    half = len(word) // 2
    return word[: half - 1] + word[half] + word[half - 1] + word[half + 1 :]
