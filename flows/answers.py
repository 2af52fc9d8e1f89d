"""What an input means to the open question: the slots it fills, or the flow it starts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flows import payloads
from flows.model import END, Collect, Flow, Script
from flows.render import variation_of
from flows.state import Frame
from flows.values import NoValue, typed_choice, value_of


class Answers:
    """Reads one input against the flows that are under way and the slot that is asked."""

    def __init__(
        self, script: Script, slots: Mapping[str, Any], stack: Sequence[Frame], asked: str | None
    ) -> None:
        self.script = script
        self.slots = slots
        self.stack = stack
        self.asked = asked

    # free text

    def flow_meant(self, text: str) -> Flow | None:
        """The flow of a button or an example phrase that the whole text is."""
        said = text.strip().strip(".!?").casefold()
        for name, phrases in self.script.intents.items():
            if said in phrases and (flow := self._startable(name)) is not None:
                return flow
        button = self._button_typed(text)
        return self._startable(button.name) if isinstance(button, payloads.Intent) else None

    def value_typed(self, text: str, slot: str) -> Any:
        """The value for the slot that is asked. Raises `NoValue`."""
        step, button = self.current(), self._button_typed(text)
        if isinstance(button, payloads.SetValues) and len(button.values) == 1:
            name, value = button.values[0]
            if name == slot and isinstance(step, Collect):
                return f"|{value}|" if self._is_multiple(step) else value
        if self.script.slots[slot].mapping == "buttons":
            raise NoValue(text)
        return value_of(self.script.slots[slot], text)

    def is_button(self, text: str) -> bool:
        """Whether the whole text is a button of the open question, or an answer that means one."""
        return self._button_typed(text) is not None

    def _button_typed(self, text: str) -> payloads.Payload | None:
        step = self.current()
        if not isinstance(step, Collect) or step.utter not in self.script.responses:
            return None
        choice = typed_choice(variation_of(self.script.responses[step.utter], self.slots), text)
        return None if choice is None else payloads.parse(choice)

    # buttons

    def flow_chosen(self, chosen: Sequence[str]) -> Flow | None:
        """The flow that a button like `/caseworker` starts. Raises `payloads.BadPayload`."""
        parsed = [payloads.parse(payload) for payload in chosen]
        if len(parsed) != 1 or not isinstance(parsed[0], payloads.Intent):
            return None
        flow = self._startable(parsed[0].name)
        if flow is None:
            raise payloads.BadPayload(chosen[0])
        return flow

    def values_chosen(self, chosen: Sequence[str]) -> dict[str, Any]:
        """The slots that buttons fill. Raises `payloads.BadPayload`."""
        found: dict[str, list[str]] = {}
        for payload in chosen:
            parsed = payloads.parse(payload)
            if not isinstance(parsed, payloads.SetValues):
                raise payloads.BadPayload(payload)
            for name, value in parsed.values:
                found.setdefault(name, []).append(value)
        return {name: self._value(name, values, chosen[0]) for name, values in found.items()}

    def _value(self, name: str, values: list[str], payload: str) -> Any:
        """A button fills only what is collected in a flow under way: the security boundary."""
        step = self._collecting(name)
        if step is None or (step.ask_before_filling and self.asked != name):
            raise payloads.BadPayload(payload)
        if self._is_multiple(step):
            buttons = variation_of(self.script.responses[step.utter], self.slots).buttons
            known = tuple(button.id for button in buttons)
            return payloads.joined(name, values, known)
        # any text fits an open slot: it has to be the one that is asked, so that it is validated
        is_open = self.script.slots[name].kind.type in ("text", "any")
        if len(values) > 1 or (is_open and self.asked != name):
            raise payloads.BadPayload(payload)
        try:
            return value_of(self.script.slots[name], values[0])
        except NoValue as error:
            raise payloads.BadPayload(payload) from error

    # the flows under way

    def current(self) -> object:
        """The step that the top flow stands at; None when it has ended."""
        if not self.stack or self.stack[-1].step == END:
            return None
        return self.script.flows[self.stack[-1].flow].steps[self.stack[-1].step]

    def _collecting(self, name: str) -> Collect | None:
        current = self.current()
        if isinstance(current, Collect) and current.slot == name:
            return current
        for frame in self.stack:
            for step in self.script.flows[frame.flow].steps.values():
                if isinstance(step, Collect) and step.slot == name:
                    return step
        return None

    def _is_multiple(self, step: Collect) -> bool:
        response = self.script.responses.get(step.utter)
        return response is not None and bool(
            variation_of(response, self.slots).metadata.get("multiple")
        )

    def _startable(self, intent: str) -> Flow | None:
        flow = self.script.flow_of_intent(intent)
        if flow is None:
            return None
        allowed = flow.guard if isinstance(flow.guard, bool) else flow.guard.holds(self.slots)
        return flow if allowed else None
