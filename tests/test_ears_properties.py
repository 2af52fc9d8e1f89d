"""Both listeners: what a visitor does to a text without changing what it says never lowers a level.

Over stored texts: every twentieth example that ships, and all borderline cases. Changes of which
there are few are tried on all of them; places and pairs are drawn, the same ones each time.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable, Collection
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.danger_examples import load_examples
from data.files import read_yaml
from flows.danger.deciding import MERE_WORDS
from flows.danger.features import Look
from flows.danger.normalise import split
from flows.danger.reading import read
from flows.danger.scope import scope_of
from flows.urgency import LEVELS, rank
from tests import shipped
from tests.danger import BOTH, CASES, EARS, RULES

LISTENERS = {"rules": EARS, "rules+model": BOTH}
#: The same draws on every machine and in every run: a text that fails stays failed.
drawn = settings(deadline=None, derandomize=True, max_examples=400)

Change = Callable[[str], str]


def stored() -> dict[str, int]:
    """A fixed sample of what ships: one example in twenty, whatever is added beside it, and the
    borderline cases."""
    known = shipped.knowledge()
    examples = load_examples(known.folder / "danger" / "examples", known.triage.signals)
    cases = read_yaml(CASES / "borderline.yml")["cases"]
    levels = {one.text: one.level for one in examples if crc32(one.text.encode()) % 20 == 0}
    levels |= {case["text"]: case["level"] for case in cases}
    return {text: rank(level) for text, level in levels.items()}


TEXTS = stored()
both_listeners = pytest.mark.parametrize("listening", LISTENERS)


@functools.cache
def alarming(listening: str) -> dict[str, int]:
    """The stored texts in which a listener hears danger, and how much: a false alarm may fall."""
    hear = LISTENERS[listening].hear
    ranks = {text: min(labelled, rank(hear(text).level)) for text, labelled in TEXTS.items()}
    return {text: found for text, found in ranks.items() if found}


def lowered(listening: str, text: str, changed: str) -> bool:
    heard = rank(LISTENERS[listening].hear(changed).level)
    return changed != text and heard < alarming(listening)[text]


def all_lowered(listening: str, change: Change, known: Collection[str] = ()) -> list[str]:
    """What a change lowers, of all stored texts but the `known` ones."""
    return [
        changed
        for text in alarming(listening)
        if text not in known and lowered(listening, text, changed := change(text))
    ]


def mask(kind: str, text: str) -> int:
    """The words of a text that the rules take for one of the things that lower."""
    tables = EARS._tables
    scope = scope_of(
        read(split(text), tables.vocabulary, Look(EARS.looking).guesses), tables.negators, 0
    )
    return scope.mask(kind)


# ---- letters ---------------------------------------------------------------------------------

CASE: dict[str, Change] = {
    "capitals": str.upper,
    "small": str.lower,
    "first letters": str.title,
    "swapped": str.swapcase,
    "one capital": str.capitalize,
}


@both_listeners
@pytest.mark.parametrize("change", CASE)
def test_case_never_lowers_a_level(listening: str, change: str) -> None:
    assert all_lowered(listening, CASE[change]) == []


def bare(text: str) -> str:
    """Without accents: `cześć` is `czesc`; Arabic without vowel signs, `й` as `и`."""
    parts = unicodedata.normalize("NFD", text)
    plain = "".join(sign for sign in parts if not unicodedata.combining(sign))
    return unicodedata.normalize("NFC", plain)


#: How phones and other programs write the same letters.
ACCENTS: dict[str, Change] = {
    "left out": bare,
    "composed": lambda text: unicodedata.normalize("NFC", text),
    "apart": lambda text: unicodedata.normalize("NFD", text),
    "plainest": lambda text: unicodedata.normalize("NFKC", text),
    "plainest apart": lambda text: unicodedata.normalize("NFKD", text),
}


@both_listeners
@pytest.mark.parametrize("change", ACCENTS)
def test_accents_never_lower_a_level(listening: str, change: str) -> None:
    assert all_lowered(listening, ACCENTS[change]) == []


def stretching(text: str, place: int, times: int) -> str:
    """One letter of a text typed more often."""
    letters = [number for number, sign in enumerate(text) if sign.isalpha()]
    if not letters:
        return text
    place = letters[place % len(letters)]
    return text[:place] + text[place] * times + text[place + 1 :]


@both_listeners
@drawn
@given(st.data(), st.integers(0, 400), st.integers(3, 9))
def test_a_stretched_letter_never_lowers_a_level(
    listening: str, data: st.DataObject, place: int, times: int
) -> None:
    text = data.draw(st.sampled_from(list(alarming(listening))))

    assert not lowered(listening, text, stretching(text, place, times))


@both_listeners
def test_a_last_letter_that_is_held_never_lowers_a_level(listening: str) -> None:
    assert all_lowered(listening, lambda text: stretching(text, -1, 5)) == []


# ---- marks, space and emoji ------------------------------------------------------------------

STOPS = ["!", "!!", "!!!!!", "?", "?!", ".", "...", "…", " .", "\n", "。"]
PAUSES = [",", '"', ")", "؟", "-"]


def added(end: str) -> Change:
    return lambda text: text + end


def instead(end: str) -> Change:
    return lambda text: text.rstrip(" .!?…;,") + end


ENDED: dict[str, Change] = {
    **{f"{end!r} added": added(end) for end in (*STOPS, *PAUSES)},
    **{f"{end!r} instead": instead(end) for end in ("!!", "...", "?", "\n")},
    "left out": instead(""),
    "doubled": lambda text: text.replace("!", "!!").replace("?", "??"),
    "drawn out": lambda text: text.replace(".", "..."),
}


@both_listeners
@pytest.mark.parametrize("change", ENDED)
def test_marks_at_the_end_never_lower_a_level(listening: str, change: str) -> None:
    assert all_lowered(listening, ENDED[change]) == []


SPACED: dict[str, Change] = {
    "around": lambda text: f"   {text}  ",
    "lines": lambda text: f"\n\n{text}\n",
    "doubled": lambda text: text.replace(" ", "  "),
    "unbreakable": lambda text: text.replace(" ", "\u00a0"),
    "tabs": lambda text: text.replace(" ", "\t"),
    "direction": lambda text: f"\ufeff\u200f{text}\u200e",
}


@both_listeners
@pytest.mark.parametrize("change", SPACED)
def test_space_never_lowers_a_level(listening: str, change: str) -> None:
    assert all_lowered(listening, SPACED[change]) == []


AROUND: dict[str, Callable[[str, str], str]] = {
    "behind": "{0} {1}".format,
    "in front": "{1} {0}".format,
    "both": "{1}{0}{1}".format,
}
#: People laugh from nerves too.
EMOJI = ["😢", "🙏🙏", "❤️", "🙂", "👍🏽", "😂", "🤣"]


@both_listeners
@pytest.mark.parametrize("where", AROUND)
@pytest.mark.parametrize("emoji", EMOJI)
def test_emoji_never_lower_a_level(listening: str, emoji: str, where: str) -> None:
    assert all_lowered(listening, lambda text: AROUND[where](text, emoji)) == []


# ---- greetings -------------------------------------------------------------------------------

GREETINGS = [
    *("hallo", "Hoi!", "goedemorgen", "Goedemiddag,", "dag", "Goedenavond."),
    *("hello", "Hey", "Hi!", "Hello,", "hi there"),
    *("merhaba", "Selam,"),
    *("cześć", "Dzień dobry", "Hej!"),
    *("مرحبا", "السلام عليكم", "salam", "السلام عليكم."),
    *("привіт", "Добрий день,", "Вітаю!"),
    *("Good evening,", "Goedenavond mevrouw,", "iyi akşamlar,", "dobry wieczór", "доброго вечора"),
]


@both_listeners
@pytest.mark.parametrize("greeting", GREETINGS)
def test_a_greeting_never_lowers_a_level(listening: str, greeting: str) -> None:
    assert all_lowered(listening, lambda text: f"{greeting} {text}") == []


@both_listeners
def test_a_greeting_on_a_line_of_its_own_never_lowers_a_level(listening: str) -> None:
    for greeting in GREETINGS[::2]:
        assert all_lowered(listening, lambda text: f"{greeting}\n{text}") == []  # noqa: B023


# ---- questions that close a sentence ---------------------------------------------------------

CLOSINGS = [
    *("wat moet ik doen", ", wat moet ik nu doen?", "What should I do?? what now"),
    *("co mam robić?", "ماذا أفعل"),
]


@both_listeners
@pytest.mark.parametrize("closing", CLOSINGS)
def test_asking_what_to_do_never_lowers_a_level(listening: str, closing: str) -> None:
    assert all_lowered(listening, lambda text: f"{text} {closing}") == []


# ---- more sentences --------------------------------------------------------------------------

#: Sentences that take nothing back, send nobody away and deny no danger.
PLAIN = [
    *("ik woon in een dorp", "mijn zoon is zes jaar", "Wat kunnen jullie voor mij doen?"),
    *("we zijn twaalf jaar getrouwd", "Ik typ dit op mijn telefoon.", "Dank u wel"),
    *("het regent hier", "Ik weet niet of ik hier goed zit."),
    *("my daughter is four", "i live in a small flat", "thank you for reading this"),
    *("sorry for my english", "he works in a shop"),
    *("teşekkürler", "Ben Ankara'da yaşıyorum", "mam dwoje dzieci", "dziękuję"),
    *("شكرا لكم", "عندي ثلاثة أولاد", "дякую", "я живу в маленькому місті"),
]
#: Rules for texts that say little, `ik zoek hulp`: in a story they mean nothing.
LITTLE = {
    rule.name
    for tongue in RULES.tongues
    for rule in tongue.rules
    if rule.most_words is not None and rule.level != LEVELS[-1]
}
BETWEEN = [". ", "! ", "\n", "... "]
between = st.sampled_from(BETWEEN)


def says_little(listening: str, text: str) -> bool:
    """Whether a text of a few words, more than a bare cry, is heard by such rules alone."""
    mere = len(text.split()) > MERE_WORDS
    return listening == "rules" and mere and bool(LITTLE & set(EARS.hear(text).because))


@both_listeners
@drawn
@given(st.data(), st.sampled_from(PLAIN), between, st.booleans())
def test_one_more_sentence_never_lowers_a_level(
    listening: str, data: st.DataObject, plain: str, stop: str, first: bool
) -> None:
    text = data.draw(st.sampled_from(list(alarming(listening))))
    whole = f"{plain}{stop}{text}" if first else f"{text}{stop}{plain}"

    assert says_little(listening, text) or not lowered(listening, text, whole)


@both_listeners
@drawn
@given(st.data(), between)
def test_more_danger_never_lowers_a_level_unless_it_takes_back_or_says_that_he_is_away(
    listening: str, data: st.DataObject, stop: str
) -> None:
    """These two the guideline lets lower: taken back, and B2, where he is gone."""
    texts = st.sampled_from(list(alarming(listening)))
    first, second = data.draw(texts), data.draw(texts)
    whole = f"{first}{stop}{second}"

    for one, other in ((first, second), (second, first)):
        taken = mask("retractions", other) or mask("away", other)
        little = says_little(listening, one)
        assert taken or little or not lowered(listening, one, whole)


@both_listeners
@drawn
@given(st.data(), st.lists(st.sampled_from(list(TEXTS)), max_size=3), st.sampled_from(["", *PLAIN]))
def test_what_was_said_and_asked_before_never_lowers_a_level(
    listening: str, data: st.DataObject, before: list[str], asked: str
) -> None:
    text = data.draw(st.sampled_from(list(alarming(listening))))

    heard = LISTENERS[listening].hear(text, tuple(before), asked)

    assert rank(heard.level) >= alarming(listening)[text]


# ---- that these tests see something ----------------------------------------------------------


def test_the_stored_texts_are_many_of_each_language_and_level() -> None:
    for listening in LISTENERS:
        ranks = list(alarming(listening).values())
        assert min(ranks.count(1), ranks.count(2)) > 80, listening


def test_what_takes_a_text_back_is_seen_to_lower_it() -> None:
    assert len(all_lowered("rules", lambda text: f"{text}. wrong chat sorry")) > 20
