"""A process that is killed in the middle loses nothing that it acknowledged, and writes no half."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from threading import Timer

from handoff.storage import hearings
from handoff.storage.units import Unit
from tests.support.storing import PATIENCE_S, event, opened, written

ROOT = Path(__file__).parents[1]
ACKNOWLEDGED = 400


def kill_in_the_middle(url: str) -> list[tuple[str, int, str]]:
    """Lets a process write until it has acknowledged enough, and kills it; what it acknowledged."""
    command = [sys.executable, "-m", "tests.support.crashing", url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        watchdog = Timer(PATIENCE_S, process.kill)
        watchdog.start()
        lines = [process.stdout.readline() for _ in range(ACKNOWLEDGED)]
        process.kill()
        watchdog.cancel()
        lines += process.stdout.readlines()
    # the last line may be cut off
    words = [line.split() for line in lines if line.endswith("\n")]
    return [(conversation, int(seq), name) for conversation, seq, name in words]


async def test_what_was_acknowledged_is_there_once_and_in_order_after_a_kill(database: str) -> None:
    acknowledged = kill_in_the_middle(database)
    found: dict[str, list[tuple[int, bytes]]] = {}

    async with opened(database, "two") as db:
        for conversation in {conversation for conversation, _, _ in acknowledged}:
            # it goes on where it stopped
            after = await db.write(Unit(conversation, [event(b"after")]))
            found[conversation] = await written(db, conversation)
            assert (after.seqs[0], b"after") in found[conversation]
        # each event was counted with it, and none without
        counted = {row["region"]: row["heard"] for row in await db.read(hearings.levels, "", "z")}
    assert counted == {name: len(events) - 1 for name, events in found.items()}

    assert len(acknowledged) >= ACKNOWLEDGED
    for events in found.values():
        assert [seq for seq, _ in events] == list(range(1, len(events) + 1))
        bodies = [body for _, body in events]
        assert len(set(bodies)) == len(bodies)
    for conversation, seq, name in acknowledged:
        assert (seq, name.encode()) in found[conversation]
    assert in_order(acknowledged)


def in_order(acknowledged: list[tuple[str, int, str]]) -> bool:
    """Whether what one writer said after the other has the higher number."""
    by_writer = defaultdict(list)
    for conversation, seq, name in acknowledged:
        writer, _, number = name.partition("-")
        by_writer[conversation, writer].append((int(number), seq))
    return all(pairs == sorted(pairs, key=lambda pair: pair[1]) for pairs in by_writer.values())
