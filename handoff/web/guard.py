"""What every request passes: no foreign origin changes anything, and every answer is buttoned up.

Cross-site requests are told by `Origin` and `Sec-Fetch-Site`, which a page cannot forge; no tokens
in forms. A request without either is let through: it is no browser, and a cookie alone is then the
question. Cookies are SameSite=Strict besides.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from handoff import protocol
from handoff.web.link import told

log = logging.getLogger(__name__)

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
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except Exception as failure:
        # left to the library it would be logged with its words, and with the address
        log.error("request: %s", told(failure))
        return refusal(500, "internal", "something went wrong here; try again")


async def dress(request: web.Request, response: web.StreamResponse) -> None:
    """Adds the security headers that the answer does not set itself."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'")
    if "Server" in response.headers:
        del response.headers["Server"]


class NoWords(logging.Filter):
    """Keeps of what a library logs where it happened and of which type it is. The rest quotes what
    was sent to us, or the address it came from: of a request that is none, of a forgotten task."""

    LIBRARIES = ("aiohttp.server", "aiohttp.web", "aiohttp.websocket", "asyncio")

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return False
        failure = record.exc_info[1] if record.exc_info else None
        what = told(failure) if failure is not None else "a warning without its words"
        record.msg, record.args = f"{record.name}: {what}", None
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def hush() -> None:
    """Lets the libraries below us log nothing that came from outside; safe to call again."""
    for name in NoWords.LIBRARIES:
        library = logging.getLogger(name)
        if not any(isinstance(found, NoWords) for found in library.filters):
            library.addFilter(NoWords())


def refusal(
    status: int,
    code: protocol.ErrorCode,
    message: str,
    retry_after_s: int | None = None,
    about: str | None = None,
) -> web.Response:
    """An HTTP error in the words of the protocol."""
    body = protocol.ErrorBody(code, message, retry_after_s, about)
    headers = {"Retry-After": str(retry_after_s)} if retry_after_s is not None else {}
    return web.Response(
        body=protocol.encode(body),
        status=status,
        content_type="application/json",
        headers=headers,
    )
