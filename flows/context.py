"""The `context_*` slots: what the script may know of the moment, the region and the numbers.

They are `controlled`: set by code before each turn, never by a visitor. Helpers of other numbers
(`{context_number_children}`) stand in the texts, so that a number is changed in one place.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from data.hours import opening
from data.knowledge import Knowledge
from data.regions import Region
from flows.model import Script
from flows.moments import Say, clock_time, hours_today, moment_in_words
from flows.render import text_of

PREFIX = "context_"
#: What there is one of for each help line: `context_number_children`.
OF_LINE = ("number", "site", "open", "hours", "opens")
#: From so long before closing it is said that we close (R64).
CLOSING_SOON = timedelta(minutes=30)


def speaker(script: Script, language: str) -> Say:
    """The words of a script in one language."""

    def say(name: str, **fields: str) -> str:
        return text_of(script, name, fields, language)

    return say


def context_slots(
    knowledge: Knowledge,
    region: Region,
    now: datetime,
    say: Say,
    retention: str = "",
    *,
    served_by: Region | None = None,
    closed: bool = False,
) -> dict[str, Any]:
    """All `context_*` slots for a turn in `region` at `now` (aware).

    `served_by` is another region whose hours hold, because it answers for this one; `closed` says
    that nobody can be reached although the hours say open.
    """
    hours = (served_by or region).chat_hours
    state = opening(hours, now)
    closes, opens = state.closes_at, state.opens_at
    closing = closes is not None and closes - now <= CLOSING_SOON
    local_close = closes.astimezone(hours.zone) if closes else None
    return {
        "context_data": str(knowledge.folder),
        "context_now": now.isoformat(),
        "context_region": region.slug,
        "context_region_name": region.name,
        "context_organisation": knowledge.name,
        "context_state": "open" if state.open and not closed else "closed",
        "context_closing_soon": closing,
        "context_closes_at": clock_time(local_close, say) if local_close else "",
        "context_opens_at": (moment_in_words(opens, now, region.chat_hours, say) if opens else ""),
        "context_hours_today": hours_today(hours, now, say),
        "context_office_open": opening(region.office.hours, now).open,
        "context_office_address": region.office.address,
        "context_professionals": region.professionals,
        "context_retention": retention,
        **numbers(knowledge, now),
        **times(knowledge, now, say),
    }


def times(knowledge: Knowledge, now: datetime, say: Say) -> dict[str, str]:
    """`context_hours_*`, the hours of today, and `context_opens_*`, when it opens again, of every
    help line: both empty where there is nothing to say."""
    found = {}
    for key, line in knowledge.help_lines.items():
        opens = opening(line.hours, now).opens_at
        found[f"context_hours_{key}"] = hours_today(line.hours, now, say)
        found[f"context_opens_{key}"] = (
            moment_in_words(opens, now, line.hours, say) if opens else ""
        )
    return found


def numbers(knowledge: Knowledge, now: datetime) -> dict[str, Any]:
    """`context_number_*`, `context_site_*` and `context_open_*` of every help line."""
    found: dict[str, Any] = {}
    for key, line in knowledge.help_lines.items():
        found[f"context_number_{key}"] = line.number
        found[f"context_site_{key}"] = line.site
        found[f"context_open_{key}"] = opening(line.hours, now).open
    found["context_number_emergency"] = knowledge.help_lines[knowledge.emergency_line].number
    found["context_number_advice"] = knowledge.help_lines[knowledge.advice_line].number
    return found


def retention_in_words(hours: int, say: Say) -> str:
    """How long a conversation is kept after its end: "24 uur"."""
    return say("utter_hours_long", hours=str(hours))


@lru_cache(maxsize=8)
def context_names(lines: tuple[str, ...]) -> frozenset[str]:
    """Every context slot there is, for `check`: given the keys of the help lines."""
    fixed = (
        "data now region region_name organisation state closing_soon closes_at opens_at "
        "hours_today office_open office_address professionals retention tries number_emergency "
        "number_advice emergency_shown help_shown"
    )
    of_lines = [f"{kind}_{key}" for key in lines for kind in OF_LINE]
    return frozenset(PREFIX + name for name in (*fixed.split(), *of_lines))


def without_context(slots: Mapping[str, Any]) -> dict[str, Any]:
    """The slots to remember: the context is made anew before each turn."""
    return {name: value for name, value in slots.items() if not name.startswith(PREFIX)}
