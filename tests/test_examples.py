"""Labelled examples: as a spreadsheet writes them, and what is wrong with a row."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.danger_examples import COLUMNS, Example, load_examples
from data.files import Unreadable
from tests import shipped
from tests.danger import CASES

HEAD = ",".join(COLUMNS)
FINE = "acute,weapon;child,child,hij heeft een mes,plain"


def written(folder: Path, *rows: str, head: str = HEAD) -> Path:
    (folder / "nl.csv").write_text("\n".join((head, *rows)) + "\n", "utf-8")
    return folder


def read(folder: Path) -> tuple[Example, ...]:
    return load_examples(folder, ("weapon", "child"))


def faults(folder: Path) -> list[str]:
    with pytest.raises(Unreadable) as caught:
        read(folder)
    return [str(fault) for fault in caught.value.faults]


def test_a_row_is_an_example_of_the_language_of_its_file(tmp_path: Path) -> None:
    (found,) = read(written(tmp_path, FINE, ""))

    assert (found.language, found.level, found.perspective) == ("nl", "acute", "child")
    assert (found.signals, found.text, found.line) == (("weapon", "child"), "hij heeft een mes", 2)


def test_a_text_with_a_comma_stands_between_quotes(tmp_path: Path) -> None:
    (found,) = read(written(tmp_path, 'normal,none,victim,"nee, dank je",'))

    assert (found.text, found.signals) == ("nee, dank je", ())


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("acut,none,victim,hij komt,", "`acut` is no level; did you mean `acute`?"),
        ("acute,weapn,victim,hij komt,", "`weapn` is no signal; did you mean `weapon`?"),
        ("acute,none,victm,hij komt,", "`victm` is no perspective; did you mean `victim`?"),
        ("acute,none,victim,hij komt, nu,", "has 6 columns, not 5: put a text with a comma"),
        ("acute,none,victim, ,", "the text has to be 1 to 2000 characters"),
    ],
)
def test_a_fault_names_its_file_and_line(tmp_path: Path, row: str, told: str) -> None:
    (fault,) = faults(written(tmp_path, FINE, row))

    assert fault.startswith(f"nl.csv:3: {told}")


def test_the_same_text_twice_is_told(tmp_path: Path) -> None:
    (fault,) = faults(written(tmp_path, FINE, "normal,none,victim,Hij heeft een  MES,"))

    assert fault == "nl.csv:3: the same text stands in line 2"


def test_another_first_line_is_told(tmp_path: Path) -> None:
    (fault,) = faults(written(tmp_path, FINE, head="level;text"))

    assert fault.startswith("nl.csv:1: the first line has to be `level,signals,")


def test_a_file_that_is_not_utf_8_says_how_to_save_it(tmp_path: Path) -> None:
    (tmp_path / "nl.csv").write_bytes("acute,none,victim,één,".encode("latin-1"))

    assert "save it as `CSV UTF-8`" in faults(tmp_path)[0]


def test_a_folder_without_examples_does_not_look_like_none(tmp_path: Path) -> None:
    assert "holds no examples" in faults(tmp_path)[0]


def test_no_example_to_judge_by_was_learnt_from() -> None:
    signals = shipped.knowledge().triage.signals
    learnt = load_examples(shipped.DATA_FOLDER / "danger" / "examples", signals)
    folders = ("kept_away", "reported")
    kept = [one for name in folders for one in load_examples(CASES / name, signals)]

    texts = {" ".join(one.text.lower().split()) for one in learnt}
    assert not [one.text for one in kept if " ".join(one.text.lower().split()) in texts]
