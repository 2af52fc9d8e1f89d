"""Builds everything, once, and runs it. The only place where objects are put together."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from aiohttp import web
from argon2 import PasswordHasher

from actions.runner import InProcess
from actions.tracker import remember
from data.danger_rules import DangerRules
from data.knowledge import Knowledge
from flows.content import Content
from flows.context import speaker
from flows.danger import Ears
from flows.loader import load_files
from flows.model import Script
from handoff.clock import Clock
from handoff.desk import dialogue
from handoff.desk.caseworker import BackOffice, CaseworkerSession
from handoff.desk.conversations import Conversations
from handoff.desk.dialogue import Dialogue
from handoff.desk.dispatch import Dispatch, Surroundings
from handoff.desk.floor import Floor
from handoff.desk.gaps_told import GapsTold
from handoff.desk.janitor import Janitor
from handoff.desk.leaving import Leaving
from handoff.desk.operating import Operating
from handoff.desk.overflow import Overflow
from handoff.desk.promises import Promises
from handoff.desk.readers import Readers
from handoff.desk.return_code import ReturnCodes
from handoff.desk.rings import Ringer, Rings
from handoff.desk.seats import SqlSeats
from handoff.desk.services import Ids, Services
from handoff.desk.shift import Person, Shift
from handoff.desk.trying import Trying
from handoff.desk.visitor import FrontDoor, VisitorSession
from handoff.people.accounts import Accounts
from handoff.protocol import ServerFrame
from handoff.ringing import ringer_of
from handoff.settings import Settings
from handoff.storage import presence, releases
from handoff.storage.database import Database, Unavailable
from handoff.storage.keys import Vault
from handoff.storage.postgres import Postgres
from handoff.storage.schema import sqlite_path
from handoff.storage.sqlite_file import SqliteFile
from handoff.web.api import Api
from handoff.web.board_api import BoardApi
from handoff.web.board_page import BoardPage
from handoff.web.caseworker_socket import CaseworkerSocket
from handoff.web.demo_page import NAMES, Demo, DemoPage
from handoff.web.desk_pages import DeskPages
from handoff.web.editor_api import EditorApi, tongues
from handoff.web.editor_page import EditorPage
from handoff.web.guard import dress, guard, hush
from handoff.web.limits import Limits
from handoff.web.link import Links
from handoff.web.pages import ChatPages
from handoff.web.ports import only_on
from handoff.web.visitor_socket import VisitorSocket

log = logging.getLogger(__name__)

Send = Callable[[ServerFrame], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a process is told to be."""

    database: str
    keys: Path
    master: bytes
    content: Content
    settings: Settings
    clock: Clock
    node: str = field(default_factory=lambda: secrets.token_urlsafe(9))
    ids: Ids = field(default_factory=Ids)
    demo: Demo | None = None
    hasher: PasswordHasher = field(default_factory=PasswordHasher)
    ears: Callable[[DangerRules], dialogue.Ears] = Ears
    #: who rings people; without one what the settings say
    ringer: Ringer | None = None

    @property
    def knowledge(self) -> Knowledge:
        """What the organisations know."""
        return self.content.knowledge


