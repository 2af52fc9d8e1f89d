"""Every number that an operator may want to change: its unit, its default and the reason for it.

Read, later ones win: the defaults here, a TOML file (`--settings`), the environment
(`VOORDEUR_<NAME>`). docs/settings.md is this table; a test keeps the two equal.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from data.danger_rules import LISTENING

PREFIX = "VOORDEUR_"


class BadSetting(Exception):
    """Raised for a setting that is unknown or not of its type; says which and what it takes."""


def _setting(default: Any, unit: str, why: str) -> Any:
    return field(default=default, metadata={"unit": unit, "why": why})


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one process."""

    # the intake
    intake_idle_s: float = _setting(
        60, "s", "who typed or answered and then does nothing goes to the queue with what is known"
    )
    action_timeout_s: float = _setting(
        2, "s", "an action that hangs must not hold a visitor; then a human takes over"
    )
    card_again_s: int = _setting(
        600, "s", "the emergency card returns for the same signal only after this; more is noise"
    )

    # offers and seats
    offer_timeout_s: float = _setting(
        30, "s", "time to accept; short, because somebody waits, long enough to finish a sentence"
    )
    offer_acute_timeout_s: float = _setting(
        20, "s", "an acute offer moves on sooner (DOMAIN 6: 60 s to an answer)"
    )
    offer_again_s: float = _setting(
        60, "s", "after no answer or a decline the same caseworker is not asked for it again"
    )
    offers_unanswered: int = _setting(
        2, "offers", "so many unanswered in a row: nobody is at this desk, so it becomes away"
    )
    ring_own_first_s: float = _setting(
        180, "s", "nobody at a desk: people at home are rung so long before a partner is asked"
    )
    wrap_ups_open: int = _setting(
        2, "tickets", "more conversations than this without a disposition: no new offers"
    )

    # who waits
    still_there_s: float = _setting(
        600, "s", "who waits for longer is asked once whether somebody is there; no answer is fine"
    )
    long_wait_s: float = _setting(
        600, "s", "who waits for longer reads that it takes long, and what else is possible"
    )

    # who is there
    caseworker_notice_s: float = _setting(
        5, "s", "a desk that reloads is back within this; later visitors read that it is away"
    )
    caseworker_grace_s: float = _setting(
        120, "s", "a caseworker without a link keeps the chats for this long, then they move on"
    )
    calling_grace_s: float = _setting(
        900, "s", "the same while calling the police for a visitor: a call takes time"
    )
    gone_waiting_s: float = _setting(
        180, "s", "a waiting visitor without a link keeps the place: phones suspend tabs"
    )
    gone_active_s: float = _setting(600, "s", "the same during a conversation")
    left_grace_s: float = _setting(
        60, "s", "a conversation whose visitor left frees its seat after this (R48)"
    )
    stop_link_s: float = _setting(
        1800, "s", "after this a socket that only looks on is closed; the page says how to go on"
    )

    # keeping and erasing
    retention_h: int = _setting(24, "h", "text is erased so long after a conversation closed (R42)")
    return_days: int = _setting(
        7, "days", "the three words to come back with are good for this long at most"
    )
    days_ahead: int = _setting(
        7, "days", "keys of coming days are made this far ahead, so that a full disk is noticed"
    )

    # bounds
    frame_bytes: int = _setting(32_768, "bytes", "the largest frame a client may send")
    text_characters: int = _setting(2_000, "code points", "the longest message")
    open_burst: int = _setting(
        60, "conversations", "new conversations at once from one address: a school, a library"
    )
    open_per_s: float = _setting(1, "conversations/s", "and after that, per address")
    return_tries: int = _setting(
        5, "tries", "wrong words at once from one address; then one a minute"
    )
    words_every_s: float = _setting(
        10, "s", "three words to come back with cost a slow hash: one socket gets them this often"
    )
    open_all_burst: int = _setting(
        1_000, "conversations", "new conversations at once on this node, from everywhere"
    )
    open_all_per_s: float = _setting(100, "conversations/s", "and after that, on this node")
    conversations_open: int = _setting(
        15_000, "conversations", "visitor sockets on one node; a process has 20,000 descriptors"
    )
    frames_burst: int = _setting(
        200, "frames", "frames at once on one socket; more are read later, not refused"
    )
    frames_per_s: float = _setting(50, "frames/s", "and after that, per socket")
    socket_frames: int = _setting(
        512, "frames", "frames waiting for a slow client; then it is dropped, and resumes"
    )
    slow_client_s: float = _setting(
        1, "s", "a client that is too slow has this long to read why it is dropped"
    )
    status_every_s: float = _setting(1, "s", "a place in line changes at most this often")
    typing_every_s: float = _setting(2, "s", "'is typing' is passed on at most this often")
    link_check_s: float = _setting(20, "s", "a ping that gets no answer ends the socket")

    # storage
    batch_units: int = _setting(512, "units", "rows of so many turns go into one commit")
    writer_units: int = _setting(
        10_000, "units", "turns waiting for the database; above it visitors get the numbers"
    )
    commit_timeout_s: float = _setting(
        5, "s", "no answer from the database: not acknowledged, a sentence and the numbers"
    )
    pool_connections: int = _setting(
        4, "connections", "PostgreSQL connections for claims and reads, beside the writer's own"
    )

    # hearing danger
    listening: str = _setting(
        LISTENING[0], "words", "or `rules`: without what was learnt from examples (docs/danger.md)"
    )

    # ringing people who are not at a desk
    ring_url: str = _setting(
        "", "address", "a program that rings people: push, text or call; empty rings nobody outside"
    )
    ring_timeout_s: float = _setting(
        5, "s", "a program that rings and does not answer is asked once more, then it is logged"
    )
    ring_again_s: float = _setting(
        15, "s", "whom a sign did not reach is rung again after this, while it is still needed"
    )

    # between nodes
    node_beat_s: float = _setting(2, "s", "a node shows that it lives, and catches up, this often")
    node_stale_s: float = _setting(8, "s", "without a beat for so long a node's people are away")
    janitor_every_s: float = _setting(1, "s", "how often the timers in the database are read")
    shutdown_s: float = _setting(10, "s", "open sockets are told to come back within this")

    # staff
    session_h: float = _setting(12, "h", "a login ends after a long shift")
    login_check_s: float = _setting(
        30, "s", "an open desk ends this soon after its login did, or its account was disabled"
    )
    logins_at_once: int = _setting(
        2, "logins", "passwords looked at side by side: each takes 64 MiB and a processor"
    )
    login_tries: int = _setting(5, "tries", "failed logins before each further one has to wait")
    login_wait_s: float = _setting(2, "s", "the first wait; it doubles with every failure")
    login_wait_most_s: float = _setting(300, "s", "the longest wait")
    secure_cookies: bool = _setting(
        True, "yes/no", "the login cookie only travels over HTTPS; the demo switches it off"
    )
    trusted_proxies: str = _setting(
        "", "addresses", "proxies whose X-Forwarded-For is believed for the limits, with commas"
    )


