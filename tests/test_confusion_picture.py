"""The picture of the confusion tables: every count is there, and it can be read without seeing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest

from flows.danger.judging import Figures
from handoff.cli import main
from handoff.insight import charts, svg
from handoff.insight import confusion as picture
from handoff.insight.confusion import confusion
from tests.danger import CASES

SVG = "{http://www.w3.org/2000/svg}"
DUTCH = Figures(Counter({("acute", "acute"): 9, ("acute", "normal"): 1, ("normal", "normal"): 4}))
ENGLISH = Figures(Counter({("urgent", "urgent"): 7}))
BOTH = Figures(DUTCH.called + ENGLISH.called)
DRAWN = confusion(
    {"rules": {"nl": DUTCH, "all": DUTCH}, "rules+model": {"en": ENGLISH, "nl": DUTCH, "all": BOTH}}
)


def texts(drawn: str, kind: str = "text") -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(drawn).iter(SVG + kind)]


def test_every_cell_has_its_count_and_its_share_of_the_row() -> None:
    found = Counter(texts(DRAWN))

    # Dutch twice, and all of the first listener is Dutch as well
    assert found["9 · 90%"] == found["1 · 10%"] == 4
    assert found["4 · 100%"] == 4
    assert found["7 · 100%"] == 2
    assert {"rules", "rules+model", "nl", "en", "all"} <= set(found)


def test_a_level_of_which_there_is_none_has_no_share() -> None:
    assert "–" in texts(DRAWN)
    assert "nan" not in DRAWN


def test_each_language_and_listener_has_nine_cells_inside_the_picture() -> None:
    root = ElementTree.fromstring(DRAWN)
    wide, high = float(root.get("width", 0)), float(root.get("height", 0))
    cells = [node for node in root.iter(SVG + "rect") if node.get("class") in ("good", "late")]

    assert len(cells) == 9 * 5
    assert [one.get("class") for one in cells].count("good") == 3 * 5
    for one in cells:
        x, y, w, h = (float(one.get(name, -1)) for name in ("x", "y", "width", "height"))
        assert x >= 0
        assert y >= 0
        assert x + w <= wide
        assert y + h <= high


def test_what_it_shows_is_told_in_words_too() -> None:
    (told,) = texts(DRAWN, "desc")

    assert "rules, of 10 labelled acute: 9 heard as acute, 0 heard as urgent, 1 heard as" in told
    assert "rules+model, of 7 labelled urgent: 0 heard as acute, 7 heard as urgent" in told


def test_the_fullest_cell_is_no_darker_than_one_that_is_known_to_be_readable() -> None:
    assert picture.DARKEST <= charts.DARKEST
    assert {"good", "late"} <= svg.LIGHT.keys()


def test_the_command_draws_what_it_judges(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "judged.svg"

    assert main(["learn", "--judge", str(CASES / "kept_away"), "--svg", str(file)]) == 0

    told = capsys.readouterr().out
    drawn = file.read_text("utf-8")
    assert {"nl", "en", "ar", "all", "rules", "rules+model"} <= set(texts(drawn))
    for head in ("| labelled |", "| kind |", "| signal |"):
        assert told.count(head) == 2
    assert f"wrote {file}" in told


def test_a_picture_without_something_to_judge_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["learn", "--check", "--svg", str(tmp_path / "x.svg")]) != 0
    assert "--judge" in capsys.readouterr().err


def test_a_picture_that_cannot_be_written_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "nowhere" / "x.svg"

    assert main(["learn", "--judge", str(CASES / "kept_away"), "--svg", str(file)]) != 0
    assert "cannot be written" in capsys.readouterr().err