class House:
    """A running server, put together from a plan."""

    def __init__(self, plan: Plan, db: Database) -> None:
        self.plan = plan
        self.db = db
        settings, clock = plan.settings, plan.clock
        self.ears = plan.ears(plan.content.danger.heard_by(settings.listening))
        self.releases: dict[str, Dialogue | None] = {}
        remember(plan.knowledge)
        self.runner = InProcess(settings.action_timeout_s)
        self.script = plan.content.script
        self.services = Services(
            knowledge=plan.knowledge,
            settings=settings,
            clock=clock,
            db=db,
            vault=Vault(plan.keys, plan.master),
            ids=plan.ids,
            node=plan.node,
            dialogue=self.dialogue_of(self.script),
            dialogues=self.older,
        )
        self.accounts = Accounts(db, settings, clock, plan.hasher, demo=plan.demo is not None)
        self.floor = Floor(self.services, self.accounts.name_of)
        self.conversations = Conversations(
            self.services, self.floor.ring, lambda region: self.floor.standing.reach(region).open
        )
        self.floor.conversations = self.conversations
        self.overflow = Overflow(self.services, self.conversations, self.floor.standing.present)
        self.dispatch = Dispatch(
            SqlSeats(db, plan.ids.short),
            Surroundings(
                knowledge=lambda: self.services.knowledge,
                now=clock.now,
                settings=settings,
                ring=self.floor.ring,
                start=self.conversations.start,
                tell=self.overflow.tell,
            ),
        )
        self.floor.dispatch = self.dispatch.wake
        self.floor.standing.terms = self.dispatch.terms
        self.shift = Shift(self.services, self.conversations, self.floor)
        self.leaving = Leaving(self.services, self.conversations, self.floor)
        self.codes = ReturnCodes(self.services, plan.master, secrets.randbelow)
        self.door = FrontDoor(
            self.services, self.conversations, self.floor, self.leaving, self.codes
        )
        ringer = plan.ringer or ringer_of(settings)
        self.rings = Rings(self.services, ringer, self.conversations.start, self.floor.ring)
        self.office = BackOffice(
            self.services, self.conversations, self.floor, self.shift, self.rings
        )
        self.operating = Operating(self.services, self.goes_by)
        self.janitor = Janitor(
            self.services,
            self.conversations,
            self.floor,
            self.shift,
            self.dispatch,
            self.leaving,
            self.operate,
            quick=(
                Promises(self.services, self.conversations, self.floor).look,
                self.rings.look,
                Readers(
                    self.services,
                    lambda region: self.rings.people(region, "acute"),
                    self.floor.ring,
                ).look,
            ),
            slow=(GapsTold(self.services, ringer).look,),
        )
        self.links = Links()
        self.limits = Limits(settings, clock)

    # the script and its releases

    def dialogue_of(self, script: Script) -> Dialogue:
        """A dialogue that plays a script."""
        settings = self.plan.settings
        return Dialogue(
            self.plan.knowledge,
            script,
            self.runner,
            self.ears,
            live=self.script,
            card_again_s=settings.card_again_s,
            retention_h=settings.retention_h,
            reach=lambda region: self.floor.standing.reach(region),
        )

    def older(self, release: str) -> Dialogue | None:
        """The dialogue of a release; None when it is not there or can no longer be played."""
        if release == self.script.id:
            return self.services.dialogue
        return self.releases.get(release)

    async def learn_releases(self) -> None:
        """Stores the script on disk as a release if it is new, and loads the others in use."""
        now = self.services.now()
        packed = msgspec.msgpack.encode(dict(self.plan.content.files))
        await self.db.run(releases.add, self.script.id, packed, now)
        for id, files in await self.db.read(releases.in_use):
            if id != self.script.id:
                try:
                    stored = msgspec.msgpack.decode(files, type=dict[str, bytes])
                    script = load_files(stored, self.plan.knowledge.languages)
                    self.releases[id] = self.dialogue_of(script)
                except Exception:
                    # its conversations go to a human
                    log.error("release %s: cannot be played any more", id[:12])
                    self.releases[id] = None

    # operation beats content

    async def operate(self) -> None:
        """Applies what coordinators changed, here or on another node. Raises `Unavailable`."""
        if await self.operating.look():
            await self.floor.catch_up()

    def goes_by(self, knowledge: Knowledge) -> None:
        """From now on everybody goes by this: actions and all releases of the script too."""
        remember(knowledge)
        for release in (self.services.dialogue, *self.releases.values()):
            if release is not None:
                release.goes_by(knowledge)

    def rang(self, bells: Iterable[str]) -> None:
        """Another node wrote something; `o/`: what coordinators changed."""
        bells = list(bells)
        if any(bell.startswith("o/") for bell in bells):
            self.conversations.start(self.operate())
        self.conversations.rang(bells)

    # sessions

    def visitor(self, send: Send, close: Callable[[str], None]) -> VisitorSession:
        """The session of one visitor's socket."""
        return VisitorSession(self.door, send, close)

    def caseworker(self, person: Person, send: Send) -> CaseworkerSession:
        """The session of one caseworker's socket."""
        return CaseworkerSession(self.office, person, send)

    def sentence(self, name: str, session: VisitorSession, region: str) -> str:
        """What a visitor reads for an error, in their language."""
        conversation = session.conversation
        knowledge = self.services.knowledge
        language = conversation.talk.language if conversation else knowledge.language
        slug = conversation.region if conversation else region
        found = knowledge.regions.get(slug) or next(iter(knowledge.regions.values()))
        context = self.services.dialogue.context(found, language, self.plan.clock.now())
        fields = {name: str(value) for name, value in context.items()}
        return speaker(self.script, language)(name, **fields)

    async def ready(self) -> list[str]:
        """What is not well, in words; empty when all is."""
        faults = []
        try:
            await self.db.run(releases.touch, self.services.node, self.services.now())
        except Unavailable as error:
            faults.append(f"database: {error}")
        if isinstance(self.db, Postgres) and not self.db.listening:
            faults.append("database: the doorbell is silent")
        today = self.plan.clock.now().date()
        if not self.services.vault.ready(self.plan.knowledge.regions, today):
            faults.append("keys: tomorrow's are not there yet")
        return faults

    # life

    async def start(self) -> None:
        """Everything that has to be there before the first visitor. Raises `NoKey`."""
        await asyncio.to_thread(self.services.vault.check)
        await self.learn_releases()
        await self.accounts.learn_names()
        if isinstance(self.db, Postgres):
            self.db.hear = self.rang
            self.db.caught_up = self.conversations.catch_up
        if not self.db.shared:
            await self.db.run(presence.alone, self.services.node, self.services.now())
        await self.operate()
        await self.janitor.look()
        for region in self.plan.knowledge.regions:
            await self.floor.refresh(region)

    def routes(self) -> tuple[list[web.RouteDef], list[web.RouteDef]]:
        """What visitors may call, and what is for staff."""
        settings, clock = self.plan.settings, self.plan.clock
        api = Api(self.services, self.floor, self.accounts, self.limits, self.ready)
        visitor = VisitorSocket(
            settings, clock, self.links, self.limits, self.visitor, self.sentence
        )
        caseworker = CaseworkerSocket(settings, clock, self.links, api.who, self.caseworker)
        board = BoardApi(
            self.services,
            self.accounts,
            api.who,
            self.operating,
            self.operate,
            self.floor.standing.used_up,
        )
        danger = self.plan.content.danger
        trying = Trying(self.services, danger, self.plan.ears, self.ears)
        editors = EditorApi(self.services, api.who, trying, tongues(danger))
        demo = self.plan.demo
        origins = tuple(f"http://{name}:*" for name in NAMES) if demo else ()
        front = DemoPage(self.services, demo).routes() if demo else []
        return (
            [
                web.get("/ws/visitor", visitor.serve),
                *ChatPages(self.services, origins).routes(),
                *api.public(),
                *front,
            ],
            [
                web.get("/ws/caseworker", caseworker.serve),
                *DeskPages(self.services).routes(),
                *BoardPage(self.operating).routes(),
                *EditorPage(self.services, tongues(danger)).routes(),
                *api.staff(),
                *board.routes(),
                *editors.routes(),
            ],
        )


