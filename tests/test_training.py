"""Made-up visitors to practise with: the data, and one practice by itself (R39)."""

from __future__ import annotations

import itertools
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data import knowledge
from data.training import answers_of
from handoff.desk.caseworker.practice import PRACTICE, Practice, Trainee
from tests import shipped
from tests.support.running import REGION

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SCRIPTS = shipped.knowledge().training


# the data


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the data that ships."""
    return shutil.copytree(shipped.DATA_FOLDER, tmp_path / "data")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("level: acute", "level: acut", "`acut` is not a level; did you mean `acute`?"),
        ("role: young", "role: yuong", "`yuong` is not known in triage.yml; did you mean `young`?"),
        ("said: [danger_self,", "said: [danger_slef,", "`danger_slef` is not known in triage.yml"),
        ("heard: [perp", "heard: [prep", "`prepetrator_present` is not known in triage.yml"),
        ("unknown: [today, moment]", "unknown: [todya]", "`todya` is not known in triage.yml"),
        ("leaves: exit", "leaves: fast", "`fast` is not a leaves"),
        ("cannot_call: true", "cannot_cal: true", "`cannot_cal` is not known here; did you mean"),
        ("answers_after_s: 8", "answers_after_s: 0", "`answers_after_s` must be 1 or more"),
        ("    answers_after_s: 4\n", "", "`answers_after_s` is missing"),
        (', en: "help"}', "}", "`en` is missing"),
        ("  bystander:", "  bystander: {}\n  x:", "`title` is missing"),
    ],
)
def test_every_fault_of_a_made_up_visitor_is_told_with_its_line(
    folder: Path, old: str, new: str, fault: str
) -> None:
    file = folder / "training.yml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    line = text[: text.index(old)].count("\n") + 1

    told = [str(found).rpartition("training.yml:")[2] for found in knowledge.read(folder)[1]]

    where, _, message = next(found for found in told if fault in found).partition(": ")
    assert message.startswith(fault)
    # what is missing is told at the mapping it is missing in
    assert int(where) == line or "is missing" in fault


def test_a_folder_without_made_up_visitors_is_told(folder: Path) -> None:
    (folder / "training.yml").write_text("scripts: {}\n")

    (found,) = knowledge.read(folder)[1]

    assert str(found).endswith("training.yml:1: name at least one made-up visitor")


def test_every_shipped_visitor_has_an_answer_that_gives_its_level() -> None:
    """Otherwise the card would say a level and no reason."""
    levels = answers_of(shipped.knowledge().triage.answers)
    for key, script in SCRIPTS.items():
        assert script.level in {levels[name] for name in script.said}, key


def test_the_shipped_visitors_are_the_four_hardest_to_learn() -> None:
    found = {(script.level, script.role, script.leaves) for script in SCRIPTS.values()}

    assert ("urgent", "other", None) in found
    assert ("urgent", "young", None) in found
    assert ("urgent", "self", "exit") in found
    assert [script.key for script in SCRIPTS.values() if script.cannot_call] == ["acute"]


# one practice by itself


def practice(key: str = "watched", language: str = "nl") -> Practice:
    ids = (f"i{number}" for number in itertools.count())
    trainee = Trainee("anna", "Anna", REGION)
    return Practice(SCRIPTS[key], trainee, shipped.knowledge(), language, lambda: next(ids), NOON)


def test_the_card_of_a_practice_is_made_as_a_real_one_and_says_that_it_is_one() -> None:
    card = practice("acute").card()

    assert card.training
    assert card.id.startswith(PRACTICE)
    assert (card.state, card.caseworker, card.level) == ("active", "anna", "acute")
    assert (card.why, card.why_id) == ("zegt nu in gevaar te zijn", "danger_self")
    assert card.cannot_call
    assert {card.home_region, card.queue_region, card.serving_region} == {REGION}


def test_a_made_up_visitor_says_everything_once_in_order_and_then_leaves() -> None:
    found = practice()
    script = SCRIPTS["watched"]

    while found.answers:
        assert not found.left
        found.answer(NOON)

    said = [event.body.text for event in found.events]
    assert said == [words["nl"] for words in (*script.opening, *script.replies, script.last)]
    assert [event.seq for event in found.events] == list(range(1, len(said) + 1))
    assert found.card().visitor == found.card().left == "exit"


def test_a_made_up_visitor_speaks_the_language_that_was_asked_for() -> None:
    found = practice("young", "en")

    assert [event.body.text for event in found.events] == ["hi", "i am afraid to go home"]
    assert found.card().language == "en"


def test_a_practice_that_ended_gets_no_answer() -> None:
    found = practice()
    found.become("wrap_up")

    assert not found.answers
