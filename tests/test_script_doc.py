"""docs/script.md: its examples are one script, which the real loader reads."""

from __future__ import annotations

import re
from pathlib import Path

from data.files import parse_yaml
from flows import loader, stories

PAGE = Path(__file__).parent.parent / "docs" / "script.md"
LANGUAGES = ("nl", "en")


def examples() -> dict[str, bytes]:
    found = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    return {f"example-{number}.yml": text.encode() for number, text in enumerate(found, 1)}


def test_the_examples_of_the_page_are_one_script_without_faults() -> None:
    script, faults = loader.read(examples(), LANGUAGES)

    assert faults == []
    assert {"questions", "straight", "pattern_human_handoff"} <= set(script.flows)


def test_the_story_of_the_page_can_be_read() -> None:
    told, faults = stories.read(examples())

    assert faults == []
    assert len(told) == 1


def test_the_page_names_every_top_key_and_every_kind_of_step() -> None:
    page = PAGE.read_text()
    steps = ("collect", "action", "set_slots", "link", "call", "noop")

    assert [key for key in loader.TOP_KEYS if f"`{key}`" not in page] == []
    assert [kind for kind in steps if f"| `{kind}" not in page] == []
    assert all(parse_yaml(raw, name) for name, raw in examples().items())