HOUSE: web.AppKey[House] = web.AppKey("house", House)


def open_database(plan: Plan) -> Database:
    """The database of a plan. Raises `schema.BadDatabase`."""
    settings = plan.settings
    path = sqlite_path(plan.database)
    if path is not None:
        return SqliteFile(
            path,
            batch_units=settings.batch_units,
            waiting=settings.writer_units,
            timeout_s=settings.commit_timeout_s,
        )
    return Postgres(
        plan.database,
        plan.node,
        connections=settings.pool_connections,
        batch_units=settings.batch_units,
        waiting=settings.writer_units,
        timeout_s=settings.commit_timeout_s,
    )


def build(plan: Plan, staff_port: int | None = None) -> web.Application:
    """The aiohttp application of a plan; its database opens when it starts.

    With `staff_port` what is for staff answers on that port only, and nothing else does.
    """
    hush()
    house = House(plan, open_database(plan))
    app = web.Application(middlewares=[guard], client_max_size=plan.settings.frame_bytes)
    app[HOUSE] = house
    app.on_response_prepare.append(dress)
    public, staff = house.routes()
    app.add_routes([*public, *staff])
    if staff_port is not None:
        app.middlewares.append(only_on(staff_port, staff))
    app.cleanup_ctx.append(_alive)
    app.on_shutdown.append(_tell_clients)
    return app


async def _alive(app: web.Application) -> AsyncIterator[None]:
    house = app[HOUSE]
    await house.db.start()
    try:
        await house.start()
        janitor = asyncio.create_task(house.janitor.run(), name="janitor")
        yield
        janitor.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await janitor
    finally:
        await house.db.close()


async def _tell_clients(app: web.Application) -> None:
    await app[HOUSE].links.restart(app[HOUSE].plan.settings.shutdown_s)
