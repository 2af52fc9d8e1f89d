"""Reads a script folder into a `Script`. Whatever is outside the subset is a fault, never ignored.

The format is Rasa's CALM (version 3.1); docs/script.md says which part of it. A file is told by
its top-level keys, so editors may cut the script into as many files as they like.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from data.files import (
    Fault,
    Map,
    Section,
    Seq,
    Unreadable,
    parse_yaml,
    read_files,
    suggestion,
    words_of,
)
from flows import payloads
from flows.conditions import Compiled, SlotKind
from flows.model import END, Button, Flow, Place, Response, Script, Slot, Variation
from flows.steps import StepReader, read_condition

DEFAULT_FOLDER = Path(__file__).parent / "script"
FLOW_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
SLOT_TYPES = ("text", "bool", "float", "categorical", "any")
TOP_KEYS = ("version", "flows", "slots", "responses", "actions", "nlu", "stories", "session_config")


def load(folder: Path, languages: tuple[str, ...]) -> Script:
    """The script in `folder`. Raises `Unreadable` with every fault found."""
    return load_files(read_files(folder), languages, str(folder))


def load_files(files: Mapping[str, bytes], languages: tuple[str, ...], name: str = "") -> Script:
    """The script in `files`, as a release stores them. Raises `Unreadable`.

    `languages`: the first is the language of the texts, the others those of `translation`.
    """
    script, faults = read(files, languages, name)
    if faults:
        raise Unreadable(faults)
    return script


def read(
    files: Mapping[str, bytes], languages: tuple[str, ...], name: str = ""
) -> tuple[Script, list[Fault]]:
    """As far as the script can be read, with all faults: what `check` builds on."""
    reader = _Reader(languages)
    for path, raw in files.items():
        shown = f"{name}/{path}" if name else path
        try:
            document = parse_yaml(raw, shown)
        except Unreadable as error:
            reader.faults.extend(error.faults)
            reader.unread |= words_of(raw)
            continue
        reader.read(Section(document, shown, reader.faults))
    return reader.script(files), reader.faults


def script_id(files: Mapping[str, bytes]) -> str:
    """The id of a release: the SHA-256 of its files and their names."""
    digest = hashlib.sha256()
    for path, raw in sorted(files.items()):
        digest.update(f"{path}\0{len(raw)}\0".encode())
        digest.update(raw)
    return digest.hexdigest()


class _Reader:
    """Collects the documents first, then builds: conditions need all slots to be known."""

    def __init__(self, languages: tuple[str, ...]) -> None:
        self.languages = languages
        self.faults: list[Fault] = []
        self.flow_sections: dict[str, Section] = {}
        self.response_sections: dict[str, tuple[Place, Section]] = {}
        self.slots: dict[str, Slot] = {}
        self.actions: dict[str, Place] = {}
        self.intents: dict[str, tuple[str, ...]] = {}
        self.intent_sections: dict[str, Section] = {}
        self.unread: frozenset[str] = frozenset()
        self.domain: dict[str, Any] = {"version": "3.1"}

    def read(self, document: Section) -> None:
        for key in TOP_KEYS:
            document.raw(key, None)
        document.done()
        if document.has("version") and str(document.raw("version")) != "3.1":
            document.fault('`version` must be "3.1"', "version")
        slots, flows = document.section("slots", Map(1)), document.section("flows", Map(1))
        for name in slots.map:
            self.once(self.slots, name, slots)
            self.slots[name] = self.read_slot(name, slots)
        self.read_actions(document)
        responses = document.section("responses", Map(1))
        for name in responses.map:
            self.once(self.response_sections, name, responses)
            place = Place(document.file, responses.line(name))
            self.response_sections[name] = (place, responses)
        for name in flows.map:
            self.once(self.flow_sections, name, flows)
            self.flow_sections[name] = flows
        for item in document.items("nlu", ()):
            intent = item.text("intent")
            self.intents[intent] = _examples(item.text("examples"))
            self.intent_sections[intent] = item
            item.done()
        for key in ("slots", "responses", "actions", "session_config"):
            self.keep(key, document.raw(key, None))

    def once(self, found: Mapping[str, object], name: str, parent: Section) -> None:
        if name in found:
            parent.fault(f"`{name}` is defined twice", name)

    def read_actions(self, document: Section) -> None:
        names = document.texts("actions", ())
        items = document.raw("actions", None)
        lines = items.lines if isinstance(items, Seq) else []
        for name, line in zip(names, lines, strict=False):
            if name in self.actions:
                message = f"the action `{name}` is listed twice"
                self.faults.append(Fault(document.file, line, message))
            self.actions[name] = Place(document.file, line)

    def keep(self, key: str, value: Any) -> None:
        """Gathers the domain as a real Rasa would read it, for the actions."""
        if isinstance(value, Mapping):
            self.domain.setdefault(key, {}).update(value)
        elif isinstance(value, list):
            self.domain.setdefault(key, []).extend(value)

    def script(self, files: Mapping[str, bytes]) -> Script:
        responses = {
            name: self.read_response(name, place, section)
            for name, (place, section) in self.response_sections.items()
        }
        flows = {name: self.read_flow(name, part) for name, part in self.flow_sections.items()}
        triggers = {intent for flow in flows.values() for intent in flow.intents}
        for intent, item in self.intent_sections.items():
            if intent not in triggers | self.unread:
                hint = suggestion(intent, triggers)
                item.fault(f"no flow is started by the intent `{intent}`{hint}", "intent")
        for intent in sorted(triggers):
            self.intents.setdefault(intent, ())
        return Script(
            id=script_id(files),
            languages=self.languages,
            flows=flows,
            slots=self.slots,
            responses=responses,
            actions=self.actions,
            intents=self.intents,
            domain=self.domain,
            files=dict(files),
            unread=self.unread,
        )

    # slots and responses

    def read_slot(self, name: str, parent: Section) -> Slot:
        section = parent.section(name)
        kind = section.one_of("type", SLOT_TYPES)
        values = section.texts("values", ()) if kind == "categorical" else ()
        if kind == "categorical" and not values:
            section.fault(f"the categorical slot `{name}` needs `values`")
        if name == "language":
            section.fault("`language` is set by us; give the slot another name")
        mapping = "buttons"
        for item in section.items("mappings", ()):
            mapping = item.one_of("type", ("controlled", "from_text", "from_llm"))
            item.raw("conditions", None)
            item.done()
        slot = Slot(
            name=name,
            kind=SlotKind(kind, values) if kind in SLOT_TYPES else SlotKind("any"),  # type: ignore[arg-type]
            initial=section.raw("initial_value", None),
            mapping="buttons" if mapping == "from_llm" else mapping,
            place=Place(parent.file, parent.line(name)),
        )
        section.done()
        return slot

    def read_response(self, name: str, place: Place, parent: Section) -> Response:
        if not name.startswith("utter_"):
            parent.fault(f"the response `{name}` must be called `utter_...`", name)
        found = [self.read_variation(item) for item in parent.items(name)]
        if not found:
            parent.fault(f"`{name}` has no text", name)
        return Response(name, tuple(found), place)

    def read_variation(self, section: Section) -> Variation:
        section.text("id", "")
        metadata = section.raw("metadata", {})
        variation = Variation(
            text=self.read_text(section, "text"),
            buttons=tuple(self.read_button(item) for item in section.items("buttons", ())),
            condition=read_condition(section, "condition", self.kinds()),
            channel=section.text("channel", "") or None,
            custom=section.raw("custom", None),
            image=section.text("image", "") or None,
            metadata=metadata if isinstance(metadata, Mapping) else {},
            place=Place(section.file, section.map.line),
        )
        if not variation.text and variation.custom is None:
            section.fault("a response needs a `text`")
        section.done()
        return variation

    def read_button(self, section: Section) -> Button:
        title, payload = self.read_text(section, "title"), section.text("payload")
        id = ""
        try:
            id = payloads.button_id(payload)
        except payloads.BadPayload:
            known = "`/SetSlots(slot=value)`, `/intent` or `/sys:name`"
            section.fault(f"`{payload}` is not something a button can send: {known}", "payload")
        section.done()
        return Button(id, title, payload, Place(section.file, section.map.line))

    def read_text(self, section: Section, key: str) -> dict[str, str]:
        """A text and its translations: `translation: {en: ...}`, or `{en: {title: ...}}`."""
        first, *others = self.languages
        found = {first: section.text(key)} if section.has(key) else {}
        translation = section.section("translation", Map(section.map.line))
        for language in translation.map:
            if language not in others:
                hint = suggestion(language, others)
                translation.fault(f"`{language}` is not one of our languages{hint}", language)
            elif isinstance(translation.map[language], Map):
                part = translation.section(language)
                found[language] = part.text(key)
                part.done()
            else:
                found[language] = translation.text(language)
        return found

    # flows

    def kinds(self) -> dict[str, SlotKind]:
        kinds = {name: slot.kind for name, slot in self.slots.items()}
        kinds["language"] = SlotKind("categorical", self.languages)
        return {**dict.fromkeys(self.unread, SlotKind("any")), **kinds}

    def read_flow(self, name: str, parent: Section) -> Flow:
        section = parent.section(name)
        if not FLOW_ID.fullmatch(name):
            parent.fault(f"`{name}` may hold letters, digits, `_` and `-` only", name)
        guard: Compiled | bool = True
        if isinstance(section.raw("if", None), bool):
            guard = section.flag("if")
        elif section.has("if"):
            guard = read_condition(section, "if", self.kinds()) or False
        section.flag("run_pattern_completed", False)
        section.raw("translation", None)
        section.raw("metadata", None)
        persisted = section.texts("persisted_slots", ())
        for slot in persisted:
            if slot not in self.kinds():
                hint = suggestion(slot, self.slots)
                section.fault(f"there is no slot `{slot}`{hint}", "persisted_slots")
        steps = StepReader(name, self.kinds())
        first = steps.read_list(section, "steps", END)
        steps.check_targets()
        flow = Flow(
            id=name,
            name=section.text("name", name),
            description=section.text("description"),
            guard=guard,
            intents=tuple(self.read_triggers(section)),
            persisted=frozenset(persisted),
            steps=steps.found,
            first=first,
            place=Place(parent.file, parent.line(name)),
        )
        section.done()
        return flow

    def read_triggers(self, section: Section) -> Iterable[str]:
        for item in section.items("nlu_trigger", ()):
            intent = item.raw("intent")
            item.done()
            if isinstance(intent, Map):
                part = item.section("intent")
                part.raw("confidence_threshold", None)
                intent = part.text("name")
                part.done()
            yield str(intent)


def _examples(text: str) -> tuple[str, ...]:
    """The `- phrase` lines of an intent, for phrases that mean a button."""
    return tuple(
        line.strip().removeprefix("-").strip().casefold()
        for line in text.splitlines()
        if line.strip().removeprefix("-").strip()
    )
