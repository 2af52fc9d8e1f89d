"""Who sits where: the port that offers go through, and its two forms.

`SqlSeats` asks the database, which alone decides; `MemorySeats` keeps the same rules in
dictionaries, for simulation. A test drives both through the same random days and compares.
"""

from __future__ import annotations

from handoff.desk.seats.memory import MemorySeats
from handoff.desk.seats.port import Expired, Seats
from handoff.desk.seats.sql import SqlSeats

__all__ = ["Expired", "MemorySeats", "Seats", "SqlSeats"]