def load(environ: Mapping[str, str], file: Path | None = None, **given: Any) -> Settings:
    """The settings of this process. Raises `BadSetting`."""
    found: dict[str, Any] = {}
    if file is not None:
        found.update(_read_file(file))
    for name in _types():
        if PREFIX + name.upper() in environ:
            found[name] = environ[PREFIX + name.upper()]
    found.update(given)
    return Settings(**{name: _typed(name, value) for name, value in found.items()})


def _types() -> dict[str, str]:
    return {found.name: str(found.type) for found in fields(Settings)}


def _read_file(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            return tomllib.load(stream)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BadSetting(f"{file}: cannot be read as TOML: {error}") from error


def _typed(name: str, value: Any) -> Any:
    kind = _types().get(name)
    if kind is None:
        raise BadSetting(f"there is no setting `{name}`; docs/settings.md lists them")
    try:
        if kind == "bool":
            return _flag(value)
        number = {"int": int, "float": float, "str": str}[kind](value)
    except ValueError as error:
        raise BadSetting(f"`{name}` takes a {kind}, not `{value}`") from error
    if name == "listening" and number not in LISTENING:
        raise BadSetting(f"`listening` is one of {', '.join(LISTENING)}, not `{value}`")
    if isinstance(number, int | float) and number < 0:
        raise BadSetting(f"`{name}` cannot be below zero")
    return number


def _flag(value: Any) -> bool:
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    word = str(value).strip().lower()
    if word not in words:
        raise ValueError(value)
    return words[word]


def as_table() -> str:
    """Every setting as the table of docs/settings.md."""
    rows = [
        f"| `{found.name}` | {_shown(found.default)} | {found.metadata['unit']} "
        f"| {found.metadata['why']} |"
        for found in fields(Settings)
    ]
    return "\n".join(["| setting | default | unit | why |", "|---|---|---|---|", *rows]) + "\n"


def as_toml() -> str:
    """Every setting as a TOML file to start from: all defaults, commented out."""
    lines = []
    for found in fields(Settings):
        lines.append(f"# {found.metadata['why']} ({found.metadata['unit']})")
        lines.append(f"# {found.name} = {_shown(found.default)}\n")
    return "\n".join(lines)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)
