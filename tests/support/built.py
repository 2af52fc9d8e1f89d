"""What a house of the tests is built of: settings, content that is read once, a roster."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from data.files import read_files
from flows import content, loader
from flows.content import Content
from flows.danger import Ears
from handoff.storage.sql import insert
from handoff.storage.tables import Roster

#: Argon2 as cheap as it goes: tests log in often.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
KEY = b"k" * 32
#: No pacing between status frames and no limits: a test that is about them sets its own.
FAST = {
    "secure_cookies": False,
    "status_every_s": 0,
    "typing_every_s": 0,
    "link_check_s": 0,
    "open_burst": 10_000,
    "open_all_burst": 10_000,
    "frames_burst": 10_000,
    "days_ahead": 1,
}
ADD_SHIFT = insert(Roster, or_ignore=True)


def planned(region: str, username: str, **more: Any) -> Roster:
    """A row of the roster: somebody at home in a region, at all hours."""
    given: dict[str, Any] = {
        "id": f"{username}-{region}",
        "role": "after_hours",
        "days": "0123456",
        "start_min": 0,
        "end_min": 24 * 60,
        "first_day": "2020-01-01",
        "made_by": "test",
        "made_at": 0,
    }
    return Roster(region=region, username=username, **{**given, **more})


@lru_cache
def _written(script: Path, data: Path, release: str) -> tuple[Content, Ears]:
    found = content.load(script, data)
    return found, Ears(found.danger)


def written(script: Path, data: Path) -> tuple[Content, Ears]:
    """Two folders, read once for the hundreds of tests that start a server."""
    return _written(script, data, loader.script_id(read_files(script)))


@lru_cache
def by_rules(script: Path, data: Path) -> Ears:
    """Ears without what was learnt, made once as well."""
    return Ears(content.load(script, data).danger.heard_by("rules"))
