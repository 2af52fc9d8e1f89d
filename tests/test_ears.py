"""The ears: what they make of texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from data.danger_rules import parse_danger
from data.files import Map, read_yaml
from flows.danger import Ears
from flows.danger.compiling import compiled
from flows.urgency import LEVELS, Heard, rank
from tests.danger import BOTH, CASES, EARS, RULES, cases, hear

LISTENERS = {"rules": EARS, "rules+model": BOTH}
BORDERLINE = read_yaml(CASES / "borderline.yml")["cases"]


def borderline() -> Iterator[Any]:
    """Every case for both listeners; what one of them does not hear yet has to be mended there."""
    for number, case in enumerate(BORDERLINE, 1):
        for listening in LISTENERS:
            known = listening in case.get("not_yet", ())
            marks = [pytest.mark.xfail(reason="not heard so yet", strict=True)] if known else []
            name = f"{case['rule']}-{case['lang']}-{case['level']}-{number}-{listening}"
            yield pytest.param(LISTENERS[listening], case, id=name, marks=marks)


@pytest.mark.parametrize(("ears", "case"), list(borderline()))
def test_the_borderline_rules_are_kept(ears: Ears, case: Map) -> None:
    heard = ears.hear(case["text"], tuple(case.get("before", ())))

    assert heard.level == case["level"], heard


def test_every_borderline_rule_has_three_examples_in_both_languages() -> None:
    found = Counter((case["rule"], case["lang"]) for case in BORDERLINE)
    few = [(f"B{i}", lang) for i in range(1, 14) for lang in ("nl", "en")]

    assert [pair for pair in few if found[pair] < 3] == []


@pytest.mark.parametrize("level", LEVELS)
def test_our_own_examples_are_heard_at_their_level(level: str) -> None:
    texts = read_yaml(CASES / "examples.yml")[level]

    assert [(text, EARS.hear(text)) for text in texts if EARS.hear(text).level != level] == []


def test_what_is_known_to_be_heard_wrongly_is_still_so() -> None:
    """A miss that was mended moves up to its level, so that it is never lost again."""
    known = read_yaml(CASES / "examples.yml")["not_yet"]

    assert [case["text"] for case in known if EARS.hear(case["text"]).level != case["heard"]] == []
    assert all(case["level"] != case["heard"] for case in known)


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


@pytest.mark.parametrize("case", cases("heard.yml", "short_cries"))
def test_a_cry_of_one_word_is_heard_beside_other_sentences(case: Map) -> None:
    assert hear(case).level == case["level"], hear(case)


@pytest.mark.parametrize("case", cases("heard.yml", "quiet"))
def test_ordinary_texts_stay_normal(case: Map) -> None:
    assert replace(hear(case), language=None) == Heard("normal")


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
    heard = EARS.hear("mijn dochter is vier en ik ben zwanger")

    assert heard == Heard("normal", language="nl")


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
