"""Who is asked to serve which ticket: pure rules that say why. No storage, no web.

They only propose. The seat is claimed in the database, which may say no; then the rules look again.
Own region first (`choose`); who gets nobody there may be helped by another region (`choose_help`).
A ticket stays in its own line while another region is asked, so overflow never goes on from one
region to the next, and cannot loop.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from data.agreements import Agreement
from handoff.desk.queue import ACUTE_BAND, MINUTE

SECOND = MINUTE // 60


@dataclass(frozen=True, slots=True)
class Head:
    """A waiting ticket near the head of its line. Times in microseconds.

    `entered_at` is when it entered the line, from where people are rung; `own_only` when the
    visitor rather waits for the own region; `told` the regions that the visitor read would help.
    """

    id: str
    band: int
    queue_at: int
    waiting_since: int
    home: str = ""
    entered_at: int = 0
    own_only: bool = False
    language: str = ""
    told: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Desk:
    """A caseworker who may be asked; `present` is an open desk, whatever its owner does.

    No `languages` means those of the region, whichever they are.
    """

    caseworker: str
    cap: int
    used: int
    available: bool
    wrap_ups: int
    last_offer_at: int
    present: bool = True
    languages: frozenset[str] = frozenset()

    @property
    def has_seat(self) -> bool:
        """Whether a chat fits: an acute one needs no more than that."""
        return self.available and self.used < self.cap

    def free(self, band: int, wrap_ups_open: int) -> bool:
        """Whether an offer may come: a seat is free, and not too much is left to be closed; that
        must not keep somebody in danger waiting."""
        return self.has_seat and (band == ACUTE_BAND or self.wrap_ups <= wrap_ups_open)

    def speaks(self, language: str) -> bool:
        """Whether the language of a visitor needs nobody else."""
        return not self.languages or language in self.languages


@dataclass(frozen=True, slots=True)
class Refusal:
    """A caseworker who is not asked again for a ticket for a while."""

    ticket: str
    caseworker: str
    declined: bool


@dataclass(frozen=True, slots=True)
class Held:
    """An offer below acute that nobody accepted yet."""

    ticket: str
    caseworker: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Offer `ticket` to `caseworker`; with `over`, on the seat of that offer; with `agreement`, in
    another region. `reason` is kept and shown: `own_region;2;3;40` is the second of three seats
    after a wait of 40 seconds."""

    ticket: str
    caseworker: str
    reason: str
    over: str | None = None
    agreement: Agreement | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One region's line: its heads in service order, its desks, and what stands in their way."""

    heads: Sequence[Head]
    desks: Sequence[Desk]
    places_free: int
    refusals: Collection[Refusal] = ()
    below: Sequence[Held] = ()


