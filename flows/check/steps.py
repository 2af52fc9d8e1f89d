"""Steps and flows: that all are reached, that calls come back, that no loop runs by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from data.files import Fault
from flows.check.common import House, conditions_of, fault, steps_of
from flows.check.graph import Node, edges, exists, is_human, roots
from flows.model import (
    CANNOT_HANDLE,
    HANDOFF,
    INTERNAL_ERROR,
    SESSION_START,
    Call,
    Collect,
    Link,
    Place,
    Script,
    SetSlots,
)

#: A slot before or after `>`, `>=`, `<` or `<=`.
COMPARED = re.compile(r"slots\.(\w+)\s*[<>]|[<>]=?\s*slots\.(\w+)")


def needed_flows_exist(script: Script, house: House) -> Iterator[Fault]:
    """The patterns that the engine itself starts."""
    places = sorted((flow.place.file, 1) for flow in script.flows.values())
    for name in (SESSION_START, HANDOFF, CANNOT_HANDLE, INTERNAL_ERROR):
        if name not in script.flows and name not in script.unread:
            yield fault(Place(*(places or [("script", 1)])[0]), f"there is no flow `{name}`")


def steps_are_reached(script: Script, house: House) -> Iterator[Fault]:
    """Steps and flows that no way leads to."""
    led_to = {step.flow for _, step in steps_of(script) if isinstance(step, Link | Call)}
    led_to |= {flow.id for flow in roots(script)} | script.unread
    for flow in script.flows.values():
        if flow.id not in led_to:
            yield fault(flow.place, f"nothing leads to the flow `{flow.id}`")
        seen, todo = set(), [flow.first]
        while todo:
            name = todo.pop()
            if name not in seen and name in flow.steps:
                seen.add(name)
                todo.extend(target.step for target in flow.steps[name].next)
        for name, step in flow.steps.items():
            if name not in seen:
                yield fault(step.place, f"no way leads to this step of `{flow.id}`")


def calls_come_back(script: Script, house: House) -> Iterator[Fault]:
    """A called flow that links away never returns, and one that calls itself never ends."""
    for name in {step.flow for _, step in steps_of(script) if isinstance(step, Call)}:
        for flow in script.with_called(name):
            for step in flow.steps.values():
                if isinstance(step, Link):
                    yield fault(step.place, f"`{flow.id}` is called, so it may not link away")
                elif isinstance(step, Call) and step.flow == name:
                    yield fault(step.place, f"`{name}` calls itself")


def loops_ask(script: Script, house: House) -> Iterator[Fault]:
    """Loops in which nobody is asked anything: the script would run in a circle."""
    places = {(flow.id, step.id): step.place for flow, step in steps_of(script)}
    silent = {
        (flow.id, step.id)
        for flow, step in steps_of(script)
        if not is_human(step) and not _waits(script, (flow.id, step.id))
    }
    reported: set[Node] = set()
    for node in sorted(silent, key=lambda found: (places[found].file, places[found].line)):
        around = _after(script, node, silent)
        if node in around and node not in reported:
            reported |= around
            yield fault(places[node], "a loop without a question goes through this step")


def _waits(script: Script, node: Node) -> bool:
    """Whether a question is put every time: one that was answered is passed by."""
    flow = script.flows[node[0]]
    step = flow.steps[node[1]]
    if not isinstance(step, Collect):
        return False
    emptied = any(
        (step.slot, None) in other.values
        for other in flow.steps.values()
        if isinstance(other, SetSlots)
    )
    return step.ask_before_filling or emptied


def _after(script: Script, start: Node, allowed: set[Node]) -> set[Node]:
    found: set[Node] = set()
    todo = [start]
    while todo:
        for _, target in edges(script, todo.pop()):
            if target in allowed and target not in found and exists(script, target):
                found.add(target)
                todo.append(target)
    return found


def empty_slots_are_thought_of(script: Script, house: House) -> Iterator[Fault]:
    """Numbers compared while they may be empty: that is false, and an urgent branch is missed."""
    for condition, place in conditions_of(script):
        source = condition.source
        for left, right in COMPARED.findall(source):
            name = left or right
            if f"slots.{name} is not null" not in source:
                message = f"`{source}` is false while `{name}` is empty"
                yield fault(place, f"{message}; put `slots.{name} is not null and` before it")


LINTS = (
    needed_flows_exist,
    steps_are_reached,
    calls_come_back,
    loops_ask,
    empty_slots_are_thought_of,
)
