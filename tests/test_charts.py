"""The pictures of a simulation: right, readable in dark and light, and told in words too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest

from handoff.insight import charts, svg
from handoff.insight.outcome import Summary, count, summarise
from handoff.insight.scenario import Arrival, Outcome, Visit
from handoff.insight.words import Words
from tests import shipped

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
ZONE = shipped.knowledge().regions[shipped.REGION].chat_hours.zone
SVG = "{http://www.w3.org/2000/svg}"


def words(language: str = "nl") -> Words:
    known = shipped.knowledge()
    names = {slug: region.name for slug, region in known.regions.items()}
    return Words(known.simulation_words, language, names)


def visit(waited_s: float, end: str = "answered", by: str = "zeeland", hour: int = 0) -> Visit:
    arrival = Arrival(NOON + timedelta(hours=hour), "zeeland", "normal", 600, 600)
    return Visit(arrival, end, waited_s, by if end == "answered" else None)


def summary(*runs: Sequence[Visit]) -> Summary:
    counted = [count(Outcome(tuple(run)), ZONE, 300) for run in runs]
    return summarise(counted, ["zeeland", "west-brabant"], 1, 5)


#: Of four in line one is answered at once, one after seven minutes elsewhere, and two leave.
FOUR = summary(
    [
        visit(10),
        visit(420, by="west-brabant", hour=1),
        visit(60, "left", hour=1),
        visit(90, "left", hour=1),
        visit(0, "at_once"),
        visit(0, "closed"),
    ]
)
DRAWN = {
    "waits": charts.waits(FOUR, words()),
    "hours": charts.hours(FOUR, words()),
    "overflow": charts.overflow(FOUR, words()),
}


def texts(picture: str, kind: str = "text") -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(picture).iter(SVG + kind)]


def bars(picture: str, kind: str) -> list[float]:
    """The heights of the bars of a colour."""
    found = ElementTree.fromstring(picture).iter(SVG + "rect")
    return [float(node.get("height", "0")) for node in found if node.get("class") == kind]


# what they say


def test_the_bars_of_waits_are_as_high_as_their_shares() -> None:
    in_time, late, left = (bars(DRAWN["waits"], kind) for kind in ("good", "late", "left"))

    assert in_time[0] > 0 and in_time[1:] == [0, 0]
    assert late == [in_time[0], 0, 0]
    assert left == [2 * in_time[0]]


def test_the_waits_are_told_in_words_with_their_numbers() -> None:
    (told,) = texts(DRAWN["waits"], "desc")

    assert told.startswith("Van de mensen in de wachtrij krijgt 25% binnen 5 minuten antwoord.")
    assert "tot 1 min: 25%. 1 tot 2 min: 0%." in told
    assert "5 tot 10 min: 25%." in told and "ging weg: 50%." in told


def test_a_promise_of_another_length_gets_a_bar_of_its_own() -> None:
    run = count(Outcome((visit(100),)), ZONE, 180)
    found = charts.waits(summarise([run], ["zeeland"], 1, 3), words())

    assert {"2 tot 3 min", "3 tot 10 min"} <= set(texts(found))


def test_only_hours_with_visitors_are_drawn_and_told() -> None:
    assert texts(DRAWN["hours"], "desc") == [
        "Hoe lang mensen gemiddeld in de wachtrij staan, naar het uur waarin zij komen."
        " Om 12 uur: 0,2 min, 1,0 bezoekers per week. Om 13 uur: 3,2 min, 3,0 bezoekers per week."
    ]


def test_who_steps_in_for_whom_is_drawn_with_names_and_numbers_and_told() -> None:
    assert {"Zeeland", "West-Brabant", "1,0"} <= set(texts(DRAWN["overflow"]))
    (told,) = texts(DRAWN["overflow"], "desc")
    assert told.endswith("Van Zeeland naar West-Brabant: 1,0.")


def test_without_overflow_or_visitors_the_picture_says_so() -> None:
    nothing = summary([])

    assert "Geen enkele chat ging naar een andere regio." in texts(
        charts.overflow(nothing, words())
    )
    assert "Er kwam niemand in de wachtrij." in texts(charts.hours(nothing, words()))
    assert charts.waits(nothing, words())


def test_the_range_of_many_runs_is_drawn_around_the_mean() -> None:
    one, other = [visit(10), visit(10, "left")], [visit(10)] * 4
    found = charts.waits(summary(one, other), words())

    assert "tot 1 min: 75%." in texts(found, "desc")[0]
    assert "75%" in texts(found)
    lines = [
        (float(node.get("y1", 0)), float(node.get("y2", 0)))
        for node in ElementTree.fromstring(found).iter(SVG + "line")
        if node.get("class") == "whisker"
    ]
    low, high = lines[0]
    # 50% and 100%, on an axis that ends at 100%
    assert high == charts.TOP and low == pytest.approx(charts.TOP + charts.PLOT / 2)


# how they read


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_picture_has_a_name_and_a_text_alternative(name: str, language: str) -> None:
    draw = {"waits": charts.waits, "hours": charts.hours, "overflow": charts.overflow}[name]
    root = ElementTree.fromstring(draw(FOUR, words(language)))

    assert root.get("role") == "img"
    ids = {node.get("id"): node.text for node in root.iter() if node.get("id")}
    named = root.get("aria-labelledby", "").split()
    assert len(named) == 2 and all(ids[one] for one in named)


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_asks_nothing_of_anybody(name: str) -> None:
    """No font, no script, no address but the name of the format."""
    addresses = re.findall(r"https?://[^\"]+", DRAWN[name])

    assert addresses == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<script|<image|href|url\(|@import", DRAWN[name])


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mixed(over: str, under: str, strength: float) -> str:
    pairs = ((int(over[at : at + 2], 16), int(under[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(o * strength + u * (1 - strength)):02x}" for o, u in pairs)


@pytest.mark.parametrize("colours", [svg.LIGHT, svg.DARK], ids=["light", "dark"])
def test_text_and_bars_can_be_read_on_their_paper(colours: dict[str, str]) -> None:
    paper = colours["paper"]

    assert min(contrast(colours[name], paper) for name in ("ink", "soft")) >= 4.5
    assert min(contrast(colours[name], paper) for name in ("good", "late", "left")) >= 3
    fullest = mixed(colours["good"], paper, charts.DARKEST)
    assert contrast(colours["ink"], fullest) >= 4.5


def test_both_palettes_have_the_same_colours_and_dark_is_asked_for() -> None:
    assert svg.LIGHT.keys() == svg.DARK.keys()
    assert "@media (prefers-color-scheme:dark)" in DRAWN["waits"]


def test_what_stands_in_a_name_cannot_become_markup() -> None:
    say = words()
    sharp = Words(say.texts, "nl", {"zeeland": "<b>&", "west-brabant": '"'})

    assert {"<b>&", '"'} <= set(texts(charts.overflow(FOUR, sharp)))


@pytest.mark.parametrize(
    ("most", "steps"),
    [
        (0, [0, 1]),
        (1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0.73, [0, 0.2, 0.4, 0.6, 0.8]),
        (4.2, [0, 1, 2, 3, 4, 5]),
        (37, [0, 10, 20, 30, 40]),
    ],
)
def test_an_axis_has_round_steps_up_to_the_highest_value(most: float, steps: list[float]) -> None:
    assert svg.steps(most) == pytest.approx(steps)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_all_words_are_there_in_both_languages(language: str) -> None:
    assert all(text[language] for text in shipped.knowledge().simulation_words.values())
