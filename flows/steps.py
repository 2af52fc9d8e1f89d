"""Reads the steps of one flow: what each is, and where it goes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from data.files import Map, Section, Seq, suggestion
from flows.conditions import Compiled, ConditionError, SlotKind, compile_condition
from flows.model import (
    END,
    Act,
    Call,
    Collect,
    Link,
    Noop,
    Place,
    Rejection,
    SetSlots,
    Step,
    Target,
)

#: In the place of a condition that cannot be read: the branch is there, and is never taken.
NEVER = Compiled("", lambda values: False, frozenset())
STEP_KINDS = ("collect", "action", "set_slots", "link", "call", "noop")


def read_condition(section: Section, key: str, kinds: Mapping[str, SlotKind]) -> Compiled | None:
    """The condition below `key`, which may look at `kinds`; None when absent, or after a fault."""
    source = section.raw(key, None)
    if source is None:
        return None
    if not isinstance(source, str):
        section.fault(f'`{key}` must be a condition, such as `slots.role is "other"`', key)
        return None
    try:
        return compile_condition(source, kinds)
    except ConditionError as error:
        section.fault(f"`{source}`: {error}", key)
        return None


class StepReader:
    """The steps of one flow, branches flattened into one table with an id for each."""

    def __init__(self, flow: str, kinds: Mapping[str, SlotKind]) -> None:
        self.flow = flow
        self.kinds = kinds
        self.found: dict[str, Step] = {}
        self.ids: set[str] = set()
        self.wanted: list[tuple[Section, str, str]] = []

    def read_list(self, parent: Section, key: str, after: str | None) -> str:
        """Reads a list of steps, returns the id of the first. A step without `next` goes on to
        the following one; the last one to `after`, and None means that it must say so itself."""
        sections = parent.items(key)
        if not sections:
            parent.fault(f"`{key}` is empty", key)
            return END
        ids = [self.new_id(section) for section in sections]
        for number, section in enumerate(sections):
            last = number + 1 == len(sections)
            following = after if last else ids[number + 1]
            self.found[ids[number]] = self.read_step(section, ids[number], following)
        return ids[0]

    def new_id(self, section: Section) -> str:
        kind = next((name for name in STEP_KINDS if name in section.map), "step")
        name = section.text("id", "") or f"{len(self.ids)}_{kind}"
        if name in self.ids or name == END:
            section.fault(f"the step id `{name}` is taken in `{self.flow}`", "id")
        self.ids.add(name)
        return name

    def read_step(self, section: Section, name: str, following: str | None) -> Step:
        kinds = [kind for kind in STEP_KINDS if kind in section.map]
        place = Place(section.file, section.map.line)
        if len(kinds) != 1:
            known = ", ".join(STEP_KINDS)
            section.fault(f"a step is exactly one of {known}")
            for key in section.map:
                section.raw(key)
            return Noop(name, (Target(None, END),), place)
        (kind,) = kinds
        metadata = section.raw("metadata", None)
        if kind == "link":
            if section.has("next"):
                section.fault("`link` is the last step; it has no `next`", "next")
            targets: tuple[Target, ...] = (Target(None, END),)
        else:
            targets = self.read_next(section, following, kind)
        step = self.read_kind(section, kind, name, targets, place)
        section.done()
        return replace(step, metadata=metadata) if isinstance(metadata, Map) else step

    def read_kind(
        self, section: Section, kind: str, name: str, targets: tuple[Target, ...], place: Place
    ) -> Step:
        if kind == "collect":
            return self.read_collect(section, name, targets, place)
        if kind == "action":
            return Act(name, targets, place, section.text("action"))
        if kind == "set_slots":
            return SetSlots(name, targets, place, tuple(self.read_values(section)))
        if kind == "link":
            return Link(name, targets, place, section.text("link"))
        if kind == "call":
            return Call(name, targets, place, section.text("call"))
        section.flag("noop")
        return Noop(name, targets, place)

    def read_collect(
        self, section: Section, name: str, targets: tuple[Target, ...], place: Place
    ) -> Collect:
        slot = section.text("collect")
        section.text("description")
        kind = self.kinds.get(slot)
        rejections = []
        for item in section.items("rejections", ()):
            # as in Rasa: a rejection sees the slot being collected, and no other
            condition = read_condition(item, "if", {slot: kind} if kind else {})
            utter = item.text("utter")
            item.done()
            if condition:
                rejections.append(Rejection(condition, utter))
        return Collect(
            name,
            targets,
            place,
            slot=slot,
            utter=section.text("utter", f"utter_ask_{slot}"),
            ask_before_filling=section.flag("ask_before_filling", False),
            rejections=tuple(rejections),
        )

    def read_values(self, section: Section) -> Iterable[tuple[str, Any]]:
        for item in section.items("set_slots"):
            for name in item.map:
                yield name, item.raw(name)

    def read_next(self, section: Section, following: str | None, kind: str) -> tuple[Target, ...]:
        value = section.raw("next", None)
        if value is None:
            if following is None:
                section.fault("the last step of a branch needs `next`")
            elif kind == "noop":
                section.fault("`noop` needs a `next`")
            return (Target(None, following or END),)
        if isinstance(value, str):
            self.wanted.append((section, "next", value))
            return (Target(None, value),)
        if not isinstance(value, Seq):
            section.fault("`next` is a step id, END, or a list of if / else", "next")
            return (Target(None, END),)
        return self.read_branches(section)

    def read_branches(self, section: Section) -> tuple[Target, ...]:
        targets, otherwise = [], None
        for item in section.items("next"):
            if item.has("else"):
                if otherwise:
                    item.fault("there is a second `else`", "else")
                otherwise = Target(None, self.read_target(item, "else"))
            else:
                if not item.has("if"):
                    item.fault("a branch begins with `if` or `else`")
                condition = read_condition(item, "if", self.kinds) or NEVER
                targets.append(Target(condition, self.read_target(item, "then")))
            item.done()
        if otherwise is None:
            section.fault("`if` without `else`: say where to go when nothing holds", "next")
            otherwise = Target(None, targets[0].step if targets else END)
        return (*targets, otherwise)

    def read_target(self, item: Section, key: str) -> str:
        value = item.raw(key)
        if isinstance(value, str):
            self.wanted.append((item, key, value))
            return value
        if isinstance(value, Seq):
            return self.read_list(item, key, None)
        item.fault(f"`{key}` is a step id, END, or a list of steps", key)
        return END

    def check_targets(self) -> None:
        for section, key, target in self.wanted:
            if target != END and target not in self.found:
                hint = suggestion(target, (*self.found, END))
                section.fault(f"there is no step `{target}` in `{self.flow}`{hint}", key)
