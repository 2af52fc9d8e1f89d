"""The script format: a strict subset of CALM, and what is read of it."""

from __future__ import annotations

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
