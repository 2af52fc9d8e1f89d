"""What who waits is told, when, and why: the rule by itself, as tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.hours import zone_named
from handoff.clock import micros, moment
from handoff.desk import queue
from handoff.desk.waiting import (
    ASKS,
    CLOSING,
    KINDS,
    LONG,
    RING,
    STILL_THERE,
    Due,
    InLine,
    Terms,
    due,
)

MINUTE = 60_000_000
BEGAN = micros(datetime(2026, 11, 23, 14, 0, tzinfo=UTC))
ZONE = zone_named("Europe/Amsterdam")


def ticket(**more: Any) -> InLine:
    return InLine(**{"band": 1, "waiting_since": BEGAN, **more})


def terms(**more: Any) -> Terms:
    given = {"closes_at": None, "can_help": False, "still_there_s": 600, "long_wait_s": 600}
    return Terms(**{**given, **more})


def told(minutes: float, *, holds: Terms | None = None, **more: Any) -> list[Due]:
    """What is due so many minutes after the intake began."""
    return due(ticket(**more), holds or terms(), BEGAN + int(minutes * MINUTE))


def kinds(*given: Any, **more: Any) -> list[str]:
    return [one.kind for one in told(*given, **more)]


@pytest.mark.parametrize(
    ("minutes", "more", "expected"),
    [
        (0, {}, []),
        (9.99, {}, []),
        (10, {}, [STILL_THERE, LONG]),
        (500, {}, [STILL_THERE, LONG]),
        (1, {"hidden": True}, [STILL_THERE]),
        # who cannot read the question is not asked it
        (1, {"away": True}, []),
        (10, {"away": True}, [LONG]),
        (1, {"away": True, "hidden": True}, []),
        (1, {"rung": True}, [RING]),
        (10, {"rung": True}, [RING, STILL_THERE, LONG]),
        # each only once
        (10, {"told": frozenset({STILL_THERE})}, [LONG]),
        (10, {"told": frozenset({LONG})}, [STILL_THERE]),
        (1, {"told": frozenset({STILL_THERE}), "hidden": True}, []),
        (1, {"told": frozenset({RING}), "rung": True}, []),
        # in danger: told that somebody gets a sign, and asked nothing
        (10, {"band": 0, "rung": True, "away": True, "hidden": True}, [RING]),
    ],
)
def test_what_is_due_after_so_many_minutes(
    minutes: float, more: dict[str, Any], expected: list[str]
) -> None:
    assert kinds(minutes, **more) == expected


@pytest.mark.parametrize(
    ("minutes", "more", "reason"),
    [
        (11, {}, "waited 660 s"),
        (1, {"hidden": True}, "the page is hidden"),
    ],
)
def test_a_sign_of_life_is_asked_for_with_a_reason(
    minutes: float, more: dict[str, Any], reason: str
) -> None:
    assert told(minutes, **more)[0].reason == reason


@pytest.mark.parametrize(
    ("own_only", "can_help", "response"),
    [
        (True, True, "utter_wait_long_region"),
        # nobody could help, or help comes unasked
        (True, False, "utter_wait_long"),
        (False, True, "utter_wait_long"),
    ],
)
def test_another_region_is_offered_to_who_chose_the_own_one(
    own_only: bool, can_help: bool, response: str
) -> None:
    found = told(10, own_only=own_only, holds=terms(can_help=can_help))

    assert [one.response for one in found if one.kind == LONG] == [response]


@pytest.mark.parametrize(
    ("minutes", "closes_in", "expected"),
    [
        # began before the half hour in which the greeting says it
        (5, 36, []),
        (5, 35, [CLOSING]),
        (9, 31, [CLOSING]),
        # closed: they wait for an answer all the same
        (31, 31, []),
        # began within it, and read it there
        (0, 30, []),
        (1, 29, []),
    ],
)
def test_who_waits_is_told_from_half_an_hour_before_closing(
    minutes: int, closes_in: int, expected: list[str]
) -> None:
    closing = terms(closes_at=BEGAN + closes_in * MINUTE, still_there_s=86_400, long_wait_s=86_400)

    assert kinds(minutes, holds=closing) == expected
    assert kinds(minutes, holds=closing, band=0) == expected


@pytest.mark.parametrize(
    ("at_desk", "response"),
    [(True, "utter_wait_closing"), (False, "utter_wait_closing_call")],
)
@pytest.mark.parametrize("band", [0, 1])
def test_an_answer_before_closing_is_promised_only_while_somebody_is_at_a_desk(
    at_desk: bool, response: str, band: int
) -> None:
    found = told(5, holds=terms(closes_at=BEGAN + 35 * MINUTE, at_desk=at_desk), band=band)

    assert [one.response for one in found] == [response]


@given(
    minutes=st.integers(0, 2_000),
    closes_in=st.none() | st.integers(-60, 2_000),
    flags=st.fixed_dictionaries(
        {name: st.booleans() for name in ("away", "hidden", "own_only", "rung")}
    ),
    band=st.sampled_from([0, 1]),
    before=st.frozensets(st.sampled_from(sorted(KINDS))),
)
def test_nothing_is_told_twice_and_who_is_in_danger_is_asked_nothing(
    minutes: int,
    closes_in: int | None,
    flags: dict[str, bool],
    band: int,
    before: frozenset[str],
) -> None:
    closes_at = None if closes_in is None else BEGAN + closes_in * MINUTE
    found = told(minutes, holds=terms(closes_at=closes_at), band=band, told=before, **flags)

    names = [one.kind for one in found]
    assert not before & set(names)
    assert len(set(names)) == len(names)
    assert all(one.reason for one in found)
    if band == 0:
        assert not ASKS & set(names)
    if minutes < 10 and not flags["hidden"]:
        assert not ASKS & set(names)
    if flags["away"]:
        assert STILL_THERE not in names


# the hours from which a wait is told


@pytest.mark.parametrize(
    ("now", "first", "last"),
    [
        # an hour in summer and in winter is the same on the clock
        ("2026-10-26T14:30", "2026-10-26T14:00", "2026-10-13T13:00"),
        ("2026-03-30T13:30", "2026-03-30T13:00", "2026-03-17T14:00"),
        ("2026-11-23T14:59", "2026-11-23T14:00", "2026-11-10T14:00"),
    ],
)
def test_hours_like_this_one_are_the_same_on_the_clock(now: str, first: str, last: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)

    found = [moment(hour * queue.HOUR) for hour in queue.hours_like(at, ZONE)]

    assert len(found) == queue.DAYS_LIKE
    assert found == sorted(found, reverse=True)
    assert [found[0], found[-1]] == [
        datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (first, last)
    ]
    local = [one.astimezone(ZONE).hour for one in found]
    assert set(local) == {at.astimezone(ZONE).hour}
