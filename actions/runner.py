"""Plays a turn: the engine walks, and the rasa-sdk actions it wants run in this process.

An action gets copies, a time limit, and a whitelist of events. Whatever goes wrong, the visitor
goes to a human, and the log says which action and what kind of error, never what was typed.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import rasa_sdk
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import Action

import actions
from flows import payloads
from flows.context import PREFIX
from flows.engine import (
    ActionDone,
    ActionFailed,
    Input,
    State,
    Text,
    advance,
)
from flows.model import Script
from flows.render import Choice, Message, render

log = logging.getLogger(__name__)

#: The events an action may answer with; any other is a failure (RASA.md section 6.3).
ALLOWED_EVENTS = frozenset({"slot", "reset_slots", "pause", "resume", "bot"})
#: Actions in one turn before the script counts as caught in a loop.
MOST_ACTIONS = 50


class Actions(Protocol):
    """Runs one action by name on a tracker; raises whatever goes wrong."""

    async def run(self, name: str, call: dict[str, Any]) -> tuple[list[Any], list[Any]]:
        """The events and the responses of the action."""
        ...


class InProcess:
    """The actions of this package, through rasa-sdk's own executor."""

    def __init__(self, timeout_s: float) -> None:
        self.timeout_s = timeout_s
        self.executor = ActionExecutor()
        # its debug lines hold whole events, and nothing that was typed may reach a log
        logging.getLogger(rasa_sdk.__name__).setLevel(logging.WARNING)
        for action in found_actions():
            self.executor.register_action(action())

    @property
    def names(self) -> frozenset[str]:
        """The actions that a script may use."""
        return frozenset(self.executor.actions)

    async def run(self, name: str, call: dict[str, Any]) -> tuple[list[Any], list[Any]]:
        result = await asyncio.wait_for(self.executor.run(call), self.timeout_s)
        if result is None:
            raise LookupError(name)
        return result.events, result.responses


def found_actions() -> list[type[Action]]:
    """Every action class of this package, in the order of their files.

    Registered one by one: rasa-sdk would register every subclass in the process, tests included.
    """
    found: list[type[Action]] = []
    for module_info in pkgutil.iter_modules(actions.__path__):
        module = importlib.import_module(f"{actions.__name__}.{module_info.name}")
        found.extend(
            value
            for value in vars(module).values()
            if isinstance(value, type)
            and issubclass(value, Action)
            and value.__module__ == module.__name__
        )
    return found


@dataclass(frozen=True, slots=True)
class Turn:
    """What one input led to. `broken` when the script gave up: the visitor goes to a human."""

    state: State
    messages: tuple[Message, ...]
    broken: bool = False


def unchanged(state: State) -> State:
    """Looks at a state and leaves it as it is."""
    return state


async def play(
    script: Script,
    state: State,
    given: Input,
    runner: Actions,
    sender: str,
    look: Callable[[State], State] = unchanged,
) -> Turn:
    """Plays `given` until the script waits, ends or hands over.

    `sender` is a random id, for the tracker. `look` sees the state after every walk of the engine,
    before any action runs: what must not wait for an action, such as the emergency card, is done
    there. Raises `payloads.BadPayload` for a button that no open question has; nothing else.
    """
    text = given.text if isinstance(given, Text) else None
    messages: list[Message] = []
    for _ in range(MOST_ACTIONS):
        try:
            step = advance(script, state, given)
        except payloads.BadPayload:
            raise
        except Exception as error:
            # also what no lint foresaw: a fault in the script never stands between two people
            log.error("script: cannot go on (%s); a human takes over", type(error).__name__)
            return Turn(state, tuple(messages), broken=True)
        messages.extend(step.messages)
        state = look(step.state)
        if step.wants is None:
            return Turn(state, tuple(messages))
        given = await _run(script, state, step.wants, runner, sender, text)
    log.error("script: more than %d actions in one turn", MOST_ACTIONS)
    return Turn(state, tuple(messages), broken=True)


async def _run(
    script: Script, state: State, name: str, runner: Actions, sender: str, text: str | None
) -> ActionDone | ActionFailed:
    try:
        events, responses = await runner.run(name, _call(script, state, name, sender, text))
        return _done(script, state, events, responses)
    except Exception as error:
        # the message of the exception may hold what was typed, so only its type is logged
        log.error("action %s failed: %s", name, type(error).__name__)
        return ActionFailed()


def _call(script: Script, state: State, name: str, sender: str, text: str | None) -> dict[str, Any]:
    """The webhook call that a Rasa server would send, with copies of everything (RASA.md 1)."""
    slots = {**state.slots, "language": state.language}
    return {
        "next_action": name,
        "sender_id": sender,
        "version": rasa_sdk.__version__,
        "domain": script.domain,
        "tracker": {
            "sender_id": sender,
            "slots": slots,
            "events": [],
            "latest_message": {"text": text, "intent": {"name": None}, "entities": []},
            "paused": False,
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": None,
            "stack": [],
        },
    }


def _done(script: Script, state: State, events: list[Any], responses: list[Any]) -> ActionDone:
    slots: dict[str, Any] = {}
    paused = False
    for event in events:
        kind = event.get("event")
        if kind not in ALLOWED_EVENTS:
            raise ValueError(f"event {kind} is not allowed")
        if kind == "slot":
            slots[event["name"]] = event["value"]
        elif kind == "reset_slots":
            slots.update({name: slot.initial for name, slot in script.slots.items()})
        elif kind in ("pause", "resume"):
            paused = kind == "pause"
    known = {name: value for name, value in slots.items() if not _is_foreign(script, name)}
    seen = {**state.slots, **known, "language": state.language}
    messages = tuple(_message(script, response, seen, state.language) for response in responses)
    return ActionDone(known, messages, paused)


def _is_foreign(script: Script, name: str) -> bool:
    """A context slot that this script does not use; every other unknown slot is a fault."""
    return name.startswith(PREFIX) and name not in script.slots


def _message(
    script: Script, response: Mapping[str, Any], slots: Mapping[str, Any], language: str
) -> Message:
    if response.get("response"):
        return render(script, response["response"], slots, language)
    buttons = tuple(
        Choice(payloads.button_id(button["payload"]), button["title"], button["payload"])
        for button in response.get("buttons") or ()
    )
    return Message(text=response.get("text") or "", buttons=buttons)
