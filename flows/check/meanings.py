"""The script and the data folder: chips have meanings, meanings have chips, the card has lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from data.emergency_card import PARTS, STAFF, CardState, card_lines
from data.files import Fault, shown, suggestion
from flows.check.common import (
    House,
    collects_of,
    conditions_of,
    fault,
    is_presumed,
    steps_of,
    values_of_button,
    variations_of,
)
from flows.model import Place, Script, SetSlots
from flows.render import fields
from flows.urgency import UNKNOWN

EMERGENCY_FIELD = "context_number_emergency"
#: A first sentence that asks, in any of our scripts.
QUESTION = re.compile(r"^[^.!?\u061f]*[?\u061f]")


def chips_have_meanings(script: Script, house: House) -> Iterator[Fault]:
    """Chips that triage.yml does not know: the desk would not hear of them."""
    answers = house.knowledge.triage.answers
    for _, step in collects_of(script):
        response = script.responses.get(step.utter)
        for variation in response.variations if response else ():
            if not variation.metadata.get("multiple"):
                continue
            for button in variation.buttons:
                for slot, value in values_of_button(button):
                    known = answers.get(slot, {})
                    if value in (*known, UNKNOWN) or is_presumed(script, house, value):
                        continue
                    message = f"`{value}` has no meaning in triage.yml{suggestion(value, known)}"
                    yield fault(button.place, message)


def meanings_have_chips(script: Script, house: House) -> Iterator[Fault]:
    """Meanings in triage.yml that no button gives and no flow sets."""
    triage, file = house.knowledge.triage, _file(house, "triage.yml")
    given = _given(script)
    for slot, meanings in triage.answers.items():
        for value, meaning in meanings.items():
            known = given.get(slot, set())
            if value not in known and not is_presumed(script, house, value):
                message = f"no button gives `{value}` to `{slot}`{suggestion(value, known)}"
                yield fault(Place(file, meaning.line), message)
    clock = (triage.clock_slot, triage.clock_value)
    if clock[1] not in given.get(clock[0], set()) and not is_presumed(script, house, clock[1]):
        slot, value = clock
        hint = suggestion(value, given[slot]) if slot in given else suggestion(slot, given)
        yield fault(Place(file, 1), f"`clock`: no button gives `{value}` to `{slot}`{hint}")


def _given(script: Script) -> dict[str, set[str]]:
    """The values that buttons and `set_slots` give, by slot."""
    found: dict[str, set[str]] = {}
    for _, variation in variations_of(script):
        for button in variation.buttons:
            for slot, value in values_of_button(button):
                found.setdefault(slot, set()).add(value)
    for _, step in steps_of(script):
        for slot, value in step.values if isinstance(step, SetSlots) else ():
            found.setdefault(slot, set()).add(str(value))
    return found


def answers_reach_the_card(script: Script, house: House) -> Iterator[Fault]:
    """Answers that are kept for a caseworker and that triage.yml has no words for: the card is
    silent about them. Of the questions that the desk knows itself it says which were skipped."""
    triage, given, several = house.knowledge.triage, _given(script), _multiple(script)
    kept = frozenset[str]().union(*(flow.persisted for flow in script.flows.values()))
    for _, step in collects_of(script):
        slot = step.slot
        if slot not in kept or slot in several or slot in house.handed_over:
            continue
        worded = {UNKNOWN, *triage.answers.get(slot, {})}
        for value in sorted(given.get(slot, set()) - worded):
            if not (is_presumed(script, house, slot) or is_presumed(script, house, value)):
                message = f"`{slot}: {value}` has no words in `answers` of triage.yml"
                yield fault(step.place, f"{message}, so the caseworker's card does not show it")


def looked_for_chips_are_there(script: Script, house: House) -> Iterator[Fault]:
    """Conditions that look for a chip which no button gives: they would never hold."""
    given, multiple = _given(script), _multiple(script)
    for condition, place in conditions_of(script):
        for slot, looked_for in sorted(condition.contains):
            if slot not in multiple:
                continue
            value, known = looked_for.strip("|"), given.get(slot, set())
            if value not in known and not is_presumed(script, house, value):
                yield fault(
                    place, f"no button gives `{value}` to `{slot}`{suggestion(value, known)}"
                )
            elif looked_for != f"|{value}|":
                # without the bars a chip is also found inside the name of another one
                yield fault(place, f'`{slot}` takes several answers: write contains "|{value}|"')


def _multiple(script: Script) -> set[str]:
    """The slots of questions that take several answers."""
    return {
        step.slot
        for _, step in collects_of(script)
        if (response := script.responses.get(step.utter)) is not None
        and any(variation.metadata.get("multiple") for variation in response.variations)
    }


def words_are_there(script: Script, house: House) -> Iterator[Fault]:
    """Roles and questions that triage.yml has no words for at the desk."""
    triage, file = house.knowledge.triage, Place(_file(house, "triage.yml"), 1)
    role = script.slots.get("role")
    for value in role.kind.values if role else ():
        if value not in triage.roles and not is_presumed(script, house, value):
            yield fault(
                file, f"`roles` has no words for `{value}`{suggestion(value, triage.roles)}"
            )
    for slot in house.handed_over:
        if slot not in triage.questions and not is_presumed(script, house, slot):
            hint = suggestion(slot, triage.questions)
            yield fault(file, f"`questions` has no words for `{slot}`{hint}")


def card_helps_everyone(script: Script, house: House) -> Iterator[Fault]:
    """Cases in which the emergency card would be empty, or begin without the number to call."""
    knowledge, place = house.knowledge, Place(_file(house, "emergency_card.yml"), 1)
    if not knowledge.emergency_card and knowledge.unread:
        return
    cases = product(PARTS, knowledge.triage.roles, (False, True), (None, *STAFF), (False, True))
    empty, mute = set(), set()
    for part, role, heard, staff, office in cases:
        lines = card_lines(
            knowledge.emergency_card, part, CardState(role, heard, staff, (), office)
        )
        if not lines:
            empty.add((part, role))
        elif part == "call" and not _says_number(script, lines[0]):
            mute.add((role, lines[0]))
    for part, role in sorted(empty):
        yield fault(place, f"the card has no line with `part: {part}` for `{role}` in some case")
    for role, name in sorted(mute):
        message = f"the card for `{role}` must begin with `{{{EMERGENCY_FIELD}}}`: `{name}`"
        yield fault(place, message)


def _says_number(script: Script, name: str) -> bool:
    response = script.responses.get(name)
    return response is None or all(
        EMERGENCY_FIELD in fields(text)
        for variation in response.variations
        for text in variation.text.values()
    )


def help_cards_ask(script: Script, house: House) -> Iterator[Fault]:
    """Help cards for a signal that state it: who was only heard may not have meant it."""
    file = _file(house, "help_cards.yml")
    for card in house.knowledge.help_cards:
        response = script.responses.get(card.response)
        if not card.signals or response is None:
            continue
        for variation in response.variations:
            for language, text in variation.text.items():
                if QUESTION.search(text) is None:
                    message = f"`{card.response}` must begin with a question in `{language}`"
                    yield fault(Place(file, card.line), f"{message}: what is heard is not certain")


def _file(house: House, name: str) -> str:
    return shown(house.knowledge.folder / name)


LINTS = (
    chips_have_meanings,
    meanings_have_chips,
    looked_for_chips_are_there,
    answers_reach_the_card,
    words_are_there,
    card_helps_everyone,
    help_cards_ask,
)
