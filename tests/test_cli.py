"""The commands as an editor and an operator type them."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data import knowledge
from handoff.cli import floors, main
from handoff.cli.demo import chosen_regions, logins
from handoff.cli.times import clock_time
from handoff.people.accounts import AT_A_DESK
from handoff.web.editor_api import EDITORS

ROOT = Path(__file__).parent.parent
KNOWN = knowledge.load()
OPEN_ALWAYS = KNOWN.regions["zuidoost-brabant"]
OFFICE_HOURS = KNOWN.regions["utrecht"]
SATURDAY_NIGHT = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
MONDAY_NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


def voordeur(*arguments: str, **more: object) -> subprocess.CompletedProcess[str]:
    """Runs the command as a process of its own."""
    code = "import sys; from handoff.cli import main; raise SystemExit(main(sys.argv[1:]))"
    environ = {name: value for name, value in os.environ.items() if "VOORDEUR" not in name}
    environ |= {"PYTHONPATH": str(ROOT), **more.pop("environ", {})}  # type: ignore[dict-item]
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env=environ,
        **more,  # type: ignore[call-overload]
    )


TALK = ["talk", "--region", "zuidoost-brabant", "--clock", "2026-11-23T14:00"]


# the demo's clock


def test_the_demo_leaves_the_clock_alone_while_its_region_is_open() -> None:
    assert clock_time(None, OPEN_ALWAYS, MONDAY_NOON) == MONDAY_NOON


def test_the_demo_moves_to_the_next_opening_when_its_region_is_closed() -> None:
    assert clock_time(None, OFFICE_HOURS, SATURDAY_NIGHT) == datetime(
        2026, 11, 23, 9, 0, tzinfo=UTC
    )


def test_a_wall_time_is_the_first_day_on_which_the_region_is_open_then() -> None:
    assert clock_time("10:00", OFFICE_HOURS, SATURDAY_NIGHT) == datetime(
        2026, 11, 23, 9, 0, tzinfo=UTC
    )


def test_a_wall_time_at_which_the_region_never_opens_is_today() -> None:
    assert clock_time("02:00", OPEN_ALWAYS, MONDAY_NOON) == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def test_a_whole_date_is_obeyed_as_given() -> None:
    assert clock_time("2026-12-25T03:00", OFFICE_HOURS, MONDAY_NOON) == datetime(
        2026, 12, 25, 2, 0, tzinfo=UTC
    )


def test_the_first_region_named_is_the_one_shown_and_each_gets_its_logins() -> None:
    regions = chosen_regions(KNOWN, ["zeeland", "utrecht", "zeeland"])

    assert regions == ["zeeland", "utrecht"]
    assert [name for name, role, _ in logins(regions, 1) if role == "caseworker"] == [
        "zeeland-1",
        "utrecht-1",
    ]


def test_the_demo_offers_only_logins_that_have_a_page() -> None:
    found = [role for _, role, _ in logins(["zeeland"], 2)]

    assert set(found) <= {*AT_A_DESK, *EDITORS}
    # what one proposes another approves
    assert found.count("editor") == 2


def test_a_number_that_is_none_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, told in (
        (["demo", "--caseworkers", "x"], "`x` is not a number of caseworkers, 0 or more"),
        (["serve", "--port", "99999"], "`99999` is not a port, 1 to 65535"),
    ):
        with pytest.raises(SystemExit):
            main(arguments)
        assert told in capsys.readouterr().err


def test_a_demo_on_a_taken_port_names_one_to_try(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        assert main(["demo", "--port", str(port), "--caseworkers", "0"]) == 1

    told = capsys.readouterr().err
    assert f'cannot listen on 127.0.0.1:{port}: it is taken; try ARGS="--port ' in told


def test_without_a_region_the_demo_shows_the_one_with_the_longest_hours() -> None:
    assert chosen_regions(KNOWN, None) == [OPEN_ALWAYS.slug]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["demo", "--region", "atlantis"], "atlantis"),
        (["demo", "--clock", "midnight"], "midnight"),
        (["demo", "--database", "mysql://x"], "sqlite:///"),
    ],
)
def test_the_demo_refuses_what_it_cannot_do_and_says_what_it_takes(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 1
    assert told in capsys.readouterr().err


# content


def test_the_shipped_script_and_data_have_no_faults(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert "no faults" in capsys.readouterr().out


def test_check_says_which_folders_it_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # hearing all examples takes seconds, and says nothing of folders
    monkeypatch.setattr(floors, "check", lambda draft: [])
    monkeypatch.chdir(ROOT)
    main(["check"])
    assert capsys.readouterr().out.splitlines()[0] == "script: flows/script  data: data"

    monkeypatch.chdir(tmp_path)
    main(["check"])
    first = capsys.readouterr().out.splitlines()[0]
    assert first == f"script: {ROOT / 'flows' / 'script'}  data: {ROOT / 'data'}"


def test_check_names_file_and_line_of_a_fault_and_exits_with_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "data"
    subprocess.run(["cp", "-r", str(knowledge.DEFAULT_FOLDER), str(copy)], check=True)
    holidays = copy / "holidays.yml"
    holidays.write_text(holidays.read_text().replace("easter: 39", "eastre: 39"))
    line = next(
        number
        for number, text in enumerate(holidays.read_text().splitlines(), 1)
        if "eastre" in text
    )

    assert main(["check", "--data", str(copy)]) == 1
    assert f"holidays.yml:{line}: " in capsys.readouterr().out


def test_urgency_answers_each_line_in_order(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        {"id": "a", "text": "hoe laat zijn jullie open?"},
        {"id": "b", "text": "hij heeft een mes en staat voor me", "lang": "nl"},
    ]
    given = "".join(json.dumps(line) + "\n" for line in lines)
    monkeypatch.setattr(sys, "stdin", io.StringIO(given))

    assert main(["urgency"]) == 0

    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["id"] for row in found] == ["a", "b"]
    assert [row["level"] for row in found] == ["normal", "acute"]
    assert set(found[1]) == {"id", "level", "signals", "because"}


def test_urgency_refuses_a_line_that_is_no_message_by_its_number(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"id": "a", "text": "x"}\n{"id": "b"}\n'))

    assert main(["urgency"]) == 1
    assert "line 2" in capsys.readouterr().err


def test_the_intake_can_be_walked_in_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter(["3", "2", "1", "1, 7", "3", "5"])
    monkeypatch.setattr("builtins.input", lambda prompt: next(answers))

    assert main(TALK) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Answer with a number, several as 1,3, or any text. Ctrl-D or an")
    assert printed.endswith("-- to a human: URGENT (iemand slaat of doet pijn)\n")


def test_an_empty_line_stops_the_talk(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter([" "])
    monkeypatch.setattr("builtins.input", lambda prompt: next(answers))

    assert main(TALK) == 0
    assert "-- to a human" not in capsys.readouterr().out


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert "visitor_sends" in json.loads(capsys.readouterr().out)


# the wheel


def test_the_wheel_carries_everything_and_runs_in_an_empty_folder(tmp_path: Path) -> None:
    built = tmp_path / "built"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "-q",
            "--no-deps",
            "--no-build-isolation",
            "-w",
            str(built),
            str(ROOT),
        ],
        check=True,
        timeout=120,
        cwd=tmp_path,
    )
    (wheel,) = built.glob("*.whl")
    unpacked, empty = tmp_path / "unpacked", tmp_path / "empty"
    empty.mkdir()
    zipfile.ZipFile(wheel).extractall(unpacked)

    environ = {"PYTHONPATH": str(unpacked)}
    checked = voordeur("check", cwd=empty, environ=environ)
    migrated = voordeur("migrate", "--database", "sqlite:///v.db", cwd=empty, environ=environ)

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert migrated.returncode == 0, migrated.stderr
    for part in ("handoff/web/static/chat/chat.html", "data/words/nl.txt", "data/danger/nl.yml"):
        assert (unpacked / part).is_file()
