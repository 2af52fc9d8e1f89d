"""Reaching people who are not at a desk: the forms of the port `handoff.desk.rings.Ringer`."""

from __future__ import annotations

from handoff.desk.rings import Ringer
from handoff.ringing.silent import Silent
from handoff.ringing.webhook import Webhook
from handoff.settings import Settings

__all__ = ["Silent", "Webhook", "ringer_of"]


def ringer_of(settings: Settings) -> Ringer:
    """The form that the settings ask for."""
    if not settings.ring_url:
        return Silent()
    return Webhook(settings.ring_url, settings.ring_timeout_s)
