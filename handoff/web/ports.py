"""Two doors in one process: staff pages on a port of their own, so that a firewall can close it."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from handoff.web.guard import Handler, refusal

#: Health is asked for on both.
ON_BOTH = ("/healthz", "/readyz")


def only_on(staff_port: int, staff: Iterable[web.RouteDef]) -> web.middleware:  # type: ignore[valid-type]
    """A middleware that answers staff routes on `staff_port` only, and nothing else there."""
    paths = {route.path for route in staff}

    @web.middleware
    async def only(request: web.Request, handler: Handler) -> web.StreamResponse:
        resource = request.match_info.route.resource
        path = resource.canonical if resource is not None else request.path
        if path not in ON_BOTH and (path in paths) != (_port(request) == staff_port):
            return refusal(404, "forbidden", "not on this port")
        return await handler(request)

    return only


def _port(request: web.Request) -> int:
    name = request.get_extra_info("sockname") or ("", 0)
    return int(name[1])
