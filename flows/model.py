"""What a loaded script is: flows, slots, responses. Frozen, compiled, and ready to play."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flows.conditions import Compiled, SlotKind

END = "END"
#: The action that hands over to a human: it pauses the script.
HAND_OVER = "action_hand_over"
#: The flow that hands over to a human, under the name Rasa gives it.
HANDOFF = "pattern_human_handoff"
SESSION_START = "pattern_session_start"
CANNOT_HANDLE = "pattern_cannot_handle"
INTERNAL_ERROR = "pattern_internal_error"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands, so that every fault can name `file:line`."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing the script remembers."""

    name: str
    kind: SlotKind
    initial: Any
    #: set by code only (`controlled`), by free text too (`from_text`), or by buttons
    mapping: str
    place: Place


@dataclass(frozen=True, slots=True)
class Button:
    """A choice below a text; `title` by language, `id` the value it sets or the name it calls."""

    id: str
    title: Mapping[str, str]
    payload: str
    place: Place


@dataclass(frozen=True, slots=True)
class Variation:
    """One form of a response: its texts by language, for when `condition` holds."""

    text: Mapping[str, str]
    buttons: tuple[Button, ...]
    condition: Compiled | None
    channel: str | None
    custom: Any
    image: str | None
    metadata: Mapping[str, Any]
    place: Place


@dataclass(frozen=True, slots=True)
class Response:
    """A named text, `utter_...`, with its variations."""

    name: str
    variations: tuple[Variation, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Target:
    """Where a step goes on: the first target whose condition holds; None is `else`."""

    condition: Compiled | None
    step: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """A value that a question refuses, and what it says then."""

    condition: Compiled
    utter: str


@dataclass(frozen=True, slots=True)
class Step:
    """What all steps have: an id, where they go on, where they stand in the file, and notes.

    `metadata: {follow_up: true}` marks a question that may come on top of the five.
    """

    id: str
    next: tuple[Target, ...]
    place: Place
    metadata: Mapping[str, Any] = field(default_factory=dict, kw_only=True)


@dataclass(frozen=True, slots=True)
class Collect(Step):
    """Asks for a slot and waits."""

    slot: str
    utter: str
    ask_before_filling: bool
    rejections: tuple[Rejection, ...]


@dataclass(frozen=True, slots=True)
class Act(Step):
    """Says a response (`utter_...`) or runs an action."""

    action: str


@dataclass(frozen=True, slots=True)
class SetSlots(Step):
    """Gives slots a fixed value; null puts them back."""

    values: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Link(Step):
    """Ends this flow and runs another."""

    flow: str


@dataclass(frozen=True, slots=True)
class Call(Step):
    """Runs another flow and returns."""

    flow: str


@dataclass(frozen=True, slots=True)
class Noop(Step):
    """Only branches."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A named sequence of steps."""

    id: str
    name: str
    description: str
    guard: Compiled | bool
    intents: tuple[str, ...]
    persisted: frozenset[str]
    steps: Mapping[str, Step]
    first: str
    place: Place

    @property
    def filled_slots(self) -> frozenset[str]:
        """The slots that are collected or set here."""
        found = set()
        for step in self.steps.values():
            if isinstance(step, Collect):
                found.add(step.slot)
            elif isinstance(step, SetSlots):
                found.update(name for name, _ in step.values)
        return frozenset(found)

    @property
    def own_slots(self) -> frozenset[str]:
        """The slots that are put back when the flow ends: collected or set here, not persisted."""
        return self.filled_slots - self.persisted


@dataclass(frozen=True, slots=True)
class Script:
    """One release of the content. `id` is the hash of its files; `domain` is what actions get.

    `unread` holds every name in files that could not be read: nothing, in what `load` gives.
    """

    id: str
    languages: tuple[str, ...]
    flows: Mapping[str, Flow]
    slots: Mapping[str, Slot]
    responses: Mapping[str, Response]
    actions: Mapping[str, Place]
    intents: Mapping[str, tuple[str, ...]]
    domain: Mapping[str, Any]
    files: Mapping[str, bytes] = field(repr=False)
    unread: frozenset[str] = field(default=frozenset(), repr=False)

    def flow_of_intent(self, intent: str) -> Flow | None:
        """The flow that a button `/intent` or one of its example phrases starts."""
        return next((flow for flow in self.flows.values() if intent in flow.intents), None)

    def with_called(self, flow_id: str) -> list[Flow]:
        """A flow and all that it calls, each once; calls to flows that are not there are left."""
        found: dict[str, Flow] = {}
        todo = [flow_id]
        while todo:
            flow = self.flows.get(todo.pop())
            if flow is not None and flow.id not in found:
                found[flow.id] = flow
                todo.extend(step.flow for step in flow.steps.values() if isinstance(step, Call))
        return list(found.values())
