"""Fact sheets: what is good to know of a region when another one helps out (R26)."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from data import knowledge
from data.facts import FactSheet
from tests import shipped


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the data that ships."""
    return shutil.copytree(shipped.DATA_FOLDER, tmp_path / "data")


def written(folder: Path, text: str) -> tuple[dict[str, FactSheet], list[str]]:
    """The fact sheets and the faults when `facts.yml` says this."""
    (folder / "facts.yml").write_text(text)
    found, faults = knowledge.read(folder)
    told = [str(fault).rpartition("facts.yml:")[2] for fault in faults]
    return dict(found.facts), told


DEFAULTS = "defaults:\n  facts:\n    - {title: Kantoor, text: 'In {region}: {office}.'}\n"


def test_every_shipped_region_has_a_sheet_that_nobody_has_checked_yet() -> None:
    found = shipped.knowledge()

    assert set(found.facts) == set(found.regions)
    for sheet in found.facts.values():
        assert sheet.checked_on is None
        assert {fact.title for fact in sheet.facts} >= {"Politie", "Kantoor", "Crisisdienst"}


def test_the_name_and_the_office_of_a_region_are_filled_in() -> None:
    found = shipped.knowledge()

    for slug, sheet in found.facts.items():
        text = " ".join(fact.text for fact in sheet.facts)
        assert found.regions[slug].name in text
        assert found.regions[slug].office.address in text
        assert not re.search(r"[{}]", text)


def test_a_region_with_a_sheet_of_its_own_has_nothing_of_the_defaults(folder: Path) -> None:
    own = (
        "regions:\n  utrecht:\n    checked_on: 2026-11-02\n"
        "    facts:\n      - {title: Politie, text: Bureau Noord}\n"
    )
    sheets, faults = written(folder, DEFAULTS + own)

    assert faults == []
    assert sheets["utrecht"].checked_on == date(2026, 11, 2)
    assert [(fact.title, fact.text) for fact in sheets["utrecht"].facts] == [
        ("Politie", "Bureau Noord")
    ]
    assert sheets["drenthe"].facts[0].text.startswith("In Drenthe: ")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (DEFAULTS + "regions:\n  utrech:\n    facts: [{title: a, text: b}]\n", "6: `utrech` is"),
        (DEFAULTS.replace("title", "name"), "3: `title` is missing"),
        ("defaults:\n  facts: []\n", "2: there are no `facts`"),
        (DEFAULTS.replace("  facts", "  checked_on: gisteren\n  facts"), "2: `gisteren` is not a"),
        (DEFAULTS + "region: {}\n", "4: `region` is not known here"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(folder: Path, text: str, fault: str) -> None:
    _, faults = written(folder, text)

    assert any(told.startswith(fault) for told in faults), faults
