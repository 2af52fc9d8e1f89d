"""From what a visitor typed or pressed to the value of a slot, by the slot's type."""

from __future__ import annotations

import math
from typing import Any

from flows.model import Slot, Variation

#: A value that a button or a text gives is short; a story belongs in a message, not in a slot.
MOST_CHARACTERS = 200
TRUE = ("true", "yes", "y", "ja", "j", "1")
FALSE = ("false", "no", "n", "nee", "0")
PUNCTUATION = " \t\n.,!?;:'\"…"


class NoValue(Exception):
    """Raised when a text is not a value of the slot."""


def value_of(slot: Slot, text: str) -> Any:
    """The value that `text` stands for. Raises `NoValue`.

    Numbers may be written the Dutch way ("12,5"); categories are matched without regard to case.
    """
    word = text.strip()
    if not word or len(word) > MOST_CHARACTERS:
        raise NoValue(text)
    kind = slot.kind.type
    if kind == "float":
        return _number(word)
    if kind == "bool":
        if word.casefold() in TRUE + FALSE:
            return word.casefold() in TRUE
        raise NoValue(text)
    if kind == "categorical":
        for value in slot.kind.values:
            if value.casefold() == word.casefold():
                return value
        raise NoValue(text)
    return word


def _number(word: str) -> float:
    try:
        found = float(word.replace(",", "."))
    except ValueError as error:
        raise NoValue(word) from error
    if not math.isfinite(found) or "_" in word:  # `nan`, `1e999` and `1_000` are Python's, not ours
        raise NoValue(word)
    return found


def typed_choice(variation: Variation, text: str) -> str | None:
    """The payload of the button that a typed text stands for: its title in any language, or one
    of the words that the response lists under `metadata: typed: {button id: [words]}`."""
    said = _plain(text)
    typed = variation.metadata.get("typed") or {}
    for button in variation.buttons:
        titles = {_plain(title) for title in button.title.values()}
        words = typed.get(button.id) or ()
        if said in titles or said in {_plain(str(word)) for word in words}:
            return button.payload
    return None


def _plain(text: str) -> str:
    return text.strip(PUNCTUATION).casefold()
