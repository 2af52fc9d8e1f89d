"""How urgent a conversation is: the highest signal wins, it only goes up, and it says why."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.urgency import (
    Heard,
    Triage,
    answered,
    came_back,
    cannot_call,
    clock_is_due,
    listened,
    opened_card,
    rank,
    set_by_caseworker,
    strike,
    unknown_of,
)
from tests import shipped

DATA = shipped.knowledge().triage


def after(before: Triage | None = None, **slots: Any) -> Triage:
    return answered(DATA, before or Triage(), slots)


@pytest.mark.parametrize(
    ("slots", "level", "why"),
    [
        ({}, "normal", "none"),
        ({"danger": "self"}, "acute", "danger_self"),
        ({"danger": "other"}, "acute", "danger_other"),
        ({"danger": "no"}, "normal", "none"),
        ({"danger": "unknown"}, "normal", "none"),
        ({"role": "young"}, "urgent", "role_young"),
        ({"role": "work"}, "normal", "none"),
        ({"other_safe": "unsafe"}, "acute", "other_safe_unsafe"),
        ({"other_safe": "unknown"}, "normal", "none"),
        ({"hurt_now": "yes"}, "acute", "hurt_now_yes"),
        ({"signals": "|locked_in|"}, "acute", "locked_in"),
        ({"signals": "|hit|"}, "urgent", "hit"),
        ({"signals": "|hit|", "today": "yes"}, "acute", "hit_today"),
        ({"signals": "|hit|", "today": "no"}, "urgent", "hit"),
        ({"signals": "|hit|", "today": "unknown"}, "urgent", "hit"),
        ({"signals": "|worse|", "today": "yes"}, "urgent", "worse"),
        ({"signals": "|nothing|"}, "normal", "none"),
        ({"signals": "|unknown|"}, "normal", "none"),
        ({"signals": "hit"}, "urgent", "signals_hit"),
    ],
)
def test_answers_have_the_level_of_the_triage_table(
    slots: dict[str, Any], level: str, why: str
) -> None:
    found = after(**slots)

    assert (found.level, found.why) == (level, why)
    assert found.acute is (level == "acute")


def test_highest_answer_wins_and_nothing_adds_up() -> None:
    found = after(role="young", signals="|worse|leaving|followed|children|")

    assert found.level == "urgent"
    assert set(found.said) == {"role_young", "worse", "leaving", "followed", "children"}


def test_level_does_not_fall_when_an_answer_changes() -> None:
    before = after(danger="self")

    found = after(before, danger="no")

    assert found.level == "acute"
    assert found.said == ()


def test_level_that_a_caseworker_lowered_is_not_raised_by_the_same_answers() -> None:
    lowered = set_by_caseworker(after(danger="self", role="self"), "normal", "misverstand")

    found = after(lowered, danger="self", role="self", watched="no")

    assert (found.level, found.why, found.because) == ("normal", "set", ("misverstand",))


def test_level_that_a_caseworker_lowered_is_raised_by_a_new_answer() -> None:
    lowered = set_by_caseworker(after(danger="self"), "normal", "misverstand")

    found = after(lowered, danger="self", signals="|locked_in|")

    assert (found.level, found.why, found.because) == ("acute", "locked_in", ())


def test_signals_and_flags_are_collected() -> None:
    found = after(signals="|throat|phone_taken|", watched="maybe", danger="unknown")

    assert found.signals == ("strangulation", "phone_taken")
    assert (found.watched, found.cannot_call, found.danger_unknown) == (True, True, True)


def test_danger_that_was_not_asked_is_unknown_and_not_safe() -> None:
    assert after().danger_unknown
    assert after(danger="unknown").danger_unknown
    assert not after(danger="no").danger_unknown
    assert after(danger="no", other_safe="unknown").danger_unknown


def test_role_is_unknown_until_it_is_said() -> None:
    assert after().role == "unknown"
    assert after(role="other").role == "other"


ALL = {"danger": "no", "role": "x", "watched": "no", "signals": "|hit|", "moment": "other"}


@pytest.mark.parametrize(
    ("role", "slots", "unknown"),
    [
        ("self", {}, ("danger", "role", "watched", "signals", "moment")),
        ("self", ALL, ()),
        ("self", {**ALL, "danger": "unknown", "signals": "|unknown|"}, ("danger", "signals")),
        ("other", ALL, ("other_safe",)),
        ("other", {**ALL, "other_safe": "safe"}, ()),
        ("afraid_to_hurt", ALL, ("hurt_now",)),
    ],
)
def test_skipped_and_unasked_questions_are_listed_for_the_caseworker(
    role: str, slots: dict[str, Any], unknown: tuple[str, ...]
) -> None:
    assert unknown_of(slots, role) == unknown


@pytest.mark.parametrize(
    ("signals", "due"),
    [
        ("|hit|", True),
        ("|children|throat|", True),
        ("|touched|", True),
        ("|hitting|", True),
        ("|weapon|", True),
        ("|children|worse|", False),
        ("|locked_in|", False),
        ("|unknown|", False),
        (None, False),
    ],
)
def test_clock_question_is_due_for_what_is_acute_when_it_is_today(
    signals: str | None, due: bool
) -> None:
    assert clock_is_due(DATA, {"signals": signals}) is due


# what is heard


def test_heard_danger_raises_the_level_and_says_which_words() -> None:
    found = listened(Triage(), Heard("acute", ("weapon",), ("mes",)))

    assert (found.level, found.why, found.because) == ("acute", "heard", ("mes",))
    assert found.heard == found.signals == ("weapon",)


def test_heard_less_than_known_adds_its_signal_and_keeps_the_reason() -> None:
    before = after(danger="self")

    found = listened(before, Heard("urgent", ("child",), ("kind",)))

    assert (found.level, found.why) == ("acute", "danger_self")
    assert found.signals == ("child",)


def test_nothing_heard_changes_nothing() -> None:
    before = after(danger="self", signals="|throat|")

    assert listened(before, Heard("normal")) == before


def test_signal_that_was_struck_stays_struck() -> None:
    heard = listened(Triage(), Heard("acute", ("weapon", "child"), ("mes",)))

    found = listened(strike(heard, "weapon"), Heard("acute", ("weapon",), ("mes",)))

    assert found.struck == ("weapon",)
    assert found.heard == found.signals == ("child",)


def test_new_text_raises_again_what_a_caseworker_lowered() -> None:
    lowered = set_by_caseworker(Triage(level="acute", why="heard"), "normal", "grap")

    assert listened(lowered, Heard("urgent", (), ("bang",))).level == "urgent"
    assert listened(lowered, Heard("normal")).level == "normal"


def test_answers_keep_the_words_that_were_heard_as_the_reason() -> None:
    heard = listened(Triage(), Heard("acute", ("weapon",), ("mes",)))

    found = after(heard, role="young")

    assert (found.level, found.why, found.because) == ("acute", "heard", ("mes",))
    assert found.signals == ("weapon",)


# the card


def test_opening_the_card_is_acute() -> None:
    assert (opened_card(Triage()).level, opened_card(Triage()).why) == ("acute", "card")
    known = after(danger="self")
    assert opened_card(known) == known


def test_who_cannot_call_is_acute_and_remembered() -> None:
    found = cannot_call(Triage())
    assert (found.level, found.why, found.cannot_call) == ("acute", "cannot_call", True)

    known = cannot_call(after(danger="self"))
    assert (known.why, known.cannot_call) == ("danger_self", True)


@pytest.mark.parametrize(
    ("before", "level", "why"),
    [("normal", "urgent", "returned"), ("urgent", "urgent", "x"), ("acute", "acute", "x")],
)
def test_who_comes_back_in_time_is_at_least_urgent(before: str, level: str, why: str) -> None:
    found = came_back(Triage(level=before, why="x", because=("y",)))

    assert (found.level, found.why) == (level, why)
    assert found.because == (() if why == "returned" else ("y",))


# whatever happens, it never goes down by itself

answers = st.fixed_dictionaries(
    {},
    optional={
        "danger": st.sampled_from(["self", "other", "no", "unknown", None]),
        "role": st.sampled_from(["self", "other", "young", "work", "afraid_to_hurt", "unknown"]),
        "other_safe": st.sampled_from(["safe", "unsafe", "unknown"]),
        "hurt_now": st.sampled_from(["yes", "no", "unknown"]),
        "watched": st.sampled_from(["no", "maybe", "unknown"]),
        "today": st.sampled_from(["yes", "no", "unknown"]),
        "signals": st.lists(
            st.sampled_from(sorted(DATA.answers["signals"])), min_size=1, max_size=4
        ).map(lambda chosen: "|" + "|".join(chosen) + "|"),
    },
)
heard = st.builds(
    Heard,
    st.sampled_from(["normal", "urgent", "acute"]),
    st.lists(st.sampled_from(sorted(DATA.signals)), max_size=2).map(tuple),
    st.just(("woord",)),
)


@given(st.lists(st.one_of(answers, heard, st.just("card"), st.just("cannot")), max_size=6))
def test_level_never_falls_by_itself_and_always_has_a_reason(turns: list[Any]) -> None:
    found = [Triage()]
    for turn in turns:
        if isinstance(turn, Heard):
            found.append(listened(found[-1], turn))
        elif turn == "card":
            found.append(opened_card(found[-1]))
        elif turn == "cannot":
            found.append(cannot_call(found[-1]))
        else:
            found.append(answered(DATA, found[-1], turn))

    assert all(rank(before.level) <= rank(later.level) for before, later in pairwise(found))
    assert all((triage.level == "normal") == (triage.why == "none") for triage in found)
    assert all(set(before.signals) <= set(later.signals) for before, later in pairwise(found))
    for triage in found:
        why = triage.why.removesuffix("_today")
        known = {"none", "heard", "card", "cannot_call"}
        known |= {f"{slot}_{value}" for slot, values in DATA.answers.items() for value in values}
        assert why in known | set(DATA.answers["signals"])
