"""What a button sends: `/SetSlots(signals=hit)`, an intent like `/caseworker`, or `/sys:info`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

SET_SLOTS = re.compile(r"/SetSlots\(([^()]*)\)")
PAIR = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)=([^=,]+)")
INTENT = re.compile(r"/([a-z][a-z0-9_]*)")
SYSTEM = re.compile(r"/sys:([a-z][a-z0-9_]*)")
#: Rasa reads these as "no value"; a button that sets one would empty the slot (RASA.md 3.6).
NOT_VALUES = ("none", "null", "undefined")
MOST_PAIRS = 10


class BadPayload(Exception):
    """Raised for a payload that no button of the open questions sends."""


@dataclass(frozen=True, slots=True)
class SetValues:
    """Slots and the values a button gives them."""

    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Intent:
    """Starts the flow that names this intent in its `nlu_trigger`."""

    name: str


@dataclass(frozen=True, slots=True)
class System:
    """A button of ours, answered in every state and never by the script."""

    name: str


Payload = SetValues | Intent | System


def parse(payload: str) -> Payload:
    """Reads one payload. Raises `BadPayload`."""
    if match := SYSTEM.fullmatch(payload):
        return System(match[1])
    if match := INTENT.fullmatch(payload):
        return Intent(match[1])
    match = SET_SLOTS.fullmatch(payload)
    pairs = match[1].split(",") if match else []
    found = []
    for pair in pairs:
        parts = PAIR.fullmatch(pair)
        if parts is None or parts[2].strip().lower() in NOT_VALUES:
            raise BadPayload(payload)
        found.append((parts[1], parts[2].strip()))
    if not 1 <= len(found) <= MOST_PAIRS:
        raise BadPayload(payload)
    return SetValues(tuple(found))


def button_id(payload: str) -> str:
    """The id of a button: the value it sets, or the name it calls. Chips map to levels by it."""
    parsed = parse(payload)
    if isinstance(parsed, SetValues):
        return parsed.values[0][1]
    return parsed.name


def joined(slot: str, values: list[str], known: tuple[str, ...]) -> str:
    """The stored form of several choices, `|hit|throat|`: known values only, in file order.

    Raises `BadPayload` for a value that the question does not have.
    """
    unknown = set(values) - set(known)
    if unknown or not values:
        raise BadPayload(f"/SetSlots({slot}=...)")
    return listed(value for value in known if value in values)


def listed(values: Iterable[str]) -> str:
    """Several names in one text slot, `|hit|throat|`; empty for none."""
    names = "|".join(values)
    return f"|{names}|" if names else ""


def split(value: object) -> tuple[str, ...]:
    """The choices in a stored `|hit|throat|`; empty for anything else."""
    if not isinstance(value, str) or not value.startswith("|"):
        return ()
    return tuple(part for part in value.split("|") if part)
