"""Reading along ends by itself: with what it was asked for, and with the shift of who reads (R34).

Nobody stays in a conversation because they forgot to leave it; the audit says when it ended, why.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from handoff.clock import seconds
from handoff.desk.one_by_one import one_by_one
from handoff.desk.services import Services
from handoff.storage import rings, tickets
from handoff.storage.rings import READS
from handoff.storage.sql import Rollback, Row

SENIOR = "senior"


class Readers:
    """Looks every second; any node may. `on_call` names who is on call in a region now; `changed`
    tells the desks of a region."""

    def __init__(
        self,
        services: Services,
        on_call: Callable[[str], Collection[str]],
        changed: Callable[[str], None],
    ) -> None:
        self.services = services
        self.on_call = on_call
        self.changed = changed
        #: before this nobody could come back, so no grace counts from before it
        self.started = services.now()

    async def look(self) -> None:
        """Ends what is over. Raises `Unavailable`."""
        await one_by_one(await self.services.db.read(rings.readers), self._look_at)

    async def _look_at(self, row: Row) -> None:
        why = self._over(row)
        if why is None:
            return
        reader, services = str(row["kind"]).removeprefix(READS), self.services
        audit = (services.ids.short(), services.now(), "system", "leave_chat")
        note = tickets.audit(*audit, row["id"], f"{reader}: {why}")
        try:
            await services.db.run(rings.leave_chat, row["id"], reader, note)
        except Rollback:
            # another node was faster, or the reader left
            return
        self.changed(str(row["region"]))

    def _over(self, row: Row) -> str | None:
        """Why a reading ends, or None."""
        if row["state"] != "active" or row["serving_region"] != row["region"]:
            return "the conversation ended here"
        if not row["asked"]:
            return "nobody asks any more"
        reader = str(row["kind"]).removeprefix(READS)
        if row["role"] != SENIOR and reader not in self.on_call(str(row["region"])):
            return "not on call any more"
        out = self.services.now() - max(row["since"] or 0, self.started)
        grace = seconds(self.services.settings.caseworker_grace_s)
        return None if row["linked"] or out < grace else "left the desk"
