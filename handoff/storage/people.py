"""Accounts, login sessions and the audit, as stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handoff.storage import sql
from handoff.storage.sql import Command, Rollback, Row, Sql
from handoff.storage.tables import Account, LoginSession
from handoff.storage.tickets import Note

ACCOUNT = Sql("SELECT * FROM account WHERE username = :username")
ACCOUNTS = Sql("SELECT * FROM account ORDER BY region, username")
DEMO_ACCOUNTS = Sql("SELECT count(*) AS many FROM account WHERE demo = true")
ADD = sql.insert(Account)
SET_PASSWORD = Sql(
    "UPDATE account SET password = :password WHERE username = :username RETURNING username"
)
SET_DISABLED = Sql(
    "UPDATE account SET disabled = :disabled WHERE username = :username RETURNING username"
)
BUSY = Sql(
    "SELECT count(*) AS many FROM ticket WHERE caseworker = :username"
    " AND state IN ('offered', 'active', 'wrap_up')"
)
DROP_DESK = Sql(
    "DELETE FROM caseworker_seats WHERE caseworker = :username"
    " AND NOT EXISTS (SELECT 1 FROM seat WHERE caseworker = :username)"
)
DROP_PRESENCE = Sql("DELETE FROM presence WHERE subject = :subject")
DROP_ACCOUNT = Sql("DELETE FROM account WHERE username = :username RETURNING username")
ADD_SESSION = sql.insert(LoginSession)
SESSION = Sql(
    "SELECT a.* FROM login_session s JOIN account a ON a.username = s.username"
    " WHERE s.token = :token AND s.until > :now AND NOT a.disabled"
)
DROP_SESSION = Sql("DELETE FROM login_session WHERE token = :token")
DROP_SESSIONS_OF = Sql("DELETE FROM login_session WHERE username = :username")
FORGET = Sql("DELETE FROM login_session WHERE until <= :now")
FORGET_CODES = Sql("DELETE FROM return_code WHERE until <= :now")


def account(username: str) -> Command[Row | None]:
    """One account."""
    rows = yield ACCOUNT, {"username": username}
    return rows[0] if rows else None


def accounts() -> Command[list[Row]]:
    """All accounts, by region."""
    return (yield ACCOUNTS, {})


def demo_accounts() -> Command[int]:
    """How many accounts a demo made."""
    rows = yield DEMO_ACCOUNTS, {}
    return int(rows[0]["many"])


def add_account(row: Mapping[str, Any]) -> Command[None]:
    """Adds an account."""
    yield ADD, row


def set_password(username: str, password: str) -> Command[bool]:
    """Sets a password's hash and ends all logins; whether the account is there."""
    rows = yield SET_PASSWORD, {"username": username, "password": password}
    yield DROP_SESSIONS_OF, {"username": username}
    return bool(rows)


def set_disabled(username: str, disabled: bool) -> Command[bool]:
    """Disables or enables an account and ends all its logins; whether it is there."""
    rows = yield SET_DISABLED, {"username": username, "disabled": disabled}
    yield DROP_SESSIONS_OF, {"username": username}
    return bool(rows)


def remove_account(username: str) -> Command[bool]:
    """Removes an account with its logins and its desk; whether it was there.

    Raises `Rollback("busy")` while it has conversations.
    """
    rows = yield BUSY, {"username": username}
    if rows[0]["many"]:
        raise Rollback("busy")
    yield DROP_SESSIONS_OF, {"username": username}
    yield DROP_PRESENCE, {"subject": f"caseworker/{username}"}
    yield DROP_DESK, {"username": username}
    rows = yield DROP_ACCOUNT, {"username": username}
    return bool(rows)


def add_session(row: Mapping[str, Any]) -> Command[None]:
    """Adds a login."""
    yield ADD_SESSION, row


def session(token: bytes, now: int) -> Command[Row | None]:
    """The account of a login that is good now."""
    rows = yield SESSION, {"token": token, "now": now}
    return rows[0] if rows else None


def drop_session(token: bytes) -> Command[None]:
    """Ends a login."""
    yield DROP_SESSION, {"token": token}


def forget(now: int) -> Command[None]:
    """Forgets logins and return codes whose time is over."""
    yield FORGET, {"now": now}
    yield FORGET_CODES, {"now": now}


def audit(note: Note) -> Command[None]:
    """Notes who did what."""
    yield note
