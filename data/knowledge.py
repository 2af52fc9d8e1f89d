"""Everything in the data folder, read once and typed. `load` is the only way in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from data.agreements import Agreement, Pool, read_agreements
from data.danger_floors import Floors, read_floors
from data.desk_words import read_desk_words
from data.emergency_card import CardLine, read_emergency_card
from data.facts import FactSheet, read_facts
from data.files import Fault, Map, Section, Unreadable, read_yaml, shown, words_of
from data.help_cards import HelpCard, read_help_cards
from data.help_lines import HelpLine, read_help_lines, read_words
from data.hours import Schedule, read_holidays, zone_named
from data.regions import Region, read_regions
from data.rota import Planned
from data.training import PracticeScript, read_training
from data.triage import TriageData, read_triage

#: The data that ships with the product; `--data` names another folder.
DEFAULT_FOLDER = Path(__file__).parent

FILES = (
    "organisation.yml",
    "holidays.yml",
    "help_lines.yml",
    "triage.yml",
    "emergency_card.yml",
    "help_cards.yml",
    "queue.yml",
    "dispositions.yml",
    "regions.yml",
    "agreements.yml",
    "facts.yml",
    "desk.yml",
    "board.yml",
    "editor.yml",
    "danger_floors.yml",
    "simulation.yml",
    "report.yml",
    "training.yml",
)


@dataclass(frozen=True, slots=True)
class Disposition:
    """How a conversation may end; `by_system` when nobody chooses it."""

    key: str
    by_system: bool
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class QueueData:
    """Head starts in minutes by name, how far back a ticket goes whose visitor left, and the bands
    in which a wait is told; all in minutes."""

    head_start_min: Mapping[str, int]
    left_behind_min: int
    least_samples: int
    bands_min: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the organisations know, as one typed value."""

    folder: Path
    name: str
    languages: tuple[str, ...]
    zone: str
    emergency_line: str
    advice_line: str
    help_lines: Mapping[str, HelpLine]
    regions: Mapping[str, Region]
    pools: Mapping[str, Pool]
    #: in the order in which a helper is looked for
    agreements: tuple[Agreement, ...]
    #: what to know of a region when another one helps out
    facts: Mapping[str, FactSheet]
    triage: TriageData
    emergency_card: tuple[CardLine, ...]
    help_cards: tuple[HelpCard, ...]
    queue: QueueData
    dispositions: Mapping[str, Disposition]
    desk_words: Mapping[str, Mapping[str, str]]
    board_words: Mapping[str, Mapping[str, str]]
    editor_words: Mapping[str, Mapping[str, str]]
    #: how well danger has to be heard in the stored examples
    floors: Floors
    simulation_words: Mapping[str, Mapping[str, str]]
    report_words: Mapping[str, Mapping[str, str]]
    #: made-up visitors to practise with
    training: Mapping[str, PracticeScript]
    #: who is planned when, and in a region with a pilot who alone gets offers: both of operation
    roster: tuple[Planned, ...] = ()
    pilots: Mapping[str, frozenset[str]] = field(default_factory=dict)
    #: every name in files that could not be read; nothing in what `load` gives
    unread: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def language(self) -> str:
        """The language that every text has."""
        return self.languages[0]


#: Only to go on looking for faults when `organisation.yml` itself cannot be read.
LANGUAGES = ("nl", "en")
HEAD_STARTS = ("urgent", "watched", "cannot_call", "danger_unknown", "returned", "given_back")
BANDS = ("soon", "about_5", "5_to_15")


def load(folder: Path = DEFAULT_FOLDER) -> Knowledge:
    """Reads a data folder. Raises `Unreadable` with every fault of every file."""
    knowledge, faults = read(folder)
    if faults:
        raise Unreadable(faults)
    return knowledge


def read(folder: Path = DEFAULT_FOLDER) -> tuple[Knowledge, list[Fault]]:
    """As far as a data folder can be read, with all faults: what `check` builds on."""
    documents = _Documents(folder)
    knowledge = _read(folder, documents)
    return knowledge, sorted(set(documents.faults))


class _Documents:
    """The files of a folder as sections; one that cannot be read is empty, and its fault noted."""

    def __init__(self, folder: Path) -> None:
        self.faults: list[Fault] = []
        self.unread: dict[str, frozenset[str]] = {}
        self.sections = {name: self._section(folder / name) for name in FILES}

    def __getitem__(self, name: str) -> Section:
        return self.sections[name]

    def _section(self, path: Path) -> Section:
        try:
            return Section(read_yaml(path, shown(path)), shown(path), self.faults)
        except Unreadable as error:
            self.faults.extend(error.faults)
            self.unread[path.name] = words_of(path.read_bytes()) if path.is_file() else frozenset()
            return Section(Map(1), path.name, [])

    def names(self, file: str, found: Mapping[str, Any]) -> Mapping[str, Any]:
        """What `file` defines, for the files that refer to it: any name in it, if it is broken."""
        return dict.fromkeys(self.unread[file]) if file in self.unread else found


