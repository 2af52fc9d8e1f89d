"""What visitors and caseworkers can do now: for days that are made up at random.

What is drawn does not depend on what happened before: of two who press at once either may be first,
and a day has to be playable again all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from tests.support.driven import DrivenCaseworker, DrivenVisitor

DANGER = "hij heeft een mes"
#: A kind of thing to do, and which of those that are possible then.
BY_VISITORS = st.tuples(
    st.sampled_from("says presses choose stop hangs_up resumes".split()), st.integers(0, 999)
)
BY_CASEWORKERS = st.tuples(
    st.sampled_from(
        "accept accept decline take take talk end level transfer make_room make_room"
        " make_room_at make_room_at join take_over wrap_up read nonsense cap presence hangs_up"
        " sits_down".split()
    ),
    st.integers(0, 999),
)
#: What is possible at any time: only when it is drawn.
ALWAYS = {"cap", "presence", "hangs_up", "sits_down", "nonsense"}
Drawn = tuple[str, int]
#: Who does what, the visitor's number, and what more stands in the frame.
Step = tuple[str, str, int, dict[str, Any]]
Steps = dict[str, list[Step]]
Tickets = Mapping[int, Mapping[str, Any]]


def chosen(steps: Steps, drawn: Drawn) -> Step | None:
    """What is possible of what was drawn, or something else that is."""
    kind, number = drawn
    others = sorted(steps.keys() - ALWAYS) or sorted(steps)
    if not others:
        return None
    some = steps.get(kind) or steps[others[number % len(others)]]
    return some[number // len(others) % len(some)]


def _add(steps: Steps, kind: str, step: Step) -> None:
    steps.setdefault(kind, []).append(step)


def by_visitors(visitors: Sequence[DrivenVisitor]) -> Steps:
    """What visitors can do, by kind."""
    steps: Steps = {}
    for number, visitor in enumerate(visitors):
        who = f"v{number}"
        if visitor.gone:
            if visitor.token:
                _add(steps, "resumes", (who, "resumes", number, {}))
            continue
        for kind, name, frame in (
            ("says", "message", {"text": "bent u daar"}),
            ("says", "message", {"text": DANGER}),
            ("says", "card", {}),
            ("stop", "stop", {}),
            ("choose", "choose", {"payload": "/sys:own_region"}),
            ("choose", "choose", {"payload": "/sys:other_region"}),
            *(("presses", "choose", {"payload": it["payload"]}) for it in visitor.buttons()[-6:]),
        ):
            _add(steps, kind, (who, name, number, {"id": visitor.new_id(), **frame}))
        for kind, name in (("stop", "end"), ("stop", "exit"), ("hangs_up", "hangs_up")):
            _add(steps, kind, (who, name, number, {}))
    return steps


def by_caseworkers(staff: Sequence[DrivenCaseworker], tickets: Tickets) -> Steps:
    """What caseworkers can do, by kind; and some of what they cannot."""
    steps: Steps = {}
    for me in staff:
        who = me.username
        if me.session is None:
            _add(steps, "sits_down", (who, "sits_down", 0, {}))
            continue
        _add(steps, "hangs_up", (who, "hangs_up", 0, {}))
        for state in ("available", "available", "away", "calling"):
            _add(steps, "presence", (who, "presence", 0, {"state": state}))
        for seats in range(4):
            _add(steps, "cap", (who, "cap", 0, {"seats": seats}))
        for ticket in tickets.values():
            for kind, name, frame in _about(me, ticket, staff, tickets):
                _add(steps, kind, (who, name, 0, frame))
    return steps


Found = list[tuple[str, str, dict[str, Any]]]


def _about(
    me: DrivenCaseworker,
    ticket: Mapping[str, Any],
    staff: Sequence[DrivenCaseworker],
    tickets: Tickets,
) -> Found:
    """What somebody can do about one ticket: kind, frame, and what stands in it."""
    state, this = ticket["state"], {"ticket": ticket["id"]}
    mine = me.username in (ticket["seat_of"], ticket["caseworker"])
    near = me.region in (ticket["queue_region"], ticket["serving_region"])
    nonsense = ("accept", "decline", "take", "end", "read", "take_over")
    found: Found = [("nonsense", name, this) for name in nonsense]
    names = {
        ("offered", True): ("accept", "decline", "take"),
        ("offered", False): ("take",),
        ("waiting", False): ("take",),
        ("active", False): ("join", "take_over"),
        ("missed", False): ("read",),
    }
    if near:
        senior = me.person.role == "senior"
        may = [name for name in names.get((state, mine), ()) if name != "join" or senior]
        found += [(name, name, this) for name in may]
    if mine and state == "wrap_up":
        found.append(("wrap_up", "wrap_up", {**this, "disposition": "advice"}))
    if mine and state == "active":
        found += _in_a_chat(me, ticket["id"], staff)
        line = [one for one in tickets.values() if one["queue_region"] == me.region]
        found += _making_room(ticket["id"], staff, line)
    return found


def _in_a_chat(me: DrivenCaseworker, ticket: str, staff: Sequence[DrivenCaseworker]) -> Found:
    this: dict[str, Any] = {"ticket": ticket}
    found: Found = [
        ("talk", "message", {**this, "id": me.new_id(), "text": "ik lees met je mee"}),
        ("talk", "consult", {**this, "text": "kijk je mee?"}),
        ("end", "end", this),
    ]
    for level in ("normal", "urgent", "acute"):
        found.append(("level", "level", {**this, "level": level, "reason": "anders gehoord"}))
    for to in _places(staff):
        found.append(("transfer", "transfer", {**this, "to": to, "note": "nu jij"}))
    return found


def _making_room(
    given: str, staff: Sequence[DrivenCaseworker], line: Sequence[Mapping[str, Any]]
) -> Found:
    found: Found = []
    for other in line:
        if other["level"] == "acute" and other["state"] == "waiting":
            frame = {"ticket": other["id"], "give_back": given}
            found.append(("make_room", "make_room", frame))
            for to in _places(staff):
                found.append(("make_room_at", "make_room", {**frame, "to": to}))
    return found


def _places(staff: Sequence[DrivenCaseworker]) -> list[dict[str, str]]:
    """Where a chat could go: colleagues and regions."""
    regions = sorted({one.region for one in staff})
    return [*({"caseworker": one.username} for one in staff), *({"region": it} for it in regions)]
