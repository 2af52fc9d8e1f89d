"""Another region helps: from the visitor's screen to the ledger, through both real sockets."""

from __future__ import annotations

from typing import Any

from tests.support.running import REGION, Caseworker, Server, Visitor

PARTNER = "midden-brabant"
OWN, HELPER = f"{REGION}-1", f"{PARTNER}-1"


async def in_line(server: Server, region: str = REGION, *, acute: bool = False) -> Visitor:
    visitor = await server.visitor(region)
    if acute:
        await visitor.chooses("Ja, voor mij")
    else:
        await visitor.goes_straight()
    return visitor


async def full(server: Server) -> Caseworker:
    """A caseworker of the own region with the one seat of the cap in use."""
    own = await server.caseworker(OWN)
    await own.says(type="cap", seats=1)
    await in_line(server)
    await own.accepts()
    return own


async def offer_of(caseworker: Caseworker) -> dict[str, Any]:
    await caseworker.quiet()
    return caseworker.all("offer")[-1]


async def helped(server: Server, visitor: Visitor) -> dict[str, Any]:
    await server.settled()
    await server.janitor()
    await visitor.quiet()
    (told,) = [event for event in visitor.all("event") if "Midden-Brabant" in event["text"]]
    return told


async def test_a_partner_with_a_free_seat_helps_when_the_own_region_is_full(
    server: Server,
) -> None:
    await full(server)
    there = await server.caseworker(HELPER)
    visitor = await in_line(server)

    told = await helped(server, visitor)
    assert told["from"] == "system"
    assert [button["payload"] for button in told["buttons"]] == ["/sys:own_region"]

    assigned = await there.accepts()
    assert assigned["ticket"]["home_region"] == REGION
    assert there.all("offer")[-1]["ticket"]["reason"].startswith("overflow_full;1;3;")
    status = await visitor.next("status", lambda status: status["state"] == "active")
    assert status["serving_region"] == PARTNER

    await there.ends(assigned["ticket"]["id"])
    (row,) = await server.rows("SELECT * FROM ledger WHERE serving_region <> home_region")
    assert (row["home_region"], row["serving_region"], row["chats"]) == (REGION, PARTNER, 1)
    assert row["month"] == "2026-11"


async def test_the_minutes_that_a_region_served_are_settled(server: Server) -> None:
    await full(server)
    there = await server.caseworker(HELPER)
    await in_line(server)
    await server.janitor()
    ticket = (await there.accepts())["ticket"]["id"]

    server.clock.move(600)
    await there.ends(ticket)

    (row,) = await server.rows(f"SELECT seconds FROM ledger WHERE serving_region = '{PARTNER}'")
    assert row["seconds"] == 600


async def test_who_rather_waits_for_the_own_region_gets_it(server: Server) -> None:
    own = await full(server)
    there = await server.caseworker(HELPER)
    visitor = await in_line(server)
    await helped(server, visitor)

    await visitor.chooses("Ik wacht liever op mijn eigen regio")
    await server.janitor()

    assert "eigen regio" in visitor.texts[-1]
    await there.next("desk", lambda desk: not desk["offers"])
    assert visitor.status["serving_region"] == REGION
    await own.ends(own.desk["tickets"][0]["id"])
    assert (await own.accepts())["ticket"]["conversation"] == visitor.conversation


async def test_too_late_is_told_when_the_helper_has_accepted(server: Server) -> None:
    await full(server)
    there = await server.caseworker(HELPER)
    visitor = await in_line(server)
    await helped(server, visitor)
    await there.accepts()

    await visitor.chooses("Ik wacht liever op mijn eigen regio")

    assert visitor.texts[-1].startswith("Er is al een medewerker")
    assert visitor.status["state"] == "active"


async def test_an_offer_that_a_helper_declines_goes_back_to_the_own_line(server: Server) -> None:
    own = await full(server)
    there = await server.caseworker(HELPER)
    visitor = await in_line(server)
    await helped(server, visitor)
    ticket = (await offer_of(there))["ticket"]["id"]

    await there.says(type="decline", ticket=ticket)
    await own.next("desk", lambda desk: [one["state"] for one in desk["queue"]] == ["waiting"])

    assert own.desk["queue"][0]["serving_region"] == REGION
    await server.janitor()
    await there.quiet()
    assert not there.desk["offers"]


async def test_an_acute_visitor_is_told_not_asked_and_at_once(server: Server) -> None:
    await full(server)
    there = await server.caseworker(HELPER)
    visitor = await in_line(server, acute=True)

    told = await helped(server, visitor)

    assert "buttons" not in told or not told["buttons"]
    offer = await offer_of(there)
    assert offer["ticket"]["reason"].startswith("overflow_acute;")


