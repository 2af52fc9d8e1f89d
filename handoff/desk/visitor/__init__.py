"""The visitor's side of the desk: one socket, what it sends, and the turns that come of it."""

from handoff.desk.visitor.session import FrontDoor, VisitorSession

__all__ = ["FrontDoor", "VisitorSession"]
