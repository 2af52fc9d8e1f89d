"""Three words to come back with (R51): they show nothing of the old talk, and nobody can read them
out of the database.

Stored is a slow keyed hash: Argon2id with a salt that is made from the master key, so that a stolen
database cannot be searched without it. Wrong tries are slowed down by address.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta

from argon2.low_level import Type, hash_secret_raw

from data.words import read_words
from handoff.clock import micros, moment
from handoff.desk.conversation import Conversation
from handoff.desk.services import Services
from handoff.storage import return_codes

#: RFC 9106, second recommended option, with less memory: a guess costs about 20 ms.
TIME_COST, MEMORY_KIB, LANES = 3, 16_384, 1
WORDS = 3

Pick = Callable[[int], int]


class ReturnCodes:
    """Makes codes and looks them up."""

    def __init__(self, services: Services, master: bytes, pick: Pick) -> None:
        self.services = services
        self.pepper = hmac.new(master, b"return code", hashlib.sha256).digest()
        #: a random number below its argument
        self.pick = pick

    async def make(self, conversation: Conversation) -> tuple[str, datetime]:
        """Three words and until when they are good. They are never stored and never shown again."""
        words = read_words(self.services.knowledge.folder, conversation.talk.language)
        code = " ".join(words[self.pick(len(words))] for _ in range(WORDS))
        until = self.services.now() + self._term(conversation)
        lookup = await asyncio.to_thread(self._hash, code, conversation.region)
        await self.services.db.run(
            return_codes.add, lookup, conversation.id, conversation.region, until
        )
        return code, moment(until)

    async def find(self, words: str, region: str) -> bool:
        """Whether somebody was here before with these words, in this region, and not too long ago.
        Capitals, commas and extra spaces do not matter."""
        code = " ".join(words.replace(",", " ").casefold().split())
        if len(code) > 100 or len(code.split()) != WORDS:
            return False
        lookup = await asyncio.to_thread(self._hash, code, region)
        return await self.services.db.read(return_codes.find, lookup, self.services.now())

    def _term(self, conversation: Conversation) -> int:
        """To a day after the agreed day, at most a week (DOMAIN 4.3)."""
        most = timedelta(days=self.services.settings.return_days)
        value = str(conversation.talk.state.slots.get("moment") or "")
        now = conversation.now()
        try:
            day = datetime.fromisoformat(value.partition(".")[0])
        except ValueError:
            return micros(now + most) - micros(now)
        zone = conversation.home.chat_hours.zone
        end = day.replace(tzinfo=zone) + timedelta(days=2)
        return min(micros(end), micros(now + most)) - micros(now)

    def _hash(self, code: str, region: str) -> bytes:
        salt = hmac.new(self.pepper, region.encode(), hashlib.sha256).digest()[:16]
        return hash_secret_raw(
            code.encode(), salt, TIME_COST, MEMORY_KIB, LANES, hash_len=32, type=Type.ID
        )
