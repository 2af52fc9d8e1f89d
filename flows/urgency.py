"""How urgent a conversation is, and why: from answers and from what was heard. It only goes up.

It orders the queue and shows help; it assesses nobody (DOMAIN 2.3). The highest signal wins,
nothing adds up. Only a caseworker lowers a level, and then only something *new* raises it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from data.triage import LEVELS, TriageData
from flows.payloads import split

UNKNOWN = "unknown"
#: A skipped question is unknown, never safe. These are asked of everyone who stays that long ...
ASKED_OF_ALL = ("danger", "role", "watched", "signals", "moment")
#: ... and these of one role only.
ASKED_OF = {"other": ("other_safe",), "afraid_to_hurt": ("hurt_now",)}


@dataclass(frozen=True, slots=True)
class Heard:
    """What a listener made of one text; `because` names the rules or words that weighed most.

    `language` is the one the text seems to be written in; None when it does not show.
    """

    level: str
    signals: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Triage:
    """What the visitor said and what was heard. "Said by the visitor, not assessed."

    `why` names what raised the level last: an id of `said`, or `heard`, `card`, `cannot_call`,
    `set`; `because` holds the words that were heard, or a caseworker's reason. `raised` are the
    levels that listening raised it to, each once, as it was heard first.
    """

    level: str = LEVELS[0]
    why: str = "none"
    because: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    heard: tuple[str, ...] = ()
    struck: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    role: str = UNKNOWN
    watched: bool = False
    cannot_call: bool = False
    danger_unknown: bool = False
    signals: tuple[str, ...] = ()
    raised: tuple[Heard, ...] = ()

    @property
    def acute(self) -> bool:
        """Whether the emergency card is due and a ticket has to open at once."""
        return self.level == "acute"


def rank(level: str) -> int:
    """0 normal, 1 urgent, 2 acute."""
    return LEVELS.index(level)


def answered(data: TriageData, before: Triage, slots: Mapping[str, Any]) -> Triage:
    """The triage after the answers in `slots`. Only an answer that is new raises the level."""
    found = list(_meanings(data, slots))
    raised, why = before.level, before.why
    for name, level, _, _ in found:
        if name not in before.said and rank(level) > rank(raised):
            raised, why = level, name
    role = slots.get("role") or UNKNOWN
    flags = {flag for _, _, flag, _ in found if flag}
    return replace(
        before,
        level=raised,
        why=why,
        because=before.because if why == before.why else (),
        said=tuple(dict.fromkeys(name for name, _, _, _ in found)),
        unknown=unknown_of(slots, role),
        role=role,
        watched=before.watched or "watched" in flags,
        cannot_call=before.cannot_call or "cannot_call" in flags,
        danger_unknown="danger_unknown" in flags or slots.get("danger") is None,
        signals=_merged(before.signals, (signal for _, _, _, signal in found if signal)),
    )


def _meanings(
    data: TriageData, slots: Mapping[str, Any]
) -> list[tuple[str, str, str | None, str | None]]:
    """(id, level, flag, signal) of every answer that means something, strongest ids last set."""
    now = slots.get(data.clock_slot) == data.clock_value
    found = []
    for slot, values in data.answers.items():
        chosen = split(slots.get(slot)) or (slots.get(slot),)
        chips = bool(split(slots.get(slot)))
        for value in chosen:
            meaning = values.get(str(value))
            if meaning is None:
                continue
            name = str(value) if chips else f"{slot}_{value}"
            found.append((name, meaning.level, meaning.flag, meaning.signal))
            if now and meaning.today:
                found.append((f"{name}_today", meaning.today, None, meaning.signal))
    return found


def unknown_of(slots: Mapping[str, Any], role: str) -> tuple[str, ...]:
    """The questions that were skipped or not reached: what a caseworker asks first."""
    asked = (*ASKED_OF_ALL, *ASKED_OF.get(role, ()))
    return tuple(slot for slot in asked if slots.get(slot) in (None, UNKNOWN, f"|{UNKNOWN}|"))


def clock_is_due(data: TriageData, slots: Mapping[str, Any]) -> bool:
    """Whether a chosen chip asks "now or today?" (DOMAIN 2.5, question 4)."""
    return any(
        meaning is not None and meaning.today is not None
        for slot, values in data.answers.items()
        for meaning in (values.get(value) for value in split(slots.get(slot)))
    )


def listened(before: Triage, heard: Heard) -> Triage:
    """The triage after a text was heard. A struck signal stays struck; new text may raise again.

    The very same triage comes back when the text said nothing new.
    """
    signals = tuple(name for name in heard.signals if name not in before.struck)
    if not signals and rank(heard.level) <= rank(before.level):
        return before
    after = replace(
        before,
        heard=_merged(before.heard, signals),
        signals=_merged(before.signals, signals),
    )
    if rank(heard.level) <= rank(before.level):
        return after
    raised = before.raised
    if heard.level not in (one.level for one in raised):
        raised = (*raised, Heard(heard.level, signals, heard.because))
    return replace(after, level=heard.level, why="heard", because=heard.because, raised=raised)


def opened_card(before: Triage) -> Triage:
    """The visitor opened the emergency card: a sign of acute danger."""
    return before if before.acute else replace(before, level="acute", why="card", because=())


def cannot_call(before: Triage) -> Triage:
    """The visitor said that calling is not possible; asked on the card, so it is acute too."""
    level = before if before.acute else replace(before, level="acute", why="cannot_call")
    return replace(level, cannot_call=True)


def came_back(before: Triage) -> Triage:
    """The visitor was here before, in the agreed time: at least urgent (DOMAIN 2.4)."""
    if rank(before.level) >= rank("urgent"):
        return before
    return replace(before, level="urgent", why="returned", because=())


def set_by_caseworker(before: Triage, level: str, reason: str) -> Triage:
    """A caseworker raised or lowered the level; the reason is kept."""
    return replace(before, level=level, why="set", because=(reason,))


def strike(before: Triage, signal: str) -> Triage:
    """A caseworker struck a signal that was heard: it is gone, and stays gone."""
    return replace(
        before,
        heard=tuple(name for name in before.heard if name != signal),
        signals=tuple(name for name in before.signals if name != signal),
        struck=_merged(before.struck, (signal,)),
    )


def _merged(before: tuple[str, ...], new: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*before, *new)))
