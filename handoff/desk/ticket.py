"""A ticket in memory, and the card the desk shows of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from data.knowledge import Knowledge
from flows.urgency import Triage
from handoff import protocol
from handoff.clock import moment
from handoff.desk import hearings
from handoff.desk.dialogue import Talk
from handoff.storage.rings import READS, RING_ACUTE, RING_CONSULT

#: States in which a ticket stands in the queue.
IN_QUEUE = ("waiting", "offered")
#: What happened once to a ticket, each with its time in microseconds (the table `escalation`).
Signs = Mapping[str, int]
NO_SIGNS: Signs = {}


@dataclass(frozen=True, slots=True)
class Ticket:
    """The row of a ticket, in the words of the desk. Times in microseconds."""

    id: str
    conversation: str
    state: str
    home_region: str
    queue_region: str
    serving_region: str
    level: str
    band: int
    queue_at: int
    waiting_since: int
    entered_at: int
    language: str
    watched: bool
    cannot_call: bool
    danger_unknown: bool
    returned: bool
    given_back: bool
    typed: bool
    own_only: bool
    training: bool
    agreement: str | None
    told_region: str | None
    visitor: str
    visitor_since: int
    caseworker: str | None
    caseworker_away: bool
    reason: str | None

    @classmethod
    def of(cls, row: Any) -> Ticket:
        """The ticket of a database row."""
        flags = (
            "watched cannot_call danger_unknown returned given_back typed own_only training"
            " caseworker_away"
        ).split()
        values = {name: row[name] for name in cls.__slots__}
        return cls(**{**values, **{name: bool(values[name]) for name in flags}})


def bells_of(ticket: Ticket) -> tuple[str, ...]:
    """The regions that look at a ticket: who serves it, and whose line it stands in."""
    return tuple(dict.fromkeys((f"r/{ticket.serving_region}", f"r/{ticket.queue_region}")))


def readers_of(signs: Signs) -> list[str]:
    """Who reads a conversation along with the one who serves it, by username."""
    return sorted(kind.removeprefix(READS) for kind in signs if kind.startswith(READS))


def card_of(
    ticket: Ticket,
    talk: Talk | None,
    knowledge: Knowledge,
    *,
    safe_moment: dict[str, Any] | None = None,
    signs: Signs = NO_SIGNS,
    names: Callable[[str], str] = str,
) -> protocol.Ticket:
    """The triage on one card: said by the visitor, not assessed (DOMAIN 2.3).

    Without `talk` (its key is gone, or it does not load) only what stands in clear is shown.
    """
    triage = talk.triage if talk else Triage(level=ticket.level)
    heard = hearings.heard_as(triage)
    left = ticket.visitor in protocol.LEFT
    return protocol.Ticket(
        id=ticket.id,
        conversation=ticket.conversation,
        state=ticket.state,  # type: ignore[arg-type]
        home_region=ticket.home_region,
        serving_region=ticket.serving_region,
        level=ticket.level,  # type: ignore[arg-type]
        why=why_in_words(triage, knowledge),
        why_id=triage.why,
        said=list(triage.said),
        heard=list(triage.heard),
        struck=list(triage.struck),
        unknown=list(triage.unknown),
        role=triage.role,
        # the visitor may have gone on in another one since the ticket opened
        language=talk.language if talk else ticket.language,
        watched=ticket.watched,
        cannot_call=ticket.cannot_call,
        returned=ticket.returned,
        typed=ticket.typed,
        waiting_since=moment(ticket.waiting_since),
        safe_moment=protocol.SafeMoment(**safe_moment) if safe_moment else None,
        left_at=moment(ticket.visitor_since) if left else None,
        left=ticket.visitor if left else None,  # type: ignore[arg-type]
        caseworker=ticket.caseworker,
        visitor=ticket.visitor,  # type: ignore[arg-type]
        reason=ticket.reason,
        queue_region=ticket.queue_region,
        caseworker_away=ticket.caseworker_away,
        readers=[
            names(username) or username
            for username in readers_of(signs)
            if username != ticket.caseworker
        ],
        asked_at=moment(signs[RING_CONSULT]) if RING_CONSULT in signs else None,
        rung_at=moment(signs[RING_ACUTE]) if signs.get(RING_ACUTE) else None,
        training=ticket.training,
        heard_level=heard.level if heard else None,  # type: ignore[arg-type]
        heard_why=list(heard.because) if heard else [],
        heard_judged=hearings.judged(talk.counted) if talk else None,
    )


def why_in_words(triage: Triage, knowledge: Knowledge) -> str:
    """What raised the level last, in the desk's first language; `why_id` is for the others."""
    language = knowledge.language
    reasons = knowledge.triage.reasons
    if triage.why in reasons:
        words = ", ".join(triage.because)
        return reasons[triage.why][language].replace("{words}", words)
    return said_in_words(triage.why, knowledge)[language]


def said_in_words(id: str, knowledge: Knowledge) -> dict[str, str]:
    """The desk's words for an id of `said`: `hit`, `danger_self`, `hit_today`."""
    plain = id.removesuffix("_today")
    for slot, values in knowledge.triage.answers.items():
        for value, meaning in values.items():
            if plain in (value, f"{slot}_{value}"):
                return dict(meaning.words)
    return dict.fromkeys(knowledge.languages, plain)
