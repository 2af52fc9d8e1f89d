"""Which lines stand on the emergency card, for whom and when: one table for server and page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from data.files import Section

PARTS = ("call", "cannot")
STAFF = ("here", "called", "full", "rung", "none")


@dataclass(frozen=True, slots=True)
class CardLine:
    """One line; None and empty mean that the line does not ask for it.

    `line` is where it stands in `emergency_card.yml`.
    """

    response: str
    part: str
    heard: bool | None
    roles: tuple[str, ...]
    staff: tuple[str, ...]
    signals: tuple[str, ...]
    office: str | None
    line: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class CardState:
    """What the card is chosen by. `staff` is None when it is not known, as without a socket."""

    role: str
    heard: bool
    staff: str | None
    signals: Collection[str]
    office_open: bool


def card_lines(table: tuple[CardLine, ...], part: str, state: CardState) -> list[str]:
    """The responses of one part of the card, top to bottom (R57 to R61, R68)."""
    office = "open" if state.office_open else "closed"
    return [
        line.response
        for line in table
        if line.part == part
        and line.heard in (None, state.heard)
        and (not line.roles or state.role in line.roles)
        and (not line.staff or state.staff in line.staff)
        and (not line.signals or any(signal in state.signals for signal in line.signals))
        and line.office in (None, office)
    ]


def read_emergency_card(
    document: Section, roles: Collection[str], signals: Collection[str]
) -> tuple[CardLine, ...]:
    """The lines of `emergency_card.yml`."""
    found = []
    for item in document.items("lines"):
        found.append(
            CardLine(
                response=item.text("response"),
                part=item.one_of("part", PARTS),
                heard=item.flag("heard") if item.has("heard") else None,
                roles=listed(item, "roles", roles),
                staff=listed(item, "staff", STAFF),
                signals=listed(item, "signals", signals),
                office=item.one_of("office", ("open", "closed"), "") or None,
                line=item.map.line,
            )
        )
        item.done()
    document.done()
    return tuple(found)


def listed(item: Section, key: str, allowed: Collection[str]) -> tuple[str, ...]:
    """A list of names out of a closed list; empty when it is left out."""
    found = item.texts(key, ())
    for name in found:
        if name not in allowed:
            item.fault(f"`{name}` is not one of {', '.join(sorted(allowed))}", key)
    return found
