"""What an action reads from its tracker and domain: the moment, the region, the words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from data.knowledge import DEFAULT_FOLDER, Knowledge, load
from data.regions import Region
from flows.moments import Say
from flows.render import fill

#: Under a plain Rasa server nobody sets the context: the first region and the real clock serve.
DEFAULT_LANGUAGE = "nl"


_read: dict[str, Knowledge] = {}


def remember(knowledge: Knowledge) -> None:
    """A server has read its data folder before the first visitor: no action reads it again while
    people wait."""
    _read[str(knowledge.folder)] = knowledge


def knowledge_of(tracker: Any) -> Knowledge:
    """The data folder that the conversation belongs to, read once."""
    folder = str(tracker.get_slot("context_data") or DEFAULT_FOLDER)
    if folder not in _read:
        _read[folder] = load(Path(folder))
    return _read[folder]


def region_of(tracker: Any) -> Region:
    """The region of the conversation; the first one when none is set."""
    regions = knowledge_of(tracker).regions
    return regions.get(tracker.get_slot("context_region")) or next(iter(regions.values()))


def now_of(tracker: Any) -> datetime:
    """The moment of the turn, aware; the real clock when none is set."""
    now = tracker.get_slot("context_now")
    return datetime.fromisoformat(now) if now else datetime.now(UTC)


def language_of(tracker: Any) -> str:
    """The language of the conversation."""
    return tracker.get_slot("language") or DEFAULT_LANGUAGE


def say_of(tracker: Any, domain: Mapping[str, Any]) -> Say:
    """The words of the domain in the conversation's language: an action holds none itself."""
    language = language_of(tracker)

    def say(name: str, **fields: str) -> str:
        variation = domain["responses"][name][-1]
        translation = variation.get("translation") or {}
        return fill(translation.get(language) or variation["text"], fields)

    return say
