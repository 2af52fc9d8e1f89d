"""`voordeur simulate`: how long people would wait, with these hours, roster and visitors."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import time as clock_time
from pathlib import Path

from data.files import suggestion
from data.hours import zone_named
from data.knowledge import Knowledge
from handoff.cli import figures
from handoff.cli.common import Stop, add_folders, read_knowledge
from handoff.cli.times import longest_open
from handoff.insight import arrivals, engine, logs, staffing, study
from handoff.insight.scenario import Engine, Presence
from handoff.insight.words import Words

#: What plays the weeks.
ENGINE: Engine = engine.play


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command."""
    command = commands.add_parser(
        "simulate", help="how long people would wait, and who would overflow where"
    )
    option = command.add_argument
    option(
        "--log",
        type=Path,
        default=logs.PILOT,
        metavar="FILE",
        help="chats as they were: number,started_at,minutes,offline_at_once[,region]"
        " (default: the first pilot)",
    )
    option(
        "--per-week",
        type=_number("visitors", 0),
        metavar="N",
        help="so many visitors a week in all regions together, spread as in the log",
    )
    option(
        "--weeks",
        type=_whole("weeks", 1),
        default=1,
        metavar="N",
        help="how long one run is (%(default)s)",
    )
    option(
        "--from",
        dest="first",
        type=_day,
        metavar="YYYY-MM-DD",
        help="the first day, for holidays and days that differ (default: next Monday)",
    )
    option(
        "--replay",
        action="store_true",
        help="the chats of the log at their own times, instead of drawn ones",
    )
    option(
        "--region",
        action="append",
        metavar="R",
        help="a region with visitors and caseworkers; give it several times to see them help"
        " each other (default: the one that is open longest)",
    )
    option("--all", action="store_true", help="all regions")
    staff = command.add_mutually_exclusive_group()
    staff.add_argument(
        "--caseworkers",
        type=_whole("caseworkers", 0),
        default=1,
        metavar="N",
        help="so many at the desk of each region in every open hour (%(default)s)",
    )
    staff.add_argument(
        "--roster",
        type=Path,
        metavar="FILE",
        help="who is there when: region,days,from,to,caseworkers",
    )
    option(
        "--seeds",
        type=_whole("runs", 1),
        default=100,
        metavar="N",
        help="how many possible periods are played (%(default)s)",
    )
    option("--out", type=Path, metavar="DIR", help="write charts (SVG) and tables (CSV) there")
    option("--language", default="", help="of tables and charts")
    _add_assumptions(command)
    add_folders(command)
    command.set_defaults(run=run_simulate)


def _add_assumptions(command: argparse.ArgumentParser) -> None:
    """What no log says. The defaults are assumptions; docs/simulation.md names their sources."""
    option = command.add_argument_group("assumptions").add_argument
    option(
        "--within",
        type=_number("minutes", 0),
        default=5.0,
        metavar="MIN",
        help="the promised time to an answer (%(default)g)",
    )
    option(
        "--patience",
        type=_number("minutes", 0.1),
        default=10.0,
        metavar="MIN",
        help="how long people wait before they leave, on average (%(default)g)",
    )
    option(
        "--answer",
        type=_number("seconds", 0),
        default=10.0,
        metavar="S",
        help="how long a caseworker takes to accept an offer (%(default)g)",
    )
    option(
        "--talk",
        type=_number("minutes", 0.1),
        metavar="MIN",
        help="mean talk, many short ones and some long (default: the talks of the log)",
    )
    option("--acute", type=_percent, default=0.05, metavar="%", help="visitors who are acute (5)")
    option(
        "--urgent", type=_percent, default=0.20, metavar="%", help="visitors who are urgent (20)"
    )
    option(
        "--silent",
        type=_percent,
        default=0.71,
        metavar="%",
        help="leavers who give no sign, so that the place is free only later (71)",
    )


def run_simulate(given: argparse.Namespace) -> int:
    """Plays the weeks, prints a table, and writes charts and tables when asked."""
    knowledge = read_knowledge(given)
    say = _words(given, knowledge)
    asked = _study(given, knowledge, say)
    if given.out is not None:
        figures.folder(given.out)
    progress = figures.Progress(say)
    found = study.run(asked, ENGINE, given.seeds, given.within, progress)
    figures.show(asked, found, say)
    if given.out is not None:
        figures.write(given.out, found, say)
    return 0


def _words(given: argparse.Namespace, knowledge: Knowledge) -> Words:
    language = given.language or knowledge.language
    if language not in knowledge.languages:
        raise Stop(f"`{language}` is not one of {', '.join(knowledge.languages)}")
    names = {slug: region.name for slug, region in knowledge.regions.items()}
    return Words(knowledge.simulation_words, language, names)


