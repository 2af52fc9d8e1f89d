"""Pairs of rounds, the bare server's and ours, and what they say together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.benchmarks.figures import middle, share


@dataclass(slots=True)
class Rounds:
    """Rounds of the bare server and of ours, pair by pair."""

    bare: list[float] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    took_s: list[float] = field(default_factory=list)
    #: microseconds of a core that the server used for each
    bare_us: list[float] = field(default_factory=list)
    ours_us: list[float] = field(default_factory=list)
    cores: list[dict[str, float]] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The middle of the ratios of the pairs."""
        pairs = zip(self.ours, self.bare, strict=True)
        return middle([ours / bare for ours, bare in pairs if bare])

    @property
    def by_processor(self) -> float:
        """The same, counted by what the servers used of the processor: where somebody else takes
        the cores it moves less than the rate does."""
        pairs = zip(self.ours_us, self.bare_us, strict=True)
        return middle([bare / ours for ours, bare in pairs if ours])

    @property
    def rate(self) -> float:
        """The middle of our rates."""
        return middle(self.ours)

    def ms(self, part: float) -> float:
        """How long this part of all took at most, in milliseconds."""
        return share(self.took_s, part) * 1_000

    def as_json(self) -> dict[str, Any]:
        """For whoever looks closer."""
        return {
            "echo_per_s": [round(rate) for rate in self.bare],
            "ours_per_s": [round(rate) for rate in self.ours],
            "echo_server_us": [round(each, 1) for each in self.bare_us],
            "ours_server_us": [round(each, 1) for each in self.ours_us],
            "ratio_by_processor": round(self.by_processor, 4),
            "p50_ms": round(self.ms(0.5), 3),
            "p99_ms": round(self.ms(0.99), 3),
            "cores": self.cores,
        }
