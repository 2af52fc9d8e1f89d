"""Names that lead nowhere: slots, actions, responses, flows, fields; each with the nearest one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from data.files import Fault, shown, suggestion
from flows.check.common import (
    House,
    collects_of,
    fault,
    is_presumed,
    misspelt_slots,
    steps_of,
    variations_of,
)
from flows.context import OF_LINE, PREFIX, context_names
from flows.engine import INTERNAL_ERROR_RESPONSE
from flows.model import HANDOFF, Act, Call, Collect, Link, Place, Response, Script, SetSlots, Slot
from flows.render import fields
from flows.words import said_as

PATTERN = "pattern_"
#: The context slots that there is one of for each help line.
OF_LINES = re.compile(rf"context_(?:{'|'.join(OF_LINE)})_(\w+)")
#: A folder of ours has no place in a text.
NOT_FOR_TEXTS = frozenset({"context_data"})
FITS: dict[str, type | tuple[type, ...]] = {
    "text": str,
    "categorical": str,
    "bool": bool,
    "float": (int, float),
    "any": object,
}


def slots_exist(script: Script, house: House) -> Iterator[Fault]:
    """Slots that are asked or set but not declared, values that do not fit, context that is not."""
    known = context_names(tuple(house.knowledge.help_lines))
    for slot in script.slots.values():
        if slot.name.startswith(PREFIX) and not _is_context(script, house, slot.name, known):
            hint = suggestion(slot.name, known)
            yield fault(slot.place, f"nothing sets the slot `{slot.name}`{hint}")
        if slot.initial is not None and not _fits(slot, slot.initial):
            message = f"`{slot.initial}` cannot be the first value of `{slot.name}`"
            yield fault(slot.place, message)
    for _, step in steps_of(script):
        if isinstance(step, Collect):
            yield from _slot_exists(script, house, step.slot, step.place)
            if step.slot in script.slots and script.slots[step.slot].mapping == "controlled":
                yield fault(step.place, f"`{step.slot}` is set by code only; it cannot be asked")
        elif isinstance(step, SetSlots):
            for name, value in step.values:
                yield from _slot_exists(script, house, name, step.place)
                slot_or_none = script.slots.get(name)
                if slot_or_none and value is not None and not _fits(slot_or_none, value):
                    yield fault(step.place, f"`{value}` is not a value of the slot `{name}`")


def _slot_exists(script: Script, house: House, name: str, place: Place) -> Iterator[Fault]:
    if name not in script.slots and not is_presumed(script, house, name):
        yield fault(place, f"there is no slot `{name}`{suggestion(name, script.slots)}")


def _is_context(script: Script, house: House, name: str, known: frozenset[str]) -> bool:
    of_line = OF_LINES.fullmatch(name)
    unread = of_line is not None and of_line[1] in house.knowledge.unread
    return name in known or unread or name in script.unread


def _fits(slot: Slot, value: Any) -> bool:
    if slot.kind.type == "float" and isinstance(value, bool):
        return False
    if slot.kind.type == "categorical":
        return value in slot.kind.values
    return isinstance(value, FITS[slot.kind.type])


def actions_exist(script: Script, house: House) -> Iterator[Fault]:
    """Actions that a flow runs and the domain does not list, or that no code answers to."""
    for name, place in script.actions.items():
        if name not in house.actions and not is_presumed(script, house, name):
            yield fault(place, f"no code has the action `{name}`{suggestion(name, house.actions)}")
    for _, step in steps_of(script):
        if not isinstance(step, Act) or step.action.startswith("utter_"):
            continue
        name = step.action
        if name in script.actions or is_presumed(script, house, name):
            continue
        hint = suggestion(name, {*script.actions, *house.actions})
        message = f"there is no action `{name}`{hint}"
        if name in house.actions:
            message = f"`{name}` is not listed under `actions:` of the domain"
        yield fault(step.place, message)
    yield from _actions_of_questions(script)


def _actions_of_questions(script: Script) -> Iterator[Fault]:
    """`action_ask_x` and `validate_x` run by their names alone, so a misspelt one never runs."""
    asked = {step.slot for _, step in collects_of(script)}
    known = asked | script.unread | misspelt_slots(script)
    for name, place in script.actions.items():
        for prefix in ("action_ask_", "validate_"):
            slot = name.removeprefix(prefix)
            if name.startswith(prefix) and slot not in known:
                hint = suggestion(slot, asked & script.slots.keys())
                yield fault(place, f"no flow asks for the slot of `{name}`{hint}")


def flows_exist(script: Script, house: House) -> Iterator[Fault]:
    """`link` and `call` to flows that are not there, or that may not be reached so."""
    for _, step in steps_of(script):
        if not isinstance(step, Link | Call):
            continue
        if step.flow not in script.flows and not is_presumed(script, house, step.flow):
            hint = suggestion(step.flow, script.flows)
            yield fault(step.place, f"there is no flow `{step.flow}`{hint}")
        elif isinstance(step, Call) and step.flow.startswith(PATTERN):
            yield fault(step.place, f"`{step.flow}` is a pattern and cannot be called; link to it")
        elif isinstance(step, Link) and step.flow.startswith(PATTERN) and step.flow != HANDOFF:
            yield fault(step.place, f"of the patterns a flow may link to `{HANDOFF}` only")


def responses_exist(script: Script, house: House) -> Iterator[Fault]:
    """Responses that a flow, a card or code says and that are not there."""
    for name, place in _said(script, house):
        if name not in script.responses and not is_presumed(script, house, name):
            hint = suggestion(name, script.responses)
            yield fault(place, f"there is no response `{name}`{hint}")


def responses_are_used(script: Script, house: House) -> Iterator[Fault]:
    """Responses that nothing says: a text that an editor mends in vain."""
    said = {name for name, _ in _said(script, house)}
    used = said | {step.utter for _, step in collects_of(script)} | {INTERNAL_ERROR_RESPONSE}
    used |= {f"utter_ask_{slot}" for slot in misspelt_slots(script)}
    for name, response in script.responses.items():
        if name in used or said_as(house.spoken, name) or is_presumed(script, house, name):
            continue
        yield fault(response.place, f"nothing says `{name}`")


def _said(script: Script, house: House) -> Iterator[tuple[str, Place]]:
    """Every response that is said by its full name, and where."""
    for _, step in steps_of(script):
        if isinstance(step, Act) and step.action.startswith("utter_"):
            yield step.action, step.place
        elif isinstance(step, Collect):
            if step.utter != f"utter_ask_{step.slot}":
                yield step.utter, step.place
            for rejection in step.rejections:
                yield rejection.utter, step.place
    card = shown(house.knowledge.folder / "emergency_card.yml")
    for line in house.knowledge.emergency_card:
        yield line.response, Place(card, line.line)
    help_cards = shown(house.knowledge.folder / "help_cards.yml")
    for help_card in house.knowledge.help_cards:
        yield help_card.response, Place(help_cards, help_card.line)
    for name in house.spoken:
        if not name.endswith("*"):
            yield name, _home(script)


def _home(script: Script) -> Place:
    """Where a response that only code names would stand: beside the others."""
    places = sorted((found.place.file, 1) for found in script.responses.values())
    return Place(*places[0]) if places else Place("script", 1)


def fields_exist(script: Script, house: House) -> Iterator[Fault]:
    """`{fields}` that nothing fills in: the visitor would see a hole in the sentence."""
    for response, variation in variations_of(script):
        known = _fields_of(script, house, response)
        texts = [variation.text, *(button.title for button in variation.buttons)]
        for text in {text for words in texts for text in words.values()}:
            for name in sorted(fields(text) - known):
                if _is_context(script, house, name, known) or is_presumed(script, house, name):
                    continue
                message = f"nothing fills in `{{{name}}}` in `{response.name}`"
                yield fault(variation.place, message + suggestion(name, known))
            if re.search(r"[{}]", re.sub(r"\{[a-z_][a-z0-9_]*\}", "", text)):
                message = f"`{response.name}` holds a `{{` or `}}` that is no field"
                yield fault(variation.place, message)


def _fields_of(script: Script, house: House, response: Response) -> frozenset[str]:
    """What is filled in wherever the response is said."""
    without_site = {
        f"{PREFIX}site_{key}" for key, line in house.knowledge.help_lines.items() if not line.site
    }
    context = context_names(tuple(house.knowledge.help_lines)) - NOT_FOR_TEXTS - without_site
    known = frozenset({*script.slots, "language"}) - NOT_FOR_TEXTS | context
    knowledge = house.knowledge
    on_cards = {line.response for line in knowledge.emergency_card}
    on_cards |= {card.response for card in knowledge.help_cards}
    if response.name in on_cards:
        known = context
    spoken = said_as(house.spoken, response.name)
    if spoken is not None:
        sees = {"nothing": frozenset[str](), "context": context, "slots": known}[spoken.sees]
        known = sees | spoken.fields
    return known


LINTS = (
    slots_exist,
    actions_exist,
    flows_exist,
    responses_exist,
    responses_are_used,
    fields_exist,
)
