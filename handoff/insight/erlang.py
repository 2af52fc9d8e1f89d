"""Erlang-A: what a queue does whose visitors lose patience, exactly, by sums. Pure.

Visitors come by chance at one steady rate, talk for an exponential time on one of so many places,
and leave after an exponential patience. Real weeks are not like that; where a simulation is made
so, it has to come out at these numbers. Rates are per hour, durations in minutes (DOMAIN 6).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, fsum

#: States that weigh less than this beside the likeliest one are left out.
NEGLIGIBLE = 1e-18


@dataclass(frozen=True, slots=True)
class ErlangA:
    """A steady queue: arrivals per hour, mean talk and mean patience in minutes, places."""

    per_hour: float
    talk_min: float
    patience_min: float
    places: int

    def __post_init__(self) -> None:
        if min(self.per_hour, self.talk_min, self.patience_min) <= 0:
            raise ValueError("a rate, a talk and a patience are above zero")
        if self.places < 0:
            raise ValueError("places are not below zero")

    @property
    def has_to_wait(self) -> float:
        """The share of visitors who find no place free."""
        return fsum(share for number, share in self._states() if number >= self.places)

    @property
    def leaves(self) -> float:
        """The share of visitors who go before anybody answers."""
        return self.in_line / (self.per_hour / 60 * self.patience_min)

    @property
    def mean_wait_min(self) -> float:
        """The mean wait of all visitors in minutes, also of those who leave (Little's law)."""
        return self.in_line / (self.per_hour / 60)

    @property
    def in_line(self) -> float:
        """How many stand in line, on average."""
        return fsum(
            (number - self.places) * share
            for number, share in self._states()
            if number > self.places
        )

    def answered_within(self, minutes: float) -> float:
        """The share of all visitors who are answered, and within so many minutes.

        Behind j others, the wait of who has endless patience is a sum of exponential times whose
        rates rise by one patience each; its image under exp(-t / patience) has a Beta distribution.
        """
        strength = self.places * self.patience_min / self.talk_min
        edge = exp(-minutes / self.patience_min)
        shares = []
        for number, share in self._states():
            if number < self.places:
                shares.append(share)
            elif strength > 0:
                behind = number - self.places
                stays = strength / (strength + behind + 1)
                shares.append(share * stays * (1 - _beta_below(edge, strength + 1, behind + 1)))
        return fsum(shares)

    def _states(self) -> Iterator[tuple[int, float]]:
        """How often so many visitors are there, talking and waiting: births against deaths."""
        weights = [1.0]
        while True:
            number = len(weights)
            talks = min(number, self.places) / self.talk_min
            gives_up = max(number - self.places, 0) / self.patience_min
            weights.append(weights[-1] * self.per_hour / 60 / (talks + gives_up))
            if weights[-1] > 1e200:
                weights = [weight * 1e-200 for weight in weights]
            falling = self.per_hour / 60 < talks + gives_up
            if falling and weights[-1] < NEGLIGIBLE * max(weights):
                break
        total = fsum(weights)
        return ((number, weight / total) for number, weight in enumerate(weights))


def _beta_below(edge: float, strength: float, whole: int) -> float:
    """The chance that a Beta(strength, whole) value is below `edge`; a finite sum, `whole` >= 1."""
    term = edge**strength
    terms = [term]
    for step in range(1, whole):
        term *= (strength + step - 1) / step * (1 - edge)
        terms.append(term)
    return min(1.0, fsum(terms))