async def test_nobody_at_home_lets_people_be_rung_for_three_minutes_first(server: Server) -> None:
    there = await server.caseworker(HELPER)
    await in_line(server)
    await server.janitor(after_s=170)
    await there.quiet()
    assert not there.desk["offers"]

    await server.janitor(after_s=15)
    await there.quiet()

    assert there.all("offer")[-1]["ticket"]["reason"].startswith("overflow_nobody;")


async def test_the_own_caseworker_may_take_an_acute_ticket_that_is_offered_elsewhere(
    server: Server,
) -> None:
    there = await server.caseworker(HELPER)
    visitor = await in_line(server, acute=True)
    await helped(server, visitor)
    own = await server.caseworker(OWN, available=False)
    (shown,) = own.desk["queue"]
    assert (shown["state"], shown["serving_region"]) == ("offered", PARTNER)

    await own.says(type="take", ticket=shown["id"])

    assert (await own.next("assigned"))["ticket"]["serving_region"] == REGION
    await there.next("desk", lambda desk: not desk["offers"])
    assert await there.refused(type="accept", ticket=shown["id"]) in ("unknown_ticket", "taken")


async def test_in_a_pool_the_region_on_duty_is_home_and_at_midnight_the_next_one(
    server: Server,
) -> None:
    # a Monday: Twente; on Tuesday: IJsselland
    monday, tuesday = await server.caseworker("twente-1"), await server.caseworker("ijsselland-1")
    await monday.says(type="cap", seats=0)
    visitor = await in_line(server, "gelderland-zuid")
    await server.janitor()
    (row,) = await server.rows("SELECT home_region, queue_region, agreement FROM ticket")
    assert (row["home_region"], row["queue_region"]) == ("gelderland-zuid", "twente")

    await tuesday.says(type="presence", state="away")
    await tuesday.next("desk", lambda desk: desk["presence"] == "away")
    await server.janitor(after_s=10 * 3600)
    await tuesday.says(type="presence", state="available")
    offer = await tuesday.next("offer")

    assert offer["ticket"]["reason"].startswith("rota;1;3;")
    assert visitor.conversation == offer["ticket"]["conversation"]


async def test_a_region_whose_partner_is_open_does_not_say_closed(server: Server) -> None:
    """PEERS 12. It is evening: midden-brabant is closed, its partner is not."""
    server.clock.move(5 * 3600)
    await server.caseworker(OWN)

    async with server.http.get(f"{server.url}/api/regions/{PARTNER}") as answer:
        assert (await answer.json())["state"] == "open"
    visitor = await server.visitor(PARTNER)
    assert visitor.status["state"] == "intake"


async def test_a_visitor_who_left_lets_the_acute_who_are_there_go_first(server: Server) -> None:
    left = await in_line(server, acute=True)
    await left.says(type="exit")
    await left.closed()
    server.clock.move(60)
    here = await in_line(server, acute=True)
    own = await server.caseworker(OWN, available=False)
    await own.quiet()

    assert [one["conversation"] for one in own.desk["queue"]] == [
        here.conversation,
        left.conversation,
    ]


async def test_who_speaks_the_visitors_language_is_asked_first(server: Server) -> None:
    await server.hire(OWN, languages="nl")
    await server.hire(f"{REGION}-2", languages="nl,en")
    await server.caseworker(OWN)
    both = await server.caseworker(f"{REGION}-2")
    visitor = await server.visitor(language="en")

    await visitor.goes_straight()
    await both.quiet()

    assert both.all("offer")[-1]["ticket"]["language"] == "en"


async def test_why_somebody_was_asked_is_kept(server: Server) -> None:
    await server.caseworker(OWN)
    await in_line(server)

    (row,) = await server.rows("SELECT actor, detail FROM audit WHERE action = 'offer'")

    assert row["actor"] == "system"
    assert row["detail"].startswith(f"{OWN}: own_region;1;3;")


async def test_in_a_pool_the_own_region_is_no_stranger_that_one_may_rather_not_have(
    server: Server,
) -> None:
    # a Monday: Twente is on duty for IJsselland too, and full; IJsselland itself has a desk
    on_duty = await server.caseworker("twente-1")
    await on_duty.says(type="cap", seats=0)
    await on_duty.next("desk", lambda desk: desk["cap"] == 0)
    there = await server.caseworker("ijsselland-1")
    visitor = await in_line(server, "ijsselland")
    await server.janitor()
    await visitor.quiet()

    offer = await offer_of(there)
    assert offer["ticket"]["conversation"] == visitor.conversation
    (told,) = [event for event in visitor.all("event") if "utter_helped" in event.get("name", "")]
    assert told["name"] == "utter_helped_home"
    assert told["text"] == "We vragen nu een medewerker van je eigen regio om je te helpen."
    assert not told.get("buttons")
