"""Commands for content editors: `check`, `talk`, `urgency`; `settings` for operators, `schema` for
programmers."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from actions.runner import InProcess
from data.danger_rules import LISTENING, load_danger
from data.files import shown
from data.hours import opening
from data.knowledge import Knowledge
from data.regions import Region
from flows import payloads
from flows.danger import Ears
from flows.danger.ears import RECENT
from flows.engine import Choose, Text
from flows.render import Message
from handoff import protocol
from handoff.cli import floors
from handoff.cli.checking import folders_of, looked_at
from handoff.cli.common import Stop, add_folders, read_content, read_knowledge
from handoff.cli.gaps import warnings
from handoff.cli.times import clock_time, longest_open
from handoff.desk.dialogue import Answer, Card, Dialogue, Talk
from handoff.desk.ticket import why_in_words
from handoff.settings import as_table, as_toml

ACTION_TIMEOUT_S = 2
HOW_TO_TALK = "Answer with a number, several as 1,3, or any text. Ctrl-D or an empty line stops.\n"


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the commands."""
    check = commands.add_parser("check", help="look for faults in script and data")
    check.add_argument(
        "path", nargs="?", type=Path, help="a folder with script/ and data/, or one of the two"
    )
    check.add_argument("--language", metavar="nl", help="only faults about this language's texts")
    check.add_argument(
        "--database", metavar="URL", help="warn of gaps as roster and operation there leave them"
    )
    add_folders(check)
    check.set_defaults(run=run_check)

    talk = commands.add_parser("talk", help="walk through the intake in the terminal")
    talk.add_argument("--region", help="whose intake (default: the one that is open longest)")
    talk.add_argument("--language", default="", help="in which language")
    talk.add_argument("--clock", metavar="C", help="HH:MM, or YYYY-MM-DDTHH:MM, in the region")
    add_folders(talk)
    talk.set_defaults(run=run_talk)

    urgency = commands.add_parser(
        "urgency", help="what the listener hears: JSON lines in, JSON lines out"
    )
    urgency.add_argument(
        "--listening", choices=LISTENING, default=LISTENING[0], help="default: %(default)s"
    )
    add_folders(urgency)
    urgency.set_defaults(run=run_urgency)

    settings = commands.add_parser("settings", help="print every setting with its reason")
    settings.add_argument("--toml", action="store_true", help="as a settings file to start from")
    settings.set_defaults(run=run_settings)

    schema = commands.add_parser("schema", help="print the JSON Schema of all frames and bodies")
    schema.set_defaults(run=run_schema)


def run_check(given: argparse.Namespace) -> int:
    """Which folders were read, and `file:line: message` for every fault; 1 when there are any. With
    none, how well danger is heard in the stored examples, and a fault for each floor below.

    Open hours of the next four weeks that nobody covers are warnings, and no faults."""
    script, data = folders_of(given.path, given.script, given.data)
    sys.stdout.write(f"script: {shown(script)}  data: {shown(data)}\n")
    faults, draft = looked_at(script, data)
    if given.language:
        faults = [fault for fault in faults if f"`{given.language}`" in fault.message]
    elif not faults:
        faults = floors.check(draft)
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    if not faults and not given.language:
        for warning in warnings(data, given.database, datetime.now(UTC)):
            sys.stdout.write(f"{warning}\n")
    counted = {0: "no faults", 1: "1 fault"}.get(len(faults), f"{len(faults)} faults")
    sys.stdout.write(counted + "\n")
    return 1 if faults else 0


def run_urgency(given: argparse.Namespace) -> int:
    """Hears each line of the standard input, in order."""
    knowledge = read_knowledge(given)
    rules = load_danger(knowledge.folder / "danger", knowledge.triage.signals)
    ears = Ears(rules.heard_by(given.listening))
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            id, text = row["id"], row["text"]
            if not isinstance(text, str):
                raise TypeError
        except (ValueError, KeyError, TypeError) as error:
            raise Stop(f'line {number}: a JSON object with "id" and "text" is needed') from error
        heard = ears.hear(text)
        found = {
            "id": id,
            "level": heard.level,
            "signals": list(heard.signals),
            "because": list(heard.because),
        }
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    return 0