def _read(folder: Path, documents: _Documents) -> Knowledge:
    organisation = documents["organisation.yml"]
    languages = organisation.texts("languages")
    if not languages:
        organisation.fault("name at least one language", "languages")
        languages = LANGUAGES
    zone = _read_zone(organisation)
    help_lines = read_help_lines(documents["help_lines.yml"], languages, zone)
    triage = read_triage(documents["triage.yml"], languages)
    holidays = read_holidays(documents["holidays.yml"])
    documents["holidays.yml"].done()
    lines = documents.names("help_lines.yml", help_lines)
    regions = read_regions(
        documents["regions.yml"], documents.names("holidays.yml", holidays), languages
    )
    pools, agreements = read_agreements(
        documents["agreements.yml"],
        documents.names("holidays.yml", holidays),
        documents.names("regions.yml", regions),
        zone,
    )
    knowledge = Knowledge(
        folder=folder,
        name=organisation.text("name"),
        languages=languages,
        zone=zone,
        emergency_line=organisation.one_of("emergency_line", lines),
        advice_line=organisation.one_of("advice_line", lines),
        help_lines=help_lines,
        regions=with_pool_hours(regions, pools),
        pools=pools,
        agreements=agreements,
        facts=read_facts(documents["facts.yml"], regions, documents.names("regions.yml", regions)),
        triage=triage,
        emergency_card=read_emergency_card(
            documents["emergency_card.yml"],
            documents.names("triage.yml", triage.roles),
            documents.names("triage.yml", triage.signals),
        ),
        help_cards=read_help_cards(
            documents["help_cards.yml"],
            documents.names("triage.yml", triage.roles),
            documents.names("triage.yml", triage.signals),
        ),
        queue=_read_queue(documents["queue.yml"]),
        dispositions=_read_dispositions(documents["dispositions.yml"], languages),
        desk_words=read_desk_words(documents["desk.yml"], languages),
        board_words=read_desk_words(documents["board.yml"], languages),
        editor_words=read_desk_words(documents["editor.yml"], languages),
        floors=read_floors(documents["danger_floors.yml"]),
        simulation_words=read_desk_words(documents["simulation.yml"], languages),
        report_words=read_desk_words(documents["report.yml"], languages),
        training=read_training(
            documents["training.yml"],
            triage,
            languages,
            triage_read="triage.yml" not in documents.unread,
        ),
        unread=frozenset[str]().union(*documents.unread.values()),
    )
    organisation.done()
    return knowledge


def with_pool_hours(regions: Mapping[str, Region], pools: Mapping[str, Pool]) -> dict[str, Region]:
    """A region in a pool keeps the hours of the pool (R22), and its own days that differ."""
    hours = {slug: pool.hours for pool in pools.values() for slug in pool.regions}
    return {
        slug: replace(region, chat_hours=_pooled(hours[slug], region)) if slug in hours else region
        for slug, region in regions.items()
    }


def _pooled(hours: Schedule, region: Region) -> Schedule:
    own = region.chat_hours.exceptions
    return replace(hours, exceptions={**hours.exceptions, **own}) if own else hours


def _read_zone(organisation: Section) -> str:
    name = organisation.text("zone")
    try:
        zone_named(name)
    except LookupError:
        organisation.fault(f"`{name}` is not a time zone, such as Europe/Amsterdam", "zone")
        return "UTC"
    return name


def _read_queue(document: Section) -> QueueData:
    starts, bands = document.section("head_start_min"), document.section("wait_bands")
    found = QueueData(
        head_start_min={name: starts.number(name) for name in HEAD_STARTS},
        left_behind_min=document.number("left_behind_min"),
        least_samples=bands.number("least_samples"),
        bands_min={name: bands.number(name) for name in BANDS},
    )
    for section in (starts, bands, document):
        section.done()
    return found


def _read_dispositions(document: Section, languages: tuple[str, ...]) -> dict[str, Disposition]:
    found = {}
    for key, section in document.sections("dispositions").items():
        by = section.one_of("by", ("caseworker", "system"))
        found[key] = Disposition(key, by == "system", read_words(section, "words", languages))
        section.done()
    for needed in ("left_before_contact", "unread"):
        if needed not in found or not found[needed].by_system:
            document.fault(f"`{needed}` (by: system) is missing", "dispositions")
    document.done()
    return found
