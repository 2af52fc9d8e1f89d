"""Who helps whom, as data: what counts, and what is told with its line."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from data import files
from data.agreements import Agreement, Pool, read_agreements
from data.files import Fault, Section

REGIONS = dict.fromkeys(("north", "south", "east", "west"))
AGREED = """\
agreements:
  neighbours:
    regions: [north, south]
"""
POOL = """\
pools:
  ring:
    name: The ring
    regions: [north, east]
    chat_hours:
      - {days: [mon-fri], from: 09:00, to: 17:00}
    rota: {mon: north, tue: east}
"""


def read(text: str) -> tuple[dict[str, Pool], tuple[Agreement, ...], list[str]]:
    faults: list[Fault] = []
    section = Section(files.parse_yaml(text.encode(), "a.yml"), "a.yml", faults)
    pools, agreements = read_agreements(section, {}, REGIONS, "Europe/Amsterdam")
    return pools, agreements, [str(fault) for fault in faults]


def test_an_agreement_binds_both_ways_and_nobody_helps_themselves() -> None:
    _, agreements, faults = read(AGREED)

    assert [(one.home, one.helper, one.kind) for one in agreements] == [
        ("north", "south", "partners"),
        ("south", "north", "partners"),
    ]
    assert agreements[0].triggers == {"full", "nobody"}
    assert faults == []


def test_helpers_of_their_own_bind_one_way() -> None:
    _, agreements, _ = read(AGREED + "    helpers: [west]\n")

    assert [(one.home, one.helper) for one in agreements] == [("north", "west"), ("south", "west")]


def test_the_own_pool_is_asked_before_partners_and_partners_before_others() -> None:
    more = "  all:\n    regions: [north, south, east, west]\n    kind: others\n"
    _, agreements, _ = read(POOL + AGREED + more)

    assert [one.helper for one in agreements if one.home == "north"] == ["east", "south", "west"]


def test_a_pool_has_a_region_on_duty_for_each_day_and_a_swap_wins() -> None:
    pools, _, faults = read(POOL)
    pool = pools["ring"]

    assert faults == []
    assert pool.duty_on(date(2026, 11, 23)) == "north"
    assert pool.duty_on(date(2026, 11, 25)) is None


def test_an_agreement_with_hours_covers_only_those() -> None:
    hours = "    hours:\n      - {days: [mon-sun], from: 17:00, to: 23:00}\n"
    _, (agreement, _), _ = read(AGREED + hours)

    assert agreement.covers(datetime(2026, 11, 23, 19, tzinfo=UTC))
    assert not agreement.covers(datetime(2026, 11, 23, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "line", "fault"),
    [
        (AGREED.replace("south", "soth"), 3, "`soth` is not a region; did you mean `south`?"),
        (AGREED + "    when: [bored]\n", 4, "`bored` is not one of full, nobody, waited"),
        (AGREED + "    after_wait_s: 60\n", 2, "`waited` and `after_wait_s`"),
        (AGREED + "    kind: friends\n", 4, "`friends` is not a kind"),
        (POOL.replace("tue: east", "tue: west"), 7, "`west` is not a tue"),
        (POOL.replace("tue", "tues"), 7, "`tues` is not a day; write mon ... sun"),
        (POOL + "  two:\n" + POOL.partition("ring:\n")[2], 8, "north is in the pool `ring` too"),
        (POOL + "    holidays: [easter]\n", 8, "`easter` is not a holiday"),
    ],
)
def test_what_cannot_be_is_told_with_its_line(text: str, line: int, fault: str) -> None:
    _, _, faults = read(text)

    assert any(fault in told for told in faults), faults
    assert any(told.startswith("a.yml:") for told in faults)
