"""Questions: asked in one way, with a way past them and a way to a human, and buttons that work."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from data.files import Fault, suggestion
from flows import payloads
from flows.check.common import (
    House,
    collects_of,
    fault,
    is_presumed,
    misspelt_slots,
    parsed_of,
    values_of_button,
    variations_of,
)
from flows.check.graph import reached_while_open
from flows.model import Button, Collect, Script, Variation
from flows.urgency import UNKNOWN
from flows.values import NoValue, value_of

STRAIGHT = "caseworker"
METADATA = ("help", "multiple", "visible", "alone", "typed")


def are_asked_in_one_way(script: Script, house: House) -> Iterator[Fault]:
    """`utter_ask_x` or `action_ask_x`: exactly one."""
    for _, step in collects_of(script):
        by_text, by_action = f"utter_ask_{step.slot}", f"action_ask_{step.slot}"
        if step.utter != by_text or is_presumed(script, house, by_text):
            continue
        if step.slot not in script.slots:
            continue
        if by_text in script.responses and by_action in script.actions:
            yield fault(step.place, f"both `{by_text}` and `{by_action}` ask; keep one")
        elif by_text not in script.responses and by_action not in script.actions:
            hint = suggestion(by_text, script.responses)
            yield fault(step.place, f"nothing asks: there is no `{by_text}`{hint}")


def have_a_way_on(script: Script, house: House) -> Iterator[Fault]:
    """Every question can be skipped, and has the button straight to a caseworker while open."""
    open_now = reached_while_open(script)
    for flow, step in collects_of(script):
        response = script.responses.get(step.utter)
        for variation in response.variations if response else ():
            pairs = [pair for button in variation.buttons for pair in values_of_button(button)]
            if (step.slot, UNKNOWN) not in pairs:
                message = f"`{step.utter}` cannot be skipped: add a button"
                yield fault(variation.place, f"{message} `/SetSlots({step.slot}={UNKNOWN})`")
            straight = payloads.Intent(STRAIGHT)
            asked = (flow.id, step.id) in open_now
            if asked and straight not in map(parsed_of, variation.buttons):
                message = f"`{step.utter}` has no button straight to a human: add `/{STRAIGHT}`"
                yield fault(variation.place, message)


def have_buttons_that_work(script: Script, house: House) -> Iterator[Fault]:
    """Buttons whose flow, slot or value is not there, and two that do or say the same."""
    collected = {step.slot for _, step in collects_of(script)} & script.slots.keys()
    collected |= misspelt_slots(script)
    for response, variation in variations_of(script):
        for button in variation.buttons:
            for message in _wrong_with(script, house, button, collected):
                yield fault(button.place, f"`{button.payload}` in `{response.name}`: {message}")
        for what, count in Counter(button.payload for button in variation.buttons).items():
            if count > 1:
                yield fault(variation.place, f"two buttons of `{response.name}` send `{what}`")
        for language in script.languages:
            titles = Counter(button.title.get(language) for button in variation.buttons)
            for title, count in titles.items():
                if count > 1 and title:
                    message = f"two buttons of `{response.name}` are called `{title}`"
                    yield fault(variation.place, message)


def _wrong_with(script: Script, house: House, button: Button, collected: set[str]) -> Iterator[str]:
    parsed = parsed_of(button)
    if isinstance(parsed, payloads.Intent):
        if script.flow_of_intent(parsed.name) is None:
            if not is_presumed(script, house, parsed.name):
                intents = {name for flow in script.flows.values() for name in flow.intents}
                yield "no flow is started by it" + suggestion(parsed.name, intents)
    elif isinstance(parsed, payloads.System):
        if parsed.name not in house.system:
            yield "we have no such button" + suggestion(parsed.name, house.system)
    elif parsed is not None:
        for slot, value in parsed.values:
            if not is_presumed(script, house, slot):
                yield from _wrong_value(script, slot, value, collected)


def _wrong_value(script: Script, slot: str, value: str, collected: set[str]) -> Iterator[str]:
    if slot not in script.slots:
        yield f"there is no slot `{slot}`{suggestion(slot, script.slots)}"
    elif slot not in collected:
        yield f"no flow asks for `{slot}`, so it is refused{suggestion(slot, collected)}"
    else:
        try:
            value_of(script.slots[slot], value)
        except NoValue:
            values = script.slots[slot].kind.values
            yield f"`{slot}` cannot be `{value}`{suggestion(value, values)}"


def answer_their_own_slot(script: Script, house: House) -> Iterator[Fault]:
    """Buttons of a question that leave it unanswered, and chips that cannot be told apart."""
    for _, step in collects_of(script):
        # under a misspelt name no button can be the answer
        response = script.responses.get(step.utter) if step.slot in script.slots else None
        for variation in response.variations if response else ():
            for button in variation.buttons:
                pairs = values_of_button(button)
                if pairs and step.slot not in dict(pairs):
                    message = f"`{button.payload}` does not answer `{step.slot}`"
                    yield fault(button.place, f"{message}, which `{step.utter}` asks")
            if variation.metadata.get("multiple"):
                yield from _wrong_chips(script, step, variation)


def _wrong_chips(script: Script, step: Collect, variation: Variation) -> Iterator[Fault]:
    slot = script.slots.get(step.slot)
    if slot is not None and slot.kind.type != "text":
        message = f"`{step.slot}` must be a text slot: `{step.utter}` takes several answers"
        yield fault(variation.place, message)
    for button in variation.buttons:
        pairs = values_of_button(button)
        if len(pairs) > 1 or any("|" in value for _, value in pairs):
            message = "a chip sets one slot to one value without `|`"
            yield fault(button.place, f"`{button.payload}` in `{step.utter}`: {message}")


def have_metadata_that_fits(script: Script, house: House) -> Iterator[Fault]:
    """`typed`, `alone` and `visible` that name no button, and misspelt keys."""
    asked = {step.utter for _, step in collects_of(script)}
    asked |= {f"utter_ask_{slot}" for slot in misspelt_slots(script)}
    for response, variation in variations_of(script):
        for message in _wrong_metadata(variation):
            yield fault(variation.place, f"`metadata` of `{response.name}`: {message}")
        if response.name not in asked and not is_presumed(script, house, response.name):
            for key in ("multiple", "visible", "alone", "typed"):
                if key in variation.metadata:
                    message = f"`{key}` is for questions, and `{response.name}` is none"
                    yield fault(variation.place, message)


def _wrong_metadata(variation: Variation) -> Iterator[str]:
    metadata = variation.metadata
    for key in metadata:
        near = difflib.get_close_matches(key, METADATA, n=1, cutoff=0.7)
        if key not in METADATA and near:
            yield f"`{key}` is not known; did you mean `{near[0]}`?"
    for key in ("help", "multiple"):
        if not isinstance(metadata.get(key, False), bool):
            yield f"`{key}` must be `true` or `false`"
    values = _values(variation)
    visible = metadata.get("visible", 1)
    if isinstance(visible, bool) or not isinstance(visible, int) or visible < 1:
        yield "`visible` must be a number of buttons"
    elif visible > max(len(values), 1):
        yield f"`visible` is {visible}, and there are {len(values)} answers"
    yield from _wrong_alone(metadata, values)
    yield from _wrong_typed(metadata.get("typed", {}), variation, values)


def _wrong_alone(metadata: Mapping[str, Any], values: list[str]) -> Iterator[str]:
    alone = metadata.get("alone", [])
    if not isinstance(alone, list):
        yield "`alone` must be a list of answers"
        return
    if alone and not metadata.get("multiple"):
        yield "`alone` is for questions with `multiple: true`"
    for name in alone:
        if name not in values:
            yield f"`alone` names `{name}`, which no button gives{suggestion(str(name), values)}"


def _wrong_typed(typed: Any, variation: Variation, values: list[str]) -> Iterator[str]:
    if not isinstance(typed, Mapping):
        yield "`typed` must be `answer: [words]`"
        return
    meant = {
        title.casefold(): value
        for button in variation.buttons
        for _, value in values_of_button(button)
        for title in button.title.values()
    }
    for name, words in typed.items():
        if name not in values:
            yield f"`typed` names `{name}`, which no button gives{suggestion(name, values)}"
        if not isinstance(words, list):
            yield f"`typed: {name}` must be a list of words"
            continue
        for word in {str(word).casefold() for word in words}:
            if meant.setdefault(word, name) != name:
                yield f"the word `{word}` stands for both `{meant[word]}` and `{name}`"


def _values(variation: Variation) -> list[str]:
    return [value for button in variation.buttons for _, value in values_of_button(button)]


LINTS = (
    are_asked_in_one_way,
    have_a_way_on,
    have_buttons_that_work,
    answer_their_own_slot,
    have_metadata_that_fits,
)
