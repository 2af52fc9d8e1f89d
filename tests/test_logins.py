"""Who tries passwords has to wait; whose name is tried does not."""

from __future__ import annotations

import pytest

from handoff.people.accounts import Throttle, TooSoon
from handoff.settings import Settings
from tests.support.clock import FakeClock
from tests.support.running import PASSWORD, Server

SETTINGS = Settings(login_tries=3, login_wait_s=2, login_wait_most_s=60)
HERE, THERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def throttle(clock: FakeClock) -> Throttle:
    return Throttle(SETTINGS, clock)


def fails(throttle: Throttle, name: str, address: str, times: int = SETTINGS.login_tries) -> None:
    for _ in range(times):
        throttle.failed(*throttle.keys(name, address))


def wait(throttle: Throttle, name: str, address: str) -> int:
    """How long a login has to wait, in seconds."""
    try:
        throttle.check(*throttle.keys(name, address))
    except TooSoon as error:
        return error.seconds
    return 0


def test_a_few_mistakes_cost_nothing_and_each_further_one_doubles_the_wait(
    throttle: Throttle,
) -> None:
    found = []
    for _ in range(8):
        fails(throttle, "mary", HERE, 1)
        found.append(wait(throttle, "mary", HERE))

    assert found == [0, 0, 3, 5, 9, 17, 33, 61]


def test_the_wait_ends_by_itself(throttle: Throttle, clock: FakeClock) -> None:
    fails(throttle, "mary", HERE)
    clock.move(1.9)
    assert wait(throttle, "mary", HERE) == 1
    clock.move(0.2)

    assert wait(throttle, "mary", HERE) == 0


def test_one_address_that_tries_many_names_has_to_wait(throttle: Throttle) -> None:
    for name in ("mary", "omar", "anna"):
        fails(throttle, name, HERE, 1)

    assert wait(throttle, "nobody", HERE) > 0
    assert wait(throttle, "nobody", THERE) == 0


def test_many_addresses_that_try_one_name_have_to_wait(throttle: Throttle) -> None:
    for number in range(SETTINGS.login_tries):
        fails(throttle, "mary", f"203.0.113.{number}", 1)

    assert wait(throttle, "mary", THERE) > 0


def test_a_stranger_does_not_keep_a_caseworker_from_the_desk(throttle: Throttle) -> None:
    throttle.succeeded(*throttle.keys("mary", HERE))
    fails(throttle, "mary", THERE, 20)

    assert wait(throttle, "mary", HERE) == 0
    assert wait(throttle, "mary", "203.0.113.9") > 0


def test_where_somebody_is_at_home_wrong_passwords_cost_time_too(throttle: Throttle) -> None:
    throttle.succeeded(*throttle.keys("mary", HERE))
    fails(throttle, "mary", HERE)

    assert wait(throttle, "mary", HERE) > 0


async def test_too_many_logins_are_told_when_to_try_again(server: Server) -> None:
    await server.hire("mary")
    url, right = f"{server.url}/api/login", {"username": "mary", "password": PASSWORD}
    for _ in range(server.house.plan.settings.login_tries):
        async with server.http.post(url, json={**right, "password": "wrong"}) as answer:
            assert answer.status == 401

    async with server.http.post(url, json=right) as answer:
        told = await answer.json()
        assert (answer.status, told["code"]) == (429, "rate_limited")
    server.clock.move(told["retry_after_s"])
    async with server.http.post(url, json=right) as answer:
        assert answer.status == 200
