"""The script as a graph: which step leads to which, within a flow and from flow to flow."""

from __future__ import annotations

from collections.abc import Iterator

from flows.check.holding import example
from flows.conditions import Compiled
from flows.model import END, HAND_OVER, Act, Call, Flow, Link, Script, Step

#: A flow and one of its steps.
Node = tuple[str, str]
PATTERN = "pattern_"


def edges(script: Script, node: Node) -> Iterator[tuple[Compiled | None, Node]]:
    """The steps that may come after `node`, each with the condition on the way."""
    flow_id, step = node[0], script.flows[node[0]].steps[node[1]]
    if isinstance(step, Link | Call) and step.flow in script.flows:
        yield None, (step.flow, script.flows[step.flow].first)
    for target in step.next:
        if target.step != END:
            yield target.condition, (flow_id, target.step)


def exists(script: Script, node: Node) -> bool:
    """Whether the step is there; one that is misspelt is reported by the loader."""
    return node[0] in script.flows and node[1] in script.flows[node[0]].steps


def is_human(step: Step) -> bool:
    """Whether the script ends here because a human takes over."""
    return isinstance(step, Act) and step.action == HAND_OVER


def roots(script: Script) -> list[Flow]:
    """The flows that start by themselves: patterns, and those that a button or words start."""
    return [
        flow
        for flow in script.flows.values()
        if flow.id.startswith(PATTERN) or (flow.intents and flow.guard is not False)
    ]


def reached_while_open(script: Script) -> set[Node]:
    """Every step that a visitor can come to while the chat is open."""
    found: set[Node] = set()
    todo = [(flow.id, flow.first) for flow in roots(script)]
    while todo:
        node = todo.pop()
        if node in found or not exists(script, node):
            continue
        found.add(node)
        todo.extend(
            target
            for condition, target in edges(script, node)
            if not _only_closed(script, condition)
        )
    return found


def _only_closed(script: Script, condition: Compiled | None) -> bool:
    """Whether a condition asks for a closed chat: nothing makes it true while the chat is open."""
    if condition is None or "context_state" not in condition.slots:
        return False
    return example(script, (condition,), context_state="open") is None
