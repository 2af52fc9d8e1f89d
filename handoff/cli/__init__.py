"""The `voordeur` command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from data.files import Unreadable
from handoff.cli import accounts, content, demo, learning, report, serve, simulate, store
from handoff.cli.common import Stop

Add = Callable[["argparse._SubParsersAction[argparse.ArgumentParser]"], None]

#: Every group of commands adds its own.
GROUPS: tuple[Add, ...] = (
    demo.add,
    serve.add,
    content.add,
    accounts.add,
    store.add,
    report.add,
    simulate.add,
    learning.add,
)


def parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    found = argparse.ArgumentParser(
        prog="voordeur", description="The chat front door of a helpline."
    )
    commands = found.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in GROUPS:
        add(commands)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; the exit code comes back."""
    given = parser().parse_args(arguments)
    try:
        return int(given.run(given) or 0)
    except Unreadable as error:
        sys.stderr.write("".join(f"{fault}\n" for fault in error.faults))
        return 1
    except Stop as stop:
        sys.stderr.write(f"voordeur {given.command}: {stop}\n")
        return 1
    except KeyboardInterrupt:
        return 130
