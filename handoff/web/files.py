"""Files that a browser may keep: each with a tag, and one way to answer with it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from mimetypes import guess_type

from aiohttp import web


@dataclass(frozen=True, slots=True)
class File:
    """What is sent, and the tag by which a browser knows that it has it already."""

    body: bytes
    kind: str
    tag: str


def file_of(body: bytes, name: str) -> File:
    """A file, of the kind that its name says."""
    tag = hashlib.sha256(body).hexdigest()[:32]
    return File(body, guess_type(name)[0] or "text/plain", tag)


def answer(request: web.Request, file: File, more: Mapping[str, str] | None = None) -> web.Response:
    """The file, or that the browser has it already. It asks anew each time, so that what changed
    is there at once; usually the answer is "not modified"."""
    headers = {
        "Cache-Control": "no-cache",
        "ETag": f'"{file.tag}"',
        # a cache keeps the packed form apart from the plain one
        "Vary": "Accept-Encoding",
        **(more or {}),
    }
    # a proxy that packs the answer calls the same tag a weak one
    if any(known.value == file.tag for known in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    response = web.Response(
        body=file.body, content_type=file.kind, charset="utf-8", headers=headers
    )
    response.enable_compression()
    return response
