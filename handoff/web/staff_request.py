"""A request of staff over HTTP: who is let in, and how every no is said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from handoff import protocol
from handoff.desk.shift import Person
from handoff.storage.database import Unavailable
from handoff.storage.sql import Rollback
from handoff.web.bodies import BadBody
from handoff.web.guard import refusal

Who = Callable[[web.Request], Awaitable[Person | None]]
Handler = Callable[[web.Request, Person], Awaitable[web.Response]]
#: How a command says no: by its reason an HTTP status, a code and a cause.
Refusals = Mapping[str, tuple[int, protocol.ErrorCode, str]]


async def answer_staff(
    request: web.Request,
    handler: Handler,
    who: Who,
    roles: tuple[str, ...],
    refusals: Refusals,
) -> web.Response:
    """Lets in who has one of the roles, and says every no in the words of the protocol."""
    try:
        person = await who(request)
        if person is None:
            return refusal(401, "forbidden", "log in first")
        if person.role not in roles:
            return refusal(403, "forbidden", f"this is for: {', '.join(roles)}")
        return await handler(request, person)
    except Unavailable:
        return refusal(503, "unavailable", "the database does not answer; try again", 5)
    except BadBody as error:
        return refusal(400, "bad_payload", str(error), about=error.about)
    except Rollback as no:
        return refusal(*refusals.get(no.reason, (400, "bad_payload", "it was refused")))
