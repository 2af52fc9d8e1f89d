"""Which lines stand on the emergency card, for whom and when."""

from __future__ import annotations

from itertools import product

import pytest

from data.emergency_card import CardLine, CardState, card_lines, read_emergency_card
from data.files import Section, parse_yaml
from flows.render import fields
from tests import shipped

ROLES = ("self", "other", "young", "afraid_to_hurt", "work", "unknown")
STAFF = ("called", "full", "none", None)


def state(
    role: str = "self",
    heard: bool = False,
    staff: str | None = "called",
    signals: tuple[str, ...] = (),
    office: bool = False,
) -> CardState:
    return CardState(role, heard, staff, signals, office)


def shown(part: str, **changes: object) -> list[str]:
    """The shipped lines without the prefix that all have."""
    lines = card_lines(shipped.knowledge().emergency_card, part, state(**changes))  # type: ignore[arg-type]
    return [line.removeprefix("utter_emergency_") for line in lines]


@pytest.mark.parametrize(
    ("role", "lines"),
    [
        ("self", ["self", "deaf", "trace"]),
        ("unknown", ["self", "deaf", "trace"]),
        ("other", ["other", "deaf", "trace"]),
        ("young", ["young", "deaf", "trace"]),
        ("afraid_to_hurt", ["afraid_to_hurt", "trace"]),
        ("work", ["work", "trace"]),
    ],
)
def test_said_card_states_what_to_do_for_the_role(role: str, lines: list[str]) -> None:
    assert shown("call", role=role) == lines


@pytest.mark.parametrize(
    ("role", "lines"),
    [
        ("self", ["heard", "deaf", "trace"]),
        ("unknown", ["heard", "deaf", "trace"]),
        ("other", ["heard", "deaf", "trace"]),
        ("young", ["heard", "deaf", "trace"]),
        ("afraid_to_hurt", ["heard_afraid_to_hurt", "trace"]),
        ("work", ["heard", "trace"]),
    ],
)
def test_heard_card_asks_and_does_not_state(role: str, lines: list[str]) -> None:
    assert shown("call", role=role, heard=True) == lines


@pytest.mark.parametrize("signal", ["strangulation", "injury", "pregnancy"])
@pytest.mark.parametrize("heard", [True, False])
def test_ambulance_stands_second_when_someone_is_hurt(signal: str, heard: bool) -> None:
    assert shown("call", signals=(signal,), heard=heard)[1] == "medical"


@pytest.mark.parametrize("role", ROLES)
def test_who_may_have_taken_something_reads_to_ask_for_an_ambulance(role: str) -> None:
    assert shown("call", role=role, signals=("suicide",), heard=True)[1] == "taken"
    assert "taken" not in shown("call", role=role, signals=("weapon",), heard=True)


@pytest.mark.parametrize("signal", ["weapon", "confined", "child", "suicide"])
def test_ambulance_is_not_named_for_other_signals(signal: str) -> None:
    assert "medical" not in shown("call", signals=(signal,))


@pytest.mark.parametrize(
    ("staff", "first"),
    [("called", "stay"), ("full", "full"), ("none", "nobody"), (None, "let_call")],
)
def test_who_cannot_call_hears_first_whether_anybody_reads_this(
    staff: str | None, first: str
) -> None:
    assert shown("cannot", staff=staff)[0] == first


def test_nobody_is_promised_a_caseworker_when_there_is_none() -> None:
    for role, staff in product(ROLES, ("full", "none", None)):
        assert "stay" not in shown("cannot", role=role, staff=staff)


def test_who_is_locked_in_is_told_to_shout_and_others_are_not() -> None:
    assert "locked" in shown("cannot", signals=("confined",))
    assert "locked" not in shown("cannot", signals=("weapon",))


@pytest.mark.parametrize(("office", "line"), [(True, "leave_office"), (False, "leave")])
def test_office_is_named_only_while_it_is_open(office: bool, line: str) -> None:
    assert [name for name in shown("cannot", office=office) if name.startswith("leave")] == [line]


@pytest.mark.parametrize("role", ["other", "young", "work", "afraid_to_hurt"])
def test_who_is_not_the_victim_is_not_sent_out_of_the_house(role: str) -> None:
    assert not [name for name in shown("cannot", role=role) if name.startswith("leave")]


@pytest.mark.parametrize(
    ("part", "role", "heard", "staff", "office"),
    list(product(("call", "cannot"), ROLES, (True, False), STAFF, (True, False))),
)
def test_every_form_of_the_card_says_something_and_says_it_once(
    part: str, role: str, heard: bool, staff: str | None, office: bool
) -> None:
    lines = shown(part, role=role, heard=heard, staff=staff, office=office)

    assert lines
    assert len(lines) == len(set(lines))
    if part == "call":
        response = shipped.script().responses[f"utter_emergency_{lines[0]}"]
        for text in response.variations[0].text.values():
            assert "context_number_emergency" in fields(text)


# reading


def read(text: str) -> tuple[tuple[CardLine, ...], list[str]]:
    section = Section(parse_yaml(text.encode(), "card.yml"), "card.yml", [])
    found = read_emergency_card(section, ("self", "young"), ("injury",))
    return found, [str(fault) for fault in section.faults]


def test_line_is_read_with_its_line() -> None:
    found, faults = read("lines:\n  - {response: utter_x, part: call, heard: false}\n")

    assert faults == []
    assert found == (CardLine("utter_x", "call", False, (), (), (), None),)
    assert found[0].line == 2


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{response: u, part: cal}", "`cal` is not a part; did you mean `call`?"),
        ("{response: u, part: call, roles: [selv]}", "`selv` is not one of self, young"),
        ("{response: u, part: call, signals: [x]}", "`x` is not one of injury"),
        (
            "{response: u, part: call, staff: [x]}",
            "`x` is not one of called, full, here, none, rung",
        ),
        (
            "{response: u, part: call, office: shut}",
            "`shut` is not a office; known: `closed`, `open`",
        ),
        ("{response: u, part: call, heard: maybe}", "`heard` must be `true` or `false`"),
        ("{part: call}", "`response` is missing"),
        (
            "{response: u, part: call, rolls: [self]}",
            "`rolls` is not known here; did you mean `roles`?",
        ),
    ],
)
def test_line_that_makes_no_sense_is_told(line: str, fault: str) -> None:
    assert f"card.yml:2: {fault}" in read(f"lines:\n  - {line}\n")[1]
