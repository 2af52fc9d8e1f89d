"""Which help card fits: the table, its reader, its faults, and what a talk remembers of it."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from data.files import Section, parse_yaml
from data.help_cards import HelpCard, help_cards, read_help_cards
from flows.engine import begin
from flows.urgency import Heard, strike
from handoff.desk.dialogue import CANNOT_CALL, Talk
from tests import shipped
from tests.little import faults, little_house
from tests.shipped import FakeEars
from tests.test_dialogue import Visit, dialogue, visit

LINES = shipped.knowledge().help_lines
EMERGENCY = LINES[shipped.knowledge().emergency_line].number
SUICIDE_LINE = LINES["suicide"]
ROLES = ("self", "other", "young", "work", "afraid_to_hurt", "unknown")


def shown(*signals: str, role: str = "self", **more: object) -> list[str]:
    """The shipped cards, without the prefix that all have."""
    found = help_cards(shipped.knowledge().help_cards, signals, role, **more)  # type: ignore[arg-type]
    return [card.response.removeprefix("utter_card_") for card in found]


# the table


@pytest.mark.parametrize(
    ("signal", "role", "card"),
    [
        ("suicide", "self", "suicide"),
        ("suicide", "unknown", "suicide"),
        ("suicide", "afraid_to_hurt", "suicide"),
        ("suicide", "other", "suicide_another"),
        ("suicide", "work", "suicide_another"),
        ("sexual", "self", "sexual"),
        ("sexual", "other", "sexual_another"),
        ("sexual", "work", "sexual_another"),
        ("strangulation", "self", "throat"),
        ("strangulation", "other", "throat_another"),
        ("strangulation", "afraid_to_hurt", "throat_another"),
    ],
)
def test_a_card_is_worded_for_the_role(signal: str, role: str, card: str) -> None:
    assert shown(signal, role=role) == [card]


def test_who_is_under_18_reads_of_the_line_for_children_and_others_do_not() -> None:
    assert [role for role in ROLES if shown(role=role)] == ["young"]


def test_who_did_it_does_not_read_where_to_go_after_sex_against_your_will() -> None:
    assert shown("sexual", role="afraid_to_hurt") == []


@pytest.mark.parametrize("signal", ["weapon", "child", "injury", "stalking"])
def test_other_signals_bring_no_card(signal: str) -> None:
    assert shown(signal) == []


def test_cards_come_in_a_calm_order_and_two_at_a_time() -> None:
    signals = ("strangulation", "sexual", "suicide")

    assert shown(*signals, role="young") == ["suicide", "sexual"]
    assert shown(*signals, role="young", shown=("suicide", "sexual")) == ["throat", "children"]


def test_a_kind_that_was_shown_does_not_come_again_for_another_role() -> None:
    assert shown("suicide", role="other", shown=("suicide",)) == []


def test_in_acute_danger_only_what_adds_something_stands_beside_the_emergency_card() -> None:
    signals = ("strangulation", "sexual", "suicide")

    assert shown(*signals, acute=True) == ["suicide", "sexual"]
    assert shown("strangulation", acute=True) == []
    assert shown(role="young", acute=True) == []


# reading


def read(text: str) -> tuple[tuple[HelpCard, ...], list[str]]:
    section = Section(parse_yaml(text.encode(), "help.yml"), "help.yml", [])
    found = read_help_cards(section, ("self", "young"), ("suicide",))
    return found, [str(fault) for fault in section.faults]


def test_a_line_is_read_with_its_line() -> None:
    found, told = read(
        "cards:\n  - {card: a, response: utter_a, signals: [suicide], acute: true}\n"
    )

    assert told == []
    assert found == (HelpCard("a", "utter_a", ("suicide",), (), True),)
    assert found[0].line == 2


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{card: a, response: u, signals: [suicid]}", "`suicid` is not one of suicide"),
        ("{card: a, response: u, roles: [selv]}", "`selv` is not one of self, young"),
        ("{card: a, response: u}", "`a` would fit everyone: name `signals` or `roles`"),
        ("{response: u, roles: [self]}", "`card` is missing"),
        ("{card: a, roles: [self]}", "`response` is missing"),
        ("{card: a, response: u, roles: [self], acute: 1}", "`acute` must be `true` or `false`"),
        (
            "{card: a, response: u, roles: [self], signal: []}",
            "`signal` is not known here; did you mean `signals`?",
        ),
    ],
)
def test_a_line_that_makes_no_sense_is_told(line: str, fault: str) -> None:
    assert f"help.yml:2: {fault}" in read(f"cards:\n  - {line}\n")[1]


def told(*cards: HelpCard) -> list[str]:
    """What `check` says of a little script with these cards."""
    house = little_house()
    return faults(house=replace(house, knowledge=replace(house.knowledge, help_cards=cards)))


def test_a_text_that_is_not_there_is_told_at_its_line() -> None:
    found = told(HelpCard("a", "utter_mony", (), ("self",), line=7))

    assert found == [
        "data/help_cards.yml:7: there is no response `utter_mony`; did you mean `utter_money`?"
    ]


def test_a_card_that_states_what_may_only_have_been_heard_is_told() -> None:
    found = told(HelpCard("a", "utter_money", ("suicide",), line=7))

    assert found == [
        f"data/help_cards.yml:7: `utter_money` must begin with a question in `{language}`: "
        "what is heard is not certain"
        for language in ("en", "nl")
    ]


def test_a_card_for_what_somebody_said_of_themselves_need_not_ask() -> None:
    assert told(HelpCard("a", "utter_money", (), ("young",))) == []


# by ear, in a talk

SUICIDE = Heard("urgent", ("suicide",), ("zelfmoord",))


def ears(**more: Heard) -> FakeEars:
    return FakeEars(zelfmoord=SUICIDE, **more)


async def test_what_is_heard_as_urgent_brings_the_card_that_fits_and_no_emergency_card() -> None:
    made = await visit()
    heard = made.hear("ik denk aan zelfmoord")

    assert heard.card is None
    assert [message.name for message in heard.help] == ["utter_card_suicide"]
    assert heard.help[0].text.startswith(
        f"Denk je aan zelfmoord? Bel {SUICIDE_LINE.number} of chat"
    )
    assert (made.talk.triage.level, made.talk.state.asked) == ("urgent", "danger")


async def test_it_comes_once() -> None:
    made = await visit()
    made.hear("zelfmoord")
    made.later(3600)
    before = made.talk

    assert made.hear("zelfmoord").help == ()
    assert made.talk is before


async def test_words_that_are_not_urgent_bring_nothing() -> None:
    calm = Heard("normal", ("suicide",), ("zelfmoord",))
    made = await visit(dialogue(ears=FakeEars(zelfmoord=calm)))

    assert made.hear("zelfmoord").help == ()


async def test_suicide_right_now_brings_the_emergency_card_and_below_it_who_else_is_there() -> None:
    now = Heard("acute", ("suicide", "sexual"), ("nu",))
    made = await visit(dialogue(ears=FakeEars(nu=now)))
    heard = made.hear("nu")

    assert heard.card is not None
    # one beside the card, not two
    assert [message.name for message in heard.help] == ["utter_card_suicide"]


async def test_an_ambulance_on_the_card_is_not_followed_by_a_doctor_who_can_wait() -> None:
    now = Heard("acute", ("strangulation",), ("nu",))
    ever = Heard("urgent", ("strangulation",), ("ooit",))
    made = await visit(dialogue(ears=FakeEars(nu=now, ooit=ever)))

    assert made.hear("nu").help == ()
    assert [message.name for message in made.hear("ooit").help] == ["utter_card_throat"]


async def test_what_a_caseworker_struck_does_not_come() -> None:
    made = await visit()
    made.talk = replace(made.talk, triage=strike(made.talk.triage, "suicide"))

    assert made.hear("zelfmoord").help == ()
    assert made.talk.triage.signals == ()


async def test_what_was_heard_is_not_shown_again_when_it_is_chosen() -> None:
    made = await at_the_chips()
    made.hear("zelfmoord")
    answer = await made.choose("/SetSlots(signals=suicide)")

    assert [message.asks for message in answer.messages] == ["moment"]


async def test_what_was_chosen_is_not_shown_again_when_it_is_heard() -> None:
    made = await at_the_chips()
    answer = await made.choose("/SetSlots(signals=suicide)")

    assert answer.messages[0].name == "utter_card_suicide"
    assert made.talk.helped == ("suicide",)
    assert made.hear("zelfmoord").help == ()


async def at_the_chips() -> Visit:
    made = await visit()
    for payload in ("danger=no", "role=self", "watched=no"):
        await made.choose(f"/SetSlots({payload})")
    return made


def test_a_talk_that_was_stored_before_there_were_help_cards_is_read() -> None:
    talk = Talk(begin(shipped.script(), "nl", {}))
    raw = msgspec.to_builtins(talk)
    for new in ("helped", "card_language"):
        del raw[new]

    assert msgspec.convert(raw, Talk) == talk


# in the language that it was written in


async def test_who_writes_another_language_reads_the_cards_in_it_and_goes_on_as_before() -> None:
    english = Heard("acute", ("suicide",), ("now",), language="en")
    made = await visit(dialogue(ears=FakeEars(now=english)))
    heard = made.hear("now")

    assert heard.card is not None
    assert heard.card.text.startswith(f"Call {EMERGENCY} if there is danger now.")
    assert heard.card.buttons[0].title == "I cannot call"
    assert heard.help[0].text.startswith("Do you think about suicide?")
    assert (heard.language, heard.card.language) == ("en", "en")
    assert made.talk.language == "nl"


async def test_who_cannot_call_reads_on_in_the_language_of_the_card() -> None:
    english = Heard("acute", (), ("now",), language="en")
    made = await visit(dialogue(ears=FakeEars(now=english)))
    made.hear("now")

    card = made.dialogue.card(*args_of(made), part="cannot", heard=False)
    assert card.text.startswith("Nobody reads this chat now.")
    # asked for anew, it is in the language of the chat
    made.talk, card = made.dialogue.show_card(*args_of(made), heard=False)
    assert card.text.startswith(f"Bel {EMERGENCY}.")
    assert card.buttons[0].payload == CANNOT_CALL


def args_of(made: Visit) -> tuple[object, ...]:
    region = shipped.knowledge().regions[shipped.REGION]
    return made.talk, region, made.now, "none"


@pytest.mark.parametrize("language", [None, "tr", "nl"])
async def test_a_language_that_we_have_no_texts_in_changes_nothing(language: str | None) -> None:
    knife = Heard("acute", (), ("mes",), language=language)
    made = await visit(dialogue(ears=FakeEars(mes=knife)))
    heard = made.hear("mes")

    assert heard.card is not None
    assert heard.card.text.startswith(f"Bel {EMERGENCY} als er nu gevaar is.")
    assert heard.language == "nl"


async def test_who_reads_simple_words_keeps_them() -> None:
    """A text in Dutch is no reason to leave the Dutch that is easier to read."""
    made = await visit(dialogue(ears=FakeEars(mes=Heard("acute", language="nl"))))
    made.talk = replace(made.talk, state=replace(made.talk.state, language="x-nl-simpel"))

    assert made.hear("mes").language == "x-nl-simpel"


# what was asked


async def test_the_ears_are_told_what_was_asked() -> None:
    listening = FakeEars()
    made = await visit(dialogue(ears=listening))
    made.hear("zeker, helaas", asked="Is er nu gevaar?")

    assert listening.asked == ["Is er nu gevaar?"]


async def test_an_answer_that_is_a_button_of_the_open_question_is_said_and_not_heard() -> None:
    listening = FakeEars()
    made = await visit(dialogue(ears=listening))
    made.hear("ja", asked="Is er nu gevaar?")

    assert listening.asked == [""]


@pytest.mark.parametrize(("language", "words"), [("nl", "Een computer"), ("en", "A computer")])
def test_the_privacy_text_says_that_a_computer_looks_for_danger(language: str, words: str) -> None:
    (variation,) = shipped.script().responses["utter_sys_privacy"].variations

    assert words in variation.text[language]
