"""A script of two screens that is right, to break one thing of at a time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from data.files import Fault
from data.triage import TriageData
from flows import loader
from flows.check import House, check, house
from flows.model import Script
from tests import shipped

LANGUAGES = ("nl", "en")
ACTIONS = ("action_hand_over", "action_ask_note")

FLOWS = """\
flows:
  pattern_session_start:
    description: Begin
    steps:
      - action: utter_hello
      - link: intake
  intake:
    description: Twee vragen
    if: false
    persisted_slots: [danger, topic]
    steps:
      - id: danger
        collect: danger
        description: Gevaar
      - id: topic
        collect: topic
        description: Waar het over gaat
        next:
          - if: slots.topic contains "|money|"
            then: money
          - else: human
      - id: money
        action: utter_money
      - id: human
        link: pattern_human_handoff
  pattern_human_handoff:
    description: Een mens
    steps:
      - action: action_hand_over
  pattern_cannot_handle:
    description: Getypt
    steps:
      - action: utter_typed
  pattern_internal_error:
    description: Fout
    steps:
      - link: pattern_human_handoff
  straight:
    description: Meteen
    nlu_trigger: [{intent: caseworker}]
    steps:
      - link: pattern_human_handoff
"""

DOMAIN = """\
slots:
  danger: {type: categorical, values: [yes, no, unknown], mappings: [{type: from_llm}]}
  topic: {type: text, mappings: [{type: from_llm}]}
  context_state: {type: categorical, values: [open, closed], mappings: [{type: controlled}]}
actions:
  - action_hand_over
responses:
  utter_hello:
    - text: Dag
      translation: {en: Hello}
  utter_typed:
    - text: Dank je
      translation: {en: Thank you}
  utter_money:
    - text: "Over geld: {context_number_advice}"
      translation: {en: "About money: {context_number_advice}"}
      metadata: {help: true}
  utter_ask_danger:
    - text: Is er gevaar?
      translation: {en: Is there danger?}
      metadata: {typed: {yes: [ja], no: [nee]}}
      buttons:
        - {title: Ja, payload: "/SetSlots(danger=yes)", translation: {en: {title: Yes}}}
        - {title: Nee, payload: "/SetSlots(danger=no)", translation: {en: {title: No}}}
        - {title: Overslaan, payload: "/SetSlots(danger=unknown)", translation: {en: {title: Skip}}}
        - {title: Meteen, payload: /caseworker, translation: {en: {title: Straight}}}
  utter_ask_topic:
    - text: Waarover?
      translation: {en: What about?}
      metadata: {multiple: true, visible: 2, alone: [unknown]}
      buttons:
        - {title: Geld, payload: "/SetSlots(topic=money)", translation: {en: {title: Money}}}
        - {title: Wonen, payload: "/SetSlots(topic=home)", translation: {en: {title: Home}}}
        - {title: Overslaan, payload: "/SetSlots(topic=unknown)", translation: {en: {title: Skip}}}
        - {title: Meteen, payload: /caseworker, translation: {en: {title: Straight}}}
"""


def files(*changes: tuple[str, str], flows: str = FLOWS, domain: str = DOMAIN) -> dict[str, bytes]:
    """The little script with texts replaced; each must stand there exactly once."""
    found = {"flows.yml": flows, "domain.yml": domain}
    for old, new in changes:
        (name,) = [name for name, text in found.items() if old in text]
        assert found[name].count(old) == 1, f"{old!r} stands {found[name].count(old)} times"
        found[name] = found[name].replace(old, new)
    return {name: text.encode() for name, text in found.items()}


def script(*changes: tuple[str, str], **parts: str) -> Script:
    """The little script, loaded. Raises what the loader raises."""
    return loader.load_files(files(*changes, **parts), LANGUAGES)


def little_house(**changes: object) -> House:
    """A house that the little script fits."""
    triage = replace(
        shipped.knowledge().triage,
        answers={},
        clock_slot="danger",
        clock_value="yes",
        roles={},
        questions={"danger": {}},
    )
    assert isinstance(triage, TriageData)
    meanings = {"money": _meaning(), "home": _meaning()}
    triage = replace(triage, answers={"topic": meanings})
    knowledge = replace(shipped.knowledge(), folder=Path("data"), triage=triage)
    knowledge = replace(knowledge, emergency_card=(), help_cards=())
    known = {"knowledge": knowledge, "actions": ACTIONS, "spoken": {}, "handed_over": ("danger",)}
    return house(**{**known, **changes})  # type: ignore[arg-type]


def _meaning() -> object:
    return next(iter(shipped.knowledge().triage.answers["signals"].values()))


def faults(*changes: tuple[str, str], house: House | None = None, **parts: str) -> list[str]:
    """What `check` says of the little script after `changes`, as an editor reads it."""
    script, found = loader.read(files(*changes, **parts), LANGUAGES)
    every: set[Fault] = {*found, *check(script, house or little_house())}
    return [str(fault) for fault in sorted(every)]
