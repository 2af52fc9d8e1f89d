"""What ships with the product, read once for all tests: data, script, actions."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from actions.runner import InProcess
from data.danger_rules import load_danger
from data.knowledge import DEFAULT_FOLDER as DATA_FOLDER
from data.knowledge import Knowledge, load
from flows import loader
from flows.danger import Ears
from flows.loader import DEFAULT_FOLDER as SCRIPT_FOLDER
from flows.model import Script
from flows.urgency import Heard

ROOT = Path(__file__).parent.parent
FIXTURES = Path(__file__).parent / "fixtures"
#: A region that is open from 9 to 23 on every day of the year, in the shipped data.
REGION = "zuidoost-brabant"
TIMEOUT_S = 5.0


@lru_cache
def knowledge() -> Knowledge:
    return load(DATA_FOLDER)


@lru_cache
def script() -> Script:
    return loader.load(SCRIPT_FOLDER, knowledge().languages)


@lru_cache
def in_process() -> InProcess:
    return InProcess(TIMEOUT_S)


@lru_cache
def real_ears() -> Ears:
    """The ears of the product, with the danger words that ship."""
    return Ears(load_danger(DATA_FOLDER / "danger", knowledge().triage.signals))


def local(text: str, region: str = REGION) -> datetime:
    """A local time of a region as an instant: `2026-11-18 20:00`."""
    zone = knowledge().regions[region].chat_hours.zone
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


class FakeEars:
    """Hears danger in the words it was given, and in nothing else."""

    def __init__(self, **heard: Heard) -> None:
        self.heard = heard
        #: what the visitor was asked before each text
        self.asked: list[str] = []
        #: and what they had typed before it
        self.before: list[tuple[str, ...]] = []

    def hear(self, text: str, before: tuple[str, ...] = (), asked: str = "") -> Heard:
        self.asked.append(asked)
        self.before.append(before)
        for word in text.casefold().split():
            if word.strip(".,!?") in self.heard:
                return self.heard[word.strip(".,!?")]
        return Heard("normal")


def ears() -> FakeEars:
    """A knife is heard, in both languages, and suicide: thought of, and under way."""
    knife = Heard("acute", ("weapon",), ("mes",))
    suicide = Heard("urgent", ("suicide",), ("zelfmoord",))
    pills = Heard("acute", ("suicide",), ("pillen",))
    return FakeEars(mes=knife, knife=knife, zelfmoord=suicide, pillen=pills)
