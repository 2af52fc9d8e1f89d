"""`check_folders`: the shipped content is clean, and no fault hides another."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.files import Fault, Unreadable, read_files
from flows import loader
from flows.check import LINTS, check, check_folders, house
from flows.words import SPOKEN, said_as
from tests import shipped

ACTIONS = shipped.in_process().names


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A copy of the shipped script and data, to break."""
    script, data = tmp_path / "script", tmp_path / "data"
    shutil.copytree(shipped.SCRIPT_FOLDER, script)
    shutil.copytree(shipped.DATA_FOLDER, data, ignore=shutil.ignore_patterns("*.py*"))
    return script, data


def change(file: Path, old: str, new: str) -> int:
    """Replaces the first `old` in a file; returns its line."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


def test_shipped_script_and_data_are_clean() -> None:
    assert check_folders(shipped.SCRIPT_FOLDER, shipped.DATA_FOLDER, ACTIONS) == []


def test_faults_of_all_readers_and_lints_come_together(folders: tuple[Path, Path]) -> None:
    script, data = folders
    in_data = change(data / "regions.yml", "professionals: refer\n", "professionals: rfeer\n")
    in_flow = change(script / "flows/intake.yml", 'slots.role is "work"', 'slots.rloe is "work"')
    in_text = change(
        script / "domain/texts.yml", "{context_number_advice}", "{context_number_advise}"
    )
    in_story = change(script / "stories/roles.yml", "utter_quiet", "utter_quite")

    found = [(Path(fault.file).name, fault.line) for fault in check_folders(script, data, ACTIONS)]

    assert ("regions.yml", in_data) in found
    assert ("intake.yml", in_flow) in found
    assert ("texts.yml", in_text) in found
    assert ("roles.yml", in_story) in found


@pytest.mark.parametrize("name", sorted(read_files(shipped.SCRIPT_FOLDER)))
def test_broken_script_file_hides_nothing_and_invents_nothing(
    name: str, folders: tuple[Path, Path]
) -> None:
    script, data = folders
    with (script / name).open("a") as file:
        file.write("\n\tnot: [yaml\n")
    other = "domain/texts.yml" if name != "domain/texts.yml" else "domain/questions.yml"
    line = change(script / other, "text: ", "text: '{dangre}' # ")

    found = [str(fault) for fault in check_folders(script, data, ACTIONS)]

    assert [text for text in found if "not valid YAML" in text and name in text]
    assert [text for text in found if f"{other}:{line}: nothing fills in" in text]
    assert {re.split(r":\d+: ", text)[0] for text in found} == {
        str(script / name),
        str(script / other),
    }


@pytest.mark.parametrize("name", sorted(file.name for file in shipped.DATA_FOLDER.glob("*.yml")))
def test_broken_data_file_hides_nothing_and_invents_nothing(
    name: str, folders: tuple[Path, Path]
) -> None:
    script, data = folders
    with (data / name).open("a") as file:
        file.write("\n\tnot: [yaml\n")
    line = change(script / "domain/texts.yml", "Goed dat je er bent.", "Goed {dangre}.")

    found = [str(fault) for fault in check_folders(script, data, ACTIONS)]

    assert [text for text in found if "not valid YAML" in text and name in text]
    assert [text for text in found if f"texts.yml:{line}: nothing fills in `{{dangre}}`" in text]
    assert not [text for text in found if name not in text and "{dangre}" not in text]


def test_missing_folder_is_a_fault_and_no_crash(tmp_path: Path) -> None:
    found = check_folders(tmp_path / "nothing", tmp_path / "none", ACTIONS)

    assert "holds no *.yml files" in str(found[-1]) or "holds no *.yml files" in str(found)


def test_faults_stand_in_the_order_of_files_and_lines(folders: tuple[Path, Path]) -> None:
    script, data = folders
    change(script / "flows/intake.yml", "collect: watched", "collect: wacthed")
    change(script / "flows/intake.yml", "- link: pattern", "- lnik: pattern")

    found = check_folders(script, data, ACTIONS)

    assert found == sorted(set(found))
    assert len(found) > 1


def test_a_misspelt_question_is_one_fault_with_what_was_meant(folders: tuple[Path, Path]) -> None:
    script, data = folders
    change(script / "flows/intake.yml", "collect: watched", "collect: wacthed")

    (found,) = check_folders(script, data, ACTIONS)

    assert found.message == "there is no slot `wacthed`; did you mean `watched`?"


def test_a_new_question_that_the_card_has_no_words_for_is_told(folders: tuple[Path, Path]) -> None:
    """It was asked, kept, and never shown to the caseworker."""
    script, data = folders
    change(script / "flows/intake.yml", "today, moment]", "today, moment, work_chat]")

    found = {fault.message.partition(",")[0] for fault in check_folders(script, data, ACTIONS)}

    assert "`work_chat: chat` has no words in `answers` of triage.yml" in found


def test_action_that_no_code_has_is_told_for_the_shipped_script() -> None:
    found = check_folders(
        shipped.SCRIPT_FOLDER, shipped.DATA_FOLDER, ACTIONS - {"action_show_hours"}
    )

    assert [fault for fault in found if "no code has the action `action_show_hours`" in str(fault)]


@pytest.mark.parametrize("lint", LINTS, ids=lambda lint: lint.__name__)
def test_every_lint_says_in_its_docstring_what_it_finds(lint: object) -> None:
    assert (lint.__doc__ or "").strip().endswith(".")


# what code says, and what the script has


def literals() -> set[str]:
    """Every response that code names in full."""
    folders = [shipped.ROOT / name for name in ("data", "flows", "actions", "handoff")]
    files = [file for folder in folders for file in folder.rglob("*.py")]
    texts = [
        file.read_text()
        for file in files
        if file.name not in ("words.py", "stories.py") and file.parent.name != "check"
    ]
    return {name for text in texts for name in re.findall(r'"(utter_[a-z0-9_]+[a-z0-9])"', text)}


def test_every_response_that_code_names_is_in_the_table_of_words() -> None:
    allowed = {"utter_internal_error_rasa"}

    assert {name for name in literals() - allowed if said_as(SPOKEN, name) is None} == set()
    assert len(literals()) > 20


# whatever an editor does to a file, the answer is a list of faults


LINES = {
    name: raw.decode().split("\n")
    for name, raw in read_files(shipped.SCRIPT_FOLDER).items()
    if not name.startswith("stories")
}


def damaged(seed: int) -> dict[str, bytes]:
    """The shipped script after a few random edits of lines."""
    chance = random.Random(seed)
    lines = {name: list(found) for name, found in LINES.items()}
    for _ in range(chance.randint(1, 4)):
        file = lines[chance.choice(sorted(lines))]
        at = chance.randrange(len(file))
        edit = chance.randrange(6)
        if edit == 0:
            del file[at]
        elif edit == 1:
            file.insert(at, chance.choice(file))
        elif edit == 2:
            file[at] = file[at].replace(":", chance.choice([": [", ":", " ", ": {", ": 1 #"]), 1)
        elif edit == 3:
            file[at] = " " * chance.randint(0, 8) + file[at].strip()
        elif edit == 4:
            words = file[at].split(" ")
            chance.shuffle(words)
            file[at] = " ".join(words)
        else:
            file[at] = chance.choice(
                ["- x", "  next: 3", "    - if: 4", "x: null", "      - {}", "[]"]
            )
    return {name: "\n".join(file).encode() for name, file in lines.items()}


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**9))
def test_damage_to_a_script_is_told_and_never_raises(seed: int) -> None:
    script, found = loader.read(damaged(seed), shipped.knowledge().languages)
    found = [*found, *check(script, house(shipped.knowledge(), ACTIONS))]

    assert all(isinstance(fault, Fault) and fault.line >= 1 for fault in found)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 10**9))
def test_script_that_loads_and_checks_is_the_same_twice(seed: int) -> None:
    files = damaged(seed)
    try:
        first = loader.load_files(files, shipped.knowledge().languages)
    except Unreadable:
        return
    second = loader.load_files(files, shipped.knowledge().languages)

    assert first.id == second.id
    assert check(first, house(shipped.knowledge(), ACTIONS)) == check(
        second, house(shipped.knowledge(), ACTIONS)
    )
