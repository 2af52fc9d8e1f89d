"""Plays the script: `advance(script, state, input) -> Step`. Pure, synchronous, sans-IO.

The engine never runs an action, never reads a clock and never sees a socket. When a step wants
an action, `Step.wants` names it and the caller comes back with `ActionDone` or `ActionFailed`.
The semantics are those of Rasa's executor (RASA.md 3.3), each one a test in test_engine.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from flows import payloads
from flows.answers import Answers
from flows.model import (
    CANNOT_HANDLE,
    END,
    INTERNAL_ERROR,
    SESSION_START,
    Act,
    Call,
    Collect,
    Link,
    Script,
    SetSlots,
    Target,
)
from flows.render import Message, render
from flows.state import (
    ActionDone,
    ActionFailed,
    Again,
    Choose,
    Frame,
    FrameKind,
    Input,
    Start,
    State,
    Step,
    Text,
)
from flows.values import NoValue

__all__ = [
    "ActionDone",
    "ActionFailed",
    "Again",
    "Choose",
    "Frame",
    "FrameKind",
    "Input",
    "ScriptBroken",
    "Start",
    "State",
    "Step",
    "Text",
    "advance",
    "begin",
    "slots_of",
    "understands",
    "with_context",
]

#: Steps without waiting for the visitor before the script counts as caught in a loop.
MOST_STEPS = 250
#: How often free text did not answer the open question; the script reads it to give up in time.
TRIES = "context_tries"
INTERNAL_ERROR_RESPONSE = "utter_internal_error_rasa"


class ScriptBroken(Exception):
    """Raised when the script cannot go on at all: the visitor has to go to a human."""


def begin(script: Script, language: str, context: Mapping[str, Any]) -> State:
    """A fresh state: every slot at its initial value, `context_*` as given."""
    slots = {name: slot.initial for name, slot in script.slots.items()}
    return State(slots={**slots, **context}, language=language)


def with_context(state: State, context: Mapping[str, Any]) -> State:
    """The state with the `controlled` slots that handoff sets before each turn."""
    return replace(state, slots={**state.slots, **context})


def advance(script: Script, state: State, given: Input) -> Step:
    """One step of the conversation: until the script asks, ends, or wants an action.

    Raises `payloads.BadPayload` for a button that no open question has (nothing changed then),
    and `ScriptBroken` when even `pattern_internal_error` cannot be played.
    """
    run = _Run(script, state)
    try:
        run.take(given)
        run.go()
    except _Stuck:
        # what the visitor answered is not lost with the step that broke
        run = _Run(script, replace(state, slots=run.state().slots))
        run.fail()
    return Step(run.state(), tuple(run.messages), run.wants)


def understands(script: Script, state: State, text: str) -> bool:
    """Whether the script takes a typed text for a button of the question that it asked."""
    slots = _slots(state)
    return state.talking and Answers(script, slots, state.stack, state.asked).is_button(text)


def _slots(state: State) -> dict[str, Any]:
    return {**state.slots, "language": state.language}


class _Stuck(Exception):
    """The script cannot go on by itself; it takes the way of `pattern_internal_error`."""


class _Run:
    """One call of `advance`: the only mutable thing, and gone when it returns."""

    def __init__(self, script: Script, state: State) -> None:
        self.script = script
        self.before = state
        self.slots = _slots(state)
        self.stack = list(state.stack)
        self.asked = state.asked
        self.tries = state.tries
        self.paused = state.paused
        self.pending = state.pending
        self.messages: list[Message] = []
        self.wants: str | None = None
        self.listening = False

    def state(self) -> State:
        """What to remember."""
        slots = {name: value for name, value in self.slots.items() if name != "language"}
        return State(
            slots=slots,
            language=self.before.language,
            stack=tuple(self.stack),
            asked=None if self.paused else self.asked,
            tries=self.tries,
            paused=self.paused,
            pending=self.pending,
        )

    # what comes in

    def take(self, given: Input) -> None:
        if isinstance(given, Choose) and (self.paused or not given.payloads):
            raise payloads.BadPayload("".join(given.payloads[:1]))
        if isinstance(given, ActionDone | ActionFailed):
            self.finish_action(given)
        elif self.paused:
            return
        elif isinstance(given, Start):
            self.push(SESSION_START)
        elif isinstance(given, Again):
            self.ask_again()
        elif isinstance(given, Text):
            self.hear(given.text)
        else:
            self.choose(given.payloads)

    def hear(self, text: str) -> None:
        """Free text fills the slot being asked, or means a button; else it is not understood."""
        answers = self.answers()
        flow = answers.flow_meant(text)
        if flow is not None:
            self.push(flow.id)
        elif self.asked is None:
            self.listening = True
        else:
            try:
                self.slots[self.asked] = answers.value_typed(text, self.asked)
                self.tries = 0
            except NoValue:
                self.tries += 1
                self.slots[TRIES] = self.tries
                self.push(CANNOT_HANDLE)

    def choose(self, chosen: tuple[str, ...]) -> None:
        answers = self.answers()
        flow = answers.flow_chosen(chosen)
        if flow is not None:
            self.push(flow.id)
            return
        self.slots.update(answers.values_chosen(chosen))
        self.tries = 0

    def ask_again(self) -> None:
        """The open question once more; nothing, when none is open."""
        if self.asked is None:
            self.listening = True
        else:
            self.ask(self.step_here())

    def answers(self) -> Answers:
        return Answers(self.script, self.slots, self.stack, self.asked)

    # the walk

    def go(self) -> None:
        """Walks until the script listens, wants an action, falls silent or ends."""
        for _ in range(MOST_STEPS):
            if self.listening or self.paused or self.wants or not self.stack:
                return
            frame = self.stack[-1]
            if frame.step == END:
                self.end()
            else:
                self.play(frame)
        raise _Stuck

    def play(self, frame: Frame) -> None:
        step = self.script.flows[frame.flow].steps[frame.step]
        if isinstance(step, Collect):
            self.collect(step)
        elif isinstance(step, Act):
            self.act(step)
        elif isinstance(step, SetSlots):
            self.slots.update(step.values)
            self.on(step.next)
        elif isinstance(step, Link):
            self.end()
            self.push(step.flow)
        elif isinstance(step, Call):
            self.on(step.next)
            self.push(step.flow, "call")
        else:
            self.on(step.next)

    def collect(self, step: Collect) -> None:
        asking = self.asked == step.slot
        if step.ask_before_filling and not asking:
            self.slots[step.slot] = None
        if self.slots.get(step.slot) is not None:
            refused = self.refusal(step)
            if refused is not None:
                self.slots[step.slot] = None
                if refused in self.script.responses:
                    self.say(refused)
            elif f"validate_{step.slot}" in self.script.actions and self.pending is None:
                self.want(f"validate_{step.slot}", "validate")
                return
        self.pending = None
        if self.slots.get(step.slot) is not None:
            self.asked, self.tries = None, 0
            self.on(step.next)
            return
        self.ask(step)

    def refusal(self, step: Collect) -> str | None:
        """What to say to a value that is refused; as in Rasa, only the own slot is looked at."""
        own = {step.slot: self.slots[step.slot]}
        for rejection in step.rejections:
            try:
                if rejection.condition.evaluate(own):
                    return rejection.utter
            except TypeError:
                return INTERNAL_ERROR_RESPONSE
        return None

    def ask(self, step: Collect) -> None:
        self.asked = step.slot
        if step.utter in self.script.responses:
            self.say(step.utter, asks=step.slot)
            self.listening = True
        else:
            self.want(f"action_ask_{step.slot}", "ask")

    def act(self, step: Act) -> None:
        if step.action in self.script.responses:
            self.say(step.action)
            self.on(step.next)
        else:
            self.want(step.action, "act")

    def want(self, action: str, purpose: str) -> None:
        self.wants, self.pending = action, (purpose, action)

    def finish_action(self, given: ActionDone | ActionFailed) -> None:
        if self.pending is None:
            raise ScriptBroken("an action answered that nobody wanted")
        purpose, _ = self.pending
        self.pending = None
        if isinstance(given, ActionFailed) or set(given.slots) - set(self.script.slots):
            raise _Stuck
        self.slots.update(given.slots)
        self.messages.extend(given.messages)
        self.paused = given.paused
        if purpose == "act":
            self.on(self.step_here().next)
        elif purpose == "ask":
            if not given.messages:
                raise _Stuck
            self.messages[-1] = replace(self.messages[-1], asks=self.asked)
            self.listening = True
        else:
            # the value was looked at: go on with it, or ask again when it was taken away
            self.pending = ("validated", "")

    def fail(self) -> None:
        """Something broke: the visitor goes the way that the script keeps for it."""
        self.stack, self.asked, self.pending = [], None, None
        self.messages, self.wants, self.listening = [], None, False
        try:
            self.push(INTERNAL_ERROR)
            self.go()
        except _Stuck as error:
            raise ScriptBroken("pattern_internal_error cannot be played") from error

    # small things

    def step_here(self) -> Any:
        frame = self.stack[-1]
        return self.script.flows[frame.flow].steps[frame.step]

    def push(self, flow: str, kind: FrameKind = "flow") -> None:
        if flow not in self.script.flows:
            raise _Stuck
        self.stack.append(Frame(flow, self.script.flows[flow].first, kind))

    def on(self, targets: Iterable[Target]) -> None:
        """Moves the top flow on: the first condition that holds, wherever `else` stands."""
        chosen = next(
            target.step
            for target in targets
            if target.condition is None or target.condition.holds(self.slots)
        )
        self.stack[-1] = replace(self.stack[-1], step=chosen)

    def end(self) -> None:
        """The top flow is over. Its slots are put back, unless persisted or it was called."""
        frame = self.stack.pop()
        if frame.kind == "flow":
            for name in slots_of(self.script, frame.flow):
                self.slots[name] = self.script.slots[name].initial

    def say(self, name: str, asks: str | None = None) -> None:
        message = render(self.script, name, self.slots, self.before.language, asks)
        self.messages.append(message)


def slots_of(script: Script, flow_id: str) -> frozenset[str]:
    """The slots that are put back when a flow ends: its own, and those of the flows it calls."""
    own = (flow.own_slots for flow in script.with_called(flow_id))
    return frozenset[str]().union(*own) - script.flows[flow_id].persisted
