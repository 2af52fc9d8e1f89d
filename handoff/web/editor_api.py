"""What editors ask over HTTP: what would be heard in a sentence, and examples to learn from.

What is tried is heard and forgotten: it reaches no log and no table.
"""

from __future__ import annotations

import asyncio
from functools import partial

from aiohttp import web

from data.danger_examples import LONGEST, NONE, as_csv, fault_of
from data.danger_rules import DangerRules
from flows.danger.ears import RECENT
from handoff import protocol
from handoff.clock import moment
from handoff.desk.examples import example_of, in_files, key_of, same
from handoff.desk.services import Services
from handoff.desk.shift import Person
from handoff.desk.trying import Tried, Trying
from handoff.storage import examples as stored
from handoff.storage import tickets
from handoff.storage.sql import Rollback, Row
from handoff.storage.tables import DangerExample
from handoff.web.bodies import BadBody, answered, read_body, text_to_store
from handoff.web.guard import refusal
from handoff.web.limits import Bucket
from handoff.web.staff_request import Handler, Refusals, Who, answer_staff

#: Who may change what danger sounds like.
EDITORS = ("editor", "admin")
CSV = ".csv"
#: Rules that are no language's.
EVERY = "any"
#: More earlier texts are not listened to.
MOST_BEFORE = RECENT
MOST_NOTE = 200
#: As fast as somebody types and looks; a program that asks more would slow down the visitors.
BURST, PER_S = 20, 2.0
REFUSALS: Refusals = {
    "unknown": (404, "bad_id", "there is no such example"),
    "forbidden": (403, "forbidden", "another editor approves it"),
    "wrong_state": (409, "wrong_state", "it was approved already"),
    "clash": (409, "taken", "somebody else was faster; look again"),
    "too_many": (409, "too_large", "put what is approved into the files, and take it away here"),
}


