"""Which folders `check` looks at, and everything that is wrong in them: faults first, and when
there are none, the stories that do not hold."""

from __future__ import annotations

import asyncio
from pathlib import Path

from actions.runner import InProcess
from data import knowledge
from data.danger_rules import load_danger
from data.files import Fault, read_files, shown
from flows import loader, stories
from flows.check import check_folders
from flows.danger import Ears
from handoff.desk.dialogue import Dialogue
from handoff.desk.story_player import play_story

ACTION_TIMEOUT_S = 2


def faults_in(path: Path | None, script: Path, data: Path) -> list[Fault]:
    """The faults of a script and a data folder, or else the stories that do not hold.

    `path` may hold both (`script/` or `flows/script/`, and `data/`), or be one of the two.
    """
    if path is not None:
        for folder in (path / "script", path / "flows" / "script"):
            if folder.is_dir():
                script = folder
        if (path / "data").is_dir():
            data = path / "data"
        elif (path / "regions.yml").is_file():
            data = path
        elif script.parent != path and script.parent.parent != path:
            script = path
    actions = InProcess(ACTION_TIMEOUT_S)
    return faults_of(script, data) or asyncio.run(_stories(script, data, actions))


def faults_of(script: Path, data: Path) -> list[Fault]:
    """What `serve` looks at before it starts: everything but the stories, in a second."""
    return check_folders(script, data, InProcess(ACTION_TIMEOUT_S).names)


async def _stories(script: Path, data: Path, actions: InProcess) -> list[Fault]:
    """Where the stories and the script disagree."""
    known = knowledge.load(data)
    ears = Ears(load_danger(data / "danger", known.triage.signals))
    dialogue = Dialogue(known, loader.load(script, known.languages), actions, ears)
    told, _ = stories.read(read_files(script), shown(script))
    return [fault for story in told for fault in await play_story(story, dialogue)]
