"""What the lints share: the house that a script has to fit, and ways to go through a script."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from data.files import Fault, nearest
from data.knowledge import Knowledge
from flows import payloads
from flows.conditions import Compiled
from flows.model import Button, Collect, Flow, Place, Response, Script, Step, Variation
from flows.urgency import ASKED_OF, ASKED_OF_ALL
from flows.words import SPOKEN, SYSTEM, Spoken

#: What the caseworker's card reads: lost at the end of a flow that does not persist it.
HANDED_OVER = (*ASKED_OF_ALL, *(slot for slots in ASKED_OF.values() for slot in slots), "today")


@dataclass(frozen=True, slots=True)
class House:
    """All that a script has to fit and does not say itself: handed in, so that lints are pure.

    `actions` are those that code has, `spoken` the responses that code says, `system` the names
    of our own buttons, `handed_over` the slots that the desk reads.
    """

    knowledge: Knowledge
    actions: Collection[str]
    spoken: Mapping[str, Spoken]
    system: Collection[str]
    handed_over: Collection[str]


def house(
    knowledge: Knowledge,
    actions: Collection[str],
    *,
    spoken: Mapping[str, Spoken] = SPOKEN,
    system: Collection[str] = SYSTEM,
    handed_over: Collection[str] = HANDED_OVER,
) -> House:
    """A house as it is built today, or with parts of your own."""
    return House(knowledge, actions, spoken, system, handed_over)


Lint = Callable[[Script, House], Iterator[Fault]]


def fault(place: Place, message: str) -> Fault:
    """A fault at a place of the script."""
    return Fault(place.file, place.line, message)


def steps_of(script: Script) -> Iterator[tuple[Flow, Step]]:
    """Every step with its flow, in file order."""
    for flow in script.flows.values():
        for step in flow.steps.values():
            yield flow, step


def collects_of(script: Script) -> Iterator[tuple[Flow, Collect]]:
    """Every question with its flow."""
    for flow, step in steps_of(script):
        if isinstance(step, Collect):
            yield flow, step


def variations_of(script: Script) -> Iterator[tuple[Response, Variation]]:
    """Every form of every response."""
    for response in script.responses.values():
        for variation in response.variations:
            yield response, variation


def conditions_of(script: Script) -> Iterator[tuple[Compiled, Place]]:
    """Every condition on a way or on a form of a response, with where it stands."""
    for _, step in steps_of(script):
        for target in step.next:
            if target.condition is not None:
                yield target.condition, step.place
    for _, form in variations_of(script):
        if form.condition is not None:
            yield form.condition, form.place


def values_of_button(button: Button) -> tuple[tuple[str, str], ...]:
    """The slots and values a button sets; none when it is of another kind or does not parse."""
    parsed = parsed_of(button)
    return parsed.values if isinstance(parsed, payloads.SetValues) else ()


def parsed_of(button: Button) -> payloads.Payload | None:
    """What a button sends; None when it does not parse, which the loader reports."""
    try:
        return payloads.parse(button.payload)
    except payloads.BadPayload:
        return None


def misspelt_slots(script: Script) -> frozenset[str]:
    """The slots that a misspelt `collect:` most likely means: that nothing asks for them, or reads
    them, follows from that one fault and is not told beside it."""
    unknown = {step.slot for _, step in collects_of(script)} - script.slots.keys()
    return frozenset(near for slot in unknown for near in nearest(slot, script.slots))


def is_presumed(script: Script, house: House, name: str) -> bool:
    """Whether a file that cannot be read may define `name`: then it is not called unknown."""
    return is_unread(script, house.knowledge, name)


def is_unread(script: Script, knowledge: Knowledge, name: str) -> bool:
    """Whether `name` stands in a file, of either folder, that cannot be read.

    A question names its slot only: `collect: role` asks `utter_ask_role`.
    """
    slot = name
    for prefix in ("utter_ask_", "action_ask_", "validate_"):
        slot = slot.removeprefix(prefix)
    return not {name, slot}.isdisjoint(script.unread | knowledge.unread)