def _regions(given: argparse.Namespace, knowledge: Knowledge) -> tuple[str, ...]:
    if given.all:
        return tuple(knowledge.regions)
    named = tuple(dict.fromkeys(given.region or [longest_open(knowledge).slug]))
    for slug in named:
        if slug not in knowledge.regions:
            near = suggestion(slug, knowledge.regions)
            raise Stop(f"there is no region `{slug}`{near}")
    return named


def _study(given: argparse.Namespace, knowledge: Knowledge, say: Words) -> study.Study:
    if given.acute + given.urgent > 1:
        raise Stop("acute and urgent together are more than 100%")
    zone = zone_named(knowledge.zone)
    log = logs.read_log(given.log, zone)
    regions = _regions(given, knowledge)
    begins, ends = _period(given, log, zone)
    return study.Study(
        knowledge=knowledge,
        zone=zone,
        begins=begins,
        ends=ends,
        patterns=_patterns(given, knowledge, log, regions, say),
        visitors=_visitors(given, log),
        presence=_presence(given, knowledge, regions, begins, ends),
        answer_s=given.answer,
        replay=log if given.replay else None,
    )


def _period(given: argparse.Namespace, log: logs.Log, zone: tzinfo) -> tuple[datetime, datetime]:
    """Whole days of the zone: those of the log when it is replayed."""
    if given.replay:
        first = log.chats[0].at.astimezone(zone).date()
        days = round(log.weeks * 7)
    else:
        today = datetime.now(UTC).astimezone(zone).date()
        first = given.first or today + timedelta(days=7 - today.weekday())
        days = given.weeks * 7
    edges = (first, first + timedelta(days=days))
    begins, ends = (
        datetime.combine(day, clock_time(), tzinfo=zone).astimezone(UTC) for day in edges
    )
    return begins, ends


def _patterns(
    given: argparse.Namespace,
    knowledge: Knowledge,
    log: logs.Log,
    regions: tuple[str, ...],
    say: Words,
) -> dict[str, arrivals.Pattern]:
    """When visitors come, by region; a number that is given is shared as the log shares it."""
    found = {}
    for slug in regions:
        minutes = arrivals.usual_minutes(knowledge.regions[slug].chat_hours)
        own = log.of(slug)
        found[slug] = arrivals.pattern_of(own, minutes) if own else arrivals.flat(0, minutes)
        if found[slug].per_week == 0 and given.per_week is None and not given.replay:
            sys.stderr.write(say("no_visitors", region=say.region(slug)) + "\n")
    if given.per_week is None:
        return found
    total = sum(pattern.per_week for pattern in found.values())
    return {
        slug: pattern.scaled(
            given.per_week * (pattern.per_week / total if total else 1 / len(found))
        )
        for slug, pattern in found.items()
    }


def _visitors(given: argparse.Namespace, log: logs.Log) -> arrivals.Visitors:
    try:
        talk = arrivals.resampled(log)
        if given.talk is not None:
            talk = arrivals.lognormal(given.talk, given.talk * log.median_of_mean)
    except ValueError as error:
        raise Stop(str(error)) from error
    return arrivals.Visitors(
        talk=talk,
        patience=arrivals.exponential(given.patience),
        acute=given.acute,
        urgent=given.urgent,
        at_once=log.at_once,
        silent=given.silent,
    )


def _presence(
    given: argparse.Namespace,
    knowledge: Knowledge,
    regions: tuple[str, ...],
    begins: datetime,
    ends: datetime,
) -> tuple[Presence, ...]:
    if given.roster is not None:
        roster = staffing.read_roster(given.roster, knowledge)
        return staffing.from_roster(knowledge, roster, begins, ends)
    return staffing.in_open_hours(knowledge, regions, int(given.caseworkers), begins, ends)


def _number(what: str, least: float) -> Callable[[str], float]:
    """A reader of numbers for argparse, which tells in words what it takes."""

    def read(text: str) -> float:
        try:
            found = float(text.replace(",", "."))
        except ValueError:
            found = float("nan")
        if not least <= found < float("inf"):
            raise argparse.ArgumentTypeError(
                f"`{text}` is not a number of {what}, {least:g} or more"
            )
        return found

    return read


def _whole(what: str, least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"`{text}` is not a number of {what}, {least} or more")
        return int(text)

    return read


def _percent(text: str) -> float:
    found = _number("percent", 0)(text.removesuffix("%"))
    if found > 100:
        raise argparse.ArgumentTypeError(f"`{text}` is more than 100%")
    return found / 100


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"`{text}` is not a day, such as 2026-12-24") from error
