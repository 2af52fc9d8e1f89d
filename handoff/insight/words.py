"""The words of tables and charts in one language, and numbers as that language writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from handoff.insight.outcome import ALL, Spread


@dataclass(frozen=True, slots=True)
class Words:
    """Words by name (`data/simulation.yml`), and the names of regions by slug."""

    texts: Mapping[str, Mapping[str, str]]
    language: str
    regions: Mapping[str, str]

    def __call__(self, name: str, **values: object) -> str:
        """A text with its values filled in."""
        return self.texts[name][self.language].format_map(values)

    def region(self, slug: str) -> str:
        """The name of a region, or of all together."""
        return self("all") if slug == ALL else self.regions.get(slug, slug)

    def number(self, value: float, digits: int = 1) -> str:
        """A number; whole ones without a fraction where `digits` is 0."""
        return f"{value:.{digits}f}".replace(".", self("decimal"))

    def length(self, minutes: float) -> str:
        """A number of minutes as people write it: 5, 2.5."""
        return self.number(minutes, 0 if minutes == int(minutes) else 1)

    def share(self, value: float) -> str:
        """A share from 0 to 1, in percent."""
        return self("percent", number=self.number(value * 100, 0))

    def minutes(self, value: float) -> str:
        """A wait."""
        return self("minutes", number=self.number(value))

    def range(self, found: Spread | None, told: Callable[[float], str]) -> str:
        """A figure with its range, each number as `told`; a dash when no run has it."""
        if found is None:
            return self("nothing")
        mean, low, high = (told(value) for value in (found.mean, found.low, found.high))
        return self("range", mean=mean, low=low, high=high)
