"""Settings: read in order, refused with a reason, and told in the docs."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from handoff import settings
from handoff.settings import BadSetting, Settings

DOCS = Path(__file__).parent.parent / "docs" / "settings.md"


def test_every_setting_stands_in_the_docs_with_its_unit_and_reason() -> None:
    # to mend it: voordeur settings, pasted below the introduction
    assert DOCS.read_text("utf-8").endswith(settings.as_table())


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    file = tmp_path / "voordeur.toml"
    file.write_text("intake_idle_s = 30\nopen_burst = 5\n")

    found = settings.load({"VOORDEUR_OPEN_BURST": "7"}, file)

    assert (found.intake_idle_s, found.open_burst) == (30, 7)
    assert found.retention_h == Settings().retention_h


def test_an_unknown_setting_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "voordeur.toml"
    file.write_text("intake_idel_s = 30\n")

    with pytest.raises(BadSetting, match="intake_idel_s"):
        settings.load({}, file)


@pytest.mark.parametrize("value", ["soon", "-1", ""])
def test_a_value_of_the_wrong_kind_is_refused(value: str) -> None:
    with pytest.raises(BadSetting, match="open_burst"):
        settings.load({"VOORDEUR_OPEN_BURST": value})


def test_a_switch_takes_words_that_people_write() -> None:
    assert settings.load({"VOORDEUR_SECURE_COOKIES": "no"}).secure_cookies is False
    with pytest.raises(BadSetting):
        settings.load({"VOORDEUR_SECURE_COOKIES": "maybe"})


def test_a_file_that_is_not_toml_is_refused_with_its_name(tmp_path: Path) -> None:
    file = tmp_path / "voordeur.toml"
    file.write_text("intake_idle_s: 30")

    with pytest.raises(BadSetting, match="cannot be read as TOML"):
        settings.load({}, file)


def test_the_file_to_start_from_is_toml_with_every_setting() -> None:
    uncommented = "\n".join(
        line.removeprefix("# ") for line in settings.as_toml().splitlines() if " = " in line
    )

    assert set(tomllib.loads(uncommented)) == set(Settings.__slots__)
