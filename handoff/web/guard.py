"""What every request passes: no foreign origin changes anything, and every answer is buttoned up.

Cross-site requests are told by `Origin` and `Sec-Fetch-Site`, which a page cannot forge; no tokens
in forms. A request without either is let through: it is no browser, and a cookie alone is then the
question. Cookies are SameSite=Strict besides.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from handoff import protocol

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SAFE_METHODS = ("GET", "HEAD")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}


def is_foreign(request: web.Request) -> bool:
    """Whether a browser says that another site sent this request."""
    origin = request.headers.get("Origin")
    if origin is not None:
        return urlsplit(origin).netloc.lower() != request.host.lower()
    return request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuses what changes something from elsewhere; adds the headers to every answer."""
    upgrade = request.headers.get("Upgrade", "").lower() == "websocket"
    if (upgrade or request.method not in SAFE_METHODS) and is_foreign(request):
        return refusal(403, "forbidden", "this request comes from another site")
    return await handler(request)


async def dress(request: web.Request, response: web.StreamResponse) -> None:
    """Adds the security headers that the answer does not set itself."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'")
    if "Server" in response.headers:
        del response.headers["Server"]


def refusal(status: int, code: str, message: str, retry_after_s: int | None = None) -> web.Response:
    """An HTTP error in the words of the protocol."""
    body = protocol.ErrorBody(code=code, message=message, retry_after_s=retry_after_s)
    headers = {"Retry-After": str(retry_after_s)} if retry_after_s is not None else {}
    return web.Response(
        body=protocol.encode(body),
        status=status,
        content_type="application/json",
        headers=headers,
    )
