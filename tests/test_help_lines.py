"""Help lines: numbers to call, when, and when someone last looked."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from data.files import Section, parse_yaml
from data.help_lines import HelpLine, read_help_lines
from data.hours import opening
from tests import shipped

LINE = """\
lines:
  talk:
    name: {nl: Praatlijn, en: Talk line}
    number: "0000-0000"
    site: example.org
    for_whom: {nl: Iedereen, en: Everyone}
    checked: 2026-11-21
"""


def read(text: str) -> tuple[dict[str, HelpLine], list[str]]:
    section = Section(parse_yaml(text.encode(), "help.yml"), "help.yml", [])
    found = read_help_lines(section, ("nl", "en"), "Europe/Amsterdam")
    return found, [str(fault) for fault in section.faults]


def test_line_without_hours_is_open_always() -> None:
    found, faults = read(LINE)

    assert faults == []
    assert found["talk"].name == {"nl": "Praatlijn", "en": "Talk line"}
    assert found["talk"].checked == date(2026, 11, 21)
    assert opening(found["talk"].hours, datetime(2026, 12, 25, 3, tzinfo=UTC)).open


def test_line_with_hours_keeps_them() -> None:
    found, faults = read(LINE + "    hours: [{days: [mon-sun], from: 11:00, to: 21:00}]\n")

    assert faults == []
    assert not opening(found["talk"].hours, datetime(2026, 11, 18, 9, tzinfo=UTC)).open
    assert opening(found["talk"].hours, datetime(2026, 11, 18, 11, tzinfo=UTC)).open


@pytest.mark.parametrize(
    ("number", "tel"), [("0000-0000", "00000000"), ("+31 (0)", None), ("00 00", "0000")]
)
def test_number_is_dialled_by_its_digits(number: str, tel: str | None) -> None:
    found, faults = read(LINE.replace("0000-0000", number))

    if tel is None:
        assert faults == [f"help.yml:4: `{number}` is not a phone number"]
    else:
        assert (found["talk"].tel, faults) == (tel, [])


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("2026-11-21", "21-11-2026", "help.yml:7: `21-11-2026` is not a date, such as 2026-11-01"),
        (", en: Talk line", "", "help.yml:3: `en` is missing"),
        ("en: Talk line", "en: x, de: y", "help.yml:3: `de` is not known here; known: `en`, `nl`"),
        ("site:", "sight:", "help.yml:5: `sight` is not known here; did you mean `site`?"),
        ('    number: "0000-0000"\n', "", "help.yml:3: `number` is missing"),
    ],
)
def test_line_that_makes_no_sense_is_told(old: str, new: str, fault: str) -> None:
    assert fault in read(LINE.replace(old, new))[1]


def test_misspelt_heading_is_told() -> None:
    assert read("line: {}\n" + LINE)[1] == [
        "help.yml:1: `line` is not known here; did you mean `lines`?"
    ]


def test_line_without_hours_is_open_on_every_minute_of_the_week() -> None:
    (block,) = read(LINE)[0]["talk"].hours.blocks

    assert (block.days, block.start, block.end) == (frozenset(range(7)), 0, 24 * 60)


def test_shipped_lines_have_every_language_and_a_number() -> None:
    knowledge = shipped.knowledge()

    assert {knowledge.emergency_line, knowledge.advice_line} <= set(knowledge.help_lines)
    for line in knowledge.help_lines.values():
        assert line.tel
        assert set(line.name) == set(line.for_whom) == set(knowledge.languages)
        assert line.checked > date(2026, 1, 1)
