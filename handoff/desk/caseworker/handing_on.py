"""A conversation that goes to somebody else, or in which somebody else helps."""

from __future__ import annotations

import re
from datetime import datetime

from data.agreements import Agreement
from data.hours import opening
from handoff import protocol
from handoff.desk.caseworker import transfers
from handoff.desk.caseworker.handling import Handling
from handoff.desk.caseworker.own_desk import free_desks, is_senior, places_free
from handoff.desk.conversation import Conversation
from handoff.desk.reach import day_began, lending
from handoff.desk.said import Said
from handoff.desk.shift import notice, place_of
from handoff.desk.ticket import bells_of
from handoff.protocol import Refused
from handoff.storage import rings, seats, tickets

#: What a username looks like: nothing else is asked of the database.
USERNAME = re.compile(r"[a-z0-9._-]{1,64}")


class HandingOn(Handling):
    """Make room, transfer, consult, join, take over."""

    # make room

    async def room(self, frame: protocol.AskRoom) -> None:
        """Where an own chat could go, as of now."""
        view = await self.floor.refresh(self.region)
        listed = self.services.knowledge.pilots.get(self.region)
        # within the region it is one chat more than before
        here = free_desks(view, listed) if view.used < view.cap else []
        colleagues = [
            protocol.Colleague(
                username=desk.name,
                name=self.floor.names(desk.name) or desk.name,
                presence=desk.presence,
                free=desk.cap - desk.used,
            )
            for desk in here
            if desk.name != self.username
        ]
        now = self.services.clock.now()
        regions = [
            protocol.RegionRoom(agreement.helper, free)
            for agreement in lending(self.services.knowledge, self.region, now)
            if (free := await self._free_at(agreement, now)) > 0
        ]
        self.session.send(protocol.Room(frame.ticket, colleagues, regions))

    async def _free_at(self, agreement: Agreement, now: datetime) -> int:
        """Seats that are left over at a partner once its own visitors have theirs."""
        helper, day = agreement.helper, day_began(self.services.knowledge, agreement.helper, now)
        view = await self.floor.refresh(helper)
        rows = (await self.services.db.read(tickets.helper_rows, {helper: day}))[helper]
        taken = {row["agreement"]: row["many"] for row in rows.taken}
        most = agreement.most_per_day
        if most is not None and taken.get(agreement.id, 0) >= most:
            return 0
        own = sum(row["many"] for row in rows.waiting)
        free = places_free(view, self.services.knowledge.pilots.get(helper))
        return free - int(own)

    async def make_room(self, frame: protocol.MakeRoom) -> None:
        """Gives one own chat away and takes an acute ticket, in one transaction."""
        given = self._own(frame.give_back, "active")
        receiver, help = None, None
        if frame.to is not None:
            help = self._help(frame.to)
            receiver = await self._receiver(frame.to, given)
        async with self._conversation(frame.ticket) as taken:
            self.may_serve(self.username, self.region, taken)
            here = taken.seal(notice(taken, "utter_here", self.services, **self._here()))
            moved = notice(given, "utter_made_room", self.services)
            if receiver is not None:
                moved = self._goes_on(given, receiver[1])
            told = ([here], [given.seal(moved)])
            first = (frame.ticket, frame.give_back, self.username, self.region)
            now, note = self.services.now(), self._note("make_room", frame.ticket, frame.give_back)
            at = (now, self.services.month(), told, note)
            if receiver is None:
                place, until = place_of(given), self.floor.unread_until(given.home)
                await self._run(transfers.make_room, *first, place, until, *at)
            else:
                await self._run(transfers.make_room_at, *first, receiver, *at, help)
            # first the line, so that who is given back reads a place that is so
            await self.floor.refresh(self.region)
            await taken.refresh()
            await given.refresh()
            self._ring_for(given)

    def _help(self, to: protocol.Target) -> seats.Help | None:
        """The agreement by which another region takes a chat of ours. Raises `Refused`."""
        if to.region is None or to.region == self.region:
            return None
        now = self.services.clock.now()
        for agreement in lending(self.services.knowledge, self.region, now):
            if agreement.helper == to.region:
                day = day_began(self.services.knowledge, to.region, now)
                return seats.Help(agreement.id, agreement.most_per_day, day)
        raise Refused("forbidden", "there is no agreement with that region now")

    def _ring_for(self, conversation: Conversation) -> None:
        for bell in bells_of(conversation.ticket) if conversation.ticket else ():
            self.floor.ring(bell.partition("/")[2])

    def _here(self) -> dict[str, str]:
        region = self.services.knowledge.regions[self.region]
        return {"caseworker": self.person.name, "serving_region": region.name}

    # transfer

    async def transfer(self, frame: protocol.Transfer) -> None:
        """Hands a chat to a colleague, with a note; refused when the target is full."""
        conversation = self._own(frame.ticket, "active")
        receiver, region = await self._receiver(frame.to, conversation)
        told = self._told(conversation, frame.note, "transfer", frame.ticket, region)
        await self._run(
            tickets.hand_on,
            frame.ticket,
            self.username,
            receiver,
            region,
            self.services.now(),
            self.services.month(),
            [conversation.seal(event) for event in told],
            self._note("transfer", frame.ticket, receiver),
        )
        await conversation.refresh()
        self.floor.ring(region)
        await self.floor.refresh(self.region)

    async def _receiver(self, to: protocol.Target, conversation: Conversation) -> tuple[str, str]:
        """The colleague who gets it: the named one, or the emptiest desk of the region."""
        knowledge = self.services.knowledge
        if to.region is not None:
            if to.region not in knowledge.regions:
                raise Refused("unknown_region", "there is no such region")
            self._is_open(to.region)
            view = await self.floor.refresh(to.region)
            listed = knowledge.pilots.get(to.region)
            free = [desk for desk in free_desks(view, listed) if desk.name != self.username]
            if not free or places_free(view, listed) == 0:
                raise Refused("no_seat", "no seat is free in that region")
            return min(free, key=lambda found: (found.used, found.name)).name, to.region
        if to.caseworker is None or to.caseworker == self.username:
            raise Refused("bad_frame", "`to` names a region or another caseworker")
        region = None
        if USERNAME.fullmatch(to.caseworker):
            region = await self.services.db.read(tickets.region_of, to.caseworker)
        if region is None:
            raise Refused("forbidden", "there is no such caseworker")
        self._is_open(region)
        self.may_serve(to.caseworker, region, conversation)
        return to.caseworker, region

    def _is_open(self, region: str) -> None:
        """Chats of the own region go on after closing time; another one gets none then."""
        if region == self.region:
            return
        hours = self.services.knowledge.regions[region].chat_hours
        if not opening(hours, self.services.clock.now()).open:
            raise Refused("not_open", "that region is closed now")

    # the senior

    async def consult(self, frame: protocol.Consult) -> None:
        """Asks the senior: an internal note that stands out, and whoever is on call is rung, once
        for a conversation (R34). While nobody is, the note says so, and who comes is rung."""
        protocol.check_text(frame.text, frame.ticket, self.services.settings.text_characters)
        conversation = self._own(frame.ticket)
        call = self.office.rings.call(self.region, "consult", rings.RING_CONSULT)
        events = [self._event("note", frame.text, name="consult")]
        if not call.people:
            events.append(self._event("note", "", name="nobody_on_call"))
        called = await self._run(
            rings.consult,
            frame.ticket,
            self.username,
            call,
            [conversation.seal(event) for event in events],
            self._note("consult", frame.ticket),
        )
        await conversation.refresh()
        self.floor.ring(self.region)
        self.office.rings.ring(self.region, "consult", call, called)

    @property
    def _senior(self) -> bool:
        return is_senior(self.person, self.office.rings.people(self.region, "acute"))

    async def join(self, frame: protocol.Join) -> None:
        """Reads a colleague's conversation along that the senior was asked for, and may write notes
        in it."""
        if not self._senior:
            raise Refused("forbidden", "the senior on call may read along")
        async with self._conversation(frame.ticket):
            now, note = self.services.now(), self._note("join", frame.ticket)
            join = (rings.join, frame.ticket, self.username, self.region, now, note)
            await self._run(*join)
            await self.floor.refresh(self.region)

    async def leave_chat(self, frame: protocol.LeaveChat) -> None:
        """Reads along no more."""
        async with self._conversation(frame.ticket):
            note = self._note("leave_chat", frame.ticket)
            await self._run(rings.leave_chat, frame.ticket, self.username, note)
            await self.floor.refresh(self.region)

    async def take_over(self, frame: protocol.TakeOver) -> None:
        """Takes a colleague's conversation: the colleague's link is lost, or the senior does."""
        async with self._conversation(frame.ticket) as conversation:
            self.may_serve(self.username, self.region, conversation)
            told = self._told(conversation, frame.note, "take_over", frame.ticket, self.region)
            await self._run(
                transfers.take_over,
                frame.ticket,
                self.username,
                self.region,
                self._senior,
                self.services.now(),
                self.services.month(),
                [conversation.seal(event) for event in told],
                self._note("take_over", frame.ticket),
            )
            await conversation.refresh()
            await self.floor.refresh(self.region)

    def _goes_on(self, conversation: Conversation, region: str) -> Said:
        """What the visitor reads when somebody else goes on: of another region, which one."""
        if region == self.region:
            return notice(conversation, "utter_takeover", self.services)
        name = self.services.knowledge.regions[region].name
        return notice(conversation, "utter_takeover_region", self.services, serving_region=name)

    def _told(
        self, conversation: Conversation, note: str, name: str, ticket: str, region: str
    ) -> list[Said]:
        """What the visitor reads when somebody else goes on, and the note for who does."""
        told = [self._goes_on(conversation, region)]
        if note.strip():
            protocol.check_text(note, ticket, self.services.settings.text_characters)
            told.append(self._event("note", note, name=name))
        return told
