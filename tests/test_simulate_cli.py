"""`voordeur simulate` as a coordinator types it."""

from __future__ import annotations

import csv
from pathlib import Path
from random import Random
from statistics import fmean
from xml.etree import ElementTree

import pytest

from handoff.cli import main, simulate
from handoff.insight.scenario import Outcome, Scenario, Visit

HOME = "zuidoost-brabant"
QUICK = ["simulate", "--seeds", "3", "--from", "2026-11-23"]
FILES = ["hours.csv", "hours.svg", "overflow.csv", "overflow.svg", "regions.csv", "waits.svg"]


def rows(file: Path) -> list[dict[str, str]]:
    with file.open() as stream:
        return list(csv.DictReader(stream))


def test_without_anything_the_pilot_is_played_with_one_caseworker(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(QUICK) == 0

    told = capsys.readouterr()
    assert "3 keer doorgerekend, vanaf 2026-11-23." in told.out
    assert "Bezoekers per week: 33,0." in told.out
    assert "Zuidoost-Brabant" in told.out and "antwoord binnen 5 min" in told.out


def test_progress_goes_to_the_standard_error_so_that_the_table_can_go_to_a_file(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main([*QUICK, "--language", "en"])

    told = capsys.readouterr()
    assert "run 3 of 3, about 0 s to go" in told.err
    assert "to go" not in told.out


def test_charts_and_tables_are_written_where_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "folder"

    assert main([*QUICK, "--region", HOME, "--region", "zeeland", "--out", str(out)]) == 0

    assert sorted(file.name for file in out.iterdir()) == FILES
    for file in out.glob("*.svg"):
        ElementTree.fromstring(file.read_text("utf-8"))
    assert [row["region"] for row in rows(out / "regions.csv")] == ["*", HOME, "zeeland"]
    assert str(out / "waits.svg") in capsys.readouterr().out


def test_nothing_is_written_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    main(QUICK)

    assert list(tmp_path.iterdir()) == []


def test_the_same_question_has_the_same_answer(capsys: pytest.CaptureFixture[str]) -> None:
    main(QUICK)
    first = capsys.readouterr().out
    main(QUICK)

    assert capsys.readouterr().out == first


def test_a_number_a_week_is_for_all_regions_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--all", "--per-week", "425", "--out", str(tmp_path)]

    assert main([*QUICK, *given]) == 0

    assert "Regio's: 26. Bezoekers per week: 425,0." in capsys.readouterr().out
    assert float(rows(tmp_path / "regions.csv")[0]["visitors_per_week"]) == pytest.approx(
        425, rel=0.1
    )


def test_more_caseworkers_mean_that_fewer_leave(tmp_path: Path) -> None:
    left = []
    for number in ("1", "2", "3"):
        main([*QUICK, "--per-week", "400", "--caseworkers", number, "--out", str(tmp_path)])
        left.append(float(rows(tmp_path / "regions.csv")[1]["left_per_week"]))

    assert left[0] > left[1] > left[2]


def test_a_roster_says_who_is_there_when(tmp_path: Path) -> None:
    """Nobody in the evening: who comes then finds it closed (DOMAIN finding 7)."""
    roster = tmp_path / "roster.csv"
    roster.write_text(f"region,days,from,to,caseworkers\n{HOME},mon-sun,09:00,17:00,3\n")

    main([*QUICK, "--roster", str(roster), "--out", str(tmp_path)])

    by_hour = {row["hour"]: row["minutes_in_line"] for row in rows(tmp_path / "hours.csv")}
    assert float(by_hour["12"]) < 0.5
    assert by_hour["20"] == ""
    assert float(rows(tmp_path / "regions.csv")[1]["found_closed_per_week"]) > 0


def test_the_log_itself_can_be_played_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", "--replay", "--seeds", "2", "--out", str(tmp_path)]) == 0

    assert "vanaf 2020-04-21." in capsys.readouterr().out
    (everyone, _) = rows(tmp_path / "regions.csv")
    assert (everyone["visitors_per_week_low"], everyone["visitors_per_week_high"]) == ("33", "33")
    assert everyone["offline_at_once_per_week"] == "2"


def test_on_a_holiday_visitors_find_the_chat_closed(tmp_path: Path) -> None:
    """Christmas is a Friday in 2026, and utrecht keeps it."""
    closed = []
    for monday in ("2026-12-07", "2026-12-21"):
        given = ["--region", "utrecht", "--per-week", "400", "--from", monday]
        main(["simulate", "--seeds", "3", *given, "--out", str(tmp_path)])
        closed.append(float(rows(tmp_path / "regions.csv")[1]["found_closed_per_week"]))

    assert closed[0] == 0
    assert 20 < closed[1] < 100


def test_any_engine_can_be_plugged_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def elsewhere(scenario: Scenario, chance: Random) -> Outcome:
        return Outcome(tuple(Visit(one, "answered", 600, "zeeland") for one in scenario.arrivals))

    monkeypatch.setattr(simulate, "ENGINE", elsewhere)
    main([*QUICK, "--out", str(tmp_path)])

    assert {(row["region"], row["answered_by"]) for row in rows(tmp_path / "overflow.csv")} == {
        (HOME, "zeeland")
    }
    assert rows(tmp_path / "regions.csv")[0]["share_answered_in_time"] == "0"


def test_what_no_log_says_can_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    played: list[Scenario] = []

    def look(scenario: Scenario, chance: Random) -> Outcome:
        played.append(scenario)
        return Outcome(tuple(Visit(one, "left", 0) for one in scenario.arrivals))

    monkeypatch.setattr(simulate, "ENGINE", look)
    given = "--per-week 2000 --acute 50 --urgent 25% --silent 0 --patience 4 --talk 12 --answer 7"
    main([*QUICK, "--seeds", "1", *given.split()])

    (scenario,) = played
    came = [one for one in scenario.arrivals if one.leaves != "at_once"]
    levels = [one.level for one in came]
    assert scenario.answer_s == 7
    assert levels.count("acute") / len(levels) == pytest.approx(0.5, abs=0.05)
    assert levels.count("urgent") / len(levels) == pytest.approx(0.25, abs=0.05)
    assert {one.leaves for one in came} == {"says"}
    assert fmean(one.patience_s for one in came) == pytest.approx(240, rel=0.1)
    assert fmean(one.service_s for one in came) == pytest.approx(720, rel=0.1)


# what is refused


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--region", "zeelnd"], "there is no region `zeelnd`"),
        (["--language", "fr"], "`fr` is not one of nl, en"),
        (["--acute", "60", "--urgent", "60"], "more than 100%"),
        (["--log", "nowhere.csv"], "nowhere.csv:1: cannot be read"),
        (["--roster", "nowhere.csv"], "nowhere.csv:1: cannot be read"),
    ],
)
def test_what_cannot_be_done_is_told_in_words(
    given: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*QUICK, *given]) == 1
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--caseworkers", "x"], "`x` is not a number of caseworkers, 0 or more"),
        (["--per-week", "-3"], "`-3` is not a number of visitors, 0 or more"),
        (["--per-week", "nan"], "`nan` is not a number of visitors, 0 or more"),
        (["--weeks", "0"], "`0` is not a number of weeks, 1 or more"),
        (["--seeds", "0"], "`0` is not a number of runs, 1 or more"),
        (["--from", "1-1-2027"], "`1-1-2027` is not a day, such as 2026-12-24"),
        (["--acute", "101"], "`101` is more than 100%"),
    ],
)
def test_a_number_that_is_none_is_told_in_words(
    given: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["simulate", *given])
    assert told in capsys.readouterr().err


def test_a_fault_in_the_log_is_told_by_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log.csv"
    log.write_text("number,started_at,minutes,offline_at_once\n1,gisteren,5,no\n")

    assert main([*QUICK, "--log", str(log)]) == 1
    assert f"{log}:2: `gisteren` is not a local time" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_told_before_the_first_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")

    assert main([*QUICK, "--out", str(tmp_path / "file" / "folder")]) == 1
    told = capsys.readouterr().err
    assert "cannot be made" in told and "3 van 3" not in told


def test_a_log_without_a_chat_in_the_hours_of_a_region_says_what_to_give(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log.csv"
    log.write_text("number,started_at,minutes,offline_at_once\n1,2020-04-21T03:00,5,no\n")

    assert main([*QUICK, "--log", str(log)]) == 0
    assert "Zuidoost-Brabant: in dit log staat geen chat" in capsys.readouterr().err
