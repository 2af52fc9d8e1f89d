"""The bodies of staff's HTTP requests: read with a cause for every refusal, and answered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeVar

import msgspec
from aiohttp import web

from handoff import protocol
from handoff.clock import micros

T = TypeVar("T")

#: The most that a reason of operation may have, in characters.
MOST_REASON = 200


class BadBody(Exception):
    """Raised for a body that cannot be used; says why, and which name in it is wrong."""

    def __init__(self, why: str, about: str | None = None) -> None:
        super().__init__(why)
        self.about = about


async def read_body(request: web.Request, kind: type[T]) -> T:
    """The body of a request. Raises `BadBody`; its cause names fields, never what was typed."""
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise BadBody(protocol.ENUM_VALUE.sub("Not one of the values", str(error))) from error


def text_to_store(text: str, name: str, most: int) -> str:
    """A text without spaces around it. Raises `BadBody` for one that cannot be stored."""
    if len(text) > most:
        raise BadBody(f"`{name}`: at most {most} characters")
    if protocol.UNPRINTABLE.search(text):
        raise BadBody(f"`{name}`: it holds a character that cannot be shown")
    return text.strip()


def time_to_store(when: datetime, name: str) -> int:
    """A time as it is stored. Raises `BadBody` for one that does not say of which zone it is."""
    if when.tzinfo is None:
        raise BadBody(f"`{name}`: a time with its offset, such as 2026-11-30T17:00:00Z")
    try:
        return micros(when.astimezone(UTC))
    except OverflowError as error:
        raise BadBody(f"`{name}`: no such time") from error


def answered(body: msgspec.Struct, status: int = 200) -> web.Response:
    """A body as JSON."""
    return web.Response(body=protocol.encode(body), status=status, content_type="application/json")
