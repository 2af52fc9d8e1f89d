"""The stories of the script hold: whoever changes a flow changes or adds one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from data.files import read_files
from flows import stories
from flows.check.told import check_stories
from flows.stories import Chooses, Line, Opens, ShowsCard, Story
from handoff.desk.dialogue import Dialogue, Ears
from handoff.desk.story_player import play_story
from tests import shipped

STORIES, FAULTS = stories.read(read_files(shipped.SCRIPT_FOLDER), "flows/script")


def test_stories_can_be_read() -> None:
    assert FAULTS == []
    assert len(STORIES) > 80


@pytest.mark.parametrize("ears", [shipped.ears, shipped.real_ears], ids=["fake ears", "real ears"])
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
async def test_story_holds(story: Story, ears: Callable[[], Ears]) -> None:
    dialogue = Dialogue(shipped.knowledge(), shipped.script(), shipped.in_process(), ears())

    assert [str(fault) for fault in await play_story(story, dialogue)] == []


async def test_story_in_the_readme_holds() -> None:
    lines = (shipped.SCRIPT_FOLDER / "README.md").read_text().split("\n")
    start = lines.index("    - story: Nu gevaar voor mij")
    example = lines[start : lines.index("", start)]
    (story,), faults = stories.read({"README.md": "\n".join(["stories:", *example]).encode()})
    dialogue = Dialogue(shipped.knowledge(), shipped.script(), shipped.in_process(), shipped.ears())

    assert faults == []
    assert await play_story(story, dialogue) == []


# together they cover what must not break unseen


def steps(kind: type[Line]) -> list[Line]:
    return [step for story in STORIES for step in story.steps if isinstance(step, kind)]


@pytest.mark.parametrize("form", [*shipped.knowledge().triage.roles, "heard", "cannot"])
def test_every_form_of_the_card_has_a_story(form: str) -> None:
    assert [step for step in steps(ShowsCard) if isinstance(step, ShowsCard) and step.form == form]


@pytest.mark.parametrize("language", shipped.knowledge().languages)
def test_every_language_has_a_story(language: str) -> None:
    assert [step for step in steps(Opens) if isinstance(step, Opens) and step.language == language]


@pytest.mark.parametrize("slot", ["danger", "role", "other_safe", "hurt_now", "watched", "today"])
def test_every_answer_to_a_question_is_chosen_in_a_story(slot: str) -> None:
    chosen = {
        title for step in steps(Chooses) if isinstance(step, Chooses) for title in step.titles
    }
    response = shipped.script().responses[f"utter_ask_{slot}"]

    for button in response.variations[0].buttons:
        assert button.title["nl"] in chosen


# reading


def read(text: str) -> tuple[list[Story], list[str]]:
    found, faults = stories.read({"a.yml": text.encode()})
    return found, [str(fault) for fault in faults]


STORY = """\
stories:
  - story: Een verhaal
    steps:
      - opens: {region: zeeland, at: 2026-11-18 20:00, language: nl}
"""


def test_steps_without_a_value_are_plain_words() -> None:
    (story,), faults = read(STORY + "      - hands over\n      - ends\n      - opens card\n")

    assert faults == []
    assert [type(step).__name__ for step in story.steps] == [
        "Opens",
        "HandsOver",
        "Ends",
        "OpensCard",
    ]
    assert [step.place.line for step in story.steps] == [4, 5, 6, 7]


OPENING = "- opens: {region: zeeland, at: 2026-11-18 20:00, language: nl}"


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        ("- chose: Nee", "`chose` is not a step of a story; did you mean `chooses`?"),
        ("- {chooses: Nee, asks: role}", "a step is one `what: value`"),
        ("- 3", "a step is one `what: value`"),
        (OPENING, "a story begins with `opens`, and has one"),
        ("- later: straks", "`straks` is not a local time, such as 2026-11-18 20:00"),
        ("- later: 2026-11-18T20:00Z", "`2026-11-18T20:00Z` is not a local time"),
        ("- level: hoog", "`hoog` is not a level; known: `acute`, `normal`, `urgent`"),
        (
            "- staff: nobody",
            "`nobody` is not a staff; known: `called`, `full`, `here`, `none`, `rung`, `unknown`",
        ),
        ("- card: {begins: Bel}", "`form` is missing"),
        ("- card: {form: self, hasnot: x}", "`hasnot` is not known here; did you mean `has not`?"),
        ("- types: [a]", "`types` must be text"),
    ],
)
def test_step_that_makes_no_sense_is_told_with_its_line(step: str, fault: str) -> None:
    _, faults = read(STORY + f"      {step}\n")

    assert [text for text in faults if text.startswith(f"a.yml:5: {fault}")], faults


def test_story_without_an_opening_is_told() -> None:
    _, faults = read("stories:\n  - story: x\n    steps:\n      - asks: danger\n")

    assert faults == ["a.yml:4: a story begins with `opens`, and has one"]


def test_story_without_steps_or_name_is_told() -> None:
    _, faults = read("stories:\n  - about: x\n")

    assert "a.yml:2: `story` is missing" in faults
    assert "a.yml:2: `steps` is missing" in faults


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        ("- asks: dangre", "there is no question `dangre`; did you mean `danger`?"),
        ("- shows: utter_helo", "there is no response `utter_helo`; did you mean `utter_hello`?"),
        ("- card: {form: selv}", "there is no form of the card `selv`; did you mean `self`?"),
        (
            "- card: {form: self, has: utter_quite}",
            "there is no response `utter_quite`; did you mean `utter_quiet`?",
        ),
        ("- hands over: {rol: self}", "there is no slot `rol`; did you mean `role`?"),
    ],
)
def test_name_that_leads_nowhere_is_told(step: str, fault: str) -> None:
    found, faults = read(STORY + f"      {step}\n")

    assert faults == []
    told = check_stories(found, shipped.script(), shipped.knowledge())
    assert [str(fault) for fault in told] == [f"a.yml:5: {fault}"]


def test_region_and_language_that_are_not_there_are_told() -> None:
    found, _ = read(STORY.replace("zeeland", "zeland").replace("language: nl", "language: de"))

    assert [
        str(fault) for fault in check_stories(found, shipped.script(), shipped.knowledge())
    ] == [
        "a.yml:4: there is no language `de`; known: `en`, `nl`",
        "a.yml:4: there is no region `zeland`; did you mean `zeeland`?",
    ]


def test_two_stories_of_the_same_name_are_told() -> None:
    found, _ = read(STORY + STORY.removeprefix("stories:\n"))

    assert [
        str(fault) for fault in check_stories(found, shipped.script(), shipped.knowledge())
    ] == ["a.yml:5: there are two stories `Een verhaal`"]
