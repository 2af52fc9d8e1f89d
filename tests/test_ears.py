"""The ears: what they make of texts, and what never happens, whatever is typed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.danger_rules import Rule, load_danger, parse_danger
from data.files import Map, read_yaml
from flows.danger import Ears
from flows.danger.compiling import compiled
from flows.danger.matching import MOST_SPANS, find
from flows.danger.normalise import MOST_CHARACTERS, split
from flows.danger.reading import read
from flows.urgency import LEVELS, Heard, rank
from tests import shipped

CASES = Path(__file__).parent / "danger"
RULES = load_danger(shipped.DATA_FOLDER / "danger", shipped.knowledge().triage.signals)
EARS = Ears(RULES)


def cases(file: str, group: str) -> list[Any]:
    return [
        pytest.param(case, id=f"{case.get('rule', group)}-{number}")
        for number, case in enumerate(read_yaml(CASES / file)[group], 1)
    ]


def hear(case: Map) -> Heard:
    return EARS.hear(case["text"], tuple(case.get("before", ())))


@pytest.mark.parametrize("case", cases("borderline.yml", "cases"))
def test_the_borderline_rules_are_kept(case: Map) -> None:
    assert hear(case).level == case["level"], hear(case)


def test_every_borderline_rule_has_an_example_in_both_languages() -> None:
    found = {(case["rule"], case["lang"]) for case in read_yaml(CASES / "borderline.yml")["cases"]}

    assert found >= {(f"B{i}", lang) for i in range(1, 14) for lang in ("nl", "en")}


@pytest.mark.parametrize("case", cases("heard.yml", "denied"))
def test_what_is_denied_is_not_danger(case: Map) -> None:
    assert hear(case).level == case["level"], hear(case)


@pytest.mark.parametrize("case", cases("heard.yml", "not_really_denied"))
def test_not_every_no_denies(case: Map) -> None:
    assert hear(case).level == case["level"], hear(case)


@pytest.mark.parametrize("case", cases("heard.yml", "figures"))
def test_a_figure_of_speech_is_not_danger(case: Map) -> None:
    assert hear(case).level == case["level"], hear(case)


@pytest.mark.parametrize("case", cases("heard.yml", "other_worlds"))
def test_a_film_or_a_lesson_is_not_danger(case: Map) -> None:
    assert hear(case).level == case["level"], hear(case)


@pytest.mark.parametrize("case", cases("heard.yml", "asked"))
def test_what_is_only_asked_or_supposed_is_not_danger(case: Map) -> None:
    assert hear(case).level == case["level"], hear(case)


@pytest.mark.parametrize("case", cases("heard.yml", "taken_back"))
def test_what_is_taken_back_does_not_count_but_only_when_the_visitor_takes_it_back(
    case: Map,
) -> None:
    assert hear(case).level == case["level"], hear(case)


@pytest.mark.parametrize("case", cases("heard.yml", "mistyped"))
def test_typing_mistakes_are_forgiven(case: Map) -> None:
    assert hear(case).level == case["level"], hear(case)


@pytest.mark.parametrize("case", cases("heard.yml", "times"))
def test_when_it_happens_makes_the_level(case: Map) -> None:
    assert hear(case).level == case["level"], hear(case)


def ears_of(*phrases: str, **more: str) -> Ears:
    """Ears with one urgent rule of a few phrases."""
    rule = {"level": "urgent", "phrases": " | ".join(phrases), **more}
    lines = [f"    {key}: {value}" for key, value in rule.items()]
    text = "\n".join(["language: xx", "rules:", "  r:", *lines])
    return Ears(parse_danger({"xx.yml": text.encode()}, ()))


def test_a_rule_does_not_hold_where_its_unless_stands() -> None:
    ears = ears_of("knal", unless="vuurwerk")

    assert ears.hear("een knal").level == "urgent"
    assert ears.hear("een knal van vuurwerk").level == "normal"
    assert ears.hear("een knal. het vuurwerk was gisteren").level == "urgent"


def test_a_plus_needs_two_different_words() -> None:
    ears = ears_of("(knal|dreun) + (knal|dreun)")

    assert ears.hear("een knal").level == "normal"
    assert ears.hear("een dreun en een knal").level == "urgent"


def test_words_may_only_stand_between_where_the_phrase_says_so() -> None:
    assert ears_of("knal buiten").hear("knal hier buiten").level == "normal"
    assert ears_of("knal .. buiten").hear("knal een twee drie buiten").level == "urgent"
    assert ears_of("knal .. buiten").hear("knal een twee drie vier buiten").level == "normal"
    assert ears_of("knal +2 buiten").hear("buiten een knal").level == "urgent"


def test_an_optional_word_may_be_left_out() -> None:
    ears = ears_of("knal harde? buiten")

    assert ears.hear("knal harde buiten").level == "urgent"
    assert ears.hear("knal buiten").level == "urgent"


@pytest.mark.parametrize("case", cases("heard.yml", "dialect"))
def test_other_spellings_count_as_the_word(case: Map) -> None:
    assert hear(case).level == case["level"], hear(case)


@pytest.mark.parametrize("case", cases("heard.yml", "several_signs"))
def test_several_signs_at_once_are_urgent_but_never_acute_by_themselves(case: Map) -> None:
    assert hear(case).level == case["level"], hear(case)


@pytest.mark.parametrize("case", [*cases("heard.yml", "stretched"), *cases("heard.yml", "masked")])
def test_stretched_and_masked_words_are_heard(case: Map) -> None:
    assert hear(case).level == case["level"], hear(case)


@pytest.mark.parametrize("case", cases("heard.yml", "split"))
def test_words_that_were_split_are_heard(case: Map) -> None:
    assert hear(case).level == case["level"], hear(case)


@pytest.mark.parametrize("case", cases("heard.yml", "signs"))
def test_emoji_and_emergency_numbers_are_heard(case: Map) -> None:
    assert hear(case).level == case["level"], hear(case)


@pytest.mark.parametrize("case", cases("heard.yml", "small_languages"))
def test_the_plainest_danger_is_heard_in_other_languages(case: Map) -> None:
    assert hear(case).level == case["level"], hear(case)


@pytest.mark.parametrize("case", cases("heard.yml", "quiet"))
def test_ordinary_texts_stay_normal(case: Map) -> None:
    assert hear(case) == Heard("normal")


@pytest.mark.parametrize("case", cases("heard.yml", "after_others"))
def test_an_answer_counts_with_what_was_said_before(case: Map) -> None:
    assert rank(hear(case).level) >= rank(case["level"]), hear(case)
    assert rank(EARS.hear("dank u", tuple(case["before"])).level) == 0


@pytest.mark.parametrize("case", cases("heard.yml", "not_after_others"))
def test_a_harmless_text_after_danger_is_no_alarm(case: Map) -> None:
    assert hear(case).level == case["level"], hear(case)


def test_only_the_last_three_texts_are_remembered() -> None:
    before = ("hij heeft een pistool", "hoi", "wat kost dit", "is dit anoniem")

    assert EARS.hear("ja", before).level == "normal"
    assert EARS.hear("ja", before[:3]).level == "acute"


@pytest.mark.parametrize("case", cases("heard.yml", "signals"))
def test_signals_are_named(case: Map) -> None:
    assert set(hear(case).signals) >= set(case["signals"]), hear(case)
    assert hear(case).level == case["level"], hear(case)


def test_signals_are_only_told_with_danger() -> None:
    assert EARS.hear("mijn dochter is vier en ik ben zwanger") == Heard("normal")


def our_own_words() -> set[str]:
    names = set(compiled(RULES).names)
    for tongue in RULES.tongues:
        names |= {rule.name for rule in tongue.rules}
        names |= {whole.name for whole in tongue.together}
    return names | {name.rstrip("*") for name in names}


def test_the_reasons_are_our_own_words_never_the_visitors() -> None:
    ours = our_own_words()
    for file, groups in (("heard.yml", None), ("borderline.yml", ("cases",))):
        content = read_yaml(CASES / file)
        for group in groups or content:
            for case in content[group]:
                heard = hear(case)
                assert set(heard.because) <= ours, heard
                assert bool(heard.because) == (heard.level != "normal")
                assert len(heard.because) <= 3


def test_the_word_that_made_it_now_is_a_reason() -> None:
    assert EARS.hear("hij slaat mij nu").because == ("iemand slaat of doet pijn", "nu")


def test_hearing_keeps_nothing() -> None:
    text = "hij heeft een mes xyzzyplugh"
    before = EARS.hear("ja")
    EARS.hear(text)

    assert EARS.hear("ja") == before
    assert "xyzzyplugh" not in repr(EARS._tables.vocabulary.exact.keys())


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
    reading = read("hij slaat mij " * 400, EARS._tables.vocabulary)

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
    reading = read(text, EARS._tables.vocabulary)
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
