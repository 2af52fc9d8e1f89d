"""The house rules that a machine can see: floors, names and numbers that are data."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from importlinter import configuration
from importlinter.application import use_cases
from importlinter.application.user_options import UserOptions

from tests import shipped

FLOORS = ("data", "flows", "actions", "handoff", "tests", "docs")
#: Content and documents may name us and our numbers; nothing else may.
MAY_NAME = (".yml", ".md", ".csv", ".txt")
#: Files that hold no text.
NO_TEXT = (".png", ".ico", ".woff2", ".jpg", ".gz")


def contracts() -> UserOptions:
    """The contracts of pyproject.toml, with the setting that contracts on libraries need."""
    options = tomllib.loads((shipped.ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    found = options.pop("contracts")
    return UserOptions({**options, "include_external_packages": True}, found)


def test_imports_only_go_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shipped.ROOT)
    configuration.configure()
    options = contracts()
    use_cases._register_contract_types(options)

    report = use_cases.create_report(options, cache_dir=None)

    broken = [
        f"{contract.name}: {check.metadata}"
        for contract, check in report.get_contracts_and_checks()
        if not check.kept
    ]
    assert broken == []


def ours() -> list[Path]:
    """Every file below our folders that git keeps, or would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *FLOORS],
        cwd=shipped.ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    names = [name for name in listed.split("\0") if name]
    return [shipped.ROOT / name for name in sorted(set(names)) if (shipped.ROOT / name).is_file()]


def named() -> dict[str, re.Pattern[str]]:
    """What may not stand in code: our name and the numbers, as they are written in the data."""
    knowledge = shipped.knowledge()
    gap = r"[\s_-]*"
    found = {"our name": re.compile(gap.join(knowledge.name.split()), re.IGNORECASE)}
    for key, line in knowledge.help_lines.items():
        digits = "[ -]?".join(line.tel) if len(line.tel) > 4 else line.tel
        found[f"the number `{key}`"] = re.compile(rf"(?<![\w.]){digits}(?![\w%])")
    return found


def test_no_code_names_us_or_a_number() -> None:
    """They are data: changed in one place, by somebody who cannot read Python."""
    patterns = named()
    found = []
    for file in ours():
        if file.suffix in (*MAY_NAME, *NO_TEXT):
            continue
        for number, line in enumerate(file.read_text(errors="replace").split("\n"), 1):
            found += [
                f"{file.relative_to(shipped.ROOT)}:{number}: {what}"
                for what, pattern in patterns.items()
                if pattern.search(line)
            ]

    assert found == []


def test_the_search_finds_what_it_looks_for() -> None:
    patterns = named()
    knowledge = shipped.knowledge()

    assert patterns["our name"].search(f"x {knowledge.name.upper()} y")
    assert patterns["our name"].search(knowledge.name.replace(" ", "").lower() + ".example")
    for key, line in knowledge.help_lines.items():
        assert patterns[f"the number `{key}`"].search(f"Bel {line.number}.")
        assert patterns[f"the number `{key}`"].search(f"'{line.tel}'")
    number = knowledge.help_lines[knowledge.emergency_line].number
    assert not patterns["the number `emergency`"].search(
        f"0x{number} 9{number} {number}9 1.{number}"
    )


def test_the_search_sees_our_files() -> None:
    files = {file.relative_to(shipped.ROOT).as_posix() for file in ours()}

    assert {"data/files.py", "flows/engine.py", "actions/runner.py", "tests/test_house.py"} <= files


#: Exactly what the engine room may know of the outside.
FORBIDDEN_BELOW = ("rasa_sdk", "aiohttp", "sqlmodel", "sqlalchemy")


@pytest.mark.parametrize("floor", ["data", "flows"])
def test_lower_floors_are_pure(floor: str) -> None:
    """No sockets, no database, no clock, no chance: these are handed in."""
    impure = re.compile(r"datetime\.now\(|time\.time\(|utcnow\(|date\.today\(|^import random", re.M)
    for file in (shipped.ROOT / floor).rglob("*.py"):
        text = file.read_text()
        assert not impure.search(text), file
        for library in FORBIDDEN_BELOW:
            assert not re.search(rf"^\s*(?:from|import) {library}\b", text, re.MULTILINE), file


@pytest.mark.parametrize("floor", ["data", "flows", "actions"])
def test_every_module_says_in_one_line_what_it_is_for(floor: str) -> None:
    for file in (shipped.ROOT / floor).rglob("*.py"):
        assert file.read_text().startswith('"""'), file
