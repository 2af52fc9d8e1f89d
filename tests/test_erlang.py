"""Erlang-A: the exact figures, and the simulation held against them."""

from __future__ import annotations

from math import exp, factorial

import pytest

from handoff.insight import engine, reference
from handoff.insight.erlang import ErlangA
from handoff.insight.outcome import error_of, student_t
from tests.support.steady import compare

#: DOMAIN 6: arrivals an hour, places, and in percent who waits and who leaves, and the mean wait in
#: minutes; talks of 34.6 minutes, patience of 10. None: the table leaves it out.
TABLE = [
    (1, 3, 2, 1, 0.1),
    (1, 6, 0, None, None),
    (1, 9, 0, None, None),
    (2, 3, 10, 6, 0.6),
    (2, 6, 0, None, None),
    (2, 9, 0, None, None),
    (4, 3, 33, 20, 2.0),
    (4, 6, 3, 1, 0.1),
    (4, 9, 0, None, None),
    (6, 3, 54, 34, 3.3),
    (6, 6, 11, 5, 0.5),
    (6, 9, 1, None, None),
    (8, 3, 69, 45, 4.4),
    (8, 6, 25, 11, 1.1),
    (8, 9, 4, 1, 0.1),
]
#: Half of the last figure; the table's 34% and 45% were 33.50% and 44.45%, rounded twice.
ROUNDED_SHARE, ROUNDED_WAIT = 0.55, 0.051


@pytest.mark.parametrize(("per_hour", "places", "waits", "leaves", "wait"), TABLE)
def test_the_table_of_the_field_comes_out_within_rounding(
    per_hour: float, places: int, waits: float, leaves: float | None, wait: float | None
) -> None:
    found = ErlangA(per_hour, 34.6, 10, places)

    assert found.has_to_wait * 100 == pytest.approx(waits, abs=ROUNDED_SHARE)
    if leaves is not None:
        assert found.leaves * 100 == pytest.approx(leaves, abs=ROUNDED_SHARE)
    if wait is not None:
        assert found.mean_wait_min == pytest.approx(wait, abs=ROUNDED_WAIT)


def test_with_patience_as_long_as_talks_it_is_a_queue_with_endless_places() -> None:
    """Then everyone who is there goes at one rate: a Poisson number of people, by hand."""
    load, places = 3.0, 4
    found = ErlangA(6, 30, 30, places)

    poisson = [exp(-load) * load**number / factorial(number) for number in range(60)]
    assert found.has_to_wait == pytest.approx(sum(poisson[places:]))
    line = sum((number - places) * share for number, share in enumerate(poisson[places:], places))
    assert found.in_line == pytest.approx(line)


def test_with_nobody_there_all_leave_after_their_patience() -> None:
    found = ErlangA(6, 30, 10, 0)

    assert found.leaves == pytest.approx(1)
    assert found.mean_wait_min == pytest.approx(10)
    assert found.answered_within(1000) == 0


def test_who_does_not_leave_is_answered_in_the_end_and_who_waits_not_is_at_once() -> None:
    found = ErlangA(8, 34.6, 10, 3)

    assert found.answered_within(1e6) == pytest.approx(1 - found.leaves)
    assert found.answered_within(0) == pytest.approx(1 - found.has_to_wait)
    shares = [found.answered_within(minutes) for minutes in (0, 1, 2, 5, 10, 30)]
    assert shares == sorted(shares)


def test_one_place_and_one_in_line_is_answered_in_time_as_worked_out_by_hand() -> None:
    """Who finds one talking is answered when that one ends, before 5 minutes and own patience."""
    found = ErlangA(0.001, 30, 10, 1)

    ends, gives_up = 1 / 30, 1 / 10
    by_hand = ends / (ends + gives_up) * (1 - exp(-(ends + gives_up) * 5))
    in_time = found.answered_within(5) - (1 - found.has_to_wait)
    assert in_time / found.has_to_wait == pytest.approx(by_hand, rel=1e-3)


def test_a_load_of_thousands_is_still_worked_out() -> None:
    found = ErlangA(60_000, 30, 10, 100)

    # all but what a hundred places can serve leave
    assert found.leaves == pytest.approx(1 - 100 * 2 / 60_000, rel=1e-6)


@pytest.mark.parametrize("wrong", [(0, 30, 10, 3), (1, 0, 10, 3), (1, 30, 0, 3), (1, 30, 10, -1)])
def test_a_load_that_cannot_be_is_refused(wrong: tuple[float, float, float, int]) -> None:
    with pytest.raises(ValueError):
        ErlangA(*wrong)


def test_the_quantile_of_student_is_that_of_the_tables() -> None:
    assert student_t(0.95, 9) == pytest.approx(2.262, rel=1e-3)
    assert student_t(0.99, 19) == pytest.approx(2.861, rel=1e-3)
    assert student_t(0.95, 10_000) == pytest.approx(1.960, rel=1e-3)
    assert error_of([3.0], 0.95) == 0


@pytest.mark.parametrize(("per_hour", "places"), [(2, 3), (4, 3), (8, 3), (8, 6)])
def test_the_simulation_agrees_with_erlang_a_within_its_own_error(
    per_hour: float, places: int
) -> None:
    found = compare(reference.play, ErlangA(per_hour, 34.6, 10, places))

    assert {name: one for name, one in found.items() if not one.agrees} == {}
    # an error so wide that anything agrees would prove nothing
    assert found["leaves"].error < 0.02
    assert found["within 5"].error < 0.02


def test_the_routing_of_the_house_agrees_with_erlang_a_where_nobody_helps_and_all_answer() -> None:
    found = compare(engine.play, ErlangA(4, 34.6, 10, 3), days=12)

    assert {name: one for name, one in found.items() if not one.agrees} == {}
    assert found["leaves"].error < 0.03


def test_the_comparison_sees_a_queue_with_one_place_too_few() -> None:
    found = compare(reference.play, ErlangA(4, 34.6, 10, 3))
    fewer = ErlangA(4, 34.6, 10, 2)

    assert abs(found["leaves"].found - fewer.leaves) > found["leaves"].error
