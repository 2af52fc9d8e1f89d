"""The caseworker's side of the desk: one socket, and what it sends."""

from handoff.desk.caseworker.session import BackOffice, CaseworkerSession

__all__ = ["BackOffice", "CaseworkerSession"]
