"""The ears: what never happens, whatever is typed; what a text can cost; and every phrase works."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.danger_rules import Rule
from flows.danger.matching import MOST_SPANS, find
from flows.danger.normalise import MOST_CHARACTERS, split
from flows.danger.reading import read
from flows.urgency import LEVELS, rank
from tests import shipped
from tests.danger import EARS, RULES

# ---- what never happens ----------------------------------------------------------------------

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=300)


@given(ANY_TEXT, st.tuples(ANY_TEXT, ANY_TEXT))
@settings(max_examples=150, deadline=None)
def test_no_text_makes_it_fail(text: str, before: tuple[str, ...]) -> None:
    heard = EARS.hear(text, before)

    assert heard.level in LEVELS
    assert set(heard.signals) <= set(shipped.knowledge().triage.signals)


@pytest.mark.parametrize("text", ["\ud800", "\udfff" * 5, "\x00", "he\x00lp nu", "\u202ehelp nu"])
def test_broken_unicode_does_not_make_it_fail(text: str) -> None:
    assert EARS.hear(text).level in LEVELS


def test_invisible_characters_hide_nothing() -> None:
    for sign in ("\u200b", "\u00ad", "\x00", "\ufe0f", "\u0301"):
        assert EARS.hear(f"hij heeft een m{sign}es").level == "acute", ascii(sign)


DANGER = [
    "hij heeft een mes",
    "hij gaat mij vermoorden",
    "mijn man slaat mij",
    "ik zit opgesloten in de kelder",
    "papa slaat mama",
    "hij wurgt me en ik kan niet ademen",
    "hij heeft mij net geslagen",
    "help nu",
    "ik wil niet meer leven",
    "hij slaat mij niet elke dag",
    "dit is geen grapje hij heeft een pistool",
    "ik word bedreigd door mijn ex",
    "he has a gun",
    "my husband is hitting me right now",
    "he locked me in the garage",
    "i am scared of my dad",
    "please call the police",
    "he choked me last night and i can't swallow",
    "pistool",
    "politie",
    "gun",
    "bizi arıyor saklandık",
    "sąsiad właśnie bije żonę",
]
GREETINGS = ["hallo", "Hoi!", "Goedemiddag,", "hello", "Hey", "hi there", "Goedenavond mevrouw,"]
danger = st.sampled_from(DANGER)


def never_lower(text: str, changed: str) -> None:
    assert rank(EARS.hear(changed).level) >= rank(EARS.hear(text).level), changed


@given(danger, st.sampled_from([str.upper, str.title, str.swapcase, str.capitalize]))
@settings(deadline=None)
def test_case_never_lowers_a_level(text: str, change: Any) -> None:
    never_lower(text, change(text))


@given(
    danger, st.lists(st.tuples(st.integers(0, 12), st.sampled_from("!?.,;:…-'\"()")), max_size=6)
)
@settings(max_examples=200, deadline=None)
def test_punctuation_between_words_never_lowers_a_level(
    text: str, marks: list[tuple[int, str]]
) -> None:
    words = text.split()
    for place, mark in marks:
        words[place % len(words)] += mark

    never_lower(text, " ".join(words))


@given(danger, st.integers(0, 60), st.integers(3, 9))
@settings(max_examples=200, deadline=None)
def test_stretched_letters_never_lower_a_level(text: str, place: int, times: int) -> None:
    place %= len(text)
    if text[place].isalpha():
        never_lower(text, text[:place] + text[place] * times + text[place + 1 :])


@given(danger, st.sampled_from(GREETINGS))
@settings(deadline=None)
def test_a_greeting_never_lowers_a_level(text: str, greeting: str) -> None:
    never_lower(text, f"{greeting} {text}")


#: How people type letters with signs on them, by accident or on a phone of another language.
ACCENTS = {"e": "éèëê", "a": "áàäâ", "o": "óòöô", "i": "íìïî", "u": "úùüû"}


@given(danger, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 3)), min_size=1, max_size=6))
@settings(max_examples=200, deadline=None)
def test_accents_never_lower_a_level(text: str, places: list[tuple[int, int]]) -> None:
    letters = list(text)
    for place, which in places:
        place %= len(letters)
        if letters[place] in ACCENTS:
            letters[place] = ACCENTS[letters[place]][which]

    never_lower(text, "".join(letters))
    never_lower(text, unicodedata.normalize("NFD", "".join(letters)))


#: Ordinary sentences that take nothing back and deny nothing.
PLAIN = [
    "ik woon in een dorp",
    "mijn zoon is zes jaar",
    "wat kunnen jullie voor mij doen?",
    "hij werkt in een winkel",
    "ik heb drie kinderen",
    "we zijn twaalf jaar getrouwd",
    "my daughter is four",
    "i live in a small flat",
    "what can you do for me?",
    "he works in a shop",
]


@given(danger, st.sampled_from(PLAIN), st.booleans(), st.sampled_from([". ", "! ", "\n"]))
@settings(max_examples=300, deadline=None)
def test_one_more_sentence_never_lowers_a_level(
    text: str, plain: str, first: bool, stop: str
) -> None:
    never_lower(text, f"{plain}{stop}{text}" if first else f"{text}{stop}{plain}")


@given(danger, danger)
@settings(deadline=None)
def test_more_danger_never_lowers_a_level(first: str, second: str) -> None:
    both = EARS.hear(f"{first}. {second}")

    assert rank(both.level) >= max(rank(EARS.hear(one).level) for one in (first, second))


@given(danger, st.lists(st.text(max_size=40), max_size=3))
@settings(deadline=None)
def test_earlier_texts_never_lower_a_level(text: str, before: list[str]) -> None:
    assert rank(EARS.hear(text, tuple(before)).level) >= rank(EARS.hear(text).level)


# ---- how much work a text can cost -----------------------------------------------------------

#: One call per typed letter several times over, and as many again for the patterns.
MOST_CALLS = 60_000

HEAVY = {
    "one phrase over and over": "hij slaat mij " * 150,
    "letters one by one": "m e s h e l p " * 150,
    "mistakes": "vermorden mishandlen gewrugd " * 75,
    "stretched": "slaaaaaaat" * 210,
    "no word at all": "qwertzuiop" * 210,
    "many signs": "🔪" * 2000,
    "letters that grow": "\ufdfa" * 2000,
    "denied again and again": "nu slaat hij mij niet " * 95,
    "one long word": "a" * 2000,
}


def calls(text: str) -> int:
    """How many Python functions hearing this text calls: a measure that no clock disturbs."""
    count = 0

    def counting(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(counting)
    try:
        EARS.hear(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("name", HEAVY)
def test_a_hostile_text_costs_a_bounded_amount_of_work(name: str) -> None:
    assert calls(HEAVY[name][:2000]) < MOST_CALLS


def test_all_our_words_at_once_cost_a_bounded_amount_of_work() -> None:
    words = sorted(EARS._tables.vocabulary.exact.items(), key=lambda item: -len(item[1].raises))
    text = " ".join(word for word, _ in words[:600])[:2000]

    assert calls(text) < MOST_CALLS


def test_no_more_places_than_a_few_are_looked_at_per_phrase() -> None:
    reading = read(
        split("hij slaat mij " * 400), EARS._tables.vocabulary, EARS.looking.vocabulary.guesses
    )

    assert all(len(find(reading, pattern)) <= MOST_SPANS for pattern in reading.raising())


def test_what_lies_beyond_the_limit_is_not_read() -> None:
    assert sum(map(len, split("ab " * MOST_CHARACTERS))) <= MOST_CHARACTERS


# ---- the words themselves --------------------------------------------------------------------


def spoken(steps: Any, lists: dict[str, Any]) -> Iterator[str]:
    """The plainest words that a part of a phrase is about."""
    for step in steps:
        if not step.optional:
            chain = step.words[0] if step.words else lists[step.lists[0]][0]
            yield from ("7" if word == "<number>" else word.rstrip("*") for word in chain)


def every_phrase() -> Iterator[Any]:
    for tongue in RULES.tongues:
        lists = {**tongue.lists, "number": (("7",),)}
        for rule in tongue.rules:
            for phrase in rule.phrases:
                text = " ".join(word for part in phrase.parts for word in spoken(part, lists))
                yield tongue.language, rule, phrase.text, text


def heard_by(rule: Rule, text: str) -> bool:
    reading = read(split(text), EARS._tables.vocabulary, EARS.looking.vocabulary.guesses)
    return any(
        pattern.means.rule is rule and bool(find(reading, pattern)) for pattern in reading.raising()
    )


def test_every_phrase_is_found_in_a_text_made_of_its_own_words() -> None:
    deaf = [
        f"{language}: {rule.name}: {phrase} ({text})"
        for language, rule, phrase, text in every_phrase()
        if not heard_by(rule, text)
    ]

    assert deaf == []


def test_every_rule_alone_can_reach_its_level() -> None:
    """A rule whose every phrase is denied, barred or a figure of speech would never be told."""
    mute = {
        (language, rule.name) for language, rule, _, _ in every_phrase() if rule.level != "normal"
    }
    for language, rule, _, text in every_phrase():
        if rank(EARS.hear(text).level) >= rank(rule.level):
            mute.discard((language, rule.name))

    assert mute == set()
