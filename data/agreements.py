"""Who helps whom, and who is on duty for whom: agreements between regions, pools with a rota.

An agreement of the files binds from the start; the coordinators of the two regions may switch it
off and on again (operation, docs/operation.md). Pure data; the rules that read it stand in
`handoff/desk/routing.py` and `data/rota.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo

from data.files import Section, suggestion
from data.hours import (
    WEEKDAYS,
    Block,
    Holiday,
    Schedule,
    opening,
    read_blocks,
    read_closed_on,
    read_exceptions,
    read_zone,
)

#: In this order a helper is looked for: the own pool, agreed partners, then others (R24).
KINDS = ("pool", "partners", "others")
#: What makes a region ask for help: all seats taken, nobody can be reached, a wait too long (R21).
TRIGGERS = ("full", "nobody", "waited")


@dataclass(frozen=True, slots=True)
class Agreement:
    """`helper` serves visitors of `home`, when one of `triggers` holds.

    `after_wait_s` is for the trigger `waited`, in seconds. `hours` are when the helper lends a
    hand, always without them. `most_per_day` is how many chats of one local day the helper takes
    over by it; None is no maximum.
    """

    id: str
    home: str
    helper: str
    kind: str
    triggers: frozenset[str]
    after_wait_s: int = 0
    hours: Schedule | None = None
    most_per_day: int | None = None

    def covers(self, now: datetime) -> bool:
        """Whether the helper lends a hand at `now` (aware)."""
        return self.hours is None or opening(self.hours, now).open


@dataclass(frozen=True, slots=True)
class Pool:
    """Regions of which one serves a day for all (R22). `hours` are those of every region in it.

    `rota` names the region on duty by weekday (Monday is 0); `swaps` win over it on a date.
    """

    id: str
    name: str
    regions: tuple[str, ...]
    hours: Schedule
    rota: Mapping[int, str]
    swaps: Mapping[date, str] = field(default_factory=dict)

    def duty_on(self, day: date) -> str | None:
        """The region that serves on a local day, None when the rota names nobody."""
        return self.swaps.get(day) or self.rota.get(day.weekday())


def read_agreements(
    document: Section,
    holidays: Mapping[str, Holiday],
    slugs: Mapping[str, object],
    zone: str,
) -> tuple[dict[str, Pool], tuple[Agreement, ...]]:
    """The pools and agreements of `agreements.yml`, agreements in the order they are tried."""
    pools: dict[str, Pool] = {}
    found: list[Agreement] = []
    taken: dict[str, str] = {}
    for id, section in document.sections("pools", {}).items():
        pool = _read_pool(id, section, holidays, slugs, zone)
        for slug in pool.regions:
            if slug in taken:
                section.fault(f"{slug} is in the pool `{taken[slug]}` too", "regions")
            taken[slug] = id
        pools[id] = pool
        found += _terms(id, section, pool.regions, pool.regions, "pool", pool.hours.zone)
        section.done()
    for id, section in document.sections("agreements", {}).items():
        if id in pools:
            section.fault(f"`{id}` is the name of a pool too")
        homes = _slugs(section, "regions", slugs)
        helpers = _slugs(section, "helpers", slugs, default=homes)
        kind = section.one_of("kind", KINDS[1:], KINDS[1])
        found += _terms(id, section, homes, helpers, kind, read_zone(section, zone))
        section.done()
    document.done()
    # a region helps another once: what stands first, of the nearest kind, counts
    once: dict[tuple[str, str], Agreement] = {}
    for agreement in sorted(found, key=lambda one: KINDS.index(one.kind)):
        once.setdefault((agreement.home, agreement.helper), agreement)
    return pools, tuple(once.values())


def _read_pool(
    id: str,
    section: Section,
    holidays: Mapping[str, Holiday],
    slugs: Mapping[str, object],
    zone: str,
) -> Pool:
    hours = Schedule(
        read_zone(section, zone),
        read_blocks(section, "chat_hours"),
        read_closed_on(section, holidays),
        read_exceptions(section, "exceptions"),
    )
    if not section.map.get("chat_hours"):
        section.fault(f"the pool {id} has no chat hours", "chat_hours")
    regions = _slugs(section, "regions", slugs)
    rota: dict[int, str] = {}
    days = section.section("rota")
    for word in days.map:
        if word not in WEEKDAYS:
            days.fault(f"`{word}` is not a day; write mon ... sun", word)
            days.raw(word)
        else:
            rota[WEEKDAYS.index(word)] = days.one_of(word, regions)
    days.done()
    return Pool(id, section.text("name"), regions, hours, rota)


def _slugs(
    section: Section,
    key: str,
    slugs: Mapping[str, object],
    default: tuple[str, ...] | None = None,
) -> tuple[str, ...]:
    found = section.texts(key) if default is None else section.texts(key, default)
    for slug in found:
        if slug not in slugs:
            section.fault(f"`{slug}` is not a region{suggestion(slug, slugs)}", key)
    return tuple(slug for slug in found if slug in slugs)


def _terms(
    id: str,
    section: Section,
    homes: tuple[str, ...],
    helpers: tuple[str, ...],
    kind: str,
    zone: tzinfo,
) -> list[Agreement]:
    if kind not in KINDS:
        # told already; the rest of the section is looked at all the same
        kind = KINDS[1]
    triggers = section.texts("when", TRIGGERS[:2])
    for word in triggers:
        if word not in TRIGGERS:
            section.fault(f"`{word}` is not one of {', '.join(TRIGGERS)}", "when")
    wait = section.number("after_wait_s", 0)
    if ("waited" in triggers) != (wait > 0):
        section.fault("`waited` and `after_wait_s` (seconds, above 0) go together", "when")
    blocks: tuple[Block, ...] = read_blocks(section, "hours")
    most = section.number("most_per_day", 0)
    return [
        Agreement(
            id=id,
            home=home,
            helper=helper,
            kind=kind,
            triggers=frozenset(triggers),
            after_wait_s=wait,
            hours=Schedule(zone, blocks) if blocks else None,
            most_per_day=most or None,
        )
        for home in homes
        for helper in helpers
        if home != helper
    ]
