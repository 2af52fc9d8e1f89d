"""Which folders `check` looks at, and everything that is wrong in them: faults first, and when
there are none, the stories that do not hold."""

from __future__ import annotations

import asyncio
from pathlib import Path

from actions.runner import InProcess
from data.files import Fault, Unreadable, shown
from flows import content, stories
from flows.check import check_draft
from flows.content import Content, Draft
from flows.danger import Ears
from handoff.desk.dialogue import Dialogue
from handoff.desk.story_player import play_story

ACTION_TIMEOUT_S = 2


def folders_of(path: Path | None, script: Path, data: Path) -> tuple[Path, Path]:
    """The two folders that are meant, script first.

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
    return script, data


def faults_in(script: Path, data: Path) -> list[Fault]:
    """The faults of a script and a data folder, or else the stories that do not hold."""
    return looked_at(script, data)[0]


def looked_at(script: Path, data: Path) -> tuple[list[Fault], Draft]:
    """The same, and what was read."""
    actions = InProcess(ACTION_TIMEOUT_S)
    draft = content.read(script, data)
    faults = check_draft(draft, actions.names)
    return faults or asyncio.run(_stories(draft.content(), actions)), draft


def checked(script: Path, data: Path) -> Content:
    """What may be served: everything is looked at but the stories. Raises `Unreadable`."""
    draft = content.read(script, data)
    faults = check_draft(draft, InProcess(ACTION_TIMEOUT_S).names)
    if faults:
        raise Unreadable(faults)
    return draft.content()


async def _stories(found: Content, actions: InProcess) -> list[Fault]:
    """Where the stories and the script disagree."""
    dialogue = Dialogue(found.knowledge, found.script, actions, Ears(found.danger))
    told, _ = stories.read(found.files, shown(found.folder))
    return [fault for story in told for fault in await play_story(story, dialogue)]
