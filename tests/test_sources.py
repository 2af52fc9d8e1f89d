"""docs/sources.md: no number that code or a document names leads nowhere."""

from __future__ import annotations

import re

import pytest

from tests import shipped
from tests.test_house import ours

PAGE = shipped.ROOT / "docs" / "sources.md"
NUMBER = re.compile(r"\bR\d{1,2}\b|\bDOMAIN \d(?:\.\d)?|\bRASA\.md\b")
#: Where a number is named: also what stands beside the floors.
ALSO = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")


def used() -> dict[str, str]:
    """Every number that is named anywhere, and one file that names it."""
    files = [*ours(), *(shipped.ROOT / name for name in ALSO)]
    return {
        number: file.relative_to(shipped.ROOT).as_posix()
        for file in files
        if file != PAGE and file.suffix in (".py", ".md", ".yml", ".js", ".css", ".html")
        for number in NUMBER.findall(file.read_text())
    }


def explained() -> set[str]:
    return set(re.findall(r"^\| (R\d{1,2}|DOMAIN [\d.]+|RASA\.md) \| \S", PAGE.read_text(), re.M))


def test_every_number_that_is_named_is_explained() -> None:
    missing = {number: file for number, file in used().items() if number not in explained()}

    assert missing == {}


@pytest.mark.parametrize("number", ["R17", "DOMAIN 2.4", "RASA.md"])
def test_the_search_finds_numbers(number: str) -> None:
    assert number in used()


def test_a_range_or_a_number_in_the_page_itself_is_explained_too() -> None:
    assert set(NUMBER.findall(PAGE.read_text())) <= explained()
