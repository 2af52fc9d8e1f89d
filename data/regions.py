"""The regions: who answers where, when, with how many seats, and which websites carry the chat."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from data.files import Fault, Map, Section, Seq, suggestion
from data.hours import (
    Holiday,
    Schedule,
    read_blocks,
    read_closed_on,
    read_exceptions,
    read_zone,
)

#: A region's slug is in addresses and file names.
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
#: No more than three chats at once (R17): a ceiling that the database repeats as a CHECK.
MOST_CHATS = 3
HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Office:
    """Where someone can walk in, and when: not the hours of the chat (R60)."""

    address: str
    hours: Schedule


@dataclass(frozen=True, slots=True)
class Region:
    """One regional organisation. `examples` names the values that nobody has confirmed yet.

    `rings_on_call_when_closed`: who is in danger and cannot call while the chat is closed gets a
    ticket, and who is on call by the roster gets a sign.
    """

    slug: str
    name: str
    languages: tuple[str, ...]
    chat_hours: Schedule
    office: Office
    region_cap: int
    caseworker_cap: int
    website_hosts: tuple[str, ...]
    exit_address: str
    professionals: str
    examples: tuple[str, ...]
    rings_on_call_when_closed: bool = False


def read_regions(
    document: Section, holidays: Mapping[str, Holiday], languages: tuple[str, ...]
) -> dict[str, Region]:
    """The regions of `regions.yml`; what a region leaves out comes from its `defaults`."""
    defaults = document.section("defaults", Map(1))
    for key in defaults.map:
        defaults.raw(key)
    document.section("regions")
    found = {}
    for slug, own in document.sections("regions").items():
        if not SLUG.fullmatch(slug):
            own.fault(f"`{slug}` must be lower-case letters, digits and hyphens")
        found[slug] = _read_region(slug, _with_defaults(own, defaults), holidays, languages)
    document.done()
    return found


def _with_defaults(own: Section, defaults: Section) -> Section:
    """`own` with what it leaves out; a fault in a default is reported at the default's line."""
    merged = Map(own.map.line)
    for source in (defaults.map, own.map):
        merged.update(source)
        merged.lines.update(source.lines)
        merged.written = {
            key: text for key, text in merged.written.items() if key not in source
        } | source.written
    return Section(merged, own.file, own.faults)


def _read_region(
    slug: str,
    section: Section,
    holidays: Mapping[str, Holiday],
    languages: tuple[str, ...],
) -> Region:
    zone = read_zone(section, "Europe/Amsterdam")
    closed_on = read_closed_on(section, holidays)
    chat_hours = Schedule(
        zone, read_blocks(section, "chat_hours"), closed_on, read_exceptions(section, "exceptions")
    )
    office = section.section("office")
    caps = section.section("caps")
    region = Region(
        slug=slug,
        name=section.text("name"),
        languages=_known(section, "languages", languages, languages),
        chat_hours=chat_hours,
        office=Office(
            office.text("address"), Schedule(zone, read_blocks(office, "hours"), closed_on)
        ),
        region_cap=caps.number("region"),
        caseworker_cap=caps.number("caseworker", least=1),
        website_hosts=_read_hosts(section),
        exit_address=_read_exit(section),
        professionals=section.one_of("professionals", ("refer", "allow"), "refer"),
        examples=_known(section, "examples", tuple(section.map), ()),
        rings_on_call_when_closed=section.flag("rings_on_call_when_closed", False),
    )
    # blocks that were written and do not read have a fault of their own
    if not section.map.get("chat_hours"):
        section.fault(f"{slug} has no chat hours", "chat_hours")
    if region.caseworker_cap > MOST_CHATS:
        caps.fault(f"a caseworker serves at most {MOST_CHATS} chats", "caseworker")
    for part in (office, caps, section):
        part.done()
    return region


def _known(
    section: Section, key: str, allowed: tuple[str, ...], default: tuple[str, ...]
) -> tuple[str, ...]:
    found = section.texts(key, default)
    for name in found:
        if name not in allowed:
            section.fault(f"`{name}` is not known{suggestion(name, allowed)}", key)
    return found


def _read_hosts(section: Section) -> tuple[str, ...]:
    """Exact host names: `help.example` must never admit `help.example.evil`."""
    hosts = section.texts("website_hosts", ())
    values = section.map.get("website_hosts")
    lines = values.lines if isinstance(values, Seq) else [section.map.line] * len(hosts)
    for host, line in zip(hosts, lines, strict=False):
        if not HOST.fullmatch(host):
            message = f"`{host}` is not a host name; write www.example.nl, without https:// or *"
            section.faults.append(Fault(section.file, line, message))
    return hosts


def _read_exit(section: Section) -> str:
    address = section.text("exit_address")
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        section.fault(f"`{address}` is not a web address", "exit_address")
    return address
