"""The data folder as a whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from data.files import Unreadable
from data.knowledge import FILES, load, read
from tests import shipped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        shutil.copy(shipped.DATA_FOLDER / name, tmp_path / name)
    return tmp_path


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def faults(folder: Path) -> list[str]:
    return [str(fault).removeprefix(f"{folder}/") for fault in read(folder)[1]]


def test_shipped_folder_loads_without_a_fault() -> None:
    knowledge, found = read(shipped.DATA_FOLDER)

    assert found == []
    assert repr(knowledge) == repr(load(shipped.DATA_FOLDER))
    assert knowledge.language == knowledge.languages[0] == "nl"
    assert knowledge.unread == frozenset()


def test_faults_of_all_files_come_together(folder: Path) -> None:
    (folder / "queue.yml").write_text("a: [")
    change(folder / "organisation.yml", "zone: Europe/Amsterdam", "zone: Europe/Amsterdm")
    change(folder / "holidays.yml", "{easter: 39}", "{easter: soon}")

    found = faults(folder)

    assert [text.split(":")[0] for text in found] == [
        "holidays.yml",
        "organisation.yml",
        "queue.yml",
    ]
    with pytest.raises(Unreadable) as error:
        load(folder)
    assert len(error.value.faults) == 3


@pytest.mark.parametrize("name", FILES)
def test_broken_file_is_the_only_fault(name: str, folder: Path) -> None:
    """What refers to names in it is not wrong because of it."""
    with (folder / name).open("a") as file:
        file.write("\n\tx: [")

    (found,) = faults(folder)

    assert found.startswith(f"{name}:")
    assert "not valid YAML" in found


def test_name_that_a_broken_file_does_not_hold_is_still_unknown(folder: Path) -> None:
    with (folder / "triage.yml").open("a") as file:
        file.write("\n\tx: [")
    change(folder / "emergency_card.yml", "roles: [work]", "roles: [wrok]")

    assert [text for text in faults(folder) if "`wrok` is not one of" in text]


@pytest.mark.parametrize("name", FILES)
def test_missing_file_is_told(name: str, folder: Path) -> None:
    (folder / name).unlink()

    assert [text for text in faults(folder) if text.startswith(f"{name}:1: cannot be read")]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("languages: [nl, en]", "languages: []", "name at least one language"),
        ("emergency_line: emergency", "emergency_line: x", "`x` is not a emergency_line"),
        ("zone: Europe/Amsterdam", "zone: Mars", "`Mars` is not a time zone, such as"),
        ("zone:", "zoen:", "`zoen` is not known here; did you mean `zone`?"),
    ],
)
def test_organisation_that_makes_no_sense_is_told(
    old: str, new: str, fault: str, folder: Path
) -> None:
    change(folder / "organisation.yml", old, new)

    assert [text for text in faults(folder) if fault in text and "organisation.yml" in text]


@pytest.mark.parametrize(
    ("name", "old", "new", "fault"),
    [
        ("queue.yml", "  urgent: 20", "  urgnt: 20", "`urgnt` is not known here; did you mean"),
        ("queue.yml", "wait_bands:", "x: 1\nwait_bands:", "`x` is not known here"),
        ("queue.yml", "  soon: 2", "  soon: -2", "`soon` must be 0 or more"),
        ("dispositions.yml", "advice: {by:", "advice: {x: 1, by:", "`x` is not known here"),
        (
            "dispositions.yml",
            "by: caseworker, words: {nl: Adv",
            "by: me, words: {nl: Adv",
            "`me` is",
        ),
        ("dispositions.yml", "dispositions:", "x: 1\ndispositions:", "`x` is not known here"),
        ("holidays.yml", "{on: 04-27, if", "{on: 04-27, x: 1, if", "`x` is not known here"),
        (
            "holidays.yml",
            "27, if_sunday: -1",
            "27, if_sunday: soon",
            "`if_sunday` must be a number of days",
        ),
        ("holidays.yml", "holidays:", "x: 1\nholidays:", "`x` is not known here"),
    ],
)
def test_value_that_makes_no_sense_is_told(
    name: str, old: str, new: str, fault: str, folder: Path
) -> None:
    change(folder / name, old, new)

    assert [text for text in faults(folder) if text.startswith(name) and fault in text]


def test_disposition_that_the_system_needs_is_missed(folder: Path) -> None:
    change(folder / "dispositions.yml", "unread: {by: system", "unread: {by: caseworker")

    assert faults(folder) == ["dispositions.yml:3: `unread` (by: system) is missing"]
