"""A process of its own that now and then types a sign of danger, and waits for the card.

Apart from the load, so that what the load generator has to do does not count. For the bare server
it sends the same text and waits for the echo.
"""

from __future__ import annotations

import json
import sys
import time

from tests.benchmarks.load import QUESTION, SETUP_S, VISITOR, frame
from tests.benchmarks.wire import Wire, Wires

#: Heard as acute in every state.
DANGER = "hij staat nu voor de deur met een mes en hij maakt me dood"
CARD = b'"kind":"emergency"'
PATIENCE_S = 5


class Probe:
    """Visitors in the intake, or sockets of the bare server, that take turns."""

    def __init__(self, port: int, regions: list[str], sockets: int) -> None:
        self.wires = Wires()
        self.bare = not regions
        self.ready = 0
        self.took_ms: list[float] = []
        self.sent = 0.0
        self.heard = True
        path = "/ws" if self.bare else VISITOR
        self.ours = [self.wires.add(port, path) for _ in range(sockets)]
        for number, wire in enumerate(self.ours):
            wire.hear = self._hear
            if regions:
                region = regions[number % len(regions)]
                wire.send(frame(type="open", region=region, language="nl"))
        self.wires.until(lambda: self.bare or self.ready == sockets, SETUP_S, "opening")

    def _hear(self, wire: Wire, payload: bytes) -> None:
        if QUESTION in payload:
            self.ready += 1
        if not self.heard and (self.bare or CARD in payload):
            self.took_ms.append((time.perf_counter() - self.sent) * 1_000)
            self.heard = True

    def run(self, times: int, every_s: float) -> list[float]:
        """Types so often; milliseconds until each card."""
        for number in range(times):
            for _ in self.wires.during(every_s):
                pass
            self.heard, self.sent = False, time.perf_counter()
            wire = self.ours[number % len(self.ours)]
            wire.send(frame(type="message", id=f"d{number}", text=DANGER))
            self.wires.until(lambda: self.heard, PATIENCE_S, "the card")
        return self.took_ms


def main(port: str, times: str, every_s: str, regions: str) -> None:
    """Says when it is ready, begins when it is told to, and prints what it measured."""
    probe = Probe(int(port), json.loads(regions), sockets=40)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(json.dumps(probe.run(int(times), float(every_s))))


if __name__ == "__main__":
    main(*sys.argv[1:])
