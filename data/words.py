"""Everyday words for the code to come back with: short, neutral, easy to say and to remember."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from data.files import Fault, Unreadable

#: Three words out of so many make 30 bits; the hash is slow and wrong tries are slowed down too.
LEAST_WORDS = 1024


@lru_cache(maxsize=16)
def read_words(folder: Path, language: str) -> tuple[str, ...]:
    """The words of a language, `words/<language>.txt`, one a line. Raises `Unreadable`."""
    path = folder / "words" / f"{language}.txt"
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise Unreadable([Fault(str(path), 1, f"cannot be read: {error.strerror}")]) from error
    words, faults = [], []
    for number, line in enumerate(lines, 1):
        word = line.strip()
        if not word or word.startswith("#"):
            continue
        if not word.isalpha() or word != word.lower():
            faults.append(Fault(str(path), number, f"`{word}` is not one lower-case word"))
        if word in words:
            faults.append(Fault(str(path), number, f"`{word}` stands there twice"))
        words.append(word)
    if len(words) < LEAST_WORDS:
        faults.append(Fault(str(path), 1, f"{len(words)} words; at least {LEAST_WORDS} are needed"))
    if faults:
        raise Unreadable(faults)
    return tuple(words)
