"""Work on many things of which one may be broken: the others are not held up by it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from handoff.desk.conversation import Gone
from handoff.storage.database import Unavailable
from handoff.storage.sql import Rollback
from handoff.storage.units import Conflict, Ended

log = logging.getLogger(__name__)

T = TypeVar("T")


async def one_by_one(items: Iterable[T], work: Callable[[T], Awaitable[None]]) -> None:
    """Does `work` for each. What moved on meanwhile is left alone, and the next look sees it.

    Raises `Unavailable`: then the rest would fail too."""
    for item in items:
        try:
            await work(item)
        except Unavailable:
            raise
        except (Gone, Rollback, Conflict, Ended):
            continue
        except Exception as error:
            # the message may hold what somebody typed; its type says where to look
            log.error("janitor: one of many failed: %s", type(error).__name__)
