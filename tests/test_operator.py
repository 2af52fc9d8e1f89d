"""The commands as an operator types them: keys, people, tables, erasing, and what is refused."""

from __future__ import annotations

import errno
import gc
import io
import os
import re
import shutil
import signal
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from handoff.cli import main
from handoff.cli.common import DEMO_KEY, called
from handoff.cli.serve import Taken, _serve
from handoff.people.accounts import ROLES
from handoff.storage.keys import Vault, day_of, read_master
from handoff.storage.sqlite_file import ServingLock
from tests.test_cli import ROOT, voordeur

User = Callable[..., tuple[int, str]]

KEY = "a2V5LW9mLXRoaXJ0eS10d28tYnl0ZXMtZXhhY3RseSE="


def test_a_fresh_key_is_a_key_and_nothing_else_is_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["key", "new"]) == 0
    assert len(read_master(capsys.readouterr().out)) == 32


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A fresh database, as an operator makes it."""
    url = f"sqlite:///{tmp_path / 'v.db'}"
    assert main(["migrate", "--database", url]) == 0
    return url


@pytest.fixture
def user(url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> User:
    """`voordeur user`: the exit code, and what was printed."""

    def run(*arguments: str, given: str = "") -> tuple[int, str]:
        capsys.readouterr()
        monkeypatch.setattr("sys.stdin", io.StringIO(given))
        code = main(["user", *arguments, "--database", url])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return run


NOOR = ("add", "noor", "--name", "Noor", "--region", "zeeland")


def test_people_are_added_listed_disabled_and_get_a_new_password(user: User) -> None:
    assert user(*NOOR, given="a long password\n")[0] == 0
    assert user("password", "noor", given="another long one\n")[0] == 0
    assert user("disable", "noor")[0] == 0
    assert user("list") == (0, "noor\tcaseworker\tzeeland\tNoor\tdisabled\n")


def test_a_short_password_and_a_name_that_is_there_or_not_there_are_refused(user: User) -> None:
    code, told = user(*NOOR, given="short\n")
    assert (code, "at least" in told) == (1, True)

    user(*NOOR, given="a long password\n")
    code, told = user(*NOOR, given="a long password\n")
    assert (code, "there already" in told) == (1, True)
    assert user("disable", "nobody")[0] == user("remove", "nobody")[0] == 1


def test_a_login_is_removed_for_good(user: User) -> None:
    user(*NOOR, given="a long password\n")

    assert user("remove", "noor") == (0, "noor is removed\n")
    assert user("list") == (0, "")


def test_a_demo_touches_no_database_with_logins_of_its_own(
    user: User, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    user(*NOOR, given="a long password\n")

    assert main(["demo", "--database", url, "--port", "1"]) == 1
    assert "let everybody in" in capsys.readouterr().err
    assert user("list")[1].count("\n") == 1


def test_a_demo_touches_no_database_that_is_served(
    user: User, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = ServingLock(Path(url.removeprefix("sqlite:///")))
    try:
        assert main(["demo", "--database", url, "--port", "1"]) == 1
    finally:
        lock.release()

    assert user("list") == (0, "")


def test_purge_erases_the_rows_that_are_due_and_destroys_the_keys_that_nothing_needs(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vault = Vault(tmp_path / "keys", read_master(DEMO_KEY))
    today = datetime.now(UTC).date()
    old, fresh = today - timedelta(days=2), today - timedelta(days=1)
    vault.make_ahead(["zeeland"], old, 1)

    assert main(["purge", "--database", url, "--keys", str(vault.folder)]) == 0
    assert "0 conversations erased, 3 day keys destroyed" in capsys.readouterr().out
    assert {day_of(key_id) for key_id in vault.days()} == {fresh}


def test_migrate_names_the_database_and_says_whether_it_made_a_new_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "v.db"

    main(["migrate", "--database", f"sqlite:///{file}"])
    assert capsys.readouterr().out == f"{file}: made new\n"
    main(["migrate", "--database", f"sqlite:///{file}"])
    assert capsys.readouterr().out == f"{file}: is at this version\n"


def test_migrate_makes_no_folder_for_a_misspelt_address(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "dtaa"

    assert main(["migrate", "--database", f"sqlite:///{folder / 'v.db'}"]) == 1
    assert f"there is no folder {folder}" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_login_is_refused_where_no_tables_are_and_told_where_it_went(
    tmp_path: Path, user: User, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    typo = tmp_path / "typo.db"

    assert main(["user", *NOOR, "--database", f"sqlite:///{typo}"]) == 1
    told = capsys.readouterr().err
    assert f"{typo}: there are no tables yet; run `voordeur migrate`" in told
    assert not typo.exists()

    _, told = user(*NOOR, given="a long password\n")
    assert told == f"noor can log in; database: {url.removeprefix('sqlite:///')}\n"


def test_a_database_is_called_without_its_password() -> None:
    assert called("postgresql://me:geheim@host/name?password=geheim") == "postgresql://me@host/name"
    assert called("postgresql://host/name") == "postgresql://host/name"


@pytest.mark.parametrize("which", ["the folder", "the file", "the keys", "the folder of the keys"])
def test_serve_names_what_it_cannot_write_and_does_not_start(
    which: str,
    url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    keys = tmp_path / "safe" / "keys"
    keys.parent.mkdir()
    if which == "the keys":
        keys.mkdir()
    closed = {
        "the folder": tmp_path,
        "the file": tmp_path / "v.db",
        "the keys": keys,
        "the folder of the keys": keys.parent,
    }[which]
    monkeypatch.setattr("os.access", lambda path, mode: path != closed)
    monkeypatch.setenv("VOORDEUR_KEY", "a2V5LW9mLXRoaXJ0eS10d28tYnl0ZXMtZXhhY3RseSE=")

    assert main(["serve", "--database", url, "--keys", str(keys)]) == 1
    assert f"{closed} cannot be written by" in capsys.readouterr().err


async def test_the_log_names_both_ports(
    caplog: pytest.LogCaptureFixture, unused_tcp_port_factory: Callable[[], int]
) -> None:
    port, staff = unused_tcp_port_factory(), unused_tcp_port_factory()
    caplog.set_level("INFO", "voordeur")

    def stop() -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    try:
        await _serve(web.Application(), "127.0.0.1", port, staff, 1, stop)
    finally:
        gc.unfreeze()

    assert f"listening on http://127.0.0.1:{port} for visitors" in caplog.messages
    assert f"listening on http://127.0.0.1:{staff} for staff" in caplog.messages


def test_a_taken_port_is_told_with_the_option_that_takes_another() -> None:
    taken = Taken("127.0.0.1", 8081, "--staff-port", OSError(errno.EADDRINUSE, "in use"))

    told = "cannot listen on 127.0.0.1:8081: it is taken; try --staff-port 8091"
    assert taken.told(in_demo=False) == told


OPERATION = (ROOT / "docs" / "operation.md").read_text()


def test_the_page_says_what_every_role_may_do() -> None:
    assert [role for role in ROLES if f"| `{role}` | " not in OPERATION] == []


def test_on_the_page_every_program_of_ours_has_its_path_or_the_service_user() -> None:
    blocks = re.findall(r"^```(?:sh|ini)\n(.*?)^```", OPERATION, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]

    assert [line for line in lines if re.match(r"\s*pip\b|.*&& pip\b", line)] == []
    assert "alias voordeur='sudo -u voordeur " in OPERATION
    assert all("--require-hashes" in line or "-e ." in line for line in lines if "/pip " in line)


def test_the_page_has_a_proxy_for_each_port_of_the_unit() -> None:
    ports = re.findall(r"--(?:staff-)?port (\d+)", OPERATION)

    assert ports == ["8080", "8081"]
    assert all(f"proxy_pass http://127.0.0.1:{port};" in OPERATION for port in ports)
    assert "Environment=VOORDEUR_TRUSTED_PROXIES=" in OPERATION
    assert OPERATION.count("ssl_certificate_key ") == OPERATION.count(" no_address;") == 2


def test_an_old_database_is_refused_with_what_to_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = f"sqlite:///{tmp_path / 'v.db'}"

    assert main(["migrate", "--check", "--database", database]) == 1
    assert "voordeur migrate" in capsys.readouterr().err
    assert main(["migrate", "--database", database]) == 0
    assert main(["migrate", "--check", "--database", database]) == 0


def test_serve_refuses_to_start_without_a_key(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'v.db'}"
    main(["migrate", "--database", database])

    refused = voordeur("serve", "--database", database)

    assert refused.returncode == 1
    assert "voordeur key new" in refused.stderr


def test_serve_refuses_the_key_that_everybody_knows(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'v.db'}"
    main(["migrate", "--database", database])

    refused = voordeur("serve", "--database", database, environ={"VOORDEUR_KEY": DEMO_KEY})

    assert refused.returncode == 1
    assert "everybody knows" in refused.stderr


def test_serve_refuses_another_key_than_the_one_its_keys_were_made_with(tmp_path: Path) -> None:
    database, keys = f"sqlite:///{tmp_path / 'v.db'}", tmp_path / "keys"
    main(["migrate", "--database", database])
    Vault(keys, b"another key of thirty-two bytes.").new("c", "groningen", date(2026, 1, 1), "talk")
    given = ("serve", "--database", database, "--keys", str(keys))

    refused = voordeur(*given, environ={"VOORDEUR_KEY": KEY})

    assert refused.returncode == 1
    assert "1 of the 1 keys" in refused.stderr
    assert "another master key" in refused.stderr


def test_serve_refuses_old_tables(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'v.db'}"

    refused = voordeur("serve", "--database", database, environ={"VOORDEUR_KEY": KEY})

    assert refused.returncode == 1
    assert "voordeur migrate" in refused.stderr


def test_serve_refuses_a_script_with_faults_and_names_them(tmp_path: Path) -> None:
    script = tmp_path / "script"
    shutil.copytree(ROOT / "flows" / "script", script)
    intake = script / "flows" / "intake.yml"
    intake.write_text(intake.read_text().replace("then: for_work", "then: for_wrok"))

    refused = voordeur("serve", "--script", str(script))

    assert refused.returncode == 1
    assert "for_wrok" in refused.stderr
    assert "intake.yml:" in refused.stderr
