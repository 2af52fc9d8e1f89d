"""The script format: a strict subset of CALM, every step outside of it told with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.files import Unreadable
from flows import loader
from flows.model import END, Act, Call, Collect, Link, Noop, Place, Script, SetSlots
from tests import little, shipped


def faults(*changes: tuple[str, str], **parts: str) -> list[str]:
    """What the loader alone says of the little script after `changes`."""
    _, found = loader.read(little.files(*changes, **parts), little.LANGUAGES)
    return [str(fault) for fault in sorted(found)]


def flow(steps: str) -> dict[str, str]:
    """The little script with one more flow, its steps from line 47 on."""
    return {
        "flows": little.FLOWS
        + f"  more:\n    description: Meer\n    if: false\n    steps:\n{steps}"
    }


def loaded(steps: str) -> Script:
    return little.script(**flow(steps))


# what is read


def test_shipped_script_loads() -> None:
    script = loader.load(shipped.SCRIPT_FOLDER, shipped.knowledge().languages)

    assert script.languages == ("nl", "en")
    assert {"intake", "closed", "pattern_session_start"} <= set(script.flows)
    assert script.unread == frozenset()


def test_script_may_be_cut_into_files_in_any_way() -> None:
    whole = little.script()
    parts = {"all.yml": (little.FLOWS + little.DOMAIN).encode()}

    assert set(loader.load_files(parts, little.LANGUAGES).flows) == set(whole.flows)


def test_id_of_a_release_is_that_of_its_files_and_names() -> None:
    files = little.files()
    same = dict(reversed(files.items()))
    other = {**files, "flows.yml": files["flows.yml"] + b"\n"}
    renamed = {("a.yml" if name == "flows.yml" else name): raw for name, raw in files.items()}

    assert loader.script_id(files) == loader.script_id(same)
    assert len({loader.script_id(found) for found in (files, other, renamed)}) == 3
    assert loader.load_files(files, little.LANGUAGES).id == loader.script_id(files)


def test_every_thing_knows_its_place() -> None:
    script = little.script()

    assert script.flows["intake"].place == Place("flows.yml", 7)
    assert script.flows["intake"].steps["topic"].place == Place("flows.yml", 15)
    assert script.slots["topic"].place == Place("domain.yml", 3)
    assert script.actions["action_hand_over"] == Place("domain.yml", 6)
    assert script.responses["utter_money"].place == Place("domain.yml", 14)
    assert script.responses["utter_money"].variations[0].place == Place("domain.yml", 15)
    assert script.responses["utter_ask_danger"].variations[0].buttons[1].place.line == 24


def test_steps_go_on_to_the_next_one_and_the_last_one_ends() -> None:
    found = loaded(
        "      - action: utter_hello\n"
        "      - id: set\n        set_slots: [{danger: yes}, {topic: null}]\n"
        "      - call: pattern_cannot_handle\n"
        "      - collect: topic\n        description: x\n"
    ).flows["more"]
    kinds = [type(step) for step in found.steps.values()]

    assert kinds == [Act, SetSlots, Call, Collect]
    assert [step.next[0].step for step in found.steps.values()] == [
        "set",
        "2_call",
        "3_collect",
        END,
    ]
    assert found.steps["set"].values == (("danger", "yes"), ("topic", None))  # type: ignore[attr-defined]


def test_branches_are_flattened_and_go_where_they_say() -> None:
    found = loaded(
        "      - noop: true\n        next:\n"
        '          - if: slots.danger is "yes"\n            then:\n'
        "              - action: utter_hello\n              - action: utter_money\n"
        "                next: last\n"
        "          - else:\n              - link: pattern_human_handoff\n"
        "      - id: last\n        action: utter_money\n"
    ).flows["more"]
    first = found.steps[found.first]
    yes, otherwise = first.next

    assert isinstance(first, Noop)
    assert yes.condition is not None
    assert yes.condition.source == 'slots.danger is "yes"'
    assert otherwise.condition is None
    assert isinstance(found.steps[otherwise.step], Link)
    after = found.steps[yes.step].next[0].step
    assert found.steps[after].next[0].step == "last"


def test_else_is_taken_last_wherever_it_stands() -> None:
    found = loaded(
        "      - noop: true\n        next:\n"
        "          - else: END\n"
        '          - if: slots.danger is "yes"\n            then: last\n'
        "      - id: last\n        action: utter_money\n"
    ).flows["more"]

    assert [target.step for target in found.steps[found.first].next] == ["last", END]


def test_collect_keeps_all_that_it_says() -> None:
    script = loaded(
        "      - collect: danger\n        description: x\n        utter: utter_hello\n"
        "        ask_before_filling: true\n        metadata: {follow_up: true}\n"
        '        rejections: [{if: slots.danger is "no", utter: utter_typed}]\n'
    )
    step = script.flows["more"].steps["0_collect"]

    assert isinstance(step, Collect)
    assert (step.slot, step.utter, step.ask_before_filling) == ("danger", "utter_hello", True)
    assert [rejection.utter for rejection in step.rejections] == ["utter_typed"]
    assert step.metadata == {"follow_up": True}


def test_flow_keeps_its_guard_its_intents_and_what_it_persists() -> None:
    script = little.script(
        (
            "    nlu_trigger: [{intent: caseworker}]\n",
            "    nlu_trigger:\n      - intent: caseworker\n"
            "      - intent: {name: hulp, confidence_threshold: 0.5}\n"
            '    if: slots.danger is "yes"\n    name: Meteen\n    run_pattern_completed: false\n'
            "    translation: {en: {name: Straight}}\n    metadata: {owner: redactie}\n",
        )
    )
    found = script.flows["straight"]

    assert found.intents == ("caseworker", "hulp")
    assert found.name == "Meteen"
    assert not isinstance(found.guard, bool)
    assert script.flows["intake"].guard is False
    assert script.flows["intake"].persisted == {"danger", "topic"}
    assert script.flow_of_intent("hulp") is found
    assert script.flow_of_intent("other") is None


def test_example_phrases_of_an_intent_are_read() -> None:
    examples = "      - Een mens\n      -  iemand spreken \n"
    nlu = f"nlu:\n  - intent: caseworker\n    examples: |\n{examples}"
    script = little.script(flows=little.FLOWS + nlu)

    assert script.intents["caseworker"] == ("een mens", "iemand spreken")


def test_language_of_our_own_is_a_language() -> None:
    files = little.files(("{en: Hello}", "{x-nl-simpel: Hoi}"))
    script, found = loader.read(files, ("nl", "x-nl-simpel"))

    assert script.responses["utter_hello"].variations[0].text["x-nl-simpel"] == "Hoi"
    assert [str(fault) for fault in found if ":10:" in str(fault)] == []


def test_response_keeps_custom_image_channel_and_metadata() -> None:
    form = "    - {custom: {kind: card}, image: a.png, channel: rest, metadata: {level: B1}}\n"
    script = little.script(("    - text: Dag\n", form + "    - text: Dag\n"))
    found = script.responses["utter_hello"].variations[0]

    assert (found.custom, found.image, found.channel) == ({"kind": "card"}, "a.png", "rest")
    assert found.metadata == {"level": "B1"}


def test_actions_get_the_domain_as_a_real_rasa_reads_it() -> None:
    domain = little.script().domain

    assert domain["version"] == "3.1"
    assert domain["actions"] == ["action_hand_over"]
    assert domain["slots"]["danger"]["type"] == "categorical"
    assert domain["responses"]["utter_hello"][0]["translation"] == {"en": "Hello"}


# what is refused


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
