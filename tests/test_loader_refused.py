"""Every step outside of the script format is told with its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.files import Unreadable
from flows import loader
from tests import little
from tests.test_loader import faults

HELLO = "      - action: utter_hello\n"
LINK = "      - link: intake\n"
GUARD = "    if: false\n"
GEVAAR = "        description: Gevaar\n"
OTHERWISE = "          - else: human\n"
MONEY = "      - id: money\n        action: utter_money\n"
DAG = "    - text: Dag\n"
MAPPED = "  topic: {type: text, mappings: [{type: from_llm}]}"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "flows:\n  pattern_s",
            "flow:\nflows:\n  pattern_s",
            "flows.yml:1: `flow` is not known here; did you mean `flows`?",
        ),
        (
            "flows:\n  pattern_s",
            'version: "2.0"\nflows:\n  pattern_s',
            'flows.yml:1: `version` must be "3.1"',
        ),
        ("    description: Begin\n", "", "flows.yml:3: `description` is missing"),
        (GUARD, "    iff: false\n", "flows.yml:9: `iff` is not known here"),
        (GUARD, "    if: maybe so\n", "flows.yml:9: `maybe so`: `maybe` is not known"),
        (
            GUARD,
            "    always_include_in_prompt: true\n",
            "flows.yml:9: `always_include_in_prompt` is not known here",
        ),
        (
            "  intake:\n",
            "  in take:\n",
            "flows.yml:7: `in take` may hold letters, digits, `_` and `-` only",
        ),
        (
            LINK,
            LINK + "        next: END\n",
            "flows.yml:7: `link` is the last step; it has no `next`",
        ),
        (HELLO, HELLO + "        link: intake\n", "flows.yml:5: a step is exactly one of"),
        (HELLO, "      - utter: utter_hello\n", "flows.yml:5: a step is exactly one of"),
        (HELLO, "      - utter_hello\n", "flows.yml:5: an item of `steps` must be a mapping"),
        (HELLO, HELLO + "        description: x\n", "flows.yml:6: `description` is not known here"),
        (GEVAAR, "", "flows.yml:12: `description` is missing"),
        (
            GEVAAR,
            GEVAAR + "        silence_timeout: 3\n",
            "flows.yml:15: `silence_timeout` is not known here",
        ),
        (
            GEVAAR,
            GEVAAR + "        reset_after_flow_ends: false\n",
            "flows.yml:15: `reset_after_flow_ends` is not known here",
        ),
        (
            "      - id: money\n",
            "      - id: danger\n",
            "flows.yml:22: the step id `danger` is taken in `intake`",
        ),
        (
            "      - id: money\n",
            "      - id: END\n",
            "flows.yml:22: the step id `END` is taken in `intake`",
        ),
        (
            "then: money",
            "then: mony",
            "flows.yml:20: there is no step `mony` in `intake`; did you mean `money`?",
        ),
        ("then: money", "then: []", "flows.yml:20: `then` is empty"),
        ("then: money", "then: 3", "flows.yml:20: `then` is a step id, END, or a list of steps"),
        (
            "then: money",
            "then: [{action: utter_money}]",
            "flows.yml:20: the last step of a branch needs `next`",
        ),
        (OTHERWISE, "", "flows.yml:18: `if` without `else`"),
        (
            OTHERWISE,
            OTHERWISE + "          - else: money\n",
            "flows.yml:22: there is a second `else`",
        ),
        (
            OTHERWISE,
            "          - then: human\n",
            "flows.yml:21: a branch begins with `if` or `else`",
        ),
        (MONEY, "      - id: money\n        noop: true\n", "flows.yml:22: `noop` needs a `next`"),
        (
            MONEY,
            MONEY + "        next: 3\n",
            "flows.yml:24: `next` is a step id, END, or a list of if / else",
        ),
        (
            GEVAAR,
            GEVAAR + "        rejections: [{if: slots.topic is null, utter: utter_typed}]\n",
            "flows.yml:15: `slots.topic is null`: there is no slot `topic` to look at here",
        ),
        (
            "persisted_slots: [danger, topic]",
            "persisted_slots: danger",
            "flows.yml:10: `persisted_slots` must be a list",
        ),
        (
            "    steps:\n      - link: pattern_human_handoff\n  straight",
            "    steps: []\n  straight",
            "flows.yml:36: `steps` is empty",
        ),
        ("topic: {type: text", "topic: {type: list", "domain.yml:3: `list` is not a type"),
        (
            "topic: {type: text",
            "topic: {type: text, influence_conversation: false",
            "domain.yml:3: `influence_conversation` is not known here",
        ),
        (
            "topic: {type: text",
            "topic: {type: categorical",
            "domain.yml:3: the categorical slot `topic` needs `values`",
        ),
        (
            "  topic: {type: text",
            "  language: {type: text",
            "domain.yml:3: `language` is set by us; give the slot another name",
        ),
        (
            "  topic: {type: text",
            "  danger: {type: text",
            "domain.yml:3: `danger` stands here twice",
        ),
        (
            MAPPED,
            "  topic: {type: text, mappings: [{type: from_entity}]}",
            "domain.yml:3: `from_entity` is not a type",
        ),
        (
            "  utter_typed:\n",
            "  typed:\n",
            "domain.yml:11: the response `typed` must be called `utter_...`",
        ),
        (
            "    - text: Dag\n      translation: {en: Hello}\n",
            "    []\n",
            "domain.yml:8: `utter_hello` has no text",
        ),
        (
            "    - text: Dag\n      translation: {en: Hello}\n",
            "    - metadata: {}\n",
            "domain.yml:9: a response needs a `text`",
        ),
        (
            DAG,
            DAG + "      txet: x\n",
            "domain.yml:10: `txet` is not known here; did you mean `text`?",
        ),
        (
            DAG,
            DAG + "      condition: [{type: slot}]\n",
            "domain.yml:10: `condition` must be a condition",
        ),
        (DAG, DAG + "      buttons: [{title: x, url: y}]\n", "domain.yml:10: `payload` is missing"),
        (
            "- action_hand_over\n",
            "- action_hand_over\n  - action_hand_over\n",
            "domain.yml:7: the action `action_hand_over` is listed twice",
        ),
        ("text: Dag", "text: ${SECRET}", "domain.yml:9: `${` and `{{` may not stand in content"),
    ],
)
def test_what_is_outside_the_subset_is_told_with_its_line(old: str, new: str, fault: str) -> None:
    found = faults((old, new))

    assert [text for text in found if text.startswith(fault)], found


def test_thing_that_two_files_define_is_told() -> None:
    files = {**little.files(), "more.yml": b"slots:\n  topic: {type: text}\nflows: {}\n"}
    _, found = loader.read(files, little.LANGUAGES)

    assert [str(fault) for fault in found] == ["more.yml:2: `topic` is defined twice"]


def test_load_raises_with_every_fault_and_their_lines() -> None:
    with pytest.raises(Unreadable) as error:
        little.script(("link: intake\n", "lnik: intake\n"), ("text: Dag\n", "txet: Dag\n"))

    files = {fault.file for fault in error.value.faults}
    assert files == {"flows.yml", "domain.yml"}
    assert "flows.yml:6: a step is exactly one of" in str(error.value)


def test_folder_without_a_script_raises(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        loader.load(tmp_path, ("nl",))


def test_faults_name_the_folder_that_was_given(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text("slot: {}\n")

    with pytest.raises(Unreadable, match=f"{tmp_path}/a.yml:1: `slot` is not known here"):
        loader.load(tmp_path, ("nl",))


def test_name_in_a_file_that_cannot_be_read_is_not_called_unknown() -> None:
    files = little.files()
    slots, rest = files.pop("domain.yml").split(b"actions:", 1)
    files |= {"rest.yml": b"actions:" + rest, "slots.yml": slots + b"\n\tx: ["}
    script, found = loader.read(files, little.LANGUAGES)

    assert [fault.file for fault in found] == ["slots.yml"]
    assert {"danger", "topic"} <= script.unread
