"""A small script to play through the engine, and a conversation with it."""

from __future__ import annotations

from typing import Any

from flows import loader
from flows.engine import ActionDone, Choose, Input, Start, Step, Text, advance, begin
from flows.model import Script
from flows.render import Message

SLOTS = """\
slots:
  a: {type: categorical, values: [x, y, unknown], mappings: [{type: from_llm}]}
  b: {type: categorical, values: [x, y], initial_value: y, mappings: [{type: from_llm}]}
  chips: {type: text, mappings: [{type: from_llm}]}
  age: {type: float, mappings: [{type: from_text}]}
  yes: {type: bool, mappings: [{type: from_text}]}
  name: {type: text, mappings: [{type: from_text}]}
  level: {type: text, mappings: [{type: controlled}]}
  level2: {type: text, mappings: [{type: from_llm}]}
  thing: {type: any, mappings: [{type: from_text}]}
  context_tries: {type: float, mappings: [{type: controlled}]}
"""
RESPONSES = """\
responses:
  utter_one: [{text: one}]
  utter_two: [{text: two}]
  utter_typed: [{text: typed}]
  utter_broken: [{text: broken}]
  utter_bad_age: [{text: bad age}]
  utter_ask_a:
    - text: a?
      metadata: {typed: {x: [ja]}}
      buttons:
        - {title: Eks, payload: "/SetSlots(a=x)"}
        - {title: IJ, payload: "/SetSlots(a=y)"}
        - {title: Mens, payload: /caseworker}
  utter_ask_b: [{text: b?, buttons: [{title: X, payload: "/SetSlots(b=x)"}]}]
  utter_ask_chips:
    - text: chips?
      metadata: {multiple: true}
      buttons:
        - {title: Hit, payload: "/SetSlots(chips=hit)"}
        - {title: Throat, payload: "/SetSlots(chips=throat)"}
        - {title: Skip, payload: "/SetSlots(chips=unknown)"}
  utter_ask_age: [{text: age?}]
  utter_ask_yes: [{text: "yes?"}]
  utter_ask_name: [{text: name?}]
"""
PATTERNS = """\
  pattern_cannot_handle:
    description: x
    steps: [{action: utter_typed}]
  pattern_internal_error:
    description: x
    steps: [{action: utter_broken}]
  human:
    description: x
    nlu_trigger: [{intent: caseworker}]
    steps: [{action: action_hand_over}]
"""
NLU = "nlu: [{intent: caseworker, examples: '- een mens'}]\n"


def script(
    steps: str, more: str = "", flow: str = "", domain: str = "", actions: str = ""
) -> Script:
    """A script that begins with `steps`; `flow` are more keys of that flow, `more` other flows."""
    flows = f"flows:\n  pattern_session_start:\n    description: x\n{flow}    steps:\n{steps}"
    files = {
        "flows.yml": (flows + PATTERNS + more + NLU).encode(),
        "domain.yml": (
            SLOTS + f"actions: [action_hand_over, {actions}]\n" + RESPONSES + domain
        ).encode(),
    }
    return loader.load_files(files, ("nl",))


class Play:
    """A conversation with a script, one input after another."""

    def __init__(self, script: Script, **context: Any) -> None:
        self.script = script
        self.state = begin(script, "nl", context)
        self.step: Step | None = None

    def give(self, given: Input) -> list[str]:
        self.step = advance(self.script, self.state, given)
        self.state = self.step.state
        return [message.text for message in self.step.messages]

    def start(self) -> list[str]:
        return self.give(Start())

    def choose(self, *payloads: str) -> list[str]:
        return self.give(Choose(payloads))

    def type(self, text: str) -> list[str]:
        return self.give(Text(text))

    def done(self, *texts: str, paused: bool = False, **slots: Any) -> list[str]:
        return self.give(ActionDone(slots, tuple(Message(text) for text in texts), paused))

    @property
    def wants(self) -> str | None:
        return self.step.wants if self.step else None

    @property
    def slots(self) -> dict[str, Any]:
        return dict(self.state.slots)


COLLECT_A = "      - {collect: a, description: x}\n"
COLLECT_B = "      - {collect: b, description: x}\n"
ONE, TWO = "      - action: utter_one\n", "      - action: utter_two\n"
#: The slots of `playing` that a visitor fills stay when the flow ends, to look at them.
KEEPS = "    persisted_slots: [age, yes, name, a, chips]\n"
#: `level2` is asked by an action.
ASKED_BY_ACTION = {"actions": "action_ask_level2"}
