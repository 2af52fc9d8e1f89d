"""What the tests of the ears share: the shipped rules, the ears, and the cases of this folder."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from data.danger_floors import FILE
from data.danger_rules import LISTENING, WEIGHTS, load_danger
from data.files import Map, read_yaml
from flows.danger import Ears
from flows.urgency import Heard
from tests import shipped

CASES = Path(__file__).parent
LOADED = load_danger(shipped.DATA_FOLDER / "danger", shipped.knowledge().triage.signals)
RULES = LOADED.heard_by("rules")
#: The rules alone, and the rules with what was learnt beside them.
EARS = Ears(RULES)
BOTH = Ears(LOADED)


def cases(file: str, group: str) -> list[Any]:
    return [
        pytest.param(case, id=f"{case.get('rule', group)}-{number}")
        for number, case in enumerate(read_yaml(CASES / file)[group], 1)
    ]


def hear(case: Map) -> Heard:
    return EARS.hear(case["text"], tuple(case.get("before", ())))


def easy_floors(data: Path, **more: int) -> None:
    """Writes floors that are always reached into a data folder, but for those named."""
    easy = {"acute_heard": 0, "acute_heard_main": 0, "acute_as_normal": 100}
    given = {**easy, "normal_as_acute": 100, "examples": 0, **more}
    lines = [f"examples: {given.pop('examples')}"]
    for way in LISTENING:
        lines += [f"{way}:", *(f"  {name}: {number}" for name, number in given.items())]
    (data / FILE).write_text("\n".join(lines) + "\n")


def few_examples(folder: Path) -> Path:
    """A copy of the shipped data with few examples, nothing learnt, and floors that are easily
    reached."""
    ignored = shutil.ignore_patterns("*.py", "__pycache__", WEIGHTS)
    data = shutil.copytree(shipped.DATA_FOLDER, folder / "data", ignore=ignored)
    for file in (data / "danger" / "examples").glob("*.csv"):
        lines = file.read_text("utf-8").splitlines(keepends=True)
        file.write_text("".join(lines[:1] + lines[1::80]), "utf-8")
    easy_floors(data)
    return data
