"""Slots at the end of a flow: what the desk reads has to stay."""

from __future__ import annotations

from collections.abc import Iterator

from data.files import Fault
from flows.check.common import House, fault, is_presumed, misspelt_slots, steps_of
from flows.engine import slots_of
from flows.model import SESSION_START, Call, Script


def persisted_slots_are_owned(script: Script, house: House) -> Iterator[Fault]:
    """Slots that a flow persists though it neither asks nor sets them: they were never lost."""
    meant = misspelt_slots(script)
    for flow in script.flows.values():
        filled = frozenset[str]().union(
            meant, *(part.filled_slots for part in script.with_called(flow.id))
        )
        for name in sorted(flow.persisted & script.slots.keys() - filled):
            message = f"`{flow.id}` neither asks nor sets `{name}`, so it cannot persist it"
            yield fault(flow.place, message)


def handed_over_slots_stay(script: Script, house: House) -> Iterator[Fault]:
    """Slots that the desk reads, and that the end of a flow would empty before the handover."""
    called = {step.flow for _, step in steps_of(script) if isinstance(step, Call)}
    for flow in script.flows.values():
        lost = slots_of(script, flow.id) & frozenset(house.handed_over)
        for name in sorted(lost) if flow.id not in called else ():
            message = f"the desk reads `{name}`: add it to `persisted_slots` of `{flow.id}`"
            yield fault(flow.place, message)


def handed_over_slots_are_asked(script: Script, house: House) -> Iterator[Fault]:
    """Slots that the desk reads and that no flow fills any more."""
    filled = frozenset[str]().union(
        misspelt_slots(script), *(flow.filled_slots for flow in script.flows.values())
    )
    start = script.flows.get(SESSION_START)
    for name in sorted(frozenset(house.handed_over) - filled):
        if start is not None and not is_presumed(script, house, name):
            yield fault(start.place, f"the desk reads `{name}`, and no flow asks for it")


LINTS = (persisted_slots_are_owned, handed_over_slots_stay, handed_over_slots_are_asked)
