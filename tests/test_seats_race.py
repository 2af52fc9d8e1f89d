"""Two processes at once never make a fourth chat, and never undo each other's order (R17)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from threading import Timer

from handoff.storage.database import Database
from tests.support.racing import DESKS, REGIONS, TICKETS, faults
from tests.support.storing import PATIENCE_S, a_desk, a_region, a_ticket, opened, rows

ROOT = Path(__file__).parents[1]
#: The command was too late, or there was no seat: all that may happen to a caller.
REASONS = {
    "taken",
    "no_seat",
    "not_offered",
    "expired",
    "not_yours",
    "not_open",
    "Ended",
    "done",
}


async def the_floor(db: Database) -> None:
    """Two regions with fewer places than their caseworkers have, and a queue."""
    for region, places in REGIONS.items():
        await a_region(db, region, places)
    for caseworker, region in DESKS.items():
        await a_desk(db, caseworker, region)
    for number, ticket in enumerate(TICKETS):
        await a_ticket(db, ticket, region=list(REGIONS)[number % 2])


def race(url: str, plan: str) -> tuple[Counter[str], list[str]]:
    """Lets two processes play against each other; what was done, and what went wrong."""
    command = [sys.executable, "-m", "tests.support.racing", url, plan]
    processes = [
        subprocess.Popen(
            [*command, str(seed)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in (1, 2)
    ]
    watchdogs = [Timer(PATIENCE_S * 2, process.kill) for process in processes]
    done: Counter[str] = Counter()
    wrong: list[str] = []
    try:
        for watchdog in watchdogs:
            watchdog.start()
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in processes:
            told = json.loads(process.communicate()[0])
            done += Counter(told["done"])
            wrong += told["wrong"]
    finally:
        for watchdog, process in zip(watchdogs, processes, strict=True):
            watchdog.cancel()
            process.kill()
    return done, wrong


async def test_everybody_claims_at_once_and_nobody_gets_a_fourth_chat(database: str) -> None:
    async with opened(database) as db:
        await the_floor(db)
    done, wrong = race(database, "claims")

    async with opened(database) as db:
        found = await rows(
            db, "SELECT caseworker, region, count(*) AS many FROM seat GROUP BY 1, 2"
        )
        used = Counter({row["caseworker"]: row["many"] for row in found})
        by_region = Counter(row["region"] for row in found for _ in range(row["many"]))

        assert wrong == []
        assert {name.split()[1] for name in done} == {"done", "taken", "no_seat"}
        assert by_region == REGIONS
        assert max(used.values()) <= 3
        assert {name.split()[0]: many for name, many in done.items() if "done" in name} == used
        assert await faults(db) == []


async def test_whatever_happens_at_once_no_cap_is_passed_and_ticket_and_seat_agree(
    database: str,
) -> None:
    async with opened(database) as db:
        await the_floor(db)
    done, wrong = race(database, "mix")

    async with opened(database) as db:
        assert wrong == []
        assert await faults(db) == []
        assert {name.split()[1] for name in done} <= REASONS
        # nothing of it was always undone
        commands = {name.split()[0] for name in done}
        assert {name.split()[0] for name in done if name.endswith(" done")} == commands
        if db.shared:
            # the order of the locks, not the retry, is what keeps deadlocks away
            (found,) = await rows(
                db, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
            )
            assert found["deadlocks"] == 0
