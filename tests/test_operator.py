"""The commands as an operator types them: keys, people, tables, erasing, and what is refused."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from handoff.cli import main
from handoff.cli.common import DEMO_KEY
from handoff.storage.keys import Vault, day_of, read_master
from handoff.storage.sqlite_file import ServingLock
from tests.test_cli import ROOT, voordeur

User = Callable[..., tuple[int, str]]


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


def test_serve_refuses_old_tables(tmp_path: Path) -> None:
    key = "a2V5LW9mLXRoaXJ0eS10d28tYnl0ZXMtZXhhY3RseSE="
    database = f"sqlite:///{tmp_path / 'v.db'}"

    refused = voordeur("serve", "--database", database, environ={"VOORDEUR_KEY": key})

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
