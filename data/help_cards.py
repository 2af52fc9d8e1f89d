"""Which help card fits what was said or heard: a line to call, a doctor; once each, and few."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from data.emergency_card import listed
from data.files import Section

#: More at a time would hide the question below, and each other.
MOST_CARDS = 2


@dataclass(frozen=True, slots=True)
class HelpCard:
    """One line of `help_cards.yml`: `name` is the kind, which is shown once in a conversation.

    Empty `signals` and `roles` mean that the line does not ask for them. `acute`: it adds
    something to the emergency card. `line` is where it stands in the file.
    """

    name: str
    response: str
    signals: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    acute: bool = False
    line: int = field(default=1, compare=False)

    def fits(self, signals: Collection[str], role: str, acute: bool) -> bool:
        """Whether it is for this role, for one of these signals, and not too much now."""
        return (
            (self.acute or not acute)
            and (not self.roles or role in self.roles)
            and (not self.signals or any(name in signals for name in self.signals))
        )


def help_cards(
    table: tuple[HelpCard, ...],
    signals: Collection[str],
    role: str,
    *,
    acute: bool = False,
    shown: Collection[str] = (),
    most: int = MOST_CARDS,
) -> list[HelpCard]:
    """The cards to show now, one of a kind, in the order of the table; none of a kind in `shown`.

    What is left out, for there were `most` already or danger is acute, may come another time.
    """
    found: dict[str, HelpCard] = {}
    for card in table:
        if card.name not in shown and card.fits(signals, role, acute):
            found.setdefault(card.name, card)
    return list(found.values())[:most]


def read_help_cards(
    document: Section, roles: Collection[str], signals: Collection[str]
) -> tuple[HelpCard, ...]:
    """The lines of `help_cards.yml`."""
    found = []
    for item in document.items("cards"):
        card = HelpCard(
            name=item.text("card"),
            response=item.text("response"),
            signals=listed(item, "signals", signals),
            roles=listed(item, "roles", roles),
            acute=item.flag("acute", False),
            line=item.map.line,
        )
        if not card.signals and not card.roles:
            item.fault(f"`{card.name}` would fit everyone: name `signals` or `roles`")
        item.done()
        found.append(card)
    document.done()
    return tuple(found)
