"""Texts: in every language, with the same fields, one at a time, and without numbers of their own.

`hints` are no faults: long sentences, for an editor to look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations

from data.files import Fault
from flows.check.common import House, fault, variations_of
from flows.check.holding import example
from flows.model import Place, Response, Script, Variation
from flows.render import fields

#: Short sentences are read, also in fear and on a small screen (B1).
MOST_WORDS = 15
SENTENCE_END = re.compile(r"[.?!:]+(?:\s+|$)|\n+")
#: What looks like a phone number, whoever it belongs to.
PHONE = re.compile(r"(?<![\w/.-])(?:\+\d{2}|0\d)\d{0,3}[- ]?\d(?:[ -]?\d){4,}(?![\w/])")
#: Up to so many digits a number is written in one piece.
SHORT_NUMBER = 4


def _worded(script: Script) -> Iterator[tuple[str, Mapping[str, str], Place]]:
    """Every text and button title: what faults call it, its languages, and its place."""
    for response, variation in variations_of(script):
        if variation.text or variation.custom is None:
            yield f"`{response.name}`", variation.text, variation.place
        for button in variation.buttons:
            yield f"the button `{button.payload}` of `{response.name}`", button.title, button.place


def are_translated(script: Script, house: House) -> Iterator[Fault]:
    """Texts and titles that a language lacks, and translations that name other fields."""
    first, *others = script.languages
    for name, words, place in _worded(script):
        for language in script.languages:
            if not words.get(language, "").strip():
                yield fault(place, f"{name} has no text in `{language}`")
        for language in others:
            if language not in words or first not in words:
                continue
            for field in sorted(fields(words[first]) ^ fields(words[language])):
                where = first if field in fields(words[first]) else language
                yield fault(place, f"`{{{field}}}` stands in {name} in `{where}` only")


def are_one_at_a_time(script: Script, house: House) -> Iterator[Fault]:
    """Responses of which two forms could be shown, or none: Rasa would take one at random."""
    for response in script.responses.values():
        if not any(form.condition is None and form.channel is None for form in response.variations):
            message = f"`{response.name}` has no text for when no condition holds"
            yield fault(response.place, message)
        for one, other in combinations(response.variations, 2):
            if one.channel == other.channel:
                yield from _both(script, response, one, other)


def _both(script: Script, response: Response, one: Variation, other: Variation) -> Iterator[Fault]:
    if one.condition is None or other.condition is None:
        if one.condition is other.condition:
            yield fault(other.place, f"`{response.name}` has two texts without a condition")
        return
    values = example(script, (one.condition, other.condition))
    if values is not None:
        when = ", ".join(f"{name} = {value}" for name, value in values.items())
        message = f"another text of `{response.name}` is shown in the same case: {when}"
        yield fault(other.place, message)


def hold_no_numbers(script: Script, house: House) -> Iterator[Fault]:
    """Numbers written out: a number that changes has to change in one place."""
    patterns = {
        f"{{context_number_{key}}}": _pattern(line.tel)
        for key, line in house.knowledge.help_lines.items()
        if line.tel
    }
    for name, words, place in _worded(script):
        for text in dict.fromkeys(words.values()):
            known = [field for field, pattern in patterns.items() if pattern.search(text)]
            for field in known:
                yield fault(place, f"{name} holds a number; write `{field}` in its place")
            if not known and PHONE.search(text):
                message = f"{name} holds a phone number; put it in help_lines.yml and name it"
                yield fault(place, message)


def _pattern(tel: str) -> re.Pattern[str]:
    """The number as people write it: `0000-0000`, `00 00 0000`; a short one in one piece."""
    gap = "" if len(tel) <= SHORT_NUMBER else "[ .-]?"
    return re.compile(r"(?<!\w)" + gap.join(map(re.escape, tel)) + r"(?!\w)")


def hints(script: Script) -> list[Fault]:
    """Sentences that are longer than people read in fear: advice, not faults."""
    found = set()
    for name, words, place in _worded(script):
        for language, text in words.items():
            for sentence in SENTENCE_END.split(text):
                count = len(sentence.split())
                if count > MOST_WORDS:
                    start = " ".join(sentence.split()[:4])
                    message = f"{name} ({language}): {count} words in `{start} ...`"
                    found.add(fault(place, message))
    return sorted(found)


LINTS = (are_translated, are_one_at_a_time, hold_no_numbers)
