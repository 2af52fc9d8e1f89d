"""Phrases: what the signs that an editor writes in a phrase mean. Nothing is matched here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from data.files import suggestion

#: `<number>` is any number in digits; it needs no list.
NUMBER = "number"
#: A `word*` needs this many letters before the star, or it would be heard everywhere.
STAR_LEAST = 3
GAP, GAP_MOST = 3, 14
WITHIN, WITHIN_MOST = 8, 20

Chain = tuple[str, ...]

_SIGN = re.compile(
    r" ?(?:(?P<gap>\.\.\d*)|(?P<apart>\+\d*)|(?P<step>\([^()]*\)\??|[^\s()+.][^\s()]*))(?!\S)"
)
_WORD = re.compile(r"[^\s<>()\[\]{}|*?+\\^$,;:\"=~_]+\*?")


@dataclass(frozen=True, slots=True)
class Step:
    """One place in a phrase: a word of `lists` or one of `words`, after at most `gap` others."""

    lists: tuple[str, ...]
    words: tuple[Chain, ...]
    gap: int = 0
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Parts that stand in any order, at most `within` words apart; the steps of one in order."""

    parts: tuple[tuple[Step, ...], ...]
    within: int
    text: str
    line: int


def parse_phrase(
    text: str, line: int, lists: Mapping[str, object], skipped: Iterable[str] = ()
) -> Phrase:
    """The phrase that an editor wrote. Raises `ValueError` that says what is wrong with it.

    A word of `skipped` may not end a group of words: `hit the` would be heard as `hit`.
    """
    parts: list[list[Step]] = [[]]
    within, gap, place = WITHIN, 0, 0
    text = " ".join(text.split())
    while place < len(text):
        found = _SIGN.match(text, place)
        if not found:
            raise ValueError("a bracket misses its partner, or touches a word")
        place = found.end()
        kind, value = found.lastgroup, found.group(found.lastgroup or 0)
        if kind == "step":
            parts[-1].append(_step(value, gap, lists))
            for words in parts[-1][-1].words:
                if words[-1] in skipped:
                    raise ValueError(f"`{words[-1]}` counts for nothing (`skip`); leave it out")
            gap = 0
        elif gap or not parts[-1]:
            raise ValueError("`..` and `+` stand between two words")
        elif kind == "gap":
            gap = _size(value, GAP, GAP_MOST)
        else:
            within = _size(value, WITHIN, WITHIN_MOST)
            parts.append([])
    if gap or not parts[-1]:
        raise ValueError("`..` and `+` stand between two words")
    if any(part[0].optional or part[-1].optional for part in parts):
        raise ValueError("an optional word at the beginning or the end does nothing")
    return Phrase(tuple(tuple(part) for part in parts), within, text, line)


def _size(value: str, usual: int, most: int) -> int:
    size = int(value.lstrip(".+") or usual)
    if size > most:
        raise ValueError(f"no more than {most} words may stand between")
    return size


def _step(text: str, gap: int, lists: Mapping[str, object]) -> Step:
    optional = text.endswith("?")
    text = text.removesuffix("?")
    if "|" in text and not text.startswith("("):
        raise ValueError("words to choose from stand between brackets: `(a|b)`")
    text = text.removeprefix("(").removesuffix(")")
    names: list[str] = []
    words: list[Chain] = []
    for option in text.split("|"):
        chain = tuple(option.split())
        if not chain:
            raise ValueError("`|` stands between two words")
        name = list_name(chain) if option[0] == "<" else None
        if name is None:
            words.append(chain)
        elif name in lists or name == NUMBER:
            names.append(name)
        else:
            raise ValueError(f"`<{name}>` is not a list{suggestion(name, lists)}")
    for chain in words:
        for word in chain:
            if problem(word):
                raise ValueError(problem(word))
    return Step(tuple(names), tuple(words), gap, optional)


def list_name(chain: Chain) -> str | None:
    """The name in `<name>`, which may hold spaces."""
    text = " ".join(chain)
    return text[1:-1] if text.startswith("<") and text.endswith(">") else None


@lru_cache(maxsize=8192)
def problem(word: str) -> str:
    """What is wrong with a word of a phrase; nothing when it is fine."""
    if word == f"<{NUMBER}>":
        return ""
    if not _WORD.fullmatch(word):
        return f"`{word}` holds a sign that has no meaning here"
    if word.endswith("*") and len(word) <= STAR_LEAST:
        return f"`{word}` needs at least {STAR_LEAST} letters before the star"
    return ""