@dataclass(frozen=True, slots=True)
class Helper:
    """A region that may help out: its desks, its free places, who waits in its own line by band and
    did not leave, and how many chats it took today by each agreement."""

    desks: Sequence[Desk]
    places_free: int
    waiting: Mapping[int, int]
    taken_today: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a line now, from the data: agreements in the order in which help is asked;
    whether the roster names somebody who is rung; the settings. `closed` is when a helper among
    them closed: it still helps whoever began before that and counts on it. `comes_today`: somebody
    of the own region is planned in the hours that are left."""

    agreements: Sequence[Agreement]
    rings: bool
    ring_own_first_s: float
    wrap_ups_open: int
    closed: Mapping[str, int] = field(default_factory=dict)
    comes_today: bool = False


def choose(line: Line, *, region: str, wrap_ups_open: int, now: int) -> list[Decision]:
    """The offers to make now, in service order: own region first (R21), who speaks the visitor's
    language first, then the emptiest desk, then the one that was asked longest ago."""
    open_desks = {desk.caseworker: desk for desk in line.desks if desk.has_seat}
    alone = sum(desk.available for desk in line.desks) == 1
    refused = _refused(line.refusals)
    places_free, held, decisions = line.places_free, list(line.below), []
    for head in line.heads:
        free = [desk for desk in open_desks.values() if desk.free(head.band, wrap_ups_open)]
        asked = _may_ask(head, free, refused, alone=alone)
        if asked and places_free > 0:
            desk = _first(asked, head)
            taken = replace(desk, used=desk.used + 1)
            open_desks[desk.caseworker] = taken
            if not taken.has_seat:
                del open_desks[desk.caseworker]
            places_free -= 1
            why = "own_region" if head.home in ("", region) else "rota"
            decisions.append(Decision(head.id, desk.caseworker, _reason(why, head, taken, now)))
        elif head.band == ACUTE_BAND:
            over = _takes_over(head, held, refused)
            if over is not None:
                held.remove(over)
                reason = f"over_offer;;;{_waited(head, now)}"
                decisions.append(Decision(head.id, over.caseworker, reason, over=over.ticket))
        elif not free or places_free <= 0:
            # nobody is left to be asked, and only an acute ticket may take an offer over
            break
    return decisions


def choose_help(
    line: Line, helpers: Mapping[str, Helper], terms: Terms, *, now: int
) -> list[Decision]:
    """The offers in other regions for heads that got nobody at home, in service order: only where
    a seat is free now and nobody of that region waits for it, in the order of the agreements (R20,
    R24). `line` and `helpers` are as of one moment; heads that have an offer are not in it."""
    refused = _refused(line.refusals)
    present = any(desk.present for desk in line.desks)
    rooms = {
        region: _Room(helper, terms.wrap_ups_open)
        for region, helper in helpers.items()
        # most have none when many wait: then nothing is to be counted
        if helper.places_free > 0 and any(desk.has_seat for desk in helper.desks)
    }
    if not rooms:
        return []
    decisions = []
    for head in line.heads:
        for agreement in terms.agreements:
            room = rooms.get(agreement.helper)
            why = ground_of(agreement, head, present=present, terms=terms, now=now)
            if why is None or room is None or not room.fits(agreement, head.band):
                continue
            asked = _may_ask(head, room.desks(head.band), refused, alone=False)
            if asked:
                desk = room.take(_first(asked, head), agreement)
                reason = _reason(f"overflow_{why}", head, desk, now)
                decisions.append(Decision(head.id, desk.caseworker, reason, agreement=agreement))
                break
    return decisions


def ground_of(
    agreement: Agreement, head: Head, *, present: bool, terms: Terms, now: int
) -> str | None:
    """Why this head may be helped by this agreement now, or None.

    `acute`: danger is what every agreement is for, and it is asked everywhere at once (R21).
    `full`: somebody is present, and none of them can be asked. `nobody`: nobody is, and the people
    at home did not come within `ring_own_first_s`. `waited`: it took too long, whatever the cause.
    """
    if not _lends(agreement, head, present=present, terms=terms):
        return None
    if head.band == ACUTE_BAND:
        return "acute"
    if head.own_only and (present or terms.rings or terms.comes_today):
        # who could come, also later today, is worth waiting for; nobody is not
        return None
    rung_out = not terms.rings or now - head.entered_at >= terms.ring_own_first_s * SECOND
    own = "full" if present else "nobody" if rung_out else ""
    if own in agreement.triggers:
        return own
    too_long = now - head.waiting_since >= agreement.after_wait_s * SECOND
    return "waited" if "waited" in agreement.triggers and too_long else None


def _lends(agreement: Agreement, head: Head, *, present: bool, terms: Terms) -> bool:
    """Whether the helper is open for this visitor. Closing time stops new intakes only: whoever
    began before and was told that it helps, has nobody else, or is in danger, stays with it."""
    closed = terms.closed.get(agreement.helper)
    if closed is None:
        return True
    alone = not (present or terms.rings)
    counts_on = head.band == ACUTE_BAND or agreement.helper in head.told or alone
    return head.waiting_since < closed and counts_on


class _Room:
    """What a helper still has while decisions are made."""

    def __init__(self, helper: Helper, wrap_ups_open: int) -> None:
        self.wrap_ups_open = wrap_ups_open
        self.open = {desk.caseworker: desk for desk in helper.desks if desk.has_seat}
        self.places = helper.places_free
        self.waiting = helper.waiting
        self.today = dict(helper.taken_today)

    def desks(self, band: int) -> list[Desk]:
        """Who may be asked for a ticket of this band."""
        return [desk for desk in self.open.values() if desk.free(band, self.wrap_ups_open)]

    def fits(self, agreement: Agreement, band: int) -> bool:
        """Whether a seat is left over once the helper's own visitors of this band have theirs. No
        maximum of a day keeps somebody in danger waiting."""
        most = None if band == ACUTE_BAND else agreement.most_per_day
        if most is not None and self.today.get(agreement.id, 0) >= most:
            return False
        own = sum(many for other, many in self.waiting.items() if other <= band)
        seats = sum(desk.cap - desk.used for desk in self.desks(band))
        return min(self.places, seats) > own

    def take(self, desk: Desk, agreement: Agreement) -> Desk:
        """Counts one more seat as taken; the desk with it."""
        taken = replace(desk, used=desk.used + 1)
        self.open[desk.caseworker] = taken
        if not taken.has_seat:
            del self.open[desk.caseworker]
        self.places -= 1
        self.today[agreement.id] = self.today.get(agreement.id, 0) + 1
        return taken


def _refused(refusals: Collection[Refusal]) -> dict[tuple[str, str], Refusal]:
    return {(refusal.ticket, refusal.caseworker): refusal for refusal in refusals}


def _may_ask(
    head: Head,
    free: Sequence[Desk],
    refused: Mapping[tuple[str, str], Refusal],
    *,
    alone: bool,
) -> list[Desk]:
    """Who did not just refuse. Who is alone and merely did not answer is asked again at once."""
    found = []
    for desk in free:
        refusal = refused.get((head.id, desk.caseworker))
        if refusal is None or (alone and not refusal.declined):
            found.append(desk)
    return found


def _first(asked: Sequence[Desk], head: Head) -> Desk:
    def order(desk: Desk) -> tuple[bool, int, int, str]:
        return not desk.speaks(head.language), desk.used, desk.last_offer_at, desk.caseworker

    return min(asked, key=order)


def _takes_over(
    head: Head, held: Sequence[Held], refused: Mapping[tuple[str, str], Refusal]
) -> Held | None:
    return next((offer for offer in held if (head.id, offer.caseworker) not in refused), None)


def _reason(why: str, head: Head, desk: Desk, now: int) -> str:
    return f"{why};{desk.used};{desk.cap};{_waited(head, now)}"


def _waited(head: Head, now: int) -> int:
    return max(0, now - head.waiting_since) // SECOND
