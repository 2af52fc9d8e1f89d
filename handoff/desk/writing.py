"""From a turn to the unit that is written: which rows, and what becomes of the ticket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from data.rota import line_of
from handoff.clock import seconds
from handoff.desk import hearings, queue
from handoff.desk.said import VISITOR, Said
from handoff.desk.ticket import Ticket, bells_of
from handoff.protocol import LEFT
from handoff.storage import conversations, sql, tables, tickets
from handoff.storage.hearings import Count
from handoff.storage.units import OPEN_COLUMNS, Unit

if TYPE_CHECKING:
    from handoff.desk.conversation import Conversation, Turn

#: What a triage changes of a ticket's row.
ORDER = ("level", "band", "queue_at", "watched", "cannot_call", "danger_unknown")


def unit_of(
    conversation: Conversation, turn: Turn, events: Sequence[Said], ticket: Ticket | None
) -> Unit:
    """All rows of a turn. The conversation's own row is written only when it changed: a relayed
    message is one row. What comes late changes no more than the talk, so that a conversation that
    ended meanwhile does not open again."""
    keys = conversation.open_keys()
    nonces = conversation.services.vault.nonces
    counts = _counted(conversation, turn, ticket)
    changes = turn.changes or ticket is not conversation.ticket
    row = None
    also = [*_ticket_statements(conversation, ticket), *turn.also]
    if turn.late and turn.talk is not turn.before:
        talk = {"id": conversation.id, "talk": conversation.seal_talk(turn.talk)}
        also.append((conversations.SET_TALK, talk))
    elif not turn.late and (changes or not conversation.stored):
        row = _row(conversation, turn, ticket)
    return Unit(
        conversation=conversation.id,
        events=[said.sealed(conversation.id, keys, nonces) for said in events],
        opens=None if conversation.stored else _opens(conversation, row),
        keys=() if conversation.stored else [(conversation.id, "talk", keys.key_id, keys.wrapped)],
        row=row,
        expects=turn.base if changes and conversation.stored else None,
        also=also,
        counts=counts,
        bells=bells_of(ticket) if ticket and changes else (),
        late=turn.late,
    )


def _counted(conversation: Conversation, turn: Turn, ticket: Ticket | None) -> tuple[Count, ...]:
    """What a turn adds to the figures of what was heard; its talk remembers it from here on, so
    that it is added once, whoever works the turn out again. A practice never counts (R39)."""
    changes = turn.talk is not turn.before or not conversation.stored
    if not changes or (ticket is not None and ticket.training):
        return ()
    region = turn.region or conversation.region
    day = conversation.services.day()
    memory, counts = hearings.counted(turn.talk.triage, turn.talk.counted, region, day)
    if counts:
        turn.talk = replace(turn.talk, counted=memory)
    return (*turn.counts, *counts)


def ticket_after(conversation: Conversation, turn: Turn) -> Ticket | None:
    """The ticket as the turn leaves it; the same object when nothing of it changed."""
    talk, ticket = turn.talk, conversation.ticket
    if ticket is None:
        opens = turn.opens_ticket or talk.triage.acute
        return _new_ticket(conversation, turn) if opens else None
    if talk is turn.before:
        return ticket
    found = queue.order(
        talk.triage,
        conversation.began_at,
        conversation.services.knowledge.queue,
        returned=ticket.returned,
        given_back=ticket.given_back,
        left=ticket.visitor in LEFT,
    )
    after = replace(
        ticket,
        level=talk.triage.level,
        band=found.band,
        queue_at=found.queue_at,
        watched=talk.triage.watched,
        cannot_call=talk.triage.cannot_call,
        danger_unknown=talk.triage.danger_unknown,
        typed=ticket.typed or talk.typed,
    )
    return after if after != ticket else ticket


def ordered_as(current: Ticket, after: Ticket) -> Ticket:
    """A ticket that moved on meanwhile, in the order that a turn gave it."""
    changed = {name: getattr(after, name) for name in (*ORDER, "typed")}
    return replace(current, **changed)


def _new_ticket(conversation: Conversation, turn: Turn) -> Ticket:
    """A ticket waits from the start of the intake: answering costs no place (DOMAIN 2.3)."""
    services, talk = conversation.services, turn.talk
    found = queue.order(
        talk.triage, conversation.began_at, services.knowledge.queue, returned=talk.returned
    )
    line = line_of(services.knowledge.pools, conversation.region, services.clock.now())
    return Ticket(
        id=services.ids.short(),
        conversation=conversation.id,
        state="waiting",
        home_region=conversation.region,
        queue_region=line,
        serving_region=line,
        level=talk.triage.level,
        band=found.band,
        queue_at=found.queue_at,
        waiting_since=conversation.began_at,
        entered_at=services.now(),
        language=talk.language,
        watched=talk.triage.watched,
        cannot_call=talk.triage.cannot_call,
        danger_unknown=talk.triage.danger_unknown,
        returned=talk.returned,
        given_back=False,
        typed=talk.typed,
        own_only=False,
        training=False,
        agreement=None,
        told_region=None,
        visitor="online",
        visitor_since=services.now(),
        caseworker=None,
        caseworker_away=False,
        reason=None,
    )


def _row(conversation: Conversation, turn: Turn, ticket: Ticket | None) -> dict[str, Any]:
    """The mutable columns after a turn; only an intake without a ticket can fall idle."""
    state = state_after(conversation, ticket)
    idle_at = None
    if state == "intake":
        services = conversation.services
        idle_at = services.now() + seconds(services.settings.intake_idle_s)
    return {
        "token": conversation.token,
        "region": turn.region or conversation.region,
        "language": turn.talk.language,
        "state": state,
        "reason": conversation.reason,
        "idle_at": idle_at,
        "erase_at": None,
        "talk": conversation.seal_talk(turn.talk),
    }


def state_after(conversation: Conversation, ticket: Ticket | None) -> str:
    """An intake waits from the moment it has a ticket."""
    waits = conversation.state == "intake" and ticket is not None
    return "waiting" if waits else conversation.state


def _opens(conversation: Conversation, row: dict[str, Any] | None) -> list[Any]:
    """The row of a conversation that is written for the first time."""
    values = {
        **(row or {}),
        "id": conversation.id,
        "release": conversation.release,
        "began_at": conversation.began_at,
        "last_seq": 0,
    }
    return [values[name] for name in OPEN_COLUMNS]


def _ticket_statements(
    conversation: Conversation, ticket: Ticket | None
) -> list[tuple[sql.Sql, dict[str, Any]]]:
    if ticket is None or ticket is conversation.ticket:
        return []
    if conversation.ticket is None:
        return _open_statements(conversation, ticket)
    order = {name: getattr(ticket, name) for name in ORDER}
    statements = [(tickets.SET_ORDER, {"id": ticket.id, **order})]
    if ticket.typed and not conversation.ticket.typed:
        statements.append((tickets.SET_TYPED, {"id": ticket.id}))
    return statements


def _open_statements(
    conversation: Conversation, ticket: Ticket
) -> list[tuple[sql.Sql, dict[str, Any]]]:
    """The new ticket, and its visitor's presence: a node that dies makes them away."""
    services = conversation.services
    fields = {name: getattr(ticket, name) for name in Ticket.__slots__}
    presence = conversations.presence_values(
        f"{VISITOR}/{conversation.id}", services.node, "online", True, services.now()
    )
    return [
        (tickets.INSERT, sql.values_of(tables.Ticket(**fields))),
        (conversations.SET_PRESENCE, dict(presence)),
    ]
