"""A made-up helpline of another country: other names, numbers, zone and language, the same code.

Made out of the shipped folders by program, so that it never lags behind them: every text is the
English one, and nothing of the original organisation may be left.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from data import knowledge
from flows import loader

NAME = "Harbour Line"
NUMBERS = {
    "emergency": "999",
    "advice": "0555 0100",
    "police": "0555 0101",
    "suicide": "0555 0102",
    "children": "0555 0103",
    "sexual_violence": "0555 0104",
}
ORIGINAL = next(
    line.number for key, line in knowledge.load().help_lines.items() if key == "emergency"
)
REGIONS = {"north-shore": "North Shore", "bay": "The Bay"}
ZONE = "America/Halifax"
ORIGINAL = next(
    line.number for key, line in knowledge.load().help_lines.items() if key == "emergency"
)
REGIONS = {"north-shore": "North Shore", "bay": "The Bay"}
ZONE = "America/Halifax"
#: Words of the original in texts that name a product or a service of that country.
LOCAL = {"112NL": "SafeApp", "Kindertelefoon": "Children's line", ORIGINAL: NUMBERS["emergency"]}


def make(folder: Path) -> tuple[Path, Path]:
    """The script and the data of the made-up helpline, in `folder`."""
    script, data = folder / "script", folder / "data"
    shutil.copytree(loader.DEFAULT_FOLDER, script, ignore=shutil.ignore_patterns("stories", "*.md"))
    shutil.copytree(
        knowledge.DEFAULT_FOLDER, data, ignore=shutil.ignore_patterns("*.py", "__pycache__", "*.md")
    )
    for path in script.rglob("*.yml"):
        _rewrite(path, _english)
    for path in data.glob("*.yml"):
        _rewrite(path, _one_language)
    _rewrite(data / "organisation.yml", _organisation)
    _rewrite(data / "help_lines.yml", _help_lines)
    _rewrite(data / "regions.yml", _regions)
    _rewrite(data / "agreements.yml", lambda _: {"pools": {}, "agreements": {}})
    return script, data


def _rewrite(path: Path, change: Any) -> None:
    yaml = YAML(typ="safe", pure=True)
    yaml.width = 10_000
    found = change(yaml.load(path.read_text("utf-8")))
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(found, file)


def _english(node: Any) -> Any:
    """Every text and title in its English translation, and no translation any more."""
    if isinstance(node, list):
        return [_english(item) for item in node]
    if not isinstance(node, dict):
        return _local(node)
    found = {key: _english(value) for key, value in node.items() if key != "translation"}
    words = (node.get("translation") or {}).get("en")
    if isinstance(words, dict):
        words = words["title"]
    if words is not None:
        found["title" if "title" in found else "text"] = _local(words)
    return found


def _one_language(node: Any) -> Any:
    """`{nl: ..., en: ...}` becomes `{en: ...}`."""
    if isinstance(node, list):
        return [_one_language(item) for item in node]
    if not isinstance(node, dict):
        return _local(node)
    if set(node) == {"nl", "en"}:
        return {"en": _local(node["en"])}
    return {key: _one_language(value) for key, value in node.items()}


def _local(value: Any) -> Any:
    if isinstance(value, str):
        for original, ours in LOCAL.items():
            value = value.replace(original, ours)
    return value


def _organisation(found: dict[str, Any]) -> dict[str, Any]:
    return {**found, "name": NAME, "languages": ["en"], "zone": ZONE}


def _help_lines(found: dict[str, Any]) -> dict[str, Any]:
    for key, line in found["lines"].items():
        line.update(number=NUMBERS[key], name={"en": key}, site="example.org")
    return found


def _regions(found: dict[str, Any]) -> dict[str, Any]:
    defaults = {**found["defaults"], "zone": ZONE, "languages": ["en"], "holidays": []}
    office = {"address": "1 Example Street", "hours": defaults["chat_hours"]}
    regions = {
        slug: {"name": name, "office": office, "website_hosts": [f"{slug}.example.org"]}
        for slug, name in REGIONS.items()
    }
    defaults["examples"] = ["chat_hours"]
    return {"defaults": defaults, "regions": regions}
