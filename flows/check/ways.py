"""Ways through the whole script: where they end, and how many screens they take.

The walk takes every branch, also two that exclude each other: what it finds may be too strict,
never too mild.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from data.files import Fault
from flows.check.common import House, fault
from flows.check.graph import exists, is_human, roots
from flows.engine import slots_of
from flows.model import (
    END,
    HANDOFF,
    INTERNAL_ERROR,
    SESSION_START,
    Act,
    Call,
    Collect,
    Flow,
    Link,
    Script,
    SetSlots,
    Step,
)

#: Screens before the queue, and questions on top that an answer asks for (R8, DOMAIN 2.5).
MOST_SCREENS = 5
MOST_FOLLOW_UPS = 1
#: The metadata of a step that makes it such a question.
FOLLOW_UP = "follow_up"
#: The intent of the button that skips everything.
STRAIGHT = "caseworker"
#: Situations that one walk looks at; the shipped script has some hundreds.
MOST_SITUATIONS = 50_000


def lead_to_help(script: Script, house: House) -> Iterator[Fault]:
    """Every way ends with a human, or after a text with `help: true`; none is too long."""
    for flow in roots(script):
        if flow.id == SESSION_START:
            yield from _Walk(script, flow, human_only=False).faults()
        elif flow.id in (HANDOFF, INTERNAL_ERROR) or STRAIGHT in flow.intents:
            yield from _Walk(script, flow, human_only=True).faults()


@dataclass(frozen=True, slots=True)
class _At:
    """Where a walk stands: the flows under way, what is answered, what was asked."""

    stack: tuple[tuple[str, str, bool], ...]
    filled: frozenset[str] = frozenset()
    asked: tuple[str, ...] = ()
    follow_ups: int = 0
    helped: bool = False

    def moved(self, step: str) -> _At:
        flow, _, called = self.stack[-1]
        return replace(self, stack=(*self.stack[:-1], (flow, step, called)))

    def pushed(self, flow: Flow, *, called: bool) -> _At:
        return replace(self, stack=(*self.stack, (flow.id, flow.first, called)))


class _Walk:
    """Goes every way from one flow."""

    def __init__(self, script: Script, root: Flow, *, human_only: bool) -> None:
        self.script = script
        self.root = root
        self.human_only = human_only
        self.found: set[Fault] = set()

    def faults(self) -> set[Fault]:
        seen: set[_At] = set()
        todo = [_At(((self.root.id, self.root.first, False),))]
        while todo and len(seen) < MOST_SITUATIONS:
            at = todo.pop()
            if at not in seen:
                seen.add(at)
                todo.extend(self.after(at))
        if todo:
            self.found.add(fault(self.root.place, "there are too many ways to check; simplify"))
        return self.found

    def after(self, at: _At) -> Iterator[_At]:
        flow, name, _ = at.stack[-1]
        if not exists(self.script, (flow, name)):
            return
        step = self.script.flows[flow].steps[name]
        if is_human(step):
            return
        there = self.done(at, step)
        if there is None:
            return
        if isinstance(step, Link):
            yield from self.linked(there, step)
        else:
            for target in step.next:
                yield from self.onward(there, step, target.step)

    def done(self, at: _At, step: Step) -> _At | None:
        """The situation after `step`; None when the way is already too long."""
        if isinstance(step, Act):
            return replace(at, helped=at.helped or self.helps(step.action))
        if isinstance(step, SetSlots):
            emptied = {name for name, value in step.values if value is None}
            given = {name for name, value in step.values if value is not None}
            return replace(at, filled=(at.filled | given) - emptied)
        if isinstance(step, Collect) and (step.slot not in at.filled or step.ask_before_filling):
            return self.asked(at, step)
        return at

    def asked(self, at: _At, step: Collect) -> _At | None:
        at = replace(at, filled=at.filled | {step.slot})
        if step.metadata.get(FOLLOW_UP) is True:
            at = replace(at, follow_ups=at.follow_ups + 1)
            if at.follow_ups > MOST_FOLLOW_UPS:
                message = f"`{step.slot}` is a second question with `{FOLLOW_UP}` on one way"
                self.found.add(fault(step.place, message))
                return None
            return at
        at = replace(at, asked=(*at.asked, step.slot))
        if len(at.asked) > MOST_SCREENS:
            way = " > ".join(at.asked)
            message = (
                f"more than {MOST_SCREENS} screens before a human: {way};"
                " the intake is full: a new question takes the place of another"
            )
            self.found.add(fault(step.place, message))
            return None
        return at

    def helps(self, response: str) -> bool:
        found = self.script.responses.get(response)
        if found is None:
            return response in self.script.unread
        return all(form.metadata.get("help") is True for form in found.variations)

    def linked(self, at: _At, step: Link) -> Iterator[_At]:
        target = self.script.flows.get(step.flow)
        # that the handoff itself ends with a human is looked at once, on its own
        if target is not None and target.id != HANDOFF:
            yield self.popped(at).pushed(target, called=False)

    def onward(self, at: _At, step: Step, target: str) -> Iterator[_At]:
        there = at.moved(target)
        if isinstance(step, Call) and step.flow in self.script.flows:
            # a flow that calls itself is reported by another lint; here it would never end
            if step.flow not in [flow for flow, _, _ in at.stack]:
                yield there.pushed(self.script.flows[step.flow], called=True)
            return
        while there.stack and there.stack[-1][1] == END:
            there = self.popped(there)
        if there.stack:
            yield there
        elif self.human_only:
            self.found.add(fault(step.place, f"`{self.root.id}` ends here without a human"))
        elif not there.helped:
            message = "a way ends here without a human, or a text with `help: true` before"
            self.found.add(fault(step.place, message))

    def popped(self, at: _At) -> _At:
        """The top flow is over; as in the engine, its slots are put back unless it was called."""
        flow, _, called = at.stack[-1]
        emptied = frozenset() if called else slots_of(self.script, flow)
        return replace(at, stack=at.stack[:-1], filled=at.filled - emptied)


LINTS = (lead_to_help,)