class EditorApi:
    """The routes below `/api/editor`."""

    def __init__(
        self,
        services: Services,
        who: Who,
        trying: Trying,
        tongues: tuple[str, ...],
    ) -> None:
        self.services = services
        self.who = who
        self.trying = trying
        #: the languages that examples may be in
        self.tongues = tongues
        #: by username; there are a handful of editors
        self.buckets: dict[str, Bucket] = {}
        # what takes long keeps one thread busy, however many ask
        self.one_at_a_time = asyncio.Lock()

    def routes(self) -> list[web.RouteDef]:
        """For editors."""
        return [
            web.post("/api/editor/hear", partial(self._asked, self.hear)),
            web.get("/api/editor/examples", partial(self._asked, self.examples)),
            web.post("/api/editor/examples", partial(self._asked, self.propose)),
            web.post("/api/editor/examples/{id}", partial(self._asked, self.answer)),
            web.get("/api/editor/examples/{file}", partial(self._asked, self.file)),
        ]

    async def _asked(self, handler: Handler, request: web.Request) -> web.Response:
        limited = partial(self._in_time, handler)
        return await answer_staff(request, limited, self.who, EDITORS, REFUSALS)

    async def _in_time(
        self, handler: Handler, request: web.Request, person: Person
    ) -> web.Response:
        """Answers, unless somebody asks faster than one types."""
        wait = self._wait(person) if request.method == "POST" else 0
        if wait > 0:
            return refusal(429, "rate_limited", "wait a moment", int(wait) + 1)
        return await handler(request, person)

    def _wait(self, person: Person) -> float:
        """Seconds until somebody may ask again; 0 is now, and counts as once."""
        now = self.services.clock.monotonic()
        bucket = self.buckets.setdefault(person.username, Bucket(BURST, now))
        return bucket.take(now, BURST, PER_S)

    # trying

    async def hear(self, request: web.Request, person: Person) -> web.Response:
        """An editor: what would be heard in a text, why, and which card would come."""
        asked = await read_body(request, protocol.TryText)
        text = text_to_store(asked.text, "text", LONGEST)
        if not text:
            raise BadBody("`text`: type a sentence")
        before = tuple(text_to_store(one, "before", LONGEST) for one in asked.before)
        question = text_to_store(asked.asked, "asked", LONGEST)
        regions = self.services.knowledge.regions
        region = regions.get(person.region) or next(iter(regions.values()))
        earlier = tuple(filter(None, before))[-MOST_BEFORE:]
        now = self.services.clock.now()
        # the first time it builds ears, and no visitor waits for that
        async with self.one_at_a_time:
            found = await asyncio.to_thread(self.trying.hear, text, earlier, question, region, now)
        tried = {way: _hearing(one) for way, one in found.items()}
        return answered(
            protocol.Hearings(
                in_use=self.trying.in_use,  # type: ignore[arg-type]
                rules=tried["rules"],
                both=tried.get("rules+model"),
                language=found[self.trying.in_use].heard.language,
            )
        )

    # examples

    async def examples(self, request: web.Request, person: Person) -> web.Response:
        """An editor: what waits for a second editor, and what was approved."""
        rows = await self.services.db.read(stored.everything)
        now = self.services.clock.now()
        response = answered(protocol.Examples(now, [example_body(row) for row in rows]))
        response.enable_compression()
        return response

    async def file(self, request: web.Request, person: Person) -> web.Response:
        """An editor: the approved examples of a language, in the form of the files."""
        language, dot, kind = request.match_info["file"].partition(".")
        if language not in self.tongues or dot + kind != CSV:
            return refusal(404, "bad_id", "there is no such file")
        rows = await self.services.db.read(stored.approved)
        text = as_csv(example_of(row) for row in rows if row["language"] == language)
        named = f'attachment; filename="{language}{CSV}"'
        return web.Response(
            text=text, content_type="text/csv", headers={"Content-Disposition": named}
        )

    async def propose(self, request: web.Request, person: Person) -> web.Response:
        """An editor: adds an example that another editor has to approve."""
        wanted = await read_body(request, protocol.NewExample)
        row = self._row(wanted, person)
        knowledge = self.services.knowledge
        # thousands of lines, and no visitor waits for them
        async with self.one_at_a_time:
            files = await asyncio.to_thread(in_files, knowledge)
        known = same(files, row.language, row.text)
        if known is not None:
            return _there(known.level, f"{known.file}:{known.line}")
        note = self._note(person, "example", f"{row.id} {row.language} {row.level}")
        found = await self.services.db.run(stored.add, row, note)
        if found["id"] != row.id:
            return _there(found["level"])
        return answered(example_body(found), 201)

    def _row(self, wanted: protocol.NewExample, person: Person) -> DangerExample:
        """The row of an example. Raises `BadBody` when it cannot be one."""
        if wanted.language not in self.tongues:
            raise BadBody(f"`language`: one of {', '.join(self.tongues)}")
        text = "\n".join(text_to_store(wanted.text, "text", LONGEST).splitlines())
        known = self.services.knowledge.triage.signals
        signals = [name for name in known if name in wanted.signals]
        if len(signals) != len(set(wanted.signals)):
            raise BadBody(f"`signals`: some of {', '.join(known)}")
        named = ";".join(signals) or NONE
        fault = fault_of(wanted.level, named, wanted.perspective, text, known)
        if fault:
            raise BadBody(fault)
        return DangerExample(
            id=self.services.ids.short(),
            language=wanted.language,
            level=wanted.level,
            signals=named,
            perspective=wanted.perspective,
            text=text,
            plain=key_of(text),
            note=" ".join(text_to_store(wanted.note, "note", MOST_NOTE).split()),
            added_by=person.username,
            added_at=self.services.now(),
        )

    async def answer(self, request: web.Request, person: Person) -> web.Response:
        """An editor: approves another's example, or takes any away."""
        given = await read_body(request, protocol.ExampleAnswer)
        id, now = request.match_info["id"], self.services.now()
        if not protocol.ID.fullmatch(id):
            raise Rollback("unknown")
        note = self._note(person, f"example_{given.answer}", id)
        if given.answer == "approve":
            row = await self.services.db.run(stored.approve, id, person.username, now, note)
        else:
            row = await self.services.db.run(stored.withdraw, id, note)
        return answered(example_body(row))

    def _note(self, person: Person, action: str, detail: str) -> tickets.Note:
        id, now = self.services.ids.short(), self.services.now()
        return tickets.audit(id, now, person.username, action, None, detail)


def _there(level: str, where: str | None = None) -> web.Response:
    """Says that a text is an example already, and where."""
    told = "this text is an example already"
    body = protocol.ExampleThere("taken", told, level, where)  # type: ignore[arg-type]
    return answered(body, 409)


def example_body(row: Row) -> protocol.ExampleBody:
    """A row of the table, as it goes over the wire."""
    example = example_of(row)
    approved_at = row["approved_at"]
    return protocol.ExampleBody(
        id=row["id"],
        language=example.language,
        level=example.level,  # type: ignore[arg-type]
        signals=list(example.signals),
        perspective=example.perspective,
        text=example.text,
        note=example.note,
        added_by=row["added_by"],
        added_at=moment(row["added_at"]),
        approved_by=row["approved_by"],
        approved_at=moment(approved_at) if approved_at is not None else None,
    )


def tongues(danger: DangerRules) -> tuple[str, ...]:
    """The languages that examples may be in: those that have rules of their own."""
    return tuple(tongue.language for tongue in danger.tongues if tongue.language != EVERY)


def _hearing(tried: Tried) -> protocol.Hearing:
    heard = tried.heard
    return protocol.Hearing(
        level=heard.level,  # type: ignore[arg-type]
        signals=list(heard.signals),
        because=list(heard.because),
        cards=list(tried.cards),
    )
