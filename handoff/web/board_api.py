"""The wall board, and what coordinators change: roster, operation, fact sheets. For staff.

Everybody with a desk may read; a coordinator changes things for the own region only. What was
changed is applied on this node before the answer goes out, and within two seconds on every other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from aiohttp import web

from data.agreements import Agreement
from data.hours import opening, zone_named
from data.knowledge import Knowledge
from data.regions import Region
from data.rota import GAP_DAYS, ROLES, Planned, gaps, planned_at
from flows.context import speaker
from flows.moments import hours_today
from handoff import protocol
from handoff.clock import micros, moment, seconds
from handoff.desk import operation as rules
from handoff.desk.operating import Operating
from handoff.desk.reach import reach
from handoff.desk.services import Services
from handoff.desk.shift import Person
from handoff.people.accounts import AT_A_DESK, Accounts
from handoff.storage import operation as stored
from handoff.storage import people, sql, tickets
from handoff.storage.board import Counts, counts_of
from handoff.storage.sql import Rollback, Row
from handoff.storage.tables import Operation, Roster
from handoff.web.bodies import (
    MOST_REASON,
    BadBody,
    answered,
    read_body,
    text_to_store,
    time_to_store,
)
from handoff.web.guard import refusal
from handoff.web.staff_request import Handler, Refusals, Who, answer_staff

COORDINATOR = ("coordinator",)
#: Usernames with commas, an agreement, a time: nothing is longer.
MOST_VALUE = 2_000
#: No username is longer; what is not one is not sent back whole.
MOST_NAME = 64
LEVELS = ("acute", "urgent", "normal")
REFUSALS: Refusals = {
    "unknown": (404, "bad_id", "there is no such row"),
    "forbidden": (403, "forbidden", "this is for the coordinator of another region"),
    "wrong_state": (409, "wrong_state", "it was answered already, or is over"),
    "binding": (409, "wrong_state", "both regions agreed to it: propose the opposite"),
    "overtaken": (409, "taken", "that day went to another region meanwhile: refuse the proposal"),
    "too_many": (409, "too_large", "the region has too many of these; end some first"),
}


@dataclass(frozen=True, slots=True)
class _Gaps:
    """The gaps from a day on, as of one knowledge: worked out once, not at every look."""

    knowledge: Knowledge
    first: date
    found: list[protocol.GapBody]


class BoardApi:
    """`/api/board`, `/api/operation`, `/api/roster`, `/api/facts`."""

    def __init__(
        self,
        services: Services,
        accounts: Accounts,
        who: Who,
        operating: Operating,
        operate: Callable[[], Awaitable[None]],
        used_up: Callable[[Agreement], bool],
    ) -> None:
        self.services = services
        self.accounts = accounts
        self.who = who
        self.operating = operating
        #: applies on this node what was changed
        self.operate = operate
        #: whether a helper took as many today as it agreed to
        self.used_up = used_up
        self._gaps: _Gaps | None = None

    def routes(self) -> list[web.RouteDef]:
        """For staff."""
        return [
            web.get("/api/board", partial(self._asked, self.board, AT_A_DESK)),
            web.get("/api/facts/{region}", partial(self._asked, self.facts, AT_A_DESK)),
            web.post("/api/operation", partial(self._asked, self.add, COORDINATOR)),
            web.post("/api/operation/{id}", partial(self._asked, self.answer, COORDINATOR)),
            web.post("/api/roster", partial(self._asked, self.plan, COORDINATOR)),
            web.post("/api/roster/{id}", partial(self._asked, self.unplan, COORDINATOR)),
        ]

    async def _asked(
        self, handler: Handler, roles: tuple[str, ...], request: web.Request
    ) -> web.Response:
        return await answer_staff(request, handler, self.who, roles, REFUSALS)

    # reading

    async def board(self, request: web.Request, person: Person) -> web.Response:
        """Who has a desk: every region now, the gaps of four weeks, roster and operation."""
        now = self.services.clock.now()
        knowledge = self.services.knowledge
        counts = (await self.services.db.read(counts_of)).in_pilots(knowledge.pilots)
        roster, operation = await self.services.db.read(stored.everything, micros(now))
        planned: dict[str, list[Planned]] = {}
        for shift in knowledge.roster:
            planned.setdefault(shift.region, []).append(shift)
        body = protocol.Board(
            now=now,
            regions=[
                self._region(region, counts, planned.get(region.slug, []), now)
                for region in knowledge.regions.values()
            ],
            gaps=await self._gaps_from(now),
            operation=[operation_body(row) for row in operation if _shown_to(row, person)],
            # the plans of other regions are theirs; whom they ring now stands in `rung`
            roster=[self._shift(row) for row in roster if row["region"] == person.region],
            region=person.region,
            role=person.role,  # type: ignore[arg-type]
        )
        response = answered(body)
        response.enable_compression()
        return response

    def _region(
        self, region: Region, counts: Counts, planned: list[Planned], now: datetime
    ) -> protocol.BoardRegion:
        slug = region.slug
        waiting = [row for row in counts.waiting if row["region"] == slug]
        many = {row["level"]: row["many"] for row in waiting}
        since = min((row["since"] for row in waiting), default=micros(now))
        present, used = counts.present(slug), counts.used(slug)
        free = max(0, min(counts.seats(slug), region.region_cap - used))
        found = reach(self.services.knowledge, slug, now, counts.present, self.used_up)
        hours = opening(region.chat_hours, now)
        busy = present > 0 and free == 0
        return protocol.BoardRegion(
            region=slug,
            name=region.name,
            state="closed" if not found.open else "busy" if busy else "open",
            line=found.line,
            waiting=protocol.Waiting(**{level: many.get(level, 0) for level in LEVELS}),
            longest_s=max(0, micros(now) - since) // seconds(1),
            present=present,
            free=free,
            used=used,
            cap=region.region_cap,
            rung=[self._rung(one) for one in _by_role(planned, region, now)],
            opens_at=hours.opens_at,
            closes_at=hours.closes_at,
        )

    def _rung(self, planned: Planned) -> protocol.Rung:
        name = self.accounts.name_of(planned.username)
        return protocol.Rung(planned.username, name, planned.role)  # type: ignore[arg-type]

    async def _gaps_from(self, now: datetime) -> list[protocol.GapBody]:
        knowledge = self.services.knowledge
        # yesterday's hours may run past midnight
        first = now.astimezone(zone_named(knowledge.zone)).date() - timedelta(days=1)
        cached = self._gaps
        if cached is None or cached.knowledge is not knowledge or cached.first != first:
            # a large roster takes a while, and nobody's message waits for it
            gaps_found = await asyncio.to_thread(gaps, knowledge, first, GAP_DAYS + 1)
            found = [
                protocol.GapBody(gap.day, gap.where, gap.start, gap.end, gap.why)  # type: ignore[arg-type]
                for gap in gaps_found
            ]
            cached = self._gaps = _Gaps(knowledge, first, found)
        return [gap for gap in cached.found if gap.to > now]

    def _shift(self, row: Row) -> protocol.RosterBody:
        return protocol.RosterBody(
            id=row["id"],
            region=row["region"],
            username=row["username"],
            name=self.accounts.name_of(row["username"]),
            role=row["role"],
            days=sorted(int(day) for day in row["days"]),
            start=rules.clock_of(row["start_min"]),
            end=rules.clock_of(row["end_min"]),
            first_day=date.fromisoformat(row["first_day"]),
            last_day=date.fromisoformat(row["last_day"]) if row["last_day"] else None,
        )

    async def facts(self, request: web.Request, person: Person) -> web.Response:
        """Who has a desk: what is good to know of a region."""
        knowledge = self.services.knowledge
        region = knowledge.regions.get(request.match_info["region"])
        if region is None:
            return refusal(404, "unknown_region", "there is no such region")
        sheet = knowledge.facts[region.slug]
        say = speaker(self.services.dialogue.script, knowledge.language)
        body = protocol.Facts(
            region=region.slug,
            name=region.name,
            checked_on=sheet.checked_on,
            facts=[protocol.Fact(fact.title, fact.text) for fact in sheet.facts],
            hours_now=hours_today(region.chat_hours, self.services.clock.now(), say),
        )
        return answered(body)

    # operation

    async def add(self, request: web.Request, person: Person) -> web.Response:
        """A coordinator: changes something for a while, or proposes it to another region."""
        wanted = await read_body(request, protocol.NewOperation)
        if wanted.region != person.region:
            raise Rollback("forbidden")
        row = self._operation(wanted, person)
        await self._are_ours(row)
        detail = f"{row.id} {row.kind} {row.subject or ''} {row.value or ''}"
        note = self._note(person, "operation", detail)
        row.state = await self.services.db.run(stored.propose, row, note)
        await self.operate()
        return answered(operation_body(sql.values_of(row)), 201)

    def _operation(self, wanted: protocol.NewOperation, person: Person) -> Operation:
        """The row of a change. Raises `BadBody` when it cannot be done."""
        now = self.services.now()
        reason = text_to_store(wanted.reason, "reason", MOST_REASON)
        if not reason:
            raise BadBody("`reason`: say why, in a few words")
        row = Operation(
            id=self.services.ids.short(),
            kind=wanted.kind,
            region=wanted.region,
            other_region=wanted.other_region if wanted.kind in stored.BINDING else None,
            subject=text_to_store(wanted.subject or "", "subject", MOST_VALUE) or None,
            value=text_to_store(wanted.value or "", "value", MOST_VALUE) or None,
            from_at=now if wanted.from_ is None else max(now, time_to_store(wanted.from_, "from")),
            until_at=time_to_store(wanted.until, "until"),
            reason=reason,
            state="active",
            made_by=person.username,
            made_at=now,
        )
        try:
            if row.kind in stored.SWAPS:
                # it is for a whole day, whatever its end says
                pools = self.services.knowledge.pools
                row.until_at = max(row.until_at, rules.whole_day(pools, row.subject, row.value))
            if row.until_at <= row.from_at:
                raise BadBody("`until`: it is over before it begins")
            if row.until_at - now > seconds(rules.LONGEST.total_seconds()):
                raise BadBody("`until`: at most a year from now; what lasts belongs in the files")
            self.operating.try_on(sql.values_of(row))
        except rules.Unusable as why:
            raise BadBody(str(why)) from why
        return row

    async def _are_ours(self, row: Operation) -> None:
        """Raises `BadBody` for a change about somebody who has no desk in the region."""
        if row.kind == "caseworker_cap":
            await self._is_ours(row.subject or "", row.region, "subject")
        elif row.kind == "pilot":
            for name in sorted(rules.names_in(row.value)):
                await self._is_ours(name, row.region, "value")

    async def _is_ours(self, username: str, region: str, field: str) -> None:
        found = None
        if not protocol.UNPRINTABLE.search(username):
            found = await self.services.db.read(people.account, username)
        if found is None or found["region"] != region or found["role"] not in AT_A_DESK:
            shown = username[:MOST_NAME]
            raise BadBody(f"`{field}`: {shown} has no desk in this region", about=shown)

    async def answer(self, request: web.Request, person: Person) -> web.Response:
        """A coordinator: the other region's yes or no, or the end of an own change."""
        given = await read_body(request, protocol.OperationAnswer)
        id, now = request.match_info["id"], self.services.now()
        note = self._note(person, f"operation_{given.answer}", id)
        who = (person.region, person.username, now, note)
        if given.answer == "end":
            row = await self.services.db.run(stored.end_now, id, *who)
        else:
            accepts = given.answer == "accept"
            fits = self.operating.fits
            row = await self.services.db.run(stored.answer, id, accepts, *who, fits)
        await self.operate()
        return answered(operation_body(row))

    # the roster

    async def plan(self, request: web.Request, person: Person) -> web.Response:
        """A coordinator: plans somebody of the own region, every week."""
        wanted = await read_body(request, protocol.NewShift)
        start, end = rules.minutes_of(wanted.start), rules.minutes_of(wanted.end)
        if start is None or end is None or start == end:
            raise BadBody("`start`, `end`: two times such as 09:00 and 24:00")
        if not wanted.days or not set(wanted.days) <= rules.EVERY_DAY:
            raise BadBody("`days`: one or more from 0, Monday, to 6, Sunday")
        if wanted.last_day is not None and wanted.last_day < wanted.first_day:
            raise BadBody("`last_day`: it is before the first")
        await self._is_ours(wanted.username, person.region, "username")
        row = Roster(
            id=self.services.ids.short(),
            region=person.region,
            username=wanted.username,
            role=wanted.role,
            days="".join(str(day) for day in sorted(set(wanted.days))),
            start_min=start,
            end_min=rules.end_of(start, end),
            first_day=wanted.first_day.isoformat(),
            last_day=wanted.last_day.isoformat() if wanted.last_day else None,
            made_by=person.username,
            made_at=self.services.now(),
        )
        try:
            rules.planned_of(sql.values_of(row), self.services.knowledge)
        except rules.Unusable as why:
            raise BadBody(str(why)) from why
        detail = (
            f"{row.id} {row.username} {row.role} {row.days} {wanted.start}-{wanted.end}"
            f" {row.first_day} {row.last_day or ''}"
        )
        await self.services.db.run(stored.add_roster, row, self._note(person, "roster", detail))
        await self.operate()
        return answered(self._shift(sql.values_of(row)), 201)

    async def unplan(self, request: web.Request, person: Person) -> web.Response:
        """A coordinator: somebody of the own region is planned no more."""
        await read_body(request, protocol.ShiftAnswer)
        id = request.match_info["id"]
        note = self._note(person, "roster_end", id)
        row = await self.services.db.run(stored.drop_roster, id, person.region, note)
        await self.operate()
        return answered(self._shift(row))

    def _note(self, person: Person, action: str, detail: str) -> tickets.Note:
        id, now = self.services.ids.short(), self.services.now()
        return tickets.audit(id, now, person.username, action, None, detail.strip())


def operation_body(row: Row) -> protocol.OperationBody:
    """A row of operation, as it goes over the wire."""
    answered_at = row["answered_at"]
    return protocol.OperationBody(
        id=row["id"],
        kind=row["kind"],
        region=row["region"],
        from_=moment(row["from_at"]),
        until=moment(row["until_at"]),
        reason=row["reason"],
        state=row["state"],
        made_by=row["made_by"],
        made_at=moment(row["made_at"]),
        other_region=row["other_region"],
        subject=row["subject"],
        value=row["value"],
        answered_by=row["answered_by"],
        answered_at=moment(answered_at) if answered_at is not None else None,
    )


def _shown_to(row: Row, person: Person) -> bool:
    """Everybody sees what holds or may; a no is between the two regions."""
    between = person.region in (row["region"], row["other_region"])
    return row["kind"] in rules.KINDS and (row["state"] != "refused" or between)


def _by_role(planned: list[Planned], region: Region, now: datetime) -> list[Planned]:
    found = planned_at(planned, region.slug, now, region.chat_hours.zone, ROLES)
    return sorted(found, key=lambda one: (ROLES.index(one.role), one.username))
