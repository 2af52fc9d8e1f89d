"""What several commands need: where things are, and how a refusal is told."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from data import knowledge
from data.knowledge import Knowledge
from flows import content, loader
from flows.content import Content
from handoff import settings
from handoff.settings import Settings
from handoff.storage import schema
from handoff.storage.keys import NoKey, read_master

DATABASE = "sqlite:///voordeur.db"
KEY = "VOORDEUR_KEY"
KEY_FILE = "VOORDEUR_KEY_FILE"
#: A key that everybody knows: the demo's, which `serve` refuses.
DEMO_KEY = "dm9vcmRldXItZGVtby1zbGV1dGVsLW5pZXQtZ2VoZWk="


class Stop(Exception):
    """Raised when a command cannot go on; says why and what to do."""


def add_folders(parser: argparse.ArgumentParser) -> None:
    """`--script` and `--data`: other content than what ships with the product."""
    parser.add_argument(
        "--script", type=Path, default=loader.DEFAULT_FOLDER, metavar="DIR", help="flows and texts"
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=knowledge.DEFAULT_FOLDER,
        metavar="DIR",
        help="regions, hours, numbers, danger words",
    )


def add_database(parser: argparse.ArgumentParser) -> None:
    """`--database`: SQLite by default."""
    parser.add_argument(
        "--database",
        default=os.environ.get("VOORDEUR_DATABASE", DATABASE),
        metavar="URL",
        help="sqlite:///file.db or postgresql://user@host/name (default: %(default)s)",
    )


def add_keys(parser: argparse.ArgumentParser) -> None:
    """`--keys`: the folder of day keys."""
    parser.add_argument(
        "--keys",
        type=Path,
        default=Path(os.environ.get("VOORDEUR_KEYS", "voordeur-keys")),
        metavar="DIR",
        help="where day keys are kept, outside the database (default: %(default)s)",
    )


def called(database: str) -> str:
    """A database as an operator knows it: the whole path of a file, no password of a server."""
    path = schema.sqlite_path(database)
    if path is not None:
        return str(path.absolute())
    scheme, _, rest = database.partition("?")[0].partition("://")
    head, at, place = rest.rpartition("@")
    return f"{scheme}://{head.partition(':')[0]}{at}{place}"


def port_number(text: str) -> int:
    """A port, for argparse. Raises `ArgumentTypeError`."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"`{text}` is not a port, 1 to 65535")
    return int(text)


def add_settings(parser: argparse.ArgumentParser) -> None:
    """`--settings`: a TOML file; docs/settings.md lists what can stand there."""
    parser.add_argument("--settings", type=Path, metavar="FILE", help="a TOML file with settings")


def read_settings(given: argparse.Namespace, **fixed: object) -> Settings:
    """The settings of a command. Raises `Stop`."""
    try:
        return settings.load(os.environ, given.settings, **fixed)
    except settings.BadSetting as error:
        raise Stop(str(error)) from error


def read_knowledge(given: argparse.Namespace) -> Knowledge:
    """The data folder of a command. Raises `Unreadable`."""
    return knowledge.load(given.data.resolve())


def read_content(given: argparse.Namespace) -> Content:
    """Both folders of a command. Raises `Unreadable`."""
    return content.load(given.script.resolve(), given.data.resolve())


def master_key() -> bytes:
    """The master key from the environment or the file it names. Raises `Stop`."""
    text = os.environ.get(KEY)
    if not text and os.environ.get(KEY_FILE):
        try:
            text = Path(os.environ[KEY_FILE]).read_text("ascii")
        except (OSError, UnicodeDecodeError) as error:
            raise Stop(f"{KEY_FILE}: cannot be read: {error}") from error
    if not text:
        raise Stop(
            f"there is no master key. `voordeur key new` makes one; keep it outside the database,"
            f" and give it in {KEY}, or in a file that {KEY_FILE} names"
        )
    if text.strip() == DEMO_KEY:
        raise Stop("this is the demo's key, which everybody knows; `voordeur key new` makes one")
    try:
        return read_master(text)
    except NoKey as error:
        raise Stop(str(error)) from error