def run_settings(given: argparse.Namespace) -> int:
    """Prints the settings."""
    sys.stdout.write(as_toml() if given.toml else as_table())
    return 0


def run_schema(given: argparse.Namespace) -> int:
    """Prints the schema."""
    raw = msgspec.json.format(msgspec.json.encode(protocol.schema()), indent=2)
    sys.stdout.write(raw.decode() + "\n")
    return 0


def run_talk(given: argparse.Namespace) -> int:
    """Plays the intake: type a number to choose, several with commas, or any text."""
    found = read_content(given)
    knowledge = found.knowledge
    actions = InProcess(ACTION_TIMEOUT_S)
    dialogue = Dialogue(knowledge, found.script, actions, Ears(found.danger))
    slug = given.region or longest_open(knowledge).slug
    if slug not in knowledge.regions:
        raise Stop(f"there is no region `{slug}`; there are {', '.join(knowledge.regions)}")
    region = knowledge.regions[slug]
    language = given.language or region.languages[0]
    if language not in region.languages:
        raise Stop(f"this region speaks {', '.join(region.languages)}")
    now = datetime.now(UTC)
    asyncio.run(_talk(dialogue, region, language, clock_time(given.clock, region, now)))
    return 0


async def _talk(dialogue: Dialogue, region: Region, language: str, now: datetime) -> None:
    is_open = opening(region.chat_hours, now).open
    staff = "called" if is_open else "none"
    talk, messages = await dialogue.open(region, language, now, "talk")
    _say(HOW_TO_TALK)
    said: list[str] = []
    while True:
        choices = _show(messages)
        if not talk.state.talking:
            end = "to a human" if is_open else "closed, nobody reads this"
            _say(f"-- {end}: {_urgency(talk, dialogue.knowledge)}")
            return
        text = await asyncio.to_thread(_ask)
        if not text.strip():
            return
        chosen = _chosen(text, choices)
        if not chosen:
            asked = messages[-1].text if messages and messages[-1].asks else ""
            heard = dialogue.listen(talk, text, region, now, staff, tuple(said[-RECENT:]), asked)
            talk = heard.talk
            said.append(text)
            if heard.card is not None:
                _show_card(heard.card)
            _show(heard.help)
        try:
            answer: Answer = await dialogue.answer(
                talk,
                Choose(chosen) if chosen else Text(text),
                region,
                now,
                "talk",
                staff=staff,
                show=_show_card,
            )
        except payloads.BadPayload:
            _say("-- that is not one of the answers")
            continue
        talk, messages = answer.talk, answer.messages


def _urgency(talk: Talk, knowledge: Knowledge) -> str:
    """The level and why, as the caseworker's card says them."""
    level = knowledge.triage.levels[talk.triage.level][knowledge.language]
    return f"{level} ({why_in_words(talk.triage, knowledge)})"


def _ask() -> str:
    try:
        return input("> ")
    except EOFError:
        return ""


def _chosen(text: str, choices: list[str]) -> tuple[str, ...]:
    numbers = [part.strip() for part in text.split(",")]
    if not all(part.isdigit() and 1 <= int(part) <= len(choices) for part in numbers):
        return ()
    return tuple(choices[int(part) - 1] for part in numbers)


def _show(messages: tuple[Message, ...]) -> list[str]:
    choices: list[str] = []
    for message in messages:
        _say(message.text)
        for button in message.buttons:
            if message.asks:
                choices.append(button.payload)
                _say(f"   {len(choices)}. {button.title}")
            else:
                _say(f"   [{button.title}]")
    return choices


def _show_card(card: Card) -> None:
    lines = card.text.splitlines()
    _say("\n".join(["  !!", *(f"  !! {line}" for line in lines), "  !!"]))


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
